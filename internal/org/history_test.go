package org

import (
	"slices"
	"strings"
	"testing"

	"danvan/data"
	"danvan/internal/civil"
)

// readSet reads a folder of data as LoadSet does, without a database.
func readSet(t testing.TB, set string, rules []BodyRule) Truth {
	t.Helper()
	truth := Truth{Rules: rules}
	for _, name := range []string{"units.csv", "bodies.csv"} {
		f, err := data.FS.Open(set + "/" + name)
		if err != nil {
			continue
		}
		list, err := ReadUnits(name, f, Floor)
		if err != nil {
			t.Fatal(err)
		}
		truth.Floor = append(truth.Floor, list...)
	}
	f, err := data.FS.Open(set + "/changes.csv")
	if err != nil {
		t.Fatal(err)
	}
	acts, err := ReadActs("changes.csv", f)
	if err != nil {
		t.Fatal(err)
	}
	for i := range acts {
		if why := acts[i].tidy(); why != "" {
			t.Fatalf("%s: %s", acts[i].Imported, why)
		}
	}
	truth.Changes = acts
	return truth
}

// plant derives a truth and numbers its eras in order.
func plant(t testing.TB, truth Truth) *Tree {
	t.Helper()
	h := derive(&truth, nil)
	for _, p := range h.problems {
		where := ""
		if p.Change >= 0 {
			where = truth.Changes[p.Change].where()
		}
		t.Errorf("%s: %s", where, p.Vi)
	}
	if len(h.problems) > 0 {
		t.FailNow()
	}
	next := EraID(0)
	return newTree(h, truth.Changes, func(UnitID, civil.Date, civil.Date) EraID { next++; return next })
}

func bacKan(t testing.TB) *Tree { return plant(t, readSet(t, "units/bac_kan", catalogueRules())) }

func day(s string) civil.Date { return civil.MustDate(s) }

func mustFind(t *testing.T, tree *Tree, code, on string) *Unit {
	t.Helper()
	u := tree.On(code, day(on))
	if u == nil {
		t.Fatalf("no unit %s on %s", code, on)
	}
	return u
}

func TestBacKanCounts(t *testing.T) {
	tree := bacKan(t)
	count := func(code, on, class string) int {
		return len(tree.Existing(day(on), mustFind(t, tree, code, on).ID, Filter{Classes: []string{class}}))
	}
	for _, c := range []struct {
		code, on, class string
		want            int
	}{
		{"06", "2010-01-01", "commune/commune", 122},
		{"06", "2019-12-31", "commune/commune", 122},
		{"06", "2020-01-31", "commune/commune", 122},
		{"06", "2020-02-01", "commune/commune", 108},
		{"06", "2025-06-30", "commune/commune", 108},
		{"06", "2019-12-31", "district/district", 8},
		{"06", "2025-06-30", "district/district", 8},
		{"19", "2025-07-01", "commune/commune", 92},
		{"19", "2026-11-22", "district/district", 0},
		{"19", "2025-06-30", "commune/commune", 172},
		{"06", "2010-01-01", "province/department", 18},
		{"06", "2019-12-31", "province/department", 18},
		{"06", "2025-02-28", "province/department", 18},
		{"06", "2025-03-01", "province/department", 13},
		{"19", "2025-07-01", "province/department", 13},
		{"06", "2019-12-31", "province/mobilisation_board", 1},
		{"06", "2025-02-19", "province/mobilisation_board", 1},
		{"06", "2025-02-20", "province/mobilisation_board", 0},
		{"06", "2025-02-20", "province/propaganda_mobilisation_board", 1},
		{"06", "2025-02-19", "province/propaganda_mobilisation_board", 0},
		{"06", "2025-02-28", "district/police", 8},
		{"06", "2025-03-01", "district/police", 0},
		{"06", "2019-12-31", "commune/peoples_committee", 122},
		{"06", "2020-02-01", "commune/peoples_committee", 108},
		{"19", "2025-07-01", "commune/peoples_committee", 92},
		{"19", "2025-07-01", "commune/party_building_board", 92},
		{"19", "2025-07-01", "*/mobilisation_board", 0},
		{"19", "2025-07-01", "province/standing_committee", 1},
	} {
		if got := count(c.code, c.on, c.class); got != c.want {
			t.Errorf("%s below %s on %s: %d, want %d", c.class, c.code, c.on, got, c.want)
		}
	}
}

