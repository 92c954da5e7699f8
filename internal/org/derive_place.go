package org

import "danvan/internal/civil"

// place gives an opened unit its name, type, level and parent; what its rows leave out comes from its sources.
func (d *deriver) place(o *oneDay, u *Unit, e *entry) {
	s := Span{From: o.day, Name: e.span.Name, Type: e.span.Type, Level: e.span.Level}
	for _, from := range e.sources {
		was := from.now()
		if from.Code != u.Code {
			continue
		}
		fill(&s.Name, d.patternOr(from, was.Name))
		fill(&s.Type, was.Type)
		fill(&s.Level, was.Level)
	}
	if u.Form == Body {
		d.placeBody(o, u, e, s)
		return
	}
	for _, from := range e.sources {
		fill(&s.Level, from.now().Level)
	}
	fill(&s.Type, typeOfName(s.Name))
	if s.Name == "" || s.Type == "" || rank(s.Level) == 0 {
		d.problem(e.change, "Đơn vị mới %s thiếu tên, loại hoặc cấp (province, district, commune).", u.Code)
		fill(&s.Name, u.Code)
	}
	s.Parent = d.parentOf(o, u, e, s.Level)
	d.span(u, s)
}

func fill(have *string, with string) {
	if *have == "" {
		*have = with
	}
}

func (d *deriver) parentOf(o *oneDay, u *Unit, e *entry, level string) UnitID {
	if e.parent != "" {
		return d.parentByCode(o, u, e.change, e.parent, level)
	}
	if level == Province {
		return 0
	}
	var found *Unit
	for _, from := range e.sources {
		p := d.heir(d.byID[from.now().Parent])
		if p == nil || (found != nil && found != p) {
			d.problem(e.change, "Đơn vị mới %s cần ghi đơn vị cấp trên: các đơn vị nguồn không cùng một đơn vị cấp trên vào ngày %s.", u.Code, o.day.Vi())
			return 0
		}
		found = p
	}
	if found == nil {
		d.problem(e.change, "Đơn vị mới %s cần ghi mã đơn vị cấp trên.", u.Code)
		return 0
	}
	return found.ID
}

func (d *deriver) parentByCode(o *oneDay, u *Unit, change int, code, level string) UnitID {
	p := d.open[code]
	switch {
	case p == nil:
		d.problem(change, "Đơn vị cấp trên mã %s của %s không tồn tại vào ngày %s.", code, u.Code, o.day.Vi())
		return 0
	case p.Form == Body:
		d.problem(change, "Đơn vị cấp trên %s của %s là một tổ chức, phải là một địa bàn.", code, u.Code)
		return 0
	case u.Form == Territory && rank(p.levelNow(d, o)) >= rank(level):
		d.problem(change, "Đơn vị cấp trên %s của %s không cao cấp hơn: cây đơn vị sẽ thành vòng.", code, u.Code)
		return 0
	}
	if change >= 0 {
		d.h.uses = append(d.h.uses, use{change, p.ID})
	}
	return p.ID
}

// levelNow is the unit's level on the day, also while the day's new units are being placed.
func (u *Unit) levelNow(d *deriver, o *oneDay) string {
	if len(u.Spans) > 0 {
		return u.now().Level
	}
	e := o.coming[u.Code]
	level := e.span.Level
	for _, from := range e.sources {
		fill(&level, from.now().Level)
	}
	return level
}

// heir is the unit that stands in u's place after it ended: its one successor, or, where it ended with none,
// the one of its nearest surviving ancestor. nil where it was divided.
func (d *deriver) heir(u *Unit) *Unit {
	for u != nil && u.Closed != civil.Forever {
		targets := d.into[u.ID]
		switch len(targets) {
		case 0:
			u = d.byID[u.now().Parent]
		case 1:
			u = targets[0]
		default:
			return nil
		}
	}
	return u
}

func (d *deriver) applyRespan(o *oneDay, i int) {
	c := &d.truth.Changes[i]
	if c.Kind != Rename && c.Kind != Upgrade && c.Kind != Reparent {
		return
	}
	for _, src := range c.Sources {
		u := d.open[src.Code]
		if u == nil || u.Opened == o.day {
			continue
		}
		s := u.now()
		s.From = o.day
		if c.Name != "" {
			s.Name = c.Name
			if u.Form == Body {
				d.pattern[u.ID] = c.Name
			}
		}
		s.Type = orElse(c.Type, s.Type)
		if c.Type == "" && c.Kind == Upgrade && u.Form == Territory {
			s.Type = orElse(typeOfName(s.Name), s.Type)
		}
		s.Level = orElse(c.Level, s.Level)
		if c.Kind == Reparent && c.Parent == "" {
			if was := d.byID[s.Parent]; was == nil || was.Closed == civil.Forever {
				d.problem(i, "Việc chuyển %s thiếu mã đơn vị cấp trên mới: đơn vị cấp trên hiện nay không kết thúc vào ngày %s.", u.Code, o.day.Vi())
			}
			continue // it goes where its parent's place is taken, as adopt finds
		}
		if c.Parent != "" {
			if p := d.parentByCode(o, u, i, c.Parent, s.Level); p != 0 {
				s.Parent = p
			}
		}
		d.span(u, s)
	}
}

func orElse(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// adopt moves the children of ended territories under what came in their place.
func (d *deriver) adopt(o *oneDay) {
	for _, u := range o.order {
		if u.Form == Body {
			continue
		}
		for _, child := range d.below(u.ID, Territory) {
			p := d.heir(u)
			if p == nil {
				d.problem(o.leaving[u].change, "Đơn vị %s (%s) chia ngày %s nhưng chưa ghi %s (%s) về đâu: thêm một việc reparent.",
					u.Code, u.now().Name, o.day.Vi(), child.Code, child.now().Name)
				continue
			}
			s := child.now()
			s.From, s.Parent = o.day, p.ID
			if rank(p.now().Level) >= rank(s.Level) {
				d.problem(o.leaving[u].change, "Đơn vị %s về dưới %s không cao cấp hơn vào ngày %s: ghi rõ đơn vị cấp trên bằng một việc reparent.", child.Code, p.Code, o.day.Vi())
				continue
			}
			d.span(child, s)
		}
	}
}
