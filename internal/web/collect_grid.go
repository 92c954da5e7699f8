package web

import (
	"cmp"
	"context"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/filing"
	"danvan/internal/report"
	"danvan/internal/xlsx"
)

// collectView is all units below, side by side: how each has filed, and a few figures of each.
type collectView struct {
	Scope     *scope
	Template  *report.Template
	Templates []option
	Columns   []*catalog.Indicator
	Choices   []*catalog.Indicator // that the report speaks of
	Rows      []collectRow         // as filtered and sorted
	All       int                  // before the filter
	Sum       []collectCell
	Counts    map[string]int // by word of the state
	Picked    gridPick
	Form      form
	Done      string
	Left      int // reports that a bulk act passed over
	Judges    bool
	Writes    bool // the viewer writes the unit's own report
	Own       *filing.Filing
	Today     civil.Date
}

// gridPick is how the grid is cut and sorted.
type gridPick struct {
	State, Group, Text string
	Sort               string
	Down               bool
	Before             bool     // the year before beside each figure
	Codes              []string // columns picked by hand
}

// collectRow is one unit.
type collectRow struct {
	belowUnit
	State string // a word of stateWords
	Late  bool
	Seen  bool
	Moved int // figures that differ from what was filed
	Cells []collectCell
}

// collectCell is one figure of one unit: as filed where it has filed, and as the records give it now.
type collectCell struct {
	Filed  *big.Rat
	Exact  string // as filed
	HasOwn bool   // it was filed with the report
	Now    *figure.Figure
	Before *figure.Figure
	Far    report.Leap
}

// Differs says that what was filed is another number now.
func (c collectCell) Differs() bool {
	return c.HasOwn && c.Now != nil && (c.Filed == nil) != (c.Now.Val == nil) ||
		c.HasOwn && c.Now != nil && c.Filed != nil && civil.DecimalString(c.Now.Val, 6) != civil.DecimalString(c.Filed, 6)
}

// value is the number by which a column is sorted.
func (c collectCell) value() *big.Rat {
	if c.HasOwn {
		return c.Filed
	}
	if c.Now == nil {
		return nil
	}
	return c.Now.Val
}

// The words of states in the grid: those of a filing, and none.
const (
	notOpened  = "chua-mo"
	stateOpen  = "dang-soan"
	stateDue   = "cho-nhan" // filed, nobody has judged it
	stateBack  = "tra-lai"
	stateTaken = "da-nhan"
	stateOut   = "ban-hanh"
	stateNone  = "khong-phat-sinh"
)

var gridStates = []option{{stateDue, "Chờ nhận", ""}, {stateBack, "Đã trả lại", ""}, {stateOpen, "Đang soạn", ""}, {notOpened, "Chưa mở", ""},
	{stateTaken, "Đã nhận", ""}, {stateOut, "Đã ban hành, chưa nhận", ""}, {stateNone, "Không phát sinh, chưa nhận", ""}}

func gridState(f *filing.Filing) string {
	switch {
	case f == nil || f.State == filing.Withdrawn:
		return notOpened
	case f.Accepted:
		return stateTaken
	case f.State.Writable() && f.Handed():
		return stateOut
	}
	return map[filing.State]string{filing.Open: stateOpen, filing.Filed: stateDue, filing.Returned: stateBack, filing.Accepted: stateTaken,
		filing.Issued: stateOut, filing.Nil: stateNone}[f.State]
}

func gridStateName(word string) string {
	for _, o := range gridStates {
		if o.Value == word {
			return o.Name
		}
	}
	return ""
}

func gridStateClass(word string) string {
	return map[string]string{stateDue: "wait", stateBack: "late", stateOpen: "plain", notOpened: "plain", stateTaken: "done", stateOut: "done", stateNone: "done"}[word]
}

// judgeable are the states that a superior may accept or return.
func judgeable(f *filing.Filing) bool {
	return f != nil && !f.Accepted && (f.State == filing.Filed || f.State == filing.Nil || f.State == filing.Issued)
}

func (s *server) collectPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.collectView(r)
	if err != nil {
		return err
	}
	v.Form, v.Done = newForm(), r.URL.Query().Get("xong")
	v.Left, _ = strconv.Atoi(r.URL.Query().Get("con")) // anything else is none
	return s.showCollect(w, r, v)
}

