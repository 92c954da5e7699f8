package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"danvan/internal/civil"
)

// Turn is one time that a duty comes round: the days in which the work must have been recorded, and the last day on
// which that can still be done in time.
type Turn struct {
	Period civil.Period
	Due    civil.Date
}

// parts are how many times a duty comes round in a year.
var parts = map[string]int{"month": 12, "quarter": 4, "half": 2, "nine_months": 1, "year": 1}

// runs are how many years one turn of a duty takes.
var runs = map[string]int{"two_years": 2, "five_years": 5}

// runsFrom is the first year of a run of years where the duty does not say from when it is in force: five-year plans
// run 2016-2020, 2021-2025.
const runsFrom = 2021

// Turns are the duty's turns of this edition that are due from a day to a day, in the order of their due days: those
// whose period ends while the edition and the duty are in force. None for a duty that comes with an event.
func (e *Edition) Turns(d *Duty, from, to civil.Date) []Turn {
	out := d.TurnsDue(e.Regimes, e.Calendar("vn"), from, to)
	return slices.DeleteFunc(out, func(t Turn) bool { return t.Period.To < e.From || t.Period.To > e.To })
}

// TurnsDue are the turns due from a day to a day.
func (d *Duty) TurnsDue(rs Regimes, cal *Calendar, from, to civil.Date) []Turn {
	var out []Turn
	for _, p := range d.periods(rs, from, to) {
		t := Turn{p, d.dueAfter(rs, p, cal)}
		if t.Due >= from && t.Due <= to && d.inForce(p) {
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(a, b Turn) int {
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Period.From, b.Period.From))
	})
	return out
}

// inForce: a turn is owed by the rule that holds when its period ends.
func (d *Duty) inForce(p civil.Period) bool {
	return d.From <= p.To && (d.Until == 0 || p.To < d.Until)
}

