package ledger

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/org"
)

var topics = []string{"Bảo vệ rừng đầu nguồn", "bảo vệ rưng", "Đất đai, \"sổ đỏ\"", "dat dai", "Tuyên truyền, không xuống dòng"}

// scatter records entries of every sort, some amended, confirmed or void.
func scatter(w *world, n int) {
	units := []string{"T1.BDV", "T1.MTTQ", "D1.BDV", "D2.MTTQ", "A.BDV", "E.BDV"}
	for i := range n {
		d := Draft{Key: fmt.Sprintf("k-%d", i), Kind: "session", Unit: units[i*7%len(units)], Day: civil.NewDate(2019, 1+i%12, 1+i*5%28),
			Fields: map[string]any{"topic": topics[i%len(topics)], "attendances": i * 13 % 97}}
		if i%3 > 0 {
			d.Fields["theme"] = []string{"forest", "land"}[i%2]
		}
		if i%4 > 0 {
			d.Fields["area"] = fmt.Sprintf("%d,%02d", i%11, i*37%100)
		}
		if i%5 == 0 {
			d.Fields["organiser"] = "T1.MTTQ"
			d.Fields["invited"] = []any{"D1.BDV", "D2.MTTQ"}
		}
		if i%6 == 0 {
			d.Fields["gifts"] = []any{map[string]any{"item": "rice", "quantity": i}, map[string]any{"item": "blanket", "quantity": 3}}
		}
		p := w.record(d)
		switch i % 9 {
		case 1:
			if err := w.void(p.ID, 1, "ghi trùng"); err != nil {
				w.Fatal(err)
			}
		case 2:
			if err := w.confirm(p.ID, 1); err != nil {
				w.Fatal(err)
			}
		case 3:
			if _, err := w.amend(p.ID, 1, Amendment{Set: map[string]any{"attendances": 500 + i}, Reason: "đếm lại"}); err != nil {
				w.Fatal(err)
			}
		}
	}
}

// plainly is the oracle: every entry read one by one, its fields decoded by the catalogue, judged by hand.
func plainly(w *world, k *catalog.Kind, f Filter, c Cond) (ids []int64) {
	all, _, err := w.ledger.List(ctx, w.db.Read(), Filter{States: []State{Recorded, Confirmed, Void}}, 0, 1_000_000)
	if err != nil {
		w.Fatal(err)
	}
	for _, h := range all {
		e := w.entry(h.ID)
		v, err := k.Decode([]byte(e.Versions[len(e.Versions)-1].Fields))
		if h.Kind != "session" || err != nil {
			continue
		}
		if len(f.States) == 0 && h.State == Void || len(f.States) > 0 && !slices.Contains(f.States, h.State) ||
			h.Day < f.From || f.To != 0 && h.Day > f.To || len(f.Units) > 0 && !slices.Contains(f.Units, h.Unit) {
			continue
		}
		if f.Text != "" && !says(k.Name+"\n"+v.Text("topic"), f.Text) || !holds(v, c) {
			continue
		}
		ids = append(ids, h.ID)
	}
	return ids
}

func says(text, words string) bool {
	for _, word := range strings.Fields(strings.ToLower(words)) {
		if civil.Fold(word) != word && !strings.Contains(strings.ToLower(text), word) || !strings.Contains(civil.Fold(text), civil.Fold(word)) {
			return false
		}
	}
	return true
}

func holds(v catalog.Values, c Cond) bool {
	within := func(x *big.Rat) bool {
		from, ok := new(big.Rat).SetString(c.From)
		if ok && x.Cmp(from) < 0 {
			return false
		}
		to, ok := new(big.Rat).SetString(c.To)
		return !ok || x.Cmp(to) <= 0
	}
	switch c.Code {
	case "theme":
		return slices.Contains(c.Any, v.Text("theme"))
	case "attendances":
		n, ok := v.Int("attendances")
		return ok && within(new(big.Rat).SetInt64(n))
	case "area":
		d, ok := v["area"].(catalog.Decimal)
		return ok && within(d.Rat())
	case "topic":
		return says(v.Text("topic"), c.Text)
	case "organiser":
		return v.Text("organiser") == c.Text
	case "invited":
		list, _ := v["invited"].([]string)
		return slices.Contains(list, c.Text)
	case "gifts.quantity":
		return slices.ContainsFunc(v.Rows("gifts"), func(r catalog.Values) bool {
			n, ok := r.Int("quantity")
			return ok && within(new(big.Rat).SetInt64(n))
		})
	case "gifts.item":
		return slices.ContainsFunc(v.Rows("gifts"), func(r catalog.Values) bool { return slices.Contains(c.Any, r.Text("item")) })
	}
	return true
}

