package web

import (
	"context"
	"net/http"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
	"danvan/internal/report"
)

// beside sets other numbers beside those of a report: the same questions asked of another period or of another unit.
type beside struct {
	Name string         // of the other period or unit, as the heading says it
	text map[int]string // by evidence
	move map[int]string
}

// The value of so= in an address that sets the period before beside the report; a unit is named by voi=.
const periodBefore = "ky-truoc"

// besideOf reads what the address sets beside the report, nil for nothing. The right over another unit is asked here,
// so this stands before any page that is kept.
func (s *server) besideOf(r *http.Request, sc *scope, template string) (*scope, string, error) {
	q := r.URL.Query()
	if refs := refsOf(q["voi"]); len(refs) > 0 {
		u, err := s.alsoUnit(r.Context(), sc, refs[0])
		if err != nil {
			return nil, "", err
		}
		if err := s.fit(u.scope, template); err != nil {
			return nil, "", err
		}
		return u.scope, u.Name, nil
	}
	switch q.Get("so") {
	case "":
		return nil, "", nil
	case periodBefore:
		other := *sc
		other.Period = yearsBefore(sc.Period, yearsIn(sc.Period))
		return &other, other.Period.Name, nil
	}
	return nil, "", fault.New(fault.Invalid, "So với phải là “ky-truoc” (cùng kỳ trước), hoặc một đơn vị ở “voi”.")
}

// yearsIn is by how many years the period before lies back: one, or as many as a longer period has.
func yearsIn(p civil.Period) int {
	n := 1
	for p.From.AddYears(n).AddDays(-1) < p.To {
		n++
	}
	return n
}

// setBeside asks each question of a report of another period or unit. What a breakdown gave is asked row by row.
func (s *server) setBeside(ctx context.Context, sc, other *scope, name string, rep *report.Report) (*beside, error) {
	b := &beside{Name: name, text: map[int]string{}, move: map[int]string{}}
	var qs []figure.Query
	var at []int
	rows := map[figure.Query]map[string]figure.Row{}
	for i, e := range rep.Evidence {
		q, ok := other.asksFor(sc, e)
		if !ok {
			continue
		}
		if e.By == "" {
			qs, at = append(qs, q), append(at, i)
			continue
		}
		if err := s.rowBeside(ctx, b, rows, i, e, q); err != nil {
			return nil, err
		}
	}
	figures, _, err := s.Figures.Each(ctx, qs)
	if err != nil {
		return nil, err
	}
	for k, f := range figures {
		if f == nil || f.Val == nil {
			continue
		}
		e := rep.Evidence[at[k]]
		b.text[at[k]] = valueText(f.Measure, f.Val, f.Display)
		if now, ok := ratOf(decimalOf(e.Value)); ok {
			d := apart(f, &figure.Figure{Val: now})
			b.move[at[k]] = d.words(f.Measure)
		}
	}
	return b, nil
}

func decimalOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// rowBeside finds the row of a breakdown that answers the same question.
func (s *server) rowBeside(ctx context.Context, b *beside, rows map[figure.Query]map[string]figure.Row, i int, e report.Evidence, q figure.Query) error {
	known := rows[q]
	if known == nil {
		found, err := s.Figures.Breakdown(ctx, q, e.By)
		known = map[string]figure.Row{}
		switch {
		case err == nil:
			for _, r := range found.Rows {
				known[r.Key] = r
			}
		case fault.KindOf(err) == fault.Internal:
			return err
		}
		rows[q] = known
	}
	if r, ok := known[e.Row]; ok && r.Val != nil {
		b.text[i] = valueText(e.Measure, r.Val, r.Display)
	}
	return nil
}

