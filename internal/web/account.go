package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
)

// ownView is the own account with what can be changed in it.
type ownView struct {
	Account  identity.Account
	This     int64 // the session that looks
	Sessions []identity.Session
	Codes    int // recovery codes left
	Posts    []post
	Needs    bool   // a role asks for a second factor
	SSO      string // name of the provider, empty for none
	Linked   bool
	Done     string // word of the notice
	Password form
	Drop     form
	Renew    form
	zone     *time.Location
}

// post is one grant in words.
type post struct{ Role, Unit, Until, For string }

// wrongIn are all sentences of the page's forms, for the summary above.
func (v ownView) wrongIn() wrongs {
	return append(append(append(wrongs{}, v.Password.Wrong...), v.Drop.Wrong...), v.Renew.Wrong...)
}

// own is the session of the own account. A viewer that a test made has the account without a session.
func (s *server) own(r *http.Request) (identity.Session, error) {
	if in, owed := session(r.Context()); in != nil && owed == identity.Done {
		return *in, nil
	}
	none := fault.New(fault.NotFound, "Không tìm thấy tài khoản của phiên này. Hãy đăng nhập lại.")
	if s.Accounts == nil {
		return identity.Session{}, none
	}
	a, err := s.Accounts.Account(r.Context(), s.DB.Read(), viewer(r.Context()).Account)
	return identity.Session{Account: a}, err
}

func (s *server) ownPage(w http.ResponseWriter, r *http.Request) error {
	return s.showOwn(w, r, http.StatusOK, ownView{})
}

func (s *server) showOwn(w http.ResponseWriter, r *http.Request, status int, v ownView) error {
	in, err := s.own(r)
	if err != nil {
		return err
	}
	v.Account, v.This, v.Done, v.SSO = in.Account, in.ID, r.URL.Query().Get("xong"), s.ssoName()
	v.zone = time.FixedZone("ICT", 7*3600)
	who := viewer(r.Context())
	v.Needs = needsTOTP(who)
	if v.Posts, err = s.postsOf(r, who); err != nil {
		return err
	}
	err = s.DB.View(r.Context(), func(q db.Querier) (err error) {
		if v.Sessions, err = s.Accounts.Sessions(r.Context(), q, in.Account.ID); err != nil {
			return err
		}
		if v.Codes, err = s.Accounts.CodesLeft(r.Context(), q, in.Account.ID); err != nil {
			return err
		}
		v.Linked, err = s.Accounts.Linked(r.Context(), q, in.Account.ID)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(w, r, status, page{Title: titled("Tài khoản của tôi", v.wrongIn()), Section: "tai-khoan-toi"}, ownDetail(v))
}

// postsOf are the viewer's grants in words.
func (s *server) postsOf(r *http.Request, v *access.Viewer) ([]post, error) {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return nil, err
	}
	var out []post
	for _, g := range v.Grants {
		p := post{Role: g.Role.Name(), Unit: postUnit(tree, g.Unit, s.Today())}
		if g.To != civil.Forever {
			p.Until = g.To.AddDays(-1).Vi()
		}
		if g.For != 0 {
			p.For = "làm thay"
		}
		out = append(out, p)
	}
	return out, nil
}

// sent reads one of the page's forms.
func sent(w http.ResponseWriter, r *http.Request) (form, error) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		return form{}, fault.Wrap(err, fault.Invalid, "Biểu mẫu không đọc được. Hãy mở lại trang tài khoản.")
	}
	return sentForm(r.PostForm), nil
}

func done(w http.ResponseWriter, r *http.Request, word string) error {
	http.Redirect(w, r, "/tai-khoan?"+url.Values{"xong": {word}}.Encode(), http.StatusSeeOther)
	return nil
}

func (s *server) changePassword(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	in, err := s.own(r)
	if err != nil {
		return err
	}
	if f.get(passwordField) == "" {
		f.say(passwordField, "Hãy gõ mật khẩu hiện tại.")
	}
	if f.get(newField) == "" {
		f.say(newField, "Hãy gõ mật khẩu mới.")
	}
	if len(f.Wrong) == 0 {
		in, err = s.newPassword(r, in, &f)
	}
	if len(f.Wrong) > 0 {
		return s.showOwn(w, r, http.StatusBadRequest, ownView{Password: f})
	}
	if err != nil {
		return err
	}
	s.setToken(w, in.Token)
	return done(w, r, "mat-khau")
}

