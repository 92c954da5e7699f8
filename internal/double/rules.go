// Package double finds entries that may be one event recorded twice (ghi trùng): by one body, or by two levels that did
// it together. What it finds is a suggestion with its reasons, never a verdict: a person merges the two into one entry
// with partners, which can be parted again, or says that they are two events, which is remembered.
//
// Rules are plain functions (Compare); Finder looks for candidates; Store keeps what was said and merges.
package double

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// Event is an entry as it is compared.
type Event struct {
	ID       int64 // 0 while it is not saved
	Kind     *catalog.Kind
	Unit     org.UnitID
	Place    org.UnitID
	Partners []org.UnitID
	Day      civil.Date
	Title    string
	Values   catalog.Values
}

// Reason is why two events may be one, in a sentence, with its weight; a negative weight speaks against it.
type Reason struct {
	Say    string
	Weight int
}

// Suspicion is what speaks for two entries being one event.
type Suspicion struct {
	Reasons []Reason
	Weight  int
	Joint   bool // two bodies, not one that recorded it twice
}

// enough is the weight from which two entries are shown to a person. Same day, same place and related bodies alone
// weigh 5: many offices hold two meetings on one day.
const enough = 6

// Compare weighs two events; ok is false where they are no double. The first four conditions must hold: the same kind,
// days at most one apart, the same place or one within the other, related bodies.
func Compare(tree *org.Tree, a, b *Event) (Suspicion, bool) {
	if a.Kind == nil || b.Kind == nil || a.Kind.Code != b.Kind.Code || a.ID != 0 && a.ID == b.ID {
		return Suspicion{}, false
	}
	must := []Reason{{Say: "Cùng loại việc"}}
	for _, rule := range []func(*org.Tree, *Event, *Event) (Reason, bool){sameDay, samePlace, related} {
		r, ok := rule(tree, a, b)
		if !ok {
			return Suspicion{}, false
		}
		must = append(must, r)
	}
	s := Suspicion{Reasons: must, Joint: a.Unit != b.Unit}
	title := titles(a, b)
	numbers := sameNumbers(a, b)
	s.Reasons = append(s.Reasons, title...)
	s.Reasons = append(s.Reasons, numbers...)
	s.Reasons = append(s.Reasons, otherChoices(a, b)...)
	special := slices.ContainsFunc(append(title, numbers...), func(r Reason) bool { return r.Weight > 0 })
	for _, r := range s.Reasons {
		s.Weight += r.Weight
	}
	s.Reasons = slices.DeleteFunc(s.Reasons, func(r Reason) bool { return r.Say == "" })
	return s, special && s.Weight >= enough
}

func sameDay(_ *org.Tree, a, b *Event) (Reason, bool) {
	switch a.Day.DaysUntil(b.Day) {
	case 0:
		return Reason{"Cùng ngày " + a.Day.Vi(), 2}, true
	case 1, -1:
		return Reason{"Cách nhau một ngày: " + a.Day.Vi() + " và " + b.Day.Vi(), 1}, true
	}
	return Reason{}, false
}

func samePlace(tree *org.Tree, a, b *Event) (Reason, bool) {
	name := func(e *Event) string { return tree.NameOn(e.Place, e.Day) }
	switch {
	case a.Place == b.Place:
		return Reason{"Cùng nơi: " + name(a), 2}, true
	case slices.Contains(tree.Chain(a.Place, a.Day), b.Place), slices.Contains(tree.Chain(b.Place, b.Day), a.Place):
		return Reason{"Nơi này thuộc nơi kia: " + name(a) + ", " + name(b), 1}, true
	}
	return Reason{}, false
}

// related: the same body; one is a partner of the other; bodies of one territory; bodies of territories of which one
// lies within the other.
func related(tree *org.Tree, a, b *Event) (Reason, bool) {
	if a.Unit == b.Unit {
		return Reason{"Cùng đơn vị ghi: " + tree.NameOn(a.Unit, a.Day), 1}, true
	}
	if slices.Contains(a.Partners, b.Unit) || slices.Contains(b.Partners, a.Unit) {
		return Reason{"Đơn vị này là đơn vị phối hợp của việc kia", 2}, true
	}
	if slices.ContainsFunc(a.Partners, func(p org.UnitID) bool { return slices.Contains(b.Partners, p) }) {
		return Reason{"Có chung đơn vị phối hợp", 2}, true
	}
	ha, hb := host(tree, a.Unit, a.Day), host(tree, b.Unit, b.Day)
	switch {
	case !a.Kind.Joint: // each body does it for itself
		return Reason{}, false
	case ha == 0 || hb == 0:
		return Reason{}, false
	case ha == hb:
		return Reason{"Hai cơ quan cùng địa bàn " + tree.NameOn(ha, a.Day), 1}, true
	case slices.Contains(tree.Chain(ha, a.Day), hb), slices.Contains(tree.Chain(hb, b.Day), ha):
		return Reason{"Cơ quan cấp trên và cấp dưới: " + tree.NameOn(a.Unit, a.Day) + ", " + tree.NameOn(b.Unit, b.Day), 1}, true
	}
	return Reason{}, false
}

