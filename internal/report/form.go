package report

import (
	"context"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"unicode"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/docx"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
	"danvan/internal/xlsx"
)

// FormRequest says which statistical form is wanted: for a unit and period, by unit or by a label. Boundaries are those of
// the period's last day throughout, so that what was carried over, came in, ended and is left speak of the same places.
type FormRequest struct {
	Form   *catalog.Form
	Unit   string
	Period civil.Period
	By     string // one of the form's Rows
}

// FormTable is a filled form: a line for the whole, then its parts.
type FormTable struct {
	Form   *catalog.Form
	By     string
	Lines  []FormLine // the whole first
	Checks []FormFinding
	Closed []bool // by column: the reader may not see it
}

// FormLine is a row; Key is a unit's code or a label's value, empty for the whole.
type FormLine struct {
	Key, Name string
	Cells     []FormCell // by column
}

// FormCell is one number. Crossed is a column that the rows cannot divide.
type FormCell struct {
	Val     *big.Rat // nil: nothing reported
	Text    string
	Entries int64
	Crossed bool
}

// FormFinding is a sum of the form, met or not.
type FormFinding struct {
	Check   *catalog.FormCheck
	Numbers string // 12 + 30 = 35 + 7
	Met     bool
	Off     string // by how much the whole is off, empty where it is met
	Lines   []string
	Unknown bool // a column of it is closed to the reader
}

// closedMark stands in a cell that the reader may not see, crossMark in one that its rows cannot divide.
const (
	closedMark = veilMark
	crossMark  = "x"
)

// Fill answers a form from one snapshot.
func Fill(ctx context.Context, engine *figure.Engine, r FormRequest) (*FormTable, error) {
	t := &FormTable{Form: r.Form, By: r.By, Closed: make([]bool, len(r.Form.Leaves()))}
	err := engine.Within(ctx, func(now figure.Snapshot) error {
		f := formFiller{t: t, r: r, ed: engine.Catalog.EditionOn(r.Period.To), now: now, at: map[string]int{}}
		return f.fill()
	})
	return t, err
}

type formFiller struct {
	t   *FormTable
	r   FormRequest
	ed  *catalog.Edition
	now figure.Snapshot
	at  map[string]int // of lines, by key

	before map[string]*big.Rat // columns as they stood on the day before
}

func (f *formFiller) query(c *catalog.FormColumn, p civil.Period) figure.Query {
	return figure.Query{Indicator: c.Indicator().Code, Unit: f.r.Unit, Period: p, Basis: org.OnDay(f.r.Period.To)}
}

func (f *formFiller) fill() error {
	leaves := f.r.Form.Leaves()
	f.line("", "Tổng số", len(leaves))
	for i, c := range leaves {
		b, err := f.column(c)
		if fault.KindOf(err) == fault.Denied && err != nil {
			f.t.Closed[i] = true
			continue
		}
		if err != nil {
			return err
		}
		f.put(i, 0, b.Val, b.Entries)
		for _, row := range b.Rows {
			f.put(i, f.line(row.Key, row.Name, len(leaves)), row.Val, row.Entries)
		}
	}
	f.cross(leaves)
	return f.checks()
}

// column is a column with its rows; one that the rows cannot divide has none.
func (f *formFiller) column(c *catalog.FormColumn) (*figure.Breakdown, error) {
	q := f.query(c, f.r.Period)
	if label, ok := strings.CutPrefix(f.r.By, "label:"); !ok || f.ed.Divides(c, label) {
		return f.now.Breakdown(q, f.r.By)
	}
	figures, refused, err := f.now.Each([]figure.Query{q})
	if err != nil {
		return nil, err
	}
	if refused[0] != nil {
		return nil, refused[0]
	}
	return &figure.Breakdown{Figure: *figures[0]}, nil
}

func (f *formFiller) line(key, name string, width int) int {
	if i, ok := f.at[key]; ok {
		return i
	}
	f.at[key] = len(f.t.Lines)
	f.t.Lines = append(f.t.Lines, FormLine{Key: key, Name: name, Cells: make([]FormCell, width)})
	return f.at[key]
}

