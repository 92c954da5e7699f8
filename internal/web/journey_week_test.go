package web_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"danvan/demo"
	"danvan/internal/web"
	"danvan/internal/web/browser"
)

// The week of an office, as one story: a task from the province, the work for it, what is confirmed and returned, duties,
// the report of the month from its first word to its amended version. What one person leaves the next takes up. It is
// played wide with scripts and on a phone without, each in an office of its own: a filed report closes its month.

// week is a walk through one week with what it has made so far.
type week struct {
	*walk
	task   string // path of the task
	work   string // path of the entry that was recorded for the task
	filing string // path of the report of the month
}

const (
	weekMonth  = "2026-M11" // the month of today
	weekReport = "thang"
	weekOver   = "/ky-bao-cao/cap-duoi?don-vi=19&mau=" + weekReport + "&ky=" + weekMonth
)

func TestWeek(t *testing.T) {
	for _, m := range []struct {
		name   string
		script bool
		width  int
	}{{"wide", true, 1440}, {"phone-without-scripts", false, 390}} {
		if only := os.Getenv("DANVAN_JOURNEY"); only != "" && only != "all" && only != m.name {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			o := ownOffice(t)
			b := browser.Start(t, browser.Options{Width: m.width, Height: 900, NoScript: !m.script})
			w := &week{walk: &walk{Browser: b, t: t, o: o, door: ownDoor(t, o), mode: m.name, script: m.script, width: m.width, topic: "Tuần làm việc " + m.name, inside: map[string][]map[string]any{}}}
			t.Cleanup(func() {
				if t.Failed() {
					b.Shot("week-" + m.name + "-failed")
				}
			})
			w.days()
		})
	}
}

// ownOffice is an office that no other test walks through, with the demo's accounts and at work.
func ownOffice(t *testing.T) *office {
	t.Helper()
	before := closing
	o, err := openOffice()
	mine := closing
	closing = before
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(mine)
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.MakeAccounts(t.Context(), o.app.DB, o.deps.Accounts, tree, today); err != nil {
		t.Fatal(err)
	}
	working(t, o)
	return o
}

// ownDoor is the address of an office's own site, where people sign in.
func ownDoor(t *testing.T, o *office) string {
	t.Helper()
	site := o.deps
	site.Who = nil
	pages, err := web.New(site)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(pages)
	t.Cleanup(server.Close)
	return server.URL
}

func (w *week) days() {
	for _, part := range []struct {
		day, login string
		does       func()
	}{
		{"monday", "tonghop", w.givesTask},
		{"tuesday", "canbo.xa", w.worksOnTask},
		{"wednesday", "lanhdao.xa", w.returnsWork},
		{"wednesday", "canbo.xa", w.mendsWork},
		{"wednesday", "lanhdao.xa", w.confirmsWork},
		{"wednesday", "tonghop", w.acceptsTask},
		{"thursday", "canbo.xa", w.meetsDuties},
		{"thursday", "canbo.xa", w.filesReport},
		{"thursday", "tonghop", w.returnsReport},
		{"thursday", "canbo.xa", w.filesAgain},
		{"thursday", "tonghop", w.acceptsReport},
		{"thursday", "lanhdao.xa", w.issuesReport},
		{"friday", "canbo.xa", w.comesTooLate},
		{"friday", "tonghop", w.amendsClosed},
		{"friday", "canbo.xa", w.opensAgain},
		{"friday", "tonghop", w.gathers},
	} {
		w.signIn(part.login)
		part.does()
		w.fits(part.day + ", " + part.login)
		w.Shot("week-" + w.mode + "-" + part.day + "-" + part.login)
	}
}

func (w *week) aim() string { return "Nắm tình hình Nhân dân, " + w.mode }

