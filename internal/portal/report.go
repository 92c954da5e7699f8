package portal

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/org"
	"danvan/internal/press"
	"danvan/internal/report"
)

// reportRoutes are the issued reports that their offices have shown to everybody, and where their seals are checked.
func (p *portal) reportRoutes() []route {
	return []route{
		{"GET /bao-cao", p.keep(p.reports, "xa", "loai", "nam")},
		{"GET /bao-cao/{id}", p.keep(p.reportPage)},
		{"GET /bao-cao/{id}/tep/{form}", p.reportFile},
		{"GET /bao-cao/kiem-tra", p.keep(p.sealAsk)},
		{"POST /bao-cao/kiem-tra", p.sealAsked},
		{"GET /bao-cao/kiem-tra/{hash}", p.sealAnswer},
	}
}

// reportLine is a public report as lists show it.
type reportLine struct {
	*filing.Shown
	Unit string // what it is about, as it was called then
	Body string // who issued it
	Kind string
}

// reportsView is the list of public reports.
type reportsView struct {
	communeAsk
	Kinds []option
	Years []option
	Lines []reportLine
	All   int // before the choice
}

func (p *portal) reports(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	ask, err := p.askCommune(r)
	if err != nil {
		return err
	}
	v := &reportsView{communeAsk: ask}
	all, err := p.shownReports(ctx)
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	v.All = len(all)
	kinds, years := map[string]string{}, map[int]bool{}
	for _, l := range all {
		kinds[l.Type], years[l.Period.To.Year()] = l.Kind, true
		if v.Commune.ID != 0 && nowOf(tree, l.Filing.Unit, p.Today()) != v.Commune.ID ||
			q.Get("loai") != "" && l.Type != q.Get("loai") || q.Get("nam") != "" && strconv.Itoa(l.Period.To.Year()) != q.Get("nam") {
			continue
		}
		v.Lines = append(v.Lines, l)
	}
	v.form.Values.Set("loai", q.Get("loai"))
	v.form.Values.Set("nam", q.Get("nam"))
	v.Kinds = []option{{Name: say(ctx, "Mọi loại", "All kinds")}}
	for _, code := range slices.Sorted(maps.Keys(kinds)) {
		v.Kinds = append(v.Kinds, option{Value: code, Name: kinds[code]})
	}
	v.Years = []option{{Name: say(ctx, "Mọi năm", "All years")}}
	for _, y := range slices.Backward(slices.Sorted(maps.Keys(years))) {
		v.Years = append(v.Years, option{Value: strconv.Itoa(y), Name: strconv.Itoa(y)})
	}
	head := page{Title: say(ctx, "Báo cáo đã ban hành", "Issued reports"), Section: "so-lieu", Styles: []string{"paper.css"},
		About: say(ctx, "Báo cáo mà cơ quan ban hành và công khai, kèm niêm phong để ai cũng kiểm tra được.", "Reports that bodies issued and made public, with seals that anybody can check.")}
	return p.render(w, r, http.StatusOK, head, reportsBody(v))
}

