package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/contest"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/identity"
	"danvan/internal/ledger"
)

// contestRoutes are contests as their organiser runs them, and the sheets of jurors.
func (s *server) contestRoutes() []route {
	return []route{
		{"GET /hoi-thi", access.ReadWork, onScope, s.contestBook},
		{"GET /hoi-thi/moi", access.RecordWork, nil, s.contestNew},
		{"POST /hoi-thi/moi", access.RecordWork, nil, s.contestOpen},
		{"GET /hoi-thi/{id}", access.ReadWork, onEntry, s.contestPage},
		{"GET /hoi-thi/{id}/bang", access.ReadWork, onEntry, s.contestFile},
		{"GET /hoi-thi/{id}/bien-ban", access.ReadWork, onEntry, s.contestMinutes},
		{"POST /hoi-thi/{id}/{viec}", access.RecordWork, onEntry, s.contestAct},
		{"GET /cham-thi", access.JudgeContests, nil, s.jurorHome},
		{"GET /cham-thi/{id}", access.JudgeContests, nil, s.jurorRound},
		{"GET /cham-thi/{id}/bai/{so}", access.JudgeContests, nil, s.jurorPiece},
		{"POST /cham-thi/{id}/bai/{so}", access.JudgeContests, nil, s.jurorSave},
		{"GET /cham-thi/{id}/bai/{so}/tep/{n}", access.JudgeContests, nil, s.jurorFile},
	}
}

func (s *server) juries() *contest.Shelf {
	return &contest.Shelf{Ledger: s.Ledger, Catalog: s.Catalog, Engine: s.DB.Engine()}
}

var contestStages = map[contest.Stage]string{contest.Preparing: "Sắp nhận bài", contest.Collecting: "Đang nhận bài", contest.Judging: "Đang chấm", contest.Published: "Đã có kết quả"}

var contestChips = map[contest.Stage]string{contest.Preparing: "wait", contest.Collecting: "wait", contest.Judging: "doing", contest.Published: "done"}

