package web_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db/dbtest"
	"danvan/internal/web/browser"
)

// deskWalk is the day of a reception desk, played in a browser.
type deskWalk struct {
	*tale
	r              *recorder
	session, first string // paths of the session and of its first visit
}

// A Friday of the desk of a commune: the chair's day is planned, published, opened; one person comes, then a group, then
// somebody whose matter is another commune's; the first leaves with a receipt and a letter, the last is transferred and the
// other commune confirms; the session is closed, its numbers are those of the visits, and the chair's duty shows as met, as it
// does for a week before the law of July. It is told with scripts on a wide screen and without on a phone.
func TestDeskInBrowser(t *testing.T) {
	for _, m := range []struct {
		name   string
		script bool
		width  int
	}{{"wide", true, 1440}, {"phone-without-scripts", false, 390}} {
		t.Run(m.name, func(t *testing.T) {
			r := newRecorder(t, dbtest.SQLite(t)) // reception_test.go asks both engines
			r.today = 20261120
			b := browser.Start(t, browser.Options{Width: m.width, Height: 900, NoScript: !m.script})
			w := &deskWalk{tale: &tale{walk: &walk{Browser: b, t: t, door: r.site.URL, mode: m.name, script: m.script, width: m.width}}, r: r}
			r.as("tiepdan", "001", access.Desk)
			for _, part := range []func(){w.planned, w.opened, w.comes, w.groupComes, w.sentOn, w.letterMade, w.closed, w.dutyMet, w.clerkLooks} {
				part()
			}
		})
	}
}

// seen looks whether the page fits, and keeps a picture of it.
func (w *deskWalk) seen(part string) {
	w.t.Helper()
	w.fits(part)
	w.Shot("desk-" + w.mode + "-" + part)
}

// link is the address of the first link of the page's main part whose address begins so.
func (w *deskWalk) link(prefix string) string {
	w.t.Helper()
	var to string
	w.Eval(fmt.Sprintf(`return [...document.querySelectorAll("main a")].map(a => a.getAttribute("href")).find(h => h.startsWith(%q) && /^\d+$/.test(h.slice(%d))) ?? ""`, prefix, len(prefix)), &to)
	if to == "" {
		w.t.Fatalf("no link to %s\n%s", prefix, w.Tell())
	}
	return to
}

func (w *deskWalk) planned() {
	w.open("/tiep-dan/lich/moi")
	w.sets("tu", "", "noi", "Phòng tiếp công dân")
	w.Push("Xem trước các ngày")
	w.Await("Hãy ghi ngày tiếp")
	if w.value("noi") != "Phòng tiếp công dân" {
		w.t.Error("what was typed is lost")
	}
	w.seen("lich-loi")
	w.choose("don-vi", "Ủy ban nhân dân xã Một")
	w.sets("tu", w.r.today.Vi(), "nguoi-tiep", "chair", "loai", "periodic")
	w.Push("Xem trước các ngày")
	w.Await("Sẽ lập 1 ngày tiếp")
	w.Push("Lưu 1 ngày tiếp")
	w.Await("Đã lập lịch tiếp công dân")
	w.seen("lich")
	w.session = w.link("/tiep-dan/")
	w.open("/tiep-dan/lich/cong-bo?don-vi=001&tu=2026-11-20&den=2026-11-20")
	w.sets("so", "12/TB-UBND", "noi", "Niêm yết tại trụ sở")
	w.Push("Ghi đã công bố")
	w.Await("Đã ghi việc công bố")
	w.open("/tiep-dan/lich/thong-bao?don-vi=001&tu=2026-11-20&den=2026-11-20")
	w.Await("Thông báo lịch tiếp công dân")
	w.seen("thong-bao")
}

func (w *deskWalk) opened() {
	w.open(w.session)
	w.Await("12/TB-UBND")
	w.Push("Mở buổi tiếp")
	w.Await("Chưa có lượt nào")
	w.session = w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/tiep-dan/") })
}

