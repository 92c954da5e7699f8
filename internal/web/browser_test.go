package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"danvan/internal/web/browser"
)

// tooWide says what sticks out of the page to the right, "" when nothing does.
const tooWide = `const w = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth <= w) return "";
for (const e of document.querySelectorAll("body *")) {
	const r = e.getBoundingClientRect();
	if (r.width > 0 && r.right > w + 1 && !e.closest(".scroll")) return e.tagName + "." + e.className + " reaches " + Math.round(r.right) + " of " + w;
}
return "the page is " + document.documentElement.scrollWidth + " wide";`

func TestNothingSticksOut(t *testing.T) {
	o := open(t)
	b := browser.Start(t, browser.Options{Width: 390, Height: 844})
	for _, address := range append([]string{"/ghi-nhan/100", tenYears + "#so-5"}, kinds...) {
		b.Go(o.site.URL + address)
		for _, width := range []int{390, 320, 1440} {
			b.Size(width, 844, false)
			var out string
			b.Eval(`return document.fonts.ready.then(() => "")`, &out) // widths are those of our own letters
			b.Eval(tooWide, &out)
			if out != "" {
				t.Errorf("%s at %d px: %s", address, width, out)
			}
			if m := b.Messages(); len(m) > 0 {
				t.Errorf("%s at %d px: %v", address, width, m)
			}
			b.Shot(fmt.Sprintf("%d%s", width, strings.Map(plain, address)))
		}
	}
}

func plain(r rune) rune {
	if strings.ContainsRune("/?&=#:@", r) {
		return '_'
	}
	return r
}

// TestChecksSee proves that the checks above fail on a page that is broken.
func TestChecksSee(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, `<!DOCTYPE html><title>x</title><meta name="viewport" content="width=device-width"><style>b{color:red}</style><table width="2000"><tr><td>rộng</table>`)
	}))
	defer site.Close()
	b := browser.Start(t, browser.Options{Width: 390, Height: 844})
	b.Go(site.URL)
	var out string
	b.Eval(tooWide, &out)
	if out == "" {
		t.Error("a table of 2000 px is not seen")
	}
	if !b.AnyMessage() {
		t.Error("a refused style is not seen")
	}
}

func TestDark(t *testing.T) {
	o := open(t)
	b := browser.Start(t, browser.Options{Width: 1440, Height: 900})
	var light, dark string
	const ground = `return getComputedStyle(document.body).backgroundColor + getComputedStyle(document.querySelector(".sheet")).backgroundColor`
	b.Go(o.site.URL + tenYears)
	b.Eval(ground, &light)
	b.Size(1440, 900, true)
	dark = b.Until(ground, func(s string) bool { return s != light })
	if light == dark {
		t.Errorf("light and dark are both %s", light)
	}
}

// TestDrawer opens evidence by click and by keyboard, on a wide screen and on a phone, with JavaScript off.
func TestDrawer(t *testing.T) {
	o := open(t)
	b := browser.Start(t, browser.Options{Width: 1440, Height: 900, NoScript: true})
	b.Go(o.site.URL + tenYears)
	const open20 = "Tỷ lệ đơn đã giải quyết trên số đơn thụ lý"
	shown := func(wanted func(string) bool) string {
		return b.Until(`return [...document.querySelectorAll(".ev")].filter(e => e.getClientRects().length).map(e => e.querySelector("h2").textContent).join("; ")`, wanted)
	}
	is20 := func(s string) bool { return s == open20 }
	nothing := func(s string) bool { return s == "" }
	something := func(s string) bool { return s != "" }
	if got := shown(is20); got != open20 {
		t.Errorf("at the start the drawer shows %q", got)
	}
	b.Click(`.sheet a.fig[href="#so-3"]`)
	third := shown(func(s string) bool { return s != "" && s != open20 })
	if third == "" || third == open20 || strings.Contains(third, ";") {
		t.Errorf("after a click the drawer shows %q", third)
	}
	marked := b.Until(`const none = getComputedStyle(document.querySelector('.sheet a.fig[href="#so-2"]')).backgroundColor;
return [...document.querySelectorAll(".sheet a.fig")].filter(a => getComputedStyle(a).backgroundColor !== none).filter(a => a.hash === "#so-3").length ? "marked" : ""`, something)
	if marked == "" {
		t.Error("the opened figure is not marked in the text")
	}
	b.Back()
	if got := shown(is20); got != open20 {
		t.Errorf("after going back the drawer shows %q", got)
	}

	b.Size(390, 844, false)
	b.Go(o.site.URL + "/bao-cao/nam?don-vi=06&ky=2024")
	if got := shown(nothing); got != "" {
		t.Errorf("on a phone the drawer is open at the start: %q", got)
	}
	b.Eval(`document.querySelector('.sheet a.fig[href="#so-2"]').focus()`, nil)
	b.Press("Enter")
	if shown(something) == "" {
		t.Fatal("Enter on a figure opens nothing")
	}
	b.Press("Tab")
	where := b.Until(`return document.activeElement.closest(".ev")?.id ?? document.activeElement.outerHTML.slice(0, 80)`, func(s string) bool { return s == "so-2" })
	if where != "so-2" {
		t.Errorf("after opening, Tab goes to %s, not into the drawer", where)
	}
	b.Press("Enter") // the first stop is the way out
	if got := shown(nothing); got != "" {
		t.Errorf("closing leaves %q", got)
	}
	where = b.Until(`return location.hash`, func(s string) bool { return strings.HasPrefix(s, "#cho-2") })
	if !strings.HasPrefix(where, "#cho-2") {
		t.Errorf("closing leads to %s, not to the figure's place", where)
	}
}