func (s *server) contestBook(w http.ResponseWriter, r *http.Request) error {
	sc, err := s.readScope(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	var list []*contest.Contest
	err = s.DB.View(ctx, func(q db.Querier) (err error) {
		list, err = s.juries().Contests(ctx, q, ledger.Filter{Units: slices.Collect(maps.Keys(sc.subtree())), From: sc.Period.From, To: sc.Period.To})
		return err
	})
	if err != nil {
		return err
	}
	k := s.kindNear(contest.Kind, sc.Today)
	v := &bookView{Title: "Hội thi, cuộc thi", Section: "hoi-thi", Path: "/hoi-thi", Scope: sc, Noun: "hội thi",
		Lead:  "Hội thi chấm trên phần mềm này: số vòng, đội, bài, giám khảo, lượt bình chọn tính từ ghi nhận. Hội thi ghi tổng số thì giữ số đã ghi.",
		Empty: "Chưa có hội thi nào ở phạm vi và kỳ này. Bấm Mở hội thi, hoặc chọn kỳ dài hơn."}
	if viewer(ctx).May(access.RecordWork, 0) {
		v.Links = append(v.Links, bookLink{Name: "Mở hội thi", Href: "/hoi-thi/moi", Icon: "plus", Primary: true})
	}
	v.Columns = []bookColumn{{Key: "hoi-thi", Name: "Hội thi"}, {Key: "ngay", Name: "Ngày"}, {Key: "trang-thai", Name: "Trạng thái"}, {Key: "vong", Name: "Vòng", Num: true}, {Key: "doi", Name: "Đội", Num: true},
		{Key: "bai", Name: "Bài", Num: true}, {Key: "nguoi", Name: "Lượt người dự thi", Num: true}, {Key: "giam-khao", Name: "Giám khảo", Num: true}, {Key: "binh-chon", Name: "Lượt bình chọn", Num: true}}
	for _, c := range list {
		st := c.StageOn(sc.Today)
		chip := chipCell(contestChips[st], contestStages[st])
		if c.Way != contest.Here {
			chip = chipCell("done", "Ghi tổng số")
		}
		num := func(n int64) bookCell { return numOrNone(n, n > 0) }
		v.Rows = append(v.Rows, bookRow{Href: "/hoi-thi/" + itoa(c.ID), Cells: []bookCell{
			{Text: c.Title, Note: joinWords(sc.tree.NameOn(c.Unit, min(c.Day, sc.Today)), choiceName(k, "theme", c.Theme))}, dayCell(c.Day), chip,
			num(c.Rounds), num(c.Teams), num(c.Entries), num(c.Participants), num(c.Jurors), num(c.Votes)}})
	}
	return s.showBook(w, r, v)
}

// contestView is the page of one contest.
type contestView struct {
	*contest.Contest
	By      unitLink
	Mine    bool
	Gone    bool
	Today   civil.Date
	Form    pieceForm
	Told    string
	Votes   map[int64]int64 // until now, by entry
	Sum     int64
	Done    map[string][2]int // pieces scored, and to be scored, by juror, in the round under way
	Excused []contest.Excuse
	Jurors  []option // accounts that may be appointed
	Kinds   struct{ Contest, Round, Piece *catalog.Kind }
}

func (s *server) contestView(r *http.Request) (*contestView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	v := &contestView{Today: s.Today()}
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(q db.Querier) error {
		if v.Contest, err = s.juries().Contest(ctx, q, id); err != nil {
			return err
		}
		if v.Votes, err = contest.Votes(ctx, q, id, v.Today); err != nil {
			return err
		}
		if v.Excused, err = contest.Excused(ctx, q, id); err != nil {
			return err
		}
		if open := v.Open(); open != nil {
			v.Done, err = s.juries().Done(ctx, q, v.Contest, open)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, n := range v.Votes {
		v.Sum += n
	}
	v.Kinds.Contest, v.Kinds.Round, v.Kinds.Piece = s.kindNear(contest.Kind, v.Today), s.kindNear(contest.RoundKind, v.Today), s.kindNear(contest.EntryKind, v.Today)
	v.By = linkUnit(tree, v.Unit, v.Day)
	v.Gone = v.State == ledger.Void
	v.Mine = viewer(ctx).May(access.RecordWork, v.Unit) && !v.Gone && v.Way == contest.Here
	if v.Mine {
		v.Jurors, err = s.jurors(ctx)
	}
	return v, err
}

// jurors are the accounts that hold the role of a juror today.
func (s *server) jurors(ctx context.Context) ([]option, error) {
	q, today := s.DB.Read(), s.Today()
	grants, err := access.OfUnits(ctx, q)
	if err != nil {
		return nil, err
	}
	may := map[int64]bool{}
	for _, g := range grants {
		may[g.Account] = may[g.Account] || g.Role.Has(access.JudgeContests) && g.From <= today && today < g.To
	}
	accounts, err := s.Accounts.List(ctx, q, identity.Filter{Limit: 1 << 20})
	if err != nil {
		return nil, err
	}
	out := []option{{Name: "Chọn tài khoản"}}
	for _, a := range accounts {
		if may[a.ID] {
			out = append(out, option{Value: a.Login, Name: a.Name + " (" + a.Login + ")"})
		}
	}
	return out, nil
}

func (s *server) contestPage(w http.ResponseWriter, r *http.Request) error {
	v, err := s.contestView(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v.Told, v.Form = q.Get("xong"), newPieceForm(q.Get("mo"))
	return s.showContest(w, r, http.StatusOK, v)
}

func (s *server) showContest(w http.ResponseWriter, r *http.Request, status int, v *contestView) error {
	title := v.Title
	if len(v.Form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "hoi-thi"}, contestDetail(v))
}

// form is one of the page's forms: as it was sent, or new with what is usual.
func (v *contestView) form(act string) pieceForm {
	f := v.Form
	if f.Act != act || f.Key == "" || len(f.Values)+len(f.Wrong) == 0 {
		f = newPieceForm(v.Form.Act)
		if v.Form.Act != act {
			f.Act = ""
		}
		v.usual(act, &f)
	}
	return f
}

func (v *contestView) usual(act string, f *pieceForm) {
	set := func(name, value string) { f.Values.Set(name, value) }
	day := func(name string, d civil.Date) {
		if d != 0 {
			set(name, d.Vi())
		}
	}
	switch act {
	case "the-le":
		set("the-le-loi", v.Rules)
		day("nhan-tu", v.EntriesFrom)
		day("nhan-den", v.EntriesTo)
		day("chon-tu", v.VotesFrom)
		day("chon-den", v.VotesTo)
		if v.IsBlind() {
			set("ma-so", "1")
		}
	case "bai":
		day("bai-ngay", v.Today)
		set("bai-dang", "1")
	case "chot":
		if open := v.Open(); open != nil {
			set("vong", itoa(open.ID))
		}
	}
}

// roundName is a round as people call it.
func (v *contestView) roundName(r *contest.Round) string {
	return choiceName(v.Kinds.Round, "round", r.Round)
}

// progress says how far a juror has come in the round under way.
func (v *contestView) progress(login string) string {
	n, ok := v.Done[login]
	if !ok {
		return "—"
	}
	return strconv.Itoa(n[0]) + " trên " + strconv.Itoa(n[1]) + " bài"
}

// excuses are the numbers of the pieces that a juror does not score.
func (v *contestView) excuses(login string) string {
	var out []string
	for _, e := range v.Excused {
		if e.Login == login {
			for _, p := range v.Pieces {
				if p.ID == e.Piece {
					out = append(out, "bài "+itoa(p.Number)+" ("+e.Reason+")")
				}
			}
		}
	}
	return strings.Join(out, "; ")
}

// who says who sent a piece in.
func (v *contestView) who(p *contest.Piece) string {
	return or(joinWords(p.Team, strings.Join(p.Names(), ", ")), choiceName(v.Kinds.Piece, "subject", p.Subject)+", không nêu tên")
}

var pieceChips = map[string]string{contest.Received: "wait", contest.Admitted: "done", contest.Refused: "late", "": "wait"}

// contestFile is every piece with its results and votes as a table.
func (s *server) contestFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.contestView(r)
	if err != nil {
		return err
	}
	b := &bookView{Title: "Bài dự thi: " + v.Title, Section: "hoi-thi", Path: "/hoi-thi/" + itoa(v.ID) + "/bang", Noun: "bài", Links: []bookLink{{Name: "Trang hội thi", Href: "/hoi-thi/" + itoa(v.ID)}},
		Empty: "Chưa có bài nào. Ghi bài ở trang hội thi.", Columns: []bookColumn{{Key: "so", Name: "Mã số", Num: true}, {Key: "bai", Name: "Bài"}, {Key: "the-loai", Name: "Thể loại"}, {Key: "chu-the", Name: "Đội, tác giả"}, {Key: "the-le", Name: "Thể lệ"}}}
	var closed []*contest.Round
	for _, x := range v.Held {
		if x.ClosedOn != 0 {
			closed = append(closed, x)
			b.Columns = append(b.Columns, bookColumn{Key: "diem-" + itoa(x.ID), Name: "Điểm " + lowerFirst(v.roundName(x)), Num: true}, bookColumn{Key: "hang-" + itoa(x.ID), Name: "Hạng " + lowerFirst(v.roundName(x)), Num: true})
		}
	}
	b.Columns = append(b.Columns, bookColumn{Key: "chon", Name: "Lượt bình chọn", Num: true}, bookColumn{Key: "giai", Name: "Giải"})
	for _, p := range v.Pieces {
		cells := []bookCell{numCell(p.Number), wordCell(p.Title), wordCell(choiceName(v.Kinds.Piece, "form", p.Form)), wordCell(v.who(p)),
			{Text: choiceName(v.Kinds.Piece, "admission", or(p.Admission, contest.Received)), Chip: pieceChips[p.Admission]}}
		for _, x := range closed {
			if res := x.ResultOf(p.Number); res != nil {
				points, _ := ratOf(string(res.Points))
				cells = append(cells, bookCell{Num: points}, numCell(res.Place))
			} else {
				cells = append(cells, bookCell{}, bookCell{})
			}
		}
		cells = append(cells, numOrNone(v.Votes[p.ID], v.VotesFrom != 0), wordCell(choiceName(v.Kinds.Piece, "prize", p.Prize)))
		b.Rows = append(b.Rows, bookRow{Href: string(entryURL(p.ID)), Cells: cells})
	}
	return s.showBook(w, r, b)
}

// minutesView are the minutes of a closed round.
type minutesView struct {
	*contestView
	Round  *contest.Round
	Sheets []contest.Sheet
}

// given is what a juror gave a piece in all, "" where he was excused.
func (v *minutesView) given(login string, piece int64) string {
	for _, x := range v.Sheets {
		if x.Login == login && x.Piece == piece {
			return x.Sum().Vi()
		}
	}
	return "miễn"
}

// judges are those who gave points in the round, also who left the jury since.
func (v *minutesView) judges() []contest.Juror {
	out := slices.Clone(v.Jury)
	for _, x := range v.Sheets {
		if !slices.ContainsFunc(out, func(j contest.Juror) bool { return j.Login == x.Login }) {
			out = append(out, contest.Juror{Login: x.Login, Name: x.Login})
		}
	}
	return out
}

// juryLine names those who gave points.
func (v *minutesView) juryLine() string {
	var out []string
	for _, j := range v.judges() {
		out = append(out, j.Name+sayIf(j.Chair, " (trưởng ban)"))
	}
	return strings.Join(out, "; ")
}

func (v *minutesView) criteriaLine() string {
	var out []string
	for _, c := range v.Round.Criteria {
		out = append(out, c.Name+" (tối đa "+itoa(c.Most)+")")
	}
	return strings.Join(out, "; ")
}

func (s *server) contestMinutes(w http.ResponseWriter, r *http.Request) error {
	cv, err := s.contestView(r)
	if err != nil {
		return err
	}
	id, _ := strconv.ParseInt(r.URL.Query().Get("vong"), 10, 64)
	v := &minutesView{contestView: cv, Round: cv.RoundOf(id)}
	if v.Round == nil || v.Round.ClosedOn == 0 {
		return fault.New(fault.NotFound, "Vòng này chưa chốt điểm nên chưa có biên bản. Hãy mở từ trang hội thi.")
	}
	if v.Sheets, err = s.juries().Sheets(r.Context(), s.DB.Read(), cv.Contest, v.Round); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page{Title: "Biên bản chấm: " + v.Title, Section: "hoi-thi"}, contestMinutesPage(v))
}
