package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"danvan/demo/letters"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/reception"
)

// received is one visit of the demo, for its dossier.
type received struct {
	key, class, field string
	at                org.UnitID
	on                civil.Date
}

// receptionFrom is the first day of reception told visit by visit.
const receptionFrom civil.Date = 20260907

// receptionCommunes are how many communes tell their reception visit by visit: that of the demo's accounts first.
const receptionCommunes = 4

// reception is the days of reception around today, of a few communes: the chair's two days of a month, the officer's
// every week, one online, one missed, one cancelled, one still open. Visits carry their session, whose numbers are theirs.
func (w *world) reception() ([]ledger.Draft, error) {
	if w.spec.Today < 20261001 {
		return nil, nil
	}
	r := w.dice("reception")
	var out []ledger.Draft
	for n, id := range w.receiving() {
		out = append(out, w.chairDays(r, id, n)...)
		out = append(out, w.deskDays(r, id, n)...)
	}
	return out, nil
}

// receiving are the committees of the communes whose reception is told.
func (w *world) receiving() []org.UnitID {
	var out []org.UnitID
	for _, code := range []string{"02143.UBND", "01879.UBND"} {
		if u := w.tree.On(code, w.spec.Today); u != nil {
			out = append(out, u.ID)
		}
	}
	for _, id := range w.bodies("commune/peoples_committee", w.spec.Today) {
		if len(out) < receptionCommunes && (len(out) == 0 || id != out[0]) && (len(out) < 2 || id != out[1]) {
			out = append(out, id)
		}
	}
	return out
}

// dated is a planned day as it is told.
type dated struct {
	key, typ, host string
	on             civil.Date
	cancelled      bool
	held           string // host as held, empty: as planned; "-" for not held
	open           bool
	nobody         bool
}

// chairDays are the first and third Thursdays of the months, and an online session to come.
func (w *world) chairDays(r *rand.Rand, id org.UnitID, n int) []ledger.Draft {
	var out []ledger.Draft
	rule := reception.Rule{Every: "nth", Weekdays: []time.Weekday{time.Thursday}, Nth: []int{1, 3}, From: receptionFrom, To: w.spec.Today.AddDays(40), Move: true}
	for i, d := range rule.Expand(w.cat.EditionOn(w.spec.Today).Calendar("vn")) {
		x := dated{key: fmt.Sprintf("demo:tiep-dan:%d:ct%d", n, i), typ: "periodic", host: "chair", on: d.On}
		switch {
		case n == 0 && i == 1:
			x.nobody = true
		case n == 1 && i == 2:
			x.held = "-" // nobody received: the month is not met
		case n == 2 && i == 3:
			x.held = "deputy_head"
		case n == 0 && i == 6:
			x.cancelled = true
		}
		out = append(out, w.occasion(r, id, x)...)
	}
	online := dated{key: fmt.Sprintf("demo:tiep-dan:%d:tt", n), typ: "online", host: "chair", on: w.workday(w.spec.Today.AddDays(9))}
	return append(out, w.occasion(r, id, online)...)
}

// deskDays are the officer's Mondays and Fridays; the last one is not closed yet.
func (w *world) deskDays(r *rand.Rand, id org.UnitID, n int) []ledger.Draft {
	var out []ledger.Draft
	rule := reception.Rule{Every: "week", Weekdays: []time.Weekday{time.Friday}, From: receptionFrom, To: w.spec.Today.AddDays(14)}
	days := rule.Expand(w.cat.EditionOn(w.spec.Today).Calendar("vn"))
	for i, d := range days {
		if d.On == 0 {
			continue
		}
		x := dated{key: fmt.Sprintf("demo:tiep-dan:%d:tx%d", n, i), typ: "regular", host: "officer", on: d.On}
		x.open = n == 0 && d.On <= w.spec.Today && d.On.AddDays(7) > w.spec.Today
		out = append(out, w.occasion(r, id, x)...)
	}
	return out
}

// occasion is a planned day, its session and the visits to it.
func (w *world) occasion(r *rand.Rand, id org.UnitID, x dated) []ledger.Draft {
	today, unit := w.spec.Today, w.ref(id)
	made := w.workday(min(x.on.AddDays(-20), today.AddDays(-6)))
	set := map[string]any{"type": x.typ, "host": x.host, "planned_on": x.on.String(), "from_hour": "07:30", "to_hour": "11:30", "room": "Phòng tiếp công dân"}
	if x.on < today.AddDays(12) {
		told := min(w.workday(made.AddDays(2)), today, x.on)
		set["published_on"], set["published_where"], set["number"] = told.String(), "niêm yết tại trụ sở, loa truyền thanh", fmt.Sprintf("%d/TB-UBND", 40+x.on.Month()*7+x.on.Day()%5)
	}
	if x.typ == "online" {
		set["online_points"] = int64(3)
		if noticed := today.AddDays(-2); noticed < x.on {
			set["noticed_on"] = noticed.String()
		}
	}
	if x.cancelled {
		set["cancelled_on"], set["cancel_reason"] = min(x.on, today).String(), "Trùng kỳ họp bất thường của Hội đồng nhân dân; chuyển sang buổi kế tiếp"
	}
	out := []ledger.Draft{{Key: x.key, Kind: reception.PlanKind, Unit: unit, Day: made, Confirmed: true, Fields: set}}
	if x.on > today || x.cancelled || x.held == "-" {
		return out
	}
	visits := w.visits(r, id, x)
	var list []*reception.Visit
	for _, v := range visits {
		f := v.Fields
		one := &reception.Visit{Class: f["class"].(string), Field: f["field"].(string), Persons: f["persons"].(int64), Times: f["times"].(string), Result: f["result"].(string)}
		one.Crowd, _ = f["crowd"].(string)
		one.LetterTaken, _ = f["letter_taken"].(string)
		list = append(list, one)
	}
	session := reception.TotalsOf(list).Set()
	if session["contents"] == nil {
		delete(session, "contents")
	}
	host := x.host
	if x.held != "" {
		host = x.held
	}
	for code, v := range map[string]any{"type": x.typ, "host": host, "counted": reception.ByVisits, "from_hour": "07:30", "to_hour": "11:30", "room": "Phòng tiếp công dân"} {
		session[code] = v
	}
	if !x.open {
		session["closed_on"] = x.on.String()
	}
	out = append(out, ledger.Draft{Key: x.key + ":buoi", Kind: reception.SessionKind, Unit: unit, Day: x.on, Carries: x.key, Confirmed: w.confirmed(x.on, r), Fields: session})
	return append(out, visits...)
}

