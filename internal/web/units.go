package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// unitRoutes are the pages of units in time.
func (s *server) unitRoutes() []route {
	return []route{
		{"GET /don-vi", access.SignedIn, nil, s.kept(s.unitTree)},
		{"GET /don-vi/{ref}", access.SignedIn, nil, s.kept(s.unitPage)},
	}
}

// treeView is the tree of territories on a day.
type treeView struct {
	Day    civil.Date
	Roots  []treeNode
	Counts string
	Days   []changeDay
	Bodies bool
}

type treeNode struct {
	Ref, Code, Name, Type string
	Inferred, NoData      bool
	Children              []treeNode
	Bodies                []treeNode
}

// changeDay is a day on which units changed.
type changeDay struct {
	Day  civil.Date
	Acts int
}

func (s *server) unitTree(w http.ResponseWriter, r *http.Request) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := treeView{Day: s.Today(), Bodies: r.URL.Query().Get("to-chuc") == "1"}
	if text := strings.TrimSpace(r.URL.Query().Get("ngay")); text != "" {
		if v.Day, err = civil.ParseDate(text); err != nil {
			return fault.Wrap(err, fault.Invalid, "Ngày xem cây chưa đúng. Viết như 2019-12-31 hoặc 31/12/2019.")
		}
	}
	counts := map[string]int{}
	for _, id := range tree.Roots(v.Day) {
		v.Roots = append(v.Roots, buildNode(tree, id, v.Day, v.Bodies, counts))
	}
	var parts []string
	for _, l := range []string{"province", "district", "commune"} {
		if n := counts[l]; n > 0 {
			parts = append(parts, count(n, levelName(l)))
		}
	}
	v.Counts = strings.Join(parts, " · ")
	v.Days = changeDays(tree)
	p := page{Title: "Cây đơn vị ngày " + v.Day.Vi(), Section: "don-vi"}
	return s.render(w, r, http.StatusOK, p, unitTreePage(v))
}

func buildNode(tree *org.Tree, id org.UnitID, day civil.Date, bodies bool, counts map[string]int) treeNode {
	u := tree.Unit(id)
	span := u.SpanOn(day)
	n := treeNode{Ref: u.Code + "@" + day.String(), Code: u.Code, Name: span.Name, Type: span.Type, Inferred: u.Inferred, NoData: u.NoData}
	if u.Form == org.Territory {
		counts[span.Level]++
	}
	for _, c := range tree.Children(id, day, org.Territory) {
		n.Children = append(n.Children, buildNode(tree, c, day, bodies, counts))
	}
	if !bodies {
		return n
	}
	for _, c := range tree.Children(id, day, org.Body) {
		n.Bodies = append(n.Bodies, buildNode(tree, c, day, false, counts))
	}
	return n
}

func changeDays(tree *org.Tree) []changeDay {
	acts := map[civil.Date]int{}
	for _, c := range tree.Changes() {
		acts[c.Day]++
	}
	var out []changeDay
	for d, n := range acts {
		out = append(out, changeDay{d, n})
	}
	slices.SortFunc(out, func(a, b changeDay) int { return cmp.Compare(b.Day, a.Day) })
	return out
}

func levelName(level string) string {
	switch level {
	case "province":
		return "tỉnh"
	case "district":
		return "huyện, thành phố"
	case "commune":
		return "xã, phường, thị trấn"
	}
	return level
}

// lifeView is one unit's life: what it was called, whom it came from, what became of it.
type lifeView struct {
	Unit     *org.Unit
	Day      civil.Date
	Name     string
	Spans    []spanLine // newest first
	From, To []flowLine
	Chain    []unitLink
	Children []treeNode
	Bodies   []treeNode
	Others   []unitLink // other units that had the code
	Acts     []actLine  // newest first
}

// actLine is a dated act with the name of what it made or ended.
type actLine struct {
	org.Change
	What string
}

type spanLine struct {
	org.Span
	ParentName, ParentRef string
}

type flowLine struct {
	Ref, Name, Day, Kind, Share string
}

func (s *server) unitPage(w http.ResponseWriter, r *http.Request) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	u, err := tree.Resolve(r.PathValue("ref"), org.AsThen(), s.Today())
	if err != nil {
		return err
	}
	v := s.lifeView(tree, u, r.PathValue("ref"))
	p := page{Title: v.Name, Section: "don-vi"}
	return s.render(w, r, http.StatusOK, p, unitLifePage(v))
}

