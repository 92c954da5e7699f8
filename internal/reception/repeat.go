package reception

import (
	"slices"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// Rule says on which days people are received again and again.
type Rule struct {
	Every    string         // "once", "week", "month" (on days of the month), "nth" (on the n-th weekday of the month)
	Weekdays []time.Weekday // of week and nth
	Days     []int          // of month: 1 to 31; a month that lacks the day has its last
	Nth      []int          // of nth: 1 to 4, 5 is the last
	From, To civil.Date
	Move     bool // a day off is moved to the next working day, else left out
}

// Day is a day of a rule.
type Day struct {
	On    civil.Date // 0 where it is left out
	Asked civil.Date // as the rule says
	Off   string     // why it was moved or left out: the holiday's name
}

// mostDays is how many days one rule may make.
const mostDays = 370

// Expand are the days of a rule, the days off moved or left out. A day to which another was moved stands once.
func (r Rule) Expand(cal *catalog.Calendar) []Day {
	var out []Day
	taken := map[civil.Date]bool{}
	for day, n := r.From, 0; day <= r.To && n < mostDays; day, n = day.AddDays(1), n+1 {
		if !r.falls(day) {
			continue
		}
		d := Day{On: day, Asked: day}
		if off, name := cal.Look(day); off {
			d.Off, d.On = or(name, "ngày nghỉ hằng tuần"), 0
			if r.Move {
				d.On = nextWorking(cal, day)
			}
		}
		if d.On != 0 && taken[d.On] {
			continue
		}
		taken[d.On] = true
		out = append(out, d)
	}
	return out
}

func (r Rule) falls(day civil.Date) bool {
	switch r.Every {
	case "week":
		return slices.Contains(r.Weekdays, day.Weekday())
	case "month":
		last := lastOfMonth(day)
		return slices.Contains(r.Days, day.Day()) || day == last && slices.ContainsFunc(r.Days, func(n int) bool { return n > last.Day() })
	case "nth":
		if !slices.Contains(r.Weekdays, day.Weekday()) {
			return false
		}
		n := (day.Day()-1)/7 + 1
		return n <= 4 && slices.Contains(r.Nth, n) || slices.Contains(r.Nth, 5) && day.AddDays(7).Month() != day.Month()
	}
	return day == r.From
}

func lastOfMonth(day civil.Date) civil.Date {
	first := civil.NewDate(day.Year(), day.Month(), 1)
	next := first.AddDays(31)
	return civil.NewDate(next.Year(), next.Month(), 1).AddDays(-1)
}

func nextWorking(cal *catalog.Calendar, day civil.Date) civil.Date {
	for range 30 {
		if !cal.Off(day) {
			return day
		}
		day = day.AddDays(1)
	}
	return day
}
