package notice

import (
	"testing"
	"time"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
	"danvan/internal/civil"
)

func calendar(t *testing.T) *catalog.Calendar {
	t.Helper()
	c, err := catalog.Load(catalogdata.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c.EditionOn(20260601).Calendar("vn")
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("2006-01-02 15:04", text, Zone)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Mail waits for the end of the quiet hours and of days off, Tết among them.
func TestMailKeepsToTheHours(t *testing.T) {
	cal := calendar(t)
	usual := Usual()
	noQuiet := usual
	noQuiet.QuietFrom, noQuiet.QuietTo = 0, 0
	always := noQuiet
	always.DaysOff = true
	midday := usual
	midday.QuietFrom, midday.QuietTo = 11*60, 13*60+30
	for _, c := range []struct {
		s          Setting
		when, want string
	}{
		{usual, "2026-11-23 09:00", "2026-11-23 09:00"},
		{usual, "2026-11-23 20:00", "2026-11-24 06:30"},
		{usual, "2026-11-23 05:10", "2026-11-23 06:30"},
		{usual, "2026-11-20 21:00", "2026-11-23 06:30"}, // a Friday evening
		{usual, "2026-02-16 10:00", "2026-02-23 06:30"}, // Tết of 2026
		{noQuiet, "2026-11-21 10:00", "2026-11-23 00:00"},
		{always, "2026-11-21 23:00", "2026-11-21 23:00"},
		{midday, "2026-11-23 11:00", "2026-11-23 13:30"},
	} {
		if got := c.s.sendable(cal, at(t, c.when)); !got.Equal(at(t, c.want)) {
			t.Errorf("from %s: %s, want %s", c.when, got.Format("2006-01-02 15:04"), c.want)
		}
	}
}

func TestDigestsComeOnTheirDay(t *testing.T) {
	cal := calendar(t)
	weekly := Usual()
	weekly.How = Weekly
	off := Usual()
	off.How = Off
	for _, c := range []struct {
		name string
		s    Setting
		when string
		want bool
	}{
		{"before the hour", Usual(), "2026-11-23 07:29", false},
		{"at the hour", Usual(), "2026-11-23 07:30", true},
		{"on a Sunday", Usual(), "2026-11-22 08:00", false},
		{"the week's first day", weekly, "2026-11-23 08:00", true},
		{"the week's second day", weekly, "2026-11-24 08:00", false},
		{"the first working day after Tết", weekly, "2026-02-23 08:00", true},
		{"the Wednesday after two holidays", weekly, "2025-09-03 08:00", true},
		{"the day after it", weekly, "2025-09-04 08:00", false},
		{"not wanted", off, "2026-11-23 08:00", false},
	} {
		if _, got := c.s.digestDue(cal, at(t, c.when)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestStages(t *testing.T) {
	for _, c := range []struct {
		due  civil.Date
		want Stage
	}{{20261201, Open}, {20261126, Soon}, {20261123, Today}, {20261122, "late-0"}, {20261116, "late-0"}, {20261115, "late-1"}, {0, Open}} {
		if got := (Notice{Due: c.due}).Stage(20261123, 3); got != c.want {
			t.Errorf("due %s: %s, want %s", c.due, got, c.want)
		}
	}
}
