package web_test

import (
	"bufio"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/identity"
	"danvan/internal/web"
)

// startProvider builds and starts a real provider as a process of its own. It never skips: where it cannot be built,
// sign-in through a provider is not tested, and that must be seen.
func startProvider(t *testing.T, back string) (issuer string) {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "provider")
	build := exec.Command("go", "build", "-o", bin, ".")
	build.Dir = "../identity/oidctest/provider"
	build.Env = append(os.Environ(), "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the provider: %v\n%s", err, out)
	}
	cmd := exec.Command(bin, back)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal("the provider does not say where it is: ", err)
	}
	return strings.TrimSpace(line)
}

// through signs in on the provider's own page, to which our page has led, and comes back.
func (v *visitor) through(issuer, path, user string) seen {
	v.t.Helper()
	resp, err := v.Get(v.URL + path)
	page := v.see(resp, err)
	id := regexp.MustCompile(`name="id" value="([^"]+)"`).FindStringSubmatch(page.body)
	if id == nil {
		v.t.Fatalf("%s does not lead to the provider's page: %s\n%s", path, page.at, page.body)
	}
	resp, err = v.PostForm(issuer+"login/username", url.Values{"id": {id[1]}, "username": {user}, "password": {"verysecure"}})
	return v.see(resp, err)
}

func TestProvider(t *testing.T) {
	o := open(t)
	var pages http.Handler
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { pages.ServeHTTP(w, r) }))
	defer site.Close()
	issuer := startProvider(t, site.URL+"/dang-nhap/cong/ve")
	sso := &identity.Provider{OIDC: identity.OIDC{Issuer: issuer, Client: "danvan", Secret: "bi-mat-cua-phep-thu", Back: site.URL + "/dang-nhap/cong/ve", Name: "Cổng của tỉnh"}}
	d := o.deps
	d.Who, d.SSO = nil, sso
	var err error
	if pages, err = web.New(d); err != nil {
		t.Fatal(err)
	}
	visit := func() *visitor {
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		return &visitor{Client: &http.Client{Jar: jar}, t: t, URL: site.URL}
	}
	before := accounts(t, o)

	page := visit().get("/dang-nhap?ve=/don-vi")
	if !strings.Contains(page.body, "Cổng của tỉnh") || strings.Contains(page.body, "bi-mat-cua") {
		t.Error("the sign-in page does not offer the provider, or tells its secret")
	}
	page = visit().through(issuer, "/dang-nhap/cong?ve=/don-vi", "test-user@localhost")
	if page.status != http.StatusForbidden || !strings.Contains(page.body, "chưa có tài khoản nào") || accounts(t, o) != before {
		t.Fatalf("a stranger: status %d at %s, %d accounts were %d", page.status, page.at, accounts(t, o), before)
	}

	o.hire(t, "thu.noi", post{access.Specialist, "19"})
	v := visit()
	v.post("/dang-nhap", url.Values{"ten": {"thu.noi"}, "mat-khau": {good}})
	if page = v.through(issuer, "/tai-khoan/noi", "test-user@localhost"); page.at != "/tai-khoan?xong=noi" || !strings.Contains(page.body, "Đã nối") {
		t.Fatalf("linking ends at %s, status %d", page.at, page.status)
	}
	v = visit()
	if page = v.through(issuer, "/dang-nhap/cong?ve=/don-vi", "test-user@localhost"); page.at != "/don-vi" || page.status != http.StatusOK {
		t.Fatalf("signing in by the provider ends at %s, status %d", page.at, page.status)
	}

	forged := visit()
	forged.get("/dang-nhap/cong") // has a journey of its own
	for _, back := range []string{"/dang-nhap/cong/ve", "/dang-nhap/cong/ve?state=x&code=y", "/dang-nhap/cong/ve?error=access_denied"} {
		if page := forged.get(back); page.status != http.StatusForbidden || !strings.Contains(page.body, "<h1>Đăng nhập") {
			t.Errorf("%s: status %d", back, page.status)
		}
	}

	// By e-mail only where the office says so.
	a := o.hire(t, "thu.thu", post{access.Specialist, "19"})
	if err := d.DB.Write(t.Context(), func(tx *db.Tx) error {
		return d.Accounts.Rename(t.Context(), tx, "thu", a.ID, "Người Thư", "test-user2@zitadel.ch")
	}); err != nil {
		t.Fatal(err)
	}
	if page = visit().through(issuer, "/dang-nhap/cong?ve=/don-vi", "test-user2"); page.status != http.StatusForbidden {
		t.Errorf("an e-mail links without leave: %d at %s", page.status, page.at)
	}
	sso.MatchEmail = true
	if page = visit().through(issuer, "/dang-nhap/cong?ve=/don-vi", "test-user2"); page.at != "/don-vi" {
		t.Errorf("an e-mail does not link: %d at %s", page.status, page.at)
	}
	if accounts(t, o) != before+2 {
		t.Error("somebody made an account for himself")
	}
}

func accounts(t *testing.T, o *office) (n int) {
	t.Helper()
	if err := o.app.DB.Read().QueryRow(`SELECT count(*) FROM account`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
