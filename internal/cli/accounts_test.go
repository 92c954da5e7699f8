package cli_test

import (
	"strings"
	"testing"

	"danvan/internal/cli"
)

func TestAccountsByHand(t *testing.T) {
	dir := t.TempDir() // nothing in it
	if r := run(nil, "--data", dir, "accounts", "list"); r.code != cli.ExitNotFound {
		t.Fatalf("without a database: exit %d", r.code)
	}
	dir = demoCopy(t)
	said := ok(t, dir, "accounts", "add", "thu.cli", "--name", "Người thử dòng lệnh")
	if !strings.Contains(said, "Mật khẩu tạm: ") {
		t.Errorf("made, and said %q", said)
	}
	if r := run(nil, "--data", dir, "accounts", "add", "thu.cli", "--name", "Người khác"); r.code != cli.ExitFault || !strings.Contains(r.stderr, "đã được cấp") {
		t.Errorf("twice: exit %d, %s", r.code, r.stderr)
	}
	if r := run(strings.NewReader("mat khau 123\n"), "--data", dir, "accounts", "reset-password", "thu.cli", "--password-stdin"); r.code != cli.ExitUsage {
		t.Errorf("a common password: exit %d", r.code)
	}
	r := run(strings.NewReader("bốn con trâu lội suối\n"), "--data", dir, "accounts", "reset-password", "thu.cli", "--password-stdin")
	if r.code != 0 || strings.Contains(r.stdout+r.stderr, "trâu") {
		t.Errorf("exit %d, said %s", r.code, r.stdout)
	}
	for _, act := range []string{"lock", "unlock", "reset-totp", "end-sessions"} {
		ok(t, dir, "accounts", act, "thu.cli")
	}
	if said := ok(t, dir, "accounts", "list", "dong lenh"); !strings.Contains(said, "chờ đổi mật khẩu") {
		t.Errorf("the list says %q", said)
	}
	if r := run(nil, "--data", dir, "accounts", "lock", "khong.co"); r.code != cli.ExitNotFound {
		t.Errorf("nobody: exit %d", r.code)
	}
}
