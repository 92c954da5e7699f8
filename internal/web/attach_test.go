package web_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/petition"
)

// photo is a JPEG as a phone writes it: with the place in EXIF, a comment, and something behind its end.
func photo(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 64, 32)), nil); err != nil {
		t.Fatal(err)
	}
	plain := b.Bytes()
	exif := append([]byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"), []byte("GPS 22.147 105.834 Bac Kan")...)
	out := append([]byte{}, plain[:2]...)
	out = append(out, 0xff, 0xe1, 0, byte(len(exif)+2))
	out = append(out, exif...)
	out = append(out, 0xff, 0xfe, 0, 9)
	out = append(out, "comment"...)
	out = append(out, plain[2:]...)
	return append(out, "<script>alert(1)</script>PK\x05\x06"...)
}

// A file goes up with the form, outlives a mistake in it, is bound to who sent it, and comes down only through the
// entry.
func TestAttachments(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		k := r.cat.Latest().Kind("outreach_session")
		u := r.tree.On("001.UBND", today)
		x := typed(k, 1)
		values := x.fill(u, keyOf(1), "luu")
		values.Set("f-attendances", "nhiều")
		control := "tep"
		for _, f := range k.Fields {
			if f.Type == "file" {
				control = "f-" + f.Code
			}
		}
		a := r.post("/ghi-nhan/moi/outreach_session", values, upload{control + "-chon", `C:\ảnh\họp.jpg.exe`, photo(t)})
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "họp-jpg.jpg") {
			t.Fatalf("after a mistake the file is gone: %d %s", a.status, summaryOf(a.body))
		}
		hash := between(a.body, `name="`+control+`" value="`, `"`)
		values.Set("f-attendances", "45")
		values.Set(control, hash)

		r.as("ke-khac", "06", access.Clerk)
		e := r.entry(r.saved(r.post("/ghi-nhan/moi/outreach_session", values)))
		if len(e.Files) != 0 {
			t.Error("somebody else attached the file by its hash")
		}
		r.as("thu", "06", access.Roles()...)
		e = r.entry(r.saved(r.post("/ghi-nhan/moi/outreach_session", values)))
		if len(e.Files) != 1 || e.Files[0].Hash != hash || e.Files[0].Name != "họp-jpg.jpg" {
			t.Fatalf("attached %v", e.Files)
		}
		address := fmt.Sprintf("/ghi-nhan/%d/tep/1", e.ID)
		if page := r.get(fmt.Sprintf("/ghi-nhan/%d", e.ID)); !strings.Contains(page.body, `href="`+address+`"`) {
			t.Error("the entry's page does not lead to its file")
		}
		down := r.get(address)
		if down.status != http.StatusOK || !strings.HasPrefix(down.header.Get("Content-Disposition"), "attachment;") ||
			down.header.Get("X-Content-Type-Options") != "nosniff" || down.header.Get("Content-Type") != "image/jpeg" {
			t.Errorf("download %d %v", down.status, down.header)
		}
		for _, secret := range []string{"GPS", "comment", "<script>", "PK"} {
			if strings.Contains(down.body, secret) {
				t.Errorf("%q is still in the picture", secret)
			}
		}
		small := r.get(address + "/anh")
		c, err := jpeg.DecodeConfig(strings.NewReader(small.body))
		if err != nil || c.Width != 32 || c.Height != 64 {
			t.Errorf("small picture %d %v %v: it should stand upright", small.status, c, err)
		}
		r.as("xa-hai", "002", access.Clerk)
		if a := r.get(address); a.status != http.StatusForbidden {
			t.Errorf("a foreign clerk downloads: %d", a.status)
		}
		r.as("thu", "06", access.Roles()...)
		if a := r.get(fmt.Sprintf("/ghi-nhan/%d/tep/2", e.ID)); a.status != http.StatusNotFound {
			t.Errorf("no such file: %d", a.status)
		}
	})
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// The files of a letter are for those who may read the letter.
func TestFilesOfLetters(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	k := r.cat.Latest().Kind("reception_visit")
	u := r.tree.On("001.UBND", today)
	x := typed(k, 1)
	ups := []upload{{"tep-chon", "don.png", pictureOf(5)}}
	id := r.saved(r.post("/ghi-nhan/moi/reception_visit", x.fill(u, keyOf(1), "luu"), append(ups, x.ups...)...))
	if len(r.entry(id).Files) == 0 {
		t.Fatal("nothing attached")
	}
	r.as("ghi", "001", access.Clerk)
	if a := r.get(fmt.Sprintf("/ghi-nhan/%d/tep/1", id)); a.status != http.StatusForbidden {
		t.Errorf("a clerk opens the file of a letter: %d", a.status)
	}
	r.as("lanh-dao", "001", access.Leader)
	if a := r.get(fmt.Sprintf("/ghi-nhan/%d/tep/1", id)); a.status != http.StatusOK {
		t.Errorf("a leader does not: %d", a.status)
	}
}

