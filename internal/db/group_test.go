package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
)

// Every seventh act fails after having written: only the others are there.
func TestOneFailingAmongMany(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var wg sync.WaitGroup
		var after atomic.Int64
		for i := range 210 {
			wg.Go(func() {
				err := d.Write(ctx, func(tx *db.Tx) error {
					tx.AfterCommit(func() { after.Add(1) })
					if err := db.SetMeta(ctx, tx, "act "+strconv.Itoa(i), "x"); err != nil {
						return err
					}
					if i%7 == 0 {
						return errMine
					}
					return nil
				})
				if failed := errors.Is(err, errMine); failed != (i%7 == 0) {
					t.Errorf("act %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		for i := range 210 {
			got, err := db.Meta(ctx, d.Read(), "act "+strconv.Itoa(i))
			if err != nil || (got == "x") != (i%7 != 0) {
				t.Fatalf("act %d left %q, %v", i, got, err)
			}
		}
		if after.Load() != 180 {
			t.Errorf("after-commit ran %d times, want 180", after.Load())
		}
	})
}

// A statement that breaks a constraint, with the error passed on, must not
// harm the acts of the same group; nor may a panic or a goroutine that ends.
func TestBadActsHarmNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		bad := []func(tx *db.Tx) error{
			func(tx *db.Tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO meta (key, value) VALUES ('a', NULL)`)
				return err
			},
			func(tx *db.Tx) error { _, err := tx.ExecContext(ctx, `INSERT INTO nowhere VALUES (1)`); return err },
			func(tx *db.Tx) error { panic("oh") },
		}
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				defer func() {
					if p := recover(); p != nil && p != "oh" {
						t.Errorf("panic %v", p)
					}
				}()
				err := d.Write(ctx, func(tx *db.Tx) error {
					if err := db.SetMeta(ctx, tx, fmt.Sprint("bad ", i), "x"); err != nil {
						return err
					}
					return bad[i%len(bad)](tx)
				})
				if err == nil {
					t.Errorf("bad act %d was accepted", i)
				}
			})
			wg.Go(func() {
				err := d.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, fmt.Sprint("good ", i), "x") })
				if err != nil {
					t.Errorf("good act %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		var good, bads int
		row := d.Read().QueryRow(`SELECT count(*) FILTER (WHERE key LIKE 'good %'), count(*) FILTER (WHERE key LIKE 'bad %') FROM meta`)
		if err := row.Scan(&good, &bads); err != nil || good != 60 || bads != 0 {
			t.Fatalf("good %d, bad %d, %v; want 60, 0", good, bads, err)
		}
	})
}

// A client that goes away in the middle of its act takes nobody with it.
func TestCancelledActHarmsNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				gone, cancel := context.WithCancel(ctx)
				defer cancel()
				err := d.Write(gone, func(tx *db.Tx) error {
					if err := db.SetMeta(gone, tx, fmt.Sprint("gone ", i), "x"); err != nil {
						return err
					}
					cancel()
					return db.SetMeta(gone, tx, fmt.Sprint("gone too ", i), "x")
				})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("cancelled act %d: %v", i, err)
				}
			})
			wg.Go(func() {
				if err := d.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, fmt.Sprint("stays ", i), "x") }); err != nil {
					t.Errorf("act %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		var gone, stays int
		row := d.Read().QueryRow(`SELECT count(*) FILTER (WHERE key LIKE 'gone%'), count(*) FILTER (WHERE key LIKE 'stays%') FROM meta`)
		if err := row.Scan(&gone, &stays); err != nil || gone != 0 || stays != 40 {
			t.Fatalf("gone %d, stays %d, %v; want 0, 40", gone, stays, err)
		}
	})
}

// 64 writers add to the same few totals; nothing is lost.
func TestTotalsUnderManyWriters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		const writers, each = 64, 20
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for range each {
					err := d.Write(ctx, func(tx *db.Tx) error {
						for k := range 2 {
							_, err := tx.ExecContext(ctx, `INSERT INTO id_counter (name, next) VALUES ($1, 1)
								ON CONFLICT (name) DO UPDATE SET next = id_counter.next + 1`, fmt.Sprint("total ", k))
							if err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						t.Errorf("write: %v", err)
					}
				}
			})
		}
		wg.Wait()
		var sum int64
		if err := d.Read().QueryRow(`SELECT CAST(sum(next) AS BIGINT) FROM id_counter WHERE name LIKE 'total %'`).Scan(&sum); err != nil {
			t.Fatal(err)
		}
		if sum != 2*writers*each {
			t.Fatalf("sum %d, want %d", sum, 2*writers*each)
		}
	})
}

// Two acts that take the same rows in opposite order: PostgreSQL ends one of
// them, and it is run again.
func TestDeadlockIsRunAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		both := make(chan struct{}) // closed once each act has its first row
		var first sync.WaitGroup
		first.Add(2)
		go func() { first.Wait(); close(both) }()
		var wg sync.WaitGroup
		for _, keys := range [][2]string{{"a", "b"}, {"b", "a"}} {
			tried := false
			wg.Go(func() {
				err := d.Write(ctx, func(tx *db.Tx) error {
					if err := db.SetMeta(ctx, tx, keys[0], "x"); err != nil {
						return err
					}
					if !tried {
						tried = true
						first.Done()
						if d.Engine() == db.Postgres { // on SQLite acts come one after the other
							<-both
						}
					}
					return db.SetMeta(ctx, tx, keys[1], "x")
				})
				if err != nil {
					t.Errorf("write: %v", err)
				}
			})
		}
		wg.Wait()
	})
}

// Ids are never given twice, whether by name with a sequence or by counter, to
// acts that succeed or fail, to groups or to bulk work.
func TestIDsUnderManyWriters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for _, name := range []string{"leaf", "anything"} {
			var mu sync.Mutex
			var all []int64
			var wg sync.WaitGroup
			for w := range 64 {
				wg.Go(func() {
					for i := range 10 {
						var got []int64
						act := func(tx *db.Tx) error {
							ids, err := tx.IDs(ctx, name, 1+(w+i)%5)
							if err == nil && len(ids) != 1+(w+i)%5 {
								err = fmt.Errorf("%d ids", len(ids))
							}
							got = ids
							if err == nil && (w+i)%6 == 0 {
								return errMine
							}
							return err
						}
						run := d.Write
						if w%16 == 0 {
							run = d.WriteAlone
						}
						if err := run(ctx, act); errors.Is(err, errMine) {
							continue
						} else if err != nil {
							t.Errorf("ids: %v", err)
						}
						mu.Lock()
						all = append(all, got...)
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			slices.Sort(all)
			if n := len(all); len(slices.Compact(all)) != n || n == 0 {
				t.Fatalf("%s: %d ids, some given twice", name, n)
			}
		}
	})
}

// The file of one office may be open in two programs at once.
func TestTwoProgramsOneFile(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "danvan.db")
	a, b := dbtest.Open(t, db.Config{Path: path}), dbtest.Open(t, db.Config{Path: path})
	var mu sync.Mutex
	seen := map[int64]bool{}
	var wg sync.WaitGroup
	for i := range 40 {
		d := a
		if i%2 == 0 {
			d = b
		}
		wg.Go(func() {
			var id int64
			err := d.Write(ctx, func(tx *db.Tx) (err error) {
				id, err = tx.ID(ctx, "entry")
				return err
			})
			mu.Lock()
			defer mu.Unlock()
			if err != nil || seen[id] {
				t.Errorf("id %d again, or %v", id, err)
			}
			seen[id] = true
		})
	}
	wg.Wait()
}

// A COMMIT that fails saves nobody's act, tells everybody, and the next act is
// as good as ever.
func TestCommitFails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		exec := func(query string) error {
			return d.Write(ctx, func(tx *db.Tx) error { _, err := tx.ExecContext(ctx, query); return err })
		}
		for _, ddl := range []string{
			`CREATE TABLE parent (id BIGINT PRIMARY KEY)`,
			`CREATE TABLE child (parent BIGINT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)`,
		} {
			if err := exec(ddl); err != nil {
				t.Fatal(err)
			}
		}
		t.Cleanup(func() { // the database is given back as it was
			exec(`DROP TABLE child`)
			exec(`DROP TABLE parent`)
			d.Close()
		})
		err := d.Write(ctx, func(tx *db.Tx) error {
			tx.AfterCommit(func() { t.Error("after-commit ran") })
			if err := db.SetMeta(ctx, tx, "with it", "x"); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO child VALUES (1)`) // found out by COMMIT
			return err
		})
		if fault.KindOf(err) != fault.Unavailable {
			t.Errorf("failed commit: %v", err)
		}
		if d.Engine() == db.SQLite && !errors.Is(err, db.ErrUnknown) {
			t.Errorf("failed commit: %v, want ErrUnknown", err)
		}
		if err := exec(`INSERT INTO meta (key, value) VALUES ('next', 'x')`); err != nil {
			t.Errorf("next act: %v", err)
		}
		got, _ := db.Meta(ctx, d.Read(), "with it")
		next, _ := db.Meta(ctx, d.Read(), "next")
		if got != "" || next != "x" {
			t.Errorf("saved %q and %q", got, next)
		}
	})
}
