package web

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// head is what the first page counts of an entry. 32 bytes each.
type head struct {
	id    int64
	at    int64 // UTC milliseconds of the last act
	unit  org.UnitID
	day   civil.Date
	kind  uint16 // of heads.kinds
	state uint8  // of headStates
}

// heads holds the heads of all entries, by id, so that a count over ten years is no question to the database. The
// newer leaves of the log name the entries that were acted on since; those are read again before anything is counted.
// That needs leaves whose numbers grow in the order of their commits: PostgreSQL does not give that, and is asked anew
// each time (ask in home_ask.go).
type heads struct {
	mu    sync.RWMutex
	read  bool
	leaf  int64
	list  []head // ascending by id
	kinds []string
	kind  map[string]uint16
}

var headStates = []string{"recorded", "confirmed", "void"}

const (
	headRecorded = 0
	headVoid     = 2
)

// mostReread is how many entries are read one by one after an act; above it everything is read anew.
const mostReread = 20_000

// rereadAtOnce is how many of them one statement names.
const rereadAtOnce = 400

// see runs fn over the heads as they stand now.
func (h *heads) see(ctx context.Context, d *db.DB, fn func(*heads)) error {
	leaf, err := lastLeaf(ctx, d.Read())
	if err != nil {
		return err
	}
	h.mu.RLock()
	if h.read && h.leaf >= leaf {
		defer h.mu.RUnlock()
		fn(h)
		return nil
	}
	h.mu.RUnlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := d.View(ctx, func(q db.Querier) error { return h.follow(ctx, q) }); err != nil {
		h.read = false // half read: from the beginning next time
		return err
	}
	fn(h)
	return nil
}

// follow reads what was acted on since, in the snapshot of q.
func (h *heads) follow(ctx context.Context, q db.Querier) error {
	leaf, err := lastLeaf(ctx, q)
	if err != nil {
		return err
	}
	var changed []int64
	if h.read {
		if changed, err = actedOn(ctx, q, h.leaf); err != nil {
			return err
		}
	}
	if !h.read || len(changed) > mostReread {
		h.list, h.kinds, h.kind = nil, nil, map[string]uint16{}
		if err := h.take(ctx, q, ``); err != nil {
			return err
		}
		slices.SortFunc(h.list, func(a, b head) int { return cmp.Compare(a.id, b.id) })
		h.list = slices.Clip(h.list)
	}
	for part := range slices.Chunk(changed, rereadAtOnce) {
		if len(changed) > mostReread {
			break
		}
		marks, args := make([]string, len(part)), make([]any, len(part))
		for i, id := range part {
			marks[i], args[i] = fmt.Sprintf("$%d", i+1), id
		}
		if err := h.take(ctx, q, ` WHERE id IN (`+strings.Join(marks, ", ")+`)`, args...); err != nil {
			return err
		}
	}
	h.read, h.leaf = true, leaf
	return nil
}

// actedOn are the entries that leaves after one are about, each once.
func actedOn(ctx context.Context, q db.Querier, leaf int64) ([]int64, error) {
	rows, err := q.QueryContext(ctx, `SELECT subject_id FROM audit_leaf WHERE id > $1 AND subject = 'entry' ORDER BY id`, leaf)
	if err != nil {
		return nil, fmt.Errorf("read newer leaves: %w", err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read newer leaves: %w", err)
		}
		out = append(out, id)
	}
	slices.Sort(out)
	return slices.Compact(out), rows.Err()
}

// take reads heads into their places: at the end where they are newer than all, which almost all are.
func (h *heads) take(ctx context.Context, q db.Querier, where string, args ...any) error {
	rows, err := q.QueryContext(ctx, `SELECT id, at_ms, unit, day, kind, state FROM entry`+where, args...)
	if err != nil {
		return fmt.Errorf("read heads of entries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var x head
		var kind, state string
		if err := rows.Scan(&x.id, &x.at, &x.unit, &x.day, &kind, &state); err != nil {
			return fmt.Errorf("read heads of entries: %w", err)
		}
		x.kind, x.state = h.number(kind), uint8(slices.Index(headStates, state))
		h.put(x)
	}
	return rows.Err()
}

func (h *heads) put(x head) {
	if !h.read { // sorted after the last
		h.list = append(h.list, x)
		return
	}
	at, found := slices.BinarySearchFunc(h.list, x.id, func(a head, id int64) int { return cmp.Compare(a.id, id) })
	if found {
		h.list[at] = x
		return
	}
	h.list = slices.Insert(h.list, at, x)
}

func (h *heads) number(kind string) uint16 {
	n, ok := h.kind[kind]
	if !ok {
		n = uint16(len(h.kinds))
		h.kind[kind] = n
		h.kinds = append(h.kinds, kind)
	}
	return n
}

// count counts the entries of a period that are not void, by body, kind and state.
func (h *heads) count(p civil.Period) []counted {
	type key struct {
		unit  org.UnitID
		kind  uint16
		state uint8
	}
	sums := map[key]int64{}
	for i := range h.list {
		if x := &h.list[i]; x.day >= p.From && x.day <= p.To && x.state != headVoid {
			sums[key{x.unit, x.kind, x.state}]++
		}
	}
	out := make([]counted, 0, len(sums))
	for k, n := range sums {
		out = append(out, counted{k.unit, h.kinds[k.kind], headStates[k.state], n})
	}
	return out
}

// newest are the first entries, in an order, of those that fit.
func (h *heads) newest(n int, fits func(*head) bool, before func(a, b *head) int) []int64 {
	var best []*head
	for i := range h.list {
		x := &h.list[i]
		if !fits(x) || len(best) == n && before(x, best[n-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, x, before)
		best = slices.Insert(best, at, x)
		best = best[:min(n, len(best))]
	}
	ids := make([]int64, len(best))
	for i, x := range best {
		ids[i] = x.id
	}
	return ids
}

// byDay puts the latest day first, byAct the latest act.
func byDay(a, b *head) int { return cmp.Or(cmp.Compare(b.day, a.day), cmp.Compare(b.id, a.id)) }
func byAct(a, b *head) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.id, a.id)) }
