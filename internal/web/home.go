package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/desk"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// homeView is the first page of the day: what is due, what is missing, what changed, and the figures that matter.
// What a role has nothing to do with is left out.
type homeView struct {
	Scope   *scope
	Today   civil.Date
	Reads   bool // work of the unit may be read
	Records bool
	OwnKPIs bool // the strip comes from the own board
	Cards   []deskCard
	Heat    heatView
	Dues    []dueLine
	Late    int        // of Dues
	Ended   bool       // the unit is no more
	Tasks   *homeTasks // nil where there are none
	Waiting waitingView
	Queue   []waitingEntry // what waits for the viewer, of all periods
	Back    []waitingEntry // what was returned to the viewer
	Recent  []lastAct
	Map     *drawnMap
	MapOf   deskCard
	Rows    *figure.Breakdown // the map's table
	Letters *lettersView
	News    int // letters whose senders wrote something that nobody has read
	System  []systemLine
}

// home is the page of today, for whoever is signed in.
func (s *server) home(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	who := viewer(r.Context())
	v := homeView{Scope: sc, Today: s.Today(), Reads: who.May(access.ReadWork, sc.Unit.ID)}
	v.Records = s.has("GET /ghi-nhan/moi") && (who.May(access.RecordWork, 0) || who.May(access.RecordLetters, 0))
	if !v.Reads && who.May(access.ReadWork, 0) {
		return s.refused(w, r, outOfReach)
	}
	if v.Reads {
		state, err := s.state(r.Context())
		if err != nil {
			return err
		}
		if err := s.fillHome(context.WithValue(r.Context(), stateKey{}, state), &v, who); err != nil {
			return err
		}
	}
	if v.System, err = s.systemLines(r.Context(), who); err != nil {
		return err
	}
	v.Ended = !sc.Unit.Open(v.Today)
	p := page{Title: "Hôm nay", Section: "hom-nay"}
	if v.Reads {
		p.Scope = sc
	}
	return s.render(w, r, http.StatusOK, p, homePage(v))
}

func (s *server) fillHome(ctx context.Context, v *homeView, who *access.Viewer) error {
	if err := s.homeCards(ctx, v, who); err != nil {
		return err
	}
	if err := s.counted(ctx, v.Scope); err != nil {
		return err
	}
	about := v.Scope.UnitRef + v.Scope.query()
	var err error
	v.Heat, err = keep(ctx, s, "heat"+about, func(ctx context.Context) (heatView, error) { return s.heat(ctx, v.Scope) })
	if err != nil {
		return err
	}
	v.Dues, err = keep(ctx, s, "dues"+strconv.FormatInt(int64(v.Scope.Unit.ID), 10), func(ctx context.Context) ([]dueLine, error) { return s.dues(ctx, v.Scope) })
	if err != nil {
		return err
	}
	for _, d := range v.Dues {
		if d.Late() {
			v.Late++
		}
	}
	if v.Tasks, err = s.homeTasks(ctx, v.Scope); err != nil {
		return err
	}
	if v.Waiting, err = s.waiting(ctx, v.Scope, who); err != nil {
		return err
	}
	if v.Queue, err = s.waitingFor(ctx); err != nil {
		return err
	}
	if v.Back, err = s.returnedTo(ctx); err != nil {
		return err
	}
	if v.Recent, err = s.recent(ctx, v.Scope, who); err != nil {
		return err
	}
	if who.May(access.ReadLetters, v.Scope.Unit.ID) {
		if v.Letters, err = s.letters(ctx, v.Scope); err != nil {
			return err
		}
		if v.News, err = s.newsOfSenders(ctx, who); err != nil {
			return err
		}
	}
	return s.homeMap(ctx, v)
}

// homeCards are the first of the own board, or the usual ones.
func (s *server) homeCards(ctx context.Context, v *homeView, who *access.Viewer) error {
	asks, err := s.boardAsks(ctx, v.Scope, who)
	if err != nil {
		return err
	}
	if len(asks) > 0 {
		v.OwnKPIs = true
		v.Cards, err = s.cards(ctx, v.Scope, asks[:min(len(asks), mostKPIs)])
		return err
	}
	atDesk := len(who.Grants) > 0 && !slices.ContainsFunc(who.Grants, func(g access.Grant) bool { return g.Role != access.Desk })
	v.Cards, err = keep(ctx, s, fmt.Sprint("usual", atDesk, v.Scope.query()), func(ctx context.Context) ([]deskCard, error) {
		return s.usual(ctx, v.Scope, atDesk)
	})
	return err
}

// homeMap colours the unit's communes by the first figure of the strip that differs among them.
func (s *server) homeMap(ctx context.Context, v *homeView) error {
	if v.Scope.Unit.Form != org.Territory {
		return nil
	}
	for _, c := range v.Cards {
		if c.Refused != "" || c.UnitRef != v.Scope.UnitRef || c.Label != "" {
			continue
		}
		drawn, err := keep(ctx, s, "map"+c.Indicator+v.Scope.query(), func(ctx context.Context) (homeMap, error) { return s.drawHome(ctx, v.Scope, c) })
		if err != nil {
			return err
		}
		if drawn.drawn != nil {
			v.Map, v.Rows, v.MapOf = drawn.drawn, drawn.rows, c
			return nil
		}
	}
	return nil
}

// drawHome draws one figure by commune, nil where fewer than two communes have a value.
func (s *server) drawHome(ctx context.Context, sc *scope, c deskCard) (homeMap, error) {
	if _, ok, err := s.Maps.layer(sc); s.Maps.FS == nil || err != nil || !ok {
		return homeMap{}, err
	}
	rows, err := s.Figures.Breakdown(ctx, c.query(sc, sc.Period), "unit")
	if fault.KindOf(err) == fault.Internal && err != nil {
		return homeMap{}, err
	}
	if err != nil {
		return homeMap{}, nil
	}
	_, values, err := s.coloured(ctx, sc, rows)
	if err != nil {
		return homeMap{}, err
	}
	known := 0
	for _, x := range values {
		if x.Known && x.N != 0 {
			known++
		}
	}
	if known < 2 {
		return homeMap{}, nil
	}
	m, err := s.drawMap(ctx, figureView{asked: asked{Scope: sc}, Figure: &rows.Figure, Indicator: rows.Ind, Rows: rows, By: "unit"})
	return homeMap{m, rows}, err
}

type homeMap struct {
	drawn *drawnMap
	rows  *figure.Breakdown
}

// boardAsks are the cards of a person's board, those left out whose unit is no more or may no longer be read.
func (s *server) boardAsks(ctx context.Context, sc *scope, who *access.Viewer) ([]cardAsk, error) {
	cards, err := desk.Cards(ctx, s.DB.Read(), who.Account)
	if err != nil {
		return nil, err
	}
	var out []cardAsk
	for _, c := range cards {
		ref, ok := sc.unitOf(c.Unit)
		if !ok || c.Unit != 0 && !who.May(access.ReadWork, c.Unit) {
			continue
		}
		a := cardAsk{ID: c.ID, Indicator: c.Indicator, UnitRef: ref}
		a.Label, a.Value = c.Part()
		out = append(out, a)
	}
	return out, nil
}

// greeting is the day as a heading: Chủ nhật, 22/11/2026.
func (v homeView) greeting() string {
	return []string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}[v.Today.Weekday()] + ", " + v.Today.Vi()
}
