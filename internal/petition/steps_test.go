package petition_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/petition"
)

// whole is an act with everything that a rule could ask.
func whole(act string, on civil.Date, number int) petition.Act {
	return petition.Act{Act: act, On: on, Document: fmt.Sprintf("%d/QĐ-UBND", number), DocumentOn: on, Signer: "Chủ tịch", Ground: "other", Scope: "whole", Days: 10, Body: "Thanh tra", Outcome: "right"}
}

// strict asks the law of the ledger, as the program does.
func (o *chamber) strict() petition.Law {
	law := petition.Law{Edition: o.ledger.Catalog.Latest()}
	o.office.Law = law
	return law
}

// Two officers record thirty acts at once on one letter: each version is won by one of them, the other hears of it, and
// no step is lost.
func TestTwoOfficersAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newChamber(t, d)
		o.strict()
		id := o.letter(map[string]any{"class": "proposal", "received_on": "2026-10-05", "complexity": "special"})
		var mu sync.Mutex
		won, lost := map[int]int{}, 0
		var all sync.WaitGroup
		for n := range 30 {
			all.Go(func() {
				e, err := o.ledger.Entry(context.Background(), d.Read(), id)
				if err != nil {
					t.Error(err)
					return
				}
				err = d.Write(context.Background(), func(tx *db.Tx) error {
					_, err := o.office.Do(context.Background(), tx, "thử", id, e.Version, petition.Act{Act: "urged", On: 20261120, Document: fmt.Sprint(n)})
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					won[e.Version]++
				case fault.KindOf(err) == fault.Conflict:
					lost++
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		sum := 0
		for version, n := range won {
			if n > 1 {
				t.Errorf("version %d was followed by %d acts", version, n)
			}
			sum += n
		}
		e := o.entry(id)
		c, err := petition.CaseOf(e)
		if err != nil {
			t.Fatal(err)
		}
		if sum+lost != 30 || len(c.Values.Rows("steps")) != sum || e.Version != 1+sum {
			t.Errorf("%d acts were saved and %d refused; the letter has %d steps and version %d", sum, lost, len(c.Values.Rows("steps")), e.Version)
		}
	})
}

// A step recorded by mistake is taken back: the case and its deadline stand as before it, the version stays.
func TestUndo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newChamber(t, d)
		o.strict()
		id := o.letter(map[string]any{"class": "complaint", "received_on": "2026-10-05"})
		o.act(id, whole("accepted", 20261012, 1))
		due := o.due(id)
		o.act(id, whole("suspended", 20261026, 2))
		o.write(func(tx *db.Tx) error {
			_, err := o.office.Undo(t.Context(), tx, "thử", id, o.entry(id).Version, "Ghi nhầm hồ sơ")
			return err
		})
		c, err := petition.CaseOf(o.entry(id))
		if err != nil {
			t.Fatal(err)
		}
		if st := c.State(); st.Suspended || st.Stage != petition.Accepted || c.Due != due || c.Values.Text("suspended_on") != "" {
			t.Errorf("after undoing: %+v, due %v, want %v", st, c.Due, due)
		}
		if n := o.entry(id).Version; n != 4 {
			t.Errorf("%d versions, want 4: nothing is overwritten", n)
		}
	})
}

