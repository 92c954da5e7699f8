package web_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/dialogue"
	"danvan/internal/portal"
	"danvan/internal/web/browser"
)

// TestJourneyOfAPromise plays the clerk in the hall and the villager afterwards, both with a telephone without scripts:
// announced, held, two issues one after the other, promised, the code printed, done with a picture, disputed by the village,
// done again, confirmed.
func TestJourneyOfAPromise(t *testing.T) {
	o := open(t)
	staff := o.person(t, "thu.doi-thoai", theBody, access.Clerk)
	public, err := portal.New(portal.Deps{DB: o.app.DB, Catalog: o.app.Catalog, Tree: o.app.Org.Tree, Ledger: o.app.Ledger, Figures: o.app.Figures, Files: o.deps.Files,
		Today: func() civil.Date { return today }, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if portal.Serves(r.URL.Path) || strings.HasPrefix(r.URL.Path, "/cong/") {
			public.ServeHTTP(w, r)
			return
		}
		staff.pages.ServeHTTP(w, r)
	}))
	t.Cleanup(site.Close)
	b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	w := &walk{Browser: b, t: t, o: o}
	says := func(sentences ...string) {
		t.Helper()
		for _, x := range sentences {
			b.Await(x)
		}
		var out string
		if b.Eval(tooWide, &out); out != "" {
			t.Error(out)
		}
	}
	tick := func(selector string) { // a phone has a bar at its foot, under which the driver would press
		t.Helper()
		b.Until(`const e = document.querySelector("main `+selector+`"); if (e) e.click(); return e ? "there" : ""`, func(s string) bool { return s != "" })
	}
	at := func() (path string) { b.Eval(`return location.pathname`, &path); return path }

	b.Go(site.URL + "/doi-thoai/moi")
	b.Push("Lưu lịch")
	says("Hãy ghi nội dung đối thoại", "Hãy ghi nơi tổ chức")
	b.Fill("ve-viec", "Đối thoại ở thôn Suối Minh Họa")
	b.Fill("ngay", today.Vi())
	b.Fill("noi", "Nhà văn hóa thôn")
	tick("#cong-bo")
	b.Push("Lưu lịch")
	says("Đã lưu", "Hôm nay", "Đã thông báo ngày "+today.Vi())
	plan := at()
	b.Go(site.URL + "/cong" + plan)
	says("Đối thoại ở thôn Suối Minh Họa", "Thêm vào lịch")
	b.Go(site.URL + plan + "?mo=mo")
	b.Push("Mở cuộc họp, ghi vấn đề")
	says("Chưa có vấn đề nào")
	hall := at()
	b.Go(site.URL + hall + "?mo=van-de")
	b.Fill("v-noi-dung", "Mương vỡ, thiếu nước")
	b.Push("Lưu, ghi vấn đề tiếp theo")
	says("Hãy chọn nhóm vấn đề")
	w.Pick("v-nhom", "production")
	b.Fill("v-so", "4")
	b.Push("Lưu, ghi vấn đề tiếp theo")
	says("Đã ghi vấn đề", "Mương vỡ, thiếu nước")
	b.Fill("v-noi-dung", "Sóng điện thoại yếu")
	w.Pick("v-nhom", "telecom")
	tick("input[name=v-cach][value=later]")
	b.Push("Lưu, ghi vấn đề tiếp theo")
	says("Sóng điện thoại yếu", "Hẹn trả lời")
	b.Shot("dialogue-hall-390")
	b.Push("Ghi lời hứa")
	b.Fill("h-noi-dung", "Kiên cố hóa 180 m mương")
	b.Fill("h-nguoi", "Phó Chủ tịch Ủy ban nhân dân")
	b.Fill("h-han", today.AddDays(30).Vi())
	b.Fill("h-so-luong", "180")
	b.Push("Lưu lời hứa")
	says("Hãy ghi đơn vị đo")
	b.Fill("h-don-vi", "m")
	b.Push("Lưu lời hứa")
	says("Kiên cố hóa 180 m mương")
	b.Go(site.URL + hall + "?mo=ma")
	b.Fill("k-thon", "Thôn Suối Minh Họa")
	b.Push("Làm mã, mở trang in")
	code := b.Until(`const e = document.querySelector(".secret-code"); return e ? e.textContent : ""`, func(s string) bool { return s != "" })
	if !regexp.MustCompile(`^([2-9A-Z]{4}-){3}[2-9A-Z]{4}$`).MatchString(code) {
		t.Fatalf("code %q", code)
	}
	b.Shot("dialogue-code-390")
	b.Go(site.URL + hall + "/bien-ban")
	says("Biên bản", "Kiên cố hóa 180 m mương (180 m)")
	if strings.Contains(b.Text(), code) {
		t.Error("the code stands on the minutes that everybody reads")
	}

	b.Go(site.URL + hall)
	b.Push("Kiên cố hóa 180 m mương")
	promise := b.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/cam-ket/") })
	b.Go(site.URL + promise + "?mo=tien-do")
	b.Fill("t-so", "62,5")
	b.Push("Lưu tiến độ")
	says("62,5 trên 180 m")
	done := func(proof bool) {
		t.Helper()
		b.Go(site.URL + promise + "?mo=bao-xong")
		if proof {
			b.Upload("bao-xong-tep-chon", thePicture(t))
		}
		b.Push("Báo đã xong")
	}
	done(false)
	says("Chưa có minh chứng")
	done(true)
	says("Chờ thôn trả lời đến")
	answer := func(clicks ...string) {
		t.Helper()
		b.Go(site.URL + "/cong" + promise + "/tra-loi")
		for _, x := range clicks {
			tick(x)
		}
		b.Fill("ma", strings.ToLower(code))
		b.Push("Gửi trả lời")
		b.AwaitPath(func(p string) bool { return p == "/cong"+promise })
	}
	answer("input[value=chua-dong-y]", "input[value=partly]")
	says("Thôn chưa đồng ý", "Mới làm một phần", "Thôn Suối Minh Họa")
	b.Go(site.URL + promise)
	says("Thôn chưa đồng ý", "việc trở lại bên đã hứa")
	done(true)
	says("Chờ thôn trả lời đến") // before leaving: an answer that comes late would lead the browser back
	answer("input[value=da-xong]")
	says("Thôn đã xác nhận xong")
	b.Shot("dialogue-confirmed-390")
	shelf := &dialogue.Shelf{Ledger: o.app.Ledger, Catalog: o.app.Catalog, Engine: o.app.DB.Engine()}
	p, ok, err := shelf.Promise(t.Context(), o.app.DB.Read(), int64(atoiOf(t, promise)))
	if err != nil || !ok || p.StateOn(today) != dialogue.Confirmed || p.Amount != 18000 {
		t.Errorf("%+v %v", p, err)
	}
}

func atoiOf(t *testing.T, path string) (n int) {
	t.Helper()
	for _, c := range path[strings.LastIndex(path, "/")+1:] {
		n = n*10 + int(c-'0')
	}
	return n
}

func thePicture(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "muong.png")
	if err := os.WriteFile(path, pictureOf(7), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
