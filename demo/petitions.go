package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
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

// letter is one petition on its way: what is drawn before its course is told.
type letter struct {
	unit                        org.UnitID
	key                         string
	class, field, channel       string
	joint, anonymous            bool
	received, accepted, settled civil.Date
	terminated                  bool       // withdrawn as a whole
	left                        civil.Date // when
	partly                      bool       // withdrawn in part
	complexity                  string
	extensions                  []extension
	paused, resumed             civil.Date
	first                       *letter // settled before, of a second complaint
	appealed                    bool
	onDesk, planned, verified   bool // of open ones: set by hand
	waiting                     bool // nobody has taken it up
	code                        string
	number                      int64
	eligible                    string   // not eligible for this reason
	contents                    []string // classes of the parts of a mixed letter
	denounces                   bool     // a letter of several contents with a denunciation in it
	id                          int64    // of the entry, once it is recorded
	text                        written
	by                          []string // who recorded each stage, where somebody of the demo did
}

// sent reports whether somebody was sent to look into an open case.
func (l *letter) sent(r *rand.Rand) bool {
	if l.onDesk {
		return l.planned
	}
	return r.Float64() < .8
}

// extension is a decision to prolong, so many days.
type extension struct {
	on   civil.Date
	days int
}

// until is the day up to which the case went on.
func (l *letter) until(today civil.Date) civil.Date {
	switch {
	case l.settled != 0:
		return l.settled
	case l.terminated:
		return min(l.left, today)
	}
	return today
}

// petitions are letters with their casework, and the parts of letters of several contents. No sender stands in them.
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
			w.handle(r, l)
		}
		all = append(all, made...)
	}
	all = append(all, w.openCases(r)...)
	w.secondRound(r, all)
	return w.lettersDrafts(r, all), nil
}

// handle decides whether a letter outside the cohort is taken on, and how it ends. What came long ago is over.
func (w *world) handle(r *rand.Rand, l *letter) {
	if r.Float64() >= .672 {
		return
	}
	w.accept(r, l)
	if l.accepted == 0 {
		l.waiting = true
		return
	}
	if r.Float64() < .962 {
		w.settle(r, l)
	}
	if l.settled == 0 && l.accepted.AddDays(75) < w.spec.Today {
		w.withdraw(r, l)
	}
}

// withdraw lets a letter be taken back as a whole.
func (w *world) withdraw(r *rand.Rand, l *letter) {
	l.terminated, l.left, l.extensions, l.paused, l.resumed = true, w.workday(l.accepted.AddDays(6+r.IntN(8))), nil, 0, 0
}

// lettersDrafts are the entries of all letters, oldest first by key, with the parts of mixed ones.
func (w *world) lettersDrafts(r *rand.Rand, all []*letter) []ledger.Draft {
	all = w.codes(all)
	w.tie(all)
	courses := make([]*course, len(all))
	for i, l := range all {
		courses[i] = w.courseOf(r, l)
	}
	w.numberPapers()
	w.letters = all
	var out []ledger.Draft
	for i, c := range courses {
		l := all[i]
		d := c.draft(l.received)
		d.Confirmed = l.settled != 0 && r.Float64() < .95
		d.At = office(r, max(l.accepted, l.settled, l.received))
		if len(l.by) > 0 || r.Float64() < .15 { // entered as it went: each stage a version of its own
			confirmed := d.Confirmed
			d = c.asItWent(d, l.recorder)
			d.Confirmed = confirmed && len(d.Then) == 0
		}
		out = append(out, d)
		for _, p := range c.parts {
			d := p.draft(l.received)
			d.At = office(r, max(l.accepted, l.received))
			out = append(out, d)
		}
	}
	return out
}

// recorder is who recorded a stage of a letter: intake, acceptance, the rest.
func (l *letter) recorder(stage int, _ civil.Date) string {
	if stage < len(l.by) {
		return l.by[stage]
	}
	return "demo"
}

// codes gives every letter its public code, by the order in which they came in, and its number in the body's book; it
// returns them in that order. The code of a denunciation says nothing about its order.
func (w *world) codes(all []*letter) []*letter {
	order := slices.Clone(all)
	slices.SortStableFunc(order, func(a, b *letter) int { return cmp.Compare(a.received, b.received) })
	r := w.dice("codes")
	next := map[string]int64{}
	for _, l := range order {
		l.key = w.key("petition_letter")
		if l.received < toldInFull {
			continue
		}
		year := fmt.Sprint(l.received.Year())
		book := fmt.Sprint(l.unit, "/", year)
		next[book]++
		l.number = next[book]
		if l.class == "denunciation" || l.denounces {
			l.code = secretCode(r)
			continue
		}
		next[year]++
		l.code = petition.PlainCode(l.received.Year(), next[year])
	}
	return order
}

// secretCode is a random case code, without letters that look like others.
func secretCode(r *rand.Rand) string {
	const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	b := []byte("TC-....-....")
	for i, c := range b {
		if c == '.' {
			b[i] = letters[r.IntN(len(letters))]
		}
	}
	return string(b)
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
		w.colour(r, l)
		out = append(out, l)
	}
	return out
}

