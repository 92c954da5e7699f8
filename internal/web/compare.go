package web

import (
	"context"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/chart"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
	"danvan/internal/report"
	"danvan/internal/xlsx"
)

// mostCompared bounds what one page compares.
const (
	mostUnits = 4
	mostLines = 60
)

// compareView sets units and periods side by side for a list of indicators.
type compareView struct {
	Scope   *scope
	Units   []comparedUnit
	Periods []civil.Period // one or two, the earlier first
	Set     string         // which list of indicators: F, a system's number, bao-cao:TEMPLATE, or empty for those picked
	Picked  []string       // codes
	Sets    []option
	Lines   []compareLine
	Cut     bool // the list was longer than a page compares
}

// comparedUnit is a unit with the scope in which its figures are asked.
type comparedUnit struct {
	Ref, Name string
	scope     *scope
}

// compareLine is one indicator: a cell for each unit and period.
type compareLine struct {
	Indicator *catalog.Indicator
	Cells     []compareCell // by unit
	Chart     string
}

// compareCell is one unit's figures: of each period, how they moved, and how the last one stands to the first unit's.
type compareCell struct {
	Figures []*figure.Figure
	Why     []string
	Moved   *figure.Comparison
	Against *distance
}

// distance is how far a unit stands from the first one in the list.
type distance struct{ Change, Percent *big.Rat }

func (s *server) comparePage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.compareView(r)
	if err != nil {
		return err
	}
	p := page{Title: "So sánh", Section: "so-sanh", Scope: v.Scope, Scripts: []string{"figures.js"}}
	return s.render(w, r, http.StatusOK, p, comparePageView(v))
}

func (s *server) compareView(r *http.Request) (compareView, error) {
	var v compareView
	var err error
	if v.Scope, err = s.readScope(r); err != nil {
		return v, err
	}
	if err := s.counted(r.Context(), v.Scope); err != nil {
		return v, err
	}
	if v.Periods, err = s.comparedPeriods(r, v.Scope); err != nil {
		return v, err
	}
	v.Units = []comparedUnit{{v.Scope.UnitRef, v.Scope.UnitName, v.Scope}}
	for _, ref := range refsOf(r.URL.Query()["voi"]) {
		u, err := s.alsoUnit(r.Context(), v.Scope, ref)
		if err != nil {
			return v, err
		}
		if !slices.ContainsFunc(v.Units, func(x comparedUnit) bool { return x.scope.Unit.ID == u.scope.Unit.ID }) {
			v.Units = append(v.Units, u)
		}
	}
	if len(v.Units) > mostUnits {
		return v, fault.Newf(fault.Invalid, "So sánh được nhiều nhất %d đơn vị một lần. Hãy bỏ bớt đơn vị.", mostUnits)
	}
	list, err := s.comparedIndicators(r, &v)
	if err != nil {
		return v, err
	}
	v.Lines, err = s.compareLines(r.Context(), v, list)
	return v, err
}

// refsOf are the units named in an address, one a value or several with commas.
func refsOf(values []string) []string {
	var out []string
	for _, v := range values {
		for ref := range strings.SplitSeq(v, ",") {
			if ref = strings.TrimSpace(ref); ref != "" {
				out = append(out, ref)
			}
		}
	}
	return out
}

// alsoUnit is another unit of a page whose row of the matrix asked for the first one only: the same right is asked over
// each of them.
func (s *server) alsoUnit(ctx context.Context, sc *scope, ref string) (comparedUnit, error) {
	u, err := sc.tree.Resolve(ref, sc.Basis, sc.Period.To)
	if err != nil {
		return comparedUnit{}, err
	}
	if !viewer(ctx).May(access.ReadWork, u.ID) {
		return comparedUnit{}, fault.Newf(fault.Denied, "Tài khoản của bạn không xem được số liệu của %s. Hãy chọn đơn vị trong phạm vi được giao.", sc.tree.NameOn(u.ID, sc.Period.To))
	}
	other := *sc
	other.Unit, other.UnitRef = u, ref
	other.UnitName = sc.tree.NameOn(u.ID, other.nameDay())
	return comparedUnit{ref, other.UnitName, &other}, nil
}

