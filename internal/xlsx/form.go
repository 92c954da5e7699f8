package xlsx

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Form is a workbook to be filled in away from the program: tables whose cells are checked while they are typed, a
// guide, lists to choose from, and a sheet that no reader of the workbook sees, by which it is known again.
type Form struct {
	Title, Mark string
	Tables      []FormTable
	Guide       Sheet
	ListSheet   string // the name of the sheet of lists
	Lists       []List
	ID          [][]string // rows of the hidden sheet
}

// HiddenSheet holds the ID of a form.
const HiddenSheet = "_danvan"

// FormTable is one table of a form: titles, a head, and empty rows.
type FormTable struct {
	Name    string
	Titles  []string
	Columns []FormColumn
	Rows    int  // that are ruled and checked
	Count   bool // the first column numbers them
}

// FormColumn is a column of a form.
type FormColumn struct {
	Head, Unit, Hint string
	Required         bool
	Width            float64
	Check            Check
}

// CheckType says what a cell takes.
type CheckType int

// The types of checks.
const (
	CheckNone  CheckType = iota
	CheckText            // kept as it is typed
	CheckList            // one of a list
	CheckWhole           // a whole number
	CheckDecimal
	CheckDate
)

// Check is what a spreadsheet holds typed values against. Min and Max are numbers, or days 2019-12-31; empty is no
// bound.
type Check struct {
	Type     CheckType
	List     int    // in Form.Lists
	Min, Max string // of numbers and days
	Decimals int
	Loose    bool   // other values are let in
	Say      string // to who types something else
}

// List is a list to choose from.
type List struct {
	Head  string
	Items []string
}

// HeadRow is the row of the head of a table.
func (t *FormTable) HeadRow() int { return len(t.Titles) + 2 }

// pagesWide is how many pages a printed row takes: a form that is printed is read from paper, so it is not shrunk as
// far as a list.
func (t *FormTable) pagesWide() int {
	sum := 0.0
	for _, c := range t.Columns {
		sum += c.Width
	}
	return 1 + int(sum)/(pageWidth/2)
}

// WriteForm writes a form as an .xlsx file.
func WriteForm(w io.Writer, form *Form) error {
	f := excelize.NewFile()
	defer f.Close()
	o := &formWriter{f: f, st: &styles{f: f, made: map[string]int{}}, form: form}
	for i := range form.Tables {
		if err := addSheet(f, i, form.Tables[i].Name); err != nil {
			return err
		}
	}
	if _, err := f.NewSheet(form.Guide.Name); err != nil {
		return err
	}
	if err := writeSheet(f, o.st, form.Guide.Name, form.Mark, form.Guide); err != nil {
		return err
	}
	if err := o.lists(); err != nil {
		return fmt.Errorf("xlsx: lists: %w", err)
	}
	for i := range form.Tables {
		if err := o.table(&form.Tables[i]); err != nil {
			return fmt.Errorf("xlsx: sheet %q: %w", form.Tables[i].Name, err)
		}
	}
	if err := o.id(); err != nil {
		return fmt.Errorf("xlsx: id: %w", err)
	}
	f.SetActiveSheet(0)
	if err := properties(f, &Workbook{Title: form.Title, Mark: form.Mark}); err != nil {
		return err
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("xlsx: write: %w", err)
	}
	return nil
}

type formWriter struct {
	f    *excelize.File
	st   *styles
	form *Form
}

func at(col, row int) string {
	name, _ := excelize.CoordinatesToCellName(col+1, row) // columns and rows of forms are within Excel's
	return name
}

func (o *formWriter) put(sheet string, col, row int, text string, l look) error {
	id, err := o.st.id(l)
	if err != nil {
		return err
	}
	if err := o.f.SetCellStr(sheet, at(col, row), cut(clean(text), 32_000)); err != nil {
		return err
	}
	return o.f.SetCellStyle(sheet, at(col, row), at(col, row), id)
}

func (o *formWriter) lists() error {
	name := o.form.ListSheet
	if _, err := o.f.NewSheet(name); err != nil {
		return err
	}
	if len(o.form.Lists) == 0 {
		return o.put(name, 0, 1, "Biểu này không có danh sách lựa chọn.", look{})
	}
	for i, l := range o.form.Lists {
		if err := o.put(name, i, 1, l.Head, look{font: "head", border: true, wrap: true, align: "center"}); err != nil {
			return err
		}
		width := utf8.RuneCountInString(l.Head)
		for j, item := range l.Items {
			width = max(width, utf8.RuneCountInString(item))
			if err := o.put(name, i, j+2, item, look{border: true, format: textFormat}); err != nil {
				return err
			}
		}
		col, _ := excelize.ColumnNumberToName(i + 1)
		if err := o.f.SetColWidth(name, col, col, float64(min(width+2, 60))); err != nil {
			return err
		}
	}
	return o.f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
}

func (o *formWriter) id() error {
	if _, err := o.f.NewSheet(HiddenSheet); err != nil {
		return err
	}
	for i, row := range o.form.ID {
		for j, text := range row {
			if err := o.f.SetCellStr(HiddenSheet, at(j, i+1), text); err != nil {
				return err
			}
		}
	}
	return o.f.SetSheetVisible(HiddenSheet, false, true)
}

