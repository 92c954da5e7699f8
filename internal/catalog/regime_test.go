package catalog

import (
	"strings"
	"testing"
)

const regimes = `
regimes:
  - code: tt01-2024
    name: Thanh tra
    cite: Thông tư 01/2024/TT-TTCP
    windows:
      year: {from: prev-12-15, to: 12-14}
      H1: {from: prev-12-15, to: 06-14}
      9M: {from: prev-12-15, to: 09-14}
      Q1: {from: prev-12-15, to: 03-14}
      Q2: {from: 03-15, to: 06-14}
      month: {from: prev-15, to: 14}
  - code: tt03-2013
    name: Thanh tra (cũ)
    cite: Thông tư 03/2013/TT-TTCP
    windows: {month: {from: prev-16, to: 15}, year: {from: prev-12-16, to: 12-15}}
  - code: quoc-hoi
    name: Quốc hội
    cite: Nghị quyết
    windows: {year: {from: prev-08-01, to: 07-end}}
  - code: lich
    name: Lịch
    cite: Luật Thống kê
    windows: {month: {from: 1, to: end}, Q1: {from: 01-01, to: 03-end}}
`

func TestRegimes(t *testing.T) {
	rs := load(t, base(regimes)).Latest().Regimes
	for text, want := range map[string]string{
		"tt01-2024:2025-Q1":    "2024-12-15 2025-03-14 quý I năm 2025",
		"tt01-2024:2025-Q2":    "2025-03-15 2025-06-14 quý II năm 2025",
		"tt01-2024:2025":       "2024-12-15 2025-12-14 năm 2025",
		"tt01-2024:2025-year":  "2024-12-15 2025-12-14 năm 2025",
		"tt01-2024:2025-H1":    "2024-12-15 2025-06-14 6 tháng đầu năm 2025",
		"tt01-2024:2025-9M":    "2024-12-15 2025-09-14 9 tháng đầu năm 2025",
		"tt01-2024:2025-M01":   "2024-12-15 2025-01-14 tháng 1 năm 2025",
		"tt01-2024:2025-10":    "2025-09-15 2025-10-14 tháng 10 năm 2025",
		"tt01-2024:2024..2025": "2023-12-15 2025-12-14 từ 15/12/2023 đến 14/12/2025",
		"tt03-2013:2015-M03":   "2015-02-16 2015-03-15 tháng 3 năm 2015",
		"quoc-hoi:2019":        "2018-08-01 2019-07-31 năm 2019",
		"lich:2024-M02":        "2024-02-01 2024-02-29 tháng 2 năm 2024",
		"2019-Q3":              "2019-07-01 2019-09-30 quý III năm 2019",
	} {
		p, err := rs.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := p.From.String() + " " + p.To.String() + " " + p.Name; got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{"tt02-2024:2025": `ý bạn là "tt01-2024"?`, "tt03-2013:2015-Q1": "không có kỳ Q1", "tt01-2024:25": "không đúng dạng", "tt01-2024:2025-M13": "không đúng dạng", "tt01-2024:2025..2024": "viết ngược"} {
		if _, err := rs.Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want %q, got %v", text, want, err)
		}
	}
}
