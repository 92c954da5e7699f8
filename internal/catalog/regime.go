package catalog

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"danvan/internal/civil"
)

// Regime is a named way to cut the year into periods of report.
type Regime struct {
	Pos      `json:"-"`
	Code     string             `json:"code" need:"true" doc:"Mã, ví dụ tt01-2024"`
	Name     string             `json:"name" need:"true"`
	Cite     string             `json:"cite" need:"true"`
	Verified bool               `json:"verified,omitempty"`
	From     civil.Date         `json:"from,omitempty" doc:"Có hiệu lực từ"`
	Until    civil.Date         `json:"until,omitempty" doc:"Hết hiệu lực từ"`
	Due      *Due               `json:"due,omitempty"`
	Windows  map[string]*Window `json:"windows,omitempty" doc:"year, H1, H2, 9M, Q1–Q4, M01–M12, hoặc month"`
	Terms    []*Term            `json:"terms,omitempty" doc:"Nhiệm kỳ, cho trách nhiệm có every: term"`
	Help     string             `json:"help,omitempty"`
}

// Term is one term of office.
type Term struct {
	Pos  `json:"-"`
	From civil.Date `json:"from" need:"true"`
	To   civil.Date `json:"to" need:"true"`
	Name string     `json:"name" need:"true"`
}

// Window is the first and last day of one period of a regime.
type Window struct {
	Pos  `json:"-"`
	From string `json:"from" need:"true" doc:"MM-DD, prev-MM-DD (năm trước); với month: DD, prev-DD"`
	To   string `json:"to" need:"true" doc:"MM-DD hoặc MM-end; với month: DD, prev-DD hoặc end"`
}

// Regimes are the regimes of an edition.
type Regimes []*Regime

// Regime returns the regime of that code, nil where there is none.
func (rs Regimes) Regime(code string) *Regime {
	for _, r := range rs {
		if r.Code == code {
			return r
		}
	}
	return nil
}

// Parse reads a period: a calendar one as civil.ParsePeriod does, or REGIME:PERIOD such as tt01-2024:2025-Q1,
// tt01-2024:2025, tt01-2024:2025-M03, or two of them as tt01-2024:2024..2025.
func (rs Regimes) Parse(s string) (civil.Period, error) {
	code, rest, named := strings.Cut(strings.TrimSpace(s), ":")
	if !named {
		return civil.ParsePeriod(s)
	}
	r := rs.Regime(code)
	if r == nil {
		return civil.Period{}, fmt.Errorf("không có chế độ kỳ %q; có: %s%s", code, strings.Join(rs.codes(), ", "), suggest(code, rs.codes()))
	}
	return r.Parse(rest)
}

func (rs Regimes) codes() []string {
	codes := make([]string, len(rs))
	for i, r := range rs {
		codes[i] = r.Code
	}
	return codes
}

var windowPattern = regexp.MustCompile(`^(\d{4})(?:-(Q[1-4]|H[12]|9M|M?(?:0[1-9]|1[0-2])|year))?$`)

// Parse reads a period of this regime: 2025, 2025-Q1, 2025-M03, 2024..2025.
func (r *Regime) Parse(s string) (civil.Period, error) {
	first, last, isRange := strings.Cut(s, "..")
	p, err := r.period(first)
	if err != nil || !isRange {
		return p, err
	}
	q, err := r.period(last)
	if err != nil {
		return q, err
	}
	if q.To < p.From {
		return q, fmt.Errorf("kỳ %q viết ngược: kỳ đầu phải trước kỳ cuối", s)
	}
	between, err := civil.Between(p.From, q.To)
	between.Code = r.Code + ":" + s
	return between, err
}

