package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"danvan/internal/app"
	"danvan/internal/db/dbtest"
)

// The same demo on PostgreSQL gives the same figures, and proves itself.
func TestDemoOnPostgres(t *testing.T) {
	url := dbtest.PostgresURL(t)
	t.Setenv(app.TestUnsafe, "1")
	dir := t.TempDir()
	onPostgres := func(args ...string) result {
		return run(nil, append([]string{"--data", dir, "--db", url}, args...)...)
	}
	r := onPostgres("demo", "--no-serve", "--today", demoToday)
	if r.code != 0 || !strings.Contains(r.stdout, "97% (7.344/7.568)") {
		t.Fatalf("demo: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	if r := onPostgres("verify"); r.code != 0 {
		t.Errorf("verify: exit %d\n%s", r.code, r.stdout)
	}
	args := []string{"report", "tong-ket-10-nam", "--unit", "06", "--from", "2010-01-01", "--to", "2019-12-31", "--format", "json"}
	here, there := ok(t, demoDir(t), args...), onPostgres(args...)
	if there.code != 0 || here != there.stdout {
		dir := os.Getenv("DANVAN_SHOTS")
		if dir != "" {
			_ = os.WriteFile(filepath.Join(dir, "sqlite.json"), []byte(here), 0o600)
			_ = os.WriteFile(filepath.Join(dir, "postgres.json"), []byte(there.stdout), 0o600)
		}
		t.Errorf("the report differs between the engines (exit %d, %d and %d bytes)", there.code, len(here), len(there.stdout))
	}
}
