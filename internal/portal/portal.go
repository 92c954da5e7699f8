// Package portal is the public face: what citizens send, follow and read, without an account, on an old phone, in Vietnamese
// and English. It reads what is public and nothing else: a type that reaches it has no sealed field.
package portal

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"

	"danvan/internal/catalog"
	"danvan/internal/chart"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/files"
	"danvan/internal/flood"
	"danvan/internal/follow"
	"danvan/internal/geo"
	"danvan/internal/ledger"
	"danvan/internal/look"
	"danvan/internal/news"
	"danvan/internal/org"
	"danvan/internal/press"
)

// Deps is what the public pages ask.
type Deps struct {
	DB       *db.DB
	Catalog  *catalog.Catalog
	Tree     func(context.Context) (*org.Tree, error)
	Ledger   *ledger.Ledger
	Figures  *figure.Engine
	Files    *files.Store
	Follows  *follow.Desk // shows letters to their senders
	Geo      fs.FS        // folder geo: boundaries; nil: no maps
	Today    func() civil.Date
	Press    *press.Press // documents of issued reports
	Sendings sendings     // what people send
	News     newsroom     // articles, and what readers say of them
	Reads    *news.Reads  // how often articles are read; nil counts nothing

	Root  string // the program's own address, "https://dan.tinh.gov.vn": for calendars, feeds, codes to scan
	Staff string // the address of the staff pages, empty for the same as this one's
	Demo  string // how the invented data was made, empty for a real office
	Log   *slog.Logger
}

type portal struct {
	Deps
	assets       *look.Assets
	layers       layers
	kept         keptPages
	making       sync.Mutex // held while a kept page is made
	tables       keptTables
	patterns     map[string]bool // of the pages that exist
	turns, sends *flood.Gate     // pages turned, and things sent
	votes        *flood.Gate
}

//go:embed assets
var embedded embed.FS

// assetRoot is where the public pages' assets are served.
const assetRoot = "/cong/tinh/"

// New returns the handler of all public pages. It answers at /cong (Vietnamese) and /en (English).
func New(d Deps) (http.Handler, error) {
	h, _, err := build(d)
	return h, err
}

func build(d Deps) (http.Handler, *portal, error) {
	a, err := look.Load(assetRoot, embedded, func(name string, body []byte) []byte {
		if name == "draw.css" {
			return slices.Concat(body, []byte(chart.CSS), []byte(geo.CSS))
		}
		return body
	})
	if err != nil {
		return nil, nil, err
	}
	p := &portal{Deps: d, assets: a, layers: newLayers(d.Geo), turns: flood.New(turnsEach, turnsAll), sends: flood.New(sendsEach, sendsAll), votes: flood.New(votesEach, votesAll)}
	return p.handler(p.routes()), p, nil
}

// Serves reports whether an address is one of the public pages.
func Serves(path string) bool {
	if slices.Contains(atRoot, path) {
		return true
	}
	for _, l := range languages {
		if path == l.root() || strings.HasPrefix(path, l.root()+"/") {
			return true
		}
	}
	return false
}

func (p *portal) handler(rows []route) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+assetRoot, p.assets)
	p.rootFiles(mux)
	p.patterns = map[string]bool{}
	for _, row := range rows {
		p.patterns[row.Pattern] = true
		for _, l := range languages {
			mux.Handle(rooted(row.Pattern, l), p.answer(l, row.Do))
		}
	}
	for _, l := range languages {
		mux.Handle(l.root()+"/", p.answer(l, p.missing))
		mux.Handle("GET "+l.root(), http.RedirectHandler(l.root()+"/", http.StatusMovedPermanently))
	}
	return secured(http.NewCrossOriginProtection().Handler(mux))
}

// has reports whether a page of that pattern exists.
func (p *portal) has(pattern string) bool { return p.patterns[pattern] }

// rooted is a pattern as it is served in a language.
func rooted(pattern string, l Language) string {
	method, path, _ := strings.Cut(pattern, " ")
	if path == "/" {
		path = "/{$}"
	}
	return method + " " + l.root() + path
}

func (p *portal) missing(http.ResponseWriter, *http.Request) error {
	return fault.New(fault.NotFound, "Không có trang ở địa chỉ này. Hãy kiểm tra lại địa chỉ, hoặc bắt đầu từ trang đầu của cổng.")
}

// secured sets the headers of every answer. Scripts come from this program only; charts and maps may be shown within other
// pages, at the addresses that say so themselves.
func secured(next http.Handler) http.Handler {
	const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
