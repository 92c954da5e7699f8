package catalog

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

func decodeInto(f sourceFile, target any, what string, ps *problems) {
	r := &reader{file: f.path, ps: ps}
	r.value(f.tree, reflect.ValueOf(target).Elem(), what)
}

// build decodes a chain of folders and the overlays into one edition, links and checks it.
func build(chain, overlays []*source, ps *problems) *Edition {
	last := chain[len(chain)-1].head
	e := &Edition{Code: last.Code, Title: last.Title, Cite: last.Cite, From: last.From}
	for i, s := range chain {
		e.take(s, i > 0, ps)
	}
	for _, o := range overlays {
		if len(o.head.Editions) == 0 || slices.Contains(o.head.Editions, e.Code) {
			e.Overlays = append(e.Overlays, o.head.Code)
			e.take(o, true, ps)
		}
	}
	e.seal(ps)
	return e
}

// take adds a folder's declarations. Within the folder a code stands once; what an earlier folder declared is
// replaced, save by an overlay, which only adds.
func (e *Edition) take(s *source, later bool, ps *problems) {
	m := &merger{overlay: s.overlay, ps: ps}
	sheets := make([]sheet, 0, len(s.files))
	for _, f := range s.files {
		if f.tree == nil {
			continue
		}
		var one sheet
		decodeInto(f, &one, "tệp", ps)
		one.giveSystem(ps)
		sheets = append(sheets, one)
	}
	for i := range sheets {
		if len(sheets[i].Drop) > 0 && !later {
			ps.add(sheets[i].Key("drop"), "drop trong ấn bản đầu tiên", "drop chỉ dùng ở ấn bản kế thừa")
			continue
		}
		e.drop(sheets[i].Drop, ps)
	}
	m.seen = map[string]Pos{}
	for i := range sheets {
		e.add(&sheets[i], m)
	}
	for _, t := range s.templates {
		e.Templates = slices.DeleteFunc(e.Templates, func(old Template) bool { return old.Name == t.Name })
		e.Templates = append(e.Templates, t)
	}
}

func (e *Edition) add(s *sheet, m *merger) {
	s.Lists = e.extendLists(s.Lists, m.ps)
	e.Kinds = put(m, "loại ghi nhận", e.Kinds, s.Kinds, func(x *Kind) (string, Pos) { return x.Code, x.Pos })
	e.Series = put(m, "chuỗi số liệu", e.Series, s.Series, func(x *Series) (string, Pos) { return x.Code, x.Pos })
	e.Indicators = put(m, "chỉ tiêu", e.Indicators, s.Indicators, func(x *Indicator) (string, Pos) { return x.Code, x.Pos })
	e.Duties = put(m, "trách nhiệm", e.Duties, s.Duties, func(x *Duty) (string, Pos) { return x.Code, x.Pos })
	e.Lists = put(m, "danh sách", e.Lists, s.Lists, func(x *List) (string, Pos) { return x.Code, x.Pos })
	e.UnitTypes = put(m, "loại đơn vị", e.UnitTypes, s.UnitTypes, func(x *UnitType) (string, Pos) { return x.Code, x.Pos })
	e.Regimes = put(m, "chế độ kỳ", e.Regimes, s.Regimes, func(x *Regime) (string, Pos) { return x.Code, x.Pos })
	e.Calendars = put(m, "lịch", e.Calendars, s.Calendars, func(x *Calendar) (string, Pos) { return x.Code, x.Pos })
	e.Procedures = put(m, "thủ tục", e.Procedures, s.Procedures, func(x *Procedure) (string, Pos) { return x.Code, x.Pos })
	e.Forms = put(m, "biểu mẫu", e.Forms, s.Forms, func(x *Form) (string, Pos) { return x.Code, x.Pos })
	e.OpenFigures = put(m, "số liệu mở", e.OpenFigures, s.OpenFigures, func(x *OpenFigure) (string, Pos) { return x.Code, x.Pos })
	e.PetitionActs = put(m, "việc trong thủ tục", e.PetitionActs, s.PetitionActs, func(x *PetitionAct) (string, Pos) { return x.Code, x.Pos })
	e.PublicationRules = put(m, "quy định công khai", e.PublicationRules, s.PublicationRules, func(x *PublicationRule) (string, Pos) { return x.Code, x.Pos })
	e.DecisionRules = put(m, "quy định quyết định", e.DecisionRules, s.DecisionRules, func(x *DecisionRule) (string, Pos) { return x.Code, x.Pos })
}