// comparedPeriods are the scope's period and the one it is set against: the year before unless the address says another
// or none.
func (s *server) comparedPeriods(r *http.Request, sc *scope) ([]civil.Period, error) {
	q := r.URL.Query()
	code, from, to := strings.TrimSpace(q.Get("ky2")), strings.TrimSpace(q.Get("tu2")), strings.TrimSpace(q.Get("den2"))
	switch {
	case code == "khong":
		return []civil.Period{sc.Period}, nil
	case from != "" || to != "":
		first, err := civil.ParseDate(from)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Ngày đầu của kỳ so sánh chưa đúng: "+err.Error()+".")
		}
		last, err := civil.ParseDate(to)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Ngày cuối của kỳ so sánh chưa đúng: "+err.Error()+".")
		}
		p, err := civil.Between(first, last)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Kỳ so sánh chưa đúng: "+err.Error()+".")
		}
		return inOrder(p, sc.Period), nil
	case code != "":
		p, err := s.Catalog.Latest().Regimes.Parse(code)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Không đọc được kỳ so sánh “"+code+"”. Viết như 2018, 2018-Q3, 2018-H1, hoặc chọn ngày.")
		}
		return inOrder(p, sc.Period), nil
	case isShort(sc.Period):
		return []civil.Period{yearsBefore(sc.Period, 1), sc.Period}, nil
	}
	return []civil.Period{sc.Period}, nil
}

func inOrder(a, b civil.Period) []civil.Period {
	if b.To < a.To {
		a, b = b, a
	}
	return []civil.Period{a, b}
}

// comparedIndicators is the list that the address names: indicators picked one by one, a report's, a system's, or those
// of the outline.
func (s *server) comparedIndicators(r *http.Request, v *compareView) ([]*catalog.Indicator, error) {
	q := r.URL.Query()
	ed := s.Catalog.EditionOn(v.Scope.Period.To)
	v.Sets = systemOptions(ed)
	v.Sets = slices.DeleteFunc(v.Sets, func(o option) bool { return o.Value == "" })
	for _, name := range report.Names(ed) {
		if t, err := s.Reports.Template(ed, name); err == nil {
			v.Sets = append(v.Sets, option{Value: "bao-cao:" + name, Name: "Báo cáo: " + t.Head.Name})
		}
	}
	var out []*catalog.Indicator
	for _, code := range refsOf(q["chi-tieu"]) {
		ind := ed.Indicator(code)
		if ind == nil {
			return nil, fault.Newf(fault.NotFound, "Danh mục %s không có chỉ tiêu “%s”. Hãy chọn lại ở trang Chỉ tiêu và số liệu.", ed.Code, code)
		}
		out = append(out, ind)
		v.Picked = append(v.Picked, ind.Code)
	}
	if len(out) > 0 && q.Get("bo") == "" {
		return out, nil
	}
	v.Set = or(q.Get("bo"), outline)
	if name, isReport := strings.CutPrefix(v.Set, "bao-cao:"); isReport {
		return s.reportIndicators(r.Context(), v, ed, name)
	}
	if n, err := strconv.Atoi(v.Set); v.Set != outline && (err != nil || n < 0 || n >= len(systemNames)) {
		return nil, fault.New(fault.Invalid, "Bộ chỉ tiêu phải là F (đề cương), số của hệ thống, hoặc bao-cao:MẪU. Hãy chọn lại trong danh sách.")
	}
	return v.bounded((indicatorPick{System: v.Set}).among(ed)), nil
}

func (v *compareView) bounded(list []*catalog.Indicator) []*catalog.Indicator {
	v.Cut = len(list) > mostLines
	return list[:min(len(list), mostLines)]
}

