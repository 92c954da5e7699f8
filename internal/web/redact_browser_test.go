package web_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dossier"
	"danvan/internal/petition"
	"danvan/internal/sealed"
	"danvan/internal/web/browser"
)

// TestRedactionInTheBrowser makes a working copy without who wrote it, and has a second person check it.
func TestRedactionInTheBrowser(t *testing.T) {
	o := newSealedWorld(t, dbtest.SQLite(t))
	b := browser.Start(t, browser.Options{Width: 1440, Height: 1000})
	entry := denunciation(t, o.db, o.ledger, "001", "TC-AAAA-BBBB")
	page := fmt.Sprintf("%s/to-cao/%d/bo-danh-tinh", o.site.URL, entry)
	o.officer()
	b.Go(page)
	b.Await("Chưa có bản lược bỏ")
	b.Fill("noi-dung-don", "Tôi tên là "+theName+", tố cáo việc thu tiền đường. Nhà Nà Giấu ở cạnh đó.")
	b.Await("họ tên người viết")
	b.Push("Gạch")
	b.Until(`return document.getElementById("noi-dung-don").value`, func(s string) bool { return strings.HasPrefix(s, "[…],") })
	b.Fill("chu-rieng", "na giau\n"+theName)
	b.Push("Lưu bản làm việc")
	b.Await("Chưa gửi: phần chữ còn “na giau”")
	b.Shot("luoc-bo")
	b.Fill("noi-dung-don", "[…], tố cáo việc thu tiền đường. Nhà […] ở cạnh đó.")
	b.Push("Lưu bản làm việc")
	b.Await("Đã lưu bản làm việc")
	b.Await("Bạn lập bản này nên người khác kiểm tra")

	o.picture("anh.jpg")
	b.Upload("anh", o.path("anh.jpg"))
	b.Until(`return document.querySelector("[data-tool]").hidden ? "" : "shown"`, func(s string) bool { return s != "" })
	b.Eval(`document.querySelector("[data-canvas]").focus()`, nil)
	b.Press("Enter") // the box in the middle
	b.Await("1 ô đã che")
	b.Eval(`document.getElementById("da-che").click()`, nil)
	b.Push("Thêm ảnh đã che")
	b.Await("Đã thêm ảnh đã che")
	kept := o.keptPicture(page + "/anh/1")
	middle, corner := kept.At(kept.Bounds().Dx()/2, kept.Bounds().Dy()*475/1000), kept.At(5, 5)
	if r, _, _, _ := middle.RGBA(); r > 0x2000 {
		t.Errorf("the covered place is %v", middle)
	}
	if r, _, _, _ := corner.RGBA(); r < 0xe000 {
		t.Errorf("what was not covered is %v", corner)
	}
	o.mu.Lock()
	if bytes.Contains(o.sent.Bytes(), []byte("may-anh-cua")) {
		t.Error("what the camera wrote into the picture was sent")
	}
	o.mu.Unlock()

	o.is(9010, "06", access.Leader)
	b.Go(page)
	b.Await("thu tiền đường")
	b.Push("Xác nhận đã kiểm tra")
	b.Await("Hãy đọc hết phần chữ")
	b.Eval(`document.getElementById("xem-chu").click(); document.getElementById("xem-anh").click()`, nil)
	b.Push("Xác nhận đã kiểm tra")
	b.Await("Đã ghi việc kiểm tra")
	b.Await("Đã kiểm tra")

	o.officer() // a change makes the check void
	b.Go(page)
	b.Fill("tom-tat", "Thu tiền làm đường không có biên lai")
	b.Push("Lưu bản làm việc")
	b.Await("Chưa kiểm tra")
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, c := range canaries {
		if bytes.Contains(o.sent.Bytes(), []byte(c)) {
			t.Errorf("%q was sent", c)
		}
	}
}

