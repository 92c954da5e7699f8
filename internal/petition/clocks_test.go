package petition_test

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/jobs"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
)

const clockUnits = `code,name,level,type,parent
T1,Tỉnh Thử,province,Tỉnh,
A,Xã A,commune,Xã,T1
`

// chamber is an office that keeps the clocks of its cases, with the regulation as it is.
type chamber struct {
	testing.TB
	db     *db.DB
	ledger *ledger.Ledger
	clocks *petition.Clocks
	office petition.Office
	units  *org.Keeper
}

func regulation(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(catalogdata.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newChamber(t testing.TB, d *db.DB) *chamber {
	t.Helper()
	l := ledger.New(regulation(t))
	l.InOrder = d.Engine() == db.SQLite
	o := &chamber{TB: t, db: d, ledger: l, units: &org.Keeper{DB: d, Hooks: l}}
	o.on(20261122, regulation(t))
	o.write(func(tx *db.Tx) error {
		return o.units.LoadSet(context.Background(), tx, fstest.MapFS{"t/units.csv": {Data: []byte(clockUnits)}}, "t", ledger.BodyRules(l.Catalog.Latest()))
	})
	return o
}

// on starts the program anew on a day, with a regulation.
func (o *chamber) on(day civil.Date, c *catalog.Catalog) {
	now := func() time.Time { return day.Time().Add(2 * time.Hour) }
	o.ledger.Now = now
	o.clocks = &petition.Clocks{Catalog: c, Ledger: o.ledger, DB: o.db, Now: now}
	o.ledger.After = o.clocks.Posted
	o.office = petition.Office{Ledger: o.ledger, Clocks: o.clocks, Now: now}
}

func (o *chamber) write(fn func(tx *db.Tx) error) {
	o.Helper()
	if err := o.db.Write(context.Background(), fn); err != nil {
		o.Fatal(err)
	}
}

func (o *chamber) letter(fields map[string]any) int64 {
	o.Helper()
	fields["field"] = "land"
	received, err := civil.ParseDate(fields["received_on"].(string))
	if err != nil {
		o.Fatal(err)
	}
	var id int64
	o.write(func(tx *db.Tx) error {
		p, err := o.ledger.Record(context.Background(), tx, "thử", ledger.Draft{Kind: petition.Letter, Unit: "A.UBND", Day: received, Fields: fields})
		id = p.ID
		return err
	})
	return id
}

func (o *chamber) act(id int64, a petition.Act) {
	o.Helper()
	if a.DocumentOn == 0 {
		a.DocumentOn = a.On
	}
	if a.Document == "" {
		a.Document = "1/QĐ-UBND"
	}
	a.Signer = "Chủ tịch"
	o.write(func(tx *db.Tx) error {
		_, err := o.office.Do(context.Background(), tx, "thử", id, o.entry(id).Version, a)
		return err
	})
}

func (o *chamber) entry(id int64) *ledger.Entry {
	o.Helper()
	e, err := o.ledger.Entry(context.Background(), o.db.Read(), id)
	if err != nil {
		o.Fatal(err)
	}
	return e
}

func (o *chamber) due(id int64) civil.Date {
	o.Helper()
	c, err := petition.CaseOf(o.entry(id))
	if err != nil {
		o.Fatal(err)
	}
	return c.Due
}

// told are the rows of one clock, the standing one first.
func (o *chamber) told(id int64, code string) []petition.Told {
	o.Helper()
	all, err := o.clocks.Told(context.Background(), o.db.Read(), id)
	if err != nil {
		o.Fatal(err)
	}
	var out []petition.Told
	for _, t := range all {
		if t.Deadline.Clock == code {
			out = append(out, t)
		}
	}
	return out
}

// The clocks of a case follow its acts, and the deadline in the entry with them.
func TestClocksFollowActs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newChamber(t, d)
		id := o.letter(map[string]any{"class": "complaint", "received_on": "2026-10-05"})
		accept := o.told(id, "accept")
		if len(accept) != 1 || accept[0].Deadline.Due != 20261015 || o.due(id) != 0 {
			t.Fatalf("after receipt: %+v, due_on %v", accept, o.due(id))
		}
		o.act(id, petition.Act{Act: "accepted", On: 20261012})
		if a, r := o.told(id, "accept"), o.told(id, "resolve"); len(a) != 1 || a[0].Deadline.Ended != 20261012 || len(r) != 1 || r[0].Deadline.Due != 20261111 || o.due(id) != 20261111 {
			t.Fatalf("after acceptance: %+v %+v, due_on %v", a, r, o.due(id))
		}
		if e := o.entry(id); e.Version != 2 {
			t.Errorf("the act made %d versions, want one", e.Version-1)
		}
		o.act(id, petition.Act{Act: "suspended", On: 20261026, Ground: "other"})
		if r := o.told(id, "resolve"); len(r) != 2 || !r[0].Deadline.Stopped || r[0].Deadline.Left != 17 || r[1].Deadline.Due != 20261111 || r[1].Replaced.IsZero() {
			t.Fatalf("while suspended: %+v", r)
		}
		o.act(id, petition.Act{Act: "resumed", On: 20261105})
		if r := o.told(id, "resolve"); len(r) != 3 || r[0].Deadline.Due != 20261123 || o.due(id) != 20261123 {
			t.Fatalf("after resumption: due %v, due_on %v", r[0].Deadline.Due, o.due(id))
		}
		o.act(id, petition.Act{Act: "decided", On: 20261120, Outcome: "right"})
		c, err := petition.CaseOf(o.entry(id))
		if err != nil {
			t.Fatal(err)
		}
		if s := c.Steps[len(c.Steps)-1]; s.Due != 20261123 {
			t.Errorf("the decision had to keep %v, want 23 November", s.Due)
		}
		if r := o.told(id, "resolve"); len(r) != 3 || r[0].Deadline.Ended != 20261120 {
			t.Errorf("after the decision: %+v", r)
		}
		open, err := o.clocks.Open(t.Context(), d.Read(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(open) != 1 || open[0].Deadline.Clock != "send_decision" || open[0].Deadline.Due != 20261125 {
			t.Errorf("still to be kept: %+v", open)
		}
	})
}

// holiday is the regulation with one more day off.
func holiday(t *testing.T, day civil.Date) *catalog.Catalog {
	c := regulation(t)
	for _, ed := range c.Editions() {
		cal := ed.Calendar("vn")
		cal.Days = append(cal.Days, &catalog.CalendarDay{On: day, Effect: "off", Name: "Ngày nghỉ mới"})
	}
	return c
}

// A new day off moves the clocks of open cases: the old value stands beside the new one, the entry follows by an amendment
// of the program, and what was decided stays as it was.
func TestClocksFollowTheCalendar(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newChamber(t, d)
		open := o.letter(map[string]any{"class": "complaint", "received_on": "2026-10-20"})
		o.act(open, petition.Act{Act: "accepted", On: 20261026})
		decided := o.letter(map[string]any{"class": "complaint", "received_on": "2026-10-20"})
		o.act(decided, petition.Act{Act: "accepted", On: 20261026})
		o.act(decided, petition.Act{Act: "decided", On: 20261120, Outcome: "wrong"})
		if o.due(open) != 20261125 || o.due(decided) != 20261125 {
			t.Fatalf("due %v and %v", o.due(open), o.due(decided))
		}
		versions := o.entry(decided).Version

		o.on(20261122, holiday(t, 20261125))
		if n, err := o.clocks.Stale(t.Context(), d.Read()); err != nil || n != 2 {
			t.Fatalf("%d cases to reckon: %v", n, err)
		}
		o.write(func(tx *db.Tx) error { return o.clocks.Posted(t.Context(), tx, petition.Letter, 0) })
		if _, err := (jobs.Worker{DB: d, Handlers: o.clocks.Jobs()}).Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		r := o.told(open, "resolve")
		if len(r) != 2 || r[0].Deadline.Due != 20261126 || r[1].Deadline.Due != 20261125 || r[1].Replaced.IsZero() || r[1].Why == "" {
			t.Fatalf("open case: %+v", r)
		}
		if len(r[0].Deadline.Rolled) != 1 || r[0].Deadline.Rolled[0].Name != "Ngày nghỉ mới" {
			t.Errorf("the calculation does not name the new day off: %+v", r[0].Deadline.Rolled)
		}
		e := o.entry(open)
		last := e.Versions[len(e.Versions)-1]
		if o.due(open) != 20261126 || last.Actor != petition.Program || last.Reason == "" {
			t.Errorf("due_on %v by %q for %q", o.due(open), last.Actor, last.Reason)
		}
		if r := o.told(decided, "resolve"); len(r) != 1 || r[0].Deadline.Due != 20261125 || o.due(decided) != 20261125 || o.entry(decided).Version != versions {
			t.Errorf("decided case was told anew: %+v", r)
		}
		if s := o.told(decided, "send_decision"); len(s) != 2 || s[0].Deadline.Due != 20261126 {
			t.Errorf("what is still to be sent does not follow: %+v", s)
		}
		run, err := o.clocks.LastRun(t.Context(), d.Read())
		if err != nil || run == nil || run.Total != 2 || run.Done != 2 || run.Moved != 2 || run.Failed != 0 || run.Ended.IsZero() {
			t.Errorf("run %+v, %v", run, err)
		}
		if n, err := o.clocks.Stale(t.Context(), d.Read()); err != nil || n != 0 {
			t.Errorf("%d cases left: %v", n, err)
		}
		if err := o.clocks.ReckonAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if again := o.told(open, "resolve"); len(again) != 2 {
			t.Errorf("a second reckoning told %d clocks", len(again))
		}
	})
}

