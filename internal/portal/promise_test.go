package portal_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"danvan/internal/db"
	"danvan/internal/dialogue"
	"danvan/internal/ledger"
	"danvan/internal/web/browser"
)

// talk is a session of a commune with a promise that is reported done, and one to come.
type talk struct {
	once                   sync.Once
	plan, session, promise int64
	village, citizen       string // codes
}

var theTalk talk

// fill puts the numbers of the talk into an address.
func (w *world) fill(t testing.TB, path string) string {
	if !strings.Contains(path, "{") {
		return path
	}
	if strings.Contains(path, "{contest}") {
		return strings.ReplaceAll(path, "{contest}", fmt.Sprint(w.contest(t).ID))
	}
	k := w.talk(t)
	return strings.NewReplacer("{plan}", fmt.Sprint(k.plan), "{session}", fmt.Sprint(k.session), "{promise}", fmt.Sprint(k.promise)).Replace(path)
}

func (w *world) talk(t testing.TB) *talk {
	t.Helper()
	theTalk.once.Do(func() { w.makeTalk(t, &theTalk) })
	return &theTalk
}

// body is the committee of a commune of today.
func (w *world) body(t testing.TB) string {
	t.Helper()
	tree, err := w.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Ref(tree.On("02143.UBND", today))
}

