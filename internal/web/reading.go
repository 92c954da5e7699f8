package web

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/chart"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/xlsx"
)

// readingRoutes are the pages of readings: figures that others measured and published, with source and vintage.
func (s *server) readingRoutes() []route {
	return []route{
		{"GET /so-do", access.ReadWork, onScope, s.readingList},
		{"GET /so-do/tep", access.ReadWork, onScope, s.readingFile},
	}
}

// readingYears is how many years the table of all measures shows.
const readingYears = 5

// oneReading is a reading as the pages show it.
type oneReading struct {
	ID        int64
	Day       string
	Year      int
	Measure   string // code
	Value     string // exact
	Vintage   string // name
	Rank      int    // of the vintage in the list, 0 the best
	Source    string
	Published string
	Note      string
}

// measureLine is one measure of a unit: its years, the newest first.
type measureLine struct {
	Code, Name string
	Years      []measureYear
}

// measureYear is a year with the reading that figures take and the others.
type measureYear struct {
	Year   int
	Best   oneReading
	Others []oneReading
}

func (l measureLine) in(year int) *measureYear {
	for i := range l.Years {
		if l.Years[i].Year == year {
			return &l.Years[i]
		}
	}
	return nil
}

// readingsView is the page of a unit's readings; One is the measure that is looked at.
type readingsView struct {
	Scope *scope
	Kind  *catalog.Kind
	Lines []measureLine
	Years []int
	One   *measureLine
	Chart string
	Write string // where a new reading is recorded, "" for who may not
}

// readingKind is the kind whose entries are readings of a list of measures: it asks for measure, value and vintage.
func readingKind(ed *catalog.Edition) *catalog.Kind {
	for _, k := range ed.Kinds {
		m, v := k.Field("measure"), k.Field("value")
		if m != nil && m.Type == catalog.Choice && v != nil && k.Field("vintage") != nil {
			return k
		}
	}
	return nil
}

func (s *server) readings(r *http.Request) (*readingsView, error) {
	sc, err := s.readScope(r)
	if err != nil {
		return nil, err
	}
	v := &readingsView{Scope: sc, Kind: readingKind(s.Catalog.EditionOn(s.Today()))}
	if v.Kind == nil {
		return nil, fault.New(fault.NotFound, "Danh mục đang dùng không có loại số đọc. Hãy xem ở trang Danh mục quy định.")
	}
	if err := s.DB.View(r.Context(), func(q db.Querier) error { return s.readReadings(r.Context(), q, v) }); err != nil {
		return nil, err
	}
	if code := r.URL.Query().Get("chi-tieu"); code != "" {
		i := slices.IndexFunc(v.Lines, func(l measureLine) bool { return l.Code == code })
		if i < 0 {
			return nil, fault.New(fault.NotFound, sc.UnitName+" chưa có số đọc nào của chỉ tiêu này. Hãy chọn chỉ tiêu khác ở trang Số đo.")
		}
		v.One = &v.Lines[i]
		v.Chart = v.One.chart()
	}
	if mayRecord(viewer(r.Context()), v.Kind, sc.Unit.ID) && ledger.MayRecord(sc.tree, v.Kind, sc.Unit, s.Today()) {
		v.Write = "/ghi-nhan/moi/" + v.Kind.Code + "?don-vi=" + url.QueryEscape(ledger.Ref(sc.Unit))
	}
	return v, nil
}

func (s *server) readReadings(ctx context.Context, q db.Querier, v *readingsView) error {
	p, err := s.Ledger.Pick(ctx, q, s.DB.Engine(), v.Kind, ledger.Filter{Units: oneUnit(v.Scope.Unit.ID), To: s.Today()}, nil, ledger.NewestFirst, v.Scope.tree.NameOn)
	if err != nil {
		return err
	}
	byMeasure := map[string][]oneReading{}
	for _, l := range p.Lines(0, -1) {
		if o, ok := readingOf(v.Kind, l); ok {
			byMeasure[o.Measure] = append(byMeasure[o.Measure], o)
		}
	}
	for _, o := range v.Kind.Field("measure").Choices() {
		if list := byMeasure[o.Code]; len(list) > 0 {
			v.Lines = append(v.Lines, measureLine{Code: o.Code, Name: o.Name, Years: byYear(list)})
		}
	}
	for _, l := range v.Lines {
		for _, y := range l.Years {
			if !slices.Contains(v.Years, y.Year) {
				v.Years = append(v.Years, y.Year)
			}
		}
	}
	slices.SortFunc(v.Years, func(a, b int) int { return b - a })
	v.Years = v.Years[:min(len(v.Years), readingYears)]
	return nil
}

func readingOf(k *catalog.Kind, l ledger.Line) (oneReading, bool) {
	var f struct {
		Measure   string      `json:"measure"`
		Value     json.Number `json:"value"`
		Vintage   string      `json:"vintage"`
		Source    string      `json:"source"`
		Published string      `json:"published"`
		Note      string      `json:"note"`
		Basis     string      `json:"basis"`
	}
	if err := json.Unmarshal([]byte(l.Fields), &f); err != nil || f.Measure == "" || f.Value == "" {
		return oneReading{}, false
	}
	o := oneReading{ID: l.ID, Day: l.Day.String(), Year: l.Day.Year(), Measure: f.Measure, Value: f.Value.String(), Source: f.Source, Published: f.Published, Note: f.Note}
	choices := k.Field("vintage").Choices()
	o.Rank = slices.IndexFunc(choices, func(c *catalog.Option) bool { return c.Code == f.Vintage })
	if o.Rank >= 0 {
		o.Vintage = choices[o.Rank].Name
	} else {
		o.Rank = len(choices)
	}
	if b := k.Field("basis"); b != nil && f.Basis != "" && b.Option(f.Basis) != nil { // of another standard: beside the figure, never in it
		o.Rank += 100
		o.Vintage = strings.TrimPrefix(o.Vintage+", "+lowerFirst(b.Option(f.Basis).Name), ", ")
	}
	return o, true
}

