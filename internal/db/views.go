package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// Views is View for work that is shared out: it gives up to n readers that all
// see the same moment, so that several goroutines can read at once. A database
// opened for reading alone gives one.
func (d *DB) Views(ctx context.Context, n int, fn func(readers []Querier) error) error {
	if d.config.ReadOnly || n < 2 {
		return d.View(ctx, func(q Querier) error { return fn([]Querier{q}) })
	}
	txs, err := d.oneMoment(ctx, n)
	defer func() {
		for _, tx := range txs {
			tx.Rollback()
		}
	}()
	if err != nil {
		return fmt.Errorf("begin views: %w", err)
	}
	readers := make([]Querier, len(txs))
	for i, tx := range txs {
		readers[i] = tx
	}
	return fn(readers)
}

// oneMoment begins n transactions of one snapshot. SQLite: nobody can write
// while they take it. PostgreSQL: the first one passes its snapshot on.
func (d *DB) oneMoment(ctx context.Context, n int) (txs []*sql.Tx, err error) {
	if d.engine == SQLite {
		stop := errors.New("nothing to write")
		err := d.WriteAlone(ctx, func(*Tx) error {
			for range n {
				tx, err := d.read.BeginTx(ctx, d.engine.snapshot())
				if err != nil {
					return err
				}
				txs = append(txs, tx)
				var any int // a snapshot is taken by the first read
				if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM meta`).Scan(&any); err != nil {
					return err
				}
			}
			return stop
		})
		if errors.Is(err, stop) {
			err = nil
		}
		return txs, err
	}
	var snapshot string
	for i := range n {
		tx, err := d.read.BeginTx(ctx, d.engine.snapshot())
		if err != nil {
			return txs, err
		}
		txs = append(txs, tx)
		if i == 0 {
			err = tx.QueryRowContext(ctx, `SELECT pg_export_snapshot()`).Scan(&snapshot)
		} else {
			_, err = tx.ExecContext(ctx, `SET TRANSACTION SNAPSHOT '`+strings.ReplaceAll(snapshot, "'", "")+`'`)
		}
		if err != nil {
			return txs, err
		}
	}
	return txs, nil
}
