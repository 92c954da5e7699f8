package works

import (
	"cmp"
	"context"
	"encoding/json"
	"math/big"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
)

// Kinds of the book of courses.
const (
	CoursePlanKind = "training_course"
	CourseKind     = "training_conference"
	TargetKind     = "training_plan"
)

// Course is a training course: planned, held, or both. Lượt (attendances) and người (persons) stand apart.
type Course struct {
	Plan *CoursePlan
	Held *CourseHeld
}

// CoursePlan is the course as it was planned.
type CoursePlan struct {
	ledger.Head `json:"-"`

	CourseWords
	Number       string     `json:"number"`
	OpensOn      civil.Date `json:"opens_on"`
	Sessions     int64      `json:"planned_sessions"`
	Persons      int64      `json:"planned_persons"`
	CancelledOn  civil.Date `json:"cancelled_on"`
	CancelReason string     `json:"cancel_reason"`
}

// CourseWords are what plan and course have in common.
type CourseWords struct {
	Topic    string `json:"topic"`
	Level    string `json:"level"`
	Type     string `json:"type"`
	Theme    string `json:"theme"`
	Audience string `json:"audience"`
	Form     string `json:"form"`
}

// CourseHeld is the course as it was held.
type CourseHeld struct {
	ledger.Head `json:"-"`

	CourseWords
	EndedOn     civil.Date  `json:"ended_on"`
	Attendances int64       `json:"attendances"`
	Women       *int64      `json:"women"`
	Commune     *int64      `json:"commune_attendances"`
	Village     *int64      `json:"village_attendances"`
	Hours       json.Number `json:"hours"`
	Certified   *int64      `json:"certified"`
	Persons     *int64      `json:"persons"`
	Sessions    []Session   `json:"sessions"`
}

// Session is one session of a course.
type Session struct {
	On          civil.Date  `json:"session_on"`
	Topic       string      `json:"session_topic"`
	Place       string      `json:"session_place"`
	Speakers    int64       `json:"session_speakers"`
	Hours       json.Number `json:"session_hours"`
	Attendances int64       `json:"session_attendances"`
	Women       int64       `json:"session_women"`
	Commune     int64       `json:"session_commune"`
	Village     int64       `json:"session_village"`
}

// CourseState is where a course stands.
type CourseState string

// The states of a course. Late was planned for a day that has passed and is not open yet.
const (
	CoursePlanned   CourseState = "planned"
	CourseLate      CourseState = "late"
	CourseRunning   CourseState = "running"
	CourseDone      CourseState = "done"
	CourseCancelled CourseState = "cancelled"
)

// State says where the course stands on a day. A course that was recorded as a whole, with neither plan nor sessions,
// is over.
func (c Course) State(today civil.Date) CourseState {
	switch {
	case c.Held == nil && c.Plan.CancelledOn != 0:
		return CourseCancelled
	case c.Held == nil && c.Plan.OpensOn < today:
		return CourseLate
	case c.Held == nil:
		return CoursePlanned
	case c.Held.EndedOn != 0 && c.Held.EndedOn <= today:
		return CourseDone
	case c.Held.EndedOn == 0 && c.Plan == nil && len(c.Held.Sessions) == 0:
		return CourseDone
	}
	return CourseRunning
}

// Words are what the course is about, as held where it was held.
func (c Course) Words() CourseWords {
	if c.Held != nil {
		return c.Held.CourseWords
	}
	return c.Plan.CourseWords
}

// Head is the entry by which the course is known: the held one, else the plan.
func (c Course) Head() ledger.Head {
	if c.Held != nil {
		return c.Held.Head
	}
	return c.Plan.Head
}

// Day is the course's day: opening, or the opening that is planned.
func (c Course) Day() civil.Date {
	if c.Held != nil {
		return c.Held.Day
	}
	return c.Plan.OpensOn
}

// SessionTotals are the sums over sessions that the course's own numbers must be.
type SessionTotals struct {
	Attendances, Women, Commune, Village int64
	Hours                                *big.Rat
}

