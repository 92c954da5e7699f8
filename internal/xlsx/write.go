package xlsx

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

const (
	maxRows = 1 << 20 // of Excel
	maxCols = 1 << 14
	// maxExact is the largest whole number of 15 digits, all that Excel keeps.
	maxExact = 999_999_999_999_999
)

// Write writes the workbook as an .xlsx file.
func Write(w io.Writer, b *Workbook) error {
	if len(b.Sheets) == 0 {
		return fmt.Errorf("xlsx: workbook %q has no sheets", b.Title)
	}
	f := excelize.NewFile()
	defer f.Close()
	st := &styles{f: f, made: map[string]int{}}
	names := sheetNames(b.Sheets)
	for i, s := range b.Sheets {
		if err := addSheet(f, i, names[i]); err != nil {
			return err
		}
		if err := writeSheet(f, st, names[i], b.Mark, s); err != nil {
			return fmt.Errorf("xlsx: sheet %q: %w", names[i], err)
		}
	}
	if err := properties(f, b); err != nil {
		return err
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("xlsx: write: %w", err)
	}
	return nil
}

func addSheet(f *excelize.File, i int, name string) error {
	if i == 0 {
		return f.SetSheetName("Sheet1", name)
	}
	_, err := f.NewSheet(name)
	return err
}

func properties(f *excelize.File, b *Workbook) error {
	at := b.Created
	if at.IsZero() {
		at = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	stamp := at.UTC().Format(time.RFC3339)
	return f.SetDocProps(&excelize.DocProperties{
		Title: clean(b.Title), Subject: clean(b.Subject), Creator: "danvan", LastModifiedBy: "danvan", Keywords: clean(b.Mark),
		Created: stamp, Modified: stamp, Language: "vi-VN",
	})
}

// writeSheet lays out mark, titles, head, rows and notes, in this order.
func writeSheet(f *excelize.File, st *styles, name, mark string, s Sheet) error {
	n := s.width()
	if n == 0 {
		return fmt.Errorf("no columns")
	}
	head := len(s.Titles) + 2
	if mark != "" {
		head++
	}
	first := head
	head += s.headRows() - 1
	count := len(s.Rows)
	if s.Stream != nil {
		count = s.Count
	}
	if last := head + count + len(s.Notes) + 1; last > maxRows || n > maxCols {
		return fmt.Errorf("%d rows and %d columns are more than Excel holds", last, n)
	}
	// The filter comes first: it replaces the properties of the sheet.
	if err := headRange(f, name, first, head, n, count); err != nil {
		return err
	}
	if err := pageSetup(f, name, mark, s.Portrait, s.pagesWide(n)); err != nil {
		return err
	}
	if err := choices(f, name, head, s.Columns); err != nil {
		return err
	}
	sw, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	widths := s.widths(n)
	for i, w := range widths {
		if err := sw.SetColWidth(i+1, i+1, w); err != nil {
			return err
		}
	}
	pane := &excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: fmt.Sprintf("A%d", head+1), ActivePane: "bottomLeft"}
	if err := sw.SetPanes(pane); err != nil {
		return err
	}
	out := &sheetWriter{sw: sw, st: st}
	out.top(mark, s.Titles, first)
	if len(s.Heads) > 0 {
		out.heads(s.Heads, n)
	} else {
		out.head(s.Columns, n)
	}
	for _, r := range s.Rows {
		out.row(r, widths)
	}
	if s.Stream != nil {
		for r, err := range s.Stream {
			if err != nil {
				return err
			}
			out.row(r, widths)
			if out.err != nil {
				return out.err
			}
		}
	}
	out.notes(s.Notes)
	if out.err != nil {
		return out.err
	}
	return sw.Flush()
}

// pageWidth is how many characters fit across a landscape page and can still
// be read when it is shrunk to hold them.
const pageWidth = 330

// pagesWide is how many pages a printed row takes.
func (s Sheet) pagesWide(n int) int {
	var sum float64
	for _, w := range s.widths(n) {
		sum += w
	}
	return 1 + int(sum)/pageWidth
}

func pageSetup(f *excelize.File, name, mark string, portrait bool, wide int) error {
	size, tall, side := 9, 0, "landscape" // 9 is A4
	if portrait {
		side = "portrait"
	}
	fit := true
	if err := f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &size, Orientation: &side, FitToWidth: &wide, FitToHeight: &tall}); err != nil {
		return err
	}
	h := &excelize.HeaderFooterOptions{OddFooter: "&CTrang &P/&N"}
	if mark != "" {
		// In a page head "&" begins a code, and 255 letters are all it takes.
		h.OddHeader = "&C&I" + strings.ReplaceAll(cut(clean(mark), 120), "&", "&&")
	}
	return f.SetHeaderFooter(name, h)
}

// headRange filters the table and repeats its head on each printed page.
func headRange(f *excelize.File, name string, first, head, cols, rows int) error {
	last, err := excelize.CoordinatesToCellName(cols, head+rows)
	if err != nil {
		return err
	}
	if err := f.AutoFilter(name, fmt.Sprintf("A%d:%s", head, last), nil); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: name,
		RefersTo: fmt.Sprintf("'%s'!$%d:$%d", strings.ReplaceAll(name, "'", "''"), first, head),
	})
}

