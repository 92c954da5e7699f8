package xlsx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

const demoMark = "Dữ liệu minh họa – mọi bản ghi đều là giả định"

func sampleBook() *Workbook {
	day := time.Date(2019, 5, 8, 0, 0, 0, 0, time.UTC)
	return &Workbook{Title: "Phụ lục", Mark: demoMark, Sheets: []Sheet{
		{Name: "Đơn: theo năm/huyện", Titles: []string{"Kết quả giải quyết đơn", "Từ 01/01/2015 đến 31/12/2019"},
			Columns: []Column{{Head: "Huyện"}, {Head: "Tiếp nhận", Unit: "đơn"}, {Head: "Đất hiến", Unit: "m²"}, {Head: "Tỷ lệ"}, {Head: "Ngày"}, {Head: "Mã"}},
			Rows: []Row{
				{Cells: []Cell{Text("Ba Bể"), Int(2412), Decimal(1234.5, 1), Percent(0.9704, 2), Date(day), Text("01840")}},
				{Cells: []Cell{Text("Na Rì"), Int(0), Empty(), Decimal(math.NaN(), 1), Empty(), Empty()}},
				{Bold: true, Cells: []Cell{Text("Cộng"), Int(2412)}},
			},
			Notes: []string{"Ô trống là không có số liệu."}},
		{Name: "Đơn: theo năm/huyện", Columns: []Column{{Head: "a"}}, Rows: []Row{Texts("b")}},
	}}
}

func write(t *testing.T, b *Workbook) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := Write(&buf, b); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("XLSX_SAMPLES"); dir != "" {
		os.WriteFile(filepath.Join(dir, t.Name()+".xlsx"), buf.Bytes(), 0o644)
	}
	return buf.Bytes()
}

