package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/report"
)

// filingView is one filing: the report as it stands or as it was printed, what can be done, and its history.
type filingView struct {
	reportView
	Filing   *filing.Filing
	Versions []filing.Version
	Shown    *filing.Version // printed version that is shown, nil for the report as it stands now
	Acts     []filingAct     // that the viewer may do now
	Writes   bool
	Notice   string
	Remark   string // of a return that is still to be answered
	DutyName string
	Seal     *sealLine
	Closed   bool                // of a printed version the viewer may not see all: its hash would tell what the rest is
	Judges   bool                // the viewer accepts or returns it
	Moved    int                 // figures that are others than they were printed
	Public   *filing.Publication // the last turn of showing it to everybody, nil for none
	Shows    bool                // the viewer may show it to everybody, or take it back
}

// latestPrinted is the newest version that was printed, nil for none.
func latestPrinted(vs []filing.Version) *filing.Version {
	for i := range slices.Backward(vs) {
		if vs[i].HasContent {
			return &vs[i]
		}
	}
	return nil
}

// shownVersion is the version that the address asks for (lan=3), or the one that stands: of a report that is being
// written none, else the last that was printed.
func shownVersion(r *http.Request, f *filing.Filing, vs []filing.Version) (*filing.Version, error) {
	if text := r.URL.Query().Get("lan"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > len(vs) || !vs[n-1].HasContent {
			return nil, fault.New(fault.NotFound, "Lần này không có bản in được giữ lại. Hãy chọn trong lịch sử của kỳ báo cáo.")
		}
		return &vs[n-1], nil
	}
	if f.State.Writable() {
		return nil, nil
	}
	return latestPrinted(vs), nil
}

// asPrinted reads a report as it was printed.
func (s *server) asPrinted(ctx context.Context, id int64, version int) (*report.Report, error) {
	content, err := filing.Content(ctx, s.DB.Read(), id, version)
	if err != nil {
		return nil, err
	}
	rep := &report.Report{}
	if err := json.Unmarshal(content, rep); err != nil {
		return nil, fmt.Errorf("read printed report %d/%d: %w", id, version, err)
	}
	return s.shownTo(ctx, rep)
}

func (s *server) filingPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := s.filingOf(r)
	if err != nil {
		return err
	}
	if err := s.lookAt(ctx, f); err != nil {
		return err
	}
	v := filingView{Filing: f, Notice: r.URL.Query().Get("xong")}
	if v.Versions, err = filing.Versions(ctx, s.DB.Read(), f.ID); err != nil {
		return err
	}
	if v.Shown, err = shownVersion(r, f, v.Versions); err != nil {
		return err
	}
	if err := s.fillFiling(ctx, &v); err != nil {
		return err
	}
	p := page{Title: v.Report.Subject, Section: "ky-bao-cao", Scripts: []string{"figures.js"}}
	return s.render(w, r, http.StatusOK, p, filingReadPage(v))
}

func (s *server) fillFiling(ctx context.Context, v *filingView) error {
	f := v.Filing
	sc, err := s.filingScope(ctx, f)
	if err != nil {
		return err
	}
	var rep *report.Report
	if v.Shown != nil {
		rep, err = s.asPrinted(ctx, f.ID, v.Shown.Number)
	} else {
		rep, err = s.standingReport(ctx, f)
	}
	if err != nil {
		return err
	}
	v.reportView = newReportView(sc, rep, s.Today())
	v.Printed, v.edition = v.Shown != nil, s.Catalog.EditionOn(f.Period.To)
	if f.State == filing.Returned {
		v.Remark = v.Versions[len(v.Versions)-1].Remark
	}
	for _, d := range v.edition.Duties {
		if d.Code == f.Duty {
			v.DutyName = d.Name
		}
	}
	who := viewer(ctx)
	v.Judges = f.State.Done() && !f.Accepted && who.May(access.ConfirmWork, superior(sc.tree, f)) && superior(sc.tree, f) != 0
	if v.Shown != nil {
		if v.Moved, err = s.movedSince(ctx, f); err != nil {
			return err
		}
	}
	v.Writes = who.May(access.RecordWork, f.Body) && f.State.Writable()
	for _, a := range filingActs() {
		if who.May(a.Right, f.Body) && a.fits(f) {
			v.Acts = append(v.Acts, a)
		}
	}
	if v.Public, err = filing.LastPublication(ctx, s.DB.Read(), f.ID); err != nil {
		return err
	}
	v.Shows = who.May(access.ConfirmWork, f.Body) && (f.Standing != 0 || v.Public.Public())
	if v.Closed, err = s.anyClosed(ctx, f.ID, v.Versions); err != nil {
		return err
	}
	if v.Shown != nil && !v.Closed {
		if v.Seal, err = s.sealOf(ctx, v.Shown); err != nil {
			return err
		}
	}
	return nil
}

// standingReport is the report as it stands now: today's figures with what the office has written.
func (s *server) standingReport(ctx context.Context, f *filing.Filing) (*report.Report, error) {
	texts, err := filing.Texts(ctx, s.DB.Read(), f.ID)
	if err != nil {
		return nil, err
	}
	return s.draftReport(ctx, f, bodies(texts), false)
}

