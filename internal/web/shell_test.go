package web_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/org"
	"danvan/internal/web"
)

// several is one site that several persons open, each named by a header: what is kept for one must not reach another.
func (o *office) several(t *testing.T, units map[string]string) func(who, address string) answer {
	t.Helper()
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	viewers := map[string]*access.Viewer{}
	for login, unit := range units {
		u, err := tree.Resolve(unit, org.AsThen(), today)
		if err != nil {
			t.Fatal(err)
		}
		grants := []access.Grant{{Account: int64(100 + len(viewers)), Role: access.Clerk, Unit: u.ID, From: civil.Floor, To: civil.Forever}}
		viewers[login] = access.NewViewer(tree, today, int64(100+len(viewers)), login, "Người "+login, grants)
	}
	d := o.deps
	d.Who = func(r *http.Request) (*access.Viewer, error) { return viewers[r.Header.Get("Who")], nil }
	pages, err := web.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return func(who, address string) answer {
		r := httptest.NewRequest("GET", address, nil)
		r.Header.Set("Who", who)
		return person{t, pages, who}.ask(r)
	}
}

// TestPagesAreOnesOwn: without a unit in the address a page is about the reader's own unit and the present year, and a
// page kept for one reader is not shown to another.
func TestPagesAreOnesOwn(t *testing.T) {
	get := open(t).several(t, map[string]string{"van-lang": "02143", "duc-xuan": "01840"})
	for _, address := range []string{"/so-lieu", "/ghi-nhan", "/", "/bao-cao"} {
		for range 2 { // the second time from what is kept
			for who, name := range map[string]string{"van-lang": "Xã Văn Lang", "duc-xuan": "Phường Đức Xuân"} {
				a := get(who, address)
				if a.status != http.StatusOK {
					t.Fatalf("%s for %s: status %d: %s", address, who, a.status, sentence(a.body))
				}
				if !strings.Contains(a.body, "<b>"+name+"</b>") || !strings.Contains(a.body, "Năm 2026 · khi đó") {
					t.Errorf("%s for %s is not about %s in 2026", address, who, name)
				}
			}
		}
	}
	if a := get("van-lang", "/so-lieu?don-vi=01840"); a.status != http.StatusForbidden {
		t.Errorf("another commune: status %d", a.status)
	}
	if a := get("van-lang", tenYears); strings.Contains(a.body, "<b>Tỉnh Bắc Kạn</b>") {
		t.Error("the report of the province opens for whoever may not read it")
	}
}

// TestNavigationCarriesTheScope: the unit, the period under its name and the boundaries go along with every link of the
// navigation, from pages that obey them and from those that do not.
func TestNavigationCarriesTheScope(t *testing.T) {
	p := open(t).person(t, "tong-hop", "19", access.Specialist)
	const asked = "don-vi=06&ky=tt01-2024%3A2025-Q1&ranh-gioi=2025-07-01"
	for _, address := range []string{"/so-lieu", "/danh-muc", "/don-vi"} {
		body := p.body(address + "?" + asked)
		for _, path := range []string{"/", "/ghi-nhan", "/bao-cao", "/bang-so-lieu", "/danh-muc"} {
			if !strings.Contains(html.UnescapeString(body), `href="`+path+"?"+asked+`"`) {
				t.Errorf("%s does not carry the scope to %s", address, path)
			}
		}
	}
}

func TestNavigationShowsWhatMayBeOpened(t *testing.T) {
	o := open(t)
	nav := regexp.MustCompile(`(?s)<nav class="nav".*?</nav>`)
	for _, c := range []struct {
		role     access.Role
		has, not []string
	}{
		{access.Clerk, []string{"/ghi-nhan/moi", "/ghi-nhan", "/so-lieu", "/bao-cao"}, []string{"/quan-tri/tai-khoan", "/so-niem-phong"}},
		{access.Approver, []string{"/ghi-nhan", "/bang-so-lieu"}, []string{"/ghi-nhan/moi", "/nhap"}},
		{access.Administrator, []string{"/quan-tri/tai-khoan", "/so-niem-phong", "/don-vi"}, []string{"/ghi-nhan", "/ghi-nhan/moi", "/so-lieu", "/bao-cao"}},
	} {
		part := nav.FindString(o.person(t, "ai", "02143", c.role).body("/"))
		for _, path := range c.has {
			if !regexp.MustCompile(`href="` + path + `["?]`).MatchString(part) {
				t.Errorf("%s is not led to %s", c.role, path)
			}
		}
		for _, path := range c.not {
			if regexp.MustCompile(`href="` + path + `["?]`).MatchString(part) {
				t.Errorf("%s is led to %s", c.role, path)
			}
		}
	}
}

