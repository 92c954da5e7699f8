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
		if err == nil || !again(err) && !errors.Is(err, errRaced) || try == deadlocks {
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
	s := newPgSession(conn)
	defer s.end() // also when fn panics
	tx := &Tx{session: s}
	err = fn(tx)
	tx.over = true
	if err == nil && s.failed == nil {
		err = s.commit()
	}
	switch {
	case s.raced(s.failed):
		return fmt.Errorf("%w: %w", errRaced, s.failed)
	case s.failed != nil && !errors.Is(err, s.failed):
		return errors.Join(s.failed, err) // the cause before what followed from it
	case err != nil:
		return err
	}
	tx.committed()
	return nil
}

// errRaced is an act that lost a race which it had foreseen; see [Tx.RetryOn].
var errRaced = errors.New("another act was first")

func commitFailed(err error) error {
	if refused(err) {
		return notSaved(err)
	}
	return unknown(err)
}
