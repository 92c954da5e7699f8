package figure

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sort"
	"sync"

	"danvan/internal/db"
)

// Cache keeps totals in memory as running sums, one column for each series, status and grain (years or
// buckets), and the facts of series that are asked for one by one. It is derived and may be thrown away at any time.
//
// What it holds is right for one version of the database: the newest audit leaf and the version of the tree of
// units, both read in the snapshot that is being answered. Each act leaves a leaf in its own transaction, so newer
// leaves name the facts that were posted since, whoever's process posted them; these are added to what is held
// (change.go). That needs leaves whose ids grow in the order of their commits, which holds on SQLite, where one
// writes at a time. On PostgreSQL a smaller id may commit later, so there the version is the server's own snapshot
// and any commit drops everything.
type Cache struct {
	limit int64 // bytes

	mu     sync.Mutex
	now    *held // of the newest version seen
	before *held // of the one before it, for those who still read it
	misses map[columnKey]int
	tick   int64
	eager  bool    // hold what is asked for at once
	eras   []int64 // of these eras alone; nil is all
}

// NewCache returns a cache of at most the given bytes.
func NewCache(bytes int64) *Cache {
	return &Cache{limit: bytes, now: newHeld(version{}), misses: map[columnKey]int{}}
}

// held is what is held of one version. Columns are never changed, so versions share them.
type held struct {
	version version
	columns map[columnKey]*column
	facts   map[int64]*factColumn // by series
	answers map[answerKey]*known
	bytes   int64
}

func newHeld(v version) *held {
	return &held{version: v, columns: map[columnKey]*column{}, facts: map[int64]*factColumn{}, answers: map[answerKey]*known{}}
}

// version is a state of the database.
type version struct {
	leaf     int64
	tree     string
	snapshot string // PostgreSQL only
}

type grain byte

const (
	years    grain = 'y'
	buckets  grain = 'b'
	oneByOne grain = 'f' // facts one by one
)

// table is where a grain is kept, and the name of its time.
func (g grain) table() (table, time string) {
	if g == years {
		return "total_year", "year"
	}
	return "total_bucket", "bucket"
}

type columnKey struct {
	series int64
	grain  grain
	status Status
}

// column is one series: for each era its times, ascending, with the running sums up to and including each.
type column struct {
	eras  []int64
	start []int32 // start[i] to start[i+1] are the rows of eras[i]
	time  []int32
	value []int64
	n     []int32
	used  int64

	mu   sync.Mutex
	flat map[*reach]*column // summed over the eras of a reach
}

// size counts the column and room for a few sums.
func (c *column) size() int64 { return int64(len(c.eras))*12 + int64(len(c.time))*16 + maxFlat*600 }

// maxFlat is how many sums over reaches a column keeps.
const maxFlat = 8

// over is the column summed over the eras of a reach in which all count in full.
func (c *column) over(r *reach) *column {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.flat[r]; f != nil {
		return f
	}
	sums := map[int32]cell{}
	for i, k := 0, 0; i < len(c.eras); i++ {
		for k < len(r.eras) && r.eras[k] < c.eras[i] {
			k++
		}
		if k == len(r.eras) || r.eras[k] != c.eras[i] {
			continue
		}
		var v int64
		var n int32
		for j := c.start[i]; j < c.start[i+1]; j++ {
			s := sums[c.time[j]]
			s.value, s.n = s.value+c.value[j]-v, s.n+int64(c.n[j]-n)
			sums[c.time[j]] = s
			v, n = c.value[j], c.n[j]
		}
	}
	f := &column{}
	for _, at := range slices.Sorted(maps.Keys(sums)) {
		f.push(0, at, sums[at].value, int32(sums[at].n))
	}
	f.start = append(f.start, int32(len(f.time)))
	if c.flat == nil || len(c.flat) >= maxFlat {
		c.flat = map[*reach]*column{}
	}
	c.flat[r] = f
	return f
}

// appendSums adds to out the cells of the window from..to.
func (c *column) sums(out []cell, from, to int32) []cell {
	for i, era := range c.eras {
		lo, hi := int(c.start[i]), int(c.start[i+1])
		times := c.time[lo:hi]
		a, b := seek(times, from), seek(times, to+1)
		if a == b {
			continue
		}
		v, n := c.value[lo+b-1], c.n[lo+b-1]
		if a > 0 {
			v, n = v-c.value[lo+a-1], n-c.n[lo+a-1]
		}
		out = append(out, cell{era, v, int64(n)})
	}
	return out
}

// seek is the first index whose time is t or later. Times are mostly the same run for every era, so the ends
// are tried first.
func seek(times []int32, t int32) int {
	switch {
	case len(times) == 0 || t <= times[0]:
		return 0
	case t > times[len(times)-1]:
		return len(times)
	}
	return sort.Search(len(times), func(i int) bool { return times[i] >= t })
}

// take gives the columns held and lists the series that are missing.
func (c *Cache) take(h *held, series []int64, g grain, s Status) (map[int64]*column, []int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	have := make(map[int64]*column, len(series))
	var missing []int64
	c.tick++
	for _, id := range series {
		if col := h.columns[columnKey{id, g, s}]; col != nil {
			col.used = c.tick
			have[id] = col
		} else {
			missing = append(missing, id)
		}
	}
	return have, missing
}

