package web

import (
	"strconv"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/petition"
)

// caseFact is one thing that the case says of itself, in words.
type caseFact struct{ Name, Value string }

// facts are the fields of the entry that say something, without steps and days, which stand elsewhere.
func (v *caseView) facts() []caseFact {
	var out []caseFact
	for _, code := range []string{"field", "channel", "eligible", "eligibility_article", "competence", "level", "round", "complexity", "respondent", "outcome", "transferred_to"} {
		f := v.Kind.Field(code)
		text := v.Case.Values.Text(code)
		if f == nil || text == "" {
			continue
		}
		if f.Type == catalog.Choice {
			text = choiceName(v.Kind, code, text)
		}
		out = append(out, caseFact{f.Name, text})
	}
	if v.AnonymousAllowed {
		out = append(out, caseFact{"Nặc danh", "được xử lý theo khoản 2 Điều 25 Luật Tố cáo"})
	}
	if v.Remote {
		out = append(out, caseFact{"Nơi xảy ra", "vùng sâu, vùng xa"})
	}
	return out
}

// resultLine is one thing to be enforced.
type resultLine struct {
	petition.Result
	Name string
	Late bool
}

// PlannedText is the amount that the decision orders.
func (l resultLine) PlannedText() string { return tenthsText(l.Planned) }

// DoneText is the amount that is done.
func (l resultLine) DoneText() string {
	if l.Done == 0 {
		return "0"
	}
	return tenthsText(l.Done)
}

// tenthsText writes an amount in tenths as people do.
func tenthsText(n int64) string {
	text := civil.FormatInt(n / 10)
	if n%10 != 0 {
		text += "," + strconv.FormatInt(n%10, 10)
	}
	return text
}

func resultLines(k *catalog.Kind, c *petition.Case, today civil.Date) []resultLine {
	var out []resultLine
	for _, r := range c.Enforcement {
		out = append(out, resultLine{Result: r, Name: choiceName(k, "item", r.Item), Late: r.Late(today)})
	}
	return out
}
