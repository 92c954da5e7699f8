package web_test

import (
	"fmt"
	"strings"
	"testing"

	"danvan/demo"
	"danvan/internal/web/browser"
)

// TestTaskJourney plays the life of a task through the pages: a specialist gives it to three communes, a clerk reports
// progress, asks for another day and completes it with a recorded work, the specialist returns it once and accepts it.
func TestTaskJourney(t *testing.T) {
	o := open(t)
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.MakeAccounts(t.Context(), o.app.DB, o.deps.Accounts, tree, today); err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct {
		name   string
		script bool
		width  int
	}{{"wide", true, 1440}, {"phone-without-scripts", false, 390}} {
		t.Run(m.name, func(t *testing.T) {
			b := browser.Start(t, browser.Options{Width: m.width, Height: 900, NoScript: !m.script})
			w := &walk{Browser: b, t: t, o: o, door: o.door(t), mode: m.name, script: m.script, width: m.width, inside: map[string][]map[string]any{}}
			w.taskLife("Rà soát hộ nghèo " + m.name)
		})
	}
}

func (w *walk) taskLife(title string) {
	w.signIn("tonghop")
	w.open("/nhiem-vu/giao")
	for i, code := range []string{"02143.BXD", "01879.BXD", "01912.BXD"} {
		w.addBody(code, i+1)
	}
	w.Fill("viec", title)
	w.Push("Giao cho")
	w.Await("Chưa lưu")
	w.Fill("han", "10/12/2026")
	w.Push("Giao cho")
	w.Await("Đã giao nhiệm vụ")
	w.fits("giving")

	w.signIn("canbo.xa")
	w.open("/nhiem-vu")
	w.Push(title)
	at := w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/nhiem-vu/") })
	w.Await(title)
	w.openFold("Báo tiến độ")
	w.Fill("td-phan-tram", "60")
	w.Fill("td-tinh-hinh", "Đã rà soát 12 thôn")
	w.Push("Gửi tiến độ")
	w.Await("Đã báo tiến độ")
	w.openFold("Xin gia hạn")
	w.Fill("xh-den", "20/12/2026")
	w.Fill("xh-ly-do", "Mưa lũ, hai thôn chưa vào được")
	w.Push("Gửi đề nghị")
	w.Await("Đang xin gia hạn đến 20/12/2026")
	w.Shot("task-" + w.mode)
	w.fits("task")

	w.signIn("tonghop")
	w.open(at)
	w.openFold("Gia hạn theo đề nghị")
	w.Fill("gh-ly-do", "Đồng ý")
	w.Push("Gia hạn")
	w.Await("Đã gia hạn")

	w.signIn("canbo.xa")
	w.open("/ghi-nhan/moi/briefing?don-vi=02143.BXD&thuc-hien=" + strings.TrimPrefix(at, "/nhiem-vu/"))
	w.Fill("f-title", "Họp "+title)
	w.Pick("f-type", "thematic")
	w.Fill("ngay", today.Vi())
	w.Push("Lưu ngay")
	w.Shot("task-record-" + w.mode)
	w.AwaitPath(isEntry)
	w.Await(title) // the way up
	w.finishes(at)

	w.signIn("tonghop")
	w.open(at)
	w.Await("Họp " + title)
	w.Fill("tl-ly-do", "Chưa có danh sách hộ")
	w.Push("Trả lại")
	w.Await("Đã trả lại")
	w.signIn("canbo.xa")
	w.finishes(at)
	w.signIn("tonghop")
	w.open(at)
	w.Push("Nghiệm thu")
	w.Await("Đã nghiệm thu")
	w.fits("accepted")
}

// addBody adds one body to the list of those that are given a task, as the n-th.
func (w *walk) addBody(code string, n int) {
	w.t.Helper()
	w.Pick(giveMore, code)
	w.Push("Thêm đơn vị này")
	w.Await(fmt.Sprintf("Giao cho %d đơn vị đang chọn", n))
}

const giveMore = "them"

// openFold opens the form of an act.
func (w *walk) openFold(name string) {
	w.t.Helper()
	w.Eval(fmt.Sprintf(`for (const s of document.querySelectorAll("details.fold>summary")) if (s.textContent.trim() === %q) s.parentElement.open = true; return ""`, name), new(string))
}

func (w *walk) finishes(at string) {
	w.t.Helper()
	w.open(at)
	w.openFold("Báo hoàn thành")
	w.Fill("x-ket-qua", "Đã rà soát xong 14 thôn")
	w.Push("Báo hoàn thành")
	w.Await("Đã báo hoàn thành")
}
