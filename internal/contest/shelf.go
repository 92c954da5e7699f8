package contest

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// Shelf reads contests and keeps what is said about them.
type Shelf struct {
	Ledger  *ledger.Ledger
	Catalog *catalog.Catalog
	Engine  db.Engine
}

var noContest = fault.New(fault.NotFound, "Không có hội thi này. Hãy chọn trong danh sách hội thi.")

// Contests are the contests of bodies that stand, newest first, each with its rounds, pieces and jury.
func (s *Shelf) Contests(ctx context.Context, q db.Querier, f ledger.Filter) ([]*Contest, error) {
	k := s.Catalog.Latest().Kind(Kind)
	if k == nil {
		return nil, nil
	}
	f.Kinds = []string{Kind}
	picked, err := s.Ledger.Pick(ctx, q, s.Engine, k, f, nil, ledger.NewestFirst, nil)
	if err != nil {
		return nil, fmt.Errorf("read contests: %w", err)
	}
	return s.whole(ctx, q, picked.Lines(0, -1))
}

// Contest is one contest; a void one is found too.
func (s *Shelf) Contest(ctx context.Context, q db.Querier, id int64) (*Contest, error) {
	l, err := s.Ledger.LineOf(ctx, q, id)
	if fault.KindOf(err) == fault.NotFound && err != nil || err == nil && l.Kind != Kind {
		return nil, noContest
	}
	if err != nil {
		return nil, err
	}
	list, err := s.whole(ctx, q, []ledger.Line{l})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func (s *Shelf) whole(ctx context.Context, q db.Querier, lines []ledger.Line) ([]*Contest, error) {
	out := make([]*Contest, 0, len(lines))
	byID := map[int64]*Contest{}
	var ids []int64
	for _, l := range lines {
		c := &Contest{}
		if err := into(l, c); err != nil {
			return nil, err
		}
		c.Head = l.Head
		out, byID[c.ID] = append(out, c), c
		if c.Way == Here {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	below, err := s.Ledger.CarriedOut(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	for _, l := range below {
		if err := byID[l.Carries].take(l); err != nil {
			return nil, err
		}
	}
	for _, id := range ids {
		c := byID[id]
		slices.SortStableFunc(c.Held, func(a, b *Round) int { return cmp.Or(cmp.Compare(a.StartsOn, b.StartsOn), cmp.Compare(a.ID, b.ID)) })
		slices.SortStableFunc(c.Pieces, func(a, b *Piece) int { return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID)) })
		if c.Jury, err = Jury(ctx, q, id); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (c *Contest) take(l ledger.Line) error {
	switch l.Kind {
	case RoundKind:
		r := &Round{}
		err := into(l, r)
		r.Head = l.Head
		c.Held = append(c.Held, r)
		return err
	case EntryKind:
		p := &Piece{}
		err := into(l, p)
		p.Head = l.Head
		c.Pieces = append(c.Pieces, p)
		return err
	}
	return nil
}

// Tally are the numbers of the contest by what is recorded. Votes count once no more can come.
func (c *Contest) Tally(votes int64, today civil.Date) Numbers {
	n := Numbers{Rounds: int64(len(c.Held)), Jurors: int64(len(c.Jury))}
	for _, p := range c.Pieces {
		if p.Admission != Admitted {
			continue
		}
		n.Entries++
		n.Participants += max(p.Members, 1)
		if p.Subject == collective {
			n.Teams++
		}
	}
	if c.VotesFrom != 0 && (c.ResultsOn != 0 || today > c.VotesTo) {
		n.Votes = votes
	}
	return n
}

// Won are the prizes that the pieces were given, by rank and winner.
func (c *Contest) Won() []Prize {
	var out []Prize
	for _, p := range c.Pieces {
		if p.Prize == "" {
			continue
		}
		at := slices.IndexFunc(out, func(x Prize) bool { return x.Rank == p.Prize && x.Winner == p.Subject && x.Value == p.PrizeValue })
		if at < 0 {
			out = append(out, Prize{Rank: p.Prize, Winner: p.Subject, Value: p.PrizeValue})
			at = len(out) - 1
		}
		out[at].Quantity++
	}
	return out
}
