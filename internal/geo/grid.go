package geo

import (
	"math"
	"strconv"
	"strings"
)

// Width of the grid on which maps are drawn; the height follows the shape.
const Width = 512

const padding = 4

// spot is a place on the grid.
type spot struct{ x, y int }

// shape is an area on the grid.
type shape struct {
	Area
	rings [][]spot // closed by return to the first, which is not repeated
	dots  []spot   // parts too small for a ring
	size  float64  // in cells, to find the larger areas
}

// project puts a layer on the grid and returns the height.
func (l Layer) project() ([]shape, int) {
	b := l.Box()
	k := math.Cos((b.South + b.North) / 2 * math.Pi / 180)
	wide, tall := (b.East-b.West)*k, b.North-b.South
	if wide <= 0 {
		wide = math.Max(tall, 1e-9)
	}
	scale := (Width - 2*padding) / wide
	height := int(math.Ceil(tall*scale)) + 2*padding
	at := func(p Point) spot {
		return spot{padding + int(math.Round((p.Lon-b.West)*k*scale)), padding + int(math.Round((b.North-p.Lat)*scale))}
	}
	out := make([]shape, len(l.Areas))
	for i, a := range l.Areas {
		out[i] = a.shape(at)
	}
	simplify(out)
	return out, height
}

func (a Area) shape(at func(Point) spot) shape {
	s := shape{Area: a}
	for _, poly := range a.Polygons {
		for i, r := range poly {
			ring := snap(r, at)
			area := ringArea(ring)
			if len(ring) < 3 || area == 0 {
				// A hole may vanish, land may not.
				if i == 0 && len(ring) > 0 {
					s.dots = append(s.dots, ring[0])
				}
				continue
			}
			s.rings = append(s.rings, ring)
			if i == 0 {
				s.size += area
			}
		}
	}
	return s
}

// snap rounds a ring to the grid and drops points that fall together.
func snap(r []Point, at func(Point) spot) []spot {
	out := []spot{}
	for _, p := range r {
		q := at(p)
		if len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out
}

func ringArea(r []spot) float64 {
	sum := 0
	for i, p := range r {
		q := r[(i+1)%len(r)]
		sum += p.x*q.y - q.x*p.y
	}
	return math.Abs(float64(sum)) / 2
}

// straighten drops points on a straight line between their neighbours; the
// shape stays the same.
func straighten(r []spot) []spot {
	out := []spot{}
	for i, p := range r {
		a := r[(i+len(r)-1)%len(r)]
		if len(out) > 0 {
			a = out[len(out)-1]
		}
		b := r[(i+1)%len(r)]
		cross := (p.x-a.x)*(b.y-p.y) - (p.y-a.y)*(b.x-p.x)
		dot := (p.x-a.x)*(b.x-p.x) + (p.y-a.y)*(b.y-p.y)
		if cross == 0 && dot > 0 {
			continue
		}
		out = append(out, p)
	}
	return out
}

// path writes the shape in relative steps, as short as SVG allows.
func (s shape) path() string {
	var b strings.Builder
	for _, r := range s.rings {
		writeRing(&b, straighten(r), true)
	}
	seen := map[spot]bool{}
	for _, d := range s.dots {
		if !seen[d] {
			seen[d] = true
			b.WriteString("M" + strconv.Itoa(d.x-1) + "," + strconv.Itoa(d.y-1) + "h3v3h-3z")
		}
	}
	return b.String()
}

func writeRing(b *strings.Builder, r []spot, closed bool) {
	b.WriteString("M" + strconv.Itoa(r[0].x) + "," + strconv.Itoa(r[0].y) + "l")
	for i := 1; i < len(r); i++ {
		step(b, r[i].x-r[i-1].x, i > 1)
		step(b, r[i].y-r[i-1].y, true)
	}
	if closed {
		b.WriteByte('z')
	}
}

// step writes a number; a minus sign parts it from the one before.
func step(b *strings.Builder, n int, sep bool) {
	if sep && n >= 0 {
		b.WriteByte(' ')
	}
	b.WriteString(strconv.Itoa(n))
}

// edge is a side of a ring, in an order that does not depend on its direction.
type edge struct{ a, b spot }

func edgeOf(a, b spot) edge {
	if b.x < a.x || b.x == a.x && b.y < a.y {
		a, b = b, a
	}
	return edge{a, b}
}

// outline finds the border of a group of shapes: the edges that belong to one
// ring only. Where neighbours of a thinned layer do not quite meet, the sliver
// between them shows as an edge too; loops of less than 12 cells are left out.
func outline(shapes []shape) [][]spot {
	count := map[edge]int{}
	order := []edge{}
	for _, s := range shapes {
		for _, r := range s.rings {
			for i := range r {
				e := edgeOf(r[i], r[(i+1)%len(r)])
				if count[e] == 0 {
					order = append(order, e)
				}
				count[e]++
			}
		}
	}
	next := map[spot][]edge{}
	for _, e := range order {
		if count[e] == 1 {
			next[e.a] = append(next[e.a], e)
			next[e.b] = append(next[e.b], e)
		}
	}
	used := map[edge]bool{}
	loops := [][]spot{}
	for _, e := range order {
		if count[e] != 1 || used[e] {
			continue
		}
		if loop := walk(e, next, used); len(loop) > 2 && ringArea(loop) >= 12 {
			loops = append(loops, loop)
		}
	}
	return loops
}

// walk follows unused edges from e until it comes back or ends.
func walk(e edge, next map[spot][]edge, used map[edge]bool) []spot {
	loop := []spot{e.a}
	at := e.b
	used[e] = true
	for at != loop[0] {
		loop = append(loop, at)
		found := false
		for _, f := range next[at] {
			if used[f] {
				continue
			}
			used[f], found = true, true
			if f.a == at {
				at = f.b
			} else {
				at = f.a
			}
			break
		}
		if !found {
			break
		}
	}
	return loop
}
