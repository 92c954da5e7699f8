package intake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/xlsx"
)

// Origin says where in its workbook a table stood, so that what is wrong can be written beside it.
type Origin struct {
	Sheet   string
	HeadRow int
	Columns map[string][]int  // canonical column → columns of the sheet, from 0
	Errors  int               // the column that says what is wrong
	Rows    map[string]*Rows  // by canonical column: sheets of rows within entries
	How     map[string]string // canonical column → how its cells are read
}

// Rows is where the rows within entries stood.
type Rows struct {
	Origin
	Lines map[int][]int // by row of the table: the lines of its rows, in order
}

// KeyHead begins the keys of the rows of worksheets: what follows is the copy and the row's number in it.
const KeyHead = "bieu:"

// worksheetID is what the hidden sheet tells.
type worksheetID struct {
	kind, unit, id string
	sheets         []worksheetSheet
}

type worksheetSheet struct {
	name, column string
	cols         []idColumn
}

type idColumn struct {
	at               int
	column, as, head string
}

func notWorksheet(t *Table, err error) error {
	return fault.Wrap(err, fault.Invalid, fmt.Sprintf("Không đọc được tệp %s: %s.", t.Name, err))
}

// readWorksheet reads a workbook that knows itself; ok is false where it does not.
func (t *Table) readWorksheet(src Source, names []string, lim xlsx.Limits) (ok bool, err error) {
	if !slices.Contains(names, xlsx.HiddenSheet) {
		return false, nil
	}
	id, ok, err := readID(src, lim)
	if err != nil {
		return true, notWorksheet(t, err)
	}
	if !ok || len(id.sheets) == 0 {
		return false, nil
	}
	for _, s := range id.sheets {
		if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, s.name) }) {
			return true, fault.Newf(fault.Invalid, "Tệp %s là biểu tải từ hệ thống nhưng không còn trang “%s”. Hãy đặt lại đúng tên trang tính ấy, hoặc tải biểu mới.", t.Name, s.name)
		}
	}
	r := &worksheetReader{t: t, id: id, src: src, lim: lim, byNumber: map[string]int{}}
	t.Kind = id.kind
	return true, r.read()
}

// readID reads the hidden sheet.
func readID(src Source, lim xlsx.Limits) (id worksheetID, ok bool, err error) {
	for row, err := range xlsx.Rows(src, src.Size, xlsx.HiddenSheet, lim) {
		if err != nil {
			return id, false, err
		}
		c := append(slices.Clone(row.Cells), "", "", "", "", "")
		switch {
		case !ok && c[0] != worksheetMark:
			return id, false, nil
		case c[0] == worksheetMark:
			ok = true
		case c[0] == "kind":
			id.kind = c[1]
		case c[0] == "unit":
			id.unit = c[1]
		case c[0] == "id":
			id.id = c[1]
		case c[0] == "sheet":
			id.sheets = append(id.sheets, worksheetSheet{name: c[1], column: c[2]})
		case c[0] == "column" && len(id.sheets) > 0:
			n, err := strconv.Atoi(c[1])
			if err != nil || n < 0 || n > 500 {
				return id, false, fmt.Errorf("trang ẩn của biểu đã bị sửa; hãy tải biểu mới")
			}
			s := &id.sheets[len(id.sheets)-1]
			s.cols = append(s.cols, idColumn{n, c[2], c[3], c[4]})
		}
	}
	return id, ok, nil
}

type worksheetReader struct {
	t        *Table
	id       worksheetID
	src      Source
	lim      xlsx.Limits
	columns  []string       // canonical, of the table
	byNumber map[string]int // STT → row of the table
	empty    map[string]int // STT of a row in which nothing else stands → its line
}

// plainHead is a head as it is compared: without the mark of what must be filled in and without the unit below it.
func plainHead(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return civil.Fold(strings.Trim(strings.TrimSpace(s), "* "))
}

// placed is a sheet as it came back: its rows, the row of the head, and where each column stands now.
type placed struct {
	head int
	at   []int // by column of the id; -1 where it is gone
	rows []xlsx.ReadRow
	last int // columns in use
}

