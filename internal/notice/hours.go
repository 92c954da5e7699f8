package notice

import (
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// Zone is Vietnamese time, which knows no summer time.
var Zone = time.FixedZone("ICT", 7*60*60)

// quiet reports whether a minute of the day is within the quiet hours, which may pass midnight.
func (s Setting) quiet(minute int) bool {
	switch {
	case s.QuietFrom == s.QuietTo:
		return false
	case s.QuietFrom < s.QuietTo:
		return minute >= s.QuietFrom && minute < s.QuietTo
	}
	return minute >= s.QuietFrom || minute < s.QuietTo
}

func minuteOf(t time.Time) int { return t.Hour()*60 + t.Minute() }

// works reports whether mail may go out on a day.
func (s Setting) works(cal *catalog.Calendar, day civil.Date) bool {
	return s.DaysOff || cal == nil || !cal.Off(day)
}

// sendable is the first moment from t on at which the person may be sent mail: outside the quiet hours, and on a day
// on which he wants it. Holidays in a row are few; after two months the search ends.
func (s Setting) sendable(cal *catalog.Calendar, t time.Time) time.Time {
	t = t.In(Zone)
	for range 60 * 24 * 4 {
		if s.works(cal, civil.FromTime(t)) && !s.quiet(minuteOf(t)) {
			return t
		}
		t = t.Truncate(15 * time.Minute).Add(15 * time.Minute)
	}
	return t
}

// digestDue reports whether a digest should be made now, and the day that it is for: at or after the hour chosen, on a
// day of work; weekly on the first such day of a week.
func (s Setting) digestDue(cal *catalog.Calendar, now time.Time) (civil.Date, bool) {
	now = now.In(Zone)
	day := civil.FromTime(now)
	if minuteOf(now) < s.At || !s.works(cal, day) {
		return day, false
	}
	switch s.How {
	case Daily:
		return day, true
	case Weekly:
		for d := monday(day); d < day; d = d.AddDays(1) {
			if s.works(cal, d) {
				return d, false
			}
		}
		return day, true
	}
	return day, false
}

func monday(d civil.Date) civil.Date {
	for d.Weekday() != time.Monday {
		d = d.AddDays(-1)
	}
	return d
}
