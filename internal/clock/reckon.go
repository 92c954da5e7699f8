package clock

import (
	"cmp"
	"fmt"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// Reckon counts one clock of a case by one version of the law. The start event must have happened.
func (l *Law) Reckon(p *catalog.Procedure, c *catalog.Clock, of Case) Deadline {
	d := Deadline{Procedure: p.Code, Clock: c.Code, Name: c.Name, Article: c.Article, Verified: c.Verified, Note: c.Note, OwedBy: c.OwedBy,
		StartEvent: c.Start, EndEvent: c.End, Start: of.Events[c.Start], DayType: c.DayType, Before: c.Before, Calendar: c.Calendar,
		From: c.From, Until: c.Until}
	d.Days, d.Basis = length(c, of)
	d.Ended, d.EndedBy = ending(p, c, of.Events, d.Start)
	cal := l.calendars[c.Calendar]
	d.Counting = cal.rule(c)
	if c.Before {
		d.back(cal)
		return d
	}
	pauses := stops(c, of.Pauses, d.Start, d.Ended)
	d.run(cal, pauses, d.Days)
	for _, x := range of.Extensions {
		if c.Extension != nil && (x.Clock == "" || x.Clock == c.Code) {
			d.extend(cal, pauses, c, x, of.Complexity)
		}
	}
	return d
}

// length is the limit for the case: the longest variant that its complexity and its place give it.
func length(c *catalog.Clock, of Case) (days int, basis string) {
	hard := of.Complexity == Complex || of.Complexity == Special
	switch {
	case hard && of.Remote && c.RemoteComplex > 0:
		return c.RemoteComplex, "remote_complex"
	case hard && c.Complex > 0:
		return c.Complex, "complex"
	case of.Remote && c.Remote > 0:
		return c.Remote, "remote"
	}
	return c.Days, ""
}

// ending is the first event that ends the clock, its own or one that closes the whole case. What happened before the start
// ends nothing.
func ending(p *catalog.Procedure, c *catalog.Clock, events map[string]civil.Date, start civil.Date) (on civil.Date, by string) {
	names := slices.Concat([]string{c.End}, c.EndOr)
	if c.OwedBy != "sender" {
		names = append(names, p.Closes...)
	}
	for _, name := range names {
		day := events[name]
		if name == "" || day == 0 || day < start && !c.Before {
			continue
		}
		if on == 0 || day < on {
			on, by = day, name
		}
	}
	return on, by
}

// stops are the pauses that stop this clock, in order, without those that begin after its end or before its start.
func stops(c *catalog.Clock, pauses []Pause, start, ended civil.Date) []Pause {
	if !c.Pause {
		return nil
	}
	var out []Pause
	for _, p := range pauses {
		if p.From == 0 || p.To != 0 && p.To <= max(p.From, start) || ended != 0 && p.From > ended {
			continue
		}
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b Pause) int { return cmp.Compare(a.From, b.From) })
	return out
}

// run counts so many days from the start and writes down what it met. It may be called again with more days.
func (d *Deadline) run(cal *daysOff, pauses []Pause, days int) {
	d.Total, d.Skipped, d.Worked, d.Pauses, d.Rolled = days, nil, nil, nil, nil
	d.Last, d.Due, d.Stopped, d.Left = 0, 0, false, 0
	day, left := d.Start, days
	if d.Counting.First == "same" {
		day = day.AddDays(-1)
	}
	met := map[civil.Date]int{} // pauses met, by their first day: place in d.Pauses
	for left > 0 {
		day = day.AddDays(1)
		if p := pausedOn(pauses, day); p != nil {
			i, seen := met[p.From]
			if !seen {
				i = len(d.Pauses)
				met[p.From], d.Pauses = i, append(d.Pauses, *p)
				d.Pauses[i].Days = 0
			}
			if p.To == 0 {
				d.Stopped, d.Left = true, left
				return
			}
			d.Pauses[i].Days++
			continue
		}
		off, name := cal.look(day)
		switch {
		case d.DayType != "working":
			left--
		case off:
			d.Skipped = append(d.Skipped, Day{day, name})
		default:
			left--
			if name != "" {
				d.Worked = append(d.Worked, Day{day, name})
			}
		}
	}
	d.Last = day
	d.roll(cal, pauses)
}

