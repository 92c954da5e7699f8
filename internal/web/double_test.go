package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/figure"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// attending is what the figure of attendances says for a unit.
func (r *recorder) attending(unit string, status figure.Status) string {
	r.t.Helper()
	p, err := civil.Between(20260101, today)
	if err != nil {
		r.t.Fatal(err)
	}
	f, err := r.engine.Figure(r.t.Context(), figure.Query{Indicator: "training.conference_attendances", Unit: unit, Period: p, Basis: org.AsThen(), Status: status})
	if err != nil {
		r.t.Fatal(err)
	}
	if f.Value == nil {
		return "-"
	}
	return *f.Value
}

func (r *recorder) course(unit, topic string, day civil.Date, people int, carries string) ledger.Posted {
	r.t.Helper()
	d := ledger.Draft{Kind: "training_conference", Unit: unit, Day: day, Place: "001", Carries: carries,
		Fields: map[string]any{"topic": topic, "level": "own", "attendances": people}}
	return r.write(func(tx *db.Tx) (ledger.Posted, error) { return r.ledger.Record(r.t.Context(), tx, "thu", d) })
}

func (r *recorder) verified() {
	r.t.Helper()
	_, err := r.ledger.Verify(r.t.Context(), r.db.Read(), func(f ledger.Finding) { r.t.Errorf("verify: %+v", f) }, nil)
	if err != nil {
		r.t.Fatal(err)
	}
}

func pairForm(one, other ledger.Posted, more url.Values) url.Values {
	v := url.Values{"khoa": {"KHOA" + strconv.FormatInt(one.ID, 10) + more.Get("viec") + strings.Repeat("A", 16)}, "voi": {strconv.FormatInt(other.ID, 10)},
		"phien-ban": {strconv.Itoa(one.Version)}, "ban-voi": {strconv.Itoa(other.Version)}}
	for k, list := range more {
		v[k] = list
	}
	return v
}

// The meeting of a province and a commune, recorded by both, is pointed out, made one, and parted again: every figure
// says what it should at each step, and the ledger recomputes.
func TestDoubleIsMergedAndPartedOnBothEngines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		first := r.course("06.MTTQ", "Tập huấn nghiệp vụ dân vận năm 2026", 20261003, 120, "")
		second := r.course("001.MTTQ", "Lớp tập huấn nghiệp vụ dân vận năm 2026", 20261003, 120, "")
		child := r.course("001.MTTQ", "Việc sau hội nghị", 20261010, 7, "#"+strconv.FormatInt(second.ID, 10))
		r.write(func(tx *db.Tx) (ledger.Posted, error) { return r.ledger.Confirm(t.Context(), tx, "thu", second.ID, 1) })
		r.write(func(tx *db.Tx) (ledger.Posted, error) { return r.ledger.Confirm(t.Context(), tx, "thu", child.ID, 1) })
		second.Version = 2
		at := "/ghi-nhan/" + strconv.FormatInt(first.ID, 10) + "/trung"

		r.says(r.get("/ghi-nhan/trung?don-vi=06&tu=2026-01-01&den=2026-11-22"), "1 gợi ý", "Cùng số: Lượt người dự 120", "Cơ quan cấp trên và cấp dưới")
		r.says(r.get(at), "Tên việc gần", "Cùng ngày 03/10/2026")
		if got := r.attending("06", figure.All) + " " + r.attending("001", figure.All); got != "247 127" {
			t.Fatalf("before: %s", got)
		}

		merge := pairForm(first, second, url.Values{"viec": {"gop"}, "chu-tri": {strconv.FormatInt(first.ID, 10)}, "ly-do": {"hội nghị chung"}})
		if a := r.send(at, pairForm(first, second, url.Values{"viec": {"gop"}, "ly-do": {"x"}})); a.status != http.StatusUnprocessableEntity {
			t.Errorf("without saying which one stands: %d", a.status)
		}
		r.as("xa", "001", access.Specialist)
		if a := r.send("/ghi-nhan/"+strconv.FormatInt(second.ID, 10)+"/trung", pairForm(second, first, url.Values{"viec": {"gop"}, "chu-tri": {strconv.FormatInt(second.ID, 10)}, "ly-do": {"x"}})); a.status != http.StatusForbidden {
			t.Errorf("the commune merges what is the province's: %d", a.status)
		}
		r.as("thu", "06", access.Roles()...)
		for range 2 { // sent twice
			if a := r.send(at, merge); a.status != http.StatusSeeOther {
				t.Fatalf("merge: %d %s", a.status, summaryOf(a.body))
			}
		}
		lead, gone := r.entry(first.ID), r.entry(second.ID)
		if lead.State != ledger.Recorded || gone.State != ledger.Void || len(lead.Partners) != 1 || lead.Partners[0] != gone.Unit {
			t.Errorf("after the merge: %s with %v, %s", lead.State, lead.Partners, gone.State)
		}
		if c := r.entry(child.ID); c.Head.Carries != first.ID || c.State != ledger.Confirmed {
			t.Errorf("what carried out the merged one carries out %d, %s", c.Head.Carries, c.State)
		}
		// The lead counts once; the commune, a partner, keeps only what is its own.
		if got := r.attending("06", figure.All) + " " + r.attending("001", figure.All); got != "127 7" {
			t.Errorf("merged: %s, want 127 7", got)
		}
		r.says(r.get("/ghi-nhan/"+strconv.FormatInt(second.ID, 10)), "Ghi nhận này đã gộp vào", "hội nghị chung")
		r.says(r.get("/ghi-nhan/"+strconv.FormatInt(first.ID, 10)), "Đã gộp vào đây")
		r.verified()

		other := at + "?voi=" + strconv.FormatInt(second.ID, 10)
		page := r.says(r.get(other), "Đã gộp, tách lại")
		id := cutOut(page, `name="lan-gop" value="`, `"`)
		part := pairForm(first, second, url.Values{"viec": {"tach-lai"}, "lan-gop": {id}, "ly-do": {"hai lớp khác nhau"}})
		if a := r.send(at, part); a.status != http.StatusSeeOther {
			t.Fatalf("part: %d %s", a.status, summaryOf(a.body))
		}
		lead, gone = r.entry(first.ID), r.entry(second.ID)
		if len(lead.Partners) != 0 || gone.State != ledger.Confirmed || r.entry(child.ID).Head.Carries != second.ID {
			t.Errorf("after parting: %v, %s, child of %d", lead.Partners, gone.State, r.entry(child.ID).Head.Carries)
		}
		if got := r.attending("06", figure.All) + " " + r.attending("001", figure.All) + " " + r.attending("001", figure.Confirmed); got != "247 127 127" {
			t.Errorf("parted: %s", got)
		}
		r.says(r.get("/ghi-nhan/trung?don-vi=06&tu=2026-01-01&den=2026-11-22"), "Không có việc nào nghi trùng")
		r.verified()
	})
}

