package web

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/task"
	"danvan/internal/xlsx"
)

// documentRoutes are the registers of documents and of coordination programmes.
func (s *server) documentRoutes() []route {
	return []route{
		{"GET /van-ban", access.ReadWork, onScope, s.documentList},
		{"GET /van-ban/tep", access.ReadWork, onScope, s.documentFile},
		{"GET /van-ban/{id}", access.ReadWork, onDocument, s.documentPage},
		{"GET /van-ban/{id}/tep/{n}", access.ReadWork, onDocument, s.documentAttachment},
		{"GET /chuong-trinh", access.ReadWork, onScope, s.programmeList},
		{"GET /chuong-trinh/{id}", access.ReadWork, onDocument, s.programmePage},
	}
}

// onDocument is the body that issued a document, or a unit of the viewer's that it binds from above.
func onDocument(s *server, r *http.Request) (org.UnitID, error) {
	id, err := pathID(r)
	if err != nil {
		return 0, err
	}
	l, err := s.Ledger.LineOf(r.Context(), s.DB.Read(), id)
	if err != nil {
		return 0, err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return 0, err
	}
	v := viewer(r.Context())
	if !v.May(access.ReadWork, l.Unit) && s.mayReadHead(v, tree, l.Head) {
		for _, home := range v.Homes() {
			if v.May(access.ReadWork, home) {
				return home, nil
			}
		}
	}
	return l.Unit, nil
}

// document is an entry of a register of documents or programmes, as its newest version says it.
type document struct {
	ledger.Line
	Kind      *catalog.Kind
	Number    string
	TypeName  string
	Theme     string // code
	ThemeName string
	Effective civil.Date
	Ended     civil.Date
	Replaces  string // reference
	As        string // code: replaces, amends, ends, renews
	AsName    string
	SignedBy  string
	Budget    string
}

// documentOf reads what the kinds of a register have in common; what a kind does not ask for is left empty.
func documentOf(c *catalog.Catalog, l ledger.Line) document {
	ed := c.Edition(l.Edition)
	if ed == nil {
		ed = c.EditionOn(l.Day)
	}
	d := document{Line: l, Kind: ed.Kind(l.Kind)}
	var said map[string]any
	if json.Unmarshal([]byte(l.Fields), &said) != nil || d.Kind == nil {
		return d
	}
	text := func(code string) string { s, _ := said[code].(string); return s }
	name := func(code string) string {
		if f := d.Kind.Field(code); f != nil && f.Option(text(code)) != nil {
			return f.Option(text(code)).Name
		}
		return ""
	}
	d.Number, d.Theme, d.Replaces, d.As = text("number"), text("theme"), text("replaces"), text("replaces_as")
	d.TypeName, d.ThemeName, d.AsName = or(name("type"), name("partners")), or(name("theme"), name("field")), name("replaces_as")
	d.Effective, _ = civil.ParseDate(text("effective_on"))
	d.Ended, _ = civil.ParseDate(text("ended_on"))
	d.SignedBy = strings.Join(signers(said["signed_by"]), "; ")
	return d
}

func signers(x any) []string {
	switch x := x.(type) {
	case map[string]any:
		who, _ := x["name"].(string)
		office, _ := x["office"].(string)
		return []string{joinDash(who, office)}
	case []any:
		var out []string
		for _, one := range x {
			out = append(out, signers(one)...)
		}
		return out
	}
	return nil
}

// replacement is a newer document that replaces, amends or ends an older one.
type replacement struct {
	By   document
	From civil.Date
}

// ends reports whether the older document is no longer in force because of it.
func (r replacement) ends() bool { return r.By.As != "amends" }

// replacedBy are the replacements of every document, by the number of the older one.
func (s *server) replacedBy(ctx context.Context) (map[int64][]replacement, error) {
	return keep(ctx, s, "replaced", func(ctx context.Context) (map[int64][]replacement, error) {
		all, err := s.documents(ctx, s.DB.Read(), []catalog.Register{catalog.Documents, catalog.Programmes}, ledger.Filter{}, func(l ledger.Line) bool { return strings.Contains(l.Fields, `"replaces":`) })
		if err != nil {
			return nil, err
		}
		out := map[int64][]replacement{}
		for _, d := range all {
			if d.Replaces == "" {
				continue
			}
			old, err := s.Ledger.Referred(ctx, s.DB.Read(), d.Replaces)
			if err != nil {
				return nil, err
			}
			if old != nil {
				from := cmp.Or(d.Effective, d.Day)
				out[old.ID] = append(out[old.ID], replacement{d, from})
			}
		}
		return out, nil
	})
}

