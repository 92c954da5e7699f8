package web

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// promiseRoutes are the staff pages of what was promised to the people.
func (s *server) promiseRoutes() []route {
	return []route{
		{"GET /cam-ket", access.ReadWork, onScope, s.promiseBook},
		{"GET /cam-ket/{id}", access.ReadWork, onEntry, s.promisePage},
		{"POST /cam-ket/{id}/thon", access.SpeakForVillage, onEntry, s.villageAct},
		{"POST /cam-ket/{id}/{viec}", access.RecordWork, onPromise, s.promiseAct},
	}
}

// onPromise is the body that is answerable for a promise, where the viewer may record for it; else the one that recorded it.
func onPromise(s *server, r *http.Request) (org.UnitID, error) {
	unit, err := onEntry(s, r)
	if err != nil || viewer(r.Context()).May(access.RecordWork, unit) {
		return unit, err
	}
	id, err := pathID(r)
	if err != nil {
		return 0, err
	}
	p, ok, err := s.hall().Promise(r.Context(), s.DB.Read(), id)
	if err != nil || !ok || p.OwnerUnit == "" {
		return unit, err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return 0, err
	}
	return cmp.Or(refUnit(tree, p.OwnerUnit, p.Day), unit), nil
}

// promiseRow is a promise as lists show it.
type promiseRow struct {
	*dialogue.Promise
	At    dialogue.PromiseState
	Late  int
	Owner string
	Today civil.Date
}

func promiseRowOf(tree *org.Tree, p *dialogue.Promise, today civil.Date) promiseRow {
	owner := namedRef(tree, p.OwnerUnit, p.Day, today)
	if owner == "" {
		owner = namedRef(tree, ledger.Ref(tree.Unit(p.Unit)), p.Day, today)
	}
	return promiseRow{p, p.StateOn(today), p.DaysLate(today), joinWords(p.OwnerPost, owner), today}
}

// Name is the state in words, with what one needs to know of it.
func (p promiseRow) Name() string {
	switch p.At {
	case dialogue.Overdue:
		return "Quá hạn " + count(p.Late, "ngày")
	case dialogue.Waiting:
		return "Chờ thôn trả lời đến " + p.Answering().Vi()
	}
	return promiseNames[p.At]
}

func (p promiseRow) chip() string { return promiseChips[p.At] }

var promiseNames = map[dialogue.PromiseState]string{
	dialogue.Overdue: "Quá hạn", dialogue.Disputed: "Thôn chưa đồng ý", dialogue.Soon: "Sắp đến hạn", dialogue.Doing: "Đang làm",
	dialogue.Waiting: "Chờ thôn xác nhận", dialogue.Unanswered: "Thôn chưa trả lời", dialogue.Confirmed: "Thôn đã xác nhận", dialogue.Dropped: "Đã dừng",
}

var promiseChips = map[dialogue.PromiseState]string{
	dialogue.Overdue: "late", dialogue.Disputed: "late", dialogue.Soon: "wait", dialogue.Doing: "doing",
	dialogue.Waiting: "wait", dialogue.Unanswered: "plain", dialogue.Confirmed: "done", dialogue.Dropped: "plain",
}

func (s *server) promiseBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	var all []*dialogue.Promise
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		all, err = s.hall().Promises(r.Context(), q, ledger.Filter{Units: slices.Collect(maps.Keys(sc.subtree()))}, sc.Today)
		return err
	})
	if err != nil {
		return err
	}
	v := &bookView{Title: "Cam kết với nhân dân", Path: "/cam-ket", Scope: sc, Noun: "cam kết", Section: "cam-ket",
		Lead:  "Điều đã hứa tại đối thoại, tiếp xúc cử tri: ai chịu trách nhiệm, hạn nào, làm đến đâu, thôn nói gì. Danh sách này công khai ở cổng.",
		Empty: "Chưa có cam kết nào ở phạm vi này. Cam kết ghi ở trang của cuộc đối thoại, dưới vấn đề mà nó trả lời."}
	v.Links = append(v.Links, bookLink{Name: "Đối thoại", Href: "/doi-thoai" + sc.query(), Icon: "users"})
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = append(v.Links, bookLink{Name: "Ghi cam kết khác", Href: "/ghi-nhan/moi/commitment", Icon: "plus"})
	}
	return s.narrowPromises(w, r, v, all)
}

