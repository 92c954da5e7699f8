package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/task"
)

// documentView is one document: what it says, what it replaces, the tasks from it, and the tree down to the work.
type documentView struct {
	documentLine
	Entry     *ledger.Entry
	Facts     []taskFact
	Up        []upLink
	Old       *upLink // what it replaces
	Newer     []newerLink
	Unended   bool // replaced, and no day of its end is written down
	Amends    bool
	Gives     bool
	Tree      workNode
	Branch    bool // the tree begins at a node below the document
	TreePage  pages
	Cut       bool // more below than is read
	Tasks     []taskLine
	Places    []placeTally
	Silent    []string // units directly below with nothing yet
	Notice    string
	IssuerRef string
	Programme bool
	Partners  []string
	Years     []programmeYear
	Others    []childGroup
}

// newerLink is a document that replaces this one.
type newerLink struct {
	upLink
	As   string
	From civil.Date
}

// workNode is an entry in the tree of a document.
type workNode struct {
	ID       int64
	Href     string
	Title    string
	What     string
	Unit     string
	Day      string
	Chip     string
	Stand    string
	Tasks    task.Tally // of what is below, itself included
	Works    int
	Children []workNode
	More     int    // children that are not shown here
	MoreHref string // where they are
}

// placeTally is what one unit directly below the issuer has done for the document.
type placeTally struct {
	Name      string
	Ref       string
	Documents int
	Tasks     task.Tally
	Works     int
}

// How much of a tree a page shows: the children of its root, those of a node below, and how deep.
const (
	tasksOfDocument = 15

	rootBranches = 25
	branches     = 10
	treeDepth    = 4
)

func (s *server) documentPage(w http.ResponseWriter, r *http.Request) error {
	return s.registerPage(w, r, catalog.Documents)
}

func (s *server) registerPage(w http.ResponseWriter, r *http.Request, register catalog.Register) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	v, err := s.documentView(r, id, register)
	if err != nil {
		return err
	}
	v.Notice = r.URL.Query().Get("xong")
	if register == catalog.Programmes {
		return s.render(w, r, http.StatusOK, page{Title: v.Title, Section: "chuong-trinh"}, programmeDetail(v))
	}
	return s.render(w, r, http.StatusOK, page{Title: v.Title, Section: "van-ban"}, documentDetail(v))
}

func (s *server) documentView(r *http.Request, id int64, register catalog.Register) (*documentView, error) {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := &documentView{Programme: register == catalog.Programmes}
	err = s.DB.View(ctx, func(q db.Querier) error {
		l, err := s.Ledger.LineOf(ctx, q, id)
		if err != nil {
			return err
		}
		v.document = documentOf(s.Catalog, l)
		if v.document.Kind == nil || v.document.Kind.Register != register {
			return fault.Newf(fault.NotFound, "Ghi nhận số %d không đứng trong sổ này. Hãy mở từ danh sách.", id)
		}
		if v.Entry, err = s.Ledger.Entry(ctx, q, id); err != nil {
			return err
		}
		if v.Up, err = s.upLinks(ctx, q, v.Head); err != nil {
			return err
		}
		if err := s.replacement(ctx, q, tree, v); err != nil {
			return err
		}
		return s.growTree(r, q, tree, v)
	})
	if err != nil {
		return nil, err
	}
	v.Title = s.headTitle(v.Head)
	v.Issuer, v.IssuerRef = tree.NameOn(v.Unit, v.Day), unitRef(tree, tree.Unit(v.Unit), v.Day)
	for _, p := range v.Entry.Partners {
		v.Partners = append(v.Partners, tree.NameOn(p, v.Day))
	}
	v.Facts = v.facts()
	who := viewer(ctx)
	v.Amends = mayAmend(who, v.document.Kind, v.Entry)
	v.Gives = v.State != ledger.Void && who.May(access.RecordWork, 0)
	return v, nil
}

// replacement finds what the document replaces, and what replaces it.
func (s *server) replacement(ctx context.Context, q db.Querier, tree *org.Tree, v *documentView) error {
	who := viewer(ctx)
	link := func(h ledger.Head) upLink {
		return upLink{Href: s.homeOf(h), Title: s.headTitle(h), What: h.Day.Vi(), Locked: !s.mayReadHead(who, tree, h)}
	}
	if v.Replaces != "" {
		old, err := s.Ledger.Referred(ctx, q, v.Replaces)
		if err != nil {
			return err
		}
		if old != nil {
			l := link(*old)
			v.Old = &l
		}
	}
	replaced, err := s.replacedBy(ctx)
	if err != nil {
		return err
	}
	by := replaced[v.ID]
	v.Holds, v.Why = inForce(v.document, by, s.Today())
	for _, x := range by {
		v.Newer = append(v.Newer, newerLink{link(x.By.Head), or(x.By.AsName, "Thay thế"), x.From})
		v.Unended = v.Unended || x.ends() && v.Ended == 0
	}
	return nil
}

