// Package civil holds what the office counts with: days, periods, buckets of a month, Vietnamese folding and
// the number formats of official documents. Plain values and functions; no clock, no database.
package civil

import (
	"fmt"
	"time"
)

// Date is a calendar day as the number yyyymmdd (20191231), so that it sorts, compares and stores as it reads.
// Zero is "no day".
type Date int32

const (
	// Floor is before every day in the system, Forever after every day.
	Floor   Date = 19000101
	Forever Date = 99991231
)

// NewDate returns the day; out-of-range parts are normalised as time.Date does (31 April is 1 May).
func NewDate(year, month, day int) Date {
	return FromTime(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC))
}

// FromTime is the day of t in t's own location.
func FromTime(t time.Time) Date {
	y, m, d := t.Date()
	return Date(y*10000 + int(m)*100 + d)
}

// ParseDate reads 2019-12-31 and the Vietnamese 31/12/2019; it refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	for _, layout := range []string{"2006-01-02", "2/1/2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			if t.Year() < 1900 {
				return 0, fmt.Errorf("ngày %q trước năm 1900", s)
			}
			return FromTime(t), nil
		}
	}
	return 0, fmt.Errorf("không đọc được ngày %q: viết dạng 2019-12-31 hoặc 31/12/2019", s)
}

// MustDate is ParseDate for days written in code and tests.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func (d Date) Year() int  { return int(d) / 10000 }
func (d Date) Month() int { return int(d) / 100 % 100 }
func (d Date) Day() int   { return int(d) % 100 }

// Time is midnight UTC of the day.
func (d Date) Time() time.Time {
	return time.Date(d.Year(), time.Month(d.Month()), d.Day(), 0, 0, 0, 0, time.UTC)
}

func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// AddDays moves n days; Forever and Floor stay where they are.
func (d Date) AddDays(n int) Date {
	if d == Forever || d == Floor {
		return d
	}
	return FromTime(d.Time().AddDate(0, 0, n))
}

// AddMonths moves n months and keeps to the month's last day (31 January + 1 is 28 or 29 February).
func (d Date) AddMonths(n int) Date {
	if d == Forever || d == Floor {
		return d
	}
	first := time.Date(d.Year(), time.Month(d.Month()+n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return NewDate(first.Year(), int(first.Month()), min(d.Day(), last))
}

// AddYears moves n years; 29 February becomes 28 February where needed.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// DaysUntil is the number of days from d to e, negative when e is earlier.
func (d Date) DaysUntil(e Date) int { return int(e.Time().Sub(d.Time()).Hours() / 24) }

// MonthEnd is the last day of d's month.
func (d Date) MonthEnd() Date { return NewDate(d.Year(), d.Month()+1, 0) }

// String is the ISO form 2019-12-31, empty for no day.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year(), d.Month(), d.Day())
}

// Vi is the form of official documents (Nghị định 30/2020/NĐ-CP, Phụ lục I): 08/5/2019. Days below 10 and the
// months 1 and 2 carry a leading zero, other months do not.
func (d Date) Vi() string {
	if d == 0 {
		return ""
	}
	if d.Month() <= 2 {
		return fmt.Sprintf("%02d/%02d/%d", d.Day(), d.Month(), d.Year())
	}
	return fmt.Sprintf("%02d/%d/%d", d.Day(), d.Month(), d.Year())
}

// ViLong is "ngày 08 tháng 5 năm 2019".
func (d Date) ViLong() string {
	if d == 0 {
		return ""
	}
	m := fmt.Sprint(d.Month())
	if d.Month() <= 2 {
		m = "0" + m
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", d.Day(), m, d.Year())
}

func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
