package portal

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"danvan/internal/dialogue"
	"danvan/internal/opendata"
)

func (p *portal) homeRoutes() []route {
	return []route{
		{"GET /", p.keep(p.home)},
		{"GET /xa", p.communeList},
		{"GET /xa/{code}", p.keep(p.communePage)},
	}
}

// homeShows are how many promises and sessions stand on a first page.
const homeShows = 4

// homeView is the portal's first page: what one can do, then what was promised, what comes, what was given.
type homeView struct {
	Communes []place
	Sum      dialogue.Summary
	Promises []promiseCard
	Coming   []sessionCard
	Sections []templ.Component
	Figures  []figureTile
	Map      *figureView // nil where there are no boundaries to draw
}

func (p *portal) home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	of, err := p.province(ctx)
	if err != nil {
		return err
	}
	v := homeView{Sections: p.sections(ctx, place{})}
	if v.Communes, err = p.communes(ctx); err != nil {
		return err
	}
	if v.Sum, v.Promises, err = p.promiseSummary(ctx, homeShows); err != nil {
		return err
	}
	if v.Coming, err = p.comingTo(ctx, place{}); err != nil {
		return err
	}
	if v.Figures, err = p.homeFigures(ctx, of); err != nil {
		return err
	}
	if v.Map, err = p.homeMap(ctx, of); err != nil {
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

// figureTile is an open figure on a first page: its value of the year for a place.
type figureTile struct {
	figureLine
	Measure string
}

// onHome are the open figures of the portal's first page; onHomeMap is the one that is drawn there.
var (
	onHome    = []string{"commitment.done_rate", "publication.timely_rate", "petition.received", "dialogue.attendances", "contribution.land", "contribution.workdays", "contribution.money", "model.alive"}
	onHomeMap = "contribution.workdays"
)

func (p *portal) homeFigures(ctx context.Context, of place) ([]figureTile, error) {
	var out []figureTile
	book := p.openBook()
	for _, code := range onHome {
		for _, o := range book.Open(p.Today()) {
			if o.Code != code {
				continue
			}
			t, err := p.openTableOf(ctx, opendata.Ask{Code: code, Province: of.ID, Year: p.Today().Year(), Basis: opendata.Today, Today: p.Today()})
			if err != nil {
				return nil, err
			}
			if t.Whole.State == opendata.Known {
				out = append(out, figureTile{figureLine{o, lineText(ctx, t, t.Whole)}, measureBeside(t)})
			}
		}
	}
	return out, nil
}

// measureBeside is the unit that stands beside a value: a percent sign is part of it.
func measureBeside(t *opendata.Table) string {
	if t.Measure == "%" {
		return ""
	}
	return t.Measure
}

// homeMap is one open figure as a map of the communes.
func (p *portal) homeMap(ctx context.Context, of place) (*figureView, error) {
	for _, o := range p.openBook().Open(p.Today()) {
		if o.Code != onHomeMap {
			continue
		}
		a := opendata.Ask{Code: o.Code, Province: of.ID, Year: p.Today().Year(), Basis: opendata.Today, Today: p.Today()}
		t, err := p.openTableOf(ctx, a)
		if err != nil {
			return nil, err
		}
		v := &figureView{Table: t, Ask: a, Name: say(ctx, o.Name, o.English), Root: p.Root}
		if v.Map, err = p.drawn(ctx, v); err != nil || v.Map == nil {
			return nil, err
		}
		return v, nil
	}
	return nil, nil
}
