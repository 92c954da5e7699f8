// Package intake takes in entries that people hand over as tables: CSV, JSON Lines, XLSX. It reads a file in a limited
// way (Read), turns its rows into drafts of the ledger (Table.Drafts), writes the rows that are wrong back with what
// is wrong (WriteErrors, Store.Marked), and hands out the empty table of a kind (Worksheet, WriteCSVTemplate).
//
// In the browser a file is staged (Store): its rows wait in the database until a person has seen what is wrong with
// them and mended it, and one job records them all in one transaction, as one batch that can be undone. The command
// line reads, records and reports at once.
package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"danvan/internal/fault"
	"danvan/internal/xlsx"
)

// Table is a file to be taken in: a header and rows, or lines of JSON.
type Table struct {
	Name     string
	Format   string // csv, jsonl, xlsx
	Comma    rune   // of csv
	Header   []string
	Rows     []Row
	Readings bool
	Kind     string  // of a workbook that knows itself
	Origin   *Origin // where it stood, of a workbook
	Content  []byte  // the workbook itself, to be given back with what is wrong
}

// Row is a row with its number in the file.
type Row struct {
	Line  int
	Cells []string
	JSON  []byte // of JSON Lines
	Bad   string // why it cannot be read at all
}

// Limits bound a file; what is zero takes the default of package xlsx or none.
type Limits struct {
	Bytes int64
	Rows  int
	Cols  int
}

// Source is the content of a file, read from anywhere in it.
type Source struct {
	io.ReaderAt
	Size int64
}

// SourceOf is a text in memory as a source.
func SourceOf(text []byte) Source { return Source{bytes.NewReader(text), int64(len(text))} }

// DataSheet is the sheet that is read where none is named and the workbook has it: templates and exports call it so,
// whatever stands before it.
const DataSheet = "Nhập"

// Read reads a file of one of the three formats. format and sheet may be empty: the name's ending and the first
// sheet decide.
func Read(src Source, name, format, sheet string, lim Limits) (*Table, error) {
	t := &Table{Name: name, Format: format}
	if t.Format == "" {
		t.Format = FormatOf(name)
	}
	if lim.Bytes > 0 && src.Size > lim.Bytes {
		return nil, fault.Newf(fault.Invalid, "Tệp lớn quá %d MB. Hãy chia thành nhiều tệp nhỏ hơn.", lim.Bytes>>20)
	}
	var err error
	if t.Format == "xlsx" {
		err = t.readXLSX(src, sheet, lim)
	} else {
		err = t.readText(src)
	}
	switch {
	case err != nil:
		return t, err
	case len(t.Rows) == 0:
		return t, fault.Newf(fault.Invalid, "Tệp %s không có dòng dữ liệu nào.", t.Name)
	case lim.Rows > 0 && len(t.Rows) > lim.Rows:
		return t, fault.Newf(fault.Invalid, "Tệp có quá %d dòng. Hãy chia thành nhiều tệp nhỏ hơn.", lim.Rows)
	case lim.Cols > 0 && len(t.Header) > lim.Cols:
		return t, fault.Newf(fault.Invalid, "Tệp có quá %d cột. Hãy bỏ bớt cột không dùng.", lim.Cols)
	}
	return t, nil
}

// FormatOf is the format that a name's ending tells.
func FormatOf(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".jsonl", ".ndjson", ".json":
		return "jsonl"
	case ".xlsx":
		return "xlsx"
	}
	return "csv"
}

func (t *Table) readText(src Source) error {
	text, err := io.ReadAll(io.NewSectionReader(src, 0, src.Size))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Không đọc được tệp "+t.Name+".")
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(text) {
		return fault.Newf(fault.Invalid, "Tệp %s không theo bảng mã UTF-8. Trong Excel, hãy lưu lại dạng “CSV UTF-8”.", t.Name)
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return fault.Newf(fault.Invalid, "Tệp %s không phải tệp chữ. Hãy gửi tệp CSV, JSON Lines hoặc XLSX.", t.Name)
	}
	if t.Format == "jsonl" {
		return t.readLines(text)
	}
	return t.readCSV(text)
}

