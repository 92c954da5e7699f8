package org

import (
	"slices"
	"strings"

	"danvan/internal/civil"
)

// ruleSet finds the rules by which bodies exist.
type ruleSet struct {
	all    []BodyRule
	byAbbr map[string][]*BodyRule
}

func newRuleSet(rules []BodyRule) ruleSet {
	rs := ruleSet{all: slices.Clone(rules), byAbbr: map[string][]*BodyRule{}}
	slices.SortFunc(rs.all, func(a, b BodyRule) int {
		return strings.Compare(a.Abbr+a.From.String()+strings.Join(a.Levels, " "), b.Abbr+b.From.String()+strings.Join(b.Levels, " "))
	})
	for i := range rs.all {
		r := &rs.all[i]
		if r.To == 0 {
			r.To = civil.Forever
		}
		rs.byAbbr[r.Abbr] = append(rs.byAbbr[r.Abbr], r)
	}
	return rs
}

// days are those on which a rule begins or has just ended.
func (rs *ruleSet) days() []civil.Date {
	var out []civil.Date
	for i := range rs.all {
		out = append(out, rs.all[i].From, after(rs.all[i].To))
	}
	return out
}

// after is the next day; civil.Forever has none.
func after(d civil.Date) civil.Date { return d.AddDays(1) }

func (r *BodyRule) covers(level string, day civil.Date) bool {
	return slices.Contains(r.Levels, level) && r.From <= day && day <= r.To
}

func (rs *ruleSet) inForce(abbr, level string, day civil.Date) *BodyRule {
	for _, r := range rs.byAbbr[abbr] {
		if r.covers(level, day) {
			return r
		}
	}
	return nil
}

// follower is the rule in force whose body takes over from a type that is no more.
func (rs *ruleSet) follower(abbr, level string, day civil.Date) *BodyRule {
	for i := range rs.all {
		r := &rs.all[i]
		if r.covers(level, day) && slices.Contains(r.Follows, abbr) {
			return r
		}
	}
	return nil
}

// heirRule says which body of a host of the level carries on a body with this abbreviation: the rule's own, the
// one that follows it, or, for bodies listed by name, one with the same abbreviation (rule nil). ok is false
// where the type is governed by rules and none is in force: the body closes.
func (rs *ruleSet) heirRule(abbr, level string, day civil.Date) (heir string, rule *BodyRule, ok bool) {
	if r := rs.inForce(abbr, level, day); r != nil {
		return abbr, r, true
	}
	if r := rs.follower(abbr, level, day); r != nil {
		return r.Abbr, r, true
	}
	return abbr, nil, len(rs.byAbbr[abbr]) == 0
}

// bodiesOfEnded decides on the bodies of hosts that end today: those of merged hosts follow by type, those of
// abolished hosts close, those of divided hosts go as the act says.
func (d *deriver) bodiesOfEnded(o *oneDay) {
	for _, host := range slices.Clone(o.order) {
		if host.Form == Body {
			continue
		}
		bodies := slices.DeleteFunc(d.below(host.ID, Body), func(b *Unit) bool { return o.leaving[b] != nil })
		if len(bodies) == 0 {
			continue
		}
		target, decided := d.bodiesGo(o, host)
		if !decided {
			d.undecided(o, host, bodies)
		}
		for _, b := range bodies {
			d.followHost(o, b, target, o.leaving[host].change)
		}
	}
}

// bodiesGo is the code of the host that a host's bodies go to, "" for none.
func (d *deriver) bodiesGo(o *oneDay, host *Unit) (target string, decided bool) {
	l := o.leaving[host]
	switch {
	case len(l.to) == 0:
		return "", true
	case l.bodies == "close":
		return "", true
	case strings.HasPrefix(l.bodies, "follow:"):
		code := strings.TrimPrefix(l.bodies, "follow:")
		if !slices.ContainsFunc(l.to, func(t outflow) bool { return t.code == code }) {
			d.problem(l.change, "Các tổ chức của %s không thể đi theo %s: mã này không nhận phần nào của %s.", host.Code, code, host.Code)
		}
		return code, true
	case len(l.to) == 1:
		return l.to[0].code, true
	}
	return "", false
}

func (d *deriver) undecided(o *oneDay, host *Unit, bodies []*Unit) {
	u := Undecided{Host: host.Code, Name: host.now().Name, Day: o.day}
	var names []string
	for _, b := range bodies {
		u.Bodies = append(u.Bodies, b.Code)
		names = append(names, b.Code)
	}
	d.h.missing = append(d.h.missing, u)
	d.problem(o.leaving[host].change, "Chia %s (%s) ngày %s: chưa quyết định các tổ chức %s đi đâu; ghi cột bodies là follow:MÃ hoặc close.",
		host.Code, host.now().Name, o.day.Vi(), strings.Join(names, ", "))
}

