package web_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/filing"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/report"
)

// office of reports: a province with two communes that hold meetings and file monthly.
const (
	collectMonth = "2024-M05"
	collectKind  = "training_conference"
)

func (r *recorder) filings() *filing.Store {
	return &filing.Store{Ledger: r.ledger, Tree: func() *org.Tree { return r.tree }, Now: r.ledger.Now}
}

// opened opens a unit's monthly report.
func (r *recorder) opened(unit, month string) *filing.Filing {
	r.t.Helper()
	p, err := civil.ParsePeriod(month)
	if err != nil {
		r.t.Fatal(err)
	}
	u := r.tree.On(unit, p.To)
	var f *filing.Filing
	r.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		f, err = r.filings().Open(ctx, tx, "can.bo", filing.Opening{Unit: u.ID, Template: "thang", Name: "Báo cáo tháng về công tác dân vận",
			Type: "month", Field: "mobilisation", Period: p, Due: p.To.AddDays(5)})
		return err
	})
	return f
}

// hand builds and files a report as its page does.
func (r *recorder) hand(f *filing.Filing, texts map[string]string) *filing.Filing {
	r.t.Helper()
	r.tx(func(ctx context.Context, tx *db.Tx) error {
		for section, body := range texts {
			if _, err := r.filings().Save(ctx, tx, "can.bo", f.ID, section, body, 0); err != nil {
				return err
			}
		}
		return nil
	})
	f = r.filing(f.ID)
	b := report.Builder{Engine: r.engine}
	rep, err := b.Build(context.Background(), report.Request{Template: f.Template, Unit: r.tree.Unit(f.Unit).Code, Period: f.Period, Basis: org.AsThen(),
		Office: report.Office{Texts: texts}})
	if err != nil {
		r.t.Fatal(err)
	}
	var content bytes.Buffer
	if err := rep.JSON(&content); err != nil {
		r.t.Fatal(err)
	}
	r.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		f, err = r.filings().File(ctx, tx, "can.bo", f.ID, f.Version, filing.Printed{Content: content.Bytes(), Revision: f.Revision})
		return err
	})
	return f
}

