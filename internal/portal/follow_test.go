package portal_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/follow"
	"danvan/internal/ledger"
	"danvan/internal/petition"
	"danvan/internal/sending"
	"danvan/internal/web/browser"
)

// deskLetter takes a letter in at the desk of a commune and gives its number and code.
func (w *world) deskLetter(t testing.TB, class, key string) (int64, follow.Issued) {
	t.Helper()
	return w.deskLetterOn(t, class, key, today)
}

func (w *world) deskLetterOn(t testing.TB, class, key string, day civil.Date) (int64, follow.Issued) {
	t.Helper()
	ctx, desk := context.Background(), w.deps.Follows
	var id int64
	var code follow.Issued
	w.write(t, func(tx *db.Tx) error {
		tree, err := w.deps.Tree(ctx)
		if err != nil {
			return err
		}
		u := tree.On("02143.UBND", today)
		line, err := petition.NextLine(ctx, tx, u.ID, today.Year(), petition.Denounces(class))
		if err != nil {
			return err
		}
		p, err := w.app.Ledger.Record(ctx, tx, "tiepdan", ledger.Draft{Kind: petition.Letter, Unit: "02143.UBND", Day: today, Fields: map[string]any{
			"class": class, "field": "land", "received_on": day.String(), "code": line.Code, "number": fmt.Sprint(line.Number),
			"steps": []any{map[string]any{"act": "received", "on": day.String()}}}})
		if err != nil {
			return err
		}
		id = p.ID
		if err := petition.Enter(ctx, tx, id, line); err != nil {
			return err
		}
		if err := desk.Dossiers.Put(ctx, tx, "tiepdan", dossier.Item{Entry: id, Content: dossier.Content{Text: "Mương sạt"}}); err != nil {
			return err
		}
		code, err = desk.Issue(ctx, tx, "tiepdan", id, key, "")
		return err
	})
	return id, code
}

