package contest

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// Juror is an account that scores the pieces of a contest.
type Juror struct {
	Login string
	Name  string
	Chair bool
}

// Excuse says that a juror does not score a piece: he has to do with it.
type Excuse struct {
	Piece  int64
	Login  string
	Reason string
}

const jurySubject = "contest_jury"

// Jury are the jurors of a contest, the chair first.
func Jury(ctx context.Context, q db.Querier, contest int64) ([]Juror, error) {
	rows, err := q.QueryContext(ctx, `SELECT login, name, chair FROM contest_juror WHERE contest = $1 AND ended_ms = 0 ORDER BY chair DESC, login`, contest)
	if err != nil {
		return nil, fmt.Errorf("read jury of %d: %w", contest, err)
	}
	defer rows.Close()
	var out []Juror
	for rows.Next() {
		var j Juror
		if err := rows.Scan(&j.Login, &j.Name, &j.Chair); err != nil {
			return nil, fmt.Errorf("read jury of %d: %w", contest, err)
		}
		out = append(out, j)
	}
	return out, rows.Err()
}

// OnJury are the contests whose jury a juror is on, newest first.
func OnJury(ctx context.Context, q db.Querier, login string) ([]int64, error) {
	return numbers(ctx, q, `SELECT contest FROM contest_juror WHERE login = $1 AND ended_ms = 0 ORDER BY contest DESC`, login)
}

// Appoint puts a juror on a contest's jury. Whoever is on it already stays as he now is given.
func (s *Shelf) Appoint(ctx context.Context, tx *db.Tx, actor string, contest int64, j Juror, at time.Time) error {
	c, err := s.hold(ctx, tx, contest)
	if err != nil {
		return err
	}
	if err := c.stillOpen(); err != nil {
		return err
	}
	leaf, err := said(ctx, tx, "appoint", actor, contest, at, map[string]any{"login": j.Login, "name": j.Name, "chair": j.Chair})
	if err != nil {
		return err
	}
	if j.Chair {
		if _, err := tx.ExecContext(ctx, `UPDATE contest_juror SET chair = $2 WHERE contest = $1`, contest, false); err != nil {
			return fmt.Errorf("appoint juror: %w", err)
		}
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO contest_juror (contest, login, name, chair, actor, at_ms, ended_ms, leaf) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)
		ON CONFLICT (contest, login) DO UPDATE SET name = excluded.name, chair = excluded.chair, actor = excluded.actor, at_ms = excluded.at_ms, ended_ms = 0, leaf = excluded.leaf`,
		contest, j.Login, j.Name, j.Chair, actor, at.UnixMilli(), leaf)
	if err != nil {
		return fmt.Errorf("appoint juror: %w", err)
	}
	return s.Follow(ctx, tx, actor, contest)
}

// Dismiss takes a juror off the jury: what he scored in rounds that are not closed no longer counts.
func (s *Shelf) Dismiss(ctx context.Context, tx *db.Tx, actor string, contest int64, login, reason string, at time.Time) error {
	c, err := s.hold(ctx, tx, contest)
	if err != nil {
		return err
	}
	if err := c.stillOpen(); err != nil {
		return err
	}
	if _, err := said(ctx, tx, "dismiss", actor, contest, at, map[string]any{"login": login, "reason": reason}); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE contest_juror SET ended_ms = $3 WHERE contest = $1 AND login = $2`, contest, login, at.UnixMilli()); err != nil {
		return fmt.Errorf("dismiss juror: %w", err)
	}
	return s.Follow(ctx, tx, actor, contest)
}