func (r *recorder) filing(id int64) *filing.Filing {
	r.t.Helper()
	f, err := filing.Get(context.Background(), r.db.Read(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return f
}

func (r *recorder) tx(fn func(context.Context, *db.Tx) error) {
	r.t.Helper()
	if err := r.db.Write(context.Background(), func(tx *db.Tx) error { return fn(context.Background(), tx) }); err != nil {
		r.t.Fatal(err)
	}
}

// held records a training conference of a commune.
func (r *recorder) held(unit, day string, people int) int64 {
	r.t.Helper()
	k := r.cat.Latest().Kind(collectKind)
	fields := map[string]any{}
	for code, value := range typed(k, 1).fields {
		if k.Field(code).Required {
			fields[code] = value
		}
	}
	fields["attendances"] = people
	var id int64
	r.tx(func(ctx context.Context, tx *db.Tx) error {
		p, err := r.ledger.Record(ctx, tx, "can.bo", ledger.Draft{Kind: collectKind, Unit: unit, Day: civil.MustDate(day), Fields: fields})
		id = p.ID
		return err
	})
	return id
}

// bodyUnder is a body of a commune that holds conferences.
func bodyUnder(t testing.TB, r *recorder, commune string) string {
	t.Helper()
	k := r.cat.Latest().Kind(collectKind)
	host := r.tree.On(commune, civil.MustDate("2024-05-31"))
	for _, id := range r.tree.Children(host.ID, 20240531, org.Body) {
		if u := r.tree.Unit(id); ledger.MayRecord(r.tree, k, u, 20240531) {
			return u.Code
		}
	}
	t.Fatalf("nobody in %s holds conferences", commune)
	return ""
}

// form reads the key and the version that a page's form carries.
var (
	keyOnPage     = regexp.MustCompile(`name="khoa" value="([^"]+)"`)
	versionOnPage = regexp.MustCompile(`name="ban" value="(\d+)"`)
)

func onPage(t testing.TB, re *regexp.Regexp, body string) string {
	t.Helper()
	m := re.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no %s on the page: %s", re, summaryOf(body))
	}
	return m[1]
}

// send posts a form as most browsers send one without files.
func (r *recorder) send(address string, values url.Values) answer {
	r.t.Helper()
	resp, err := r.client.PostForm(r.site.URL+address, values)
	if err != nil {
		r.t.Fatal(err)
	}
	return r.read(resp)
}

// The superior sees all units side by side, returns one with a remark that the unit reads, accepts others together, and
// is told what has changed since they filed.
func TestSuperiorJudgesReports(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		one, two := r.tree.On("001", today), r.tree.On("002", today)
		if one == nil || two == nil {
			t.Fatal("no communes")
		}
		body := bodyUnder(t, r, "001")
		r.held(body, "2024-05-06", 40)
		r.held(bodyUnder(t, r, "002"), "2024-05-07", 25)
		first, second := r.hand(r.opened("001", collectMonth), nil), r.hand(r.opened("002", collectMonth), nil)

		r.as("to.truong", "060", access.Approver)
		grid := "/ky-bao-cao/cap-duoi?don-vi=060&ky=" + collectMonth + "&mau=thang&cot=training.all_attendances"
		page := r.get(grid)
		for _, want := range []string{"2 trong 2 đơn vị đã nộp", "Xã Một", "Xã Hai", "Chờ nhận", fmt.Sprintf(`value="%d:%d"`, first.ID, first.Version), ">40<", ">25<", ">65<"} {
			if page.status != http.StatusOK || !strings.Contains(page.body, want) {
				t.Errorf("the grid (%d) does not say %q", page.status, want)
			}
		}

		r.held(body, "2024-05-20", 7) // after filing
		if page := r.get(grid); !strings.Contains(page.body, "≠ nay 47") || !strings.Contains(page.body, "1 số đã khác") {
			t.Error("the grid does not say that a filed figure is another one now")
		}

		read := r.get(fmt.Sprintf("/ky-bao-cao/%d/xem-xet", first.ID))
		if read.status != http.StatusOK || !strings.Contains(read.body, "số nay đã khác") || r.filing(first.ID).Seen.IsZero() {
			t.Errorf("reading the report: %d, seen %v", read.status, r.filing(first.ID).Seen)
		}
		back := url.Values{"khoa": {onPage(t, keyOnPage, read.body)}, "ban": {onPage(t, versionOnPage, read.body)}}
		if a := r.send(fmt.Sprintf("/ky-bao-cao/%d/tra-lai", first.ID), back); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Chưa ghi ý kiến trả lại") {
			t.Errorf("returning without a remark: %d %s", a.status, summaryOf(a.body))
		}
		back.Set("y-kien", "Bổ sung số cuộc cuối tháng")
		for range 2 { // two clicks are one act
			if a := r.send(fmt.Sprintf("/ky-bao-cao/%d/tra-lai", first.ID), back); a.status != http.StatusSeeOther {
				t.Errorf("returning: %d %s", a.status, summaryOf(a.body))
			}
		}
		if f := r.filing(first.ID); f.State != filing.Returned || f.Version != first.Version+1 {
			t.Errorf("returned: %+v", f)
		}
		if a := r.get(fmt.Sprintf("/ky-bao-cao/%d/xem-xet", first.ID)); !strings.Contains(a.body, "Bổ sung số cuộc cuối tháng") {
			t.Error("the remark is not shown")
		}

		page = r.get(grid)
		chosen := url.Values{"khoa": {onPage(t, keyOnPage, page.body)}, "chon": {
			fmt.Sprintf("%d:%d", second.ID, second.Version), fmt.Sprintf("%d:%d", first.ID, first.Version)}} // the first as it was before
		if a := r.send(grid, chosen); !strings.Contains(a.header.Get("Location"), "con=1") {
			t.Errorf("what was passed over is not told: %s", a.header.Get("Location"))
		}
		for range 2 {
			if a := r.send(grid, chosen); a.status != http.StatusSeeOther {
				t.Errorf("accepting: %d %s", a.status, a.header.Get("Location"))
			}
		}
		if f := r.filing(second.ID); f.State != filing.Accepted || !f.Accepted || f.Version != second.Version+1 {
			t.Errorf("accepted: %+v", f)
		}
		if f := r.filing(first.ID); f.State != filing.Returned {
			t.Errorf("what was returned is accepted: %+v", f)
		}
		if a := r.send(grid, url.Values{"khoa": {"k"}}); a.status != http.StatusUnprocessableEntity {
			t.Errorf("accepting nothing: %d", a.status)
		}
		for _, dang := range []string{"csv", "xlsx", "docx"} {
			if a := r.get(strings.Replace(grid, "cap-duoi?", "cap-duoi/tep?", 1) + "&cung-ky=1&dang=" + dang); a.status != http.StatusOK || len(a.body) < 100 {
				t.Errorf("grid as %s: %d", dang, a.status)
			}
		}
	})
}

