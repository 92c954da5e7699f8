package web_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/dossier"
)

// deskDay is an open session of 001.UBND with the form of a visit to it.
func deskDay(r *recorder) (at string, visit func(key string, pairs ...string) string) {
	at = r.wentTo(r.post("/tiep-dan/moi", values("khoa", "m", "don-vi", "001.UBND", "loai", "regular", "nguoi-tiep", "officer", "ngay", today.Vi())))
	return at, func(key string, pairs ...string) string {
		base := values("khoa", key, "v-loai", "complaint", "v-linh-vuc", "land", "v-nguoi", "1", "v-lan", "first", "v-ket-qua", "accepted", "viec", "in")
		for k, v := range values(pairs...) {
			base[k] = v
		}
		return strings.TrimSuffix(r.wentTo(r.post(at+"/luot", base)), "/bien-nhan")
	}
}

// formAsOpened are the values of the form in a page's main part, as a browser without scripts would send them.
func formAsOpened(page string) url.Values {
	v, name := url.Values{}, ""
	main := between(page, `<form method="post" action="/don-thu/moi"`, "</form>")
	for _, m := range regexp.MustCompile(`(?s)<select[^>]*name="([^"]+)"|<option value="([^"]*)"( selected)?|<textarea[^>]*name="([^"]+)"[^>]*>([^<]*)|<input([^>]*)>`).FindAllStringSubmatch(main, -1) {
		attr := func(a string) string {
			if x := regexp.MustCompile(a + `="([^"]*)"`).FindStringSubmatch(m[6]); x != nil {
				return html.UnescapeString(x[1])
			}
			return ""
		}
		switch {
		case m[1] != "":
			name = m[1]
		case m[4] != "":
			v.Set(m[4], strings.TrimSpace(html.UnescapeString(m[5])))
		case m[6] == "" && m[3] != "":
			v.Set(name, html.UnescapeString(m[2]))
		case m[6] != "" && attr("name") != "" && attr("type") != "file":
			if kind := attr("type"); (kind != "checkbox" && kind != "radio") || strings.Contains(m[6], " checked") {
				v.Set(attr("name"), attr("value"))
			}
		}
	}
	return v
}

