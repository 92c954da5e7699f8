package web_test

import (
	"fmt"
	"strings"
	"testing"

	"danvan/internal/db/dbtest"
	"danvan/internal/web/browser"
)

// write sets controls as a person would, by their names.
func write(b *browser.Browser, values ...string) {
	for i := 0; i+1 < len(values); i += 2 {
		b.Eval(fmt.Sprintf(`const e = document.getElementsByName(%q)[0];
			const all = [...document.getElementsByName(%[1]q)];
			const radio = all.find(x => (x.type === "radio" || x.type === "checkbox") && x.value === %[2]q);
			if (radio) radio.checked = true; else e.value = %[2]q;
			(radio || e).dispatchEvent(new Event("input", {bubbles: true})); return ""`, values[i], values[i+1]), nil)
	}
}

func click(b *browser.Browser, selector string) {
	b.Eval(fmt.Sprintf(`document.querySelector(%q).click()`, selector), nil)
}

const heading = `return document.querySelector("h1") ? document.querySelector("h1").textContent.trim() + " | " + document.title : ""`

func holds(word string) func(string) bool {
	return func(s string) bool { return strings.Contains(s, word) }
}

// One kind from the choice to the entry on a phone, with and without scripts: a mistake, a row more, the look over,
// saving, amending.
func TestRecordingOnAPhone(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		t.Run(fmt.Sprintf("scripts=%t", scripts), func(t *testing.T) {
			r := newRecorder(t, dbtest.SQLite(t))
			b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: !scripts})
			name := fmt.Sprintf("record-%t-", scripts)
			page := func(step string) {
				t.Helper()
				for _, width := range []int{390, 320} {
					b.Size(width, 844, false)
					var out string
					b.Eval(tooWide, &out)
					if out != "" {
						t.Errorf("%s at %d px: %s", step, width, out)
					}
				}
				b.Size(390, 2400, false)
				b.Shot(name + step)
				if scripts {
					b.Size(1440, 1400, true)
					b.Shot(name + step + "-dark")
				}
				b.Size(390, 844, false)
				for _, m := range b.Messages() {
					if !strings.Contains(m, "status of 422") { // the answer to a mistake
						t.Errorf("%s: %v", step, m)
					}
				}
				if !scripts {
					return // the checker is a script
				}
				for _, v := range b.Axe() {
					t.Errorf("%s: %v", step, v)
				}
			}
			b.Go(r.site.URL + "/ghi-nhan/moi")
			page("kinds")
			click(b, `a[href^="/ghi-nhan/moi/contribution"]:not([href*="contribution_use"])`)
			b.Until(heading, holds("Đóng góp"))
			b.Go(r.site.URL + "/ghi-nhan/moi/contribution?don-vi=001.UBND")
			page("form")
			write(b, "f-purpose", "road", "f-money", "một triệu")
			click(b, `button[value="xem"].big`)
			if got := b.Until(heading, holds("Lỗi: ")); !strings.Contains(got, "Lỗi: ") {
				t.Fatalf("no error page: %s", got)
			}
			page("errors")
			var kept string
			b.Eval(`return document.getElementsByName("f-money")[0].value`, &kept)
			if kept != "một triệu" {
				t.Errorf("what was typed became %q", kept)
			}
			if scripts {
				b.Until(`return document.getElementById("so-lieu-doi").textContent`, holds("Còn"))
			}
			fill(b)
			if scripts {
				if got := b.Until(`return document.getElementById("so-lieu-doi").textContent`, holds("1.500.000")); !strings.Contains(got, "1.500.000") {
					t.Errorf("figures do not follow: %s", got)
				}
				page("filled")
			}
			click(b, `button[value="xem"].big`)
			if got := b.Until(heading, holds("Xem lại")); !strings.Contains(got, "Xem lại trước khi lưu") {
				var sum string
				b.Eval(`return document.querySelector(".err-sum")?.textContent ?? ""`, &sum)
				t.Fatalf("no review: %s %s", got, sum)
			}
			page("review")
			click(b, `button[value="luu"].big`)
			b.Until(`return location.search`, holds("xong=ghi"))
			b.Until(`return document.querySelector(".toast")?.textContent ?? ""`, holds("Đã ghi nhận"))
			page("entry")
			if n := r.count("entry"); n != 1 {
				t.Fatalf("%d entries", n)
			}
			click(b, `a[href$="/sua"]`)
			b.Until(heading, holds("Sửa"))
			write(b, "f-money", "2.000.000", "ly-do", "đếm lại theo biên bản")
			click(b, `button[value="xem"].big`)
			b.Until(heading, holds("Xem lại trước khi sửa"))
			page("amend")
			click(b, `button[value="luu"].big`)
			b.Until(`return location.search`, holds("xong=sua"))
			click(b, `a[href$="/huy"]`)
			b.Until(heading, holds("Hủy ghi nhận"))
			page("void")
		})
	}
}

// fill completes the form of a contribution.
func fill(b *browser.Browser) {
	b.Eval(`for (const s of document.querySelectorAll("form.record select")) {
		if (/^f-[a-z_]+$/.test(s.name) && s.required && !s.value) { s.selectedIndex = 1; s.dispatchEvent(new Event("input", {bubbles: true})); }
	}
	const r = document.querySelector("#f-source input"); if (r) r.checked = true;
	return ""`, nil)
	write(b, "f-money", "1.500.000", "f-title", "Đường thôn thử")
}
