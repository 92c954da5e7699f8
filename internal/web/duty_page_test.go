package web_test

import (
	"strings"
	"testing"

	"danvan/demo"
	"danvan/internal/web/browser"
)

// TestDutiesInTheBrowser: the clerk of a commune sees what is due, states that there was nothing to do, takes that back,
// and records it; each time the calendar says so.
func TestDutiesInTheBrowser(t *testing.T) {
	o := open(t)
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.MakeAccounts(t.Context(), o.app.DB, o.deps.Accounts, tree, today); err != nil {
		t.Fatal(err)
	}
	b := browser.Start(t, browser.Options{Width: 1440, Height: 900, NoScript: true})
	w := &walk{Browser: b, t: t, o: o, door: o.door(t), inside: map[string][]map[string]any{}}
	w.signIn("canbo.xa")

	// a duty that the demo leaves open for everybody
	const list = "/dinh-ky?don-vi=02143.UBND&ky=2026-M07&he-thong=22"
	const name = "Kết quả thực hiện tiêu chí nông thôn mới"
	w.open(list)
	w.Await(name)
	w.wants("Quá 130 ngày", "Hạn = 15 ngày sau 30/6/2026", "chưa đối chiếu toàn văn")
	w.fits("calendar")

	w.Push("Không phát sinh")
	w.Await("Lý do, căn cứ")
	w.Eval(`document.querySelector("#ly-do").removeAttribute("required"); return ""`, new(string))
	w.Push("Khai không phát sinh")
	w.Await("Hãy ghi lý do, căn cứ")
	w.Fill("ly-do", "Trong kỳ xã không rà soát tiêu chí nào")
	w.Push("Khai không phát sinh")
	w.Await("Đã khai không phát sinh.")
	w.wants("Trong kỳ không phát sinh", "Trong kỳ xã không rà soát tiêu chí nào", "canbo.xa")
	w.fits("nil return")

	w.open(list)
	w.wants("Không phát sinh", "Đã khai không phát sinh")
	if strings.Contains(w.Text(), "Quá 130 ngày") {
		t.Errorf("what was stated to be nothing still stands as late")
	}
	w.Push("Đã khai không phát sinh")
	w.Await("Rút lần khai")
	w.Fill("ly-do", "Khai nhầm kỳ")
	w.Push("Rút lần khai")
	w.Await("Đã rút lần khai không phát sinh.")
	w.open(list)
	w.wants("Quá 130 ngày")

	// the form opens with the body and a day that counts for the turn
	w.Push("Ghi việc này")
	w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/ghi-nhan/moi/new_rural_count") })
	if got := w.value("ngay"); got != "30/6/2026" {
		t.Errorf("the form opens on %q, not on the last day of the period", got)
	}
	w.open("/dinh-ky/luoi?don-vi=02143&ky=2026&nhiem-vu=new_rural.half")
	w.Await("Ủy ban nhân dân xã Văn Lang")
	w.fits("grid")
}

// wants are sentences that the page must show.
func (w *walk) wants(sentences ...string) {
	w.t.Helper()
	var text string
	w.Eval(`return document.querySelector("main").textContent.replace(/\s+/g, " ")`, &text)
	for _, x := range sentences {
		if !strings.Contains(text, x) {
			w.t.Errorf("the page does not say %q\n%s", x, w.Tell())
		}
	}
}
