package reception_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/reception"
)

const unitsCSV = `code,name,level,type,parent
T1,Tỉnh Thử,province,Tỉnh,
A,Xã A,commune,Xã,T1
`

var law = sync.OnceValues(func() (*catalog.Catalog, error) { return catalog.Load(catalogdata.FS) })

// office is a commune's desk with the regulation as it is.
type office struct {
	testing.TB
	db     *db.DB
	ledger *ledger.Ledger
	desk   reception.Desk
	shelf  *reception.Shelf
}

func open(t testing.TB, d *db.DB) *office {
	t.Helper()
	c, err := law()
	if err != nil {
		t.Fatal(err)
	}
	l := ledger.New(c)
	l.Now = func() time.Time { return time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC) }
	l.InOrder = d.Engine() == db.SQLite
	keeper := &org.Keeper{DB: d, Hooks: l}
	o := &office{TB: t, db: d, ledger: l, shelf: &reception.Shelf{Ledger: l, Catalog: c, Engine: d.Engine()}}
	o.write(func(tx *db.Tx) error {
		return keeper.LoadSet(t.Context(), tx, fstest.MapFS{"t/units.csv": {Data: []byte(unitsCSV)}}, "t", ledger.BodyRules(c.Latest()))
	})
	tree, err := keeper.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	o.desk = reception.Desk{Ledger: l, Tree: tree}
	l.After = o.desk.Posted
	return o
}

func (o *office) write(fn func(tx *db.Tx) error) {
	o.Helper()
	if err := o.db.Write(context.Background(), fn); err != nil {
		o.Fatal(err)
	}
}

func (o *office) record(kind string, day civil.Date, carries string, set map[string]any) int64 {
	o.Helper()
	var id int64
	o.write(func(tx *db.Tx) error {
		p, err := o.ledger.Record(context.Background(), tx, "thử", ledger.Draft{Kind: kind, Unit: "A.UBND", Day: day, Carries: carries, Fields: set})
		id = p.ID
		return err
	})
	return id
}

func (o *office) session(id int64) *reception.Session {
	o.Helper()
	e, err := o.ledger.Entry(o.Context(), o.db.Read(), id)
	if err != nil {
		o.Fatal(err)
	}
	s, err := reception.SessionOf(e)
	if err != nil {
		o.Fatal(err)
	}
	return s
}

const day civil.Date = 20261120

func visit(class, field, result string, persons int64, more ...string) map[string]any {
	set := map[string]any{"class": class, "field": field, "result": result, "persons": persons, "times": "first"}
	for i := 0; i+1 < len(more); i += 2 {
		set[more[i]] = more[i+1]
	}
	return set
}

func TestNumbersFollowVisits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		id := o.record(reception.SessionKind, day, "", reception.Opening(reception.Setting{Type: "periodic", Host: "chair"}))
		var first, group int64
		receive := func(set map[string]any) (v int64) {
			o.write(func(tx *db.Tx) error {
				p, err := o.desk.Receive(t.Context(), tx, "thử", id, "", set)
				v = p.ID
				return err
			})
			return v
		}
		first = receive(visit("complaint", "land", reception.Accepted, 1, "letter_taken", "yes"))
		group = receive(visit("proposal", "land", reception.Transferred, 7, "crowd", "yes", "transferred_to", "Sở Nông nghiệp và Môi trường", "times", "repeated"))
		receive(visit("complaint", "land", reception.Advised, 2))
		want := reception.Totals{Visits: 3, Persons: 10, Groups: 1, GroupPersons: 7, FirstTime: 2, Repeated: 1, Letters: 1, Opinions: 1, Answered: 1, Forwarded: 1,
			Contents: []reception.Content{{Class: "complaint", Field: "land", Cases: 2}, {Class: "proposal", Field: "land", Cases: 1}}}
		if got := o.session(id); !got.Totals.Equal(want) || got.Held != "yes" || !got.Open() {
			t.Fatalf("session says %+v", got)
		}

		o.write(func(tx *db.Tx) error {
			return o.desk.Change(t.Context(), tx, "thử", group, func(v *reception.Visit, _ *ledger.Entry) (ledger.Amendment, error) {
				if v.Turn != 2 {
					t.Errorf("the group was number %d", v.Turn)
				}
				return ledger.Amendment{Reason: "Đếm lại", Set: map[string]any{"persons": int64(9)}}, nil
			})
		})
		o.write(func(tx *db.Tx) error { return o.desk.Strike(t.Context(), tx, "thử", first, "Ghi nhầm") })
		want = reception.Totals{Visits: 2, Persons: 11, Groups: 1, GroupPersons: 9, FirstTime: 1, Repeated: 1, Opinions: 1, Answered: 1, Forwarded: 1,
			Contents: []reception.Content{{Class: "complaint", Field: "land", Cases: 1}, {Class: "proposal", Field: "land", Cases: 1}}}
		if got := o.session(id); !got.Totals.Equal(want) {
			t.Fatalf("after a change session says %+v", got)
		}
		waiting, err := o.shelf.Waiting(t.Context(), d.Read(), nil)
		if err != nil || len(waiting) != 1 || waiting[0].ID != group {
			t.Fatalf("waiting %v, %v", waiting, err)
		}
	})
}

