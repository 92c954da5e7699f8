package web

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/docx"
	"danvan/internal/fault"
	"danvan/internal/filing"
	"danvan/internal/report"
)

// filingAct is an act on a filing with a form of its own.
type filingAct struct {
	Word   string // in the address
	Name   string // on the button that leads to it
	Title  string
	Lead   string
	Submit string
	Icon   string
	Done   string // word of the notice afterwards
	Main   bool   // the usual next step
	Right  access.Right
	From   []filing.State
	Only   func(*filing.Filing) bool // nil: whatever else
	Reason string                    // label of the reason that the form asks for, empty for none
	Do     func(s *server, ctx context.Context, tx *db.Tx, f *filing.Filing, v *actView) error
}

func (a filingAct) fits(f *filing.Filing) bool {
	return slices.Contains(a.From, f.State) && (a.Only == nil || a.Only(f))
}

// filingActs are the acts of the unit's side, in the order of their buttons.
func filingActs() []filingAct {
	ends := []filing.State{filing.Filed, filing.Nil, filing.Accepted, filing.Issued}
	return []filingAct{
		{Word: "nop", Name: "Nộp", Title: "Nộp báo cáo", Lead: "Xem lại các kiểm tra trước khi nộp. Bản nộp được giữ nguyên như lúc này.", Submit: "Nộp báo cáo", Icon: "send", Done: "nop", Main: true,
			Right: access.RecordWork, From: []filing.State{filing.Open, filing.Returned}, Do: doFile},
		{Word: "khong-phat-sinh", Name: "Không phát sinh", Title: "Báo cáo không phát sinh", Lead: "Dùng khi cả kỳ không có việc nào để báo cáo.", Submit: "Báo cáo không phát sinh", Done: "khong-phat-sinh",
			Right: access.RecordWork, From: []filing.State{filing.Open, filing.Returned}, Reason: "Căn cứ, lý do",
			Do: func(s *server, ctx context.Context, tx *db.Tx, f *filing.Filing, v *actView) error {
				_, err := s.filings().Nil(ctx, tx, viewer(ctx).Login, f.ID, v.version(), v.Form.get("ly-do"))
				return err
			}},
		{Word: "ban-hanh", Name: "Ban hành", Title: "Ban hành báo cáo", Lead: "Số liệu và lời của bản đã nộp giữ nguyên; chỉ thêm số, ngày, người ký.", Submit: "Ban hành", Icon: "seal", Done: "ban-hanh", Main: true,
			Right: access.ConfirmWork, From: []filing.State{filing.Filed, filing.Accepted}, Do: doIssue},
		{Word: "rut-lai", Name: "Rút lại", Title: "Rút lại để soạn tiếp", Lead: "Cấp trên chưa mở xem nên còn rút lại được. Bản đã nộp vẫn nằm trong lịch sử.", Submit: "Rút lại", Done: "rut-lai",
			Right: access.RecordWork, From: []filing.State{filing.Filed, filing.Nil}, Only: func(f *filing.Filing) bool { return f.Seen.IsZero() && !f.Accepted },
			Do: func(s *server, ctx context.Context, tx *db.Tx, f *filing.Filing, v *actView) error {
				_, err := s.filings().TakeBack(ctx, tx, viewer(ctx).Login, f.ID, v.version())
				return err
			}},
		{Word: "sua-doi", Name: "Sửa đổi, thay thế", Title: "Sửa đổi, thay thế báo cáo đã ban hành", Lead: "Mở phiên bản mới với số liệu hôm nay. Báo cáo đã ban hành giữ nguyên cho đến khi bản mới ban hành.", Submit: "Mở phiên bản mới", Icon: "edit", Done: "sua-doi",
			Right: access.RecordWork, From: []filing.State{filing.Issued}, Reason: "Lý do sửa đổi",
			Do: func(s *server, ctx context.Context, tx *db.Tx, f *filing.Filing, v *actView) error {
				_, err := s.filings().Amend(ctx, tx, viewer(ctx).Login, f.ID, v.version(), v.Form.get("ly-do"))
				return err
			}},
		{Word: "bo", Name: "Bỏ kỳ này", Title: "Bỏ kỳ báo cáo mở nhầm", Lead: "Chữ đã viết vẫn được giữ; mở lại kỳ này thì hiện lại.", Submit: "Bỏ kỳ báo cáo", Done: "bo-ky",
			Right: access.RecordWork, From: []filing.State{filing.Open, filing.Returned}, Only: func(f *filing.Filing) bool { return f.Standing == 0 }, Reason: "Lý do", Do: doWithdraw},
		{Word: "thu-hoi", Name: "Thu hồi", Title: "Thu hồi báo cáo", Lead: "Báo cáo không còn hiệu lực và được coi là chưa nộp; vẫn đọc được cùng lý do.", Submit: "Thu hồi", Done: "thu-hoi-bao-cao",
			Right: access.ConfirmWork, From: ends, Reason: "Lý do thu hồi", Do: doWithdraw},
	}
}

