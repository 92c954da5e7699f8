package org

import (
	"slices"
	"strings"

	"danvan/internal/civil"
)

// oneDay is the set of acts of a day, seen against the evening before.
type oneDay struct {
	day     civil.Date
	leaving map[*Unit]*leaving
	order   []*Unit           // of leaving, in the order of the acts
	coming  map[string]*entry // by code
	codes   []string
	respan  map[*Unit]bool
}

// leaving is a unit that ends: into its targets, or into nothing.
type leaving struct {
	to     []outflow
	change int
	kind   string
	bodies string
}

type outflow struct {
	code   string
	parts  Parts
	kind   string
	states string
	change int64
}

// entry is a unit that opens, as all its rows together describe it.
type entry struct {
	span    Span // Parent is not used
	parent  string
	sources []*Unit
	change  int
	about   Change
	floor   *FloorUnit
	rule    *BodyRule
}

// day applies all acts of a day as one set: sources are read as of the evening before, so that a chain inside a
// day is not followed twice.
func (d *deriver) day(day civil.Date, acts, load []int) {
	o := &oneDay{day: day, leaving: map[*Unit]*leaving{}, coming: map[string]*entry{}, respan: map[*Unit]bool{}}
	for _, i := range acts {
		d.readAct(o, i)
	}
	for _, i := range load {
		d.readFloor(o, i)
	}
	for _, u := range slices.Clone(o.order) {
		d.checkLeaving(o, u)
	}
	d.bodiesOfEnded(o)
	d.bodiesByRuleEnd(o)
	d.close(o)
	d.openAll(o)
	for _, i := range acts {
		d.applyRespan(o, i)
	}
	d.adopt(o)
	d.bodiesByRule(o)
	d.refreshBodies(o)
	d.connect(o)
}

func (d *deriver) readAct(o *oneDay, i int) {
	c := &d.truth.Changes[i]
	var sources []*Unit
	for _, s := range c.Sources {
		u := d.open[s.Code]
		if u == nil {
			d.problem(i, "Đơn vị nguồn mã %s không tồn tại vào ngày liền trước %s.", s.Code, o.day.Vi())
			continue
		}
		sources = append(sources, u)
		d.h.uses = append(d.h.uses, use{i, u.ID})
	}
	if len(sources) < len(c.Sources) {
		return
	}
	switch c.Kind {
	case Merge, Split:
		for k, u := range sources {
			parts := c.Sources[k].Parts
			if c.Kind == Merge {
				parts = Parts{Whole, Whole, Whole}
			}
			d.leave(o, u, i, c.Kind, &outflow{c.Code, parts, c.Kind, c.States, c.ID})
			if c.Bodies != "" {
				o.leaving[u].bodies = c.Bodies
			}
		}
		d.come(o, i, sources)
	case Open:
		d.come(o, i, nil)
	case Abolish:
		for _, u := range sources {
			d.leave(o, u, i, c.Kind, nil)
		}
	default:
		for _, u := range sources {
			o.respan[u] = true
		}
	}
}

func (d *deriver) leave(o *oneDay, u *Unit, change int, kind string, to *outflow) *leaving {
	l := o.leaving[u]
	if l == nil {
		l = &leaving{change: change, kind: kind}
		o.leaving[u] = l
		o.order = append(o.order, u)
	} else if l.kind != kind || (to == nil) != (len(l.to) == 0) || kind == Merge {
		d.problem(change, "Đơn vị %s (%s) có hai văn bản trái nhau trong ngày %s: nhập toàn bộ vào một nơi, chia cho nhiều nơi hoặc kết thúc, chỉ được một.",
			u.Code, u.now().Name, o.day.Vi())
		return l
	}
	if to != nil {
		l.to = append(l.to, *to)
	}
	return l
}

// come notes a unit to open; rows of the same target must agree with one another.
func (d *deriver) come(o *oneDay, i int, sources []*Unit) {
	c := &d.truth.Changes[i]
	e := o.coming[c.Code]
	if e == nil {
		e = &entry{change: i, about: *c}
		o.coming[c.Code] = e
		o.codes = append(o.codes, c.Code)
	} else if c.Kind == Open || e.about.Kind == Open {
		d.problem(i, "Mã %s được mở hai lần trong ngày %s.", c.Code, o.day.Vi())
	}
	e.sources = append(e.sources, sources...)
	agree := func(field string, have *string, add string) {
		switch {
		case *have == "":
			*have = add
		case add != "" && add != *have:
			d.problem(i, "Đơn vị mới %s có hai %s khác nhau trong ngày %s: “%s” và “%s”.", c.Code, field, o.day.Vi(), *have, add)
		}
	}
	agree("tên", &e.span.Name, c.Name)
	agree("loại", &e.span.Type, c.Type)
	agree("cấp", &e.span.Level, c.Level)
	agree("đơn vị cấp trên", &e.parent, c.Parent)
}

func (d *deriver) readFloor(o *oneDay, i int) {
	f := &d.truth.Floor[i]
	if o.coming[f.Code] != nil || d.open[f.Code] != nil {
		d.problem(-1, "%sMã %s trùng: đơn vị này đã có vào ngày %s.", f.Imported, f.Code, o.day.Vi())
		return
	}
	o.coming[f.Code] = &entry{change: -1, floor: f, parent: f.Parent, span: Span{Name: f.Name, Type: f.Type, Level: f.Level}}
	o.codes = append(o.codes, f.Code)
}

