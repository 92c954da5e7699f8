package intake

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/xlsx"
)

// A workbook beyond these is not kept to be given back: opening it whole would cost too much. Its wrong rows are still
// handed out in a file of their own.
const (
	markedBytes = 6 << 20
	markedRows  = 5_000
)

func (s *Store) keepContent(ctx context.Context, tx *db.Tx, id int64, t *Table) error {
	if t.Format != "xlsx" || len(t.Content) == 0 || len(t.Content) > markedBytes || len(t.Rows) > markedRows {
		return nil
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO import_file (import, content) VALUES ($1, $2)`, id, t.Content); err != nil {
		return fmt.Errorf("keep the workbook of import %d: %w", id, err)
	}
	return nil
}

func (s *Store) dropContent(ctx context.Context, tx *db.Tx, id int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM import_file WHERE import = $1`, id); err != nil {
		return fmt.Errorf("let go of the workbook of import %d: %w", id, err)
	}
	return nil
}

// nameColumns gives the columns of a worksheet the names that people know them by.
func (t *Table) nameColumns(k *catalog.Kind) {
	if t.Kind == "" || k == nil {
		return
	}
	h := ledger.HeadingOf(k)
	for i, column := range t.Header {
		if at := slices.Index(h.Columns, column); at >= 0 {
			t.Header[i] = h.Names[at]
		}
	}
}

// sayNumbers says of a row of a worksheet whose number is taken what to do about it.
func sayNumbers(t *Table, d *Drafts) {
	at := slices.Index(d.Columns, "key")
	for n, ps := range d.Bad {
		if at < 0 || at >= len(t.Rows[n].Cells) || !strings.HasPrefix(t.Rows[n].Cells[at], KeyHead) {
			continue
		}
		for i := range ps {
			if ps[i].Field == "key" {
				ps[i].Say = "Số thứ tự này của biểu đã dùng cho một việc khác: ở một dòng khác của tệp, hoặc đã ghi vào sổ với nội dung khác. " +
					"Việc mới thì chuyển sang dòng có STT chưa dùng, hoặc xóa số ở cột STT; sửa việc đã ghi thì mở việc ấy trong sổ."
			}
		}
	}
}

// Marked is the workbook of an import as it was handed in, with what was mended since and with every wrong cell marked;
// nil where it is not kept.
func (s *Store) Marked(ctx context.Context, q db.Querier, imp *Import) ([]byte, error) {
	var content []byte
	err := q.QueryRowContext(ctx, `SELECT content FROM import_file WHERE import = $1`, imp.ID).Scan(&content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the workbook of import %d: %w", imp.ID, err)
	}
	t, err := Read(SourceOf(content), imp.Name, "xlsx", "", Bounds)
	if err != nil {
		return nil, err
	}
	k := s.kind(imp.Kind)
	m := &sheetMarker{t: t, kind: k, columns: imp.Columns, header: imp.Header, out: &xlsx.Marking{}, says: map[place][]string{}}
	m.sayColumns()
	if err := s.eachRow(ctx, q, imp, `WHERE import = $1 ORDER BY row`, m.row, imp.ID); err != nil {
		return nil, err
	}
	m.finish()
	var b bytes.Buffer
	if err := xlsx.Mark(&b, content, xlsx.Limits{File: Bounds.Bytes, Rows: Bounds.Rows + 20, Cols: Bounds.Cols}, m.out); err != nil {
		return nil, fmt.Errorf("mark the workbook of import %d: %w", imp.ID, err)
	}
	return b.Bytes(), nil
}

type place struct {
	sheet string
	row   int
}

// sheetMarker finds the cells of a workbook that problems are about.
type sheetMarker struct {
	t       *Table
	kind    *catalog.Kind
	columns ledger.Columns
	header  []string
	out     *xlsx.Marking
	says    map[place][]string
}

func (m *sheetMarker) sayColumns() {
	o := m.t.Origin
	if m.t.Kind == "" { // a workbook of another make: its columns are those of its sheet
		o.Columns, o.How = map[string][]int{}, map[string]string{}
		for i, c := range m.columns {
			if c != "" {
				o.Columns[c], o.How[c] = []int{i}, asText
			}
		}
		o.Errors = max(o.Errors, len(m.t.Header))
		for i, h := range m.t.Header {
			if civil.Fold(strings.TrimSpace(h)) == civil.Fold(ledger.ErrorColumn) {
				o.Errors = i
			}
		}
	}
	m.out.Says = append(m.out.Says, xlsx.SayColumn{Sheet: o.Sheet, HeadRow: o.HeadRow, Col: o.Errors, Head: "Lỗi"})
	for _, r := range o.Rows {
		m.out.Says = append(m.out.Says, xlsx.SayColumn{Sheet: r.Sheet, HeadRow: r.HeadRow, Col: r.Errors, Head: "Lỗi"})
	}
}

func (m *sheetMarker) row(r BadRow) {
	if r.Row >= len(m.t.Rows) {
		return
	}
	was := m.t.Rows[r.Row]
	for i, cell := range r.Cells {
		if i < len(m.columns) && cell != cellAt(was.Cells, i) && m.columns[i] != "key" {
			m.change(m.columns[i], was.Line, r.Row, cell)
		}
	}
	for _, p := range r.Problems {
		m.problem(r.Row, was, p)
	}
}

