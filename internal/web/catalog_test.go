package web_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// catalogPages are addresses of every page of the catalogue.
var catalogPages = []string{
	"/danh-muc?an-ban=2010",
	"/danh-muc?doi-chieu=1",
	"/danh-muc/training_conference",
	"/danh-muc/petition_letter?an-ban=2010",
	"/danh-muc/chi-tieu/petition.settled_rate",
	"/danh-muc/chi-tieu/contribution.land?an-ban=2010",
	"/danh-muc/chi-tieu/one_stop.communes",
	"/danh-muc/nhiem-vu",
	"/danh-muc/nhiem-vu?ai=peoples_committee&cap=commune&nam=2025",
	"/danh-muc/nhiem-vu?tim=khongcochuynay",
	"/danh-muc/thu-tuc",
	"/danh-muc/thu-tuc?an-ban=2026",
	"/danh-muc/lich",
	"/danh-muc/lich?nam=2019",
	"/danh-muc/thay-doi",
	"/danh-muc/thay-doi?tu=2010&den=2026",
}

func TestCatalogPages(t *testing.T) {
	o := open(t)
	for _, address := range catalogPages {
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

// TestEveryItemHasItsPage: each kind and each indicator of each edition opens, and a formula leaves no code behind in
// its words.
func TestEveryItemHasItsPage(t *testing.T) {
	o := open(t)
	code := regexp.MustCompile(`\b(sum|stock|last|reading|entries|having|in_state|units)\(`)
	words := regexp.MustCompile(`(?s)<dt>(?:Tử số|Giá trị|Mẫu số)</dt>\s*<dd>(.*?)<code`)
	for _, ed := range o.app.Catalog.Editions() {
		for n, k := range ed.Kinds {
			if n%7 == 0 {
				if a := o.get(t, "/danh-muc/"+k.Code+"?an-ban="+ed.Code); a.status != http.StatusOK || !strings.Contains(a.body, "catalog/") {
					t.Errorf("kind %s of %s: status %d, or its place is missing", k.Code, ed.Code, a.status)
				}
			}
		}
		for n, i := range ed.Indicators {
			if n%5 != 0 {
				continue
			}
			a := o.get(t, "/danh-muc/chi-tieu/"+i.Code+"?an-ban="+ed.Code)
			if a.status != http.StatusOK {
				t.Errorf("indicator %s of %s: status %d", i.Code, ed.Code, a.status)
			}
			for _, m := range words.FindAllStringSubmatch(a.body, -1) {
				if strings.TrimSpace(m[1]) == "" || code.MatchString(m[1]) {
					t.Errorf("indicator %s of %s in words: %q", i.Code, ed.Code, m[1])
				}
			}
		}
	}
}

func TestIndicatorLeadsBothWays(t *testing.T) {
	body := open(t).get(t, "/danh-muc/chi-tieu/contribution.land").body
	for _, want := range []string{"/danh-muc/contribution?an-ban=", "/so-lieu/contribution.land", "/bao-cao/", "m²", "Đất nhân dân hiến ("} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if body := open(t).get(t, "/danh-muc/contribution").body; !strings.Contains(body, "/danh-muc/chi-tieu/contribution.land") {
		t.Error("the kind does not lead back to the indicator")
	}
}

// TestEditionsDiffer: what the pages say of two editions is what the editions hold.
func TestEditionsDiffer(t *testing.T) {
	o := open(t)
	from, to := o.app.Catalog.Edition("2010"), o.app.Catalog.Edition("2021")
	added := 0
	for _, d := range to.Duties {
		if from.Duty(d.Code) == nil {
			added++
		}
	}
	body := o.get(t, "/danh-muc/thay-doi?tu=2010&den=2021").body
	duties := body[strings.Index(body, "Trách nhiệm</h2>"):]
	if want := fmt.Sprintf("%d thêm", added); added == 0 || !strings.Contains(duties[:600], want) {
		t.Errorf("the page does not say %q", want)
	}
	same := o.get(t, "/danh-muc/thay-doi?tu=2025&den=2025").body
	if n := strings.Count(same, "không đổi"); n != 4 {
		t.Errorf("an edition differs from itself in %d of 4 sorts", 4-n)
	}
}

func TestCatalogCSV(t *testing.T) {
	o := open(t)
	a := o.get(t, "/danh-muc.csv?an-ban=2010")
	ed := o.app.Catalog.Edition("2010")
	lines := strings.Count(strings.TrimSpace(a.body), "\n")
	if want := len(ed.Kinds) + len(ed.Indicators) + len(ed.Duties); lines < want {
		t.Errorf("%d lines, want at least %d", lines, want)
	}
}

// TestDueDays: the calendar of a year holds every turn of a monthly duty, on days of that year alone.
func TestDueDays(t *testing.T) {
	o := open(t)
	body := o.get(t, "/danh-muc/nhiem-vu?nam=2025").body
	days := regexp.MustCompile(`<b>(\d\d/\d{1,2}/(\d{4}))</b>`).FindAllStringSubmatch(body, -1)
	months := map[string]bool{}
	for _, m := range days {
		if m[2] != "2025" {
			t.Errorf("%s stands in the calendar of 2025", m[1])
		}
		months[m[1][3:]] = true
	}
	if len(days) < 150 || len(months) != 12 {
		t.Errorf("%d days in %d months", len(days), len(months))
	}
}
