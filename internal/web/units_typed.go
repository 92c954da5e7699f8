package web

import (
	"fmt"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// typedUnits reads what was typed for a unit: a code, or a name that only one unit bears.
type typedUnits struct {
	tree *org.Tree
	day  civil.Date // on which the acts hold; sources are read as of the evening before
	made map[string]bool
}

func (p typedUnits) source(f *form, name string) string { return p.unit(f, name, p.day.AddDays(-1)) }

func (p typedUnits) unit(f *form, name string, day civil.Date) string {
	text := strings.TrimSpace(f.get(name))
	code, _, _ := strings.Cut(strings.ToUpper(text), "@")
	if p.tree.On(code, day) != nil || p.made[code] {
		f.Values.Set(name, code)
		return code
	}
	found := p.named(text, day)
	switch {
	case len(found) == 1:
		f.Values.Set(name, found[0].Code)
		return found[0].Code
	case len(found) > 1:
		f.say(name, "Có "+count(len(found), "đơn vị")+" khớp “"+text+"”: "+p.list(found, day)+". Hãy ghi mã.")
	default:
		f.say(name, "Ngày "+day.Vi()+" không có đơn vị nào có mã hoặc tên “"+text+"”. Ghi mã, hoặc tên đầy đủ như trong cây đơn vị.")
	}
	return ""
}

// named are the units of a day that bear a name; if none bears just this one, those whose name holds its words.
func (p typedUnits) named(text string, day civil.Date) []*org.Unit {
	want := strings.Join(strings.Fields(civil.Fold(text)), " ")
	if want == "" {
		return nil
	}
	words := strings.Fields(want)
	var same, like []*org.Unit
	for _, id := range p.tree.Existing(day, 0, org.Filter{}) {
		name := civil.Fold(p.tree.NameOn(id, day))
		switch {
		case name == want:
			same = append(same, p.tree.Unit(id))
		case p.tree.Unit(id).Form == org.Territory && hasAll(name, words):
			like = append(like, p.tree.Unit(id))
		}
	}
	if len(same) > 0 {
		return same
	}
	return like
}

func (p typedUnits) list(units []*org.Unit, day civil.Date) string {
	var out []string
	for i, u := range units {
		if i == 6 {
			out = append(out, "…")
			break
		}
		span := u.SpanOn(day)
		out = append(out, fmt.Sprintf("%s %s (%s)", u.Code, span.Name, or(p.tree.NameOn(span.Parent, day), "không có cấp trên")))
	}
	return strings.Join(out, "; ")
}

// target reads the one unit that an act makes or changes.
func (p typedUnits) target(f *form, c org.Change) org.Change {
	c.Name, c.Type = strings.TrimSpace(f.get("ten-1")), f.get("loai-1")
	code := strings.ToUpper(strings.TrimSpace(f.get("ma-1")))
	if f.get("cap-tren-1") != "" {
		c.Parent = p.unit(f, "cap-tren-1", p.day.AddDays(-1))
	}
	switch c.Kind {
	case org.Merge, org.Open:
		c.Code = p.newCode(f, "ma-1", code, c)
		if c.Kind == org.Open {
			c.Level = f.get("cap")
		}
		if c.Name == "" && (c.Kind == org.Open || !slices.ContainsFunc(c.Sources, func(s org.Source) bool { return s.Code == c.Code })) {
			f.say("ten-1", "Hãy ghi tên đơn vị mới, kèm loại: Xã Na Rì.")
		}
	case org.Rename:
		if c.Name == "" {
			f.say("ten-1", "Hãy ghi tên mới, kèm loại: Xã Na Rì.")
		}
	case org.Upgrade:
		if c.Name == "" && c.Type == "" {
			f.say("ten-1", "Hãy ghi tên mới hoặc chọn loại mới.")
		}
	case org.Reparent:
		if f.get("cap-tren-1") == "" {
			f.say("cap-tren-1", "Hãy chọn đơn vị cấp trên mới.")
		}
	}
	if c.Kind != org.Merge && c.Kind != org.Open && len(c.Sources) == 1 {
		c.Code = c.Sources[0].Code
	}
	if c.Name != "" && c.Type == "" {
		c.Type = typeInName(c.Name)
	}
	return c
}

// newCode reads the code of a unit that is to open.
func (p typedUnits) newCode(f *form, name, code string, c org.Change) string {
	switch {
	case code == "":
		f.say(name, "Hãy ghi mã của đơn vị nhận.")
	case strings.ContainsAny(code, " @;,"):
		f.say(name, "Mã không có dấu cách, @, dấu phẩy.")
	case p.tree.On(code, p.day.AddDays(-1)) != nil && !slices.ContainsFunc(c.Sources, func(s org.Source) bool { return s.Code == code }):
		f.say(name, "Mã "+code+" đang là "+p.tree.NameOn(p.tree.On(code, p.day.AddDays(-1)).ID, p.day.AddDays(-1))+". Chọn mã khác, hoặc ghi đơn vị ấy là một nguồn.")
	default:
		return code
	}
	return ""
}

// typeInName is the type with which a territory's name begins, empty where it begins with none.
func typeInName(name string) string {
	for _, typ := range []string{"Thành phố", "Thị trấn", "Thị xã", "Đặc khu", "Phường", "Huyện", "Quận", "Tỉnh", "Xã"} {
		if strings.HasPrefix(name, typ+" ") {
			return typ
		}
	}
	return ""
}
