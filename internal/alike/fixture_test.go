package alike

import (
	"fmt"
	"slices"
	"testing"
)

// mostShown is how many letters a page shows beside one.
const mostShown = 5

// outcome counts what the engine found among invented letters.
type outcome struct {
	copies, copiesFound    int // a photocopy is found when its original stands in the first five
	copiesNamed            int // and named the same letter
	again, againFound      int // a reworded letter is found when the sender's first letter of the matter stands in the first five
	others, othersFound    int // likewise for other senders of the matter
	shown, right           int // a letter shown (score from Enough on, in the first five) is right when it is of the same matter
	named, namedRight      int // named the same letter: right when one is a copy of the other
	none, falseAlarm       int // letters alone in their matter; those for which something is shown all the same
	wrongNear, wrongSender int // of what is wrong: of the same commune; of the same sender
}

func (o outcome) String() string {
	share := func(a, b int) string {
		if b == 0 {
			return "-"
		}
		return fmt.Sprintf("%d/%d %.1f%%", a, b, 100*float64(a)/float64(b))
	}
	return "copies " + share(o.copiesFound, o.copies) + " (named so " + share(o.copiesNamed, o.copies) + ")" + ", same sender reworded " + share(o.againFound, o.again) + ", other senders " + share(o.othersFound, o.others) +
		", shown right " + share(o.right, o.shown) + ", named same right " + share(o.namedRight, o.named) + ", alone but shown " + share(o.falseAlarm, o.none) +
		fmt.Sprintf(" (wrong: same sender %d, same commune %d)", o.wrongSender, o.wrongNear)
}

func measure(list []invented, x *Index) outcome {
	var o outcome
	truth := map[int64]*invented{}
	size := map[int]int{}
	for i := range list {
		x.Put(list[i].Letter)
		truth[list[i].ID] = &list[i]
		size[list[i].matter]++
	}
	origin := func(l *invented) int64 {
		for l.how == copied {
			l = truth[l.of]
		}
		return l.ID
	}
	for i := range list {
		l := &list[i]
		found := x.Near(l.ID, mostShown)
		has := func(id int64) bool { return slices.ContainsFunc(found, func(f Found) bool { return f.ID == id }) }
		switch l.how {
		case copied:
			o.copies++
			if has(l.of) {
				o.copiesFound++
			}
			if slices.ContainsFunc(found, func(f Found) bool { return f.ID == l.of && f.Same }) {
				o.copiesNamed++
			}
		case reworded:
			o.again++
			if has(l.of) {
				o.againFound++
			}
		case others:
			o.others++
			if has(l.of) {
				o.othersFound++
			}
		}
		if size[l.matter] == 1 {
			o.none++
			if len(found) > 0 {
				o.falseAlarm++
			}
		}
		for _, f := range found {
			t := truth[f.ID]
			o.shown++
			if t.matter == l.matter {
				o.right++
			} else {
				if t.Mark == l.Mark && l.Mark != "" {
					o.wrongSender++
				}
				if t.Place == l.Place {
					o.wrongNear++
				}
			}
			if f.Same {
				o.named++
				if origin(t) == origin(l) {
					o.namedRight++
				}
			}
		}
	}
	return o
}

// The numbers below hold for letters that nothing was set on: weights were fitted to seeds 1 and 2, Enough was chosen on
// seeds below 40 and small offices below 300; those here were not looked at before. What counts as found, shown
// and right is said at outcome; every letter of the set is asked about once, with all others in the index.
func TestInventedLettersAreFound(t *testing.T) {
	for _, seed := range []uint64{41, 42, 43, 44} {
		o := measure(invent(seed, 4, 1200), New(false))
		t.Logf("seed %d: %v", seed, o)
		o.check(t, 0.65)
	}
	// A small office that has just begun: its own counts of words say little yet.
	var small outcome
	for seed := range uint64(20) {
		o := measure(invent(400+seed, 2, 60), New(false))
		small.add(o)
	}
	t.Logf("twenty small offices: %v", small)
	small.check(t, 0.65)
}

// Denunciations are compared without their senders: copies are found all the same, and what is shown is right.
func TestSealedIndexKnowsNoSender(t *testing.T) {
	o := measure(invent(45, 4, 1200), New(true))
	t.Logf("sealed: %v", o)
	if o.copiesFound < o.copies || o.share(o.right, o.shown) < 0.9 {
		t.Error("a sealed index finds too little, or shows too much")
	}
	x := New(true)
	x.Put(Letter{ID: 1, Text: "một việc", Mark: "m"})
	if len(x.marks) != 0 || x.prints[0].mark != "" {
		t.Error("a sealed index kept a mark")
	}
}

func (o *outcome) add(b outcome) {
	o.copies, o.copiesFound, o.copiesNamed = o.copies+b.copies, o.copiesFound+b.copiesFound, o.copiesNamed+b.copiesNamed
	o.again, o.againFound, o.others, o.othersFound = o.again+b.again, o.againFound+b.againFound, o.others+b.others, o.othersFound+b.othersFound
	o.shown, o.right, o.named, o.namedRight = o.shown+b.shown, o.right+b.right, o.named+b.named, o.namedRight+b.namedRight
	o.none, o.falseAlarm, o.wrongNear, o.wrongSender = o.none+b.none, o.falseAlarm+b.falseAlarm, o.wrongNear+b.wrongNear, o.wrongSender+b.wrongSender
}

func (outcome) share(part, of int) float64 { return float64(part) / float64(max(of, 1)) }

func (o outcome) check(t *testing.T, fromOthers float64) {
	t.Helper()
	if o.copies == 0 || o.copiesFound != o.copies {
		t.Errorf("of %d photocopies %d were found", o.copies, o.copiesFound)
	}
	for _, want := range []struct {
		what  string
		share float64
		least float64
	}{
		{"photocopies named the same letter", o.share(o.copiesNamed, o.copies), 0.98},
		{"letters of the same sender in other words, in the first five", o.share(o.againFound, o.again), 0.95},
		{"letters of other senders, in the first five", o.share(o.othersFound, o.others), fromOthers},
		{"suggestions that are right", o.share(o.right, o.shown), 0.90},
		{"letters rightly named the same", o.share(o.namedRight, o.named), 0.95},
	} {
		if want.share < want.least {
			t.Errorf("%s: %.1f%%, at least %.1f%%", want.what, 100*want.share, 100*want.least)
		}
	}
}
