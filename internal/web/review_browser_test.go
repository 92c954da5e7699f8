package web_test

import (
	"fmt"
	"strings"
	"testing"

	"danvan/demo"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/web/browser"
)

// An approver's morning: several confirmed at once, one returned with a remark, which its recorder finds on the first
// page, mends and so sends back; the approver sees what has changed and confirms. With scripts and without.
func TestApproversMorning(t *testing.T) {
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
			ids := w.recorded(3)
			back := ids[2]

			w.signIn("lanhdao.xa")
			w.open("/duyet?loai=briefing&nguoi=canbo.xa&xep=moi")
			w.Await("Giao ban " + m.name + " 1")
			w.fits("queue")
			w.Push("Xác nhận việc đã chọn")
			w.Await("Chưa chọn việc nào")
			for _, id := range ids[:2] {
				w.press(fmt.Sprintf(`input[name=chon][value="%d:1"]`, id))
			}
			if m.script {
				w.Await("Đã chọn 2 việc")
			}
			w.Shot("queue-" + m.name)
			w.Push("Xác nhận việc đã chọn")
			w.Await("Đã xác nhận 2 việc")
			w.open(fmt.Sprintf("/duyet/%d?loai=briefing&nguoi=canbo.xa", back))
			w.press("main aside summary")
			w.Fill("nhan-xet", " ")
			w.Push("Trả lại")
			w.Await("Chưa ghi nhận xét")
			w.Fill("nhan-xet", "Thiếu số người dự "+m.name)
			w.Push("Trả lại")
			w.Await("Đã trả lại 1 việc")

			w.signIn("canbo.xa")
			w.open("/")
			w.Await("Thiếu số người dự " + m.name)
			w.fits("returned")
			if m.script {
				w.amended(back, "Giao ban "+m.name+" đủ số người") // the form with scripts is the clerk's journey
				w.open(fmt.Sprintf("/ghi-nhan/%d", back))
			} else {
				w.open(fmt.Sprintf("/ghi-nhan/%d/sua", back))
				w.Fill("f-title", "Giao ban "+m.name+" đủ số người")
				w.Fill("ly-do", "Bổ sung theo nhận xét")
				w.Push("Lưu ngay")
				w.AwaitPath(func(p string) bool { return p == fmt.Sprintf("/ghi-nhan/%d", back) })
			}
			w.Await("Bổ sung theo nhận xét")
			if strings.Contains(w.Text(), "Bị trả lại:") {
				t.Error("amended, and still shown as returned")
			}

			w.signIn("lanhdao.xa")
			w.open(fmt.Sprintf("/duyet/%d?loai=briefing&nguoi=canbo.xa", back))
			w.Await("Đã đổi so với bản 1")
			w.fits("review")
			w.Shot("review-" + m.name)
			w.Push("Xác nhận")
			w.Await("Đã xác nhận 1 việc")
			for _, id := range ids {
				e, err := o.app.Ledger.Entry(t.Context(), o.app.DB.Read(), id)
				if err != nil || e.State != ledger.Confirmed {
					t.Errorf("entry %d is %v: %v", id, e.State, err)
				}
			}
		})
	}
}

// recorded are meetings that the clerk of the commune has recorded.
func (w *walk) recorded(n int) []int64 {
	w.t.Helper()
	var out []int64
	for i := range n {
		err := w.o.app.DB.Write(w.t.Context(), func(tx *db.Tx) error {
			p, err := w.o.app.Ledger.Record(w.t.Context(), tx, "canbo.xa", ledger.Draft{Key: fmt.Sprintf("duyet-%s-%d", w.mode, i), Kind: "briefing", Unit: theBody,
				Day: today.AddDays(-1), Fields: map[string]any{"title": fmt.Sprintf("Giao ban %s %d", w.mode, i+1), "type": "monthly"}})
			out = append(out, p.ID)
			return err
		})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return out
}

// press clicks in the middle of the screen: at its edge a phone has the tabs.
func (w *walk) press(selector string) {
	w.t.Helper()
	w.Eval(fmt.Sprintf(`document.querySelector(%q).scrollIntoView({block: "center"}); return true`, selector), new(bool))
	w.Click(selector)
}

// amended is what the clerk makes of a meeting that was given back.
func (w *walk) amended(id int64, title string) {
	w.t.Helper()
	err := w.o.app.DB.Write(w.t.Context(), func(tx *db.Tx) error {
		_, err := w.o.app.Ledger.Amend(w.t.Context(), tx, "canbo.xa", id, 1, ledger.Amendment{Set: map[string]any{"title": title}, Reason: "Bổ sung theo nhận xét"})
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
