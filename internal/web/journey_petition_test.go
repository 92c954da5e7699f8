package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"danvan/demo"
	"danvan/internal/civil"
	"danvan/internal/figure"
	"danvan/internal/matter"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/web"
	"danvan/internal/web/browser"
)

// The story of a letter: somebody comes to the desk and hands in a complaint; the officer sorts it, finds that it belongs
// to one that is there and says so, accepts it and has it looked into; the verifier reports; the head decides; it is
// sent, published, carried out; the inspector opens the quarter's form. Beside it a denunciation, of which nobody at the
// desk reads a word. It is told with scripts on a wide screen and without on a phone.

// tale is a walk that tells it.
type tale struct {
	*walk
	word   string // that only this letter has
	letter string // path of the letter
	id     int64
}

func TestJourneyOfALetter(t *testing.T) {
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
	}{{"wide", true, 1440}, {"phone-without-scripts", false, 390}} {
		if only := os.Getenv("DANVAN_JOURNEY"); only != "" && only != "all" && only != m.name {
			continue
		}
		t.Run(m.name, func(t *testing.T) {
			b := browser.Start(t, browser.Options{Width: m.width, Height: 900, NoScript: !m.script})
			w := &walk{Browser: b, t: t, o: o, door: o.door(t), mode: m.name, script: m.script, width: m.width, inside: signedIn}
			(&tale{walk: w, word: "Suối Minh Họa " + m.name}).tell()
		})
	}
}

// tell is the whole story, each part by whoever does it.
func (w *tale) tell() {
	before := w.received()
	for i, part := range []struct {
		login string
		does  func()
	}{
		{"tiepdan", w.handedIn}, {"xulydon", w.sorted}, {"xulydon", w.joined}, {"xulydon", w.accepted}, {"lanhdao.xa", w.assigned}, {"xulydon", w.sentToLook},
		{"xacminh", w.reported}, {"xulydon", w.decided}, {"lanhdao.xa", w.board}, {"xulydon", w.carriedOut},
		{"tiepdan", w.denounced}, {"baomat", w.secret}, {"thanhtra", w.counted},
	} {
		w.signIn(part.login)
		part.does()
		if i == 0 && !w.has(w.letter) {
			w.t.Skip("this program has no page of a case")
		}
		w.fits(part.login)
		w.Shot("letter-" + w.mode + "-" + part.login)
	}
	if got := w.received(); got != before+2 {
		w.t.Errorf("%d letters before, %d after: want two more", before, got)
	}
}

// received is how many letters the commune received this year, as the figure has it.
func (w *tale) received() int {
	w.t.Helper()
	p, err := civil.ParsePeriod("2026")
	if err != nil {
		w.t.Fatal(err)
	}
	f, err := w.o.app.Figures.Figure(context.Background(), figure.Query{Indicator: "petition.received", Unit: "02143", Period: p, Basis: org.AsThen()})
	if err != nil {
		w.t.Fatal(err)
	}
	n := 0
	if f.Value != nil {
		fmt.Sscan(*f.Value, &n)
	}
	return n
}

// set gives a control a value by its name, whatever it is.
func (w *tale) set(name, value string) {
	w.t.Helper()
	args, err := json.Marshal([]string{name, value})
	if err != nil {
		w.t.Fatal(err)
	}
	var ok bool
	w.Eval(`const [name, value] = `+string(args)+`; const all = [...document.querySelectorAll('main [name="' + name + '"]')];
		const box = all.find(e => (e.type === "radio" || e.type === "checkbox") && (e.value === value || value === "yes"));
		if (box) { if (!box.checked) box.click(); return box.checked; }
		const e = all.find(e => e.type !== "hidden") ?? all[0]; if (!e) return false;
		const fold = e.closest("details"); if (fold) fold.open = true;
		e.value = value; e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); return e.value === value`, &ok)
	if !ok {
		w.t.Fatalf("%s does not take %s\n%s", name, value, w.Tell())
	}
}

// sets gives several, in pairs.
func (w *tale) sets(pairs ...string) {
	w.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		w.set(pairs[i], pairs[i+1])
	}
}

