package chart

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var years = []string{"2015", "2016", "2017", "2018", "2019"}

func nums(vs ...float64) []Value {
	out := make([]Value, len(vs))
	for i, v := range vs {
		out[i] = Num(v)
		if math.IsNaN(v) {
			out[i] = Gap()
		}
	}
	return out
}

func petitions() []Series {
	return []Series{{"tiếp nhận", nums(2412, 2305, 2268, 2174, 2085)}, {"thụ lý", nums(1702, 1588, 1514, 1427, 1337)}, {"đã giải quyết", nums(1611, 1532, 1478, 1405, 1318)}}
}

func poverty() Lines {
	return Lines{About: About{Title: "Tỷ lệ hộ nghèo 2010–2019", Unit: "%", Decimals: -1},
		Categories: []string{"2010", "2011", "2012", "2013", "2014", "2015", "2016", "2017", "2018", "2019"},
		Series:     []Series{{"hộ nghèo", nums(32.13, 28.5, math.NaN(), 21.3, 17.8, 14.2, 29.4, 26.1, 22.9, 19.56)}},
		Breaks:     []Break{{6, "chuẩn nghèo tiếp cận đa chiều 2016–2020 thay chuẩn 2011–2015"}}}
}

// gallery is one of each kind and of each awkward case.
func gallery() map[string]string {
	long := "Trung tâm Phục vụ hành chính công xã Thượng Quan và các thôn vùng cao giáp ranh"
	est := Num(41300)
	est.Estimate = true
	months := make([]string, 120)
	many := make([]Value, 120)
	for i := range months {
		months[i] = fmt.Sprintf("%02d/%d", i%12+1, 2010+i/12)
		many[i] = Num(math.Round(500 + 300*math.Sin(float64(i)/5)))
	}
	districts := []string{"Chợ Đồn", "Ba Bể", "Na Rì", "Bạch Thông", "Chợ Mới", "Ngân Sơn", "Pác Nặm", "TP Bắc Kạn"}
	multi := Multiples{About: About{Title: "Đất hiến theo huyện", Unit: "m²"}, Categories: []string{"2011", "2012", "2013", "2014", "2015"}}
	for i, d := range districts {
		multi.Series = append(multi.Series, Series{d, nums(float64(9000-i*1000), float64(8000-i*900), float64(8500-i*1000), float64(8700-i*1100), float64(9700-i*1000))})
		multi.Totals = append(multi.Totals, Format(float64(43900-i*5000), 0))
	}
	multi.Series[7].Values[2] = Gap()
	return map[string]string{
		"01-overlaid": Bars{About: About{Title: "Đơn theo năm 2015–2019", Unit: "đơn", Legend: true}, Layout: Overlaid, Categories: years, Series: petitions(), Inner: []string{"94,7%", "96,5%", "97,6%", "98,5%", "98,6%"}}.SVG(),
		"02-grouped":  Bars{About: About{Title: "Đơn theo năm, cạnh nhau", Unit: "đơn", Legend: true}, Categories: years, Series: petitions()}.SVG(),
		"03-stacked": Bars{About: About{Title: "Ngày công theo việc", Legend: true}, Layout: Stacked, Categories: years,
			Series: []Series{{"đường", nums(120, 130, 90, 80, 60)}, {"trường học", nums(20, 30, 40, math.NaN(), 30)}, {"khác", nums(10, 12, -25, 9, 8)}}, Breaks: []Break{{3, "đổi cách tính"}}}.SVG(),
		"04-lines":            poverty().SVG(),
		"05-two lines":        Lines{About: About{Title: "Hai đường", Legend: true, Decimals: 1}, Categories: years, Series: []Series{{"thành thị", nums(5, 4.2, 3.9, 3.1, 2.5)}, {"nông thôn", nums(25, 24.2, 21.9, 20.1, 18.5)}}}.SVG(),
		"06-many":             Lines{About: About{Title: "Theo tháng", Unit: "lượt"}, Categories: months, Series: []Series{{"lượt người", many}}}.SVG(),
		"07-ranking":          Ranking{About: About{Title: "Đất hiến theo xã", Unit: "m²"}, Items: []Item{{"Xã Bành Trạch", Num(62905), "/xa/1"}, {long, est, ""}, {"Xã Hà Hiệu", Num(0), ""}, {"Xã Mỹ Phương", Gap(), ""}}}.SVG(),
		"08-ranking negative": Ranking{About: About{Title: "Thay đổi so với cùng kỳ", Unit: "%", Decimals: 1}, Items: []Item{{"Ba Bể", Num(8.2), ""}, {"Na Rì", Num(-3.1), ""}, {"Chợ Mới", Num(-12), ""}}}.SVG(),
		"09-multiples":        multi.SVG(),
		"10-negative":         Bars{About: About{Title: "Tăng giảm", Decimals: 1}, Categories: years, Series: []Series{{"thay đổi", nums(5.5, -3.2, 0, math.NaN(), -8)}}}.SVG(),
		"11-long names":       Bars{About: About{Title: "Theo cơ quan", Unit: "cuộc"}, Categories: []string{long, "Ban Dân vận", "Sở Nội vụ", "Ủy ban Mặt trận Tổ quốc tỉnh"}, Series: []Series{{"cuộc", []Value{Num(12), Num(30), est, Num(7)}}}}.SVG(),
		"12-one point":        Lines{About: About{Title: "Một điểm"}, Categories: []string{"2019"}, Series: []Series{{"a", nums(7)}}}.SVG(),
		"13-nothing":          Bars{About: About{Title: "Không có"}, Categories: years, Series: []Series{{"a", nil}}}.SVG(),
		"14-many bars":        Bars{About: About{Title: "Cột theo tháng"}, Categories: months[:36], Series: []Series{{"a", many[:36]}}}.SVG(),
		"15-spark":            Sparkline{Values: nums(1, 3, 2, math.NaN(), 5, 4, 9)}.SVG(),
	}
}

