package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/petition"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// entryNumber reads #123 or 123.
func entryNumber(text string) (int64, bool) {
	id, err := strconv.ParseInt(strings.TrimPrefix(strings.TrimSpace(text), "#"), 10, 64)
	return id, err == nil && id > 0
}

func entryAndNumber(r *http.Request) (id int64, n int, err error) {
	id, err1 := strconv.ParseInt(r.PathValue("id"), 10, 64)
	n, err2 := strconv.Atoi(r.PathValue("n"))
	if err1 != nil || err2 != nil {
		return 0, 0, fault.New(fault.NotFound, "Không có tệp ở địa chỉ này. Hãy mở lại ghi nhận.")
	}
	return id, n, nil
}

// kindOf is the kind of an entry under its own edition, nil where it is not known any more.
func (s *server) kindOf(e *ledger.Entry) *catalog.Kind {
	ed := s.Catalog.Edition(e.Edition)
	if ed == nil {
		ed = s.Catalog.EditionOn(e.Day)
	}
	return ed.Kind(e.Head.Kind)
}

// recordNew opens an empty form, or a copy of an entry (?tu=ID).
func (s *server) recordNew(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	values := url.Values{dayField: {or(q.Get("ngay"), s.Today().Vi())}, bodyField: {q.Get(bodyField)}}
	if id, ok := entryNumber(q.Get(carriesField)); ok { // work for a task, a document: the form opens with it chosen
		values.Set(carriesField, "#"+itoa(id))
	}
	f, err := s.formOf(r.Context(), values, r.PathValue("kind"))
	if err != nil {
		return err
	}
	if !viewer(r.Context()).May(f.right, 0) {
		return s.refused(w, r, outOfReach)
	}
	if f.Kind.Code == petition.Letter { // letters have a register, a dossier and a form of their own
		return seeOther(w, r, "/don-thu/moi")
	}
	if text := q.Get("tu"); text != "" {
		if err := s.copyInto(r.Context(), f, text); err != nil {
			return err
		}
	}
	if err := s.ready(r.Context(), f); err != nil {
		return err
	}
	if q.Get("tu") == "" {
		f.Wrong = nil
		f.Preview = &figurePreview{Fresh: true} // scripts ask as soon as the page stands
	}
	return s.showForm(w, r, http.StatusOK, f)
}

// copyInto fills a form with what an entry says, without its day's files and without its number.
func (s *server) copyInto(ctx context.Context, f *recordForm, text string) error {
	id, ok := entryNumber(text)
	if !ok {
		return fault.New(fault.NotFound, "Số ghi nhận cần chép chưa đúng. Hãy mở ghi nhận rồi bấm “Chép bản này”.")
	}
	e, err := s.Ledger.Entry(ctx, s.DB.Read(), id)
	if err != nil {
		return err
	}
	if !viewer(ctx).May(access.ReadWork, e.Unit) || !mayRead(viewer(ctx), s.kindOf(e), e.Unit) {
		return fault.New(fault.Denied, "Tài khoản của bạn không được xem ghi nhận cần chép.")
	}
	if e.Head.Kind != f.Kind.Code {
		return fault.New(fault.Invalid, "Ghi nhận cần chép thuộc loại việc khác. Hãy mở ghi nhận đó rồi bấm “Chép bản này”.")
	}
	d, _, err := s.Ledger.Draft(ctx, s.DB.Read(), e)
	if err != nil {
		return err
	}
	for _, fd := range f.Kind.Fields {
		if fd.Type == catalog.File {
			delete(d.Fields, fd.Code)
		}
	}
	f.fill(d)
	return nil
}

// recordPost answers every button of the form of a new entry.
func (s *server) recordPost(w http.ResponseWriter, r *http.Request) error {
	values, bad, err := s.readForm(w, r)
	if err != nil {
		return err
	}
	f, err := s.formOf(r.Context(), values, r.PathValue("kind"))
	if err != nil {
		return err
	}
	if f.Kind.Code == petition.Letter && viewer(r.Context()).May(f.right, 0) {
		return fault.New(fault.Invalid, "Đơn thư vào sổ ở trang Nhận đơn (/don-thu/moi), nơi nội dung và người gửi được niêm phong. Chưa có gì được lưu.")
	}
	if err := s.sent(r.Context(), f, bad); err != nil {
		return err
	}
	if !f.mayGoOn(r.Context()) {
		return s.showForm(w, r, f.status(), f)
	}
	step := f.get(stepField)
	if !isCheck(step) {
		return s.showStep(w, r, f, step, bad)
	}
	if _, err := s.checked(r.Context(), f); err != nil {
		return err
	}
	if len(f.Wrong) > 0 || f.moved(s.Catalog.Edition(f.get(editionField))) {
		return s.showForm(w, r, f.status(), f)
	}
	if step == stepReview {
		return s.keepAndGo(w, r, f, reviewPath)
	}
	return s.save(w, r, f)
}

