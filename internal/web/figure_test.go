package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// figureKinds are pages of figures in all their forms.
var figureKinds = []string{
	"/so-lieu?don-vi=06&ky=2019",
	"/so-lieu?don-vi=06&ky=2010..2019&he-thong=14&co=1&thu-tu=ghi-nhan",
	"/so-lieu?don-vi=060&ky=2019-Q2&he-thong=&tim=hoa+giai&thu-tu=thay-doi",
	"/so-lieu?don-vi=06&ky=2019&he-thong=&tu-dong=50",
	"/so-lieu/petition.settled_rate?don-vi=06&ky=2019&theo=quarter",
	"/so-lieu/petition.settled_rate?don-vi=06&ky=2019&tinh=xac-nhan&theo=month",
	"/so-lieu/petition.settled_rate?don-vi=06&ky=2019&biet-den=2020-06-30",
	"/so-lieu/petition.settled_rate?don-vi=06&ky=2019&nhan=class:complaint",
	"/so-lieu/indicator.poverty_rate?don-vi=06&ky=2010..2019",
	"/so-lieu/petition.received?don-vi=06&ky=2015..2019&theo=unit",
	"/so-lieu/petition.received?don-vi=06&ky=2015..2019&theo=unit&ranh-gioi=2026-11-22",
	"/so-lieu/petition.settled_rate/ghi-nhan?don-vi=06&ky=2019&thu-tu=lon-nhat&so-phan=2",
	"/ban-do?don-vi=06&ky=2015..2019",
	"/ban-do?don-vi=060&ky=2019&chi-tieu=contribution.land",
	"/ban-do?don-vi=06&ky=2022",
	"/ban-do?don-vi=06&ky=2022&ranh-gioi=2026-11-22",
	"/ban-do?don-vi=19&ky=2026&chi-tieu=petition.received",
	"/so-sanh?don-vi=06&ky=2019",
	"/so-sanh?don-vi=060&ky=2019&voi=061&voi=062&bo=14",
	"/so-sanh?don-vi=06&ky=2019&ky2=khong&voi=060,061&chi-tieu=F19,F20",
	"/so-sanh?don-vi=06&ky=2019&bo=bao-cao:nam",
	"/so-sanh?don-vi=06&tu=2016-01-01&den=2016-12-31&tu2=2015-01-01&den2=2015-12-31&chi-tieu=indicator.poverty_rate",
}

func TestFigurePages(t *testing.T) {
	o := open(t)
	for _, address := range figureKinds {
		a := o.get(t, address)
		if a.status != http.StatusOK {
			t.Errorf("%s: status %d: %s", address, a.status, sentence(a.body))
			continue
		}
		checkPage(t, address, a)
		if n := zipped(t, a.body); n > mostBytes {
			t.Errorf("%s weighs %d bytes compressed", address, n)
		}
	}
}

func TestFigureRefusalsSayWhatToDo(t *testing.T) {
	o := open(t)
	for _, c := range []struct {
		address, words string
		status         int
	}{
		{"/so-lieu?don-vi=06&ky=2019&he-thong=99", "F01–F31", 400},
		{"/so-lieu?don-vi=06&ky=2019&thu-tu=mau", "thay-doi", 400},
		{"/so-lieu/F20?don-vi=06&ky=2019&tinh=moi", "xac-nhan", 400},
		{"/so-lieu/F20?don-vi=06&ky=2019&biet-den=hom-qua", "2019-12-31", 400},
		{"/so-lieu/F20?don-vi=06&ky=2019&nhan=class", "class:complaint", 400},
		{"/so-lieu/F20/ghi-nhan?don-vi=06&ky=2019&so-phan=x", "từ 1", 400},
		{"/so-lieu/F20/ghi-nhan?don-vi=06&ky=2019&thu-tu=x", "cu-nhat", 400},
		{"/so-lieu/F20/tep?don-vi=06&ky=2019&dang=pdf", "xlsx hoặc csv", 400},
		{"/so-lieu/F20/tep?don-vi=06&ky=2019&dang=map", "theo đơn vị", 404},
		{"/so-sanh?don-vi=06&ky=2019&voi=060,061,062,063", "4 đơn vị", 400},
		{"/so-sanh?don-vi=06&ky=2019&chi-tieu=khong.co", "khong.co", 404},
		{"/so-sanh?don-vi=06&ky=2019&ky2=hom-qua", "2018-Q3", 400},
		{"/so-sanh?don-vi=06&ky=2019&bo=x", "bao-cao:", 400},
		{"/ban-do?don-vi=06&ky=2019&chi-tieu=khong.co", "khong.co", 404},
	} {
		a := o.get(t, c.address)
		if a.status != c.status || !strings.Contains(html.UnescapeString(a.body), c.words) {
			t.Errorf("%s: status %d, want %d with %q: %s", c.address, a.status, c.status, c.words, sentence(a.body))
		}
	}
}

