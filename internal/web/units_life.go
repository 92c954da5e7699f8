package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"danvan/internal/civil"
	"danvan/internal/org"
)

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
	Picture  string     // lineage as a drawing, empty where the unit came from none and is still what it was
	Lines    []lineageLine
	Map      *unitMap
	Gaps     []org.Gap
	Type     string
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
	if v.Map, err = s.mapOf(tree, v.Day, map[org.UnitID]int{u.ID: 5}, v.Name); err != nil {
		return err
	}
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
	for _, id := range tree.Children(u.ID, v.Day, org.Territory) {
		v.Children = append(v.Children, nodeOf(tree, id, v.Day))
	}
	for _, id := range tree.Children(u.ID, v.Day, org.Body) {
		v.Bodies = append(v.Bodies, nodeOf(tree, id, v.Day))
	}
	for _, other := range tree.ByCode(u.Code) {
		if other.ID != u.ID {
			v.Others = append(v.Others, unitLink{Ref: other.Code + "@" + other.Opened.String(), Name: tree.NameOn(other.ID, other.Opened) + " (từ " + other.Opened.Vi() + ")"})
		}
	}
	for _, c := range tree.Changes() {
		if touches(c, u) {
			v.Acts = append([]actLine{{c, actTarget(tree, c)}}, v.Acts...)
		}
	}
	v.Type = s.typeName(u, u.SpanOn(v.Day))
	lineage := lineageOf(tree, u, s.Today())
	v.Lines, v.Picture = lineage.lines(tree), lineage.svg(tree)
	v.Gaps = tree.Gaps(u.ID, org.OnDay(v.Day), org.Floor, min(s.Today(), u.Closed.AddDays(-1)))
	return v
}

func (v lifeView) ref() string { return unitAt(v.Unit.Code, v.Day) }

func (v lifeView) year() string { return strconv.Itoa(v.Day.Year()) }

// changeURL is the page of one act.
func changeURL(id int64) templ.SafeURL {
	return templ.SafeURL("/don-vi/thay-doi/" + strconv.FormatInt(id, 10))
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
