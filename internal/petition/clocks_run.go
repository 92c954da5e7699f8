package petition

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"danvan/internal/db"
	"danvan/internal/jobs"
	"danvan/internal/ledger"
)

// JobClocks is the kind of the job that brings the clocks of all cases after the law or after many new entries.
const JobClocks = "petition.clocks"

// Why a deadline was replaced, as people read it.
const (
	whyCase = "vụ việc có bước mới hoặc được đính chính"
	whyLaw  = "quy định hoặc lịch ngày nghỉ trong danh mục thay đổi"
)

// lookedAtOnce is how many cases the job reads together, clocksAtOnce how many of them it reckons in one transaction.
const (
	lookedAtOnce = 2000
	clocksAtOnce = 100
)

// Posted follows an entry that got a new version, as the ledger's After: the one entry at once, many by a job.
func (k *Clocks) Posted(ctx context.Context, tx *db.Tx, kind string, entry int64) error {
	if !IsCase(kind) {
		return nil
	}
	if entry == 0 {
		return enqueue(ctx, tx)
	}
	_, err := k.bring(ctx, tx, entry, whyCase)
	return err
}

// enqueue adds the job unless one waits already.
func enqueue(ctx context.Context, tx *db.Tx) error {
	var n int64
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM job WHERE kind = $1 AND state = 'waiting'`, JobClocks).Scan(&n); err != nil || n > 0 {
		return err
	}
	_, err := jobs.Enqueue(ctx, tx, JobClocks, nil, time.Time{})
	return err
}

// bring follows one case and lets the deadline in its entry follow too.
func (k *Clocks) bring(ctx context.Context, tx *db.Tx, entry int64, why string) (moved int, err error) {
	e, err := k.Ledger.Entry(ctx, tx, entry)
	if err != nil {
		return 0, err
	}
	c, err := CaseOf(e)
	if err != nil {
		return 0, err
	}
	if moved, err = k.Follow(ctx, tx, c, why); err != nil || c.Due == 0 || !c.State().Open() {
		return moved, err
	}
	set := k.dues(c)
	if len(set) == 0 {
		return moved, nil
	}
	_, err = k.Ledger.Amend(ctx, tx, Program, c.Entry, c.Version, ledger.Amendment{Set: set, Reason: "Hạn giải quyết theo cách tính của danh mục: " + why})
	return moved, err
}

// Run is the last reckoning of all cases.
type Run struct {
	ID                         int64
	Law, Edition               string
	Begun, Ended               time.Time // Ended is zero while it runs
	Total, Done, Moved, Failed int64
}

// LastRun is the newest reckoning of all cases, nil where there was none.
func (k *Clocks) LastRun(ctx context.Context, q db.Querier) (*Run, error) {
	var r Run
	var begun int64
	var ended sql.Null[int64]
	err := q.QueryRowContext(ctx, `SELECT id, law, edition, begun_ms, ended_ms, total, done, moved, failed FROM petition_clock_run ORDER BY id DESC LIMIT 1`).
		Scan(&r.ID, &r.Law, &r.Edition, &begun, &ended, &r.Total, &r.Done, &r.Moved, &r.Failed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if r.Begun = time.UnixMilli(begun); ended.Valid {
		r.Ended = time.UnixMilli(ended.V)
	}
	return &r, err
}

// stale is the condition of entries whose clocks were reckoned by another law, from another version, or never.
const stale = `FROM entry e LEFT JOIN petition_clocked c ON c.entry = e.id
	WHERE e.kind IN ('petition_letter', 'petition_part') AND (c.entry IS NULL OR c.version <> e.version OR c.law <> $1)`

// Stale counts the cases whose clocks are not those of today's law.
func (k *Clocks) Stale(ctx context.Context, q db.Querier) (n int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(*) `+stale, k.Law().Hash).Scan(&n)
	return n, err
}

// Start enqueues the reckoning of all cases where the law of today is another than that of the stored clocks, and
// looks again every hour: a law may come into force while the program runs.
func (k *Clocks) Start(ctx context.Context) error {
	for {
		n, err := k.Stale(ctx, k.DB.Read())
		if err == nil && n > 0 {
			err = k.DB.Write(ctx, func(tx *db.Tx) error { return enqueue(ctx, tx) })
		}
		if err != nil && ctx.Err() == nil {
			slog.Error("look for clocks to reckon anew", "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Hour):
		}
	}
}

// Jobs are the handlers of the clocks' background work.
func (k *Clocks) Jobs() map[string]jobs.Handler {
	return map[string]jobs.Handler{JobClocks: func(ctx context.Context, _ *jobs.Job) error { return k.ReckonAll(ctx) }}
}

// ReckonAll brings the clocks of every case after today's law. It goes in small transactions and may be broken off at any
// point: what was done stays done, and the next run takes up the rest.
func (k *Clocks) ReckonAll(ctx context.Context) error {
	k.reckoning.Lock()
	defer k.reckoning.Unlock()
	total, err := k.Stale(ctx, k.DB.Read())
	if err != nil || total == 0 {
		return err
	}
	run := Run{Total: total, Law: k.Law().Hash, Edition: k.Law().Edition.Hash}
	if err := k.begin(ctx, &run); err != nil {
		return err
	}
	for after := int64(0); ; {
		ids, err := k.staleAfter(ctx, after)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			break
		}
		after = ids[len(ids)-1]
		if err := k.some(ctx, &run, ids); err != nil {
			return err
		}
	}
	return k.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE petition_clock_run SET ended_ms = $2 WHERE id = $1`, run.ID, k.now().UnixMilli())
		return err
	})
}

func (k *Clocks) begin(ctx context.Context, run *Run) error {
	return k.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if run.ID, err = tx.ID(ctx, "petition_clock_run"); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO petition_clock_run (id, law, edition, begun_ms, ended_ms, total, done, moved, failed)
			VALUES ($1, $2, $3, $4, NULL, $5, 0, 0, 0)`, run.ID, run.Law, run.Edition, k.now().UnixMilli(), run.Total)
		return err
	})
}

