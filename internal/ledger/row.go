package ledger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/fault"
)

// Columns of a table of drafts, in their canonical names: those of a Draft ("unit", "day"), or "fields.CODE".
// "" is a column to be passed over.
type Columns []string

// ErrorColumn is the column that an error file adds; when such a file is imported again it is passed over.
const ErrorColumn = "lỗi"

// columnNames are the names, folded, under which the columns of a draft are known.
func columnNames() map[string]string {
	return map[string]string{
		"key": "key", "khoa": "key",
		"kind": "kind", "loai": "kind", "loai ghi nhan": "kind",
		"unit": "unit", "don vi": "unit", "ma don vi": "unit",
		"place": "place", "noi": "place", "noi thuc hien": "place", "dia ban": "place",
		"day": "day", "date": "day", "ngay": "day",
		"partners": "partners", "phoi hop": "partners", "don vi phoi hop": "partners",
		"confirmed": "confirmed", "da xac nhan": "confirmed",
		"carries": "carries", "thuc hien": "carries",
		"files": "files", "tep": "files", "tep dinh kem": "files",
		civil.Fold(ErrorColumn): "",
		// what an exported list tells besides, for people
		"trang thai": "", "ten don vi": "", "ten noi": "", "so ghi nhan": "",
	}
}

// readingNames are the names of the columns of a table of readings, besides those of every draft.
func readingNames() map[string]string {
	return map[string]string{
		"indicator": "fields.measure", "series": "fields.measure", "measure": "fields.measure", "chi tieu": "fields.measure",
		"year": "fields.year", "nam": "fields.year", "value": "fields.value", "gia tri": "fields.value",
		"source": "fields.source", "nguon": "fields.source", "vintage": "fields.vintage", "loai so": "fields.vintage",
		"note": "fields.note", "ghi chu": "fields.note",
	}
}

// ColumnsOf reads the header of a table of drafts. A name that is none of a draft's is the code of a field, with or
// without "fields." before it.
func ColumnsOf(header []string, readings bool) (Columns, error) {
	known := columnNames()
	if readings {
		for name, to := range readingNames() {
			known[name] = to
		}
	}
	cols := make(Columns, len(header))
	for i, name := range header {
		name = strings.TrimSpace(name)
		to, ok := known[civil.Fold(name)]
		switch {
		case ok:
			cols[i] = to
		case name == "":
			cols[i] = ""
		default:
			cols[i] = "fields." + strings.TrimPrefix(strings.ToLower(name), "fields.")
		}
		if cols[i] != "" && slices.Contains(cols[:i], cols[i]) {
			return nil, fault.Newf(fault.Invalid, "Cột “%s” trùng với một cột trước (cùng là %s). Hãy bỏ bớt một cột.", name, cols[i])
		}
	}
	return cols, nil
}

// Need says which of the columns a table must have but has not.
func (c Columns) Need(names ...string) error {
	for _, name := range names {
		if !slices.Contains(c, name) {
			return fault.Newf(fault.Invalid, "Tệp thiếu cột “%s”. Dòng đầu của tệp phải là tên các cột; xem docs/import.md.",
				strings.TrimPrefix(name, "fields."))
		}
	}
	return nil
}

// Draft reads a row of a table. An empty cell is no value. A cell of a group holds its rows as JSON.
func (c Columns) Draft(cells []string) (Draft, Problems) {
	d := Draft{Fields: map[string]any{}}
	var ps Problems
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if cell == "" {
			continue
		}
		if i >= len(c) {
			ps.add("", "Dòng có nhiều ô hơn số cột (ô thừa: %q).", cell)
			break
		}
		c.set(&d, c[i], cell, &ps)
	}
	return d, ps
}

