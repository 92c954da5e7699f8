package org

import (
	"slices"

	"danvan/internal/civil"
)

// breaks finds the days on which what takes a unit's facts changes.
type breaks struct {
	t      *Tree
	chains [][]civil.Date
	done   []bool
	later  [][]civil.Date
	laterD []bool
	early  [][]civil.Date
	earlyD []bool
}

// makeEras cuts the days of every unit, from civil.Floor to civil.Forever, into eras.
func (t *Tree) makeEras(eraID func(UnitID, civil.Date, civil.Date) EraID) {
	n := len(t.units)
	b := &breaks{t: t, chains: make([][]civil.Date, n), done: make([]bool, n),
		later: make([][]civil.Date, n), laterD: make([]bool, n), early: make([][]civil.Date, n), earlyD: make([]bool, n)}
	t.first = make([]int32, n+1)
	t.eras = make([]Era, 0, 3*n)
	for i, u := range t.units {
		t.first[i] = int32(len(t.eras))
		days := b.all(int32(i))
		from := civil.Floor
		for _, d := range append(days, civil.Forever) {
			if d > from {
				t.eras = append(t.eras, Era{ID: eraID(u.ID, from, d), Unit: u.ID, From: from, To: d})
				from = d
			}
		}
	}
	t.first[n] = int32(len(t.eras))
	t.eraAt = make(map[EraID]int32, len(t.eras))
	t.class = make([]string, len(t.eras))
	for i := range t.eras {
		t.eraAt[t.eras[i].ID] = int32(i)
	}
	t.settle()
}

// settle finds who takes each era's facts, and of which class he was.
func (t *Tree) settle() {
	for i := range t.units {
		for k := t.first[i]; k < t.first[i+1]; k++ {
			e := &t.eras[k]
			parts := t.takers(int32(i), e.From, ByAny)
			e.Chain = t.commonChain(parts, t.day(e.From))
			s := t.units[i].SpanOn(t.day(e.From))
			if len(parts) == 1 && parts[0].kind == direct {
				s = t.units[parts[0].holder].SpanOn(t.day(e.From))
			}
			t.class[k] = s.Class()
		}
	}
}

// commonChain is the chain shared by all takers of an era.
func (t *Tree) commonChain(parts []part, d civil.Date) []UnitID {
	top := t.common(parts, d)
	if top < 0 {
		return nil
	}
	var out []UnitID
	for _, j := range t.chain(top, d) {
		out = append(out, t.units[j].ID)
	}
	return out
}

// all are the days on which a new era of the unit begins.
func (b *breaks) all(i int32) []civil.Date {
	u := b.t.units[i]
	days := slices.Clone(b.life(i))
	if u.Closed < civil.Forever {
		days = append(append(days, u.Closed), b.after(i)...)
	}
	if u.Opened > b.t.floor {
		days = append(append(days, u.Opened), b.before(i)...)
	}
	return tidy(days)
}

func tidy(days []civil.Date) []civil.Date {
	slices.Sort(days)
	return slices.Compact(days)
}

// life are the days within a unit's life on which its type or its chain of parents changes.
func (b *breaks) life(i int32) []civil.Date {
	if b.done[i] {
		return b.chains[i]
	}
	b.done[i] = true
	u := b.t.units[i]
	var days []civil.Date
	for k, s := range u.Spans {
		if k > 0 && (s.Parent != u.Spans[k-1].Parent || s.Type != u.Spans[k-1].Type || s.Level != u.Spans[k-1].Level) {
			days = append(days, s.From)
		}
		if s.Parent == 0 {
			continue
		}
		for _, d := range b.moves(b.t.at[s.Parent]) {
			if s.From < d && d < s.To {
				days = append(days, d)
			}
		}
	}
	b.chains[i] = tidy(days)
	return b.chains[i]
}

// moves are the days on which the chain above a unit changes: what matters to those below it.
func (b *breaks) moves(i int32) []civil.Date {
	u := b.t.units[i]
	var days []civil.Date
	for k, s := range u.Spans {
		if k > 0 && s.Parent != u.Spans[k-1].Parent {
			days = append(days, s.From)
		}
		if s.Parent == 0 {
			continue
		}
		for _, d := range b.moves(b.t.at[s.Parent]) {
			if s.From < d && d < s.To {
				days = append(days, d)
			}
		}
	}
	return days
}

// after are the days after a unit's end on which those who take over change.
func (b *breaks) after(i int32) []civil.Date {
	if b.laterD[i] {
		return b.later[i]
	}
	b.laterD[i] = true
	u := b.t.units[i]
	var next []int32
	for _, e := range b.t.out[i] {
		next = append(next, e.unit)
	}
	if len(next) == 0 {
		if p := u.now().Parent; p != 0 {
			next = []int32{b.t.at[p]}
		}
	}
	var days []civil.Date
	for _, v := range b.t.byCode[u.Code] {
		if v.Opened >= u.Closed {
			days = append(append(days, v.Opened, v.Closed), b.life(b.t.at[v.ID])...)
		}
	}
	for _, j := range next {
		days = append(days, b.life(j)...)
		if end := b.t.units[j].Closed; end < civil.Forever {
			days = append(append(days, end), b.after(j)...)
		}
	}
	days = slices.DeleteFunc(days, func(d civil.Date) bool { return d <= u.Closed || d == civil.Forever })
	b.later[i] = tidy(days)
	return b.later[i]
}

// before are the days before a unit's opening on which those it came from change.
func (b *breaks) before(i int32) []civil.Date {
	if b.earlyD[i] {
		return b.early[i]
	}
	b.earlyD[i] = true
	u := b.t.units[i]
	var from []int32
	for _, e := range b.t.in[i] {
		from = append(from, e.unit)
	}
	if len(from) == 0 {
		if p := u.Spans[0].Parent; p != 0 {
			from = []int32{b.t.at[p]}
		}
	}
	var days []civil.Date
	for _, j := range from {
		days = append(days, b.life(j)...)
		if start := b.t.units[j].Opened; start > b.t.floor {
			days = append(append(days, start), b.before(j)...)
		}
	}
	days = slices.DeleteFunc(days, func(d civil.Date) bool { return d >= u.Opened })
	b.early[i] = tidy(days)
	return b.early[i]
}