// roll moves a last day on which nobody works to the next on which people do, over a pause that begins meanwhile.
func (d *Deadline) roll(cal *daysOff, pauses []Pause) {
	d.Due = d.Last
	if d.Counting.LastOff != "next" {
		return
	}
	for {
		off, name := cal.look(d.Due)
		p := pausedOn(pauses, d.Due)
		switch {
		case p != nil && p.To == 0:
			d.Due, d.Stopped = 0, true
			d.Pauses = append(d.Pauses, *p)
			return
		case p != nil:
			d.Pauses = append(d.Pauses, *p)
			d.Due = p.To
		case off:
			d.Rolled = append(d.Rolled, Day{d.Due, name})
			d.Due = d.Due.AddDays(1)
		default:
			return
		}
	}
}

// back counts so many days before the event: the last day on which the act is still in time.
func (d *Deadline) back(cal *daysOff) {
	d.Total = d.Days
	day := d.Start
	for left := d.Days; left > 0; {
		day = day.AddDays(-1)
		off, name := cal.look(day)
		switch {
		case d.DayType != "working":
			left--
		case off:
			d.Skipped = append(d.Skipped, Day{day, name})
		default:
			left--
			if name != "" {
				d.Worked = append(d.Worked, Day{day, name})
			}
		}
	}
	d.Last, d.Due = day, day
}

func pausedOn(pauses []Pause, day civil.Date) *Pause {
	for i := range pauses {
		if p := &pauses[i]; p.From <= day && (p.To == 0 || day < p.To) {
			return p
		}
	}
	return nil
}

// extend adds one decision to the calculation, as far as the law lets it count.
func (d *Deadline) extend(cal *daysOff, pauses []Pause, c *catalog.Clock, x Extension, complexity string) {
	x.Counted, x.Refused = d.allowed(c.Extension, x, complexity)
	if x.Counted > 0 {
		d.run(cal, pauses, d.Total+x.Counted)
		x.To = d.Due
	}
	d.Extensions = append(d.Extensions, x)
}

// allowed says how many days of an extension count, and why not all that were decided do.
func (d *Deadline) allowed(rule *catalog.Extension, x Extension, complexity string) (days int, why string) {
	hard := complexity == Complex || complexity == Special
	times, most := rule.Times, rule.Days
	if complexity == Special && rule.SpecialTimes > 0 {
		times = rule.SpecialTimes
	}
	if hard && rule.ComplexDays > 0 {
		most = rule.ComplexDays
	}
	counted := 0
	for _, had := range d.Extensions {
		if had.Counted > 0 {
			counted++
		}
	}
	switch {
	case x.Document == "":
		return 0, "không có số văn bản gia hạn"
	case x.On == 0:
		return 0, "không có ngày văn bản gia hạn"
	case x.On < d.Start:
		return 0, "văn bản gia hạn có trước ngày bắt đầu tính"
	case rule.Needs == Complex && !hard:
		return 0, "luật chỉ cho gia hạn vụ việc phức tạp, đặc biệt phức tạp"
	case counted >= times:
		return 0, fmt.Sprintf("đã gia hạn đủ %d lần", times)
	case d.Due != 0 && x.On > d.Due:
		return 0, "văn bản gia hạn có sau khi đã hết hạn ngày " + d.Due.Vi()
	case x.Days > most:
		return most, fmt.Sprintf("văn bản ghi %d ngày, luật cho một lần nhiều nhất %d ngày", x.Days, most)
	case x.Days == 0:
		return most, ""
	}
	return x.Days, ""
}
