package intake

import (
	"fmt"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/xlsx"
)

// Worksheet is the workbook of a kind and a unit that is filled in offline and handed in again (biểu điền). It knows
// itself: a hidden sheet names kind, edition, unit and the meaning of every column, so that nothing need be chosen when
// it comes back. Rows within an entry stand in a sheet of their own and name the entry by its number.
type Worksheet struct {
	Kind    *catalog.Kind
	Edition *catalog.Edition
	Day     civil.Date
	Unit    Choice   // whom rows are of that name no unit; zero where there is none
	Bodies  []Choice // that may be named
	Places  []Choice
	Others  []Choice // possible partners
	Carries []Choice // documents and plans that work may carry out
	ID      string   // of this copy: the keys of its rows begin with it
	Mark    string
}

// Choice is a unit or entry to choose: how files refer to it, and its name.
type Choice struct{ Ref, Name string }

// String is how a choice stands in a list; what is in the last brackets counts.
func (c Choice) String() string { return c.Name + " [" + c.Ref + "]" }

const (
	worksheetMark = "danvan-bieu"
	// WorksheetRows is how many rows a worksheet has ready.
	WorksheetRows  = 300
	partnerColumns = 3
	numberHead     = "STT"
	entryHead      = "Việc ở STT"
)

// How a cell of a worksheet is read.
const (
	asText   = "text"
	asUnit   = "unit"
	asUnits  = "units"
	asPeople = "people"
	asList   = "list"
	asNumber = "stt"  // of the entry
	asError  = "lỗi"  // passed over
	asRows   = "rows" // of a sheet of rows: its field
)

// sheetColumn is a column of a worksheet: what it shows and what it means.
type sheetColumn struct {
	xlsx.FormColumn
	Column string // canonical
	As     string
}

// Form lays the worksheet out.
func (w *Worksheet) Form() *xlsx.Form {
	b := &worksheetBuilder{w: w, form: &xlsx.Form{Title: w.Kind.Name, Mark: w.Mark, ListSheet: "Danh sách"}, listed: map[string]int{}}
	b.form.ID = [][]string{{worksheetMark, "1"}, {"kind", w.Kind.Code}, {"edition", w.Edition.Code, w.Edition.Hash}, {"unit", w.Unit.Ref},
		{"day", w.Day.String()}, {"id", w.ID}}
	b.sheet(DataSheet, "", b.titles(), b.main())
	for _, f := range w.Kind.Fields {
		if f.Type == catalog.Group {
			b.sheet(groupSheet(f), "fields."+f.Code, []string{f.Name, "Mỗi dòng dưới đây thuộc một việc ở trang “" + DataSheet + "”: ghi số thứ tự (STT) của việc ấy."}, b.rows(f))
		}
	}
	b.form.Guide = b.guide()
	return b.form
}

// groupSheet is the name of the sheet of a group's rows, fit for Excel.
func groupSheet(f *catalog.Field) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) {
			return ' '
		}
		return r
	}, f.Name)
	if r := []rune(name); len(r) > 28 {
		name = string(r[:28])
	}
	return strings.TrimSpace(name)
}

type worksheetBuilder struct {
	w      *Worksheet
	form   *xlsx.Form
	listed map[string]int // what a list was made of → its place
	tables [][]sheetColumn
}

func (b *worksheetBuilder) titles() []string {
	w := b.w
	who := "Đơn vị ghi ở từng dòng."
	if w.Unit.Ref != "" {
		who = "Đơn vị: " + w.Unit.String()
	}
	return []string{w.Kind.Name, who, "Mỗi dòng một việc. Cột có dấu * phải điền. Điền xong, gửi tệp này ở trang “Nhập từ tệp”; chưa có gì được ghi cho tới khi bạn xem lại và bấm ghi."}
}

// sheet adds a table with its columns, and tells the hidden sheet what they are.
func (b *worksheetBuilder) sheet(name, column string, titles []string, cols []sheetColumn) {
	t := xlsx.FormTable{Name: name, Titles: titles, Rows: WorksheetRows, Count: column == ""}
	b.form.ID = append(b.form.ID, []string{"sheet", name, column})
	for i, c := range cols {
		t.Columns = append(t.Columns, c.FormColumn)
		b.form.ID = append(b.form.ID, []string{"column", strconv.Itoa(i), c.Column, c.As, c.Head})
	}
	b.form.Tables = append(b.form.Tables, t)
	b.tables = append(b.tables, cols)
}

// list is the place of a list, made once.
func (b *worksheetBuilder) list(head string, items []string) int {
	key := strings.Join(items, "\n")
	if i, ok := b.listed[key]; ok {
		return i
	}
	b.form.Lists = append(b.form.Lists, xlsx.List{Head: head, Items: items})
	b.listed[key] = len(b.form.Lists) - 1
	return b.listed[key]
}