// lookAt marks that the superior has seen what was filed: whoever confirms the work of the unit above.
func (s *server) lookAt(ctx context.Context, f *filing.Filing) error {
	if f.State != filing.Filed && f.State != filing.Nil || !f.Seen.IsZero() {
		return nil
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	above := superior(tree, f)
	if above == 0 || !viewer(ctx).May(access.ConfirmWork, above) {
		return nil
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return s.filings().Look(ctx, tx, f.ID) })
}

// versionsView sets two versions of a filing side by side.
type versionsView struct {
	Filing   *filing.Filing
	Scope    *scope
	Versions []filing.Version
	A, B     *filing.Version
	Texts    []textPair
	Figures  []figurePair
}

type textPair struct{ Title, A, B string }

func (p textPair) same() bool { return p.A == p.B }

type figurePair struct{ Name, Where, A, B string }

func (s *server) filingVersions(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	f, err := s.filingOf(r)
	if err != nil {
		return err
	}
	v := versionsView{Filing: f}
	if v.Scope, err = s.filingScope(ctx, f); err != nil {
		return err
	}
	if v.Versions, err = filing.Versions(ctx, s.DB.Read(), f.ID); err != nil {
		return err
	}
	v.choose(r.URL.Query().Get("lan"), r.URL.Query().Get("voi"))
	if v.A != nil && v.B != nil {
		t, err := s.Reports.Template(s.Catalog.EditionOn(f.Period.To), f.Template)
		if err != nil {
			return err
		}
		v.texts(t.Places())
		if err := s.pairFigures(ctx, &v); err != nil {
			return err
		}
	}
	p := page{Title: "So sánh các lần của báo cáo", Section: "ky-bao-cao"}
	return s.render(w, r, http.StatusOK, p, filingVersionsPage(v))
}

// choose takes the two versions of the address, or the last two.
func (v *versionsView) choose(a, b string) {
	pick := func(text string, otherwise int) *filing.Version {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > len(v.Versions) {
			n = otherwise
		}
		if n < 1 {
			return nil
		}
		return &v.Versions[n-1]
	}
	v.A, v.B = pick(a, len(v.Versions)-1), pick(b, len(v.Versions))
}

func (v *versionsView) texts(places []report.Place) {
	add := func(title, section string) {
		if p := (textPair{title, v.A.Texts[section], v.B.Texts[section]}); p.A != "" || p.B != "" {
			v.Texts = append(v.Texts, p)
		}
	}
	for _, p := range places {
		add(p.Title, p.Key)
	}
	var hidden []string
	for section := range v.A.Texts {
		hidden = append(hidden, section)
	}
	for section := range v.B.Texts {
		hidden = append(hidden, section)
	}
	slices.Sort(hidden)
	for _, section := range slices.Compact(hidden) {
		if key, ok := strings.CutPrefix(section, hiddenPrefix); ok {
			add("Đoạn tự sinh được ẩn: "+key, section)
		}
	}
}

// pairFigures finds the figures that the two printed reports say differently.
func (s *server) pairFigures(ctx context.Context, v *versionsView) error {
	if !v.A.HasContent || !v.B.HasContent {
		return nil
	}
	a, err := s.asPrinted(ctx, v.Filing.ID, v.A.Number)
	if err != nil {
		return err
	}
	b, err := s.asPrinted(ctx, v.Filing.ID, v.B.Number)
	if err != nil {
		return err
	}
	was := map[string]report.Evidence{}
	for _, e := range a.Evidence {
		was[e.Key] = e
	}
	for _, e := range b.Evidence {
		before, ok := was[e.Key]
		if ok && before.Exact == e.Exact {
			continue
		}
		v.Figures = append(v.Figures, figurePair{upperFirst(e.Name), e.UnitName + ", " + viDay(e.From) + "–" + viDay(e.To), or(before.Exact, "–"), or(e.Exact, "–")})
	}
	return nil
}

// versionName is a version in a list of choices.
func versionName(v filing.Version) string {
	return strconv.Itoa(v.Number) + ". " + filing.ActName(v.Act) + ", " + momentText(v.At)
}

// issuedLine is what an issued version says of itself.
func issuedLine(v *filing.Version) string {
	return "Số " + v.DocNumber + " ngày " + v.SignedOn.Vi() + ", " + v.SignerPost + " " + v.Signer
}

func dueText(f *filing.Filing, today civil.Date) string {
	switch {
	case f.Due == 0:
		return "Không có hạn trong danh mục"
	case f.Late(today) && f.FiledOn != 0:
		return "Hạn " + f.Due.Vi() + ", nộp muộn " + count(f.Due.DaysUntil(f.FiledOn), "ngày")
	case f.Late(today):
		return "Hạn " + f.Due.Vi() + ", đã quá " + count(f.Due.DaysUntil(today), "ngày")
	}
	return "Hạn " + f.Due.Vi()
}

func statusWords(status string) string {
	if status == "confirmed" {
		return "chỉ ghi nhận đã xác nhận"
	}
	return "mọi ghi nhận"
}
