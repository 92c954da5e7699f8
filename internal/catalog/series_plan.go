package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// plan is a series compiled for one kind.
type plan struct {
	series            *Series
	each              *Field // group or choices; nil: once per entry
	where             *expression
	test              func(get lookup) bool // where, without the interpreter, in its common forms
	value             valuePlan
	labels            []labelPlan
	date, until, by   *Field
	dates             []*Field // instead of date: the first that has a value
	factor            int64    // from the field's scale to the series'
	needsInterpreter  bool
	uses, asks        []string
	scope             scope
	constantLabels    string
	hasConstantLabels bool
}

// valuePlan is one of a constant, a field, an expression.
type valuePlan struct {
	constant int64
	field    *Field
	expr     *expression
}

type labelPlan struct {
	name  string
	field *Field
	text  string // constant
	expr  *expression
}

// linkSeries compiles a series for each of its kinds.
func (e *Edition) linkSeries(s *Series, ps *problems) {
	s.values = map[string]map[string]bool{}
	codes := s.KindCodes()
	if len(codes) == 0 {
		ps.add(s.Pos, "chuỗi số liệu "+s.Code+" không nói đọc loại ghi nhận nào", "Hãy thêm kind: mã_loại hoặc kinds: [...]")
	}
	s.checkFlow(ps)
	for i, code := range codes {
		k := e.kinds[code]
		if k == nil {
			at := s.Key("kind")
			if s.Kind == "" {
				at = s.Key(fmt.Sprintf("kinds/%d", i))
			}
			ps.add(at, fmt.Sprintf("chuỗi số liệu %s đọc loại ghi nhận không có: %q", s.Code, code), "Hãy khai báo trong kinds hoặc sửa mã"+suggest(code, sortedKeys(e.kinds)))
			continue
		}
		c := &seriesCompiler{s: s, k: k, ps: ps, checked: e.stored, p: &plan{series: s, factor: 1}}
		if c.compile(); c.ok {
			k.plans = append(k.plans, c.p)
		}
	}
}

func (s *Series) defaults() {
	if s.Flow == "" {
		s.Flow = Count
	}
	if s.Axis == "" {
		s.Axis = "unit"
	}
	if s.Value == "" {
		s.Value = "1"
	}
	if s.Flow == State && s.Passes == "" {
		s.Passes = "any"
	}
}

func (s *Series) checkFlow(ps *problems) {
	if s.Until != "" && s.Flow != State && s.Flow != Stock {
		ps.add(s.Key("until"), "until chỉ dùng với flow state hoặc stock", "Hãy bỏ until hoặc sửa flow")
	}
	if s.Passes != "" && s.Flow != State {
		ps.add(s.Key("passes"), "passes chỉ dùng với flow: state", "Hãy bỏ passes")
	}
	if s.Flow == State && (s.Value != "1" || s.Each != "" || s.By != "") {
		ps.add(s.Pos, "chuỗi trạng thái "+s.Code+" chỉ có value: 1, không có each, by", "Hãy bỏ các khóa đó")
	}
	for i, name := range s.Open {
		if name != Total && s.Labels[name] == "" {
			ps.add(s.Key(fmt.Sprintf("open/%d", i)), fmt.Sprintf("open: chuỗi %s không có nhãn %q", s.Code, name), "Viết total hoặc tên một nhãn của chuỗi"+suggest(name, sortedKeys(s.Labels)))
		}
	}
	if s.Flow == Count && s.Scale > 0 {
		ps.add(s.Key("scale"), "flow: count đếm việc, không có số lẻ", "Hãy bỏ scale hoặc dùng flow: amount")
	}
	if s.Scale < 0 || s.Scale > 6 {
		ps.add(s.Key("scale"), "scale phải từ 0 đến 6", "Hãy sửa scale")
	}
}

// seriesCompiler turns one series into a plan for one kind.
type seriesCompiler struct {
	s     *Series
	k     *Kind
	ps    *problems
	p     *plan
	scope scope
	ok    bool
	// checked: it was compiled without a mistake before it was stored.
	checked bool
}

func (c *seriesCompiler) fail(key, what, todo string) {
	c.ok = false
	c.ps.add(c.s.Key(key), fmt.Sprintf("chuỗi số liệu %s (đọc %s): %s", c.s.Code, c.k.Code, what), todo)
}

