package org

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/fault"
)

// table is a CSV file read by its header; names in other files for the same column are taken too.
type table struct {
	file string
	cols map[string]int
	rows [][]string
	line []int
}

// readTable reads a CSV file (UTF-8, comma or semicolon, first row names the columns).
func readTable(file string, r io.Reader, need []string, known map[string][]string) (*table, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không đọc được tệp "+file+".")
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	in := csv.NewReader(bytes.NewReader(text))
	head, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		in.Comma = ';'
	}
	t := &table{file: file, cols: map[string]int{}}
	header, err := in.Read()
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Tệp "+file+" trống hoặc không phải CSV: dòng đầu phải là tên các cột.")
	}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		for col, others := range known {
			if slices.Contains(others, name) {
				name = col
			}
		}
		t.cols[name] = i
	}
	for _, col := range need {
		if _, ok := t.cols[col]; !ok {
			return nil, fault.Newf(fault.Invalid, "Tệp %s thiếu cột “%s”. Các cột cần có: %s.", file, col, strings.Join(need, ", "))
		}
	}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Tệp "+file+" có dòng sai dạng CSV: "+csvPlace(err)+".")
		}
		line, _ := in.FieldPos(0)
		t.rows = append(t.rows, row)
		t.line = append(t.line, line)
	}
}

func csvPlace(err error) string {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return fmt.Sprintf("dòng %d, số ô hoặc dấu ngoặc kép không khớp với dòng đầu", at.Line)
	}
	return "không rõ dòng"
}

func (t *table) get(row int, col string) string {
	i, ok := t.cols[col]
	if !ok {
		return ""
	}
	return strings.TrimSpace(t.rows[row][i])
}

func (t *table) where(row int) string { return fmt.Sprintf("%s dòng %d", t.file, t.line[row]) }

// unitAliases are other names of the columns of a list of units.
var unitAliases = map[string][]string{"opened": {"valid_from", "from"}, "closed": {"valid_to"}, "parent": {"parent_code"}}

// ReadUnits reads a first load: columns code and name, of territories level and
// parent (but of provinces), and where known type, opened, inferred,
// no_data, status, source, note. Rows without opened open on the floor day. Rows of a later span of a code (a
// list of spans, as valid_from and valid_to give it) are left to the acts that made them.
func ReadUnits(file string, r io.Reader, floor civil.Date) ([]FloorUnit, error) {
	t, err := readTable(file, r, []string{"code", "name"}, unitAliases)
	if err != nil {
		return nil, err
	}
	var bad Refusal
	out := make([]FloorUnit, 0, len(t.rows))
	first := map[string]bool{}
	_, spans := t.cols["closed"]
	for i := range t.rows {
		u, why := t.unit(i, floor)
		if why != "" {
			bad.Reasons = append(bad.Reasons, Reason{Where: t.where(i), Say: why})
			continue
		}
		if spans && u.Opened > floor {
			continue
		}
		if first[u.Code] {
			bad.Reasons = append(bad.Reasons, Reason{Where: t.where(i), Say: "mã " + u.Code + " ghi hai lần."})
			continue
		}
		first[u.Code] = true
		out = append(out, u)
	}
	return out, bad.err()
}

func (t *table) unit(i int, floor civil.Date) (u FloorUnit, why string) {
	u = FloorUnit{
		Code: strings.ToUpper(t.get(i, "code")), Name: t.get(i, "name"), Type: t.get(i, "type"), Level: t.get(i, "level"),
		Parent: strings.ToUpper(t.get(i, "parent")), Opened: floor,
		Status: t.get(i, "status"), Source: t.get(i, "source"), Note: t.get(i, "note"), Imported: t.where(i) + ": ",
	}
	u.Inferred = isYes(t.get(i, "inferred")) || u.Status == "inferred"
	switch s := t.get(i, "no_data"); {
	case isYes(s):
		u.NoData = civil.Forever
	case s != "":
		d, err := civil.ParseDate(s)
		if err != nil {
			return u, "cột no_data “" + s + "” không đúng: để trống, viết 1, hoặc ngày bắt đầu có dữ liệu."
		}
		u.NoData = d
	}
	if s := t.get(i, "opened"); s != "" {
		d, err := civil.ParseDate(s)
		if err != nil {
			return u, "ngày thành lập “" + s + "” không đúng: viết dạng 2010-01-01."
		}
		u.Opened = d
	}
	switch {
	case u.Code == "" || strings.ContainsAny(u.Code, " @;,"):
		return u, "mã đơn vị trống hoặc có dấu cách, @, dấu phẩy."
	case u.Name == "":
		return u, "đơn vị " + u.Code + " thiếu tên."
	case formOf(u.Code) == Territory && rank(u.Level) == 0:
		return u, "cấp “" + u.Level + "” của " + u.Code + " không có: dùng province, district hoặc commune."
	case formOf(u.Code) == Territory && u.Level != Province && u.Parent == "":
		return u, "đơn vị " + u.Code + " thiếu mã đơn vị cấp trên (cột parent)."
	}
	if u.Type == "" && formOf(u.Code) == Territory {
		u.Type = typeOfName(u.Name)
	}
	if u.Type == "" {
		return u, "đơn vị " + u.Code + " thiếu loại (cột type)."
	}
	return u, ""
}

