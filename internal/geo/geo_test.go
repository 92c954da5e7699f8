package geo

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	communes2010 = "geo_bac_kan_communes_2010.geojson"
	communes2025 = "geo_bac_kan_communes_2025.topojson"
	thaiNguyen   = "geo_thai_nguyen_communes_2025.topojson"
	provinces    = "geo_vn_provinces_34.topojson"
)

func load(t *testing.T, name string) Layer {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "data", "geo", name))
	if err != nil {
		t.Fatal(err)
	}
	l, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLayers(t *testing.T) {
	for _, c := range []struct {
		file  string
		areas int
		box   Box // the layer lies within
	}{
		{communes2010, 122, Box{105.4, 21.8, 106.3, 22.8}},
		{communes2025, 37, Box{105.4, 21.8, 106.3, 22.8}},
		{thaiNguyen, 92, Box{105.4, 21.3, 106.3, 22.8}},
		{provinces, 34, Box{102.1, 7.1, 117.9, 23.5}},
	} {
		l := load(t, c.file)
		if len(l.Areas) != c.areas {
			t.Errorf("%s: %d areas, want %d", c.file, len(l.Areas), c.areas)
		}
		b := l.Box()
		if b.West < c.box.West || b.South < c.box.South || b.East > c.box.East || b.North > c.box.North {
			t.Errorf("%s: box %+v", c.file, b)
		}
		// Filled to within a tenth of its extent: nothing is left out.
		if (b.East-b.West)/(c.box.East-c.box.West) < 0.8 || (b.North-b.South)/(c.box.North-c.box.South) < 0.8 {
			t.Errorf("%s: box %+v is too small", c.file, b)
		}
	}
}

// The size of an area on the globe must be near the official one: wrong arcs,
// order or transform would not survive this.
func TestAreasHaveTheirSize(t *testing.T) {
	l := load(t, communes2025)
	total := 0.0
	for _, a := range l.Areas {
		km2 := squareKilometres(a)
		total += km2
		if want := map[string]float64{"01840": 34.46, "01843": 72, "01849": 153.46}[a.Code]; want > 0 && math.Abs(km2-want)/want > 0.1 {
			t.Errorf("%s: %.1f km², want %.1f", a.Name, km2, want)
		}
	}
	if total < 4700 || total > 5000 { // Bắc Kạn had 4,860 km²
		t.Errorf("37 communes have %.0f km²", total)
	}
	old := 0.0
	for _, a := range load(t, communes2010).Areas {
		old += squareKilometres(a)
	}
	if math.Abs(old-total)/total > 0.03 {
		t.Errorf("the communes of 2010 have %.0f km², those of 2025 %.0f", old, total)
	}
}

func squareKilometres(a Area) float64 {
	sum := 0.0
	for _, poly := range a.Polygons {
		for _, r := range poly {
			s := 0.0
			for i := 0; i+1 < len(r); i++ {
				s += r[i].Lon*r[i+1].Lat - r[i+1].Lon*r[i].Lat
			}
			sum += math.Abs(s) / 2 * 111.32 * 110.7 * math.Cos(r[0].Lat*math.Pi/180)
		}
	}
	return sum
}

func TestGroups(t *testing.T) {
	count := map[string]int{}
	for _, a := range load(t, communes2010).Areas {
		count[a.Group]++
	}
	if len(count) != 8 || count["058"] != 8 {
		t.Errorf("districts %v", count)
	}
	former := load(t, thaiNguyen).Only(func(a Area) bool { return a.Group == "06" })
	if len(former.Areas) != 37 {
		t.Errorf("%d communes of the former Bắc Kạn", len(former.Areas))
	}
}

func TestStitchTurnsArcs(t *testing.T) {
	arcs := [][]Point{{{0, 0}, {1, 0}, {1, 1}}, {{0, 0}, {0, 1}, {1, 1}}}
	ring, err := stitch([]int{0, ^1}, arcs)
	if err != nil || fmt.Sprint(ring) != "[{0 0} {1 0} {1 1} {0 1} {0 0}]" {
		t.Errorf("%v %v", ring, err)
	}
	if _, err := stitch([]int{0, 1}, arcs); err == nil {
		t.Error("arcs that do not meet were joined")
	}
	if _, err := stitch([]int{7}, arcs); err == nil {
		t.Error("an arc that does not exist was taken")
	}
}