// givesTask finds a document in the register and gives a task from it.
func (w *week) givesTask() {
	document := "Kế hoạch công tác dân vận của hệ thống chính trị năm 2026"
	w.open("/van-ban?don-vi=19&ky=2026")
	w.Fill("tim", document)
	w.Push("Lọc")
	w.Await(document)
	w.Push(document)
	w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/van-ban/") })
	w.Push("Giao nhiệm vụ")
	w.AwaitPath(func(p string) bool { return p == "/nhiem-vu/giao" })
	w.Await(document)
	w.Pick("them", "02143.BXD")
	w.press(`button[value="them-mot"]`)
	w.Await("Hạn riêng (nếu khác)")
	w.Push("Giao cho 1 đơn vị") // nothing written yet
	w.Await("Lỗi: ")
	w.Fill("viec", w.aim())
	w.Fill("han", "15/12/2026")
	w.Fill("minh-chung", "Biên bản, ảnh.")
	w.Push("Giao cho 1 đơn vị")
	w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/van-ban/") })
	w.Await(w.aim())
}

// worksOnTask is reminded of the task, records what was done for it and reports it done with evidence.
func (w *week) worksOnTask() {
	w.open("/nhac-viec?loai=nhiem-vu")
	w.Await(w.aim())
	w.Push(w.aim())
	w.task = w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/nhiem-vu/") })
	w.Push("Ghi việc cho nhiệm vụ này")
	w.AwaitPath(func(p string) bool { return p == "/ghi-nhan/moi" })
	w.Await(w.aim()) // what it is for is said by name
	w.Push("Hội nghị, lớp tập huấn, bồi dưỡng nghiệp vụ dân vận")
	w.AwaitPath(func(p string) bool { return p == "/ghi-nhan/moi/training_conference" })
	w.Fill("ngay", today.Vi())
	w.Fill("f-topic", w.topic)
	w.Choose("f-level")
	w.Fill("f-attendances", "40")
	w.Push("Lưu ngay")
	w.work = w.AwaitPath(isEntry)
	w.Await(w.topic)
	w.Push(w.aim()) // the way back to the task
	w.AwaitPath(func(p string) bool { return p == w.task })
	w.Await(w.topic)

	done := `form[action="` + w.task + `/xong"]`
	w.press(`details:has(` + done + `) > summary`)
	w.Fill("x-ngay", today.Vi())
	w.Fill("x-ket-qua", "Đã mở lớp ở xã.")
	w.picture(done)
	w.Push("Báo hoàn thành")
	w.Await("Chờ nghiệm thu")
	w.Await("anh-dong-dao.png")
}

// press clicks what a selector finds: unfolded where it is folded away, and in the middle, for a phone has a bar at its foot.
func (w *week) press(selector string) {
	w.t.Helper()
	found := w.Until(fmt.Sprintf(`const e = document.querySelector(%q); if (!e) return ""; for (let d = e.closest("details:not([open])"); d && e.tagName !== "SUMMARY"; d = e.closest("details:not([open])")) d.open = true; e.scrollIntoView({block: "center"}); return "here"`, selector), func(s string) bool { return s != "" })
	if found == "" {
		w.t.Fatalf("nothing on the page is %s\n%s", selector, w.Tell())
	}
	w.Click(selector)
}

// picture attaches a picture to a form.
func (w *week) picture(form string) {
	w.t.Helper()
	var id string
	w.Eval(fmt.Sprintf(`return document.querySelector(%q)?.id ?? ""`, form+" input[type=file]"), &id)
	w.Upload(id, w.madePicture())
}

// returnsWork looks at what was recorded and returns it with a remark.
func (w *week) returnsWork() {
	w.open("/duyet")
	w.Push(w.topic)
	judged := w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/duyet/") })
	w.press(`details:has([name="nhan-xet"]) > summary`)
	w.Fill("nhan-xet", "Thiếu người của thôn Nà Pục, đối chiếu danh sách.")
	w.press(`button[name=viec][value=tra-lai]`)
	w.AwaitPath(func(p string) bool { return p != judged })
	w.open(w.work)
	w.Await("Thiếu người của thôn Nà Pục")
}

// mendsWork finds what was returned and amends it.
func (w *week) mendsWork() {
	w.open("/ghi-nhan?trang-thai=returned")
	w.Push(w.topic)
	w.AwaitPath(func(p string) bool { return p == w.work })
	w.Await("Thiếu người của thôn Nà Pục")
	w.press(`main a[href="` + w.work + `/sua"]`)
	w.AwaitPath(func(p string) bool { return p == w.work+"/sua" })
	w.Fill("f-attendances", "46")
	w.Fill("ly-do", "Thêm 6 người của thôn Nà Pục")
	w.Push("Lưu ngay")
	w.AwaitPath(func(p string) bool { return p == w.work })
	w.Await("Thêm 6 người")
}

