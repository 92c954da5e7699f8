package web_test

import (
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db/dbtest"
	"danvan/internal/web/browser"
)

// TestWorksInBrowser takes a course from its plan to its close, and an inspection from its decision to a recommendation
// that its body answered, on a phone and without scripts.
func TestWorksInBrowser(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t)) // works_test.go asks both engines
	b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	fill := func(pairs ...string) {
		for i := 0; i+1 < len(pairs); i += 2 {
			b.Fill(pairs[i], pairs[i+1])
		}
	}
	pick := func(id, value string) {
		b.Eval(`document.getElementById("`+id+`").value = "`+value+`"`, nil)
	}
	fits := func(name string) {
		t.Helper()
		var out string
		b.Eval(tooWide, &out)
		if out != "" {
			t.Errorf("%s at 390 px: %s", name, out)
		}
		b.Shot("works-390-" + name)
	}
	body := func() { // few bodies are a list
		b.Eval(`const e = document.getElementById("don-vi"); e.value = [...e.options].map(o => o.value).find(v => v.startsWith("06.BTGDV"))`, nil)
	}
	path := func(prefix string) string {
		return b.AwaitPath(func(p string) bool { return strings.HasPrefix(p, prefix) && !strings.HasSuffix(p, "/moi") })
	}

	b.Go(r.site.URL + "/tap-huan/moi")
	b.Push("Lưu kế hoạch")
	b.Await("Hãy ghi nội dung của lớp")
	fits("lop-loi")
	body()
	fill("ten", "Nghiệp vụ dân vận", "ngay", today.AddDays(-20).Vi(), "khai-mac", today.AddDays(-5).Vi())
	pick("cap", "own")
	b.Push("Lưu kế hoạch")
	course := path("/tap-huan/")
	b.Go(r.site.URL + course + "?mo=buoi")
	fill("b-chuyen-de", "Buổi một", "b-ngay", today.AddDays(-5).Vi(), "b-luot", "35", "b-nu", "12")
	b.Push("Lưu buổi học")
	b.Await("Cộng 1 buổi")
	fits("lop")
	var at string
	b.Eval(`return location.pathname`, &at)
	b.Go(r.site.URL + at + "?mo=be-mac")
	fill("bm-hoc-vien", "36", "bm-chung-nhan", "30")
	b.Push("Lưu kết quả lớp")
	b.Await("Đã xong")

	b.Go(r.site.URL + "/kiem-tra/moi")
	body()
	fill("ten", "Kiểm tra dân chủ ở cơ sở", "so", "QĐ 7", "ngay", today.AddDays(-9).Vi(), "dv-1", "001.UBND")
	pick("hinh-thuc", "inspection")
	pick("chu-de", "democracy")
	b.Push("Mở cuộc kiểm tra")
	survey := path("/kiem-tra/")
	b.Go(r.site.URL + survey + "?mo=lam-viec&dong=1")
	fill("lv-ngay", today.AddDays(-8).Vi())
	b.Push("Lưu dòng này")
	b.Await("Đang kiểm tra")
	b.Go(r.site.URL + survey + "?mo=kien-nghi")
	b.Eval(`document.getElementById("kn-don-vi").selectedIndex = 1`, nil)
	fill("kn-noi-dung", "Niêm yết đủ", "kn-han", today.AddDays(-1).Vi())
	b.Push("Lưu kiến nghị")
	b.Await("Quá hạn")
	fits("kiem-tra")

	r.as("xa", "001", access.Clerk)
	b.Go(r.site.URL + survey + "?mo=bao-cao&dong=1")
	fill("bao-cao-viec", "Đã niêm yết ở các thôn")
	pick("bao-cao-ket-qua", "done")
	b.Push("Gửi báo cáo")
	b.Await("Đã báo cáo, chờ xem xét")
	fits("bao-cao")

	r.as("tinh", "06", access.Specialist)
	b.Go(r.site.URL + survey + "?mo=khep")
	pick("khep-so", "1")
	pick("khep-ket-qua", "done")
	b.Push("Khép kiến nghị")
	b.Await("Khép ngày")
	fits("khep")
}
