package web

import (
	"cmp"
	"context"
	"math/big"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/chart"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/xlsx"
)

// linesAtOnce is how many indicators a page shows with their values.
const linesAtOnce = 25

// mostSorted is how many indicators may be put in order of their values, for which all have to be computed.
const mostSorted = 200

// outline is the choice of indicators that the outline of the ten-year report numbers (F01 to F31).
const outline = "F"

// indicatorPick is what the list of indicators was asked for.
type indicatorPick struct {
	Search string
	System string // number of a system, outline, or empty for all
	Filled bool   // only those with something reported
	Order  string // empty (catalogue), ten, ghi-nhan, thay-doi
	Offset int
}

// figureLine is a line of the list of indicators: the figure in the scope, and how it came there.
type figureLine struct {
	Indicator *catalog.Indicator
	Figure    *figure.Figure // nil where the question has no answer
	Why       string         // why it has none
	Before    *figure.Figure // same period of the year before
	Change    *figure.Comparison
	Spark     string
}

func (l figureLine) refs() string { return strings.Join(l.Indicator.Ref, ", ") }

// indicatorsView is a page of the list.
type indicatorsView struct {
	Scope   *scope
	Pick    indicatorPick
	Lines   []figureLine
	Found   int  // indicators that the words and the system pick
	More    bool // there is a next page
	Systems []option
	TooMany bool // to be put in order of their values
}

func (s *server) indicatorList(w http.ResponseWriter, r *http.Request) error {
	v, err := s.indicators(r, linesAtOnce)
	if err != nil {
		return err
	}
	p := page{Title: "Chỉ tiêu và số liệu", Section: "so-lieu", Scope: v.Scope}
	return s.render(w, r, http.StatusOK, p, indicatorListView(v))
}

func (s *server) indicators(r *http.Request, size int) (indicatorsView, error) {
	var v indicatorsView
	var err error
	if v.Scope, err = s.readScope(r); err != nil {
		return v, err
	}
	if err := s.counted(r.Context(), v.Scope); err != nil {
		return v, err
	}
	if v.Pick, err = readPick(r); err != nil {
		return v, err
	}
	ed := s.Catalog.EditionOn(v.Scope.Period.To)
	v.Systems = systemOptions(ed)
	found := v.Pick.among(ed)
	v.Found = len(found)
	ctx := r.Context()
	switch v.Pick.Order {
	case "ten":
		slices.SortStableFunc(found, func(a, b *catalog.Indicator) int { return strings.Compare(civil.Fold(a.Name), civil.Fold(b.Name)) })
	case "ghi-nhan", "thay-doi":
		if v.TooMany = len(found) > mostSorted; !v.TooMany {
			if found, err = s.byValue(ctx, v, found); err != nil {
				return v, err
			}
		}
	}
	page, more, err := s.filled(ctx, v, found, size)
	if err != nil {
		return v, err
	}
	v.More = more
	v.Lines, err = s.indicatorLines(ctx, v.Scope, page)
	return v, err
}

func readPick(r *http.Request) (indicatorPick, error) {
	q := r.URL.Query()
	p := indicatorPick{Search: q.Get("tim"), System: strings.TrimSpace(q.Get("he-thong")), Filled: q.Get("co") != "", Order: q.Get("thu-tu")}
	if p.System == "" && p.Search == "" && !q.Has("he-thong") {
		p.System = outline // what an office looks for first
	}
	if n, err := strconv.Atoi(p.System); p.System != "" && p.System != outline && (err != nil || n < 0 || n >= len(systemNames)) {
		return p, fault.New(fault.Invalid, "Hệ thống phải là số từ 0 đến 24, hoặc F cho các chỉ tiêu F01–F31 của đề cương.")
	}
	if !slices.Contains([]string{"", "ten", "ghi-nhan", "thay-doi"}, p.Order) {
		return p, fault.New(fault.Invalid, "Thứ tự phải là ten, ghi-nhan, thay-doi, hoặc bỏ trống (thứ tự danh mục).")
	}
	offset, err := readOffset(r)
	p.Offset = int(offset)
	return p, err
}

// among are the indicators of an edition that the words and the system pick: those of the outline in its order, others
// in the catalogue's.
func (p indicatorPick) among(ed *catalog.Edition) []*catalog.Indicator {
	words := strings.Fields(civil.Fold(p.Search))
	var out []*catalog.Indicator
	for _, ind := range ed.Indicators {
		switch {
		case p.System == outline && !slices.ContainsFunc(ind.Ref, isOutline):
		case p.System != "" && p.System != outline && strconv.Itoa(ind.System) != p.System:
		case !hasAll(civil.Fold(ind.Name+" "+ind.Code+" "+strings.Join(ind.Ref, " ")+" "+ind.Cite), words):
		default:
			out = append(out, ind)
		}
	}
	slices.SortStableFunc(out, func(a, b *catalog.Indicator) int {
		if p.System == outline {
			return strings.Compare(a.Ref[0], b.Ref[0])
		}
		return cmp.Compare(a.System, b.System)
	})
	return out
}

