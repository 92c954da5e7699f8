package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/petition"
	"danvan/internal/reception"
)

// visitNewView is the form for one visit.
type visitNewView struct {
	pieceForm
	Session *sessionView
	Kind    *catalog.Kind // of visits on the session's day
	Crowd   *catalog.Limit
	Texts   bool   // what was said and who came are kept, sealed
	At      string // the body in the system that was chosen to receive it
}

func (s *server) visitNew(w http.ResponseWriter, r *http.Request) error {
	if r.PathValue("viec") != "luot" {
		return fault.New(fault.NotFound, "Không có trang này. Hãy mở từ buổi tiếp công dân.")
	}
	f := newPieceForm("luot")
	f.Values.Set("v-nguoi", "1")
	f.Values.Set("v-lan", "first")
	v, err := s.visitNewView(r, f)
	if err != nil {
		return err
	}
	return s.showVisitNew(w, r, http.StatusOK, v)
}

func (s *server) visitNewView(r *http.Request, f pieceForm) (*visitNewView, error) {
	session, err := s.sessionView(r)
	if err != nil {
		return nil, err
	}
	switch {
	case session.Session == nil:
		return nil, fault.New(fault.Conflict, "Buổi này chưa mở. Hãy mở buổi tiếp trước, rồi ghi từng lượt.")
	case session.Session.Counted != reception.ByVisits:
		return nil, fault.New(fault.Conflict, "Buổi này ghi tổng số, không ghi từng lượt. Muốn sửa số, hãy mở buổi ở sổ việc.")
	case session.Void:
		return nil, fault.New(fault.Conflict, "Buổi này đã hủy ở sổ việc nên không ghi thêm được nữa.")
	case !session.Desk:
		return nil, fault.New(fault.Denied, outOfReach)
	}
	day := session.Session.Day
	return &visitNewView{pieceForm: f, Session: session, Texts: s.Dossiers != nil, Kind: s.kindNear(reception.VisitKind, day), Crowd: reception.CrowdFrom(s.Catalog.EditionOn(day), day)}, nil
}

func (s *server) showVisitNew(w http.ResponseWriter, r *http.Request, status int, v *visitNewView) error {
	title := "Thêm lượt tiếp"
	if len(v.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "tiep-dan"}, visitNewPage(v))
}

var visitControls = map[string]string{"class": "v-loai", "field": "v-linh-vuc", "persons": "v-nguoi", "crowd": "v-nguoi", "times": "v-lan", "result": "v-ket-qua",
	"letter_taken": "v-don", "transferred_to": "v-chuyen", "transferred_unit": "v-chuyen-dv", "signature": "v-ky", "identified": "v-giay-to"}

// visitFields reads what the ledger keeps of a visit.
func (v *visitNewView) visitFields() map[string]any {
	f, set := &v.pieceForm, map[string]any{}
	put(set, "class", f.want("v-loai", "Hãy chọn loại việc."))
	put(set, "field", f.want("v-linh-vuc", "Hãy chọn lĩnh vực."))
	put(set, "times", f.want("v-lan", "Hãy chọn lần đầu hay nhiều lần."))
	put(set, "result", f.want("v-ket-qua", "Hãy chọn kết quả tiếp."))
	persons := f.number("v-nguoi")
	if persons < 1 && !f.Wrong.has("v-nguoi") {
		f.say("v-nguoi", "Hãy ghi số người, từ 1.")
	}
	set["persons"] = persons
	set["crowd"] = "no"
	if v.Crowd != nil && persons >= int64(v.Crowd.Value) {
		set["crowd"] = "yes"
	}
	set["letter_taken"] = yesOrNo(f.text("v-don") != "")
	if v.Kind != nil && v.Kind.Field("identified") != nil {
		set["identified"] = yesOrNo(f.text("v-giay-to") != "")
	}
	put(set, "signature", f.text("v-ky"))
	switch set["result"] {
	case reception.Answered, reception.Advised, reception.Refused:
		put(set, "answered_on", v.Session.Session.Day)
		put(set, "answer_form", "in_person")
	}
	return set
}

func yesOrNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