func (b *worksheetBuilder) main() []sheetColumn {
	w, h := b.w, ledger.HeadingOf(b.w.Kind)
	cols := []sheetColumn{
		{Column: "key", As: asNumber, FormColumn: xlsx.FormColumn{Head: numberHead, Width: 6,
			Hint: "Số thứ tự của việc trong biểu; giữ nguyên. Gửi lại biểu này, việc đã ghi được nhận ra theo số này và không ghi thêm."}},
		{Column: "day", As: asText, FormColumn: xlsx.FormColumn{Head: or(w.Kind.Day, "Ngày"), Required: true, Width: 14, Hint: "Ngày, tháng, năm; ví dụ 24/4/2019.", Check: days()}},
	}
	if len(w.Bodies) > 1 || w.Unit.Ref == "" {
		hint := "Chọn trong danh sách."
		if w.Unit.Ref != "" {
			hint = cutHint("Bỏ trống là " + w.Unit.Name + ".")
		}
		cols = append(cols, b.choice("unit", asUnit, "Đơn vị", hint, w.Unit.Ref == "", w.Bodies))
	}
	for i, f := range h.Fields {
		if f != nil && f.Type != catalog.Group && f.Type != catalog.File {
			cols = append(cols, b.field(f, h.Columns[i], h.Names[i]))
		}
	}
	cols = append(cols, b.choice("place", asUnit, "Nơi", "Địa bàn nơi thực hiện. Bỏ trống là địa bàn của đơn vị.", false, w.Places))
	if w.Kind.Joint {
		for i := range partnerColumns {
			hint := "Mỗi ô một đơn vị. Số của đơn vị phối hợp không cộng vào đơn vị chủ trì."
			if i == partnerColumns-1 {
				hint += " Còn nhiều hơn thì ghi mã các đơn vị, cách nhau bằng dấu chấm phẩy."
			}
			cols = append(cols, b.choice("partners", asUnits, "Đơn vị phối hợp "+strconv.Itoa(i+1), hint, false, w.Others))
		}
	}
	cols = append(cols, b.choice("carries", asUnit, "Thực hiện văn bản", "Văn bản, kế hoạch mà việc này thực hiện; chọn trong danh sách hoặc ghi số ghi nhận như #123.", false, w.Carries))
	return unlike(append(cols, errorColumn()))
}

// rows are the columns of the sheet of a group.
func (b *worksheetBuilder) rows(f *catalog.Field) []sheetColumn {
	cols := []sheetColumn{{Column: "key", As: asNumber, FormColumn: xlsx.FormColumn{Head: entryHead, Required: true, Width: 10,
		Hint:  "STT của việc ở trang “" + DataSheet + "”. Một việc có thể có nhiều dòng ở đây.",
		Check: xlsx.Check{Type: xlsx.CheckWhole, Min: "1", Max: "100000", Say: "Hãy ghi số thứ tự (STT) của việc ở trang “" + DataSheet + "”."}}}}
	for _, sub := range f.Fields {
		cols = append(cols, b.field(sub, sub.Code, sub.Name))
	}
	return unlike(append(cols, errorColumn()))
}

func errorColumn() sheetColumn {
	return sheetColumn{Column: "", As: asError, FormColumn: xlsx.FormColumn{Head: "Lỗi", Width: 30, Hint: "Để trống. Khi có chỗ cần sửa, tệp gửi lại cho bạn ghi ở đây."}}
}

// unlike makes the heads of a sheet different from each other.
func unlike(cols []sheetColumn) []sheetColumn {
	seen := map[string]int{}
	for i := range cols {
		fold := civil.Fold(cols[i].Head)
		if seen[fold]++; seen[fold] > 1 {
			cols[i].Head += " (" + strconv.Itoa(seen[fold]) + ")"
		}
	}
	return cols
}

func (b *worksheetBuilder) choice(column, as, head, hint string, required bool, from []Choice) sheetColumn {
	c := sheetColumn{Column: column, As: as, FormColumn: xlsx.FormColumn{Head: head, Hint: hint, Required: required, Width: 30}}
	if len(from) > 0 {
		items := make([]string, len(from))
		for i, choice := range from {
			items[i] = choice.String()
		}
		listHead := head
		if column == "partners" {
			listHead = "Đơn vị phối hợp"
		}
		c.Check = xlsx.Check{Type: xlsx.CheckList, List: b.list(listHead, items), Loose: true,
			Say: "Giá trị này không có trong danh sách. Chọn trong danh sách, hoặc ghi mã; máy sẽ kiểm tra khi gửi tệp."}
	}
	return c
}