func isOutline(ref string) bool { return strings.HasPrefix(ref, "F") }

func systemOptions(ed *catalog.Edition) []option {
	count := map[int]int{}
	for _, ind := range ed.Indicators {
		count[ind.System]++
	}
	out := []option{{Value: outline, Name: "Số liệu của đề cương tổng kết (F01–F31)"}, {Value: "", Name: "Mọi hệ thống"}}
	for n, name := range systemNames {
		if count[n] > 0 {
			out = append(out, option{Value: strconv.Itoa(n), Name: strconv.Itoa(n) + ". " + name})
		}
	}
	return out
}

func (sc *scope) ask(ind *catalog.Indicator) figure.Query {
	return figure.Query{Indicator: ind.Code, Unit: sc.UnitRef, Period: sc.Period, Basis: sc.Basis, Status: sc.Status}
}

// filled takes the lines of one page; where only indicators with something reported are wanted, no more are computed
// than the page needs.
func (s *server) filled(ctx context.Context, v indicatorsView, found []*catalog.Indicator, size int) (page []*catalog.Indicator, more bool, err error) {
	if !v.Pick.Filled {
		from := min(v.Pick.Offset, len(found))
		to := min(from+size, len(found))
		return found[from:to], to < len(found), nil
	}
	skip := v.Pick.Offset
	for part := range slices.Chunk(found, 2*linesAtOnce) {
		figures, err := s.figuresOf(ctx, v.Scope, part)
		if err != nil {
			return nil, false, err
		}
		for i, f := range figures {
			switch {
			case f == nil || f.Val == nil && f.Num == nil:
			case skip > 0:
				skip--
			case len(page) == size:
				return page, true, nil
			default:
				page = append(page, part[i])
			}
		}
	}
	return page, false, nil
}

// figuresOf are the figures of the scope, nil where one is refused.
func (s *server) figuresOf(ctx context.Context, sc *scope, of []*catalog.Indicator) ([]*figure.Figure, error) {
	qs := make([]figure.Query, len(of))
	for i, ind := range of {
		qs[i] = sc.ask(ind)
	}
	figures, _, err := s.Figures.Each(ctx, qs)
	return figures, err
}

// byValue puts indicators in order of what they rest on, or of how much they have changed.
func (s *server) byValue(ctx context.Context, v indicatorsView, found []*catalog.Indicator) ([]*catalog.Indicator, error) {
	lines, err := s.indicatorLines(ctx, v.Scope, found)
	if err != nil {
		return nil, err
	}
	weight := func(l figureLine) *big.Rat {
		switch {
		case v.Pick.Order == "ghi-nhan" && l.Figure != nil:
			return new(big.Rat).SetInt64(l.Figure.Entries)
		case v.Pick.Order == "thay-doi" && l.Change != nil && l.Change.Percent != nil:
			if p, ok := ratOf(*l.Change.Percent); ok {
				return p.Abs(p)
			}
		}
		return big.NewRat(-1, 1)
	}
	slices.SortStableFunc(lines, func(a, b figureLine) int { return weight(b).Cmp(weight(a)) })
	out := make([]*catalog.Indicator, len(lines))
	for i, l := range lines {
		out[i] = l.Indicator
	}
	return out, nil
}

// sparkYears is how many periods a small line looks back.
const sparkYears = 6

// indicatorLines computes the lines of a page: the figure, and the same period of the years before, or where the
// period is longer than a year each of its years.
func (s *server) indicatorLines(ctx context.Context, sc *scope, of []*catalog.Indicator) ([]figureLine, error) {
	past := pastPeriods(sc.Period)
	var qs []figure.Query
	for _, ind := range of {
		q := sc.ask(ind)
		qs = append(qs, q)
		for _, p := range past {
			q.Period = p
			qs = append(qs, q)
		}
	}
	figures, refused, err := s.Figures.Each(ctx, qs)
	if err != nil {
		return nil, err
	}
	short := isShort(sc.Period)
	out := make([]figureLine, len(of))
	for i, ind := range of {
		at := i * (len(past) + 1)
		l := figureLine{Indicator: ind, Figure: figures[at]}
		if refused[at] != nil {
			l.Why = fault.Say(refused[at])
		}
		line := figures[at+1 : at+1+len(past)]
		if short {
			if l.Before = line[len(line)-1]; l.Before != nil && l.Figure != nil {
				l.Change = figure.Against(l.Figure, l.Before)
			}
			line = append(slices.Clone(line), l.Figure)
		}
		l.Spark = spark(ind, line)
		out[i] = l
	}
	return out, nil
}

// isShort says whether the period is at most a year, so that there is the same one of the year before.
func isShort(p civil.Period) bool { return p.To < p.From.AddYears(1) }

