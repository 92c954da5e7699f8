package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dossier"
	"danvan/internal/jobs"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/sending"
)

// sendings is the inbox behind the recorder's pages.
func (r *recorder) sendings() *sending.Office {
	return &sending.Office{DB: r.db, Catalog: r.cat, Ledger: r.ledger, Dossiers: r.dossiers, Tree: r.keeper.Tree, Now: func() time.Time { return today.AddDays(-6).Time() }}
}

func (r *recorder) sent(key, text string) sending.Receipt {
	r.t.Helper()
	o := r.sendings()
	var out sending.Receipt
	err := r.db.Write(r.t.Context(), func(tx *db.Tx) (err error) {
		out, err = o.Send(r.t.Context(), tx, sending.Draft{Key: keyOf(0) + key, Topic: "moi-truong", Place: r.tree.On("001", today).ID, Text: text, Name: "Bà Thử Gửi Đến"})
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return out
}

// The desk finds what people sent in its own inbox, sees who sent it only with a reason, forwards, refuses and takes it
// back, and takes it in under the number and day on which it was sent.
func TestInboxOfWhatPeopleSent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		x := r.sent("A", "Bãi rác bốc mùi hôi, ô nhiễm suối.")
		at := fmt.Sprintf("/gui-den/%d", x.ID)
		r.as("tiepdan.hai", "002", access.Desk)
		if a := r.get("/gui-den"); strings.Contains(a.body, x.Number) {
			t.Error("another commune's desk sees it")
		}
		if a := r.get(at); a.status != http.StatusForbidden {
			t.Errorf("another commune's desk opens it: %d", a.status)
		}
		r.as("tiepdan", "001", access.Desk)
		if a := r.get("/gui-den"); !strings.Contains(a.body, x.Number) || !strings.Contains(a.body, "ngày làm việc") || strings.Contains(a.body, "mùi hôi") {
			t.Errorf("the inbox: %d %s", a.status, summaryOf(a.body))
		}
		a := r.get(at)
		for _, want := range []string{"Bãi rác bốc mùi hôi", "“ô nhiễm”", "Đã chờ", "Khoản 1 Điều 28"} {
			if !strings.Contains(a.body, want) {
				t.Errorf("the page lacks %q: %d", want, a.status)
			}
		}
		if strings.Contains(a.body, "Thử Gửi Đến") || !strings.Contains(a.header.Get("Cache-Control"), "no-store") {
			t.Error("the page names the sender, or may be kept")
		}
		if a := r.post(at+"/nguoi-gui", values("khoa", keyOf(1))); a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, "Thử Gửi Đến") {
			t.Errorf("without a reason: %d", a.status)
		}
		if a := r.post(at+"/nguoi-gui", values("khoa", keyOf(2), "can-cu", string(dossier.Contact))); !strings.Contains(a.body, "Bà Thử Gửi Đến") {
			t.Errorf("with a reason: %d %s", a.status, summaryOf(a.body))
		}
		if a := r.post(at+"/khong-nhan", values("khoa", keyOf(3))); a.status != http.StatusUnprocessableEntity {
			t.Errorf("refused without a ground: %d", a.status)
		}
		r.wentTo(r.post(at+"/khong-nhan", values("khoa", keyOf(4), "ly-do", "spam")))
		if a := r.get("/gui-den?xem=refused"); !strings.Contains(a.body, x.Number) {
			t.Error("what was refused is gone")
		}
		r.wentTo(r.post(at+"/lay-lai", values("khoa", keyOf(5))))
		if a := r.post(at+"/nhan", values("khoa", keyOf(6))); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Hãy chọn lĩnh vực") {
			t.Errorf("taken in without a field: %d", a.status)
		}
		form := values("khoa", keyOf(7), "loai", "reflection", "linh-vuc", "environment", "tom-tat", "Bãi rác bên suối")
		var id int64
		for range 2 {
			if _, err := fmt.Sscanf(r.wentTo(r.post(at+"/nhan", form)), "/don-thu/%d", &id); err != nil {
				t.Fatal(err)
			}
		}
		line, _, err := petition.LineOf(t.Context(), d.Read(), id)
		e := r.entry(id)
		if err != nil || line.Code != x.Number || !strings.Contains(e.Versions[0].Fields, `"received_on":"`+x.Day.String()) || !strings.Contains(e.Versions[0].Fields, `"channel":"online"`) {
			t.Errorf("letter %+v %s %v", line, e.Versions[0].Fields, err)
		}
		if _, err := (jobs.Worker{DB: d, Handlers: r.sendings().Jobs()}).Drain(t.Context()); err != nil {
			t.Error(err)
		}
		if a := r.get(at); !strings.Contains(a.body, fmt.Sprintf("/don-thu/%d", id)) || strings.Contains(a.body, "mùi hôi") {
			t.Error("the sending does not lead to its letter, or still shows what it said")
		}
		if a := r.get(fmt.Sprintf("/don-thu/%d/noi-dung", id)); !strings.Contains(a.body, "mùi hôi") || !strings.Contains(a.body, at) {
			t.Errorf("the letter's text, or the way back: %d %s", a.status, summaryOf(a.body))
		}
		y := r.sent("B", "Đường hỏng ở xã Hai.")
		r.wentTo(r.post(fmt.Sprintf("/gui-den/%d/chuyen", y.ID), values("khoa", keyOf(8), "den", "002.UBND")))
		r.as("tiepdan.hai", "002", access.Desk)
		if a := r.get("/gui-den"); !strings.Contains(a.body, y.Number) {
			t.Error("what was forwarded is not in the other inbox")
		}
	})
}

