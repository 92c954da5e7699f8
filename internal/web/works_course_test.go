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

func courseOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	return fmt.Sprint(made(t, o, "thu:tap-huan", works.CourseKind, "", map[string]any{"topic": "Lớp thử", "level": "own", "attendances": 20, "women": 8,
		"sessions": []any{map[string]any{"session_on": today.AddDays(-9).String(), "session_topic": "Buổi một", "session_attendances": 20, "session_women": 8}}}))
}

// A course from its plan to its close: attendances are those of its sessions, and persons stand apart.
func TestCourseFromPlanToClose(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		at := r.wentTo(r.post("/tap-huan/moi", values("khoa", "k", "don-vi", "06.BTGDV", "ten", "Nghiệp vụ dân vận", "cap", "own", "so", "KH 1",
			"ngay", today.AddDays(-30).Vi(), "khai-mac", today.AddDays(-10).Vi(), "so-buoi", "2", "hoc-vien", "40")))
		if page := r.get(at); !strings.Contains(page.body, "Quá ngày dự kiến") {
			t.Errorf("a course that should have opened: %d", page.status)
		}
		do := func(act string, pairs ...string) answer {
			return r.post(at+"/"+act, values(append(pairs, "khoa", act+strings.Join(pairs, ""))...))
		}
		if a := do("buoi", "b-ngay", today.AddDays(2).Vi(), "b-chuyen-de", "x", "b-luot", "3", "b-nu", "4"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "chưa tới") || !strings.Contains(a.body, "Lượt nữ") {
			t.Errorf("a session of tomorrow with more women than people: %d %s", a.status, summaryOf(a.body))
		}
		r.wentTo(do("buoi", "b-ngay", today.AddDays(-8).Vi(), "b-chuyen-de", "Buổi hai", "b-luot", "38", "b-nu", "12", "b-gio", "3,5"))
		r.wentTo(do("buoi", "b-ngay", today.AddDays(-9).Vi(), "b-chuyen-de", "Buổi một", "b-luot", "36", "b-nu", "11", "b-gio", "3"))
		moved := r.get(at).header.Get("Location") // the plan leads to what was held of it
		at = strings.TrimSuffix(moved, "?")
		if sum := r.sum("training.conference_attendances"); sum != "74 lượt người" {
			t.Errorf("attendances: %s", sum)
		}
		if sum := r.sum("training.conferences"); sum != "1 hội nghị" {
			t.Errorf("courses: %s", sum)
		}
		if a := do("be-mac", "bm-ngay", today.Vi(), "bm-hoc-vien", "40", "bm-chung-nhan", "41"); a.status != http.StatusUnprocessableEntity {
			t.Errorf("more certificates than people: %d", a.status)
		}
		r.wentTo(do("be-mac", "bm-ngay", today.Vi(), "bm-hoc-vien", "40", "bm-chung-nhan", "39"))
		if page := r.get(at); !strings.Contains(page.body, "Đã xong") || !strings.Contains(page.body, "40 người") {
			t.Error("the course is not over")
		}
		if sum := r.sum("training.conference_attendances"); sum != "74 lượt người" {
			t.Errorf("persons were added to attendances: %s", sum)
		}
		if sheet := r.get(at + "/phieu?buoi=1&so-dong=12"); strings.Count(sheet.body, "<tr>") != 13 {
			t.Errorf("the sheet has %d rows", strings.Count(sheet.body, "<tr>"))
		}
		r.as("xa", "001", access.Clerk)
		if a := do("huy", "h-ngay", today.Vi(), "h-ly-do", "x"); a.status != http.StatusForbidden {
			t.Errorf("another unit cancels: %d", a.status)
		}
	})
}

// A total that is not that of the sessions is refused, whichever way it comes in.
func TestCourseNumbersFollowItsSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := r.ledger.Record(t.Context(), tx, "thu", ledger.Draft{Kind: works.CourseKind, Unit: "06.BTGDV", Day: today, Fields: map[string]any{
				"topic": "Lớp", "level": "own", "attendances": 50,
				"sessions": []any{map[string]any{"session_on": today.String(), "session_topic": "Một", "session_attendances": 30},
					map[string]any{"session_on": today.String(), "session_topic": "Hai", "session_attendances": 19}}}})
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "bằng tổng lượt người dự") {
			t.Errorf("50 with sessions of 49: %v", err)
		}
	})
}
