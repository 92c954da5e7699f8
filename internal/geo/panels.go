package geo

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"
)

// Panel is one of several small maps of the same areas.
type Panel struct {
	Title  string
	Values map[string]Value
}

// Panels draws small maps with the same classes, so that their colours compare. Each is an SVG of its own; the shapes
// are written once, in the first value, which must stand in the page before them.
func (m Map) Panels(panels []Panel) (shapes string, maps []string, legend Legend) {
	areas, height := projected.on(m.Layer)
	var all []float64
	for _, p := range panels {
		for _, a := range m.Layer.Areas {
			if v := p.Values[a.Code]; v.ok() && !(m.ZeroApart && v.N == 0) {
				all = append(all, v.N)
			}
		}
	}
	sort.Float64s(all)
	m.whole = !slices.ContainsFunc(all, func(v float64) bool { return v != math.Trunc(v) })
	classes := m.classes(m.limits(all))
	if len(all) == 0 {
		classes = nil
	}
	id := m.id()
	var b strings.Builder
	b.WriteString(`<svg class="vh" width="0" height="0" aria-hidden="true"><defs>`)
	for _, s := range areas {
		fmt.Fprintf(&b, `<path id="%s-%s" d="%s"/>`, id, esc(s.Code), s.path())
	}
	b.WriteString(`</defs></svg>`)
	for i, p := range panels {
		one := m
		one.Values = p.Values
		paint := &painter{m: one, id: id, classes: slices.Clone(classes), patterns: map[string]bool{}}
		for _, s := range areas {
			v := p.Values[s.Code]
			css := "nd"
			if !v.ok() {
				paint.legend.NoData++
			} else if css = paint.class(v).CSS; css == "" {
				css = "q0"
			}
			fmt.Fprintf(&paint.areas, `<use href="#%s-%s" class="%s"/>`, id, esc(s.Code), css)
		}
		paint.finishLegend()
		maps = append(maps, fmt.Sprintf(`<svg class="dv-map small" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-labelledby="%s-p%d"><title id="%s-p%d">%s</title><g>%s</g></svg>`,
			Width, height, id, i, id, i, esc(m.Title+", "+p.Title+": "+paint.legend.Words()), paint.areas.String()))
		legend = paint.legend.joined(legend)
	}
	return b.String(), maps, legend
}

// joined counts the places of several small maps together.
func (l Legend) joined(other Legend) Legend {
	l.NoData += other.NoData
	l.Estimated += other.Estimated
	for _, c := range other.Classes {
		i := slices.IndexFunc(l.Classes, func(x Class) bool { return x.CSS == c.CSS })
		if i < 0 {
			l.Classes = slices.Insert(l.Classes, 0, c)
		} else {
			l.Classes[i].Count += c.Count
		}
	}
	return l
}
