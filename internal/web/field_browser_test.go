package web_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"danvan/internal/db/dbtest"
	"danvan/internal/ledger"
	"danvan/internal/web/browser"
)

// field is a recorder whose line can be cut: its server is closed and opened again at the same address, or dies in
// the middle of an answer.
type field struct {
	*recorder
	b       *browser.Browser
	address string
	pages   http.Handler

	mu      sync.Mutex
	dies    func(r *http.Request) (before, after bool) // asked for each request
	offsets []int64                                    // where parts of files began that were taken
}

func newField(t *testing.T) *field {
	r := newRecorder(t, dbtest.SQLite(t))
	f := &field{recorder: r, pages: r.site.Config.Handler, address: r.site.Listener.Addr().String()}
	f.b = browser.Start(t, browser.Options{Width: 390, Height: 844})
	f.cut()
	f.back()
	return f
}

func (f *field) cut() { f.site.CloseClientConnections(); f.site.Close() }

func (f *field) back() {
	f.t.Helper()
	l, err := net.Listen("tcp", f.address)
	if err != nil {
		f.t.Fatal(err)
	}
	f.site = httptest.NewUnstartedServer(f)
	f.site.Listener.Close()
	f.site.Listener = l
	f.site.Start()
	f.t.Cleanup(f.site.Close)
}

// dying makes the server fail as the function says, until it is given nil.
func (f *field) dying(when func(r *http.Request) (before, after bool)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dies = when
}

func (f *field) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	before, after := false, false
	if f.dies != nil {
		before, after = f.dies(r)
	}
	f.mu.Unlock()
	if before {
		panic(http.ErrAbortHandler) // the connection breaks, nothing was done
	}
	answer := w
	if after {
		answer = httptest.NewRecorder()
	}
	f.pages.ServeHTTP(answer, r)
	if r.Method == http.MethodPatch && answer.Header().Get("Upload-Offset") != "" && r.Header.Get("Upload-Offset") != answer.Header().Get("Upload-Offset") {
		at, _ := strconv.ParseInt(r.Header.Get("Upload-Offset"), 10, 64)
		f.mu.Lock()
		f.offsets = append(f.offsets, at)
		f.mu.Unlock()
	}
	if after {
		panic(http.ErrAbortHandler) // all was done, and nobody hears of it
	}
}

const contributionForm = "/ghi-nhan/moi/contribution"

// prepared opens the form with a line, so that the device has it for later, and waits for the service worker.
func (f *field) prepared() {
	f.t.Helper()
	f.b.Go(f.site.URL + contributionForm + "?don-vi=001.UBND")
	got := f.b.Until(`return Promise.race([navigator.serviceWorker.ready, new Promise(d => setTimeout(d, 500))]).then(async () => {
		for (const name of await caches.keys()) if (name.startsWith("mau-") && (await (await caches.open(name)).keys()).length && navigator.serviceWorker.controller) return "ready";
		return "";
	})`, holds("ready"))
	if got != "ready" {
		f.t.Fatal("the device has prepared nothing")
	}
}

// typedIn fills the form in as somebody at the place of work would.
func (f *field) typedIn(title, money string) {
	f.t.Helper()
	write(f.b, "f-purpose", "road")
	fill(f.b)
	write(f.b, "don-vi", ledger.Ref(f.tree.On("001.UBND", today)), "f-title", title, "f-money", money)
}

const waitingHere = `return document.querySelector("#tren-may")?.textContent ?? ""`

func (f *field) awaits(script, word string) string {
	f.t.Helper()
	got := f.b.Until(script, holds(word))
	if !strings.Contains(got, word) {
		f.t.Fatalf("no %q in %q", word, got)
	}
	return got
}

// held are the rows that the device keeps, as text, with all bytes in them.
const held = `return (async () => {
	const db = await new Promise(done => { const r = indexedDB.open("danvan"); r.onsuccess = () => done(r.result); });
	const all = store => new Promise(done => { const r = db.transaction(store).objectStore(store).getAll(); r.onsuccess = () => done(r.result); });
	const text = x => x instanceof ArrayBuffer || ArrayBuffer.isView(x) ? "bytes(" + new TextDecoder("utf-8").decode(x) + ")" : x instanceof CryptoKey ? "key extractable=" + x.extractable : x && typeof x === "object" ? Object.entries(x).map(([k, v]) => k + ":" + text(v)).join(",") : String(x);
	const out = [];
	for (const store of ["keys", "items", "blobs"]) for (const row of await all(store)) out.push(store + " " + text(row));
	db.close();
	return out.join("\n");
})()`