func (s *server) changeTheme(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	in, err := s.own(r)
	if err != nil {
		return err
	}
	err = s.DB.Write(r.Context(), func(tx *db.Tx) error {
		return s.Accounts.SetTheme(r.Context(), tx, in.Account.ID, f.get("giao-dien"))
	})
	if err != nil {
		return err
	}
	return done(w, r, "luu")
}

func (s *server) factorPage(w http.ResponseWriter, r *http.Request) error {
	return s.showFactor(w, r, http.StatusOK, form{Values: url.Values{}})
}

func (s *server) showFactor(w http.ResponseWriter, r *http.Request, status int, f form) error {
	in, err := s.own(r)
	if err != nil {
		return err
	}
	if in.Account.TOTP {
		return done(w, r, "")
	}
	picture, err := s.drawFactor(r, in.Account, f.get(secretText))
	if err != nil {
		return err
	}
	p := page{Title: titled("Thiết lập lớp thứ hai", f.Wrong), Section: "tai-khoan-toi"}
	return s.render(w, r, status, p, factorDetail(step{form: f, Factor: picture}))
}

func (s *server) setFactor(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	in, err := s.own(r)
	if err != nil {
		return err
	}
	in, codes, err := s.Accounts.SetUp(r.Context(), in, f.get(secretText), f.get(codeField))
	switch k := fault.KindOf(err); {
	case err == nil:
	case k == fault.Invalid:
		f.say(codeField, fault.Say(err))
		return s.showFactor(w, r, http.StatusBadRequest, f)
	default:
		return err
	}
	s.setToken(w, in.Token)
	return s.render(w, r, http.StatusOK, page{Title: "Mã khôi phục", Section: "tai-khoan-toi"}, codesDetail(codes))
}

func (s *server) dropFactor(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	in, err := s.own(r)
	if err != nil {
		return err
	}
	in, err = s.Accounts.DropTOTP(r.Context(), in, f.get(codeField))
	if err != nil && fault.KindOf(err) == fault.Denied {
		f.say("ma-tat", fault.Say(err))
		return s.showOwn(w, r, http.StatusBadRequest, ownView{Drop: f})
	}
	if err != nil {
		return err
	}
	s.setToken(w, in.Token)
	return done(w, r, "tat-hai-lop")
}

func (s *server) newCodes(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	in, err := s.own(r)
	if err != nil {
		return err
	}
	in, err = s.Accounts.Prove(r.Context(), in, f.get(codeField))
	if err != nil && fault.KindOf(err) == fault.Denied {
		f.say("ma-moi", fault.Say(err))
		return s.showOwn(w, r, http.StatusBadRequest, ownView{Renew: f})
	}
	if err != nil {
		return err
	}
	s.setToken(w, in.Token)
	var codes []string
	err = s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		codes, err = s.Accounts.NewCodes(r.Context(), tx, in.Account)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page{Title: "Mã khôi phục", Section: "tai-khoan-toi"}, codesDetail(codes))
}

// endSession ends one of the own sessions, or all but this one.
func (s *server) endSession(w http.ResponseWriter, r *http.Request) error {
	f, err := sent(w, r)
	if err != nil {
		return err
	}
	in, err := s.own(r)
	if err != nil {
		return err
	}
	if f.get("phien") == "khac" {
		err = s.DB.Write(r.Context(), func(tx *db.Tx) error {
			_, err := s.Accounts.EndOthers(r.Context(), tx, in.Account.ID, in.ID)
			return err
		})
	} else {
		err = s.endOne(r, in, f.get("phien"))
	}
	if err != nil {
		return err
	}
	return done(w, r, "phien")
}

func (s *server) endOne(r *http.Request, in identity.Session, text string) error {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fault.Wrap(errors.New("session id"), fault.Invalid, "Không rõ phiên nào. Hãy bấm từ danh sách phiên đăng nhập.")
	}
	return s.DB.Write(r.Context(), func(tx *db.Tx) error {
		return s.Accounts.EndOne(r.Context(), tx, in.Account.ID, id)
	})
}

// at writes a moment as clocks here show it.
func (v ownView) at(t time.Time) string {
	t = t.In(v.zone)
	return civil.FromTime(t).Vi() + " " + t.Format("15:04")
}
