package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/contest"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/files"
	"danvan/internal/ledger"
)

// jurorView is what a juror sees: the contest and round, the pieces, his own sheets and nobody else's.
type jurorView struct {
	Contest *contest.Contest
	Round   *contest.Round
	Name    string
	Pieces  []jurorPiece
	Today   civil.Date
	Told    string
	Left    int // pieces still to be scored
}

// jurorPiece is a piece with the juror's own sheet.
type jurorPiece struct {
	*contest.Piece
	Form    string
	Who     string // empty where jurors see numbers alone
	Sum     string // what the juror gave, empty for not scored
	Given   []contest.Points
	Excused string // why he does not score it
}

var notJuror = fault.New(fault.NotFound, "Bạn không ở ban giám khảo của vòng thi này. Hãy mở trang Chấm thi.")

// jurorHome are the contests whose jury the viewer is on.
func (s *server) jurorHome(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var list []*contest.Contest
	err := s.DB.View(ctx, func(q db.Querier) error {
		ids, err := contest.OnJury(ctx, q, viewer(ctx).Login)
		if err != nil {
			return err
		}
		for _, id := range ids {
			c, err := s.juries().Contest(ctx, q, id)
			if err != nil {
				return err
			}
			if c.State != ledger.Void {
				list = append(list, c)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page{Title: "Chấm thi", Section: "cham-thi"}, jurorHomePage(list, s.kindNear(contest.RoundKind, s.Today()), s.Today()))
}

// jurorView reads a round for the viewer: he must be on its jury.
func (s *server) jurorView(r *http.Request) (*jurorView, error) {
	ctx := r.Context()
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	v := &jurorView{Today: s.Today()}
	login := viewer(ctx).Login
	err = s.DB.View(ctx, func(q db.Querier) error {
		if v.Contest, v.Round, err = s.juries().OfRound(ctx, q, id); err != nil {
			return err
		}
		on := false
		for _, j := range v.Contest.Jury {
			on = on || j.Login == login
		}
		if !on || v.Contest.State == ledger.Void {
			return notJuror
		}
		mine, err := contest.SheetsOf(ctx, q, id, login)
		if err != nil {
			return err
		}
		excuses, err := contest.Excused(ctx, q, v.Contest.ID)
		if err != nil {
			return err
		}
		s.jurorPieces(v, login, mine, excuses)
		return nil
	})
	return v, err
}

func (s *server) jurorPieces(v *jurorView, login string, mine []contest.Sheet, excuses []contest.Excuse) {
	k := s.kindNear(contest.EntryKind, v.Today)
	v.Name = choiceName(s.kindNear(contest.RoundKind, v.Today), "round", v.Round.Round)
	for _, p := range v.Contest.In(v.Round) {
		x := jurorPiece{Piece: p, Form: choiceName(k, "form", p.Form)}
		if !v.Contest.IsBlind() {
			x.Who = joinWords(p.Team, strings.Join(p.Names(), ", "))
		}
		for _, e := range excuses {
			if e.Piece == p.ID && e.Login == login {
				x.Excused = e.Reason
			}
		}
		for _, sheet := range mine {
			if sheet.Piece == p.ID {
				x.Given, x.Sum = sheet.Given, sheet.Sum().Vi()
			}
		}
		if x.Sum == "" && x.Excused == "" {
			v.Left++
		}
		v.Pieces = append(v.Pieces, x)
	}
}

func (s *server) jurorRound(w http.ResponseWriter, r *http.Request) error {
	v, err := s.jurorView(r)
	if err != nil {
		return err
	}
	v.Told = r.URL.Query().Get("xong")
	return s.render(w, r, http.StatusOK, page{Title: "Chấm " + lowerFirst(v.Name) + ": " + v.Contest.Title, Section: "cham-thi"}, jurorRoundPage(v))
}

// jurorOne is the sheet of one piece.
type jurorOne struct {
	*jurorView
	jurorPiece
	form  form
	Files []ledger.File
	Next  int64 // number of the next piece that is not scored, 0 for none
}

func (s *server) jurorOne(r *http.Request) (*jurorOne, error) {
	v, err := s.jurorView(r)
	if err != nil {
		return nil, err
	}
	number, _ := strconv.ParseInt(r.PathValue("so"), 10, 64)
	out := &jurorOne{jurorView: v}
	for _, p := range v.Pieces {
		if p.Number == number && number > 0 {
			out.jurorPiece = p
		} else if out.Next == 0 && p.Sum == "" && p.Excused == "" {
			out.Next = p.Number
		}
	}
	if out.Piece == nil {
		return nil, fault.New(fault.NotFound, "Bài này không ở vòng đang chấm. Hãy mở lại danh sách bài.")
	}
	e, err := s.Ledger.Entry(r.Context(), s.DB.Read(), out.Piece.ID)
	if err != nil {
		return nil, err
	}
	out.Files = e.Files
	return out, nil
}

func (s *server) jurorPiece(w http.ResponseWriter, r *http.Request) error {
	v, err := s.jurorOne(r)
	if err != nil {
		return err
	}
	v.form = newForm()
	for i, p := range v.Given {
		v.form.Values.Set(criterionField(i), p.Vi())
	}
	return s.showJurorSheet(w, r, http.StatusOK, v)
}

func criterionField(i int) string { return "diem-" + strconv.Itoa(i+1) }

func (s *server) showJurorSheet(w http.ResponseWriter, r *http.Request, status int, v *jurorOne) error {
	title := "Bài số " + itoa(v.Number) + ": " + v.Title
	if len(v.form.Wrong) > 0 {
		title = "Lỗi: " + lowerFirst(title)
	}
	return s.render(w, r, status, page{Title: title, Section: "cham-thi"}, jurorPage(v))
}

// jurorSave keeps the juror's own sheet, or excuses him at his word.
func (s *server) jurorSave(w http.ResponseWriter, r *http.Request) error {
	f, err := s.readPiece(w, r, "cham")
	if err != nil {
		return err
	}
	v, err := s.jurorOne(r)
	if err != nil {
		return err
	}
	v.form = f.form
	list := "/cham-thi/" + itoa(v.Round.ID)
	if done, err := s.sentFormBefore(r, v.form); err != nil || done {
		if err != nil {
			return err
		}
		return seeOther(w, r, list+"?xong=luu")
	}
	save := s.jurorScore(r, v)
	if f.text("viec") == "mien" {
		save = s.jurorExcuse(r, v, &f)
	}
	if len(v.form.Wrong) == 0 {
		err := s.onceFor(r, v.form, func(tx *db.Tx) error { return save(r.Context(), tx) })
		if said := sentence(err); said != "" {
			v.form.say("", said)
		} else if err != nil {
			return err
		}
	}
	if len(v.form.Wrong) > 0 {
		return s.showJurorSheet(w, r, http.StatusUnprocessableEntity, v)
	}
	if v.Next != 0 && f.text("viec") == "tiep" {
		return seeOther(w, r, list+"/bai/"+itoa(v.Next)+"?xong=luu")
	}
	return seeOther(w, r, list+"?xong=luu")
}

func (s *server) jurorScore(r *http.Request, v *jurorOne) func(context.Context, *db.Tx) error {
	sheet := contest.Sheet{Piece: v.Piece.ID, Login: viewer(r.Context()).Login}
	for i, c := range v.Round.Criteria {
		p, ok := pointsOf(v.form.get(criterionField(i)))
		if !ok || p > contest.Points(c.Most*100) {
			v.form.say(criterionField(i), fmt.Sprintf("%s: hãy cho từ 0 đến %d điểm, ví dụ 7 hoặc 7,5.", c.Name, c.Most))
		}
		sheet.Given = append(sheet.Given, p)
	}
	return func(ctx context.Context, tx *db.Tx) error {
		return s.juries().Score(ctx, tx, v.Round.ID, sheet, v.Today, s.contestNow())
	}
}

func (s *server) jurorExcuse(r *http.Request, v *jurorOne, f *pieceForm) func(context.Context, *db.Tx) error {
	v.form.Wrong = nil // points do not matter then
	why := oneLine(f.text("mien-ly-do"), 300)
	if why == "" {
		v.form.say("mien-ly-do", "Hãy ghi lý do xin miễn: có liên quan thế nào đến bài này.")
	}
	login := viewer(r.Context()).Login
	return func(ctx context.Context, tx *db.Tx) error {
		return s.juries().ExcuseFrom(ctx, tx, login, v.Contest.ID, contest.Excuse{Piece: v.Piece.ID, Login: login, Reason: why}, s.contestNow())
	}
}

// pointsOf reads points as people type them: 7, 7,5 or 7.25.
func pointsOf(text string) (contest.Points, bool) {
	whole, part, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(text), ",", "."), ".")
	n, err := strconv.ParseUint(whole, 10, 16)
	if err != nil || len(part) > 2 {
		return 0, false
	}
	cents, err := strconv.ParseUint((part + "00")[:2], 10, 16)
	return contest.Points(n*100 + cents), err == nil
}

// jurorFile is a file of a piece, for the jurors of its round.
func (s *server) jurorFile(w http.ResponseWriter, r *http.Request) error {
	v, err := s.jurorOne(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > len(v.Files) {
		return fault.New(fault.NotFound, "Bài này không có tệp ở địa chỉ đó.")
	}
	f := v.Files[n-1]
	mime := or(files.MIMEOf(f.Name), "application/octet-stream")
	if isPicture(f.Name) {
		return s.sendFile(w, r, f.Hash, mime, "inline")
	}
	return s.sendFile(w, r, f.Hash, mime, attachmentNamed(f.Name))
}
