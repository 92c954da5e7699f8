package follow_test

import (
	"slices"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/follow"
)

// Verify finds codes, answers and messages that were changed beside the program, and nothing in what the program did.
func TestVerify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o := newOffice(t, d)
		id, _ := o.letter("reflection")
		other, _ := o.letter("proposal")
		o.publish(id, follow.Reply{Text: "Đã khơi mương."})
		o.write(func(tx *db.Tx) error {
			if _, err := o.desk.Issue(t.Context(), tx, "tiepdan", other, "khoa-2", "mất phiếu"); err != nil {
				return err
			}
			_, err := o.desk.Write(t.Context(), tx, follow.Draft{Entry: id, Kind: follow.Message, Text: "Bao giờ xong?"})
			return err
		})
		found := func() []string {
			list, err := follow.Verify(t.Context(), d.Read())
			must(t, err)
			return list
		}
		if list := found(); len(list) > 0 {
			t.Fatalf("in order, and yet: %v", list)
		}
		for _, c := range []struct {
			damage, mend string
			id           int64
		}{
			{`UPDATE letter_code SET newest = NOT newest WHERE entry = $1`, `UPDATE letter_code SET newest = NOT newest WHERE entry = $1`, id},
			{`UPDATE letter_code SET actor = 'x' WHERE entry = $1`, `UPDATE letter_code SET actor = 'tiepdan' WHERE entry = $1`, id},
			{`UPDATE public_answer SET state = 'draft' WHERE entry = $1`, `UPDATE public_answer SET state = 'published' WHERE entry = $1`, id},
			{`UPDATE public_answer SET sealed = gone WHERE entry = $1`, ``, id},
			{`DELETE FROM letter_word WHERE entry = $1`, ``, id},
			{`UPDATE letter_code SET code_hash = reason WHERE entry = $1 AND newest`, ``, other},
		} {
			before := found()
			o.write(func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), c.damage, c.id)
				return err
			})
			if slices.Equal(found(), before) {
				t.Errorf("not found: %s", c.damage)
			}
			if c.mend == "" {
				continue
			}
			o.write(func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), c.mend, c.id)
				return err
			})
			if list := found(); !slices.Equal(list, before) {
				t.Errorf("after mending %s: %v", c.damage, list)
			}
		}
	})
}
