package danvan_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// floors lists the packages from the top of the house to its ground. A package imports only from floors below
// its own; two on one floor do not know each other. A package that is not listed fails the test, so that a new
// one gets its floor on the day it is made.
var floors = [][]string{
	{"cmd/danvan"},
	{"internal/cli"},
	{"internal/app"},
	{"internal/web", "internal/portal", "demo"},
	{"internal/search", "internal/press"},
	{"internal/follow"},
	{
		"internal/report", "internal/intake", "internal/duty", "internal/disclosure", "internal/matter", "internal/works", "internal/reception",
		"internal/dialogue",
		"internal/opendata",
		"internal/sending",
		"internal/news",
	},
	{"internal/contribution", "internal/contest", "internal/model"},
	{"internal/docx", "internal/xlsx", "internal/chart", "internal/geo", "demo/letters"},
	{"internal/catalog/prepare"},
	{"internal/double", "internal/figure", "internal/filing", "internal/petition", "internal/task"},
	{"internal/ledger"},
	{"internal/notice"},
	{"internal/access", "internal/desk", "internal/dossier", "internal/identity", "internal/sealed", "internal/unsaved"},
	{"internal/clock"},
	{"internal/org", "internal/catalog", "internal/files", "internal/vault"},
	{"internal/audit", "internal/jobs"},
	{"internal/db"},
	{"internal/alike", "internal/ical", "internal/flood"},
	{"internal/fault", "internal/civil", "internal/look", "catalog", "data"},
}

// besides are packages that stand beside a floor: the real database for tests, pictures of pages.
var besides = map[string]string{"internal/db/dbtest": "internal/db", "internal/web/browser": "internal/web", "internal/canary": "internal/db", "internal/trial": "internal/db"}

// exceptions are imports that a sentence in docs/adr explains.
var exceptions = map[string]string{}

func TestImportsGoDownOnly(t *testing.T) {
	floor := map[string]int{}
	for i, names := range floors {
		for _, n := range names {
			floor[n] = i
		}
	}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "bench" || d.Name() == "oidctest" || d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && path != ".") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		checkFile(t, floor, filepath.ToSlash(path))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkFile(t *testing.T, floor map[string]int, path string) {
	from := path[:strings.LastIndex(path, "/")]
	if host, ok := besides[from]; ok {
		from = host
	}
	own, ok := floor[from]
	if !ok {
		t.Errorf("%s: package %s has no floor; give it one in floors_test.go", path, from)
		return
	}
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return
	}
	for _, imp := range f.Imports {
		to, ours := strings.CutPrefix(strings.Trim(imp.Path.Value, `"`), "danvan/")
		if !ours || exceptions[from] == to || to == from {
			continue
		}
		if _, beside := besides[to]; beside {
			t.Errorf("%s imports %s, which is for tests only", path, to)
			continue
		}
		below, ok := floor[to]
		if !ok || below <= own {
			t.Errorf("%s imports danvan/%s: imports go down only (floors_test.go)", path, to)
		}
	}
}
