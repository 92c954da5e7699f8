package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"danvan/internal/fault"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

func openPostgres(ctx context.Context, c Config) (*DB, error) {
	d := &DB{engine: Postgres, config: c}
	var err error
	if d.read, err = pool(c.URL, "default_transaction_read_only", "on"); err != nil {
		return nil, err
	}
	if d.write, err = pool(c.URL, "synchronous_commit", "on"); err != nil {
		return nil, err
	}
	if err := d.checkPostgres(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// pool opens connections on which one setting holds.
func pool(url, setting, value string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fault.Wrap(errors.New("parse postgres url"), fault.Invalid, // the cause may show the password
			"Địa chỉ PostgreSQL không đúng. Dạng đúng: postgres://tên:mậtkhẩu@máy:5432/tên_csdl.")
	}
	config.RuntimeParams["application_name"] = "danvan"
	config.RuntimeParams["timezone"] = "UTC"
	config.RuntimeParams[setting] = value
	p := stdlib.OpenDB(*config)
	p.SetMaxOpenConns(16)
	p.SetMaxIdleConns(8)
	p.SetConnMaxIdleTime(5 * time.Minute)
	return p, nil
}

func (d *DB) checkPostgres(ctx context.Context) error {
	if err := d.write.PingContext(ctx); err != nil {
		return fault.Wrap(fmt.Errorf("open postgres: %w", err), fault.Unavailable,
			"Không kết nối được PostgreSQL. Hãy kiểm tra địa chỉ, tài khoản và xem máy chủ cơ sở dữ liệu có đang chạy không.")
	}
	if err := checkServer(ctx, d.write, d.config.Unsafe); err != nil {
		return err
	}
	if d.config.ReadOnly {
		return needCurrent(ctx, d.read)
	}
	return migrated(ctx, Postgres, d.write)
}

// checkServer refuses a server that may lose what it has acknowledged, or that
// cannot hold Vietnamese.
func checkServer(ctx context.Context, q Querier, unsafe bool) error {
	var encoding string
	if err := q.QueryRowContext(ctx, `SELECT current_setting('server_encoding')`).Scan(&encoding); err != nil {
		return fmt.Errorf("read server encoding: %w", err)
	}
	if encoding != "UTF8" {
		return fault.Wrap(fmt.Errorf("server_encoding is %s", encoding), fault.Denied,
			"Cơ sở dữ liệu PostgreSQL không dùng bảng mã UTF8. Hãy tạo cơ sở dữ liệu mới với ENCODING 'UTF8'.")
	}
	for _, name := range postgresSafe {
		var value string
		if err := q.QueryRowContext(ctx, `SELECT current_setting($1)`, name).Scan(&value); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if value != "on" && !unsafe {
			return fault.Wrap(fmt.Errorf("%s is %s, want on", name, value), fault.Denied,
				"Máy chủ PostgreSQL chưa bật đủ chế độ ghi an toàn ("+name+"). Hãy bật rồi khởi động lại.")
		}
	}
	return warnChecksums(ctx, q, unsafe)
}

// warnChecksums: without them PostgreSQL passes decayed pages on as data. That
// is the administrator's to mend (pg_checksums), no reason to stay shut.
func warnChecksums(ctx context.Context, q Querier, unsafe bool) error {
	var value string
	if err := q.QueryRowContext(ctx, `SELECT current_setting('data_checksums')`).Scan(&value); err != nil {
		return fmt.Errorf("read data_checksums: %w", err)
	}
	if value != "on" && !unsafe {
		slog.Warn("db: PostgreSQL runs without data checksums; turn them on with pg_checksums --enable")
	}
	return nil
}

// deadlocks is how often an act is run before its error is passed on. The
// server needs a second to see a deadlock: acts that touch the same rows
// should touch them in one order, and then there is none.
const deadlocks = 5

func (d *DB) writePostgres(ctx context.Context, fn func(*Tx) error) error {
	for try := 1; ; try++ {
		err := d.writeOnce(ctx, fn)
		if err == nil || !again(err) || try == deadlocks {
			return err
		}
		select {
		case <-time.After(rand.N(time.Duration(try*try) * 10 * time.Millisecond)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (d *DB) writeOnce(ctx context.Context, fn func(*Tx) error) error {
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return notSaved(err)
	}
	defer conn.Close()
	// The context ends statements, never the COMMIT: half a COMMIT is unknown.
	dbtx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return notSaved(err)
	}
	defer dbtx.Rollback() // also when fn panics
	tx := &Tx{session: &pgSession{Tx: dbtx, conn: conn}}
	err = fn(tx)
	tx.over = true
	if err != nil {
		return err
	}
	if err := dbtx.Commit(); err != nil {
		return commitFailed(err)
	}
	tx.committed()
	return nil
}

func commitFailed(err error) error {
	if refused(err) {
		return notSaved(err)
	}
	return unknown(err)
}

// pgSession is the transaction of one act on PostgreSQL.
type pgSession struct {
	*sql.Tx
	conn *sql.Conn
}

func (s *pgSession) engine() Engine { return Postgres }

func (s *pgSession) ids(ctx context.Context, name string, n int) ([]int64, error) {
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
const pgRows = 8

func (s *pgSession) insert(ctx context.Context, table string, cols []string, rows [][]any) error {
	if len(rows) > pgRows {
		if err := copyIn(ctx, s.conn, table, cols, rows); err != nil {
			return fmt.Errorf("copy into %s: %w", table, err)
		}
		return nil
	}
	args := make([]any, 0, len(rows)*len(cols))
	for _, row := range rows {
		args = append(args, row...)
	}
	if _, err := s.ExecContext(ctx, Postgres.values(table, cols, len(rows)), args...); err != nil {
		return fmt.Errorf("insert into %s: %w", table, err)
	}
	return nil
}
