package org

import (
	"testing"

	"danvan/internal/civil"
)

func TestNationCounts(t *testing.T) {
	tree := plant(t, readSet(t, "nation", nil))
	for _, c := range []struct {
		on    string
		class string
		want  int
	}{
		{"2025-06-30", "", 10806},
		{"2025-06-30", "province/province", 63},
		{"2025-06-30", "district/district", 696},
		{"2025-06-30", "commune/commune", 10047},
		{"2025-07-01", "", 3355},
		{"2025-07-01", "province/province", 34},
		{"2025-07-01", "district/district", 0},
		{"2025-07-01", "commune/commune", 3321},
		{"2026-11-22", "", 3355},
	} {
		f := Filter{}
		if c.class != "" {
			f.Classes = []string{c.class}
		}
		if got := len(tree.Existing(day(c.on), 0, f)); got != c.want {
			t.Errorf("%q on %s: %d, want %d", c.class, c.on, got, c.want)
		}
	}
	con := tree.On("26732", day("2025-07-01"))
	if con == nil || con.SpanOn(con.Opened).Level != Commune || len(tree.Predecessors(con.ID)) != 1 {
		t.Errorf("đặc khu Côn Đảo comes from its district: %+v", con)
	}
	if before := tree.Unit(tree.Predecessors(con.ID)[0].From); before.Code != "755" || before.SpanOn(before.Opened).Level != District {
		t.Errorf("đặc khu Côn Đảo comes from %+v", before)
	}
}

// A commune that went in unknown parts to two others stands, today, for both: never guessed.
func TestNationPartialCoverage(t *testing.T) {
	tree := plant(t, readSet(t, "nation", nil))
	u := mustFind(t, tree, "00016", "2025-06-30") // phường Ngọc Hà
	parts := tree.located(u.ID, "2025-07-01", ByPopulation)
	if len(parts) != 1 || parts[0].kind != union || tree.units[parts[0].holder].Code != "01" {
		t.Errorf("%+v", parts)
	}
}

func TestNationIsConserved(t *testing.T) {
	tree := plant(t, readSet(t, "nation", nil))
	for _, b := range []Basis{AsThen(), OnDay(day("2025-06-30")), OnDay(day("2026-01-01"))} {
		lines := map[EraID]int64{}
		for _, l := range tree.Lines(b, 0, civil.Floor, civil.Forever, ByAny, Filter{}) {
			sum(lines, l.Shares)
		}
		for i := range tree.eras {
			if m := lines[tree.eras[i].ID]; m != Whole {
				t.Fatalf("basis %s: era of %s counts %d", b, tree.Unit(tree.eras[i].Unit).Code, m)
			}
		}
	}
}

func BenchmarkDeriveNation(b *testing.B) {
	truth := readSet(b, "nation", nil)
	for b.Loop() {
		h := derive(&truth, nil)
		next := EraID(0)
		newTree(h, truth.Changes, func(UnitID, civil.Date, civil.Date) EraID { next++; return next })
	}
	b.ReportMetric(float64(len(truth.Floor)+len(truth.Changes)), "rows")
}

func BenchmarkSpreadNation(b *testing.B) {
	tree := plant(b, readSet(b, "nation", nil))
	for b.Loop() {
		tree.makeSpread(OnDay(20260101), ByAny)
	}
}

func BenchmarkDeriveBacKan(b *testing.B) {
	truth := readSet(b, "units/bac_kan", catalogueRules())
	for b.Loop() {
		h := derive(&truth, nil)
		next := EraID(0)
		newTree(h, truth.Changes, func(UnitID, civil.Date, civil.Date) EraID { next++; return next })
	}
}
