package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/unsaved"
)

// unsavedRoutes are the pages of forms that are not saved yet. They are the writer's own: no unit is asked.
func (s *server) unsavedRoutes() []route {
	return []route{
		{"GET /ban-nhap", access.RecordAny, nil, s.unsavedList},
		{"POST /ban-nhap", access.RecordAny, nil, s.unsavedKeep},
		{"GET /ban-nhap/{draft}", access.RecordAny, nil, s.unsavedOpen},
		{"GET /ban-nhap/{draft}/xem", access.RecordAny, nil, s.unsavedReview},
		{"POST /ban-nhap/{draft}/xoa", access.RecordAny, nil, s.unsavedDrop},
	}
}

// Hidden controls of a form that is kept: its number, which keeping the window saw last, and the window itself.
const (
	unsavedField = "nhap"
	unsavedSeen  = "nhap-ban"
	windowField  = "cua-so"
)

// window names the page that a form stands on: the one that sent it, or a new one.
func (f *recordForm) window() string {
	if w := f.get(windowField); keyShape.MatchString(w) {
		return w
	}
	return rand.Text()
}

// reviewPath is the last look before saving, under the form's own address.
const reviewPath = "/xem"

// stepKeep is the button that keeps a form without saving it.
const stepKeep = "nhap"

func unsavedURL(id int64) string { return "/ban-nhap/" + itoa(id) }

// keptLine says when a form was kept and how long it stays.
func keptLine(f unsaved.Form) string {
	return "Đã lưu nháp lúc " + momentText(f.At) + ". Tự xóa sau " + momentText(f.Ends) + " nếu không ghi tiếp."
}

// typedForm is what is kept of a form: all that was typed, without what only this sending is about.
func typedForm(v *access.Viewer, f *recordForm) unsaved.Form {
	u := unsaved.Form{Account: v.Account, Key: f.Key, Kind: f.Kind.Code, Window: f.get(windowField), Values: url.Values{}}
	u.ID, _ = strconv.ParseInt(f.get(unsavedField), 10, 64)
	u.Version, _ = strconv.Atoi(f.get(unsavedSeen))
	if f.Entry != nil {
		u.Entry = f.Entry.ID
	}
	for name, list := range f.Values {
		if name == editionField || name != keyField && !slices.Contains(ofThisSending, name) && !strings.HasSuffix(name, pickPart) && len(filled(list)) > 0 {
			u.Values[name] = list
		}
	}
	return u
}

// keepForm keeps a form for its writer, and lets the form know under which number.
func (s *server) keepForm(ctx context.Context, f *recordForm) (kept unsaved.Form, apart bool, err error) {
	life := unsaved.Life
	if f.Kind.Code == petition.Letter && f.Entry == nil { // what a citizen wrote is kept sealed, or not at all
		return unsaved.Form{}, false, fault.New(fault.Denied, "Đơn thư không lưu nháp. Hãy ghi ở trang Nhận đơn.")
	}
	if guarded(f.Kind) {
		life = unsaved.LetterLife
	}
	u := typedForm(viewer(ctx), f)
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		if saved, err := s.savedUnder(ctx, tx, f); err != nil || saved != 0 {
			kept, apart = unsaved.Form{Saved: saved}, false
			return err
		}
		kept, apart, err = unsaved.Keep(ctx, tx, u, life)
		return err
	})
	if err == nil && kept.Saved == 0 {
		f.keptAs(kept)
	}
	return kept, apart, err
}

