package portal_test

import (
	"strings"
	"testing"

	"danvan/internal/db"
	"danvan/internal/disclosure"
	"danvan/internal/ledger"
)

// A resident sees what is missing, with the day and the article and what to do; then that it was published late and read
// aloud on too few days; and that a ballot with one household too few was not adopted.
func TestResidentSeesWhatIsMissing(t *testing.T) {
	w := open(t)
	record := func(kind, carries string, set map[string]any) ledger.Posted {
		t.Helper()
		day := today.AddDays(-20) // 2 November, a Monday: to be published by the 9th
		if carries != "" {
			day = today.AddDays(-10)
		}
		var posted ledger.Posted
		err := w.app.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
			posted, err = w.app.Ledger.Record(t.Context(), tx, "thử", ledger.Draft{Key: "thu:" + kind, Kind: kind, Unit: "02143.UBND", Day: day, Carries: carries, Fields: set})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return posted
	}
	about := func(path, title string) string {
		t.Helper()
		page := opened(t, w.ask(t, "GET", path, ""))
		for _, part := range strings.Split(page, "<article")[1:] {
			if strings.Contains(part, title) {
				return part
			}
		}
		t.Fatalf("%s says nothing of %q", path, title)
		return ""
	}
	const path, title = "/cong/cong-khai?xa=02143", "Mức thu phí của thử nghiệm"
	record(disclosure.DocumentKind, "", map[string]any{"title": title, "number": "1/TB", "rule": "fees"})
	if got := about(path, title); !strings.Contains(got, "Chưa công khai, quá hạn 13 ngày") || !strings.Contains(got, "09/11/2026") || !strings.Contains(got, "Điều 11") {
		t.Errorf("what is missing: %s", got)
	}
	if page := opened(t, w.ask(t, "GET", path, "")); !strings.Contains(page, `href="/cong/gui"`) {
		t.Error("nothing says what to do when something is missing")
	}
	record(disclosure.PublicationKind, "thu:"+disclosure.DocumentKind, map[string]any{"title": title, "item": "fees", "rule": "fees", "document_on": "2026-11-02", "forms": []any{"notice_board", "loudspeaker"}, "broadcast_days": 1})
	if got := about(path, title); !strings.Contains(got, "Công khai chậm 3 ngày") || !strings.Contains(got, "Phát loa thiếu ngày") || !strings.Contains(got, "phát loa 1 ngày (cần 3 ngày)") {
		t.Errorf("what came late: %s", got)
	}
	record(disclosure.DecisionKind, "", map[string]any{"title": "Góp đường của thử nghiệm", "subject_type": "contribution", "method": "ballot", "households": 90, "present": 80, "approved": 59, "against": 21, "village": "Thôn Một", "valid": "yes"})
	if got := about("/cong/ban-bac?xa=02143", "Góp đường của thử nghiệm"); !strings.Contains(got, "Không đạt tỷ lệ") || !strings.Contains(got, "Cần ít nhất 60 hộ") {
		t.Errorf("a ballot of 59 of 90, typed as valid: %s", got)
	}
}