// place finds the head: the first row in which at least two heads of the sheet stand, wherever columns were moved to.
func (r *worksheetReader) place(s worksheetSheet) (*placed, error) {
	p := &placed{head: -1}
	for row, err := range xlsx.Rows(r.src, r.src.Size, s.name, r.lim) {
		if err != nil {
			return nil, notWorksheet(r.t, err)
		}
		p.last = max(p.last, len(row.Cells))
		if p.head >= 0 {
			p.rows = append(p.rows, row)
			continue
		}
		if at, hits := headsIn(s, row.Cells); hits >= 2 {
			p.head, p.at = row.Number, at
		}
	}
	if p.head < 0 {
		return nil, fault.Newf(fault.Invalid, "Trang “%s” của tệp %s không còn dòng tên cột. Hãy tải biểu mới rồi chép các dòng đã điền sang.", s.name, r.t.Name)
	}
	return p, nil
}

func headsIn(s worksheetSheet, cells []string) (at []int, hits int) {
	at = make([]int, len(s.cols))
	for i, c := range s.cols {
		at[i] = slices.IndexFunc(cells, func(cell string) bool { return plainHead(cell) == plainHead(c.head) })
		if at[i] >= 0 {
			hits++
		}
	}
	for i, c := range s.cols { // a head that was written anew, where it always stood
		if at[i] < 0 && c.at < len(cells) && !slices.Contains(at, c.at) {
			at[i] = c.at
		}
	}
	return at, hits
}

func (p *placed) origin(s worksheetSheet) Origin {
	o := Origin{Sheet: s.name, HeadRow: p.head, Columns: map[string][]int{}, Errors: p.last, How: map[string]string{}}
	for i, c := range s.cols {
		switch {
		case p.at[i] < 0:
		case c.as == asError:
			o.Errors = p.at[i]
		default:
			o.Columns[c.column], o.How[c.column] = append(o.Columns[c.column], p.at[i]), c.as
		}
	}
	return o
}

func (r *worksheetReader) read() error {
	main := r.id.sheets[0]
	p, err := r.place(main)
	if err != nil {
		return err
	}
	o := p.origin(main)
	o.Rows = map[string]*Rows{}
	r.t.Origin = &o
	r.columns = []string{"key", "unit"}
	for _, c := range main.cols {
		if c.column != "" && !slices.Contains(r.columns, c.column) {
			r.columns = append(r.columns, c.column)
		}
	}
	for _, s := range r.id.sheets[1:] {
		r.columns = append(r.columns, s.column)
	}
	r.t.Header = slices.Clone(r.columns)
	r.empty = map[string]int{}
	for _, row := range p.rows {
		r.take(main, p, row)
	}
	for _, s := range r.id.sheets[1:] {
		if err := r.takeRows(s); err != nil {
			return err
		}
	}
	return nil
}

// number is the number of an entry as people may write it.
func number(cell string) string {
	cell = strings.TrimSpace(cell)
	if n, err := strconv.Atoi(strings.TrimSuffix(cell, ".")); err == nil {
		return strconv.Itoa(n)
	}
	return cell
}

// take reads a row of the main sheet: one with nothing but its number is none.
func (r *worksheetReader) take(s worksheetSheet, p *placed, row xlsx.ReadRow) {
	cells := make([]string, len(r.columns))
	parts := map[string][]string{}
	stt, any := "", false
	for i, c := range s.cols {
		cell := cellAt(row.Cells, p.at[i])
		switch {
		case c.as == asError || cell == "":
		case c.as == asNumber:
			stt = number(cell)
		default:
			parts[c.column] = append(parts[c.column], meant(c.as, cell))
			any = true
		}
	}
	if !any {
		if stt != "" {
			r.empty[stt] = row.Number
		}
		return
	}
	r.add(cells, parts, stt, row.Number)
}

