package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// dueLine is a duty whose day is near or past, with how many bodies have met it.
type dueLine struct {
	Duty    *catalog.Duty
	Kind    string
	Turn    catalog.Turn
	Left    int // days until the last one; negative when it is past
	Owing   []string
	Done    int
	Bodies  int
	Unclear bool // the rule names no day: the period's end counts
}

// Late reports whether the day is past and somebody has not done it.
func (d dueLine) Late() bool { return d.Left < 0 }

// class is the look of the due ticket.
func (d dueLine) class() string {
	switch {
	case d.Left < 0:
		return "over"
	case d.Left <= 7:
		return "soon"
	}
	return ""
}

func (d dueLine) says() string {
	switch {
	case d.Left < -1:
		return "Quá " + civil.FormatInt(int64(-d.Left)) + " ngày"
	case d.Left == -1:
		return "Quá 1 ngày"
	case d.Left == 0:
		return "Hôm nay"
	}
	return "Còn " + civil.FormatInt(int64(d.Left)) + " ngày"
}

// soonDays is how far ahead the first page looks, lateDays how far back: what is older is a matter for inspection.
const (
	soonDays = 30
	lateDays = 92
)

// mostDues is how many duties the first page lists.
const mostDues = 5

// dues are the duties to record work of a kind that the bodies below a unit have today: those that are near, and those
// past that somebody has not met.
func (s *server) dues(ctx context.Context, sc *scope) ([]dueLine, error) {
	today := s.Today()
	ed := s.Catalog.EditionOn(today)
	cal := ed.Calendar("vn")
	var out []dueLine
	for _, d := range ed.Duties {
		if d.Kind == "" {
			continue
		}
		for _, turn := range d.TurnsDue(ed.Regimes, cal, today.AddDays(-lateDays), today.AddDays(soonDays)) {
			left := today.DaysUntil(turn.Due)
			if left > soonDays || left < -lateDays {
				continue
			}
			out = append(out, dueLine{Duty: d, Kind: d.Kind, Turn: turn, Left: left, Unclear: d.Due == nil})
		}
	}
	if err := s.fillDues(ctx, sc, out); err != nil {
		return nil, err
	}
	out = slices.DeleteFunc(out, func(d dueLine) bool { return d.Bodies == 0 || len(d.Owing) == 0 })
	slices.SortStableFunc(out, func(a, b dueLine) int {
		return cmp.Or(cmp.Compare(a.Turn.Due, b.Turn.Due), strings.Compare(a.Duty.Code, b.Duty.Code))
	})
	return out, nil
}

// fillDues counts for each duty who owes it and who has met it.
func (s *server) fillDues(ctx context.Context, sc *scope, lines []dueLine) error {
	if len(lines) == 0 {
		return nil
	}
	done, err := s.recordedIn(ctx, lines)
	if err != nil {
		return err
	}
	today := s.Today()
	under := sc.tree.Existing(today, sc.Unit.ID, org.Filter{Forms: []string{org.Body}})
	for i := range lines {
		d := &lines[i]
		most := max(1, d.Duty.AtLeast)
		for _, id := range under {
			u := sc.tree.Unit(id)
			if u.NoData || u.DataFrom > d.Turn.Period.From || u.Opened > d.Turn.Period.To || !serves(d.Duty.By, u, today) {
				continue
			}
			d.Bodies++
			if done[doneKey{i, id}] >= most {
				d.Done++
				continue
			}
			d.Owing = append(d.Owing, sc.tree.NameOn(id, today))
		}
	}
	return nil
}

// doneKey is a body and the duty, by position.
type doneKey struct {
	line int
	unit org.UnitID
}

// recordedIn counts the entries that meet each duty, by body.
func (s *server) recordedIn(ctx context.Context, lines []dueLine) (map[doneKey]int, error) {
	out := map[doneKey]int{}
	for i, d := range lines {
		done, err := s.countKind(ctx, d.Kind, d.Turn.Period)
		if err != nil {
			return nil, err
		}
		for unit, n := range done {
			out[doneKey{i, unit}] = n
		}
	}
	return out, nil
}

// owing names the first of those who owe, and how many there are more.
func (d dueLine) owing() string {
	if d.Bodies == 1 {
		return ""
	}
	const named = 2
	text := strings.Join(d.Owing[:min(named, len(d.Owing))], "; ")
	if n := len(d.Owing) - named; n > 0 {
		text += "; và " + civil.FormatInt(int64(n)) + " nơi khác"
	}
	return text
}
