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
	"danvan/internal/geo"
	"danvan/internal/org"
	"danvan/internal/xlsx"
)

// figureRoutes are the pages of figures.
func (s *server) figureRoutes() []route {
	return []route{
		{"GET /so-lieu", access.ReadWork, onScope, s.kept(s.indicatorList)},
		{"GET /so-lieu/tep", access.ReadWork, onScope, s.indicatorFile},
		{"GET /so-lieu/{code}", access.ReadWork, onScope, s.kept(s.figurePage)},
		{"GET /so-lieu/{code}/can-cu", access.ReadWork, onScope, s.peekPage},
		{"GET /so-lieu/{code}/tep", access.ReadWork, onScope, s.figureFile},
		{"GET /so-lieu/{code}/ghi-nhan", access.ReadWork, onScope, s.kept(s.evidencePage)},
		{"GET /so-lieu/{code}/ghi-nhan.csv", access.ReadWork, onScope, s.evidenceFile},
		{"GET /so-lieu/{code}/ghi-nhan/tep", access.ReadWork, onScope, s.evidenceFile},
		{"GET /so-sanh", access.ReadWork, onScope, s.comparePage},
		{"GET /so-sanh/tep", access.ReadWork, onScope, s.compareFile},
		{"GET /ban-do", access.ReadWork, onScope, s.kept(s.mapPage)},
	}
}

// figureView is one indicator's page: its value, how it came about, and its rows by time, unit and label.
type figureView struct {
	asked
	Figure    *figure.Figure
	Compare   *figure.Comparison
	Indicator *catalog.Indicator
	Edition   *catalog.Edition
	By        string
	Rows      *figure.Breakdown
	Labels    []labelChoice
	Chart     string
	Map       *drawnMap
	Today     civil.Date
	Waiting   int64 // of the entries behind the figure, not confirmed yet
}

// labelChoice is a label by which the figure can be broken down.
type labelChoice struct{ By, Name string }

func (s *server) figurePage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.figureView(r)
	if err != nil {
		return err
	}
	p := page{Title: v.Figure.Name, Section: "so-lieu", Scope: v.Scope, Scripts: []string{"figures.js"}}
	return s.render(w, r, http.StatusOK, p, figureDetail(v))
}

func (s *server) figureView(r *http.Request) (figureView, error) {
	ctx := r.Context()
	v := figureView{Today: s.Today()}
	var err error
	if v.asked, err = s.askOf(r, r.PathValue("code")); err != nil {
		return v, err
	}
	v.By = or(r.URL.Query().Get("theo"), usualRows(v.Scope.Period))
	v.Edition = s.Catalog.EditionOn(v.Scope.Period.To)
	if v.Rows, err = s.Figures.Breakdown(ctx, v.Query, v.By); err != nil {
		return v, err
	}
	whole := v.Rows.Figure
	v.Figure, v.Indicator = &whole, whole.Ind
	if v.Waiting, err = s.waitingBehind(ctx, v.Query, v.Figure); err != nil {
		return v, err
	}
	v.Labels = s.labelChoices(v.Indicator, v.Scope.Period.To)
	s.nameRows(v.Rows, v.Indicator, v.Scope.Period.To)
	if v.Scope.Period.To < v.Scope.Period.From.AddYears(1) { // a run of years has no "same period of the year before"
		if v.Compare, err = s.Figures.Compare(ctx, v.Query); err != nil && fault.KindOf(err) == fault.Internal {
			return v, err
		}
	}
	v.Chart = drawRows(v.Rows)
	if v.By == "unit" {
		v.Map, err = s.drawMap(ctx, v)
	}
	return v, err
}

// waitingBehind is how many of the entries behind a figure nobody has confirmed yet.
func (s *server) waitingBehind(ctx context.Context, q figure.Query, f *figure.Figure) (int64, error) {
	if q.Status == figure.Confirmed || f.Entries == 0 {
		return 0, nil
	}
	q.Status = figure.Confirmed
	sure, err := s.Figures.Figure(ctx, q)
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			return 0, err
		}
		return 0, nil
	}
	return max(0, f.Entries-sure.Entries), nil
}

// usualRows is what a figure is divided by until somebody asks otherwise: years, of a year its months, of a month its
// units, so that there is more to see than the one value above.
func usualRows(p civil.Period) string {
	switch {
	case p.To >= p.From.AddYears(1):
		return "year"
	case p.To > p.From.MonthEnd():
		return "month"
	}
	return "unit"
}