// TestGallery writes the gallery as pieces of HTML into the directory that
// CHART_SAMPLES names, to be looked at.
func TestGallery(t *testing.T) {
	for name, svg := range gallery() {
		checkSVG(t, name, svg)
		for _, bad := range []string{"NaN", "Inf", "%!", "<nil>"} {
			if strings.Contains(svg, bad) {
				t.Errorf("%s holds %s", name, bad)
			}
		}
		if dir := os.Getenv("CHART_SAMPLES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, name+".svg"), []byte(svg), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if dir := os.Getenv("CHART_SAMPLES"); dir != "" {
		os.WriteFile(filepath.Join(dir, "chart.css"), []byte(CSS), 0o644)
	}
}

// fataler is *testing.T and *rapid.T.
type fataler interface {
	Helper()
	Fatalf(string, ...any)
}

// checkSVG holds for every chart: well-formed, named, no number that is none,
// nothing of negative size, nothing foreign.
func checkSVG(t fataler, name, svg string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(svg))
	ids := map[string]bool{}
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v in %s", name, err, svg)
		}
		e, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local == "script" || e.Name.Local == "foreignObject" || e.Name.Local == "image" {
			t.Fatalf("%s: <%s>", name, e.Name.Local)
		}
		for _, a := range e.Attr {
			checkAttr(t, name, e.Name.Local, a, ids)
		}
	}
	if !strings.Contains(svg, "<title") && !strings.Contains(svg, `aria-hidden="true"`) {
		t.Fatalf("%s has no title", name)
	}
}

var drawing = regexp.MustCompile(`^[MLHVhvz0-9. -]*$`)

func checkAttr(t fataler, name, el string, a xml.Attr, ids map[string]bool) {
	t.Helper()
	switch a.Name.Local {
	case "id":
		if ids[a.Value] {
			t.Fatalf("%s: id %s twice", name, a.Value)
		}
		ids[a.Value] = true
	case "width", "height", "r":
		if v, err := strconv.ParseFloat(a.Value, 64); err != nil || v < 0 {
			t.Fatalf("%s: <%s %s=%q>", name, el, a.Name.Local, a.Value)
		}
	case "x", "y", "cx", "cy":
		if v, err := strconv.ParseFloat(a.Value, 64); err != nil || v < -60 || v > 5000 {
			t.Fatalf("%s: <%s %s=%q> is off the chart", name, el, a.Name.Local, a.Value)
		}
	case "d":
		if !drawing.MatchString(a.Value) {
			t.Fatalf("%s: path %q", name, a.Value)
		}
	case "style", "onclick", "onload":
		t.Fatalf("%s: attribute %s", name, a.Name.Local)
	}
}

