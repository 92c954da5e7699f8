package web

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/xlsx"
)

// An export holds exactly the entries of a list. Of one kind it has the columns that import reads, so that a file can
// be handed back; of all kinds, what every entry has.

// exportChunk is how many entries are read at once.
const exportChunk = 400

// walkChunk is how many heads are: each look names all units.
const walkChunk = 4000

// export is a list as a table.
type export struct {
	s       *server
	ask     *listAsk
	heading ledger.Heading
	names   []string
}

func (s *server) export(a *listAsk) *export {
	e := &export{s: s, ask: a}
	if a.Kind != nil {
		e.heading = ledger.HeadingOf(a.Kind)
	} else {
		e.heading = ledger.Heading{Columns: ledger.Columns{"key", "kind", "day", "unit", "place"}, Names: []string{"Khóa", "Loại", "Ngày", "Đơn vị", "Nơi"}, Fields: make([]*catalog.Field, 5)}
	}
	e.names = append(slices.Clone(e.heading.Names), "Số ghi nhận", "Trạng thái", "Tên đơn vị", "Tên nơi")
	if a.Kind == nil {
		e.names = append(e.names, "Việc")
	}
	return e
}

// conditions say in words what the export holds.
func (e *export) conditions() []string {
	a := e.ask
	out := []string{"Ghi nhận của " + a.Scope.UnitName + " và các đơn vị bên dưới, " + a.Scope.Period.Name + ", ranh giới " + a.Scope.basisName() + "."}
	for _, c := range a.chips() {
		out = append(out, c.Name)
	}
	if a.Kind == nil {
		out = append(out, "Gồm nhiều loại việc nên chỉ có các cột chung. Chọn một loại việc rồi tải về để có mọi trường và nhập lại được.")
	}
	if a.Hides {
		out = append(out, "Không gồm đơn thư mà người tải về không được giao đọc.")
	}
	if note := e.s.demoNote(); note != "" {
		out = append(out, "Mọi dòng là "+note+".")
	}
	return out
}

// cell is one cell of an export; number is set where it is one.
type cell struct {
	text, number string
	day          civil.Date
}

// rows walks through the list in its order.
func (e *export) rows(ctx context.Context, q db.Querier, count *int) iter.Seq2[[]cell, error] {
	return func(yield func([]cell, error) bool) {
		var chunk []ledger.Head
		send := func() bool {
			rows, err := e.cells(ctx, q, chunk)
			chunk = chunk[:0]
			if err != nil {
				yield(nil, err)
				return false
			}
			for _, r := range rows {
				if !yield(r, nil) {
					return false
				}
			}
			return true
		}
		for h, err := range e.heads(ctx, q, count) {
			if err != nil {
				yield(nil, err)
				return
			}
			if chunk = append(chunk, h); len(chunk) == exportChunk && !send() {
				return
			}
		}
		send()
	}
}

// heads are all entries of the list. Those of many kinds come page after page, each found by where the last ended.
func (e *export) heads(ctx context.Context, q db.Querier, count *int) iter.Seq2[ledger.Head, error] {
	a := e.ask
	return func(yield func(ledger.Head, error) bool) {
		if a.Kind == nil {
			for page, err := range e.s.Ledger.Walk(ctx, q, a.filter, walkChunk) {
				if err != nil {
					yield(ledger.Head{}, err)
					return
				}
				for _, h := range page {
					*count++
					if !yield(h, nil) {
						return
					}
				}
			}
			return
		}
		p, err := e.s.Ledger.Pick(ctx, q, e.s.DB.Engine(), a.Kind, a.filter, a.conds(), a.Order, a.Scope.tree.NameOn)
		if err != nil {
			yield(ledger.Head{}, err)
			return
		}
		*count = p.Total()
		for at := 0; at < p.Total(); at += exportChunk {
			for _, l := range p.Lines(at, exportChunk) {
				if !yield(l.Head, nil) {
					return
				}
			}
		}
	}
}

func (e *export) cells(ctx context.Context, q db.Querier, heads []ledger.Head) ([][]cell, error) {
	tree := e.ask.Scope.tree
	drafts, err := e.drafts(ctx, q, heads)
	if err != nil {
		return nil, err
	}
	out := make([][]cell, len(drafts))
	for i := range drafts {
		out[i] = e.row(tree, heads[i], &drafts[i])
	}
	return out, nil
}

