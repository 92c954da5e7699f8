package petition

import (
	"fmt"
	"slices"

	"danvan/internal/civil"
)

// Stage is how far a case has come.
type Stage string

// The stages. The first six are open: the office still owes something. Split is open until all parts are settled.
const (
	Received    Stage = "received"
	Classified  Stage = "classified"
	Split       Stage = "split"
	Accepted    Stage = "accepted"
	Verifying   Stage = "verifying"
	Verified    Stage = "verified"
	Settled     Stage = "settled"
	Enforced    Stage = "enforced"
	Transferred Stage = "transferred"
	Guided      Stage = "guided"
	Returned    Stage = "returned"
	Refused     Stage = "refused"
	Filed       Stage = "filed"
	Withdrawn   Stage = "withdrawn"
	Terminated  Stage = "terminated"
)

// stageNames are what pages call the stages.
var stageNames = map[Stage]string{
	Received: "Mới tiếp nhận", Classified: "Đã phân loại", Split: "Đã tách nội dung", Accepted: "Đã thụ lý",
	Verifying: "Đang xác minh", Verified: "Đã có báo cáo xác minh", Settled: "Đã giải quyết", Enforced: "Đã thi hành xong",
	Transferred: "Đã chuyển cơ quan khác", Guided: "Đã hướng dẫn", Returned: "Đã trả lại đơn", Refused: "Không thụ lý",
	Filed: "Đã lưu đơn", Withdrawn: "Đã rút đơn", Terminated: "Đã đình chỉ",
}

// Name is what pages call the stage.
func (s Stage) Name() string { return stageNames[s] }

var (
	fresh   = []Stage{Received, Classified}
	working = []Stage{Accepted, Verifying, Verified}
	open    = []Stage{Received, Classified, Split, Accepted, Verifying, Verified}
	ended   = []Stage{Settled, Enforced, Terminated}
)

// State is where a case stands after its steps.
type State struct {
	Stage     Stage
	Since     civil.Date // the day of the step that led here
	Suspended bool
	Withdrawn bool // withdrawn as a whole after acceptance: the decision that ends the settlement is still to come
	Times     map[string]int

	before Stage // where the case stood when it was withdrawn
}

// Open reports whether the office still has to settle the case: then a clock runs, or a pause with its ground lasts.
func (s State) Open() bool { return slices.Contains(open, s.Stage) }

// Name is the state in words.
func (s State) Name() string {
	switch {
	case s.Suspended:
		return "Tạm đình chỉ"
	case s.Withdrawn && s.Open():
		return "Đã rút đơn, chờ quyết định"
	}
	return s.Stage.Name()
}

// State replays the steps. Steps that no law allows are passed over: Lawful names them.
func (c *Case) State() State {
	st, _ := replay(c)
	return st
}

// unlawful is a step that may not stand where it stands.
type unlawful struct {
	row int // of Case.Steps
	say string
}

// replay walks through the steps and gives the state after them with what no office may have done.
func replay(c *Case) (State, []unlawful) {
	st := State{Stage: Received, Since: c.Received, Times: map[string]int{}}
	var wrong []unlawful
	for i, s := range c.Steps {
		next, say := st.after(c, s)
		if say != "" {
			wrong = append(wrong, unlawful{i, say})
			continue
		}
		st = next
	}
	return st, wrong
}

// after is the state after one more step, or why it may not come now.
func (s State) after(c *Case, step Step) (State, string) {
	r := ruleOf(step.Act)
	switch {
	case r == nil:
		return s, fmt.Sprintf("Không có bước xử lý %q.", step.Act)
	case !r.fits(c.Class):
		return s, fmt.Sprintf("%s không có trong thủ tục của loại đơn này.", r.name)
	case s.Suspended && !slices.Contains(whileSuspended, step.Act):
		return s, r.name + " chưa làm được khi vụ việc đang tạm đình chỉ: hãy ghi bước tiếp tục giải quyết trước."
	case r.once && s.Times[step.Act] > 0:
		return s, r.name + " chỉ làm một lần; bước này đã có rồi."
	case !s.from(r, step, c):
		return s, fmt.Sprintf("%s không làm được khi hồ sơ ở trạng thái “%s”. %s", r.name, s.Name(), r.want)
	}
	return s.moved(r, step, c), ""
}

// from reports whether the rule may follow on the stage.
func (s State) from(r *rule, step Step, c *Case) bool {
	switch {
	case step.Act == "reopened":
		return s.Stage == Withdrawn || s.Withdrawn && (s.Stage == Terminated || s.Open())
	case step.Act == "resumed":
		return s.Suspended
	case s.Withdrawn && c.Class != "denunciation" && s.Open():
		return step.Act == "terminated" || step.Act == "urged"
	case step.Implied && s.Stage == Split: // what its parts came to
		return slices.Contains(r.from, Classified)
	case step.Implied && settles(step.Act):
		return slices.Contains(working, s.Stage) || slices.Contains(r.from, s.Stage)
	}
	return slices.Contains(r.from, s.Stage)
}

// moved is the state after a step that may come.
func (s State) moved(r *rule, step Step, c *Case) State {
	times := make(map[string]int, len(s.Times)+1)
	for k, n := range s.Times {
		times[k] = n
	}
	times[step.Act]++
	s.Times = times
	switch step.Act {
	case "suspended":
		s.Suspended = true
	case "resumed":
		s.Suspended = false
	case "withdrawn":
		return s.withdraw(step, c)
	case "reopened":
		s.Stage, s.Withdrawn, s.Since = s.before, false, step.On
		return s
	}
	if r.to != "" && r.to != s.Stage {
		s.Stage, s.Since = r.to, step.On
	}
	if r.to != "" {
		s.Suspended = false
	}
	return s
}

// withdraw ends a case that was not yet accepted, and proposals and reflections at any time. A complaint or denunciation
// under settlement waits for the decision that ends it; a withdrawal in part changes nothing of what is left.
func (s State) withdraw(step Step, c *Case) State {
	if step.Scope == "part" {
		return s
	}
	s.before, s.Withdrawn = s.Stage, true
	if !slices.Contains(working, s.Stage) || c.Class == "proposal" || c.Class == "reflection" || c.Class == "mixed" {
		s.Stage, s.Since, s.Suspended = Withdrawn, step.On, false
	}
	return s
}