// followHost ends a body with its host and, where the type lives on, takes it into the target's.
func (d *deriver) followHost(o *oneDay, b *Unit, target string, change int) {
	_, abbr := hostOf(b.Code)
	if target == "" {
		d.leave(o, b, change, Abolish, nil)
		return
	}
	heir, rule, ok := d.rules.heirRule(abbr, d.comingLevel(o, target), o.day)
	if !ok {
		d.leave(o, b, change, Abolish, nil)
		return
	}
	d.pass(o, b, target+"."+heir, rule, change)
}

// pass ends a body and lets it go whole into the body of a code, which opens today.
func (d *deriver) pass(o *oneDay, b *Unit, code string, rule *BodyRule, change int) {
	d.leave(o, b, change, Merge, &outflow{code: code, parts: Parts{Whole, Whole, Whole}, kind: Merge})
	e := o.coming[code]
	if e == nil {
		e = &entry{change: change, rule: rule, about: Change{Status: b.Status, Source: b.Source}}
		o.coming[code] = e
		o.codes = append(o.codes, code)
	}
	e.sources = append(e.sources, b)
	// A body that stands on the code already goes into the new one too, unless its own host decides today.
	was := d.open[code]
	if was != nil && was != b && o.leaving[was] == nil && o.leaving[d.byID[was.now().Parent]] == nil {
		d.pass(o, was, code, rule, change)
	}
}

// comingLevel is the level of a territory that opens today, before it is placed.
func (d *deriver) comingLevel(o *oneDay, code string) string {
	e := o.coming[code]
	if e == nil {
		if u := d.open[code]; u != nil {
			return u.now().Level
		}
		return ""
	}
	level := e.span.Level
	for _, from := range e.sources {
		if from.Code == code {
			fill(&level, from.now().Level)
		}
	}
	for _, from := range e.sources {
		fill(&level, from.now().Level)
	}
	return level
}

// bodiesByRuleEnd ends the bodies whose rule ran out yesterday, into those that follow them where there are such.
func (d *deriver) bodiesByRuleEnd(o *oneDay) {
	for i := range d.rules.all {
		r := &d.rules.all[i]
		if r.To == civil.Forever || after(r.To) != o.day {
			continue
		}
		for _, host := range d.hosts(r) {
			b := d.open[host.Code+"."+r.Abbr]
			if b == nil || o.leaving[b] != nil || o.leaving[host] != nil || d.laterAct(d.closes, b.Code, host.Code, o.day) {
				continue
			}
			level := host.now().Level
			if d.rules.inForce(r.Abbr, level, o.day) != nil {
				continue
			}
			if next := d.rules.follower(r.Abbr, level, o.day); next != nil && next.From == o.day {
				d.pass(o, b, host.Code+"."+next.Abbr, next, -1)
				continue
			}
			d.leave(o, b, -1, Abolish, nil)
		}
	}
}

