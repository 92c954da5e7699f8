package reception_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/ledger"
	"danvan/internal/reception"
)

func TestRepeat(t *testing.T) {
	c, err := law()
	if err != nil {
		t.Fatal(err)
	}
	cal := c.Latest().Calendar("vn")
	for _, x := range []struct {
		name string
		rule reception.Rule
		want string
	}{
		{"once", reception.Rule{Every: "once", From: 20261126, To: 20261231}, "26/11/2026"},
		{"Thursdays, the holiday left out", reception.Rule{Every: "week", Weekdays: []time.Weekday{time.Wednesday}, From: 20260826, To: 20260909},
			"26/8/2026; 02/9/2026 nghỉ: Quốc khánh; 09/9/2026"},
		{"Wednesdays, the holiday moved", reception.Rule{Every: "week", Weekdays: []time.Weekday{time.Wednesday}, From: 20260902, To: 20260902, Move: true},
			"03/9/2026 thay 02/9/2026: Quốc khánh"},
		{"the 10th and the 25th, weekends moved", reception.Rule{Every: "month", Days: []int{10, 25}, From: 20261001, To: 20261031, Move: true},
			"12/10/2026 thay 10/10/2026: ngày nghỉ hằng tuần; 26/10/2026 thay 25/10/2026: ngày nghỉ hằng tuần"},
		{"the 31st of a shorter month", reception.Rule{Every: "month", Days: []int{31}, From: 20261101, To: 20261130}, "30/11/2026"},
		{"first and third Thursday", reception.Rule{Every: "nth", Weekdays: []time.Weekday{time.Thursday}, Nth: []int{1, 3}, From: 20261101, To: 20261130}, "05/11/2026; 19/11/2026"},
		{"last Friday", reception.Rule{Every: "nth", Weekdays: []time.Weekday{time.Friday}, Nth: []int{5}, From: 20261001, To: 20261130}, "30/10/2026; 27/11/2026"},
	} {
		var got []string
		for _, d := range x.rule.Expand(cal) {
			switch {
			case d.On == 0:
				got = append(got, d.Asked.Vi()+" nghỉ: "+d.Off)
			case d.On != d.Asked:
				got = append(got, fmt.Sprintf("%s thay %s: %s", d.On.Vi(), d.Asked.Vi(), d.Off))
			default:
				got = append(got, d.On.Vi())
			}
		}
		if s := strings.Join(got, "; "); s != x.want {
			t.Errorf("%s: %s, want %s", x.name, s, x.want)
		}
	}
}

// The law's days are data: before the decree of 2026 nothing is asked ahead of an online session.
func TestAhead(t *testing.T) {
	c, err := law()
	if err != nil {
		t.Fatal(err)
	}
	now := clock.In(c.Latest())
	if got := reception.Ahead(now, 20260630); len(got) != 0 {
		t.Errorf("asked before the law: %v", got)
	}
	got := reception.Ahead(now, 20260909) // a Wednesday; 31 August to 2 September are off
	if n, x := got["notice"].Due, got["test"].Due; n != 20260828 || x != 20260908 {
		t.Errorf("notice by %s, test by %s", n.Vi(), x.Vi())
	}
}

// A visitor is answered within ten working days: the day of the visit is not counted, holidays are passed by their names,
// and the answer ends it.
func TestAnswer(t *testing.T) {
	c, err := law()
	if err != nil {
		t.Fatal(err)
	}
	now := clock.In(c.Latest())
	for _, x := range []struct {
		day, answered, due civil.Date
		passed             string
		late               bool
	}{
		{20261120, 0, 20261204, "", false},
		{20261120, 20261207, 20261204, "", true},
		{20140702, 20140716, 20140716, "", false},
		{20260826, 0, 20260914, "Quốc khánh", true},
	} {
		v := &reception.Visit{Head: ledger.Head{Day: x.day}, AnsweredOn: x.answered}
		d, ok := reception.Answer(now, v)
		if !ok || d.Due != x.due || d.Days != 10 || d.DayType != "working" || d.Article != "Khoản 1 Điều 28 Luật Tiếp công dân" {
			t.Errorf("visit of %s: %+v", x.day.Vi(), d)
		}
		if d.Late(20261122) != x.late || d.Ended != x.answered {
			t.Errorf("visit of %s: late %v, ended %v", x.day.Vi(), d.Late(20261122), d.Ended)
		}
		if x.passed != "" && !slices.ContainsFunc(d.Skipped, func(p clock.Day) bool { return strings.Contains(p.Name, x.passed) }) {
			t.Errorf("visit of %s passes %v", x.day.Vi(), d.Skipped)
		}
	}
	if _, ok := reception.Answer(now, &reception.Visit{Head: ledger.Head{Day: 20140630}}); ok {
		t.Error("an answer is owed before the law")
	}
	if l := reception.CrowdFrom(c.Latest(), 20261120); l == nil || l.Value != 5 || l.Verified {
		t.Errorf("a crowd is %+v", l)
	}
}
