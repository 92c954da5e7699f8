package reception

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// Results of a visit.
const (
	Accepted    = "accepted"
	Answered    = "answered"
	Advised     = "advised"
	Transferred = "transferred"
	Checking    = "checking"
	Refused     = "refused"
)

// Denunciation is the class of visits of which neither the visitor nor what was said is kept anywhere.
const Denunciation = "denunciation"

const yes = "yes"

// Visit is one visit of a person or a group.
type Visit struct {
	ledger.Head `json:"-"`

	Class          string     `json:"class"`
	Field          string     `json:"field"`
	Turn           int64      `json:"turn"` // within the session, from 1
	Persons        int64      `json:"persons"`
	Crowd          string     `json:"crowd"` // yes, no
	Times          string     `json:"times"` // first, repeated
	Result         string     `json:"result"`
	LetterTaken    string     `json:"letter_taken"` // yes, no
	Letter         string     `json:"letter"`       // reference of a letter that is in the book
	Identified     string     `json:"identified"`   // yes, no
	Signature      string     `json:"signature"`
	TransferredTo  string     `json:"transferred_to"`
	TransferredAt  string     `json:"transferred_unit"` // reference of the body, where it is in the system
	TransferredOn  civil.Date `json:"transferred_on"`
	ReceiptNumber  string     `json:"receipt_number"` // of the body to which it was transferred
	ReceiptOn      civil.Date `json:"receipt_on"`
	AnsweredOn     civil.Date `json:"answered_on"`
	AnswerForm     string     `json:"answer_form"`
	AnswerDocument string     `json:"answer_document"`
	AnswerDue      civil.Date `json:"answer_due"` // as it stood when the answer was given
}

// Code is how a visit is called in reminders and on its receipt. It says nothing of who came.
func (v *Visit) Code() string { return fmt.Sprintf("LT-%d-%06d", v.Day.Year(), v.ID) }

// OwesAnswer reports whether the visitor is to be told what becomes of it (Luật Tiếp công dân, Điều 28): whoever was
// answered, advised or refused at the desk has had the answer.
func (v *Visit) OwesAnswer() bool {
	return v.Result == Accepted || v.Result == Transferred || v.Result == Checking
}

// Waits reports whether an answer is still owed.
func (v *Visit) Waits() bool { return v.OwesAnswer() && v.AnsweredOn == 0 && v.State != ledger.Void }

// AwaitsReceipt reports whether the other body has not said yet that it received what was transferred.
func (v *Visit) AwaitsReceipt() bool {
	return v.Result == Transferred && v.ReceiptOn == 0 && v.State != ledger.Void
}

// receptionProcedure says from how many persons on a group is a crowd, and until when a visitor is answered.
const receptionProcedure = "reception"

// CrowdFrom is from how many persons on a group is a crowd (đoàn đông người) on a day; nil where the edition does not say.
func CrowdFrom(ed *catalog.Edition, day civil.Date) *catalog.Limit {
	if ed == nil {
		return nil
	}
	return ed.Procedure(receptionProcedure).LimitOn("crowd", day)
}

// Totals are the numbers of a session.
type Totals struct {
	Visits       int64     `json:"visits"`
	Persons      int64     `json:"persons"`
	Groups       int64     `json:"groups"`
	GroupPersons int64     `json:"group_persons"`
	FirstTime    int64     `json:"first_time"`
	Repeated     int64     `json:"repeated"`
	Letters      int64     `json:"letters"`
	Opinions     int64     `json:"opinions"`
	Answered     int64     `json:"answered"`
	Forwarded    int64     `json:"forwarded"`
	Contents     []Content `json:"contents"`
}

// Content is how many visits were about one class and field.
type Content struct {
	Class string `json:"class"`
	Field string `json:"field"`
	Cases int64  `json:"cases"`
}

// TotalsOf counts visits.
func TotalsOf(list []*Visit) Totals {
	var t Totals
	for _, v := range list {
		t.Visits++
		t.Persons += v.Persons
		t.Groups += one(v.Crowd == yes)
		t.GroupPersons += one(v.Crowd == yes) * v.Persons
		t.FirstTime += one(v.Times == "first")
		t.Repeated += one(v.Times == "repeated")
		t.Letters += one(v.LetterTaken == yes)
		t.Opinions += one(v.Class == "proposal" || v.Class == "reflection")
		t.Answered += one(v.Result == Answered || v.Result == Advised)
		t.Forwarded += one(v.Result == Transferred)
		t.content(v)
	}
	slices.SortFunc(t.Contents, func(a, b Content) int {
		return strings.Compare(a.Class+" "+a.Field, b.Class+" "+b.Field)
	})
	return t
}

func (t *Totals) content(v *Visit) {
	for i := range t.Contents {
		if c := &t.Contents[i]; c.Class == v.Class && c.Field == v.Field {
			c.Cases++
			return
		}
	}
	t.Contents = append(t.Contents, Content{v.Class, v.Field, 1})
}

func one(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// Set are the fields of a session that follow from its visits.
func (t Totals) Set() map[string]any {
	var rows any
	if len(t.Contents) > 0 {
		var list []any
		for _, c := range t.Contents {
			list = append(list, map[string]any{"class": c.Class, "field": c.Field, "cases": c.Cases})
		}
		rows = list
	}
	held := "no"
	if t.Visits > 0 {
		held = yes
	}
	return map[string]any{"visits": t.Visits, "persons": t.Persons, "groups": t.Groups, "group_persons": t.GroupPersons, "first_time": t.FirstTime,
		"repeated": t.Repeated, "letters": t.Letters, "opinions": t.Opinions, "answered": t.Answered, "forwarded": t.Forwarded, "held": held, "contents": rows}
}

// Equal reports whether two sums are the same.
func (t Totals) Equal(o Totals) bool { return reflect.DeepEqual(t.Set(), o.Set()) }

// letterKind is the kind of letters in the book.
const letterKind = "petition_letter"

// MayBring says why no letter can be made of a visit, nil where one can: it brings one letter, and what was transferred to a
// body in the system is a letter there.
func (v *Visit) MayBring(e *ledger.Entry) error {
	switch {
	case e.State == ledger.Void:
		return fault.New(fault.Conflict, "Lượt tiếp này đã bỏ nên không lập đơn từ đó được.")
	case v.Result == Transferred && v.TransferredAt != "":
		return fault.New(fault.Conflict, "Lượt tiếp này đã chuyển cơ quan khác trong hệ thống: cơ quan ấy vào sổ đơn khi xác nhận đã nhận.")
	case slices.ContainsFunc(e.Carried, func(h ledger.Head) bool { return h.Kind == letterKind && h.State != ledger.Void }):
		return fault.New(fault.Conflict, "Đã có đơn lập từ lượt tiếp này. Hãy mở đơn ở trang lượt tiếp.")
	}
	return nil
}