// ChoiceRows is how far down a column with choices offers them.
const ChoiceRows = 2000

// choices keeps the lists of the columns in a hidden sheet, because a list within a cell's rule holds 255 letters only.
func choices(f *excelize.File, name string, head int, cols []Column) error {
	for i, c := range cols {
		if len(c.Choices) == 0 {
			continue
		}
		list := fmt.Sprintf("_%d_%s", i+1, short(name, 20))
		if _, err := f.NewSheet(list); err != nil {
			return err
		}
		for j, text := range c.Choices {
			if err := f.SetCellStr(list, fmt.Sprintf("A%d", j+1), cut(clean(text), 32_000)); err != nil {
				return err
			}
		}
		if err := f.SetSheetVisible(list, false); err != nil {
			return err
		}
		col, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		dv := excelize.NewDataValidation(true)
		dv.Sqref = fmt.Sprintf("%s%d:%s%d", col, head+1, col, head+ChoiceRows)
		dv.SetSqrefDropList(fmt.Sprintf("'%s'!$A$1:$A$%d", strings.ReplaceAll(list, "'", "''"), len(c.Choices)))
		dv.ShowErrorMessage = !c.Loose
		if err := f.AddDataValidation(name, dv); err != nil {
			return err
		}
	}
	return nil
}

// sheetWriter streams rows and keeps the first error.
type sheetWriter struct {
	sw  *excelize.StreamWriter
	st  *styles
	at  int // rows written
	err error
}

func (o *sheetWriter) put(cells []any, opts ...excelize.RowOpts) {
	o.at++
	if o.err != nil || len(cells) == 0 {
		return
	}
	o.err = o.sw.SetRow(fmt.Sprintf("A%d", o.at), cells, opts...)
}

func (o *sheetWriter) styled(look look, text string) any {
	id, err := o.st.id(look)
	if o.err == nil {
		o.err = err
	}
	return excelize.Cell{StyleID: id, Value: cut(clean(text), 32_000)}
}

func (o *sheetWriter) top(mark string, titles []string, head int) {
	if mark != "" {
		o.put([]any{o.styled(look{font: "mark"}, mark)})
	}
	for i, t := range titles {
		font := ""
		if i == 0 {
			font = "title"
		}
		o.put([]any{o.styled(look{font: font, format: formatFor(t)}, t)})
	}
	for o.at < head-1 {
		o.put(nil)
	}
}

func (o *sheetWriter) head(cols []Column, n int) {
	row := make([]any, n)
	for i := range row {
		text := ""
		if i < len(cols) {
			text = cols[i].Head
			if cols[i].Unit != "" {
				text += "\n(" + cols[i].Unit + ")"
			}
		}
		row[i] = o.styled(look{font: "head", border: true, align: "center", wrap: true}, text)
	}
	o.put(row, excelize.RowOpts{Height: 36})
}

// row fills the width of the table, so that its ruling has no holes.
func (o *sheetWriter) row(r Row, widths []float64) {
	row := make([]any, len(widths))
	lines := 1
	for i := range row {
		c := Cell{}
		if i < len(r.Cells) {
			c = r.Cells[i]
		}
		value, lk := c.value()
		lk.border = true
		if lk.wrap {
			lines = max(lines, c.lines(widths[i]))
		}
		if r.Bold {
			lk.font = "bold"
		}
		id, err := o.st.id(lk)
		if o.err == nil {
			o.err = err
		}
		row[i] = excelize.Cell{StyleID: id, Value: value}
	}
	if lines > 1 { // a streamed row does not grow by itself
		o.put(row, excelize.RowOpts{Height: float64(min(lines*lineHeight+1, 409))})
		return
	}
	o.put(row)
}

// lineHeight is that of a line of 12 points.
const lineHeight = 16

// lines is how many lines the text of a cell takes in a column so wide.
func (c Cell) lines(width float64) int {
	n := 0
	for _, l := range strings.Split(c.Text, "\n") {
		n += 1 + int((float64(utf8.RuneCountInString(l))*1.05-.5)/max(width, 1))
	}
	return n
}

func (o *sheetWriter) notes(notes []string) {
	if len(notes) > 0 {
		o.put(nil)
	}
	for _, t := range notes {
		o.put([]any{o.styled(look{font: "note", format: formatFor(t)}, t)})
	}
}

// width is the number of columns that head and rows need.
func (s Sheet) width() int {
	n := len(s.Columns)
	for _, r := range s.Rows {
		n = max(n, len(r.Cells))
	}
	return n
}

// widths of columns in characters, from what stands in them.
func (s Sheet) widths(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		w := 8
		if i < len(s.Columns) {
			if s.Columns[i].Width > 0 {
				out[i] = min(s.Columns[i].Width, 255)
				continue
			}
			w = max(w, min(24, utf8.RuneCountInString(s.Columns[i].Head)+2), utf8.RuneCountInString(s.Columns[i].Unit)+4)
		}
		for _, r := range s.Rows {
			if i < len(r.Cells) {
				w = max(w, r.Cells[i].length()+2)
			}
		}
		out[i] = float64(min(w, 60))
	}
	return out
}