// The buttons of a form. Others add or drop a row, take a file away, fill in.
const (
	stepReview = "xem"
	stepSave   = "luu"
	stepRepeat = "nhu-truoc"
	stepAdd    = "them:"
	stepDrop   = "bot:"
	stepUnfile = "bo-tep:"
	stepBack   = "sua"
)

func isCheck(step string) bool { return step == stepReview || step == stepSave || step == "" }

// sent completes a form that came in: its files, its units, what goes with them.
func (s *server) sent(ctx context.Context, f *recordForm, bad []badUpload) error {
	if hash, ok := strings.CutPrefix(f.get(stepField), stepUnfile); ok {
		for name, list := range f.Values {
			f.Values[name] = without(list, hash)
		}
	}
	if err := s.attached(ctx, f); err != nil {
		return err
	}
	if err := s.ready(ctx, f); err != nil {
		return err
	}
	for _, b := range bad {
		f.say(b.Control, b.Say)
	}
	return nil
}

func without(list []string, one string) []string {
	var out []string
	for _, s := range list {
		if s != one {
			out = append(out, s)
		}
	}
	return out
}

// showStep shows the form again after a button that saves nothing.
func (s *server) showStep(w http.ResponseWriter, r *http.Request, f *recordForm, step string, bad []badUpload) error {
	f.Wrong = nil
	for _, b := range bad {
		f.say(b.Control, b.Say)
	}
	if len(bad) == 0 && (step == stepKeep || step == stepBack) {
		return s.keepAndGo(w, r, f, afterKeeping(step))
	}
	switch {
	case step == stepRepeat:
		f.fillStable()
		if err := s.ready(r.Context(), f); err != nil {
			return err
		}
		f.Wrong = nil
	case strings.HasPrefix(step, stepAdd):
		name := strings.TrimPrefix(step, stepAdd)
		addRow(f.Values, name)
		f.Focus = rowOf(name, shownRows(f.Values, name))
	case strings.HasPrefix(step, stepDrop):
		dropRow(f.Values, strings.TrimPrefix(step, stepDrop))
	}
	f.moved(s.Catalog.Edition(f.get(editionField)))
	return s.showForm(w, r, http.StatusOK, f)
}

// checked checks all that saving would check, and says what is wrong beside each control. It gives nil where
// something is wrong.
func (s *server) checked(ctx context.Context, f *recordForm) (*ledger.Foreseen, error) {
	var fo *ledger.Foreseen
	var err error
	if f.Day == 0 {
		f.say(dayField, f.Kind.Day+": chưa đọc được ngày; hãy viết như 24/4/2019 hoặc 2019-04-24")
	}
	if f.Entry != nil {
		fo, err = s.Ledger.ForeseeAmend(ctx, s.DB.Read(), f.Entry.ID, f.amendment())
	} else {
		fo, err = s.Ledger.Foresee(ctx, s.DB.Read(), f.draft())
	}
	if err := f.explain(err); err != nil {
		return nil, err
	}
	if code := f.Kind.GivenBy; fo != nil && code != "" && !viewer(ctx).MayOver(f.right, f.get(own+code), f.On) {
		f.say(own+code, "Chỉ người của đơn vị giao mới ghi, sửa được phần này. Hãy chọn đơn vị giao trong phạm vi của bạn; đơn vị được giao báo tiến độ ở trang nhiệm vụ.")
	}
	if fo != nil && !viewer(ctx).May(f.right, fo.Unit) {
		f.say(bodyField, "Tài khoản của bạn không có quyền ghi cho "+f.tree.NameOn(fo.Unit, fo.Day)+". Hãy chọn đơn vị khác, hoặc hỏi người quản trị. Phần đã gõ vẫn giữ nguyên.")
		f.lost = true
	}
	return fo, s.checkClosed(ctx, f, fo)
}

// explain puts what the ledger refuses beside the controls; what is not the writer's doing is returned.
func (f *recordForm) explain(err error) error {
	var ps ledger.Problems
	switch k := fault.KindOf(err); {
	case err == nil:
		return nil
	case errors.As(err, &ps):
		f.take(ps)
	case k == fault.Invalid, k == fault.Conflict, k == fault.NotFound:
		f.say("", fault.Say(err))
	default:
		return err
	}
	return nil
}

func (f *recordForm) status() int {
	switch {
	case f.lost:
		return http.StatusForbidden
	case len(f.Clash) > 0:
		return http.StatusConflict
	case len(f.Wrong) > 0:
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// save records the entry. The form's key makes it one entry however often it is sent.
func (s *server) save(w http.ResponseWriter, r *http.Request, f *recordForm) error {
	ctx := r.Context()
	d := f.draft()
	d.Key = entryKey(viewer(ctx), f.Key)
	var posted ledger.Posted
	err := s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if posted, err = s.Ledger.Record(ctx, tx, viewer(ctx).Login, d); err != nil {
			return err
		}
		if err := s.saidAnother(ctx, tx, f, posted.ID); err != nil {
			return err
		}
		return f.became(ctx, tx, posted.ID)
	})
	if fault.KindOf(err) == fault.Conflict {
		if e, found := s.Ledger.EntryByKey(ctx, s.DB.Read(), d.Key); found == nil {
			f.say("", "Biểu mẫu này đã lưu thành ghi nhận số "+itoa(e.ID)+" với nội dung khác. Nếu đây là một việc khác, bấm lưu lần nữa để ghi thành bản mới; nếu muốn sửa bản đã lưu, hãy mở ghi nhận số "+itoa(e.ID)+".")
			f.Key = newForm().Key
			return s.showForm(w, r, http.StatusConflict, f)
		}
	}
	if err := f.explain(err); err != nil {
		return err
	}
	if len(f.Wrong) > 0 {
		return s.showForm(w, r, f.status(), f)
	}
	if other, ok := entryNumber(f.get(joinField)); ok {
		return seeOther(w, r, doubleURL(posted.ID, other))
	}
	return orRedirect(w, r, nil, posted.ID, "ghi")
}