func (c Columns) set(d *Draft, column, cell string, ps *Problems) {
	switch column {
	case "":
	case "key":
		d.Key = cell
	case "kind":
		d.Kind = cell
	case "unit":
		d.Unit = cell
	case "place":
		d.Place = cell
	case "carries":
		d.Carries = cell
	case "partners":
		d.Partners = strings.FieldsFunc(cell, func(r rune) bool { return r == ';' || r == ',' || r == ' ' })
	case "files":
		for name := range strings.SplitSeq(cell, ";") {
			d.Files = append(d.Files, fileOf(strings.TrimSpace(name)))
		}
	case "day":
		day, err := civil.ParseDate(cell)
		if err != nil {
			ps.add("day", "%s.", sentence(err))
		}
		d.Day = day
	case "confirmed":
		d.Confirmed = yes(cell)
		if !d.Confirmed && !no(cell) {
			ps.add("confirmed", "Cột đã xác nhận chỉ ghi có hoặc không (true hoặc false), không ghi %q.", cell)
		}
	default:
		d.Fields[strings.TrimPrefix(column, "fields.")] = value(cell)
	}
}

// fileOf is an attachment by its name, or as an export writes it: its hash, then its name.
func fileOf(s string) File {
	hash, name, ok := strings.Cut(s, " ")
	if ok && len(hash) == 64 && strings.Trim(hash, "0123456789abcdef") == "" {
		return File{Hash: hash, Name: name}
	}
	return File{Name: s}
}

// value is a cell as the catalogue reads it: text, or the rows of a group.
func value(cell string) any {
	if !strings.HasPrefix(cell, "[{") && !strings.HasPrefix(cell, "{") && !strings.HasPrefix(cell, `["`) {
		return cell
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(cell)))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return cell
	}
	return v
}

func yes(cell string) bool {
	return slices.Contains([]string{"1", "true", "yes", "x", "co", "roi"}, civil.Fold(cell))
}

func no(cell string) bool {
	return slices.Contains([]string{"0", "false", "no", "khong", "chua"}, civil.Fold(cell))
}

func sentence(err error) string {
	s := []rune(err.Error())
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

// jsonDraft is a line of JSON Lines.
type jsonDraft struct {
	Draft
	Error any `json:"lỗi,omitempty"` // of an error file: passed over
}

// sayJSON says what is wrong with a line, without the words of the decoder.
func sayJSON(err error) string {
	var typed *json.UnmarshalTypeError
	switch {
	case errors.As(err, &typed) && typed.Field == "":
		return "dòng phải là một đối tượng {…}"
	case errors.As(err, &typed):
		return fmt.Sprintf("giá trị của %q không đúng kiểu", typed.Field)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "dòng bị cắt ngang"
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return "khóa " + name + " không có"
	}
	return "không đọc được (" + err.Error() + ")"
}

// DraftFromJSON reads one line of JSON Lines, strictly.
func DraftFromJSON(line []byte) (Draft, Problems) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	dec.DisallowUnknownFields()
	var d jsonDraft
	if err := dec.Decode(&d); err != nil {
		return d.Draft, Problems{{"", fmt.Sprintf("Dòng không đúng dạng JSON của một ghi nhận: %s. Các khóa: key, kind, unit, place, day, partners, fields, confirmed, carries, files.", sayJSON(err))}}
	}
	if dec.More() {
		return d.Draft, Problems{{"", "Mỗi dòng chỉ được một đối tượng JSON."}}
	}
	return d.Draft, nil
}

// AsReading completes a draft of a reading: the kind, the code of the measure, and the last day of its year where
// no day is given.
func (d *Draft) AsReading(kind string) Problems {
	if d.Kind == "" {
		d.Kind = kind
	}
	if measure, ok := d.Fields["measure"].(string); ok {
		d.Fields["measure"] = strings.TrimPrefix(measure, "indicator.")
	}
	year, given := d.Fields["year"]
	if d.Day == 0 && given {
		day, err := civil.ParseDate(fmt.Sprintf("%v-12-31", year))
		if err != nil {
			return Problems{{"fields.year", fmt.Sprintf("Năm %v không đúng. Hãy ghi bốn chữ số, ví dụ 2019.", year)}}
		}
		d.Day = day
	}
	if d.Day != 0 && !given {
		d.Fields["year"] = d.Day.Year()
	}
	return nil
}
