package org

import (
	"slices"
	"sync"

	"danvan/internal/civil"
)

// spreadKey names one way to look at all eras.
type spreadKey struct {
	basis Basis
	by    ShareBasis
}

// spread is where every era's facts stand on one basis.
type spread struct {
	parts [][]part // of each era
	under [][]hit  // of each unit: the eras that count for it
	all   []hit    // every era, whole

	mu    sync.Mutex
	cache map[string]map[UnitID][]Share // by filter, then unit
}

// hit is an era, by position, and the part of it.
type hit struct {
	era int32
	m   int64
}

// keptSpreads bounds the memory that asking for many basis days can take.
const keptSpreads = 24

// Reach lists the eras that count for a unit on a basis, each with its part in millionths; ancestor 0 is
// everything. A unit that is not open on the basis day is taken on its own nearest day (BasisOf). Two receivers of a split below the same unit make the whole there. The slice is shared: it is
// not to be changed.
func (t *Tree) Reach(b Basis, ancestor UnitID, by ShareBasis, f Filter) []Share {
	s := t.spread(t.BasisOf(ancestor, b), by)
	key := f.key()
	s.mu.Lock()
	defer s.mu.Unlock()
	if got, ok := s.cache[key][ancestor]; ok {
		return got
	}
	out := t.shareOut(s.hits(t, ancestor), f)
	if s.cache[key] == nil {
		s.cache[key] = map[UnitID][]Share{}
	}
	s.cache[key][ancestor] = out
	return out
}

// BasisOf is the basis on which a unit can be asked: b, or, where it is not open on that day, the last day of its
// life (the first where it opened later). So a province that was merged keeps its figures under its old code.
func (t *Tree) BasisOf(unit UnitID, b Basis) Basis {
	u := t.Unit(unit)
	d := t.day(b.On)
	switch {
	case b.Then || b.On == 0 || u == nil || u.Open(d):
		return b
	case d < u.Opened:
		return OnDay(u.Opened)
	}
	return OnDay(u.Closed.AddDays(-1))
}

func (s *spread) hits(t *Tree, ancestor UnitID) []hit {
	if ancestor == 0 {
		return s.all
	}
	i, ok := t.at[ancestor]
	if !ok {
		return nil
	}
	return s.under[i]
}

func (t *Tree) shareOut(hits []hit, f Filter) []Share {
	keep := t.eraMatcher(f)
	out := make([]Share, 0, len(hits))
	for _, h := range hits {
		if keep(h.era) {
			out = append(out, Share{Era: t.eras[h.era].ID, Millionths: h.m, Estimated: h.m < Whole})
		}
	}
	return out
}

// eraMatcher is the filter over eras, by position.
func (t *Tree) eraMatcher(f Filter) func(era int32) bool {
	if f.empty() {
		return func(int32) bool { return true }
	}
	keep := f.matcher()
	known := map[string]bool{}
	return func(era int32) bool {
		form := t.Unit(t.eras[era].Unit).Form
		class := t.class[era]
		k := form + class
		yes, ok := known[k]
		if !ok {
			yes = keep(class, form)
			known[k] = yes
		}
		return yes
	}
}

// spread is where all eras stand on the basis; the last few asked for are kept.
func (t *Tree) spread(b Basis, by ShareBasis) *spread {
	if b.Then || b.On == 0 {
		b = Basis{Then: true}
	} else {
		b = Basis{On: t.day(b.On)}
	}
	k := spreadKey{b, by}
	t.mu.Lock()
	defer t.mu.Unlock()
	if s := t.spreads[k]; s != nil {
		return s
	}
	if len(t.recent) >= keptSpreads {
		delete(t.spreads, t.recent[0])
		t.recent = t.recent[1:]
	}
	s := t.makeSpread(b, by)
	t.spreads[k] = s
	t.recent = append(t.recent, k)
	return s
}

