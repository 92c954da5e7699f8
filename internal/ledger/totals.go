package ledger

import (
	"context"
	"fmt"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// cell is the key of a total: at is a year or a bucket.
type cell struct {
	series int64
	era    org.EraID
	at     int32
}

// totals gathers what is to be added to the two tables of sums.
type totals struct{ years, buckets map[cell]Amount }

func newTotals() totals { return totals{map[cell]Amount{}, map[cell]Amount{}} }

// add counts a fact on the era that holds its day.
func (t totals) add(series int64, era org.EraID, day civil.Date, a Amount) {
	year := cell{series, era, int32(day.Year())}
	t.years[year] = t.years[year].plus(a)
	bucket := cell{series, era, int32(civil.BucketOf(day))}
	t.buckets[bucket] = t.buckets[bucket].plus(a)
}

// save adds the gathered sums to the tables, in the order of their keys, so that two writers that touch the same
// rows wait for each other in one direction only.
func (t totals) save(ctx context.Context, tx *db.Tx) error {
	if err := upsert(ctx, tx, "total_year", "year", t.years); err != nil {
		return fmt.Errorf("save yearly totals: %w", err)
	}
	if err := upsert(ctx, tx, "total_bucket", "bucket", t.buckets); err != nil {
		return fmt.Errorf("save totals by bucket: %w", err)
	}
	return nil
}

// insert writes the gathered sums into tables that are still empty.
func (t totals) insert(ctx context.Context, tx *db.Tx) error {
	for _, table := range [...]struct {
		name, at string
		sums     map[cell]Amount
	}{{"total_year", "year", t.years}, {"total_bucket", "bucket", t.buckets}} {
		cols := []string{"series", "era", table.at, "value", "n", "c_value", "c_n"}
		for part := range slices.Chunk(ordered(table.sums), 1<<15) {
			if err := tx.Insert(ctx, table.name, cols, cellRows(part, table.sums)); err != nil {
				return fmt.Errorf("insert totals: %w", err)
			}
		}
	}
	return nil
}

// ordered are the cells in the order of the tables' keys.
func ordered(sums map[cell]Amount) []cell {
	cells := make([]cell, 0, len(sums))
	for c := range sums {
		cells = append(cells, c)
	}
	slices.SortFunc(cells, cell.compare)
	return cells
}

// upsertChunk is how many cells are handed on together.
const upsertChunk = 4096

func upsert(ctx context.Context, tx *db.Tx, table, at string, sums map[cell]Amount) error {
	cols := []string{"series", "era", at, "value", "n", "c_value", "c_n"}
	add := ` ON CONFLICT (series, era, ` + at + `) DO UPDATE SET value = ` + table + `.value + excluded.value,
		n = ` + table + `.n + excluded.n, c_value = ` + table + `.c_value + excluded.c_value, c_n = ` + table + `.c_n + excluded.c_n`
	for part := range slices.Chunk(ordered(sums), upsertChunk) {
		if err := tx.Upsert(ctx, table, cols, cellRows(part, sums), add); err != nil {
			return err
		}
	}
	return nil
}

func cellRows(cells []cell, sums map[cell]Amount) [][]any {
	rows := make([][]any, len(cells))
	for i, c := range cells {
		a := sums[c]
		rows[i] = []any{c.series, int64(c.era), c.at, a.Value, a.N, a.CValue, a.CN}
	}
	return rows
}
