package clock

import (
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// daysOff is a calendar laid out by day. Nil is the calendar of a clock that names none: nothing is off.
type daysOff struct {
	code     string
	of       *catalog.Calendar
	special  map[civil.Date]special
	weekend  [7]bool
	counting CountingRule
}

type special struct {
	off  bool
	name string
}

var weekdayCode = map[string]time.Weekday{"mon": time.Monday, "tue": time.Tuesday, "wed": time.Wednesday, "thu": time.Thursday, "fri": time.Friday, "sat": time.Saturday, "sun": time.Sunday}

var weekdayName = [7]string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}

func newDaysOff(c *catalog.Calendar) *daysOff {
	o := &daysOff{code: c.Code, of: c, special: make(map[civil.Date]special, len(c.Days))}
	for _, d := range c.Days {
		if d.Effect != "off" && d.Effect != "work" { // a policy is no day off yet
			continue
		}
		for day := d.On; day <= max(d.On, d.To); day = day.AddDays(1) {
			o.special[day] = special{d.Effect == "off", d.Name}
		}
	}
	weekend := c.Weekend
	if len(weekend) == 0 {
		weekend = []string{"sat", "sun"}
	}
	for _, w := range weekend {
		o.weekend[weekdayCode[w]] = true
	}
	o.counting = CountingRule{First: "next", LastOff: "stay"}
	if r := c.Counting; r != nil {
		o.counting.Cite, o.counting.Verified = r.Cite, r.Verified
		if r.First != "" {
			o.counting.First = r.First
		}
		if r.LastOff != "" {
			o.counting.LastOff = r.LastOff
		}
	}
	return o
}

// look says whether nobody works on the day and what it is called: the holiday, the weekday of a weekend, what a Saturday is
// worked for; empty for a usual working day.
func (o *daysOff) look(day civil.Date) (off bool, name string) {
	if o == nil {
		return false, ""
	}
	if s, ok := o.special[day]; ok {
		return s.off, s.name
	}
	if w := day.Weekday(); o.weekend[w] {
		return true, weekdayName[w]
	}
	return false, ""
}

// rule is the convention for a clock: the calendar's, with what the clock itself says.
func (o *daysOff) rule(c *catalog.Clock) *CountingRule {
	r := CountingRule{First: "next", LastOff: "stay"}
	if o != nil {
		r = o.counting
	}
	if c.LastOff != "" {
		r.LastOff = c.LastOff
	}
	return &r
}