// byYear puts readings into their years, the best of each first: the better vintage, then the later day, as figures
// take them.
func byYear(list []oneReading) []measureYear {
	slices.SortFunc(list, func(a, b oneReading) int {
		return cmp.Or(cmp.Compare(b.Year, a.Year), cmp.Compare(a.Rank, b.Rank), strings.Compare(b.Day, a.Day), cmp.Compare(b.ID, a.ID))
	})
	var out []measureYear
	for _, o := range list {
		if n := len(out); n > 0 && out[n-1].Year == o.Year {
			out[n-1].Others = append(out[n-1].Others, o)
			continue
		}
		out = append(out, measureYear{Year: o.Year, Best: o})
	}
	return out
}

// certain is how many vintages at the head of the list are final: a chart marks all others.
const certain = 2

// chart draws the years; a value that is neither official nor revised bears a mark, which marks() tells about.
func (l *measureLine) chart() string {
	if len(l.Years) < 2 {
		return ""
	}
	c := chart.Bars{About: chart.About{ID: "so-do", Title: l.Name, Decimals: 2}}
	series := chart.Series{Name: l.Name}
	for _, y := range slices.Backward(l.Years) {
		v := chartValue(y.Best.Value)
		if y.Best.Rank >= certain {
			v.Label = decimalText(y.Best.Value) + "*"
		}
		c.Categories, series.Values = append(c.Categories, strconv.Itoa(y.Year)), append(series.Values, v)
	}
	c.Series = []chart.Series{series}
	return c.SVG()
}

// marks says which values of the chart are not final, "" for none.
func (l *measureLine) marks() string {
	var out []string
	for _, y := range slices.Backward(l.Years) {
		if y.Best.Rank >= certain {
			out = append(out, strconv.Itoa(y.Year)+": "+or(lowerFirst(y.Best.Vintage), "không ghi loại số"))
		}
	}
	return strings.Join(out, "; ")
}

// vintageNote is what stands under a value in the table of all measures.
func (y *measureYear) vintageNote() string {
	say := lowerFirst(y.Best.Vintage)
	if len(y.Others) > 0 {
		say += ", còn " + strconv.Itoa(len(y.Others)) + " số khác"
	}
	return strings.TrimPrefix(say, ", ")
}

func (s *server) readingList(w http.ResponseWriter, r *http.Request) error {
	v, err := s.readings(r)
	if err != nil {
		return err
	}
	title := "Số đo kinh tế - xã hội"
	if v.One != nil {
		title = v.One.Name
	}
	return s.render(w, r, http.StatusOK, page{Title: title, Section: "so-do", Scope: v.Scope}, readingPage(v))
}

func (s *server) readingFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.readings(r)
	if err != nil {
		return err
	}
	t := tableFile{Name: "so-do-" + strings.ReplaceAll(v.Scope.Unit.Code, ".", "-"), Titles: []string{"Số đo kinh tế - xã hội", v.Scope.UnitName},
		Columns: []xlsx.Column{{Head: "Chỉ tiêu", Width: 44}, {Head: "Năm", Width: 8}, {Head: "Giá trị"}, {Head: "Loại số", Width: 18}, {Head: "Được dùng", Width: 12},
			{Head: "Nguồn", Width: 36}, {Head: "Ngày công bố", Width: 14}, {Head: "Ngày của số liệu", Width: 14}, {Head: "Ghi chú", Width: 40}, {Head: "Ghi nhận", Width: 12}}}
	lines := v.Lines
	if v.One != nil {
		lines = []measureLine{*v.One}
	}
	for _, l := range lines {
		for _, y := range l.Years {
			for i, o := range append([]oneReading{y.Best}, y.Others...) {
				used := "có"
				if i > 0 {
					used = "không"
				}
				t.Rows = append(t.Rows, []tableCell{textCell(l.Name), countCell(int64(y.Year)), pointerCell(&o.Value), textCell(o.Vintage), textCell(used),
					textCell(o.Source), textCell(publishedText(o.Published)), textCell(viDay(o.Day)), textCell(o.Note), textCell("#" + itoa(o.ID))})
			}
		}
	}
	return s.sendTable(w, or(r.URL.Query().Get("dang"), "xlsx"), t)
}

func publishedText(iso string) string {
	if iso == "" {
		return ""
	}
	return viDay(iso)
}

// query is the address of a page of readings within the same unit.
func (v *readingsView) query(path, measure, format string) string {
	q := url.Values{"don-vi": {v.Scope.UnitRef}}
	if measure != "" {
		q.Set("chi-tieu", measure)
	}
	if format != "" {
		q.Set("dang", format)
	}
	return path + "?" + q.Encode()
}

func (v *readingsView) measure() string {
	if v.One == nil {
		return ""
	}
	return v.One.Code
}

// chartValue is an exact decimal as a chart draws it.
func chartValue(decimal string) chart.Value {
	r, ok := ratOf(decimal)
	if !ok {
		return chart.Gap()
	}
	n, _ := r.Float64()
	return chart.Value{N: n, Known: true}
}
