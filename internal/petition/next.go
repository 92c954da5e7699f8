package petition

import "slices"

// Next is the act by which a case usually goes on, of those that may come now; ok is false where nothing is expected of
// the office. It is a proposal: the officer records what was really done.
func (c *Case) Next(choices []Choice) (next Choice, ok bool) {
	for _, act := range c.usual() {
		at := slices.IndexFunc(choices, func(x Choice) bool { return x.Act == act })
		if at >= 0 {
			return choices[at], true
		}
	}
	return Choice{}, false
}

// usual are the acts by which a case usually goes on, the likeliest first.
func (c *Case) usual() []string {
	st := c.State()
	switch {
	case c.Void:
		return nil
	case st.Suspended:
		return []string{"resumed"}
	case st.Withdrawn && st.Open():
		return []string{"terminated"}
	}
	switch st.Stage {
	case Received:
		return []string{"classified"}
	case Classified:
		return c.sorted()
	case Accepted:
		return c.begun(st)
	case Verifying:
		return []string{"verified", Settling(c.Class)}
	case Verified: // a second settlement waits for its dialogue
		return []string{Settling(c.Class), "dialogue"}
	case Settled:
		return c.after(st)
	case Transferred:
		if c.TransferredUnit == "" { // else that body confirms by itself
			return []string{"receipt"}
		}
	}
	return nil
}

// sorted is what follows on a classification.
func (c *Case) sorted() []string {
	switch {
	case ineligible[c.Eligible] && !(c.Eligible == "anonymous" && c.AnonymousAllowed):
		if c.Eligible == "incomplete" {
			return []string{"guided", "filed"}
		}
		return []string{"filed", "guided"}
	case c.Class == "mixed":
		return []string{"split"}
	case c.Competence != "" && c.Competence != "own":
		if c.Class == "complaint" { // who complains is told where to go
			return []string{"guided", "returned", "transferred"}
		}
		return []string{"transferred", "guided", "filed"}
	}
	return []string{"accepted", "answered"}
}

// begun is what follows on the acceptance.
func (c *Case) begun(st State) []string {
	if st.Times["notified"] == 0 && (c.Class == "complaint" || c.Class == "denunciation") {
		return []string{"notified", "assigned"}
	}
	if c.Class == "complaint" || c.Class == "denunciation" {
		return []string{"assigned", "verified"}
	}
	return []string{Settling(c.Class)}
}

// after is what the office still owes once a case is settled.
func (c *Case) after(st State) []string {
	var out []string
	for _, act := range []string{"sent", "acted", "published"} {
		if st.Times[act] == 0 {
			out = append(out, act)
		}
	}
	if len(c.Enforcement) > 0 {
		out = append(out, "enforcing")
		if st.Times["enforcing"] > 0 {
			out[len(out)-1] = "enforced"
		}
	}
	return out
}
