package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/sending"
)

// letterTextView is what a letter says, with the form that writes it anew.
type letterTextView struct {
	contentPart
	Title    string
	Form     form
	Versions []dossier.Version
	Shown    int // the version that is shown
	Done     string
	Link     string
	Sent     *sending.Sending // it came over the portal
}

// contentPart is what a letter says as pages show it: only for who may read it.
type contentPart struct {
	Entry   *ledger.Entry
	Content dossier.Content
	Version dossier.Version
	Secret  bool   // a denunciation, whole or in part
	Why     string // why it is not shown; empty where it is
	MayEdit bool
}

// contentPart reads what a letter says for its page; what the viewer may not read is left out, and Why says so.
func (s *server) contentPart(ctx context.Context, q db.Querier, e *ledger.Entry) (contentPart, error) {
	v := contentPart{Entry: e, Secret: denounces(e)}
	var err error
	v.Content, v.Version, err = s.contentOf(ctx, q, e)
	switch {
	case fault.KindOf(err) == fault.Denied && err != nil, shredded(err):
		v.Why = fault.Say(err)
		return v, nil
	case err != nil:
		return v, err
	}
	v.Secret = v.Secret || v.Content.Denounces
	v.MayEdit = viewer(ctx).May(access.RecordLetters, e.Unit) && e.State != ledger.Void
	return v, nil
}

func (s *server) textView(r *http.Request) (*letterTextView, error) {
	e, err := s.letterAt(r)
	if err != nil {
		return nil, err
	}
	v := &letterTextView{Title: s.letterTitle(e), Link: s.letterLink(e.ID), Done: r.URL.Query().Get("xong"), Form: newForm()}
	if v.contentPart, err = s.contentPart(r.Context(), s.DB.Read(), e); err != nil {
		return nil, err
	}
	if v.Why != "" {
		return nil, fault.New(fault.Denied, v.Why)
	}
	v.Shown = v.Version.N
	if v.Sent, err = sending.ByEntry(r.Context(), s.DB.Read(), e.ID); err != nil {
		return nil, err
	}
	v.Versions, err = s.Dossiers.Versions(r.Context(), s.DB.Read(), e.ID)
	return v, err
}

func (s *server) letterText(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.textView(r)
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("ban")); err == nil && n != v.Version.N {
		old, err := s.Dossiers.ContentAt(r.Context(), s.DB.Read(), v.Entry.ID, n)
		if err != nil {
			return err
		}
		if old.Denounces && !viewer(r.Context()).May(access.ReadDenunciations, v.Entry.Unit) {
			return fault.New(fault.Denied, unread)
		}
		v.Content, v.Shown, v.MayEdit = old, n, false
	}
	v.Form.Values = contentValues(v.Content)
	v.Form.Values.Set(versionField, strconv.Itoa(v.Version.N))
	return s.showText(w, r, http.StatusOK, v)
}

func (s *server) showText(w http.ResponseWriter, r *http.Request, status int, v *letterTextView) error {
	p := page{Title: "Nội dung " + v.Title, Section: "don-thu"}
	if len(v.Form.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, letterTextPage(v))
}

// contentValues are a content as its form shows it.
func contentValues(c dossier.Content) map[string][]string {
	return map[string][]string{"tom-tat": {c.Summary}, "nguyen-van": {c.Text}, "yeu-cau": {c.Request}, "doi-tuong": {c.Respondent}, "noi-xay-ra": {c.Place},
		"thua-dat": {strings.Join(c.Parcels, "\n")}, "quyet-dinh": {strings.Join(c.Decisions, "\n")}, "ghi-chu": {c.Note}}
}

// letterTextSave keeps a new version of what the letter says; the older ones stay, sealed.
func (s *server) letterTextSave(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	v, err := s.textView(r)
	if err != nil {
		return err
	}
	if v.Form, err = s.sealedForm(w, r); err != nil {
		return err
	}
	if !v.MayEdit {
		return s.refused(w, r, "Nội dung của đơn này không sửa được: đơn đã hủy, hoặc ngoài quyền của bạn.")
	}
	lf := &letterForm{form: v.Form, Class: "", Denounces: v.Secret}
	content := lf.content()
	content.Denounces = v.Content.Denounces
	if content.Empty() {
		v.Form.say("tom-tat", "Nội dung trống. Hãy ghi ít nhất phần tóm tắt.")
	}
	expect, err := strconv.Atoi(v.Form.get(versionField))
	if err != nil {
		v.Form.say("", "Biểu mẫu thiếu số bản. Hãy mở lại trang rồi sửa.")
	}
	if len(v.Form.Wrong) == 0 {
		_, err = s.sealedOnce(r, v.Form, func(tx *db.Tx) ([]byte, error) {
			return nil, s.Dossiers.Put(r.Context(), tx, viewer(r.Context()).Login, dossier.Item{Entry: v.Entry.ID, Content: content, Expect: expect})
		})
		if said := sentence(err); said != "" {
			v.Form.say("", said)
		} else if err != nil {
			return err
		}
	}
	if len(v.Form.Wrong) > 0 {
		return s.showText(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, "/don-thu/"+itoa(v.Entry.ID)+"/noi-dung?xong=luu")
}
