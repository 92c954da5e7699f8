package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/reception"
)

// visitOfTheBody is a visit to a session of theBody, recorded for the asking.
func visitOfTheBody(t testing.TB, o *office) string {
	t.Helper()
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	session := made(t, o, "thu:buoi-tiep", reception.SessionKind, "", reception.Opening(reception.Setting{Type: "regular", Host: "officer"}))
	desk := reception.Desk{Ledger: o.app.Ledger, Tree: tree}
	var id int64
	err = o.app.DB.Write(t.Context(), func(tx *db.Tx) error {
		if e, err := o.app.Ledger.EntryByKey(t.Context(), tx, "thu:luot-tiep"); err == nil {
			id = e.ID
			return nil
		}
		p, err := desk.Receive(t.Context(), tx, "ma.tran", session, "thu:luot-tiep", map[string]any{"class": "complaint", "field": "land", "persons": 1, "times": "first", "result": "accepted"})
		id = p.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(id)
}

// A day of the desk: a rule makes the days, one is opened, people come, the numbers follow, the session is closed, the
// visitor is answered.
func TestReceptionDay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		plan := func(pairs ...string) answer {
			base := values("don-vi", "001.UBND", "loai", "periodic", "nguoi-tiep", "chair", "tu-gio", "7h30", "den-gio", "11:30", "noi", "Phòng tiếp công dân")
			for k, v := range values(pairs...) {
				base[k] = v
			}
			return r.post("/tiep-dan/lich/moi", base)
		}
		if a := plan("khoa", "p0", "lap-lai", "week", "tu", today.Vi(), "tu-gio", "25:10"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "ngày cuối") || !strings.Contains(a.body, "ít nhất một thứ") || !strings.Contains(a.body, "07:30") {
			t.Errorf("a rule without its days: %d %s", a.status, summaryOf(a.body))
		}
		monthly := []string{"lap-lai", "month", "cac-ngay", "25, 31", "tu", today.Vi(), "den", today.AddDays(45).Vi(), "nghi", "bo"}
		if a := plan(append(monthly, "khoa", "p1")...); a.status != http.StatusOK || !strings.Contains(a.body, "Sẽ lập") {
			t.Fatalf("the preview: %d %s", a.status, summaryOf(a.body))
		}
		days := "/tiep-dan/lich?don-vi=001&tu=" + today.String() + "&den=" + today.AddDays(45).String()
		if page := r.get(days); !strings.Contains(page.body, "Chưa có ngày tiếp") {
			t.Error("a preview was saved")
		}
		for range 2 { // sent twice, made once
			r.wentTo(plan(append(monthly, "khoa", "p2", "viec", "luu")...))
			r.wentTo(plan("khoa", "p3", "lap-lai", "once", "tu", workday(r, today).Vi(), "nghi", "bo", "viec", "luu"))
		}
		list := r.get(days)
		ids := idsIn(list.body, "/tiep-dan/")
		if len(ids) < 2 {
			t.Fatalf("planned days: %v", ids)
		}
		if a := plan("khoa", "p4", "lap-lai", "once", "tu", workday(r, today).Vi(), "viec", "luu"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "đã có trong lịch") {
			t.Errorf("a day planned twice: %d %s", a.status, summaryOf(a.body))
		}
		publish := "/tiep-dan/lich/cong-bo?don-vi=001&tu=" + today.String() + "&den=" + today.AddDays(45).String()
		if a := r.post(publish, values("khoa", "cb", "ngay", today.Vi(), "noi", "Niêm yết tại trụ sở", "so", "TB 12", "lich", ids[0])); a.status != http.StatusSeeOther {
			t.Errorf("publish: %d %s", a.status, summaryOf(a.body))
		}
		if page := r.get(days + "&xem=roi"); !strings.Contains(page.body, "TB 12") {
			t.Error("the published day does not say so")
		}
		if page := r.get(strings.Replace(publish, "cong-bo", "thong-bao", 1)); !strings.Contains(page.body, "07:30–11:30") || !strings.Contains(page.body, "Phòng tiếp công dân") {
			t.Errorf("the notice: %d", page.status)
		}
		if feed := r.get(strings.Replace(publish, "lich/cong-bo", "lich.ics", 1)); strings.Count(feed.body, "BEGIN:VEVENT") != len(ids) || !strings.Contains(feed.body, "T003000Z") {
			t.Errorf("the calendar file: %s", feed.body)
		}

		at := r.wentTo(r.post("/tiep-dan/moi", values("khoa", "m1", "don-vi", "001.UBND", "loai", "periodic", "nguoi-tiep", "deputy_head", "ngay", today.Vi())))
		if page := r.get(at); !strings.Contains(page.body, "không tính vào trách nhiệm") || !strings.Contains(page.body, "Chưa có lượt nào") {
			t.Errorf("a session of the deputy: %d", page.status)
		}
		visit := func(key string, pairs ...string) answer {
			base := values("khoa", key, "v-loai", "complaint", "v-linh-vuc", "land", "v-nguoi", "1", "v-lan", "first", "v-ket-qua", "accepted", "viec", "luu")
			for k, v := range values(pairs...) {
				base[k] = v
			}
			return r.post(at+"/luot", base)
		}
		if a := visit("v0", "v-loai", "", "v-nguoi", "0", "v-ket-qua", "transferred"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Hãy chọn loại việc") || !strings.Contains(a.body, "từ 1") || !strings.Contains(a.body, "cơ quan nhận chuyển") {
			t.Errorf("a visit without its class: %d %s", a.status, summaryOf(a.body))
		}
		for range 2 {
			r.wentTo(visit("v1", "v-don", "1"))
		}
		r.wentTo(visit("v2", "v-nguoi", "6", "v-loai", "proposal", "v-ket-qua", "advised", "viec", "them"))
		receipt := r.get(r.wentTo(visit("v3", "v-ket-qua", "checking", "v-lan", "repeated", "viec", "in")))
		if !strings.Contains(receipt.body, "Biên nhận tiếp công dân") || !strings.Contains(receipt.body, "10 ngày làm việc") || !strings.Contains(receipt.body, "LT-2026-") {
			t.Errorf("the receipt: %d", receipt.status)
		}
		page := r.get(at)
		for _, want := range []string{`<dd class="v">3</dd>`, `<dd class="v">8</dd>`, "đoàn đông người", "Lượt 3"} {
			if !strings.Contains(page.body, want) {
				t.Errorf("the session lacks %q", want)
			}
		}
		visits := idsIn(page.body, "/tiep-dan/luot/")
		if len(visits) != 3 {
			t.Fatalf("visits: %v", visits)
		}
		one := "/tiep-dan/luot/" + visits[0]
		if a := r.post(one+"/tra-loi", values("khoa", "t0", "t-ngay", today.AddDays(3).Vi(), "t-hinh-thuc", "written")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "chưa tới") || !strings.Contains(a.body, "số văn bản") {
			t.Errorf("an answer of tomorrow: %d %s", a.status, summaryOf(a.body))
		}
		r.wentTo(r.post(one+"/tra-loi", values("khoa", "t1", "t-ngay", today.Vi(), "t-hinh-thuc", "written", "t-so", "41/UBND-TD")))
		if page := r.get(one); !strings.Contains(page.body, "41/UBND-TD") || !strings.Contains(page.body, "Đã trả lời") {
			t.Errorf("the answered visit: %d", page.status)
		}
		r.wentTo(r.post("/tiep-dan/luot/"+visits[1]+"/bo", values("khoa", "b1", "b-ly-do", "Ghi nhầm buổi")))
		r.wentTo(r.post(at+"/chot", values("khoa", "c1", "c-ngay", today.Vi())))
		if page := r.get(at); !strings.Contains(page.body, "Đã chốt ngày") || strings.Contains(page.body, "đoàn đông người</small>") {
			t.Errorf("the closed session: %d", page.status)
		}
		if page := r.get("/so-lieu/reception.visits_periodic?don-vi=001&ky=2026"); page.status != http.StatusOK || !strings.Contains(page.body, ">2<") {
			t.Errorf("the figure of visits: %d", page.status)
		}
	})
}

