package web

import (
	"slices"

	"danvan/internal/civil"
	"danvan/internal/geo"
	"danvan/internal/org"
)

// unitMap shows where units are: their communes stand out among those around them.
type unitMap struct {
	SVG, Note string
}

// mapOf marks units, each in a tone from 1 to 6, on the boundaries of communes of a day; nil where the boundaries are not at hand.
func (s *server) mapOf(tree *org.Tree, day civil.Date, marked map[org.UnitID]int, title string) (*unitMap, error) {
	if s.Maps.FS == nil || day >= mergers2020 && day < mergers2025 {
		return nil, nil
	}
	read, boundaries := s.Maps.old, "trước khi sáp nhập năm 2020"
	if day >= mergers2025 {
		read, boundaries = s.Maps.now, "từ 01/7/2025"
	}
	layer, err := read()
	if err != nil {
		return nil, err
	}
	values := map[string]geo.Value{}
	for _, a := range layer.Areas {
		u := tree.On(a.Code, day)
		if u == nil {
			continue
		}
		values[a.Code] = geo.Value{Known: true, Label: "không liên quan"}
		for id, tone := range marked {
			if u.ID == id || slices.Contains(tree.Chain(u.ID, day), id) {
				values[a.Code] = geo.Value{N: float64(tone), Known: true, Label: tree.NameOn(id, day)}
			}
		}
	}
	if !slices.ContainsFunc(layer.Areas, func(a geo.Area) bool { return values[a.Code].N > 0 }) {
		return nil, nil
	}
	drawing := geo.Map{Layer: layer, ID: "noi-" + day.String(), Title: title, Desc: "Phần tô đậm là " + title + ".", Values: values, ZeroApart: true,
		Scheme: geo.Given, Limits: []float64{2, 3, 4, 5, 6}, Outlines: true,
		Href: func(code string) string { return "/don-vi/" + unitAt(code, day) }}.Draw()
	return &unitMap{SVG: drawing.SVG, Note: "Ranh giới xã " + boundaries + "; phần tô đậm: " + title + "."}, nil
}
