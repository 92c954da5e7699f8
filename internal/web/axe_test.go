package web_test

import (
	"fmt"
	"maps"
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
	"/tiep-dan?don-vi=02143&ky=2012-M03", "/tiep-dan?don-vi=02143&xem=sai", "/tiep-dan?don-vi=02143&ky=2026-M11&ngay=2026-11-19", "/tiep-dan/lich?don-vi=02143&ky=2012-M03", "/tiep-dan/lich/cong-bo?don-vi=02143&ky=2012-M03",
	"/tiep-dan/lich/thong-bao?don-vi=02143&ky=2012-M03", "/tiep-dan/cho-tra-loi?don-vi=02143", "/tiep-dan/nghia-vu?don-vi=19&ky=2026-M06", "/tiep-dan/nghia-vu?don-vi=02143&ky=2012-M03", "/tiep-dan/999999999",
	"/tiep-dan/{visit}/luot", "/tiep-dan/luot/{visit}?mo=ket-qua", "/tiep-dan/luot/{visit}?mo=bo", "/tiep-dan/luot/{visit}?mo=tra-loi", "/tiep-dan/{session}?mo=chot", "/don-thu/moi?luot={visit}", "/don-thu/moi?luot={visit}&chon=1", "/don-thu/moi?luot=999999999",
	"/mot-cua?don-vi=02143&ky=2011-M03", "/mot-cua?don-vi=19&ky=2026-M10&xem=co-quan", "/mot-cua?don-vi=19&xem=sai", "/mot-cua/nhap", "/mot-cua/nhap?don-vi=02143.UBND&thang=2026-12", "/mot-cua/nhap?don-vi=02143.UBND&thang=sai",
	"/mot-cua/noi-thuc-hien?don-vi=19&lop=centre", "/mot-cua/noi-thuc-hien?don-vi=02143&lop=department", "/mot-cua/noi-thuc-hien?don-vi=19&vao-ngay=sai",
	"/mo-hinh?don-vi=02143&ky=2026&loai-so=tu-quan", "/mo-hinh?don-vi=06&ky=2011&xem=ended", "/mo-hinh/1", "/mo-hinh/{model}?mo=minh-chung", "/luc-luong?don-vi=19&ky=2026",
	"/dong-gop?don-vi=02143&ky=2026&xem=closed", "/dong-gop?don-vi=06&ky=2011", "/dong-gop/1",
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
		out = append(out, visit{path, "GET", a.fill(t, path), nil})
	}
	for _, v := range formVisits {
		out = append(out, visit{v.Name, v.Method, a.fill(t, v.Path), v.Form})
	}
	return slices.DeleteFunc(out, func(v visit) bool { return !strings.Contains(v.Name+" "+v.Path, os.Getenv(axeOnly)) })
}

// bodyOf is the page by which a visit is answered, "" for a file, a list of suggestions, another address.
func bodyOf(o *office, v visit) string {
	r := httptest.NewRequest(v.Method, v.Path, strings.NewReader(v.Form.Encode()))
	if v.Method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	o.site.Config.Handler.ServeHTTP(w, r)
	whole := strings.HasPrefix(strings.ToLower(w.Body.String()), "<!doctype html>") // what scripts put into a page is no page
	if !whole || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || w.Code == http.StatusSeeOther {
		return ""
	}
	return w.Body.String()
}

// furniture are the parts that stand around every page, by their class, with the elements that axe need not judge once more
// in a known shape. The landmarks themselves are always judged, for they may clash with those of the page.
var furniture = map[string][]string{
	"demo-bar": {".demo-bar > *"},
	"rail":     {".rail > .brand", ".rail > .waits", ".rail > .rail-find", ".rail .nav > *", ".rail-foot"},
	"top":      {".top > *"},
	"tabs":     {".tabs > *"},
}