func (f *formFiller) put(column, line int, v *big.Rat, entries int64) {
	text := ""
	if v != nil {
		text = civil.FormatTrim(v, 2)
	}
	f.t.Lines[line].Cells[column] = FormCell{Val: v, Text: text, Entries: entries}
}

// cross marks the columns that are closed, or that the rows do not divide.
func (f *formFiller) cross(leaves []*catalog.FormColumn) {
	label, ok := strings.CutPrefix(f.r.By, "label:")
	for i, c := range leaves {
		for l := range f.t.Lines {
			cell := &f.t.Lines[l].Cells[i]
			switch {
			case f.t.Closed[i]:
				*cell = FormCell{Text: closedMark}
			case ok && l > 0 && !f.ed.Divides(c, label):
				*cell = FormCell{Text: crossMark, Crossed: true}
			}
		}
	}
}

// checks adds up the sides of each sum, over the whole and every line.
func (f *formFiller) checks() error {
	for _, c := range f.r.Form.Checks {
		if err := f.ask(c.Before); err != nil {
			return err
		}
	}
	for _, c := range f.r.Form.Checks {
		f.t.Checks = append(f.t.Checks, f.finding(c))
	}
	f.t.Checks = append(f.t.Checks, f.notNegative())
	if f.r.By == "unit" {
		f.t.Checks = append(f.t.Checks, f.partsAddUp())
	}
	return nil
}

// ask reads what columns stood at on the day before the period.
func (f *formFiller) ask(codes []string) error {
	day := f.r.Period.From.AddDays(-1)
	for _, code := range codes {
		figures, refused, err := f.now.Each([]figure.Query{f.query(f.r.Form.Leaf(code), civil.Period{From: day, To: day})})
		if err != nil {
			return err
		}
		if f.before == nil {
			f.before = map[string]*big.Rat{}
		}
		if refused[0] == nil {
			f.before[code] = orZero(figures[0].Val)
		}
	}
	return nil
}

func (f *formFiller) finding(c *catalog.FormCheck) FormFinding {
	out := FormFinding{Check: c, Met: true}
	closed := func(codes []string) {
		for _, code := range codes {
			out.Unknown = out.Unknown || f.t.Closed[f.r.Form.Leaf(code).Number()-1]
		}
	}
	closed(c.Left)
	closed(c.Right)
	closed(c.Before)
	if out.Unknown {
		return out
	}
	for l := range f.t.Lines {
		if l > 0 && len(c.Before) > 0 {
			break
		}
		left, leftText, ok1 := f.side(l, c.Left)
		right, rightText, ok2 := f.side(l, c.Right)
		for _, code := range c.Before {
			right.Add(right, orZero(f.before[code]))
			rightText = append(rightText, civil.FormatTrim(orZero(f.before[code]), 2))
		}
		if !ok1 || !ok2 {
			continue
		}
		met := left.Cmp(right) == 0
		if l == 0 {
			out.Numbers = strings.Join(leftText, " + ") + map[bool]string{true: " = ", false: " ≠ "}[met] + strings.Join(rightText, " + ")
		}
		if met {
			continue
		}
		out.Met = false
		if l == 0 {
			out.Off = civil.FormatTrim(new(big.Rat).Sub(left, right), 2)
		} else {
			out.Lines = append(out.Lines, fmt.Sprintf("%s: lệch %s", f.t.Lines[l].Name, civil.FormatTrim(new(big.Rat).Sub(left, right), 2)))
		}
	}
	return out
}

// side sums columns of a line; ok is false where one of them is crossed out.
func (f *formFiller) side(line int, codes []string) (sum *big.Rat, texts []string, ok bool) {
	sum, ok = new(big.Rat), true
	for _, code := range codes {
		cell := f.t.Lines[line].Cells[f.r.Form.Leaf(code).Number()-1]
		ok = ok && !cell.Crossed
		sum.Add(sum, orZero(cell.Val))
		texts = append(texts, civil.FormatTrim(orZero(cell.Val), 2))
	}
	return sum, texts, ok
}

