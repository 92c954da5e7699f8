package model

import (
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/fault"
)

// State is where a model stands on a day.
type State string

// The states of a model, in the order of its life. A group is Registered (founded) until it is Ended.
const (
	Registered  State = "registered"
	Checked     State = "checked"
	Effective   State = "effective"
	Ineffective State = "ineffective"
	Recognised  State = "recognised"
	Replicated  State = "replicated"
	Ended       State = "ended"
)

// States are all states, in order.
var States = []State{Registered, Checked, Effective, Ineffective, Recognised, Replicated, Ended}

// State says where the model stands on a day: days after it have not come.
func (m *Model) State(today civil.Date) State {
	came := func(d civil.Date) bool { return d != 0 && d <= today }
	switch {
	case came(m.EndedOn):
		return Ended
	case came(m.IneffectiveOn) && m.IneffectiveOn > m.EffectiveOn && m.IneffectiveOn > m.RecognisedOn:
		return Ineffective
	case came(m.ReplicatedOn) || m.replicatedBy(today):
		return Replicated
	case came(m.RecognisedOn):
		return Recognised
	case came(m.EffectiveOn):
		return Effective
	case came(m.CheckedOn):
		return Checked
	}
	return Registered
}

func (m *Model) replicatedBy(today civil.Date) bool {
	for _, r := range m.Replicas {
		if r.Day <= today {
			return true
		}
	}
	return false
}

// Seen is the last day on which somebody saw the model at work: its newest evidence, or a check, an assessment or a
// recognition, for these look at it too; the day of registration where there was nothing since.
func (m *Model) Seen(today civil.Date) civil.Date {
	last := m.Day
	for _, d := range []civil.Date{m.CheckedOn, m.EffectiveOn, m.RecognisedOn, m.TypicalOn, m.EvidenceOn(today)} {
		if d <= today {
			last = max(last, d)
		}
	}
	return last
}

// EvidenceOn is the day of the newest evidence, 0 for none.
func (m *Model) EvidenceOn(today civil.Date) civil.Date {
	var last civil.Date
	if m.LastEvidenceOn <= today {
		last = m.LastEvidenceOn
	}
	for _, e := range m.Evidence {
		if e.Day <= today {
			last = max(last, e.Day)
		}
	}
	return last
}

// Stale reports whether a model that has not ended was not seen at work for longer than so many days.
func (m *Model) Stale(today civil.Date, days int) bool {
	return m.State(today) != Ended && m.Seen(today).DaysUntil(today) > days
}

// Open reports whether everybody may read of it on the public pages: a model from its recognition on, a group from the
// beginning, unless its body says otherwise.
func (m *Model) Open(today civil.Date) bool {
	switch m.Public {
	case Yes:
		return true
	case No:
		return false
	}
	return m.IsGroup() || m.RecognisedOn != 0 && m.RecognisedOn <= today
}

// Act is what is done to a model.
type Act string

// The acts, by the words of their forms.
const (
	Check     Act = "tham-dinh"
	Assess    Act = "danh-gia"
	Recognise Act = "cong-nhan"
	Typify    Act = "tieu-bieu"
	Replicate Act = "nhan-rong"
	Prove     Act = "minh-chung"
	End       Act = "dung"
	Resume    Act = "chay-lai"
)

// Next are the acts that may follow now; the first is what usually does.
func (m *Model) Next(today civil.Date) []Act {
	st := m.State(today)
	if st == Ended {
		return []Act{Resume}
	}
	if m.IsGroup() {
		return []Act{Prove, End}
	}
	switch st {
	case Registered:
		return []Act{Check, Prove, End}
	case Checked:
		return []Act{Assess, Check, Prove, End}
	case Effective:
		return []Act{Recognise, Replicate, Assess, Typify, Prove, End}
	case Ineffective:
		return []Act{Check, Assess, Prove, End}
	case Recognised:
		return []Act{Replicate, Typify, Prove, Assess, End}
	}
	return []Act{Prove, Replicate, Typify, Assess, End}
}

