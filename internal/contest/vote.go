package contest

import (
	"context"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// Vote adds one to the votes of a piece on a day, once for a form's key. Nothing is kept of who voted, nor of which key
// voted for which piece: the key is remembered alone, so that a form that is sent twice counts once.
func (s *Shelf) Vote(ctx context.Context, tx *db.Tx, contest, number int64, key string, today civil.Date) error {
	c, err := s.Contest(ctx, tx, contest)
	if err != nil {
		return err
	}
	p := c.Piece(number)
	if p == nil || !p.Public() {
		return fault.New(fault.NotFound, "Không có bài này trong hội thi. Hãy chọn trong danh sách bài.")
	}
	if !c.VotesOn(today) {
		return c.notNow(today)
	}
	_, err = db.Once(ctx, tx, "vote:"+key, nil, func() ([]byte, error) {
		_, err := tx.ExecContext(ctx, `INSERT INTO contest_vote (contest, entry, day, votes) VALUES ($1, $2, $3, 1)
			ON CONFLICT (entry, day) DO UPDATE SET votes = contest_vote.votes + 1`, contest, p.ID, int64(today))
		return nil, err
	})
	if err != nil {
		return fmt.Errorf("count vote: %w", err)
	}
	return nil
}

// notNow says why no vote is taken on a day.
func (c *Contest) notNow(today civil.Date) error {
	switch {
	case c.VotesFrom == 0:
		return fault.New(fault.Conflict, "Hội thi này không có bình chọn.")
	case today < c.VotesFrom:
		return fault.New(fault.Conflict, "Chưa đến ngày bình chọn: từ "+c.VotesFrom.Vi()+" đến hết "+c.VotesTo.Vi()+".")
	}
	return fault.New(fault.Conflict, "Đã hết hạn bình chọn: "+c.VotesFrom.Vi()+" đến hết "+c.VotesTo.Vi()+".")
}

// Votes are the sums of a contest's pieces until a day, by the entry of the piece.
func Votes(ctx context.Context, q db.Querier, contest int64, until civil.Date) (map[int64]int64, error) {
	rows, err := q.QueryContext(ctx, `SELECT entry, sum(votes) FROM contest_vote WHERE contest = $1 AND day <= $2 GROUP BY entry`, contest, int64(until))
	if err != nil {
		return nil, fmt.Errorf("read votes of %d: %w", contest, err)
	}
	defer rows.Close()
	out := map[int64]int64{}
	for rows.Next() {
		var entry, n int64
		if err := rows.Scan(&entry, &n); err != nil {
			return nil, fmt.Errorf("read votes of %d: %w", contest, err)
		}
		out[entry] = n
	}
	return out, rows.Err()
}

func allVotes(ctx context.Context, q db.Querier, contest int64) (n int64, err error) {
	if err := q.QueryRowContext(ctx, `SELECT COALESCE(sum(votes), 0) FROM contest_vote WHERE contest = $1`, contest).Scan(&n); err != nil {
		return 0, fmt.Errorf("read votes of %d: %w", contest, err)
	}
	return n, nil
}
