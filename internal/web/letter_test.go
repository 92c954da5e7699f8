package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dossier"
)

// letterOfTheBody is a complaint of theBody with its dossier and a paper that names nobody.
func letterOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	id := made(t, o, "thu:don", "petition_letter", "", map[string]any{"class": "complaint", "field": "land", "received_on": today.AddDays(-9).String(), "channel": "direct", "number": "9001", "code": "DT-2026-909001"})
	b := o.deps.Dossiers
	_, v, err := b.ContentOf(t.Context(), o.app.DB.Read(), id)
	if err != nil {
		t.Fatal(err)
	}
	if v.N == 0 {
		err := o.app.DB.Write(t.Context(), func(tx *db.Tx) error {
			return b.Put(t.Context(), tx, "thu", dossier.Item{Entry: id, Content: dossier.Content{Summary: "Đơn của ma trận"}, Sender: &dossier.Sender{Name: "Người Ma Trận"}, Marked: true})
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Add(t.Context(), "thu", id, []byte("%PDF-1.4\n%%EOF\n"), "quyet dinh.pdf", dossier.Enclosed, false); err != nil {
			t.Fatal(err)
		}
	}
	return fmt.Sprint(id)
}

// takeIn is the form of a letter as the desk sends it.
func takeIn(class, step string, pairs ...string) url.Values {
	v := values(append([]string{"loai", class, "buoc", step, "khoa", keyOf(1), "don-vi", "001.UBND", "nguon", "direct", "nhan", today.Vi(), "linh-vuc", "land",
		"tom-tat", "Đề nghị xem lại mức bồi thường ruộng"}, pairs...)...)
	return v
}

func but(v url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// letterID is the letter that a form was saved as.
func (r *recorder) letterID(a answer) int64 {
	r.t.Helper()
	to := r.wentTo(a)
	var id int64
	if _, err := fmt.Sscanf(to, "/don-thu/%d/bien-nhan", &id); err != nil {
		r.t.Fatalf("went to %q", to)
	}
	return id
}

// The desk takes a letter in: wrong at first, checked by the citizen, saved once however often it is sent. The ledger
// holds the skeleton, the dossier the rest.
func TestALetterIsTakenIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		r.as("tiepdan", "001", access.Desk)
		a := r.post("/don-thu/moi", values("loai", "complaint", "buoc", "luu", "khoa", keyOf(1), "nhan", "31/12/2030", "don-vi", "002.UBND"))
		for _, say := range []string{"không có quyền nhận đơn", "chưa tới", "Hãy chọn lĩnh vực", "Hãy ghi tóm tắt"} {
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, say) {
				t.Errorf("wrong form: %d, without %q", a.status, say)
			}
		}
		who := []string{"nguoi", "Bà Hoàng Thị Thử", "dia-chi", "Thôn Nà Khun", "so-nguoi-ky", "3", "thua-dat", "thửa 12 tờ 5\nthửa 13 tờ 5", "so-giay-to", "2", "ky", "thumbprint"}
		a = r.post("/don-thu/moi", takeIn("complaint", "kiem-tra", who...))
		if a.status != http.StatusOK || !strings.Contains(a.body, "Chưa có gì được lưu") || !strings.Contains(a.body, "Bà Hoàng Thị Thử") || a.header.Get("Cache-Control") != "no-store" {
			t.Fatalf("the page to check: %d %s", a.status, summaryOf(a.body))
		}
		form := takeIn("complaint", "luu", who...)
		id := r.letterID(r.post("/don-thu/moi", form))
		if again := r.letterID(r.post("/don-thu/moi", form)); again != id {
			t.Errorf("sent twice, it became %d and %d", id, again)
		}
		e := r.entry(id)
		fields := e.Versions[0].Fields
		for _, want := range []string{`"number":"1"`, `"code":"DT-2026-000001"`, `"joint_letter":"yes"`, `"signature":"thumbprint"`, `"papers":2`, `"remote":"no"`, `"act":"received"`} {
			if !strings.Contains(fields, want) {
				t.Errorf("fields lack %s: %s", want, fields)
			}
		}
		if strings.Contains(fields, "Hoàng") || strings.Contains(fields, "thửa") || strings.Contains(fields, "bồi thường") {
			t.Errorf("the ledger holds what was written: %s", fields)
		}
		content, _, err := r.dossiers.ContentOf(t.Context(), d.Read(), id)
		if err != nil || len(content.Parcels) != 2 || content.Summary == "" {
			t.Errorf("dossier: %+v %v", content, err)
		}
		receipt := r.get(fmt.Sprintf("/don-thu/%d/bien-nhan", id)).body
		if !strings.Contains(receipt, "DT-2026-000001") || !strings.Contains(receipt, "Điều 27") || strings.Contains(receipt, "Hoàng") {
			t.Error("the receipt lacks code or article, or names the sender")
		}
		if named := r.post(fmt.Sprintf("/don-thu/%d/bien-nhan", id), values("khoa", keyOf(9), "in", "ten")); !strings.Contains(named.body, "Bà Hoàng Thị Thử") {
			t.Errorf("with the name: %d %s", named.status, summaryOf(named.body))
		}
	})
}

