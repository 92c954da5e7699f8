package demo

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// letterYears are how many letters came in each year outside the five of the ten-year summary, whose totals are
// distributed below.
var letterYears = map[int]int64{
	2010: 1905, 2011: 1960, 2012: 2044, 2013: 2101, 2014: 2188,
	2020: 2012, 2021: 1875, 2022: 1840, 2023: 1921, 2024: 1866, 2025: 1702, 2026: 1490,
}

// The cohort that the summary prints: received in 2015-2019, of these accepted, of these settled by the end.
const (
	cohortReceived = 11_244
	cohortAccepted = 7_568
	cohortSettled  = 7_344
)

var cohort = civil.Period{From: 20150101, To: 20191231}

// letter is one petition on its way.
type letter struct {
	unit                        org.UnitID
	class                       string
	received, accepted, settled civil.Date
	terminated                  bool
}

// petitions are letters with their steps. No sender stands in them.
func (w *world) petitions() ([]ledger.Draft, error) {
	r := w.dice("petitions")
	var all []*letter
	weights := []float64{1.07, 1.03, 1.0, .97, .93}
	for i, n := range distribute(cohortReceived, weights) {
		all = append(all, w.lettersOf(r, cohort.From.Year()+i, n)...)
	}
	w.settleCohort(r, all)
	for _, year := range sortedYears(letterYears) {
		if year > w.spec.Today.Year() {
			continue
		}
		made := w.lettersOf(r, year, int64(float64(letterYears[year])*w.yearPart(year)))
		for _, l := range made {
			if r.Float64() < .672 {
				w.accept(r, l)
				if r.Float64() < .962 {
					w.settle(r, l)
				}
			}
		}
		all = append(all, made...)
	}
	out := make([]ledger.Draft, len(all))
	for i, l := range all {
		out[i] = w.letterDraft(r, l)
	}
	return out, nil
}

func sortedYears(m map[int]int64) []int {
	var out []int
	for y := range m {
		out = append(out, y)
	}
	slices.Sort(out)
	return out
}

// letterClasses and their weights.
var letterClasses = []string{"complaint", "denunciation", "proposal", "reflection", "mixed"}

func (w *world) lettersOf(r *rand.Rand, year int, n int64) []*letter {
	var out []*letter
	for range n {
		l := &letter{received: w.dayIn(r, year, nil)}
		l.class = letterClasses[weighted(r, []float64{.24, .09, .41, .22, .04})]
		class := []string{"commune/peoples_committee", "district/peoples_committee", "province/department"}[weighted(r, []float64{.52, .34, .14})]
		ids := w.bodies(class, l.received)
		if len(ids) == 0 { // no districts any more
			ids = w.bodies("commune/peoples_committee", l.received)
		}
		l.unit = ids[r.IntN(len(ids))]
		out = append(out, l)
	}
	return out
}

// settleCohort accepts and settles exactly as many letters of 2015-2019 as were printed, by its last day.
func (w *world) settleCohort(r *rand.Rand, letters []*letter) {
	order := r.Perm(len(letters))
	var accepted []*letter
	for _, i := range order[:cohortAccepted] {
		l := letters[i]
		w.accept(r, l)
		l.accepted = min(l.accepted, cohort.To)
		accepted = append(accepted, l)
	}
	// the letters received last are the likeliest to be open at the end
	slices.SortStableFunc(accepted, func(a, b *letter) int { return cmp.Compare(a.received, b.received) })
	open := cohortAccepted - cohortSettled
	late := open * 2 / 3
	isOpen := map[*letter]bool{}
	for _, l := range accepted[len(accepted)-late:] {
		isOpen[l] = true
	}
	for len(isOpen) < open {
		isOpen[accepted[r.IntN(len(accepted)-late)]] = true
	}
	for i, l := range accepted {
		switch {
		case !isOpen[l]:
			w.settle(r, l)
			l.settled = max(min(l.settled, cohort.To), l.accepted)
		case i >= len(accepted)-late: // settled after the cut-off
			w.settle(r, l)
			l.settled = max(l.settled, w.workday(civil.NewDate(2020, 1, 6).AddDays(r.IntN(60))))
		default:
			l.terminated = true
		}
	}
}

func (w *world) accept(r *rand.Rand, l *letter) {
	l.accepted = min(w.workday(l.received.AddDays(2+r.IntN(9))), w.spec.Today)
}

func (w *world) settle(r *rand.Rand, l *letter) {
	day := w.workday(l.accepted.AddDays(8 + r.IntN(34)))
	if day <= w.spec.Today {
		l.settled = day
	}
}

var (
	letterFields   = []string{"land", "compensation", "policy", "administrative", "environment", "construction", "justice", "education_health", "labour", "other"}
	letterWeights  = []float64{.34, .16, .14, .09, .06, .05, .03, .03, .03, .07}
	letterChannels = []string{"direct", "post", "reception", "transferred", "online"}
	letterOutcomes = []string{"right", "partly_right", "wrong", "mediated", "answered"}
)

