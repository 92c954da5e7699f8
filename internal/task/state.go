package task

import (
	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// State is where a task stands on a day.
type State string

// The states, in the order in which they press.
const (
	Overdue  State = "qua-han"    // the day is past and it is not reported done
	Soon     State = "sap-han"    // due within SoonDays
	Running  State = "dang-lam"   // due later
	Waiting  State = "cho-nghiem" // reported done, to be accepted or returned by whoever gave it
	Accepted State = "da-nghiem"  // accepted
	Dropped  State = "da-thu-hoi" // taken back: the entry is void
)

// States are all states in their order.
var States = []State{Overdue, Soon, Running, Waiting, Accepted}

// SoonDays is how far ahead a task counts as near.
const SoonDays = 7

// Name is the state in words.
func (s State) Name() string {
	return map[State]string{Overdue: "Quá hạn", Soon: "Đến hạn trong 7 ngày", Running: "Đang làm", Waiting: "Chờ nghiệm thu",
		Accepted: "Đã nghiệm thu", Dropped: "Đã thu hồi"}[s]
}

// Open reports whether the body still has to do something.
func (s State) Open() bool { return s == Overdue || s == Soon || s == Running }

// StateOn is where the task stands on a day.
func (t Task) StateOn(today civil.Date) State {
	switch {
	case t.State == ledger.Void:
		return Dropped
	case t.Done != 0 && t.State == ledger.Confirmed:
		return Accepted
	case t.Done != 0:
		return Waiting
	case t.Due < today:
		return Overdue
	case today.DaysUntil(t.Due) <= SoonDays:
		return Soon
	}
	return Running
}

// DaysLate is how many days after its day the task was done, or is on this day without being done; 0 for in time.
func (t Task) DaysLate(today civil.Date) int {
	until := today
	if t.Done != 0 {
		until = t.Done
	}
	return max(t.Due.DaysUntil(until), 0)
}

// DaysLeft is how many days remain until the task is due; negative when the day is past.
func (t Task) DaysLeft(today civil.Date) int { return today.DaysUntil(t.Due) }

// Level is the step at which an open task is pressed for: how many of the kind's numbers of days it is late by, 0 for
// none. At the first the body itself is reminded, from the second on it stands on the list of whoever gave it and of
// those above.
func (t Task) Level(today civil.Date) int {
	if !t.StateOn(today).Open() || t.Kind == nil {
		return 0
	}
	late, level := t.DaysLate(today), 0
	for _, days := range t.Kind.Escalate {
		if late >= days {
			level++
		}
	}
	return level
}

// PressFrom is the level from which a task stands on the superiors' list.
const PressFrom = 2

// Pressed reports whether the task is on the list of those to be pressed for.
func (t Task) Pressed(today civil.Date) bool { return t.Level(today) >= PressFrom }

// Urgency puts tasks in the order in which they are to be looked at: the state, then the day.
func (t Task) Urgency(today civil.Date) int {
	for i, s := range States {
		if t.StateOn(today) == s {
			return i
		}
	}
	return len(States)
}

// Tally counts tasks by state.
type Tally struct {
	Overdue, Soon, Running, Waiting, Accepted int
	Pressed                                   int // of Overdue
	Asked                                     int // with a day asked for and not decided
	Extended                                  int
	Late                                      int // of Waiting and Accepted: done after their day
}

// All is how many there are.
func (y Tally) All() int { return y.Overdue + y.Soon + y.Running + y.Waiting + y.Accepted }

// Open is how many are still to be done.
func (y Tally) Open() int { return y.Overdue + y.Soon + y.Running }

// Done is how many are reported done or accepted.
func (y Tally) Done() int { return y.Waiting + y.Accepted }

// Add counts one more task.
func (y *Tally) Add(t Task, today civil.Date) {
	switch t.StateOn(today) {
	case Overdue:
		y.Overdue++
	case Soon:
		y.Soon++
	case Running:
		y.Running++
	case Waiting:
		y.Waiting++
	case Accepted:
		y.Accepted++
	default:
		return
	}
	if t.Pressed(today) {
		y.Pressed++
	}
	if t.AskedTo != 0 {
		y.Asked++
	}
	if t.Extensions > 0 {
		y.Extended++
	}
	if t.Done != 0 && t.Done > t.Due {
		y.Late++
	}
}

// Count counts tasks by where they stand on a day.
func Count(tasks []Task, today civil.Date) Tally {
	var y Tally
	for _, t := range tasks {
		y.Add(t, today)
	}
	return y
}

// In is the number of a state.
func (y Tally) In(s State) int {
	return map[State]int{Overdue: y.Overdue, Soon: y.Soon, Running: y.Running, Waiting: y.Waiting, Accepted: y.Accepted}[s]
}
