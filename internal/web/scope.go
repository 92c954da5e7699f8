package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// scope is what a page is about: the unit, the period and the boundaries. It lives in the address.
type scope struct {
	Action   string // address of the page itself, for the picker's form
	Unit     *org.Unit
	UnitRef  string // as it stands in the address
	UnitName string
	Period   civil.Period
	Basis    org.Basis
	Today    civil.Date
	Status   figure.Status // which entries figures count
	Waiting  int64         // how many of them nobody has confirmed yet; set by counted
	regimes  catalog.Regimes
	tree     *org.Tree
	fits     func(*org.Unit, civil.Date) bool // which units the page is for; nil is all
}

// readScope takes unit, period and basis from the address. What is missing there is the viewer's own: the unit that
// the first post stands on, and the present year.
func (s *server) readScope(r *http.Request) (*scope, error) {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	sc := &scope{Action: r.URL.Path, tree: tree, Today: s.Today()}
	if sc.Basis, err = org.ParseBasis(or(q.Get("ranh-gioi"), "then")); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Ranh giới phải là “then” (khi đó) hoặc một ngày như 2025-07-01.")
	}
	if sc.Status, err = readStatus(q); err != nil {
		return nil, err
	}
	home := s.homeScope(tree, r)
	if sc.Period, err = s.readPeriod(q, home.Period); err != nil {
		return nil, err
	}
	sc.regimes = s.Catalog.EditionOn(sc.Period.To).Regimes
	sc.UnitRef = strings.TrimSpace(q.Get("don-vi"))
	if sc.UnitRef == "" {
		sc.Unit = home.Unit
		sc.UnitRef = unitRef(tree, home.Unit, sc.Period.To)
	} else if sc.Unit, err = tree.Resolve(sc.UnitRef, sc.Basis, sc.Period.To); err != nil {
		return nil, err
	}
	sc.UnitName = tree.NameOn(sc.Unit.ID, sc.nameDay())
	return sc, nil
}

// statusField says in an address which entries figures count: statusConfirmed the confirmed alone, empty all.
const (
	statusField     = "tinh"
	statusConfirmed = "xac-nhan"
)

func readStatus(q url.Values) (figure.Status, error) {
	switch strings.TrimSpace(q.Get(statusField)) {
	case "", "tat-ca":
		return figure.All, nil
	case statusConfirmed:
		return figure.Confirmed, nil
	}
	return "", fault.New(fault.Invalid, "“tinh” phải bỏ trống (mọi việc đã ghi) hoặc là “xac-nhan” (chỉ việc đã xác nhận).")
}

// counted finds how many of the entries that the page's figures count nobody has confirmed yet.
func (s *server) counted(ctx context.Context, sc *scope) error {
	if sc.Status == figure.Confirmed {
		return nil
	}
	var err error
	sc.Waiting, err = keep(ctx, s, fmt.Sprint("unconfirmed", sc.Unit.ID, sc.Period.From, sc.Period.To, sc.Basis), func(ctx context.Context) (int64, error) {
		return s.Figures.Unconfirmed(ctx, sc.Unit.ID, sc.Period, sc.Basis)
	})
	return err
}

// countedText says which entries the page's figures count.
func (sc *scope) countedText() string { return figure.Counted(sc.Status, sc.Waiting) }

// homeScope is what a page is about where its address does not say. The report that the demo province was made for
// opens on that province and its ten years for whoever may read it.
func (s *server) homeScope(tree *org.Tree, r *http.Request) scope {
	v := viewer(r.Context())
	if t := r.PathValue("template"); t != "" && t == s.Home.Template && !s.named(r) {
		u, err := tree.Resolve(s.Home.Unit, org.AsThen(), s.Home.To)
		p, perr := civil.Between(s.Home.From, s.Home.To)
		if err == nil && perr == nil && v.May(access.ReadWork, u.ID) {
			return scope{Unit: u, Period: p}
		}
	}
	year, err := civil.ParsePeriod(strconv.Itoa(s.Today().Year()))
	if err != nil { // a clock far off
		year = civil.Period{From: s.Home.From, To: s.Home.To}
	}
	return scope{Unit: s.homeUnit(tree, v), Period: year}
}

// named reports whether the address names a unit or a period.
func (s *server) named(r *http.Request) bool {
	q := r.URL.Query()
	return slices.ContainsFunc([]string{"don-vi", "ky", "tu", "den"}, func(k string) bool { return strings.TrimSpace(q.Get(k)) != "" })
}

// homeUnit is the unit that a person's first post stands on, one whose work he may read before others. Who holds no
// post is shown the province that leads the tree, and refused by the row of the page.
func (s *server) homeUnit(tree *org.Tree, v *access.Viewer) *org.Unit {
	var homes []org.UnitID
	if v != nil {
		homes = v.Homes()
	}
	for _, id := range homes {
		if u := tree.Unit(id); u != nil && !u.NoData && v.May(access.ReadWork, id) {
			return u
		}
	}
	for _, id := range slices.Concat(homes, tree.Roots(s.Today())) {
		if u := tree.Unit(id); u != nil && !u.NoData {
			return u
		}
	}
	for _, u := range tree.Units() {
		return u
	}
	return &org.Unit{}
}