func conditions() *rapid.Generator[Cond] {
	return rapid.Custom(func(t *rapid.T) Cond {
		code := rapid.SampledFrom([]string{"", "theme", "attendances", "area", "topic", "organiser", "invited", "gifts.quantity", "gifts.item"}).Draw(t, "field")
		c := Cond{Code: code}
		switch code {
		case "theme":
			c.Any = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"forest", "land"}), 1, 2, rapid.ID[string]).Draw(t, "any")
		case "gifts.item":
			c.Any = []string{rapid.SampledFrom([]string{"rice", "blanket"}).Draw(t, "any")}
		case "attendances", "area", "gifts.quantity":
			c.From = rapid.SampledFrom([]string{"3", "5.5", "90"}).Draw(t, "from")
			c.To = rapid.SampledFrom([]string{"", "5.5", "96", "7.77"}).Draw(t, "to")
		case "topic":
			c.Text = rapid.SampledFrom([]string{"rừng", "rung", "đất", "DAT", "\"sổ", "xuống dòng", "bảo vệ rưng"}).Draw(t, "text")
		case "organiser":
			c.Text = rapid.SampledFrom([]string{"T1.MTTQ@1900-01-01", "T1.BDV@1900-01-01"}).Draw(t, "unit")
		case "invited":
			c.Text = rapid.SampledFrom([]string{"D1.BDV@1900-01-01", "T1.BDV@1900-01-01"}).Draw(t, "unit")
		}
		return c
	})
}

func TestPickAgreesWithReadingEveryEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		scatter(w, 60)
		tree, err := w.keeper.Tree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		k := w.ledger.Catalog.EditionOn(20190601).Kind("session")
		unit := func(ref string) org.UnitID { return UnitOf(tree, ref, 20190601) }
		rolledUp := New(w.ledger.Catalog)
		if err := rolledUp.ReadRoll(ctx, d); err != nil {
			t.Fatal(err)
		}
		found := 0
		rapid.Check(t, func(rt *rapid.T) {
			f := Filter{Kinds: []string{"session"}, From: civil.Date(rapid.SampledFrom([]int32{20190101, 20190401}).Draw(rt, "from")),
				To:   civil.Date(rapid.SampledFrom([]int32{20191231, 20190715}).Draw(rt, "to")),
				Text: rapid.SampledFrom([]string{"", "tuyen truyen", "rừng", "rung", "đất", "dat dai"}).Draw(rt, "text")}
			if rapid.Bool().Draw(rt, "some units") {
				f.Units = []org.UnitID{unit("T1.BDV"), unit("A.BDV"), unit("D2.MTTQ")}
			}
			f.States = rapid.SampledFrom([][]State{nil, {Confirmed}, {Void}, {Recorded, Confirmed, Void}}).Draw(rt, "states")
			c := conditions().Draw(rt, "condition")
			want := plainly(w, k, f, c)
			got := picked(rt, w, k, f, c)
			if !slices.Equal(got, want) {
				rt.Fatalf("picked %v, want %v", got, want)
			}
			found += len(got)
			if c.Code != "" {
				return
			}
			for _, l := range []*Ledger{w.ledger, rolledUp} {
				page, total, err := l.Page(ctx, d.Read(), f, NewestFirst, 0, 1000)
				if err != nil || total != len(want) || !slices.Equal(headIDs(page), want) {
					rt.Fatalf("page %v of %d (%v), want %v", headIDs(page), total, err, want)
				}
			}
		})
		if found == 0 {
			t.Error("no condition left anything: the test tests nothing")
		}
	})
}

