package access_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	catalogdata "danvan/catalog"
	"danvan/data"
	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/org"

	"pgregory.net/rapid"
)

// real is Bắc Kạn and Thái Nguyên with all acts of 2010 to 2025, loaded once.
var real = sync.OnceValues(func() (*org.Tree, error) {
	d, err := db.Open(context.Background(), db.Config{Path: realPath})
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return load(d, "units/bac_kan")
})

var realPath string

func realTree(t testing.TB) *org.Tree {
	t.Helper()
	if realPath == "" {
		realPath = t.TempDir() + "/units.db"
	}
	tree, err := real()
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func load(d *db.DB, set string) (*org.Tree, error) {
	ctx := context.Background()
	cat, err := catalog.Load(catalogdata.FS)
	if err != nil {
		return nil, err
	}
	keeper := &org.Keeper{DB: d}
	err = d.WriteAlone(ctx, func(tx *db.Tx) error {
		return keeper.LoadSet(ctx, tx, data.FS, set, ledger.BodyRules(cat.Latest()))
	})
	if err != nil {
		return nil, err
	}
	return keeper.Tree(ctx)
}

// on is a viewer with one role over the unit that had the code on a day, asking on another day.
func on(t testing.TB, tree *org.Tree, role access.Role, ref string, day civil.Date) *access.Viewer {
	t.Helper()
	return access.NewViewer(tree, day, 1, "thu", "Người thử", []access.Grant{{Account: 1, Role: role, Unit: unit(t, tree, ref), From: 20100101, To: civil.Forever}})
}

// unit is the unit of CODE@DAY.
func unit(t testing.TB, tree *org.Tree, ref string) org.UnitID {
	t.Helper()
	u, err := tree.Resolve(ref, org.AsThen(), 20251231)
	if err != nil {
		t.Fatal(err)
	}
	return u.ID
}

// Nghị quyết 855/NQ-UBTVQH14 merged 122 communes into 108 on 2020-02-01, Nghị quyết 1683/NQ-UBTVQH15 those into 37 on
// 2025-07-01, when districts ended and Bắc Kạn went into Thái Nguyên.
func TestSuccessorsInheritByTheRealActs(t *testing.T) {
	tree := realTree(t)
	for _, x := range []struct {
		name    string
		granted string // CODE@DAY
		day     civil.Date
		asked   string
		may     bool
	}{
		{"its own commune", "01903@2015-01-01", 20200131, "01903@2015-01-01", true},
		{"not the neighbour with which it is to be merged", "01903@2015-01-01", 20200131, "01912@2015-01-01", false},
		{"after the merger the new commune", "01903@2015-01-01", 20200201, "01912@2020-02-01", true},
		{"and the past of what was merged with it", "01903@2015-01-01", 20200201, "01912@2015-01-01", true},
		{"and its own past", "01903@2015-01-01", 20200201, "01903@2015-01-01", true},
		{"bodies of what it was merged with", "01903@2015-01-01", 20200201, "01912.UBND@2015-01-01", true},
		{"not another commune", "01903@2015-01-01", 20200201, "01960@2020-02-01", false},
		{"through both mergers", "01903@2015-01-01", 20250701, "01912@2025-07-01", true},
		{"not the district above", "01903@2015-01-01", 20200201, "061@2020-02-01", false},
		{"a body follows its own lineage", "01903.UBND@2015-01-01", 20200201, "01912.UBND@2020-02-01", true},
		{"a body does not get the body beside it", "01903.UBND@2015-01-01", 20200201, "01912.MTTQ@2020-02-01", false},
		{"nor the host", "01903.UBND@2015-01-01", 20200201, "01912@2020-02-01", false},
		{"a district while it stands", "061@2015-01-01", 20250630, "01912@2020-02-01", true},
		{"a district that ended without successor", "061@2015-01-01", 20250701, "01912@2025-07-01", false},
		{"not even its own past", "061@2015-01-01", 20250701, "061@2015-01-01", false},
		{"the province after it went into Thái Nguyên", "06@2015-01-01", 20250701, "19@2025-07-01", true},
		{"and the ended districts below it", "06@2015-01-01", 20250701, "061@2015-01-01", true},
		{"the former Thái Nguyên too, since the new one answers for it", "06@2015-01-01", 20250701, "19@2015-01-01", true},
		{"but not before", "06@2015-01-01", 20250630, "19@2015-01-01", false},
		{"a commune that was divided leaves no heir", "02155@2015-01-01", 20200201, "02155@2020-02-01", false},
		{"not even for its past", "02155@2015-01-01", 20200201, "02155@2015-01-01", false},
		{"a unit that is yet to open gives nothing before", "01912@2020-02-01", 20200131, "01912@2015-01-01", false},
	} {
		if got := on(t, tree, access.Clerk, x.granted, x.day).May(access.RecordWork, unit(t, tree, x.asked)); got != x.may {
			t.Errorf("%s: %s on %s over %s: %v", x.name, x.granted, x.day, x.asked, got)
		}
	}
}

// Of a divided commune each receiver reads the past, for its figures stand on it in part; records, confirmations and
// letters of that past are for the level above.
func TestWhatWasDividedIsReadByEachAndChangedByNone(t *testing.T) {
	tree := realTree(t)
	divided := unit(t, tree, "02149@2015-01-01") // Cư Lễ's neighbour: to Văn Vũ and Cường Lợi
	for _, heir := range []string{"02137@2020-02-01", "02152@2020-02-01"} {
		v := on(t, tree, access.Desk, heir, 20210101)
		if !v.May(access.ReadWork, divided) {
			t.Errorf("%s does not read what it took a part of", heir)
		}
		for _, right := range []access.Right{access.RecordWork, access.ReadLetters, access.RecordLetters} {
			if v.May(right, divided) {
				t.Errorf("%s has %s over what it took only a part of", heir, right)
			}
		}
	}
	if v := on(t, tree, access.Desk, "06@2015-01-01", 20210101); !v.May(access.ReadLetters, divided) {
		t.Error("the province lost the letters of a divided commune")
	}
}

// One part of a divided commune must not see the other by way of days before that one's opening.
func TestSiblingsOfASplitStayApart(t *testing.T) {
	tree := realTree(t)
	if on(t, tree, access.Clerk, "02137@2020-02-01", 20210101).May(access.ReadWork, unit(t, tree, "02152@2020-02-01")) {
		t.Error("a part reads its sibling")
	}
}

func TestMayStaysInTheClosureOnRandomTrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tree := drawTree(t)
		day := rapid.SampledFrom([]civil.Date{20100101, 20120601, 20150101, 20180101, 20210101}).Draw(t, "asked on")
		units := tree.Units()
		granted := rapid.SampledFrom(units).Draw(t, "granted")
		v := access.NewViewer(tree, day, 1, "thu", "Người thử", []access.Grant{{Role: access.Clerk, Unit: granted.ID, From: 20100101, To: civil.Forever}})
		closed := closure(tree, granted.ID, day)
		for _, u := range units {
			if v.May(access.ReadWork, u.ID) && !closed[u.ID] {
				t.Fatalf("%s@%s granted, on %s it reaches %s@%s", granted.Code, granted.Opened, day, u.Code, u.Opened)
			}
			if v.May(access.RecordWork, u.ID) && !v.May(access.ReadWork, u.ID) {
				t.Fatalf("records but does not read %s@%s", u.Code, u.Opened)
			}
		}
		for _, heir := range access.Heirs(tree, granted.ID, day) { // and what is below today is never missing
			for _, id := range tree.Existing(day, heir, org.Filter{}) {
				if !v.May(access.RecordWork, id) {
					t.Fatalf("%s@%s granted, on %s it misses %s", granted.Code, granted.Opened, day, tree.NameOn(id, day))
				}
			}
		}
	})
}

