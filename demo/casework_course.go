package demo

import (
	"fmt"
	"math/rand/v2"

	"danvan/internal/civil"
)

// courseOf is the whole way of a letter, as far as it has come by today.
func (w *world) courseOf(r *rand.Rand, l *letter) *course {
	c := &course{w: w, r: r, key: l.key, unit: l.unit, class: l.class}
	c.begin(l)
	switch {
	case l.accepted != 0 && l.class == "mixed" && !l.terminated:
		c.several(l)
	case l.accepted != 0:
		c.takeOn(l)
		c.work(l)
		c.end(l)
	default:
		c.setAside(l)
	}
	c.clocks()
	return c
}

// begin is the letter as it came in, sorted a day or two later.
func (c *course) begin(l *letter) {
	level := c.w.tree.Unit(l.unit).SpanOn(l.received).Level
	if level == "province" {
		level = "department"
	}
	c.fields = map[string]any{"class": l.class, "field": l.field, "received_on": l.received.String(), "channel": l.channel, "level": level}
	if l.code != "" {
		c.fields["code"], c.fields["number"] = l.code, fmt.Sprint(l.number)
	}
	if l.joint {
		c.fields["joint_letter"] = "yes"
	}
	if l.class == "complaint" && c.w.remote(l.unit, l.received) {
		c.fields["remote"] = "yes"
	}
	if l.class == "complaint" || l.class == "denunciation" {
		c.fields["respondent"] = respondents[l.class][weighted(c.r, []float64{.5, .25, .25})]
	}
	c.step("received", l.received, nil)
	if sorted := c.w.workday(l.received.AddDays(c.r.IntN(3))); l.accepted == 0 || sorted <= l.accepted {
		c.step("classified", sorted, nil)
	}
}

var respondents = map[string][]string{"complaint": {"body", "head", "official"}, "denunciation": {"official", "head", "village"}}

// takeOn is the acceptance and what the law asks right after it.
func (c *course) takeOn(l *letter) {
	c.set(map[string]any{"eligible": "eligible", "competence": "own", "accepted_on": l.accepted.String()})
	if l.class == "complaint" {
		c.fields["round"] = "first"
		if l.first != nil {
			c.fields["round"], c.fields["earlier"] = "second", l.first.key
		}
	}
	if l.complexity != "" {
		c.fields["complexity"] = l.complexity
	}
	if l.anonymous {
		c.set(map[string]any{"eligible": "anonymous", "anonymous_exception": "yes", "eligibility_article": "Khoản 2 Điều 25 Luật Tố cáo 25/2018/QH14"})
	}
	c.step("accepted", l.accepted, nil)
	if l.class == "complaint" || l.class == "denunciation" {
		if on := c.w.workday(l.accepted.AddDays(1 + c.r.IntN(5))); on <= l.until(c.w.spec.Today) {
			c.step("notified", on, nil)
		}
	}
}

// work is what stands between acceptance and end: verification, dialogue, extensions, a stop.
func (c *course) work(l *letter) {
	end := l.until(c.w.spec.Today)
	at := func(part float64) civil.Date {
		return min(c.w.workday(l.accepted.AddDays(int(float64(l.accepted.DaysUntil(end))*part))), end)
	}
	formal := l.class == "complaint" || l.class == "denunciation"
	must := l.class == "denunciation" && l.settled != 0
	if formal || l.planned || c.r.Float64() < .4 {
		if on := at(.15); l.settled != 0 || l.sent(c.r) {
			if l.paused != 0 {
				on = min(on, l.paused)
			}
			c.step("assigned", on, more{"body": c.w.verifiers(l, c.r)})
		}
	}
	for _, e := range l.extensions {
		c.step("extended", e.on, more{"days": int64(e.days)})
	}
	if l.paused != 0 {
		c.step("suspended", l.paused, more{"ground": []string{"force_majeure", "awaiting_other", "awaiting_expert"}[c.r.IntN(3)]})
		c.fields["suspended_on"] = l.paused.String()
		if l.resumed != 0 && l.resumed <= c.w.spec.Today {
			c.step("resumed", l.resumed, more{"ground": "ground_ended"})
			c.fields["resumed_on"] = l.resumed.String()
		}
	}
	if l.paused != 0 && (l.resumed == 0 || l.resumed > c.w.spec.Today) {
		return
	}
	if must || l.settled != 0 && (formal || c.r.Float64() < .5) || l.verified {
		on := at(.7)
		if l.resumed != 0 {
			on = max(on, l.resumed)
		}
		c.step("verified", on, nil)
		if l.class == "complaint" && (l.first != nil || c.r.Float64() < .35) {
			c.step("dialogue", max(on, at(.8)), nil)
			c.fields["dialogues"] = int64(1)
		}
	}
	if l.partly && !l.terminated {
		on := max(at(.5), l.resumed)
		if c.step("withdrawn", on, more{"scope": "part"}) {
			c.set(map[string]any{"withdrawn_on": on.String(), "withdrawal": "part"})
		}
	}
}

