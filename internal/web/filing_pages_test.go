package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"danvan/demo"
	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/filing"
	"danvan/internal/web/browser"
)

// cycleForm is a form of a filing at the version that it stands at.
func (r *recorder) cycleForm(id int64, word string, values url.Values) answer {
	r.t.Helper()
	f := r.filing(id)
	values.Set("phien-ban", strconv.Itoa(f.Version))
	return r.send(fmt.Sprintf("/ky-bao-cao/%d/%s", id, word), values)
}

func (r *recorder) openedByForm(values url.Values) int64 {
	r.t.Helper()
	a := r.send("/ky-bao-cao/mo", values)
	m := regexp.MustCompile(`^/ky-bao-cao/(\d+)`).FindStringSubmatch(a.header.Get("Location"))
	if a.status != http.StatusSeeOther || m == nil {
		r.t.Fatalf("opening: %d %s\n%s", a.status, a.header.Get("Location"), a.body[max(0, strings.Index(a.body, "err-sum")):][:600])
	}
	id, _ := strconv.ParseInt(m[1], 10, 64)
	return id
}

func TestReportGoesThroughItsPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		r.as("canbo", "001", access.Clerk)
		month := url.Values{"don-vi": {"001"}, "mau": {"thang"}, "ky": {"2026-M10"}}
		if a := r.get("/ky-bao-cao?don-vi=001"); a.status != 200 || !strings.Contains(a.body, `value="2026-M10"`) {
			t.Fatalf("what is due: %d", a.status)
		}
		id := r.openedByForm(month)
		if again := r.openedByForm(month); again != id {
			t.Fatalf("opened twice: %d and %d", id, again)
		}
		if f := r.filing(id); f.Duty != "report.commune_month" || f.Due == 0 || f.Body == f.Unit {
			t.Errorf("opened without its duty: %+v", f)
		}
		write := fmt.Sprintf("/ky-bao-cao/%d/soan", id)
		a := r.send(write, url.Values{"o:tinh-hinh-nhan-dan": {"Yên tâm, có {{petition.received exact}} đơn; {{khong.co}}."}, "b:tinh-hinh-nhan-dan": {"0"}})
		if page := r.on(a); !strings.Contains(page.body, "dòng 1: không có chỉ tiêu") || !strings.Contains(page.body, "Yên tâm, có {{petition.received exact}}") {
			t.Fatalf("a wrong slot is not named beside the text: %d", page.status)
		}
		if a := r.cycleForm(id, "nop", url.Values{"giai-trinh": {"đã xem"}}); a.status != 400 || r.filing(id).State != filing.Open {
			t.Fatalf("filed with a wrong slot: %d", a.status)
		}
		a = r.send(write, url.Values{"o:tinh-hinh-nhan-dan": {"Bản của người khác"}, "b:tinh-hinh-nhan-dan": {"0"}})
		if a.status != http.StatusConflict || !strings.Contains(a.body, "Bản của người khác") || !strings.Contains(a.body, "Yên tâm, có") || !strings.Contains(a.body, `name="b:tinh-hinh-nhan-dan" value="1"`) {
			t.Fatalf("a clash must show both texts: %d", a.status)
		}
		r.send(write, url.Values{"o:tinh-hinh-nhan-dan": {"Yên tâm, có {{petition.received exact}} đơn.\n- <b>một</b>"}, "b:tinh-hinh-nhan-dan": {"1"}})
		if a := r.cycleForm(id, "nop", url.Values{"giai-trinh": {"đã xem"}}); a.status != http.StatusSeeOther {
			t.Fatalf("filing: %d %.2000s", a.status, a.body)
		}
		page := r.get(fmt.Sprintf("/ky-bao-cao/%d", id))
		for _, want := range []string{"Đã nộp", "Yên tâm, có", "&lt;b&gt;một&lt;/b&gt;", "Niêm phong"} {
			if !strings.Contains(page.body, want) {
				t.Errorf("the filed report lacks %q", want)
			}
		}
		if a := r.cycleForm(id, "ban-hanh", url.Values{"so": {"15"}}); a.status != http.StatusForbidden {
			t.Fatalf("a clerk issues: %d", a.status)
		}
		r.as("lanhdao", "001", access.Leader)
		if a := r.cycleForm(id, "ban-hanh", url.Values{"so": {"15"}, "ngay": {"2026-11-20"}, "chuc-vu": {"TRƯỞNG BAN"}}); a.status != 400 || !strings.Contains(a.body, "họ tên người ký") {
			t.Fatalf("issued without a signer: %d", a.status)
		}
		if a := r.cycleForm(id, "ban-hanh", url.Values{"so": {"15"}, "ngay": {"2026-11-20"}, "chuc-vu": {"TRƯỞNG BAN"}, "nguoi-ky": {"Ông Thử"}}); a.status != http.StatusSeeOther {
			t.Fatalf("issuing: %d %.2000s", a.status, a.body)
		}
		r.heldAgainstTheLog(id)
		r.shownToEverybody(id)
		r.as("canbo", "001", access.Clerk)
		if a := r.cycleForm(id, "sua-doi", url.Values{"ly-do": {"Số đơn đã sửa"}}); a.status != http.StatusSeeOther || r.filing(id).State != filing.Open || r.filing(id).Standing == 0 {
			t.Fatalf("amending: %d %+v", a.status, r.filing(id))
		}
		if a := r.get(fmt.Sprintf("/ky-bao-cao/%d/so-sanh", id)); a.status != 200 {
			t.Errorf("comparing: %d", a.status)
		}
		if found, err := filing.Verify(t.Context(), d.Read()); err != nil || len(found) > 0 {
			t.Errorf("verify: %v %v", found, err)
		}
	})
}