type merger struct {
	overlay bool
	ps      *problems
	seen    map[string]Pos // of this folder
}

func put[T any](m *merger, what string, have, more []T, id func(T) (string, Pos)) []T {
	if len(more) == 0 {
		return have
	}
	at := make(map[string]int, len(have))
	for i, x := range have {
		code, _ := id(x)
		at[code] = i
	}
	for _, x := range more {
		code, pos := id(x)
		if code == "" {
			continue
		}
		key := what + " " + code
		if first, twice := m.seen[key]; twice {
			m.ps.add(pos.Key("code"), fmt.Sprintf("%s khai báo hai lần, lần đầu ở %s:%d", key, first.File, first.Line), "Hãy giữ một hoặc đổi mã")
			continue
		}
		m.seen[key] = pos
		i, replaces := at[code]
		switch {
		case !replaces:
			at[code] = len(have)
			have = append(have, x)
		case m.overlay:
			m.ps.add(pos.Key("code"), "phần riêng của tỉnh không được thay "+key+" của bản chung", "Hãy đặt mã khác; với danh sách, dùng extends: true để thêm lựa chọn")
		default:
			have[i] = x
		}
	}
	return have
}

// extendLists adds the options of lists marked extends to the lists of the same code; the others are returned.
func (e *Edition) extendLists(lists []*List, ps *problems) []*List {
	var others []*List
	for _, l := range lists {
		if !l.Extends {
			others = append(others, l)
			continue
		}
		i := slices.IndexFunc(e.Lists, func(x *List) bool { return x.Code == l.Code })
		if i < 0 {
			ps.add(l.Key("code"), "không có danh sách "+l.Code+" để thêm lựa chọn", "Hãy bỏ extends hoặc sửa mã")
			continue
		}
		for _, o := range l.Options {
			old := slices.IndexFunc(e.Lists[i].Options, func(x *Option) bool { return x.Code == o.Code })
			if old >= 0 {
				e.Lists[i].Options[old] = o
				continue
			}
			e.Lists[i].Options = append(e.Lists[i].Options, o)
		}
	}
	return others
}

// giveSystem hands the file's system to its items.
func (s *sheet) giveSystem(ps *problems) {
	if s.System < 0 || s.System > 24 {
		ps.add(s.Key("system"), fmt.Sprintf("hệ thống %d không có", s.System), "system từ 1 đến 24")
	}
	set := func(system *int, at Pos, what string) {
		if *system == 0 {
			*system = s.System
		}
		if *system < 1 || *system > 24 {
			ps.add(at, what+" không rõ thuộc hệ thống nào", "Hãy thêm system: 1–24 ở đầu tệp hoặc ngay tại mục")
		}
	}
	for _, k := range s.Kinds {
		set(&k.System, k.Pos, "loại ghi nhận "+k.Code)
	}
	for _, x := range s.Series {
		set(&x.System, x.Pos, "chuỗi số liệu "+x.Code)
	}
	for _, x := range s.Indicators {
		set(&x.System, x.Pos, "chỉ tiêu "+x.Code)
	}
	for _, x := range s.Duties {
		set(&x.System, x.Pos, "trách nhiệm "+x.Code)
	}
	for _, x := range s.Forms {
		set(&x.System, x.Pos, "biểu mẫu "+x.Code)
	}
}

