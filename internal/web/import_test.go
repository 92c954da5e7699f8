package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/figure"
	"danvan/internal/intake"
	"danvan/internal/jobs"
	"danvan/internal/org"
)

// importer is a person with an import store whose jobs run in that person's name.
type importer struct {
	person
	o     *office
	store *intake.Store
	roles []access.Role // of the person when a job runs; may be taken away
	unit  string
}

func newImporter(t *testing.T, o *office, login, unit string, roles ...access.Role) *importer {
	t.Helper()
	i := &importer{o: o, roles: roles, unit: unit}
	i.store = &intake.Store{DB: o.app.DB, Ledger: o.app.Ledger, Catalog: o.app.Catalog, Flush: o.app.Log.Flush, Viewer: func(ctx context.Context, login string) (*access.Viewer, error) {
		tree, err := o.app.Org.Tree(ctx)
		if err != nil {
			return nil, err
		}
		u, err := tree.Resolve(i.unit, org.AsThen(), today)
		if err != nil {
			return nil, err
		}
		var grants []access.Grant
		for _, r := range i.roles {
			grants = append(grants, access.Grant{Account: 7, Role: r, Unit: u.ID, From: civil.Floor, To: civil.Forever})
		}
		return access.NewViewer(tree, today, 7, login, login, grants), nil
	}}
	d := o.deps
	d.Imports = i.store
	i.person = o.personOf(t, d, login, unit, roles...)
	return i
}

// work does the jobs that wait.
func (i *importer) work() {
	i.Helper()
	if _, err := (jobs.Worker{DB: i.o.app.DB, Handlers: i.store.Jobs()}).Drain(i.Context()); err != nil {
		i.Fatal(err)
	}
}

// upload hands a file in and gives the address of its page, or the answer that refused it.
func (i *importer) upload(kind, name string, content []byte, key string) (address string, refused answer) {
	i.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("khoa", key)
	_ = w.WriteField("loai", kind)
	part, err := w.CreateFormFile("tep", name)
	if err != nil {
		i.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		i.Fatal(err)
	}
	w.Close()
	r := httptest.NewRequest("POST", "/nhap", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	a := i.ask(r)
	if a.status != http.StatusSeeOther {
		return "", a
	}
	return a.header.Get("Location"), a
}

func (i *importer) staged(kind, name string, content []byte, key string) string {
	i.Helper()
	at, a := i.upload(kind, name, content, key)
	if at == "" {
		i.Fatalf("%s was refused: %d %s", name, a.status, sentence(a.body))
	}
	return at
}

// sees fails unless the page says all the words.
func (i *importer) sees(address string, words ...string) string {
	i.Helper()
	body := html.UnescapeString(i.body(address))
	text := strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(body, " ")), " ")
	for _, w := range words {
		if !strings.Contains(text, w) {
			i.Errorf("%s does not say %q: %s", address, w, sentence(body))
		}
	}
	return body
}

func (i *importer) post(address string, form url.Values) {
	i.Helper()
	if a := i.person.post(address, form); a.status != http.StatusSeeOther {
		i.Fatalf("%s: status %d: %s", address, a.status, sentence(a.body))
	}
}

// attendances is a figure that the imports of these tests change.
func attendances(t *testing.T, o *office) string {
	t.Helper()
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := civil.Between(20260101, today)
	if err != nil {
		t.Fatal(err)
	}
	_ = tree
	f, err := o.app.Figures.Figure(t.Context(), figure.Query{Indicator: "training.conference_attendances", Unit: "19", Period: p, Basis: org.AsThen()})
	if err != nil {
		t.Fatal(err)
	}
	if f.Value == nil {
		return ""
	}
	return *f.Value
}

func conferences(n int, bad func(int) bool) []byte {
	var b strings.Builder
	b.WriteString("key,day,unit,Nội dung,level,attendances,Ghi chú riêng\n")
	for i := range n {
		people := fmt.Sprint(i%200 + 1)
		if bad != nil && bad(i) {
			people = "nhiều"
		}
		fmt.Fprintf(&b, "nhap-thu-%d,%d/10/2026,19.MTTQ,Tập huấn số %d,own,%s,x\n", i, i%28+1, i, people)
	}
	return []byte(b.String())
}

