package ledger

import (
	"fmt"
	"maps"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// unitOn resolves a reference to a unit that is open on the entry's day. An entry is recorded by a body that
// exists when the work is done; for one that has ended, the error says who took over.
func unitOn(t *org.Tree, ref string, day civil.Date) (*org.Unit, error) {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return nil, fault.New(fault.Invalid, "Chưa ghi đơn vị. Hãy điền mã đơn vị, ví dụ 06 hoặc 06.BTV.")
	}
	u, err := t.Resolve(ref, org.Basis{On: day}, day)
	if err != nil {
		return nil, err
	}
	if u.Open(day) {
		return u, nil
	}
	if day < u.Opened {
		return nil, fault.Newf(fault.Invalid, "Đơn vị %s (%s) thành lập ngày %s, sau ngày ghi nhận %s. Hãy sửa ngày, hoặc chọn đơn vị tiền thân%s.",
			u.Code, t.NameOn(u.ID, u.Opened), u.Opened.Vi(), day.Vi(), flowNames(t, t.Predecessors(u.ID), predecessor))
	}
	return nil, fault.Newf(fault.Invalid, "Đơn vị %s (%s) đã kết thúc hoạt động ngày %s, trước ngày ghi nhận %s. Hãy sửa ngày, hoặc chọn đơn vị kế thừa%s.",
		u.Code, t.NameOn(u.ID, u.Closed.AddDays(-1)), u.Closed.Vi(), day.Vi(), flowNames(t, t.Successors(u.ID), successor))
}

func successor(f org.Flow) org.UnitID   { return f.To }
func predecessor(f org.Flow) org.UnitID { return f.From }

// flowNames lists the other ends of flows: ": 01834@2020-01-10 (xã Đồng Phúc), ...".
func flowNames(t *org.Tree, flows []org.Flow, end func(org.Flow) org.UnitID) string {
	var names []string
	for _, f := range flows {
		if u := t.Unit(end(f)); u != nil {
			names = append(names, fmt.Sprintf("%s (%s)", stored(u), t.NameOn(u.ID, u.Opened)))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return ": " + strings.Join(names, ", ")
}

// stored writes a unit as fields keep it: its code and the day it opened, which name it for ever.
func stored(u *org.Unit) string { return u.Code + "@" + u.Opened.String() }

// placeOn resolves the place of an entry: a territory, by default the one that the body belongs to.
func placeOn(t *org.Tree, ref string, unit *org.Unit, day civil.Date) (*org.Unit, error) {
	if strings.TrimSpace(ref) == "" {
		return hostOn(t, unit, day)
	}
	u, err := unitOn(t, ref, day)
	if err != nil {
		return nil, err
	}
	if u.Form != org.Territory {
		return nil, fault.Newf(fault.Invalid, "Nơi thực hiện phải là địa bàn (tỉnh, huyện, xã); %s là cơ quan, tổ chức. Hãy ghi mã địa bàn, ví dụ %s.",
			u.Code, hostCode(u.Code))
	}
	return u, nil
}

func hostCode(code string) string {
	host, _, _ := strings.Cut(code, ".")
	return host
}

// hostOn is the territory of a unit on a day: itself, or the one that hosts the body.
func hostOn(t *org.Tree, u *org.Unit, day civil.Date) (*org.Unit, error) {
	for u != nil && u.Form != org.Territory {
		u = t.Unit(t.SpanOn(u.ID, day).Parent)
	}
	if u == nil || u.Form != org.Territory {
		return nil, fault.New(fault.Invalid, "Không xác định được địa bàn của đơn vị. Hãy ghi nơi thực hiện (place).")
	}
	return u, nil
}

// mayRecord says whether a unit's class on the day is one of those that record the kind.
func mayRecord(t *org.Tree, k *catalog.Kind, u *org.Unit, day civil.Date) bool {
	span := t.SpanOn(u.ID, day)
	typ := span.Type
	if u.Form == org.Territory { // the catalogue's type of a territory is its level; Xã, Phường are its name
		typ = span.Level
	}
	for _, by := range k.By {
		if catalog.ParseClass(by).Match(span.Level, typ) {
			return true
		}
	}
	return false
}

// resolvedFields replaces references in fields of type unit and units by code@opened, also inside rows of groups.
// The given map is left as it is.
func resolvedFields(t *org.Tree, declared []*catalog.Field, given map[string]any, day civil.Date, path string, ps *Problems) map[string]any {
	out, own := given, false
	put := func(code string, v any) {
		if !own {
			out, own = maps.Clone(given), true
		}
		out[code] = v
	}
	for _, f := range declared {
		v, ok := given[f.Code]
		if !ok || v == nil || v == "" {
			continue
		}
		at := path + f.Code
		switch f.Type {
		case catalog.UnitRef:
			put(f.Code, resolvedRef(t, v, day, at, ps))
		case catalog.UnitRefs:
			put(f.Code, resolvedRefs(t, v, day, at, ps))
		case catalog.Group:
			put(f.Code, resolvedRows(t, f, v, day, at, ps))
		}
	}
	return out
}

func resolvedRef(t *org.Tree, v any, day civil.Date, at string, ps *Problems) any {
	ref, ok := v.(string)
	if !ok {
		return v // the catalogue says what is wrong with it
	}
	u, err := unitOn(t, ref, day)
	if err != nil {
		ps.add(at, "%s", fault.Say(err))
		return nil
	}
	return stored(u)
}

func resolvedRefs(t *org.Tree, v any, day civil.Date, at string, ps *Problems) any {
	var refs []any
	switch v := v.(type) {
	case string:
		for _, ref := range strings.FieldsFunc(v, func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
			refs = append(refs, ref)
		}
	case []string:
		for _, ref := range v {
			refs = append(refs, ref)
		}
	case []any:
		refs = v
	default:
		return v
	}
	out := make([]any, len(refs))
	for i, ref := range refs {
		out[i] = resolvedRef(t, ref, day, at, ps)
	}
	return out
}

func resolvedRows(t *org.Tree, f *catalog.Field, v any, day civil.Date, at string, ps *Problems) any {
	switch rows := v.(type) {
	case []any:
		out := make([]any, len(rows))
		for i, row := range rows {
			out[i] = row
			if m, ok := row.(map[string]any); ok {
				out[i] = resolvedFields(t, f.Fields, m, day, fmt.Sprintf("%s[%d].", at, i+1), ps)
			}
		}
		return out
	case []map[string]any:
		out := make([]any, len(rows))
		for i, m := range rows {
			out[i] = resolvedFields(t, f.Fields, m, day, fmt.Sprintf("%s[%d].", at, i+1), ps)
		}
		return out
	}
	return v
}

// MayRecord reports whether the kind is one that a unit of this class records.
func (l *Ledger) MayRecord(t *org.Tree, k *catalog.Kind, u *org.Unit, day civil.Date) bool {
	return l.AnyBody || mayRecord(t, k, u, day)
}