// A denunciation that came over the portal is listed for the confidential officer alone, goes out as ciphertext, and is
// taken in by what he wrote down.
func TestSealedInbox(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRecorder(t, d)
	turnedOn(t, d, r.tree.On("06", today).ID)
	o := r.sendings()
	x, err := o.Denounce(t.Context(), sending.Denunciation{Key: sending.NewKey(), Place: r.tree.On("001", today).ID, Text: "Canaryđen nhận tiền."})
	if err != nil {
		t.Fatal(err)
	}
	at := fmt.Sprintf("/to-cao-den/%d", x.ID)
	for _, role := range []access.Role{access.Desk, access.Leader, access.Inspector, access.Officer, access.Custodian} {
		r.as("ai", "06", role)
		if a := r.get("/to-cao-den"); a.status != http.StatusForbidden {
			t.Errorf("%s lists denunciations: %d", role, a.status)
		}
		if a := r.get(at); a.status != http.StatusForbidden {
			t.Errorf("%s opens a denunciation: %d", role, a.status)
		}
	}
	r.as("baomat", "06", access.Confidential)
	if a := r.get("/to-cao-den"); !strings.Contains(a.body, x.Number) {
		t.Errorf("the list: %d %s", a.status, summaryOf(a.body))
	}
	if a := r.get(at); !strings.Contains(a.body, "BEGIN AGE ENCRYPTED FILE") || strings.Contains(a.body, "Canaryđen") {
		t.Errorf("the page: %d", a.status)
	}
	if a := r.get(at + "/tep/noi-dung"); !strings.HasPrefix(a.body, "age-encryption.org/v1") {
		t.Errorf("the file: %d", a.status)
	}
	form := values("khoa", keyOf(1), "don-vi", "06.UBND", "linh-vuc", "corruption", "noi-dung-don", "Tôi tên là Hoàng Văn Thử. Ông ấy nhận tiền.")
	if a := r.post(at+"/nhan", form); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "họ tên người viết") {
		t.Errorf("with a name in it: %d %s", a.status, summaryOf(a.body))
	}
	form = but(form, "khoa", keyOf(2), "noi-dung-don", "Một cán bộ nhận tiền.")
	var id int64
	if _, err := fmt.Sscanf(r.wentTo(r.post(at+"/nhan", form)), "/to-cao/%d", &id); err != nil {
		t.Fatal(err)
	}
	line, _, err := petition.LineOf(t.Context(), d.Read(), id)
	if err != nil || line.Code == x.Number || !strings.HasPrefix(line.Code, "TC-") {
		t.Errorf("code %q, sent as %q, %v", line.Code, x.Number, err)
	}
}

// A village head writes down for somebody who is there: it is read out first, and marked.
func TestSentOnBehalf(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRecorder(t, d)
	r.as("truongthon", "001", access.VillageHead)
	form := values("khoa", keyOf(1), "viec", "duong", "xa", "001", "ke", "Cầu tràn hỏng từ tháng 9.", "buoc", "kiem-tra")
	a := r.post("/gui-den/thay", form)
	if !strings.Contains(a.body, "Đọc lại cho người gửi nghe") || !strings.Contains(a.body, "Cầu tràn hỏng") {
		t.Fatalf("the page to read out: %d %s", a.status, summaryOf(a.body))
	}
	if a := r.post("/gui-den/thay", but(form, "buoc", "luu")); a.status != http.StatusUnprocessableEntity {
		t.Errorf("saved without being read out: %d", a.status)
	}
	form = but(form, "da-doc", "x")
	first, again := r.post("/gui-den/thay", form), r.post("/gui-den/thay", form)
	if !strings.Contains(first.body, "PA-2026-000001") || !strings.Contains(again.body, "PA-2026-000001") {
		t.Errorf("receipts: %d %s", first.status, summaryOf(first.body))
	}
	list, err := r.sendings().Inbox(t.Context(), d.Read(), sending.New, func(org.UnitID) bool { return true })
	if err != nil || len(list) != 1 || list[0].Behalf != sending.Village {
		t.Errorf("%+v %v", list, err)
	}
}

// theSending and theSealedSending are in the inboxes of theBody and of its commune.
func theSending(t testing.TB, o *office) string {
	t.Helper()
	w := &sending.Office{DB: o.app.DB, Catalog: o.app.Catalog, Ledger: o.app.Ledger, Dossiers: o.deps.Dossiers, Tree: o.app.Org.Tree, Now: func() time.Time { return today.Time() }}
	var r sending.Receipt
	err := o.app.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
		r, err = w.Send(t.Context(), tx, sending.Draft{Key: "MATRIXAAAAAAAAAAAAAAAAAAAA", Topic: "dat", Place: unitOf(t, o, theCommune), Text: "Ranh giới đất chưa rõ.", Name: "Người Ma Trận"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(r.ID)
}

func theSealedSending(t testing.TB, o *office) string {
	t.Helper()
	_ = theDenunciation(t, o) // its commune has keys then
	w := &sending.Office{DB: o.app.DB, Catalog: o.app.Catalog, Ledger: o.app.Ledger, Dossiers: o.deps.Dossiers, Tree: o.app.Org.Tree, Now: func() time.Time { return today.Time() }}
	r, err := w.Denounce(t.Context(), sending.Denunciation{Key: "MATRIXBBBBBBBBBBBBBBBBBBBB", Place: unitOf(t, o, theCommune), Text: "Việc của ma trận."})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(r.ID)
}
