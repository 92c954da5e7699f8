package geo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// ErrFormat is returned for a file that is neither GeoJSON nor TopoJSON, or one
// whose parts do not fit together.
var ErrFormat = errors.New("geo: not a layer of boundaries")

// Parse reads a GeoJSON FeatureCollection or a TopoJSON Topology.
func Parse(data []byte) (Layer, error) {
	var head struct{ Type string }
	if err := json.Unmarshal(data, &head); err != nil {
		return Layer{}, fmt.Errorf("%w: %v", ErrFormat, err)
	}
	switch head.Type {
	case "FeatureCollection":
		return ParseGeoJSON(data)
	case "Topology":
		return ParseTopoJSON(data)
	}
	return Layer{}, fmt.Errorf("%w: type %q", ErrFormat, head.Type)
}

// properties are what the layers say of an area.
type properties struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	District string `json:"district_code"`
	FormerBK *bool  `json:"in_former_bac_kan"`
}

// area gives an area without its boundary. The group of a commune is its
// district (2010) or the former province that it lay in (2025).
func (p properties) area() Area {
	a := Area{Code: p.Code, Name: p.Name, Group: p.District}
	if p.FormerBK == nil {
		return a
	}
	a.Group = "19"
	if *p.FormerBK {
		a.Group = "06"
	}
	return a
}

