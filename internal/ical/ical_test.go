package ical

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var made = time.Date(2026, 11, 22, 1, 2, 3, 0, time.UTC)

// read is what a reader makes of a file: lines unfolded, each cut into name and value.
func read(t *testing.T, file []byte) [][2]string {
	t.Helper()
	text := string(file)
	for _, l := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		if len(l) > 75 || !utf8.ValidString(l) || strings.ContainsAny(l, "\r\n") {
			t.Errorf("line of %d octets, or cut through a letter: %q", len(l), l)
		}
	}
	var out [][2]string
	for _, l := range strings.Split(strings.TrimSuffix(strings.ReplaceAll(text, "\r\n ", ""), "\r\n"), "\r\n") {
		name, value, ok := strings.Cut(l, ":")
		if !ok {
			t.Fatalf("no property: %q", l)
		}
		out = append(out, [2]string{name, value})
	}
	return out
}

func value(t *testing.T, lines [][2]string, name string) string {
	t.Helper()
	for _, l := range lines {
		if l[0] == name {
			return l[1]
		}
	}
	t.Fatalf("no %s in %v", name, lines)
	return ""
}

func TestHoursStandInVietNam(t *testing.T) {
	lines := read(t, Calendar{Name: "Đối thoại", Made: made, Events: []Event{{UID: "a@danvan", Turn: 3, Day: 20261204, From: "07:30", To: "11:30", Summary: "x"}}}.Bytes())
	for name, want := range map[string]string{"DTSTART;TZID=Asia/Ho_Chi_Minh": "20261204T073000", "DTEND;TZID=Asia/Ho_Chi_Minh": "20261204T113000",
		"TZID": "Asia/Ho_Chi_Minh", "TZOFFSETTO": "+0700", "DTSTAMP": "20261122T010203Z", "SEQUENCE": "3", "STATUS": "CONFIRMED", "UID": "a@danvan"} {
		if got := value(t, lines, name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if first, last := lines[0], lines[len(lines)-1]; first != [2]string{"BEGIN", "VCALENDAR"} || last != [2]string{"END", "VCALENDAR"} {
		t.Errorf("begins %v, ends %v", first, last)
	}
}

func TestDaysAndOddHours(t *testing.T) {
	whole := read(t, Calendar{Made: made, Events: []Event{{Day: 20261231, From: "sáng", Summary: "x", Cancelled: true}}}.Bytes())
	if a, z := value(t, whole, "DTSTART;VALUE=DATE"), value(t, whole, "DTEND;VALUE=DATE"); a != "20261231" || z != "20270101" {
		t.Errorf("whole day %s to %s", a, z)
	}
	if got := value(t, whole, "STATUS"); got != "CANCELLED" {
		t.Errorf("status %s", got)
	}
	late := read(t, Calendar{Made: made, Events: []Event{{Day: 20261231, From: "23:00", To: "10:00", Summary: "x"}}}.Bytes())
	if z := value(t, late, "DTEND;TZID=Asia/Ho_Chi_Minh"); z != "20270101T010000" {
		t.Errorf("end %s", z)
	}
}

func TestTextsAreEscapedAndFolded(t *testing.T) {
	long := strings.Repeat("Đường thôn Nà Khưa, đoạn qua suối; ", 9)
	evil := "một\r\nEND:VEVENT\nBEGIN:VALARM\x00\x1b\\ hết"
	lines := read(t, Calendar{Made: made, Events: []Event{{Day: 20261204, Summary: long, Location: evil, About: "a\\b"}}}.Bytes())
	if got := strings.NewReplacer(`\,`, ",", `\;`, ";").Replace(value(t, lines, "SUMMARY")); got != long {
		t.Errorf("summary %q", got)
	}
	if got := value(t, lines, "LOCATION"); got != `một\nEND:VEVENT\nBEGIN:VALARM\\ hết` {
		t.Errorf("location %q", got)
	}
	if got := value(t, lines, "DESCRIPTION"); got != `a\\b` {
		t.Errorf("description %q", got)
	}
	ends := 0
	for _, l := range lines {
		if l == [2]string{"END", "VEVENT"} {
			ends++
		}
	}
	if ends != 1 {
		t.Errorf("%d events end", ends)
	}
}

func FuzzFold(f *testing.F) {
	f.Add(strings.Repeat("ữ", 200))
	f.Add("a\r\n b")
	f.Fuzz(func(t *testing.T, s string) {
		read(t, Calendar{Name: s, Made: made, Events: []Event{{Day: 20261204, Summary: s, Location: s, URL: s}}}.Bytes())
	})
}
