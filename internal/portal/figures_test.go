package portal_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"danvan/internal/web/browser"
)

var _ = shows(map[string]example{
	"GET /so-lieu":               {Path: "/so-lieu"},
	"GET /so-lieu/json":          {Path: "/so-lieu/json", File: true},
	"GET /so-lieu/tu-dien":       {Path: "/so-lieu/tu-dien"},
	"GET /so-lieu/tat-ca/csv":    {Path: "/so-lieu/tat-ca/csv?nam=2026", File: true},
	"GET /so-lieu/tat-ca/json":   {Path: "/so-lieu/tat-ca/json?nam=2026&quy=2", File: true},
	"GET /so-lieu/{code}":        {Path: "/so-lieu/petition.received?nam=2025"},
	"GET /so-lieu/{code}/csv":    {Path: "/so-lieu/contribution.land/csv?nam=2026", File: true},
	"GET /so-lieu/{code}/json":   {Path: "/so-lieu/contribution.land/json?nam=2019&ranh-gioi=khi-do", File: true},
	"GET /so-lieu/{code}/ban-do": {Path: "/so-lieu/contribution.land/ban-do?nam=2026", File: true},
	"GET /so-lieu/{code}/nhung":  {Path: "/so-lieu/contribution.land/nhung?nam=2025"},
}, "/so-lieu/khong.co", "/so-lieu/contribution.land?nam=1900", "/so-lieu/contribution.land?nam=2026&quy=3", "/so-lieu/petition.received?nam=2026&quy=2", "/so-lieu/petition.received?nam=2026&quy=9",
	"/so-lieu/contribution.land/nhung?nam=2026&hinh=bieu-do", "/so-lieu/contribution.land?nam=2019&ranh-gioi=khi-do&xep=so")

// openTable is an open figure as a program reads it.
type openTable struct {
	Code   string `json:"code"`
	To     string `json:"to"`
	Small  int    `json:"small_counts_below"`
	Total  struct{ State, Value string }
	Places []struct{ Code, Kind, State, Value string }
}

func (w *world) table(t *testing.T, path string) (out openTable) {
	t.Helper()
	if err := json.Unmarshal([]byte(opened(t, w.ask(t, "GET", path, ""))), &out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

// TestFiguresByQuarter: the quarters of a year add up to it where nothing is hidden; of letters a quarter tells the
// province alone, and no number of a quarter that is not over. One file holds what the single ones do.
func TestFiguresByQuarter(t *testing.T) {
	w := open(t)
	year := w.table(t, "/cong/so-lieu/dialogue.sessions/json?nam=2025")
	if year.Total.State != "known" || year.To != "2025-12-31" {
		t.Fatalf("the year: %+v", year.Total)
	}
	sum := 0
	for _, q := range []string{"1", "2", "3", "4"} {
		one := w.table(t, "/cong/so-lieu/dialogue.sessions/json?nam=2025&quy="+q)
		sum += whole(t, one.Total.Value)
		if len(one.Places) == 0 {
			t.Errorf("quarter %s tells no place", q)
		}
	}
	if sum != whole(t, year.Total.Value) {
		t.Errorf("the quarters are %d, the year %s", sum, year.Total.Value)
	}
	letters := w.table(t, "/cong/so-lieu/petition.received/json?nam=2026")
	if letters.To != "2026-09-30" {
		t.Errorf("letters are told up to %s: a day's number shows", letters.To)
	}
	for _, p := range letters.Places {
		if p.State == "known" && p.Value != "0.000000" && whole(t, p.Value) < 2*letters.Small {
			t.Errorf("%s is told with %s letters", p.Code, p.Value)
		}
	}
	if q := w.table(t, "/cong/so-lieu/petition.received/json?nam=2026&quy=2"); len(q.Places) != 0 {
		t.Errorf("a quarter tells the letters of %d places", len(q.Places))
	}
	if q := w.table(t, "/cong/so-lieu/petition.received/json?nam=2026&quy=4"); q.Total.State != "silent" {
		t.Errorf("a quarter that is not over tells %+v", q.Total)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(opened(t, w.ask(t, "GET", "/cong/so-lieu/tat-ca/csv?nam=2025", "")), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]int{}
	for _, r := range rows[1:] {
		codes[r[5]]++
	}
	if len(codes) < 20 || codes["dialogue.sessions"] != len(year.Places)+1 {
		t.Errorf("the file of the year has %d figures, %d lines of one that has %d", len(codes), codes["dialogue.sessions"], len(year.Places)+1)
	}
}

func whole(t *testing.T, s string) int {
	t.Helper()
	n := 0
	for _, c := range strings.Split(s, ".")[0] {
		n = n*10 + int(c-'0')
	}
	return n
}

// TestFiguresWithinAnotherSite: an embedded figure shows within a page of another origin; no other page does.
func TestFiguresWithinAnotherSite(t *testing.T) {
	w := open(t)
	frame := "/cong/so-lieu/contribution.land/nhung?nam=2026"
	host := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = rw.Write([]byte(`<!DOCTYPE html><title>x</title><iframe src="` + w.site.URL + frame + `" width="600" height="640" onload="document.title='loaded'"></iframe>`))
	}))
	defer host.Close()
	b := browser.Start(t, browser.Options{Width: 700, Height: 700})
	refused := func() bool {
		b.Go(host.URL)
		b.Until(`return document.title`, func(s string) bool { return s == "loaded" })
		b.Shot("nhung-o-trang-khac")
		for _, m := range b.Messages() {
			if strings.Contains(m, "frame-ancestors") {
				return true
			}
		}
		return false
	}
	if refused() {
		t.Error("an embedded figure is refused to another site")
	}
	frame = "/cong/so-lieu"
	if !refused() {
		t.Error("a page that is not made for it shows within another site")
	}
}
