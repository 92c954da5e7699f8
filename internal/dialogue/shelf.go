package dialogue

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Shelf reads sessions and promises from the ledger.
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
	if len(f.States) == 0 {
		f.States = []ledger.State{ledger.Recorded, ledger.Confirmed}
	}
	picked, err := s.Ledger.Pick(ctx, q, s.Engine, k, f, conds, ledger.NewestFirst, nil)
	if err != nil {
		return nil, fmt.Errorf("read entries of %s: %w", kind, err)
	}
	return picked.Lines(0, -1), nil
}

// Occasions are the sessions of bodies within a period, announced or held, the last first; nil units is everywhere.
func (s *Shelf) Occasions(ctx context.Context, q db.Querier, units []org.UnitID, p civil.Period) ([]Occasion, error) {
	lines, err := s.lines(ctx, q, PlanKind, ledger.Filter{Units: units})
	if err != nil {
		return nil, err
	}
	plans := map[int64]*Plan{}
	for _, l := range lines {
		x := &Plan{Head: l.Head}
		if err := into(l.ID, l.Fields, x); err != nil {
			return nil, err
		}
		plans[l.ID] = x
	}
	var out []Occasion
	for _, kind := range []string{SessionKind, VoterKind} {
		held, err := s.lines(ctx, q, kind, ledger.Filter{Units: units})
		if err != nil {
			return nil, err
		}
		for _, l := range held {
			x := &Session{Head: l.Head}
			if err := into(l.ID, l.Fields, x); err != nil {
				return nil, err
			}
			out = append(out, Occasion{Plan: plans[l.Carries], Session: x})
			delete(plans, l.Carries)
		}
	}
	for _, x := range plans {
		out = append(out, Occasion{Plan: x})
	}
	out = slices.DeleteFunc(out, func(o Occasion) bool { return o.Day() < p.From || o.Day() > p.To })
	sortOccasions(out)
	return out, nil
}

// Occasion is the session of an entry, of its plan or of the session itself; ok is false where the entry is neither.
func (s *Shelf) Occasion(ctx context.Context, q db.Querier, id int64) (o Occasion, ok bool, err error) {
	l, err := s.Ledger.LineOf(ctx, q, id)
	if err != nil {
		return o, false, err
	}
	switch l.Kind {
	case PlanKind:
		o.Plan = &Plan{Head: l.Head}
		if err := into(l.ID, l.Fields, o.Plan); err != nil {
			return o, false, err
		}
		below, err := s.Ledger.CarriedOut(ctx, q, []int64{id})
		if err != nil {
			return o, false, err
		}
		for _, b := range below {
			if b.Kind == SessionKind || b.Kind == VoterKind {
				o.Session = &Session{Head: b.Head}
				return o, true, into(b.ID, b.Fields, o.Session)
			}
		}
		return o, true, nil
	case SessionKind, VoterKind:
		o.Session = &Session{Head: l.Head}
		if err := into(l.ID, l.Fields, o.Session); err != nil || l.Carries == 0 {
			return o, err == nil, err
		}
		up, err := s.Ledger.LineOf(ctx, q, l.Carries)
		if err != nil || up.Kind != PlanKind {
			return o, err == nil, err
		}
		o.Plan = &Plan{Head: up.Head}
		return o, true, into(up.ID, up.Fields, o.Plan)
	}
	return o, false, nil
}

