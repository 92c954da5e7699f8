package reception

import (
	"encoding/json"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// The kinds of entries.
const (
	PlanKind    = "reception_plan"
	SessionKind = "reception_session"
	VisitKind   = "reception_visit"
)

// Plan is one day of reception as planned.
type Plan struct {
	ledger.Head `json:"-"`

	Type           string     `json:"type"`
	Host           string     `json:"host"`
	On             civil.Date `json:"planned_on"`
	From           string     `json:"from_hour"`
	To             string     `json:"to_hour"`
	Room           string     `json:"room"`
	Number         string     `json:"number"`
	PublishedOn    civil.Date `json:"published_on"`
	PublishedWhere string     `json:"published_where"`
	OnlinePoints   int64      `json:"online_points"`
	NoticedOn      civil.Date `json:"noticed_on"`
	TestedOn       civil.Date `json:"tested_on"`
	CancelledOn    civil.Date `json:"cancelled_on"`
	CancelReason   string     `json:"cancel_reason"`
}

// ByVisits is how a session says that its numbers follow from its visits.
const ByVisits = "visits"

// Session is a session of reception as held, or under way.
type Session struct {
	ledger.Head `json:"-"`
	Totals

	Type     string     `json:"type"`
	Host     string     `json:"host"`
	Sessions int64      `json:"sessions"` // where several were recorded as one, how many
	Held     string     `json:"held"`     // yes, no: whether anybody came
	Counted  string     `json:"counted"`
	From     string     `json:"from_hour"`
	To       string     `json:"to_hour"`
	Room     string     `json:"room"`
	ClosedOn civil.Date `json:"closed_on"`
}

// Open reports whether visitors are still received: such a session is not closed yet.
func (s *Session) Open() bool { return s.Counted == ByVisits && s.ClosedOn == 0 }

// Occasion is one day of reception: planned, held, or both.
type Occasion struct {
	Plan    *Plan
	Session *Session
}

// State is where an occasion stands.
type State string

// The states. Missed was planned for a day that has passed, and nobody recorded a session.
const (
	Planned   State = "planned"
	Due       State = "due" // today, and not opened yet
	Running   State = "running"
	Held      State = "held"
	Missed    State = "missed"
	Cancelled State = "cancelled"
)

// States are all, in the order of lists.
var States = []State{Running, Due, Planned, Held, Missed, Cancelled}

// State says where the occasion stands on a day.
func (o Occasion) State(today civil.Date) State {
	switch {
	case o.Session != nil && o.Session.Open():
		return Running
	case o.Session != nil:
		return Held
	case o.Plan.CancelledOn != 0:
		return Cancelled
	case o.Plan.On < today:
		return Missed
	case o.Plan.On == today:
		return Due
	}
	return Planned
}

// Head is the entry by which the occasion is known: the session, else the plan.
func (o Occasion) Head() ledger.Head {
	if o.Session != nil {
		return o.Session.Head
	}
	return o.Plan.Head
}

// Day is the day on which people are received.
func (o Occasion) Day() civil.Date {
	if o.Session != nil {
		return o.Session.Day
	}
	return o.Plan.On
}

// Setting is what an occasion is: type, host, hours and place, as held where it was held.
type Setting struct{ Type, Host, From, To, Room string }

// Setting is the occasion's. What a session leaves out is as planned.
func (o Occasion) Setting() Setting {
	out := Setting{}
	if p := o.Plan; p != nil {
		out = Setting{p.Type, p.Host, p.From, p.To, p.Room}
	}
	if s := o.Session; s != nil {
		out = Setting{s.Type, s.Host, or(s.From, out.From), or(s.To, out.To), or(s.Room, out.Room)}
	}
	return out
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// Opening are the fields of a session that opens: nobody has come yet.
func Opening(p Setting) map[string]any {
	set := Totals{}.Set()
	set["type"], set["host"], set["counted"] = p.Type, p.Host, ByVisits
	for code, v := range map[string]string{"from_hour": p.From, "to_hour": p.To, "room": p.Room} {
		if v != "" {
			set[code] = v
		}
	}
	delete(set, "contents")
	return set
}

// PlanOf reads a planned day from its entry.
func PlanOf(e *ledger.Entry) (*Plan, error) {
	p := &Plan{Head: e.Head}
	return p, into(e.ID, fieldsOf(e), p)
}

// SessionOf reads a session from its entry.
func SessionOf(e *ledger.Entry) (*Session, error) {
	s := &Session{Head: e.Head}
	return s, into(e.ID, fieldsOf(e), s)
}

// VisitOf reads a visit from its entry.
func VisitOf(e *ledger.Entry) (*Visit, error) {
	v := &Visit{Head: e.Head}
	return v, into(e.ID, fieldsOf(e), v)
}

func fieldsOf(e *ledger.Entry) string { return e.Versions[len(e.Versions)-1].Fields }

func into(id int64, fields string, v any) error {
	if err := json.Unmarshal([]byte(fields), v); err != nil {
		return fmt.Errorf("read entry %d: %w", id, err)
	}
	return nil
}