// asksFor is a question of a report put to another period or unit; ok is false where it has no counterpart there, as
// what was asked of a unit below the report's own.
func (other *scope) asksFor(sc *scope, e report.Evidence) (figure.Query, bool) {
	from, err1 := civil.ParseDate(e.From)
	to, err2 := civil.ParseDate(e.To)
	if err1 != nil || err2 != nil || e.By == "unit" && other.Unit.ID != sc.Unit.ID {
		return figure.Query{}, false
	}
	q := figure.Query{Indicator: e.Indicator, Unit: e.Unit, Basis: sc.Basis, Status: sc.Status}
	if other.Unit.ID != sc.Unit.ID {
		if u, err := sc.tree.Resolve(e.Unit, sc.Basis, to); err != nil || u.ID != sc.Unit.ID {
			return q, false
		}
		q.Unit = other.UnitRef
	}
	p := civil.Period{From: from, To: to}
	cut, _ := civil.ParseDate(e.CutOff) // empty is none
	if other.Period.From != sc.Period.From {
		years := sc.Period.From.Year() - other.Period.From.Year()
		p = yearsBefore(p, years)
		if cut != 0 {
			cut = yearsBefore(civil.Period{From: cut, To: cut}, years).To
		}
	}
	p.Name = civil.NamePeriod(p.From, p.To)
	q.Period, q.CutOff = p, cut
	return q, true
}

// besideChoices are the units that may be set beside a report: those beside and below its own that the template serves
// and the viewer may see.
func (v reportView) besideChoices(who *access.Viewer) []option {
	sc, day := v.Scope, v.Scope.nameDay()
	var out []option
	parent := sc.Unit.SpanOn(day).Parent
	if parent == 0 {
		return nil
	}
	for _, id := range sc.tree.Children(parent, day, sc.Unit.Form) {
		u := sc.tree.Unit(id)
		if id == sc.Unit.ID || !who.May(access.ReadWork, id) || sc.fits != nil && !sc.fits(u, day) {
			continue
		}
		out = append(out, option{Value: unitRef(sc.tree, u, day), Name: sc.tree.NameOn(id, day)})
	}
	return out
}

// with is the address of the report with changes; what is set beside it goes along.
func (v reportView) with(changes ...string) string {
	q := v.Scope.query(append([]string{"so", v.so, "voi", v.voi}, changes...)...)
	return v.Scope.Action + q
}

// peek is what a drawer shows of a figure once it is opened: the parts of its formula and its first entries.
type peekView struct {
	figureView
	Entries []figure.Proof
	Total   int64
}

// peeked is how many entries a drawer names.
const peeked = 4

// peekPage answers with a piece of a page, for a script to put into the drawer of a figure. Without scripts the drawer
// leads to the figure's own page, which has all of it.
func (s *server) peekPage(w http.ResponseWriter, r *http.Request) error {
	if r.Header.Get("Sec-Fetch-Dest") != "empty" { // opened as a page: there is a better one
		http.Redirect(w, r, "/so-lieu/"+r.PathValue("code")+"?"+r.URL.RawQuery, http.StatusSeeOther)
		return nil
	}
	a, err := s.askOf(r, r.PathValue("code"))
	if err != nil {
		return err
	}
	f, err := s.Figures.Figure(r.Context(), a.Query)
	if err != nil {
		return err
	}
	v := peekView{figureView: figureView{asked: a, Figure: f, Indicator: f.Ind, Edition: s.Catalog.EditionOn(a.Scope.Period.To), By: "year", Today: s.Today()}}
	list, err := s.evidence(r, 0, peeked)
	if err != nil {
		return err
	}
	v.Total = list.List.Total
	for _, e := range list.List.Entries {
		if e.ID != 0 {
			v.Entries = append(v.Entries, e)
		}
	}
	return s.piece(w, r, peek(v))
}

// short says where an entry is from in a word.
func (v peekView) where(e figure.Proof) string {
	return strings.Join([]string{e.UnitName, viDay(e.Day)}, " · ")
}

// levelWords says for whom a template is, by levels in their order.
func levelWords(classes []string) string {
	var out []string
	for _, l := range []struct{ class, name string }{{org.Province, "tỉnh"}, {org.District, "huyện (đến 30/6/2025)"}, {org.Commune, "xã"}} {
		for _, c := range classes {
			if level, body, _ := strings.Cut(c, "/"); level == l.class && (body == "" || body == level) {
				out = append(out, l.name)
			}
		}
	}
	for _, c := range classes {
		if _, body, ok := strings.Cut(c, "/"); ok && body == "department" {
			out = append(out, "sở, ngành")
		}
	}
	return strings.Join(out, ", ")
}

// usual says how often a report is made.
var usual = map[string]string{"month": "Hằng tháng", "half": "6 tháng", "nine_months": "9 tháng", "year": "Hằng năm", "years": "Nhiều năm", "any": "Kỳ tùy chọn"}
