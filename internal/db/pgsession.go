package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// pgSession is the transaction of one act on PostgreSQL. Each journey to the server and back costs more than most
// statements run, so what needs no answer at once waits in the queue and travels with the next statement that
// does, or with COMMIT; BEGIN travels with the first. The server runs them in order and, after one that fails,
// none of those behind it, COMMIT included.
type pgSession struct {
	conn   *sql.Conn
	queue  *pgx.Batch
	begun  bool // something was sent, so there is a transaction to be ended
	ended  bool
	failed error // a statement failed: the transaction is lost
	stash  map[string][]int64
	retry  string // the UNIQUE constraint that another act may have run into before
}

func newPgSession(conn *sql.Conn) *pgSession {
	s := &pgSession{conn: conn, queue: &pgx.Batch{}}
	s.queue.Queue("begin")
	return s
}

func (s *pgSession) engine() Engine { return Postgres }

// put queues a statement. Values are converted as database/sql does.
func (s *pgSession) put(query string, args []any) (*pgx.QueuedQuery, error) {
	values := make([]any, len(args))
	for i, a := range args {
		v, err := driver.DefaultParameterConverter.ConvertValue(a)
		if err != nil {
			return nil, fmt.Errorf("parameter $%d: %w", i+1, err)
		}
		values[i] = v
	}
	return s.queue.Queue(query, values...), nil
}

// send runs what is queued, in one journey.
func (s *pgSession) send(ctx context.Context) error {
	if s.failed != nil {
		return s.failed
	}
	if s.queue.Len() == 0 {
		return nil
	}
	batch := s.queue
	s.queue, s.begun = &pgx.Batch{}, true
	s.failed = s.conn.Raw(func(c any) error {
		return c.(*stdlib.Conn).Conn().SendBatch(ctx, batch).Close()
	})
	return s.failed
}

// later queues a statement of which only failure is of interest.
func (s *pgSession) later(ctx context.Context, query string, args []any) error {
	if s.failed != nil {
		return s.failed
	}
	if _, err := s.put(query, args); err != nil {
		return err
	}
	return s.sendIfLong(ctx)
}

func (s *pgSession) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	q, err := s.put(query, args)
	if err != nil {
		return nil, err
	}
	var rows int64
	q.Exec(func(tag pgconn.CommandTag) error { rows = tag.RowsAffected(); return nil })
	if err := s.send(ctx); err != nil {
		return nil, err
	}
	return driver.RowsAffected(rows), nil
}

// scan runs a query for one row with all that is queued.
func (s *pgSession) scan(ctx context.Context, dest []any, query string, args []any) error {
	found, err := s.putRow(dest, query, args)
	if err != nil {
		return err
	}
	if err := s.send(ctx); err != nil {
		return err
	}
	if !*found {
		return sql.ErrNoRows
	}
	return nil
}

func (s *pgSession) ask(dest []any, query string, args []any) error {
	if s.failed != nil {
		return s.failed
	}
	_, err := s.putRow(dest, query, args)
	return err
}

// putRow queues a query for one row; found is set once it was sent.
func (s *pgSession) putRow(dest []any, query string, args []any) (found *bool, err error) {
	q, err := s.put(query, args)
	if err != nil {
		return nil, err
	}
	found = new(bool)
	q.QueryRow(func(row pgx.Row) error {
		err := row.Scan(dest...)
		*found = err == nil
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return found, nil
}

func (s *pgSession) retryOn(constraint string) { s.retry = constraint }

// raced says that the act lost a race that it has foreseen.
func (s *pgSession) raced(err error) bool {
	var pg *pgconn.PgError
	return s.retry != "" && errors.As(err, &pg) && pg.Code == "23505" && pg.ConstraintName == s.retry
}

func (s *pgSession) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := s.send(ctx); err != nil {
		return nil, err
	}
	return s.conn.QueryContext(ctx, query, args...)
}

func (s *pgSession) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if s.send(ctx) != nil {
		ctx = cancelled() // the cause is kept in failed and ends the act
	}
	return s.conn.QueryRowContext(ctx, query, args...)
}