// Nobody came: the session was held all the same, and counts for the chair's days; the deputy's does not.
func TestReceptionDuty(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		hold := func(key string, day civil.Date, host string) string {
			at := r.wentTo(r.post("/tiep-dan/moi", values("khoa", key, "don-vi", "001.UBND", "loai", "periodic", "nguoi-tiep", host, "ngay", day.Vi())))
			return at
		}
		at := hold("a", 20261005, "chair")
		if a := r.post(at+"/chot", values("khoa", "ac", "c-ngay", "05/10/2026")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "không có ai đến") {
			t.Errorf("an empty session closed without a word: %d %s", a.status, summaryOf(a.body))
		}
		r.wentTo(r.post(at+"/chot", values("khoa", "ad", "c-ngay", "05/10/2026", "c-khong-ai", "1")))
		hold("b", 20261005, "chair")
		hold("c", 20261019, "deputy_head")
		october := "/tiep-dan/nghia-vu?don-vi=001&ky=2026-M10&quy-dinh=reception.commune_two_days"
		page := r.get(october)
		if !strings.Contains(page.body, "Không đạt") || !strings.Contains(page.body, "không tính 1 buổi do cấp phó được ủy quyền tiếp") || !strings.Contains(page.body, "Luật 136/2025/QH15") {
			t.Errorf("one day in two sessions, and the deputy: %s", between(page.body, "<tbody>", "</tbody>"))
		}
		hold("e", 20261020, "chair")
		if page := r.get(october); !strings.Contains(between(page.body, "<tbody>", "</tbody>"), "Đạt") {
			t.Errorf("two days: %s", between(page.body, "<tbody>", "</tbody>"))
		}
		hold("w", 20260610, "deputy_head")
		page = r.get("/tiep-dan/nghia-vu?don-vi=001&ky=2026-M06&quy-dinh=reception.commune_weekly")
		june := between(page.body, "<tbody>", "</tbody>")
		if n := strings.Count(june, "Không đạt"); n != 3 || !strings.Contains(june, "Mỗi tuần ít nhất 1 ngày") || !strings.Contains(page.body, "Khoản 2 Điều 15") {
			t.Errorf("the weeks of June, %d not met: %s", n, june)
		}
	})
}