func (r *worksheetReader) add(cells []string, parts map[string][]string, stt string, line int) {
	for i, column := range r.columns {
		cells[i] = strings.Join(parts[column], "; ")
	}
	if cells[1] == "" {
		cells[1] = r.id.unit
	}
	if stt != "" {
		cells[0] = KeyHead + r.id.id + ":" + stt
		if _, twice := r.byNumber[stt]; !twice {
			r.byNumber[stt] = len(r.t.Rows)
		}
	}
	r.t.Rows = append(r.t.Rows, Row{Line: line, Cells: cells})
}

// takeRows reads a sheet of rows within entries and puts them, as JSON, into the entries that they name.
func (r *worksheetReader) takeRows(s worksheetSheet) error {
	p, err := r.place(s)
	if err != nil {
		return err
	}
	o := &Rows{Origin: p.origin(s), Lines: map[int][]int{}}
	r.t.Origin.Rows[s.column] = o
	within := map[int][]map[string]any{}
	for _, row := range p.rows {
		stt, values := s.values(p, row)
		if len(values) == 0 {
			continue
		}
		n, ok := r.byNumber[stt]
		if line, ready := r.empty[stt]; !ok && ready { // its entry is still to be filled in: that will be said there
			r.add(make([]string, len(r.columns)), nil, stt, line)
			n, ok = r.byNumber[stt]
		}
		if !ok {
			return fault.Newf(fault.Invalid, "Trang “%s”, dòng %d: cột “%s” ghi “%s”, nhưng trang “%s” không có việc nào mang số ấy. Hãy sửa số rồi gửi lại; chưa có gì được ghi.",
				s.name, row.Number, entryHead, stt, DataSheet)
		}
		within[n], o.Lines[n] = append(within[n], values), append(o.Lines[n], row.Number)
	}
	at := slices.Index(r.columns, s.column)
	for n, rows := range within {
		text, err := json.Marshal(rows)
		if err != nil {
			return fmt.Errorf("rows of line %d: %w", r.t.Rows[n].Line, err)
		}
		r.t.Rows[n].Cells[at] = string(text)
	}
	return nil
}

// values are the cells of a row within an entry, by field.
func (s worksheetSheet) values(p *placed, row xlsx.ReadRow) (stt string, values map[string]any) {
	values = map[string]any{}
	for i, c := range s.cols {
		cell := cellAt(row.Cells, p.at[i])
		switch {
		case c.as == asError || cell == "":
		case c.as == asNumber:
			stt = number(cell)
		default:
			values[c.column] = meant(c.as, cell)
		}
	}
	return stt, values
}

func cellAt(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return strings.TrimSpace(unquoteInert(cells[i]))
}

// meant is a cell as the ledger takes it.
func meant(as, cell string) string {
	switch as {
	case asUnit:
		return bracketed(cell)
	case asUnits, asList:
		parts := strings.FieldsFunc(cell, func(c rune) bool { return c == ';' || c == '\n' })
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
			if as == asUnits {
				parts[i] = bracketed(parts[i])
			}
		}
		return strings.Join(parts, "; ")
	case asPeople:
		return people(cell)
	}
	return cell
}

// bracketed is what stands in the brackets at the end of a choice, "Ủy ban nhân dân xã A [02143.UBND]", or the cell.
func bracketed(cell string) string {
	cell = strings.TrimSpace(cell)
	if i := strings.LastIndexByte(cell, '['); i >= 0 && strings.HasSuffix(cell, "]") {
		return strings.TrimSpace(cell[i+1 : len(cell)-1])
	}
	return cell
}

// people are names with their offices behind a comma, several parted by semicolons.
func people(cell string) string {
	type person struct {
		Name   string `json:"name"`
		Office string `json:"office,omitempty"`
	}
	var out []person
	for part := range strings.FieldsFuncSeq(cell, func(c rune) bool { return c == ';' || c == '\n' }) {
		name, office, _ := strings.Cut(part, ",")
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, person{name, strings.TrimSpace(office)})
		}
	}
	if len(out) == 0 {
		return cell
	}
	var v any = out
	if len(out) == 1 {
		v = out[0]
	}
	text, _ := json.Marshal(v) // names marshal
	return string(text)
}
