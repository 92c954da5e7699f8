package portal_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"danvan/data"
	"danvan/demo"
	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/news"
	"danvan/internal/portal"
)

const today civil.Date = 20261122

// world is the demo province behind its portal: built once, for it is the real thing and takes a while.
type world struct {
	app  *app.App
	deps portal.Deps // what the site was made of: a test makes another of them
	site *httptest.Server

	planted planted
	models  plantedModels
}

var (
	theWorld = sync.OnceValues(openWorld)
	closing  = func() {}
)

func TestMain(m *testing.M) {
	code := m.Run()
	closing()
	os.Exit(code)
}

func open(t testing.TB) *world {
	t.Helper()
	w, err := theWorld()
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func openWorld() (*world, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "danvan-portal")
	if err != nil {
		return nil, err
	}
	closing = func() { _ = os.RemoveAll(dir) }
	ready := os.Getenv("DANVAN_TEST_DEMO") // a demo that was built by this program already
	if ready != "" {
		if err := exec.Command("cp", "-r", filepath.Clean(ready)+"/.", dir).Run(); err != nil {
			return nil, fmt.Errorf("copy the demo: %w", err)
		}
	}
	a, err := app.Open(ctx, app.Options{Data: dir, Create: true})
	if err != nil {
		return nil, err
	}
	if err := a.Sign(ctx); err != nil {
		return nil, err
	}
	a.Ledger.Now = func() time.Time { return today.AddDays(1).Time() }
	store, err := a.Files()
	if err != nil {
		return nil, err
	}
	dossiers, err := a.Dossiers(ctx, store)
	if err != nil {
		return nil, err
	}
	spec := demo.Spec{Seed: 1, Today: today}
	if ready == "" {
		deps := demo.Deps{Dossiers: dossiers, Files: store, DB: a.DB, Catalog: a.Catalog, Org: a.Org, Ledger: a.Ledger, Log: a.Log, Data: data.FS, Progress: func(string, int, int) {}}
		if err := demo.Build(ctx, deps, spec); err != nil {
			return nil, fmt.Errorf("build the demo: %w", err)
		}
	}
	work, err := plantWork(ctx, a, store)
	if err != nil {
		return nil, fmt.Errorf("plant a work: %w", err)
	}
	a.Portal = "http://dan.example.vn"
	if err := plantReports(ctx, a); err != nil {
		return nil, fmt.Errorf("show reports: %w", err)
	}
	models, err := plantModels(ctx, a, store)
	if err != nil {
		return nil, fmt.Errorf("plant models: %w", err)
	}
	if err := plantBoards(ctx, a, store); err != nil {
		return nil, fmt.Errorf("plant pictures of boards: %w", err)
	}
	if _, err := plantNews(ctx, a, a.News(dossiers)); err != nil {
		return nil, fmt.Errorf("plant an article: %w", err)
	}
	deps := portal.Deps{
		Press: a.Press(store),
		DB:    a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Ledger: a.Ledger, Figures: a.Figures, Files: store,
		Sendings: a.Sendings(dossiers), News: a.News(dossiers), Reads: &news.Reads{DB: a.DB},
		Geo:     data.FS,
		Follows: a.Follows(dossiers, a.Alike(dossiers)),
		Today:   func() civil.Date { return today },
		Root:    "http://dan.example.vn", Demo: spec.String(), Log: slog.New(slog.DiscardHandler),
	}
	pages, err := portal.New(deps)
	if err != nil {
		return nil, err
	}
	site := httptest.NewServer(pages)
	closing = func() {
		site.Close()
		_ = a.Close()
		_ = os.RemoveAll(dir)
	}
	return &world{app: a, deps: deps, site: site, planted: work, models: models}, nil
}