// Two desks write down visitors of one session at the same moment.
func TestDesksAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		at := r.wentTo(r.post("/tiep-dan/moi", values("khoa", "m", "don-vi", "001.UBND", "loai", "regular", "nguoi-tiep", "officer", "ngay", today.Vi())))
		var desks sync.WaitGroup
		for n := range 6 {
			desks.Go(func() {
				form := values("khoa", fmt.Sprint("v", n), "v-loai", "proposal", "v-linh-vuc", "land", "v-nguoi", "2", "v-lan", "first", "v-ket-qua", "advised")
				resp, err := r.client.PostForm(r.site.URL+at+"/luot", form)
				if err != nil || resp.StatusCode != http.StatusSeeOther {
					t.Errorf("visit %d: %v, %v", n, resp, err)
				}
			})
		}
		desks.Wait()
		if page := r.get(at); !strings.Contains(page.body, `<dd class="v">12</dd>`) || len(idsIn(page.body, "/tiep-dan/luot/")) != 6 {
			t.Errorf("six visits of two: %s", between(page.body, `<dl class="card kpis">`, "</dl>"))
		}
	})
}

// What was said and who came are sealed: the page of the visit shows the one, and the other only to whoever says why. Of
// a denunciation nothing is taken.
func TestWhatWasSaid(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	at := r.wentTo(r.post("/tiep-dan/moi", values("khoa", "m", "don-vi", "001.UBND", "loai", "regular", "nguoi-tiep", "officer", "ngay", today.Vi())))
	told := values("khoa", "v", "v-loai", "complaint", "v-linh-vuc", "land", "v-nguoi", "1", "v-lan", "first", "v-ket-qua", "accepted",
		"v-noi-dung", "Trình bày về ranh giới thửa đất", "v-ten", "Bà Thử Nghiệm 12", "v-dia-chi", "Thôn Hai")
	r.wentTo(r.post(at+"/luot", told))
	visit := "/tiep-dan/luot/" + idsIn(r.get(at).body, "/tiep-dan/luot/")[0]
	page := r.get(visit)
	if !strings.Contains(page.body, "ranh giới thửa đất") || strings.Contains(page.body, "Thử Nghiệm") {
		t.Error("the page shows what was said, not who came")
	}
	if a := r.post(visit+"/nguoi-den", values("khoa", "x")); a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, "Thử Nghiệm") {
		t.Errorf("a look without a reason: %d", a.status)
	}
	if a := r.post(visit+"/nguoi-den", values("khoa", "y", "x-ly-do", "contact")); a.status != http.StatusOK || !strings.Contains(a.body, "Thử Nghiệm 12") || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("a look with a reason: %d %s", a.status, summaryOf(a.body))
	}
	looks, err := r.dossiers.Looks(t.Context(), r.db.Read(), numberOf(t, visit))
	if err != nil || len(looks) != 1 {
		t.Errorf("looks: %v, %v", looks, err)
	}
	told.Set("khoa", "d")
	told.Set("v-loai", "denunciation")
	if a := r.post(at+"/luot", told); a.status != http.StatusUnprocessableEntity || strings.Contains(between(a.body, "<form", "</form>"), "Thử Nghiệm") || !strings.Contains(a.body, "Người đến tố cáo") {
		t.Errorf("a denouncer's name: %d", a.status)
	}
}