// TestAxe looks at every page on a wide screen and on one of 320 px, in light and dark. Of pages of one shape axe judges
// the first, of what stands around pages the first of a shape too; whether something sticks out depends on the words, and
// is asked of each.
func TestAxe(t *testing.T) {
	o := open(t)
	judged, around := map[string]bool{}, map[string]bool{}
	var all []look
	for _, v := range visits(t, o) {
		body := bodyOf(o, v)
		if body == "" {
			continue
		}
		s := browser.Shape(body)
		l := look{visit: v, fits: judged[s], night: []int{1440, 320}[len(judged)%2]}
		judged[s] = true
		for part, shape := range browser.Parts(body, slices.Collect(maps.Keys(furniture))...) {
			if around[shape] {
				l.known = append(l.known, furniture[part]...)
			}
			around[shape] = true
		}
		all = append(all, l)
	}
	if len(all) < 20 && os.Getenv(axeOnly) == "" {
		t.Fatalf("only %d pages", len(all))
	}
	queue := make(chan look)
	var wg sync.WaitGroup
	for range 2 {
		b := browser.Start(t, browser.Options{Width: 1440, Height: 900})
		wg.Go(func() {
			for v := range queue {
				lookAt(t, o, b, v)
			}
		})
	}
	for _, v := range all {
		queue <- v
	}
	close(queue)
	wg.Wait()
	t.Logf("%d pages, %d shapes", len(all), len(judged))
}

// look is a visit with what is left to ask of it.
type look struct {
	visit
	fits  bool     // that nothing sticks out is all
	known []string // elements around the page that were judged on another
	night int      // the width on which it is looked at in the dark
}

// lookAt looks at one page on both screens, and lets axe judge its shape.
func lookAt(t *testing.T, o *office, b *browser.Browser, v look) {
	b.Size(1440, 900, false)
	if v.Method == http.MethodPost {
		b.Post(o.site.URL, v.Path, v.Form)
	} else {
		b.Go(o.site.URL + v.Path)
	}
	for _, width := range []int{1440, 320} {
		b.Size(width, 900, false)
		var wide string
		if b.Eval(tooWide, &wide); wide != "" {
			t.Errorf("%s (%s) at %d px: %s", v.Name, v.Path, width, wide)
		}
		b.Shot(fmt.Sprintf("axe-%d-%s", width, strings.Map(plain, v.Name)))
	}
	if v.fits {
		return
	}
	b.Thin(v.known)
	judge(t, b, v, 320, v.night == 320)
	judge(t, b, v, 1440, v.night == 1440)
}

// judge asks axe on one screen. What depends on colours alone is asked at night too, of every page on one of the screens in
// turn: pages are made of the same parts.
func judge(t *testing.T, b *browser.Browser, v look, width int, night bool) {
	rules := map[bool][]string{true: {"color-contrast", "link-in-text-block"}}
	for _, dark := range []bool{false, true} {
		if dark && !night {
			continue
		}
		b.Size(width, 900, dark)
		for _, found := range b.Axe(rules[dark]...) {
			t.Errorf("%s (%s) at %d px, dark %v: %s", v.Name, v.Path, width, dark, found)
		}
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
		fmt.Fprint(w, `<!DOCTYPE html><link rel="stylesheet" href="/s.css"><h3>Tiêu đề</h3><p>Chữ mờ<img src="/x.png"><input><a href="/">x</a><ul><li><a href="/1"></a>một<li><a href="/2"></a>hai<li><a href="/3"></a>thứ ba<li><a href="/4" class="lạ"></a>bốn</ul>`)
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
	b.Thin([]string{"img", "table"}) // what is told apart by a class or a name stays
	thin := fmt.Sprint(b.Axe())
	if strings.Contains(thin, "image-alt") || strings.Contains(thin, "thứ ba") || !strings.Contains(thin, "lạ") || !strings.Contains(thin, "page-has-heading-one") {
		t.Errorf("of a page made thin axe says %s", thin)
	}
	b.Size(320, 844, true)
	if dark := fmt.Sprint(b.Axe("color-contrast")); !strings.Contains(dark, "<h3>") || light == 0 {
		t.Errorf("axe does not see the heading that is too dark at night: %s", dark)
	}
}
