package search

import (
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// jumps are what a text names outright: an entry by its number, a unit, an indicator, a kind or a report by its code.
func (x *Index) jumps(ask Question) []Hit {
	text := strings.TrimSpace(ask.Text)
	if text == "" || len(text) > 80 || x.book == nil {
		return nil
	}
	var out []Hit
	if number, marked := strings.CutPrefix(text, "#"); x.entryThere(number, ask) {
		n, _ := strconv.ParseInt(number, 10, 64)
		out = append(out, Hit{Entry: n})
	} else if marked {
		return nil
	}
	out = append(out, x.unitJumps(text)...)
	for _, d := range x.docs.list {
		if d.thing.Unit == 0 && x.coded(d.thing, text) && (d.sort != Reports || ask.Reports) {
			out = append(out, Hit{Thing: d.thing})
		}
	}
	return out
}

// entryThere reports whether there is such an entry among those that may be read.
func (x *Index) entryThere(number string, ask Question) bool {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || strings.HasPrefix(number, "0") || strings.HasPrefix(number, "+") {
		return false
	}
	i := slices.IndexFunc(x.book.rows, func(r row) bool { return r.id == id })
	return i >= 0 && ask.Read[x.book.units[x.book.rows[i].unit]]
}

// unitJumps are the units that have or had the code, those that are open first; after “@” may stand a day.
func (x *Index) unitJumps(text string) []Hit {
	code, at, dated := strings.Cut(strings.ToUpper(text), "@")
	var out []Hit
	for _, u := range slices.Backward(x.tree.ByCode(code)) {
		if day, err := civil.ParseDate(at); dated && (err != nil || !u.Open(day)) {
			continue
		}
		t := Thing{What: "unit", Code: u.Code, Unit: u.ID, Name: u.Spans[len(u.Spans)-1].Name, Note: u.Code}
		if u.Closed != civil.Forever {
			t.Note += " · " + u.Opened.Vi() + " – " + u.Closed.AddDays(-1).Vi()
		}
		out = append(out, Hit{Thing: t})
	}
	return out
}

func (x *Index) coded(t Thing, text string) bool {
	if strings.EqualFold(t.Code, text) {
		return true
	}
	if t.What != "indicator" {
		return false
	}
	ind := indicator(x.Catalog, t.Code)
	return ind != nil && slices.ContainsFunc(ind.Ref, func(ref string) bool { return strings.EqualFold(ref, text) })
}

func indicator(cat *catalog.Catalog, code string) *catalog.Indicator {
	return cat.Latest().Indicator(code)
}
