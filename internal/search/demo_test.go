package search_test

import (
	"context"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"danvan/internal/app"
	"danvan/internal/catalog"
	"danvan/internal/org"
	"danvan/internal/search"
)

// rules of these tests: a letter is shown by its first word alone.
func rules() search.Rules {
	return search.Rules{
		Guarded: func(k *catalog.Kind) bool { return k.Code == "petition_letter" },
		Shown:   func(_ *catalog.Kind, title string) string { first, _, _ := strings.Cut(title, " – "); return first },
	}
}

// queries are what people may type into the box: short, long, wrong, none, with and without marks.
var queries = []string{
	"d", "a", "0", "x", "dan", "dan van", "Dân vận", "dann vaan", "doi thoai", "đối thoại nhân dân", "vệ sinh", "khieu nai dat dai",
	"hoi nghi can bo cong chuc vien chuc", "uy ban nhan dan xa quang bach doi thoai", "khongcochuynay", "qqqq wwww zzzz", "F20", "06", "01834.UBND",
	"#123", "144674", "bac kan", "thai nguyen", "tuyen truyen 2019", "ho ngheo", "to chuc", "nguyen van an", "dat", "tyu", "chuyen de hoc tap",
	strings.Repeat("cuộc tuyên truyền vận động nhân dân ", 40), strings.Repeat("z", 5000), "đường bê tông nông thôn mới", "   ", "%", "\x00", "e", "ubnd",
	"vấn đề nhân dân phản ánh thôn minh họa 5", "thôn", "minh hoa", "nhan dan", "cong tac", "phan anh", "khu dan cu", "tuyeen truyeenf", "toor chuwcs", "mattran", "mttq",
}

// TestLatency reports, to who reads it (-v), how long queries take on the demo province that DANVAN_TEST_DEMO names.
func TestLatency(t *testing.T) {
	from := os.Getenv("DANVAN_TEST_DEMO")
	if from == "" || !testing.Verbose() {
		t.Skip("DANVAN_TEST_DEMO names no demo province, or nobody reads (-v)")
	}
	ctx := context.Background()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(ctx, app.Options{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	everything := map[org.UnitID]bool{}
	for _, u := range tree.Units() {
		everything[u.ID] = true
	}
	before := memory()
	x := &search.Index{DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Rules: rules()}
	began := time.Now()
	if err := x.Fresh(ctx); err != nil {
		t.Fatal(err)
	}
	t.Logf("read in %v, %.1f MB", time.Since(began), float64(memory()-before)/1e6)
	var all []time.Duration
	for round := range 5 {
		for _, text := range queries {
			began := time.Now()
			got, err := x.Find(ctx, search.Question{Text: text, Read: everything, Letters: everything, Reports: true, Limit: 20})
			took := time.Since(began)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, took)
			if round == 4 {
				t.Logf("%8s %q: %d, meant %q, jumps %d", took.Round(10*time.Microsecond), text[:min(len(text), 40)], got.Total(), got.Meant, len(got.Jumps))
			}
		}
	}
	slices.Sort(all)
	t.Logf("median %v, p99 %v, max %v", all[len(all)/2], all[len(all)*99/100], all[len(all)-1])
}

func memory() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
