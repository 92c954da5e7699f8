package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/ledger"
)

const invented = "Mọi bản ghi, tên người và con số trong hệ thống này đều do chương trình tạo ra; không có sự việc nào là thật."

// tenYears is the report that the demo province was made for.
const tenYears = "/bao-cao/tong-ket-10-nam"

// mostBytes is what an ordinary page may weigh on the line.
const mostBytes = 50_000

func TestEveryKindOfPage(t *testing.T) {
	o := open(t)
	for _, address := range kinds {
		a := o.get(t, address)
		if a.status != http.StatusOK {
			t.Errorf("%s: status %d: %s", address, a.status, sentence(a.body))
			continue
		}
		checkPage(t, address, a)
		if n := zipped(t, a.body); n > mostBytes {
			t.Errorf("%s weighs %d bytes compressed, more than %d", address, n, mostBytes)
		}
	}
}

func zipped(t *testing.T, body string) int {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	o := open(t)
	for _, c := range []struct {
		address string
		status  int
		words   string
	}{
		{"/khong-co", 404, "bắt đầu từ trang báo cáo"},
		{"/so-lieu?tu=2019-13-01", 400, "2019-12-31 hoặc 31/12/2019"},
		{"/so-lieu?tu=2019-12-31&den=2019-01-01", 400, "Kỳ chưa đúng"},
		{"/so-lieu?ky=2019-Q9", 400, "2019-Q3"},
		{"/so-lieu?don-vi=999999", 404, "999999"},
		{"/so-lieu?ranh-gioi=homnay", 400, "Ranh giới"},
		{"/so-lieu/khong.co?don-vi=06", 404, "khong.co"},
		{"/so-lieu/contribution.land?theo=label:khongco", 400, "nhãn"},
		{"/so-lieu/contribution.land/ghi-nhan?tu-dong=-1", 400, "số nguyên từ 0"},
		{"/so-lieu/contribution.land/ghi-nhan?phan=giua", 400, "numerator"},
		{"/ghi-nhan/abc", 404, "chữ số"},
		{"/ghi-nhan/99999999999", 404, ""},
		{"/don-vi?ngay=hom-qua", 400, "31/12/2019"},
		{"/don-vi/XYZ", 404, "XYZ"},
		{"/bao-cao/xyz", 404, ""},
		{"/bao-cao/nam/tep?dang=pdf", 400, "docx"},
		{"/danh-muc/khong_co", 404, "khong_co"},
		{"/danh-muc?an-ban=1999", 404, "1999"},
	} {
		a := o.get(t, c.address)
		if a.status != c.status || !strings.Contains(html.UnescapeString(a.body), c.words) {
			t.Errorf("%s: status %d, want %d with %q: %s", c.address, a.status, c.status, c.words, sentence(a.body))
		}
		checkPage(t, c.address, a)
	}
}

func sentence(body string) string {
	m := regexp.MustCompile(`(?s)<main.*?</main>`).FindString(body)
	m = strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(m, " ")), " ")
	return string([]rune(m)[:min(200, len([]rune(m)))])
}

var (
	tagRE  = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>`)
	idRE   = regexp.MustCompile(` id="([^"]*)"`)
	hrefRE = regexp.MustCompile(`<a [^>]*?href="([^"]*)"`)
	h1RE   = regexp.MustCompile(`<h1[ >]`)
	headRE = regexp.MustCompile(`<h([1-6])[ >]`)
)

var void = []string{"meta", "link", "input", "br", "hr", "img"}

// checkPage holds a page to what every page keeps.
func checkPage(t *testing.T, address string, a answer) {
	t.Helper()
	if got := a.header.Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'none'") || strings.Contains(got, "unsafe") {
		t.Errorf("%s: policy %q", address, got)
	}
	for _, bad := range []string{" style=", "<style", "<script>", " onclick=", "javascript:", "<no value>", "%!"} {
		if strings.Contains(a.body, bad) {
			t.Errorf("%s contains %q", address, bad)
		}
	}
	if n := len(h1RE.FindAllString(a.body, -1)); n != 1 {
		t.Errorf("%s has %d main headings", address, n)
	}
	for _, must := range []string{`<html lang="vi">`, "<title>", "· danvan</title>", `href="#noi-dung"`, `id="noi-dung"`, invented} {
		if !strings.Contains(a.body, must) {
			t.Errorf("%s lacks %q", address, must)
		}
	}
	checkNesting(t, address, a.body)
	checkHeadings(t, address, a.body)
	seen := map[string]bool{}
	for _, m := range idRE.FindAllStringSubmatch(a.body, -1) {
		if seen[m[1]] {
			t.Errorf("%s has the id %q twice", address, m[1])
		}
		seen[m[1]] = true
	}
	for _, m := range hrefRE.FindAllStringSubmatch(a.body, -1) {
		if id, local := strings.CutPrefix(m[1], "#"); local && !seen[id] {
			t.Errorf("%s leads to #%s, which it does not have", address, id)
		}
	}
}