// documents are the entries of registers that a filter and a look leave, newest first.
func (s *server) documents(ctx context.Context, q db.Querier, registers []catalog.Register, f ledger.Filter, looks func(ledger.Line) bool) ([]document, error) {
	var out []document
	ed := s.Catalog.EditionOn(s.Today())
	for _, k := range ed.Kinds {
		if !slices.Contains(registers, k.Register) {
			continue
		}
		f.Kinds = []string{k.Code}
		picked, err := s.Ledger.Pick(ctx, q, s.DB.Engine(), k, f, nil, ledger.NewestFirst, nil)
		if err != nil {
			return nil, fmt.Errorf("read register: %w", err)
		}
		for _, l := range picked.Lines(0, -1) {
			if looks == nil || looks(l) {
				out = append(out, documentOf(s.Catalog, l))
			}
		}
	}
	slices.SortStableFunc(out, func(a, b document) int { return cmp.Or(cmp.Compare(b.Day, a.Day), cmp.Compare(b.ID, a.ID)) })
	return out, nil
}

// inForce reports whether a document holds on a day, and says from when it does not or will.
func inForce(d document, by []replacement, today civil.Date) (holds bool, why string) {
	for _, r := range by {
		if r.ends() && r.From <= today {
			return false, "bị thay thế từ " + r.From.Vi()
		}
	}
	switch {
	case d.Ended != 0 && d.Ended <= today:
		return false, "hết hiệu lực từ " + d.Ended.Vi()
	case d.Effective > today:
		return false, "có hiệu lực từ " + d.Effective.Vi()
	}
	return true, "còn hiệu lực"
}

// documentAsk is what the register was asked for.
type documentAsk struct {
	Scope  *scope
	Path   string
	Text   string
	From   string // tren: from above; duoi: own and below; empty: both
	Type   string // kind, or kind.option of its type
	Theme  string
	Issuer org.UnitID
	Year   int
	Force  string // con, het, empty for both
	Order  string // -ngay (newest), ngay, so, noi, nhiem-vu
	Offset int
}

// documentLine is a line of the register.
type documentLine struct {
	document
	Issuer string
	Above  bool
	Holds  bool
	Why    string
	Tasks  task.Tally
}

type documentListView struct {
	documentAsk
	Lines   []documentLine
	Found   int
	Types   []option
	Themes  []option
	Years   []int
	Issuers []option
	Page    pages
	May     bool
}

const documentsAtOnce = 40

func (s *server) readDocumentAsk(r *http.Request) (*documentAsk, error) {
	sc, err := s.readScope(r)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	a := &documentAsk{Scope: sc, Path: r.URL.Path, Text: strings.TrimSpace(q.Get("tim")), From: q.Get("nguon"), Type: q.Get("loai"), Theme: q.Get("chu-de"), Force: q.Get("hieu-luc"), Order: or(q.Get("xep"), "-ngay")}
	if year := strings.TrimSpace(q.Get("nam")); year != "" {
		if a.Year, err = strconv.Atoi(year); err != nil || a.Year < 1990 || a.Year > 2100 {
			return nil, fault.New(fault.Invalid, "Năm “"+year+"” chưa đúng. Hãy chọn năm trong danh sách.")
		}
	}
	if !slices.Contains([]string{"-ngay", "ngay", "so", "noi", "nhiem-vu"}, a.Order) {
		return nil, fault.New(fault.Invalid, "Thứ tự phải là -ngay, ngay, so, noi hoặc nhiem-vu.")
	}
	if ref := strings.TrimSpace(q.Get("noi-ban-hanh")); ref != "" {
		u, err := sc.tree.Resolve(ref, org.OnDay(s.Today()), s.Today())
		if err != nil {
			return nil, err
		}
		a.Issuer = u.ID
	}
	offset, err := readOffset(r)
	a.Offset = int(offset)
	return a, err
}

