package disclosure

import (
	"slices"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

func headOf(day civil.Date) ledger.Head { return ledger.Head{ID: int64(day), Day: day} }

var quarter = civil.Period{From: 20260701, To: 20260930}

// row finds a rule's row.
func row(t *testing.T, rows []Row, rule string) Row {
	t.Helper()
	for _, r := range rows {
		if r.Rule.Code == rule {
			return r
		}
	}
	t.Fatalf("no row of %s among %d", rule, len(rows))
	return Row{}
}

// A commune owes its quarter's budget by the calendar and a document's publishing from the day of the document, and is
// told what is late, missing, excused, too short.
func TestRegister(t *testing.T) {
	l := lawNow()
	doc := func(id int64, rule string, day civil.Date) *Document {
		return &Document{Head: ledger.Head{ID: id, Day: day}, Rule: rule, Title: rule}
	}
	post := func(id, carries int64, day civil.Date, p Publication) *Publication {
		p.Head = ledger.Head{ID: id, Day: day, Carries: carries}
		return &p
	}
	b := Book{
		Documents: []*Document{doc(1, "poverty", 20260706), doc(2, "fees", 20260706), doc(3, "land_recovery", 20260803), doc(4, "welfare", 20260918), doc(5, "plan_annual", 20260629)},
		Publications: []*Publication{
			post(11, 1, 20260713, Publication{Forms: []string{Board, Loudspeaker}, BroadcastDays: 3, EndedOn: 20260812, Address: "https://x"}),
			post(12, 2, 20260714, Publication{Forms: []string{Board}, BroadcastDays: 2, EndedOn: 20260812, Files: []string{"a"}}),
			post(13, 0, 20261012, Publication{Item: "budget", Forms: []string{Board}, Files: []string{"a"}}),
			post(14, 0, 20260901, Publication{Rule: "project_plan", Item: "project", DocumentOn: 20260825, Forms: []string{Portal}, Address: "https://x"}),
		},
		Reasons: []*Reason{{Head: ledger.Head{ID: 21, Carries: 3}, Rule: "land_recovery", Reason: "secret"}},
	}
	rows := l.Register(7, "commune/peoples_committee", quarter, b, 20261101)
	for _, c := range []struct {
		rule   string
		state  State
		faults []Fault
		due    civil.Date
	}{
		{"poverty", OnTime, nil, 20260713},
		{"fees", Late, []Fault{EndedEarly, FewDays}, 20260713},
		{"land_recovery", Excused, nil, 20260810},
		{"welfare", Missing, nil, 20260925},
		{"budget_quarter", OnTime, nil, 20261015},
		{"project_plan", OnTime, []Fault{FormMissing}, 20260904},
	} {
		r := row(t, rows, c.rule)
		if r.State != c.state || !slices.Equal(r.Faults(), c.faults) || r.Deadline.Due != c.due {
			t.Errorf("%s: %s %v by %s; want %s %v by %s", c.rule, r.State, r.Faults(), r.Deadline.Due, c.state, c.faults, c.due)
		}
	}
	if len(rows) != 6 {
		t.Errorf("%d rows; the plan of June and the year's turns do not belong to the quarter", len(rows))
	}
	if rows := l.Register(7, "commune/peoples_committee", quarter, Book{Documents: b.Documents[3:4]}, 20260925); row(t, rows, "welfare").State != Due {
		t.Error("on the last day it is not missing yet")
	}
	if rows := l.Register(7, "commune/front", quarter, b, 20261101); slices.ContainsFunc(rows, func(r Row) bool { return r.PeriodTo != 0 }) {
		t.Error("a body of another class owes by its documents only")
	}
}

// The board must hang thirty days; on the thirtieth it may come down, a day before it may not.
func TestReachOfBoard(t *testing.T) {
	l := lawNow()
	for _, c := range []struct {
		down, today civil.Date
		early, up   bool
		days        int
	}{
		{0, 20261010, false, true, 10},
		{20261030, 20261120, true, false, 30},
		{20261031, 20261120, false, false, 31},
		{20261031, 20261015, false, true, 15},
	} {
		p := &Publication{Head: headOf(20261001), Forms: []string{Board}, EndedOn: c.down, Files: []string{"a"}}
		x := l.Reach(p, l.Rule("plan_half"), true, c.today)
		if slices.Contains(x.Faults, EndedEarly) != c.early || x.Up != c.up || x.BoardDays != c.days {
			t.Errorf("down %s on %s: %+v", c.down, c.today, x)
		}
	}
}

func TestWarningsOfBoards(t *testing.T) {
	l := lawNow()
	b := &SupervisionBoard{Head: headOf(20260101), Type: Investment, Members: 9, Residents: 6, Deputies: 2}
	if got := l.Warnings(b, 20261101); len(got) != 1 {
		t.Errorf("six residents: %v", got)
	}
	b = &SupervisionBoard{Head: headOf(20240101), Type: Inspection, Members: 4, TermTo: 20260101}
	if got := l.Warnings(b, 20261101); len(got) != 2 {
		t.Errorf("four members, term over: %v", got)
	}
}
