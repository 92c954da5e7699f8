package app

import (
	"strings"
	"testing"

	"danvan/internal/access"
	"danvan/internal/clock"
	"danvan/internal/petition"
)

// The one who works on a case is told, its office where nobody does; the head when it is late, the superior when it is
// long late. No title says more than the code.
func TestClockNotices(t *testing.T) {
	running := func(officer int64, class string) *petition.Running {
		return &petition.Running{Entry: 7, Unit: 3, Class: class, Code: "DT-2026-000007", Officer: officer,
			Deadline: clock.Deadline{Clock: "resolve", Name: "Giải quyết khiếu nại lần đầu", Due: 20261120}}
	}
	logins := map[int64]string{5: "xulydon"}
	own := clockNotices(running(5, "complaint"), logins, 20261118)
	if len(own) != 1 || own[0].Login != "xulydon" || own[0].Due != 20261120 {
		t.Errorf("before its day: %+v", own)
	}
	desk := clockNotices(running(0, "complaint"), logins, 20261120)
	if len(desk) != 1 || desk[0].Login != "" || desk[0].Right != access.RecordLetters {
		t.Errorf("nobody works on it: %+v", desk)
	}
	gone := clockNotices(running(6, "denunciation"), logins, 20261120)
	if len(gone) != 1 || gone[0].Right != access.ReadDenunciations {
		t.Errorf("a denunciation without its officer: %+v", gone)
	}
	if late := clockNotices(running(5, "complaint"), logins, 20261121); len(late) != 2 || late[1].Right != access.ConfirmWork || late[1].Also != access.ReadLetters || late[1].Up != 0 {
		t.Errorf("a day late: %+v", late)
	}
	long := clockNotices(running(5, "complaint"), logins, 20261130)
	if len(long) != 3 || long[2].Up != 1 {
		t.Errorf("ten days late: %+v", long)
	}
	for _, n := range long {
		if strings.Contains(n.Title+n.Pile+n.Note, "khiếu nại lần đầu") || strings.Contains(n.Title, "Giải quyết") {
			t.Errorf("%q says what the case is about", n.Title+n.Pile)
		}
	}
}