// What units wrote in one place is read one under another; a paragraph is taken over with its source, once, and the
// sentence about who is missing too.
func TestQuotingParagraphs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		first := r.hand(r.opened("001", collectMonth), map[string]string{"tinh-hinh-nhan-dan": "Nhân dân quan tâm việc đền bù đất đai.\nGiá giống lúa tăng."})
		r.hand(r.opened("002", collectMonth), map[string]string{"kien-nghi": "Đề nghị sớm làm đường liên xã."})
		own := r.opened("060", collectMonth)
		address := "/ky-bao-cao/cap-duoi/loi?don-vi=060&mau=thang&ky=" + collectMonth
		page := r.get(address + "&muc=tinh-hinh-nhan-dan&tim=dat+dai")
		if page.status != http.StatusOK || !strings.Contains(page.body, "đền bù đất đai") || strings.Contains(page.body, "Giá giống") || !strings.Contains(page.body, "1 đơn vị viết ở mục này, trong 2 báo cáo") {
			t.Fatalf("paragraphs about land: %d %s", page.status, summaryOf(page.body))
		}
		form := url.Values{"khoa": {onPage(t, keyOnPage, page.body)}, "chon": {fmt.Sprintf("%d:%d:0", first.ID, first.Version)}}
		for range 2 {
			if a := r.send(address+"&muc=tinh-hinh-nhan-dan", form); a.status != http.StatusSeeOther {
				t.Fatalf("quoting: %d %s", a.status, summaryOf(a.body))
			}
		}
		form.Set("khoa", "lan-khac") // the same paragraph, another time
		r.send(address+"&muc=tinh-hinh-nhan-dan", form)
		want := "Nhân dân quan tâm việc đền bù đất đai. (Nguồn: Xã Một, báo cáo tháng về công tác dân vận, tháng 5 năm 2024)"
		if got := r.text(own.ID, "tinh-hinh-nhan-dan"); got != want {
			t.Errorf("the own report says %q", got)
		}
		if a := r.send(address+"&muc=tinh-hinh-nhan-dan", url.Values{"khoa": {"x"}}); a.status != http.StatusUnprocessableEntity {
			t.Errorf("quoting nothing: %d", a.status)
		}
		gather := "/ky-bao-cao/cap-duoi/tong-hop?don-vi=060&mau=thang&ky=" + collectMonth
		page = r.get(gather)
		if page.status != http.StatusOK || !strings.Contains(page.body, "cả 2 đơn vị cấp dưới đã nộp") {
			t.Errorf("gathering: %d %s", page.status, summaryOf(page.body))
		}
		say := url.Values{"khoa": {onPage(t, keyOnPage, page.body)}, "cau": {"Cả hai xã đã nộp."}, "muc": {"danh-gia"}}
		if a := r.send(gather, say); a.status != http.StatusSeeOther || r.text(own.ID, "danh-gia") != "Cả hai xã đã nộp." {
			t.Errorf("saying who is missing: %d %s", a.status, summaryOf(a.body))
		}
		r.as("xa.hai", "002", access.Clerk)
		if a := r.send(address+"&muc=tinh-hinh-nhan-dan", form); a.status != http.StatusForbidden {
			t.Errorf("a unit below quotes into the report above: %d", a.status)
		}
	})
}

