package web_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"danvan/internal/civil"
)

// The longer works of a journey: those that take several pages and leave nothing behind, or leave what the next
// role takes up.

// imports hands in a file with a wrong row, mends it in the page, records it and takes it all back.
func (w *walk) imports() {
	text := "day,unit,topic,level,attendances\n" +
		"3/10/2026,02143.CU," + w.topic + " tập huấn một,own,40\n" +
		"4/10/2026,02143.CU," + w.topic + " tập huấn hai,own,bốn mươi\n"
	path := filepath.Join(w.t.TempDir(), "tap-huan.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.open("/nhap")
	w.Pick("loai", "training_conference")
	w.Upload("tep", path)
	w.Push("Gửi và kiểm tra")
	w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/nhap/") })
	w.Await("Sửa các dòng sai")
	var cell string
	w.Eval(`return document.querySelector("#dong-sai td.bad input")?.id ?? ""`, &cell)
	w.Fill(cell, "41")
	w.Push("Kiểm tra lại")
	w.Await("Ghi 2 dòng")
	w.Push("Ghi 2 dòng")
	w.Await("Hủy cả lần nhập")
	w.Fill("ly-do", "Thử hành trình, nhập nhầm tệp")
	w.Push("Hủy 2 ghi nhận")
	w.Await("Đã hủy cả lần")
}

// letter takes a letter in, wrong at first, and has the citizen check it.
func (w *walk) letter() {
	w.open("/don-thu/moi?loai=complaint")
	w.Push("Kiểm tra lại với người nộp")
	w.Await("Chưa lưu")
	w.Choose("nguon")
	w.Choose("linh-vuc")
	w.Fill("nhan", today.Vi())
	w.choose("don-vi", "Ủy ban nhân dân")
	w.Fill("nguoi", "Bà Hành Trình Văn Lang")
	w.Fill("tom-tat", "Đề nghị xem lại mức bồi thường khi thu hồi đất ruộng")
	w.Push("Kiểm tra lại với người nộp")
	w.Await("Kiểm tra trước khi vào sổ")
	w.Push("Vào sổ, in biên nhận")
	w.letterAt = strings.TrimSuffix(w.AwaitPath(func(p string) bool { return strings.HasSuffix(p, "/bien-nhan") }), "/bien-nhan")
	w.letterAt = "/ghi-nhan/" + strings.TrimPrefix(w.letterAt, "/don-thu/")
	w.Await("Giấy biên nhận")
}

func isEntry(p string) bool {
	return strings.HasPrefix(p, "/ghi-nhan/") && !strings.HasPrefix(p, "/ghi-nhan/moi")
}

// proves takes the proof of an entry away and looks whether it says where the entry stands.
func (w *walk) proves() {
	w.open(w.entry)
	var text string
	w.Eval(fmt.Sprintf(`return fetch(%q).then(r => r.text())`, w.entry+"/bang-chung"), &text)
	var proof map[string]any
	if err := json.Unmarshal([]byte(text), &proof); err != nil || len(proof) < 3 {
		w.t.Errorf("the proof: %v: %.200s", err, text)
	}
}

// hires makes an account with a post, and finds it in the list.
func (w *walk) hires() {
	login := "hanh." + strings.ReplaceAll(w.mode, "-", "")
	w.open("/quan-tri/tai-khoan/moi")
	w.Fill("ten", "Bà Hành Trình")
	w.Fill("dang-nhap", "SAI TÊN")
	w.Push("Lập tài khoản")
	w.Await("Chưa lưu")
	if got := w.value("ten"); got != "Bà Hành Trình" {
		w.t.Errorf("what was typed is lost: %q", got)
	}
	w.Fill("dang-nhap", login)
	w.Pick("vai-tro", "clerk")
	w.Pick("don-vi", "02143")
	w.Fill("ly-do", "Nhận việc mới")
	w.Push("Lập tài khoản")
	w.Await(login)
	w.open("/quan-tri/tai-khoan?tim=" + login)
	w.Await("Bà Hành Trình")
}

// merges writes the merger of two communes down, previews it, carries it out and takes it back.
func (w *walk) merges() {
	w.open("/don-vi/sap-xep")
	w.Fill("ten", "Sáp nhập "+w.mode)
	w.Fill("ngay", civil.NewDate(2027, 1, 1).String())
	w.Push("Lập bản nháp")
	w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/don-vi/sap-xep/") })
	w.Push("Sáp nhập")
	w.AwaitPath(func(p string) bool { return strings.HasSuffix(p, "/viec/moi") })
	w.Pick("nguon-1", "02155")
	w.Pick("nguon-2", "02143")
	w.Fill("ma-1", "02155")
	w.Push("Lưu vào bản nháp")
	w.AwaitPath(func(p string) bool { return !strings.HasSuffix(p, "/viec/moi") })
	w.Push("Xem trước")
	w.AwaitPath(func(p string) bool { return strings.HasSuffix(p, "/xem-truoc") })
	w.Fill("ly-do", "Thử hành trình")
	w.Fill("xac-nhan", w.asked())
	w.Push("Thực hiện 1 việc")
	w.AwaitPath(func(p string) bool { return !strings.HasSuffix(p, "/xem-truoc") && !strings.HasSuffix(p, "/thuc-hien") })
	var undo string
	w.Eval(`return [...document.querySelectorAll("main a")].map(a => a.getAttribute("href")).find(h => h && h.startsWith("/don-vi/thay-doi/")) ?? ""`, &undo)
	if undo == "" {
		w.t.Fatalf("no link to what was carried out\n%s", w.Tell())
	}
	w.open(strings.TrimSuffix(undo, "/hoan-tac") + "/hoan-tac")
	w.Fill("ly-do", "Hết thử")
	w.Fill("xac-nhan", w.asked())
	w.Push("Hoàn tác")
	w.AwaitPath(func(p string) bool { return !strings.HasSuffix(p, "/hoan-tac") })
	w.open("/don-vi/02143?ngay=2027-01-02")
	w.Await("Văn Lang")
}

// asked is the name that a page asks to be typed once more.
func (w *walk) asked() string {
	w.t.Helper()
	var label string
	w.Eval(`return document.querySelector("label[for=xac-nhan]")?.textContent ?? ""`, &label)
	_, rest, _ := strings.Cut(label, "“")
	name, _, _ := strings.Cut(rest, "”")
	if name == "" {
		w.t.Fatalf("nothing is asked to be typed again\n%s", w.Tell())
	}
	return name
}

// Pick sets a list or a box with suggestions to a value, by its name, as choosing does.
func (w *walk) Pick(name, value string) {
	w.t.Helper()
	args, err := json.Marshal([]string{name, value})
	if err != nil {
		w.t.Fatal(err)
	}
	var ok bool
	w.Eval(`const [name, value] = `+string(args)+`; const e = document.querySelector('main [name="' + name + '"]'); if (!e) return false;
		const shown = document.getElementById(name);
		if (shown && shown !== e && shown.tagName === "INPUT") shown.value = value;
		e.value = value; e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); return e.value === value`, &ok)
	if !ok {
		w.t.Fatalf("%s does not take %s\n%s", name, value, w.Tell())
	}
}
