package duty

import (
	"sort"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// row is an entry as far as duties are concerned.
type row struct {
	id      int64
	unit    org.UnitID
	day     civil.Date
	carries int64
}

// claimer hands a body's entries of a kind to the turns of one duty. Turns come in the order of their periods.
type claimer struct {
	rows  []row          // by day
	taken map[int64]bool // given to a turn although they lie after its period; one map for all bodies of a duty
}

// claim takes the entries for a turn: all of its period and, where these are too few and the rule gives days after the
// period, those after it that make them up, until half a turn past the due day.
func (c *claimer) claim(t catalog.Turn, need int, grace bool) []Proof {
	var out []Proof
	last := graceEnd(t)
	for _, r := range c.rows[c.after(t.Period.From.AddDays(-1)):] {
		late := r.day > t.Period.To
		if late && (!grace || len(out) >= need || r.day > last) {
			break
		}
		if c.taken[r.id] {
			continue
		}
		out = append(out, Proof{r.id, r.day, r.unit})
		if late {
			c.taken[r.id] = true
		}
	}
	return out
}

// after is the position of the first entry after a day.
func (c *claimer) after(day civil.Date) int {
	return sort.Search(len(c.rows), func(i int) bool { return c.rows[i].day > day })
}

// graceEnd is the last day on which an entry can still make good a turn: later ones are rather the next turn's.
func graceEnd(t catalog.Turn) civil.Date {
	return max(t.Due, t.Period.To).AddDays((t.Period.From.DaysUntil(t.Period.To) + 1) / 2)
}

// graced reports whether entries after the period may count for it: where the rule gives days for handing in, or a
// fixed day. A session that has to be held every month cannot be held in the next.
func graced(d *catalog.Duty, due *catalog.Due) bool {
	return due != nil && (due.Days > 0 || due.On != "")
}

// follow finds the entry that answers an event: one that says so, else the first of the kind on or after its day that
// answers no other, unless only what says so counts.
func (c *claimer) follow(event row, day civil.Date, carried bool) []Proof {
	for _, r := range c.rows {
		if r.carries == event.id && r.id != event.id {
			c.taken[r.id] = true
			return []Proof{{r.id, r.day, r.unit}}
		}
	}
	if carried {
		return nil
	}
	for _, r := range c.rows[c.after(day.AddDays(-1)):] {
		if r.carries == 0 && !c.taken[r.id] {
			c.taken[r.id] = true
			return []Proof{{r.id, r.day, r.unit}}
		}
	}
	return nil
}
