// Package dbtest gives tests a real, empty, migrated database on each engine.
//
// PostgreSQL is a server of the test binary's own, started at the first use
// from the programs on this machine and gone, with its folder, when the binary
// ends in whatever way. Where PostgreSQL is not installed its subtests are
// skipped and say so; with DANVAN_REQUIRE_POSTGRES=1 they fail instead.
package dbtest

import (
	"context"
	"path/filepath"
	"testing"

	"danvan/internal/db"
)

// Each runs a test on both engines, each time on a fresh database.
func Each(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// Bench runs a benchmark on both engines, each time on a fresh database.
func Bench(b *testing.B, bench func(b *testing.B, d *db.DB)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { bench(b, SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { bench(b, Postgres(b)) })
}

// SQLite opens a fresh database in the test's own folder.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return Open(t, db.Config{Path: filepath.Join(t.TempDir(), "danvan.db")})
}

// Postgres opens a fresh database of the test server.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return Open(t, db.Config{URL: PostgresURL(t), Unsafe: true})
}

// Open opens a database for one test and closes it afterwards.
func Open(t testing.TB, c db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), c)
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return d
}
