package catalog

import (
	"testing"

	"danvan/internal/civil"
)

func TestDutyTurns(t *testing.T) {
	tet := &Calendar{Days: []*CalendarDay{
		{On: 20260101, Effect: "off"},
		{On: 20260215, To: 20260220, Effect: "off"},
		{On: 20260103, Effect: "work"}, // a Saturday worked in exchange
	}}
	tt01 := &Regime{Code: "tt01", Windows: map[string]*Window{"Q1": {From: "prev-12-15", To: "03-14"}, "Q2": {From: "03-15", To: "06-14"}, "Q3": {From: "06-15", To: "09-14"}, "Q4": {From: "09-15", To: "12-14"}}}
	for _, c := range []struct {
		name string
		duty Duty
		day  civil.Date
		want []Turn
	}{
		{"a month ends without days of grace", Duty{Every: "month"}, 20260310,
			[]Turn{{civil.Period{From: 20260201, To: 20260228}, 20260228}, {civil.Period{From: 20260301, To: 20260331}, 20260331}}},
		{"working days skip the new year and count a Saturday worked", Duty{Every: "month", Due: &Due{Days: 2, DayType: "working", After: "period_end"}}, 20260105,
			[]Turn{{civil.Period{From: 20251201, To: 20251231}, 20260103}, {civil.Period{From: 20260101, To: 20260131}, 20260203}}},
		{"calendar days", Duty{Every: "half", Due: &Due{Days: 15, DayType: "calendar", After: "period_end"}}, 20260801,
			[]Turn{{civil.Period{From: 20260101, To: 20260630}, 20260715}, {civil.Period{From: 20260701, To: 20261231}, 20270115}}},
		{"a regime's own quarters", Duty{Every: "quarter", Regime: "tt01"}, 20260101,
			[]Turn{{civil.Period{From: 20250915, To: 20251214}, 20251214}, {civil.Period{From: 20251215, To: 20260314}, 20260314}}},
		{"a fixed day looks back twelve months", Duty{Every: "year", Due: &Due{On: "01-31"}}, 20260315,
			[]Turn{{civil.Period{From: 20250201, To: 20260131}, 20260131}, {civil.Period{From: 20260201, To: 20270131}, 20270131}}},
		{"not before it is in force", Duty{Every: "month", From: 20260301}, 20260310,
			[]Turn{{civil.Period{From: 20260301, To: 20260331}, 20260331}}},
		{"not after it has ended", Duty{Every: "month", Until: 20260301}, 20260310, nil},
		{"an event has no turn", Duty{Every: "event", Due: &Due{Days: 5, After: "event"}}, 20260310, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.duty.Turns(Regimes{tt01}, tet, c.day)
			if len(got) != len(c.want) {
				t.Fatalf("turns %v, want %v", got, c.want)
			}
			for i, w := range c.want {
				if got[i].Period.From != w.Period.From || got[i].Period.To != w.Period.To || got[i].Due != w.Due {
					t.Errorf("turn %d is %v–%v due %v, want %v–%v due %v", i, got[i].Period.From, got[i].Period.To, got[i].Due, w.Period.From, w.Period.To, w.Due)
				}
			}
		})
	}
}
