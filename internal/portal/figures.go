package portal

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/geo"
	"danvan/internal/look"
	"danvan/internal/opendata"
	"danvan/internal/org"
)

// figureRoutes are the open figures: a list, one figure by commune and year, and the same as files and for other pages.
func (p *portal) figureRoutes() []route {
	return []route{
		{"GET /so-lieu", p.keep(p.figures)},
		{"GET /so-lieu/json", p.figuresJSON},
		{"GET /so-lieu/tu-dien", p.keep(p.figureWords)},
		{"GET /so-lieu/tat-ca/csv", p.allCSV},
		{"GET /so-lieu/tat-ca/json", p.allJSON},
		{"GET /so-lieu/{code}", p.keep(p.figurePage, "nam", "quy", "ranh-gioi", "xep")},
		{"GET /so-lieu/{code}/csv", p.figureCSV},
		{"GET /so-lieu/{code}/json", p.figureJSON},
		{"GET /so-lieu/{code}/nhung", p.figureEmbed},
		{"GET /so-lieu/{code}/ban-do", p.figureMap},
	}
}

// firstOpenYear is the first year that the pages offer: the records begin with the period of the ten-year report.
const firstOpenYear = 2010

func (p *portal) openBook() *opendata.Book {
	return &opendata.Book{Catalog: p.Catalog, Figures: p.Figures, Tree: p.Tree}
}

// figureGroup is a group of open figures as the list shows it.
type figureGroup struct {
	Name    string
	Figures []figureLine
}

type figureLine struct {
	Open  *catalog.OpenFigure
	Value string
}

// figures lists the open figures with the province's value of the year.
func (p *portal) figures(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	of, err := p.province(ctx)
	if err != nil {
		return err
	}
	var groups []figureGroup
	year := p.Today().Year()
	for _, o := range p.openBook().Open(p.Today()) {
		t, err := p.openTableOf(ctx, opendata.Ask{Code: o.Code, Province: of.ID, Year: year, Basis: opendata.Today, Today: p.Today()})
		if err != nil {
			return err
		}
		name := say(ctx, o.Group, o.GroupEnglish)
		if len(groups) == 0 || groups[len(groups)-1].Name != name {
			groups = append(groups, figureGroup{Name: name})
		}
		g := &groups[len(groups)-1]
		g.Figures = append(g.Figures, figureLine{o, lineText(ctx, t, t.Whole)})
	}
	v := page{Title: say(ctx, "Số liệu mở", "Open figures"), Section: "so-lieu",
		About: say(ctx, "Số liệu công tác dân vận theo xã và năm, kèm định nghĩa, bản đồ, tệp CSV và JSON.", "Figures by commune and year with definitions, maps, CSV and JSON.")}
	return p.render(w, r, http.StatusOK, v, figuresView(groups, of, year))
}

// askOf reads which table an address asks for.
func (p *portal) askOf(r *http.Request) (opendata.Ask, error) {
	of, err := p.province(r.Context())
	if err != nil {
		return opendata.Ask{}, err
	}
	a := opendata.Ask{Code: r.PathValue("code"), Province: of.ID, Year: p.Today().Year(), Basis: opendata.Today, Today: p.Today()}
	q := r.URL.Query()
	if y := q.Get("nam"); y != "" {
		if a.Year, err = strconv.Atoi(y); err != nil {
			return a, fault.New(fault.Invalid, "Năm không đúng. Hãy chọn một năm trong danh sách.")
		}
	}
	if n := q.Get("quy"); n != "" {
		if a.Quarter, err = strconv.Atoi(n); err != nil || a.Quarter < 1 || a.Quarter > 4 {
			return a, fault.New(fault.Invalid, "Quý không đúng. Hãy chọn một quý trong danh sách.")
		}
	}
	switch b := opendata.Basis(q.Get("ranh-gioi")); b {
	case "", opendata.Today:
	case opendata.Then:
		a.Basis = b
	default:
		return a, fault.New(fault.Invalid, "Ranh giới không đúng. Hãy chọn “hôm nay” hoặc “khi đó”.")
	}
	return a, nil
}