func (w *world) letterDraft(r *rand.Rand, l *letter) ledger.Draft {
	d := ledger.Draft{Key: w.key("petition_letter"), Kind: "petition_letter", Unit: w.ref(l.unit), Day: l.received, Actor: "demo", At: office(r, l.received)}
	level := w.tree.Unit(l.unit).SpanOn(l.received).Level
	if level == "province" {
		level = "department"
	}
	fields := map[string]any{
		"class": l.class, "field": letterFields[weighted(r, letterWeights)], "received_on": l.received.String(),
		"channel": letterChannels[weighted(r, []float64{.42, .24, .19, .1, w.onlineShare(l.received)})], "level": level,
		"steps": []any{step("received", l.received)},
	}
	if r.Float64() < .06 {
		fields["joint_letter"] = "yes"
	}
	d.Fields = fields
	if l.accepted == 0 {
		w.setAside(r, l, fields)
		return d
	}
	accepted := map[string]any{"eligible": "eligible", "competence": "own", "accepted_on": l.accepted.String(), "round": "first", "due_on": l.accepted.AddDays(30 + 15*r.IntN(2)).String()}
	accepted["steps"] = []any{step("received", l.received), step("accepted", l.accepted)}
	end := w.outcome(r, l)
	if r.Float64() < .25 { // entered as it went: each step a version of its own
		d.Then = append(d.Then, amend(accepted, "Thụ lý đơn", office(r, l.accepted)))
		if end != nil {
			end["steps"] = append(slices.Clone(accepted["steps"].([]any)), end["steps"].([]any)...)
			d.Then = append(d.Then, amend(end, "Ghi kết quả giải quyết", office(r, max(l.settled, l.accepted))))
		}
		return d
	}
	for code, v := range accepted {
		fields[code] = v
	}
	for code, v := range end {
		if code == "steps" {
			v = append(slices.Clone(accepted["steps"].([]any)), v.([]any)...)
		}
		fields[code] = v
	}
	d.At = office(r, max(l.accepted, l.settled))
	d.Confirmed = l.settled != 0 && r.Float64() < .95
	return d
}

// outcome is how an accepted letter ended, nil while it is open.
func (w *world) outcome(r *rand.Rand, l *letter) map[string]any {
	switch {
	case l.settled != 0:
		out := map[string]any{"settled_on": l.settled.String(), "outcome": letterOutcomes[weighted(r, outcomeWeights(l.class))]}
		act := map[string]string{"complaint": "decided", "denunciation": "concluded"}[l.class]
		out["steps"] = []any{step("verified", l.accepted.AddDays(l.accepted.DaysUntil(l.settled)/2)), step(or(act, "answered"), l.settled)}
		if l.class == "complaint" && r.Float64() < .08 {
			out["returned_land"] = scaled(int64(400+r.IntN(9000)), 1)
			out["protected_persons"] = int64(1 + r.IntN(4))
		}
		if l.class == "denunciation" && r.Float64() < .1 {
			out["handled_persons"] = int64(1 + r.IntN(2))
			out["recovered_money"] = int64(5+r.IntN(90)) * 1_000_000
		}
		return out
	case l.terminated:
		day := w.workday(l.accepted.AddDays(10))
		return map[string]any{"withdrawn_on": day.String(), "steps": []any{step("withdrawn", day)}}
	}
	return nil
}

func outcomeWeights(class string) []float64 {
	if class == "complaint" || class == "denunciation" {
		return []float64{.18, .22, .45, .15, 0}
	}
	return []float64{0, 0, 0, .06, .94}
}

// setAside says why a letter was not accepted: not eligible, a duplicate, or another body's to settle.
func (w *world) setAside(r *rand.Rand, l *letter, fields map[string]any) {
	day := w.workday(l.received.AddDays(3 + r.IntN(7)))
	if day > w.spec.Today {
		return
	}
	fields["steps"] = []any{step("received", l.received)}
	add := func(act string) { fields["steps"] = append(fields["steps"].([]any), step(act, day)) }
	switch weighted(r, []float64{.44, .2, .18, .18}) {
	case 0:
		fields["eligible"], fields["competence"], fields["transferred_on"] = "eligible", "other", day.String()
		add("transferred")
	case 1:
		fields["eligible"] = "duplicate"
		add("filed")
	case 2:
		fields["eligible"] = "incomplete"
		fields["guided_on"] = day.String()
		add("guided")
	default:
		fields["eligible"], fields["competence"], fields["guided_on"] = "eligible", "other", day.String()
		add("guided")
	}
}

// onlineShare grows: nothing before 2018.
func (w *world) onlineShare(d civil.Date) float64 { return max(0, .03*float64(d.Year()-2017)) }

func step(act string, on civil.Date) map[string]any {
	return map[string]any{"act": act, "on": on.String()}
}

func amend(set map[string]any, reason string, at time.Time) ledger.Step {
	return ledger.Step{Act: ledger.ActAmend, Amendment: ledger.Amendment{Set: set, Reason: reason}, Actor: "demo", At: at}
}

// office is a moment in office hours of a day, Vietnamese time.
func office(r *rand.Rand, d civil.Date) time.Time {
	return d.Time().Add(time.Duration(60+r.IntN(8*60)) * time.Minute) // 08:00 to 16:00 at UTC+7 is 01:00 to 09:00 UTC
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
