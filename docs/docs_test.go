// Package docs_test holds the documents against the program, so that they cannot grow old unnoticed.
package docs_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
)

// documents are the pages kept by hand.
func documents(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"../*.md", "*.md", "adr/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	if len(out) < 20 {
		t.Fatalf("only %d documents found", len(out))
	}
	return out
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// A link to a file leads to a file.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, doc := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, doc), -1) {
			to, _, _ := strings.Cut(m[1], "#")
			if to == "" || strings.Contains(to, "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(doc), to)); err != nil {
				t.Errorf("%s links to %s: %v", doc, m[1], err)
			}
		}
	}
}

var decision = regexp.MustCompile(`^adr/(\d{4})-.*\.md$`)

// Every decision stands in the index, and its number once.
func TestDecisionsAreListed(t *testing.T) {
	index := read(t, "adr/README.md")
	seen := map[string]string{}
	for _, doc := range documents(t) {
		m := decision.FindStringSubmatch(filepath.ToSlash(doc))
		if m == nil {
			continue
		}
		if other := seen[m[1]]; other != "" {
			t.Errorf("%s and %s have the same number", doc, other)
		}
		seen[m[1]] = doc
		if !strings.Contains(index, "("+filepath.Base(doc)+")") {
			t.Errorf("%s is missing in adr/README.md", doc)
		}
	}
}

func load(t *testing.T, fsys fs.FS) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Load(fsys, catalog.FromYAML())
	if problems, ok := catalog.AsErrors(err); ok {
		for _, p := range problems {
			t.Error(p)
		}
		t.FailNow()
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var quoted = regexp.MustCompile("`([a-z][a-z0-9_.-]*)`")

// known tells whether some edition declares the code.
func known(c *catalog.Catalog, code string) bool {
	for _, e := range c.Editions() {
		if e.Kind(code) != nil || e.Indicator(code) != nil || e.SeriesByCode(code) != nil {
			return true
		}
		for _, d := range e.Duties {
			if d.Code == code {
				return true
			}
		}
		for _, r := range e.Regimes {
			if r.Code == code {
				return true
			}
		}
		for _, p := range e.Procedures {
			if p.Code == code {
				return true
			}
		}
		for _, u := range e.UnitTypes {
			if u.Code == code {
				return true
			}
		}
	}
	return false
}

// What the regulation map names in its tables is in the catalogue.
func TestRegulationMapNamesWhatIsThere(t *testing.T) {
	c := load(t, catalogdata.FS)
	named := 0
	for i, line := range strings.Split(read(t, "regulation-map.md"), "\n") {
		if !strings.HasPrefix(line, "|") {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(line, -1) {
			named++
			if !known(c, m[1]) {
				t.Errorf("regulation-map.md:%d: the catalogue has no %q", i+1, m[1])
			}
		}
	}
	if named < 80 {
		t.Errorf("only %d codes found in regulation-map.md", named)
	}
}

// Every kind has its row in the glossary, in both directions.
func TestGlossaryHasEveryKind(t *testing.T) {
	text := read(t, "glossary.md")
	there, back, ok := strings.Cut(text, "# 2. ")
	if !ok {
		t.Fatal("the glossary has no second part")
	}
	for _, k := range load(t, catalogdata.FS).Latest().Kinds {
		if !strings.Contains(there, "| `"+k.Code+"` |") || !strings.Contains(back, "| `"+k.Code+"` (") {
			t.Errorf("glossary.md lacks a row of kind %s (%s)", k.Code, k.Name)
		}
	}
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n# catalog/(\\S+)\n(.*?)```")

// The worked example of CONTRIBUTING.md loads together with the catalogue.
func TestWorkedExampleLoads(t *testing.T) {
	fsys := fstest.MapFS{}
	err := fs.WalkDir(catalogdata.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(catalogdata.FS, path)
		fsys[path] = &fstest.MapFile{Data: body}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	blocks := yamlBlock.FindAllStringSubmatch(read(t, "../CONTRIBUTING.md"), -1)
	if len(blocks) != 2 {
		t.Fatalf("%d blocks of the example, want 2", len(blocks))
	}
	for _, b := range blocks {
		fsys[b[1]] = &fstest.MapFile{Data: []byte(b[2])}
	}
	if load(t, fsys).Latest().Kind("free_market") == nil {
		t.Error("the example declares no kind free_market")
	}
	broken := fsys["overlay/vi_du/16_market.yaml"]
	broken.Data = bytes.Replace(broken.Data, []byte("sum(free_markets)"), []byte("sum(no_such)"), 1)
	var problems catalog.Errors
	if _, err := catalog.Load(fsys, catalog.FromYAML()); !errors.As(err, &problems) {
		t.Errorf("a wrong series in the example is not refused: %v", err)
	}
}
