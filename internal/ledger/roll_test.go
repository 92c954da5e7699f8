package ledger

import (
	"context"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/org"
)

// A list by words is the same from memory and from the database, whatever else is asked and in every order.
func TestRollAgreesWithTheDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		scatter(w, 60)
		tree, err := w.keeper.Tree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		quick := New(w.ledger.Catalog)
		if err := quick.ReadRoll(ctx, d); err != nil {
			t.Fatal(err)
		}
		unit := func(ref string) org.UnitID { return UnitOf(tree, ref, 20190601) }
		found, orders := 0, []Order{NewestFirst, OldestFirst, ByUnit, ByKind, ByRecorded}
		rapid.Check(t, func(rt *rapid.T) {
			f := Filter{
				Text:   rapid.SampledFrom([]string{"tuyen truyen", "rừng", "RUNG", "đất", "dat dai", "\"so", "khong co chu nay", "100%", "_"}).Draw(rt, "text"),
				From:   civil.Date(rapid.SampledFrom([]int32{0, 20190401}).Draw(rt, "from")),
				To:     civil.Date(rapid.SampledFrom([]int32{0, 20190715}).Draw(rt, "to")),
				States: rapid.SampledFrom([][]State{nil, {Confirmed}, {Void}, states}).Draw(rt, "states"),
				Units:  rapid.SampledFrom([][]org.UnitID{nil, nil, {unit("T1.BDV"), unit("A.BDV")}}).Draw(rt, "units"),
				Places: rapid.SampledFrom([][]org.UnitID{nil, nil, {unit("A"), unit("T1")}}).Draw(rt, "places"),
				Kinds:  rapid.SampledFrom([][]string{nil, nil, nil, {"session"}, {"none"}}).Draw(rt, "kinds"),
				Actor:  rapid.SampledFrom([]string{"", "", "", "cán bộ", "nobody"}).Draw(rt, "actor"),
				Hidden: rapid.SampledFrom([]*Hidden{nil, nil, {Kinds: []string{"session"}, But: map[org.UnitID]bool{unit("D1.BDV"): true}}}).Draw(rt, "hidden"),
			}
			by := rapid.SampledFrom(orders).Draw(rt, "order")
			if len(newWords(f.Text).marked) > 0 {
				by = NewestFirst // the database has no other order for words with marks
			}
			offset := rapid.SampledFrom([]int{0, 3, 100}).Draw(rt, "offset")
			want, total, err := w.ledger.Page(ctx, d.Read(), f, by, offset, 10)
			if err != nil {
				rt.Fatal(err)
			}
			got, n, err := quick.Page(ctx, d.Read(), f, by, offset, 10)
			if err != nil || n != total || !slices.Equal(headIDs(got), headIDs(want)) {
				rt.Fatalf("memory has %v of %d (%v), the database %v of %d", headIDs(got), n, err, headIDs(want), total)
			}
			all, err := quick.Count(ctx, d.Read(), f)
			if err != nil || all != total {
				rt.Fatalf("counted %d (%v), want %d", all, err, total)
			}
			found += total
		})
		if found == 0 {
			t.Error("no filter left anything: the test tests nothing")
		}
	})
}

// What is held follows every act at once, and answers nothing where it cannot.
func TestRollSeesEveryAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(session("A.BDV", 20190201, 1))
		l := w.ledger
		if err := l.ReadRoll(ctx, d); err != nil {
			t.Fatal(err)
		}
		want := func(text string, n int, when string) {
			t.Helper()
			err := d.View(ctx, func(q db.Querier) error {
				rows, ok, err := l.withWords(ctx, q, Filter{Text: text}, NewestFirst)
				if len(rows) != n || !ok {
					t.Errorf("%s: %d entries say %q (from memory: %v), want %d", when, len(rows), text, ok, n)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		said := func(text string, day civil.Date) Draft {
			draft := session("T1.BDV", day, 5)
			draft.Fields["topic"] = text
			return draft
		}
		a := w.record(said("Hội nghị đối thoại", 20190301))
		want("đối thoại", 1, "recorded")
		want("doi thoai", 1, "recorded")
		want("dối", 0, "recorded")
		if _, err := w.amend(a.ID, 1, Amendment{Set: map[string]any{"topic": "Hội nghị tổng kết"}, Reason: "ghi nhầm"}); err != nil {
			t.Fatal(err)
		}
		want("doi thoai", 0, "amended")
		want("tổng kết", 1, "amended")
		var drafts []Draft
		for i := range 30 {
			drafts = append(drafts, keyed(said("Tổng kết năm", 20190101+civil.Date(i%28)), "b-%d", i))
		}
		var batch int64
		if err := d.WriteAlone(ctx, func(tx *db.Tx) error {
			res, err := l.Bulk(ctx, tx, slices.Values(drafts), BulkOptions{Actor: "máy", Name: "thử"})
			batch = res.Batch
			return err
		}); err != nil {
			t.Fatal(err)
		}
		want("tong ket", 31, "imported")
		if err := w.void(a.ID, 2, "ghi trùng"); err != nil {
			t.Fatal(err)
		}
		want("tong ket", 30, "void")
		w.write(func(tx *db.Tx) error {
			_, err := l.UndoBatch(ctx, tx, "máy", batch, "nhập nhầm")
			return err
		})
		want("tong ket", 0, "undone")
		if !slices.IsSortedFunc(l.roll.now.rows, newestRow) {
			t.Error("what is held is out of order")
		}
	})
}

// The first list has the roll read in the background.
func TestFirstListReadsTheRoll(t *testing.T) {
	d := dbtest.SQLite(t)
	w := newWorld(t, d)
	w.record(session("A.BDV", 20190201, 1))
	within, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); w.ledger.Follow(within, d) }()
	for !w.ledger.roll.held() {
		if _, _, err := w.ledger.Page(ctx, d.Read(), Filter{}, NewestFirst, 0, 10); err != nil {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	stop()
	<-ended
}

// A transaction that began before an act does not see it, though another one has brought the memory on.
func TestRollKeepsToTheTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(session("A.BDV", 20190201, 1))
		l := w.ledger
		if err := l.ReadRoll(ctx, d); err != nil {
			t.Fatal(err)
		}
		count := func(q db.Querier) int {
			n, err := l.Count(ctx, q, Filter{Text: "hop"})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		draft := session("T1.BDV", 20190301, 5)
		draft.Fields["topic"] = "Họp"
		err := d.View(ctx, func(q db.Querier) error {
			if n := count(q); n != 0 {
				t.Errorf("%d at first", n)
			}
			w.record(draft)
			if n := count(d.Read()); n != 1 {
				t.Errorf("%d after the act, want 1", n)
			}
			if n := count(q); n != 0 {
				t.Errorf("%d in the transaction from before the act, want 0", n)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if l.roll.now == nil {
			t.Error("an earlier transaction threw away what is held")
		}
	})
}
