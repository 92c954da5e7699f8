package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"danvan/internal/access"
)

// TestHomePerRole: everybody meets what the post has to do with, and nothing else.
func TestHomePerRole(t *testing.T) {
	o := open(t)
	work := []string{"Việc đã ghi, từng nơi", "Việc định kỳ đến hạn", "Vừa ghi, vừa sửa"}
	for _, c := range []struct {
		role     access.Role
		has, not []string
	}{
		{access.Clerk, append([]string{"Chờ xác nhận"}, work...), []string{"Đơn thư trong kỳ", ">Hệ thống<"}},
		{access.Leader, append([]string{"Đơn thư trong kỳ", "Chờ bạn duyệt"}, work...), []string{">Hệ thống<"}},
		{access.Desk, append([]string{"Đơn thư trong kỳ"}, work...), nil},
		{access.Administrator, []string{">Hệ thống<", "Sổ niêm phong"}, append([]string{"Đơn thư trong kỳ", "Số liệu chính"}, work...)},
	} {
		body := o.person(t, "ai", "19", c.role).body("/")
		for _, words := range c.has {
			if !strings.Contains(body, words) {
				t.Errorf("%s misses %q", c.role, words)
			}
		}
		for _, words := range c.not {
			if strings.Contains(body, words) {
				t.Errorf("%s is shown %q", c.role, words)
			}
		}
	}
}

// TestHomeCountsWhatIsRecorded: the cells add up to the entries of the period.
func TestHomeCountsWhatIsRecorded(t *testing.T) {
	o := open(t)
	body := html.UnescapeString(o.person(t, "tong-hop", "19", access.Specialist).body("/?don-vi=066&ky=2019-M05"))
	cells := regexp.MustCompile(`title="([^"]*): ([0-9.]+) ghi nhận"`).FindAllStringSubmatch(body, -1)
	if len(cells) != 22 {
		t.Fatalf("%d cells, want the 22 communes of Na Rì in 2019", len(cells))
	}
	var n int64
	row := o.app.DB.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM entry WHERE day BETWEEN 20190501 AND 20190531 AND state <> 'void'
		AND unit IN (SELECT id FROM org_unit WHERE code = '02134' OR code LIKE '02134.%')`)
	if err := row.Scan(&n); err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		if c[1] == "Thị trấn Yến Lạc" && c[2] != strconv.FormatInt(n, 10) {
			t.Errorf("Yến Lạc shows %s, the book has %d", c[2], n)
		}
	}
}

// TestBoard: a person puts an indicator on the board, once however often it is sent, moves it, takes it off; nobody else
// sees it, and a unit that may not be read is refused.
func TestBoard(t *testing.T) {
	o := open(t)
	p := o.person(t, "bang", "02143", access.Clerk)
	add := func(code, unit string) answer {
		return p.post("/bang-so-lieu?don-vi=02143&ky=2026", url.Values{"chi-tieu": {code}, "don-vi": {unit}})
	}
	for _, code := range []string{"petition.received", "petition.received", "contribution.workdays"} {
		if a := add(code, "02143"); a.status != http.StatusSeeOther || !strings.Contains(a.header.Get("Location"), "ky=2026") {
			t.Fatalf("adding %s: status %d to %s: %s", code, a.status, a.header.Get("Location"), sentence(a.body))
		}
	}
	cards := func() []string {
		var out []string
		for _, m := range regexp.MustCompile(`action="/bang-so-lieu/([0-9]+)/bo`).FindAllStringSubmatch(p.body("/bang-so-lieu"), -1) {
			out = append(out, m[1])
		}
		return out
	}
	first := cards()
	if len(first) != 2 {
		t.Fatalf("the board has %d cards, want 2", len(first))
	}
	for range 2 {
		if a := p.post("/bang-so-lieu/"+first[1]+"/cho?don-vi=02143", url.Values{"vi-tri": {"0"}}); a.status != http.StatusSeeOther {
			t.Fatalf("moving: status %d", a.status)
		}
	}
	if moved := cards(); moved[0] != first[1] || moved[1] != first[0] {
		t.Errorf("after moving the second up the board is %v, was %v", moved, first)
	}
	if body := p.body("/?don-vi=02143&ky=2026"); !strings.Contains(body, "Cả bảng của tôi") {
		t.Error("the first page does not show the own board")
	}
	if a := add("petition.received", "01840"); a.status != http.StatusForbidden {
		t.Errorf("a unit that may not be read: status %d", a.status)
	}
	if a := add("khong.co", ""); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "<title>Lỗi: ") || !strings.Contains(a.body, "Hãy chọn một chỉ tiêu") {
		t.Errorf("an indicator that is none: status %d: %s", a.status, sentence(a.body))
	}
	for _, id := range first {
		if a := p.post("/bang-so-lieu/"+id+"/bo", nil); a.status != http.StatusSeeOther {
			t.Fatalf("removing: status %d", a.status)
		}
	}
	if left := cards(); len(left) > 0 {
		t.Errorf("%d cards are left", len(left))
	}
}
