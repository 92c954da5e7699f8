package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/figure"
	"danvan/internal/filing"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/report"
)

// checkView is what must be looked at before a report is filed, with what the office says of it.
type checkView struct {
	filed
	Scope    *scope
	Report   *report.Report
	Findings []explained
	Form     form
	Writes   bool // the viewer may explain
	Writing  bool // there is a page to write the report on
	Done     string
}

// explained is a finding with the office's explanation.
type explained struct {
	report.Finding
	Text   filing.Text
	Causes []changedEntry // entries behind it that the viewer may see
}

// explainPrefix marks the sections of a filing that explain a finding.
const explainPrefix = "kiem:"

// section is where the explanation of a finding is kept.
func (e explained) section() string { return explainPrefix + e.Key }

// control is the name of the finding's text in the form, saw that of the version which the writer saw.
func (e explained) control(i int) string { return "gt-" + strconv.Itoa(i) }

func (s *server) checkPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.checkView(r)
	if err != nil {
		return err
	}
	v.Form, v.Done = newForm(), r.URL.Query().Get("xong")
	for i, e := range v.Findings {
		v.Form.Values.Set(e.control(i), e.Text.Body)
	}
	return s.showChecks(w, r, v)
}

func (s *server) showChecks(w http.ResponseWriter, r *http.Request, v checkView) error {
	p, status := page{Title: "Kiểm tra: " + v.title(), Section: "ky-bao-cao"}, http.StatusOK
	if len(v.Form.Wrong) > 0 {
		p.Title, status = "Lỗi: "+p.Title, http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, p, checkDetail(v))
}

func (s *server) checkView(r *http.Request) (checkView, error) {
	var v checkView
	ctx := r.Context()
	f, err := s.filingOf(r)
	if err != nil {
		return v, err
	}
	if v.filed, err = s.filed(ctx, f); err != nil {
		return v, err
	}
	if v.Scope, err = s.scopeOf(f, v.tree); err != nil {
		return v, err
	}
	if v.Report, err = s.buildFor(ctx, f, v.Scope); err != nil {
		return v, err
	}
	v.Writes = f.State.Writable() && viewer(ctx).May(access.RecordWork, f.Body)
	v.Writing = s.has("GET /ky-bao-cao/{id}/soan")
	v.Findings, err = s.findings(ctx, v.filed, v.Report)
	return v, err
}

// buildFor builds the report of a filing from the records as they are now.
func (s *server) buildFor(ctx context.Context, f *filing.Filing, sc *scope) (*report.Report, error) {
	if f.Status == "" || f.Status == string(figure.All) {
		return s.build(ctx, f.Template, sc)
	}
	return s.Reports.Build(ctx, report.Request{Template: f.Template, Unit: sc.UnitRef, Period: f.Period, Basis: sc.Basis, Status: figure.Status(f.Status)})
}

// findings tests a filing's report and sets the office's explanations beside what is found. What was explained and is
// found no more is left out; it stays with the texts.
func (s *server) findings(ctx context.Context, f filed, rep *report.Report) ([]explained, error) {
	around, err := s.surroundings(ctx, f)
	if err != nil {
		return nil, err
	}
	list, err := s.Reports.Examine(ctx, rep, around)
	if err != nil {
		return nil, err
	}
	texts, err := filing.Texts(ctx, s.DB.Read(), f.ID)
	if err != nil {
		return nil, err
	}
	var out []explained
	for _, one := range list {
		e := explained{Finding: one}
		e.Text = texts[e.section()]
		for _, c := range one.Entries {
			e.Causes = append(e.Causes, s.shownCause(viewer(ctx), c, true))
		}
		out = append(out, e)
	}
	return out, nil
}

// unexplained counts the findings that must be explained and are not.
func unexplained(list []explained) int {
	n := 0
	for _, e := range list {
		if e.Must && strings.TrimSpace(e.Text.Body) == "" {
			n++
		}
	}
	return n
}

// surroundings are what the report itself does not know.
func (s *server) surroundings(ctx context.Context, f filed) (report.Surroundings, error) {
	var out report.Surroundings
	below, err := s.below(ctx, f.tree, f.Unit, f.Template, f.Period)
	if err != nil {
		return out, err
	}
	for _, b := range below {
		body := report.Body{Code: b.Ref, Name: b.Name, Filing: b.id()}
		switch {
		case b.Filing != nil && b.Filing.State == filing.Nil:
			out.Nil = append(out.Nil, body)
		case b.Filing == nil || !b.Filing.Handed():
			out.Unfiled = append(out.Unfiled, body)
		}
	}
	sc, err := s.scopeOf(f.Filing, f.tree)
	if err != nil {
		return out, err
	}
	under := unitsUnder(sc)
	all, err := s.Ledger.Count(ctx, s.DB.Read(), ledger.Filter{Units: under, From: f.Period.From, To: f.Period.To})
	if err != nil {
		return out, err
	}
	out.Entries = int64(all)
	if err := s.countWaiting(ctx, f, under, &out); err != nil {
		return out, err
	}
	out.Earlier, err = s.printedEarlier(ctx, f)
	return out, err
}