func (c *seriesCompiler) failExpr(key string, e *exprError) {
	c.ok = false
	c.ps.add(c.s.Key(key).shift(e.at), fmt.Sprintf("chuỗi số liệu %s, %s: %s", c.s.Code, key, e.what), e.todo)
}

func (c *seriesCompiler) compile() {
	c.ok = true
	c.scope = scope{}
	for code, f := range c.k.byCode {
		c.scope[code] = f
	}
	c.each()
	c.p.date, c.p.until, c.p.by = c.dateField("date", c.s.Date), c.dateField("until", c.s.Until), c.dateField("by", c.s.By)
	c.dates()
	c.value()
	if c.s.Where != "" {
		c.where()
	}
	for _, name := range c.s.labels {
		c.label(name, c.s.Labels[name])
	}
	c.vintage()
	c.p.scope = c.scope
	c.p.finish()
}

// finish notes what the interpreter will have to be given.
func (p *plan) finish() {
	add := func(x *expression) {
		if x != nil {
			p.needsInterpreter = true
			p.uses, p.asks = append(p.uses, x.uses...), append(p.asks, x.asks...)
		}
	}
	if p.test == nil {
		add(p.where)
	}
	add(p.value.expr)
	p.hasConstantLabels = true
	for _, l := range p.labels {
		add(l.expr)
		p.hasConstantLabels = p.hasConstantLabels && l.field == nil && l.expr == nil
	}
	if p.hasConstantLabels {
		parts := make([]string, len(p.labels))
		for i, l := range p.labels {
			parts[i] = l.name + "=" + l.text
		}
		p.constantLabels = strings.Join(parts, ";")
	}
}

// where is compiled for the interpreter even where the short way serves: that is what finds its mistakes.
func (c *seriesCompiler) where() {
	c.p.test = c.scope.directTest(c.s.Where)
	if c.p.test != nil && c.checked {
		return
	}
	x, err := c.scope.compile(c.s.Where, exprBool)
	if err != nil {
		c.failExpr("where", err)
		return
	}
	c.p.where = x
}

func (c *seriesCompiler) each() {
	if c.s.Each == "" {
		return
	}
	f := c.k.byCode[c.s.Each]
	if f == nil || f.Type != Group && f.Type != Choices {
		c.fail("each", fmt.Sprintf("each: %q không phải một nhóm hay trường choices", c.s.Each), "Hãy viết mã một trường type: group hoặc choices"+suggest(c.s.Each, sortedKeys(c.k.byCode)))
		return
	}
	c.p.each = f
	if f.Type == Choices {
		one := *f
		one.Type = Choice
		c.scope[f.Code] = &one
		return
	}
	for code, row := range f.byCode {
		c.scope[code] = row
	}
}

func (c *seriesCompiler) dateField(key, code string) *Field {
	if code == "" || code == dayName {
		return nil
	}
	f := c.scope[code]
	if f == nil || f.Type != DateT {
		c.fail(key, fmt.Sprintf("%s: %q không phải trường ngày", key, code), "Hãy viết mã một trường type: date"+suggest(code, sortedKeys(c.scope)))
		return nil
	}
	return f
}

// dates compiles the fields of which the first with a value gives the day.
func (c *seriesCompiler) dates() {
	if len(c.s.Dates) > 0 && c.s.Date != "" {
		c.fail("dates", "có cả date và dates", "Hãy giữ một")
	}
	for i, code := range c.s.Dates {
		if f := c.dateField(fmt.Sprintf("dates/%d", i), code); f != nil {
			c.p.dates = append(c.p.dates, f)
		}
	}
}

func (c *seriesCompiler) value() {
	if c.s.Value == "1" {
		c.p.value.constant = pow10(c.s.Scale)
		return
	}
	if f := c.scope[c.s.Value]; f != nil {
		c.plainValue(f)
		return
	}
	x, err := c.scope.compile(c.s.Value, exprNumber)
	if err != nil {
		c.failExpr("value", err)
		return
	}
	if x.scale > c.s.Scale {
		c.fail("value", fmt.Sprintf("kết quả của value có tới %d chữ số thập phân, chuỗi chỉ giữ %d", x.scale, c.s.Scale), fmt.Sprintf("Hãy đặt scale: %d", x.scale))
		return
	}
	c.p.value.expr = x
}

