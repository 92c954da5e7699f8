package web

import (
	"bytes"
	"context"
	"encoding/json"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/intake"
	"danvan/internal/ledger"
)

// badPage is how many rows are mended on one page.
const badPage = 25

// importPageView is one import, wherever it stands.
type importPageView struct {
	*intake.Import
	KindName  string
	Columns   []importColumn
	Passed    []string
	Adds      []addsLine
	Rows      []badRowView
	Page      paging
	Done, All int // of the job
	Form      form
	BatchURL  string
	Notice    string
}

// importColumn is a column of the file and what it was taken for.
type importColumn struct{ Head, Is string }

// addsLine is a series that an import adds to, with the figures that count it.
type addsLine struct {
	Name, Value string
	N           int64
	Figures     []indicatorLine
}

// badRowView is a row to be mended.
type badRowView struct {
	intake.BadRow
	Cells []badCell
	Says  []string // what is wrong with the row as a whole
}

// badCell is a cell to be mended.
type badCell struct {
	Name, Label, Value string
	Says               []string
}

func (s *server) importPage(w http.ResponseWriter, r *http.Request) error {
	imp, err := s.ownImport(r)
	if err != nil {
		return err
	}
	return s.renderImport(w, r, imp, newForm())
}

func (s *server) renderImport(w http.ResponseWriter, r *http.Request, imp *intake.Import, f form) error {
	offset, err := readOffset(r)
	if err != nil {
		return err
	}
	v := importPageView{Import: imp, Form: f, BatchURL: s.batchURL(imp), Notice: r.URL.Query().Get("xong")}
	if k := s.kindNear(imp.Kind, s.Today()); k != nil {
		v.KindName = k.Name
	}
	v.Columns, v.Passed = s.importColumns(imp)
	v.Adds = s.addsLines(imp)
	rows, err := s.Imports.BadRows(r.Context(), s.DB.Read(), imp, int(offset), badPage)
	if err != nil {
		return err
	}
	for _, row := range rows {
		v.Rows = append(v.Rows, badRow(imp, row))
	}
	v.Page = paging{Offset: offset, Size: badPage, Total: int64(imp.Bad), Link: func(o int64) string {
		return importURL(imp) + "?tu-dong=" + strconv.FormatInt(o, 10)
	}}
	v.Done, v.All, _ = s.Imports.Progress(imp.ID)
	p, status := page{Title: "Nhập " + imp.Name, Section: "nhap", Again: imp.Busy(), Scripts: []string{"import.js"}}, http.StatusOK
	if len(f.Wrong) > 0 {
		p.Title, status = "Lỗi: "+p.Title, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, importDetail(v))
}

// importColumns say what each column was taken for.
func (s *server) importColumns(imp *intake.Import) (cols []importColumn, passed []string) {
	names := map[string]string{"key": "Khóa", "kind": "Loại việc", "unit": "Đơn vị", "place": "Nơi", "day": "Ngày", "partners": "Phối hợp",
		"confirmed": "Đã xác nhận", "carries": "Thực hiện", "files": "Tệp đính kèm"}
	k := s.kindNear(imp.Kind, s.Today())
	for i, c := range imp.Columns {
		head := ""
		if i < len(imp.Header) {
			head = strings.TrimSpace(imp.Header[i])
		}
		code, field := strings.CutPrefix(c, "fields.")
		switch {
		case c == "":
			if head != "" {
				passed = append(passed, head)
			}
			continue
		case field && k != nil && k.Field(code) != nil:
			names[c] = k.Field(code).Name
		case field:
			names[c] = "trường " + code
		}
		cols = append(cols, importColumn{head, names[c]})
	}
	return cols, passed
}

// addsLines are what the import adds up to, and where it is counted.
func (s *server) addsLines(imp *intake.Import) []addsLine {
	ed := s.Catalog.Latest()
	var out []addsLine
	for _, a := range imp.Adds {
		line := addsLine{Name: a.Series, Value: civil.FormatInt(a.Value), N: a.N}
		if series := ed.SeriesByCode(a.Series); series != nil {
			scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(series.Scale)), nil)
			line.Name = series.Name
			line.Value = strings.TrimSpace(civil.FormatTrim(new(big.Rat).SetFrac(big.NewInt(a.Value), scale), series.Scale) + " " + series.Unit)
		}
		line.Figures = figuresOver(ed, a.Series)
		out = append(out, line)
	}
	return out
}

