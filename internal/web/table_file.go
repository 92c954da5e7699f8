package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/big"
	"net/http"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/docx"
	"danvan/internal/fault"
	"danvan/internal/xlsx"
)

// tableFile is a table that a page sends as a file: what it shows, with exact numbers.
type tableFile struct {
	Name    string   // of the file, without its ending
	Titles  []string // what the table is about, first line first
	Columns []xlsx.Column
	Rows    [][]tableCell
	Notes   []string
}

// tableCell is a text, or a number, exact; a number that was not reported is the zero cell.
type tableCell struct {
	Text   string
	Number *big.Rat
}

func textCell(s string) tableCell    { return tableCell{Text: s} }
func exactCell(r *big.Rat) tableCell { return tableCell{Number: r} }
func countCell(n int64) tableCell    { return tableCell{Number: new(big.Rat).SetInt64(n)} }
func pointerCell(decimal *string) tableCell {
	if decimal == nil {
		return tableCell{}
	}
	r, ok := ratOf(*decimal)
	if !ok {
		return textCell(*decimal)
	}
	return exactCell(r)
}

// sendTable answers with the table as CSV, XLSX or DOCX.
func (s *server) sendTable(w http.ResponseWriter, kind string, t tableFile) error {
	var b bytes.Buffer
	var mime string
	var err error
	switch kind {
	case "csv":
		mime, err = "text/csv; charset=utf-8", t.csv(&b, s.demoNote())
	case "xlsx":
		mime, err = documentKinds["xlsx"].mime, t.xlsx(&b, s.demoNote())
	case "docx":
		mime, err = documentKinds["docx"].mime, t.docx(&b, s.demoNote())
	default:
		return fault.New(fault.Invalid, "Dạng tệp phải là docx, xlsx hoặc csv.")
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", t.Name, err)
	}
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"`, t.Name, kind))
	_, _ = w.Write(b.Bytes()) // the reader went away: nobody to tell
	return nil
}

// csv writes the rows alone, with a mark by which spreadsheets know UTF-8. A comma stands for nothing but the border
// of cells, so numbers have points.
func (t tableFile) csv(b *bytes.Buffer, note string) error {
	b.WriteString("\ufeff")
	out := csv.NewWriter(b)
	var head []string
	for _, c := range t.Columns {
		name := c.Head
		if c.Unit != "" {
			name += " (" + c.Unit + ")"
		}
		head = append(head, name)
	}
	if note != "" {
		head = append(head, "Ghi chú")
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for _, row := range t.Rows {
		var cells []string
		for _, c := range row {
			if c.Number != nil {
				cells = append(cells, civil.DecimalString(c.Number, 6))
			} else {
				cells = append(cells, inert(c.Text))
			}
		}
		if note != "" {
			cells = append(cells, note)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (t tableFile) xlsx(b *bytes.Buffer, note string) error {
	sheet := xlsx.Sheet{Name: "Số liệu", Titles: t.Titles, Columns: t.Columns, Notes: t.Notes}
	for _, row := range t.Rows {
		var cells []xlsx.Cell
		for _, c := range row {
			cells = append(cells, c.typed())
		}
		sheet.Rows = append(sheet.Rows, xlsx.Row{Cells: cells})
	}
	title := t.Name
	if len(t.Titles) > 0 {
		title = t.Titles[0]
	}
	return xlsx.Write(b, &xlsx.Workbook{Title: title, Mark: note, Sheets: []xlsx.Sheet{sheet}})
}

func (c tableCell) typed() xlsx.Cell {
	switch {
	case c.Number == nil && c.Text == "":
		return xlsx.Empty()
	case c.Number == nil:
		return xlsx.Text(c.Text)
	case c.Number.IsInt() && c.Number.Num().IsInt64():
		return xlsx.Int(c.Number.Num().Int64())
	}
	n, _ := c.Number.Float64()
	return xlsx.Decimal(n, 2)
}

// docx writes the table as a document in landscape, for a file that goes with a letter.
func (t tableFile) docx(b *bytes.Buffer, note string) error {
	title := t.Name
	if len(t.Titles) > 0 {
		title = t.Titles[0]
	}
	table := docx.Table{Note: strings.Join(t.Notes, " ")}
	var head []docx.HeadCell
	for i, c := range t.Columns {
		name := c.Head
		if c.Unit != "" {
			name += " (" + c.Unit + ")"
		}
		head = append(head, docx.HeadCell{Text: name})
		table.Columns = append(table.Columns, docx.Column{Align: t.align(i)})
	}
	table.Head = [][]docx.HeadCell{head}
	for _, row := range t.Rows {
		var cells []docx.Cell
		for _, c := range row {
			text := c.Text
			if c.Number != nil {
				text = civil.FormatTrim(c.Number, shownDecimals)
			}
			cells = append(cells, docx.Cell{Text: text})
		}
		table.Rows = append(table.Rows, docx.Row{Cells: cells})
	}
	var blocks []docx.Block
	for _, line := range t.Titles[min(1, len(t.Titles)):] {
		blocks = append(blocks, docx.Paragraph{Runs: []docx.Run{{Text: line, Italic: true}}, Align: docx.AlignCenter})
	}
	return docx.Write(b, &docx.Document{Mark: upperFirst(note), Appendices: []docx.Appendix{{Title: title, Landscape: true, Blocks: append(blocks, table)}}})
}

// align puts columns of numbers to the right.
func (t tableFile) align(column int) docx.Align {
	for _, row := range t.Rows {
		if column < len(row) && row[column].Number != nil {
			return docx.AlignRight
		}
	}
	return docx.AlignLeft
}