func (a *documentAsk) query(changes ...string) string {
	q := url.Values{}
	for _, f := range a.Scope.all() {
		q.Set(f[0], f[1])
	}
	set := func(name, value string) {
		if value == "" || value == "0" {
			q.Del(name)
			return
		}
		q.Set(name, value)
	}
	set("tim", a.Text)
	set("nguon", a.From)
	set("loai", a.Type)
	set("chu-de", a.Theme)
	set("hieu-luc", a.Force)
	set("nam", strconv.Itoa(a.Year))
	if a.Issuer != 0 {
		set("noi-ban-hanh", ledger.Ref(a.Scope.tree.Unit(a.Issuer)))
	}
	if a.Order != "-ngay" {
		set("xep", a.Order)
	}
	for i := 0; i+1 < len(changes); i += 2 {
		set(changes[i], changes[i+1])
	}
	return "?" + q.Encode()
}

// documentsOf reads the register of a unit: what its bodies and those below issued, and what binds it from above.
func (s *server) documentsOf(ctx context.Context, a *documentAsk, register catalog.Register) (*documentListView, []documentLine, error) {
	tree, today, who := a.Scope.tree, s.Today(), viewer(ctx)
	all, err := s.documents(ctx, s.DB.Read(), []catalog.Register{register}, ledger.Filter{Text: a.Text}, nil)
	if err != nil {
		return nil, nil, err
	}
	replaced, err := s.replacedBy(ctx)
	if err != nil {
		return nil, nil, err
	}
	under, above := a.Scope.subtree(), aboveOf(tree, a.Scope.Unit, today)
	seen := map[org.UnitID]int8{}
	place := func(unit org.UnitID) int8 { // 1 own or below, 2 above, 3 neither
		if p, ok := seen[unit]; ok {
			return p
		}
		p := int8(3)
		switch {
		case under[unit] && who.May(access.ReadWork, unit):
			p = 1
		case issuedAbove(tree, above, unit, today):
			p = 2
		}
		seen[unit] = p
		return p
	}
	v := &documentListView{documentAsk: *a, May: mayOpenForm(who, nil) && who.May(access.RecordWork, 0)}
	var lines []documentLine
	for _, d := range all {
		p := place(d.Unit)
		if p == 3 {
			continue
		}
		v.gather(d)
		l := documentLine{document: d, Above: p == 2}
		l.Holds, l.Why = inForce(d, replaced[d.ID], today)
		if a.fits(l) {
			l.Issuer = tree.NameOn(d.Unit, d.Day)
			lines = append(lines, l)
		}
	}
	v.options(s, today)
	v.Found = len(lines)
	if err := s.tallied(ctx, tree, lines); err != nil {
		return nil, nil, err
	}
	a.sort(lines)
	return v, lines, nil
}

// aboveOf are the territories strictly above a unit.
func aboveOf(tree *org.Tree, u *org.Unit, today civil.Date) map[org.UnitID]bool {
	out := map[org.UnitID]bool{}
	own := hostToday(tree, u.ID, today)
	for _, up := range tree.Chain(own, min(today, u.Closed.AddDays(-1))) {
		if up != own {
			out[up] = true
		}
	}
	return out
}

func (a *documentAsk) fits(l documentLine) bool {
	kind, option, _ := strings.Cut(a.Type, ".")
	switch {
	case a.From == "tren" && !l.Above, a.From == "duoi" && l.Above:
		return false
	case kind != "" && l.document.Line.Kind != kind, option != "" && !strings.Contains(l.Fields, `"type":"`+option+`"`):
		return false
	case a.Theme != "" && l.Theme != a.Theme, a.Year != 0 && l.Day.Year() != a.Year, a.Issuer != 0 && l.Unit != a.Issuer:
		return false
	case a.Force == "con" && !l.Holds, a.Force == "het" && l.Holds:
		return false
	}
	return true
}

// gather notes the years and issuers that there are to choose from.
func (v *documentListView) gather(d document) {
	if y := d.Day.Year(); !slices.Contains(v.Years, y) {
		v.Years = append(v.Years, y)
	}
}

func (v *documentListView) options(s *server, today civil.Date) {
	slices.Sort(v.Years)
	slices.Reverse(v.Years)
	v.Themes = s.themeOptions(today)
	for _, k := range task.Kinds(s.Catalog.EditionOn(today), catalog.Documents) {
		v.Types = append(v.Types, option{Value: k.Code, Name: k.Name})
		if f := k.Field("type"); f != nil {
			for _, o := range f.Choices() {
				v.Types = append(v.Types, option{Value: k.Code + "." + o.Code, Name: "– " + o.Name})
			}
		}
	}
}

