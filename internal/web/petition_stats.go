package web

import (
	"context"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/duty"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/org"
)

// petitionStatsRoutes are the inspectorate's forms about receptions and letters.
func (s *server) petitionStatsRoutes() []route {
	return []route{
		{"GET /thong-ke-don", access.ReadWork, onScope, s.petitionStats},
		{"GET /thong-ke-don/{form}", access.ReadWork, onScope, s.petitionForm},
		{"GET /thong-ke-don/{form}/tep", access.ReadWork, onScope, s.petitionFormFile},
	}
}

// petitionReport is the report that the forms go with, in the catalogue's list of reports.
const petitionReport = "petition"

// statsScope is the unit and the period of a form, and by which circular the period is cut.
type statsScope struct {
	*scope
	Regime  *catalog.Regime // nil for days of the reader's own choice
	Year    int
	Window  string // Q1 … year, assembly
	Reads   bool   // the viewer may read the unit's letters
	Edition *catalog.Edition
}

// assemblyWindow is the year of the reports to the National Assembly, a window beside the inspectorate's own.
const (
	assemblyWindow = "assembly"
	assemblyRegime = "assembly-year"
)

// statsWindows are the windows that the forms are asked for, in the order of a year.
var statsWindows = []option{
	{"Q1", "Quý I", ""}, {"Q2", "Quý II", ""}, {"Q3", "Quý III", ""}, {"Q4", "Quý IV", ""},
	{"H1", "6 tháng đầu năm", ""}, {"9M", "9 tháng đầu năm", ""}, {"year", "Cả năm", ""}, {assemblyWindow, "Năm báo cáo Quốc hội, HĐND (01/8–31/7)", ""},
}

// firstStatsYear is the first year whose windows are known: the circular of 2013.
const firstStatsYear = 2013

// inspectorateRegime is the circular whose windows hold for a period: the one in force on its last day.
func inspectorateRegime(rs catalog.Regimes, year int, window string) (*catalog.Regime, civil.Period, error) {
	if window == assemblyWindow {
		r := rs.Regime(assemblyRegime)
		if r == nil {
			return nil, civil.Period{}, fault.New(fault.NotFound, "Danh mục không có kỳ báo cáo Quốc hội. Hãy chọn quý, 6 tháng, 9 tháng hoặc năm.")
		}
		p, err := r.Period(year, "year")
		return r, p, err
	}
	for _, r := range rs {
		if !inspectorates(r) {
			continue
		}
		p, err := r.Period(year, window)
		if err == nil && r.From <= p.To && (r.Until == 0 || p.To < r.Until) {
			return r, p, nil
		}
	}
	return nil, civil.Period{}, fault.Newf(fault.Invalid, "Không có chế độ kỳ báo cáo nào của ngành thanh tra cho kỳ này của năm %d. Hãy chọn từ năm %d trở đi.", year, firstStatsYear)
}

// inspectorates reports whether a regime cuts the year for the inspectorate's reports.
func inspectorates(r *catalog.Regime) bool {
	return strings.HasPrefix(r.Code, "tt") && r.Windows["9M"] != nil
}

// readStats reads unit and period: a year and a window, a code, two days, or the last quarter that is over.
func (s *server) readStats(r *http.Request) (*statsScope, error) {
	sc, err := s.readScope(r)
	if err != nil {
		return nil, err
	}
	v := &statsScope{scope: sc}
	q := r.URL.Query()
	rs := s.Catalog.Latest().Regimes
	switch {
	case q.Get("nam") != "" || q.Get("loai-ky") != "":
		if v.Year, err = strconv.Atoi(strings.TrimSpace(or(q.Get("nam"), strconv.Itoa(s.Today().Year())))); err != nil {
			return nil, fault.New(fault.Invalid, "Năm chỉ gồm bốn chữ số, như 2026. Hãy chọn lại năm.")
		}
		v.Window = or(q.Get("loai-ky"), "year")
		if v.Regime, sc.Period, err = inspectorateRegime(rs, v.Year, v.Window); err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "Không đọc được kỳ báo cáo. Hãy chọn năm và kỳ trong danh sách.")
		}
	case !s.named(r) || q.Get("ky") == "" && q.Get("tu") == "" && q.Get("den") == "":
		v.Regime, sc.Period = lastQuarter(rs, s.Today())
	default:
		v.Regime = rs.Regime(regimeCode(sc.Period.Code))
	}
	v.name()
	v.Edition = s.Catalog.EditionOn(sc.Period.To)
	sc.regimes = v.Edition.Regimes
	sc.Basis, sc.Status = org.AsThen(), figure.All
	v.Reads = viewer(r.Context()).May(access.ReadLetters, sc.Unit.ID)
	return v, nil
}