// heldAgainstTheLog downloads the issued report twice and has its seal checked by hash.
func (r *recorder) heldAgainstTheLog(id int64) {
	t := r.t
	t.Helper()
	for _, form := range []string{"docx", "xlsx", "html", "json"} {
		address := fmt.Sprintf("/ky-bao-cao/%d/tep?dang=%s", id, form)
		a, b := r.get(address), r.get(address)
		if a.status != 200 || a.body != b.body || len(a.body) < 500 {
			t.Errorf("%s: %d, %d bytes, the same twice: %t", form, a.status, len(a.body), a.body == b.body)
		}
		if form == "html" && (!strings.Contains(a.body, "Niêm phong: ") || !strings.Contains(a.body, "Ông Thử") || strings.Contains(a.body, "Điều cần xem trước khi ký")) {
			t.Error("the issued page lacks its seal or signer, or shows what was to be looked at before")
		}
	}
	vs, err := filing.Versions(t.Context(), r.db.Read(), id)
	if err != nil {
		t.Fatal(err)
	}
	last := vs[len(vs)-1]
	if a := r.get("/niem-phong/" + last.Hash); !strings.Contains(a.body, "Số 15-BC/BXDĐ ngày 20/11/2026") {
		t.Errorf("the seal of %s is not known: %d", last.Hash, a.status)
	}
	if a := r.get("/niem-phong/" + strings.Repeat("0", 64)); !strings.Contains(a.body, "Không có báo cáo nào mang mã này") {
		t.Error("a hash that belongs to nothing is not said to")
	}
	if a := r.get(fmt.Sprintf("/ky-bao-cao/%d/tep?dang=pdf", id)); a.status != 200 || !strings.Contains(a.body, "LibreOffice") {
		t.Errorf("without LibreOffice the page must say so: %d", a.status)
	}
}

