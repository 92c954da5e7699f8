package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"
)

// reopen writes a document and reads back its parts, each of which must be
// well-formed XML and each relationship of which must lead to a part.
func reopen(t *testing.T, d *Document) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	parts := unzip(t, b.Bytes())
	for name, body := range parts {
		if strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, ".rels") {
			wellFormed(t, name, body)
		}
		if strings.HasSuffix(name, ".rels") {
			targetsExist(t, name, body, parts)
		}
	}
	return parts
}

func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := parts[f.Name]; twice {
			t.Errorf("part %s twice", f.Name)
		}
		parts[f.Name] = string(body)
	}
	return parts
}

func wellFormed(t *testing.T, name, body string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(body))
	for {
		_, err := dec.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func targetsExist(t *testing.T, name, body string, parts map[string]string) {
	t.Helper()
	dir := path.Dir(path.Dir(name)) // word/_rels/document.xml.rels → word
	for _, m := range regexp.MustCompile(`Target="([^"]+)"`).FindAllStringSubmatch(body, -1) {
		if _, ok := parts[path.Join(dir, m[1])]; !ok {
			t.Errorf("%s points to %s, which is missing", name, m[1])
		}
	}
}

// textOf is the text of a part with its tags taken out.
func textOf(s string) string { return regexp.MustCompile(`<[^>]+>`).ReplaceAllString(s, "") }

func TestPartyForm(t *testing.T) {
	parts := reopen(t, sample(Party))
	body := textOf(parts["word/document.xml"])
	for _, want := range []string{"TỈNH ỦY BẮC KẠN", "BAN DÂN VẬN", "*", "ĐẢNG CỘNG SẢN VIỆT NAM", "Số 36-BC/BDV",
		"Bắc Kạn, ngày 05 tháng 01 năm 2020", "BÁO CÁO", "-----", "Nơi nhận:", "- Lưu: Văn thư.", "T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ", "Bà Thử Nghiệm 12"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(body, "CỘNG HÒA") || strings.Contains(body, "Số:") {
		t.Error("a Party document bears marks of the State form")
	}
	wantMargins(t, parts["word/document.xml"], Margins{20, 20, 30, 15})
}

func TestStateForm(t *testing.T) {
	parts := reopen(t, sample(State))
	body := textOf(parts["word/document.xml"])
	for _, want := range []string{"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "ỦY BAN NHÂN DÂNTỈNH BẮC KẠN", "Số: 84/BC-UBND",
		"ngày 15 tháng 11 năm 2020", "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(body, "ĐẢNG CỘNG SẢN") {
		t.Error("a State document bears the Party's title")
	}
	// NĐ 30/2020: 20-25 above and below, 30-35 left, 15-20 right.
	m := stateForm().margins
	if m.Top < 20 || m.Top > 25 || m.Bottom < 20 || m.Bottom > 25 || m.Left < 30 || m.Left > 35 || m.Right < 15 || m.Right > 20 {
		t.Errorf("margins %v outside the decree", m)
	}
}

func wantMargins(t *testing.T, body string, m Margins) {
	t.Helper()
	var got struct {
		Top    int `xml:"top,attr"`
		Right  int `xml:"right,attr"`
		Bottom int `xml:"bottom,attr"`
		Left   int `xml:"left,attr"`
	}
	tag := regexp.MustCompile(`<w:pgMar[^>]+>`).FindString(body)
	if err := xml.Unmarshal([]byte(strings.ReplaceAll(tag, "w:", "")), &got); err != nil {
		t.Fatal(err)
	}
	for _, p := range [][2]float64{{float64(got.Top), m.Top}, {float64(got.Bottom), m.Bottom}, {float64(got.Left), m.Left}, {float64(got.Right), m.Right}} {
		if mm := p[0] * 25.4 / 1440; math.Abs(mm-p[1]) > 0.05 {
			t.Errorf("margin %.2f mm, want %.0f", mm, p[1])
		}
	}
}

func TestMarginsAreData(t *testing.T) {
	d := sample(Party)
	d.Margins = &Margins{25, 25, 35, 15}
	wantMargins(t, reopen(t, d)["word/document.xml"], *d.Margins)
}

func TestPageNumberAndMark(t *testing.T) {
	parts := reopen(t, sample(Party))
	first, other := parts["word/header1.xml"], parts["word/header2.xml"]
	if strings.Contains(first, "PAGE") {
		t.Error("page one has a number")
	}
	if !strings.Contains(other, "> PAGE <") || !strings.Contains(other, `w:val="center"`) {
		t.Error("no number in the middle of the head")
	}
	for _, name := range []string{"word/header1.xml", "word/header2.xml", "word/header3.xml"} {
		if !strings.Contains(parts[name], demoMark) {
			t.Errorf("%s lacks the mark", name)
		}
	}
	body := parts["word/document.xml"]
	if strings.Count(body, "<w:titlePg/>") != 1 {
		t.Error("only the first section hides the number of its first page")
	}
	if !strings.Contains(body, `w:orient="landscape"`) {
		t.Error("the appendix is not landscape")
	}
	for name, s := range parts {
		for _, m := range regexp.MustCompile(`<w:instrText[^>]*>([^<]*)<`).FindAllStringSubmatch(s, -1) {
			if strings.TrimSpace(m[1]) != "PAGE" {
				t.Errorf("%s has the field %s, which wants updating", name, m[1])
			}
		}
	}
	d := sample(Party)
	d.Mark = ""
	if strings.Contains(reopen(t, d)["word/header2.xml"], "minh họa") {
		t.Error("a mark that nobody set")
	}
}

func TestTableHeadRepeats(t *testing.T) {
	body := reopen(t, sample(Party))["word/document.xml"]
	if n := strings.Count(body, "<w:tblHeader/>"); n != 4 {
		t.Errorf("%d head rows repeat, want 2 for each of 2 tables", n)
	}
	start := strings.Index(body, "Xã Thử Nghiệm 1<")
	row := body[strings.LastIndex(body[:start], "<w:tr>"):start]
	if !strings.Contains(row, "<w:cantSplit/>") || strings.Contains(row, "tblHeader") {
		t.Errorf("row: %s", row)
	}
	if !strings.Contains(body, `<w:gridSpan w:val="3"/>`) || strings.Count(body, `<w:vMerge w:val="restart"/>`) != 6 || strings.Count(body, `<w:vMerge/>`) != 6 {
		t.Error("merged cells of the head are wrong")
	}
	num := body[strings.Index(body, "Xã Thử Nghiệm 1<"):]
	num = num[:strings.Index(num, ">100<")]
	if !strings.Contains(num, `<w:jc w:val="right"/>`) {
		t.Error("numbers do not stand at the right")
	}
}

// Every row must fill the grid, or Word calls the file damaged.
func TestRowsFillTheGrid(t *testing.T) {
	tables := map[string]Table{
		"long":        longTable("x", 3),
		"no head":     {Rows: []Row{Cells("a", "b"), Cells("c")}},
		"wide span":   {Columns: make([]Column, 3), Rows: []Row{{Cells: []Cell{{Text: "a", ColSpan: 9}}}}},
		"short head":  {Columns: make([]Column, 4), Head: [][]HeadCell{{{Text: "a", RowSpan: 2}, {Text: "b"}}, {{Text: "c"}}}, Rows: []Row{Cells("1")}},
		"head middle": {Head: [][]HeadCell{{{Text: "a", ColSpan: 2}, {Text: "b", RowSpan: 2}, {Text: "c", ColSpan: 2}}, {{Text: "1"}, {Text: "2"}, {Text: "3"}, {Text: "4"}}}},
	}
	cell := regexp.MustCompile(`<w:tcPr>.*?</w:tcPr>`)
	span := regexp.MustCompile(`gridSpan w:val="(\d)"`)
	for name, table := range tables {
		p := &part{pk: newPack(&Document{}), form: partyForm(), width: 9000}
		if err := table.write(p); err != nil {
			t.Fatal(err)
		}
		s := p.b.String()
		wellFormed(t, name, "<x xmlns:w='w'>"+s+"</x>")
		grid := strings.Count(s, "<w:gridCol")
		for _, row := range strings.Split(s, "<w:tr>")[1:] {
			n := 0
			for _, c := range cell.FindAllString(row, -1) {
				n++
				if m := span.FindStringSubmatch(c); m != nil {
					n += int(m[1][0]-'0') - 1
				}
			}
			if n != grid {
				t.Errorf("%s: a row has %d places, the grid %d", name, n, grid)
			}
		}
	}
}

func TestWidthsAreExact(t *testing.T) {
	for _, cols := range [][]Column{{{Width: 12}, {Width: 60}, {}, {}}, {{}, {}, {}}, {{Width: 300}, {}, {Width: 10}}} {
		w := Table{Columns: cols}.widths(len(cols), 9354)
		if sumOf(w) != 9354 {
			t.Errorf("%v: %v adds up to %d", cols, w, sumOf(w))
		}
		for _, x := range w {
			if x < 200 {
				t.Errorf("%v: a column of %d twips", cols, x)
			}
		}
	}
}

func TestTextIsEscapedAndCleaned(t *testing.T) {
	d := &Document{Title: "A & B <c>", Subject: "x\x00y\x02z\x85w\xff\ufffe", Blocks: []Block{Text("\"q\" ]]> \x1b[1m"),
		Heading{Text: "<script>"}, Table{Rows: []Row{Cells("a&b\x01")}}}, Recipients: []string{"<&>"}, Mark: "<m>",
		Letterhead: Letterhead{Issuer: "<&\x02>"}}
	parts := reopen(t, d)
	body := parts["word/document.xml"]
	for _, want := range []string{"A &amp; B &lt;c&gt;", "xyzw<", "&lt;script&gt;", "a&amp;b<", "[1m"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestSameDocumentSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	if err := errors.Join(Write(&a, sample(State)), Write(&b, sample(State))); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two writings differ")
	}
}

func TestChartHoldsItsValues(t *testing.T) {
	parts := reopen(t, sample(Party))
	bars, lines := parts["word/charts/chart1.xml"], parts["word/charts/chart2.xml"]
	for _, want := range []string{"<c:v>2412</c:v>", "<c:v>1318</c:v>", "2.412", "1.318", "Đã giải quyết", "clustered"} {
		if !strings.Contains(bars, want) {
			t.Errorf("bars lack %q", want)
		}
	}
	if n := strings.Count(lines, "<c:ser>"); n != 2 {
		t.Errorf("%d lines, want one on each side of the break", n)
	}
	first := lines[strings.Index(lines, "<c:val>"):]
	first = first[:strings.Index(first, "</c:val>")]
	if strings.Contains(first, "29.4") || strings.Contains(first, `idx="2"`) || !strings.Contains(first, `<c:pt idx="5"><c:v>14.2</c:v>`) {
		t.Errorf("first line: %s", first)
	}
	for _, want := range []string{`<c:dispBlanksAs val="gap"/>`, "32,13", "19,56"} {
		if !strings.Contains(lines, want) {
			t.Errorf("lines lack %q", want)
		}
	}
	if body := parts["word/document.xml"]; !strings.Contains(body, "đứt đoạn từ 2016") || !strings.Contains(body, "2012 không có số liệu") {
		t.Error("break or gap is not said")
	}
	book := unzip(t, []byte(parts["word/embeddings/chart1.xlsx"]))
	if !strings.Contains(book["xl/worksheets/sheet1.xml"], `<c r="B2"><v>2412</v></c>`) {
		t.Error("the chart's workbook lacks its values")
	}
	for name, s := range parts {
		if strings.Contains(s, "NaN") || strings.Contains(s, "Inf<") {
			t.Errorf("%s holds a number that is none", name)
		}
	}
}

func TestBadChartsAreRefused(t *testing.T) {
	for _, c := range []Chart{{}, {Categories: []string{"a"}, Series: []Series{{Values: []float64{1, 2}}}},
		{Categories: []string{"a"}, Series: []Series{{Values: []float64{math.Inf(1)}}}}} {
		if err := Write(io.Discard, &Document{Title: "x", Blocks: []Block{c}}); err == nil {
			t.Errorf("%+v was written", c)
		}
	}
	if err := Write(io.Discard, &Document{Blocks: []Block{Picture{Data: []byte("no picture")}}}); err == nil {
		t.Error("a broken picture was written")
	}
	if err := Write(io.Discard, &Document{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty document: %v", err)
	}
}

func TestListsAndNotes(t *testing.T) {
	d := &Document{Title: "x", Blocks: []Block{
		List{Ordered: true, Items: [][]Run{{{Text: "a"}}}}, List{Ordered: true, Items: [][]Run{{{Text: "b", Note: "chú"}}}}, List{Items: [][]Run{{{Text: "c"}}}}}}
	parts := reopen(t, d)
	if n := strings.Count(parts["word/numbering.xml"], "<w:startOverride w:val=\"1\"/>"); n != 2 {
		t.Errorf("%d numberings begin anew, want 2", n)
	}
	if !strings.Contains(parts["word/footnotes.xml"], "chú") || !strings.Contains(parts["word/document.xml"], `<w:footnoteReference w:id="1"/>`) {
		t.Error("the footnote is lost")
	}
}

func TestDateWords(t *testing.T) {
	for want, at := range map[string]time.Time{
		"ngày 05 tháng 01 năm 2020": time.Date(2020, 1, 5, 0, 0, 0, 0, time.UTC),
		"ngày 28 tháng 02 năm 2021": time.Date(2021, 2, 28, 0, 0, 0, 0, time.UTC),
		"ngày 09 tháng 3 năm 2024":  time.Date(2024, 3, 9, 0, 0, 0, 0, time.UTC),
		"ngày …… tháng …… năm ……":   {},
	} {
		if got := DateWords(at); got != want {
			t.Errorf("%v: %s, want %s", at, got, want)
		}
	}
}

func TestVNNumber(t *testing.T) {
	for _, c := range []struct {
		v    float64
		d    int
		want string
	}{{0, 0, "0"}, {1234567.5, 1, "1.234.567,5"}, {-1234, 0, "-1.234"}, {-0.01, 1, "0,0"}, {97.04, 2, "97,04"}, {999.5, 0, "1.000"}} {
		if got := vnNumber(c.v, c.d); got != c.want {
			t.Errorf("%v: %s, want %s", c.v, got, c.want)
		}
	}
}

func TestBalance(t *testing.T) {
	got := balance("ỦY BAN NHÂN DÂN TỈNH BẮC KẠN", 13, 180)
	if strings.Join(got, "|") != "ỦY BAN NHÂN DÂN|TỈNH BẮC KẠN" {
		t.Errorf("%q", got)
	}
	if got := balance("BAN DÂN VẬN", 14, 180); len(got) != 1 {
		t.Errorf("%q", got)
	}
	if got := balance("", 14, 180); len(got) != 1 || got[0] != "" {
		t.Errorf("%q", got)
	}
}
