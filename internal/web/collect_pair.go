package web

import (
	"context"
	"math/big"
	"net/http"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/filing"
	"danvan/internal/report"
	"danvan/internal/xlsx"
)

// pairView sets two printed reports of one template against each other: two units, or one unit in two years.
type pairView struct {
	A, B    filed
	Version [2]filing.Version
	Choices []option // other reports of the template that the viewer may read
	Figures []pairedFigure
	Words   []pairedWords
}

// pairedFigure is one figure in both reports; nil is not printed there.
type pairedFigure struct {
	Name, Measure string
	A, B          *report.Evidence
}

// pairedWords is what the two offices wrote in one place.
type pairedWords struct {
	Title string
	A, B  []string
}

func (s *server) pairPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.pairView(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page{Title: "Đối chiếu hai báo cáo: " + v.A.UnitName, Section: "ky-bao-cao"}, pairDetail(v))
}

func (s *server) pairView(r *http.Request) (*pairView, error) {
	ctx := r.Context()
	f, err := s.filingOf(r)
	if err != nil {
		return nil, err
	}
	v := &pairView{}
	if v.A, err = s.filed(ctx, f); err != nil {
		return nil, err
	}
	others, err := s.alike(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, o := range others {
		v.Choices = append(v.Choices, option{Value: itoa(o.ID), Name: v.A.tree.NameOn(o.Unit, filedNameDay(v.A.tree, o)) + ", " + o.Period.Name})
	}
	other, err := pairedWith(r.URL.Query().Get("voi"), f, others)
	if err != nil || other == nil {
		return v, err
	}
	if v.B, err = s.filed(ctx, other); err != nil {
		return nil, err
	}
	return v, s.fillPair(ctx, v)
}

// mostAlike is how many other reports are offered.
const mostAlike = 200

// alike are the printed reports of the same template that the viewer may read: of the same unit, and of others for the
// same period.
func (s *server) alike(ctx context.Context, f *filing.Filing) ([]*filing.Filing, error) {
	list, err := filing.List(ctx, s.DB.Read(), filing.Query{Template: f.Template})
	if err != nil {
		return nil, err
	}
	var out []*filing.Filing
	for _, o := range list {
		samePeriod := o.Period.From == f.Period.From && o.Period.To == f.Period.To
		printed := o.State.Done() || o.Standing != 0
		if o.ID != f.ID && printed && (o.Unit == f.Unit || samePeriod) && viewer(ctx).May(access.ReadWork, o.Unit) && len(out) < mostAlike {
			out = append(out, o)
		}
	}
	return out, nil
}

// pairedWith is the report that the address names; without one that of the same period a year before, else the newest
// of the same unit; nil where there is none.
func pairedWith(text string, f *filing.Filing, others []*filing.Filing) (*filing.Filing, error) {
	if text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		for _, o := range others {
			if err == nil && o.ID == id {
				return o, nil
			}
		}
		return nil, fault.New(fault.NotFound, "Không đối chiếu được với báo cáo đó. Hãy chọn một báo cáo cùng mẫu trong danh sách.")
	}
	var own *filing.Filing
	for _, o := range others {
		if o.Unit != f.Unit {
			continue
		}
		if o.Period.From == f.Period.From.AddYears(-1) {
			return o, nil
		}
		if own == nil {
			own = o
		}
	}
	return own, nil
}

func (s *server) fillPair(ctx context.Context, v *pairView) error {
	var both [2]*gist
	for i, f := range []filed{v.A, v.B} {
		list := f.printed()
		if len(list) == 0 {
			return nil
		}
		v.Version[i] = list[0]
		g, err := s.gistOf(ctx, f.ID, list[0].Number)
		if err != nil {
			return err
		}
		both[i] = g
	}
	v.pairFigures(both[0], both[1])
	t, err := s.Reports.Template(s.Catalog.EditionOn(v.A.Period.To), v.A.Template)
	if err != nil {
		return err
	}
	for _, p := range t.Places() {
		if a, b := both[0].words[p.Key], both[1].words[p.Key]; len(a)+len(b) > 0 {
			v.Words = append(v.Words, pairedWords{p.Title, a, b})
		}
	}
	return nil
}

func (v *pairView) pairFigures(a, b *gist) {
	at := func(g *gist, code string) *report.Evidence {
		if e, ok := g.figures[code]; ok {
			return &e
		}
		return nil
	}
	seen := map[string]bool{}
	for _, code := range append(append([]string{}, a.order...), b.order...) {
		if seen[code] {
			continue
		}
		seen[code] = true
		p := pairedFigure{A: at(a, code), B: at(b, code)}
		e := p.A
		if e == nil {
			e = p.B
		}
		p.Name, p.Measure = upperFirst(e.Name), e.Measure
		v.Figures = append(v.Figures, p)
	}
}

func exactOf(e *report.Evidence) string {
	if e == nil {
		return "–"
	}
	return e.Exact
}

func ratIn(e *report.Evidence) *big.Rat {
	if e == nil {
		return nil
	}
	return numberOf(e.Value)
}

// apart says how far the first stands from the second.
func (p pairedFigure) apart() string {
	a, b := ratIn(p.A), ratIn(p.B)
	if a == nil || b == nil {
		return "–"
	}
	return apart(&figure.Figure{Val: b}, &figure.Figure{Val: a}).words(p.Measure)
}

// name names one side.
func (f filed) name() string { return f.UnitName + ", " + f.Period.Name }

func (s *server) pairFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.pairView(r)
	if err != nil {
		return err
	}
	if v.B.Filing == nil {
		return fault.New(fault.NotFound, "Chưa có báo cáo nào khác cùng mẫu để đối chiếu.")
	}
	t := tableFile{Name: "doi-chieu_" + itoa(v.A.ID) + "_" + itoa(v.B.ID), Titles: []string{"Đối chiếu hai báo cáo", v.A.name() + " và " + v.B.name()},
		Columns: []xlsx.Column{{Head: "Chỉ tiêu", Width: 50}, {Head: "Đơn vị tính"}, {Head: v.A.name()}, {Head: v.B.name()}, {Head: "Chênh lệch"}}}
	for _, p := range v.Figures {
		row := []tableCell{textCell(p.Name), textCell(p.Measure), exactCell(ratIn(p.A)), exactCell(ratIn(p.B)), {}}
		if a, b := ratIn(p.A), ratIn(p.B); a != nil && b != nil {
			row[4] = exactCell(new(big.Rat).Sub(a, b))
		}
		t.Rows = append(t.Rows, row)
	}
	return s.sendTable(w, or(r.URL.Query().Get("dang"), "xlsx"), t)
}

// tally says what is set side by side.
func (v *pairView) tally() string {
	if v.B.Filing == nil {
		return v.A.name()
	}
	return v.A.name() + " và " + v.B.name() + ": " + civil.FormatInt(int64(len(v.Figures))) + " số."
}
