package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// A grid records many entries of one kind at once: a row each, a column for the day, the unit and every simple field.
// People, attachments and rows within a row are recorded in the form.

const (
	gridRows = 10  // at first
	gridMost = 100 // rows
)

// gridColumn is a column of the grid.
type gridColumn struct {
	Code, Name, Unit string
	Required         bool
	Field            *catalog.Field // nil for day, unit, place
}

// gridView is the grid with what was typed.
type gridView struct {
	Kind    *catalog.Kind
	Columns []gridColumn
	Rows    int
	Form    form
	Left    []string // fields that the grid does not ask
	Saved   []savedRow
	Bad     int
	Units   []option // for rows that name no unit; nil where there are too many to list
}

// savedRow is an entry that the grid has just recorded.
type savedRow struct {
	Row   int
	ID    int64
	Title string
}

func gridColumns(k *catalog.Kind) (cols []gridColumn, left []string) {
	cols = []gridColumn{{Code: "ngay", Name: or(k.Day, "Ngày"), Required: true}, {Code: "don-vi", Name: "Đơn vị (mã)", Required: true}, {Code: "noi", Name: "Nơi (mã)"}}
	for _, f := range k.Fields {
		switch f.Type {
		case catalog.Group, catalog.Person, catalog.File:
			left = append(left, f.Name)
		default:
			cols = append(cols, gridColumn{f.Code, f.Name, unitOf(f), f.Required, f})
		}
	}
	return cols, left
}

func gridName(code string, row int) string { return "g-" + code + "-" + strconv.Itoa(row) }

// gridKind is the kind in the path, which the viewer may record for some unit.
func (s *server) gridKind(r *http.Request) (*catalog.Kind, error) {
	k := s.Catalog.EditionOn(s.Today()).Kind(r.PathValue("kind"))
	if k == nil {
		return nil, fault.New(fault.NotFound, "Danh mục đang dùng không có loại việc này. Hãy chọn loại khác ở trang Ghi việc mới.")
	}
	if !mayRecord(viewer(r.Context()), k, 0) {
		return nil, fault.New(fault.Denied, "Tài khoản của bạn không ghi loại việc này. Hãy chọn loại khác.")
	}
	return k, nil
}

func (s *server) gridPage(w http.ResponseWriter, r *http.Request) error {
	k, err := s.gridKind(r)
	if err != nil {
		return err
	}
	f := newForm()
	f.Values.Set("mac-dinh-ngay", s.Today().String())
	return s.renderGrid(w, r, gridView{Kind: k, Form: f, Rows: gridRows})
}

func (s *server) renderGrid(w http.ResponseWriter, r *http.Request, v gridView) error {
	v.Columns, v.Left = gridColumns(v.Kind)
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v.offerUnits(tree, viewer(r.Context()), s.Today())
	p, status := page{Title: "Nhập bảng: " + v.Kind.Name, Section: "ghi-moi", Scripts: []string{"grid.js"}}, http.StatusOK
	if len(v.Form.Wrong) > 0 {
		p.Title, status = "Lỗi: "+p.Title, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, gridDetail(v))
}

// offerUnits lists the bodies for which the viewer records the kind, and takes the one that is surely meant.
func (v *gridView) offerUnits(tree *org.Tree, who *access.Viewer, day civil.Date) {
	f := &recordForm{form: newForm(), tree: tree, Kind: v.Kind, On: day, right: recordRight(v.Kind)}
	units := f.mayRecord(who)
	if len(units) <= unitsListed {
		v.Units = f.options(units)
	}
	if v.Form.Values.Has("mac-dinh-don-vi") {
		return
	}
	f.chooseUnit(who, units)
	v.Form.Values.Set("mac-dinh-don-vi", f.get(bodyField))
}

