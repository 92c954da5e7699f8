package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/reception"
)

// sessionView is the page of one day of reception: the plan, the desk while people come, what became of it.
type sessionView struct {
	reception.Occasion
	Entry    *ledger.Entry // the session, else the plan
	Kind     *catalog.Kind // of sessions on that day
	By       unitLink
	At       reception.State
	Visits   []*reception.Visit
	Mine     bool // may open, change, close it
	Desk     bool // may record visits
	Reads    bool // may read the visits one by one
	Void     bool
	Today    civil.Date
	Form     pieceForm
	Done     string
	Ahead    map[string]clock.Deadline // of an online session
	NotCount string                    // why the session does not count for the chair's duty
}

func (s *server) sessionView(r *http.Request) (*sessionView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	v := &sessionView{Today: s.Today(), Form: newPieceForm("")}
	if err := s.DB.View(ctx, func(q db.Querier) error { return s.readOccasion(ctx, q, v, id) }); err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	who, unit, day := viewer(ctx), v.Entry.Unit, v.Day()
	v.Kind, v.By, v.At = s.kindNear(reception.SessionKind, day), linkUnit(tree, unit, min(day, v.Today)), v.State(v.Today)
	v.Void = v.Entry.State == ledger.Void
	v.Mine = who.May(access.RecordWork, unit) && !v.Void
	v.Desk, v.Reads = who.May(access.RecordLetters, unit) && !v.Void, who.May(access.ReadLetters, unit)
	if v.Plan != nil && v.Plan.Type == "online" {
		v.Ahead = reception.Ahead(s.limits(), v.Plan.On)
	}
	v.NotCount = s.notCounted(tree, unit, v.Setting().Host, day)
	return v, nil
}

// readOccasion reads the day of reception of an entry: the plan leads to its session, and the other way round.
func (s *server) readOccasion(ctx context.Context, q db.Querier, v *sessionView, id int64) error {
	e, err := s.Ledger.Entry(ctx, q, id)
	if err != nil {
		return err
	}
	switch e.Head.Kind {
	case reception.PlanKind:
		if v.Plan, err = reception.PlanOf(e); err != nil {
			return err
		}
		for _, h := range e.Carried {
			if h.Kind == reception.SessionKind && h.State != ledger.Void {
				if e, err = s.Ledger.Entry(ctx, q, h.ID); err != nil {
					return err
				}
				v.Session, err = reception.SessionOf(e)
				break
			}
		}
	case reception.SessionKind:
		if v.Session, err = reception.SessionOf(e); err != nil {
			return err
		}
		if e.Carries != nil && e.Carries.Kind == reception.PlanKind {
			p, wrong := s.Ledger.Entry(ctx, q, e.Carries.ID)
			if wrong != nil {
				return wrong
			}
			v.Plan, err = reception.PlanOf(p)
		}
	default:
		return fault.New(fault.NotFound, "Ghi nhận này không phải buổi tiếp công dân. Hãy mở từ lịch tiếp công dân.")
	}
	if err != nil {
		return err
	}
	v.Entry = e
	if v.Session != nil {
		v.Visits, err = reception.Visits(ctx, q, v.Session.ID)
	}
	return err
}

// notCounted says why a host's session does not count for the duty of reception days that its body owes, empty where it
// counts or nothing is owed.
func (s *server) notCounted(tree *org.Tree, unit org.UnitID, host string, day civil.Date) string {
	u := tree.Unit(unit)
	if u == nil || host == "" {
		return ""
	}
	class := tree.SpanOn(unit, day).Class()
	level, typ, _ := strings.Cut(class, "/")
	for _, d := range s.Catalog.EditionOn(day).Duties {
		if d.Act != "reception" || d.Only == nil || d.From > day || d.Until != 0 && day >= d.Until ||
			!slices.ContainsFunc(d.By, func(c string) bool { return catalog.ParseClass(c).Match(level, typ) }) {
			continue
		}
		if d.Only.Field == "host" && !slices.Contains(d.Only.In, host) && host == "deputy_head" {
			return "Buổi này không tính vào trách nhiệm “" + d.Name + "” (" + d.Cite + ")."
		}
	}
	return ""
}