// shownReports are all public reports, the newest signed first.
func (p *portal) shownReports(ctx context.Context) ([]reportLine, error) {
	var all []*filing.Shown
	err := p.DB.View(ctx, func(q db.Querier) (err error) {
		all, err = filing.AllShown(ctx, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return nil, err
	}
	var out []reportLine
	for _, s := range all {
		if s.State != filing.Withdrawn {
			out = append(out, p.reportLine(ctx, tree, s))
		}
	}
	return out, nil
}

func (p *portal) reportLine(ctx context.Context, tree *org.Tree, s *filing.Shown) reportLine {
	return reportLine{Shown: s, Unit: tree.NameOn(s.Filing.Unit, s.Period.To), Body: tree.NameOn(s.Body, s.Period.To), Kind: p.reportKind(ctx, s.Type)}
}

// reportKind is a type of report in words.
func (p *portal) reportKind(ctx context.Context, code string) string {
	english := map[string]string{"month": "Monthly", "quarter": "Quarterly", "half": "Half-yearly", "nine_months": "Nine months", "year": "Yearly", "five_year": "Five years", "ten_year": "Ten years"}
	if name := english[code]; name != "" && languageOf(ctx) == English {
		return name
	}
	if name := choiceName(p.Catalog.Latest().Kind("report_filed"), "type", code); name != "" {
		return name
	}
	return say(ctx, "Báo cáo", "Report")
}

// reportView is a public report on its page.
type reportView struct {
	reportLine
	Report *report.Report
	Place  string // of its seal in the log
	PDF    bool   // there is one
	charts map[string]string
	links  map[int]string // to the open figures, by evidence
}

// public finds a report that everybody may read.
func (p *portal) public(r *http.Request) (*filing.Shown, error) {
	id, err := pathNumber(r, "id")
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	var out *filing.Shown
	err = p.DB.View(ctx, func(q db.Querier) (err error) {
		out, err = filing.ShownAs(ctx, q, id)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case out == nil:
		return nil, fault.New(fault.NotFound, "Không có báo cáo công khai ở địa chỉ này: cơ quan chưa công khai, hoặc đã thôi công khai. Hãy chọn trong danh sách báo cáo.")
	case out.State == filing.Withdrawn:
		return nil, fault.New(fault.NotFound, "Cơ quan đã thu hồi báo cáo này. Hãy chọn báo cáo khác trong danh sách.")
	}
	return out, nil
}

func (p *portal) reportPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, err := p.public(r)
	if err != nil {
		return err
	}
	tree, err := p.Tree(ctx)
	if err != nil {
		return err
	}
	v := &reportView{reportLine: p.reportLine(ctx, tree, s), charts: map[string]string{}, links: map[int]string{}}
	if v.Report, err = p.Press.Public(ctx, s.Publication); err != nil {
		return err
	}
	state, err := p.Press.PublicPDF(ctx, s.Publication)
	if err != nil {
		return err
	}
	v.PDF, v.Place = state == press.Ready, sealPlace(ctx, v.Report.Seal)
	for _, sec := range v.Report.Sections {
		for _, b := range sec.Blocks {
			if b.Kind == report.BlockChart {
				v.charts[b.Chart.ID] = b.Chart.SVG()
			}
		}
	}
	for i, e := range v.Report.Evidence {
		v.links[i] = p.openAddress(ctx, e)
	}
	head := page{Title: v.Report.Subject, Section: "so-lieu", Styles: []string{"draw.css", "paper.css"}, About: v.Body + ", " + s.Number}
	return p.render(w, r, http.StatusOK, head, reportBody(v))
}

func sealPlace(ctx context.Context, s *report.Seal) string {
	if s.Index < 0 {
		return fmt.Sprintf(say(ctx, "Bút tích %d, đang chờ xếp vào sổ", "Record %d, waiting for its line in the log"), s.Leaf)
	}
	return fmt.Sprintf(say(ctx, "Dòng %s của sổ, bút tích số %d", "Line %s of the log, record %d"), civil.FormatInt(s.Index), s.Leaf)
}

// openAddress is where a report's figure stands among the open figures, empty where it does not.
func (p *portal) openAddress(ctx context.Context, e report.Evidence) string {
	from, err := civil.ParseDate(e.From)
	if err != nil || e.Value == nil {
		return ""
	}
	to, err := civil.ParseDate(e.To)
	if err != nil || from.Year() != to.Year() || p.Catalog.EditionOn(p.Today()).OpenFigure(e.Indicator) == nil {
		return ""
	}
	q := url.Values{"nam": {strconv.Itoa(to.Year())}}
	if n := (from.Month() + 2) / 3; n == (to.Month()+2)/3 {
		q.Set("quy", strconv.Itoa(n))
	}
	return at(ctx, "/so-lieu/"+e.Indicator+"?"+q.Encode())
}

// reportForms are the documents of a public report.
var reportForms = map[string]string{
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"pdf":  "application/pdf",
}

func (p *portal) reportFile(w http.ResponseWriter, r *http.Request) error {
	s, err := p.public(r)
	if err != nil {
		return err
	}
	form := r.PathValue("form")
	if reportForms[form] == "" {
		return fault.New(fault.NotFound, "Báo cáo công khai có tệp DOCX và PDF. Hãy tải ở trang của báo cáo.")
	}
	if form == "pdf" {
		state, err := p.Press.PublicPDF(r.Context(), s.Publication)
		if err != nil {
			return err
		}
		if state != press.Ready {
			return fault.New(fault.NotFound, "Bản PDF của báo cáo này chưa có. Hãy tải tệp DOCX.")
		}
	}
	body, err := p.Press.PublicDocument(r.Context(), s.Publication, form)
	if err != nil {
		return err
	}
	openFile(w, reportForms[form], fmt.Sprintf("bao-cao-%d-%s.%s", s.Filing.ID, s.Period.From, form), body)
	return nil
}

// logLine is the line of the log of an act, -1 while it waits for one.
func (p *portal) logLine(ctx context.Context, leaf int64) (int64, error) {
	row, err := audit.Read(ctx, p.DB.Read(), leaf)
	return row.Index, err
}
