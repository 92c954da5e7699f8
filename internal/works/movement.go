package works

import (
	"context"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
)

// Kinds of the book of emulation.
const (
	MovementKind     = "emulation_movement"
	ReviewKind       = "emulation_review"
	CommendationKind = "commendation"
)

// Movement is an emulation movement with its reviews and the decisions that commend for it.
type Movement struct {
	ledger.Head `json:"-"`

	Subject     string      `json:"title"`
	Theme       string      `json:"theme"`
	Campaign    string      `json:"campaign"`
	Number      string      `json:"number"`
	Goal        string      `json:"goal"`
	EndedOn     civil.Date  `json:"ended_on"`
	Collectives *int64      `json:"collectives"`
	Individuals *int64      `json:"individuals"`
	Criteria    []Criterion `json:"criteria"`
	Registered  []Body      `json:"registered"`

	Reviews       []Review       `json:"-"` // oldest first
	Commendations []Commendation `json:"-"`
}

// Criterion is what a movement is judged by.
type Criterion struct {
	Text   string `json:"criterion"`
	Points *int64 `json:"points"`
}

// Body is a collective that registered: never a person.
type Body struct {
	Name string `json:"registered_name"`
	Unit string `json:"registered_unit"`
}

// Review is a review of a movement, interim or final.
type Review struct {
	ledger.Head `json:"-"`

	Subject string `json:"title"`
	Type    string `json:"type"`
	Number  string `json:"number"`
	Result  string `json:"result"`
}

// Commendation is a decision that commends. Persons are the names as printed in the decision, read with the decision
// alone: no list and no count is made by name.
type Commendation struct {
	ledger.Head `json:"-"`

	Subject     string `json:"title"`
	Number      string `json:"number"`
	Form        string `json:"form"`
	Level       string `json:"level"`
	Collectives int64  `json:"collectives"`
	Individuals int64  `json:"individuals"`
	Bodies      []struct {
		Name string `json:"commended_body"`
	} `json:"commended_bodies"`
	Persons []struct {
		Name string `json:"name"`
	} `json:"commended"`
}

// Movements reads the movements of bodies, newest first, with what carries them.
func (s *Shelf) Movements(ctx context.Context, q db.Querier, f Filter) ([]*Movement, error) {
	lines, err := s.lines(ctx, q, MovementKind, f)
	if err != nil {
		return nil, err
	}
	reviews, given, err := s.ofMovements(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]*Movement, 0, len(lines))
	for _, l := range lines {
		m := &Movement{Head: l.Head, Reviews: reviews[l.ID], Commendations: given[l.ID]}
		if err := into(l, m); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// Movement puts one movement together from its entry.
func (s *Shelf) Movement(ctx context.Context, q db.Querier, e *ledger.Entry) (*Movement, error) {
	m := &Movement{Head: e.Head}
	if err := into(lineOf(e), m); err != nil {
		return nil, err
	}
	reviews, given, err := s.ofMovements(ctx, q)
	if err != nil {
		return nil, err
	}
	m.Reviews, m.Commendations = reviews[e.ID], given[e.ID]
	return m, nil
}

func (s *Shelf) ofMovements(ctx context.Context, q db.Querier) (map[int64][]Review, map[int64][]Commendation, error) {
	lines, err := s.lines(ctx, q, ReviewKind, Filter{})
	if err != nil {
		return nil, nil, err
	}
	reviews, err := carried(lines, func(l ledger.Line) (Review, error) {
		r := Review{Head: l.Head}
		return r, into(l, &r)
	})
	if err != nil {
		return nil, nil, err
	}
	if lines, err = s.lines(ctx, q, CommendationKind, Filter{}); err != nil {
		return nil, nil, err
	}
	given, err := carried(lines, commendation)
	return reviews, given, err
}

func commendation(l ledger.Line) (Commendation, error) {
	c := Commendation{Head: l.Head}
	return c, into(l, &c)
}

// Commendations reads the decisions of bodies, newest first.
func (s *Shelf) Commendations(ctx context.Context, q db.Querier, f Filter) ([]Commendation, error) {
	lines, err := s.lines(ctx, q, CommendationKind, f)
	if err != nil {
		return nil, err
	}
	out := make([]Commendation, 0, len(lines))
	for _, l := range lines {
		c, err := commendation(l)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}
