package figure

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Breakdown answers by month, quarter, year, unit or label:NAME. Rows whose Additive is false do not add up to the whole.
// Where the whole may not be added up (an incomparable break), its value is null and the rows stand alone.
func (e *Engine) Breakdown(ctx context.Context, q Query, by string) (*Breakdown, error) {
	var b *Breakdown
	err := e.view(ctx, func(s *session) (err error) {
		b, err = s.breakdown(q, by)
		return err
	})
	return b, err
}

func (s *session) breakdown(q Query, by string) (*Breakdown, error) {
	if err := s.veil(q, by); err != nil {
		return nil, err
	}
	if k := s.recall(q, "by "+by); k != nil {
		if k.refused != nil {
			return nil, k.refused
		}
		return s.seenRows(k.breakdown.own()), nil
	}
	t, err := s.ask(q)
	if err != nil {
		return nil, err
	}
	b, err := t.breakdown(by)
	k := &known{refused: err}
	if b != nil {
		k.breakdown = b.own()
	}
	s.remember(q, "by "+by, t, k)
	return s.seenRows(b), err
}

func (t *question) breakdown(by string) (*Breakdown, error) {
	rows, err := t.rowsBy(by)
	if err != nil {
		return nil, err
	}
	whole, err := t.wholeKnown()
	if err != nil {
		return nil, err
	}
	if rows == nil {
		rows = []Row{}
	}
	t.settle(rows)
	return &Breakdown{Figure: *whole, By: by, Rows: rows}, nil
}

func (t *question) rowsBy(by string) ([]Row, error) {
	label, isLabel := strings.CutPrefix(by, "label:")
	switch {
	case by == "month" || by == "quarter" || by == "year":
		return t.byTime(by)
	case by == "unit":
		return t.byUnit()
	case isLabel && label != "":
		return t.byLabel(label)
	}
	return nil, fault.Newf(fault.Invalid, "Không chia được theo “%s”: chọn month (tháng), quarter (quý), year (năm), unit (đơn vị) hoặc label:TÊN (nhãn).", by)
}

// wholeKnown is the figure above the rows, which may have been asked for alone before.
func (t *question) wholeKnown() (*Figure, error) {
	if k := t.recall(t.put, ""); k != nil && k.figure != nil {
		return k.figure.own(), nil
	}
	return t.whole()
}

// whole is the figure above the rows.
func (t *question) whole() (*Figure, error) {
	f, err := t.figure()
	if err == nil || fault.KindOf(err) != fault.Invalid || len(t.breaks()) == 0 {
		return f, err
	}
	f, err = t.complete(&answer{q: t}, nil)
	if err != nil {
		return nil, err
	}
	f.Checks = append(f.Checks, Check{"break", true, "Không cộng cả kỳ vì định nghĩa thay đổi trong kỳ: " + t.breaks()[0].Note + "."})
	return f, nil
}

// byTime has a row for each calendar month, quarter or year, cut at the period's ends.
func (t *question) byTime(by string) ([]Row, error) {
	t.hold()
	additive := t.addsUp("sum", "entries")
	var rows []Row
	for from := t.from; from <= t.to; {
		last, key := from.MonthEnd(), fmt.Sprintf("%d-M%02d", from.Year(), from.Month())
		switch by {
		case "year":
			last, key = civil.NewDate(from.Year(), 12, 31), yearOf(from)
		case "quarter":
			quarter := (from.Month() + 2) / 3
			last, key = civil.NewDate(from.Year(), 3*quarter, 1).MonthEnd(), fmt.Sprintf("%d-Q%d", from.Year(), quarter)
		}
		last = min(last, t.to)
		r, err := t.row(t.within(from, last))
		if err != nil {
			return nil, err
		}
		r.Key, r.Name, r.From, r.To, r.Additive = key, civil.NamePeriod(from, last), from.String(), last.String(), additive
		rows = append(rows, r)
		from = last.AddDays(1)
	}
	return rows, nil
}

// row answers a part of the question. A part that may not be added up says so in place of its value.
func (t *question) row(part *question) (Row, error) {
	a, _, err := part.answer()
	if fault.KindOf(err) == fault.Invalid && len(part.breaks()) > 0 {
		return Row{Display: nothing, Checks: []Check{{"break", true, fault.Say(err)}}}, nil
	}
	if err != nil {
		return Row{}, err
	}
	r, err := a.row()
	r.Checks = a.checks
	return r, err
}

