package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
)

func TestOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var ran atomic.Int64
		ask := func(key, request string) (answer string, err error) {
			err = d.Write(ctx, func(tx *db.Tx) error {
				text, err := db.Once(ctx, tx, key, []byte(request), func() ([]byte, error) {
					return fmt.Appendf(nil, "answer %d", ran.Add(1)), nil
				})
				answer = string(text)
				return err
			})
			return answer, err
		}
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if got, err := ask("k", "asked"); err != nil || got != "answer 1" {
					t.Errorf("answer %q, %v", got, err)
				}
			})
		}
		wg.Wait()
		if _, err := ask("k", "asked something else"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("same key, other request: %v", err)
		}
		if ran.Load() != 1 {
			t.Errorf("ran %d times", ran.Load())
		}
		forget := func(tx *db.Tx) error { return db.Forget(ctx, tx, time.Now().Add(time.Hour)) }
		if err := d.Write(ctx, forget); err != nil {
			t.Fatal(err)
		}
		if got, err := ask("k", "asked something else"); err != nil || got != "answer 2" {
			t.Errorf("after forgetting: %q, %v", got, err)
		}
	})
}

// A view stays at its moment while others write.
func TestViewIsOneMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		set := func(v string) {
			if err := d.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, "m", v) }); err != nil {
				t.Fatal(err)
			}
		}
		set("before")
		err := d.View(ctx, func(q db.Querier) error {
			for range 3 {
				if got, err := db.Meta(ctx, q, "m"); err != nil || got != "before" {
					t.Errorf("in the view: %q, %v", got, err)
				}
				set("after")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := db.Meta(ctx, d.Read(), "m"); got != "after" {
			t.Errorf("after the view: %q", got)
		}
	})
}

func TestReadersCannotWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if _, err := d.Read().Exec(`INSERT INTO meta (key, value) VALUES ('a', 'b')`); err == nil {
			t.Error("a reading connection wrote")
		}
	})
}

func TestTransactionEndsWithItsAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var kept *db.Tx
		if err := d.Write(ctx, func(tx *db.Tx) error { kept = tx; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := db.SetMeta(ctx, kept, "late", "x"); err == nil {
			t.Error("a transaction could be used after its end")
		}
		if _, err := db.Meta(ctx, kept, "late"); err == nil {
			t.Error("a transaction could be read after its end")
		}
	})
}

func TestWriteAfterClose(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if err := d.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, "a", "b") }); err == nil {
			t.Error("a closed database took a write")
		}
	})
}

// What PostgreSQL is sent late fails like what it is sent at once, and leaves nothing.
func TestLateFailureUndoesTheAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		const insert = `INSERT INTO meta (key, value) VALUES ($1, $2)`
		twice := func(more func(tx *db.Tx) error) error {
			return d.Write(ctx, func(tx *db.Tx) error {
				for range 2 {
					if err := tx.Later(ctx, insert, "k", "v"); err != nil {
						return err
					}
				}
				return more(tx)
			})
		}
		for name, more := range map[string]func(tx *db.Tx) error{
			"at COMMIT":       func(*db.Tx) error { return nil },
			"at the next":     func(tx *db.Tx) error { _, err := db.Meta(ctx, tx, "other"); return err },
			"error swallowed": func(tx *db.Tx) error { db.Meta(ctx, tx, "other"); return nil },
		} {
			if err := twice(more); !db.Duplicate(err) {
				t.Errorf("%s: %v", name, err)
			}
			if got, err := db.Meta(ctx, d.Read(), "k"); got != "" || err != nil {
				t.Errorf("%s: %q is left (%v)", name, got, err)
			}
		}
		err := d.Write(ctx, func(tx *db.Tx) error {
			tx.Reserve("entry", "leaf")
			seen := "untouched"
			if err := tx.Ask([]any{&seen}, `SELECT value FROM meta WHERE key = $1`, "none"); err != nil {
				return err
			}
			if err := tx.Later(ctx, insert, "k", "v"); err != nil {
				return err
			}
			var got string
			if err := tx.Scan(ctx, []any{&got}, `SELECT value FROM meta WHERE key = $1`, "k"); err != nil || got != "v" || seen != "untouched" {
				t.Errorf("in the act: %q, asked %q (%v)", got, seen, err)
			}
			err := tx.Scan(ctx, []any{&got}, `SELECT value FROM meta WHERE key = $1`, "none")
			if !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("no row: %v", err)
			}
			a, errA := tx.ID(ctx, "entry")
			b, errB := tx.ID(ctx, "entry")
			if a == 0 || b <= a {
				t.Errorf("ids %d, %d (%v, %v)", a, b, errA, errB)
			}
			return nil
		})
		if got, _ := db.Meta(ctx, d.Read(), "k"); got != "v" || err != nil {
			t.Errorf("after the act: %q (%v)", got, err)
		}
	})
}
