package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/disclosure"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// postingView is the one-page form “đã niêm yết”, and that of a reason for not publishing.
type postingView struct {
	pieceForm
	Law      *disclosure.Law
	Kind     *catalog.Kind
	Reasons  *catalog.Kind
	Rule     *catalog.PublicationRule
	Document *disclosure.Document
	PeriodTo civil.Date
	Units    []option
	Home     string
	Rules    []option
	Deadline *clock.Deadline
	Today    civil.Date
}

// Start is the day from which the limit is counted, 0 where nobody said.
func (v *postingView) Start() civil.Date {
	switch {
	case v.PeriodTo != 0:
		return v.PeriodTo
	case v.Document != nil:
		return v.Document.Day
	}
	on, _ := civil.ParseDate(v.get("van-ban-ngay"))
	return on
}

func (s *server) publishForm(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("dang")
	q := r.URL.Query()
	for _, name := range []string{"don-vi", "noi-dung", "ky", "van-ban"} {
		f.Values.Set(name, q.Get(name))
	}
	f.Values.Set("ngay", s.Today().Vi())
	v, err := s.postingView(r, f)
	if err != nil {
		return err
	}
	if v.Rule != nil {
		f.Values["hinh-thuc"] = v.Rule.Forms
	} else {
		f.Values["hinh-thuc"] = []string{disclosure.Board}
	}
	switch {
	case v.Document != nil:
		f.Values.Set("tieu-de", v.Document.Title)
		f.Values.Set("so", v.Document.Number)
		f.Values.Set("van-ban-ngay", v.Document.Day.Vi())
	case v.Rule != nil && v.PeriodTo != 0:
		f.Values.Set("tieu-de", v.Law.RuleName(v.Rule.Code)+" ("+disclosure.PeriodName(v.Rule.Every, v.PeriodTo)+")")
	}
	return s.showPosting(w, r, http.StatusOK, v)
}

// postingView reads what the form is about: the body, the rule, the period or document.
func (s *server) postingView(r *http.Request, f pieceForm) (*postingView, error) {
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	v := &postingView{pieceForm: f, Today: s.Today()}
	v.Law = s.disclosures().Law(v.Today)
	v.Kind, v.Reasons = s.kindNear(disclosure.PublicationKind, v.Today), s.kindNear(disclosure.ReasonKind, v.Today)
	home := ""
	v.Units, home = s.pieceUnits(ctx, tree, v.Kind, v.Today)
	if v.get("don-vi") == "" {
		v.Values.Set("don-vi", home)
	}
	v.Home = refName(tree, v.get("don-vi"), v.Today)
	if text := v.text("van-ban"); text != "" {
		if v.Document, err = s.documentAt(r, text); err != nil {
			return nil, err
		}
		v.Values.Set("noi-dung", v.Document.Rule)
	}
	v.Rule = v.Law.Rule(v.text("noi-dung"))
	if text := v.text("ky"); text != "" && v.Rule != nil && v.Rule.Every != "document" {
		if v.PeriodTo, err = civil.ParseDate(text); err != nil {
			v.say("ky", "Ngày cuối kỳ viết như 30/09/2026.")
		} else {
			v.Values.Set("ky", v.PeriodTo.Vi())
		}
	}
	v.Rules = append(v.Rules, option{Name: "Nội dung khác, không thuộc danh mục bắt buộc"})
	if l := v.Law.Edition.List("publication_rules"); l != nil {
		for _, o := range l.Options {
			v.Rules = append(v.Rules, option{Value: o.Code, Name: o.Name})
		}
	}
	if v.Rule != nil && v.Start() != 0 {
		v.Deadline = v.Law.Clock(v.Rule.Clock, v.Start(), 0)
	}
	return v, nil
}

// documentAt is the document that the form publishes.
func (s *server) documentAt(r *http.Request, text string) (*disclosure.Document, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fault.New(fault.NotFound, "Không có văn bản này. Hãy mở từ sổ công khai.")
	}
	e, err := s.Ledger.Entry(r.Context(), s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	if e.Kind != disclosure.DocumentKind {
		return nil, fault.New(fault.NotFound, "Ghi nhận này không phải văn bản phải công khai. Hãy mở từ sổ công khai.")
	}
	return disclosure.DocumentOf(e)
}

func (s *server) showPosting(w http.ResponseWriter, r *http.Request, status int, v *postingView) error {
	title, body := "Ghi đã niêm yết, đã công khai", publishPage(v)
	if v.Act == "ly-do" {
		title, body = "Ghi lý do không công khai", reasonPage(v)
	}
	if len(v.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "cong-khai", Scripts: pieceScripts}, body)
}

