package web

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/search"
)

// searchRoutes are the pages of finding things. Whoever is signed in may ask; what he finds is what he may read.
func (s *server) searchRoutes() []route {
	return []route{
		{"GET /tim", access.SignedIn, nil, s.searchPage},
		{"GET /tim/goi-y", access.SignedIn, nil, s.searchHints},
	}
}

// SearchRules say what of an entry may be searched by everybody who reads its unit's work.
func SearchRules() search.Rules { return search.Rules{Guarded: guarded, Shown: shownTitle} }

// hitsShown is how many of each sort the page of all sorts shows, and hitsPaged how many a page of one sort.
const (
	hitsShown = 6
	hitsPaged = 25
	lastPage  = 400
)

// searchView is what was asked and what was found.
type searchView struct {
	Text     string
	Carry    url.Values // the scope of the page that was left: links back to figures and reports keep it
	Unit     string     // reference of the unit to which entries are limited, as typed
	UnitName string
	From, To civil.Date
	Sort     search.Sort
	Page     int
	Wrong    wrongs
	Answer   search.Answer
	Jumps    []hitLine
	Groups   []hitGroup
	Tabs     []tab
	Pages    pages
	Works    bool // whether he may read work anywhere: else entries are not spoken of
}

type hitGroup struct {
	Name  string
	Total int
	More  string // address of all of them, where not all are shown
	Lines []hitLine
}

// hitLine is one thing that was found, its texts taken apart at what the query has.
type hitLine struct {
	Href  string
	Name  []search.Piece
	Notes []string
	Chip  string // state of an entry
}

func (v *searchView) query(changes ...string) string {
	q := maps.Clone(v.Carry)
	q.Set("q", v.Text)
	for i, val := range []string{string(v.Sort), v.Unit, dayText(v.From), dayText(v.To)} {
		if val != "" {
			q.Set([]string{"loai", "trong", "tu-ngay", "den-ngay"}[i], val)
		}
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if q.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			q.Del(changes[i])
		}
	}
	return "/tim?" + q.Encode()
}

