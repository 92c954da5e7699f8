package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/contest"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// criteriaRows is how many criteria the form of a round takes.
const criteriaRows = 6

// contestDo are the acts on the page of a contest.
var contestDo = map[string]func(s *server, r *http.Request, v *contestView) error{
	"the-le": (*server).contestRules, "vong": (*server).contestRound, "bai": (*server).contestPiece, "xet": (*server).contestAdmit, "giam-khao": (*server).contestAppoint,
	"thoi": (*server).contestDismiss, "mien": (*server).contestExcuse, "chot": (*server).contestClose, "cong-bo": (*server).contestPublish,
}

func (s *server) contestAct(w http.ResponseWriter, r *http.Request) error {
	act := r.PathValue("viec")
	do := contestDo[act]
	if do == nil {
		return fault.New(fault.NotFound, "Không có việc này ở trang hội thi. Hãy mở lại trang.")
	}
	f, err := s.readPiece(w, r, act)
	if err != nil {
		return err
	}
	v, err := s.contestView(r)
	if err != nil {
		return err
	}
	v.Form = f
	at := "/hoi-thi/" + r.PathValue("id") + "?xong=luu#" + act
	if done, err := s.sentFormBefore(r, f.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, at)
	}
	if !v.Mine {
		v.Form.say("", "Hội thi này đã hủy, hoặc chỉ ghi tổng số, nên không ghi thêm ở đây được.")
	} else if err := do(s, r, v); err != nil {
		return err
	}
	if len(v.Form.Wrong) > 0 {
		return s.showContest(w, r, http.StatusUnprocessableEntity, v)
	}
	return seeOther(w, r, at)
}

// now is the moment of an act on a jury.
func (s *server) contestNow() time.Time {
	if s.Ledger.Now != nil {
		return s.Ledger.Now()
	}
	return time.Now()
}

// inContest runs an act of the contest once for the form's key, and says in the form why it was refused.
func (s *server) inContest(r *http.Request, v *contestView, field string, do func(ctx context.Context, tx *db.Tx) error) error {
	f := &v.Form
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.onceFor(r, f.form, func(tx *db.Tx) error { return do(r.Context(), tx) })
	if err != nil && field != "" {
		if said := sentence(err); said != "" {
			f.say(field, said)
			return nil
		}
	}
	return f.refusal(err, nil)
}

var contestControls = map[string]string{"day": "ngay", "unit": "don-vi", "title": "ten", "theme": "chu-de", "form": "hinh-thuc", "rules": "the-le-loi", "entries_from": "nhan-tu", "entries_to": "nhan-den",
	"votes_from": "chon-tu", "votes_to": "chon-den", "budget": "kinh-phi"}

// contestDates reads the rules and days of a contest.
func contestDates(f *pieceForm) map[string]any {
	set := map[string]any{"rules": nil, "blind": "no"}
	put(set, "rules", f.text("the-le-loi"))
	for code, name := range map[string]string{"entries_from": "nhan-tu", "entries_to": "nhan-den", "votes_from": "chon-tu", "votes_to": "chon-den"} {
		set[code] = nil
		put(set, code, f.day(name))
	}
	if (f.text("chon-tu") == "") != (f.text("chon-den") == "") {
		f.say("chon-den", "Ngày đầu và ngày cuối bình chọn phải cùng ghi, hoặc cùng để trống nếu không có bình chọn.")
	}
	if f.text("ma-so") != "" {
		set["blind"] = "yes"
	}
	return set
}

func (s *server) contestRules(r *http.Request, v *contestView) error {
	f := &v.Form
	set := contestDates(f)
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, v.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Sửa thể lệ, ngày của hội thi", Set: set}, nil
	})
	return f.refusal(err, contestControls)
}

// contestDraft is an entry of the contest by the body that holds it.
func (s *server) contestDraft(ctx context.Context, v *contestView, kind string, day civil.Date, set map[string]any, files []ledger.File) (ledger.Draft, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return ledger.Draft{}, err
	}
	return ledger.Draft{Kind: kind, Unit: ledger.Ref(tree.Unit(standingUnit(tree, v.Unit, day))), Day: day, Carries: contest.Ref(v.ID), Fields: set, Files: files}, nil
}

