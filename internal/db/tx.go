package db

import (
	"context"
	"database/sql"
	"errors"
)

// Querier reads. *Tx, *sql.Tx, *sql.DB and *sql.Conn are all Queriers.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Tx is the transaction of one act. It belongs to the function it was given to
// and is dead when that returns. Rows must be read to their end, or closed,
// before the next statement (PostgreSQL has one conversation per transaction).
type Tx struct {
	session session
	after   []func()
	over    bool
}

// session is a transaction as its engine runs it.
type session interface {
	Querier
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	engine() Engine
	later(ctx context.Context, query string, args []any) error
	scan(ctx context.Context, dest []any, query string, args []any) error
	reserve(names []string)
	ask(dest []any, query string, args []any) error
	retryOn(constraint string)
	ids(ctx context.Context, name string, n int) ([]int64, error)
	insert(ctx context.Context, table string, cols []string, rows [][]any) error
	upsert(ctx context.Context, table string, cols []string, rows [][]any, conflict string) error
}

var errOver = errors.New("transaction is over")

// Engine says which of the two engines this is.
func (tx *Tx) Engine() Engine { return tx.session.engine() }

// ExecContext runs a statement that returns no rows.
func (tx *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if tx.over {
		return nil, errOver
	}
	return tx.session.ExecContext(ctx, query, args...)
}

// QueryContext runs a query.
func (tx *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if tx.over {
		return nil, errOver
	}
	return tx.session.QueryContext(ctx, query, args...)
}

// QueryRowContext runs a query for one row.
func (tx *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if tx.over {
		ctx = cancelled()
	}
	return tx.session.QueryRowContext(ctx, query, args...)
}

// Later runs a statement whose answer nobody needs. PostgreSQL may be sent it
// together with what follows: an error comes from here, from a later statement
// or from the COMMIT, and undoes the act in any case.
func (tx *Tx) Later(ctx context.Context, query string, args ...any) error {
	if tx.over {
		return errOver
	}
	return tx.session.later(ctx, query, args)
}

// Scan runs a query for one row, sql.ErrNoRows when there is none. It is
// QueryRowContext with one journey to PostgreSQL for all that waits.
func (tx *Tx) Scan(ctx context.Context, dest []any, query string, args ...any) error {
	if tx.over {
		return errOver
	}
	return tx.session.scan(ctx, dest, query, args)
}

// Reserve says that the act is going to ask for one id under each of the
// names, so that they come with its first statement.
func (tx *Tx) Reserve(names ...string) {
	if !tx.over {
		tx.session.reserve(names)
	}
}

// Ask is Scan for an answer that may come with the next statement that is
// answered; dest stays as it is when there is no row.
func (tx *Tx) Ask(dest []any, query string, args ...any) error {
	if tx.over {
		return errOver
	}
	return tx.session.ask(dest, query, args)
}

// RetryOn has PostgreSQL run the act once more when it breaks this UNIQUE
// constraint: because another act, at the same moment, added the very row that
// this one had looked for and not found.
func (tx *Tx) RetryOn(constraint string) { tx.session.retryOn(constraint) }

// IDs gives n new ids under a name ("entry", "fact"), increasing, never given
// before and never again. They may have gaps. Different names may give the
// same number. The names in [sequenced] do not make PostgreSQL writers wait
// for one another; any other name works, with writers of that name in turn.
func (tx *Tx) IDs(ctx context.Context, name string, n int) ([]int64, error) {
	switch {
	case tx.over:
		return nil, errOver
	case n <= 0:
		return nil, nil
	}
	return tx.session.ids(ctx, name, n)
}

// ID gives one new id; see [Tx.IDs].
func (tx *Tx) ID(ctx context.Context, name string) (int64, error) {
	ids, err := tx.IDs(ctx, name, 1)
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

// Insert adds many rows to a table by the engine's fastest way; an error may
// come late, as with [Tx.Later]. Table and columns are names from the
// program's text, never from a person.
func (tx *Tx) Insert(ctx context.Context, table string, cols []string, rows [][]any) error {
	switch {
	case tx.over:
		return errOver
	case len(rows) == 0:
		return nil
	}
	return tx.session.insert(ctx, table, cols, rows)
}

// Upsert is Insert with what follows ON CONFLICT, for rows of different keys.
// There the table is called as it is and the new row "excluded".
func (tx *Tx) Upsert(ctx context.Context, table string, cols []string, rows [][]any, conflict string) error {
	switch {
	case tx.over:
		return errOver
	case len(rows) == 0:
		return nil
	}
	return tx.session.upsert(ctx, table, cols, rows, conflict)
}

// AfterCommit has fn run once the act is durable, and not at all otherwise.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

func (tx *Tx) committed() {
	for _, fn := range tx.after {
		fn()
	}
}

func cancelled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
