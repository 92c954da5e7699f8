package web

import (
	"strings"
	"unicode/utf8"

	"danvan/internal/civil"
	"danvan/internal/org"
	"danvan/internal/report"
)

// office is a body as the head and the foot of its papers name it.
type officeName struct {
	Format    report.Format
	Superior  string
	Issuer    string
	Name      string // in a sentence
	Place     string
	Initials  string // in the symbol of a document
	Authority []string
	Position  string
}

// partyTypes are the bodies whose papers have the form of the Party.
var partyTypes = map[string]bool{"party_committee": true, "standing_committee": true, "mobilisation_board": true, "propaganda_mobilisation_board": true,
	"party_building_board": true, "party_agency": true, "front": true, "womens_union": true, "farmers_union": true, "youth_union": true, "veterans_union": true, "trade_union": true}

// signsAs is how a body, or a territory by its People's Committee, signs.
func signsAs(tree *org.Tree, u *org.Unit, day civil.Date) officeName {
	name := tree.NameOn(u.ID, day)
	territory := territoryOf(tree, u, day)
	of := tree.NameOn(territory.ID, day)
	o := officeName{Format: report.State, Issuer: strings.ToUpper(name), Name: name, Place: bareName(of), Position: "THỦ TRƯỞNG CƠ QUAN", Initials: capitals(name)}
	span := u.SpanOn(day)
	switch {
	case span.Type == "peoples_committee" || u.Form == org.Territory:
		o.Issuer, o.Name, o.Initials = "ỦY BAN NHÂN DÂN "+strings.ToUpper(of), "Ủy ban nhân dân "+lowerFirst(of), "UBND"
		o.Authority, o.Position = []string{"TM. ỦY BAN NHÂN DÂN"}, "CHỦ TỊCH"
		if above := territoryAbove(tree, territory, day); above != nil {
			o.Superior = "ỦY BAN NHÂN DÂN " + strings.ToUpper(tree.NameOn(above.ID, day))
		}
	case partyTypes[span.Type]:
		o.Format = report.Party
		if parent := tree.Unit(span.Parent); parent != nil && parent.Form == org.Body {
			o.Superior = strings.ToUpper(tree.NameOn(parent.ID, day))
		}
	default:
		o.Superior = "ỦY BAN NHÂN DÂN " + strings.ToUpper(of)
	}
	return o
}

// territoryOf is a territory itself, or that of a body.
func territoryOf(tree *org.Tree, u *org.Unit, day civil.Date) *org.Unit {
	for u.Form == org.Body {
		parent := tree.Unit(u.SpanOn(day).Parent)
		if parent == nil {
			return u
		}
		u = parent
	}
	return u
}

// territoryAbove is the territory to which one belongs, nil for a province.
func territoryAbove(tree *org.Tree, u *org.Unit, day civil.Date) *org.Unit {
	parent := tree.Unit(u.SpanOn(day).Parent)
	if parent == nil || parent.Form == org.Body || parent.SpanOn(day).Level == "" || parent.SpanOn(day).Level == "nation" {
		return nil
	}
	return parent
}

// bareName is a territory's name without the word for its level.
func bareName(name string) string {
	for _, level := range []string{"Thành phố ", "Thị xã ", "Thị trấn ", "Đặc khu ", "Tỉnh ", "Huyện ", "Quận ", "Phường ", "Xã "} {
		if rest, ok := strings.CutPrefix(name, level); ok {
			return rest
		}
	}
	return name
}

// capitals are the first letters of a body's name as official symbols have them: SNV of Sở Nội vụ.
func capitals(name string) string {
	var out strings.Builder
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == ',' || r == '-' }) {
		if w == "và" || w == "tỉnh" || w == "xã" || w == "phường" {
			continue
		}
		r, _ := utf8.DecodeRuneInString(strings.ToUpper(w))
		out.WriteRune(r)
	}
	return out.String()
}
