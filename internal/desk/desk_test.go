package desk_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/desk"
	"danvan/internal/fault"
)

func codes(t *testing.T, d *db.DB, account int64) []string {
	t.Helper()
	cards, err := desk.Cards(context.Background(), d.Read(), account)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range cards {
		out = append(out, c.Indicator)
	}
	return out
}

func TestBoard(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		do := func(fn func(tx *db.Tx) error) error { return d.Write(ctx, fn) }
		add := func(account int64, c desk.Card) error {
			return do(func(tx *db.Tx) error { return desk.Add(ctx, tx, account, c) })
		}
		for _, c := range []desk.Card{{Indicator: "a"}, {Indicator: "b", Unit: 5}, {Indicator: "a"}, {Indicator: "a", Unit: 5}, {Indicator: "c", Label: "class=complaint"}} {
			if err := add(1, c); err != nil {
				t.Fatal(err)
			}
		}
		if err := add(2, desk.Card{Indicator: "z"}); err != nil {
			t.Fatal(err)
		}
		if got := codes(t, d, 1); !slices.Equal(got, []string{"a", "b", "a", "c"}) {
			t.Fatalf("the board is %v: the same card added twice must stand once", got)
		}
		cards, _ := desk.Cards(ctx, d.Read(), 1)
		if label, value := cards[3].Part(); label != "class" || value != "complaint" {
			t.Errorf("the part is %q=%q", label, value)
		}

		for range 2 { // a second click moves nothing more
			if err := do(func(tx *db.Tx) error { return desk.Place(ctx, tx, 1, cards[3].ID, 1) }); err != nil {
				t.Fatal(err)
			}
		}
		if got := codes(t, d, 1); !slices.Equal(got, []string{"a", "c", "b", "a"}) {
			t.Errorf("after moving c to place 1 the board is %v", got)
		}
		for range 2 {
			if err := do(func(tx *db.Tx) error { return desk.Remove(ctx, tx, 1, cards[1].ID) }); err != nil {
				t.Fatal(err)
			}
		}
		if got := codes(t, d, 1); !slices.Equal(got, []string{"a", "c", "a"}) {
			t.Errorf("after removing b the board is %v", got)
		}
		other, _ := desk.Cards(ctx, d.Read(), 2)
		if err := do(func(tx *db.Tx) error { return desk.Remove(ctx, tx, 1, other[0].ID) }); err != nil {
			t.Fatal(err)
		}
		if err := do(func(tx *db.Tx) error { return desk.Place(ctx, tx, 1, other[0].ID, 0) }); fault.KindOf(err) != fault.NotFound {
			t.Errorf("moving the card of another: %v", err)
		}
		if got := codes(t, d, 2); !slices.Equal(got, []string{"z"}) {
			t.Errorf("the board of another is now %v", got)
		}
	})
}

func TestBoardAtOnceAndFull(t *testing.T) {
	ctx := context.Background()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		errs := make([]error, 2*desk.Most+4)
		for i := range errs {
			wg.Go(func() {
				errs[i] = d.Write(ctx, func(tx *db.Tx) error {
					return desk.Add(ctx, tx, 1, desk.Card{Indicator: fmt.Sprint("i", i/2)})
				})
			})
		}
		wg.Wait()
		refused := 0
		for _, err := range errs {
			if err == nil {
				continue
			}
			if fault.KindOf(err) != fault.Conflict {
				t.Fatal(err)
			}
			refused++
		}
		got := codes(t, d, 1)
		slices.Sort(got)
		if len(got) != desk.Most || len(slices.Compact(got)) != desk.Most || refused == 0 {
			t.Errorf("%d cards, %d refused", len(got), refused)
		}
	})
}
