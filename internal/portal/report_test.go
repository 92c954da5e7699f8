package portal_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"danvan/internal/app"
	"danvan/internal/db"
	"danvan/internal/filing"
	"danvan/internal/org"
	"danvan/internal/report"
	"danvan/internal/web/browser"
)

// theReport is a commune's issued report that everybody may read, and hidden one that its office does not show.
var theReport, hiddenReport *filing.Filing

// plantReports shows all issued reports of the demo but one.
func plantReports(ctx context.Context, a *app.App) error {
	issued, err := filing.List(ctx, a.DB.Read(), filing.Query{State: filing.Issued})
	if err != nil || len(issued) < 3 {
		return fmt.Errorf("%d issued reports in the demo: %w", len(issued), err)
	}
	slices.SortFunc(issued, func(a, b *filing.Filing) int { return strings.Compare(a.Type, b.Type) }) // the province's half-year first
	tree, err := a.Org.Tree(ctx)
	if err != nil {
		return err
	}
	store := &filing.Store{Ledger: a.Ledger, Tree: func() *org.Tree { return tree }}
	hiddenReport, theReport = issued[len(issued)-1], issued[len(issued)-2]
	for _, f := range issued[:len(issued)-1] {
		if err := show(ctx, a, store, f); err != nil {
			return err
		}
	}
	last, err := filing.LastPublication(ctx, a.DB.Read(), hiddenReport.ID)
	if err == nil && last.Public() {
		err = a.DB.Write(ctx, func(tx *db.Tx) error {
			_, err := store.Unpublish(ctx, tx, "thử", hiddenReport.ID, last.Turn, "Thử")
			return err
		})
	}
	shown, err2 := filing.LastPublication(ctx, a.DB.Read(), theReport.ID)
	if err != nil || err2 != nil {
		return fmt.Errorf("%w %w", err, err2)
	}
	at := fmt.Sprintf("/bao-cao/%d", theReport.ID)
	examples["GET /bao-cao/{id}"] = example{Path: at}
	examples["GET /bao-cao/{id}/tep/{form}"] = example{Path: at + "/tep/docx", File: true}
	examples["GET /bao-cao/kiem-tra/{hash}"] = example{Path: "/bao-cao/kiem-tra/" + shown.Hash}
	return nil
}

func show(ctx context.Context, a *app.App, store *filing.Store, f *filing.Filing) error {
	last, err := filing.LastPublication(ctx, a.DB.Read(), f.ID)
	if err != nil || last.Public() {
		return err
	}
	content, err := filing.Content(ctx, a.DB.Read(), f.ID, f.Standing)
	if err != nil {
		return err
	}
	rep := &report.Report{}
	if err := json.Unmarshal(content, rep); err != nil {
		return err
	}
	public, closed, err := report.ForPublic(ctx, a.Figures, rep)
	if err != nil {
		return err
	}
	c := filing.Copy{Closed: closed}
	if closed > 0 {
		var b bytes.Buffer
		if err := public.JSON(&b); err != nil {
			return err
		}
		c.Content = b.Bytes()
	}
	return a.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := store.Publish(ctx, tx, "thử", f.ID, f.Standing, 0, c)
		return err
	})
}

var _ = shows(map[string]example{
	"GET /bao-cao": {Path: "/bao-cao?nam=2025"},
	// plantReports puts in which reports
	"GET /bao-cao/{id}":            {},
	"GET /bao-cao/{id}/tep/{form}": {File: true},
	"GET /bao-cao/kiem-tra":        {Path: "/bao-cao/kiem-tra"},
	"POST /bao-cao/kiem-tra":       {Path: "/bao-cao/kiem-tra", Form: "ma=abc"},
	"GET /bao-cao/kiem-tra/{hash}": {},
}, "/bao-cao", "/bao-cao?xa=02143&loai=month", "/bao-cao/1", "/bao-cao/kiem-tra/"+strings.Repeat("0", 64), "/bao-cao/kiem-tra/abc")