func (s *server) gridSave(w http.ResponseWriter, r *http.Request) error {
	k, err := s.gridKind(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, 4<<20)
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(err, fault.Invalid, "Không nhận được bảng. Hãy tải lại trang rồi gửi lại.")
	}
	v := gridView{Kind: k, Form: sentForm(r.PostForm), Rows: rowsSent(r.PostForm)}
	if v.Form.get("them") != "" {
		v.Rows = min(v.Rows+gridRows, gridMost)
		return s.renderGrid(w, r, v)
	}
	if v.Rows > gridMost {
		return fault.Newf(fault.Invalid, "Bảng chỉ nhận %d dòng một lần. Hãy chia nhỏ, hoặc nhập từ tệp.", gridMost)
	}
	g := &gridSaving{s: s, kind: k, form: &v.Form}
	g.columns, _ = gridColumns(k)
	g.read(v.Rows)
	if len(g.drafts) == 0 {
		v.Form.say(gridName("ngay", 0), "Chưa điền dòng nào. Hãy điền ít nhất một dòng.")
		return s.renderGrid(w, r, v)
	}
	if err := g.save(r.Context(), v.Form.get("chi-dung") != ""); err != nil {
		return err
	}
	if len(v.Form.Wrong) == 0 {
		return s.gridDone(w, r, k, g)
	}
	v.Bad, v.Saved = len(g.bad), g.saved
	for _, saved := range g.saved { // what is recorded leaves the grid
		for _, c := range g.columns {
			v.Form.Values.Del(gridName(c.Code, saved.Row))
		}
	}
	return s.renderGrid(w, r, v)
}

// gridDone leads to what was recorded: the list of the kind, last recorded first.
func (s *server) gridDone(w http.ResponseWriter, r *http.Request, k *catalog.Kind, g *gridSaving) error {
	q := url.Values{"loai": {k.Code}, "xep": {string(ledger.ByRecorded)}, "nguoi": {viewer(r.Context()).Login},
		"tu": {g.first.String()}, "den": {g.last.String()}, "don-vi": {g.drafts[0].Unit}}
	if len(g.units) > 1 {
		q.Del("don-vi")
	}
	http.Redirect(w, r, "/ghi-nhan?"+q.Encode(), http.StatusSeeOther)
	return nil
}

// rowsSent is how many rows a grid was sent with.
func rowsSent(values url.Values) int {
	rows := 0
	for name := range values {
		if !strings.HasPrefix(name, "g-") {
			continue
		}
		if n, err := strconv.Atoi(name[strings.LastIndexByte(name, '-')+1:]); err == nil && n >= rows && n < 10*gridMost {
			rows = n + 1
		}
	}
	return max(rows, 1)
}

// gridSaving is a grid being saved.
type gridSaving struct {
	s       *server
	kind    *catalog.Kind
	form    *form
	columns []gridColumn
	drafts  []ledger.Draft
	rows    []int
	bad     map[int]bool
	saved   []savedRow
	units   map[string]bool
	first   civil.Date
	last    civil.Date
}

// read makes drafts of the rows that hold anything but what stands in every row.
func (g *gridSaving) read(rows int) {
	g.bad, g.units = map[int]bool{}, map[string]bool{}
	for n := range rows {
		d := ledger.Draft{Kind: g.kind.Code, Key: "bang:" + g.form.Key + ":" + strconv.Itoa(n), Fields: map[string]any{}}
		any := false
		var wrong []string
		for _, c := range g.columns {
			text := strings.TrimSpace(g.form.get(gridName(c.Code, n)))
			if text == "" {
				continue
			}
			any = true
			if say := g.put(&d, c, text); say != "" {
				wrong = append(wrong, gridName(c.Code, n), say)
			}
		}
		if !any {
			continue
		}
		g.defaults(&d)
		g.drafts, g.rows = append(g.drafts, d), append(g.rows, n)
		for i := 0; i < len(wrong); i += 2 {
			g.say(n, wrong[i], wrong[i+1])
		}
		g.units[d.Unit] = true
		if d.Day != 0 {
			g.last = max(g.last, d.Day)
			if g.first == 0 || d.Day < g.first {
				g.first = d.Day
			}
		}
	}
}