func doWithdraw(s *server, ctx context.Context, tx *db.Tx, f *filing.Filing, v *actView) error {
	_, err := s.filings().Withdraw(ctx, tx, viewer(ctx).Login, f.ID, v.version(), v.Form.get("ly-do"))
	return err
}

// actView is the page of one act.
type actView struct {
	Act     filingAct
	Filing  *filing.Filing
	Scope   *scope
	Form    form
	Report  *report.Report // of nop and ban-hanh
	Content []byte         // what nop would keep
	Found   []explained    // what the checks have found
	Missing []string       // places where nothing stands
	Symbol  string         // behind the number
	Replace string         // the issued report that this one takes the place of
}

// version is the version of the filing that the form was opened on.
func (v *actView) version() int {
	n, err := strconv.Atoi(v.Form.get("phien-ban"))
	if err != nil {
		return -1
	}
	return n
}

func (s *server) filingActPage(a filingAct) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := s.filingOf(r)
		if err != nil {
			return err
		}
		if !a.fits(f) {
			return seeOther(w, r, filingURL(f.ID))
		}
		v := actView{Act: a, Filing: f, Form: newForm()}
		v.Form.Values.Set("phien-ban", strconv.Itoa(f.Version))
		if err := s.fillAct(r.Context(), &v); err != nil {
			return err
		}
		return s.showAct(w, r, http.StatusOK, v)
	}
}

func (s *server) showAct(w http.ResponseWriter, r *http.Request, status int, v actView) error {
	p := page{Title: v.Act.Title, Section: "ky-bao-cao"}
	if status != http.StatusOK {
		p.Title = "Lỗi: " + lowerFirst(p.Title)
	}
	return s.render(w, r, status, p, filingActView(v))
}

// fillAct brings what the form shows besides its fields.
func (s *server) fillAct(ctx context.Context, v *actView) (err error) {
	if v.Scope, err = s.filingScope(ctx, v.Filing); err != nil {
		return err
	}
	switch v.Act.Word {
	case "nop":
		return s.readyToFile(ctx, v)
	case "ban-hanh":
		return s.readyToIssue(ctx, v)
	}
	return nil
}

// readyToFile builds the report as it would be kept, with what fails in it.
func (s *server) readyToFile(ctx context.Context, v *actView) error {
	f := v.Filing
	texts, err := filing.Texts(ctx, s.DB.Read(), f.ID)
	if err != nil {
		return err
	}
	v.Report, err = s.draftReport(ctx, f, bodies(texts), false)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := v.Report.JSON(&b); err != nil {
		return err
	}
	v.Content = b.Bytes()
	for _, n := range v.Report.Notices {
		if n.Kind == "write" {
			v.Form.say("", n.Text)
		}
	}
	standing, err := s.filed(ctx, f)
	if err != nil {
		return err
	}
	if v.Found, err = s.findings(ctx, standing, v.Report); err != nil {
		return err
	}
	t, err := s.Reports.Template(s.Catalog.EditionOn(f.Period.To), f.Template)
	if err != nil {
		return err
	}
	draft, err := s.draftReport(ctx, f, bodies(texts), true)
	if err != nil {
		return err
	}
	for _, p := range visiblePlaces(draft, t) {
		if strings.TrimSpace(texts[p.Key].Body) == "" {
			v.Missing = append(v.Missing, p.Title)
		}
	}
	return nil
}

// visiblePlaces are the places of a template that its conditions leave to the unit.
func visiblePlaces(draft *report.Report, t *report.Template) []report.Place {
	shown := map[string]bool{}
	for _, sec := range draft.Sections {
		for _, b := range sec.Blocks {
			if b.Kind == report.BlockPlace {
				shown[b.Place.Key] = true
			}
		}
	}
	return slices.DeleteFunc(t.Places(), func(p report.Place) bool { return !shown[p.Key] })
}

// readyToIssue brings the filed report, and the head that it would get.
func (s *server) readyToIssue(ctx context.Context, v *actView) error {
	vs, err := filing.Versions(ctx, s.DB.Read(), v.Filing.ID)
	if err != nil {
		return err
	}
	last := latestPrinted(vs)
	if last == nil {
		return fault.New(fault.Conflict, "Báo cáo này chưa có bản nộp để ban hành. Hãy nộp trước.")
	}
	if v.Report, err = s.asPrinted(ctx, v.Filing.ID, last.Number); err != nil {
		return err
	}
	v.Symbol = v.Report.Letterhead.Symbol
	if n := v.Filing.Standing; n > 0 {
		was := vs[n-1]
		v.Replace = "Báo cáo số " + was.DocNumber + " ngày " + was.SignedOn.Vi()
	}
	if v.Form.get("ngay") == "" && !v.Form.Values.Has("so") {
		v.Form.Values.Set("ngay", s.Today().String())
		v.Form.Values.Set("chuc-vu", v.Report.Signature.Position)
		v.Form.Values.Set("nguoi-ky", v.Report.Signature.Name)
	}
	return nil
}