func (v *documentView) facts() []taskFact {
	var out []taskFact
	add := func(name, value string) {
		if strings.TrimSpace(value) != "" {
			out = append(out, taskFact{name, value})
		}
	}
	add("Số, ký hiệu", v.Number)
	add(v.document.Kind.Day, v.Day.Vi())
	add("Cơ quan ban hành", v.Issuer)
	add("Các bên phối hợp", strings.Join(v.Partners, "; "))
	add("Loại", or(v.TypeName, v.document.Kind.Name))
	add("Chủ đề", v.ThemeName)
	add("Người ký", v.SignedBy)
	add("Có hiệu lực từ", dayOrNone(v.Effective))
	add("Hết hiệu lực từ", dayOrNone(v.Ended))
	return out
}

// growTree reads all that carries the document out, as far as the reader may see it.
func (s *server) growTree(r *http.Request, q db.Querier, tree *org.Tree, v *documentView) error {
	ctx, who, today := r.Context(), viewer(r.Context()), s.Today()
	below, more, err := s.tasks().Below(ctx, q, v.ID)
	if err != nil {
		return err
	}
	v.Cut = more
	above := binders(tree, who, today)
	below = slices.DeleteFunc(below, func(l ledger.Line) bool {
		return !who.May(access.ReadWork, l.Unit) && !issuedAbove(tree, above, l.Unit, today) || guarded(s.Catalog.EditionOn(l.Day).Kind(l.Kind))
	})
	slices.SortStableFunc(below, func(a, b ledger.Line) int { return cmp.Compare(s.treeRank(a.Head), s.treeRank(b.Head)) })
	top := task.Grow(v.Line, below)
	var given []task.Task
	for _, n := range top.Children {
		if k := s.kindNear(n.Kind, n.Day); k != nil && k.Register == catalog.Tasks {
			t, err := task.Of(tree, k, n.Line)
			if err != nil {
				return err
			}
			given = append(given, t)
		}
	}
	v.Tally(given, today)
	slices.SortStableFunc(given, func(a, b task.Task) int {
		return cmp.Or(cmp.Compare(a.Urgency(today), b.Urgency(today)), cmp.Compare(a.Due, b.Due))
	})
	if v.Programme {
		if v.Years, err = s.programmeYears(ctx, q, tree, given); err != nil {
			return err
		}
		v.Others = s.childGroups(tree, top)
	}
	if v.Tasks, err = s.taskLines(ctx, q, tree, given[:min(len(given), tasksOfDocument)]); err != nil {
		return err
	}
	for i := range v.Tasks {
		v.Tasks[i].FromTitle = "" // this document
	}
	s.placeTallies(tree, who, v, top)
	return s.pickBranch(r, tree, v, top)
}

// treeRank puts documents before tasks, and tasks before work.
func (s *server) treeRank(h ledger.Head) int {
	k := s.kindNear(h.Kind, h.Day)
	if k == nil {
		return 3
	}
	return map[catalog.Register]int{catalog.Documents: 0, catalog.Programmes: 0, catalog.Tasks: 1, "": 2}[k.Register]
}

// Tally counts the tasks given by the document itself.
func (v *documentView) Tally(given []task.Task, today civil.Date) {
	v.documentLine.Tasks = task.Count(given, today)
}

// pickBranch makes the tree of the page: of the document, or of one of its nodes where the address names it.
func (s *server) pickBranch(r *http.Request, tree *org.Tree, v *documentView, top *task.Node) error {
	root := top
	if text := r.URL.Query().Get("nhanh"); text != "" {
		id, _ := entryNumber(text)
		root = nil
		top.Walk(func(n *task.Node, _ int) bool {
			if n.ID == id {
				root = n
			}
			return root == nil
		})
		if root == nil {
			return fault.New(fault.NotFound, "Cây của văn bản này không có ghi nhận “"+text+"”. Hãy mở lại văn bản.")
		}
		v.Branch = root != top
	}
	offset, err := readOffset(r)
	if err != nil {
		return err
	}
	from := min(int(offset), len(root.Children))
	to := min(from+rootBranches, len(root.Children))
	address := func(id int64, at int) string {
		return registerRoots[v.document.Kind.Register] + "/" + itoa(v.ID) + "?nhanh=" + itoa(id) + "&tu-dong=" + strconv.Itoa(at) + "#cay"
	}
	b := &workTree{s: s, tree: tree, more: func(id int64) string { return address(id, 0) }}
	v.Tree = b.node(root, 0)
	v.Tree.Children = nil
	for _, c := range root.Children[from:to] {
		v.Tree.Children = append(v.Tree.Children, b.node(c, 1))
	}
	v.Tree.More = 0
	v.TreePage = pages{From: int64(min(from+1, to)), To: int64(to), Total: int64(len(root.Children)), Noun: "nhánh"}
	if from > 0 {
		v.TreePage.Prev = address(root.ID, max(from-rootBranches, 0))
	}
	if to < len(root.Children) {
		v.TreePage.Next = address(root.ID, to)
	}
	return nil
}

