package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
	"danvan/internal/report"
	"danvan/internal/xlsx"
)

// formView is one form, filled.
type formView struct {
	*statsScope
	Form  *catalog.Form
	Table *report.FormTable
	Heads [][]report.HeadCell
	By    string
	Sums  []formSum
}

// formSum is a check of the form with the letters behind its difference.
type formSum struct {
	report.FormFinding
	Letters []sumLetter
	More    int
}

type sumLetter struct {
	ID    int64
	Title string
	Day   string
	Value string
}

// fillForm reads the form of an address and fills it.
func (s *server) fillForm(r *http.Request) (*formView, error) {
	sc, err := s.readStats(r)
	if err != nil {
		return nil, err
	}
	f := sc.Edition.Form(r.PathValue("form"))
	if f == nil || f.Report != petitionReport {
		return nil, fault.New(fault.NotFound, "Không có biểu này. Hãy chọn biểu ở trang Thống kê đơn thư.")
	}
	if !f.Fits(sc.Period.To) {
		return nil, fault.Newf(fault.NotFound, "Biểu %s không dùng cho kỳ này. Hãy chọn kỳ khác ở trang Thống kê đơn thư.", f.Symbol)
	}
	v := &formView{statsScope: sc, Form: f, By: or(r.URL.Query().Get("theo"), f.Rows[0])}
	if !slices.Contains(f.Rows, v.By) {
		return nil, fault.New(fault.Invalid, "Biểu này không chia theo dòng như vậy. Hãy chọn cách chia ở đầu biểu.")
	}
	v.Table, err = report.Fill(r.Context(), s.Figures, report.FormRequest{Form: f, Unit: sc.UnitRef, Period: sc.Period, By: v.By})
	if err != nil {
		return nil, err
	}
	v.Heads = report.Heads(f, report.RowsName(v.By))
	for i := range v.Table.Lines {
		l := &v.Table.Lines[i]
		if i > 0 && v.By != "unit" {
			l.Name = s.rowName(sc.Edition, f, strings.TrimPrefix(v.By, "label:"), l.Key, l.Name)
		}
		l.Name = upperFirst(l.Name)
	}
	return v, nil
}

// rowName is what a label's value is called.
func (s *server) rowName(ed *catalog.Edition, f *catalog.Form, label, key, name string) string {
	for _, c := range f.Leaves() {
		for _, x := range catalog.Calls(c.Indicator().Formula()) {
			if sr := ed.SeriesByCode(x.Selector.Series); sr != nil && sr.Labels[label] != "" {
				return or(labelValue(ed, sr, label, key), name)
			}
		}
	}
	return name
}

func (s *server) petitionForm(w http.ResponseWriter, r *http.Request) error {
	v, err := s.fillForm(r)
	if err != nil {
		return err
	}
	for _, c := range v.Table.Checks {
		sum := formSum{FormFinding: c}
		if !c.Met && !c.Unknown && c.Off != "" && v.Reads {
			if sum.Letters, sum.More, err = s.behind(r.Context(), v, c.Check); err != nil {
				return err
			}
		}
		v.Sums = append(v.Sums, sum)
	}
	p := page{Title: "Biểu " + v.Form.Symbol, Section: "thong-ke-don", Scope: v.scope}
	return s.render(w, r, http.StatusOK, p, petitionFormPage(v))
}

// mostSumLetters is how many letters behind a difference are named.
const mostSumLetters = 20

// behind are the entries that one side of a sum counts and the other does not.
func (s *server) behind(ctx context.Context, v *formView, c *catalog.FormCheck) (out []sumLetter, more int, err error) {
	type found struct {
		sum   *big.Rat
		proof figure.Proof
	}
	at := map[int64]*found{}
	take := func(codes []string, p civil.Period, sign int64) error {
		for _, code := range codes {
			list, err := s.Figures.Entries(ctx, v.query(v.Form.Leaf(code), v.UnitRef, "", p), figure.Pick{})
			if err != nil {
				return err
			}
			for _, e := range list.Entries {
				val, ok := ratOf(decimalOf(&e.Value))
				if !ok {
					val = big.NewRat(1, 1)
				}
				if at[e.ID] == nil {
					at[e.ID] = &found{new(big.Rat), e}
				}
				at[e.ID].sum.Add(at[e.ID].sum, val.Mul(val, big.NewRat(sign, 1)))
			}
		}
		return nil
	}
	day := v.Period.From.AddDays(-1)
	for _, side := range []struct {
		codes []string
		p     civil.Period
		sign  int64
	}{{c.Left, v.Period, 1}, {c.Right, v.Period, -1}, {c.Before, civil.Period{From: day, To: day}, -1}} {
		if err := take(side.codes, side.p, side.sign); err != nil {
			return nil, 0, err
		}
	}
	for id, f := range at {
		if f.sum.Sign() != 0 {
			out = append(out, sumLetter{ID: id, Title: or(f.proof.Title, f.proof.KindName), Day: f.proof.Day, Value: plainNumber(f.sum)})
		}
	}
	slices.SortFunc(out, func(a, b sumLetter) int { return int(a.ID - b.ID) })
	if len(out) > mostSumLetters {
		out, more = out[:mostSumLetters], len(out)-mostSumLetters
	}
	return out, more, nil
}

