package web

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
)

// readPeriod takes the period from an address: a code (ky=2019-Q3, ky=tt01-2024:2025-Q1), two days (tu, den), or, where
// neither stands there, the page's own.
func (s *server) readPeriod(q url.Values, own civil.Period) (civil.Period, error) {
	from, to := strings.TrimSpace(q.Get("tu")), strings.TrimSpace(q.Get("den"))
	if code := strings.TrimSpace(q.Get("ky")); code != "" && from == "" && to == "" {
		p, err := s.Catalog.Latest().Regimes.Parse(code)
		if err != nil {
			return p, fault.Wrap(err, fault.Invalid, "Không đọc được kỳ “"+code+"”. Viết như 2019, 2019-Q3, 2019-H1, 2019-M04, 2015..2019 hoặc tt01-2024:2025-Q1.")
		}
		return p, nil
	}
	if from == "" && to == "" {
		return own, nil
	}
	first, err := civil.ParseDate(or(from, own.From.String()))
	if err != nil {
		return civil.Period{}, fault.Wrap(err, fault.Invalid, "Ngày đầu kỳ chưa đúng: "+err.Error()+".")
	}
	last, err := civil.ParseDate(or(to, own.To.String()))
	if err != nil {
		return civil.Period{}, fault.Wrap(err, fault.Invalid, "Ngày cuối kỳ chưa đúng: "+err.Error()+".")
	}
	p, err := civil.Between(first, last)
	if err != nil {
		return p, fault.Wrap(err, fault.Invalid, "Kỳ chưa đúng: "+err.Error()+".")
	}
	return p, nil
}

// oldestYear is before every record: the arrows of the period picker stop there.
const oldestYear = 2005

// periodLink is one period that the picker offers.
type periodLink struct {
	Name, Days, Href string
	Current          bool
}

// periodGroup is a regime with the periods that it cuts a year into.
type periodGroup struct {
	Name  string
	Links []periodLink
}

// neighbour is the period before (-1) or after (1), as a link; ok is false where nothing can be recorded there.
func (sc *scope) neighbour(step int) (periodLink, bool) {
	p, ok := shiftPeriod(sc.regimes, sc.Period, step)
	if !ok || p.From.Year() < oldestYear || p.From > sc.Today {
		return periodLink{}, false
	}
	return sc.periodLink(p, shortPeriod(p)), true
}

func (sc *scope) periodLink(p civil.Period, name string) periodLink {
	same := p.From == sc.Period.From && p.To == sc.Period.To
	l := periodLink{Name: name, Days: p.From.Vi() + "–" + p.To.Vi(), Current: same}
	if p.Code != "" {
		l.Href = sc.Action + sc.query("ky", p.Code)
	} else {
		l.Href = sc.Action + sc.query("tu", p.From.String(), "den", p.To.String())
	}
	return l
}

// shiftPeriod moves a period by one of its own kind: a quarter by a quarter, a regime's window to the next window, odd
// days by as many days.
func shiftPeriod(regimes catalog.Regimes, p civil.Period, step int) (civil.Period, bool) {
	if code, rest, ok := strings.Cut(p.Code, ":"); ok {
		return shiftWindow(regimes.Regime(code), rest, step)
	}
	from, to := p.From, p.To
	if n := wholeMonths(from, to); n > 0 {
		if n == 9 && from.Month() == 1 && from.Day() == 1 {
			n = 12
		}
		next := civil.Period{From: from.AddMonths(n * step)}
		next.To = to.AddDays(1).AddMonths(n * step).AddDays(-1)
		return namedPeriod(next), true
	}
	days := from.DaysUntil(to) + 1
	return namedPeriod(civil.Period{From: from.AddDays(days * step), To: to.AddDays(days * step)}), true
}

// wholeMonths is of how many months the period is made, 0 where it is not of whole ones.
func wholeMonths(from, to civil.Date) int {
	end := to.AddDays(1)
	n := (end.Year()-from.Year())*12 + end.Month() - from.Month()
	if n > 0 && from.Day() == end.Day() && from.Day() <= 28 {
		return n
	}
	return 0
}

// namedPeriod gives a period of the calendar its code and its name.
func namedPeriod(p civil.Period) civil.Period {
	p.Name, p.Code = civil.NamePeriod(p.From, p.To), calendarCode(p.From, p.To)
	return p
}

// calendarCode is how civil.ParsePeriod writes the days of a year, half, quarter, month or run of years; empty for
// others.
func calendarCode(from, to civil.Date) string {
	y := from.Year()
	if from.Day() != 1 || to != to.MonthEnd() {
		return ""
	}
	switch n := wholeMonths(from, to); {
	case n > 12 && n%12 == 0 && from.Month() == 1:
		return fmt.Sprintf("%d..%d", y, to.Year())
	case n == 12 && from.Month() == 1:
		return strconv.Itoa(y)
	case n == 9 && from.Month() == 1:
		return fmt.Sprintf("%d-9M", y)
	case n == 6 && from.Month()%6 == 1:
		return fmt.Sprintf("%d-H%d", y, from.Month()/6+1)
	case n == 3 && from.Month()%3 == 1:
		return fmt.Sprintf("%d-Q%d", y, from.Month()/3+1)
	case n == 1:
		return fmt.Sprintf("%d-M%02d", y, from.Month())
	}
	return ""
}