func TestImportFromTheFirstPageToUndo(t *testing.T) {
	o := open(t)
	i := newImporter(t, o, "tong-hop", "19", access.Specialist)
	before := attendances(t, o)
	at := i.staged("training_conference", "tap-huan.csv", conferences(10_000, func(n int) bool { return n == 17 || n == 4321 }), "k1")
	if again := i.staged("training_conference", "tap-huan.csv", conferences(10_000, func(n int) bool { return n == 17 || n == 4321 }), "k1"); again != at {
		t.Errorf("sending the form twice made two imports: %s and %s", at, again)
	}
	body := i.sees(at, "9.998 dòng", "Ghi chú riêng", "Bỏ qua", "nhiều", "Sẽ cộng vào", "Lượt người dự")
	if got := attendances(t, o); got != before {
		t.Fatalf("looking at a file changed a figure: %s, was %s", got, before)
	}
	if a := i.person.post(at+"/ghi", url.Values{}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Còn 2 dòng sai") {
		t.Errorf("recording with wrong rows: %d %s", a.status, sentence(a.body))
	}
	form := url.Values{}
	for _, m := range regexp.MustCompile(`name="(o[0-9]+-[0-9]+)"[^>]* value="([^"]*)"`).FindAllStringSubmatch(body, -1) {
		form.Set(m[1], strings.Replace(m[2], "nhiều", "50", 1))
	}
	i.post(at+"/sua", form)
	i.sees(at, "10.000 dòng", "0 dòng")
	i.post(at+"/ghi", url.Values{})
	i.post(at+"/ghi", url.Values{}) // a second click
	i.sees(at, "Đang ghi")
	i.work()
	done := i.sees(at, "Đã ghi", "10.000 ghi nhận")
	list := regexp.MustCompile(`href="(/ghi-nhan\?lo=[^"]*)"`).FindStringSubmatch(done)
	if list == nil {
		t.Fatal("no link to what was recorded")
	}
	i.sees(html.UnescapeString(list[1]), "10.000 việc")
	recorded := attendances(t, o)
	if recorded == before {
		t.Error("the figure did not move")
	}
	// The very same file once more, under a form of its own.
	same := i.staged("training_conference", "tap-huan.csv", conferences(10_000, nil), "k2")
	i.sees(same, "Sai, cần sửa 2 dòng") // the two mended rows say something else now than the file does
	exported := i.body("/ghi-nhan.xlsx" + strings.TrimPrefix(html.UnescapeString(list[1]), "/ghi-nhan") + "&loai=training_conference")
	round := i.staged("", "xuat.xlsx", []byte(exported), "k3")
	i.sees(round, "Mọi dòng của tệp này đã có trong sổ", "0 dòng")
	csv := i.body("/ghi-nhan.csv" + strings.TrimPrefix(html.UnescapeString(list[1]), "/ghi-nhan") + "&loai=training_conference")
	i.sees(i.staged("", "xuat.csv", []byte(csv), "k4"), "Mọi dòng của tệp này đã có trong sổ")

	if a := i.person.post(at+"/huy", url.Values{"ly-do": {" "}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("undo without a reason: %d", a.status)
	}
	i.post(at+"/huy", url.Values{"ly-do": {"gửi nhầm tệp"}})
	i.sees(at, "Đang hủy")
	i.work()
	i.sees(at, "Đã hủy cả lần", "gửi nhầm tệp")
	if got := attendances(t, o); got != before {
		t.Errorf("after undo the figure is %s, was %s", got, before)
	}
}

func TestImportKeepsToRights(t *testing.T) {
	o := open(t)
	i := newImporter(t, o, "ghi-xa", "02143", access.Clerk)
	file := []byte("day,unit,Nội dung,level,attendances\n3/10/2026,02143.MTTQ,Của mình,own,5\n3/10/2026,19.MTTQ,Của tỉnh,own,6\n")
	at := i.staged("training_conference", "a.csv", file, "q1")
	i.sees(at, "chưa được giao ghi", "1 dòng")
	i.post(at+"/ghi", url.Values{"chi-dung": {"1"}})
	i.roles = nil // the grant ends while the job waits
	i.work()
	i.sees(at, "Chưa có gì được ghi", "2 dòng")
	other := newImporter(t, o, "nguoi-khac", "19", access.Specialist)
	if a := other.get(at); a.status != http.StatusForbidden {
		t.Errorf("somebody else sees a staged import: %d", a.status)
	}
	admin := newImporter(t, o, "quan-tri", "19", access.Administrator)
	if a := admin.get("/nhap"); a.status != http.StatusForbidden {
		t.Errorf("the administrator sees the imports: %d", a.status)
	}
	if _, a := admin.upload("training_conference", "a.csv", file, "q2"); a.status != http.StatusForbidden {
		t.Errorf("the administrator hands in a file: %d", a.status)
	}
}

// Whoever records letters alone hands in letters, and nothing but letters.
func TestImportOfLettersAlone(t *testing.T) {
	o := open(t)
	i := newImporter(t, o, "bao-mat", "02143", access.Confidential)
	file := []byte("kind,day,unit,Nội dung,level,attendances\ntraining_conference,3/10/2026,02143.MTTQ,Việc thường,own,5\n")
	i.sees(i.staged("", "a.csv", file, "l1"), "chưa được giao ghi", "1 dòng")
	if _, a := i.upload("training_conference", "a.csv", file, "l2"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a file of work under a kind of work: %d", a.status)
	}
	for kind, status := range map[string]int{"training_conference": http.StatusForbidden, "petition_letter": http.StatusOK} {
		if a := i.get("/ghi-nhan/bieu/" + kind); a.status != status {
			t.Errorf("the table of %s: %d, want %d", kind, a.status, status)
		}
	}
	letter := []byte(`{"kind":"petition_letter","unit":"02143.UBND","day":"2026-10-03","fields":{}}` + "\n")
	if body := i.body(i.staged("", "b.jsonl", letter, "l3")); strings.Contains(body, "chưa được giao ghi") {
		t.Error("a letter is refused to who records letters")
	}
}

func TestHostileFilesAreRefusedInTheBrowser(t *testing.T) {
	o := open(t)
	i := newImporter(t, o, "tong-hop", "19", access.Specialist)
	for name, content := range map[string][]byte{
		"trong.csv":    {},
		"dem.csv":      []byte("a,b\x00c\n1,2\n"),
		"latin.csv":    []byte("day,unit\n3/10/2026,\xff\xfe\n"),
		"sai.xlsx":     []byte("PK\x03\x04 không phải tệp nén"),
		"cu.xls.xlsx":  {0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1},
		"thieu.csv":    []byte("topic,attendances\nA,1\n"),
		"nhay.csv":     []byte("day,unit,topic\n3/10/2026,19.MTTQ,\"hở\n"),
		"nhieu.csv":    append([]byte("day,unit\n"), bytes.Repeat([]byte("3/10/2026,19.MTTQ\n"), intake.Bounds.Rows+1)...),
		"cot.csv":      []byte("day,unit," + strings.Repeat("x,", 300) + "\n3/10/2026,19.MTTQ\n"),
		"../../ten.js": []byte("alert(1)"),
	} {
		at, a := i.upload("training_conference", name, content, "h-"+name)
		if at != "" || a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d, %s", name, a.status, at)
			continue
		}
		checkPage(t, name, a)
		if !strings.Contains(a.body, "<title>Lỗi: ") {
			t.Errorf("%s: the title does not say that it is wrong", name)
		}
	}
	at := i.staged("", "dong.jsonl", []byte("{\"kind\":\"training_conference\",\"unit\":\"19.MTTQ\",\"day\":\"2026-10-03\",\"fields\":{\"topic\":\"<script>alert(1)</script>\"}}\nkhông phải JSON\n"), "h-jsonl")
	page := i.sees(at, "2 dòng")
	checkPage(t, at, i.get(at))
	if strings.Contains(i.body(at), "<script>alert") || !strings.Contains(page, "không phải JSON") {
		t.Error("a line of JSON is not shown as text")
	}
	var progress struct{ Busy bool }
	if err := json.Unmarshal([]byte(i.body(at+"/tien-do")), &progress); err != nil || progress.Busy {
		t.Errorf("progress: %v %+v", err, progress)
	}
}

func TestTemplatesComeBackEmpty(t *testing.T) {
	o := open(t)
	i := newImporter(t, o, "tong-hop", "19", access.Specialist)
	for n, k := range o.app.Catalog.Latest().Kinds {
		if k.Letters() || n%6 > 0 {
			continue
		}
		file := i.get("/ghi-nhan/bieu/" + k.Code)
		if file.status != http.StatusOK {
			t.Errorf("%s: %d", k.Code, file.status)
			continue
		}
		_, err := intake.Read(intake.SourceOf([]byte(file.body)), "mau.xlsx", "", "", intake.Bounds)
		if !strings.Contains(fmt.Sprint(err), "không có dòng dữ liệu nào") {
			t.Errorf("the empty table of %s is not read as one without rows: %v", k.Code, err)
		}
	}
}
