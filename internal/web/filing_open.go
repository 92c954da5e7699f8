package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/org"
	"danvan/internal/report"
)

// chooseView is the page on which a report is opened: first the template, then the period.
type chooseView struct {
	Scope     *scope
	Form      form
	Templates []*report.Template
	Template  *report.Template // chosen, nil while none is
	Regimes   []regimeChoice
}

// regimeChoice is a regime with its newest periods of the template's length.
type regimeChoice struct {
	Name, Cite string
	Periods    []periodChoice
}

type periodChoice struct {
	civil.Period
	Key    string
	Filing *filing.Filing // opened before
	Runs   bool           // is not over yet
}

func (s *server) filingChoose(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	f := newForm()
	f.Values.Set("mau", r.URL.Query().Get("mau"))
	f.Values.Set("ky", r.URL.Query().Get("ky"))
	return s.showChoice(w, r, http.StatusOK, sc, f)
}

func (s *server) showChoice(w http.ResponseWriter, r *http.Request, status int, sc *scope, f form) error {
	v := chooseView{Scope: sc, Form: f}
	ed := s.Catalog.EditionOn(s.Today())
	for _, name := range report.Names(ed) {
		t, err := s.Reports.Template(ed, name)
		if err != nil {
			return err
		}
		if !serves(t.Head.For, sc.Unit, sc.nameDay()) {
			continue
		}
		v.Templates = append(v.Templates, t)
		if t.Head.Code == f.get("mau") {
			v.Template = t
		}
	}
	if v.Template != nil {
		v.Regimes = filingPeriods(ed.Regimes, v.Template.Head.Period, s.Today())
		for i := range v.Regimes {
			for j := range v.Regimes[i].Periods {
				p := &v.Regimes[i].Periods[j]
				was, err := filing.Standing(r.Context(), s.DB.Read(), sc.Unit.ID, v.Template.Head.Code, p.From, p.To)
				if err != nil {
					return err
				}
				p.Filing = was
			}
		}
	}
	p := page{Title: "Mở kỳ báo cáo", Section: "ky-bao-cao", Scope: sc}
	if len(f.Wrong) > 0 {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, filingChoosePage(v))
}

// windowsOf are the windows of a year that are as long as a template's period.
var windowsOf = map[string][]string{
	"month":   {"M01", "M02", "M03", "M04", "M05", "M06", "M07", "M08", "M09", "M10", "M11", "M12"},
	"quarter": {"Q1", "Q2", "Q3", "Q4"}, "half": {"H1", "H2"}, "nine_months": {"9M"}, "year": {"year"},
}

// newestPeriods is how many periods of each length are offered.
var newestPeriods = map[string]int{"month": 6, "quarter": 5, "half": 4, "nine_months": 2, "year": 3}

// filingPeriods are the periods of a length that have begun, by regime: the calendar first, then those in force that
// cut the year elsewhere.
func filingPeriods(rs catalog.Regimes, length string, today civil.Date) []regimeChoice {
	if windowsOf[length] == nil {
		return []regimeChoice{{Name: "Nhiều năm", Periods: yearRuns(today)}}
	}
	calendar := regimeChoice{Name: "Kỳ theo lịch", Cite: "Tháng, quý, năm dương lịch"}
	calendar.Periods = newest(length, today, func(year int, window string) (civil.Period, error) {
		if window == "year" {
			return civil.ParsePeriod(strconv.Itoa(year))
		}
		return civil.ParsePeriod(fmt.Sprintf("%d-%s", year, window))
	})
	out := []regimeChoice{calendar}
	for _, r := range rs {
		if r.From > today || r.Until != 0 && r.Until <= today {
			continue
		}
		c := regimeChoice{Name: r.Name, Cite: r.Cite, Periods: newest(length, today, r.Period)}
		same := func(p periodChoice) bool { return calendarCode(p.From, p.To) != "" }
		if len(c.Periods) > 0 && !slices.ContainsFunc(c.Periods, same) {
			out = append(out, c)
		}
	}
	return out
}

func newest(length string, today civil.Date, period func(int, string) (civil.Period, error)) []periodChoice {
	var out []periodChoice
	for year := today.Year() + 1; year >= today.Year()-3; year-- {
		for _, window := range slices.Backward(windowsOf[length]) {
			p, err := period(year, window)
			if err == nil && p.From <= today && len(out) < newestPeriods[length] {
				out = append(out, periodChoice{Period: p, Key: periodKey(p), Runs: p.To > today})
			}
		}
	}
	return out
}

// yearRuns are the runs of years that reports look back on.
func yearRuns(today civil.Date) []periodChoice {
	var out []periodChoice
	last := today.Year() - 1
	for _, run := range []string{fmt.Sprintf("%d..%d", last-4, last), fmt.Sprintf("%d..%d", last-9, last), "2010..2019"} {
		if p, err := civil.ParsePeriod(run); err == nil {
			out = append(out, periodChoice{Period: p, Key: periodKey(p)})
		}
	}
	return out
}

// filingOpen opens a report, or leads to the one that stands open.
func (s *server) filingOpen(w http.ResponseWriter, r *http.Request) error {
	f, err := postedForm(r)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	o, err := s.opening(tree, f)
	if err == nil && !viewer(r.Context()).May(access.RecordWork, o.Body) {
		return s.refused(w, r, outOfReach)
	}
	if said := sentence(err); said != "" {
		return s.chooseAgain(w, r, tree, f, said)
	}
	if err != nil {
		return err
	}
	var made *filing.Filing
	err = s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		made, err = s.filings().Open(r.Context(), tx, viewer(r.Context()).Login, o)
		return err
	})
	if err != nil {
		return err
	}
	if made.State.Writable() {
		return seeOther(w, r, filingURL(made.ID)+"/soan")
	}
	return seeOther(w, r, filingURL(made.ID))
}

