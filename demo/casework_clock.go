package demo

import (
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/clock"
)

// dueOf is the last day of the settlement of a letter as it has been planned so far, by the law of its days.
func (w *world) dueOf(l *letter) civil.Date {
	round := "first"
	if l.first != nil {
		round = "second"
	}
	c := clock.Case{Events: map[string]civil.Date{"received": l.received, "accepted": l.accepted}, Complexity: l.complexity, Remote: l.class == "complaint" && w.remote(l.unit, l.received)}
	for _, e := range l.extensions {
		c.Extensions = append(c.Extensions, clock.Extension{Document: "Quyết định gia hạn", On: e.on, Days: e.days})
	}
	if l.paused != 0 {
		c.Pauses = []clock.Pause{{From: l.paused, To: l.resumed}}
	}
	if main := clock.Main(w.law.Deadlines(w.law.Procedure(l.class, round), c)); main != nil {
		if main.Due != 0 {
			return main.Due
		}
		return main.Last
	}
	return l.accepted.AddDays(30) // no law gives a limit
}

// clocks writes the deadlines of the law beside the steps that they bound, as they stood that day, and the day by which
// the case has to be settled.
func (c *course) clocks() {
	events := map[string]civil.Date{}
	in := clock.Case{Events: events, Complexity: fmt.Sprint(c.fields["complexity"]), Remote: c.fields["remote"] == "yes"}
	for _, s := range c.steps {
		act, on := s["act"].(string), civil.MustDate(s["on"].(string))
		name := act
		if act == "decided" || act == "concluded" || act == "answered" {
			name = "settled"
		}
		for _, n := range []string{name, act} {
			if events[n] == 0 {
				events[n] = on
			}
		}
		switch act {
		case "extended":
			in.Extensions = append(in.Extensions, clock.Extension{Document: "Quyết định gia hạn", On: on, Days: int(s["days"].(int64))})
		case "suspended":
			in.Pauses = append(in.Pauses, clock.Pause{From: on})
		case "resumed":
			in.Pauses[len(in.Pauses)-1].To = on
		}
	}
	all := c.w.law.Deadlines(c.w.law.Procedure(c.class, c.round()), in)
	main := clock.Main(all)
	if main != nil && main.Due != 0 && events["accepted"] != 0 {
		c.fields["due_on"] = main.Due.String()
	}
	for i := range all {
		d := &all[i]
		if d.Ended == 0 || d.Due == 0 || !d.ByOffice() {
			continue
		}
		for _, s := range c.steps {
			act := s["act"].(string)
			if s["on"] == d.Ended.String() && (act == d.EndedBy || d.EndedBy == "settled" && (act == "decided" || act == "concluded" || act == "answered")) {
				s["due"] = d.Due.String()
				break
			}
		}
	}
}
