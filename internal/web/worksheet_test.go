package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"danvan/internal/access"
	"danvan/internal/intake"
	"danvan/internal/xlsx"
)

// book is a worksheet as a person fills it in.
type book struct {
	*testing.T
	f *excelize.File
}

func openBook(t *testing.T, content string) book {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return book{t, f}
}

// cell is the cell under a head, n rows below it.
func (b book) cell(sheet, head string, n int) string {
	b.Helper()
	rows, err := b.f.GetRows(sheet)
	if err != nil {
		b.Fatal(err)
	}
	for r, row := range rows {
		for c, text := range row {
			name, _, _ := strings.Cut(text, "\n")
			if strings.Trim(name, " *") == head && len(row) > 1 && row[1] != "" {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1+n)
				return at
			}
		}
	}
	b.Fatalf("sheet %s has no column %q: %v", sheet, head, rows[:min(len(rows), 5)])
	return ""
}

func (b book) put(sheet, head string, n int, v any) {
	b.Helper()
	if err := b.f.SetCellValue(sheet, b.cell(sheet, head, n), v); err != nil {
		b.Fatal(err)
	}
}

func (b book) bytes() []byte {
	b.Helper()
	var out bytes.Buffer
	if err := b.f.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// listed are the choices that a list offers in a cell.
func (b book) listed(sheet, cell string) []string {
	b.Helper()
	all, err := b.f.GetDataValidations(sheet)
	if err != nil {
		b.Fatal(err)
	}
	col, row, _ := excelize.CellNameToCoordinates(cell)
	for _, dv := range all {
		for area := range strings.FieldsSeq(dv.Sqref) {
			from, to, _ := strings.Cut(area, ":")
			c1, r1, _ := excelize.CellNameToCoordinates(from)
			c2, r2 := c1, r1
			if to != "" {
				c2, r2, _ = excelize.CellNameToCoordinates(to)
			}
			if dv.Type != "list" || col < c1 || col > c2 || row < r1 || row > r2 {
				continue
			}
			name, area, _ := strings.Cut(strings.NewReplacer("$", "", "'", "", "&apos;", "").Replace(dv.Formula1), "!")
			first, end, _ := strings.Cut(area, ":")
			c1, r1, err1 := excelize.CellNameToCoordinates(first)
			_, r2, err2 := excelize.CellNameToCoordinates(end)
			if err1 != nil || err2 != nil {
				b.Fatalf("list of %s: %s", cell, dv.Formula1)
			}
			var out []string
			for r := r1; r <= r2; r++ {
				at, _ := excelize.CoordinatesToCellName(c1, r)
				text, _ := b.f.GetCellValue(name, at)
				out = append(out, text)
			}
			return out
		}
	}
	return nil
}

// libre has LibreOffice save a workbook again in a format.
func libre(t *testing.T, content []byte, from, to string) []byte {
	t.Helper()
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("DANVAN_REQUIRE_OFFICE") != "" {
			t.Fatal("soffice is missing: apt-get install libreoffice-calc-nogui")
		}
		t.Skip("soffice is missing: apt-get install libreoffice-calc-nogui")
	}
	dir := t.TempDir()
	in := filepath.Join(dir, "in."+from)
	if err := os.WriteFile(in, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "out")
	cmd := exec.Command(soffice, "--headless", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--convert-to", to, "--outdir", out, in)
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, msg)
	}
	ext, _, _ := strings.Cut(to, ":")
	text, err := os.ReadFile(filepath.Join(out, "in."+ext))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A worksheet goes out, is filled in, comes back marked, is mended, is recorded, and adds nothing when it comes again.
