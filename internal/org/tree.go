package org

import (
	"slices"
	"sort"
	"strings"
	"sync"

	"danvan/internal/civil"
)

// Tree is an immutable snapshot of all units, their lineage and their eras. It is safe for many goroutines.
type Tree struct {
	Version int64

	floor   civil.Date
	units   []*Unit // by (opened, code)
	at      map[UnitID]int32
	out, in [][]edge
	kids    [][]kid
	roots   []kid
	byCode  map[string][]*Unit
	flows   []Flow
	changes []Change

	eras  []Era   // of one unit in a run, by day
	first []int32 // index of a unit's first era
	eraAt map[EraID]int32
	class []string // of each era: level/type as it was then

	mu      sync.Mutex
	spreads map[spreadKey]*spread
	recent  []spreadKey
}

// edge leads to another unit, by position, with the flow's parts.
type edge struct {
	unit int32
	flow int32
}

// kid is a unit during the time it hangs under one parent.
type kid struct {
	unit     int32
	from, to civil.Date
}

// EraRow is an era as it is stored.
type EraRow struct {
	ID       EraID
	Unit     UnitID
	From, To civil.Date
}

// newTree builds the snapshot; eraID gives an era its number.
func newTree(h *history, changes []Change, eraID func(UnitID, civil.Date, civil.Date) EraID) *Tree {
	t := &Tree{
		floor: h.floor, units: h.units, flows: h.flows, changes: changes,
		at: make(map[UnitID]int32, len(h.units)), byCode: make(map[string][]*Unit, len(h.units)),
		out: make([][]edge, len(h.units)), in: make([][]edge, len(h.units)), kids: make([][]kid, len(h.units)),
		spreads: map[spreadKey]*spread{},
	}
	for i, u := range t.units {
		t.at[u.ID] = int32(i)
		t.byCode[u.Code] = append(t.byCode[u.Code], u)
	}
	for i, f := range t.flows {
		from, to := t.at[f.From], t.at[f.To]
		t.out[from] = append(t.out[from], edge{to, int32(i)})
		t.in[to] = append(t.in[to], edge{from, int32(i)})
	}
	for i, u := range t.units {
		t.hang(int32(i), u)
	}
	t.makeEras(eraID)
	return t
}

// hang notes under whom the unit was when, runs of the same parent as one.
func (t *Tree) hang(i int32, u *Unit) {
	for k := 0; k < len(u.Spans); {
		from, parent := u.Spans[k].From, u.Spans[k].Parent
		to := u.Spans[k].To
		for k++; k < len(u.Spans) && u.Spans[k].Parent == parent; k++ {
			to = u.Spans[k].To
		}
		if from >= to {
			continue
		}
		if parent == 0 {
			t.roots = append(t.roots, kid{i, from, to})
			continue
		}
		p := t.at[parent]
		t.kids[p] = append(t.kids[p], kid{i, from, to})
	}
}

// day is the day to look at: before the first load the world is as on its first day.
func (t *Tree) day(d civil.Date) civil.Date { return max(d, t.floor) }

// Unit is the unit with the number, nil where there is none.
func (t *Tree) Unit(id UnitID) *Unit {
	i, ok := t.at[id]
	if !ok {
		return nil
	}
	return t.units[i]
}

// Units lists all units by the day they opened, then code. The slice is not to be changed.
func (t *Tree) Units() []*Unit { return t.units }

// ByCode lists the units that ever had the code, oldest first.
func (t *Tree) ByCode(code string) []*Unit { return t.byCode[code] }

// SpanOn is what the unit was on d; outside its life, its nearest span.
func (t *Tree) SpanOn(id UnitID, d civil.Date) Span {
	u := t.Unit(id)
	if u == nil || len(u.Spans) == 0 {
		return Span{}
	}
	return u.SpanOn(t.day(d))
}

// NameOn is the unit's name on d.
func (t *Tree) NameOn(id UnitID, d civil.Date) string { return t.SpanOn(id, d).Name }

// On is the unit with the code that is open on d, nil where there is none.
func (t *Tree) On(code string, d civil.Date) *Unit {
	for _, u := range t.byCode[code] {
		if u.Open(t.day(d)) {
			return u
		}
	}
	return nil
}

// Children lists the units directly below id (0: the roots) on d, of the forms given or of both, by code,
// territories first.
func (t *Tree) Children(id UnitID, d civil.Date, forms ...string) []UnitID {
	list := t.roots
	if id != 0 {
		i, ok := t.at[id]
		if !ok {
			return nil
		}
		list = t.kids[i]
	}
	var found []*Unit
	for _, k := range list {
		u := t.units[k.unit]
		if k.from <= t.day(d) && t.day(d) < k.to && (len(forms) == 0 || slices.Contains(forms, u.Form)) {
			found = append(found, u)
		}
	}
	sortUnits(found)
	return idsOf(found)
}

