package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
)

// figureRoutes are the pages of figures.
func (s *server) figureRoutes() []route {
	return []route{
		{"GET /so-lieu", access.ReadWork, onScope, s.kept(s.indicatorList)},
		{"GET /so-lieu/{code}", access.ReadWork, onScope, s.kept(s.figurePage)},
		{"GET /so-lieu/{code}/ghi-nhan", access.ReadWork, onScope, s.kept(s.evidencePage)},
		{"GET /so-lieu/{code}/ghi-nhan.csv", access.ReadWork, onScope, s.evidenceFile},
	}
}

// figureView is one indicator's page: its value, how it came about, and its rows by year, unit and label.
type figureView struct {
	Scope     *scope
	Figure    *figure.Figure
	Compare   *figure.Comparison
	Indicator *catalog.Indicator
	By        string
	Rows      *figure.Breakdown
	Labels    []labelChoice
	Chart     string
	Map       *drawnMap
	Today     civil.Date
}

// labelChoice is a label by which the figure can be broken down.
type labelChoice struct{ By, Name string }

func (s *server) figurePage(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	v, err := s.figureView(r, sc)
	if err != nil {
		return err
	}
	p := page{Title: v.Figure.Name, Section: "so-lieu", Scope: sc}
	return s.render(w, r, http.StatusOK, p, figureDetail(v))
}

func (s *server) figureView(r *http.Request, sc *scope) (figureView, error) {
	ctx := r.Context()
	v := figureView{Scope: sc, Today: s.Today(), By: or(r.URL.Query().Get("theo"), "year")}
	q := figure.Query{Indicator: r.PathValue("code"), Unit: sc.UnitRef, Period: sc.Period, Basis: sc.Basis}
	if r.URL.Query().Get("trang-thai") == "confirmed" {
		q.Status = figure.Confirmed
	}
	var err error
	if v.Figure, err = s.Figures.Figure(ctx, q); err != nil {
		return v, err
	}
	v.Indicator = v.Figure.Ind
	v.Labels = s.labelChoices(v.Indicator, sc.Period.To)
	if v.Rows, err = s.Figures.Breakdown(ctx, q, v.By); err != nil {
		return v, err
	}
	s.nameRows(v.Rows, v.Indicator, sc.Period.To)
	if sc.Period.To < sc.Period.From.AddYears(1) { // a run of years has no "same period of the year before"
		if v.Compare, err = s.Figures.Compare(ctx, q); err != nil && fault.KindOf(err) == fault.Internal {
			return v, err
		}
	}
	v.Chart = drawRows(v.Rows)
	if v.By == "unit" {
		v.Map, err = s.drawMap(ctx, v)
	}
	return v, err
}

