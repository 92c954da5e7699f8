package model

import (
	"slices"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

const now civil.Date = 20261122

func of(change func(*Model)) *Model {
	m := &Model{Head: ledger.Head{Kind: ModelKind, Day: 20250310}}
	change(m)
	return m
}

// A state follows from the dates alone; days to come have not come.
func TestStateFollowsFromDates(t *testing.T) {
	for _, c := range []struct {
		name  string
		m     *Model
		state State
		first Act
		undo  string
	}{
		{"new", of(func(*Model) {}), Registered, Check, ""},
		{"checked", of(func(m *Model) { m.CheckedOn = 20250701 }), Checked, Assess, "checked"},
		{"check to come", of(func(m *Model) { m.CheckedOn = 20270701 }), Registered, Check, ""},
		{"effective", of(func(m *Model) { m.CheckedOn, m.EffectiveOn = 20250701, 20251101 }), Effective, Recognise, "effective"},
		{"not effective", of(func(m *Model) { m.CheckedOn, m.IneffectiveOn = 20250701, 20251101 }), Ineffective, Check, "ineffective"},
		{"effective, then not", of(func(m *Model) { m.EffectiveOn, m.RecognisedOn, m.IneffectiveOn = 20251101, 20251201, 20260601 }), Ineffective, Check, "ineffective"},
		{"not effective, then effective", of(func(m *Model) { m.IneffectiveOn, m.EffectiveOn = 20251101, 20260601 }), Effective, Recognise, "effective"},
		{"recognised", of(func(m *Model) { m.EffectiveOn, m.RecognisedOn = 20251101, 20251201 }), Recognised, Replicate, "recognised"},
		{"typical", of(func(m *Model) { m.EffectiveOn, m.RecognisedOn, m.TypicalOn = 20251101, 20251201, 20260201 }), Recognised, Replicate, "typical"},
		{"replicated by a record", of(func(m *Model) {
			m.RecognisedOn = 20251201
			m.Replicas = []Link{{ledger.Head{Day: 20260301}}}
		}), Replicated, Prove, "recognised"},
		{"replica to come", of(func(m *Model) {
			m.RecognisedOn = 20251201
			m.Replicas = []Link{{ledger.Head{Day: 20270301}}}
		}), Recognised, Replicate, "recognised"},
		{"ended", of(func(m *Model) { m.RecognisedOn, m.EndedOn = 20251201, 20260801 }), Ended, Resume, "ended"},
		{"end to come", of(func(m *Model) { m.RecognisedOn, m.EndedOn = 20251201, 20270801 }), Recognised, Replicate, "recognised"},
		{"group", &Model{Head: ledger.Head{Kind: GroupKind, Day: 20250310}}, Registered, Prove, ""},
	} {
		if got := c.m.State(now); got != c.state {
			t.Errorf("%s is %s, want %s", c.name, got, c.state)
		}
		if next := c.m.Next(now); next[0] != c.first {
			t.Errorf("%s is followed by %v, want %s", c.name, next, c.first)
		}
		if step, _ := c.m.Undo(now); step != c.undo {
			t.Errorf("%s takes back %q, want %q", c.name, step, c.undo)
		}
	}
}

// An act is refused where it does not follow, before what it follows, and on a day to come.
func TestWhatMayFollow(t *testing.T) {
	fresh, checked := of(func(*Model) {}), of(func(m *Model) { m.CheckedOn = 20250701 })
	effective := of(func(m *Model) { m.CheckedOn, m.EffectiveOn = 20250701, 20251101 })
	ended := of(func(m *Model) { m.EndedOn = 20260101 })
	for _, c := range []struct {
		name string
		m    *Model
		act  Act
		day  civil.Date
		ok   bool
	}{
		{"check", fresh, Check, 20250601, true},
		{"check before the registration", fresh, Check, 20250309, false},
		{"check tomorrow", fresh, Check, 20261123, false},
		{"assess unchecked", fresh, Assess, 20250601, false},
		{"recognise unassessed", checked, Recognise, 20260101, false},
		{"assess before the check", checked, Assess, 20250630, false},
		{"assess", checked, Assess, 20250701, true},
		{"recognise before the assessment", effective, Recognise, 20251031, false},
		{"recognise", effective, Recognise, 20251101, true},
		{"replicate", effective, Replicate, 20260101, true},
		{"replicate unassessed", checked, Replicate, 20260101, false},
		{"evidence of an ended one", ended, Prove, 20260201, false},
		{"end twice", ended, End, 20260201, false},
		{"resume", ended, Resume, 0, true},
		{"resume what lives", fresh, Resume, 0, false},
		{"check a group", &Model{Head: ledger.Head{Kind: GroupKind, Day: 20250310}}, Check, 20260101, false},
	} {
		if err := c.m.May(c.act, c.day, now); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Evidence keeps a model fresh for so many days, to the day; an ended one is never stale.
func TestStaleAfterSoManyDays(t *testing.T) {
	m := of(func(m *Model) { m.RecognisedOn = 20251122 })
	if m.Stale(now, 365) {
		t.Error("seen 365 days ago is called stale")
	}
	m.RecognisedOn = 20251121
	if !m.Stale(now, 365) {
		t.Error("seen 366 days ago is called fresh")
	}
	m.Evidence = []Evidence{{Head: ledger.Head{Day: 20270101}}}
	if !m.Stale(now, 365) {
		t.Error("evidence of a day to come makes it fresh")
	}
	m.Evidence = append(m.Evidence, Evidence{Head: ledger.Head{Day: 20260101}})
	if m.Stale(now, 365) || m.EvidenceOn(now) != 20260101 {
		t.Errorf("evidence of 01/01/2026 is not seen: %d", m.EvidenceOn(now))
	}
	m.Evidence, m.EndedOn = nil, 20260101
	if m.Stale(now, 365) {
		t.Error("an ended model is called stale")
	}
}

// A model is public from its recognition, a group from the beginning, unless the body says otherwise.
func TestOpenToEverybody(t *testing.T) {
	for _, c := range []struct {
		name string
		m    *Model
		open bool
	}{
		{"registered", of(func(*Model) {}), false},
		{"registered, put on the portal", of(func(m *Model) { m.Public = Yes }), true},
		{"recognised", of(func(m *Model) { m.RecognisedOn = 20251201 }), true},
		{"recognised tomorrow", of(func(m *Model) { m.RecognisedOn = 20261123 }), false},
		{"recognised, taken off", of(func(m *Model) { m.RecognisedOn, m.Public = 20251201, No }), false},
		{"group", &Model{Head: ledger.Head{Kind: GroupKind}}, true},
		{"group taken off", &Model{Head: ledger.Head{Kind: GroupKind}, said: said{Public: No}}, false},
	} {
		if got := c.m.Open(now); got != c.open {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// A name is read only of a person who agreed, and a contact never.
func TestNamesByConsentAlone(t *testing.T) {
	for fields, want := range map[string]string{
		`{"subject":"individual","exemplar":{"name":"Bà Thử"},"consent":"named"}`:                          "Bà Thử",
		`{"subject":"individual","exemplar":{"name":"Bà Thử"},"consent":"anonymous"}`:                      "",
		`{"subject":"individual","exemplar":{"name":"Bà Thử"}}`:                                            "",
		`{"subject":"collective","exemplar":{"name":"Bà Thử"},"consent":"named"}`:                          "",
		`{"subject":"individual","contact":{"name":"Ông Liên Hệ","phone":"0900000000"},"consent":"named"}`: "",
	} {
		m, err := modelOf(ledger.Line{Fields: fields})
		if err != nil || m.Name != want {
			t.Errorf("%s names %q, %v", fields, m.Name, err)
		}
	}
}

func TestPercentCountsWhatWasScored(t *testing.T) {
	points := func(n int64) *int64 { return &n }
	list := []Score{{Verified: points(8)}, {Verified: points(5)}, {}}
	if p, ok := Percent(list, VerifiedPoints); !ok || p != 65 {
		t.Errorf("%d%%, %v", p, ok)
	}
	if _, ok := Percent(list, OwnPoints); ok {
		t.Error("no own points make a percentage")
	}
}

// The rows of a year's end partition the models: each counts in one row, in what it did in the year.
func TestYearsEndCountsEachOnce(t *testing.T) {
	year := civil.Period{From: 20250101, To: 20251231}
	list := []*Model{
		of(func(m *Model) { m.Sector, m.EffectiveOn, m.RecognisedOn = "economy", 20251101, 20251201 }),
		of(func(m *Model) { m.Sector, m.Day, m.EndedOn = "economy", 20230101, 20250601 }),
		of(func(m *Model) { m.Sector, m.Day, m.ReplicatedOn = "economy", 20240101, 20250601 }),
		of(func(m *Model) { m.Sector, m.Day = "new_rural", 20260101 }),
	}
	rows := Sum(list, map[Group]Counts{{Sector: "new_rural"}: {Registered: 7}}, year, []Group{{Sector: "economy"}, {Sector: "new_rural"}})
	if len(rows) != 2 || rows[0].Counts != (Counts{Registered: 1, Maintained: 1, Effective: 1, Recognised: 1, Replicated: 1, Ended: 1}) {
		t.Errorf("rows %+v", rows)
	}
	if rows[1].Counts != (Counts{}) || rows[1].Typed == nil || rows[1].Typed.Registered != 7 {
		t.Errorf("typed row %+v", rows[1])
	}
}

func TestStepsStandInTheOrderOfDays(t *testing.T) {
	m := of(func(m *Model) {
		m.CheckedOn, m.EffectiveOn, m.RecognisedOn, m.ReplicatedOn, m.EndedOn = 20250701, 20250601, 20251201, 20251201, 20270101
	})
	var got []string
	for _, s := range m.Steps(now) {
		got = append(got, s.Act)
	}
	if !slices.Equal(got, []string{"registered", "effective", "checked", "recognised", "replicated"}) {
		t.Errorf("steps %v", got)
	}
}