// addsUp says whether the parts of a question add up to its whole: a formula that is linear, over functions that do.
func (t *question) addsUp(functions ...string) bool {
	if t.ind.DenominatorFormula() != nil || t.ind.OverYears != "" || !linear(t.ind.Formula()) {
		return false
	}
	for _, c := range catalog.Calls(t.ind.Formula()) {
		if !slices.Contains(functions, c.Func) {
			return false
		}
		if sr := t.ed.SeriesByCode(c.Selector.Series); c.Func == "entries" && (sr == nil || !single(sr)) {
			return false
		}
	}
	return true
}

func linear(x catalog.Expr) bool {
	switch x := x.(type) {
	case *catalog.Call:
		return true
	case *catalog.Neg:
		return linear(x.X)
	case *catalog.Binary:
		constant := func(e catalog.Expr) bool { return len(catalog.Calls(e)) == 0 }
		switch x.Op {
		case '*':
			return constant(x.X) && linear(x.Y) || constant(x.Y) && linear(x.X)
		case '/':
			return constant(x.Y) && linear(x.X)
		}
		return linear(x.X) && linear(x.Y)
	}
	return false
}

// byUnit has a row for each unit directly below, the unit's own, units that ended without successor and parts
// that cannot be divided: together the whole.
func (t *question) byUnit() ([]Row, error) {
	lines, err := t.lines()
	if err != nil {
		return nil, err
	}
	additive := t.addsUp("sum", "stock", "last", "entries")
	var rows []Row
	for _, l := range lines {
		part := *t
		part.line, part.notes = &lineShares{l.shares}, nil
		if u := t.tree.Unit(l.Unit); u != nil {
			part.at = u
		}
		r, err := t.row(&part)
		if err != nil {
			return nil, err
		}
		if r.Value == nil && r.Numerator == nil && r.Denominator == nil && !t.printsEmpty(l.Line) {
			continue
		}
		r.Key, r.Name, r.Kind, r.Additive = part.at.Code, l.Name, l.Kind, additive
		rows = append(rows, r)
	}
	return rows, nil
}

// line is a row by unit with its shares on each reach that the question reads.
type line struct {
	org.Line
	shares map[string][]share
}

// printsEmpty keeps the rows of territories with nothing reported: that nothing came from there is worth a row.
func (t *question) printsEmpty(l org.Line) bool {
	u := t.tree.Unit(l.Unit)
	return l.Kind == org.Child && u != nil && u.Form == org.Territory && u.Open(t.nameDay(t.ask))
}

func (t *question) lines() ([]*line, error) {
	filters, err := t.filters()
	if err != nil {
		return nil, err
	}
	type id struct {
		unit org.UnitID
		kind string
		name string
	}
	var out []*line
	index := map[id]*line{}
	from := t.from
	if t.looksBack() {
		from = civil.Floor
	}
	for _, f := range filters {
		key := t.reachOf(t.boundaries(), t.unit.ID, t.shareBasis(), f).key
		for _, l := range t.tree.Lines(t.boundaries(), t.unit.ID, from, t.to, t.shareBasis(), f) {
			k := id{l.Unit, l.Kind, l.Name}
			if index[k] == nil {
				index[k] = &line{l, map[string][]share{}}
				out = append(out, index[k])
			}
			index[k].shares[key] = newReach(key, l.Shares).shares
		}
	}
	return out, nil
}

// looksBack says whether what happened before the period counts.
func (t *question) looksBack() bool {
	return slices.ContainsFunc(catalog.Calls(t.ind.Formula()), func(c *catalog.Call) bool { return c.Func == "stock" || c.Func == "in_state" })
}

// filters are those of the reaches that the question reads.
func (t *question) filters() ([]org.Filter, error) {
	calls, err := t.calls()
	if err != nil {
		return nil, err
	}
	var out []org.Filter
	seen := map[string]bool{}
	for _, c := range calls {
		f := org.Filter{}
		if c.series != nil {
			f = t.filter(c.series.Axis)
		}
		if k := strings.Join(f.Classes, " "); !seen[k] {
			seen[k] = true
			out = append(out, f)
		}
	}
	return out, nil
}

