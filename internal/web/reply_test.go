package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/follow"
)

var onceCode = regexp.MustCompile(`code-once">([0-9A-Z-]{19})<`)

// The desk issues a code that is printed once; office and sender write; another person publishes; nothing of it is in the
// ledger, and each act is logged.
func TestAnOfficeAnswersTheSender(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		r.as("tiepdan", "001", access.Desk)
		id := r.letterID(r.post("/don-thu/moi", takeIn("reflection", "luu")))
		path := fmt.Sprintf("/don-thu/%d", id)
		first := r.post(path+"/ma-theo-doi", values("khoa", keyOf(20)))
		m := onceCode.FindStringSubmatch(first.body)
		if first.status != http.StatusOK || m == nil || !strings.Contains(first.body, "theo-doi?so=DT-2026-000001") || strings.Contains(first.body, "so=DT-2026-000001&amp;ma") {
			t.Fatalf("the receipt with its code: %d %v", first.status, m)
		}
		if again := r.post(path+"/ma-theo-doi", values("khoa", keyOf(20))); !strings.Contains(again.body, m[1]) {
			t.Error("the same form sent twice shows another code")
		}
		if page := r.get(path + "/bien-nhan"); strings.Contains(page.body, m[1]) {
			t.Error("the code is shown again")
		}
		if a := r.post(path+"/ma-theo-doi", values("khoa", keyOf(21))); a.status != http.StatusUnprocessableEntity {
			t.Errorf("a second code without a reason: %d", a.status)
		}
		if a := r.post(path+"/ma-theo-doi", values("khoa", keyOf(22), "cap-lai", "Mất giấy")); !onceCode.MatchString(a.body) || strings.Contains(a.body, m[1]) {
			t.Errorf("a second code with a reason: %d", a.status)
		}
		r.senderWrites(t, id)
		if book := r.get("/don-thu"); !strings.Contains(book.body, "người gửi có tin mới") {
			t.Error("the register does not tell that the sender wrote")
		}
		page := r.get(path + "/tra-loi-dan")
		if !strings.Contains(page.body, "Mương vẫn khô &lt;script&gt;") || !strings.Contains(page.body, "1 tin chưa đọc") {
			t.Errorf("the message: %d", page.status)
		}
		r.wentTo(r.post(path+"/tra-loi-dan", values("khoa", keyOf(23), "viec", "da-doc")))
		if a := r.post(path+"/tra-loi-dan", values("khoa", keyOf(24), "viec", "hoi", "ask-loi", "", "ask-han", "")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `href="#ask-loi"`) {
			t.Errorf("a question without words: %d", a.status)
		}
		r.wentTo(r.post(path+"/tra-loi-dan", values("khoa", keyOf(25), "viec", "hoi", "ask-loi", "Gửi thêm ảnh", "ask-han", today.AddDays(5).Vi())))
		r.wentTo(r.post(path+"/tra-loi-dan", values("khoa", keyOf(26), "viec", "tra-loi", "tra-loi", "Xã sẽ sửa mương.", "so", "12/UBND")))
		if a := r.post(path+"/tra-loi-dan/cong-bo", values("khoa", keyOf(27), "so-tra-loi", "1", "ban", "1")); a.status != http.StatusForbidden {
			t.Errorf("the desk published: %d", a.status)
		}
		r.as("lanhdao", "001", access.Leader)
		r.wentTo(r.post(path+"/tra-loi-dan/cong-bo", values("khoa", keyOf(28), "so-tra-loi", "1", "ban", "1")))
		if a := r.post(path+"/tra-loi-dan/rut", values("khoa", keyOf(29), "so-tra-loi", "1", "ban", "1")); a.status != http.StatusUnprocessableEntity {
			t.Errorf("withdrawn without a reason: %d", a.status)
		}
		if page := r.get(path + "/tra-loi-dan"); !strings.Contains(page.body, "Đã công bố cho người gửi") {
			t.Error("not published")
		}
		for _, v := range r.entry(id).Versions {
			if strings.Contains(v.Fields, "mương") || strings.Contains(v.Fields, "ảnh") {
				t.Errorf("the ledger holds what was written: %s", v.Fields)
			}
		}
		var leaves int
		if err := d.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM audit_leaf WHERE subject = 'follow' AND subject_id = $1`, id).Scan(&leaves); err != nil || leaves != 6 {
			t.Errorf("%d leaves of two codes, two words, a draft, a publication: %v", leaves, err)
		}
	})
}

// senderWrites has the sender say something.
func (r *recorder) senderWrites(t *testing.T, id int64) {
	t.Helper()
	err := r.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := (&follow.Desk{DB: r.db, Ledger: r.ledger, Dossiers: r.dossiers}).Write(t.Context(), tx, follow.Draft{Entry: id, Kind: follow.Message, Text: "Mương vẫn khô <script>alert(1)</script>"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Of a denunciation only who may read it sees what its sender writes.
func TestMessagesOfADenunciation(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRecorder(t, d)
	r.as("tiepdan", "001", access.Desk)
	id := r.letterID(r.post("/don-thu/moi", takeIn("denunciation", "luu")))
	r.senderWrites(t, id)
	path := fmt.Sprintf("/don-thu/%d/tra-loi-dan", id)
	if a := r.get(path); a.status != http.StatusForbidden || strings.Contains(a.body, "Mương vẫn khô") {
		t.Errorf("the desk reads it: %d", a.status)
	}
	r.as("baomat", "001", access.Confidential)
	if a := r.get(path); a.status != http.StatusOK || !strings.Contains(a.body, "Mương vẫn khô") {
		t.Errorf("the confidential officer does not: %d", a.status)
	}
}
