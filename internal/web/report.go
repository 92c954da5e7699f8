package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/report"
)

// reportRoutes are the pages of reports.
func (s *server) reportRoutes() []route {
	return []route{
		{"GET /bao-cao", access.ReadWork, onScope, s.kept(s.reportList)},
		{"GET /bao-cao/{template}", access.ReadWork, onScope, s.besideAsked(s.kept(s.reportPage))},
		{"GET /bao-cao/{template}/tep", access.ReadWork, onScope, s.reportFile},
	}
}

// reportView is a report on its page: the model, the drawings, and which figures have a drawer beside the text.
type reportView struct {
	Scope   *scope
	Report  *report.Report
	Today   civil.Date
	charts  map[string]string
	drawer  map[int]bool
	placed  map[int]bool // figures whose place in the text has been named while the page is written
	first   int          // the drawer that is open when the page is
	edition *catalog.Edition
	Printed bool    // the figures stand as they were printed
	Beside  *beside // nil: nothing is set beside the report
	so, voi string  // what is, as it stands in the address
}

func (s *server) reportPage(w http.ResponseWriter, r *http.Request) error {
	return s.showReport(w, r, r.PathValue("template"))
}

func (s *server) showReport(w http.ResponseWriter, r *http.Request, template string) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	if err := s.fit(sc, template); err != nil {
		return err
	}
	if err := s.counted(r.Context(), sc); err != nil {
		return err
	}
	rep, err := s.build(r.Context(), template, sc)
	if err != nil {
		return err
	}
	v := newReportView(sc, rep, s.Today())
	v.edition = s.Catalog.EditionOn(sc.Period.To)
	v.Scope.Action = "/bao-cao/" + template
	v.so, v.voi = r.URL.Query().Get("so"), r.URL.Query().Get("voi")
	other, name, err := s.besideOf(r, sc, template)
	if err != nil {
		return err
	}
	if other != nil {
		if v.Beside, err = s.setBeside(r.Context(), sc, other, name, rep); err != nil {
			return err
		}
	}
	p := page{Title: rep.Subject, Section: "bao-cao", Scope: sc, Scripts: []string{"figures.js"}}
	return s.render(w, r, http.StatusOK, p, livingReport(v))
}

// besideAsked asks the right over a unit that the address sets beside the report's own, before a kept page is shown.
func (s *server) besideAsked(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if len(refsOf(r.URL.Query()["voi"])) > 0 {
			sc, err := s.readScope(r)
			if err != nil {
				return err
			}
			if _, _, err := s.besideOf(r, sc, r.PathValue("template")); err != nil {
				return err
			}
		}
		return h(w, r)
	}
}

// fit refuses a report for a unit that its template is not made for, and keeps such units out of the picker.
func (s *server) fit(sc *scope, template string) error {
	t, err := s.Reports.Template(s.Catalog.EditionOn(sc.Period.To), template)
	if err != nil {
		return err
	}
	sc.fits = func(u *org.Unit, day civil.Date) bool { return serves(t.Head.For, u, day) }
	if sc.fits(sc.Unit, sc.nameDay()) {
		return nil
	}
	return fault.Newf(fault.Invalid, "Mẫu “%s” không dùng cho %s; mẫu này dành cho %s. Hãy chọn đơn vị khác, hoặc mẫu khác ở trang Báo cáo.",
		t.Head.Name, lowerFirst(sc.UnitName), byNames(s.Catalog.EditionOn(sc.Period.To), t.Head.For))
}

// serves reports whether one of the classes names the unit as it was on the day.
func serves(classes []string, u *org.Unit, day civil.Date) bool {
	span := u.SpanOn(day)
	kind := span.Type
	if u.Form == org.Territory {
		kind = span.Level
	}
	return slices.ContainsFunc(classes, func(c string) bool { return catalog.ParseClass(c).Match(span.Level, kind) })
}

// reports keeps finished reports until a record is added: the same page asked for twice is built once.
type reports struct {
	mu   sync.Mutex
	leaf int64
	done map[string]*report.Report
}

func newReports() *reports { return &reports{done: map[string]*report.Report{}} }

func (s *server) build(ctx context.Context, template string, sc *scope) (*report.Report, error) {
	leaf, err := lastLeaf(ctx, s.DB.Read())
	if err != nil {
		return nil, err
	}
	key := strings.Join([]string{template, sc.UnitRef, sc.Period.From.String(), sc.Period.To.String(), sc.basisName(), string(sc.Status), sightMark(ctx)}, " ")
	if rep := s.built.get(leaf, key); rep != nil {
		return rep, nil
	}
	rep, err := s.Reports.Build(ctx, report.Request{Template: template, Unit: sc.UnitRef, From: sc.Period.From, To: sc.Period.To, Basis: sc.Basis, Status: sc.Status})
	if err != nil {
		return nil, err
	}
	s.built.put(leaf, key, rep)
	return rep, nil
}

