package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"danvan/internal/cli"
)

// The key of letters is made, rotated, asked for where it is missing; contents of no such case are not erased.
func TestVaultByHand(t *testing.T) {
	dir := demoCopy(t)
	if said := ok(t, dir, "vault", "rotate"); !strings.Contains(said, "Sao lưu ngay") {
		t.Errorf("rotated, and said %q", said)
	}
	if r := run(nil, "--data", dir, "vault", "shred", "1"); r.code != cli.ExitUsage {
		t.Errorf("without who and why: exit %d", r.code)
	}
	if r := run(nil, "--data", dir, "vault", "shred", "99999999", "--actor", "Lưu trữ", "--reason", "Hết hạn"); r.code != cli.ExitNotFound {
		t.Errorf("no such letter: exit %d, %s", r.code, r.stderr)
	}
	if err := os.Rename(filepath.Join(dir, "vault.key"), filepath.Join(t.TempDir(), "vault.key")); err != nil {
		t.Fatal(err)
	}
	r := run(nil, "--data", dir, "vault", "rotate")
	if r.code == 0 || !strings.Contains(r.stderr, "vault.key") || !strings.Contains(r.stderr, "bản sao lưu khóa") {
		t.Errorf("without the key: exit %d, %s", r.code, r.stderr)
	}
}
