package web

import (
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/xlsx"
)

// treeAsk is what the page of the tree was asked for.
type treeAsk struct {
	Day    civil.Date
	Root   *org.Unit // only from this unit down; nil is everything
	Bodies bool
	Search string
	Class  string // level/type that the list is narrowed to: commune/Phường, province/front
	From   int    // first row of a list
}

// treeView is the tree of units on a day, or a list of those that were searched for.
type treeView struct {
	treeAsk
	Today  civil.Date
	Title  string
	Trail  []unitLink
	Roots  []treeNode
	Counts string
	Count  int // of bodies
	Folded bool
	Spared bool // bodies are listed for the first level only
	Days   []changeDay
	Types  []option
	Manage bool
	List   *unitList
}

// treeNode is a unit with what is below it. Below says how many territories there are where they are not listed.
type treeNode struct {
	Ref, Code, Name, Type string
	Inferred, NoData      bool
	Below                 int
	Children              []treeNode
	Bodies                []treeNode
}

// mostTerritories and mostBodies are how many units one page lists; where there are more, lower levels are loaded
// when they are asked for. A page stays under 50 kB on the line.
const (
	mostTerritories = 420
	mostBodies      = 700
)

func (s *server) readTree(r *http.Request, tree *org.Tree) (treeAsk, error) {
	q := r.URL.Query()
	a := treeAsk{Day: s.Today(), Bodies: q.Get("to-chuc") == "1", Search: strings.TrimSpace(q.Get("tim")), Class: q.Get("loai")}
	var err error
	if text := strings.TrimSpace(q.Get("ngay")); text != "" {
		if a.Day, err = civil.ParseDate(text); err != nil {
			return a, fault.Wrap(err, fault.Invalid, "Ngày xem cây chưa đúng. Viết như 2019-12-31 hoặc 31/12/2019.")
		}
	}
	if ref := strings.TrimSpace(q.Get("goc")); ref != "" {
		if a.Root, err = tree.Resolve(ref, org.OnDay(a.Day), a.Day); err != nil {
			return a, err
		}
		if !a.Root.Open(a.Day) {
			return a, fault.Newf(fault.NotFound, "Đơn vị %s không tồn tại vào ngày %s. Chọn ngày khác, hoặc xem cả cây.", a.Root.Code, a.Day.Vi())
		}
	}
	from, err := readOffset(r)
	a.From = int(from)
	return a, err
}

