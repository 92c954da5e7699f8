package works

import (
	"slices"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// Kinds of the book of inspections.
const (
	InspectionKind = "inspection"
	ResponseKind   = "inspection_response"
	FollowUpKind   = "inspection_follow_up"
)

// Inspection is an inspection with what hangs on it. Bodies are references, as the entry keeps them.
type Inspection struct {
	ledger.Head `json:"-"`

	Subject         string           `json:"title"`
	Form            string           `json:"form"`
	Theme           string           `json:"theme"`
	Number          string           `json:"number"`
	EndedOn         civil.Date       `json:"ended_on"`
	ConcludedOn     civil.Date       `json:"concluded_on"`
	ConclusionNo    string           `json:"conclusion_number"`
	Conclusion      string           `json:"conclusion"`
	UnitsInspected  int64            `json:"units_inspected"`
	Findings        int64            `json:"findings"`
	Recommendations int64            `json:"recommendations"`
	Planned         string           `json:"planned"`
	Visits          []Visit          `json:"visits"`
	FindingList     []Finding        `json:"finding_list"`
	Recs            []Recommendation `json:"recommendation_list"`

	Responses []Response `json:"-"` // oldest first
	FollowUps []FollowUp `json:"-"` // oldest first
}

// Visit is a body that the inspection goes to.
type Visit struct {
	Body    string     `json:"visit_body"`
	Planned civil.Date `json:"planned_on"`
	On      civil.Date `json:"visited_on"`
	Minutes string     `json:"minutes"`
}

// Finding is what was found wanting in the work of a body; nothing of a person.
type Finding struct {
	Body     string `json:"finding_body"`
	Text     string `json:"finding"`
	Article  string `json:"article"`
	Severity string `json:"severity"`
}

// Recommendation is what a body is asked to do, by a day where one is set.
type Recommendation struct {
	No   int64      `json:"rec_no"`
	Body string     `json:"rec_body"`
	Text string     `json:"rec"`
	Due  civil.Date `json:"rec_due"`
}

// Response is what an inspected body says that it did about a recommendation: an entry of its own.
type Response struct {
	ledger.Head `json:"-"`

	Rec    int64  `json:"recommendation"`
	Done   string `json:"done"`
	Result string `json:"result"`
}

// FollowUp is what the inspecting body holds of it: a recommendation closed, or the whole inspection.
type FollowUp struct {
	ledger.Head `json:"-"`

	Rec     int64  `json:"recommendation"`
	Outcome string `json:"outcome"`
	Done    int64  `json:"recommendations_done"`
	Closed  string `json:"closed"`
	Note    string `json:"note"`
}

// RecState is where a recommendation stands.
type RecState string

// The states of a recommendation. Overdue is open past its day; Answered waits for the inspecting body.
const (
	RecOpen     RecState = "open"
	RecOverdue  RecState = "overdue"
	RecAnswered RecState = "answered"
	RecDone     RecState = "done"
	RecClosed   RecState = "closed" // otherwise than done
)

// Open reports whether somebody still has to do something.
func (s RecState) Open() bool { return s == RecOpen || s == RecOverdue || s == RecAnswered }

// Tracked is a recommendation with what was said about it.
type Tracked struct {
	Recommendation
	State     RecState
	Responses []Response
	End       *FollowUp // what closed it
}

// Tracked are the inspection's recommendations as they stand on a day.
func (i *Inspection) Tracked(today civil.Date) []Tracked {
	out := make([]Tracked, 0, len(i.Recs))
	for _, r := range i.Recs {
		t := Tracked{Recommendation: r}
		for _, x := range i.Responses {
			if x.Rec == r.No {
				t.Responses = append(t.Responses, x)
			}
		}
		for k := range i.FollowUps {
			if f := &i.FollowUps[k]; f.Rec == r.No && f.Outcome != "" {
				t.End = f
			}
		}
		t.State = t.stands(today)
		out = append(out, t)
	}
	return out
}

func (t *Tracked) stands(today civil.Date) RecState {
	switch {
	case t.End != nil && t.End.Outcome == "done":
		return RecDone
	case t.End != nil:
		return RecClosed
	case len(t.Responses) > 0 && t.Responses[len(t.Responses)-1].Result == "done":
		return RecAnswered
	case t.Due != 0 && t.Due < today:
		return RecOverdue
	}
	return RecOpen
}

// OpenRecs counts what is open and how much of it is past its day. A recommendation that was answered late and waits
// for the inspecting body is open and not overdue: it is no longer the inspected body's turn.
func (i *Inspection) OpenRecs(today civil.Date) (open, overdue int) {
	for _, t := range i.Tracked(today) {
		if t.State.Open() {
			open++
		}
		if t.State == RecOverdue {
			overdue++
		}
	}
	return open, overdue
}

// Stage is where an inspection stands.
type Stage string

// The stages of an inspection. Summed was recorded as a whole, with numbers and no list of bodies.
const (
	StagePlanned   Stage = "planned"
	StageVisiting  Stage = "visiting"
	StageFollowing Stage = "following"
	StageConcluded Stage = "concluded"
	StageClosed    Stage = "closed"
	StageSummed    Stage = "summed"
)

// End is the follow-up that closed the inspection, nil while it is open.
func (i *Inspection) End() *FollowUp {
	for k := range i.FollowUps {
		if i.FollowUps[k].Closed == "yes" {
			return &i.FollowUps[k]
		}
	}
	return nil
}

// Stage says where the inspection stands on a day.
func (i *Inspection) Stage(today civil.Date) Stage {
	open, _ := i.OpenRecs(today)
	switch {
	case i.End() != nil:
		return StageClosed
	case len(i.Visits) == 0 && i.UnitsInspected > 0:
		return StageSummed
	case i.ConcludedOn != 0 && open > 0:
		return StageFollowing
	case i.ConcludedOn != 0:
		return StageConcluded
	case i.UnitsInspected > 0:
		return StageVisiting
	}
	return StagePlanned
}

// Visited counts the bodies that were worked with: what the entry's own number must be.
func Visited(visits []Visit) int64 {
	n := int64(0)
	for _, v := range visits {
		if v.On != 0 {
			n++
		}
	}
	return n
}

// NextNo is the number of the next recommendation; a number that was given is not given again.
func (i *Inspection) NextNo() int64 {
	n := int64(0)
	for _, r := range i.Recs {
		n = max(n, r.No)
	}
	for _, x := range i.Responses {
		n = max(n, x.Rec)
	}
	for _, f := range i.FollowUps {
		n = max(n, f.Rec)
	}
	return n + 1
}

// Bodies are the references of all bodies that the inspection names, each once.
func (i *Inspection) Bodies() []string {
	var out []string
	add := func(ref string) {
		if !slices.Contains(out, ref) {
			out = append(out, ref)
		}
	}
	for _, v := range i.Visits {
		add(v.Body)
	}
	for _, f := range i.FindingList {
		add(f.Body)
	}
	for _, r := range i.Recs {
		add(r.Body)
	}
	return out
}

// VisitRows are the visits as the entry's field takes them.
func VisitRows(list []Visit) []any {
	return rowsOf(list, func(v Visit, set func(string, any)) {
		set("visit_body", v.Body)
		set("planned_on", v.Planned)
		set("visited_on", v.On)
		set("minutes", v.Minutes)
	})
}

// FindingRows are the findings as the entry's field takes them.
func FindingRows(list []Finding) []any {
	return rowsOf(list, func(f Finding, set func(string, any)) {
		set("finding_body", f.Body)
		set("finding", f.Text)
		set("article", f.Article)
		set("severity", f.Severity)
	})
}

// RecRows are the recommendations as the entry's field takes them.
func RecRows(list []Recommendation) []any {
	return rowsOf(list, func(r Recommendation, set func(string, any)) {
		set("rec_no", r.No)
		set("rec_body", r.Body)
		set("rec", r.Text)
		set("rec_due", r.Due)
	})
}
