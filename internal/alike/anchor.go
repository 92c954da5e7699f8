package alike

import (
	"regexp"
	"slices"
	"strings"
)

// Parcel is a piece of land by its number on a map sheet (thửa, tờ). Sheets are numbered within a commune.
type Parcel struct{ Plot, Sheet string }

func (p Parcel) String() string { return "thửa đất " + p.Plot + " tờ " + p.Sheet }

// Decision is a document of an office by its number, with its year where the letter says it ("1234/QĐ-UBND" of 2024).
type Decision struct {
	Number string // folded
	Year   string // empty where unknown
}

func (d Decision) String() string {
	s := strings.ToUpper(d.Number)
	s = strokes.Replace(s)
	if d.Year != "" {
		s += " năm " + d.Year
	}
	return s
}

var strokes = strings.NewReplacer("QD", "QĐ", "HD", "HĐ")

// same reports whether two numbers are of one document as far as both letters say.
func (d Decision) same(o Decision) bool {
	return d.Number == o.Number && (d.Year == "" || o.Year == "" || d.Year == o.Year)
}

// misread are letters that a machine takes for digits, or a person types for them.
var misread = strings.NewReplacer("o", "0", "l", "1", "i", "1", "z", "2", "s", "5", "b", "8")

// number reads a plain number of up to five digits; "" for anything else. A digit at least must stand in it.
func number(s string) string {
	if len(s) == 0 || len(s) > 5 || !strings.ContainsAny(s, "0123456789") {
		return ""
	}
	s = misread.Replace(s)
	for _, r := range s {
		if r < '0' || r > '9' {
			return ""
		}
	}
	return strings.TrimLeft(s, "0")
}

// numberAfter finds the number that follows within a few words of the given kind.
func numberAfter(ws []word, skip ...string) (n string, next int) {
	for i := 0; i < len(ws) && i < 6; i++ {
		if n := number(ws[i].fold); n != "" {
			return n, i + 1
		}
		if !slices.Contains(skip, ws[i].fold) {
			return "", 0
		}
	}
	return "", 0
}

// between is how many words may stand between the plot and its sheet.
const between = 8

// parcels finds land parcels: a plot and its sheet, in either order.
func parcels(ws []word) []Parcel {
	type found struct {
		at    int
		value string
	}
	var plots, sheets []found
	for i, w := range ws {
		switch w.fold {
		case "thua":
			at := i + 1
			n, next := numberAfter(ws[at:], "dat", "so", "cac")
			for n != "" {
				plots = append(plots, found{i, n})
				at += next
				if at < len(ws) && ws[at].fold == "va" {
					at++
				}
				n, next = numberAfter(ws[min(at, len(ws)):])
			}
		case "to":
			if w.raw == "tổ" || w.raw == "to" && !(i+1 < len(ws) && (ws[i+1].fold == "ban" || ws[i+1].fold == "so")) {
				continue // tổ dân phố 5
			}
			if n, _ := numberAfter(ws[i+1:], "ban", "do", "dia", "chinh", "so"); n != "" {
				sheets = append(sheets, found{i, n})
			}
		}
	}
	var out []Parcel
	for _, p := range plots {
		best, dist := "", between+8
		for _, s := range sheets {
			d := s.at - p.at
			if d < 0 {
				d = -d
			}
			if d < dist {
				best, dist = s.value, d
			}
		}
		if best != "" && !slices.Contains(out, Parcel{p.value, best}) {
			out = append(out, Parcel{p.value, best})
		}
	}
	return out
}

// paper is the number of an office's document; laws, decrees and circulars are left out, since everybody cites them.
var paper = regexp.MustCompile(`^([0-9]{1,5})/((?:19|20)[0-9]{2}/)?([a-z]{2,4}(?:-[a-z0-9]+)*)$`)

var lawMarks = []string{"qh", "nd-cp", "tt", "nq-cp", "ct-ttg"}

