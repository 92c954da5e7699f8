package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/figure"
	"danvan/internal/files"
	"danvan/internal/filing"
	"danvan/internal/identity"
	"danvan/internal/intake"
	"danvan/internal/ledger"
	"danvan/internal/look"
	"danvan/internal/matter"
	"danvan/internal/news"
	"danvan/internal/notice"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/press"
	"danvan/internal/report"
	"danvan/internal/search"
	"danvan/internal/sending"
)

// Deps is what the pages ask.
type Deps struct {
	DB      *db.DB
	Catalog *catalog.Catalog
	Tree    func(context.Context) (*org.Tree, error)
	Units   *org.Keeper
	Ledger  *ledger.Ledger
	Figures *figure.Engine
	Reports *report.Builder
	Maps    Maps
	Search  *search.Index // nil: one of its own
	Today   func() civil.Date
	Who     func(*http.Request) (*access.Viewer, error) // nil: whoever has signed in; set, it says who is asking

	Accounts *identity.Store
	SSO      *identity.Provider // nil: nobody signs in through a provider
	Plain    bool               // plain http, which is for this machine alone

	Files    *files.Store
	Dossiers *dossier.Book    // what citizens wrote and who they are
	News     *news.Desk       // articles on the public pages; made of the others where it is nil
	Sendings *sending.Office  // what people sent and no office took in yet; made of the others where it is nil
	Alike    *matter.Finder   // letters of one matter; nil: one of its own
	Clocks   *petition.Clocks // the clocks of cases as they were told
	Press    *press.Press     // nil: one that makes no PDF
	Imports  *intake.Store
	Notices  *notice.Board  // nil: nobody is reminded
	Post     *notice.Office // nil: no mail leaves

	Portal string // address of the public pages, "https://dan.tinh.gov.vn"; empty for the one by which these are called

	Demo string // how the invented data was made, empty for a real office
	Home Home
	Log  *slog.Logger

	Start *Start // a first start that is still to be done, nil for none
}

// Home is the report that the root page shows.
type Home struct {
	Template string
	Unit     string
	From, To civil.Date
}

type server struct {
	Deps
	assets *look.Assets
	built  *reports
	pages  keptPages
	scopes access.Scopes
	inner  http.Handler // pages by address, once it is known who asks
	names  unitNames
	around keptAround

	patterns  map[string]bool // of the pages that exist
	unitIndex unitIndex
	feeding   feedIndex
	uploads   chan struct{} // a place for each file that may be looked through at a time
	parts     keptParts
	heads     heads
	noticed   keptNotices
	printed   printedReports
	moved     keptDifferences
	offline   string   // of what a device keeps for when there is no line
	keeps     []string // the assets among it
}

// New returns the handler of all pages.
func New(d Deps) (http.Handler, error) {
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	if d.Search == nil {
		d.Search = &search.Index{DB: d.DB, Catalog: d.Catalog, Tree: d.Tree, Rules: SearchRules()}
	}
	if d.News == nil {
		d.News = &news.Desk{DB: d.DB, Catalog: d.Catalog, Ledger: d.Ledger, Files: d.Files, Dossiers: d.Dossiers, Tree: d.Tree, Now: d.Ledger.Now}
	}
	if d.Sendings == nil {
		d.Sendings = &sending.Office{DB: d.DB, Catalog: d.Catalog, Ledger: d.Ledger, Dossiers: d.Dossiers, Tree: d.Tree,
			Now: func() time.Time { return d.Today().Time().Add(time.Hour) }}
	}
	if d.Alike == nil {
		d.Alike = &matter.Finder{DB: d.DB, Dossiers: d.Dossiers, Tree: d.Tree, Today: d.Today,
			Store: &matter.Store{Dossiers: d.Dossiers, Catalog: d.Catalog, Tree: d.Tree}}
	}
	s := &server{Deps: d, assets: a, built: newReports()}
	if s.offline, s.keeps, err = s.offlineBuild(); err != nil {
		return nil, err
	}
	return s.handler(s.routes()), nil
}

// filings is the store of the report cycle.
func (s *server) filings() *filing.Store {
	return &filing.Store{Ledger: s.Ledger, Tree: s.Figures.Tree}
}

// handler answers the rows, and nothing else.
func (s *server) handler(rows []route) http.Handler {
	mux := http.NewServeMux()
	s.patterns = map[string]bool{}
	mux.Handle("GET "+assetRoot, s.assets)
	acts, uploads := entryActs{}, 2
	s.uploads = make(chan struct{}, uploads)
	for _, row := range rows {
		s.patterns[row.Pattern] = true
		if !acts.take(row.Pattern, s.answer(s.guarded(row))) {
			mux.Handle(row.Pattern, s.answer(s.guarded(row)))
		}
	}
	acts.on(mux, s.answer(s.missing))
	mux.Handle("/", s.answer(s.missing))
	s.inner = mux
	return secured(http.NewCrossOriginProtection().Handler(s.first(s.known(mux))))
}
