package ledger

import (
	"cmp"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// seriesName is a series with its canonical labels and the role of the body.
type seriesName struct{ code, labels, role string }

func (a seriesName) compare(b seriesName) int {
	return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.labels, b.labels), cmp.Compare(a.role, b.role))
}

// sum is what an entry adds to one series for one unit on one day: a fact before it has a number.
type sum struct {
	series seriesName
	unit   org.UnitID
	day    civil.Date
	by     civil.Date
	amount Amount
}

// compareKeys orders by everything but the amount.
func (a sum) compareKeys(b sum) int {
	return cmp.Or(a.series.compare(b.series), cmp.Compare(a.unit, b.unit), cmp.Compare(a.day, b.day), cmp.Compare(a.by, b.by))
}

// folded sorts sums and folds those with one key into one with n = 1, so that an entry stands once behind each
// of its keys however many rows of a group fed it.
func folded(sums []sum) []sum {
	slices.SortFunc(sums, sum.compareKeys)
	out := sums[:0]
	for _, s := range sums {
		if n := len(out); n > 0 && out[n-1].compareKeys(s) == 0 {
			out[n-1].amount.Value += s.amount.Value
			continue
		}
		s.amount.N = 1
		out = append(out, s)
	}
	return out
}

// posting says which facts an act posts: prev are the sums that stand before it, next those of the new version.
func posting(act Act, prev, next []sum, state State) []sum {
	switch act {
	case ActConfirm:
		return confirming(prev)
	case ActVoid:
		return opposites(prev)
	case ActAmend:
		return append(opposites(prev), standing(next, state)...)
	}
	return standing(next, state)
}

// anew is the state of an entry that says something new: to be confirmed, unless nobody confirms its kind.
func anew(k *catalog.Kind) State {
	if k.Confirm == catalog.ByNobody {
		return Confirmed
	}
	return Recorded
}

// standing is what stands after an act that posts sums anew.
func standing(sums []sum, state State) []sum {
	out := slices.Clone(sums)
	for i := range out {
		a := &out[i].amount
		a.CValue, a.CN = 0, 0
		if state == Confirmed {
			a.CValue, a.CN = a.Value, a.N
		}
	}
	return out
}

func opposites(sums []sum) []sum {
	out := slices.Clone(sums)
	for i := range out {
		out[i].amount = out[i].amount.opposite()
	}
	return out
}

// confirming adds the confirmed part alone.
func confirming(sums []sum) []sum {
	out := slices.Clone(sums)
	for i := range out {
		a := out[i].amount
		out[i].amount = Amount{CValue: a.Value, CN: a.N}
	}
	return out
}
