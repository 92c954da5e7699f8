package report

import (
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// filler walks a template and writes pieces.
type filler struct {
	subject  subject
	edition  *catalog.Edition
	tree     *org.Tree
	inquiry  *inquiry
	vars     map[string]variable
	pieces   []piece
	evidence []Evidence
	index    map[string]int
	printed  map[string]bool // evidence whose exact value was printed beside a word
	office   Office
	wrong    []Notice // what the office wrote and cannot be filled
}

// subject is what the report is about.
type subject struct {
	unit   *org.Unit
	span   org.Span
	host   org.UnitID // the territory: the unit itself, or that of a body
	period civil.Period
	basis  org.Basis
}

// variable is what a loop runs over.
type variable struct {
	row  *rowVariable
	unit org.UnitID
	year int
}

type rowVariable struct {
	question question
	row      figure.Row
	slot     slot
}

// reset begins a new walk with what is known so far.
func (f *filler) reset() {
	f.vars, f.pieces, f.evidence = map[string]variable{}, nil, nil
	f.index, f.printed = map[string]int{}, map[string]bool{}
	f.wrong = nil
}

func (f *filler) nodes(list []node) {
	for _, n := range list {
		switch n := n.(type) {
		case textNode:
			f.pieces = append(f.pieces, piece{text: n.text, at: n.at})
		case slotNode:
			f.slot(n.slot)
		case ifNode:
			f.choose(n)
		case forNode:
			f.repeat(n)
		case partNode:
			f.nodes(n.body)
		case tableNode:
			f.table(n.table)
		case chartNode:
			f.chart(n.chart)
		case writeNode:
			f.write(n)
		}
	}
}

// choose fills the first arm whose condition holds. While a condition is not
// known yet all arms are walked, so that their questions are asked too.
func (f *filler) choose(n ifNode) {
	for _, a := range n.arms {
		before := len(f.inquiry.open)
		ok := f.holds(a.when)
		if len(f.inquiry.open) > before || f.waiting(a.when) {
			f.walkAll(n)
			return
		}
		if ok {
			f.nodes(a.body)
			return
		}
	}
	f.nodes(n.els)
}

func (f *filler) walkAll(n ifNode) {
	for _, a := range n.arms {
		f.holds(a.when)
		f.nodes(a.body)
	}
	f.nodes(n.els)
}

// waiting says whether a condition rests on a question that is still open.
func (f *filler) waiting(c cond) bool {
	switch c := c.(type) {
	case condNot:
		return f.waiting(c.of)
	case condAnd:
		return f.anyWaiting(c.all)
	case condOr:
		return f.anyWaiting(c.any)
	case condData:
		return f.slotWaiting(c.slot)
	case condMove:
		before := c.slot
		before.ask.before = true
		return f.slotWaiting(c.slot) || f.slotWaiting(before)
	case condCompare:
		return f.slotWaiting(c.left) || c.number == nil && f.slotWaiting(c.right)
	}
	return false
}

func (f *filler) anyWaiting(list []cond) bool {
	for _, c := range list {
		if f.waiting(c) {
			return true
		}
	}
	return false
}

func (f *filler) slotWaiting(s slot) bool {
	return s.kind == slotFigure && f.inquiry.ask(f.question(s.ask)) == nil
}

// question turns what the template asks into a question about the report's
// unit and period, or those of a loop.
func (f *filler) question(a ask) question {
	q := question{indicator: a.indicator, unit: f.subject.unit.Code, by: a.by, cut: a.cut}
	p := f.subject.period
	q.unit = f.unitRef(f.subject.unit.ID)
	if v, ok := f.vars[a.of]; ok {
		q.unit = f.unitRef(v.unit)
	}
	if a.period != "" {
		p = named(a.period, p)
	}
	if v, ok := f.vars[a.years]; ok && v.year > 0 {
		p.From, p.To = max(p.From, civil.NewDate(v.year, 1, 1)), min(p.To, civil.NewDate(v.year, 12, 31))
	}
	q.from, q.to = max(p.From, a.from), p.To
	if a.to != 0 {
		q.to = min(q.to, a.to)
	}
	if a.before {
		q.from, q.to = q.from.AddYears(-1), yearBefore(q.to)
		if q.cut != 0 {
			q.cut = yearBefore(q.cut)
		}
	}
	return q
}

// named is the period that a template names: a calendar one, or the first or
// last year of the report's own.
func named(s string, own civil.Period) civil.Period {
	switch s {
	case "first":
		s = yearText(own.From.Year())
	case "last":
		s = yearText(own.To.Year())
	}
	p, _ := civil.ParsePeriod(s)
	return p
}

// yearBefore is the same day a year earlier; a month's end stays one.
func yearBefore(d civil.Date) civil.Date {
	if d == d.MonthEnd() {
		return d.AddYears(-1).MonthEnd()
	}
	return d.AddYears(-1)
}

// unitRef is the code of a unit, with a day where the code alone could mean
// another unit.
func (f *filler) unitRef(id org.UnitID) string {
	u := f.tree.Unit(id)
	if u == nil {
		return ""
	}
	found, err := f.tree.Resolve(u.Code, f.subject.basis, f.subject.period.To)
	if err == nil && found.ID == id {
		return u.Code
	}
	return u.Code + "@" + u.Opened.String()
}

// repeat fills the body once for each row, unit or year.
func (f *filler) repeat(n forNode) {
	outer, shadowed := f.vars[n.name]
	for i, v := range f.rounds(n.over) {
		if i > 0 {
			f.nodes(n.sep)
		}
		f.vars[n.name] = v
		f.nodes(n.body)
	}
	delete(f.vars, n.name)
	if shadowed {
		f.vars[n.name] = outer
	}
}

// rounds are the values a loop takes.
func (f *filler) rounds(l loop) []variable {
	var out []variable
	switch l.kind {
	case "years":
		q := f.question(l.slot.ask)
		for y := q.from.Year(); y <= q.to.Year(); y++ {
			out = append(out, variable{year: y})
		}
	case "units":
		for _, id := range f.existing(l.slot) {
			out = append(out, variable{unit: id})
		}
	case "rows":
		for _, r := range f.ranked(l.slot) {
			out = append(out, variable{row: r})
		}
	}
	return out
}

// existing are the units of a class under the report's territory on a day.
func (f *filler) existing(s slot) []org.UnitID {
	return f.tree.Existing(f.day(s.day), f.subject.host, classFilter(s.class))
}

// classFilter is a class of the catalogue as a filter of units.
func classFilter(class string) org.Filter {
	c := catalog.ParseClass(class)
	return org.Filter{Classes: []string{orStar(c.Level) + "/" + orStar(c.Type)}}
}

func orStar(s string) string {
	if s == "" {
		return "*"
	}
	return s
}

func (f *filler) day(d dayRef) civil.Date {
	switch d.name {
	case "start":
		return f.subject.period.From
	case "end":
		return f.subject.period.To
	}
	return d.day
}

// holds says whether a condition is true.
func (f *filler) holds(c cond) bool {
	switch c := c.(type) {
	case condNot:
		return !f.holds(c.of)
	case condAnd:
		for _, one := range c.all {
			if !f.holds(one) {
				return false
			}
		}
		return true
	case condOr:
		for _, one := range c.any {
			if f.holds(one) {
				return true
			}
		}
		return false
	case condIs:
		return f.is(c)
	case condData:
		return f.hasData(c)
	case condMove:
		return f.moved(c)
	case condCompare:
		return f.compared(c)
	case condSince:
		return f.subject.period.To >= c.day
	case condLong:
		return f.subject.period.From.DaysUntil(f.subject.period.To)+1 >= c.years*360+c.months*28
	}
	return false
}

func (f *filler) is(c condIs) bool {
	have := map[string]string{"level": f.subject.span.Level, "type": f.class().Type, "form": f.subject.unit.Form}[c.what]
	return contains(c.values, have)
}

// class is the unit's class; a territory's type is its level.
func (f *filler) class() catalog.Class {
	if f.subject.unit.Form == org.Territory {
		return catalog.Class{Level: f.subject.span.Level, Type: f.subject.span.Level}
	}
	return catalog.Class{Level: f.subject.span.Level, Type: f.subject.span.Type}
}

func (f *filler) hasData(c condData) bool {
	switch c.slot.kind {
	case slotUnits, slotNames:
		return len(f.existing(c.slot)) > 0
	case slotBreaks:
		return len(f.breaks(c.slot)) > 0
	case slotVariable:
		return f.rowVal(c.slot) != nil && f.rowVal(c.slot).Sign() != 0
	}
	a := f.inquiry.ask(f.question(c.slot.ask))
	if a == nil || a.figure == nil {
		return false
	}
	if c.slot.ask.row != "" {
		r := findRow(a.rows, c.slot.ask.row)
		return r != nil && r.Val != nil && (c.reported || r.Val.Sign() != 0)
	}
	v := a.figure.Val
	return v != nil && (c.reported || v.Sign() != 0)
}

func findRow(rows []figure.Row, key string) *figure.Row {
	for i := range rows {
		if rows[i].Key == key || strings.EqualFold(rows[i].Name, key) {
			return &rows[i]
		}
	}
	return nil
}

// moved compares with the same period of the year before.
func (f *filler) moved(c condMove) bool {
	m, ok := f.movement(c.slot)
	if !ok {
		return false
	}
	sign := m.now.Cmp(m.before)
	switch c.way {
	case "up":
		return sign > 0
	case "down":
		return sign < 0
	case "same":
		return sign == 0
	}
	return true
}

func (f *filler) compared(c condCompare) bool {
	left, ok := f.number(c.left)
	if !ok {
		return false
	}
	right := c.number
	if right == nil {
		if right, ok = f.number(c.right); !ok {
			return false
		}
	}
	sign := left.Cmp(right)
	switch c.op {
	case ">":
		return sign > 0
	case "<":
		return sign < 0
	case ">=":
		return sign >= 0
	case "<=":
		return sign <= 0
	}
	return sign == 0
}

func yearText(y int) string { return strconv.Itoa(y) }