// confirmsWork confirms in the queue what was mended.
func (w *week) confirmsWork() {
	w.open("/duyet?nguoi=canbo.xa")
	w.Await(w.topic)
	w.press(`input[name=chon][value^="` + strings.TrimPrefix(w.work, "/ghi-nhan/") + `:"]`)
	w.Push("Xác nhận việc đã chọn")
	w.Await("Đã xác nhận 1 việc")
	w.open(w.work)
	w.Await("xác nhận")
}

// acceptsTask is told what waits for the giver and accepts it.
func (w *week) acceptsTask() {
	w.open("/nhiem-vu?xem=giao&don-vi=19&tt=cho-nghiem")
	w.Push(w.aim())
	w.AwaitPath(func(p string) bool { return p == w.task })
	w.Await("Đã mở lớp ở xã.")
	w.press(`form[action="` + w.task + `/nghiem-thu"] button`)
	w.Await("Đã nghiệm thu")
}

// meetsDuties meets one duty by recording, says of another that there was nothing, and takes that back.
func (w *week) meetsDuties() {
	w.open("/dinh-ky?don-vi=02143.MTTQ&ky=2026-11")
	w.Await("Cập nhật tin, bài")
	w.press(`main a[href^="/ghi-nhan/moi/portal_article"]`)
	w.AwaitPath(func(p string) bool { return p == "/ghi-nhan/moi/portal_article" })
	w.Fill("ngay", today.Vi())
	w.Fill("f-title", w.topic+", tin")
	w.Choose("f-type")
	w.press(`input[name="f-network"]`)
	w.Push("Lưu ngay")
	article := w.AwaitPath(isEntry)
	w.open("/dinh-ky?don-vi=02143.MTTQ&ky=2026-11")
	w.press(`main a[href="` + article + `"]`) // the entry stands under the duty
	w.AwaitPath(func(p string) bool { return p == article })

	w.open("/dinh-ky?don-vi=02143.UBND&ky=2026-11")
	w.press(`main a[href^="/dinh-ky/khong-phat-sinh?"]`)
	w.AwaitPath(func(p string) bool { return p == "/dinh-ky/khong-phat-sinh" })
	w.Fill("ly-do", "Trong kỳ xã không nhận việc nào.")
	w.press(`form[action="/dinh-ky/khong-phat-sinh"] button[type=submit]`)
	w.AwaitPath(func(p string) bool { return p != "/dinh-ky/khong-phat-sinh" })
	w.press(`main a[href^="/dinh-ky/khong-phat-sinh/"]`)
	w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/dinh-ky/khong-phat-sinh/") })
	w.Await("Trong kỳ xã không nhận việc nào.")
	w.Fill("ly-do", "Khai nhầm")
	w.Push("Rút lần khai")
	w.Await("Lần khai đã rút")
}

// filesReport opens the month, writes with a live figure, looks at the checks, files. An amendment is kept as a draft.
func (w *week) filesReport() {
	w.open("/ky-bao-cao?don-vi=02143&ky=2026")
	w.press(`form:has([name=mau][value="` + weekReport + `"]):has([name=ky][value="` + weekMonth + `"]) button`)
	at := w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/ky-bao-cao/") && p != "/ky-bao-cao/mo" })
	w.filing = strings.TrimSuffix(at, "/soan")
	w.open(w.filing + "/soan")
	w.writes("Lớp tập huấn có {{training.all_attendances}} lượt người dự.")
	w.Push("Lưu")
	w.Await("Khi in:")
	w.Await("lượt người dự")
	w.open(w.filing + "/kiem")
	w.Await("Kiểm tra trước khi nộp")
	w.open(w.filing + "/nop")
	w.files()

	w.open(w.work) // filed: the month is closed
	w.Await("Thuộc kỳ đã chốt")
}

// writes puts text into the first place of the report that is being written.
func (w *week) writes(text string) {
	w.t.Helper()
	var id string
	w.Eval(`return document.querySelector("main textarea[data-place]")?.id ?? ""`, &id)
	w.Fill(id, text)
}

