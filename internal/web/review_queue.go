package web

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// queueAsk is what of the queue an address asks for. Its names are not those of the scope: the queue reaches over all
// periods, and a period carried along from another page must not hide what waits.
type queueAsk struct {
	Kind, By string
	UnitRef  string
	Unit     *org.Unit
	From, To string // days of the work, as typed
	Age      string // recorded at least so many days ago
	Order    string
	Offset   int64
	Ticked   bool // every box of the page
	from, to civil.Date
	age      int
	tree     *org.Tree
	under    map[org.UnitID]bool
}

// The orders of the queue, by what the address says.
var queueOrders = []option{{Value: "", Name: "Chờ lâu trước"}, {Value: "moi", Name: "Mới gửi trước"}, {Value: "ngay", Name: "Ngày của việc"}, {Value: "loai", Name: "Nhóm theo loại việc"}, {Value: "don-vi", Name: "Nhóm theo đơn vị"}, {Value: "nguoi", Name: "Nhóm theo người ghi"}}

var queueAges = []option{{Value: "", Name: "Bao lâu cũng được"}, {Value: "3", Name: "Từ 3 ngày"}, {Value: "7", Name: "Từ 7 ngày"}, {Value: "30", Name: "Từ 30 ngày"}}

func (s *server) readQueue(r *http.Request) (*queueAsk, error) {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	get := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	a := &queueAsk{Kind: get("loai"), By: get("nguoi"), UnitRef: get("cua"), From: get("tu-ngay"), To: get("den-ngay"),
		Age: get("cho"), Order: get("xep"), Ticked: get("chon") == "ca-trang", tree: tree}
	if a.Offset, err = readOffset(r); err != nil {
		return nil, err
	}
	if a.UnitRef != "" {
		if a.Unit, err = tree.Resolve(firstWord(a.UnitRef), org.AsThen(), s.Today()); err != nil {
			return nil, err
		}
		a.under = (&scope{tree: tree, Unit: a.Unit, Basis: org.OnDay(s.Today())}).subtree()
	}
	for _, side := range []struct {
		typed string
		to    *civil.Date
	}{{a.From, &a.from}, {a.To, &a.to}} {
		if side.typed == "" {
			continue
		}
		if *side.to, err = civil.ParseDate(side.typed); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Ngày của việc chưa đúng: "+err.Error()+".")
		}
	}
	if a.Age != "" {
		if a.age, err = strconv.Atoi(a.Age); err != nil || a.age < 0 {
			return nil, fault.New(fault.Invalid, "Số ngày chờ phải là số nguyên. Hãy chọn trong danh sách.")
		}
	}
	if !slices.ContainsFunc(queueOrders, func(o option) bool { return o.Value == a.Order }) {
		return nil, fault.New(fault.Invalid, "Không có cách xếp này. Hãy chọn cách xếp ở khung lọc.")
	}
	return a, nil
}