func TestWorksheetGoesOutAndComesBack(t *testing.T) {
	o := open(t)
	i := newImporter(t, o, "tong-hop", "19", access.Specialist)
	before := attendances(t, o)
	b := openBook(t, i.body("/ghi-nhan/bieu/training_conference?don-vi=19.MTTQ"))
	data := intake.DataSheet
	levels := b.listed(data, b.cell(data, "Cấp mở lớp", 1))
	if len(levels) < 2 {
		t.Fatalf("the list of levels offers %q", levels)
	}
	partner := b.listed(data, b.cell(data, "Đơn vị phối hợp 1", 1))
	if len(partner) < 2 || !strings.HasSuffix(partner[0], "]") {
		t.Fatalf("the list of partners offers %q", partner)
	}
	b.put(data, "Ngày khai mạc", 1, "3/10/2026")
	b.put(data, "Nội dung", 1, "Biểu thử một")
	b.put(data, "Cấp mở lớp", 1, levels[1])
	b.put(data, "Số ngày", 1, 1.5)
	b.put(data, "Lượt người dự", 1, 40)
	b.put(data, "Đơn vị phối hợp 1", 1, partner[0])
	b.put(data, "Đơn vị phối hợp 2", 1, partner[1])
	b.put(data, "Ngày khai mạc", 3, "32/10/2026")
	b.put(data, "Nội dung", 3, "Biểu thử hai")
	b.put(data, "Cấp mở lớp", 3, "cấp lạ")
	b.put(data, "Lượt người dự", 3, "nhiều")

	at := i.staged("", "Biểu tháng Mười.xlsx", b.bytes(), "w1")
	i.sees(at, "1 dòng", "Sai, cần sửa 1 dòng", "Tải lại tệp, có đánh dấu ô sai", "Lượt người dự")
	if a := i.person.post(at+"/ghi", url.Values{}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a file with a wrong row was recorded: %d", a.status)
	}
	if got := attendances(t, o); got != before {
		t.Fatalf("half a file was saved: %s, was %s", got, before)
	}

	back := openBook(t, i.body(at+"/loi"))
	back.marked(data, back.cell(data, "Lượt người dự", 3), "nhiều")
	back.marked(data, back.cell(data, "Cấp mở lớp", 3), "cấp lạ")
	if say, _ := back.f.GetCellValue(data, back.cell(data, "Lỗi", 3)); !strings.Contains(say, "Lượt người dự") || !strings.Contains(say, "Cấp mở lớp") {
		t.Errorf("the column of errors says %q", say)
	}
	if say, _ := back.f.GetCellValue(data, back.cell(data, "Lỗi", 1)); say != "" {
		t.Errorf("a right row is said to be wrong: %q", say)
	}
	if got := back.listed(data, back.cell(data, "Cấp mở lớp", 3)); !slices.Equal(got, levels) {
		t.Errorf("the answer offers the levels %q, was %q", got, levels)
	}

	// Mended in part: what was marked and is right now is marked no longer.
	back.put(data, "Cấp mở lớp", 3, levels[1])
	back.put(data, "Ngày khai mạc", 3, "4/10/2026")
	second := i.staged("", "Biểu tháng Mười-can-sua.xlsx", back.bytes(), "w2")
	again := openBook(t, i.body(second+"/loi"))
	again.marked(data, again.cell(data, "Lượt người dự", 3), "nhiều")
	again.plain(data, again.cell(data, "Cấp mở lớp", 3))

	again.put(data, "Lượt người dự", 3, 60)
	third := i.staged("", "Biểu tháng Mười.xlsx", again.bytes(), "w3")
	i.sees(third, "Sai, cần sửa 0 dòng", "Sẽ ghi mới 2 dòng")
	i.post(third+"/ghi", url.Values{})
	i.work()
	i.sees(third, "Đã ghi", "2 ghi nhận")
	if got, was := number(t, attendances(t, o)), number(t, before); got != was+100 {
		t.Errorf("the figure is %d, want %d", got, was+100)
	}
	fourth := i.staged("", "Biểu tháng Mười.xlsx", again.bytes(), "w4")
	i.sees(fourth, "Mọi dòng của tệp này đã có trong sổ")

	// The copy of last month filled in anew: its numbers are taken, and it says what to do.
	again.put(data, "Nội dung", 1, "Việc khác hẳn")
	i.sees(i.staged("", "Biểu tháng Mười một.xlsx", again.bytes(), "w5"), "Số thứ tự này của biểu đã dùng cho một việc khác", "Sai, cần sửa 1 dòng")

	i.post(third+"/huy", url.Values{"ly-do": {"thử xong"}})
	i.work()
	if got := attendances(t, o); got != before {
		t.Errorf("after undo the figure is %s, was %s", got, before)
	}
}