func TestBrokenFilesAreRefused(t *testing.T) {
	for _, s := range []string{"", "{", "[]", `{"type":"Point"}`, `{"type":"FeatureCollection","features":[]}`,
		`{"type":"FeatureCollection","features":[{"properties":{"code":"1"},"geometry":{"type":"Point","coordinates":[1,2]}}]}`,
		`{"type":"FeatureCollection","features":[{"properties":{"code":"1"},"geometry":{"type":"Polygon","coordinates":[[[1],[2]]]}}]}`,
		`{"type":"FeatureCollection","features":[{"properties":{"code":"1"},"geometry":{"type":"Polygon","coordinates":[[[1,1],[2,2],[3,1],[4,4]]]}}]}`,
		`{"type":"FeatureCollection","features":[{"properties":{"code":"1"},"geometry":{"type":"Polygon","coordinates":[[[1,1],[200,2],[3,1],[1,1]]]}}]}`,
		`{"type":"Topology","arcs":[],"objects":{}}`,
		`{"type":"Topology","arcs":[[[0,0],[1,1]]],"objects":{"a":{"geometries":[{"type":"Polygon","arcs":[[-9]],"properties":{"code":"1"}}]}}}`} {
		if _, err := Parse([]byte(s)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// sampleMap has every kind of value.
func sampleMap(l Layer) Map {
	m := Map{Layer: l, Title: "Lượt người dự tuyên truyền", Unit: "lượt", ZeroApart: true, Outlines: true, Values: map[string]Value{},
		Href: func(code string) string { return "/units/" + code }}
	for i, a := range l.Areas {
		switch {
		case i%23 == 5:
		case i%29 == 7:
			m.Values[a.Code] = Num(0)
		default:
			m.Values[a.Code] = Value{N: float64((i*37)%410 + 3), Known: true, Estimate: i%17 == 3}
		}
	}
	return m
}

func TestMapsAreSmallAndWhole(t *testing.T) {
	names := map[string]string{"058": "TP Bắc Kạn", "060": "Pác Nặm", "061": "Ba Bể", "062": "Ngân Sơn", "063": "Bạch Thông", "064": "Chợ Đồn", "065": "Chợ Mới", "066": "Na Rì"}
	for _, file := range []string{communes2010, communes2025, thaiNguyen, provinces} {
		l := load(t, file)
		m := sampleMap(l)
		if file == communes2010 {
			m.GroupNames = names
		} else {
			m.Names = 40
		}
		d := m.Draw()
		checkSVG(t, file, d.SVG)
		if len(d.SVG) > 50_000 {
			t.Errorf("%s: %d bytes", file, len(d.SVG))
		}
		for _, a := range l.Areas {
			if !strings.Contains(d.SVG, esc(a.Name)) || !strings.Contains(d.SVG, `href="/units/`+a.Code+`"`) {
				t.Errorf("%s: %s is not on the map", file, a.Name)
			}
		}
		checkLegend(t, file, d, m)
		t.Logf("%s: %d bytes, %d x %d", file, len(d.SVG), d.Width, d.Height)
		if dir := os.Getenv("GEO_SAMPLES"); dir != "" {
			os.WriteFile(filepath.Join(dir, file+".svg"), []byte(d.SVG), 0o644)
			os.WriteFile(filepath.Join(dir, "geo.css"), []byte(CSS), 0o644)
			os.WriteFile(filepath.Join(dir, file+".txt"), []byte(d.Legend.Words()), 0o644)
		}
	}
}

func checkLegend(t *testing.T, name string, d Drawing, m Map) {
	t.Helper()
	n := d.Legend.NoData
	for _, c := range d.Legend.Classes {
		n += c.Count
		if c.Count > 0 && c.CSS != "" && !strings.Contains(d.SVG, c.CSS) {
			t.Errorf("%s: no area is painted %s", name, c.CSS)
		}
	}
	if n != len(m.Layer.Areas) {
		t.Errorf("%s: the legend counts %d areas of %d", name, n, len(m.Layer.Areas))
	}
	if d.Legend.Estimated == 0 || d.Legend.NoData == 0 || !strings.Contains(d.SVG, "≈ ") || !strings.Contains(d.SVG, "không có số liệu") {
		t.Errorf("%s: estimates or gaps are not shown", name)
	}
}

func checkSVG(t *testing.T, name, svg string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(svg))
	path := regexp.MustCompile(`^[Mlhvz0-9 ,-]*$`)
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		e, ok := tok.(xml.StartElement)
		if !ok || e.Name.Local != "path" {
			continue
		}
		for _, a := range e.Attr {
			if a.Name.Local == "d" && a.Value != "" && !path.MatchString(a.Value) && !strings.Contains(a.Value, "V7") && !strings.HasPrefix(a.Value, "M0 0h7v7H0") {
				t.Fatalf("%s: path %q", name, a.Value)
			}
		}
	}
}

func TestEveryValueHasOneClass(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 130).Draw(t, "values")
		m := Map{Title: "t", Values: map[string]Value{}, Scheme: Scheme(rapid.IntRange(0, 2).Draw(t, "scheme")), Classes: rapid.IntRange(0, 9).Draw(t, "n"),
			Decimals: rapid.IntRange(0, 2).Draw(t, "dec"), Limits: rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 0, 9).Draw(t, "limits"), ZeroApart: rapid.Bool().Draw(t, "zero")}
		square := []Point{{105, 22}, {105.1, 22}, {105.1, 22.1}, {105, 22.1}, {105, 22}}
		for i, v := range values {
			code := fmt.Sprint(i)
			m.Layer.Areas = append(m.Layer.Areas, Area{Code: code, Name: code, Polygons: [][][]Point{{square}}})
			m.Values[code] = Num(v)
		}
		d := m.Draw()
		n := 0
		last := math.Inf(-1)
		for i, c := range d.Legend.Classes {
			n += c.Count
			if c.CSS == "q0" {
				continue
			}
			if c.Low != last && !math.IsInf(c.Low, -1) {
				t.Fatalf("class %d begins at %v, the one before ends at %v", i, c.Low, last)
			}
			last = c.High
		}
		if n != len(values) || len(d.Legend.Classes) > maxClasses+1 {
			t.Fatalf("%d values in %d classes hold %d", len(values), len(d.Legend.Classes), n)
		}
	})
}

