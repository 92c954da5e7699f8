package web

import (
	"net/http"
	"slices"
	"strconv"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/disclosure"
	"danvan/internal/duty"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// superviseRoutes are the pages of supervision boards and of workplace conferences.
func (s *server) superviseRoutes() []route {
	return []route{
		{"GET /giam-sat", access.ReadWork, onScope, s.boardBook},
		{"GET /giam-sat/{id}", access.ReadWork, onEntry, s.supervisedPage},
		{"POST /giam-sat/{id}/{viec}", access.RecordWork, onEntry, s.boardAct},
		{"GET /hoi-nghi", access.ReadWork, onScope, s.conferenceBook},
	}
}

func (s *server) boardBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.dutyScope(r, yearOf)
	if err != nil {
		return err
	}
	boards, err := s.boardsOf(r.Context(), sc)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	see, typ := q.Get("trang-thai"), q.Get("loai")
	law, kind := s.disclosures().Law(sc.Today), s.kindNear(disclosure.BoardKind, sc.Today)
	v := &bookView{Title: "Giám sát của nhân dân", Path: "/giam-sat", Scope: sc, Noun: "ban", Section: "cong-khai", Tabs: s.discloseTabs("giam-sat", sc),
		Lead:  "Ban Thanh tra nhân dân, Ban Giám sát đầu tư của cộng đồng: phát hiện, kiến nghị, trả lời, thu hồi. Thành viên chỉ ghi số lượng.",
		Empty: "Chưa có ban nào ở phạm vi này. Bấm Ghi ban mới, hoặc chọn đơn vị khác."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = []bookLink{{Name: "Ghi ban mới", Href: "/ghi-nhan/moi/" + disclosure.BoardKind, Icon: "plus", Primary: true}}
	}
	v.Asks = []bookAsk{{Key: "loai", Name: "Loại ban", Value: typ, Options: choiceOptions(kind, "type", "Mọi loại", sc.Today)},
		{Key: "trang-thai", Name: "Trạng thái", Value: see, Options: []option{{Value: "", Name: "Đang hoạt động"}, {Value: "ket-thuc", Name: "Đã kết thúc"}, {Value: "qua-han", Name: "Có kiến nghị quá hạn trả lời"}}}}
	v.Columns = []bookColumn{{Key: "ban", Name: "Ban"}, {Key: "xa", Name: "Nơi"}, {Key: "tu", Name: "Từ ngày"}, {Key: "thanh-vien", Name: "Thành viên", Num: true}, {Key: "kien-nghi", Name: "Kiến nghị", Num: true}, {Key: "tra-loi", Name: "Đã trả lời", Num: true}, {Key: "qua-han", Name: "Quá hạn", Num: true},
		{Key: "tien", Name: "Tiền thu hồi", Unit: "đồng", Num: true}, {Key: "dat", Name: "Đất thu hồi", Unit: "m²", Num: true}, {Key: "vat-lieu", Name: "Vật liệu bù", Unit: "kg", Num: true}, {Key: "trang-thai", Name: "Trạng thái"}}
	var found []*disclosure.Finding
	overdueAll := 0
	for _, b := range boards {
		row, overdue := boardRow(sc, law, kind, b)
		found, overdueAll = append(found, b.Findings...), overdueAll+overdue
		if typ != "" && b.Type != typ || see == "" && !b.Running(sc.Today) || see == "ket-thuc" && b.Running(sc.Today) || see == "qua-han" && overdue == 0 {
			continue
		}
		v.Rows = append(v.Rows, row)
	}
	sum := disclosure.Sum(found)
	v.Kpis = []bookKpi{{Name: "Kiến nghị", Value: strconv.Itoa(len(found))}, {Name: "Quá hạn trả lời", Value: strconv.Itoa(overdueAll), Href: "/giam-sat" + sc.query() + "&trang-thai=qua-han"},
		{Name: "Tiền thu hồi", Value: civil.FormatTrim(sum.Money, 0), Unit: "đồng"}, {Name: "Đất thu hồi", Value: civil.FormatTrim(sum.Land, 1), Unit: "m²", Note: civil.FormatTrim(sum.Material, 1) + " kg vật liệu bù"}}
	return s.showBook(w, r, v)
}