// Two printed reports stand against each other: two units, and one unit in two years.
func TestTwoReportsAgainstEachOther(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	r.held(bodyUnder(t, r, "001"), "2024-05-06", 40)
	r.held(bodyUnder(t, r, "001"), "2023-05-06", 15)
	r.held(bodyUnder(t, r, "002"), "2024-05-06", 25)
	now, past := r.hand(r.opened("001", collectMonth), nil), r.hand(r.opened("001", "2023-M05"), nil)
	beside := r.hand(r.opened("002", collectMonth), map[string]string{"kien-nghi": "Đề nghị sớm làm đường."})
	address := fmt.Sprintf("/ky-bao-cao/%d/doi-chieu", now.ID)
	for voi, want := range map[string]string{"": "+25", fmt.Sprint(past.ID): "+25", fmt.Sprint(beside.ID): "+15"} {
		a := r.get(address + "?voi=" + voi)
		if a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("against %q: %d, no %s", voi, a.status, want)
		}
	}
	if a := r.get(fmt.Sprintf("%s?voi=%d", address, beside.ID)); !strings.Contains(a.body, "Đề nghị sớm làm đường.") || !strings.Contains(a.body, "Để trống.") {
		t.Error("texts are not set side by side")
	}
	for _, dang := range []string{"csv", "xlsx", "docx"} {
		if a := r.get(address + "/tep?dang=" + dang); a.status != http.StatusOK || dang == "csv" && !strings.Contains(a.body, "25") {
			t.Errorf("as %s: %d", dang, a.status)
		}
	}
	r.as("xa.mot", "001", access.Clerk)
	if a := r.get(fmt.Sprintf("%s?voi=%d", address, beside.ID)); a.status != http.StatusNotFound {
		t.Errorf("another unit's report for who may not read it: %d", a.status)
	}
}

// text is what an office wrote in one place.
func (r *recorder) text(id int64, section string) string {
	r.t.Helper()
	texts, err := filing.Texts(context.Background(), r.db.Read(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	return texts[section].Body
}

// Nobody judges his own report, and nobody that of a unit beside his.
func TestWhoMayJudge(t *testing.T) {
	r := newRecorder(t, dbtest.SQLite(t))
	f := r.hand(r.opened("001", collectMonth), nil)
	form := url.Values{"khoa": {"k1"}, "ban": {fmt.Sprint(f.Version)}, "y-kien": {"x"}}
	for _, who := range []struct {
		unit string
		role access.Role
	}{{"001", access.Leader}, {"001", access.Approver}, {"002", access.Leader}, {"060", access.Clerk}} {
		r.as("ai.do", who.unit, who.role)
		for _, act := range []string{"nhan", "tra-lai"} {
			if a := r.send(fmt.Sprintf("/ky-bao-cao/%d/%s", f.ID, act), form); a.status != http.StatusForbidden {
				t.Errorf("%s of %s, %s: %d", who.role, who.unit, act, a.status)
			}
		}
	}
	r.as("tren", "060", access.Approver)
	if a := r.send(fmt.Sprintf("/ky-bao-cao/%d/nhan", f.ID), form); a.status != http.StatusSeeOther || !r.filing(f.ID).Accepted {
		t.Errorf("the superior: %d %s", a.status, summaryOf(a.body))
	}
}

// A printed report says which figures are others now, by how much, and which entries did it, by whom and why.
func TestDifferencesOfAReport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		body := bodyUnder(t, r, "001")
		id := r.held(body, "2024-05-06", 40)
		f := r.hand(r.opened("001", collectMonth), nil)
		address := fmt.Sprintf("/ky-bao-cao/%d/khac", f.ID)
		if a := r.get(address); a.status != http.StatusOK || !strings.Contains(a.body, "đều đúng như hiện nay") {
			t.Fatalf("nothing has changed: %d %s", a.status, summaryOf(a.body))
		}
		r.tx(func(ctx context.Context, tx *db.Tx) error {
			_, err := r.ledger.Amend(ctx, tx, "nguoi.sua", id, 1, ledger.Amendment{Set: map[string]any{"attendances": 46}, Reason: "đếm lại danh sách"})
			return err
		})
		a := r.get(address)
		for _, want := range []string{">40<", ">46", "+6", "nguoi.sua", "đếm lại danh sách", fmt.Sprintf("/ghi-nhan/%d", id)} {
			if !strings.Contains(a.body, want) {
				t.Errorf("the differences do not say %q", want)
			}
		}
		for _, dang := range []string{"csv", "xlsx", "docx"} {
			if file := r.get(address + "/tep?dang=" + dang); file.status != http.StatusOK || dang == "csv" && !strings.Contains(file.body, "đếm lại danh sách") {
				t.Errorf("differences as %s: %d", dang, file.status)
			}
		}
		if a := r.get(fmt.Sprintf("/ky-bao-cao/%d/khac?lan=99", f.ID)); a.status != http.StatusNotFound {
			t.Errorf("a version that was never printed: %d", a.status)
		}
		if a := r.get(fmt.Sprintf("/ky-bao-cao/%d/khac", r.opened("002", collectMonth).ID)); a.status != http.StatusOK || !strings.Contains(a.body, "Chưa có bản in") {
			t.Errorf("a report that was never filed: %d", a.status)
		}
	})
}