// change writes a value that was mended on the page. Rows within an entry are mended in their sheet where their number
// is still the same.
func (m *sheetMarker) change(column string, line, row int, cell string) {
	o := m.t.Origin
	if rows := o.Rows[column]; rows != nil {
		m.changeRows(rows, row, cell)
		return
	}
	cols := o.Columns[column]
	if len(cols) == 0 {
		return
	}
	parts := []string{cell}
	if o.How[column] == asUnits && len(cols) > 1 {
		parts = strings.SplitN(cell, ";", len(cols))
	}
	for i, col := range cols {
		part := ""
		if i < len(parts) {
			part = strings.TrimSpace(parts[i])
		}
		m.out.Changes = append(m.out.Changes, xlsx.CellChange{Sheet: o.Sheet, Row: line, Col: col, Cell: m.typed(column, part)})
	}
}

func (m *sheetMarker) changeRows(o *Rows, row int, cell string) {
	draft, problems := ledger.Columns{"fields.rows"}.Draft([]string{cell})
	list, ok := draft.Fields["rows"].([]any)
	if len(problems) > 0 || !ok || len(list) != len(o.Lines[row]) {
		return
	}
	for i, item := range list {
		values, _ := item.(map[string]any)
		for column, cols := range o.Columns {
			if column != "key" && len(cols) > 0 {
				text := ""
				if v := values[column]; v != nil {
					text = fmt.Sprint(v)
				}
				m.out.Changes = append(m.out.Changes, xlsx.CellChange{Sheet: o.Sheet, Row: o.Lines[row][i], Col: cols[0], Cell: m.plain(text)})
			}
		}
	}
}

// typed is a mended text as a cell of its column: a day a day, a number a number.
func (m *sheetMarker) typed(column, text string) xlsx.Cell {
	code, field := strings.CutPrefix(column, "fields.")
	var f *catalog.Field
	if field && m.kind != nil {
		f = m.kind.Field(code)
	}
	if column == "day" || f != nil && f.Type == catalog.DateT {
		if d, err := civil.ParseDate(text); err == nil && d != 0 {
			return xlsx.Date(d.Time())
		}
	}
	if f != nil && (f.Type == catalog.Int || f.Type == catalog.Money) {
		return m.plain(text)
	}
	if text == "" {
		return xlsx.Empty()
	}
	return xlsx.Text(text)
}

func (m *sheetMarker) plain(text string) xlsx.Cell {
	if text == "" {
		return xlsx.Empty()
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return xlsx.Int(n)
	}
	return xlsx.Text(text)
}

var rowField = regexp.MustCompile(`^(fields\.[a-z0-9_]+)\[(\d+)\](?:\.([a-z0-9_]+))?`)

func (m *sheetMarker) problem(row int, was Row, p ledger.Problem) {
	o := m.t.Origin
	if at := rowField.FindStringSubmatch(p.Field); at != nil {
		if rows := o.Rows[at[1]]; rows != nil {
			n, _ := strconv.Atoi(at[2])
			if lines := rows.Lines[row]; n >= 1 && n <= len(lines) {
				m.mark(rows.Sheet, lines[n-1], firstOf(rows.Columns[at[3]], firstOf(rows.Columns["key"], 0)), p.Say)
				m.say(rows.Sheet, lines[n-1], p.Say)
				m.say(o.Sheet, was.Line, fmt.Sprintf("Trang “%s”, dòng %d: %s", rows.Sheet, lines[n-1], p.Say))
				return
			}
		}
	}
	column := columnOf(p.Field)
	m.mark(o.Sheet, was.Line, m.cellOf(column, was, p), p.Say)
	if i := slices.Index(m.columns, column); i >= 0 && i < len(m.header) && column != "" {
		m.say(o.Sheet, was.Line, "Cột “"+strings.TrimSpace(m.header[i])+"”: "+p.Say)
		return
	}
	m.say(o.Sheet, was.Line, p.Say)
}

// columnOf is the column of a problem's field: that of the group where it is about one of its rows.
func columnOf(field string) string {
	column, _, _ := strings.Cut(field, "[")
	return column
}

// cellOf is the column of the sheet that a problem is about: of several, the one whose value it names.
func (m *sheetMarker) cellOf(column string, was Row, p ledger.Problem) int {
	o := m.t.Origin
	cols := o.Columns[column]
	if len(cols) > 1 {
		if i := slices.Index(m.columns, column); i >= 0 {
			for n, part := range strings.Split(cellAt(was.Cells, i), ";") {
				if part = strings.TrimSpace(part); part != "" && n < len(cols) && strings.Contains(p.Say, part) {
					return cols[n]
				}
			}
		}
	}
	return firstOf(cols, firstOf(o.Columns["key"], 0))
}

func firstOf(cols []int, other int) int {
	if len(cols) > 0 {
		return cols[0]
	}
	return other
}

func (m *sheetMarker) mark(sheet string, row, col int, say string) {
	for i := range m.out.Marks {
		if c := &m.out.Marks[i]; c.Sheet == sheet && c.Row == row && c.Col == col {
			c.Say += "\n" + say
			return
		}
	}
	m.out.Marks = append(m.out.Marks, xlsx.CellMark{Sheet: sheet, Row: row, Col: col, Say: say})
}

func (m *sheetMarker) say(sheet string, row int, say string) {
	at := place{sheet, row}
	m.says[at] = append(m.says[at], say)
}

func (m *sheetMarker) finish() {
	for at, says := range m.says {
		m.out.Rows = append(m.out.Rows, xlsx.RowMark{Sheet: at.sheet, Row: at.row, Say: strings.Join(says, "\n")})
	}
}
