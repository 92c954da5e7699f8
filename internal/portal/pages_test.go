package portal_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"danvan/internal/portal"
	"danvan/internal/web/browser"
)

// example is an address of a row, without the language. Form is what a POST sends: it is looked at as it answers.
type example struct {
	Path string
	Form string // as in a body, "a=1&b=2"
	File bool   // the answer is a file, not a page
}

// examples are one address for every row; a row without one fails. Each subject adds its own, in its file of tests.
var examples = map[string]example{
	"GET /":          {Path: "/"},
	"GET /xa":        {Path: "/xa"},
	"GET /xa/{code}": {Path: "/xa/02143"},
}

// shows adds a subject's examples, and pages that no row's example shows.
func shows(of map[string]example, more ...string) bool {
	maps.Copy(examples, of)
	moreVisits = append(moreVisits, more...)
	return true
}

// moreVisits are pages that no row's example shows: nothing found, wrong addresses, forms with errors.
var moreVisits = []string{"/khong-co-trang-nay", "/xa/99999", "/xa?tim=thuong", "/xa?tim=khongcoxanao"}

// firstView is how much a first view may weigh on the line.
const firstView = 50 << 10

// TestEveryPageHasAnExample: the tests below see every row.
func TestEveryPageHasAnExample(t *testing.T) {
	rows := map[string]bool{}
	for _, row := range portal.Rows() {
		rows[row] = true
		if _, ok := examples[row]; !ok {
			t.Errorf("%s has no example in examples", row)
		}
	}
	for row := range examples {
		if !rows[row] {
			t.Errorf("%s is no row", row)
		}
	}
}

// ask answers one request without a network.
func (w *world) ask(t testing.TB, method, path, form string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, w.fill(t, path), strings.NewReader(form))
	r.Header.Set("Accept-Encoding", "gzip")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	rec := httptest.NewRecorder()
	w.site.Config.Handler.ServeHTTP(rec, r)
	return rec
}

func opened(t testing.TB, rec *httptest.ResponseRecorder) string {
	t.Helper()
	body := io.Reader(bytes.NewReader(rec.Body.Bytes()))
	if rec.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		body = z
	}
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var (
	linked  = regexp.MustCompile(`(?:src|href)="(/cong/tinh/[^"]+\.(?:css|js|svg))"`)
	letters = regexp.MustCompile(`/cong/tinh/fonts/bvp-[a-z]+-700\.[0-9a-f]+\.woff2`)
)

// TestFirstView: what a browser that was never here takes for one page, with the headings' letters of a wide screen, stays
// small; nothing comes from elsewhere, and no cookie is set.
func TestFirstView(t *testing.T) {
	w := open(t)
	for row, ex := range examples {
		if !strings.HasPrefix(row, "GET ") || ex.File {
			continue
		}
		for _, root := range []string{"/cong", "/en"} {
			rec := w.ask(t, "GET", root+ex.Path, "")
			if rec.Code != http.StatusOK {
				t.Errorf("%s%s answered %d", root, ex.Path, rec.Code)
				continue
			}
			size, html := rec.Body.Len(), opened(t, rec)
			fonts := map[string]bool{}
			for _, m := range linked.FindAllStringSubmatch(html, -1) {
				part := w.ask(t, "GET", m[1], "")
				size += part.Body.Len()
				for _, f := range letters.FindAllString(opened(t, part), -1) {
					fonts[f] = true
				}
			}
			for f := range fonts {
				size += w.ask(t, "GET", f, "").Body.Len()
			}
			if size > firstView {
				t.Errorf("%s%s weighs %d bytes at the first view, more than %d", root, ex.Path, size, firstView)
			}
			if len(rec.Result().Cookies()) > 0 {
				t.Errorf("%s%s sets a cookie", root, ex.Path)
			}
		}
	}
}

// TestPages looks at every page by axe on a wide screen and at 320 px, in light and dark; nothing may stick out.
func TestPages(t *testing.T) {
	w := open(t)
	judged := map[string]bool{}
	b := browser.Start(t, browser.Options{Width: 1440, Height: 900})
	for row, ex := range examples {
		method, _, _ := strings.Cut(row, " ")
		if ex.File {
			continue
		}
		w.look(t, b, judged, method, "/cong"+ex.Path, ex.Form)
		if method == http.MethodGet {
			w.look(t, b, judged, method, "/en"+ex.Path, "")
		}
	}
	for _, path := range moreVisits {
		w.look(t, b, judged, http.MethodGet, "/cong"+path, "")
	}
}

// tooWide names what sticks out of the screen.
const tooWide = `(() => { const w = document.documentElement.clientWidth; if (document.documentElement.scrollWidth <= w) return "";
	for (const e of document.querySelectorAll("body *")) { const r = e.getBoundingClientRect(); if (r.right > w + 1 && r.width > 0 && !e.closest(".scroll")) return e.tagName + "." + e.className + " sticks out to " + r.right } return "" })()`

// look looks at one page; axe judges each shape once.
func (w *world) look(t *testing.T, b *browser.Browser, judged map[string]bool, method, path, form string) {
	t.Helper()
	path = w.fill(t, path)
	b.Size(1440, 900, false)
	if method == http.MethodPost {
		b.Post(w.site.URL, path, parsed(t, form))
	} else {
		b.Go(w.site.URL + path)
	}
	for _, width := range []int{1440, 320} {
		b.Size(width, 900, false)
		var wide string
		if b.Eval(tooWide, &wide); wide != "" {
			t.Errorf("%s at %d px: %s", path, width, wide)
		}
		b.Shot("portal" + strings.ReplaceAll(path, "/", "-"))
	}
	shape := browser.Shape(opened(t, w.ask(t, method, path, form)))
	if judged[shape] { // most often the same page in English
		return
	}
	judged[shape] = true
	b.Thin(nil)
	for _, width := range []int{320, 1440} {
		for _, dark := range []bool{false, true} {
			b.Size(width, 900, dark)
			var rules []string
			if dark {
				rules = []string{"color-contrast", "link-in-text-block"}
			}
			for _, found := range b.Axe(rules...) {
				t.Errorf("%s at %d px, dark %v: %s", path, width, dark, found)
			}
		}
	}
}

func parsed(t testing.TB, form string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(form)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