var (
	visitClasses = []string{"complaint", "denunciation", "proposal", "reflection"}
	visitResults = []string{reception.Accepted, reception.Answered, reception.Advised, reception.Transferred, reception.Checking}
)

// visits are those of one session; the latest wait for an answer, one of them too long.
func (w *world) visits(r *rand.Rand, id org.UnitID, x dated) []ledger.Draft {
	if x.nobody {
		return nil
	}
	var out []ledger.Draft
	n := 2 + r.IntN(5)
	if x.host == "officer" {
		n = 1 + r.IntN(4)
	}
	for i := range n {
		class := visitClasses[weighted(r, []float64{.3, .06, .4, .24})]
		field := "corruption"
		if class != reception.Denunciation {
			fields := letters.Fields(class)
			field = fields[r.IntN(len(fields))]
		}
		persons := int64(1)
		if r.Float64() < .2 {
			persons = int64(2 + r.IntN(9))
		}
		crowd := "no"
		if persons >= 5 {
			crowd = "yes"
		}
		set := map[string]any{"class": class, "field": field, "turn": int64(i + 1), "persons": persons, "crowd": crowd, "times": []string{"first", "first", "repeated"}[r.IntN(3)],
			"result": visitResults[weighted(r, []float64{.28, .18, .26, .12, .16})], "letter_taken": []string{"no", "no", "yes"}[r.IntN(3)], "identified": "yes", "signature": []string{"signed", "signed", "thumbprint"}[r.IntN(3)]}
		w.answerVisit(r, x, set)
		key := fmt.Sprintf("%s:luot%d", x.key, i+1)
		out = append(out, ledger.Draft{Key: key, Kind: reception.VisitKind, Unit: w.ref(id), Day: x.on, Carries: x.key + ":buoi", Fields: set})
		if class != reception.Denunciation {
			w.visited = append(w.visited, received{key: key, class: class, field: field, at: id, on: x.on})
		}
	}
	return out
}

// answerVisit lets a visit be answered at the desk, or later, or not yet.
func (w *world) answerVisit(r *rand.Rand, x dated, set map[string]any) {
	switch set["result"] {
	case reception.Answered, reception.Advised:
		set["answered_on"], set["answer_form"] = x.on.String(), "in_person"
		return
	case reception.Transferred:
		set["transferred_to"], set["transferred_on"] = "Chi nhánh Văn phòng đăng ký đất đai khu vực", x.on.String()
		if got := w.workday(x.on.AddDays(3)); x.on.Day()%4 != 0 && got <= w.spec.Today { // some bodies never say that they received it
			set["receipt_on"], set["receipt_number"] = got.String(), fmt.Sprintf("%d/GBN", 10+x.on.Day())
		}
	}
	due, ok := reception.Answer(clock.In(w.cat.EditionOn(x.on)), &reception.Visit{Head: ledger.Head{Day: x.on}})
	day := w.workday(x.on.AddDays(3 + r.IntN(14)))
	if !ok || day > w.spec.Today || r.Float64() < .06 {
		return
	}
	set["answered_on"], set["answer_form"], set["answer_due"] = day.String(), "written", due.Due.String()
	set["answer_document"] = fmt.Sprintf("%d/UBND-TD", 20+r.IntN(180))
}

// keepVisits puts what was said and who came beside the visits.
func (w *world) keepVisits(ctx context.Context, d Deps, tx *db.Tx, ids map[string]int64) error {
	if d.Dossiers == nil || len(w.visited) == 0 {
		return nil
	}
	r := w.dice("visits")
	var items []dossier.Item
	for _, v := range w.visited {
		if ids[v.key] == 0 {
			continue
		}
		m := letters.Happen(r, v.class, v.field, v.on, letters.Place{Commune: w.placeIn(r, w.host(v.at, v.on), v.on), Issuer: w.tree.NameOn(v.at, v.on)})
		who := m.Person(r)
		said := m.Write(r, who, w.tree.NameOn(v.at, v.on), v.on)
		items = append(items, dossier.Item{Entry: ids[v.key], Marked: true, Content: dossier.Content{Text: said.Summary, Request: said.Request},
			Sender: &dossier.Sender{Name: who.Name, Address: who.Address, Contact: who.Phone, Document: who.Document}})
	}
	return d.Dossiers.PutMany(ctx, tx, "demo", items)
}
