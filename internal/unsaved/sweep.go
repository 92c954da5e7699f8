package unsaved

import (
	"context"
	"fmt"
	"time"

	"danvan/internal/db"
	"danvan/internal/jobs"
)

// JobSweep is the background work that throws ended forms away. It is planned when a form is kept and plans itself
// again while any form is left, so that an office without drafts does nothing.
const JobSweep = "sweep_drafts"

const sweepEvery = 24 * time.Hour

// plan plans the next sweep, unless one is waiting.
func plan(ctx context.Context, tx *db.Tx, now time.Time) error {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM job WHERE kind = $1 AND state = 'waiting'`, JobSweep).Scan(&n); err != nil {
		return fmt.Errorf("look for the next sweep of drafts: %w", err)
	}
	if n > 0 {
		return nil
	}
	_, err := jobs.Enqueue(ctx, tx, JobSweep, nil, now.Add(sweepEvery))
	return err
}

// Sweeper does the job.
func Sweeper(d *db.DB) jobs.Handler {
	return func(ctx context.Context, job *jobs.Job) error {
		now := time.Now()
		return d.Write(ctx, func(tx *db.Tx) error {
			if err := Sweep(ctx, tx, now); err != nil {
				return err
			}
			var left int
			if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM draft`).Scan(&left); err != nil {
				return fmt.Errorf("count drafts: %w", err)
			}
			if left > 0 {
				if err := plan(ctx, tx, now); err != nil {
					return err
				}
			}
			return job.Finish(ctx, tx)
		})
	}
}
