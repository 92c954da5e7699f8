package report

import (
	"context"
	"errors"

	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
)

// question is what is asked of the figures, with unit and period known. Equal
// questions are asked once.
type question struct {
	indicator string
	unit      string
	from, to  civil.Date
	cut       civil.Date
	by        string
}

// empty says that the period holds no day: the slot asks for what begins
// after the report ends.
func (q question) empty() bool { return q.from > q.to }

// answer is a figure with its rows, or why there is none.
type answer struct {
	figure *figure.Figure
	rows   []figure.Row
	why    string
}

// inquiry asks questions in batches and remembers the answers. While a
// template is walked, what is not known yet is put on the list of open
// questions; the walk is repeated until nothing is open.
type inquiry struct {
	engine  *figure.Engine
	base    figure.Query // basis, status, as-of of the report
	answers map[question]*answer
	open    []question
	listed  map[question]bool
}

func newInquiry(engine *figure.Engine, base figure.Query) *inquiry {
	return &inquiry{engine: engine, base: base, answers: map[question]*answer{}, listed: map[question]bool{}}
}

// ask gives the answer, nil while it is not known.
func (in *inquiry) ask(q question) *answer {
	if q.empty() {
		return &answer{}
	}
	if a := in.answers[q]; a != nil {
		return a
	}
	if !in.listed[q] {
		in.listed[q] = true
		in.open = append(in.open, q)
	}
	return nil
}

// fetch answers all open questions from one snapshot: the plain ones first, for a breakdown uses what they read. One
// question without meaning (a sum across a break, a unit that did not exist) leaves the others answered.
func (in *inquiry) fetch(ctx context.Context) error {
	open := in.open
	in.open = nil
	return in.engine.Within(ctx, func(now figure.Snapshot) error {
		if err := in.many(now, open); err != nil {
			return err
		}
		for _, q := range open {
			if q.by == "" {
				continue
			}
			if err := in.breakdown(now, q); err != nil {
				return err
			}
		}
		return nil
	})
}

func (in *inquiry) many(now figure.Snapshot, open []question) error {
	var plain []question
	var batch []figure.Query
	for _, q := range open {
		if q.by == "" {
			plain, batch = append(plain, q), append(batch, in.query(q))
		}
	}
	figures, refusals, err := now.Each(batch)
	if err != nil {
		return err
	}
	for i, q := range plain {
		in.answers[q] = &answer{figure: figures[i], why: why(refusals[i])}
	}
	return nil
}

func (in *inquiry) breakdown(now figure.Snapshot, q question) error {
	b, err := now.Breakdown(in.query(q), q.by)
	if err != nil {
		if !refused(err) {
			return err
		}
		in.answers[q] = &answer{why: why(err)}
		return nil
	}
	in.answers[q] = &answer{figure: &b.Figure, rows: b.Rows}
	return nil
}

// query is the question as the engine takes it.
func (in *inquiry) query(q question) figure.Query {
	out := in.base
	out.Indicator, out.Unit, out.CutOff = q.indicator, q.unit, q.cut
	out.Period = civil.Period{From: q.from, To: q.to, Name: civil.NamePeriod(q.from, q.to)}
	return out
}

// refused says that the question had no answer, not that the machine failed.
func refused(err error) bool {
	k := fault.KindOf(err)
	return k == fault.Invalid || k == fault.NotFound || k == fault.Conflict || k == fault.Denied
}

func why(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Vi
	}
	return ""
}