// countWaiting counts the entries of the period that nobody has confirmed, and those that were returned.
func (s *server) countWaiting(ctx context.Context, f filed, under []org.UnitID, out *report.Surroundings) error {
	waiting, err := s.Ledger.Waiting(ctx, s.DB.Read())
	if err != nil {
		return err
	}
	in := map[org.UnitID]bool{}
	for _, id := range under {
		in[id] = true
	}
	for _, w := range waiting {
		if w.Day < f.Period.From || w.Day > f.Period.To || len(under) > 0 && !in[w.Unit] {
			continue
		}
		out.Waiting++
		if w.Returned != nil {
			out.Returned++
		}
	}
	return nil
}

// The reports of a unit that are held against now: those printed in the year before, a few.
const mostEarlier = 4

// printedEarlier are the unit's reports that were printed before, the newest first, and of this one what was issued.
func (s *server) printedEarlier(ctx context.Context, f filed) ([]report.Earlier, error) {
	list, err := filing.List(ctx, s.DB.Read(), filing.Query{Unit: f.Unit, EndFrom: f.Period.To.AddYears(-1), EndTo: f.Period.To})
	if err != nil {
		return nil, err
	}
	var out []report.Earlier
	for _, one := range list {
		if one.Unit != f.Unit || len(out) == mostEarlier || one.ID == f.ID && f.Standing == 0 {
			continue
		}
		other, err := s.filed(ctx, one)
		if err != nil {
			return nil, err
		}
		v, ok := other.standing()
		if !ok {
			continue
		}
		rep, err := s.printingOf(ctx, s.DB.Read(), one.ID, v)
		if err != nil {
			return nil, err
		}
		moved, err := s.differences(ctx, rep, printedKey{filing: one.ID, version: v.Number})
		if err != nil {
			return nil, err
		}
		out = append(out, report.Earlier{Filing: one.ID, Name: other.title(), Report: rep, Moved: moved})
	}
	return out, nil
}

// standing is the printing of a filing that counts to the outside: what was issued last, else what was filed last while
// it is still filed.
func (f filed) standing() (filing.Version, bool) {
	for _, v := range f.printed() {
		if f.Standing != 0 && v.Number == f.Standing || f.Standing == 0 && f.State.Done() {
			return v, true
		}
	}
	return filing.Version{}, false
}

