package report

import (
	"errors"
	"strings"
	"testing"
)

const testHead = `---
code: thu
name: Báo cáo thử
title: BÁO CÁO
subject: "Kết quả {{period.name}} của {{unit.name}}"
for: [province, commune, "*/department"]
period: any
cite: Quyết định 290-QĐ/TW
issuers:
  - for: ["*"]
    format: party
    name: "{{unit.party_upper}}"
    symbol: BC/TU
    place: "{{unit.place}}"
    authority: [T/M BAN THƯỜNG VỤ]
    position: PHÓ BÍ THƯ
    recipients: [Lưu]
---
`

// headLines is how many lines testHead has, so that tests can name lines of
// the body.
var headLines = strings.Count(testHead, "\n")

func parseText(body string, more ...string) (*Template, Problems) {
	parts := Parts{"thu": {Path: "thu.md", Text: testHead + body}}
	for i := 0; i+1 < len(more); i += 2 {
		parts[more[i]] = Source{Path: more[i] + ".md", Text: more[i+1]}
	}
	t, err := Parse("thu", parts)
	var ps Problems
	errors.As(err, &ps)
	return t, ps
}

func TestWrongTemplatesNameTheirLine(t *testing.T) {
	cases := []struct {
		name, body string
		line       int
		says       string
	}{
		{"directive", "Một.\n[[iff training.conferences]]\n", 2, `có phải ý bạn là "if"`},
		{"open if", "Một.\n\n[[if training.conferences]]\nHai.\n", 3, "thiếu [[end]]"},
		{"end alone", "Một.\n[[end]]\n", 2, "không có [[if]]"},
		{"open slot", "Một {{training.conferences hội nghị.\n", 1, "thiếu dấu đóng }}"},
		{"option", "{{petition.received form 2015-01-01}}", 1, `có phải ý bạn là "from"`},
		{"day", "{{petition.received from 2015-13-01}}", 1, "2015-13-01"},
		{"period", "{{indicator.poverty_rate @năm}}", 1, "@năm"},
		{"no dot", "{{petition}}", 1, "mã chỉ tiêu"},
		{"empty", "{{ }}", 1, "trống"},
		{"loop", "[[for row in petition.received by unit]]x[[end]]", 1, "một hoặc hai chữ cái"},
		{"loop over a sum", "[[for r in petition.received]]x[[end]]", 1, "by unit"},
		{"by", "{{list petition.received by huyện}}", 1, "không chia được"},
		{"table line", "[[table t \"Bảng\"]]\nby year\ncol \"Năm\"\nkol \"x\" petition.received\n[[end]]\n", 4, `có phải ý bạn là "col"`},
		{"table cells", "[[table t \"Bảng\"]]\ncol \"A\"\ncol \"B\"\nrow một\n[[end]]\n", 4, "1 ô, bảng có 2 cột"},
		{"chart kind", "\n[[chart bar c \"Đơn\"]]\nby year\nseries \"Nhận\" petition.received\n[[end]]\n", 2, `có phải ý bạn là "bars"`},
		{"include", "[[include phan-x]]", 1, "không có phần"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, ps := parseText(c.body)
			if len(ps) == 0 {
				t.Fatal("no problem found")
			}
			if got := ps[0]; got.Line != headLines+c.line || got.File != "thu.md" || !strings.Contains(ps.Error(), c.says) {
				t.Errorf("got %v\nwant line %d and %q", ps, headLines+c.line, c.says)
			}
		})
	}
}

func TestTypedDigitsAreRefused(t *testing.T) {
	allowed := []string{
		"Quyết định số 290-QĐ/TW ngày 25/02/2010 của Bộ Chính trị.",
		"Nghị định số 61/2018/NĐ-CP, Quy chế 21-QC/TU, Luật 136/2025/QH15.",
		"Từ năm 2016 và giai đoạn 2011–2015, các năm 2018, 2019.",
		"Theo khoản 2 Điều 5 và Phụ lục 3.",
		`Số điện thoại \1900, đúng \100% theo mẫu.`,
		"Tháng 7/2025, ngày 01 tháng 7.",
		"Giá trị {{petition.received from 2015-01-01}} đơn.",
	}
	for _, s := range allowed {
		if _, ps := parseText(s); len(ps) > 0 {
			t.Errorf("%q: %v", s, ps)
		}
	}
	refused := map[string]int{
		"Toàn tỉnh tiếp nhận 11.244 đơn.": 1,
		"Đạt 97%.":                            1,
		"Một.\n\nCó 8 huyện.":                 3,
		"# Kết quả 10 năm":                    1,
		"[[if a.b]]\nmở 40 hội nghị\n[[end]]": 2,
		"[[for y in years]]{{y}}: 5[[end]]":   1,
		"[[table t \"Bảng\"]]\ncol \"A\"\ncol \"B\"\nrow Xã | 122\n[[end]]": 4,
	}
	for s, line := range refused {
		_, ps := parseText(s)
		if len(ps) == 0 || ps[0].Line != headLines+line || !strings.Contains(ps[0].Text, "gõ thẳng") {
			t.Errorf("%q: got %v, want a typed digit on line %d", s, ps, headLines+line)
		}
	}
}

func TestHeadIsChecked(t *testing.T) {
	cases := map[string]string{
		strings.Replace(testHead, "title: BÁO CÁO\n", "", 1):                     "thiếu title",
		strings.Replace(testHead, "title: BÁO CÁO\n", "titel: BÁO CÁO\n", 1):     `khóa lạ "titel"; có phải ý bạn là "title"?`,
		strings.Replace(testHead, "period: any", "period: yaer", 1):              `có phải ý bạn là "year"`,
		strings.Replace(testHead, "format: party", "format: letter", 1):          "party hoặc state",
		strings.Replace(testHead, "period: any", "period: any\nfrom: hai", 1):    "from",
		strings.Replace(testHead, "code: thu", "code: thu\nmade: 2010-01-01", 1): "made",
		"không có phần đầu":                                                      "giữa hai dòng ---",
	}
	for text, says := range cases {
		_, err := Parse("thu", Parts{"thu": {Path: "thu.md", Text: text}})
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
}

func TestIncludesRefuseCircles(t *testing.T) {
	_, ps := parseText("[[include phan-a]]", "phan-a", "[[include phan-b]]", "phan-b", "Một.\n[[include phan-a]]")
	if len(ps) != 1 || ps[0].File != "phan-b.md" || ps[0].Line != 2 {
		t.Errorf("got %v", ps)
	}
}

func TestNearestName(t *testing.T) {
	names := []string{"petition.received", "petition.accepted", "training.conferences"}
	for in, want := range map[string]string{
		"petition.recieved":   "petition.received",
		"training.conference": "training.conferences",
		"zzz":                 "",
	} {
		if got := nearest(in, names); got != want {
			t.Errorf("nearest(%q) = %q, want %q", in, got, want)
		}
	}
}
