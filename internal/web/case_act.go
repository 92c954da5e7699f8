package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/petition"
)

// actView is the form of one act on a case.
type actFormView struct {
	*caseView
	petition.Choice
	form
	Moved bool // somebody else recorded a step since the form was opened
}

// actControls are the controls of an act's form by the datum that a rule speaks of.
var actControls = map[string]string{
	"on": "ngay", "document": "so", "document_on": "ngay-vb", "article": "dieu", "signer": "chuc-vu", "ground": "can-cu",
	"scope": "muc-do", "days": "so-ngay", "until": "den-ngay", "body": "co-quan", "outcome": "ket-qua", "class": "loai",
	"eligible": "dieu-kien", "competence": "tham-quyen", "anonymous_exception": "nac-danh", "steps": "ngay",
}

func (s *server) caseActPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.actForm(r, r.PathValue("act"))
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	if to := actPages[v.Act]; to != "" {
		return seeOther(w, r, v.path(to))
	}
	v.form = newForm()
	v.fill()
	return s.showActForm(w, r, http.StatusOK, v)
}

// caseRefused tells why an act cannot be recorded now, with the way back to the case.
func (s *server) caseRefused(w http.ResponseWriter, r *http.Request, err error) error {
	id, wrong := pathID(r)
	if wrong != nil || fault.KindOf(err) != fault.Conflict {
		return err
	}
	return s.render(w, r, http.StatusConflict, page{Title: "Lỗi: việc này chưa làm được", Section: "don-thu"}, caseRefusal(id, fault.Say(err)))
}

// actPages are acts that have a page of their own.
var actPages = map[string]string{"transferred": "chuyen", "split": "tach"}

// actPath is the address of an act's form below the case's own.
func actPath(act string) string {
	if to := actPages[act]; to != "" {
		return to
	}
	return "buoc/" + act
}

// path is an address below the case's own.
func (v *caseView) path(part string) string {
	out := "/don-thu/" + itoa(v.Case.Entry)
	if part != "" {
		out += "/" + part
	}
	return out
}

// actForm is the form of an act that the viewer may record now.
func (s *server) actForm(r *http.Request, act string) (*actFormView, error) {
	v, err := s.caseView(r)
	if err != nil {
		return nil, err
	}
	for _, x := range v.Choices {
		if x.Act == act {
			return &actFormView{caseView: v, Choice: x}, nil
		}
	}
	if act == "transferred" && v.Earlier != nil {
		return nil, fault.New(fault.Conflict, v.Earlier.Say())
	}
	if !v.Shown || !v.Mine && !verifies(viewer(r.Context()), v.Case, v.Hands) {
		return nil, fault.New(fault.Conflict, readsOnly)
	}
	return nil, fault.New(fault.Conflict, "Việc này không làm được ở trạng thái “"+v.At.Name()+"” của hồ sơ. Hãy mở lại trang hồ sơ để xem việc được làm.")
}

// readsOnly is said to who may read a case and records nothing in it.
const readsOnly = "Bạn xem được hồ sơ này nhưng không ghi bước xử lý: việc ấy do cán bộ xử lý đơn của cơ quan, hoặc người được giao xác minh, ghi."

// fill puts what is usually right into a new form.
func (v *actFormView) fill() {
	set := v.Values.Set
	set("ngay", v.Today.Vi())
	set("phien-ban", strconv.Itoa(v.Version))
	set("dieu", v.Article)
	if v.Wants("document") {
		set("ngay-vb", v.Today.Vi())
	}
	if len(v.Scopes) == 1 {
		set("muc-do", v.Scopes[0])
	}
	if len(v.Grounds) == 1 {
		set("can-cu", v.Grounds[0])
	}
	if v.Wants("class") {
		v.fillClass()
	}
}

func (v *actFormView) fillClass() {
	c := v.Case
	for name, value := range map[string]string{
		"loai": c.Class, "linh-vuc": c.Field, "dieu-kien": c.Eligible, "can-cu-dk": c.Values.Text("eligibility_article"), "tham-quyen": c.Competence,
		"phuc-tap": c.Complexity, "ben-bi": c.Values.Text("respondent"), "lan": c.Round,
	} {
		v.form.Values.Set(name, value)
	}
	if c.AnonymousAllowed {
		v.form.Values.Set("nac-danh", "yes")
	}
	if c.Remote {
		v.form.Values.Set("vung-xa", "yes")
	}
}

func (s *server) showActForm(w http.ResponseWriter, r *http.Request, status int, v *actFormView) error {
	title := v.Name + ": " + lowerFirst(v.title())
	if len(v.Wrong) > 0 {
		title, status = "Lỗi: "+lowerFirst(title), wrongStatus(status)
	}
	return s.render(w, r, status, page{Title: title, Section: "don-thu"}, actDetail(v))
}

