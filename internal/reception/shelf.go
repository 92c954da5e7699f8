package reception

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

// Shelf reads reception from the ledger.
type Shelf struct {
	Ledger  *ledger.Ledger
	Catalog *catalog.Catalog
	Engine  db.Engine
}

// lines are the entries of a kind that stand, newest first.
func (s *Shelf) lines(ctx context.Context, q db.Querier, kind string, f ledger.Filter, conds ...ledger.Cond) ([]ledger.Line, error) {
	k := s.Catalog.Latest().Kind(kind)
	if k == nil {
		return nil, nil
	}
	f.Kinds = []string{kind}
	picked, err := s.Ledger.Pick(ctx, q, s.Engine, k, f, conds, ledger.NewestFirst, nil)
	if err != nil {
		return nil, fmt.Errorf("read entries of %s: %w", kind, err)
	}
	return picked.Lines(0, -1), nil
}

// Occasions are the days of reception of bodies within a period, planned or held, newest first.
func (s *Shelf) Occasions(ctx context.Context, q db.Querier, units []org.UnitID, p civil.Period) ([]Occasion, error) {
	plans, err := s.Plans(ctx, q, units, p)
	if err != nil {
		return nil, err
	}
	held, err := s.lines(ctx, q, SessionKind, ledger.Filter{Units: units, From: p.From, To: p.To})
	if err != nil {
		return nil, err
	}
	byID := map[int64]*Plan{}
	for _, x := range plans {
		byID[x.ID] = x
	}
	done := map[int64]bool{}
	var out []Occasion
	for _, l := range held {
		x := &Session{Head: l.Head}
		if err := into(l.ID, l.Fields, x); err != nil {
			return nil, err
		}
		out = append(out, Occasion{Plan: byID[l.Carries], Session: x})
		done[l.Carries] = true
	}
	later, err := s.carriedOut(ctx, q, plans, done)
	if err != nil {
		return nil, err
	}
	for _, x := range plans {
		if !done[x.ID] && !later[x.ID] {
			out = append(out, Occasion{Plan: x})
		}
	}
	slices.SortStableFunc(out, func(a, b Occasion) int {
		return cmp.Or(cmp.Compare(b.Day(), a.Day()), cmp.Compare(b.Head().ID, a.Head().ID))
	})
	return out, nil
}

// carriedOut are the plans that were carried out on a day outside the period: not held on the day, and not missed.
func (s *Shelf) carriedOut(ctx context.Context, q db.Querier, plans []*Plan, done map[int64]bool) (map[int64]bool, error) {
	out := map[int64]bool{}
	if !slices.ContainsFunc(plans, func(p *Plan) bool { return !done[p.ID] }) {
		return out, nil
	}
	rows, err := q.QueryContext(ctx, `SELECT carries FROM entry WHERE kind = $1 AND state <> 'void' AND carries IS NOT NULL`, SessionKind)
	if err != nil {
		return nil, fmt.Errorf("read which plans were carried out: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read which plans were carried out: %w", err)
		}
		out[id] = true
	}
	return out, rows.Err()
}

// Plans are the planned days of bodies within a period, the last first.
func (s *Shelf) Plans(ctx context.Context, q db.Querier, units []org.UnitID, p civil.Period) ([]*Plan, error) {
	lines, err := s.lines(ctx, q, PlanKind, ledger.Filter{Units: units}, ledger.Cond{Code: "planned_on", From: p.From.String(), To: p.To.String()})
	if err != nil {
		return nil, err
	}
	out := make([]*Plan, 0, len(lines))
	for _, l := range lines {
		x := &Plan{Head: l.Head}
		if err := into(l.ID, l.Fields, x); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b *Plan) int { return cmp.Or(cmp.Compare(b.On, a.On), cmp.Compare(a.From, b.From)) })
	return out, nil
}

// Waiting are the visits of bodies whose visitors are still to be answered, the oldest first; nil units is everywhere.
func (s *Shelf) Waiting(ctx context.Context, q db.Querier, units []org.UnitID) ([]*Visit, error) {
	lines, err := s.lines(ctx, q, VisitKind, ledger.Filter{Units: units}, ledger.Cond{Code: "result", Any: []string{Accepted, Transferred, Checking}})
	if err != nil {
		return nil, err
	}
	var out []*Visit
	for _, l := range slices.Backward(lines) {
		v := &Visit{Head: l.Head}
		if err := into(l.ID, l.Fields, v); err != nil {
			return nil, err
		}
		if v.Waits() {
			out = append(out, v)
		}
	}
	return out, nil
}

// Visits are the visits of a session that stand, in the order in which they came.
func Visits(ctx context.Context, q db.Querier, session int64) ([]*Visit, error) {
	rows, err := q.QueryContext(ctx, `SELECT e.id, e.unit, e.day, e.state, e.version, e.edition, v.fields
		FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.carries = $1 AND e.kind = $2 AND e.state <> 'void' ORDER BY e.id`, session, VisitKind)
	if err != nil {
		return nil, fmt.Errorf("read visits of session %d: %w", session, err)
	}
	defer rows.Close()
	var out []*Visit
	for rows.Next() {
		v := &Visit{}
		v.Kind, v.Carries = VisitKind, session
		var fields string
		if err := rows.Scan(&v.ID, &v.Unit, &v.Day, &v.State, &v.Version, &v.Edition, &fields); err != nil {
			return nil, fmt.Errorf("read visits of session %d: %w", session, err)
		}
		if err := into(v.ID, fields, v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b *Visit) int { return cmp.Compare(a.Turn, b.Turn) })
	return out, rows.Err()
}
