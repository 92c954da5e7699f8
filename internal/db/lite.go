package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// liteSession is the transaction of one group on SQLite, lent to one act after
// the other.
type liteSession struct {
	w    *writer
	lost error // the transaction is gone: nothing more may be written
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

func (g *liteSession) later(ctx context.Context, query string, args []any) error {
	_, err := g.ExecContext(ctx, query, args...)
	return err
}

func (g *liteSession) scan(ctx context.Context, dest []any, query string, args []any) error {
	return g.QueryRowContext(ctx, query, args...).Scan(dest...)
}

func (g *liteSession) ask(dest []any, query string, args []any) error {
	err := g.scan(context.Background(), dest, query, args)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	return err
}

func (g *liteSession) reserve([]string) {} // ids come from memory

func (g *liteSession) retryOn(string) {} // there is one writer

func (g *liteSession) alive(ctx context.Context) error {
	if g.lost != nil {
		return g.lost
	}
	return ctx.Err()
}

// block is a run of ids that this process has reserved and not yet given out.
type block struct {
	next, end int64
	reserved  bool // by the transaction in progress: the table does not say so yet
}

// spareIDs are reserved beyond what was asked for, so that most acts neither
// read nor write the counter.
const spareIDs = 64

// ids takes from the process's block. The table is written before COMMIT,
// outside the savepoints: an act that rolls back must not have its ids given
// to another, which may stand beside it in the same group.
func (g *liteSession) ids(ctx context.Context, name string, n int) ([]int64, error) {
	b := g.w.blocks[name]
	if b.next+int64(n) > b.end || b.end == 0 {
		if !b.reserved {
			start, err := g.counter(ctx, name)
			if err != nil {
				return nil, err
			}
			if start != b.end { // the first time, or another process has gone on
				b.next = start
			}
		}
		b.end, b.reserved = b.next+int64(n)+spareIDs, true
	}
	first := b.next
	b.next += int64(n)
	g.w.blocks[name] = b
	return sequence(first, n), nil
}

// counter is the first id that no process has reserved.
func (g *liteSession) counter(ctx context.Context, name string) (int64, error) {
	next := int64(1)
	err := g.QueryRowContext(ctx, `SELECT next FROM id_counter WHERE name = $1`, name).Scan(&next)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read ids of %s: %w", name, err)
	}
	return next, nil
}

// flushIDs writes what this transaction has reserved.
func (g *liteSession) flushIDs() error {
	for name, b := range g.w.blocks {
		if !b.reserved {
			continue
		}
		_, err := g.ExecContext(context.Background(), `INSERT INTO id_counter (name, next) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET next = excluded.next`, name, b.end)
		if err != nil {
			return fmt.Errorf("save ids of %s: %w", name, err)
		}
		b.reserved = false
		g.w.blocks[name] = b
	}
	return nil
}

// returnIDs gives back, at the end of the program, what was reserved and not
// used, unless another process has gone on from there. A failure costs a gap.
func (w *writer) returnIDs() {
	if len(w.blocks) == 0 || w.exec("BEGIN IMMEDIATE") != nil {
		return
	}
	g := &liteSession{w: w}
	for name, b := range w.blocks {
		g.ExecContext(context.Background(), `UPDATE id_counter SET next = $1 WHERE name = $2 AND next = $3`, b.next, name, b.end)
	}
	if w.exec("COMMIT") != nil {
		w.exec("ROLLBACK")
	}
}

// liteRows is how many rows one INSERT of SQLite carries: more gains nothing.
const liteRows = 16

func (g *liteSession) insert(ctx context.Context, table string, cols []string, rows [][]any) error {
	return g.upsert(ctx, table, cols, rows, "")
}

func (g *liteSession) upsert(ctx context.Context, table string, cols []string, rows [][]any, conflict string) error {
	args := make([]any, 0, min(len(rows), liteRows)*len(cols))
	one, many := "", ""
	for len(rows) > 0 {
		n, query := liteRows, &many
		if len(rows) < liteRows {
			n, query = 1, &one
		}
		if *query == "" {
			*query = SQLite.values(table, cols, n) + conflict
		}
		args = args[:0]
		for _, row := range rows[:n] {
			if len(row) != len(cols) {
				return fmt.Errorf("insert into %s: row of %d values for %d columns", table, len(row), len(cols))
			}
			args = append(args, row...)
		}
		if _, err := g.ExecContext(ctx, *query, args...); err != nil {
			return fmt.Errorf("insert into %s: %w", table, err)
		}
		rows = rows[n:]
	}
	return nil
}

// sequence is n numbers from first on.
func sequence(first int64, n int) []int64 {
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = first + int64(i)
	}
	return ids
}