func read(t *testing.T, data []byte, sheet string) [][]string {
	t.Helper()
	rows, err := Read(bytes.NewReader(data), int64(len(data)), sheet, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestRoundTrip(t *testing.T) {
	data := write(t, sampleBook())
	want := [][]string{
		{demoMark}, {"Kết quả giải quyết đơn"}, {"Từ 01/01/2015 đến 31/12/2019"}, nil,
		{"Huyện", "Tiếp nhận\n(đơn)", "Đất hiến\n(m²)", "Tỷ lệ", "Ngày", "Mã"},
		{"Ba Bể", "2412", "1234.5", "0.9704", "2019-05-08", "01840"},
		{"Na Rì", "0"}, {"Cộng", "2412"}, nil, {"Ô trống là không có số liệu."},
	}
	if got := read(t, data, ""); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	names, err := Sheets(bytes.NewReader(data), int64(len(data)), Limits{})
	if err != nil || len(names) != 2 || names[0] != "Đơn  theo năm huyện" || names[1] != "Đơn  theo năm huyện (2)" {
		t.Errorf("%q %v", names, err)
	}
	if got := read(t, data, "đơn  theo năm huyện (2)"); got[len(got)-1][0] != "b" {
		t.Errorf("second sheet: %q", got)
	}
}

// What excelize, another reader, sees in the file.
func TestPrintedForm(t *testing.T) {
	data := write(t, sampleBook())
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	for cell, want := range map[string]string{"B6": "2,412", "C6": "1,234.5", "D6": "97.04%", "E6": "08/05/2019", "F6": "01840", "C7": "", "D7": "", "B7": "0"} {
		if got, err := f.GetCellValue(name, cell); err != nil || got != want {
			t.Errorf("%s shows %q, want %q (%v)", cell, got, want, err)
		}
	}
	layout, err := f.GetPageLayout(name)
	if err != nil || *layout.Orientation != "landscape" || *layout.Size != 9 || *layout.FitToWidth != 1 {
		t.Errorf("layout %+v %v", layout, err)
	}
	parts := unzip(t, data)
	sheet, book := parts["xl/worksheets/sheet1.xml"], parts["xl/workbook.xml"]
	for _, want := range []string{`<autoFilter ref="$A$5:$F$8"`, `<pageSetUpPr fitToPage="true"`, `state="frozen"`, `ySplit="5"`, demoMark, "Trang &amp;P/&amp;N"} {
		if !strings.Contains(sheet, want) && !strings.Contains(sheet, strings.ReplaceAll(want, "$", "")) {
			t.Errorf("sheet lacks %s", want)
		}
	}
	if !strings.Contains(book, "_xlnm.Print_Titles") || !strings.Contains(book, "$5:$5") {
		t.Errorf("head is not repeated: %s", book)
	}
}

func TestTextNeverBecomesFormula(t *testing.T) {
	evil := []string{"=1+1", "+84123", "-5 %", "@SUM(A1)", "=cmd|'/c calc'!A0", "\t=1", " =HYPERLINK(\"x\")", "0012", "thường"}
	row := Row{}
	for _, s := range evil {
		row.Cells = append(row.Cells, Text(s))
	}
	b := &Workbook{Mark: "=mark", Sheets: []Sheet{{Name: "=1", Titles: []string{"=2+2"}, Columns: []Column{{Head: "=3", Unit: "+4"}}, Rows: []Row{row}, Notes: []string{"@x"}}}}
	data := write(t, b)
	for name, part := range unzip(t, data) {
		if strings.HasPrefix(name, "xl/worksheets/") && (strings.Contains(part, "<f>") || strings.Contains(part, "<f ") || strings.Contains(part, `t="str"`)) {
			t.Errorf("%s holds a formula", name)
		}
	}
	rows := read(t, data, "")
	if got := rows[4]; !reflect.DeepEqual(got, evil) {
		t.Errorf("%q", got)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := range evil[:8] {
		cell, _ := excelize.CoordinatesToCellName(i+1, 5)
		id, _ := f.GetCellStyle(f.GetSheetName(0), cell)
		st, err := f.GetStyle(id)
		if err != nil || (st.NumFmt != 49 && (st.CustomNumFmt == nil || *st.CustomNumFmt != "@")) {
			t.Errorf("%s (%q) is not in the text format: editing would make it a formula", cell, evil[i])
		}
	}
}

func TestNumbersKeepTheirDigits(t *testing.T) {
	b := &Workbook{Sheets: []Sheet{{Columns: []Column{{Head: "n"}}, Rows: []Row{
		{Cells: []Cell{Int(999999999999999)}}, {Cells: []Cell{Int(math.MaxInt64)}}, {Cells: []Cell{Int(math.MinInt64)}}, {Cells: []Cell{Decimal(0.1+0.2, 2)}}, {Cells: []Cell{Decimal(-1e-7, 2)}}}}}}
	rows := read(t, write(t, b), "")
	for i, want := range []string{"999999999999999", "9223372036854775807", "-9223372036854775808", "0.3", "-0.0000001"} {
		if got := rows[len(rows)-5+i][0]; got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestControlCharactersAreDropped(t *testing.T) {
	b := &Workbook{Sheets: []Sheet{{Columns: []Column{{Head: "a\x00"}}, Rows: []Row{Texts("x\x07y\xffz _x0041_ <&>")}}}}
	rows := read(t, write(t, b), "")
	if got := rows[2][0]; got != "xyz _x0041_ <&>" {
		t.Errorf("%q", got)
	}
}

func TestManyRows(t *testing.T) {
	s := Sheet{Columns: []Column{{Head: "a"}, {Head: "b"}}}
	for i := range 30_000 {
		s.Rows = append(s.Rows, Row{Cells: []Cell{Text(fmt.Sprintf("Dòng %d", i)), Int(int64(i))}})
	}
	rows := read(t, write(t, &Workbook{Sheets: []Sheet{s}}), "")
	if last := rows[len(rows)-1]; last[1] != "29999" || len(rows) != 30_002 {
		t.Errorf("%d rows, last %q", len(rows), last)
	}
}

func TestEmptyWorkbookIsRefused(t *testing.T) {
	if err := Write(io.Discard, &Workbook{}); err == nil {
		t.Error("a workbook without sheets was written")
	}
	if err := Write(io.Discard, &Workbook{Sheets: []Sheet{{Name: "x"}}}); err == nil {
		t.Error("a sheet without columns was written")
	}
}

func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(body)
	}
	return out
}