// A denunciation has no field for its sender, whatever a browser sends; its code says nothing, no draft is kept, and
// what it says opens only for who may read denunciations.
func TestADenunciationNamesNobody(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRecorder(t, d)
	r.as("tiepdan", "001", access.Desk)
	for _, class := range []string{"denunciation", "mixed-tc"} {
		page := r.get("/don-thu/moi?loai=" + class)
		if strings.Contains(page.body, `name="nguoi"`) || strings.Contains(page.body, "data-draft") || !strings.Contains(page.body, "Giữ bí mật người tố cáo") || page.header.Get("Cache-Control") != "no-store" {
			t.Errorf("the form of %s asks for a sender, is kept, or does not warn", class)
		}
		key := keyOf(map[string]int{"denunciation": 3, "mixed-tc": 4}[class])
		form := but(takeIn(class, "luu"), "khoa", key, "nguoi", "Ông Kín Danh Tính", "dia-chi", "Bản Kín", "tom-tat", "Lập khống hồ sơ nhận hỗ trợ")
		if a := r.post("/don-thu/moi", but(takeIn(class, "kiem-tra"), "khoa", key, "nguoi", "Ông Kín Danh Tính")); strings.Contains(a.body, "Kín Danh Tính") {
			t.Errorf("%s: the name comes back", class)
		}
		id := r.letterID(r.post("/don-thu/moi", form))
		if !regexp.MustCompile(`"code":"TC-[0-9A-Z]{4}-[0-9A-Z]{4}"`).MatchString(r.entry(id).Versions[0].Fields) {
			t.Errorf("%s: code in %s", class, r.entry(id).Versions[0].Fields)
		}
		if has, err := r.dossiers.HasSender(t.Context(), d.Read(), id); err != nil || has {
			t.Errorf("%s: a sender is kept (%v)", class, err)
		}
		path := fmt.Sprintf("/don-thu/%d", id)
		for _, page := range []string{"/noi-dung", "/giay-to"} {
			if a := r.get(path + page); a.status != http.StatusForbidden || strings.Contains(a.body, "Lập khống") {
				t.Errorf("%s: the desk reads %s: %d", class, page, a.status)
			}
		}
		if a := r.get("/don-thu?tim=lap+khong"); strings.Contains(a.body, path) {
			t.Errorf("%s: the desk finds it by its words", class)
		}
		if a := r.post(path+"/nguoi-gui", values("khoa", keyOf(7), "can-cu", "contact")); a.status == http.StatusOK {
			t.Errorf("%s: a sender is looked at: %d", class, a.status)
		}
		r.as("baomat", "001", access.Confidential)
		if a := r.get(path + "/noi-dung"); a.status != http.StatusOK || !strings.Contains(a.body, "Lập khống") {
			t.Errorf("%s: the confidential officer does not read it: %d", class, a.status)
		}
		if a := r.get("/don-thu?tim=lap+khong"); !strings.Contains(a.body, path) && !strings.Contains(a.body, fmt.Sprintf("/ghi-nhan/%d", id)) {
			t.Errorf("%s: the confidential officer does not find it", class)
		}
		r.as("tiepdan", "001", access.Desk)
	}
}