// A book of old letters whose last steps nobody recorded does not fill the board; open ones of it do.
func TestClocksOfManyEntries(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newChamber(t, d)
		drafts := []ledger.Draft{
			{Kind: petition.Letter, Unit: "A.UBND", Day: 20190305, Key: "old", Fields: map[string]any{"class": "denunciation", "field": "land", "received_on": "2019-03-05", "accepted_on": "2019-03-08", "settled_on": "2019-04-05", "outcome": "right"}},
			{Kind: petition.Letter, Unit: "A.UBND", Day: 20261102, Key: "new", Fields: map[string]any{"class": "denunciation", "field": "land", "received_on": "2026-11-02", "accepted_on": "2026-11-09", "due_on": "2026-12-01"}},
		}
		if err := d.WriteAlone(t.Context(), func(tx *db.Tx) error {
			_, err := o.ledger.Bulk(t.Context(), tx, func(yield func(ledger.Draft) bool) {
				for _, x := range drafts {
					if !yield(x) {
						return
					}
				}
			}, ledger.BulkOptions{Actor: "thử"})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := (jobs.Worker{DB: d, Handlers: o.clocks.Jobs()}).Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		e, err := o.ledger.EntryByKey(t.Context(), d.Read(), "new")
		if err != nil {
			t.Fatal(err)
		}
		open, err := o.clocks.Open(t.Context(), d.Read(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range open {
			if r.Entry != e.ID {
				t.Errorf("clock %s of entry %d is on the board", r.Deadline.Clock, r.Entry)
			}
		}
		if len(open) != 2 || o.due(e.ID) != 20261209 {
			t.Errorf("%d clocks, due_on %v; want notice and settlement, 9 December", len(open), o.due(e.ID))
		}
	})
}

// A letter that is taken out of account has no clock left; its old ones stay with the reason.
func TestVoidEndsClocks(t *testing.T) {
	o := newChamber(t, dbtest.SQLite(t))
	id := o.letter(map[string]any{"class": "proposal", "received_on": "2026-11-09"})
	o.write(func(tx *db.Tx) error {
		_, err := o.ledger.Void(t.Context(), tx, "thử", id, o.entry(id).Version, "ghi nhầm")
		return err
	})
	if r := o.told(id, "answer"); len(r) != 1 || r[0].Replaced.IsZero() {
		t.Errorf("%+v", r)
	}
	open, err := o.clocks.Open(t.Context(), o.db.Read(), nil)
	if err != nil || len(open) != 0 {
		t.Errorf("%d clocks left, %v", len(open), err)
	}
}