func regimeCode(code string) string {
	regime, _, ok := strings.Cut(code, ":")
	if !ok {
		return ""
	}
	return regime
}

// lastQuarter is the newest quarter that is over.
func lastQuarter(rs catalog.Regimes, today civil.Date) (*catalog.Regime, civil.Period) {
	for year := today.Year() + 1; year >= firstStatsYear; year-- {
		for _, w := range []string{"Q4", "Q3", "Q2", "Q1"} {
			if r, p, err := inspectorateRegime(rs, year, w); err == nil && p.To < today {
				return r, p
			}
		}
	}
	r, p, err := inspectorateRegime(rs, today.Year(), "Q1")
	if err != nil {
		return nil, civil.Period{From: today, To: today}
	}
	return r, p
}

// name finds year and window of a period from its code, for the selects.
func (v *statsScope) name() {
	if v.Window != "" {
		return
	}
	v.Year = v.Period.To.Year()
	_, rest, ok := strings.Cut(v.Period.Code, ":")
	if !ok {
		return
	}
	year, window, _ := strings.Cut(rest, "-")
	v.Year, _ = strconv.Atoi(year)
	v.Window = or(window, "year")
	if regimeCode(v.Period.Code) == assemblyRegime {
		v.Window = assemblyWindow
	}
}

func (v *statsScope) years() []option {
	var out []option
	for y := v.Today.Year() + 1; y >= firstStatsYear; y-- {
		out = append(out, option{strconv.Itoa(y), strconv.Itoa(y), ""})
	}
	return out
}

// days are the period's first and last day.
func (v *statsScope) days() string {
	return "từ " + v.Period.From.Vi() + " đến " + v.Period.To.Vi()
}

// standsOn says by what the period is cut.
func (v *statsScope) standsOn() string {
	switch {
	case v.Regime == nil:
		return "Kỳ tự chọn, không theo kỳ báo cáo của ngành thanh tra."
	case v.Regime.Verified:
		return v.Regime.Name + "."
	}
	return v.Regime.Name + " (mốc ngày chưa kiểm chứng)."
}

// address is a page of the forms for the unit and period.
func (v *statsScope) address(path string, more ...string) string {
	q := url.Values{"don-vi": {v.UnitRef}}
	if v.Period.Code != "" {
		q.Set("ky", v.Period.Code)
	} else {
		q.Set("tu", v.Period.From.String())
		q.Set("den", v.Period.To.String())
	}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] == "" {
			q.Del(more[i])
			continue
		}
		q.Set(more[i], more[i+1])
	}
	return "/thong-ke-don" + path + "?" + q.Encode()
}

// statsView is the page on which a form is chosen: the two sets of figures, the forms, the duty to report.
type statsView struct {
	*statsScope
	Cohort, Flow []statsNumber
	Balance      string // the flow as a sum, and whether it is met
	BalanceOff   bool
	Forms        []formLine
	Dues         []statsDue
	Writes       string // where a report is opened, empty for who may not
}

type statsNumber struct{ Name, Text, Href string }

type formLine struct {
	*catalog.Form
	Open, Total int // columns that the viewer sees, and all
}

type statsDue struct {
	Name, Body, Period, Due, State, Class, Href string
}

// The two sets. What was received in the period and became of it is not what was done in the period.
var (
	cohortFigures = []string{"petition.received", "petition.accepted", "petition.settled", "petition.settled_rate"}
	flowFigures   = []string{"petition_flow.brought", "petition_flow.received", "petition_flow.ended", "petition_flow.standing", "petition_flow.waiting", "petition_flow.open"}
)

func (s *server) petitionStats(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readStats(r)
	if err != nil {
		return err
	}
	v := statsView{statsScope: sc}
	if err := s.statsNumbers(r.Context(), &v); err != nil {
		return err
	}
	for _, f := range sc.Edition.Forms {
		if f.Report == petitionReport && f.Fits(sc.Period.To) {
			v.Forms = append(v.Forms, s.formLine(sc, f))
		}
	}
	if v.Dues, err = s.statsDues(r.Context(), sc); err != nil {
		return err
	}
	p := page{Title: "Thống kê tiếp công dân, đơn thư", Section: "thong-ke-don", Scope: sc.scope}
	return s.render(w, r, http.StatusOK, p, petitionStatsPage(v))
}

