// Package duty says what bodies owe by the regulation and what became of it: which plan, report, meeting, conference,
// publication, by which day, under which article; whether it is still to come, due, late or done, by which entries or
// filing; and where a body has stated that there was nothing to do (a nil return).
//
// Nothing of it is stored but nil returns. An obligation follows from the catalogue (who owes, how often, until when),
// from the units (which bodies existed), and from entries and filings. The rules are plain functions:
//
//   - A turn is owed under the edition and the duty in force on the last day of its period, by the bodies of the
//     duty's classes that exist on that day. A body that went into another before that day owes nothing: whoever took
//     over owes the whole period, and what its predecessors recorded in it counts (owe.go).
//   - A body that ended between the period's end and the due day still owed it: its successor answers. Without one,
//     nobody does, and the obligation says so.
//   - An entry counts for the turn in whose period its day lies. Where the rule gives days after the period, an entry
//     of those days makes good what the period lacks, in time until the due day, late until half a turn after it
//     (claim.go). An entry counts once.
//   - A duty that follows an event begins with an entry of the event's kind.
package duty

import (
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/filing"
	"danvan/internal/org"
)

// State is what has become of an obligation.
type State string

// The states, the most pressing first.
const (
	Late     State = "late"      // the day is past, and it is not done
	Today    State = "today"     // the last day
	Soon     State = "soon"      // within SoonDays
	Later    State = "later"     // to come
	DoneLate State = "done_late" // done after the day
	Done     State = "done"      // done in time
	Nil      State = "nil"       // stated that there was nothing to do
	Exempt   State = "exempt"    // nobody is left to answer for it
)

// States are all, in the order of lists.
var States = []State{Late, Today, Soon, Later, DoneLate, Done, Nil, Exempt}

// SoonDays is how many days before its day an obligation is called near.
const SoonDays = 7

// Open reports whether something is still to be done.
func (s State) Open() bool { return s == Late || s == Today || s == Soon || s == Later }

// Obligation is one duty of one body for one turn.
type Obligation struct {
	Duty    *catalog.Duty
	Edition *catalog.Edition
	Unit    org.UnitID // who owed it
	Answers org.UnitID // who answers for it now: the successor where Unit has ended since; 0 where there is none
	Turn    catalog.Turn
	Event   *Event // what called it forth, nil for turns of the calendar
	State   State
	Left    int // days until the due day, negative when it is past
	Needs   int
	Met     []Proof // in the order of days; may be more than are needed
	DoneOn  civil.Date
	Nil     *NilReturn     // also where an entry has replaced it since
	Filing  *filing.Filing // the report's filing, in whatever state
}

// Proof is an entry, or a filing, by which an obligation was met.
type Proof struct {
	Entry int64 // 0 for a filing
	Day   civil.Date
	Unit  org.UnitID
}

// Event is the entry that called an obligation forth.
type Event struct {
	Entry int64
	Kind  string
	Title string
	Day   civil.Date // from which the days are counted
}

// Key names an obligation: the same whenever it is asked for.
type Key struct {
	Duty     string
	Unit     org.UnitID
	From, To civil.Date
	Event    int64
}

// Key is the obligation's.
func (o *Obligation) Key() Key {
	k := Key{Duty: o.Duty.Code, Unit: o.Unit, From: o.Turn.Period.From, To: o.Turn.Period.To}
	if o.Event != nil {
		k.Event = o.Event.Entry
	}
	return k
}

// Act is what sort of work the duty asks for: plan, report, meeting, ...
func Act(d *catalog.Duty) string {
	switch {
	case d.Act != "":
		return d.Act
	case d.Report != "":
		return "report"
	}
	return "work"
}

// Acts are all sorts, in the order of lists.
var Acts = []string{"plan", "report", "meeting", "conference", "publication", "reception", "training", "inspection", "review", "figures", "work"}

// TakesNil reports whether a body may state that there was nothing to do.
func (o *Obligation) TakesNil(today civil.Date) bool {
	return !o.Duty.NoNil && o.State.Open() && len(o.Met) == 0 && o.Answers != 0 && (o.Event != nil || o.Turn.Period.To <= today)
}

// stand sets the state from what is known.
func (o *Obligation) stand(today civil.Date) {
	o.Left = today.DaysUntil(o.Turn.Due)
	switch {
	case len(o.Met) >= o.Needs:
		o.DoneOn = o.Met[o.Needs-1].Day
		o.State = Done
		if o.DoneOn > o.Turn.Due {
			o.State = DoneLate
		}
	case o.Nil != nil:
		o.State = Nil
	case o.Answers == 0:
		o.State = Exempt
	case o.Left < 0:
		o.State = Late
	case o.Left == 0:
		o.State = Today
	case o.Left <= SoonDays:
		o.State = Soon
	default:
		o.State = Later
	}
}

// Sort puts obligations in the order of their due days, then duties, then bodies.
func Sort(list []Obligation) {
	slices.SortStableFunc(list, func(a, b Obligation) int {
		switch {
		case a.Turn.Due != b.Turn.Due:
			return int(a.Turn.Due - b.Turn.Due)
		case a.Duty.Code != b.Duty.Code && a.Duty.Code < b.Duty.Code:
			return -1
		case a.Duty.Code != b.Duty.Code:
			return 1
		}
		return int(a.Unit - b.Unit)
	})
}
