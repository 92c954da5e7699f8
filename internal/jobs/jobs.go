// Package jobs does work after the act: sending a notice, closing a period,
// rebuilding something slow.
//
// A job is a row, written by [Enqueue] in the act's own transaction: saved with
// it or not at all. A [Worker] claims a job for a limited time (a lease), and
// keeps the lease while it works. A worker that dies loses its lease and
// another takes the job: so a job is done at least once, and its handler must
// bear being run again. A handler that writes to the database has it exactly
// once by calling [Job.Finish] in the same transaction. A job that fails is
// tried again, later each time; after the last try it is dead and stays in the
// table for a person to see ([Dead], [Revive]).
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// Job is a claimed job.
type Job struct {
	ID       int64
	Kind     string
	Payload  json.RawMessage
	Attempt  int64 // 1 at the first try
	worker   string
	finished bool
}

// States of a job.
const (
	waiting = "waiting" // for its time
	running = "running" // claimed, until its lease ends
	done    = "done"
	dead    = "dead" // failed at its last try
)

// Enqueue adds a job in the caller's transaction, to be run at runAt or soon
// after; at once, if that is zero. The payload is kept as JSON.
func Enqueue(ctx context.Context, tx *db.Tx, kind string, payload any, runAt time.Time) (int64, error) {
	text, err := json.Marshal(payload)
	if err != nil {
		return 0, fmt.Errorf("enqueue %s: %w", kind, err)
	}
	id, err := tx.ID(ctx, "job")
	if err != nil {
		return 0, fmt.Errorf("enqueue %s: %w", kind, err)
	}
	now := time.Now()
	if runAt.IsZero() {
		runAt = now
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO job
		(id, kind, payload, state, run_ms, lease_ms, attempts, worker, error, at_ms)
		VALUES ($1, $2, $3, $4, $5, 0, 0, '', '', $6)`,
		id, kind, string(text), waiting, runAt.UnixMilli(), now.UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("enqueue %s: %w", kind, err)
	}
	return id, nil
}

// ErrLost means that the lease ended and another worker may have the job.
var ErrLost = errors.New("lease of job lost")

// Finish marks the job as done in a transaction of its handler: what the
// handler wrote there and the mark are saved together or not at all.
func (j *Job) Finish(ctx context.Context, tx *db.Tx) error {
	err := j.update(ctx, tx, `UPDATE job SET state = 'done', done_ms = $4, error = ''
		WHERE id = $1 AND worker = $2 AND attempts = $3 AND state = 'running'`, time.Now().UnixMilli())
	if err == nil {
		tx.AfterCommit(func() { j.finished = true })
	}
	return err
}

// update changes the job's row if the job is still ours.
func (j *Job) update(ctx context.Context, tx *db.Tx, query string, more ...any) error {
	args := append([]any{j.ID, j.worker, j.Attempt}, more...)
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("update job %d: %w", j.ID, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("update job %d: %w", j.ID, err)
	}
	if n == 0 {
		return fmt.Errorf("update job %d: %w", j.ID, ErrLost)
	}
	return nil
}

// Failed is a dead job, as a person should see it.
type Failed struct {
	ID       int64
	Kind     string
	Attempts int64
	Error    string // for us, not for people
	AtMS     int64  // when it was enqueued
}

// Dead lists the jobs that failed at their last try, oldest first.
func Dead(ctx context.Context, q db.Querier, limit int) ([]Failed, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, attempts, error, at_ms FROM job
		WHERE state = 'dead' ORDER BY id LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("list dead jobs: %w", err)
	}
	defer rows.Close()
	var list []Failed
	for rows.Next() {
		var f Failed
		if err := rows.Scan(&f.ID, &f.Kind, &f.Attempts, &f.Error, &f.AtMS); err != nil {
			return nil, fmt.Errorf("list dead jobs: %w", err)
		}
		list = append(list, f)
	}
	return list, rows.Err()
}

// Revive gives a dead job its tries again.
func Revive(ctx context.Context, tx *db.Tx, id int64) error {
	res, err := tx.ExecContext(ctx, `UPDATE job SET state = 'waiting', attempts = 0, run_ms = $2
		WHERE id = $1 AND state = 'dead'`, id, time.Now().UnixMilli())
	if err != nil {
		return fmt.Errorf("revive job %d: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fault.Wrap(fmt.Errorf("revive job %d: not dead: %v", id, err), fault.NotFound,
			"Không có công việc nào bị dừng với số này. Hãy tải lại danh sách.")
	}
	return nil
}

// Sweep removes the jobs that were done before a moment.
func Sweep(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	res, err := tx.ExecContext(ctx, `DELETE FROM job WHERE state = 'done' AND done_ms < $1`, before.UnixMilli())
	if err != nil {
		return 0, fmt.Errorf("sweep jobs: %w", err)
	}
	return res.RowsAffected()
}