func (p *portal) openTable(r *http.Request) (*opendata.Table, opendata.Ask, error) {
	a, err := p.askOf(r)
	if err != nil {
		return nil, a, err
	}
	t, err := p.openTableOf(r.Context(), a)
	return t, a, err
}

// keptTables are the tables of open figures, until a record, a unit or the day changes.
type keptTables struct {
	mu    sync.Mutex
	state string
	done  map[opendata.Ask]*opendata.Table
}

// mostTables bounds the tables that are kept: some twenty years of all figures.
const mostTables = 600

// openTableOf is a table of its own for the caller: its lines may be put in another order.
func (p *portal) openTableOf(ctx context.Context, a opendata.Ask) (*opendata.Table, error) {
	state, err := p.state(ctx)
	if err != nil {
		return nil, err
	}
	k := &p.tables
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != state {
		k.state, k.done = state, map[opendata.Ask]*opendata.Table{}
	}
	t := k.done[a]
	if t == nil {
		if t, err = p.openBook().Table(ctx, a); err != nil {
			return nil, err
		}
		for other := range k.done { // in no order: there are more years, quarters and boundaries than anybody reads
			if len(k.done) < mostTables {
				break
			}
			delete(k.done, other)
		}
		k.done[a] = t
	}
	own := *t
	own.Lines = slices.Clone(t.Lines)
	return &own, nil
}

// figureView is one open figure on its page.
type figureView struct {
	*opendata.Table
	Ask    opendata.Ask
	Name   string
	About  string
	Years  []int
	Map    *geo.Drawing
	Legend string
	Chart  string
	Sort   string
	Root   string
	Hosts  bool // shown within another page
	Drawn  bool // as a chart, although there is a map
}

// when is the year or quarter in words.
func (v *figureView) when(ctx context.Context) string { return periodWords(ctx, v.Ask) }

func (p *portal) figurePage(w http.ResponseWriter, r *http.Request) error {
	v, err := p.figureView(r)
	if err != nil {
		return err
	}
	head := page{Title: v.Name, Section: "so-lieu", About: v.About, Styles: []string{"draw.css"}}
	return p.render(w, r, http.StatusOK, head, figureBody(v))
}

func (p *portal) figureView(r *http.Request) (*figureView, error) {
	ctx := r.Context()
	t, ask, err := p.openTable(r)
	if err != nil {
		return nil, err
	}
	v := &figureView{Table: t, Ask: ask, Name: say(ctx, t.Open.Name, t.Open.English), About: say(ctx, t.Open.About, t.Open.AboutEnglish), Root: p.Root, Sort: r.URL.Query().Get("xep")}
	for y := p.Today().Year(); y >= firstOpenYear; y-- {
		v.Years = append(v.Years, y)
	}
	if v.Map, err = p.drawn(ctx, v); err != nil {
		return nil, err
	}
	if v.Chart, err = p.byPeriod(ctx, v); err != nil {
		return nil, err
	}
	v.sortLines()
	return v, nil
}

// sortLines puts the communes first, by name or by value, and what belongs to no commune after them.
func (v *figureView) sortLines() {
	slices.SortStableFunc(v.Lines, func(a, b opendata.Line) int {
		if c := cmp.Compare(rank(a), rank(b)); c != 0 {
			return c
		}
		if v.Sort == "so" {
			if c := compareValues(b.Val, a.Val); c != 0 {
				return c
			}
		}
		return cmp.Compare(civil.Fold(shortPlace(a.Name)), civil.Fold(shortPlace(b.Name)))
	})
}

func rank(l opendata.Line) int {
	if l.Kind == org.Commune {
		return 0
	}
	return 1
}

func compareValues(a, b *big.Rat) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return a.Cmp(b)
}

// shortPlace is a commune's name without its type, as one looks for it.
func shortPlace(name string) string {
	for _, kind := range []string{"Xã ", "Phường ", "Thị trấn "} {
		if s, ok := strings.CutPrefix(name, kind); ok {
			return s
		}
	}
	return name
}

// The days on which the sets of commune boundaries that are at hand begin and end.
const (
	mergers2020 civil.Date = 20200201
	mergers2025 civil.Date = 20250701
)

// layers are the commune boundaries of the demo province and its successor, read when first drawn.
type layers struct{ old, now func() (geo.Layer, error) }