// bigPhoto is a photo that does not get smaller: noise, with the place in it.
func bigPhoto(t *testing.T, side int) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	rnd := rand.NewChaCha8([32]byte{1})
	_, _ = rnd.Read(m.Pix)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 60}); err != nil {
		t.Fatal(err)
	}
	small := photo(t)
	exif := small[2 : 4+int(small[4])<<8+int(small[5])]
	data := append(append([]byte{0xff, 0xd8}, exif...), b.Bytes()[2:]...)
	path := filepath.Join(t.TempDir(), "hop-dan.jpg")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (f *field) pick(path string) {
	f.t.Helper()
	var id string
	f.b.Eval(`return document.querySelector("input[type=file][data-upload]").id`, &id)
	f.b.Upload(id, path)
}

// The whole way without a line: the form opens, is typed and kept sealed, with a photo; it goes by itself when the line
// is back, once, from two windows, and leaves nothing of its content behind.
func TestRecordingWithoutALine(t *testing.T) {
	f := newField(t)
	f.prepared()
	f.cut()
	f.b.Go(f.site.URL + contributionForm)
	if got := f.b.Until(heading, holds("Đóng góp")); !strings.Contains(got, "Đóng góp") {
		t.Fatalf("without a line the form does not open: %s", got)
	}
	f.b.Shot("field-form")
	f.typedIn("Đường thôn ngoài vùng sóng", "1.500.000")
	f.pick(bigPhoto(t, 500))
	f.awaits(`return document.querySelector(".file")?.textContent ?? ""`, "giữ trên máy này")
	f.awaits(`return document.getElementById("nhap-luc").textContent`, "đã giữ bản nháp trên máy này")
	f.b.Go(f.site.URL + "/ban-nhap") // left in the middle
	f.awaits(waitingHere, "bản nháp trên máy này")
	f.b.Shot("field-draft")
	f.b.Push("Mở để sửa")
	f.awaits(`return document.getElementsByName("f-title")[0]?.value ?? ""`, "Đường thôn ngoài vùng sóng")
	f.awaits(`return document.querySelector(".file")?.textContent ?? ""`, "hop-dan.jpg")
	click(f.b, `button[value="luu"].big`)
	f.awaits(waitingHere, "chờ")
	f.awaits(`return document.querySelector("[data-waiting]").textContent`, "1 việc chờ gửi")
	f.b.Shot("field-waiting")
	var out string
	for _, width := range []int{390, 320} {
		f.b.Size(width, 844, false)
		if f.b.Eval(tooWide, &out); out != "" {
			t.Errorf("at %d px: %s", width, out)
		}
	}
	for _, v := range f.b.Axe() {
		t.Error(v)
	}
	f.b.Eval(held, &out)
	for _, word := range []string{"ngoài vùng sóng", "1.500.000", "hop-dan", "GPS", "contribution"} {
		if strings.Contains(out, word) {
			t.Errorf("%q lies open on the device", word)
		}
	}
	if !strings.Contains(out, "key extractable=false") || !strings.Contains(out, "items ") || !strings.Contains(out, "blobs ") {
		t.Errorf("the device keeps %.300q", out)
	}
	f.back()
	back := f.b.Window()
	f.b.Go(f.site.URL + "/ban-nhap")
	back()
	f.b.Go(f.site.URL + "/ban-nhap")
	f.awaits(waitingHere, "đã gửi")
	f.b.Shot("field-sent")
	f.b.Eval(`return Promise.all([danvanQueue.sendAll(true), danvanQueue.sendAll(true)]).then(() => "")`, nil)
	if n := f.count("entry"); n != 1 {
		t.Fatalf("%d entries", n)
	}
	e := f.entry(1)
	if len(e.Files) != 1 || !strings.Contains(e.Versions[0].Fields, "ngoài vùng sóng") {
		t.Errorf("the entry has %d files and says %s", len(e.Files), e.Versions[0].Fields)
	}
	if kept := f.get("/ghi-nhan/1/tep/1"); strings.Contains(kept.body, "GPS") || len(kept.body) < 1000 {
		t.Errorf("the photo of %d bytes tells its place", len(kept.body))
	}
	f.b.Eval(held, &out)
	if strings.Contains(out, "blobs ") {
		t.Error("the photo is still on the device")
	}
}