// end is how a letter that was taken on ended, nothing while it is open.
func (c *course) end(l *letter) {
	switch {
	case l.settled != 0:
		c.settle(l)
	case l.terminated:
		day := l.left
		if !c.step("withdrawn", day, more{"scope": "whole"}) {
			return
		}
		c.set(map[string]any{"withdrawn_on": day.String(), "withdrawal": "whole"})
		if l.class == "complaint" || l.class == "denunciation" {
			day = c.w.workday(day.AddDays(1 + c.r.IntN(4)))
			if c.step("terminated", day, more{"ground": "withdrawn_whole"}) {
				c.fields["terminated_on"] = day.String()
			}
		}
	}
}

// settle is the decision, and what follows on it.
func (c *course) settle(l *letter) {
	outcome := letterOutcomes[weighted(c.r, outcomeWeights(l.class))]
	c.set(map[string]any{"settled_on": l.settled.String(), "outcome": outcome})
	act := or(map[string]string{"complaint": "decided", "denunciation": "concluded"}[l.class], "answered")
	c.step(act, l.settled, nil)
	if act == "answered" {
		return
	}
	soon := func(least, most int) civil.Date {
		return c.w.workday(l.settled.AddDays(least + c.r.IntN(most-least+1)))
	}
	c.step("sent", soon(1, 3), nil)
	if c.r.Float64() < .9 {
		if day := soon(3, 9); c.step("published", day, nil) {
			c.fields["published_on"] = day.String()
		}
	}
	if l.class == "denunciation" {
		c.step("acted", soon(3, 9), nil)
	}
	if outcome == "right" || outcome == "partly_right" {
		c.carryOut(l)
	}
}

// carryOut orders something to be done, and mostly it is.
func (c *course) carryOut(l *letter) {
	item, field, amount := "", "", int64(0)
	switch l.class {
	case "complaint":
		switch weighted(c.r, []float64{.45, .3, .25}) {
		case 0:
			item, field, amount = "returned_land", "returned_land", int64(40+c.r.IntN(900))
		case 1:
			item, field, amount = "returned_money", "returned_money", int64(4+c.r.IntN(60))*1_000_000
		default:
			item, field, amount = "protected_persons", "protected_persons", int64(1+c.r.IntN(4))
		}
	default:
		switch weighted(c.r, []float64{.5, .5}) {
		case 0:
			item, field, amount = "recovered_money", "recovered_money", int64(5+c.r.IntN(90))*1_000_000
		default:
			item, field, amount = "handled_persons", "handled_persons", int64(1+c.r.IntN(2))
		}
	}
	if c.r.Float64() > .55 {
		return
	}
	by := l.settled.AddDays(60)
	start := c.w.workday(l.settled.AddDays(10 + c.r.IntN(8)))
	done := c.w.workday(start.AddDays(20 + c.r.IntN(45)))
	row := map[string]any{"item": item, "planned": fmt.Sprintf("%d.0", amount), "by": by.String()}
	if c.step("enforcing", start, nil) && c.r.Float64() < .9 && c.step("enforced", done, nil) {
		row["done"], row["done_on"] = fmt.Sprintf("%d.0", amount), done.String()
		c.fields["enforced_on"] = done.String()
	}
	c.fields["enforcement"] = []any{row}
	c.fields[field] = amount
	if field == "returned_land" {
		c.fields[field] = fmt.Sprintf("%d.0", amount)
	}
}

// setAside says why a letter was not accepted: not eligible, a duplicate, another body's to settle; or nobody got to it yet.
func (c *course) setAside(l *letter) {
	day := c.w.workday(l.received.AddDays(3 + c.r.IntN(7)))
	if day > c.w.spec.Today || l.waiting {
		return
	}
	notEligible := func(why, article string) {
		l.eligible = why
		c.set(map[string]any{"eligible": why, "eligibility_article": article})
	}
	rule := sorting(day)
	way := weighted(c.r, []float64{.42, .2, .12, .16, .1})
	switch {
	case l.text.before != nil && l.text.how != followed:
		way = 1
	case l.class == "denunciation" && way == 3:
		way = 4
	}
	switch way {
	case 0:
		body, code := c.w.elsewhere(c.r, l)
		c.set(map[string]any{"eligible": "eligible", "competence": "other", "transferred_on": day.String(), "transferred_to": body})
		if code != "" {
			c.fields["transferred_unit"] = code
		}
		c.step("transferred", day, more{"body": body})
		if back := c.w.workday(day.AddDays(3 + c.r.IntN(6))); c.r.Float64() < .85 {
			c.step("receipt", back, more{"body": body})
		}
	case 1:
		notEligible("duplicate", rule)
		if c.step("filed", day, nil) {
			c.filed(day)
		}
	case 2:
		notEligible([]string{"anonymous", "incomplete", "guided_once", "sent_competent"}[c.r.IntN(4)], rule)
		if c.step("filed", day, nil) {
			c.filed(day)
		}
	case 3:
		notEligible("incomplete", rule)
		c.fields["guided_on"] = day.String()
		c.step("returned", day, nil)
	default:
		c.set(map[string]any{"eligible": "eligible", "competence": []string{"other", "judicial"}[c.r.IntN(2)], "guided_on": day.String()})
		c.step("guided", day, nil)
	}
}
