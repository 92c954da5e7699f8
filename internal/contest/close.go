package contest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// Close closes the round that is under way: every juror has scored every piece that is his. The results go into the round's
// entry; the leaf holds the hash of all sheets.
func (s *Shelf) Close(ctx context.Context, tx *db.Tx, actor string, round int64, minutes string, today civil.Date, at time.Time) error {
	c, r, err := s.holdRound(ctx, tx, round)
	if err != nil {
		return err
	}
	if err := c.stillOpen(); err != nil {
		return err
	}
	if r.ClosedOn != 0 {
		return fault.New(fault.Conflict, "Vòng này đã chốt điểm ngày "+r.ClosedOn.Vi()+".")
	}
	if open := c.Open(); open == nil || open.ID != r.ID {
		return fault.New(fault.Conflict, "Vòng trước chưa chốt điểm. Hãy chốt lần lượt từng vòng.")
	}
	counted, err := s.counted(ctx, tx, c, r)
	if err != nil {
		return err
	}
	if err := c.complete(r, counted); err != nil {
		return err
	}
	content, err := json.Marshal(map[string]any{"round": round, "sheets": counted})
	if err != nil {
		return fmt.Errorf("close round: %w", err)
	}
	if _, err := audit.Append(ctx, tx, audit.Leaf{Act: "close", Subject: jurySubject, SubjectID: c.ID, Content: content, Actor: actor, At: at}); err != nil {
		return err
	}
	ranked := Rank(counted, int(r.Places))
	set := map[string]any{"closed_on": today.String(), "minutes": minutes, "results": c.rows(ranked), "entries": int64(len(ranked)), "passed": passing(ranked)}
	teams, people := int64(0), int64(0)
	for _, p := range c.In(r) {
		people += max(p.Members, 1)
		if p.Subject == collective {
			teams++
		}
	}
	set["teams"], set["participants"] = teams, people
	_, err = s.Ledger.Amend(ctx, tx, actor, round, r.Version, ledger.Amendment{Day: today, Reason: "Chốt điểm vòng thi", Set: set})
	return err
}

// counted are the sheets that count: of jurors on the jury, for pieces of the round that they are not excused from.
func (s *Shelf) counted(ctx context.Context, q db.Querier, c *Contest, r *Round) ([]Sheet, error) {
	all, err := allSheets(ctx, q, r.ID)
	if err != nil {
		return nil, err
	}
	excuses, err := Excused(ctx, q, c.ID)
	if err != nil {
		return nil, err
	}
	var out []Sheet
	for _, p := range c.In(r) {
		for _, j := range c.Jury {
			if excused(excuses, p.ID, j.Login) {
				continue
			}
			sheet := Sheet{Piece: p.ID, Login: j.Login}
			for _, x := range all {
				if x.Piece == p.ID && x.Login == j.Login && len(x.Given) == len(r.Criteria) {
					sheet.Given = x.Given
				}
			}
			out = append(out, sheet)
		}
	}
	return out, nil
}

// complete refuses a round in which somebody has still to score something.
func (c *Contest) complete(r *Round, counted []Sheet) error {
	in := c.In(r)
	switch {
	case len(in) == 0:
		return fault.New(fault.Conflict, "Vòng này chưa có bài nào. Hãy xét thể lệ và nhận bài trước.")
	case len(c.Jury) == 0:
		return fault.New(fault.Conflict, "Hội thi chưa có ban giám khảo. Hãy thêm giám khảo trước.")
	case len(r.Criteria) == 0:
		return fault.New(fault.Conflict, "Vòng này chưa có tiêu chí chấm. Hãy ghi tiêu chí trước.")
	}
	judges, missing := map[int64]int{}, map[string]int{}
	for _, s := range counted {
		judges[s.Piece]++
		if s.Given == nil {
			missing[s.Login]++
		}
	}
	for _, p := range in {
		if judges[p.ID] == 0 {
			return fault.Newf(fault.Conflict, "Bài số %d không còn giám khảo nào chấm vì đều được miễn. Hãy thêm giám khảo.", p.Number)
		}
	}
	var late []string
	for _, j := range c.Jury {
		if missing[j.Login] > 0 {
			late = append(late, fmt.Sprintf("%s còn %d bài", j.Name, missing[j.Login]))
		}
	}
	if len(late) > 0 {
		return fault.New(fault.Conflict, "Chưa chốt được: "+strings.Join(late, "; ")+". Hãy chấm đủ, hoặc miễn chấm, hoặc cho thôi giám khảo có lý do.")
	}
	return nil
}