// Excused are the excuses of a contest.
func Excused(ctx context.Context, q db.Querier, contest int64) ([]Excuse, error) {
	rows, err := q.QueryContext(ctx, `SELECT entry, login, reason FROM contest_excuse WHERE contest = $1 ORDER BY entry, login`, contest)
	if err != nil {
		return nil, fmt.Errorf("read excuses of %d: %w", contest, err)
	}
	defer rows.Close()
	var out []Excuse
	for rows.Next() {
		var e Excuse
		if err := rows.Scan(&e.Piece, &e.Login, &e.Reason); err != nil {
			return nil, fmt.Errorf("read excuses of %d: %w", contest, err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// ExcuseFrom excuses a juror from a piece, at his own word or the organiser's; what he gave it in open rounds goes.
func (s *Shelf) ExcuseFrom(ctx context.Context, tx *db.Tx, actor string, contest int64, e Excuse, at time.Time) error {
	c, err := s.hold(ctx, tx, contest)
	if err != nil {
		return err
	}
	if err := c.stillOpen(); err != nil {
		return err
	}
	leaf, err := said(ctx, tx, "excuse", actor, contest, at, map[string]any{"login": e.Login, "entry": e.Piece, "reason": e.Reason})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO contest_excuse (contest, entry, login, reason, actor, at_ms, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (entry, login) DO NOTHING`, contest, e.Piece, e.Login, e.Reason, actor, at.UnixMilli(), leaf)
	if err != nil {
		return fmt.Errorf("excuse juror: %w", err)
	}
	for _, r := range c.Held {
		if r.ClosedOn != 0 {
			continue
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM contest_score WHERE round = $1 AND entry = $2 AND login = $3`, r.ID, e.Piece, e.Login); err != nil {
			return fmt.Errorf("excuse juror: %w", err)
		}
	}
	return nil
}

// Score keeps what a juror gives a piece in a round that is not closed: points for every criterion. It replaces what he gave
// before.
func (s *Shelf) Score(ctx context.Context, tx *db.Tx, round int64, sheet Sheet, today civil.Date, at time.Time) error {
	c, r, err := s.holdRound(ctx, tx, round)
	if err != nil {
		return err
	}
	if err := c.mayScore(ctx, tx, r, sheet, today); err != nil {
		return err
	}
	for i, p := range sheet.Given {
		_, err := tx.ExecContext(ctx, `INSERT INTO contest_score (round, entry, login, criterion, points, at_ms) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (round, entry, login, criterion) DO UPDATE SET points = excluded.points, at_ms = excluded.at_ms`, round, sheet.Piece, sheet.Login, i, int64(p), at.UnixMilli())
		if err != nil {
			return fmt.Errorf("keep score: %w", err)
		}
	}
	return nil
}

// mayScore says why a sheet is not taken.
func (c *Contest) mayScore(ctx context.Context, q db.Querier, r *Round, sheet Sheet, today civil.Date) error {
	if !c.judges(sheet.Login) {
		return fault.New(fault.Denied, "Bạn không ở ban giám khảo của hội thi này. Hãy hỏi ban tổ chức.")
	}
	if r.ClosedOn != 0 {
		return fault.New(fault.Conflict, "Vòng này đã chốt điểm ngày "+r.ClosedOn.Vi()+" nên không chấm thêm được.")
	}
	if open := c.Open(); open == nil || open.ID != r.ID {
		return fault.New(fault.Conflict, "Vòng trước chưa chốt điểm nên chưa chấm vòng này.")
	}
	if r.StartsOn > today {
		return fault.New(fault.Conflict, "Vòng này bắt đầu chấm ngày "+r.StartsOn.Vi()+".")
	}
	found := false
	for _, p := range c.In(r) {
		found = found || p.ID == sheet.Piece
	}
	if !found {
		return fault.New(fault.NotFound, "Bài này không ở vòng đang chấm. Hãy mở lại danh sách bài.")
	}
	if len(sheet.Given) != len(r.Criteria) {
		return fault.New(fault.Conflict, "Tiêu chí của vòng vừa đổi. Hãy mở lại phiếu chấm.")
	}
	for i, p := range sheet.Given {
		if p < 0 || p > Points(r.Criteria[i].Most*100) {
			return fault.Newf(fault.Invalid, "Điểm “%s” phải từ 0 đến %d.", r.Criteria[i].Name, r.Criteria[i].Most)
		}
	}
	excuses, err := Excused(ctx, q, c.ID)
	if err != nil {
		return err
	}
	for _, e := range excuses {
		if e.Piece == sheet.Piece && e.Login == sheet.Login {
			return fault.New(fault.Conflict, "Bạn đã được miễn chấm bài này.")
		}
	}
	return nil
}

func (c *Contest) judges(login string) bool {
	for _, j := range c.Jury {
		if j.Login == login {
			return true
		}
	}
	return false
}

// SheetsOf are one juror's own sheets in a round.
func SheetsOf(ctx context.Context, q db.Querier, round int64, login string) ([]Sheet, error) {
	return sheets(ctx, q, `SELECT entry, login, criterion, points FROM contest_score WHERE round = $1 AND login = $2 ORDER BY entry, login, criterion`, round, login)
}

// allSheets are the sheets of all jurors in a round. It is for closing the round, and for who reads a closed one.
func allSheets(ctx context.Context, q db.Querier, round int64) ([]Sheet, error) {
	return sheets(ctx, q, `SELECT entry, login, criterion, points FROM contest_score WHERE round = $1 ORDER BY entry, login, criterion`, round)
}

func sheets(ctx context.Context, q db.Querier, ask string, args ...any) ([]Sheet, error) {
	rows, err := q.QueryContext(ctx, ask, args...)
	if err != nil {
		return nil, fmt.Errorf("read scores: %w", err)
	}
	defer rows.Close()
	var out []Sheet
	for rows.Next() {
		var x Sheet
		var criterion int
		var points int64
		if err := rows.Scan(&x.Piece, &x.Login, &criterion, &points); err != nil {
			return nil, fmt.Errorf("read scores: %w", err)
		}
		if n := len(out); n == 0 || out[n-1].Piece != x.Piece || out[n-1].Login != x.Login {
			out = append(out, x)
		}
		last := &out[len(out)-1]
		last.Given = append(last.Given, Points(points))
	}
	return out, rows.Err()
}

// Done is how many pieces of a round each juror has scored, and how many are his to score: it says nothing of the points.
func (s *Shelf) Done(ctx context.Context, q db.Querier, c *Contest, r *Round) (map[string][2]int, error) {
	all, err := allSheets(ctx, q, r.ID)
	if err != nil {
		return nil, err
	}
	excuses, err := Excused(ctx, q, c.ID)
	if err != nil {
		return nil, err
	}
	out := map[string][2]int{}
	in := c.In(r)
	for _, j := range c.Jury {
		n := [2]int{}
		for _, p := range in {
			if excused(excuses, p.ID, j.Login) {
				continue
			}
			n[1]++
			for _, x := range all {
				if x.Piece == p.ID && x.Login == j.Login && len(x.Given) == len(r.Criteria) {
					n[0]++
				}
			}
		}
		out[j.Login] = n
	}
	return out, nil
}

func excused(list []Excuse, piece int64, login string) bool {
	for _, e := range list {
		if e.Piece == piece && e.Login == login {
			return true
		}
	}
	return false
}

// stillOpen refuses changes of a jury once the results are out.
func (c *Contest) stillOpen() error {
	switch {
	case c.State == ledger.Void:
		return fault.New(fault.Conflict, "Hội thi này đã hủy ở sổ việc.")
	case c.ResultsOn != 0:
		return fault.New(fault.Conflict, "Hội thi đã công bố kết quả ngày "+c.ResultsOn.Vi()+" nên không đổi được nữa.")
	}
	return nil
}

func said(ctx context.Context, tx *db.Tx, act, actor string, contest int64, at time.Time, what map[string]any) (int64, error) {
	content, err := json.Marshal(what)
	if err != nil {
		return 0, fmt.Errorf("log act on a jury: %w", err)
	}
	return audit.Append(ctx, tx, audit.Leaf{Act: act, Subject: jurySubject, SubjectID: contest, Content: content, Actor: actor, At: at})
}