// drafts are the entries in full; a list of many kinds needs their heads alone.
func (e *export) drafts(ctx context.Context, q db.Querier, heads []ledger.Head) ([]ledger.Draft, error) {
	tree := e.ask.Scope.tree
	if e.ask.Kind != nil {
		return e.s.Ledger.Drafts(ctx, q, tree, heads)
	}
	out := make([]ledger.Draft, len(heads))
	for i, h := range heads {
		out[i] = ledger.Draft{Key: h.Key, Kind: h.Kind, Day: h.Day, Unit: linkUnit(tree, h.Unit, h.Day).Ref, Place: linkUnit(tree, h.Place, h.Day).Ref}
	}
	return out, nil
}

func (e *export) row(tree *org.Tree, h ledger.Head, d *ledger.Draft) []cell {
	k := e.s.Catalog.EditionOn(h.Day).Kind(h.Kind)
	reads := !tellsOfClasses(k) || e.ask.reads[h.Unit]
	row := make([]cell, 0, len(e.names))
	for i, column := range e.heading.Columns {
		f := e.heading.Fields[i]
		if !reads && !shownColumn(k, column, f) {
			row = append(row, cell{})
			continue
		}
		var c cell
		c.text, c.number = d.Cell(column, f)
		if column == "day" {
			c.day = h.Day
		}
		row = append(row, c)
	}
	place, title := tree.NameOn(h.Place, h.Day), h.Title
	if !reads {
		place, title = "", shownTitle(k, h.Title)
	}
	row = append(row, cell{text: "#" + strconv.FormatInt(h.ID, 10)}, cell{text: stateName(shownState(k, h.State, e.ask.back[h.ID]))}, cell{text: tree.NameOn(h.Unit, h.Day)}, cell{text: place})
	if e.ask.Kind == nil {
		row = append(row, cell{text: title})
	}
	return row
}

// shownColumn reports whether a column of a letter may be handed to who may not read it.
func shownColumn(k *catalog.Kind, column string, f *catalog.Field) bool {
	if f != nil {
		return shownField(k, f)
	}
	return column == "kind" || column == "day" || column == "unit" || column == "confirmed"
}

// download heads an answer that is a file, and lets it take its time.
func download(w http.ResponseWriter, mime, name string) {
	h := w.Header()
	h.Set("Content-Type", mime)
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	longer(w)
}

// longer moves the time by which an answer must be written: a file of any size is sent as long as it is being read.
func longer(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute)) // a recorder of tests has none
}

func (a *listAsk) fileName(suffix string) string {
	kind := "tat-ca"
	if a.Kind != nil {
		kind = strings.ReplaceAll(a.Kind.Code, "_", "-")
	}
	return "ghi-nhan-" + kind + "-" + a.Scope.Period.From.String() + "-" + a.Scope.Period.To.String() + suffix
}

func (s *server) entryCSV(w http.ResponseWriter, r *http.Request) error {
	a, err := s.readList(r)
	if err != nil {
		return err
	}
	e := s.export(a)
	return s.DB.View(r.Context(), func(q db.Querier) error {
		download(w, "text/csv; charset=utf-8", a.fileName(".csv"))
		if _, err := io.WriteString(w, "\ufeff"); err != nil { // spreadsheets read UTF-8 only with a mark
			return nil
		}
		out := csv.NewWriter(w)
		_ = out.Write([]string{"# " + strings.Join(e.conditions(), " · ")})
		_ = out.Write(e.names)
		n := 0
		for row, err := range e.rows(r.Context(), q, new(int)) {
			if err != nil {
				s.cutShort(r, err)
				return nil
			}
			line := make([]string, len(row))
			for i, c := range row {
				if line[i] = c.text; c.number == "" {
					line[i] = inert(c.text)
				}
			}
			if err := out.Write(line); err != nil {
				return nil // the reader went away
			}
			if n++; n%exportChunk == 0 {
				longer(w)
			}
		}
		out.Flush()
		return nil
	})
}

// cutShort ends an answer that has begun and cannot be finished, so that the browser does not take half a file for
// a whole one.
func (s *server) cutShort(r *http.Request, err error) {
	s.Log.Error("export", "path", r.URL.Path, "err", err)
	panic(http.ErrAbortHandler)
}

