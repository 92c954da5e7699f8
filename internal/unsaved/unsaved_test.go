package unsaved_test

import (
	"context"
	"net/url"
	"sync"
	"testing"
	"time"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
	"danvan/internal/jobs"
	"danvan/internal/unsaved"
)

var ctx = context.Background()

func keep(t *testing.T, d *db.DB, f unsaved.Form, text string) (unsaved.Form, bool) {
	t.Helper()
	f.Values = url.Values{"f-name": {text}}
	var apart bool
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		f, apart, err = unsaved.Keep(ctx, tx, f, unsaved.Life)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return f, apart
}

func texts(t *testing.T, d *db.DB, account int64) map[string]bool {
	t.Helper()
	list, err := unsaved.Of(ctx, d.Read(), account)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, f := range list {
		out[f.Values.Get("f-name")] = true
	}
	if len(out) != len(list) {
		t.Errorf("%d drafts, %d different", len(list), len(out))
	}
	return out
}

func TestTwoWindowsLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		start := unsaved.Form{Account: 1, Key: "AAAA", Kind: "briefing"}
		one, _ := keep(t, d, start, "một")
		if again, apart := keep(t, d, start, "một"); again.ID != one.ID || apart {
			t.Errorf("the same sent twice is kept twice: %+v", again)
		}
		two, apart := keep(t, d, one, "hai")
		if apart || two.ID != one.ID || two.Version != 2 {
			t.Errorf("going on from what was seen: %+v, apart %v", two, apart)
		}
		other, apart := keep(t, d, one, "ba, ở cửa sổ khác")
		if !apart || other.ID == one.ID {
			t.Errorf("an older window overwrote a newer one: %+v", other)
		}
		two.Window = "cua-so"
		three, _ := keep(t, d, two, "hai rưỡi")
		two.Window, two.Version = "cua-so", 1 // Back, to an older page of the same window
		if back, apart := keep(t, d, two, "hai"); apart || back.ID != three.ID || back.Version != 4 {
			t.Errorf("the same window going back is taken for another: %+v", back)
		}
		if got := texts(t, d, 1); !got["hai"] || !got["ba, ở cửa sổ khác"] || len(got) != 2 {
			t.Errorf("drafts are %v", got)
		}
		if got := texts(t, d, 2); len(got) != 0 {
			t.Errorf("somebody else sees %v", got)
		}
		if _, err := unsaved.One(ctx, d.Read(), 2, one.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("somebody else opens it: %v", err)
		}
	})
}

func TestManyAtOnceAreOneDraft(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() { keep(t, d, unsaved.Form{Account: 1, Key: "AAAA", Kind: "briefing"}, "cùng một chữ") })
		}
		wait.Wait()
		texts(t, d, 1)
	})
}

func TestSavedFormLeadsToItsEntry(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f, _ := keep(t, d, unsaved.Form{Account: 1, Key: "AAAA", Kind: "briefing"}, "riêng tư")
		stay, _ := keep(t, d, unsaved.Form{Account: 1, Key: "BBBB", Kind: "briefing"}, "khác")
		err := d.Write(ctx, func(tx *db.Tx) error { return unsaved.Became(ctx, tx, 1, 0, "AAAA", 77) })
		if err != nil {
			t.Fatal(err)
		}
		late, _ := keep(t, d, f, "gõ thêm, tới muộn")
		if late.Saved != 77 || len(late.Values) != 0 {
			t.Errorf("a keeping that came late brought the form back: %+v", late)
		}
		var form string
		if err := d.Read().QueryRow(`SELECT form FROM draft WHERE id = $1`, f.ID).Scan(&form); err != nil || form != "" {
			t.Errorf("the text is still there: %q, %v", form, err)
		}
		if got := texts(t, d, 1); len(got) != 1 || !got["khác"] {
			t.Errorf("drafts are %v", got)
		}
		for _, account := range []int64{2, 1} {
			if err := d.Write(ctx, func(tx *db.Tx) error { return unsaved.Drop(ctx, tx, account, stay.ID) }); err != nil {
				t.Fatal(err)
			}
			if got := texts(t, d, 1); len(got) != int(account)-1 {
				t.Errorf("after account %d dropped it: %v", account, got)
			}
		}
	})
}

func TestEndedFormsAreGone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		f, _ := keep(t, d, unsaved.Form{Account: 1, Key: "AAAA", Kind: "briefing"}, "cũ")
		err := d.Write(ctx, func(tx *db.Tx) error { return unsaved.Sweep(ctx, tx, f.Ends.Add(-time.Minute)) })
		if err != nil || len(texts(t, d, 1)) != 1 {
			t.Fatalf("swept too early: %v", err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return unsaved.Sweep(ctx, tx, f.Ends.Add(time.Minute)) }); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := d.Read().QueryRow(`SELECT count(*) FROM draft`).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d drafts left after their end, %v", n, err)
		}
	})
}

func TestSweepingIsPlannedAndDone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		old, _ := keep(t, d, unsaved.Form{Account: 1, Key: "AAAA", Kind: "briefing"}, "cũ")
		keep(t, d, unsaved.Form{Account: 1, Key: "BBBB", Kind: "briefing"}, "mới")
		sweep := func(wantWaiting int) {
			t.Helper()
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.ExecContext(ctx, `UPDATE job SET run_ms = 0`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			w := jobs.Worker{DB: d, Handlers: map[string]jobs.Handler{unsaved.JobSweep: unsaved.Sweeper(d)}}
			if n, err := w.Drain(ctx); err != nil || n != 1 {
				t.Fatalf("%d sweeps, %v", n, err)
			}
			var waiting int
			if err := d.Read().QueryRow(`SELECT count(*) FROM job WHERE state = 'waiting'`).Scan(&waiting); err != nil || waiting != wantWaiting {
				t.Errorf("%d sweeps planned, want %d, %v", waiting, wantWaiting, err)
			}
		}
		end := func(where string) {
			t.Helper()
			err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.ExecContext(ctx, `UPDATE draft SET ends_ms = 1 WHERE `+where)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		end(`key = 'AAAA'`)
		sweep(1)
		if _, err := unsaved.One(ctx, d.Read(), 1, old.ID); fault.KindOf(err) != fault.NotFound || len(texts(t, d, 1)) != 1 {
			t.Errorf("the ended draft is still there: %v", err)
		}
		end(`1 = 1`)
		sweep(0)
	})
}