// handedIn is the desk: wrong at first, read over with the citizen, entered once although the button was pressed twice.
func (w *tale) handedIn() {
	w.open("/don-thu/moi")
	w.Await("Khiếu nại")
	w.open("/don-thu/moi?loai=complaint")
	w.Push("Kiểm tra lại với người nộp")
	w.Await("Chưa")
	w.choose("don-vi", "Ủy ban nhân dân")
	w.sets("nguon", "reception", "linh-vuc", "land", "nguoi", "Nguyễn Thị Minh Họa 77", "dia-chi", "thôn Minh Họa 4, xã Văn Lang",
		"tom-tat", "Lấn chiếm bờ suối cạnh thửa 212, tờ bản đồ 31. "+w.word, "thua-dat", "thửa 212, tờ bản đồ 31", "nguyen-van", w.word+": hộ bên cạnh rào bờ suối, đề nghị đo lại ranh thửa 212 tờ bản đồ 31.", "ky", "signed")
	w.Push("Kiểm tra lại với người nộp")
	w.Await("Kiểm tra trước khi vào sổ")
	w.Await("Minh Họa 77")
	w.Upload("tep", w.madePicture())
	at := w.enters()
	w.letter = strings.TrimSuffix(at, "/bien-nhan")
	if _, err := fmt.Sscanf(w.letter, "/don-thu/%d", &w.id); err != nil {
		w.t.Fatalf("where the letter is: %s", w.letter)
	}
	w.Await("Giấy biên nhận")
	w.Await("DT-2026-")
	if strings.Contains(w.Text(), "Minh Họa 77") {
		w.t.Error("the receipt names the sender")
	}
}

// enters pushes the button; with scripts it is sent twice at once, as from an impatient hand, and becomes one letter.
func (w *tale) enters() string {
	w.t.Helper()
	if w.script {
		var at []string
		w.Eval(`const form = document.querySelector("main form"), body = () => { const b = new FormData(form); b.set("buoc", "luu"); return b };
			return Promise.all([1, 2].map(() => fetch(form.action, {method: "POST", body: body()}).then(r => new URL(r.url).pathname)))`, &at)
		if len(at) != 2 || at[0] != at[1] || !strings.HasSuffix(at[0], "/bien-nhan") {
			w.t.Fatalf("sent twice it became %v", at)
		}
		w.open(at[0])
		return at[0]
	}
	w.Push("Vào sổ")
	return w.AwaitPath(func(p string) bool { return strings.HasSuffix(p, "/bien-nhan") })
}

// act records one act on the letter through its form.
func (w *tale) act(act string, pairs ...string) {
	w.t.Helper()
	w.open(w.letter + "/buoc/" + act)
	w.sets(pairs...)
	w.Push("Ghi bước")
	w.AwaitPath(func(p string) bool { return p == w.letter })
}

// document is the number of a document of the commune.
func (w *tale) document(n int, mark string) []string {
	return []string{"so", fmt.Sprintf("%d/%s-UBND", n, mark)}
}

// sorted says what the letter is; what is missing is said beside its box, and nothing typed is lost.
func (w *tale) sorted() {
	w.open("/don-thu?tim=212")
	w.open(w.letter)
	w.open(w.letter + "/buoc/classified")
	w.sets("can-cu-dk", "giữ lại chữ này")
	w.Push("Ghi bước")
	w.Await("Chưa")
	if got := w.value("can-cu-dk"); got != "giữ lại chữ này" {
		w.t.Errorf("what was typed is lost: %q", got)
	}
	w.act("classified", "loai", "complaint", "linh-vuc", "land", "dieu-kien", "eligible", "tham-quyen", "own", "ben-bi", "body", "lan", "first")
	w.Await("Đã phân loại")
}

