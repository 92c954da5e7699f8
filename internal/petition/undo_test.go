package petition_test

import (
	"fmt"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/petition"
)

// What a step changed stands again as it was before it: the class, the competence and what a clerk wrote beside it; what
// was mended after the step stays mended.
func TestUndoGivesBackWhatItChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newChamber(t, d)
		o.strict()
		id := o.letter(map[string]any{"class": "complaint", "received_on": "2026-10-05", "respondent": "body", "round": "second"})
		fields := func() string {
			c, err := petition.CaseOf(o.entry(id))
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(c.Values)
		}
		undo := func() {
			o.write(func(tx *db.Tx) error {
				_, err := o.office.Undo(t.Context(), tx, "thử", id, o.entry(id).Version, "Ghi nhầm hồ sơ")
				return err
			})
		}
		var was []string
		for _, a := range []petition.Act{
			{Act: "classified", On: 20261006, Set: map[string]any{"class": "complaint", "round": "first", "eligible": "eligible", "eligibility_article": "Điều 11", "competence": "own", "complexity": "complex", "respondent": nil}},
			{Act: "classified", On: 20261007, Set: map[string]any{"class": "proposal", "round": nil, "field": "environment", "eligible": "eligible", "competence": "other"}},
			{Act: "transferred", On: 20261008, Body: "Sở Tài nguyên"},
		} {
			was = append(was, fields())
			o.act(id, a)
		}
		for n := len(was) - 1; n >= 0; n-- {
			if undo(); fields() != was[n] {
				t.Errorf("step %d taken back leaves\n%s\nwas\n%s", n+1, fields(), was[n])
			}
		}
		o.act(id, petition.Act{Act: "classified", On: 20261009, Set: map[string]any{"class": "proposal", "round": nil, "eligible": "eligible", "competence": "own"}})
		o.write(func(tx *db.Tx) error {
			_, err := o.ledger.Amend(t.Context(), tx, "thử", id, o.entry(id).Version, ledger.Amendment{Set: map[string]any{"field": "policy", "competence": "other"}, Reason: "Sửa lĩnh vực"})
			return err
		})
		undo()
		c, err := petition.CaseOf(o.entry(id))
		if err != nil {
			t.Fatal(err)
		}
		if c.Class != "complaint" || c.Round != "second" || c.Field != "policy" || c.Competence != "other" || c.Eligible != "" {
			t.Errorf("after the mended step: %v", c.Values)
		}
	})
}