func newLayers(files fs.FS) layers {
	read := func(name string) func() (geo.Layer, error) {
		return sync.OnceValues(func() (geo.Layer, error) {
			body, err := fs.ReadFile(files, name)
			if err != nil {
				return geo.Layer{}, err
			}
			return geo.Parse(body)
		})
	}
	return layers{read("geo/geo_bac_kan_communes_2010.geojson"), read("geo/geo_thai_nguyen_communes_2025.topojson")}
}

// drawn colours the communes; nil where the boundaries of the table are not at hand.
func (p *portal) drawn(ctx context.Context, v *figureView) (*geo.Drawing, error) {
	if p.Geo == nil {
		return nil, nil
	}
	from := p.layers.now
	if v.Ask.Basis == opendata.Then && v.Period.To < mergers2025 {
		if v.Period.To >= mergers2020 {
			return nil, nil
		}
		from = p.layers.old
	}
	layer, err := from()
	if err != nil {
		return nil, err
	}
	values := map[string]geo.Value{}
	known := map[string]bool{}
	for _, l := range v.Lines {
		if l.Kind != org.Commune {
			continue
		}
		known[l.Code] = true
		if l.State != opendata.Known {
			continue
		}
		n, _ := l.Val.Float64()
		values[l.Code] = geo.Value{N: n, Known: true, Label: lineText(ctx, v.Table, l), Estimate: l.Estimate}
	}
	layer = layer.Only(func(a geo.Area) bool { return known[a.Code] })
	if len(layer.Areas) < 2 {
		return nil, nil
	}
	d := geo.Map{Layer: layer, ID: "ban-do", Title: v.Name + ", " + v.when(ctx), Unit: v.Measure, Decimals: min(v.Indicator.Decimals, 2), Values: values, ZeroApart: true, Names: 7, Outlines: true}.Draw()
	return &d, nil
}

// lineText is a line's value as it is printed.
func lineText(ctx context.Context, t *opendata.Table, l opendata.Line) string {
	switch l.State {
	case opendata.Hidden:
		return say(ctx, "không in", "not printed")
	case opendata.NoData:
		return say(ctx, "không có dữ liệu", "no records")
	case opendata.Silent:
		return say(ctx, "chưa có", "none reported")
	}
	text := civil.FormatTrim(l.Val, 2)
	if languageOf(ctx) == English {
		text = strings.NewReplacer(".", ",", ",", ".").Replace(text)
	}
	if t.Measure == "%" {
		text += "%"
	}
	if l.Estimate {
		text = "≈ " + text
	}
	return text
}

// link is the address of the same table with something changed.
func (v *figureView) link(ctx context.Context, what string, change ...string) string {
	q := url.Values{"nam": {strconv.Itoa(v.Ask.Year)}}
	if v.Ask.Quarter != 0 {
		q.Set("quy", strconv.Itoa(v.Ask.Quarter))
	}
	if v.Ask.Basis == opendata.Then {
		q.Set("ranh-gioi", string(opendata.Then))
	}
	if v.Sort != "" && what == "" {
		q.Set("xep", v.Sort)
	}
	for i := 0; i+1 < len(change); i += 2 {
		q.Set(change[i], change[i+1])
		if change[i+1] == "" {
			q.Del(change[i])
		}
	}
	return at(ctx, "/so-lieu/"+v.Open.Code+what+"?"+q.Encode())
}

// figureEmbed is a figure for other sites to show within their pages: the map or the chart, the year, where it comes from.
func (p *portal) figureEmbed(w http.ResponseWriter, r *http.Request) error {
	v, err := p.figureView(r)
	if err != nil {
		return err
	}
	v.Hosts, v.Drawn = true, r.URL.Query().Get("hinh") == "bieu-do"
	policy := strings.Replace(w.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'", "frame-ancestors *", 1)
	w.Header().Set("Content-Security-Policy", policy)
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	return p.renderBare(w, r, page{Title: v.Name, Styles: []string{"draw.css"}}, embedBody(v))
}

// figureMap is the map as a picture of its own, so that a page is read before it has come over a slow line.
func (p *portal) figureMap(w http.ResponseWriter, r *http.Request) error {
	v, err := p.figureView(r)
	if err != nil {
		return err
	}
	if v.Map == nil {
		return fault.New(fault.NotFound, "Không có ranh giới xã của năm này để vẽ bản đồ.")
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	body := []byte(geo.Standalone(v.Map.SVG))
	w.Header().Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		body = look.Gzipped(body)
	}
	openFile(w, "image/svg+xml", "", body)
	return nil
}

// openFile answers with a file that anybody's program may read.
func openFile(w http.ResponseWriter, kind, name string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "public, max-age=300")
	if name != "" {
		h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	}
	_, _ = w.Write(body) // the reader went away: nobody to tell
}

