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

// fewUnits is up to how many units are named in a query; for more, the table is read through once.
const fewUnits = 400

// Hanging lists, for org, the entries that name one of the units and are dated on or after a day: as the body, the
// place, a partner, or by a fact of such a day. Voided ones count, since their facts still name the unit.
func (l *Ledger) Hanging(ctx context.Context, q db.Querier, units []org.UnitID, from civil.Date) ([]org.Hanging, error) {
	h := hanging{found: make(map[org.UnitID]map[int64]civil.Date, len(units))}
	for _, u := range units {
		h.found[u] = nil
	}
	sources := []struct{ unit, id, table string }{{"unit", "id", "entry"}, {"place", "id", "entry"}, {"unit", "entry", "fact"}}
	if l.holdsFacts(q, units) {
		sources = sources[:2]
		if err := l.facts.named(ctx, q, h, units, from); err != nil {
			return nil, fmt.Errorf("list what hangs on units: %w", err)
		}
	}
	for _, source := range sources {
		if err := h.read(ctx, q, source.unit, source.id, source.table, units, from); err != nil {
			return nil, fmt.Errorf("list what hangs on units: %w", err)
		}
	}
	var out []org.Hanging
	for _, u := range units {
		if len(h.found[u]) > 0 {
			out = append(out, h.of(u))
			delete(h.found, u) // a unit that is asked for twice is answered once
		}
	}
	return out, nil
}

// hanging gathers the entries, with their last day, by unit asked for.
type hanging struct {
	found map[org.UnitID]map[int64]civil.Date
}

func (h hanging) read(ctx context.Context, q db.Querier, unit, id, table string, units []org.UnitID, from civil.Date) error {
	where, args := inUnits(unit, units, int32(from))
	return each(ctx, q, func(r scanner) error {
		var u org.UnitID
		var entry int64
		var day civil.Date
		if err := r.Scan(&u, &entry, &day); err != nil {
			return err
		}
		h.add(u, entry, day)
		return nil
	}, `SELECT `+unit+`, `+id+`, day FROM `+table+` WHERE day >= $1`+where, args...)
}

// add notes an entry under a unit that was asked for.
func (h hanging) add(u org.UnitID, entry int64, day civil.Date) {
	entries, asked := h.found[u]
	if !asked {
		return
	}
	if entries == nil {
		entries = map[int64]civil.Date{}
		h.found[u] = entries
	}
	entries[entry] = max(entries[entry], day)
}

// inUnits is the condition that a column names one of the units; nothing when they are many.
func inUnits(column string, units []org.UnitID, args ...any) (string, []any) {
	if len(units) > fewUnits {
		return "", args
	}
	where := ` AND ` + column + ` IN (` + list(len(args)+1, len(units)) + `)`
	for _, u := range units {
		args = append(args, int64(u))
	}
	return where, args
}

func (h hanging) of(u org.UnitID) org.Hanging {
	out := org.Hanging{What: "ghi nhận", Unit: u, Count: len(h.found[u]), First: civil.Forever}
	for id, day := range h.found[u] {
		out.First, out.Last = min(out.First, day), max(out.Last, day)
		out.IDs = append(out.IDs, id)
	}
	slices.Sort(out.IDs)
	out.IDs = out.IDs[:min(len(out.IDs), hangingIDs)]
	return out
}

// Rederive forgets the totals of the removed eras and sums those of the added ones from the facts.
func (l *Ledger) Rederive(ctx context.Context, tx *db.Tx, removed []org.EraID, added []org.Era) error {
	if _, err := holdUnits(ctx, tx, "UPDATE"); err != nil {
		return err
	}
	for _, table := range [...]string{"total_year", "total_bucket"} {
		if err := forget(ctx, tx, table, removed); err != nil {
			return fmt.Errorf("forget totals of eras: %w", err)
		}
	}
	if len(added) == 0 {
		return nil
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
	if err := sums.gather(ctx, tx, units, eras); err != nil {
		return fmt.Errorf("sum facts of units: %w", err)
	}
	return sums.save(ctx, tx)
}

// forget deletes the rows of eras. Most eras have none: those that do are found first, in one pass.
func forget(ctx context.Context, tx *db.Tx, table string, removed []org.EraID) error {
	gone := make(map[org.EraID]bool, len(removed))
	for _, id := range removed {
		gone[id] = true
	}
	var held []any
	err := each(ctx, tx, func(r scanner) error {
		var id org.EraID
		if err := r.Scan(&id); err != nil {
			return err
		}
		if gone[id] {
			held = append(held, int64(id))
		}
		return nil
	}, `SELECT DISTINCT era FROM `+table)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(held, fewUnits) {
		if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE era IN (`+list(1, len(part))+`)`, part...); err != nil {
			return err
		}
	}
	return nil
}

// gather adds the facts of units to the eras that hold their days.
func (t totals) gather(ctx context.Context, q db.Querier, units []org.UnitID, eras map[org.UnitID][]org.Era) error {
	where, args := inUnits("unit", units, int32(civil.Floor))
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
		CAST(sum(c_n) AS BIGINT) FROM fact WHERE day >= $1`+where+` GROUP BY series, unit, day`, args...)
}