// visitSave records a visit; the numbers of its session follow in the same transaction.
func (s *server) visitSave(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "luot")
	if err != nil {
		return err
	}
	v, err := s.visitNewView(r, f)
	if err != nil {
		return err
	}
	key := "luot:" + viewer(r.Context()).Login + ":" + f.Key
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return s.afterVisit(w, r, v, key)
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	set, day, to := v.visitFields(), v.Session.Session.Day, goesTo{}
	if set["result"] == reception.Transferred {
		to = s.readGoesTo(&v.pieceForm, tree, "v-chuyen-dv", "v-chuyen", v.Session.Entry.Unit)
		if to.fields(set, day); to.Unit != nil {
			v.At = to.Name
		}
	}
	said, who := v.told()
	if len(v.Wrong) > 0 {
		return s.showVisitNew(w, r, http.StatusUnprocessableEntity, v)
	}
	desk := reception.Desk{Ledger: s.Ledger, Tree: tree}
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		login := viewer(r.Context()).Login
		posted, err := desk.Receive(r.Context(), tx, login, v.Session.Session.ID, key, set)
		if err != nil {
			return err
		}
		if err := s.sendVisit(r.Context(), tx, posted.ID, to, day); err != nil || said.Empty() && who.Empty() {
			return err
		}
		return s.Dossiers.Put(r.Context(), tx, login, dossier.Item{Entry: posted.ID, Content: said, Sender: who, Marked: true})
	})
	if err := v.refusal(err, visitControls); err != nil {
		return err
	}
	if len(v.Wrong) > 0 {
		return s.showVisitNew(w, r, http.StatusUnprocessableEntity, v)
	}
	return s.afterVisit(w, r, v, key)
}

// tellControls are the controls whose values are sealed and stand nowhere else.
var tellControls = []string{"v-noi-dung", "v-yeu-cau", "v-ten", "v-dia-chi", "v-lien-he", "v-so-giay"}

// told reads what was said and who came. Of a denunciation nothing is taken: neither stands in the program.
func (v *visitNewView) told() (dossier.Content, *dossier.Sender) {
	f := &v.pieceForm
	if f.text("v-loai") == reception.Denunciation || !v.Texts {
		for _, name := range tellControls {
			if f.text(name) != "" {
				f.say(name, "Người đến tố cáo: không ghi ô này vào chương trình, đã xóa. Danh tính và nội dung tố cáo giữ trên giấy, ở hồ sơ mật.")
				f.Values.Del(name)
			}
		}
		return dossier.Content{}, nil
	}
	who := &dossier.Sender{Name: oneLine(f.text("v-ten"), 200), Address: oneLine(f.text("v-dia-chi"), 300), Contact: oneLine(f.text("v-lien-he"), 200), Document: oneLine(f.text("v-so-giay"), 60)}
	return dossier.Content{Text: f.text("v-noi-dung"), Request: f.text("v-yeu-cau")}, who
}

// afterVisit goes where the button that was pressed leads: the next visitor, the receipt, the letter, the session.
func (s *server) afterVisit(w http.ResponseWriter, r *http.Request, v *visitNewView, key string) error {
	session := "/tiep-dan/" + itoa(v.Session.Session.ID)
	then := v.text("viec")
	if then == "them" {
		return seeOther(w, r, session+"/luot?xong=luot")
	}
	e, err := s.Ledger.EntryByKey(r.Context(), s.DB.Read(), key)
	if err != nil || then == "" || then == "luu" {
		return seeOther(w, r, session+"?xong=luot")
	}
	if then == "don" && s.has("GET /don-thu/moi") {
		return seeOther(w, r, "/don-thu/moi?luot="+itoa(e.ID))
	}
	return seeOther(w, r, "/tiep-dan/luot/"+itoa(e.ID)+"/bien-nhan")
}

// visitView is the page of one visit.
type visitView struct {
	*reception.Visit
	Entry   *ledger.Entry
	Session *ledger.Head
	Kind    *catalog.Kind
	By      unitLink
	Letters []ledger.Head   // taken at this visit
	Limit   *clock.Deadline // of the answer, nil where the law has none
	Due     civil.Date
	Got     int64  // the letter that the other body made of it, for who may open it
	At      string // the body in the system to which it was transferred, as typed or named
	Mine    bool
	Intake  bool // a letter can be made of it
	Today   civil.Date
	Form    pieceForm
	Done    string
	Void    bool
	Next    []string // what happens next, for the receipt
	Said    dossier.Content
	Known   bool // who came is written down
	Looks   bool // the viewer may look at who came
	Who     *dossier.Sender
}

