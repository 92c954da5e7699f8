package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"danvan/internal/access"
	"danvan/internal/fault"
	"danvan/internal/identity"
)

// signInRoutes are the pages of signing in and the own account.
func (s *server) signInRoutes() []route {
	return []route{
		{"GET /dang-nhap", access.Public, nil, s.signInPage},
		{"POST /dang-nhap", access.Public, nil, s.signIn},
		{"GET /dang-nhap/ma", access.Public, nil, s.codePage},
		{"POST /dang-nhap/ma", access.Public, nil, s.sendCode},
		{"GET /dang-nhap/khoi-phuc", access.Public, nil, s.recoverPage},
		{"POST /dang-nhap/khoi-phuc", access.Public, nil, s.sendRecovery},
		{"GET /dang-nhap/mat-khau", access.Public, nil, s.firstPasswordPage},
		{"POST /dang-nhap/mat-khau", access.Public, nil, s.sendFirstPassword},
		{"GET /dang-nhap/thiet-lap", access.Public, nil, s.firstFactorPage},
		{"POST /dang-nhap/thiet-lap", access.Public, nil, s.sendFirstFactor},
		{"POST /dang-nhap/tiep", access.Public, nil, s.goOn},
		{"GET /dang-nhap/cong", access.Public, nil, s.toProvider},
		{"GET /dang-nhap/cong/ve", access.Public, nil, s.fromProvider},
		{"GET /dang-xuat", access.Public, nil, s.signedOut},
		{"POST /dang-xuat", access.Public, nil, s.signOut},

		{"GET /tai-khoan", access.SignedIn, nil, s.ownPage},
		{"POST /tai-khoan/mat-khau", access.SignedIn, nil, s.changePassword},
		{"POST /tai-khoan/giao-dien", access.SignedIn, nil, s.changeTheme},
		{"GET /tai-khoan/hai-lop", access.SignedIn, nil, s.factorPage},
		{"POST /tai-khoan/hai-lop", access.SignedIn, nil, s.setFactor},
		{"POST /tai-khoan/hai-lop/tat", access.SignedIn, nil, s.dropFactor},
		{"POST /tai-khoan/ma-khoi-phuc", access.SignedIn, nil, s.newCodes},
		{"POST /tai-khoan/phien", access.SignedIn, nil, s.endSession},
		{"GET /tai-khoan/noi", access.SignedIn, nil, s.linkProvider},
		{"POST /tai-khoan/noi/go", access.SignedIn, nil, s.unlinkProvider},
	}
}

// Controls of the sign-in forms. Those of secrets are known to secretField.
const (
	loginField    = "ten"
	passwordField = "mat-khau"
	newField      = "mat-khau-moi"
	againField    = "mat-khau-lai"
	codeField     = "ma-xac-thuc"
	secretText    = "bi-mat"
	thenField     = "ve"
)

// step is a form on the way in: what it asks, where to go afterwards, and what it carries along.
type step struct {
	form
	Then    string
	Carried *carried
	Name    string // whose session it is
	SSO     string // name of the provider, empty for none
	Factor  factorView
	Shown   string // the code itself: in the demo, where everybody may know it
}

// mostSignIn bounds a sign-in form: what is carried, written in its longest way, and some more.
const mostSignIn = 4*mostCarried + 64<<10

// stepOf reads a form on the way in.
func (s *server) stepOf(w http.ResponseWriter, r *http.Request) (step, error) {
	if r.Method != http.MethodPost {
		return step{form: form{Values: url.Values{}}, Then: ownAddress(r.URL.Query().Get(thenField)), SSO: s.ssoName(), Name: sessionName(r)}, nil
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostSignIn)
	if err := r.ParseForm(); err != nil {
		return step{}, fault.Wrap(err, fault.Invalid, "Biểu mẫu quá lớn hoặc không đọc được. Hãy mở lại trang đăng nhập.")
	}
	return step{form: form{Values: r.PostForm}, Then: ownAddress(r.PostForm.Get(thenField)), Carried: carriedBack(r.PostForm), SSO: s.ssoName(), Name: sessionName(r)}, nil
}

func sessionName(r *http.Request) string {
	if in, _ := session(r.Context()); in != nil {
		return in.Account.Name
	}
	return ""
}

func (s *server) ssoName() string {
	if s.SSO == nil {
		return ""
	}
	return or(s.SSO.Name, "cổng đăng nhập của cơ quan")
}

func (s *server) signInPage(w http.ResponseWriter, r *http.Request) error {
	st, err := s.stepOf(w, r)
	if err != nil {
		return err
	}
	if viewer(r.Context()) != nil {
		http.Redirect(w, r, st.Then, http.StatusSeeOther)
		return nil
	}
	if _, owed := session(r.Context()); owed != identity.Done {
		http.Redirect(w, r, stepPath(owed)+thenQuery(st.Then), http.StatusSeeOther)
		return nil
	}
	return s.showSignIn(w, r, http.StatusOK, st)
}