// tallied counts the tasks that come from each document, its own page's tree counts those further down.
func (s *server) tallied(ctx context.Context, tree *org.Tree, lines []documentLine) error {
	all, err := s.tasks().All(ctx, s.DB.Read(), tree, s.Today(), ledger.Filter{})
	if err != nil {
		return err
	}
	from := map[int64]*task.Tally{}
	for _, t := range all {
		if t.Carries == 0 || !viewer(ctx).May(access.ReadWork, t.Unit) {
			continue
		}
		y := from[t.Carries]
		if y == nil {
			y = &task.Tally{}
			from[t.Carries] = y
		}
		y.Add(t, s.Today())
	}
	for i := range lines {
		if y := from[lines[i].ID]; y != nil {
			lines[i].Tasks = *y
		}
	}
	return nil
}

func (a *documentAsk) sort(lines []documentLine) {
	switch a.Order {
	case "ngay":
		slices.Reverse(lines)
	case "so":
		slices.SortStableFunc(lines, func(x, y documentLine) int { return strings.Compare(or(x.Number, "~"), or(y.Number, "~")) })
	case "noi":
		slices.SortStableFunc(lines, func(x, y documentLine) int { return strings.Compare(civil.Fold(x.Issuer), civil.Fold(y.Issuer)) })
	case "nhiem-vu":
		slices.SortStableFunc(lines, func(x, y documentLine) int {
			return cmp.Or(cmp.Compare(y.Tasks.Overdue, x.Tasks.Overdue), cmp.Compare(y.Tasks.All(), x.Tasks.All()))
		})
	}
}

func (s *server) documentList(w http.ResponseWriter, r *http.Request) error {
	a, err := s.readDocumentAsk(r)
	if err != nil {
		return err
	}
	v, lines, err := s.documentsOf(r.Context(), a, catalog.Documents)
	if err != nil {
		return err
	}
	v.paged(lines, documentsAtOnce, "văn bản")
	p := page{Title: "Văn bản chỉ đạo", Section: "van-ban", Scope: v.Scope}
	return s.render(w, r, http.StatusOK, p, documentListPage(v))
}

// paged keeps the lines of the page.
func (v *documentListView) paged(lines []documentLine, size int, noun string) {
	from := min(v.Offset, len(lines))
	to := min(from+size, len(lines))
	v.Lines = lines[from:to]
	v.Page = pages{From: int64(min(from+1, to)), To: int64(to), Total: int64(len(lines)), Noun: noun}
	if from > 0 {
		v.Page.Prev = v.Path + v.query("tu-dong", strconv.Itoa(max(from-size, 0)))
	}
	if to < len(lines) {
		v.Page.Next = v.Path + v.query("tu-dong", strconv.Itoa(to))
	}
}

// documentFile sends the register as a table.
func (s *server) documentFile(w http.ResponseWriter, r *http.Request) error {
	a, err := s.readDocumentAsk(r)
	if err != nil {
		return err
	}
	v, lines, err := s.documentsOf(r.Context(), a, catalog.Documents)
	if err != nil {
		return err
	}
	t := tableFile{Name: "van-ban", Titles: []string{"Sổ văn bản chỉ đạo", v.Scope.UnitName + ", ngày " + s.Today().Vi()},
		Columns: []xlsx.Column{{Head: "Ngày"}, {Head: "Số, ký hiệu"}, {Head: "Trích yếu"}, {Head: "Loại"}, {Head: "Chủ đề"}, {Head: "Cơ quan ban hành"}, {Head: "Người ký"}, {Head: "Hiệu lực"},
			{Head: "Nhiệm vụ giao"}, {Head: "Quá hạn"}, {Head: "Số ghi nhận"}}}
	for _, l := range lines {
		t.Rows = append(t.Rows, []tableCell{textCell(l.Day.Vi()), textCell(l.Number), textCell(l.Title), textCell(or(l.TypeName, l.document.Kind.Name)), textCell(l.ThemeName), textCell(l.Issuer), textCell(l.SignedBy),
			textCell(l.Why), countCell(int64(l.Tasks.All())), countCell(int64(l.Tasks.Overdue)), countCell(l.ID)})
	}
	return s.sendTable(w, or(r.URL.Query().Get("dang"), "xlsx"), t)
}
