package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"danvan/internal/db"
)

// seriesCache knows the numbers of series keys that are committed.
type seriesCache struct {
	mu  sync.RWMutex
	ids map[seriesName]int64
}

func (c *seriesCache) get(name seriesName) (int64, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	id, ok := c.ids[name]
	return id, ok
}

func (c *seriesCache) put(ids map[seriesName]int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil {
		c.ids = map[seriesName]int64{}
	}
	maps.Copy(c.ids, ids)
}

// number gives each name its id in known, making the keys that do not exist yet, in the order of names so that
// writers never wait for each other crosswise.
func (l *Ledger) number(ctx context.Context, tx *db.Tx, known map[seriesName]int64, wanted []seriesName) error {
	var missing []seriesName
	for _, name := range wanted {
		if _, ok := known[name]; ok {
			continue
		}
		if id, ok := l.series.get(name); ok {
			known[name] = id
			continue
		}
		missing = append(missing, name)
	}
	slices.SortFunc(missing, seriesName.compare)
	missing = slices.Compact(missing)
	if len(missing) == 0 {
		return nil
	}
	found := make(map[seriesName]int64, len(missing))
	for part := range slices.Chunk(missing, 200) {
		if err := makeSeries(ctx, tx, part, found); err != nil {
			return fmt.Errorf("number series: %w", err)
		}
	}
	maps.Copy(known, found)
	tx.AfterCommit(func() { l.series.put(found) })
	return nil
}

func makeSeries(ctx context.Context, tx *db.Tx, names []seriesName, found map[seriesName]int64) error {
	if err := findSeries(ctx, tx, names, found); err != nil {
		return err
	}
	var absent []seriesName
	for _, n := range names {
		if _, ok := found[n]; !ok {
			absent = append(absent, n)
		}
	}
	if len(absent) == 0 {
		return nil
	}
	ids, err := tx.IDs(ctx, "series_key", len(absent))
	if err != nil {
		return err
	}
	args := make([]any, 0, 4*len(absent))
	for i, n := range absent {
		args = append(args, ids[i], n.code, n.labels, n.role)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO series_key (id, code, labels, role) VALUES `+
		tuples(len(absent), 4)+` ON CONFLICT (code, labels, role) DO NOTHING`, args...)
	if err != nil {
		return err
	}
	return findSeries(ctx, tx, absent, found)
}

func findSeries(ctx context.Context, tx *db.Tx, names []seriesName, found map[seriesName]int64) error {
	args := make([]any, 0, 3*len(names))
	for _, n := range names {
		args = append(args, n.code, n.labels, n.role)
	}
	rows, err := tx.QueryContext(ctx, `SELECT id, code, labels, role FROM series_key
		WHERE (code, labels, role) IN (VALUES `+tuples(len(names), 3)+`)`, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var n seriesName
		if err := rows.Scan(&id, &n.code, &n.labels, &n.role); err != nil {
			return err
		}
		found[n] = id
	}
	return rows.Err()
}

// tuples writes n groups of numbered parameters: ($1,$2),($3,$4).
func tuples(n, width int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for j := range width {
			if j > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(i*width + j + 1))
		}
		b.WriteByte(')')
	}
	return b.String()
}

// list writes numbered parameters $from, $from+1, ... for an IN list.
func list(from, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "$%d", from+i)
	}
	return b.String()
}