func (s *server) showSignIn(w http.ResponseWriter, r *http.Request, status int, st step) error {
	return s.render(w, r, status, page{Title: titled("Đăng nhập", st.Wrong)}, signInView(st))
}

// titled is the title of a form's page; errors stand in front.
func titled(title string, ws wrongs) string {
	if len(ws) == 0 {
		return title
	}
	return "Lỗi: " + title
}

func thenQuery(then string) string {
	if then == "/" || then == "" {
		return ""
	}
	return "?" + url.Values{thenField: {then}}.Encode()
}

func stepPath(owed identity.Step) string {
	switch owed {
	case identity.OweCode:
		return "/dang-nhap/ma"
	case identity.OweChange:
		return "/dang-nhap/mat-khau"
	case identity.OweSetting:
		return "/dang-nhap/thiet-lap"
	}
	return "/"
}

// signIn checks login and password. Whatever is wrong, the answer is the same.
func (s *server) signIn(w http.ResponseWriter, r *http.Request) error {
	st, err := s.stepOf(w, r)
	if err != nil {
		return err
	}
	if strings.TrimSpace(st.get(loginField)) == "" {
		st.say(loginField, "Hãy gõ tên đăng nhập.")
	}
	if st.get(passwordField) == "" {
		st.say(passwordField, "Hãy gõ mật khẩu.")
	}
	if len(st.Wrong) > 0 {
		return s.showSignIn(w, r, http.StatusBadRequest, st)
	}
	if s.Accounts == nil {
		return fault.New(fault.Unavailable, "Bản này không mở đăng nhập.")
	}
	a, err := s.Accounts.SignIn(r.Context(), st.get(loginField), st.get(passwordField), address(r))
	if fault.KindOf(err) == fault.Denied && err != nil {
		st.say("", fault.Say(err))
		return s.showSignIn(w, r, http.StatusForbidden, st)
	}
	if err != nil {
		return err
	}
	asks, err := s.begin(w, r, a)
	if err != nil {
		return err
	}
	return s.onward(w, r, asks, st)
}

// onward leads to what is still owed, or to the page that was asked for, or shows the form again that was carried.
func (s *server) onward(w http.ResponseWriter, r *http.Request, a asking, st step) error {
	switch {
	case !st.Carried.any() && a.step == identity.Done:
		http.Redirect(w, r, st.Then, http.StatusSeeOther)
		return nil
	case !st.Carried.any():
		http.Redirect(w, r, stepPath(a.step)+thenQuery(st.Then), http.StatusSeeOther)
		return nil
	case a.step == identity.Done:
		return s.showAgain(w, r, a, st.Carried)
	}
	next := step{form: form{Values: url.Values{}}, Then: st.Then, Carried: st.Carried, Name: a.session.Account.Name}
	r = r.WithContext(a.with(r.Context()))
	switch a.step {
	case identity.OweCode:
		return s.showCode(w, r, http.StatusOK, next)
	case identity.OweChange:
		return s.showFirstPassword(w, r, http.StatusOK, next)
	}
	return s.showFirstFactor(w, r, http.StatusOK, next)
}

// owes gives the session that owes this step. Where there is none (too late, signed out elsewhere) signing in begins
// anew, and what was typed before still comes along.
func (s *server) owes(w http.ResponseWriter, r *http.Request, want identity.Step) (identity.Session, step, bool, error) {
	st, err := s.stepOf(w, r)
	if err != nil {
		return identity.Session{}, st, false, err
	}
	in, owed := session(r.Context())
	switch {
	case in == nil:
		st.say("", "Lượt đăng nhập đã hết hạn. Hãy đăng nhập lại.")
		return identity.Session{}, st, false, s.showSignIn(w, r, http.StatusBadRequest, st)
	case owed != want:
		return identity.Session{}, st, false, s.onward(w, r, asking{viewer(r.Context()), in, owed}, st)
	}
	return *in, st, true, nil
}

func (s *server) codePage(w http.ResponseWriter, r *http.Request) error {
	_, st, ok, err := s.owes(w, r, identity.OweCode)
	if err != nil || !ok {
		return err
	}
	return s.showCode(w, r, http.StatusOK, st)
}

func (s *server) showCode(w http.ResponseWriter, r *http.Request, status int, st step) error {
	if in, _ := session(r.Context()); in != nil && s.Demo != "" && s.Plain {
		var err error
		if st.Shown, err = s.Accounts.CodeNow(r.Context(), s.DB.Read(), in.Account.ID); err != nil {
			return err
		}
	}
	return s.render(w, r, status, page{Title: titled("Mã xác thực", st.Wrong)}, codeView(st))
}

