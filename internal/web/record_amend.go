package web

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
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
	"danvan/internal/org"
)

// mayAmend says whether a viewer may amend or void an entry: the right to record its kind over its body, and for
// letters, and sessions whose rows tell what people came for, also to read them, since the form shows what they say.
func mayAmend(v *access.Viewer, k *catalog.Kind, e *ledger.Entry) bool {
	if k == nil || e.State == ledger.Void || !v.May(recordRight(k), e.Unit) {
		return false
	}
	if k.GivenBy != "" && !v.MayOver(recordRight(k), textIn(e, k.GivenBy), e.Day) { // the terms are the giver's
		return false
	}
	return proves(v, k, e)
}

// textIn is a text that the newest version of an entry says in a field, "" for none.
func textIn(e *ledger.Entry, code string) string {
	var said map[string]any
	if len(e.Versions) == 0 || json.Unmarshal([]byte(e.Versions[len(e.Versions)-1].Fields), &said) != nil {
		return ""
	}
	text, _ := said[code].(string)
	return text
}

// overEntry lays a form over an entry: what stands there, under which edition.
func (s *server) overEntry(ctx context.Context, f *recordForm, id int64) error {
	e, err := s.Ledger.Entry(ctx, s.DB.Read(), id)
	if err != nil {
		return err
	}
	f.Entry = e
	if f.Was, f.old, err = s.Ledger.Draft(ctx, s.DB.Read(), e); err != nil {
		return err
	}
	if f.Edition.Code == f.old.Code { // the text under which it was recorded
		f.Edition, f.Kind = f.old, f.old.Kind(e.Head.Kind)
	}
	f.Action = "/ghi-nhan/" + itoa(id) + "/sua"
	return nil
}

// entryToChange reads the entry of the path for whoever may change it.
func (s *server) entryToChange(r *http.Request) (*ledger.Entry, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, fault.New(fault.NotFound, "Số ghi nhận chỉ gồm chữ số. Hãy mở từ danh sách ghi nhận.")
	}
	e, err := s.changeable(r.Context(), id)
	if err != nil || r.Method != http.MethodGet { // what is sent is answered with the form, so that nothing typed is lost
		return e, err
	}
	if say, err := s.closedFor(r.Context(), e.Unit, e.Day); err != nil || say != "" {
		return nil, cmp.Or(err, fault.New(fault.Denied, say))
	}
	return e, nil
}

// changeable is an entry that the viewer may change.
func (s *server) changeable(ctx context.Context, id int64) (*ledger.Entry, error) {
	e, err := s.Ledger.Entry(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	if e.State == ledger.Void {
		return nil, fault.New(fault.Conflict, "Ghi nhận này đã hủy nên không sửa hay hủy được nữa. Hãy lập ghi nhận mới.")
	}
	if !mayAmend(viewer(ctx), s.kindOf(e), e) {
		return nil, fault.New(fault.Denied, "Tài khoản của bạn không có quyền sửa, hủy ghi nhận của đơn vị này.")
	}
	return e, nil
}

func (s *server) amendOpen(w http.ResponseWriter, r *http.Request) error {
	e, err := s.entryToChange(r)
	if err != nil {
		return err
	}
	f, err := s.formOf(r.Context(), url.Values{dayField: {e.Day.Vi()}, versionField: {strconv.Itoa(e.Version)}}, e.Head.Kind)
	if err != nil {
		return err
	}
	if err := s.overEntry(r.Context(), f, e.ID); err != nil {
		return err
	}
	f.fill(f.Was)
	for _, file := range f.Was.Files {
		if c := f.fileControl(); !slices.Contains(f.Values[c], file.Hash) {
			f.Values.Add(c, file.Hash)
		}
	}
	if err := s.sent(r.Context(), f, nil); err != nil {
		return err
	}
	f.Wrong = nil
	f.Preview = &figurePreview{Fresh: true} // nothing is changed yet
	return s.showForm(w, r, http.StatusOK, f)
}

func (s *server) amendPost(w http.ResponseWriter, r *http.Request) error {
	e, err := s.entryToChange(r)
	if err != nil {
		return err
	}
	values, bad, err := s.readForm(w, r)
	if err != nil {
		return err
	}
	f, err := s.formOf(r.Context(), values, e.Head.Kind)
	if err != nil {
		return err
	}
	if err := s.overEntry(r.Context(), f, e.ID); err != nil {
		return err
	}
	if err := s.sent(r.Context(), f, bad); err != nil {
		return err
	}
	step := f.get(stepField)
	if !isCheck(step) {
		return s.showStep(w, r, f, step, bad)
	}
	saw, _ := strconv.Atoi(f.get(versionField))
	request := f.request()
	if done, err := s.sentBefore(r, f.Key); err != nil || done {
		return orRedirect(w, r, err, e.ID, "sua")
	}
	if saw != e.Version {
		f.clash(saw)
		return s.showForm(w, r, http.StatusConflict, f)
	}
	if _, err := s.checked(r.Context(), f); err != nil {
		return err
	}
	if len(f.Wrong) == 0 && !slices.ContainsFunc(f.lines(), func(l checkLine) bool { return l.Changed }) {
		f.say("", "Chưa có mục nào thay đổi so với bản đang có. Hãy sửa ít nhất một mục, hoặc quay lại trang ghi nhận.")
	}
	if len(f.Wrong) > 0 || f.moved(s.Catalog.Edition(f.get(editionField))) {
		return s.showForm(w, r, f.status(), f)
	}
	if step == stepReview {
		return s.keepAndGo(w, r, f, reviewPath)
	}
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error {
		_, err := db.Once(r.Context(), tx, onceKey(r, f.Key), request, func() ([]byte, error) {
			_, err := s.Ledger.Amend(r.Context(), tx, viewer(r.Context()).Login, e.ID, saw, f.amendment())
			return nil, err
		})
		if err != nil {
			return err
		}
		return f.became(r.Context(), tx, e.ID)
	})
	if err := f.explain(err); err != nil {
		return err
	}
	if len(f.Wrong) > 0 {
		return s.showForm(w, r, f.status(), f)
	}
	return orRedirect(w, r, nil, e.ID, "sua")
}

