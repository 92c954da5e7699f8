package dialogue

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// The kinds of entries.
const (
	PlanKind    = "dialogue_plan"
	SessionKind = "dialogue"
	VoterKind   = "voter_contact"
	IssueKind   = "people_issue"
	PromiseKind = "commitment"
	NoteKind    = "commitment_note"
)

// Voters is the sort of a plan that is carried out by contact with voters.
const Voters = "voters"

// Plan is a session as announced.
type Plan struct {
	ledger.Head `json:"-"`

	Topic          string     `json:"topic"`
	Sort           string     `json:"sort"`
	Host           string     `json:"host"`
	On             civil.Date `json:"planned_on"`
	From           string     `json:"from_hour"`
	To             string     `json:"to_hour"`
	Venue          string     `json:"venue"`
	Invited        string     `json:"invited"`
	Audience       string     `json:"audience"`
	Prepare        string     `json:"prepare"`
	Number         string     `json:"number"`
	AnnouncedOn    civil.Date `json:"announced_on"`
	AnnouncedWhere string     `json:"announced_where"`
	ChangedOn      civil.Date `json:"changed_on"`
	ChangeReason   string     `json:"change_reason"`
	BeforeChange   string     `json:"before_change"`
	CancelledOn    civil.Date `json:"cancelled_on"`
	CancelReason   string     `json:"cancel_reason"`
}

// SessionKindOf is the kind of entry that carries the plan out.
func (p *Plan) SessionKindOf() string {
	if p.Sort == Voters {
		return VoterKind
	}
	return SessionKind
}

// When is the plan's day and hours in words, as it is kept when they change.
func (p *Plan) When() string {
	out := p.On.Vi()
	if p.From != "" {
		out = p.From + " ngày " + out
	}
	if p.Venue != "" {
		out += ", " + p.Venue
	}
	return out
}

// ByIssues is how a session says that its numbers follow from its issues.
const ByIssues = "issues"

// Session is a session as held, of either kind.
type Session struct {
	ledger.Head `json:"-"`
	Totals

	Topic         string     `json:"topic"`
	Name          string     `json:"title"` // contact with voters calls it so
	Host          string     `json:"host"`
	Type          string     `json:"type"`
	Audience      string     `json:"audience"`
	Attendances   int64      `json:"attendances"`
	AnnouncedOn   civil.Date `json:"announced_on"`
	MinutedOn     civil.Date `json:"minuted_on"`
	Counted       string     `json:"counted"`
	From          string     `json:"from_hour"`
	To            string     `json:"to_hour"`
	Venue         string     `json:"venue"`
	Present       string     `json:"present"`
	Conclusion    string     `json:"conclusion"`
	MinutesNumber string     `json:"minutes_number"`
}

// About is what the session was about.
func (s *Session) About() string { return cmp.Or(s.Topic, s.Name, s.Title) }

// Totals are the numbers of a session that follow from its issues.
type Totals struct {
	Opinions  int64 `json:"opinions"`
	Answered  int64 `json:"answered"`
	Forwarded int64 `json:"forwarded"`
}

// TotalsOf are the numbers of a list of issues.
func TotalsOf(list []*Issue) Totals {
	var t Totals
	for _, i := range list {
		t.Opinions += i.Mentions
		switch i.Mode {
		case OnSpot:
			t.Answered += i.Mentions
		case Later, OtherBody:
			t.Forwarded += i.Mentions
		}
	}
	return t
}

// Set are the totals as fields.
func (t Totals) Set() map[string]any {
	return map[string]any{"opinions": t.Opinions, "answered": t.Answered, "forwarded": t.Forwarded}
}

// Occasion is a session: announced, held, or both.
type Occasion struct {
	Plan    *Plan
	Session *Session
}

// State is where an occasion stands.
type State string

// The states. Missed was planned for a day that has passed, and nobody recorded that it was held.
const (
	Today     State = "today"
	Running   State = "running" // held, and its minutes are not out
	Planned   State = "planned"
	Missed    State = "missed"
	Held      State = "held"
	Cancelled State = "cancelled"
)