// A merge after which somebody went on cannot be taken back as a whole, and it is said what hinders.
func TestMergeThatWentOnIsNotParted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		a := r.course("06.MTTQ", "Hội nghị chung", 20261003, 50, "")
		b := r.course("001.MTTQ", "Hội nghị chung", 20261003, 50, "")
		at := "/ghi-nhan/" + strconv.FormatInt(a.ID, 10) + "/trung"
		if x := r.send(at, pairForm(a, b, url.Values{"viec": {"gop"}, "chu-tri": {strconv.FormatInt(a.ID, 10)}, "ly-do": {"chung"}})); x.status != http.StatusSeeOther {
			t.Fatalf("merge: %d %s", x.status, summaryOf(x.body))
		}
		id := cutOut(r.get(at+"?voi="+strconv.FormatInt(b.ID, 10)).body, `name="lan-gop" value="`, `"`)
		r.write(func(tx *db.Tx) (ledger.Posted, error) { return r.ledger.Confirm(t.Context(), tx, "thu", a.ID, 2) })
		r.says(r.get(at+"?voi="+strconv.FormatInt(b.ID, 10)), "Không tách lại được nữa", "được xác nhận")
		x := r.send(at, pairForm(a, b, url.Values{"viec": {"tach-lai"}, "lan-gop": {id}, "ly-do": {"thôi"}}))
		if x.status != http.StatusUnprocessableEntity || r.entry(b.ID).State != ledger.Void {
			t.Errorf("parted after it was confirmed: %d", x.status)
		}
		r.verified()
	})
}

// What a writer says to be another event is remembered, and is not shown as a double again.
func TestDoubleIsPointedOutBeforeSaving(t *testing.T) {
	d := dbtest.SQLite(t)
	r := newRecorder(t, d)
	old := r.course("06.MTTQ", "Tập huấn nghiệp vụ dân vận", 20261003, 120, "")
	form := url.Values{"khoa": {"KHOATRUNGAAAAAAAAAAA"}, "ngay": {"3/10/2026"}, "don-vi": {"001.MTTQ"}, "f-topic": {"Tập huấn nghiệp vụ dân vận"},
		"f-level": {"own"}, "f-attendances": {"120"}, "buoc": {"xem"}}
	page := r.says(r.on(r.post("/ghi-nhan/moi/training_conference", form)), "Có thể việc này đã được ghi", "Vẫn lưu: đây là việc khác", "Lưu rồi gộp với #"+strconv.FormatInt(old.ID, 10))
	if cutOut(page, `name="khac" value="`, `"`) != strconv.FormatInt(old.ID, 10) {
		t.Error("the form does not say what was shown")
	}
	form.Set("buoc", "luu")
	form.Set("khac", strconv.FormatInt(old.ID, 10))
	id := r.saved(r.post("/ghi-nhan/moi/training_conference", form))
	if body := r.get("/ghi-nhan/" + strconv.FormatInt(id, 10)).body; strings.Contains(body, "Có thể ghi trùng") {
		t.Error("what was said to be another event is shown as a double")
	}
}

// says fails unless a page says all the words; it gives the page.
func (r *recorder) says(a answer, words ...string) string {
	r.t.Helper()
	if a.status != http.StatusOK {
		r.t.Fatalf("status %d: %s", a.status, summaryOf(a.body))
	}
	text := textOf(a.body)
	for _, w := range words {
		if !strings.Contains(text, w) {
			r.t.Errorf("the page does not say %q: %s", w, text[:min(len(text), 3000)])
		}
	}
	return a.body
}

func cutOut(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}
