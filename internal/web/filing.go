package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/filing"
	"danvan/internal/org"
	"danvan/internal/report"
)

// filingRoutes are the pages of the report cycle, on the unit's side: what is due, opened, written, filed, issued.
func (s *server) filingRoutes() []route {
	rows := []route{
		{"GET /ky-bao-cao", access.ReadWork, onScope, s.filingList},
		{"GET /ky-bao-cao/mo", access.RecordWork, onScope, s.filingChoose},
		{"POST /ky-bao-cao/mo", access.RecordWork, nil, s.filingOpen},
		{"GET /ky-bao-cao/{id}", access.ReadWork, onFiling, s.filingPage},
		{"GET /ky-bao-cao/{id}/soan", access.RecordWork, onFiling, s.filingWrite},
		{"POST /ky-bao-cao/{id}/soan", access.RecordWork, onFiling, s.filingSave},
		{"GET /ky-bao-cao/{id}/chen", access.RecordWork, onFiling, s.filingSlots},
		{"GET /ky-bao-cao/{id}/so-sanh", access.ReadWork, onFiling, s.filingVersions},
		{"GET /ky-bao-cao/{id}/tep", access.ReadWork, onFiling, s.filingFile},
		{"POST /ky-bao-cao/{id}/pdf", access.ReadWork, onFiling, s.askPDF},
	}
	for _, a := range filingActs() {
		rows = append(rows,
			route{"GET /ky-bao-cao/{id}/" + a.Word, a.Right, onFiling, s.filingActPage(a)},
			route{"POST /ky-bao-cao/{id}/" + a.Word, a.Right, onFiling, s.filingActPost(a)})
	}
	return rows
}

func filingURL(id int64) string { return "/ky-bao-cao/" + itoa(id) }

// owedReport is a report that a body owes for one turn of a duty, with what has become of it.
type owedReport struct {
	Duty     *catalog.Duty
	Turn     catalog.Turn
	Template *report.Template
	Unit     org.UnitID // what it is about
	UnitRef  string
	Body     org.UnitID
	BodyName string
	Filing   *filing.Filing // nil: not opened
	Left     int            // days until it is due
}

func (o owedReport) class() string { return dueLine{Left: o.Left}.class() }
func (o owedReport) says() string  { return dueLine{Left: o.Left}.says() }

// periodKey is how a form names the period: its code, or its days.
func periodKey(p civil.Period) string {
	if p.Code != "" {
		return p.Code
	}
	return p.From.String() + ".." + p.To.String()
}

// owedReports are the reports that a unit and its own bodies owe about now, the first due first.
func (s *server) owedReports(ctx context.Context, tree *org.Tree, unit *org.Unit) ([]owedReport, error) {
	today := s.Today()
	ed := s.Catalog.EditionOn(today)
	cal := ed.Calendar("vn")
	var out []owedReport
	for _, d := range ed.Duties {
		t := s.Reports.ForDuty(ed, d)
		if t == nil {
			continue
		}
		for _, turn := range d.TurnsDue(ed.Regimes, cal, today.AddDays(-lateDays), today.AddDays(2*soonDays)) {
			if turn.Period.From > today {
				continue
			}
			left := today.DaysUntil(turn.Due)
			for _, body := range ownBodies(tree, unit, today) {
				if about := reportUnit(tree, t, d, body, today); about != nil && recordsIn(body, turn.Period) {
					out = append(out, owedReport{Duty: d, Turn: turn, Template: t, Unit: about.ID, UnitRef: unitRef(tree, about, today),
						Body: body.ID, BodyName: tree.NameOn(body.ID, today), Left: left})
				}
			}
		}
	}
	if err := s.fillOwed(ctx, out); err != nil {
		return nil, err
	}
	slices.SortStableFunc(out, func(a, b owedReport) int {
		return cmp.Or(cmp.Compare(a.Turn.Due, b.Turn.Due), strings.Compare(a.Duty.Code, b.Duty.Code))
	})
	return out, nil
}

// fillOwed finds what has been opened of the reports that are owed.
func (s *server) fillOwed(ctx context.Context, owed []owedReport) error {
	for i := range owed {
		o := &owed[i]
		f, err := filing.Standing(ctx, s.DB.Read(), o.Unit, o.Template.Head.Code, o.Turn.Period.From, o.Turn.Period.To)
		if err != nil {
			return err
		}
		if f != nil && f.State != filing.Withdrawn {
			o.Filing = f
		}
	}
	return nil
}

// ownBodies are a unit and, for a territory, the bodies directly in it.
func ownBodies(tree *org.Tree, unit *org.Unit, day civil.Date) []*org.Unit {
	out := []*org.Unit{unit}
	if unit.Form == org.Territory {
		for _, id := range tree.Children(unit.ID, day, org.Body) {
			out = append(out, tree.Unit(id))
		}
	}
	return out
}

// recordsIn reports whether the unit stood and recorded in a period.
func recordsIn(u *org.Unit, p civil.Period) bool {
	return !u.NoData && u.DataFrom <= p.From && u.Opened <= p.To && u.Closed > p.From
}