func (s *server) showCollect(w http.ResponseWriter, r *http.Request, v *collectView) error {
	p, status := page{Title: "Báo cáo của cấp dưới: " + v.Scope.UnitName, Section: "ky-bao-cao", Scope: v.Scope, Scripts: []string{"collect.js"}}, http.StatusOK
	if len(v.Form.Wrong) > 0 {
		p.Title, status = "Lỗi: "+p.Title, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, collectDetail(v))
}

// collectScope reads the template and the period: without one the last that has ended, of the kind the template is for.
func (s *server) collectScope(r *http.Request) (*scope, *report.Template, error) {
	sc, err := s.readScope(r)
	if err != nil {
		return nil, nil, err
	}
	name := or(r.URL.Query().Get("mau"), "thang")
	t, err := s.Reports.Template(s.Catalog.EditionOn(sc.Period.To), name)
	if err != nil {
		return nil, nil, err
	}
	if !s.named(r) || r.URL.Query().Get("ky") == "" && r.URL.Query().Get("tu") == "" {
		sc.Period = lastEnded(t.Head.Period, s.Today())
		sc.regimes = s.Catalog.EditionOn(sc.Period.To).Regimes
		sc.UnitName = sc.tree.NameOn(sc.Unit.ID, sc.nameDay())
	}
	return sc, t, nil
}

