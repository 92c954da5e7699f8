package web

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
)

// pageSize is how many entries a list shows at once.
const pageSize = 50

// evidenceView is one page of the entries behind a figure.
type evidenceView struct {
	Scope *scope
	List  *figure.Evidence
	// Measure is what each entry adds: that of the series, for a rate has none of its own.
	Measure string
	Page    paging
}

// paging is where a list stands.
type paging struct {
	Offset, Size, Total int64
	Link                func(offset int64) string
}

func (p paging) last() int64 { return min(p.Offset+p.Size, p.Total) }

func (s *server) evidencePage(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	offset, err := readOffset(r)
	if err != nil {
		return err
	}
	list, err := s.evidence(r, sc, offset, pageSize)
	if err != nil {
		return err
	}
	v := evidenceView{Scope: sc, List: list, Measure: s.addsMeasure(list, sc.Period.To), Page: paging{Offset: offset, Size: pageSize, Total: list.Total}}
	v.Page.Link = func(o int64) string {
		return r.URL.Path + sc.query("phan", string(list.Side), "tu-dong", strconv.FormatInt(o, 10))
	}
	p := page{Title: "Ghi nhận phía sau: " + list.Name, Section: "so-lieu", Scope: sc}
	return s.render(w, r, http.StatusOK, p, evidenceList(v))
}

func (s *server) evidence(r *http.Request, sc *scope, offset, limit int64) (*figure.Evidence, error) {
	side := figure.Side(or(r.URL.Query().Get("phan"), string(figure.Numerator)))
	if side != figure.Numerator && side != figure.Denominator {
		return nil, fault.New(fault.Invalid, "Phần của công thức phải là numerator (tử số) hoặc denominator (mẫu số).")
	}
	q := figure.Query{Indicator: r.PathValue("code"), Unit: sc.UnitRef, Period: sc.Period, Basis: sc.Basis}
	list, err := s.Figures.Evidence(r.Context(), q, side, offset, limit)
	if err != nil {
		return nil, err
	}
	for i, e := range list.Entries {
		list.Entries[i].Title = shownTitle(s.kindOn(e.Kind, e.Day), e.Title)
	}
	return list, nil
}

// kindOn is a kind as it stood on a day (ISO), nil where the catalogue of that day has none of that code.
func (s *server) kindOn(code, day string) *catalog.Kind {
	d, err := civil.ParseDate(day)
	if err != nil {
		return nil
	}
	return s.Catalog.EditionOn(d).Kind(code)
}

// addsMeasure is the unit of measure of what the entries of a side add.
func (s *server) addsMeasure(list *figure.Evidence, day civil.Date) string {
	ed := s.Catalog.EditionOn(day)
	ind := ed.Indicator(list.Indicator)
	if ind == nil {
		return measureOf(list.Measure)
	}
	formula := ind.Formula()
	if list.Side == figure.Denominator {
		formula = ind.DenominatorFormula()
	}
	for _, code := range seriesOf(formula) {
		if series := ed.SeriesByCode(code); series != nil {
			return series.Unit
		}
	}
	return measureOf(list.Measure)
}

func readOffset(r *http.Request) (int64, error) {
	text := or(r.URL.Query().Get("tu-dong"), "0")
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Invalid, "Số dòng bắt đầu “"+text+"” không đúng: phải là số nguyên từ 0.")
	}
	return n, nil
}

// evidenceFile sends all entries behind the figure as CSV.
func (s *server) evidenceFile(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	list, err := s.evidence(r, sc, 0, 0)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.csv"`, list.Indicator))
	if _, err := w.Write([]byte("\ufeff")); err != nil { // spreadsheets read UTF-8 only with a mark
		return nil
	}
	out := csv.NewWriter(w)
	_ = out.Write([]string{"Số", "Ngày", "Loại việc", "Đơn vị", "Nơi", "Nội dung", "Giá trị", "Trạng thái", "Ghi chú"})
	for _, e := range list.Entries {
		_ = out.Write([]string{strconv.FormatInt(e.ID, 10), e.Day, e.KindName, inert(e.UnitName), inert(e.Place), inert(e.Title), e.Value, stateName(e.State), s.demoNote()})
	}
	out.Flush() // a broken connection has nobody to tell
	return nil
}

func (s *server) demoNote() string {
	if s.Demo == "" {
		return ""
	}
	return "dữ liệu minh họa"
}

// inert keeps a spreadsheet from running text as a formula.
func inert(text string) string {
	if text != "" && (text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@' || text[0] == '\t' || text[0] == '\r') {
		return "'" + text
	}
	return text
}

func stateName(state string) string {
	switch state {
	case "recorded":
		return "đã ghi"
	case "confirmed":
		return "đã xác nhận"
	case "void":
		return "đã hủy"
	}
	return state
}

func stateChip(state string) string {
	switch state {
	case "confirmed":
		return "done"
	case "void":
		return "late"
	}
	return "doing"
}
