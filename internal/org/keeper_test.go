package org

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"danvan/data"
	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
)

// purse is a ledger small enough to be right: facts by unit and day, totals by era.
type purse struct {
	facts  []coin
	totals map[EraID]int64
}

type coin struct {
	unit  UnitID
	day   civil.Date
	value int64
}

func (p *purse) Hanging(_ context.Context, _ db.Querier, units []UnitID, from civil.Date) ([]Hanging, error) {
	var out []Hanging
	for _, u := range units {
		h := Hanging{What: "ghi nhận", Unit: u}
		for i, c := range p.facts {
			if c.unit == u && c.day >= from {
				h.Count++
				h.IDs = append(h.IDs, int64(i))
				h.First, h.Last = min(c.day, cmpDate(h.First, c.day)), max(h.Last, c.day)
			}
		}
		if h.Count > 0 {
			out = append(out, h)
		}
	}
	return out, nil
}

func cmpDate(have, add civil.Date) civil.Date {
	if have == 0 {
		return add
	}
	return have
}

func (p *purse) Rederive(_ context.Context, _ *db.Tx, removed []EraID, added []Era) error {
	for _, id := range removed {
		if _, ok := p.totals[id]; !ok {
			return fmt.Errorf("era %d removed but never added", id)
		}
		delete(p.totals, id)
	}
	for _, e := range added {
		if _, ok := p.totals[e.ID]; ok {
			return fmt.Errorf("era %d added twice", e.ID)
		}
		p.totals[e.ID] = 0
		for _, c := range p.facts {
			if c.unit == e.Unit && e.From <= c.day && c.day < e.To {
				p.totals[e.ID] += c.value
			}
		}
	}
	return nil
}

// record resolves the code on the day, as the ledger does.
func (p *purse) record(t testing.TB, tree *Tree, code, on string, value int64) {
	t.Helper()
	u := tree.On(code, day(on))
	if u == nil {
		t.Fatalf("no unit %s on %s", code, on)
		return
	}
	p.facts = append(p.facts, coin{u.ID, day(on), value})
	e, ok := tree.EraOn(u.ID, day(on))
	if !ok {
		t.Fatal("no era")
	}
	p.totals[e.ID] += value
}

// total is what counts for a unit, in millionths.
func (p *purse) total(tree *Tree, b Basis, unit UnitID) int64 {
	var sum int64
	for _, s := range tree.Reach(b, unit, ByAny, Filter{}) {
		sum += p.totals[s.Era] * s.Millionths
	}
	return sum
}

// office is a keeper over a database with a small tree: province 01, districts 011 and 012, communes in them.
func office(t testing.TB, d *db.DB) (*Keeper, *purse) {
	t.Helper()
	p := &purse{totals: map[EraID]int64{}}
	k := &Keeper{DB: d, Hooks: p}
	units, err := ReadUnits("donvi.csv", strings.NewReader(`code,name,level,parent
01,Tỉnh Thử,province,
011,Huyện Một,district,01
012,Huyện Hai,district,01
01101,Xã A,commune,011
01102,Xã B,commune,011
01103,Xã C,commune,011
01201,Xã D,commune,012
01202,Xã E,commune,012
`), Floor)
	if err != nil {
		t.Fatal(err)
	}
	done, err := k.ImportUnits(t.Context(), units, "test")
	if err != nil {
		t.Fatal(err)
	}
	if done.Units != 8 || done.Opened != 8 {
		t.Fatalf("imported %+v", done)
	}
	return k, p
}

func mustTree(t testing.TB, k *Keeper) *Tree {
	t.Helper()
	tree, err := k.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func acts(t testing.TB, csv string) []Change {
	t.Helper()
	list, err := ReadActs("viec.csv", strings.NewReader(csv))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func apply(t testing.TB, k *Keeper, csv string) *Applied {
	t.Helper()
	done, err := k.Apply(t.Context(), acts(t, csv), "test")
	if err != nil {
		t.Fatal(err)
	}
	return done
}

func refused(t testing.TB, err error, want string) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) || !strings.Contains(fault.Say(err), want) {
		t.Errorf("refused with %q, want %q", fault.Say(err), want)
	}
}

