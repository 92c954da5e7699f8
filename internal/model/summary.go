package model

import (
	"cmp"
	"slices"

	"danvan/internal/civil"
)

// Counts are the figures of a year's end: what was registered, kept up, assessed, recognised, replicated and ended in a
// period. They are those of the series models_*, counted from the same dates.
type Counts struct{ Registered, Maintained, Effective, Recognised, Replicated, Ended int64 }

// Plus adds another line.
func (c *Counts) Plus(d Counts) {
	c.Registered += d.Registered
	c.Maintained += d.Maintained
	c.Effective += d.Effective
	c.Recognised += d.Recognised
	c.Replicated += d.Replicated
	c.Ended += d.Ended
}

// Group is what a year's end counts apart: sector, model or example, collective or individual.
type Group struct{ Sector, Type, Subject string }

// Row is one group with its figures, and what bodies typed for it, nil where nothing was typed.
type Row struct {
	Group
	Counts
	Typed *Counts
}

// Count is what a period saw of one model.
func (m *Model) Count(p civil.Period) Counts {
	one := func(d civil.Date) int64 {
		if d != 0 && p.Has(d) {
			return 1
		}
		return 0
	}
	c := Counts{Registered: one(m.Day), Effective: one(m.EffectiveOn), Recognised: one(m.RecognisedOn), Replicated: one(m.ReplicatedOn), Ended: one(m.EndedOn)}
	if m.Day < p.From && (m.EndedOn == 0 || m.EndedOn > p.To) {
		c.Maintained = 1
	}
	return c
}

// Sum is the table of a year's end: rows in the order of the catalogue's lists.
func Sum(list []*Model, typed map[Group]Counts, p civil.Period, order []Group) []Row {
	rows := map[Group]*Row{}
	at := func(g Group) *Row {
		if rows[g] == nil {
			rows[g] = &Row{Group: g}
		}
		return rows[g]
	}
	for _, m := range list {
		if c := m.Count(p); c != (Counts{}) {
			at(Group{m.Sector, m.Type, m.Subject}).Plus(c)
		}
	}
	for g, c := range typed {
		at(g).Typed = &c
	}
	out := make([]Row, 0, len(rows))
	for _, r := range rows {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Row) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Group), slices.Index(order, b.Group)), cmp.Compare(a.Sector+a.Type+a.Subject, b.Sector+b.Type+b.Subject))
	})
	return out
}