// ParseGeoJSON reads polygons and multipolygons; other shapes are refused.
func ParseGeoJSON(data []byte) (Layer, error) {
	var fc struct {
		Features []struct {
			Properties properties
			Geometry   struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(data, &fc); err != nil {
		return Layer{}, fmt.Errorf("%w: %v", ErrFormat, err)
	}
	l := Layer{}
	for i, f := range fc.Features {
		var raw [][][][]float64
		var err error
		switch f.Geometry.Type {
		case "Polygon":
			raw = make([][][][]float64, 1)
			err = json.Unmarshal(f.Geometry.Coordinates, &raw[0])
		case "MultiPolygon":
			err = json.Unmarshal(f.Geometry.Coordinates, &raw)
		default:
			err = fmt.Errorf("geometry %q", f.Geometry.Type)
		}
		if err != nil {
			return Layer{}, fmt.Errorf("%w: feature %d: %v", ErrFormat, i, err)
		}
		a := f.Properties.area()
		for _, poly := range raw {
			rings, err := ringsOf(poly)
			if err != nil {
				return Layer{}, fmt.Errorf("%w: feature %d (%s): %v", ErrFormat, i, a.Code, err)
			}
			a.Polygons = append(a.Polygons, rings)
		}
		l.Areas = append(l.Areas, a)
	}
	return l, l.check()
}

func ringsOf(poly [][][]float64) ([][]Point, error) {
	out := make([][]Point, len(poly))
	for i, ring := range poly {
		for _, c := range ring {
			if len(c) < 2 {
				return nil, fmt.Errorf("a position of %d numbers", len(c))
			}
			out[i] = append(out[i], Point{c[0], c[1]})
		}
	}
	return out, nil
}

// topology is a TopoJSON file.
type topology struct {
	Arcs      [][][]float64
	Transform *struct{ Scale, Translate [2]float64 }
	Objects   map[string]struct {
		Type       string
		Geometries []topoGeometry
	}
}

type topoGeometry struct {
	Type       string
	Properties properties
	Arcs       json.RawMessage
}

// ParseTopoJSON reads the only object of a topology: a collection of polygons
// whose borders are shared arcs.
func ParseTopoJSON(data []byte) (Layer, error) {
	var t topology
	if err := json.Unmarshal(data, &t); err != nil {
		return Layer{}, fmt.Errorf("%w: %v", ErrFormat, err)
	}
	if len(t.Objects) != 1 {
		return Layer{}, fmt.Errorf("%w: %d objects, want one", ErrFormat, len(t.Objects))
	}
	arcs, err := t.decode()
	if err != nil {
		return Layer{}, err
	}
	l := Layer{}
	for _, o := range t.Objects {
		for i, g := range o.Geometries {
			a, err := g.area(arcs)
			if err != nil {
				return Layer{}, fmt.Errorf("%w: geometry %d (%s): %v", ErrFormat, i, g.Properties.Code, err)
			}
			l.Areas = append(l.Areas, a)
		}
	}
	return l, l.check()
}

// decode turns arcs into degrees. In a quantised topology each position but the
// first of an arc is the difference to the one before it.
func (t topology) decode() ([][]Point, error) {
	out := make([][]Point, len(t.Arcs))
	for i, arc := range t.Arcs {
		var x, y float64
		for _, c := range arc {
			if len(c) < 2 {
				return nil, fmt.Errorf("%w: arc %d", ErrFormat, i)
			}
			if t.Transform == nil {
				out[i] = append(out[i], Point{c[0], c[1]})
				continue
			}
			x, y = x+c[0], y+c[1]
			s, m := t.Transform.Scale, t.Transform.Translate
			out[i] = append(out[i], Point{x*s[0] + m[0], y*s[1] + m[1]})
		}
	}
	return out, nil
}

func (g topoGeometry) area(arcs [][]Point) (Area, error) {
	a := g.Properties.area()
	var polys [][][]int
	var err error
	switch g.Type {
	case "Polygon":
		polys = make([][][]int, 1)
		err = json.Unmarshal(g.Arcs, &polys[0])
	case "MultiPolygon":
		err = json.Unmarshal(g.Arcs, &polys)
	default:
		err = fmt.Errorf("geometry %q", g.Type)
	}
	if err != nil {
		return a, err
	}
	for _, p := range polys {
		rings := make([][]Point, len(p))
		for i, refs := range p {
			if rings[i], err = stitch(refs, arcs); err != nil {
				return a, err
			}
		}
		a.Polygons = append(a.Polygons, rings)
	}
	return a, nil
}

// stitch joins arcs to a ring. A negative number is the arc ^n, turned round;
// the first point of each arc repeats the last of the one before.
func stitch(refs []int, arcs [][]Point) ([]Point, error) {
	ring := []Point{}
	for _, n := range refs {
		i, turned := n, n < 0
		if turned {
			i = ^n
		}
		if i >= len(arcs) {
			return nil, fmt.Errorf("arc %d of %d", i, len(arcs))
		}
		arc := arcs[i]
		for k := range arc {
			p := arc[k]
			if turned {
				p = arc[len(arc)-1-k]
			}
			if k == 0 && len(ring) > 0 {
				if q := ring[len(ring)-1]; math.Abs(q.Lon-p.Lon) > 1e-9 || math.Abs(q.Lat-p.Lat) > 1e-9 {
					return nil, fmt.Errorf("arc %d does not begin where the one before ends", n)
				}
				continue
			}
			ring = append(ring, p)
		}
	}
	return ring, nil
}

// check demands codes that differ, closed rings and numbers on the globe.
func (l Layer) check() error {
	if len(l.Areas) == 0 {
		return fmt.Errorf("%w: no areas", ErrFormat)
	}
	seen := map[string]bool{}
	for _, a := range l.Areas {
		if a.Code == "" || seen[a.Code] {
			return fmt.Errorf("%w: code %q is missing or twice", ErrFormat, a.Code)
		}
		seen[a.Code] = true
		for _, poly := range a.Polygons {
			for _, r := range poly {
				if len(r) < 4 || r[0] != r[len(r)-1] {
					return fmt.Errorf("%w: a ring of %s is not closed", ErrFormat, a.Code)
				}
				for _, p := range r {
					if !(math.Abs(p.Lon) <= 180 && math.Abs(p.Lat) < 90) {
						return fmt.Errorf("%w: %s lies at %v", ErrFormat, a.Code, p)
					}
				}
			}
		}
	}
	return nil
}

// Box is the extent of the layer.
func (l Layer) Box() Box {
	b := Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, a := range l.Areas {
		for _, poly := range a.Polygons {
			for _, r := range poly {
				for _, p := range r {
					b.West, b.East = math.Min(b.West, p.Lon), math.Max(b.East, p.Lon)
					b.South, b.North = math.Min(b.South, p.Lat), math.Max(b.North, p.Lat)
				}
			}
		}
	}
	return b
}

// Only returns the areas that keep accepts, for a map of one district.
func (l Layer) Only(keep func(Area) bool) Layer {
	out := Layer{}
	for _, a := range l.Areas {
		if keep(a) {
			out.Areas = append(out.Areas, a)
		}
	}
	return out
}
