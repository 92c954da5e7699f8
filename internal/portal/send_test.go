package portal_test

import (
	"bytes"
	"context"
	"html"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"danvan/internal/db"
	"danvan/internal/org"
	"danvan/internal/sealed"
	"danvan/internal/sending"
)

// sealedCommune is the commune of the demo whose confidential unit has keys.
const sealedCommune = "02143"

func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// citizen fills in the form page by page, as a browser without scripts does.
type citizen struct {
	t    testing.TB
	w    *world
	path string
	page string
	code int
	head http.Header
}

func (w *world) citizen(t testing.TB, path string) *citizen {
	t.Helper()
	c := &citizen{t: t, w: w, path: path}
	c.took(w.ask(t, "GET", path, ""))
	return c
}

func (c *citizen) took(rec *httptest.ResponseRecorder) {
	c.page, c.code, c.head = opened(c.t, rec), rec.Code, rec.Result().Header
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// fields is the form's hidden controls with what is filled in.
func (c *citizen) fields(fill map[string]string) url.Values {
	out := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(c.page, -1) {
		out.Add(m[1], html.UnescapeString(m[2]))
	}
	for name, v := range fill {
		out.Set(name, v)
	}
	return out
}

// next presses a button of the page, with files where there are any.
func (c *citizen) next(fill map[string]string, files map[string][]byte) {
	c.t.Helper()
	c.took(c.send(c.fields(fill), files))
}

func (c *citizen) send(values url.Values, files map[string][]byte) *httptest.ResponseRecorder {
	c.t.Helper()
	body, kind := multi(c.t, values, files)
	r := httptest.NewRequest("POST", c.path, body)
	r.Header.Set("Content-Type", kind)
	rec := httptest.NewRecorder()
	c.w.site.Config.Handler.ServeHTTP(rec, r)
	return rec
}

func multi(t testing.TB, values url.Values, files map[string][]byte) (io.Reader, string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, list := range values {
		for _, v := range list {
			if err := m.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, data := range files {
		f, err := m.CreateFormFile("tep", name)
		if err == nil {
			_, err = f.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, m.FormDataContentType()
}

func (c *citizen) sees(texts ...string) {
	c.t.Helper()
	for _, text := range texts {
		if !strings.Contains(html.UnescapeString(c.page), text) {
			c.t.Fatalf("the page of %d does not say %q:\n%s", c.code, text, mainOf(c.page))
		}
	}
}

func mainOf(page string) string {
	_, page, _ = strings.Cut(page, "<main")
	page, _, _ = strings.Cut(page, "</main>")
	return page
}

var written = regexp.MustCompile(`id="(so|ma)">([^<]+)<`)

func receiptOf(page string) (number, code string) {
	for _, m := range written.FindAllStringSubmatch(page, -1) {
		if m[1] == "so" {
			number = m[2]
		} else {
			code = m[2]
		}
	}
	return number, code
}

// toCheck fills a letter in up to the page of answers.
func (c *citizen) toCheck(text string) {
	c.t.Helper()
	go1 := func(fill map[string]string) { fill["toi"] = "tiep"; c.next(fill, nil) }
	go1(map[string]string{"viec": "moi-truong"})
	go1(map[string]string{"xa": sealedCommune, "cho": "đầu cầu"})
	go1(map[string]string{"ke": text, "muon": "Dọn bãi rác."})
	c.next(map[string]string{"toi": "tiep"}, map[string][]byte{"anh.png": picture(c.t)})
	go1(map[string]string{"co-ten": "co", "ten": "Bà Thử Nghiệm Mười"})
	c.sees("Xem lại trước khi gửi", text, "anh.png", "Bà Thử Nghiệm Mười", "phản ánh")
}

// A citizen sends page by page without scripts, errors included; nothing is lost, and the form sent again gives the same
// receipt. No cookie is set, and the receipt stays nowhere.
func TestCitizenSends(t *testing.T) {
	w := open(t)
	c := w.citizen(t, "/cong/gui")
	c.next(map[string]string{"toi": "tiep"}, nil)
	if c.sees("Hãy chọn một chuyện"); c.code != 422 {
		t.Errorf("an empty page answers %d", c.code)
	}
	c.next(map[string]string{"viec": "moi-truong", "toi": "tiep"}, nil)
	c.next(map[string]string{"xa": "khong-co", "toi": "tiep"}, nil)
	c.sees("Hãy chọn xã, phường")
	c.next(map[string]string{"xa": sealedCommune, "cho": "đầu cầu", "toi": "tiep"}, nil)
	c.next(map[string]string{"ke": "", "muon": "Dọn bãi rác.", "toi": "tiep"}, nil)
	c.sees("Hãy kể việc đó", "Dọn bãi rác.")
	c.next(map[string]string{"ke": "Bãi rác bốc mùi hôi, ô nhiễm suối.", "muon": "Dọn bãi rác.", "toi": "tiep"}, nil)
	for name, data := range map[string][]byte{"anh.jpg": []byte("<svg onload=alert(1)>"), "x.exe": []byte("MZ\x90"), "to.pdf": append([]byte("%PDF-1.7 "), make([]byte, sending.FileMost)...)} {
		c.next(map[string]string{"toi": "tiep"}, map[string][]byte{name: data})
		if c.code != 422 {
			t.Errorf("%s is taken: %d", name, c.code)
		}
	}
	c.next(map[string]string{"toi": "them"}, map[string][]byte{"../../anh<b>.png": picture(t)})
	c.sees("Đã nhận")
	c.next(map[string]string{"toi": "tiep"}, nil)
	c.next(map[string]string{"co-ten": "khong", "toi": "tiep"}, nil)
	c.sees("Xem lại trước khi gửi", "mùi hôi", "Không ghi tên")
	c.next(map[string]string{"toi": "ke"}, nil)
	c.sees("Bãi rác bốc mùi hôi", "Dọn bãi rác.")
	c.next(map[string]string{"ke": "Bãi rác bốc mùi hôi, ô nhiễm suối và giếng.", "toi": "tiep"}, nil)
	c.sees("Xem lại trước khi gửi", "và giếng")
	last := c.fields(map[string]string{"toi": "gui"})
	c.took(c.send(last, nil))
	number, code := receiptOf(c.page)
	c.sees("Đã nhận", "Chậm nhất", "Khoản 1 Điều 28 Luật Tiếp công dân", "M4 4h7v1")
	if !strings.HasPrefix(number, "PA-") || len(code) != 19 || c.head.Get("Cache-Control") != "no-store" || c.head.Get("Set-Cookie") != "" {
		t.Errorf("receipt %q %q, %v", number, code, c.head)
	}
	c.took(c.send(last, nil))
	if n, k := receiptOf(c.page); n != number || k != code {
		t.Errorf("sent again: %q %q, was %q %q", n, k, number, code)
	}
	found, err := w.deps.Sendings.(*sending.Office).Find(t.Context(), w.app.DB.Read(), number, code)
	if err != nil || found.Papers != 1 || found.Named || found.Class != "reflection" {
		t.Errorf("%+v %v", found, err)
	}
}

// The line is cut after the letter was saved and before the answer came: the browser sends the same form again, and gets
// the receipt of the one letter.
func TestLineCutBeforeTheReceipt(t *testing.T) {
	w := open(t)
	c := w.citizen(t, "/cong/gui")
	c.toCheck("Bãi rác bốc mùi hôi bên suối.")
	count := func() (n int) {
		if err := w.app.DB.Read().QueryRow(`SELECT count(*) FROM sending`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before, form := count(), c.fields(map[string]string{"toi": "gui"})
	body, kind := multi(t, form, nil)
	saved := make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		w.site.Config.Handler.ServeHTTP(httptest.NewRecorder(), r.WithContext(context.WithoutCancel(r.Context())))
		close(saved)
		panic(http.ErrAbortHandler) // nothing of the answer goes out
	}))
	defer site.Close()
	client := &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext}}
	if _, err := client.Post(site.URL+"/cong/gui", kind, body); err == nil {
		t.Fatal("the line was not cut")
	}
	<-saved
	if n := count(); n != before+1 {
		t.Fatalf("%d letters were saved", n-before)
	}
	c.took(c.send(form, nil))
	number, code := receiptOf(c.page)
	c.sees("đã gửi từ trước")
	if number == "" || code == "" || count() != before+1 {
		t.Errorf("sent again after the cut: %q %q, %d letters", number, code, count()-before)
	}
}

// A line that is cut in the middle of the upload saves nothing, and what was typed on other pages stays.
func TestLineCutInTheMiddle(t *testing.T) {
	w := open(t)
	c := w.citizen(t, "/cong/gui")
	c.next(map[string]string{"viec": "dat", "toi": "tiep"}, nil)
	form := c.fields(map[string]string{"xa": sealedCommune, "toi": "tiep"})
	body, kind := multi(t, form, map[string][]byte{"anh.png": picture(t)})
	all, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", c.path, bytes.NewReader(all[:len(all)-40]))
	r.Header.Set("Content-Type", kind)
	rec := httptest.NewRecorder()
	w.site.Config.Handler.ServeHTTP(rec, r)
	if rec.Code != 400 {
		t.Errorf("half a form answers %d", rec.Code)
	}
	c.took(c.send(form, nil))
	if c.code != 200 {
		t.Errorf("the whole form answers %d", c.code)
	}
	c.next(map[string]string{"toi": "viec"}, nil)
	if !regexp.MustCompile(`value="dat"[^>]* checked`).MatchString(c.page) {
		t.Error("the answer of the first page is lost")
	}
}

// A denunciation is closed before anything is written: neither its words nor its files stand in the data directory, its
// pages are kept by no cache, and none of them asks a name.
func TestDenunciationLeavesNothing(t *testing.T) {
	w := open(t)
	w.keys(t)
	c := w.citizen(t, "/cong/to-cao")
	const words, name = "Canaryđỏ nhận tiền bỏ qua", "canary-tep-bi-mat.png"
	pages := ""
	press := func(fill map[string]string, files map[string][]byte) {
		t.Helper()
		c.next(fill, files)
		pages += mainOf(c.page)
		if cc := c.head.Get("Cache-Control"); cc != "no-store" {
			t.Errorf("a page of a denunciation may be kept: %q", cc)
		}
	}
	press(map[string]string{"xa": "02143", "toi": "tiep"}, nil)
	press(map[string]string{"ke": "", "toi": "tiep"}, nil)
	c.sees("Hãy kể việc vi phạm")
	press(map[string]string{"ke": words, "ai": "Canaryđen", "toi": "tiep"}, nil)
	press(map[string]string{"toi": "them"}, map[string][]byte{name: picture(t)})
	press(map[string]string{"toi": "tiep"}, nil)
	c.sees(words, "Canaryđen", name, "Rời trang này ngay")
	last := c.fields(map[string]string{"toi": "gui"})
	c.took(c.send(last, nil))
	number, code := receiptOf(c.page)
	if !strings.HasPrefix(number, "TC-") || len(code) != 19 || c.head.Get("Cache-Control") != "no-store" {
		t.Fatalf("receipt %q %q %d\n%s", number, code, c.code, mainOf(c.page))
	}
	c.took(c.send(last, nil))
	if n, k := receiptOf(c.page); n != number || k != code {
		t.Errorf("sent again: %q %q, was %q %q", n, k, number, code)
	}
	if strings.Contains(strings.ToLower(pages), "họ và tên") {
		t.Error("a page asks a name")
	}
	for _, secret := range []string{"Canaryđỏ", "Canaryđen", "canary-tep-bi-mat", strings.ReplaceAll(code, "-", ""), code} {
		holdsNot(t, w.app.Data, secret)
	}
}

// holdsNot looks at every file of a directory, the database and its log among them.
func holdsNot(t testing.TB, dir, text string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) {
			t.Errorf("%s holds %q", filepath.Base(path), text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Words that speak for a denunciation lead to its page, and what was typed does not stay behind; a machine that fills in
// the hidden control, and one that sends too fast, are held up, and people get through after a wait.
func TestDenunciationAmongLettersIsLedOver(t *testing.T) {
	w := open(t)
	c := w.citizen(t, "/cong/gui")
	c.next(map[string]string{"viec": "khac", "toi": "tiep"}, nil)
	c.next(map[string]string{"xa": sealedCommune, "toi": "tiep"}, nil)
	c.next(map[string]string{"ke": "Cán bộ nhận hối lộ và tham ô tiền hỗ trợ.", "toi": "tiep"}, nil)
	c.next(map[string]string{"toi": "tiep"}, nil)
	c.next(map[string]string{"co-ten": "khong", "toi": "tiep"}, nil)
	c.sees("nhận hối lộ", "Chuyển sang trang tố cáo")
	key := c.fields(nil).Get("khoa")
	c.path = "/cong/to-cao"
	c.next(map[string]string{"buoc-tu": "gui"}, nil)
	c.sees("Tố cáo người vi phạm", "Cán bộ nhận hối lộ")
	if _, ok, err := w.deps.Sendings.DraftOf(t.Context(), key); ok || err != nil {
		t.Errorf("the draft stays: %v", err)
	}
	if c.fields(nil).Get("khoa") == key {
		t.Error("the denunciation carries the letter's key")
	}
	c = w.citizen(t, "/cong/gui")
	c.toCheck("Bãi rác bốc mùi hôi, có bẫy.")
	c.next(map[string]string{"toi": "gui", "trang-web": "http://x"}, nil)
	if n, _ := receiptOf(c.page); n != "" || c.code != 422 {
		t.Errorf("a machine gets a receipt: %d %q", c.code, n)
	}
}

// Where a commune has no confidential officers the denunciation goes to those above, and one about the commune's own people
// goes there at any rate; the page says so before anything is written, and where there is nobody it says where to go.
func TestDenunciationSaysToWhomItGoes(t *testing.T) {
	w := open(t)
	w.keys(t)
	ctx := t.Context()
	tree, err := w.app.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	const above = "19.SO-TT"
	without := ""
	for _, id := range tree.Existing(today, tree.On("19", today).ID, org.Filter{Levels: []string{"commune"}, Forms: []string{org.Territory}}) {
		if code := tree.Unit(id).Code; code != sealedCommune {
			without = code
		}
	}
	c := w.citizen(t, "/cong/to-cao")
	held, err := sealed.Holding(ctx, w.app.DB.Read())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(held, func(a sealed.Approval) bool { return a.Below }) {
		c.next(map[string]string{"xa": without, "toi": "tiep"}, nil)
		if c.sees("chưa nhận tố cáo qua cổng"); c.code != http.StatusUnprocessableEntity {
			t.Errorf("nobody to send to, and the page answers %d", c.code)
		}
		c.next(map[string]string{"xa": sealedCommune, "cap": "tren", "toi": "tiep"}, nil)
		c.sees("Cấp trên của xã này chưa nhận tố cáo qua cổng")
		w.keysAt(t, tree.On(above, today).ID, 9100, true)
	}
	office := tree.NameOn(tree.On(above, today).ID, today)
	c.next(map[string]string{"xa": without, "cap": "", "toi": "tiep"}, nil)
	c.sees("Gửi tới: cán bộ bảo mật của", office, "chưa có cán bộ bảo mật nhận qua cổng")
	c.next(map[string]string{"toi": "noi"}, nil)
	c.next(map[string]string{"xa": sealedCommune, "toi": "tiep"}, nil)
	if strings.Contains(mainOf(c.page), office) || strings.Contains(mainOf(c.page), "cấp trên") {
		t.Error("a commune with officers is passed over")
	}
	c.next(map[string]string{"toi": "noi"}, nil)
	c.next(map[string]string{"xa": sealedCommune, "cap": "tren", "toi": "tiep"}, nil)
	c.sees(office, "Gửi thẳng lên cấp trên")
	c.next(map[string]string{"ke": "Cán bộ xã lập khống danh sách.", "toi": "tiep"}, nil)
	c.next(map[string]string{"toi": "tiep"}, nil)
	c.sees("Có: gửi thẳng lên cấp trên", office)
	c.next(map[string]string{"toi": "gui"}, nil)
	number, _ := receiptOf(c.page)
	var at int64
	if err := w.app.DB.Read().QueryRow(`SELECT office FROM sending_sealed WHERE number = $1`, number).Scan(&at); err != nil || at != int64(tree.On(above, today).ID) {
		t.Errorf("%s is kept at %d: %v", number, at, err)
	}
}

// keys gives the commune a confidential unit with keys, where the demo was made without its people.
func (w *world) keys(t testing.TB) {
	t.Helper()
	ctx := t.Context()
	tree, err := w.app.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	unit := tree.On(sealedCommune, today).ID
	held, err := sealed.Holding(ctx, w.app.DB.Read())
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(held, func(a sealed.Approval) bool { return a.Unit == unit }) {
		return
	}
	w.keysAt(t, unit, 9000, false)
}

// keysAt gives an office an approval and keys with numbers from first on; below: for places below it too.
func (w *world) keysAt(t testing.TB, unit org.UnitID, first int, below bool) {
	t.Helper()
	ctx := t.Context()
	err := w.app.DB.Write(ctx, func(tx *db.Tx) error {
		by := sealed.By{Account: 1, Login: "quantri", At: today.Time()}
		err := sealed.TurnOn(ctx, tx, by, sealed.Approval{Unit: unit, Document: "12/QĐ", On: 20261101, Issuer: "UBND tỉnh", Scope: "thử", Signer: "Chủ tịch", Below: below})
		if err != nil {
			return err
		}
		for i, half := range []sealed.Half{sealed.Custodian, sealed.Officer} {
			key, err := sealed.TestKey(string(half) + strings.TrimPrefix(strconv.Itoa(first), "9000"))
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO sealed_key (id, unit, half, account, recipient, state, challenge, answer, made_ms, proved_ms, active_ms, confirmed, ended_ms, end_reason, made_leaf, from_leaf, end_leaf)
				VALUES ($1, $2, $3, $4, $5, 'active', $6, $6, 1, 1, 1, 1, 0, '', 0, 0, 0)`, first+i, unit, half, first+i, key.Recipient().String(), []byte{})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
