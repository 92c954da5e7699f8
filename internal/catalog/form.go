package catalog

import (
	"fmt"
	"slices"
	"strings"

	"danvan/internal/civil"
)

// Form is a statistical form (biểu mẫu thống kê): a wide table whose columns are formulas and whose rows are units or
// the values of a label. Each column is an indicator under the form's code, so that its numbers open like any other.
type Form struct {
	Pos      `json:"-"`
	System   int           `json:"system,omitempty"`
	Code     string        `json:"code" need:"true" code:"true"`
	Symbol   string        `json:"symbol" need:"true" doc:"Ký hiệu in trên biểu: 01/XLD"`
	Name     string        `json:"name" need:"true"`
	Cite     string        `json:"cite" need:"true"`
	Verified bool          `json:"verified,omitempty"`
	Report   string        `json:"report" need:"true" doc:"Báo cáo mà biểu kèm theo: mã trong danh sách reports"`
	Rows     []string      `json:"rows" need:"true" doc:"Dòng của biểu: unit (đơn vị trực thuộc), label:TÊN (theo nhãn); cái đầu là mặc định"`
	Order    int           `json:"order,omitempty" doc:"Thứ tự trong tập biểu"`
	From     civil.Date    `json:"from,omitempty" doc:"Dùng cho kỳ kết thúc từ ngày này"`
	Until    civil.Date    `json:"until,omitempty" doc:"Không dùng cho kỳ kết thúc từ ngày này"`
	Unit     string        `json:"unit,omitempty" doc:"Đơn vị tính của các cột không ghi riêng"`
	Columns  []*FormColumn `json:"columns" need:"true"`
	Checks   []*FormCheck  `json:"checks,omitempty"`
	Help     string        `json:"help,omitempty"`

	leaves []*FormColumn
}

// FormColumn is a column, or a head over several columns.
type FormColumn struct {
	Pos     `json:"-"`
	Code    string        `json:"code,omitempty" code:"true" doc:"Mã cột (chỉ cột có công thức)"`
	Head    string        `json:"head" need:"true"`
	Unit    string        `json:"unit,omitempty"`
	Formula string        `json:"formula,omitempty" doc:"Công thức như numerator của chỉ tiêu"`
	Columns []*FormColumn `json:"columns,omitempty" doc:"Các cột con; khi đó không có code, formula"`
	Help    string        `json:"help,omitempty"`

	number    int
	path      []string
	indicator *Indicator
}

// FormCheck says which columns must add up to which, in every row.
type FormCheck struct {
	Pos     `json:"-"`
	Code    string   `json:"code" need:"true" code:"true"`
	Message string   `json:"message" need:"true" doc:"Câu nói phép kiểm: Kỳ trước chuyển sang + tiếp nhận = đã kết thúc + còn lại"`
	Left    []string `json:"left" need:"true" doc:"Mã các cột cộng lại ở vế trái"`
	Right   []string `json:"right,omitempty" doc:"Mã các cột cộng lại ở vế phải"`
	Before  []string `json:"before,omitempty" doc:"Mã các cột cộng thêm ở vế phải, tính đến hết ngày trước kỳ (chỉ cột có toàn stock)"`
}

func (f *Form) code() string { return f.Code }

// Leaves are the columns that hold numbers, from left to right.
func (f *Form) Leaves() []*FormColumn { return f.leaves }

// Leaf is the column of that code, nil where there is none.
func (f *Form) Leaf(code string) *FormColumn {
	for _, c := range f.leaves {
		if c.Code == code {
			return c
		}
	}
	return nil
}

// Fits reports whether the form is for periods that end on the day.
func (f *Form) Fits(end civil.Date) bool {
	return (f.From == 0 || f.From <= end) && (f.Until == 0 || end < f.Until)
}

// Number is the column's number as the form prints it, from 1.
func (c *FormColumn) Number() int { return c.number }

// Path is the column's head with those above it, outermost first.
func (c *FormColumn) Path() []string { return c.path }

// Indicator is the column's formula as an indicator.
func (c *FormColumn) Indicator() *Indicator { return c.indicator }

// Depth is how many rows the heads of some columns take.
func Depth(columns []*FormColumn) int {
	deepest := 0
	for _, c := range columns {
		deepest = max(deepest, 1+Depth(c.Columns))
	}
	return deepest
}

// Width is how many numbers stand under a head.
func (c *FormColumn) Width() int {
	if len(c.Columns) == 0 {
		return 1
	}
	n := 0
	for _, sub := range c.Columns {
		n += sub.Width()
	}
	return n
}

// Form returns the form of that code, nil where there is none.
func (e *Edition) Form(code string) *Form { return e.forms[code] }

// linkForms gives every column its indicator and checks codes, rows and sums.
func (e *Edition) linkForms(ps *problems) {
	for _, f := range e.Forms {
		f.leaves = nil
		e.linkColumns(f, f.Columns, nil, ps)
		e.checkRows(f, ps)
		for _, c := range f.Checks {
			f.checkSides(c, ps)
		}
		if f.From != 0 && f.Until != 0 && f.Until <= f.From {
			ps.add(f.Key("until"), "biểu "+f.Code+" hết hạn trước khi bắt đầu", "Hãy sửa from hoặc until")
		}
		if l := e.lists["reports"]; !e.stored && (l == nil || !slices.ContainsFunc(l.Options, func(o *Option) bool { return o.Code == f.Report })) {
			ps.add(f.Key("report"), fmt.Sprintf("biểu %s kèm theo báo cáo không có: %q", f.Code, f.Report), "Viết mã trong danh sách reports (lists.yaml)")
		}
	}
}

