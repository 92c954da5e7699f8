package petition

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Act is one official act on a case as it is handed in.
type Act struct {
	Act        string // of petition_steps
	On         civil.Date
	Document   string // number of the document
	DocumentOn civil.Date
	Article    string
	Signer     string // post, no name
	Ground     string
	Scope      string // whole, part
	Days       int    // of an extension
	Until      civil.Date
	Body       string
	Unit       org.UnitID // transferred to a body in the system, which is to confirm
	Outcome    string
	Due        civil.Date     // what the act had to keep, 0 where nothing was due
	Set        map[string]any // further fields of the entry: class, field, eligible, competence, results
}

// Choice is an act that may be done now, with what the law says of it.
type Choice struct {
	Act      string
	Name     string
	Needs    []string
	Article  string
	Verified bool
	Grounds  []string
	Scopes   []string
	Note     string
}

// Wants reports whether the act asks for a datum.
func (c Choice) Wants(need string) bool { return slices.Contains(c.Needs, need) }

// Allowed are the acts that may come next on a case on a day, in the order of a case's course.
func (l Law) Allowed(c *Case, day civil.Date) []Choice {
	if c.Void {
		return nil
	}
	st := c.State()
	var out []Choice
	for i := range rulesOf {
		r := &rulesOf[i]
		if r.act == "received" || c.bySplit(r.act) {
			continue
		}
		step := Step{Act: r.act, On: day, Scope: "whole"}
		if _, say := st.after(c, step); say != "" || l.forbids(c, step) != "" || l.tooEarly(c, r.act, day) != "" {
			continue
		}
		if r.act == "sent" && st.Times["sent"] > 0 {
			continue // sent is sent; further letters may still be recorded by an import
		}
		if r.act == "extended" && l.tooLong(c, Act{Act: r.act, On: day}) != "" {
			continue
		}
		out = append(out, l.choice(c, r, day))
	}
	return out
}

func (l Law) choice(c *Case, r *rule, day civil.Date) Choice {
	out := Choice{Act: r.act, Name: r.name, Needs: r.needs}
	if a, _ := l.Rule(c, r.act, day); a != nil {
		out.Article, out.Verified, out.Grounds, out.Scopes, out.Note = a.Article, a.Verified, a.Grounds, a.Scopes, a.Note
	}
	return out
}

// bySplit reports whether an act follows from the parts of a letter that was split, so that nobody records it on the
// letter itself.
func (c *Case) bySplit(act string) bool {
	return len(c.Parts) > 0 && (act == "accepted" || settles(act))
}

// Check says why an act may not be recorded on a case on a day, "" where it may.
func (l Law) Check(c *Case, a Act, today civil.Date) []Problem {
	r := ruleOf(a.Act)
	if r == nil {
		return []Problem{{"act", "Không có bước xử lý này. Hãy mở lại trang hồ sơ và chọn việc được làm."}}
	}
	out := a.missing(r)
	switch {
	case a.On == 0:
	case a.On > today:
		out = append(out, Problem{"on", "Ngày " + a.On.Vi() + " chưa tới. Hãy sửa lại ngày."})
	case a.On < c.Last():
		out = append(out, Problem{"on", fmt.Sprintf("Ngày %s đứng trước bước gần nhất (%s). Hãy sửa lại ngày, hoặc bỏ bước ghi nhầm.", a.On.Vi(), c.Last().Vi())})
	case a.DocumentOn > today:
		out = append(out, Problem{"document_on", "Ngày văn bản " + a.DocumentOn.Vi() + " chưa tới. Hãy sửa lại ngày."})
	case a.DocumentOn != 0 && a.DocumentOn < c.Received && a.Act != "withdrawn":
		out = append(out, Problem{"document_on", "Ngày văn bản " + a.DocumentOn.Vi() + " trước ngày nhận đơn. Hãy sửa lại ngày."})
	}
	if _, say := c.State().after(c, a.step()); say != "" {
		out = append(out, Problem{"act", say})
	}
	for _, say := range []string{l.forbids(c, a.step()), l.tooEarly(c, a.Act, a.On), l.tooLong(c, a)} {
		if say != "" {
			out = append(out, Problem{l.about(a), say})
		}
	}
	return out
}

// about is the datum of an act that the catalogue narrows.
func (l Law) about(a Act) string {
	switch a.Act {
	case "extended":
		return "days"
	case "withdrawn":
		return "scope"
	}
	return "act"
}

