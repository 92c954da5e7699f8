package disclosure

import (
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
)

// The forms that the reach of a publishing is reckoned of, of the catalogue's list publication_forms.
const (
	Board       = "notice_board"
	Loudspeaker = "loudspeaker"
	Portal      = "portal"
)

// Reach is how long and in which forms one publishing reached people.
type Reach struct {
	Up        bool            // the board hangs on the day
	BoardDays int             // days since it was put up, to its end or to today, both counted
	Keep      *clock.Deadline // until when it must hang; nil where there is no board or no such law
	Needs     int             // days on the loudspeaker that the law asks for
	Forms     []string        // forms that the law asks for and that were not used
	Faults    []Fault
}

// broadcastGrace is within how many days of its beginning a publishing may still be missing from the loudspeaker without
// being called short: it can be read aloud on the days that follow.
const broadcastGrace = 5

// Reach reckons the reach of a publishing under its rule. Only the first publishing of a thing must use every form.
func (l *Law) Reach(p *Publication, rule *catalog.PublicationRule, first bool, today civil.Date) Reach {
	var x Reach
	used := func(form string) bool { return slices.Contains(p.Forms, form) }
	end := today
	if p.EndedOn != 0 {
		end = min(p.EndedOn, today)
	}
	if used(Board) {
		x.Up = p.EndedOn == 0 || p.EndedOn > today
		x.BoardDays = max(0, p.Day.DaysUntil(end)+1)
		if rule != nil && rule.PostingDays > 0 {
			x.Keep = l.Clock(KeepClock, p.Day, p.EndedOn)
		}
		if x.Keep != nil && p.EndedOn != 0 && p.EndedOn < x.Keep.Due {
			x.Faults = append(x.Faults, EndedEarly)
		}
	}
	if rule == nil || !first {
		return x
	}
	x.Needs = rule.BroadcastDays
	if x.Needs > p.BroadcastDays && today > p.Day.AddDays(broadcastGrace) {
		x.Faults = append(x.Faults, FewDays)
	}
	for _, form := range rule.Forms {
		if !used(form) && form != Loudspeaker {
			x.Forms = append(x.Forms, form)
		}
	}
	if len(x.Forms) > 0 {
		x.Faults = append(x.Faults, FormMissing)
	}
	if len(p.Files) == 0 && p.Address == "" {
		x.Faults = append(x.Faults, NoProof)
	}
	return x
}