// TotalsOf adds up sessions. Attendances are added with attendances alone, never with persons.
func TotalsOf(list []Session) SessionTotals {
	t := SessionTotals{Hours: new(big.Rat)}
	for _, s := range list {
		t.Attendances, t.Women, t.Commune, t.Village = t.Attendances+s.Attendances, t.Women+s.Women, t.Commune+s.Commune, t.Village+s.Village
		if h, ok := new(big.Rat).SetString(string(s.Hours)); ok {
			t.Hours.Add(t.Hours, h)
		}
	}
	return t
}

// Sorted orders sessions by their days.
func Sorted(list []Session) []Session {
	slices.SortStableFunc(list, func(a, b Session) int { return cmp.Compare(a.On, b.On) })
	return list
}

// SessionRows are the sessions as the entry's field takes them.
func SessionRows(list []Session) []any {
	return rowsOf(list, func(s Session, set func(string, any)) {
		set("session_on", s.On)
		set("session_topic", s.Topic)
		set("session_place", s.Place)
		set("session_speakers", s.Speakers)
		if s.Hours != "" {
			set("session_hours", string(s.Hours))
		}
		set("session_attendances", s.Attendances)
		set("session_women", s.Women)
		set("session_commune", s.Commune)
		set("session_village", s.Village)
	})
}

// SessionSet are all fields of a course that follow from its sessions.
func SessionSet(list []Session) map[string]any {
	t := TotalsOf(list)
	return map[string]any{"sessions": OrNone(SessionRows(list)), "attendances": t.Attendances, "women": t.Women,
		"commune_attendances": t.Commune, "village_attendances": t.Village, "hours": civil.DecimalString(t.Hours, 1)}
}

// HeldOf reads a held course from its entry.
func HeldOf(e *ledger.Entry) (*CourseHeld, error) {
	h := &CourseHeld{Head: e.Head}
	return h, into(lineOf(e), h)
}

// PlanOf reads a planned course from its entry.
func PlanOf(e *ledger.Entry) (*CoursePlan, error) {
	p := &CoursePlan{Head: e.Head}
	return p, into(lineOf(e), p)
}

// Courses are all courses of bodies, plans put together with what was held of them, newest first.
func (s *Shelf) Courses(ctx context.Context, q db.Querier, f Filter) ([]Course, error) {
	held, err := s.lines(ctx, q, CourseKind, f)
	if err != nil {
		return nil, err
	}
	planned, err := s.lines(ctx, q, CoursePlanKind, f)
	if err != nil {
		return nil, err
	}
	plans := map[int64]*CoursePlan{}
	for _, l := range planned {
		p := &CoursePlan{Head: l.Head}
		if err := into(l, p); err != nil {
			return nil, err
		}
		plans[l.ID] = p
	}
	var out []Course
	for _, l := range held {
		h := &CourseHeld{Head: l.Head}
		if err := into(l, h); err != nil {
			return nil, err
		}
		out = append(out, Course{Plan: plans[l.Carries], Held: h})
		delete(plans, l.Carries)
	}
	for _, p := range plans {
		out = append(out, Course{Plan: p})
	}
	slices.SortFunc(out, func(a, b Course) int {
		return cmp.Or(cmp.Compare(b.Day(), a.Day()), cmp.Compare(b.Head().ID, a.Head().ID))
	})
	return out, nil
}

// Target is what a body is to hold in a year.
type Target struct {
	ledger.Head `json:"-"`

	Year        int64 `json:"year"`
	Courses     int64 `json:"conferences"`
	Attendances int64 `json:"attendances"`
}

// Targets are the yearly targets of bodies for a year; of several by one body the newest.
func (s *Shelf) Targets(ctx context.Context, q db.Querier, f Filter, year int) ([]Target, error) {
	lines, err := s.lines(ctx, q, TargetKind, f)
	if err != nil {
		return nil, err
	}
	var out []Target
	for _, l := range lines {
		t := Target{Head: l.Head}
		if err := into(l, &t); err != nil {
			return nil, err
		}
		if t.Year == int64(year) && !slices.ContainsFunc(out, func(x Target) bool { return x.Unit == t.Unit }) {
			out = append(out, t)
		}
	}
	return out, nil
}
