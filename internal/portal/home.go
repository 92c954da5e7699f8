package portal

import (
	"context"
	"net/http"

	"danvan/internal/dialogue"
	"danvan/internal/opendata"
)

func (p *portal) homeRoutes() []route {
	return []route{
		{"GET /", p.keep(p.home)},
		{"GET /xa", p.keep(p.communeList)},
		{"GET /xa/{code}", p.keep(p.communePage)},
	}
}

// homeShows are how many promises and sessions stand on a first page.
const homeShows = 4

// homeView is the portal's first page: what one can do, then what was promised, what comes, what was given.
type homeView struct {
	Sum      dialogue.Summary
	Promises []promiseCard
	Coming   []sessionCard
}

func (p *portal) home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if _, err := p.province(ctx); err != nil {
		return err
	}
	var v homeView
	var err error
	if v.Sum, v.Promises, err = p.promiseSummary(ctx, homeShows); err != nil {
		return err
	}
	if v.Coming, err = p.comingTo(ctx, place{}); err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, page{Title: say(ctx, "Trang đầu", "Home"), Wide: true}, p.homeBody(v))
}

// comingTo are the next sessions of a commune, or of all.
func (p *portal) comingTo(ctx context.Context, commune place) ([]sessionCard, error) {
	all, err := p.occasions(ctx)
	if err != nil {
		return nil, err
	}
	var out []sessionCard
	for i := len(all) - 1; i >= 0 && len(out) < homeShows; i-- { // the last stand first
		at := all[i].At
		if (at == dialogue.Today || at == dialogue.Planned) && (commune.ID == 0 || all[i].Now.ID == commune.ID) {
			out = append(out, all[i])
		}
	}
	return out, nil
}

// communeList is where one finds one's commune.
func (p *portal) communeList(w http.ResponseWriter, r *http.Request) error {
	all, err := p.communes(r.Context())
	if err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, page{Title: say(r.Context(), "Xã, phường", "Communes"), Section: "xa"}, communesBody(all))
}

// communeView is a commune's own page.
type communeView struct {
	Place    place
	Sum      dialogue.Summary
	Promises []promiseCard
	Coming   []sessionCard
	Year     int
	Figures  []figureLine
}

func (p *portal) communePage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := p.commune(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	v := communeView{Place: c, Year: p.Today().Year()}
	if v.Sum, v.Promises, err = p.promisesOf(ctx, c, homeShows); err != nil {
		return err
	}
	if v.Coming, err = p.comingTo(ctx, c); err != nil {
		return err
	}
	if v.Figures, err = p.figuresOf(ctx, c, v.Year); err != nil {
		return err
	}
	return p.render(w, r, http.StatusOK, page{Title: c.Name, Section: "xa", About: c.Name}, p.communeBody(v))
}

// promisesOf are a commune's promises by today's boundaries.
func (p *portal) promisesOf(ctx context.Context, c place, latest int) (dialogue.Summary, []promiseCard, error) {
	all, err := p.allPromises(ctx)
	if err != nil {
		return dialogue.Summary{}, nil, err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return dialogue.Summary{}, nil, err
	}
	today := p.Today()
	var own []*dialogue.Promise
	for _, x := range all {
		if nowOf(tree, x.Place, today) == c.ID {
			own = append(own, x)
		}
	}
	cards, err := p.promiseCards(ctx, pressing(own, today, latest))
	return dialogue.SummaryOf(own, today), cards, err
}

// figuresOf are the open figures of which something was reported for a commune in a year.
func (p *portal) figuresOf(ctx context.Context, c place, year int) ([]figureLine, error) {
	of, err := p.province(ctx)
	if err != nil {
		return nil, err
	}
	var out []figureLine
	for _, o := range p.openBook().Open(p.Today()) {
		t, err := p.openTableOf(ctx, opendata.Ask{Code: o.Code, Province: of.ID, Year: year, Basis: opendata.Today, Today: p.Today()})
		if err != nil {
			return nil, err
		}
		for _, l := range t.Lines {
			if l.Code == c.Code && l.Kind == "commune" && l.State != opendata.Silent && l.State != opendata.NoData {
				out = append(out, figureLine{o, lineText(ctx, t, l)})
			}
		}
	}
	return out, nil
}
