package db

import (
	"context"
	"database/sql"
	"fmt"
	"sort"
)

// liteSession is the transaction of one group on SQLite, lent to one act after
// the other.
type liteSession struct {
	w    *writer
	lost error            // the transaction is gone: nothing more may be written
	next map[string]int64 // ids reserved by this group, written back before COMMIT
}

func (g *liteSession) engine() Engine { return SQLite }

// Statements are not cancelled half-way: an interrupted INSERT rolls back the
// transaction of the whole group. The caller's context is looked at between.

func (g *liteSession) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := g.alive(ctx); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	stmt, err := g.w.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	res, err := stmt.ExecContext(ctx, args...)
	if lostTransaction(err) {
		g.lost = err
	}
	return res, err
}

func (g *liteSession) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := g.alive(ctx); err != nil {
		return nil, err
	}
	return g.w.conn.QueryContext(context.WithoutCancel(ctx), query, args...)
}

func (g *liteSession) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if g.alive(ctx) != nil {
		return g.w.conn.QueryRowContext(cancelled(), query)
	}
	ctx = context.WithoutCancel(ctx)
	stmt, err := g.w.prepared(ctx, query)
	if err != nil {
		return g.w.conn.QueryRowContext(ctx, query, args...) // fails again, in the Row
	}
	return stmt.QueryRowContext(ctx, args...)
}

func (g *liteSession) alive(ctx context.Context) error {
	if g.lost != nil {
		return g.lost
	}
	return ctx.Err()
}

// ids counts in memory from what the table says and writes the table before
// COMMIT, outside the savepoints: an act that rolls back must not give its ids
// to the next one, which may have read them.
func (g *liteSession) ids(ctx context.Context, name string, n int) ([]int64, error) {
	next, ok := g.next[name]
	if !ok {
		next = 1
		err := g.QueryRowContext(ctx, `SELECT next FROM id_counter WHERE name = $1`, name).Scan(&next)
		if err != nil && err != sql.ErrNoRows {
			return nil, fmt.Errorf("read ids of %s: %w", name, err)
		}
		if g.next == nil {
			g.next = map[string]int64{}
		}
	}
	g.next[name] = next + int64(n)
	return run(next, n), nil
}

func (g *liteSession) flushIDs() error {
	names := make([]string, 0, len(g.next))
	for name := range g.next {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		_, err := g.ExecContext(context.Background(), `INSERT INTO id_counter (name, next) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET next = excluded.next`, name, g.next[name])
		if err != nil {
			return fmt.Errorf("save ids of %s: %w", name, err)
		}
	}
	return nil
}

// liteRows is how many rows one INSERT of SQLite carries: more gains nothing.
const liteRows = 64

func (g *liteSession) insert(ctx context.Context, table string, cols []string, rows [][]any) error {
	args := make([]any, 0, liteRows*len(cols))
	for len(rows) > 0 {
		n := 1
		if len(rows) >= liteRows {
			n = liteRows
		}
		args = args[:0]
		for _, row := range rows[:n] {
			if len(row) != len(cols) {
				return fmt.Errorf("insert into %s: row of %d values for %d columns", table, len(row), len(cols))
			}
			args = append(args, row...)
		}
		if _, err := g.ExecContext(ctx, values(table, cols, n), args...); err != nil {
			return fmt.Errorf("insert into %s: %w", table, err)
		}
		rows = rows[n:]
	}
	return nil
}

// run is n numbers from first on.
func run(first int64, n int) []int64 {
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = first + int64(i)
	}
	return ids
}
