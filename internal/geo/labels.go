package geo

import (
	"math"
	"sort"
	"strings"
	"unicode/utf8"
)

// label is a name on the map.
type label struct {
	x, y float64
	text string
}

const labelPx = 13.0

// nameLabels places the names of areas, the largest first. A name is left out
// where it would leave the map, cover another or be much wider than its area.
func nameLabels(shapes []shape, height, most int) []label {
	order := append([]shape(nil), shapes...)
	sort.SliceStable(order, func(i, j int) bool { return order[i].size > order[j].size })
	out := []label{}
	for _, s := range order {
		if len(out) >= most {
			break
		}
		if len(s.rings) == 0 {
			continue
		}
		l, wide := pole(s.rings)
		l.text = shortName(s.Name)
		if labelWidth(l.text) <= wide*1.25 {
			out = place(out, l, height)
		}
	}
	return out
}

// groupLabels places one name for each group, at the place of the group that is
// farthest from its border.
func groupLabels(groups map[string][]shape, names map[string]string, outlines map[string][][]spot, height int) []label {
	codes := make([]string, 0, len(groups))
	size := map[string]float64{}
	for code, shapes := range groups {
		codes = append(codes, code)
		for _, s := range shapes {
			size[code] += s.size
		}
	}
	sort.Slice(codes, func(i, j int) bool {
		return size[codes[i]] > size[codes[j]] || size[codes[i]] == size[codes[j]] && codes[i] < codes[j]
	})
	out := []label{}
	for _, code := range codes {
		if names[code] == "" || len(outlines[code]) == 0 {
			continue
		}
		l, _ := pole(outlines[code])
		l.text = names[code]
		out = place(out, l, height)
	}
	return out
}

// place adds a label where it is free, trying a little above and below.
func place(out []label, l label, height int) []label {
	w := labelWidth(l.text)
	for _, dy := range []float64{0, -9, 9, -18, 18} {
		c := l
		c.y += dy
		c.x = math.Max(w/2+1, math.Min(c.x, Width-w/2-1))
		if c.y < labelPx || c.y > float64(height)-3 {
			continue
		}
		free := true
		for _, o := range out {
			if math.Abs(o.x-c.x) < (w+labelWidth(o.text))/2+2 && math.Abs(o.y-c.y) < labelPx+1 {
				free = false
				break
			}
		}
		if free {
			return append(out, c)
		}
	}
	return out
}

func labelWidth(s string) float64 { return float64(utf8.RuneCountInString(s)) * labelPx * 0.6 }

// shortName drops the type of unit, which the title has.
func shortName(s string) string {
	for _, p := range []string{"Xã ", "Phường ", "Thị trấn ", "Thành phố ", "Tỉnh ", "Đặc khu "} {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest
		}
	}
	return s
}

// pole looks on a raster for the place inside that is farthest from the border,
// counting width more than height because names lie flat, and returns the free
// width there.
func pole(rings [][]spot) (label, float64) {
	minX, minY, maxX, maxY := math.MaxInt, math.MaxInt, math.MinInt, math.MinInt
	for _, r := range rings {
		for _, p := range r {
			minX, maxX = min(minX, p.x), max(maxX, p.x)
			minY, maxY = min(minY, p.y), max(maxY, p.y)
		}
	}
	best, at, wide := -1.0, label{x: float64(minX+maxX) / 2, y: float64(minY+maxY) / 2}, 0.0
	const n = 15
	for i := 1; i < n; i++ {
		y := float64(minY) + float64(maxY-minY)*float64(i)/n
		for j := 1; j < n; j++ {
			x := float64(minX) + float64(maxX-minX)*float64(j)/n
			if !inside(rings, x, y) {
				continue
			}
			d, free := clearance(rings, x, y)
			if score := d + math.Min(free, 90)/5; score > best {
				best, at, wide = score, label{x: x, y: y}, free
			}
		}
	}
	at.y += labelPx * 0.35
	return at, wide
}

func inside(rings [][]spot, x, y float64) bool {
	in := false
	for _, r := range rings {
		for i := range r {
			a, b := r[i], r[(i+1)%len(r)]
			if (float64(a.y) > y) != (float64(b.y) > y) && x < crossing(a, b, y) {
				in = !in
			}
		}
	}
	return in
}

// crossing is where the side a-b meets the height y.
func crossing(a, b spot, y float64) float64 {
	return float64(a.x) + (y-float64(a.y))/float64(b.y-a.y)*float64(b.x-a.x)
}

// clearance is the distance to the nearest side, and twice that to the nearest
// side at the left or the right.
func clearance(rings [][]spot, x, y float64) (near, flat float64) {
	near, flat = math.Inf(1), math.Inf(1)
	for _, r := range rings {
		for i := range r {
			a, b := r[i], r[(i+1)%len(r)]
			near = math.Min(near, distance(a, b, x, y))
			if (float64(a.y) > y) != (float64(b.y) > y) {
				flat = math.Min(flat, 2*math.Abs(crossing(a, b, y)-x))
			}
		}
	}
	return near, flat
}

func distance(a, b spot, x, y float64) float64 {
	ax, ay := float64(a.x), float64(a.y)
	dx, dy := float64(b.x)-ax, float64(b.y)-ay
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = math.Max(0, math.Min(1, ((x-ax)*dx+(y-ay)*dy)/l))
	}
	return math.Hypot(ax+t*dx-x, ay+t*dy-y)
}
