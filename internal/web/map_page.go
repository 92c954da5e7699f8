package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/figure"
	"danvan/internal/geo"
	"danvan/internal/org"
)

// mapView is the page of maps: one indicator over the communes of a unit, and the same year by year.
type mapView struct {
	asked
	Edition    *catalog.Edition
	Indicator  *catalog.Indicator
	Choices    []option
	Figure     *figure.Figure
	Map        *drawnMap
	Rows       []communeRow // largest first
	Shapes     string       // of the small maps
	Years      []yearMap
	YearLegend geo.Legend
	Refused    string // why there is no number
}

// yearMap is a small map.
type yearMap struct{ Name, SVG, Link string }

// mapPage shows an indicator on the map.
func (s *server) mapPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.mapView(r)
	if err != nil {
		return err
	}
	p := page{Title: "Bản đồ: " + v.Indicator.Name, Section: "ban-do", Scope: v.Scope, Scripts: []string{"figures.js"}}
	return s.render(w, r, http.StatusOK, p, mapPageView(v))
}

// firstOnMap is what the page of maps opens with.
const firstOnMap = "petition.received"

func (s *server) mapView(r *http.Request) (mapView, error) {
	ctx := r.Context()
	var v mapView
	var err error
	if v.asked, err = s.askOf(r, or(r.URL.Query().Get("chi-tieu"), firstOnMap)); err != nil {
		return v, err
	}
	v.Edition = s.Catalog.EditionOn(v.Scope.Period.To)
	rows, err := s.Figures.Breakdown(ctx, v.Query, "unit")
	if err != nil {
		return v, err
	}
	v.Figure, v.Indicator = &rows.Figure, rows.Figure.Ind
	v.Choices = mapChoices(v.Edition, v.Indicator)
	if v.Rows, err = s.communes(ctx, v.Scope, rows); err != nil {
		return v, err
	}
	slices.SortStableFunc(v.Rows, func(a, b communeRow) int {
		switch {
		case a.Val == nil && b.Val == nil:
			return 0
		case a.Val == nil:
			return 1
		case b.Val == nil:
			return -1
		}
		return b.Val.Cmp(a.Val)
	})
	page := figureView{asked: v.asked, Figure: v.Figure, Indicator: v.Indicator, Rows: rows}
	if v.Map, err = s.drawMap(ctx, page); err != nil || v.Map == nil {
		return v, err
	}
	return v, s.yearMaps(ctx, &v, rows)
}

// yearMaps draws the same map for each year of the period, or for the same period of the years before.
func (s *server) yearMaps(ctx context.Context, v *mapView, rows *figure.Breakdown) error {
	periods := pastPeriods(v.Scope.Period)
	if isShort(v.Scope.Period) {
		periods = append(periods, v.Scope.Period)
	}
	periods = periods[max(0, len(periods)-sparkYears):]
	var panels []geo.Panel
	var shared geo.Layer
	for _, p := range periods {
		sc := *v.Scope
		sc.Period = p
		q := v.Query
		q.Period, q.CutOff = p, 0
		b, err := s.Figures.Breakdown(ctx, q, "unit")
		if err != nil {
			continue // a year across a change of definition has no map
		}
		layer, values, err := s.coloured(ctx, &sc, b)
		if err != nil {
			return err
		}
		if layer == nil || len(layer.Areas) != v.areas() {
			continue // other boundaries
		}
		shared = *layer
		panels = append(panels, geo.Panel{Title: p.Name, Values: values})
		v.Years = append(v.Years, yearMap{Name: upperFirst(p.Name), Link: v.with("tu", p.From.String(), "den", p.To.String())})
	}
	if len(panels) < 2 {
		v.Years = nil
		return nil
	}
	var maps []string
	v.Shapes, maps, v.YearLegend = geo.Map{Layer: shared, ID: "nam", Title: v.Indicator.Name, Unit: v.Figure.Measure, Decimals: min(v.Indicator.Decimals, shownDecimals), ZeroApart: true}.Panels(panels)
	for i, svg := range maps {
		v.Years[i].SVG = svg
	}
	return nil
}

// areas counts the communes that the large map shows.
func (v mapView) areas() int {
	n := v.Map.Legend.NoData
	for _, c := range v.Map.Legend.Classes {
		n += c.Count
	}
	return n
}

// mapChoices are the indicators that the page offers: those of the outline, and the one that is shown.
func mapChoices(ed *catalog.Edition, now *catalog.Indicator) []option {
	var out []option
	seen := false
	for _, ind := range (indicatorPick{System: outline}).among(ed) {
		if !byCommune(ind) && ind != now {
			continue
		}
		out = append(out, option{Value: ind.Code, Name: strings.Join(ind.Ref, ", ") + ". " + ind.Name})
		seen = seen || ind == now
	}
	if !seen {
		out = append([]option{{Value: now.Code, Name: now.Name}}, out...)
	}
	return out
}

// byCommune says whether communes count in an indicator at all: its scope is not only bodies of a province or a district.
func byCommune(ind *catalog.Indicator) bool {
	classes := ind.Classes()
	return len(classes) == 0 || slices.ContainsFunc(classes, func(c catalog.Class) bool { return c.Level == "" || c.Level == org.Commune })
}

func (v mapView) with(changes ...string) string {
	return "/ban-do" + v.query(append([]string{"chi-tieu", v.Indicator.Code}, changes...)...)
}

// unitLink opens the figure of a commune.
func (v mapView) unitLink(c communeRow) string {
	return "/so-lieu/" + v.Indicator.Code + v.query("don-vi", c.unit.Code+"@"+v.Scope.nameDay().String())
}

// rank is a row's place among those with a value.
func (v mapView) rank(i int) string {
	if v.Rows[i].Val == nil {
		return ""
	}
	return strconv.Itoa(i + 1)
}

func (v mapView) communesCount() string { return civil.FormatInt(int64(len(v.Rows))) }