func (s *server) sessionPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.sessionView(r)
	if err != nil {
		return err
	}
	if id, _ := pathID(r); v.Entry.ID != id { // a plan that was carried out: the day is known by its session
		return seeOther(w, r, "/tiep-dan/"+itoa(v.Entry.ID)+queryOf(r.URL.Query()))
	}
	q := r.URL.Query()
	v.Done = q.Get("xong")
	v.openForm(q.Get("mo"))
	return s.showSession(w, r, http.StatusOK, v)
}

func (s *server) showSession(w http.ResponseWriter, r *http.Request, status int, v *sessionView) error {
	title := v.title()
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "tiep-dan"}, sessionPage(v))
}

func (v *sessionView) title() string {
	return "Tiếp công dân " + strings.ToLower(choiceName(v.Kind, "type", v.Setting().Type)) + " ngày " + v.Day().Vi()
}

// openForm opens a form of the page, filled from what stands.
func (v *sessionView) openForm(act string) {
	f := newPieceForm(act)
	set := func(name, value string) {
		if value != "" {
			f.Values.Set(name, value)
		}
	}
	p := v.Plan
	switch {
	case act == "doi" && p != nil:
		set("d-ngay", p.On.Vi())
		set("d-tu-gio", p.From)
		set("d-den-gio", p.To)
		set("d-noi", p.Room)
		set("d-nguoi", p.Host)
	case act == "huy":
		set("h-ngay", v.Today.Vi())
	case act == "truoc" && p != nil:
		if p.NoticedOn != 0 {
			set("t-thong-bao", p.NoticedOn.Vi())
		}
		if p.TestedOn != 0 {
			set("t-kiem-tra", p.TestedOn.Vi())
		}
	case act == "mo":
		set("m-ngay", min(v.Day(), v.Today).Vi())
		set("m-nguoi", v.Setting().Host)
	case act == "chot":
		set("c-ngay", v.Today.Vi())
	default:
		f.Act = ""
	}
	v.Form = f
}

func (v *sessionView) form(act string) pieceForm {
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

// sessionActs are the acts on a day of reception, by the last word of the address.
var sessionActs = map[string]func(s *server, r *http.Request, v *sessionView) error{
	"mo": (*server).openPlanned, "doi": (*server).movePlan, "huy": (*server).cancelPlan, "truoc": (*server).preparePlan,
	"chot": (*server).closeSession, "mo-lai": (*server).reopenSession,
}

func (s *server) sessionAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	if act == "luot" {
		return s.visitSave(w, r)
	}
	do := sessionActs[act]
	if do == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang buổi tiếp. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	v, err := s.sessionView(r)
	if err != nil {
		return err
	}
	if !viewer(r.Context()).May(access.RecordWork, v.Entry.Unit) {
		return fault.New(fault.Denied, outOfReach)
	}
	v.Form = f
	word := "luu"
	if act == "chot" {
		word = "chot-buoi"
	}
	at := "/tiep-dan/" + r.PathValue("id") + "?xong=" + word
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, at)
	}
	if v.Void {
		v.Form.say("", "Buổi này đã hủy ở sổ việc nên không ghi thêm được nữa.")
	} else if err := do(s, r, v); err != nil {
		return err
	}
	if len(v.Form.Wrong) > 0 {
		return s.showSession(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, at)
}