// figuresOver are the indicators whose formula counts a series.
func figuresOver(ed *catalog.Edition, series string) []indicatorLine {
	var out []indicatorLine
	for _, ind := range ed.Indicators {
		calls := catalog.Calls(ind.Formula())
		if d := ind.DenominatorFormula(); d != nil {
			calls = append(calls, catalog.Calls(d)...)
		}
		if slices.ContainsFunc(calls, func(c *catalog.Call) bool { return c.Selector != nil && c.Selector.Series == series }) {
			out = append(out, indicatorLine{ind.Code, strings.Join(ind.Ref, ", "), ind.Name, ind.Unit})
		}
	}
	return out
}

// badRow puts what is wrong beside the cells that it is about.
func badRow(imp *intake.Import, r intake.BadRow) badRowView {
	out := badRowView{BadRow: r}
	if imp.Format == "jsonl" {
		c := badCell{Name: cellName(r.Row, 0), Label: "Dòng " + strconv.Itoa(r.Line), Value: r.JSON}
		for _, p := range r.Problems {
			c.Says = append(c.Says, p.Say)
		}
		out.Cells = []badCell{c}
		return out
	}
	told := map[int]bool{}
	for i, head := range imp.Header {
		c := badCell{Name: cellName(r.Row, i), Label: or(head, "cột "+strconv.Itoa(i+1)) + ", dòng " + strconv.Itoa(r.Line)}
		if i < len(r.Cells) {
			c.Value = r.Cells[i]
		}
		for n, p := range r.Problems {
			if i < len(imp.Columns) && imp.Columns[i] != "" && columnOf(p.Field) == imp.Columns[i] {
				c.Says, told[n] = append(c.Says, p.Say), true
			}
		}
		out.Cells = append(out.Cells, c)
	}
	for n, p := range r.Problems {
		if !told[n] {
			out.Says = append(out.Says, p.Say)
		}
	}
	return out
}

// columnOf is the column of a problem's field: that of the group where it is about one of its rows.
func columnOf(field string) string {
	column, _, _ := strings.Cut(field, "[")
	return column
}

func cellName(row, column int) string { return "o" + strconv.Itoa(row) + "-" + strconv.Itoa(column) }

// mended reads the cells that a form sends back, by row.
func mended(values url.Values, width int) map[int][]string {
	out := map[int][]string{}
	for name, v := range values {
		row, column, ok := strings.Cut(strings.TrimPrefix(name, "o"), "-")
		n, err := strconv.Atoi(row)
		c, err2 := strconv.Atoi(column)
		if !ok || !strings.HasPrefix(name, "o") || err != nil || err2 != nil || c < 0 || c >= width || n < 0 {
			continue
		}
		if out[n] == nil {
			out[n] = make([]string, width)
		}
		out[n][c] = v[0]
	}
	return out
}

// again answers an act on an import: its page, with the reason where it could not be done.
func (s *server) again(w http.ResponseWriter, r *http.Request, imp *intake.Import, f form, field, done string, err error) error {
	switch kind := fault.KindOf(err); {
	case err == nil:
		http.Redirect(w, r, importURL(imp)+done, http.StatusSeeOther)
		return nil
	case kind != fault.Invalid && kind != fault.Conflict:
		return err
	}
	if imp, err2 := s.Imports.Get(r.Context(), s.DB.Read(), imp.ID); err2 == nil {
		f.say(field, fault.Say(err))
		return s.renderImport(w, r, imp, f)
	}
	return err
}

func (s *server) sentImport(w http.ResponseWriter, r *http.Request) (*intake.Import, form, error) {
	imp, err := s.ownImport(r)
	if err != nil {
		return nil, form{}, err
	}
	r.Body = http.MaxBytesReader(w, r.Body, 8<<20)
	if err := r.ParseForm(); err != nil {
		return nil, form{}, fault.Wrap(err, fault.Invalid, "Không nhận được biểu mẫu. Hãy tải lại trang rồi gửi lại.")
	}
	return imp, sentForm(r.PostForm), nil
}

func (s *server) importMend(w http.ResponseWriter, r *http.Request) error {
	imp, f, err := s.sentImport(w, r)
	if err != nil {
		return err
	}
	width := max(len(imp.Header), 1)
	cells := mended(r.PostForm, width)
	lines := map[int]string{}
	if imp.Format == "jsonl" {
		for n, c := range cells {
			lines[n] = strings.Join(strings.Fields(c[0]), " ")
		}
		cells = nil
	}
	err = s.Imports.Mend(r.Context(), viewer(r.Context()), imp, cells, lines)
	return s.again(w, r, imp, f, "", "?xong=sua-dong", err)
}