func (v *formView) query(c *catalog.FormColumn, unit, row string, p civil.Period) figure.Query {
	q := figure.Query{Indicator: c.Indicator().Code, Unit: unit, Period: p, Basis: org.OnDay(v.Period.To)}
	if label, ok := strings.CutPrefix(v.By, "label:"); ok && row != "" {
		q.Label, q.LabelValue = label, row
	}
	return q
}

// open is where the entries behind a cell stand, empty for who may not read them.
func (v *formView) open(line, column int) string {
	l := v.Table.Lines[line]
	cell := l.Cells[column]
	c := v.Form.Leaves()[column]
	if cell.Val == nil || cell.Val.Sign() == 0 || cell.Crossed || v.Table.Closed[column] || !v.Reads && !v.ofReceptions(c) {
		return ""
	}
	q := url.Values{"don-vi": {v.UnitRef}, "tu": {v.Period.From.String()}, "den": {v.Period.To.String()}, "ranh-gioi": {v.Period.To.String()}}
	switch label, isLabel := strings.CutPrefix(v.By, "label:"); {
	case line == 0:
	case isLabel && l.Key == "":
		return ""
	case isLabel:
		q.Set(labelPick, label+":"+l.Key)
	case l.Key == "":
		return ""
	default:
		q.Set("don-vi", l.Key)
	}
	return "/so-lieu/" + c.Indicator().Code + "/ghi-nhan?" + q.Encode()
}

// ofReceptions reports whether a column counts sessions, which whoever reads work may open.
func (v *formView) ofReceptions(c *catalog.FormColumn) bool {
	return !slices.ContainsFunc(catalog.Calls(c.Indicator().Formula()), func(x *catalog.Call) bool {
		sr := v.Edition.SeriesByCode(x.Selector.Series)
		return sr == nil || slices.ContainsFunc(sr.KindCodes(), func(code string) bool { return guarded(v.Edition.Kind(code)) })
	})
}

func (v *formView) hidden() int {
	n := 0
	for _, closed := range v.Table.Closed {
		if closed {
			n++
		}
	}
	return n
}

// here is the form with another way to divide it.
func (v *formView) here(by string) string {
	if by == v.Form.Rows[0] {
		by = ""
	}
	return v.address("/"+v.Form.Code, "theo", by)
}

func (v *formView) file(kind string) string {
	by := v.By
	if by == v.Form.Rows[0] {
		by = ""
	}
	return v.address("/"+v.Form.Code+"/tep", "theo", by, "dang", kind)
}

// unitHref opens the form of a unit below.
func (v *formView) unitHref(key string) string {
	if v.By != "unit" || key == "" {
		return ""
	}
	return v.address("/"+v.Form.Code, "don-vi", key)
}

func spanOf(n int) string { return strconv.Itoa(max(1, n)) }

