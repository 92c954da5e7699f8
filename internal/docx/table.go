package docx

import (
	"math"
)

// wholeRows is how many rows a table may have to be kept on one page.
const wholeRows = 14

func (t Table) write(p *part) error {
	n := t.columns()
	if n == 0 {
		return nil
	}
	widths := t.widths(n, p.width)
	p.caption(t.Caption, t.Unit)
	p.tableOpen(widths)
	p.tableHead(t.Head, widths)
	for i, r := range t.Rows {
		left := len(t.Rows) - 1 - i
		whole := len(t.Rows) <= wholeRows && left > 0
		p.tableRow(r, t.Columns, widths, whole || left == 1 || left == 0 && t.Source+t.Note != "")
	}
	p.raw("</w:tbl>")
	p.under(t.Source, t.Note)
	return nil
}

// columns counts the columns that the table needs.
func (t Table) columns() int {
	n := len(t.Columns)
	if len(t.Head) > 0 {
		sum := 0
		for _, c := range t.Head[0] {
			sum += max(1, c.ColSpan)
		}
		n = max(n, sum)
	}
	for _, r := range t.Rows {
		sum := 0
		for _, c := range r.Cells {
			sum += max(1, c.ColSpan)
		}
		n = max(n, sum)
	}
	return n
}

// widths shares the width of the text: columns with a width keep their
// proportion, the others share what is left, and the sum is exact.
func (t Table) widths(n, total int) []int {
	mm := make([]float64, n)
	fixed, open := 0.0, 0
	for i := range mm {
		if i < len(t.Columns) && t.Columns[i].Width > 0 {
			mm[i] = t.Columns[i].Width
			fixed += mm[i]
			continue
		}
		open++
	}
	room := float64(total) * 25.4 / 1440
	share := 0.0
	if open > 0 {
		share = math.Max((room-fixed)/float64(open), room/float64(4*n))
	}
	sum := fixed + share*float64(open)
	out := make([]int, n)
	used := 0
	for i := range mm {
		if mm[i] == 0 {
			mm[i] = share
		}
		out[i] = int(mm[i] / sum * float64(total))
		used += out[i]
	}
	out[n-1] += total - used
	return out
}

func (p *part) tableOpen(widths []int) {
	p.rawf(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>`, sumOf(widths))
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		p.rawf(`<w:%s w:val="single" w:sz="4" w:space="0" w:color="000000"/>`, side)
	}
	p.raw(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		p.rawf(`<w:gridCol w:w="%d"/>`, w)
	}
	p.raw("</w:tblGrid>")
}

// tableHead writes the head rows. Word wants a cell for each place that a
// vertical span covers, so the spans are laid out on a grid first.
func (p *part) tableHead(head [][]HeadCell, widths []int) {
	covered := make([]int, len(widths)) // rows still covered from above
	span := make([]int, len(widths))    // and how many columns that cell takes
	for _, row := range head {
		p.raw(`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
		next := 0
		for col := 0; col < len(widths); {
			if covered[col] > 0 {
				w := span[col]
				p.headCell("", widths[col:col+w], `<w:vMerge/>`)
				for i := col; i < col+w; i++ {
					covered[i]--
				}
				col += w
				continue
			}
			cell := HeadCell{}
			if next < len(row) {
				cell = row[next]
				next++
			}
			w := freeSpan(covered, col, max(1, cell.ColSpan))
			merge := ""
			if cell.RowSpan > 1 {
				merge = `<w:vMerge w:val="restart"/>`
				span[col] = w
				for i := col; i < col+w; i++ {
					covered[i] = cell.RowSpan - 1
				}
			}
			p.headCell(cell.Text, widths[col:col+w], merge)
			col += w
		}
		p.raw("</w:tr>")
	}
}

// freeSpan cuts a span at the edge of the table and at the next covered cell.
func freeSpan(covered []int, col, want int) int {
	w := 1
	for w < want && col+w < len(covered) && covered[col+w] == 0 {
		w++
	}
	return w
}

func (p *part) headCell(text string, widths []int, merge string) {
	p.rawf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, sumOf(widths))
	if len(widths) > 1 {
		p.rawf(`<w:gridSpan w:val="%d"/>`, len(widths))
	}
	p.raw(merge)
	p.raw(`<w:shd w:val="clear" w:color="auto" w:fill="EDEFF3"/><w:vAlign w:val="center"/></w:tcPr>`)
	p.paragraph(para{align: AlignCenter, before: 2, after: 2, keepNext: true, size: p.form.table}, Run{Text: text, Bold: true})
	p.raw("</w:tc>")
}

// tableRow writes a row; keep holds it to what follows, so that the last row of
// a table, often the total, is never alone on a page, nor the source under it.
func (p *part) tableRow(r Row, cols []Column, widths []int, keep bool) {
	p.raw(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
	col := 0
	for i := 0; col < len(widths); i++ {
		c := Cell{}
		if i < len(r.Cells) {
			c = r.Cells[i]
		}
		w := min(max(1, c.ColSpan), len(widths)-col)
		if i == len(r.Cells)-1 && r.Kind == RowGroup {
			w = len(widths) - col
		}
		align := c.Align
		if align == AlignDefault && col < len(cols) {
			align = cols[col].Align
		}
		p.bodyCell(c, r.Kind, align, widths[col:col+w], keep || r.Kind == RowGroup)
		col += w
	}
	p.raw("</w:tr>")
}

func (p *part) bodyCell(c Cell, kind RowKind, align Align, widths []int, keep bool) {
	p.rawf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, sumOf(widths))
	if len(widths) > 1 {
		p.rawf(`<w:gridSpan w:val="%d"/>`, len(widths))
	}
	if kind == RowGroup {
		p.raw(`<w:shd w:val="clear" w:color="auto" w:fill="F6F6F4"/>`)
	}
	p.raw(`<w:vAlign w:val="center"/></w:tcPr>`)
	if align == AlignDefault {
		align = AlignLeft
	}
	p.paragraph(para{align: align, before: 1.5, after: 1.5, keepNext: keep, size: p.form.table}, c.runs(kind)...)
	p.raw("</w:tc>")
}

func (c Cell) runs(kind RowKind) []Run {
	runs := c.Runs
	if len(runs) == 0 {
		runs = []Run{{Text: c.Text}}
	}
	out := make([]Run, len(runs))
	for i, r := range runs {
		r.Bold = r.Bold || c.Bold || kind != RowPlain
		r.Italic = r.Italic || c.Italic
		out[i] = r
	}
	return out
}

func sumOf(ns []int) int {
	s := 0
	for _, n := range ns {
		s += n
	}
	return s
}
