package web

import (
	"encoding/json"
	"net/http"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/sealed"
)

// identityView is the page of a case's identity. Nothing in it depends on whether there is one, or was ever opened.
type identityView struct {
	*sealedCase
	Form    form
	Ask     form
	Fetch   form
	May     bool            // ask to open
	Running *sealed.Opening // the viewer's own request that still goes on
	Inner   string          // what was fetched, on the page that answers the fetching
	Opening int64
	Done    string
}

// Sealing is what the device needs, as JSON.
func (v *identityView) Sealing() string {
	b, err := json.Marshal(sealed.SealingFor(v.Code, v.Ring))
	if err != nil { // text only
		return ""
	}
	return string(b)
}

func (v *identityView) path(more string) string {
	return "/to-cao/" + strconv.FormatInt(v.Entry, 10) + "/danh-tinh" + more
}

func (s *server) identityView(r *http.Request) (*identityView, error) {
	c, err := s.sealedCase(r)
	if err != nil {
		return nil, err
	}
	v := &identityView{sealedCase: c, Form: newForm(), Ask: newForm(), Fetch: newForm(), May: viewer(r.Context()).May(access.OpenIdentity, c.Unit), Done: r.URL.Query().Get("xong")}
	if v.May {
		v.Running, err = sealed.Running(r.Context(), s.DB.Read(), c.Entry, sealedBy(r.Context()))
	}
	return v, err
}

func (s *server) identityPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.identityView(r)
	if err != nil {
		return err
	}
	return s.showIdentity(w, r, http.StatusOK, v)
}

func (s *server) showIdentity(w http.ResponseWriter, r *http.Request, status int, v *identityView) error {
	title := "Danh tính người tố cáo, hồ sơ " + v.Code
	if len(v.Form.Wrong)+len(v.Ask.Wrong)+len(v.Fetch.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	w.Header().Set("Cache-Control", "no-store")
	return s.render(w, r, status, page{Title: title, Section: "to-cao", Scripts: sealedScripts}, identityDetail(v))
}

// identityRing is what the command line needs to seal for this case.
func (s *server) identityRing(w http.ResponseWriter, r *http.Request) error {
	v, err := s.identityView(r)
	if err != nil {
		return err
	}
	if !v.Online() {
		return onPaper
	}
	return writeDownload(w, "khoa-cong-khai-"+v.Code+".json", "application/json", []byte(v.Sealing()))
}

var onPaper = fault.New(fault.Conflict, "Cơ quan này giữ danh tính người tố cáo trên giấy, chưa bật lưu trong chương trình.")

// identityDeposit keeps what the clerk's device sealed.
func (s *server) identityDeposit(w http.ResponseWriter, r *http.Request) error {
	return s.identityAct(w, r, func(v *identityView, f *form) error {
		body := sealedFile(f, "phong-bi")
		if len(f.Wrong) > 0 {
			return nil
		}
		return s.onceFor(r, *f, func(tx *db.Tx) error {
			return sealed.Deposit(r.Context(), tx, sealedBy(r.Context()), v.Case, v.Office.Unit, f.get("vong"), body)
		})
	}, func(v *identityView) *form { return &v.Form }, "niem-phong-danh-tinh")
}

// identityAsk asks a custodian to open.
func (s *server) identityAsk(w http.ResponseWriter, r *http.Request) error {
	return s.identityAct(w, r, func(v *identityView, f *form) error {
		purpose := sealed.ToRead
		if f.get("muc-dich") == string(sealed.ToReseal) {
			purpose = sealed.ToReseal
		}
		return s.onceFor(r, *f, func(tx *db.Tx) error {
			_, err := sealed.Ask(r.Context(), tx, sealedBy(r.Context()), v.Case, v.Office.Unit, purpose, f.get("ly-do"))
			return err
		})
	}, func(v *identityView) *form { return &v.Ask }, "xin-mo")
}

// identityAct runs an act of the page and leads back to it.
func (s *server) identityAct(w http.ResponseWriter, r *http.Request, act func(*identityView, *form) error, place func(*identityView) *form, done string) error {
	v, err := s.identityView(r)
	if err != nil {
		return err
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	if !v.Online() {
		f.say("", fault.Say(onPaper))
	} else if err := act(v, &f); err != nil {
		if sentence(err) == "" {
			return err
		}
		f.say(askedField(done), sentence(err))
	}
	if len(f.Wrong) > 0 {
		f.Values.Del("phong-bi") // 22 kB that serve nobody a second time
		*place(v) = f
		return s.showIdentity(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, v.path("?xong="+done))
}

// askedField is the control that a refusal of an act speaks of.
func askedField(done string) string {
	if done == "xin-mo" {
		return "ly-do"
	}
	return ""
}

// identityFetch logs the fetching and then gives the inner file out, in the answer itself.
func (s *server) identityFetch(w http.ResponseWriter, r *http.Request) error {
	v, err := s.identityView(r)
	if err != nil {
		return err
	}
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	id, _ := strconv.ParseInt(f.get("de-nghi"), 10, 64)
	var inner []byte
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error {
		o, err := sealed.OpeningByID(r.Context(), tx, id)
		if err == nil && o.Entry != v.Entry {
			return fault.New(fault.NotFound, "Đề nghị này của hồ sơ khác. Hãy tải lại trang.")
		}
		if err != nil {
			return err
		}
		inner, err = sealed.Fetch(r.Context(), tx, sealedBy(r.Context()), id, f.Key)
		return err
	})
	if said := sentence(err); said != "" {
		v.Fetch.say("", said)
		return s.showIdentity(w, r, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	v.Running, v.Inner, v.Opening = nil, sealed.Armor(inner), id
	return s.showIdentity(w, r, http.StatusOK, v)
}

// identityReseal keeps what the officer's device sealed anew.
func (s *server) identityReseal(w http.ResponseWriter, r *http.Request) error {
	return s.identityAct(w, r, func(v *identityView, f *form) error {
		body := sealedFile(f, "phong-bi")
		if len(f.Wrong) > 0 {
			return nil
		}
		id, _ := strconv.ParseInt(f.get("de-nghi"), 10, 64)
		return s.onceFor(r, *f, func(tx *db.Tx) error {
			o, err := sealed.OpeningByID(r.Context(), tx, id)
			if err == nil && o.Entry != v.Entry {
				return fault.New(fault.Invalid, "Đề nghị này của hồ sơ khác. Hãy tải lại trang.")
			}
			if err != nil {
				return err
			}
			return sealed.Reseal(r.Context(), tx, sealedBy(r.Context()), id, f.get("vong"), body)
		})
	}, func(v *identityView) *form { return &v.Form }, "niem-phong-lai")
}
