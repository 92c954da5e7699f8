package figure

import (
	"math/big"
	"sort"
	"strings"

	"danvan/internal/civil"
)

// nothing is printed where nothing was reported.
const nothing = "chưa có số liệu"

// form is how a value is printed. Words such as "trên" are a rule over an exact value, so they are never
// printed where they are not true.
type form struct {
	word     string // over, about, magnitude, of, exact
	step     int64  // what over and about round to; 0 is 1
	decimals int
	percent  bool
	measure  string
}

// print writes value; of prints the two parts instead.
func (f form) print(value, num, den *big.Rat) string {
	if value == nil {
		return nothing
	}
	switch f.word {
	case "over":
		return f.over(value)
	case "about":
		return f.about(value)
	case "magnitude":
		return f.magnitude(value)
	case "of":
		if num != nil && den != nil {
			return civil.FormatTrim(num, 2) + "/" + civil.FormatTrim(den, 2)
		}
	}
	return f.exact(value)
}

// exact rounds to the indicator's decimals; zeros at the end are not printed: 38,6 and 100%, as documents have it.
func (f form) exact(v *big.Rat) string { return civil.FormatTrim(v, f.decimals) + f.sign() }

func (f form) sign() string {
	if f.percent {
		return "%"
	}
	return ""
}

func (f form) unitStep() *big.Rat {
	if f.step > 0 {
		return new(big.Rat).SetInt64(f.step)
	}
	return new(big.Rat).Inv(tenTo(f.decimals))
}

// over prints "trên 70" for 71 to 79 with step 10, and 70 itself as 70.
func (f form) over(v *big.Rat) string {
	step := f.unitStep()
	low := new(big.Rat).Mul(new(big.Rat).SetInt(floor(new(big.Rat).Quo(v, step))), step)
	if low.Sign() <= 0 || low.Cmp(v) == 0 {
		return f.exact(v)
	}
	return "trên " + civil.FormatTrim(low, f.decimals) + f.sign()
}

// about prints "khoảng 2.500" for 2.487 with step 100, and 2.500 itself as 2.500.
func (f form) about(v *big.Rat) string {
	step := f.unitStep()
	half := big.NewRat(1, 2)
	near := new(big.Rat).SetInt(floor(new(big.Rat).Add(new(big.Rat).Quo(v, step), half)))
	near.Mul(near, step)
	if near.Sign() <= 0 || near.Cmp(v) == 0 {
		return f.exact(v)
	}
	return "khoảng " + civil.FormatTrim(near, f.decimals) + f.sign()
}

// magnitude prints "hàng tỷ đồng" from 1.000.000.000 on, also for eighty billion, and "hàng triệu đồng" below.
func (f form) magnitude(v *big.Rat) string {
	for _, w := range []struct {
		from int64
		word string
	}{{1_000_000_000_000, "hàng nghìn tỷ"}, {1_000_000_000, "hàng tỷ"}, {1_000_000, "hàng triệu"}, {1_000, "hàng nghìn"}} {
		if v.Cmp(new(big.Rat).SetInt64(w.from)) >= 0 {
			return strings.TrimSpace(w.word + " " + f.measure)
		}
	}
	return f.exact(v)
}

func floor(r *big.Rat) *big.Int {
	q, m := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if m.Sign() < 0 {
		q.Sub(q, big.NewInt(1))
	}
	return q
}

// apportion rounds parts to decimals so that they add up to their rounded total, by largest remainder: each is
// cut, then the units left over go to those that lost most. Ties go to the earlier part.
func apportion(parts []*big.Rat, decimals int) []*big.Rat {
	unit := tenTo(decimals)
	total := new(big.Rat)
	out := make([]*big.Rat, len(parts))
	type lost struct {
		i    int
		rest *big.Rat
	}
	var rests []lost
	cut := new(big.Int)
	for i, p := range parts {
		if p == nil {
			continue
		}
		total.Add(total, p)
		scaled := new(big.Rat).Mul(p, unit)
		whole := floor(scaled)
		cut.Add(cut, whole)
		out[i] = new(big.Rat).SetInt(whole)
		rests = append(rests, lost{i, scaled.Sub(scaled, out[i])})
	}
	scaled := total.Mul(total, unit)
	left := new(big.Int).Sub(floor(scaled.Add(scaled, big.NewRat(1, 2))), cut).Int64()
	sort.SliceStable(rests, func(a, b int) bool { return rests[a].rest.Cmp(rests[b].rest) > 0 })
	one := big.NewRat(1, 1)
	for k := int64(0); k < left && k < int64(len(rests)); k++ {
		out[rests[k].i].Add(out[rests[k].i], one)
	}
	for _, r := range out {
		if r != nil {
			r.Quo(r, unit)
		}
	}
	return out
}
