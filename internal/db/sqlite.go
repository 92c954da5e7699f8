package db

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"danvan/internal/fault"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// Page caches, upper limits that SQLite fills as it reads. They take about
// twice as much memory as they hold. Both are given back when nothing happens.
const (
	writerCacheKiB = 48 << 10
	readerCacheKiB = 16 << 10
)

// walPages is after how many pages the log is folded into the file, 64 MB: entries touch pages all over the file,
// and the longer the log the more of them are folded together. The writer also folds it when nobody writes.
const walPages = 16_000

func openSQLite(ctx context.Context, c Config) (*DB, error) {
	d := &DB{engine: SQLite, config: c}
	if err := d.openWriter(ctx); err != nil {
		return nil, err
	}
	readers, err := sql.Open("sqlite", sqliteDSN(c.Path, readerCacheKiB, "query_only(ON)"))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", c.Path, err)
	}
	readers.SetMaxOpenConns(max(4, 2*runtime.NumCPU()))
	readers.SetMaxIdleConns(max(4, 2*runtime.NumCPU()))
	readers.SetConnMaxIdleTime(idleTime)
	d.read = readers
	if err := d.checkReaders(ctx); err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// openWriter makes the file when it is missing, migrates it and starts the one
// writer. A read-only database has none.
func (d *DB) openWriter(ctx context.Context) error {
	path := d.config.Path
	if d.config.ReadOnly {
		if _, err := os.Stat(path); err != nil {
			return fault.Wrap(fmt.Errorf("open %s: %w", path, err), fault.NotFound,
				"Không tìm thấy cơ sở dữ liệu trong thư mục dữ liệu đã chỉ. Hãy kiểm tra lại --data.")
		}
		return nil
	}
	if err := makeFile(path); err != nil {
		return fault.Wrap(fmt.Errorf("open %s: %w", path, err), fault.Unavailable,
			"Không tạo hoặc không ghi được tệp cơ sở dữ liệu. Hãy kiểm tra quyền ghi và dung lượng của thư mục dữ liệu.")
	}
	pool, err := sql.Open("sqlite", sqliteDSN(path, writerCacheKiB, fmt.Sprintf("wal_autocheckpoint(%d)", walPages), "journal_size_limit(67108864)")+"&_txlock=immediate")
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	pool.SetMaxIdleConns(1)
	if err := d.startWriter(ctx, pool); err != nil {
		pool.Close()
		return err
	}
	return nil
}

func (d *DB) startWriter(ctx context.Context, pool *sql.DB) error {
	conn, err := firstConn(ctx, pool)
	if err != nil {
		return opening(d.config.Path, err)
	}
	err = checkPragmas(ctx, conn)
	conn.Close()
	if err != nil {
		return err
	}
	if err := migrated(ctx, SQLite, pool); err != nil {
		return err
	}
	pool.SetMaxOpenConns(1)
	conn, err = pool.Conn(ctx)
	if err != nil {
		return opening(d.config.Path, err)
	}
	d.write, d.group = pool, newWriter(conn)
	return nil
}

// firstConn connects although another program may be turning the new file into
// a WAL database at this moment, for which SQLite does not wait by itself.
func firstConn(ctx context.Context, pool *sql.DB) (*sql.Conn, error) {
	for began := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		conn, err := pool.Conn(ctx)
		if !busy(err) || time.Since(began) > 10*time.Second {
			return conn, err
		}
	}
}

// makeFile creates an empty database that only its owner can read.
func makeFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func opening(path string, err error) error {
	return fault.Wrap(fmt.Errorf("open %s: %w", path, err), fault.Unavailable,
		"Không mở được cơ sở dữ liệu. Hãy kiểm tra tệp dữ liệu và xem có chương trình nào đang giữ nó không.")
}

// checkPragmas reads every setting back: a setting that SQLite did not take
// says nothing when it is set.
func checkPragmas(ctx context.Context, q Querier) error {
	for _, p := range sqlitePragmas {
		var back string
		if err := q.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&back); err != nil {
			return opening("pragma "+p.name, err)
		}
		if back != p.back {
			return fault.Wrap(fmt.Errorf("pragma %s is %s, want %s", p.name, back, p.back), fault.Unavailable,
				"Cơ sở dữ liệu không bật được chế độ ghi an toàn nên chương trình không khởi động. Hãy đặt dữ liệu trên ổ đĩa của máy, không đặt trên ổ mạng.")
		}
	}
	return nil
}

func (d *DB) checkReaders(ctx context.Context) error {
	conn, err := d.read.Conn(ctx)
	if err != nil {
		return opening(d.config.Path, err)
	}
	defer conn.Close()
	if err := checkPragmas(ctx, conn); err != nil {
		return err
	}
	var only string
	if err := conn.QueryRowContext(ctx, "PRAGMA query_only").Scan(&only); err != nil || only != "1" {
		return opening(d.config.Path, fmt.Errorf("query_only is %q: %w", only, err))
	}
	if !d.config.ReadOnly {
		return nil
	}
	return needCurrent(ctx, conn)
}

// needCurrent refuses a database that would first have to be migrated.
func needCurrent(ctx context.Context, q Querier) error {
	current, err := schemaCurrent(ctx, q)
	if err == nil && !current {
		err = fault.New(fault.Denied, "Cơ sở dữ liệu chưa có đủ cấu trúc của phiên bản này. Hãy mở một lần ở chế độ thường để cập nhật.")
	}
	return err
}
