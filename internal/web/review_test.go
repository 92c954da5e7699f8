package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/filing"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// waitingEntryOf is an entry of theBody that waits to be confirmed; it is recorded where there is none.
func waitingEntryOf(t testing.TB, o *office) string {
	t.Helper()
	var posted ledger.Posted
	err := o.app.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
		posted, err = o.app.Ledger.Record(t.Context(), tx, "ma.tran", ledger.Draft{Key: "ma-tran-cho-duyet", Kind: "briefing", Unit: theBody,
			Day: today.AddDays(-3), Fields: map[string]any{"title": "Giao ban tháng", "type": "monthly"}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(posted.ID)
}

// briefing records a meeting of a body as a person.
func (r *recorder) briefing(by, unit, title string) int64 {
	r.t.Helper()
	var posted ledger.Posted
	err := r.db.Write(r.t.Context(), func(tx *db.Tx) (err error) {
		posted, err = r.ledger.Record(r.t.Context(), tx, by, ledger.Draft{Kind: "briefing", Unit: unit, Day: today.AddDays(-2),
			Fields: map[string]any{"title": title, "type": "monthly"}})
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return posted.ID
}

func (r *recorder) state(id int64) ledger.State { r.t.Helper(); return r.entry(id).State }

// The queue is the viewer's own: what he may confirm, without what he wrote; boxes decide several at once, each for
// itself; a form sent twice decides once.
func TestQueueDecidesInBulk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		one, two := r.briefing("can.bo", "001.UBND", "Giao ban tháng một"), r.briefing("can.bo", "002.UBND", "Giao ban tháng hai")
		own := r.briefing("duyet", "001.UBND", "Giao ban do người duyệt ghi")
		r.as("duyet", "06", access.Approver)
		page := r.get("/duyet")
		if !strings.Contains(page.body, "tháng một") || !strings.Contains(page.body, "tháng hai") || strings.Contains(page.body, "do người duyệt ghi") {
			t.Fatalf("the queue is not his: %d", page.status)
		}
		if all := r.get("/duyet?chon=ca-trang"); strings.Count(all.body, " checked") != 2 {
			t.Errorf("%d boxes are ticked, want 2", strings.Count(all.body, " checked"))
		}
		r.as("xa.hai", "002", access.Approver)
		if page := r.get("/duyet"); strings.Contains(page.body, "tháng một") || !strings.Contains(page.body, "tháng hai") {
			t.Error("the queue of a commune holds another commune's work")
		}
		r.as("duyet", "06", access.Approver)
		if a := r.form("/duyet", url.Values{"khoa": {keyOf(1)}, "viec": {"xac-nhan"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Chưa chọn việc nào") {
			t.Errorf("nothing ticked: %d", a.status)
		}
		sent := url.Values{"khoa": {keyOf(2)}, "viec": {"xac-nhan"}, "chon": {fmt.Sprintf("%d:1", one), fmt.Sprintf("%d:9", two), fmt.Sprintf("%d:1", own)}}
		for range 2 {
			a := r.form("/duyet", sent)
			if a.status != http.StatusSeeOther {
				t.Fatalf("confirm: %d %s", a.status, summaryOf(a.body))
			}
			after := r.get(a.header.Get("Location"))
			for _, want := range []string{"Đã xác nhận 1 việc", "2 việc chưa làm được", "đã có bản mới", "Không ai tự xác nhận"} {
				if !strings.Contains(after.body, want) {
					t.Errorf("the outcome does not say %q", want)
				}
			}
		}
		if r.state(one) != ledger.Confirmed || r.state(two) != ledger.Recorded || r.state(own) != ledger.Recorded {
			t.Errorf("states %s, %s, %s", r.state(one), r.state(two), r.state(own))
		}
		if v := r.entry(one).Version; v != 2 {
			t.Errorf("confirmed in version %d, want 2: sent twice, done twice", v)
		}
	})
}

// A returned entry leaves the queue, stands before its recorder with the remark, comes back when it is amended, and is
// confirmed then. The return itself can be taken back while nothing has happened.
func TestReturnAmendConfirm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		id := r.briefing("can.bo", "001.UBND", "Giao ban thiếu biên bản")
		address, box := fmt.Sprintf("/ghi-nhan/%d", id), fmt.Sprintf("%d:1", id)
		r.as("duyet", "06", access.Approver)
		if a := r.form("/duyet", url.Values{"khoa": {keyOf(1)}, "viec": {"tra-lai"}, "chon": {box}, "nhan-xet": {" "}}); a.status != http.StatusUnprocessableEntity ||
			!strings.Contains(a.body, "Chưa ghi nhận xét") || !strings.Contains(a.body, " checked") {
			t.Fatalf("returned without a remark: %d", a.status)
		}
		give := url.Values{"khoa": {keyOf(2)}, "viec": {"tra-lai"}, "chon": {box}, "nhan-xet": {"Thiếu biên bản & số người"}}
		if a := r.form("/duyet", give); a.status != http.StatusSeeOther || !strings.Contains(r.get(a.header.Get("Location")).body, "Đã trả lại 1 việc") {
			t.Fatalf("return: %d", a.status)
		}
		if strings.Contains(r.get("/duyet").body, "thiếu biên bản") {
			t.Error("what was returned is still in the queue")
		}
		if a := r.post(address+"/xac-nhan", url.Values{"khoa": {keyOf(3)}, "phien-ban": {"1"}}); a.status != http.StatusConflict {
			t.Errorf("a returned entry is confirmed: %d", a.status)
		}
		for range 2 {
			if a := r.post(address+"/thoi-tra-lai", url.Values{"khoa": {keyOf(4)}, "phien-ban": {"1"}}); a.status != http.StatusSeeOther {
				t.Fatalf("take back: %d %s", a.status, summaryOf(a.body))
			}
		}
		if !strings.Contains(r.get("/duyet").body, "thiếu biên bản") {
			t.Error("the return was taken back, and the entry does not wait again")
		}
		give.Set("khoa", keyOf(5))
		r.form("/duyet", give)

		r.as("can.bo", "001", access.Clerk)
		for _, where := range []string{"/", address, "/ghi-nhan?trang-thai=returned"} {
			if page := r.get(where); !strings.Contains(page.body, "ị trả lại") || where != "/ghi-nhan?trang-thai=returned" && !strings.Contains(page.body, "Thiếu biên bản &amp; số người") {
				t.Errorf("%s does not show the remark to the recorder: %d", where, page.status)
			}
		}
		if n := strings.Count(r.get("/ghi-nhan?trang-thai=returned").body, "Giao ban thiếu biên bản"); n == 0 {
			t.Error("the list of what was returned is empty")
		}
		if _, err := r.amend("can.bo", id, 1, map[string]any{"title": "Giao ban đủ biên bản"}); err != nil {
			t.Fatal(err)
		}
		if page := r.get("/ghi-nhan?trang-thai=returned"); strings.Contains(page.body, "Giao ban đủ") {
			t.Error("amended, and still among those returned")
		}

		r.as("duyet", "06", access.Approver)
		page := r.get(fmt.Sprintf("/duyet/%d", id))
		for _, want := range []string{"Đã đổi so với bản 1", "Giao ban thiếu biên bản", "Giao ban đủ biên bản", "Thiếu biên bản &amp; số người", "Số đã xác nhận sẽ đổi"} {
			if !strings.Contains(page.body, want) {
				t.Errorf("the review does not show %q", want)
			}
		}
		a := r.form("/duyet", url.Values{"khoa": {keyOf(6)}, "viec": {"xac-nhan"}, "chon": {fmt.Sprintf("%d:2", id)}, "tiep-tuc": {"1"}, "vt": {"0"}})
		if a.status != http.StatusSeeOther || r.state(id) != ledger.Confirmed {
			t.Errorf("confirm: %d, %s", a.status, r.state(id))
		}
	})
}