const mergeThree = "date,kind,from,code,name\n2015-01-01,merge,01101;01102;01103,01101,Xã Mới\n"

func TestMergeLosesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, p := office(t, d)
		tree := mustTree(t, k)
		p.record(t, tree, "01101", "2012-03-01", 10)
		p.record(t, tree, "01101", "2013-03-01", 12)
		p.record(t, tree, "01102", "2012-04-01", 11)
		p.record(t, tree, "01102", "2014-12-31", 13)
		p.record(t, tree, "01103", "2014-06-01", 7)
		province := tree.On("01", day("2014-01-01")).ID
		apply(t, k, mergeThree)
		tree = mustTree(t, k)
		merged := tree.On("01101", day("2015-01-01"))
		if got := p.total(tree, OnDay(day("2020-01-01")), merged.ID); got != 53*Whole {
			t.Errorf("merged commune restated: %d millionths, want 53", got)
		}
		if got := p.total(tree, AsThen(), merged.ID); got != 0 {
			t.Errorf("merged commune as then: %d", got)
		}
		for _, b := range []Basis{AsThen(), OnDay(day("2012-01-01")), OnDay(day("2020-01-01"))} {
			if got := p.total(tree, b, province); got != 53*Whole {
				t.Errorf("basis %s: province %d millionths", b, got)
			}
		}
	})
}

func TestApplyTwiceAndUndo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, p := office(t, d)
		before := mustTree(t, k)
		p.record(t, before, "01102", "2016-05-01", 5) // typed before the act was known
		p.record(t, before, "01201", "2016-05-01", 3)
		want := before.print(AsThen(), ByAny)
		ids := eraIDs(before)
		done := apply(t, k, mergeThree)
		if again := apply(t, k, mergeThree); again.Known != 1 || len(again.Changes) != 0 {
			t.Errorf("second time: %+v", again)
		}
		tree := mustTree(t, k)
		for key, id := range eraIDs(tree) {
			if was, ok := ids[key]; ok && was != id {
				t.Errorf("era %v had number %d, has %d", key, was, id)
			}
		}
		merged := tree.On("01101", day("2016-05-01"))
		if got := p.total(tree, AsThen(), merged.ID); got != 5*Whole {
			t.Errorf("what was typed early counts %d for the merged commune, want 5", got)
		}
		checkTotals(t, p, tree)

		p.record(t, tree, "01101", "2017-01-01", 1)
		refused(t, k.Undo(t.Context(), "test", done.Changes...), "01101 Xã Mới: đơn vị này sẽ không còn trong lịch sử mà còn 1 ghi nhận")
		p.facts = p.facts[:len(p.facts)-1]
		e, _ := tree.EraOn(merged.ID, day("2017-01-01"))
		p.totals[e.ID]--
		if err := k.Undo(t.Context(), "test", done.Changes...); err != nil {
			t.Fatal(err)
		}
		after := mustTree(t, k)
		if got := after.print(AsThen(), ByAny); !slices.Equal(got, want) {
			t.Errorf("after undo:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		checkTotals(t, p, after)
		if err := k.Undo(t.Context(), "test", done.Changes...); fault.KindOf(err) != fault.NotFound {
			t.Errorf("undo twice: %v", err)
		}
		apply(t, k, mergeThree)
		if again := mustTree(t, k).On("01101", day("2016-05-01")); again.ID != merged.ID {
			t.Error("the same unit has another number when the act is entered again")
		}
		var leaves int
		if err := d.Read().QueryRow(`SELECT count(*) FROM audit_leaf WHERE subject IN ('change', 'units')`).Scan(&leaves); err != nil || leaves != 4 {
			t.Errorf("%d audit leaves, want load, apply, undo, apply (%v)", leaves, err)
		}
	})
}

func eraIDs(t *Tree) map[eraKey]EraID {
	out := map[eraKey]EraID{}
	for _, e := range t.eras {
		out[eraKey{e.Unit, e.From, e.To}] = e.ID
	}
	return out
}

