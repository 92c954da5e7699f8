package report

import (
	"math/big"
	"sort"
	"strings"

	"danvan/internal/figure"
)

// table fills a table and writes it as a block; one with fewer rows than it
// must have is left out.
func (f *filler) table(s tableSpec) {
	t := &Table{ID: s.id, Caption: f.text(s.caption), Unit: s.unit}
	for i, c := range s.columns {
		t.Columns = append(t.Columns, Column{Head: c.head, Unit: c.unit, Text: i == 0})
	}
	if s.by == "" {
		t.Rows = f.writtenRows(s)
	} else {
		t.Rows = f.breakdownRows(s, t)
	}
	for _, n := range s.notes {
		if text := f.text(n); text != "" {
			t.Notes = append(t.Notes, text)
		}
	}
	if filledRows(t.Rows) < s.minRows {
		return
	}
	f.pieces = append(f.pieces, piece{block: &Block{Kind: BlockTable, Table: t}})
}

// filledRows counts the rows that hold a value.
func filledRows(rows []Row) int {
	n := 0
	for _, r := range rows {
		for _, c := range r.Cells[1:] {
			if c.Value != nil && !r.Total || hasFigure(c.Runs) {
				n++
				break
			}
		}
	}
	return n
}

func hasFigure(runs []Run) bool {
	for _, r := range runs {
		if r.Evidence != NoEvidence {
			return true
		}
	}
	return false
}

// text fills nodes apart from the flow and gives plain text.
func (f *filler) text(list []node) string { return plain(f.runs(list)) }

// runs fills nodes apart from the flow.
func (f *filler) runs(list []node) []Run {
	outer := f.pieces
	f.pieces = nil
	f.nodes(list)
	out := inline(f.pieces)
	f.pieces = outer
	return out
}

func (f *filler) writtenRows(s tableSpec) []Row {
	var out []Row
	for _, r := range s.rows {
		if r.when != nil && !f.holds(r.when) {
			for _, c := range r.cells {
				f.runs(c)
			}
			continue
		}
		row := Row{Total: r.total, Additive: true}
		for _, c := range r.cells {
			row.Cells = append(row.Cells, f.cell(f.runs(c)))
		}
		out = append(out, row)
	}
	return out
}

// cell is a written cell: where it prints one figure alone, the cell is typed.
func (f *filler) cell(runs []Run) Cell {
	c := Cell{Runs: runs}
	if len(runs) == 0 {
		c.Runs = []Run{{Text: "–", Evidence: NoEvidence}}
		return c
	}
	if len(runs) != 1 || runs[0].Evidence == NoEvidence {
		return c
	}
	e := f.evidence[runs[0].Evidence]
	switch runs[0].Text {
	case e.Exact, e.Display:
		if !strings.Contains(runs[0].Text, "/") {
			c.Value = e.Value
			c.Percent = strings.HasSuffix(runs[0].Text, "%")
		}
	case vietnamese(e.Numerator):
		c.Value = &e.Numerator
	case vietnamese(e.Denominator):
		c.Value = &e.Denominator
	}
	c.Decimals = decimalPlaces(runs[0].Text)
	return c
}

// decimalPlaces are the digits after the comma of a number as printed.
func decimalPlaces(text string) int {
	_, after, ok := strings.Cut(text, ",")
	if !ok {
		return 0
	}
	return len(strings.TrimRight(after, "%"))
}

// tableRow is a row of a breakdown while its columns are collected.
type tableRow struct {
	key, name, kind string
	cells           []Cell
	weight          *big.Rat // value of the first column, to sort by
	filled          bool
}

