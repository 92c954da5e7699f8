package trial_test

import (
	"strings"
	"testing"

	"danvan/internal/web/browser"
)

// offline cuts the line, slow makes it one of long ago, online is as it was.
func (s *stranger) line(offline bool, upload int) {
	s.t.Helper()
	s.Devtools("Network.enable", nil, nil)
	s.Devtools("Network.emulateNetworkConditions", map[string]any{"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload}, nil)
}

// focused is what has the focus.
func (s *stranger) focused() (what string) {
	s.t.Helper()
	s.Eval(`const e = document.activeElement; return e ? e.tagName.toLowerCase() + (e.id ? "#" + e.id : "") + (e.className ? "." + String(e.className).split(" ")[0] : "") : ""`, &what)
	return what
}

func (s *stranger) history() (n int) {
	s.t.Helper()
	s.Eval(`return history.length`, &n)
	return n
}

// TestSendingWide sends with scripts on a wide screen: what is wrong has the focus, going back shows what was typed, a file
// tells how far it has gone, a cut line loses nothing, and the form sent twice is one letter.
func TestSendingWide(t *testing.T) {
	p := running(t)
	s := p.stranger(t, browser.Options{Width: 1440, Height: 900})
	s.open("/cong/gui")
	s.Push("Tiếp tục")
	s.says("Lỗi: ", "Hãy chọn một chuyện")
	if f := s.focused(); !strings.Contains(f, "err-sum") {
		t.Errorf("after an error the focus is at %s", f)
	}
	s.set("viec", "moi-truong")
	s.Push("Tiếp tục")
	s.says("Xã, phường")
	s.set("xa", "02143", "cho", "đầu cầu tràn")
	s.Push("Tiếp tục")
	s.says("Chuyện gì đã xảy ra")
	s.Back()
	s.says("Việc đó xảy ra ở đâu")
	if got := s.value("cho"); got != "đầu cầu tràn" {
		t.Errorf("going back shows %q", got)
	}
	s.Push("Tiếp tục")
	s.says("Chuyện gì đã xảy ra")
	s.set("ke", "Bãi rác cháy khói ⚠️ cả tháng.")
	s.Push("Tiếp tục")
	s.says("Chụp hoặc chọn tệp")
	s.Upload("tep", s.photo("khói ⚠️.jpg", 700))
	s.line(true, -1)
	s.Push("Tải tệp lên")
	s.says("đường truyền bị ngắt")
	var left int
	if s.Eval(`return document.getElementById("tep").files.length`, &left); left != 1 {
		t.Error("the chosen file is lost when the line is cut")
	}
	s.line(false, 40<<10)
	s.Push("Tải tệp lên")
	if got := s.Until(`return document.querySelector(".deliver")?.textContent ?? "Đã nhận"`, func(x string) bool { return strings.Contains(x, "%") || strings.Contains(x, "Đã nhận") }); !strings.Contains(got, "%") {
		t.Errorf("nothing tells how far the file has gone: %q", got)
	}
	s.Until(`return document.body.textContent`, func(x string) bool { return strings.Contains(x, "Đã nhận") })
	s.line(false, -1)
	s.says("Đã nhận", "khói")
	s.Push("Tiếp tục")
	s.says("cách liên hệ")
	s.set("co-ten", "khong")
	s.Push("Tiếp tục")
	s.says("Xem lại trước khi gửi", "Không ghi tên")
	var twice []string
	s.Eval(`const f = document.querySelector("main form"), body = () => { const b = new FormData(f); b.set("toi", "gui"); return b };
		return Promise.all([1, 2].map(() => fetch(f.action, {method: "POST", body: body()}).then(r => r.text()).then(x => (x.match(/id="so">([^<]+)</) ?? [])[1] ?? "")))`, &twice)
	if len(twice) != 2 || twice[0] == "" || twice[0] != twice[1] {
		t.Fatalf("sent twice at once: %q", twice)
	}
	s.Push("Gửi")
	s.says("Mã bí mật", "Chỉ có một đơn")
	if got := s.word("#so"); got != twice[0] {
		t.Errorf("sent once more it has number %s, not %s", got, twice[0])
	}
	s.fits("receipt-wide")
	s.printed("receipt-sent", 1)
}

// value is what stands in a control.
func (s *stranger) value(name string) (text string) {
	s.t.Helper()
	s.Eval(`return document.querySelector('main [name=`+quoted(name)+`]')?.value ?? ""`, &text)
	return text
}

// kept is everything that a page may leave on a device.
const kept = `return (async () => JSON.stringify({local: localStorage.length, session: sessionStorage.length, cookie: document.cookie,
	caches: (await caches.keys()).length, bases: (await indexedDB.databases()).length, workers: (await navigator.serviceWorker.getRegistrations()).length}))()`

// TestDenunciationStaysNowhere sends a denunciation on a telephone with scripts, while it is crowded, and leaves quickly:
// the history holds none of its pages, and the device nothing at all.
func TestDenunciationStaysNowhere(t *testing.T) {
	p := running(t)
	s := p.stranger(t, browser.Options{Width: 390, Height: 844})
	s.Devtools("Network.enable", nil, nil)
	s.Devtools("Network.setBlockedURLs", map[string]any{"urls": []string{"*gov.vn*"}}, nil)
	s.open("/cong/")
	s.open("/cong/to-cao?xa=02143")
	before := s.history()
	s.Push("Tiếp tục")
	s.says("Ai đã làm việc gì")
	s.Push("Tiếp tục")
	s.says("Lỗi: ", "Hãy kể việc vi phạm")
	if f := s.focused(); !strings.Contains(f, "err-sum") {
		t.Errorf("after an error the focus is at %s", f)
	}
	const words = "Nhận tiền để bỏ qua ⚠️"
	s.set("ke", words, "ai", "một cán bộ")
	s.line(true, -1)
	s.Push("Tiếp tục")
	s.says("đường truyền bị ngắt")
	s.line(false, -1)
	if s.value("ke") != words {
		t.Error("what was typed is lost when the line is cut")
	}
	s.Push("Tiếp tục")
	s.says("Chụp hoặc chọn tệp")
	s.Upload("tep", s.photo("chung-cu.jpg", 60))
	s.Push("Tải tệp lên")
	s.says("Đã nhận", "chung-cu.jpg")
	s.fits("denounce-files")
	s.Push("Tiếp tục")
	s.says("Xem lại", words)

	// eleven others from the same village: now a device works for its turn
	var states []int
	s.Eval(`const f = document.querySelector("main form"); const out = [];
		return (async () => { for (let i = 0; i < 14 && out.at(-1) !== 503; i++) {
			const b = new URLSearchParams({khoa: "khoacuamotnguoikhacthuxem" + Date.now() + "x" + i, buoc: "kiem", toi: "gui", xa: "02143", ke: "Thử nghiệm"});
			out.push((await fetch(f.action, {method: "POST", body: b})).status);
		} return out })()`, &states)
	if len(states) == 0 || states[len(states)-1] != 503 {
		t.Errorf("a crowd is let in: %v", states)
	}
	s.Push("gửi")
	s.says("Mã bí mật")
	number, code := s.word("#so"), s.word("#ma")
	if !strings.HasPrefix(number, "TC-") || !codeShape.MatchString(code) {
		t.Fatalf("receipt %q %q", number, code)
	}
	s.fits("denounce-receipt")
	if got := s.history(); got != before {
		t.Errorf("the history has %d pages, %d before", got, before)
	}
	var left string
	if s.Eval(kept, &left); left != `{"local":0,"session":0,"cookie":"","caches":0,"bases":0,"workers":0}` || len(s.Cookies()) > 0 {
		t.Errorf("on the device stays %s", left)
	}
	s.goes(`document.querySelector("[data-leave]").click()`)
	s.Back()
	s.nowhere("after leaving quickly", words, code, number)

	// the one who follows it leaves by the key Escape, three times
	s.open("/cong/theo-doi")
	s.set("so", number, "ma", code)
	before = s.history()
	s.Push("Xem")
	s.says("Rời trang này ngay", number)
	if strings.Contains(s.at(), "TC-") {
		t.Errorf("the number stands in the address: %s", s.at())
	}
	if s.Eval(kept, &left); s.history() != before || !strings.Contains(left, `"session":0`) {
		t.Errorf("following leaves %d pages, was %d; %s", s.history(), before, left)
	}
	s.goes(`for (let i = 0; i < 3; i++) document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}))`)
	s.Back()
	s.nowhere("after Escape", words, code, number)
}

// goes runs what leads away from the portal, and waits until it is left.
func (s *stranger) goes(script string) {
	s.t.Helper()
	s.Eval(script, nil)
	s.Until(`return location.href`, func(x string) bool { return !strings.HasPrefix(x, s.p.root) })
}

// nowhere looks that the page, and those that going back and forth shows, say none of it.
func (s *stranger) nowhere(when string, secrets ...string) {
	s.t.Helper()
	var at string
	s.Eval(`return location.href`, &at)
	if strings.Contains(at, "to-cao") && strings.HasPrefix(at, s.p.root) {
		s.t.Errorf("%s going back leads to %s", when, at)
	}
	for _, x := range secrets {
		if strings.Contains(s.Text(), x) {
			s.t.Errorf("%s going back shows %q at %s", when, x, at)
		}
	}
	var typed string
	s.Eval(`return [...document.querySelectorAll("input, textarea")].map(e => e.value).join("|")`, &typed)
	for _, x := range secrets {
		if strings.Contains(typed, x) {
			s.t.Errorf("%s %q stands in a control at %s", when, x, at)
		}
	}
}