func (s *server) entryXLSX(w http.ResponseWriter, r *http.Request) error {
	a, err := s.readList(r)
	if err != nil {
		return err
	}
	return s.DB.View(r.Context(), func(q db.Querier) error {
		e := s.export(a)
		total, err := e.count(r.Context(), q)
		if err != nil {
			return err
		}
		if total > mostSheetRows {
			return fault.Newf(fault.Invalid, "Bảng tính Excel chỉ chứa được %s dòng. Hãy tải tệp CSV, hoặc lọc hẹp lại.", civil.FormatInt(mostSheetRows))
		}
		sheet := xlsx.Sheet{Name: "Nhập", Count: total, Stream: e.sheetRows(r.Context(), q, w)}
		for i, name := range e.names {
			sheet.Columns = append(sheet.Columns, xlsx.Column{Head: name, Width: e.width(i)})
		}
		about := xlsx.Sheet{Name: "Điều kiện", Portrait: true, Columns: []xlsx.Column{{Head: "Danh sách này gồm", Width: 110}}}
		for _, c := range append(e.conditions(), civil.FormatInt(int64(total))+" ghi nhận ở trang “Nhập”.") {
			about.Rows = append(about.Rows, xlsx.Texts(c))
		}
		book := &xlsx.Workbook{Title: "Ghi nhận", Mark: markOf(s.Demo), Sheets: []xlsx.Sheet{about, sheet}}
		var b sendOnce
		b.w, b.name = w, a.fileName(".xlsx")
		if err := xlsx.Write(&b, book); err != nil {
			if b.begun {
				s.cutShort(r, err)
			}
			return fmt.Errorf("write workbook: %w", err)
		}
		return nil
	})
}

func markOf(demo string) string {
	if demo == "" {
		return ""
	}
	return "Dữ liệu minh họa: không có sự việc nào là thật"
}

// mostSheetRows is what a sheet holds besides its head.
const mostSheetRows = 1_000_000

// sendOnce heads the answer when the first byte is there, so that a failure before it is an error page.
type sendOnce struct {
	w     http.ResponseWriter
	name  string
	begun bool
}

func (b *sendOnce) Write(p []byte) (int, error) {
	if !b.begun {
		b.begun = true
		download(b.w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b.name)
	}
	return b.w.Write(p)
}

func (e *export) count(ctx context.Context, q db.Querier) (int, error) {
	if e.ask.Kind == nil {
		return e.s.Ledger.Count(ctx, q, e.ask.filter)
	}
	p, err := e.s.Ledger.Pick(ctx, q, e.s.DB.Engine(), e.ask.Kind, e.ask.filter, e.ask.conds(), "", nil)
	if err != nil {
		return 0, err
	}
	return p.Total(), nil
}

// width is a column's width, for the rows are not known when it is set.
func (e *export) width(i int) float64 {
	if i < len(e.heading.Fields) {
		switch f := e.heading.Fields[i]; {
		case f == nil && (e.heading.Columns[i] == "unit" || e.heading.Columns[i] == "key"):
			return 22
		case f == nil || numeric(f) || f.Type == catalog.DateT || f.Type == catalog.Bool:
			return 14
		}
	}
	return 28
}

func (e *export) sheetRows(ctx context.Context, q db.Querier, w http.ResponseWriter) iter.Seq2[xlsx.Row, error] {
	return func(yield func(xlsx.Row, error) bool) {
		n := 0
		for row, err := range e.rows(ctx, q, new(int)) {
			if err != nil {
				yield(xlsx.Row{}, err)
				return
			}
			if n++; n%exportChunk == 0 {
				longer(w)
			}
			if !yield(e.sheetRow(row), nil) {
				return
			}
		}
	}
}

// sheetRow types the cells: a number is a number, a day a day.
func (e *export) sheetRow(row []cell) xlsx.Row {
	out := xlsx.Row{Cells: make([]xlsx.Cell, len(row))}
	for i, c := range row {
		switch {
		case c.day != 0:
			out.Cells[i] = xlsx.Date(c.day.Time())
		case c.number != "":
			out.Cells[i] = numberCell(c.number)
		case i < len(e.heading.Fields) && e.heading.Fields[i] != nil && e.heading.Fields[i].Type == catalog.DateT:
			if d, err := civil.ParseDate(c.text); err == nil && d != 0 {
				out.Cells[i] = xlsx.Date(d.Time())
			}
		case c.text != "":
			out.Cells[i] = xlsx.Text(c.text)
		}
	}
	return out
}

func numberCell(plain string) xlsx.Cell {
	if n, err := strconv.ParseInt(plain, 10, 64); err == nil {
		return xlsx.Int(n)
	}
	_, part, _ := strings.Cut(plain, ".")
	f, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		return xlsx.Text(plain)
	}
	return xlsx.Decimal(f, len(part))
}