// What the catalogue gives to the superior is confirmed from above, not by the body's own approver; what it gives to
// nobody is in the book at once and counts among the confirmed.
func TestConfirmFollowsTheCatalogue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		var posted [2]ledger.Posted
		err := d.Write(t.Context(), func(tx *db.Tx) (err error) {
			if posted[0], err = r.ledger.Record(t.Context(), tx, "can.bo", ledger.Draft{Kind: "mediation_groups", Unit: "001.UBND", Day: today.AddDays(-1),
				Fields: map[string]any{"groups": 4, "mediators": 20}}); err != nil {
				return err
			}
			posted[1], err = r.ledger.Record(t.Context(), tx, "can.bo", ledger.Draft{Kind: "petition_letter", Unit: "001.UBND", Day: today.AddDays(-1),
				Fields: map[string]any{"class": "complaint", "field": "land", "received_on": today.AddDays(-1).String()}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		superior, letter := posted[0].ID, posted[1].ID
		if s := r.state(letter); s != ledger.Confirmed {
			t.Errorf("a letter that nobody confirms is %s", s)
		}
		r.as("uy.ban", "001.UBND", access.Approver)
		if a := r.post(fmt.Sprintf("/ghi-nhan/%d/xac-nhan", superior), url.Values{"khoa": {keyOf(1)}, "phien-ban": {"1"}}); a.status != http.StatusForbidden || !strings.Contains(a.body, "cấp trên") {
			t.Errorf("confirmed at its own body: %d", a.status)
		}
		r.as("xa", "001", access.Approver)
		if a := r.post(fmt.Sprintf("/ghi-nhan/%d/xac-nhan", superior), url.Values{"khoa": {keyOf(2)}, "phien-ban": {"1"}}); a.status != http.StatusSeeOther || r.state(superior) != ledger.Confirmed {
			t.Errorf("not confirmed from above: %d", a.status)
		}
	})
}

// form sends a form of text alone.
func (r *recorder) form(address string, values url.Values) answer {
	r.t.Helper()
	resp, err := r.client.PostForm(r.site.URL+address, values)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.read(resp)
}

func (r *recorder) amend(by string, id int64, expect int, set map[string]any) (posted ledger.Posted, err error) {
	err = r.db.Write(r.t.Context(), func(tx *db.Tx) (err error) {
		posted, err = r.ledger.Amend(r.t.Context(), tx, by, id, expect, ledger.Amendment{Set: set, Reason: "Bổ sung theo nhận xét"})
		return err
	})
	return posted, err
}

// Once a report of the period has been filed, the clerk may still record, with a mark, but amend or void only who
// confirms the unit's work may, and that is marked too. What the clerk typed is not lost.
func TestClosedPeriod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		id := r.briefing("can.bo", "001.UBND", "Giao ban trước khi chốt")
		month, err := civil.ParsePeriod("2026-M11")
		if err != nil {
			t.Fatal(err)
		}
		store := &filing.Store{Ledger: r.ledger, Tree: func() *org.Tree { return r.tree }}
		var filed *filing.Filing
		err = d.Write(t.Context(), func(tx *db.Tx) (err error) {
			unit := r.tree.On("001", today).ID
			if filed, err = store.Open(t.Context(), tx, "can.bo", filing.Opening{Unit: unit, Body: r.tree.On("001.UBND", today).ID, Template: "thang", Name: "Báo cáo tháng", Type: "month", Field: "mobilisation", Period: month}); err != nil {
				return err
			}
			filed, err = store.File(t.Context(), tx, "can.bo", filed.ID, filed.Version, filing.Printed{Content: []byte("{}"), Revision: filed.Revision})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		late := r.briefing("can.bo", "001.UBND", "Giao ban ghi muộn")
		address := fmt.Sprintf("/ghi-nhan/%d", id)
		r.as("can.bo", "001", access.Clerk)
		if page := r.get(fmt.Sprintf("/ghi-nhan/%d", late)); !strings.Contains(page.body, "Ghi nhận sau khi chốt kỳ") || !strings.Contains(page.body, "Báo cáo tháng") {
			t.Error("a late entry is not marked")
		}
		if a := r.get(address + "/sua"); a.status != http.StatusForbidden || !strings.Contains(a.body, "Báo cáo tháng") {
			t.Errorf("the form opens for a closed period: %d", a.status)
		}
		if a := r.post(address+"/huy", url.Values{"khoa": {keyOf(1)}, "phien-ban": {"1"}, "ly-do": {"Ghi nhầm"}}); a.status != http.StatusForbidden ||
			!strings.Contains(a.body, "thuộc kỳ đã chốt") || !strings.Contains(a.body, "Ghi nhầm") || r.state(id) == ledger.Void {
			t.Errorf("voided in a closed period: %d", a.status)
		}
		sent := url.Values{"khoa": {keyOf(2)}, "phien-ban": {"1"}, "don-vi": {"001.UBND"}, "ngay": {today.AddDays(-2).Vi()}, "f-title": {"Giao ban gõ dở"}, "f-type": {"monthly"}, "ly-do": {"Sửa tên"}, "buoc": {"luu"}}
		if a := r.post(address+"/sua", sent); a.status != http.StatusForbidden || !strings.Contains(a.body, "Giao ban gõ dở") || !strings.Contains(a.body, "thuộc kỳ đã chốt") {
			t.Errorf("amended in a closed period: %d %s", a.status, summaryOf(a.body))
		}
		r.as("tong.hop", "001", access.Specialist)
		if a := r.post(address+"/sua", sent); a.status != http.StatusSeeOther {
			t.Fatalf("who confirms may not amend: %d %s", a.status, summaryOf(a.body))
		}
		if page := r.get(address); !strings.Contains(page.body, "Sửa sau khi chốt kỳ") {
			t.Error("the amendment is not marked")
		}
		marks, err := r.ledger.LateIn(t.Context(), d.Read(), filed.ID)
		if err != nil || len(marks) < 2 {
			t.Errorf("marks of the report: %v, %v", marks, err)
		}
	})
}
