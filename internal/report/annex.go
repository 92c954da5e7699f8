package report

import (
	"context"
	"strings"

	"danvan/internal/figure"
)

// annexes are the indicators that the report prints, by unit and by year, one
// row each. An indicator that only one unit keeps has no row by unit.
func (f *filler) annexes(ctx context.Context) ([]Table, error) {
	var asked []question
	for _, by := range []string{"unit", "year"} {
		for _, q := range f.printedQuestions() {
			q.by = by
			asked = append(asked, q)
			f.inquiry.ask(q)
		}
	}
	if err := f.inquiry.fetch(ctx); err != nil {
		return nil, err
	}
	var out []Table
	for _, by := range []struct{ code, caption string }{{"unit", "Theo đơn vị"}, {"year", "Theo năm"}} {
		if t := f.annex(asked, by.code, by.caption); len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out, nil
}

// printedQuestions are those of the report's own unit, once for each
// indicator.
func (f *filler) printedQuestions() []question {
	own, seen := f.unitRef(f.subject.unit.ID), map[string]bool{}
	byKey := map[string]question{}
	for q, a := range f.inquiry.answers {
		if a.figure != nil && q.by == "" && q.unit == own {
			byKey[questionKey(q, a.figure, nil)] = q
		}
	}
	var out []question
	for _, e := range f.evidence {
		q, ok := byKey[e.Key]
		if ok && !seen[e.Indicator] {
			seen[e.Indicator] = true
			out = append(out, q)
		}
	}
	return out
}

// annex is a table with indicators as rows and units or years as columns.
func (f *filler) annex(asked []question, by, caption string) Table {
	t := Table{ID: "phu-luc-" + by, Caption: caption,
		Columns: []Column{{Head: "Chỉ tiêu", Text: true}, {Head: "Đơn vị tính", Text: true}, {Head: "Cộng"}}}
	at := map[string]int{}
	var answers []*answer
	for _, q := range asked {
		a := f.inquiry.ask(q)
		if q.by != by || a == nil || a.figure == nil || filledCount(a.rows) < 2 {
			continue
		}
		answers = append(answers, a)
		for _, r := range a.rows {
			if _, ok := at[r.Key]; !ok {
				at[r.Key] = len(t.Columns)
				t.Columns = append(t.Columns, Column{Head: r.Name})
			}
		}
	}
	for _, a := range answers {
		t.Rows = append(t.Rows, annexRow(a, at, len(t.Columns)))
	}
	return t
}

func annexRow(a *answer, at map[string]int, size int) Row {
	row := Row{Additive: true, Cells: make([]Cell, size)}
	for i := range row.Cells {
		row.Cells[i] = emptyCell()
	}
	row.Cells[0], row.Cells[1] = textCell(a.figure.Name), textCell(a.figure.Measure)
	percent := a.figure.Measure == "%"
	if a.figure.Value != nil {
		row.Cells[2] = Cell{Runs: []Run{{Text: exactText(a.figure, a.figure.Val, a.figure.Num, a.figure.Den), Evidence: NoEvidence}}, Value: a.figure.Value, Percent: percent}
	}
	for _, r := range a.rows {
		if r.Value != nil {
			row.Cells[at[r.Key]] = Cell{Runs: []Run{{Text: strings.TrimSpace(r.Display), Evidence: NoEvidence}}, Value: r.Value, Percent: percent}
		}
		row.Additive = row.Additive && r.Additive
	}
	return row
}

func filledCount(rows []figure.Row) int {
	n := 0
	for _, r := range rows {
		if r.Value != nil {
			n++
		}
	}
	return n
}