func (o *formWriter) table(t *FormTable) error {
	head, last := t.HeadRow(), t.HeadRow()+t.Rows
	for i, title := range t.Titles {
		font := "note"
		if i == 0 {
			font = "title"
		}
		if err := o.put(t.Name, 0, i+1, title, look{font: font, format: formatFor(title)}); err != nil {
			return err
		}
	}
	for i := range t.Columns {
		if err := o.column(t, i, head, last); err != nil {
			return err
		}
	}
	if t.Count {
		for i := range t.Rows {
			if err := o.f.SetCellInt(t.Name, at(0, head+1+i), int64(i+1)); err != nil {
				return err
			}
		}
	}
	if err := o.f.SetRowHeight(t.Name, head, 50); err != nil {
		return err
	}
	if err := headRange(o.f, t.Name, head, head, len(t.Columns), t.Rows); err != nil {
		return err
	}
	if err := pageSetup(o.f, t.Name, o.form.Mark, false, t.pagesWide()); err != nil {
		return err
	}
	return o.f.SetPanes(t.Name, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: head, TopLeftCell: at(1, head+1), ActivePane: "bottomRight",
		Selection: []excelize.Selection{{SQRef: at(1, head+1), ActiveCell: at(1, head+1), Pane: "bottomRight"}}})
}

func (o *formWriter) column(t *FormTable, i, head, last int) error {
	c := &t.Columns[i]
	text := c.Head
	if c.Required {
		text += " *"
	}
	if c.Unit != "" {
		text += "\n(" + c.Unit + ")"
	}
	font := "head"
	if c.Required {
		font = "need"
	}
	if err := o.put(t.Name, i, head, text, look{font: font, border: true, align: "center", wrap: true}); err != nil {
		return err
	}
	col, _ := excelize.ColumnNumberToName(i + 1)
	if err := o.f.SetColWidth(t.Name, col, col, c.Width); err != nil {
		return err
	}
	id, err := o.st.id(c.look())
	if err != nil {
		return err
	}
	if err := o.f.SetCellStyle(t.Name, at(i, head+1), at(i, last), id); err != nil {
		return err
	}
	return o.check(t, c, i, head+1, last)
}

// look is how the cells of a column are shown, empty as they are.
func (c *FormColumn) look() look {
	l := look{border: true}
	switch c.Check.Type {
	case CheckWhole:
		l.format = "#,##0"
	case CheckDecimal:
		l.format = "#,##0"
		if c.Check.Decimals > 0 {
			l.format += "." + strings.Repeat("#", c.Check.Decimals)
		}
	case CheckDate:
		l.format, l.align = "dd/mm/yyyy", "center"
	case CheckText:
		l.format, l.wrap = textFormat, true
	default:
		l.wrap = true
	}
	return l
}

// check has the spreadsheet hold what is typed against the column.
func (o *formWriter) check(t *FormTable, c *FormColumn, i, from, to int) error {
	dv := excelize.NewDataValidation(true)
	dv.SetSqref(at(i, from) + ":" + at(i, to))
	switch c.Check.Type {
	case CheckList:
		col, _ := excelize.ColumnNumberToName(c.Check.List + 1)
		dv.SetSqrefDropList(fmt.Sprintf("'%s'!$%s$2:$%s$%d", strings.ReplaceAll(o.form.ListSheet, "'", "''"), col, col, len(o.form.Lists[c.Check.List].Items)+1))
	case CheckWhole, CheckDecimal, CheckDate:
		if err := c.Check.bounds(dv); err != nil {
			return err
		}
	}
	if c.Check.Say != "" && dv.Type != "" {
		style := excelize.DataValidationErrorStyleStop
		if c.Check.Loose {
			style = excelize.DataValidationErrorStyleWarning
		}
		dv.SetError(style, short(c.Head, 32), cut255(c.Check.Say))
	}
	if c.Hint != "" {
		dv.SetInput(short(c.Head, 32), cut255(c.Hint))
	}
	if dv.Type == "" && c.Hint == "" {
		return nil
	}
	return o.f.AddDataValidation(t.Name, dv)
}

// cut255 is as much of a sentence as a check of Excel holds.
func cut255(s string) string {
	if r := []rune(s); len(r) > 255 {
		return string(r[:254]) + "…"
	}
	return s
}

func (c *Check) bounds(dv *excelize.DataValidation) error {
	types := map[CheckType]excelize.DataValidationType{CheckWhole: excelize.DataValidationTypeWhole,
		CheckDecimal: excelize.DataValidationTypeDecimal, CheckDate: excelize.DataValidationTypeDate}
	low, high := c.Min, c.Max
	if c.Type == CheckDate {
		low, high = dayNumber(low), dayNumber(high)
	}
	if low == "" {
		low = "-999999999999999"
	}
	if high == "" {
		high = "999999999999999"
	}
	return dv.SetRange(low, high, types[c.Type], excelize.DataValidationOperatorBetween)
}

// dayNumber is a day as Excel counts it.
func dayNumber(day string) string {
	t, err := timeOf(day)
	if err != nil {
		return ""
	}
	return strconv.FormatInt(serial(t), 10)
}