func boardRow(sc *scope, law *disclosure.Law, kind *catalog.Kind, b *disclosure.SupervisionBoard) (row bookRow, overdue int) {
	answered := 0
	for _, f := range b.Findings {
		if f.AnsweredOn != 0 {
			answered++
		}
		if law.Overdue(f, sc.Today) {
			overdue++
		}
	}
	first := wordCell(b.Title)
	first.Note = joinWords(choiceName(kind, "type", b.Type), b.Project)
	state := chipCell("done", "Đang hoạt động")
	if !b.Running(sc.Today) {
		state = chipCell("", "Đã kết thúc")
	}
	sum := disclosure.Sum(b.Findings)
	return bookRow{Href: "/giam-sat/" + itoa(b.ID), Cells: []bookCell{first, wordCell(sc.tree.NameOn(b.Place, min(max(b.Day, sc.Period.From), sc.Today))), dayCell(b.Day), numCell(b.Members), numCell(int64(len(b.Findings))), numCell(int64(answered)), numCell(int64(overdue)),
		{Num: sum.Money}, {Num: sum.Land}, {Num: sum.Material}, state}}, overdue
}

// supervisedView is the page of one board.
type supervisedView struct {
	disclosure.SupervisionBoard
	Form     pieceForm
	Law      *disclosure.Law
	Kind     *catalog.Kind
	Outcomes *catalog.Kind
	Body     string
	Place    string
	Mine     bool
	Today    civil.Date
	Done     string
}

func (s *server) boardAt(r *http.Request) (*supervisedView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	e, err := s.Ledger.Entry(ctx, s.DB.Read(), id)
	if err != nil {
		return nil, err
	}
	if e.Kind != disclosure.BoardKind {
		return nil, fault.New(fault.NotFound, "Ghi nhận này không phải ban giám sát. Hãy mở từ danh sách ban.")
	}
	b, err := disclosure.BoardOf(e)
	if err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(q db.Querier) error {
		all, err := s.disclosures().Boards(ctx, q, ledger.Filter{Units: []org.UnitID{e.Unit}})
		for _, x := range all {
			if x.ID == id {
				b.Findings = x.Findings
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	today := s.Today()
	return &supervisedView{SupervisionBoard: *b, Form: newPieceForm(""), Law: s.disclosures().Law(today), Kind: s.kindNear(e.Kind, e.Day), Outcomes: s.kindNear(disclosure.FindingKind, today), Body: tree.NameOn(e.Unit, min(e.Day, today)), Place: tree.NameOn(e.Place, min(e.Day, today)),
		Mine: viewer(ctx).May(access.RecordWork, e.Unit) && e.State != ledger.Void, Today: today, Done: r.URL.Query().Get("xong")}, nil
}

func (s *server) supervisedPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.boardAt(r)
	if err != nil {
		return err
	}
	return s.showSupervised(w, r, http.StatusOK, v)
}

func (s *server) showSupervised(w http.ResponseWriter, r *http.Request, status int, v *supervisedView) error {
	title := v.Title
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "cong-khai", Scripts: pieceScripts}, supervisedPage(v))
}

// boardActs are the acts on a board, by the last word of the address.
var boardActs = map[string]func(s *server, r *http.Request, v *supervisedView) error{
	"kien-nghi": (*server).boardFinding,
	"tra-loi":   (*server).boardAnswer,
	"ket-thuc":  (*server).boardEnd,
}

func (s *server) boardAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	do := boardActs[act]
	if do == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang của ban. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	v, err := s.boardAt(r)
	if err != nil {
		return err
	}
	v.Form = f
	back := "/giam-sat/" + itoa(v.ID) + "?xong=luu"
	if done, err := s.sentFormBefore(r, f.form); err != nil {
		return err
	} else if done {
		return seeOther(w, r, back)
	}
	if err := do(s, r, v); err != nil {
		return err
	}
	if len(v.Form.Wrong) > 0 {
		return s.showSupervised(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, back)
}

