package sending_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/jobs"
	"danvan/internal/org"
	"danvan/internal/sealed"
	"danvan/internal/sending"
)

const below = `T1.SO-TT,Thanh tra Tỉnh Thử,province,department,T1
`

// What is denounced goes to the nearest office with keys: the place's own, else one above whose approval says that it
// takes them; about somebody of the place itself it goes above at any rate. An approval without that word takes nothing
// of places below it.
func TestWhoGetsIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d, below)
		get := func(place string, above bool) string {
			to, ok, err := w.Confidential(t.Context(), d.Read(), w.unit(place), above)
			must(t, err)
			if !ok {
				return ""
			}
			return w.tree.Unit(to.Office).Code
		}
		w.keysOf("A", 100, false)
		w.keysOf("T1.SO-TT", 200, false)
		if got := get("B", false); got != "" {
			t.Errorf("an office that was not told to takes it: %s", got)
		}
		must(t, w.write(func(tx *db.Tx) error {
			by := sealed.By{Account: 1, Login: "quantri", At: w.now}
			if err := sealed.TurnOff(t.Context(), tx, by, w.unit("T1.SO-TT"), "văn bản mới"); err != nil {
				return err
			}
			return sealed.TurnOn(t.Context(), tx, by, sealed.Approval{Unit: w.unit("T1.SO-TT"), Document: "13/QĐ", On: 20261102, Issuer: "UBND tỉnh", Scope: "thử", Signer: "Chủ tịch", Below: true})
		}))
		for _, c := range []struct {
			place string
			above bool
			want  string
		}{{"A", false, "A"}, {"A", true, "T1.SO-TT"}, {"B", false, "T1.SO-TT"}, {"B", true, "T1.SO-TT"}, {"T1", false, "T1.SO-TT"}} {
			if got := get(c.place, c.above); got != c.want {
				t.Errorf("about %s (above: %v) it goes to %q, want %q", c.place, c.above, got, c.want)
			}
		}
		r, err := w.Denounce(t.Context(), sending.Denunciation{Key: sending.NewKey(), Place: w.unit("A"), Above: true, Text: "Nhận tiền."})
		must(t, err)
		if r.Unit != w.unit("T1.SO-TT") {
			t.Errorf("it is kept at %s", w.tree.Unit(r.Unit).Code)
		}
		list, err := w.SealedInbox(t.Context(), d.Read(), func(u org.UnitID) bool { return u == w.unit("A") })
		if err != nil || len(list) != 0 {
			t.Errorf("the commune sees it: %v %v", list, err)
		}
		found, err := sealed.Verify(t.Context(), d.Read())
		if err != nil || slices.ContainsFunc(found, func(s string) bool { return strings.Contains(s, "Phê duyệt") }) {
			t.Errorf("%v %v", found, err)
		}
	})
}

// What was refused is kept for the days of the catalogue and then erased, content, sender and files; its row and ground
// stay. What was taken back is not touched.
func TestRefusedIsErased(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d, "")
		w.keysOf("T1", 100, false)
		p, err := w.Park(t.Context(), picture(t), "a.png")
		must(t, err)
		dr := w.draft()
		dr.Files = []sending.Parked{p}
		spam, err := w.send(dr)
		must(t, err)
		back, err := w.send(w.draft())
		must(t, err)
		secret, err := w.Denounce(t.Context(), sending.Denunciation{Key: sending.NewKey(), Place: w.unit("A"), Text: "Thư rác."})
		must(t, err)
		must(t, w.write(func(tx *db.Tx) error {
			for _, id := range []int64{spam.ID, back.ID} {
				if err := w.Refuse(t.Context(), tx, "tiepdan", id, "spam", "rõ là quảng cáo"); err != nil {
					return err
				}
			}
			if err := w.Undo(t.Context(), tx, "tiepdan", back.ID, ""); err != nil {
				return err
			}
			return w.RefuseSealed(t.Context(), tx, "baomat", secret.ID, false)
		}))
		kept, err := w.KeptUntil(t.Context(), d.Read(), w.one(spam.ID))
		if err != nil || kept == nil || kept.Due != 20270218 || kept.Verified {
			t.Fatalf("kept until %+v %v", kept, err)
		}
		run := func() {
			must(t, w.write(func(tx *db.Tx) error {
				_, err := tx.ExecContext(t.Context(), `UPDATE job SET run_ms = 0 WHERE state = 'waiting'`)
				return err
			}))
			_, err := jobs.Worker{DB: d, Handlers: w.Jobs()}.Drain(t.Context())
			must(t, err)
		}
		w.now = time.Date(2027, 2, 18, 16, 0, 0, 0, time.UTC) // still the last day
		must(t, w.PlanErase(t.Context()))
		var planned int64
		must(t, d.Read().QueryRow(`SELECT run_ms FROM job WHERE kind = $1 AND state = 'waiting'`, sending.JobErase).Scan(&planned))
		if want := time.Date(2027, 2, 18, 17, 0, 0, 0, time.UTC).UnixMilli(); planned != want {
			t.Errorf("planned for %d, want %d", planned, want)
		}
		w.now = w.now.Add(2 * time.Hour)
		run()
		w.now = w.now.AddDate(1, 0, 0)
		run()
		if _, _, gone, err := w.Read(t.Context(), d.Read(), spam.ID); err != nil || !gone || w.one(spam.ID).Erased.IsZero() {
			t.Errorf("gone %v %v", gone, err)
		}
		if c, _, gone, err := w.Read(t.Context(), d.Read(), back.ID); err != nil || gone || c.Text == "" || !w.one(back.ID).Erased.IsZero() {
			t.Errorf("what was taken back is gone: %v %v", gone, err)
		}
		s, body, _, err := w.OneSealed(t.Context(), d.Read(), secret.ID)
		if err != nil || len(body) != 0 || s.Erased.IsZero() {
			t.Errorf("%d bytes of the denunciation %v", len(body), err)
		}
		if err := w.write(func(tx *db.Tx) error { return w.Undo(t.Context(), tx, "tiepdan", spam.ID, "") }); err == nil {
			t.Error("what is erased is taken back")
		}
		if err := w.write(func(tx *db.Tx) error { return w.RefuseSealed(t.Context(), tx, "baomat", secret.ID, true) }); err == nil {
			t.Error("an erased denunciation is taken back")
		}
		n := -1
		must(t, d.Read().QueryRow(`SELECT count(*) FROM sending_file`).Scan(&n))
		if n != 0 {
			t.Errorf("%d files are left", n)
		}
		acts, err := w.ActsOf(t.Context(), d.Read(), spam.ID, false)
		if err != nil || len(acts) != 1 || acts[0].Ground != "spam" {
			t.Errorf("acts %v %v", acts, err)
		}
		found, err := sending.Verify(t.Context(), d.Read())
		if err != nil || len(found) > 0 {
			t.Errorf("verify: %v %v", found, err)
		}
	})
}

