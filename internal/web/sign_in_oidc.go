package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
)

// The cookie that remembers, sealed and for ten minutes, what must come back from the provider.
const (
	journeyCookie = "__Host-danvan-cong"
	plainJourney  = "danvan-cong-may-nay"
)

var errNoProvider = fault.New(fault.NotFound, "Ở đây không đặt cổng đăng nhập nào. Hãy đăng nhập bằng mật khẩu.")

// toProvider sends the browser to the provider's own sign-in page.
func (s *server) toProvider(w http.ResponseWriter, r *http.Request) error {
	return s.depart(w, r, ownAddress(r.URL.Query().Get(thenField)), 0)
}

// linkProvider does the same for somebody who is signed in, to link the account.
func (s *server) linkProvider(w http.ResponseWriter, r *http.Request) error {
	return s.depart(w, r, "/tai-khoan?xong=noi", viewer(r.Context()).Account)
}

func (s *server) depart(w http.ResponseWriter, r *http.Request, then string, link int64) error {
	if s.SSO == nil {
		return errNoProvider
	}
	j, there, err := s.SSO.Begin(r.Context(), then, link, s.Accounts.Now())
	if err != nil {
		return err
	}
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	s.setJourney(w, base64.RawURLEncoding.EncodeToString(s.Accounts.Seal("oidc", text)), 600)
	http.Redirect(w, r, there, http.StatusSeeOther)
	return nil
}

func (s *server) setJourney(w http.ResponseWriter, value string, seconds int) {
	c := http.Cookie{Name: journeyCookie, Value: value, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: seconds}
	http.SetCookie(w, &c)
	if s.Plain {
		c.Name, c.Secure = plainJourney, false
		http.SetCookie(w, &c)
	}
}

// journey opens what the browser brought back; nothing that was made elsewhere opens.
func (s *server) journey(r *http.Request) identity.Journey {
	var j identity.Journey
	c, err := r.Cookie(journeyCookie)
	if err != nil && s.Plain {
		c, err = r.Cookie(plainJourney)
	}
	if err != nil {
		return j
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return j
	}
	text, err := s.Accounts.Unseal("oidc", sealed)
	if err != nil || json.Unmarshal(text, &j) != nil {
		return identity.Journey{}
	}
	return j
}

// fromProvider takes the browser back. What the provider said goes no further than here: the next address is clean.
func (s *server) fromProvider(w http.ResponseWriter, r *http.Request) error {
	if s.SSO == nil {
		return errNoProvider
	}
	j := s.journey(r)
	s.setJourney(w, "", -1)
	who, err := s.SSO.Finish(r.Context(), j, r.URL.Query().Get("state"), r.URL.Query().Get("code"), s.Accounts.Now())
	if err == nil && j.Link != 0 {
		return s.link(w, r, j, who)
	}
	var a identity.Account
	if err == nil {
		a, err = s.Accounts.Known(r.Context(), s.SSO, who)
	}
	if err != nil {
		return s.providerRefused(w, r, j, err)
	}
	asks, err := s.begin(w, r, a)
	if err != nil {
		return err
	}
	return s.onward(w, r, asks, step{Then: j.Then})
}

// providerRefused shows the sign-in page with the reason; the cause is for the log.
func (s *server) providerRefused(w http.ResponseWriter, r *http.Request, j identity.Journey, err error) error {
	if k := fault.KindOf(err); k == fault.Internal || k == fault.Unavailable {
		s.Log.Error("sign-in by provider", "err", err)
	}
	st := step{Then: ownAddress(j.Then), SSO: s.ssoName()}
	st.form = form{}
	st.say("", fault.Say(err))
	return s.showSignIn(w, r, max(httpStatus(err), http.StatusBadRequest), st)
}

func (s *server) link(w http.ResponseWriter, r *http.Request, j identity.Journey, who identity.Person) error {
	v := viewer(r.Context())
	if v == nil || v.Account != j.Link {
		return fault.New(fault.Denied, "Phiên đăng nhập đã đổi trong lúc nối. Hãy đăng nhập rồi nối lại.")
	}
	err := s.DB.Write(r.Context(), func(tx *db.Tx) error {
		return s.Accounts.Link(r.Context(), tx, v.Login, v.Account, who.Issuer, who.Subject)
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/tai-khoan?xong=noi", http.StatusSeeOther)
	return nil
}

func (s *server) unlinkProvider(w http.ResponseWriter, r *http.Request) error {
	v := viewer(r.Context())
	if s.Accounts == nil || s.SSO == nil {
		return errNoProvider
	}
	err := s.DB.Write(r.Context(), func(tx *db.Tx) error {
		return s.Accounts.Unlink(r.Context(), tx, v.Login, v.Account)
	})
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/tai-khoan?xong=go-noi", http.StatusSeeOther)
	return nil
}