// petitionFormFile sends the form as a workbook, a document in landscape, or data.
func (s *server) petitionFormFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.fillForm(r)
	if err != nil {
		return err
	}
	kind := r.URL.Query().Get("dang")
	table := v.Table.Table()
	for i := range table.Rows {
		table.Rows[i].Cells[0].Runs[0].Text = v.Table.Lines[i].Name
	}
	rep := &report.Report{Title: "BIỂU SỐ " + v.Form.Symbol, Subject: v.Form.Name, Format: report.State, Status: string(figure.All), Basis: v.Period.To.String(),
		Edition: v.Edition.Code, Unit: report.Unit{Code: v.Unit.Code, Name: v.UnitName}, Mark: upperFirst(s.demoNote()), Counted: upperFirst(v.standsOn()),
		Period: report.Period{From: v.Period.From.String(), To: v.Period.To.String(), Code: v.Period.Code, Name: v.Period.Name + " (" + v.days() + ")"}, Forms: []report.Table{table}}
	var b bytes.Buffer
	mime := ""
	switch kind {
	case "xlsx":
		mime, err = documentKinds["xlsx"].mime, xlsx.Write(&b, rep.FormsBook())
	case "docx":
		mime, err = documentKinds["docx"].mime, rep.FormsDOCX(&b)
	case "json":
		mime, err = documentKinds["json"].mime, json.NewEncoder(&b).Encode(formJSON(v))
	default:
		return fault.New(fault.Invalid, "Dạng tệp phải là docx, xlsx hoặc json.")
	}
	if err != nil {
		return fmt.Errorf("write form %s as %s: %w", v.Form.Code, kind, err)
	}
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s_%s_%s_%s.%s"`, v.Form.Code, v.Unit.Code, v.Period.From, v.Period.To, kind))
	_, _ = w.Write(b.Bytes()) // the reader went away: nobody to tell
	return nil
}

// formData is a form for machines. A column that the reader may not see is closed and has no values.
type formData struct {
	Form    string           `json:"form"`
	Symbol  string           `json:"symbol"`
	Name    string           `json:"name"`
	Cite    string           `json:"cite"`
	Checked bool             `json:"verified"`
	Unit    string           `json:"unit"`
	From    string           `json:"from"`
	To      string           `json:"to"`
	Regime  string           `json:"regime,omitempty"`
	Rows    string           `json:"rows"`
	Columns []formDataColumn `json:"columns"`
	Lines   []formDataLine   `json:"lines"`
	Checks  []formDataCheck  `json:"checks"`
}

type formDataColumn struct {
	Code   string   `json:"code"`
	Head   []string `json:"head"`
	Unit   string   `json:"unit"`
	Closed bool     `json:"closed,omitempty"`
}

type formDataLine struct {
	Key    string    `json:"key"`
	Name   string    `json:"name"`
	Values []*string `json:"values"`
}

type formDataCheck struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	OK      *bool  `json:"ok"` // null: a column of it is closed
}

func formJSON(v *formView) formData {
	out := formData{Form: v.Form.Code, Symbol: v.Form.Symbol, Name: v.Form.Name, Cite: v.Form.Cite, Checked: v.Form.Verified, Unit: v.Unit.Code,
		From: v.Period.From.String(), To: v.Period.To.String(), Regime: regimeCode(v.Period.Code), Rows: v.By}
	for i, c := range v.Form.Leaves() {
		out.Columns = append(out.Columns, formDataColumn{c.Code, c.Path(), c.Indicator().Unit, v.Table.Closed[i]})
	}
	for _, l := range v.Table.Lines {
		line := formDataLine{Key: l.Key, Name: l.Name}
		for _, c := range l.Cells {
			var text *string
			if c.Val != nil {
				t := civil.DecimalString(c.Val, 6)
				text = &t
			}
			line.Values = append(line.Values, text)
		}
		out.Lines = append(out.Lines, line)
	}
	for _, c := range v.Table.Checks {
		check := formDataCheck{Code: c.Check.Code, Message: c.Check.Message}
		if !c.Unknown {
			met := c.Met
			check.OK = &met
		}
		out.Checks = append(out.Checks, check)
	}
	return out
}

// readsNote says to whom closed columns are closed.
func (v *formView) readsNote() string {
	return count(v.hidden(), "cột") + " chia đơn theo loại, lĩnh vực hoặc kết quả: chỉ người được đọc đơn của đơn vị xem được, để không ai suy ra một đơn tố cáo. Cột ấy in dấu •."
}

// formOf is the page of a form that goes with a report.
func formOf(r *report.Report, t report.Table) templ.SafeURL {
	q := url.Values{"don-vi": {r.Unit.Code}, "tu": {r.Period.From}, "den": {r.Period.To}}
	if regimeCode(r.Period.Code) != "" {
		q = url.Values{"don-vi": {r.Unit.Code}, "ky": {r.Period.Code}}
	}
	return templ.SafeURL("/thong-ke-don/" + t.ID + "?" + q.Encode())
}