func (s *server) visitView(r *http.Request) (*visitView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	e, err := s.Ledger.Entry(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	if e.Head.Kind != reception.VisitKind {
		return nil, fault.New(fault.NotFound, "Ghi nhận này không phải lượt tiếp công dân. Hãy mở từ buổi tiếp.")
	}
	x, err := reception.VisitOf(e)
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := &visitView{Visit: x, Entry: e, Session: e.Carries, Kind: s.kindOf(e), By: linkUnit(tree, e.Unit, e.Day), Today: s.Today(), Form: newPieceForm(""), Void: e.State == ledger.Void}
	v.Mine = viewer(ctx).May(access.RecordLetters, e.Unit) && !v.Void
	v.Intake = v.Mine && s.has("GET /don-thu/moi")
	v.Intake = v.Intake && x.MayBring(e) == nil
	for _, h := range e.Carried {
		if h.Kind == petition.Letter && h.State != ledger.Void {
			v.Letters = append(v.Letters, h)
		}
	}
	law := s.limits()
	if d, ok := reception.Answer(law, x); ok {
		v.Limit, v.Due = &d, answerDue(law, x)
	}
	v.Next = v.next()
	if x.TransferredAt != "" {
		v.At = refName(tree, x.TransferredAt, v.Today)
	}
	if err := s.readReceiver(r, v); err != nil {
		return nil, err
	}
	return v, s.readTold(r, v)
}

// readTold reads what was said, for those who may read the letters of the body; who came is looked at by itself.
func (s *server) readTold(r *http.Request, v *visitView) error {
	if s.Dossiers == nil || v.Class == reception.Denunciation || !viewer(r.Context()).May(access.ReadLetters, v.Entry.Unit) {
		return nil
	}
	return s.DB.View(r.Context(), func(q db.Querier) (err error) {
		if v.Said, _, err = s.Dossiers.ContentOf(r.Context(), q, v.ID); err != nil {
			return err
		}
		v.Known, err = s.Dossiers.HasSender(r.Context(), q, v.ID)
		v.Looks = v.Known && viewer(r.Context()).May(access.SeeSender, v.Entry.Unit)
		return err
	})
}

// visitWho shows who came, once the look is written down: the answer is this page alone and is kept nowhere.
func (s *server) visitWho(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "nguoi-den")
	if err != nil {
		return err
	}
	v, err := s.visitView(r)
	if err != nil {
		return err
	}
	v.Form = f
	if !v.Looks {
		return fault.New(fault.NotFound, "Chương trình không giữ thông tin người đến của lượt này.")
	}
	ground := f.want("x-ly-do", "Hãy chọn lý do xem.")
	if len(f.Wrong) == 0 {
		var who dossier.Sender
		err := s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
			who, err = s.Dossiers.LookAtSender(r.Context(), tx, viewer(r.Context()).Login, v.ID, dossier.Ground(ground), f.text("x-ghi"))
			return err
		})
		if err := f.refusal(err, nil); err != nil {
			return err
		}
		if err == nil {
			v.Who, f.Act = &who, ""
		}
	}
	v.Form = f
	status := http.StatusOK
	if len(f.Wrong) > 0 {
		status = http.StatusUnprocessableEntity
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.showVisit(w, r, status, v)
}

// next says what the visitor may expect, in sentences.
func (v *visitView) next() []string {
	until := ""
	if v.Due != 0 {
		until = " chậm nhất ngày " + v.Due.Vi()
	}
	switch v.Result {
	case reception.Accepted:
		return []string{"Nội dung được tiếp nhận để xem xét, giải quyết theo thẩm quyền.", "Cơ quan thông báo kết quả xử lý cho người đến" + until + "."}
	case reception.Checking:
		return []string{"Nội dung cần kiểm tra thêm.", "Cơ quan thông báo kết quả xử lý cho người đến" + until + "."}
	case reception.Transferred:
		return []string{"Nội dung được chuyển đến " + or(v.TransferredTo, "cơ quan có thẩm quyền") + ".", "Cơ quan thông báo việc chuyển cho người đến" + until + "."}
	case reception.Refused:
		return []string{"Nội dung không được thụ lý; lý do đã nói rõ tại buổi tiếp."}
	case reception.Advised:
		return []string{"Người đến đã được hướng dẫn tại buổi tiếp."}
	}
	return []string{"Người đến đã được trả lời tại buổi tiếp."}
}

func (s *server) visitPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visitView(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v.Done = q.Get("xong")
	v.openForm(q.Get("mo"))
	return s.showVisit(w, r, http.StatusOK, v)
}

func (s *server) showVisit(w http.ResponseWriter, r *http.Request, status int, v *visitView) error {
	title := "Lượt tiếp " + v.Code()
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "tiep-dan"}, visitPage(v))
}

