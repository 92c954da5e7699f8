package opendata

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// TestNothingFollowsFromATable plays the reader who knows the rule: of all tables with few letters he keeps those that would
// have been printed so, with the year's sum and those of its quarters. Every hidden count that may be small must be left at
// least `least` values, some of them not small. All tables are tried, so that nothing is left to chance.
func TestNothingFollowsFromATable(t *testing.T) {
	for _, c := range []struct {
		rows        int
		least, most int64
	}{{2, 2, 16}, {3, 2, 18}, {4, 2, 14}, {5, 2, 12}, {2, 3, 24}, {3, 3, 22}, {4, 3, 17}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			groups := map[string][][]int64{}
			worlds(make([]int64, c.rows), 0, c.most, func(w []int64) {
				if printed, sum := printedOf(w, c.least); sum {
					groups[printed] = append(groups[printed], append([]int64(nil), w...))
				}
			})
			if len(groups) < 20 {
				t.Fatalf("%d tables are printed with their sum", len(groups))
			}
			for printed, group := range groups {
				for i := range c.rows {
					possible, small := map[int64]bool{}, 0
					for _, w := range group {
						if v := w[i]; !possible[v] && v > 0 && v < c.least {
							small++
						}
						possible[w[i]] = true
					}
					if small > 0 && (int64(len(possible)) < c.least || small == len(possible)) {
						t.Errorf("%s tells row %d: one of %v in %d worlds", printed, i, possible, len(group))
					}
				}
			}
		})
	}
}

// worlds are all ways to put at most so many letters into the cells.
func worlds(cells []int64, at int, left int64, yield func([]int64)) {
	if at == len(cells) {
		yield(cells)
		return
	}
	for n := range left + 1 {
		cells[at] = n
		worlds(cells, at+1, left-n, yield)
	}
}

// printedOf is what a reader sees of a table, and whether its sum is there.
func printedOf(w []int64, least int64) (string, bool) {
	counts, all := make([]*int64, len(w)), int64(0)
	for i := range w {
		counts[i], all = &w[i], all+w[i]
	}
	hidden, sum := Hide(counts, least)
	out := fmt.Sprint(all, ":")
	for i := range w {
		if hidden[i] {
			out += " ?"
		} else {
			out += fmt.Sprint(" ", w[i])
		}
	}
	return out, sum
}

// TestSmallCountsAreHidden: whatever the table, no small count is printed, no zero is hidden, and what is not reported stays.
func TestSmallCountsAreHidden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.Int64Range(2, 7).Draw(t, "least")
		values := rapid.SliceOfN(rapid.Int64Range(0, 60), 0, 30).Draw(t, "counts")
		counts := make([]*int64, len(values))
		for i := range values {
			if !rapid.Bool().Draw(t, "silent") {
				counts[i] = &values[i]
			}
		}
		hidden, sum := Hide(counts, least)
		n := 0
		for i, c := range counts {
			switch {
			case c == nil || *c == 0:
				if hidden[i] {
					t.Fatal("nothing to hide was hidden")
				}
			case hidden[i]:
				n++
			case *c < 2*least:
				t.Fatalf("%d is printed, less than twice %d", *c, least)
			}
		}
		if n == 1 && sum {
			t.Fatal("one hidden count, and the sum printed")
		}
	})
}

// TestQuartersOfAYear: sums of quarters stand only where the year's does, all or none.
func TestQuartersOfAYear(t *testing.T) {
	for _, c := range []struct {
		quarters []int64
		year     bool
		want     bool
	}{{[]int64{40, 50, 60}, true, true}, {[]int64{40, 50, 60}, false, false}, {[]int64{40, 9, 60}, true, false}, {[]int64{40, 0, 60}, true, true}, {nil, true, true}} {
		if got := showQuarters(c.quarters, c.year, 5); got != c.want {
			t.Errorf("quarters %v, the year %v: %v", c.quarters, c.year, got)
		}
	}
}
