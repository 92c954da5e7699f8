package geo

import (
	"slices"
	"sync"
)

// projections holds layers that were put on the grid: a page is drawn again after every act, its boundaries never
// change. A layer is known by its polygons; codes, names and groups may differ from one map to the next.
type projections struct {
	mu   sync.Mutex
	kept []projection // the one used last at the end
}

type projection struct {
	of     [][][][]Point
	shapes []shape
	height int
}

// mostProjections bounds the memory: a province's communes take about 100 kB.
const mostProjections = 40

var projected projections

// on puts a layer on the grid, or takes what was made before.
func (p *projections) on(l Layer) ([]shape, int) {
	p.mu.Lock()
	i := slices.IndexFunc(p.kept, func(x projection) bool { return x.isOf(l) })
	var x projection
	if i >= 0 {
		x = p.kept[i]
		p.kept = append(slices.Delete(p.kept, i, i+1), x)
	}
	p.mu.Unlock()
	if i < 0 {
		x.shapes, x.height = l.project()
		for _, a := range l.Areas {
			x.of = append(x.of, a.Polygons)
		}
		p.mu.Lock()
		if p.kept = append(p.kept, x); len(p.kept) > mostProjections {
			p.kept = slices.Delete(p.kept, 0, 1)
		}
		p.mu.Unlock()
	}
	shapes := slices.Clone(x.shapes) // their rings are only read
	for i := range shapes {
		shapes[i].Area = l.Areas[i]
	}
	return shapes, x.height
}

// isOf reports whether the layer's polygons are those very ones, not merely alike.
func (x projection) isOf(l Layer) bool {
	return slices.EqualFunc(x.of, l.Areas, func(a [][][]Point, b Area) bool {
		return len(a) == len(b.Polygons) && (len(a) == 0 || &a[0] == &b.Polygons[0])
	})
}
