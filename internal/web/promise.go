package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

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

// promiseSays read the forms of who promised, by the last word of the address.
var promiseSays = map[string]func(f *pieceForm) dialogue.Said{
	"tien-do": func(f *pieceForm) dialogue.Said {
		return dialogue.Said{Act: dialogue.ActProgress, Text: f.text("t-noi-dung"), Amount: f.amount("t-so")}
	},
	"ly-do": func(f *pieceForm) dialogue.Said {
		return dialogue.Said{Act: dialogue.ActExplain, Text: f.text("y-ly-do")}
	},
	"lui-han": func(f *pieceForm) dialogue.Said {
		return dialogue.Said{Act: dialogue.ActExtend, Text: f.text("l-ly-do"), NewDue: f.wantDay("l-han", "Hãy ghi hạn mới.")}
	},
	"bao-xong": func(f *pieceForm) dialogue.Said {
		return dialogue.Said{Act: dialogue.ActDone, Text: f.text("b-noi-dung"), On: f.wantDay("b-ngay", "Hãy ghi ngày làm xong.")}
	},
	"dung": func(f *pieceForm) dialogue.Said {
		return dialogue.Said{Act: dialogue.ActDrop, Text: f.text("x-ly-do")}
	},
}

// promiseControls say which control is the part of an act that is wrong.
var promiseControls = map[string]map[string]string{
	"tien-do":  {"note": "t-noi-dung", "amount": "t-so"},
	"ly-do":    {"note": "y-ly-do"},
	"lui-han":  {"note": "l-ly-do", "due": "l-han"},
	"bao-xong": {"note": "b-noi-dung", "on": "b-ngay", "files": "bao-xong" + filesPart},
	"dung":     {"note": "x-ly-do"},
	"thon":     {"note": "n-loi", "faults": "n-dieu"},
}

// amount reads how much is done, nil where nothing is typed.
func (f *pieceForm) amount(name string) *dialogue.Amount {
	text := f.text(name)
	if text == "" {
		return nil
	}
	var a dialogue.Amount
	if err := a.Read(text); err != nil {
		f.say(name, "Khối lượng là số, nhiều nhất hai số lẻ, ví dụ 62 hoặc 62,5.")
		return nil
	}
	return &a
}

func (s *server) promiseAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	if act == "ma" {
		return s.promiseCode(w, r)
	}
	says := promiseSays[act]
	if says == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang cam kết. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	said := says(&f)
	said.By = dialogue.ByOwner
	return s.sayOf(w, r, act, f, said)
}

// villageAct takes what a village head says with his own account.
func (s *server) villageAct(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "thon")
	if err != nil {
		return err
	}
	said := dialogue.Said{By: dialogue.ByHead, Act: dialogue.ActConfirm}
	switch f.want("n-tra-loi", "Hãy chọn đã làm xong hay chưa.") {
	case "chua-dong-y":
		said.Act, said.Faults = dialogue.ActDispute, f.Values["n-dieu"]
	case "da-xong", "":
	default:
		f.say("n-tra-loi", "Hãy chọn đã làm xong hay chưa.")
	}
	return s.sayOf(w, r, "thon", f, said)
}

// sayOf records a note of a promise, once for the form's key, and shows the form again where something is to be mended.
func (s *server) sayOf(w http.ResponseWriter, r *http.Request, act string, f pieceForm, said dialogue.Said) error {
	ctx := r.Context()
	v, err := s.promiseView(r)
	if err != nil {
		return err
	}
	v.Form = f
	at := "/cam-ket/" + r.PathValue("id") + "?xong=luu"
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, at)
	}
	if act == "thon" && !v.Speaks || act != "thon" && !v.Does {
		return fault.New(fault.Denied, outOfReach)
	}
	if said.Works = len(v.Tasks); len(v.Form.Wrong) == 0 {
		key := pieceKey(r, f)
		err = s.onceFor(r, f.form, func(tx *db.Tx) error {
			_, err := dialogue.Desk{Ledger: s.Ledger, Tree: v.Tree}.Note(ctx, tx, viewer(ctx).Login, v.ID, key, said, f.sent(), s.Today())
			return err
		})
		var bad dialogue.Wrong
		if errors.As(err, &bad) {
			v.Form.say(promiseControls[act][bad.Part], fault.Say(bad.Err))
		} else if err := v.Form.refusal(err, nil); err != nil {
			return err
		}
	}
	if len(v.Form.Wrong) > 0 {
		return s.showPromise(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, at)
}

// promiseCode makes a code for whoever raised the issue: it answers for this promise alone, and names nobody.
func (s *server) promiseCode(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "ma")
	if err != nil {
		return err
	}
	v, err := s.promiseView(r)
	if err != nil {
		return err
	}
	if !v.Does {
		return fault.New(fault.Denied, outOfReach)
	}
	v.Form = f
	holder, place := dialogue.ByCitizen, ""
	if f.get("m-ai") == dialogue.ByVillage {
		holder, place = dialogue.ByVillage, oneLine(cmp.Or(v.Village, "Thôn"), 120)
	}
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		v.NewCode, err = dialogue.MakeCode(r.Context(), tx, dialogue.Code{Entry: v.ID, Holder: holder, Place: place, Actor: viewer(r.Context()).Login, At: time.Now()})
		return err
	})
	if err != nil {
		return err
	}
	if v.NewCode == "" { // sent twice: the code was told once
		return seeOther(w, r, "/cam-ket/"+r.PathValue("id"))
	}
	v.CodeFor = cmp.Or(place, "người nêu vấn đề")
	unkept(w)
	return s.render(w, r, http.StatusOK, page{Title: "Mã xác nhận của " + v.CodeFor, Section: "cam-ket"}, promiseCodeSheet(v))
}
