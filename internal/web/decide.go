package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/disclosure"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// decideRoutes are the pages of what households discuss and decide. Ballots are totals only.
func (s *server) decideRoutes() []route {
	return []route{
		{"GET /ban-bac", access.ReadWork, onScope, s.decideBook},
		{"GET /ban-bac/moi", access.RecordWork, nil, s.decideForm},
		{"POST /ban-bac/moi", access.RecordWork, nil, s.decideSave},
		{"GET /ban-bac/{id}", access.ReadWork, onEntry, s.decisionPage},
		{"POST /ban-bac/{id}/{viec}", access.RecordWork, onEntry, s.decisionAct},
		{"GET /ban-bac/{id}/bien-ban", access.ReadWork, onEntry, s.decisionMinutes},
	}
}

var (
	stageWords = map[disclosure.Stage]string{disclosure.NotSent: "Chờ gửi cấp xã", disclosure.SendLate: "Quá hạn gửi", disclosure.Sent: "Đã gửi", disclosure.SentLate: "Gửi chậm", disclosure.Waiting: "Chờ công nhận",
		disclosure.Unanswered: "Quá hạn công nhận", disclosure.Recognised: "Đã công nhận", disclosure.NotAdopted: "Không đạt tỷ lệ", disclosure.NothingOwed: "Không phải gửi"}
	stageTones = map[disclosure.Stage]string{disclosure.NotSent: "wait", disclosure.SendLate: "late", disclosure.Sent: "done", disclosure.SentLate: "late", disclosure.Waiting: "wait", disclosure.Unanswered: "late", disclosure.Recognised: "done"}
)

// inScope are the territory's bodies and the territory itself, as entries name who recorded them.
func (s *server) scopeFilter(sc *scope) ledger.Filter {
	var units []org.UnitID
	for id := range sc.subtree() {
		units = append(units, id)
	}
	return ledger.Filter{Units: units, From: sc.Period.From, To: sc.Period.To}
}

func (s *server) decideBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.dutyScope(r, yearOf)
	if err != nil {
		return err
	}
	var list []*disclosure.Decision
	err = s.DB.View(r.Context(), func(q db.Querier) (err error) {
		list, err = s.disclosures().Decisions(r.Context(), q, s.scopeFilter(sc))
		return err
	})
	if err != nil {
		return err
	}
	law, see := s.disclosures().Law(sc.Today), r.URL.Query().Get("trang-thai")
	v := &bookView{Title: "Nhân dân bàn và quyết định", Path: "/ban-bac", Scope: sc, Noun: "nội dung", Section: "cong-khai", Tabs: s.discloseTabs("ban-bac", sc),
		Lead:  "Nội dung hộ dân đã bàn và quyết định: chỉ tổng số hộ. Đạt hay không do chương trình tính theo tỷ lệ của luật.",
		Empty: "Chưa ghi nội dung nào ở phạm vi và kỳ này. Bấm Ghi kết quả, hoặc chọn kỳ khác."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = []bookLink{{Name: "Ghi kết quả", Href: "/ban-bac/moi", Icon: "plus", Primary: true}}
	}
	v.Asks = []bookAsk{{Key: "trang-thai", Name: "Trạng thái", Value: see, Options: []option{{Name: "Mọi trạng thái"}}}}
	for _, st := range []disclosure.Stage{disclosure.SendLate, disclosure.NotSent, disclosure.Unanswered, disclosure.Waiting, disclosure.Sent, disclosure.SentLate, disclosure.Recognised, disclosure.NotAdopted} {
		v.Asks[0].Options = append(v.Asks[0].Options, option{Value: string(st), Name: stageWords[st]})
	}
	v.Columns = []bookColumn{{Key: "noi-dung", Name: "Nội dung"}, {Key: "thon", Name: "Thôn, tổ dân phố"}, {Key: "ngay", Name: "Ngày quyết định"}, {Key: "ho", Name: "Tổng số hộ", Unit: "hộ", Num: true},
		{Key: "tham-gia", Name: "Tham gia", Unit: "hộ", Num: true}, {Key: "dong-y", Name: "Tán thành", Unit: "hộ", Num: true}, {Key: "can", Name: "Cần ít nhất", Unit: "hộ", Num: true}, {Key: "ket-qua", Name: "Kết quả"}, {Key: "trang-thai", Name: "Gửi, công nhận"}, {Key: "han", Name: "Hạn"}}
	passed, late := 0, 0
	for _, d := range list {
		res, way := law.Decide(d), law.Follow(d, sc.Today)
		if res.Valid {
			passed++
		}
		if way.Stage == disclosure.SendLate || way.Stage == disclosure.Unanswered {
			late++
		}
		if see == "" || string(way.Stage) == see {
			v.Rows = append(v.Rows, decisionRow(s, sc, d, res, way))
		}
	}
	v.Kpis = []bookKpi{{Name: "Nội dung đã bàn", Value: strconv.Itoa(len(list))}, {Name: "Đạt tỷ lệ", Value: strconv.Itoa(passed), Note: "trên " + count(len(list), "nội dung")}, {Name: "Quá hạn gửi, công nhận", Value: strconv.Itoa(late)}}
	return s.showBook(w, r, v)
}

