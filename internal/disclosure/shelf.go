package disclosure

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Shelf reads what was published, decided and found from the ledger.
type Shelf struct {
	Ledger  *ledger.Ledger
	Catalog *catalog.Catalog
	Engine  db.Engine
}

// Law is the law of the edition in force on a day.
func (s *Shelf) Law(day civil.Date) *Law { return In(s.Catalog.EditionOn(day)) }

// entries reads the entries of a kind that stand, newest first.
func entries[T any](ctx context.Context, s *Shelf, q db.Querier, kind string, f ledger.Filter, head func(*T) *ledger.Head) ([]*T, error) {
	k := s.kind(kind)
	if k == nil {
		return nil, nil
	}
	f.Kinds, f.States = []string{kind}, []ledger.State{ledger.Recorded, ledger.Confirmed}
	picked, err := s.Ledger.Pick(ctx, q, s.Engine, k, f, nil, ledger.NewestFirst, nil)
	if err != nil {
		return nil, fmt.Errorf("read entries of %s: %w", kind, err)
	}
	var out []*T
	for _, line := range picked.Lines(0, -1) {
		x := new(T)
		if err := json.Unmarshal([]byte(line.Fields), x); err != nil {
			return nil, fmt.Errorf("read entry %d: %w", line.ID, err)
		}
		*head(x) = line.Head
		out = append(out, x)
	}
	return out, nil
}

func (s *Shelf) kind(code string) *catalog.Kind {
	for _, ed := range slices.Backward(s.Catalog.Editions()) {
		if k := ed.Kind(code); k != nil {
			return k
		}
	}
	return nil
}

// Publications are the publishings of bodies within days; no bodies is all.
func (s *Shelf) Publications(ctx context.Context, q db.Querier, f ledger.Filter) ([]*Publication, error) {
	return entries(ctx, s, q, PublicationKind, f, func(p *Publication) *ledger.Head { return &p.Head })
}

// Documents are the documents that bodies must publish.
func (s *Shelf) Documents(ctx context.Context, q db.Querier, f ledger.Filter) ([]*Document, error) {
	return entries(ctx, s, q, DocumentKind, f, func(d *Document) *ledger.Head { return &d.Head })
}

// Decisions are the decisions of communities.
func (s *Shelf) Decisions(ctx context.Context, q db.Querier, f ledger.Filter) ([]*Decision, error) {
	return entries(ctx, s, q, DecisionKind, f, func(d *Decision) *ledger.Head { return &d.Head })
}

// Boards are the supervision boards with their findings, newest first.
func (s *Shelf) Boards(ctx context.Context, q db.Querier, f ledger.Filter) ([]*SupervisionBoard, error) {
	boards, err := entries(ctx, s, q, BoardKind, f, func(b *SupervisionBoard) *ledger.Head { return &b.Head })
	if err != nil {
		return nil, err
	}
	found, err := entries(ctx, s, q, FindingKind, ledger.Filter{Units: f.Units, From: f.From}, func(x *Finding) *ledger.Head { return &x.Head })
	if err != nil {
		return nil, err
	}
	at := map[int64]*SupervisionBoard{}
	for _, b := range boards {
		at[b.ID] = b
	}
	for _, x := range slices.Backward(found) { // oldest first
		if b := at[x.Carries]; b != nil {
			b.Findings = append(b.Findings, x)
		}
	}
	return boards, nil
}

// Books read what of bodies is needed to reckon their registers of days: what was published since the first of them.
func (s *Shelf) Books(ctx context.Context, q db.Querier, units []org.UnitID, p civil.Period) (map[org.UnitID]*Book, error) {
	out := map[org.UnitID]*Book{}
	of := func(id org.UnitID) *Book {
		if out[id] == nil {
			out[id] = &Book{}
		}
		return out[id]
	}
	posts, err := s.Publications(ctx, q, ledger.Filter{Units: units, From: p.From})
	if err != nil {
		return nil, err
	}
	for _, x := range slices.Backward(posts) {
		of(x.Unit).Publications = append(of(x.Unit).Publications, x)
	}
	docs, err := s.Documents(ctx, q, ledger.Filter{Units: units, From: p.From, To: p.To})
	if err != nil {
		return nil, err
	}
	for _, x := range docs {
		of(x.Unit).Documents = append(of(x.Unit).Documents, x)
	}
	reasons, err := entries(ctx, s, q, ReasonKind, ledger.Filter{Units: units, From: p.From}, func(r *Reason) *ledger.Head { return &r.Head })
	if err != nil {
		return nil, err
	}
	for _, x := range reasons {
		of(x.Unit).Reasons = append(of(x.Unit).Reasons, x)
	}
	return out, nil
}

// Registers reckons the registers of bodies at once, in the order of the bodies. A body owes from its first day on, to its
// last.
func (s *Shelf) Registers(ctx context.Context, q db.Querier, tree *org.Tree, bodies []org.UnitID, p civil.Period, today civil.Date) (map[org.UnitID][]Row, error) {
	books, err := s.Books(ctx, q, bodies, p)
	if err != nil {
		return nil, err
	}
	law := s.Law(today)
	out := map[org.UnitID][]Row{}
	for _, id := range bodies {
		u := tree.Unit(id)
		if u == nil || u.NoData {
			continue
		}
		own := civil.Period{From: max(p.From, u.Opened, u.DataFrom), To: min(p.To, u.Closed.AddDays(-1))}
		b := books[id]
		if b == nil {
			b = &Book{}
		}
		if own.From <= own.To {
			out[id] = law.Register(id, u.SpanOn(min(own.To, today)).Class(), own, *b, today)
		}
	}
	return out, nil
}
