package disclosure

import (
	"fmt"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/ledger"
)

// DecisionKind is the kind of a decision of a community.
const DecisionKind = "community_decision"

// Decision is what the households of a village or group decided: totals only.
type Decision struct {
	ledger.Head   `json:"-"`
	Title         string     `json:"title"`
	Subject       string     `json:"subject_type"`
	Method        string     `json:"method"`
	Households    int64      `json:"households"`
	Present       int64      `json:"present"`
	For           int64      `json:"approved"`
	Against       int64      `json:"against"`
	Invalid       int64      `json:"invalid"`
	SentOn        civil.Date `json:"sent_on"`
	RecognisedOn  civil.Date `json:"recognised_on"`
	Village       string     `json:"village"`
	MinutesNumber string     `json:"minutes_number"`
	Recognition   string     `json:"recognition_number"`
	Minutes       []string   `json:"minutes"`
}

// Blank are the households that took part and are in none of the counts.
func (d *Decision) Blank() int64 { return max(0, d.Present-d.For-d.Against-d.Invalid) }

// Result is whether a decision holds, with how it was reckoned.
type Result struct {
	Rule    *catalog.DecisionRule // nil where the catalogue has none for the subject and day
	Of      int64                 // households that the share is taken of
	Needs   int64                 // the fewest that suffice
	Valid   bool
	Explain string // a sentence that prints the calculation
}

// Decide reckons whether a decision holds. It is never typed.
func (l *Law) Decide(d *Decision) Result {
	for _, r := range l.Edition.DecisionRules {
		if r.InForce(d.Day) && slices.Contains(r.Subjects, d.Subject) {
			return decide(r, d)
		}
	}
	return Result{Explain: "Chưa có quy định về tỷ lệ cho nội dung này."}
}

func decide(r *catalog.DecisionRule, d *Decision) Result {
	out := Result{Rule: r, Of: d.Households}
	whole := "tổng số hộ"
	if r.Of == "present" {
		out.Of, whole = d.Present, "số hộ tham gia"
	}
	out.Needs = needs(r, out.Of)
	out.Valid = out.Of > 0 && d.For >= out.Needs
	share := fmt.Sprintf("từ %d/%d", r.Numerator, r.Over)
	if r.Over == 2 && r.Numerator == 1 {
		share = "từ 50%"
	}
	if r.More {
		share = fmt.Sprintf("trên %d/%d", r.Numerator, r.Over)
		if r.Over == 2 && r.Numerator == 1 {
			share = "trên 50%"
		}
	}
	verdict := "chưa đạt"
	if out.Valid {
		verdict = "đạt"
	}
	out.Explain = fmt.Sprintf("Cần %s %s tán thành: %s của %s hộ là ít nhất %s hộ. Có %s hộ tán thành, %s.", share, whole, share, civil.FormatInt(out.Of), civil.FormatInt(out.Needs), civil.FormatInt(d.For), verdict)
	return out
}

// needs is the fewest households that reach, or exceed, the share.
func needs(r *catalog.DecisionRule, of int64) int64 {
	n, over := int64(r.Numerator), int64(r.Over)
	if r.More {
		return of*n/over + 1
	}
	return (of*n + over - 1) / over
}

// Stage is where a decision stands on its way to the commune.
type Stage string

// The stages.
const (
	NotSent     Stage = "not_sent"
	SendLate    Stage = "send_late" // not sent, and the last day is past
	Sent        Stage = "sent"
	SentLate    Stage = "sent_late"
	Waiting     Stage = "waiting"        // for recognition
	Unanswered  Stage = "recognise_late" // recognition is overdue
	Recognised  Stage = "recognised"
	NotAdopted  Stage = "not_adopted" // too few households
	NothingOwed Stage = "nothing"     // before the law asked for it
)

// Way is a decision's way to the commune, with its clocks.
type Way struct {
	Send, Recognise *clock.Deadline // nil where the law asks for none
	Stage           Stage
}

// Follow says where a decision stands on a day.
func (l *Law) Follow(d *Decision, today civil.Date) Way {
	res := l.Decide(d)
	w := Way{Send: l.Clock(SendClock, d.Day, d.SentOn)}
	if res.Rule != nil && res.Rule.Recognised && d.SentOn != 0 && res.Valid {
		w.Recognise = l.Clock(RecogniseClock, d.SentOn, d.RecognisedOn)
	}
	switch {
	case d.RecognisedOn != 0:
		w.Stage = Recognised
	case !res.Valid && res.Rule != nil:
		w.Stage = NotAdopted
	case w.Send == nil && d.SentOn == 0:
		w.Stage = NothingOwed
	case d.SentOn == 0 && today > w.Send.Due:
		w.Stage = SendLate
	case d.SentOn == 0:
		w.Stage = NotSent
	case w.Recognise != nil && today > w.Recognise.Due:
		w.Stage = Unanswered
	case w.Recognise != nil:
		w.Stage = Waiting
	case w.Send != nil && d.SentOn > w.Send.Due:
		w.Stage = SentLate
	default:
		w.Stage = Sent
	}
	return w
}