func (t *Table) readLines(text []byte) error {
	line := 0
	for part := range bytes.Lines(text) {
		line++
		if part = bytes.TrimSpace(part); len(part) > 0 {
			t.Rows = append(t.Rows, Row{Line: line, JSON: part})
		}
	}
	return nil
}

func (t *Table) readCSV(text []byte) error {
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord = -1
	in.Comma = comma(text)
	t.Comma = in.Comma
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return t.brokenCSV(err)
		}
		line, _ := in.FieldPos(0)
		t.take(line, cells)
	}
}

func (t *Table) brokenCSV(err error) error {
	line := 0
	var at *csv.ParseError
	if errors.As(err, &at) {
		line = at.StartLine
	}
	return fault.Wrap(err, fault.Invalid, fmt.Sprintf("Tệp %s hỏng dấu ngoặc kép từ dòng %d. Ô có dấu ngoặc kép phải viết \"...\" và nhân đôi dấu ngoặc kép bên trong.", t.Name, line))
}

// comma is the sign between cells: the one of , ; and tab that the header has most of. Lines that begin with "#" tell
// about the file.
func comma(text []byte) rune {
	head, rest, _ := bytes.Cut(text, []byte("\n"))
	for len(rest) > 0 && (bytes.HasPrefix(head, []byte("#")) || bytes.HasPrefix(head, []byte(`"#`))) {
		head, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	best, most := ',', bytes.Count(head, []byte(","))
	for _, c := range []rune{';', '\t'} {
		if n := bytes.Count(head, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// take keeps a row and reports whether it is the header so far: the first one that is not empty. Lines of one cell
// above it, such as titles, are no header where another line follows that could be. Lines that begin with "# " are
// passed over.
func (t *Table) take(line int, cells []string) (header bool) {
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return false
	}
	if len(cells) > 0 && strings.HasPrefix(strings.TrimSpace(cells[0]), "# ") {
		return false // tells about the file, or is the example of a template
	}
	for i := range cells {
		cells[i] = unquoteInert(cells[i])
	}
	switch {
	case t.Header == nil:
		t.Header = cells
	case filled(t.Header) == 1 && filled(cells) > 1 && !slices.ContainsFunc(t.Rows, func(r Row) bool { return filled(r.Cells) > 1 }):
		t.Header, t.Rows = cells, nil
	default:
		t.Rows = append(t.Rows, Row{Line: line, Cells: cells})
		return false
	}
	return true
}

func filled(cells []string) (n int) {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// unquoteInert takes away the mark by which an export keeps a spreadsheet from running a text.
func unquoteInert(cell string) string {
	if len(cell) > 1 && cell[0] == '\'' && strings.IndexByte("=+-@\t\r", cell[1]) >= 0 {
		return cell[1:]
	}
	return cell
}

func (t *Table) readXLSX(src Source, sheet string, lim Limits) error {
	limits := xlsx.Limits{File: lim.Bytes, Rows: lim.Rows, Cols: lim.Cols}
	if lim.Rows > 0 {
		limits.Rows += 20 // titles above the header
	}
	if sheet == "" {
		names, err := xlsx.Sheets(src, src.Size, limits)
		if err != nil {
			return fault.Wrap(err, fault.Invalid, fmt.Sprintf("Không đọc được tệp %s: %s.", t.Name, err))
		}
		if ok, err := t.readWorksheet(src, names, limits); ok {
			return err
		}
		sheet = names[0]
		if slices.Contains(names, DataSheet) {
			sheet = DataSheet
		}
	}
	t.Origin = &Origin{Sheet: sheet}
	for r, err := range xlsx.Rows(src, src.Size, sheet, limits) {
		if err != nil {
			return fault.Wrap(err, fault.Invalid, fmt.Sprintf("Không đọc được tệp %s: %s.", t.Name, err))
		}
		if t.take(r.Number, r.Cells) {
			t.Origin.HeadRow = r.Number
		}
		t.Origin.Errors = max(t.Origin.Errors, len(r.Cells))
	}
	return nil
}