func (s *server) sendCode(w http.ResponseWriter, r *http.Request) error {
	in, st, ok, err := s.owes(w, r, identity.OweCode)
	if err != nil || !ok {
		return err
	}
	if st.get("bang") == "khoi-phuc" { // the other way, with what is carried
		return s.showRecover(w, r, http.StatusOK, st)
	}
	in, err = s.Accounts.Prove(r.Context(), in, st.get(codeField))
	return s.proved(w, r, in, st, err, s.showCode)
}

func (s *server) recoverPage(w http.ResponseWriter, r *http.Request) error {
	_, st, ok, err := s.owes(w, r, identity.OweCode)
	if err != nil || !ok {
		return err
	}
	return s.showRecover(w, r, http.StatusOK, st)
}

func (s *server) showRecover(w http.ResponseWriter, r *http.Request, status int, st step) error {
	return s.render(w, r, status, page{Title: titled("Mã khôi phục", st.Wrong)}, recoverView(st))
}

func (s *server) sendRecovery(w http.ResponseWriter, r *http.Request) error {
	in, st, ok, err := s.owes(w, r, identity.OweCode)
	if err != nil || !ok {
		return err
	}
	if st.get("bang") == "ma" {
		return s.showCode(w, r, http.StatusOK, st)
	}
	in, err = s.Accounts.Recover(r.Context(), in, st.get(codeField))
	return s.proved(w, r, in, st, err, s.showRecover)
}

// proved goes on after a code, or shows its form again.
func (s *server) proved(w http.ResponseWriter, r *http.Request, in identity.Session, st step, err error, again func(http.ResponseWriter, *http.Request, int, step) error) error {
	switch {
	case errors.Is(err, identity.ErrNoSession):
		st.say("", "Lượt đăng nhập đã hết hạn. Hãy đăng nhập lại.")
		return s.showSignIn(w, r, http.StatusForbidden, st)
	case err != nil && fault.KindOf(err) == fault.Denied:
		st.say(codeField, fault.Say(err))
		return again(w, r, http.StatusForbidden, st)
	case err != nil:
		return err
	}
	s.setToken(w, in.Token)
	asks, err := s.asks(w, r.Context(), in)
	if err != nil {
		return err
	}
	return s.onward(w, r, asks, st)
}

func (s *server) firstPasswordPage(w http.ResponseWriter, r *http.Request) error {
	_, st, ok, err := s.owes(w, r, identity.OweChange)
	if err != nil || !ok {
		return err
	}
	return s.showFirstPassword(w, r, http.StatusOK, st)
}

func (s *server) showFirstPassword(w http.ResponseWriter, r *http.Request, status int, st step) error {
	return s.render(w, r, status, page{Title: titled("Đặt mật khẩu của bạn", st.Wrong)}, firstPasswordView(st))
}

func (s *server) sendFirstPassword(w http.ResponseWriter, r *http.Request) error {
	in, st, ok, err := s.owes(w, r, identity.OweChange)
	if err != nil || !ok {
		return err
	}
	in, err = s.newPassword(r, in, &st.form)
	if len(st.Wrong) > 0 {
		return s.showFirstPassword(w, r, http.StatusBadRequest, st)
	}
	return s.proved(w, r, in, st, err, s.showFirstPassword)
}

// newPassword changes a password as a form says, or says what is wrong with it.
func (s *server) newPassword(r *http.Request, in identity.Session, f *form) (identity.Session, error) {
	if f.get(newField) != f.get(againField) {
		f.say(againField, "Hai lần gõ mật khẩu mới không giống nhau. Hãy gõ lại.")
		return in, nil
	}
	out, err := s.Accounts.ChangePassword(r.Context(), in, f.get(passwordField), f.get(newField))
	switch {
	case err == nil:
		return out, nil
	case fault.KindOf(err) == fault.Invalid:
		f.say(newField, fault.Say(err))
	case fault.KindOf(err) == fault.Denied:
		f.say(passwordField, fault.Say(err))
	}
	return in, err
}

// goOn leads on from the page of recovery codes.
func (s *server) goOn(w http.ResponseWriter, r *http.Request) error {
	_, st, ok, err := s.owes(w, r, identity.Done)
	if err != nil || !ok {
		return err
	}
	in, _ := session(r.Context())
	return s.onward(w, r, asking{viewer(r.Context()), in, identity.Done}, st)
}

func (s *server) signOut(w http.ResponseWriter, r *http.Request) error {
	if token := s.token(r); token != "" && s.Accounts != nil {
		if err := s.Accounts.End(r.Context(), token); err != nil {
			return err
		}
	}
	s.dropToken(w)
	http.Redirect(w, r, "/dang-xuat", http.StatusSeeOther)
	return nil
}

func (s *server) signedOut(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, page{Title: "Đã đăng xuất"}, signedOutView(viewer(r.Context()) != nil))
}
