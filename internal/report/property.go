package report

import (
	"sort"
	"strings"
	"unicode/utf8"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// properties are what unit.X and period.X may say; the report's language lists
// them in docs/reports.md.
var unitProperties = map[string]func(*filler) string{
	"name":       func(f *filler) string { return uncapital(f.nameOf(f.subject.unit.ID)) },
	"title":      func(f *filler) string { return f.nameOf(f.subject.unit.ID) },
	"upper":      func(f *filler) string { return strings.ToUpper(f.nameOf(f.subject.unit.ID)) },
	"bare":       func(f *filler) string { return f.bareName(f.subject.unit.ID) },
	"bare_upper": func(f *filler) string { return strings.ToUpper(f.bareName(f.subject.unit.ID)) },
	"code":       func(f *filler) string { return f.subject.unit.Code },
	"initials":   func(f *filler) string { return initials(f.ownName()) },
	"own":        func(f *filler) string { return f.ownName() },
	"own_upper":  func(f *filler) string { return strings.ToUpper(f.ownName()) },
	"host":       func(f *filler) string { return uncapital(f.nameOf(f.subject.host)) },
	"host_title": func(f *filler) string { return f.nameOf(f.subject.host) },
	"host_upper": func(f *filler) string { return strings.ToUpper(f.nameOf(f.subject.host)) },
	"place":      func(f *filler) string { return f.bareName(f.subject.host) },
	"party":      func(f *filler) string { return partyName(f.nameOf(f.subject.host), f.bareName(f.subject.host)) },
	"party_upper": func(f *filler) string {
		return strings.ToUpper(partyName(f.nameOf(f.subject.host), f.bareName(f.subject.host)))
	},
	"committee": func(f *filler) string { return partyShort(f.nameOf(f.subject.host)) },
	"party_initials": func(f *filler) string {
		return map[string]string{"Tỉnh ủy": "TU", "Thành ủy": "TU", "Huyện ủy": "HU", "Thị ủy": "ThU"}[partyShort(f.nameOf(f.subject.host))]
	},
	"above":       func(f *filler) string { return f.above() },
	"above_upper": func(f *filler) string { return strings.ToUpper(f.above()) },
	"below":       func(f *filler) string { return f.below() },
}

var periodProperties = map[string]func(civil.Period) string{
	"name":       func(p civil.Period) string { return uncapital(p.Name) },
	"title":      func(p civil.Period) string { return capital(p.Name) },
	"upper":      func(p civil.Period) string { return strings.ToUpper(p.Name) },
	"from":       func(p civil.Period) string { return p.From.Vi() },
	"to":         func(p civil.Period) string { return p.To.Vi() },
	"to_long":    func(p civil.Period) string { return p.To.ViLong() },
	"year":       func(p civil.Period) string { return yearText(p.To.Year()) },
	"first_year": func(p civil.Period) string { return yearText(p.From.Year()) },
	"last_year":  func(p civil.Period) string { return yearText(p.To.Year()) },
	"next_year":  func(p civil.Period) string { return yearText(p.To.Year() + 1) },
	"next_month": func(p civil.Period) string { return nextMonth(p.To) },
	"years":      func(p civil.Period) string { return inWords(p.To.Year() - p.From.Year() + 1) },
	"span":       func(p civil.Period) string { return yearText(p.From.Year()) + "–" + yearText(p.To.Year()) },
	"before": func(p civil.Period) string {
		return samePeriod(question{from: p.From.AddYears(-1), to: yearBefore(p.To)})
	},
}

// property is the text of unit.X or period.X; false where there is no such X.
func (f *filler) property(object, field string) (string, bool) {
	if object == "unit" {
		if say, ok := unitProperties[field]; ok {
			return say(f), true
		}
		return "", false
	}
	if say, ok := periodProperties[field]; ok {
		return say(f.subject.period), true
	}
	return "", false
}

func propertyNames() []string {
	var out []string
	for n := range unitProperties {
		out = append(out, "unit."+n)
	}
	for n := range periodProperties {
		out = append(out, "period."+n)
	}
	sort.Strings(out)
	return out
}

// day is the day on which names are said: the last one of the period that the
// unit lived to see.
func (f *filler) nameDay(u *org.Unit) civil.Date {
	d := f.subject.period.To
	if u != nil && u.Closed <= d {
		d = u.Closed.AddDays(-1)
	}
	return d
}

func (f *filler) nameOf(id org.UnitID) string {
	u := f.tree.Unit(id)
	if u == nil {
		return ""
	}
	return u.SpanOn(f.nameDay(u)).Name
}

// bareName is the name of a territory without its type: "Bắc Kạn".
func (f *filler) bareName(id org.UnitID) string {
	u := f.tree.Unit(id)
	if u == nil {
		return ""
	}
	s := u.SpanOn(f.nameDay(u))
	return strings.TrimSpace(strings.TrimPrefix(s.Name, s.Type))
}

// ownName is a body's name without that of its host: "Sở Nội vụ" of "Sở Nội vụ
// tỉnh Bắc Kạn"; a territory's name is its own.
func (f *filler) ownName() string {
	name := f.nameOf(f.subject.unit.ID)
	if f.subject.host == f.subject.unit.ID {
		return name
	}
	return strings.TrimSuffix(name, " "+uncapital(f.nameOf(f.subject.host)))
}

// partyName is the Party committee of a territory: Tỉnh ủy Bắc Kạn, Huyện ủy
// Ba Bể, Thành ủy Bắc Kạn, Đảng ủy xã Cao Minh.
func partyName(name, bare string) string {
	kind, of := partyShort(name), bare
	if kind == "Đảng ủy" {
		of = uncapital(name)
	}
	return kind + " " + of
}

func partyShort(name string) string {
	switch {
	case strings.HasPrefix(name, "Tỉnh "):
		return "Tỉnh ủy"
	case strings.HasPrefix(name, "Huyện "):
		return "Huyện ủy"
	case strings.HasPrefix(name, "Thành phố "):
		return "Thành ủy"
	case strings.HasPrefix(name, "Thị xã "):
		return "Thị ủy"
	}
	return "Đảng ủy"
}

// above is the Party committee over the host: that of the district or of the
// province.
func (f *filler) above() string {
	chain := f.tree.Chain(f.subject.host, f.nameDay(f.tree.Unit(f.subject.host)))
	for _, id := range chain {
		if id != f.subject.host {
			return partyName(f.nameOf(id), f.bareName(id))
		}
	}
	return "Trung ương"
}

// below names the territories directly under the host: "huyện, thành phố".
func (f *filler) below() string {
	types := map[string]bool{}
	for _, id := range f.tree.Children(f.subject.host, f.subject.period.To, org.Territory) {
		types[strings.ToLower(f.tree.SpanOn(id, f.subject.period.To).Type)] = true
	}
	var out []string
	for _, t := range []string{"huyện", "thị xã", "thành phố", "xã", "phường", "thị trấn"} {
		if types[t] {
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return "thôn, tổ dân phố"
	}
	return strings.Join(out, ", ")
}

// initials are the capitals of a body's name as official symbols have them:
// SNV of Sở Nội vụ. Words that only join are left out.
func initials(name string) string {
	var out strings.Builder
	for _, w := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == ',' || r == '-' }) {
		if w == "và" || w == "tỉnh" {
			continue
		}
		r, _ := utf8.DecodeRuneInString(strings.ToUpper(w))
		out.WriteRune(r)
	}
	return out.String()
}

func nextMonth(d civil.Date) string {
	n := civil.NewDate(d.Year(), d.Month(), 1).AddMonths(1)
	return "tháng " + yearText(n.Month()) + "/" + yearText(n.Year())
}

// inWords writes small numbers out.
func inWords(n int) string {
	words := []string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai", "mười ba", "mười bốn", "mười lăm"}
	if n < 0 || n >= len(words) {
		return yearText(n)
	}
	return words[n]
}