func (w *world) write(t testing.TB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := w.app.DB.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

// publish writes an answer with a document and has another person check it.
func (w *world) publish(t testing.TB, id int64, text string) {
	t.Helper()
	ctx, desk := context.Background(), w.deps.Follows
	p, err := desk.Dossiers.Add(ctx, "xulydon", id, []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"), "cong-van.pdf", dossier.Working, false)
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, func(tx *db.Tx) error {
		a, err := desk.Compose(ctx, tx, "xulydon", id, 0, 0, follow.Reply{Text: text, Document: "214/UBND-NN", DocumentOn: today, Papers: []int{p.N}})
		if err != nil {
			return err
		}
		return desk.Check(ctx, tx, "lanhdao.xa", id, a.N, a.Version)
	})
}

func photo(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestCitizenFollows: on a telephone, without scripts, from the receipt to the rating and the reopening.
func TestCitizenFollows(t *testing.T) {
	w := open(t)
	ctx, desk := context.Background(), w.deps.Follows
	id, code := w.deskLetter(t, "proposal", "journey")
	b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	b.Go(w.site.URL + "/cong/theo-doi?so=" + code.Number)
	b.Fill("ma", "AAAA-BBBB-CCCC-DDDD")
	b.Push("Xem")
	b.Await("Không có đơn nào khớp")
	w.well(t, b, "follow-wrong", false)
	b.Fill("ma", strings.ToLower(code.Code))
	b.Push("Xem")
	b.Await("Cơ quan đã nhận đơn")
	w.well(t, b, "follow-first", false)

	w.write(t, func(tx *db.Tx) error {
		_, err := desk.Say(ctx, tx, "xulydon", follow.Draft{Entry: id, Kind: follow.Ask, Text: "Xin gửi ảnh chỗ mương sạt.", Until: today.AddDays(7)})
		return err
	})
	b.Push("Xem lại tình trạng mới nhất")
	b.Await("Cơ quan cần thêm")
	file := filepath.Join(t.TempDir(), "muong.png")
	if err := os.WriteFile(file, photo(t), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Fill("loi", "Ảnh chụp sáng nay, <script>alert(1)</script>")
	b.Upload("tep", file)
	w.well(t, b, "follow-asked", false)
	b.Push("Gửi cho cơ quan")
	b.Await("Đã gửi. Cơ quan thấy tin này")
	if rec := w.ask(t, "POST", "/cong/theo-doi", "so="+code.Number+"&ma="+code.Code); strings.Contains(opened(t, rec), "<script>alert") {
		t.Error("what a citizen wrote stands in the page as a script")
	}
	words, err := desk.Words(ctx, w.app.DB.Read(), id)
	if err != nil || len(words) != 2 || len(words[1].Papers) != 1 || !strings.Contains(words[1].Text, "sáng nay") {
		t.Fatalf("words: %+v %v", words, err)
	}

	w.settle(t, id)
	w.publish(t, id, "Xã đã kiểm tra, xây lại 62 m mương trước ngày 30/6.")
	b.Push("Xem lại tình trạng mới nhất")
	b.Await("xây lại 62 m mương")
	w.well(t, b, "follow-answered", false)
	b.Push("Gửi đánh giá")
	b.Await("Hãy chọn một mức")
	w.well(t, b, "follow-rate-wrong", false)
	b.Choose("muc")
	b.Push("Gửi đánh giá")
	b.Await("Cảm ơn ông, bà đã đánh giá")
	totals, err := follow.RatingTotals(ctx, w.app.DB.Read(), 202601, 202712)
	if err != nil || len(totals) == 0 {
		t.Fatalf("totals: %+v %v", totals, err)
	}
	b.Click("details:has([action$='mo-lai'])>summary")
	b.Fill("ly-do", "Đến nay mương vẫn chưa xây, ruộng khô.")
	b.Push("Mở lại")
	b.Await("Đã mở lại thành một đơn tiếp theo")
	w.well(t, b, "follow-reopened", false)
	if len(b.Cookies()) > 0 {
		t.Error("the portal set a cookie")
	}
	p, err := desk.Show(ctx, w.app.DB.Read(), follow.Found{Entry: id})
	if err != nil || len(p.After) != 1 {
		t.Fatalf("follow-up: %+v %v", p, err)
	}
	b.Go(w.site.URL + "/en/theo-doi?so=" + p.After[0].Number)
	b.Fill("ma", code.Code)
	b.Push("Show")
	b.Await("The office has your letter")
	w.well(t, b, "follow-english", false)
}

// TestFollowedPagesAreWell looks at what the journey does not show by axe: what is asked, what is late and why, what was
// amended and withdrawn, a denunciation.
func TestFollowedPagesAreWell(t *testing.T) {
	w := open(t)
	ctx, desk := context.Background(), w.deps.Follows
	b := browser.Start(t, browser.Options{Width: 1440, Height: 900})
	see := func(name string, code follow.Issued, says string) {
		b.Go(w.site.URL + "/cong/theo-doi?so=" + code.Number)
		b.Fill("ma", code.Code)
		b.Push("Xem")
		b.Await(says)
		w.well(t, b, name, true)
	}
	late, code := w.deskLetterOn(t, "complaint", "well-late", today.AddDays(-90))
	for _, d := range []follow.Draft{{Entry: late, Kind: follow.Ask, Text: "Xin gửi bản sao quyết định.", Until: today.AddDays(7)}, {Entry: late, Kind: follow.Explain, Text: "Chờ đo lại thửa đất.", Until: today.AddDays(20)}} {
		w.write(t, func(tx *db.Tx) error { _, err := desk.Say(ctx, tx, "xulydon", d); return err })
	}
	see("follow-late", code, "Chờ đo lại thửa đất")
	b.Push("Gửi cho cơ quan")
	b.Await("Hãy viết một câu")
	w.well(t, b, "follow-write-wrong", true)

	done, code := w.deskLetter(t, "reflection", "well-done")
	w.settle(t, done)
	w.publish(t, done, "Câu trả lời thứ nhất.")
	w.publish(t, done, "Câu trả lời thứ hai.")
	w.write(t, func(tx *db.Tx) error {
		return desk.TakeBack(ctx, tx, "lanhdao.xa", done, 1, 1, "Gửi nhầm hồ sơ")
	})
	see("follow-done", code, "Gửi nhầm hồ sơ")

	_, code = w.deskLetter(t, "denunciation", "well-secret")
	see("follow-secret", code, "Rời trang này ngay")
}

// settle answers the letter as the law asks it.
func (w *world) settle(t testing.TB, id int64) {
	t.Helper()
	ctx := context.Background()
	office := petition.Office{Ledger: w.app.Ledger, Law: petition.Law{Edition: w.app.Catalog.Latest()}, Clocks: w.app.Clocks, Now: w.app.Ledger.Now}
	e, err := w.app.Ledger.Entry(ctx, w.app.DB.Read(), id)
	if err != nil {
		t.Fatal(err)
	}
	w.write(t, func(tx *db.Tx) error {
		_, err := office.Do(ctx, tx, "xulydon", id, e.Version, petition.Act{Act: "answered", On: today, Document: "214/UBND-NN", DocumentOn: today, Signer: "Chủ tịch", Outcome: "answered"})
		return err
	})
}

// well looks at the page as it stands, on a telephone and narrower, in light and dark.
func (w *world) well(t *testing.T, b *browser.Browser, name string, axe bool) {
	t.Helper()
	for _, width := range []int{320, 390, 1440} {
		b.Size(width, 844, width == 1440)
		var wide string
		if b.Eval(tooWide, &wide); wide != "" {
			t.Errorf("%s at %d px: %s", name, width, wide)
		}
		if axe && width != 390 {
			for _, found := range b.Axe() {
				t.Errorf("%s at %d px: %s", name, width, found)
			}
		}
		b.Shot(name + "-" + fmt.Sprint(width))
	}
	b.Size(390, 844, false)
}

var passIn = regexp.MustCompile(`name="ve" value="([^"]+)"`)

// pass opens a letter without a browser and gives the pass of its page.
func (w *world) pass(t testing.TB, code follow.Issued) string {
	t.Helper()
	rec := w.ask(t, "POST", "/cong/theo-doi", "so="+code.Number+"&ma="+code.Code)
	m := passIn.FindStringSubmatch(opened(t, rec))
	if m == nil {
		t.Fatalf("no pass in the page of %s: %d", code.Number, rec.Code)
	}
	return m[1]
}

// upload sends a form with one file.
func (w *world) upload(t testing.TB, fields map[string]string, name string, data []byte) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile("tep", name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/cong/theo-doi/viet", &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Accept-Encoding", "gzip")
	rec := httptest.NewRecorder()
	w.site.Config.Handler.ServeHTTP(rec, r)
	return rec
}

// TestFollowingRefusesWhatIsHostile: files that are none, passes of others, documents that are not published, the same form twice.
func TestFollowingRefusesWhatIsHostile(t *testing.T) {
	w := open(t)
	ctx, desk := context.Background(), w.deps.Follows
	id, code := w.deskLetter(t, "proposal", "hostile")
	other, otherCode := w.deskLetter(t, "reflection", "hostile-2")
	pass := w.pass(t, code)
	for name, data := range map[string][]byte{
		"anh.png": []byte("MZ\x90\x00 not a picture"), "vb.pdf": []byte("%PDF-1.4 /JavaScript /OpenAction <</S/JavaScript/JS(app.alert(1))>>"),
		"hinh.svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "../../etc/passwd": []byte("root:x:0:0"),
		"to.jpg": bytes.Repeat([]byte{0xff, 0xd8, 0xff}, follow.FileMost/3+10),
	} {
		rec := w.upload(t, map[string]string{"ve": pass, "loi": "Xin gửi", "khoa": "khoa-cua-bieu-mau-" + name}, name, data)
		if rec.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s was answered %d", name, rec.Code)
		}
	}
	for range 3 { // the same form, sent three times
		if rec := w.upload(t, map[string]string{"ve": pass, "loi": "Một lần thôi", "khoa": "khoa-cua-mot-bieu-mau"}, "a.png", photo(t)); rec.Code != http.StatusOK {
			t.Errorf("sent again: %d", rec.Code)
		}
	}
	words, err := desk.Words(ctx, w.app.DB.Read(), id)
	if err != nil || len(words) != 1 {
		t.Errorf("%d words after hostile files and one form sent three times: %v", len(words), err)
	}
	w.settle(t, other)
	w.publish(t, other, "Trả lời riêng cho người khác.")
	doc := fmt.Sprintf("&tra-loi=%d-1&van-ban=1", other)
	if rec := w.ask(t, "POST", "/cong/theo-doi/van-ban", "ve="+pass+doc); rec.Code != http.StatusNotFound {
		t.Errorf("another one's document was answered %d", rec.Code)
	}
	if rec := w.ask(t, "POST", "/cong/theo-doi/danh-gia", "ve="+pass+fmt.Sprintf("&tra-loi=%d-1&muc=1", other)); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("another one's answer was rated: %d", rec.Code)
	}
	rec := w.ask(t, "POST", "/cong/theo-doi/van-ban", "ve="+w.pass(t, otherCode)+doc)
	if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Body.String(), "%PDF-") || !strings.HasPrefix(rec.Header().Get("Content-Disposition"), "attachment") || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("one's own document: %d %v", rec.Code, rec.Header())
	}
	for _, forged := range []string{"", "x.y", pass[:len(pass)-2], "MTIzIDk5OTk5OTk5OTk.AAAA"} {
		if rec := w.ask(t, "POST", "/cong/theo-doi/viet", "loi=a&ve="+forged); rec.Code != http.StatusForbidden {
			t.Errorf("the pass %q was answered %d", forged, rec.Code)
		}
	}
}

