package portal_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"danvan/internal/app"
	"danvan/internal/civil"
	"danvan/internal/contribution"
	"danvan/internal/db"
	"danvan/internal/files"
	"danvan/internal/ledger"
)

// workPlace is the commune of the work that the tests read.
const workPlace = "02143"

// planted are the entries of the work that the tests read.
type planted struct{ work, named, silent, picture int64 }

// plantWork records a work with what belongs to it, and puts its addresses among the examples.
func plantWork(ctx context.Context, a *app.App, store *files.Store) (planted, error) {
	var p planted
	var pic bytes.Buffer
	img := image.NewRGBA(image.Rect(0, 0, 8, 6))
	img.Set(3, 3, color.RGBA{200, 10, 10, 255})
	if err := png.Encode(&pic, img); err != nil {
		return p, err
	}
	kept, err := store.Put(ctx, &pic)
	if err != nil {
		return p, err
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		var id int64
		record := func(kind string, day civil.Date, set map[string]any) int64 {
			if err != nil {
				return 0
			}
			d := ledger.Draft{Kind: kind, Unit: workPlace + ".MTTQ", Day: day, Fields: set}
			if id != 0 {
				d.Carries = contribution.Ref(id)
			}
			if kind == contribution.PictureKind {
				d.Files = []ledger.File{{Hash: kept.Hash, Name: "anh.png"}}
			}
			var posted ledger.Posted
			posted, err = a.Ledger.Record(ctx, tx, "thử", d)
			return posted.ID
		}
		id = record(contribution.WorkKind, 20260301, map[string]any{"title": "Đường thôn Nà Thử <b>", "purpose": "road", "campaign": "new_rural", "village": "Thôn Nà Thử",
			"quantity": "0.8", "quantity_unit": "km", "estimate": int64(480_000_000), "money": int64(40_000_000), "land": int64(800), "decision_text": "Biên bản họp thôn",
			"latitude": "22.25", "longitude": "106.06"})
		p.work = id
		p.named = record(contribution.GiftKind, 20260401, map[string]any{"title": "Đường thôn Nà Thử", "purpose": "road", "source": "people", "giver": "household", "households": int64(1), "money": int64(48_000_000), "donors": []any{"Bà Thử Có Tên"}, "consent": "named"})
		p.silent = record(contribution.GiftKind, 20260402, map[string]any{"title": "Đường thôn Nà Thử", "purpose": "road", "source": "people", "giver": "household", "households": int64(7), "land": "860.5", "donors": []any{"Ông Thử Không Tên"}, "consent": "anonymous"})
		record(contribution.PledgeKind, 20260403, map[string]any{"giver": "household", "households": int64(2), "workdays": "30"})
		record(contribution.SpendKind, 20260501, map[string]any{"title": "=HYPERLINK(\"http://x\")", "document": "Phiếu chi 12", "money": int64(41_200_000), "land": "860.5"})
		record(contribution.AcceptKind, 20260601, map[string]any{"title": "Đường thôn Nà Thử", "purpose": "road", "works": int64(1), "quantity": "0.82", "quantity_unit": "km", "minutes": "Biên bản số 3", "accepted_by_people": "yes"})
		p.picture = record(contribution.PictureKind, 20260301, map[string]any{"alt": "Đường đất lầy lội trước khi làm", "stage": "before", "picture": kept.Hash})
		return err
	})
	at := fmt.Sprintf("/dong-gop/%d", p.work)
	examples["GET /dong-gop/{id}"] = example{Path: at}
	examples["GET /dong-gop/{id}/thu-chi.csv"] = example{Path: at + "/thu-chi.csv", File: true}
	examples["GET /dong-gop/{id}/anh"] = example{Path: fmt.Sprintf("/dong-gop/%d/anh", p.picture), File: true}
	return p, err
}

// TestContributionsArePublicWithoutNames: the balance is open down to each line; who did not wish to be named is not
// there, and a name that is taken back goes from the page and the table while the gift stays.
func TestContributionsArePublicWithoutNames(t *testing.T) {
	w := open(t)
	page := func(path string) string {
		t.Helper()
		rec := w.ask(t, "GET", path, "")
		if rec.Code != http.StatusOK {
			t.Fatalf("%s answered %d", path, rec.Code)
		}
		return opened(t, rec)
	}
	at := fmt.Sprintf("/cong/dong-gop/%d", w.planted.work)
	for _, want := range []string{"Đường thôn Nà Thử &lt;b&gt;", "Tiền, đã dùng 41.200.000 trên 48.000.000 đồng", "85%", "Bà Thử Có Tên", "7 lượt hộ", "Phiếu chi 12", "Đường đất lầy lội trước khi làm",
		"đã nghiệm thu 0,82 km", "6.800.000", "còn 30 ngày công chưa nhận", "tọa độ 22,25000; 106,06000"} {
		if !strings.Contains(page(at), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if !strings.Contains(page(strings.Replace(at, "/cong", "/en", 1)), "Money, used 41.200.000 of 48.000.000 đồng") {
		t.Error("the page in English does not tell of the money")
	}
	for _, path := range []string{at, at + "/thu-chi.csv", "/cong/dong-gop?xa=" + workPlace} {
		if strings.Contains(page(path), "Không Tên") {
			t.Errorf("%s names who did not wish to be named", path)
		}
	}
	if csv := page(at + "/thu-chi.csv"); !strings.Contains(csv, "'=HYPERLINK") || !strings.Contains(csv, "Bà Thử Có Tên") {
		t.Errorf("the table is %s", csv)
	}
	if list := page("/cong/dong-gop?xa=" + workPlace + "&cuoc-van-dong=new_rural"); !strings.Contains(list, at) {
		t.Error("the list of the commune does not lead to the work")
	}

	err := w.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := w.app.Ledger.Amend(t.Context(), tx, "thử", w.planted.named, 1, ledger.Amendment{Set: map[string]any{"donors": nil, "consent": "anonymous"}, Reason: "Người góp rút đồng ý nêu tên"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{at, at + "/thu-chi.csv"} {
		if body := page(path); strings.Contains(body, "Bà Thử Có Tên") || !strings.Contains(body, "48") {
			t.Errorf("%s after the name was taken back: %s", path, body)
		}
	}
	if rec := w.ask(t, "GET", fmt.Sprintf("/cong/dong-gop/%d", w.planted.named), ""); rec.Code != http.StatusNotFound {
		t.Errorf("an entry that is no work answers %d", rec.Code)
	}
	if rec := w.ask(t, "GET", fmt.Sprintf("/cong/dong-gop/%d/anh", w.planted.named), ""); rec.Code != http.StatusNotFound {
		t.Errorf("an entry that is no picture answers %d", rec.Code)
	}
}
