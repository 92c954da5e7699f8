package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"danvan/demo"
	"danvan/internal/web/browser"
)

// Journeys: each role of the demo signs in through the real page and does its work from start to end. They run in one
// browser for each way, each role with a session of its own; what one role leaves behind the next takes up. Of the four ways
// two are gone always, which show both screens and both kinds of browser; the others with DANVAN_JOURNEY=all or their name.

// walk is one browser on its way.
type walk struct {
	*browser.Browser
	t        *testing.T
	o        *office
	door     string
	mode     string
	script   bool
	width    int
	letterAt string                      // path of the letter that the desk recorded
	entry    string                      // path of the entry that the clerk recorded
	inside   map[string][]map[string]any // sessions with a second factor, by login: a code is good for once
	topic    string
}

// signedIn are the sessions with a second factor of all journeys of this office: a code is good for once.
var signedIn = map[string][]map[string]any{}

func TestJourneys(t *testing.T) {
	o := open(t)
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.MakeAccounts(t.Context(), o.app.DB, o.deps.Accounts, tree, today); err != nil {
		t.Fatal(err)
	}
	working(t, o)
	for _, m := range []struct {
		name   string
		script bool
		width  int
		often  bool
	}{{"wide", true, 1440, true}, {"phone", true, 390, false}, {"wide-without-scripts", false, 1440, false}, {"phone-without-scripts", false, 390, true}} {
		if only := os.Getenv("DANVAN_JOURNEY"); only == "" && !m.often || only != "" && only != "all" && only != m.name {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			b := browser.Start(t, browser.Options{Width: m.width, Height: 900, NoScript: !m.script})
			w := &walk{Browser: b, t: t, o: o, door: o.door(t), mode: m.name, script: m.script, width: m.width, topic: "Hành trình " + m.name, inside: signedIn}
			w.all()
		})
	}
}