// A letter is made of a visit: what was said stands in its form, who came goes over unseen, both lead to each other, and
// however many hands press at once it is one letter, which the session counts.
func TestLetterOfAVisit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		r.as("tiepdan", "001", access.Desk)
		at, take := deskDay(r)
		visit := take("v1", "v-noi-dung", "Hộ bên cạnh rào lối đi chung từ tháng 3. Đề nghị đo lại ranh.", "v-yeu-cau", "Đo lại ranh thửa 12", "v-ten", "Bà Thử Nghiệm 12", "v-dia-chi", "Thôn Hai", "v-ky", "signed")
		n := visit[strings.LastIndex(visit, "/")+1:]
		if page := r.get(visit); !strings.Contains(page.body, "Lập đơn từ lượt này") {
			t.Fatal("the visit offers no letter")
		}
		opened := r.on(r.get("/don-thu/moi?luot=" + n))
		form := formAsOpened(opened.body)
		for name, want := range map[string]string{"loai": "complaint", "linh-vuc": "land", "nguon": "reception", "nhan": today.Vi(), "ky": "signed", "yeu-cau": "Đo lại ranh thửa 12",
			"nguyen-van": "Hộ bên cạnh rào lối đi chung từ tháng 3. Đề nghị đo lại ranh.", "tom-tat": "Hộ bên cạnh rào lối đi chung từ tháng 3. Đề nghị đo lại ranh.", "nguoi-luot": "1", "nguoi": ""} {
			if got := form.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if strings.Contains(opened.body, "Thử Nghiệm") {
			t.Error("the form shows who came")
		}
		if other := r.get("/don-thu/moi?chon=1&luot=" + n); !strings.Contains(other.body, "luot="+n) || !strings.Contains(other.body, "Tố cáo") {
			t.Error("the class cannot be chosen anew")
		}
		if secret := r.get("/don-thu/moi?loai=denunciation&luot=" + n); strings.Contains(secret.body, "lối đi chung") || !strings.Contains(secret.body, "Không có gì của người đến được chép sang") {
			t.Error("a denunciation takes what was said over")
		}
		form.Set("buoc", "kiem-tra")
		if check := r.post("/don-thu/moi", form); check.status != http.StatusOK || !strings.Contains(check.body, "Người đến của lượt tiếp LT-2026-") || strings.Contains(check.body, "Thử Nghiệm") {
			t.Errorf("the check: %d %s", check.status, summaryOf(check.body))
		}
		form.Set("buoc", "luu")
		if a := r.post("/don-thu/moi", but(clone(form), "don-vi", "002.UBND")); a.status != http.StatusUnprocessableEntity {
			t.Errorf("in the book of another body: %d", a.status)
		}
		answers := make([]answer, 3)
		var hands sync.WaitGroup
		for i := range answers { // the first two are one form sent twice, the third was opened by another hand
			one := clone(form)
			if i == 2 {
				one.Set("khoa", keyOf(9))
			}
			hands.Go(func() {
				resp, err := r.client.PostForm(r.site.URL+"/don-thu/moi", one)
				if err != nil {
					t.Error(err)
					return
				}
				defer resp.Body.Close()
				answers[i] = answer{resp.StatusCode, resp.Header, ""}
			})
		}
		hands.Wait()
		var made int
		if err := r.db.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM entry WHERE kind = 'petition_letter'`).Scan(&made); err != nil || made != 1 {
			t.Fatalf("%d letters, %v: %d %d %d", made, err, answers[0].status, answers[1].status, answers[2].status)
		}
		shown := r.get(visit)
		letters := idsIn(shown.body, "/don-thu/")
		if len(letters) != 1 || strings.Contains(shown.body, "Lập đơn từ lượt này") {
			t.Fatalf("the visit leads to %v", letters)
		}
		letter := "/don-thu/" + letters[0]
		if page := r.get(letter); !strings.Contains(page.body, `href="`+visit+`"`) || !strings.Contains(page.body, "lối đi chung") {
			t.Error("the letter does not lead back to its visit, or lost what was said")
		}
		if page := r.get(at); !strings.Contains(page.body, "đã vào sổ đơn") || !strings.Contains(between(page.body, "<dt>Đơn nhận</dt>", "</div>"), ">1<") {
			t.Error("the session does not count the letter")
		}
		r.tx(func(ctx context.Context, tx *db.Tx) error {
			who, err := r.dossiers.LookAtSender(ctx, tx, "tiepdan", numberOf(t, letter), dossier.Contact, "")
			if err != nil || who.Name != "Bà Thử Nghiệm 12" || who.Address != "Thôn Hai" {
				t.Errorf("the sender of the letter: %+v, %v", who, err)
			}
			return nil
		})
		if looks, err := r.dossiers.Looks(t.Context(), r.db.Read(), numberOf(t, visit)); err != nil || len(looks) != 0 {
			t.Errorf("taking who came over counts as a look: %v, %v", looks, err)
		}
		if a := r.get("/don-thu/moi?luot=" + n); a.status != http.StatusConflict {
			t.Errorf("a second letter of the visit: %d", a.status)
		}
		if a := r.post(visit+"/bo", values("khoa", "b", "b-ly-do", "Nhầm")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Đã có đơn") {
			t.Errorf("a visit with a letter is struck: %d", a.status)
		}
		r.as("khac", "002", access.Desk)
		if a := r.get("/don-thu/moi?luot=" + n); a.status != http.StatusForbidden {
			t.Errorf("the desk of another body opens it: %d", a.status)
		}
	})
}

// A visit is transferred: a body in the system confirms, has it as a letter with what was said, and its number comes back; of
// a body outside the receipt is written down. What the other body has cannot be taken back.
func TestVisitIsTransferred(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		r.as("tiepdan", "001", access.Desk)
		at, take := deskDay(r)
		if a := r.post(at+"/luot", values("khoa", "x", "v-loai", "proposal", "v-linh-vuc", "land", "v-nguoi", "1", "v-lan", "first", "v-ket-qua", "transferred", "v-chuyen-dv", "001.UBND")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "đang ở cơ quan này") {
			t.Errorf("transferred to itself: %d %s", a.status, summaryOf(a.body))
		}
		sent := take("v1", "v-ket-qua", "transferred", "v-chuyen-dv", "002.UBND", "v-noi-dung", "Nước thải chảy vào ruộng", "v-ten", "Ông Thử Nghiệm 7")
		if page := r.get(sent); !strings.Contains(page.body, "Chờ xác nhận đã nhận") || !strings.Contains(page.body, "xã Hai") || strings.Contains(page.body, "Lập đơn từ lượt này") {
			t.Errorf("the visit on its way: %s", between(page.body, `id="viec-chuyen"`, "</section>"))
		}
		if a := r.post(sent+"/nhan-chuyen", values("khoa", "n", "n-so", "1", "n-ngay", today.Vi())); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "tự về") {
			t.Errorf("a receipt by hand of a body in the system: %d", a.status)
		}
		r.as("khac", "002", access.Desk)
		coming := r.get("/don-thu/den")
		if !strings.Contains(coming.body, "Lượt tiếp LT-2026-") {
			t.Fatalf("the other body sees nothing coming: %s", between(coming.body, "<main", "</main>"))
		}
		confirm := "/don-thu/" + fmt.Sprint(numberOf(t, sent)) + "/nhan-chuyen"
		letter := r.wentTo(r.post(confirm, values("khoa", keyOf(3))))
		if again := r.post(confirm, values("khoa", keyOf(4))); again.status != http.StatusConflict {
			t.Errorf("confirmed twice: %d", again.status)
		}
		page := r.get(letter)
		for _, want := range []string{"Nước thải chảy vào ruộng", "Do Ủy ban nhân dân xã Một chuyển đến"} {
			if !strings.Contains(page.body, want) {
				t.Errorf("the letter lacks %q: %s", want, between(page.body, "<main", "</main>"))
			}
		}
		r.tx(func(ctx context.Context, tx *db.Tx) error {
			who, err := r.dossiers.LookAtSender(ctx, tx, "khac", numberOf(t, letter), dossier.Contact, "")
			if err != nil || who.Name != "Ông Thử Nghiệm 7" {
				t.Errorf("the sender at the other body: %+v, %v", who, err)
			}
			return nil
		})
		r.as("tiepdan", "001", access.Desk)
		if page := r.get(sent); !strings.Contains(page.body, "Ngày "+today.Vi()+", số 1") {
			t.Errorf("the visit has no receipt: %s", between(page.body, `id="viec-chuyen"`, "</section>"))
		}
		if page := r.get(at); !strings.Contains(page.body, "đã nhận ngày "+today.Vi()+", số 1") {
			t.Error("the session does not say so")
		}
		for path, form := range map[string]url.Values{"/bo": values("khoa", "b", "b-ly-do", "Nhầm"), "/ket-qua": values("khoa", "k", "k-nguoi", "1", "k-lan", "first", "k-ket-qua", "accepted", "k-ly-do", "Nhầm")} {
			if a := r.post(sent+path, form); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "đã xác nhận") {
				t.Errorf("%s takes back what the other body has: %d %s", path, a.status, summaryOf(a.body))
			}
		}
		r.wentTo(r.post(sent+"/ket-qua", values("khoa", "k2", "k-nguoi", "2", "k-lan", "first", "k-ket-qua", "transferred", "k-chuyen-dv", "002.UBND", "k-ly-do", "Đếm lại người")))
		if page := r.get(sent); !strings.Contains(page.body, "2 người") || !strings.Contains(page.body, "số 1") {
			t.Error("a count that is mended loses the receipt")
		}

		out := take("v2", "v-ket-qua", "transferred", "v-chuyen", "Chi nhánh Văn phòng đăng ký đất đai")
		if a := r.post(out+"/nhan-chuyen", values("khoa", "o0", "n-ngay", today.AddDays(1).Vi())); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "số giấy biên nhận") || !strings.Contains(a.body, "chưa tới") {
			t.Errorf("a receipt of tomorrow: %d %s", a.status, summaryOf(a.body))
		}
		for range 2 {
			r.wentTo(r.post(out+"/nhan-chuyen", values("khoa", "o1", "n-ngay", today.Vi(), "n-so", "77/GBN")))
		}
		if page := r.get(out); !strings.Contains(page.body, "77/GBN") {
			t.Error("the receipt of a body outside is not shown")
		}
		back := take("v3", "v-ket-qua", "transferred", "v-chuyen-dv", "002.UBND")
		r.wentTo(r.post(back+"/ket-qua", values("khoa", "k3", "k-nguoi", "1", "k-lan", "first", "k-ket-qua", "accepted", "k-ly-do", "Chọn nhầm")))
		r.as("khac", "002", access.Desk)
		if coming := r.get("/don-thu/den"); strings.Contains(coming.body, "LT-2026-") {
			t.Error("what was called back still comes")
		}
	})
}

// Who records work but reads no letters finds of a session how many came, and nowhere what for: not in the generic pages,
// not in a list, an export, the search, the form of an amendment, a copy, a comparison.
func TestContentsOfASessionAreGuarded(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	r.as("tiepdan", "001", access.Desk)
	at, take := deskDay(r)
	visit := take("v1", "v-linh-vuc", "corruption", "v-loai", "denunciation")
	take("v2", "v-linh-vuc", "labour", "v-loai", "complaint")
	session, one := at[strings.LastIndex(at, "/")+1:], visit[strings.LastIndex(visit, "/")+1:]
	words := []string{"Tham nhũng", "corruption", `"denunciation"`}
	var names []string
	for _, f := range r.cat.EditionOn(today).Kind("reception_visit").Fields {
		if o := f.Option("labour"); o != nil {
			names = append(names, o.Name)
		}
	}
	words = append(words, names...)
	if page := r.get("/ghi-nhan/" + session); len(names) == 0 || !strings.Contains(page.body, names[0]) {
		t.Fatalf("who may read letters sees no contents: %v", names)
	}
	scope := "?don-vi=001&ky=2026&loai="
	pages := []string{"/ghi-nhan/" + session, "/ghi-nhan/" + one, "/ghi-nhan/" + session + "/bang-chung", "/ghi-nhan/" + one + "/bang-chung", "/tiep-dan/" + session,
		"/ghi-nhan" + scope + "reception_session", "/ghi-nhan" + scope + "reception_visit", "/ghi-nhan.csv" + scope + "reception_session", "/ghi-nhan.csv" + scope + "reception_visit",
		"/ghi-nhan/" + session + "/trung?voi=" + one, "/ghi-nhan/" + session + "/trung", "/ghi-nhan/" + session + "/sua", "/ghi-nhan/" + session + "/huy", "/ghi-nhan/" + one + "/sua",
		"/ghi-nhan/moi/reception_session?tu=" + session, "/tim?q=tham+nhung", "/tiep-dan?don-vi=001&ky=2026", "/tiep-dan?don-vi=001&ky=2026&tai=csv", "/duyet/" + session}
	r.as("ghi", "001", access.Clerk)
	for _, path := range pages {
		a := r.get(path)
		body := a.body
		if a.status == http.StatusOK && strings.HasPrefix(path, "/ghi-nhan?") {
			body = between(body, "<tbody", "</tbody>") // the filter above names every choice
		}
		for _, w := range words {
			if a.status == http.StatusOK && strings.Contains(body, w) && !strings.HasPrefix(path, "/tim") {
				t.Errorf("%s says %q", path, w)
			}
		}
		if strings.HasPrefix(path, "/tim") && strings.Contains(a.body, "/ghi-nhan/"+session) {
			t.Errorf("%s finds the session by what people came for", path)
		}
	}
	for _, path := range []string{"/ghi-nhan/" + session + "/sua", "/ghi-nhan/" + session + "/huy", "/ghi-nhan/moi/reception_session?tu=" + session, "/tiep-dan/luot/" + one} {
		if a := r.get(path); a.status != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := r.post("/ghi-nhan/xem-truoc", values("loai", "reception_session", "ghi-nhan", session, "don-vi", "001.UBND", "ngay", today.Vi())); a.status == http.StatusOK {
		t.Errorf("the preview of an amendment: %d", a.status)
	}
	typedSum := r.wentTo(r.post("/ghi-nhan/moi/reception_session", values("khoa", keyOf(5), "don-vi", "001.UBND", "ngay", today.Vi(), "buoc", "luu", "f-type", "regular", "f-host", "officer", "f-visits", "3", "f-persons", "3")))
	if a := r.get(typedSum + "/sua"); a.status != http.StatusOK {
		t.Errorf("a clerk's own totals that tell nothing: %d", a.status)
	}
}

func clone(v url.Values) url.Values {
	out := url.Values{}
	for k, list := range v {
		out[k] = slices.Clone(list)
	}
	return out
}