// A letter of several contents is split: it is accepted with its first part and settled with its last.
func TestSplit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newChamber(t, d)
		o.strict()
		id := o.letter(map[string]any{"class": "mixed", "received_on": "2026-10-05", "code": "DT-2026-000001"})
		o.write(func(tx *db.Tx) error {
			_, err := o.office.Split(t.Context(), tx, "thử", id, 1, petition.Act{On: 20261006}, []petition.PartDraft{{Class: "complaint", Field: "land"}, {Class: "proposal", Field: "environment"}})
			return err
		})
		read := func(id int64) *petition.Case {
			c, err := petition.CaseOf(o.entry(id))
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		letter := read(id)
		if len(letter.Parts) != 2 || letter.State().Stage != petition.Split {
			t.Fatalf("after splitting: %d parts, %s", len(letter.Parts), letter.State().Stage)
		}
		complaint, proposal := letter.Parts[0], letter.Parts[1]
		if read(complaint).Class != "complaint" {
			complaint, proposal = proposal, complaint
		}
		o.act(complaint, whole("accepted", 20261012, 1))
		if c := read(id); c.Values.Text("accepted_on") != "2026-10-12" || c.Values.Text("settled_on") != "" {
			t.Errorf("after the first part was accepted: %v", c.Values)
		}
		answer := whole("answered", 20261015, 2)
		answer.Outcome = "answered"
		o.act(proposal, answer)
		if c := read(id); !c.State().Open() {
			t.Error("the letter is closed while a part is open")
		}
		o.act(complaint, whole("decided", 20261030, 3))
		if c := read(id); c.Values.Text("settled_on") != "2026-10-30" || c.Outcome != "answered" || c.State().Open() {
			t.Errorf("after all parts: %v %s %s", c.Values.Text("settled_on"), c.Outcome, c.State().Stage)
		}
		o.write(func(tx *db.Tx) error {
			_, err := o.office.Undo(t.Context(), tx, "thử", complaint, o.entry(complaint).Version, "Sai ngày")
			return err
		})
		if c := read(id); c.Values.Text("settled_on") != "" {
			t.Error("the letter stays settled when its part is open again")
		}
	})
}

// What a decision orders counts as the letter's result; nothing is typed twice.
func TestEnforcement(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newChamber(t, d)
		o.strict()
		id := o.letter(map[string]any{"class": "complaint", "received_on": "2026-10-05"})
		o.act(id, whole("accepted", 20261006, 1))
		enforce := func(rows ...petition.Result) error {
			return d.Write(t.Context(), func(tx *db.Tx) error {
				_, err := o.office.Enforce(t.Context(), tx, "thử", id, o.entry(id).Version, rows)
				return err
			})
		}
		if err := enforce(petition.Result{Item: "returned_land", Planned: 3505}); fault.KindOf(err) != fault.Conflict {
			t.Errorf("enforced before it was decided: %v", err)
		}
		o.act(id, whole("decided", 20261020, 2))
		if err := enforce(petition.Result{Item: "returned_land", Planned: 3505, By: 20261101}, petition.Result{Item: "protected_persons", Planned: 20}); err != nil {
			t.Fatal(err)
		}
		c, err := petition.CaseOf(o.entry(id))
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%v %v", c.Values["returned_land"], c.Values["protected_persons"]) != "350.5 2" || !c.Enforcement[0].Late(20261102) || c.Enforcement[1].Late(20261102) {
			t.Errorf("results %v %v, %+v", c.Values["returned_land"], c.Values["protected_persons"], c.Enforcement)
		}
		if err := enforce(petition.Result{Item: "protected_persons", Planned: 20, Done: 20, DoneOn: 20261110}); err != nil {
			t.Fatal(err)
		}
		if c, _ = petition.CaseOf(o.entry(id)); c.Values["returned_land"] != nil || !c.Enforcement[0].Finished() {
			t.Errorf("after taking one away: %v", c.Values["returned_land"])
		}
	})
}

// The ledger refuses what no office may have done, whatever way it comes in; an import beside it is not saved either.
func TestTheLedgerAsksTheLaw(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newChamber(t, d)
		law := o.strict()
		o.ledger.Law = func(kind string, today civil.Date, v catalog.Values) ledger.Problems {
			var out ledger.Problems
			for _, p := range law.Lawful(kind, today, v) {
				out = append(out, ledger.Problem{Field: p.Field, Say: p.Say})
			}
			return out
		}
		unlawful := ledger.Draft{Kind: petition.Letter, Unit: "A.UBND", Day: 20261005, Fields: map[string]any{"class": "complaint", "field": "land", "received_on": "2026-10-05", "settled_on": "2026-10-06"}}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := o.ledger.Record(t.Context(), tx, "thử", unlawful)
			return err
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("recorded: %v", err)
		}
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := o.ledger.Bulk(t.Context(), tx, slices.Values([]ledger.Draft{unlawful}), ledger.BulkOptions{Actor: "thử"})
			return err
		})
		if err == nil {
			t.Error("imported")
		}
		id := o.letter(map[string]any{"class": "complaint", "received_on": "2026-10-05"})
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := o.ledger.Amend(t.Context(), tx, "thử", id, 1, ledger.Amendment{Set: map[string]any{"settled_on": "2026-10-06"}, Reason: "thử"})
			return err
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("amended: %v", err)
		}
	})
}
