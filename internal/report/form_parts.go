package report

// widestForm is how many columns of numbers fit across a page in landscape, with heads that can be read.
const widestForm = 13

// inParts cuts a wide form at the heads that stand over its columns, so that each part fits across a page. Every part keeps
// the names of the lines and the columns' numbers.
func (t *Table) inParts() []*Table {
	if len(t.Heads) == 0 || len(t.Columns)-1 <= widestForm {
		return []*Table{t}
	}
	var out []*Table
	from, to := 1, 1
	for _, h := range t.Heads[0][1:] {
		width := max(1, h.ColSpan)
		if to > from && to+width-from > widestForm {
			out, from = append(out, t.part(from, to)), to
		}
		to += width
	}
	out = append(out, t.part(from, to))
	for _, p := range out[:len(out)-1] {
		p.Notes = nil
	}
	return out
}

// part is the form with the first column and those from a column up to another.
func (t *Table) part(from, to int) *Table {
	out := *t
	out.Columns = append([]Column{t.Columns[0]}, t.Columns[from:to]...)
	out.Heads = make([][]HeadCell, len(t.Heads))
	taken := map[[2]int]bool{}
	for r, row := range t.Heads {
		col := 0
		for _, h := range row {
			for taken[[2]int{r, col}] {
				col++
			}
			if col == 0 || from <= col && col < to {
				out.Heads[r] = append(out.Heads[r], h)
			}
			for i := range max(1, h.RowSpan) {
				for j := range max(1, h.ColSpan) {
					taken[[2]int{r + i, col + j}] = true
				}
			}
			col += max(1, h.ColSpan)
		}
	}
	out.Rows = make([]Row, len(t.Rows))
	for i, r := range t.Rows {
		out.Rows[i] = r
		out.Rows[i].Cells = append([]Cell{r.Cells[0]}, r.Cells[from:to]...)
	}
	return &out
}
