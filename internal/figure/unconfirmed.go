package figure

import (
	"context"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// Unconfirmed counts the entries that figures of a unit and period count among all and not among the confirmed: those
// of the bodies that count for the unit on the basis, with their day in the period, that nobody has confirmed yet.
func (e *Engine) Unconfirmed(ctx context.Context, unit org.UnitID, p civil.Period, basis org.Basis) (n int64, err error) {
	err = e.view(ctx, func(s *session) error {
		in := map[org.EraID]bool{}
		for _, share := range s.tree.Reach(basis, unit, org.ByAny, org.Filter{}) {
			in[share.Era] = true
		}
		rows, err := s.q.QueryContext(ctx, `SELECT unit, day, count(*) FROM entry WHERE state = 'recorded' AND day BETWEEN $1 AND $2 GROUP BY unit, day`,
			int32(p.From), int32(p.To))
		if err != nil {
			return fmt.Errorf("count unconfirmed entries: %w", err)
		}
		defer rows.Close()
		for rows.Next() {
			var id org.UnitID
			var day civil.Date
			var count int64
			if err := rows.Scan(&id, &day, &count); err != nil {
				return fmt.Errorf("count unconfirmed entries: %w", err)
			}
			if era, ok := s.tree.EraOn(id, day); ok && in[era.ID] {
				n += count
			}
		}
		return rows.Err()
	})
	return n, err
}

// Counted says in words which entries figures of a status count, n of which nobody has confirmed yet.
func Counted(s Status, n int64) string {
	switch {
	case s == Confirmed:
		return "Chỉ tính việc đã xác nhận"
	case n == 0:
		return "Tính mọi việc đã ghi; không còn việc nào chưa xác nhận"
	}
	return "Tính cả việc chưa xác nhận: " + civil.FormatInt(n) + " việc trong kỳ"
}
