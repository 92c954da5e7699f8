package catalog

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// link resolves every code in the edition and checks what needs more than one declaration.
func (e *Edition) link(ps *problems) {
	e.kinds = index(e.Kinds, (*Kind).code)
	e.series = index(e.Series, (*Series).code)
	e.indicators = index(e.Indicators, (*Indicator).code)
	e.duties = index(e.Duties, (*Duty).code)
	e.lists = index(e.Lists, (*List).code)
	e.procedures = index(e.Procedures, (*Procedure).code)
	e.unitTypes = index(e.UnitTypes, func(t *UnitType) string { return t.Code })
	e.forms = index(e.Forms, (*Form).code)
	e.calendars = index(e.Calendars, func(c *Calendar) string { return c.Code })
	e.checkLists(ps)
	e.checkUnitTypes(ps)
	for _, k := range e.Kinds {
		e.linkKind(k, ps)
	}
	for _, s := range e.Series {
		s.edition = e
		s.defaults()
		s.labels = sortedKeys(s.Labels)
	}
	e.compileAll(ps)
	for _, i := range e.Indicators {
		e.linkIndicator(i, ps)
	}
	e.linkForms(ps)
	e.checkRefs(ps)
	for _, d := range e.Duties {
		e.checkDuty(d, ps)
	}
	e.checkRegimes(ps)
	e.checkCalendars(ps)
	e.checkProcedures(ps)
	e.checkPetitionActs(ps)
	e.checkOpenFigures(ps)
	e.checkPeopleRules(ps)
}

// compileAll compiles rules and series: at once where mistakes are looked for, else when first needed, since
// reading figures needs none of it.
func (e *Edition) compileAll(ps *problems) {
	run := func(ps *problems) {
		for _, k := range e.Kinds {
			k.compileRules(ps)
		}
		for _, s := range e.Series {
			e.linkSeries(s, ps)
		}
	}
	if !e.stored {
		run(ps)
		return
	}
	e.compile = sync.OnceValue(func() error {
		var late problems
		run(&late)
		if err := late.err(); err != nil {
			return fmt.Errorf("edition %s as stored: %w", e.Code, err)
		}
		return nil
	})
}

// compiled makes sure that rules and series are compiled. FromBundle has tried it; what prepared brings back is
// tested to compile when the program is built.
func (e *Edition) compiled() {
	if e.compile == nil {
		return
	}
	if err := e.compile(); err != nil {
		panic(err)
	}
}

func index[T any](list []T, code func(T) string) map[string]T {
	m := make(map[string]T, len(list))
	for _, x := range list {
		m[code(x)] = x
	}
	return m
}

func (e *Edition) checkLists(ps *problems) {
	for _, l := range e.Lists {
		checkOptions(l.Options, "danh sách "+l.Code, ps)
	}
}

func checkOptions(options []*Option, where string, ps *problems) {
	seen := map[string]bool{}
	for _, o := range options {
		if seen[o.Code] {
			ps.add(o.Key("code"), fmt.Sprintf("%s có hai lựa chọn mã %q", where, o.Code), "Hãy giữ một")
		}
		seen[o.Code] = true
		if strings.ContainsAny(o.Code, "=; \"") {
			ps.add(o.Key("code"), fmt.Sprintf("mã lựa chọn %q có dấu cách hoặc dấu = ; \"", o.Code), "Mã chỉ nên gồm chữ thường không dấu, chữ số, gạch dưới")
		}
		if o.From != 0 && o.Until != 0 && o.Until <= o.From {
			ps.add(o.Key("until"), fmt.Sprintf("lựa chọn %s hết hạn trước khi bắt đầu", o.Code), "Hãy sửa from hoặc until")
		}
	}
}

func (e *Edition) checkUnitTypes(ps *problems) {
	abbrs := map[string]bool{}
	for _, t := range e.UnitTypes {
		abbrs[t.Abbr] = true
	}
	for _, t := range e.UnitTypes {
		if t.Form == "body" && t.Abbr == "" && !t.Listed {
			ps.add(t.Pos, "loại đơn vị "+t.Code+" thiếu abbr", "Hãy thêm abbr (phần sau dấu chấm trong mã), hoặc listed: true khi từng đơn vị có tên riêng")
		}
		for _, l := range t.Levels {
			for i, abbr := range l.Follows {
				if !abbrs[abbr] {
					ps.add(l.Key(fmt.Sprintf("follows/%d", i)), fmt.Sprintf("follows: không có loại đơn vị nào có abbr %q", abbr), "Hãy viết abbr của một loại đơn vị"+suggest(abbr, sortedKeys(abbrs)))
				}
			}
			if l.From != 0 && l.Until != 0 && l.Until <= l.From {
				ps.add(l.Key("until"), fmt.Sprintf("loại đơn vị %s ở cấp %s kết thúc trước khi bắt đầu", t.Code, l.Level), "Hãy sửa from hoặc until")
			}
		}
	}
}

