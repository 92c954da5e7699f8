package contest

import (
	"context"
	"fmt"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// Posted is told of each version of an entry in its own transaction (ledger.After): a piece belongs to a contest that is
// run here and gets its number; the contest's numbers follow. Entry 0 stands for many at once.
func (s *Shelf) Posted(ctx context.Context, tx *db.Tx, kind string, entry int64) error {
	if kind != Kind && kind != RoundKind && kind != EntryKind {
		return nil
	}
	list := []int64{entry}
	var err error
	switch {
	case entry == 0:
		list, err = numbers(ctx, tx, `SELECT id FROM entry WHERE kind = $1 AND state <> 'void' ORDER BY id`, Kind)
	case kind != Kind:
		list, err = s.concerned(ctx, tx, kind, entry)
	}
	if err != nil {
		return err
	}
	if entry == 0 && kind == EntryKind {
		if err := noStray(ctx, tx); err != nil {
			return err
		}
	}
	for _, id := range list {
		if err := s.followAll(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

var errStray = fault.New(fault.Invalid, "Bài dự thi phải thuộc một hội thi chấm trên phần mềm này. Hãy mở trang hội thi rồi ghi bài ở đó.")

func noStray(ctx context.Context, tx *db.Tx) error {
	stray, err := numbers(ctx, tx, `SELECT e.id FROM entry e LEFT JOIN entry c ON c.id = e.carries AND c.kind = $2 WHERE e.kind = $1 AND e.state <> 'void' AND c.id IS NULL ORDER BY e.id LIMIT 1`, EntryKind, Kind)
	if err != nil || len(stray) == 0 {
		return err
	}
	return errStray
}

// concerned are the contests of a round or piece, now and in the version before.
func (s *Shelf) concerned(ctx context.Context, tx *db.Tx, kind string, entry int64) ([]int64, error) {
	l, err := s.Ledger.LineOf(ctx, tx, entry)
	if err != nil {
		return nil, err
	}
	list, err := numbers(ctx, tx, `SELECT DISTINCT c.id FROM entry_version v JOIN entry c ON c.id = v.carries AND c.kind = $2
		WHERE v.entry = $1 AND v.version >= $3 ORDER BY c.id`, entry, Kind, l.Version-1)
	if err != nil || kind != EntryKind || l.State == ledger.Void {
		return list, err
	}
	c, err := s.Ledger.Referred(ctx, tx, Ref(l.Carries))
	if l.Carries == 0 || err == nil && (c == nil || c.Kind != Kind) {
		return nil, errStray
	}
	return list, err
}

// followAll lets one contest follow, in the name of whoever acted last on it or its parts.
func (s *Shelf) followAll(ctx context.Context, tx *db.Tx, id int64) error {
	c, err := s.hold(ctx, tx, id)
	if err != nil || c.State == ledger.Void {
		return err
	}
	if c.Way != Here {
		stray, err := numbers(ctx, tx, `SELECT id FROM entry WHERE carries = $1 AND kind = $2 AND state <> 'void' LIMIT 1`, id, EntryKind)
		if err == nil && len(stray) > 0 {
			err = errStray
		}
		return err
	}
	var actor string
	err = tx.QueryRowContext(ctx, `SELECT v.actor FROM entry_version v JOIN entry e ON e.id = v.entry
		WHERE (e.id = $1 OR e.carries = $1) AND v.version = e.version ORDER BY v.leaf DESC LIMIT 1`, id).Scan(&actor)
	if err != nil {
		return fmt.Errorf("who acted last on contest %d: %w", id, err)
	}
	for _, p := range c.Pieces {
		if p.Number != 0 {
			continue
		}
		_, err := s.Ledger.Amend(ctx, tx, actor, p.ID, p.Version, ledger.Amendment{Reason: "Cho mã số bài", Set: map[string]any{"number": c.next()}})
		return err // which lets it follow again
	}
	if err := c.twice(); err != nil {
		return err
	}
	return s.follow(ctx, tx, actor, c)
}

// next is the number of the next piece.
func (c *Contest) next() int64 {
	n := int64(1)
	for _, p := range c.Pieces {
		n = max(n, p.Number+1)
	}
	return n
}

// twice refuses two pieces of one number.
func (c *Contest) twice() error {
	for i := 1; i < len(c.Pieces); i++ {
		if c.Pieces[i].Number == c.Pieces[i-1].Number {
			return fault.Newf(fault.Conflict, "Mã số bài %d đã có trong hội thi này. Hãy bỏ trống để phần mềm cho số tiếp theo.", c.Pieces[i].Number)
		}
	}
	return nil
}

// Follow lets a contest's numbers follow what is recorded. Where they follow already it does nothing.
func (s *Shelf) Follow(ctx context.Context, tx *db.Tx, actor string, id int64) error {
	c, err := s.hold(ctx, tx, id)
	if err != nil || c.Way != Here || c.State == ledger.Void {
		return err
	}
	return s.follow(ctx, tx, actor, c)
}

func (s *Shelf) follow(ctx context.Context, tx *db.Tx, actor string, c *Contest) error {
	votes, err := allVotes(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	n := c.Tally(votes, s.today())
	if n == c.Numbers {
		return nil
	}
	_, err = s.Ledger.Amend(ctx, tx, actor, c.ID, c.Version, ledger.Amendment{Reason: "Số theo các vòng, bài, phiếu đã ghi", Set: n.set()})
	return err
}

func (s *Shelf) today() civil.Date {
	now := time.Now()
	if s.Ledger.Now != nil {
		now = s.Ledger.Now()
	}
	return civil.FromTime(now.UTC().Add(7 * time.Hour)) // Vietnam
}

func (n Numbers) set() map[string]any {
	return map[string]any{"rounds": n.Rounds, "teams": n.Teams, "entries": n.Entries, "participants": n.Participants, "jurors": n.Jurors, "votes": n.Votes}
}

// hold takes a contest for the transaction and reads it as it then stands.
func (s *Shelf) hold(ctx context.Context, tx *db.Tx, id int64) (*Contest, error) {
	if _, err := tx.ExecContext(ctx, `UPDATE entry SET version = version WHERE id = $1`, id); err != nil {
		return nil, fmt.Errorf("hold contest %d: %w", id, err)
	}
	return s.Contest(ctx, tx, id)
}

var noRound = fault.New(fault.NotFound, "Không có vòng thi này. Hãy mở từ trang hội thi.")

// holdRound takes a round and its contest for the transaction, the contest first, as every act does.
func (s *Shelf) holdRound(ctx context.Context, tx *db.Tx, round int64) (*Contest, *Round, error) {
	l, err := s.Ledger.LineOf(ctx, tx, round)
	if fault.KindOf(err) == fault.NotFound && err != nil || err == nil && (l.Kind != RoundKind || l.Carries == 0) {
		return nil, nil, noRound
	}
	if err != nil {
		return nil, nil, err
	}
	c, err := s.hold(ctx, tx, l.Carries)
	if err != nil {
		return nil, nil, err
	}
	r := c.RoundOf(round)
	if r == nil {
		return nil, nil, noRound
	}
	return c, r, nil
}

// OfRound is the contest of a round, and the round in it.
func (s *Shelf) OfRound(ctx context.Context, q db.Querier, round int64) (*Contest, *Round, error) {
	l, err := s.Ledger.LineOf(ctx, q, round)
	if fault.KindOf(err) == fault.NotFound && err != nil || err == nil && (l.Kind != RoundKind || l.Carries == 0) {
		return nil, nil, noRound
	}
	if err != nil {
		return nil, nil, err
	}
	c, err := s.Contest(ctx, q, l.Carries)
	if err != nil {
		return nil, nil, err
	}
	r := c.RoundOf(round)
	if r == nil {
		return nil, nil, noRound
	}
	return c, r, nil
}

func numbers(ctx context.Context, q db.Querier, ask string, args ...any) ([]int64, error) {
	rows, err := q.QueryContext(ctx, ask, args...)
	if err != nil {
		return nil, fmt.Errorf("find contests: %w", err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find contests: %w", err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}
