package demo

import (
	"math/rand/v2"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// openCase is a letter that lies on a desk today: of which class, how many days from today it is due (calendar days,
// moved to a day that is worked), and how far it has come.
type openCase struct {
	class string
	due   int
	how   string
}

// onDesks are the open cases of an office of the demo's people: due today, this week, later, late, standing still.
var onDesks = []openCase{
	{"complaint", 0, "verified"}, {"complaint", -6, "verified"}, {"complaint", 2, "verifying"}, {"complaint", 4, "verified"}, {"complaint", 11, "verifying"},
	{"complaint", 19, "accepted"}, {"complaint", 12, "stopped"}, {"complaint", 26, "accepted"},
	{"denunciation", 1, "verifying"}, {"denunciation", -11, "verifying"}, {"denunciation", 8, "prolonged"}, {"denunciation", 17, "verifying"}, {"denunciation", 24, "accepted"},
	{"proposal", 0, "accepted"}, {"proposal", 1, "verifying"}, {"proposal", 3, "accepted"}, {"proposal", -3, "accepted"}, {"proposal", 9, "accepted"}, {"proposal", 14, "accepted"},
	{"reflection", 2, "accepted"}, {"reflection", 5, "verifying"}, {"reflection", -1, "accepted"}, {"reflection", 12, "accepted"},
	{"complaint", 0, "new"}, {"complaint", 5, "new"}, {"proposal", 6, "new"}, {"reflection", 8, "new"}, {"denunciation", 5, "new"}, {"mixed", 7, "new"},
}

// openCases lie on the desks of the offices whose people sign in to the demo, and a few at the departments.
func (w *world) openCases(r *rand.Rand) []*letter {
	today := w.spec.Today
	var out []*letter
	for _, code := range []string{officeCode + "UBND", otherOffice} {
		u := w.tree.On(code, today)
		if u == nil { // a demo of a day before there was such a body
			continue
		}
		list := onDesks
		if code != officeCode+"UBND" {
			list = onDesks[8:20]
		}
		for _, o := range list {
			out = append(out, w.onDesk(r, u.ID, o))
		}
	}
	for i, id := range w.bodies("province/department", today) {
		if i < 4 {
			out = append(out, w.onDesk(r, id, onDesks[(i*5+2)%23]), w.onDesk(r, id, onDesks[(i*7+13)%23]))
		}
	}
	return out
}

// onDesk is one of them: its days are sought backwards, so that the law's own reckoning ends on the wanted day.
func (w *world) onDesk(r *rand.Rand, unit org.UnitID, o openCase) *letter {
	target := w.workday(w.spec.Today.AddDays(o.due))
	l := &letter{class: o.class, unit: unit, onDesk: true, planned: true}
	w.colour(r, l)
	l.complexity, l.partly, l.anonymous = "", false, false
	if unit == w.officeOf(officeCode+"UBND") {
		l.by = []string{"tiepdan", "xulydon", "xulydon"}
	}
	if o.how == "new" { // the clock of the first answer runs
		l.waiting = true
		l.received = w.workdayBack(w.spec.Today.AddDays(-max(0, 9-o.due)))
		return l
	}
	best := *l
	near := 1000 // days between what was sought and what the law gives: not every day can be the last of a limit
	for back := 1; back < 130 && near > 0; back++ {
		l.accepted = w.spec.Today.AddDays(-back)
		if w.workday(l.accepted) != l.accepted {
			continue
		}
		l.received = w.workdayBack(l.accepted.AddDays(-2 - r.IntN(4)))
		l.extensions, l.paused, l.resumed = nil, 0, 0
		switch o.how {
		case "prolonged":
			l.complexity = "complex"
			l.extensions = []extension{{w.workday(l.accepted.AddDays(22)), 30}}
			if l.extensions[0].on > w.spec.Today {
				continue
			}
		case "stopped":
			l.paused = w.workday(l.accepted.AddDays(9))
			if back >= 20 {
				return l
			}
			continue
		}
		if off := w.dueOf(l).DaysUntil(target); max(off, -off) < near {
			near, best = max(off, -off), *l
		}
	}
	*l = best
	l.verified = o.how == "verified"
	l.planned = o.how != "accepted"
	return l
}

func (w *world) officeOf(code string) org.UnitID {
	if u := w.tree.On(code, w.spec.Today); u != nil {
		return u.ID
	}
	return 0
}

// workdayBack moves a day back to one that is worked.
func (w *world) workdayBack(d civil.Date) civil.Date {
	for w.workday(d) != d {
		d = d.AddDays(-1)
	}
	return d
}
