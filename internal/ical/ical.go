// Package ical writes calendar files (RFC 5545) that a telephone opens: events with a day or with hours in Việt Nam.
//
// Lines are folded at 75 octets and never within a letter, texts are escaped, hours stand in the time zone
// Asia/Ho_Chi_Minh, which the file carries itself, so that the phone of a traveller shows them right.
package ical

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"danvan/internal/civil"
)

// Event is one event. From and To are hours as 07:30; without From it takes the whole day, without To two hours.
type Event struct {
	UID       string // stays the same when the event is moved or cancelled
	Turn      int    // goes up with each change, so that a calendar that has the event takes the newer one
	Day       civil.Date
	From, To  string
	Summary   string
	Location  string
	About     string
	URL       string
	Cancelled bool
}

// Calendar is a calendar file.
type Calendar struct {
	Name   string
	Made   time.Time
	Events []Event
}

// Type is the media type of a calendar file.
const Type = "text/calendar; charset=utf-8"

const zone = "Asia/Ho_Chi_Minh"

// Việt Nam has kept UTC+7 without summer time since 1975-06-13 in the south, and before in the north.
const zoneBlock = "BEGIN:VTIMEZONE\r\nTZID:" + zone + "\r\nBEGIN:STANDARD\r\nDTSTART:19750613T000000\r\nTZOFFSETFROM:+0700\r\nTZOFFSETTO:+0700\r\nTZNAME:+07\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"

// Bytes writes the file.
func (c Calendar) Bytes() []byte {
	var b strings.Builder
	line := func(name, value string) { fold(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//danvan//lich//VI")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	if c.Name != "" {
		line("X-WR-CALNAME", Text(c.Name))
	}
	b.WriteString(zoneBlock)
	for _, e := range c.Events {
		e.write(line, c.Made)
	}
	line("END", "VCALENDAR")
	return []byte(b.String())
}

func (e Event) write(line func(name, value string), made time.Time) {
	line("BEGIN", "VEVENT")
	line("UID", Text(e.UID))
	line("DTSTAMP", made.UTC().Format("20060102T150405Z"))
	line("SEQUENCE", strconv.Itoa(e.Turn))
	if from, to, ok := e.hours(); ok {
		line("DTSTART;TZID="+zone, from)
		line("DTEND;TZID="+zone, to)
	} else {
		line("DTSTART;VALUE=DATE", day(e.Day))
		line("DTEND;VALUE=DATE", day(e.Day.AddDays(1)))
	}
	line("SUMMARY", Text(e.Summary))
	for _, x := range []struct{ name, value string }{{"LOCATION", Text(e.Location)}, {"DESCRIPTION", Text(e.About)}, {"URL", plain(e.URL)}} {
		if x.value != "" {
			line(x.name, x.value)
		}
	}
	if e.Cancelled {
		line("STATUS", "CANCELLED")
	} else {
		line("STATUS", "CONFIRMED")
	}
	line("END", "VEVENT")
}

// hours are the moments of an event on the clock of Việt Nam; ok is false where it has no hour that can be read.
func (e Event) hours() (from, to string, ok bool) {
	a, err := time.Parse("2006-01-02 15:04", e.Day.String()+" "+e.From)
	if err != nil {
		return "", "", false
	}
	z, err := time.Parse("2006-01-02 15:04", e.Day.String()+" "+e.To)
	if err != nil || !z.After(a) {
		z = a.Add(2 * time.Hour)
	}
	return a.Format("20060102T150405"), z.Format("20060102T150405"), true
}

func day(d civil.Date) string { return fmt.Sprintf("%08d", int(d)) }

// Text escapes a text (RFC 5545, 3.3.11). What is no letter and no line break goes.
func Text(s string) string {
	s = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`, "\t", " ").Replace(s)
	return plain(s)
}

// plain takes out what may not stand in a line.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
}

// fold writes a line in pieces of at most 75 octets, never through a letter (RFC 5545, 3.1).
func fold(b *strings.Builder, s string) {
	room := 75
	for len(s) > room {
		cut := room
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut] + "\r\n ")
		s, room = s[cut:], 74
	}
	b.WriteString(s + "\r\n")
}