// lastEnded is the last period of a kind that has ended by a day.
func lastEnded(kind string, today civil.Date) civil.Period {
	code := ""
	y, m := today.Year(), int(today.Month())
	switch kind {
	case "month":
		last := today.AddMonths(-1)
		code = strconv.Itoa(last.Year()) + "-M" + twoDigits(int(last.Month()))
	case "quarter":
		q := (m - 1) / 3
		if q == 0 {
			y, q = y-1, 4
		}
		code = strconv.Itoa(y) + "-Q" + strconv.Itoa(q)
	case "half":
		h := 1
		if m <= 6 {
			y, h = y-1, 2
		}
		code = strconv.Itoa(y) + "-H" + strconv.Itoa(h)
	default:
		code = strconv.Itoa(y - 1)
	}
	p, err := civil.ParsePeriod(code)
	if err != nil {
		return civil.Period{From: today.AddYears(-1), To: today}
	}
	return p
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

func (s *server) collectView(r *http.Request) (*collectView, error) {
	return s.collectOf(r, readGridPick(r.URL.Query()))
}

func (s *server) collectOf(r *http.Request, pick gridPick) (*collectView, error) {
	ctx := r.Context()
	v := &collectView{Picked: pick, Today: s.Today(), Counts: map[string]int{}}
	var err error
	if v.Scope, v.Template, err = s.collectScope(r); err != nil {
		return nil, err
	}
	v.Scope.Action = "/ky-bao-cao/cap-duoi"
	ed := s.Catalog.EditionOn(v.Scope.Period.To)
	v.Templates = s.templateOptions(ed)
	if v.Columns, err = v.columns(ed); err != nil {
		return nil, err
	}
	for _, code := range v.Template.Asks(ed) {
		v.Choices = append(v.Choices, ed.Indicator(code))
	}
	below, err := s.below(ctx, v.Scope.tree, v.Scope.Unit.ID, v.Template.Head.Code, v.Scope.Period)
	if err != nil {
		return nil, err
	}
	who := viewer(ctx)
	v.Judges, v.Writes = who.May(access.ConfirmWork, v.Scope.Unit.ID), who.May(access.RecordWork, v.Scope.Unit.ID)
	if v.Own, err = filing.Standing(ctx, s.DB.Read(), v.Scope.Unit.ID, v.Template.Head.Code, v.Scope.Period.From, v.Scope.Period.To); err != nil {
		return nil, err
	}
	v.rows(below)
	return v, s.fillGrid(ctx, v)
}

func (s *server) templateOptions(ed *catalog.Edition) []option {
	var out []option
	for _, name := range report.Names(ed) {
		if t, err := s.Reports.Template(ed, name); err == nil && t.Head.Period != "years" {
			out = append(out, option{Value: name, Name: t.Head.Name})
		}
	}
	return out
}

func readGridPick(q url.Values) gridPick {
	p := gridPick{State: q.Get("trang-thai"), Group: q.Get("nhom"), Text: strings.TrimSpace(q.Get("tim")), Sort: q.Get("xep"), Down: q.Get("nguoc") == "1",
		Before: q.Get("cung-ky") == "1"}
	p.Codes = refsOf(q["cot"])
	return p
}

// mostGridColumns bounds the figures side by side.
const mostGridColumns = 12

func (v *collectView) columns(ed *catalog.Edition) ([]*catalog.Indicator, error) {
	codes := v.Picked.Codes
	if len(codes) == 0 {
		codes = v.Template.Key(ed)
	}
	var out []*catalog.Indicator
	for _, code := range codes[:min(len(codes), mostGridColumns)] {
		ind := ed.Indicator(code)
		if ind == nil {
			return nil, fault.Newf(fault.NotFound, "Danh mục %s không có chỉ tiêu “%s”. Hãy chọn lại ở trang Chỉ tiêu và số liệu.", ed.Code, code)
		}
		out = append(out, ind)
	}
	return out, nil
}

// rows keeps the units that the filter picks, and counts all by their states.
func (v *collectView) rows(below []belowUnit) {
	v.All = len(below)
	want := civil.Fold(v.Picked.Text)
	for _, b := range below {
		row := collectRow{belowUnit: b, State: gridState(b.Filing)}
		if b.Filing != nil {
			row.Late, row.Seen = b.Filing.Late(v.Today), !b.Filing.Seen.IsZero()
		}
		v.Counts[row.State]++
		if v.Picked.State != "" && v.Picked.State != row.State || v.Picked.Group != "" && v.Picked.Group != b.Unit.Form ||
			want != "" && !strings.Contains(civil.Fold(b.Name), want) && b.Unit.Code != v.Picked.Text {
			continue
		}
		v.Rows = append(v.Rows, row)
	}
}

// fillGrid asks all figures of all rows at once, and sets what was filed beside them.
func (s *server) fillGrid(ctx context.Context, v *collectView) error {
	printed, err := s.printedKeys(ctx, v.Rows)
	if err != nil {
		return err
	}
	figures, err := s.gridFigures(ctx, v)
	if err != nil {
		return err
	}
	n := len(v.Columns)
	for i := range v.Rows {
		row := &v.Rows[i]
		var was map[string]report.Evidence
		if row.Filing != nil && row.Filing.Handed() {
			was = printed[row.Filing.ID]
		}
		for k, ind := range v.Columns {
			c := v.cell(ind, figures[2*(i*n+k)], figures[2*(i*n+k)+1])
			if e, ok := was[ind.Code]; ok {
				c.HasOwn, c.Exact, c.Filed = true, e.Exact, numberOf(e.Value)
			} else if was != nil && c.Now != nil && c.Now.Val == nil {
				c.HasOwn, c.Exact = true, "chưa có"
			}
			if c.Differs() {
				row.Moved++
			}
			row.Cells = append(row.Cells, c)
		}
	}
	own := 2 * len(v.Rows) * n
	for k, ind := range v.Columns {
		v.Sum = append(v.Sum, v.cell(ind, figures[own+2*k], figures[own+2*k+1]))
	}
	v.sort()
	return nil
}

func numberOf(s *string) *big.Rat {
	r, ok := ratOf(decimalOf(s))
	if !ok {
		return nil
	}
	return r
}

func (v *collectView) cell(ind *catalog.Indicator, now, before *figure.Figure) collectCell {
	c := collectCell{Now: now, Before: before}
	if now != nil && before != nil {
		c.Far = v.Template.Head.Checks.Leap(ind, now, before)
	}
	return c
}

// gridFigures are the figures of every row and of the unit itself, each with the same period of the year before.
func (s *server) gridFigures(ctx context.Context, v *collectView) ([]*figure.Figure, error) {
	past := yearsBefore(v.Scope.Period, yearsIn(v.Scope.Period))
	var qs []figure.Query
	add := func(ref string, status figure.Status) {
		for _, ind := range v.Columns {
			q := figure.Query{Indicator: ind.Code, Unit: ref, Period: v.Scope.Period, Basis: v.Scope.Basis, Status: status}
			before := q
			before.Period = past
			qs = append(qs, q, before)
		}
	}
	for _, row := range v.Rows {
		status := v.Scope.Status
		if row.Filing != nil { // what was filed is held against the same entries
			status = figure.Status(row.Filing.Status)
		}
		add(row.Ref, status)
	}
	add(v.Scope.UnitRef, v.Scope.Status)
	figures, _, err := s.Figures.Each(ctx, qs)
	return figures, err
}

// printedKeys are the printed figures of the whole unit and period, by filing and indicator.
func (s *server) printedKeys(ctx context.Context, rows []collectRow) (map[int64]map[string]report.Evidence, error) {
	out := map[int64]map[string]report.Evidence{}
	var ids []int64
	for _, row := range rows {
		if row.Filing != nil && row.Filing.Handed() {
			ids = append(ids, row.Filing.ID)
		}
	}
	versions, err := filing.Printings(ctx, s.DB.Read(), ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		n := versions[id]
		if n == 0 {
			continue
		}
		g, err := s.gistOf(ctx, id, n)
		if err != nil {
			return nil, err
		}
		out[id] = g.figures
	}
	return out, nil
}

// sort orders the rows: by a column's figure, by state, or as the units stand.
func (v *collectView) sort() {
	by := func(a, b collectRow) int { return 0 }
	switch at := slices.IndexFunc(v.Columns, func(i *catalog.Indicator) bool { return i.Code == v.Picked.Sort }); {
	case at >= 0:
		by = func(a, b collectRow) int { return compareRats(a.Cells[at].value(), b.Cells[at].value()) }
	case v.Picked.Sort == "trang-thai":
		by = func(a, b collectRow) int { return cmp.Compare(stateRank(a.State), stateRank(b.State)) }
	case v.Picked.Sort == "ten":
		by = func(a, b collectRow) int { return strings.Compare(civil.Fold(a.Name), civil.Fold(b.Name)) }
	}
	slices.SortStableFunc(v.Rows, by)
	if v.Picked.Down {
		slices.Reverse(v.Rows)
	}
}

func stateRank(word string) int {
	return slices.IndexFunc(gridStates, func(o option) bool { return o.Value == word })
}

func compareRats(a, b *big.Rat) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return a.Cmp(b)
}

