package figure

import (
	"context"
	"math/big"

	"danvan/internal/civil"
)

// Compare sets the figure against the same period of the year before. Across an incomparable break it gives both
// figures and no change.
func (e *Engine) Compare(ctx context.Context, q Query) (*Comparison, error) {
	var out *Comparison
	err := e.view(ctx, func(s *session) error {
		figures, err := s.many([]Query{q, yearBefore(q)})
		if err != nil {
			return err
		}
		out = compare(figures[0], figures[1])
		return nil
	})
	return out, err
}

// yearBefore asks the same one year earlier. A period that ends with its month does so then, too.
func yearBefore(q Query) Query {
	p := q.Period
	from, to := p.From.AddYears(-1), p.To.AddYears(-1)
	if p.To == p.To.MonthEnd() {
		to = to.MonthEnd()
	}
	q.Period = civil.Period{From: from, To: to, Name: civil.NamePeriod(from, to)}
	if q.CutOff != 0 {
		q.CutOff = q.CutOff.AddYears(-1)
	}
	return q
}

// Against sets one figure against an earlier one of the same indicator. Across an incomparable break it gives both and
// no change.
func Against(now, before *Figure) *Comparison { return compare(now, before) }

func compare(now, before *Figure) *Comparison {
	c := &Comparison{Now: now, Before: before}
	for _, b := range now.Ind.Breaks {
		if b.On > before.Ask.Period.From && b.On <= now.Ask.Period.To {
			c.Note = "Từ ngày " + b.On.Vi() + ": " + b.Note + "."
			if !b.Comparable {
				c.Note += " Hai số liệu không so sánh được."
				return c
			}
		}
	}
	if now.Val == nil || before.Val == nil {
		return c
	}
	change := new(big.Rat).Sub(now.Val, before.Val)
	c.Change = decimal(change)
	if before.Val.Sign() > 0 {
		c.Percent = decimal(change.Mul(change.Quo(change, before.Val), hundred()))
	}
	return c
}