func (k *Clocks) staleAfter(ctx context.Context, after int64) ([]int64, error) {
	rows, err := k.DB.Read().QueryContext(ctx, `SELECT e.id `+stale+` AND e.id > $2 ORDER BY e.id LIMIT $3`, k.Law().Hash, after, lookedAtOnce)
	if err != nil {
		return nil, fmt.Errorf("cases to reckon: %w", err)
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// some reckons the cases that were read together.
func (k *Clocks) some(ctx context.Context, run *Run, ids []int64) error {
	all := len(ids)
	ids, err := k.passOver(ctx, ids)
	if err != nil {
		return err
	}
	run.Done += int64(all - len(ids))
	for part := range slices.Chunk(ids, clocksAtOnce) {
		if err := k.few(ctx, run, part); err != nil {
			return err
		}
	}
	return k.progress(ctx, run)
}

// few reckons some cases in one transaction; where one of them cannot be saved, each by itself, so that one broken case
// holds up no other. A case that fails is tried again by the next run.
func (k *Clocks) few(ctx context.Context, run *Run, ids []int64) error {
	moved, err := k.together(ctx, ids)
	if err == nil {
		run.Done, run.Moved = run.Done+int64(len(ids)), run.Moved+int64(moved)
		return k.progress(ctx, run)
	}
	for _, id := range ids {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		n, err := k.together(ctx, []int64{id})
		if err != nil {
			slog.Error("reckon clocks", "entry", id, "err", err)
			run.Failed++
		}
		run.Done, run.Moved = run.Done+1, run.Moved+int64(n)
	}
	return k.progress(ctx, run)
}

// passOver marks the cases that were closed before anybody kept their clocks and have nothing due any more, all in one
// write, and returns the others.
func (k *Clocks) passOver(ctx context.Context, ids []int64) (left []int64, err error) {
	rows, err := k.DB.Read().QueryContext(ctx, `SELECT e.id, e.kind, e.version, e.state, v.fields FROM entry e
		JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.id >= $1 AND e.id <= $2 AND e.kind IN ('petition_letter', 'petition_part')
		AND NOT EXISTS (SELECT 1 FROM petition_clock p WHERE p.entry = e.id)`, ids[0], ids[len(ids)-1])
	if err != nil {
		return nil, fmt.Errorf("cases to pass over: %w", err)
	}
	defer rows.Close()
	passed := map[int64]*Case{}
	for rows.Next() {
		var id int64
		var version int
		var kind, state, fields string
		if err := rows.Scan(&id, &kind, &version, &state, &fields); err != nil {
			return nil, err
		}
		c, err := Of(kind, fields)
		if err != nil {
			return nil, fmt.Errorf("case %d: %w", id, err)
		}
		c.Entry, c.Version, c.Void = id, version, ledger.State(state) == ledger.Void
		if !k.worthKeeping(c, k.Deadlines(c)) {
			passed[id] = c
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var marks [][]any
	for _, id := range ids {
		if c := passed[id]; c != nil {
			marks = append(marks, []any{id, c.Version, k.Law().Hash, c.Kind, c.Class, c.Code})
			continue
		}
		left = append(left, id)
	}
	return left, k.DB.Write(ctx, func(tx *db.Tx) error {
		return tx.Upsert(ctx, "petition_clocked", clockedCols, marks, clockedAgain)
	})
}

func (k *Clocks) together(ctx context.Context, ids []int64) (moved int, err error) {
	err = k.DB.Write(ctx, func(tx *db.Tx) error {
		moved = 0
		for _, id := range ids {
			// The row is held, so that nobody adds a version between reading the case and telling its clocks.
			if _, err := tx.ExecContext(ctx, `UPDATE entry SET version = version WHERE id = $1`, id); err != nil {
				return err
			}
			n, err := k.bring(ctx, tx, id, whyLaw)
			if err != nil {
				return fmt.Errorf("clocks of %d: %w", id, err)
			}
			moved += n
		}
		return nil
	})
	return moved, err
}

func (k *Clocks) progress(ctx context.Context, run *Run) error {
	return k.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE petition_clock_run SET done = $2, moved = $3, failed = $4 WHERE id = $1`, run.ID, run.Done, run.Moved, run.Failed)
		return err
	})
}