// Clerks who enter letters at the same moment get numbers without gaps.
func TestTwoClerksAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		r.as("tiepdan", "001", access.Desk)
		const letters = 8
		var wg sync.WaitGroup
		for i := range letters {
			form := but(takeIn("proposal", "luu"), "khoa", keyOf(20+i))
			wg.Go(func() {
				if a := r.post("/don-thu/moi", form); a.status != http.StatusSeeOther {
					t.Errorf("letter %d: %d %s", i, a.status, summaryOf(a.body))
				}
			})
		}
		wg.Wait()
		var n, last int64
		if err := d.Read().QueryRowContext(t.Context(), `SELECT count(*), max(number) FROM register_line`).Scan(&n, &last); err != nil || n != letters || last != letters {
			t.Errorf("%d lines, last number %d, %v", n, last, err)
		}
	})
}

// Who sent a letter is asked by need: with a reason, one letter at a time, shown once and not kept by a browser.
func TestLookingAtASender(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRecorder(t, d)
	r.as("tiepdan", "001", access.Desk)
	id := r.letterID(r.post("/don-thu/moi", takeIn("complaint", "luu", "nguoi", "Bà Hoàng Thị Thử")))
	path := fmt.Sprintf("/don-thu/%d/nguoi-gui", id)
	if a := r.get(path); strings.Contains(a.body, "Hoàng") {
		t.Error("shown without a reason")
	}
	if a := r.post(path, values("khoa", keyOf(5))); a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, "Hoàng") {
		t.Errorf("without a reason: %d", a.status)
	}
	a := r.post(path, values("khoa", keyOf(6), "can-cu", "contact", "ghi-them", "Mời ngày 5"))
	if a.status != http.StatusOK || !strings.Contains(a.body, "Bà Hoàng Thị Thử") || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("with a reason: %d %q", a.status, a.header.Get("Cache-Control"))
	}
	if a := r.get(path); strings.Contains(a.body, "Hoàng") || !strings.Contains(a.body, "Mời ngày 5") {
		t.Error("shown again, or the look is not listed")
	}
	r.as("lanhdao", "001", access.Leader)
	if a := r.post(path, values("khoa", keyOf(8), "can-cu", "contact")); a.status != http.StatusForbidden {
		t.Errorf("a leader looks: %d", a.status)
	}
	r.as("thanhtra", "001", access.Inspector)
	if a := r.get(path); !strings.Contains(a.body, "tiepdan") || strings.Contains(a.body, "Hoàng") {
		t.Errorf("the inspector does not see who looked: %d", a.status)
	}
	r.as("tiepdan", "002", access.Desk)
	if a := r.get(path); a.status != http.StatusForbidden {
		t.Errorf("the desk of another commune: %d", a.status)
	}
	r.as("tiepdan", "001", access.Desk)
	if to := r.wentTo(r.post(path+"/sua", values("khoa", keyOf(9), "nguoi", "Bà Hoàng Thị Thử Sửa"))); to != path {
		t.Errorf("mended, went to %q", to)
	}
	if a := r.post(path, values("khoa", keyOf(10), "can-cu", "mend")); !strings.Contains(a.body, "Thử Sửa") {
		t.Error("the mended name is not there")
	}
}

