package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"danvan/internal/db"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// PostgresURL gives the address of a migrated, empty database on the test
// server, for this test alone; the test must not change its tables' form. The server runs with fsync off: open
// it with db.Config.Unsafe.
func PostgresURL(t testing.TB) string {
	t.Helper()
	s, err := running()
	if errors.Is(err, errNotInstalled) && os.Getenv("DANVAN_REQUIRE_POSTGRES") != "1" {
		t.Skipf("PostgreSQL not found: %v", err)
	}
	if err != nil {
		t.Fatalf("PostgreSQL: %v", err)
	}
	name, err := s.take()
	if err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.giveBack(name); err != nil {
			t.Errorf("clean database: %v", err)
		}
	})
	return s.url(name)
}

// take gives a database that a test has given back, or else a new one.
func (s *server) take() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.free); n > 0 {
		name := s.free[n-1]
		s.free = s.free[:n-1]
		return name, nil
	}
	s.made++
	name := fmt.Sprintf("t%d", s.made)
	_, err := s.admin.Exec("CREATE DATABASE " + name + " TEMPLATE migrated")
	return name, err
}

// giveBack makes a database as new again: emptying the tables that hold
// something takes a tenth of the time of making a database.
func (s *server) giveBack(name string) error {
	_, err := s.admin.Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, name)
	if err != nil {
		return err
	}
	conn, err := sql.Open("pgx", s.url(name))
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.Exec(empty); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, name)
	return nil
}

const empty = `DO $$
DECLARE
	name text;
	found boolean;
	filled text;
BEGIN
	FOR name IN SELECT format('%I', tablename) FROM pg_tables
		WHERE schemaname = 'public' AND tablename <> 'goose_db_version' LOOP
		EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || name || ')' INTO found;
		IF found THEN
			filled := concat_ws(', ', filled, name);
		END IF;
	END LOOP;
	IF filled IS NOT NULL THEN
		EXECUTE 'TRUNCATE ' || filled || ' CASCADE';
	END IF;
	FOR name IN SELECT format('%I', sequencename) FROM pg_sequences
		WHERE schemaname = 'public' AND sequencename LIKE 'id\_%' AND last_value IS NOT NULL LOOP
		EXECUTE 'ALTER SEQUENCE ' || name || ' RESTART';
	END LOOP;
END $$`

type server struct {
	dir   string
	life  *os.File // closed by the kernel when this process ends; then the server goes
	admin *sql.DB

	mu   sync.Mutex
	made int
	free []string // databases given back, empty
}

var errNotInstalled = errors.New("initdb and postgres are neither on PATH nor under /usr/lib/postgresql (Debian package postgresql)")

// running is the one server of this test binary.
var running = sync.OnceValues(start)

func start() (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	s := &server{}
	if s.dir, err = folder(as); err != nil {
		return nil, err
	}
	if err := s.launch(bin, as); err != nil {
		os.RemoveAll(s.dir)
		return nil, err
	}
	if err := s.template(); err != nil {
		return nil, err
	}
	return s, nil
}

// programs finds the folder that holds initdb and postgres.
func programs() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil && executable(filepath.Join(filepath.Dir(p), "postgres")) {
			return filepath.Dir(p), nil
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	slices.SortFunc(found, func(a, b string) int { return release(b) - release(a) })
	for _, p := range found {
		if executable(filepath.Join(filepath.Dir(p), "postgres")) {
			return filepath.Dir(p), nil
		}
	}
	return "", errNotInstalled
}

func release(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&0o111 != 0
}

// unprivileged is whom to run the server as: PostgreSQL refuses root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, fmt.Errorf("no user but root to run PostgreSQL as: %w", err)
		}
	}
	uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, errors.Join(err1, err2)
}

// folder is short, for a socket's path may have 107 bytes only, and reachable
// for the server's user.
func folder(as *syscall.Credential) (string, error) {
	dir, err := os.MkdirTemp("/tmp", "danvan-pg-")
	if err != nil {
		return "", err
	}
	if as != nil {
		err = os.Chown(dir, int(as.Uid), int(as.Gid))
	}
	return dir, err
}

// script makes the cluster, runs the server and waits for the end of its input,
// which comes when the test binary ends; then it stops the server and removes
// the folder. Nothing stays behind, not even after a panic or a kill.
const script = `
cd "$1"
"$2/initdb" -D data -U danvan -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions || exit 1
"$2/postgres" -D data -k "$1" -c listen_addresses= \
	-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c wal_level=minimal -c max_wal_senders=0 \
	-c autovacuum=off -c max_connections=200 -c shared_buffers=64MB -c jit=off -c deadlock_timeout=50ms &
cat >/dev/null
kill -QUIT $!
wait
cd /
rm -rf "$1"
`

func (s *server) launch(bin string, as *syscall.Credential) error {
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	input, life, err := os.Pipe()
	if err != nil {
		return err
	}
	defer input.Close()
	cmd := exec.Command("/bin/sh", "-c", script, "sh", s.dir, bin)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "HOME=" + s.dir}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = input, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as, Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start PostgreSQL: %w", err)
	}
	s.life = life
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return s.await(ended)
}

func (s *server) await(ended <-chan error) error {
	admin, err := sql.Open("pgx", s.url("postgres"))
	if err != nil {
		return err
	}
	s.admin = admin
	deadline := time.After(60 * time.Second)
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("PostgreSQL ended (%v): %s", err, s.tail())
		case <-deadline:
			s.life.Close()
			return fmt.Errorf("PostgreSQL did not answer: %s", s.tail())
		case <-time.After(20 * time.Millisecond):
			if admin.Ping() == nil {
				return nil
			}
		}
	}
}

func (s *server) tail() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return strings.TrimSpace(string(text[max(0, len(text)-2000):]))
}

// template is a migrated database that the tests' databases are copies of.
func (s *server) template() error {
	if _, err := s.admin.Exec("CREATE DATABASE migrated"); err != nil {
		return err
	}
	d, err := db.Open(context.Background(), db.Config{URL: s.url("migrated"), Unsafe: true})
	if err != nil {
		return err
	}
	return d.Close()
}

func (s *server) url(name string) string {
	q := url.Values{"host": {s.dir}, "user": {"danvan"}, "sslmode": {"disable"}}
	return "postgres:///" + name + "?" + q.Encode()
}
