package contribution

import (
	"context"
	"encoding/json"
	"fmt"

	"danvan/internal/db"
)

// Verify compares the numbers of receipts with the gifts, and says in Vietnamese what differs: numbers of a body's year run
// from 1 without gaps, each belongs to a gift of that body, and each gift to a work has one. Sums are the ledger's.
func Verify(ctx context.Context, q db.Querier) ([]string, error) {
	found, err := numbersRun(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("verify receipts: %w", err)
	}
	gifts, err := giftsNumbered(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("verify receipts: %w", err)
	}
	return append(found, gifts...), nil
}

func numbersRun(ctx context.Context, q db.Querier) ([]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT c.unit, c.year, c.last, count(r.entry), coalesce(min(r.number), 1), coalesce(max(r.number), 0)
		FROM contribution_receipt_count c LEFT JOIN contribution_receipt r ON r.unit = c.unit AND r.year = c.year GROUP BY c.unit, c.year, c.last
		UNION ALL SELECT r.unit, r.year, 0, count(*), min(r.number), max(r.number) FROM contribution_receipt r
		WHERE NOT EXISTS (SELECT 1 FROM contribution_receipt_count c WHERE c.unit = r.unit AND c.year = r.year) GROUP BY r.unit, r.year ORDER BY 1, 2`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var unit, year, last, n, low, high int64
		if err := rows.Scan(&unit, &year, &last, &n, &low, &high); err != nil {
			return nil, err
		}
		if n != last || low != 1 || high != last {
			found = append(found, fmt.Sprintf("Phiếu nhận đóng góp năm %d của đơn vị #%d: đã cấp đến số %d, còn %d số từ %d đến %d.", year, unit, last, n, low, high))
		}
	}
	return found, rows.Err()
}

func giftsNumbered(ctx context.Context, q db.Querier) ([]string, error) {
	rows, err := q.QueryContext(ctx, `SELECT e.id, e.unit, r.number, r.unit, r.year, e.state <> 'void', w.id, v.fields FROM contribution_receipt r
			JOIN entry e ON e.id = r.entry JOIN entry_version v ON v.entry = e.id AND v.version = e.version LEFT JOIN entry w ON w.id = e.carries AND w.kind = $1 WHERE e.kind = $2
		UNION ALL SELECT e.id, e.unit, 0, e.unit, 0, e.state <> 'void', w.id, v.fields FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
			JOIN entry w ON w.id = e.carries AND w.kind = $1 WHERE e.kind = $2 AND e.state <> 'void' AND NOT EXISTS (SELECT 1 FROM contribution_receipt r WHERE r.entry = e.id)
		UNION ALL SELECT r.entry, r.unit, r.number, 0, r.year, TRUE, 0, '{}' FROM contribution_receipt r
			WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.id = r.entry AND e.kind = $2) ORDER BY 1`, WorkKind, GiftKind)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []string
	for rows.Next() {
		var id, unit, number, of, year int64
		var stands bool
		var work *int64
		var fields string
		if err := rows.Scan(&id, &unit, &number, &of, &year, &stands, &work, &fields); err != nil {
			return nil, err
		}
		var g struct {
			Source string `json:"source"`
		}
		if err := json.Unmarshal([]byte(fields), &g); err != nil {
			return nil, fmt.Errorf("read gift %d: %w", id, err)
		}
		switch {
		case number == 0 && g.Source != State:
			found = append(found, fmt.Sprintf("Khoản đóng góp #%d chưa có số phiếu nhận.", id))
		case number != 0 && unit != of:
			found = append(found, fmt.Sprintf("Phiếu nhận %d/%d không phải của khoản đóng góp #%d.", number, year, id))
		}
	}
	return found, rows.Err()
}