// wrongStatus is the status of a form that is shown again: what the caller says, else that it could not be understood.
func wrongStatus(status int) int {
	if status < http.StatusBadRequest {
		return http.StatusUnprocessableEntity
	}
	return status
}

func (s *server) recordAct(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	if done, err := s.sentFormBefore(r, f); err != nil {
		return err
	} else if done {
		return s.acted(w, r, f)
	}
	v, err := s.actForm(r, f.get("viec"))
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form = f
	a := v.act()
	if len(v.Wrong) == 0 {
		err = s.doAct(r, v, a)
	}
	switch {
	case fault.KindOf(err) == fault.Conflict && err != nil:
		return s.showMoved(w, r, f, err)
	case err != nil:
		if err := v.refusal(err); err != nil {
			return err
		}
	}
	if len(v.Wrong) > 0 {
		return s.showActForm(w, r, http.StatusUnprocessableEntity, v)
	}
	return s.acted(w, r, f)
}

// acted leads back to the case.
func (s *server) acted(w http.ResponseWriter, r *http.Request, f form) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	return seeOther(w, r, "/don-thu/"+itoa(id)+"?xong=buoc")
}

// showMoved shows the form as it was typed beside the step that somebody else recorded meanwhile. Where the act is still
// allowed, sending it again records it after that step.
func (s *server) showMoved(w http.ResponseWriter, r *http.Request, f form, moved error) error {
	v, err := s.actForm(r, f.get("viec"))
	if err != nil {
		return s.caseRefused(w, r, movedOn(moved))
	}
	v.goesOn(f, moved)
	return s.showActForm(w, r, http.StatusConflict, v)
}

// goesOn takes a form over to the case as it stands now: sent again, the act follows the step that came first.
func (v *actFormView) goesOn(f form, moved error) {
	v.form, v.Moved = f, f.get("phien-ban") != strconv.Itoa(v.Version)
	v.Values.Set("phien-ban", strconv.Itoa(v.Version))
	v.say("", fault.Say(moved))
}

// movedOn is said where an act may not follow the step that came first.
func movedOn(moved error) error {
	return fault.New(fault.Conflict, fault.Say(moved)+" Sau bước ấy, việc này không còn làm được.")
}

// doAct records the act once for the form's key; the right is asked again in its transaction.
func (s *server) doAct(r *http.Request, v *actFormView, a petition.Act) error {
	ctx, who := r.Context(), viewer(r.Context())
	expect, _ := strconv.Atoi(v.get("phien-ban"))
	return s.onceFor(r, v.form, func(tx *db.Tx) error {
		if err := s.mayAct(ctx, tx, v.Case.Entry, a.Act); err != nil {
			return err
		}
		_, err := s.caseOffice().Do(ctx, tx, who.Login, v.Case.Entry, expect, a)
		return err
	})
}

// mayAct asks, in the act's transaction, whether the viewer may record it.
func (s *server) mayAct(ctx context.Context, tx *db.Tx, id int64, act string) error {
	who := viewer(ctx)
	e, err := s.Ledger.Entry(ctx, tx, id)
	if err != nil {
		return err
	}
	c, err := petition.CaseOf(e)
	if err != nil {
		return err
	}
	if worksOn(who, c) {
		return nil
	}
	h, err := petition.HandsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	if verifies(who, c, h) && ofVerifier[act] {
		return nil
	}
	return fault.New(fault.Denied, outOfReach)
}

// refusal puts what a rule says beside its control; an error that nobody can mend here is returned.
func (v *actFormView) refusal(err error) error {
	var own petition.Problems
	var book ledger.Problems
	switch {
	case errors.As(err, &own):
		for _, p := range own {
			v.say(actControls[p.Field], p.Say)
		}
	case errors.As(err, &book):
		for _, p := range book {
			v.say(actControls[bookField(p.Field)], p.Say)
		}
	case sentence(err) != "":
		v.say("", sentence(err))
	default:
		return err
	}
	return nil
}

// act reads the form.
func (v *actFormView) act() petition.Act {
	f := &pieceForm{form: v.form}
	a := petition.Act{
		Act: v.Act, On: f.day("ngay"), Document: f.text("so"), DocumentOn: f.day("ngay-vb"), Article: f.text("dieu"), Signer: f.text("chuc-vu"),
		Ground: f.text("can-cu"), Scope: f.text("muc-do"), Until: f.day("den-ngay"), Body: f.text("co-quan"), Outcome: f.text("ket-qua"),
	}
	if text := f.text("so-ngay"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			f.say("so-ngay", "Số ngày phải là số nguyên lớn hơn 0.")
		}
		a.Days = n
	}
	if v.Wants("class") {
		a.Set = v.classSet(f)
	}
	v.form = f.form
	return a
}

