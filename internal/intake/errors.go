package intake

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"danvan/internal/ledger"
	"danvan/internal/xlsx"
)

// WriteErrors writes the rows again with what is wrong in one more column: only the bad ones of a partial import, else
// all, so that the mended file can be handed in in place of the first. JSON Lines stay so; other tables become format.
func (t *Table) WriteErrors(w io.Writer, format string, bad map[int]ledger.Problems, partial bool) error {
	var chosen []Row
	var says []string
	for i, r := range t.Rows {
		if partial && bad[i] == nil {
			continue
		}
		parts := make([]string, len(bad[i]))
		for j, p := range bad[i] {
			parts[j] = p.Say
			if name := t.ColumnName(p.Field); name != "" {
				parts[j] = "cột " + name + ": " + p.Say
			}
		}
		chosen, says = append(chosen, r), append(says, strings.Join(parts, " | "))
	}
	switch {
	case t.Format == "jsonl":
		return writeLines(w, chosen, says)
	case format == "xlsx":
		return t.writeXLSX(w, chosen, says)
	}
	return t.writeCSV(w, chosen, says)
}

// ColumnName names the column of a problem's field as the file does.
func (t *Table) ColumnName(field string) string {
	if field == "" {
		return ""
	}
	code, _, _ := strings.Cut(strings.TrimPrefix(field, "fields."), "[")
	if cols, err := ledger.ColumnsOf(t.Header, t.Readings); err == nil {
		for i, c := range cols {
			if c == field || c == "fields."+code {
				return strings.TrimSpace(t.Header[i])
			}
		}
	}
	return strings.TrimPrefix(field, "fields.")
}

func writeLines(w io.Writer, rows []Row, says []string) error {
	for i, r := range rows {
		object := map[string]json.RawMessage{}
		if json.Unmarshal(r.JSON, &object) != nil { // a broken line stays as it is, to be mended by hand
			if _, err := fmt.Fprintf(w, "%s\n", r.JSON); err != nil {
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

// Extended is the header, or a row, with the column of errors at its end; one that was there before goes.
func (t *Table) Extended(cells []string, say string) []string {
	out := make([]string, 0, len(t.Header)+1)
	for i, name := range t.Header {
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

func (t *Table) writeCSV(w io.Writer, rows []Row, says []string) error {
	if _, err := io.WriteString(w, "\xef\xbb\xbf"); err != nil { // Excel needs the mark to read UTF-8
		return err
	}
	out := csv.NewWriter(w)
	if t.Comma != 0 {
		out.Comma = t.Comma
	}
	if err := out.Write(t.Extended(t.Header, ledger.ErrorColumn)); err != nil {
		return err
	}
	for i, r := range rows {
		if err := out.Write(t.Extended(r.Cells, says[i])); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func (t *Table) writeXLSX(w io.Writer, rows []Row, says []string) error {
	sheet := xlsx.Sheet{Name: "Nhập"}
	for _, name := range t.Extended(t.Header, ledger.ErrorColumn) {
		sheet.Columns = append(sheet.Columns, xlsx.Column{Head: name})
	}
	for i, r := range rows {
		sheet.Rows = append(sheet.Rows, xlsx.Texts(t.Extended(r.Cells, says[i])...))
	}
	return xlsx.Write(w, &xlsx.Workbook{Title: t.Name, Sheets: []xlsx.Sheet{sheet}})
}
