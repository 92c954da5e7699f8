package catalog

import (
	"testing"

	"danvan/internal/civil"
)

// tet are the new year's days of 2026 with a Saturday worked in exchange.
var tet = &Calendar{Days: []*CalendarDay{
	{On: 20260101, Effect: "off", Name: "Tết Dương lịch"},
	{On: 20260215, To: 20260220, Effect: "off", Name: "Tết Nguyên đán"},
	{On: 20260103, Effect: "work", Name: "Làm bù"},
}}

func TestDutyTurnsDue(t *testing.T) {
	tt01 := &Regime{Code: "tt01", Windows: map[string]*Window{
		"Q1": {From: "prev-12-15", To: "03-14"}, "Q2": {From: "03-15", To: "06-14"}, "Q3": {From: "06-15", To: "09-14"}, "Q4": {From: "09-15", To: "12-14"},
		"9M": {From: "prev-12-15", To: "09-14"}, "month": {From: "prev-15", To: "14"}}}
	terms := &Regime{Code: "terms", Terms: []*Term{{From: 20200701, To: 20250630, Name: "nhiệm kỳ 2020–2025"}, {From: 20250701, To: 20300630, Name: "nhiệm kỳ 2025–2030"}}}
	for _, c := range []struct {
		name     string
		duty     Duty
		from, to civil.Date
		want     []Turn
	}{
		{"a month ends without days of grace", Duty{Every: "month"}, 20260201, 20260331,
			[]Turn{{civil.Period{From: 20260201, To: 20260228}, 20260228}, {civil.Period{From: 20260301, To: 20260331}, 20260331}}},
		{"working days skip the new year and count a Saturday worked", Duty{Every: "month", Due: &Due{Days: 2, DayType: "working", After: "period_end"}}, 20260101, 20260203,
			[]Turn{{civil.Period{From: 20251201, To: 20251231}, 20260103}, {civil.Period{From: 20260101, To: 20260131}, 20260203}}},
		{"a week of days off is not counted", Duty{Every: "month", Regime: "tt01", Due: &Due{Days: 3, DayType: "working", After: "period_end"}}, 20260214, 20260301,
			[]Turn{{civil.Period{From: 20260115, To: 20260214}, 20260225}}},
		{"calendar days run on", Duty{Every: "half", Due: &Due{Days: 15, DayType: "calendar", After: "period_end"}}, 20260701, 20270131,
			[]Turn{{civil.Period{From: 20260101, To: 20260630}, 20260715}, {civil.Period{From: 20260701, To: 20261231}, 20270115}}},
		{"days from the beginning of a period", Duty{Every: "quarter", Due: &Due{Days: 10, DayType: "calendar", After: "period_start"}}, 20260401, 20260630,
			[]Turn{{civil.Period{From: 20260401, To: 20260630}, 20260411}}},
		{"a regime's own quarters reach over new year", Duty{Every: "quarter", Regime: "tt01"}, 20251201, 20260331,
			[]Turn{{civil.Period{From: 20250915, To: 20251214}, 20251214}, {civil.Period{From: 20251215, To: 20260314}, 20260314}}},
		{"a regime's nine months", Duty{Every: "nine_months", Regime: "tt01"}, 20260101, 20261231,
			[]Turn{{civil.Period{From: 20251215, To: 20260914}, 20260914}}},
		{"a regime's due day holds where the duty has none", Duty{Every: "quarter", Regime: "late"}, 20260401, 20260430,
			[]Turn{{civil.Period{From: 20260101, To: 20260331}, 20260404}}},
		{"a fixed day looks back twelve months", Duty{Every: "year", Due: &Due{On: "01-31"}}, 20260101, 20271231,
			[]Turn{{civil.Period{From: 20250201, To: 20260131}, 20260131}, {civil.Period{From: 20260201, To: 20270131}, 20270131}}},
		{"the last day of February in a leap year", Duty{Every: "year", Due: &Due{On: "02-29"}}, 20270101, 20281231,
			[]Turn{{civil.Period{From: 20260301, To: 20270228}, 20270228}, {civil.Period{From: 20270301, To: 20280229}, 20280229}}},
		{"a week runs from Monday to Sunday", Duty{Every: "week"}, 20260101, 20260112,
			[]Turn{{civil.Period{From: 20251229, To: 20260104}, 20260104}, {civil.Period{From: 20260105, To: 20260111}, 20260111}}},
		{"two years from the day in force", Duty{Every: "two_years", From: 20200301}, 20200101, 20251231,
			[]Turn{{civil.Period{From: 20200101, To: 20211231}, 20211231}, {civil.Period{From: 20220101, To: 20231231}, 20231231}, {civil.Period{From: 20240101, To: 20251231}, 20251231}}},
		{"five years are those of the plans", Duty{Every: "five_years"}, 20200101, 20261231,
			[]Turn{{civil.Period{From: 20160101, To: 20201231}, 20201231}, {civil.Period{From: 20210101, To: 20251231}, 20251231}}},
		{"a term of office, from its beginning", Duty{Every: "term", Regime: "terms", Due: &Due{Days: 60, DayType: "calendar", After: "period_start"}}, 20250101, 20261231,
			[]Turn{{civil.Period{From: 20250701, To: 20300630}, 20250830}}},
		{"once, by the fixed day after it came into force", Duty{Every: "once", From: 20210730, Due: &Due{On: "12-31"}}, 20100101, 20301231,
			[]Turn{{civil.Period{From: 20210730, To: 20211231}, 20211231}}},
		{"once, before the rule ends", Duty{Every: "once", From: 20200101, Until: 20210101}, 20100101, 20301231,
			[]Turn{{civil.Period{From: 20200101, To: 20201231}, 20201231}}},
		{"not before it is in force", Duty{Every: "month", From: 20260310}, 20260101, 20260430,
			[]Turn{{civil.Period{From: 20260301, To: 20260331}, 20260331}, {civil.Period{From: 20260401, To: 20260430}, 20260430}}},
		{"a period that ends when the rule has ended is not owed", Duty{Every: "month", Until: 20260301}, 20260201, 20260430,
			[]Turn{{civil.Period{From: 20260201, To: 20260228}, 20260228}}},
		{"an event has no turn", Duty{Every: "event", Due: &Due{Days: 5, After: "event"}}, 20260101, 20261231, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			late := &Regime{Code: "late", Due: &Due{Days: 4, After: "period_end"}, Windows: map[string]*Window{"Q1": {From: "01-01", To: "03-31"}}}
			got := c.duty.TurnsDue(Regimes{tt01, terms, late}, tet, c.from, c.to)
			if len(got) != len(c.want) {
				t.Fatalf("turns %v, want %v", got, c.want)
			}
			for i, w := range c.want {
				if got[i].Period.From != w.Period.From || got[i].Period.To != w.Period.To || got[i].Due != w.Due {
					t.Errorf("turn %d is %v–%v due %v, want %v–%v due %v", i, got[i].Period.From, got[i].Period.To, got[i].Due, w.Period.From, w.Period.To, w.Due)
				}
				if got[i].Period.Name == "" {
					t.Errorf("turn %d has no name", i)
				}
			}
		})
	}
}

