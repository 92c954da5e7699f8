package org

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"danvan/internal/civil"
)

// Truth is what is stored: everything else about units follows from it.
type Truth struct {
	Floor   []FloorUnit
	Changes []Change
	Rules   []BodyRule
}

// FloorUnit is a unit of the first load, as it was on the day the system's memory begins.
type FloorUnit struct {
	Code     string
	Name     string // of a body may hold {of}, {name}, {party}
	Type     string
	Level    string // of a body: its host's, taken when empty
	Parent   string // code
	Opened   civil.Date
	Inferred bool
	NoData   civil.Date // the system holds no records of it before this day; civil.Forever: none at all
	Status   string
	Source   string
	Note     string
	Imported string // where it was read from, for errors
}

// Key tells units apart: official codes are reused.
type Key struct {
	Code   string
	Opened civil.Date
}

// Problem is why a set of acts has no consistent history. Change indexes Truth.Changes, -1 for the first load.
type Problem struct {
	Change int
	Vi     string
}

// history is what follows from a Truth.
type history struct {
	floor    civil.Date // the first day there is
	units    []*Unit    // by (opened, code)
	flows    []Flow
	problems []Problem
	missing  []Undecided
	uses     []use
}

// use says that an act names a unit as a source or as a parent.
type use struct {
	change int
	unit   UnitID
}

// Undecided is a host that splits without saying what becomes of its bodies.
type Undecided struct {
	Host   string     `json:"host"`
	Name   string     `json:"name"`
	Day    civil.Date `json:"date"`
	Bodies []string   `json:"bodies"`
}

// deriver walks through the days; open holds the units that exist, by code.
type deriver struct {
	truth    *Truth
	ids      map[Key]UnitID
	next     UnitID
	h        *history
	open     map[string]*Unit
	kids     map[UnitID][]*Unit
	byID     map[UnitID]*Unit
	pattern  map[UnitID]string
	into     map[UnitID][]*Unit
	rules    ruleSet
	opens    map[string][]civil.Date // days on which a change opens a code
	closes   map[string][]civil.Date // days on which a change closes a code
	problems map[Problem]bool
}

// Derive is the tree that follows from a truth without a database, or the problems that stand against it. Its
// numbers of units and eras hold for this tree alone.
func Derive(t *Truth) (*Tree, []Problem) {
	h := derive(t, nil)
	if len(h.problems) > 0 {
		return nil, h.problems
	}
	next := EraID(0)
	return newTree(h, t.Changes, func(UnitID, civil.Date, civil.Date) EraID { next++; return next }), nil
}

// derive plays the changes over the first load. ids gives the numbers of known units; others get negative ones.
func derive(t *Truth, ids map[Key]UnitID) *history {
	d := &deriver{
		truth: t, ids: ids, h: &history{floor: floorDay(t)},
		open: map[string]*Unit{}, kids: map[UnitID][]*Unit{}, byID: map[UnitID]*Unit{}, pattern: map[UnitID]string{}, into: map[UnitID][]*Unit{},
		opens: map[string][]civil.Date{}, closes: map[string][]civil.Date{}, problems: map[Problem]bool{},
	}
	d.rules = newRuleSet(t.Rules)
	d.scan()
	acts := map[civil.Date][]int{}
	for i, c := range t.Changes {
		acts[c.Day] = append(acts[c.Day], i)
	}
	load := map[civil.Date][]int{}
	for i, u := range t.Floor {
		load[u.Opened] = append(load[u.Opened], i)
	}
	for _, day := range d.days(acts, load) {
		list := acts[day]
		slices.SortFunc(list, func(a, b int) int { return compareActs(&t.Changes[a], &t.Changes[b]) })
		d.day(day, list, load[day])
	}
	d.finish()
	return d.h
}

// floorDay is the earliest day of the first load; before it the world is taken to be as on it.
func floorDay(t *Truth) civil.Date {
	first := civil.Forever
	for i := range t.Floor {
		first = min(first, t.Floor[i].Opened)
	}
	for i := range t.Changes {
		if len(t.Floor) == 0 {
			first = min(first, t.Changes[i].Day)
		}
	}
	return first
}

