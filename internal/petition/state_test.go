package petition

import (
	"testing"

	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// courses are sequences of acts by class: what the law allows, and the act at which it stops.
var courses = []struct {
	name, class string
	acts        []string
	stops       string // "" where the whole course is lawful
	stage       Stage
}{
	{"complaint settled", "complaint", []string{"classified", "accepted", "notified", "assigned", "verified", "dialogue", "decided", "sent", "published", "enforcing", "enforced"}, "", Enforced},
	{"complaint decided without verification", "complaint", []string{"accepted", "decided"}, "", Settled},
	{"complaint decided before acceptance", "complaint", []string{"classified", "decided"}, "decided", Classified},
	{"complaint suspended and resumed", "complaint", []string{"accepted", "suspended", "resumed", "decided"}, "", Settled},
	{"nothing goes on while suspended", "complaint", []string{"accepted", "suspended", "decided"}, "decided", Accepted},
	{"complaint withdrawn waits for the decision", "complaint", []string{"accepted", "withdrawn", "decided"}, "decided", Accepted},
	{"complaint withdrawn and terminated", "complaint", []string{"accepted", "withdrawn", "terminated"}, "", Terminated},
	{"withdrawn under coercion", "complaint", []string{"accepted", "withdrawn", "terminated", "reopened", "decided"}, "", Settled},
	{"a terminated one that was not withdrawn stays so", "complaint", []string{"accepted", "terminated", "reopened"}, "reopened", Terminated},
	{"a complaint has no conclusion", "complaint", []string{"accepted", "verified", "concluded"}, "concluded", Verified},
	{"a complaint is not extended", "complaint", []string{"accepted", "extended"}, "extended", Accepted},
	{"denunciation concluded", "denunciation", []string{"classified", "accepted", "notified", "assigned", "verified", "extended", "concluded", "sent", "acted", "published", "enforced"}, "", Enforced},
	{"denunciation concluded without verification", "denunciation", []string{"accepted", "concluded"}, "concluded", Accepted},
	{"denunciation goes on after a withdrawal", "denunciation", []string{"accepted", "withdrawn", "verified", "concluded"}, "", Settled},
	{"no dialogue with the denounced", "denunciation", []string{"accepted", "dialogue"}, "dialogue", Accepted},
	{"transferred once", "proposal", []string{"transferred", "transferred"}, "transferred", Transferred},
	{"not transferred after acceptance", "complaint", []string{"accepted", "transferred"}, "transferred", Accepted},
	{"receipt of a transfer", "denunciation", []string{"transferred", "receipt"}, "", Transferred},
	{"no receipt without transfer", "denunciation", []string{"receipt"}, "receipt", Received},
	{"proposal answered at once", "proposal", []string{"answered", "published"}, "", Settled},
	{"reflection answered after acceptance", "reflection", []string{"accepted", "verified", "answered"}, "", Settled},
	{"settled once", "reflection", []string{"answered", "answered"}, "answered", Settled},
	{"mixed is split", "mixed", []string{"classified", "split"}, "", Split},
	{"only mixed is split", "proposal", []string{"split"}, "split", Received},
	{"filed is the end", "proposal", []string{"filed", "accepted"}, "accepted", Filed},
}

func TestCourses(t *testing.T) {
	for _, tt := range courses {
		t.Run(tt.name, func(t *testing.T) {
			c := &Case{Kind: Letter, Class: tt.class, Received: 20260901, Steps: []Step{{Act: "received", On: 20260901}}}
			day := civil.Date(20260901)
			for _, a := range tt.acts {
				day = day.AddDays(1)
				c.Steps = append(c.Steps, Step{Act: a, On: day, Scope: "whole"})
			}
			st, wrong := replay(c)
			switch {
			case tt.stops == "" && len(wrong) > 0:
				t.Errorf("refused: %v", wrong)
			case tt.stops != "" && (len(wrong) == 0 || c.Steps[wrong[0].row].Act != tt.stops):
				t.Errorf("want %s to be refused, got %v", tt.stops, wrong)
			}
			if st.Stage != tt.stage {
				t.Errorf("stage %s, want %s", st.Stage, tt.stage)
			}
		})
	}
}

func TestImpliedSteps(t *testing.T) {
	v := catalog.Values{"class": "denunciation", "received_on": "2020-01-02", "accepted_on": "2020-01-09", "settled_on": "2020-02-20"}
	if ps := (Law{}).Lawful(Letter, 20260101, v); len(ps) > 0 {
		t.Errorf("an imported book is refused: %v", ps)
	}
	if st := read(Letter, v).State(); st.Stage != Settled {
		t.Errorf("stage %s", st.Stage)
	}
	v["accepted_on"] = "2020-01-01"
	if ps := (Law{}).Lawful(Letter, 20260101, v); len(ps) == 0 {
		t.Error("accepted before it was received")
	}
	delete(v, "accepted_on")
	if ps := (Law{}).Lawful(Letter, 20260101, v); len(ps) == 0 {
		t.Error("a denunciation settled that was never accepted")
	}
}