// Content is written anew in versions; papers that name the sender ask for a reason; hostile files are refused.
func TestContentAndPapersOfALetter(t *testing.T) {
	dir := t.TempDir()
	d := dbtest.Open(t, db.Config{Path: filepath.Join(dir, "danvan.db")})
	r := newRecorder(t, d)
	r.as("tiepdan", "001", access.Desk)
	id := r.letterID(r.post("/don-thu/moi", takeIn("complaint", "luu", "nguoi", "Bà Canary Thị Đỏ"), upload{"tep", "don cua canary.png", pictureOf(3)}))
	path := fmt.Sprintf("/don-thu/%d", id)
	edit := values("khoa", keyOf(5), "phien-ban", "1", "tom-tat", "Tóm tắt sửa lại")
	if to := r.wentTo(r.post(path+"/noi-dung", edit)); to != path+"/noi-dung" {
		t.Errorf("edited, went to %q", to)
	}
	if a := r.post(path+"/noi-dung", but(edit, "khoa", keyOf(6))); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Người khác vừa lưu") {
		t.Errorf("over a newer version: %d", a.status)
	}
	if a := r.get(path + "/noi-dung?ban=1"); !strings.Contains(a.body, "mức bồi thường ruộng") {
		t.Error("the first version is gone")
	}
	if a := r.get(path + "/giay-to/1"); a.status != http.StatusOK || !strings.Contains(a.body, "Vì sao cần mở") {
		t.Errorf("a paper with the sender opens without a reason: %d", a.status)
	}
	got := r.post(path+"/giay-to/1", values("khoa", keyOf(7), "can-cu", "verify"))
	if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(got.body, "\x89PNG") || got.header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("with a reason: %d %q", got.status, got.header.Get("Content-Disposition"))
	}
	a := r.post(path+"/giay-to", values("khoa", keyOf(8), "loai", "enclosed", "khong-ten", "1"), upload{"tep", "qd.pdf", []byte("MZ\x90 chương trình")})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "không thuộc loại được nhận") {
		t.Errorf("a program is taken for a paper: %d", a.status)
	}
	r.wentTo(r.post(path+"/giay-to", values("khoa", keyOf(9), "loai", "enclosed", "khong-ten", "1"), upload{"tep", "qd.pdf", []byte("%PDF-1.4\ncanary\n%%EOF\n")}))
	if a := r.get(path + "/giay-to/2"); a.status != http.StatusOK || !strings.Contains(a.body, "%PDF") {
		t.Errorf("an enclosed paper: %d", a.status)
	}
	r.wentTo(r.post(path+"/giay-to/2/dua-ra", values("khoa", keyOf(10), "ly-do", "Nhầm hồ sơ")))
	if a := r.get(path + "/giay-to/2"); a.status != http.StatusNotFound {
		t.Errorf("a paper taken out: %d", a.status)
	}
	for _, word := range []string{"Canary", "canary", "bồi thường ruộng", "Tóm tắt sửa"} {
		for name, data := range filesBelow(t, dir) {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%q stands in plain in %s", word, name)
			}
		}
	}
}

func filesBelow(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out[e.Name()], err = os.ReadFile(path)
		}
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d files, %v", len(out), err)
	}
	return out
}

// The register narrows by class, state and words, and goes out as a file without people.
func TestTheRegister(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	r.as("tiepdan", "001", access.Desk)
	one := r.letterID(r.post("/don-thu/moi", takeIn("complaint", "luu", "nguoi", "Bà Hoàng Thị Thử")))
	r.letterID(r.post("/don-thu/moi", but(takeIn("proposal", "luu"), "khoa", keyOf(2), "tom-tat", "Đề xuất làm đường vào bản", "nhan", today.AddDays(-40).Vi())))
	rows := func(q string) int { return strings.Count(r.get("/don-thu"+q).body, `<th scope="row"`) }
	for q, want := range map[string]int{"": 2, "?loai=complaint": 1, "?tim=duong+vao+ban": 1, "?tim=DT-2026-000001": 1, "?tim=hoang+thi": 0, "?tinh-trang=qua-han": 1, "?tinh-trang=xong": 0, "?nam=2020": 0, "?nam=tat-ca": 2} {
		if got := rows(q); got != want {
			t.Errorf("%q: %d letters, want %d", q, got, want)
		}
	}
	csv := r.get("/don-thu?tai=csv").body
	if !strings.Contains(csv, "DT-2026-000001") || strings.Contains(csv, "Hoàng") || strings.Contains(csv, "ruộng") {
		t.Errorf("the file: %.300s", csv)
	}
	r.as("khac", "002", access.Desk)
	if rows("") != 0 {
		t.Error("the desk of another commune sees the letters")
	}
	if a := r.get(fmt.Sprintf("/don-thu/%d/bien-nhan", one)); a.status != http.StatusForbidden {
		t.Errorf("and their receipt: %d", a.status)
	}
}

// Letters have no generic form; a letter sent to it is refused and kept nowhere.
func TestLettersHaveNoGenericForm(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRecorder(t, d)
	r.as("tiepdan", "001", access.Desk)
	if to := r.wentTo(r.get("/ghi-nhan/moi/petition_letter")); to != "/don-thu/moi" {
		t.Errorf("went to %q", to)
	}
	for _, step := range []string{"luu", "nhap"} {
		a := r.post("/ghi-nhan/moi/petition_letter", values("khoa", keyOf(1), "buoc", step, "f-class", "denunciation", "f-matter", "VU-KIN"))
		if a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", step, a.status)
		}
	}
	var n int
	if err := d.Read().QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM draft) + (SELECT count(*) FROM entry)`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d drafts and entries, %v", n, err)
	}
}
