package org

import (
	"cmp"
	"slices"

	"danvan/internal/civil"
)

// kinds of part.
const (
	direct = iota
	ended
	later
	union
)

// part is how much of a unit's facts goes to a holder that is open on the day, and why.
type part struct {
	holder int32 // -1: nobody, it counts only in everything
	kind   int8
	origin int32 // the unit at which the way to an heir broke off; the holder itself where it did not
	line   int32 // the unit that names the line
	m      int64
}

// locator finds the holders of units on one day.
type locator struct {
	t    *Tree
	day  civil.Date
	by   ShareBasis
	late bool // facts dated after the unit's end: whoever carries its code on the day takes them whole
	memo [][]part
}

func (l *locator) locate(i int32) []part {
	if l.memo != nil && l.memo[i] != nil {
		return l.memo[i]
	}
	u := l.t.units[i]
	var parts []part
	switch {
	case u.Opened > l.day:
		parts = l.backward(i)
	case u.Closed <= l.day:
		parts = l.forward(i)
	default:
		parts = []part{{holder: i, kind: direct, origin: i, line: i, m: Whole}}
	}
	if l.memo != nil {
		l.memo[i] = parts
	}
	return parts
}

// forward follows a unit that ended through its successors.
func (l *locator) forward(i int32) []part {
	out := l.t.out[i]
	if l.late {
		if u := l.t.On(l.t.units[i].Code, l.day); u != nil {
			return l.locate(l.t.at[u.ID])
		}
	}
	switch len(out) {
	case 0:
		return l.toParent(i, l.t.units[i].now().Parent, ended)
	case 1:
		return l.locate(out[0].unit)
	}
	heirs := make([][]part, len(out))
	for k, e := range out {
		heirs[k] = l.locate(e.unit)
	}
	shares := l.t.shares(out, l.by)
	if shares == nil {
		return l.unite(i, slices.Concat(heirs...))
	}
	return l.t.compose(shares, heirs)
}

// toParent gives what has no heir (or no forebear) to its parent's holder, on a line of its own.
func (l *locator) toParent(i int32, parent UnitID, kind int8) []part {
	if parent == 0 {
		return []part{{holder: -1, kind: kind, origin: i, line: i, m: Whole}}
	}
	up := l.locate(l.t.at[parent])
	parts := make([]part, len(up))
	for k, p := range up {
		parts[k] = part{holder: p.holder, kind: kind, origin: i, line: i, m: p.m}
		// A body that went down with its host stands on its host's line.
		if p.kind == kind {
			parts[k].line = p.line
		}
		if p.kind == union {
			parts[k].kind, parts[k].line = union, p.line
		}
	}
	return parts
}

// backward follows a unit that was not open yet through its predecessors: one takes all, several are not guessed.
func (l *locator) backward(i int32) []part {
	in := l.t.in[i]
	switch len(in) {
	case 0:
		return l.toParent(i, l.t.units[i].Spans[0].Parent, later)
	case 1:
		return l.locate(in[0].unit)
	}
	var all []part
	for _, e := range in {
		all = append(all, l.locate(e.unit)...)
	}
	return l.unite(i, all)
}

// unite gives what cannot be divided to the nearest common ancestor of those who could have it.
func (l *locator) unite(i int32, among []part) []part {
	first := among[0]
	if !slices.ContainsFunc(among, func(p part) bool {
		return p.holder != first.holder || p.kind != first.kind || p.line != first.line
	}) {
		first.m = Whole
		return []part{first}
	}
	return []part{{holder: l.t.common(among, l.day), kind: union, origin: i, line: i, m: Whole}}
}

// common is the nearest common ancestor of the holders, -1 where there is none.
func (t *Tree) common(parts []part, d civil.Date) int32 {
	var shared []int32
	for k, p := range parts {
		if p.holder < 0 {
			return -1
		}
		chain := t.chain(p.holder, d)
		if k == 0 {
			shared = chain
			continue
		}
		shared = slices.DeleteFunc(shared, func(j int32) bool { return !slices.Contains(chain, j) })
	}
	if len(shared) == 0 {
		return -1
	}
	return shared[0]
}

// shares are the parts of a split in millionths, nil where they are not known on the basis.
func (t *Tree) shares(out []edge, by ShareBasis) []int64 {
	for _, b := range shareBases {
		if by != ByAny && by != b.by {
			continue
		}
		shares := make([]int64, len(out))
		known := true
		for k, e := range out {
			shares[k] = *b.at(&t.flows[e.flow].Parts)
			known = known && shares[k] != Unknown
		}
		if known {
			return shares
		}
	}
	return nil
}

// compose divides heirs' parts by shares, and rounds by largest remainder so that the parts sum to the whole.
func (t *Tree) compose(shares []int64, heirs [][]part) []part {
	var parts []part
	var exact []int64 // in millionths of millionths
	for k, list := range heirs {
		for _, p := range list {
			at := slices.IndexFunc(parts, func(q part) bool {
				return q.holder == p.holder && q.kind == p.kind && q.line == p.line && q.origin == p.origin
			})
			if at < 0 {
				at = len(parts)
				parts, exact = append(parts, p), append(exact, 0)
			}
			exact[at] += shares[k] * p.m
		}
	}
	t.round(parts, exact)
	return slices.DeleteFunc(parts, func(p part) bool { return p.m == 0 })
}

// round fills m from exact so that it sums to the whole. Ties go by the units' keys, never by their numbers.
func (t *Tree) round(parts []part, exact []int64) {
	left := int64(Whole)
	order := make([]int, len(parts))
	for k := range parts {
		parts[k].m = exact[k] / Whole
		left -= parts[k].m
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(exact[b]%Whole, exact[a]%Whole), cmp.Compare(parts[a].holder, parts[b].holder),
			cmp.Compare(parts[a].line, parts[b].line), cmp.Compare(parts[a].origin, parts[b].origin))
	})
	for k := 0; left > 0; k, left = k+1, left-1 {
		parts[order[k%len(order)]].m++
	}
}

// takers are those who take the facts of a unit dated on a day, on the boundaries of that day. A fact dated after
// the unit's end was typed before the act was known: it belongs to the unit that its code means on that day, so
// that the order of typing does not matter; where the code is no more, to the successors.
func (t *Tree) takers(i int32, d civil.Date, by ShareBasis) []part {
	l := locator{t: t, day: t.day(d), by: by, late: true}
	return l.locate(i)
}
