package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// mostVillages bounds how many villages a form offers.
const mostVillages = 60

// villagesNear are the names of villages that the promises, decisions and works of a unit's commune name already, so that a
// village is written as before: the names used most come first where they are too many, then all by name.
func (s *server) villagesNear(ctx context.Context, tree *org.Tree, unit org.UnitID) ([]string, error) {
	today := s.Today()
	u := tree.Unit(unit)
	if u == nil || !u.Open(today) {
		return nil, nil
	}
	place := unit
	if u.Form == org.Body {
		place = tree.SpanOn(unit, today).Parent
	}
	if tree.SpanOn(place, today).Level != org.Commune {
		return nil, nil
	}
	used := map[string]int{}
	f := ledger.Filter{Places: []org.UnitID{place}}
	err := s.DB.View(ctx, func(q db.Querier) error {
		promises, err := s.hall().Promises(ctx, q, f, today)
		if err != nil {
			return err
		}
		for _, p := range promises {
			used[strings.TrimSpace(p.Village)]++
		}
		decisions, err := s.disclosures().Decisions(ctx, q, f)
		if err != nil {
			return err
		}
		for _, d := range decisions {
			used[strings.TrimSpace(d.Village)]++
		}
		works, err := s.gifts().Works(ctx, q, f)
		for _, w := range works {
			used[strings.TrimSpace(w.Village)]++
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	delete(used, "")
	var out []string
	for name := range used {
		out = append(out, name)
	}
	byName := func(a, b string) int { return cmp.Or(cmp.Compare(civil.Fold(a), civil.Fold(b)), cmp.Compare(a, b)) }
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(used[b]-used[a], byName(a, b)) })
	out = out[:min(len(out), mostVillages)]
	slices.SortFunc(out, byName)
	return out, nil
}

// villagesOfRef are those of the commune of a unit as a form names it; none while it names none.
func (s *server) villagesOfRef(ctx context.Context, tree *org.Tree, ref string) ([]string, error) {
	u, err := tree.Resolve(ref, org.AsThen(), s.Today())
	if ref == "" || err != nil {
		return nil, nil // the form itself says what is wrong with its unit
	}
	return s.villagesNear(ctx, tree, u.ID)
}
