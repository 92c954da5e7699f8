package report

import (
	"io"
	"math/big"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/xlsx"
)

// XLSX writes the annexes: a sheet of all figures, one for each table of the
// report, and the indicators by unit and by year. Cells are typed.
func (r *Report) XLSX(w io.Writer) error {
	b := &xlsx.Workbook{Title: r.Title + " " + r.Subject, Subject: "Phụ lục số liệu", Mark: r.Mark}
	b.Sheets = append(b.Sheets, r.figuresSheet())
	for _, s := range r.Sections {
		for _, block := range s.Blocks {
			if block.Kind == BlockTable {
				b.Sheets = append(b.Sheets, r.tableSheet(block.Table))
			}
		}
	}
	for i := range r.Forms {
		b.Sheets = append(b.Sheets, r.tableSheet(&r.Forms[i]))
	}
	for i := range r.Annexes {
		b.Sheets = append(b.Sheets, r.tableSheet(&r.Annexes[i]))
	}
	if len(r.Notices) > 0 {
		b.Sheets = append(b.Sheets, r.noticeSheet())
	}
	return xlsx.Write(w, b)
}

func (r *Report) titles(first string) []string {
	return []string{first, r.Unit.Name + ", " + r.Period.Name + ". " + r.Counted}
}

// figureWidths keep long texts from pushing the numbers off the page.
var figureWidths = map[string]float64{"Mã chỉ tiêu": 22, "Chỉ tiêu": 44, "Đơn vị": 20, "Cách tính": 30, "Căn cứ": 40}

func (r *Report) figuresSheet() xlsx.Sheet {
	s := xlsx.Sheet{Name: "Số liệu", Titles: r.titles("Số liệu của báo cáo và căn cứ của từng số")}
	for _, head := range []string{"Ký hiệu", "Mã chỉ tiêu", "Chỉ tiêu", "Đơn vị", "Từ ngày", "Đến ngày", "Giá trị đúng", "Đơn vị tính",
		"Viết trong báo cáo", "Tử số", "Mẫu số", "Cách tính", "Số ghi nhận", "Ước tính", "Căn cứ"} {
		s.Columns = append(s.Columns, xlsx.Column{Head: head, Width: figureWidths[head]})
	}
	for _, e := range r.Evidence {
		if e.Row != "" {
			continue
		}
		estimated := ""
		if e.Estimated {
			estimated = "ước tính"
		}
		s.Rows = append(s.Rows, xlsx.Row{Cells: []xlsx.Cell{
			xlsx.Text(strings.Join(e.Refs, ", ")), xlsx.Text(e.Indicator), xlsx.Text(e.Name), xlsx.Text(e.UnitName),
			dayCell(e.From), dayCell(e.To), numberCell(e.Value, e.Measure == "%"), xlsx.Text(e.Measure), xlsx.Text(e.Display),
			numberCell(known(e.Numerator), false), numberCell(known(e.Denominator), false),
			xlsx.Text(e.Formula), xlsx.Int(e.Entries), xlsx.Text(estimated), xlsx.Text(e.Cite),
		}})
	}
	return s
}

func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func dayCell(iso string) xlsx.Cell {
	d, err := civil.ParseDate(iso)
	if err != nil {
		return xlsx.Text(iso)
	}
	return xlsx.Date(d.Time())
}

// numberCell is a typed cell: whole numbers as such, ratios as percent.
func numberCell(value *string, percent bool) xlsx.Cell {
	if value == nil {
		return xlsx.Empty()
	}
	n, ok := new(big.Rat).SetString(*value)
	if !ok {
		return xlsx.Text(*value)
	}
	f, _ := n.Float64()
	switch {
	case percent:
		return xlsx.Percent(f/100, 2)
	case n.IsInt() && n.Num().IsInt64():
		return xlsx.Int(n.Num().Int64())
	}
	_, after, _ := strings.Cut(*value, ".")
	return xlsx.Decimal(f, min(len(after), 6))
}

func (r *Report) tableSheet(t *Table) xlsx.Sheet {
	s := xlsx.Sheet{Name: t.sheetName(), Titles: r.titles(t.title()), Notes: t.Notes}
	for i, c := range t.Columns {
		col := xlsx.Column{Head: c.Head, Unit: c.Unit}
		if len(t.Heads) > 0 {
			col.Width = 11
			if i == 0 {
				col.Width = 34
			}
		}
		s.Columns = append(s.Columns, col)
	}
	for _, row := range t.Heads {
		var cells []xlsx.HeadCell
		for _, h := range row {
			cells = append(cells, xlsx.HeadCell{Text: h.Text, ColSpan: h.ColSpan, RowSpan: h.RowSpan})
		}
		s.Heads = append(s.Heads, cells)
	}
	for _, row := range t.Rows {
		out := xlsx.Row{Bold: row.Total}
		for i, c := range row.Cells {
			out.Cells = append(out.Cells, c.typed(t.Columns[i].Text))
		}
		s.Rows = append(s.Rows, out)
	}
	return s
}

func (t *Table) sheetName() string {
	if len(t.Heads) > 0 {
		name, _, _ := strings.Cut(t.Caption, ":")
		return strings.ReplaceAll(name, "/", "-")
	}
	if t.Number == 0 {
		return t.Caption
	}
	return "Bảng " + yearText(t.Number)
}

func (c Cell) typed(text bool) xlsx.Cell {
	switch {
	case text:
		return xlsx.Text(plain(c.Runs))
	case c.Value != nil:
		return numberCell(c.Value, c.Percent)
	case plain(c.Runs) == "–":
		return xlsx.Empty()
	}
	return xlsx.Text(plain(c.Runs))
}

func (r *Report) noticeSheet() xlsx.Sheet {
	s := xlsx.Sheet{Name: "Cần xem trước khi ký", Titles: r.titles("Điều cần xem trước khi ký"), Portrait: true,
		Columns: []xlsx.Column{{Head: "Loại"}, {Head: "Nội dung", Width: 100}}}
	kinds := map[string]string{"check": "Kiểm tra không đạt", "missing": "Thiếu dữ liệu", "estimate": "Số ước", "repeat": "Câu lặp", "break": "Đổi định nghĩa"}
	for _, n := range r.Notices {
		s.Rows = append(s.Rows, xlsx.Texts(kinds[n.Kind], n.Text))
	}
	return s
}