func (b *reports) get(leaf int64, key string) *report.Report {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.leaf != leaf {
		return nil
	}
	return b.done[key]
}

func (b *reports) put(leaf int64, key string, rep *report.Report) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.leaf != leaf || len(b.done) > 50 {
		b.leaf, b.done = leaf, map[string]*report.Report{}
	}
	b.done[key] = rep
}

// reportFile sends the report as a document.
func (s *server) reportFile(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	rep, err := s.build(r.Context(), r.PathValue("template"), sc)
	if err != nil {
		return err
	}
	kind, ok := documentKinds[r.URL.Query().Get("dang")]
	if !ok {
		return fault.New(fault.Invalid, "Dạng tệp phải là docx, xlsx, html hoặc json.")
	}
	var b bytes.Buffer
	if err := kind.write(rep, &b); err != nil {
		return fmt.Errorf("write %s of report %s: %w", kind.ext, rep.Template, err)
	}
	w.Header().Set("Content-Type", kind.mime)
	name := fmt.Sprintf("%s_%s_%s_%s.%s", rep.Template, rep.Unit.Code, rep.Period.From, rep.Period.To, kind.ext)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	_, _ = w.Write(b.Bytes())
	return nil
}

func newReportView(sc *scope, rep *report.Report, today civil.Date) reportView {
	v := reportView{Scope: sc, Report: rep, Today: today, charts: map[string]string{}, drawer: map[int]bool{}, placed: map[int]bool{}, first: -1}
	for _, sec := range rep.Sections {
		for _, b := range sec.Blocks {
			v.collect(b)
		}
	}
	for _, f := range rep.Figures {
		if f.Ref == "F20" {
			v.first = f.Evidence
			v.drawer[f.Evidence] = true
		}
	}
	for i := range rep.Evidence {
		if v.first < 0 && v.drawer[i] {
			v.first = i
		}
	}
	for _, sec := range rep.Sections {
		for _, b := range sec.Blocks {
			if b.Kind != report.BlockChart {
				continue
			}
			v.charts[b.Chart.ID] = drawChart(b.Chart)
		}
	}
	return v
}

// collect marks the figures of running text; those of tables open their own page.
func (v reportView) collect(b report.Block) {
	for _, r := range b.Runs {
		if r.Evidence != report.NoEvidence {
			v.drawer[r.Evidence] = true
		}
	}
	for _, item := range b.Items {
		for _, r := range item {
			if r.Evidence != report.NoEvidence {
				v.drawer[r.Evidence] = true
			}
		}
	}
}

func drawerID(i int) string { return fmt.Sprintf("so-%d", i+1) }

// anchor names the first place of a figure in the text, where closing its drawer leads back to.
func (v reportView) anchor(i int) templ.Attributes {
	if !v.drawer[i] || v.placed[i] {
		return nil
	}
	v.placed[i] = true
	return templ.Attributes{"id": placeID(i)}
}

func placeID(i int) string { return fmt.Sprintf("cho-%d", i+1) }

// back is the figure's place in the text; a figure that only the summary holds has none.
func (v reportView) back(i int) templ.SafeURL {
	if v.placed[i] {
		return templ.SafeURL("#" + placeID(i))
	}
	return "#bao-cao"
}

// unitLine says in what a chart is drawn.
func unitLine(unit string) string {
	if unit == "" {
		return ""
	}
	return "Đơn vị tính: " + unit
}

// door is where a figure leads: its drawer, or its page where it has none.
func (v reportView) door(i int) templ.SafeURL {
	if v.drawer[i] {
		return templ.SafeURL("#" + drawerID(i))
	}
	return v.figureURL(v.Report.Evidence[i])
}

func (v reportView) figureURL(e report.Evidence) templ.SafeURL {
	return templ.SafeURL("/so-lieu/" + e.Indicator + v.evidenceQuery(e))
}

func (v reportView) recordsURL(e report.Evidence) templ.SafeURL {
	return templ.SafeURL("/so-lieu/" + e.Indicator + "/ghi-nhan" + v.evidenceQuery(e))
}

// cutOf is the last day of a cohort's later steps, where it is not the period's own.
func cutOf(e report.Evidence) string {
	if e.CutOff == e.To {
		return ""
	}
	return e.CutOff
}