// TestPublicReportsTellNoLetters: in what everybody reads of a commune's report there is no number about letters, and none
// in its document; of the province there are sums alone. What is not shown is not there, and its seal is not known.
func TestPublicReportsTellNoLetters(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	shown, err := filing.AllShown(ctx, w.app.DB.Read())
	if err != nil || len(shown) < 2 {
		t.Fatalf("%d reports are shown: %v", len(shown), err)
	}
	cut := 0
	for _, s := range shown {
		content, err := filing.PublicContent(ctx, w.app.DB.Read(), s.Publication)
		if err != nil {
			t.Fatal(err)
		}
		rep := &report.Report{}
		if err := json.Unmarshal(content, rep); err != nil {
			t.Fatal(err)
		}
		ed := w.app.Catalog.EditionOn(s.Period.To)
		for _, e := range rep.Evidence {
			about := ed.AboutLetters(ed.Indicator(e.Indicator))
			if about && (rep.Unit.Level != "province" || e.By == "unit") && (e.Value != nil || e.Display != "•") {
				t.Errorf("%s of %s shows %s = %s", s.Name, rep.Unit.Name, e.Indicator, e.Display)
			}
		}
		cut += s.Publication.Closed
		page := opened(t, w.ask(t, "GET", fmt.Sprintf("/cong/bao-cao/%d", s.Filing.ID), ""))
		if rep.Unit.Level == "commune" && (strings.Contains(page, " đơn khiếu nại, tố cáo") || !strings.Contains(page, s.Publication.Hash)) {
			t.Errorf("the page of %s tells of letters, or lacks its seal", rep.Unit.Name)
		}
	}
	if cut == 0 {
		t.Error("nothing was left out: the demo has letters")
	}
	if rec := w.ask(t, "GET", fmt.Sprintf("/cong/bao-cao/%d", hiddenReport.ID), ""); rec.Code != http.StatusNotFound {
		t.Errorf("a report that is not shown answers %d", rec.Code)
	}
	vs, err := filing.Versions(ctx, w.app.DB.Read(), theReport.ID)
	if err != nil {
		t.Fatal(err)
	}
	page := opened(t, w.ask(t, "GET", "/cong/bao-cao/kiem-tra/"+vs[theReport.Standing-1].Hash, ""))
	if own, _ := filing.LastPublication(ctx, w.app.DB.Read(), theReport.ID); own.Own && !strings.Contains(page, "Không phải báo cáo nào đang công khai") {
		t.Error("the seal of what was left out of the public copy is answered to everybody")
	}
}

// TestSealIsChecked: a download is the same file twice, its hash is known by upload and by code, on the device and without
// scripts; one changed byte is not.
func TestSealIsChecked(t *testing.T) {
	w := open(t)
	if err := w.app.Log.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	file := fmt.Sprintf("/cong/bao-cao/%d/tep/docx", theReport.ID)
	one, two := w.ask(t, "GET", file, ""), w.ask(t, "GET", file, "")
	if one.Code != http.StatusOK || !bytes.Equal(one.Body.Bytes(), two.Body.Bytes()) || one.Body.Len() < 1000 {
		t.Fatalf("the document: %d, %d bytes, the same twice %t", one.Code, one.Body.Len(), bytes.Equal(one.Body.Bytes(), two.Body.Bytes()))
	}
	sum := sha256.Sum256(one.Body.Bytes())
	right := "/cong/bao-cao/kiem-tra/" + hex.EncodeToString(sum[:])
	if to := w.hashed(t, one.Body.Bytes()); to != right {
		t.Errorf("the file leads to %q, not %q", to, right)
	}
	if page := opened(t, w.ask(t, "GET", right, "")); !strings.Contains(page, "Đúng là báo cáo đã ban hành") || !strings.Contains(page, "DOCX") {
		t.Error("the document's hash is not known")
	}
	changed := slices.Clone(one.Body.Bytes())
	changed[len(changed)/2] ^= 1
	if page := opened(t, w.ask(t, "GET", w.hashed(t, changed), "")); !strings.Contains(page, "Không phải báo cáo nào") {
		t.Error("a changed file is taken for the report")
	}
	if rec := w.ask(t, "POST", "/cong/bao-cao/kiem-tra", "ma=http%3A%2F%2Fdan.example.vn"+strings.ReplaceAll(right, "/", "%2F")); rec.Header().Get("Location") != right {
		t.Errorf("the whole printed address leads to %q", rec.Header().Get("Location"))
	}

	path := filepath.Join(t.TempDir(), "bao-cao.docx")
	if err := os.WriteFile(path, one.Body.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, script := range []bool{true, false} {
		b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: !script})
		b.Go(w.site.URL + "/cong/bao-cao/kiem-tra")
		b.Upload("tep", path)
		b.Push("Kiểm tra")
		b.Await("Đúng là báo cáo đã ban hành")
		b.Shot(fmt.Sprintf("kiem-tra-niem-phong-%t", script))
	}
}

func (w *world) hashed(t *testing.T, body []byte) string {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("tep", "x.docx")
	if err == nil {
		_, err = part.Write(body)
	}
	if err != nil || m.Close() != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/cong/bao-cao/kiem-tra", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	rec := httptest.NewRecorder()
	w.site.Config.Handler.ServeHTTP(rec, r)
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("an upload answers %d", rec.Code)
	}
	return rec.Header().Get("Location")
}