// with is the address of the grid, or of a page beside it, with changes.
func (v *collectView) with(page string, changes ...string) string {
	p := v.Picked
	base := []string{"mau", v.Template.Head.Code, "trang-thai", p.State, "nhom", p.Group, "tim", p.Text, "xep", p.Sort, "cot", strings.Join(p.Codes, ",")}
	if p.Down {
		base = append(base, "nguoc", "1")
	}
	if p.Before {
		base = append(base, "cung-ky", "1")
	}
	path := "/ky-bao-cao/cap-duoi"
	if page != "" {
		path += "/" + page
	}
	return path + v.Scope.query(append(base, changes...)...)
}

// sortBy is the head of a column: up first, then down.
func (v *collectView) sortBy(name, word, class string) sortLink {
	l := sortLink{Name: name, Class: class, Href: v.with("", "xep", word, "nguoc", "")}
	if v.Picked.Sort == word {
		l.Order = "ascending"
		if v.Picked.Down {
			l.Order = "descending"
		} else {
			l.Href = v.with("", "xep", word, "nguoc", "1")
		}
	}
	return l
}

func (v *collectView) figureLink(row collectRow, ind *catalog.Indicator) string {
	return "/so-lieu/" + ind.Code + v.Scope.query("don-vi", row.Ref)
}

// moved counts the figures of all rows that differ from what was filed.
func (v *collectView) moved() int {
	n := 0
	for _, r := range v.Rows {
		n += r.Moved
	}
	return n
}

// waiting are the filings that can be accepted.
func (v *collectView) waiting() int {
	n := 0
	for _, r := range v.Rows {
		if judgeable(r.Filing) {
			n++
		}
	}
	return n
}

func (v *collectView) lead() string {
	filed := v.All - v.Counts[notOpened] - v.Counts[stateOpen] - v.Counts[stateBack]
	return v.Scope.UnitName + ", " + lowerFirst(v.Template.Head.Name) + ", " + v.Scope.Period.Name + ": " +
		civil.FormatInt(int64(filed)) + " trong " + count(v.All, "đơn vị đã nộp") + "."
}

func leapWords(l report.Leap) string {
	switch l {
	case report.Grown:
		return "tăng mạnh so với cùng kỳ"
	case report.Fallen:
		return "giảm mạnh so với cùng kỳ"
	case report.Vanished:
		return "không còn số, cùng kỳ có"
	}
	return ""
}