// checkExplain keeps explanations. Where another has written the same one in the meantime nothing is overwritten.
func (s *server) checkExplain(w http.ResponseWriter, r *http.Request) error {
	sent, err := postedForm(r)
	if err != nil {
		return err
	}
	v, err := s.checkView(r)
	if err != nil {
		return err
	}
	v.Form = sent
	ctx := r.Context()
	if !viewer(ctx).May(access.RecordWork, v.Body) {
		return fault.New(fault.Denied, outOfReach)
	}
	texts := sentExplanations(sent.Values)
	err = s.onceFor(r, v.Form, func(tx *db.Tx) error {
		for _, t := range texts {
			_, err := s.filings().Save(ctx, tx, viewer(ctx).Login, v.ID, t.Section, t.Body, t.Version)
			if clash := filing.ClashIn(err); clash != nil {
				return fault.Newf(fault.Conflict, "%s vừa lưu giải trình khác cho cùng một điều: “%s”. Hãy tải lại trang, ghép lại rồi lưu.", actorName(clash.Theirs.Actor), clash.Theirs.Body)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if say := sentence(err); say != "" {
		v.Form.say("", say)
		return s.showChecks(w, r, v)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, v.link("kiem")+"?xong=luu")
}

// sentExplanations are the texts of the form: the finding's key and the version that was seen come with each.
func sentExplanations(values url.Values) []filing.Text {
	var out []filing.Text
	for name := range values {
		n, isText := strings.CutPrefix(name, "gt-")
		key := values.Get("k-" + n)
		if !isText || key == "" {
			continue
		}
		seen, err := strconv.Atoi(or(values.Get("v-"+n), "0"))
		if err != nil {
			continue
		}
		out = append(out, filing.Text{Section: explainPrefix + key, Version: seen, Body: strings.TrimSpace(values.Get(name))})
	}
	slices.SortFunc(out, func(a, b filing.Text) int { return strings.Compare(a.Section, b.Section) })
	return out
}

// links are where a finding leads: the figure, that of the year before, the filing, the entries.
func (e explained) links(v checkView) []option {
	var out []option
	add := func(name, to string) { out = append(out, option{Value: to, Name: name}) }
	if e.Ask.Indicator != "" {
		add("Mở số", askedURL(v.Scope, e.Ask))
	}
	if e.Against.Indicator != "" {
		add("Số cùng kỳ trước", askedURL(v.Scope, e.Against))
	}
	if e.Filing != 0 {
		add("Khác so với bản in", fmt.Sprintf("/ky-bao-cao/%d/khac", e.Filing))
	}
	switch e.Kind {
	case report.FindingUnfiled, report.FindingNil:
		add("Xem các đơn vị", "/ky-bao-cao/cap-duoi"+v.Scope.query("mau", v.Template))
	case report.FindingUnconfirmed:
		add("Mở sổ việc", "/ghi-nhan"+v.Scope.query("trang-thai", string(ledger.Recorded)))
	case report.FindingReturned:
		add("Mở sổ việc", "/ghi-nhan"+v.Scope.query())
	}
	return out
}

// askedURL opens the figure that a question asks for.
func askedURL(sc *scope, q figure.Query) string {
	changes := []string{"don-vi", q.Unit, "tu", q.Period.From.String(), "den", q.Period.To.String()}
	if q.CutOff != 0 && q.CutOff != q.Period.To {
		changes = append(changes, cutField, q.CutOff.String())
	}
	return "/so-lieu/" + q.Indicator + sc.query(changes...)
}

// names are the units that a finding names.
func (e explained) names(v checkView) []string {
	var out []string
	for _, code := range e.Units {
		if u, err := v.tree.Resolve(code, org.AsThen(), v.Period.To); err == nil {
			out = append(out, v.tree.NameOn(u.ID, v.Period.To))
		}
	}
	return out
}

var findingNames = map[report.FindingKind]string{
	report.FindingCheck: "Không khớp", report.FindingRatio: "Tỷ lệ", report.FindingJump: "Tăng, giảm lớn", report.FindingVanished: "Không còn số",
	report.FindingUnrecorded: "Chưa ghi", report.FindingUnfiled: "Chưa nộp", report.FindingNil: "Không phát sinh", report.FindingUnconfirmed: "Chưa xác nhận",
	report.FindingReturned: "Bị trả lại", report.FindingChanged: "Đã in khác", report.FindingEstimate: "Số ước",
}

// has says whether there are findings of a weight.
func (v checkView) has(must bool) bool {
	return slices.ContainsFunc(v.Findings, func(e explained) bool { return e.Must == must })
}

func findingClass(e explained) string {
	switch {
	case e.Kind == report.FindingEstimate:
		return "est"
	case e.Must:
		return "late"
	}
	return "wait"
}

// tally says how many findings there are of each weight.
func (v checkView) tally() string {
	must := 0
	for _, e := range v.Findings {
		if e.Must {
			must++
		}
	}
	if len(v.Findings) == 0 {
		return "Không có điều gì cần giải trình hay xem lại."
	}
	return joinCounts(count(must, "điều phải giải trình"), count(len(v.Findings)-must, "điều cần xem lại"), count(unexplained(v.Findings), "chưa giải trình")) + "."
}

// belowUnit is a unit whose report goes up to the page's unit.
type belowUnit struct {
	Unit   *org.Unit
	Ref    string
	Name   string
	Filing *filing.Filing // nil: not opened
}

func (b belowUnit) id() int64 {
	if b.Filing == nil {
		return 0
	}
	return b.Filing.ID
}

// below are the units directly below one that owe a report by the template, on the last day of the period, with their
// filings: territories first, then the unit's own bodies.
func (s *server) below(ctx context.Context, tree *org.Tree, unit org.UnitID, template string, p civil.Period) ([]belowUnit, error) {
	t, err := s.Reports.Template(s.Catalog.EditionOn(p.To), template)
	if err != nil {
		return nil, err
	}
	list, err := filing.List(ctx, s.DB.Read(), filing.Query{Template: template, From: p.From, To: p.To})
	if err != nil {
		return nil, err
	}
	byUnit := map[org.UnitID]*filing.Filing{}
	for _, f := range list {
		byUnit[f.Unit] = f
	}
	var out []belowUnit
	for _, form := range []string{org.Territory, org.Body} {
		for _, id := range tree.Children(unit, p.To, form) {
			u := tree.Unit(id)
			if u.NoData || !serves(t.Head.For, u, p.To) {
				continue
			}
			out = append(out, belowUnit{Unit: u, Ref: unitRef(tree, u, p.To), Name: tree.NameOn(id, p.To), Filing: byUnit[id]})
		}
	}
	return out, nil
}
