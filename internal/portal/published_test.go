package portal_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"danvan/internal/app"
	"danvan/internal/db"
	"danvan/internal/disclosure"
	"danvan/internal/files"
	"danvan/internal/ledger"
)

// boards are publishings with pictures: one that everybody may see, one that is not marked so, one that is no longer.
var boards struct{ shown, silent, hidden int64 }

func plantBoards(ctx context.Context, a *app.App, store *files.Store) error {
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewGray(image.Rect(0, 0, 8, 6))); err != nil {
		return err
	}
	kept, err := store.Put(ctx, &pic)
	if err != nil {
		return err
	}
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		for shown, id := range map[string]*int64{"yes": &boards.shown, "": &boards.silent, "no": &boards.hidden} {
			set := map[string]any{"title": "Bảng thử ảnh " + shown, "item": "budget", "rule": "budget_quarter", "period_to": "2026-09-30", "forms": []any{"notice_board"}, "proof": []any{kept.Hash}}
			if shown != "" {
				set["proof_shown"] = shown
			}
			posted, err := a.Ledger.Record(ctx, tx, "thử", ledger.Draft{Key: "thu:bang:" + shown, Kind: disclosure.PublicationKind, Unit: "02143.UBND", Day: 20261008, Fields: set, Files: []ledger.File{{Hash: kept.Hash, Name: "bang.png"}}})
			if err != nil {
				return err
			}
			*id = posted.ID
		}
		examples["GET /cong-khai/{id}/anh/{so}"] = example{Path: fmt.Sprintf("/cong-khai/%d/anh/1", boards.shown), File: true}
		return nil
	})
}

// TestPictureOfBoard: a picture is public only where whoever published said so.
func TestPictureOfBoard(t *testing.T) {
	w := open(t)
	page := opened(t, w.ask(t, "GET", "/cong/cong-khai?xa=02143", ""))
	for id, public := range map[int64]bool{boards.shown: true, boards.silent: false, boards.hidden: false} {
		path := fmt.Sprintf("/cong/cong-khai/%d/anh/1", id)
		rec := w.ask(t, "GET", path, "")
		if got := rec.Code == http.StatusOK; got != public {
			t.Errorf("%s answers %d, want it public: %v", path, rec.Code, public)
		}
		if got := strings.Contains(page, path); got != public {
			t.Errorf("the register shows %s: %v, want %v", path, got, public)
		}
	}
	for _, path := range []string{fmt.Sprintf("/cong/cong-khai/%d/anh/2", boards.shown), fmt.Sprintf("/cong/cong-khai/%d/anh/1", w.planted.work), "/cong/cong-khai/0/anh/1", "/cong/cong-khai/99999999/anh/1"} {
		if rec := w.ask(t, "GET", path, ""); rec.Code != http.StatusNotFound {
			t.Errorf("%s answers %d", path, rec.Code)
		}
	}
}

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
