package filing

import (
	"context"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Closings tell the ledger which periods are closed by a filing.
type Closings struct{}

// Any reports whether any filing closes anything.
func (Closings) Any(ctx context.Context, q db.Querier) (bool, error) {
	n := 0
	err := q.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM filing WHERE state IN ('filed', 'accepted', 'issued', 'nil') LIMIT 1) any_filing`).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for filings: %w", err)
	}
	return n > 0, nil
}

// On is the filing that closes a day for a unit, nil for an open day.
func (Closings) On(ctx context.Context, q db.Querier, tree *org.Tree, unit org.UnitID, day civil.Date) (*ledger.Closing, error) {
	f, err := Closed(ctx, q, tree, unit, day)
	if f == nil || err != nil {
		return nil, err
	}
	return &ledger.Closing{Filing: f.ID, Name: f.Name + ", " + f.Period.Name}, nil
}