func orRedirect(w http.ResponseWriter, r *http.Request, err error, id int64, word string) error {
	if err == nil && asksJSON(r) {
		return writeJSON(w, http.StatusOK, scriptReply{Saved: id})
	}
	if err == nil {
		http.Redirect(w, r, "/ghi-nhan/"+itoa(id)+"?xong="+word, http.StatusSeeOther)
	}
	return err
}

func onceKey(r *http.Request, key string) string {
	return overKey(viewer(r.Context()), r.PathValue("id"), key)
}

// overKey is the key of an act on an entry.
func overKey(v *access.Viewer, entry, key string) string {
	return "web:" + v.Login + ":" + entry + ":" + key
}

// ofThisSending are controls that may differ from one sending of a form to the next though it says the same.
var ofThisSending = []string{stepField, editionField, unsavedField, unsavedSeen, windowField, kindField, entryField, calledField, deviceField, waitingField}

// request is what a form asks, the same each time it is sent.
func (f *recordForm) request() []byte {
	v := url.Values{}
	for name, list := range f.Values {
		if !slices.Contains(ofThisSending, name) && len(filled(list)) > 0 {
			v[name] = list
		}
	}
	return []byte(v.Encode())
}

// sentBefore says whether this very form was saved before: then it is not late but sent twice.
func (s *server) sentBefore(r *http.Request, key string) (bool, error) {
	var n int
	err := s.DB.Read().QueryRowContext(r.Context(), `SELECT count(*) FROM idempotency WHERE key = $1`, onceKey(r, key)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for form: %w", err)
	}
	return n > 0, nil
}

// amendment is what the form changes, every field said anew.
func (f *recordForm) amendment() ledger.Amendment {
	d := f.draft()
	a := ledger.Amendment{Unit: d.Unit, Place: d.Place, Day: d.Day, Set: map[string]any{}, Partners: &d.Partners,
		Files: &d.Files, Carries: &d.Carries, Reason: strings.TrimSpace(f.get(reasonField))}
	if d.Place == "" && f.Was.Place != "" { // back to the territory of the body
		if u, err := f.tree.Resolve(d.Unit, org.OnDay(f.On), f.On); err == nil {
			a.Place = ledger.Ref(hostOf(f.tree, u, f))
		}
	}
	for code := range f.Was.Fields {
		a.Set[code] = nil
	}
	for code, v := range d.Fields {
		a.Set[code] = v
	}
	return a
}

func hostOf(tree *org.Tree, u *org.Unit, f *recordForm) *org.Unit {
	for u.Form != org.Territory {
		host := tree.Unit(tree.SpanOn(u.ID, f.On).Parent)
		if host == nil {
			return u
		}
		u = host
	}
	return u
}

// clashLine is one answer that someone else saved meanwhile, beside the one typed here.
type clashLine struct{ Control, Name, Theirs, Mine string }

