package portal

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/disclosure"
	"danvan/internal/ledger"
	"danvan/internal/opendata"
	"danvan/internal/org"
)

// foundCommune is a commune of today with the names under which people may know it.
type foundCommune struct {
	place
	Former []string
}

// communesView is where one finds one's commune: by today's name or by that of a commune that went into it.
type communesView struct {
	form
	All    []foundCommune
	Asked  bool
	Groups []communeGroup
}

// communeGroup are the communes whose name begins with a letter.
type communeGroup struct {
	Letter string
	List   []foundCommune
}

// communeList answers ?xa=CODE with the commune's page, and ?tim=words with the communes that have them.
func (p *portal) communeList(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	if code := q.Get("xa"); code != "" {
		c, err := p.commune(ctx, code)
		if err != nil {
			return err
		}
		return seeOther(w, r, "/xa/"+c.Code)
	}
	words := strings.Fields(civil.Fold(q.Get("tim")))
	if len(words) == 0 {
		return p.keep(p.showCommunes)(w, r)
	}
	return p.showCommunes(w, r)
}

func (p *portal) showCommunes(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	all, err := p.communes(ctx)
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	v := &communesView{form: form{Values: r.URL.Query()}}
	words := strings.Fields(civil.Fold(v.get("tim")))
	v.Asked = len(words) > 0
	slices.SortStableFunc(all, func(a, b place) int {
		return cmp.Compare(civil.Fold(shortPlace(a.Name)), civil.Fold(shortPlace(b.Name)))
	})
	for _, c := range all {
		f := foundCommune{c, formerNames(tree, c.ID)}
		if !v.Asked {
			f.Former = nil
			v.group(f)
		} else if f.Former = named(words, f); f.Former != nil {
			v.All = append(v.All, f)
		}
	}
	if len(v.All) == 1 {
		return seeOther(w, r, "/xa/"+v.All[0].Code)
	}
	title := say(ctx, "Xã, phường", "Communes")
	return p.render(w, r, http.StatusOK, page{Title: title, Section: "xa"}, communesBody(v))
}

// named are the names of a commune that have all the words, its own first; nil where none has.
func named(words []string, c foundCommune) []string {
	fits := func(name string) bool {
		have := strings.Fields(civil.Fold(name))
		return !slices.ContainsFunc(words, func(w string) bool {
			return !slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, w) })
		})
	}
	var out []string
	for _, name := range c.Former {
		if fits(name) {
			out = append(out, name)
		}
	}
	if out == nil && fits(c.Name) {
		return []string{}
	}
	return out
}

// group puts a commune under its first letter; communes come by name, so letters come in their order.
func (v *communesView) group(c foundCommune) {
	letter := firstLetter(shortPlace(c.Name))
	i := slices.IndexFunc(v.Groups, func(g communeGroup) bool { return g.Letter == letter })
	if i < 0 {
		v.Groups = append(v.Groups, communeGroup{Letter: letter})
		i = len(v.Groups) - 1
	}
	v.Groups[i].List = append(v.Groups[i].List, c)
}

// firstLetter is the letter under which a name stands, without marks: Đ and Â stand with D and A.
func firstLetter(name string) string {
	f := civil.Fold(name)
	if f == "" {
		return "#"
	}
	return strings.ToUpper(f[:1])
}