// colour gives a letter the field, the way it came and whether several signed it.
func (w *world) colour(r *rand.Rand, l *letter) {
	fields := letterFields[or(map[string]string{"denunciation": "denunciation"}[l.class], "usual")]
	l.field = fields.codes[weighted(r, fields.weights)]
	l.channel = letterChannels[weighted(r, []float64{.42, .24, .19, .1, w.onlineShare(l.received)})]
	l.joint = r.Float64() < .06
	switch x := r.Float64(); {
	case l.class == "complaint" && x < .16, l.class == "denunciation" && x < .3:
		l.complexity = "complex"
	case l.class == "denunciation" && x < .36:
		l.complexity = "special"
	}
	l.anonymous = l.class == "denunciation" && l.received >= secretLaw && r.Float64() < .08
	l.partly = (l.class != "complaint" || l.received >= pausesFrom) && r.Float64() < .015
	if l.class == "mixed" {
		l.contents = mixtures[r.IntN(len(mixtures))]
		l.denounces = slices.Contains(l.contents, "denunciation")
	}
}

// settleCohort accepts and settles exactly as many letters of 2015-2019 as were printed, by its last day.
func (w *world) settleCohort(r *rand.Rand, letters []*letter) {
	order := r.Perm(len(letters))
	var accepted []*letter
	for _, i := range order[:cohortAccepted] {
		l := letters[i]
		w.accept(r, l)
		if l.accepted == 0 || l.accepted > cohort.To { // received in the last days of the year
			l.accepted = cohort.To
		}
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
			l.within(l.settled)
		case i >= len(accepted)-late: // settled after the cut-off
			w.settle(r, l)
			l.settled = max(l.settled, w.workday(civil.NewDate(2020, 1, 6).AddDays(r.IntN(60))))
			if l.settled > w.spec.Today {
				l.settled = 0
			}
		default:
			w.withdraw(r, l)
		}
	}
}

// accept takes a letter on, mostly within the ten days of the law.
func (w *world) accept(r *rand.Rand, l *letter) {
	most := 8
	if l.class == "denunciation" {
		most = 7
	}
	if day := w.workday(l.received.AddDays(2 + r.IntN(most))); day <= w.spec.Today {
		l.accepted = day
	}
}

// settle ends a letter that was taken on, seven times in eight before the law's last day.
func (w *world) settle(r *rand.Rand, l *letter) {
	w.prolong(r, l)
	due := w.dueOf(l)
	span := max(l.accepted.DaysUntil(due), 4)
	day := w.workday(l.accepted.AddDays(span/3 + r.IntN(span-span/3)))
	for day > due && day > l.accepted {
		day = day.AddDays(-1)
	}
	if r.Float64() < .12 {
		day = w.workday(due.AddDays(1 + r.IntN(18)))
	}
	if l.resumed != 0 {
		day = max(day, w.workday(l.resumed.AddDays(2)))
	}
	if day <= w.spec.Today {
		l.settled = max(day, l.accepted)
		l.within(l.settled)
	}
}

// within drops what was decided on the way and would have come after the end.
func (l *letter) within(end civil.Date) {
	l.extensions = slices.DeleteFunc(l.extensions, func(e extension) bool { return e.on > end })
	if l.paused >= end || l.resumed > end {
		l.paused, l.resumed = 0, 0
	}
}

// prolong extends the settlement of some denunciations by decision, and stops some cases for a while.
func (w *world) prolong(r *rand.Rand, l *letter) {
	times := map[string]int{"complex": 1, "special": 2}[l.complexity]
	for i := range times {
		if l.class != "denunciation" || r.Float64() < .3 {
			break
		}
		on := w.workday(l.accepted.AddDays(24 + 30*i - r.IntN(5)))
		if on > w.spec.Today {
			break
		}
		l.extensions = append(l.extensions, extension{on, 30})
	}
	if l.class == "complaint" && l.accepted >= pausesFrom && r.Float64() < .06 {
		l.paused = w.workday(l.accepted.AddDays(6 + r.IntN(6)))
		l.resumed = w.workday(l.paused.AddDays(8 + r.IntN(14)))
		if l.paused > w.spec.Today {
			l.paused, l.resumed = 0, 0
		}
	}
}

// mixtures are the classes of the contents of a mixed letter.
var mixtures = [][]string{{"complaint", "proposal"}, {"denunciation", "proposal"}, {"complaint", "reflection"}, {"complaint", "proposal", "reflection"}}

type fieldMix struct {
	codes   []string
	weights []float64
}

var (
	letterFields = map[string]fieldMix{
		"usual": {[]string{"land", "compensation", "policy", "administrative", "environment", "construction", "justice", "education_health", "labour", "housing", "staff_regime", "security", "finance", "other"},
			[]float64{.34, .16, .14, .09, .06, .05, .03, .02, .03, .02, .01, .01, .01, .03}},
		"denunciation": {[]string{"land", "duty_conduct", "corruption", "finance"}, []float64{.3, .34, .22, .14}},
	}
	letterChannels = []string{"direct", "post", "reception", "transferred", "online"}
	letterOutcomes = []string{"right", "partly_right", "wrong", "mediated", "answered"}
)

func outcomeWeights(class string) []float64 {
	if class == "complaint" || class == "denunciation" {
		return []float64{.18, .22, .45, .15, 0}
	}
	return []float64{0, 0, 0, .06, .94}
}

// onlineShare grows: nothing before 2018.
func (w *world) onlineShare(d civil.Date) float64 { return max(0, .03*float64(d.Year()-2017)) }

func amend(set map[string]any, reason string, at time.Time) ledger.Step {
	return ledger.Step{Act: ledger.ActAmend, Amendment: ledger.Amendment{Set: set, Reason: reason}, Actor: "demo", At: at}
}

// office is a moment in office hours of a day, Vietnamese time.
func office(r *rand.Rand, d civil.Date) time.Time {
	return d.Time().Add(time.Duration(60+r.IntN(8*60)) * time.Minute) // 08:00 to 16:00 at UTC+7 is 01:00 to 09:00 UTC
}

// or is s, or the fallback where it is empty.
func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
