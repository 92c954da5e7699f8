package figure

import (
	"context"
	"fmt"
	"math/big"
	"slices"

	"danvan/internal/catalog"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Figure answers one question.
func (e *Engine) Figure(ctx context.Context, q Query) (*Figure, error) {
	figures, err := e.Many(ctx, []Query{q})
	if err != nil {
		return nil, err
	}
	return figures[0], nil
}

// Many answers a batch in one snapshot: figures[i] answers qs[i]. The series of all questions about one unit and
// period are read together.
func (e *Engine) Many(ctx context.Context, qs []Query) (figures []*Figure, err error) {
	err = e.view(ctx, func(s *session) error {
		figures, err = s.many(qs)
		return err
	})
	return figures, err
}

// Each is Many where a question without an answer (a sum across a break, a unit that did not exist) leaves the others
// answered: where refused[i] is not nil, figures[i] is.
func (e *Engine) Each(ctx context.Context, qs []Query) (figures []*Figure, refused []error, err error) {
	err = e.Within(ctx, func(x Snapshot) error {
		figures, refused, err = x.Each(qs)
		return err
	})
	return figures, refused, err
}

// Snapshot answers several questions from one state of the database.
type Snapshot struct{ s *session }

// Within gives fn a snapshot; its answers belong together, whatever others write in the meantime.
func (e *Engine) Within(ctx context.Context, fn func(Snapshot) error) error {
	return e.view(ctx, func(s *session) error { return fn(Snapshot{s}) })
}

// Each is [Engine.Each] in the snapshot.
func (x Snapshot) Each(qs []Query) (figures []*Figure, refused []error, err error) {
	return x.s.each(qs)
}

// Breakdown is [Engine.Breakdown] in the snapshot.
func (x Snapshot) Breakdown(q Query, by string) (*Breakdown, error) { return x.s.breakdown(q, by) }

func (s *session) many(qs []Query) ([]*Figure, error) {
	figures, refused, err := s.each(qs)
	if err != nil {
		return nil, err
	}
	for _, err := range refused {
		if err != nil {
			return nil, err
		}
	}
	return figures, nil
}

func (s *session) each(qs []Query) ([]*Figure, []error, error) {
	figures, refused := make([]*Figure, len(qs)), make([]error, len(qs))
	asked := make([]*question, len(qs))
	var needs []need
	for i, q := range qs {
		if refused[i] = s.veil(q, ""); refused[i] != nil {
			continue
		}
		if k := s.recall(q, ""); k != nil {
			refused[i] = k.refused
			if k.figure != nil {
				figures[i] = s.seen(k.figure.own())
			}
			continue
		}
		t, err := s.ask(q)
		if err == nil {
			var more []need
			more, err = t.needs()
			needs = append(needs, more...)
		}
		switch {
		case err == nil:
			asked[i] = t
		case isRefusal(err):
			refused[i] = err
		default:
			return nil, nil, err
		}
	}
	if err := s.prefetch(needs); err != nil {
		return nil, nil, err
	}
	for i, t := range asked {
		if t == nil {
			continue
		}
		f, err := t.figure()
		if err != nil && !isRefusal(err) {
			return nil, nil, err
		}
		figures[i], refused[i] = f, err
		k := &known{refused: err}
		if f != nil {
			k.figure = f.own()
		}
		s.remember(qs[i], "", t, k)
		figures[i] = s.seen(f)
	}
	return figures, refused, nil
}

// figure is the whole answer to a question.
func (t *question) figure() (*Figure, error) {
	a, years, err := t.answer()
	if err != nil {
		return nil, err
	}
	return t.complete(a, years)
}

// answer computes the question, over its years where it is a yearly series; the answer is then the chosen year's.
func (t *question) answer() (*answer, []*answer, error) {
	if t.ind.OverYears == "" {
		a, err := t.compute()
		return a, nil, err
	}
	var years []*answer
	var chosen *answer
	for _, part := range t.spans() {
		a, err := part.compute()
		if err != nil {
			return nil, nil, err
		}
		years = append(years, a)
		if chosen == nil || better(t.ind.OverYears, a.val, chosen.val) {
			chosen = a
		}
	}
	return chosen, years, nil
}

// better says whether a year's value takes the place of the one chosen so far.
func better(rule string, v, chosen *big.Rat) bool {
	switch {
	case v == nil:
		return false
	case chosen == nil:
		return true
	case rule == "min":
		return v.Cmp(chosen) < 0
	case rule == "max":
		return v.Cmp(chosen) > 0
	}
	return true // the last one with a value
}

// complete adds to an answer what a figure prints with it.
func (t *question) complete(a *answer, years []*answer) (*Figure, error) {
	row, err := a.row()
	if err != nil {
		return nil, err
	}
	f := &Figure{
		Indicator: t.ind.Code, Name: t.ind.Name, Measure: t.measure(), Cite: t.ind.Cite,
		Unit: t.unit.Code, UnitName: t.name, UnitID: t.unit.ID, Ind: t.ind, Ask: t.ask, Period: t.span(),
		Value: row.Value, Val: row.Val, Display: row.Display, Numerator: row.Numerator, Num: row.Num,
		Denominator: row.Denominator, Den: row.Den,
		Entries: row.Entries, DenominatorEntries: row.DenominatorEntries, DenominatorUnits: row.DenominatorUnits,
		Estimated: row.Estimated, Basis: t.basis.String(), Edition: t.ed.Code, Status: t.status, AsOf: t.asOfText(),
		Formula: t.formula(), Parts: a.parts(), Reading: a.source, Breaks: t.breaks(),
		Coverage: t.coverage(a), Joint: row.Joint,
	}
	if len(t.ind.Ref) > 0 {
		f.Ref = t.ind.Ref[0]
	}
	for _, y := range years {
		r, err := y.row()
		if err != nil {
			return nil, err
		}
		r.Key = yearOf(y.q.from)
		r.Name, r.From, r.To, r.Additive = "năm "+r.Key, y.q.from.String(), y.q.to.String(), false
		f.Series = append(f.Series, r)
	}
	checks, err := t.checks(a)
	if err != nil {
		return nil, err
	}
	f.Checks = slices.Concat(t.notes, a.checks, t.gapNotes(), t.yearNotes(f.Series), checks)
	if f.Checks == nil {
		f.Checks = []Check{}
	}
	return f, nil
}

// row writes the numbers of an answer.
func (a *answer) row() (Row, error) {
	t := a.q
	r := Row{Val: a.val, Num: a.num, Den: a.den, Value: decimal(a.val), Numerator: decimal(a.num), Denominator: decimal(a.den),
		Display: t.form().print(a.val, a.num, a.den)}
	var num, den []term
	for _, x := range a.terms {
		r.Estimated = r.Estimated || x.estimated
		if x.den {
			den = append(den, x)
		} else {
			num = append(num, x)
		}
	}
	var err error
	if r.Entries, err = t.countEntries(num); err != nil {
		return r, err
	}
	if r.DenominatorEntries, err = t.countEntries(den); err != nil {
		return r, err
	}
	r.DenominatorUnits = unitsBehind(den)
	r.Joint, err = t.joint(num)
	return r, err
}

// unitsBehind counts the units of a side: those that it counts, else those that reported.
func unitsBehind(terms []term) int64 {
	var counted int64
	var reported []org.UnitID
	for _, x := range terms {
		counted += x.units
		reported = append(reported, x.reported...)
	}
	if counted > 0 {
		return counted
	}
	slices.Sort(reported)
	return int64(len(slices.Compact(reported)))
}

// joint is what the unit itself did as a partner in events of others; it is never added to the value.
func (t *question) joint(num []term) (*string, error) {
	var total *big.Rat
	for _, x := range num {
		if x.series == nil || x.Func != "sum" || t.empty {
			continue
		}
		ids := t.seriesIDs(x.Selector, t.extraFor(x.series), false)
		if len(ids) == 0 {
			continue
		}
		r := t.ownReach()
		lists, err := t.cells(need{series: ids, w: window{t.from, t.to}, status: t.status, asOf: t.asOf, reach: r})
		if err != nil {
			return nil, err
		}
		var sum amount
		for _, cells := range lists {
			sum.plus(within(cells, r.shares))
		}
		if v := sum.rat(x.series.Scale); v != nil {
			if total == nil {
				total = new(big.Rat)
			}
			total.Add(total, v)
		}
	}
	return decimal(total), nil
}

// ownReach is the eras of the unit itself, without those below it.
func (t *question) ownReach() *reach {
	var shares []org.Share
	for _, e := range t.tree.Eras(t.at.ID) {
		shares = append(shares, org.Share{Era: e.ID, Millionths: million})
	}
	return newReach(fmt.Sprint("own ", t.at.ID), shares)
}

func (a *answer) parts() []Part {
	parts := []Part{}
	for _, x := range a.terms {
		p := Part{Term: x.Call.String(), Denominator: x.den, Value: decimal(x.val)}
		if x.series != nil {
			p.Name = x.series.Name
			p.Entries = x.n
			if x.listed {
				p.Entries = int64(len(x.entries))
			}
		}
		parts = append(parts, p)
	}
	return parts
}

func (t *question) formula() string {
	if t.ind.Denominator == "" {
		return t.ind.Formula().String()
	}
	return wrap(t.ind.Formula()) + " / " + wrap(t.ind.DenominatorFormula())
}

func wrap(x catalog.Expr) string {
	if _, ok := x.(*catalog.Binary); ok {
		return "(" + x.String() + ")"
	}
	return x.String()
}

func (t *question) measure() string {
	if t.ind.Percent && t.ind.Unit == "" {
		return "%"
	}
	return t.ind.Unit
}

func (t *question) form() form {
	f := form{decimals: t.ind.Decimals, percent: t.ind.Percent || t.ind.Unit == "%", measure: t.ind.Unit}
	if d := t.ind.Display; d != nil {
		f.word, f.step = d.Word, d.Step
	}
	if t.ind.OutOf {
		f.word, f.percent = "of", false
	}
	return f
}

func (t *question) breaks() []Break {
	var out []Break
	for _, b := range t.ind.Breaks {
		if t.from < b.On && b.On <= t.to {
			out = append(out, Break{b.On.String(), b.Note, b.Comparable})
		}
	}
	return out
}

// refuseBreak refuses to add up across a change of definition that makes the two sides incomparable.
func (t *question) refuseBreak() error {
	for _, b := range t.ind.Breaks {
		if b.Comparable || t.from >= b.On || b.On > t.to || !t.addsOverTime() {
			continue
		}
		return fault.Newf(fault.Invalid, "Không cộng được “%s” qua ngày %s: %s. Hãy hỏi riêng từng giai đoạn, đến hết ngày %s và từ ngày %s.",
			t.ind.Name, b.On.Vi(), b.Note, b.On.AddDays(-1).Vi(), b.On.Vi())
	}
	return nil
}

func (t *question) addsOverTime() bool {
	all := catalog.Calls(t.ind.Formula())
	if den := t.ind.DenominatorFormula(); den != nil {
		all = append(all, catalog.Calls(den)...)
	}
	for _, c := range all {
		switch c.Func {
		case "sum", "stock", "entries", "having":
			return true
		}
	}
	return false
}
