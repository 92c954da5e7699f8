package db_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/fault"
)

// The test binary is also the program that is killed and the program that
// starts twice: see child.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv("DANVAN_TEST_CHILD") == "write":
		writeUntilKilled()
	case os.Getenv("DANVAN_TEST_CHILD") == "open":
		openOnce()
	default:
		os.Exit(m.Run())
	}
}

func childConfig() db.Config {
	if url := os.Getenv("DANVAN_TEST_URL"); url != "" {
		return db.Config{URL: url, Unsafe: true}
	}
	return db.Config{Path: os.Getenv("DANVAN_TEST_PATH")}
}

func child(t *testing.T, what string, c db.Config) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DANVAN_TEST_CHILD="+what, "DANVAN_TEST_PATH="+c.Path, "DANVAN_TEST_URL="+c.URL)
	cmd.Stderr = os.Stderr
	return cmd
}

// writeUntilKilled writes from many goroutines and prints each key once it has
// been acknowledged.
func writeUntilKilled() {
	ctx := context.Background()
	d, err := db.Open(ctx, childConfig())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range 16 {
		wg.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d %d %d", os.Getpid(), w, i)
				err := d.Write(ctx, func(tx *db.Tx) error {
					if err := db.SetMeta(ctx, tx, key+" one", "x"); err != nil {
						return err
					}
					return db.SetMeta(ctx, tx, key+" two", "x")
				})
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				mu.Lock()
				fmt.Println(key)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

// A program killed in the middle of its writes has lost nothing that it
// acknowledged, and no act is there by half.
func TestKilledWhileWriting(t *testing.T) {
	run := func(t *testing.T, c db.Config) {
		var acknowledged []string
		for round := range 4 {
			acknowledged = append(acknowledged, killed(t, c, 30+40*round)...)
		}
		d := dbtest.Open(t, c)
		for _, key := range acknowledged {
			if got, err := db.Meta(context.Background(), d.Read(), key+" one"); err != nil || got != "x" {
				t.Fatalf("acknowledged %q is lost: %q, %v", key, got, err)
			}
		}
		var one, two int
		row := d.Read().QueryRow(`SELECT count(*) FILTER (WHERE key LIKE '% one'), count(*) FILTER (WHERE key LIKE '% two') FROM meta`)
		if err := row.Scan(&one, &two); err != nil || one != two || one < len(acknowledged) {
			t.Fatalf("halves %d and %d of %d acknowledged, %v", one, two, len(acknowledged), err)
		}
		if c.Path == "" {
			return
		}
		var ok string
		if err := d.Read().QueryRow(`PRAGMA integrity_check`).Scan(&ok); err != nil || ok != "ok" {
			t.Fatalf("integrity check: %s, %v", ok, err)
		}
	}
	t.Run("sqlite", func(t *testing.T) { run(t, db.Config{Path: filepath.Join(t.TempDir(), "danvan.db")}) })
	t.Run("postgres", func(t *testing.T) { run(t, db.Config{URL: dbtest.PostgresURL(t), Unsafe: true}) })
}

// killed runs a writer, kills it after n acknowledgements and returns all that
// it acknowledged.
func killed(t *testing.T, c db.Config, n int) (keys []string) {
	t.Helper()
	cmd := child(t, "write", c)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a last line without its end was not acknowledged
		}
		keys = append(keys, strings.TrimSuffix(line, "\n"))
		if len(keys) == n {
			cmd.Process.Kill()
		}
	}
	cmd.Wait()
	if len(keys) < n {
		t.Fatalf("writer ended after %d acknowledgements", len(keys))
	}
	return keys
}

