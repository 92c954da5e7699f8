package disclosure

import (
	"danvan/internal/catalog"
	"danvan/internal/civil"
)

// Settle sets, in the fields of an entry that is being recorded, what follows from its facts: whether a decision holds
// from the households and the share that the law asks for, whether a publishing was in time from its days. What somebody
// typed there stays only where the facts do not tell: totals of earlier years, subjects without a rule.
func (l *Law) Settle(kind string, day civil.Date, v catalog.Values) {
	switch kind {
	case DecisionKind:
		l.settleDecision(day, v)
	case PublicationKind:
		l.settlePublication(day, v)
	}
}

func (l *Law) settleDecision(day civil.Date, v catalog.Values) {
	d := &Decision{Subject: v.Text("subject_type")}
	d.Day = day
	d.Households, _ = v.Int("households")
	d.Present, _ = v.Int("present")
	d.For, _ = v.Int("approved")
	if r := l.Decide(d); r.Rule != nil && d.Households > 0 {
		v["valid"] = map[bool]string{true: "yes", false: "no"}[r.Valid]
	}
}

// settlePublication knows the days of a period and of a document that the publishing names itself; of one that carries out
// a recorded document the form has set it.
func (l *Law) settlePublication(day civil.Date, v catalog.Values) {
	rule := l.Rule(v.Text("rule"))
	start := dayIn(v, "period_to")
	if start == 0 {
		start = dayIn(v, "document_on")
	}
	if rule == nil || start == 0 || !rule.InForce(start) {
		return
	}
	if code, due := l.Timely(rule, start, day); code != "" {
		v["timely"], v["due_on"] = code, due.String()
	}
}

func dayIn(v catalog.Values, field string) civil.Date {
	day, err := civil.ParseDate(v.Text(field))
	if err != nil {
		return 0
	}
	return day
}