// pastPeriods are the same period of the years before, oldest first, or the years of a longer one.
func pastPeriods(p civil.Period) []civil.Period {
	var out []civil.Period
	if isShort(p) {
		for k := sparkYears - 1; k >= 1; k-- {
			out = append(out, yearsBefore(p, k))
		}
		return out
	}
	for y := max(p.From.Year(), p.To.Year()-9); y <= p.To.Year(); y++ {
		from, to := max(p.From, civil.NewDate(y, 1, 1)), min(p.To, civil.NewDate(y, 12, 31))
		out = append(out, civil.Period{From: from, To: to, Name: civil.NamePeriod(from, to)})
	}
	return out
}

// yearsBefore is the same period some years earlier; one that ends with its month does so then, too.
func yearsBefore(p civil.Period, years int) civil.Period {
	from, to := p.From.AddYears(-years), p.To.AddYears(-years)
	if p.To == p.To.MonthEnd() {
		to = to.MonthEnd()
	}
	return civil.Period{From: from, To: to, Name: civil.NamePeriod(from, to)}
}

// spark draws a line the size of a word; it is broken where nothing was reported and where the definition changed.
func spark(ind *catalog.Indicator, line []*figure.Figure) string {
	var values []chart.Value
	known := 0
	for i, f := range line {
		if i > 0 && f != nil && line[i-1] != nil && changedBetween(ind, line[i-1], f) {
			values = append(values, chart.Gap())
		}
		if f == nil || f.Val == nil {
			values = append(values, chart.Gap())
			continue
		}
		known++
		n, _ := f.Val.Float64()
		values = append(values, chart.Num(n))
	}
	if known < 2 {
		return ""
	}
	return chart.Sparkline{Values: values}.SVG()
}

// changedBetween reports an incomparable change of definition between two figures.
func changedBetween(ind *catalog.Indicator, a, b *figure.Figure) bool {
	return slices.ContainsFunc(ind.Breaks, func(x *catalog.Break) bool {
		return !x.Comparable && a.Ask.Period.From < x.On && x.On <= b.Ask.Period.To
	})
}

// with is the address of the list with changes.
func (v indicatorsView) with(changes ...string) string {
	base := []string{"tim", v.Pick.Search, "thu-tu", v.Pick.Order}
	if v.Pick.Filled {
		base = append(base, "co", "1")
	}
	out := "/so-lieu" + v.Scope.query(append(base, changes...)...)
	if v.Pick.System == "" {
		return out + "&he-thong="
	}
	return out + "&he-thong=" + v.Pick.System
}

func (v indicatorsView) file(kind string) string {
	return strings.Replace(v.with("dang", kind), "/so-lieu?", "/so-lieu/tep?", 1)
}

func (v indicatorsView) pages() pages {
	from := v.Pick.Offset
	p := pages{From: int64(min(from+1, from+len(v.Lines))), To: int64(from + len(v.Lines)), Total: int64(v.Found), Noun: "chỉ tiêu"}
	if v.Pick.Filled { // how many there are in all is not known before all are computed
		p.Total, p.Noun = int64(from+len(v.Lines)), "chỉ tiêu có số liệu đã xem"
	}
	if from > 0 {
		p.Prev = v.with("tu-dong", strconv.Itoa(max(0, from-linesAtOnce)))
	}
	if v.More {
		p.Next = v.with("tu-dong", strconv.Itoa(from+linesAtOnce))
	}
	return p
}

// indicatorFile sends the values of the list.
func (s *server) indicatorFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.indicators(r, mostSorted)
	if err != nil {
		return err
	}
	t := tableFile{
		Name:   "so-lieu_" + v.Scope.Unit.Code,
		Titles: []string{"Chỉ tiêu và số liệu", v.Scope.UnitName + ", " + v.Scope.Period.Name + ", ranh giới " + v.Scope.basisName() + ". " + v.Scope.countedText()},
		Columns: []xlsx.Column{{Head: "Ký hiệu"}, {Head: "Mã"}, {Head: "Chỉ tiêu", Width: 50}, {Head: "Giá trị"}, {Head: "Đơn vị tính"},
			{Head: "Cùng kỳ năm trước"}, {Head: "Ghi nhận"}, {Head: "Số ước"}},
	}
	for _, l := range v.Lines {
		row := []tableCell{textCell(l.refs()), textCell(l.Indicator.Code), textCell(l.Indicator.Name), {}, textCell(l.Indicator.Unit), {}, {}, {}}
		if f := l.Figure; f != nil {
			row[3], row[4], row[6] = exactCell(f.Val), textCell(f.Measure), countCell(f.Entries)
			if f.Estimated {
				row[7] = textCell("≈")
			}
		}
		if l.Before != nil {
			row[5] = exactCell(l.Before.Val)
		}
		t.Rows = append(t.Rows, row)
	}
	if v.More {
		t.Notes = append(t.Notes, "Tệp có "+strconv.Itoa(mostSorted)+" chỉ tiêu đầu; hãy lọc theo hệ thống để lấy phần còn lại.")
	}
	return s.sendTable(w, r.URL.Query().Get("dang"), t)
}