func leapSign(l report.Leap) string {
	return map[report.Leap]string{report.Grown: "▲", report.Fallen: "▼", report.Vanished: "⌀"}[l]
}

// shown is the number as the grid prints it.
func (c collectCell) shown() string {
	if c.HasOwn {
		return c.Exact
	}
	return liveText(c.Now)
}

func liveText(f *figure.Figure) string {
	if f == nil {
		return "–"
	}
	return valueText(f.Measure, f.Val, f.Display)
}

// collectFile sends the grid as a table.
func (s *server) collectFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.collectView(r)
	if err != nil {
		return err
	}
	t := tableFile{Name: "bao-cao-cap-duoi_" + v.Template.Head.Code + "_" + v.Scope.Unit.Code + "_" + v.Scope.Period.To.String(),
		Titles:  []string{"Báo cáo của cấp dưới", v.lead()},
		Columns: []xlsx.Column{{Head: "Đơn vị", Width: 30}, {Head: "Mã"}, {Head: "Tình trạng", Width: 18}, {Head: "Ngày nộp"}, {Head: "Hạn nộp"}},
		Notes:   []string{"Số của đơn vị đã nộp là số trong báo cáo đã nộp; của đơn vị chưa nộp là số tính từ ghi nhận đến nay. Dòng cuối là số của chính " + v.Scope.UnitName + ", tính từ ghi nhận, không cộng từ các báo cáo."}}
	for _, ind := range v.Columns {
		t.Columns = append(t.Columns, xlsx.Column{Head: ind.Name, Unit: ind.Unit})
		if v.Picked.Before {
			t.Columns = append(t.Columns, xlsx.Column{Head: ind.Name + ", cùng kỳ trước", Unit: ind.Unit})
		}
		t.Columns = append(t.Columns, xlsx.Column{Head: ind.Name + ", theo ghi nhận nay", Unit: ind.Unit})
	}
	for _, row := range v.Rows {
		filedOn, due := "", ""
		if row.Filing != nil {
			filedOn, due = viOrNone(row.Filing.FiledOn), viOrNone(row.Filing.Due)
		}
		cells := []tableCell{textCell(row.Name), textCell(row.Unit.Code), textCell(row.stateText()), textCell(filedOn), textCell(due)}
		t.Rows = append(t.Rows, append(cells, v.fileCells(row.Cells)...))
	}
	t.Rows = append(t.Rows, append([]tableCell{textCell(v.Scope.UnitName), textCell(v.Scope.Unit.Code), textCell("số của đơn vị"), {}, {}}, v.fileCells(v.Sum)...))
	return s.sendTable(w, or(r.URL.Query().Get("dang"), "xlsx"), t)
}

func (v *collectView) fileCells(cells []collectCell) []tableCell {
	var out []tableCell
	for _, c := range cells {
		out = append(out, exactCell(c.value()))
		if v.Picked.Before {
			out = append(out, figureCell(c.Before))
		}
		out = append(out, figureCell(c.Now))
	}
	return out
}

func figureCell(f *figure.Figure) tableCell {
	if f == nil {
		return tableCell{}
	}
	return exactCell(f.Val)
}

func viOrNone(d civil.Date) string {
	if d == 0 {
		return ""
	}
	return d.Vi()
}

func (r collectRow) stateText() string {
	text := gridStateName(r.State)
	if r.Late {
		text += ", quá hạn"
	}
	return text
}

func columnName(ind *catalog.Indicator) string {
	if ind.Unit == "" {
		return ind.Name
	}
	return ind.Name + " (" + ind.Unit + ")"
}

// shows says whether an indicator has a column.
func (v *collectView) shows(ind *catalog.Indicator) bool { return slices.Contains(v.Columns, ind) }

// empty says that nothing is reported, neither then nor now.
func (c collectCell) empty() bool {
	return c.value() == nil
}

// chosenValue names a filing as it was when the page was loaded.
func chosenValue(f *filing.Filing) string { return itoa(f.ID) + ":" + strconv.Itoa(f.Version) }

// chosen keeps a tick where the form comes back.
func (v *collectView) chosen(f *filing.Filing) bool {
	return slices.Contains(v.Form.Values[chosenField], chosenValue(f))
}
