package figure

import (
	"cmp"
	"context"
	"math"
	"math/big"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// Added is what an act not yet written would add to one series for one unit on one day, in the smallest unit of the
// series: value and number of facts, and the confirmed part of both. What an act takes back is negative.
type Added struct {
	Entry      int64 // the entry that is changed, 0 for a new one
	Series     string
	Labels     string // canonical
	Lead       bool   // false: as partner, which is never added to a figure
	Unit       org.UnitID
	Day, By    civil.Date
	Value, N   int64
	CValue, CN int64
}

// Stand is a figure's value at one side of an act that is not written yet; numbers are nil when nothing is reported.
type Stand struct {
	Val, Num, Den *big.Rat
	Display       string
	Estimated     bool
}

// Change is a figure as it stands, and as it would stand with an act.
type Change struct {
	Ask           Query
	Ind           *catalog.Indicator
	Unit          *org.Unit
	UnitName      string
	Measure       string
	Before, After Stand
	Unsure        bool // one of the two cannot be computed: the figure will change, nobody can say how
}

// Moves says whether the act changes the figure.
func (c Change) Moves() bool {
	same := func(a, b *big.Rat) bool { return a == nil && b == nil || a != nil && b != nil && a.Cmp(b) == 0 }
	return c.Unsure || !same(c.Before.Val, c.After.Val) || !same(c.Before.Num, c.After.Num) || !same(c.Before.Den, c.After.Den)
}

// After answers each question twice, from one snapshot: as things stand, and as they would stand with an act that is
// not written yet. The formula, boundaries, shares and rules are those of Many; only the numbers of the act are laid
// over what is read, so that the second answer is the one that Many gives once the act is written. A question that
// has no meaning (no such unit or indicator on those days) is left out.
func (e *Engine) After(ctx context.Context, qs []Query, added []Added) (changes []Change, err error) {
	err = e.view(ctx, func(s *session) error {
		changes, err = s.after(qs, added)
		return err
	})
	return changes, err
}

func (s *session) after(qs []Query, added []Added) ([]Change, error) {
	var asked []*question
	var needs []need
	then := s.with(added)
	for _, q := range qs {
		t, err := then.ask(q)
		if err != nil || t.empty || s.veil(q, "") != nil {
			continue
		}
		t.isPart = true
		more, err := t.valueNeeds()
		if err != nil {
			return nil, err
		}
		asked, needs = append(asked, t), append(needs, more...)
	}
	if err := then.prefetch(needs); err != nil {
		return nil, err
	}
	changes := make([]Change, 0, len(asked))
	for _, t := range asked {
		c := Change{Ask: t.ask, Ind: t.ind, Unit: t.unit, UnitName: t.name, Measure: t.measure()}
		now := *t
		now.session, now.resolved = s, nil
		var err1, err2 error
		c.Before, err1 = now.stand()
		c.After, err2 = t.stand()
		if err := s.ctx.Err(); err != nil {
			return nil, err
		}
		c.Unsure = err1 != nil || err2 != nil
		changes = append(changes, c)
	}
	return changes, nil
}

// valueNeeds is what the value alone will read.
func (t *question) valueNeeds() ([]need, error) {
	var out []need
	for _, part := range t.spans() {
		calls, err := part.calls()
		if err != nil {
			return nil, err
		}
		for _, c := range calls {
			if n, ok := part.need(c); ok {
				out = append(out, n)
			}
		}
	}
	return out, nil
}

func (t *question) stand() (Stand, error) {
	a, _, err := t.answer()
	if err != nil {
		return Stand{}, err
	}
	s := Stand{Val: a.val, Num: a.num, Den: a.den, Display: t.form().print(a.val, a.num, a.den)}
	for _, x := range a.terms {
		s.Estimated = s.Estimated || x.estimated
	}
	return s, nil
}

// overlay is what an act would add, by series key.
type overlay map[int64][]Added

// with is a session on the same snapshot that sees an act as if it had been written. Series keys that the act would
// make get numbers below zero, which no table holds.
func (s *session) with(added []Added) *session {
	c := s.under(overlay{})
	c.keys = make(map[string][]seriesKey, len(s.keys))
	for code, keys := range s.keys {
		c.keys[code] = keys
	}
	for _, a := range added {
		id, found := c.find(a)
		if !found {
			id = int64(-1 - len(c.over))
			c.keys[a.Series] = append(slices.Clone(c.keys[a.Series]), seriesKey{id, a.Labels, a.Lead})
		}
		if a.Entry == 0 {
			a.Entry = math.MaxInt64 // newer than all
		}
		c.over[id] = append(c.over[id], a)
	}
	return c
}

// under is the session under an overlay: what was gathered without it does not hold there.
func (s *session) under(o overlay) *session {
	c := *s
	c.over, c.stood = o, nil
	return &c
}

func (s *session) find(a Added) (int64, bool) {
	for _, k := range s.keys[a.Series] {
		if k.labels == a.Labels && k.lead == a.Lead {
			return k.id, true
		}
	}
	return 0, false
}

// amount is the part of an addition that a status reads.
func (a Added) amount(s Status) (value, n int64) {
	if s == Confirmed {
		return a.CValue, a.CN
	}
	return a.Value, a.N
}

// cells lays the act over the cells of a series. Many facts of one era are one cell.
func (o overlay) cells(t *session, n need, series int64, have []cell) []cell {
	for _, a := range o[series] {
		if a.Day < n.w.from || a.Day > n.w.to || n.late != 0 && a.By > n.late || n.asOf != 0 {
			continue
		}
		era, ok := t.tree.EraOn(a.Unit, a.Day)
		if !ok {
			continue
		}
		value, count := a.amount(n.status)
		one := []cell{{int64(era.ID), value, count}}
		if n.flat { // the reach counts in full, so that its sum grows by what lies in it
			if _, in := slices.BinarySearch(n.reach.eras, int64(era.ID)); !in {
				continue
			}
			one[0].era = 0
		}
		have = mergeCells(slices.Clone(have), one, 1)
	}
	return have
}

// written are the series keys that stand in the database.
func (o overlay) written(series []int64) []int64 {
	if len(o) == 0 {
		return series
	}
	return slices.DeleteFunc(slices.Clone(series), func(id int64) bool { return id < 0 })
}

// facts lays the act over facts that stand; what it takes back entirely is gone.
func (o overlay) facts(series []int64, f factFilter, have []factRow) []factRow {
	if f.asOf != 0 {
		return have
	}
	touched := false
	for _, id := range series {
		for _, a := range o[id] {
			if !f.takes(a) {
				continue
			}
			value, n := a.amount(f.status)
			row := factRow{entry: a.Entry, series: id, unit: a.Unit, day: a.Day, value: value, n: n}
			if i := slices.IndexFunc(have, row.same); i >= 0 {
				have[i].value, have[i].n = have[i].value+value, have[i].n+n
			} else {
				have = append(have, row)
			}
			touched = true
		}
	}
	if !touched {
		return have
	}
	have = slices.DeleteFunc(have, func(r factRow) bool { return r.n <= 0 })
	slices.SortFunc(have, func(a, b factRow) int {
		return cmp.Or(cmp.Compare(a.series, b.series), cmp.Compare(a.unit, b.unit), cmp.Compare(a.day, b.day), cmp.Compare(a.entry, b.entry))
	})
	return have
}

func (r factRow) same(o factRow) bool {
	return r.entry == o.entry && r.series == o.series && r.unit == o.unit && r.day == o.day
}

func (f factFilter) takes(a Added) bool {
	return a.Day >= f.from && a.Day <= f.to && (f.unit == 0 || a.Unit == f.unit) &&
		(f.after == 0 || a.By > f.after) && (f.upTo == 0 || a.By <= f.upTo)
}