func (d *deriver) days(acts, load map[civil.Date][]int) []civil.Date {
	set := map[civil.Date]bool{}
	for day, list := range acts {
		if day <= d.h.floor && len(d.truth.Floor) > 0 {
			for _, i := range list {
				d.problem(i, "Ngày %s không sau ngày đầu của danh mục đơn vị (%s).", day.Vi(), d.h.floor.Vi())
			}
			continue
		}
		set[day] = true
	}
	for day := range load {
		set[day] = true
	}
	for _, day := range d.rules.days() {
		if day > d.h.floor && day < civil.Forever {
			set[day] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// scan notes which codes are opened and closed by acts, so that rules leave those bodies to the acts.
func (d *deriver) scan() {
	for i := range d.truth.Changes {
		c := &d.truth.Changes[i]
		switch c.Kind {
		case Merge, Split, Open:
			d.opens[c.Code] = append(d.opens[c.Code], c.Day)
		}
		switch c.Kind {
		case Merge, Split, Abolish:
			for _, s := range c.Sources {
				d.closes[s.Code] = append(d.closes[s.Code], c.Day)
			}
		}
	}
}

func (d *deriver) problem(change int, format string, args ...any) {
	p := Problem{change, fmt.Sprintf(format, args...)}
	if d.problems[p] {
		return
	}
	d.problems[p] = true
	d.h.problems = append(d.h.problems, p)
}

// newUnit opens a unit on the day, without its place in the tree yet.
func (d *deriver) newUnit(code string, day civil.Date) *Unit {
	k := Key{code, day}
	id, ok := d.ids[k]
	if !ok {
		d.next--
		id = d.next
	}
	u := &Unit{ID: id, Code: code, Form: formOf(code), Opened: day, Closed: civil.Forever}
	d.h.units = append(d.h.units, u)
	d.byID[id] = u
	d.open[code] = u
	return u
}

// span begins a new span of the unit, or replaces one begun on the same day.
func (d *deriver) span(u *Unit, s Span) {
	s.To = civil.Forever
	if n := len(u.Spans); n > 0 {
		last := &u.Spans[n-1]
		if last.Name == s.Name && last.Type == s.Type && last.Level == s.Level && last.Parent == s.Parent {
			return
		}
		if last.From == s.From {
			moved := last.Parent != s.Parent
			*last = s
			if moved {
				d.kids[s.Parent] = append(d.kids[s.Parent], u)
			}
			return
		}
		last.To = s.From
		if last.Parent != s.Parent {
			d.kids[s.Parent] = append(d.kids[s.Parent], u)
		}
		u.Spans = append(u.Spans, s)
		return
	}
	u.Spans = append(u.Spans, s)
	d.kids[s.Parent] = append(d.kids[s.Parent], u)
}

// below lists the open units directly under id, by code.
func (d *deriver) below(id UnitID, form string) []*Unit {
	var out []*Unit
	seen := map[UnitID]bool{}
	for _, u := range d.kids[id] {
		if u.Form == form && u.Closed == civil.Forever && u.now().Parent == id && !seen[u.ID] {
			seen[u.ID] = true
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b *Unit) int { return strings.Compare(a.Code, b.Code) })
	return out
}

func (u *Unit) now() Span {
	if len(u.Spans) == 0 {
		return Span{}
	}
	return u.Spans[len(u.Spans)-1]
}

func (d *deriver) finish() {
	for _, u := range d.h.units {
		if n := len(u.Spans); n > 0 {
			u.Spans[n-1].To = u.Closed
		}
		u.NoData = u.DataFrom >= u.Closed
	}
	slices.SortFunc(d.h.units, compareUnits)
	key := func(id UnitID) Key { u := d.byID[id]; return Key{u.Code, u.Opened} }
	slices.SortFunc(d.h.flows, func(a, b Flow) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), compareKeys(key(a.From), key(b.From)), compareKeys(key(a.To), key(b.To)))
	})
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Opened, b.Opened), strings.Compare(a.Code, b.Code))
}

func compareUnits(a, b *Unit) int {
	return compareKeys(Key{a.Code, a.Opened}, Key{b.Code, b.Opened})
}

// compareActs orders the acts of a day by what they say, never by when they were typed.
func compareActs(a, b *Change) int {
	byUnits := cmp.Or(cmp.Compare(actOrder[a.Kind], actOrder[b.Kind]), strings.Compare(a.Code, b.Code),
		slices.CompareFunc(a.Sources, b.Sources, func(x, y Source) int { return strings.Compare(x.Code, y.Code) }))
	if byUnits != 0 {
		return byUnits
	}
	return strings.Compare(contentKey(a), contentKey(b))
}

var actOrder = map[string]int{Open: 0, Merge: 1, Split: 2, Rename: 3, Upgrade: 4, Reparent: 5, Abolish: 6}

// formOf tells a body by its code, HOST.ABBR.
func formOf(code string) string {
	if strings.Contains(code, ".") {
		return Body
	}
	return Territory
}

// hostOf splits HOST.ABBR.
func hostOf(code string) (host, abbr string) {
	host, abbr, _ = strings.Cut(code, ".")
	return host, abbr
}

func rank(level string) int {
	switch level {
	case Province:
		return 1
	case District:
		return 2
	case Commune:
		return 3
	}
	return 0
}
