package civil

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Period is a run of days, both ends counted.
type Period struct {
	From Date   `json:"from"`
	To   Date   `json:"to"`
	Code string `json:"code,omitempty"` // as asked for: 2019-Q3, tt01-2024:2025-Q1
	Name string `json:"name,omitempty"` // as printed: quý III năm 2019
}

// Has reports whether d lies in the period.
func (p Period) Has(d Date) bool { return p.From <= d && d <= p.To }

// String is the period's code, or its two days.
func (p Period) String() string {
	if p.Code != "" {
		return p.Code
	}
	return p.From.String() + ".." + p.To.String()
}

// Years are the calendar years that the period touches.
func (p Period) Years() []int {
	var ys []int
	for y := p.From.Year(); y <= p.To.Year(); y++ {
		ys = append(ys, y)
	}
	return ys
}

// Between is the period of two days, named as a document would.
func Between(from, to Date) (Period, error) {
	if from == 0 || to == 0 {
		return Period{}, fmt.Errorf("kỳ phải có cả ngày đầu và ngày cuối")
	}
	if from > to {
		return Period{}, fmt.Errorf("kỳ có ngày đầu %s sau ngày cuối %s: hãy đổi lại", from.Vi(), to.Vi())
	}
	return Period{From: from, To: to, Name: NamePeriod(from, to)}, nil
}

// NamePeriod finds the plain name of two days: a year, run of years, half, quarter, month, else the days.
func NamePeriod(from, to Date) string {
	fy, ty := from.Year(), to.Year()
	whole := from.Day() == 1 && to == to.MonthEnd()
	switch {
	case whole && from.Month() == 1 && to.Month() == 12 && fy == ty:
		return fmt.Sprintf("năm %d", fy)
	case whole && from.Month() == 1 && to.Month() == 12:
		return fmt.Sprintf("giai đoạn %d–%d", fy, ty)
	case whole && fy == ty && from.Month() == to.Month():
		return fmt.Sprintf("tháng %d năm %d", from.Month(), fy)
	case whole && fy == ty && from.Month() == 1 && to.Month() == 6:
		return fmt.Sprintf("6 tháng đầu năm %d", fy)
	case whole && fy == ty && from.Month() == 7 && to.Month() == 12:
		return fmt.Sprintf("6 tháng cuối năm %d", fy)
	case whole && fy == ty && from.Month() == 1 && to.Month() == 9:
		return fmt.Sprintf("9 tháng đầu năm %d", fy)
	case whole && fy == ty && from.Month()%3 == 1 && to.Month() == from.Month()+2:
		return fmt.Sprintf("quý %s năm %d", []string{"I", "II", "III", "IV"}[from.Month()/3], fy)
	}
	return "từ " + from.Vi() + " đến " + to.Vi()
}

var pointPattern = regexp.MustCompile(`^(\d{4})(?:-(?:Q([1-4])|H([12])|M?(\d{2})|9M))?$`)

// ParsePeriod reads the calendar forms: 2019, 2019-Q3, 2019-H1, 2019-9M, 2019-M04 or 2019-04, a day
// 2019-04-30, and any two of them joined by "..".
func ParsePeriod(s string) (Period, error) {
	first, last, isRange := strings.Cut(s, "..")
	p, err := parsePoint(first)
	if err != nil {
		return Period{}, err
	}
	if isRange {
		q, err := parsePoint(last)
		if err != nil {
			return Period{}, err
		}
		p.To = q.To
	}
	p, err = Between(p.From, p.To)
	p.Code = s
	return p, err
}

func parsePoint(s string) (Period, error) {
	m := pointPattern.FindStringSubmatch(s)
	if m == nil {
		if d, err := ParseDate(s); err == nil {
			return Period{From: d, To: d}, nil
		}
		return Period{}, fmt.Errorf("không đọc được kỳ %q: viết dạng 2019, 2019-Q3, 2019-H1, 2019-9M, 2019-M04, 2015..2019, hoặc chế độ:kỳ như tt01-2024:2025-Q1", s)
	}
	y, _ := strconv.Atoi(m[1])
	if y < 1900 || y > 2200 {
		return Period{}, fmt.Errorf("năm %d ngoài khoảng 1900–2200", y)
	}
	from, months := 1, 12
	switch {
	case m[2] != "":
		q, _ := strconv.Atoi(m[2])
		from, months = 3*q-2, 3
	case m[3] != "":
		h, _ := strconv.Atoi(m[3])
		from, months = 6*h-5, 6
	case m[4] != "":
		from, _ = strconv.Atoi(m[4])
		months = 1
		if from < 1 || from > 12 {
			return Period{}, fmt.Errorf("tháng %s trong %q không có", m[4], s)
		}
	case strings.HasSuffix(s, "-9M"):
		months = 9
	}
	return Period{From: NewDate(y, from, 1), To: NewDate(y, from+months, 0)}, nil
}