// TestGuessingIsBounded: wrong codes from one address wait; nothing tells a number that exists from one that does not.
func TestGuessingIsBounded(t *testing.T) {
	w := open(t)
	_, code := w.deskLetter(t, "denunciation", "guess")
	try := func(address, number, secret string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "/cong/theo-doi", strings.NewReader("so="+number+"&ma="+secret))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = address + ":1234"
		rec := httptest.NewRecorder()
		w.site.Config.Handler.ServeHTTP(rec, r)
		text := regexp.MustCompile(`name="(khoa|ve)" value="[^"]*"`).ReplaceAllString(opened(t, rec), "")
		return rec.Code, strings.ReplaceAll(text, number, "SO")
	}
	known, a := try("203.0.113.5", code.Number, "AAAA-BBBB-CCCC-DDDD")
	unknown, b := try("203.0.113.5", "TC-0000-0000", "AAAA-BBBB-CCCC-DDDD")
	if known != unknown || a != b || known != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code is told from an unknown number: %d %d", known, unknown)
	}
	limited := false
	for range 30 {
		guess, _ := sending.NewCode()
		status, _ := try("203.0.113.6", code.Number, guess)
		limited = limited || status == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("thirty wrong codes were not bounded")
	}
	status, page := try("203.0.113.7", code.Number, code.Code)
	if status != http.StatusOK || !strings.Contains(page, "data-leave") {
		t.Errorf("its owner at another address was answered %d", status)
	}
	for _, word := range []string{"ố cáo", "hụ lý"} {
		if strings.Contains(page[strings.Index(page, "<main"):strings.Index(page, "</main>")], word) {
			t.Errorf("the page of a denunciation says %q", word)
		}
	}
}