// openPlanned opens the session of a plan. Two who open at once find one session: its key is the plan's.
func (s *server) openPlanned(r *http.Request, v *sessionView) error {
	f := &v.Form
	switch {
	case v.Session != nil:
		return nil // somebody was first: his session is this one
	case v.Plan.CancelledOn != 0:
		f.say("", "Ngày tiếp này đã hủy. Muốn tiếp vẫn được: mở buổi tiếp đột xuất.")
		return nil
	}
	day := f.wantDay("m-ngay", "Hãy ghi ngày tiếp.")
	host := f.want("m-nguoi", "Hãy chọn người tiếp.")
	if day > v.Today {
		f.say("m-ngay", "Ngày "+day.Vi()+" chưa tới: chỉ mở buổi trong ngày tiếp, hoặc ghi buổi đã tiếp.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	set := v.Setting()
	set.Host = host
	err := s.onceFor(r, f.form, func(tx *db.Tx) error {
		return s.openIn(r, tx, v.Entry.Unit, day, set, fmt.Sprintf("tiep-dan:%d", v.Plan.ID), fmt.Sprintf("#%d", v.Plan.ID))
	})
	return f.refusal(err, map[string]string{"day": "m-ngay", "host": "m-nguoi"})
}

// openIn records a session that opens. A key that is taken belongs to the session that somebody opened meanwhile.
func (s *server) openIn(r *http.Request, tx *db.Tx, unit org.UnitID, day civil.Date, set reception.Setting, key, carries string) error {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	if h, err := s.Ledger.EntryByKey(ctx, tx, key); err == nil && h.State != ledger.Void {
		return nil
	} else if err == nil { // that one was voided: this is another
		key += ":" + itoa(int64(h.Version)) + ":" + itoa(h.ID)
	}
	_, err = s.recordPiece(ctx, tx, tree, ledger.Draft{Key: key, Kind: reception.SessionKind, Unit: ledger.Ref(tree.Unit(unit)), Day: day, Fields: reception.Opening(set), Carries: carries})
	return err
}

func (s *server) movePlan(r *http.Request, v *sessionView) error {
	f := &v.Form
	if v.Plan == nil || v.Session != nil {
		f.say("", "Buổi này đã mở nên không đổi lịch được nữa.")
		return nil
	}
	day, reason := f.wantDay("d-ngay", "Hãy ghi ngày tiếp."), f.want("d-ly-do", "Hãy ghi lý do đổi lịch.")
	set := map[string]any{"planned_on": day.String(), "host": f.want("d-nguoi", "Hãy chọn người tiếp."), "from_hour": orGone(f.hour("d-tu-gio")), "to_hour": orGone(f.hour("d-den-gio")), "room": orGone(f.text("d-noi"))}
	if day != 0 && day < v.Today {
		f.say("d-ngay", "Ngày "+day.Vi()+" đã qua.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	if day != v.Plan.On { // who read the notice has to be told anew
		set["published_on"], set["published_where"], set["number"] = nil, nil, nil
	}
	err := s.amendPiece(r, *f, v.Plan.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Đổi lịch tiếp: " + oneLine(reason, 200), Set: set}, nil
	})
	return f.refusal(err, map[string]string{"planned_on": "d-ngay", "host": "d-nguoi", "from_hour": "d-tu-gio", "to_hour": "d-den-gio", "room": "d-noi"})
}

func orGone(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (s *server) cancelPlan(r *http.Request, v *sessionView) error {
	f := &v.Form
	day, reason := f.wantDay("h-ngay", "Hãy ghi ngày hủy."), f.want("h-ly-do", "Hãy ghi lý do hủy.")
	if v.Plan == nil || v.Session != nil {
		f.say("", "Buổi này đã mở nên không hủy lịch được. Nếu ghi nhầm, hãy hủy ghi nhận của buổi ở sổ việc.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.Plan.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Hủy ngày tiếp: " + oneLine(reason, 200), Set: map[string]any{"cancelled_on": day.String(), "cancel_reason": oneLine(reason, 400)}}, nil
	})
	return f.refusal(err, map[string]string{"cancelled_on": "h-ngay", "cancel_reason": "h-ly-do"})
}

// preparePlan writes down that an online session was announced and its line tested.
func (s *server) preparePlan(r *http.Request, v *sessionView) error {
	f := &v.Form
	if v.Plan == nil || len(v.Ahead) == 0 {
		f.say("", "Chỉ buổi tiếp trực tuyến theo lịch mới có thông báo trước và kiểm tra kết nối.")
		return nil
	}
	set := map[string]any{}
	put(set, "noticed_on", f.day("t-thong-bao"))
	put(set, "tested_on", f.day("t-kiem-tra"))
	for name, control := range map[string]string{"noticed_on": "t-thong-bao", "tested_on": "t-kiem-tra"} {
		if text, _ := set[name].(string); text > v.Today.String() {
			f.say(control, "Ngày này chưa tới: chỉ ghi việc đã làm.")
		}
	}
	if len(set) == 0 && len(f.Wrong) == 0 {
		f.say("t-thong-bao", "Hãy ghi ít nhất một ngày.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.Plan.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Chuẩn bị buổi tiếp trực tuyến", Set: set}, nil
	})
	return f.refusal(err, map[string]string{"noticed_on": "t-thong-bao", "tested_on": "t-kiem-tra"})
}

// closeSession ends a session: its numbers are those of its visits, and nobody having come is a session held too.
func (s *server) closeSession(r *http.Request, v *sessionView) error {
	f := &v.Form
	if v.Session == nil || !v.Session.Open() {
		return nil // closed already, by whoever was first
	}
	day := f.wantDay("c-ngay", "Hãy ghi ngày chốt.")
	switch {
	case day > v.Today:
		f.say("c-ngay", "Ngày "+day.Vi()+" chưa tới.")
	case day != 0 && day < v.Session.Day:
		f.say("c-ngay", "Ngày chốt phải từ ngày tiếp ("+v.Session.Day.Vi()+") trở đi.")
	}
	if len(v.Visits) == 0 && f.text("c-khong-ai") == "" {
		f.say("c-khong-ai", "Chưa ghi lượt nào. Nếu không có ai đến, hãy đánh dấu; nếu có, hãy ghi các lượt trước.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.Session.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Chốt buổi tiếp", Set: map[string]any{"closed_on": day.String()}}, nil
	})
	return f.refusal(err, map[string]string{"closed_on": "c-ngay"})
}

