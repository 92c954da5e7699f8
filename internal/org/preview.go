package org

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/db"
)

// Preview says what acts would do, without doing it.
type Preview struct {
	Version   int64       `json:"version"` // of the units that it was made on
	Known     int         `json:"known"`   // acts that are entered already
	Opens     []UnitNote  `json:"opens"`
	Closes    []UnitNote  `json:"closes"` // each with what comes in its place
	Spans     []SpanNote  `json:"spans"`  // renamed, upgraded, moved
	Bodies    []UnitNote  `json:"bodies"` // bodies that end with their host, each with what comes in its place
	Undecided []Undecided `json:"undecided"`
	Eras      EraCount    `json:"eras"`
	Hanging   []HangNote  `json:"hanging"`
	Problems  []Reason    `json:"problems"`
}

// EraCount is how many eras end and begin.
type EraCount struct {
	Removed int `json:"removed"`
	Added   int `json:"added"`
}

// UnitNote names a unit and, where it ends, those that take over.
type UnitNote struct {
	Code       string     `json:"code"`
	Name       string     `json:"name"`
	Day        civil.Date `json:"date"`
	Successors []HeirNote `json:"successors,omitempty"`
}

// HeirNote names one that takes over, with its part in millionths where that is known.
type HeirNote struct {
	Code  string `json:"code"`
	Name  string `json:"name"`
	Parts Parts  `json:"parts"`
}

// SpanNote is a unit that stays the same unit and is called, ranked or placed differently from a day on.
type SpanNote struct {
	Code string     `json:"code"`
	Day  civil.Date `json:"date"`
	Was  string     `json:"was"`
	Now  string     `json:"now"`
	From string     `json:"from_parent,omitempty"` // code, where the parent changes
	To   string     `json:"to_parent,omitempty"`
}

// HangNote is what is dated on a unit after it ends, and where its figures will count.
type HangNote struct {
	Code       string     `json:"code"`
	Name       string     `json:"name"`
	What       string     `json:"what"`
	Count      int        `json:"count"`
	First      civil.Date `json:"first"`
	Last       civil.Date `json:"last"`
	IDs        []int64    `json:"ids,omitempty"`
	Whole      bool       `json:"whole,omitempty"` // passes on by a merger only: without successor it is undecided
	Successors []HeirNote `json:"successors"`
}

// Preview derives the history with the acts and compares it with the present one. What stands against the acts
// is in Problems; the error is only for acts that cannot be read and for the database.
func (k *Keeper) Preview(ctx context.Context, acts []Change) (*Preview, error) {
	var p *Preview
	err := k.DB.View(ctx, func(q db.Querier) error {
		s, err := k.standing(ctx, q)
		if err != nil {
			return err
		}
		fresh, known, err := s.unknown(acts)
		if err != nil {
			return err
		}
		before, truth := s.history, s.truth
		first := len(truth.Changes)
		truth.Changes = slices.Concat(truth.Changes, fresh)
		now := derive(&truth, s.ids)
		p = compare(before, now)
		p.Known, p.Version = known, s.version
		p.Problems = append(p.Problems, reasons(&truth, now.problems, first)...)
		p.Eras = countEras(before, now, s.truth.Changes, truth.Changes)
		return k.hang(ctx, q, before, now, p)
	})
	return p, err
}

// byKey finds the units of a history.
func (h *history) byKey() map[Key]*Unit {
	out := make(map[Key]*Unit, len(h.units))
	for _, u := range h.units {
		out[Key{u.Code, u.Opened}] = u
	}
	return out
}

func (h *history) byID() map[UnitID]*Unit {
	out := make(map[UnitID]*Unit, len(h.units))
	for _, u := range h.units {
		out[u.ID] = u
	}
	return out
}

// compare lists what the new history opens, ends and renames.
func compare(before, now *history) *Preview {
	p := &Preview{Opens: []UnitNote{}, Closes: []UnitNote{}, Spans: []SpanNote{}, Bodies: []UnitNote{}, Undecided: now.missing, Hanging: []HangNote{}, Problems: []Reason{}}
	if p.Undecided == nil {
		p.Undecided = []Undecided{}
	}
	had := before.byKey()
	after := now.heirs()
	oldIDs, newIDs := before.byID(), after.ids
	for _, u := range now.units {
		was := had[Key{u.Code, u.Opened}]
		if was == nil {
			p.Opens = append(p.Opens, UnitNote{Code: u.Code, Name: u.SpanOn(u.Opened).Name, Day: u.Opened})
		}
		if u.Closed < civil.Forever && was != nil && was.Closed != u.Closed {
			note := UnitNote{Code: u.Code, Name: u.now().Name, Day: u.Closed, Successors: after.notes(u)}
			if u.Form == Body {
				p.Bodies = append(p.Bodies, note)
			} else {
				p.Closes = append(p.Closes, note)
			}
		}
		if was != nil {
			p.Spans = append(p.Spans, newSpans(was, u, oldIDs, newIDs)...)
		}
	}
	return p
}

