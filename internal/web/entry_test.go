package web_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"io"
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

// person is somebody with roles over a unit, before the pages.
type person struct {
	testing.TB
	pages http.Handler
	login string
}

func (o *office) person(t testing.TB, login, unit string, roles ...access.Role) person {
	t.Helper()
	return o.personOf(t, o.deps, login, unit, roles...)
}

func (o *office) personOf(t testing.TB, d web.Deps, login, unit string, roles ...access.Role) person {
	t.Helper()
	v := o.viewerOf(t, login, unit, roles...)
	d.Who = func(*http.Request) (*access.Viewer, error) { return v, nil }
	pages, err := web.New(d)
	if err != nil {
		t.Fatal(err)
	}
	return person{t, pages, login}
}

// viewerOf is somebody who holds the roles over the unit.
func (o *office) viewerOf(t testing.TB, login, unit string, roles ...access.Role) *access.Viewer {
	t.Helper()
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	u, err := tree.Resolve(unit, org.AsThen(), today)
	if err != nil {
		t.Fatal(err)
	}
	var grants []access.Grant
	for _, r := range roles {
		grants = append(grants, access.Grant{Account: 7, Role: r, Unit: u.ID, From: civil.Floor, To: civil.Forever})
	}
	return access.NewViewer(tree, today, 7, login, "Người "+login, grants)
}

func (p person) get(address string) answer { return p.ask(httptest.NewRequest("GET", address, nil)) }

func (p person) post(address string, form url.Values) answer {
	r := httptest.NewRequest("POST", address, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.ask(r)
}

func (p person) ask(r *http.Request) answer {
	p.Helper()
	w := httptest.NewRecorder()
	p.pages.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Body)
	if err != nil {
		p.Fatal(err)
	}
	return answer{w.Code, w.Header(), string(body)}
}

// body is a page that must be there.
func (p person) body(address string) string {
	p.Helper()
	a := p.get(address)
	if a.status != http.StatusOK {
		p.Fatalf("%s: status %d: %s", address, a.status, sentence(a.body))
	}
	return a.body
}

func TestListIsFilteredByFields(t *testing.T) {
	o := open(t)
	p := o.person(t, "tong-hop", "06", access.Specialist)
	count := func(q string) string {
		return regexp.MustCompile(`(?:Hơn )?[0-9.]+ việc`).FindString(html.UnescapeString(p.body("/ghi-nhan?don-vi=06&ky=2019" + q)))
	}
	all := count("&loai=contribution")
	if all == "" || all == "0 việc" {
		t.Fatal("nothing is listed")
	}
	for _, q := range []string{"&loai=contribution&f.land.tu=50", "&loai=contribution&f.purpose=road", "&loai=contribution&trang-thai=confirmed&f.workdays.den=60,5"} {
		if got := count(q); got == all || got == "" {
			t.Errorf("%s leaves %q of %q", q, got, all)
		}
	}
	if a := p.get("/ghi-nhan?don-vi=06&ky=2019&loai=contribution&f.land.tu=nhiều"); a.status != http.StatusBadRequest || !strings.Contains(a.body, "Đất hiến") {
		t.Errorf("a wrong number: %d %s", a.status, sentence(a.body))
	}
}

// A list may not tell by its conditions what a letter says.
func TestConditionsTellNothingOfLetters(t *testing.T) {
	o := open(t)
	const list = "/ghi-nhan?don-vi=06&ky=2019&loai=petition_letter"
	clerk, inspector := o.person(t, "ghi", "06", access.Clerk), o.person(t, "thanh-tra", "06", access.Inspector)
	for _, q := range []string{"&f.class=complaint", "&f.field=land", "&f.accepted_on.tu=2019-01-01", "&tim=dat", "&noi=060"} {
		if a := clerk.body(list + q); !strings.Contains(a, "Không có ghi nhận nào khớp điều kiện") || !strings.Contains(a, "không gồm đơn thư") {
			t.Errorf("%s tells a clerk: %s", q, sentence(a))
		}
		for _, file := range []string{".csv", ".xlsx"} {
			if a := clerk.get(strings.Replace(list, "/ghi-nhan?", "/ghi-nhan"+file+"?", 1) + q); a.status != 200 {
				t.Errorf("%s of %s: %d", file, q, a.status)
			}
		}
	}
	if a := inspector.body(list + "&f.field=land"); strings.Contains(a, "Không có ghi nhận nào khớp") {
		t.Errorf("an inspector finds nothing by field: %s", sentence(a))
	}
	if a := inspector.body(list + "&f.class=complaint"); strings.Contains(a, "Không có ghi nhận nào khớp") {
		t.Errorf("an inspector finds nothing by class: %s", sentence(a))
	}
	told := clerk.body("/ghi-nhan.csv?don-vi=06&ky=2019&loai=petition_letter")
	for _, field := range []string{"class", "field"} {
		for _, c := range o.app.Catalog.EditionOn(20190101).Kind("petition_letter").Field(field).Choices() {
			if strings.Contains(told, ","+c.Name+",") {
				t.Errorf("the export tells a clerk the %s of a letter: %s", field, c.Name)
			}
		}
	}
}

func TestExportsAreInert(t *testing.T) {
	o := open(t)
	body := o.person(t, "tong-hop", "06", access.Specialist).body("/ghi-nhan.csv?don-vi=060&ky=2019")
	if !strings.HasPrefix(body, "\ufeff") {
		t.Error("no mark of UTF-8")
	}
	in := csv.NewReader(bytes.NewReader([]byte(strings.TrimPrefix(body, "\ufeff"))))
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		for _, c := range r {
			if c != "" && strings.ContainsRune("=+@", rune(c[0])) {
				t.Errorf("row %d has a cell that runs: %q", i, c)
			}
		}
	}
}

func TestPagesOfListsMeetEnds(t *testing.T) {
	p := open(t).person(t, "tong-hop", "06", access.Specialist)
	seen := map[string]bool{}
	link := regexp.MustCompile(`<th scope="row">\s*<a href="/ghi-nhan/([0-9]+)`)
	n := 0
	for offset := 0; ; offset += 50 {
		found := link.FindAllStringSubmatch(p.body(fmt.Sprintf("/ghi-nhan?don-vi=060.UBND&ky=2019&tu-dong=%d", offset)), -1)
		for _, m := range found {
			if seen[m[1]] {
				t.Fatalf("entry %s stands on two pages", m[1])
			}
			seen[m[1]] = true
			n++
		}
		if len(found) < 50 {
			break
		}
	}
	if first := p.body("/ghi-nhan?don-vi=060.UBND&ky=2019"); !strings.Contains(first, civil.FormatInt(int64(n))+" việc") {
		t.Errorf("the pages hold %d, the list says %s", n, sentence(first))
	}
}
