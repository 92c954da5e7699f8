package dialogue_test

import (
	"slices"
	"testing"
	"time"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dialogue"
)

// Verify finds codes of promises that were changed, ended, added or taken away beside the program.
func TestVerify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		at := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
		h.write(func(tx *db.Tx) error {
			for i, c := range []dialogue.Code{{Entry: 7, Holder: dialogue.ByVillage, Place: "Nà Khưa"}, {Entry: 7, Holder: dialogue.ByVillage, Place: "Nà Khưa"}, {Entry: 7, Holder: dialogue.ByCitizen}, {Entry: 8, Holder: dialogue.ByVillage, Place: "Nà Lùng"}} {
				c.Actor, c.At = "tiepdan", at.Add(time.Duration(i)*time.Minute)
				if _, err := dialogue.MakeCode(t.Context(), tx, c); err != nil {
					return err
				}
			}
			return nil
		})
		found := func() []string {
			list, err := dialogue.Verify(t.Context(), d.Read())
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if list := found(); len(list) > 0 {
			t.Fatalf("in order, and yet: %v", list)
		}
		do := func(query string) {
			h.write(func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), query)
				return err
			})
		}
		for _, c := range []struct{ damage, mend string }{
			{`UPDATE promise_code SET place = 'Nà Cà' WHERE entry = 8`, `UPDATE promise_code SET place = 'Nà Lùng' WHERE entry = 8`},
			{`UPDATE promise_code SET ended_ms = 5 WHERE entry = 8`, `UPDATE promise_code SET ended_ms = 0 WHERE entry = 8`},
			{`UPDATE promise_code SET entry = 9 WHERE entry = 8`, `UPDATE promise_code SET entry = 8 WHERE entry = 9`},
			{`UPDATE promise_code SET ended_ms = 0 WHERE entry = 7 AND ended_ms <> 0`, ``},
			{`UPDATE promise_code SET hash = 'x' WHERE entry = 8`, ``},
			{`DELETE FROM promise_code WHERE holder = 'citizen_code'`, ``},
		} {
			before := found()
			do(c.damage)
			if slices.Equal(found(), before) {
				t.Errorf("not found: %s", c.damage)
			}
			if c.mend == "" {
				continue
			}
			do(c.mend)
			if list := found(); !slices.Equal(list, before) {
				t.Errorf("after mending %s: %v", c.damage, list)
			}
		}
	})
}