func TestReckoningNamesTheDaysNotCounted(t *testing.T) {
	r := (&Due{Days: 2, DayType: "working", After: "period_end"}).Reckon(civil.Period{From: 20251201, To: 20251231}, tet)
	want := []Passed{{20260101, "Tết Dương lịch", false}, {20260103, "Làm bù", true}}
	if r.Due != 20260103 || len(r.Passed) != 2 || r.Passed[0] != want[0] || r.Passed[1] != want[1] {
		t.Errorf("reckoned %+v: 1 January is off, Saturday the 3rd is worked in exchange", r)
	}
}

// TestEditionOfTheDay: a duty is owed under the edition in force when its period ends.
func TestEditionOfTheDay(t *testing.T) {
	d := &Duty{Every: "half", Due: &Due{Days: 5, DayType: "working", After: "period_end"}}
	before := &Edition{From: 20100101, To: 20250630}
	after := &Edition{From: 20250701, To: civil.Forever}
	if got := before.Turns(d, 20250701, 20260131); len(got) != 1 || got[0].Period.To != 20250630 {
		t.Errorf("the first half of 2025 belongs to the edition that ended with it: %v", got)
	}
	if got := after.Turns(d, 20250701, 20260131); len(got) != 1 || got[0].Period.To != 20251231 {
		t.Errorf("the second half belongs to the next: %v", got)
	}
}
