package org

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"

	"pgregory.net/rapid"
)

// Random decisions typed in random order, with facts in between, leave the totals and the history that they leave
// in order; taken back in random order, they leave nothing.
func TestRandomDecisionsTypedAndUndone(t *testing.T) {
	worlds := rapid.Custom(drawWorld)
	rounds := 0
	for seed := 0; rounds < 12; seed++ {
		w := worlds.Example(seed)
		if len(w.decisions) < 3 {
			continue
		}
		rounds++
		d := dbtest.SQLite(t)
		if rounds%4 == 0 {
			d = dbtest.Postgres(t)
		}
		typeAndUndo(t, d, w, rand.New(rand.NewPCG(uint64(seed), 1)))
	}
}

func typeAndUndo(t *testing.T, d *db.DB, w *world, random *rand.Rand) {
	p := &purse{totals: map[EraID]int64{}}
	k := &Keeper{DB: d, Hooks: p}
	if _, err := k.ImportUnits(t.Context(), w.truth.Floor, "test", w.truth.Rules...); err != nil {
		t.Fatal(err)
	}
	empty := mustTree(t, k).print(AsThen(), ByAny)
	earn(t, k, p, random, onFloor)

	waiting := slices.Clone(w.decisions)
	random.Shuffle(len(waiting), func(i, j int) { waiting[i], waiting[j] = waiting[j], waiting[i] })
	var done [][]int64
	for len(waiting) > 0 {
		before := len(waiting)
		waiting = slices.DeleteFunc(waiting, func(acts []Change) bool {
			got, err := k.Apply(t.Context(), acts, "test")
			if err != nil {
				mustBeRefusal(t, err)
				return false
			}
			if len(got.Changes) > 0 {
				done = append(done, got.Changes)
			}
			earn(t, k, p, random, onFloor)
			checkTotals(t, p, mustTree(t, k))
			return true
		})
		if len(waiting) == before {
			t.Fatalf("%d decisions cannot be typed in any order", before)
		}
	}
	tree := mustTree(t, k)
	if got, want := tree.print(OnDay(20150101), ByPopulation), w.plant().print(OnDay(20150101), ByPopulation); !slices.Equal(got, want) {
		t.Error("typed in random order: another history")
	}

	// What hangs on units that the acts opened stands against undoing them; it is taken off first.
	kept, totals := slices.Clone(p.facts), maps.Clone(p.totals)
	earn(t, k, p, random, func(u *Unit) bool { return !onFloor(u) })
	if vanishing := len(p.facts) > len(kept); vanishing {
		all := slices.Concat(done...)
		if err := k.Undo(t.Context(), "test", all...); err == nil {
			t.Error("undone although facts hang on what was opened")
		}
	}
	p.facts, p.totals = kept, totals
	for len(done) > 0 {
		before := len(done)
		random.Shuffle(len(done), func(i, j int) { done[i], done[j] = done[j], done[i] })
		done = slices.DeleteFunc(done, func(ids []int64) bool {
			if err := k.Undo(t.Context(), "test", ids...); err != nil {
				mustBeRefusal(t, err)
				return false
			}
			checkTotals(t, p, mustTree(t, k))
			return true
		})
		if len(done) == before {
			t.Fatalf("%d decisions cannot be undone in any order", before)
		}
	}
	if got := mustTree(t, k).print(AsThen(), ByAny); !slices.Equal(got, empty) {
		t.Error("after undoing everything something is left")
	}
}

func mustBeRefusal(t *testing.T, err error) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatal(err)
	}
}

func onFloor(u *Unit) bool { return u.Opened == Floor }

// earn records a few facts, on units inside and outside their lives.
func earn(t *testing.T, k *Keeper, p *purse, random *rand.Rand, on func(*Unit) bool) {
	t.Helper()
	tree := mustTree(t, k)
	units := slices.DeleteFunc(slices.Clone(tree.Units()), func(u *Unit) bool { return !on(u) })
	for range min(5, len(units)) {
		u := units[random.IntN(len(units))]
		c := coin{u.ID, civil.NewDate(2009, 1, 1).AddDays(random.IntN(5000)), random.Int64N(1000)}
		e, ok := tree.EraOn(c.unit, c.day)
		if !ok {
			t.Fatalf("no era of %s on %s", u.Code, c.day)
		}
		p.facts = append(p.facts, c)
		p.totals[e.ID] += c.value
	}
}