func (s *server) boardFinding(r *http.Request, v *supervisedView) error {
	f := &v.Form
	day := f.wantDay("kn-ngay", "Hãy ghi ngày gửi kiến nghị.")
	switch {
	case day > v.Today:
		f.say("kn-ngay", "Ngày "+day.Vi()+" chưa tới: chỉ ghi kiến nghị đã gửi.")
	case day != 0 && day < v.Day:
		f.say("kn-ngay", "Phải từ ngày thành lập ban ("+v.Day.Vi()+") trở đi.")
	case day != 0 && !v.Running(day):
		f.say("kn-ngay", "Ban đã kết thúc hoạt động trước ngày này.")
	}
	set := map[string]any{"type": v.Type, "finding": f.want("kn-phat-hien", "Hãy ghi điều ban phát hiện."), "recommendation": f.want("kn-noi-dung", "Hãy ghi kiến nghị."), "addressee": f.want("kn-noi-nhan", "Hãy ghi nơi nhận kiến nghị.")}
	if len(f.Wrong) > 0 {
		return nil
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	d := ledger.Draft{Kind: disclosure.FindingKind, Unit: ledger.Ref(tree.Unit(v.Unit)), Day: day, Carries: "#" + itoa(v.ID), Files: f.sent(), Fields: set}
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		_, err := s.recordPiece(r.Context(), tx, tree, d)
		return err
	})
	return f.refusal(err, map[string]string{"day": "kn-ngay", "finding": "kn-phat-hien", "recommendation": "kn-noi-dung", "addressee": "kn-noi-nhan"})
}

func (s *server) boardAnswer(r *http.Request, v *supervisedView) error {
	f := &v.Form
	at := slices.IndexFunc(v.Findings, func(x *disclosure.Finding) bool { return itoa(x.ID) == f.text("tl-so") })
	if at < 0 {
		f.say("tl-so", "Hãy chọn kiến nghị được trả lời.")
	}
	day := f.wantDay("tl-ngay", "Hãy ghi ngày trả lời.")
	if day > v.Today {
		f.say("tl-ngay", "Ngày "+day.Vi()+" chưa tới.")
	} else if at >= 0 && day != 0 && day < v.Findings[at].Day {
		f.say("tl-ngay", "Ngày trả lời phải từ ngày gửi kiến nghị ("+v.Findings[at].Day.Vi()+") trở đi.")
	}
	set := map[string]any{"answered_on": day.String(), "answer": f.want("tl-noi-dung", "Hãy ghi nội dung trả lời."), "outcome": f.want("tl-ket-qua", "Hãy chọn kết quả.")}
	put(set, "recovered_money", f.text("tl-tien"))
	put(set, "recovered_land", f.text("tl-dat"))
	put(set, "recovered_material", f.text("tl-vat-lieu"))
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.Findings[at].ID, func(e *ledger.Entry) (ledger.Amendment, error) {
		a := ledger.Amendment{Set: set, Reason: "Ghi trả lời kiến nghị"}
		if files := f.sent(); len(files) > 0 {
			a.Files = withFiles(e.Files, files)
		}
		return a, nil
	})
	return f.refusal(err, map[string]string{"answered_on": "tl-ngay", "answer": "tl-noi-dung", "outcome": "tl-ket-qua", "recovered_money": "tl-tien", "recovered_land": "tl-dat", "recovered_material": "tl-vat-lieu"})
}

func (s *server) boardEnd(r *http.Request, v *supervisedView) error {
	f := &v.Form
	day := f.wantDay("kt-ngay", "Hãy ghi ngày kết thúc hoạt động.")
	if day > v.Today {
		f.say("kt-ngay", "Ngày "+day.Vi()+" chưa tới.")
	} else if day != 0 && day < v.Day {
		f.say("kt-ngay", "Phải từ ngày thành lập ("+v.Day.Vi()+") trở đi.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		a := ledger.Amendment{Set: map[string]any{"ended_on": day.String()}, Reason: "Ban kết thúc hoạt động"}
		put(a.Set, "ended_number", f.text("kt-so"))
		return a, nil
	})
	return f.refusal(err, map[string]string{"ended_on": "kt-ngay"})
}