// What must be explained is explained beside it; what somebody else wrote in the meantime is not overwritten.
func TestExplainingFindings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		for i := range 12 {
			r.held(bodyUnder(t, r, "001"), fmt.Sprintf("2023-05-%02d", i+1), 40)
		}
		f := r.opened("001", collectMonth)
		address := fmt.Sprintf("/ky-bao-cao/%d/kiem", f.ID)
		page := r.get(address)
		if page.status != http.StatusOK || !strings.Contains(page.body, "chưa có ghi nhận nào, trong khi cùng kỳ năm 2023 là") {
			t.Fatalf("nothing where there was plenty: %d %s", page.status, summaryOf(page.body))
		}
		key := onPage(t, regexp.MustCompile(`name="k-0" value="([^"]+)"`), page.body)
		form := url.Values{"khoa": {onPage(t, keyOnPage, page.body)}, "k-0": {key}, "v-0": {"0"}, "gt-0": {"Năm nay chuyển lịch sang quý III"}}
		for range 2 {
			if a := r.send(address, form); a.status != http.StatusSeeOther {
				t.Fatalf("explaining: %d %s", a.status, summaryOf(a.body))
			}
		}
		if a := r.get(address); !strings.Contains(a.body, "Năm nay chuyển lịch sang quý III") {
			t.Error("the explanation is lost")
		}
		form.Set("khoa", "khac")
		form.Set("gt-0", "Lý do khác hẳn")
		if a := r.send(address, form); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Năm nay chuyển lịch") || !strings.Contains(a.body, "Lý do khác hẳn") {
			t.Errorf("over another's explanation: %d %s", a.status, summaryOf(a.body))
		}
		r.as("xem", "001", access.Inspector)
		if a := r.send(address, form); a.status != http.StatusForbidden {
			t.Errorf("who may not write explains: %d", a.status)
		}
	})
}

// filedReport is a filed report of theCommune, made for the asking: its id.
func filedReport(t testing.TB, o *office) string {
	t.Helper()
	ctx := t.Context()
	tree, err := o.app.Org.Tree(ctx)
	if err != nil {
		t.Fatal(err)
	}
	p, err := civil.ParsePeriod("2026-M09")
	if err != nil {
		t.Fatal(err)
	}
	unit := unitOf(t, o, theCommune)
	if f, err := filing.Standing(ctx, o.app.DB.Read(), unit, "thang", p.From, p.To); err != nil || f != nil {
		return fmt.Sprint(f.ID)
	}
	store := &filing.Store{Ledger: o.app.Ledger, Tree: func() *org.Tree { return tree }}
	rep, err := o.deps.Reports.Build(ctx, report.Request{Template: "thang", Unit: theCommune, Period: p, Basis: org.AsThen()})
	if err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	if err := rep.JSON(&content); err != nil {
		t.Fatal(err)
	}
	var f *filing.Filing
	err = o.app.DB.Write(ctx, func(tx *db.Tx) error {
		if f, err = store.Open(ctx, tx, "canbo.xa", filing.Opening{Unit: unit, Template: "thang", Name: "Báo cáo tháng", Type: "month", Field: "mobilisation", Period: p}); err != nil {
			return err
		}
		f, err = store.File(ctx, tx, "canbo.xa", f.ID, f.Version, filing.Printed{Content: content.Bytes(), Revision: f.Revision})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(f.ID)
}