func (v reportView) evidenceQuery(e report.Evidence) string {
	changes := []string{"don-vi", e.Unit, "tu", e.From, "den", e.To, cutField, cutOf(e)}
	label, isLabel := strings.CutPrefix(e.By, "label:")
	switch {
	case e.Row == "":
	case isLabel:
		changes = append(changes, labelPick, label+":"+e.Row)
	case e.By == "unit":
		changes = append(changes, "don-vi", e.Row)
	default:
		if p, err := civil.ParsePeriod(e.Row); err == nil {
			changes = append(changes, "tu", p.From.String(), "den", p.To.String())
		}
	}
	return v.Scope.query(changes...)
}

// formulaOf is the formula of a figure in words.
func (v reportView) formulaOf(e report.Evidence) string {
	if v.edition != nil {
		if ind := v.edition.Indicator(e.Indicator); ind != nil {
			return formulaWords(v.edition, ind)
		}
	}
	return e.Formula
}

// peekURL is where a script finds the parts and first entries of a figure.
func (v reportView) peekURL(e report.Evidence) templ.SafeURL {
	return templ.SafeURL("/so-lieu/" + e.Indicator + "/can-cu" + v.evidenceQuery(e))
}

func (v reportView) file(kind string) templ.SafeURL {
	return templ.SafeURL("/bao-cao/" + v.Report.Template + "/tep" + v.Scope.query("dang", kind))
}

func (v reportView) tally() string {
	return civil.FormatInt(int64(len(v.Report.Evidence))) + " số liệu, mở được từng ghi nhận"
}

func (v reportView) estimates() int {
	n := 0
	for _, e := range v.Report.Evidence {
		if e.Estimated {
			n++
		}
	}
	return n
}

// failed counts the checks that did not hold among all figures asked, printed or not.
func (v reportView) failed() int {
	n := 0
	for _, notice := range v.Report.Notices {
		if notice.Kind == "check" {
			n++
		}
	}
	return n
}

// noticeURL is the figure that a notice speaks of. A check may fail on a figure that the text only asks about; then
// its name, which opens the sentence, finds it.
func (v reportView) noticeURL(n report.Notice) templ.SafeURL {
	if n.Evidence != report.NoEvidence {
		return v.figureURL(v.Report.Evidence[n.Evidence])
	}
	if v.edition == nil {
		return ""
	}
	for _, ind := range v.edition.Indicators {
		if strings.HasPrefix(n.Text, upperFirst(ind.Name)+": ") {
			return templ.SafeURL("/so-lieu/" + ind.Code + v.Scope.query())
		}
	}
	return ""
}

func failedChecks(checks []report.Check) []report.Check {
	var out []report.Check
	for _, c := range checks {
		if !c.OK {
			out = append(out, c)
		}
	}
	return out
}

func heading(sec report.Section) string {
	if sec.Number == "" {
		return sec.Title
	}
	return sec.Number + " " + sec.Title
}

func numberLine(r *report.Report) string {
	if r.Format == report.Party {
		return "Số " + or(r.Letterhead.Number, "…") + "-" + r.Letterhead.Symbol
	}
	return "Số: " + or(r.Letterhead.Number, "…") + "/" + r.Letterhead.Symbol
}

func tableTitle(t *report.Table) string {
	title := t.Caption
	if t.Number > 0 {
		title = fmt.Sprintf("Bảng %d. %s", t.Number, title)
	}
	if t.Unit != "" {
		title += " (" + t.Unit + ")"
	}
	return title
}

func chartTitle(c *report.Chart) string {
	if c.Number == 0 {
		return c.Caption
	}
	return fmt.Sprintf("Biểu đồ %d. %s", c.Number, c.Caption)
}

func label(s report.ChartSeries, i int) string {
	if i >= len(s.Labels) || s.Labels[i] == "" {
		return "–"
	}
	return s.Labels[i]
}

func noticeName(kind string) string {
	switch kind {
	case "check":
		return "Kiểm tra"
	case "estimate":
		return "Số ước"
	case "break":
		return "Gãy chuỗi"
	case "missing":
		return "Chưa báo cáo"
	}
	return "Lưu ý"
}

func noticeClass(kind string) string {
	switch kind {
	case "check":
		return "late"
	case "estimate":
		return "est"
	case "missing":
		return "wait"
	}
	return "plain"
}

func recordsBehind(e report.Evidence) string {
	if e.Entries == 0 {
		return "Chưa có ghi nhận nào trong kỳ"
	}
	return civil.FormatInt(e.Entries) + " ghi nhận phía sau"
}

func joinRefs(refs []string) string { return strings.Join(refs, ", ") }

func viDay(iso string) string {
	d, err := civil.ParseDate(iso)
	if err != nil {
		return iso
	}
	return d.Vi()
}

func currentTrue(is bool) templ.Attributes {
	if !is {
		return nil
	}
	return templ.Attributes{"aria-current": "true"}
}
