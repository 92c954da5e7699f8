package portal

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"

	"danvan/data"
	"danvan/internal/contribution"
	"danvan/internal/geo"
)

// spotMap is a commune's outline with the place of a work: small enough for a first view.
type spotMap struct {
	Path          string // of the commune, in a box of spotSize
	Height        int
	X, Y          int
	Marked        bool
	Title, Coords string
}

const spotSize = 320

var communesNow = sync.OnceValues(func() (geo.Layer, error) {
	body, err := data.FS.ReadFile("geo/geo_thai_nguyen_communes_2025.topojson")
	if err != nil {
		return geo.Layer{}, fmt.Errorf("read boundaries: %w", err)
	}
	return geo.Parse(body)
})

// workMap draws where a work stands.
func (p *portal) workMap(x *contribution.Work, in place) (*spotMap, error) {
	return spotIn(in, string(x.Latitude), string(x.Longitude))
}

// spotIn draws a commune with a spot in it; nil where the commune's outline is not known.
func spotIn(in place, latitude, longitude string) (*spotMap, error) {
	layer, err := communesNow()
	if err != nil {
		return nil, err
	}
	layer = layer.Only(func(a geo.Area) bool { return a.Code == in.Code })
	if len(layer.Areas) == 0 {
		return nil, nil
	}
	b := layer.Box()
	k := math.Cos((b.South + b.North) / 2 * math.Pi / 180)
	scale := (spotSize - 16) / max((b.East-b.West)*k, b.North-b.South, 1e-6)
	at := func(pt geo.Point) (x, y int) {
		return 8 + int(math.Round((pt.Lon-b.West)*k*scale)), 8 + int(math.Round((b.North-pt.Lat)*scale))
	}
	m := &spotMap{Height: 16 + int((b.North-b.South)*scale), Title: in.Name}
	var path strings.Builder
	for _, poly := range layer.Areas[0].Polygons {
		for _, ring := range poly {
			px, py := -1, -1
			for n, pt := range ring {
				x, y := at(pt)
				if n > 0 && abs(x-px)+abs(y-py) < 3 {
					continue
				}
				if n == 0 {
					fmt.Fprintf(&path, "M%d %d", x, y)
				} else {
					fmt.Fprintf(&path, "L%d %d", x, y)
				}
				px, py = x, y
			}
			path.WriteByte('z')
		}
	}
	m.Path = path.String()
	lat, err1 := strconv.ParseFloat(latitude, 64)
	lon, err2 := strconv.ParseFloat(longitude, 64)
	if err1 == nil && err2 == nil && lat >= b.South && lat <= b.North && lon >= b.West && lon <= b.East {
		m.X, m.Y = at(geo.Point{Lon: lon, Lat: lat})
		m.Marked, m.Coords = true, strings.ReplaceAll(fmt.Sprintf("%.5f; %.5f", lat, lon), ".", ",")
	}
	return m, nil
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
