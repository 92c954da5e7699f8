package report

import (
	"io"
	"math"
	"strings"

	"danvan/internal/docx"
)

// DOCX writes the report as an official Word document, with an appendix that
// lists each figure, its exact value and what stands behind it.
func (r *Report) DOCX(w io.Writer) error { return docx.Write(w, r.document()) }

func (r *Report) document() *docx.Document {
	d := &docx.Document{
		Style: docx.Party, Title: r.Title, Subject: r.Subject, Mark: r.Mark,
		Letterhead: docx.Letterhead{
			Superior: r.Letterhead.Superior, Issuer: r.Letterhead.Issuer, Number: r.Letterhead.Number,
			Symbol: r.Letterhead.Symbol, Place: r.Letterhead.Place, DateText: r.Letterhead.DateText,
		},
		Recipients: r.Recipients,
		Signature:  docx.Signature{Authority: r.Signature.Authority, Position: r.Signature.Position, Name: r.Signature.Name},
	}
	if r.Format == State {
		d.Style = docx.State
	}
	for _, s := range r.Sections {
		if s.Level > 0 {
			d.Blocks = append(d.Blocks, docx.Heading{Level: s.Level, Number: s.Number, Text: s.Title})
		}
		for _, b := range s.Blocks {
			d.Blocks = append(d.Blocks, wordBlock(b))
		}
	}
	d.Appendices = append(r.formAppendices(), r.figuresAppendix())
	if r.Seal != nil {
		last := &d.Appendices[len(d.Appendices)-1]
		for _, line := range r.Seal.Lines() {
			last.Blocks = append(last.Blocks, docx.Paragraph{Runs: []docx.Run{{Text: line, Italic: true}}})
		}
	}
	return d
}

func wordBlock(b Block) docx.Block {
	switch b.Kind {
	case BlockList:
		l := docx.List{}
		for _, item := range b.Items {
			l.Items = append(l.Items, wordRuns(item))
		}
		return l
	case BlockTable:
		return wordTable(b.Table)
	case BlockChart:
		return wordChart(b.Chart)
	case BlockNote:
		runs := wordRuns(b.Runs)
		for i := range runs {
			runs[i].Italic = true
		}
		return docx.Paragraph{Runs: runs}
	}
	return docx.Paragraph{Runs: wordRuns(b.Runs)}
}

func wordRuns(runs []Run) []docx.Run {
	out := make([]docx.Run, len(runs))
	for i, r := range runs {
		out[i] = docx.Run{Text: r.Text, Bold: r.Bold, Italic: r.Italic}
	}
	return out
}

