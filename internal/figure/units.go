package figure

import (
	"math/big"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// existing are the units that exist on the period's last day and count for the question, in the given classes:
// those whose era on that day is in the reach. So a date basis finds the units of the day among what became the
// unit asked for.
func (t *question) existing(r *reach, classes []catalog.Class) []org.UnitID {
	var out []org.UnitID
	for _, s := range t.shares(r) {
		e := t.eras.era[s.era]
		if e.From > t.to || t.to >= e.To {
			continue
		}
		u := t.tree.Unit(e.Unit)
		if open := len(e.Chain) > 0 && e.Chain[0] == e.Unit; open && !u.NoData && inClasses(u, t.to, classes) {
			out = append(out, u.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func inClasses(u *org.Unit, day civil.Date, classes []catalog.Class) bool {
	if len(classes) == 0 {
		return true
	}
	span := u.SpanOn(day)
	typ := span.Type
	if u.Form == org.Territory {
		typ = span.Level
	}
	for _, c := range classes {
		if c.Match(span.Level, typ) {
			return true
		}
	}
	return false
}

// countUnits is units(class): the units that exist at the period's end.
func (t *question) countUnits(c call) term {
	r := t.reachOf(t.basis, t.unit.ID, t.shareBasis(), org.Filter{})
	units := t.existing(r, []catalog.Class{c.Class})
	n := int64(len(units))
	return term{call: c, val: new(big.Rat).SetInt64(n), units: n, listed: true}
}

// having counts units with at least one fact in the period: by their own identity on the basis `then`, and on a
// date as the units open that day into which they went.
func (t *question) having(c call) (term, error) {
	out := term{call: c, listed: false}
	total, err := t.total(c, &out)
	if err != nil || total.n == 0 {
		return out, err
	}
	units := slices.Clone(out.reported)
	slices.Sort(units)
	units = slices.Compact(units)
	if !t.basis.Then {
		units = t.restated(units)
	}
	out.n, out.units = total.n, int64(len(units))
	out.val = new(big.Rat).SetInt64(out.units)
	return out, nil
}

// restated replaces units that ended by the basis day with their successors open on it.
func (t *question) restated(units []org.UnitID) []org.UnitID {
	seen := map[org.UnitID]bool{}
	var out []org.UnitID
	var walk func(id org.UnitID)
	walk = func(id org.UnitID) {
		if seen[id] {
			return
		}
		seen[id] = true
		next := t.tree.Successors(id)
		if u := t.tree.Unit(id); u.Closed > t.basis.On || len(next) == 0 {
			out = append(out, id)
			return
		}
		for _, f := range next {
			walk(f.To)
		}
	}
	for _, id := range units {
		walk(id)
	}
	return out
}

// stateFact is a step into a state (value above 0) or out of it.
type stateFact struct {
	day   civil.Date
	value int64
	n     int64
	entry int64
}

// inState counts the units that exist at the period's end and are in the state then. A unit's own entries decide
// where it has any; else the state passes from the units that it came from, by the change's rule or the series'.
func (t *question) inState(c call) (term, error) {
	out := term{call: c, listed: true}
	own, err := t.stateFacts(c)
	if err != nil {
		return out, err
	}
	r := t.reach(c.series)
	st := states{t: t, own: own, passes: c.series.Passes, seen: map[org.UnitID]*stand{}}
	for _, id := range t.existing(r, t.ind.Classes()) {
		s, err := st.of(id, t.to)
		if err != nil {
			return out, err
		}
		if s.known {
			out.n++
			out.reported = append(out.reported, id)
		}
		if s.in {
			out.units++
			out.entries = append(out.entries, s.entries...)
		}
	}
	out.entries = sortedSet(out.entries)
	if out.n > 0 {
		out.val = new(big.Rat).SetInt64(out.units)
	}
	return out, nil
}

func (t *question) stateFacts(c call) (map[org.UnitID][]stateFact, error) {
	rows, err := t.currentFacts(c.ids, factFilter{window: window{civil.Floor, t.to}, status: t.status, asOf: t.asOf})
	if err != nil {
		return nil, err
	}
	own := map[org.UnitID][]stateFact{}
	for _, f := range rows {
		own[f.unit] = append(own[f.unit], stateFact{f.day, f.value, f.n, f.entry})
	}
	return own, nil
}

// stand is a unit's state on a day.
type stand struct {
	known, in bool
	entries   []int64
}

type states struct {
	t      *question
	own    map[org.UnitID][]stateFact
	passes string
	seen   map[org.UnitID]*stand
}

// of is the state of a unit on a day; a unit that ended is asked for its last day.
func (s *states) of(id org.UnitID, day civil.Date) (*stand, error) {
	if known := s.seen[id]; known != nil {
		return known, nil
	}
	out := &stand{}
	s.seen[id] = out
	var sum, n int64
	for _, f := range s.own[id] {
		if f.day <= day {
			sum, n = sum+f.value, n+f.n
			out.entries = append(out.entries, f.entry)
		}
	}
	if n > 0 {
		out.known, out.in = true, sum > 0
		return out, nil
	}
	return out, s.inherit(out, id)
}

func (s *states) inherit(out *stand, id org.UnitID) error {
	from := s.t.tree.Predecessors(id)
	rule := s.passes
	for _, f := range from {
		if f.States != "" {
			rule = f.States
		}
	}
	in := 0
	for _, f := range from {
		p, err := s.of(f.From, f.Day.AddDays(-1))
		if err != nil {
			return err
		}
		out.known = out.known || p.known
		if p.in {
			in++
			out.entries = append(out.entries, p.entries...)
		}
	}
	switch {
	case in == 0:
	case rule == "any" || in == len(from):
		out.in = true
	case rule == "ask":
		u := s.t.tree.Unit(id)
		return fault.Newf(fault.Conflict, "Chưa xác định được trạng thái của %s (%s) sau khi sắp xếp: các đơn vị cũ không giống nhau. "+
			"Hãy ghi nhận trạng thái của đơn vị mới.", s.t.tree.NameOn(id, s.t.to), u.Code)
	}
	return nil
}
