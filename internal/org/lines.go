package org

import (
	"cmp"
	"slices"
	"strings"

	"danvan/internal/civil"
)

// lineKey tells rows apart.
type lineKey struct {
	kind int8
	unit int32
}

// own as a kind of row; the other kinds are those of parts, direct being a child.
const own int8 = 100

// Lines are the rows of a unit's breakdown (parent 0: of everything) on a basis, over eras that meet from..to
// (both counted). Together they hold exactly what Reach gives for the parent over those eras. Rows of kind
// ended, later and union stand for what may well be empty; show them where they hold something.
func (t *Tree) Lines(b Basis, parent UnitID, from, to civil.Date, by ShareBasis, f Filter) []Line {
	b = t.BasisOf(parent, b)
	s := t.spread(b, by)
	top := int32(-1)
	if parent != 0 {
		i, ok := t.at[parent]
		if !ok {
			return nil
		}
		top = i
	}
	isThen := b.Then || b.On == 0
	rows := map[lineKey]*row{}
	keep := t.eraMatcher(f)
	for _, h := range s.hits(t, parent) {
		e := &t.eras[h.era]
		if e.From > to || e.To <= from || !keep(h.era) {
			continue
		}
		day := t.day(b.On)
		if isThen {
			day = t.day(e.From)
		}
		for _, p := range s.parts[h.era] {
			t.addToLine(rows, top, h.era, p, day)
		}
	}
	if isThen {
		return t.finishLines(rows, from, to, 0)
	}
	return t.finishLines(rows, from, to, t.day(b.On))
}

// row is a line in the making.
type row struct {
	hits    []hit
	hasData bool
}

func (t *Tree) addToLine(rows map[lineKey]*row, top, era int32, p part, day civil.Date) {
	under, met := t.directlyBelow(p.holder, top, day)
	if !met {
		return
	}
	k := lineKey{direct, under}
	switch {
	case p.holder == top && p.kind == direct:
		k = lineKey{own, top}
	case p.holder == top:
		k = lineKey{p.kind, p.line}
	}
	r := rows[k]
	if r == nil {
		r = &row{}
		rows[k] = r
	}
	if n := len(r.hits); n > 0 && r.hits[n-1].era == era {
		r.hits[n-1].m += p.m
	} else {
		r.hits = append(r.hits, hit{era, p.m})
	}
	r.hasData = r.hasData || t.Unit(t.eras[era].Unit).DataFrom < t.eras[era].To
}

// finishLines names and orders the rows; on is the basis day, 0 for then.
func (t *Tree) finishLines(rows map[lineKey]*row, from, to, on civil.Date) []Line {
	keys := make([]lineKey, 0, len(rows))
	for k := range rows {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b lineKey) int { return t.compareLines(a, b) })
	out := make([]Line, 0, len(keys))
	for _, k := range keys {
		r := rows[k]
		line := Line{Unit: t.units[k.unit].ID, NoData: !r.hasData, Shares: make([]Share, len(r.hits))}
		for i, h := range r.hits {
			line.Shares[i] = Share{Era: t.eras[h.era].ID, Millionths: h.m, Estimated: h.m < Whole}
		}
		line.Kind, line.Name = t.label(k, from, to, on)
		out = append(out, line)
	}
	return out
}

// compareLines puts territories first, then the unit's own and its bodies, then what stands on lines of its own.
func (t *Tree) compareLines(a, b lineKey) int {
	x, y := t.units[a.unit], t.units[b.unit]
	return cmp.Or(cmp.Compare(lineRank(a, x), lineRank(b, y)), strings.Compare(x.Code, y.Code), compareUnits(x, y))
}

func lineRank(k lineKey, u *Unit) int {
	switch {
	case k.kind == direct && u.Form == Territory:
		return 0
	case k.kind == own:
		return 1
	case k.kind == direct:
		return 2
	}
	return 3 + int(k.kind)
}

func (t *Tree) label(k lineKey, from, to, on civil.Date) (kind, name string) {
	u := t.units[k.unit]
	at := on
	if at == 0 {
		at = max(min(to, u.Closed.AddDays(-1)), u.Opened)
	}
	name = u.SpanOn(at).Name
	switch k.kind {
	case own:
		return Own, name
	case ended:
		return Ended, name + " (kết thúc ngày " + u.Closed.Vi() + ")"
	case later:
		return Later, name + " (thành lập ngày " + u.Opened.Vi() + ")"
	case union:
		return Union, name + t.unionNote(k.unit, at)
	}
	if on == 0 {
		name += lifeNote(u, t.floor, from, to)
	}
	return Child, name
}

// lifeNote tells apart, on the basis then, units of one name that followed each other within the period.
func lifeNote(u *Unit, floor, from, to civil.Date) string {
	begins, ends := u.Opened > max(from, floor), u.Closed <= to
	switch {
	case begins && ends:
		return " (" + u.Opened.Vi() + " – " + u.Closed.AddDays(-1).Vi() + ")"
	case ends:
		return " (đến " + u.Closed.AddDays(-1).Vi() + ")"
	case begins:
		return " (từ " + u.Opened.Vi() + ")"
	}
	return ""
}

// unionNote names those between whom the row is not divided.
func (t *Tree) unionNote(i int32, day civil.Date) string {
	u := t.units[i]
	edges, lead := t.in[i], " (chung của "
	if u.Closed <= day {
		edges, lead = t.out[i], " (chưa rõ tỷ lệ chia cho "
	}
	var names []string
	for k, e := range edges {
		if k == 4 && len(edges) > 5 {
			names = append(names, "…")
			break
		}
		n := t.units[e.unit]
		names = append(names, n.SpanOn(u.Opened).Name)
	}
	if len(names) == 0 {
		return ""
	}
	return lead + strings.Join(names, ", ") + ")"
}