func decisionRow(s *server, sc *scope, d *disclosure.Decision, res disclosure.Result, way disclosure.Way) bookRow {
	k := s.kindNear(disclosure.DecisionKind, d.Day)
	first := wordCell(d.Title)
	first.Note = joinWords(choiceName(k, "subject_type", d.Subject), choiceName(k, "method", d.Method))
	place := wordCell(or(d.Village, "chưa ghi"))
	place.Note = sc.tree.NameOn(d.Unit, min(d.Day, sc.Today))
	result := chipCell("late", "Không đạt")
	if res.Valid {
		result = chipCell("done", "Đạt")
	}
	row := bookRow{Href: "/ban-bac/" + itoa(d.ID), Cells: []bookCell{first, place, dayCell(d.Day), numCell(d.Households), numCell(d.Present), numCell(d.For), numCell(res.Needs), result, chipCell(stageTones[way.Stage], stageWords[way.Stage]), {}}}
	switch {
	case way.Stage == disclosure.NotSent || way.Stage == disclosure.SendLate:
		row.Cells[9] = dayCell(way.Send.Due)
	case way.Recognise != nil:
		row.Cells[9] = dayCell(way.Recognise.Due)
	}
	return row
}

// decideView is the form of a decision's totals.
type decideView struct {
	pieceForm
	Kind  *catalog.Kind
	Units []option
	Home  string
	Today civil.Date

	Villages []string // that the commune's records name
}

func (s *server) decideForm(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("moi")
	f.Values.Set("ngay", s.Today().Vi())
	f.Values.Set("hinh-thuc", "meeting")
	return s.showDecide(w, r, http.StatusOK, &decideView{pieceForm: f})
}

func (s *server) showDecide(w http.ResponseWriter, r *http.Request, status int, v *decideView) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v.Today = s.Today()
	v.Kind = s.kindNear(disclosure.DecisionKind, v.Today)
	home := ""
	v.Units, home = s.pieceUnits(r.Context(), tree, v.Kind, v.Today)
	if v.get("don-vi") == "" {
		v.Values.Set("don-vi", home)
	}
	v.Home = refName(tree, v.get("don-vi"), v.Today)
	if v.Villages, err = s.villagesOfRef(r.Context(), tree, v.get("don-vi")); err != nil {
		return err
	}
	title := "Ghi kết quả bàn, quyết định"
	if len(v.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "cong-khai", Scripts: pieceScripts}, decidePage(v))
}

// decisionControls are the controls of the totals, in the order of the form.
var decisionControls = map[string]string{"households": "ho", "present": "tham-gia", "approved": "tan-thanh", "against": "khong", "invalid": "hong"}

// number reads a count that is not negative; what is missing is 0 where it need not be there.
func (f *pieceForm) count(name, want string) int64 {
	text := f.text(name)
	if text == "" {
		if want != "" {
			f.say(name, want)
		}
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		f.say(name, "Chỉ ghi số hộ, ví dụ 84.")
		return 0
	}
	return n
}

