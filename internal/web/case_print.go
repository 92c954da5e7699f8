package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/petition"
	"danvan/internal/report"
)

// casePaperRoutes are the papers that are printed from a case.
func (s *server) casePaperRoutes() []route {
	return []route{
		{"GET /don-thu/{id}/in/{mau}", access.ReadLetters, onEntry, s.casePaperPage},
		{"POST /don-thu/{id}/in/{mau}", access.SeeSender, onEntry, s.casePaperNamed},
	}
}

// casePaper is a paper as it is printed: on a page and as a Word file. Number, signature and what only people know are
// left to be written in.
type casePaper struct {
	report.Report // letterhead, title, recipients, signature; it has no figures
	Code, Name    string
	To            string // Kính gửi
	Parts         []paperPart
	of            *caseView
	Form          form
	MayName       bool // the viewer may have the sender's name printed, which is a look
}

// paperPart is one section of a paper.
type paperPart struct {
	Title string
	Lines []string
	Facts []caseFact
	Table *paperTable
	Dots  int // lines left to be written in
}

// paperTable is a small table of texts.
type paperTable struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// paperForm is a kind of paper: when it fits, and what stands in it.
type paperForm struct {
	Code, Name, Title, Symbol string
	fits                      func(v *caseView) bool
	write                     func(s *server, p *casePaper, v *caseView, office string)
}

// caseForms are all papers, in the order of a case's course.
func caseForms() []paperForm {
	sent := func(v *caseView) bool { return v.transferStep() != nil }
	return []paperForm{
		{"de-xuat", "Phiếu đề xuất xử lý đơn", "PHIẾU ĐỀ XUẤT XỬ LÝ ĐƠN", "PĐX", func(v *caseView) bool { return true }, writeProposal},
		{"to-trinh", "Tờ trình giải quyết", "TỜ TRÌNH", "TTr", func(v *caseView) bool { return v.Class != "mixed" }, writeSubmission},
		{"phieu-chuyen", "Phiếu chuyển đơn", "PHIẾU CHUYỂN ĐƠN", "PC", sent, writeTransfer},
		{"bao-chuyen", "Thông báo chuyển đơn cho người gửi", "THÔNG BÁO", "TB", sent, writeTransferNotice},
	}
}

// paperLinks are the papers that may be printed of a case now.
func (v *caseView) paperLinks() []paperForm {
	return slices.DeleteFunc(caseForms(), func(f paperForm) bool { return !f.fits(v) })
}

// transferStep is the step by which the case went to another body, nil where it did not.
func (v *caseView) transferStep() *petition.Step {
	if i := slices.IndexFunc(v.Steps, func(x petition.Step) bool { return x.Act == "transferred" }); i >= 0 {
		return &v.Steps[i]
	}
	return nil
}

func (s *server) casePaperOf(r *http.Request) (*casePaper, error) {
	v, err := s.caseView(r)
	if err != nil {
		return nil, err
	}
	if !v.Shown {
		return nil, fault.New(fault.Denied, unread)
	}
	i := slices.IndexFunc(caseForms(), func(f paperForm) bool { return f.Code == r.PathValue("mau") })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "Không có mẫu văn bản này. Hãy chọn mẫu ở trang hồ sơ.")
	}
	f := caseForms()[i]
	if !f.fits(v) {
		return nil, fault.New(fault.Conflict, f.Name+" chỉ in được khi hồ sơ có bước tương ứng. Hãy ghi bước ấy rồi in.")
	}
	if err := s.caseBeside(r.Context(), v); err != nil {
		return nil, err
	}
	if v.Whole != nil { // what a part is about stands in its letter
		whole, err := s.Ledger.Entry(r.Context(), s.DB.Read(), v.Whole.ID)
		if err != nil {
			return nil, err
		}
		if v.Content, err = s.contentPart(r.Context(), s.DB.Read(), whole); err != nil {
			return nil, err
		}
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return nil, err
	}
	p := &casePaper{Code: f.Code, Name: f.Name, of: v, Form: newForm()}
	p.Title = f.Title
	office := s.paperHead(p, tree, tree.Unit(v.Case.Unit), f.Symbol)
	f.write(s, p, v, office)
	p.MayName = f.Code == "bao-chuyen" && v.Asks && !v.Content.Secret
	return p, nil
}

