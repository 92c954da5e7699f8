package figure

import (
	"math/big"

	"danvan/internal/civil"
)

// million is a whole share.
const million = 1_000_000

// share is the part of an era that counts, in millionths.
type share struct {
	era       int64
	part      int64
	estimated bool
}

// amount is a sum of integers times shares, exact: whole holds what counts in full, part the sum of value times
// millionths.
type amount struct {
	whole     int64
	part      *big.Int
	n         int64 // facts behind it
	estimated bool
}

func (a *amount) add(value, n int64, s share) {
	if n == 0 && value == 0 {
		return
	}
	a.n += n
	if s.part == million {
		a.whole += value
		return
	}
	if a.part == nil {
		a.part = new(big.Int)
	}
	a.part.Add(a.part, new(big.Int).Mul(big.NewInt(value), big.NewInt(s.part)))
	a.estimated = a.estimated || s.estimated && value != 0
}

// plus adds another amount of the same scale.
func (a *amount) plus(b amount) {
	a.whole += b.whole
	a.n += b.n
	a.estimated = a.estimated || b.estimated
	if b.part == nil {
		return
	}
	if a.part == nil {
		a.part = new(big.Int)
	}
	a.part.Add(a.part, b.part)
}

// rat is the exact value at a scale, nil when nothing was reported.
func (a *amount) rat(scale int) *big.Rat {
	if a.n == 0 {
		return nil
	}
	r := new(big.Rat).SetInt64(a.whole)
	if a.part != nil {
		r.Add(r, new(big.Rat).SetFrac(a.part, big.NewInt(million)))
	}
	return r.Quo(r, tenTo(scale))
}

// tenTo is 10^n.
func tenTo(n int) *big.Rat {
	return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
}

// within sums the cells that the shares cover. Both lists are in ascending order of era.
func within(cells []cell, shares []share) amount {
	var a amount
	i := 0
	for _, s := range shares {
		for i < len(cells) && cells[i].era < s.era {
			i++
		}
		if i == len(cells) {
			break
		}
		if cells[i].era == s.era && s.part != 0 {
			a.add(cells[i].value, cells[i].n, s)
		}
	}
	return a
}

// decimal writes a number for machines, nil for nothing reported.
func decimal(r *big.Rat) *string {
	if r == nil {
		return nil
	}
	s := civil.DecimalString(r, 6)
	return &s
}
