package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/jobs"
	"danvan/internal/ledger"
)

// Kinds of the jobs.
const (
	jobRecord = "intake.record"
	jobUndo   = "intake.undo"
)

type payload struct {
	Import int64 `json:"import"`
}

// tries is how often a job that fails through no fault of the rows is tried before a person is told.
const tries = 5

// Record has a job record the rows of a staged import: all of them, or with partial those that are right.
func (s *Store) Record(ctx context.Context, imp *Import, partial bool) error {
	switch {
	case imp.Bad > 0 && !partial:
		return fault.Newf(fault.Invalid, "Còn %d dòng sai. Hãy sửa các dòng đó, hoặc chọn chỉ nhập các dòng đúng.", imp.Bad)
	case imp.Bad == imp.Total:
		return errNothing
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.move(ctx, tx, imp.ID, Staged, Waiting); err != nil {
			return err
		}
		return s.enqueue(ctx, tx, jobRecord, imp.ID, `UPDATE import SET job = $2, partial = $3, message = '' WHERE id = $1`, partial)
	})
}

// Undo has a job void every entry that an import recorded.
func (s *Store) Undo(ctx context.Context, imp *Import, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return fault.New(fault.Invalid, "Chưa ghi lý do hủy. Hãy ghi rõ vì sao hủy lần nhập này.")
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.move(ctx, tx, imp.ID, Done, Undoing); err != nil {
			return err
		}
		return s.enqueue(ctx, tx, jobUndo, imp.ID, `UPDATE import SET job = $2, reason = $3, message = '' WHERE id = $1`, reason)
	})
}

func (s *Store) enqueue(ctx context.Context, tx *db.Tx, kind string, id int64, update string, arg any) error {
	job, err := jobs.Enqueue(ctx, tx, kind, payload{id}, time.Time{})
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, update, id, job, arg); err != nil {
		return fmt.Errorf("update import %d: %w", id, err)
	}
	return nil
}

// inHand reads the import of a job; nil when the job was done before.
func (s *Store) inHand(ctx context.Context, job *jobs.Job, state State) (*Import, *access.Viewer, error) {
	var p payload
	if err := json.Unmarshal(job.Payload, &p); err != nil {
		return nil, nil, fmt.Errorf("payload of job %d: %w", job.ID, err)
	}
	imp, err := s.Get(ctx, s.DB.Read(), p.Import)
	if err != nil || imp.State != state || imp.Job != job.ID {
		return nil, nil, err
	}
	v, err := s.Viewer(ctx, imp.Actor)
	return imp, v, err
}

// record is the job that records. Everything is one transaction, the job's end with it: a program that dies on the
// way has recorded nothing, and the job is done again.
func (s *Store) record(ctx context.Context, job *jobs.Job) error {
	imp, v, err := s.inHand(ctx, job, Waiting)
	if err != nil || imp == nil {
		return err
	}
	defer s.progress.Delete(imp.ID)
	err = s.recordRows(ctx, job, imp, v)
	var wrong ledger.RowErrors
	switch {
	case err == nil:
		if s.Flush != nil {
			logged(s.Flush(ctx), "sequence leaves", imp.ID)
		}
		return nil
	case errors.As(err, &wrong) || fault.KindOf(err) == fault.Invalid:
		return s.handBack(ctx, job, imp, v, fault.Say(err))
	case job.Attempt < tries || ctx.Err() != nil:
		return err
	}
	logged(err, "record", imp.ID)
	return s.end(ctx, job, imp, Failed, fault.Say(err)+" Chưa có gì được ghi.")
}

func (s *Store) recordRows(ctx context.Context, job *jobs.Job, imp *Import, v *access.Viewer) error {
	t, err := s.Table(ctx, s.DB.Read(), imp)
	if err != nil {
		return err
	}
	d, err := t.Drafts(Reading{Kind: imp.Kind, Declared: s.Declared(t, imp.Kind)})
	if err != nil {
		return err
	}
	if len(d.Bad) > 0 && !imp.Partial {
		return fault.Newf(fault.Invalid, "Có %d dòng sai nên chưa nhập gì.", len(d.Bad))
	}
	opts := ledger.BulkOptions{Actor: imp.Actor, Name: imp.Name, Partial: imp.Partial, ContentKeys: true, Total: len(d.Drafts),
		Progress: s.tell(imp.ID), May: s.mayOf(v)}
	return s.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		res, err := s.Ledger.Bulk(ctx, tx, slices.Values(d.Drafts), opts)
		if err != nil {
			return err
		}
		for _, e := range res.Refused {
			d.Bad[d.Rows[e.Row-1]] = e.Problems
		}
		if len(d.Bad) == len(t.Rows) {
			return errNothing
		}
		if err := s.settle(ctx, tx, imp, res, t, d.Bad); err != nil {
			return err
		}
		return job.Finish(ctx, tx)
	})
}

