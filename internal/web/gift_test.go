package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/contribution"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/xlsx"
)

func roadOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	return fmt.Sprint(made(t, o, "thu:duong", contribution.WorkKind, "", map[string]any{"title": "Đường thử", "purpose": "road", "quantity": "0.5", "quantity_unit": "km", "money": 9_000_000}))
}

func giftOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	roadOfTheBody(t, o)
	return fmt.Sprint(made(t, o, "thu:gop", contribution.GiftKind, "thu:duong", map[string]any{"title": "Đường thử", "purpose": "road", "source": "people", "money": 500_000,
		"donors": []any{"Bà Thử Nghiệm"}, "consent": "named"}))
}

// keepers is an office whose ledger keeps the accounts of works.
func keepers(t *testing.T, d *db.DB) (*recorder, func() *contribution.Work) {
	t.Helper()
	r := newRecorder(t, d)
	shelf := &contribution.Shelf{Ledger: r.ledger, Catalog: r.cat, Engine: d.Engine()}
	r.ledger.After = shelf.Posted
	return r, func() *contribution.Work {
		t.Helper()
		list, err := shelf.Works(t.Context(), d.Read(), ledger.Filter{})
		if err != nil || len(list) == 0 {
			t.Fatalf("works: %d, %v", len(list), err)
		}
		return list[len(list)-1]
	}
}

// A work from its plan to the close: rows of gifts all or none, what is wrong by its row, nothing spent that is not there,
// names by consent alone, closed with nothing left.
func TestWorkFromPlanToClose(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r, work := keepers(t, d)
		at := r.wentTo(r.post("/dong-gop/moi", values("khoa", "moi", "don-vi", "001.MTTQ", "ten", "Đường thôn Nà Thử", "muc-dich", "road", "cuoc-van-dong", "new_rural", "thon", "Thôn Nà Thử",
			"khoi-luong", "0,8", "dv", "km", "tien", "5.000.000", "dat", "120,5", "ngay", today.AddDays(-60).Vi())))
		do := func(act string, pairs ...string) answer {
			return r.post(at+"/"+act, values(append(pairs, "khoa", act+strings.Join(pairs, ""))...))
		}
		refused := func(a answer, want string) {
			t.Helper()
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, want) || !strings.Contains(a.body, "<title>Lỗi:") {
				t.Errorf("%d, want %q: %s", a.status, want, summaryOf(a.body))
			}
		}
		day := today.AddDays(-40).Vi()
		refused(do("gop", "ngay", day), "Chưa có dòng nào có số")
		refused(do("gop", "ngay", day, "so-dong", "3", "g-1-tien", "200.000", "g-2-tien", "100.000", "g-2-ten", "Ông Thử Hai", "g-3-cong", "hai"), "Dòng 2: Có tên mà chưa đánh dấu")
		refused(do("gop", "ngay", day, "so-dong", "3", "g-1-tien", "200.000", "g-3-cong", "hai"), "Dòng 3: ")
		if n := r.count("contribution_receipt"); n != 0 {
			t.Fatalf("%d gifts of a form that was refused", n)
		}
		rows := []string{"ngay", day, "so-dong", "4", "g-1-tien", "200.000", "g-1-ten", "=Bà Thử Một", "g-1-y", "1", "g-2-dat", "120,5", "g-2-ho", "3", "g-4-hv", "Xi măng", "g-4-sl", "10", "g-4-dv", "bag"}
		for range 2 { // sent twice
			r.wentTo(do("gop", rows...))
		}
		if a := work().Account; a.Gifts != 3 || a.Households != 5 || a.Received[contribution.Item{Nature: contribution.Land}] != 1205 {
			t.Fatalf("account %+v", a)
		}
		page := r.says(r.get(at), "=Bà Thử Một", "3 lượt hộ", "Phiếu 1/2026", "Phiếu 3/2026", "phương án 0,8 km")
		if !strings.Contains(page, "Đang đóng góp") {
			t.Error("the work is not said to collect")
		}
		refused(do("dung", "dung-ngay", day, "dung-viec", "Mua đá", "dung-chung-tu", "PC 1", "dung-tien", "200.001"), "quá 1 đồng")
		refused(do("dung", "dung-ngay", day, "dung-tien", "1"), "Hãy ghi chứng từ")
		refused(do("khoa-so", "khoa-so-ngay", today.Vi(), "khoa-so-bien-ban", "BB 1"), "đang còn 120,5 m², 200.000 đồng, 10 bao")
		r.wentTo(do("dung", "dung-ngay", day, "dung-viec", "Mua đá", "dung-chung-tu", "PC 1", "dung-tien", "150.000"))
		r.wentTo(do("nghiem-thu", "nghiem-thu-ngay", today.AddDays(-5).Vi(), "nghiem-thu-khoi-luong", "0,82", "nghiem-thu-bien-ban", "BB 2", "nghiem-thu-so", "1", "nghiem-thu-het", "1"))
		r.says(r.get(at), "đã nghiệm thu 0,82 km", "Dùng vào công trình theo nghiệm thu", "Đã nghiệm thu")
		if sum := r.sum("contribution.households"); sum != "5 lượt hộ" { // counted once: not pledged, given and used
			t.Errorf("households: %s", sum)
		}
		r.wentTo(do("niem-yet", "niem-yet-ngay", today.Vi()))
		r.wentTo(do("du", "du-ngay", today.Vi(), "du-viec", "Hết việc", "du-bien-ban", "BB 3", "du-tien", "50.000"))
		r.wentTo(do("khoa-so", "khoa-so-ngay", today.Vi(), "khoa-so-bien-ban", "BB 4"))
		if w := work(); w.Stage() != contribution.Closed || len(w.Accepted) != 1 || w.Accepted[0].Published != "yes" {
			t.Errorf("the work ends as %s, acceptance %+v", w.Stage(), w.Accepted)
		}
		r.says(r.get("/dong-gop?ky=2026&xem=closed"), "Đường thôn Nà Thử", "không còn dư")
		r.says(r.get("/dong-gop/tong-hop?ky=2026&theo=thon"), "Thôn Nà Thử, Xã Một", "200.000")

		var named contribution.Line
		for _, l := range work().Lines {
			if len(l.Names) > 0 {
				named = l
			}
		}
		r.says(r.get(fmt.Sprintf("/dong-gop/%d/phieu", named.ID)), "=Bà Thử Một", "1/2026", "200.000 đồng")
		if csv := r.get(at + "/so?tai=csv").body; !strings.Contains(csv, "'=Bà Thử Một") {
			t.Errorf("a name runs as a formula: %s", csv)
		}
		r.wentTo(do("rut-ten", "dong", fmt.Sprint(named.ID)))
		for _, page := range []string{at, at + "/bang", at + "/so?tai=csv", fmt.Sprintf("/dong-gop/%d/phieu", named.ID), "/ghi-nhan?tim=Thử+Một", fmt.Sprintf("/ghi-nhan/%d", named.ID)} {
			if body := r.get(page).body; strings.Contains(body, "Bà Thử Một") {
				t.Errorf("%s still names who took the name back", page)
			}
		}
		if a := work().Account; a.Gifts != 3 {
			t.Errorf("%d gifts after a name was taken back", a.Gifts)
		}
		r.as("xa", "002", access.Clerk)
		if a := do("dung", "dung-viec", "x"); a.status != http.StatusForbidden {
			t.Errorf("the other commune's clerk spends: %d", a.status)
		}
	})
}

