package works

import (
	"testing"

	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

func files(unit org.UnitID, field string, day civil.Date, carried, received, settled, open int64) *Files {
	return &Files{Head: ledger.Head{Unit: unit, Day: day}, Field: field, Carried: carried, InPerson: received, OnTime: settled, OpenInTime: open}
}

// What one month leaves open and the next carries over stands once; a month that carries over something else is named;
// totals of other days are added as they are.
func TestJoinMonths(t *testing.T) {
	j := Join([]*Files{
		files(1, "land", 20261031, 5, 20, 19, 6),
		files(1, "land", 20261130, 6, 10, 13, 3),
		files(1, "land", 20260930, 2, 10, 8, 4), // October carries 5
		files(1, "civil_status", 20261130, 1, 30, 31, 0),
		files(2, "land", 20261115, 7, 3, 5, 5),
		files(2, "land", 20261130, 5, 1, 6, 0),
	})
	land := j.By["land"]
	if land.Carried != 2+7+5 || land.Received() != 44 || land.Settled() != 51 || land.Open() != 3+5 {
		t.Errorf("land: %+v", land)
	}
	if len(j.Breaks) != 1 || j.Breaks[0].After.Day != 20261031 {
		t.Errorf("breaks: %+v", j.Breaks)
	}
	if off := j.All.Off(); off != -1 { // by the one file that October has more than September left
		t.Errorf("the two sides differ by %d", off)
	}
	if u := j.Units[1]; u.Carried != 3 || u.Open() != 3 {
		t.Errorf("body 1: %+v", u)
	}
}

func TestLateReasonsAddUp(t *testing.T) {
	a, b := files(1, "land", 20261031, 0, 3, 3, 0), files(1, "land", 20261130, 0, 4, 4, 0)
	a.Reasons, b.Reasons = []LateReason{{"staff", 1}}, []LateReason{{"staff", 2}, {"linked", 1}}
	got := Join([]*Files{a, b}).All.Reasons
	if len(got) != 2 || got[0] != (LateReason{"staff", 3}) || len(a.Reasons) != 1 || a.Reasons[0].Files != 1 {
		t.Errorf("reasons %+v, the entry's own %+v", got, a.Reasons)
	}
}
