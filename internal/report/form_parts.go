package report

import (
	"fmt"
	"strings"
)

// widestForm is how many columns of numbers fit across a page in landscape, with heads that can be read.
const widestForm = 14

// inParts cuts a wide form at the heads that stand over its columns, so that each part fits across a page: into few parts,
// as even as their heads let them be. Every part keeps the names of the lines and the columns' numbers.
func (t *Table) inParts() []*Table {
	if len(t.Heads) == 0 || len(t.Columns)-1 <= widestForm {
		return []*Table{t}
	}
	limit := widestForm
	ends := t.cuts(limit)
	for limit > 1 && len(t.cuts(limit-1)) == len(ends) {
		limit--
		ends = t.cuts(limit)
	}
	var out []*Table
	from := 1
	for i, to := range ends {
		part := t.part(from, to)
		if i < len(ends)-1 {
			part.Notes = nil
		}
		out, from = append(out, part), to
	}
	return out
}

// cuts are the columns before which the parts end, where none is wider than a limit.
func (t *Table) cuts(limit int) []int {
	var ends []int
	from, to := 1, 1
	for _, h := range t.Heads[0][1:] {
		width := max(1, h.ColSpan)
		if to > from && to+width-from > limit {
			ends, from = append(ends, to), to
		}
		to += width
	}
	return append(ends, to)
}

// continued names a part after the first: which form it goes on with, and with which columns.
func (t *Table) continued() string {
	title, _, _ := strings.Cut(t.Caption, ":")
	numbers := t.Heads[len(t.Heads)-1][1:]
	return fmt.Sprintf("%s (tiếp theo): cột %s đến %s", title, numbers[0].Text, numbers[len(numbers)-1].Text)
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