// chooseAgain shows the page of choice with what is wrong.
func (s *server) chooseAgain(w http.ResponseWriter, r *http.Request, tree *org.Tree, f form, said string) error {
	sc := &scope{Action: "/ky-bao-cao/mo", tree: tree, Today: s.Today(), Basis: org.AsThen()}
	home := s.homeScope(tree, r)
	sc.Unit, sc.Period = home.Unit, home.Period
	if u, err := tree.Resolve(f.get("don-vi"), sc.Basis, s.Today()); err == nil && viewer(r.Context()).May(access.ReadWork, u.ID) {
		sc.Unit = u
	}
	sc.UnitRef, sc.UnitName = unitRef(tree, sc.Unit, sc.Period.To), tree.NameOn(sc.Unit.ID, sc.nameDay())
	sc.regimes = s.Catalog.EditionOn(sc.Period.To).Regimes
	f.say("ky", said)
	return s.showChoice(w, r, http.StatusBadRequest, sc, f)
}

// opening reads what is to be opened.
func (s *server) opening(tree *org.Tree, f form) (filing.Opening, error) {
	var o filing.Opening
	key := strings.TrimSpace(f.get("ky"))
	if key == "" {
		return o, fault.New(fault.Invalid, "Hãy chọn kỳ báo cáo.")
	}
	p, err := s.periodOf(key)
	if err != nil {
		return o, err
	}
	if p.From > s.Today() {
		return o, fault.New(fault.Invalid, "Kỳ này chưa bắt đầu. Hãy chọn kỳ đang diễn ra hoặc đã kết thúc.")
	}
	unit, err := tree.Resolve(f.get("don-vi"), org.AsThen(), min(p.To, s.Today()))
	if err != nil {
		return o, err
	}
	ed := s.Catalog.EditionOn(p.To)
	t, err := s.Reports.Template(ed, f.get("mau"))
	if err != nil {
		return o, fault.Wrap(err, fault.Invalid, "Hãy chọn mẫu báo cáo.")
	}
	day := min(p.To, s.Today(), unit.Closed.AddDays(-1))
	if !serves(t.Head.For, unit, day) || unit.Opened > p.To {
		return o, fault.Newf(fault.Invalid, "Mẫu “%s” không dùng cho %s trong kỳ này. Hãy chọn mẫu hoặc kỳ khác.", t.Head.Name, lowerFirst(tree.NameOn(unit.ID, max(day, unit.Opened))))
	}
	o = filing.Opening{Unit: unit.ID, Body: unit.ID, Template: t.Head.Code, Name: t.Head.Name, Type: typeOf(t.Head.Period, p), Field: "mobilisation", Period: p}
	if regime, _, named := strings.Cut(p.Code, ":"); named {
		o.Regime = regime
	}
	s.underDuty(tree, ed, t, unit, day, f.get("trach-nhiem"), &o)
	return o, nil
}

// periodOf reads a period as periodKey writes it.
func (s *server) periodOf(key string) (civil.Period, error) {
	if from, to, ok := strings.Cut(key, ".."); ok && len(from) == 10 {
		a, errA := civil.ParseDate(from)
		b, errB := civil.ParseDate(to)
		if errA == nil && errB == nil {
			p, err := civil.Between(a, b)
			return p, fault.Wrap(err, fault.Invalid, "Kỳ báo cáo chưa đúng: ngày đầu phải trước ngày cuối.")
		}
	}
	p, err := s.Catalog.Latest().Regimes.Parse(key)
	return p, fault.Wrap(err, fault.Invalid, "Không đọc được kỳ “"+key+"”. Hãy chọn một kỳ trong danh sách.")
}

// underDuty finds who answers for the report: the body that owes it by a duty of the catalogue, and by when. The duty
// that the form names goes first.
func (s *server) underDuty(tree *org.Tree, ed *catalog.Edition, t *report.Template, unit *org.Unit, day civil.Date, code string, o *filing.Opening) {
	cal := ed.Calendar("vn")
	named := false
	for _, d := range ed.Duties {
		if named || s.Reports.ForDuty(ed, d) != t {
			continue
		}
		for _, body := range ownBodies(tree, unit, day) {
			if about := reportUnit(tree, t, d, body, day); about == nil || about.ID != unit.ID || o.Duty != "" && d.Code != code {
				continue
			}
			o.Body, o.Field = body.ID, fieldOf(d.Report)
			for _, turn := range d.TurnsDue(ed.Regimes, cal, o.Period.To.AddDays(-40), o.Period.To.AddDays(120)) {
				if turn.Period.From == o.Period.From && turn.Period.To == o.Period.To {
					o.Duty, o.Due = d.Code, turn.Due
				}
			}
			named = d.Code == code
		}
	}
}

// typeOf is the report_types of the catalogue for a template's period.
func typeOf(length string, p civil.Period) string {
	years := p.To.Year() - p.From.Year() + 1
	switch {
	case windowsOf[length] != nil:
		return length
	case length == "years" && years >= 10:
		return "ten_year"
	case length == "years" && years == 5:
		return "five_year"
	case length == "years":
		return "term"
	}
	return "thematic"
}

// fieldOf is the report_fields of the catalogue for a duty's report.
func fieldOf(code string) string {
	switch code {
	case "unions":
		return "front"
	case "mobilisation", "democracy", "petition", "reform", "skilled", "front":
		return code
	}
	return "other"
}