func sortUnits(list []*Unit) {
	slices.SortFunc(list, func(a, b *Unit) int {
		if a.Form != b.Form {
			return -strings.Compare(a.Form, b.Form)
		}
		return compareKeys(Key{a.Code, 0}, Key{b.Code, 0})
	})
}

func idsOf(list []*Unit) []UnitID {
	out := make([]UnitID, len(list))
	for i, u := range list {
		out[i] = u.ID
	}
	return out
}

// Roots are the units without parent on d.
func (t *Tree) Roots(d civil.Date) []UnitID { return t.Children(0, d) }

// Chain is the unit and its parents up to the root on d; nil when it is not open then.
func (t *Tree) Chain(unit UnitID, d civil.Date) []UnitID {
	i, ok := t.at[unit]
	if !ok || !t.units[i].Open(t.day(d)) {
		return nil
	}
	var out []UnitID
	for _, j := range t.chain(i, t.day(d)) {
		out = append(out, t.units[j].ID)
	}
	return out
}

// chain is Chain by position, for a unit that is open on d.
func (t *Tree) chain(i int32, d civil.Date) []int32 {
	out := make([]int32, 0, 4)
	for {
		out = append(out, i)
		p := t.units[i].SpanOn(d).Parent
		if p == 0 {
			return out
		}
		i = t.at[p]
	}
}

// Existing lists the units open on d at or below under (0: everywhere) that the filter keeps, by code.
func (t *Tree) Existing(d civil.Date, under UnitID, f Filter) []UnitID {
	d = t.day(d)
	keep := f.matcher()
	var found []*Unit
	var walk func(i int32)
	walk = func(i int32) {
		u := t.units[i]
		if keep(u.SpanOn(d).Class(), u.Form) {
			found = append(found, u)
		}
		for _, k := range t.kids[i] {
			if k.from <= d && d < k.to {
				walk(k.unit)
			}
		}
	}
	if under == 0 {
		for _, k := range t.roots {
			if k.from <= d && d < k.to {
				walk(k.unit)
			}
		}
	} else if i, ok := t.at[under]; ok && t.units[i].Open(d) {
		walk(i)
	}
	sortUnits(found)
	return idsOf(found)
}

// matcher says which classes (level/type) and forms the filter keeps. A territory's type may also be asked for
// by its level, whatever it is called: commune/commune is every xã, phường and thị trấn.
func (f Filter) matcher() func(class, form string) bool {
	has := func(list []string, s string) bool { return len(list) == 0 || slices.Contains(list, s) }
	return func(class, form string) bool {
		level, typ, _ := strings.Cut(class, "/")
		territory := form == Territory
		if !has(f.Levels, level) || !has(f.Forms, form) {
			return false
		}
		if !has(f.Types, typ) && !(territory && has(f.Types, level)) {
			return false
		}
		return len(f.Classes) == 0 || slices.ContainsFunc(f.Classes, func(c string) bool {
			l, y, _ := strings.Cut(c, "/")
			return (l == "*" || l == level) && (y == "*" || y == "" || y == typ || (territory && y == level))
		})
	}
}

func (f Filter) empty() bool {
	return len(f.Types)+len(f.Levels)+len(f.Forms)+len(f.Classes) == 0
}

func (f Filter) key() string {
	return strings.Join(f.Types, ",") + "|" + strings.Join(f.Levels, ",") + "|" + strings.Join(f.Forms, ",") + "|" + strings.Join(f.Classes, ",")
}

// Successors are the flows out of a unit on the day it ended; none where it ended without successor.
func (t *Tree) Successors(id UnitID) []Flow { return t.flowsOf(id, t.out) }

// Predecessors are the flows into a unit on the day it opened.
func (t *Tree) Predecessors(id UnitID) []Flow { return t.flowsOf(id, t.in) }

func (t *Tree) flowsOf(id UnitID, edges [][]edge) []Flow {
	i, ok := t.at[id]
	if !ok {
		return nil
	}
	var out []Flow
	for _, e := range edges[i] {
		out = append(out, t.flows[e.flow])
	}
	return out
}

// Changes lists the acts by day.
func (t *Tree) Changes() []Change { return t.changes }

// Eras lists a unit's eras by day; together they cover all days.
func (t *Tree) Eras(unit UnitID) []Era {
	i, ok := t.at[unit]
	if !ok {
		return nil
	}
	return t.erasAt(i)
}

func (t *Tree) erasAt(i int32) []Era { return t.eras[t.first[i]:t.first[i+1]] }

// EraOn is the era of a unit that holds d.
func (t *Tree) EraOn(unit UnitID, d civil.Date) (Era, bool) {
	list := t.Eras(unit)
	k := sort.Search(len(list), func(k int) bool { return list[k].From > d }) - 1
	if k < 0 {
		return Era{}, false
	}
	return list[k], true
}

// Era is the era with the number.
func (t *Tree) Era(id EraID) (Era, bool) {
	i, ok := t.eraAt[id]
	if !ok {
		return Era{}, false
	}
	return t.eras[i], true
}
