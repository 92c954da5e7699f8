package web_test

import (
	"fmt"
	"strings"
	"testing"

	"danvan/internal/web/browser"
)

// unitPages are the pages of units, of drafts and of the catalogue, as a browser looks at them.
func unitPages(t *testing.T, o *office) []string {
	draft := draftOfTheCommune(t, o)
	return []string{
		"/don-vi?ngay=2019-12-31", "/don-vi?tim=na+ri", "/don-vi/01912", "/don-vi/19",
		"/don-vi/thay-doi/" + mergeOfTheProvince(t, o), "/don-vi/thay-doi/" + mergeOfTheProvince(t, o) + "/hoan-tac",
		"/don-vi/sap-xep", "/don-vi/sap-xep/" + draft, "/don-vi/sap-xep/" + draft + "/xem-truoc",
		"/don-vi/sap-xep/" + draft + "/viec/moi?loai=split", "/don-vi/sap-xep/" + draft + "/viec/moi?loai=merge",
		"/danh-muc/training_conference", "/danh-muc/chi-tieu/petition.settled_rate", "/danh-muc/nhiem-vu", "/danh-muc/thu-tuc",
		"/danh-muc/lich", "/danh-muc/thay-doi?tu=2010&den=2026",
	}
}

// TestUnitPagesFit: nothing sticks out, no policy is broken, on a phone and wide.
func TestUnitPagesFit(t *testing.T) {
	o := open(t)
	pages := unitPages(t, o)
	b := browser.Start(t, browser.Options{Width: 390, Height: 844})
	for _, width := range []int{320, 390, 1440} {
		b.Size(width, 844, width == 1440)
		for _, address := range pages {
			b.Go(o.site.URL + address)
			var out string
			b.Eval(`return document.fonts.ready.then(() => "")`, &out) // widths are those of our own letters
			b.Eval(tooWide, &out)
			if out != "" {
				t.Errorf("%s at %d px: %s", address, width, out)
			}
			if m := b.Messages(); len(m) > 0 {
				t.Errorf("%s at %d px: %v", address, width, m)
			}
			b.Shot(fmt.Sprintf("dv-%d%s", width, strings.Map(plain, address)))
		}
	}
}

// TestAdministratorMergesInBrowser writes a merge down and reads its preview without scripts, on a phone.
func TestAdministratorMergesInBrowser(t *testing.T) {
	o := open(t)
	b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	fill := func(values map[string]string) {
		for id, value := range values {
			b.Eval(fmt.Sprintf(`document.getElementById(%q).value = %q`, id, value), nil)
		}
	}
	click := func(selector string) { // from under the tabs at the foot of a phone
		b.Eval(fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center"})`, selector), nil)
		b.Click(selector)
	}
	heading := func(want string) {
		t.Helper()
		if got := b.Until(`return document.querySelector("h1")?.textContent ?? ""`, func(s string) bool { return strings.Contains(s, want) }); !strings.Contains(got, want) {
			t.Fatalf("the page is %q, want %q", got, want)
		}
	}
	b.Go(o.site.URL + "/don-vi/sap-xep")
	fill(map[string]string{"ten": "Thử sáp nhập", "ngay": "2027-01-01"})
	click(`form[action="/don-vi/sap-xep"] button`)
	heading("Thử sáp nhập")
	click(`a[href$="loai=merge"]`)
	heading("Sáp nhập")
	fill(map[string]string{"nguon-1": "02155", "nguon-2": "Xã Không Có", "ma-1": "02155"})
	click(`button[value="luu"]`)
	if got := b.Until(`return document.title + (document.getElementById("nguon-2")?.getAttribute("aria-invalid") ?? "")`, func(s string) bool { return strings.HasPrefix(s, "Lỗi:") }); !strings.HasPrefix(got, "Lỗi:") || !strings.HasSuffix(got, "true") {
		t.Fatalf("a unit that does not exist is taken: %q", got)
	}
	b.Shot("dv-390-loi")
	fill(map[string]string{"nguon-2": "02143"})
	click(`button[value="luu"]`)
	heading("Thử sáp nhập")
	click(`a[href$="/xem-truoc"]`)
	heading("Xem trước: Thử sáp nhập")
	if got := b.Until(`return String(document.querySelectorAll(".flows rect").length)`, func(s string) bool { return s == "3" }); got != "3" {
		t.Errorf("the drawing has %s units, want 3", got)
	}
	b.Shot("dv-390-xem-truoc")
}
