package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/notice"
	"danvan/internal/org"
)

// talkView is the page of one session: as announced, as held, its issues with answers and promises.
type talkView struct {
	dialogue.Occasion
	dialogue.Setting
	Head     ledger.Head
	Plans    *catalog.Kind
	Issue    *catalog.Kind
	By       unitLink
	At       dialogue.State
	Issues   []talkIssue
	More     []promiseRow // promised without an issue
	Codes    []dialogue.Code
	NewCode  string // just made, told once
	CodeFor  string
	Mine     bool
	Void     bool
	Today    civil.Date
	Form     pieceForm
	Done     string
	Tree     *org.Tree
	Portal   string // the public page
	Promises int
	Villages []string // that the commune's records name
}

// talkIssue is an issue with its promises.
type talkIssue struct {
	*dialogue.Issue
	Answerer string
	Promises []promiseRow
}

func (s *server) talkView(r *http.Request) (*talkView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	v := &talkView{Today: s.Today(), Form: newPieceForm("")}
	if v.Tree, err = s.Tree(ctx); err != nil {
		return nil, err
	}
	if err := s.DB.View(ctx, func(q db.Querier) error { return s.readTalk(ctx, q, v, id) }); err != nil {
		return nil, err
	}
	v.Head, v.Setting, v.At = v.Occasion.Head(), v.Occasion.Setting(), v.State(v.Today)
	v.Plans, v.Issue = s.Catalog.Latest().Kind(dialogue.PlanKind), s.Catalog.Latest().Kind(dialogue.IssueKind)
	v.By = linkUnit(v.Tree, v.Head.Unit, min(v.Day(), v.Today))
	v.Void = v.Head.State == ledger.Void
	v.Mine = viewer(ctx).May(access.RecordWork, v.Head.Unit) && !v.Void
	if v.Public() && !v.Void {
		v.Portal = s.portalRoot(r) + "/cong/doi-thoai/" + itoa(v.Head.ID)
	}
	return v, nil
}

func (s *server) readTalk(ctx context.Context, q db.Querier, v *talkView, id int64) error {
	o, ok, err := s.hall().Occasion(ctx, q, id)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, "Ghi nhận này không phải cuộc đối thoại. Hãy mở từ lịch đối thoại.")
	}
	if v.Occasion = o; o.Session == nil {
		return nil
	}
	issues, err := s.hall().Issues(ctx, q, o.Session.ID)
	if err != nil {
		return err
	}
	ids := []int64{o.Session.ID}
	for _, i := range issues {
		ids = append(ids, i.ID)
	}
	promised, err := s.hall().PromisesOf(ctx, q, ids)
	if err != nil {
		return err
	}
	rows := func(of int64) (out []promiseRow) {
		for _, p := range promised[of] {
			out = append(out, promiseRowOf(v.Tree, p, v.Today))
			v.Promises++
		}
		return out
	}
	for _, i := range issues {
		v.Issues = append(v.Issues, talkIssue{Issue: i, Answerer: joinWords(i.AnswerPost, namedRef(v.Tree, i.AnswerUnit, i.Day, v.Today)), Promises: rows(i.ID)})
	}
	v.More = rows(o.Session.ID)
	v.Codes, err = dialogue.Codes(ctx, q, o.Session.ID)
	return err
}

// namedRef names the unit of a reference as it is called now, "" for none.
func namedRef(tree *org.Tree, ref string, day, today civil.Date) string {
	if ref == "" {
		return ""
	}
	if id := refUnit(tree, ref, day); id != 0 {
		return tree.NameOn(id, max(tree.Unit(id).Opened, min(today, tree.Unit(id).Closed.AddDays(-1))))
	}
	return ref
}

func (s *server) talkPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.talkView(r)
	if err != nil {
		return err
	}
	if id, _ := pathID(r); v.Head.ID != id { // a plan that was carried out: known by its session
		return seeOther(w, r, "/doi-thoai/"+itoa(v.Head.ID)+queryOf(r.URL.Query()))
	}
	q := r.URL.Query()
	v.Done = q.Get("xong")
	v.openForm(q.Get("mo"), q.Get("dong"))
	return s.showTalk(w, r, http.StatusOK, v)
}

func (s *server) showTalk(w http.ResponseWriter, r *http.Request, status int, v *talkView) error {
	if v.Mine {
		var err error
		if v.Villages, err = s.villagesNear(r.Context(), v.Tree, v.Head.Unit); err != nil {
			return err
		}
	}
	title := v.Topic
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "doi-thoai"}, talkPage(v))
}

func (s *server) talkMinutes(w http.ResponseWriter, r *http.Request) error {
	v, err := s.talkView(r)
	if err != nil {
		return err
	}
	if v.Session == nil {
		return fault.New(fault.Conflict, "Cuộc này chưa họp nên chưa có biên bản. Hãy mở cuộc họp trước.")
	}
	return s.render(w, r, http.StatusOK, page{Title: "Biên bản: " + v.Topic, Section: "doi-thoai"}, talkMinutesPage(v))
}

func (s *server) talkNotice(w http.ResponseWriter, r *http.Request) error {
	v, err := s.talkView(r)
	if err != nil {
		return err
	}
	if v.Plan == nil {
		return fault.New(fault.Conflict, "Cuộc này ghi khi đã họp, không có lịch để thông báo.")
	}
	return s.render(w, r, http.StatusOK, page{Title: "Thông báo: " + v.Topic, Section: "doi-thoai"}, talkNoticePage(v))
}