// decideSave records the totals; whether the decision holds is reckoned.
func (s *server) decideSave(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "moi")
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v, today := &decideView{pieceForm: f}, s.Today()
	unit := v.unit(tree, "don-vi", today)
	if unit == nil && !v.Wrong.has("don-vi") {
		v.say("don-vi", "Hãy chọn đơn vị ghi.")
	}
	day := v.wantDay("ngay", "Hãy ghi ngày họp hoặc ngày kiểm phiếu.")
	if day > today {
		v.say("ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi khi đã họp hoặc kiểm phiếu xong.")
	}
	d := &disclosure.Decision{Head: ledger.Head{Day: day}, Subject: v.want("loai", "Hãy chọn loại nội dung."), Households: v.count("ho", "Hãy ghi tổng số hộ của thôn, tổ."), Present: v.count("tham-gia", "Hãy ghi số hộ tham gia."),
		For: v.count("tan-thanh", "Hãy ghi số hộ tán thành."), Against: v.count("khong", ""), Invalid: v.count("hong", "")}
	if d.Present > d.Households {
		v.say("tham-gia", "Số hộ tham gia ("+itoa(d.Present)+") lớn hơn tổng số hộ ("+itoa(d.Households)+").")
	}
	if d.For+d.Against+d.Invalid > d.Present && d.Present <= d.Households {
		v.say("tan-thanh", "Tán thành, không tán thành và không hợp lệ cộng lại là "+itoa(d.For+d.Against+d.Invalid)+", lớn hơn số hộ tham gia ("+itoa(d.Present)+").")
	}
	set := map[string]any{"title": v.want("tieu-de", "Hãy ghi nội dung đã bàn."), "subject_type": d.Subject, "method": v.want("hinh-thuc", "Hãy chọn họp hay phát phiếu."),
		"households": d.Households, "present": d.Present, "approved": d.For, "against": d.Against, "village": v.want("thon", "Hãy ghi thôn, tổ dân phố."), "valid": "no"}
	if d.Invalid > 0 {
		set["invalid"] = d.Invalid
	}
	put(set, "minutes_number", v.text("so"))
	if s.disclosures().Law(today).Decide(d).Valid {
		set["valid"] = "yes"
	}
	if proof := hashesSent(v.Files); proof != nil {
		set["minutes"] = proof
	}
	if len(v.Wrong) == 0 {
		var id int64
		draft := ledger.Draft{Key: pieceKey(r, v.pieceForm), Kind: disclosure.DecisionKind, Unit: ledger.Ref(unit), Day: day, Files: v.sent(), Fields: set}
		if id, err = s.recordOnce(r, v.pieceForm, tree, draft); err == nil {
			return seeOther(w, r, "/ban-bac/"+itoa(id)+"?xong=luu")
		}
		controls := map[string]string{"day": "ngay", "unit": "don-vi", "title": "tieu-de", "subject_type": "loai", "method": "hinh-thuc", "village": "thon", "minutes_number": "so", "minutes": "moi" + filesPart}
		for code, name := range decisionControls {
			controls[code] = name
		}
		if err = v.refusal(err, controls); err != nil {
			return err
		}
	}
	return s.showDecide(w, r, http.StatusUnprocessableEntity, v)
}

// hashesSent are the files of a form as a field of files keeps them; nil for none.
func hashesSent(list []fileLine) []any {
	var out []any
	for _, x := range list {
		out = append(out, x.Hash)
	}
	return out
}

// decisionView is the page of one decision.
type decisionView struct {
	disclosure.Decision
	Form   pieceForm
	Kind   *catalog.Kind
	Result disclosure.Result
	Way    disclosure.Way
	Body   string
	Place  string
	Files  []pieceFile
	Mine   bool
	Today  civil.Date
	Done   string
}

func (s *server) decisionAt(r *http.Request) (*decisionView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	e, err := s.Ledger.Entry(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	if e.Kind != disclosure.DecisionKind {
		return nil, fault.New(fault.NotFound, "Ghi nhận này không phải nội dung nhân dân quyết định. Hãy mở từ danh sách bàn và quyết định.")
	}
	d, err := disclosure.DecisionOf(e)
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	today := s.Today()
	law := s.disclosures().Law(today)
	return &decisionView{Decision: *d, Form: newPieceForm(""), Kind: s.kindNear(e.Kind, e.Day), Result: law.Decide(d), Way: law.Follow(d, today), Body: tree.NameOn(e.Unit, min(e.Day, today)), Place: tree.NameOn(e.Place, min(e.Day, today)),
		Files: s.pieceFilesOf(e), Mine: viewer(ctx).May(access.RecordWork, e.Unit) && e.State != ledger.Void, Today: today, Done: r.URL.Query().Get("xong")}, nil
}

func (s *server) decisionPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.decisionAt(r)
	if err != nil {
		return err
	}
	return s.showDecision(w, r, http.StatusOK, v)
}