// The server dies after it has saved and before it answers: the form waits, goes again, and is the same entry.
func TestAnswerThatWasLost(t *testing.T) {
	f := newField(t)
	f.prepared()
	f.typedIn("Đường thôn mất câu trả lời", "2.000.000")
	saves := 0
	f.dying(func(r *http.Request) (bool, bool) {
		if r.Method != http.MethodPost || r.URL.Path != contributionForm {
			return false, false
		}
		saves++
		return false, true
	})
	click(f.b, `button[value="luu"].big`)
	f.awaits(waitingHere, "mất câu trả lời")
	f.awaits(waitingHere, "chờ gửi")
	f.dying(nil)
	f.b.Go(f.site.URL + "/ban-nhap")
	f.awaits(waitingHere, "đã gửi")
	f.mu.Lock()
	times := saves
	f.mu.Unlock()
	if n := f.count("entry"); n != 1 || times < 2 {
		t.Errorf("sent %d times, %d entries", times, n)
	}
	if list := f.get("/ban-nhap").body; strings.Contains(list, `href="/ban-nhap/`) {
		t.Error("a draft is left beside the entry")
	}
}

// A form that was saved without anybody hearing of it, and then changed without a line, is neither lost nor written over
// what was saved: it is told, and opened as a form of its own.
func TestChangedAfterItWasSaved(t *testing.T) {
	f := newField(t)
	f.prepared()
	f.typedIn("Đường thôn lần một", "2.000.000")
	f.dying(func(r *http.Request) (bool, bool) {
		return false, r.Method == http.MethodPost && r.URL.Path == contributionForm
	})
	click(f.b, `button[value="luu"].big`)
	f.awaits(waitingHere, "chờ gửi")
	f.cut()
	f.dying(nil)
	f.b.Push("Mở để sửa")
	f.awaits(`return document.getElementsByName("f-title")[0]?.value ?? ""`, "lần một")
	write(f.b, "f-title", "Đường thôn lần hai")
	click(f.b, `button[value="luu"].big`)
	f.awaits(waitingHere, "lần hai")
	f.back()
	f.b.Go(f.site.URL + "/ban-nhap")
	f.awaits(waitingHere, "đã lưu thành ghi nhận số 1 với nội dung khác")
	f.b.Push("Mở để sửa")
	f.awaits(`return document.getElementsByName("f-title")[0]?.value ?? ""`, "lần hai")
	f.awaits(`return location.pathname`, "/ban-nhap/")
	click(f.b, `button[value="xem"].big`)
	f.awaits(`return document.querySelector("main").textContent`, "Có thể việc này đã được ghi")
	if n := f.count("entry"); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// A server that answers with a fault of its own is no reason to lose a form either.
func TestServerFault(t *testing.T) {
	f := newField(t)
	f.prepared()
	f.typedIn("Đường thôn lỗi máy chủ", "2.000.000")
	pages := f.pages
	f.mu.Lock()
	f.pages = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == contributionForm {
			http.Error(w, "bad gateway", http.StatusBadGateway)
			return
		}
		pages.ServeHTTP(w, r)
	})
	f.mu.Unlock()
	click(f.b, `button[value="xem"].big`)
	f.awaits(waitingHere, "lỗi máy chủ")
	f.pages = pages
	f.b.Go(f.site.URL + "/ban-nhap")
	f.awaits(waitingHere, "đã gửi")
	if n := f.count("entry"); n != 1 {
		t.Errorf("%d entries", n)
	}
}

// A photo goes on from where it stopped when the line is cut between its parts, the page is loaded anew and the server
// comes back: no part is sent twice.
func TestPhotoGoesOn(t *testing.T) {
	f := newField(t)
	f.prepared()
	f.typedIn("Đường thôn có ảnh lớn", "2.000.000")
	f.awaits(`return location.pathname`, "/ban-nhap/")
	parts := 0
	f.dying(func(r *http.Request) (bool, bool) {
		if r.Method == http.MethodPatch {
			parts++
		}
		return parts >= 3, false
	})
	f.b.Eval(`return document.querySelector("[data-original]")?.click() ?? ""`, nil)
	path := bigPhoto(t, 1400)
	f.pick(path)
	f.awaits(`return document.querySelector(".file")?.textContent ?? ""`, "giữ trên máy này")
	f.b.Shot("field-photo-waits")
	var where string
	f.b.Eval(`return location.href`, &where)
	f.cut()
	f.dying(nil)
	f.back()
	f.b.Go(where)
	f.b.Until(`return document.querySelector(".file input[type=hidden]")?.value ?? ""`, func(s string) bool { return len(s) == 64 })
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	const part = 256 << 10
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, at := range f.offsets {
		if at != int64(i)*part {
			t.Errorf("parts began at %v", f.offsets)
			break
		}
	}
	if want := (info.Size() + part - 1) / part; int64(len(f.offsets)) != want || want < 4 {
		t.Errorf("%d parts of %d bytes, want %d", len(f.offsets), info.Size(), want)
	}
}