// byLabel has a row for each value of a label that occurs, in the catalogue's order.
func (t *question) byLabel(label string) ([]Row, error) {
	calls, err := t.calls()
	if err != nil {
		return nil, err
	}
	values := map[string]bool{}
	known, everywhere := false, true
	for _, c := range calls {
		if c.series == nil || !hasLabel(c.series, label) {
			everywhere = false
			continue
		}
		known = true
		for _, k := range t.keys[c.series.Code] {
			if k.lead && c.Selector.Match(k.labels) {
				values[catalog.Label(k.labels, label)] = true
			}
		}
	}
	if !known {
		return nil, fault.Newf(fault.Invalid, "Chỉ tiêu “%s” không có nhãn “%s”. Các nhãn có thể chia: %s.", t.ind.Name, label, labelsOf(calls))
	}
	additive := everywhere && t.addsUp("sum", "stock", "entries")
	names, order := t.labelNames(calls, label)
	var rows []Row
	for _, v := range ordered(values, order) {
		part := *t
		part.notes, part.resolved = nil, nil
		part.extra = append(slices.Clone(t.extra), catalog.Matcher{Label: label, Values: []string{v}})
		r, err := t.row(&part)
		if err != nil {
			return nil, err
		}
		r.Key, r.Name, r.Additive = v, names[v], additive
		switch {
		case v == "":
			r.Name = "không ghi"
		case r.Name == "":
			r.Name = v
		}
		if r.Value != nil || r.Numerator != nil || r.Denominator != nil {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func labelsOf(calls []call) string {
	set := map[string]bool{}
	for _, c := range calls {
		if c.series != nil {
			for l := range c.series.Labels {
				set[l] = true
			}
		}
	}
	if len(set) == 0 {
		return "không có"
	}
	return strings.Join(ordered(set, nil), ", ")
}

// ordered lists a set in the given order, the rest by itself after it.
func ordered(set map[string]bool, order []string) []string {
	var out, rest []string
	for _, v := range order {
		if set[v] {
			out = append(out, v)
		}
	}
	for v := range set {
		if !slices.Contains(order, v) {
			rest = append(rest, v)
		}
	}
	slices.Sort(rest)
	return append(out, rest...)
}

// labelNames are the names and the order of a label that is a choice field of the kind.
func (t *question) labelNames(calls []call, label string) (map[string]string, []string) {
	names := map[string]string{}
	var order []string
	for _, c := range calls {
		if c.series == nil || !hasLabel(c.series, label) {
			continue
		}
		for _, code := range c.series.KindCodes() {
			for _, o := range t.options(code, c.series, c.series.Labels[label]) {
				if names[o.Code] == "" {
					names[o.Code] = o.Name
					order = append(order, o.Code)
				}
			}
		}
	}
	return names, order
}

// options are the choices of the field that gives a label, of the kind or of the group it is taken from.
func (t *question) options(kind string, sr *catalog.Series, field string) []*catalog.Option {
	k := t.ed.Kind(kind)
	if k == nil {
		return nil
	}
	if f := k.Field(field); f != nil {
		return f.Choices()
	}
	if g := k.Field(sr.Each); g != nil {
		if f := g.Field(field); f != nil {
			return f.Choices()
		}
		return g.Choices()
	}
	return nil
}

// settle rounds rows with estimates so that they add up to the whole, in what is printed and in the six places for
// machines.
func (t *question) settle(rows []Row) {
	estimated := false
	parts := make([]*big.Rat, len(rows))
	for i, r := range rows {
		estimated = estimated || r.Estimated
		parts[i] = r.Val
		if !r.Additive {
			return
		}
	}
	if !estimated {
		return
	}
	for i, r := range apportion(parts, 6) {
		if r == nil {
			continue
		}
		rows[i].Value = decimal(r)
		if rows[i].Num != nil && rows[i].Den == nil {
			rows[i].Numerator = rows[i].Value
		}
	}
	f := t.form()
	if f.word != "" && f.word != "exact" {
		return
	}
	for i, r := range apportion(parts, f.decimals) {
		if r != nil {
			rows[i].Display = f.exact(r)
		}
	}
}
