package geo

import (
	"strings"
	"testing"
)

func TestPanelsShareShapesAndClasses(t *testing.T) {
	square := func(code string, west float64) Area {
		return Area{Code: code, Name: code, Polygons: [][][]Point{{{{west, 0}, {west + 1, 0}, {west + 1, 1}, {west, 1}}}}}
	}
	m := Map{Layer: Layer{Areas: []Area{square("a", 0), square("b", 1)}}, ID: "p", Title: "Thử", ZeroApart: true}
	shapes, maps, legend := m.Panels([]Panel{
		{"2018", map[string]Value{"a": Num(1), "b": Num(10)}},
		{"2019", map[string]Value{"a": Num(10), "b": Num(0)}},
		{"2020", map[string]Value{"a": Num(5)}},
	})
	if n := strings.Count(shapes, "<path id="); n != 2 {
		t.Errorf("%d shapes, want each area once: %s", n, shapes)
	}
	if len(maps) != 3 || !strings.Contains(maps[2], `href="#p-b" class="nd"`) || !strings.Contains(maps[1], `href="#p-b" class="q0"`) {
		t.Errorf("maps %q", maps)
	}
	top := maps[0][strings.Index(maps[0], "#p-b"):]
	if again := maps[1][strings.Index(maps[1], "#p-a"):]; top[5:16] != again[5:16] {
		t.Errorf("the same value has two colours: %s, %s", top[5:16], again[5:16])
	}
	if legend.NoData != 1 || len(legend.Classes) < 2 || legend.Classes[0].Label != "0" {
		t.Errorf("legend %+v", legend)
	}
}
