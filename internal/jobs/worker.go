package jobs

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"danvan/internal/db"
)

// Handler does one kind of job. Its context ends when the lease is lost.
type Handler func(ctx context.Context, job *Job) error

// Worker claims and does jobs of the kinds it has handlers for. Fields left
// zero get the values named.
type Worker struct {
	DB       *db.DB
	Handlers map[string]Handler
	Lease    time.Duration // 1 minute; renewed while the handler works
	Poll     time.Duration // 1 second: how often to look for due jobs
	Backoff  time.Duration // 10 seconds, doubled after each failure up to an hour
	Tries    int64         // 12, then the job is dead
	Parallel int           // 2 jobs at once
	Keep     time.Duration // 7 days that a done job stays in the table
}

func (w Worker) withDefaults() Worker {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&w.Lease, time.Minute)
	def(&w.Poll, time.Second)
	def(&w.Backoff, 10*time.Second)
	def(&w.Keep, 7*24*time.Hour)
	if w.Tries == 0 {
		w.Tries = 12
	}
	if w.Parallel == 0 {
		w.Parallel = 2
	}
	return w
}

// Run does jobs until ctx ends, then waits for those in progress.
func (w Worker) Run(ctx context.Context) error {
	w = w.withDefaults()
	var wg sync.WaitGroup
	for range w.Parallel {
		wg.Go(func() { w.loop(ctx) })
	}
	w.sweep(ctx)
	wg.Wait()
	return ctx.Err()
}

func (w Worker) loop(ctx context.Context) {
	tick := time.NewTicker(w.Poll)
	defer tick.Stop()
	for {
		if _, err := w.Drain(ctx); err != nil && ctx.Err() == nil {
			slog.Error("jobs: work", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// sweep removes old done jobs, now and every hour.
func (w Worker) sweep(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		err := w.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := Sweep(ctx, tx, time.Now().Add(-w.Keep))
			return err
		})
		if err != nil && ctx.Err() == nil {
			slog.Error("jobs: sweep", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Drain does every job that is due, one after the other, and says how many it
// took on. A job that fails is not an error of Drain.
func (w Worker) Drain(ctx context.Context) (n int, err error) {
	w = w.withDefaults()
	name := rand.Text()
	for ctx.Err() == nil {
		job, err := w.claim(ctx, name)
		if err != nil || job == nil {
			return n, err
		}
		n++
		if err := w.do(ctx, job); err != nil {
			return n, err
		}
	}
	return n, ctx.Err()
}

// claim takes the job that has been due longest, nil when none is.
func (w Worker) claim(ctx context.Context, worker string) (job *Job, err error) {
	due, err := w.due(ctx, w.DB.Read(), "")
	if err != nil || due == nil {
		return nil, err
	}
	err = w.DB.Write(ctx, func(tx *db.Tx) error {
		if job, err = w.due(ctx, tx, tx.Engine().SkipLocked()); err != nil || job == nil {
			return err
		}
		job.worker = worker
		job.Attempt++
		_, err := tx.ExecContext(ctx, `UPDATE job SET state = 'running', worker = $2, attempts = $3, lease_ms = $4
			WHERE id = $1`, job.ID, worker, job.Attempt, time.Now().Add(w.Lease).UnixMilli())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claim job: %w", err)
	}
	return job, nil
}

// due finds a job to do: one whose time has come, or else one whose worker has
// lost its lease. Each of the two has its index.
func (w Worker) due(ctx context.Context, q db.Querier, lock string) (*Job, error) {
	now := time.Now().UnixMilli()
	for _, where := range [...]string{
		`state = 'waiting' AND run_ms <= $1`,
		`state = 'running' AND lease_ms <= $1`,
	} {
		job, err := w.first(ctx, q, where, now, lock)
		if err != nil || job != nil {
			return job, err
		}
	}
	return nil, nil
}

func (w Worker) first(ctx context.Context, q db.Querier, where string, now int64, lock string) (*Job, error) {
	if len(w.Handlers) == 0 {
		return nil, nil
	}
	args, places := []any{now}, []string{}
	for kind := range w.Handlers {
		args = append(args, kind)
		places = append(places, fmt.Sprintf("$%d", len(args)))
	}
	var j Job
	var payload string
	err := q.QueryRowContext(ctx, `SELECT id, kind, payload, attempts FROM job WHERE `+where+
		` AND kind IN (`+strings.Join(places, ", ")+`) ORDER BY run_ms, id LIMIT 1`+lock, args...).
		Scan(&j.ID, &j.Kind, &payload, &j.Attempt)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for jobs: %w", err)
	}
	j.Payload = []byte(payload)
	return &j, nil
}

// do runs one claimed job and writes down how it ended.
func (w Worker) do(ctx context.Context, job *Job) error {
	failed := w.handle(ctx, job)
	if job.finished {
		return nil
	}
	// The end of the program is not the end of the job: write it down even so.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := w.DB.Write(ctx, func(tx *db.Tx) error {
		if failed == nil {
			return job.Finish(ctx, tx)
		}
		return w.fail(ctx, tx, job, failed)
	})
	if errors.Is(err, ErrLost) {
		return nil // its next worker will say how it ended
	}
	return err
}

// handle runs the handler under a lease that is kept alive.
func (w Worker) handle(ctx context.Context, job *Job) (err error) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { w.keep(ctx, cancel, job) })
	defer wg.Wait()
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return w.Handlers[job.Kind](ctx, job)
}

// keep renews the lease until ctx ends; when it is lost, the handler is told
// to stop.
func (w Worker) keep(ctx context.Context, lost func(), job *Job) {
	tick := time.NewTicker(w.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := w.DB.Write(ctx, func(tx *db.Tx) error {
			return job.update(ctx, tx, `UPDATE job SET lease_ms = $4
				WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'`,
				time.Now().Add(w.Lease).UnixMilli())
		})
		if errors.Is(err, ErrLost) {
			lost()
			return
		}
	}
}

func (w Worker) fail(ctx context.Context, tx *db.Tx, job *Job, failed error) error {
	state := waiting
	if job.Attempt >= w.Tries {
		state = dead
	}
	text := failed.Error()
	if len(text) > 4000 {
		text = strings.ToValidUTF8(text[:4000], "")
	}
	slog.Warn("jobs: failed", "job", job.ID, "kind", job.Kind, "attempt", job.Attempt, "state", state, "err", failed)
	return job.update(ctx, tx, `UPDATE job SET state = $4, run_ms = $5, error = $6, worker = ''
		WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'`,
		state, time.Now().Add(backoff(w.Backoff, job.Attempt)).UnixMilli(), text)
}

// backoff is how long to wait after the n-th failure.
func backoff(first time.Duration, n int64) time.Duration {
	d := first
	for ; n > 1 && d < time.Hour; n-- {
		d *= 2
	}
	return min(d, time.Hour)
}
