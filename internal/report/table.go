package report

import (
	"math/big"
	"sort"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/figure"
	"danvan/internal/org"
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
		t.alignDecimals()
	}
	t.dropEmpty()
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

// dropEmpty takes out columns of numbers that hold nothing in any row.
func (t *Table) dropEmpty() {
	for i := len(t.Columns) - 1; i > 0; i-- {
		if len(t.Columns) < 3 || t.filledColumn(i) {
			continue
		}
		t.Columns = append(t.Columns[:i:i], t.Columns[i+1:]...)
		for k := range t.Rows {
			cells := t.Rows[k].Cells
			t.Rows[k].Cells = append(cells[:i:i], cells[i+1:]...)
		}
	}
}

// alignDecimals prints the numbers of a column with equally many decimals, so
// that their digits stand below one another.
func (t *Table) alignDecimals() {
	for i := range t.Columns {
		most := 0
		for _, r := range t.Rows {
			most = max(most, r.Cells[i].Decimals)
		}
		for k := range t.Rows {
			t.Rows[k].Cells[i].pad(most)
		}
	}
}

// pad adds zeros to a number that prints fewer decimals.
func (c *Cell) pad(decimals int) {
	if c.Value == nil || len(c.Runs) != 1 || c.Decimals >= decimals || strings.Contains(c.Runs[0].Text, "/") {
		return
	}
	number, percent := strings.CutSuffix(c.Runs[0].Text, "%")
	if c.Decimals == 0 {
		number += ","
	}
	number += strings.Repeat("0", decimals-c.Decimals)
	if percent {
		number += "%"
	}
	c.Runs[0].Text, c.Decimals = number, decimals
}

func (t *Table) filledColumn(i int) bool {
	for _, r := range t.Rows {
		if text := plain(r.Cells[i].Runs); text != "" && text != "–" {
			return true
		}
	}
	return len(t.Rows) == 0
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
	if len(runs) == 0 || plain(runs) == capital(nothing) {
		return emptyCell()
	}
	c := Cell{Runs: runs}
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
	key, name string
	cells     []Cell
	sums      []figure.Row // of a row that joins several: the sum of each column
	weight    *big.Rat     // value of the first column, to sort by
	filled    bool
}

// breakdownRows makes one row for each row of the columns' breakdowns. Bodies
// of the unit's own level share one row, after its territories.
func (f *filler) breakdownRows(s tableSpec, t *Table) []Row {
	g := &grid{filler: f, spec: s, rows: map[string]*tableRow{}}
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
			g.put(i, q, a.figure, r)
			if !r.Additive && a.figure.Den == nil && r.Val != nil {
				total.Additive = false
			}
		}
		total.Cells = append(total.Cells, f.wholeCell(q, a.figure))
	}
	out := g.finish()
	if s.total != "" && len(out) > 1 {
		if !total.Additive {
			t.Notes = append(t.Notes, "Các dòng không cộng thành dòng “"+s.total+"” vì có phần được tính ở nhiều dòng hoặc không cộng được theo thời gian.")
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

// grid collects the rows of a table by breakdown.
type grid struct {
	*filler
	spec   tableSpec
	rows   map[string]*tableRow
	order  []*tableRow
	bodies *tableRow
}

// put sets the cell of column i in the row of r.
func (g *grid) put(i int, q question, whole *figure.Figure, r figure.Row) {
	if r.Value == nil {
		g.row(r)
		return
	}
	if g.spec.by == "unit" && g.isBody(r.Key) {
		g.join(i, whole, r)
		return
	}
	row := g.row(r)
	n := g.cite(q, whole, &r)
	e := &g.evidence[n]
	text := e.Exact
	switch p := g.spec.columns[i].slot.part; {
	case p != partValue:
		text = partText(p, e)
	case r.Den != nil && !worded(e):
		text = e.Display
	}
	row.set(i, numberOf(text, n, r.Value), r.Val)
}

func numberOf(text string, evidence int, value *string) Cell {
	return Cell{Runs: []Run{{Text: text, Evidence: evidence}}, Value: value, Percent: strings.HasSuffix(text, "%"), Decimals: decimalPlaces(text)}
}

func (r *tableRow) set(i int, c Cell, v *big.Rat) {
	r.cells[i] = c
	r.filled = r.filled || v != nil && v.Sign() != 0
	if r.weight == nil {
		r.weight = v
	}
}

// row is the row of a key, made where it is new.
func (g *grid) row(r figure.Row) *tableRow {
	row := g.rows[r.Key]
	if row == nil {
		row = &tableRow{key: r.Key, name: r.Name, cells: make([]Cell, len(g.spec.columns))}
		if g.spec.by == "year" {
			row.name = shortName(r.Name)
		}
		g.rows[r.Key] = row
		g.order = append(g.order, row)
	}
	return row
}

func (g *grid) isBody(code string) bool {
	u, err := g.tree.Resolve(code, g.subject.basis, g.subject.period.To)
	return err == nil && u.Form == org.Body
}

// join adds a body's value to the one row of all bodies. Ratios are computed
// again from the sums of their parts.
func (g *grid) join(i int, whole *figure.Figure, r figure.Row) {
	if g.bodies == nil {
		g.bodies = &tableRow{name: ownBodies(g.subject.span.Level), cells: make([]Cell, len(g.spec.columns)), sums: make([]figure.Row, len(g.spec.columns))}
	}
	sum := &g.bodies.sums[i]
	sum.Num, sum.Den = plus(sum.Num, r.Num), plus(sum.Den, r.Den)
	sum.Val = plus(sum.Val, r.Val)
	if r.Den != nil && sum.Den.Sign() != 0 && whole.Ind != nil && whole.Ind.Percent {
		sum.Val = new(big.Rat).Quo(sum.Num, sum.Den)
		sum.Val.Mul(sum.Val, big.NewRat(100, 1))
	}
	decimals := exactDecimals(whole)
	if r.Den != nil && g.spec.columns[i].slot.part == partValue {
		decimals = decimalsOf(whole)
	}
	text := civil.FormatTrim(sum.Val, decimals)
	if r.Den != nil {
		text = civil.FormatRat(sum.Val, decimals) + "%"
	}
	value := civil.DecimalString(sum.Val, 6)
	g.bodies.set(i, numberOf(text, NoEvidence, &value), sum.Val)
}

func plus(a, b *big.Rat) *big.Rat {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	return new(big.Rat).Add(a, b)
}

func ownBodies(level string) string {
	switch level {
	case org.Province:
		return "Các cơ quan cấp tỉnh"
	case org.District:
		return "Các cơ quan cấp huyện"
	}
	return "Các cơ quan cấp xã"
}

// finish orders rows, drops empty ones and cuts at top.
func (g *grid) finish() []Row {
	var kept []*tableRow
	for _, r := range g.order {
		if r.filled || g.spec.by == "year" && anyValue(r.cells) {
			kept = append(kept, r)
		}
	}
	if strings.HasPrefix(g.spec.by, "label:") {
		sort.SliceStable(kept, func(i, j int) bool { return less(kept[j].weight, kept[i].weight) })
	}
	if g.spec.top > 0 && len(kept) > g.spec.top {
		kept = kept[:g.spec.top]
	}
	if g.bodies != nil && g.bodies.filled {
		kept = append(kept, g.bodies)
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
	return numberOf(f.evidence[n].Exact, n, a.Value)
}

func textCell(s string) Cell { return Cell{Runs: []Run{{Text: s, Evidence: NoEvidence}}} }

// emptyCell prints a dash: nothing was reported, which is not zero.
func emptyCell() Cell { return textCell("–") }