func TestBacKanDescends(t *testing.T) {
	tree := bacKan(t)
	today := OnDay(day("2025-07-01"))
	old := mustFind(t, tree, "06", "2019-12-31")
	from06 := map[UnitID]bool{}
	l := locator{t: tree, day: today.On, memo: make([][]part, len(tree.units))}
	for _, id := range tree.Existing(day("2019-12-31"), old.ID, Filter{Classes: []string{"commune/commune"}}) {
		for _, p := range l.locate(tree.at[id]) {
			if p.kind != direct {
				t.Errorf("%s has no commune of today", tree.Unit(id).Code)
				continue
			}
			from06[tree.units[p.holder].ID] = true
		}
	}
	if len(from06) != 37 {
		t.Errorf("%d communes of today come from 06, want 37", len(from06))
	}
}

func TestCodeReusedThreeTimes(t *testing.T) {
	tree := bacKan(t)
	var names []string
	for _, u := range tree.ByCode("02155") {
		names = append(names, u.SpanOn(u.Opened).Name)
	}
	if got := strings.Join(names, ", "); got != "Xã Lương Hạ, Thị trấn Yến Lạc, Xã Na Rì" {
		t.Errorf("02155 was %s", got)
	}
}

func TestIdentityPersistsThroughUpgrade(t *testing.T) {
	tree := bacKan(t)
	u := mustFind(t, tree, "058", "2012-01-01")
	if after := mustFind(t, tree, "058", "2016-01-01"); after != u {
		t.Error("the upgrade of 2015 made another unit of 058")
	}
	for on, want := range map[string]string{"2015-03-10": "Thị xã Bắc Kạn", "2015-03-11": "Thành phố Bắc Kạn"} {
		if got := tree.NameOn(u.ID, day(on)); got != want {
			t.Errorf("058 on %s is %s, want %s", on, got, want)
		}
	}
	board := mustFind(t, tree, "058.BDV", "2012-01-01")
	for on, want := range map[string]string{"2015-03-10": "Ban Dân vận Thị ủy Bắc Kạn", "2015-03-11": "Ban Dân vận Thành ủy Bắc Kạn"} {
		if got := tree.NameOn(board.ID, day(on)); got != want {
			t.Errorf("058.BDV on %s is %s, want %s", on, got, want)
		}
	}
	thuongQuan := mustFind(t, tree, "01957", "2019-01-01")
	if u := mustFind(t, tree, "01957", "2026-01-01"); u != thuongQuan || tree.Unit(u.SpanOn(day("2026-01-01")).Parent).Code != "19" {
		t.Error("01957 is the same commune under 19")
	}
}

func TestSharesOf2020(t *testing.T) {
	tree := bacKan(t)
	for _, c := range []struct {
		from string
		by   ShareBasis
		want map[string]int64
	}{
		{"02149", ByPopulation, map[string]int64{"02137": 842730, "02152": 157270}},
		{"02149", ByArea, map[string]int64{"02137": 728276, "02152": 271724}},
		{"02155", ByPopulation, map[string]int64{"02155": 771885, "02152": 228115}},
		{"02074", ByArea, map[string]int64{"02083": 776000, "02065": 224000}},
		{"02074", ByAny, map[string]int64{"02083": 776000, "02065": 224000}},
	} {
		u := mustFind(t, tree, c.from, "2019-12-31")
		got := map[string]int64{}
		for _, p := range tree.located(u.ID, "2020-02-01", c.by) {
			got[tree.units[p.holder].Code] += p.m
		}
		if len(got) != len(c.want) {
			t.Errorf("%s by %q: %v, want %v", c.from, c.by, got, c.want)
		}
		for code, m := range c.want {
			if got[code] != m {
				t.Errorf("%s by %q to %s: %d, want %d", c.from, c.by, code, got[code], m)
			}
		}
	}
	// By persons nobody knows how Phong Huân was divided: it stands for both receivers, in their district.
	parts := tree.located(mustFind(t, tree, "02074", "2019-12-31").ID, "2020-02-01", ByPopulation)
	if len(parts) != 1 || parts[0].kind != union || tree.units[parts[0].holder].Code != "064" {
		t.Errorf("02074 by population: %+v", parts)
	}
}

func (t *Tree) located(id UnitID, on string, by ShareBasis) []part {
	l := locator{t: t, day: day(on), by: by}
	return l.locate(t.at[id])
}

func TestDistrictsEndOnLinesOfTheirOwn(t *testing.T) {
	tree := bacKan(t)
	today := mustFind(t, tree, "19", "2026-01-01")
	lines := tree.Lines(OnDay(day("2026-01-01")), today.ID, day("2019-01-01"), day("2019-12-31"), ByAny, Filter{})
	var endedLines []string
	for _, l := range lines {
		if l.Kind == Ended && !l.NoData {
			endedLines = append(endedLines, tree.Unit(l.Unit).Code)
		}
	}
	want := []string{"058", "060", "061", "062", "063", "064", "065", "066"}
	if got := slices.DeleteFunc(slices.Clone(endedLines), func(c string) bool { return strings.Contains(c, ".") }); !slices.Equal(got, want) {
		t.Errorf("ended lines %v, want %v", endedLines, want)
	}
}

