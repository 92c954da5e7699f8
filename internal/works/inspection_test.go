package works

import "testing"

func TestRecommendationStands(t *testing.T) {
	const today = 20261122
	i := &Inspection{Recs: []Recommendation{{No: 1, Due: 20261130}, {No: 2, Due: 20261121}, {No: 3, Due: 20261101}, {No: 4}, {No: 5}, {No: 6, Due: today}},
		Responses: []Response{{Rec: 3, Result: "partly"}, {Rec: 3, Result: "done"}, {Rec: 2, Result: "partly"}},
		FollowUps: []FollowUp{{Rec: 4, Outcome: "done", Done: 1}, {Rec: 5, Outcome: "withdrawn"}, {Rec: 6}}}
	want := []RecState{RecOpen, RecOverdue, RecAnswered, RecDone, RecClosed, RecOpen}
	for n, got := range i.Tracked(today) {
		if got.State != want[n] {
			t.Errorf("recommendation %d: %s, want %s", got.No, got.State, want[n])
		}
	}
	if open, overdue := i.OpenRecs(today); open != 4 || overdue != 1 {
		t.Errorf("open %d, overdue %d", open, overdue)
	}
	if next := i.NextNo(); next != 7 {
		t.Errorf("next number %d", next)
	}
}

func TestStage(t *testing.T) {
	const today = 20261122
	rec := []Recommendation{{No: 1}}
	for _, x := range []struct {
		name string
		i    Inspection
		want Stage
	}{
		{"decided", Inspection{Visits: []Visit{{Body: "a"}}}, StagePlanned},
		{"decided without a list", Inspection{}, StagePlanned},
		{"one body done", Inspection{Visits: []Visit{{Body: "a", On: today}, {Body: "b"}}, UnitsInspected: 1}, StageVisiting},
		{"numbers alone", Inspection{UnitsInspected: 4, ConcludedOn: today}, StageSummed},
		{"concluded, asked", Inspection{Visits: []Visit{{Body: "a", On: today}}, UnitsInspected: 1, ConcludedOn: today, Recs: rec}, StageFollowing},
		{"concluded, nothing asked", Inspection{Visits: []Visit{{Body: "a", On: today}}, UnitsInspected: 1, ConcludedOn: today}, StageConcluded},
		{"ended", Inspection{Recs: rec, FollowUps: []FollowUp{{Closed: "yes"}}}, StageClosed},
	} {
		if got := x.i.Stage(today); got != x.want {
			t.Errorf("%s: %s, want %s", x.name, got, x.want)
		}
	}
}
