package catalog

import (
	"fmt"
	"slices"
	"strings"

	"danvan/internal/civil"
)

// What the system must never hold: a person's opinion, religion, ethnicity, attitude. Luật Bảo vệ dữ liệu cá nhân
// 91/2025/QH15 calls these sensitive; our own rule goes further, no such field exists in any kind.
//
// First line: a field about a person is a person field, a person field has one of the parts below, and its value
// is a name and an office, nothing else. There is no way to say more about a person.
// Second line: beside a person field, in the same row or form, no field may have a code or name that would
// describe that person after all.

// check of a field's about, type and part.
func (f *Field) checkPerson(ps *problems) {
	switch {
	case f.About == "person" && f.Type != Person:
		ps.add(f.Key("type"), fmt.Sprintf("trường %s nói về người nhưng có type: %s", f.Code, f.Type),
			"Trường về người chỉ được là type: person (tên và chức vụ). Hệ thống không lưu ý kiến, tôn giáo, dân tộc, thái độ của ai; chủ đề công việc thì để about: work")
	case f.Type == Person && f.About != "person":
		ps.add(f.Key("about"), fmt.Sprintf("trường %s là người nhưng about: %s", f.Code, f.About), "Hãy viết about: person và part")
	case f.Type == Person && f.Part == "":
		ps.add(f.Pos, fmt.Sprintf("trường %s về người thiếu part", f.Code), "Chọn một trong: office_holder, contact, author, juror, commended, donor")
	case f.Type != Person && f.Part != "":
		ps.add(f.Key("part"), fmt.Sprintf("trường %s không phải người nhưng có part", f.Code), "Hãy bỏ part")
	}
}

// words that would describe a person, as codes hold them.
var privateCodes = []string{"religion", "religious", "faith", "belief", "creed", "ethnic", "ethnicity", "race",
	"opinion", "attitude", "loyalty", "political", "ideology", "orientation", "dan_toc", "ton_giao", "chinh_kien",
	"y_kien", "quan_diem", "thai_do", "tin_nguong"}

// the same as names begin, folded.
var privateNames = []string{"ton giao", "dan toc", "chinh kien", "y kien ca nhan", "quan diem", "thai do", "tin nguong",
	"tu tuong", "xu huong chinh tri", "thanh phan"}

// checkBeside looks at the fields that stand together with a person field.
func checkBeside(fields []*Field, row bool, ps *problems) {
	if !slices.ContainsFunc(fields, func(f *Field) bool { return f.Type == Person }) {
		return
	}
	for _, f := range fields {
		if f.Type == Group {
			continue
		}
		if word := describes(f, row); word != "" {
			ps.add(f.Key("code"), fmt.Sprintf("trường %s (%s) đứng cạnh trường người và có thể mô tả người đó (%q)", f.Code, f.Name, word),
				"Hệ thống không lưu ý kiến, tôn giáo, dân tộc, thái độ của ai. Nếu là chủ đề công việc, hãy dùng trường theme với danh sách chủ đề")
		}
	}
}

// describes finds the word by which a field would describe a person. In a row about a person any such word is
// refused; in a form, where the work has themes too, only a field that is named by it alone.
func describes(f *Field, row bool) string {
	parts := strings.Split(f.Code, "_")
	for _, w := range privateCodes {
		if f.Code == w || slices.Contains(parts, w) && (row || f.Type == Person) {
			return w
		}
	}
	name := civil.Fold(f.Name)
	for _, w := range privateNames {
		if name == w || strings.HasPrefix(name, w) && (row || f.Type == Person) || strings.HasPrefix(name, w+" cua ") {
			return w
		}
	}
	return ""
}

// people checks a person value: a name, or name and office, and nothing more.
func (c *valueCheck) people(f *Field, x any, at string) (any, bool) {
	if !f.Several {
		return c.person(f, x, at)
	}
	var list []PersonName
	for _, item := range personItems(x) {
		p, ok := c.person(f, item, at)
		if !ok {
			return nil, false
		}
		list = append(list, p.(PersonName))
	}
	return list, true
}

func personItems(x any) []any {
	if list, ok := x.([]PersonName); ok {
		out := make([]any, len(list))
		for i, p := range list {
			out[i] = p
		}
		return out
	}
	return items(x)
}

func (c *valueCheck) person(f *Field, x any, at string) (any, bool) {
	p := PersonName{}
	switch x := x.(type) {
	case PersonName:
		p = x
	case string:
		p.Name = x
	case map[string]any:
		for _, key := range sortedKeys(x) {
			s, ok := x[key].(string)
			switch {
			case key == "name" && ok:
				p.Name = s
			case key == "office" && ok:
				p.Office = s
			default:
				c.fail(at, "%s: chỉ nhận tên (name) và chức vụ (office), không nhận %q", f.Name, key)
				return nil, false
			}
		}
	}
	p.Name, p.Office = strings.TrimSpace(p.Name), strings.TrimSpace(p.Office)
	if f.Part == "commended" && p.Office != "" {
		c.fail(at, "%s: chỉ ghi tên như in trong quyết định, không ghi chức vụ hay điều gì khác", f.Name)
		return nil, false
	}
	if p.Name == "" || len([]rune(p.Name)) > 100 || len([]rune(p.Office)) > 200 || strings.ContainsAny(p.Name+p.Office, "\n\r") {
		c.fail(at, "%s: cần họ tên trên một dòng (tối đa 100 ký tự), chức vụ tối đa 200 ký tự", f.Name)
		return nil, false
	}
	return p, true
}