// breakdownRows makes one row for each row of the columns' breakdowns.
func (f *filler) breakdownRows(s tableSpec, t *Table) []Row {
	rows, order := map[string]*tableRow{}, []*tableRow{}
	total := Row{Total: true, Additive: true, Cells: []Cell{textCell(s.total)}}
	for i, c := range s.columns {
		if i == 0 || c.slot == nil {
			continue
		}
		q := f.question(merged(c.slot.ask, s.options.ask, s.by))
		a := f.inquiry.ask(q)
		if a == nil || a.figure == nil {
			total.Cells = append(total.Cells, emptyCell())
			continue
		}
		for _, r := range a.rows {
			row := rows[r.Key]
			if row == nil {
				row = &tableRow{key: r.Key, name: r.Name, kind: r.Kind, cells: make([]Cell, len(s.columns))}
				rows[r.Key] = row
				order = append(order, row)
			}
			f.put(row, i, q, a.figure, r, s)
			if !r.Additive {
				total.Additive = false
			}
		}
		total.Cells = append(total.Cells, f.wholeCell(q, a.figure))
	}
	out := f.finish(order, s)
	if s.total != "" && len(out) > 1 {
		if !total.Additive {
			t.Notes = append(t.Notes, "Các dòng không cộng thành dòng “"+s.total+"”: có phần được tính ở nhiều dòng hoặc không cộng được theo thời gian.")
		}
		out = append(out, total)
	}
	return out
}

// merged gives a column the options of its table where it has none.
func merged(own, table ask, by string) ask {
	own.by = by
	if own.from == 0 {
		own.from = table.from
	}
	if own.to == 0 {
		own.to = table.to
	}
	if own.period == "" {
		own.period = table.period
	}
	if own.of == "" {
		own.of = table.of
	}
	return own
}

func (f *filler) put(row *tableRow, i int, q question, whole *figure.Figure, r figure.Row, s tableSpec) {
	if r.Value == nil {
		return
	}
	n := f.cite(q, whole, &r)
	c := Cell{Runs: []Run{{Text: f.evidence[n].Exact, Evidence: n}}, Value: r.Value}
	if p := s.columns[i].slot.part; p != partValue {
		c.Runs[0].Text = partText(p, &f.evidence[n])
	}
	c.Percent = strings.HasSuffix(c.Runs[0].Text, "%")
	c.Decimals = decimalPlaces(c.Runs[0].Text)
	row.cells[i] = c
	row.filled = row.filled || r.Val != nil && r.Val.Sign() != 0
	if row.weight == nil {
		row.weight = r.Val
	}
}

// finish orders rows, drops empty ones of units and cuts at top.
func (f *filler) finish(order []*tableRow, s tableSpec) []Row {
	var kept []*tableRow
	for _, r := range order {
		if r.filled || s.by == "year" && anyValue(r.cells) {
			kept = append(kept, r)
		}
	}
	if strings.HasPrefix(s.by, "label:") {
		sort.SliceStable(kept, func(i, j int) bool { return less(kept[j].weight, kept[i].weight) })
	}
	if s.top > 0 && len(kept) > s.top {
		kept = kept[:s.top]
	}
	out := make([]Row, len(kept))
	for i, r := range kept {
		r.cells[0] = textCell(r.name)
		for j := range r.cells {
			if len(r.cells[j].Runs) == 0 {
				r.cells[j] = emptyCell()
			}
		}
		out[i] = Row{Cells: r.cells, Additive: true}
	}
	return out
}

func anyValue(cells []Cell) bool {
	for _, c := range cells {
		if c.Value != nil {
			return true
		}
	}
	return false
}

func less(a, b *big.Rat) bool {
	if a == nil || b == nil {
		return a == nil && b != nil
	}
	return a.Cmp(b) < 0
}

func (f *filler) wholeCell(q question, a *figure.Figure) Cell {
	if a.Value == nil {
		return emptyCell()
	}
	q.by = ""
	n := f.cite(q, a, nil)
	text := f.evidence[n].Exact
	return Cell{Runs: []Run{{Text: text, Evidence: n}}, Value: a.Value, Percent: strings.HasSuffix(text, "%"), Decimals: decimalPlaces(text)}
}

func textCell(s string) Cell { return Cell{Runs: []Run{{Text: s, Evidence: NoEvidence}}} }

// emptyCell prints a dash: nothing was reported, which is not zero.
func emptyCell() Cell { return textCell("–") }