// A photo of a notice board goes up in parts over a slow line, and on from where it stopped when the line was cut while
// the page stayed open; the publishing has it, once.
func TestBoardPhotoGoesOn(t *testing.T) {
	f := newField(t)
	at := f.wentTo(f.post("/cong-khai/dang", values("khoa", keyOf(1), "don-vi", "001.UBND", "noi-dung", "poverty", "tieu-de", "Kết quả rà soát hộ nghèo", "van-ban-ngay", "02/11/2026", "so", "96/QĐ-UBND", "ngay", "09/11/2026", "hinh-thuc", "notice_board")))
	f.b.Go(f.site.URL + at + "?mo=anh")
	f.b.Devtools("Network.enable", map[string]any{}, nil)
	f.b.Devtools("Network.emulateNetworkConditions", map[string]any{"offline": false, "latency": 150, "downloadThroughput": 60_000, "uploadThroughput": 250_000}, nil)
	parts := 0
	f.dying(func(r *http.Request) (bool, bool) {
		if r.Method == http.MethodPatch {
			parts++
		}
		return parts >= 3, false
	})
	f.b.Eval(`return document.querySelector("[data-original]")?.click() ?? ""`, nil)
	path := bigPhoto(t, 1400)
	f.pick(path)
	f.awaits(`return document.querySelector(".file")?.textContent ?? ""`, "tự tải tiếp khi có mạng")
	var out string
	if f.b.Eval(tooWide, &out); out != "" {
		t.Error(out)
	}
	f.b.Shot("board-photo-waits")
	f.dying(nil)
	f.b.Until(`return document.querySelector(".file input[type=hidden]")?.value ?? ""`, func(s string) bool { return len(s) == 64 })
	f.mu.Lock()
	for i, x := range f.offsets {
		if x != int64(i)*(256<<10) {
			t.Errorf("parts began at %v", f.offsets)
			break
		}
	}
	f.mu.Unlock()
	f.b.Eval(`document.querySelector('form[action$="/anh"] button[type=submit]').click(); return ""`, nil)
	f.awaits(`return location.search`, "xong=")
	f.b.Shot("board-photo-there")
	if page := f.get(at).body; strings.Contains(page, "Thiếu minh chứng") {
		t.Error("the publishing does not have its photo")
	}
}

// What the server refuses waits with its reason and is opened with everything typed.
func TestWaitingFormIsMended(t *testing.T) {
	f := newField(t)
	f.prepared()
	f.cut()
	f.b.Go(f.site.URL + contributionForm)
	f.b.Until(heading, holds("Đóng góp"))
	f.typedIn("Đường thôn ghi sai số", "hai triệu")
	click(f.b, `button[value="luu"].big`)
	f.awaits(waitingHere, "ghi sai số")
	f.back()
	f.b.Go(f.site.URL + "/ban-nhap")
	got := f.awaits(waitingHere, "lỗi")
	if !strings.Contains(got, "hai triệu") && !strings.Contains(got, "Tiền") {
		t.Errorf("the queue does not say what is wrong: %s", got)
	}
	f.awaits(`return document.querySelector("[data-waiting]").textContent`, "1 việc lỗi")
	f.b.Shot("field-error")
	for _, v := range f.b.Axe() {
		t.Error(v)
	}
	f.b.Push("Mở để sửa")
	f.awaits(`return document.getElementsByName("f-money")[0]?.value ?? ""`, "hai triệu")
	f.awaits(`return location.pathname`, "/ban-nhap/")
	write(f.b, "f-money", "2.000.000")
	click(f.b, `button[value="luu"].big`)
	f.awaits(`return location.search`, "xong=ghi")
	if n := f.count("entry"); n != 1 {
		t.Errorf("%d entries", n)
	}
	f.b.Go(f.site.URL + "/ban-nhap")
	if got := f.b.Until(`return String(document.querySelector("#tren-may").hidden)`, holds("true")); got != "true" {
		t.Error("the mended form is still in the queue")
	}
}