func passing(list []Ranked) (n int64) {
	for _, x := range list {
		if x.Passes {
			n++
		}
	}
	return n
}

func (c *Contest) rows(list []Ranked) []any {
	byID := map[int64]*Piece{}
	for _, p := range c.Pieces {
		byID[p.ID] = p
	}
	var out []any
	for _, x := range list {
		passes := no
		if x.Passes {
			passes = yes
		}
		out = append(out, map[string]any{"entry": Ref(x.Piece), "number": byID[x.Piece].Number, "points": x.Points.String(), "place": int64(x.Place), "judges": int64(x.Judges), "passes": passes})
	}
	return out
}

// String is the points as a decimal with two places and a point.
func (p Points) String() string { return fmt.Sprintf("%d.%02d", p/100, p%100) }

// Vi is the points as they are printed: with a comma, without zeros that say nothing.
func (p Points) Vi() string {
	text := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%d,%02d", p/100, p%100), "0"), ",")
	return text
}

// Sheets are the sheets that counted in a closed round; before it is closed nobody reads them together.
func (s *Shelf) Sheets(ctx context.Context, q db.Querier, c *Contest, r *Round) ([]Sheet, error) {
	if r.ClosedOn == 0 {
		return nil, fault.New(fault.Conflict, "Vòng này chưa chốt điểm: trước khi chốt, mỗi giám khảo chỉ xem phiếu của mình.")
	}
	return allSheets(ctx, q, r.ID)
}

// Given is a prize as it is given to a piece.
type Given struct {
	Piece int64
	Rank  string
	Value int64 // đồng
}

// Publish gives the prizes and publishes the results: all rounds are closed. The contest counts from then on, on the day of
// its last round.
func (s *Shelf) Publish(ctx context.Context, tx *db.Tx, actor string, contest int64, prizes []Given, decision string, today civil.Date) error {
	c, err := s.hold(ctx, tx, contest)
	if err != nil {
		return err
	}
	if err := c.stillOpen(); err != nil {
		return err
	}
	if len(c.Held) == 0 || c.Open() != nil {
		return fault.New(fault.Conflict, "Còn vòng chưa chốt điểm nên chưa công bố kết quả được.")
	}
	if c.VotesOn(today) {
		return fault.New(fault.Conflict, "Bình chọn còn đến hết ngày "+c.VotesTo.Vi()+". Hãy công bố sau ngày đó, hoặc sửa ngày cuối bình chọn.")
	}
	for _, g := range prizes {
		if err := s.prize(ctx, tx, actor, c, g); err != nil {
			return err
		}
	}
	now, err := s.Contest(ctx, tx, contest)
	if err != nil {
		return err
	}
	set := map[string]any{"results_on": today.String(), "ended_on": today.String(), "decision": decision, "prizes": prizeRows(now.Won())}
	last := c.Held[len(c.Held)-1]
	if _, err := s.Ledger.Amend(ctx, tx, actor, contest, now.Version, ledger.Amendment{Day: last.Day, Reason: "Công bố kết quả hội thi", Set: set}); err != nil {
		return err
	}
	return nil
}

func (s *Shelf) prize(ctx context.Context, tx *db.Tx, actor string, c *Contest, g Given) error {
	for _, p := range c.Pieces {
		if p.ID != g.Piece {
			continue
		}
		if p.Admission != Admitted {
			return fault.Newf(fault.Invalid, "Bài số %d không vào thi nên không nhận giải.", p.Number)
		}
		set := map[string]any{"prize": g.Rank}
		if g.Value > 0 {
			set["prize_value"] = g.Value
		}
		_, err := s.Ledger.Amend(ctx, tx, actor, p.ID, p.Version, ledger.Amendment{Reason: "Trao giải", Set: set})
		return err
	}
	return fault.New(fault.Invalid, "Có bài nhận giải không thuộc hội thi. Hãy tải lại trang.")
}

func prizeRows(list []Prize) any {
	if len(list) == 0 {
		return nil
	}
	var out []any
	for _, p := range list {
		row := map[string]any{"rank": p.Rank, "winner": p.Winner, "quantity": p.Quantity}
		if p.Value != "" {
			row["value"] = p.Value.String()
		}
		out = append(out, row)
	}
	return out
}