// checkTotals compares what the hooks kept with a sum from nothing.
func checkTotals(t testing.TB, p *purse, tree *Tree) {
	t.Helper()
	want := map[EraID]int64{}
	for _, e := range tree.eras {
		want[e.ID] = 0
	}
	for _, c := range p.facts {
		e, ok := tree.EraOn(c.unit, c.day)
		if !ok {
			t.Fatalf("fact on unit %d has no era", c.unit)
		}
		want[e.ID] += c.value
	}
	if !maps.Equal(want, p.totals) {
		t.Errorf("totals %v, want %v", p.totals, want)
	}
}

func TestRefusals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, _ := office(t, d)
		first := apply(t, k, mergeThree)
		for _, c := range []struct{ csv, want string }{
			{"date,kind,from,code,name\n2016-01-01,merge,09999,01101,X\n", "viec.csv dòng 2: Đơn vị nguồn mã 09999 không tồn tại"},
			{"date,kind,from,code,name\n2016-01-01,merge,01102,01101,X\n", "Đơn vị nguồn mã 01102 không tồn tại"},
			{"date,kind,from,code,name\n2016-01-01,merge,01201,01202,Xã X\n", "Mã 01202 (Xã E) đang được dùng"},
			{"date,kind,from,code,name,population\n2016-01-01,split,01201,01201,Xã X,0.4\n2016-01-01,split,01201,01299,Xã Y,0.5\n", "cộng lại là 900.000 phần triệu"},
			{"date,kind,from,code,name,population\n2016-01-01,split,01201,01201,Xã X,0.4\n2016-01-01,split,01201,01299,Xã Y,abc\n", "viec.csv dòng 3: không đọc được tỷ lệ"},
			{"date,kind,code,parent\n2016-01-01,reparent,011,01201\n", "không cao cấp hơn: cây đơn vị sẽ thành vòng"},
			{"date,kind,code,parent\n2016-01-01,reparent,011,011\n", "không cao cấp hơn"},
			{"date,kind,from,code,name\n2014-01-01,merge,01101;01201,01101,Xã X\n2014-01-01,abolish,01201,,\n", "hai văn bản trái nhau"},
			{"date,kind,code\n2014-01-01,abolish,01102\n", "việc số"}, // the merge of 2015 needs 01102
			{"date,kind,code,name\n2016-01-01,giải thể,01102,\n", "loại việc “giải thể” không có"},
			{"date,kind,code,name\n2016-13-01,rename,01201,Xã F\n", "viec.csv dòng 2: không đọc được ngày"},
			{"date,kind,code,name\n2009-01-01,rename,01201,Xã F\n", "không sau ngày đầu"},
			{"date,kind,code,name\n2016-01-01,rename,01201,\n", "thiếu tên mới"},
			{"date,kind,code,name,parent\n2016-01-01,open,01250,Xã Mở,013\n", "cấp trên mã 013"},
		} {
			list, err := ReadActs("viec.csv", strings.NewReader(c.csv))
			if err == nil {
				_, err = k.Apply(t.Context(), list, "test")
			}
			if err == nil || !strings.Contains(fault.Say(err), c.want) {
				t.Errorf("%s\nrefused with %v\nwant %q", c.csv, err, c.want)
			}
		}
		tree := mustTree(t, k)
		if n := len(tree.Changes()); n != 1 {
			t.Errorf("%d acts after refusals", n)
		}
		// A later act that uses what the first opened stands in the way of its undoing.
		apply(t, k, "date,kind,code,name\n2018-01-01,rename,01101,Xã Mới Nữa\n")
		apply(t, k, "date,kind,from,code,name,parent\n2019-01-01,merge,01101;01201,01299,Xã Lớn,012\n")
		refused(t, k.Undo(t.Context(), "test", first.Changes...), "đã nhập trước (sáp nhập 01101, 01201 → 01299 ngày 01/01/2019) dựa vào đơn vị này")
	})
}