// narrowPromises fills the book with the promises that the filter leaves.
func (s *server) narrowPromises(w http.ResponseWriter, r *http.Request, v *bookView, all []*dialogue.Promise) error {
	q, today := r.URL.Query(), v.Scope.Today
	see, topic := q.Get("xem"), q.Get("nhom")
	if see != "" && promiseNames[dialogue.PromiseState(see)] == "" {
		return fault.New(fault.Invalid, "Không có trạng thái này. Hãy chọn ở khung lọc.")
	}
	counts := map[dialogue.PromiseState]int{}
	for _, p := range all {
		counts[p.StateOn(today)]++
	}
	sum := dialogue.SummaryOf(all, today)
	v.Kpis = []bookKpi{{Name: "Đã hứa", Value: civil.FormatInt(int64(sum.All)), Unit: "cam kết", Note: civil.FormatInt(int64(sum.Dropped)) + " đã dừng, có lý do"},
		{Name: "Đã báo xong", Value: civil.FormatInt(int64(sum.Done)), Note: civil.FormatInt(int64(sum.Confirmed)) + " được thôn xác nhận"},
		{Name: "Đang làm", Value: civil.FormatInt(int64(sum.Doing))},
		{Name: "Quá hạn", Value: civil.FormatInt(int64(sum.Late)), Note: civil.FormatInt(int64(counts[dialogue.Disputed])) + " thôn chưa đồng ý", Href: "/cam-ket" + v.Scope.query() + "&xem=qua-han"}}
	states := []option{{Name: "Mọi trạng thái"}}
	v.Tabs = append(v.Tabs, tab{Name: "Mọi cam kết", Href: "/cam-ket" + v.Scope.query(), Current: see == "", Count: len(all)})
	for _, st := range dialogue.PromiseStates {
		states = append(states, option{Value: string(st), Name: promiseNames[st]})
		if counts[st] > 0 || see == string(st) {
			v.Tabs = append(v.Tabs, tab{Name: promiseNames[st], Href: "/cam-ket" + v.Scope.query() + "&xem=" + string(st), Current: see == string(st), Count: counts[st]})
		}
	}
	kind := s.Catalog.Latest().Kind(dialogue.PromiseKind)
	v.Asks = []bookAsk{{Key: "xem", Name: "Trạng thái", Value: see, Options: states}, {Key: "nhom", Name: "Nhóm vấn đề", Value: topic, Options: choiceOptions(kind, "topic", "Mọi nhóm", today)}}
	v.Columns = []bookColumn{{Key: "noi-dung", Name: "Cam kết"}, {Key: "don-vi", Name: "Chịu trách nhiệm"}, {Key: "ngay", Name: "Ngày hứa"}, {Key: "han", Name: "Hạn"}, {Key: "tien-do", Name: "Tiến độ", Unit: "%", Num: true}, {Key: "trang-thai", Name: "Trạng thái"}}
	for _, p := range all {
		x := promiseRowOf(v.Scope.tree, p, today)
		if see != "" && string(x.At) != see || topic != "" && p.Topic != topic {
			continue
		}
		due := bookCell{Day: p.Due}
		if p.FirstDue != 0 {
			due.Note = "hạn đầu " + p.FirstDue.Vi()
		}
		row := bookRow{Href: "/cam-ket/" + itoa(p.ID), Cells: []bookCell{{Text: p.Subject, Note: joinWords(p.Village, choiceName(kind, "topic", p.Topic))}, wordCell(x.Owner), dayCell(p.Day), due, {}, chipCell(x.chip(), x.Name())}}
		if n := p.Percent(); n >= 0 {
			row.Cells[4] = numCell(int64(n))
			row.Cells[4].Note = p.Amount.Vi() + " / " + p.Total.Vi() + " " + p.Measure
		}
		v.Rows = append(v.Rows, row)
	}
	return s.showBook(w, r, v)
}

// promiseView is the page of one promise.
type promiseView struct {
	promiseRow
	From   dialogue.From
	Notes  []promiseNote
	Tasks  []ledger.Head // what carries it out: tasks, works
	Shown  []pieceFile
	Kind   *catalog.Kind
	Steps  *catalog.Kind
	Does   bool // may act for who promised
	Speaks bool // may speak for the village
	Codes  []dialogue.Code
	Form   pieceForm
	Notice string
	Tree   *org.Tree
	Portal string
	Faults []option
	homes  func(ledger.Head) string
	titles func(ledger.Head) string

	NewCode string
	CodeFor string
}

