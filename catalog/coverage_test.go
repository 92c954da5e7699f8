package catalog_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
)

var update = flag.Bool("update", false, "write the numbers of docs/catalogue-coverage.md anew")

const coveragePage = "../docs/catalogue-coverage.md"

// The page's counts are computed here and never typed: go test ./catalog -update.
func TestCoveragePageCounts(t *testing.T) {
	page, err := os.ReadFile(coveragePage)
	if err != nil {
		t.Fatal(err)
	}
	want := withCounts(string(page), load(t).Latest())
	if *update {
		if err := os.WriteFile(coveragePage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(page) {
		t.Error("docs/catalogue-coverage.md holds other counts than the catalogue: go test ./catalog -update")
	}
}

var (
	systemRow = regexp.MustCompile(`(?m)^\| (\d+) \| ([^|]+) \| [^|]* \| [^|]* \| [^|]* \| [^|]* \| (.*) \|$`)
	totalRow  = regexp.MustCompile(`(?m)^\| \| \*\*Cộng\*\* \|.*$`)
	codeInRow = regexp.MustCompile("`([a-z_0-9]+\\.[a-z_0-9]+)`")
)

func withCounts(page string, e *catalog.Edition) string {
	kinds, series, indicators, duties := map[int]int{}, map[int]int{}, map[int]int{}, map[int]int{}
	for _, k := range e.Kinds {
		kinds[k.System]++
	}
	for _, s := range e.Series {
		series[s.System]++
	}
	for _, i := range e.Indicators {
		indicators[i.System]++
	}
	for _, d := range e.Duties {
		duties[d.System]++
	}
	page = systemRow.ReplaceAllStringFunc(page, func(row string) string {
		m := systemRow.FindStringSubmatch(row)
		var n int
		fmt.Sscan(m[1], &n)
		return fmt.Sprintf("| %d | %s | %d | %d | %d | %d | %s |", n, m[2], kinds[n], series[n], indicators[n], duties[n], m[3])
	})
	return totalRow.ReplaceAllString(page, fmt.Sprintf("| | **Cộng** | %d | %d | %d | %d | ấn bản %s |",
		len(e.Kinds), len(e.Series), len(e.Indicators), len(e.Duties), e.Code))
}

// Every system has a row, and every indicator that the page names exists.
func TestCoveragePageNames(t *testing.T) {
	page, err := os.ReadFile(coveragePage)
	if err != nil {
		t.Fatal(err)
	}
	e := load(t).Latest()
	for n := 1; n <= 24; n++ {
		if !strings.Contains(string(page), fmt.Sprintf("\n| %d | ", n)) {
			t.Errorf("the page has no row for system %d", n)
		}
	}
	for _, m := range codeInRow.FindAllStringSubmatch(string(page), -1) {
		if e.Indicator(m[1]) == nil {
			t.Errorf("the page names an indicator that does not exist: %s", m[1])
		}
	}
}

// The figures that the ten-year summary prints, in every edition: an older period is read with its own edition,
// and no later one may lose them.
func TestTenYearFigures(t *testing.T) {
	scopes := map[string]string{"F01": "province/standing_committee", "F11": "province/council", "F21": "province/military_command"}
	for _, e := range load(t).Editions() {
		for n := 1; n <= 31; n++ {
			ref := fmt.Sprintf("F%02d", n)
			found := e.IndicatorsByRef(ref)
			want := 1
			if ref == "F29" {
				want = 2 // poor people, children under six
			}
			if len(found) != want {
				t.Errorf("edition %s: %s has %d indicators, want %d", e.Code, ref, len(found), want)
				continue
			}
			if scope := scopes[ref]; scope != "" && fmt.Sprint(found[0].Scope) != "["+scope+"]" {
				t.Errorf("edition %s: %s counts %v, want only %s", e.Code, ref, found[0].Scope, scope)
			}
		}
	}
}

// No kind keeps who sent a letter or what anyone thinks: person fields only name people in their part of the work.
func TestLettersHoldNoSender(t *testing.T) {
	for _, e := range load(t).Editions() {
		for _, code := range []string{"petition_letter", "reception_session", "people_issue", "reader_feedback", "community_decision"} {
			k := e.Kind(code)
			if k == nil {
				t.Errorf("edition %s has no kind %s", e.Code, code)
				continue
			}
			for _, f := range k.Fields {
				if f.About == "person" {
					t.Errorf("edition %s: %s.%s is about a person", e.Code, code, f.Code)
				}
			}
		}
	}
}

func load(t *testing.T) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(catalogdata.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