func numberOf(t *testing.T, path string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(path[strings.LastIndex(path, "/")+1:], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Who may not read letters sees the numbers of a session and no visit.
func TestVisitsAreGuarded(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	at := r.wentTo(r.post("/tiep-dan/moi", values("khoa", "m", "don-vi", "001.UBND", "loai", "regular", "nguoi-tiep", "officer", "ngay", today.Vi())))
	r.wentTo(r.post(at+"/luot", values("khoa", "v", "v-loai", "denunciation", "v-linh-vuc", "corruption", "v-nguoi", "1", "v-lan", "first", "v-ket-qua", "accepted")))
	page := r.get(at)
	visit := "/tiep-dan/luot/" + idsIn(page.body, "/tiep-dan/luot/")[0]
	if strings.Contains(page.body, "Tham nhũng") || strings.Contains(r.get(visit).body, "Tham nhũng") {
		t.Error("the field of a denunciation is shown")
	}
	r.as("doc", "06", access.Clerk)
	page = r.get(at)
	if page.status != http.StatusOK || strings.Contains(page.body, ">Tố cáo") || strings.Contains(page.body, "/tiep-dan/luot/") {
		t.Errorf("who reads no letters sees visits: %d %s", page.status, between(page.body, "<main", "</main>"))
	}
	if a := r.get(visit); a.status != http.StatusForbidden {
		t.Errorf("and opens one: %d", a.status)
	}
	if a := r.get(at + "/luot"); a.status != http.StatusForbidden {
		t.Errorf("and adds one: %d", a.status)
	}
}

// idsIn are the numbers after a path in links of a page, each once.
func idsIn(body, path string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`href="`+path+`(\d+)[?"]`).FindAllStringSubmatch(body, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// workday is the first working day from a day on.
func workday(r *recorder, day civil.Date) civil.Date {
	cal := r.cat.EditionOn(day).Calendar("vn")
	for cal.Off(day) {
		day = day.AddDays(1)
	}
	return day
}

// A month is typed in a grid: it must balance, is saved once, opens again with what stands, and the next month begins
// with what it left open.
func TestFilesOfAMonth(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		send := func(key, month string, pairs ...string) answer {
			return r.post("/mot-cua/nhap", values(append([]string{"khoa", key, "don-vi", "001.UBND", "thang", month}, pairs...)...))
		}
		if a := send("k0", "2026-09", "o-land-truc-tiep", "5", "o-land-dung-han", "4"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "cộng lại là 4") {
			t.Errorf("two sides that differ: %d %s", a.status, summaryOf(a.body))
		}
		if a := r.get("/mot-cua/nhap?don-vi=001.UBND&thang=2026-12"); a.status != http.StatusBadRequest || !strings.Contains(a.body, "chưa hết") {
			t.Errorf("a month that is not over: %d", a.status)
		}
		for range 2 {
			r.wentTo(send("k1", "2026-09", "o-land-ky-truoc", "2", "o-land-truc-tiep", "5", "o-land-truc-tuyen", "10", "o-land-truoc-han", "9", "o-land-qua-han", "2", "o-land-con", "6", "o-land-ly-do", "linked"))
		}
		r.wentTo(send("k2", "2026-09", "o-land-ky-truoc", "2", "o-land-truc-tiep", "6", "o-land-truc-tuyen", "10", "o-land-truoc-han", "10", "o-land-qua-han", "2", "o-land-con", "6", "o-land-ly-do", "linked"))
		if form := r.get("/mot-cua/nhap?don-vi=001.UBND&thang=2026-10"); !regexp.MustCompile(`name="o-land-ky-truoc"[^>]*value="6"`).MatchString(form.body) {
			t.Error("October does not begin with what September left open")
		}
		r.wentTo(send("k3", "2026-10", "o-land-ky-truoc", "5", "o-land-truc-tiep", "1", "o-land-dung-han", "6"))
		page := r.get("/mot-cua?don-vi=001&tu=2026-09-01&den=2026-10-31")
		for _, want := range []string{"Lý do quá hạn", "2 hồ sơ", "tháng trước còn 6, tháng này ghi chuyển sang 5", "Hai vế lệch"} {
			if !strings.Contains(page.body, want) {
				t.Errorf("the period lacks %q", want)
			}
		}
		if page := r.get("/mot-cua?don-vi=001&ky=2026-M09"); !strings.Contains(page.body, "Cân đối: kỳ trước 2 + tiếp nhận 16 = giải quyết 12 + đang giải quyết 6") {
			t.Errorf("September: %d", page.status)
		}
	})
}