func (s *server) formLine(sc *statsScope, f *catalog.Form) formLine {
	out := formLine{Form: f, Total: len(f.Leaves())}
	for _, c := range f.Leaves() {
		if sc.Reads || figure.Open(sc.Edition, c.Indicator(), "", "") {
			out.Open++
		}
	}
	return out
}

// statsNumbers asks the figures of both sets; the flow stands on the boundaries of the last day, as the forms do.
func (s *server) statsNumbers(ctx context.Context, v *statsView) error {
	var qs []figure.Query
	for _, code := range cohortFigures {
		qs = append(qs, figure.Query{Indicator: code, Unit: v.UnitRef, Period: v.Period, Basis: org.AsThen()})
	}
	for _, code := range flowFigures {
		qs = append(qs, figure.Query{Indicator: code, Unit: v.UnitRef, Period: v.Period, Basis: org.OnDay(v.Period.To)})
	}
	figures, refused, err := s.Figures.Each(ctx, qs)
	if err != nil {
		return err
	}
	val := map[string]*big.Rat{}
	for i, q := range qs {
		n := statsNumber{Name: s.indicatorName(v.Period.To, q.Indicator), Text: "–"}
		if refused[i] == nil {
			n.Text, n.Href = or(figures[i].Display, "–"), v.figureURL(q)
			if val[q.Indicator] = figures[i].Val; figures[i].Val == nil {
				val[q.Indicator] = new(big.Rat)
			}
		}
		if i < len(cohortFigures) {
			v.Cohort = append(v.Cohort, n)
		} else {
			v.Flow = append(v.Flow, n)
		}
	}
	b, r, e, o := val["petition_flow.brought"], val["petition_flow.received"], val["petition_flow.ended"], val["petition_flow.standing"]
	if b == nil || r == nil || e == nil || o == nil {
		return nil
	}
	left, right := new(big.Rat).Add(b, r), new(big.Rat).Add(e, o)
	v.BalanceOff = left.Cmp(right) != 0
	sign := "="
	if v.BalanceOff {
		sign = "≠"
	}
	v.Balance = fmt.Sprintf("%s + %s %s %s + %s", plainNumber(b), plainNumber(r), sign, plainNumber(e), plainNumber(o))
	return nil
}

func plainNumber(r *big.Rat) string { return civil.FormatTrim(r, 2) }

// figureURL is the page of a figure as the forms ask it.
func (v *statsScope) figureURL(q figure.Query) string {
	out := url.Values{"don-vi": {q.Unit}, "tu": {q.Period.From.String()}, "den": {q.Period.To.String()}}
	if !q.Basis.Then {
		out.Set("ranh-gioi", q.Basis.On.String())
	}
	return "/so-lieu/" + q.Indicator + "?" + out.Encode()
}

// statsDues are the reports about letters that bodies of the unit owe for the period, or around today.
func (s *server) statsDues(ctx context.Context, v *statsScope) (out []statsDue, err error) {
	var list []duty.Obligation
	err = s.DB.View(ctx, func(q db.Querier) error {
		list, err = s.book().Owed(ctx, q, duty.Ask{Units: s.statsBodies(v), From: v.Period.To, To: v.Period.To.AddDays(60), Today: v.Today,
			Keep: func(d *catalog.Duty) bool { return d.Report == petitionReport }})
		return err
	})
	if err != nil {
		return nil, err
	}
	who := viewer(ctx)
	for i := range list {
		o := &list[i]
		if o.Turn.Period.To != v.Period.To {
			continue
		}
		d := statsDue{Name: o.Duty.Name, Body: v.tree.NameOn(o.Unit, o.Turn.Period.To), Period: o.Turn.Period.Name, Due: o.Turn.Due.Vi(),
			State: dutyStates[o.State], Class: map[duty.State]string{duty.Late: "late", duty.Done: "done", duty.DoneLate: "done", duty.Nil: "done"}[o.State]}
		switch {
		case o.Filing != nil:
			d.Href = filingURL(o.Filing.ID)
		default:
			d.Href = s.filingAddress(o, v.tree, who)
		}
		out = append(out, d)
	}
	return out, nil
}

// statsBodies are the unit and the bodies at its own level that may owe the report.
func (s *server) statsBodies(v *statsScope) []org.UnitID {
	out := []org.UnitID{v.Unit.ID}
	if v.Unit.Form == org.Territory {
		out = append(out, v.tree.Children(v.Unit.ID, v.Period.To, org.Body)...)
	}
	return out
}