// comes is the first visitor: the form is sent empty at first, then twice at once; he leaves with a receipt.
func (w *deskWalk) comes() {
	w.open(w.session)
	w.Push("Thêm lượt tiếp")
	w.Await("Lượt thứ 1 của buổi")
	w.sets("v-noi-dung", "Hộ bên cạnh rào lối đi chung vào thửa 12. Đề nghị đo lại ranh.", "v-ten", "Bà Thử Nghiệm 12")
	w.Push("Lưu, in biên nhận")
	w.Await("Hãy chọn loại việc")
	if w.value("v-ten") != "Bà Thử Nghiệm 12" {
		w.t.Error("what was typed is lost")
	}
	w.seen("luot-loi")
	w.sets("v-loai", "complaint", "v-linh-vuc", "land", "v-lan", "first", "v-ket-qua", "accepted", "v-don", "1", "v-yeu-cau", "Đo lại ranh", "v-ky", "signed")
	if w.script {
		var at []string
		w.Eval(`const form = document.querySelector('main form[method="post"]'), body = () => { const b = new FormData(form); b.set("viec", "in"); return b };
			return Promise.all([1, 2].map(() => fetch(form.action, {method: "POST", body: body()}).then(r => new URL(r.url).pathname)))`, &at)
		if len(at) != 2 || at[0] != at[1] || !strings.HasSuffix(at[0], "/bien-nhan") {
			w.t.Fatalf("sent twice it became %v", at)
		}
		w.open(at[0])
	} else {
		w.Push("Lưu, in biên nhận")
	}
	at := w.AwaitPath(func(p string) bool { return strings.HasSuffix(p, "/bien-nhan") })
	w.Await("Biên nhận tiếp công dân")
	w.Await("Hạn trả lời: 04/12/2026 – 10 ngày làm việc kể từ ngày tiếp (20/11/2026), không tính 4 ngày thứ Bảy, Chủ nhật")
	if strings.Contains(w.Text(), "Thử Nghiệm") {
		w.t.Error("the receipt names the visitor")
	}
	w.seen("bien-nhan")
	w.first = strings.TrimSuffix(at, "/bien-nhan")
	w.open(w.first)
	w.Await("Chờ trả lời")
	w.seen("luot")
}

func (w *deskWalk) groupComes() {
	w.open(w.session + "/luot")
	w.sets("v-loai", "proposal", "v-linh-vuc", "environment", "v-nguoi", "7", "v-lan", "repeated", "v-ket-qua", "advised")
	w.Push("Lưu, thêm lượt nữa")
	w.Await("Lượt thứ 3 của buổi")
}

// sentOn is a matter of the other commune: it confirms there, the number stands here.
func (w *deskWalk) sentOn() {
	w.sets("v-loai", "reflection", "v-linh-vuc", "environment", "v-lan", "first", "v-ket-qua", "transferred", "v-noi-dung", "Nước thải chảy vào ruộng của xã Hai")
	w.Push("Lưu lượt tiếp")
	w.Await("Hãy chọn cơ quan nhận chuyển trong hệ thống")
	w.seen("chuyen-loi")
	w.sets("v-chuyen-dv", "002.UBND")
	w.Push("Lưu lượt tiếp")
	w.Await("chờ cơ quan nhận xác nhận")
	w.seen("buoi")
	w.r.as("xahai", "002", access.Desk)
	w.open("/don-thu/den")
	w.Await("Lượt tiếp LT-2026-")
	w.seen("don-den")
	w.Push("Xác nhận đã nhận")
	w.Await("Đã xác nhận và vào sổ đơn chuyển đến")
	w.Await("Nước thải chảy vào ruộng")
	w.r.as("tiepdan", "001", access.Desk)
	w.open(w.session)
	w.Await("đã nhận ngày 20/11/2026, số 1")
}

// letterMade makes the first visitor's letter: nothing is typed anew.
func (w *deskWalk) letterMade() {
	w.open(w.first)
	w.Push("Lập đơn từ lượt này")
	w.Await("Lập từ lượt tiếp LT-2026-")
	if w.value("nguyen-van") != "Hộ bên cạnh rào lối đi chung vào thửa 12. Đề nghị đo lại ranh." || w.value("yeu-cau") != "Đo lại ranh" || w.value("linh-vuc") != "land" {
		w.t.Errorf("what was said is not carried over: %q, %q, %q", w.value("nguyen-van"), w.value("yeu-cau"), w.value("linh-vuc"))
	}
	w.seen("lap-don")
	w.Push("Kiểm tra lại với người nộp")
	w.Await("Người đến của lượt tiếp LT-2026-")
	if strings.Contains(w.Text(), "Thử Nghiệm") {
		w.t.Error("who came is shown")
	}
	w.enters()
	w.Push("Mở hồ sơ đơn")
	w.Await("Nhận tại buổi tiếp")
	w.Await("rào lối đi chung")
	w.seen("don")
	w.Push("Lượt tiếp LT-2026-")
	w.Await("Đơn lập từ lượt này")
}