func (s *server) contestRecord(r *http.Request, v *contestView, kind string, day civil.Date, set map[string]any, controls map[string]string) error {
	f := &v.Form
	if day > v.Today {
		f.say(f.Act+"-ngay", "Ngày "+day.Vi()+" chưa tới.")
	}
	if v.ResultsOn != 0 {
		f.say("", "Hội thi đã công bố kết quả nên không ghi thêm được.")
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	ctx := r.Context()
	tree, err := s.Tree(ctx)
	if err != nil {
		return err
	}
	d, err := s.contestDraft(ctx, v, kind, day, set, f.sent())
	if err != nil {
		return err
	}
	err = s.onceFor(r, f.form, func(tx *db.Tx) error {
		_, err := s.recordPiece(ctx, tx, tree, d)
		return err
	})
	return f.refusal(err, controls)
}

func (s *server) contestRound(r *http.Request, v *contestView) error {
	f := &v.Form
	set := map[string]any{"title": v.Title, "theme": v.Theme, "way": contest.Here}
	put(set, "round", f.want("vong-loai", "Hãy chọn vòng."))
	put(set, "starts_on", f.wantDay("vong-tu", "Hãy ghi ngày bắt đầu chấm."))
	put(set, "ends_on", f.day("vong-den"))
	put(set, "places", f.number("vong-lay"))
	var criteria []any
	for n := 1; n <= criteriaRows; n++ {
		at := strconv.Itoa(n)
		name, most := oneLine(f.text("tc-ten-"+at), 200), f.number("tc-diem-"+at)
		switch {
		case name == "" && f.text("tc-diem-"+at) == "":
		case name == "":
			f.say("tc-ten-"+at, "Tiêu chí "+at+" có điểm mà chưa có tên.")
		case most < 1 || most > 1000:
			f.say("tc-diem-"+at, "Điểm tối đa của tiêu chí "+at+" phải từ 1 đến 1000.")
		default:
			criteria = append(criteria, map[string]any{"criterion": name, "most": most})
		}
	}
	if len(criteria) == 0 && len(f.Wrong) == 0 {
		f.say("tc-ten-1", "Hãy ghi ít nhất một tiêu chí với điểm tối đa.")
	}
	set["criteria"] = criteria
	return s.contestRecord(r, v, contest.RoundKind, v.Today, set, map[string]string{"round": "vong-loai", "starts_on": "vong-tu", "ends_on": "vong-den", "places": "vong-lay", "criteria": "tc-ten-1"})
}

var contestPieceControls = map[string]string{"day": "bai-ngay", "title": "bai-ten", "number": "bai-so", "subject": "bai-chu-the", "form": "bai-the-loai", "team": "bai-doi", "members": "bai-nguoi", "authors": "bai-tac-gia",
	"consent": "bai-tac-gia", "summary": "bai-noi-dung", "picture": "bai-tep", "alt": "bai-anh"}

func (s *server) contestPiece(r *http.Request, v *contestView) error {
	f := &v.Form
	day := f.wantDay("bai-ngay", "Hãy ghi ngày nhận bài.")
	set := map[string]any{"admission": contest.Received, "shown": "no"}
	put(set, "title", oneLine(f.want("bai-ten", "Hãy ghi tên bài."), 300))
	put(set, "subject", f.want("bai-chu-the", "Hãy chọn tập thể hay cá nhân."))
	put(set, "form", f.text("bai-the-loai"))
	put(set, "team", oneLine(f.text("bai-doi"), 200))
	put(set, "members", f.number("bai-nguoi"))
	put(set, "summary", f.text("bai-noi-dung"))
	if f.text("bai-dang") != "" {
		set["shown"] = "yes"
	}
	contestAuthor(f, set)
	for _, x := range f.sent() {
		if isPicture(x.Name) && set["picture"] == nil {
			set["picture"] = x.Hash
			put(set, "alt", oneLine(f.want("bai-anh", "Hãy mô tả ảnh cho thấy gì, cho người không nhìn thấy ảnh."), 300))
		}
	}
	return s.contestRecord(r, v, contest.EntryKind, day, set, contestPieceControls)
}

// contestAuthor takes the name of an author who agreed to be named; without consent none is kept.
func contestAuthor(f *pieceForm, set map[string]any) {
	name := oneLine(f.text("bai-tac-gia"), 160)
	switch {
	case name == "":
		set["consent"] = "anonymous"
	case f.text("bai-dong-y") == "":
		f.say("bai-tac-gia", "Có tên mà chưa đánh dấu tác giả đồng ý nêu tên. Hãy đánh dấu nếu đã hỏi và được đồng ý, hoặc xóa tên.")
	default:
		set["consent"], set["authors"] = "named", []any{name}
	}
}

// pieceOfForm is the piece that a form names by its number.
func (v *contestView) pieceOfForm(f *pieceForm, field string) *contest.Piece {
	n, _ := strconv.ParseInt(f.text(field), 10, 64)
	p := v.Piece(n)
	if p == nil {
		f.say(field, "Không có bài mang mã số này trong hội thi.")
	}
	return p
}

func (s *server) contestAdmit(r *http.Request, v *contestView) error {
	f := &v.Form
	p := v.pieceOfForm(f, "xet-bai")
	set := map[string]any{"admitted_on": v.Today.String(), "admission": contest.Admitted, "refused_why": nil}
	if f.text("xet-kq") == contest.Refused {
		set["admission"] = contest.Refused
		put(set, "refused_why", oneLine(f.want("xet-ly-do", "Không nhận bài thì phải ghi lý do."), 300))
	}
	for _, x := range v.Held {
		if x.ClosedOn != 0 {
			f.say("xet-bai", "Đã có vòng chốt điểm nên không xét lại thể lệ được.")
			break
		}
	}
	if len(f.Wrong) > 0 {
		return nil
	}
	err := s.amendPiece(r, *f, p.ID, func(*ledger.Entry) (ledger.Amendment, error) {
		return ledger.Amendment{Reason: "Xét thể lệ", Set: set}, nil
	})
	return f.refusal(err, map[string]string{"refused_why": "xet-ly-do"})
}

func (s *server) contestAppoint(r *http.Request, v *contestView) error {
	f := &v.Form
	login := f.want("gk-ai", "Hãy chọn tài khoản giám khảo.")
	name := ""
	for _, o := range v.Jurors {
		if o.Value == login && login != "" {
			name = o.Name
		}
	}
	if login != "" && name == "" {
		f.say("gk-ai", "Tài khoản này không có vai trò giám khảo. Hãy chọn trong danh sách, hoặc nhờ quản trị giao vai trò.")
	}
	return s.inContest(r, v, "gk-ai", func(ctx context.Context, tx *db.Tx) error {
		a, err := s.Accounts.ByLogin(ctx, tx, login)
		if err != nil {
			return err
		}
		return s.juries().Appoint(ctx, tx, viewer(ctx).Login, v.ID, contest.Juror{Login: login, Name: a.Name, Chair: f.text("gk-truong") != ""}, s.contestNow())
	})
}

// jurorOfForm is the juror that a form names.
func (v *contestView) jurorOfForm(f *pieceForm, field string) string {
	login := f.text(field)
	for _, j := range v.Jury {
		if j.Login == login {
			return login
		}
	}
	f.say(field, "Hãy chọn một người trong ban giám khảo.")
	return ""
}

func (s *server) contestDismiss(r *http.Request, v *contestView) error {
	f := &v.Form
	login, why := v.jurorOfForm(f, "thoi-ai"), oneLine(f.want("thoi-ly-do", "Hãy ghi lý do thôi giám khảo."), 300)
	return s.inContest(r, v, "thoi-ai", func(ctx context.Context, tx *db.Tx) error {
		return s.juries().Dismiss(ctx, tx, viewer(ctx).Login, v.ID, login, why, s.contestNow())
	})
}

func (s *server) contestExcuse(r *http.Request, v *contestView) error {
	f := &v.Form
	login, p := v.jurorOfForm(f, "mien-ai"), v.pieceOfForm(f, "mien-bai")
	why := oneLine(f.want("mien-ly-do", "Hãy ghi lý do miễn chấm."), 300)
	return s.inContest(r, v, "mien-ai", func(ctx context.Context, tx *db.Tx) error {
		return s.juries().ExcuseFrom(ctx, tx, viewer(ctx).Login, v.ID, contest.Excuse{Piece: p.ID, Login: login, Reason: why}, s.contestNow())
	})
}

func (s *server) contestClose(r *http.Request, v *contestView) error {
	f := &v.Form
	minutes := oneLine(f.want("chot-bien-ban", "Hãy ghi số biên bản chấm."), 200)
	round, _ := strconv.ParseInt(f.text("vong"), 10, 64)
	if v.RoundOf(round) == nil {
		f.say("", "Không thấy vòng cần chốt. Hãy tải lại trang.")
	}
	return s.inContest(r, v, "", func(ctx context.Context, tx *db.Tx) error {
		return s.juries().Close(ctx, tx, viewer(ctx).Login, round, minutes, v.Today, s.contestNow())
	})
}

func (s *server) contestPublish(r *http.Request, v *contestView) error {
	f := &v.Form
	decision := oneLine(f.want("qd", "Hãy ghi số, ngày quyết định công nhận kết quả."), 200)
	var prizes []contest.Given
	for _, p := range v.Pieces {
		at := itoa(p.Number)
		if rank := f.text("giai-" + at); rank != "" {
			prizes = append(prizes, contest.Given{Piece: p.ID, Rank: rank, Value: f.number("tien-" + at)})
		}
	}
	return s.inContest(r, v, "", func(ctx context.Context, tx *db.Tx) error {
		return s.juries().Publish(ctx, tx, viewer(ctx).Login, v.ID, prizes, decision, v.Today)
	})
}

// contestNewView is the form that opens a contest.
type contestNewView struct {
	pieceForm
	Kind  *catalog.Kind
	Units []option
	Home  string
	Today civil.Date
}

func (s *server) contestNew(w http.ResponseWriter, r *http.Request) error {
	f := newPieceForm("moi")
	f.Values.Set("chu-de", "skilled")
	f.Values.Set("ma-so", "1")
	return s.showContestNew(w, r, http.StatusOK, f)
}

func (s *server) showContestNew(w http.ResponseWriter, r *http.Request, status int, f pieceForm) error {
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	v := contestNewView{pieceForm: f, Today: s.Today(), Kind: s.kindNear(contest.Kind, s.Today())}
	home := ""
	v.Units, home = s.pieceUnits(r.Context(), tree, v.Kind, v.Today)
	if v.get("don-vi") == "" {
		v.Values.Set("don-vi", home)
	}
	v.Home = refName(tree, v.get("don-vi"), v.Today)
	title := "Mở hội thi"
	if len(f.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "hoi-thi"}, contestNewPage(v))
}