// Rows come from a spreadsheet, pasted or as a file; what does not fit is said with its row and nothing is saved yet.
func TestGiftsReadFromATable(t *testing.T) {
	r, work := keepers(t, dbtest.SQLite(t))
	at := r.wentTo(r.post("/dong-gop/moi", values("khoa", "moi", "don-vi", "001.MTTQ", "ten", "Kênh", "muc-dich", "canal", "ngay", today.AddDays(-60).Vi())))
	day := today.Vi()
	pasted := "Họ tên\tTiền\tSố lượng\tĐơn vị\tHiện vật\tMuốn nêu tên\r\n\tmười\t\t\t\t\r\nBà Thử\t1.000\t2,5\tm³\tCát\tcó\r\n\t\t3\tthúng\tĐá\t\r\n"
	a := r.post(at+"/gop", values("khoa", "k1", "ngay", day, "viec", "doc", "dan", pasted))
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Dòng 3: không có “thúng” trong danh sách đơn vị tính") || !strings.Contains(a.body, `value="Bà Thử"`) || !strings.Contains(a.body, `value="mười"`) {
		t.Errorf("read from a pasted table: %d %s", a.status, summaryOf(a.body))
	}
	var b bytes.Buffer
	sheet := xlsx.Sheet{Name: "Góp", Columns: []xlsx.Column{{Head: "Lượt hộ"}, {Head: "Ngày công"}, {Head: "Bên góp"}},
		Rows: []xlsx.Row{xlsx.Texts("12", "30,5", "Hộ gia đình"), xlsx.Texts("", "4", "Nhà hảo tâm")}}
	if err := xlsx.Write(&b, &xlsx.Workbook{Sheets: []xlsx.Sheet{sheet}}); err != nil {
		t.Fatal(err)
	}
	a = r.post(at+"/gop", values("khoa", "k2", "ngay", day, "viec", "doc"), upload{"tep", "gop.xlsx", b.Bytes()})
	if a.status != http.StatusOK || !strings.Contains(a.body, "Đã đọc 2 dòng") || !strings.Contains(a.body, `value="30,5"`) {
		t.Errorf("read from a workbook: %d %s", a.status, summaryOf(a.body))
	}
	if a := r.post(at+"/gop", values("khoa", "k3", "ngay", day, "viec", "doc"), upload{"tep", "gop.xlsx", []byte("PK no")}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a file that is no workbook: %d", a.status)
	}
	if w := work(); w.Account.Gifts != 0 {
		t.Errorf("%d gifts saved by reading a table", w.Account.Gifts)
	}
	r.wentTo(r.post(at+"/gop", values("khoa", "k4", "ngay", day, "so-dong", "2", "g-1-ho", "12", "g-1-cong", "30,5", "g-2-cong", "4", "g-2-ben", "benefactor")))
	if w := work(); w.Account.Gifts != 2 || w.Account.Households != 12 {
		t.Errorf("account %+v", w.Account)
	}
	r.post(at+"/dung", values("khoa", "d", "dung-ngay", day, "dung-viec", `=HYPERLINK("http://x","y")`, "dung-chung-tu", "@cmd", "dung-cong", "1"))
	out := string(libre(t, []byte(r.get(at+"/so?tai=xlsx").body), "xlsx", "csv"))
	if !strings.Contains(out, `=HYPERLINK(""http://x"",""y"")`) || !strings.Contains(out, "@cmd") {
		t.Errorf("LibreOffice reads the account as %s", out)
	}
}