func zipOf(t testing.TB, parts map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is not a record is refused by what it is, whatever it is called, and the form keeps what was typed.
func TestHostileUploads(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	u := r.tree.On("001.UBND", today)
	for _, x := range []struct {
		name string
		data []byte
		say  string
	}{
		{"trang.pdf", []byte("<html><script>alert(1)</script>"), "không thuộc loại"},
		{"hinh.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "không thuộc loại"},
		{"chay.jpg", []byte("MZ\x90\x00 this program"), "không thuộc loại"},
		{"van-ban.doc", append([]byte{0xd0, 0xcf, 0x11, 0xe0}, make([]byte, 600)...), "bản cũ"},
		{"tep.docx", zipOf(t, map[string][]byte{"a.exe": []byte("x")}), "tệp nén"},
		{"bom.docx", zipOf(t, map[string][]byte{"[Content_Types].xml": []byte("x"), "b": make([]byte, 60<<20)}), "nén quá nhiều"},
		{"macro.docx", zipOf(t, map[string][]byte{"[Content_Types].xml": []byte("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), "word/vbaProject.bin": []byte("x")}), "macro"},
		{"ma.pdf", []byte("%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF"), "mã chạy"},
		{"do-dang.pdf", []byte("%PDF-1.4\nnothing"), "bị hỏng"},
		{"nuot.png", hugePNG(), "quá lớn"},
		{"hong.jpg", []byte{0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2}, "bị hỏng"},
		{"to.pdf", append([]byte("%PDF-1.4\n"), make([]byte, 21<<20)...), "lớn hơn 20 MB"},
		{"rong.pdf", nil, "trống"},
	} {
		in := typed(r.cat.Latest().Kind("briefing"), 1)
		values := in.fill(u, keyOf(1), "luu")
		a := r.post("/ghi-nhan/moi/briefing", values, upload{"tep-chon", x.name, x.data})
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, x.say) || !strings.Contains(a.body, "Nội dung thử") {
			t.Errorf("%s: %d, wanted %q: %s", x.name, a.status, x.say, summaryOf(a.body))
		}
		alone := r.post("/ghi-nhan/tep", url.Values{}, upload{"tep-chon", x.name, x.data})
		if alone.status != http.StatusUnprocessableEntity || !strings.Contains(alone.body, x.say) {
			t.Errorf("%s alone: %d %s", x.name, alone.status, alone.body)
		}
	}
	if n := r.count("upload"); n != 0 {
		t.Errorf("%d uploads were kept", n)
	}
}

// hugePNG is a small file that says it is 30000 by 30000.
func hugePNG() []byte {
	b := pictureOf(1)
	copy(b[16:], []byte{0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30})
	return fixCRC(b)
}

// Somebody else saved meanwhile: both stand side by side, what is typed stays, and saving again keeps it.
func TestAmendVoidConfirm(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		k := r.cat.Latest().Kind("outreach_session")
		u := r.tree.On("001.UBND", today)
		x := typed(k, 1)
		id := r.saved(r.post("/ghi-nhan/moi/outreach_session", x.fill(u, keyOf(1), "luu")))
		address := fmt.Sprintf("/ghi-nhan/%d/", id)
		form := func(people, reason, version string, n int) url.Values {
			v := typed(k, 1).fill(u, keyOf(n), "luu")
			v.Set("f-attendances", people)
			v.Set("ly-do", reason)
			v.Set("phien-ban", version)
			return v
		}
		if a := r.post(address+"sua", form("60", "", "1", 2)); a.status != http.StatusUnprocessableEntity || strings.Count(a.body, "Chưa ghi lý do đính chính") < 2 {
			t.Errorf("without reason: %d %s", a.status, summaryOf(a.body))
		}
		same := form(x.values.Get("f-attendances"), "không đổi gì", "1", 3)
		if a := r.post(address+"sua", same); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Chưa có mục nào thay đổi") {
			t.Errorf("nothing changed: %d %s", a.status, summaryOf(a.body))
		}
		review := form("60", "đếm lại", "1", 4)
		review.Set("buoc", "xem")
		if a := r.on(r.post(address+"sua", review)); !strings.Contains(a.body, "<ins>60 lượt người</ins>") || !strings.Contains(a.body, "→") {
			t.Errorf("review of an amendment: %d %s", a.status, summaryOf(a.body))
		}
		first := form("60", "đếm lại", "1", 4)
		for range 2 { // sent twice: one version
			if a := r.post(address+"sua", first); a.status != http.StatusSeeOther {
				t.Fatalf("amend: %d %s", a.status, summaryOf(a.body))
			}
		}
		late := form("75", "theo biên bản", "1", 5)
		a := r.post(address+"sua", late)
		if a.status != http.StatusConflict || !strings.Contains(a.body, "Hai bản cạnh nhau") || !strings.Contains(a.body, "60 lượt người") || !strings.Contains(a.body, `value="75"`) {
			t.Fatalf("conflict: %d %s", a.status, summaryOf(a.body))
		}
		late.Set("phien-ban", between(a.body, `name="phien-ban" value="`, `"`))
		if a := r.post(address+"sua", late); a.status != http.StatusSeeOther {
			t.Fatalf("saved again: %d %s", a.status, summaryOf(a.body))
		}
		e := r.entry(id)
		if e.Version != 3 || !strings.Contains(e.Versions[2].Fields, `"attendances":75`) {
			t.Errorf("version %d, %s", e.Version, e.Versions[len(e.Versions)-1].Fields)
		}
		if a := r.post(address+"xac-nhan", url.Values{"khoa": {keyOf(16)}, "phien-ban": {"3"}}); a.status != http.StatusForbidden {
			t.Errorf("confirms what he wrote himself: %d", a.status)
		}
		r.as("duyet", "06", access.Approver)
		for range 2 {
			if a := r.post(address+"xac-nhan", url.Values{"khoa": {keyOf(6)}, "phien-ban": {"3"}}); a.status != http.StatusSeeOther {
				t.Errorf("confirm: %d %s", a.status, summaryOf(a.body))
			}
		}
		r.as("thu", "06", access.Roles()...)
		if a := r.post(address+"huy", url.Values{"khoa": {keyOf(7)}, "phien-ban": {"4"}}); a.status != http.StatusUnprocessableEntity {
			t.Errorf("void without reason: %d", a.status)
		}
		for range 2 {
			if a := r.post(address+"huy", url.Values{"khoa": {keyOf(8)}, "phien-ban": {"4"}, "ly-do": {"ghi trùng"}}); a.status != http.StatusSeeOther {
				t.Errorf("void: %d %s", a.status, summaryOf(a.body))
			}
		}
		if e := r.entry(id); e.State != ledger.Void || e.Version != 5 {
			t.Errorf("state %s, version %d", e.State, e.Version)
		}
		if a := r.get(address + "sua"); a.status != http.StatusConflict {
			t.Errorf("a void entry is amended: %d", a.status)
		}
	})
}

// A day in another edition shows the form anew with what was typed, and tells what changed.
func TestEditionOfTheDay(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	now, old := r.cat.Latest(), r.cat.Editions()[0]
	tried := 0
	for _, k := range sortedKinds(now) {
		before := old.Kind(k.Code)
		if before == nil || len(before.Fields) == len(k.Fields) || k.Code == petition.Letter { // letters have a form of their own
			continue
		}
		u := r.tree.On("001.UBND", today)
		if !ledger.MayRecord(r.tree, before, u, 20150610) || !ledger.MayRecord(r.tree, k, u, today) {
			continue
		}
		tried++
		x := typed(k, 1)
		values := x.fill(u, keyOf(1), "luu")
		values.Set("ngay", "10/6/2015")
		values.Set("an-ban", now.Code)
		a := r.post("/ghi-nhan/moi/"+k.Code, values, x.ups...)
		if a.status == http.StatusSeeOther || !strings.Contains(a.body, "mẫu đã đổi") || !strings.Contains(a.body, "Không còn mục") {
			t.Errorf("%s: %d %s", k.Code, a.status, summaryOf(a.body))
		}
		for _, f := range k.Fields {
			if before.Field(f.Code) == nil && f.Type != "file" && !strings.Contains(a.body, `name="f-`+f.Code) {
				t.Errorf("%s: what was typed in %s is lost", k.Code, f.Code)
			}
		}
	}
	if tried == 0 {
		t.Error("no kind changes between editions: the test sees nothing")
	}
}