// Issues are the issues of a session in their order.
func (s *Shelf) Issues(ctx context.Context, q db.Querier, session int64) ([]*Issue, error) {
	below, err := s.Ledger.CarriedOut(ctx, q, []int64{session})
	if err != nil {
		return nil, err
	}
	var out []*Issue
	for _, l := range below {
		if l.Kind != IssueKind {
			continue
		}
		x := &Issue{Head: l.Head}
		if err := into(l.ID, l.Fields, x); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	slices.SortStableFunc(out, func(a, b *Issue) int { return cmp.Or(cmp.Compare(a.Turn, b.Turn), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// IssuesDue are the issues whose answer was put off until a day, and is not given yet.
func (s *Shelf) IssuesDue(ctx context.Context, q db.Querier, units []org.UnitID) ([]*Issue, error) {
	lines, err := s.lines(ctx, q, IssueKind, ledger.Filter{Units: units}, ledger.Cond{Code: "answer_mode", Any: []string{Later, OtherBody}})
	if err != nil {
		return nil, err
	}
	var out []*Issue
	for _, l := range lines {
		x := &Issue{Head: l.Head}
		if err := into(l.ID, l.Fields, x); err != nil {
			return nil, err
		}
		if x.AnsweredOn == 0 && x.DueOn != 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

// Promises are the promises that a filter leaves, the most pressing on a day first.
func (s *Shelf) Promises(ctx context.Context, q db.Querier, f ledger.Filter, today civil.Date) ([]*Promise, error) {
	lines, err := s.lines(ctx, q, PromiseKind, f)
	if err != nil {
		return nil, err
	}
	out := make([]*Promise, 0, len(lines))
	for _, l := range lines {
		x, err := promiseOf(l)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	sortPromises(out, today)
	return out, nil
}

func sortPromises(out []*Promise, today civil.Date) {
	slices.SortStableFunc(out, func(a, b *Promise) int {
		x, y := slices.Index(PromiseStates, a.StateOn(today)), slices.Index(PromiseStates, b.StateOn(today))
		if x != y {
			return cmp.Compare(x, y)
		}
		if PromiseStates[x].Open() {
			return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.ID, b.ID))
		}
		return cmp.Or(cmp.Compare(b.last(), a.last()), cmp.Compare(b.ID, a.ID))
	})
}

// last is the last day of what is behind a promise.
func (p *Promise) last() civil.Date { return max(p.Done, p.Confirmed, p.Dropped) }

func promiseOf(l ledger.Line) (*Promise, error) {
	x := &Promise{Head: l.Head}
	return x, into(l.ID, l.Fields, x)
}

// PromisesOf are the promises that carry out one of the entries given, by what they carry out.
func (s *Shelf) PromisesOf(ctx context.Context, q db.Querier, ids []int64) (map[int64][]*Promise, error) {
	below, err := s.Ledger.CarriedOut(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	out := map[int64][]*Promise{}
	for _, l := range below {
		if l.Kind != PromiseKind {
			continue
		}
		x, err := promiseOf(l)
		if err != nil {
			return nil, err
		}
		out[l.Carries] = append(out[l.Carries], x)
	}
	return out, nil
}

// Promise is the promise of an entry; ok is false where the entry is none.
func (s *Shelf) Promise(ctx context.Context, q db.Querier, id int64) (p *Promise, ok bool, err error) {
	l, err := s.Ledger.LineOf(ctx, q, id)
	if err != nil {
		return nil, false, err
	}
	if l.Kind != PromiseKind {
		return nil, false, nil
	}
	p, err = promiseOf(l)
	return p, err == nil, err
}

// From is what a promise came out of.
type From struct {
	Issue   *Issue   // nil where it was made without one
	Session *Session // nil where it was made outside a session
}

// Origin is what a promise came out of.
func (s *Shelf) Origin(ctx context.Context, q db.Querier, p *Promise) (From, error) {
	var out From
	at := p.Carries
	for steps := 0; at != 0 && steps < 3; steps++ {
		l, err := s.Ledger.LineOf(ctx, q, at)
		if err != nil {
			return out, err
		}
		switch l.Kind {
		case IssueKind:
			out.Issue = &Issue{Head: l.Head}
			err = into(l.ID, l.Fields, out.Issue)
		case SessionKind, VoterKind:
			out.Session = &Session{Head: l.Head}
			return out, into(l.ID, l.Fields, out.Session)
		}
		if err != nil {
			return out, err
		}
		at = l.Carries
	}
	return out, nil
}

// Notes are what happened to promises, by promise, oldest first, struck ones among them where they are wanted.
func Notes(ctx context.Context, q db.Querier, promise int64, struck bool) ([]*Note, error) {
	rows, err := q.QueryContext(ctx, `SELECT e.id, e.unit, e.place, e.day, e.state, e.version, e.edition, v.fields, v.files, e.at_ms
		FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.carries = $1 AND e.kind = $2 AND (e.state <> 'void' OR $3) ORDER BY e.id`, promise, NoteKind, struck)
	if err != nil {
		return nil, fmt.Errorf("read notes of promise %d: %w", promise, err)
	}
	defer rows.Close()
	var out []*Note
	for rows.Next() {
		n := &Note{}
		n.Kind, n.Carries = NoteKind, promise
		var fields, files string
		var at int64
		if err := rows.Scan(&n.ID, &n.Unit, &n.Place, &n.Day, &n.State, &n.Version, &n.Edition, &fields, &files, &at); err != nil {
			return nil, fmt.Errorf("read notes of promise %d: %w", promise, err)
		}
		n.At = time.UnixMilli(at)
		if err := into(n.ID, fields, n); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(files), &n.Files); err != nil {
			return nil, fmt.Errorf("read files of note %d: %w", n.ID, err)
		}
		out = append(out, n)
	}
	return out, rows.Err()
}
