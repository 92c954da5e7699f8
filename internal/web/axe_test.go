package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"danvan/internal/web"
	"danvan/internal/web/browser"
)

// visit is one page to look at: an address, or a form that is sent.
type visit struct {
	Name, Method, Path string
	Form               url.Values
}

// moreVisits are pages that no row's example shows: nothing found, wrong addresses, wrong filters.
var moreVisits = []string{
	"/tim", "/tim?q=khongcochuynay+qqqq", "/tim?q=dann+vaan", "/tim?q=dan+van&trong=KHONG&tu-ngay=xyz", "/tim?q=06&loai=ghi-nhan",
	"/ghi-nhan?tim=khongcochuynay", "/so-lieu?tim=khongcochuynay", "/khong-co-trang-nay", "/ghi-nhan/999999999", "/so-lieu/petition.settled_rate?ky=9999-99",
	"/bao-cao/tong-ket-10-nam?don-vi=06&tu=2010-01-01&den=2019-12-31", "/so-lieu/petition.settled_rate?don-vi=06&ky=2015..2019&theo=label:timeliness",
	"/so-lieu/contribution.land?don-vi=06&theo=unit", "/don-vi?ngay=2019-12-31", "/don-vi/02155@2015-01-01", "/danh-muc?tim=don+thu",
	"/dinh-ky?don-vi=19&ky=2026-M11", "/dinh-ky?don-vi=06&ky=2026", "/dinh-ky?don-vi=02143&trang-thai=nil", "/dinh-ky/luoi?don-vi=02143&nhiem-vu=feedback.monthly&xep=muon",
	"/dinh-ky/khong-co-viec-nay", "/dinh-ky/decision.send?don-vi=02143.UBND", "/dinh-ky/khong-phat-sinh?don-vi=02143.UBND&viec=reception.commune_two_days&tu=2026-09-01&den=2026-09-30",
}

// axeOnly names a part of the paths to look at while a page is being written.
const axeOnly = "DANVAN_AXE"

// visits are all pages: one address of every row of the routes, forms in their error state among them, and those above.
func visits(t *testing.T, o *office) []visit {
	t.Helper()
	a := newAsker(t, o, nil)
	var out []visit
	for _, row := range web.Rows() {
		ex, ok := examples[row.Pattern]
		method, _, _ := strings.Cut(row.Pattern, " ")
		if !ok || row.Pattern == "POST /dang-xuat" {
			continue
		}
		out = append(out, visit{row.Pattern, method, a.fill(t, ex.Path), ex.Form})
	}
	for _, path := range moreVisits {
		out = append(out, visit{path, "GET", path, nil})
	}
	return slices.DeleteFunc(out, func(v visit) bool { return !strings.Contains(v.Name+" "+v.Path, os.Getenv(axeOnly)) })
}

// isPage reports whether a visit is answered by a page: not by a file, a list of suggestions, another address.
func isPage(o *office, v visit) bool {
	r := httptest.NewRequest(v.Method, v.Path, strings.NewReader(v.Form.Encode()))
	if v.Method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	o.site.Config.Handler.ServeHTTP(w, r)
	whole := strings.HasPrefix(strings.ToLower(w.Body.String()), "<!doctype html>") // what scripts put into a page is no page
	return whole && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && w.Code != http.StatusSeeOther
}

// TestAxe looks at every page on a wide screen and on one of 320 px, in light and dark.
func TestAxe(t *testing.T) {
	o := open(t)
	all := slices.DeleteFunc(visits(t, o), func(v visit) bool { return !isPage(o, v) })
	if len(all) < 20 && os.Getenv(axeOnly) == "" {
		t.Fatalf("only %d pages", len(all))
	}
	queue := make(chan visit)
	var wg sync.WaitGroup
	for range 2 {
		b := browser.Start(t, browser.Options{Width: 1440, Height: 900})
		wg.Add(1)
		go func() {
			defer wg.Done()
			for v := range queue {
				look(t, o, b, v)
			}
		}()
	}
	for _, v := range all {
		queue <- v
	}
	close(queue)
	wg.Wait()
	t.Logf("%d pages", len(all))
}

// look looks at one page in four ways. What does not depend on colours is asked in light alone.
func look(t *testing.T, o *office, b *browser.Browser, v visit) {
	b.Size(1440, 900, false)
	if v.Method == http.MethodPost {
		b.Post(o.site.URL, v.Path, v.Form)
	} else {
		b.Go(o.site.URL + v.Path)
	}
	for _, width := range []int{1440, 320} {
		for _, dark := range []bool{false, true} {
			b.Size(width, 900, dark)
			var rules []string
			if dark {
				rules = []string{"color-contrast", "link-in-text-block"}
			}
			for _, found := range b.Axe(rules...) {
				t.Errorf("%s (%s) at %d px, dark %v: %s", v.Name, v.Path, width, dark, found)
			}
		}
		var wide string
		if b.Eval(tooWide, &wide); wide != "" {
			t.Errorf("%s (%s) at %d px: %s", v.Name, v.Path, width, wide)
		}
		b.Size(width, 900, false)
		b.Shot(fmt.Sprintf("axe-%d-%s", width, strings.Map(plain, v.Name)))
	}
}

// TestAxeSees proves that the look at pages fails on a bad one.
func TestAxeSees(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/s.css" {
			w.Header().Set("Content-Type", "text/css")
			fmt.Fprint(w, `p{color:#aaa;background:#fff}@media(prefers-color-scheme:dark){h3{color:#222;background:#000}}`)
			return
		}
		fmt.Fprint(w, `<!DOCTYPE html><link rel="stylesheet" href="/s.css"><h3>Tiêu đề</h3><p>Chữ mờ<img src="/x.png"><input><a href="/">x</a>`)
	}))
	defer site.Close()
	b := browser.Start(t, browser.Options{Width: 320, Height: 844})
	b.Go(site.URL)
	found := fmt.Sprint(b.Axe())
	for _, id := range []string{"color-contrast", "image-alt", "label", "html-has-lang", "document-title", "page-has-heading-one"} {
		if !regexp.MustCompile(`\b` + id + ` \(`).MatchString(found) {
			t.Errorf("axe does not see %s: %s", id, found)
		}
	}
	light := len(found)
	b.Size(320, 844, true)
	if dark := fmt.Sprint(b.Axe("color-contrast")); !strings.Contains(dark, "<h3>") || light == 0 {
		t.Errorf("axe does not see the heading that is too dark at night: %s", dark)
	}
}