// labelChoices are the labels of the series that the formula reads.
func (s *server) labelChoices(ind *catalog.Indicator, day civil.Date) []labelChoice {
	ed := s.Catalog.EditionOn(day)
	var out []labelChoice
	for _, code := range seriesOf(ind.Formula()) {
		series := ed.SeriesByCode(code)
		if series == nil {
			continue
		}
		for _, name := range series.LabelNames() {
			c := labelChoice{By: "label:" + name, Name: labelName(ed, series, name)}
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// nameRows gives the rows their names as a page writes them: labels by their lists, years and months with a
// capital; rows of units that hold nothing and only explain other bases are left out.
func (s *server) nameRows(b *figure.Breakdown, ind *catalog.Indicator, day civil.Date) {
	label, isLabel := strings.CutPrefix(b.By, "label:")
	b.Rows = slices.DeleteFunc(b.Rows, func(r figure.Row) bool {
		return b.By == "unit" && r.Kind != "child" && r.Value == nil && r.Entries == 0 && r.Joint == nil
	})
	for i, r := range b.Rows {
		if isLabel && r.Name == r.Key {
			b.Rows[i].Name = or(reckoned[label].words[r.Key], r.Name)
		}
		b.Rows[i].Name = upperFirst(b.Rows[i].Name)
	}
}

// byName is the heading of the rows.
func (v figureView) byName() string { return "Theo " + lowerFirst(rowHead(v)) }

// figureFile sends what the page of a figure shows: its rows as a table, or its drawing.
func (s *server) figureFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.figureView(r)
	if err != nil {
		return err
	}
	name := strings.ReplaceAll(v.Figure.Indicator+"_"+v.Figure.Unit+"_"+v.By, ":", "-")
	switch kind := r.URL.Query().Get("dang"); kind {
	case "svg":
		if v.Chart == "" {
			return fault.New(fault.NotFound, "Ở đây không có biểu đồ để tải: cần ít nhất hai dòng số liệu. Hãy chọn kỳ dài hơn hoặc chia theo cách khác.")
		}
		return sendSVG(w, name, chart.Standalone(v.Chart))
	case "map":
		if v.Map == nil {
			return fault.New(fault.NotFound, "Ở đây không có bản đồ để tải. Hãy chia theo đơn vị, với ranh giới trước 01/02/2020 hoặc từ 01/7/2025.")
		}
		return sendSVG(w, name, geo.Standalone(v.Map.SVG))
	default:
		return s.sendTable(w, kind, v.table(name))
	}
}

func sendSVG(w http.ResponseWriter, name, svg string) error {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.svg"`)
	_, _ = w.Write([]byte(svg)) // the reader went away: nobody to tell
	return nil
}

// table is the rows of the page as a table.
func (v figureView) table(name string) tableFile {
	t := tableFile{
		Name:    name,
		Titles:  []string{v.Figure.Name, v.Figure.UnitName + ", " + v.Scope.Period.Name + ", ranh giới " + v.Scope.basisName() + v.narrowed() + ". " + v.Scope.countedText()},
		Columns: []xlsx.Column{{Head: rowHead(v), Width: 34}, {Head: "Giá trị", Unit: v.Figure.Measure}, {Head: "Tử số"}, {Head: "Mẫu số"}, {Head: "Ghi nhận"}, {Head: "Số ước"}},
		Notes:   []string{"Công thức: " + formulaWords(v.Edition, v.Indicator), "Căn cứ: " + v.Figure.Cite, "Danh mục: ấn bản " + v.Figure.Edition},
	}
	row := func(name string, val, num, den *big.Rat, entries int64, estimated bool) {
		mark := ""
		if estimated {
			mark = "≈"
		}
		if den == nil {
			num = nil
		}
		t.Rows = append(t.Rows, []tableCell{textCell(name), exactCell(val), exactCell(num), exactCell(den), countCell(entries), textCell(mark)})
	}
	for _, r := range v.Rows.Rows {
		row(r.Name, r.Val, r.Num, r.Den, r.Entries, r.Estimated)
	}
	row("Cả kỳ, cả đơn vị", v.Figure.Val, v.Figure.Num, v.Figure.Den, v.Figure.Entries, v.Figure.Estimated)
	return t
}

func (v figureView) refs() string { return strings.Join(v.Indicator.Ref, ", ") }

// partName is the name of a term of the formula; a count of units is named by the indicator's denominator.
func (v figureView) partName(p figure.Part) string {
	if p.Name == "" && p.Denominator {
		return upperFirst(or(v.Indicator.DenominatorName, "đơn vị có vào cuối kỳ"))
	}
	return p.Name
}

func (v figureView) with(changes ...string) string {
	base := []string{}
	if v.By != usualRows(v.Scope.Period) {
		base = append(base, "theo", v.By)
	}
	return "/so-lieu/" + v.Figure.Indicator + v.query(append(base, changes...)...)
}

// records are the entries behind the figure, with all that narrows the question.
func (v figureView) records(changes ...string) string {
	return "/so-lieu/" + v.Figure.Indicator + "/ghi-nhan" + v.query(changes...)
}

// file is what the page shows as a file.
func (v figureView) file(kind string) string {
	return "/so-lieu/" + v.Figure.Indicator + "/tep" + v.query("theo", v.By, "dang", kind)
}

// partURL opens the entries behind one term of the formula; a count of units has none.
func (v figureView) partURL(i int) string {
	p := v.Figure.Parts[i]
	if p.Entries == 0 {
		return ""
	}
	return v.records("so-phan", strconv.Itoa(i+1))
}

// partWords is a term of the formula in words.
func (v figureView) partWords(i int) string {
	calls := catalog.Calls(v.Indicator.Formula())
	if den := v.Indicator.DenominatorFormula(); den != nil {
		calls = append(calls, catalog.Calls(den)...)
	}
	p := v.Figure.Parts[i]
	if i < len(calls) && calls[i].String() == p.Term {
		return upperFirst(termWords(v.Edition, calls[i]))
	}
	return v.partName(p)
}

// rowURL opens a row: the same figure for that year, month, unit or label.
func (v figureView) rowURL(r figure.Row) string {
	label, isLabel := strings.CutPrefix(v.By, "label:")
	switch {
	case v.By == "unit" && (r.Kind == "child" || r.Kind == "ended") && r.Key != "":
		return v.with("don-vi", r.Key)
	case isLabel && r.Key != "" && v.Extra[labelPick] == "":
		return v.with("theo", "", labelPick, label+":"+r.Key)
	case r.From != "" && v.By == "year":
		return v.with("tu", r.From, "den", r.To, "theo", "month")
	case r.From != "":
		return v.with("tu", r.From, "den", r.To, "theo", "unit")
	}
	return ""
}

// missing names the units that have nothing, the first of them.
func (v figureView) missing() string {
	const most = 40
	day := v.Scope.nameDay()
	var names []string
	for _, code := range v.Figure.Coverage.Missing {
		if len(names) == most {
			return strings.Join(names, "; ") + fmt.Sprintf(" và %d đơn vị khác.", len(v.Figure.Coverage.Missing)-most)
		}
		name := code
		if u, err := v.Scope.tree.Resolve(code, v.Scope.Basis, day); err == nil {
			name = v.Scope.tree.NameOn(u.ID, day)
		}
		names = append(names, name)
	}
	return strings.Join(names, "; ") + "."
}

// knownDay is the day of the moment asked for, for the form.
func (v figureView) knownDay() string {
	if v.Query.AsOf.IsZero() {
		return ""
	}
	return v.Query.AsOf.In(hanoi).Format("2006-01-02")
}

// betweenBoundaries says that there would be a map, were the boundaries of the question at hand.
func (v figureView) betweenBoundaries() bool {
	first, last := v.Scope.Period.From, v.Scope.Period.To
	if !v.Scope.Basis.Then {
		first, last = v.Scope.Basis.On, v.Scope.Basis.On
	}
	return v.Scope.Unit.Form == org.Territory && last >= mergers2020 && first < mergers2025 && byCommune(v.Indicator)
}

func (v figureView) mapPage() string {
	return "/ban-do" + v.query("chi-tieu", v.Figure.Indicator)
}

func (v figureView) comparePage() string {
	return "/so-sanh" + v.Scope.query("chi-tieu", v.Figure.Indicator)
}

// picked is the label that the question is narrowed to, in words.
func (v figureView) picked() string {
	if v.Query.Label == "" {
		return ""
	}
	for _, code := range seriesOf(v.Indicator.Formula()) {
		if series := v.Edition.SeriesByCode(code); series != nil {
			if _, ok := series.Labels[v.Query.Label]; ok {
				return labelName(v.Edition, series, v.Query.Label) + ": " + lowerFirst(labelValue(v.Edition, series, v.Query.Label, v.Query.LabelValue))
			}
		}
	}
	return v.Query.LabelValue
}

func (v figureView) exact() string {
	if v.Figure.Val == nil {
		return ""
	}
	return civil.FormatTrim(v.Figure.Val, 4) + percentSign(v.Figure.Measure)
}

func hasAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// systemNames are the 24 systems of the ten-year summary, by number.
var systemNames = [...]string{
	"Chung",
	"Quy chế và trách nhiệm", "Quán triệt, tuyên truyền quy chế", "Kế hoạch, văn bản chỉ đạo", "Phân công phụ trách",
	"Tập huấn, bồi dưỡng", "Kiểm tra, giám sát", "Sơ kết, tổng kết", "Tuyên truyền, vận động", "Hội thi", "Báo chí, truyền thông",
	"Nghị quyết HĐND", "Dân chủ ở cơ sở và nơi làm việc", "Cơ chế một cửa", "Tiếp công dân, đơn thư", "Lực lượng vũ trang",
	"Mặt trận, đoàn thể; đóng góp của nhân dân", "Mô hình tự quản, “Dân vận khéo”", "Đối thoại, tình hình nhân dân",
	"Cán bộ làm công tác dân vận", "Chương trình phối hợp", "Thi đua, khen thưởng", "Kinh tế - xã hội", "Chế độ báo cáo", "Trang thông tin",
}

// indicatorLine is an indicator in a short list.
type indicatorLine struct {
	Code, Ref, Name, Unit string
}