func dayText(d civil.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

func sortName(s search.Sort) string {
	return map[search.Sort]string{search.Entries: "Ghi nhận", search.Units: "Đơn vị", search.Catalogue: "Danh mục, chỉ tiêu", search.Reports: "Báo cáo"}[s]
}

func (s *server) searchPage(w http.ResponseWriter, r *http.Request) error {
	r = r.WithContext(withScope(r))
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v, ask := s.readSearch(r, tree)
	if ask.Text != "" && len(v.Wrong) == 0 {
		if v.Answer, err = s.Search.Find(r.Context(), ask); err != nil {
			return err
		}
		if to := s.jumpsTo(r, tree, v); to != "" {
			http.Redirect(w, r, to, http.StatusSeeOther)
			return nil
		}
		if err := s.fillSearch(r.Context(), tree, v); err != nil {
			return err
		}
	}
	p := page{Title: "Tìm kiếm", Section: "tim", Scripts: []string{"search.js"}}
	if v.Text != "" {
		p.Title = "Tìm “" + cutRunes(v.Text, 60) + "”"
	}
	if len(v.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, http.StatusOK, p, searchResults(v))
}

func cutRunes(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

// asked is a question in the name of who asks.
func (s *server) asked(ctx context.Context, text string) search.Question {
	v := viewer(ctx)
	return search.Question{Text: text, Read: v.Units(access.ReadWork), Letters: v.Units(access.ReadLetters), Reports: v.May(access.ReadWork, 0)}
}

// readSearch reads the address. What is wrong with a filter is said beside it; the words typed stay.
func (s *server) readSearch(r *http.Request, tree *org.Tree) (*searchView, search.Question) {
	q := r.URL.Query()
	v := &searchView{Text: strings.ToValidUTF8(strings.ReplaceAll(q.Get("q"), "\x00", " "), " "), Unit: strings.TrimSpace(q.Get("trong")), Carry: carriedQuery(q), Works: viewer(r.Context()).May(access.ReadWork, 0)}
	ask := s.asked(r.Context(), strings.TrimLeft(v.Text, " "))
	v.Text = strings.TrimSpace(v.Text)
	if sort := search.Sort(q.Get("loai")); slices.Contains(search.Sorts(), sort) {
		v.Sort, ask.Sort = sort, ""
	}
	v.From, v.To = v.day(q, "tu-ngay", "Từ ngày"), v.day(q, "den-ngay", "Đến hết ngày")
	if v.From != 0 && v.To != 0 && v.From > v.To {
		v.Wrong = append(v.Wrong, wrong{"den-ngay", "Ngày cuối đứng trước ngày đầu. Hãy đổi lại."})
	}
	ask.From, ask.To = v.From, v.To
	if v.Unit != "" {
		s.limitTo(v, &ask, tree)
	}
	v.Page, _ = strconv.Atoi(q.Get("trang"))
	v.Page = min(max(v.Page, 1), lastPage)
	ask.Limit = hitsShown
	if v.Sort != "" {
		ask.Limit, ask.Offset = hitsPaged, (v.Page-1)*hitsPaged
	}
	return v, ask
}

func (v *searchView) day(q url.Values, name, label string) civil.Date {
	text := strings.TrimSpace(q.Get(name))
	if text == "" {
		return 0
	}
	d, err := civil.ParseDate(text)
	if err != nil {
		v.Wrong = append(v.Wrong, wrong{name, label + " chưa đúng: viết như 2019-12-31 hoặc 31/12/2019."})
		return 0
	}
	return d
}

// limitTo limits entries to a unit, with all that is and was under it.
func (s *server) limitTo(v *searchView, ask *search.Question, tree *org.Tree) {
	u, err := tree.Resolve(v.Unit, org.AsThen(), s.Today())
	if err != nil {
		v.Wrong = append(v.Wrong, wrong{"trong", fault.Say(err)})
		return
	}
	v.UnitName = tree.NameOn(u.ID, min(s.Today(), u.Closed.AddDays(-1)))
	ask.Under = map[org.UnitID]bool{u.ID: true}
	for _, b := range []org.Basis{org.AsThen(), org.OnDay(s.Today())} {
		for _, sh := range tree.Reach(b, u.ID, org.ByAny, org.Filter{}) {
			if era, ok := tree.Era(sh.Era); ok {
				ask.Under[era.Unit] = true
			}
		}
	}
}

// jumpsTo is the one thing that the text names outright, where nothing else was asked. Units of the past that had the
// code of one of today stand on its page.
func (s *server) jumpsTo(r *http.Request, tree *org.Tree, v *searchView) string {
	jumps := slices.DeleteFunc(slices.Clone(v.Answer.Jumps), func(h search.Hit) bool {
		return h.Thing.Unit != 0 && !tree.Unit(h.Thing.Unit).Open(s.Today())
	})
	if len(jumps) == 0 {
		jumps = v.Answer.Jumps
	}
	q := r.URL.Query()
	if len(jumps) != 1 || q.Has("loai") || q.Has("trong") || q.Has("tu-ngay") || q.Has("den-ngay") || q.Has("trang") {
		return ""
	}
	return s.hitHref(r.Context(), tree, jumps[0])
}

func (s *server) fillSearch(ctx context.Context, tree *org.Tree, v *searchView) error {
	groups := v.Answer.Groups
	heads, err := s.headsOf(ctx, slices.Concat(v.Answer.Jumps, hitsOf(groups)))
	if err != nil {
		return err
	}
	v.Jumps = s.lines(ctx, tree, v.Answer.Jumps, heads, v.Answer.Words)
	v.Tabs = []tab{{Name: "Tất cả", Href: v.query("loai", ""), Current: v.Sort == ""}}
	for _, g := range groups {
		if g.Sort == search.Entries && !v.Works || g.Sort == search.Reports && !v.Works {
			continue
		}
		v.Tabs = append(v.Tabs, tab{Name: sortName(g.Sort), Href: v.query("loai", string(g.Sort)), Current: v.Sort == g.Sort, Count: g.Total})
		if v.Sort != "" && v.Sort != g.Sort {
			continue
		}
		line := hitGroup{Name: sortName(g.Sort), Total: g.Total, Lines: s.lines(ctx, tree, g.Hits, heads, v.Answer.Words)}
		if v.Sort == "" && g.Total > len(g.Hits) {
			line.More = v.query("loai", string(g.Sort))
		}
		if v.Sort != "" {
			v.Pages = pagesOf(v, g)
		}
		if g.Total > 0 || v.Sort != "" {
			v.Groups = append(v.Groups, line)
		}
	}
	if v.Sort == "" { // the sort that answers best comes first
		slices.SortStableFunc(v.Groups, func(a, b hitGroup) int { return cmp.Compare(b.best(v.Text), a.best(v.Text)) })
	}
	return nil
}

// best is 1 where the first hit is called just what was asked for.
func (g hitGroup) best(text string) int {
	if len(g.Lines) > 0 && civil.Fold(plainText(g.Lines[0].Name)) == civil.Fold(text) {
		return 1
	}
	return 0
}

func plainText(pieces []search.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

func pagesOf(v *searchView, g search.Group) pages {
	from := (v.Page - 1) * hitsPaged
	p := pages{From: int64(from + 1), To: int64(from + len(g.Hits)), Total: int64(g.Total), Noun: "kết quả"}
	if len(g.Hits) == 0 {
		p.From = 0
	}
	if v.Page > 1 {
		p.Prev = v.query("trang", strconv.Itoa(v.Page-1))
	}
	if from+hitsPaged < g.Total && v.Page < lastPage {
		p.Next = v.query("trang", strconv.Itoa(v.Page+1))
	}
	return p
}

func hitsOf(groups []search.Group) []search.Hit {
	var out []search.Hit
	for _, g := range groups {
		out = append(out, g.Hits...)
	}
	return out
}

// headsOf reads the entries among the hits.
func (s *server) headsOf(ctx context.Context, hits []search.Hit) (map[int64]ledger.Head, error) {
	out := map[int64]ledger.Head{}
	var ids []int64
	for _, h := range hits {
		if h.Entry != 0 {
			ids = append(ids, h.Entry)
		}
	}
	err := s.DB.View(ctx, func(q db.Querier) error {
		heads, err := s.Ledger.Heads(ctx, q, ids)
		for _, h := range heads {
			out[h.ID] = h
		}
		return err
	})
	return out, err
}

func (s *server) lines(ctx context.Context, tree *org.Tree, hits []search.Hit, heads map[int64]ledger.Head, words search.Words) []hitLine {
	var out []hitLine
	for _, h := range hits {
		line := hitLine{Href: s.hitHref(ctx, tree, h), Name: words.Mark(h.Thing.Name), Notes: thingNotes(h.Thing)}
		if h.Entry != 0 {
			e, ok := heads[h.Entry]
			if !ok {
				continue
			}
			line = s.entryLineOf(ctx, tree, e, words)
			line.Href = s.hitHref(ctx, tree, h)
		}
		out = append(out, line)
	}
	return out
}

func (s *server) entryLineOf(ctx context.Context, tree *org.Tree, e ledger.Head, words search.Words) hitLine {
	kind := s.Catalog.EditionOn(e.Day).Kind(e.Kind)
	title, name := e.Title, e.Kind
	if kind != nil {
		name = kind.Name
	}
	if kind == nil || guarded(kind) && !viewer(ctx).May(access.ReadLetters, e.Unit) {
		title = shownTitle(kind, "")
		if kind != nil {
			title = shownTitle(kind, e.Title)
		}
	}
	line := hitLine{Name: words.Mark(or(title, name)), Chip: string(e.State)}
	if or(title, name) != name {
		line.Notes = append(line.Notes, name)
	}
	line.Notes = append(line.Notes, tree.NameOn(e.Unit, e.Day), e.Day.Vi(), "#"+strconv.FormatInt(e.ID, 10))
	return line
}

func thingNotes(t search.Thing) []string {
	what := map[string]string{"indicator": "Chỉ tiêu", "kind": "Loại ghi nhận", "duty": "Nhiệm vụ", "unit": "", "report": ""}[t.What]
	var out []string
	for _, n := range []string{what, t.Note} {
		if n != "" {
			out = append(out, n)
		}
	}
	return out
}

// hitHref is where a hit leads.
func (s *server) hitHref(ctx context.Context, tree *org.Tree, h search.Hit) string {
	t := h.Thing
	past := ""
	if t.Edition != "" {
		past = "?an-ban=" + url.QueryEscape(t.Edition)
	}
	switch {
	case h.Entry != 0:
		return fmt.Sprintf("/ghi-nhan/%d", h.Entry)
	case t.What == "unit":
		return "/don-vi/" + unitRef(tree, tree.Unit(t.Unit), s.Today())
	case t.What == "indicator" && viewer(ctx).May(access.ReadWork, 0) && past == "":
		return "/so-lieu/" + url.PathEscape(t.Code) + scopeOf(ctx)
	case t.What == "indicator":
		return "/danh-muc/chi-tieu/" + url.PathEscape(t.Code) + past
	case t.What == "kind":
		return "/danh-muc/" + url.PathEscape(t.Code) + past
	case t.What == "duty":
		return "/danh-muc/nhiem-vu" + past + "#" + url.PathEscape(t.Code)
	}
	return "/bao-cao/" + url.PathEscape(t.Code) + scopeOf(ctx)
}

type scopeKey struct{}

// withScope keeps the scope that the address carries for the links of the answer.
func withScope(r *http.Request) context.Context {
	carry := ""
	if q := carriedQuery(r.URL.Query()); len(q) > 0 {
		carry = "?" + q.Encode()
	}
	return context.WithValue(r.Context(), scopeKey{}, carry)
}

func scopeOf(ctx context.Context) string {
	carry, _ := ctx.Value(scopeKey{}).(string)
	return carry
}

// hintLine is a suggestion below the search box.
type hintLine struct {
	Value string `json:"value"`
	Name  string `json:"name"`
	Note  string `json:"note"`
	Href  string `json:"href"`
}

// hintsOf is how many suggestions of each sort there are.
const hintsOf = 3

func (s *server) searchHints(w http.ResponseWriter, r *http.Request) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	out := []hintLine{}
	ask := s.asked(r.Context(), strings.TrimLeft(strings.ToValidUTF8(r.URL.Query().Get("q"), " "), " "))
	if ask.Limit = hintsOf; strings.TrimSpace(ask.Text) != "" {
		a, err := s.Search.Find(r.Context(), ask)
		if err != nil {
			return err
		}
		if a.Meant != "" {
			out = append(out, hintLine{a.Meant, "Có phải ý bạn: " + a.Meant, "", "/tim?q=" + url.QueryEscape(a.Meant)})
		}
		hits := slices.Concat(a.Jumps, hitsOf(a.Groups))
		heads, err := s.headsOf(r.Context(), hits)
		if err != nil {
			return err
		}
		for _, l := range s.lines(r.Context(), tree, hits, heads, nil) {
			name := plainText(l.Name)
			if !slices.ContainsFunc(out, func(h hintLine) bool { return h.Href == l.Href }) {
				out = append(out, hintLine{name, name, strings.Join(l.Notes, " · "), l.Href})
			}
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	return json.NewEncoder(w).Encode(out)
}