func (s *server) reopenSession(r *http.Request, v *sessionView) error {
	if v.Session == nil || v.Session.Counted != reception.ByVisits || v.Session.Open() {
		return nil
	}
	err := s.amendPiece(r, v.Form, v.Session.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Mở lại buổi tiếp để ghi thêm", Set: map[string]any{"closed_on": nil}}, nil
	})
	return v.Form.refusal(err, nil)
}

// sessionNewView is the form that opens a session without a plan.
type sessionNewView struct {
	pieceForm
	Kind  *catalog.Kind
	Units []option
	Home  string
	Today civil.Date
}

func (s *server) sessionNew(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("mo")
	f.Values.Set("ngay", s.Today().Vi())
	f.Values.Set("loai", "ad_hoc")
	f.Values.Set("nguoi-tiep", "chair")
	return s.showSessionNew(w, r, http.StatusOK, f)
}

func (s *server) showSessionNew(w http.ResponseWriter, r *http.Request, status int, f pieceForm) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := sessionNewView{pieceForm: f, Today: s.Today(), Kind: s.kindNear(reception.SessionKind, s.Today())}
	home := ""
	v.Units, home = s.deskBodies(r, tree)
	if v.get("don-vi") == "" {
		v.Values.Set("don-vi", home)
	}
	v.Home = refName(tree, v.get("don-vi"), v.Today)
	title := "Mở buổi tiếp công dân"
	if len(f.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "tiep-dan"}, sessionNewPage(v))
}

func (s *server) sessionOpen(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "mo")
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	today := s.Today()
	day := f.wantDay("ngay", "Hãy ghi ngày tiếp.")
	if day > today {
		f.say("ngay", "Ngày "+day.Vi()+" chưa tới. Buổi sắp tới thì lập ở lịch tiếp.")
	}
	unit := f.unit(tree, "don-vi", min(or0(day, today), today))
	if unit == nil && !f.Wrong.has("don-vi") {
		f.say("don-vi", "Hãy chọn cơ quan tiếp dân.")
	}
	set := reception.Setting{Type: f.want("loai", "Hãy chọn loại tiếp."), Host: f.want("nguoi-tiep", "Hãy chọn người tiếp."), From: f.hour("tu-gio"), To: f.hour("den-gio"), Room: f.text("noi")}
	if len(f.Wrong) > 0 {
		return s.showSessionNew(w, r, http.StatusUnprocessableEntity, f)
	}
	id, err := s.recordOnce(r, f, tree, ledger.Draft{Key: pieceKey(r, f), Kind: reception.SessionKind, Unit: ledger.Ref(unit), Day: day, Fields: reception.Opening(set)})
	if err := f.refusal(err, map[string]string{"day": "ngay", "unit": "don-vi", "type": "loai", "host": "nguoi-tiep", "room": "noi"}); err != nil {
		return err
	}
	if len(f.Wrong) > 0 {
		return s.showSessionNew(w, r, http.StatusUnprocessableEntity, f)
	}
	return seeOther(w, r, "/tiep-dan/"+itoa(id)+"?xong=mo-buoi")
}