// settle writes how an import ended and lets go of the rows that are recorded.
func (s *Store) settle(ctx context.Context, tx *db.Tx, imp *Import, res ledger.BulkResult, t *Table, bad map[int]ledger.Problems) error {
	for n, ps := range bad {
		if err := s.mendRow(ctx, tx, imp, n, &t.Rows[n], problemsText(ps)); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, `UPDATE import SET state = $2, done_ms = $3, saved = $4, existed = $5, bad = $6, batch = $7 WHERE id = $1`,
		imp.ID, string(Done), time.Now().UnixMilli(), res.Saved, res.Existed, len(bad), res.Batch)
	if err != nil {
		return fmt.Errorf("settle import %d: %w", imp.ID, err)
	}
	if len(bad) == 0 {
		if err := s.dropContent(ctx, tx, imp.ID); err != nil {
			return err
		}
	}
	// Rows that were wrong when the person looked and are right now stay right: their problems were judged anew above.
	keep := make([]any, 0, len(bad))
	for n := range bad {
		keep = append(keep, n)
	}
	slices.SortFunc(keep, func(a, b any) int { return a.(int) - b.(int) })
	return s.letGo(ctx, tx, imp.ID, keep)
}

// letGo deletes the rows of an import but for those named, which are in order.
func (s *Store) letGo(ctx context.Context, tx *db.Tx, id int64, keep []any) error {
	from := 0
	for _, k := range append(keep, int(1<<30)) {
		if n := k.(int); n > from {
			if _, err := tx.ExecContext(ctx, `DELETE FROM import_row WHERE import = $1 AND row >= $2 AND row < $3`, id, from, n); err != nil {
				return fmt.Errorf("let go of rows of import %d: %w", id, err)
			}
		}
		from = k.(int) + 1
	}
	return nil
}

// handBack gives an import back to the person with what turned out to be wrong: a right that has ended, a key that
// somebody else took in the meantime.
func (s *Store) handBack(ctx context.Context, job *jobs.Job, imp *Import, v *access.Viewer, say string) error {
	t, err := s.Table(ctx, s.DB.Read(), imp)
	if err != nil {
		return err
	}
	bad, err := s.judge(ctx, v, t, imp)
	if err != nil {
		return err
	}
	before, err := s.problems(ctx, imp)
	if err != nil {
		return err
	}
	imp.Message = say + " Chưa có gì được ghi; hãy xem lại các dòng sai."
	return s.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		if err := s.move(ctx, tx, imp.ID, Waiting, Staged); err != nil {
			return err
		}
		for n := range t.Rows {
			if text := problemsText(bad[n]); text != before[n] {
				if err := s.mendRow(ctx, tx, imp, n, &t.Rows[n], text); err != nil {
					return err
				}
			}
		}
		if err := s.keepNumbers(ctx, tx, imp); err != nil {
			return err
		}
		return job.Finish(ctx, tx)
	})
}

// end writes the last state of an import with a sentence.
func (s *Store) end(ctx context.Context, job *jobs.Job, imp *Import, state State, say string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE import SET state = $2, message = $3, done_ms = $4 WHERE id = $1`, imp.ID, string(state), say, time.Now().UnixMilli())
		if err != nil {
			return fmt.Errorf("end import %d: %w", imp.ID, err)
		}
		return job.Finish(ctx, tx)
	})
}

// undo is the job that voids every entry of an import, in one transaction.
func (s *Store) undo(ctx context.Context, job *jobs.Job) error {
	imp, v, err := s.inHand(ctx, job, Undoing)
	if err != nil || imp == nil {
		return err
	}
	defer s.progress.Delete(imp.ID)
	err = s.undoEntries(ctx, job, imp, v)
	switch {
	case err == nil:
		if s.Flush != nil {
			logged(s.Flush(ctx), "sequence leaves", imp.ID)
		}
		return nil
	case fault.KindOf(err) == fault.Internal && (job.Attempt < tries || ctx.Err() != nil):
		return err
	}
	logged(err, "undo", imp.ID)
	return s.end(ctx, job, imp, Done, fault.Say(err)+" Chưa hủy ghi nhận nào.")
}

func (s *Store) undoEntries(ctx context.Context, job *jobs.Job, imp *Import, v *access.Viewer) error {
	may := s.mayOf(v)
	return s.DB.WriteAlone(ctx, func(tx *db.Tx) error {
		if imp.Batch != 0 {
			heads, err := s.Ledger.InBatch(ctx, tx, imp.Batch)
			if err != nil {
				return err
			}
			for _, h := range heads {
				if !may(h.Kind, h.Unit) {
					return fault.Newf(fault.Denied, "Tài khoản của bạn không còn quyền ghi cho đơn vị của ghi nhận số %d.", h.ID)
				}
			}
			if _, err := s.Ledger.UndoBatchTelling(ctx, tx, imp.Actor, imp.Batch, imp.Reason, s.tell(imp.ID)); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `UPDATE import SET state = $2, message = '', done_ms = $3 WHERE id = $1`, imp.ID, string(Undone), time.Now().UnixMilli())
		if err != nil {
			return fmt.Errorf("end import %d: %w", imp.ID, err)
		}
		return job.Finish(ctx, tx)
	})
}
