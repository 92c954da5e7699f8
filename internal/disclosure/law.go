package disclosure

import (
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
)

// Law is one edition's rules of publication, decision and supervision, ready to reckon with. It does not change.
type Law struct {
	Edition *catalog.Edition
	clocks  *clock.Law
}

// In returns the law of an edition. Rules keep their former versions, so that the edition of today knows those of every
// earlier day.
func In(ed *catalog.Edition) *Law { return &Law{Edition: ed, clocks: clock.In(ed)} }

// The clocks of the procedure.
const (
	DocumentClock  = "document"
	KeepClock      = "keep"
	SendClock      = "send"
	RecogniseClock = "recognise"
)

// Clock reckons one clock from the day of its start event to that of its end, 0 where it has not ended. Nil where no law
// knew it on that day.
func (l *Law) Clock(code string, start, end civil.Date) *clock.Deadline {
	p := l.Edition.Procedure(catalog.PublicationProcedure)
	if p == nil || start == 0 {
		return nil
	}
	for _, c := range p.Clocks {
		if c.Code != code || !c.InForce(start) {
			continue
		}
		of := clock.Case{Events: map[string]civil.Date{c.Start: start}}
		if end != 0 && c.End != "" {
			of.Events[c.End] = end
		}
		d := l.clocks.Reckon(p, c, of)
		return &d
	}
	return nil
}

// Limit is a number of the law that is no time limit, with its article; nil where none is in force on the day.
func (l *Law) Limit(code string, day civil.Date) *catalog.Limit {
	return l.Edition.Procedure(catalog.PublicationProcedure).LimitOn(code, day)
}

// Rule is the publication rule of that code, nil where there is none.
func (l *Law) Rule(code string) *catalog.PublicationRule {
	for _, r := range l.Edition.PublicationRules {
		if r.Code == code && code != "" {
			return r
		}
	}
	return nil
}

// RuleName is what a rule asks to be published, as people call it.
func (l *Law) RuleName(code string) string { return l.Edition.OptionName("publication_rules", code) }

// Rules are those that bind a body of a class (level/type) on some day of a period, periodical ones first.
func (l *Law) Rules(class string, p civil.Period) []*catalog.PublicationRule {
	level, typ, _ := strings.Cut(class, "/")
	var out []*catalog.PublicationRule
	for _, r := range l.Edition.PublicationRules {
		if r.From > p.To || r.Until != 0 && r.Until <= p.From {
			continue
		}
		if slices.ContainsFunc(r.By, func(by string) bool { return catalog.ParseClass(by).Match(level, typ) }) {
			out = append(out, r)
		}
	}
	order := l.itemOrder()
	slices.SortStableFunc(out, func(a, b *catalog.PublicationRule) int { return order[a.Code] - order[b.Code] })
	return out
}

// itemOrder is the order of the law's list.
func (l *Law) itemOrder() map[string]int {
	out := map[string]int{}
	if list := l.Edition.List("publication_rules"); list != nil {
		for i, o := range list.Options {
			out[o.Code] = i
		}
	}
	return out
}

// periods are the ends of the rule's periods that lie within days.
func periods(r *catalog.PublicationRule, p civil.Period) []civil.Date {
	step := map[string]int{"quarter": 3, "half": 6, "year": 12}[r.Every]
	if step == 0 {
		return nil
	}
	var out []civil.Date
	for y := p.From.Year(); y <= p.To.Year(); y++ {
		for m := step; m <= 12; m += step {
			end := civil.NewDate(y, m, 1).MonthEnd()
			if end >= p.From && end <= p.To && r.InForce(end) {
				out = append(out, end)
			}
		}
	}
	return out
}

// PeriodStart is the first day of the rule's period that ends on a day.
func PeriodStart(r *catalog.PublicationRule, end civil.Date) civil.Date {
	step := map[string]int{"quarter": 3, "half": 6, "year": 12}[r.Every]
	return civil.NewDate(end.Year(), end.Month(), 1).AddMonths(1 - step)
}

// PeriodName is the period that ends on a day as people say it: quý III năm 2026.
func PeriodName(every string, end civil.Date) string {
	year := " năm " + end.String()[:4]
	switch {
	case every == "quarter":
		return "quý " + []string{"I", "II", "III", "IV"}[(end.Month()-1)/3] + year
	case every == "half" && end.Month() <= 6:
		return "6 tháng đầu" + year
	case every == "half":
		return "6 tháng cuối" + year
	}
	return "năm " + end.String()[:4]
}