// drops are codes to leave out, by section; "" where the section was not said.
type drops []dropped

type dropped struct {
	section, code string
	at            Pos
}

func (r *reader) drops(n ast.Node) drops {
	var all drops
	collect := func(section string, n ast.Node) {
		var codes []string
		r.sequence(n, reflect.ValueOf(&codes).Elem(), "drop")
		for _, c := range codes {
			all = append(all, dropped{section, c, r.pos(n)})
		}
	}
	entries, bySection := entriesOf(n)
	if !bySection {
		collect("", n)
		return all
	}
	for _, e := range entries {
		section := e.Key.GetToken().Value
		if !slices.Contains(dropSections, section) {
			r.ps.add(r.pos(e.Key), fmt.Sprintf("drop có khóa lạ %q", section), "Các khóa: "+strings.Join(dropSections, ", "))
			continue
		}
		collect(section, e.Value)
	}
	return all
}

var dropSections = []string{"kinds", "series", "indicators", "duties", "lists", "procedures", "regimes", "forms", "open_figures", "templates"}

func (e *Edition) drop(list drops, ps *problems) {
	for _, d := range list {
		var from []string
		cut := func(section string, remove func() bool) {
			if (d.section == "" || d.section == section) && remove() {
				from = append(from, section)
			}
		}
		cut("kinds", func() bool { return remove(&e.Kinds, d.code, (*Kind).code) })
		cut("series", func() bool { return remove(&e.Series, d.code, (*Series).code) })
		cut("indicators", func() bool { return remove(&e.Indicators, d.code, (*Indicator).code) })
		cut("duties", func() bool { return remove(&e.Duties, d.code, (*Duty).code) })
		cut("lists", func() bool { return remove(&e.Lists, d.code, (*List).code) })
		cut("procedures", func() bool { return remove(&e.Procedures, d.code, (*Procedure).code) })
		cut("petition_acts", func() bool { return remove(&e.PetitionActs, d.code, (*PetitionAct).code) })
		cut("publication_rules", func() bool { return remove(&e.PublicationRules, d.code, (*PublicationRule).code) })
		cut("decision_rules", func() bool { return remove(&e.DecisionRules, d.code, (*DecisionRule).code) })
		cut("regimes", func() bool { return remove((*[]*Regime)(&e.Regimes), d.code, (*Regime).code) })
		cut("forms", func() bool { return remove(&e.Forms, d.code, (*Form).code) })
		cut("open_figures", func() bool { return remove(&e.OpenFigures, d.code, (*OpenFigure).code) })
		cut("templates", func() bool { return remove(&e.Templates, d.code, Template.code) })
		switch {
		case len(from) == 0:
			ps.add(d.at, fmt.Sprintf("drop: ấn bản gốc không có %q", d.code), "Hãy sửa mã hoặc bỏ khỏi drop")
		case len(from) > 1:
			ps.add(d.at, fmt.Sprintf("drop: mã %q có ở nhiều mục: %s", d.code, strings.Join(from, ", ")), "Hãy viết drop: {"+from[0]+": ["+d.code+"]}")
		}
	}
}

func (k *Kind) code() string        { return k.Code }
func (s *Series) code() string      { return s.Code }
func (i *Indicator) code() string   { return i.Code }
func (d *Duty) code() string        { return d.Code }
func (l *List) code() string        { return l.Code }
func (p *Procedure) code() string   { return p.Code }
func (a *PetitionAct) code() string { return a.Code }
func (r *Regime) code() string      { return r.Code }

func (r *PublicationRule) code() string { return r.Code }
func (r *DecisionRule) code() string    { return r.Code }

func (t Template) code() string { return t.Name }

// remove takes the item of that code out of a list and reports whether it was there.
func remove[T any](list *[]T, code string, of func(T) string) bool {
	before := len(*list)
	*list = slices.DeleteFunc(*list, func(x T) bool { return of(x) == code })
	return len(*list) < before
}
