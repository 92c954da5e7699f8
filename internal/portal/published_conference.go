package portal

import (
	"cmp"
	"context"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/duty"
)

// fillConferences reads who owes the year's conference and who held it. The yearly summary of the report is not counted.
func (p *portal) fillConferences(ctx context.Context, v *conferencesView) error {
	of, err := p.province(ctx)
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	today := p.Today()
	book := &duty.Book{Catalog: p.Catalog, Tree: p.Tree}
	var list []duty.Obligation
	err = p.DB.View(ctx, func(q db.Querier) (err error) {
		list, err = book.Owed(ctx, q, duty.Ask{Under: of.ID, From: civil.NewDate(v.Year, 1, 1), To: civil.NewDate(v.Year+1, 5, 1), Today: today, Keep: func(d *catalog.Duty) bool { return d.Kind == "workplace_conference" }})
		return err
	})
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.Turn.Period.To.Year() != v.Year {
			continue
		}
		l := conferenceLine{Name: tree.NameOn(o.Unit, min(o.Turn.Period.To, today)), Due: o.Turn.Due, Late: o.State == duty.Late || o.State == duty.DoneLate}
		if len(o.Met) > 0 {
			l.On = o.DoneOn
			v.Held++
		}
		v.Lines, v.Due = append(v.Lines, l), o.Turn.Due
	}
	slices.SortStableFunc(v.Lines, func(a, b conferenceLine) int {
		held := func(l conferenceLine) int {
			if l.On != 0 {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(held(a), held(b)), cmp.Compare(civil.Fold(a.Name), civil.Fold(b.Name)))
	})
	return nil
}
