package matter_test

import (
	"slices"
	"testing"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
	"danvan/internal/matter"
	"danvan/internal/org"
)

// A page of matters is cut in the database: by body, by period, denunciations by the bodies whose denunciations may be
// read; and what says the same is found across merges.
func TestPageOfMatters(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var roots []int64
		join := func(class, unit string, day civil.Date) (a, b int64) {
			a, b = w.letter(class, unit, day, wall, ""), w.letter(class, unit, day.AddDays(1), again, "")
			id, err := w.decide(decision(b, a, matter.SameMatter))
			must(t, err)
			roots = append(roots, id)
			return a, b
		}
		a, b := join("complaint", "001", 20260301)
		join("proposal", "001", 20260501)
		join("denunciation", "001", 20260601)
		join("complaint", "060", 20260701)
		tree, err := w.keeper.Tree(t.Context())
		must(t, err)
		one, all := tree.On("001", today).ID, tree.On("060", 20240101).ID
		year := civil.Period{From: 20260101, To: 20261231}
		for name, x := range map[string]struct {
			ask  matter.Listing
			want []int64
			all  int
		}{
			"one commune":       {matter.Listing{Period: year, Units: []org.UnitID{one}}, []int64{roots[1], roots[0]}, 2},
			"its denunciations": {matter.Listing{Period: year, Units: []org.UnitID{one}, Secret: []org.UnitID{one}}, []int64{roots[2], roots[1], roots[0]}, 3},
			"a page":            {matter.Listing{Period: year, Units: []org.UnitID{one, all}, From: 1, Most: 1}, []int64{roots[1]}, 3},
			"a month":           {matter.Listing{Period: civil.Period{From: 20260301, To: 20260331}, Units: []org.UnitID{one}}, []int64{roots[0]}, 1},
			"nobody's":          {matter.Listing{Period: year}, nil, 0},
			"kept":              {matter.Listing{Period: year, Units: []org.UnitID{one, all}, Keep: func(l []int64) bool { return slices.Contains(l, a) && len(l) == 2 }}, []int64{roots[0]}, 1},
			"a page of kept":    {matter.Listing{Period: year, Units: []org.UnitID{one, all}, From: 1, Most: 1, Keep: func(l []int64) bool { return !slices.Contains(l, a) }}, []int64{roots[1]}, 2},
			"nothing kept":      {matter.Listing{Period: year, Units: []org.UnitID{one}, Most: 5, Keep: func([]int64) bool { return false }}, nil, 0},
		} {
			heads, n, err := w.store.Page(t.Context(), d.Read(), x.ask)
			must(t, err)
			var got []int64
			for _, h := range heads {
				got = append(got, h.ID)
				if len(h.Letters) != 2 || h.Name == "" {
					t.Errorf("%s: %+v", name, h)
				}
			}
			if !slices.Equal(got, x.want) || n != x.all {
				t.Errorf("%s: %v of %d, want %v of %d", name, got, n, x.want, x.all)
			}
		}
		more := w.letter("complaint", "001", 20260801, wall, "")
		_, err = w.decide(decision(more, b, matter.FollowUp, 0, roots[0]))
		must(t, err)
		same, err := w.store.Same(t.Context(), d.Read(), a)
		must(t, err)
		if !slices.Equal(same, []int64{b}) {
			t.Errorf("%d says the same as %v, want %d alone", a, same, b)
		}
	})
}
