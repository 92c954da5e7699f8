package report

import (
	"context"
	"fmt"
	"math/big"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
)

// Difference is a printed figure that is another one now.
type Difference struct {
	Index   int      // of the evidence in the printed report
	Printed Evidence // as it stands there
	Exact   string   // the value now, without words, as Evidence.Exact
	Now     *big.Rat // nil: nothing is reported any more
	Why     string   // why there is no figure now, empty where there is one
	// Trace names the entries that moved it; nil where the figure is a row
	// that no single question asks for.
	Trace *figure.Trace
	// Elsewhere is what entries do not explain: units, boundaries or the
	// definition are others than when it was printed. nil or zero: nothing.
	Elsewhere *big.Rat
}

// Change is now less printed, nothing counting as zero.
func (d Difference) Change() *big.Rat {
	out := new(big.Rat)
	if d.Now != nil {
		out.Set(d.Now)
	}
	if was := d.Printed.number(); was != nil {
		out.Sub(out, was)
	}
	return out
}

// number is a printed value, nil for nothing reported.
func (e Evidence) number() *big.Rat {
	if e.Value == nil {
		return nil
	}
	v, ok := new(big.Rat).SetString(*e.Value)
	if !ok {
		return nil
	}
	return v
}

// standing is what a printed figure is now.
type standing struct {
	value  *string
	number *big.Rat
	exact  string
	why    string
}

// Differences asks every figure of a printed report again and gives those that
// are others now, in the order in which they were printed.
func Differences(ctx context.Context, engine *figure.Engine, printed *Report) ([]Difference, error) {
	now, err := askAgain(ctx, engine, printed)
	if err != nil {
		return nil, err
	}
	var out []Difference
	for i, e := range printed.Evidence {
		if s, asked := now[i]; asked && !same(e.Value, s.value) {
			out = append(out, Difference{Index: i, Printed: e, Exact: s.exact, Now: s.number, Why: s.why})
		}
	}
	return out, traceBack(ctx, engine, printed, out)
}

func same(a, b *string) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// askAgain gives what each figure is now, by its index. What one question
// cannot ask is looked up in its breakdown.
func askAgain(ctx context.Context, engine *figure.Engine, printed *Report) (map[int]standing, error) {
	out := map[int]standing{}
	var plain []figure.Query
	var at []int
	for i, e := range printed.Evidence {
		if e.By != "" {
			continue
		}
		if q, err := printed.whole(e); err == nil {
			plain, at = append(plain, q), append(at, i)
		}
	}
	err := engine.Within(ctx, func(now figure.Snapshot) error {
		figures, refused, err := now.Each(plain)
		if err != nil {
			return err
		}
		for k, f := range figures {
			if f == nil {
				out[at[k]] = standing{why: fault.Say(refused[k]), exact: nothing}
				continue
			}
			out[at[k]] = standing{f.Value, f.Val, exactText(f, f.Val, f.Num, f.Den), ""}
		}
		return rowsAgain(now, printed, out)
	})
	return out, err
}

func rowsAgain(now figure.Snapshot, printed *Report, out map[int]standing) error {
	type table struct {
		q  figure.Query
		by string
	}
	known := map[table]*figure.Breakdown{}
	for i, e := range printed.Evidence {
		q, err := printed.whole(e)
		if e.By == "" || err != nil {
			continue
		}
		b, read := known[table{q, e.By}]
		if !read {
			if b, err = now.Breakdown(q, e.By); err != nil && !refused(err) {
				return err
			}
			known[table{q, e.By}] = b
		}
		s := standing{why: "Dòng này không còn trong bảng.", exact: nothing}
		if r := rowIn(b, e.Row); r != nil {
			s = standing{r.Value, r.Val, rowText(&b.Figure, r), ""}
		}
		out[i] = s
	}
	return nil
}

func rowIn(b *figure.Breakdown, key string) *figure.Row {
	if b == nil {
		return nil
	}
	for i := range b.Rows {
		if b.Rows[i].Key == key {
			return &b.Rows[i]
		}
	}
	return nil
}

// traceBack finds the entries that moved each difference.
func traceBack(ctx context.Context, engine *figure.Engine, printed *Report, list []Difference) error {
	var qs []figure.Query
	var at []int
	for i, d := range list {
		if q, ok := printed.Query(d.Printed); ok {
			qs, at = append(qs, q), append(at, i)
		}
	}
	if len(qs) == 0 {
		return nil
	}
	traces, err := engine.Since(ctx, printed.Leaf, qs)
	if err != nil {
		return fmt.Errorf("trace the report %s of %s: %w", printed.Template, printed.Unit.Code, err)
	}
	for k, t := range traces {
		d := &list[at[k]]
		if t == nil || !equal(t.Now.Val, d.Now) { // a row that its question does not give
			continue
		}
		d.Trace = t
		d.Elsewhere = beside(t.Then.Val, d.Printed)
	}
	return nil
}

// beside is by how much what entries alone would have left differs from what
// was printed, which is rounded to six places.
func beside(then *big.Rat, printed Evidence) *big.Rat {
	text := ""
	if then != nil {
		text = civil.DecimalString(then, 6)
	}
	if text == orEmpty(printed.Value) {
		return nil
	}
	out := new(big.Rat)
	if then != nil {
		out.Set(then)
	}
	if was := printed.number(); was != nil {
		out.Sub(out, was)
	}
	return out
}

func equal(a, b *big.Rat) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Cmp(b) == 0
}

// Untouched says that nothing which the report prints can have moved: no act on
// an entry reaches one of its figures, and the units and edition are those of
// then. It reads no totals, so that a hundred reports can be asked at once.
func Untouched(ctx context.Context, engine *figure.Engine, printed *Report) (bool, error) {
	var qs []figure.Query
	seen := map[string]bool{}
	for _, e := range printed.Evidence {
		key := e.Indicator + e.Unit + e.From + e.To
		if q, err := printed.whole(e); err == nil && !seen[key] {
			seen[key] = true
			qs = append(qs, q)
		}
	}
	touched, err := engine.Touched(ctx, printed.Leaf, qs)
	if err != nil {
		return false, err
	}
	for _, t := range touched {
		if t {
			return false, nil
		}
	}
	return true, nil
}
