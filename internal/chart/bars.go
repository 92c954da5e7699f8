package chart

import "math"

// classes of series side by side, of parts inside one another (from the inside
// out) and of slices; each slice has the class of the text that reads on it.
var (
	groupedClass = [...]string{"f1", "f2", "f4", "f3", "f6", "f7"}
	overlaid     = [...]string{"f1", "f4", "f5", "f0"}
	stackedClass = [...]string{"f1", "f4", "f2", "f5", "f7", "f0"}
	stackedText  = [...]string{"on", "in", "on", "in", "on", "in"}
)

// SVG draws the chart.
func (b Bars) SVG() string {
	c := newCanvas(b.About, "bars")
	c.legend(b.keys())
	low, high := extent(b.Series)
	if b.Layout == Stacked {
		low, high = b.stackExtent()
	}
	f := c.axes(b.Categories, low, high)
	for i := range b.Categories {
		switch b.Layout {
		case Overlaid:
			b.overlaid(c, f, i)
		case Stacked:
			b.stacked(c, f, i)
		default:
			b.grouped(c, f, i)
		}
	}
	c.breaks(b.Breaks, f)
	c.silence(b.Series, f)
	return c.finish(b.describe())
}

func (b Bars) describe() string {
	s := describe(b.About, b.Categories, b.Series)
	for i, t := range b.Inner {
		if t != "" && i < len(b.Categories) {
			s += " " + b.Categories[i] + ": " + t + "."
		}
	}
	return s + breakWords(b.Categories, b.Breaks)
}

func breakWords(categories []string, bs []Break) string {
	s := ""
	for _, b := range bs {
		if b.At > 0 && b.At < len(categories) {
			s += " Chuỗi số liệu đứt đoạn từ " + categories[b.At] + ": " + b.Label + "."
		}
	}
	return s
}

func (b Bars) class(i int) string {
	switch b.Layout {
	case Overlaid:
		return overlaid[min(len(b.Series)-1-i, len(overlaid)-1)]
	case Stacked:
		return stackedClass[i%len(stackedClass)]
	}
	return groupedClass[i%len(groupedClass)]
}

func (b Bars) keys() []key {
	out := make([]key, len(b.Series))
	for i, s := range b.Series {
		out[i] = key{b.class(i), s.Name}
	}
	return out
}

func (b Bars) title(s, i int) string {
	t := b.Categories[i] + ": " + b.reading(b.Series[s].at(i))
	if name := b.Series[s].Name; name != "" {
		t = name + ", " + t
	}
	return t
}

func (b Bars) grouped(c *canvas, f frame, i int) {
	n := float64(max(1, len(b.Series)))
	w := f.band() * 0.8 / n
	for s := range b.Series {
		x := f.edge(i) + f.band()*0.1 + w*float64(s)
		v := b.Series[s].at(i)
		if !v.ok() {
			c.noData(x+w*0.1, f.scale.y(0), w*0.8, b.title(s, i))
			continue
		}
		room := w
		if n == 1 {
			room = f.band()
		}
		gap := math.Min(1, w*0.1)
		c.bar(b.class(s), x+gap/2, f.scale.y(math.Max(v.N, 0)), w-gap, math.Abs(f.scale.y(v.N)-f.scale.y(0)), v.Estimate, b.title(s, i))
		c.valueLabel(b.label(v), x+w/2, f.scale.y(v.N), v.N < 0, room)
	}
}

// valueLabel writes a value at the end of its bar: in full size, small, upright
// along the bar, or not at all where there is no room (the description has it).
func (c *canvas) valueLabel(s string, x, y float64, below bool, room float64) {
	dy, turn := -6.0, "start"
	if below {
		dy, turn = 15, "end"
	}
	switch {
	case textWidth(s, fontPx) <= room:
		c.text(x, y+dy, "t-b", "middle", s)
	case textWidth(s, smallPx) <= room:
		c.text(x, y+dy, "t-s t-b", "middle", s)
	case room >= 12:
		c.f(`<text class="t-s t-b" transform="translate(%s %s) rotate(-90)" text-anchor="%s">%s</text>`, num(x+4), num(y+dy*0.7), turn, esc(s))
	}
}

func (b Bars) overlaid(c *canvas, f frame, i int) {
	full := f.band() * 0.79
	for s := range b.Series {
		w := full * (1 - 0.24*float64(s))
		if s > 3 {
			w = full * 0.2
		}
		x := f.middle(i) - w/2
		v := b.Series[s].at(i)
		if !v.ok() {
			if s == 0 {
				c.noData(x, f.scale.y(0), w, b.title(s, i))
			}
			continue
		}
		c.bar(b.class(s), x, f.scale.y(math.Max(v.N, 0)), w, math.Abs(f.scale.y(v.N)-f.scale.y(0)), v.Estimate, b.title(s, i))
		if s == 0 {
			c.valueLabel(b.label(v), f.middle(i), f.scale.y(v.N), v.N < 0, f.band())
		}
	}
	b.inner(c, f, i, full)
}

// inner writes the caller's text near the top of the innermost bar, or above
// its foot when the bar is too low to hold it.
func (b Bars) inner(c *canvas, f frame, i int, full float64) {
	if i >= len(b.Inner) || len(b.Series) == 0 {
		return
	}
	last := len(b.Series) - 1
	v := b.Series[last].at(i)
	w := full * math.Max(0.2, 1-0.24*float64(last))
	if !v.ok() || f.scale.y(0)-f.scale.y(v.N) < 26 {
		return
	}
	class := "on"
	if textWidth(b.Inner[i], fontPx) > w {
		class = "on t-s"
	}
	if textWidth(b.Inner[i], smallPx) > w {
		return
	}
	c.text(f.middle(i), f.scale.y(v.N)+20, class, "middle", b.Inner[i])
}

func (b Bars) stackExtent() (low, high float64) {
	for i := range b.Categories {
		up, down := b.sums(i)
		low, high = math.Min(low, down), math.Max(high, up)
	}
	return low, high
}

// sums of what stands above zero and what hangs below it.
func (b Bars) sums(i int) (up, down float64) {
	for _, s := range b.Series {
		if v := s.at(i); v.ok() {
			up, down = up+math.Max(v.N, 0), down+math.Min(v.N, 0)
		}
	}
	return up, down
}

func (b Bars) stacked(c *canvas, f frame, i int) {
	w := f.band() * 0.64
	x := f.middle(i) - w/2
	up, down, known, est := 0.0, 0.0, false, false
	for s := range b.Series {
		v := b.Series[s].at(i)
		if !v.ok() {
			continue
		}
		known, est = true, est || v.Estimate
		base := &up
		if v.N < 0 {
			base = &down
		}
		y0, y1 := f.scale.y(*base), f.scale.y(*base+v.N)
		c.bar(b.class(s), x, math.Min(y0, y1), w, math.Abs(y1-y0), v.Estimate, b.title(s, i))
		if t := b.label(v); math.Abs(y1-y0) >= 13 && textWidth(t, smallPx) <= w {
			c.text(f.middle(i), (y0+y1)/2+4, "t-s "+stackedText[s%len(stackedText)], "middle", t)
		}
		*base += v.N
	}
	if !known {
		c.noData(x, f.scale.y(0), w, b.Categories[i]+": không có số liệu")
		return
	}
	total := b.label(Value{N: up + down, Known: true, Estimate: est})
	c.valueLabel(total, f.middle(i), f.scale.y(up), false, f.band())
}