// publishSave records a publishing: whether it is in time is reckoned here, not asked.
func (s *server) publishSave(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "dang")
	if err != nil {
		return err
	}
	v, err := s.postingView(r, f)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	d := v.draft(tree)
	if len(v.Wrong) == 0 {
		d.Key = pieceKey(r, v.pieceForm)
		var id int64
		if id, err = s.recordOnce(r, v.pieceForm, tree, d); err == nil {
			return seeOther(w, r, "/cong-khai/"+itoa(id)+"?xong=da-cong-khai")
		}
		if err = v.refusal(err, map[string]string{"day": "ngay", "unit": "don-vi", "title": "tieu-de", "forms": "hinh-thuc", "address": "dia-chi", "broadcast_days": "loa-ngay", "broadcast_from": "loa-tu", "points": "diem", "number": "so", "place": "noi", "proof": "dang" + filesPart}); err != nil {
			return err
		}
	}
	return s.showPosting(w, r, http.StatusUnprocessableEntity, v)
}

// draft is the publishing as the form says it.
func (v *postingView) draft(tree *org.Tree) ledger.Draft {
	f := &v.pieceForm
	unit := f.unit(tree, "don-vi", v.Today)
	if unit == nil && !f.Wrong.has("don-vi") {
		f.say("don-vi", "Hãy chọn đơn vị công khai.")
	}
	set := map[string]any{"title": f.want("tieu-de", "Hãy ghi nội dung được công khai, ví dụ trích yếu văn bản.")}
	day := f.wantDay("ngay", "Hãy ghi ngày bắt đầu niêm yết hoặc công khai.")
	if day > v.Today {
		f.say("ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi khi đã niêm yết.")
	}
	documentOn := f.day("van-ban-ngay")
	if documentOn != 0 && day != 0 && documentOn > day {
		f.say("van-ban-ngay", "Ngày văn bản không thể sau ngày công khai "+day.Vi()+".")
	}
	forms := filled(f.Values["hinh-thuc"])
	if len(forms) == 0 {
		f.say("hinh-thuc", "Hãy chọn ít nhất một hình thức công khai.")
	}
	if v.Rule != nil && v.Rule.Every != "document" && v.PeriodTo == 0 {
		f.say("ky", "Nội dung này theo kỳ: hãy ghi ngày cuối kỳ, ví dụ 30/09/2026.")
	}
	if v.Rule != nil && v.Rule.Every == "document" && v.Document == nil && documentOn == 0 {
		f.say("van-ban-ngay", "Hãy ghi ngày của văn bản: hạn công khai tính từ ngày ấy.")
	}
	put(set, "document_on", documentOn)
	put(set, "number", f.text("so"))
	put(set, "place", f.text("noi"))
	put(set, "points", f.text("diem"))
	put(set, "address", f.text("dia-chi"))
	put(set, "broadcast_from", f.day("loa-tu"))
	put(set, "broadcast_days", f.text("loa-ngay"))
	if len(forms) > 0 {
		set["forms"] = anyOf(forms)
	}
	set["item"] = "other"
	d := ledger.Draft{Kind: disclosure.PublicationKind, Day: day, Files: f.sent(), Fields: set}
	if v.Rule != nil {
		set["item"], set["rule"] = v.Rule.Item, v.Rule.Code
		put(set, "period_to", v.PeriodTo)
		if start := v.Start(); start != 0 && day != 0 {
			timely, due := v.Law.Timely(v.Rule, start, day)
			put(set, "timely", timely)
			put(set, "due_on", due)
		}
	}
	var proof []any
	for _, x := range f.Files {
		proof = append(proof, x.Hash)
	}
	if proof != nil {
		set["proof"] = proof
	}
	put(set, "proof_shown", f.text("anh-hien"))
	if v.Document != nil {
		d.Carries = "#" + itoa(v.Document.ID)
	}
	if unit != nil {
		d.Unit = ledger.Ref(unit)
	}
	return d
}

func anyOf[T any](list []T) []any {
	out := make([]any, len(list))
	for i, x := range list {
		out[i] = x
	}
	return out
}

func (s *server) reasonForm(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("ly-do")
	q := r.URL.Query()
	for _, name := range []string{"don-vi", "noi-dung", "ky", "van-ban"} {
		f.Values.Set(name, q.Get(name))
	}
	v, err := s.postingView(r, f)
	if err != nil {
		return err
	}
	return s.showPosting(w, r, http.StatusOK, v)
}