func (s *server) importRecord(w http.ResponseWriter, r *http.Request) error {
	imp, f, err := s.sentImport(w, r)
	if err != nil {
		return err
	}
	if imp.State != intake.Staged { // sent twice: the first one is on its way
		return s.again(w, r, imp, f, "", "", nil)
	}
	return s.again(w, r, imp, f, "chi-dung", "", s.Imports.Record(r.Context(), imp, f.get("chi-dung") != ""))
}

func (s *server) importUndo(w http.ResponseWriter, r *http.Request) error {
	imp, f, err := s.sentImport(w, r)
	if err != nil {
		return err
	}
	if imp.State != intake.Done {
		return s.again(w, r, imp, f, "", "", nil)
	}
	return s.again(w, r, imp, f, "ly-do", "", s.Imports.Undo(r.Context(), imp, f.get("ly-do")))
}

func (s *server) importDrop(w http.ResponseWriter, r *http.Request) error {
	imp, _, err := s.sentImport(w, r)
	if err != nil {
		return err
	}
	if err := s.Imports.Drop(r.Context(), imp.ID); err != nil {
		return err
	}
	http.Redirect(w, r, "/nhap?xong=bo-nhap", http.StatusSeeOther)
	return nil
}

// importProgress tells a script how far the job is.
func (s *server) importProgress(w http.ResponseWriter, r *http.Request) error {
	imp, err := s.ownImport(r)
	if err != nil {
		return err
	}
	done, total, _ := s.Imports.Progress(imp.ID)
	body, err := json.Marshal(map[string]any{"state": imp.State, "busy": imp.Busy(), "done": done, "total": total})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // the reader went away: nobody to tell
	return nil
}

// importErrors hands the wrong rows back as a file with what is wrong, to be mended and handed in again.
func (s *server) importErrors(w http.ResponseWriter, r *http.Request) error {
	imp, err := s.ownImport(r)
	if err != nil {
		return err
	}
	marked, err := s.markedWorkbook(r.Context(), imp)
	if err != nil {
		return err
	}
	if marked != nil {
		download(w, documentKinds["xlsx"].mime, markedName(imp.Name))
		_, _ = w.Write(marked) // the reader went away: nobody to tell
		return nil
	}
	t := &intake.Table{Name: imp.Name, Format: imp.Format, Header: imp.Header}
	bad := map[int]ledger.Problems{}
	err = s.DB.View(r.Context(), func(q db.Querier) error {
		rows, err := s.Imports.BadRows(r.Context(), q, imp, 0, intake.Bounds.Rows)
		for i, row := range rows {
			t.Rows = append(t.Rows, intake.Row{Line: row.Line, Cells: row.Cells})
			if imp.Format == "jsonl" {
				t.Rows[i].JSON = []byte(row.JSON)
			}
			bad[i] = row.Problems
		}
		return err
	})
	if err != nil {
		return err
	}
	format, mime := "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	if imp.Format != "xlsx" {
		format, mime = imp.Format, "text/plain; charset=utf-8"
	}
	var b bytes.Buffer
	if err := t.WriteErrors(&b, format, bad, true); err != nil {
		return err
	}
	download(w, mime, "dong-sai-"+strconv.FormatInt(imp.ID, 10)+"."+format)
	_, _ = w.Write(b.Bytes()) // the reader went away: nobody to tell
	return nil
}

// markedWorkbook is the workbook that was handed in, with its wrong cells marked; nil where it is not kept or cannot be
// written again, so that the rows alone are handed back.
func (s *server) markedWorkbook(ctx context.Context, imp *intake.Import) (content []byte, err error) {
	if imp.Format != "xlsx" {
		return nil, nil
	}
	defer func() {
		if p := recover(); p != nil {
			s.Log.Error("mark a workbook", "import", imp.ID, "panic", p)
			content, err = nil, nil
		}
	}()
	err = s.DB.View(ctx, func(q db.Querier) error {
		content, err = s.Imports.Marked(ctx, q, imp)
		return err
	})
	if err != nil {
		s.Log.Warn("mark a workbook", "import", imp.ID, "err", err)
		return nil, nil
	}
	return content, nil
}

// markedName is the name of the file that is handed back: plain letters, for the head of the answer.
func markedName(name string) string {
	base := strings.TrimSuffix(civil.Fold(name), ".xlsx")
	base = strings.TrimSuffix(base, "-can-sua")
	base = strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			return c
		}
		return '-'
	}, base)
	return base + "-can-sua.xlsx"
}
