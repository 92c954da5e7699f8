package chart

import (
	"math"
	"strings"
)

const (
	panelGap    = 18.0
	panelHead   = 18.0
	panelHeight = 58.0
	panelFoot   = 20.0
)

// SVG draws the chart.
func (m Multiples) SVG() string {
	c := newCanvas(m.About, "multiples")
	cols := m.Columns
	if cols <= 0 {
		cols = 4
	}
	cols = max(1, min(cols, len(m.Series)))
	w := (c.width - panelGap*float64(cols-1)) / float64(cols)
	low, high := extent(m.Series)
	if low == high {
		high = 1
	}
	row := panelHead + panelHeight + panelFoot
	for i := range m.Series {
		m.panel(c, i, float64(i%cols)*(w+panelGap), float64(i/cols)*row, w, low, high)
	}
	c.height = math.Max(1, float64((len(m.Series)+cols-1)/cols)*row)
	desc := describe(m.About, m.Categories, m.Series)
	for i, t := range m.Totals {
		if t != "" && i < len(m.Series) {
			desc += " " + m.Series[i].Name + ", cộng " + t + "."
		}
	}
	return c.finish(desc)
}

func (m Multiples) panel(c *canvas, i int, x, y, w, low, high float64) {
	s := m.Series[i]
	total := ""
	if i < len(m.Totals) {
		total = m.Totals[i]
	}
	room := w - textWidth(total, smallPx) - 8
	c.text(x, y+12, "t-s t-b", "", ellipsis(s.Name, smallPx*1.08, room))
	c.text(x+w, y+12, "t-s", "end", total)
	top := y + panelHead
	at := func(v float64) float64 { return top + panelHeight - (v-low)/(high-low)*panelHeight }
	band := w / float64(max(1, len(m.Categories)))
	for k, cat := range m.Categories {
		v := s.at(k)
		title := s.Name + ", " + cat + ": " + m.reading(v)
		if !v.ok() {
			c.noData(x+band*(float64(k)+0.1), at(0), band*0.8, title)
			continue
		}
		c.bar("f1", x+band*(float64(k)+0.08), at(math.Max(v.N, 0)), band*0.84, math.Abs(at(v.N)-at(0)), v.Estimate, title)
	}
	c.f(`<path class="ax0" d="M%s %sh%s"/>`, num(x), num(at(0)), num(w))
	if n := len(m.Categories); n > 0 {
		c.text(x, top+panelHeight+13, "t-s", "", ellipsis(m.Categories[0], smallPx, w/2-4))
		if n > 1 {
			c.text(x+w, top+panelHeight+13, "t-s", "end", ellipsis(m.Categories[n-1], smallPx, w/2-4))
		}
	}
}

// SVG draws the line.
func (s Sparkline) SVG() string {
	low, high := extent([]Series{{Values: s.Values}})
	if low == high {
		high = low + 1
	}
	n := len(s.Values)
	x := func(i int) float64 { return float64(i) / float64(max(1, n-1)) * 120 }
	y := func(v float64) float64 { return 28 - (v-low)/(high-low)*25 }
	var area, path strings.Builder
	for _, seg := range (Lines{Categories: make([]string, n)}).segments(Series{Values: s.Values}) {
		first, last := seg[0], seg[len(seg)-1]
		if first == last {
			// One point alone is a dot: a stroke of no length with round ends.
			path.WriteString("M" + num(x(first)) + " " + num(y(s.Values[first].N)) + "h.01")
			continue
		}
		line := ""
		for _, i := range seg {
			line += "L" + num(x(i)) + " " + num(y(s.Values[i].N))
		}
		path.WriteString("M" + line[1:])
		area.WriteString("M" + num(x(first)) + " 30" + line + "L" + num(x(last)) + " 30z")
	}
	name := `aria-hidden="true"`
	title := ""
	if s.Title != "" {
		name, title = `role="img"`, "<title>"+esc(s.Title)+"</title>"
	}
	return `<svg class="dv-spark" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 30" preserveAspectRatio="none" ` + name + `>` + title +
		`<path class="a" d="` + area.String() + `"/><path d="` + path.String() + `"/></svg>`
}
