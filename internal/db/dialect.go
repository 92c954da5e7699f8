package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// This file holds every difference between the two engines.

// Engine is SQLite or Postgres.
type Engine int

// The two engines.
const (
	SQLite Engine = iota
	Postgres
)

func (e Engine) String() string {
	if e == Postgres {
		return "postgres"
	}
	return "sqlite"
}

// SkipLocked is written after a SELECT that claims rows, so that two workers
// of PostgreSQL take different ones. SQLite has one writer and needs nothing.
func (e Engine) SkipLocked() string {
	if e == Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// Snapshot names what a transaction of PostgreSQL sees, for caches: there a leaf with a smaller number may be
// committed later, so the number of the last one does not say. It is empty on SQLite, where one writes at a time.
func (e Engine) Snapshot(ctx context.Context, q Querier) (name string, err error) {
	if e != Postgres {
		return "", nil
	}
	if err := q.QueryRowContext(ctx, `SELECT CAST(pg_current_snapshot() AS TEXT)`).Scan(&name); err != nil {
		return "", fmt.Errorf("name the snapshot: %w", err)
	}
	return name, nil
}

// snapshot is the transaction in which every query sees the same moment.
func (e Engine) snapshot() *sql.TxOptions {
	if e == Postgres {
		return &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	return &sql.TxOptions{ReadOnly: true}
}

// Shrink gives back the memory that a long reading has filled with pages of the file. PostgreSQL keeps its own.
func Shrink(ctx context.Context, q Querier, e Engine) error {
	if e == Postgres {
		return nil
	}
	rows, err := q.QueryContext(ctx, `PRAGMA shrink_memory`)
	if err != nil {
		return fmt.Errorf("give memory back: %w", err)
	}
	return rows.Close()
}

func (e Engine) goose() goose.Dialect {
	if e == Postgres {
		return goose.DialectPostgres
	}
	return goose.DialectSQLite3
}

// sequenced are the names of ids that are given so often, or by so many
// writers at once, that PostgreSQL keeps a sequence for each. A name may be
// added only together with a migration that makes its sequence.
var sequenced = map[string]bool{
	"entry": true, "fact": true, "leaf": true, "series_key": true, "batch": true,
	"job": true, "unit": true, "era": true, "change": true, "span": true,
}

// ddl are the words of the migrations that differ.
func (e Engine) ddl() *strings.Replacer {
	if e == Postgres {
		var sequences strings.Builder
		for _, name := range [...]string{"entry", "fact", "leaf", "series_key", "batch",
			"job", "unit", "era", "change", "span"} {
			fmt.Fprintf(&sequences, "CREATE SEQUENCE id_%s;\n", name)
		}
		return strings.NewReplacer("${BYTES}", "BYTEA", "${WITHOUT_ROWID}", "", "${SEQUENCES}", sequences.String())
	}
	return strings.NewReplacer("${BYTES}", "BLOB", "${WITHOUT_ROWID}", "WITHOUT ROWID", "${SEQUENCES}", "")
}

// sqlitePragmas are set on every connection and read back at start; the
// database is refused when one does not hold. synchronous 2 is FULL: with
// NORMAL a power cut lost acknowledged rows in 12 of 25 trials.
var sqlitePragmas = []struct{ name, set, back string }{
	{"busy_timeout", "5000", "5000"}, // first, so that the others wait for a lock
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"foreign_keys", "ON", "1"},
	{"trusted_schema", "OFF", "0"},
	{"secure_delete", "ON", "1"},
	{"cell_size_check", "ON", "1"},
	// What undoes a savepoint or a failed statement is of use to this process alone: kept in a file, it takes a
	// fifth of all time of an import.
	{"temp_store", "MEMORY", "2"},
}

// sqliteDSN is the connection string of one kind of connection. The page cache
// (in KiB) is an upper limit, filled only as pages are read.
func sqliteDSN(path string, cacheKiB int, more ...string) string {
	q := url.Values{}
	for _, p := range sqlitePragmas {
		if p.name == "journal_mode" && len(more) > 0 && more[0] == "query_only(ON)" {
			continue // a reader finds the mode that the writer set
		}
		q.Add("_pragma", p.name+"("+p.set+")")
	}
	q.Add("_pragma", fmt.Sprintf("cache_size(-%d)", cacheKiB))
	for _, m := range more {
		q.Add("_pragma", m)
	}
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + q.Encode()
}

// postgresSafe are the settings without which PostgreSQL may lose what it has
// acknowledged.
var postgresSafe = []string{"fsync", "synchronous_commit", "full_page_writes"}

// lostTransaction tells the SQLite errors after which the whole transaction
// may be gone, whatever the savepoint says.
func lostTransaction(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_CORRUPT,
		sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return false
}

// diskFailed tells the SQLite errors after which the file cannot be trusted.
func diskFailed(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return false
}

func busy(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_BUSY }

func diskFull(err error) bool { return sqliteCode(err) == sqlite3.SQLITE_FULL }

func sqliteCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}

// Duplicate tells whether err is a broken UNIQUE or PRIMARY KEY on either
// engine.
func Duplicate(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

// again tells the PostgreSQL errors that mean "run it once more": a deadlock
// or a serialization failure. Nothing of the act was saved.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40P01" || pg.Code == "40001")
}

// refused tells the PostgreSQL errors of COMMIT by which the server itself
// says that nothing was saved.
func refused(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, pgx.ErrTxCommitRollback) || errors.As(err, &pg)
}

// copyIn streams rows into a table over the connection that tx runs on.
func copyIn(ctx context.Context, conn *sql.Conn, table string, cols []string, rows [][]any) error {
	return conn.Raw(func(driver any) error {
		_, err := driver.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, cols, pgx.CopyFromRows(rows))
		return err
	})
}

// values writes an INSERT of n rows. SQLite gets bare question marks: it looks
// for the place of each $n from the front, which takes most of the time of an
// INSERT that has hundreds.
func (e Engine) values(table string, cols []string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "INSERT INTO %s (%s) VALUES ", table, strings.Join(cols, ", "))
	for row := range n {
		if row > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for col := range cols {
			if col > 0 {
				b.WriteByte(',')
			}
			if e == SQLite {
				b.WriteByte('?')
			} else {
				fmt.Fprintf(&b, "$%d", row*len(cols)+col+1)
			}
		}
		b.WriteByte(')')
	}
	return b.String()
}