// notNegative finds numbers below zero: a letter that ended before it came, or before it was accepted.
func (f *formFiller) notNegative() FormFinding {
	out := FormFinding{Check: &catalog.FormCheck{Code: "negative", Message: "Không ô nào âm (không đơn nào kết thúc trước khi nhận, trước khi thụ lý)"}, Met: true}
	for i, c := range f.r.Form.Leaves() {
		for _, l := range f.t.Lines {
			if v := l.Cells[i].Val; v != nil && v.Sign() < 0 {
				out.Met = false
				out.Lines = append(out.Lines, fmt.Sprintf("%s, cột %d (%s): %s", l.Name, c.Number(), c.Head, civil.FormatTrim(v, 2)))
			}
		}
	}
	out.Numbers = fmt.Sprintf("%d dòng", len(f.t.Lines))
	return out
}

// partsAddUp holds the units' lines against the whole, column by column.
func (f *formFiller) partsAddUp() FormFinding {
	out := FormFinding{Check: &catalog.FormCheck{Code: "units", Message: "Các đơn vị cộng lại = tổng số, ở từng cột"}, Met: true}
	shown := 0
	for i, c := range f.r.Form.Leaves() {
		if f.t.Closed[i] {
			continue
		}
		shown++
		sum := new(big.Rat)
		for _, l := range f.t.Lines[1:] {
			sum.Add(sum, orZero(l.Cells[i].Val))
		}
		if whole := orZero(f.t.Lines[0].Cells[i].Val); sum.Cmp(whole) != 0 {
			out.Met = false
			out.Lines = append(out.Lines, fmt.Sprintf("cột %d (%s): lệch %s", c.Number(), c.Head, civil.FormatTrim(new(big.Rat).Sub(sum, whole), 2)))
		}
	}
	out.Numbers = fmt.Sprintf("%d cột, %d đơn vị", shown, len(f.t.Lines)-1)
	out.Unknown = shown == 0
	return out
}

func orZero(v *big.Rat) *big.Rat {
	if v == nil {
		return new(big.Rat)
	}
	return v
}

// HeadCell is a cell of a head of several rows.
type HeadCell struct {
	Text    string `json:"text"`
	ColSpan int    `json:"col_span,omitempty"`
	RowSpan int    `json:"row_span,omitempty"`
}

// Heads are the rows of a form's head, the columns' numbers last.
func Heads(form *catalog.Form, first string) [][]HeadCell {
	depth := catalog.Depth(form.Columns)
	rows := make([][]HeadCell, depth+1)
	rows[0] = []HeadCell{{Text: first, RowSpan: depth}}
	headRows(form.Columns, 0, depth, rows)
	rows[depth] = []HeadCell{{Text: "A"}}
	for _, c := range form.Leaves() {
		rows[depth] = append(rows[depth], HeadCell{Text: fmt.Sprint(c.Number())})
	}
	return rows
}

func headRows(columns []*catalog.FormColumn, at, depth int, rows [][]HeadCell) {
	for _, c := range columns {
		h := HeadCell{Text: c.Head, ColSpan: c.Width()}
		if len(c.Columns) == 0 {
			h.RowSpan = depth - at
			if unit := c.Indicator().Unit; unit != "" && c.Unit != "" && !saysUnit(c.Path(), unit) {
				h.Text += " (" + unit + ")"
			}
		}
		rows[at] = append(rows[at], h)
		headRows(c.Columns, at+1, depth, rows)
	}
}