// reportIndicators are those that a report prints of the scope's unit for the whole period.
func (s *server) reportIndicators(ctx context.Context, v *compareView, ed *catalog.Edition, template string) ([]*catalog.Indicator, error) {
	rep, err := s.build(ctx, template, v.Scope)
	if err != nil {
		return nil, err
	}
	var out []*catalog.Indicator
	for _, e := range rep.Evidence {
		if ind := ed.Indicator(e.Indicator); ind != nil && e.By == "" && e.From == v.Scope.Period.From.String() && e.To == v.Scope.Period.To.String() && !slices.Contains(out, ind) {
			out = append(out, ind)
		}
	}
	return v.bounded(out), nil
}

func (s *server) compareLines(ctx context.Context, v compareView, list []*catalog.Indicator) ([]compareLine, error) {
	var qs []figure.Query
	for _, ind := range list {
		for _, u := range v.Units {
			for _, p := range v.Periods {
				q := u.scope.ask(ind)
				q.Period = p
				qs = append(qs, q)
			}
		}
	}
	figures, refused, err := s.Figures.Each(ctx, qs)
	if err != nil {
		return nil, err
	}
	var out []compareLine
	n := len(v.Periods)
	for i, ind := range list {
		l := compareLine{Indicator: ind}
		for k := range v.Units {
			at := (i*len(v.Units) + k) * n
			c := compareCell{Figures: figures[at : at+n]}
			for _, err := range refused[at : at+n] {
				why := ""
				if err != nil {
					why = fault.Say(err)
				}
				c.Why = append(c.Why, why)
			}
			if n == 2 && c.Figures[0] != nil && c.Figures[1] != nil {
				c.Moved = figure.Against(c.Figures[1], c.Figures[0])
			}
			if k > 0 {
				c.Against = apart(l.Cells[0].last(), c.last())
			}
			l.Cells = append(l.Cells, c)
		}
		l.Chart = v.draw(l)
		out = append(out, l)
	}
	return out, nil
}

func (c compareCell) last() *figure.Figure { return c.Figures[len(c.Figures)-1] }

// apart is how far b stands from a, nil where one of them has nothing.
func apart(a, b *figure.Figure) *distance {
	if a == nil || b == nil || a.Val == nil || b.Val == nil {
		return nil
	}
	d := &distance{Change: new(big.Rat).Sub(b.Val, a.Val)}
	if a.Val.Sign() > 0 {
		d.Percent = new(big.Rat).Quo(d.Change, a.Val)
		d.Percent.Mul(d.Percent, big.NewRat(100, 1))
	}
	return d
}

// words says a difference: percents by points, others by their measure and in percent.
func (d *distance) words(measure string) string {
	text := signed(civil.DecimalString(d.Change, 6))
	switch {
	case text == "không đổi":
		return "bằng nhau"
	case percentSign(measure) != "":
		return text + " điểm phần trăm"
	case d.Percent != nil:
		return text + " (" + signed(civil.DecimalString(d.Percent, 6)) + "%)"
	}
	return text
}

// draw draws a line of the table: a bar for each unit and period, on one scale.
func (v compareView) draw(l compareLine) string {
	r := chart.Ranking{About: chart.About{ID: "ss-" + strings.ReplaceAll(l.Indicator.Code, ".", "-"), Title: l.Indicator.Name, Unit: l.Indicator.Unit, Decimals: min(l.Indicator.Decimals, shownDecimals)}}
	known := 0
	for k, c := range l.Cells {
		for i, f := range c.Figures {
			item := chart.Item{Name: v.barName(k, i), Value: chart.Gap()}
			if f != nil && f.Val != nil {
				n, _ := f.Val.Float64()
				item.Value = chart.Value{N: n, Known: true, Estimate: f.Estimated, Label: valueText(f.Measure, f.Val, f.Display)}
				known++
			}
			r.Items = append(r.Items, item)
		}
	}
	if known < 2 {
		return ""
	}
	return r.SVG()
}

func (v compareView) barName(unit, period int) string {
	switch {
	case len(v.Units) == 1:
		return upperFirst(v.Periods[period].Name)
	case len(v.Periods) == 1:
		return v.Units[unit].Name
	}
	return fmt.Sprintf("%s, %s", v.Units[unit].Name, v.Periods[period].Name)
}

