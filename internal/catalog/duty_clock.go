package catalog

import (
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
var parts = map[string]int{"month": 12, "quarter": 4, "half": 2, "year": 1}

// Turns are the duty's turns that count on a day: the last one that is over, and the one that runs. None for a duty
// that comes with an event, once, or in steps that the calendar does not tell.
func (d *Duty) Turns(rs Regimes, cal *Calendar, day civil.Date) []Turn {
	n := parts[d.Every]
	if n == 0 || d.From > day || d.Until != 0 && d.Until <= day {
		return nil
	}
	if d.Due != nil && d.Due.On != "" {
		return d.yearly(day)
	}
	var out []Turn
	for _, year := range []int{day.Year() - 1, day.Year(), day.Year() + 1} {
		for i := range n {
			p, ok := d.window(rs, year, i, n)
			if !ok || p.From > day || p.To < d.From {
				continue
			}
			out = append(out, Turn{p, d.dueAfter(p, cal)})
		}
	}
	return lastTurns(out, day)
}

// lastTurns are the newest turn that is over, and the one that runs.
func lastTurns(turns []Turn, day civil.Date) []Turn {
	i := slices.IndexFunc(turns, func(t Turn) bool { return t.Period.To >= day })
	if i < 0 {
		i = len(turns)
	}
	return turns[max(0, i-1):min(len(turns), i+1)]
}

// yearly is a duty with a fixed day in the year. Rules differ on whether what is handed in by then is about this year or
// the last, so the twelve months up to the day count.
func (d *Duty) yearly(day civil.Date) []Turn {
	var out []Turn
	for _, year := range []int{day.Year() - 1, day.Year(), day.Year() + 1} {
		due, err := civil.ParseDate(fmt.Sprintf("%d-%s", year, d.Due.On))
		if err != nil { // 29 February
			continue
		}
		from := due.AddYears(-1).AddDays(1)
		if from > day || due < d.From {
			continue
		}
		out = append(out, Turn{civil.Period{From: from, To: due, Name: "12 tháng đến " + due.Vi()}, due})
	}
	return lastTurns(out, day)
}

// window is the i-th of n parts of a year, by the duty's regime where it has one.
func (d *Duty) window(rs Regimes, year, i, n int) (civil.Period, bool) {
	if r := rs.Regime(d.Regime); r != nil {
		code := map[int]string{12: fmt.Sprintf("M%02d", i+1), 4: fmt.Sprintf("Q%d", i+1), 2: fmt.Sprintf("H%d", i+1), 1: "year"}[n]
		p, err := r.Period(year, code)
		return p, err == nil
	}
	from := civil.NewDate(year, i*12/n+1, 1)
	p, err := civil.Between(from, from.AddMonths(12/n).AddDays(-1))
	return p, err == nil
}

// dueAfter is the last day for a turn: so many days after it began or ended, the day itself not counted.
func (d *Duty) dueAfter(p civil.Period, cal *Calendar) civil.Date {
	if d.Due == nil || d.Due.Days == 0 {
		return p.To
	}
	day := p.To
	if d.Due.After == "period_start" {
		day = p.From
	}
	if d.Due.DayType != "working" {
		return day.AddDays(d.Due.Days)
	}
	for left := d.Due.Days; left > 0; {
		day = day.AddDays(1)
		if !cal.Off(day) {
			left--
		}
	}
	return day
}

var weekdayOf = map[string]time.Weekday{"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday}

// Off reports whether nobody works on the day. Without a calendar only Saturday and Sunday are off.
func (c *Calendar) Off(day civil.Date) bool {
	weekend := []string{"sat", "sun"}
	if c != nil {
		for _, x := range c.Days {
			if day < x.On || day > max(x.On, x.To) {
				continue
			}
			switch x.Effect {
			case "off":
				return true
			case "work":
				return false
			}
		}
		if len(c.Weekend) > 0 {
			weekend = c.Weekend
		}
	}
	return slices.ContainsFunc(weekend, func(name string) bool { return weekdayOf[strings.ToLower(name)] == day.Weekday() })
}