func (s *server) lifeView(tree *org.Tree, u *org.Unit, ref string) lifeView {
	v := lifeView{Unit: u, Day: lifeDay(u, ref, s.Today())}
	v.Name = tree.NameOn(u.ID, v.Day)
	for _, sp := range u.Spans {
		line := spanLine{Span: sp}
		if sp.Parent != 0 {
			line.ParentName = tree.NameOn(sp.Parent, sp.From)
			line.ParentRef = tree.Unit(sp.Parent).Code + "@" + sp.From.String()
		}
		v.Spans = append([]spanLine{line}, v.Spans...)
	}
	for _, f := range tree.Predecessors(u.ID) {
		v.From = append(v.From, flowOf(tree, f, f.From, f.Day.AddDays(-1)))
	}
	for _, f := range tree.Successors(u.ID) {
		v.To = append(v.To, flowOf(tree, f, f.To, f.Day))
	}
	for _, id := range tree.Chain(u.ID, v.Day)[1:] {
		v.Chain = append([]unitLink{{Ref: tree.Unit(id).Code + "@" + v.Day.String(), Name: tree.NameOn(id, v.Day)}}, v.Chain...)
	}
	counts := map[string]int{}
	for _, id := range tree.Children(u.ID, v.Day, org.Territory) {
		v.Children = append(v.Children, buildNode(tree, id, v.Day, false, counts))
	}
	for _, id := range tree.Children(u.ID, v.Day, org.Body) {
		v.Bodies = append(v.Bodies, buildNode(tree, id, v.Day, false, counts))
	}
	for _, other := range tree.Units() {
		if other.Code == u.Code && other.ID != u.ID {
			v.Others = append(v.Others, unitLink{Ref: other.Code + "@" + other.Opened.String(), Name: tree.NameOn(other.ID, other.Opened) + " (từ " + other.Opened.Vi() + ")"})
		}
	}
	for _, c := range tree.Changes() {
		if touches(c, u) {
			v.Acts = append([]actLine{{c, actTarget(tree, c)}}, v.Acts...)
		}
	}
	return v
}

// actTarget names the unit that an act made, changed or ended, as it was called then.
func actTarget(tree *org.Tree, c org.Change) string {
	day := c.Day
	if c.Kind == org.Abolish {
		day = day.AddDays(-1)
	}
	u, err := tree.Resolve(c.Code+"@"+day.String(), org.AsThen(), day)
	if err != nil { // an act on a unit that the tree does not hold: its own words
		return or(c.Name, c.Code)
	}
	return tree.NameOn(u.ID, day)
}

// allInferred reports whether every unit of a list was made by rule, so that it is said once.
func allInferred(list []treeNode) bool {
	for _, n := range list {
		if !n.Inferred {
			return false
		}
	}
	return len(list) > 0
}

// lifeDay is the day on which the page looks at the unit: the one in the address, else today or its last day.
func lifeDay(u *org.Unit, ref string, today civil.Date) civil.Date {
	if _, at, ok := strings.Cut(ref, "@"); ok {
		if d, err := civil.ParseDate(at); err == nil {
			return d
		}
	}
	if !u.Open(today) {
		return u.Closed.AddDays(-1)
	}
	return today
}

func touches(c org.Change, u *org.Unit) bool {
	if c.Code == u.Code && (c.Day == u.Opened || u.Open(c.Day) || c.Day == u.Closed) {
		return true
	}
	return c.Day == u.Closed && slices.ContainsFunc(c.Sources, func(src org.Source) bool { return src.Code == u.Code })
}

func flowOf(tree *org.Tree, f org.Flow, id org.UnitID, day civil.Date) flowLine {
	l := flowLine{Ref: tree.Unit(id).Code + "@" + day.String(), Name: tree.NameOn(id, day), Day: f.Day.Vi(), Kind: flowName(f.Kind)}
	if f.Kind == org.Split {
		l.Share = shareText(f.Parts)
	}
	return l
}

func shareText(p org.Parts) string {
	var parts []string
	for _, x := range []struct {
		name string
		n    int64
	}{{"dân số", p.Population}, {"diện tích", p.Area}, {"số hộ", p.Households}} {
		if x.n != org.Unknown {
			parts = append(parts, viNumber(bigShare(x.n))+"% "+x.name)
		}
	}
	if len(parts) == 0 {
		return "chưa rõ tỷ lệ"
	}
	return strings.Join(parts, ", ")
}

func flowName(kind string) string {
	switch kind {
	case org.Merge:
		return "sáp nhập"
	case org.Split:
		return "chia tách"
	}
	return kind
}

func changeName(kind string) string {
	switch kind {
	case org.Rename:
		return "đổi tên"
	case org.Upgrade:
		return "đổi loại"
	case org.Reparent:
		return "chuyển đơn vị cấp trên"
	case org.Open:
		return "thành lập"
	case org.Abolish:
		return "kết thúc"
	}
	return flowName(kind)
}