// reasonSave records why something is not published.
func (s *server) reasonSave(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "ly-do")
	if err != nil {
		return err
	}
	v, err := s.postingView(r, f)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	unit := v.unit(tree, "don-vi", v.Today)
	set := map[string]any{"rule": v.want("noi-dung", "Hãy chọn nội dung không công khai."), "reason": v.want("ly-do", "Hãy chọn lý do."), "note": v.want("can-cu", "Hãy ghi căn cứ: số văn bản, điều khoản, hoặc giải thích ngắn.")}
	if unit == nil && !v.Wrong.has("don-vi") {
		v.say("don-vi", "Hãy chọn đơn vị.")
	}
	if v.Rule != nil && v.Rule.Every != "document" && v.PeriodTo == 0 {
		v.say("ky", "Hãy ghi ngày cuối của kỳ không công khai, ví dụ 30/09/2026.")
	}
	put(set, "period_to", v.PeriodTo)
	if len(v.Wrong) == 0 {
		d := ledger.Draft{Key: pieceKey(r, v.pieceForm), Kind: disclosure.ReasonKind, Unit: ledger.Ref(unit), Day: v.Today, Fields: set}
		if v.Document != nil {
			d.Carries = "#" + itoa(v.Document.ID)
		}
		if _, err = s.recordOnce(r, v.pieceForm, tree, d); err == nil {
			return seeOther(w, r, "/cong-khai/noi-dung?"+url.Values{"don-vi": {unitRef(tree, unit, v.Today)}, "xong": {"luu"}}.Encode())
		}
		if err = v.refusal(err, map[string]string{"rule": "noi-dung", "reason": "ly-do", "note": "can-cu", "period_to": "ky", "unit": "don-vi"}); err != nil {
			return err
		}
	}
	return s.showPosting(w, r, http.StatusUnprocessableEntity, v)
}

// publicationActs are the acts on a publishing, by the last word of the address.
var publicationActs = map[string]func(v *publicationView, e *ledger.Entry, a *ledger.Amendment) error{
	"go":   takeDown,
	"loa":  broadcastDays,
	"anh":  addProof,
	"hien": showProof,
	"an":   hideProof,
	"treo": putBack,
}

func (s *server) publicationAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	do := publicationActs[act]
	if do == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang công khai. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	v, err := s.publicationAt(r)
	if err != nil {
		return err
	}
	v.Form = f
	back := "/cong-khai/" + itoa(v.ID) + "?xong=luu"
	if done, err := s.sentFormBefore(r, f.form); err != nil {
		return err
	} else if done {
		return seeOther(w, r, back)
	}
	v.check(act)
	if len(v.Form.Wrong) == 0 {
		err = s.amendPiece(r, v.Form, v.ID, func(e *ledger.Entry) (ledger.Amendment, error) {
			a := ledger.Amendment{Set: map[string]any{}}
			return a, do(v, e, &a)
		})
		controls := map[string]string{"ended_on": "go-ngay", "ended_why": "go-vi-sao", "broadcast_from": "loa-tu", "broadcast_days": "loa-ngay"}
		if err := v.Form.refusal(err, controls); err != nil {
			return err
		}
	}
	if len(v.Form.Wrong) > 0 {
		return s.showPublication(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, back)
}

// check asks of a form what the ledger cannot know: that a board is not taken down before its days are over without a word.
func (v *publicationView) check(act string) {
	f := &v.Form
	switch act {
	case "go":
		day := f.wantDay("go-ngay", "Hãy ghi ngày gỡ bảng.")
		switch {
		case day == 0:
		case day < v.Day:
			f.say("go-ngay", "Ngày gỡ phải từ ngày niêm yết ("+v.Day.Vi()+") trở đi.")
		case day > v.Today:
			f.say("go-ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi khi đã gỡ bảng.")
		case v.Reach.Keep != nil && day < v.Reach.Keep.Due && f.text("go-vi-sao") == "":
			f.say("go-vi-sao", "Bảng phải giữ đến hết ngày "+v.Reach.Keep.Due.AddDays(-1).Vi()+". Gỡ sớm thì ghi lý do, hoặc treo lại.")
		}
	case "loa":
		n, err := strconv.Atoi(f.want("loa-ngay", "Hãy ghi số ngày đã phát liên tiếp."))
		if err != nil && f.text("loa-ngay") != "" || n < 0 {
			f.say("loa-ngay", "Số ngày là một số, ví dụ 3.")
		}
		from := f.wantDay("loa-tu", "Hãy ghi ngày đầu phát.")
		if from != 0 && n > 0 && from.AddDays(n-1) > v.Today {
			f.say("loa-ngay", "Tính từ "+from.Vi()+", đến nay chưa đủ "+strconv.Itoa(n)+" ngày. Ghi số ngày đã phát thật.")
		}
	case "anh":
		if len(f.Files) == 0 && !f.Wrong.has("anh"+filesPart) {
			f.say("anh"+filesPart, "Hãy chọn ảnh bảng niêm yết hoặc tệp minh chứng.")
		}
	}
}

