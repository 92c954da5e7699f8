package ledger

import (
	"context"
	"fmt"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// hangingIDs is how many entries a Hanging names.
const hangingIDs = 20

// Hanging lists, for org, the entries that name one of the units and are dated on or after a day: as the body, the
// place, a partner, or by a fact of such a day. Voided ones count, since their facts still name the unit.
func (l *Ledger) Hanging(ctx context.Context, q db.Querier, units []org.UnitID, from civil.Date) ([]org.Hanging, error) {
	hung := map[org.UnitID]*org.Hanging{}
	for part := range slices.Chunk(units, 400) {
		if err := hangingOn(ctx, q, part, from, hung); err != nil {
			return nil, fmt.Errorf("list what hangs on units: %w", err)
		}
	}
	out := make([]org.Hanging, 0, len(hung))
	for _, unit := range units {
		if h := hung[unit]; h != nil {
			out = append(out, *h)
			delete(hung, unit)
		}
	}
	return out, nil
}

func hangingOn(ctx context.Context, q db.Querier, units []org.UnitID, from civil.Date, hung map[org.UnitID]*org.Hanging) error {
	ids := list(2, len(units))
	args := []any{int32(from)}
	for _, u := range units {
		args = append(args, int64(u))
	}
	return each(ctx, q, func(r scanner) error {
		var unit org.UnitID
		var id int64
		var day civil.Date
		if err := r.Scan(&unit, &id, &day); err != nil {
			return err
		}
		h := hung[unit]
		if h == nil {
			h = &org.Hanging{What: "ghi nhận", Unit: unit, First: day, Last: day}
			hung[unit] = h
		}
		h.Count++
		h.First, h.Last = min(h.First, day), max(h.Last, day)
		if len(h.IDs) < hangingIDs {
			h.IDs = append(h.IDs, id)
		}
		return nil
	}, `SELECT unit, id, max(day) FROM (
			SELECT unit, id, day FROM entry WHERE unit IN (`+ids+`) AND day >= $1
			UNION ALL SELECT place, id, day FROM entry WHERE place IN (`+ids+`) AND day >= $1
			UNION ALL SELECT unit, entry, day FROM fact WHERE unit IN (`+ids+`) AND day >= $1) AS h
		GROUP BY unit, id ORDER BY unit, id`, args...)
}

// Rederive forgets the totals of the removed eras and sums those of the added ones from the facts.
func (l *Ledger) Rederive(ctx context.Context, tx *db.Tx, removed []org.EraID, added []org.Era) error {
	if _, err := holdUnits(ctx, tx, "UPDATE"); err != nil {
		return err
	}
	for part := range slices.Chunk(removed, 500) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = int64(id)
		}
		for _, table := range [...]string{"total_year", "total_bucket"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE era IN (`+list(1, len(part))+`)`, args...); err != nil {
				return fmt.Errorf("forget totals: %w", err)
			}
		}
	}
	eras := map[org.UnitID][]org.Era{}
	var units []org.UnitID
	for _, e := range added {
		if eras[e.Unit] == nil {
			units = append(units, e.Unit)
		}
		eras[e.Unit] = append(eras[e.Unit], e)
	}
	sums := newTotals()
	for part := range slices.Chunk(units, 500) {
		if err := sums.gather(ctx, tx, part, eras); err != nil {
			return fmt.Errorf("sum facts of units: %w", err)
		}
	}
	return sums.save(ctx, tx)
}

// gather adds the facts of units to the eras that hold their days.
func (t totals) gather(ctx context.Context, q db.Querier, units []org.UnitID, eras map[org.UnitID][]org.Era) error {
	args := make([]any, len(units))
	for i, u := range units {
		args[i] = int64(u)
	}
	return each(ctx, q, func(r scanner) error {
		var series int64
		var unit org.UnitID
		var day civil.Date
		var a Amount
		if err := r.Scan(&series, &unit, &day, &a.Value, &a.N, &a.CValue, &a.CN); err != nil {
			return err
		}
		for _, e := range eras[unit] {
			if e.From <= day && day < e.To {
				t.add(series, e.ID, day, a)
			}
		}
		return nil
	}, `SELECT series, unit, day, CAST(sum(value) AS BIGINT), CAST(sum(n) AS BIGINT), CAST(sum(c_value) AS BIGINT),
		CAST(sum(c_n) AS BIGINT) FROM fact WHERE unit IN (`+list(1, len(units))+`) GROUP BY series, unit, day`, args...)
}
