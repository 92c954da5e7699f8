package web

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/chart"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/works"
)

// subjectRoutes are the landing of all books, and one page of each subject, made from the catalogue.
func (s *server) subjectRoutes() []route {
	return []route{
		{"GET /chuyen-de", access.ReadWork, onScope, s.subjects},
		{"GET /chuyen-de/{system}", access.ReadWork, onScope, s.subject},
	}
}

// subjectCard is a subject on the landing: how much was recorded of it in the period, what is open in it.
type subjectCard struct {
	System int
	Name   string
	Href   string // its own book, else its page made from the catalogue
	Own    bool
	N      int64
	Open   []string // what asks for somebody
	Late   bool
}

type subjectsView struct {
	Scope *scope
	Books []subjectCard
	More  []subjectCard
}

// books are the subjects with pages of their own, by system.
var books = map[int]string{4: "/phan-cong", 5: "/tap-huan", 6: "/kiem-tra", 19: "/bien-che", 21: "/thi-dua"}

func (s *server) subjects(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	v := subjectsView{Scope: sc}
	n, err := s.countSystems(r.Context(), sc)
	if err != nil {
		return err
	}
	open, late, err := s.openOfBooks(r.Context(), sc)
	if err != nil {
		return err
	}
	ed := s.Catalog.EditionOn(sc.Period.To)
	for system, name := range systemNames {
		if !slices.ContainsFunc(ed.Kinds, func(k *catalog.Kind) bool { return k.System == system && !guarded(k) }) {
			continue
		}
		c := subjectCard{System: system, Name: name, N: n[system], Href: "/chuyen-de/" + strconv.Itoa(system) + sc.query(), Open: open[system], Late: late[system]}
		if path, ok := books[system]; ok {
			c.Href, c.Own = path+sc.query(), true
			v.Books = append(v.Books, c)
		} else {
			v.More = append(v.More, c)
		}
	}
	return s.render(w, r, http.StatusOK, page{Title: "Sổ chuyên đề", Section: "chuyen-de", Scope: sc}, subjectsPage(v))
}

// countSystems counts the entries of the page's unit and period by system, letters left out.
func (s *server) countSystems(ctx context.Context, sc *scope) (map[int]int64, error) {
	all, err := s.counts(ctx, sc.Period)
	if err != nil {
		return nil, err
	}
	under, out := sc.subtree(), map[int]int64{}
	for _, c := range all {
		if k := s.kindNear(c.Kind, sc.Period.To); k != nil && under[c.Unit] && !guarded(k) {
			out[k.System] += c.N
		}
	}
	return out, nil
}

// openOfBooks says what is open in the books: inspections, recommendations, courses.
func (s *server) openOfBooks(ctx context.Context, sc *scope) (open map[int][]string, late map[int]bool, err error) {
	open, late = map[int][]string{}, map[int]bool{}
	f := ledger.Filter{Units: slices.Collect(maps.Keys(sc.subtree()))}
	err = s.DB.View(ctx, func(q db.Querier) error {
		inspections, err := s.shelf().Inspections(ctx, q, f)
		if err != nil {
			return err
		}
		var going, recs, overdue int
		for _, i := range inspections {
			if !following(i, sc.Today) {
				continue
			}
			going++
			a, b := i.OpenRecs(sc.Today)
			recs, overdue = recs+a, overdue+b
		}
		open[6] = []string{count(going, "cuộc đang theo dõi"), count(recs, "kiến nghị chưa khép"), count(overdue, "kiến nghị quá hạn")}
		late[6] = overdue > 0
		courses, err := s.shelf().Courses(ctx, q, f)
		if err != nil {
			return err
		}
		states := map[works.CourseState]int{}
		for _, c := range courses {
			states[c.State(sc.Today)]++
		}
		open[5] = []string{count(states[works.CourseRunning], "lớp đang học"), count(states[works.CoursePlanned], "lớp sắp mở"), count(states[works.CourseLate], "lớp quá ngày dự kiến")}
		late[5] = states[works.CourseLate] > 0
		return nil
	})
	return open, late, err
}

// subjectView is the page of one subject, made from the catalogue alone.
type subjectView struct {
	Scope  *scope
	System int
	Name   string
	Kinds  []subjectKind
	Cards  []bookKpi
	Newest []entryRow
	Chart  string
	Months []subjectMonth
	Total  int64
	Book   string // its own book, where it has one
}

type subjectKind struct {
	Code, Name string
	N          int64
	List, New  string // addresses
	May        bool
}

type subjectMonth struct {
	Name string
	N    int64
}