// reportUnit is what the report that a body owes is about: the body itself where the template is made for it, else the
// territory that it belongs to; nil where the duty is not the body's, or the template fits neither.
func reportUnit(tree *org.Tree, t *report.Template, d *catalog.Duty, body *org.Unit, day civil.Date) *org.Unit {
	if !serves(d.By, body, day) {
		return nil
	}
	if serves(t.Head.For, body, day) {
		return body
	}
	if host := tree.Unit(body.SpanOn(day).Parent); body.Form == org.Body && host != nil && serves(t.Head.By, body, day) && serves(t.Head.For, host, day) {
		return host
	}
	return nil
}

// filingLine is a filing as lists show it.
type filingLine struct {
	*filing.Filing
	UnitName string
	Number   string // of the last issue
	Late     bool
}

// filingChip is the look of a filing's state.
func filingChip(f *filing.Filing) string {
	switch f.State {
	case filing.Open:
		return "wait"
	case filing.Returned:
		return "late"
	case filing.Accepted, filing.Issued:
		return "done"
	case filing.Withdrawn:
		return "plain"
	}
	return "info"
}

type filingsView struct {
	Scope  *scope
	Owed   []owedReport
	Lines  []filingLine
	State  filing.State
	Writes bool // the viewer may open reports of this unit
	Below  bool // there is a page of the units below
	Notice string
	Key    form
}

func (s *server) filingList(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	ctx, q := r.Context(), s.DB.Read()
	v := filingsView{Scope: sc, Notice: r.URL.Query().Get("xong"), State: filing.State(r.URL.Query().Get("trang-thai")), Key: newForm()}
	v.Writes = viewer(ctx).May(access.RecordWork, sc.Unit.ID) && s.has("POST /ky-bao-cao/mo")
	v.Below = s.has("GET /ky-bao-cao/cap-duoi") && len(sc.tree.Children(sc.Unit.ID, sc.nameDay(), org.Territory)) > 0
	if v.Owed, err = s.owedReports(ctx, sc.tree, sc.Unit); err != nil {
		return err
	}
	own := map[org.UnitID]bool{}
	for _, u := range ownBodies(sc.tree, sc.Unit, sc.nameDay()) {
		own[u.ID] = true
	}
	list, err := filing.List(ctx, q, filing.Query{Units: own, State: v.State})
	if err != nil {
		return err
	}
	for _, f := range list {
		v.Lines = append(v.Lines, filingLine{Filing: f, UnitName: sc.tree.NameOn(f.Unit, f.Period.To), Late: f.Late(s.Today())})
	}
	if err := s.numberLines(ctx, v.Lines); err != nil {
		return err
	}
	p := page{Title: "Kỳ báo cáo", Section: "ky-bao-cao", Scope: sc}
	return s.render(w, r, http.StatusOK, p, filingListPage(v))
}

// numberLines gives each line that was issued its document number.
func (s *server) numberLines(ctx context.Context, lines []filingLine) error {
	for i := range lines {
		if lines[i].Standing == 0 {
			continue
		}
		vs, err := filing.Versions(ctx, s.DB.Read(), lines[i].ID)
		if err != nil {
			return err
		}
		lines[i].Number = vs[lines[i].Standing-1].DocNumber
	}
	return nil
}

// filingStates are the choices of the list's filter.
var filingStates = []filing.State{filing.Open, filing.Filed, filing.Returned, filing.Accepted, filing.Issued, filing.Nil, filing.Withdrawn}

// filingScope is what the pages of a filing are about.
func (s *server) filingScope(ctx context.Context, f *filing.Filing) (*scope, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	basis, err := org.ParseBasis(f.Basis)
	if err != nil {
		return nil, err
	}
	sc := &scope{Action: filingURL(f.ID), Unit: tree.Unit(f.Unit), Period: f.Period, Basis: basis, Today: s.Today(), tree: tree,
		regimes: s.Catalog.EditionOn(f.Period.To).Regimes}
	sc.UnitRef = unitRef(tree, sc.Unit, f.Period.To)
	sc.UnitName = tree.NameOn(f.Unit, sc.nameDay())
	return sc, nil
}

// hiddenPrefix begins the sections that say why a block of the program is left out.
const hiddenPrefix = "an:"

// officeOf sorts what is kept by section into words and what is left out.
func officeOf(texts map[string]string, drafting bool) report.Office {
	o := report.Office{Texts: map[string]string{}, Hidden: map[string]string{}, Drafting: drafting}
	for section, body := range texts {
		if key, ok := strings.CutPrefix(section, hiddenPrefix); ok {
			if body != "" {
				o.Hidden[key] = body
			}
			continue
		}
		o.Texts[section] = body
	}
	return o
}

func bodies(texts map[string]filing.Text) map[string]string {
	out := map[string]string{}
	for section, t := range texts {
		out[section] = t.Body
	}
	return out
}
