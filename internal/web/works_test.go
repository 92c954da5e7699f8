package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/works"
)

// made records an entry of theBody for pages to be looked at, once whatever happens before.
func made(t testing.TB, o *office, key, kind, carries string, fields map[string]any) int64 {
	t.Helper()
	var id int64
	err := o.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		p, err := o.app.Ledger.Record(t.Context(), tx, "thu", ledger.Draft{Key: key, Kind: kind, Unit: theBody, Day: today.AddDays(-9), Carries: carries, Fields: fields})
		id = p.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func inspectionOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	return fmt.Sprint(made(t, o, "thu:kiem-tra", works.InspectionKind, "", map[string]any{
		"title": "Kiểm tra thử", "form": "inspection", "theme": "democracy", "number": "Số 1", "units_inspected": 1, "findings": 1, "recommendations": 1,
		"visits":              []any{map[string]any{"visit_body": theBody, "visited_on": today.AddDays(-8).String()}},
		"finding_list":        []any{map[string]any{"finding_body": theBody, "finding": "Chưa niêm yết", "severity": "fix"}},
		"recommendation_list": []any{map[string]any{"rec_no": 1, "rec_body": theBody, "rec": "Niêm yết lại", "rec_due": today.AddDays(-1).String()}},
	}))
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// wentTo checks that a form was saved and gives the address that it led to.
func (r *recorder) wentTo(a answer) string {
	r.t.Helper()
	to, _, _ := strings.Cut(a.header.Get("Location"), "?")
	if a.status != http.StatusSeeOther {
		r.t.Fatalf("answer %d: %s", a.status, summaryOf(a.body))
	}
	return to
}

// An inspection from its decision to the last recommendation, by the inspecting and two inspected bodies.
func TestInspectionFromDecisionToTheEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		day := today.AddDays(-30)
		one, two := "001.UBND", "002.UBND"
		at := r.wentTo(r.post("/kiem-tra/moi", values("khoa", "mo", "don-vi", "06.BTGDV", "ten", "Kiểm tra dân chủ ở cơ sở", "hinh-thuc", "inspection", "chu-de", "democracy",
			"so", "Quyết định 12", "ngay", day.Vi(), "dv-1", one, "kh-1", today.AddDays(-20).Vi(), "dv-2", two)))
		if again := r.wentTo(r.post("/kiem-tra/moi", values("khoa", "mo", "don-vi", "06.BTGDV", "ten", "Kiểm tra dân chủ ở cơ sở", "hinh-thuc", "inspection", "chu-de", "democracy",
			"so", "Quyết định 12", "ngay", day.Vi(), "dv-1", one, "kh-1", today.AddDays(-20).Vi(), "dv-2", two))); again != at {
			t.Errorf("sent twice: %s, then %s", at, again)
		}
		do := func(act string, pairs ...string) answer {
			return r.post(at+"/"+act, values(append(pairs, "khoa", act+strings.Join(pairs, ""))...))
		}
		refOne, refTwo := ledger.Ref(r.tree.On(one, day)), ledger.Ref(r.tree.On(two, day))
		r.wentTo(do("lam-viec", "dong", "1", "lv-cu", refOne, "lv-don-vi", refOne, "lv-ngay", today.AddDays(-20).Vi()))
		r.wentTo(do("lam-viec", "dong", "2", "lv-cu", refTwo, "lv-don-vi", refTwo, "lv-ngay", today.AddDays(-18).Vi()))
		if a := do("lam-viec", "dong", "2", "lv-cu", refOne, "lv-don-vi", refOne); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "vừa được người khác sửa") {
			t.Errorf("a row that is another by now: %d %s", a.status, summaryOf(a.body))
		}
		r.wentTo(do("ton-tai", "tt-don-vi", refOne, "tt-noi-dung", "Chưa niêm yết đủ", "tt-muc", "fix"))
		r.wentTo(do("kien-nghi", "kn-don-vi", refOne, "kn-noi-dung", "Niêm yết đủ", "kn-han", today.AddDays(-2).Vi()))
		r.wentTo(do("kien-nghi", "kn-don-vi", refTwo, "kn-noi-dung", "Mở sổ theo dõi"))
		r.wentTo(do("ket-luan", "kl-ngay", today.AddDays(-10).Vi(), "kl-so", "Thông báo 5"))
		if sum := r.sum("inspection.units_inspected"); sum != "2 lượt đơn vị" {
			t.Errorf("units inspected: %s", sum)
		}
		if a := do("ket-thuc", "ket-ngay", today.Vi()); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "còn 2 kiến nghị chưa khép") {
			t.Errorf("closed with open recommendations: %d %s", a.status, summaryOf(a.body))
		}

		r.as("xa", "001", access.Clerk)
		page := r.get(at)
		if page.status != 200 || !strings.Contains(page.body, "Niêm yết đủ") || strings.Contains(page.body, "Mở sổ theo dõi") {
			t.Errorf("an inspected body sees other than its own: %d", page.status)
		}
		if a := do("ket-luan", "kl-ngay", today.Vi(), "kl-so", "x"); a.status != http.StatusForbidden {
			t.Errorf("an inspected body concludes: %d", a.status)
		}
		if a := r.post(at+"/bao-cao?so=2", values("khoa", "x2", "bao-cao-viec", "a", "bao-cao-ket-qua", "done", "bao-cao-ngay", today.Vi())); a.status != http.StatusForbidden {
			t.Errorf("a body answers for another: %d", a.status)
		}
		if a := r.post(at+"/bao-cao?so=1", values("khoa", "x0")); a.status != http.StatusUnprocessableEntity {
			t.Errorf("an empty answer: %d", a.status)
		}
		r.wentTo(r.post(at+"/bao-cao?so=1", values("khoa", "x1", "bao-cao-viec", "Đã niêm yết", "bao-cao-ket-qua", "done", "bao-cao-ngay", today.Vi())))
		r.as("xa2", "002", access.Clerk)
		if page := r.get(at); strings.Contains(page.body, "Đã niêm yết") {
			t.Error("the other body reads the answer")
		}
		r.wentTo(r.post(at+"/bao-cao?so=2", values("khoa", "x3", "bao-cao-viec", "Đang mở sổ", "bao-cao-ket-qua", "partly", "bao-cao-ngay", today.Vi())))

		r.as("tinh", "06", access.Specialist)
		r.wentTo(do("khep", "khep-so", "1", "khep-ket-qua", "done", "khep-ngay", today.Vi()))
		if a := do("khep", "khep-so", "1", "khep-ket-qua", "done", "khep-ngay", today.Vi(), "khep-ghi-chu", "lần nữa"); a.status != http.StatusUnprocessableEntity {
			t.Errorf("closed twice: %d", a.status)
		}
		if sum := r.sum("inspection.recommendations_done"); sum != "1 kiến nghị" {
			t.Errorf("recommendations done: %s", sum)
		}
		if a := do("khep", "khep-so", "2", "khep-ket-qua", "moved", "khep-ngay", today.Vi()); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "phải ghi lý do") {
			t.Errorf("closed otherwise without a reason: %d", a.status)
		}
		r.wentTo(do("ket-thuc", "ket-ngay", today.Vi(), "ket-ghi-chu", "Chuyển theo dõi ở cuộc kiểm tra năm sau"))
		if page := r.get(at); !strings.Contains(page.body, "Đã kết thúc") {
			t.Error("the inspection is not closed")
		}
		if a := do("ton-tai", "tt-don-vi", refOne, "tt-noi-dung", "Muộn", "tt-muc", "fix"); a.status != http.StatusUnprocessableEntity {
			t.Errorf("a finding after the end: %d", a.status)
		}
	})
}

// Numbers and lists of an inspection agree whichever way they come in.
func TestInspectionNumbersFollowTheLists(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := r.ledger.Record(t.Context(), tx, "thu", ledger.Draft{Kind: works.InspectionKind, Unit: "06.BTGDV", Day: today, Fields: map[string]any{
				"title": "Kiểm tra", "form": "inspection", "theme": "democracy", "units_inspected": 5,
				"visits": []any{map[string]any{"visit_body": "001.UBND", "visited_on": today.String()}}}})
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "Lượt đơn vị được kiểm tra") {
			t.Errorf("five bodies with a list of one: %v", err)
		}
	})
}

// sum is an indicator of province 06 this year.
func (r *recorder) sum(code string) string {
	r.t.Helper()
	a := r.get("/so-lieu/" + code + "?don-vi=06&ky=" + fmt.Sprint(today.Year()))
	_, rest, ok := strings.Cut(a.body, `class="v"`)
	if !ok {
		r.t.Fatalf("%s: %d %s", code, a.status, summaryOf(a.body))
	}
	_, rest, _ = strings.Cut(rest, ">")
	text, _, _ := strings.Cut(rest, "</")
	return strings.TrimSpace(tagRE.ReplaceAllString(text, ""))
}
