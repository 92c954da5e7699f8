package cli

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/xlsx"
)

// table is a file to be imported: a header and rows, or lines of JSON.
type table struct {
	name     string
	format   string // csv, jsonl, xlsx
	comma    rune   // of csv
	header   []string
	rows     []row
	readings bool
}

// row is a row with its number in the file.
type row struct {
	line  int
	cells []string
	json  []byte // of JSON Lines
	bad   string // why it cannot be read at all
}

// mostBytes bounds a file: about two million rows.
const mostBytes = 512 << 20

// readTable reads a file of one of the three formats.
func readTable(path, format, sheet string) (*table, error) {
	t := &table{name: filepath.Base(path), format: format}
	if t.format == "" {
		t.format = formatOf(path)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fault.Wrap(err, fault.Invalid, "Không mở được tệp "+path+".")
	case info.Size() > mostBytes:
		return nil, fault.New(fault.Invalid, "Tệp lớn quá 512 MB. Hãy chia thành nhiều tệp nhỏ hơn.")
	}
	if t.format == "xlsx" {
		err = t.readXLSX(path, sheet)
	} else {
		err = t.readText(path)
	}
	if err == nil && len(t.rows) == 0 {
		err = fault.Newf(fault.Invalid, "Tệp %s không có dòng dữ liệu nào.", t.name)
	}
	return t, err
}

func formatOf(path string) string {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".jsonl", ".ndjson", ".json":
		return "jsonl"
	case ".xlsx":
		return "xlsx"
	}
	return "csv"
}

func (t *table) readText(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Không đọc được tệp "+path+".")
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(text) {
		return fault.Newf(fault.Invalid, "Tệp %s không theo bảng mã UTF-8. Trong Excel, hãy lưu lại dạng “CSV UTF-8”.", t.name)
	}
	if t.format == "jsonl" {
		return t.readLines(text)
	}
	return t.readCSV(text)
}

func (t *table) readLines(text []byte) error {
	line := 0
	for part := range bytes.Lines(text) {
		line++
		if part = bytes.TrimSpace(part); len(part) > 0 {
			t.rows = append(t.rows, row{line: line, json: part})
		}
	}
	return nil
}

func (t *table) readCSV(text []byte) error {
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord = -1
	in.Comma = comma(text)
	t.comma = in.Comma
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

func (t *table) brokenCSV(err error) error {
	line := 0
	var at *csv.ParseError
	if errors.As(err, &at) {
		line = at.StartLine
	}
	return fault.Wrap(err, fault.Invalid, fmt.Sprintf("Tệp %s hỏng dấu ngoặc kép từ dòng %d. Ô có dấu ngoặc kép phải viết \"...\" và nhân đôi dấu ngoặc kép bên trong.", t.name, line))
}

// comma is the sign between cells: the one of , ; and tab that the first line has most of.
func comma(text []byte) rune {
	head, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ',', bytes.Count(head, []byte(","))
	for _, c := range []rune{';', '\t'} {
		if n := bytes.Count(head, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

// take keeps a row; the first one that is not empty is the header.
func (t *table) take(line int, cells []string) {
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return
	}
	if t.header == nil {
		t.header = cells
		return
	}
	t.rows = append(t.rows, row{line: line, cells: cells})
}

func (t *table) readXLSX(path, sheet string) error {
	f, err := os.Open(path)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Không mở được tệp "+path+".")
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	for r, err := range xlsx.Rows(f, info.Size(), sheet, xlsx.Limits{}) {
		if err != nil {
			return fault.Wrap(err, fault.Invalid, fmt.Sprintf("Không đọc được tệp %s: %s.", t.name, err))
		}
		t.take(r.Number, r.Cells)
	}
	return nil
}

// writeErrors writes the rows again with what is wrong in one more column: only the bad ones of a partial import,
// else all, so that the mended file can be imported in place of the first. The format is that of the new file's
// name.
func (t *table) writeErrors(path string, bad map[int]ledger.Problems, partial bool) error {
	f, err := os.Create(path)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Không ghi được tệp lỗi "+path+". Hãy chọn thư mục khác.")
	}
	defer f.Close()
	var chosen []row
	var says []string
	for i, r := range t.rows {
		if partial && bad[i] == nil {
			continue
		}
		parts := make([]string, len(bad[i]))
		for j, p := range bad[i] {
			parts[j] = p.Say
			if name := t.columnName(p.Field); name != "" {
				parts[j] = "cột " + name + ": " + p.Say
			}
		}
		chosen, says = append(chosen, r), append(says, strings.Join(parts, " | "))
	}
	switch {
	case t.format == "jsonl":
		err = writeLines(f, chosen, says)
	case formatOf(path) == "xlsx":
		err = t.writeXLSX(f, chosen, says)
	default:
		err = t.writeCSV(f, chosen, says)
	}
	if err != nil {
		return fmt.Errorf("write error file: %w", err)
	}
	return f.Close()
}

func writeLines(w io.Writer, rows []row, says []string) error {
	for i, r := range rows {
		object := map[string]json.RawMessage{}
		if json.Unmarshal(r.json, &object) != nil { // a broken line stays as it is, to be mended by hand
			if _, err := fmt.Fprintf(w, "%s\n", r.json); err != nil {
				return err
			}
			continue
		}
		delete(object, ledger.ErrorColumn)
		if says[i] != "" {
			object[ledger.ErrorColumn], _ = json.Marshal(says[i])
		}
		line, err := json.Marshal(object)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s\n", line); err != nil {
			return err
		}
	}
	return nil
}

// extended is the header, or a row, with the column of errors at its end; one that was there before goes.
func (t *table) extended(cells []string, say string) []string {
	out := make([]string, 0, len(t.header)+1)
	for i, name := range t.header {
		if strings.EqualFold(strings.TrimSpace(name), ledger.ErrorColumn) {
			continue
		}
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		out = append(out, cell)
	}
	return append(out, say)
}

func (t *table) writeCSV(w io.Writer, rows []row, says []string) error {
	if _, err := io.WriteString(w, "\xef\xbb\xbf"); err != nil { // Excel needs the mark to read UTF-8
		return err
	}
	out := csv.NewWriter(w)
	if t.comma != 0 {
		out.Comma = t.comma
	}
	if err := out.Write(t.extended(t.header, ledger.ErrorColumn)); err != nil {
		return err
	}
	for i, r := range rows {
		if err := out.Write(t.extended(r.cells, says[i])); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (t *table) writeXLSX(w io.Writer, rows []row, says []string) error {
	sheet := xlsx.Sheet{Name: "Nhập"}
	for _, name := range t.extended(t.header, ledger.ErrorColumn) {
		sheet.Columns = append(sheet.Columns, xlsx.Column{Head: name})
	}
	for i, r := range rows {
		sheet.Rows = append(sheet.Rows, xlsx.Texts(t.extended(r.cells, says[i])...))
	}
	return xlsx.Write(w, &xlsx.Workbook{Title: t.name, Sheets: []xlsx.Sheet{sheet}})
}