func takeDown(v *publicationView, _ *ledger.Entry, a *ledger.Amendment) error {
	a.Reason = "Gỡ bảng niêm yết"
	a.Set["ended_on"], a.Set["ended_why"] = v.Form.day("go-ngay").String(), nil
	put(a.Set, "ended_why", v.Form.text("go-vi-sao"))
	return nil
}

func putBack(_ *publicationView, _ *ledger.Entry, a *ledger.Amendment) error {
	a.Reason = "Bảng vẫn treo: bỏ ngày gỡ ghi nhầm"
	a.Set["ended_on"], a.Set["ended_why"] = nil, nil
	return nil
}

func broadcastDays(v *publicationView, e *ledger.Entry, a *ledger.Amendment) error {
	p, err := disclosure.PublicationOf(e)
	if err != nil {
		return err
	}
	a.Reason = "Ghi ngày phát truyền thanh"
	a.Set["broadcast_from"], a.Set["broadcast_days"] = v.Form.day("loa-tu").String(), v.Form.text("loa-ngay")
	if !slices.Contains(p.Forms, disclosure.Loudspeaker) {
		a.Set["forms"] = anyOf(append(p.Forms, disclosure.Loudspeaker))
	}
	return nil
}

func addProof(v *publicationView, e *ledger.Entry, a *ledger.Amendment) error {
	p, err := disclosure.PublicationOf(e)
	if err != nil {
		return err
	}
	a.Reason = "Thêm ảnh, minh chứng"
	a.Files = withFiles(e.Files, v.Form.sent())
	proof := p.Files
	for _, x := range v.Form.Files {
		if !slices.Contains(proof, x.Hash) {
			proof = append(proof, x.Hash)
		}
	}
	a.Set["proof"] = anyOf(proof)
	return nil
}

// showProof lets everybody see the pictures on the portal; hideProof takes them from there.
func showProof(_ *publicationView, _ *ledger.Entry, a *ledger.Amendment) error {
	a.Reason, a.Set["proof_shown"] = "Cho mọi người xem ảnh trên cổng", "yes"
	return nil
}

func hideProof(_ *publicationView, _ *ledger.Entry, a *ledger.Amendment) error {
	a.Reason, a.Set["proof_shown"] = "Không cho xem ảnh trên cổng nữa", "no"
	return nil
}

// noticeView is the sheet that hangs beside the board.
type noticeSheet struct {
	*publicationView
	Address string // of the public page
	Size    int
	Path    string
}

func (s *server) postingNotice(w http.ResponseWriter, r *http.Request) error {
	v, err := s.publicationAt(r)
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	x := &noticeSheet{publicationView: v, Address: s.portalRoot(r) + "/cong/cong-khai"}
	if code := communeCode(tree, v.Unit, v.Today); code != "" {
		x.Address += "?xa=" + code
	}
	if x.Size, x.Path, err = qrPicture(x.Address); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page{Title: "Phiếu niêm yết: " + v.Title, Section: "cong-khai"}, postingNoticePage(x))
}

// communeCode is the code of the commune in which a body sits, empty where it is no commune's.
func communeCode(tree *org.Tree, id org.UnitID, day civil.Date) string {
	u := tree.Unit(id)
	if u == nil || !u.Open(day) {
		return ""
	}
	parent := tree.Unit(u.SpanOn(day).Parent)
	if parent == nil || parent.SpanOn(day).Level != "commune" {
		return ""
	}
	return parent.Code
}

func reasonQuery(v *postingView) string {
	q := url.Values{}
	for _, name := range []string{"don-vi", "noi-dung", "ky", "van-ban"} {
		if x := v.get(name); x != "" {
			q.Set(name, x)
		}
	}
	return q.Encode()
}