// clash sets what someone else saved meanwhile beside what is typed, and goes on from the newest version: saving
// again keeps what is typed here.
func (f *recordForm) clash(saw int) {
	theirs := f.asItStands()
	mine := map[string]checkLine{}
	for _, l := range f.answers() {
		mine[l.Control] = l
	}
	for _, l := range theirs.answers() {
		if m := mine[l.Control]; m.Value != l.Value {
			f.Clash = append(f.Clash, clashLine{l.Control, l.Name, l.Value, m.Value})
		}
		delete(mine, l.Control)
	}
	for _, l := range f.answers() {
		if m, ok := mine[l.Control]; ok {
			f.Clash = append(f.Clash, clashLine{l.Control, l.Name, "", m.Value})
		}
	}
	now := f.Entry.Versions[len(f.Entry.Versions)-1]
	f.say("", fmt.Sprintf("Trong lúc bạn sửa bản %d, %s đã lưu bản %d lúc %s. Hãy đối chiếu hai bên ở bảng dưới; bấm lưu lần nữa để giữ nội dung đang có trong biểu mẫu của bạn.",
		saw, actorName(now.Actor), now.Number, momentText(now.At)))
	f.Values.Set(versionField, strconv.Itoa(f.Entry.Version))
}

// voidView is the page on which an entry is voided.
type voidView struct {
	form
	Entry   *ledger.Entry
	Title   string
	Preview *figurePreview
}

func (s *server) voidOpen(w http.ResponseWriter, r *http.Request) error {
	e, err := s.entryToChange(r)
	if err != nil {
		return err
	}
	f := newForm()
	f.Values.Set(versionField, strconv.Itoa(e.Version))
	return s.showVoid(w, r, http.StatusOK, f, e)
}

func (s *server) showVoid(w http.ResponseWriter, r *http.Request, status int, f form, e *ledger.Entry) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := voidView{form: f, Entry: e, Title: s.headTitle(e.Head)}
	fo, err := s.Ledger.ForeseeVoid(r.Context(), s.DB.Read(), e.ID)
	if err != nil {
		return err
	}
	if v.Preview, err = s.previewOf(r.Context(), tree, fo); err != nil {
		return err
	}
	title := "Hủy ghi nhận số " + itoa(e.ID)
	if len(f.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "ghi-nhan"}, recordVoidPage(v))
}

func (s *server) voidPost(w http.ResponseWriter, r *http.Request) error {
	values, _, err := s.readForm(w, r)
	if err != nil {
		return err
	}
	f := sentForm(values)
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if done, err := s.sentBefore(r, f.Key); err != nil || done {
		return orRedirect(w, r, err, id, "huy")
	}
	e, err := s.entryToChange(r)
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(f.get(reasonField))
	if reason == "" {
		f.say(reasonField, "Chưa ghi lý do hủy. Hãy ghi rõ vì sao hủy ghi nhận này.")
		return s.showVoid(w, r, http.StatusUnprocessableEntity, f, e)
	}
	if say, err := s.closedFor(r.Context(), e.Unit, e.Day); err != nil || say != "" {
		f.say("", say)
		return cmp.Or(err, s.showVoid(w, r, http.StatusForbidden, f, e))
	}
	saw, _ := strconv.Atoi(f.get(versionField))
	if saw != e.Version {
		f.Values.Set(versionField, strconv.Itoa(e.Version))
		f.say("", "Ghi nhận đã có bản mới từ lúc bạn mở trang này. Hãy xem bản mới ở trang ghi nhận; nếu vẫn hủy, bấm lần nữa.")
		return s.showVoid(w, r, http.StatusConflict, f, e)
	}
	err = s.actOnce(r, f.Key, func(ctx context.Context, tx *db.Tx, actor string) error {
		_, err := s.Ledger.Void(ctx, tx, actor, e.ID, saw, reason)
		return err
	})
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		f.say(reasonField, fault.Say(err))
		return s.showVoid(w, r, http.StatusUnprocessableEntity, f, e)
	}
	return orRedirect(w, r, err, e.ID, "huy")
}

// actOnce does an act on an entry once for the key of its form.
func (s *server) actOnce(r *http.Request, key string, act func(ctx context.Context, tx *db.Tx, actor string) error) error {
	ctx := r.Context()
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := db.Once(ctx, tx, onceKey(r, key), []byte(r.URL.Path), func() ([]byte, error) {
			return nil, act(ctx, tx, viewer(ctx).Login)
		})
		return err
	})
}