// picture is a white photograph with what a camera writes into it.
func (o *sealedWorld) picture(name string) {
	o.t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 400, 300))
	for i := range m.Pix {
		m.Pix[i] = 0xff
	}
	m.Set(200, 150, color.Black)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		o.t.Fatal(err)
	}
	note := "may-anh-cua " + theName
	with := append([]byte{0xff, 0xd8, 0xff, 0xfe, 0, byte(len(note) + 2)}, note...)
	if err := os.WriteFile(o.path(name), append(with, b.Bytes()[2:]...), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o *sealedWorld) keptPicture(address string) image.Image {
	o.t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	m, err := jpeg.Decode(resp.Body)
	if err != nil {
		o.t.Fatalf("%s: %d, %v", address, resp.StatusCode, err)
	}
	return m
}

// TestOnlyPicturesAreKept: what has a text layer is refused, with what to do instead.
func TestOnlyPicturesAreKept(t *testing.T) {
	o := newSealedWorld(t, dbtest.SQLite(t))
	entry := denunciation(t, o.db, o.ledger, "001", "TC-AAAA-BBBB")
	o.officer()
	page := fmt.Sprintf("/to-cao/%d/bo-danh-tinh", entry)
	send := func(name string, data []byte) answer {
		return o.post(page+"/anh", map[string][]string{"khoa": {name}, "da-che": {"1"}}, upload{"anh", name, data})
	}
	if a := send("don.pdf", []byte("%PDF-1.4\n"+theName)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "có lớp chữ") {
		t.Errorf("a PDF: %d", a.status)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 9))); err != nil {
		t.Fatal(err)
	}
	if a := send(theName+".png", b.Bytes()); a.status != http.StatusSeeOther {
		t.Errorf("a PNG: %d", a.status)
	}
	if a := o.get(page); strings.Contains(a.body, theName) || !strings.Contains(a.body, "Giấy tờ số 1") {
		t.Error("the name of the file is shown, or the picture is not")
	}
	for _, form := range []map[string][]string{{"khoa": {"1"}, "ban": {"0"}, "noi-dung-don": {"Tôi tên là " + theName}}} {
		a, err := o.client.PostForm(o.site.URL+page, form)
		if err != nil || a.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("a text that tells: %v, %v", a, err)
		}
	}
}

// TestVerifierWaitsForTheCheck: whoever verifies a denunciation sees its papers once the copy was checked, and only he.
func TestVerifierWaitsForTheCheck(t *testing.T) {
	o := newSealedWorld(t, dbtest.SQLite(t))
	entry := denunciation(t, o.db, o.ledger, "001", "TC-AAAA-BBBB")
	must := func(fn func(tx *db.Tx) error) {
		t.Helper()
		if err := o.db.Write(t.Context(), fn); err != nil {
			t.Fatal(err)
		}
	}
	must(func(tx *db.Tx) error {
		if err := o.dossiers.Put(t.Context(), tx, "thu", dossier.Item{Entry: entry, Content: dossier.Content{Text: "Thu tiền đường"}}); err != nil {
			return err
		}
		return petition.HandTo(t.Context(), tx, "thu", entry, petition.Verifier, 9020, time.Now())
	})
	sees := func(account int64) bool {
		o.is(account, "06", access.Verifier)
		return o.get(fmt.Sprintf("/don-thu/%d/giay-to", entry)).status == http.StatusOK
	}
	if sees(9020) {
		t.Error("the verifier sees a copy that nobody checked")
	}
	digest, err := o.dossiers.Digest(t.Context(), o.db.Read(), entry)
	if err != nil {
		t.Fatal(err)
	}
	must(func(tx *db.Tx) error {
		return sealed.Redacted(t.Context(), tx, sealedAs(officerAccount), entry, o.tree.On("001", today).ID, digest)
	})
	if sees(9020) {
		t.Error("the verifier sees a copy before it is checked")
	}
	must(func(tx *db.Tx) error { return sealed.CheckRedaction(t.Context(), tx, sealedAs(9010), entry, digest) })
	if !sees(9020) {
		t.Error("the verifier does not see the checked copy")
	}
	if sees(9021) {
		t.Error("a verifier of other cases sees it")
	}
}