// defaults fills a row's day and unit from those above the grid.
func (g *gridSaving) defaults(d *ledger.Draft) {
	if d.Day == 0 {
		d.Day, _ = civil.ParseDate(g.form.get("mac-dinh-ngay")) // a wrong one is said where the day is missing
	}
	if d.Unit == "" {
		d.Unit = firstWord(g.form.get("mac-dinh-don-vi"))
	}
}

func (g *gridSaving) put(d *ledger.Draft, c gridColumn, text string) (wrong string) {
	switch c.Code {
	case "ngay":
		day, err := civil.ParseDate(text)
		if err != nil {
			return upperFirst(err.Error()) + "."
		}
		d.Day = day
	case "don-vi":
		d.Unit = firstWord(text)
	case "noi":
		d.Place = firstWord(text)
	default:
		d.Fields[c.Code] = text
	}
	return ""
}

func (g *gridSaving) say(row int, control, sentence string) {
	g.bad[row] = true
	g.form.say(control, "Dòng "+strconv.Itoa(row+1)+": "+sentence)
}

// save records the rows in one transaction: all, or with partial those that are right. The form's key makes the rows'
// keys, so that the same form sent twice records once.
func (g *gridSaving) save(ctx context.Context, partial bool) error {
	v := viewer(ctx)
	may := func(kind string, d ledger.Draft) bool {
		tree, err := g.s.Tree(ctx)
		return err == nil && mayRecord(v, g.kind, ledger.UnitOf(tree, d.Unit, d.Day))
	}
	err := g.s.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := db.Once(ctx, tx, "bang:"+v.Login+":"+g.form.Key+":"+strconv.FormatBool(partial), g.request(), func() ([]byte, error) {
			if err := g.check(ctx, tx, may); err != nil {
				return nil, err
			}
			if len(g.bad) > 0 && !partial || len(g.bad) == len(g.drafts) {
				return nil, errGridWrong
			}
			return nil, g.record(ctx, tx, v.Login)
		})
		return err
	})
	if errors.Is(err, errGridWrong) {
		g.saved = nil
		return nil
	}
	return err
}

var errGridWrong = errors.New("rows of the grid are wrong")

func (g *gridSaving) request() []byte {
	b, _ := json.Marshal(g.drafts) // drafts of texts marshal
	return bytes.TrimSpace(b)
}

// check judges all rows before any is recorded.
func (g *gridSaving) check(ctx context.Context, tx *db.Tx, may func(string, ledger.Draft) bool) error {
	checked, err := g.s.Ledger.Check(ctx, tx, slices.Values(g.drafts), ledger.CheckOptions{})
	if err != nil {
		return fmt.Errorf("check the grid: %w", err)
	}
	for _, e := range checked.Bad {
		for _, p := range e.Problems {
			g.say(g.rows[e.Row-1], g.control(p.Field, g.rows[e.Row-1]), p.Say)
		}
	}
	for i, d := range g.drafts {
		if !g.bad[g.rows[i]] && !may(d.Kind, d) {
			g.say(g.rows[i], gridName("don-vi", g.rows[i]), ledger.Denied)
		}
	}
	return nil
}

// control is the cell that a problem is about.
func (g *gridSaving) control(field string, row int) string {
	code, _, _ := strings.Cut(strings.TrimPrefix(field, "fields."), "[")
	switch code {
	case "unit":
		code = "don-vi"
	case "place":
		code = "noi"
	}
	if slices.ContainsFunc(g.columns, func(c gridColumn) bool { return c.Code == code }) {
		return gridName(code, row)
	}
	return gridName("ngay", row)
}

func (g *gridSaving) record(ctx context.Context, tx *db.Tx, actor string) error {
	for i, d := range g.drafts {
		if g.bad[g.rows[i]] {
			continue
		}
		p, err := g.s.Ledger.Record(ctx, tx, actor, d)
		if err != nil {
			return err
		}
		g.saved = append(g.saved, savedRow{Row: g.rows[i], ID: p.ID, Title: "#" + strconv.FormatInt(p.ID, 10)})
	}
	return nil
}