// Signing out asks about what was not sent, then destroys the key and all that it seals.
func TestSigningOutClearsTheDevice(t *testing.T) {
	f := newField(t)
	f.prepared()
	f.cut()
	f.b.Go(f.site.URL + contributionForm)
	f.b.Until(heading, holds("Đóng góp"))
	f.typedIn("Đường thôn chưa gửi", "hai triệu") // stays: the server will refuse it
	click(f.b, `button[value="luu"].big`)
	f.awaits(waitingHere, "chưa gửi")
	f.back()
	f.b.Go(f.site.URL + "/ban-nhap")
	f.awaits(waitingHere, "lỗi")
	click(f.b, `form[action="/dang-xuat"] button`)
	f.awaits(`return document.querySelector("dialog")?.textContent ?? ""`, "Còn 1 việc chưa gửi")
	for _, v := range f.b.Axe() {
		t.Error(v)
	}
	f.b.Shot("field-sign-out")
	click(f.b, `dialog .danger`)
	f.awaits(`return location.pathname`, "/dang-xuat")
	var out string
	f.b.Eval(held, &out)
	if out != "" {
		t.Errorf("after signing out the device keeps %.200q", out)
	}
	f.b.Eval(`return caches.keys().then(names => names.filter(n => n.startsWith("mau-")).join())`, &out)
	if out != "" {
		t.Errorf("forms are left: %s", out)
	}
}

// Somebody else at the same device neither sees nor sends what waits for another.
func TestAnotherAccountAtTheDevice(t *testing.T) {
	f := newField(t)
	f.prepared()
	f.cut()
	f.b.Go(f.site.URL + contributionForm)
	f.b.Until(heading, holds("Đóng góp"))
	f.typedIn("Đường thôn của người trước", "2.000.000")
	click(f.b, `button[value="luu"].big`)
	f.awaits(waitingHere, "người trước")
	f.back()
	first := f.who
	f.as("nguoikhac", "06", first.Grants[0].Role)
	f.who.Account = 2
	f.b.Go(f.site.URL + "/ban-nhap")
	f.b.Eval(`return danvanQueue.sendAll(true).then(() => "")`, nil)
	var out string
	f.b.Eval(waitingHere, &out)
	if strings.Contains(out, "người trước") || f.count("entry") != 0 {
		t.Errorf("somebody else sees %q, %d entries", out, f.count("entry"))
	}
	f.who = first
	f.b.Go(f.site.URL + "/ban-nhap")
	f.awaits(waitingHere, "đã gửi")
	if e := f.entry(1); e.Versions[0].Actor != "thu" {
		t.Errorf("recorded by %s", e.Versions[0].Actor)
	}
}

// A letter is never kept on the device: without a line it stays on its page, which says so.
func TestLetterStaysOffTheDevice(t *testing.T) {
	f := newField(t)
	f.prepared()
	f.b.Go(f.site.URL + "/ghi-nhan/moi/reception_visit?don-vi=001.UBND")
	f.awaits(`return document.readyState + (self.danvanQueue ? " with scripts" : "")`, "complete with scripts")
	f.cut()
	write(f.b, "f-transferred_to", "VU-VIEC-KIN")
	f.awaits(`return document.getElementById("nhap-luc").textContent`, "không được giữ trên máy")
	click(f.b, `button[value="luu"].big`)
	f.awaits(`return document.getElementById("nhap-luc").textContent`, "chưa gửi")
	var out string
	f.b.Eval(`return document.getElementsByName("f-transferred_to")[0].value`, &out)
	if out != "VU-VIEC-KIN" {
		t.Errorf("what was typed became %q", out)
	}
	f.b.Eval(held, &out)
	if out != "" {
		t.Errorf("the device keeps %.200q", out)
	}
	f.b.Eval(`return caches.match("/ngoai-tuyen/mau/reception_visit").then(r => r ? "kept" : "")`, &out)
	if out != "" {
		t.Error("the form of letters is prepared for offline")
	}
	f.back()
	click(f.b, `button[value="nhap"]`)
	f.awaits(`return location.pathname`, "/ban-nhap/")
}