// joined sets the letter beside another of the office and says that they are one matter; no figure moves by it.
func (w *tale) joined() {
	tree, err := w.o.app.Org.Tree(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	var other int64
	err = w.o.app.DB.Read().QueryRowContext(context.Background(), `SELECT e.id FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.kind = 'petition_letter' AND e.unit = $1 AND e.id <> $2 AND e.state <> 'void' AND v.fields LIKE '%"class":"complaint"%' ORDER BY e.day DESC, e.id LIMIT 1`, tree.On("02143.UBND", today).ID, w.id).Scan(&other)
	if err != nil {
		w.t.Fatal(err)
	}
	before := w.received()
	w.open(fmt.Sprintf("%s/trung?voi=%d", w.letter, other))
	w.sets("quan-he", "same_matter", "ly-do", "Cùng bờ suối, cùng thửa 212")
	w.Push("Ghi quyết định")
	w.Await("vụ việc")
	if m, err := (&matter.Store{Dossiers: w.o.deps.Dossiers, Catalog: w.o.app.Catalog, Tree: w.o.app.Org.Tree}).Of(context.Background(), w.o.app.DB.Read(), w.id); err != nil || m == nil {
		w.t.Errorf("the two letters are in no matter: %v", err)
	}
	if now := w.received(); now != before {
		w.t.Errorf("joining moved the figure from %d to %d", before, now)
	}
}

// has reports whether there is such a page for whoever is signed in.
func (w *tale) has(path string) bool {
	var status int
	w.Eval(fmt.Sprintf(`return fetch(%q, {redirect: "follow"}).then(r => r.status)`, path), &status)
	return status == 200
}

// accepted is the acceptance, by two clerks at once: one goes through, the other is told.
func (w *tale) accepted() {
	w.open(w.letter + "/buoc/accepted")
	w.sets("so", "112/TB-UBND", "chuc-vu", "Chủ tịch Ủy ban nhân dân xã")
	if w.script {
		var answers []int
		w.Eval(`const form = document.querySelector("main form"); const one = new URLSearchParams(new FormData(form)), two = new URLSearchParams(one);
			for (const [k, v] of two) if (v.length >= 20 && document.querySelector('main form input[type=hidden][name="' + k + '"]')?.value === v) two.set(k, v.split("").reverse().join(""));
			return Promise.all([one, two].map(b => fetch(form.action, {method: "POST", body: b}).then(r => r.status)))`, &answers)
		if len(answers) != 2 || answers[0] == answers[1] || answers[0] != 200 && answers[1] != 200 {
			w.t.Errorf("two at once are answered %v, want one saved and one told", answers)
		}
		w.open(w.letter)
	} else {
		w.Push("Ghi bước")
		w.AwaitPath(func(p string) bool { return p == w.letter })
	}
	w.Await("Đã thụ lý")
	w.restart()
	w.steps("accepted", 1)
}

// restart looks at the letter through another server over the same data: the session and the step are there.
func (w *tale) restart() {
	pages, err := web.New(w.o.deps)
	if err != nil {
		w.t.Fatal(err)
	}
	site := httptest.NewServer(pages)
	defer site.Close()
	w.Go(site.URL + w.letter)
	w.Await("Đã thụ lý")
	w.open(w.letter)
}

// steps looks how often an act stands in the letter's newest version.
func (w *tale) steps(act string, want int) {
	w.t.Helper()
	c := w.now()
	if got := c.State().Times[act]; got != want {
		w.t.Errorf("%s stands %d times, want %d", act, got, want)
	}
}

// now is the case as it stands.
func (w *tale) now() *petition.Case {
	w.t.Helper()
	e, err := w.o.app.Ledger.Entry(context.Background(), w.o.app.DB.Read(), w.id)
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := petition.CaseOf(e)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// assigned gives the letter to the officer and the verifier.
func (w *tale) assigned() {
	w.open(w.letter + "/giao")
	w.choose("can-bo", "Minh Họa 13")
	w.choose("xac-minh", "Minh Họa 14")
	w.Push("Giao")
	w.AwaitPath(func(p string) bool { return p == w.letter })
	w.Await("Minh Họa 14")
}

// choose takes the choice of a list whose words hold a text.
func (w *walk) choose(name, text string) {
	w.t.Helper()
	var value string
	w.Eval(fmt.Sprintf(`return [...document.querySelectorAll('main select[name=%q] option')].find(o => o.textContent.includes(%q))?.value ?? ""`, name, text), &value)
	if value == "" {
		w.t.Fatalf("%s offers no %s\n%s", name, text, w.Tell())
	}
	w.Pick(name, value)
}

func (w *tale) sentToLook() {
	w.act("notified", w.document(113, "TB")...)
	w.act("assigned", append(w.document(114, "QĐ"), "chuc-vu", "Chủ tịch Ủy ban nhân dân xã", "co-quan", "Tổ xác minh của xã")...)
	w.Await("Đang xác minh")
}

// reported is the verifier's report; he decides nothing.
func (w *tale) reported() {
	w.act("verified", w.document(115, "BC")...)
	w.Await("Đã có báo cáo xác minh")
	w.open(w.letter + "/buoc/decided")
	if strings.Contains(w.Text(), "Số quyết định giải quyết") {
		w.t.Error("the verifier may decide")
	}
}

func (w *tale) decided() {
	w.open(w.letter + "/buoc/extended") // the law knows no extension of a complaint
	if strings.Contains(w.Text(), "Số quyết định gia hạn") {
		w.t.Error("a complaint may be extended")
	}
	w.act("decided", append(w.document(116, "QĐ"), "chuc-vu", "Chủ tịch Ủy ban nhân dân xã", "ket-qua", "right")...)
	w.Await("Đã giải quyết")
	w.act("sent", w.document(117, "CV")...)
	w.act("published", w.document(118, "TB")...)
}

// board is what the head of the office sees: what is due, and by whom.
func (w *tale) board() {
	w.open("/don-thu/han?don-vi=02143")
	w.Await("Hạn")
	w.open(w.letter + "/han")
	w.Await("Điều 28 Luật Khiếu nại")
}

// carriedOut orders land to be given back, and it is.
func (w *tale) carriedOut() {
	w.open(w.letter + "/thi-hanh")
	w.sets("viec-1", "returned_land", "phai-1", "120,5", "han-1", today.AddDays(30).Vi())
	w.Push("Lưu")
	w.AwaitPath(func(p string) bool { return p == w.letter })
	w.act("enforcing", w.document(119, "KH")...)
	w.act("enforced", w.document(120, "BC")...)
	w.Await("Đã thi hành xong")
}

// denounced is a denunciation at the desk: there is no box for who brings it, and the desk does not read it again.
func (w *tale) denounced() {
	w.open("/don-thu/moi?loai=denunciation")
	w.Await("Giữ bí mật người tố cáo")
	var named bool
	w.Eval(`return !!document.querySelector('main [name="nguoi"], main [name="dia-chi"], main [name="tep"]')`, &named)
	if named {
		w.t.Error("the form of a denunciation asks for the denouncer")
	}
	w.choose("don-vi", "Ủy ban nhân dân")
	w.sets("nguon", "direct", "linh-vuc", "corruption", "tom-tat", "Lập khống danh sách hỗ trợ. Kín "+w.word)
	w.Push("Kiểm tra lại với người nộp")
	w.Await("Kiểm tra trước khi vào sổ")
	at := w.enters()
	w.Await("TC-")
	w.letter = strings.TrimSuffix(at, "/bien-nhan")
	for _, page := range []string{w.letter, w.letter + "/noi-dung"} {
		w.open(page)
		if strings.Contains(w.Text(), "Kín "+w.word) {
			w.t.Errorf("the desk reads the denunciation at %s", page)
		}
	}
}

// secret is the confidential officer: he reads what the desk may not, and sees how the identity is kept.
func (w *tale) secret() {
	w.open(w.letter + "/noi-dung")
	w.Await("Kín " + w.word)
	w.open("/to-cao?don-vi=02143&ky=2026")
	w.Await("TC-")
	w.open("/to-cao/" + strings.TrimPrefix(w.letter, "/don-thu/") + "/danh-tinh")
	w.Await("anh tính")
}

// counted is the inspector: the quarter's form, and the log.
func (w *tale) counted() {
	if w.has("/thong-ke-don") {
		w.open("/thong-ke-don?don-vi=02143&nam=2026&loai-ky=year")
		w.Await("Đơn nhận trong kỳ")
	}
	w.open("/so-niem-phong")
	w.Await("niêm phong")
}