// commit sends COMMIT behind whatever is queued.
func (s *pgSession) commit() error {
	if !s.begun && s.queue.Len() == 1 {
		return nil // nothing but BEGIN, and that was never sent
	}
	reached := s.queue.Len() == 0
	if n := s.queue.Len(); n > 0 {
		s.queue.QueuedQueries[n-1].Exec(func(pgconn.CommandTag) error { reached = true; return nil })
	}
	s.queue.Queue("commit").Exec(func(tag pgconn.CommandTag) error {
		if tag.String() == "ROLLBACK" {
			return pgx.ErrTxCommitRollback
		}
		return nil
	})
	// The act's context ends statements, never the COMMIT: half a COMMIT is unknown.
	err := s.send(context.Background())
	if err == nil {
		s.ended = true
		return nil
	}
	var refusal *pgconn.PgError
	if !reached && errors.As(err, &refusal) {
		return err // a statement of the act failed, as if it had been sent at once
	}
	return commitFailed(err)
}

// end leaves the connection without a transaction, or does away with it.
func (s *pgSession) end() {
	if !s.begun || s.ended {
		return
	}
	if _, err := s.conn.ExecContext(context.Background(), "rollback"); err != nil {
		s.conn.Raw(func(any) error { return driver.ErrBadConn })
	}
}

// reserve queues taking one id under each name, for the ids that the act will ask for.
func (s *pgSession) reserve(names []string) {
	calls := make([]string, 0, len(names))
	for _, name := range names {
		if sequenced[name] {
			calls = append(calls, "nextval('id_"+name+"')")
		}
	}
	if len(calls) != len(names) || s.failed != nil {
		return
	}
	s.queue.Queue("SELECT " + strings.Join(calls, ", ")).QueryRow(func(row pgx.Row) error {
		ids := make([]int64, len(names))
		dest := make([]any, len(names))
		for i := range ids {
			dest[i] = &ids[i]
		}
		if err := row.Scan(dest...); err != nil {
			return err
		}
		s.stash = map[string][]int64{}
		for i, name := range names {
			s.stash[name] = append(s.stash[name], ids[i])
		}
		return nil
	})
}

func (s *pgSession) ids(ctx context.Context, name string, n int) ([]int64, error) {
	if kept := s.stash[name]; len(kept) >= n {
		s.stash[name] = kept[n:]
		return kept[:n], nil
	}
	if !sequenced[name] {
		return s.countedIDs(ctx, name, n)
	}
	rows, err := s.QueryContext(ctx, `SELECT nextval('id_`+name+`') FROM generate_series(1, $1)`, n)
	if err != nil {
		return nil, fmt.Errorf("take ids of %s: %w", name, err)
	}
	defer rows.Close()
	ids := make([]int64, 0, n)
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("take ids of %s: %w", name, err)
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

func (s *pgSession) countedIDs(ctx context.Context, name string, n int) ([]int64, error) {
	var next int64
	err := s.QueryRowContext(ctx, `INSERT INTO id_counter (name, next) VALUES ($1, 1 + CAST($2 AS BIGINT))
		ON CONFLICT (name) DO UPDATE SET next = id_counter.next + CAST($2 AS BIGINT) RETURNING next`, name, n).Scan(&next)
	if err != nil {
		return nil, fmt.Errorf("take ids of %s: %w", name, err)
	}
	return sequence(next-int64(n), n), nil
}

// pgRows is up to how many rows an INSERT is quicker than starting a COPY.
const pgRows = 16

func (s *pgSession) insert(ctx context.Context, table string, cols []string, rows [][]any) error {
	if len(rows) > pgRows {
		if err := s.send(ctx); err != nil {
			return err
		}
		if err := copyIn(ctx, s.conn, table, cols, rows); err != nil {
			return fmt.Errorf("copy into %s: %w", table, err)
		}
		return nil
	}
	return s.upsert(ctx, table, cols, rows, "")
}

// pgUpsertRows keeps a statement under PostgreSQL's 65,535 parameters.
const pgUpsertRows = 500

func (s *pgSession) upsert(ctx context.Context, table string, cols []string, rows [][]any, conflict string) error {
	for part := range slices.Chunk(rows, pgUpsertRows) {
		if err := s.later(ctx, Postgres.values(table, cols, len(part))+conflict, slices.Concat(part...)); err != nil {
			return fmt.Errorf("insert into %s: %w", table, err)
		}
	}
	return nil
}

// sendIfLong keeps what waits within bounds.
func (s *pgSession) sendIfLong(ctx context.Context) error {
	if s.queue.Len() < 32 {
		return nil
	}
	return s.send(ctx)
}