// turns are the windows that follow each other through a year.
var turns = [][]string{
	{"Q1", "Q2", "Q3", "Q4"}, {"H1", "H2"}, {"9M"}, {"year"},
	{"M01", "M02", "M03", "M04", "M05", "M06", "M07", "M08", "M09", "M10", "M11", "M12"},
}

func shiftWindow(r *catalog.Regime, code string, step int) (civil.Period, bool) {
	yearText, window, _ := strings.Cut(code, "-")
	year, err := strconv.Atoi(yearText)
	if r == nil || err != nil {
		return civil.Period{}, false
	}
	window = or(window, "year")
	for _, turn := range turns {
		for i, w := range turn {
			if w != window {
				continue
			}
			at := i + step + len(turn) // one year ahead, so that it is never below zero
			p, err := r.Period(year-1+at/len(turn), turn[at%len(turn)])
			return p, err == nil
		}
	}
	return civil.Period{}, false
}

// calendarPeriods are the year's own parts: months, quarters, halves, nine months, the whole.
func (sc *scope) calendarPeriods() []periodGroup {
	y := sc.year()
	group := func(name string, codes ...[2]string) periodGroup {
		g := periodGroup{Name: name}
		for _, c := range codes {
			if p, err := civil.ParsePeriod(c[0]); err == nil {
				g.Links = append(g.Links, sc.periodLink(p, c[1]))
			}
		}
		return g
	}
	var months [][2]string
	for m := 1; m <= 12; m++ {
		months = append(months, [2]string{fmt.Sprintf("%d-M%02d", y, m), strconv.Itoa(m)})
	}
	year := strconv.Itoa(y)
	return []periodGroup{
		group("Tháng", months...),
		group("Quý", [2]string{year + "-Q1", "I"}, [2]string{year + "-Q2", "II"}, [2]string{year + "-Q3", "III"}, [2]string{year + "-Q4", "IV"}),
		group("Dài hơn", [2]string{year + "-H1", "6 tháng đầu"}, [2]string{year + "-H2", "6 tháng cuối"}, [2]string{year + "-9M", "9 tháng"}, [2]string{year, "Cả năm"}),
	}
}

// year is the year whose parts the picker offers: that of the period's last day.
func (sc *scope) year() int { return sc.Period.To.Year() }

// years are the years before and after the picker's own, and the runs of years that reports look back on.
func (sc *scope) years() []periodLink {
	var out []periodLink
	for y := sc.year() - 2; y <= sc.year()+2; y++ {
		if y < oldestYear || y > sc.Today.Year() {
			continue
		}
		if p, err := civil.ParsePeriod(strconv.Itoa(y)); err == nil {
			out = append(out, sc.periodLink(p, strconv.Itoa(y)))
		}
	}
	last := sc.Today.Year() - 1
	for _, run := range []string{"2010..2019", fmt.Sprintf("%d..%d", last-9, last), fmt.Sprintf("%d..%d", last-4, last)} {
		if p, err := civil.ParsePeriod(run); err == nil {
			out = append(out, sc.periodLink(p, strings.Replace(run, "..", "–", 1)))
		}
	}
	return out
}

// regimeWindows are the windows in their order through the year.
var regimeWindows = []struct{ Code, Name string }{
	{"Q1", "Quý I"}, {"Q2", "Quý II"}, {"Q3", "Quý III"}, {"Q4", "Quý IV"},
	{"H1", "6 tháng đầu"}, {"H2", "6 tháng cuối"}, {"9M", "9 tháng"}, {"year", "Cả năm"},
}

// regimePeriods are the official windows of the year by regime, of the regimes that were in force in it. One that
// follows the calendar is offered with the calendar.
func (sc *scope) regimePeriods() []periodGroup {
	y := sc.year()
	var out []periodGroup
	for _, r := range sc.regimes {
		if r.From.Year() > y || r.Until != 0 && r.Until.Year() < y {
			continue
		}
		g := periodGroup{Name: r.Name}
		plain := true
		for _, w := range regimeWindows {
			p, err := r.Period(y, w.Code)
			if err != nil {
				continue
			}
			plain = plain && calendarCode(p.From, p.To) != ""
			l := sc.periodLink(p, w.Name)
			l.Current = l.Current && sc.Period.Code == p.Code
			g.Links = append(g.Links, l)
		}
		if !plain {
			out = append(out, g)
		}
	}
	return out
}