// promiseNote is something that happened, as the page shows it.
type promiseNote struct {
	*dialogue.Note
	What   string
	Who    string
	Faults []string
	Shown  []pieceFile
}

func (s *server) promiseView(r *http.Request) (*promiseView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	v := &promiseView{Form: newPieceForm(""), Kind: s.Catalog.Latest().Kind(dialogue.PromiseKind), Steps: s.Catalog.Latest().Kind(dialogue.NoteKind), homes: s.homeOf, titles: s.headTitle}
	if v.Tree, err = s.Tree(ctx); err != nil {
		return nil, err
	}
	if err := s.DB.View(ctx, func(q db.Querier) error { return s.readPromise(ctx, q, v, id) }); err != nil {
		return nil, err
	}
	who, alive := viewer(ctx), v.State != ledger.Void
	v.Does = alive && (who.May(access.RecordWork, v.Unit) || v.OwnerUnit != "" && who.May(access.RecordWork, refUnit(v.Tree, v.OwnerUnit, v.Day)))
	v.Speaks = alive && who.May(access.SpeakForVillage, v.Unit)
	if alive {
		v.Portal = s.portalRoot(r) + "/cong/cam-ket/" + itoa(id)
	}
	v.Faults = choiceOptions(v.Steps, "faults", "", v.Today)
	return v, nil
}

func (s *server) readPromise(ctx context.Context, q db.Querier, v *promiseView, id int64) error {
	p, ok, err := s.hall().Promise(ctx, q, id)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, "Ghi nhận này không phải cam kết. Hãy mở từ danh sách cam kết.")
	}
	v.promiseRow = promiseRowOf(v.Tree, p, s.Today())
	if v.From, err = s.hall().Origin(ctx, q, p); err != nil {
		return err
	}
	list, err := dialogue.Notes(ctx, q, id, false)
	if err != nil {
		return err
	}
	for _, n := range list {
		x := promiseNote{Note: n, What: choiceName(v.Steps, "act", n.Act), Who: choiceName(v.Steps, "said_by", n.By), Shown: filesAt(n.ID, n.Files)}
		for _, f := range n.Faults {
			x.Faults = append(x.Faults, choiceName(v.Steps, "faults", f))
		}
		v.Notes = append(v.Notes, x)
	}
	own, err := dialogue.FilesOf(ctx, q, id)
	if err != nil {
		return err
	}
	v.Shown = filesAt(id, own)
	below, err := s.Ledger.CarriedOut(ctx, q, []int64{id})
	if err != nil {
		return err
	}
	for _, l := range below {
		if l.Kind != dialogue.NoteKind && viewer(ctx).May(access.ReadWork, l.Unit) {
			v.Tasks = append(v.Tasks, l.Head)
		}
	}
	v.Codes, err = dialogue.Codes(ctx, q, id)
	return err
}

// filesAt are the attachments of an entry as links.
func filesAt(id int64, list []ledger.File) []pieceFile {
	var out []pieceFile
	for n, f := range list {
		out = append(out, pieceFile{Href: fmt.Sprintf("/ghi-nhan/%d/tep/%d", id, n+1), Name: f.Name})
	}
	return out
}

func (s *server) promisePage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.promiseView(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v.Notice = q.Get("xong")
	v.openForm(q.Get("mo"))
	return s.showPromise(w, r, http.StatusOK, v)
}

func (s *server) showPromise(w http.ResponseWriter, r *http.Request, status int, v *promiseView) error {
	title := v.Subject
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "cam-ket", Scripts: pieceScripts}, promiseDetail(v))
}

// openForm opens a form of the page.
func (v *promiseView) openForm(act string) {
	f := newPieceForm(act)
	switch act {
	case "bao-xong":
		f.Values.Set("b-ngay", v.Today.Vi())
	case "lui-han":
		f.Values.Set("l-han", max(v.Due, v.Today).AddDays(30).Vi())
	case "tien-do", "ly-do", "dung", "ma", "thon":
	default:
		f.Act = ""
	}
	v.Form = f
}

func (v *promiseView) form(act string) pieceForm {
	if v.Form.Act == act {
		return v.Form
	}
	was := v.Form
	v.openForm(act)
	f := v.Form
	v.Form = was
	f.Act = ""
	return f
}