func (t *Tree) makeSpread(b Basis, by ShareBasis) *spread {
	s := &spread{
		parts: make([][]part, len(t.eras)), under: make([][]hit, len(t.units)),
		all: make([]hit, len(t.eras)), cache: map[string]map[UnitID][]Share{},
	}
	to := &locator{t: t, day: b.On, by: by, memo: make([][]part, len(t.units))}
	for i := range t.units {
		for k := t.first[i]; k < t.first[i+1]; k++ {
			e := &t.eras[k]
			s.parts[k] = t.takers(int32(i), e.From, by)
			day := t.day(e.From)
			if !b.Then {
				s.parts[k] = t.restate(s.parts[k], to)
				day = b.On
			}
			s.all[k] = hit{k, Whole}
			s.add(t, k, day)
		}
	}
	return s
}

// restate carries an era's facts from those who took them to the basis day.
func (t *Tree) restate(takers []part, to *locator) []part {
	if len(takers) == 1 {
		return to.locate(takers[0].carrier())
	}
	shares := make([]int64, len(takers))
	heirs := make([][]part, len(takers))
	for k, p := range takers {
		shares[k], heirs[k] = p.m, to.locate(p.carrier())
	}
	return t.compose(shares, heirs)
}

// carrier is the unit whose own way to the basis day the facts take.
func (p part) carrier() int32 {
	if p.kind == direct {
		return p.holder
	}
	return p.origin
}

// add counts an era for its holders and all above them.
func (s *spread) add(t *Tree, era int32, day civil.Date) {
	for _, p := range s.parts[era] {
		for i := p.holder; i >= 0; i = t.up(i, day) {
			list := s.under[i]
			if n := len(list); n > 0 && list[n-1].era == era {
				list[n-1].m += p.m
				continue
			}
			s.under[i] = append(list, hit{era, p.m})
		}
	}
}

// up is the parent on the day by position, -1 for none.
func (t *Tree) up(i int32, day civil.Date) int32 {
	p := t.units[i].SpanOn(day).Parent
	if p == 0 {
		return -1
	}
	return t.at[p]
}

// below is the unit directly under parent (-1: the root) on the way up from holder, and whether parent is met.
func (t *Tree) directlyBelow(holder, parent int32, day civil.Date) (int32, bool) {
	under := int32(-1)
	for i := holder; i >= 0; i = t.up(i, day) {
		if i == parent {
			return under, true
		}
		under = i
	}
	return under, parent < 0
}

// Gaps lists the former parts of a unit of which the system holds no data, within a period of days both counted.
func (t *Tree) Gaps(unit UnitID, b Basis, from, to civil.Date) []Gap {
	i, ok := t.at[unit]
	if !ok || from > to {
		return nil
	}
	on := b.On
	if b.Then || b.On == 0 {
		on = t.units[i].Opened
	}
	l := &locator{t: t, day: t.day(on), memo: make([][]part, len(t.units))}
	silent := map[int32]bool{}
	for j, u := range t.units {
		if start := max(from, u.Opened); start <= to && start < u.silentUntil() && t.reaches(l, int32(j), i) {
			silent[int32(j)] = true
		}
	}
	var out []Gap
	for j := range silent {
		u := t.units[j]
		start := max(from, u.Opened)
		if p := t.up(j, start); p >= 0 && silent[p] {
			continue
		}
		out = append(out, Gap{Unit: u.ID, Name: u.SpanOn(start).Name, From: start, To: min(u.silentUntil(), after(to))})
	}
	slices.SortFunc(out, func(a, b Gap) int { return compareUnits(t.Unit(a.Unit), t.Unit(b.Unit)) })
	return out
}

// silentUntil is the first day with data, or with the unit no more.
func (u *Unit) silentUntil() civil.Date { return min(u.Closed, u.DataFrom) }

// reaches says whether any of j's facts stand at or below i on the locator's day.
func (t *Tree) reaches(l *locator, j, i int32) bool {
	return slices.ContainsFunc(l.locate(j), func(p part) bool {
		_, met := t.directlyBelow(p.holder, i, l.day)
		return met && p.holder >= 0
	})
}