// missing are the data that the act asks for and that are not there.
func (a Act) missing(r *rule) []Problem {
	var out []Problem
	ask := func(need, field string, there bool, say string) {
		if !there && (need == "" || r.wants(need)) {
			out = append(out, Problem{field, say})
		}
	}
	ask("", "on", a.On != 0, "Hãy ghi ngày thực hiện.")
	ask(needDocument, "document", strings.TrimSpace(a.Document) != "", "Hãy ghi số văn bản.")
	ask(needDocument, "document_on", a.DocumentOn != 0, "Hãy ghi ngày văn bản.")
	ask(needSigner, "signer", strings.TrimSpace(a.Signer) != "", "Hãy ghi chức vụ người ký.")
	ask(needGround, "ground", a.Ground != "", "Hãy chọn căn cứ.")
	ask(needScope, "scope", a.Scope != "", "Hãy chọn rút toàn bộ hay một phần.")
	ask(needDays, "days", a.Days > 0, "Hãy ghi số ngày gia hạn.")
	ask(needBody, "body", strings.TrimSpace(a.Body) != "", "Hãy ghi cơ quan, đơn vị.")
	ask(needOutcome, "outcome", a.Outcome != "", "Hãy chọn kết quả.")
	return out
}

func (a Act) step() Step {
	return Step{Act: a.Act, On: a.On, Document: a.Document, DocumentOn: a.DocumentOn, Article: a.Article, Signer: a.Signer,
		Ground: a.Ground, Scope: a.Scope, Days: a.Days, Until: a.Until, Body: a.Body, Due: a.Due}
}

// dateField is the entry's own day that an act sets.
var dateField = map[string]string{
	"accepted": "accepted_on", "refused": "refused_on", "transferred": "transferred_on", "guided": "guided_on",
	"returned": "guided_on", "suspended": "suspended_on", "resumed": "resumed_on", "terminated": "terminated_on",
	"withdrawn": "withdrawn_on", "decided": "settled_on", "concluded": "settled_on", "answered": "settled_on",
	"published": "published_on", "enforced": "enforced_on", "filed": "filed_on",
}

// changes are the fields of the entry that the act sets.
func (a Act) changes(c *Case) map[string]any {
	out := maps.Clone(a.Set)
	if out == nil {
		out = map[string]any{}
	}
	out["steps"] = append(rowsOf(c), a.row())
	if f := dateField[a.Act]; f != "" {
		out[f] = a.On.String()
	}
	put := func(code, v string) {
		if v != "" {
			out[code] = v
		}
	}
	put("outcome", a.Outcome)
	switch a.Act {
	case "accepted":
		if c.Competence == "" {
			out["competence"] = "own"
		}
		if c.Eligible == "" {
			out["eligible"] = "eligible"
		}
		if c.Round == "" && c.Class == "complaint" {
			out["round"] = "first"
		}
	case "transferred":
		put("transferred_to", a.Body)
		if c.Competence == "" || c.Competence == "own" {
			out["competence"] = "other"
		}
	case "withdrawn":
		put("withdrawal", a.Scope)
	case "suspended":
		out["resumed_on"] = nil
	case "reopened":
		out["withdrawn_on"], out["withdrawal"], out["terminated_on"] = nil, nil, nil
		if c.Outcome == "withdrawn" || c.Outcome == "terminated" {
			out["outcome"] = nil
		}
	}
	return out
}

// row is the step as a row of the entry.
func (a Act) row() map[string]any {
	row := map[string]any{"act": a.Act, "on": a.On.String()}
	text := func(code, v string) {
		if v = strings.TrimSpace(v); v != "" {
			row[code] = v
		}
	}
	date := func(code string, d civil.Date) {
		if d != 0 {
			row[code] = d.String()
		}
	}
	text("document", a.Document)
	date("document_on", a.DocumentOn)
	text("article", a.Article)
	text("signer_post", a.Signer)
	text("ground", a.Ground)
	text("scope", a.Scope)
	text("body", a.Body)
	date("until", a.Until)
	date("due", a.Due)
	if a.Days > 0 {
		row["days"] = int64(a.Days)
	}
	return row
}

// rowsOf are the steps that stand in the entry, as the ledger takes them back.
func rowsOf(c *Case) []any { return plainRows(c.Values.Rows("steps")) }

func plainRows(rows []catalog.Values) []any {
	var out []any
	for _, row := range rows {
		m := make(map[string]any, len(row))
		for code, v := range row {
			m[code] = plain(v)
		}
		out = append(out, m)
	}
	return out
}

// plain is a value as a form would hand it in.
func plain(v any) any {
	switch v := v.(type) {
	case catalog.Decimal:
		return v.String()
	case fmt.Stringer: // json.Number
		return v.String()
	}
	return v
}

// refusal is the problems as one fault.
func refusal(ps []Problem) error {
	if len(ps) == 0 {
		return nil
	}
	says := make([]string, len(ps))
	for i, p := range ps {
		says[i] = p.Say
	}
	return fault.Wrap(Problems(ps), fault.Invalid, strings.Join(says, " "))
}

// Problems are all that keeps an act from being recorded. As an error it is a fault of kind Invalid.
type Problems []Problem

func (ps Problems) Error() string {
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = p.Field + ": " + p.Say
	}
	return strings.Join(parts, "; ")
}