func isYes(s string) bool {
	return slices.Contains([]string{"1", "true", "yes", "x", "có"}, strings.ToLower(s))
}

// actAliases are other names of the columns of a list of acts.
var actAliases = map[string][]string{
	"date": {"day"}, "number": {"decision"}, "from": {"sources", "from_codes"}, "code": {"to", "to_code"}, "name": {"to_name"}, "parent": {"parent_code", "to_parent"},
}

// ReadActs reads acts from CSV or, where the text begins with [ or {, JSON; see docs/units.md.
func ReadActs(file string, r io.Reader) ([]Change, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không đọc được tệp "+file+".")
	}
	if s := bytes.TrimSpace(text); len(s) > 0 && (s[0] == '[' || s[0] == '{') {
		return readActsJSON(file, s)
	}
	t, err := readTable(file, bytes.NewReader(text), []string{"date", "kind"}, actAliases)
	if err != nil {
		return nil, err
	}
	var bad Refusal
	out := make([]Change, 0, len(t.rows))
	for i := range t.rows {
		c, err := t.act(i)
		if err != nil {
			bad.Reasons = append(bad.Reasons, Reason{Where: t.where(i), Say: err.Error()})
			continue
		}
		out = append(out, c)
	}
	return out, bad.err()
}

func readActsJSON(file string, text []byte) ([]Change, error) {
	var out []Change
	if text[0] == '{' {
		text = slices.Concat([]byte("["), text, []byte("]"))
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&out); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Tệp "+file+" không đúng dạng JSON của việc sắp xếp ("+err.Error()+"). Xem docs/units.md.")
	}
	for i := range out {
		out[i].Imported = fmt.Sprintf("%s việc thứ %d", file, i+1)
	}
	return out, nil
}

func (t *table) act(i int) (Change, error) {
	c := Change{
		Kind: t.get(i, "kind"), Number: t.get(i, "number"), Code: t.get(i, "code"), Name: t.get(i, "name"), Type: t.get(i, "type"),
		Level: t.get(i, "level"), Parent: t.get(i, "parent"), Bodies: t.get(i, "bodies"), States: t.get(i, "states"),
		Status: t.get(i, "status"), Source: t.get(i, "source"), Note: t.get(i, "note"), Imported: t.where(i),
	}
	var err error
	if c.Day, err = civil.ParseDate(t.get(i, "date")); err != nil {
		return c, err
	}
	if s := t.get(i, "decided"); s != "" {
		if c.Decided, err = civil.ParseDate(s); err != nil {
			return c, err
		}
	}
	parts, err := t.parts(i)
	if err != nil {
		return c, err
	}
	for code := range strings.FieldsFuncSeq(t.get(i, "from"), func(r rune) bool { return r == ';' || r == ' ' }) {
		c.Sources = append(c.Sources, Source{code, parts})
	}
	return c, nil
}

// parts reads the columns population, area and households, or share with share_basis naming one of them.
func (t *table) parts(i int) (Parts, error) {
	p := NoParts()
	for _, b := range shareBases {
		text := t.get(i, string(b.by))
		if basis := t.get(i, "share_basis"); text == "" && (strings.HasPrefix(basis, string(b.by)) || b.by == ByPopulation && strings.Contains(basis, "người")) {
			text = t.get(i, "share")
		}
		if text == "" {
			continue
		}
		n, err := parseShare(text)
		if err != nil {
			return p, err
		}
		*b.at(&p) = n
	}
	return p, nil
}