// hosts lists the open territories of the rule's levels, by code.
func (d *deriver) hosts(r *BodyRule) []*Unit {
	var out []*Unit
	for _, u := range d.open {
		if u.Form == Territory && slices.Contains(r.Levels, u.now().Level) {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, compareUnits)
	return out
}

// laterAct says whether an act opens or closes this code on or after day, while the host on its code lives on.
func (d *deriver) laterAct(acts map[string][]civil.Date, code, host string, day civil.Date) bool {
	end := civil.Forever
	for _, x := range d.closes[host] {
		if x > day {
			end = min(end, x)
		}
	}
	return slices.ContainsFunc(acts[code], func(x civil.Date) bool { return x >= day && x <= end })
}

// bodiesByRule opens the bodies that rules call for and that are not there: for every host on the rule's first
// day, and for hosts that opened today.
func (d *deriver) bodiesByRule(o *oneDay) {
	for i := range d.rules.all {
		r := &d.rules.all[i]
		if r.From > o.day || r.To < o.day {
			continue
		}
		first := r.From == o.day || o.day == d.h.floor
		for _, host := range d.ruleHosts(o, r, first) {
			code := host.Code + "." + r.Abbr
			if d.open[code] != nil || d.laterAct(d.opens, code, host.Code, o.day) {
				continue
			}
			b := d.newUnit(code, o.day)
			b.Inferred, b.Status, b.DataFrom = true, "inferred", host.DataFrom
			b.Floor = o.day == d.h.floor
			d.placeBody(o, b, &entry{change: -1, rule: r}, Span{From: o.day})
		}
	}
}

// ruleHosts are the hosts to look at today: all of them on the rule's first day, else those that just opened.
func (d *deriver) ruleHosts(o *oneDay, r *BodyRule, first bool) []*Unit {
	if first {
		return d.hosts(r)
	}
	var out []*Unit
	for _, code := range o.codes {
		u := d.open[code]
		if u != nil && u.Opened == o.day && u.Form == Territory && slices.Contains(r.Levels, u.now().Level) {
			out = append(out, u)
		}
	}
	return out
}

func (d *deriver) patternOr(u *Unit, name string) string {
	if p := d.pattern[u.ID]; p != "" {
		return p
	}
	return name
}

func (d *deriver) placeBody(o *oneDay, u *Unit, e *entry, s Span) {
	hostCode, _ := hostOf(u.Code)
	if e.parent != "" {
		hostCode = e.parent
	}
	host := d.open[hostCode]
	if host == nil || host.Form == Body {
		if e.about.Code == "" && e.floor == nil && len(e.sources) > 0 { // it follows a host that itself has a problem
			d.span(u, Span{From: o.day, Name: orElse(s.Name, u.Code), Type: s.Type})
			return
		}
		d.problem(e.change, "Tổ chức %s: địa bàn mã %s không tồn tại vào ngày %s.", u.Code, hostCode, o.day.Vi())
		d.span(u, Span{From: o.day, Name: orElse(s.Name, u.Code), Type: s.Type})
		return
	}
	s.Parent, s.Level = host.ID, host.now().Level
	if u.Floor {
		u.DataFrom = max(u.DataFrom, host.DataFrom)
	}
	if r := e.rule; r != nil {
		s.Type = r.Type
		if name := r.Names[s.Level]; name != "" {
			s.Name = name
		}
	}
	for _, from := range e.sources {
		fill(&s.Name, d.patternOr(from, from.now().Name))
		fill(&s.Type, from.now().Type)
	}
	if s.Name == "" || s.Type == "" {
		d.problem(e.change, "Tổ chức %s thiếu tên hoặc loại.", u.Code)
	}
	d.pattern[u.ID] = s.Name
	s.Name = expand(s.Name, host.now())
	d.span(u, s)
}

// refreshBodies renames the bodies whose host has a new name today.
func (d *deriver) refreshBodies(o *oneDay) {
	for u := range o.respan {
		if u.Form == Body || u.Closed != civil.Forever {
			continue
		}
		for _, b := range d.below(u.ID, Body) {
			s := b.now()
			s.From, s.Level = o.day, u.now().Level
			s.Name = expand(d.patternOr(b, s.Name), u.now())
			d.span(b, s)
		}
	}
}

// territoryTypes are the words official names begin with; longer ones first.
var territoryTypes = []string{"Thành phố", "Thị trấn", "Thị xã", "Đặc khu", "Phường", "Huyện", "Tỉnh", "Quận", "Xã"}

func typeOfName(name string) string {
	for _, t := range territoryTypes {
		if strings.HasPrefix(name, t+" ") {
			return t
		}
	}
	return ""
}

// expand fills a body's name with its host's: {of} "xã Cao Minh", {name} "Cao Minh", {party} "Đảng ủy xã Cao Minh".
func expand(pattern string, host Span) string {
	if !strings.Contains(pattern, "{") {
		return pattern
	}
	kind := typeOfName(host.Name)
	name := strings.TrimPrefix(host.Name, kind+" ")
	of := host.Name
	if kind != "" {
		of = strings.ToLower(kind) + " " + name
	}
	pattern = strings.ReplaceAll(pattern, "{of}", of)
	pattern = strings.ReplaceAll(pattern, "{name}", name)
	return strings.ReplaceAll(pattern, "{party}", partyOf(kind, name, of))
}

// partyOf is the Party committee's name at a territory (Điều lệ Đảng: tỉnh ủy, huyện ủy... ; đảng ủy ở cơ sở).
func partyOf(kind, name, of string) string {
	switch kind {
	case "Tỉnh", "Huyện", "Quận":
		return kind + " ủy " + name
	case "Thành phố":
		return "Thành ủy " + name
	case "Thị xã":
		return "Thị ủy " + name
	}
	return "Đảng ủy " + of
}