func (w *world) put(t testing.TB, d ledger.Draft) int64 {
	t.Helper()
	var id int64
	d.Unit = w.body(t)
	err := w.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		p, err := w.app.Ledger.Record(t.Context(), tx, "canbo.xa", d)
		id = p.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (w *world) code(t testing.TB, entry int64, holder, place string) (code string) {
	t.Helper()
	err := w.app.DB.Write(t.Context(), func(tx *db.Tx) (err error) {
		code, err = dialogue.MakeCode(t.Context(), tx, dialogue.Code{Entry: entry, Holder: holder, Place: place, Actor: "canbo.xa", At: w.app.Ledger.Now()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// picture is a photograph as a telephone sends it.
func (w *world) picture(t testing.TB) ledger.File {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	f, err := w.deps.Files.Put(t.Context(), &b)
	if err != nil {
		t.Fatal(err)
	}
	return ledger.File{Hash: f.Hash, Name: "mương.png"}
}

func (w *world) makeTalk(t testing.TB, k *talk) {
	k.plan = w.put(t, ledger.Draft{Key: "t:plan", Kind: dialogue.PlanKind, Day: 20261116, Fields: map[string]any{"topic": "Đối thoại <b>về</b> đất đai; sắp xếp, dân cư", "sort": "people", "host": "chair", "planned_on": "2026-12-04",
		"from_hour": "07:30", "to_hour": "11:30", "venue": "Nhà văn hóa thôn Nà Khưa", "announced_on": "2026-11-17", "prepare": "Gửi câu hỏi trước"}})
	s := dialogue.Setting{Topic: "Đối thoại quý IV", Sort: "people", Host: "chair", Venue: "Hội trường"}
	k.session = w.put(t, ledger.Draft{Key: "t:session", Kind: dialogue.SessionKind, Day: 20261012, Fields: dialogue.Opening(dialogue.SessionKind, s, 0)})
	issue := w.put(t, ledger.Draft{Key: "t:issue", Kind: dialogue.IssueKind, Day: 20261012, Carries: fmt.Sprintf("#%d", k.session), Fields: map[string]any{"subject": "Mương <script>alert(1)</script> vỡ", "topic": "production", "source": "dialogue",
		"mentions": 4, "village": "Thôn Nà Khưa", "answer_mode": "on_spot", "answered_on": "2026-10-12", "answer": "Xã sẽ sửa"}})
	k.promise = w.put(t, ledger.Draft{Key: "t:promise", Kind: dialogue.PromiseKind, Day: 20261012, Carries: fmt.Sprintf("#%d", issue), Fields: map[string]any{"subject": "Kiên cố hóa mương", "source": "dialogue", "due_on": "2026-11-30",
		"measure": "m", "total": "180", "village": "Thôn Nà Khưa", "owner_post": "Phó Chủ tịch Ủy ban nhân dân"}})
	k.village, k.citizen = w.code(t, k.session, dialogue.ByVillage, "Thôn Nà Khưa"), w.code(t, k.promise, dialogue.ByCitizen, "")
	w.note(t, k.promise, "t:done", dialogue.Said{Act: dialogue.ActDone, By: dialogue.ByOwner, On: 20261120, Text: "Đã xây xong"})
}

func (w *world) note(t testing.TB, promise int64, key string, s dialogue.Said) {
	t.Helper()
	tree, err := w.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shown := []ledger.File{w.picture(t)}
	err = w.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		_, err := dialogue.Desk{Ledger: w.app.Ledger, Tree: tree}.Note(t.Context(), tx, "canbo.xa", promise, key, s, shown, today)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) stand(t testing.TB, id int64) dialogue.PromiseState {
	t.Helper()
	shelf := &dialogue.Shelf{Ledger: w.app.Ledger, Catalog: w.app.Catalog, Engine: w.app.DB.Engine()}
	p, ok, err := shelf.Promise(t.Context(), w.app.DB.Read(), id)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return p.StateOn(today)
}

// TestVillageAnswers plays a villager with an old telephone: no scripts, 390 px, the code from paper; what is not right is
// said, an answer sent twice counts once, and a village that disputed may confirm later.
func TestVillageAnswers(t *testing.T) {
	w := open(t)
	k := w.talk(t)
	b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: true})
	b.Go(w.site.URL + w.fill(t, "/cong/doi-thoai/{session}"))
	b.Push("Kiên cố hóa mương")
	b.Push("Đã xong hay chưa?")
	b.Click("input[value=chua-dong-y]")
	b.Push("Gửi trả lời")
	b.Await("Chưa ghi mã")
	b.Fill("ma", strings.ToLower(strings.ReplaceAll(k.village, "-", " ")))
	b.Push("Gửi trả lời")
	b.Await("Chưa chọn điều chưa đạt")
	if w.stand(t, k.promise) != dialogue.Waiting {
		t.Fatal("disputed without saying what")
	}
	b.Click("input[value=partly]")
	b.Shot("dialogue-answer-390")
	b.Push("Gửi trả lời")
	b.Await("Việc trở lại bên đã hứa")
	if text := b.Text(); !strings.Contains(text, "Mới làm một phần") || w.stand(t, k.promise) != dialogue.Disputed {
		t.Fatalf("disputed: %s", text)
	}
	b.Shot("dialogue-disputed-390")
	w.note(t, k.promise, "t:again", dialogue.Said{Act: dialogue.ActDone, By: dialogue.ByOwner, On: today, Text: "Đã làm nốt"})
	form := url.Values{"khoa": {strings.Repeat("k", 26)}, "tra-loi": {"da-xong"}, "ma": {k.village}}
	for range 2 { // the line was cut, and the villager sends it again
		rec := w.ask(t, http.MethodPost, "/cong/cam-ket/{promise}/tra-loi", form.Encode())
		if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != w.fill(t, "/cong/cam-ket/{promise}?xong=da-xong") {
			t.Fatalf("answered %d %s", rec.Code, rec.Header())
		}
	}
	if w.stand(t, k.promise) != dialogue.Confirmed {
		t.Fatal("not confirmed")
	}
	var n int
	if err := w.app.DB.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM entry WHERE carries = $1 AND kind = $2`, k.promise, dialogue.NoteKind).Scan(&n); err != nil || n != 4 {
		t.Fatalf("%d notes, %v", n, err)
	}
	if strings.Contains(b.Text(), k.village) {
		t.Error("the code stands on the public page")
	}
}

func TestWrongCodes(t *testing.T) {
	w := open(t)
	p := w.put(t, ledger.Draft{Key: "t:other", Kind: dialogue.PromiseKind, Day: 20261012, Fields: map[string]any{"subject": "Cầu", "source": "dialogue", "due_on": "2026-11-30", "done_on": "2026-11-20"}})
	k := w.talk(t)
	for name, code := range map[string]string{"made up": dialogue.NewCode(), "of another session": k.village, "of another promise": k.citizen} {
		form := url.Values{"khoa": {strings.Repeat("x", 26)}, "tra-loi": {"da-xong"}, "ma": {code}}
		rec := w.ask(t, http.MethodPost, fmt.Sprintf("/cong/cam-ket/%d/tra-loi", p), form.Encode())
		if rec.Code != http.StatusUnprocessableEntity || !strings.Contains(opened(t, rec), "Mã này không dùng được") {
			t.Errorf("%s: %d", name, rec.Code)
		}
	}
	if w.stand(t, p) != dialogue.Waiting {
		t.Errorf("stands %s", w.stand(t, p))
	}
	for _, path := range []string{"/cong/cam-ket/1", "/cong/doi-thoai/1", "/cong/cam-ket/0", "/cong/doi-thoai/x", "/cong/cam-ket/{promise}/anh/99"} {
		if rec := w.ask(t, http.MethodGet, path, ""); rec.Code != http.StatusNotFound {
			t.Errorf("%s answered %d", path, rec.Code)
		}
	}
}

// TestCalendarFile: the file is that of the announcement, with its hours in Việt Nam.
func TestCalendarFile(t *testing.T) {
	w := open(t)
	for _, path := range []string{"/cong/doi-thoai/{plan}/lich.ics", "/cong/doi-thoai/lich.ics?xa=02143"} {
		rec := w.ask(t, http.MethodGet, path, "")
		text := strings.ReplaceAll(opened(t, rec), "\r\n ", "")
		for _, want := range []string{"BEGIN:VCALENDAR\r\n", "DTSTART;TZID=Asia/Ho_Chi_Minh:20261204T073000\r\n", "DTEND;TZID=Asia/Ho_Chi_Minh:20261204T113000\r\n",
			`Đối thoại <b>về</b> đất đai\; sắp xếp\, dân cư`, w.fill(t, "UID:doi-thoai-{plan}@danvan\r\n"), w.fill(t, "http://dan.example.vn/cong/doi-thoai/{plan}")} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", path, want, text)
			}
		}
		if got := rec.Header().Get("Content-Type"); !strings.HasPrefix(got, "text/calendar") {
			t.Errorf("%s is %s", path, got)
		}
	}
}