// field is the column of a field.
func (b *worksheetBuilder) field(f *catalog.Field, column, head string) sheetColumn {
	c := sheetColumn{Column: column, As: asText, FormColumn: xlsx.FormColumn{Head: head, Unit: f.Unit, Required: f.Required, Width: 18, Hint: cutHint(explain(column, f))}}
	switch f.Type {
	case catalog.Int, catalog.Money:
		c.Check = numbers(f, xlsx.CheckWhole, "một số nguyên")
		if f.Type == catalog.Money && f.Unit == "" {
			c.FormColumn.Unit = "đồng"
		}
	case catalog.DecimalT:
		c.Check = numbers(f, xlsx.CheckDecimal, "một số")
		c.Check.Decimals = f.Scale
	case catalog.DateT:
		c.Check, c.Width = days(), 14
	case catalog.Bool, catalog.Choice:
		if items := choicesOf(f, b.w.Day); len(items) > 0 {
			c.Check = xlsx.Check{Type: xlsx.CheckList, List: b.list(f.Name, items), Say: "Hãy chọn một giá trị trong danh sách của ô này (xem trang “Danh sách”)."}
		}
		c.Width = 24
	case catalog.Choices:
		if items := choicesOf(f, b.w.Day); len(items) > 0 {
			c.Check = xlsx.Check{Type: xlsx.CheckList, List: b.list(f.Name, items), Loose: true,
				Say: "Nhiều lựa chọn thì ghi tên từng lựa chọn, cách nhau bằng dấu chấm phẩy."}
		}
		c.As, c.Width = asList, 28
	case catalog.UnitRef, catalog.UnitRefs:
		c.As, c.Width = map[catalog.FieldType]string{catalog.UnitRef: asUnit, catalog.UnitRefs: asUnits}[f.Type], 28
	case catalog.Person:
		c.As, c.Width = asPeople, 28
	default:
		c.Check.Type, c.Width = xlsx.CheckText, 34
	}
	return c
}

func days() xlsx.Check {
	return xlsx.Check{Type: xlsx.CheckDate, Min: "1945-09-02", Max: "2100-12-31", Say: "Hãy ghi ngày, tháng, năm; ví dụ 24/4/2019."}
}

// numbers is the check of a field of numbers, with the bounds of the catalogue.
func numbers(f *catalog.Field, t xlsx.CheckType, what string) xlsx.Check {
	c := xlsx.Check{Type: t}
	c.Say = "Hãy ghi " + what
	if f.Min != nil {
		c.Min = string(*f.Min)
		c.Say += ", từ " + c.Min
	}
	if f.Max != nil {
		c.Max = string(*f.Max)
		c.Say += ", tới " + c.Max
	}
	c.Say += "; không ghi chữ hay đơn vị tính."
	return c
}

// cutHint is as much of a hint as a spreadsheet shows beside a cell.
func cutHint(s string) string {
	if r := []rune(s); len(r) > 250 {
		return string(r[:249]) + "…"
	}
	return s
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// guide is the sheet of instructions.
func (b *worksheetBuilder) guide() xlsx.Sheet {
	w := b.w
	g := xlsx.Sheet{Name: "Hướng dẫn", Titles: []string{"Cách điền biểu: " + w.Kind.Name},
		Columns: []xlsx.Column{{Head: "Trang", Width: 16}, {Head: "Cột", Width: 34}, {Head: "Bắt buộc", Width: 10}, {Head: "Cách ghi", Width: 90}}}
	for i, cols := range b.tables {
		for _, c := range cols {
			need := ""
			if c.Required {
				need = "có"
			}
			g.Rows = append(g.Rows, xlsx.Texts(b.form.Tables[i].Name, c.Head, need, c.Hint))
		}
	}
	g.Notes = []string{
		"Mỗi dòng ở trang “" + DataSheet + "” là một việc; dòng trống được bỏ qua. Giữ nguyên cột STT.",
		"Được thêm cột riêng, sắp xếp, lọc, đổi độ rộng; đừng đổi tên các trang tính. Tệp mở và lưu bằng Excel hoặc LibreOffice đều gửi được.",
		"Gửi cùng một biểu nhiều lần không thêm gì: việc đã ghi được nhận ra theo STT. Việc mới của lần sau thì tải biểu mới, hoặc ghi tiếp ở dòng STT chưa dùng.",
		"Tệp đính kèm (ảnh, bản văn) thêm ở trang của từng việc sau khi ghi.",
		fmt.Sprintf("Căn cứ: %s. Danh mục %s, tải ngày %s.", w.Kind.Cite, w.Edition.Code, w.Day.Vi()),
	}
	return g
}
