package petition

import "strings"

// rule is one act: for which classes it exists, what must be before it, where it leads.
type rule struct {
	act     string
	name    string
	classes string // first letters: complaint, denunciation, proposal, reflection, mixed
	from    []Stage
	to      Stage // "" stays where it was
	once    bool
	want    string // what to do first
	needs   []string
}

// Data that an act asks for. Do refuses an act without them; books that were imported may lack them.
const (
	needDocument = "document" // number and date
	needSigner   = "signer"
	needGround   = "ground"
	needArticle  = "article"
	needScope    = "scope"
	needDays     = "days"
	needUntil    = "until"
	needBody     = "body"
	needOutcome  = "outcome"
	needClass    = "class" // class, field, eligible, competence
)

// whileSuspended are the acts that may come while the settlement rests.
var whileSuspended = []string{"resumed", "terminated", "withdrawn", "urged"}

const (
	wantFresh    = "Chỉ làm trước khi thụ lý, chuyển, hướng dẫn hoặc trả đơn."
	wantAccepted = "Hãy ghi bước thụ lý trước."
	wantSettled  = "Hãy ghi quyết định, kết luận hoặc văn bản trả lời trước."
)

// rulesOf are all acts in the order of a case's course.
var rulesOf = []rule{
	{act: "received", name: "Tiếp nhận", classes: "cdprm", from: []Stage{Received}, once: true},
	{act: "classified", name: "Phân loại", classes: "cdprm", from: fresh, to: Classified, want: wantFresh, needs: []string{needClass}},
	{act: "split", name: "Tách nội dung", classes: "m", from: fresh, to: Split, once: true, want: wantFresh},
	{act: "accepted", name: "Thụ lý", classes: "cdprm", from: []Stage{Received, Classified, Split}, to: Accepted, want: wantFresh, needs: []string{needDocument, needSigner}},
	{act: "refused", name: "Không thụ lý", classes: "cdprm", from: fresh, to: Refused, want: wantFresh, needs: []string{needDocument, needGround, needSigner}},
	{act: "transferred", name: "Chuyển đơn", classes: "cdprm", from: fresh, to: Transferred, once: true, want: "Đơn cùng nội dung chỉ chuyển một lần, trước khi thụ lý.", needs: []string{needDocument, needBody}},
	{act: "guided", name: "Hướng dẫn", classes: "cdprm", from: fresh, to: Guided, want: wantFresh},
	{act: "returned", name: "Trả lại đơn", classes: "cprm", from: fresh, to: Returned, want: wantFresh, needs: []string{needDocument}},
	{act: "filed", name: "Lưu đơn", classes: "cdprm", from: fresh, to: Filed, want: wantFresh},
	{act: "receipt", name: "Xác nhận đã nhận đơn chuyển", classes: "cdprm", from: []Stage{Transferred}, once: true, want: "Hãy ghi bước chuyển đơn trước.", needs: []string{needDocument}},
	{act: "notified", name: "Thông báo thụ lý", classes: "cd", from: working, once: true, want: wantAccepted, needs: []string{needDocument}},
	{act: "assigned", name: "Giao xác minh", classes: "cdprm", from: []Stage{Accepted, Verifying, Verified}, to: Verifying, want: wantAccepted, needs: []string{needDocument, needSigner, needBody}},
	{act: "verified", name: "Báo cáo xác minh", classes: "cdprm", from: []Stage{Accepted, Verifying}, to: Verified, want: wantAccepted, needs: []string{needDocument}},
	{act: "dialogue", name: "Đối thoại", classes: "cprm", from: working, want: wantAccepted, needs: []string{needDocument}},
	{act: "extended", name: "Gia hạn", classes: "d", from: working, want: wantAccepted, needs: []string{needDocument, needSigner, needDays}},
	{act: "suspended", name: "Tạm đình chỉ", classes: "cd", from: working, want: wantAccepted, needs: []string{needDocument, needSigner, needGround}},
	{act: "resumed", name: "Tiếp tục giải quyết", classes: "cd", from: working, want: "Chỉ làm khi đang tạm đình chỉ.", needs: []string{needDocument, needSigner}},
	{act: "withdrawn", name: "Rút đơn", classes: "cdprm", from: []Stage{Received, Classified, Accepted, Verifying, Verified}, want: "Đơn đã giải quyết xong hoặc đã kết thúc thì không rút được nữa.", needs: []string{needDocument, needScope}},
	{act: "reopened", name: "Mở lại nội dung đã rút", classes: "cd", want: "Chỉ mở lại nội dung đã rút toàn bộ do bị ép buộc.", needs: []string{needDocument, needGround, needSigner}},
	{act: "terminated", name: "Đình chỉ", classes: "cd", from: working, to: Terminated, want: wantAccepted, needs: []string{needDocument, needSigner, needGround}},
	{act: "concluded", name: "Kết luận nội dung tố cáo", classes: "d", from: []Stage{Verified}, to: Settled, once: true, want: "Hãy ghi báo cáo xác minh trước.", needs: []string{needDocument, needSigner, needOutcome}},
	{act: "decided", name: "Quyết định giải quyết", classes: "c", from: working, to: Settled, once: true, want: wantAccepted, needs: []string{needDocument, needSigner, needOutcome}},
	{act: "answered", name: "Trả lời", classes: "prm", from: []Stage{Received, Classified, Accepted, Verifying, Verified}, to: Settled, once: true, want: wantFresh, needs: []string{needDocument, needSigner, needOutcome}},
	{act: "sent", name: "Gửi quyết định, kết luận", classes: "cd", from: ended, want: wantSettled, needs: []string{needDocument}},
	{act: "acted", name: "Xử lý theo kết luận", classes: "d", from: []Stage{Settled}, once: true, want: wantSettled, needs: []string{needDocument}},
	{act: "published", name: "Công khai", classes: "cdprm", from: []Stage{Settled, Enforced}, once: true, want: wantSettled},
	{act: "enforcing", name: "Tổ chức thi hành", classes: "cdprm", from: []Stage{Settled}, want: wantSettled, needs: []string{needDocument}},
	{act: "enforced", name: "Thi hành xong", classes: "cdprm", from: []Stage{Settled}, to: Enforced, once: true, want: wantSettled, needs: []string{needDocument}},
	{act: "urged", name: "Đôn đốc", classes: "cdprm", from: []Stage{Received, Classified, Split, Accepted, Verifying, Verified, Transferred, Settled}, want: "Hồ sơ đã kết thúc."},
}

// ruleOf is the rule of an act, nil where there is none.
func ruleOf(act string) *rule {
	for i := range rulesOf {
		if rulesOf[i].act == act {
			return &rulesOf[i]
		}
	}
	return nil
}

// fits reports whether the act exists for a class.
func (r *rule) fits(class string) bool {
	return class != "" && strings.Contains(r.classes, class[:1])
}

func (r *rule) wants(need string) bool {
	for _, n := range r.needs {
		if n == need {
			return true
		}
	}
	return false
}
