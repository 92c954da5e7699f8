package web_test

import (
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
	"danvan/internal/figure"
	"danvan/internal/intake"
	"danvan/internal/org"
)

// rowsOf are the rows of a page's list as text, cells parted by "|".
func rowsOf(body string) []string {
	var out []string
	for _, tr := range regexp.MustCompile(`(?s)<tr>(.*?)</tr>`).FindAllString(between(body, "<tbody>", "</tbody>"), -1) {
		var cells []string
		for _, td := range regexp.MustCompile(`(?s)<t[dh][^>]*>(.*?)</t[dh]>`).FindAllStringSubmatch(tr, -1) {
			cells = append(cells, strings.Join(strings.Fields(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(td[1], " ")), " "))
		}
		out = append(out, strings.Join(cells, "|"))
	}
	return out
}

// The totals of a period by body, beside those of the period before: lines add up to the last, a body without totals then is
// compared with nothing, and the file says the same.
func TestFilesByBody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		r := newRecorder(t, d)
		n := 0
		month := func(body, month string, received, late int) {
			n++
			r.wentTo(r.post("/mot-cua/nhap", values("khoa", fmt.Sprint("k", n), "don-vi", body, "thang", month, "o-land-ky-truoc", "0",
				"o-land-truc-tiep", fmt.Sprint(received), "o-land-dung-han", fmt.Sprint(received-late), "o-land-qua-han", fmt.Sprint(late))))
		}
		month("001.UBND", "2026-08", 10, 0)
		month("001.UBND", "2026-09", 25, 5)
		month("002.UBND", "2026-09", 4, 0)
		page := r.get("/mot-cua?don-vi=06&ky=2026-M09&xem=co-quan")
		rows := rowsOf(page.body)
		want := []string{"Ủy ban nhân dân xã Hai|0|4|0|0|0|4|0|0|0|0|0|100|", "Ủy ban nhân dân xã Một|0|25|0|0|0|20|5|0|0|0|0|80|15 kỳ trước 10", "Cộng|0|29|0|0|0|24|5|0|0|0|0|82,76|19 kỳ trước 10"}
		if fmt.Sprint(rows) != fmt.Sprint(want) {
			t.Errorf("by body:\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
		}
		if !strings.Contains(page.body, "kỳ trước 10") || !strings.Contains(page.body, "kỳ trước 100%") {
			t.Error("the numbers above are not compared")
		}
		file := r.get("/mot-cua?don-vi=06&ky=2026-M09&xem=co-quan&tai=csv").body
		if strings.Count(file, "xã Một") != 1 || !strings.Contains(file, "82,76") && !strings.Contains(file, "82.75") {
			t.Errorf("the file: %s", file)
		}
		if rows := rowsOf(r.get("/mot-cua?don-vi=001&tu=2026-08-01&den=2026-09-30&xem=co-quan").body); len(rows) != 1 || !strings.HasPrefix(rows[0], "Ủy ban nhân dân xã Một|0|35|") {
			t.Errorf("two months of one body: %v", rows)
		}
	})
}

// Which bodies run the mechanism, on a day: what the page counts is what the figures F14 to F16 of the ten-year report say.
func TestOneStopPlacesAreTheFigures(t *testing.T) {
	o := open(t)
	for _, x := range []struct {
		figure, class string
		days          []civil.Date
	}{
		{"one_stop.communes", "commune", []civil.Date{20151231, 20191231, 20241231}},
		{"one_stop.districts", "district", []civil.Date{20151231, 20191231}},
		{"one_stop.departments", "department", []civil.Date{20151231, 20191231, 20241231}},
	} {
		for _, day := range x.days {
			p, err := civil.Between(civil.NewDate(day.Year(), 1, 1), day)
			if err != nil {
				t.Fatal(err)
			}
			f, err := o.app.Figures.Figure(t.Context(), figure.Query{Indicator: x.figure, Unit: "06", Period: p, Basis: org.AsThen()})
			if err != nil || f.Num == nil || f.Den == nil {
				t.Fatalf("%s on %s: %+v, %v", x.figure, day.Vi(), f, err)
			}
			a := o.get(t, "/mot-cua/noi-thuc-hien?"+url.Values{"don-vi": {"06"}, "ky": {fmt.Sprint(day.Year())}, "lop": {x.class}, "vao-ngay": {day.String()}}.Encode())
			runs, rest := kpiOf(a.body, "Đang thực hiện"), kpiOf(a.body, "Chưa thực hiện")
			if got := fmt.Sprintf("%d of %d", runs, runs+rest); got != f.Num.RatString()+" of "+f.Den.RatString() {
				t.Errorf("%s on %s: the page says %s, the figure %s of %s", x.class, day.Vi(), got, f.Num.RatString(), f.Den.RatString())
			}
			if runs == 0 || !strings.Contains(a.body, "Từ ngày") {
				t.Errorf("%s on %s: nobody runs it, or nobody says since when", x.class, day.Vi())
			}
		}
	}
	now := o.get(t, "/mot-cua/noi-thuc-hien?don-vi=19&lop=commune&xem=khong-ro")
	if !strings.Contains(now.body, "Chưa có dữ liệu") || strings.Contains(between(now.body, "<tbody>", "</tbody>"), "Chưa thực hiện") {
		t.Error("a commune of the former province without figures is said not to run it")
	}
}