func TestValuesAreWritten(t *testing.T) {
	g := gallery()
	for name, wants := range map[string][]string{
		"01-overlaid":  {">2.412<", ">2.085<", ">94,7%<", "thụ lý: 2015 1.702 đơn", `role="img"`, ">tiếp nhận<"},
		"02-grouped":   {">2.412<", ">1.702<", ">1.318<"},
		"04-lines":     {">32,13<", ">19,56<", ">14,2<", ">29,4<", "2012 không có số liệu", "đứt đoạn từ 2016"},
		"07-ranking":   {">62.905<", ">≈ 41.300<", ">0<", ">không có số liệu<", `href="/xa/1"`, "pattern"},
		"09-multiples": {">43.900<", "TP Bắc Kạn, 2013: không có số liệu"},
		"10-negative":  {">-3,2<", ">0,0<", ">-8,0<"},
	} {
		for _, want := range wants {
			if !strings.Contains(g[name], want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
	}
}

// A line never crosses a break nor a gap.
func TestLinesAreCut(t *testing.T) {
	l := poverty()
	got := l.segments(l.Series[0])
	if fmt.Sprint(got) != "[[0 1] [3 4 5] [6 7 8 9]]" {
		t.Errorf("segments %v", got)
	}
	svg := l.SVG()
	if n := len(regexp.MustCompile(`<path class="ln`).FindAllString(svg, -1)); n != 3 {
		t.Errorf("%d lines", n)
	}
	if strings.Count(svg, `class="ax0 dash"`) != 1 {
		t.Error("no dashed line at the break")
	}
}

func TestGapIsNotZero(t *testing.T) {
	a := Bars{Categories: []string{"a"}, Series: []Series{{"x", nums(0)}}}
	b := Bars{Categories: []string{"a"}, Series: []Series{{"x", []Value{Gap()}}}}
	if !strings.Contains(a.SVG(), ">0</text>") || strings.Contains(a.SVG(), "không có số liệu") {
		t.Error("a stated zero is not shown")
	}
	if !strings.Contains(b.SVG(), "không có số liệu") || strings.Contains(b.SVG(), "t-b") {
		t.Error("a gap is shown as a value")
	}
}

// Bars of an overlaid chart stand in proportion: half the value, half the height.
func TestHeightsFollowValues(t *testing.T) {
	svg := Bars{Layout: Grouped, Categories: []string{"a", "b"}, Series: []Series{{"x", nums(100, 50)}}}.SVG()
	m := regexp.MustCompile(`<rect class="f1" [^>]*height="([\d.]+)"`).FindAllStringSubmatch(svg, -1)
	if len(m) != 2 {
		t.Fatalf("%d bars", len(m))
	}
	a, _ := strconv.ParseFloat(m[0][1], 64)
	b, _ := strconv.ParseFloat(m[1][1], 64)
	if math.Abs(a-2*b) > 0.2 {
		t.Errorf("heights %v and %v", a, b)
	}
}

func TestHostileText(t *testing.T) {
	evil := "<script>alert(1)</script>\"'&\x00\x1b]]>"
	a := About{ID: `x" onload="y`, Title: evil, Desc: evil, Unit: evil, Legend: true}
	v := []Value{{N: 1, Known: true, Label: evil}}
	for name, svg := range map[string]string{
		"bars":      Bars{About: a, Categories: []string{evil}, Series: []Series{{evil, v}}, Inner: []string{evil}, Breaks: []Break{{0, evil}}}.SVG(),
		"lines":     Lines{About: a, Categories: []string{evil, evil}, Series: []Series{{evil, v}}, Breaks: []Break{{1, evil}}}.SVG(),
		"ranking":   Ranking{About: a, Items: []Item{{evil, v[0], "javascript:alert(1)"}, {"b", v[0], `/x"><b>`}}}.SVG(),
		"multiples": Multiples{About: a, Categories: []string{evil}, Series: []Series{{evil, v}}, Totals: []string{evil}}.SVG(),
		"spark":     Sparkline{Title: evil, Values: v}.SVG(),
	} {
		checkSVG(t, name, svg)
		if strings.Contains(svg, "<script") || strings.Contains(svg, "javascript:") || strings.Contains(svg, "onload=") {
			t.Errorf("%s lets through %s", name, svg)
		}
	}
}

// Whatever the numbers, the drawing is sound.
func TestAnyNumbers(t *testing.T) {
	value := rapid.Custom(func(t *rapid.T) Value {
		return Value{N: rapid.Float64Range(-1e12, 1e12).Draw(t, "n"), Known: rapid.Bool().Draw(t, "known"), Estimate: rapid.Bool().Draw(t, "est")}
	})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		cats := rapid.SliceOfN(rapid.String(), n, n).Draw(t, "cats")
		series := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Series {
			return Series{rapid.String().Draw(t, "name"), rapid.SliceOfN(value, 0, 45).Draw(t, "values")}
		}), 0, 7).Draw(t, "series")
		a := About{Title: "t", Decimals: rapid.IntRange(-1, 3).Draw(t, "dec"), Legend: rapid.Bool().Draw(t, "legend")}
		br := []Break{{rapid.IntRange(-1, 41).Draw(t, "at"), "b"}}
		for _, l := range []Layout{Grouped, Overlaid, Stacked} {
			checkSVG(t, "bars", Bars{About: a, Layout: l, Categories: cats, Series: series, Breaks: br, Inner: cats}.SVG())
		}
		checkSVG(t, "lines", Lines{About: a, Categories: cats, Series: series, Breaks: br}.SVG())
		checkSVG(t, "multiples", Multiples{About: a, Categories: cats, Series: series}.SVG())
		for _, s := range series {
			checkSVG(t, "spark", Sparkline{Values: s.Values}.SVG())
			items := []Item{}
			for _, v := range s.Values {
				items = append(items, Item{s.Name, v, s.Name})
			}
			checkSVG(t, "ranking", Ranking{About: a, Items: items}.SVG())
		}
	})
}

