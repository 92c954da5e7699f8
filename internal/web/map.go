package web

import (
	"context"
	"io/fs"
	"math/big"
	"sync"

	"danvan/internal/civil"
	"danvan/internal/figure"
	"danvan/internal/geo"
	"danvan/internal/org"
)

// Maps draws figures on boundaries. Only two sets of commune boundaries are at hand: those of 2010, which held
// until the mergers of 2020, and those of 2025.
type Maps struct {
	FS fs.FS // folder geo

	old, now func() (geo.Layer, error)
}

const (
	mergers2020 civil.Date = 20200201
	mergers2025 civil.Date = 20250701
)

// NewMaps reads the boundaries when they are first drawn.
func NewMaps(fsys fs.FS) Maps {
	read := func(name string) func() (geo.Layer, error) {
		return sync.OnceValues(func() (geo.Layer, error) {
			body, err := fs.ReadFile(fsys, name)
			if err != nil {
				return geo.Layer{}, err
			}
			return geo.Parse(body)
		})
	}
	return Maps{FS: fsys, old: read("geo/geo_bac_kan_communes_2010.geojson"), now: read("geo/geo_thai_nguyen_communes_2025.topojson")}
}

// drawnMap is a map with its legend.
type drawnMap struct {
	geo.Drawing
	Note string
}

// layer is the set of boundaries that the question stands on, ok false where there is none.
func (m Maps) layer(sc *scope) (layer geo.Layer, ok bool, err error) {
	first, last := sc.Period.From, sc.Period.To
	if !sc.Basis.Then {
		first, last = sc.Basis.On, sc.Basis.On
	}
	switch {
	case last < mergers2020:
		layer, err = m.old()
	case first >= mergers2025:
		layer, err = m.now()
	default:
		return layer, false, nil
	}
	return layer, err == nil, err
}

// drawMap colours the communes of the page's unit; nil where the boundaries of the question are not at hand.
func (s *server) drawMap(ctx context.Context, v figureView) (*drawnMap, error) {
	layer, values, err := s.coloured(ctx, v.Scope, v.Rows)
	if err != nil || layer == nil {
		return nil, err
	}
	drawing := geo.Map{
		Layer: *layer, ID: "ban-do", Title: v.Figure.Name, Unit: v.Figure.Measure, Decimals: min(v.Indicator.Decimals, shownDecimals), Values: values, ZeroApart: true, Names: 7, Outlines: true,
		Href: func(code string) string {
			return "/so-lieu/" + v.Figure.Indicator + v.query("don-vi", code+"@"+v.Scope.nameDay().String())
		},
	}.Draw()
	return &drawnMap{Drawing: drawing, Note: "Ranh giới xã " + v.Scope.boundaryWords() + "; bấm vào một xã để mở số của xã đó."}, nil
}

// boundaryWords says which of the two sets of boundaries a map is drawn on.
func (sc *scope) boundaryWords() string {
	if sc.nameDay() < mergers2020 {
		return "trước khi sáp nhập năm 2020"
	}
	return "từ 01/7/2025"
}

// coloured are the areas of the communes in a breakdown by unit with their values; nil where the boundaries are not at
// hand, or where there is only one commune.
func (s *server) coloured(ctx context.Context, sc *scope, rows *figure.Breakdown) (*geo.Layer, map[string]geo.Value, error) {
	if s.Maps.FS == nil || sc.Unit.Form != org.Territory {
		return nil, nil, nil
	}
	layer, ok, err := s.Maps.layer(sc)
	if err != nil || !ok {
		return nil, nil, err
	}
	communes, err := s.communes(ctx, sc, rows)
	if err != nil {
		return nil, nil, err
	}
	values := map[string]geo.Value{}
	for _, c := range communes {
		values[c.unit.Code] = geoValue(rows.Measure, c.Row)
	}
	layer = layer.Only(func(a geo.Area) bool { _, known := values[a.Code]; return known })
	if len(layer.Areas) < 2 {
		return nil, nil, nil
	}
	return &layer, values, nil
}

// communeRow is a commune's row of a breakdown, with the district that it is in.
type communeRow struct {
	figure.Row
	unit  *org.Unit
	under string // the district's name, empty where there is none between
}

// communes are the rows of the communes, going down through districts.
func (s *server) communes(ctx context.Context, sc *scope, rows *figure.Breakdown) ([]communeRow, error) {
	var out []communeRow
	day := sc.nameDay()
	for _, row := range rows.Rows {
		if row.Kind != org.Child {
			continue
		}
		u, err := sc.tree.Resolve(row.Key, sc.Basis, day)
		if err != nil || u.Form != org.Territory {
			continue
		}
		if u.SpanOn(day).Level == org.Commune {
			out = append(out, communeRow{Row: row, unit: u})
			continue
		}
		q := rows.Ask
		q.Unit = row.Key
		below, err := s.Figures.Breakdown(ctx, q, "unit")
		if err != nil {
			return nil, err
		}
		inside, err := s.communes(ctx, sc, below)
		if err != nil {
			return nil, err
		}
		for _, c := range inside {
			c.under = row.Name
			out = append(out, c)
		}
	}
	return out, nil
}

func geoValue(measure string, r figure.Row) geo.Value {
	if r.Val == nil {
		return geo.Value{}
	}
	n, _ := new(big.Rat).Set(r.Val).Float64()
	return geo.Value{N: n, Known: true, Label: rowText(measure, r), Estimate: r.Estimated}
}