// openForm opens a form of the page, filled from what stands; row is the issue that it is about.
func (v *talkView) openForm(act, row string) {
	f := newPieceForm(act)
	set := func(name, value string) {
		if value != "" {
			f.Values.Set(name, value)
		}
	}
	set("dong", row)
	p := v.Plan
	switch {
	case act == "thong-bao" && p != nil:
		set("t-ngay", v.Today.Vi())
		set("t-noi", "niêm yết tại trụ sở, nhà văn hóa thôn; loa truyền thanh; cổng công khai")
	case act == "doi" && p != nil:
		set("d-ngay", p.On.Vi())
		set("d-tu-gio", p.From)
		set("d-den-gio", p.To)
		set("d-noi", p.Venue)
	case act == "huy":
	case act == "mo":
		set("m-ngay", min(v.Day(), v.Today).Vi())
		set("m-chu-tri", v.Host)
	case act == "van-de":
		set("v-so", "1")
		set("v-cach", dialogue.OnSpot)
		set("v-han", v.Day().AddDays(15).Vi())
	case act == "tra-loi":
		set("a-ngay", v.Today.Vi())
	case act == "hua":
		set("h-han", v.Today.AddDays(60).Vi())
		for _, i := range v.Issues {
			if itoa(i.ID) == row {
				set("h-noi", i.Village)
			}
		}
	case act == "chot" && v.Session != nil:
		set("c-du", itoa(v.Session.Attendances))
		set("c-ngay", v.Today.Vi())
		set("c-so", v.Session.MinutesNumber)
		set("c-ket-luan", v.Session.Conclusion)
		set("c-du-hop", v.Session.Present)
	case act == "ma":
	default:
		f.Act = ""
	}
	v.Form = f
}

func (v *talkView) form(act, row string) pieceForm {
	if v.Form.Act == act && v.Form.get("dong") == row {
		return v.Form
	}
	was := v.Form
	v.openForm(act, row)
	f := v.Form
	v.Form = was
	f.Act = ""
	return f
}

// talkActs are the acts on a session, by the last word of the address.
var talkActs = map[string]func(s *server, r *http.Request, v *talkView) error{
	"thong-bao": (*server).announceTalk, "doi": (*server).moveTalk, "huy": (*server).cancelTalk, "mo": (*server).openTalk,
	"van-de": (*server).raiseIssue, "tra-loi": (*server).answerIssue, "hua": (*server).promiseAtTalk, "chot": (*server).closeTalk, "ma": (*server).makeTalkCode,
}

func (s *server) talkAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	do := talkActs[act]
	if do == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang đối thoại. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	v, err := s.talkView(r)
	if err != nil {
		return err
	}
	if !viewer(r.Context()).May(access.RecordWork, v.Head.Unit) {
		return fault.New(fault.Denied, outOfReach)
	}
	v.Form = f
	back := "/doi-thoai/" + r.PathValue("id") + "?xong=luu"
	switch act {
	case "van-de": // the next one at once: the hall does not wait
		back = "/doi-thoai/" + r.PathValue("id") + "?xong=van-de&mo=van-de#van-de"
	case "hua":
		back += "#van-de-" + f.get("dong")
	}
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, back)
	}
	if v.Void {
		v.Form.say("", "Cuộc này đã hủy ở sổ việc nên không ghi thêm được nữa.")
	} else if err := do(s, r, v); err != nil {
		return err
	}
	if len(v.Form.Wrong) > 0 {
		return s.showTalk(w, r, http.StatusUnprocessableEntity, v)
	}
	if v.NewCode != "" { // told once: it is on no page that can be loaded again
		unkept(w)
		return s.render(w, r, http.StatusOK, page{Title: "Mã xác nhận của " + v.CodeFor, Section: "doi-thoai"}, codeSheet(v))
	}
	return seeOther(w, r, back)
}

// opened reports whether the form of an issue is the one that stands open.
func (v *talkView) opened(act, row string) bool {
	return v.Form.Act == act && v.Form.get("dong") == row
}

// opens is the address that opens a form of an issue.
func (v *talkView) opens(act string, issue int64) templ.SafeURL {
	id := itoa(issue)
	return templ.SafeURL("/doi-thoai/" + itoa(v.Head.ID) + "?mo=" + act + "&dong=" + id + "#van-de-" + id)
}

// codeDay is the day on which a code was made.
func codeDay(c dialogue.Code) string { return civil.FromTime(c.At.In(notice.Zone)).Vi() }

// answerWay is how an issue is answered, in words.
func (v *talkView) answerWay(i talkIssue) string {
	switch {
	case i.Mode == dialogue.OnSpot:
		return "Trả lời tại chỗ"
	case i.AnsweredOn != 0:
		return "Trả lời ngày " + i.AnsweredOn.Vi()
	case i.DueOn != 0 && i.Late(v.Today):
		return "Quá hạn trả lời " + count(i.DueOn.DaysUntil(v.Today), "ngày")
	case i.DueOn != 0:
		return "Hẹn trả lời " + i.DueOn.Vi()
	}
	return "Chưa trả lời"
}

// textLines are the lines of a long text.
func textLines(text string) []string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}