// States are all, in the order of lists.
var States = []State{Today, Running, Planned, Missed, Held, Cancelled}

// State says where the occasion stands on a day.
func (o Occasion) State(today civil.Date) State {
	switch {
	case o.Session != nil && o.Session.Counted == ByIssues && o.Session.MinutedOn == 0:
		return Running
	case o.Session != nil:
		return Held
	case o.Plan.CancelledOn != 0:
		return Cancelled
	case o.Plan.On < today:
		return Missed
	case o.Plan.On == today:
		return Today
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

// Day is the day of the session.
func (o Occasion) Day() civil.Date {
	if o.Session != nil {
		return o.Session.Day
	}
	return o.Plan.On
}

// Setting is what an occasion is, as held where it was held.
type Setting struct{ Topic, Sort, Host, From, To, Venue string }

// Setting is the occasion's. What a session leaves out is as planned.
func (o Occasion) Setting() Setting {
	var out Setting
	if p := o.Plan; p != nil {
		out = Setting{p.Topic, p.Sort, p.Host, p.From, p.To, p.Venue}
	}
	if s := o.Session; s != nil {
		out = Setting{cmp.Or(s.About(), out.Topic), cmp.Or(out.Sort, s.sort()), cmp.Or(s.Host, out.Host), cmp.Or(s.From, out.From), cmp.Or(s.To, out.To), cmp.Or(s.Venue, out.Venue)}
	}
	return out
}

// sort is the sort of a session that no plan names.
func (s *Session) sort() string {
	switch {
	case s.Kind == VoterKind:
		return Voters
	case s.Type == "thematic":
		return "thematic"
	}
	return "people"
}

// Public reports whether people may read of the occasion: it was announced, or held.
func (o Occasion) Public() bool { return o.Session != nil || o.Plan.AnnouncedOn != 0 }

// Opening are the fields of a session that opens, by its kind: nothing has been raised yet.
func Opening(kind string, s Setting, announced civil.Date) map[string]any {
	set := Totals{}.Set()
	set["attendances"], set["counted"] = int64(0), ByIssues
	if kind == VoterKind {
		set["title"], set["type"], set["deputies"], set["points"] = s.Topic, "before_session", "commune", int64(1)
	} else {
		set["topic"], set["type"] = s.Topic, "periodic"
		if s.Sort == "thematic" {
			set["type"] = "thematic"
		}
		if announced != 0 {
			set["announced_on"] = announced.String()
		}
	}
	for code, v := range map[string]string{"host": s.Host, "from_hour": s.From, "to_hour": s.To, "venue": s.Venue} {
		if v != "" {
			set[code] = v
		}
	}
	return set
}

// How an issue is answered.
const (
	OnSpot    = "on_spot"
	Later     = "later"
	OtherBody = "other_body"
)

// Issue is what people raised, with its answer.
type Issue struct {
	ledger.Head `json:"-"`

	Subject    string     `json:"subject"`
	Topic      string     `json:"topic"`
	Source     string     `json:"source"`
	Mentions   int64      `json:"mentions"`
	Village    string     `json:"village"`
	Turn       int64      `json:"turn"`
	Mode       string     `json:"answer_mode"`
	AnswerUnit string     `json:"answer_unit"`
	AnswerPost string     `json:"answer_post"`
	Answer     string     `json:"answer"`
	AnsweredOn civil.Date `json:"answered_on"`
	SettledOn  civil.Date `json:"settled_on"`
	DueOn      civil.Date `json:"due_on"`
}

// Late reports whether an answer that was put off is past its day.
func (i *Issue) Late(today civil.Date) bool {
	return i.AnsweredOn == 0 && i.DueOn != 0 && i.DueOn < today
}

func into(id int64, fields string, v any) error {
	if err := json.Unmarshal([]byte(fields), v); err != nil {
		return fmt.Errorf("read entry %d: %w", id, err)
	}
	return nil
}

func sortOccasions(out []Occasion) {
	slices.SortStableFunc(out, func(a, b Occasion) int {
		return cmp.Or(cmp.Compare(b.Day(), a.Day()), cmp.Compare(b.Head().ID, a.Head().ID))
	})
}