// savedUnder is the entry that a form was saved as already, 0 for none: what a script sends to be kept may arrive
// after it.
func (s *server) savedUnder(ctx context.Context, q db.Querier, f *recordForm) (int64, error) {
	if f.Entry != nil {
		var n int
		err := q.QueryRowContext(ctx, `SELECT count(*) FROM idempotency WHERE key = $1`, overKey(viewer(ctx), itoa(f.Entry.ID), f.Key)).Scan(&n)
		if n > 0 {
			return f.Entry.ID, err
		}
		return 0, err
	}
	e, err := s.Ledger.EntryByKey(ctx, q, entryKey(viewer(ctx), f.Key))
	if fault.KindOf(err) == fault.NotFound {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return e.ID, nil
}

// entryKey is the key of the entry that a form becomes.
func entryKey(v *access.Viewer, key string) string { return "w:" + v.Login + ":" + key }

func (f *recordForm) keptAs(u unsaved.Form) {
	f.Kept = keptLine(u)
	f.Values.Set(unsavedField, itoa(u.ID))
	f.Values.Set(unsavedSeen, strconv.Itoa(u.Version))
}

// became empties what was kept of a form, in the transaction that saves it.
func (f *recordForm) became(ctx context.Context, tx *db.Tx, entry int64) error {
	id, _ := strconv.ParseInt(f.get(unsavedField), 10, 64)
	return unsaved.Became(ctx, tx, viewer(ctx).Account, id, f.Key, entry)
}

// afterKeeping is where a button that keeps a form leads to, under the form's address.
func afterKeeping(step string) string {
	if step == stepKeep {
		return "?xong=nhap"
	}
	return ""
}

// keepAndGo keeps a form and goes on to a page of it, so that Back never asks whether to send a form again.
func (s *server) keepAndGo(w http.ResponseWriter, r *http.Request, f *recordForm, to string) error {
	if to == reviewPath {
		f.Values.Set(editionField, f.Edition.Code) // under which it is looked at
	}
	kept, apart, err := s.keepForm(r.Context(), f)
	if k := fault.KindOf(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		f.say("", fault.Say(err))
		return s.showForm(w, r, f.status(), f)
	}
	if err != nil {
		return err
	}
	if kept.Saved != 0 {
		http.Redirect(w, r, "/ghi-nhan/"+itoa(kept.Saved), http.StatusSeeOther)
		return nil
	}
	if apart {
		to = strings.TrimSuffix(to, "?xong=nhap") + "?xong=nhap-rieng"
	}
	http.Redirect(w, r, unsavedURL(kept.ID)+to, http.StatusSeeOther)
	return nil
}

// unsavedKeep keeps what a script sends while somebody types.
func (s *server) unsavedKeep(w http.ResponseWriter, r *http.Request) error {
	type reply = scriptReply
	values, _, err := s.readForm(w, r)
	if err != nil {
		return err
	}
	f, err := s.typedAgain(r, values, values.Get(kindField), values.Get(entryField))
	if err != nil {
		return writeJSON(w, httpStatus(err), reply{Say: fault.Say(err)})
	}
	if !viewer(r.Context()).May(f.right, 0) {
		return writeJSON(w, http.StatusForbidden, reply{Say: "Tài khoản của bạn hiện không có quyền ghi loại việc này nên chưa lưu nháp được."})
	}
	kept, apart, err := s.keepForm(r.Context(), f)
	switch {
	case err != nil && fault.KindOf(err) != fault.Internal:
		return writeJSON(w, httpStatus(err), reply{Say: fault.Say(err)})
	case err != nil:
		return err
	case kept.Saved != 0:
		return writeJSON(w, http.StatusOK, reply{Saved: kept.Saved, Say: "Biểu mẫu này đã lưu thành ghi nhận số " + itoa(kept.Saved) + "."})
	}
	out := reply{ID: kept.ID, Version: kept.Version, Apart: apart, At: momentText(kept.At), Say: f.Kept}
	if apart {
		out.Say = notices["nhap-rieng"]
	}
	return writeJSON(w, http.StatusOK, out)
}

// typedAgain is a form from what was typed, over the entry that it amends.
func (s *server) typedAgain(r *http.Request, values url.Values, kind, entry string) (*recordForm, error) {
	f, err := s.formOf(r.Context(), values, kind)
	if err != nil || entry == "" || entry == "0" {
		return f, err
	}
	id, ok := entryNumber(entry)
	if !ok {
		return nil, fault.New(fault.Invalid, "Chưa rõ sửa ghi nhận nào. Hãy mở lại từ trang ghi nhận.")
	}
	if _, err := s.changeable(r.Context(), id); err != nil {
		return nil, err
	}
	return f, s.overEntry(r.Context(), f, id)
}

// unsavedForm is the kept form of the path, as its writer left it. A form that was saved meanwhile gives its entry.
func (s *server) unsavedForm(r *http.Request) (f *recordForm, saved int64, err error) {
	id, err := strconv.ParseInt(r.PathValue("draft"), 10, 64)
	if err != nil {
		return nil, 0, fault.New(fault.NotFound, "Số bản nháp chỉ gồm chữ số. Hãy mở từ trang Bản nháp.")
	}
	u, err := unsaved.One(r.Context(), s.DB.Read(), viewer(r.Context()).Account, id)
	if err != nil || u.Saved != 0 {
		return nil, u.Saved, err
	}
	u.Values.Set(keyField, u.Key)
	if f, err = s.typedAgain(r, u.Values, u.Kind, itoa(u.Entry)); err != nil {
		return nil, 0, err
	}
	f.keptAs(u)
	return f, 0, s.sent(r.Context(), f, nil)
}

// mayGoOn reports whether the writer may still record what the form is about; where not, the form says so and shows
// all that was typed.
func (f *recordForm) mayGoOn(ctx context.Context) bool {
	if viewer(ctx).May(f.right, 0) {
		return true
	}
	f.Wrong = nil
	f.say("", "Tài khoản của bạn hiện không có quyền ghi loại việc này. Phần đã gõ vẫn giữ nguyên ở đây; hãy hỏi người quản trị.")
	f.lost = true
	return false
}

func (s *server) unsavedOpen(w http.ResponseWriter, r *http.Request) error {
	f, saved, err := s.unsavedForm(r)
	if err != nil {
		return err
	}
	if saved != 0 {
		http.Redirect(w, r, "/ghi-nhan/"+itoa(saved), http.StatusSeeOther)
		return nil
	}
	if !f.mayGoOn(r.Context()) {
		return s.showForm(w, r, f.status(), f)
	}
	f.Wrong = nil
	f.Notice = r.URL.Query().Get("xong")
	f.moved(s.Catalog.Edition(f.get(editionField)))
	return s.showForm(w, r, http.StatusOK, f)
}

// unsavedReview is the last look before saving, at an address of its own.
func (s *server) unsavedReview(w http.ResponseWriter, r *http.Request) error {
	f, saved, err := s.unsavedForm(r)
	if err != nil {
		return err
	}
	if saved != 0 {
		http.Redirect(w, r, "/ghi-nhan/"+itoa(saved), http.StatusSeeOther)
		return nil
	}
	if !f.mayGoOn(r.Context()) {
		return s.showForm(w, r, f.status(), f)
	}
	if f.Entry != nil && f.get(versionField) != strconv.Itoa(f.Entry.Version) {
		saw, _ := strconv.Atoi(f.get(versionField))
		f.clash(saw)
		return s.showForm(w, r, http.StatusConflict, f)
	}
	fo, err := s.checked(r.Context(), f)
	if err != nil {
		return err
	}
	if len(f.Wrong) > 0 || f.moved(s.Catalog.Edition(f.get(editionField))) {
		return s.showForm(w, r, f.status(), f)
	}
	f.Notice = r.URL.Query().Get("xong")
	return s.showReview(w, r, f, fo)
}

func (s *server) unsavedDrop(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("draft"), 10, 64)
	if err != nil {
		return fault.New(fault.NotFound, "Số bản nháp chỉ gồm chữ số. Hãy mở từ trang Bản nháp.")
	}
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error {
		return unsaved.Drop(r.Context(), tx, viewer(r.Context()).Account, id)
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/ban-nhap?xong=bo", http.StatusSeeOther)
	return nil
}

// unsavedLine is a kept form in the list. Of letters only what they are is shown, as in every list.
type unsavedLine struct {
	ID              int64
	Kind, Title     string
	Unit, Day       string
	At, Ends        string
	Entry           int64
	Twin            bool // another window kept the same form
	Letter, Forbids bool
}

type unsavedView struct {
	Lines  []unsavedLine
	Notice string
}

func (s *server) unsavedList(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := unsaved.Of(ctx, s.DB.Read(), viewer(ctx).Account)
	if err != nil {
		return err
	}
	v := unsavedView{Notice: r.URL.Query().Get("xong")}
	keys := map[string]int{}
	for _, u := range list {
		keys[u.Key]++
	}
	for _, u := range list {
		line, err := s.unsavedLine(ctx, u)
		if err != nil {
			return err
		}
		line.Twin = keys[u.Key] > 1
		v.Lines = append(v.Lines, line)
	}
	return s.render(w, r, http.StatusOK, page{Title: "Bản nháp", Section: "ban-nhap"}, unsavedPage(v))
}

func (s *server) unsavedLine(ctx context.Context, u unsaved.Form) (unsavedLine, error) {
	line := unsavedLine{ID: u.ID, Kind: u.Kind, At: momentText(u.At), Ends: momentText(u.Ends), Entry: u.Entry}
	f, err := s.formOf(ctx, u.Values, u.Kind)
	if fault.KindOf(err) == fault.NotFound {
		line.Title = "Loại việc này không còn trong danh mục"
		return line, nil
	}
	if err != nil {
		return line, err
	}
	line.Kind, line.Letter, line.Forbids = f.Kind.Name, guarded(f.Kind), !viewer(ctx).May(f.right, 0)
	line.Day = f.get(dayField)
	f.named(bodyField, func(*org.Unit) bool { return false })
	line.Unit = f.Names[f.get(bodyField)]
	if line.Letter {
		return line, nil
	}
	var title []string
	for _, code := range f.Kind.Title {
		if fd := f.Kind.Field(code); fd != nil {
			if text := shownValue(f, fd, own+code); text != "" {
				title = append(title, text)
			}
		}
	}
	line.Title = shorten(strings.Join(title, " – "), 140)
	return line, nil
}

func shorten(text string, most int) string {
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	return string(r[:most]) + "…"
}
