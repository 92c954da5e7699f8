package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/fault"
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
	tree     *org.Tree
	fits     func(*org.Unit, civil.Date) bool // which units the page is for; nil is all
}

// readScope takes unit, period and basis from the address; what is missing comes from the home report.
func (s *server) readScope(r *http.Request) (*scope, error) {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	sc := &scope{Action: r.URL.Path, tree: tree}
	if sc.Basis, err = org.ParseBasis(or(q.Get("ranh-gioi"), "then")); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Ranh giới phải là “then” (khi đó) hoặc một ngày như 2025-07-01.")
	}
	if sc.Period, err = s.readPeriod(q); err != nil {
		return nil, err
	}
	sc.UnitRef = or(q.Get("don-vi"), s.homeUnit(tree, sc.Period.To))
	if sc.Unit, err = tree.Resolve(sc.UnitRef, sc.Basis, sc.Period.To); err != nil {
		return nil, err
	}
	sc.UnitName = tree.NameOn(sc.Unit.ID, sc.nameDay())
	return sc, nil
}

// homeUnit is the province that a page is about where the address names no unit: the home report's, or the one that
// it has gone into by the period's end.
func (s *server) homeUnit(tree *org.Tree, end civil.Date) string {
	u, err := tree.Resolve(s.Home.Unit, org.AsThen(), end)
	if err != nil || u.Open(end) {
		return s.Home.Unit
	}
	for _, id := range tree.Roots(end) {
		if root := tree.Unit(id); !root.NoData {
			return root.Code
		}
	}
	return s.Home.Unit
}

func (s *server) readPeriod(q url.Values) (civil.Period, error) {
	from, to := strings.TrimSpace(q.Get("tu")), strings.TrimSpace(q.Get("den"))
	if code := strings.TrimSpace(q.Get("ky")); code != "" && from == "" && to == "" {
		p, err := s.Catalog.Latest().Regimes.Parse(code)
		if err != nil {
			return p, fault.Wrap(err, fault.Invalid, "Không đọc được kỳ “"+code+"”. Viết như 2019, 2019-Q3, 2019-H1, 2019-M04, 2015..2019 hoặc tt01-2024:2025-Q1.")
		}
		return p, nil
	}
	if from == "" && to == "" {
		return civil.Between(s.Home.From, s.Home.To)
	}
	first, err := civil.ParseDate(or(from, s.Home.From.String()))
	if err != nil {
		return civil.Period{}, fault.Wrap(err, fault.Invalid, "Ngày đầu kỳ chưa đúng: "+err.Error()+".")
	}
	last, err := civil.ParseDate(or(to, s.Home.To.String()))
	if err != nil {
		return civil.Period{}, fault.Wrap(err, fault.Invalid, "Ngày cuối kỳ chưa đúng: "+err.Error()+".")
	}
	p, err := civil.Between(first, last)
	if err != nil {
		return p, fault.Wrap(err, fault.Invalid, "Kỳ chưa đúng: "+err.Error()+".")
	}
	return p, nil
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

// query is the scope as query values, with changes laid over it.
func (sc *scope) query(changes ...string) string {
	q := url.Values{"don-vi": {sc.UnitRef}, "tu": {sc.Period.From.String()}, "den": {sc.Period.To.String()}}
	if !sc.Basis.Then {
		q.Set("ranh-gioi", sc.Basis.On.String())
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if changes[i+1] == "" {
			q.Del(changes[i])
		} else {
			q.Set(changes[i], changes[i+1])
		}
	}
	return "?" + q.Encode()
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

// hidden are the scope's values that a form must carry along, without those that it asks for itself.
func (sc *scope) hidden(except ...string) [][2]string {
	all := [][2]string{{"tu", sc.Period.From.String()}, {"den", sc.Period.To.String()}}
	if !sc.Basis.Then {
		all = append(all, [2]string{"ranh-gioi", sc.Basis.On.String()})
	}
	return slices.DeleteFunc(all, func(f [2]string) bool { return slices.Contains(except, f[0]) })
}
