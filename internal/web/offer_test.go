package web_test

import (
	"net/http"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/web"
)

// TestLinksByRight: a page that everybody may open offers nobody a link or a button that would be refused him, also when
// its body was made for somebody else just before.
func TestLinksByRight(t *testing.T) {
	o := open(t)
	roles := []access.Role{access.Specialist, access.Administrator, access.Leader, access.Administrator, access.Specialist}
	var now access.Role
	d := o.deps
	d.Who = func(*http.Request) (*access.Viewer, error) { return o.viewerOf(t, "don."+string(now), "19", now), nil }
	pages, err := web.New(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		address string
		link    string
		roles   []access.Role
	}{
		{"/don-vi/02143", `href="/ghi-nhan?don-vi=`, []access.Role{access.Specialist, access.Leader}},
		{"/don-vi/02143", `href="/bao-cao/nam?don-vi=`, []access.Role{access.Specialist, access.Leader}},
		{"/danh-muc/chi-tieu/petition.settled_rate", `href="/so-lieu/petition.settled_rate`, []access.Role{access.Specialist, access.Leader}},
		{"/danh-muc/chi-tieu/petition.settled_rate", `href="/bao-cao/`, []access.Role{access.Specialist, access.Leader}},
		{"/danh-muc/contribution", `href="/so-lieu/contribution`, []access.Role{access.Specialist, access.Leader}},
		{"/ghi-nhan?don-vi=19&ky=2026", `href="/nhap"`, []access.Role{access.Specialist}},
		{"/ghi-nhan?don-vi=19&ky=2026&loai=contribution", `href="/ghi-nhan/moi/contribution"`, []access.Role{access.Specialist}},
		{"/ghi-nhan?don-vi=19&ky=2026&loai=petition", `href="/ghi-nhan/moi/petition"`, nil},
	} {
		for _, now = range roles {
			body := main(person{t, pages, string(now)}.get(x.address).body)
			may := false
			for _, r := range x.roles {
				may = may || r == now
			}
			if strings.Contains(body, x.link) != may {
				t.Errorf("%s for %s: link %s shown %t, want %t", x.address, now, x.link, !may, may)
			}
		}
	}
}

// main is the part of a page between the shell's bars.
func main(body string) string {
	_, rest, _ := strings.Cut(body, "<main")
	inner, _, _ := strings.Cut(rest, "</main>")
	return inner
}

// TestRefusalSaysWhy: who lacks the role is not sent to choose another unit, and who asks beyond his units is.
func TestRefusalSaysWhy(t *testing.T) {
	o := open(t)
	runs, clerk := o.person(t, "quan.tri.hoi", "19", access.Administrator), o.person(t, "can.bo.hoi", "02143", access.Clerk)
	if a := runs.get("/so-lieu?don-vi=19&ky=2026"); a.status != http.StatusForbidden || !strings.Contains(a.body, "Vai trò của bạn không gồm việc này") {
		t.Errorf("administrator at figures: %d %s", a.status, sentence(a.body))
	}
	if a := clerk.get("/ghi-nhan?don-vi=19&ky=2026"); a.status != http.StatusForbidden || !strings.Contains(a.body, "ngoài phạm vi bạn được giao") {
		t.Errorf("clerk at the province: %d %s", a.status, sentence(a.body))
	}
}

// TestUsualRows: a year opens by its months and a month by its units, and a choice of one's own stays in the address.
func TestUsualRows(t *testing.T) {
	o := open(t)
	for address, want := range map[string]string{
		"/so-lieu/petition.received?don-vi=06&ky=2019":           "Theo tháng",
		"/so-lieu/petition.received?don-vi=06&ky=2015..2019":     "Theo năm",
		"/so-lieu/petition.received?don-vi=06&ky=2019-M03":       "Theo đơn vị",
		"/so-lieu/petition.received?don-vi=06&ky=2019&theo=year": "Theo năm",
	} {
		if a := o.get(t, address); !strings.Contains(a.body, want+"</h2>") {
			t.Errorf("%s is not divided %q", address, want)
		}
	}
	if a := o.get(t, "/so-lieu/petition.received?don-vi=06&ky=2019&theo=year"); !strings.Contains(a.body, "theo=year&amp;") && !strings.Contains(a.body, "theo=year\"") {
		t.Error("the choice of years is lost in the page's own links")
	}
}