func (e *Edition) linkColumns(f *Form, columns []*FormColumn, above []string, ps *problems) {
	for _, c := range columns {
		c.path = append(slices.Clone(above), c.Head)
		switch {
		case len(c.Columns) > 0 && (c.Formula != "" || c.Code != ""):
			ps.add(c.Pos, fmt.Sprintf("cột “%s” của biểu %s có cả cột con và công thức", c.Head, f.Code), "Đầu cột chung không có code, formula")
		case len(c.Columns) > 0:
			e.linkColumns(f, c.Columns, c.path, ps)
		case c.Formula == "" || c.Code == "":
			ps.add(c.Pos, fmt.Sprintf("cột “%s” của biểu %s thiếu code hoặc formula", c.Head, f.Code), "Hãy thêm code: ..., formula: 'sum(...)'")
		case f.Leaf(c.Code) != nil:
			ps.add(c.Key("code"), fmt.Sprintf("biểu %s có hai cột mã %q", f.Code, c.Code), "Hãy đổi mã")
		default:
			f.leaves = append(f.leaves, c)
			c.number = len(f.leaves)
			e.columnIndicator(f, c, ps)
		}
	}
}

// columnIndicator makes the indicator of a column: found by its code, in no list of indicators.
func (e *Edition) columnIndicator(f *Form, c *FormColumn, ps *problems) {
	unit := c.Unit
	if unit == "" {
		unit = f.Unit
	}
	i := &Indicator{Pos: c.Pos, System: f.System, Code: f.Code + "." + c.Code, Name: fmt.Sprintf("Biểu %s, cột %d: %s", f.Symbol, c.number, strings.Join(c.path, " – ")),
		Cite: f.Cite, Verified: f.Verified, Version: 1, Unit: unit, Numerator: c.Formula, Help: c.Help}
	if e.indicators[i.Code] != nil {
		ps.add(c.Key("code"), fmt.Sprintf("cột %q của biểu %s trùng mã một chỉ tiêu", c.Code, f.Code), "Hãy đổi mã cột hoặc mã biểu")
		return
	}
	x, err := ParseFormula(c.Formula)
	if err != nil {
		wrong := err.(*FormulaError)
		ps.add(c.Key("formula").shift(runesIn(c.Formula, wrong.At)), fmt.Sprintf("biểu %s, cột %s: %s", f.Code, c.Code, wrong.What), wrong.Todo)
		return
	}
	i.numerator = x
	if !e.stored {
		i.checkUnit(e.checkFormula(x, c.Key("formula"), ps), ps)
	}
	c.indicator = i
	e.indicators[i.Code] = i
}

// checkRows looks for a label that no column has.
func (e *Edition) checkRows(f *Form, ps *problems) {
	for n, by := range f.Rows {
		if by == "unit" {
			continue
		}
		label, ok := strings.CutPrefix(by, "label:")
		if ok && slices.ContainsFunc(f.leaves, func(c *FormColumn) bool { return e.Divides(c, label) }) {
			continue
		}
		ps.add(f.Key(fmt.Sprintf("rows/%d", n)), fmt.Sprintf("biểu %s: không cột nào chia được theo %q", f.Code, by), "Viết unit, hoặc label: và tên một nhãn mà chuỗi của các cột có")
	}
}

// Divides reports whether every series of a column's formula has the label, so that its rows add up.
func (e *Edition) Divides(c *FormColumn, label string) bool {
	if c.indicator == nil {
		return false
	}
	calls := Calls(c.indicator.numerator)
	for _, x := range calls {
		if x.Selector == nil || e.series[x.Selector.Series] == nil || e.series[x.Selector.Series].Labels[label] == "" {
			return false
		}
	}
	return len(calls) > 0
}

// checkSides finds sums over columns that are not there, or of different units.
func (f *Form) checkSides(c *FormCheck, ps *problems) {
	unit := ""
	look := func(key string, codes []string) {
		for n, code := range codes {
			leaf := f.Leaf(code)
			at := c.Key(fmt.Sprintf("%s/%d", key, n))
			switch {
			case leaf == nil:
				ps.add(at, fmt.Sprintf("phép kiểm %s của biểu %s dùng cột không có: %q", c.Code, f.Code, code), "Viết mã cột của chính biểu đó")
			case leaf.indicator == nil:
			case unit == "":
				unit = leaf.indicator.Unit
			case !sameUnit(unit, leaf.indicator.Unit):
				ps.add(at, fmt.Sprintf("phép kiểm %s của biểu %s cộng %s với %s", c.Code, f.Code, unit, leaf.indicator.Unit), "Chỉ cộng các cột cùng đơn vị tính")
			}
		}
	}
	look("left", c.Left)
	look("right", c.Right)
	look("before", c.Before)
	if len(c.Right)+len(c.Before) == 0 {
		ps.add(c.Pos, fmt.Sprintf("phép kiểm %s của biểu %s không có vế phải", c.Code, f.Code), "Hãy thêm right hoặc before")
	}
	for n, code := range c.Before {
		if leaf := f.Leaf(code); leaf != nil && leaf.indicator != nil && !standing(leaf.indicator.numerator) {
			ps.add(c.Key(fmt.Sprintf("before/%d", n)), fmt.Sprintf("phép kiểm %s của biểu %s: cột %q không phải số còn lại tại một ngày", c.Code, f.Code, code), "before chỉ dùng cột mà công thức toàn stock(...)")
		}
	}
}

// standing reports whether a formula asks only what stands on a day.
func standing(x Expr) bool {
	return !slices.ContainsFunc(Calls(x), func(c *Call) bool { return c.Func != "stock" })
}
