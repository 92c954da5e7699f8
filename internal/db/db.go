// Package db opens the database and carries every transaction.
//
// One SQL text serves two engines: SQLite, embedded, for an office with one
// machine; PostgreSQL for those that outgrow it. What differs between them is
// in dialect.go and nowhere else. Parameters are written $1, days are INTEGER
// yyyymmdd, moments BIGINT UTC milliseconds, amounts BIGINT in the smallest
// unit, ids BIGINT from [Tx.IDs].
//
// Reading: [DB.View] gives one consistent snapshot, [DB.Read] the plain pool.
// Writing: [DB.Write] runs one act in one transaction. On SQLite acts that
// arrive together share a COMMIT (and so one fsync): each is a savepoint, one
// that fails rolls back alone, and nobody is answered before the COMMIT. On
// PostgreSQL each act has its own transaction. [DB.WriteAlone] is for bulk
// work, which shares its COMMIT with nobody.
//
// A COMMIT that fails leaves the result unknown: the error is [ErrUnknown] and
// what the person reads is that the system is checking. Acts therefore carry
// an idempotency key ([Once]), and asking again is always safe.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"danvan/internal/fault"
)

// Config says which database to open: a file of SQLite or a PostgreSQL server.
type Config struct {
	// Path is the SQLite file; it and its folder are made when missing.
	Path string
	// URL is a PostgreSQL connection string, postgres://...
	URL string
	// ReadOnly opens for reading alone: nothing is migrated or written.
	ReadOnly bool
	// Unsafe accepts a PostgreSQL server that may lose acknowledged rows at a
	// power cut (fsync off). Only the tests' throw-away server is like that.
	Unsafe bool
}

// DB is an open database. It is safe for use by many goroutines.
type DB struct {
	engine Engine
	config Config
	read   *sql.DB
	write  *sql.DB // PostgreSQL only
	group  *writer // SQLite only

	closing sync.Once
	closed  error
}

// ErrUnknown marks a write whose COMMIT failed: it may or may not be saved.
var ErrUnknown = errors.New("result of commit unknown")

// ErrReadOnly is returned for a write to a database opened for reading.
var ErrReadOnly = errors.New("database opened read-only")

// Open opens the database, brings its tables up to date and makes sure that it
// runs with the settings that keep acknowledged rows through a power cut.
func Open(ctx context.Context, c Config) (*DB, error) {
	switch {
	case c.Path != "" && c.URL == "":
		return openSQLite(ctx, c)
	case c.URL != "" && c.Path == "":
		return openPostgres(ctx, c)
	}
	return nil, fault.Wrap(fmt.Errorf("open database: path %q, url %t", c.Path, c.URL != ""), fault.Invalid,
		"Cần chỉ rõ một cơ sở dữ liệu: thư mục dữ liệu (--data) hoặc địa chỉ PostgreSQL (--db).")
}

// Engine says which of the two engines this is.
func (d *DB) Engine() Engine { return d.engine }

// Read is the pool of reading connections. They cannot write.
func (d *DB) Read() *sql.DB { return d.read }

// View runs fn on one consistent snapshot: everything it reads is as of one
// moment, however many queries it makes.
func (d *DB) View(ctx context.Context, fn func(q Querier) error) error {
	tx, err := d.read.BeginTx(ctx, d.engine.snapshot())
	if err != nil {
		return fmt.Errorf("begin view: %w", err)
	}
	defer tx.Rollback()
	return fn(tx)
}

// Write runs one act in a transaction and returns once it is durable. An error
// from fn undoes the act alone. fn must do nothing that outlives a rollback
// except through [Tx.AfterCommit], may be run again when PostgreSQL reports a
// deadlock, and must not call Write itself.
func (d *DB) Write(ctx context.Context, fn func(tx *Tx) error) error {
	return d.run(ctx, false, fn)
}

// WriteAlone is Write for bulk work: a transaction shared with nobody.
func (d *DB) WriteAlone(ctx context.Context, fn func(tx *Tx) error) error {
	return d.run(ctx, true, fn)
}

func (d *DB) run(ctx context.Context, alone bool, fn func(tx *Tx) error) error {
	switch {
	case d.config.ReadOnly:
		return fault.Wrap(ErrReadOnly, fault.Unavailable, "Cơ sở dữ liệu đang mở ở chế độ chỉ đọc, không ghi được.")
	case d.engine == SQLite:
		return d.group.run(ctx, alone, fn)
	}
	return d.writePostgres(ctx, fn)
}

// Close waits for the write in progress and closes every connection.
func (d *DB) Close() error {
	d.closing.Do(func() {
		var errs []error
		if d.group != nil {
			errs = append(errs, d.group.close())
		}
		if d.write != nil {
			errs = append(errs, d.write.Close())
		}
		errs = append(errs, d.read.Close())
		d.closed = errors.Join(errs...)
	})
	return d.closed
}

// Broken is closed when the disk has failed under a COMMIT. Nothing more is
// accepted for writing: the program should say so and exit, for after a failed
// fsync neither the engine nor the kernel knows what is on the disk.
func (d *DB) Broken() <-chan struct{} {
	if d.group == nil {
		return nil
	}
	return d.group.broken
}