// checkNesting finds tags that are not closed in turn.
func checkNesting(t *testing.T, address, body string) {
	t.Helper()
	var open []string
	for _, m := range tagRE.FindAllStringSubmatch(body, -1) {
		name := strings.ToLower(m[2])
		switch {
		case slices.Contains(void, name) || strings.HasSuffix(m[3], "/"):
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			t.Errorf("%s: </%s> closes %v", address, name, open)
			return
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%s leaves open %v", address, open)
	}
}

// checkHeadings finds a heading that skips a level: a reader who listens goes from heading to heading.
func checkHeadings(t *testing.T, address, body string) {
	t.Helper()
	last := byte('1')
	for _, m := range headRE.FindAllStringSubmatch(body, -1) {
		if level := m[1][0]; level > last+1 {
			t.Errorf("%s: heading of level %c follows one of level %c", address, level, last)
			return
		} else {
			last = level
		}
	}
}

// TestCrawl follows the links from the root, a fair share of each kind of page, and finds none broken.
func TestCrawl(t *testing.T) {
	o := open(t)
	digits := regexp.MustCompile(`[0-9]+`)
	queue, seen, share, pages := []string{"/"}, map[string]bool{"/": true}, map[string]int{}, 0
	for len(queue) > 0 && pages < 200 {
		address := queue[0]
		queue = queue[1:]
		a := o.get(t, address)
		pages++
		if a.status != http.StatusOK {
			t.Errorf("%s: status %d: %s", address, a.status, sentence(a.body))
			continue
		}
		if !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			continue
		}
		checkPage(t, address, a)
		for _, m := range hrefRE.FindAllStringSubmatch(a.body, -1) {
			to := html.UnescapeString(m[1])
			u, err := url.Parse(to)
			if err != nil {
				t.Errorf("%s leads to %q: %v", address, to, err)
				continue
			}
			if strings.HasPrefix(u.Path, "/cong/") || strings.HasPrefix(u.Path, "/en/") {
				continue // public pages have tests of their own
			}
			if u.Host != "" {
				t.Errorf("%s leads outside: %s", address, to)
				continue
			}
			u.Fragment = ""
			to = u.String()
			kind := strings.SplitN(strings.TrimPrefix(u.Path, "/"), "/", 2)[0] + digits.ReplaceAllString(strings.Join(sortedNames(u.Query()), ","), "")
			if strings.HasSuffix(u.Path, "/tep") {
				kind += "tep"
			}
			if to == "" || seen[to] || share[kind] >= 12 {
				continue
			}
			seen[to] = true
			share[kind]++
			queue = append(queue, to)
		}
	}
	t.Logf("%d pages", pages)
	if pages < 120 {
		t.Errorf("only %d pages were found", pages)
	}
}

