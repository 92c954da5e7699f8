package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"danvan/internal/cli"
	"danvan/internal/sealed"
)

const pass = "bốn từ không liên quan"

// identity runs danvan identity with lines as the input.
func identity(t *testing.T, lines []string, args ...string) (out, errs string, status int) {
	t.Helper()
	var o, e strings.Builder
	status = cli.Main(t.Context(), append([]string{"identity"}, args...), strings.NewReader(strings.Join(lines, "\n")+"\n"), &o, &e)
	return o.String(), e.String(), status
}

func keygen(t *testing.T, path string) (public string) {
	t.Helper()
	out, errs, status := identity(t, []string{pass, pass}, "keygen", "--out", path)
	if status != 0 {
		t.Fatal(errs)
	}
	public, _, _ = strings.Cut(out, "\n")
	return public
}

// TestIdentityByFiles is the whole way of an identity at desks without script.
func TestIdentityByFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	ring := sealed.Sealing{Code: "TC-AAAA-BBBB", Mark: "1/2", Custodians: []string{keygen(t, at("giu.key"))}, Officers: []string{keygen(t, at("bm.key"))}}
	b, err := json.Marshal(ring)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at("khoa.json"), b, 0o600); err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		lines []string
		args  []string
	}{
		{[]string{"Hoàng Thị Thử", "1970", "", "Thôn Nà Thử", "0900000001", "", ""}, []string{"seal", "--to", at("khoa.json"), "--out", at("phong-bi.age")}},
		{[]string{pass}, []string{"release", "--key", at("giu.key"), "--in", at("phong-bi.age"), "--out", at("trong.age")}},
		{[]string{pass}, []string{"rotate", "--key", at("bm.key"), "--in", at("trong.age"), "--to", at("khoa.json"), "--out", at("lai.age")}},
	}
	for _, s := range steps {
		if _, errs, status := identity(t, s.lines, s.args...); status != 0 {
			t.Fatalf("%v: %s", s.args, errs)
		}
	}
	out, errs, status := identity(t, []string{pass}, "open", "--key", at("bm.key"), "--in", at("trong.age"), "--code", ring.Code)
	if status != 0 || !strings.Contains(out, "Hoàng Thị Thử") || !strings.Contains(out, "Nà Thử") {
		t.Errorf("opened %q, %s", out, errs)
	}
	refused := []struct {
		line string
		args []string
	}{
		{pass, []string{"open", "--key", at("giu.key"), "--in", at("trong.age"), "--code", ring.Code}},
		{pass, []string{"open", "--key", at("bm.key"), "--in", at("trong.age"), "--code", "TC-XXXX-XXXX"}},
		{pass, []string{"release", "--key", at("bm.key"), "--in", at("phong-bi.age"), "--out", at("x")}},
		{"không phải cụm ấy", []string{"open", "--key", at("bm.key"), "--in", at("trong.age"), "--code", ring.Code}},
		{pass, []string{"keygen", "--out", at("giu.key")}},
	}
	for _, s := range refused {
		out, errs, status := identity(t, []string{s.line, s.line}, s.args...)
		if status == 0 || strings.Contains(out+errs, "Hoàng") || strings.Contains(out+errs, "AGE-SECRET") {
			t.Errorf("%v: status %d, %s%s", s.args, status, out, errs)
		}
	}
	files, err := filepath.Glob(at("*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "Hoàng") || strings.Contains(string(b), "AGE-SECRET") {
			t.Errorf("%s is plain", f)
		}
	}
}
