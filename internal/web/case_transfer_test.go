package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dossier"
	"danvan/internal/jobs"
)

// handOver transfers a letter of the commune 001 to the committee of 002, by the form.
func (r *recorder) handOver(id int64, n int) answer {
	r.t.Helper()
	path := fmt.Sprintf("/don-thu/%d/chuyen", id)
	form := formOf(r.t, r.get(path).body, "Chuyển đơn")
	return r.form(path, but(form, "don-vi", "002.UBND", "ngay", today.Vi(), "so", fmt.Sprintf("%d/PC-UBND", n), "ngay-vb", today.Vi()))
}

// A letter goes from one body to another: what it says, who sent it and what came with it go along, sealed anew; both
// cases know of one another; it is received once, and taken back no more.
func TestALetterIsTransferred(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		r.as("tiepdan", "001", access.Desk)
		id := r.letterID(r.post("/don-thu/moi", takeIn("proposal", "luu", "nguoi", "Bà Hoàng Thị Thử"), upload{"tep", "don.png", pictureOf(3)}))
		path := fmt.Sprintf("/don-thu/%d", id)
		if to := r.wentTo(r.handOver(id, 7)); to != path {
			t.Fatalf("transferred, went to %q", to)
		}
		page := r.get(path).body
		if !strings.Contains(page, "Chờ xác nhận đã nhận") || strings.Contains(page, "/buoc/receipt") {
			t.Error("the case does not wait for the other body, or may confirm in its place")
		}
		r.as("vanthu", "002", access.Desk)
		list := r.get("/don-thu/den")
		if !strings.Contains(list.body, "7/PC-UBND") || strings.Contains(list.body, "Hoàng") {
			t.Fatalf("the list of what comes: %s", summaryOf(list.body))
		}
		form := formOf(t, list.body, "Xác nhận đã nhận")
		to := r.wentTo(r.form(path+"/nhan-chuyen", form))
		var got int64
		if _, err := fmt.Sscanf(to, "/don-thu/%d", &got); err != nil || got == id {
			t.Fatalf("received, went to %q", to)
		}
		if again := r.form(path+"/nhan-chuyen", form); again.status != http.StatusSeeOther {
			t.Errorf("sent twice: %d", again.status)
		}
		if other := r.form(path+"/nhan-chuyen", but(form, "khoa", keyOf(30))); other.status != http.StatusConflict {
			t.Errorf("received once more: %d", other.status)
		}
		if fields := r.entry(got).Versions[0].Fields; !strings.Contains(fields, `"channel":"transferred"`) || !strings.Contains(fields, `"number":"1"`) {
			t.Errorf("entered as %s", fields)
		}
		if page := r.get(to).body; !strings.Contains(page, "mức bồi thường ruộng") || !strings.Contains(page, "1 giấy tờ") {
			t.Error("the content did not come, or the page does not say that a paper is coming")
		}
		if _, err := (jobs.Worker{DB: d, Handlers: r.dossiers.Jobs()}).Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		papers, err := r.dossiers.Papers(t.Context(), d.Read(), got)
		if err != nil || len(papers) != 1 || papers[0].Sort != dossier.Letter || !papers[0].Names {
			t.Errorf("papers %+v, %v", papers, err)
		}
		if a := r.post(to+"/nguoi-gui", values("khoa", keyOf(31), "can-cu", "deliver")); !strings.Contains(a.body, "Bà Hoàng Thị Thử") {
			t.Errorf("the sender did not come: %d", a.status)
		}
		r.as("tiepdan", "001", access.Desk)
		if page := r.get(path).body; !strings.Contains(page, "đã vào sổ số") || strings.Contains(page, fmt.Sprintf(`href="/don-thu/%d"`, got)) || !strings.Contains(page, "xác nhận đã nhận") {
			t.Error("the sending body does not see the receipt, or is led to what it may not open")
		}
		if a := r.form(path+"/bo-buoc", but(formOf(t, r.get(path+"/bo-buoc").body, "ly-do"), "ly-do", "nhầm")); a.status != http.StatusConflict {
			t.Errorf("a transfer that was received is taken back: %d %s", a.status, summaryOf(a.body))
		}
		r.as("thu", "06", access.Roles()...)
		if a, b := r.get(path).body, r.get(to).body; !strings.Contains(a, fmt.Sprintf(`href="/don-thu/%d"`, got)) || !strings.Contains(b, fmt.Sprintf(`href="/don-thu/%d"`, id)) {
			t.Error("who may open both is not led from one to the other")
		}
	})
}