// periods are all that can fall due within the days, and some more.
func (d *Duty) periods(rs Regimes, from, to civil.Date) []civil.Period {
	if d.Every == "once" {
		return d.onlyPeriod()
	}
	if d.Every == "term" {
		return d.terms(rs)
	}
	var out []civil.Period
	for year := from.Year() - 1; year <= to.Year()+1; year++ {
		switch {
		case d.Due != nil && d.Due.On != "" && d.Every == "year":
			out = append(out, d.upTo(year)...)
		case d.Every == "week":
			out = append(out, weeks(year)...)
		case runs[d.Every] > 0:
			out = append(out, d.run(year)...)
		default:
			for i := range parts[d.Every] {
				if p, ok := d.window(rs, year, i); ok {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// onlyPeriod is that of a duty owed once: from its day in force to its fixed day, else to the day before its end.
func (d *Duty) onlyPeriod() []civil.Period {
	end := civil.Date(0)
	switch {
	case d.Due != nil && d.Due.On != "":
		for year := d.From.Year(); end < d.From; year++ {
			end, _ = civil.ParseDate(fmt.Sprintf("%d-%s", year, d.Due.On))
		}
	case d.Until != 0:
		end = d.Until.AddDays(-1)
	}
	p, err := civil.Between(d.From, end)
	if err != nil {
		return nil
	}
	p.Name = "một lần, " + p.Name
	return []civil.Period{p}
}

func (d *Duty) terms(rs Regimes) []civil.Period {
	r := rs.Regime(d.Regime)
	if r == nil {
		return nil
	}
	var out []civil.Period
	for _, t := range r.Terms {
		out = append(out, civil.Period{From: t.From, To: t.To, Name: t.Name})
	}
	return out
}

// upTo are the twelve months up to a fixed day of the year. Rules differ on whether what is handed in by then is about
// this year or the last, so they count back from the day.
func (d *Duty) upTo(year int) []civil.Period {
	due, err := civil.ParseDate(fmt.Sprintf("%d-%s", year, d.Due.On))
	if err != nil { // 29 February
		due, err = civil.ParseDate(fmt.Sprintf("%d-02-28", year))
	}
	if err != nil {
		return nil
	}
	from := due.AddDays(1).AddYears(-1)
	if from.Day() == 1 && from.Month() == 1 {
		return []civil.Period{named(from, due)}
	}
	return []civil.Period{{From: from, To: due, Name: "12 tháng đến " + due.Vi()}}
}

// weeks are those, Monday to Sunday, that end in the year.
func weeks(year int) []civil.Period {
	end := civil.NewDate(year, 1, 1)
	for end.Weekday() != time.Sunday {
		end = end.AddDays(1)
	}
	var out []civil.Period
	for ; end.Year() == year; end = end.AddDays(7) {
		from := end.AddDays(-6)
		out = append(out, civil.Period{From: from, To: end, Name: "tuần " + from.Vi()[:5] + "–" + end.Vi()})
	}
	return out
}

// run is the run of years that ends in the year.
func (d *Duty) run(year int) []civil.Period {
	n, first := runs[d.Every], runsFrom
	if d.From != 0 {
		first = d.From.Year()
	}
	if ((year-first+1)%n+n)%n != 0 {
		return nil
	}
	return []civil.Period{named(civil.NewDate(year-n+1, 1, 1), civil.NewDate(year, 12, 31))}
}

func named(from, to civil.Date) civil.Period {
	p, _ := civil.Between(from, to) // from is before to wherever this is called
	return p
}

// window is the i-th of a year's windows, by the duty's regime where it has one.
func (d *Duty) window(rs Regimes, year, i int) (civil.Period, bool) {
	code := map[string]string{"month": fmt.Sprintf("M%02d", i+1), "quarter": fmt.Sprintf("Q%d", i+1), "half": fmt.Sprintf("H%d", i+1), "nine_months": "9M", "year": "year"}[d.Every]
	if r := rs.Regime(d.Regime); r != nil {
		p, err := r.Period(year, code)
		return p, err == nil
	}
	if code == "year" {
		code = ""
	}
	p, err := civil.ParsePeriod(strings.TrimSuffix(fmt.Sprintf("%d-%s", year, code), "-"))
	return p, err == nil
}

// DueRule is how the duty's last day is reckoned: its own rule, else that of its regime, nil for the period's end.
func (d *Duty) DueRule(rs Regimes) *Due {
	if r := rs.Regime(d.Regime); r != nil && d.Due == nil {
		return r.Due
	}
	return d.Due
}

// dueAfter is the last day for a turn.
func (d *Duty) dueAfter(rs Regimes, p civil.Period, cal *Calendar) civil.Date {
	return d.DueRule(rs).Reckon(p, cal).Due
}

// Reckoning shows how a last day came about.
type Reckoning struct {
	Start   civil.Date // counted from the day after it
	Days    int        // 0: the last day is Start itself
	Working bool
	Due     civil.Date
	Passed  []Passed // days off that were not counted, and days worked in exchange that were
}

// Passed is a day that differs from what its name says, or a weekend.
type Passed struct {
	Day    civil.Date
	Name   string
	Worked bool // a Saturday or Sunday on which people work in exchange: it counts
}

// Reckon counts the last day: so many days after the period began or ended, or after an event on the period's last
// day, the day itself not counted.
func (due *Due) Reckon(p civil.Period, cal *Calendar) Reckoning {
	if due == nil || due.Days == 0 {
		return Reckoning{Start: p.To, Due: p.To}
	}
	r := Reckoning{Start: p.To, Days: due.Days, Working: due.DayType == "working"}
	if due.After == "period_start" {
		r.Start = p.From
	}
	if !r.Working {
		r.Due = r.Start.AddDays(due.Days)
		return r
	}
	day := r.Start
	for left := due.Days; left > 0; {
		day = day.AddDays(1)
		off, name := cal.Look(day)
		if !off {
			left--
		}
		if off || name != "" {
			r.Passed = append(r.Passed, Passed{day, name, !off})
		}
	}
	r.Due = day
	return r
}

var weekdayOf = map[string]time.Weekday{"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday}

// Off reports whether nobody works on the day. Without a calendar only Saturday and Sunday are off.
func (c *Calendar) Off(day civil.Date) bool {
	off, _ := c.Look(day)
	return off
}

// Look says whether nobody works on the day, and what the calendar calls it, empty for a usual day or weekend.
func (c *Calendar) Look(day civil.Date) (off bool, name string) {
	weekend := []string{"sat", "sun"}
	if c != nil {
		for _, x := range c.Days {
			if day < x.On || day > max(x.On, x.To) {
				continue
			}
			switch x.Effect {
			case "off":
				return true, x.Name
			case "work":
				return false, x.Name
			}
		}
		if len(c.Weekend) > 0 {
			weekend = c.Weekend
		}
	}
	return slices.ContainsFunc(weekend, func(name string) bool { return weekdayOf[strings.ToLower(name)] == day.Weekday() }), ""
}