// checkClass reports a class whose level or type does not exist.
func (e *Edition) checkClass(text string, at Pos, ps *problems) Class {
	c := ParseClass(text)
	if c.Level != "" && !isLevel(c.Level) {
		levels := []string{"province", "district", "commune"}
		ps.add(at, fmt.Sprintf("lớp đơn vị %q có cấp lạ %q", text, c.Level), "Cấp là province, district, commune hoặc *"+suggest(c.Level, levels))
	}
	t := e.unitTypes[c.Type]
	if c.Type != "" && t == nil {
		ps.add(at, fmt.Sprintf("lớp đơn vị %q có loại không có: %q", text, c.Type), "Hãy khai báo trong unit_types hoặc sửa mã"+suggest(c.Type, sortedKeys(e.unitTypes)))
		return c
	}
	if t != nil && isLevel(c.Level) && !slices.ContainsFunc(t.Levels, func(l *LevelRule) bool { return l.Level == c.Level }) {
		ps.add(at, fmt.Sprintf("loại đơn vị %s không có ở cấp %s", c.Type, c.Level), "Hãy sửa cấp hoặc thêm cấp vào unit_types")
	}
	return c
}

func (e *Edition) checkClasses(list []string, key string, at Pos, ps *problems) []Class {
	classes := make([]Class, len(list))
	for i, text := range list {
		classes[i] = e.checkClass(text, at.Key(fmt.Sprintf("%s/%d", key, i)), ps)
	}
	return classes
}

func (e *Edition) linkKind(k *Kind, ps *problems) {
	if k.Confirm == "" {
		k.Confirm = ByApprover
	}
	e.checkClasses(k.By, "by", k.Pos, ps)
	k.byCode = e.linkFields(k.Fields, k.Code, ps)
	checkBeside(k.Fields, false, ps)
	for _, f := range k.Fields {
		for code := range f.byCode {
			if k.byCode[code] != nil {
				ps.add(f.byCode[code].Key("code"), fmt.Sprintf("trường %s trong nhóm %s trùng mã với trường ngoài nhóm", code, f.Code), "Hãy đổi mã một trong hai: biểu thức phải phân biệt được")
			}
		}
	}
	for i, code := range k.Title {
		if f := k.byCode[code]; f == nil || f.Type == Group || f.Type == Person {
			ps.add(k.Key(fmt.Sprintf("title/%d", i)), fmt.Sprintf("title của %s: %q không phải trường làm tiêu đề được", k.Code, code), "Hãy dùng mã một trường chữ, ngày, số hay lựa chọn"+suggest(code, sortedKeys(k.byCode)))
		}
	}
	k.checkTask(ps)
	k.edition = e
}

// checkTask looks at what makes entries of the kind tasks: who gives them, when they are done, when they are pressed for.
func (k *Kind) checkTask(ps *problems) {
	is := func(key, code string, typ FieldType) {
		if f := k.byCode[code]; code != "" && (f == nil || f.Type != typ) {
			ps.add(k.Key(key), fmt.Sprintf("%s của %s: %q không phải trường type: %s của loại này", key, k.Code, code, typ), "Hãy dùng mã một trường của loại này"+suggest(code, sortedKeys(k.byCode)))
		}
	}
	is("given_by", k.GivenBy, UnitRef)
	is("done_on", k.DoneOn, DateT)
	for i, days := range k.Escalate {
		if days < 1 || i > 0 && days <= k.Escalate[i-1] {
			ps.add(k.Key("escalate"), fmt.Sprintf("escalate của %s: số ngày phải từ 1 và tăng dần", k.Code), "Ví dụ escalate: [1, 8, 31]")
			break
		}
	}
	if k.Register == Tasks && (k.GivenBy == "" || k.DoneOn == "" || k.byCode["due_on"] == nil) {
		ps.add(k.Key("register"), "loại nhiệm vụ "+k.Code+" thiếu given_by, done_on hoặc trường due_on", "Nhiệm vụ phải có đơn vị giao, hạn và ngày hoàn thành")
	}
}

func (k *Kind) compileRules(ps *problems) {
	sc := scope(k.byCode)
	for _, r := range k.Rules {
		x, err := sc.compile(r.Expr, exprBool)
		if err != nil {
			ps.add(r.Key("expr").shift(err.at), fmt.Sprintf("điều kiện của %s: %s", k.Code, err.what), err.todo)
			continue
		}
		r.test = x
	}
}