func (s *server) showDecision(w http.ResponseWriter, r *http.Request, status int, v *decisionView) error {
	title := v.Title
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "cong-khai", Scripts: pieceScripts}, decisionPage(v))
}

func (s *server) decisionMinutes(w http.ResponseWriter, r *http.Request) error {
	v, err := s.decisionAt(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page{Title: "Biên bản: " + v.Title, Section: "cong-khai"}, decisionMinutesPage(v))
}

// decisionAct records that a decision was sent to the commune, or recognised.
func (s *server) decisionAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	if !slices.Contains([]string{"gui", "cong-nhan"}, act) {
		return fault.New(fault.NotFound, "Không có việc này ở trang quyết định. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	v, err := s.decisionAt(r)
	if err != nil {
		return err
	}
	v.Form = f
	back := "/ban-bac/" + itoa(v.ID) + "?xong=luu"
	if done, err := s.sentFormBefore(r, f.form); err != nil {
		return err
	} else if done {
		return seeOther(w, r, back)
	}
	day := v.Form.wantDay(act+"-ngay", "Hãy ghi ngày.")
	after, what := v.Day, "ngày quyết định"
	if act == "cong-nhan" {
		after, what = v.SentOn, "ngày gửi"
		if v.SentOn == 0 {
			v.Form.say("", "Quyết định chưa ghi ngày gửi cấp xã. Hãy ghi ngày gửi trước.")
		}
	}
	switch {
	case !v.Result.Valid:
		v.Form.say("", "Nội dung này không đạt tỷ lệ tán thành nên không gửi, không công nhận.")
	case day > v.Today:
		v.Form.say(act+"-ngay", "Ngày "+day.Vi()+" chưa tới.")
	case day != 0 && day < after:
		v.Form.say(act+"-ngay", "Phải từ "+what+" ("+after.Vi()+") trở đi.")
	}
	if len(v.Form.Wrong) == 0 {
		err = s.amendPiece(r, v.Form, v.ID, func(e *ledger.Entry) (ledger.Amendment, error) {
			a := ledger.Amendment{Set: map[string]any{}, Reason: "Ghi ngày gửi cấp xã"}
			if files := v.Form.sent(); len(files) > 0 {
				a.Files = withFiles(e.Files, files)
			}
			if act == "gui" {
				a.Set["sent_on"] = day.String()
				return a, nil
			}
			a.Reason = "Ghi văn bản công nhận"
			a.Set["recognised_on"] = day.String()
			put(a.Set, "recognition_number", v.Form.text("cong-nhan-so"))
			return a, nil
		})
		if err := v.Form.refusal(err, map[string]string{"sent_on": "gui-ngay", "recognised_on": "cong-nhan-ngay"}); err != nil {
			return err
		}
	}
	if len(v.Form.Wrong) > 0 {
		return s.showDecision(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, back)
}

// pieceFilesOf are the files of an entry, to be opened from its page.
func (s *server) pieceFilesOf(e *ledger.Entry) []pieceFile {
	var out []pieceFile
	for n, f := range e.Files {
		out = append(out, pieceFile{f.Name, "/ghi-nhan/" + itoa(e.ID) + "/tep/" + strconv.Itoa(n+1)})
	}
	return out
}

// boardsOf are the supervision boards of a scope.
func (s *server) boardsOf(ctx context.Context, sc *scope) ([]*disclosure.SupervisionBoard, error) {
	f := s.scopeFilter(sc)
	f.From = 0
	var out []*disclosure.SupervisionBoard
	err := s.DB.View(ctx, func(q db.Querier) (err error) {
		out, err = s.disclosures().Boards(ctx, q, f)
		return err
	})
	return out, err
}
