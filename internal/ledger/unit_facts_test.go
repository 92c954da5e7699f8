package ledger

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/org"
)

// TestHangingFollowsEveryAct: what is held of the facts of units says after each act what the tables say.
func TestHangingFollowsEveryAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		w.apply(merger())
		tree, err := w.keeper.Tree(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var units []org.UnitID
		for _, u := range tree.Units() {
			units = append(units, u.ID)
		}
		r := rand.New(rand.NewPCG(3, 4))
		bare := New(w.ledger.Catalog)
		codes := []string{"A", "N", "E", "D1"}
		var ids []int64
		versions := map[int64]int{}
		for round := range 40 {
			day := civil.NewDate(2020+r.IntN(3), 2+r.IntN(10), 1+r.IntN(28))
			d := session(codes[r.IntN(len(codes))]+".BDV", day, 1+r.IntN(50))
			if r.IntN(2) == 0 {
				d.Partners = []string{codes[r.IntN(len(codes))] + ".MTTQ"}
			}
			if len(ids) == 0 || r.IntN(3) > 0 {
				p := w.record(d)
				ids, versions[p.ID] = append(ids, p.ID), p.Version
			} else if id := ids[r.IntN(len(ids))]; r.IntN(4) > 0 && versions[id] > 0 {
				p, err := w.amend(id, versions[id], Amendment{Unit: d.Unit, Day: d.Day, Partners: &d.Partners, Reason: "sửa nơi"})
				if err != nil {
					t.Fatal(err)
				}
				versions[id] = p.Version
			} else if versions[id] > 0 {
				if err := w.void(id, versions[id], "ghi nhầm"); err != nil {
					t.Fatal(err)
				}
				versions[id] = 0
			}
			asked := units[:1+r.IntN(len(units))] // some of them are asked for the first time
			from := civil.NewDate(2020+r.IntN(3), 1, 1)
			got, err := w.ledger.Hanging(ctx, w.db.Read(), asked, from)
			if err != nil {
				t.Fatal(err)
			}
			want, err := bare.Hanging(ctx, w.db.Read(), asked, from)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("after act %d: %+v, want %+v", round, got, want)
			}
		}
		if held := len(w.ledger.facts.by) > 0; held != w.ledger.InOrder {
			t.Errorf("facts are held: %v, want %v", held, w.ledger.InOrder)
		}
	})
}
