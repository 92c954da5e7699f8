package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/identity"
	"danvan/internal/web"
)

// good is a password that nobody lists.
const good = "mưa rào tháng bảy ngoài hiên"

// door is a second site over the same office, where one must sign in.
var door = sync.OnceValues(func() (*httptest.Server, error) {
	o, err := theOffice()
	if err != nil {
		return nil, err
	}
	d := o.deps
	d.Who = nil
	pages, err := web.New(d)
	if err != nil {
		return nil, err
	}
	return httptest.NewServer(pages), nil
})

func (o *office) door(t testing.TB) string {
	t.Helper()
	site, err := door()
	if err != nil {
		t.Fatal(err)
	}
	return site.URL
}

// post is a grant to be made: a role over the unit of a code.
type post struct {
	role access.Role
	unit string
}

// hire makes an account that signs in with the good password and holds the posts. An account that is there already
// is taken as it is.
func (o *office) hire(t testing.TB, login string, posts ...post) identity.Account {
	t.Helper()
	if a, err := o.deps.Accounts.ByLogin(t.Context(), o.app.DB.Read(), login); err == nil {
		return a
	}
	pw, err := identity.Hash(login, good)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var a identity.Account
	err = o.app.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
		if a, err = o.deps.Accounts.Create(t.Context(), tx, "thu", identity.NewAccount{Login: login, Name: "Người " + login}); err != nil {
			return err
		}
		if err := o.deps.Accounts.SetPassword(t.Context(), tx, "thu", a.ID, pw, identity.Keep); err != nil {
			return err
		}
		for _, p := range posts {
			g := access.Grant{Account: a.ID, Role: p.role, Unit: unitOf(t, o, p.unit), From: today, To: civil.Forever}
			if _, err := access.Give(t.Context(), tx, access.By{Login: "thu", Today: today, Tree: tree}, g, "để thử"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// visitor is a browser without a screen at the door.
type visitor struct {
	*http.Client
	t      testing.TB
	URL    string
	secret string // of the second factor, once it was set up
	codes  []string
}

func (o *office) visitor(t testing.TB) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{Client: &http.Client{Jar: jar}, t: t, URL: o.door(t)}
}

// signIn signs in with login and password, sets up a second factor where the role asks for one, and gives a client
// that goes on with the session.
func (o *office) signIn(t testing.TB, login, password string) *visitor {
	t.Helper()
	v := o.visitor(t)
	page := v.post("/dang-nhap", url.Values{"ten": {login}, "mat-khau": {password}})
	if strings.HasSuffix(page.at, "/dang-nhap/thiet-lap") {
		v.secret = hiddenValue(t, page.body, "bi-mat")
		page = v.post("/dang-nhap/thiet-lap", url.Values{"bi-mat": {v.secret}, "ma-xac-thuc": {v.code()}})
		for _, m := range regexp.MustCompile(`<code>([a-z0-9-]{19})</code>`).FindAllStringSubmatch(page.body, -1) {
			v.codes = append(v.codes, m[1])
		}
		page = v.post("/dang-nhap/tiep", nil)
	}
	if page.status != http.StatusOK && page.status != http.StatusForbidden || strings.Contains(page.at, "/dang-nhap") {
		t.Fatalf("%s signs in and is at %s, status %d", login, page.at, page.status)
	}
	return v
}

// code is what the telephone shows now.
func (v *visitor) code() string {
	v.t.Helper()
	code, err := totp.GenerateCode(v.secret, time.Now())
	if err != nil {
		v.t.Fatal(err)
	}
	return code
}

// seen is a page as a visitor sees it, after being led on.
type seen struct {
	answer
	at string // path and query
}

func (v *visitor) get(path string) seen {
	v.t.Helper()
	resp, err := v.Get(v.URL + path)
	return v.see(resp, err)
}

func (v *visitor) post(path string, form url.Values) seen {
	v.t.Helper()
	resp, err := v.PostForm(v.URL+path, form)
	return v.see(resp, err)
}

func (v *visitor) see(resp *http.Response, err error) seen {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return seen{answer{resp.StatusCode, resp.Header, string(body)}, resp.Request.URL.RequestURI()}
}

func hiddenValue(t testing.TB, body, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + regexp.QuoteMeta(name) + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no hidden %s in the page", name)
	}
	return m[1]
}

func TestSigningIn(t *testing.T) {
	o := open(t)
	o.hire(t, "thu.lan", post{access.Specialist, "19"})
	v := o.visitor(t)
	page := v.get("/ghi-nhan?don-vi=06")
	if page.at != "/dang-nhap?ve=%2Fghi-nhan%3Fdon-vi%3D06" || page.status != http.StatusOK {
		t.Fatalf("who is not signed in is led to %s", page.at)
	}
	answers := map[string]bool{}
	for _, try := range [][2]string{{"thu.lan", "sai mật khẩu rồi"}, {"khong-co-ai", "sai mật khẩu rồi"}, {"'; DROP TABLE account; --", "x"}} {
		page := v.post("/dang-nhap", url.Values{"ten": {try[0]}, "mat-khau": {try[1]}})
		if page.status != http.StatusForbidden || !strings.Contains(page.body, "<title>Lỗi: Đăng nhập") {
			t.Errorf("%s: status %d", try[0], page.status)
		}
		answers[strings.ReplaceAll(page.body, `value="`+htmlText(try[0])+`"`, "")] = true
	}
	if len(answers) != 1 {
		t.Errorf("%d different answers to sign-ins that fail", len(answers))
	}
	page = v.post("/dang-nhap", url.Values{"ten": {" Thu.Lan"}, "mat-khau": {good}, "ve": {"/ghi-nhan?don-vi=06"}})
	if page.at != "/ghi-nhan?don-vi=06" || page.status != http.StatusOK || !strings.Contains(page.body, "Người thu.lan") {
		t.Errorf("after signing in at %s, status %d", page.at, page.status)
	}
	for _, evil := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, "javascript:alert(1)", "/%0d%0aSet-Cookie:x=1\r\nX: y"} {
		page := o.visitor(t).post("/dang-nhap", url.Values{"ten": {"thu.lan"}, "mat-khau": {good}, "ve": {evil}})
		if strings.Contains(page.at, "evil") || strings.Contains(page.at, "alert") || page.header.Get("X") != "" {
			t.Errorf("%q leads to %s", evil, page.at)
		}
	}
	page = v.post("/dang-xuat", nil)
	if page.at != "/dang-xuat" || !strings.Contains(page.body, "Đã đăng xuất") {
		t.Errorf("signed out at %s", page.at)
	}
	if page := v.get("/ghi-nhan"); !strings.HasPrefix(page.at, "/dang-nhap") {
		t.Errorf("after signing out %s opens", page.at)
	}
}

func htmlText(s string) string {
	return strings.NewReplacer("'", "&#39;").Replace(s)
}

// The cookie is out of reach of scripts and of other sites.
func TestSessionCookie(t *testing.T) {
	o := open(t)
	o.hire(t, "thu.lan", post{access.Specialist, "19"})
	d := o.deps
	d.Who, d.Plain = nil, false
	pages, err := web.New(d)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/dang-nhap", strings.NewReader(url.Values{"ten": {"thu.lan"}, "mat-khau": {good}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	pages.ServeHTTP(w, r)
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("%d cookies", len(cookies))
	}
	c := cookies[0]
	if c.Name != "__Host-danvan" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || len(c.Value) != 43 {
		t.Errorf("cookie %s with %d letters", c.Name, len(c.Value))
	}
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w = httptest.NewRecorder()
	pages.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || len(w.Result().Cookies()) != 0 {
		t.Errorf("a form of another site signs in: %d", w.Code)
	}
}
