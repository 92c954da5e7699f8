package xlsx

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// HeadCell is a cell of a head of several rows; spans below 1 count as 1. A cell that spans takes the place of the cells
// it covers, which are left out, as in HTML.
type HeadCell struct {
	Text             string
	ColSpan, RowSpan int
}

// headRows is how many rows the head takes.
func (s Sheet) headRows() int { return max(1, len(s.Heads)) }

// heads writes a head of several rows and merges what spans.
func (o *sheetWriter) heads(rows [][]HeadCell, n int) {
	first := o.at + 1
	texts, merged := place(rows, n)
	for _, row := range texts {
		cells := make([]any, n)
		for i, text := range row {
			cells[i] = o.styled(look{font: "head", border: true, align: "center", wrap: true}, text)
		}
		o.put(cells, excelize.RowOpts{Height: 36})
	}
	for _, m := range merged {
		if o.err != nil {
			return
		}
		from, err := excelize.CoordinatesToCellName(m.col+1, first+m.row)
		if err != nil {
			o.err = err
			return
		}
		to, err := excelize.CoordinatesToCellName(m.col+m.wide, first+m.row+m.tall-1)
		if err != nil {
			o.err = err
			return
		}
		o.err = o.sw.MergeCell(from, to)
	}
}

// area is a merged part of the head, counted from its first cell.
type area struct{ row, col, wide, tall int }

// place lays the cells of a head out on a grid n wide.
func place(rows [][]HeadCell, n int) (texts [][]string, merged []area) {
	taken := map[string]bool{}
	key := func(r, c int) string { return fmt.Sprint(r, " ", c) }
	texts = make([][]string, len(rows))
	for r, row := range rows {
		texts[r] = make([]string, n)
		col := 0
		for _, h := range row {
			for col < n && taken[key(r, col)] {
				col++
			}
			wide, tall := max(1, h.ColSpan), max(1, h.RowSpan)
			if col+wide > n {
				break
			}
			texts[r][col] = h.Text
			for i := range tall {
				for j := range wide {
					taken[key(r+i, col+j)] = true
				}
			}
			if wide > 1 || tall > 1 {
				merged = append(merged, area{r, col, wide, tall})
			}
			col += wide
		}
	}
	return texts, merged
}