// saysUnit reports whether heads name a unit already, as “Số người” does.
func saysUnit(heads []string, unit string) bool {
	said := strings.FieldsFunc(strings.ToLower(strings.Join(heads, " ")), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range strings.Fields(strings.ToLower(unit)) {
		if !slices.Contains(said, word) {
			return false
		}
	}
	return true
}

// Table is the form as a table of a document.
func (t *FormTable) Table() Table {
	out := Table{ID: t.Form.Code, Caption: "Biểu số " + t.Form.Symbol + ": " + t.Form.Name, Unit: t.Form.Unit, Heads: Heads(t.Form, RowsName(t.By))}
	out.Columns = []Column{{Head: RowsName(t.By), Text: true}}
	for _, c := range t.Form.Leaves() {
		out.Columns = append(out.Columns, Column{Head: strings.Join(c.Path(), " – "), Unit: c.Unit, Indicator: c.Indicator().Code})
	}
	for i, l := range t.Lines {
		row := Row{Total: i == 0, Additive: true, Cells: []Cell{textCell(l.Name)}}
		for _, c := range l.Cells {
			cell := Cell{Runs: []Run{{Text: c.Text, Evidence: NoEvidence}}}
			switch {
			case c.Val != nil:
				v := civil.DecimalString(c.Val, 6)
				cell.Value, cell.Decimals = &v, decimalPlaces(c.Text)
			case c.Text == "":
				cell = emptyCell()
			}
			row.Cells = append(row.Cells, cell)
		}
		out.Rows = append(out.Rows, row)
	}
	for _, c := range t.Checks {
		if !c.Unknown {
			out.Notes = append(out.Notes, c.Sentence())
		}
	}
	if !t.Form.Verified {
		out.Notes = append(out.Notes, "Ký hiệu biểu và cột chưa đối chiếu với toàn văn thông tư.")
	}
	return out
}

// Sentence says the sum and whether it is met.
func (f FormFinding) Sentence() string {
	switch {
	case f.Met:
		return f.Check.Message + ": khớp (" + f.Numbers + ")."
	case f.Off != "":
		return f.Check.Message + ": KHÔNG khớp, lệch " + f.Off + " (" + f.Numbers + ")."
	}
	return f.Check.Message + ": KHÔNG khớp ở " + strings.Join(f.Lines, "; ") + "."
}

// RowsName is the head of the first column.
func RowsName(by string) string {
	switch by {
	case "unit":
		return "Đơn vị"
	case "label:field":
		return "Lĩnh vực"
	case "label:class":
		return "Loại đơn"
	}
	return "Dòng"
}

// forms fills the forms that go with a report.
func (f *filler) forms(ctx context.Context, engine *figure.Engine, of, unit string) ([]Table, error) {
	var out []Table
	for _, form := range f.edition.Forms {
		if form.Report != of || !form.Fits(f.subject.period.To) {
			continue
		}
		t, err := Fill(ctx, engine, FormRequest{Form: form, Unit: unit, Period: f.subject.period, By: form.Rows[0]})
		if err != nil {
			return nil, err
		}
		out = append(out, t.Table())
	}
	return out, nil
}

// FormsBook is the forms of a report alone, a sheet each.
func (r *Report) FormsBook() *xlsx.Workbook {
	b := &xlsx.Workbook{Title: r.Title + " " + r.Subject, Subject: r.Subject, Mark: r.Mark}
	for i := range r.Forms {
		b.Sheets = append(b.Sheets, r.tableSheet(&r.Forms[i]))
	}
	return b
}

// FormsDOCX writes the forms of a report alone, in landscape.
func (r *Report) FormsDOCX(w io.Writer) error {
	d := &docx.Document{Style: docx.State, Mark: r.Mark, Appendices: r.formAppendices()}
	return docx.Write(w, d)
}

func (r *Report) formAppendices() []docx.Appendix {
	var out []docx.Appendix
	for i := range r.Forms {
		a := docx.Appendix{Title: r.Forms[i].Caption, Subject: r.Unit.Name + ", " + r.Period.Name, Landscape: true}
		for n, part := range r.Forms[i].inParts() {
			t := wordTable(part)
			t.Caption = ""
			if n > 0 {
				t.Caption = part.continued()
			}
			a.Blocks = append(a.Blocks, t)
		}
		out = append(out, a)
	}
	return out
}