// files sends the report; what must be explained is explained.
func (w *week) files() {
	w.t.Helper()
	w.Await("Mục còn trống")
	var asks bool
	if w.Eval(`return !!document.getElementById("giai-trinh")`, &asks); asks {
		w.Fill("giai-trinh", "Đã đối chiếu với sổ của xã.")
	}
	w.Push("Nộp báo cáo")
	w.AwaitPath(func(p string) bool { return p == w.filing })
	w.Await("Đã nộp")
}

func (w *week) returnsReport() {
	w.open(weekOver)
	w.Push("Xã Văn Lang")
	w.AwaitPath(func(p string) bool { return p == w.filing+"/xem-xet" })
	w.Await("lượt người dự")
	w.Fill("y-kien", "Nêu rõ thôn nào chưa có người dự.")
	w.Push("Trả lại để bổ sung")
	w.Await("Nêu rõ thôn nào chưa có người dự.")
}

func (w *week) filesAgain() {
	w.open("/nhac-viec")
	w.Push("bị trả lại, cần sửa rồi nộp lại")
	w.AwaitPath(func(p string) bool { return p == w.filing })
	w.Await("Nêu rõ thôn nào chưa có người dự.")
	w.Push("Soạn")
	w.AwaitPath(func(p string) bool { return p == w.filing+"/soan" })
	w.Await("Nêu rõ thôn nào chưa có người dự.") // the remark stands beside the text that it is about
	w.writes("Lớp tập huấn có {{training.all_attendances}} lượt người dự; thôn nào cũng có người.")
	w.Push("Lưu, sang bước nộp")
	w.AwaitPath(func(p string) bool { return p == w.filing+"/nop" })
	w.files()
}

func (w *week) acceptsReport() {
	w.open(w.filing + "/xem-xet")
	w.Await("thôn nào cũng có người")
	w.Push("Nhận báo cáo")
	w.Await("Đã nhận")
}

func (w *week) issuesReport() {
	w.open(w.filing)
	w.Push("Ban hành")
	w.AwaitPath(func(p string) bool { return p == w.filing+"/ban-hanh" })
	w.Fill("so", "57")
	w.Fill("ngay", today.String())
	w.Fill("nguoi-ky", "Ông Minh Họa 12")
	w.Fill("chuc-vu", "Trưởng ban")
	w.press(`form[action="` + w.filing + `/ban-hanh"] button[type=submit]`)
	w.AwaitPath(func(p string) bool { return p == w.filing })
	w.Await("Đã ban hành")
	w.Await("57-BC")
}

// comesTooLate sends an amendment into the closed month: it is refused in words, and nothing typed is lost.
func (w *week) comesTooLate() {
	w.open(w.work + "/sua")
	w.Await("thuộc kỳ đã chốt")
}

func (w *week) amendsClosed() {
	w.open(w.work + "/sua")
	w.Fill("f-attendances", "48")
	w.Fill("ly-do", "Đếm lại sau khi nộp")
	w.Push("Lưu ngay")
	w.AwaitPath(func(p string) bool { return p == w.work })
	w.Await("Sửa sau khi chốt kỳ")
	w.open(w.filing + "/khac")
	w.Await(w.topic)
	w.Await("Đếm lại sau khi nộp")
}

func (w *week) opensAgain() {
	w.open(w.filing)
	w.Push("Sửa đổi, thay thế")
	w.AwaitPath(func(p string) bool { return p == w.filing+"/sua-doi" })
	w.Fill("ly-do", "Số lượt dự lớp tập huấn đã đếm lại")
	w.Push("Mở phiên bản mới")
	w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, w.filing) && p != w.filing+"/sua-doi" })
	w.open(w.filing)
	w.Await("Đang soạn")
}

func (w *week) gathers() {
	w.open(weekOver)
	w.Await("Xã Văn Lang")
	w.Push("Tổng hợp")
	w.AwaitPath(func(p string) bool { return p == "/ky-bao-cao/cap-duoi/tong-hop" })
	w.Await("Số đã nộp khác với ghi nhận hiện nay")
	w.Await("Xã Văn Lang") // its report is being written again
}
