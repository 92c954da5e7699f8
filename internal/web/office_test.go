package web_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"danvan/data"
	"danvan/demo"
	"danvan/internal/access"
	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/report"
	"danvan/internal/search"
	"danvan/internal/web"
)

const today civil.Date = 20261122

// office is the demo province behind its pages: built once, for it is the real thing and takes a while.
type office struct {
	app  *app.App
	deps web.Deps // what the site was made of: a test makes another of them
	site *httptest.Server
}

var (
	theOffice = sync.OnceValues(openOffice)
	closing   = func() {} // what openOffice leaves to be done at the end
)

func TestMain(m *testing.M) {
	code := m.Run()
	closing()
	os.Exit(code)
}

func open(t testing.TB) *office {
	t.Helper()
	o, err := theOffice()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func openOffice() (*office, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "danvan-web")
	if err != nil {
		return nil, err
	}
	ready, err := copyDemo(dir)
	if err != nil {
		return nil, err
	}
	closing = func() { _ = os.RemoveAll(dir) }
	a, err := app.Open(ctx, app.Options{Data: dir, Create: true})
	if err != nil {
		return nil, err
	}
	if err := a.Sign(ctx); err != nil {
		return nil, err
	}
	accounts, err := a.Accounts()
	if err != nil {
		return nil, err
	}
	spec := demo.Spec{Seed: 1, Today: today}
	a.Ledger.Now = func() time.Time { return today.AddDays(1).Time() }
	store, err := a.Files()
	if err != nil {
		return nil, err
	}
	dossiers, err := a.Dossiers(ctx, store)
	if err != nil {
		return nil, err
	}
	deps := demo.Deps{Dossiers: dossiers, Files: store, DB: a.DB, Catalog: a.Catalog, Org: a.Org, Ledger: a.Ledger, Log: a.Log, Data: data.FS, Progress: func(string, int, int) {}}
	if !ready {
		if err := demo.Build(ctx, deps, spec); err != nil {
			return nil, fmt.Errorf("build the demo: %w", err)
		}
	}
	site := web.Deps{
		Files: store, Dossiers: dossiers, Clocks: a.Clocks,
		DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Units: a.Org, Ledger: a.Ledger, Figures: a.Figures, Imports: a.Imports, Notices: a.Notices, Post: a.Post,
		Reports: &report.Builder{Engine: a.Figures},
		Who:     who(a),
		Maps:    web.NewMaps(data.FS),

		Accounts: accounts, Plain: true,
		Today: func() civil.Date { return today },
		Demo:  spec.String(),
		Home:  web.Home{Template: "tong-ket-10-nam", Unit: "06", From: 20100101, To: 20191231},
		Log:   slog.New(slog.DiscardHandler),
	}
	site.Search = &search.Index{DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Rules: web.SearchRules()}
	if err := site.Search.Fresh(ctx); err != nil {
		return nil, err
	}
	pages, err := web.New(site)
	if err != nil {
		return nil, err
	}
	server := httptest.NewServer(pages)
	closing = func() {
		server.Close()
		_ = a.Close()
		_ = os.RemoveAll(dir)
	}
	return &office{a, site, server}, nil
}

// answer is what a page's address gives.
type answer struct {
	status int
	header http.Header
	body   string
}

func (o *office) get(t testing.TB, address string) answer {
	t.Helper()
	resp, err := http.Get(o.site.URL + address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

// kinds are addresses of every kind of page.
var kinds = []string{
	"/",
	"/?don-vi=06&ky=2019",
	"/?don-vi=066&ky=2019-Q2",
	"/?don-vi=02143&ky=2026-M10",
	"/?don-vi=06.BDV&ky=2019",
	"/bang-so-lieu",
	tenYears,
	"/phim-tat",
	"/don-vi/chon?q=na+ri&ve=/so-lieu&don-vi=06&ky=2019",
	"/don-vi/chon?q=khongcodau",
	"/bao-cao",
	"/bao-cao/nam?don-vi=06&ky=2024",
	"/bao-cao/6-thang?don-vi=061&ky=2019-H1",
	"/bao-cao/thang?don-vi=01912@2019-12-31&ky=2019-M10",
	"/bao-cao/nam?don-vi=06.SO-NV&ky=2019",
	"/so-lieu",
	"/so-lieu?tim=don+thu",
	"/so-lieu?tim=khongcochuynay",
	"/so-lieu/petition.settled_rate?don-vi=06&ky=2015..2019",
	"/so-lieu/petition.settled_rate?don-vi=06&ky=2015..2019&theo=label:timeliness",
	"/so-lieu/contribution.land?don-vi=06&theo=unit",
	"/so-lieu/contribution.land?don-vi=06&theo=month",
	"/so-lieu/contribution.land?don-vi=06&theo=unit&ranh-gioi=2026-11-22",
	"/so-lieu/indicator.poverty_rate?don-vi=06",
	"/so-lieu/one_stop.communes?don-vi=06&ky=2019&theo=unit",
	"/so-lieu/petition.settled_rate/ghi-nhan?don-vi=06&ky=2015..2019",
	"/ghi-nhan",
	"/ghi-nhan?loai=force_drive&ky=2019&don-vi=06",
	"/don-vi?ngay=2019-12-31",
	"/don-vi?ngay=2020-02-01",
	"/don-vi?ngay=2025-07-01&to-chuc=1",
	"/don-vi/01912",
	"/don-vi/02155@2015-01-01",
	"/don-vi/19",
	"/don-vi/06.BDV",
	"/danh-muc",
	"/danh-muc?tim=don+thu",
	"/danh-muc/petition_letter",
	"/so-niem-phong",
}

// who is asking: whoever the header of a test names. Without one, a viewer with all roles over all of the country.
func who(a *app.App) func(*http.Request) (*access.Viewer, error) {
	return func(r *http.Request) (*access.Viewer, error) {
		tree, err := a.Org.Tree(r.Context())
		if err != nil {
			return nil, err
		}
		var grants []access.Grant
		for _, root := range tree.Roots(today) {
			for _, role := range access.Roles() {
				grants = append(grants, access.Grant{Account: 1, Role: role, Unit: root, To: civil.Forever})
			}
		}
		return access.NewViewer(tree, today, 1, "thu", "Người thử", grants), nil
	}
}

// copyDemo takes a demo province that was built before, of the day and seed of these tests, from the directory that
// DANVAN_TEST_DEMO names: it saves twenty seconds a run while pages are being written. .ci/run names one that the program
// under test has just made, for all packages.
func copyDemo(dir string) (bool, error) {
	from := os.Getenv("DANVAN_TEST_DEMO")
	if from == "" {
		return false, nil
	}
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		return false, fmt.Errorf("copy the demo of %s: %w", from, err)
	}
	return true, nil
}
