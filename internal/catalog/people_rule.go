package catalog

import (
	"fmt"

	"danvan/internal/civil"
)

// PublicationRule is what the law says of one thing that must be published: by whom, how often or after which document,
// within which clock, in which forms, for how long. What became of it is package disclosure's.
type PublicationRule struct {
	Pos           `json:"-"`
	Code          string     `json:"code" need:"true" code:"true" doc:"Mã; tên ở danh sách publication_rules"`
	Item          string     `json:"item" need:"true" doc:"Mục trong danh sách publication_items"`
	Article       string     `json:"article" need:"true" doc:"Điều khoản"`
	Verified      bool       `json:"verified,omitempty"`
	By            []string   `json:"by" need:"true" doc:"Lớp đơn vị phải công khai"`
	Every         string     `json:"every" need:"true" enum:"quarter|half|year|document" doc:"Theo kỳ, hay mỗi khi có văn bản"`
	Clock         string     `json:"clock" need:"true" doc:"Thời hạn của thủ tục publication"`
	Forms         []string   `json:"forms,omitempty" doc:"Hình thức bắt buộc, mã trong danh sách publication_forms"`
	PostingDays   int        `json:"posting_days,omitempty" doc:"Niêm yết ít nhất bấy nhiêu ngày liên tục"`
	BroadcastDays int        `json:"broadcast_days,omitempty" doc:"Phát trên truyền thanh ít nhất bấy nhiêu ngày liên tiếp"`
	From          civil.Date `json:"from,omitempty"`
	Until         civil.Date `json:"until,omitempty" doc:"Ngày đầu tiên không còn hiệu lực"`
	Note          string     `json:"note,omitempty"`
}

// InForce reports whether the rule holds for what begins on a day.
func (r *PublicationRule) InForce(d civil.Date) bool {
	return r.From <= d && (r.Until == 0 || d < r.Until)
}

// DecisionRule is from how many households on a decision of a community holds.
type DecisionRule struct {
	Pos        `json:"-"`
	Code       string     `json:"code" need:"true" code:"true"`
	Subjects   []string   `json:"subjects" need:"true" doc:"Mã trong danh sách decision_subjects"`
	Article    string     `json:"article" need:"true" doc:"Điều khoản"`
	Verified   bool       `json:"verified,omitempty"`
	Of         string     `json:"of" need:"true" enum:"households|present" doc:"Tính trên tổng số hộ hay số hộ tham gia"`
	Numerator  int        `json:"numerator" need:"true" doc:"Tử số của tỷ lệ, ví dụ 2 của 2/3"`
	Over       int        `json:"over" need:"true" doc:"Mẫu số của tỷ lệ, ví dụ 3 của 2/3"`
	More       bool       `json:"more,omitempty" doc:"Phải hơn tỷ lệ (trên 50%), không phải từ tỷ lệ ấy trở lên"`
	Recognised bool       `json:"recognised,omitempty" doc:"Phải được cấp xã công nhận"`
	From       civil.Date `json:"from,omitempty"`
	Until      civil.Date `json:"until,omitempty" doc:"Ngày đầu tiên không còn hiệu lực"`
	Note       string     `json:"note,omitempty"`
}

// InForce reports whether the rule holds for a decision of a day.
func (r *DecisionRule) InForce(d civil.Date) bool {
	return r.From <= d && (r.Until == 0 || d < r.Until)
}

// PublicationProcedure is the procedure that holds the clocks of publications, decisions and supervision.
const PublicationProcedure = "publication"

// OptionName is the name of an option of a list; its code where there is none.
func (e *Edition) OptionName(list, code string) string {
	if l := e.lists[list]; l != nil {
		for _, o := range l.Options {
			if o.Code == code {
				return o.Name
			}
		}
	}
	return code
}

func (e *Edition) checkPeopleRules(ps *problems) {
	clocks := map[string]bool{}
	if p := e.procedures[PublicationProcedure]; p != nil {
		for _, c := range p.Clocks {
			clocks[c.Code] = true
		}
	}
	for _, r := range e.PublicationRules {
		where := "quy định công khai " + r.Code
		e.checkClasses(r.By, "by", r.Pos, ps)
		e.checkOptions(where, r.Key("code"), "publication_rules", []string{r.Code}, ps)
		e.checkOptions(where, r.Key("item"), "publication_items", []string{r.Item}, ps)
		e.checkOptions(where, r.Key("forms"), "publication_forms", r.Forms, ps)
		if !clocks[r.Clock] {
			ps.add(r.Key("clock"), fmt.Sprintf("%s dùng thời hạn không có trong thủ tục publication: %q", where, r.Clock), "Hãy sửa mã"+suggest(r.Clock, sortedKeys(clocks)))
		}
		if r.From != 0 && r.Until != 0 && r.Until <= r.From {
			ps.add(r.Key("until"), where+" hết hiệu lực trước khi có hiệu lực", "Hãy sửa from hoặc until")
		}
	}
	for i, r := range e.DecisionRules {
		where := "quy định quyết định " + r.Code
		e.checkOptions(where, r.Key("subjects"), "decision_subjects", r.Subjects, ps)
		if r.Numerator < 1 || r.Over < 1 || r.Numerator > r.Over {
			ps.add(r.Key("numerator"), where+": tỷ lệ phải lớn hơn 0 và không quá 1", "Hãy sửa numerator, over")
		}
		for _, o := range e.DecisionRules[:i] {
			for _, s := range o.Subjects {
				for _, t := range r.Subjects {
					if s == t && (o.Until == 0 || r.From < o.Until) && (r.Until == 0 || o.From < r.Until) {
						ps.add(r.Pos, fmt.Sprintf("%s và %s cùng hiệu lực cho %s", where, o.Code, s), "Hãy viết from, until để mỗi ngày chỉ một quy định có hiệu lực")
					}
				}
			}
		}
	}
}

// checkOptions checks that codes are options of a list.
func (e *Edition) checkOptions(where string, at Pos, list string, codes []string, ps *problems) {
	for _, code := range codes {
		found := false
		if l := e.lists[list]; l != nil {
			for _, o := range l.Options {
				found = found || o.Code == code
			}
		}
		if !found {
			ps.add(at, fmt.Sprintf("%s: danh sách %s không có %q", where, list, code), "Hãy sửa mã")
		}
	}
}