// Acts typed in any order, with entries in between, end in the same history and the same figures.
func TestAnyOrderOfTyping(t *testing.T) {
	decisions := []string{
		"date,kind,from,code,name\n2012-01-01,merge,01201;01202,01201,Xã DE\n",
		mergeThree,
		"date,kind,from,code,name,population\n2017-01-01,split,01101,01101,Xã Mới Một,0.3\n2017-01-01,split,01101,01177,Xã Mới Hai,0.7\n",
		"date,kind,code,name,type\n2018-01-01,upgrade,011,Thị xã Một,Thị xã\n",
		"date,kind,code,parent\n2019-01-01,reparent,01201,011\n",
		"date,kind,code\n2020-01-01,abolish,012\n",
	}
	type typed struct {
		code, on string
		value    int64
	}
	entries := []typed{{"01101", "2014-05-01", 4}, {"01101", "2016-05-01", 9}, {"01101", "2019-05-01", 16}, {"01201", "2011-01-01", 25},
		{"01201", "2013-01-01", 36}, {"012", "2019-12-31", 49}, {"011", "2021-01-01", 64}}
	sensible := func(order []int) bool { // an act cannot be typed before the one whose unit it uses
		return slices.Index(order, 1) < slices.Index(order, 2)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var want []string
		var wantTotals map[string]int64
		for round := range 6 {
			random := rand.New(rand.NewPCG(uint64(round), 7))
			order := random.Perm(len(decisions))
			for !sensible(order) {
				order = random.Perm(len(decisions))
			}
			at := random.Perm(len(entries))
			fresh := d
			if round > 0 {
				fresh = again(t, d)
			}
			k, p := office(t, fresh)
			for i := range max(len(order), len(at)) {
				if i < len(at) && round%2 == 0 {
					e := entries[at[i]]
					p.record(t, mustTree(t, k), e.code, e.on, e.value)
				}
				if i < len(order) {
					apply(t, k, decisions[order[i]])
				}
			}
			if round%2 == 1 {
				for _, e := range entries {
					p.record(t, mustTree(t, k), e.code, e.on, e.value)
				}
			}
			tree := mustTree(t, k)
			if len(order) < len(at) && round%2 == 0 {
				checkTotals(t, p, tree)
			}
			got, totals := tree.print(OnDay(day("2021-01-01")), ByAny), map[string]int64{}
			for _, b := range []Basis{AsThen(), OnDay(day("2011-06-01")), OnDay(day("2016-06-01")), OnDay(day("2021-01-01"))} {
				for _, u := range tree.Units() {
					totals[b.String()+" "+tree.nameOf(u.ID)] = p.total(tree, b, u.ID)
				}
			}
			if want == nil {
				want, wantTotals = got, totals
			}
			if !slices.Equal(got, want) {
				t.Errorf("order %v: another history", order)
			}
			if !maps.Equal(totals, wantTotals) {
				t.Errorf("order %v, entries %v: figures %v\nwant %v", order, at, totals, wantTotals)
			}
		}
	})
}

// again opens another fresh database on the same engine.
func again(t testing.TB, d *db.DB) *db.DB {
	if d.Engine() == db.Postgres {
		return dbtest.Postgres(t)
	}
	return dbtest.SQLite(t)
}

func TestLoadSets(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := &purse{totals: map[EraID]int64{}}
		k := &Keeper{DB: d, Hooks: p}
		start := time.Now()
		load := func() {
			err := d.WriteAlone(t.Context(), func(tx *db.Tx) error {
				return k.LoadSet(t.Context(), tx, data.FS, "units/bac_kan", catalogueRules())
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		load()
		t.Logf("units/bac_kan in %v", time.Since(start))
		tree := mustTree(t, k)
		pure := bacKan(t)
		if got, want := tree.print(AsThen(), ByAny), pure.print(AsThen(), ByAny); !slices.Equal(got, want) {
			t.Error("the stored tree differs from the derived one")
		}
		load()
		if again := mustTree(t, k); again != tree {
			t.Error("loading twice changed the units")
		}
		checkTotals(t, p, tree)
	})
}

func TestLoadNation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := &Keeper{DB: d}
		start := time.Now()
		err := d.WriteAlone(t.Context(), func(tx *db.Tx) error { return k.LoadSet(t.Context(), tx, data.FS, "nation", nil) })
		if err != nil {
			t.Fatal(err)
		}
		loaded := time.Since(start)
		start = time.Now()
		tree := mustTree(t, k)
		t.Logf("loaded in %v, read in %v", loaded, time.Since(start))
		if loaded > 20*time.Second {
			t.Errorf("the nation took %v to load", loaded)
		}
		for on, want := range map[string]int{"2025-06-30": 10806, "2025-07-01": 3355} {
			if got := len(tree.Existing(day(on), 0, Filter{})); got != want {
				t.Errorf("%d units on %s, want %d", got, on, want)
			}
		}
	})
}

