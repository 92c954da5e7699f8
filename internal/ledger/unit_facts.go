package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// unitFacts holds, of units that were asked for before, the entries whose facts name them, each with the last day of
// such a fact. The table of facts has no index by unit, which every entry would pay for; one pass over it answers a
// first question. Facts are only ever added, so later ones are those of the entries that newer leaves are about.
type unitFacts struct {
	mu   sync.Mutex
	leaf int64
	by   map[org.UnitID]map[int64]civil.Date
}

const (
	mostUnitsHeld = 4000 // units; above it everything is forgotten
	mostFollowed  = 5000 // entries acted on since the last question; above it everything is forgotten
)

// holdsFacts reports whether the facts of units may be held for a question: not inside a transaction that writes,
// whose own facts have no number in the order of commits yet.
func (l *Ledger) holdsFacts(q db.Querier, units []org.UnitID) bool {
	_, writes := q.(*db.Tx)
	return l.InOrder && !writes && len(units) <= fewUnits
}

// named adds the entries whose facts name one of the units on or after a day.
func (f *unitFacts) named(ctx context.Context, q db.Querier, h hanging, units []org.UnitID, from civil.Date) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.follow(ctx, q); err != nil {
		f.by = nil // half read
		return err
	}
	if err := f.hold(ctx, q, units); err != nil {
		return err
	}
	for _, u := range units {
		for entry, day := range f.by[u] {
			if day >= from {
				h.add(u, entry, day)
			}
		}
	}
	return nil
}

// follow adds the facts of the entries that were acted on since the last question.
func (f *unitFacts) follow(ctx context.Context, q db.Querier) error {
	var leaf int64
	if err := q.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM audit_leaf`).Scan(&leaf); err != nil {
		return fmt.Errorf("read last leaf: %w", err)
	}
	if f.by == nil || len(f.by) > mostUnitsHeld {
		f.by, f.leaf = map[org.UnitID]map[int64]civil.Date{}, leaf
	}
	if len(f.by) == 0 || f.leaf == leaf {
		f.leaf = leaf
		return nil
	}
	changed := map[int64]bool{}
	err := each(ctx, q, func(r scanner) error {
		var id int64
		err := r.Scan(&id)
		changed[id] = true
		return err
	}, `SELECT subject_id FROM audit_leaf WHERE id > $1 AND subject = '`+subject+`'`, f.leaf)
	if err != nil {
		return err
	}
	if f.leaf = leaf; len(changed) > mostFollowed {
		f.by = map[org.UnitID]map[int64]civil.Date{}
		return nil
	}
	for part := range slices.Chunk(slices.Sorted(maps.Keys(changed)), fewUnits) {
		args := make([]any, len(part))
		for i, id := range part {
			args[i] = id
		}
		if err := f.read(ctx, q, `entry IN (`+list(1, len(part))+`)`, args); err != nil {
			return err
		}
	}
	return nil
}

// hold reads the facts of units that are not held yet.
func (f *unitFacts) hold(ctx context.Context, q db.Querier, units []org.UnitID) error {
	var args []any
	for _, u := range units {
		if f.by[u] == nil {
			args = append(args, int64(u))
		}
	}
	if len(args) == 0 {
		return nil
	}
	for _, u := range args {
		f.by[org.UnitID(u.(int64))] = map[int64]civil.Date{}
	}
	if err := f.read(ctx, q, `unit IN (`+list(1, len(args))+`)`, args); err != nil {
		f.by = nil // half read
		return err
	}
	return nil
}

// read takes facts of the units that are held.
func (f *unitFacts) read(ctx context.Context, q db.Querier, where string, args []any) error {
	return each(ctx, q, func(r scanner) error {
		var u org.UnitID
		var entry int64
		var day civil.Date
		if err := r.Scan(&u, &entry, &day); err != nil {
			return err
		}
		if held := f.by[u]; held != nil {
			held[entry] = max(held[entry], day)
		}
		return nil
	}, `SELECT unit, entry, day FROM fact WHERE `+where, args...)
}