// tellWrong tells a script why a form was not saved.
func (s *server) tellWrong(w http.ResponseWriter, f *recordForm) error {
	out := scriptReply{Say: "Chưa lưu: còn " + count(max(len(f.Wrong), 1), "chỗ cần sửa") + "."}
	for _, x := range f.Wrong {
		out.Wrong = append(out.Wrong, x.Say)
	}
	if len(f.Changes)+len(f.Dropped) > 0 {
		out.Wrong = append(out.Wrong, "Ngày "+typedDay(f)+" thuộc danh mục "+f.Edition.Code+", mẫu đã đổi. Hãy mở ra xem lại rồi lưu.")
	}
	return writeJSON(w, max(f.status(), http.StatusUnprocessableEntity), out)
}

// showForm shows the form with what was typed, exactly as typed.
func (s *server) showForm(w http.ResponseWriter, r *http.Request, status int, f *recordForm) error {
	if asksJSON(r) {
		return s.tellWrong(w, f)
	}
	if f.Preview == nil {
		var err error
		if f.Preview, err = s.previewSome(r.Context(), f); err != nil {
			return err
		}
	}
	title := f.title()
	if len(f.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	f.Values.Del(stepField)
	p := page{Title: title, Section: f.section(), Scripts: recordScripts}
	return s.render(w, r, status, p, recordFormPage(f))
}

// recordScripts are what a form of recording gains where scripts run.
var recordScripts = []string{"record.js", "attach.js", "field.js"}

// section is the entry of the navigation that a form belongs to.
func (f *recordForm) section() string {
	if f.Entry != nil {
		return "ghi-nhan"
	}
	return "ghi-moi"
}

func (f *recordForm) title() string {
	if f.Entry != nil {
		return "Sửa ghi nhận số " + itoa(f.Entry.ID)
	}
	return "Ghi nhận: " + f.Kind.Name
}

// reviewView is the page on which a form is looked over before it is saved.
type reviewView struct {
	*recordForm
	Lines   []checkLine
	Twins   []ledger.Head // entries of the same kind, body and day: perhaps the same work
	Doubles []doubleLine  // entries that may be the same event, with the reasons
	Hidden  [][2]string

	Closing *ledger.Closing // the report that has closed the day, nil for an open day
}

// checkLine is one answer with the control that it was given in; Old is what stood before an amendment.
type checkLine struct {
	Control, Name, Value, Old string
	Changed                   bool
}

func (s *server) showReview(w http.ResponseWriter, r *http.Request, f *recordForm, fo *ledger.Foreseen) error {
	v := reviewView{recordForm: f, Lines: f.lines()}
	var err error
	if f.Preview, err = s.previewOf(r.Context(), f.tree, fo); err != nil {
		return err
	}
	if v.Closing, err = s.Ledger.ClosingOf(r.Context(), s.DB.Read(), fo.Unit, fo.Day); err != nil {
		return err
	}
	if f.Entry == nil {
		v.Twins, _, err = s.Ledger.List(r.Context(), s.DB.Read(), ledger.Filter{Kinds: []string{f.Kind.Code}, Units: oneUnit(fo.Unit), From: fo.Day, To: fo.Day}, 0, 5)
		if err != nil {
			return err
		}
		for i, h := range v.Twins {
			v.Twins[i].Title = s.headTitle(h)
		}
	}
	if f.Entry == nil {
		if v.Doubles, err = s.nearForm(r.Context(), f, fo); err != nil {
			return err
		}
		v.Twins = slices.DeleteFunc(v.Twins, func(h ledger.Head) bool {
			return slices.ContainsFunc(v.Doubles, func(d doubleLine) bool { return d.ID == h.ID })
		})
	}
	f.Values.Del(stepField)
	f.Values.Del(anotherField)
	f.Values.Del(joinField)
	f.Values.Set(editionField, f.Edition.Code)
	f.Values.Set(keyField, f.Key)
	for name, list := range f.Values {
		for _, x := range list {
			v.Hidden = append(v.Hidden, [2]string{name, x})
		}
	}
	p := page{Title: "Xem lại: " + lowerFirst(f.title()), Section: f.section(), Scripts: []string{"record.js"}}
	return s.render(w, r, http.StatusOK, p, recordReviewPage(v))
}