// conferenceBook is the register of workplaces that must hold a conference every year, and what became of it. It reads what
// is owed; the yearly summary, which feeds the report, is a kind of its own and is not counted here.
func (s *server) conferenceBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.dutyScope(r, func(day civil.Date) civil.Period { return yearOf(day.AddYears(-1)) })
	if err != nil {
		return err
	}
	list, err := s.owed(r, duty.Ask{Under: sc.Unit.ID, From: sc.Period.From, To: sc.Period.To.AddDays(120), Today: sc.Today, Keep: func(d *catalog.Duty) bool { return d.Kind == "workplace_conference" }})
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(o duty.Obligation) bool {
		return o.Turn.Period.To > sc.Period.To || o.Turn.Period.To < sc.Period.From
	})
	see := r.URL.Query().Get("trang-thai")
	v := &bookView{Title: "Hội nghị cán bộ, công chức, viên chức, người lao động", Path: "/hoi-nghi", Scope: sc, Noun: "nơi làm việc", Section: "cong-khai", Tabs: s.discloseTabs("hoi-nghi", sc),
		Lead:  "Mỗi năm một lần, chậm nhất 3 tháng của năm sau. Nơi phải tổ chức lấy theo loại đơn vị; số tổng hợp của báo cáo (F12, F13) là nguồn riêng, không cộng vào đây.",
		Empty: "Không có nơi nào phải tổ chức ở phạm vi và năm này. Hãy chọn năm hoặc đơn vị khác."}
	if viewer(r.Context()).May(access.RecordWork, 0) {
		v.Links = []bookLink{{Name: "Ghi một hội nghị", Href: "/ghi-nhan/moi/workplace_conference", Icon: "plus", Primary: true}, {Name: "Ghi bảng tổng hợp năm", Href: "/ghi-nhan/moi/workplace_conference_summary", Icon: "data"}}
	}
	v.Asks = []bookAsk{{Key: "trang-thai", Name: "Trạng thái", Value: see, Options: []option{{Name: "Mọi trạng thái"}}}}
	for _, st := range duty.States {
		v.Asks[0].Options = append(v.Asks[0].Options, option{Value: string(st), Name: dutyStates[st]})
	}
	v.Columns = []bookColumn{{Key: "noi", Name: "Nơi làm việc"}, {Key: "nam", Name: "Năm"}, {Key: "han", Name: "Hạn"}, {Key: "ngay", Name: "Tổ chức ngày"}, {Key: "trang-thai", Name: "Trạng thái"}}
	counts := map[duty.State]int{}
	for _, o := range list {
		counts[o.State]++
		if see != "" && string(o.State) != see {
			continue
		}
		row := bookRow{Cells: []bookCell{wordCell(sc.tree.NameOn(o.Unit, min(o.Turn.Period.To, sc.Today))), wordCell(o.Turn.Period.Name), dayCell(o.Turn.Due), {}, chipCell(dutyTone(o.State), dutyStates[o.State])}}
		row.Href = "/ghi-nhan/moi/workplace_conference"
		if len(o.Met) > 0 {
			row.Href, row.Cells[3] = entryAddress(o.Met[0].Entry), dayCell(o.DoneOn)
		}
		v.Rows = append(v.Rows, row)
	}
	v.Kpis = []bookKpi{{Name: "Phải tổ chức", Value: strconv.Itoa(len(list)), Unit: "nơi"}, {Name: "Đã tổ chức đúng hạn", Value: strconv.Itoa(counts[duty.Done]), Unit: "nơi"}, {Name: "Tổ chức chậm", Value: strconv.Itoa(counts[duty.DoneLate]), Unit: "nơi"}, {Name: "Quá hạn, chưa tổ chức", Value: strconv.Itoa(counts[duty.Late]), Unit: "nơi"}}
	return s.showBook(w, r, v)
}

func entryAddress(id int64) string { return "/ghi-nhan/" + itoa(id) }

func dutyTone(st duty.State) string {
	switch {
	case st == duty.Late || st == duty.DoneLate:
		return "late"
	case st.Open():
		return "wait"
	case st == duty.Done:
		return "done"
	}
	return ""
}
