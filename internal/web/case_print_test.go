package web_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db/dbtest"
	"danvan/internal/sealed"
)

// wordOf is the text of a Word file.
func wordOf(t *testing.T, body string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(body)), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The papers of a case are printed in the body's official form, on a page and as a Word file; nobody is named on them but
// on the notice to the sender, and that is a look.
func TestCasePapers(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRecorder(t, d)
	r.as("tiepdan", "001", access.Desk)
	id := r.letterID(r.post("/don-thu/moi", takeIn("proposal", "luu", "nguoi", "Bà Hoàng Thị Thử", "dia-chi", "Thôn Nà Khun")))
	path := fmt.Sprintf("/don-thu/%d", id)
	page, word := r.get(path+"/in/de-xuat"), wordOf(t, r.get(path+"/in/de-xuat?dang=docx").body)
	for _, want := range []string{"PHIẾU ĐỀ XUẤT XỬ LÝ ĐƠN", "XÃ MỘT", "ỦY BAN NHÂN DÂN HUYỆN MỘT", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Chủ tịch Ủy ban nhân dân xã Một", "PĐX-UBND", "mức bồi thường ruộng", "DT-2026-000001", "phân loại", "Ý kiến của người có thẩm quyền"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %q", want)
		}
		if !strings.Contains(word, want) {
			t.Errorf("the Word file lacks %q", want)
		}
	}
	if strings.Contains(page.body+word, "Hoàng") || !strings.Contains(page.header.Get("Cache-Control"), "no-store") {
		t.Error("the proposal names the sender, or is kept by the browser")
	}
	if a := r.get(path + "/in/bao-chuyen"); a.status != http.StatusConflict {
		t.Errorf("a notice of a transfer that was not made: %d", a.status)
	}
	r.wentTo(r.handOver(id, 7))
	if a := r.get(path + "/in/phieu-chuyen").body; !strings.Contains(a, "Số: 7/PC-UBND") || !strings.Contains(a, "Ủy ban nhân dân xã Hai") || strings.Contains(a, "Hoàng") {
		t.Error("the transfer lacks its number or body, or names the sender")
	}
	if a := r.get(path + "/in/bao-chuyen").body; strings.Contains(a, "Hoàng") || !strings.Contains(a, "Người gửi đơn có mã hồ sơ DT-2026-000001") {
		t.Error("the notice names the sender without a look")
	}
	if a := r.post(path+"/in/bao-chuyen", values("khoa", keyOf(70), "in", "trang")); !strings.Contains(a.body, "Kính gửi: Bà Hoàng Thị Thử, Thôn Nà Khun") {
		t.Errorf("the notice with the name: %d %s", a.status, summaryOf(a.body))
	}
	if word := wordOf(t, r.post(path+"/in/bao-chuyen", values("khoa", keyOf(71), "in", "docx")).body); !strings.Contains(word, "Bà Hoàng Thị Thử") {
		t.Error("the Word file of the notice lacks the name")
	}
	if looks, err := r.dossiers.Looks(t.Context(), d.Read(), id); err != nil || len(looks) != 2 {
		t.Errorf("%d looks, %v", len(looks), err)
	}
	if a := r.get(path + "/in/khong-co"); a.status != http.StatusNotFound {
		t.Errorf("an unknown paper: %d", a.status)
	}
	den := denunciation(t, d, r.ledger, "001.UBND", "TC-AAAA-0001")
	if a := r.get(fmt.Sprintf("/don-thu/%d/in/de-xuat", den)); a.status != http.StatusForbidden {
		t.Errorf("the desk prints a denunciation: %d", a.status)
	}
}

// Whose envelope waits is told to the confidential officer alone, and filling it with the word that there is nothing is
// enough.
func TestAnEnvelopeWaits(t *testing.T) {
	d := dbtest.SQLite(t)
	o := newSealedWorld(t, d)
	turnedOn(t, d, o.province())
	entry := denunciation(t, d, o.ledger, "001", "TC-AAAA-0001")
	list := func() string { return o.get("/to-cao?don-vi=06&ky=2026").body }
	const waits = "Cất phong bì danh tính"
	if o.officer(); !strings.Contains(list(), waits) {
		t.Error("the confidential officer is not told")
	}
	o.is(9005, "06", access.Inspector)
	if body := list(); strings.Contains(body, waits) {
		t.Error("the inspector is told")
	}
	o.bring(entry, "TC-AAAA-0001", sealed.Empty)
	if o.officer(); strings.Contains(list(), waits) {
		t.Error("the envelope still waits")
	}
}