func (v *visitView) openForm(act string) {
	f := newPieceForm(act)
	switch act {
	case "tra-loi":
		f.Values.Set("t-ngay", v.Today.Vi())
		f.Values.Set("t-hinh-thuc", "written")
	case "ket-qua":
		f.Values.Set("k-ket-qua", v.Result)
		f.Values.Set("k-nguoi", itoa(v.Persons))
		f.Values.Set("k-lan", v.Times)
		if f.Values.Set("k-chuyen-dv", v.TransferredAt); v.TransferredAt == "" {
			f.Values.Set("k-chuyen", v.TransferredTo)
		}
		if v.LetterTaken == "yes" {
			f.Values.Set("k-don", "1")
		}
	case "nhan-chuyen":
		f.Values.Set("n-ngay", v.Today.Vi())
	case "bo", "nguoi-den":
	default:
		f.Act = ""
	}
	v.Form = f
}

func (v *visitView) form(act string) pieceForm {
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

var visitActs = map[string]func(s *server, r *http.Request, v *visitView) error{
	"tra-loi": (*server).answerVisit, "ket-qua": (*server).mendVisit, "bo": (*server).strikeVisit, "nhan-chuyen": (*server).receiptOfVisit,
}

func (s *server) visitAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	do := visitActs[act]
	if do == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang lượt tiếp. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	v, err := s.visitView(r)
	if err != nil {
		return err
	}
	v.Form = f
	at := "/tiep-dan/luot/" + itoa(v.ID) + "?xong=luu"
	if act == "bo" && v.Session != nil {
		at = "/tiep-dan/" + itoa(v.Session.ID) + "?xong=bo-luot"
	}
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, at)
	}
	if v.Void {
		v.Form.say("", "Lượt tiếp này đã bỏ nên không ghi thêm được nữa.")
	} else if err := do(s, r, v); err != nil {
		return err
	}
	if len(v.Form.Wrong) > 0 {
		return s.showVisit(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, at)
}

// changeVisit amends a visit once for the form's key; its session follows. After it comes also, in the same transaction.
func (s *server) changeVisit(r *http.Request, v *visitView, also func(tx *db.Tx) error, change func(*reception.Visit, *ledger.Entry) (ledger.Amendment, error)) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	desk := reception.Desk{Ledger: s.Ledger, Tree: tree}
	return s.onceFor(r, v.Form.form, func(tx *db.Tx) error {
		err := desk.Change(r.Context(), tx, viewer(r.Context()).Login, v.ID, change)
		if err != nil || also == nil {
			return err
		}
		return also(tx)
	})
}