// closure is what a grant may reach at most, told by other means than Reach: those in its place on the day, what is
// below them, whatever went into any of these, and what stood below these while it lived and has no other place now.
func closure(tree *org.Tree, granted org.UnitID, day civil.Date) map[org.UnitID]bool {
	out := map[org.UnitID]bool{}
	heirs := access.Heirs(tree, granted, day)
	for _, heir := range heirs {
		for _, id := range tree.Existing(day, heir, org.Filter{}) {
			out[id] = true
		}
	}
	if len(heirs) == 0 {
		return out
	}
	for again := true; again; {
		again = false
		for _, u := range tree.Units() {
			if out[u.ID] || u.Open(day) || u.Opened > day && !goesInto(tree, u.ID, out) {
				continue
			}
			if goesInto(tree, u.ID, out) || orphanBelow(tree, u, out) {
				out[u.ID], again = true, true
			}
		}
		for _, u := range tree.Units() { // what came out of them later is theirs as well on an earlier day
			if !out[u.ID] && u.Opened > day && slices.ContainsFunc(tree.Predecessors(u.ID), func(f org.Flow) bool { return out[f.From] }) {
				out[u.ID], again = true, true
			}
			if !out[u.ID] && u.Opened > day && out[u.SpanOn(u.Opened).Parent] {
				out[u.ID], again = true, true
			}
		}
	}
	return out
}

func goesInto(tree *org.Tree, id org.UnitID, set map[org.UnitID]bool) bool {
	return slices.ContainsFunc(tree.Successors(id), func(f org.Flow) bool { return set[f.To] })
}

// orphanBelow: it ended without a whole successor, under one of the set or under what went into it.
func orphanBelow(tree *org.Tree, u *org.Unit, set map[org.UnitID]bool) bool {
	for _, s := range u.Spans {
		if set[s.Parent] {
			return true
		}
	}
	return false
}

