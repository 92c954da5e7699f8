package contribution

import (
	"context"
	"fmt"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Receipt is the number of a gift's receipt: each body numbers those of a year from 1 without gaps. A gift that is void
// keeps its number, and no other gets it.
type Receipt struct {
	Unit   org.UnitID
	Year   int
	Number int64
}

// String is the number as receipts print it: 12/2026.
func (r Receipt) String() string {
	if r.Number == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", r.Number, r.Year)
}

// ReceiptOf is the receipt of a gift, zero where it has none.
func ReceiptOf(ctx context.Context, q db.Querier, entry int64) (Receipt, error) {
	all, err := receipts(ctx, q, `SELECT entry, unit, year, number FROM contribution_receipt WHERE entry = $1`, entry)
	return all[entry], err
}

func receiptsOf(ctx context.Context, q db.Querier, works []int64) (map[int64]Receipt, error) {
	if len(works) == 1 {
		return receipts(ctx, q, `SELECT r.entry, r.unit, r.year, r.number FROM contribution_receipt r JOIN entry e ON e.id = r.entry WHERE e.carries = $1`, works[0])
	}
	return receipts(ctx, q, `SELECT entry, unit, year, number FROM contribution_receipt`)
}

func receipts(ctx context.Context, q db.Querier, ask string, args ...any) (map[int64]Receipt, error) {
	rows, err := q.QueryContext(ctx, ask, args...)
	if err != nil {
		return nil, fmt.Errorf("read receipts: %w", err)
	}
	defer rows.Close()
	out := map[int64]Receipt{}
	for rows.Next() {
		var entry int64
		var r Receipt
		if err := rows.Scan(&entry, &r.Unit, &r.Year, &r.Number); err != nil {
			return nil, fmt.Errorf("read receipts: %w", err)
		}
		out[entry] = r
	}
	return out, rows.Err()
}

// number gives receipts to gifts of works that have none: to one entry, or with entry 0 to all.
func (s *Shelf) number(ctx context.Context, tx *db.Tx, entry int64) error {
	gifts, err := unnumbered(ctx, tx, entry)
	if err != nil {
		return err
	}
	for _, g := range gifts {
		year := g.Day.Year()
		var n int64
		err := tx.QueryRowContext(ctx, `INSERT INTO contribution_receipt_count (unit, year, last) VALUES ($1, $2, 1)
			ON CONFLICT (unit, year) DO UPDATE SET last = contribution_receipt_count.last + 1 RETURNING last`, int64(g.Unit), year).Scan(&n)
		if err != nil {
			return fmt.Errorf("count receipts of %d in %d: %w", g.Unit, year, err)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO contribution_receipt (unit, year, number, entry) VALUES ($1, $2, $3, $4)`, int64(g.Unit), year, n, g.ID); err != nil {
			return fmt.Errorf("number receipt of entry %d: %w", g.ID, err)
		}
	}
	return nil
}

func unnumbered(ctx context.Context, tx *db.Tx, entry int64) ([]ledger.Head, error) {
	ask := `SELECT e.id, e.unit, e.day, v.fields FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		JOIN entry w ON w.id = e.carries AND w.kind = $1 WHERE e.kind = $2 AND e.state <> 'void'
		AND NOT EXISTS (SELECT 1 FROM contribution_receipt r WHERE r.entry = e.id)`
	args := []any{WorkKind, GiftKind}
	if entry != 0 {
		ask, args = ask+` AND e.id = $3`, append(args, entry)
	}
	rows, err := tx.QueryContext(ctx, ask+` ORDER BY e.day, e.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("find gifts without receipt: %w", err)
	}
	defer rows.Close()
	var out []ledger.Head
	for rows.Next() {
		var h ledger.Head
		var day civil.Date
		var fields string
		if err := rows.Scan(&h.ID, &h.Unit, &day, &fields); err != nil {
			return nil, fmt.Errorf("find gifts without receipt: %w", err)
		}
		h.Day = day
		if !strings.Contains(fields, `"source":"`+State+`"`) {
			out = append(out, h)
		}
	}
	return out, rows.Err()
}
