package org

import (
	"context"
	"io/fs"

	"danvan/internal/civil"
	"danvan/internal/db"
)

// Tree is an immutable snapshot of all units.
type Tree struct{ Version int64 }

func LoadTree(ctx context.Context, q db.Querier) (*Tree, error)                 { return &Tree{}, nil }
func (t *Tree) Resolve(ref string, b Basis, end civil.Date) (*Unit, error)      { return nil, nil }
func (t *Tree) Unit(id UnitID) *Unit                                            { return nil }
func (t *Tree) SpanOn(id UnitID, d civil.Date) Span                             { return Span{} }
func (t *Tree) NameOn(id UnitID, d civil.Date) string                           { return "" }
func (t *Tree) Children(id UnitID, d civil.Date, forms ...string) []UnitID      { return nil }
func (t *Tree) Roots(d civil.Date) []UnitID                                     { return nil }
func (t *Tree) EraOn(unit UnitID, d civil.Date) (Era, bool)                     { return Era{}, false }
func (t *Tree) Era(id EraID) (Era, bool)                                        { return Era{}, false }
func (t *Tree) Eras(unit UnitID) []Era                                          { return nil }
func (t *Tree) Chain(unit UnitID, d civil.Date) []UnitID                        { return nil }
func (t *Tree) Existing(d civil.Date, under UnitID, f Filter) []UnitID          { return nil }
func (t *Tree) Successors(id UnitID) []Flow                                     { return nil }
func (t *Tree) Predecessors(id UnitID) []Flow                                   { return nil }
func (t *Tree) Changes() []Change                                               { return nil }
func (t *Tree) Units() []*Unit                                                  { return nil }
func (t *Tree) Reach(b Basis, ancestor UnitID, by ShareBasis, f Filter) []Share { return nil }
func (t *Tree) Lines(b Basis, parent UnitID, from, to civil.Date, by ShareBasis, f Filter) []Line {
	return nil
}
func (t *Tree) Gaps(unit UnitID, b Basis, from, to civil.Date) []Gap { return nil }

// Keeper changes the tree.
type Keeper struct {
	DB    *db.DB
	Hooks Hooks
}

// Preview says what acts would do.
type Preview struct{}

// Applied says what was done.
type Applied struct {
	Changes []int64 `json:"changes"` // ids of the new changes
	Known   int     `json:"known"`   // acts that were there already
}

func (k *Keeper) Tree(ctx context.Context) (*Tree, error)                      { return nil, nil }
func (k *Keeper) Preview(ctx context.Context, acts []Change) (*Preview, error) { return nil, nil }
func (k *Keeper) Apply(ctx context.Context, acts []Change, actor string) (*Applied, error) {
	return nil, nil
}
func (k *Keeper) Undo(ctx context.Context, actor string, ids ...int64) error { return nil }

// LoadSet loads units.csv, bodies.csv and changes.csv of a folder (data.FS, "units/bac_kan") in one transaction.
func (k *Keeper) LoadSet(ctx context.Context, tx *db.Tx, fsys fs.FS, set string, rules []BodyRule) error {
	return nil
}