func wordTable(t *Table) docx.Table {
	out := docx.Table{Caption: t.title(), Note: strings.Join(t.Notes, " ")}
	if t.Unit != "" {
		out.Unit = "Đơn vị tính: " + t.Unit
	}
	var head []docx.HeadCell
	for i, c := range t.Columns {
		col := docx.Column{Align: docx.AlignRight, Width: t.numberWidth(i)}
		if c.Text {
			col = docx.Column{Align: docx.AlignLeft}
		}
		out.Columns = append(out.Columns, col)
		text := c.Head
		if c.Unit != "" {
			text += " (" + c.Unit + ")"
		}
		head = append(head, docx.HeadCell{Text: text})
	}
	out.Head = [][]docx.HeadCell{head}
	if len(t.Heads) > 0 {
		out.Head, out.Columns = nil, evenly(t)
		for _, row := range t.Heads {
			var cells []docx.HeadCell
			for _, h := range row {
				cells = append(cells, docx.HeadCell{Text: h.Text, ColSpan: h.ColSpan, RowSpan: h.RowSpan})
			}
			out.Head = append(out.Head, cells)
		}
	}
	for _, r := range t.Rows {
		row := docx.Row{}
		if r.Total {
			row.Kind = docx.RowTotal
		}
		for _, c := range r.Cells {
			row.Cells = append(row.Cells, docx.Cell{Runs: wordRuns(c.Runs)})
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

// evenly lets the numbers of a wide form share what the names leave.
func evenly(t *Table) []docx.Column {
	out := make([]docx.Column, len(t.Columns))
	for i := range out {
		out[i] = docx.Column{Align: docx.AlignRight}
	}
	const across, number = 250, 17.5 // millimetres of a page in landscape, and what a number takes
	out[0] = docx.Column{Align: docx.AlignLeft, Width: min(60, max(40, across-number*float64(len(out)-1)))}
	return out
}

// numberWidth is room for the longest value of a column, in bold, on one line;
// what is left goes to the words.
func (t *Table) numberWidth(column int) float64 {
	longest := 0
	for _, r := range t.Rows {
		if column < len(r.Cells) {
			longest = max(longest, len([]rune(plain(r.Cells[column].Runs))))
		}
	}
	return max(24, 2.3*float64(longest)+6)
}

func (t *Table) title() string {
	if t.Number == 0 {
		return t.Caption
	}
	return "Bảng " + yearText(t.Number) + ". " + t.Caption
}

func (c *Chart) title() string {
	if c.Number == 0 {
		return c.Caption
	}
	return "Biểu đồ " + yearText(c.Number) + ". " + c.Caption
}

func wordChart(c *Chart) docx.Chart {
	out := docx.Chart{Kind: docx.Bars, Caption: c.title(), Categories: c.Categories, Decimals: c.Decimals, Note: strings.Join(c.Notes, " ")}
	if c.Unit != "" {
		out.Unit = "Đơn vị tính: " + c.Unit
	}
	switch c.Kind {
	case ChartStacked:
		out.Kind = docx.StackedBars
	case ChartLines:
		out.Kind = docx.Lines
	case ChartRanking:
		out.Kind = docx.HorizontalBars
	case ChartMultiples:
		return multiplesAsBars(c, out)
	}
	for _, s := range c.Series {
		one := docx.Series{Name: s.Name, Labels: s.Labels}
		for _, v := range s.Values {
			one.Values = append(one.Values, orNaN(v))
		}
		out.Series = append(out.Series, one)
	}
	for _, b := range c.Breaks {
		out.Breaks = append(out.Breaks, docx.Break{At: b.At, Reason: b.Reason})
	}
	return out
}

// multiplesAsBars draws the totals of small multiples: Word has no small
// multiples of its own.
func multiplesAsBars(c *Chart, out docx.Chart) docx.Chart {
	out.Kind, out.Categories = docx.HorizontalBars, nil
	one := docx.Series{Name: c.Caption}
	for _, s := range c.Series {
		out.Categories = append(out.Categories, s.Name)
		one.Values = append(one.Values, orNaN(s.Whole))
		one.Labels = append(one.Labels, s.Total)
	}
	out.Series = []docx.Series{one}
	out.HeightMM = max(50, 9*float64(len(c.Series)))
	return out
}

func orNaN(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// figuresAppendix lists the figures that have a ref, or all where none has, with
// their exact values, the parts of ratios and the number of entries, and what
// to look at first. All are in the workbook.
func (r *Report) figuresAppendix() docx.Appendix {
	a := docx.Appendix{Title: "PHỤ LỤC", Subject: "Số liệu của báo cáo và căn cứ của từng số", Landscape: true}
	if len(r.Notices) > 0 {
		a.Blocks = append(a.Blocks, docx.Heading{Level: 2, Text: "Điều cần xem trước khi ký"}, noticeList(r.Notices))
	}
	t := docx.Table{
		Columns: []docx.Column{{Width: 14}, {}, {Width: 34, Align: docx.AlignRight}, {Width: 30, Align: docx.AlignRight},
			{Width: 24}, {Width: 44}, {Width: 22, Align: docx.AlignRight}},
		Head: [][]docx.HeadCell{{{Text: "Ký hiệu"}, {Text: "Chỉ tiêu"}, {Text: "Viết trong báo cáo"}, {Text: "Giá trị đúng"},
			{Text: "Đơn vị tính"}, {Text: "Kỳ"}, {Text: "Số ghi nhận"}}},
		Note: "Mỗi số được tính từ các ghi nhận trong kỳ; cách tính của từng chỉ tiêu có trong danh mục " + r.Edition + ".",
	}
	for _, e := range r.listed() {
		t.Rows = append(t.Rows, docx.Cells(strings.Join(e.Refs, ", "), e.Name+partsText(e), e.Display, e.Exact, e.Measure, periodText(e), entriesText(e.Entries)))
	}
	if len(t.Rows) > 0 {
		a.Blocks = append(a.Blocks, t)
	}
	return a
}

// listed is the evidence that the appendix lists: by ref, or as it comes.
func (r *Report) listed() []Evidence {
	var out []Evidence
	for _, f := range r.Figures {
		if f.Value != nil {
			out = append(out, r.Evidence[f.Evidence])
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, e := range r.Evidence {
		if e.Row == "" && e.Value != nil {
			out = append(out, e)
		}
	}
	return out
}

func noticeList(list []Notice) docx.List {
	out := docx.List{}
	for _, n := range list {
		out.Items = append(out.Items, []docx.Run{{Text: n.Text}})
	}
	return out
}
