package contribution

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"danvan/internal/civil"
)

// Nature is one of the four kinds of which people give.
type Nature string

// The four kinds, in the order in which tables show them.
const (
	Land     Nature = "land"     // m², one decimal
	Workdays Nature = "workdays" // ngày công, one decimal
	Money    Nature = "money"    // đồng
	InKind   Nature = "goods"    // by unit of measure, two decimals
)

var natures = []Nature{Land, Workdays, Money, InKind}

// Item is what a balance is kept of: a nature, and for goods the unit of measure by its code.
type Item struct {
	Nature Nature
	Unit   string
}

// Scale is how many decimals the item's amounts have.
func (i Item) Scale() int {
	switch i.Nature {
	case Land, Workdays:
		return 1
	case InKind:
		return 2
	}
	return 0
}

// Amounts are sums by item, in whole steps of the item's scale: tenths of m² and workdays, đồng, hundredths of goods.
type Amounts map[Item]int64

// Add adds b, times times.
func (a Amounts) Add(b Amounts, times int64) {
	for i, n := range b {
		a[i] += n * times
	}
}

// None reports whether every sum is zero.
func (a Amounts) None() bool {
	for _, n := range a {
		if n != 0 {
			return false
		}
	}
	return true
}

// Items are the items of several sums, in the order of tables.
func Items(all ...Amounts) []Item {
	seen := map[Item]bool{}
	for _, a := range all {
		for i, n := range a {
			if n != 0 {
				seen[i] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b Item) int {
		return cmp.Or(cmp.Compare(slices.Index(natures, a.Nature), slices.Index(natures, b.Nature)), strings.Compare(a.Unit, b.Unit))
	})
}

// Rat is an amount of the item as a number.
func (i Item) Rat(n int64) *big.Rat {
	return new(big.Rat).SetFrac64(n, pow10(i.Scale()))
}

// Format is an amount of the item as people write it, without its unit: 1.250,5.
func (i Item) Format(n int64) string { return civil.FormatTrim(i.Rat(n), i.Scale()) }

func pow10(n int) int64 {
	out := int64(1)
	for range n {
		out *= 10
	}
	return out
}

// scaled reads a stored number into whole steps of a scale.
func scaled(n json.Number, scale int) (int64, error) {
	if n == "" {
		return 0, nil
	}
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		return 0, fmt.Errorf("number %q", n)
	}
	r.Mul(r, new(big.Rat).SetInt64(pow10(scale)))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, fmt.Errorf("number %q has more than %d decimals, or is too large", n, scale)
	}
	return r.Num().Int64(), nil
}