// query is the address's query with changes laid over it.
func (a *queueAsk) query(changes ...string) string {
	q := url.Values{}
	set := func(name, value string) {
		if q.Del(name); value != "" {
			q.Set(name, value)
		}
	}
	for _, p := range [][2]string{{"loai", a.Kind}, {"nguoi", a.By}, {"cua", a.UnitRef}, {"tu-ngay", a.From}, {"den-ngay", a.To}, {"cho", a.Age}, {"xep", a.Order}, {"tu-dong", offsetText(a.Offset)}} {
		set(p[0], p[1])
	}
	for i := 0; i+1 < len(changes); i += 2 {
		set(changes[i], changes[i+1])
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// narrows reports whether the address leaves anything out.
func (a *queueAsk) narrows() bool {
	return a.Kind != "" || a.By != "" || a.Unit != nil || a.from != 0 || a.to != 0 || a.age != 0
}

func (a *queueAsk) fits(w *waitingEntry, now time.Time) bool {
	switch {
	case a.Kind != "" && w.Waiting.Kind != a.Kind, a.By != "" && w.By != a.By, a.under != nil && !a.under[w.Unit],
		a.from != 0 && w.Day < a.from, a.to != 0 && w.Day > a.to, a.age > 0 && waitedDays(w.At, now) < a.age:
		return false
	}
	return true
}

// waitedDays is for how many days something has waited, by the days of the calendar.
func waitedDays(since, now time.Time) int {
	return int(civil.FromTime(now.In(vietnam)).Time().Sub(civil.FromTime(since.In(vietnam)).Time()) / (24 * time.Hour))
}

// sort puts the queue in the order asked for; within a group what has waited longest comes first.
func (a *queueAsk) sort(list []waitingEntry) {
	before := map[string]func(x, y *waitingEntry) int{
		"moi":  func(x, y *waitingEntry) int { return cmp.Or(y.At.Compare(x.At), cmp.Compare(y.ID, x.ID)) },
		"ngay": func(x, y *waitingEntry) int { return cmp.Compare(x.Day, y.Day) },
		"loai": func(x, y *waitingEntry) int {
			return strings.Compare(civil.Fold(x.kindName()), civil.Fold(y.kindName()))
		},
		"don-vi": func(x, y *waitingEntry) int { return cmp.Compare(x.Unit, y.Unit) },
		"nguoi":  func(x, y *waitingEntry) int { return strings.Compare(x.By, y.By) },
	}[a.Order]
	if before != nil {
		slices.SortStableFunc(list, func(x, y waitingEntry) int { return before(&x, &y) })
	}
}

func (w *waitingEntry) kindName() string {
	if w.kind != nil {
		return w.kind.Name
	}
	return w.Waiting.Kind
}

// queued is the viewer's queue as the address asks for it, and how many wait in all.
func (s *server) queued(ctx context.Context, a *queueAsk) (list []waitingEntry, all []waitingEntry, err error) {
	if all, err = s.waitingFor(ctx); err != nil {
		return nil, nil, err
	}
	now := s.now()
	for i := range all {
		if a.fits(&all[i], now) {
			list = append(list, all[i])
		}
	}
	a.sort(list)
	return list, all, nil
}

// now is the moment at which a page is made, on its day.
func (s *server) now() time.Time {
	if s.Ledger.Now != nil {
		return s.Ledger.Now()
	}
	return time.Now()
}

// queueView is the page of the queue.
type queueView struct {
	*queueAsk
	form     form
	All      int
	Lines    []queueLine
	Kinds    []option
	People   []option
	Page     paging
	Outcome  *outcome
	Returned []waitingEntry // what the viewer has to mend himself
}

// queueLine is one entry of the queue.
type queueLine struct {
	waitingEntry
	Group   string // heading above it where the list is grouped and a new group begins
	Value   string // of its box
	Gist    string // its first numbers and choices
	Where   string
	Who     string
	Days    int
	Href    string
	Amended bool
	Picked  bool
}

func (s *server) queuePage(w http.ResponseWriter, r *http.Request) error {
	a, err := s.readQueue(r)
	if err != nil {
		return err
	}
	v, err := s.queueView(r, a, newForm())
	if err != nil {
		return err
	}
	if v.Outcome, err = s.outcomeOf(r); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, queuePageOf("Chờ duyệt"), queuePageView(v))
}

func queuePageOf(title string) page {
	return page{Title: title, Section: "duyet", Scripts: []string{"review.js"}}
}

func (s *server) queueView(r *http.Request, a *queueAsk, f form) (queueView, error) {
	ctx := r.Context()
	v := queueView{queueAsk: a, form: f}
	list, all, err := s.queued(ctx, a)
	if err != nil {
		return v, err
	}
	names, err := s.accountNames(ctx)
	if err != nil {
		return v, err
	}
	if a.Offset >= int64(len(list)) { // the last page was emptied
		a.Offset = max(0, (int64(len(list))-1)/pageSize*pageSize)
	}
	v.All = len(all)
	v.Kinds, v.People = queueOptions(all, names)
	v.Page = paging{Offset: a.Offset, Size: pageSize, Total: int64(len(list)), Link: func(o int64) string { return "/duyet" + a.query("tu-dong", offsetText(o)) }}
	group := ""
	shown := list[a.Offset:v.Page.last()]
	gists, err := s.gists(ctx, shown)
	if err != nil {
		return v, err
	}
	for _, x := range shown {
		l := s.queueLine(a, x, names)
		l.Gist = gists[x.ID]
		l.Picked = a.Ticked || slices.Contains(f.Values[pickField], l.Value)
		if g := a.groupOf(l); g != group {
			l.Group, group = g, g
		}
		v.Lines = append(v.Lines, l)
	}
	v.Returned, err = s.returnedTo(ctx)
	return v, err
}

// gists are what entries say in brief: the columns that a list of their kind has.
func (s *server) gists(ctx context.Context, list []waitingEntry) (map[int64]string, error) {
	ids := make([]int64, len(list))
	for i, w := range list {
		ids[i] = w.ID
	}
	fields, err := s.Ledger.Fields(ctx, s.DB.Read(), ids)
	if err != nil {
		return nil, err
	}
	out := map[int64]string{}
	for _, w := range list {
		if w.kind == nil {
			continue
		}
		var parts []string
		for _, f := range columnsOf(w.kind) {
			if raw := ledger.Member(fields[w.ID], f.Code); raw != "" && len(parts) < gistParts {
				parts = append(parts, lowerFirst(f.Name)+": "+cellText(f, raw))
			}
		}
		out[w.ID] = strings.Join(parts, "; ")
	}
	return out, nil
}

// gistParts is how many answers a line of the queue tells.
const gistParts = 3

func (s *server) queueLine(a *queueAsk, w waitingEntry, names map[string]string) queueLine {
	return queueLine{waitingEntry: w, Value: itoa(w.ID) + ":" + strconv.Itoa(w.Version), Where: a.tree.NameOn(w.Unit, w.Day),
		Who: personName(names, w.By), Days: waitedDays(w.At, s.now()), Href: "/duyet/" + itoa(w.ID) + a.query(), Amended: w.Version > 1}
}

func (a *queueAsk) groupOf(l queueLine) string {
	switch a.Order {
	case "loai":
		return l.kindName()
	case "don-vi":
		return l.Where
	case "nguoi":
		return l.Who
	}
	return ""
}

// queueOptions are the kinds and the people of the whole queue, with how many entries each has.
func queueOptions(all []waitingEntry, names map[string]string) (kinds, people []option) {
	byKind, byWho := map[string]int{}, map[string]int{}
	name := map[string]string{}
	for i := range all {
		byKind[all[i].Waiting.Kind]++
		name[all[i].Waiting.Kind] = all[i].kindName()
		byWho[all[i].By]++
	}
	for code, n := range byKind {
		kinds = append(kinds, option{Value: code, Name: name[code] + " (" + civil.FormatInt(int64(n)) + ")"})
	}
	for login, n := range byWho {
		people = append(people, option{Value: login, Name: personName(names, login) + " (" + civil.FormatInt(int64(n)) + ")"})
	}
	for _, list := range [][]option{kinds, people} {
		slices.SortFunc(list, func(x, y option) int { return strings.Compare(civil.Fold(x.Name), civil.Fold(y.Name)) })
	}
	return kinds, people
}

// waitingCount is how many entries wait for whoever asks, for the navigation.
func (s *server) waitingCount(ctx context.Context) int {
	if v := viewer(ctx); !v.May(access.ConfirmWork, 0) || !s.has("GET /duyet") {
		return 0
	}
	list, err := s.waitingFor(ctx)
	if err != nil {
		s.Log.Error("count what waits", "err", err)
		return 0
	}
	return len(list)
}

// outcome is what one sending of boxes came to. It is kept with the form's key, so that loading the page anew, or
// sending the form twice, shows the same.
type outcome struct {
	Act     string    `json:"act"`
	Done    []int64   `json:"done"`
	Refused []refusal `json:"refused"`
}

// refusal is an entry on which nothing was done, and why.
type refusal struct {
	ID    int64  `json:"id"`
	Title string `json:"title"`
	Say   string `json:"say"`
}

func outcomeKey(ctx context.Context, key string) string {
	return "web:" + viewer(ctx).Login + ":duyet:" + key
}

// outcomeOf reads the outcome that the address names, nil for none.
func (s *server) outcomeOf(r *http.Request) (*outcome, error) {
	key := r.URL.Query().Get("ket-qua")
	if key == "" {
		return nil, nil
	}
	var text []byte
	err := s.DB.Read().QueryRowContext(r.Context(), `SELECT answer FROM idempotency WHERE key = $1`, outcomeKey(r.Context(), key)).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	var o outcome
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		return nil, err
	}
	return &o, nil
}