func (p *portal) figureCSV(w http.ResponseWriter, r *http.Request) error {
	t, ask, err := p.openTable(r)
	if err != nil {
		return err
	}
	return writeOpenCSV(w, fmt.Sprintf("%s-%s-%s.csv", t.Open.Code, periodCode(ask), ask.Basis), []asked{{ask, t}})
}

// plainCell keeps a text from being taken for a formula by a spreadsheet.
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// openJSON is an open figure as other programs read it. Its fields are documented in docs/open-figures.md and stay.
type openJSON struct {
	Code       string          `json:"code"`
	Name       string          `json:"name"`
	English    string          `json:"name_en"`
	About      string          `json:"definition"`
	AboutEn    string          `json:"definition_en"`
	Cite       string          `json:"cite"`
	Measure    string          `json:"unit"`
	Version    int             `json:"definition_version"`
	Small      int             `json:"small_counts_below,omitempty"`
	Year       int             `json:"year,omitempty"`
	Quarter    int             `json:"quarter,omitempty"`
	From       string          `json:"from,omitempty"`
	To         string          `json:"to,omitempty"`
	Boundaries string          `json:"boundaries,omitempty"` // hom-nay, khi-do
	Demo       bool            `json:"demo,omitempty"`       // invented records
	Whole      *opendata.Line  `json:"total,omitempty"`
	Lines      []opendata.Line `json:"places,omitempty"`
	Breaks     []string        `json:"breaks,omitempty"`
	Gaps       []string        `json:"without_records,omitempty"`
	Address    string          `json:"address"`
}

func (p *portal) described(o *catalog.OpenFigure) openJSON {
	ed := p.Catalog.EditionOn(p.Today())
	out := openJSON{Code: o.Code, Name: o.Name, English: o.English, About: o.About, AboutEn: o.AboutEnglish, Small: o.Small, Demo: p.Demo != "",
		Address: p.Root + "/cong/so-lieu/" + o.Code}
	if ind := ed.Indicator(o.Code); ind != nil {
		out.Cite, out.Measure, out.Version = ind.Cite, ind.Unit, max(ind.Version, 1)
		if ind.Percent {
			out.Measure = "%"
		}
	}
	return out
}

func (p *portal) figureJSON(w http.ResponseWriter, r *http.Request) error {
	t, ask, err := p.openTable(r)
	if err != nil {
		return err
	}
	return writeOpenJSON(w, p.told(t, ask))
}

// told is a table as other programs read it.
func (p *portal) told(t *opendata.Table, ask opendata.Ask) openJSON {
	out := p.described(t.Open)
	out.Year, out.Quarter, out.From, out.To, out.Boundaries = ask.Year, ask.Quarter, t.Period.From.String(), t.Period.To.String(), string(ask.Basis)
	out.Whole, out.Lines, out.Gaps, out.Measure = &t.Whole, t.Lines, t.Gaps, t.Measure
	for _, b := range t.Breaks {
		out.Breaks = append(out.Breaks, b.On+": "+b.Note)
	}
	return out
}

// figuresJSON is the list of open figures, for programs that look for them.
func (p *portal) figuresJSON(w http.ResponseWriter, r *http.Request) error {
	var out []openJSON
	for _, o := range p.openBook().Open(p.Today()) {
		out = append(out, p.described(o))
	}
	return writeOpenJSON(w, out)
}

func writeOpenJSON(w http.ResponseWriter, v any) error {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write json: %w", err)
	}
	openFile(w, "application/json; charset=utf-8", "", body)
	return nil
}