// A comparison asks the right over each unit, not only over the first.
func TestOtherUnitsAreAskedFor(t *testing.T) {
	o := open(t)
	tree, err := o.app.Org.Tree(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	communes := tree.Children(tree.On("19", today).ID, today, org.Territory)
	own, sibling := tree.Unit(communes[0]).Code, tree.Unit(communes[1]).Code
	clerk := o.person(t, "ghi-xa", own, access.Clerk)
	for address, status := range map[string]int{
		"/so-sanh?don-vi=" + own + "&ky=2026-M10&chi-tieu=F17":                             200,
		"/so-sanh?don-vi=" + own + "&ky=2026-M10&chi-tieu=F17&voi=" + own + ".UBND":        200,
		"/so-sanh?don-vi=" + own + "&ky=2026-M10&chi-tieu=F17&voi=" + sibling:              403,
		"/so-sanh?don-vi=" + own + "&ky=2026-M10&chi-tieu=F17&voi=19":                      403,
		"/so-sanh/tep?don-vi=" + own + "&ky=2026-M10&chi-tieu=F17&dang=csv&voi=" + sibling: 403,
		"/bao-cao/thang?don-vi=" + own + "&ky=2026-M10&voi=" + sibling:                     403,
		"/bao-cao/thang?don-vi=" + own + "&ky=2026-M10&so=ky-truoc":                        200,
		"/so-lieu/F17?don-vi=" + sibling + "&ky=2026-M10&theo=unit":                        403,
		"/ban-do?don-vi=19&ky=2026-M10":                                                    403,
		"/so-lieu/F17/tep?don-vi=19&ky=2026-M10&dang=csv":                                  403,
	} {
		if got := clerk.get(address).status; got != status {
			t.Errorf("%s: status %d, want %d", address, got, status)
		}
	}
	_, units, _ := strings.Cut(clerk.body("/so-sanh?don-vi="+own+"&ky=2026-M10&chi-tieu=F17"), `name="voi"`)
	for _, o := range regexp.MustCompile(`<option value="([^"]*)"`).FindAllStringSubmatch(units, -1) {
		if o[1] == sibling || o[1] == "19" {
			t.Errorf("the page offers %s, which is refused", o[1])
		}
	}
}

// A figure that picks letters by their content names none of them to those who may not read letters.
func TestEvidenceThatTellsOfLettersIsClosed(t *testing.T) {
	o := open(t)
	link := regexp.MustCompile(`href="/ghi-nhan/[0-9]+"`)
	clerk, leader := o.person(t, "ghi", "06", access.Clerk), o.person(t, "lanh-dao", "06", access.Leader)
	for _, address := range []string{
		"/so-lieu/petition.settled/ghi-nhan?don-vi=06&ky=2019&nhan=outcome:right",
		"/so-lieu/petition.on_time/ghi-nhan?don-vi=06&ky=2019",
	} {
		a := leader.get(address)
		if a.status == http.StatusNotFound {
			continue
		}
		if !link.MatchString(a.body) {
			t.Errorf("%s: the leader sees no letter: %s", address, sentence(a.body))
		}
		if strings.Contains(address, "outcome") { // what letters say divides the figure: it is not told at all
			if a := clerk.get(address); a.status != http.StatusForbidden {
				t.Errorf("%s: a clerk gets %d", address, a.status)
			}
			continue
		}
		body := clerk.body(address)
		if link.MatchString(body) || !strings.Contains(body, "không mở được ở đây") {
			t.Errorf("%s: a clerk sees which letters they are", address)
		}
		rows, err := csv.NewReader(strings.NewReader(clerk.body(strings.Replace(address, "/ghi-nhan?", "/ghi-nhan/tep?", 1)))).ReadAll()
		if err != nil || len(rows) < 2 {
			t.Fatalf("%s as CSV: %d rows, %v", address, len(rows), err)
		}
		for _, row := range rows[1:] {
			if row[0] != "" || row[1] != "" || row[3] != "" || row[4] != "" {
				t.Fatalf("%s: the file tells of a letter: %q", address, row)
			}
		}
	}
	if !link.MatchString(clerk.body("/so-lieu/petition.settled/ghi-nhan?don-vi=06&ky=2019")) {
		t.Error("letters that are only counted are not listed")
	}
}

func TestFilesOfFigures(t *testing.T) {
	o := open(t)
	page := o.get(t, "/so-lieu/petition.received?don-vi=06&ky=2015..2019").body
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(o.get(t, "/so-lieu/petition.received/tep?don-vi=06&ky=2015..2019&dang=csv").body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 7 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		n, err := strconv.ParseInt(row[1], 10, 64)
		if err != nil || !strings.Contains(page, ">"+civil.FormatInt(n)+"<") {
			t.Errorf("the page does not hold the number of the file: %q, %v", row, err)
		}
	}
	for _, address := range []string{"/so-lieu/petition.received/tep?don-vi=06&ky=2019&dang=xlsx", "/so-lieu/tep?don-vi=06&ky=2019&dang=xlsx", "/so-sanh/tep?don-vi=06&ky=2019&dang=xlsx",
		"/so-lieu/petition.received/ghi-nhan/tep?don-vi=060&ky=2019-Q1&dang=xlsx"} {
		body := []byte(o.get(t, address).body)
		z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
		if err != nil || !slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "xl/workbook.xml" }) {
			t.Errorf("%s is no workbook: %v", address, err)
		}
	}
	for _, address := range []string{"/so-lieu/petition.received/tep?don-vi=06&ky=2015..2019&dang=svg", "/so-lieu/petition.received/tep?don-vi=06&ky=2019&theo=unit&dang=map"} {
		if a := o.get(t, address); !strings.HasPrefix(a.body, "<svg") || a.header.Get("Content-Type") != "image/svg+xml" {
			t.Errorf("%s: %.60s", address, a.body)
		}
	}
}

