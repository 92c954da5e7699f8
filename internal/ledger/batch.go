package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// Batch is one import or generated set.
type Batch struct {
	ID      int64
	Name    string
	Actor   string
	At      time.Time
	Entries int
	Undone  bool
}

const selectBatch = `SELECT id, name, actor, at_ms, entries, undone FROM batch`

func scanBatch(s scanner) (Batch, error) {
	var b Batch
	var at int64
	err := s.Scan(&b.ID, &b.Name, &b.Actor, &at, &b.Entries, &b.Undone)
	b.At = time.UnixMilli(at).UTC()
	return b, err
}

// Batches lists all batches, newest first.
func (l *Ledger) Batches(ctx context.Context, q db.Querier) ([]Batch, error) {
	var out []Batch
	err := each(ctx, q, func(r scanner) error {
		b, err := scanBatch(r)
		out = append(out, b)
		return err
	}, selectBatch+` ORDER BY id DESC`)
	return out, err
}

// InBatch lists the entries of a batch that are not void.
func (l *Ledger) InBatch(ctx context.Context, q db.Querier, batch int64) ([]Head, error) {
	return heads(ctx, q, selectHead+` WHERE batch = $1 AND state <> 'void' ORDER BY id`, batch)
}

// UndoBatch voids every entry of a batch that is not void yet, each by a new version, and returns how many.
func (l *Ledger) UndoBatch(ctx context.Context, tx *db.Tx, actor string, batch int64, reason string) (int, error) {
	return l.UndoBatchTelling(ctx, tx, actor, batch, reason, func(int, int) {})
}

// UndoBatchTelling is UndoBatch that tells how far it is.
func (l *Ledger) UndoBatchTelling(ctx context.Context, tx *db.Tx, actor string, batch int64, reason string, tell func(done, total int)) (int, error) {
	if strings.TrimSpace(reason) == "" {
		return 0, fault.New(fault.Invalid, "Chưa ghi lý do hủy. Hãy ghi rõ vì sao hủy lần nhập này.")
	}
	b, err := scanBatch(tx.QueryRowContext(ctx, selectBatch+` WHERE id = $1`, batch))
	if errors.Is(err, sql.ErrNoRows) {
		return 0, fault.Newf(fault.NotFound, "Không có lần nhập số %d. Hãy kiểm tra lại số.", batch)
	}
	if err != nil {
		return 0, fmt.Errorf("read batch %d: %w", batch, err)
	}
	alive, err := l.InBatch(ctx, tx, batch)
	if err != nil {
		return 0, err
	}
	for i, h := range alive {
		tell(i, len(alive))
		if _, err := l.Void(ctx, tx, actor, h.ID, h.Version, reason); err != nil {
			return 0, err
		}
	}
	if b.Undone {
		return len(alive), nil
	}
	if _, err := tx.ExecContext(ctx, `UPDATE batch SET undone = $1 WHERE id = $2`, true, batch); err != nil {
		return 0, fmt.Errorf("mark batch %d: %w", batch, err)
	}
	return len(alive), nil
}
