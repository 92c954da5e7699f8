package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
)

const insertLeaf = `INSERT INTO audit_leaf (id, at_ms, act, subject, subject_id, actor, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)`

func leafRow(id int64) []any {
	return []any{id, int64(1_700_000_000_000), "record", "entry", id, "cán bộ thử nghiệm", []byte("0123456789abcdef0123456789abcdef")}
}

// BenchmarkBareInsert is the yardstick: one prepared INSERT a COMMIT, on a
// database with the same settings, nothing around it.
func BenchmarkBareInsert(b *testing.B) {
	path := filepath.Join(b.TempDir(), "danvan.db")
	dbtest.Open(b, db.Config{Path: path}).Close()
	pool, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=synchronous(FULL)&_pragma=secure_delete(ON)")
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	stmt, err := pool.Prepare(insertLeaf)
	if err != nil {
		b.Fatal(err)
	}
	id := int64(0)
	for b.Loop() {
		id++
		if _, err := stmt.Exec(leafRow(id)...); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWrite is one durable act with one id and one row.
func BenchmarkWrite(b *testing.B) {
	dbtest.Bench(b, func(b *testing.B, d *db.DB) {
		for b.Loop() {
			if err := writeLeaf(d); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkWrite64 is the same from 64 clients at once.
func BenchmarkWrite64(b *testing.B) {
	dbtest.Bench(b, func(b *testing.B, d *db.DB) {
		b.SetParallelism(32) // times GOMAXPROCS
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := writeLeaf(d); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func writeLeaf(d *db.DB) error {
	ctx := context.Background()
	return d.Write(ctx, func(tx *db.Tx) error {
		id, err := tx.ID(ctx, "leaf")
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, insertLeaf, leafRow(id)...)
		return err
	})
}

// BenchmarkInsert is 100,000 rows of seven columns, three indexes.
func BenchmarkInsert(b *testing.B) {
	const n = 100_000
	dbtest.Bench(b, func(b *testing.B, d *db.DB) {
		ctx := context.Background()
		cols := []string{"id", "at_ms", "act", "subject", "subject_id", "actor", "hash"}
		for b.Loop() {
			err := d.WriteAlone(ctx, func(tx *db.Tx) error {
				ids, err := tx.IDs(ctx, "leaf", n)
				if err != nil {
					return err
				}
				rows := make([][]any, n)
				for i, id := range ids {
					rows[i] = leafRow(id)
				}
				return tx.Insert(ctx, "audit_leaf", cols, rows)
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}

// BenchmarkInsertPlain is 100,000 rows of eight integers in a table without
// further indexes, the shape of facts.
func BenchmarkInsertPlain(b *testing.B) {
	const n = 100_000
	dbtest.Bench(b, func(b *testing.B, d *db.DB) {
		ctx := context.Background()
		cols := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
		rows := make([][]any, n)
		for i := range rows {
			rows[i] = []any{int64(i), 1, int64(2), 20190101, nil, int64(i * 7), 1, 0}
		}
		for i := 0; b.Loop(); i++ {
			err := d.WriteAlone(ctx, func(tx *db.Tx) error {
				table := fmt.Sprintf("plain%d", i)
				_, err := tx.ExecContext(ctx, "CREATE TABLE "+table+` (a BIGINT PRIMARY KEY, b BIGINT, c BIGINT, d BIGINT, e BIGINT, f BIGINT, g BIGINT, h BIGINT)`)
				if err != nil {
					return err
				}
				return tx.Insert(ctx, table, cols, rows)
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		for i := range b.N {
			d.Write(ctx, func(tx *db.Tx) error { _, err := tx.ExecContext(ctx, fmt.Sprintf("DROP TABLE plain%d", i)); return err })
		}
	})
}

func BenchmarkSecondStart(b *testing.B) {
	path := filepath.Join(b.TempDir(), "danvan.db")
	dbtest.Open(b, db.Config{Path: path}).Close()
	for b.Loop() {
		d, err := db.Open(context.Background(), db.Config{Path: path})
		if err != nil {
			b.Fatal(err)
		}
		d.Close()
	}
}
