package figure

import (
	"fmt"
	"math/big"

	"danvan/internal/catalog"
	"danvan/internal/org"
)

// term is the computed value of a call.
type term struct {
	call
	val       *big.Rat // nil: nothing reported
	n         int64    // facts behind it
	estimated bool
	reported  []org.UnitID // units with something reported
	units     int64        // units it counts, of units(), in_state(), having()
	entries   []int64      // the entries behind it where it is not all current facts in shares
	listed    bool         // entries is the list
	source    *Source
}

// answer is both sides of a formula.
type answer struct {
	q        *question
	val      *big.Rat
	num, den *big.Rat
	terms    []term
	checks   []Check
	source   *Source
}

// compute evaluates the question, without checks and counts of entries.
func (t *question) compute() (*answer, error) {
	a := &answer{q: t}
	if t.empty {
		if t.from > t.to {
			a.note("since", "Kỳ tính nằm ngoài thời gian chỉ tiêu có số liệu.")
		}
		return a, nil
	}
	if err := t.refuseBreak(); err != nil {
		return nil, err
	}
	calls, err := t.calls()
	if err != nil {
		return nil, err
	}
	values := map[*catalog.Call]*term{}
	a.terms = make([]term, len(calls))
	for i, c := range calls {
		if a.terms[i], err = t.evaluate(c); err != nil {
			return nil, fmt.Errorf("indicator %s, %s: %w", t.ind.Code, c.Call, err)
		}
		values[c.Call] = &a.terms[i]
		if a.source == nil {
			a.source = a.terms[i].source
		}
	}
	a.num = a.fold(t.ind.Formula(), values)
	a.val = a.num
	if den := t.ind.DenominatorFormula(); den != nil {
		a.den = a.fold(den, values)
		a.ratio()
	}
	return a, nil
}

func hundred() *big.Rat { return big.NewRat(100, 1) }

// ratio divides; an A of B keeps A as its value.
func (a *answer) ratio() {
	t := a.q
	if t.ind.OutOf {
		return
	}
	a.val = nil
	switch {
	case a.num == nil && a.den == nil:
		return
	case a.den == nil:
		a.note("no_denominator", "Chưa có số liệu của mẫu số nên không tính được tỷ lệ.")
		return
	case a.den.Sign() == 0:
		a.note("zero_denominator", "Mẫu số bằng 0 nên không tính được tỷ lệ.")
		return
	case a.num == nil:
		a.note("no_numerator", "Chưa có số liệu của tử số nên không tính được tỷ lệ.")
		return
	}
	a.val = new(big.Rat).Quo(a.num, a.den)
	if t.ind.Percent {
		a.val.Mul(a.val, hundred())
	}
}

func (a *answer) note(code, message string) {
	a.checks = append(a.checks, Check{Code: code, OK: true, Message: message})
}

// fold computes an expression. In a sum, a term with nothing reported counts as zero unless all are so; a
// product or quotient with nothing reported is nothing.
func (a *answer) fold(x catalog.Expr, values map[*catalog.Call]*term) *big.Rat {
	switch x := x.(type) {
	case *catalog.Num:
		return x.Value
	case *catalog.Call:
		return values[x].val
	case *catalog.Neg:
		if v := a.fold(x.X, values); v != nil {
			return new(big.Rat).Neg(v)
		}
	case *catalog.Binary:
		l, r := a.fold(x.X, values), a.fold(x.Y, values)
		if x.Op == '+' || x.Op == '-' {
			return addSides(x, l, r)
		}
		if l == nil || r == nil {
			return nil
		}
		if x.Op == '*' {
			return new(big.Rat).Mul(l, r)
		}
		if r.Sign() == 0 {
			a.note("zero_divisor", "Công thức có phép chia cho 0 ("+x.String()+") nên không tính được.")
			return nil
		}
		return new(big.Rat).Quo(l, r)
	}
	return nil
}

func addSides(x *catalog.Binary, l, r *big.Rat) *big.Rat {
	if l == nil && (r == nil || len(catalog.Calls(x.Y)) == 0) || r == nil && len(catalog.Calls(x.X)) == 0 {
		return nil // nothing but a constant stands against nothing reported
	}
	out := new(big.Rat)
	if l != nil {
		out.Set(l)
	}
	if r == nil {
		return out
	}
	if x.Op == '-' {
		return out.Sub(out, r)
	}
	return out.Add(out, r)
}

// evaluate computes one call.
func (t *question) evaluate(c call) (term, error) {
	switch c.Func {
	case "sum", "stock":
		return t.sum(c)
	case "entries":
		return t.distinct(c)
	case "having":
		return t.having(c)
	case "units":
		return t.countUnits(c), nil
	case "in_state":
		return t.inState(c)
	case "last":
		return t.last(c)
	case "reading":
		return t.reading(c)
	}
	return term{}, fmt.Errorf("unknown function %s", c.Func)
}

// sum adds up values: in the period, or for a stock since the beginning.
func (t *question) sum(c call) (term, error) {
	out := term{call: c}
	total, err := t.total(c, &out)
	if err != nil {
		return out, err
	}
	out.n, out.estimated = total.n, total.estimated
	out.val = total.rat(c.series.Scale)
	return out, nil
}

// total adds the cells of a call over its shares, and notes which units reported.
func (t *question) total(c call, out *term) (amount, error) {
	var total amount
	n, ok := t.need(c)
	if !ok {
		return total, nil
	}
	lists, err := t.cells(n)
	if err != nil {
		return total, err
	}
	if n.flat {
		for _, cells := range lists {
			for _, c := range cells {
				total.whole, total.n = total.whole+c.value, total.n+c.n
			}
		}
		return total, nil
	}
	shares := t.shares(n.reach)
	for _, cells := range lists {
		total.plus(within(cells, shares))
		out.reported = t.reporting(out.reported, cells, shares)
	}
	return total, nil
}

// reporting appends the units of eras with something reported. The list may repeat a unit.
func (t *question) reporting(units []org.UnitID, cells []cell, shares []share) []org.UnitID {
	i := 0
	for _, s := range shares {
		for i < len(cells) && cells[i].era < s.era {
			i++
		}
		if i == len(cells) {
			break
		}
		if cells[i].era == s.era && cells[i].n > 0 && s.part != 0 {
			units = append(units, t.eras.unitOf[s.era])
		}
	}
	return units
}

// distinct counts entries.
func (t *question) distinct(c call) (term, error) {
	out := term{call: c}
	total, err := t.total(c, &out)
	if err != nil || total.n == 0 {
		return out, err
	}
	out.n = total.n
	if !single(c.series) {
		ids, err := t.entriesOf(out)
		if err != nil {
			return out, err
		}
		out.n = int64(len(ids))
	}
	out.val = new(big.Rat).SetInt64(out.n)
	return out, nil
}

// single says that an entry adds at most one fact to the series, so that facts count entries.
func single(sr *catalog.Series) bool { return sr.Each == "" && sr.Until == "" }
