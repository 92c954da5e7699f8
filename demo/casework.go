package demo

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// course is the way of one case through an office, as it is being invented: what stands in its entry.
type course struct {
	w      *world
	r      *rand.Rand
	key    string
	carry  string // of a part: the key of its letter
	unit   org.UnitID
	class  string
	fields map[string]any
	steps  []map[string]any
	parts  []*course // of a letter of several contents
}

// more is what a step says besides its act and day.
type more map[string]any

// step adds one act, unless its day lies ahead. The document gets its number when all of them are known, so that the
// numbers of a body follow its days.
func (c *course) step(act string, on civil.Date, with more) bool {
	if on == 0 || on > c.w.spec.Today {
		return false
	}
	row := map[string]any{"act": act, "on": on.String()}
	maps.Copy(row, with)
	if p, ok := documents[act]; ok && (on >= toldInFull || act == "extended") {
		if _, given := row["document"]; !given {
			row["document_on"] = on.String()
			if article := c.w.article(c.class, c.round(), act, on); article != "" {
				row["article"] = article
			}
			if slices.Contains(signed, act) {
				row["signer_post"] = c.w.headOf(c.unit, on)
			}
			c.w.papers = append(c.w.papers, paper{c.unit, on, p.name, p.mark + "-" + c.w.abbreviation(c.unit), row})
		}
	}
	c.steps = append(c.steps, row)
	return true
}

// toldInFull is from when cases have their documents; before, the books tell days alone.
const toldInFull civil.Date = 20150101

// signed are the acts whose document names the post that signed it.
var signed = []string{"accepted", "refused", "assigned", "extended", "suspended", "resumed", "terminated", "concluded", "decided", "answered"}

func (c *course) round() string { return fmt.Sprint(cmp.Or(c.fields["round"], any("first"))) }

func (c *course) set(with map[string]any) { maps.Copy(c.fields, with) }

// done puts the steps into the fields, in the order of their days.
func (c *course) done() {
	slices.SortStableFunc(c.steps, func(a, b map[string]any) int { return cmp.Compare(a["on"].(string), b["on"].(string)) })
	rows := make([]any, len(c.steps))
	for i, s := range c.steps {
		rows[i] = s
	}
	c.fields["steps"] = rows
}

// draft is the case recorded at once, or as it went: received, taken on, ended.
func (c *course) draft(day civil.Date) ledger.Draft {
	c.done()
	return ledger.Draft{Key: c.key, Kind: c.kind(), Carries: c.carry, Unit: c.w.ref(c.unit), Day: day, Actor: "demo", Fields: c.fields}
}

func (c *course) kind() string {
	if c.carry != "" {
		return "petition_part"
	}
	return "petition_letter"
}

// filed puts the letter away.
func (c *course) filed(day civil.Date) {
	if c.w.cat.Latest().Kind("petition_letter").Field("filed_on") != nil {
		c.fields["filed_on"] = day.String()
	}
}

// early are the fields that are known when a letter comes in.
var early = []string{"code", "number", "class", "field", "received_on", "channel", "level", "joint_letter", "remote", "repeated", "respondent", "earlier"}

// ended are the fields that only the end of a case brings.
var ended = []string{"settled_on", "outcome", "published_on", "enforced_on", "recovered_money", "recovered_land", "returned_money", "returned_land",
	"protected_persons", "handled_persons", "handled_organisations", "investigated_cases", "investigated_persons", "terminated_on", "withdrawn_on", "withdrawal", "enforcement"}

// asItWent splits the draft into versions: what was known on the first day, when the letter was taken on, in the end.
func (c *course) asItWent(d ledger.Draft, who func(stage int, day civil.Date) string) ledger.Draft {
	accepted, _ := civil.ParseDate(fmt.Sprint(d.Fields["accepted_on"]))
	if accepted == 0 {
		return d
	}
	var first, second []any
	var last civil.Date
	for _, s := range d.Fields["steps"].([]any) {
		row := s.(map[string]any)
		on := civil.MustDate(row["on"].(string))
		if len(first) == len(second) && (row["act"] == "received" || row["act"] == "classified") {
			first = append(first, s)
		}
		if on <= accepted {
			second = append(second, s)
		}
		last = max(last, on)
	}
	begin, middle, end := map[string]any{"steps": first}, map[string]any{"steps": second}, map[string]any{"steps": d.Fields["steps"]}
	for code, v := range d.Fields {
		switch {
		case code == "steps":
		case slices.Contains(early, code):
			begin[code] = v
		case slices.Contains(ended, code):
			end[code] = v
		default:
			middle[code] = v
		}
	}
	received := civil.MustDate(fmt.Sprint(d.Fields["received_on"]))
	d.Fields, d.At, d.Actor = begin, office(c.r, received), who(0, received)
	step := amend(middle, "Thụ lý đơn", office(c.r, max(accepted, received)))
	step.Actor = who(1, accepted)
	d.Then = append(d.Then, step)
	if len(d.Then[0].Set["steps"].([]any)) < len(end["steps"].([]any)) || len(end) > 1 {
		step := amend(end, "Ghi kết quả xử lý", office(c.r, max(last, accepted)))
		step.Actor = who(2, last)
		d.Then = append(d.Then, step)
	}
	return d
}

// paper is a document that waits for its number.
type paper struct {
	unit  org.UnitID
	on    civil.Date
	title string // "Quyết định"
	mark  string // "QĐ-UBND"
	row   map[string]any
}

// numberPapers gives every document its number within its body, year and kind, in the order of the days.
func (w *world) numberPapers() {
	slices.SortStableFunc(w.papers, func(a, b paper) int { return cmp.Compare(a.on, b.on) })
	next := map[string]int{}
	for _, p := range w.papers {
		book := fmt.Sprint(p.unit, "/", p.on.Year(), "/", p.mark)
		next[book] += 1 + int(uint32(p.on)*2654435761>>29)%3 // a body writes other papers too
		p.row["document"] = fmt.Sprintf("%s số %02d/%s", p.title, next[book], p.mark)
	}
	w.papers = nil
}

// abbreviation is how a body signs: UBND, SNNMT.
func (w *world) abbreviation(id org.UnitID) string {
	code := w.ref(id)
	if i := strings.LastIndexByte(code, '.'); i >= 0 {
		return code[i+1:]
	}
	return "UBND"
}

// headOf is the post that signs for a body.
func (w *world) headOf(id org.UnitID, on civil.Date) string {
	switch w.tree.Unit(id).SpanOn(on).Level {
	case org.Commune:
		return "Chủ tịch Ủy ban nhân dân xã"
	case org.District:
		return "Chủ tịch Ủy ban nhân dân huyện"
	}
	return "Giám đốc"
}
