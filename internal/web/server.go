package web

import (
	"context"
	"log/slog"
	"net/http"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/report"
)

// Deps is what the pages ask.
type Deps struct {
	DB      *db.DB
	Catalog *catalog.Catalog
	Tree    func(context.Context) (*org.Tree, error)
	Ledger  *ledger.Ledger
	Figures *figure.Engine
	Reports *report.Builder
	Maps    Maps
	Today   func() civil.Date
	Demo    string // how the invented data was made, empty for a real office
	Home    Home
	Log     *slog.Logger
}

// Home is the report that the root page shows.
type Home struct {
	Template string
	Unit     string
	From, To civil.Date
}

type server struct {
	Deps
	assets *assets
	built  *reports
	pages  keptPages
}

// New returns the handler of all pages.
func New(d Deps) (http.Handler, error) {
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	s := &server{Deps: d, assets: a, built: newReports()}
	mux := http.NewServeMux()
	mux.Handle("GET "+assetRoot, a)
	for pattern, h := range s.routes() {
		mux.Handle(pattern, s.answer(h))
	}
	mux.Handle("/", s.answer(s.missing))
	return secured(http.NewCrossOriginProtection().Handler(mux)), nil
}

// routes are all pages. A new page is one line here.
func (s *server) routes() map[string]handler {
	return map[string]handler{
		"GET /{$}":                         s.kept(s.home),
		"GET /bao-cao":                     s.kept(s.reportList),
		"GET /bao-cao/{template}":          s.kept(s.reportPage),
		"GET /bao-cao/{template}/tep":      s.reportFile,
		"GET /so-lieu":                     s.kept(s.indicatorList),
		"GET /so-lieu/{code}":              s.kept(s.figurePage),
		"GET /so-lieu/{code}/ghi-nhan":     s.kept(s.evidencePage),
		"GET /so-lieu/{code}/ghi-nhan.csv": s.evidenceFile,
		"GET /ghi-nhan":                    s.kept(s.entryList),
		"GET /ghi-nhan/{id}":               s.entryPage,
		"GET /don-vi":                      s.kept(s.unitTree),
		"GET /don-vi/{ref}":                s.kept(s.unitPage),
		"GET /danh-muc":                    s.kept(s.catalogPage),
		"GET /danh-muc/{kind}":             s.kept(s.kindPage),
		"GET /so-niem-phong":               s.sealPage,
	}
}