func (r *Regime) period(s string) (civil.Period, error) {
	m := windowPattern.FindStringSubmatch(s)
	if m == nil {
		return civil.Period{}, fmt.Errorf("kỳ %q không đúng dạng: hãy viết như %s:2025-Q1, %s:2025 hoặc %s:2025-M03", s, r.Code, r.Code, r.Code)
	}
	year, _ := strconv.Atoi(m[1])
	window := m[2]
	if window == "" {
		window = "year"
	}
	if len(window) == 2 && window[0] <= '1' && window[1] != 'M' {
		window = "M" + window
	}
	return r.Period(year, window)
}

// Period is the window (year, H1, Q2, M03...) of a year.
func (r *Regime) Period(year int, window string) (civil.Period, error) {
	w, month := r.Windows[window], 0
	if w == nil && strings.HasPrefix(window, "M") {
		w = r.Windows["month"]
		month, _ = strconv.Atoi(window[1:])
	}
	if w == nil {
		return civil.Period{}, fmt.Errorf("chế độ %s không có kỳ %s; có: %s", r.Code, window, strings.Join(r.WindowCodes(), ", "))
	}
	from, err := windowDay(w.From, year, month)
	if err != nil {
		return civil.Period{}, err
	}
	to, err := windowDay(w.To, year, month)
	if err != nil {
		return civil.Period{}, err
	}
	if to < from {
		return civil.Period{}, fmt.Errorf("kỳ %s của chế độ %s có ngày cuối %s trước ngày đầu %s", window, r.Code, to.Vi(), from.Vi())
	}
	code := fmt.Sprintf("%s:%d", r.Code, year)
	if window != "year" {
		code += "-" + window
	}
	return civil.Period{From: from, To: to, Code: code, Name: WindowName(window, year)}, nil
}

// WindowCodes are the regime's windows, sorted.
func (r *Regime) WindowCodes() []string { return sortedKeys(r.Windows) }

// windowDay reads prev-12-15, 03-14, 07-end; in a month's window (month > 0) prev-15, 14, end.
func windowDay(s string, year, month int) (civil.Date, error) {
	rest, before := strings.CutPrefix(s, "prev-")
	monthText, dayText, two := strings.Cut(rest, "-")
	if month > 0 {
		if two {
			return 0, fmt.Errorf("ngày %q của kỳ month phải là DD, prev-DD hoặc end", s)
		}
		dayText = rest
		if before {
			month--
		}
		return dayIn(year, month, dayText, s)
	}
	if !two {
		return 0, fmt.Errorf("ngày %q phải là MM-DD hoặc prev-MM-DD", s)
	}
	m, err := strconv.Atoi(monthText)
	if err != nil || m < 1 || m > 12 {
		return 0, fmt.Errorf("tháng trong %q phải từ 01 đến 12", s)
	}
	if before {
		year--
	}
	return dayIn(year, m, dayText, s)
}

func dayIn(year, month int, dayText, whole string) (civil.Date, error) {
	end := civil.NewDate(year, month, 1).MonthEnd()
	if dayText == "end" {
		return end, nil
	}
	day, err := strconv.Atoi(dayText)
	if err != nil || day < 1 || day > 31 {
		return 0, fmt.Errorf("ngày trong %q phải từ 1 đến 31, hoặc end", whole)
	}
	if day > end.Day() {
		return end, nil
	}
	return civil.NewDate(year, month, day), nil
}

// WindowName is how a document names a window: quý I năm 2025.
func WindowName(window string, year int) string {
	switch {
	case window == "year":
		return fmt.Sprintf("năm %d", year)
	case window == "H1":
		return fmt.Sprintf("6 tháng đầu năm %d", year)
	case window == "H2":
		return fmt.Sprintf("6 tháng cuối năm %d", year)
	case window == "9M":
		return fmt.Sprintf("9 tháng đầu năm %d", year)
	case strings.HasPrefix(window, "Q"):
		return fmt.Sprintf("quý %s năm %d", map[string]string{"Q1": "I", "Q2": "II", "Q3": "III", "Q4": "IV"}[window], year)
	}
	return fmt.Sprintf("tháng %s năm %d", strings.TrimLeft(strings.TrimPrefix(window, "M"), "0"), year)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