// labelChoices are the labels of the series that the formula reads.
func (s *server) labelChoices(ind *catalog.Indicator, day civil.Date) []labelChoice {
	ed := s.Catalog.EditionOn(day)
	var out []labelChoice
	for _, code := range seriesOf(ind.Formula()) {
		series := ed.SeriesByCode(code)
		if series == nil {
			continue
		}
		for _, name := range series.LabelNames() {
			c := labelChoice{By: "label:" + name, Name: labelName(ed, series, name)}
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// nameRows gives the rows their names as a page writes them: labels by their lists, years and months with a
// capital; rows of units that hold nothing and only explain other bases are left out.
func (s *server) nameRows(b *figure.Breakdown, ind *catalog.Indicator, day civil.Date) {
	label, isLabel := strings.CutPrefix(b.By, "label:")
	b.Rows = slices.DeleteFunc(b.Rows, func(r figure.Row) bool {
		return b.By == "unit" && r.Kind != "child" && r.Value == nil && r.Entries == 0 && r.Joint == nil
	})
	for i, r := range b.Rows {
		if isLabel && r.Name == r.Key {
			b.Rows[i].Name = or(reckoned[label].words[r.Key], r.Name)
		}
		b.Rows[i].Name = upperFirst(b.Rows[i].Name)
	}
}

// byName is the heading of the rows.
func (v figureView) byName() string { return "Theo " + lowerFirst(rowHead(v)) }

func (v figureView) refs() string { return strings.Join(v.Indicator.Ref, ", ") }

// partName is the name of a term of the formula; a count of units is named by the indicator's denominator.
func (v figureView) partName(p figure.Part) string {
	if p.Name == "" && p.Denominator {
		return upperFirst(or(v.Indicator.DenominatorName, "đơn vị có vào cuối kỳ"))
	}
	return p.Name
}

func (v figureView) with(changes ...string) string {
	base := []string{}
	if v.By != "year" {
		base = append(base, "theo", v.By)
	}
	return "/so-lieu/" + v.Figure.Indicator + v.Scope.query(append(base, changes...)...)
}

func (v figureView) records() string {
	return "/so-lieu/" + v.Figure.Indicator + "/ghi-nhan" + v.Scope.query()
}

// rowURL opens a row: the same figure for that year, month or unit.
func (v figureView) rowURL(r figure.Row) string {
	switch {
	case v.By == "unit" && (r.Kind == "child" || r.Kind == "ended") && r.Key != "":
		return v.with("don-vi", r.Key)
	case r.From != "":
		return v.with("tu", r.From, "den", r.To)
	}
	return ""
}

func (v figureView) exact() string {
	if v.Figure.Val == nil {
		return ""
	}
	return civil.FormatTrim(v.Figure.Val, 4) + percentSign(v.Figure.Measure)
}

// indicatorLine is a line of the list of indicators.
type indicatorLine struct {
	Code, Ref, Name, Unit string
}

// indicatorGroup is the indicators of one of the 24 systems.
type indicatorGroup struct {
	System int
	Name   string
	Lines  []indicatorLine
}

func (s *server) indicatorList(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	words := strings.Fields(civil.Fold(r.URL.Query().Get("tim")))
	groups := map[int]*indicatorGroup{}
	for _, ind := range s.Catalog.EditionOn(sc.Period.To).Indicators {
		refs := strings.Join(ind.Ref, ", ")
		if !hasAll(civil.Fold(ind.Name+" "+ind.Code+" "+refs+" "+ind.Cite), words) {
			continue
		}
		g := groups[ind.System]
		if g == nil {
			g = &indicatorGroup{System: ind.System, Name: systemNames[ind.System]}
			groups[ind.System] = g
		}
		g.Lines = append(g.Lines, indicatorLine{ind.Code, refs, ind.Name, ind.Unit})
	}
	var list []*indicatorGroup
	for _, g := range groups {
		list = append(list, g)
	}
	slices.SortFunc(list, func(a, b *indicatorGroup) int { return cmp.Compare(a.System, b.System) })
	p := page{Title: "Chỉ tiêu và số liệu", Section: "so-lieu", Scope: sc}
	return s.render(w, r, http.StatusOK, p, indicatorListView(sc, r.URL.Query().Get("tim"), list))
}

func hasAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// systemNames are the 24 systems of the ten-year summary, by number.
var systemNames = [...]string{
	"Chung",
	"Quy chế và trách nhiệm", "Quán triệt, tuyên truyền quy chế", "Kế hoạch, văn bản chỉ đạo", "Phân công phụ trách",
	"Tập huấn, bồi dưỡng", "Kiểm tra, giám sát", "Sơ kết, tổng kết", "Tuyên truyền, vận động", "Hội thi", "Báo chí, truyền thông",
	"Nghị quyết HĐND", "Dân chủ ở cơ sở và nơi làm việc", "Cơ chế một cửa", "Tiếp công dân, đơn thư", "Lực lượng vũ trang",
	"Mặt trận, đoàn thể; đóng góp của nhân dân", "Mô hình tự quản, “Dân vận khéo”", "Đối thoại, tình hình nhân dân",
	"Cán bộ làm công tác dân vận", "Chương trình phối hợp", "Thi đua, khen thưởng", "Kinh tế - xã hội", "Chế độ báo cáo", "Trang thông tin",
}
