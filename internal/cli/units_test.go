package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"danvan/internal/cli"
)

// bacKan is a data directory with the real units and no records.
func bacKan(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out := run(nil, "--data", dir, "import", "units", "@bac_kan"); out.code != cli.ExitOK {
		t.Fatalf("import units @bac_kan: exit %d\n%s", out.code, out.stderr)
	}
	return dir
}

func TestUnitsTree(t *testing.T) {
	dir := bacKan(t)
	for _, c := range []struct{ code, on, want string }{
		{"06", "2019-12-31", "Ngày 31/12/2019: 1 tỉnh, 8 huyện, 122 xã;"},
		{"06", "2020-02-01", "Ngày 01/02/2020: 1 tỉnh, 8 huyện, 108 xã;"},
		{"19", "2025-07-01", "Ngày 01/7/2025: 1 tỉnh, 0 huyện, 92 xã;"},
	} {
		out := run(nil, "--data", dir, "units", "tree", c.code, "--on", c.on)
		if out.code != cli.ExitOK || !strings.Contains(out.stdout, c.want) {
			t.Errorf("tree %s --on %s: exit %d, want %q in\n%s%s", c.code, c.on, out.code, c.want, out.stdout, out.stderr)
		}
	}
	if out := run(nil, "--data", dir, "units", "tree", "06", "--on", "2026-01-01"); out.code != cli.ExitNotFound || !strings.Contains(out.stderr, "không tồn tại vào ngày 01/01/2026") {
		t.Errorf("06 in 2026: exit %d, %s", out.code, out.stderr)
	}
	out := run(nil, "--data", dir, "units", "tree", "060", "--on", "2019-12-31", "--bodies", "--depth", "2", "--json")
	var tree struct {
		Units []struct {
			Code  string
			Units []struct{ Code, Form string }
		}
	}
	if err := json.Unmarshal([]byte(out.stdout), &tree); err != nil || len(tree.Units) != 1 {
		t.Fatalf("%v in %s", err, out.stdout)
	}
	forms := map[string]int{}
	for _, u := range tree.Units[0].Units {
		forms[u.Form]++
	}
	if forms["territory"] != 10 || forms["body"] == 0 {
		t.Errorf("060 has %v", forms)
	}
}

func TestUnitsHistory(t *testing.T) {
	dir := bacKan(t)
	out := run(nil, "--data", dir, "units", "history", "02155", "--json")
	var got struct {
		Units []struct {
			Opened     string
			Spans      []struct{ Name string }
			Successors []struct {
				Code  string
				Parts struct{ Population int64 }
			}
		}
	}
	if err := json.Unmarshal([]byte(out.stdout), &got); err != nil || len(got.Units) != 3 {
		t.Fatalf("%v in %s", err, out.stdout)
	}
	first := got.Units[0]
	if first.Spans[0].Name != "Xã Lương Hạ" || len(first.Successors) != 2 || first.Successors[0].Parts.Population+first.Successors[1].Parts.Population != 1_000_000 {
		t.Errorf("first 02155: %+v", first)
	}
	if out := run(nil, "--data", dir, "units", "history", "00000"); out.code != cli.ExitNotFound {
		t.Errorf("unknown code: exit %d, %s", out.code, out.stderr)
	}
}

func TestUnitsApplyAndUndo(t *testing.T) {
	dir := bacKan(t)
	file := filepath.Join(t.TempDir(), "viec.csv")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	count := func() string { return run(nil, "--data", dir, "units", "tree", "--on", "2026-09-01").stdout }
	before := count()

	write("date,kind,from,code,name\n2026-08-01,merge,01840;01843,01840,Phường Bắc Kạn\n")
	if out := run(nil, "--data", dir, "units", "apply", file, "--dry-run"); out.code != cli.ExitOK || !strings.Contains(out.stdout, "kết thúc") || count() != before {
		t.Errorf("dry run: exit %d\n%s%s", out.code, out.stdout, out.stderr)
	}
	out := run(nil, "--data", dir, "units", "apply", file, "--json")
	var done struct{ Changes []int64 }
	if err := json.Unmarshal([]byte(out.stdout), &done); err != nil || len(done.Changes) != 1 {
		t.Fatalf("apply: %v in %s%s", err, out.stdout, out.stderr)
	}
	if !strings.Contains(count(), "91 xã") {
		t.Errorf("after the merge:\n%s", count())
	}
	if out := run(nil, "--data", dir, "units", "undo", jsonText(t, done.Changes[0])); out.code != cli.ExitOK {
		t.Errorf("undo: exit %d, %s", out.code, out.stderr)
	}
	if count() != before {
		t.Error("undo left a change")
	}

	write("date,kind,from,code,name\n2026-08-01,merge,01840;99999,01840,Phường Bắc Kạn\n")
	if out := run(nil, "--data", dir, "units", "apply", file); out.code == cli.ExitOK || !strings.Contains(out.stderr, "viec.csv dòng 2: Đơn vị nguồn mã 99999 không tồn tại") {
		t.Errorf("unknown source: exit %d, %s", out.code, out.stderr)
	}
	if out := run(nil, "--data", dir, "units", "apply", file, "--dry-run"); out.code != cli.ExitCheck {
		t.Errorf("dry run of what cannot be entered: exit %d", out.code)
	}
	write("date,kind,from,code,name\n2026-08-01,split,01840,01840,Phường Một\n2026-08-01,split,01840,01999,Phường Hai\n")
	if out := run(nil, "--data", dir, "units", "apply", file, "--dry-run"); out.code != cli.ExitCheck || !strings.Contains(out.stdout, "CHƯA QUYẾT ĐỊNH") || !strings.Contains(out.stdout, "01840.UBND") {
		t.Errorf("undecided bodies: exit %d\n%s", out.code, out.stdout)
	}
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