func TestQuantilesAreEven(t *testing.T) {
	values := []float64{}
	for i := range 120 {
		values = append(values, float64(i))
	}
	m := Map{Classes: 6}
	got := m.limits(values)
	if fmt.Sprint(got) != "[20 40 60 80 100]" {
		t.Errorf("%v", got)
	}
	cs := m.classes(got)
	if cs[0].CSS != "q1" || cs[5].CSS != "q6" || cs[0].Label != "dưới 20" || cs[1].Label != "20 đến dưới 40" || cs[5].Label != "từ 100 trở lên" {
		t.Errorf("%+v", cs)
	}
	if got := m.limits([]float64{5, 5, 5}); len(got) != 0 {
		t.Errorf("equal values: %v", got)
	}
}

func TestNoValuesAtAll(t *testing.T) {
	l := load(t, communes2025)
	d := Map{Layer: l, Title: "x"}.Draw()
	checkSVG(t, "empty", d.SVG)
	if d.Legend.NoData != 37 || len(d.Legend.Classes) != 0 {
		t.Errorf("%+v", d.Legend)
	}
}

// A figure of other boundaries than the map's is said, not swallowed.
func TestUnknownCodesAreSaid(t *testing.T) {
	d := Map{Layer: load(t, communes2025), Values: map[string]Value{"99999": Num(1), "01840": Num(2)}}.Draw()
	if fmt.Sprint(d.Legend.Unknown) != "[99999]" {
		t.Errorf("%v", d.Legend.Unknown)
	}
}