func kpiOf(body, name string) int {
	m := regexp.MustCompile(`(?s)<dt>` + name + `</dt>\s*<dd class="v">\s*([\d.]+)`).FindStringSubmatch(body)
	if m == nil {
		return -1
	}
	var n int
	fmt.Sscan(strings.ReplaceAll(m[1], ".", ""), &n)
	return n
}

// A month of files comes in as the program's own workbook, filled in offline: rows that do not balance, name no group or
// another body are shown by their line with the reason; the good ones are recorded, stand in the page, and are found again.
func TestFilesFromAWorkbook(t *testing.T) {
	o := open(t)
	i := newImporter(t, o, "nhap-mot-cua", "02143", access.Clerk)
	b := openBook(t, i.body("/ghi-nhan/bieu/one_stop_totals?don-vi=02143.UBND&ngay=2026-10-31"))
	sheet := intake.DataSheet
	heads := []string{"Lĩnh vực", "Kỳ trước chuyển sang", "Tiếp nhận trực tiếp", "Tiếp nhận trực tuyến", "Tiếp nhận qua bưu chính", "Giải quyết trước hạn", "Giải quyết đúng hạn", "Giải quyết quá hạn", "Đang giải quyết, trong hạn", "Đang giải quyết, quá hạn"}
	for n, row := range [][]any{
		{"Nông nghiệp, lâm nghiệp", 2, 8, 10, 0, 12, 6, 1, 1, 0},
		{"Thuế, tài chính", 1, 5, 0, 0, 2, 2, 0, 0, 0}, // one file is lost
		{"Không có lĩnh vực này", 0, 3, 0, 0, 0, 3, 0, 0, 0},
	} {
		b.put(sheet, "Ngày cuối kỳ", n+1, "31/10/2026")
		for c, head := range heads {
			b.put(sheet, head, n+1, row[c])
		}
	}
	before := kpiOf(i.body("/mot-cua?don-vi=02143&ky=2026-M10"), "Tiếp nhận")
	at := i.staged("one_stop_totals", "mot-cua-thang-10.xlsx", b.bytes(), "mc1")
	i.sees(at, "Sẽ ghi mới 1 dòng", "Sai, cần sửa 2 dòng", "Không có lĩnh vực này", "phải bằng đã giải quyết")
	if a := i.person.post(at+"/ghi", url.Values{}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Còn 2 dòng sai") {
		t.Errorf("recording with wrong rows: %d %s", a.status, sentence(a.body))
	}
	i.post(at+"/ghi", url.Values{"chi-dung": {"1"}})
	i.work()
	i.sees(at, "Đã ghi", "1 ghi nhận")
	page := i.body("/mot-cua?don-vi=02143&ky=2026-M10")
	if got := kpiOf(page, "Tiếp nhận"); got != before+18 {
		t.Errorf("%d files received, %d before: want 18 more", got, before)
	}
	i.sees(i.staged("one_stop_totals", "mot-cua-thang-10.xlsx", b.bytes(), "mc2"), "Sai, cần sửa 2 dòng")
	i.post(at+"/huy", url.Values{"ly-do": {"gửi nhầm tệp"}})
	i.work()
	if got := kpiOf(i.body("/mot-cua?don-vi=02143&ky=2026-M10"), "Tiếp nhận"); got != before {
		t.Errorf("after undo %d files, %d before", got, before)
	}
}
