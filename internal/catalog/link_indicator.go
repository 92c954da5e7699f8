package catalog

import (
	"fmt"
	"regexp"
	"slices"
)

var indicatorPattern = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$`)

func (e *Edition) linkIndicator(i *Indicator, ps *problems) {
	if i.Version == 0 {
		i.Version = 1
	}
	if !indicatorPattern.MatchString(i.Code) {
		ps.add(i.Key("code"), fmt.Sprintf("mã chỉ tiêu %q không đúng dạng", i.Code), "Viết như training.conference_attendances")
	}
	if i.Percent && i.Unit == "" {
		i.Unit = "%"
	}
	i.classes = e.checkClasses(i.Scope, "scope", i.Pos, ps)
	var unit string
	i.numerator, unit = e.formula(i, "numerator", i.Numerator, ps)
	i.denominator, _ = e.formula(i, "denominator", i.Denominator, ps)
	i.checkDenominator(e, ps)
	i.checkUnit(unit, ps)
	i.checkDisplay(ps)
	i.checkBreaks(ps)
	for _, c := range i.Checks {
		e.checkCheck(i, c, ps)
	}
}

// formula parses one of the two formulas, nil where it is absent or wrong, and says the unit of its value.
func (e *Edition) formula(i *Indicator, key, text string, ps *problems) (Expr, string) {
	if text == "" {
		return nil, ""
	}
	x, err := ParseFormula(text)
	if err != nil {
		f := err.(*FormulaError)
		ps.add(i.Key(key).shift(runesIn(text, f.At)), fmt.Sprintf("chỉ tiêu %s: %s", i.Code, f.What), f.Todo)
		return nil, ""
	}
	if e.stored { // it was checked before it was stored
		return x, ""
	}
	return x, e.checkFormula(x, i.Key(key), ps)
}

// runesIn is how many characters the first n bytes hold: columns count characters.
func runesIn(s string, n int) int { return len([]rune(s[:min(n, len(s))])) }

func (i *Indicator) checkDenominator(e *Edition, ps *problems) {
	if i.Denominator == "" {
		if i.Percent || i.OutOf {
			ps.add(i.Pos, "chỉ tiêu "+i.Code+" là tỷ lệ nhưng không có mẫu số", "Hãy thêm denominator")
		}
		return
	}
	if i.Percent && i.OutOf {
		ps.add(i.Key("out_of"), "chỉ tiêu "+i.Code+" có cả percent và out_of", "Hãy giữ một")
	}
	if i.DenominatorName != "" || i.denominator == nil {
		return
	}
	c, ok := i.denominator.(*Call)
	switch {
	case !ok || c.Func == "entries" || c.Func == "having":
		ps.add(i.Key("denominator"), "mẫu số của "+i.Code+" chưa có tên", "Hãy thêm denominator_name, ví dụ: đơn thụ lý theo thẩm quyền")
	case c.Selector != nil && e.series[c.Selector.Series] != nil:
		i.DenominatorName = lowerFirst(e.series[c.Selector.Series].Name)
	case c.Selector == nil && e.unitTypes[c.Class.Type] != nil:
		i.DenominatorName = lowerFirst(e.unitTypes[c.Class.Type].Name)
	case c.Selector == nil:
		i.DenominatorName = "đơn vị"
	}
}

// checkUnit holds the indicator's unit against that of its formula.
func (i *Indicator) checkUnit(unit string, ps *problems) {
	switch {
	case i.Percent && i.Unit != "%":
		ps.add(i.Key("unit"), fmt.Sprintf("chỉ tiêu %s là phần trăm nhưng unit: %s", i.Code, i.Unit), "Hãy bỏ unit hoặc viết %")
	case i.Unit == "":
		ps.add(i.Pos, "chỉ tiêu "+i.Code+" thiếu đơn vị tính", "Hãy thêm unit")
	case i.Denominator == "" && unit != "" && !sameUnit(unit, i.Unit):
		ps.add(i.Key("unit"), fmt.Sprintf("chỉ tiêu %s tính bằng %s, nhưng công thức cho ra %s", i.Code, i.Unit, unit), "Hãy sửa unit, hoặc nhân chia với hệ số để đổi đơn vị")
	}
}

func (i *Indicator) checkDisplay(ps *problems) {
	if i.Decimals < 0 || i.Decimals > 6 {
		ps.add(i.Key("decimals"), "decimals phải từ 0 đến 6", "Hãy sửa decimals")
	}
	d := i.Display
	if d != nil && d.Step < 0 {
		ps.add(d.Key("step"), "step phải lớn hơn 0", "Ví dụ step: 1000 để in trên 20.000")
	}
	if d != nil && d.Step != 0 && (d.Word == "exact" || d.Word == "magnitude") {
		ps.add(d.Key("step"), "step chỉ dùng với over và about", "Hãy bỏ step")
	}
	if i.Since != 0 && i.Until != 0 && i.Until <= i.Since {
		ps.add(i.Key("until"), "until phải sau since", "Hãy sửa ngày")
	}
}

func (i *Indicator) checkBreaks(ps *problems) {
	for n, b := range i.Breaks {
		if n > 0 && b.On <= i.Breaks[n-1].On {
			ps.add(b.Key("on"), "các điểm gãy của "+i.Code+" phải xếp theo ngày tăng dần", "Hãy xếp lại")
		}
	}
}

func (e *Edition) checkCheck(i *Indicator, c *Check, ps *problems) {
	known := func(code string, at Pos) {
		if code != "" && e.indicators[code] == nil {
			ps.add(at, fmt.Sprintf("phép kiểm %s dùng chỉ tiêu không có: %q", c.Code, code), "Hãy khai báo hoặc sửa mã"+suggest(code, sortedKeys(e.indicators)))
			return
		}
		if other := e.indicators[code]; other != nil && !sameUnit(other.Unit, i.Unit) {
			ps.add(at, fmt.Sprintf("phép kiểm %s so %s (%s) với %s (%s)", c.Code, i.Code, i.Unit, other.Code, other.Unit), "Chỉ so các chỉ tiêu cùng đơn vị tính")
		}
	}
	for n, code := range c.Sum {
		known(code, c.Key(fmt.Sprintf("sum/%d", n)))
	}
	known(c.Equals, c.Key("equals"))
	known(c.AtMost, c.Key("at_most"))
	known(c.AtLeast, c.Key("at_least"))
	for key, b := range map[string]*Bound{"min": c.Min, "max": c.Max} {
		if b == nil {
			continue
		}
		if _, err := parseDecimal(string(*b), 6); err != nil {
			ps.add(c.Key(key), fmt.Sprintf("phép kiểm %s: %s không phải số", c.Code, key), "Hãy viết số")
		}
	}
	if len(c.Sum) == 0 && c.AtMost == "" && c.AtLeast == "" && c.Min == nil && c.Max == nil {
		ps.add(c.Pos, "phép kiểm "+c.Code+" không kiểm gì", "Cần sum, at_most, at_least, min hoặc max")
	}
	if len(c.Sum) == 0 && c.Equals != "" {
		ps.add(c.Key("equals"), "equals không có sum", "Hãy thêm sum: [các chỉ tiêu thành phần]")
	}
}

// Whole is the indicator that the parts of a check must add up to.
func (c *Check) Whole(of *Indicator) string {
	if c.Equals != "" {
		return c.Equals
	}
	return of.Code
}

// checkRefs refuses the same indicator code and ref in two meanings: a ref is not another's code.
func (e *Edition) checkRefs(ps *problems) {
	for _, i := range e.Indicators {
		for n, r := range i.Ref {
			if e.indicators[r] != nil {
				ps.add(i.Key(fmt.Sprintf("ref/%d", n)), fmt.Sprintf("ký hiệu %q trùng mã một chỉ tiêu", r), "Hãy đổi ref")
			}
			if slices.Index(i.Ref, r) != n {
				ps.add(i.Key(fmt.Sprintf("ref/%d", n)), fmt.Sprintf("ký hiệu %q viết hai lần", r), "Hãy giữ một")
			}
		}
	}
}