// The question of a page goes along to its entries and its file.
func TestNarrowingIsCarried(t *testing.T) {
	o := open(t)
	body := html.UnescapeString(o.get(t, "/so-lieu/petition.settled?don-vi=06&ky=2019&tinh=xac-nhan&nhan=class:complaint&biet-den=2026-01-31").body)
	for _, m := range regexp.MustCompile(`href="(/so-lieu/petition.settled/[^"]*)"`).FindAllStringSubmatch(body, -1) {
		for _, must := range []string{"tinh=xac-nhan", "nhan=class%3Acomplaint", "biet-den=2026-01-31"} {
			if !strings.Contains(m[1], must) {
				t.Errorf("%s lacks %s", m[1], must)
			}
		}
	}
	if !strings.Contains(body, "Chỉ tính việc đã xác nhận") || !strings.Contains(body, "khiếu nại") {
		t.Error("the page does not say what narrows it")
	}
}

// Poverty was measured by another standard from 2016 on: both years stand there, and no difference.
func TestIncomparableIsRefused(t *testing.T) {
	body := open(t).get(t, "/so-sanh?don-vi=06&ky=2016&tu2=2015-01-01&den2=2015-12-31&chi-tieu=indicator.poverty_rate").body
	if !strings.Contains(body, "không so sánh được") {
		t.Errorf("compared across a change of definition: %s", sentence(body))
	}
}

// A report sets the year before, or another unit, beside its own numbers.
func TestReportBesideAnother(t *testing.T) {
	o := open(t)
	alone := o.get(t, "/bao-cao/nam?don-vi=06&ky=2019").body
	if strings.Contains(alone, "with-before") {
		t.Error("numbers stand beside a report that nobody compared")
	}
	before := o.get(t, "/bao-cao/nam?don-vi=06&ky=2019&so=ky-truoc")
	checkPage(t, "so=ky-truoc", before)
	rate := o.get(t, "/so-lieu/petition.settled_rate?don-vi=06&ky=2018").body
	value := regexp.MustCompile(`chính xác ([0-9,]+)%`).FindStringSubmatch(html.UnescapeString(rate))
	if value == nil || !strings.Contains(before.body, "So với năm 2018") || !strings.Contains(before.body, "<b>"+value[1][:5]+"%</b>") {
		t.Errorf("the drawer of F20 does not hold the rate of 2018, %v", value)
	}
	other := o.get(t, "/bao-cao/nam?don-vi=060@2019-12-31&ky=2019&voi=061@2019-12-31")
	if other.status != http.StatusOK || !strings.Contains(other.body, "So với Huyện Ba Bể") || !strings.Contains(other.body, "with-before") {
		t.Errorf("another unit does not stand beside: %d, %s", other.status, sentence(other.body))
	}
	if a := o.get(t, "/bao-cao/nam?don-vi=06&ky=2019&so=mai"); a.status != http.StatusBadRequest {
		t.Errorf("so=mai: status %d", a.status)
	}
	if n := zipped(t, before.body); n > 2*mostBytes {
		t.Errorf("the report with the year before weighs %d bytes", n)
	}
}

// A drawer's inside is a piece for a script; opened as a page it leads to the figure.
func TestPeek(t *testing.T) {
	o := open(t)
	req, err := http.NewRequest("GET", o.site.URL+"/so-lieu/petition.settled_rate/can-cu?don-vi=06&ky=2019", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Dest", "empty")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || strings.Contains(string(body), "<html") || strings.Count(string(body), "/ghi-nhan/") < 4 {
		t.Errorf("%v: %s", err, body)
	}
	if a := o.get(t, "/so-lieu/petition.settled_rate/can-cu?don-vi=06&ky=2019"); !strings.Contains(a.body, "<h1>Tỷ lệ đơn") {
		t.Errorf("opened alone: %s", sentence(a.body))
	}
}