// Two desks add at once: no visit is lost, no number is given twice.
func TestTwoDesksAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		id := o.record(reception.SessionKind, day, "", reception.Opening(reception.Setting{Type: "regular", Host: "officer"}))
		var desks sync.WaitGroup
		failed := make([]error, 2)
		for n := range 2 {
			desks.Go(func() {
				for i := range 5 {
					err := d.Write(context.Background(), func(tx *db.Tx) error {
						_, err := o.desk.Receive(context.Background(), tx, "thử", id, fmt.Sprint("k", n, i), visit("proposal", "land", reception.Advised, 1))
						return err
					})
					failed[n] = errors.Join(failed[n], err)
				}
			})
		}
		desks.Wait()
		if err := errors.Join(failed...); err != nil {
			t.Fatal(err)
		}
		list, err := reception.Visits(t.Context(), d.Read(), id)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range list {
			if v.Turn != int64(i+1) {
				t.Errorf("visit %d has number %d", i+1, v.Turn)
			}
		}
		if got := o.session(id).Visits; got != 10 || len(list) != 10 {
			t.Errorf("%d visits stand, the session says %d", len(list), got)
		}
	})
}

// Whatever way a visit is changed, or a session's number typed over, the numbers are those of the visits.
func TestFollowsOtherWays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		id := o.record(reception.SessionKind, day, "", reception.Opening(reception.Setting{Type: "regular", Host: "officer"}))
		a := o.record(reception.VisitKind, day, fmt.Sprint("#", id), visit("complaint", "land", reception.Accepted, 2))
		o.record(reception.VisitKind, day, fmt.Sprint("#", id), visit("proposal", "land", reception.Advised, 3))
		if s := o.session(id); s.Visits != 2 || s.Persons != 5 {
			t.Errorf("recorded in the ledger: %+v", s.Totals)
		}
		o.write(func(tx *db.Tx) error {
			_, err := o.ledger.Void(t.Context(), tx, "thử", a, 1, "Ghi nhầm")
			return err
		})
		if s := o.session(id); s.Visits != 1 || s.Persons != 3 {
			t.Errorf("voided in the ledger: %+v", s.Totals)
		}
		o.write(func(tx *db.Tx) error {
			_, err := o.ledger.Amend(t.Context(), tx, "thử", id, o.session(id).Version, ledger.Amendment{Reason: "Gõ tay", Set: map[string]any{"visits": int64(9)}})
			return err
		})
		if s := o.session(id); s.Visits != 1 {
			t.Errorf("typed over: %+v", s.Totals)
		}
		o.write(func(tx *db.Tx) error {
			drafts := func(yield func(ledger.Draft) bool) {
				yield(ledger.Draft{Key: "b", Kind: reception.VisitKind, Unit: "A.UBND", Day: day, Carries: fmt.Sprint("#", id), Fields: visit("complaint", "land", reception.Accepted, 4)})
			}
			_, err := o.ledger.Bulk(t.Context(), tx, drafts, ledger.BulkOptions{Actor: "nhập tệp", Total: 1})
			return err
		})
		if s := o.session(id); s.Visits != 2 || s.Persons != 7 {
			t.Errorf("imported: %+v", s.Totals)
		}
	})
}

func TestTypedTotalsStay(t *testing.T) {
	o := open(t, dbtest.SQLite(t))
	id := o.record(reception.SessionKind, day, "", map[string]any{"type": "regular", "host": "officer", "visits": 12, "persons": 14})
	err := o.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := o.desk.Receive(t.Context(), tx, "thử", id, "", visit("proposal", "land", reception.Advised, 1))
		return err
	})
	if fault.KindOf(err) != fault.Conflict {
		t.Errorf("a visit to a session of typed totals: %v", err)
	}
	if s := o.session(id); s.Visits != 12 || s.Open() {
		t.Errorf("session says %+v", s)
	}
}

func TestOccasions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := open(t, d)
		plan := func(on civil.Date, more ...string) int64 {
			set := map[string]any{"type": "periodic", "host": "chair", "planned_on": on.String(), "from_hour": "07:30", "room": "Phòng tiếp công dân"}
			for i := 0; i+1 < len(more); i += 2 {
				set[more[i]] = more[i+1]
			}
			return o.record(reception.PlanKind, 20261101, "", set)
		}
		held := plan(20261105)
		plan(20261110)
		plan(20261122)
		plan(20261126)
		plan(20261112, "cancelled_on", "2026-11-11", "cancel_reason", "Mưa lũ")
		moved := plan(20261128)
		o.record(reception.SessionKind, 20261105, fmt.Sprint("#", held), map[string]any{"type": "periodic", "host": "chair", "visits": 0, "persons": 0, "held": "no"})
		o.record(reception.SessionKind, 20261030, fmt.Sprint("#", moved), map[string]any{"type": "periodic", "host": "chair", "visits": 1, "persons": 1})
		p, _ := civil.Between(20261101, 20261130)
		list, err := o.shelf.Occasions(t.Context(), d.Read(), nil, p)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, x := range list {
			got += fmt.Sprintf("%d %s\n", x.Day().Day(), x.State(20261122))
		}
		if want := "26 planned\n22 due\n12 cancelled\n10 missed\n5 held\n"; got != want {
			t.Errorf("occasions:\n%swant:\n%s", got, want)
		}
		if s := list[len(list)-1].Setting(); s.Room != "Phòng tiếp công dân" || s.From != "07:30" {
			t.Errorf("what the session leaves out is as planned: %+v", s)
		}
	})
}