// A denouncer's name goes nowhere, even where a letter became a denunciation only when it was classified.
func TestADenouncerGoesNowhere(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRecorder(t, d)
	r.as("tiepdan", "001", access.Desk, access.Confidential)
	id := r.letterID(r.post("/don-thu/moi", takeIn("complaint", "luu", "nguoi", "Ông Kín Danh Tính"), upload{"tep", "don.png", pictureOf(3)}))
	path := fmt.Sprintf("/don-thu/%d", id)
	form := formOf(t, r.get(path+"/buoc/classified").body, "phien-ban")
	r.wentTo(r.form(path+"/buoc", but(form, "ngay", today.Vi(), "loai", "denunciation", "linh-vuc", "corruption", "dieu-kien", "eligible", "tham-quyen", "other")))
	r.wentTo(r.handOver(id, 8))
	if page := r.get(path).body; strings.Contains(page, "Kín Danh Tính") {
		t.Error("the page names the denouncer")
	}
	r.as("vanthu", "002", access.Desk)
	to := r.wentTo(r.form(path+"/nhan-chuyen", formOf(t, r.get("/don-thu/den").body, "Xác nhận đã nhận")))
	if _, err := (jobs.Worker{DB: d, Handlers: r.dossiers.Jobs()}).Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got int64
	if _, err := fmt.Sscanf(to, "/don-thu/%d", &got); err != nil {
		t.Fatal(err)
	}
	has, err := r.dossiers.HasSender(t.Context(), d.Read(), got)
	papers, wrong := r.dossiers.Papers(t.Context(), d.Read(), got)
	if err != nil || wrong != nil || has || len(papers) != 0 {
		t.Errorf("a sender %v, %d papers (%v, %v)", has, len(papers), err, wrong)
	}
}

// The same content is transferred once: a second letter that a person found to say the same is refused with the reason,
// on the page and to whoever posts the form all the same.
func TestAContentGoesOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		one := letterSaying(t, r.ledger, d, r.dossiers, "proposal", "001.UBND", today.AddDays(-3), wallLetter)
		two := letterSaying(t, r.ledger, d, r.dossiers, "proposal", "001.UBND", today.AddDays(-2), wallAgain)
		r.as("tiepdan", "001", access.Desk)
		path := fmt.Sprintf("/don-thu/%d", two)
		form := formOf(t, r.get(path+"/chuyen").body, "Chuyển đơn")
		r.wentTo(r.handOver(one, 9))
		beside := fmt.Sprintf("%s/trung?voi=%d", path, one)
		r.wentTo(r.form(path+"/trung", but(formOf(t, r.get(beside).body, "quan-he"), "voi", fmt.Sprint(one), "quan-he", "same_letter", "can-cu", "same_content", "ly-do", "Cùng bức tường")))
		page := r.get(path).body
		if !strings.Contains(page, "cùng nội dung đã được chuyển") || strings.Contains(page, path+"/chuyen\"") || !strings.Contains(page, fmt.Sprintf(`href="/don-thu/%d"`, one)) {
			t.Error("the page offers the transfer, or does not say why not")
		}
		if a := r.get(path + "/chuyen"); a.status != http.StatusConflict || !strings.Contains(a.body, "chỉ chuyển một lần") {
			t.Errorf("the form: %d", a.status)
		}
		a := r.form(path+"/chuyen", but(form, "don-vi", "002.UBND", "ngay", today.Vi(), "so", "10/PC", "ngay-vb", today.Vi()))
		if a.status != http.StatusConflict || !strings.Contains(a.body, "chỉ chuyển một lần") {
			t.Errorf("posted all the same: %d %s", a.status, summaryOf(a.body))
		}
	})
}