func (w *deskWalk) closed() {
	w.open(w.session + "?mo=chot")
	w.sets("c-ngay", "30/11/2026")
	w.Push("Chốt: 3 lượt, 9 người")
	w.Await("chưa tới")
	w.sets("c-ngay", w.r.today.Vi())
	w.Push("Chốt: 3 lượt, 9 người")
	w.Await("Đã chốt ngày 20/11/2026")
	w.seen("chot")
	var said string
	w.Eval(`return [...document.querySelectorAll("main .kpi")].map(k => k.querySelector("dt").textContent + " " + k.querySelector(".v").textContent).join("; ")`, &said)
	if want := "Lượt tiếp 3; Số người 9; Đoàn đông người 1; Đơn nhận 1; Trả lời, hướng dẫn 1; Chuyển cơ quan khác 1"; said != want {
		w.t.Errorf("the session says %s, want %s", said, want)
	}
	w.open("/so-lieu/reception.visits_periodic?don-vi=001&ky=2026")
	w.Await("3")
	w.open("/tiep-dan?don-vi=001&ky=2026-M11")
	w.Await("Đã tiếp")
	w.seen("so")
}

// dutyMet holds a second day of November and one in a week of June: nobody came, the days count all the same.
func (w *deskWalk) dutyMet() {
	for _, day := range []civil.Date{20261105, 20260610} {
		w.open("/tiep-dan/moi")
		w.choose("don-vi", "Ủy ban nhân dân xã Một")
		w.sets("loai", "periodic", "nguoi-tiep", "chair", "ngay", day.Vi())
		w.Push("Mở buổi tiếp")
		w.Await("Chưa có lượt nào")
		var at string
		w.Eval(`return location.pathname`, &at)
		w.open(at + "?mo=chot")
		w.sets("c-ngay", day.Vi())
		w.Push("Chốt: 0 lượt")
		w.Await("Chưa ghi lượt nào")
		w.sets("c-khong-ai", "1")
		w.Push("Chốt: 0 lượt")
		w.Await("Đã chốt ngày " + day.Vi())
	}
	for ky, want := range map[string]string{"2026-M11": "Tháng 11 năm 2026|05/11, 20/11|Đạt", "2026-M06": "Tuần 08/6/–14/6/2026|10/6|Đạt"} {
		w.open("/tiep-dan/nghia-vu?don-vi=001&xem=dat&ky=" + ky)
		words := strings.Split(want, "|")
		var row string
		w.Eval(fmt.Sprintf(`return [...document.querySelectorAll("main tbody tr")].map(r => r.textContent.replace(/\s+/g, " ")).find(t => t.includes(%s)) ?? ""`, quotedJS(words[0])), &row)
		for _, word := range words {
			if !strings.Contains(row, word) {
				w.t.Errorf("duty in %s: %q, without %q\n%s", ky, row, word, w.Tell())
			}
		}
		w.seen("nghia-vu-" + ky)
	}
}

func quotedJS(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(b)
}

// clerkLooks is somebody who records work and reads no letters: how many came, and not what for.
func (w *deskWalk) clerkLooks() {
	w.r.as("canbo", "001", access.Clerk)
	w.open(w.session)
	w.Await("Từng lượt chỉ hiện với người được xem đơn thư")
	for _, word := range []string{"Khiếu nại", "Kiến nghị", "Đất đai"} {
		if strings.Contains(w.Text(), word) {
			w.t.Errorf("the clerk reads %q", word)
		}
	}
	w.open(w.first)
	w.Await("Không được phép")
	w.open("/tiep-dan?ky=2026-M11&tim=" + url.QueryEscape("khong co gi"))
	w.Await("Chưa có buổi nào")
	w.seen("trong")
}
