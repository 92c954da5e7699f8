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
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/files"
	"danvan/internal/ledger"
	"danvan/internal/model"
)

var _ = shows(map[string]example{
	"GET /mo-hinh":          {Path: "/mo-hinh"},
	"GET /mo-hinh/tu-quan":  {Path: "/mo-hinh/tu-quan?xa=02143"},
	"GET /mo-hinh/ban-do":   {Path: "/mo-hinh/ban-do", File: true},
	"GET /mo-hinh/{id}":     {},
	"GET /mo-hinh/{id}/anh": {File: true},
	"GET /luc-luong":        {Path: "/luc-luong?nam=2025"},
	"GET /luc-luong/{id}":   {},
}, "/mo-hinh?linh-vuc=economy&trang-thai=chua-minh-chung", "/mo-hinh?xa=02143&trang-thai=tat-ca&loai=example", "/mo-hinh?trang-thai=ended&linh-vuc=khong-co", "/mo-hinh?trang=2", "/mo-hinh?xa=khong-co",
	"/mo-hinh/1", "/luc-luong?xa=02143&nam=2011", "/luc-luong/1")

// plantedModels are the models that the tests read.
type plantedModels struct{ open, closed, silent, drive, shown, hidden int64 }

// plantModels records models with what belongs to them, and puts their addresses among the examples.
func plantModels(ctx context.Context, a *app.App, store *files.Store) (plantedModels, error) {
	var p plantedModels
	var pic bytes.Buffer
	if err := png.Encode(&pic, image.NewRGBA(image.Rect(0, 0, 9, 7))); err != nil {
		return p, err
	}
	kept, err := store.Put(ctx, &pic)
	if err != nil {
		return p, err
	}
	err = a.DB.Write(ctx, func(tx *db.Tx) error {
		recordBy := func(unit, kind, carries string, day civil.Date, set map[string]any) int64 {
			if err != nil {
				return 0
			}
			d := ledger.Draft{Kind: kind, Unit: unit, Day: day, Carries: carries, Fields: set}
			if set["picture"] != nil {
				d.Files = []ledger.File{{Hash: kept.Hash, Name: "anh.png"}}
			}
			var posted ledger.Posted
			posted, err = a.Ledger.Record(ctx, tx, "thử", d)
			return posted.ID
		}
		record := func(kind, carries string, day civil.Date, set map[string]any) int64 {
			return recordBy(workPlace+".MTTQ", kind, carries, day, set)
		}
		base := func(more map[string]any) map[string]any {
			set := map[string]any{"title": "Vườn thử <b>nghiệm</b>", "sector": "economy", "type": "example", "subject": "individual", "village": "Thôn Nà Thử", "content": "Trồng hồng không hạt\ntrên đồi",
				"contact": map[string]any{"name": "Ông Thử Liên Hệ"}, "exemplar": map[string]any{"name": "Bà Thử Điển Hình"}, "consent": "named", "checked_on": "2026-07-01", "effective_on": "2026-10-01",
				"recognised_on": "2026-11-02", "recognised_level": "commune", "recognised_text": "Quyết định số 15-QĐ/ĐU"}
			for k, v := range more {
				set[k] = v
			}
			return set
		}
		p.open = record(model.ModelKind, "", 20260301, base(nil))
		p.silent = record(model.ModelKind, model.Ref(p.open), 20260302, base(map[string]any{"title": "Ao cá thử", "consent": "anonymous", "origin": "yes"}))
		p.closed = record(model.ModelKind, "", 20260303, base(map[string]any{"title": "Chưa công nhận thử", "recognised_on": nil, "recognised_level": nil, "recognised_text": nil}))
		p.shown = record(model.EvidenceKind, model.Ref(p.open), 20261105, map[string]any{"alt": "Đồi hồng sai quả", "picture": kept.Hash, "public": "yes"})
		p.hidden = record(model.EvidenceKind, model.Ref(p.open), 20261106, map[string]any{"alt": "Ảnh nội bộ thử", "picture": kept.Hash})
		p.drive = recordBy(workPlace+".QS", model.DriveKind, "", 20260505, map[string]any{"topic": "Giúp dân gặt lúa <i>thử</i>", "force": "military", "form": "social_work", "soldiers": int64(30), "days": int64(3), "workdays": "90.5",
			"works": []any{map[string]any{"work": "harvest", "quantity": "4.25"}}, "gifts": []any{map[string]any{"target": "poor_household", "gift_count": int64(12)}}})
		return err
	})
	at := fmt.Sprintf("/mo-hinh/%d", p.open)
	examples["GET /mo-hinh/{id}"] = example{Path: at}
	examples["GET /mo-hinh/{id}/anh"] = example{Path: fmt.Sprintf("/mo-hinh/%d/anh", p.shown), File: true}
	examples["GET /luc-luong/{id}"] = example{Path: fmt.Sprintf("/luc-luong/%d", p.drive)}
	return p, err
}

