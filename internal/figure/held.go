package figure

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// heldFact is a fact in memory; era is the one that it lies in.
type heldFact struct {
	entry, leaf   int64
	at            int64 // moment of the leaf, UTC ms
	era           int64
	unit          org.UnitID
	value, cValue int64
	day, by       civil.Date // by is 0 for none
	n, cN         int8
}

// of is what the fact adds at a status.
func (f heldFact) of(s Status) (value, n int64) {
	if s == Confirmed {
		return f.cValue, int64(f.cN)
	}
	return f.value, int64(f.n)
}

func (f heldFact) compare(o heldFact) int {
	return cmp.Or(cmp.Compare(f.day, o.day), cmp.Compare(f.unit, o.unit), cmp.Compare(f.entry, o.entry), cmp.Compare(f.leaf, o.leaf))
}

// factColumn is all facts of one series, opposites included, by day, unit and entry.
type factColumn struct {
	rows []heldFact
	used int64
}

func (c *factColumn) size() int64 { return int64(len(c.rows))*72 + 64 }

func (c *factColumn) with(added []heldFact) *factColumn {
	rows := slices.Concat(c.rows, added)
	slices.SortStableFunc(rows, heldFact.compare)
	return &factColumn{rows: rows, used: c.used}
}

// in are the facts of a window.
func (c *factColumn) in(w window) []heldFact {
	a := sort.Search(len(c.rows), func(i int) bool { return c.rows[i].day >= w.from })
	b := a + sort.Search(len(c.rows)-a, func(i int) bool { return c.rows[a+i].day > w.to })
	return c.rows[a:b]
}

func (f factFilter) keeps(x heldFact) bool {
	return (f.asOf == 0 || x.at <= f.asOf) && (f.after == 0 || x.by > f.after) && (f.upTo == 0 || x.by <= f.upTo) && (f.unit == 0 || x.unit == f.unit)
}

// sums adds up the facts that a filter keeps, by era, ascending.
func (c *factColumn) sums(f factFilter) []cell {
	byEra := map[int64]cell{}
	for _, x := range c.in(f.window) {
		if !f.keeps(x) {
			continue
		}
		v, n := x.of(f.status)
		s := byEra[x.era]
		byEra[x.era] = cell{x.era, s.value + v, s.n + n}
	}
	out := make([]cell, 0, len(byEra))
	for _, era := range slices.Sorted(maps.Keys(byEra)) {
		out = append(out, byEra[era])
	}
	return out
}

// current appends the facts that a filter keeps and that stand: those of one entry on one day are next to each other.
func (c *factColumn) current(out []factRow, series int64, f factFilter) []factRow {
	rows := c.in(f.window)
	for i := 0; i < len(rows); {
		first := rows[i]
		r := factRow{entry: first.entry, series: series, unit: first.unit, day: first.day}
		for ; i < len(rows) && rows[i].entry == first.entry && rows[i].unit == first.unit && rows[i].day == first.day; i++ {
			if !f.keeps(rows[i]) {
				continue
			}
			v, n := rows[i].of(f.status)
			r.value, r.n, r.leaf = r.value+v, r.n+n, max(r.leaf, rows[i].leaf)
		}
		if r.n > 0 {
			out = append(out, r)
		}
	}
	return out
}

// maxHeldFacts is how many facts one series may have to be held one by one.
const maxHeldFacts = 100_000

// inMemory gives the facts of the series that are held, reading those that are asked for again, and lists the rest.
func (s *session) inMemory(series []int64) (map[int64]*factColumn, []int64, error) {
	if s.held == nil || s.cache.eager {
		return nil, series, nil
	}
	have, missing := s.cache.takeFacts(s.held, series)
	if len(missing) == 0 {
		return have, nil, nil
	}
	cold, load := s.cache.miss(missing, oneByOne, "")
	for len(load) > 0 {
		part := load[:min(len(load), 200)]
		load = load[len(part):]
		read, err := readFacts(s.ctx, s.q, s.tree, part)
		if err != nil {
			return nil, nil, err
		}
		if read == nil {
			cold = append(cold, part...)
			continue
		}
		s.cache.putFacts(s.held, read)
		maps.Copy(have, read)
	}
	return have, cold, nil
}

// takeFacts gives the facts held and lists the series that are missing.
func (c *Cache) takeFacts(h *held, series []int64) (map[int64]*factColumn, []int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	have := make(map[int64]*factColumn, len(series))
	var missing []int64
	c.tick++
	for _, id := range series {
		if col := h.facts[id]; col != nil {
			col.used = c.tick
			have[id] = col
		} else {
			missing = append(missing, id)
		}
	}
	return have, missing
}

func (c *Cache) putFacts(h *held, cols map[int64]*factColumn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, col := range cols {
		if old := h.facts[id]; old != nil {
			h.bytes -= old.size()
		}
		col.used = c.tick
		h.facts[id] = col
		h.bytes += col.size()
		delete(c.misses, columnKey{id, oneByOne, ""})
	}
	c.trim(h)
}

// readFacts reads all facts of some series, nil where they are too many to be held.
func readFacts(ctx context.Context, q db.Querier, tree *org.Tree, series []int64) (map[int64]*factColumn, error) {
	var many int
	err := q.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT 1 FROM fact WHERE series IN (%s) LIMIT %d) AS r`, list(series), maxHeldFacts+1)).Scan(&many)
	if err != nil {
		return nil, fmt.Errorf("count facts: %w", err)
	}
	if many > maxHeldFacts {
		return nil, nil
	}
	rows, err := q.QueryContext(ctx, fmt.Sprintf(`SELECT f.series, f.entry, f.leaf, l.at_ms, f.unit, f.day, coalesce(f.by_day, 0), f.value, f.n, f.c_value, f.c_n
		FROM fact f JOIN audit_leaf l ON l.id = f.leaf WHERE f.series IN (%s)`, list(series)))
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	defer rows.Close()
	out := make(map[int64]*factColumn, len(series))
	for _, id := range series {
		out[id] = &factColumn{}
	}
	for rows.Next() {
		var p posted
		if err := rows.Scan(&p.series, &p.entry, &p.leaf, &p.at, &p.unit, &p.day, &p.by, &p.value, &p.n, &p.cValue, &p.cN); err != nil {
			return nil, fmt.Errorf("read facts: %w", err)
		}
		if e, ok := tree.EraOn(p.unit, p.day); ok {
			p.era = int64(e.ID)
		}
		out[p.series].rows = append(out[p.series].rows, p.heldFact)
	}
	for _, c := range out {
		slices.SortStableFunc(c.rows, heldFact.compare)
	}
	return out, rows.Err()
}