// shownToEverybody has the leader show the issued report, once, and take it back; the clerk may not.
func (r *recorder) shownToEverybody(id int64) {
	t := r.t
	t.Helper()
	at := fmt.Sprintf("/ky-bao-cao/%d/cong-khai", id)
	ask := r.get(at)
	if ask.status != 200 || !strings.Contains(ask.body, "số về đơn thư") || !strings.Contains(ask.body, "Yên tâm, có") {
		t.Fatalf("the page before showing: %d %.1500s", ask.status, ask.body)
	}
	if a := r.get(at + "/xem"); a.status != 200 || !strings.Contains(a.body, "[…]") || strings.Contains(a.body, "Yên tâm, có") {
		t.Errorf("the public copy keeps a sentence with a number of letters: %d", a.status)
	}
	form := url.Values{"luot": {"0"}, "ban": {fmt.Sprint(r.filing(id).Standing)}}
	if a := r.cycleForm(id, "cong-khai", form); a.status != 400 || !strings.Contains(a.body, "đánh dấu đã đọc") {
		t.Errorf("shown without a word on what the office wrote: %d", a.status)
	}
	form.Set("da-doc", "yes")
	if a := r.cycleForm(id, "cong-khai", form); a.status != http.StatusSeeOther {
		t.Fatalf("showing: %d %.1500s", a.status, a.body)
	}
	if a := r.cycleForm(id, "cong-khai", form); a.status != 400 || !strings.Contains(a.body, "vừa công khai") {
		t.Errorf("shown twice: %d", a.status)
	}
	last, err := filing.LastPublication(t.Context(), r.db.Read(), id)
	if err != nil || !last.Public() || !last.Own {
		t.Fatalf("the turn is %+v, %v", last, err)
	}
	if a := r.get("/niem-phong/" + last.Hash); !strings.Contains(a.body, "Trang kiểm tra công khai") {
		t.Error("the seal of the public copy is not known to the office")
	}
	if a := r.get(fmt.Sprintf("/ky-bao-cao/%d", id)); !strings.Contains(a.body, "Đang công khai") {
		t.Error("the report does not say that it is public")
	}
	back := url.Values{"luot": {"1"}, "viec": {"thoi"}}
	if a := r.cycleForm(id, "cong-khai", back); a.status != 400 {
		t.Errorf("taken back without a reason: %d", a.status)
	}
	r.as("canbo", "001", access.Clerk)
	if a := r.get(at); a.status != http.StatusForbidden {
		t.Errorf("a clerk opens the page: %d", a.status)
	}
	r.as("lanhdao", "001", access.Leader)
	back.Set("ly-do", "Thử thôi công khai")
	if a := r.cycleForm(id, "cong-khai", back); a.status != http.StatusSeeOther {
		t.Errorf("taking back: %d", a.status)
	}
}

// The commune's clerk writes and files, its leader issues: on a phone, with scripts and without.
func TestReportCycleOnAPhone(t *testing.T) {
	o := open(t)
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := demo.MakeAccounts(t.Context(), o.app.DB, o.deps.Accounts, tree, today); err != nil {
		t.Fatal(err)
	}
	for _, m := range []struct {
		name, period string
		script       bool
	}{{"scripts", "2026-Q2", true}, {"without-scripts", "2026-Q3", false}} {
		t.Run(m.name, func(t *testing.T) {
			b := browser.Start(t, browser.Options{Width: 390, Height: 844, NoScript: !m.script})
			w := &walk{Browser: b, t: t, o: o, door: o.door(t), mode: m.name, script: m.script, width: 390, inside: map[string][]map[string]any{}}
			w.reportCycle(m.period)
		})
	}
}

func (w *walk) reportCycle(period string) {
	w.signIn("canbo.xa")
	w.open("/ky-bao-cao/mo?don-vi=02143&mau=quy&ky=" + period)
	w.Push("Mở kỳ báo cáo")
	at := w.AwaitPath(func(p string) bool { return strings.HasSuffix(p, "/soan") })
	w.fits("soan")
	w.Fill("o:tinh-hinh-nhan-dan", "Nhân dân yên tâm sản xuất, có {{petition.received exact}} đơn.")
	if w.script {
		w.Await("Đã lưu lúc")
		w.Await("Khi in:")
	}
	w.Push("Lưu, sang bước nộp")
	w.AwaitPath(func(p string) bool { return strings.HasSuffix(p, "/nop") })
	w.fits("nop")
	w.Fill("giai-trinh", "Đã rà soát các số tăng giảm.")
	w.Push("Nộp báo cáo")
	home := strings.TrimSuffix(at, "/soan")
	w.AwaitPath(func(p string) bool { return p == home })
	w.Await("Nhân dân yên tâm sản xuất")
	w.fits("bao-cao")
	w.signIn("lanhdao.xa")
	w.open(home + "/ban-hanh")
	number := map[bool]string{true: "27", false: "28"}[w.script] // a number names one report of the year
	w.Fill("so", number)
	w.Fill("nguoi-ky", "Ông Thử Nghiệm")
	w.Push("Ban hành")
	w.AwaitPath(func(p string) bool { return p == home })
	w.Await("Ông Thử Nghiệm")
	w.fits("ban-hanh")
}