func openOnce() {
	d, err := db.Open(context.Background(), childConfig())
	if err == nil {
		err = d.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Programs that start at the same moment on a new database all find it ready.
func TestStartedTogether(t *testing.T) {
	c := db.Config{Path: filepath.Join(t.TempDir(), "sub", "danvan.db")}
	var wg sync.WaitGroup
	for range 6 {
		cmd := child(t, "open", c)
		wg.Go(func() {
			if err := cmd.Run(); err != nil {
				t.Errorf("start: %v", err)
			}
		})
	}
	wg.Wait()
	d := dbtest.Open(t, c)
	var twice int
	row := d.Read().QueryRow(`SELECT count(*) FROM (SELECT version_id FROM goose_db_version GROUP BY version_id HAVING count(*) > 1) AS x`)
	if err := row.Scan(&twice); err != nil || twice != 0 {
		t.Fatalf("%d migrations ran twice, %v", twice, err)
	}
}

func TestSecondStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "danvan.db")
	dbtest.Open(t, db.Config{Path: path}).Close()
	began := time.Now()
	dbtest.Open(t, db.Config{Path: path})
	t.Logf("second start took %v", time.Since(began))
}

// A closed database is one file: nothing of it stays open, and its log is folded into it.
func TestCloseFoldsTheLog(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "danvan.db")
	d := dbtest.Open(t, db.Config{Path: path})
	if err := d.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, "k", "v") }); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, more := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + more); !os.IsNotExist(err) {
			t.Errorf("%s is left behind: %v", more, err)
		}
	}
}

func TestSettingsAreRefused(t *testing.T) {
	ctx := context.Background()
	for name, c := range map[string]struct {
		db.Config
		kind fault.Kind
	}{
		"nothing":       {db.Config{}, fault.Invalid},
		"both":          {db.Config{Path: "a", URL: "b"}, fault.Invalid},
		"no such file":  {db.Config{Path: filepath.Join(t.TempDir(), "none.db"), ReadOnly: true}, fault.NotFound},
		"bad address":   {db.Config{URL: "postgres://%zz"}, fault.Invalid},
		"nobody there":  {db.Config{URL: "postgres://x@127.0.0.1:1/x"}, fault.Unavailable},
		"not a folder":  {db.Config{Path: "/dev/null/danvan.db"}, fault.Unavailable},
		"not a sqlite":  {db.Config{Path: textFile(t)}, fault.Unavailable},
		"fsync is off":  {db.Config{URL: dbtest.PostgresURL(t)}, fault.Denied},
		"newer program": {db.Config{Path: newer(t)}, fault.Denied},
	} {
		d, err := db.Open(ctx, c.Config)
		if err == nil {
			d.Close()
		}
		if err == nil || fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v, want a fault of kind %v", name, err, c.kind)
		}
	}
}

func textFile(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "danvan.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("không phải cơ sở dữ liệu\n", 400)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func newer(t *testing.T) string {
	path := filepath.Join(t.TempDir(), "danvan.db")
	d := dbtest.Open(t, db.Config{Path: path})
	ctx := context.Background()
	err := d.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, true)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d.Close()
	return path
}

func TestReadOnly(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "danvan.db")
	d := dbtest.Open(t, db.Config{Path: path})
	if err := d.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, "k", "v") }); err != nil {
		t.Fatal(err)
	}
	r := dbtest.Open(t, db.Config{Path: path, ReadOnly: true})
	if got, err := db.Meta(ctx, r.Read(), "k"); err != nil || got != "v" {
		t.Errorf("read %q, %v", got, err)
	}
	err := r.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, "k", "w") })
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("write: %v", err)
	}
}

// A disk that is full refuses the act and nothing else: the page limit of
// SQLite fails in the same way as a full disk does.
func TestFullDisk(t *testing.T) {
	ctx := context.Background()
	d := dbtest.SQLite(t)
	limit := func(pages string) {
		err := d.Write(ctx, func(tx *db.Tx) error {
			var n int64
			return tx.QueryRowContext(ctx, `PRAGMA max_page_count = `+pages).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var pages int64
	if err := d.Read().QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit(strconv.FormatInt(pages+2, 10))
	big := strings.Repeat("x", 100_000)
	err := d.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, "big", big) })
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(fault.Say(err), "Ổ đĩa đã đầy") {
		t.Fatalf("write to a full disk: %v", err)
	}
	if got, err := db.Meta(ctx, d.Read(), "big"); err != nil || got != "" {
		t.Fatalf("read %d bytes, %v", len(got), err)
	}
	limit("1000000")
	if err := d.Write(ctx, func(tx *db.Tx) error { return db.SetMeta(ctx, tx, "big", big) }); err != nil {
		t.Fatalf("write after room was made: %v", err)
	}
}
