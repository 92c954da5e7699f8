package web_test

import (
	"fmt"
	"strings"
	"testing"

	"danvan/internal/web/browser"
)

// TestOfficerJoinsLettersInBrowser finds a letter of the same matter on a phone without scripts, sets the two side by
// side, forgets the basis, decides, and takes the decision back on the page of the matter.
func TestOfficerJoinsLettersInBrowser(t *testing.T) {
	o := open(t)
	two := lettersOfTheBody(t, o)
	b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	page := o.site.URL + "/don-thu/" + two[1] + "/trung?voi=" + two[0]
	click := func(selector string) { // from under the tabs at the foot of a phone
		b.Eval(fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center"})`, selector), nil)
		b.Click(selector)
	}
	text := func() string { var s string; b.Eval(`return document.querySelector("main").innerText`, &s); return s }
	b.Go(page)
	if !strings.Contains(text(), "cùng thửa đất 123 tờ 45") {
		t.Errorf("no reason is given: %s", text())
	}
	choose := func() {
		click(`input[name="quan-he"][value="same_letter"]`)
		b.Fill("ly-do", "cùng người gửi, cùng nội dung")
	}
	choose()
	b.Push("Ghi quyết định")
	b.Await("Hãy chọn căn cứ")
	b.Eval(`document.querySelector('select[name="can-cu"]').value = "same_content"`, nil)
	b.Push("Ghi quyết định")
	b.Await("Đang ở vụ việc")
	b.Shot("vu-viec-trung")
	click("#dang-o a")
	b.Await("Đơn trùng với")
	var at string
	b.Eval(`return location.pathname`, &at)
	matterPagesFit(t, o, at, two)
	b.Go(o.site.URL + at)
	b.Eval(`document.querySelectorAll("details.piece").forEach(d => d.open = true)`, nil)
	b.Eval(fmt.Sprintf(`document.querySelector('select[name="don"]').value = %q`, two[1]), nil)
	b.Fill("ly-do", "khác thửa đất")
	b.Push("Tách đơn")
	b.Await("không còn đơn nào")
	if !strings.Contains(text(), "khác thửa đất") {
		t.Errorf("after parting: %s", text())
	}
}

// matterPagesFit: nothing sticks out and axe finds nothing, narrow and wide, light and dark, empty and wrong.
func matterPagesFit(t *testing.T, o *office, matter string, two [2]string) {
	b := browser.Start(t, browser.Options{Width: 390, Height: 844})
	for _, width := range []int{320, 1440} {
		b.Size(width, 844, width == 1440)
		for _, address := range []string{matter, "/vu-viec?don-vi=02143&ky=2026", "/vu-viec?don-vi=02143&ky=2012", "/don-thu/" + two[1] + "/trung", "/don-thu/" + two[1] + "/trung?voi=khong-co", "/don-thu/" + two[1] + "/trung?voi=" + two[0]} {
			b.Go(o.site.URL + address)
			var out string
			b.Eval(tooWide, &out)
			if out != "" {
				t.Errorf("%s at %d px: %s", address, width, out)
			}
			for _, v := range b.Axe() {
				t.Errorf("%s at %d px: %s", address, width, v)
			}
		}
	}
}