// nameDay is the day on which the unit is called by its name: the basis, else the period's end.
func (sc *scope) nameDay() civil.Date {
	if !sc.Basis.Then {
		return sc.Basis.On
	}
	day := sc.Period.To
	if day >= sc.Unit.Closed {
		day = sc.Unit.Closed.AddDays(-1)
	}
	return max(day, sc.Unit.Opened)
}

// query is the scope as query values, with changes laid over it. A period that has a code is carried by its code, so
// that its name goes with it.
func (sc *scope) query(changes ...string) string {
	q := url.Values{}
	for _, f := range sc.all() {
		q.Set(f[0], f[1])
	}
	for i := 0; i+1 < len(changes); i += 2 {
		sc.lay(q, changes[i], changes[i+1])
	}
	return "?" + q.Encode()
}

// lay puts one change over the scope's values: days take the place of a code, a code that of days.
func (sc *scope) lay(q url.Values, name, value string) {
	switch name {
	case "tu", "den":
		if q.Has("ky") {
			q.Del("ky")
			q.Set("tu", sc.Period.From.String())
			q.Set("den", sc.Period.To.String())
		}
	case "ky":
		q.Del("tu")
		q.Del("den")
	}
	if value == "" {
		q.Del(name)
		return
	}
	q.Set(name, value)
}

// all are the scope's values by name.
func (sc *scope) all() [][2]string {
	out := [][2]string{{"don-vi", sc.UnitRef}}
	if sc.Period.Code != "" {
		out = append(out, [2]string{"ky", sc.Period.Code})
	} else {
		out = append(out, [2]string{"tu", sc.Period.From.String()}, [2]string{"den", sc.Period.To.String()})
	}
	if !sc.Basis.Then {
		out = append(out, [2]string{"ranh-gioi", sc.Basis.On.String()})
	}
	if sc.Status == figure.Confirmed {
		out = append(out, [2]string{statusField, statusConfirmed})
	}
	return out
}

// basisName says which boundaries hold, in a word.
func (sc *scope) basisName() string {
	if sc.Basis.Then {
		return "khi đó"
	}
	return "ngày " + sc.Basis.On.Vi()
}

// unitChoice is one line of the unit picker.
type unitChoice struct {
	Ref, Name string
	Depth     int
	Current   bool
}

// choices are the unit's chain of parents, itself, and the territories below it.
func (sc *scope) choices() []unitChoice {
	day := sc.nameDay()
	var out []unitChoice
	chain := sc.tree.Chain(sc.Unit.ID, day)
	for i := len(chain) - 1; i >= 0; i-- {
		out = append(out, sc.choice(chain[i], day, len(out)))
	}
	for _, id := range sc.tree.Children(sc.Unit.ID, day, org.Territory) {
		if sc.fits != nil && !sc.fits(sc.tree.Unit(id), day) {
			continue
		}
		out = append(out, sc.choice(id, day, len(chain)))
	}
	return out
}

func (sc *scope) choice(id org.UnitID, day civil.Date, depth int) unitChoice {
	u := sc.tree.Unit(id)
	return unitChoice{Ref: unitRef(sc.tree, u, day), Name: sc.tree.NameOn(id, day), Depth: depth, Current: id == sc.Unit.ID}
}

// unitRef is how a unit is named in an address: its code, with a day where the code was reused.
func unitRef(tree *org.Tree, u *org.Unit, day civil.Date) string {
	if got, err := tree.Resolve(u.Code, org.Basis{Then: true}, day); err == nil && got.ID == u.ID && u.Closed == civil.Forever {
		return u.Code
	}
	return u.Code + "@" + max(u.Opened, civil.NewDate(2010, 1, 1)).String()
}

func or(s, fallback string) string {
	if strings.TrimSpace(s) == "" {
		return fallback
	}
	return strings.TrimSpace(s)
}

// basisDays are the days that a reader may restate to, newest first: each day on which boundaries changed.
func (sc *scope) basisDays() []civil.Date {
	var out []civil.Date
	for _, c := range sc.tree.Changes() {
		if !slices.Contains(out, c.Day) {
			out = append(out, c.Day)
		}
	}
	slices.SortFunc(out, func(a, b civil.Date) int { return int(b - a) })
	if !sc.Basis.Then && !slices.Contains(out, sc.Basis.On) {
		out = append([]civil.Date{sc.Basis.On}, out...)
	}
	return out
}

// hidden are the scope's values that a form must carry along, without those that it asks for itself. A form that asks
// for days drops the period's code.
func (sc *scope) hidden(except ...string) [][2]string {
	asksDays := slices.Contains(except, "tu")
	return slices.DeleteFunc(sc.all(), func(f [2]string) bool {
		return slices.Contains(except, f[0]) || f[0] == "ky" && asksDays
	})
}
