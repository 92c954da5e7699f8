package task

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Book reads tasks out of the ledger.
type Book struct {
	Ledger  *ledger.Ledger
	Catalog *catalog.Catalog
	Engine  db.Engine
}

// Kinds are the kinds of a register that an edition has.
func Kinds(ed *catalog.Edition, r catalog.Register) []*catalog.Kind {
	var out []*catalog.Kind
	for _, k := range ed.Kinds {
		if k.Register == r {
			out = append(out, k)
		}
	}
	return out
}

// All are the tasks that a filter leaves, the most pressing on the day first. Units are those that are to do them.
func (b Book) All(ctx context.Context, q db.Querier, tree *org.Tree, today civil.Date, f ledger.Filter) ([]Task, error) {
	var out []Task
	for _, k := range Kinds(b.Catalog.EditionOn(today), catalog.Tasks) {
		f.Kinds = []string{k.Code}
		picked, err := b.Ledger.Pick(ctx, q, b.Engine, k, f, nil, ledger.NewestFirst, nil)
		if err != nil {
			return nil, fmt.Errorf("read tasks: %w", err)
		}
		for _, l := range picked.Lines(0, -1) {
			t, err := Of(tree, k, l)
			if err != nil {
				return nil, err
			}
			out = append(out, t)
		}
	}
	slices.SortStableFunc(out, func(x, y Task) int {
		return cmp.Or(cmp.Compare(x.Urgency(today), y.Urgency(today)), cmp.Compare(x.Due, y.Due), cmp.Compare(x.ID, y.ID))
	})
	return out, nil
}

// One is the task of an entry; ok is false where the entry is none.
func (b Book) One(ctx context.Context, q db.Querier, tree *org.Tree, id int64) (t Task, ok bool, err error) {
	l, err := b.Ledger.LineOf(ctx, q, id)
	if err != nil {
		return Task{}, false, err
	}
	k := b.kindOf(l)
	if k == nil || k.Register != catalog.Tasks {
		return Task{}, false, nil
	}
	t, err = Of(tree, k, l)
	return t, err == nil, err
}

func (b Book) kindOf(l ledger.Line) *catalog.Kind {
	ed := b.Catalog.Edition(l.Edition)
	if ed == nil {
		ed = b.Catalog.EditionOn(l.Day)
	}
	return ed.Kind(l.Kind)
}

// Due are the open tasks of units whose day lies between two days, both counted: what a person is reminded of. With
// from 0 those overdue are among them.
func (b Book) Due(ctx context.Context, q db.Querier, tree *org.Tree, units []org.UnitID, from, to civil.Date) ([]Task, error) {
	if len(units) == 0 {
		return nil, nil
	}
	all, err := b.All(ctx, q, tree, to, ledger.Filter{Units: units})
	return slices.DeleteFunc(all, func(t Task) bool { return t.Done != 0 || t.Due < from || t.Due > to }), err
}

// Given are the tasks that the units gave and that wait for them: to be accepted, with a later day asked for, or to be
// pressed for on the day.
func (b Book) Given(ctx context.Context, q db.Querier, tree *org.Tree, units map[org.UnitID]bool, today civil.Date) ([]Task, error) {
	all, err := b.All(ctx, q, tree, today, ledger.Filter{})
	return slices.DeleteFunc(all, func(t Task) bool {
		return !units[t.Giver] || t.StateOn(today) != Waiting && t.AskedTo == 0 && !t.Pressed(today)
	}), err
}

// MostBelow bounds how many entries are read below one.
const MostBelow = 20_000

// Below are the entries that carry an entry out, directly or through others, and whether there are more than are read.
func (b Book) Below(ctx context.Context, q db.Querier, id int64) (lines []ledger.Line, more bool, err error) {
	seen := map[int64]bool{id: true}
	for level := []int64{id}; len(level) > 0 && len(lines) < MostBelow; {
		found, err := b.Ledger.CarriedOut(ctx, q, level)
		if err != nil {
			return nil, false, err
		}
		level = nil
		for _, l := range found {
			if !seen[l.ID] {
				seen[l.ID] = true
				lines, level = append(lines, l), append(level, l.ID)
			}
		}
	}
	return lines[:min(len(lines), MostBelow)], len(lines) > MostBelow, nil
}

// mostAbove bounds the way up, should entries lead round in a circle.
const mostAbove = 12

// Above are the entries that an entry carries out, the nearest first.
func (b Book) Above(ctx context.Context, q db.Querier, carries int64) ([]ledger.Head, error) {
	var out []ledger.Head
	for carries != 0 && len(out) < mostAbove {
		heads, err := b.Ledger.Heads(ctx, q, []int64{carries})
		if err != nil || len(heads) == 0 {
			return out, err
		}
		if slices.ContainsFunc(out, func(h ledger.Head) bool { return h.ID == heads[0].ID }) {
			return out, nil
		}
		out, carries = append(out, heads[0]), heads[0].Carries
	}
	return out, nil
}