func (s *server) subject(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("system"))
	if err != nil || n < 1 || n >= len(systemNames) {
		return fault.New(fault.NotFound, "Không có chuyên đề này. Hãy chọn ở trang Sổ chuyên đề.")
	}
	v := subjectView{Scope: sc, System: n, Name: systemNames[n], Book: books[n]}
	if err := s.fillSubject(r, &v); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page{Title: v.Name, Section: "chuyen-de", Scope: sc}, subjectPage(v))
}

// newestRows is how many entries a subject's page lists; shownFigures how many figures it shows.
const (
	newestRows   = 10
	shownFigures = 6
)

func (s *server) fillSubject(r *http.Request, v *subjectView) error {
	ctx, sc := r.Context(), v.Scope
	under := sc.subtree()
	counts, err := s.counts(ctx, sc.Period)
	if err != nil {
		return err
	}
	var codes []string
	for _, k := range s.Catalog.EditionOn(sc.Period.To).Kinds {
		if k.System != v.System || guarded(k) {
			continue
		}
		line := subjectKind{Code: k.Code, Name: k.Name, List: "/ghi-nhan" + sc.query() + "&loai=" + k.Code, New: "/ghi-nhan/moi/" + k.Code, May: mayOpenForm(viewer(ctx), k)}
		for _, c := range counts {
			if c.Kind == k.Code && under[c.Unit] {
				line.N += c.N
			}
		}
		v.Total += line.N
		v.Kinds = append(v.Kinds, line)
		codes = append(codes, k.Code)
	}
	if len(codes) == 0 {
		return fault.New(fault.NotFound, "Chuyên đề này chưa có loại việc nào để ghi.")
	}
	f := ledger.Filter{Kinds: codes, Units: slices.Collect(maps.Keys(under)), From: sc.Period.From, To: sc.Period.To}
	err = s.DB.View(ctx, func(q db.Querier) error {
		heads, _, err := s.Ledger.Page(ctx, q, f, ledger.NewestFirst, 0, newestRows)
		for _, h := range heads {
			v.Newest = append(v.Newest, s.dressed(entryRow{ID: h.ID, Unit: h.Unit, Kind: h.Kind, State: string(h.State), Title: h.Title, Day: h.Day}, viewer(ctx), sc))
		}
		if err != nil {
			return err
		}
		return s.subjectMonths(ctx, q, v, f)
	})
	if err != nil {
		return err
	}
	return s.subjectFigures(ctx, v)
}

// subjectMonths counts the entries of the last twelve months of the period.
func (s *server) subjectMonths(ctx context.Context, q db.Querier, v *subjectView, f ledger.Filter) error {
	end := min(v.Scope.Period.To, v.Scope.Today)
	first := civil.NewDate(end.Year(), end.Month(), 1).AddMonths(-11)
	first = max(first, civil.NewDate(v.Scope.Period.From.Year(), v.Scope.Period.From.Month(), 1))
	bars := chart.Bars{About: chart.About{Title: v.Name + " theo tháng", Unit: "việc"}, Series: []chart.Series{{Name: "Việc đã ghi"}}}
	for m := first; m <= end; m = m.AddMonths(1) {
		f.From, f.To = max(m, v.Scope.Period.From), min(m.MonthEnd(), v.Scope.Period.To)
		n, err := s.Ledger.Count(ctx, q, f)
		if err != nil {
			return err
		}
		name := fmt.Sprintf("%d/%d", m.Month(), m.Year())
		v.Months = append(v.Months, subjectMonth{name, int64(n)})
		bars.Categories = append(bars.Categories, name)
		bars.Series[0].Values = append(bars.Series[0].Values, chart.Num(float64(n)))
	}
	if len(v.Months) > 1 {
		v.Chart = bars.SVG()
	}
	return nil
}

// subjectFigures are the first figures of the catalogue's list for the subject that say something in the period.
func (s *server) subjectFigures(ctx context.Context, v *subjectView) error {
	var asks []cardAsk
	for _, ind := range s.Catalog.EditionOn(v.Scope.Period.To).Indicators {
		if ind.System == v.System && len(asks) < 3*shownFigures {
			asks = append(asks, cardAsk{Indicator: ind.Code, UnitRef: v.Scope.UnitRef})
		}
	}
	cards, err := s.cards(ctx, v.Scope, asks)
	if err != nil {
		return err
	}
	for _, c := range cards {
		if c.Refused == "" && c.Text != "" && c.Text != "–" && len(v.Cards) < shownFigures {
			v.Cards = append(v.Cards, bookKpi{Name: c.Name, Value: c.Text, Unit: c.Measure, Href: c.Href, Note: changeNote(c.Change)})
		}
	}
	return nil
}

func changeNote(change string) string {
	if change == "" {
		return ""
	}
	return change + " so với cùng kỳ"
}