func (e *Edition) linkFields(fields []*Field, owner string, ps *problems) map[string]*Field {
	byCode := make(map[string]*Field, len(fields))
	for _, f := range fields {
		if byCode[f.Code] != nil {
			ps.add(f.Key("code"), fmt.Sprintf("%s có hai trường mã %q", owner, f.Code), "Hãy đổi mã một trường")
		}
		if f.Code == dayName || f.Code == "has" {
			ps.add(f.Key("code"), fmt.Sprintf("mã trường %q là tên dành riêng", f.Code), "day là ngày ghi nhận; hãy đặt mã khác")
		}
		byCode[f.Code] = f
		f.checkPerson(ps)
		e.linkField(f, owner, ps)
	}
	return byCode
}

func (e *Edition) linkField(f *Field, owner string, ps *problems) {
	fits := func(key string, given bool, types ...FieldType) {
		if given && !slices.Contains(types, f.Type) {
			ps.add(f.Key(key), fmt.Sprintf("trường %s: %s không dùng với type: %s", f.Code, key, f.Type), "Hãy bỏ "+key+" hoặc sửa type")
		}
	}
	fits("list", f.List != "", Choice, Choices)
	fits("options", len(f.Options) > 0, Choice, Choices)
	fits("classes", len(f.Classes) > 0, UnitRef, UnitRefs)
	fits("fields", len(f.Fields) > 0, Group)
	fits("scale", f.Scale != 0, DecimalT)
	fits("several", f.Several, Person, File)
	fits("min", f.Min != nil, Int, DecimalT, Money, DateT)
	fits("max", f.Max != nil, Int, DecimalT, Money, DateT)
	fits("unit", f.Unit != "", Int, DecimalT, Money)
	f.checkBounds(ps)
	e.checkClasses(f.Classes, "classes", f.Pos, ps)
	switch f.Type {
	case Choice, Choices:
		e.linkChoices(f, ps)
	case DecimalT:
		if f.Scale < 1 || f.Scale > 6 {
			ps.add(f.Key("scale"), fmt.Sprintf("trường %s: scale phải từ 1 đến 6", f.Code), "Số không có phần thập phân thì dùng type: int")
		}
	case Group:
		if len(f.Fields) == 0 {
			ps.add(f.Pos, "nhóm "+f.Code+" không có trường", "Hãy thêm fields")
		}
		f.byCode = e.linkFields(f.Fields, owner+"."+f.Code, ps)
		checkBeside(f.Fields, true, ps)
		for _, row := range f.Fields {
			if row.Type == Group {
				ps.add(row.Pos, fmt.Sprintf("nhóm %s nằm trong nhóm %s", row.Code, f.Code), "Không lồng nhóm; hãy tách thành hai loại ghi nhận hoặc hai nhóm")
			}
		}
	}
}

func (e *Edition) linkChoices(f *Field, ps *problems) {
	f.choices = f.Options
	switch {
	case f.List != "" && len(f.Options) > 0:
		ps.add(f.Key("list"), "trường "+f.Code+" có cả list và options", "Hãy giữ một")
	case f.List == "" && len(f.Options) == 0:
		ps.add(f.Pos, "trường "+f.Code+" không có lựa chọn nào", "Hãy thêm list: mã_danh_sách hoặc options: [...]")
	case f.List != "":
		l := e.lists[f.List]
		if l == nil {
			ps.add(f.Key("list"), fmt.Sprintf("trường %s dùng danh sách không có: %q", f.Code, f.List), "Hãy khai báo trong lists hoặc sửa mã"+suggest(f.List, sortedKeys(e.lists)))
			return
		}
		f.choices = l.Options
	default:
		checkOptions(f.Options, "trường "+f.Code, ps)
	}
	f.options = index(f.choices, func(o *Option) string { return o.Code })
	f.codes = make(map[string]bool, len(f.choices))
	for _, o := range f.choices {
		f.codes[o.Code] = true
	}
}

// Bound is the least or the greatest value of a field: a number, or for a date a day.
type Bound string

func (f *Field) checkBounds(ps *problems) {
	for key, b := range map[string]*Bound{"min": f.Min, "max": f.Max} {
		if b == nil {
			continue
		}
		if f.Type == DateT {
			if isoDate(string(*b)) == 0 {
				ps.add(f.Key(key), fmt.Sprintf("trường %s: %s phải là ngày", f.Code, key), "Viết dạng 2010-01-01")
			}
			continue
		}
		if _, err := parseDecimal(string(*b), f.Scale); err != nil {
			ps.add(f.Key(key), fmt.Sprintf("trường %s: %s %q %s", f.Code, key, string(*b), err), "Hãy viết số trong phạm vi của trường")
		}
	}
}
