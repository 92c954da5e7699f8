package catalog

import (
	"strings"

	"danvan/internal/civil"
)

// UnitType is a sort of territory or body, with the levels at which it exists and since when.
type UnitType struct {
	Pos      `json:"-"`
	Code     string       `json:"code" need:"true" code:"true"`
	Name     string       `json:"name" need:"true"`
	Form     string       `json:"form" need:"true" enum:"territory|body"`
	Abbr     string       `json:"abbr,omitempty" doc:"Phần sau dấu chấm trong mã đơn vị: 06.BTV"`
	Listed   bool         `json:"listed,omitempty" doc:"Có danh sách tên riêng (sở, ngành), không tự sinh"`
	Levels   []*LevelRule `json:"levels" need:"true"`
	Cite     string       `json:"cite" need:"true"`
	Verified bool         `json:"verified,omitempty"`
	Help     string       `json:"help,omitempty"`
}

// LevelRule says that a unit type exists at a level in a span of days.
type LevelRule struct {
	Pos   `json:"-"`
	Level string     `json:"level" need:"true" enum:"province|district|commune"`
	Name  string     `json:"name,omitempty" doc:"Tên ở cấp này: {of} nơi đặt kèm loại, {name} tên trần, {party} Tỉnh ủy, Huyện ủy, Đảng ủy...; mặc định tên của loại"`
	From  civil.Date `json:"from,omitempty"`
	Until civil.Date `json:"until,omitempty" doc:"Không còn kể từ ngày này"`
	Cite  string     `json:"cite,omitempty"`
	// Follows are abbreviations of bodies that end when this one begins and go into it.
	Follows []string `json:"follows,omitempty" doc:"abbr của các tổ chức kết thúc và nhập vào tổ chức này"`
}

// Class names units by level and type: province/standing_committee, */front, commune/*. The zero Class is every
// unit. A territory's type is its level: commune/commune, written commune.
type Class struct {
	Level string // province, district, commune; "" any
	Type  string // unit type code; "" any
}

// ParseClass reads level/type, *, */type, level/*, or a single word: a territory or a body type at any level.
func ParseClass(s string) Class {
	level, typ, two := strings.Cut(strings.TrimSpace(s), "/")
	if !two {
		if isLevel(level) {
			return Class{level, level}
		}
		return Class{"", star(level)}
	}
	return Class{star(level), star(typ)}
}

// Match reports whether a unit of that level and type is in the class.
func (c Class) Match(level, typ string) bool {
	return (c.Level == "" || c.Level == level) && (c.Type == "" || c.Type == typ)
}

func (c Class) String() string {
	if c == (Class{}) {
		return "*"
	}
	if c.Level != "" && c.Level == c.Type {
		return c.Level
	}
	return unstar(c.Level) + "/" + unstar(c.Type)
}

func isLevel(s string) bool { return s == "province" || s == "district" || s == "commune" }

func star(s string) string {
	if s == "*" {
		return ""
	}
	return s
}

func unstar(s string) string {
	if s == "" {
		return "*"
	}
	return s
}