// answerVisit writes the answer down: the clock ends, and the last day is kept as it stood.
func (s *server) answerVisit(r *http.Request, v *visitView) error {
	f := &v.Form
	day, how := f.wantDay("t-ngay", "Hãy ghi ngày trả lời."), f.want("t-hinh-thuc", "Hãy chọn hình thức trả lời.")
	switch {
	case day > v.Today:
		f.say("t-ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi khi đã trả lời.")
	case day != 0 && day < v.Entry.Day:
		f.say("t-ngay", "Ngày trả lời phải từ ngày tiếp ("+v.Entry.Day.Vi()+") trở đi.")
	}
	if how == "written" && f.text("t-so") == "" {
		f.say("t-so", "Trả lời bằng văn bản thì phải ghi số văn bản.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	set := map[string]any{"answered_on": day.String(), "answer_form": how, "answer_document": orGone(oneLine(f.text("t-so"), 120)), "answer_due": orGone(dateText(v.Due))}
	err := s.changeVisit(r, v, nil, func(x *reception.Visit, _ *ledger.Entry) (ledger.Amendment, error) {
		if x.AnsweredOn != 0 {
			return ledger.Amendment{}, fault.New(fault.Conflict, "Lượt này đã trả lời ngày "+x.AnsweredOn.Vi()+". Hãy mở lại trang.")
		}
		return ledger.Amendment{Reason: "Trả lời người đến", Set: set}, nil
	})
	return f.refusal(err, map[string]string{"answered_on": "t-ngay", "answer_form": "t-hinh-thuc", "answer_document": "t-so"})
}

func dateText(d civil.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// mendVisit corrects what was recorded of a visit.
func (s *server) mendVisit(r *http.Request, v *visitView) error {
	f := &v.Form
	persons := f.number("k-nguoi")
	result, reason := f.want("k-ket-qua", "Hãy chọn kết quả tiếp."), f.want("k-ly-do", "Hãy ghi lý do sửa.")
	if persons < 1 && !f.Wrong.has("k-nguoi") {
		f.say("k-nguoi", "Hãy ghi số người, từ 1.")
	}
	set := map[string]any{"persons": persons, "result": result, "times": f.want("k-lan", "Hãy chọn lần đầu hay nhiều lần."), "letter_taken": yesOrNo(f.text("k-don") != ""), "crowd": "no",
		"transferred_to": nil, "transferred_unit": nil, "transferred_on": nil, "receipt_number": nil, "receipt_on": nil}
	if l := reception.CrowdFrom(s.Catalog.EditionOn(v.Entry.Day), v.Entry.Day); l != nil && persons >= int64(l.Value) {
		set["crowd"] = "yes"
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	to, on, again := goesTo{}, max(v.TransferredOn, v.Entry.Day), false
	if result == reception.Transferred {
		to = s.readGoesTo(f, tree, "k-chuyen-dv", "k-chuyen", v.Entry.Unit)
		if to.fields(set, on); len(v.Letters) > 0 && to.Unit != nil {
			f.say("k-chuyen-dv", "Đã có đơn lập từ lượt này: hãy chuyển đơn ở trang của đơn.")
		}
		if again = to.same(tree, v.Visit); again { // what the other body said stays
			delete(set, "receipt_number")
			delete(set, "receipt_on")
		}
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	also := func(tx *db.Tx) error {
		if again {
			return nil
		}
		if err := petition.Unsend(r.Context(), tx, v.ID); err != nil {
			return err
		}
		return s.sendVisit(r.Context(), tx, v.ID, to, on)
	}
	err = s.changeVisit(r, v, also, func(x *reception.Visit, e *ledger.Entry) (ledger.Amendment, error) {
		was, now := x.OwesAnswer(), (&reception.Visit{Result: result}).OwesAnswer()
		switch {
		case was && !now:
			set["answered_on"], set["answer_form"] = e.Day.String(), "in_person"
		case !was && now:
			set["answered_on"], set["answer_form"], set["answer_due"], set["answer_document"] = nil, nil, nil, nil
		}
		return ledger.Amendment{Reason: oneLine(reason, 200), Set: set}, nil
	})
	return f.refusal(err, map[string]string{"persons": "k-nguoi", "result": "k-ket-qua", "times": "k-lan", "transferred_to": "k-chuyen", "transferred_unit": "k-chuyen-dv", "letter_taken": "k-don", "reason": "k-ly-do"})
}

func (s *server) strikeVisit(r *http.Request, v *visitView) error {
	f := &v.Form
	reason := f.want("b-ly-do", "Hãy ghi lý do bỏ lượt tiếp.")
	if len(v.Letters) > 0 {
		f.say("", "Đã có đơn lập từ lượt này. Hãy xử lý đơn trước, rồi mới bỏ lượt.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	desk := reception.Desk{Ledger: s.Ledger, Tree: tree}
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		if err := desk.Strike(r.Context(), tx, viewer(r.Context()).Login, v.ID, "Bỏ lượt tiếp: "+oneLine(reason, 200)); err != nil {
			return err
		}
		return petition.Unsend(r.Context(), tx, v.ID)
	})
	return f.refusal(err, map[string]string{"reason": "b-ly-do"})
}

func (s *server) visitReceipt(w http.ResponseWriter, r *http.Request) error {
	v, err := s.visitView(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page{Title: "Biên nhận lượt tiếp " + v.Code(), Section: "tiep-dan"}, visitReceiptPage(v))
}

// visitResult is what became of a visit, in words.
func visitResult(v *reception.Visit) string {
	names := map[string]string{reception.Accepted: "Tiếp nhận, thụ lý", reception.Answered: "Trả lời tại chỗ", reception.Advised: "Hướng dẫn", reception.Transferred: "Chuyển cơ quan có thẩm quyền",
		reception.Checking: "Cần kiểm tra thêm", reception.Refused: "Từ chối"}
	return or(names[v.Result], v.Result)
}

// shownContents are the numbers by class and field for those who may read letters; of a denunciation the class alone.
func (v *sessionView) shownContents() []reception.Content {
	var out []reception.Content
	if !v.Reads {
		return nil
	}
	for _, c := range v.Session.Contents {
		if c.Class != reception.Denunciation {
			out = append(out, c)
			continue
		}
		c.Field = ""
		if i := slices.IndexFunc(out, func(x reception.Content) bool { return x.Class == c.Class }); i >= 0 {
			out[i].Cases += c.Cases
			continue
		}
		out = append(out, c)
	}
	return out
}

// dueText shows how the last day for the answer came about.
func (v *visitView) dueText() string {
	if v.Limit == nil {
		return ""
	}
	text := fmt.Sprintf("%s kể từ ngày tiếp (%s)", limitWords(v.Limit), v.Entry.Day.Vi())
	if passed := skippedWords(v.Limit.Skipped); len(passed) > 0 {
		text += ", không tính " + strings.Join(passed, ", ")
	}
	return text + "; " + v.Limit.Article
}