func (s *server) filingActPost(a filingAct) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx := r.Context()
		f, err := s.filingOf(r)
		if err != nil {
			return err
		}
		posted, err := postedForm(r)
		if err != nil {
			return err
		}
		v := actView{Act: a, Filing: f, Form: posted}
		if err := s.fillAct(ctx, &v); err != nil {
			return err
		}
		if len(v.Form.Wrong) == 0 {
			v.check()
		}
		if len(v.Form.Wrong) == 0 {
			err = s.onceFor(r, posted, func(tx *db.Tx) error { return a.Do(s, ctx, tx, f, &v) })
			if said := sentence(err); said != "" {
				v.Form.say("", said)
			} else if err != nil {
				return err
			}
		}
		if len(v.Form.Wrong) > 0 {
			return s.showAct(w, r, http.StatusBadRequest, v)
		}
		return seeOther(w, r, filingURL(f.ID)+"?xong="+a.Done)
	}
}

// check says what the form lacks, before anything is done.
func (v *actView) check() {
	if v.Act.Reason != "" && strings.TrimSpace(v.Form.get("ly-do")) == "" {
		v.Form.say("ly-do", "Hãy ghi "+lowerFirst(v.Act.Reason)+".")
	}
	switch v.Act.Word {
	case "nop":
		if unexplained(v.Found) > 0 && strings.TrimSpace(v.Form.get("giai-trinh")) == "" {
			v.Form.say("giai-trinh", "Còn điều phải giải trình. Hãy sửa ghi nhận, giải trình từng điều ở trang Kiểm tra, hoặc ghi chung ở đây rồi nộp.")
		}
	case "ban-hanh":
		for _, x := range [][2]string{{"so", "Hãy ghi số của báo cáo, ví dụ 15."}, {"nguoi-ky", "Hãy ghi họ tên người ký như in trên báo cáo."}, {"chuc-vu", "Hãy ghi chức vụ người ký như in trên báo cáo."}} {
			if strings.TrimSpace(v.Form.get(x[0])) == "" {
				v.Form.say(x[0], x[1])
			}
		}
		if _, err := civil.ParseDate(strings.TrimSpace(v.Form.get("ngay"))); err != nil {
			v.Form.say("ngay", "Ngày ban hành chưa đúng: viết như 31/12/2026.")
		}
	}
}

func doFile(s *server, ctx context.Context, tx *db.Tx, f *filing.Filing, v *actView) error {
	_, err := s.filings().File(ctx, tx, viewer(ctx).Login, f.ID, v.version(),
		filing.Printed{Content: v.Content, Revision: f.Revision, Explain: strings.TrimSpace(v.Form.get("giai-trinh"))})
	return err
}

func doIssue(s *server, ctx context.Context, tx *db.Tx, f *filing.Filing, v *actView) error {
	i, err := v.issue()
	if err != nil {
		return err
	}
	_, err = s.filings().Issue(ctx, tx, viewer(ctx).Login, f.ID, v.version(), i)
	return err
}

// issue writes number, day and signer into the head of the filed report.
func (v *actView) issue() (filing.Issue, error) {
	day, err := civil.ParseDate(strings.TrimSpace(v.Form.get("ngay")))
	if err != nil {
		return filing.Issue{}, fault.Wrap(err, fault.Invalid, "Ngày ban hành chưa đúng: viết như 31/12/2026.")
	}
	i := filing.Issue{Day: day, Signer: strings.TrimSpace(v.Form.get("nguoi-ky")), Post: strings.TrimSpace(v.Form.get("chuc-vu"))}
	number := strings.TrimSpace(v.Form.get("so"))
	rep := *v.Report
	rep.Letterhead.Number = number
	i.Number = documentNumber(&rep)
	rep.Letterhead.DateText = docx.DateWords(day.Time())
	rep.Signature.Name, rep.Signature.Position = i.Signer, i.Post
	if v.Replace != "" {
		rep.Sections = withReplacement(rep.Sections, "(Thay thế "+v.Replace+")")
	}
	var b bytes.Buffer
	if err := rep.JSON(&b); err != nil {
		return i, err
	}
	i.Content = b.Bytes()
	return i, nil
}

// documentNumber is number and symbol as one: 15-BC/BXDĐ, 15/BC-SNV.
func documentNumber(r *report.Report) string {
	if r.Format == report.Party {
		return r.Letterhead.Number + "-" + r.Letterhead.Symbol
	}
	return r.Letterhead.Number + "/" + r.Letterhead.Symbol
}

// withReplacement puts a line above the report that says which one it takes the place of.
func withReplacement(sections []report.Section, text string) []report.Section {
	line := report.Block{Kind: report.BlockParagraph, Runs: []report.Run{{Text: text, Italic: true, Evidence: report.NoEvidence}}}
	out := slices.Clone(sections)
	if len(out) > 0 && out[0].Level == 0 {
		out[0].Blocks = append([]report.Block{line}, out[0].Blocks...)
		return out
	}
	return append([]report.Section{{ID: "thay-the", Blocks: []report.Block{line}}}, out...)
}