// A whole column costs far more to read than one answer from the tables: it is read when it has been missed this
// often.
const (
	missesOfYears   = 2
	missesOfBuckets = 3
	missesOfFacts   = 2
)

// miss counts series that are not held and says which to ask the tables for and which to read in whole.
func (c *Cache) miss(series []int64, g grain, s Status) (cold, load []int64) {
	if c.eager {
		return nil, series
	}
	enough := map[grain]int{years: missesOfYears, buckets: missesOfBuckets, oneByOne: missesOfFacts}[g]
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range series {
		k := columnKey{id, g, s}
		if c.misses[k]++; c.misses[k] >= enough {
			load = append(load, id)
		} else {
			cold = append(cold, id)
		}
	}
	return cold, load
}

// put keeps columns read in the snapshot of h.
func (c *Cache) put(h *held, g grain, s Status, cols map[int64]*column) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, col := range cols {
		k := columnKey{id, g, s}
		if old := h.columns[k]; old != nil {
			h.bytes -= old.size()
		}
		col.used = c.tick
		h.columns[k] = col
		h.bytes += col.size()
		delete(c.misses, k)
	}
	c.trim(h)
}

// trim drops what was used longest ago while there are too many bytes.
func (c *Cache) trim(h *held) {
	if h.bytes <= c.limit {
		return
	}
	type candidate struct {
		used, size int64
		drop       func()
	}
	var all []candidate
	for k, col := range h.columns {
		all = append(all, candidate{col.used, col.size(), func() { delete(h.columns, k) }})
	}
	for id, col := range h.facts {
		all = append(all, candidate{col.used, col.size(), func() { delete(h.facts, id) }})
	}
	for k, a := range h.answers {
		all = append(all, candidate{a.used, a.size(), func() { delete(h.answers, k) }})
	}
	slices.SortFunc(all, func(a, b candidate) int { return cmp.Compare(a.used, b.used) })
	for _, x := range all {
		if h.bytes <= c.limit*3/4 {
			return
		}
		x.drop()
		h.bytes -= x.size
	}
}

// Bytes is what the cache holds now.
func (c *Cache) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now.bytes
}

// columns answers from a cache, reading what it lacks in the same snapshot.
type columns struct {
	tables // for what is not held
	cache  *Cache
	at     *held
}

func (t columns) cells(ctx context.Context, series []int64, w window) (cellSet, error) {
	set := make(cellSet, len(series))
	pieces, days := w.pieces()
	for _, p := range pieces {
		if err := t.add(ctx, set, series, w, p); err != nil {
			return nil, err
		}
	}
	return set, t.addDays(ctx, set, series, days)
}

func (t columns) add(ctx context.Context, set cellSet, series []int64, w window, p piece) error {
	cols, missing := t.cache.take(t.at, series, p.grain, t.need.status)
	cold, load := t.cache.miss(missing, p.grain, t.need.status)
	if len(load) > 0 {
		read, err := readColumns(ctx, t.q, load, t.cache.eras, p.grain, t.need.status)
		if err != nil {
			return err
		}
		t.cache.put(t.at, p.grain, t.need.status, read)
		for id, col := range read {
			cols[id] = col
		}
	}
	if len(cold) > 0 {
		got, err := t.tables.piece(ctx, cold, w, p)
		if err != nil {
			return err
		}
		set.merge(got, p.sign)
	}
	for id, col := range cols {
		if t.need.flat {
			col = col.over(t.need.reach)
		}
		set[id] = mergeCells(set[id], col.sums(make([]cell, 0, len(col.eras)), p.from, p.to), p.sign)
	}
	return nil
}

func readColumns(ctx context.Context, q db.Querier, series, eras []int64, g grain, s Status) (map[int64]*column, error) {
	table, time := g.table()
	value, n := columnsOf(s)
	only := ""
	if eras != nil {
		scan, err := scanPays(ctx, q, table, series, eras)
		if err != nil {
			return nil, err
		}
		if !scan {
			only = " AND era IN (" + list(eras) + ")"
		}
	}
	rows, err := q.QueryContext(ctx, fmt.Sprintf(`SELECT series, era, %s, %s, %s FROM %s WHERE series IN (%s)%s ORDER BY series, era, %s`,
		time, value, n, table, list(series), only, time))
	if err != nil {
		return nil, fmt.Errorf("read columns: %w", err)
	}
	defer rows.Close()
	cols := make(map[int64]*column, len(series))
	for _, id := range series {
		cols[id] = &column{}
	}
	var (
		id, era int64
		at, cn  int32
		v       int64
	)
	for rows.Next() {
		if err := rows.Scan(&id, &era, &at, &v, &cn); err != nil {
			return nil, fmt.Errorf("read columns: %w", err)
		}
		cols[id].push(era, at, v, cn)
	}
	for _, c := range cols {
		c.start = append(c.start, int32(len(c.time)))
	}
	return cols, rows.Err()
}

func (c *column) push(era int64, at int32, v int64, n int32) {
	if k := len(c.eras); k == 0 || c.eras[k-1] != era {
		c.eras = append(c.eras, era)
		c.start = append(c.start, int32(len(c.time)))
	} else {
		last := len(c.time) - 1
		v, n = v+c.value[last], n+c.n[last]
	}
	c.time = append(c.time, at)
	c.value = append(c.value, v)
	c.n = append(c.n, n)
}
