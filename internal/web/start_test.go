package web_test

import (
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"danvan/data"
	"danvan/internal/access"
	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/report"
	"danvan/internal/web"
)

const theCode = "ABCDEFGHIJKLMNOPQRSTUVWX23"

// newcomer is a browser at an installation that holds nothing yet.
type newcomer struct {
	t      *testing.T
	app    *app.App
	pages  http.Handler
	cookie *http.Cookie
}

func atFirstStart(t *testing.T) *newcomer {
	t.Helper()
	a, err := app.Open(t.Context(), app.Options{Data: t.TempDir(), Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	accounts, err := a.Accounts()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.New(web.Deps{
		DB: a.DB, Catalog: a.Catalog, Tree: a.Org.Tree, Units: a.Org, Ledger: a.Ledger, Figures: a.Figures,
		Reports: &report.Builder{Engine: a.Figures}, Maps: web.NewMaps(data.FS), Accounts: accounts,
		Who:   func(*http.Request) (*access.Viewer, error) { return nil, nil },
		Today: func() civil.Date { return today }, Log: slog.New(slog.DiscardHandler),
		Home:  web.Home{Template: "nam", Unit: "06", From: 20260101, To: 20261231},
		Start: &web.Start{Code: theCode, Data: data.FS},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &newcomer{t: t, app: a, pages: pages}
}

func (n *newcomer) ask(method, path string, pairs ...string) answer {
	n.t.Helper()
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(f.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if n.cookie != nil {
		r.AddCookie(n.cookie)
	}
	w := httptest.NewRecorder()
	n.pages.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		n.cookie = c
	}
	return answer{w.Code, w.Header(), html.UnescapeString(w.Body.String())}
}

func (n *newcomer) want(a answer, status int, words ...string) {
	n.t.Helper()
	(&counter{t: n.t}).want(a, status, words...)
}

func TestFirstStartFromAnEmptyDatabase(t *testing.T) {
	n := atFirstStart(t)
	for _, path := range []string{"/", "/dang-nhap", "/so-lieu", "/khong-co"} {
		if a := n.ask("GET", path); a.status != 303 || a.header.Get("Location") != "/bat-dau" {
			t.Errorf("%s: %d to %q", path, a.status, a.header.Get("Location"))
		}
	}
	n.want(n.ask("GET", "/bat-dau"), 200, "Mã bắt đầu")

	// Without the code nothing is done.
	admin := []string{"ten", "Thử Quản Trị", "dang-nhap", "thu.quantri", "mat-khau", "mua xuan den som 06", "mat-khau-2", "mua xuan den som 06"}
	n.want(n.ask("POST", "/bat-dau/quan-tri", admin...), 403)
	n.want(n.ask("POST", "/bat-dau/don-vi", "tap", "@bac_kan"), 403)
	n.want(n.ask("POST", "/bat-dau/xong"), 403)
	n.want(n.ask("POST", "/bat-dau/ma", "ma", "ABCDEFGHIJKLMNOPQRSTUVWX24"), 422, "không đúng")
	n.want(n.ask("POST", "/bat-dau/ma", "ma", "abcdef-ghijkl-mnopqr-stuvwx23"), 303)

	n.want(n.ask("GET", "/bat-dau"), 200, "Bước 1")
	n.want(n.ask("POST", "/bat-dau/quan-tri", "ten", "Thử Quản Trị", "dang-nhap", "thu.quantri", "mat-khau", "123456", "mat-khau-2", "123456"), 422, "ít nhất 10 ký tự", `value="Thử Quản Trị"`)
	n.want(n.ask("POST", "/bat-dau/quan-tri", admin...), 303)
	n.want(n.ask("POST", "/bat-dau/quan-tri", admin...), 303) // a second click makes no second account
	n.want(n.ask("GET", "/bat-dau"), 200, "Bước 2", "Tỉnh Thái Nguyên", "Cả nước")
	n.want(n.ask("POST", "/bat-dau/xong"), 409, "Còn bước chưa xong")

	n.want(n.ask("GET", "/bat-dau?tap=19"), 200, "Tỉnh Thái Nguyên: 92 xã, phường")
	n.want(n.ask("GET", "/bat-dau?tap=nope"), 400)
	n.want(n.ask("POST", "/bat-dau/don-vi", "tap", "19"), 303)
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		a := n.ask("GET", "/bat-dau")
		if strings.Contains(a.body, "Bước 3") {
			break
		}
		if time.Now().After(end) || !strings.Contains(a.body, "Đang nạp") {
			t.Fatalf("units were not loaded: %.600s", textOf(a.body))
		}
	}
	n.want(n.ask("GET", "/bat-dau"), 200, "Bước 3", "Tỉnh Thái Nguyên: 92 xã, phường", "thu.quantri")
	if need, err := web.NeedsStart(t.Context(), n.app.DB.Read(), today); err != nil || !need {
		t.Errorf("the first start is not needed before it is done: %v", err)
	}
	if a := n.ask("POST", "/bat-dau/xong"); a.status != 303 || a.header.Get("Location") != "/dang-nhap" {
		t.Errorf("done: %d to %q", a.status, a.header.Get("Location"))
	}

	// Shut for ever.
	n.want(n.ask("GET", "/bat-dau"), 404)
	n.want(n.ask("POST", "/bat-dau/ma", "ma", theCode), 404)
	n.want(n.ask("POST", "/bat-dau/quan-tri", admin...), 404)
	if a := n.ask("GET", "/so-lieu"); a.header.Get("Location") == "/bat-dau" {
		t.Error("still leads to the first start")
	}
	if need, err := web.NeedsStart(t.Context(), n.app.DB.Read(), today); err != nil || need {
		t.Errorf("the first start could be opened again: %v", err)
	}
	store, err := n.app.Accounts()
	if err != nil {
		t.Fatal(err)
	}
	a, err := store.ByLogin(t.Context(), n.app.DB.Read(), "thu.quantri")
	if err != nil {
		t.Fatal(err)
	}
	tree, err := n.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	grants, err := access.Grants(t.Context(), n.app.DB.Read(), a.ID)
	v := access.NewViewer(tree, today, a.ID, a.Login, a.Name, grants)
	if err != nil || !v.May(access.ManageAccounts, tree.On("19", today).ID) || v.May(access.ReadWork, 0) {
		t.Errorf("the administrator's rights: %+v, %v", grants, err)
	}
}
