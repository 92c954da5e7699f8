package report

import (
	"fmt"
	"math/big"

	"danvan/internal/civil"
	"danvan/internal/figure"
)

// cite notes that a figure is printed and gives the index of its evidence.
func (f *filler) cite(q question, a *figure.Figure, r *figure.Row) int {
	key := questionKey(q, a, r)
	if n, ok := f.index[key]; ok {
		return n
	}
	e := evidenceOf(q, a)
	if r != nil {
		e.narrow(q, a, r)
	}
	e.Key = key
	f.index[key] = len(f.evidence)
	f.evidence = append(f.evidence, e)
	return len(f.evidence) - 1
}

// questionKey is the same for the same question in any report.
func questionKey(q question, a *figure.Figure, r *figure.Row) string {
	key := fmt.Sprintf("%s~%s~%s~%s", a.Indicator, q.unit, q.from, q.to)
	if q.cut != 0 {
		key += "~cut:" + q.cut.String()
	}
	if r != nil {
		key += "~" + q.by + "=" + r.Key
	}
	return key
}

func evidenceOf(q question, a *figure.Figure) Evidence {
	e := Evidence{
		Indicator: a.Indicator, Name: a.Name, Measure: a.Measure, Cite: a.Cite, Formula: a.Formula,
		Unit: q.unit, UnitName: a.UnitName, From: q.from.String(), To: q.to.String(),
		Value: a.Value, Display: a.Display, Exact: exactText(a, a.Val, a.Num, a.Den),
		Numerator: orEmpty(a.Numerator), Denominator: orEmpty(a.Denominator),
		Entries: a.Entries, DenominatorEntries: a.DenominatorEntries, Estimated: a.Estimated,
		Breaks: breakNotes(a.Breaks), Checks: checksOf(a.Checks),
	}
	if q.cut != 0 {
		e.CutOff = q.cut.String()
	}
	return e
}

// narrow turns the evidence of a whole into that of one of its rows.
func (e *Evidence) narrow(q question, a *figure.Figure, r *figure.Row) {
	e.By, e.Row, e.Name = q.by, r.Key, e.Name+" – "+r.Name
	e.Value, e.Display = r.Value, r.Display
	e.Exact = rowText(a, r)
	e.Numerator, e.Denominator = orEmpty(r.Numerator), orEmpty(r.Denominator)
	e.Entries, e.DenominatorEntries, e.Estimated = r.Entries, r.DenominatorEntries, r.Estimated
	e.Checks = checksOf(r.Checks)
}

// exactText is the value without words: "72", "97,04%", "8/8".
func exactText(a *figure.Figure, value, num, den *big.Rat) string {
	if value == nil {
		return nothing
	}
	if a.Ind != nil && a.Ind.OutOf && num != nil && den != nil {
		return civil.FormatTrim(num, 2) + "/" + civil.FormatTrim(den, 2)
	}
	text := civil.FormatTrim(value, exactDecimals(a))
	if a.Ind != nil && a.Ind.Percent || a.Measure == "%" {
		if !value.IsInt() {
			text = civil.FormatRat(value, exactDecimals(a))
		}
		text += "%"
	}
	return text
}

// rowText is a row's value as tables, lists and charts print it: exact, save
// that parts of a split are rounded by largest remainder so that they add up
// as printed.
func rowText(a *figure.Figure, r *figure.Row) string {
	if r.Estimated && r.Den == nil {
		return r.Display
	}
	return exactText(a, r.Val, r.Num, r.Den)
}

// exactDecimals are those worth printing: two for ratios, six at most for
// sums, which are exact anyway.
func exactDecimals(a *figure.Figure) int {
	if a.Ind != nil && (a.Ind.Percent || a.Ind.DenominatorFormula() != nil) {
		return max(2, a.Ind.Decimals)
	}
	return max(2, decimalsOf(a))
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func checksOf(list []figure.Check) []Check {
	var out []Check
	for _, c := range list {
		out = append(out, Check(c))
	}
	return out
}
