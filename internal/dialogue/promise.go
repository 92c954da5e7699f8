package dialogue

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/ledger"
)

// Amount is how much of a promise, in hundredths of its own unit of measure (m, lamps, households).
type Amount int64

// UnmarshalJSON reads a number as entries keep it.
func (a *Amount) UnmarshalJSON(b []byte) error {
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	whole, part, _ := strings.Cut(n.String(), ".")
	x, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil || len(part) > 2 {
		return fmt.Errorf("amount %q", n)
	}
	*a = Amount(x)
	return nil
}

// String is the amount as a field takes it: 62.5.
func (a Amount) String() string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%02d", a/100, a%100), "0"), ".")
}

// Vi is the amount as people read it: 1.062,5.
func (a Amount) Vi() string {
	whole, part, _ := strings.Cut(a.String(), ".")
	n, _ := strconv.ParseInt(whole, 10, 64) // made of digits
	if part != "" {
		part = "," + part
	}
	return civil.FormatInt(n) + part
}

// Stand is what follows from the notes of a promise: its days, how far it is, why it is late or was dropped.
type Stand struct {
	Due       civil.Date `json:"due_on"`
	FirstDue  civil.Date `json:"first_due_on"` // before it was put off, 0 for never
	Done      civil.Date `json:"done_on"`      // as its owner reports, 0 for not yet
	AnswerBy  civil.Date `json:"answer_by"`    // until when the village answers
	Confirmed civil.Date `json:"confirmed_on"`
	Disputed  civil.Date `json:"disputed_on"`
	Dropped   civil.Date `json:"cancelled_on"`
	Amount    Amount     `json:"done"`
	WhyLate   string     `json:"late_reason"`
	WhyGone   string     `json:"drop_reason"`
}

// Promise is a promise to the people.
type Promise struct {
	ledger.Head `json:"-"`
	Stand

	Subject   string `json:"subject"`
	Source    string `json:"source"`
	Topic     string `json:"topic"`
	OwnerUnit string `json:"owner_unit"` // reference, empty: the body that recorded it
	OwnerPost string `json:"owner_post"`
	Village   string `json:"village"`
	Measure   string `json:"measure"`
	Total     Amount `json:"total"`
}

// PromiseState is where a promise stands.
type PromiseState string

// The states, in the order in which they press.
const (
	Overdue    PromiseState = "qua-han"
	Disputed   PromiseState = "chua-dong-y" // back to its owner
	Soon       PromiseState = "sap-han"
	Doing      PromiseState = "dang-lam"
	Waiting    PromiseState = "cho-xac-nhan" // reported done, the village answers until AnswerBy
	Unanswered PromiseState = "chua-tra-loi" // reported done, and the village did not answer: never as good as confirmed
	Confirmed  PromiseState = "da-xac-nhan"
	Dropped    PromiseState = "da-dung"
)

// PromiseStates are all, in their order.
var PromiseStates = []PromiseState{Overdue, Disputed, Soon, Doing, Waiting, Unanswered, Confirmed, Dropped}

// SoonDays is how far ahead a promise counts as near; AnswerDays how long the village has to answer, where nobody said
// another day. Both are the program's own, not the law's.
const (
	SoonDays   = 7
	AnswerDays = 14
)

// StateOn is where a promise stands on a day.
func (s Stand) StateOn(today civil.Date) PromiseState {
	switch {
	case s.Dropped != 0:
		return Dropped
	case s.Done != 0 && s.Confirmed != 0:
		return Confirmed
	case s.Done != 0 && today <= s.Answering():
		return Waiting
	case s.Done != 0:
		return Unanswered
	case s.Disputed != 0:
		return Disputed
	case s.Due < today:
		return Overdue
	case today.DaysUntil(s.Due) <= SoonDays:
		return Soon
	}
	return Doing
}

// Answering is the last day on which the village is expected to answer, 0 where nothing is reported done.
func (s Stand) Answering() civil.Date {
	if s.AnswerBy != 0 || s.Done == 0 {
		return s.AnswerBy
	}
	return s.Done.AddDays(AnswerDays)
}

// Open reports whether the owner still has to do something.
func (s PromiseState) Open() bool {
	return s == Overdue || s == Disputed || s == Soon || s == Doing
}

// DaysLate is how many days after its day the promise was reported done, or is on this day without being done.
func (s Stand) DaysLate(today civil.Date) int {
	until := today
	switch {
	case s.Done != 0:
		until = s.Done
	case s.Dropped != 0:
		until = s.Dropped
	}
	return max(s.Due.DaysUntil(until), 0)
}

// Percent is how much of a promise that can be measured is done, -1 where it cannot be.
func (p *Promise) Percent() int {
	if p.Total <= 0 {
		return -1
	}
	return int(min(p.Amount*100/p.Total, 100))
}

// Summary are the numbers of a list of promises: All = Done + Doing + Late; Confirmed is part of Done; Dropped beside.
type Summary struct{ All, Done, Confirmed, Doing, Late, Dropped int }

// SummaryOf counts promises as they stand on a day. A disputed promise is not done.
func SummaryOf(list []*Promise, today civil.Date) Summary {
	var out Summary
	for _, p := range list {
		switch st := p.StateOn(today); {
		case st == Dropped:
			out.Dropped++
			continue
		case !st.Open():
			out.Done++
			if st == Confirmed {
				out.Confirmed++
			}
		case p.DaysLate(today) > 0:
			out.Late++
		default:
			out.Doing++
		}
		out.All++
	}
	return out
}

// Read reads an amount as people type it: 62, 62,5, 1.062,5.
func (a *Amount) Read(text string) error {
	text = strings.ReplaceAll(text, " ", "")
	if strings.Contains(text, ",") {
		text = strings.ReplaceAll(strings.ReplaceAll(text, ".", ""), ",", ".")
	}
	return a.UnmarshalJSON([]byte(text))
}
