package chart

import (
	"math"
	"strings"
)

var lineClass = [...]string{"1", "2", "3", "7", "6", "4"}

// SVG draws the chart.
func (l Lines) SVG() string {
	c := newCanvas(l.About, "lines")
	keys := make([]key, len(l.Series))
	for i, s := range l.Series {
		keys[i] = key{"f" + lineClass[i%len(lineClass)], s.Name}
	}
	c.legend(keys)
	low, high := extent(l.Series)
	f := c.axes(l.Categories, low, high)
	c.breaks(l.Breaks, f)
	c.silence(l.Series, f)
	taken := &placed{}
	for i := range l.Series {
		l.series(c, f, i, taken)
	}
	return c.finish(describe(l.About, l.Categories, l.Series) + breakWords(l.Categories, l.Breaks))
}

// segments cuts a series at gaps and at breaks: no line is ever drawn over
// either.
func (l Lines) segments(s Series) [][]int {
	cut := map[int]bool{}
	for _, b := range l.Breaks {
		cut[b.At] = true
	}
	out := [][]int{}
	var cur []int
	for i := range l.Categories {
		if (cut[i] || !s.at(i).ok()) && len(cur) > 0 {
			out = append(out, cur)
			cur = nil
		}
		if s.at(i).ok() {
			cur = append(cur, i)
		}
	}
	if len(cur) > 0 {
		out = append(out, cur)
	}
	return out
}

func (l Lines) series(c *canvas, f frame, n int, taken *placed) {
	s := l.Series[n]
	k := lineClass[n%len(lineClass)]
	keep := l.labelled(s)
	for _, seg := range l.segments(s) {
		var d strings.Builder
		for j, i := range seg {
			op := "L"
			if j == 0 {
				op = "M"
			}
			d.WriteString(op + num(f.middle(i)) + " " + num(f.scale.y(s.at(i).N)))
		}
		if len(seg) > 1 {
			c.f(`<path class="ln l%s" d="%s"/>`, k, d.String())
		}
		for j, i := range seg {
			end := j == 0 || j == len(seg)-1
			l.point(c, f, n, i, end, keep[i], taken)
		}
	}
}

// labelled are the points besides the ends whose value is written: all of a
// short series, else the highest and the lowest.
func (l Lines) labelled(s Series) map[int]bool {
	keep := map[int]bool{}
	low, high := -1, -1
	for i := range l.Categories {
		v := s.at(i)
		if !v.ok() {
			continue
		}
		if len(l.Categories) <= 14 {
			keep[i] = true
		}
		if low < 0 || v.N < s.at(low).N {
			low = i
		}
		if high < 0 || v.N > s.at(high).N {
			high = i
		}
	}
	keep[low], keep[high] = true, true
	return keep
}

// point draws a mark and its label, which is left out where it would cover
// another; title and description have it.
func (l Lines) point(c *canvas, f frame, n, i int, end, labelled bool, taken *placed) {
	v := l.Series[n].at(i)
	x, y := f.middle(i), f.scale.y(v.N)
	r := 2.5
	if end {
		r = 4.5
	} else if len(l.Categories) > 40 {
		r = 1.3
	}
	title := l.Categories[i] + ": " + l.reading(v)
	if name := l.Series[n].Name; name != "" {
		title = name + ", " + title
	}
	est := ""
	if v.Estimate {
		est = " est"
	}
	c.f(`<circle class="f%s%s" cx="%s" cy="%s" r="%s"><title>%s</title></circle>`, lineClass[n%len(lineClass)], est, num(x), num(y), num(r), esc(title))
	if !end && !labelled {
		return
	}
	label := l.label(v)
	size, class := fontPx, "t-b"
	if !end {
		size, class = smallPx, "t-s"
	}
	w := textWidth(label, size)
	cx := math.Max(f.left+w/2, math.Min(x, f.right-w/2))
	for _, dy := range []float64{-10, 20} {
		if taken.free(cx-w/2, y+dy-size, w, size+2) {
			c.text(cx, y+dy, class, "middle", label)
			return
		}
	}
}

// placed remembers where text stands, so that labels never cover each other.
type placed struct{ boxes [][4]float64 }

func (p *placed) free(x, y, w, h float64) bool {
	for _, b := range p.boxes {
		if x < b[0]+b[2] && b[0] < x+w && y < b[1]+b[3] && b[1] < y+h {
			return false
		}
	}
	p.boxes = append(p.boxes, [4]float64{x, y, w, h})
	return true
}