func number(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// marked fails unless a cell is coloured and has a comment that says the word.
func (b book) marked(sheet, cell, word string) {
	b.Helper()
	if !b.coloured(sheet, cell) {
		b.Errorf("%s is not coloured", cell)
	}
	if say := b.comment(sheet, cell); !strings.Contains(say, word) || !strings.Contains(say, "Cần sửa") {
		b.Errorf("the comment at %s says %q", cell, say)
	}
}

func (b book) plain(sheet, cell string) {
	b.Helper()
	if b.coloured(sheet, cell) || b.comment(sheet, cell) != "" {
		b.Errorf("%s is still marked", cell)
	}
}

func (b book) coloured(sheet, cell string) bool {
	b.Helper()
	id, err := b.f.GetCellStyle(sheet, cell)
	if err != nil {
		b.Fatal(err)
	}
	xf := b.f.Styles.CellXfs.Xf[id]
	fill := b.f.Styles.Fills.Fill[*xf.FillID].PatternFill
	return fill != nil && fill.FgColor != nil && strings.HasSuffix(fill.FgColor.RGB, "F8CBC6")
}

func (b book) comment(sheet, cell string) (say string) {
	b.Helper()
	all, err := b.f.GetComments(sheet)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range all {
		if c.Cell == cell {
			say += c.Text
			for _, run := range c.Paragraph {
				say += run.Text
			}
		}
	}
	return say
}

// Rows within an entry stand in a sheet of their own and name the entry by its number.
func TestWorksheetWithRowsWithinAnEntry(t *testing.T) {
	o := open(t)
	i := newImporter(t, o, "tong-hop", "19", access.Specialist)
	b := openBook(t, i.body("/ghi-nhan/bieu/contribution?don-vi=19.MTTQ"))
	var rows string
	for _, name := range b.f.GetSheetList() {
		if name != intake.DataSheet && name != "Hướng dẫn" && name != "Danh sách" && name != xlsx.HiddenSheet {
			rows = name
		}
	}
	fill := func(stt int, goods string, n any) {
		b.fillContribution(stt)
		b.put(rows, "Việc ở STT", stt, stt)
		b.put(rows, "Hiện vật", stt, goods)
		b.put(rows, "Đơn vị tính", stt, b.listed(rows, b.cell(rows, "Đơn vị tính", stt))[0])
		b.put(rows, "Số lượng", stt, n)
	}
	fill(1, "Gạo", 20)
	fill(2, "Chăn ấm", "mười")
	at := i.staged("", "ung-ho.xlsx", b.bytes(), "g1")
	i.sees(at, "Sai, cần sửa 1 dòng", "Sẽ ghi mới 1 dòng")
	back := openBook(t, i.body(at+"/loi"))
	back.marked(rows, back.cell(rows, "Số lượng", 2), "mười")
	if say, _ := back.f.GetCellValue(intake.DataSheet, back.cell(intake.DataSheet, "Lỗi", 2)); !strings.Contains(say, "Trang “"+rows+"”") {
		t.Errorf("the entry does not say where its rows are wrong: %q", say)
	}
	b.put(rows, "Việc ở STT", 2, 999)
	if at, a := i.upload("", "ung-ho.xlsx", b.bytes(), "g2"); at != "" || !strings.Contains(a.body, "không có việc nào mang số ấy") {
		t.Errorf("rows of no entry: %d %s", a.status, sentence(a.body))
	}
}

func (b book) fillContribution(n int) {
	b.Helper()
	rows, err := b.f.GetRows(intake.DataSheet)
	if err != nil {
		b.Fatal(err)
	}
	for _, row := range rows[:8] {
		for _, text := range row {
			head, _, _ := strings.Cut(text, "\n")
			name := strings.Trim(head, " *")
			if !strings.Contains(head, " *") || strings.HasPrefix(head, "Mỗi dòng") {
				continue
			}
			if list := b.listed(intake.DataSheet, b.cell(intake.DataSheet, name, n)); len(list) > 0 {
				b.put(intake.DataSheet, name, n, list[0])
			} else if strings.HasPrefix(name, "Ngày") {
				b.put(intake.DataSheet, name, n, "3/10/2026")
			} else {
				b.put(intake.DataSheet, name, n, 1000000)
			}
		}
	}
}

// A worksheet that LibreOffice saved again is read, and its lists are still there.
func TestWorksheetSavedByLibreOffice(t *testing.T) {
	o := open(t)
	i := newImporter(t, o, "tong-hop", "19", access.Specialist)
	b := openBook(t, i.body("/ghi-nhan/bieu/training_conference?don-vi=19.MTTQ"))
	data := intake.DataSheet
	levels := b.listed(data, b.cell(data, "Cấp mở lớp", 1))
	b.put(data, "Ngày khai mạc", 1, 46298)
	b.put(data, "Nội dung", 1, "Lưu bằng LibreOffice")
	b.put(data, "Cấp mở lớp", 1, levels[0])
	b.put(data, "Số ngày", 1, 2.5)
	b.put(data, "Lượt người dự", 1, "rất đông")
	saved := libre(t, b.bytes(), "xlsx", "xlsx:Calc MS Excel 2007 XML")
	at := i.staged("", "libre.xlsx", saved, "l1")
	i.sees(at, "Sai, cần sửa 1 dòng")
	// the answer, opened and saved in LibreOffice in its turn
	answer := libre(t, []byte(i.body(at+"/loi")), "xlsx", "xlsx:Calc MS Excel 2007 XML")
	back := openBook(t, string(answer))
	if got := back.listed(data, back.cell(data, "Cấp mở lớp", 1)); !slices.Equal(got, levels) {
		t.Errorf("LibreOffice keeps the levels %q, was %q", got, levels)
	}
	back.marked(data, back.cell(data, "Lượt người dự", 1), "rất đông")
	back.put(data, "Lượt người dự", 1, 30)
	mended := i.staged("", "libre.xlsx", back.bytes(), "l2")
	i.sees(mended, "Sai, cần sửa 0 dòng", "Sẽ ghi mới 1 dòng")
}
