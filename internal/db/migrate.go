package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"testing/fstest"
	"time"

	"danvan/internal/fault"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrated makes the tables current. Looking costs one query; goose is started
// only when something is missing.
func migrated(ctx context.Context, e Engine, pool *sql.DB) error {
	current, err := schemaCurrent(ctx, pool)
	if err != nil || current {
		return err
	}
	// Two processes may start at once. PostgreSQL has a lock for that; on
	// SQLite the loser of the race finds the table there already, is rolled
	// back whole, looks again and goes on from where the other one is.
	for try := 0; ; try++ {
		err = migrate(ctx, e, pool)
		if err == nil || e == Postgres || try == 6 {
			break
		}
		time.Sleep(20 * time.Millisecond << try)
	}
	if err != nil {
		return fault.Wrap(fmt.Errorf("migrate: %w", err), fault.Internal,
			"Không cập nhật được cấu trúc cơ sở dữ liệu. Dữ liệu cũ còn nguyên; hãy khôi phục bản chương trình trước và báo người quản trị.")
	}
	return nil
}

func migrate(ctx context.Context, e Engine, pool *sql.DB) error {
	files, err := spelled(e)
	if err != nil {
		return err
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true)}
	if e == Postgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(e.goose(), pool, files, options...)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// spelled is the migrations in the words of one engine.
func spelled(e Engine) (fs.FS, error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	words := e.ddl()
	files := fstest.MapFS{}
	for _, name := range names {
		text, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		files[path.Base(name)] = &fstest.MapFile{Data: []byte(words.Replace(string(text)))}
	}
	return files, nil
}

// schemaCurrent says whether every migration has been applied. A database
// newer than the program is refused: an old program must not write to it.
func schemaCurrent(ctx context.Context, q Querier) (bool, error) {
	want, err := versions()
	if err != nil {
		return false, err
	}
	rows, err := q.QueryContext(ctx, `SELECT version_id FROM goose_db_version WHERE version_id > 0 AND is_applied`)
	if err != nil {
		return false, nil // a new database has no such table
	}
	defer rows.Close()
	for rows.Next() {
		var v int64
		if err := rows.Scan(&v); err != nil {
			return false, err
		}
		if !want[v] {
			return false, fault.Wrap(fmt.Errorf("database has migration %d, unknown here", v), fault.Denied,
				"Cơ sở dữ liệu do một phiên bản chương trình mới hơn tạo ra. Hãy dùng phiên bản mới đó để mở.")
		}
		delete(want, v)
	}
	if err := rows.Err(); err != nil {
		return false, fmt.Errorf("read schema version: %w", err)
	}
	return len(want) == 0, nil
}

func versions() (map[int64]bool, error) {
	entries, err := migrations.ReadDir("migrations")
	if err != nil {
		return nil, err
	}
	v := map[int64]bool{}
	for _, f := range entries {
		number, _, _ := strings.Cut(f.Name(), "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, errors.New("migration without a number: " + f.Name())
		}
		v[n] = true
	}
	return v, nil
}