// query is the address of the same page with values changed: name, value, name, value. An empty value goes.
func (a treeAsk) query(changes ...string) string {
	q := url.Values{"ngay": {a.Day.String()}}
	if a.Root != nil {
		q.Set("goc", a.Root.Code)
	}
	if a.Bodies {
		q.Set("to-chuc", "1")
	}
	if a.Search != "" {
		q.Set("tim", a.Search)
	}
	if a.Class != "" {
		q.Set("loai", a.Class)
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

// unitTreeFor keeps the page for all readers but those whom it also shows the way to the administrator's pages.
func (s *server) unitTreeFor(w http.ResponseWriter, r *http.Request) error {
	if mayArrange(viewer(r.Context())) {
		return s.unitTree(w, r)
	}
	return s.kept(s.unitTree)(w, r)
}

func (s *server) unitTree(w http.ResponseWriter, r *http.Request) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	ask, err := s.readTree(r, tree)
	if err != nil {
		return err
	}
	v := treeView{treeAsk: ask, Today: s.Today(), Title: "Cây đơn vị ngày " + ask.Day.Vi(), Days: changeDays(tree), Types: typesOn(s, tree, ask.Day), Manage: mayArrange(viewer(r.Context()))}
	counts := map[string]int{}
	for _, id := range tree.Existing(v.Day, ask.root(), org.Filter{Forms: []string{org.Territory}}) {
		counts[tree.SpanOn(id, v.Day).Level]++
	}
	v.Counts = joinLevels(counts)
	v.fill(tree, counts)
	if ask.Search != "" || ask.Class != "" {
		v.List = s.listUnits(tree, ask)
	}
	p := page{Title: v.Title, Section: "don-vi", Scripts: []string{"units.js"}}
	return s.render(w, r, http.StatusOK, p, unitTreePage(v))
}

func (a treeAsk) root() org.UnitID {
	if a.Root == nil {
		return 0
	}
	return a.Root.ID
}

func (v *treeView) fill(tree *org.Tree, counts map[string]int) {
	total := 0
	for _, n := range counts {
		total += n
	}
	v.Bodies = v.Bodies && v.Search == "" && v.Class == ""
	bodies := len(tree.Existing(v.Day, v.root(), org.Filter{Forms: []string{org.Body}}))
	v.Count, v.Folded, v.Spared = bodies, total > mostTerritories, bodies > mostBodies
	tops := tree.Children(v.root(), v.Day, org.Territory)
	if v.Root != nil {
		v.Title = tree.NameOn(v.Root.ID, v.Day) + ": cây đơn vị ngày " + v.Day.Vi()
		for _, id := range tree.Chain(v.Root.ID, v.Day)[1:] {
			v.Trail = append([]unitLink{{Ref: tree.Unit(id).Code, Name: tree.NameOn(id, v.Day)}}, v.Trail...)
		}
		tops = []org.UnitID{v.Root.ID}
	}
	for _, id := range tops {
		v.Roots = append(v.Roots, v.node(tree, id, 0))
	}
}

func (v *treeView) node(tree *org.Tree, id org.UnitID, depth int) treeNode {
	n := nodeOf(tree, id, v.Day)
	first := v.Root == nil && depth == 0 || v.Root != nil && depth < 2
	if v.Bodies && (!v.Spared || first && depth == 0) {
		for _, c := range tree.Children(id, v.Day, org.Body) {
			n.Bodies = append(n.Bodies, nodeOf(tree, c, v.Day))
		}
	}
	below := tree.Children(id, v.Day, org.Territory)
	if v.Folded && (v.Root == nil || depth > 0) {
		n.Below = len(below)
		return n
	}
	for _, c := range below {
		n.Children = append(n.Children, v.node(tree, c, depth+1))
	}
	return n
}

func nodeOf(tree *org.Tree, id org.UnitID, day civil.Date) treeNode {
	u := tree.Unit(id)
	span := u.SpanOn(day)
	return treeNode{Ref: unitAt(u.Code, day), Code: u.Code, Name: span.Name, Type: span.Type, Inferred: u.Inferred, NoData: day < u.DataFrom}
}

// typesOn are the sorts of units that exist on a day, as choices of the filter: territories by their own word,
// bodies by the catalogue's.
func typesOn(s *server, tree *org.Tree, day civil.Date) []option {
	seen := map[string]int{}
	for _, id := range tree.Existing(day, 0, org.Filter{}) {
		seen[tree.SpanOn(id, day).Class()]++
	}
	ed := s.Catalog.EditionOn(day)
	out := []option{{"", "Mọi loại", ""}}
	rank := map[string]int{org.Province: 0, org.District: 1, org.Commune: 2}
	keys := slices.SortedFunc(maps.Keys(seen), func(a, b string) int {
		la, ta, _ := strings.Cut(a, "/")
		lb, tb, _ := strings.Cut(b, "/")
		ba, bb := ed.UnitType(ta) != nil, ed.UnitType(tb) != nil
		if ba != bb {
			return map[bool]int{false: -1, true: 1}[ba]
		}
		if la != lb {
			return rank[la] - rank[lb]
		}
		return strings.Compare(ta, tb)
	})
	for _, class := range keys {
		level, typ, _ := strings.Cut(class, "/")
		name := typ
		if ed.UnitType(typ) != nil {
			name = className(ed, class)
		} else if typ == "" {
			name = levelName(level)
		}
		out = append(out, option{class, fmt.Sprintf("%s (%s)", name, civil.FormatInt(int64(seen[class]))), ""})
	}
	return out
}

// treeRow is a unit as an export lists it.
type treeRow struct {
	Level, Code, Name, Type, Parent, ParentName string
	From, To                                    civil.Date
	Note                                        string
}

// treeRows are the units on the day from the root down, territories before their bodies.
func (s *server) treeRows(tree *org.Tree, a treeAsk) []treeRow {
	var out []treeRow
	var walk func(id org.UnitID)
	walk = func(id org.UnitID) {
		u := tree.Unit(id)
		span := u.SpanOn(a.Day)
		row := treeRow{Level: levelShort(span.Level), Code: u.Code, Name: span.Name, Type: s.typeName(u, span), From: u.Opened, To: u.Closed, Note: treeNote(u, a.Day)}
		if p := tree.Unit(span.Parent); p != nil {
			row.Parent, row.ParentName = p.Code, tree.NameOn(p.ID, a.Day)
		}
		out = append(out, row)
		if a.Bodies && u.Form == org.Territory {
			for _, c := range tree.Children(id, a.Day, org.Body) {
				walk(c)
			}
		}
		for _, c := range tree.Children(id, a.Day, org.Territory) {
			walk(c)
		}
	}
	if a.Root != nil {
		walk(a.Root.ID)
		return out
	}
	for _, id := range tree.Children(0, a.Day, org.Territory) {
		walk(id)
	}
	return out
}

// typeName is a unit's type in words: a territory's own, a body's as the catalogue calls it.
func (s *server) typeName(u *org.Unit, span org.Span) string {
	if u.Form == org.Body {
		if t := s.Catalog.Latest().UnitType(span.Type); t != nil {
			return t.Name
		}
	}
	return span.Type
}

func treeNote(u *org.Unit, day civil.Date) string {
	switch {
	case day < u.DataFrom:
		return "không có dữ liệu trong hệ thống"
	case u.Inferred:
		return "lập theo quy tắc, chưa đọc trong văn bản"
	}
	return ""
}

var treeHeads = []string{"Cấp", "Mã", "Tên", "Loại", "Mã cấp trên", "Cấp trên", "Từ ngày", "Đến hết ngày", "Ghi chú"}

func (s *server) treeFile(w http.ResponseWriter, r *http.Request, ext, mime string) (treeAsk, []treeRow, error) {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return treeAsk{}, nil, err
	}
	a, err := s.readTree(r, tree)
	if err != nil {
		return a, nil, err
	}
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="don-vi-%s.%s"`, a.Day, ext))
	return a, s.treeRows(tree, a), nil
}

func (s *server) unitTreeCSV(w http.ResponseWriter, r *http.Request) error {
	_, rows, err := s.treeFile(w, r, "csv", "text/csv; charset=utf-8")
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte("\ufeff")); err != nil { // spreadsheets read UTF-8 only with a mark
		return nil
	}
	out := csv.NewWriter(w)
	_ = out.Write(treeHeads)
	for _, x := range rows {
		_ = out.Write([]string{x.Level, x.Code, inert(x.Name), x.Type, x.Parent, inert(x.ParentName), x.From.String(), lastDay(x.To), x.Note})
	}
	out.Flush() // a broken connection has nobody to tell
	return nil
}

func lastDay(closed civil.Date) string {
	if closed == civil.Forever {
		return ""
	}
	return closed.AddDays(-1).String()
}

func (s *server) unitTreeXLSX(w http.ResponseWriter, r *http.Request) error {
	a, rows, err := s.treeFile(w, r, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	if err != nil {
		return err
	}
	sheet := xlsx.Sheet{Name: "Đơn vị", Titles: []string{"Cây đơn vị ngày " + a.Day.Vi()}}
	for _, h := range treeHeads {
		sheet.Columns = append(sheet.Columns, xlsx.Column{Head: h})
	}
	for _, x := range rows {
		row := xlsx.Texts(x.Level, x.Code, x.Name, x.Type, x.Parent, x.ParentName)
		to := xlsx.Empty()
		if x.To != civil.Forever {
			to = xlsx.Date(x.To.AddDays(-1).Time())
		}
		row.Cells = append(row.Cells, xlsx.Date(x.From.Time()), to, xlsx.Text(x.Note))
		sheet.Rows = append(sheet.Rows, row)
	}
	book := xlsx.Workbook{Title: "Cây đơn vị", Sheets: []xlsx.Sheet{sheet}}
	if s.Demo != "" {
		book.Mark = "Dữ liệu minh họa"
	}
	return xlsx.Write(w, &book)
}
