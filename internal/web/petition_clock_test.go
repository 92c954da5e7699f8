package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
)

// letterWith records a letter whose clocks the board shows.
func (r *recorder) letterWith(unit, code, class, received, accepted string) int64 {
	r.t.Helper()
	day, err := civil.ParseDate(received)
	if err != nil {
		r.t.Fatal(err)
	}
	fields := map[string]any{"class": class, "field": "land", "received_on": received, "code": code}
	if accepted != "" {
		fields["accepted_on"] = accepted
	}
	return r.write(func(tx *db.Tx) (ledger.Posted, error) {
		return r.ledger.Record(context.Background(), tx, "thu", ledger.Draft{Kind: "petition_letter", Unit: unit, Day: day, Fields: fields})
	}).ID
}

// The board shows what is due by when; a denunciation by code, class and day alone to who may not read it; work by officer to
// the officer himself and the head of the office.
func TestDeadlinesBoard(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		late := r.letterWith("001.UBND", "DT-2026-000001", "complaint", "2026-10-05", "2026-10-12")
		r.letterWith("001.UBND", "DT-2026-000002", "proposal", "2026-11-18", "")
		secret := r.letterWith("001.UBND", "TC-AB12-CD34", "denunciation", "2026-11-16", "2026-11-18")
		r.letterWith("002.UBND", "DT-2026-000009", "complaint", "2026-11-16", "")
		r.tx(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO letter_hand (entry, role, account, given_by, at_ms) VALUES ($1, 'officer', 7, 'thu', 1)`, late)
			return err
		})
		r.as("ban", "001", access.Desk)
		a := r.get("/don-thu/han?don-vi=001&ky=2026")
		r.says(a, "DT-2026-000001", "Quá hạn 11 ngày", "DT-2026-000002", "TC-AB12-CD34", "Tố cáo")
		for _, word := range []string{"DT-2026-000009", "Giải quyết tố cáo", "Thông báo thụ lý cho người tố cáo", fmt.Sprintf("/don-thu/%d/han", secret), "theo người xử lý", "Tài khoản 7"} {
			if strings.Contains(a.body, word) {
				t.Errorf("the desk reads %q on the board", word)
			}
		}
		if a := r.get(fmt.Sprintf("/don-thu/%d/han", secret)); a.status != http.StatusForbidden {
			t.Errorf("the desk opens a denunciation's clocks: %d", a.status)
		}
		csv := r.get("/don-thu/han?don-vi=001&ky=2026&tai=csv")
		if !strings.Contains(csv.body, "TC-AB12-CD34") || strings.Contains(csv.body, "Giải quyết tố cáo") {
			t.Error("the file says more of a denunciation, or less, than the page")
		}
		if a := r.get("/don-thu/han?don-vi=001&ky=2026&khi=qua-han"); strings.Contains(a.body, "DT-2026-000002") || !strings.Contains(a.body, "DT-2026-000001") {
			t.Error("the filter of late ones does not hold")
		}
		if a := r.get("/don-thu/han?don-vi=002&ky=2026"); a.status != http.StatusForbidden {
			t.Errorf("the desk sees the neighbour's board: %d", a.status)
		}
		r.as("truong", "001", access.Leader)
		r.says(r.get("/don-thu/han?don-vi=001&ky=2026"), "theo người xử lý", "Tài khoản 7", "Giải quyết tố cáo")
		r.as("vang", "001", access.Leader)
		r.says(r.get("/don-thu/han?don-vi=001&ky=2026&loai=mixed"), "Không có thời hạn nào")
	})
}

// The page of a case prints how each deadline came about, with the values that it had before.
func TestCaseClocksAreExplained(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	id := r.letterWith("001.UBND", "DT-2026-000001", "complaint", "2026-08-21", "2026-08-28")
	r.write(func(tx *db.Tx) (ledger.Posted, error) {
		return r.ledger.Amend(context.Background(), tx, "thu", id, 1, ledger.Amendment{Set: map[string]any{"complexity": "complex"}, Reason: "phức tạp"})
	})
	a := r.get(fmt.Sprintf("/don-thu/%d/han", id))
	r.says(a, "Điều 27 Luật Khiếu nại", "thứ Hai 31/8/2026: Nghỉ hoán đổi", "Thứ Năm, 03/9/2026", "45 ngày (vụ việc phức tạp)", "Thứ Hai, 12/10/2026",
		"Hạn đã báo trước đây (1)", "30 ngày", "có bước mới hoặc được đính chính", "Điều 147")
	if a := r.get("/don-thu/999999/han"); a.status != http.StatusNotFound {
		t.Errorf("no such case: %d", a.status)
	}
}
