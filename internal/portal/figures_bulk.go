package portal

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"

	"danvan/internal/catalog"
	"danvan/internal/opendata"
)

// asked is a table with what was asked for.
type asked struct {
	Ask   opendata.Ask
	Table *opendata.Table
}

// csvColumns are the columns of every CSV file of open figures. They are documented in docs/open-figures.md and stay; new
// ones come at the end.
var csvColumns = []string{"ma", "ten", "loai", "nam", "ranh_gioi", "chi_tieu", "don_vi_tinh", "trang_thai", "gia_tri", "uoc_tinh", "quy", "tu_ngay", "den_ngay"}

func writeOpenCSV(w http.ResponseWriter, name string, tables []asked) error {
	var b bytes.Buffer
	b.WriteString("\ufeff") // so that a spreadsheet reads Vietnamese
	c := csv.NewWriter(&b)
	c.UseCRLF = true
	rows := [][]string{csvColumns}
	for _, x := range tables {
		for _, l := range append(x.Table.Lines, x.Table.Whole) {
			rows = append(rows, x.row(l))
		}
	}
	if err := c.WriteAll(rows); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	openFile(w, "text/csv; charset=utf-8", name, b.Bytes())
	return nil
}

func (x asked) row(l opendata.Line) []string {
	quarter := ""
	if x.Ask.Quarter != 0 {
		quarter = strconv.Itoa(x.Ask.Quarter)
	}
	t := x.Table
	return []string{l.Code, plainCell(l.Name), l.Kind, strconv.Itoa(x.Ask.Year), string(x.Ask.Basis), t.Open.Code, t.Measure, string(l.State), l.Value,
		strconv.FormatBool(l.Estimate), quarter, t.Period.From.String(), t.Period.To.String()}
}

// allTables are the tables of all open figures of a year or quarter. On the boundaries of then, figures whose small counts
// are hidden are left out: they stand on today's alone.
func (p *portal) allTables(r *http.Request) ([]asked, opendata.Ask, error) {
	ask, err := p.askOf(r)
	if err != nil {
		return nil, ask, err
	}
	var out []asked
	for _, o := range p.openBook().Open(p.Today()) {
		if o.Small > 0 && ask.Basis == opendata.Then {
			continue
		}
		ask.Code = o.Code
		t, err := p.openTableOf(r.Context(), ask)
		if err != nil {
			return nil, ask, err
		}
		out = append(out, asked{ask, t})
	}
	return out, ask, nil
}

func (p *portal) allCSV(w http.ResponseWriter, r *http.Request) error {
	all, ask, err := p.allTables(r)
	if err != nil {
		return err
	}
	return writeOpenCSV(w, fmt.Sprintf("so-lieu-mo-%s-%s.csv", periodCode(ask), ask.Basis), all)
}

func (p *portal) allJSON(w http.ResponseWriter, r *http.Request) error {
	all, _, err := p.allTables(r)
	if err != nil {
		return err
	}
	out := []openJSON{}
	for _, x := range all {
		out = append(out, p.told(x.Table, x.Ask))
	}
	return writeOpenJSON(w, out)
}

// wordGroup is a group of open figures in the dictionary.
type wordGroup struct {
	Name    string
	Figures []figureWord
}

type figureWord struct {
	Open *catalog.OpenFigure
	Ind  *catalog.Indicator
	Unit string
}

// figureWords is the dictionary: what each figure counts, what stands in the files, which addresses stay.
func (p *portal) figureWords(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	ed := p.Catalog.EditionOn(p.Today())
	var groups []wordGroup
	for _, o := range p.openBook().Open(p.Today()) {
		name := say(ctx, o.Group, o.GroupEnglish)
		if len(groups) == 0 || groups[len(groups)-1].Name != name {
			groups = append(groups, wordGroup{Name: name})
		}
		one := figureWord{Open: o, Ind: ed.Indicator(o.Code)}
		if one.Unit = one.Ind.Unit; one.Ind.Percent {
			one.Unit = "%"
		}
		g := &groups[len(groups)-1]
		g.Figures = append(g.Figures, one)
	}
	head := page{Title: say(ctx, "Từ điển số liệu mở", "Dictionary of open figures"), Section: "so-lieu", Styles: []string{"paper.css"},
		About: say(ctx, "Mỗi chỉ tiêu đếm gì, tính thế nào, căn cứ nào; cột của tệp và địa chỉ không đổi.", "What each figure counts, how, on what basis; columns of the files and stable addresses.")}
	return p.render(w, r, http.StatusOK, head, dictionaryBody(groups, p.Root))
}

