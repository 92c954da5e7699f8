package works

import (
	"context"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Inspections reads the inspections of a filter, newest first, with what carries them.
func (s *Shelf) Inspections(ctx context.Context, q db.Querier, f Filter) ([]*Inspection, error) {
	lines, err := s.lines(ctx, q, InspectionKind, f)
	if err != nil {
		return nil, err
	}
	answers, ups, err := s.follow(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]*Inspection, 0, len(lines))
	for _, l := range lines {
		i := &Inspection{Head: l.Head, Responses: answers[l.ID], FollowUps: ups[l.ID]}
		if err := into(l, i); err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, nil
}

// follow reads what carries inspections, by the inspection.
func (s *Shelf) follow(ctx context.Context, q db.Querier) (map[int64][]Response, map[int64][]FollowUp, error) {
	said, err := s.lines(ctx, q, ResponseKind, Filter{})
	if err != nil {
		return nil, nil, err
	}
	answers, err := carried(said, func(l ledger.Line) (Response, error) {
		r := Response{Head: l.Head}
		return r, into(l, &r)
	})
	if err != nil {
		return nil, nil, err
	}
	held, err := s.lines(ctx, q, FollowUpKind, Filter{})
	if err != nil {
		return nil, nil, err
	}
	ups, err := carried(held, func(l ledger.Line) (FollowUp, error) {
		f := FollowUp{Head: l.Head}
		return f, into(l, &f)
	})
	return answers, ups, err
}

// InspectionOf is what the entry itself says, without what carries it.
func InspectionOf(e *ledger.Entry) (*Inspection, error) {
	i := &Inspection{Head: e.Head}
	return i, into(lineOf(e), i)
}

// Inspection puts one inspection together from its entry as read, with what carries it.
func (s *Shelf) Inspection(ctx context.Context, q db.Querier, e *ledger.Entry) (*Inspection, error) {
	i, err := InspectionOf(e)
	if err != nil {
		return nil, err
	}
	answers, ups, err := s.follow(ctx, q)
	if err != nil {
		return nil, err
	}
	i.Responses, i.FollowUps = answers[e.ID], ups[e.ID]
	return i, nil
}

func lineOf(e *ledger.Entry) ledger.Line {
	return ledger.Line{Head: e.Head, Fields: e.Versions[len(e.Versions)-1].Fields}
}

// DueRec is a recommendation that somebody still has to act on.
type DueRec struct {
	Tracked
	Inspection *Inspection
	Unit       org.UnitID // the body that is asked
}

// DueRecs are the open recommendations of all inspections, those asked of the units alone (none is all), with a day by
// which they are to be done on or before until (0: any, those without a day too). Who reminds people asks here.
func (s *Shelf) DueRecs(ctx context.Context, q db.Querier, tree *org.Tree, units []org.UnitID, today, until civil.Date) ([]DueRec, error) {
	all, err := s.Inspections(ctx, q, Filter{})
	if err != nil {
		return nil, err
	}
	var out []DueRec
	for _, i := range all {
		if i.End() != nil {
			continue
		}
		for _, t := range i.Tracked(today) {
			if !t.State.Open() || until != 0 && (t.Due == 0 || t.Due > until) {
				continue
			}
			u, err := tree.Resolve(t.Body, org.AsThen(), i.Day)
			if err != nil || !among(units, u.ID) {
				continue
			}
			out = append(out, DueRec{Tracked: t, Inspection: i, Unit: u.ID})
		}
	}
	return out, nil
}
