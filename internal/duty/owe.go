package duty

import (
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// turnOf is a turn of a duty under the edition that it is owed by.
type turnOf struct {
	duty    *catalog.Duty
	edition *catalog.Edition
	turn    catalog.Turn
}

// turnsOf are the turns of all duties due within days, by code and in the order of their periods. A duty that a later
// edition replaces goes on under its code.
func turnsOf(c *catalog.Catalog, from, to civil.Date, keep func(*catalog.Duty) bool) map[string][]turnOf {
	out := map[string][]turnOf{}
	for _, ed := range c.Editions() {
		for _, d := range ed.Duties {
			if d.Every == "event" || !keep(d) {
				continue
			}
			for _, t := range ed.Turns(d, from, to) {
				out[d.Code] = append(out[d.Code], turnOf{d, ed, t})
			}
		}
	}
	for _, list := range out {
		slices.SortStableFunc(list, func(a, b turnOf) int { return int(a.turn.Period.From - b.turn.Period.From) })
	}
	return out
}

// world is the bodies that a question is about, with what each was on a day.
type world struct {
	tree   *org.Tree
	bodies []*org.Unit
	in     map[org.UnitID]bool // bodies of the question itself; the others are their predecessors
	on     map[civil.Date]map[string][]*org.Unit
}

// newWorld takes the bodies at or below a unit on any of the days, or the ones named, and those that went into them
// since the first of the days.
func newWorld(t *org.Tree, ask Ask) *world {
	w := &world{tree: t, in: map[org.UnitID]bool{}, on: map[civil.Date]map[string][]*org.Unit{}}
	ids := ask.Units
	if ids == nil {
		for _, day := range []civil.Date{ask.From, min(ask.To, ask.Today), ask.To} {
			ids = append(ids, t.Existing(day, ask.Under, org.Filter{Forms: []string{org.Body}})...)
		}
	}
	seen := map[org.UnitID]bool{}
	var add func(id org.UnitID, own bool)
	add = func(id org.UnitID, own bool) {
		u := t.Unit(id)
		if u == nil || u.Form != org.Body || u.NoData {
			return
		}
		if own {
			w.in[id] = true
		}
		if seen[id] {
			return
		}
		seen[id] = true
		w.bodies = append(w.bodies, u)
		for _, f := range t.Predecessors(id) {
			if p := t.Unit(f.From); p != nil && p.Closed > ask.From.AddYears(-2) {
				add(f.From, false)
			}
		}
	}
	for _, id := range ids {
		add(id, true)
	}
	return w
}

// classes groups the bodies that exist on a day by what they are.
func (w *world) classes(day civil.Date) map[string][]*org.Unit {
	if m, ok := w.on[day]; ok {
		return m
	}
	m := map[string][]*org.Unit{}
	for _, u := range w.bodies {
		if u.Open(day) && (u.DataFrom == 0 || u.DataFrom <= day) {
			class := u.SpanOn(day).Class()
			m[class] = append(m[class], u)
		}
	}
	w.on[day] = m
	return m
}

// owing are the bodies of the duty's classes on the last day of a period.
func (w *world) owing(d *catalog.Duty, p civil.Period) []*org.Unit {
	var out []*org.Unit
	for class, units := range w.classes(p.To) {
		if !isOf(d.By, class) {
			continue
		}
		for _, u := range units {
			if u.DataFrom <= p.From {
				out = append(out, u)
			}
		}
	}
	return out
}

// isOf reports whether a class level/type is one of those that owe a duty.
func isOf(by []string, class string) bool {
	level, typ, _ := strings.Cut(class, "/")
	return slices.ContainsFunc(by, func(c string) bool { return catalog.ParseClass(c).Match(level, typ) })
}

// answers says who answers for a body's obligation on its due day: the body itself while it exists, else the one it
// went into; 0 where it ended without successor.
func (w *world) answers(id org.UnitID, due civil.Date) org.UnitID {
	for range 8 { // as many mergers within one turn as could ever be
		u := w.tree.Unit(id)
		if u == nil {
			return 0
		}
		if due < u.Closed {
			return id
		}
		heir := org.UnitID(0)
		for _, f := range w.tree.Successors(id) {
			if s := w.tree.Unit(f.To); s != nil && s.Form == org.Body && (heir == 0 || w.in[f.To] && !w.in[heir]) {
				heir = f.To
			}
		}
		id = heir
	}
	return id
}

// shown reports whether an obligation belongs to the question: its body is asked about, or has since gone into one
// that is and left it to answer.
func (w *world) shown(unit, answers org.UnitID) bool {
	return w.in[unit] || answers != unit && w.in[answers]
}

// family are a body and those that went into it, whose entries within a period it takes over with the duty.
func (w *world) family(id org.UnitID, since civil.Date) []org.UnitID {
	out := []org.UnitID{id}
	for i := 0; i < len(out); i++ {
		for _, f := range w.tree.Predecessors(out[i]) {
			if p := w.tree.Unit(f.From); p != nil && p.Closed > since && !slices.Contains(out, f.From) {
				out = append(out, f.From)
			}
		}
	}
	return out
}