func TestRestatedCommunesAddUpToOldProvince(t *testing.T) {
	tree := bacKan(t)
	f := Filter{Classes: []string{"commune/*"}}
	old := mustFind(t, tree, "06", "2019-12-31")
	in06 := map[EraID]int64{}
	for _, s := range tree.Reach(AsThen(), old.ID, ByAny, f) {
		in06[s.Era] = s.Millionths
	}
	got := map[EraID]int64{}
	now := day("2026-01-01")
	for _, id := range tree.Children(mustFind(t, tree, "19", "2026-01-01").ID, now, Territory) {
		for _, s := range tree.Reach(OnDay(now), id, ByAny, f) {
			got[s.Era] += s.Millionths
		}
	}
	for era, m := range in06 {
		e, _ := tree.Era(era)
		u := tree.Unit(e.Unit)
		if !u.Open(tree.day(e.From)) || u.Form != Territory {
			continue
		}
		if got[era] != m {
			t.Errorf("era %s %s of %s: %d of 06, %d in today's communes", e.From, e.To, u.Code, m, got[era])
		}
	}
}

func TestMergedProvinceKeepsItsFigures(t *testing.T) {
	tree := bacKan(t)
	old := mustFind(t, tree, "06", "2019-12-31")
	today := tree.Reach(OnDay(day("2026-01-01")), old.ID, ByAny, Filter{})
	if b := tree.BasisOf(old.ID, OnDay(day("2026-01-01"))); b != OnDay(day("2025-06-30")) || len(today) == 0 {
		t.Errorf("06 asked in 2026 stands on %s with %d eras", b, len(today))
	}
}

func TestGapsOfTheNewProvince(t *testing.T) {
	tree := bacKan(t)
	u := mustFind(t, tree, "19", "2026-01-01")
	for _, b := range []Basis{AsThen(), OnDay(day("2026-01-01"))} {
		gaps := tree.Gaps(u.ID, b, day("2019-01-01"), day("2019-12-31"))
		if len(gaps) != 1 || gaps[0].Name != "Tỉnh Thái Nguyên" || gaps[0].From != day("2019-01-01") || gaps[0].To != day("2020-01-01") {
			t.Errorf("basis %s: gaps %+v", b, gaps)
		}
		if gaps := tree.Gaps(u.ID, b, day("2025-07-01"), day("2025-12-31")); len(gaps) != 0 {
			t.Errorf("basis %s: gaps after the merger: %+v", b, gaps)
		}
	}
}

func TestResolve(t *testing.T) {
	tree := bacKan(t)
	for _, c := range []struct {
		ref, basis, end string
		want            string // CODE@opened, or part of the error
	}{
		{"06", "then", "2019-12-31", "06@2010-01-01"},
		{"06", "2026-11-22", "2019-12-31", "06@2010-01-01"},
		{"06", "then", "2026-12-31", "06@2010-01-01"},
		{"19", "then", "2026-12-31", "19@2025-07-01"},
		{"19", "then", "2019-12-31", "19@2010-01-01"},
		{"19", "2026-01-01", "2019-12-31", "19@2025-07-01"},
		{"02155", "then", "2019-12-31", "02155@2010-01-01"},
		{"02155", "then", "2021-12-31", "02155@2020-02-01"},
		{"02155@2019-05-01", "2026-01-01", "2026-01-01", "02155@2010-01-01"},
		{"06.so-nv", "then", "2019-12-31", "06.SO-NV@2010-01-01"},
		{"6", "then", "2019-12-31", "Có phải là 06"},
		{"99999", "then", "2019-12-31", "Không có đơn vị"},
		{"06.XYZ", "then", "2019-12-31", "Không có tổ chức"},
		{"06@2026-01-01", "then", "2019-12-31", "Mã này đã được dùng cho: 06@2010-01-01"},
		{"06.SO-TC", "then", "2026-01-01", "06.SO-TC@2010-01-01"},
	} {
		b, err := ParseBasis(c.basis)
		if err != nil {
			t.Fatal(err)
		}
		u, err := tree.Resolve(c.ref, b, day(c.end))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = u.Code + "@" + u.Opened.String()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s on %s, period to %s: %q, want %q", c.ref, c.basis, c.end, got, c.want)
		}
	}
}
