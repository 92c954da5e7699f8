package petition

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Transfer is a letter on its way to a body in the system: sent, and received once that body confirms.
type Transfer struct {
	Entry     int64
	Unit      org.UnitID // the body that is to confirm
	On        civil.Date
	Got       int64 // that body's own letter, 0 until it confirms
	GotNumber string
	GotOn     civil.Date
}

const transferColumns = `entry, unit, on_day, COALESCE(got, 0), got_number, got_on`

func scanTransfer(row interface{ Scan(...any) error }) (Transfer, error) {
	var t Transfer
	var unit int64
	var on, gotOn int32
	err := row.Scan(&t.Entry, &unit, &on, &t.Got, &t.GotNumber, &gotOn)
	t.Unit, t.On, t.GotOn = org.UnitID(unit), civil.Date(on), civil.Date(gotOn)
	return t, err
}

// TransferOf is where a letter was sent; ok is false where it was not sent to a body in the system.
func TransferOf(ctx context.Context, q db.Querier, entry int64) (t Transfer, ok bool, err error) {
	return transferBy(ctx, q, `SELECT `+transferColumns+` FROM letter_transfer WHERE entry = $1`, entry)
}

// CameFrom is the transfer by which a letter came to its body; ok is false where it came otherwise.
func CameFrom(ctx context.Context, q db.Querier, entry int64) (t Transfer, ok bool, err error) {
	return transferBy(ctx, q, `SELECT `+transferColumns+` FROM letter_transfer WHERE got = $1`, entry)
}

func transferBy(ctx context.Context, q db.Querier, query string, arg any) (Transfer, bool, error) {
	t, err := scanTransfer(q.QueryRowContext(ctx, query, arg))
	if errors.Is(err, sql.ErrNoRows) {
		return t, false, nil
	}
	if err != nil {
		return t, false, fmt.Errorf("transfer: %w", err)
	}
	return t, true, nil
}

// Coming are the letters that were sent to bodies and that these have not confirmed, the oldest first.
func Coming(ctx context.Context, q db.Querier) ([]Transfer, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+transferColumns+` FROM letter_transfer WHERE got IS NULL ORDER BY on_day, entry`)
	if err != nil {
		return nil, fmt.Errorf("letters coming: %w", err)
	}
	defer rows.Close()
	var out []Transfer
	for rows.Next() {
		t, err := scanTransfer(rows)
		if err != nil {
			return nil, fmt.Errorf("letters coming: %w", err)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// Send keeps that a letter, or what was said at a desk, is on its way to a body.
func Send(ctx context.Context, tx *db.Tx, actor string, t Transfer, at time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO letter_transfer (entry, unit, on_day, sent_by, at_ms) VALUES ($1, $2, $3, $4, $5)`,
		t.Entry, int64(t.Unit), int32(t.On), actor, at.UnixMilli())
	if err != nil {
		return fmt.Errorf("send letter %d: %w", t.Entry, err)
	}
	return nil
}

// Confirmed keeps that the body received the letter, under its own entry and number.
func Confirmed(ctx context.Context, tx *db.Tx, actor string, entry, got int64, number string, on civil.Date) error {
	res, err := tx.ExecContext(ctx, `UPDATE letter_transfer SET got = $2, got_number = $3, got_on = $4, got_by = $5
		WHERE entry = $1 AND got IS NULL`, entry, got, number, int32(on), actor)
	if err != nil {
		return fmt.Errorf("confirm transfer %d: %w", entry, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fault.New(fault.Conflict, "Đơn chuyển này đã được xác nhận trước đó. Hãy tải lại danh sách đơn chuyển đến.")
	}
	return nil
}

// Unsend forgets a transfer that was recorded by mistake, unless the body has it already.
func Unsend(ctx context.Context, tx *db.Tx, entry int64) error {
	t, ok, err := TransferOf(ctx, tx, entry)
	if err != nil || !ok {
		return err
	}
	if t.Got != 0 {
		return fault.New(fault.Conflict, "Cơ quan nhận đã xác nhận và vào sổ nên không bỏ bước chuyển, bước nhận được nữa.")
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM letter_transfer WHERE entry = $1`, entry); err != nil {
		return fmt.Errorf("forget transfer %d: %w", entry, err)
	}
	return nil
}
