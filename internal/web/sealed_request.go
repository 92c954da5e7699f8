package web

import (
	"net/http"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/sealed"
)

// requestView is a request to open, before a custodian.
type requestView struct {
	requestLine
	Step   sealed.Step
	Record string // the record, as text
	Give   form
	Deny   form
	Done   string
}

func (v *requestView) path(more string) string { return "/to-cao/khoa/yeu-cau/" + itoa(v.ID) + more }

func (s *server) requestView(r *http.Request) (*requestView, error) {
	o, err := s.identityRequest(r)
	if err != nil {
		return nil, err
	}
	names, err := s.holderNames(r.Context())
	if err != nil {
		return nil, err
	}
	v := &requestView{requestLine: requestLine{o, holderName(names, o.AskedBy)}, Step: o.At(sealedNow()), Give: newForm(), Deny: newForm(), Done: r.URL.Query().Get("xong")}
	if v.Step != sealed.Asked {
		return v, nil
	}
	rec, err := sealed.Offered(r.Context(), s.DB.Read(), o, sealedNow())
	if fault.KindOf(err) == fault.Conflict { // sealed anew meanwhile
		v.Step = sealed.Expired
		return v, nil
	}
	v.Record = sealed.Armor(rec.Body)
	return v, err
}

func (s *server) requestPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requestView(r)
	if err != nil {
		return err
	}
	return s.showRequest(w, r, http.StatusOK, v)
}

func (s *server) showRequest(w http.ResponseWriter, r *http.Request, status int, v *requestView) error {
	title := "Đề nghị mở phong bì " + v.Code
	if len(v.Give.Wrong)+len(v.Deny.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.render(w, r, status, page{Title: title, Section: "khoa", Scripts: sealedScripts}, requestDetail(v))
}

// requestFile is the record as a file, for the command line.
func (s *server) requestFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.requestView(r)
	if err != nil {
		return err
	}
	if v.Record == "" {
		return fault.New(fault.Conflict, "Đề nghị này đã được trả lời hoặc đã hết hạn.")
	}
	return writeDownload(w, "phong-bi-"+v.Code+".age.txt", "text/plain; charset=utf-8", []byte(v.Record))
}

func (s *server) requestRelease(w http.ResponseWriter, r *http.Request) error {
	return s.requestAct(w, r, func(v *requestView) *form { return &v.Give }, "lop-trong", "cho-mo", func(f *form, tx *db.Tx, id int64) error {
		inner, err := sealed.Unarmor(f.get("lop-trong"))
		if err != nil {
			return err
		}
		return sealed.Release(r.Context(), tx, sealedBy(r.Context()), id, inner)
	})
}

func (s *server) requestRefuse(w http.ResponseWriter, r *http.Request) error {
	return s.requestAct(w, r, func(v *requestView) *form { return &v.Deny }, "ly-do", "tu-choi-mo", func(f *form, tx *db.Tx, id int64) error {
		return sealed.Refuse(r.Context(), tx, sealedBy(r.Context()), id, f.get("ly-do"))
	})
}

func (s *server) requestAct(w http.ResponseWriter, r *http.Request, place func(*requestView) *form, field, done string, act func(f *form, tx *db.Tx, id int64) error) error {
	o, err := s.identityRequest(r)
	if err != nil {
		return err
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	err = s.onceFor(r, f, func(tx *db.Tx) error { return act(&f, tx, o.ID) })
	if err == nil {
		return seeOther(w, r, "/to-cao/khoa?xong="+done)
	}
	if sentence(err) == "" {
		return err
	}
	f.Values.Del("lop-trong")
	f.say(field, sentence(err))
	v, verr := s.requestView(r)
	if verr != nil {
		return verr
	}
	*place(v) = f
	return s.showRequest(w, r, http.StatusUnprocessableEntity, v)
}
