package opendata

import (
	"testing"

	"pgregory.net/rapid"
)

// TestNothingFollowsFromTheSum plays the reader who subtracts: he knows the printed counts, the printed sum, the rule itself
// (what is small is hidden, the smallest of the others after it), and finds every table that would have been printed so. Each
// hidden count must have at least `least` values among them, as far as the reader's knowledge of the sum goes.
func TestNothingFollowsFromTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := rapid.Int64Range(2, 7).Draw(t, "least")
		values := rapid.SliceOfN(rapid.Int64Range(0, 20), 1, 9).Draw(t, "counts")
		counts := make([]*int64, len(values))
		for i := range values {
			if !rapid.Bool().Draw(t, "silent") {
				counts[i] = &values[i]
			}
		}
		hidden := Hide(counts, least)
		var sum, n int64
		for i, c := range counts {
			if c == nil || *c == 0 {
				if hidden[i] {
					t.Fatalf("%d: nothing to hide was hidden", i)
				}
				continue
			}
			if *c < least && !hidden[i] {
				t.Fatalf("%d is printed as %d, less than %d", i, *c, least)
			}
			if hidden[i] {
				sum += *c
				n++
			}
		}
		if !Sum(counts, hidden, least) || n == 0 {
			return
		}
		if n < 2 {
			t.Fatalf("one hidden count, and the sum printed: %v", values)
		}
		// each hidden count is at least 1, so one of them can be anything from 1 to sum-(n-1)
		if most := sum - (n - 1); most < least {
			t.Fatalf("a hidden count has only %d possibilities: %v", most, values)
		}
	})
}

func TestHide(t *testing.T) {
	three, twelve, seven, zero := int64(3), int64(12), int64(7), int64(0)
	got := Hide([]*int64{&three, &twelve, nil, &seven, &zero}, 5)
	want := []bool{true, false, false, true, false} // seven hides three
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("hidden %v, want %v", got, want)
			break
		}
	}
	if Sum([]*int64{&three}, []bool{true}, 5) {
		t.Error("a sum of three is printed")
	}
}
