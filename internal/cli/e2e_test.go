package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"danvan/internal/cli"
)

// The tests of this package run the whole program through its command line on one demo province, built once.

var theDemo struct {
	once sync.Once
	dir  string
	log  string
	code int
}

const demoToday = "2026-11-22"

func TestMain(m *testing.M) {
	code := m.Run()
	if theDemo.dir != "" {
		os.RemoveAll(theDemo.dir)
	}
	os.Exit(code)
}

// demoDir is the data directory of the demo province. Tests that write take a copy.
func demoDir(t *testing.T) string {
	t.Helper()
	theDemo.once.Do(func() {
		dir, err := os.MkdirTemp("", "danvan-demo-")
		if err != nil {
			t.Fatal(err)
		}
		theDemo.dir = dir
		if ready := os.Getenv("DANVAN_TEST_DEMO"); ready != "" { // made by .ci/run with this very program
			if err := os.CopyFS(dir, os.DirFS(ready)); err != nil {
				t.Fatal(err)
			}
			return
		}
		out := run(nil, "--data", dir, "demo", "--no-serve", "--today", demoToday)
		theDemo.code, theDemo.log = out.code, out.stdout+out.stderr
	})
	if theDemo.code != 0 {
		t.Fatalf("demo was not built (exit %d):\n%s", theDemo.code, theDemo.log)
	}
	return theDemo.dir
}

