package web

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/report"
)

// filingPublicRoutes are the pages on which an office shows an issued report to everybody, and takes it back.
func (s *server) filingPublicRoutes() []route {
	return []route{
		{"GET /ky-bao-cao/{id}/cong-khai", access.ConfirmWork, onFiling, s.publicAsk},
		{"POST /ky-bao-cao/{id}/cong-khai", access.ConfirmWork, onFiling, s.publicDone},
		{"GET /ky-bao-cao/{id}/cong-khai/xem", access.ConfirmWork, onFiling, s.publicPreview},
	}
}

// publicView is the page on which a report is made public.
type publicView struct {
	Filing  *filing.Filing
	Scope   *scope
	Form    form
	Version *filing.Version     // that would be shown: the standing issue
	Last    *filing.Publication // nil: it was never shown
	Report  *report.Report      // as everybody would read it
	Copy    filing.Copy
	Words   []writtenWords
	Address string // where everybody reads it
}

// writtenWords are what the office wrote in one place: the program cannot look through them.
type writtenWords struct{ Title, Body string }

// showable reports whether the standing issue can be shown now.
func (v *publicView) showable() bool {
	return v.Version != nil && (!v.Last.Public() || v.Last.Version != v.Version.Number)
}

func (v *publicView) turn() int {
	if v.Last == nil {
		return 0
	}
	return v.Last.Turn
}

func (s *server) readPublic(r *http.Request) (*publicView, error) {
	ctx := r.Context()
	f, err := s.filingOf(r)
	if err != nil {
		return nil, err
	}
	v := &publicView{Filing: f, Form: newForm(), Address: s.Portal + "/cong/bao-cao/" + itoa(f.ID)}
	if v.Scope, err = s.filingScope(ctx, f); err != nil {
		return nil, err
	}
	if v.Last, err = filing.LastPublication(ctx, s.DB.Read(), f.ID); err != nil {
		return nil, err
	}
	if f.Standing == 0 {
		return v, nil
	}
	vs, err := filing.Versions(ctx, s.DB.Read(), f.ID)
	if err != nil {
		return nil, err
	}
	v.Version = &vs[f.Standing-1]
	if err := s.publicCopy(ctx, v); err != nil {
		return nil, err
	}
	t, err := s.Reports.Template(s.Catalog.EditionOn(f.Period.To), f.Template)
	if err != nil {
		return nil, err
	}
	for _, p := range t.Places() {
		if body := strings.TrimSpace(v.Version.Texts[p.Key]); body != "" {
			v.Words = append(v.Words, writtenWords{p.Title, body})
		}
	}
	return v, nil
}

// publicCopy makes what everybody would read of the standing issue.
func (s *server) publicCopy(ctx context.Context, v *publicView) error {
	issued, err := s.decodePrinted(ctx, s.DB.Read(), v.Filing.ID, v.Version.Number)
	if err != nil {
		return err
	}
	if v.Report, v.Copy.Closed, err = report.ForPublic(ctx, s.Figures, issued); err != nil || v.Copy.Closed == 0 {
		return err
	}
	var b bytes.Buffer
	if err := v.Report.JSON(&b); err != nil {
		return err
	}
	v.Copy.Content = b.Bytes()
	return nil
}

func (s *server) publicAsk(w http.ResponseWriter, r *http.Request) error {
	v, err := s.readPublic(r)
	if err != nil {
		return err
	}
	v.Form.Values.Set("luot", strconv.Itoa(v.turn()))
	if v.Version != nil {
		v.Form.Values.Set("ban", strconv.Itoa(v.Version.Number))
	}
	return s.showPublic(w, r, http.StatusOK, v)
}

func (s *server) showPublic(w http.ResponseWriter, r *http.Request, status int, v *publicView) error {
	p := page{Title: "Công khai báo cáo", Section: "ky-bao-cao"}
	if status != http.StatusOK {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, filingPublicPage(v))
}

func (s *server) publicDone(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v, err := s.readPublic(r)
	if err != nil {
		return err
	}
	if v.Form, err = postedForm(r); err != nil {
		return err
	}
	turn, err := strconv.Atoi(v.Form.get("luot"))
	if err != nil {
		return fault.New(fault.Invalid, "Biểu mẫu không đủ. Hãy tải lại trang rồi làm lại.")
	}
	back := v.Form.get("viec") == "thoi"
	switch {
	case back && strings.TrimSpace(v.Form.get("ly-do")) == "":
		v.Form.say("ly-do", "Hãy ghi lý do thôi công khai.")
	case !back && v.Version == nil:
		v.Form.say("", "Báo cáo chưa ban hành nên chưa công khai được.")
	case !back && v.Form.get("da-doc") == "":
		v.Form.say("da-doc", "Hãy đọc lại phần lời rồi đánh dấu đã đọc.")
	}
	if len(v.Form.Wrong) == 0 {
		err = s.onceFor(r, v.Form, func(tx *db.Tx) error { return s.turnPublic(ctx, tx, v, turn, back) })
		if said := sentence(err); said != "" {
			v.Form.say("", said)
		} else if err != nil {
			return err
		}
	}
	if len(v.Form.Wrong) > 0 {
		return s.showPublic(w, r, http.StatusBadRequest, v)
	}
	word := "cong-khai-bao-cao"
	if back {
		word = "thoi-cong-khai"
	}
	return seeOther(w, r, filingURL(v.Filing.ID)+"?xong="+word)
}

// turnPublic shows the report, or takes it back, by whoever may confirm the body's work now.
func (s *server) turnPublic(ctx context.Context, tx *db.Tx, v *publicView, turn int, back bool) error {
	who := viewer(ctx)
	if !who.May(access.ConfirmWork, v.Filing.Body) {
		return fault.New(fault.Denied, "Chỉ người có thẩm quyền ban hành của cơ quan công khai được báo cáo.")
	}
	if back {
		_, err := s.filings().Unpublish(ctx, tx, who.Login, v.Filing.ID, turn, v.Form.get("ly-do"))
		return err
	}
	version, err := strconv.Atoi(v.Form.get("ban"))
	if err != nil || version != v.Version.Number {
		return fault.New(fault.Conflict, "Báo cáo vừa có bản ban hành khác. Hãy tải lại trang, xem rồi công khai.")
	}
	p, err := s.filings().Publish(ctx, tx, who.Login, v.Filing.ID, version, turn, v.Copy)
	if err != nil {
		return err
	}
	return s.press().AskPublic(ctx, tx, p)
}

// publicPreview shows the report as everybody would read it.
func (s *server) publicPreview(w http.ResponseWriter, r *http.Request) error {
	v, err := s.readPublic(r)
	if err != nil {
		return err
	}
	if v.Report == nil {
		return fault.New(fault.NotFound, "Báo cáo chưa ban hành nên chưa có bản công khai để xem.")
	}
	rep := *v.Report
	rep.Notices = nil
	view := newReportView(v.Scope, &rep, s.Today())
	view.Printed, view.edition = true, s.Catalog.EditionOn(v.Filing.Period.To)
	p := page{Title: "Bản công khai: " + rep.Subject, Section: "ky-bao-cao", Scripts: []string{"figures.js"}}
	return s.render(w, r, http.StatusOK, p, filingPublicCopy(v, view))
}

// publicLine says how a report stands with the public.
func publicLine(p *filing.Publication, f *filing.Filing) string {
	switch {
	case !p.Public():
		return ""
	case f.Standing != p.Version:
		return "Đang công khai bản ban hành trước"
	}
	return "Đang công khai"
}
