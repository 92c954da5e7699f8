package web

import (
	"context"
	"math/big"
	"slices"
	"strings"
	"sync"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// keepTotals compares what the whole system had before and after: on the boundaries of each day, of the evening before,
// and of the day itself. Who may not read all figures is told only whether they agree.
func (v *changeView) keepTotals(ctx context.Context, s *server, tree *org.Tree) error {
	if v.UndoneMS != 0 || v.Day > s.Today() {
		return nil
	}
	who := viewer(ctx)
	v.MaySee = !slices.ContainsFunc(tree.Roots(s.Today()), func(id org.UnitID) bool { return !who.May(access.ReadWork, id) })
	state, err := s.state(ctx)
	if err != nil {
		return err
	}
	v.Kept, err = s.around.of(state, v.Day.String(), func() ([]keptTotal, error) { return s.totalsAround(ctx, tree, v.Day) })
	return err
}

// keptAround are totals around days, kept until a record is added or the units change.
type keptAround struct {
	mu    sync.Mutex
	state string
	done  map[string][]keptTotal
}

func (k *keptAround) of(state, key string, compute func() ([]keptTotal, error)) ([]keptTotal, error) {
	k.mu.Lock()
	got, ok := k.done[key]
	ok = ok && k.state == state
	k.mu.Unlock()
	if ok {
		return got, nil
	}
	got, err := compute()
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state != state || len(k.done) > 200 {
		k.state, k.done = state, map[string][]keptTotal{}
	}
	k.done[key] = got
	return got, nil
}

// mostKept is how many figures are compared.
const mostKept = 4

// totalsAround are sums over the whole system on three bases: then, the evening before a day, the day. Those of a basis
// are the sums of its roots; of the basis then, of all units that were ever a root.
func (s *server) totalsAround(ctx context.Context, tree *org.Tree, day civil.Date) ([]keptTotal, error) {
	period, err := civil.Between(org.Floor, s.Today())
	if err != nil {
		return nil, err
	}
	var ever []org.UnitID
	for _, u := range tree.Units() {
		if u.Form == org.Territory && slices.ContainsFunc(u.Spans, func(sp org.Span) bool { return sp.Parent == 0 }) {
			ever = append(ever, u.ID)
		}
	}
	eve := day.AddDays(-1)
	bases := []struct {
		basis org.Basis
		roots []org.UnitID
	}{{org.AsThen(), ever}, {org.OnDay(eve), tree.Roots(eve)}, {org.OnDay(day), tree.Roots(day)}}
	var out []keptTotal
	var asked []figure.Query
	for _, i := range s.headline() {
		out = append(out, keptTotal{Code: i.Code, Name: i.Name})
		for _, b := range bases {
			for _, root := range b.roots {
				u := tree.Unit(root)
				asked = append(asked, figure.Query{Indicator: i.Code, Unit: unitAt(u.Code, max(u.Opened, org.Floor)), Period: period, Basis: b.basis})
			}
		}
	}
	got, err := s.Figures.Many(ctx, asked)
	if err != nil {
		return nil, err
	}
	for k := range out {
		var sums [3]*big.Rat
		for n, b := range bases {
			sums[n] = new(big.Rat)
			for range b.roots {
				if got[0].Val != nil {
					sums[n].Add(sums[n], got[0].Val)
				}
				got = got[1:]
			}
		}
		x := &out[k]
		x.Then, x.Before, x.Now = civil.FormatTrim(sums[0], shownDecimals), civil.FormatTrim(sums[1], shownDecimals), civil.FormatTrim(sums[2], shownDecimals)
		x.Same = sums[0].Cmp(sums[1]) == 0 && sums[1].Cmp(sums[2]) == 0
	}
	return out, nil
}

// headline are the plain sums among the figures that reports carry by a sign of their own (F04).
func (s *server) headline() []*catalog.Indicator {
	var out []*catalog.Indicator
	for _, i := range s.Catalog.Latest().Indicators {
		if len(i.Ref) == 0 || !adds(i.Numerator) || i.Denominator != "" || len(i.Scope) > 0 || len(i.Breaks) > 0 || i.Since != 0 || i.OverYears != "" {
			continue
		}
		if out = append(out, i); len(out) == mostKept {
			break
		}
	}
	return out
}

// adds reports whether a formula is one plain sum.
func adds(formula string) bool {
	return strings.HasPrefix(formula, "sum(") && strings.Count(formula, "(") == 1 && strings.HasSuffix(formula, ")")
}