// decisions finds the numbers of decisions, notices, conclusions and minutes.
func decisions(ws []word) []Decision {
	var out []Decision
	for i, w := range ws {
		if w.fold[0] > '9' {
			continue
		}
		m := paper.FindStringSubmatch(w.fold)
		if m == nil || slices.ContainsFunc(lawMarks, func(l string) bool { return strings.HasPrefix(m[3], l) }) {
			continue
		}
		d := Decision{Number: strings.TrimLeft(m[1], "0") + "/" + m[3], Year: strings.TrimSuffix(m[2], "/")}
		if d.Year == "" {
			d.Year = yearAfter(ws[i+1:])
		}
		if !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

var dayOf = regexp.MustCompile(`^[0-9]{1,2}[/-][0-9]{1,2}[/-]((?:19|20)[0-9]{2})$`)

// yearAfter is the year of the date that follows a number: "ngày 12/5/2024", "ngày 12 tháng 5 năm 2024", "năm 2024".
func yearAfter(ws []word) string {
	if len(ws) == 0 || ws[0].fold != "ngay" && ws[0].fold != "nam" {
		return ""
	}
	for i := 0; i < len(ws) && i < 7; i++ {
		if m := dayOf.FindStringSubmatch(ws[i].fold); m != nil {
			return m[1]
		}
		if ws[i].fold == "nam" && i+1 < len(ws) && len(ws[i+1].fold) == 4 && number(ws[i+1].fold) != "" {
			return ws[i+1].fold
		}
	}
	return ""
}

// typedParcels reads parcels that stand in fields of their own: "thửa 123, tờ 45", "123/45".
func typedParcels(list []string) []Parcel {
	var out []Parcel
	for _, text := range list {
		ws := words(text)
		found := parcels(ws)
		if len(found) == 0 && len(ws) == 1 {
			if plot, sheet, ok := strings.Cut(ws[0].fold, "/"); ok && number(plot) != "" && number(sheet) != "" {
				found = []Parcel{{number(plot), number(sheet)}}
			}
		}
		out = append(out, found...)
	}
	return out
}

// typedDecisions reads documents that stand in fields of their own.
func typedDecisions(list []string) []Decision {
	var out []Decision
	for _, text := range list {
		out = append(out, decisions(words(text))...)
	}
	return out
}

// fact is a day or an amount that a letter names, as it is compared.
type fact struct {
	say  string // as a reason says it: "ngày 12/5/2024", "số 15.000.000"
	hash uint64
	tell float64
}

var fullDay = regexp.MustCompile(`^([0-9]{1,2})[/-]([0-9]{1,2})[/-]((?:19|20)[0-9]{2})$`)

// facts finds full days and amounts of five digits and more. The day of a decision goes with its number, not here; an
// amount tells half of what a day does, since people round.
func facts(ws []word) []fact {
	var out []fact
	add := func(kind, value string, tells float64) {
		f := fact{kind + " " + value, hash64(kind, value), tells}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	for i := 0; i < len(ws); i++ {
		w := ws[i]
		if w.fold[0] > '9' && w.fold != "ngay" {
			continue
		}
		if paper.MatchString(w.fold) && i+1 < len(ws) && ws[i+1].fold == "ngay" {
			i += 2
			continue
		}
		if m := fullDay.FindStringSubmatch(w.fold); m != nil {
			add("ngày", strings.TrimLeft(m[1], "0")+"/"+strings.TrimLeft(m[2], "0")+"/"+m[3], 1)
			continue
		}
		if w.fold == "ngay" && i+5 < len(ws) && ws[i+2].fold == "thang" && ws[i+4].fold == "nam" {
			d, m, y := number(ws[i+1].fold), number(ws[i+3].fold), number(ws[i+5].fold)
			if d != "" && m != "" && len(y) == 4 {
				add("ngày", d+"/"+m+"/"+y, 1)
			}
			continue
		}
		if digits := points.Replace(w.fold); len(digits) >= 5 && len(digits) <= 12 && strings.Trim(digits, "0123456789") == "" {
			add("số", w.fold, 0.5)
		}
	}
	return out
}

// people finds who is named in a letter: two to four words with capitals behind a form of address. Only the hash of a
// name is kept.
func people(ws []word) []uint64 {
	var out []uint64
	for i, w := range ws {
		switch w.fold {
		case "ong", "ba", "anh", "chi":
		default:
			continue
		}
		var name []string
		for j := i + 1; j < len(ws) && len(name) < 4 && ws[j].capital && !strings.ContainsAny(ws[j].fold, "0123456789"); j++ {
			name = append(name, ws[j].fold)
		}
		if len(name) < 2 {
			continue
		}
		slices.Sort(name)
		if h := hash64(name...); !slices.Contains(out, h) {
			out = append(out, h)
		}
	}
	return out
}

// person is the hash of a respondent's name, the same as people finds of it in a text; 0 where it is no person's.
func person(ws []word) uint64 {
	var name []string
	for _, w := range ws {
		if !w.capital {
			if len(name) > 0 {
				break
			}
			continue
		}
		name = append(name, w.fold)
	}
	if len(name) < 2 || len(name) > 4 {
		return 0
	}
	slices.Sort(name)
	return hash64(name...)
}

// NamesPeople reports whether a text names somebody: two capitalised words or more behind a form of address.
func NamesPeople(text string) bool { return len(people(words(text))) > 0 }
