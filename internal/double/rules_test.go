package double

import (
	"testing"

	"danvan/internal/catalog"
)

func TestTitles(t *testing.T) {
	k := &catalog.Kind{Name: "Hội nghị, lớp tập huấn"}
	for _, c := range []struct {
		a, b  string
		alike bool
	}{
		{"Tập huấn nghiệp vụ dân vận năm 2026", "Tập huấn nghiệp vụ dân vận năm 2026", true},
		{"Tập huấn nghiệp vụ dân vận cho cán bộ xã", "Lớp tập huấn nghiệp vụ dân vận cho cán bộ xã, phường", true},
		{"Tap huan nghiep vu dan van", "Tập huấn nghiệp vụ dân vận", true},
		{"Tập huấn nghiệp vụ lớp 1", "Tập huấn nghiệp vụ lớp 2", false},
		{"Hội nghị lần thứ II", "Hội nghị lần thứ III", false},
		{"Tập huấn chuyển đổi số", "Bồi dưỡng kiến thức quốc phòng", false},
		{"", "Tập huấn", false},
	} {
		weight := 0
		for _, r := range likeTitles(k, c.a, c.b) {
			weight += r.Weight
		}
		if (weight > 0) != c.alike {
			t.Errorf("%q and %q weigh %d", c.a, c.b, weight)
		}
	}
	if r := likeTitles(k, k.Name, k.Name); len(r) > 0 {
		t.Errorf("the name of the kind says something: %v", r)
	}
}

func TestPairsHaveOneOrder(t *testing.T) {
	if pairOf(7, 3) != pairOf(3, 7) {
		t.Error("a pair depends on who is asked first")
	}
}
