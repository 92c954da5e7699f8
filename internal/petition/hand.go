package petition

import (
	"context"
	"fmt"
	"time"

	"danvan/internal/db"
)

// Role is in what part somebody works on a case.
type Role string

// The roles. Who verifies is named by a decision, which is a step of the case; here stands his account.
const (
	Officer  Role = "officer"
	Verifier Role = "verifier"
)

// Hands are the accounts that work on a case now, 0 for nobody. Who worked on it before is kept nowhere.
type Hands struct{ Officer, Verifier int64 }

// HandsOf are who works on a case.
func HandsOf(ctx context.Context, q db.Querier, entry int64) (Hands, error) {
	all, err := HandsOfAll(ctx, q, []int64{entry})
	return all[entry], err
}

// HandsOfAll are who works on several cases; who has nobody is left out.
func HandsOfAll(ctx context.Context, q db.Querier, entries []int64) (map[int64]Hands, error) {
	out := map[int64]Hands{}
	for _, id := range entries {
		rows, err := q.QueryContext(ctx, `SELECT role, account FROM letter_hand WHERE entry = $1`, id)
		if err != nil {
			return nil, fmt.Errorf("hands of %d: %w", id, err)
		}
		h := out[id]
		for rows.Next() {
			var role Role
			var account int64
			if err := rows.Scan(&role, &account); err != nil {
				rows.Close()
				return nil, fmt.Errorf("hands of %d: %w", id, err)
			}
			if role == Officer {
				h.Officer = account
			} else {
				h.Verifier = account
			}
		}
		if err := rows.Err(); err != nil {
			return nil, fmt.Errorf("hands of %d: %w", id, err)
		}
		if h != (Hands{}) {
			out[id] = h
		}
	}
	return out, nil
}

// HandTo gives a case to an account, or takes it from whoever had it (account 0).
func HandTo(ctx context.Context, tx *db.Tx, actor string, entry int64, role Role, account int64, at time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM letter_hand WHERE entry = $1 AND role = $2`, entry, string(role)); err != nil {
		return fmt.Errorf("take case %d: %w", entry, err)
	}
	if account == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO letter_hand (entry, role, account, given_by, at_ms) VALUES ($1, $2, $3, $4, $5)`,
		entry, string(role), account, actor, at.UnixMilli())
	if err != nil {
		return fmt.Errorf("hand case %d: %w", entry, err)
	}
	return nil
}

// InHand are the cases that an account works on now.
func InHand(ctx context.Context, q db.Querier, account int64) ([]int64, error) {
	rows, err := q.QueryContext(ctx, `SELECT DISTINCT entry FROM letter_hand WHERE account = $1 ORDER BY entry`, account)
	if err != nil {
		return nil, fmt.Errorf("cases in hand: %w", err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("cases in hand: %w", err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