func TestHostileText(t *testing.T) {
	evil := `<script>"&'` + "\x00"
	sq := []Point{{105, 22}, {105.1, 22}, {105.1, 22.1}, {105, 22}}
	m := Map{ID: `x"><b`, Title: evil, Unit: evil, Names: 9, Layer: Layer{Areas: []Area{{Code: evil, Name: evil, Polygons: [][][]Point{{sq}}}}},
		Values: map[string]Value{evil: {N: 1, Known: true, Label: evil}}, Href: func(string) string { return "javascript:alert(1)" }}
	svg := m.Draw().SVG
	checkSVG(t, "hostile", svg)
	if strings.Contains(svg, "<script") || strings.Contains(svg, "javascript") {
		t.Error(svg)
	}
}

// An island smaller than a cell of the grid stays on the map.
func TestIslandsDoNotVanish(t *testing.T) {
	big := []Point{{105, 10}, {117, 10}, {117, 22}, {105, 22}, {105, 10}}
	tiny := []Point{{111, 16}, {111.0001, 16}, {111.0001, 16.0001}, {111, 16}}
	m := Map{Layer: Layer{Areas: []Area{{Code: "1", Name: "a", Polygons: [][][]Point{{big}}}, {Code: "2", Name: "Đảo", Polygons: [][][]Point{{tiny}}}}}}
	if svg := m.Draw().SVG; !strings.Contains(svg, "h3v3h-3z") || !strings.Contains(svg, "Đảo") {
		t.Error(svg)
	}
	for _, a := range load(t, provinces).Areas {
		s := Layer{Areas: []Area{a}}.Box()
		if a.Code == "56" && s.East < 117 || a.Code == "48" && s.East < 112 {
			t.Errorf("%s ends at %.2f E: its archipelago is missing", a.Name, s.East)
		}
	}
}

func TestLabelsDoNotCover(t *testing.T) {
	for _, file := range []string{communes2010, communes2025, thaiNguyen} {
		shapes, height := load(t, file).project()
		labels := nameLabels(shapes, height, 100)
		if len(labels) < 5 {
			t.Errorf("%s: only %d names fit", file, len(labels))
		}
		for i, a := range labels {
			w := labelWidth(a.text)
			if a.x-w/2 < 0 || a.x+w/2 > Width || a.y > float64(height) {
				t.Errorf("%s: %s leaves the map", file, a.text)
			}
			for _, b := range labels[:i] {
				if math.Abs(a.x-b.x) < (w+labelWidth(b.text))/2 && math.Abs(a.y-b.y) < labelPx {
					t.Errorf("%s: %s covers %s", file, a.text, b.text)
				}
			}
		}
	}
}

func TestStraightenKeepsTheShape(t *testing.T) {
	r := []spot{{0, 0}, {1, 0}, {2, 0}, {4, 0}, {4, 2}, {4, 4}, {2, 2}, {0, 4}}
	got := straighten(r)
	if ringArea(got) != ringArea(r) || len(got) != 5 {
		t.Errorf("%v", got)
	}
}

// Thinning moves no border by a visible amount and opens no gap: the edges that
// two neighbours shared before are shared after.
func TestSimplifyKeepsNeighboursTogether(t *testing.T) {
	l := load(t, thaiNguyen)
	shapes, _ := l.project()
	once, twice := 0, 0
	count := map[edge]int{}
	cells := 0.0
	for _, s := range shapes {
		for _, r := range s.rings {
			cells += ringArea(r)
			for i := range r {
				count[edgeOf(r[i], r[(i+1)%len(r)])]++
			}
		}
	}
	for _, n := range count {
		if n == 1 {
			once++
		} else {
			twice++
		}
	}
	// Only the outer border belongs to one area.
	if loops := outline(shapes); len(loops) != 1 {
		t.Errorf("%d loops around the province", len(loops))
	} else if math.Abs(ringArea(loops[0])-cells)/cells > 0.001 {
		t.Errorf("the province has %.0f cells, its communes %.0f", ringArea(loops[0]), cells)
	}
	if twice < once*2 {
		t.Errorf("%d shared edges, %d of one area only", twice, once)
	}
}
