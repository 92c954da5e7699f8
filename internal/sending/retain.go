package sending

import (
	"context"
	"fmt"
	"time"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/jobs"
)

// Where the catalogue says how long what was refused is kept.
const (
	portalProcedure = "portal_intake"
	eraseClock      = "erase_refused"
)

// JobErase is the background work that erases the content of what was refused, once nobody may take the refusal back.
const JobErase = "erase_refused_sendings"

// EraseActor stands in the log where the program erased by the catalogue's limit.
const EraseActor = "han-luu"

func momentOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// Kept is until when, that day included, the content of what was refused on a day is kept, with its calculation; nil
// where the catalogue sets no limit: then it is kept for good.
func (o *Office) Kept(refused civil.Date) *clock.Deadline {
	law := clock.In(o.Catalog.EditionOn(dayOf(o.now())))
	p := law.Edition.Procedure(portalProcedure)
	if p == nil {
		return nil
	}
	for _, c := range p.Clocks {
		if c.Code == eraseClock && c.InForce(refused) {
			d := law.Reckon(p, c, clock.Case{Events: map[string]civil.Date{c.Start: refused}})
			return &d
		}
	}
	return nil
}

// refusal is something refused whose content is still there.
type refusal struct {
	id     int64
	sealed bool // of a denunciation
	at     time.Time
}

// KeptUntil is Kept of one sending that was refused; nil for any other, and for one that was erased.
func (o *Office) KeptUntil(ctx context.Context, q db.Querier, s Sending) (*clock.Deadline, error) {
	if s.State != Refused || !s.Erased.IsZero() {
		return nil, nil
	}
	all, err := o.refusals(ctx, q)
	for _, r := range all {
		if r.id == s.ID && r.sealed == s.Denounces {
			return o.Kept(dayOf(r.at)), err
		}
	}
	return nil, err
}

func (o *Office) refusals(ctx context.Context, q db.Querier) ([]refusal, error) {
	rows, err := q.QueryContext(ctx, `SELECT s.id, 0, max(a.at_ms) FROM sending s JOIN sending_act a ON a.sending = s.id AND a.act = 'refuse'
			WHERE s.state = 'refused' AND s.erased_ms = 0 GROUP BY s.id
		UNION ALL SELECT s.id, 1, max(a.at_ms) FROM sending_sealed s JOIN audit_leaf a ON a.subject = 'sending_sealed' AND a.subject_id = s.id AND a.act = 'denounce_refuse'
			WHERE s.state = 'refused' AND s.erased_ms = 0 GROUP BY s.id ORDER BY 3, 2, 1`)
	if err != nil {
		return nil, fmt.Errorf("list what was refused: %w", err)
	}
	defer rows.Close()
	var out []refusal
	for rows.Next() {
		var r refusal
		var sealed int
		var at int64
		if err := rows.Scan(&r.id, &sealed, &at); err != nil {
			return nil, fmt.Errorf("read what was refused: %w", err)
		}
		r.sealed, r.at = sealed == 1, time.UnixMilli(at)
		out = append(out, r)
	}
	return out, rows.Err()
}

// PlanErase has what was refused erased when its time comes: of a database that was filled before there was a limit too.
func (o *Office) PlanErase(ctx context.Context) error {
	return o.DB.Write(ctx, func(tx *db.Tx) error { return o.planErase(ctx, tx) })
}

// planErase plans the job for the first that will be due, unless it is planned.
func (o *Office) planErase(ctx context.Context, tx *db.Tx) error {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM job WHERE kind = $1 AND state = 'waiting'`, JobErase).Scan(&n); err != nil || n > 0 {
		return err
	}
	all, err := o.refusals(ctx, tx)
	if err != nil {
		return err
	}
	var next civil.Date
	for _, r := range all {
		if d := o.Kept(dayOf(r.at)); d != nil && (next == 0 || d.Due < next) {
			next = d.Due
		}
	}
	if next == 0 {
		return nil
	}
	_, err = jobs.Enqueue(ctx, tx, JobErase, nil, startOf(next.AddDays(1)))
	return err
}

// startOf is the first moment of a day in Việt Nam.
func startOf(day civil.Date) time.Time {
	return time.Date(day.Year(), time.Month(day.Month()), day.Day(), 0, 0, 0, 0, vietnam)
}

func (o *Office) erase(ctx context.Context, job *jobs.Job) error {
	today := dayOf(o.now())
	all, err := o.refusals(ctx, o.DB.Read())
	if err != nil {
		return err
	}
	for _, r := range all {
		if d := o.Kept(dayOf(r.at)); d == nil || today <= d.Due {
			continue
		}
		if err := o.DB.Write(ctx, func(tx *db.Tx) error { return o.eraseOne(ctx, tx, r) }); err != nil {
			return err
		}
	}
	return o.DB.Write(ctx, func(tx *db.Tx) error {
		if err := job.Finish(ctx, tx); err != nil {
			return err
		}
		return o.planErase(ctx, tx)
	})
}

// eraseOne erases one: its row stays with number, day and ground, so that who sent it is told what became of it.
func (o *Office) eraseOne(ctx context.Context, tx *db.Tx, r refusal) error {
	now, table, owner, act := o.now(), "sending", "sending", "sending_erase"
	if r.sealed {
		table, owner, act = "sending_sealed", "sealed", "denounce_erase"
	}
	res, err := tx.ExecContext(ctx, `UPDATE `+table+` SET erased_ms = $2 WHERE id = $1 AND state = 'refused' AND erased_ms = 0`, r.id, now.UnixMilli())
	if err != nil {
		return fmt.Errorf("erase %s %d: %w", table, r.id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 { // taken back, or erased by another run
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM sending_file WHERE sending = $1 AND owner = $2`, r.id, owner); err != nil {
		return fmt.Errorf("erase files of %s %d: %w", table, r.id, err)
	}
	if r.sealed {
		_, err = tx.ExecContext(ctx, `UPDATE sending_sealed SET body = $2 WHERE id = $1`, r.id, []byte{})
	} else {
		err = o.Dossiers.Vault.Shred(ctx, tx, -r.id, EraseActor, "lần gửi không nhận, hết hạn lưu")
	}
	if err != nil {
		return fmt.Errorf("erase content of %s %d: %w", table, r.id, err)
	}
	_, err = audit.Append(ctx, tx, audit.Leaf{Act: act, Subject: table, SubjectID: r.id, Actor: EraseActor, At: now, Content: erasedContent(r.id, now.UnixMilli())})
	return err
}
