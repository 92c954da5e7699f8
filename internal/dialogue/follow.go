package dialogue

import (
	"slices"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// The acts of a note.
const (
	ActProgress = "progress"
	ActExplain  = "explained"
	ActExtend   = "extended"
	ActDone     = "done"
	ActConfirm  = "confirmed"
	ActDispute  = "disputed"
	ActDrop     = "dropped"
)

// Who says a note.
const (
	ByOwner   = "owner"
	ByHead    = "village_head"
	ByVillage = "village_code"
	ByCitizen = "citizen_code"
)

// Note is something that happened to a promise.
type Note struct {
	ledger.Head `json:"-"`

	Act      string     `json:"act"`
	By       string     `json:"said_by"`
	Text     string     `json:"note"`
	Amount   *Amount    `json:"done"`
	OldDue   civil.Date `json:"old_due"`
	NewDue   civil.Date `json:"new_due"`
	AnswerBy civil.Date `json:"answer_by"`
	DoneWas  civil.Date `json:"done_on"` // as reported done when the village answered
	Faults   []string   `json:"faults"`

	Files []ledger.File `json:"-"`
}

// standing reports whether the note was not struck.
func (n *Note) standing() bool { return n.State != ledger.Void }

// Follow is how a promise stands after its notes, oldest first, struck ones among them. What no note ever spoke of stays
// as the promise itself has it; what only struck notes spoke of is as it was before them.
func Follow(was Stand, notes []*Note) Stand {
	out := was
	followDue(&out, notes)
	followDone(&out, notes)
	followDrop(&out, notes)
	followWords(&out, notes)
	return out
}

func those(notes []*Note, acts ...string) []*Note {
	var out []*Note
	for _, n := range notes {
		if slices.Contains(acts, n.Act) {
			out = append(out, n)
		}
	}
	return out
}

// followDue: the day in force is the last one that was given; the first one is kept and shown.
func followDue(s *Stand, notes []*Note) {
	list := those(notes, ActExtend)
	if len(list) == 0 {
		return
	}
	s.Due, s.FirstDue = list[0].OldDue, 0
	for _, n := range list {
		if n.standing() {
			s.Due, s.FirstDue = n.NewDue, list[0].OldDue
		}
	}
}

// followDone: done, then confirmed or disputed; a dispute takes "done" back.
func followDone(s *Stand, notes []*Note) {
	list := those(notes, ActDone, ActConfirm, ActDispute)
	if len(list) == 0 {
		return
	}
	last := list[0].DoneWas // done before there were notes
	s.Done, s.Confirmed, s.Disputed = last, 0, 0
	if last == 0 {
		s.AnswerBy = 0
	}
	for _, n := range list {
		if !n.standing() {
			continue
		}
		switch n.Act {
		case ActDone:
			s.Done, s.Confirmed, s.AnswerBy, last = n.Day, 0, n.AnswerBy, n.Day
		case ActConfirm:
			if s.Done == 0 {
				s.Done = last
			}
			if s.Done == 0 {
				s.Done = n.Day
			}
			s.Confirmed = n.Day
		case ActDispute:
			s.Done, s.Confirmed, s.Disputed = 0, 0, n.Day
		}
	}
}

func followDrop(s *Stand, notes []*Note) {
	list := those(notes, ActDrop)
	if len(list) == 0 {
		return
	}
	s.Dropped, s.WhyGone = 0, ""
	for _, n := range list {
		if n.standing() {
			s.Dropped, s.WhyGone = n.Day, n.Text
		}
	}
}

// followWords: how far it is, and why it is late.
func followWords(s *Stand, notes []*Note) {
	said, why := false, false
	var amount Amount
	var reason string
	for _, n := range notes {
		if n.Amount != nil && (n.Act == ActProgress || n.Act == ActDone) {
			if said = true; n.standing() {
				amount = *n.Amount
			}
		}
		if n.Act == ActExplain || n.Act == ActExtend {
			if why = true; n.standing() {
				reason = n.Text
			}
		}
	}
	if said {
		s.Amount = amount
	}
	if why {
		s.WhyLate = reason
	}
}

// Changes are the fields in which two stands differ, as an amendment takes them.
func (s Stand) Changes(was Stand) map[string]any {
	out := map[string]any{}
	for _, x := range []struct {
		code     string
		now, was civil.Date
	}{{"due_on", s.Due, was.Due}, {"first_due_on", s.FirstDue, was.FirstDue}, {"done_on", s.Done, was.Done}, {"answer_by", s.AnswerBy, was.AnswerBy},
		{"confirmed_on", s.Confirmed, was.Confirmed}, {"disputed_on", s.Disputed, was.Disputed}, {"cancelled_on", s.Dropped, was.Dropped}} {
		if x.now != x.was {
			out[x.code] = orNil(x.now.String(), x.now == 0)
		}
	}
	if s.Amount != was.Amount {
		out["done"] = s.Amount.String()
	}
	if s.WhyLate != was.WhyLate {
		out["late_reason"] = orNil(short(s.WhyLate), s.WhyLate == "")
	}
	if s.WhyGone != was.WhyGone {
		out["drop_reason"] = orNil(short(s.WhyGone), s.WhyGone == "")
	}
	return out
}

func orNil(text string, none bool) any {
	if none {
		return nil
	}
	return text
}