// checkLeaving holds a unit's rows of the day together: shares sum to the whole, nothing else happens to it.
func (d *deriver) checkLeaving(o *oneDay, u *Unit) {
	l := o.leaving[u]
	if o.respan[u] {
		d.problem(l.change, "Đơn vị %s (%s) vừa kết thúc vừa đổi tên, loại hoặc cấp trên trong ngày %s.", u.Code, u.now().Name, o.day.Vi())
	}
	if l.kind != Split {
		return
	}
	seen := map[string]bool{}
	for _, t := range l.to {
		if seen[t.code] {
			d.problem(l.change, "Đơn vị %s chia hai lần cho mã %s trong ngày %s.", u.Code, t.code, o.day.Vi())
		}
		seen[t.code] = true
	}
	for _, b := range shareBases {
		if why := completeShares(l.to, b); why != "" {
			d.problem(l.change, "Chia đơn vị %s (%s) ngày %s: tỷ lệ theo %s %s.", u.Code, u.now().Name, o.day.Vi(), b.vi, why)
		}
	}
}

var shareBases = []struct {
	by ShareBasis
	vi string
	at func(*Parts) *int64
}{
	{ByPopulation, "dân số", func(p *Parts) *int64 { return &p.Population }},
	{ByArea, "diện tích", func(p *Parts) *int64 { return &p.Area }},
	{ByHouseholds, "số hộ", func(p *Parts) *int64 { return &p.Households }},
}

// completeShares checks the shares of one split on one basis. A single missing one is what remains of the
// whole; two or more leave the basis unknown.
func completeShares(to []outflow, b struct {
	by ShareBasis
	vi string
	at func(*Parts) *int64
}) string {
	var sum int64
	var missing []*int64
	for i := range to {
		p := b.at(&to[i].parts)
		switch {
		case *p == Unknown:
			missing = append(missing, p)
		case *p <= 0 || *p > Whole:
			return "phải lớn hơn 0 và không quá 1 (1.000.000 phần triệu)"
		default:
			sum += *p
		}
	}
	switch {
	case len(missing) == 0 && sum != Whole:
		return "cộng lại là " + civil.FormatInt(sum) + " phần triệu, phải đúng 1.000.000"
	case len(missing) == 1 && sum > 0:
		if sum >= Whole {
			return "đã hết 1.000.000 phần triệu mà còn nơi nhận chưa ghi tỷ lệ"
		}
		*missing[0] = Whole - sum
	}
	return ""
}

func (d *deriver) close(o *oneDay) {
	for _, u := range o.order {
		u.Closed = o.day
		delete(d.open, u.Code)
	}
}

// openAll opens the day's new units: codes first, so that they can be one another's parents.
func (d *deriver) openAll(o *oneDay) {
	slices.SortFunc(o.codes, func(a, b string) int {
		fa, fb := formOf(a), formOf(b)
		if fa != fb {
			return -strings.Compare(fa, fb) // territories before bodies
		}
		return strings.Compare(a, b)
	})
	opened := make([]*Unit, len(o.codes))
	for k, code := range o.codes {
		e := o.coming[code]
		if d.open[code] != nil {
			d.problem(e.change, "Mã %s (%s) đang được dùng vào ngày %s: đơn vị cũ phải là một nguồn của việc này hoặc phải kết thúc trước.",
				code, d.open[code].now().Name, o.day.Vi())
			continue
		}
		opened[k] = d.newUnit(code, o.day)
		d.describe(opened[k], e)
	}
	for _, u := range o.order {
		for _, t := range o.leaving[u].to {
			if to := d.open[t.code]; to != nil && to.Opened == o.day {
				d.into[u.ID] = append(d.into[u.ID], to)
			}
		}
	}
	for k, code := range o.codes {
		if opened[k] != nil && formOf(code) == Territory {
			d.place(o, opened[k], o.coming[code])
		}
	}
	for k, code := range o.codes {
		if opened[k] != nil && formOf(code) == Body {
			d.place(o, opened[k], o.coming[code])
		}
	}
}

func (d *deriver) describe(u *Unit, e *entry) {
	switch {
	case e.floor != nil:
		f := e.floor
		u.Floor, u.Inferred, u.DataFrom, u.Status, u.Source, u.Note = true, f.Inferred, f.NoData, f.Status, f.Source, f.Note
	case e.rule != nil:
		u.Inferred, u.Status = true, "inferred"
	default:
		c := &e.about
		u.Status, u.Source, u.Note = c.Status, c.Source, c.Note
		u.Inferred = c.Status == "inferred"
	}
}

// connect notes the flows of the day, now that both ends have numbers.
func (d *deriver) connect(o *oneDay) {
	for _, u := range o.order {
		for _, t := range o.leaving[u].to {
			to := d.open[t.code]
			if to == nil || to.Opened != o.day {
				continue
			}
			d.h.flows = append(d.h.flows, Flow{From: u.ID, To: to.ID, Day: o.day, Kind: t.kind, Parts: t.parts, States: t.states, Change: t.change})
		}
	}
}