// formerNames are the names of the territories that went into a commune, the last first.
func formerNames(tree *org.Tree, id org.UnitID) []string {
	var out []string
	seen := map[org.UnitID]bool{id: true}
	for next := []org.UnitID{id}; len(next) > 0; next = next[1:] {
		for _, f := range tree.Predecessors(next[0]) {
			u := tree.Unit(f.From)
			if u == nil || seen[f.From] || u.Form != org.Territory {
				continue
			}
			seen[f.From] = true
			next = append(next, f.From)
			if name := u.Spans[len(u.Spans)-1].Name; !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// mergedFrom are the communes out of which one was made, with the day; 0 where it was there from the beginning.
func mergedFrom(tree *org.Tree, id org.UnitID) (names []string, day civil.Date) {
	for _, f := range tree.Predecessors(id) {
		if u := tree.Unit(f.From); u != nil && u.Form == org.Territory {
			names, day = append(names, u.Spans[len(u.Spans)-1].Name), f.Day
		}
	}
	slices.Sort(names)
	return slices.Compact(names), day
}

// communeView is a commune's own page.
type communeView struct {
	Place     place
	From      []string // the communes that it was made of
	FromDay   civil.Date
	Address   string // of this page, to be kept or written down
	Sum       dialogue.Summary
	Promises  []promiseCard
	Coming    []sessionCard
	Held      []sessionCard
	Published publishedCounts
	Rows      []disclosure.Row
	Law       *disclosure.Law
	Decided   []decidedLine
	Boards    []supervisedBoard
	Works     int
	Sections  []templ.Component
	Year      int
	Figures   []figureGroupOf
	Today     civil.Date
}

// figureGroupOf are the figures of one group that a commune reported something for.
type figureGroupOf struct {
	Name  string
	Tiles []figureTile
}

// How much of each subject a commune's page shows before it leads on.
const (
	communeRows    = 5
	communeHeld    = 2
	communeDecided = 3
)

func (p *portal) communePage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := p.commune(ctx, r.PathValue("code"))
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	v := &communeView{Place: c, Address: p.Root + at(ctx, "/xa/"+c.Code), Year: p.Today().Year(), Today: p.Today(), Law: p.disclosures().Law(p.Today()), Sections: p.sections(ctx, c)}
	v.From, v.FromDay = mergedFrom(tree, c.ID)
	for _, fill := range []func(context.Context, *communeView) error{p.fillPromises, p.fillSessions, p.fillPublished, p.fillDecided, p.fillFigures} {
		if err := fill(ctx, v); err != nil {
			return err
		}
	}
	about := say(ctx, "Lời hứa, lịch đối thoại, việc phải công khai, đóng góp của dân và số liệu của ", "Promises, dialogues, what must be published, contributions and figures of ") + c.Name
	return p.render(w, r, http.StatusOK, page{Title: c.Name, Section: "xa", About: about, Wide: true}, p.communeBody(v))
}

func (p *portal) fillPromises(ctx context.Context, v *communeView) (err error) {
	v.Sum, v.Promises, err = p.promisesOf(ctx, v.Place, homeShows)
	if err != nil {
		return err
	}
	works, err := p.worksOf(ctx, v.Place.ID)
	v.Works = len(works)
	return err
}

func (p *portal) fillSessions(ctx context.Context, v *communeView) (err error) {
	if v.Coming, err = p.comingTo(ctx, v.Place); err != nil {
		return err
	}
	all, err := p.occasions(ctx)
	for _, c := range all {
		if c.Now.ID == v.Place.ID && c.Session != nil && len(v.Held) < communeHeld {
			v.Held = append(v.Held, c)
		}
	}
	return err
}

func (p *portal) fillPublished(ctx context.Context, v *communeView) error {
	regs, err := p.registers(ctx, v.Place.ID)
	if err != nil {
		return err
	}
	v.Rows = regs[v.Place.ID]
	v.Published = countPublished(v.Rows)
	sortPublished(v.Rows)
	v.Rows = v.Rows[:min(len(v.Rows), communeRows)]
	return nil
}

// fillDecided reads what households decided, and what their boards found.
func (p *portal) fillDecided(ctx context.Context, v *communeView) error {
	units, err := p.unitsOf(ctx, v.Place)
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	return p.DB.View(ctx, func(q db.Querier) error {
		list, err := p.disclosures().Decisions(ctx, q, ledger.Filter{Units: units, From: v.Today.AddYears(-1)})
		if err != nil {
			return err
		}
		for _, d := range list[:min(len(list), communeDecided)] {
			v.Decided = append(v.Decided, decidedLine{d, v.Law.Decide(d), v.Law.Follow(d, v.Today), d.Village})
		}
		boards, err := p.disclosures().Boards(ctx, q, ledger.Filter{Units: units})
		if err != nil {
			return err
		}
		for _, b := range boards {
			if b.Running(v.Today) && len(v.Boards) < communeDecided {
				v.Boards = append(v.Boards, supervisedBoard{b, placeName(tree, b.Place, v.Today), disclosure.Sum(b.Findings)})
			}
		}
		return nil
	})
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

// fillFigures reads the open figures of which something was reported for a commune in the year.
func (p *portal) fillFigures(ctx context.Context, v *communeView) error {
	of, err := p.province(ctx)
	if err != nil {
		return err
	}
	for _, o := range p.openBook().Open(p.Today()) {
		t, err := p.openTableOf(ctx, opendata.Ask{Code: o.Code, Province: of.ID, Year: v.Year, Basis: opendata.Today, Today: p.Today()})
		if err != nil {
			return err
		}
		for _, l := range t.Lines {
			if l.Code != v.Place.Code || l.Kind != org.Commune || l.State == opendata.Silent || l.State == opendata.NoData {
				continue
			}
			tile := figureTile{figureLine{o, lineText(ctx, t, l)}, measureBeside(t)}
			if l.State != opendata.Known {
				tile.Measure = ""
			}
			name := say(ctx, o.Group, o.GroupEnglish)
			if n := len(v.Figures); n == 0 || v.Figures[n-1].Name != name {
				v.Figures = append(v.Figures, figureGroupOf{Name: name})
			}
			g := &v.Figures[len(v.Figures)-1]
			g.Tiles = append(g.Tiles, tile)
		}
	}
	return nil
}

// sortPublished puts what is missing first, and the latest before the older.
func sortPublished(rows []disclosure.Row) {
	order := func(s disclosure.State) int { return slices.Index(disclosure.States, s) }
	slices.SortStableFunc(rows, func(a, b disclosure.Row) int {
		return cmp.Or(cmp.Compare(order(a.State), order(b.State)), cmp.Compare(b.Start, a.Start))
	})
}

// joined are names of communes within a sentence: “xã Kim Hỷ, phường Minh Khai”.
func joined(names []string) string {
	var out []string
	for _, name := range names {
		if short := shortPlace(name); short != name {
			name = strings.ToLower(strings.TrimSuffix(name, short)) + short
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}