// TestModelsArePublicWithoutPrivateThings: what a model is and how it came about is open from its recognition on; a
// contact never, a name only by consent, a picture only where it is marked.
func TestModelsArePublicWithoutPrivateThings(t *testing.T) {
	w := open(t)
	get := func(path string, want int) string {
		t.Helper()
		rec := w.ask(t, "GET", path, "")
		if rec.Code != want {
			t.Fatalf("%s answered %d, want %d", path, rec.Code, want)
		}
		return opened(t, rec)
	}
	m := w.models
	page := get(fmt.Sprintf("/cong/mo-hinh/%d", m.open), http.StatusOK)
	for _, want := range []string{"Vườn thử &lt;b&gt;nghiệm&lt;/b&gt;", "Bà Thử Điển Hình", "Công nhận cấp xã", "Quyết định số 15-QĐ/ĐU", "Đồi hồng sai quả", "Đã công nhận", "02/11/2026"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if english := get(fmt.Sprintf("/en/mo-hinh/%d", m.open), http.StatusOK); !strings.Contains(english, "Recognised") || !strings.Contains(english, "Economy") {
		t.Error("the page in English is not in English")
	}
	pages := page + get(fmt.Sprintf("/cong/mo-hinh/%d", m.silent), http.StatusOK) + get("/cong/mo-hinh?xa="+workPlace+"&trang-thai=tat-ca", http.StatusOK)
	for _, never := range []string{"Ông Thử Liên Hệ", "Ảnh nội bộ thử", fmt.Sprintf("/%d/anh", m.hidden), "Chưa công nhận thử"} {
		if strings.Contains(pages, never) {
			t.Errorf("the public pages say %q", never)
		}
	}
	if strings.Contains(get(fmt.Sprintf("/cong/mo-hinh/%d", m.silent), http.StatusOK), "Bà Thử Điển Hình") {
		t.Error("who did not agree is named")
	}
	get(fmt.Sprintf("/cong/mo-hinh/%d", m.closed), http.StatusNotFound)
	get(fmt.Sprintf("/cong/mo-hinh/%d/anh", m.shown), http.StatusOK)
	get(fmt.Sprintf("/cong/mo-hinh/%d/anh", m.hidden), http.StatusNotFound)
	get(fmt.Sprintf("/cong/mo-hinh/%d", m.drive), http.StatusNotFound)
	if list := get("/cong/luc-luong?nam=2026&xa="+workPlace, http.StatusOK); !strings.Contains(list, "Giúp dân gặt lúa &lt;i&gt;thử&lt;/i&gt;") {
		t.Error("the drive is not in its year")
	}
	if page := get(fmt.Sprintf("/cong/luc-luong/%d", m.drive), http.StatusOK); !strings.Contains(page, "4,25 ha") || !strings.Contains(page, "05/5/2026 đến 07/5/2026") {
		t.Error("the drive does not say what was done when")
	}

	err := w.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		e, err := w.app.Ledger.Entry(t.Context(), tx, m.open)
		if err != nil {
			return err
		}
		_, err = w.app.Ledger.Amend(t.Context(), tx, "thử", m.open, e.Version, ledger.Amendment{Set: map[string]any{"exemplar": nil, "consent": "anonymous"}, Reason: "Người được nêu rút đồng ý"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(get(fmt.Sprintf("/cong/mo-hinh/%d", m.open), http.StatusOK), "Bà Thử Điển Hình") {
		t.Error("a name that was taken back is still there")
	}
}
