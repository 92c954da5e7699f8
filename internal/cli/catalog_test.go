package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// danvanCatalog runs danvan catalog and returns its exit status and what it printed.
func danvanCatalog(t *testing.T, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	status = Main(t.Context(), append([]string{"catalog"}, args...), strings.NewReader(""), &o, &e)
	return status, o.String(), e.String()
}

func catalogFolder(t *testing.T, sheet string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, "base", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	write("edition.yaml", "code: 2010\ntitle: Thử\nfrom: 2010-01-01\ncite: Quy chế\n")
	write("03.yaml", sheet)
	return dir
}

const oneKind = `system: 3
kinds:
  - {code: plan, name: Kế hoạch, cite: Quy chế, by: ["*"], day: Ngày ban hành}
series:
  - {code: plans, name: Kế hoạch, kind: plan, unit: văn bản}
`

func TestCatalogCheck(t *testing.T) {
	status, out, _ := danvanCatalog(t, "check", catalogFolder(t, oneKind))
	if status != ExitOK || !strings.Contains(out, "Ấn bản 2010") || !strings.Contains(out, "Danh mục đúng.") {
		t.Errorf("good folder: %d\n%s", status, out)
	}
	dir := catalogFolder(t, strings.Replace(oneKind, "kind: plan,", "kind: plam,", 1))
	status, _, errOut := danvanCatalog(t, "check", dir)
	if want := dir + `/base/03.yaml:5:41: `; status != ExitCheck || !strings.Contains(errOut, want) || !strings.Contains(errOut, `ý bạn là "plan"?`) {
		t.Errorf("bad folder: %d, want %s in\n%s", status, want, errOut)
	}
	status, out, _ = danvanCatalog(t, "check", "--json", dir)
	var problems []map[string]any
	if err := json.Unmarshal([]byte(out), &problems); err != nil || status != ExitCheck || len(problems) != 1 || problems[0]["line"] != 5.0 {
		t.Errorf("bad folder as JSON: %d %v\n%s", status, err, out)
	}
	if status, _, _ = danvanCatalog(t, "check", filepath.Join(dir, "nothing")); status != ExitNotFound {
		t.Errorf("no folder: %d", status)
	}
}

func TestCatalogListAndShow(t *testing.T) {
	status, out, _ := danvanCatalog(t, "list", "indicators", "--edition", "2010")
	if status != ExitOK || !strings.Contains(out, "petition.settled_rate") || !strings.Contains(out, "[F20]") {
		t.Errorf("list: %d\n%s", status, out)
	}
	status, out, _ = danvanCatalog(t, "list", "kinds", "--system", "5", "--json")
	var kinds []struct{ System int }
	if err := json.Unmarshal([]byte(out), &kinds); err != nil || status != ExitOK || len(kinds) == 0 {
		t.Errorf("list as JSON: %d %v", status, err)
	}
	for _, k := range kinds {
		if k.System != 5 {
			t.Errorf("a kind of system %d in the list of system 5", k.System)
		}
	}
	status, out, _ = danvanCatalog(t, "show", "F29")
	var found map[string][]any
	if err := json.Unmarshal([]byte(out), &found); err != nil || status != ExitOK || len(found["indicators"]) != 2 {
		t.Errorf("show F29: %d %v\n%s", status, err, out)
	}
	if status, _, errOut := danvanCatalog(t, "show", "nothing"); status != ExitNotFound || !strings.Contains(errOut, "không có mã nothing") {
		t.Errorf("show of an unknown code: %d %s", status, errOut)
	}
	if status, _, _ := danvanCatalog(t, "list", "people"); status != ExitUsage {
		t.Errorf("list of something else: %d", status)
	}
}
