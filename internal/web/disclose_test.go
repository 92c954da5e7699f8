package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/disclosure"
	"danvan/internal/ledger"
)

// A commune publishes late and forgets the loudspeaker; it is told, mends it, takes the board down too early only with a
// reason. Households decide: one fewer than two thirds is not enough, and nobody types the result.
func TestDiscloseDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		post := func(key string, pairs ...string) answer {
			base := values("khoa", key, "don-vi", "001.UBND", "noi-dung", "poverty", "tieu-de", "Kết quả rà soát hộ nghèo", "van-ban-ngay", "02/11/2026", "so", "96/QĐ-UBND", "ngay", "10/11/2026", "hinh-thuc", "notice_board")
			for k, v := range values(pairs...) {
				base[k] = v
			}
			return r.post("/cong-khai/dang", base)
		}
		if a := post("k1", "tieu-de", "", "hinh-thuc", "", "ngay", "10/11/2030"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "chưa tới") || !strings.Contains(a.body, "ít nhất một hình thức") {
			t.Errorf("wrong input: %d %s", a.status, summaryOf(a.body))
		}
		first := post("k2")
		again := post("k2")
		at := r.wentTo(first)
		if r.wentTo(again) != at {
			t.Fatal("sent twice, it is recorded twice")
		}
		page := r.get(at).body
		for _, want := range []string{"Chậm 1 ngày", "Thiếu ngày phát thanh", "Thiếu minh chứng", "09/11/2026", "/ cần 3 ngày"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of a late publishing lacks %q", want)
			}
		}
		if a := r.post(at+"/loa", values("khoa", "k3", "loa-tu", "11/11/2026", "loa-ngay", "3")); a.status != http.StatusSeeOther {
			t.Errorf("loudspeaker: %d %s", a.status, summaryOf(a.body))
		}
		if page := r.get(at).body; strings.Contains(page, "Thiếu ngày phát thanh") || !strings.Contains(page, ", từ 11/11/2026") {
			t.Error("three days on the loudspeaker are still too few")
		}
		if a := r.post(at+"/go", values("khoa", "k4", "go-ngay", "20/11/2026")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Gỡ sớm thì ghi lý do") {
			t.Errorf("early without a reason: %d %s", a.status, summaryOf(a.body))
		}
		if a := r.post(at+"/go", values("khoa", "k5", "go-ngay", "20/11/2026", "go-vi-sao", "Sửa bảng")); a.status != http.StatusSeeOther || !strings.Contains(r.get(at).body, "Gỡ sớm") {
			t.Errorf("early with a reason: %d %s", a.status, summaryOf(a.body))
		}
		if sheet := r.get(at + "/phieu").body; !strings.Contains(sheet, "Phiếu niêm yết") || !strings.Contains(sheet, "/cong/cong-khai?xa=") {
			t.Error("the sheet does not lead to the public page")
		}
		if a := r.post("/cong-khai/ly-do", values("khoa", "k6", "don-vi", "001.UBND", "noi-dung", "budget_quarter", "ky", "30/09/2026", "ly-do", "published_above", "can-cu", "Tỉnh công khai thay")); a.status != http.StatusSeeOther {
			t.Errorf("reason: %d %s", a.status, summaryOf(a.body))
		}
		for path, want := range map[string]string{"/cong-khai/noi-dung?don-vi=001": "Có lý do", "/cong-khai/luoi?don-vi=001": "Chậm", "/cong-khai?don-vi=001": "Chưa công khai", "/hoi-nghi?don-vi=001": "Hội nghị"} {
			if a := r.get(path); a.status != http.StatusOK || !strings.Contains(a.body, want) {
				t.Errorf("%s: %d, lacks %q", path, a.status, want)
			}
		}
		decide := func(key, yes string) answer {
			return r.post("/ban-bac/moi", values("khoa", key, "don-vi", "001.UBND", "thon", "Thôn Một", "tieu-de", "Góp làm đường", "loai", "contribution", "hinh-thuc", "ballot", "ngay", "12/11/2026", "ho", "90", "tham-gia", "80", "tan-thanh", yes, "khong", "12", "hong", "2"))
		}
		if a := decide("d0", "79"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "lớn hơn số hộ tham gia") {
			t.Errorf("more votes than households: %d %s", a.status, summaryOf(a.body))
		}
		few := r.wentTo(decide("d1", "59"))
		if page := r.get(few).body; !strings.Contains(page, "Không đạt") || !strings.Contains(page, "ít nhất 60 hộ") || strings.Contains(page, "Ghi đã gửi cấp xã") {
			t.Error("59 of 90 households are called enough")
		}
		enough := r.wentTo(decide("d2", "60"))
		if page := r.get(enough).body; !strings.Contains(page, "Quá hạn gửi") || !strings.Contains(page, "19/11/2026") {
			t.Errorf("60 of 90 households: the page lacks the day by which it must be sent")
		}
		if a := r.post(enough+"/gui", values("khoa", "d3", "gui-ngay", "18/11/2026")); a.status != http.StatusSeeOther || !strings.Contains(r.get(enough).body, "Đã gửi") {
			t.Errorf("sent: %d %s", a.status, summaryOf(a.body))
		}
		if page := r.get(enough + "/bien-ban").body; !strings.Contains(page, "kiểm phiếu") || !strings.Contains(page, "Không có ý kiến") {
			t.Error("the minutes lack the counts")
		}
		b := fmt.Sprintf("/giam-sat/%d", r.put("thử", ledger.Draft{Kind: disclosure.BoardKind, Unit: "001.UBND", Day: 20260601, Fields: map[string]any{"title": "Ban giám sát đường", "type": "investment", "members": 9, "residents": 6}}))
		if a := r.post(b+"/kien-nghi", values("khoa", "b1", "kn-phat-hien", "Bê tông mỏng", "kn-noi-dung", "Đổ bù", "kn-noi-nhan", "Chủ đầu tư", "kn-ngay", "19/11/2026")); a.status != http.StatusSeeOther {
			t.Fatalf("finding: %d %s", a.status, summaryOf(a.body))
		}
		page = r.get(b).body
		if !strings.Contains(page, "nhiều nhất là 5; ban này ghi 6") || !strings.Contains(page, "Chờ trả lời đến 04/12/2026") {
			t.Error("the board's page lacks the warning or the day of the answer")
		}
	})
}