func (w *world) one(id int64) sending.Sending {
	w.Helper()
	s, err := w.One(w.Context(), w.DB.Read(), id)
	must(w, err)
	return s
}

// Verify finds whatever is changed beside the program, and nothing in what the program did.
func TestVerify(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d, "")
		w.keysOf("T1", 100, false)
		sent, err := w.send(w.draft())
		must(t, err)
		moved, err := w.send(w.draft())
		must(t, err)
		secret, err := w.Denounce(t.Context(), sending.Denunciation{Key: sending.NewKey(), Place: w.unit("A"), Text: "Nhận tiền."})
		must(t, err)
		must(t, w.write(func(tx *db.Tx) error {
			if err := w.Forward(t.Context(), tx, "tiepdan", moved.ID, w.unit("B.UBND"), "đúng nơi"); err != nil {
				return err
			}
			return w.Refuse(t.Context(), tx, "tiepdan", moved.ID, "test", "")
		}))
		found, err := sending.Verify(t.Context(), d.Read())
		if err != nil || len(found) > 0 {
			t.Fatalf("in order, and yet: %v %v", found, err)
		}
		for _, c := range []struct{ damage, mend string }{
			{`UPDATE sending SET day = day - 1 WHERE id = $1`, `UPDATE sending SET day = day + 1 WHERE id = $1`},
			{`UPDATE sending SET state = 'refused' WHERE id = $1`, `UPDATE sending SET state = 'new' WHERE id = $1`},
			{`UPDATE sending SET papers = papers + 1 WHERE id = $1`, `UPDATE sending SET papers = papers - 1 WHERE id = $1`},
			{`UPDATE sending SET erased_ms = 1 WHERE id = $1`, `UPDATE sending SET erased_ms = 0 WHERE id = $1`},
			{`UPDATE sending SET code = said WHERE id = $1`, ``},
		} {
			w.damaged(c.damage, c.mend, sent.ID)
		}
		w.damaged(`UPDATE sending SET unit = place WHERE id = $1`, `UPDATE sending SET unit = (SELECT unit FROM sending_act WHERE sending = $1 AND act = 'forward') WHERE id = $1`, moved.ID)
		w.damaged(`UPDATE sending_act SET ground = 'spam' WHERE sending = $1 AND act = 'refuse'`, `UPDATE sending_act SET ground = 'test' WHERE sending = $1 AND act = 'refuse'`, moved.ID)
		w.damaged(`UPDATE sending_sealed SET state = 'refused' WHERE id = $1`, `UPDATE sending_sealed SET state = 'new' WHERE id = $1`, secret.ID)
		w.damaged(`UPDATE sending_sealed SET code = body WHERE id = $1`, ``, secret.ID)
		w.damaged(`DELETE FROM sending_act WHERE sending = $1`, ``, moved.ID)
		w.damaged(`DELETE FROM sending_sealed WHERE id = $1`, ``, secret.ID)
	})
}

// damaged changes rows beside the program, wants it found, and mends it where that can be done; else it is left alone
// with one finding more.
func (w *world) damaged(damage, mend string, id int64) {
	w.Helper()
	do := func(query string) {
		w.Helper()
		must(w, w.write(func(tx *db.Tx) error {
			_, err := tx.ExecContext(w.Context(), query, id)
			return err
		}))
	}
	before, err := sending.Verify(w.Context(), w.DB.Read())
	must(w, err)
	do(damage)
	found, err := sending.Verify(w.Context(), w.DB.Read())
	must(w, err)
	if len(found) <= len(before) && slices.Equal(found, before) {
		w.Errorf("not found: %s", damage)
	}
	if mend == "" {
		return
	}
	do(mend)
	if found, err = sending.Verify(w.Context(), w.DB.Read()); err != nil || !slices.Equal(found, before) {
		w.Errorf("after mending %s: %v %v", damage, found, err)
	}
}
