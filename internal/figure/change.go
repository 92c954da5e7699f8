package figure

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/db"
)

// open gives what is held of the version v, which is that of the snapshot q; nil where it is older than what is held.
func (c *Cache) open(s *session, v version) (*held, error) {
	c.mu.Lock()
	now, before := c.now, c.before
	c.mu.Unlock()
	switch {
	case now.version == v:
		return now, nil
	case before != nil && before.version == v:
		return before, nil
	case v.leaf < now.version.leaf:
		return nil, nil
	}
	posted, known, err := postedSince(s.ctx, s.q, s.engine.DB.Engine(), now.version, v)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now != now {
		if c.now.version == v {
			return c.now, nil
		}
		return nil, nil
	}
	next := newHeld(v)
	if known {
		next = now.with(v, posted, s)
	}
	c.now, c.before = next, now
	return next, nil
}

// maxPosted is how many acts are followed one by one; after more, everything is read anew.
const maxPosted = 2000

// posted is a fact with the series that it adds to.
type posted struct {
	series int64
	heldFact
}

// postedSince are the facts that acts after a version have posted, and the older ones of the same entries. Totals
// change by the facts of an entry's acts, or else by a change of units, which makes another version of the tree.
// known is false where the facts cannot be told.
func postedSince(ctx context.Context, q db.Querier, engine db.Engine, since, now version) (out []posted, known bool, err error) {
	if engine == db.Postgres || since.leaf == 0 || since.tree != now.tree || now.leaf-since.leaf > maxPosted {
		return nil, false, nil
	}
	rows, err := q.QueryContext(ctx, fmt.Sprintf(`SELECT DISTINCT f.series, f.entry, f.leaf, l.at_ms, f.unit, f.day, coalesce(f.by_day, 0), f.value, f.n, f.c_value, f.c_n, f.id
		FROM audit_leaf a JOIN fact f ON f.entry = a.subject_id JOIN audit_leaf l ON l.id = f.leaf
		WHERE a.id > %d AND a.subject = 'entry'`, since.leaf))
	if err != nil {
		return nil, false, fmt.Errorf("read new facts: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p posted
		var id int64
		if err := rows.Scan(&p.series, &p.entry, &p.leaf, &p.at, &p.unit, &p.day, &p.by, &p.value, &p.n, &p.cValue, &p.cN, &id); err != nil {
			return nil, false, fmt.Errorf("read new facts: %w", err)
		}
		out = append(out, p)
	}
	return out, true, rows.Err()
}

// with is what is held with the facts posted after it, for the version that they lead to. Answers go that read a
// series of an entry that was acted upon.
func (h *held) with(v version, facts []posted, s *session) *held {
	next := &held{version: v, columns: maps.Clone(h.columns), facts: maps.Clone(h.facts), answers: maps.Clone(h.answers), bytes: h.bytes}
	bySeries, touched := map[int64][]heldFact{}, map[int64][]civil.Date{}
	for _, p := range facts {
		if days := touched[p.series]; !slices.Contains(days, p.day) {
			touched[p.series] = append(days, p.day)
		}
		if p.leaf <= h.version.leaf {
			continue
		}
		if e, ok := s.tree.EraOn(p.unit, p.day); ok {
			p.era = int64(e.ID)
		}
		bySeries[p.series] = append(bySeries[p.series], p.heldFact)
	}
	for series, added := range bySeries {
		next.addTo(series, added)
	}
	next.forget(s.byCode(touched))
	return next
}

// addTo adds the facts of one series to what is held of it.
func (h *held) addTo(series int64, added []heldFact) {
	for _, g := range []grain{years, buckets} {
		for _, s := range []Status{All, Confirmed} {
			k := columnKey{series, g, s}
			if col := h.columns[k]; col != nil {
				h.bytes -= col.size()
				col = col.with(added, g, s)
				h.columns[k], h.bytes = col, h.bytes+col.size()
			}
		}
	}
	if col := h.facts[series]; col != nil {
		h.bytes -= col.size()
		col = col.with(added)
		h.facts[series], h.bytes = col, h.bytes+col.size()
	}
}

// forget drops the answers that follow from one of the series on one of the days.
func (h *held) forget(touched map[string][]civil.Date) {
	for k, a := range h.answers {
		if a.follows(touched) {
			h.bytes -= a.size()
			delete(h.answers, k)
		}
	}
}

// byCode names series by their codes instead of their numbers.
func (s *session) byCode(days map[int64][]civil.Date) map[string][]civil.Date {
	out := map[string][]civil.Date{}
	for code, keys := range s.keys {
		for _, k := range keys {
			out[code] = append(out[code], days[k.id]...)
		}
	}
	return out
}

// with is the column with facts added.
func (c *column) with(facts []heldFact, g grain, s Status) *column {
	out := &column{eras: slices.Clone(c.eras), start: slices.Clone(c.start), time: slices.Clone(c.time), value: slices.Clone(c.value), n: slices.Clone(c.n), used: c.used}
	for _, f := range facts {
		at := int32(f.day.Year())
		if g == buckets {
			at = int32(civil.BucketOf(f.day))
		}
		value, n := f.of(s)
		out.add(f.era, at, value, int32(n))
	}
	return out
}

// add changes the running sums of an era from a time on.
func (c *column) add(era int64, at int32, value int64, n int32) {
	if value == 0 && n == 0 {
		return
	}
	i, found := slices.BinarySearch(c.eras, era)
	if !found {
		c.eras = slices.Insert(c.eras, i, era)
		c.start = slices.Insert(c.start, i, c.start[i])
	}
	lo, hi := int(c.start[i]), int(c.start[i+1])
	j := lo + seek(c.time[lo:hi], at)
	if j == hi || c.time[j] != at {
		var v int64
		var k int32
		if j > lo {
			v, k = c.value[j-1], c.n[j-1]
		}
		c.time, c.value, c.n = slices.Insert(c.time, j, at), slices.Insert(c.value, j, v), slices.Insert(c.n, j, k)
		for k := i + 1; k < len(c.start); k++ {
			c.start[k]++
		}
		hi++
	}
	for ; j < hi; j++ {
		c.value[j], c.n[j] = c.value[j]+value, c.n[j]+n
	}
}
