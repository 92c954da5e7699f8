package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/model"
)

func modelOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	return fmt.Sprint(made(t, o, "thu:mo-hinh", model.ModelKind, "", map[string]any{"title": "Đường hoa thử", "sector": "new_rural", "type": "model", "subject": "collective",
		"scores": []any{map[string]any{"criterion": "landscape", "self_score": 8}}}))
}

// modelOffice is an office whose ledger follows models.
func modelOffice(t *testing.T, d *db.DB) (*recorder, func(at string) *model.Model) {
	t.Helper()
	r := newRecorder(t, d)
	shelf := &model.Shelf{Ledger: r.ledger, Catalog: r.cat, Engine: d.Engine()}
	r.ledger.After = shelf.Posted
	return r, func(at string) *model.Model {
		t.Helper()
		var id int64
		if _, err := fmt.Sscanf(at, "/mo-hinh/%d", &id); err != nil {
			t.Fatal(err)
		}
		m, err := shelf.Model(t.Context(), d.Read(), id)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
}

// A model from its registration to its end: each step follows, what does not is refused beside its control, a form sent
// twice acts once, another place follows and is counted once, the year's end counts from the dates.
func TestModelFromRegistrationToEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r, stands := modelOffice(t, d)
		day := func(back int) string { return today.AddDays(-back).Vi() }
		register := []string{"khoa", "moi", "don-vi", "001.MTTQ", "ten", "Đường hoa thôn Nà Thử", "linh-vuc", "new_rural", "loai", "model", "chu-the", "individual", "ngay", day(200), "thon", "Thôn Nà Thử",
			"noi-dung", "Mỗi hộ một đoạn", "lien-he", "Ông Liên Hệ Thử", "ca-nhan", "=Bà Điển Hình Thử"}
		if a := r.post("/mo-hinh/moi", values(register...)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "chưa đánh dấu người được nêu đồng ý") || !strings.Contains(a.body, "<title>Lỗi:") {
			t.Fatalf("a name without consent: %d %s", a.status, summaryOf(a.body))
		}
		at := r.wentTo(r.post("/mo-hinh/moi", values(append(register, "dong-y", "1")...)))
		if again := r.wentTo(r.post("/mo-hinh/moi", values(append(register, "dong-y", "1")...))); again != at {
			t.Errorf("sent twice it is %s and %s", at, again)
		}
		do := func(act string, pairs ...string) answer {
			return r.post(at+"/"+act, values(append(pairs, "khoa", act+strings.Join(pairs, ""))...))
		}
		refused := func(a answer, want string) {
			t.Helper()
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, want) || !strings.Contains(a.body, "<title>Lỗi:") {
				t.Errorf("%d, want %q: %s", a.status, want, summaryOf(a.body))
			}
		}
		refused(do("cong-nhan", "cong-nhan-ngay", day(1), "cong-nhan-cap", "commune", "cong-nhan-van-ban", "QĐ 1"), "Chỉ công nhận mô hình đã được đánh giá có hiệu quả")
		refused(do("tham-dinh", "tham-dinh-ngay", day(201)), "trước ngày đăng ký")
		refused(do("tham-dinh", "tham-dinh-ngay", day(100), "diem-landscape", "11"), "điểm là số nguyên từ 0 đến 10")
		r.wentTo(do("tu-cham", "tu-diem-landscape", "9", "tu-diem-results", "7"))
		for range 2 {
			r.wentTo(do("tham-dinh", "tham-dinh-ngay", day(100), "diem-landscape", "8", "tham-dinh-van-ban", "BB 1"))
		}
		r.says(r.get(at), "tự chấm 80%", "thẩm định 80%, đạt mức gợi ý 70%", "Đã thẩm định", "BB 1")
		refused(do("danh-gia", "danh-gia-ngay", day(50)), "Hãy chọn có hiệu quả hay không")
		r.wentTo(do("danh-gia", "danh-gia-ngay", day(50), "danh-gia-muc", "yes", "danh-gia-ket-qua", "2 km hoa"))
		if m := stands(at); m.State(today) != model.Effective || m.Open(today) {
			t.Errorf("assessed it is %s, open %v", m.State(today), m.Open(today))
		}
		r.wentTo(do("cong-nhan", "cong-nhan-ngay", day(20), "cong-nhan-cap", "commune", "cong-nhan-van-ban", "QĐ 15-QĐ/ĐU"))
		if m := stands(at); m.State(today) != model.Recognised || !m.Open(today) || m.Name != "=Bà Điển Hình Thử" {
			t.Errorf("recognised it is %s, open %v, of %q", m.State(today), m.Open(today), m.Name)
		}
		r.wentTo(do("cong", "cong-cach", "no"))
		if m := stands(at); m.Open(today) {
			t.Errorf("taken off, it is still on the portal: %q", m.Public)
		}
		r.wentTo(do("cong", "cong-cach", ""))

		place := []string{"nhan-rong-don-vi", "002.MTTQ", "nhan-rong-ngay", day(10), "nhan-rong-thon", "Thôn Hai"}
		for range 2 {
			r.wentTo(do("nhan-rong", place...))
		}
		if m := stands(at); m.Places() != 1 || m.State(today) != model.Replicated || m.ReplicatedOn != today.AddDays(-10) {
			t.Errorf("%d places, %s, from %d", m.Places(), m.State(today), m.ReplicatedOn)
		}
		second := fmt.Sprintf("/mo-hinh/%d", stands(at).Replicas[0].ID)
		r.says(r.get(second), "Làm theo:", "Đường hoa thôn Nà Thử", "Mới đăng ký")
		if n := r.sum("model.replica_places"); n != "1 nơi" {
			t.Errorf("places in the figure: %s", n)
		}

		refused(do("minh-chung", "minh-chung-ngay", day(3), "minh-chung-mo-ta", "Hoa nở", "minh-chung-cong", "1"), "Chưa có ảnh để đưa lên cổng")
		r.wentTo(do("minh-chung", "minh-chung-ngay", day(3), "minh-chung-mo-ta", `<script>alert(1)</script>`))
		m := stands(at)
		if m.LastEvidenceOn != today.AddDays(-3) {
			t.Errorf("last evidence %d", m.LastEvidenceOn)
		}
		if page := r.get(at).body; strings.Contains(page, "<script>alert") {
			t.Error("a description runs")
		}
		refused(do("bo-minh-chung", "dong", fmt.Sprint(m.Evidence[0].ID)), "Hãy ghi lý do bỏ minh chứng")
		r.wentTo(do("bo-minh-chung", "dong", fmt.Sprint(m.Evidence[0].ID), "bo-minh-chung-ly-do", "Nhầm"))
		if m := stands(at); m.LastEvidenceOn != 0 || len(m.Evidence) != 0 {
			t.Errorf("struck evidence is still the last: %d", m.LastEvidenceOn)
		}

		r.wentTo(do("dung", "dung-ngay", day(1), "dung-ly-do", "Hết nội dung"))
		refused(do("minh-chung", "minh-chung-ngay", day(0), "minh-chung-mo-ta", "Hoa"), "Mô hình đã dừng")
		r.says(r.get("/mo-hinh?ky=2026&xem=ended"), "Đường hoa thôn Nà Thử", "Đã dừng")
		r.says(r.get("/mo-hinh/cuoi-nam?ky=2026"), "Xây dựng nông thôn mới", "Cá nhân")
		r.wentTo(do("chay-lai", "chay-lai-ly-do", "Ghi nhầm"))
		refused(do("hoan-tac", "hoan-tac-buoc", "checked", "hoan-tac-ly-do", "x"), "Bước sau cùng đã khác")
		r.wentTo(do("hoan-tac", "hoan-tac-buoc", "recognised", "hoan-tac-ly-do", "Quyết định ghi nhầm"))
		if m := stands(at); m.RecognisedOn != 0 || m.Open(today) {
			t.Errorf("taken back, it is recognised on %d", m.RecognisedOn)
		}
		if csv := r.get("/mo-hinh?ky=2026&tai=csv").body; !strings.Contains(csv, "Đường hoa thôn Nà Thử") || strings.Contains(csv, "Liên Hệ") {
			t.Errorf("table: %s", csv)
		}
		r.as("xa", "002", access.Clerk)
		if a := do("dung", "dung-ngay", day(1), "dung-ly-do", "x"); a.status != http.StatusForbidden {
			t.Errorf("the other commune's clerk ends it: %d", a.status)
		}
		followed := r.wentTo(r.post("/mo-hinh/moi", values("khoa", "theo", "don-vi", "002.PN", "ten", "Đường hoa nữa", "linh-vuc", "new_rural", "loai", "model", "chu-the", "collective", "ngay", day(5), "theo", strings.TrimPrefix(at, "/mo-hinh/"))))
		if m := stands(followed); m.First == nil || stands(at).Places() != 2 {
			t.Errorf("followed by a commune itself: %d places", stands(at).Places())
		}
	})
}

// A drive of several bodies is one line and one count; its works add up.
func TestDrivesCountOnce(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	drive := func(unit string, partners []string, back int, km string) {
		t.Helper()
		err := r.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := r.ledger.Record(t.Context(), tx, "thu", ledger.Draft{Kind: model.DriveKind, Unit: unit, Partners: partners, Day: civil.Date(today).AddDays(-back), Fields: map[string]any{"topic": "Giúp dân làm đường", "force": "military",
				"form": "civic_action", "soldiers": 20, "workdays": "30.5", "works": []any{map[string]any{"work": "road", "quantity": km}}}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	drive("001.QS", []string{"001.BXD", "001.MTTQ"}, 10, "1.25")
	drive("002.QS", nil, 20, "0.5")
	page := r.get("/luc-luong?ky=2026").body
	for _, want := range []string{"Làm, sửa đường 1,75 km", "61", "2 đợt"} {
		if !strings.Contains(page, want) {
			t.Errorf("the book of drives does not say %q", want)
		}
	}
	if n := r.sum("forces.drives"); !strings.HasPrefix(n, "2") {
		t.Errorf("drives in the figure: %s", n)
	}
}