// Of many points only the ends and the extremes are labelled; the description
// has them all.
func TestManyPointsAreThinned(t *testing.T) {
	svg := gallery()["06-many"]
	if n := strings.Count(svg, "<text"); n > 30 {
		t.Errorf("%d texts", n)
	}
	if n := strings.Count(svg[:strings.Index(svg, "</desc>")], " lượt"); n < 120 {
		t.Errorf("%d values in the description", n)
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		v    float64
		d    int
		want string
	}{{1234.5, 1, "1.234,5"}, {1234567, 0, "1.234.567"}, {0, 2, "0,00"}, {-0.001, 2, "0,00"}, {-1234.56, -1, "-1.234,56"}, {97.040169, -1, "97,040169"}, {0.1 + 0.2, -1, "0,3"}, {999, 0, "999"}, {math.NaN(), 0, ""}} {
		if got := Format(c.v, c.d); got != c.want {
			t.Errorf("%v/%d: %q, want %q", c.v, c.d, got, c.want)
		}
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct{ low, high, step, max, min float64 }{{0, 2412, 500, 2500, 0}, {0, 32.13, 10, 40, 0}, {-8, 5.5, 5, 10, -10}, {0, 0, 0.2, 1, 0}, {0, 5, 1, 5, 0}} {
		s := newScale(c.low, c.high, 0, 100)
		if math.Abs(s.step-c.step) > 1e-9 || math.Abs(s.max-c.max) > 1e-9 || math.Abs(s.min-c.min) > 1e-9 {
			t.Errorf("%v..%v: step %v, %v..%v", c.low, c.high, s.step, s.min, s.max)
		}
	}
}

func TestStandaloneIsOneFile(t *testing.T) {
	svg := Standalone(gallery()["01-overlaid"])
	checkSVG(t, "standalone", svg)
	if !strings.Contains(svg, "<style>.dv-chart{") {
		t.Error("no rules inside")
	}
}