func (s *server) casePaperPage(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	p, err := s.casePaperOf(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	switch r.URL.Query().Get("dang") {
	case "":
		return s.showPaper(w, r, http.StatusOK, p)
	case "docx":
		return s.sendCasePaper(w, p)
	}
	return fault.New(fault.Invalid, "Văn bản này chỉ tải được dạng docx.")
}

func (s *server) showPaper(w http.ResponseWriter, r *http.Request, status int, p *casePaper) error {
	title := p.Name + ": " + lowerFirst(p.of.title())
	if len(p.Form.Wrong) > 0 {
		title, status = "Lỗi: "+lowerFirst(title), wrongStatus(status)
	}
	return s.render(w, r, status, page{Title: title, Section: "don-thu"}, casePaperDetail(p))
}

func (s *server) sendCasePaper(w http.ResponseWriter, p *casePaper) error {
	var b bytes.Buffer
	if err := p.docx(&b, markOf(s.Demo)); err != nil {
		return fmt.Errorf("write %s of case %d: %w", p.Code, p.of.Case.Entry, err)
	}
	w.Header().Set("Content-Type", documentKinds["docx"].mime)
	w.Header().Set("Content-Disposition", attachmentNamed(p.Code+"-"+or(p.of.Code, itoa(p.of.Case.Entry))+".docx"))
	_, err := w.Write(b.Bytes())
	return err
}

// casePaperNamed prints the paper with the sender's name and address: a look like any other, with its ground.
func (s *server) casePaperNamed(w http.ResponseWriter, r *http.Request) error {
	unkept(w)
	p, err := s.casePaperOf(r)
	if err != nil {
		return s.caseRefused(w, r, err)
	}
	if p.Form, err = s.sealedForm(w, r); err != nil {
		return err
	}
	if !p.MayName {
		return fault.New(fault.NotFound, "Văn bản này không in tên người gửi. Hãy mở lại từ trang của đơn.")
	}
	sender, err := s.lookToDeliver(r.Context(), p.of.Case.Entry)
	if said := lookRefusal(err); said != "" {
		p.Form.say("", said)
		return s.showPaper(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	p.To = or(sender.Name, p.To) + sayIf(sender.Address != "", ", "+sender.Address)
	if p.Form.get("in") == "docx" {
		return s.sendCasePaper(w, p)
	}
	return s.showPaper(w, r, http.StatusOK, p)
}

// lookToDeliver gives the sender of a letter in order to send him a document.
func (s *server) lookToDeliver(ctx context.Context, entry int64) (sender dossier.Sender, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) (err error) {
		sender, err = s.Dossiers.LookAtSender(ctx, tx, viewer(ctx).Login, entry, dossier.Deliver, "")
		return err
	})
	return sender, err
}

// paperHead writes letterhead and signature as the body's official form has them, and gives the body's name.
func (s *server) paperHead(p *casePaper, tree *org.Tree, u *org.Unit, symbol string) string {
	o := signsAs(tree, u, s.Today())
	p.Format = o.Format
	p.Letterhead = report.Letterhead{Superior: o.Superior, Issuer: o.Issuer, Symbol: symbol + "-" + o.Initials, Place: o.Place,
		DateText: fmt.Sprintf("ngày … tháng %02d năm %d", s.Today().Month(), s.Today().Year())}
	p.Signature = report.Signature{Authority: o.Authority, Position: o.Position}
	p.Recipients = []string{"Như trên", "Lưu: hồ sơ đơn"}
	return o.Name
}