func TestPreview(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k, p := office(t, d)
		p.record(t, mustTree(t, k), "01102", "2016-05-01", 5)
		v, err := k.Preview(t.Context(), acts(t, mergeThree))
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Opens) != 1 || len(v.Closes) != 3 || v.Closes[0].Successors[0].Name != "Xã Mới" || v.Eras.Added == 0 || len(v.Problems) != 0 {
			t.Errorf("preview %+v", v)
		}
		if len(v.Hanging) != 1 || v.Hanging[0].Code != "01102" || v.Hanging[0].Count != 1 || v.Hanging[0].Successors[0].Code != "01101" {
			t.Errorf("hanging %+v", v.Hanging)
		}
		if n := len(mustTree(t, k).Changes()); n != 0 {
			t.Errorf("the preview entered %d acts", n)
		}
	})
}

func TestUndecidedBodies(t *testing.T) {
	d := dbtest.SQLite(t)
	k, _ := office(t, d)
	err := d.WriteAlone(t.Context(), func(tx *db.Tx) error { return k.load(t.Context(), tx, nil, nil, randomRules, "test", &Imported{}) })
	if err != nil {
		t.Fatal(err)
	}
	const split = "date,kind,from,code,name,bodies\n2015-01-01,split,01101,01101,Xã Một,%s\n2015-01-01,split,01101,01177,Xã Hai,\n"
	v, err := k.Preview(t.Context(), acts(t, fmt.Sprintf(split, "")))
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Undecided) != 1 || !slices.Equal(v.Undecided[0].Bodies, []string{"01101.BDV", "01101.UBND"}) || len(v.Problems) != 1 {
		t.Errorf("undecided %+v, problems %+v", v.Undecided, v.Problems)
	}
	_, err = k.Apply(t.Context(), acts(t, fmt.Sprintf(split, "")), "test")
	refused(t, err, "chưa quyết định các tổ chức 01101.BDV, 01101.UBND đi đâu")
	apply(t, k, fmt.Sprintf(split, "follow:01177"))
	tree := mustTree(t, k)
	old := tree.On("01101.UBND", day("2014-12-31"))
	if next := tree.Successors(old.ID); len(next) != 1 || tree.Unit(next[0].To).Code != "01177.UBND" {
		t.Errorf("01101.UBND goes to %+v", next)
	}
	made := tree.On("01101.UBND", day("2015-01-01"))
	if made == nil || len(tree.Predecessors(made.ID)) != 0 || !made.Inferred {
		t.Errorf("the new 01101 has its own: %+v", made)
	}
}

func TestLeavesOfActsAreAudited(t *testing.T) {
	d := dbtest.SQLite(t)
	k, _ := office(t, d)
	done := apply(t, k, mergeThree)
	var leaf int64
	if err := d.Read().QueryRow(`SELECT leaf FROM org_change WHERE id = $1`, done.Changes[0]).Scan(&leaf); err != nil {
		t.Fatal(err)
	}
	row, err := audit.Read(t.Context(), d.Read(), leaf)
	if err != nil || row.Act != "apply" || row.SubjectID != done.Changes[0] {
		t.Errorf("leaf %+v, %v", row, err)
	}
	c := mustTree(t, k).Changes()[0]
	if !slices.Equal(row.Hash, audit.ContentHash(canonical(&c))) {
		t.Error("the stored act does not give the hash of its leaf")
	}
}
