// Package clock reckons legal time limits from the catalogue: a start event and its day, so many calendar or working
// days, longer where the case is complex or the place remote, prolonged by decisions, stopped and resumed, counted over a
// calendar of days off and days worked in exchange. Every result carries its whole calculation, so that a page can print
// it and an official can check it. Plain values in, plain values out: no database and no clock on the wall.
//
// # How days are counted
//
// The convention is data: `counting` of the calendar (catalog/base/calendars.yaml) with its citation and mark. As it stands,
// the day of the event is not counted (Bộ luật Dân sự 2015, Điều 147 khoản 2), and a limit whose last day is a weekend or a
// holiday ends with the next working day (Điều 148 khoản 5). Calendar days run through holidays; only their last day moves.
//
// # Which law holds
//
// Clocks of one code are versions of one limit. The version in force on the day of the start event holds to the end,
// whatever is enacted meanwhile, unless the later version says `takes_over`: then it holds for clocks that still run on
// its first day, counted from the same start. ADR 0040.
//
// # Pauses
//
// The day of the suspension is the first that does not count, the day of resumption the first that counts again: a pause
// of n days moves a limit of calendar days by n. Only versions that say `pause` stop.
//
// # Extensions
//
// An extension is a decision with a number and a day, made before the limit ends. One that is not is listed with the
// reason why it does not count; one that is longer than the law allows counts as far as the law allows.
package clock