// demoCopy is a demo province that the test may change.
func demoCopy(t *testing.T) string {
	t.Helper()
	from, to := demoDir(t), t.TempDir()
	for _, name := range []string{"danvan.db", "audit.key", "vault.key"} {
		body, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, name), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

type result struct {
	stdout, stderr string
	code           int
}

// run runs a command line as the shell would.
func run(in io.Reader, args ...string) result {
	var out, errOut bytes.Buffer
	if in == nil {
		in = strings.NewReader("")
	}
	code := cli.Main(context.Background(), args, in, &out, &errOut)
	return result{out.String(), errOut.String(), code}
}

// demo runs a command on the demo province.
func demo(t *testing.T, args ...string) result {
	t.Helper()
	return run(nil, append([]string{"--data", demoDir(t)}, args...)...)
}

// ok runs a command that must succeed and returns what it printed.
func ok(t *testing.T, dir string, args ...string) string {
	t.Helper()
	r := run(nil, append([]string{"--data", dir}, args...)...)
	if r.code != 0 {
		t.Fatalf("danvan %s: exit %d\n%s%s", strings.Join(args, " "), r.code, r.stdout, r.stderr)
	}
	return r.stdout
}

// figureJSON is what tests read of a figure.
type figureJSON struct {
	Indicator          string
	Ref                string
	Value, Numerator   *string
	Denominator        *string
	Display            string
	Entries            int64
	DenominatorEntries int64 `json:"denominator_entries"`
	DenominatorUnits   int64 `json:"denominator_units"`
	Estimated          bool
	Checks             []struct {
		Code, Message string
		OK            bool
	}
	Series []struct{ Key, Year, Value string }
	Rows   []struct {
		Key, Name, Kind, Display string
		Value                    *string
		Additive                 bool
	}
}

// figure asks for a figure as JSON; exit statuses 0 and 4 (a check failed) are both answers.
func figure(t *testing.T, dir string, args ...string) figureJSON {
	t.Helper()
	r := run(nil, append([]string{"--data", dir, "figure", "--json"}, args...)...)
	if r.code != cli.ExitOK && r.code != cli.ExitCheck {
		t.Fatalf("danvan figure %s: exit %d\n%s", strings.Join(args, " "), r.code, r.stderr)
	}
	var f figureJSON
	if err := json.Unmarshal([]byte(r.stdout), &f); err != nil {
		t.Fatalf("figure %s: %v\n%s", strings.Join(args, " "), err, r.stdout)
	}
	return f
}

func value(f figureJSON) string {
	if f.Value == nil {
		return "null"
	}
	return *f.Value
}

func TestOneStopOnTheRealHistory(t *testing.T) {
	dir := demoDir(t)
	for _, c := range []struct{ code, day, num, den string }{
		{"F14", "2019-12-31", "122", "122"}, {"F14", "2020-02-01", "108", "108"}, {"F15", "2019-12-31", "8", "8"}, {"F16", "2019-12-31", "16", "18"},
	} {
		f := figure(t, dir, c.code, "--unit", "06", "--from", "2019-01-01", "--to", c.day)
		if f.Numerator == nil || f.Denominator == nil || *f.Numerator != c.num || *f.Denominator != c.den {
			t.Errorf("%s on %s: %v of %v, want %s of %s", c.code, c.day, f.Numerator, f.Denominator, c.num, c.den)
		}
	}
}

func TestLowerLevelsDoNotCountAsProvincial(t *testing.T) {
	dir := demoCopy(t)
	before := map[string]string{}
	refs := []string{"F01", "F09", "F11", "F21"}
	for _, ref := range refs {
		before[ref] = value(figure(t, dir, ref, "--unit", "06", "--period", "2010..2019"))
	}
	all := value(figure(t, dir, "directives.issued_all", "--unit", "06", "--period", "2010..2019"))
	file := filepath.Join(t.TempDir(), "huyen.jsonl")
	lines := `{"key":"t-1","kind":"directive_document","unit":"061.BTV","day":"2018-05-04","fields":{"title":"Văn bản của huyện","type":"plan","theme":"mobilisation"}}
{"key":"t-2","kind":"contest","unit":"061.BDV","day":"2018-09-04","fields":{"title":"Hội thi cấp huyện","theme":"skilled"}}
{"key":"t-3","kind":"council_resolution","unit":"061.HDND","day":"2018-07-04","fields":{"title":"Nghị quyết của huyện","field":"poverty"}}
{"key":"t-4","kind":"force_drive","unit":"061.QS","day":"2018-07-04","fields":{"topic":"Đợt của huyện","force":"military","form":"special_propaganda","soldiers":30}}
`
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	ok(t, dir, "import", "entries", file)
	for _, ref := range refs {
		if got := value(figure(t, dir, ref, "--unit", "06", "--period", "2010..2019")); got != before[ref] {
			t.Errorf("%s was %s, became %s by a district's entry", ref, before[ref], got)
		}
	}
	if got := value(figure(t, dir, "directives.issued_all", "--unit", "06", "--period", "2010..2019")); got == all {
		t.Errorf("documents of all levels stayed at %s: the entry was not counted at all", got)
	}
	again := ok(t, dir, "import", "entries", file)
	if got := value(figure(t, dir, "directives.issued_all", "--unit", "06", "--period", "2010..2019")); got != fmt.Sprint(number(t, all)+1) {
		t.Errorf("imported twice: %s, want %d\n%s", got, number(t, all)+1, again)
	}
}

func number(t *testing.T, s string) int64 {
	t.Helper()
	var n int64
	if _, err := fmt.Sscan(s, &n); err != nil {
		t.Fatalf("%q is no whole number", s)
	}
	return n
}

// The 37 communes that came from the old province, restated to today, add up to the province as it was then.
func TestCommunesRestatedAddUpToTheProvince(t *testing.T) {
	dir := demoDir(t)
	whole := figure(t, dir, "contribution.land", "--unit", "06", "--period", "2010..2019", "--basis", "then")
	restated := figure(t, dir, "contribution.land", "--unit", "19", "--period", "2010..2019", "--basis", demoToday, "--by", "unit")
	if value(whole) != value(restated) {
		t.Errorf("06 then %s, 19 today %s", value(whole), value(restated))
	}
	sum, communes := new(big.Rat), 0
	for _, row := range restated.Rows {
		if row.Value == nil {
			continue
		}
		part, ok := new(big.Rat).SetString(*row.Value)
		if !ok {
			t.Fatalf("row %s: %q is no number", row.Key, *row.Value)
		}
		sum.Add(sum, part)
		if row.Kind == "child" {
			communes++
		}
	}
	if want, _ := new(big.Rat).SetString(value(whole)); want == nil || sum.Cmp(want) != 0 {
		t.Errorf("rows add up to %s, province has %s", sum.FloatString(6), value(whole))
	}
	if communes != 37 {
		t.Errorf("%d communes with a value, want 37", communes)
	}
}

func TestExitStatuses(t *testing.T) {
	for _, c := range []struct {
		code int
		args []string
	}{
		{cli.ExitUsage, []string{"figure"}},
		{cli.ExitUsage, []string{"figure", "F20", "--unit", "06", "--period", "2019-Q9"}},
		{cli.ExitNotFound, []string{"figure", "F99", "--unit", "06", "--period", "2019"}},
		{cli.ExitNotFound, []string{"figure", "F20", "--unit", "99999", "--period", "2019"}},
		{cli.ExitNotFound, []string{"report", "khong-co", "--unit", "06", "--period", "2019", "--format", "json"}},
		{cli.ExitOK, []string{"figure", "F20", "--unit", "06", "--period", "2015..2019"}},
		{cli.ExitUsage, []string{"serve", "--listen", "0.0.0.0:8080"}},
	} {
		if r := demo(t, c.args...); r.code != c.code {
			t.Errorf("danvan %s: exit %d, want %d\n%s%s", strings.Join(c.args, " "), r.code, c.code, r.stdout, r.stderr)
		}
	}
}

// The demo proves itself; its log is signed from the start, not from the first serve on.
func TestDemoSignsItsLog(t *testing.T) {
	if r := demo(t, "verify"); r.code != cli.ExitOK || strings.Contains(r.stdout, "đối chiếu 0 điểm") {
		t.Errorf("exit %d\n%s", r.code, r.stdout)
	}
}

func TestDemoOfOtherSeedIsRefused(t *testing.T) {
	r := demo(t, "demo", "--no-serve", "--seed", "2")
	if r.code != cli.ExitFault || !strings.Contains(r.stderr, "--data") {
		t.Errorf("exit %d: %s", r.code, r.stderr)
	}
	if r := demo(t, "demo", "--no-serve", "--blank"); r.code != cli.ExitFault {
		t.Errorf("a demo with entries is not blank: exit %d: %s", r.code, r.stdout)
	}
	if r := demo(t, "demo", "--no-serve", "--today", demoToday); r.code != 0 || !strings.Contains(r.stdout, "97% (7.344/7.568)") {
		t.Errorf("second start: exit %d\n%s%s", r.code, r.stdout, r.stderr)
	}
}

// A blank demo has units and accounts and nothing else, and is gone on with as it is.
func TestBlankDemo(t *testing.T) {
	dir := t.TempDir()
	for _, more := range [][]string{{"--blank", "--today", demoToday}, {"--blank"}, {}} {
		said := ok(t, dir, append([]string{"demo", "--no-serve"}, more...)...)
		if !strings.Contains(said, "canbo.xa") || strings.Contains(said, "%") {
			t.Errorf("%v says\n%s", more, said)
		}
	}
	if f := figure(t, dir, "F20", "--unit", "06", "--period", "2015..2019"); f.Value != nil {
		t.Errorf("a blank demo has letters: %s", value(f))
	}
}