// heirs finds who comes after a unit.
type heirs struct {
	ids map[UnitID]*Unit
	at  map[Key]*Unit
	out map[UnitID][]Flow
}

func (h *history) heirs() heirs {
	x := heirs{ids: h.byID(), at: h.byKey(), out: map[UnitID][]Flow{}}
	for _, f := range h.flows {
		x.out[f.From] = append(x.out[f.From], f)
	}
	return x
}

func (x heirs) notes(u *Unit) []HeirNote {
	var out []HeirNote
	for _, f := range x.out[u.ID] {
		to := x.ids[f.To]
		out = append(out, HeirNote{Code: to.Code, Name: to.SpanOn(to.Opened).Name, Parts: f.Parts})
	}
	return out
}

// newSpans are the spans of a territory, or of a body renamed by itself, that it did not have before.
func newSpans(was, u *Unit, oldIDs, newIDs map[UnitID]*Unit) []SpanNote {
	code := func(ids map[UnitID]*Unit, id UnitID) string {
		if p := ids[id]; p != nil {
			return p.Code
		}
		return ""
	}
	had := map[civil.Date]Span{}
	for _, s := range was.Spans {
		had[s.From] = s
	}
	var out []SpanNote
	for i := 1; i < len(u.Spans); i++ {
		s, prev := u.Spans[i], u.Spans[i-1]
		if h, ok := had[s.From]; ok && h.Name == s.Name && h.Type == s.Type && code(oldIDs, h.Parent) == code(newIDs, s.Parent) {
			continue
		}
		note := SpanNote{Code: u.Code, Day: s.From, Was: prev.Name, Now: s.Name}
		if prev.Parent != s.Parent {
			note.From, note.To = code(newIDs, prev.Parent), code(newIDs, s.Parent)
		}
		out = append(out, note)
	}
	return out
}

// countEras compares the eras of two histories.
func countEras(before, now *history, was, is []Change) EraCount {
	keys := func(h *history, c []Change) map[eraKey]bool {
		out := map[eraKey]bool{}
		newTree(h, c, func(u UnitID, from, to civil.Date) EraID {
			out[eraKey{u, from, to}] = true
			return 0
		})
		return out
	}
	if len(now.problems) > 0 {
		return EraCount{}
	}
	old, new := keys(before, was), keys(now, is)
	var n EraCount
	for k := range old {
		if !new[k] {
			n.Removed++
		}
	}
	for k := range new {
		if !old[k] {
			n.Added++
		}
	}
	return n
}

// hang asks what is dated on the ending units after their end.
func (k *Keeper) hang(ctx context.Context, q db.Querier, before, now *history, p *Preview) error {
	if k.Hooks == nil {
		return nil
	}
	var r *Refusal
	if err := k.nothingHangs(ctx, q, lostUnits(before, now), nil, nil, nil); errors.As(err, &r) {
		p.Problems = append(p.Problems, r.Reasons...)
	} else if err != nil {
		return err
	}
	had, after := before.byKey(), now.heirs()
	ending := map[civil.Date][]UnitID{}
	for _, u := range now.units {
		was := had[Key{u.Code, u.Opened}]
		if was != nil && u.Closed < was.Closed {
			ending[u.Closed] = append(ending[u.Closed], u.ID)
		}
	}
	for _, day := range slices.Sorted(maps.Keys(ending)) {
		list, err := k.Hooks.Hanging(ctx, q, ending[day], day)
		if err != nil {
			return fmt.Errorf("what is dated after the units' end: %w", err)
		}
		for _, x := range list {
			u := after.ids[x.Unit]
			next := after.late
			if x.Whole {
				next = after.merged
			}
			p.Hanging = append(p.Hanging, HangNote{Code: u.Code, Name: u.now().Name, What: x.What, Count: x.Count,
				First: x.First, Last: x.Last, IDs: x.IDs, Whole: x.Whole, Successors: next(u)})
		}
	}
	return nil
}

// merged are those that a unit was merged into; none where it was divided or ended.
func (x heirs) merged(u *Unit) []HeirNote {
	if slices.ContainsFunc(x.out[u.ID], func(f Flow) bool { return f.Kind != Merge }) {
		return nil
	}
	return x.notes(u)
}

// late are those who take facts dated after the unit's end: the one that carries on its code, else all by shares,
// else the nearest ancestor's successor.
func (x heirs) late(u *Unit) []HeirNote {
	next := x.notes(u)
	if v := x.at[Key{u.Code, u.Closed}]; v != nil {
		return []HeirNote{{v.Code, v.SpanOn(v.Opened).Name, Parts{Whole, Whole, Whole}}}
	}
	if p := x.ids[u.now().Parent]; len(next) == 0 && p != nil {
		if p.Closed > u.Closed {
			return []HeirNote{{p.Code, p.SpanOn(u.Closed).Name, Parts{Whole, Whole, Whole}}}
		}
		return x.late(p)
	}
	return next
}
