package chart

import (
	"math"
	"unicode/utf8"
)

// scale maps values to heights.
type scale struct {
	min, max, step float64
	top, bottom    float64 // y of max and min
}

func (s scale) y(v float64) float64 {
	return s.bottom - (v-s.min)/(s.max-s.min)*(s.bottom-s.top)
}

// newScale takes in zero, so that a bar's length is its value, and rounds to
// steps of 1, 2, 2.5 or 5.
func newScale(low, high, top, bottom float64) scale {
	low, high = math.Min(low, 0), math.Max(high, 0)
	if low == high {
		high = 1
	}
	raw := (high - low) / 5
	unit := math.Pow(10, math.Floor(math.Log10(raw)))
	step := unit * 10
	for _, k := range []float64{1, 2, 2.5, 5} {
		if raw <= unit*k*1.0000001 {
			step = unit * k
			break
		}
	}
	return scale{min: math.Floor(low/step+1e-9) * step, max: math.Ceil(high/step-1e-9) * step, step: step, top: top, bottom: bottom}
}

func (s scale) ticks() []float64 {
	out := []float64{}
	n := int(math.Round((s.max - s.min) / s.step))
	for i := 0; i <= n; i++ {
		out = append(out, s.min+float64(i)*s.step)
	}
	return out
}

// silence says so where nothing at all was reported.
func (c *canvas) silence(series []Series, f frame) {
	for _, s := range series {
		for i := range f.n {
			if s.at(i).ok() {
				return
			}
		}
	}
	c.text((f.left+f.right)/2, (f.scale.top+f.scale.bottom)/2, "", "middle", "Không có số liệu")
}

// extent is the lowest and the highest known value.
func extent(series []Series) (low, high float64) {
	for _, s := range series {
		for _, v := range s.Values {
			if v.ok() {
				low, high = math.Min(low, v.N), math.Max(high, v.N)
			}
		}
	}
	return low, high
}

// frame is the plotting area.
type frame struct {
	left, right float64
	scale       scale
	n           int // categories
}

func (f frame) band() float64        { return (f.right - f.left) / float64(max(1, f.n)) }
func (f frame) middle(i int) float64 { return f.left + f.band()*(float64(i)+0.5) }
func (f frame) edge(i int) float64   { return f.left + f.band()*float64(i) }

const (
	fontPx  = 13.0
	smallPx = 11.0
	linePx  = 15.0
)

// axes draws grid, ticks and the names of the categories, and returns the frame.
// The chart is as tall as its labels need.
func (c *canvas) axes(categories []string, low, high float64) frame {
	top := c.legendHeight() + 26
	lines := c.categoryLines(categories)
	c.height = top + 194 + 8 + linePx*float64(lines) + 4
	s := newScale(low, high, top, top+194)
	left := 8.0
	labels := make([]string, len(s.ticks()))
	for i, v := range s.ticks() {
		labels[i] = Format(v, -1)
		left = math.Max(left, textWidth(labels[i], fontPx)+12)
	}
	f := frame{left: left, right: c.width, scale: s, n: len(categories)}
	for i, v := range s.ticks() {
		class := "ax"
		if math.Abs(v) < s.step/1e6 {
			class = "ax0"
		}
		c.f(`<path class="%s" d="M%s %sH%s"/>`, class, num(left), num(s.y(v)), num(c.width))
		c.text(left-8, s.y(v)+4, "", "end", labels[i])
	}
	c.categories(categories, f)
	return f
}

// thin reports whether names are short enough to leave some out rather than to
// wrap: years, months, quarters.
func thin(categories []string) bool {
	for _, s := range categories {
		if utf8.RuneCountInString(s) > 8 {
			return false
		}
	}
	return true
}

func (c *canvas) categoryLines(categories []string) int {
	if thin(categories) {
		return 1
	}
	n, band := 1, (c.width-60)/float64(max(1, len(categories)))
	for _, s := range categories {
		n = max(n, len(wrap(s, smallPx, band-4, 3)))
	}
	return n
}

func (c *canvas) categories(categories []string, f frame) {
	y := f.scale.bottom + 19
	if !thin(categories) {
		for i, s := range categories {
			for k, l := range wrap(s, smallPx, f.band()-4, 3) {
				c.text(f.middle(i), y+linePx*float64(k), "t-s", "middle", l)
			}
		}
		return
	}
	widest := 0.0
	for _, s := range categories {
		widest = math.Max(widest, textWidth(s, fontPx))
	}
	step := max(1, int(math.Ceil((widest+8)/f.band())))
	for i := 0; i < len(categories); i += step {
		c.text(f.middle(i), y, "", "middle", categories[i])
	}
}

// breaks draws a dashed line before each break with its reason beside it.
func (c *canvas) breaks(bs []Break, f frame) {
	for _, b := range bs {
		if b.At <= 0 || b.At >= f.n {
			continue
		}
		x := f.edge(b.At)
		c.f(`<path class="ax0 dash" d="M%s %sV%s"/>`, num(x), num(f.scale.top-14), num(f.scale.bottom))
		anchor, dx, room := "start", 6.0, f.right-x-6
		if room < 150 && x-f.left > room {
			anchor, dx, room = "end", -6, x-f.left-6
		}
		for k, l := range wrap(b.Label, smallPx, math.Min(room, 230), 3) {
			c.text(x+dx, f.scale.top-6+13*float64(k), "t-s", anchor, l)
		}
	}
}

// key is an entry of the legend.
type key struct{ class, name string }

func (c *canvas) legendHeight() float64 {
	if !c.about.Legend {
		return 0
	}
	return 24
}

// legend draws the key in one line at the top; names are cut to fit.
func (c *canvas) legend(keys []key) {
	if !c.about.Legend || len(keys) == 0 {
		return
	}
	room := c.width/float64(len(keys)) - 24
	x := 0.0
	for _, k := range keys {
		name := ellipsis(k.name, smallPx, math.Max(room, 40))
		c.f(`<rect class="%s" x="%s" y="2" width="12" height="12" rx="2"><title>%s</title></rect>`, k.class, num(x), esc(k.name))
		c.text(x+17, 12, "t-s", "", name)
		x += 17 + textWidth(name, smallPx) + 16
	}
}
