package demo

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"danvan/internal/catalog"
)

// relation is a rule of a kind between amounts: the fields of one side add up to, or stay below, those of the
// other.
type relation struct {
	left, right []*catalog.Field
	equal       bool
}

var relationPattern = regexp.MustCompile(`^([a-z_0-9 +]+) (==|<=|>=) ([a-z_0-9 +]+)$`)

// relations are what must hold between the amounts of a kind: its own rules that are sums of amounts (others,
// of dates, hold by the way values are drawn, or are drawn again), and the checks of the indicators that read
// two of its fields.
func (w *world) relations(ed *catalog.Edition, kind *catalog.Kind) []relation {
	key := ed.Code + "/" + kind.Code
	if got, ok := w.related[key]; ok {
		return got
	}
	out := append(ruled(kind), checked(ed, kind)...)
	w.related[key] = out
	return out
}

// checked are the relations that the indicators' checks ask for: settled at most received.
func checked(ed *catalog.Edition, kind *catalog.Kind) []relation {
	var out []relation
	for _, ind := range ed.Indicators {
		if num, den := summedBy(ed, kind, ind.Formula()), summedBy(ed, kind, ind.DenominatorFormula()); ind.Percent && num != nil && den != nil && num != den {
			out = append(out, relation{left: []*catalog.Field{num}, right: []*catalog.Field{den}}) // a share of the whole
		}
		part := summed(ed, kind, ind)
		if part == nil {
			continue
		}
		for _, c := range ind.Checks {
			for bound, below := range map[string]bool{c.AtMost: true, c.AtLeast: false} {
				other := ed.Indicator(bound)
				if bound == "" || other == nil {
					continue
				}
				whole := summed(ed, kind, other)
				if whole == nil || whole == part {
					continue
				}
				if !below {
					part, whole = whole, part
				}
				out = append(out, relation{left: []*catalog.Field{part}, right: []*catalog.Field{whole}})
			}
		}
	}
	return out
}

// summed is the field that an indicator adds up, where it is one field of this kind and nothing else.
func summed(ed *catalog.Edition, kind *catalog.Kind, ind *catalog.Indicator) *catalog.Field {
	if ind.DenominatorFormula() != nil {
		return nil
	}
	return summedBy(ed, kind, ind.Formula())
}

func summedBy(ed *catalog.Edition, kind *catalog.Kind, x catalog.Expr) *catalog.Field {
	if x == nil {
		return nil
	}
	calls := catalog.Calls(x)
	if len(calls) != 1 || calls[0].Selector == nil {
		return nil
	}
	series := ed.SeriesByCode(calls[0].Selector.Series)
	if series == nil || series.Each != "" || !slices.Contains(series.KindCodes(), kind.Code) {
		return nil
	}
	return kind.Field(series.Value)
}

// ruled are the relations of the kind's own rules.
func ruled(kind *catalog.Kind) []relation {
	var out []relation
	for _, rule := range kind.Rules {
		m := relationPattern.FindStringSubmatch(strings.TrimSpace(rule.Expr))
		if m == nil {
			continue
		}
		left, right := amounts(kind, m[1]), amounts(kind, m[3])
		if left == nil || right == nil {
			continue
		}
		if m[2] == ">=" {
			left, right = right, left
		}
		out = append(out, relation{left, right, m[2] == "=="})
	}
	return out
}

func amounts(kind *catalog.Kind, side string) []*catalog.Field {
	var out []*catalog.Field
	for _, code := range strings.Split(side, "+") {
		f := kind.Field(strings.TrimSpace(code))
		if f == nil || f.Type != catalog.Int && f.Type != catalog.Money && f.Type != catalog.DecimalT {
			return nil
		}
		out = append(out, f)
	}
	return out
}

// hold changes amounts so that the relation holds: parts are made to fit the whole.
func (rel relation) hold(values map[string]any, fixed map[string]bool, mix map[string]float64, r *rand.Rand) {
	whole, parts := rel.right, rel.left
	if rel.equal && len(rel.left) < len(rel.right) {
		whole, parts = rel.left, rel.right
	}
	limit, now := total(values, whole), total(values, parts)
	if !rel.equal && now <= limit {
		return
	}
	weights := make([]float64, len(parts))
	for i, f := range parts {
		if fixed[f.Code] {
			limit -= units(values, f)
			continue
		}
		weights[i] = (.6 + .8*r.Float64()) * math.Pow(.45, float64(i))
		if part, ok := mix[f.Code]; ok {
			weights[i] = (.8 + .4*r.Float64()) * part
		}
	}
	if !rel.equal {
		limit = int64(float64(limit) * (.75 + .25*r.Float64()))
	}
	for i, part := range distribute(max(limit, 0), weights) {
		if !fixed[parts[i].Code] {
			values[parts[i].Code] = scaled(part, parts[i].Scale)
		}
	}
}

func total(values map[string]any, fields []*catalog.Field) int64 {
	var sum int64
	for _, f := range fields {
		sum += units(values, f)
	}
	return sum
}

// units is an amount in the field's smallest unit; absent is 0.
func units(values map[string]any, f *catalog.Field) int64 {
	switch v := values[f.Code].(type) {
	case int64:
		return v
	case int:
		return int64(v)
	case uint64:
		return int64(v)
	case string:
		if x, ok := new(big.Rat).SetString(v); ok {
			x.Mul(x, new(big.Rat).SetInt64(int64(math.Pow10(f.Scale))))
			return new(big.Int).Quo(x.Num(), x.Denom()).Int64()
		}
	}
	return 0
}

// bound reads a bound of a field in its smallest unit.
func bound(b *catalog.Bound, scale int) int64 {
	x, ok := new(big.Rat).SetString(fmt.Sprint(*b))
	if !ok {
		return 0
	}
	x.Mul(x, new(big.Rat).SetInt64(int64(math.Pow10(scale))))
	return new(big.Int).Quo(x.Num(), x.Denom()).Int64()
}
