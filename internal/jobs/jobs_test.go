package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/jobs"
)

var ctx = context.Background()

func enqueue(t *testing.T, d *db.DB, kind string, payload any, at time.Time) (id int64) {
	t.Helper()
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		id, err = jobs.Enqueue(ctx, tx, kind, payload, at)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func state(t *testing.T, d *db.DB, id int64) (state string, attempts int64) {
	t.Helper()
	if err := d.Read().QueryRow(`SELECT state, attempts FROM job WHERE id = $1`, id).Scan(&state, &attempts); err != nil {
		t.Fatal(err)
	}
	return state, attempts
}

// due brings a job's next try forward to now.
func due(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE job SET run_ms = 0, lease_ms = 0`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func drain(t *testing.T, w jobs.Worker) int {
	t.Helper()
	n, err := w.Drain(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestJobIsSavedWithItsActOrNotAtAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		undone := errors.New("undone")
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := jobs.Enqueue(ctx, tx, "mail", 1, time.Time{}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		id := enqueue(t, d, "mail", map[string]string{"to": "xã thử nghiệm"}, time.Time{})
		enqueue(t, d, "mail", 2, time.Now().Add(time.Hour))
		enqueue(t, d, "not ours", 3, time.Time{})
		var got struct{ To string }
		w := jobs.Worker{DB: d, Handlers: map[string]jobs.Handler{"mail": func(ctx context.Context, j *jobs.Job) error {
			return json.Unmarshal(j.Payload, &got)
		}}}
		if n := drain(t, w); n != 1 || got.To != "xã thử nghiệm" {
			t.Errorf("did %d jobs, payload %+v", n, got)
		}
		if s, n := state(t, d, id); s != "done" || n != 1 {
			t.Errorf("job is %s after %d tries", s, n)
		}
	})
}

func TestFailingJobIsTriedAgainAndDies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		id := enqueue(t, d, "bad", nil, time.Time{})
		tries := 0
		w := jobs.Worker{DB: d, Tries: 3, Handlers: map[string]jobs.Handler{"bad": func(context.Context, *jobs.Job) error {
			if tries++; tries == 2 {
				panic("oh")
			}
			return errors.New("no " + strings.Repeat("ư", 3000))
		}}}
		for want := 1; want <= 3; want++ {
			if n := drain(t, w); n != 1 || tries != want {
				t.Fatalf("did %d jobs, tries %d, want %d", n, tries, want)
			}
			if n := drain(t, w); n != 0 {
				t.Fatalf("tried again at once")
			}
			due(t, d)
		}
		if s, n := state(t, d, id); s != "dead" || n != 3 {
			t.Errorf("job is %s after %d tries", s, n)
		}
		list, err := jobs.Dead(ctx, d.Read(), 10)
		if err != nil || len(list) != 1 || list[0].ID != id || !strings.HasPrefix(list[0].Error, "no ư") {
			t.Errorf("dead: %+v, %v", list, err)
		}
		revive := func() error { return d.Write(ctx, func(tx *db.Tx) error { return jobs.Revive(ctx, tx, id) }) }
		if err := revive(); err != nil {
			t.Error(err)
		}
		if err := revive(); err == nil {
			t.Error("revived a job that waits")
		}
		if n := drain(t, w); n != 1 || tries != 4 {
			t.Errorf("revived job was not tried")
		}
	})
}

// Many workers, many jobs: each is done once.
func TestWorkersShareTheJobs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 100
		for range n {
			enqueue(t, d, "count", nil, time.Time{})
		}
		var did sync.Map
		var twice atomic.Int64
		w := jobs.Worker{DB: d, Handlers: map[string]jobs.Handler{"count": func(_ context.Context, j *jobs.Job) error {
			if _, loaded := did.LoadOrStore(j.ID, true); loaded {
				twice.Add(1)
			}
			return nil
		}}}
		var wg sync.WaitGroup
		var total atomic.Int64
		for range 8 {
			wg.Go(func() {
				n, err := w.Drain(ctx)
				if err != nil {
					t.Error(err)
				}
				total.Add(int64(n))
			})
		}
		wg.Wait()
		if total.Load() != n || twice.Load() != 0 {
			t.Errorf("did %d jobs, %d twice; want %d", total.Load(), twice.Load(), n)
		}
	})
}

// A worker that is gone loses its lease; what it says afterwards counts for
// nothing.
func TestLeaseExpires(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		id := enqueue(t, d, "slow", nil, time.Time{})
		claimed, release := make(chan *jobs.Job), make(chan bool)
		first := jobs.Worker{DB: d, Lease: time.Hour, Handlers: map[string]jobs.Handler{
			"slow": func(_ context.Context, j *jobs.Job) error {
				claimed <- j
				<-release
				return errors.New("too late")
			}}}
		ended := make(chan int)
		go func() { n, _ := first.Drain(ctx); ended <- n }()
		lost := <-claimed
		second := jobs.Worker{DB: d, Handlers: map[string]jobs.Handler{"slow": func(context.Context, *jobs.Job) error { return nil }}}
		if n := drain(t, second); n != 0 {
			t.Fatal("a leased job was taken")
		}
		due(t, d) // the lease is over
		if n := drain(t, second); n != 1 {
			t.Fatal("a job whose lease is over was not taken")
		}
		err := d.Write(ctx, func(tx *db.Tx) error { return lost.Finish(ctx, tx) })
		if !errors.Is(err, jobs.ErrLost) {
			t.Errorf("finish after the lease was lost: %v", err)
		}
		release <- true
		<-ended
		if s, n := state(t, d, id); s != "done" || n != 2 {
			t.Errorf("job is %s after %d tries", s, n)
		}
	})
}

// A handler that works longer than the lease keeps it.
func TestLeaseIsKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		id := enqueue(t, d, "slow", nil, time.Time{})
		lease := func() (ms int64) {
			d.Read().QueryRow(`SELECT lease_ms FROM job WHERE id = $1`, id).Scan(&ms)
			return ms
		}
		w := jobs.Worker{DB: d, Lease: 300 * time.Millisecond, Handlers: map[string]jobs.Handler{
			"slow": func(ctx context.Context, _ *jobs.Job) error {
				for first := lease(); lease() == first; {
					select {
					case <-ctx.Done():
						return ctx.Err()
					case <-time.After(10 * time.Millisecond):
					}
				}
				return nil
			}}}
		drain(t, w)
		if s, n := state(t, d, id); s != "done" || n != 1 {
			t.Errorf("job is %s after %d tries", s, n)
		}
	})
}

// What the handler writes and the end of its job are one act.
func TestFinishInTheHandlersAct(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		id := enqueue(t, d, "once", nil, time.Time{})
		w := jobs.Worker{DB: d, Handlers: map[string]jobs.Handler{"once": func(ctx context.Context, j *jobs.Job) error {
			err := d.Write(ctx, func(tx *db.Tx) error {
				if err := db.SetMeta(ctx, tx, "effect", "x"); err != nil {
					return err
				}
				return j.Finish(ctx, tx)
			})
			if err != nil {
				return err
			}
			return errors.New("an error after the end changes nothing")
		}}}
		drain(t, w)
		if s, _ := state(t, d, id); s != "done" {
			t.Errorf("job is %s", s)
		}
		err := d.Write(ctx, func(tx *db.Tx) error {
			n, err := jobs.Sweep(ctx, tx, time.Now().Add(time.Hour))
			if n != 1 {
				t.Errorf("swept %d", n)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestRunEndsWithItsContext(t *testing.T) {
	d := dbtest.SQLite(t)
	did := make(chan bool, 1)
	running, stop := context.WithCancel(ctx)
	w := jobs.Worker{DB: d, Poll: 5 * time.Millisecond, Handlers: map[string]jobs.Handler{
		"x": func(context.Context, *jobs.Job) error { did <- true; return nil }}}
	ended := make(chan error)
	go func() { ended <- w.Run(running) }()
	enqueue(t, d, "x", nil, time.Time{})
	<-did
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