// variesBy begins the unit of a field whose unit another field says: theo đơn vị tính, theo việc.
const variesBy = "theo "

func (c *seriesCompiler) plainValue(f *Field) {
	scale := 0
	switch f.Type {
	case DecimalT:
		scale = f.Scale
	case Int, Money, Bool:
	default:
		c.fail("value", fmt.Sprintf("value: trường %s (type: %s) không phải số", f.Code, f.Type), "Hãy dùng trường int, decimal, money; đếm thì viết value: 1")
		return
	}
	if scale > c.s.Scale {
		c.fail("value", fmt.Sprintf("trường %s giữ %d chữ số thập phân, chuỗi chỉ giữ %d", f.Code, scale, c.s.Scale), fmt.Sprintf("Hãy đặt scale: %d", scale))
		return
	}
	if strings.HasPrefix(f.Unit, variesBy) {
		if c.s.Where == "" {
			c.fail("value", fmt.Sprintf("trường %s có đơn vị tính %s, mỗi dòng một khác", f.Code, f.Unit), "Hãy thêm where để chỉ lấy các dòng cùng một đơn vị tính")
		}
	} else if f.Unit != "" && !sameUnit(f.Unit, c.s.Unit) && f.Type != Bool {
		c.fail("unit", fmt.Sprintf("trường %s tính bằng %s, chuỗi tính bằng %s", f.Code, f.Unit, c.s.Unit), "Hãy dùng cùng một đơn vị tính")
		return
	}
	c.p.value.field = f
	c.p.factor = pow10(c.s.Scale - scale)
}

func (c *seriesCompiler) label(name, source string) {
	if !codePattern.MatchString(name) {
		c.fail("labels", fmt.Sprintf("tên nhãn %q không đúng dạng", name), "Chữ thường không dấu, chữ số, gạch dưới")
		return
	}
	if f := c.scope[source]; f != nil {
		if !slices.Contains([]FieldType{Choice, Bool, UnitRef}, f.Type) {
			c.fail("labels", fmt.Sprintf("nhãn %s lấy trường %s (type: %s)", name, f.Code, f.Type), "Nhãn chỉ lấy trường choice, bool, unit hoặc biểu thức ra một số chữ định trước; với choices hãy dùng each")
			return
		}
		c.p.labels = append(c.p.labels, labelPlan{name: name, field: f})
		c.knowField(name, f)
		return
	}
	x, err := c.scope.compile(source, exprText)
	if err != nil {
		c.failExpr("labels", err)
		return
	}
	c.know(name, x.textSet())
	if len(x.texts) == 1 && x.closed && len(x.uses) == 0 && len(x.asks) == 0 {
		c.p.labels = append(c.p.labels, labelPlan{name: name, text: x.texts[0]})
		return
	}
	c.p.labels = append(c.p.labels, labelPlan{name: name, expr: x})
}

func (c *seriesCompiler) knowField(name string, f *Field) {
	switch f.Type {
	case Bool:
		c.know(name, map[string]bool{"true": true, "false": true})
	case Choice:
		c.know(name, f.codes)
	default:
		c.know(name, nil)
	}
}

// know adds to the values that a label can take; nil stands for any text. The sets of fields are shared, so they
// are copied before anything is added.
func (c *seriesCompiler) know(name string, values map[string]bool) {
	set, before := c.s.values[name]
	switch {
	case !before || values == nil:
		c.s.values[name] = values
	case set != nil:
		set = maps.Clone(set)
		maps.Copy(set, values)
		c.s.values[name] = set
	}
}

// vintage keeps preliminary and official readings apart: where a kind has the field, a reading must carry it.
func (c *seriesCompiler) vintage() {
	if c.s.Flow == Reading && c.k.byCode["vintage"] != nil && !slices.Contains(c.s.labels, "vintage") {
		c.fail("labels", "số đọc thiếu nhãn vintage", "Hãy thêm vintage: vintage vào labels để phân biệt số sơ bộ, chính thức, điều chỉnh")
	}
}