func (s *server) contestOpen(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "moi")
	if err != nil {
		return err
	}
	tree, err := s.Tree(r.Context())
	if err != nil {
		return err
	}
	today := s.Today()
	unit := f.unit(tree, "don-vi", today)
	if unit == nil && !f.Wrong.has("don-vi") {
		f.say("don-vi", "Hãy chọn cơ quan tổ chức.")
	}
	set := contestDates(&f)
	for code, v := range set {
		if v == nil {
			delete(set, code)
		}
	}
	set["way"] = contest.Here
	put(set, "title", oneLine(f.want("ten", "Hãy ghi tên hội thi."), 300))
	put(set, "theme", f.want("chu-de", "Hãy chọn chủ đề."))
	put(set, "form", f.text("hinh-thuc"))
	put(set, "budget", f.text("kinh-phi"))
	if len(f.Wrong) == 0 {
		var id int64
		id, err = s.recordOnce(r, f, tree, ledger.Draft{Key: pieceKey(r, f), Kind: contest.Kind, Unit: ledger.Ref(unit), Day: today, Fields: set, Files: f.sent()})
		if err == nil {
			return seeOther(w, r, "/hoi-thi/"+itoa(id)+"?xong=luu")
		}
		if err := f.refusal(err, contestControls); err != nil {
			return err
		}
	}
	return s.showContestNew(w, r, http.StatusUnprocessableEntity, f)
}