// classSet are the fields that a classification sets.
func (v *actFormView) classSet(f *pieceForm) map[string]any {
	set := map[string]any{}
	wanted := map[string]string{"loai": "Hãy chọn loại đơn.", "linh-vuc": "Hãy chọn lĩnh vực.", "dieu-kien": "Hãy chọn đủ hay không đủ điều kiện xử lý.", "tham-quyen": "Hãy chọn thẩm quyền."}
	for control, field := range map[string]string{
		"loai": "class", "linh-vuc": "field", "dieu-kien": "eligible", "can-cu-dk": "eligibility_article", "tham-quyen": "competence",
		"phuc-tap": "complexity", "ben-bi": "respondent", "lan": "round",
	} {
		text := f.text(control)
		if text == "" {
			if wanted[control] != "" {
				f.say(control, wanted[control])
			}
			set[field] = nil
			continue
		}
		set[field] = text
	}
	if set["class"] != "complaint" {
		set["round"] = nil
	}
	set["anonymous_exception"], set["remote"] = nil, nil
	if f.text("nac-danh") != "" {
		set["anonymous_exception"] = "yes"
	}
	if f.text("vung-xa") != "" {
		set["remote"] = "yes"
	}
	return set
}

// listOptions are the choices of a list that the catalogue leaves for an act.
func listOptions(k *catalog.Kind, field, none string, only []string, day civil.Date) []option {
	out := []option{{Name: none}}
	for _, o := range choiceOptions(k, field, "", day) {
		if len(only) == 0 || containsText(only, o.Value) {
			out = append(out, o)
		}
	}
	return out
}

func containsText(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// outcomes are the results that fit an act.
func (v *actFormView) outcomes() []option {
	only := []string{"right", "partly_right", "wrong", "mediated"}
	if v.Act == "answered" {
		only = []string{"answered", "mediated", "right", "partly_right", "wrong"}
	}
	return listOptions(v.Kind, "outcome", "Chọn kết quả", only, v.Today)
}

// undoStepView is the form that takes the last step back.
type undoStepView struct {
	*caseView
	form
	Step caseStep
}

func (s *server) undoStepForm(r *http.Request) (*undoStepView, error) {
	v, err := s.caseView(r)
	if err != nil {
		return nil, err
	}
	if !v.Mine {
		return nil, fault.New(fault.Conflict, readsOnly)
	}
	for _, l := range v.Lines {
		if l.Undo {
			return &undoStepView{caseView: v, Step: l}, nil
		}
	}
	return nil, fault.New(fault.Conflict, "Hồ sơ không còn bước nào để bỏ. Đơn vào sổ nhầm thì hủy ghi nhận ở trang ghi nhận.")
}

func (s *server) undoStepPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.undoStepForm(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form = newForm()
	v.Values.Set("phien-ban", strconv.Itoa(v.Version))
	return s.showUndoStep(w, r, http.StatusOK, v)
}

func (s *server) showUndoStep(w http.ResponseWriter, r *http.Request, status int, v *undoStepView) error {
	title := "Bỏ bước ghi nhầm: " + lowerFirst(v.title())
	if len(v.Wrong) > 0 {
		title, status = "Lỗi: "+lowerFirst(title), wrongStatus(status)
	}
	return s.render(w, r, status, page{Title: title, Section: "don-thu"}, undoStepDetail(v))
}

func (s *server) undoStep(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	if done, err := s.sentFormBefore(r, f); err != nil {
		return err
	} else if done {
		return s.acted(w, r, f)
	}
	v, err := s.undoStepForm(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	v.form = f
	reason := f.get("ly-do")
	if reason == "" {
		v.say("ly-do", "Hãy ghi vì sao bỏ bước này.")
		return s.showUndoStep(w, r, http.StatusUnprocessableEntity, v)
	}
	expect, _ := strconv.Atoi(f.get("phien-ban"))
	err = s.onceFor(r, f, func(tx *db.Tx) error {
		if err := s.mayAct(r.Context(), tx, v.Case.Entry, ""); err != nil {
			return err
		}
		_, err := s.caseOffice().Undo(r.Context(), tx, viewer(r.Context()).Login, v.Case.Entry, expect, reason)
		return err
	})
	if err != nil && fault.KindOf(err) == fault.Conflict {
		return s.undoMoved(w, r, f, err)
	}
	if said := sentence(err); said != "" {
		v.say("", said)
		return s.showUndoStep(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, v.path("")+"?xong=bo-buoc")
}

// undoMoved shows which step is the last one now; what was typed stays.
func (s *server) undoMoved(w http.ResponseWriter, r *http.Request, f form, moved error) error {
	v, err := s.undoStepForm(r)
	if err != nil {
		return s.caseRefused(w, r, movedOn(moved))
	}
	v.form = f
	v.Values.Set("phien-ban", strconv.Itoa(v.Version))
	v.say("", fault.Say(moved))
	return s.showUndoStep(w, r, http.StatusConflict, v)
}

// bookField is the field that the ledger speaks of.
func bookField(name string) string {
	name, _, _ = strings.Cut(strings.TrimPrefix(name, "fields."), "[")
	return name
}
