package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Heading is the columns of a table of entries of one kind, as it is handed out to be filled in and handed back.
type Heading struct {
	Columns Columns
	Names   []string         // as they stand in the file, in Vietnamese
	Fields  []*catalog.Field // nil for the columns of every draft
}

// HeadingOf is the heading for a kind: what every entry has, then the fields of the kind. A field whose name another
// column has too is called by its code.
func HeadingOf(k *catalog.Kind) Heading {
	h := Heading{
		Columns: Columns{"key", "kind", "day", "unit", "place", "partners", "confirmed", "carries", "files"},
		Names:   []string{"Khóa", "Loại", "Ngày", "Đơn vị", "Nơi", "Phối hợp", "Đã xác nhận", "Thực hiện", "Tệp đính kèm"},
	}
	h.Fields = make([]*catalog.Field, len(h.Columns))
	names := fieldNames(k)
	for _, f := range k.Fields {
		name := f.Name
		if names[civil.Fold(name)] != f.Code {
			name = f.Code
		}
		h.Columns, h.Names, h.Fields = append(h.Columns, "fields."+f.Code), append(h.Names, name), append(h.Fields, f)
	}
	return h
}

// fieldNames are the fields of a kind by their names, without those that more than one column goes by.
func fieldNames(k *catalog.Kind) map[string]string {
	out, taken := map[string]string{}, columnNames()
	for _, f := range k.Fields {
		name := civil.Fold(f.Name)
		if _, ok := taken[name]; ok || name == "" {
			continue
		}
		if _, twice := out[name]; twice {
			out[name] = ""
			continue
		}
		out[name] = f.Code
	}
	return out
}

// ColumnsFor is ColumnsOf for rows of one kind: fields go by their Vietnamese names as well, and columns that are
// nothing of the kind are passed over and named.
func ColumnsFor(header []string, readings bool, k *catalog.Kind) (cols Columns, passed []string, err error) {
	if cols, err = ColumnsOf(header, readings); err != nil || k == nil {
		return cols, nil, err
	}
	names := fieldNames(k)
	for i, c := range cols {
		code, field := strings.CutPrefix(c, "fields.")
		if !field {
			continue
		}
		if k.Field(code) == nil {
			code = names[civil.Fold(strings.TrimSpace(header[i]))]
		}
		if code == "" {
			cols[i], passed = "", append(passed, strings.TrimSpace(header[i]))
			continue
		}
		if cols[i] = "fields." + code; slices.Contains(cols[:i], cols[i]) {
			return nil, nil, fault.Newf(fault.Invalid, "Cột “%s” trùng với một cột trước (cùng là %s). Hãy bỏ bớt một cột.", header[i], code)
		}
	}
	return cols, passed, nil
}

// Drafts are entries as they could be handed in again, in the order of the heads. Keys name what they carry out.
func (l *Ledger) Drafts(ctx context.Context, q db.Querier, tree *org.Tree, heads []Head) ([]Draft, error) {
	var ids []any
	for _, h := range heads {
		ids = append(ids, h.ID)
		if h.Carries != 0 {
			ids = append(ids, h.Carries)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	versions := map[int64]*versionRow{}
	keys := map[int64]string{}
	err := each(ctx, q, func(r scanner) error {
		var v versionRow
		var key string
		err := r.Scan(&v.entry, &key, &v.number, &v.unit, &v.place, &v.day, &v.state, &v.fields, &v.partners, &v.files)
		versions[v.entry], keys[v.entry] = &v, key
		return err
	}, `SELECT v.entry, e.key, v.version, v.unit, v.place, v.day, v.state, v.fields, v.partners, v.files FROM entry e
		JOIN entry_version v ON v.entry = e.id AND v.version = e.version WHERE e.id IN (`+list(1, len(ids))+`)`, ids...)
	if err != nil {
		return nil, fmt.Errorf("read versions: %w", err)
	}
	out := make([]Draft, 0, len(heads))
	for _, h := range heads {
		v := versions[h.ID]
		if v == nil {
			return nil, fmt.Errorf("entry %d has no version", h.ID)
		}
		d, err := v.draft(tree, h.Kind)
		if err != nil {
			return nil, err
		}
		d.Key, d.Carries = h.Key, keys[h.Carries]
		out = append(out, d)
	}
	return out, nil
}

func (v *versionRow) draft(tree *org.Tree, kind string) (Draft, error) {
	d := Draft{Kind: kind, Unit: refOf(tree, v.unit), Day: v.day, Confirmed: v.state == Confirmed, Fields: typed(v.fields)}
	if host, err := hostOn(tree, tree.Unit(v.unit), v.day); err != nil || host.ID != v.place {
		d.Place = refOf(tree, v.place)
	}
	var partners []org.UnitID
	if err := v.lists(&partners, &d.Files); err != nil {
		return d, err
	}
	for _, p := range partners {
		d.Partners = append(d.Partners, refOf(tree, p))
	}
	return d, nil
}

// Cell is a column of a draft as a cell of a table has it. number is set where it is one.
func (d *Draft) Cell(column string, f *catalog.Field) (text, number string) {
	switch column {
	case "key":
		return d.Key, ""
	case "kind":
		return d.Kind, ""
	case "day":
		return d.Day.String(), ""
	case "unit":
		return d.Unit, ""
	case "place":
		return d.Place, ""
	case "partners":
		return strings.Join(d.Partners, "; "), ""
	case "carries":
		return d.Carries, ""
	case "confirmed":
		if d.Confirmed {
			return "có", ""
		}
		return "không", ""
	case "files":
		names := make([]string, len(d.Files))
		for i, file := range d.Files {
			names[i] = file.Hash + " " + file.Name
		}
		return strings.Join(names, "; "), ""
	}
	return fieldCell(f, d.Fields[strings.TrimPrefix(column, "fields.")])
}

func fieldCell(f *catalog.Field, v any) (text, number string) {
	switch x := v.(type) {
	case nil:
		return "", ""
	case bool:
		if x {
			return "có", ""
		}
		return "không", ""
	case json.Number:
		return strings.Replace(x.String(), ".", ",", 1), x.String()
	case string:
		return OptionName(f, x), ""
	case []any:
		if words, ok := plainList(f, x); ok {
			return strings.Join(words, "; "), ""
		}
	}
	b, _ := json.Marshal(v) // what was read from JSON marshals
	return string(b), ""
}

// plainList is a list of words; rows of a group, and what has the sign that parts a list in it, stay JSON.
func plainList(f *catalog.Field, list []any) ([]string, bool) {
	var out []string
	for _, item := range list {
		s, ok := item.(string)
		if !ok || strings.ContainsAny(s, ";,\n") {
			return nil, false
		}
		out = append(out, s)
	}
	return out, f.Type != catalog.Group && f.Type != catalog.Person
}

// OptionName is a choice as people read it, or its code where another choice of the list has that name too.
func OptionName(f *catalog.Field, code string) string {
	o := f.Option(code)
	if o == nil {
		return code
	}
	for _, other := range f.Choices() {
		if other != o && civil.Fold(other.Name) == civil.Fold(o.Name) {
			return code
		}
	}
	return o.Name
}
