package catalog

import (
	"fmt"
	"slices"

	"danvan/internal/civil"
)

// PetitionAct is what the law says of one act in a procedure: whether there is such an act, by which article, since
// when, on which grounds. In which order acts follow is package petition's.
type PetitionAct struct {
	Pos        `json:"-"`
	Code       string     `json:"code" need:"true" code:"true"`
	Procedures []string   `json:"procedures" need:"true" doc:"Mã các thủ tục"`
	Act        string     `json:"act" need:"true" doc:"Mã bước trong danh sách petition_steps"`
	Article    string     `json:"article" need:"true" doc:"Điều khoản"`
	Verified   bool       `json:"verified,omitempty"`
	Grounds    []string   `json:"grounds,omitempty" doc:"Căn cứ được chọn, mã trong danh sách petition_grounds; bỏ trống là không hỏi"`
	Scopes     []string   `json:"scopes,omitempty" doc:"withdrawn: được rút toàn bộ (whole), một phần (part)"`
	Before     string     `json:"before,omitempty" doc:"Việc này phải có trước việc kia"`
	From       civil.Date `json:"from,omitempty"`
	Until      civil.Date `json:"until,omitempty"`
	Note       string     `json:"note,omitempty"`
}

// InForce reports whether the act is there on a day.
func (a *PetitionAct) InForce(d civil.Date) bool {
	return a.From <= d && (a.Until == 0 || d < a.Until)
}

func (e *Edition) checkPetitionActs(ps *problems) {
	for _, a := range e.PetitionActs {
		where := "việc " + a.Code
		for _, p := range a.Procedures {
			if e.procedures[p] == nil {
				ps.add(a.Key("procedures"), fmt.Sprintf("%s dùng thủ tục không có: %q", where, p), "Hãy sửa mã")
			}
		}
		e.checkListed(a, "act", "petition_steps", []string{a.Act}, ps)
		e.checkListed(a, "grounds", "petition_grounds", a.Grounds, ps)
		e.checkListed(a, "scopes", "withdrawals", a.Scopes, ps)
		if a.Before != "" {
			e.checkListed(a, "before", "petition_steps", []string{a.Before}, ps)
		}
		if a.From != 0 && a.Until != 0 && a.Until <= a.From {
			ps.add(a.Key("until"), where+" hết hiệu lực trước khi có hiệu lực", "Hãy sửa from hoặc until")
		}
	}
}

// checkListed checks that codes are options of a list.
func (e *Edition) checkListed(a *PetitionAct, key, list string, codes []string, ps *problems) {
	l := e.lists[list]
	for _, code := range codes {
		if l == nil || !slices.ContainsFunc(l.Options, func(o *Option) bool { return o.Code == code }) {
			ps.add(a.Key(key), fmt.Sprintf("việc %s: danh sách %s không có %q", a.Code, list, code), "Hãy sửa mã")
		}
	}
}