// TestPeriodSteps: the arrows beside the period lead to the one before and after of the same kind.
func TestPeriodSteps(t *testing.T) {
	p := open(t).person(t, "tong-hop", "19", access.Specialist)
	step := func(body, rel string) string {
		m := regexp.MustCompile(`<a class="step" href="([^"]*)" rel="` + rel + `"`).FindStringSubmatch(body)
		if m == nil {
			return ""
		}
		u, err := url.Parse(html.UnescapeString(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		if ky := u.Query().Get("ky"); ky != "" {
			return ky
		}
		return u.Query().Get("tu") + ".." + u.Query().Get("den")
	}
	for _, c := range []struct{ at, prev, next string }{
		{"ky=2019", "2018", "2020"},
		{"ky=2019-Q1", "2018-Q4", "2019-Q2"},
		{"ky=2019-H2", "2019-H1", "2020-H1"},
		{"ky=2019-9M", "2018-9M", "2020-9M"},
		{"ky=2019-M12", "2019-M11", "2020-M01"},
		{"ky=2015..2019", "2010..2014", "2020..2024"},
		{"ky=tt01-2024:2025-Q4", "tt01-2024:2025-Q3", "tt01-2024:2026-Q1"},
		{"ky=tt01-2024:2025", "tt01-2024:2024", "tt01-2024:2026"},
		{"tu=2019-01-15&den=2019-02-14", "2018-12-15..2019-01-14", "2019-02-15..2019-03-14"},
		{"tu=2019-01-05&den=2019-01-14", "2018-12-26..2019-01-04", "2019-01-15..2019-01-24"},
		{"ky=2026", "2025", ""}, // nothing is recorded in the future
	} {
		body := p.body("/so-lieu?don-vi=06&" + c.at)
		if got := step(body, "prev"); got != c.prev {
			t.Errorf("before %s stands %q, want %q", c.at, got, c.prev)
		}
		if got := step(body, "next"); got != c.next {
			t.Errorf("after %s stands %q, want %q", c.at, got, c.next)
		}
	}
}

func TestUnitSuggestions(t *testing.T) {
	o := open(t)
	all := o.person(t, "tong-hop", "19", access.Specialist)
	suggest := func(p person, query string) []string {
		var list []struct{ Value, Name, Note string }
		if err := json.Unmarshal([]byte(p.body("/don-vi/goi-y?"+query)), &list); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, x := range list {
			names = append(names, x.Name)
		}
		return names
	}
	for query, want := range map[string]string{
		"q=na+ri&ngay=2019-05-01":                  "Huyện Na Rì",
		"q=ri+na&ngay=2019-05-01":                  "Huyện Na Rì",
		"q=CƯỜNG+LỢI+na+rì&ngay=2019-05-01":        "Xã Cường Lợi",
		"q=cuogn+loi&ngay=2019-05-01":              "Xã Cường Lợi",
		"q=060&ngay=2019-05-01":                    "Huyện Pác Nặm",
		"q=06.bdv&ngay=2019-05-01":                 "Ban Dân vận Tỉnh ủy Bắc Kạn",
		"q=bac+kan&dang=territory&ngay=2019-05-01": "Tỉnh Bắc Kạn",
	} {
		if names := suggest(all, query); len(names) == 0 || names[0] != want {
			t.Errorf("%s suggests %v, first wanted %s", query, names, want)
		}
	}
	own := o.person(t, "xa", "02143", access.Clerk)
	for _, name := range suggest(own, "q=uy+ban") {
		if !strings.Contains(name, "Văn Lang") && !strings.Contains(name, "xã") {
			t.Errorf("a commune's clerk is offered %s", name)
		}
	}
	if names := suggest(own, "q=pac+nam&ngay=2019-05-01"); len(names) > 0 {
		t.Errorf("a commune's clerk is offered %v", names)
	}
	if names := suggest(own, "q=pac+nam&ngay=2019-05-01&quyen=public"); len(names) > 0 {
		t.Errorf("by asking for the right of everybody a clerk is offered %v", names)
	}
}

// TestChooserLeadsBack: the page that looks for units without scripts leads back to where one came from, and only there.
func TestChooserLeadsBack(t *testing.T) {
	p := open(t).person(t, "tong-hop", "19", access.Specialist)
	body := html.UnescapeString(p.body("/don-vi/chon?q=na+ri&ngay=2019-05-01&ve=/so-lieu&ky=2019"))
	if !strings.Contains(body, `href="/so-lieu?don-vi=066`) || !strings.Contains(body, "ky=2019") {
		t.Error("the district does not lead back to the figures of its year")
	}
	for _, bad := range []string{"//evil.example", "https://evil.example", "javascript:alert(1)"} {
		if body := p.body("/don-vi/chon?q=na+ri&ve=" + url.QueryEscape(bad)); strings.Contains(body, "evil") || strings.Contains(body, "javascript:") {
			t.Errorf("the page leads to %s", bad)
		}
	}
}
