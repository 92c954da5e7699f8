package chart

import (
	"math"
	"net/url"
	"strings"
)

// SVG draws the chart.
func (r Ranking) SVG() string {
	c := newCanvas(r.About, "ranking")
	low, high, label := 0.0, 0.0, 0.0
	for _, it := range r.Items {
		if it.Value.ok() {
			low, high = math.Min(low, it.Value.N), math.Max(high, it.Value.N)
		}
		label = math.Max(label, textWidth(r.text(it.Value), fontPx)+12)
	}
	names := r.names()
	left, right := names+10, c.width-label
	if low < 0 {
		left += label
	}
	if low == high {
		high = 1
	}
	x := func(v float64) float64 { return left + (v-low)/(high-low)*(right-left) }
	y := 2.0
	for _, it := range r.Items {
		y += r.item(c, it, y, names, x)
	}
	c.f(`<path class="ax0" d="M%s 0V%s"/>`, num(x(0)), num(y))
	c.height = y + 2
	return c.finish(r.describe())
}

// names is the room for the names of the items.
func (r Ranking) names() float64 {
	w := 60.0
	for _, it := range r.Items {
		w = math.Max(w, textWidth(it.Name, fontPx))
	}
	return math.Min(w, 210)
}

func (r Ranking) text(v Value) string {
	if !v.ok() {
		return "không có số liệu"
	}
	return r.label(v)
}

// item draws one bar and returns the height it took.
func (r Ranking) item(c *canvas, it Item, y, names float64, x func(float64) float64) float64 {
	lines := wrap(it.Name, fontPx, names, 2)
	h := math.Max(26, linePx*float64(len(lines))+8)
	href := safeHref(it.Href)
	if href != "" {
		c.f(`<a href="%s">`, esc(href))
	}
	for k, l := range lines {
		c.text(names, y+h/2+4+linePx*(float64(k)-float64(len(lines)-1)/2), "in", "end", l)
	}
	v := it.Value
	if v.ok() {
		c.bar("f1", math.Min(x(0), x(v.N)), y+4, math.Abs(x(v.N)-x(0)), h-8, v.Estimate, it.Name+": "+r.reading(v))
	}
	at, anchor, class := x(math.Max(0, v.N))+6, "start", "t-b"
	if v.ok() && v.N < 0 {
		at, anchor = x(v.N)-6, "end"
	}
	if !v.ok() {
		at, class = x(0)+6, "t-s"
	}
	c.text(at, y+h/2+4, class, anchor, r.text(v))
	if href != "" {
		c.f(`</a>`)
	}
	return h
}

func (r Ranking) describe() string {
	parts := make([]string, len(r.Items))
	for i, it := range r.Items {
		parts[i] = it.Name + " " + r.reading(it.Value)
	}
	return strings.Join(parts, "; ") + "."
}

// safeHref lets through addresses inside the site and of the web: a link that
// runs a script is none.
func safeHref(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "", "http", "https":
		return u.String()
	}
	return ""
}