import (
	"cmp"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// Degrees of complexity of a case, as in the catalogue's list `complexities`.
const (
	Complex = "complex"
	Special = "special" // specially complex: a complex case with more extensions where the law gives them
)

// Case is what of a case its clocks depend on.
type Case struct {
	Events     map[string]civil.Date // the day of each event, by the names of procedures.yaml
	Complexity string                // "", normal, complex, special
	Remote     bool                  // the place is remote; only limits with a remote variant look at it
	Extensions []Extension
	Pauses     []Pause
}

// Extension is one decision to prolong a limit.
type Extension struct {
	Clock    string     `json:"clock,omitempty"` // the clock's code; empty for whichever may be prolonged
	Document string     `json:"document"`        // number and name
	On       civil.Date `json:"on"`
	Days     int        `json:"days"`              // as decided; 0 for as many as the law allows
	Counted  int        `json:"counted,omitempty"` // reckoned: days that count
	To       civil.Date `json:"to,omitempty"`      // reckoned: the limit's end with this one
	Refused  string     `json:"refused,omitempty"` // reckoned: why it counts less or not at all
}

// Pause is a suspension and its end. To is the day of resumption, 0 while the case stands still.
type Pause struct {
	From     civil.Date `json:"from"`
	To       civil.Date `json:"to,omitempty"`
	Document string     `json:"document,omitempty"`
	Resumed  string     `json:"resumed,omitempty"` // the decision by which it went on
	Days     int        `json:"days,omitempty"`    // reckoned: calendar days that the limit stood still
}

// Day is a day that the count passed over or counted against its weekday, with the reason.
type Day struct {
	On   civil.Date `json:"on"`
	Name string     `json:"name"` // the holiday's name, or the weekday's
}

// Deadline is one limit of one case with its whole calculation.
type Deadline struct {
	Procedure  string        `json:"procedure"`
	Clock      string        `json:"clock"`
	Name       string        `json:"name"`
	Article    string        `json:"article"`
	Verified   bool          `json:"verified"`
	Note       string        `json:"note,omitempty"`
	OwedBy     string        `json:"owed_by,omitempty"` // sender where it is not the office's own limit
	StartEvent string        `json:"start_event"`
	EndEvent   string        `json:"end_event,omitempty"`
	Start      civil.Date    `json:"start"`
	Days       int           `json:"days"`            // the limit itself, without extensions
	Basis      string        `json:"basis,omitempty"` // complex, remote, remote_complex where a longer limit holds
	DayType    string        `json:"day_type"`
	Before     bool          `json:"before,omitempty"` // counted back from the event
	Calendar   string        `json:"calendar,omitempty"`
	Counting   *CountingRule `json:"counting,omitempty"`
	From       civil.Date    `json:"from,omitempty"`  // the version's time in force
	Until      civil.Date    `json:"until,omitempty"` // first day no longer
	TookOver   *Overtaken    `json:"took_over,omitempty"`
	Total      int           `json:"total"`             // days to count, with extensions
	Skipped    []Day         `json:"skipped,omitempty"` // days off, not counted
	Worked     []Day         `json:"worked,omitempty"`  // Saturdays and Sundays worked in exchange, counted
	Pauses     []Pause       `json:"pauses,omitempty"`  // those that stopped this limit
	Extensions []Extension   `json:"extensions,omitempty"`
	Last       civil.Date    `json:"last,omitempty"`   // the day on which the count ended
	Rolled     []Day         `json:"rolled,omitempty"` // days off from there, to the next working day
	Due        civil.Date    `json:"due,omitempty"`    // 0 while stopped
	Stopped    bool          `json:"stopped,omitempty"`
	Left       int           `json:"left,omitempty"`  // days still to count when it goes on, while stopped
	Ended      civil.Date    `json:"ended,omitempty"` // the day of the event that ended it
	EndedBy    string        `json:"ended_by,omitempty"`
}

// CountingRule is the convention by which days were counted.
type CountingRule struct {
	First    string `json:"first"`
	LastOff  string `json:"last_off"`
	Cite     string `json:"cite,omitempty"`
	Verified bool   `json:"verified,omitempty"`
}

// Overtaken is the version that held until a later one took the running clock over.
type Overtaken struct {
	Article string     `json:"article"`
	On      civil.Date `json:"on"`
	Due     civil.Date `json:"due,omitempty"`
}

// Open reports whether the office still owes the act: nothing has ended the clock, and it does not stand still.
func (d *Deadline) Open() bool { return d.Ended == 0 && !d.Stopped }

// ByOffice reports whether the limit binds the office.
func (d *Deadline) ByOffice() bool { return d.OwedBy == "" || d.OwedBy == "office" }

// Late reports whether the act came after the deadline, or has not come by the day.
func (d *Deadline) Late(today civil.Date) bool {
	switch {
	case d.Due == 0:
		return false
	case d.Ended != 0:
		return d.Ended > d.Due
	}
	return today > d.Due
}

// Law is one edition's procedures and calendars, ready to count with. It does not change and may be shared.
type Law struct {
	Edition   *catalog.Edition
	calendars map[string]*daysOff
}

// In returns the law of an edition. Procedures keep their former versions, so that the edition in force today knows the law of
// every earlier day.
func In(ed *catalog.Edition) *Law {
	l := &Law{Edition: ed, calendars: map[string]*daysOff{}}
	for _, c := range ed.Calendars {
		l.calendars[c.Code] = newDaysOff(c)
	}
	return l
}

// Procedure finds the procedure of a class of letters in a round of settlement; the first round where none is named. Nil
// where the catalogue has none.
func (l *Law) Procedure(class, round string) *catalog.Procedure {
	for _, p := range l.Edition.Procedures {
		if class != "" && p.Class == class && (p.Round == "" || p.Round == cmp.Or(round, "first")) {
			return p
		}
	}
	return nil
}

// Deadlines reckons every clock of the procedure whose start event has happened, in the catalogue's order. A limit that no
// law knew on the day of its start is left out.
func (l *Law) Deadlines(p *catalog.Procedure, c Case) []Deadline {
	if p == nil {
		return nil
	}
	var out []Deadline
	var done []string
	for _, first := range p.Clocks {
		if slices.Contains(done, first.Code) {
			continue
		}
		done = append(done, first.Code)
		if d, ok := l.deadline(p, first.Code, c); ok {
			out = append(out, d)
		}
	}
	return out
}

// deadline reckons one clock by the version that holds.
func (l *Law) deadline(p *catalog.Procedure, code string, c Case) (Deadline, bool) {
	held := version(p, code, c)
	if held == nil {
		return Deadline{}, false
	}
	d := l.Reckon(p, held, c)
	for {
		next := takesOver(p, held, d)
		if next == nil {
			return d, true
		}
		was := Overtaken{Article: held.Article, On: next.From, Due: d.Due}
		held, d = next, l.Reckon(p, next, c)
		d.TookOver = &was
	}
}

// version is the one in force on the day of its start event.
func version(p *catalog.Procedure, code string, c Case) *catalog.Clock {
	for _, v := range p.Clocks {
		if on := c.Events[v.Start]; v.Code == code && on != 0 && v.InForce(on) {
			return v
		}
	}
	return nil
}

// takesOver is the version that comes after and holds for running clocks, where this one still runs on its first day.
func takesOver(p *catalog.Procedure, held *catalog.Clock, d Deadline) *catalog.Clock {
	if held.Until == 0 || d.Ended != 0 && d.Ended < held.Until {
		return nil
	}
	for _, v := range p.Clocks {
		if v.Code == held.Code && v.From == held.Until && v.TakesOver {
			return v
		}
	}
	return nil
}

// Main is the deadline that ends with the settlement: the one that a letter's entry carries. Nil where it has not begun.
func Main(all []Deadline) *Deadline {
	for i := range all {
		if all[i].EndEvent == "settled" && all[i].ByOffice() {
			return &all[i]
		}
	}
	return nil
}