func picked(t interface{ Fatalf(string, ...any) }, w *world, k *catalog.Kind, f Filter, conds ...Cond) (ids []int64) {
	err := w.db.View(ctx, func(q db.Querier) error {
		p, err := w.ledger.Pick(ctx, q, w.db.Engine(), k, f, conds, NewestFirst, nil)
		if err != nil {
			return err
		}
		for _, l := range p.Lines(0, -1) {
			ids = append(ids, l.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("pick: %v", err)
	}
	return ids
}

func headIDs(heads []Head) (ids []int64) {
	for _, h := range heads {
		ids = append(ids, h.ID)
	}
	return ids
}

// What is held in memory follows every act at once.
func TestPickSeesEveryAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		k := w.ledger.Catalog.EditionOn(20190601).Kind("session")
		f := Filter{Kinds: []string{"session"}}
		many := Cond{Code: "attendances", From: "100"}
		want := func(n int, when string) {
			t.Helper()
			if got := len(picked(t, w, k, f, many)); got != n {
				t.Errorf("%s: %d entries, want %d", when, got, n)
			}
		}
		want(0, "at first")
		a := w.record(session("T1.BDV", 20190301, 150))
		want(1, "recorded")
		w.record(session("T1.BDV", 20190302, 50))
		want(1, "recorded a small one")
		if _, err := w.amend(a.ID, 1, Amendment{Set: map[string]any{"attendances": 60}, Reason: "đếm lại"}); err != nil {
			t.Fatal(err)
		}
		want(0, "amended")
		var drafts []Draft
		for i := range 30 {
			drafts = append(drafts, keyed(session("A.BDV", 20190401, 200+i), "b-%d", i))
		}
		var batch int64
		if err := d.WriteAlone(ctx, func(tx *db.Tx) error {
			res, err := w.ledger.Bulk(ctx, tx, slices.Values(drafts), BulkOptions{Actor: "máy", Name: "thử"})
			batch = res.Batch
			return err
		}); err != nil {
			t.Fatal(err)
		}
		want(30, "imported")
		w.write(func(tx *db.Tx) error {
			_, err := w.ledger.UndoBatch(ctx, tx, "máy", batch, "nhập nhầm")
			return err
		})
		want(0, "undone")
	})
}

func TestCheckSaysWhatBulkWouldDo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(keyed(session("T1.BDV", 20190301, 150), "cũ"))
		drafts := []Draft{
			keyed(session("T1.BDV", 20190301, 150), "cũ"),
			keyed(session("T1.BDV", 20190301, 151), "cũ"),
			session("A.BDV", 20190401, 10),
			session("A.BDV", 20190401, 10),
			session("A.BDV", 20190501, -1),
			session("E.BDV", 20190501, 7),
			keyed(session("A.BDV", 20190501, 7), "e:77"),
		}
		tree, _ := w.keeper.Tree(ctx)
		closed := UnitOf(tree, "E.BDV", 20190501)
		may := func(_ string, unit org.UnitID) bool { return unit != closed }
		var checked Checked
		if err := d.View(ctx, func(q db.Querier) (err error) {
			checked, err = w.ledger.Check(ctx, q, slices.Values(drafts), CheckOptions{May: may})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		var res BulkResult
		if err := d.WriteAlone(ctx, func(tx *db.Tx) (err error) {
			res, err = w.ledger.Bulk(ctx, tx, slices.Values(drafts), BulkOptions{Actor: "máy", Name: "thử", Partial: true, ContentKeys: true, May: may})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if checked.New != 1 || checked.Existed != 1 || checked.New != res.Saved || checked.Existed != res.Existed {
			t.Errorf("check says %d new, %d there; bulk did %d and %d", checked.New, checked.Existed, res.Saved, res.Existed)
		}
		said, _ := json.Marshal(checked.Bad)
		slices.SortFunc(res.Refused, func(a, b RowError) int { return a.Row - b.Row })
		did, _ := json.Marshal(res.Refused)
		if string(said) != string(did) {
			t.Errorf("check says\n%s\nbulk refused\n%s", said, did)
		}
		if checked.Adds["session_attendances"].Value != 10 {
			t.Errorf("adds %+v", checked.Adds)
		}
	})
}

func TestMemberReadsWhatJSONReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 12, -1)
		value := rapid.OneOf(rapid.Map(text, func(s string) any { return s }), rapid.Map(rapid.Int64(), func(n int64) any { return json.Number(fmt.Sprint(n)) }),
			rapid.Just[any](true), rapid.Map(rapid.SliceOfN(text, 0, 3), func(s []string) any { return s }),
			rapid.Map(rapid.SliceOfN(rapid.MapOfN(rapid.StringMatching(`[a-z]{1,3}`), text, 0, 3), 0, 3), func(m []map[string]string) any { return m }))
		object := rapid.MapOfN(rapid.StringMatching(`[a-z_]{1,4}`), value, 0, 6).Draw(t, "object")
		stored, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range append(slices.Collect(keysOf(object)), "none") {
			want := ""
			if v, ok := object[code]; ok {
				b, _ := json.Marshal(v)
				want = string(b)
			}
			if got := member(string(stored), code); got != want {
				t.Fatalf("member %q of %s = %q, want %q", code, stored, got, want)
			}
		}
	})
}

func keysOf(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
