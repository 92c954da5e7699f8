package sealed

import (
	"context"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/db"
)

// deposited notes that something was put into a case's envelope.
func deposited(ctx context.Context, tx *db.Tx, by By, entry int64) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO sealed_deposit (entry, at_ms) VALUES ($1, $2) ON CONFLICT (entry) DO UPDATE SET at_ms = excluded.at_ms`, entry, by.ms())
	if err != nil {
		return fmt.Errorf("note deposit of entry %d: %w", entry, err)
	}
	return nil
}

// Deposits are the cases in whose envelope something was put, be it only that there is no identity. It is for whoever
// sees that each case gets its envelope, and for nobody else.
func Deposits(ctx context.Context, q db.Querier) (map[int64]bool, error) {
	rows, err := q.QueryContext(ctx, `SELECT entry FROM sealed_deposit`)
	if err != nil {
		return nil, fmt.Errorf("read deposits: %w", err)
	}
	defer rows.Close()
	out := map[int64]bool{}
	for rows.Next() {
		var entry int64
		if err := rows.Scan(&entry); err != nil {
			return nil, fmt.Errorf("read deposits: %w", err)
		}
		out[entry] = true
	}
	return out, rows.Err()
}

// Expects reports whether the envelope of a case received on a day is to be filled: while the office keeps identities
// here, and not for what came before it was allowed to.
func (a *Approval) Expects(received civil.Date) bool {
	return a != nil && a.Holds() && received >= a.On
}
