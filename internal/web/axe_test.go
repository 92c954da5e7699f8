package web_test

import (
	"bytes"
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

	"golang.org/x/net/html"

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

// shape is what axe judges of a page: its elements with their attributes and where text stands, without the words of the
// text and the addresses. Pages that refuse, each with its own sentence, have one shape.
func shape(body string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(body))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if len(bytes.TrimSpace(z.Text())) > 0 {
				b.WriteString("x")
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			fmt.Fprintf(&b, "</%s>", name)
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			b.WriteString("<" + t.Data)
			for _, a := range t.Attr {
				if told := slices.Contains([]string{"href", "action", "src", "value", "content", "datetime"}, a.Key); told && a.Val != "" {
					a.Val = "x"
				}
				fmt.Fprintf(&b, " %s=%q", a.Key, a.Val)
			}
			b.WriteString(">")
		}
	}
}

// TestAxe looks at every page on a wide screen and on one of 320 px, in light and dark. Of pages of one shape axe judges
// the first; whether something sticks out depends on the words, and is asked of each.
func TestAxe(t *testing.T) {
	o := open(t)
	judged := map[string]bool{}
	type look struct {
		visit
		fits bool // that nothing sticks out is all that is left to ask
	}
	var all []look
	for _, v := range visits(t, o) {
		if body := bodyOf(o, v); body != "" {
			s := shape(body)
			all = append(all, look{v, judged[s]})
			judged[s] = true
		}
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
				lookAt(t, o, b, v.visit, v.fits)
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

// lookAt looks at one page in four ways. What does not depend on colours is asked in light alone.
func lookAt(t *testing.T, o *office, b *browser.Browser, v visit, fits bool) {
	b.Size(1440, 900, false)
	if v.Method == http.MethodPost {
		b.Post(o.site.URL, v.Path, v.Form)
	} else {
		b.Go(o.site.URL + v.Path)
	}
	for _, width := range []int{1440, 320} {
		if fits {
			b.Size(width, 900, false)
		} else {
			judge(t, b, v, width)
		}
		var wide string
		if b.Eval(tooWide, &wide); wide != "" {
			t.Errorf("%s (%s) at %d px: %s", v.Name, v.Path, width, wide)
		}
		b.Shot(fmt.Sprintf("axe-%d-%s", width, strings.Map(plain, v.Name)))
	}
}

// judge asks axe, in dark first, and leaves the page in light.
func judge(t *testing.T, b *browser.Browser, v visit, width int) {
	for _, dark := range []bool{true, false} {
		b.Size(width, 900, dark)
		var rules []string
		if dark {
			rules = []string{"color-contrast", "link-in-text-block"}
		}
		for _, found := range b.Axe(rules...) {
			t.Errorf("%s (%s) at %d px, dark %v: %s", v.Name, v.Path, width, dark, found)
		}
	}
}

// Pages that differ in words have one shape, pages that differ in a class or a missing text have not.
func TestShape(t *testing.T) {
	const page = `<h1 class="a">Không có đơn này</h1><p><a href="/don-thu">Về sổ</a></p>`
	if shape(page) != shape(`<h1 class="a">Chưa nhập mã</h1><p><a href="/">Về đầu</a></p>`) {
		t.Error("other words are another shape")
	}
	for _, other := range []string{`<h1 class="b">Không có đơn này</h1><p><a href="/don-thu">Về sổ</a></p>`, `<h1 class="a">Không có đơn này</h1><p><a href="/don-thu"></a></p>`, `<h2 class="a">Không có đơn này</h2><p><a href="/don-thu">Về sổ</a></p>`} {
		if shape(page) == shape(other) {
			t.Errorf("%s has the same shape", other)
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