// working does the background jobs of the office until the test ends.
func working(t *testing.T, o *office) {
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.app.Work(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// all is the day of the office, in its order.
func (w *walk) all() {
	for _, part := range []struct {
		login string
		does  func()
	}{
		{"canbo.xa", w.clerk}, {"nguoiduyet", w.approver}, {"tonghop", w.specialist}, {"lanhdao", w.leader}, {"thanhtra", w.inspector},
		{"tiepdan", w.desk}, {"baomat", w.confidential}, {"kiemtoan", w.auditor}, {"quantri", w.administrator},
	} {
		w.signIn(part.login)
		part.does()
		w.fits(part.login)
		w.Shot("journey-" + w.mode + "-" + part.login)
	}
}

// signIn goes through the real page, and through the second factor where the role has one.
func (w *walk) signIn(login string) {
	w.t.Helper()
	w.Leave()
	w.Go(w.door + "/dang-nhap")
	if had := w.inside[login]; had != nil {
		w.Return(had)
		return
	}
	w.Fill("ten", login)
	w.Fill("mat-khau", demo.Password)
	w.Push("Đăng nhập")
	at := w.AwaitPath(func(p string) bool { return p != "/dang-nhap" })
	if at != "/dang-nhap/ma" {
		return
	}
	a, err := w.o.deps.Accounts.ByLogin(w.t.Context(), w.o.app.DB.Read(), login)
	if err != nil {
		w.t.Fatal(err)
	}
	code, err := w.o.deps.Accounts.CodeNow(w.t.Context(), w.o.app.DB.Read(), a.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Fill("ma-xac-thuc", code)
	w.Push("Tiếp tục")
	w.AwaitPath(func(p string) bool { return p != "/dang-nhap/ma" })
	w.inside[login] = w.Cookies()
}

func (w *walk) open(path string) {
	w.t.Helper()
	w.Go(w.door + path)
}

// fits looks whether the last page of a part sticks out.
func (w *walk) fits(part string) {
	w.t.Helper()
	var out string
	if w.Eval(tooWide, &out); out != "" {
		w.t.Errorf("%s: %s\n%s", part, out, w.Tell())
	}
}

// refused opens a page that the role may not see.
func (w *walk) refused(path string) {
	w.t.Helper()
	w.open(path)
	w.Await("Không được phép")
}

// clerk records with wrong input first, looks it over, adds a picture, amends, copies.
func (w *walk) clerk() {
	w.open("/ghi-nhan/moi/outreach_session?don-vi=02143.UBND")
	w.Fill("f-topic", w.topic)
	w.Fill("f-attendances", "ba mươi")
	w.Push("Lưu ngay")
	w.Await("Chưa lưu")
	if got := w.value("f-topic"); got != w.topic {
		w.t.Errorf("what was typed is lost: %q", got)
	}
	w.Fill("ngay", today.Vi())
	w.Choose("f-theme")
	w.Fill("f-attendances", "35")
	w.picture()
	w.Push("Xem lại trước khi lưu")
	w.Await(w.topic)
	w.Push("Lưu")
	w.entry = w.AwaitPath(func(p string) bool {
		return strings.HasPrefix(p, "/ghi-nhan/") && !strings.HasPrefix(p, "/ghi-nhan/moi")
	})
	w.entry = strings.TrimSuffix(w.entry, "/trung") // an earlier way of the journey recorded much the same
	w.open(w.entry)
	w.Await("anh-dong-dao.png")

	w.open(w.entry + "/sua")
	w.Fill("f-attendances", "36")
	w.Push("Lưu ngay")
	w.Await("Chưa lưu") // without a reason
	w.Fill("ly-do", "Đếm lại theo danh sách")
	w.Push("Lưu ngay")
	w.AwaitPath(func(p string) bool { return p == w.entry })
	w.Await("Đếm lại theo danh sách")

	w.Push("Chép bản này")
	w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/ghi-nhan/moi/") })
	if got := w.value("f-topic"); got != w.topic {
		w.t.Errorf("the copy begins with %q", got)
	}
}

func (w *walk) value(id string) string {
	w.t.Helper()
	var s string
	w.Eval(fmt.Sprintf(`return document.getElementById(%q)?.value ?? ""`, id), &s)
	return s
}

func (w *walk) picture() {
	w.t.Helper()
	var id string
	w.Eval(`return document.querySelector("main input[type=file]")?.id ?? ""`, &id)
	w.Upload(id, w.madePicture())
	if w.script {
		w.Await("anh-dong-dao.png")
	}
}

// madePicture is the path of a small picture.
func (w *walk) madePicture() string {
	w.t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	img.Set(3, 3, color.RGBA{200, 60, 40, 255})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		w.t.Fatal(err)
	}
	path := filepath.Join(w.t.TempDir(), "anh-dong-dao.png")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// approver confirms what the clerk recorded.
func (w *walk) approver() {
	w.open(w.entry)
	w.Push("Xác nhận")
	w.Await("đã xác nhận")
}

// specialist filters the list, finds by search without marks, and takes the list home as a table.
func (w *walk) specialist() {
	w.open("/ghi-nhan?don-vi=02143&ky=2026")
	w.Await("Cuộc tuyên truyền, vận động")
	w.open("/tim?q=" + strings.ReplaceAll(strings.ToLower(plainWords(w.topic)), " ", "+"))
	w.Await(w.topic)
	w.Push(w.topic)
	w.AwaitPath(func(p string) bool { return strings.HasPrefix(p, "/ghi-nhan/") })
	var kind string
	w.open("/ghi-nhan")
	w.Eval(`return fetch("/ghi-nhan.csv?don-vi=02143&ky=2026").then(r => r.status + " " + r.headers.get("content-type"))`, &kind)
	if !strings.HasPrefix(kind, "200 text/csv") {
		w.t.Errorf("the export answers %s", kind)
	}
	w.imports()
}

func plainWords(s string) string { return strings.ReplaceAll(s, "Hành trình", "hanh trinh") }

// leader goes from the dashboard to a figure, its evidence, one entry, and takes the report as a document.
func (w *walk) leader() {
	w.open("/")
	w.Await("Thái Nguyên")
	w.open("/so-lieu/outreach.sessions_all?don-vi=02143&ky=2026")
	w.open("/so-lieu/outreach.sessions_all/ghi-nhan?don-vi=02143&ky=2026")
	w.Await(w.topic)
	w.Push(w.topic)
	w.AwaitPath(func(p string) bool { return p == w.entry })
	w.open("/bao-cao/thang?don-vi=02143&ky=2026-M10")
	w.Await("BÁO CÁO")
	var answer string
	w.Eval(`return fetch("/bao-cao/thang/tep?don-vi=02143&ky=2026-M10&dang=docx").then(r => r.status + " " + r.headers.get("content-type"))`, &answer)
	if !strings.HasPrefix(answer, "200 application/vnd.openxmlformats") {
		w.t.Errorf("the report as a document: %s", answer)
	}
	w.open("/so-sanh?don-vi=02143&ky=2026")
	w.Await("So sánh")
}

// inspector reads the log and the entry, and can change neither.
func (w *walk) inspector() {
	w.open("/so-niem-phong")
	w.Await("niêm phong")
	w.open(w.entry)
	w.Await(w.topic)
	w.refused(w.entry + "/sua")
}

// desk records a letter.
func (w *walk) desk() { w.letter() }

// confidential comes in by two factors and reads what the letter says.
func (w *walk) confidential() {
	w.open(w.letterAt)
	w.Await("Lĩnh vực")
	w.refused("/quan-tri/tai-khoan")
}

// auditor comes in by two factors and checks the place of an entry in the log.
func (w *walk) auditor() {
	w.open("/so-niem-phong")
	w.Await("niêm phong")
	w.proves()
	w.refused(w.entry + "/sua")
}

// administrator makes an account and grants; entries are not for him.
func (w *walk) administrator() {
	w.refused(w.entry)
	w.refused(w.letterAt)
	w.hires()
	w.merges()
	w.open("/tim?q=" + strings.ReplaceAll(strings.ToLower(plainWords(w.topic)), " ", "+"))
	if strings.Contains(w.Text(), w.entry) {
		w.t.Error("the administrator finds an entry")
	}
}

// A walk that meets a page without what it waits for must fail: the page says so, and the walk says what it saw.
func TestHandsTell(t *testing.T) {
	site := httptest.NewServer(nil)
	defer site.Close()
	b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	b.Go(site.URL + "/khong-co")
	if told := b.Tell(); !strings.Contains(told, "/khong-co") {
		t.Errorf("told %q", told)
	}
}
