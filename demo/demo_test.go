package demo_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"danvan/data"
	"danvan/demo"
	"danvan/internal/app"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/duty"
	"danvan/internal/figure"
	"danvan/internal/org"
)

func build(t *testing.T) *app.App {
	t.Helper()
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "d")
	ready := os.Getenv("DANVAN_TEST_DEMO") // what this very program made for .ci/run
	if ready != "" {
		if err := os.CopyFS(dir, os.DirFS(ready)); err != nil {
			t.Fatal(err)
		}
	}
	a, err := app.Open(ctx, app.Options{Data: dir, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if ready != "" {
		return a
	}
	if err := a.Sign(ctx); err != nil {
		t.Fatal(err)
	}
	store, err := a.Files()
	if err != nil {
		t.Fatal(err)
	}
	book, err := a.Dossiers(ctx, store)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	deps := demo.Deps{DB: a.DB, Catalog: a.Catalog, Org: a.Org, Ledger: a.Ledger, Log: a.Log, Data: data.FS, Dossiers: book, Progress: func(string, int, int) {}}
	if err := demo.Build(ctx, deps, demo.Spec{Seed: 1, Today: civil.MustDate("2026-11-22")}); err != nil {
		t.Fatal(err)
	}
	t.Logf("built in %v", time.Since(began))
	return a
}

// TestDemo builds the demo once and looks at it from several sides.
func TestDemo(t *testing.T) {
	a := build(t)
	t.Run("figures", func(t *testing.T) { figures(t, a) })
	t.Run("casework", func(t *testing.T) { casework(t, a, 20261122) })
	t.Run("reception", func(t *testing.T) { receptionOfTheYear(t, a, 20261122) })
	t.Run("handed", func(t *testing.T) { handed(t, a, 20261122) })
}

// Chairs received people in every month of the running year: most communes did, some missed a day.
func receptionOfTheYear(t *testing.T, a *app.App, today civil.Date) {
	for _, month := range []civil.Date{20260101, 20260601, 20260701, 20260801} {
		book := &duty.Book{Catalog: a.Catalog, Tree: a.Org.Tree}
		list, err := book.Owed(t.Context(), a.DB.Read(), duty.Ask{From: month, To: month.AddDays(34), Today: today,
			Keep: func(d *catalog.Duty) bool { return strings.HasPrefix(d.Code, "reception.commune_") }})
		if err != nil {
			t.Fatal(err)
		}
		met := 0
		for _, o := range list {
			if len(o.Met) >= o.Needs {
				met++
			}
		}
		t.Logf("%v: %d of %d met", month, met, len(list))
		if met*10 < len(list)*4 || met == len(list) {
			t.Errorf("in the month of %v chairs met %d of %d days and months that they owed", month, met, len(list))
		}
	}
}

func figures(t *testing.T, a *app.App) {
	for _, c := range []struct{ ref, period, value, display string }{
		{"F20", "2015..2019", "97.040169", "97%"},
		{"F17", "2015..2019", "11244", "11.244"},
		{"F18", "2015..2019", "7568", "7.568"},
		{"F19", "2015..2019", "7344", "7.344"},
		{"F01", "2010..2019", "73", "trên 70"},
	} {
		p, err := civil.ParsePeriod(c.period)
		if err != nil {
			t.Fatal(err)
		}
		f, err := a.Figures.Figure(context.Background(), figure.Query{Indicator: c.ref, Unit: "06", Period: p, Basis: org.AsThen()})
		if err != nil {
			t.Errorf("%s: %v", c.ref, err)
			continue
		}
		if f.Value == nil || *f.Value != c.value || f.Display != c.display {
			t.Errorf("%s: got %v %q, want %s %q", c.ref, f.Value, f.Display, c.value, c.display)
		}
	}
}
