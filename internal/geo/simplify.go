package geo

import "slices"

// tolerance is how far, in cells, a border may move: less than a screen shows.
const tolerance = 0.8

// simplify thins the borders of all shapes alike. A border between two places
// where three or more sides meet is one chain; both neighbours get the same
// points of it, so that no gap opens between them.
func simplify(shapes []shape) {
	meets := junctions(shapes)
	for i := range shapes {
		for j, r := range shapes[i].rings {
			if t := thin(r, meets); len(t) >= 3 && ringArea(t) > 0 {
				shapes[i].rings[j] = t
			}
		}
	}
}

// junctions are the places where other than two sides meet.
func junctions(shapes []shape) map[spot]bool {
	seen := map[edge]bool{}
	degree := map[spot]int{}
	for _, s := range shapes {
		for _, r := range s.rings {
			for i := range r {
				e := edgeOf(r[i], r[(i+1)%len(r)])
				if !seen[e] {
					seen[e] = true
					degree[e.a]++
					degree[e.b]++
				}
			}
		}
	}
	out := map[spot]bool{}
	for p, n := range degree {
		if n != 2 {
			out[p] = true
		}
	}
	return out
}

func thin(r []spot, meets map[spot]bool) []spot {
	keep := []int{}
	for i, p := range r {
		if meets[p] {
			keep = append(keep, i)
		}
	}
	if len(keep) < 2 {
		keep = anchors(r, keep)
	}
	out := []spot{}
	for k, from := range keep {
		to := keep[(k+1)%len(keep)]
		chain := []spot{}
		for i := from; ; i = (i + 1) % len(r) {
			chain = append(chain, r[i])
			if i == to && len(chain) > 1 {
				break
			}
		}
		c := thinChain(chain)
		out = append(out, c[:len(c)-1]...)
	}
	return out
}

// anchors gives a ring without two junctions, an island or an enclave, two ends
// that do not depend on where the ring begins.
func anchors(r []spot, keep []int) []int {
	first := 0
	if len(keep) == 1 {
		first = keep[0]
	} else {
		for i, p := range r {
			if less(p, r[first]) {
				first = i
			}
		}
	}
	far := (first + 1) % len(r)
	for i, p := range r {
		d, best := gap(p, r[first]), gap(r[far], r[first])
		if d > best || d == best && i != first && less(p, r[far]) {
			far = i
		}
	}
	out := []int{first, far}
	slices.Sort(out)
	return out
}

func less(a, b spot) bool { return a.x < b.x || a.x == b.x && a.y < b.y }

func gap(a, b spot) int { return (a.x-b.x)*(a.x-b.x) + (a.y-b.y)*(a.y-b.y) }

// thinChain is Douglas and Peucker's method, run in one direction whichever
// neighbour asks.
func thinChain(c []spot) []spot {
	turned := less(c[len(c)-1], c[0]) || c[0] == c[len(c)-1] && len(c) > 2 && less(c[len(c)-2], c[1])
	if turned {
		c = slices.Clone(c)
		slices.Reverse(c)
	}
	keep := make([]bool, len(c))
	keep[0], keep[len(c)-1] = true, true
	mark(c, 0, len(c)-1, keep)
	out := []spot{}
	for i, p := range c {
		if keep[i] {
			out = append(out, p)
		}
	}
	if turned {
		slices.Reverse(out)
	}
	return out
}

func mark(c []spot, from, to int, keep []bool) {
	far, at := tolerance, -1
	for i := from + 1; i < to; i++ {
		if d := distance(c[from], c[to], float64(c[i].x), float64(c[i].y)); d > far {
			far, at = d, i
		}
	}
	if at < 0 {
		return
	}
	keep[at] = true
	mark(c, from, at, keep)
	mark(c, at, to, keep)
}
