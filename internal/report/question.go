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

// fetch answers all open questions.
func (in *inquiry) fetch(ctx context.Context) error {
	var plain []question
	for _, q := range in.open {
		if q.by == "" {
			plain = append(plain, q)
			continue
		}
		if err := in.breakdown(ctx, q); err != nil {
			return err
		}
	}
	in.open = nil
	return in.many(ctx, plain)
}

// many asks the plain questions in one snapshot. Where the batch is refused
// each is asked alone, so that one question without meaning (a sum across a
// break, a unit that did not exist) leaves the others answered.
func (in *inquiry) many(ctx context.Context, qs []question) error {
	if len(qs) == 0 {
		return nil
	}
	batch := make([]figure.Query, len(qs))
	for i, q := range qs {
		batch[i] = in.query(q)
	}
	figures, err := in.engine.Many(ctx, batch)
	if err == nil {
		for i, q := range qs {
			in.answers[q] = &answer{figure: figures[i]}
		}
		return nil
	}
	if !refused(err) {
		return err
	}
	for i, q := range qs {
		f, err := in.engine.Figure(ctx, batch[i])
		if err != nil && !refused(err) {
			return err
		}
		in.answers[q] = &answer{figure: f, why: why(err)}
	}
	return nil
}

func (in *inquiry) breakdown(ctx context.Context, q question) error {
	b, err := in.engine.Breakdown(ctx, in.query(q), q.by)
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
	return k == fault.Invalid || k == fault.NotFound || k == fault.Conflict
}

func why(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Vi
	}
	return ""
}