// with is the address of the page with changes.
func (v compareView) with(path string, changes ...string) string {
	base := []string{"bo", v.Set, "chi-tieu", strings.Join(v.Picked, ",")}
	var others []string
	for _, u := range v.Units[1:] {
		others = append(others, u.Ref)
	}
	base = append(base, "voi", strings.Join(others, ","))
	if len(v.Periods) == 1 {
		base = append(base, "ky2", "khong")
	} else {
		p := v.other()
		base = append(base, "tu2", p.From.String(), "den2", p.To.String())
	}
	return path + v.Scope.query(append(base, changes...)...)
}

// other is the period that the scope's own is set against.
func (v compareView) other() civil.Period {
	for _, p := range v.Periods {
		if p.From != v.Scope.Period.From || p.To != v.Scope.Period.To {
			return p
		}
	}
	return civil.Period{}
}

// figureLink opens a cell's figure.
func (v compareView) figureLink(l compareLine, unit, period int) string {
	u, p := v.Units[unit], v.Periods[period]
	return "/so-lieu/" + l.Indicator.Code + u.scope.query("tu", p.From.String(), "den", p.To.String())
}

// unitChoices are units to set beside the first: the territories beside and below it that the viewer may see.
func (v compareView) unitChoices(who *access.Viewer) []option {
	sc, day := v.Scope, v.Scope.nameDay()
	var ids []org.UnitID
	if parent := sc.Unit.SpanOn(day).Parent; parent != 0 {
		ids = append(ids, parent)
		ids = append(ids, sc.tree.Children(parent, day, sc.Unit.Form)...)
	}
	ids = append(ids, sc.tree.Children(sc.Unit.ID, day, org.Territory)...)
	var out []option
	for _, id := range ids {
		if id == sc.Unit.ID || !who.May(access.ReadWork, id) {
			continue
		}
		out = append(out, option{Value: unitRef(sc.tree, sc.tree.Unit(id), day), Name: sc.tree.NameOn(id, day)})
	}
	return out
}

// compareFile sends the comparison as a table.
func (s *server) compareFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.compareView(r)
	if err != nil {
		return err
	}
	t := tableFile{Name: "so-sanh_" + v.Scope.Unit.Code, Titles: []string{"So sánh số liệu", "Ranh giới " + v.Scope.basisName() + ". " + v.Scope.countedText()},
		Columns: []xlsx.Column{{Head: "Mã"}, {Head: "Chỉ tiêu", Width: 50}, {Head: "Đơn vị tính"}}}
	for _, u := range v.Units {
		for _, p := range v.Periods {
			t.Columns = append(t.Columns, xlsx.Column{Head: u.Name + ", " + p.Name})
		}
		if len(v.Periods) == 2 {
			t.Columns = append(t.Columns, xlsx.Column{Head: u.Name + ": chênh lệch"}, xlsx.Column{Head: u.Name + ": thay đổi", Unit: "%"})
		}
	}
	for _, l := range v.Lines {
		row := []tableCell{textCell(l.Indicator.Code), textCell(l.Indicator.Name), textCell(l.Indicator.Unit)}
		for _, c := range l.Cells {
			for _, f := range c.Figures {
				if f == nil {
					row = append(row, textCell("không tính được"))
				} else {
					row = append(row, exactCell(f.Val))
				}
			}
			if len(v.Periods) == 2 {
				row = append(row, c.movedCells()...)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return s.sendTable(w, r.URL.Query().Get("dang"), t)
}

func (c compareCell) movedCells() []tableCell {
	m := c.Moved
	switch {
	case m == nil:
		return []tableCell{{}, {}}
	case m.Change == nil && m.Note != "":
		return []tableCell{textCell("không so sánh được"), {}}
	case percentSign(m.Now.Measure) != "": // points; a percent of a percent says nothing
		return []tableCell{pointerCell(m.Change), {}}
	}
	return []tableCell{pointerCell(m.Change), pointerCell(m.Percent)}
}
