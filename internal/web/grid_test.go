package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"danvan/internal/access"
)

func gridForm(key string, rows ...[]string) url.Values {
	f := url.Values{"khoa": {key}, "mac-dinh-ngay": {"2026-10-05"}, "mac-dinh-don-vi": {"19.MTTQ"}}
	for n, cells := range rows {
		for i, code := range []string{"ngay", "don-vi", "topic", "level", "attendances"} {
			if i < len(cells) {
				f.Set("g-"+code+"-"+string(rune('0'+n)), cells[i])
			}
		}
	}
	return f
}

func TestGridRecordsAllOrNothing(t *testing.T) {
	o := open(t)
	p := o.person(t, "bang", "19", access.Specialist)
	const grid = "/ghi-nhan/bang/training_conference"
	checkPage(t, grid, p.get(grid))
	before := attendances(t, o)
	wrong := gridForm("khoa-bang-1", []string{"", "", "Dòng đúng", "own", "12"}, []string{"32/10/2026", "", "Ngày sai", "own", "5"}, nil, []string{"", "02143.KHONGCO", "Đơn vị sai", "own", "5"})
	a := p.post(grid, wrong)
	checkPage(t, grid, a)
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Dòng 2: ") || !strings.Contains(a.body, "Dòng 4: ") || !strings.Contains(a.body, `value="Dòng đúng"`) {
		t.Errorf("a grid with wrong rows: %d %s", a.status, sentence(a.body))
	}
	if got := attendances(t, o); got != before {
		t.Errorf("wrong rows, yet the figure moved from %s to %s", before, got)
	}
	wrong.Set("chi-dung", "1")
	if a = p.post(grid, wrong); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Đã ghi 1 dòng") || strings.Contains(a.body, `value="Dòng đúng"`) {
		t.Errorf("the right rows alone: %d %s", a.status, sentence(a.body))
	}
	once := attendances(t, o)
	if once == before {
		t.Error("the right row was not recorded")
	}
	right := gridForm("khoa-bang-2", []string{"5/10/2026", "19.MTTQ", "Một", "own", "3"}, []string{"", "", "Hai", "own", "4"})
	for range 2 { // a second click
		if a = p.post(grid, right); a.status != http.StatusSeeOther {
			t.Fatalf("a right grid: %d %s", a.status, sentence(a.body))
		}
	}
	if !strings.Contains(p.body(a.header.Get("Location")), "Hai") {
		t.Error("the grid does not lead to what it recorded")
	}
	clerk := o.person(t, "xa", "02143", access.Clerk)
	if page := clerk.body(grid); !strings.Contains(page, `<option value="02143.UBND@`) || strings.Contains(page, `name="mac-dinh-don-vi" value="02143"`) {
		t.Error("the grid offers no bodies to choose, or a territory as the body that does the work")
	}
	if a = clerk.post(grid, right); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "chưa được giao ghi") {
		t.Errorf("a foreign unit: %d %s", a.status, sentence(a.body))
	}
	if a = o.person(t, "qt", "19", access.Administrator).get(grid); a.status != http.StatusForbidden {
		t.Errorf("the administrator sees the grid: %d", a.status)
	}
}
