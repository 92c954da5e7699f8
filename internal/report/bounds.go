package report

import (
	"math/big"

	"danvan/internal/catalog"
	"danvan/internal/figure"
)

// Bounds are what a template says about figures that must be looked at before
// its report is filed. What is left out is the program's own.
type Bounds struct {
	Jump Jump `yaml:"jump"`
	// Of has the bounds of single indicators, by code.
	Of map[string]Jump `yaml:"of"`
	// Unconfirmed is the share of unconfirmed entries, in percent, above which
	// the office is asked about them.
	Unconfirmed int `yaml:"unconfirmed"`
}

// Jump says when a figure stands too far from that of the same period of the
// year before.
type Jump struct {
	// Times is by how much it has Grown, or Fallen, to be asked about: 2 is
	// twice or half.
	Times int64 `yaml:"times"`
	// Least is the smallest difference, in the figure's unit, that is worth a
	// question.
	Least int64 `yaml:"least"`
	// Points are percentage points, for ratios.
	Points int64 `yaml:"points"`
}

// usualBounds hold where a template says nothing.
var usualBounds = Bounds{Jump: Jump{Times: 2, Least: 10, Points: 15}, Unconfirmed: 50}

// of are the bounds of an indicator.
func (b Bounds) of(indicator string) Jump {
	return b.Of[indicator].or(b.Jump).or(usualBounds.Jump)
}

func (j Jump) or(usual Jump) Jump {
	if j.Times == 0 {
		j.Times = usual.Times
	}
	if j.Least == 0 {
		j.Least = usual.Least
	}
	if j.Points == 0 {
		j.Points = usual.Points
	}
	return j
}

// unconfirmed is the share above which unconfirmed entries are asked about, in
// percent.
func (b Bounds) unconfirmed() int {
	if b.Unconfirmed == 0 {
		return usualBounds.Unconfirmed
	}
	return b.Unconfirmed
}

func (b Bounds) verify(at pos, issues *Problems) {
	all := map[string]Jump{"jump": b.Jump}
	for code, j := range b.Of {
		all["of "+code] = j
	}
	for name, j := range all {
		if j.Times < 0 || j.Times == 1 || j.Least < 0 || j.Points < 0 {
			issues.add(at, "checks, %s: times phải từ hai trở lên, least và points không âm", name)
		}
	}
	if b.Unconfirmed < 0 || b.Unconfirmed > 100 {
		issues.add(at, "checks, unconfirmed: là phần trăm, từ 0 đến 100")
	}
}

// Leap says how a figure stands to that of the year before.
type Leap int

const (
	Steady Leap = iota
	Grown
	Fallen
	Vanished // nothing, or a stated zero, where there was plenty
)

// Leap judges a figure against that of the same period of the year before;
// where the two cannot be compared it is Steady.
func (b Bounds) Leap(ind *catalog.Indicator, now, past *figure.Figure) Leap {
	a := asked{q: now.Ask, earlier: past.Ask, now: now}
	if !a.comparable(past) {
		return Steady
	}
	return b.of(ind.Code).judge(now.Val, past.Val, ind.Percent || now.Measure == "%")
}

// judge holds a value against that of the year before; nil is nothing
// reported. ratio says that both are percentages.
func (j Jump) judge(now, before *big.Rat, ratio bool) Leap {
	if before == nil {
		return Steady
	}
	if now == nil {
		if !ratio && before.Cmp(rat(j.Least)) >= 0 {
			return Vanished
		}
		return Steady
	}
	diff := new(big.Rat).Sub(now, before)
	size := new(big.Rat).Abs(diff)
	if ratio {
		return way(size.Cmp(rat(j.Points)) >= 0, diff)
	}
	if size.Cmp(rat(j.Least)) < 0 || now.Sign() < 0 || before.Sign() < 0 {
		return Steady
	}
	if now.Sign() == 0 {
		return Vanished
	}
	low, high := before, now
	if diff.Sign() < 0 {
		low, high = now, before
	}
	return way(new(big.Rat).Mul(low, rat(j.Times)).Cmp(high) <= 0, diff)
}

func way(far bool, diff *big.Rat) Leap {
	switch {
	case !far:
		return Steady
	case diff.Sign() > 0:
		return Grown
	}
	return Fallen
}

func rat(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }
