package web

import (
	"cmp"
	"context"
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

// taskRoutes are the pages of tasks. The body that is to do a task reports and asks; whoever gave it decides and accepts.
func (s *server) taskRoutes() []route {
	return []route{
		{"GET /nhiem-vu", access.ReadWork, onScope, s.taskList},
		{"GET /nhiem-vu/tep", access.ReadWork, onScope, s.taskFile},
		{"GET /nhiem-vu/giao", access.RecordWork, nil, s.giveOpen},
		{"POST /nhiem-vu/giao", access.RecordWork, nil, s.givePost},
		{"GET /nhiem-vu/{id}", access.ReadWork, onTask, s.taskPage},
		{"POST /nhiem-vu/{id}/tien-do", access.RecordWork, onEntry, s.taskDo(actReport)},
		{"POST /nhiem-vu/{id}/xin-han", access.RecordWork, onEntry, s.taskDo(actAsk)},
		{"POST /nhiem-vu/{id}/xong", access.RecordWork, onEntry, s.taskDo(actFinish)},
		{"POST /nhiem-vu/{id}/gia-han", access.ConfirmWork, onGiver, s.taskDo(actExtend)},
		{"POST /nhiem-vu/{id}/khong-gia-han", access.ConfirmWork, onGiver, s.taskDo(actRefuse)},
		{"POST /nhiem-vu/{id}/nghiem-thu", access.ConfirmWork, onGiver, s.taskDo(actAccept)},
		{"POST /nhiem-vu/{id}/tra-lai", access.ConfirmWork, onGiver, s.taskDo(actReturn)},
	}
}

// tasksLook are the sections whose pages take the look of tasks and documents.
var tasksLook = map[string]bool{"nhiem-vu": true, "van-ban": true, "chuong-trinh": true, "ghi-nhan": true}

func (s *server) tasks() task.Book {
	return task.Book{Ledger: s.Ledger, Catalog: s.Catalog, Engine: s.DB.Engine()}
}

// taskIn is the task of the path.
func (s *server) taskIn(r *http.Request) (task.Task, error) {
	id, err := pathID(r)
	if err != nil {
		return task.Task{}, err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return task.Task{}, err
	}
	t, ok, err := s.tasks().One(r.Context(), s.DB.Read(), tree, id)
	if err == nil && !ok {
		err = fault.Newf(fault.NotFound, "Ghi nhận số %d không phải nhiệm vụ. Hãy mở từ danh sách nhiệm vụ.", id)
	}
	return t, err
}

// onTask is the body that is to do the task, or the one that gave it for whoever reads only that one's work.
func onTask(s *server, r *http.Request) (org.UnitID, error) {
	t, err := s.taskIn(r)
	if v := viewer(r.Context()); err == nil && t.Giver != 0 && !v.May(access.ReadWork, t.Unit) && v.May(access.ReadWork, t.Giver) {
		return t.Giver, nil
	}
	return t.Unit, err
}

// onGiver is the body that gave the task.
func onGiver(s *server, r *http.Request) (org.UnitID, error) {
	t, err := s.taskIn(r)
	return cmp.Or(t.Giver, t.Unit), err
}

// The views of the list: what the unit's own bodies are to do, what they gave, what is to be pressed for, all below.
const (
	viewMine  = "nhan"
	viewGiven = "giao"
	viewPress = "don-doc"
	viewAll   = "tat-ca"
)

// taskAsk is what the list was asked for.
type taskAsk struct {
	Scope  *scope
	View   string
	State  task.State // empty: all that is open or waits, and what was accepted in the period
	Text   string
	Theme  string
	Body   org.UnitID // only tasks of this body
	Order  string     // han, -han, don-vi, ngay, tien-do
	Offset int
}

// taskLine is a task as lists show it.
type taskLine struct {
	task.Task
	Stand     task.State
	UnitName  string
	GiverName string
	ThemeName string
	FromID    int64 // what it carries out, 0 for nothing
	FromTitle string
	Late      int
	Level     int
	Left      int
}

// bodyTally is how the tasks of one body stand.
type bodyTally struct {
	Unit org.UnitID
	Ref  string
	Name string
	task.Tally
}

// taskListView is the list of tasks.
type taskListView struct {
	taskAsk
	Done   string
	Tally  task.Tally
	Counts map[string]int // of open ones, by view
	Lines  []taskLine
	Found  int
	Bodies []bodyTally // of what was given
	Themes []option
	Page   pages
	May    bool // the viewer may give tasks
	Owns   bool // the unit's own bodies have the list in hand
}

const tasksAtOnce = 50

func (s *server) readTaskAsk(r *http.Request) (*taskAsk, error) {
	sc, err := s.readScope(r)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	a := &taskAsk{Scope: sc, View: q.Get("xem"), State: task.State(q.Get("tt")), Text: strings.TrimSpace(q.Get("tim")), Theme: q.Get("chu-de"), Order: or(q.Get("xep"), "han")}
	if !slices.Contains([]string{"", viewMine, viewGiven, viewPress, viewAll}, a.View) {
		return nil, fault.New(fault.Invalid, "Cách xem phải là nhan, giao, don-doc hoặc tat-ca. Hãy mở lại trang Nhiệm vụ.")
	}
	if a.State != "" && !slices.Contains(task.States, a.State) {
		return nil, fault.New(fault.Invalid, "Không có trạng thái “"+string(a.State)+"”. Hãy chọn lại trên trang Nhiệm vụ.")
	}
	if !slices.Contains([]string{"han", "-han", "don-vi", "ngay", "tien-do"}, a.Order) {
		return nil, fault.New(fault.Invalid, "Thứ tự phải là han, -han, don-vi, ngay hoặc tien-do.")
	}
	if ref := strings.TrimSpace(q.Get("noi-nhan")); ref != "" {
		u, err := sc.tree.Resolve(ref, org.OnDay(s.Today()), s.Today())
		if err != nil {
			return nil, err
		}
		a.Body = u.ID
	}
	offset, err := readOffset(r)
	a.Offset = int(offset)
	return a, err
}

// query is the address of the list with changes laid over it.
func (a *taskAsk) query(changes ...string) string {
	q := url.Values{}
	for _, f := range a.Scope.all() {
		q.Set(f[0], f[1])
	}
	set := func(name, value string) {
		if value == "" {
			q.Del(name)
			return
		}
		q.Set(name, value)
	}
	set("xem", a.View)
	set("tt", string(a.State))
	set("tim", a.Text)
	set("chu-de", a.Theme)
	if a.Body != 0 {
		set("noi-nhan", ledger.Ref(a.Scope.tree.Unit(a.Body)))
	}
	if a.Order != "han" {
		set("xep", a.Order)
	}
	for i := 0; i+1 < len(changes); i += 2 {
		set(changes[i], changes[i+1])
	}
	return "?" + q.Encode()
}

// unitAndBodies are a unit and, of a territory, the bodies that sit directly at it.
func unitAndBodies(tree *org.Tree, u *org.Unit, day civil.Date) map[org.UnitID]bool {
	out := map[org.UnitID]bool{u.ID: true}
	if u.Form == org.Territory {
		for _, id := range tree.Children(u.ID, day, org.Body) {
			out[id] = true
		}
	}
	return out
}

// tasksOf reads the tasks of a page, and counts the open ones of each view.
func (s *server) tasksOf(ctx context.Context, q db.Querier, a *taskAsk) ([]task.Task, map[string]int, error) {
	today := s.Today()
	all, err := s.tasks().All(ctx, q, a.Scope.tree, today, ledger.Filter{Text: a.Text})
	if err != nil {
		return nil, nil, err
	}
	own, under, v := unitAndBodies(a.Scope.tree, a.Scope.Unit, today), a.Scope.subtree(), viewer(ctx)
	views := map[string]func(task.Task) bool{
		viewMine:  func(t task.Task) bool { return own[t.Unit] },
		viewGiven: func(t task.Task) bool { return own[t.Giver] },
		viewPress: func(t task.Task) bool { return t.Pressed(today) && (own[t.Giver] || under[t.Unit]) },
		viewAll:   func(t task.Task) bool { return under[t.Unit] },
	}
	counts := map[string]int{}
	kept := map[string][]task.Task{}
	for _, t := range all {
		if !v.May(access.ReadWork, t.Unit) && !v.May(access.ReadWork, t.Giver) {
			continue
		}
		for name, fits := range views {
			if !fits(t) {
				continue
			}
			kept[name] = append(kept[name], t)
			if t.StateOn(today).Open() || name == viewGiven && t.StateOn(today) == task.Waiting {
				counts[name]++
			}
		}
	}
	if a.View == "" { // what there is to do; where nothing is, what was given
		if a.View = viewMine; len(kept[viewMine]) == 0 && len(kept[viewGiven]) > 0 {
			a.View = viewGiven
		}
	}
	return kept[a.View], counts, nil
}

// inPeriod leaves out what was accepted and due in another period than the page's.
func (a *taskAsk) inPeriod(t task.Task, today civil.Date) bool {
	if t.StateOn(today) != task.Accepted {
		return true
	}
	p := a.Scope.Period
	return t.Due >= p.From && t.Due <= p.To
}

func (s *server) taskLines(ctx context.Context, q db.Querier, tree *org.Tree, list []task.Task) ([]taskLine, error) {
	var from []int64
	for _, t := range list {
		if t.Carries != 0 && !slices.Contains(from, t.Carries) {
			from = append(from, t.Carries)
		}
	}
	heads, err := s.Ledger.Heads(ctx, q, from)
	if err != nil {
		return nil, err
	}
	titles := map[int64]string{}
	for _, h := range heads {
		titles[h.ID] = s.headTitle(h)
	}
	today := s.Today()
	out := make([]taskLine, 0, len(list))
	for _, t := range list {
		l := taskLine{Task: t, Stand: t.StateOn(today), UnitName: tree.NameOn(t.Unit, t.Day), FromID: t.Carries, FromTitle: titles[t.Carries],
			Late: t.DaysLate(today), Level: t.Level(today), Left: t.DaysLeft(today)}
		if t.Giver != 0 {
			l.GiverName = tree.NameOn(t.Giver, t.Day)
		}
		if f := t.Kind.Field("theme"); f != nil && f.Option(t.Theme) != nil {
			l.ThemeName = f.Option(t.Theme).Name
		}
		out = append(out, l)
	}
	return out, nil
}

func (s *server) taskListOf(r *http.Request) (*taskListView, []task.Task, error) {
	a, err := s.readTaskAsk(r)
	if err != nil {
		return nil, nil, err
	}
	ctx, today, q := r.Context(), s.Today(), s.DB.Read()
	list, counts, err := s.tasksOf(ctx, q, a)
	if err != nil {
		return nil, nil, err
	}
	list = slices.DeleteFunc(list, func(t task.Task) bool { return !a.inPeriod(t, today) || a.Theme != "" && t.Theme != a.Theme })
	v := &taskListView{taskAsk: *a, Counts: counts, Done: r.URL.Query().Get("xong"), Themes: s.themeOptions(today), May: viewer(ctx).May(access.RecordWork, 0)}
	if a.View == viewGiven || a.View == viewAll || a.View == viewPress {
		v.Bodies = bodyTallies(a.Scope.tree, list, today)
	}
	if a.Body != 0 {
		list = slices.DeleteFunc(list, func(t task.Task) bool { return t.Unit != a.Body })
	}
	v.Tally = task.Count(list, today)
	if a.State != "" {
		list = slices.DeleteFunc(list, func(t task.Task) bool { return t.StateOn(today) != a.State })
	}
	a.sort(list)
	v.Found = len(list)
	return v, list, nil
}

func (a *taskAsk) sort(list []task.Task) {
	tree := a.Scope.tree
	switch a.Order {
	case "-han":
		slices.SortStableFunc(list, func(x, y task.Task) int { return cmp.Compare(y.Due, x.Due) })
	case "don-vi":
		slices.SortStableFunc(list, func(x, y task.Task) int {
			return strings.Compare(civil.Fold(tree.NameOn(x.Unit, x.Day)), civil.Fold(tree.NameOn(y.Unit, y.Day)))
		})
	case "ngay":
		slices.SortStableFunc(list, func(x, y task.Task) int { return cmp.Compare(y.Day, x.Day) })
	case "tien-do":
		slices.SortStableFunc(list, func(x, y task.Task) int { return cmp.Compare(x.Progress, y.Progress) })
	}
}

func bodyTallies(tree *org.Tree, list []task.Task, today civil.Date) []bodyTally {
	at := map[org.UnitID]int{}
	var out []bodyTally
	for _, t := range list {
		i, ok := at[t.Unit]
		if !ok {
			i = len(out)
			at[t.Unit] = i
			out = append(out, bodyTally{Unit: t.Unit, Ref: ledger.Ref(tree.Unit(t.Unit)), Name: tree.NameOn(t.Unit, t.Day)})
		}
		out[i].Add(t, today)
	}
	slices.SortStableFunc(out, func(a, b bodyTally) int {
		return cmp.Or(cmp.Compare(b.Overdue, a.Overdue), cmp.Compare(b.Waiting, a.Waiting), strings.Compare(civil.Fold(a.Name), civil.Fold(b.Name)))
	})
	return out
}

// themeOptions are the themes of the catalogue's tasks.
func (s *server) themeOptions(day civil.Date) []option {
	var out []option
	for _, k := range task.Kinds(s.Catalog.EditionOn(day), catalog.Tasks) {
		if f := k.Field("theme"); f != nil {
			for _, o := range f.Choices() {
				out = append(out, option{Value: o.Code, Name: o.Name})
			}
			return out
		}
	}
	return out
}

func (s *server) taskList(w http.ResponseWriter, r *http.Request) error {
	v, list, err := s.taskListOf(r)
	if err != nil {
		return err
	}
	from := min(v.Offset, len(list))
	to := min(from+tasksAtOnce, len(list))
	if v.Lines, err = s.taskLines(r.Context(), s.DB.Read(), v.Scope.tree, list[from:to]); err != nil {
		return err
	}
	v.Page = pages{From: int64(min(from+1, to)), To: int64(to), Total: int64(len(list)), Noun: "nhiệm vụ"}
	if from > 0 {
		v.Page.Prev = "/nhiem-vu" + v.query("tu-dong", strconv.Itoa(max(from-tasksAtOnce, 0)))
	}
	if to < len(list) {
		v.Page.Next = "/nhiem-vu" + v.query("tu-dong", strconv.Itoa(to))
	}
	p := page{Title: "Nhiệm vụ", Section: "nhiem-vu", Scope: v.Scope}
	return s.render(w, r, http.StatusOK, p, taskListPage(v))
}

// taskFile sends the list as a table.
func (s *server) taskFile(w http.ResponseWriter, r *http.Request) error {
	v, list, err := s.taskListOf(r)
	if err != nil {
		return err
	}
	lines, err := s.taskLines(r.Context(), s.DB.Read(), v.Scope.tree, list)
	if err != nil {
		return err
	}
	t := tableFile{Name: "nhiem-vu", Titles: []string{"Nhiệm vụ: " + lowerFirst(v.title()), v.Scope.UnitName + ", ngày " + s.Today().Vi()},
		Columns: []xlsx.Column{{Head: "Số"}, {Head: "Nhiệm vụ"}, {Head: "Đơn vị được giao"}, {Head: "Đơn vị giao"}, {Head: "Thực hiện"}, {Head: "Chủ đề"}, {Head: "Ngày giao"}, {Head: "Hạn"},
			{Head: "Hạn ban đầu"}, {Head: "Tiến độ", Unit: "%"}, {Head: "Ngày hoàn thành"}, {Head: "Trạng thái"}, {Head: "Số ngày quá hạn", Unit: "ngày"}, {Head: "Tình hình"}}}
	for _, l := range lines {
		t.Rows = append(t.Rows, []tableCell{countCell(l.ID), textCell(l.Title), textCell(l.UnitName), textCell(l.GiverName), textCell(l.FromTitle), textCell(l.ThemeName),
			textCell(l.Day.Vi()), textCell(l.Due.Vi()), textCell(dayOrNone(l.FirstDue)), countCell(int64(l.Progress)), textCell(dayOrNone(l.Task.Done)), textCell(l.Stand.Name()), countCell(int64(l.Late)), textCell(l.Note)})
	}
	return s.sendTable(w, or(r.URL.Query().Get("dang"), "xlsx"), t)
}

func dayOrNone(d civil.Date) string {
	if d == 0 {
		return ""
	}
	return d.Vi()
}

// title says which view the list is.
func (v *taskListView) title() string {
	return map[string]string{viewMine: "Đơn vị được giao", viewGiven: "Đơn vị đã giao", viewPress: "Cần đôn đốc", viewAll: "Mọi nhiệm vụ trong phạm vi"}[v.View]
}

// chip is the look of a state.
func (l taskLine) chip() string {
	return map[task.State]string{task.Overdue: "late", task.Soon: "wait", task.Running: "doing", task.Waiting: "wait", task.Accepted: "done"}[l.Stand]
}

// dueClass is the look of the due ticket, dueSays what it says.
func (l taskLine) dueClass() string {
	switch {
	case l.Stand == task.Overdue:
		return "over"
	case l.Stand == task.Soon:
		return "soon"
	case !l.Stand.Open():
		return "stop"
	}
	return ""
}

func (l taskLine) dueSays() string {
	switch {
	case l.Task.Done != 0 && l.Late > 0:
		return "Xong muộn " + count(l.Late, "ngày")
	case l.Task.Done != 0:
		return "Xong đúng hạn"
	case l.Stand == task.Dropped:
		return "Đã thu hồi"
	case l.Late > 0:
		return "Quá " + count(l.Late, "ngày")
	case l.Left == 0:
		return "Hôm nay"
	}
	return "Còn " + count(l.Left, "ngày")
}
