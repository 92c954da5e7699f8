package demo

import (
	"math/rand/v2"

	"danvan/internal/civil"
	"danvan/internal/contest"
	"danvan/internal/contribution"
	"danvan/internal/ledger"
	"danvan/internal/model"
	"danvan/internal/org"
)

// special are the kinds that a file of Go makes, and no stream.
var special = []string{"one_stop_operation", "workplace_conference_summary", "petition_letter", "petition_part", "socio_reading", "health_card_count", "electricity_count", "local_standard", "task", "inspection_response", "training_course", "emulation_review", "reception_plan", "reception_visit", "dialogue_plan", "commitment_note",
	contest.EntryKind,
	contribution.WorkKind, contribution.PledgeKind, contribution.SpendKind, contribution.ReturnKind, contribution.PictureKind, model.EvidenceKind}

// states are the one-stop shops: every commune and district of the old province ran one by the end of 2019, and
// 16 of the 18 departments. What a merged commune inherits follows from the units, not from here.
func (w *world) states() ([]ledger.Draft, error) {
	r := w.dice("states")
	day := civil.NewDate(2019, 12, 31)
	var out []ledger.Draft
	for _, id := range w.communes(day) {
		out = append(out, w.oneStop(r, id, "UBND", "commune", 2010, 2018))
	}
	for _, id := range w.bodies("district/district", day) {
		out = append(out, w.oneStop(r, id, "UBND", "district", 2010, 2015))
	}
	departments := w.bodies("province/department", day)
	without := map[int]bool{}
	for len(without) < len(departments)-16 {
		without[r.IntN(len(departments))] = true
	}
	for i, id := range departments {
		if !without[i] {
			out = append(out, w.oneStop(r, id, "", "department", 2010, 2017))
		}
	}
	return append(out, w.workplaces()...), nil
}

// oneStop is the start of a one-stop shop between two years, under the name that the unit bore then.
func (w *world) oneStop(r *rand.Rand, id org.UnitID, abbr, tier string, from, to int) ledger.Draft {
	day := w.dayIn(r, from+r.IntN(to-from+1), nil)
	host := w.ref(id)
	d := ledger.Draft{Key: w.key("one_stop_operation"), Kind: "one_stop_operation", Unit: host, Day: day, Confirmed: true}
	if abbr != "" {
		d.Unit, d.Place = host+"."+abbr, host
	}
	d.Fields = map[string]any{"tier": tier, "model": []string{"one_stop", "linked", "modern"}[r.IntN(3)], "staff": int64(2 + r.IntN(5)), "procedures": int64(60 + r.IntN(120)), "counters": int64(1 + r.IntN(4))}
	return d
}

// workplaces are the yearly conferences of staff: all agencies hold theirs, and more than four in five
// enterprises with a union.
func (w *world) workplaces() []ledger.Draft {
	r := w.dice("workplaces")
	var out []ledger.Draft
	add := func(unit string, year int, kind string, obliged, held int64) {
		day := w.workday(civil.NewDate(year, 11, 20+r.IntN(8)))
		if day > w.spec.Today {
			return
		}
		out = append(out, ledger.Draft{Key: w.key("workplace_conference_summary"), Kind: "workplace_conference_summary", Unit: unit, Day: day, Confirmed: true, Fields: map[string]any{
			"year": int64(year), "type": kind, "obliged": obliged, "held": held, "held_on_time": held - held/9, "attendances": held * int64(24+r.IntN(12)),
			"opinions": held * int64(3+r.IntN(4)), "resolved": held * 3, "with_regulation": held,
		}})
	}
	for year := start.Year(); year <= w.spec.Today.Year(); year++ {
		day := civil.NewDate(year, 11, 15)
		if day > w.spec.Today {
			break
		}
		for _, id := range append(w.bodies("province/trade_union", day), w.bodies("district/trade_union", day)...) {
			n := int64(30 + r.IntN(16))
			add(w.ref(id), year, "agency", n, n)
			schools := int64(20 + r.IntN(12))
			add(w.ref(id), year, "public_unit", schools, schools)
		}
		for _, id := range w.bodies("province/trade_union", day) {
			obliged := int64(82 + 4*(year-start.Year()) + r.IntN(6))
			held := obliged * int64(812+r.IntN(70)) / 1000 // the least of ten years is just above four in five
			add(w.ref(id), year, "enterprise_union", obliged, held+1)
		}
	}
	return out
}
