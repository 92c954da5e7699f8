package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/works"
)

func assignmentOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	return fmt.Sprint(made(t, o, "thu:phan-cong", works.AssignmentKind, "", map[string]any{"role": "officer", "holder": "Bà Thử Nghiệm", "village": "Thôn Thử", "number": "QĐ 1"}))
}

func movementOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	return fmt.Sprint(made(t, o, "thu:phong-trao", works.MovementKind, "", map[string]any{"title": "Phong trào thử", "collectives": 1,
		"criteria": []any{map[string]any{"criterion": "Đúng hạn", "points": 10}}, "registered": []any{map[string]any{"registered_name": "Thôn Thử"}}}))
}

// A change of assignment ends the old one and begins the new one in one act.
func TestAssignmentChangesHands(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		var id int64
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			p, err := r.ledger.Record(t.Context(), tx, "thu", ledger.Draft{Kind: works.AssignmentKind, Unit: "06.CU", Day: today.AddDays(-400), Fields: map[string]any{
				"role": "commune_member", "holder": map[string]any{"name": "Ông Thử Một", "office": "Tỉnh ủy viên"}, "area": "001", "number": "TB 1"}})
			id = p.ID
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		book := r.get("/phan-cong?don-vi=06&ky=2026")
		if !strings.Contains(book.body, "Ông Thử Một") || !strings.Contains(book.body, "Xã Hai") {
			t.Errorf("the book tells neither who holds commune 001 nor that 002 has nobody: %d", book.status)
		}
		at := fmt.Sprint("/phan-cong/", id)
		if a := r.post(at, values("khoa", "a", "pc-ngay", today.Vi(), "pc-ly-do", "Chuyển công tác", "pc-nguoi", "Bà Thử Hai")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "quyết định, thông báo") {
			t.Errorf("a new holder without a decision: %d", a.status)
		}
		form := values("khoa", "b", "pc-ngay", today.Vi(), "pc-ly-do", "Chuyển công tác", "pc-nguoi", "Bà Thử Hai", "pc-chuc-vu", "Tỉnh ủy viên", "pc-so", "TB 2")
		next := r.wentTo(r.post(at, form))
		if again := r.post(at, form); again.status != http.StatusSeeOther {
			t.Errorf("sent twice: %d", again.status)
		}
		page := r.get(next)
		if !strings.Contains(page.body, "Bà Thử Hai") || !strings.Contains(page.body, "Ông Thử Một") {
			t.Error("the page of the new one lacks it or the one before")
		}
		book = r.get("/phan-cong?don-vi=06&ky=2026")
		if strings.Contains(book.body, "Ông Thử Một") || strings.Count(book.body, "Bà Thử Hai") != 1 {
			t.Error("the old assignment still holds, or the new one stands twice")
		}
		if was := r.get("/phan-cong?don-vi=06&ky=2026&ngay=" + today.AddDays(-1).String()); !strings.Contains(was.body, "Ông Thử Một") || strings.Contains(was.body, "Bà Thử Hai") {
			t.Error("as of yesterday")
		}
		r.as("xa", "002", access.Clerk)
		if a := r.post(next, values("khoa", "c", "pc-ngay", today.Vi(), "pc-ly-do", "x")); a.status != http.StatusForbidden {
			t.Errorf("another unit changes it: %d", a.status)
		}
	})
}

// Of a commended person nothing is kept but the name as printed in the decision.
func TestCommendedPersonsAreNamesAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		record := func(who any) (p ledger.Posted, err error) {
			err = d.Write(t.Context(), func(tx *db.Tx) error {
				p, err = r.ledger.Record(t.Context(), tx, "thu", ledger.Draft{Kind: works.CommendationKind, Unit: "06.UBND", Day: today, Fields: map[string]any{
					"title": "Khen phong trào", "form": "province_certificate", "level": "province", "collectives": 0, "individuals": 1, "commended": []any{who}}})
				return err
			})
			return p, err
		}
		if _, err := record(map[string]any{"name": "Bà Thử", "office": "Chủ tịch"}); err == nil {
			t.Error("an office beside the name is taken")
		}
		if _, err := record("Bà Thử Khen"); err != nil {
			t.Fatal(err)
		}
		if page := r.get("/tim?q=Th%E1%BB%AD+Khen"); strings.Contains(page.body, "Khen phong trào") {
			t.Error("a commended person is found by name")
		}
		if form := r.get("/ghi-nhan/moi/commendation?don-vi=06.UBND"); strings.Contains(form.body, `name="f-commended-1-chuc-vu"`) {
			t.Error("the form asks for the office of a commended person")
		}
	})
}