// drawTree grows one or two provinces with districts and communes, and lets some be merged, divided, moved, ended.
func drawTree(t *rapid.T) *org.Tree {
	truth := &org.Truth{}
	var communes, districts []string
	for p := range rapid.IntRange(1, 2).Draw(t, "provinces") {
		province := fmt.Sprintf("0%d", p+1)
		truth.Floor = append(truth.Floor, org.FloorUnit{Code: province, Name: "Tỉnh " + province, Type: "Tỉnh", Level: org.Province, Opened: org.Floor})
		for k := range rapid.IntRange(1, 3).Draw(t, "districts") {
			district := fmt.Sprintf("%s%d", province, k+1)
			districts = append(districts, district)
			truth.Floor = append(truth.Floor, org.FloorUnit{Code: district, Name: "Huyện " + district, Type: "Huyện", Level: org.District, Parent: province, Opened: org.Floor})
			for c := range rapid.IntRange(1, 4).Draw(t, "communes") {
				commune := fmt.Sprintf("%s0%d", district, c+1)
				communes = append(communes, commune)
				truth.Floor = append(truth.Floor, org.FloorUnit{Code: commune, Name: "Xã " + commune, Type: "Xã", Level: org.Commune, Parent: district, Opened: org.Floor})
			}
		}
	}
	tree, problems := org.Derive(truth)
	if tree == nil {
		t.Fatal(problems)
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "acts") {
		day := []civil.Date{20110101, 20130101, 20140101, 20160101, 20190101, 20200101}[i]
		next := *truth
		next.Changes = append(slices.Clone(truth.Changes), drawAct(t, day, communes, districts)...)
		if grown, problems := org.Derive(&next); len(problems) == 0 {
			truth, tree = &next, grown
		}
	}
	return tree
}

func drawAct(t *rapid.T, day civil.Date, communes, districts []string) []org.Change {
	one := rapid.SampledFrom(communes).Draw(t, "one")
	other := rapid.SampledFrom(communes).Draw(t, "other")
	up := rapid.SampledFrom(districts).Draw(t, "up")
	none := org.NoParts()
	whole := []org.Source{{Code: one, Parts: none}}
	switch rapid.SampledFrom([]string{"merge", "split", "move", "end", "districts"}).Draw(t, "act") {
	case "merge":
		if one == other {
			return nil
		}
		return []org.Change{{Day: day, Kind: org.Merge, Sources: append(whole, org.Source{Code: other, Parts: none}), Code: one, Name: "Xã " + one, Type: "Xã", Level: org.Commune, Parent: one[:3]}}
	case "split":
		half := org.Parts{Population: org.Whole / 2, Area: org.Unknown, Households: org.Unknown}
		var out []org.Change
		for _, code := range []string{one, "9" + one} {
			out = append(out, org.Change{Day: day, Kind: org.Split, Sources: []org.Source{{Code: one, Parts: half}}, Code: code, Name: "Xã " + code, Type: "Xã", Level: org.Commune, Parent: one[:3], Bodies: "close"})
		}
		return out
	case "move":
		return []org.Change{{Day: day, Kind: org.Reparent, Sources: whole, Code: one, Parent: up}}
	case "districts":
		second := rapid.SampledFrom(districts).Draw(t, "second")
		if second == up {
			return nil
		}
		return []org.Change{{Day: day, Kind: org.Merge, Sources: []org.Source{{Code: up, Parts: none}, {Code: second, Parts: none}}, Code: up, Name: "Huyện " + up, Type: "Huyện", Level: org.District, Parent: up[:2]}}
	}
	return []org.Change{{Day: day, Kind: org.Abolish, Sources: whole, Code: one}}
}

// A provincial account is made into a viewer and asked with every request: well under a millisecond.
func TestViewerOfAProvinceIsCheap(t *testing.T) {
	tree := realTree(t)
	scopes := new(access.Scopes)
	grants := []access.Grant{{Role: access.Leader, Unit: unit(t, tree, "19@2025-07-01"), From: 20100101, To: civil.Forever}}
	commune := unit(t, tree, "01912@2025-07-01")
	ask := func() {
		v := scopes.Viewer(tree, 20260101, 1, "thu", "Người thử", grants)
		if !v.May(access.ReadWork, commune) || len(v.Units(access.ReadWork)) < 1000 {
			t.Fatal("the province does not reach its communes")
		}
	}
	ask()
	const times = 2000
	began := time.Now()
	for range times {
		ask()
	}
	each := time.Since(began) / times
	t.Logf("%v a request", each)
	if each > 100*time.Microsecond {
		t.Errorf("%v a request", each)
	}
}

func BenchmarkViewer(b *testing.B) {
	for _, set := range []string{"units/bac_kan", "nation"} {
		tree, err := load(dbtest.SQLite(b), set)
		if err != nil {
			b.Fatal(err)
		}
		grants := []access.Grant{{Role: access.Leader, Unit: tree.On("19", 20260101).ID, From: 20100101, To: civil.Forever}}
		commune := tree.On("01912", 20260101).ID
		b.Run(set+"/first", func(b *testing.B) {
			for b.Loop() {
				access.NewViewer(tree, 20260101, 1, "thu", "", grants).May(access.ReadWork, commune)
			}
		})
		b.Run(set+"/kept", func(b *testing.B) {
			scopes := new(access.Scopes)
			for b.Loop() {
				scopes.Viewer(tree, 20260101, 1, "thu", "", grants).May(access.ReadWork, commune)
			}
		})
	}
}