// host is the territory of a unit on a day.
func host(tree *org.Tree, id org.UnitID, day civil.Date) org.UnitID {
	for id != 0 {
		u := tree.Unit(id)
		if u == nil || u.Form == org.Territory {
			return id
		}
		id = tree.SpanOn(id, day).Parent
	}
	return 0
}

// titles compares names by their words without marks. Names that differ in their numbers alone are members of a series
// ("lớp 1", "lớp 2"). A name that nobody wrote, that of the kind or of a choice, says nothing.
func titles(a, b *Event) []Reason {
	if !slices.ContainsFunc(a.Kind.Title, func(code string) bool { f := a.Kind.Field(code); return f != nil && written(f) }) {
		return nil
	}
	return likeTitles(a.Kind, a.Title, b.Title)
}

func likeTitles(k *catalog.Kind, a, b string) []Reason {
	wa, wb := words(a), words(b)
	if name := words(k.Name); len(wa) == 0 || len(wb) == 0 || slices.Equal(wa, name) || slices.Equal(wb, name) {
		return nil
	}
	if slices.Equal(wa, wb) {
		return []Reason{{"Tên việc giống nhau", 3}}
	}
	if slices.Equal(withoutNumbers(wa), withoutNumbers(wb)) {
		return []Reason{{"Tên chỉ khác số thứ tự, có thể là hai lần", -3}}
	}
	switch like := likeness(wa, wb); {
	case like >= .75:
		return []Reason{{"Tên việc gần như giống nhau", 3}}
	case like >= .5:
		return []Reason{{"Tên việc gần giống nhau", 2}}
	case like >= .3:
		return []Reason{{"Tên việc có nhiều chữ chung", 1}}
	}
	return nil
}

func written(f *catalog.Field) bool { return f.Type == catalog.Text || f.Type == catalog.LongText }

func words(title string) []string {
	return strings.FieldsFunc(civil.Fold(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// withoutNumbers leaves out numbers, Roman ones too.
func withoutNumbers(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(w string) bool { return strings.Trim(w, "0123456789") == "" || strings.Trim(w, "ivx") == "" })
}

// likeness is the share of pairs of neighbouring words (shingles) that two names have in common, of the shorter one's;
// of names of one word, that word.
func likeness(a, b []string) float64 {
	sa, sb := shingles(a), shingles(b)
	if len(sa) > len(sb) {
		sa, sb = sb, sa
	}
	common := 0
	for s := range sa {
		if sb[s] {
			common++
		}
	}
	// A short name within a long one is alike, but less than one of its own length.
	return (float64(common)/float64(len(sa)) + 2*float64(common)/float64(len(sa)+len(sb))) / 2
}

func shingles(list []string) map[string]bool {
	out := map[string]bool{}
	if len(list) == 1 {
		out[list[0]] = true
	}
	for i := range len(list) - 1 {
		out[list[i]+" "+list[i+1]] = true
	}
	return out
}

// telling is the number from which an equal number says something: many meetings have 2 speakers.
const telling = 10

// sameNumbers compares the numbers that both report: of something counted, not years and shares.
func sameNumbers(a, b *Event) []Reason {
	same, differ := []string{}, 0
	for _, f := range a.Kind.Fields {
		if f.Type != catalog.Money && (f.Type != catalog.Int || f.Unit == "" || f.Unit == "%") {
			continue
		}
		x, okX := a.Values.Int(f.Code)
		y, okY := b.Values.Int(f.Code)
		switch {
		case !okX || !okY:
		case x != y:
			differ++
		case x >= telling:
			same = append(same, strings.TrimSpace(f.Name+" "+civil.FormatInt(x)))
		}
	}
	var out []Reason
	switch {
	case len(same) >= 2:
		out = append(out, Reason{"Cùng các số: " + strings.Join(same[:min(len(same), 4)], "; "), 3})
	case len(same) == 1:
		out = append(out, Reason{"Cùng số: " + same[0], 2})
	}
	if differ > 0 {
		out = append(out, Reason{strconv.Itoa(differ) + " số khác nhau", -min(differ, 2)})
	}
	return out
}

// otherChoices speak against it: another form, another subject. One body that records a thing twice chooses alike.
func otherChoices(a, b *Event) []Reason {
	var names []string
	for _, f := range a.Kind.Fields {
		x, y := a.Values.Text(f.Code), b.Values.Text(f.Code)
		if f.Type == catalog.Choice && x != "" && y != "" && x != y {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	each := 1
	if a.Unit == b.Unit {
		each = 2
	}
	return []Reason{{"Ghi khác nhau: " + strings.Join(names, ", "), -each * min(len(names), 2)}}
}
