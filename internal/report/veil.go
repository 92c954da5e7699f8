package report

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"danvan/internal/figure"
)

// veilMark stands where a reader may not see a figure about letters.
const veilMark = "•"

// Veil is a finished report as the reader of the context may see it: figures that the engine refuses him are taken out,
// with the rows that hold nothing else. The report itself is left as it is; where all may be seen it is the answer, and
// changed is false. What an office wrote in its own words stays.
func Veil(ctx context.Context, engine *figure.Engine, r *Report) (seen *Report, changed bool, err error) {
	qs, by := make([]figure.Query, len(r.Evidence)), make([]string, len(r.Evidence))
	for i, e := range r.Evidence {
		if q, err := r.whole(e); err == nil {
			qs[i], by[i] = q, e.By
		}
	}
	veiled, err := engine.Veiled(ctx, qs, by)
	if err != nil {
		return nil, false, fmt.Errorf("look for what a reader may see of the report %s: %w", r.Template, err)
	}
	hidden := slices.Contains(veiled, true)
	for i := range r.Forms {
		closed, err := r.closedColumns(ctx, engine, &r.Forms[i])
		if err != nil {
			return nil, false, err
		}
		hidden = hidden || slices.Contains(closed, true)
	}
	if !hidden {
		return r, false, nil
	}
	v := veil{closed: veiled}
	if seen, err = r.copy(); err != nil {
		return nil, false, err
	}
	v.report(seen)
	for i := range seen.Forms {
		if err := seen.veilForm(ctx, engine, &seen.Forms[i]); err != nil {
			return nil, false, err
		}
	}
	return seen, true, nil
}

// copy is a report of its own, down to the runs.
func (r *Report) copy() (*Report, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("copy the report %s: %w", r.Template, err)
	}
	out := &Report{Seal: r.Seal}
	if err := json.Unmarshal(text, out); err != nil {
		return nil, fmt.Errorf("copy the report %s: %w", r.Template, err)
	}
	return out, nil
}

// veil takes closed figures, by the index of their evidence, out of a report.
type veil struct{ closed []bool }

func (v veil) hides(evidence int) bool {
	return evidence >= 0 && evidence < len(v.closed) && v.closed[evidence]
}

func (v veil) report(r *Report) {
	var names []string
	for i := range r.Evidence {
		if e := &r.Evidence[i]; v.hides(i) {
			names = append(names, capital(e.Name)+": ")
			e.Value, e.Display, e.Exact, e.Numerator, e.Denominator = nil, veilMark, veilMark, "", ""
			e.Entries, e.DenominatorEntries, e.Checks, e.Row = 0, 0, nil, ""
		}
	}
	for i := range r.Figures {
		if f := &r.Figures[i]; v.hides(f.Evidence) {
			f.Value, f.Display, f.Numerator, f.Denominator, f.Entries, f.Series = nil, veilMark, "", "", 0, nil
		}
	}
	r.Notices = slices.DeleteFunc(r.Notices, func(n Notice) bool {
		return v.hides(n.Evidence) || slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(n.Text, name) })
	})
	for i := range r.Sections {
		for j := range r.Sections[i].Blocks {
			v.block(&r.Sections[i].Blocks[j])
		}
	}
	for i := range r.Annexes {
		v.table(&r.Annexes[i])
	}
}

func (v veil) block(b *Block) {
	v.runs(b.Runs)
	for _, item := range b.Items {
		v.runs(item)
	}
	if b.Table != nil {
		v.table(b.Table)
	}
}

func (v veil) runs(runs []Run) {
	for i := range runs {
		if v.hides(runs[i].Evidence) {
			runs[i].Text, runs[i].Evidence = veilMark, NoEvidence
		}
	}
}

// table also drops rows that hold closed figures alone: that a class has a row says that it occurs.
func (v veil) table(t *Table) {
	t.Rows = slices.DeleteFunc(t.Rows, func(r Row) bool {
		hidden, shown := false, false
		for i := range r.Cells {
			c := &r.Cells[i]
			closed := slices.ContainsFunc(c.Runs, func(x Run) bool { return v.hides(x.Evidence) })
			if closed {
				c.Value = nil
			}
			hidden = hidden || closed
			shown = shown || !closed && c.Value != nil
			v.runs(c.Runs)
		}
		return hidden && !shown
	})
}

// veilForm takes the closed columns of a form out.
func (r *Report) veilForm(ctx context.Context, engine *figure.Engine, t *Table) error {
	closed, err := r.closedColumns(ctx, engine, t)
	if err != nil || !slices.Contains(closed, true) {
		return err
	}
	t.Notes = nil // sums of closed numbers
	for i := range t.Rows {
		for j := range t.Rows[i].Cells {
			if closed[j] {
				t.Rows[i].Cells[j] = textCell(veilMark)
			}
		}
	}
	return nil
}

func (r *Report) closedColumns(ctx context.Context, engine *figure.Engine, t *Table) ([]bool, error) {
	qs, by := make([]figure.Query, len(t.Columns)), make([]string, len(t.Columns))
	for i, c := range t.Columns {
		if c.Indicator != "" {
			q, err := r.whole(Evidence{Indicator: c.Indicator, Unit: r.Unit.Code, From: r.Period.From, To: r.Period.To})
			if err != nil {
				return nil, err
			}
			qs[i], by[i] = q, "unit"
		}
	}
	return engine.Veiled(ctx, qs, by)
}