// fileColumn is a column of the CSV files, as the JSON calls it, in words.
type fileColumn struct{ CSV, JSON, Says string }

func fileColumns(ctx context.Context) []fileColumn {
	return []fileColumn{
		{"ma", "places[].code", say(ctx, "Mã đơn vị hành chính", "Code of the place")},
		{"ten", "places[].name", say(ctx, "Tên nơi ấy trên ranh giới đã chọn", "Name of the place on the chosen boundaries")},
		{"loai", "places[].kind", say(ctx, "commune: xã, phường; own: cơ quan cấp tỉnh, huyện; ended: đơn vị đã thôi; union: không chia được; province: cả tỉnh", "commune; own: bodies of province or district; ended: a unit that ended; union: cannot be divided; province: the whole")},
		{"nam", "year", say(ctx, "Năm", "Year")},
		{"quy", "quarter", say(ctx, "Quý 1 đến 4; bỏ trống là cả năm", "Quarter 1 to 4; empty is the whole year")},
		{"tu_ngay, den_ngay", "from, to", say(ctx, "Ngày đầu và ngày cuối được tính", "First and last day counted")},
		{"ranh_gioi", "boundaries", say(ctx, "hom-nay: ranh giới hôm nay; khi-do: ranh giới của khi đó", "hom-nay: boundaries of today; khi-do: of that time")},
		{"chi_tieu", "code", say(ctx, "Mã chỉ tiêu", "Code of the figure")},
		{"don_vi_tinh", "unit", say(ctx, "Đơn vị tính", "Unit of measure")},
		{"trang_thai", "places[].state", say(ctx, "known: có số; silent: chưa ai báo; hidden: không in; no_data: hệ thống không có dữ liệu của nơi ấy. Chưa báo khác với số 0.", "known: a value; silent: nothing reported; hidden: not printed; no_data: the system has no records of the place. Nothing reported is not zero.")},
		{"gia_tri", "places[].value", say(ctx, "Giá trị, dấu chấm thập phân; tỷ lệ tính bằng phần trăm", "Value with a decimal point; shares in percent")},
		{"uoc_tinh", "places[].estimate", say(ctx, "true: số ước do chia một xã cũ cho nhiều xã", "true: estimated, since a former commune was divided")},
	}
}

// openAddresses are the addresses that stay.
func openAddresses(ctx context.Context) []fileColumn {
	return []fileColumn{
		{"/so-lieu/json", "", say(ctx, "danh sách chỉ tiêu mở, kèm định nghĩa", "the list of open figures with definitions")},
		{"/so-lieu/{mã}?nam=2026&quy=3&ranh-gioi=hom-nay", "", say(ctx, "trang của một chỉ tiêu", "the page of a figure")},
		{"/so-lieu/{mã}/csv?nam=2026", "", say(ctx, "bảng CSV (UTF-8 có BOM, dấu phẩy)", "table as CSV (UTF-8 with BOM, comma)")},
		{"/so-lieu/{mã}/json?nam=2026", "", say(ctx, "cùng bảng ấy, cho chương trình", "the same for programs")},
		{"/so-lieu/{mã}/nhung?nam=2026&hinh=bieu-do", "", say(ctx, "bản để nhúng bằng iframe; bỏ hinh thì là bản đồ, nếu có", "for an iframe; without hinh a map where there is one")},
		{"/so-lieu/{mã}/ban-do?nam=2026", "", say(ctx, "bản đồ SVG", "the map as SVG")},
		{"/so-lieu/tat-ca/csv?nam=2026", "", say(ctx, "mọi chỉ tiêu của một năm (thêm quy: một quý) trong một tệp", "all figures of a year (with quy: a quarter) in one file")},
		{"/so-lieu/tat-ca/json?nam=2026", "", say(ctx, "cùng tệp ấy, cho chương trình", "the same for programs")},
	}
}