// workTree writes nodes in words.
type workTree struct {
	s    *server
	tree *org.Tree
	more func(id int64) string
}

func (b *workTree) node(n *task.Node, depth int) workNode {
	today := b.s.Today()
	k := b.s.kindNear(n.Kind, n.Day)
	out := workNode{ID: n.ID, Href: b.s.homeOf(n.Head), Title: b.s.headTitle(n.Head), What: n.Kind, Unit: b.tree.NameOn(n.Unit, n.Day), Day: n.Day.Vi(), Chip: stateChip(string(n.State)), Stand: stateName(string(n.State))}
	if k != nil {
		out.What = k.Name
		if k.Register == catalog.Tasks {
			if t, err := task.Of(b.tree, k, n.Line); err == nil {
				l := taskLine{Task: t, Stand: t.StateOn(today), Late: t.DaysLate(today), Left: t.DaysLeft(today)}
				out.Chip, out.Stand, out.Day = l.chip(), l.Stand.Name(), "hạn "+t.Due.Vi()
			}
		}
	}
	n.Walk(func(x *task.Node, deep int) bool {
		xk := b.s.kindNear(x.Kind, x.Day)
		switch {
		case xk == nil || deep == 0:
		case xk.Register == catalog.Tasks:
			if t, err := task.Of(b.tree, xk, x.Line); err == nil {
				out.Tasks.Add(t, today)
			}
		case xk.Register == "":
			out.Works++
		}
		return true
	})
	shown := min(len(n.Children), branches)
	if depth >= treeDepth {
		shown = 0
	}
	for _, c := range n.Children[:shown] {
		out.Children = append(out.Children, b.node(c, depth+1))
	}
	if out.More = len(n.Children) - shown; out.More > 0 {
		out.MoreHref = b.more(n.ID)
	}
	return out
}

// placeTallies count what each unit directly below the issuer's territory did, and name those with nothing yet.
func (s *server) placeTallies(tree *org.Tree, who *access.Viewer, v *documentView, top *task.Node) {
	today := s.Today()
	host := hostToday(tree, v.Unit, today)
	if u := tree.Unit(host); u == nil || !u.Open(today) || !who.May(access.ReadWork, host) {
		return
	}
	at := map[org.UnitID]*placeTally{}
	var order []org.UnitID
	place := func(id org.UnitID) *placeTally {
		p := at[id]
		if p == nil {
			p = &placeTally{Name: tree.NameOn(id, today), Ref: unitRef(tree, tree.Unit(id), today)}
			at[id] = p
			order = append(order, id)
		}
		return p
	}
	top.Walk(func(n *task.Node, depth int) bool {
		id, ok := directlyBelow(tree, host, n.Unit, today)
		k := s.kindNear(n.Kind, n.Day)
		if depth == 0 || !ok || k == nil {
			return true
		}
		p := place(id)
		switch k.Register {
		case catalog.Documents, catalog.Programmes:
			p.Documents++
		case catalog.Tasks:
			if t, err := task.Of(tree, k, n.Line); err == nil {
				p.Tasks.Add(t, today)
			}
		default:
			p.Works++
		}
		return true
	})
	for _, id := range order {
		v.Places = append(v.Places, *at[id])
	}
	slices.SortStableFunc(v.Places, func(a, b placeTally) int {
		return cmp.Or(cmp.Compare(b.Tasks.Overdue, a.Tasks.Overdue), cmp.Compare(a.Works, b.Works), strings.Compare(civil.Fold(a.Name), civil.Fold(b.Name)))
	})
	if len(order) == 0 {
		return
	}
	for _, id := range tree.Children(host, today, org.Territory) {
		if u := tree.Unit(id); at[id] == nil && !u.NoData && u.DataFrom <= v.Day {
			v.Silent = append(v.Silent, tree.NameOn(id, today))
		}
	}
}

// directlyBelow is the unit directly below a territory to which another belongs today; false for the territory itself
// and what is elsewhere.
func directlyBelow(tree *org.Tree, host, id org.UnitID, today civil.Date) (org.UnitID, bool) {
	u := tree.Unit(id)
	if u == nil || id == host {
		return 0, false
	}
	for _, heir := range access.Heirs(tree, hostToday(tree, id, today), today) {
		if heir == host {
			return id, u.Open(today)
		}
		chain := tree.Chain(heir, today)
		if i := slices.Index(chain, host); i > 0 {
			return chain[i-1], true
		}
	}
	return 0, false
}

// documentAttachment sends a file of a document to whoever it binds.
func (s *server) documentAttachment(w http.ResponseWriter, r *http.Request) error {
	f, err := s.attachmentOf(r)
	if err != nil {
		return err
	}
	return s.sendFile(w, r, f.Hash, or(files.MIMEOf(f.Name), "application/octet-stream"), "attachment; filename*=UTF-8''"+pathEscape(f.Name))
}