// May refuses an act that does not follow from where the model stands, or on a day on which it could not be done.
func (m *Model) May(act Act, day, today civil.Date) error {
	found := false
	for _, a := range m.Next(today) {
		found = found || a == act
	}
	if !found {
		return fault.New(fault.Conflict, whyNot(act, m.State(today)))
	}
	if act == Resume {
		return nil
	}
	if day > today {
		return fault.Newf(fault.Invalid, "Ngày %s chưa tới: chỉ ghi việc đã làm.", day.Vi())
	}
	if first, what := m.notBefore(act); day < first {
		return fault.Newf(fault.Invalid, "Ngày %s trước %s (%s). Hãy xem lại ngày.", day.Vi(), what, first.Vi())
	}
	return nil
}

// notBefore is the first day on which an act can be: that of what it follows.
func (m *Model) notBefore(act Act) (civil.Date, string) {
	day, what := m.Day, "ngày đăng ký"
	if m.IsGroup() {
		what = "ngày thành lập"
	}
	later := func(d civil.Date, name string) {
		if d > day {
			day, what = d, name
		}
	}
	switch act {
	case Assess:
		later(m.CheckedOn, "ngày thẩm định")
	case Recognise, Typify, Replicate:
		later(m.EffectiveOn, "ngày đánh giá có hiệu quả")
	case End:
		later(m.RecognisedOn, "ngày công nhận")
	}
	return day, what
}

func whyNot(act Act, st State) string {
	switch {
	case st == Ended:
		return "Mô hình đã dừng nên không ghi thêm được. Nếu ghi nhầm, hãy bỏ việc dừng trước."
	case act == Resume:
		return "Mô hình chưa dừng."
	case act == Check || act == Assess && st == Registered:
		return fmt.Sprintf("Mô hình đang ở bước “%s”: chưa thẩm định thì chưa đánh giá, đã đánh giá thì không thẩm định lại.", stateNames[st])
	case act == Recognise:
		return "Chỉ công nhận mô hình đã được đánh giá có hiệu quả và chưa được công nhận. Hãy ghi đánh giá trước."
	case act == Replicate:
		return "Chỉ nhân rộng mô hình đã được đánh giá có hiệu quả. Hãy ghi đánh giá trước."
	}
	return "Việc này không phù hợp với bước hiện nay của mô hình: " + stateNames[st] + "."
}

var stateNames = map[State]string{Registered: "mới đăng ký", Checked: "đã thẩm định", Effective: "có hiệu quả", Ineffective: "không hiệu quả", Recognised: "đã công nhận",
	Replicated: "đã nhân rộng", Ended: "đã dừng"}

// Step is something that happened to a model, for its history.
type Step struct {
	Act  string // registered, checked, effective, ineffective, recognised, typical, replicated, ended
	Day  civil.Date
	Text string // decision, reason
}

// Steps are what happened to the model until a day, oldest first.
func (m *Model) Steps(today civil.Date) []Step {
	all := []Step{{"registered", m.Day, ""}, {"checked", m.CheckedOn, m.CheckText}, {"effective", m.EffectiveOn, ""}, {"ineffective", m.IneffectiveOn, ""},
		{"recognised", m.RecognisedOn, m.RecognisedText}, {"typical", m.TypicalOn, ""}, {"replicated", m.ReplicatedOn, ""}, {"ended", m.EndedOn, m.EndedWhy}}
	var out []Step
	for _, s := range all {
		if s.Day == 0 || s.Day > today {
			continue
		}
		at := len(out)
		for at > 0 && out[at-1].Day > s.Day {
			at--
		}
		out = append(out[:at], append([]Step{s}, out[at:]...)...)
	}
	return out
}

// undone are the fields that an act set, by the step that shows it.
var undone = map[string][]string{
	"checked": {"checked_on", "check_text"}, "effective": {"effective_on"}, "ineffective": {"ineffective_on"},
	"recognised": {"recognised_on", "recognised_level", "recognised_text"}, "typical": {"typical_on", "typical_level"}, "ended": {"ended_on", "ended_why"},
}

// Undo is the step that may be taken back: the last one that an act set; "" where there is none. fields are emptied by it.
// A replication is taken back by voiding the replica.
func (m *Model) Undo(today civil.Date) (step string, fields []string) {
	steps := m.Steps(today)
	for i := len(steps) - 1; i >= 0; i-- {
		if f := undone[steps[i].Act]; f != nil {
			return steps[i].Act, f
		}
	}
	return "", nil
}