func sortedNames(q url.Values) []string {
	var out []string
	for name := range q {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

func TestLabelsAreWords(t *testing.T) {
	body := open(t).get(t, "/so-lieu/petition.settled_rate?don-vi=06&ky=2015..2019&theo=label:timeliness").body
	for _, word := range []string{"Theo thời hạn", "Đúng hạn", "Quá hạn", "97,04%", "7.344", "7.568"} {
		if !strings.Contains(body, word) {
			t.Errorf("the page lacks %q", word)
		}
	}
	if strings.Contains(body, ">on_time<") {
		t.Error("the page shows the code on_time")
	}
}

// TestLettersTellNoMore: to who may not read letters, a letter's pages show when it came and where it stands, and nothing
// else of it: no class, no deadline, no step.
func TestLettersTellNoMore(t *testing.T) {
	o := open(t)
	clerk := o.person(t, "ghi", "06", access.Clerk)
	list := clerk.body("/so-lieu/petition.settled_rate/ghi-nhan?don-vi=06&ky=2015..2019")
	first := regexp.MustCompile(`/ghi-nhan/[0-9]+`).FindString(list)
	if first == "" {
		t.Fatal("no letter is listed")
	}
	entry := clerk.body(first)
	csv := clerk.body("/so-lieu/petition.settled_rate/ghi-nhan.csv?don-vi=06&ky=2019")
	_, entries, _ := strings.Cut(clerk.body("/ghi-nhan?loai=petition_letter&ky=2019&don-vi=06"), "<table") // above it stands what can be asked
	for _, must := range []string{"Ngày nhận"} {
		if !strings.Contains(entry, must) {
			t.Errorf("the entry lacks %q", must)
		}
	}
	k := o.app.Catalog.EditionOn(20190101).Kind("petition_letter")
	for name, body := range map[string]string{"evidence": list, "entry": entry, "csv": csv, "entries": entries} {
		for _, f := range k.Fields {
			if f.Code == "received_on" || name == "entries" {
				continue // a list names its columns and says in each cell that it is hidden
			}
			if strings.Contains(body, ">"+f.Name+"<") {
				t.Errorf("%s shows the field %s", name, f.Name)
			}
		}
		for _, o := range k.Field("field").Choices() {
			if strings.Contains(body, "– "+o.Name) || strings.Contains(body, "· "+o.Name+"<") {
				t.Errorf("%s tells the field of a letter: %s", name, o.Name)
			}
		}
	}
}

func TestFailedCheckLeadsToItsFigure(t *testing.T) {
	body := open(t).get(t, tenYears).body
	i := strings.Index(body, `id="luu-y"`)
	if i < 0 {
		t.Fatal("the report has no notices")
	}
	m := regexp.MustCompile(`(?s)Không khớp.*?href="(/so-lieu/[^"]*)"`).FindStringSubmatch(body[i:])
	if m == nil {
		t.Fatal("no notice of a failed check has a link")
	}
	if page := open(t).get(t, html.UnescapeString(m[1])); !strings.Contains(page.body, "Kiểm tra chưa khớp") {
		t.Errorf("%s does not show the failed check", m[1])
	}
}

func TestDocuments(t *testing.T) {
	o := open(t)
	body := o.get(t, tenYears).body
	for _, kind := range []string{"docx", "xlsx"} {
		m := regexp.MustCompile(`href="(/bao-cao/[^"]*dang=` + kind + `[^"]*)"`).FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("no link to %s", kind)
		}
		a := o.get(t, html.UnescapeString(m[1]))
		if a.status != http.StatusOK || !strings.HasPrefix(a.body, "PK") || !strings.Contains(a.header.Get("Content-Disposition"), "."+kind) {
			t.Errorf("%s: status %d, %d bytes, %v", kind, a.status, len(a.body), a.header)
		}
	}
	csv := o.get(t, "/so-lieu/petition.settled_rate/ghi-nhan.csv?don-vi=06&ky=2015..2019")
	if lines := strings.Count(csv.body, "\n"); lines != 7345 {
		t.Errorf("the CSV has %d lines, want a heading and 7344 entries", lines)
	}
}

func TestTreeCounts(t *testing.T) {
	o := open(t)
	for day, want := range map[string]int{"2019-12-31": 122, "2020-02-01": 108, "2025-06-30": 108} {
		body := o.get(t, "/don-vi?ngay="+day).body
		start := strings.Index(body, `/don-vi/06@`)
		end := strings.Index(body, `/don-vi/19@`)
		if start < 0 || end < start {
			t.Fatalf("%s: the tree lacks its provinces", day)
		}
		if n := len(regexp.MustCompile(`/don-vi/[0-9]{5}@`).FindAllString(body[start:end], -1)); n != want {
			t.Errorf("%s: %d communes, want %d", day, n, want)
		}
	}
}

// TestPagesAreFresh: a finished page is kept only until a record is added.
func TestPagesAreFresh(t *testing.T) {
	o := open(t)
	const address = "/so-lieu/directives.issued?don-vi=06&ky=2019"
	before := o.get(t, address).body
	if again := o.get(t, address).body; again != before {
		t.Fatal("the same page differs without a new record")
	}
	err := o.app.DB.Write(context.Background(), func(tx *db.Tx) error {
		_, err := o.app.Ledger.Record(context.Background(), tx, "test", ledger.Draft{
			Key: "fresh-1", Kind: "directive_document", Unit: "06.BTV", Place: "06", Day: 20190505,
			Fields: directive(t, o),
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if after := o.get(t, address).body; after == before {
		t.Error("the page does not show the new record")
	}
}

// directive fills the required fields of a directive with the first choice of each.
func directive(t *testing.T, o *office) map[string]any {
	t.Helper()
	out := map[string]any{}
	for _, f := range o.app.Catalog.EditionOn(20190505).Kind("directive_document").Fields {
		switch {
		case !f.Required:
		case len(f.Choices()) > 0:
			out[f.Code] = f.Choices()[0].Code
		case f.Type == "int":
			out[f.Code] = 1
		case f.Type == "date":
			out[f.Code] = "2019-05-05"
		default:
			out[f.Code] = "Thử nghiệm"
		}
	}
	return out
}

func BenchmarkFigurePage(b *testing.B) {
	o := open(b)
	for b.Loop() {
		o.get(b, "/so-lieu/contribution.land?don-vi=06&ky=2015..2019")
	}
}
