package sealed

import (
	"context"
	"time"

	"danvan/internal/db"
	"danvan/internal/jobs"
)

// JobSweep is the background work that notes what has expired and erases inner files that nobody may fetch any more.
// It is planned for the moment at which there will be something to do.
const JobSweep = "sweep_openings"

func planSweep(ctx context.Context, tx *db.Tx, at time.Time) error {
	_, err := jobs.Enqueue(ctx, tx, JobSweep, nil, at.Add(time.Second))
	return err
}

// Sweeper does the job.
func Sweeper(d *db.DB) jobs.Handler {
	return func(ctx context.Context, job *jobs.Job) error {
		return d.Write(ctx, func(tx *db.Tx) error {
			if err := Sweep(ctx, tx, time.Now()); err != nil {
				return err
			}
			return job.Finish(ctx, tx)
		})
	}
}
