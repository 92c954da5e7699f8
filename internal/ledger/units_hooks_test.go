package ledger

import (
	"math/rand/v2"
	"sync"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// TestRederive posts before and after a change of units that is entered late, in every order, and comes to the
// same totals.
func TestRederive(t *testing.T) {
	before := []Draft{keyed(session("B.BDV", 20190401, 10), "b"), keyed(session("C.BDV", 20190402, 12), "c"),
		keyed(session("D1.BDV", 20190403, 7), "d"), keyed(session("A.MTTQ", 20200301, 15), "a")}
	before[2].Place = "C"
	before[2].Fields["area"] = 2
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		early, late := newWorld(t, d), newWorld(t, dbtest.SQLite(t))
		early.apply(merger())
		for i := range before {
			early.record(before[i])
			late.record(before[len(before)-1-i])
		}
		late.apply(merger())
		early.record(keyed(session("N.BDV", 20200401, 24), "n"))
		late.record(keyed(session("N.BDV", 20200401, 24), "n"))
		for _, w := range []*world{early, late} {
			w.verify()
			w.want(w.total("session_attendances", Lead, "B.BDV", 2019), Amount{10, 1, 0, 0}, "B before the merger")
			w.want(w.total("session_attendances", Lead, "N.BDV", 2020), Amount{24, 1, 0, 0}, "N after the merger")
			w.want(w.total("session_area", Lead, "C", 2019), Amount{200, 1, 0, 0}, "place C")
		}
		if a, b := early.roots(), late.roots(); a != b || a.Value != 68 {
			t.Errorf("totals over all eras: %+v and %+v", a, b)
		}
	})
}

// roots is the sum of attendances over all eras and years.
func (w *world) roots() (a Amount) {
	w.Helper()
	err := w.db.Read().QueryRowContext(ctx, `SELECT CAST(sum(t.value) AS BIGINT), CAST(sum(t.n) AS BIGINT), CAST(sum(t.c_value) AS BIGINT),
		CAST(sum(t.c_n) AS BIGINT) FROM total_year t JOIN series_key k ON k.id = t.series
		WHERE k.code = 'session_attendances' AND k.role = 'lead'`).Scan(&a.Value, &a.N, &a.CValue, &a.CN)
	if err != nil {
		w.Fatal(err)
	}
	return a
}

func TestUndoOfAChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.record(session("B.BDV", 20190401, 10))
		done, err := w.keeper.Apply(ctx, merger(), "thử")
		if err != nil {
			t.Fatal(err)
		}
		w.record(session("D1.BDV", 20200401, 30))
		n := session("D1.BDV", 20200402, 40)
		n.Partners = []string{"N.MTTQ"}
		hangs := w.record(n)
		if err := w.keeper.Undo(ctx, "thử", done.Changes...); fault.KindOf(err) != fault.Conflict {
			t.Fatalf("undo while a partner hangs on N: %v", err)
		}
		tree, err := w.keeper.Tree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		front, err := tree.Resolve("N.MTTQ", org.OnDay(20200402), 20200402)
		if err != nil {
			t.Fatal(err)
		}
		list, err := w.ledger.Hanging(ctx, d.Read(), []org.UnitID{front.ID, 999}, 20200110)
		if err != nil || len(list) != 1 || list[0].Count != 1 || list[0].IDs[0] != hangs.ID || list[0].First != 20200402 {
			t.Errorf("hanging: %+v (%v)", list, err)
		}
		if none, err := w.ledger.Hanging(ctx, d.Read(), []org.UnitID{front.ID}, 20200403); len(none) != 0 || err != nil {
			t.Errorf("hanging later: %+v (%v)", none, err)
		}
		w.want(w.total("session_attendances", Lead, "D1.BDV", 2020), Amount{70, 2, 0, 0}, "D1")
		w.verify()
	})
}

// TestChangesAmongWriters applies and undoes a change while entries are posted: nothing is lost between them.
func TestChangesAmongWriters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var wg sync.WaitGroup
		for g := range 8 {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(g), 9))
				for range 15 {
					unit := []string{"B.BDV", "C.BDV", "A.BDV"}[r.IntN(3)]
					if _, err := w.try(session(unit, 20190101, 1)); err != nil {
						t.Errorf("record: %v", err)
					}
				}
			})
		}
		wg.Go(func() {
			for range 4 {
				done, err := w.keeper.Apply(ctx, merger(), "thử")
				if err == nil {
					err = w.keeper.Undo(ctx, "thử", done.Changes...)
				}
				if err != nil {
					t.Errorf("change: %v", err)
				}
			}
		})
		wg.Wait()
		if a := w.roots(); a.Value != 120 || a.N != 120 {
			t.Errorf("totals %+v, want 120", a)
		}
		w.verify()
	})
}
