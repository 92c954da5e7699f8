package reception

import (
	"context"
	"fmt"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Desk records visits: each is an entry, and the numbers of its session follow in the same transaction.
type Desk struct {
	Ledger *ledger.Ledger
	Tree   *org.Tree
}

// Receive records a visit to a session that is under way or closed. The fields are as the kind declares them, but for
// the turn, which follows from the visits that are there. Two desks that add at once wait for each other.
func (d Desk) Receive(ctx context.Context, tx *db.Tx, actor string, session int64, key string, set map[string]any) (ledger.Posted, error) {
	e, err := d.hold(ctx, tx, session)
	if err != nil {
		return ledger.Posted{}, err
	}
	s, err := SessionOf(e)
	if err != nil {
		return ledger.Posted{}, err
	}
	if s.Counted != ByVisits {
		return ledger.Posted{}, fault.New(fault.Conflict, "Buổi này ghi tổng số, không ghi từng lượt. Muốn sửa số, hãy mở buổi ở sổ việc.")
	}
	have, err := Visits(ctx, tx, session)
	if err != nil {
		return ledger.Posted{}, err
	}
	turn := int64(1)
	for _, v := range have {
		turn = max(turn, v.Turn+1)
	}
	set["turn"] = turn
	unit := d.Tree.Unit(e.Unit)
	if unit == nil {
		return ledger.Posted{}, fault.New(fault.Conflict, "Đơn vị của buổi tiếp không còn trong danh mục. Hãy mở lại trang.")
	}
	posted, err := d.Ledger.Record(ctx, tx, actor, ledger.Draft{Key: key, Kind: VisitKind, Unit: ledger.Ref(unit), Day: e.Day, Fields: set, Carries: fmt.Sprintf("#%d", session)})
	if err != nil {
		return ledger.Posted{}, err
	}
	return posted, d.Follow(ctx, tx, actor, session)
}

// Change amends a visit, made of the entry as it stands in the transaction, and lets its session follow.
func (d Desk) Change(ctx context.Context, tx *db.Tx, actor string, visit int64, change func(*Visit, *ledger.Entry) (ledger.Amendment, error)) error {
	e, err := d.Ledger.Entry(ctx, tx, visit)
	if err != nil {
		return err
	}
	session := e.Head.Carries
	if session != 0 { // else it was recorded by itself, outside any session
		if _, err := d.hold(ctx, tx, session); err != nil {
			return err
		}
	}
	if e, err = d.hold(ctx, tx, visit); err != nil {
		return err
	}
	v, err := VisitOf(e)
	if err != nil {
		return err
	}
	a, err := change(v, e)
	if err != nil {
		return err
	}
	if _, err := d.Ledger.Amend(ctx, tx, actor, visit, e.Version, a); err != nil {
		return err
	}
	return d.Follow(ctx, tx, actor, session)
}

// Strike voids a visit and lets its session follow.
func (d Desk) Strike(ctx context.Context, tx *db.Tx, actor string, visit int64, reason string) error {
	e, err := d.Ledger.Entry(ctx, tx, visit)
	if err != nil {
		return err
	}
	session := e.Head.Carries
	if session != 0 { // else it was recorded by itself, outside any session
		if _, err := d.hold(ctx, tx, session); err != nil {
			return err
		}
	}
	if e, err = d.hold(ctx, tx, visit); err != nil {
		return err
	}
	if _, err := d.Ledger.Void(ctx, tx, actor, visit, e.Version, reason); err != nil {
		return err
	}
	return d.Follow(ctx, tx, actor, session)
}

// Letter records the letter that a visit brought, once for each visit, and writes down there that it is in the book; the
// session counts it as taken. record makes the letter and gives its number.
func (d Desk) Letter(ctx context.Context, tx *db.Tx, actor string, visit int64, record func() (int64, error)) (int64, error) {
	var letter int64
	err := d.Change(ctx, tx, actor, visit, func(v *Visit, e *ledger.Entry) (ledger.Amendment, error) {
		if err := v.MayBring(e); err != nil {
			return ledger.Amendment{}, err
		}
		var err error
		if letter, err = record(); err != nil {
			return ledger.Amendment{}, err
		}
		return ledger.Amendment{Reason: "Lập đơn từ lượt tiếp", Set: map[string]any{"letter_taken": yes, "letter": fmt.Sprintf("#%d", letter)}}, nil
	})
	return letter, err
}

// Follow lets a session's numbers follow its visits. It is called anew where they follow already, and then does nothing.
func (d Desk) Follow(ctx context.Context, tx *db.Tx, actor string, session int64) error {
	if session == 0 {
		return nil
	}
	e, err := d.hold(ctx, tx, session)
	if err != nil {
		return err
	}
	return d.count(ctx, tx, actor, e)
}

// Posted is told of each version of an entry (ledger.After): a visit that came in by an import, was amended or voided in
// the ledger's own pages, or a session whose numbers were typed over, leads to the same numbers. Entry 0 is many at once.
func (d Desk) Posted(ctx context.Context, tx *db.Tx, kind string, entry int64) error {
	if kind != VisitKind && kind != SessionKind {
		return nil
	}
	ask, args := `SELECT DISTINCT v.carries FROM entry v JOIN entry s ON s.id = v.carries WHERE v.kind = $1 AND s.kind = $2 AND s.state <> 'void'`, []any{VisitKind, SessionKind}
	switch {
	case entry != 0 && kind == VisitKind:
		ask, args = ask+` AND v.id = $3`, append(args, entry)
	case entry != 0:
		ask, args = `SELECT id FROM entry WHERE id = $1 AND state <> 'void'`, []any{entry}
	}
	sessions, err := numbers(ctx, tx, ask, args...)
	if err != nil {
		return err
	}
	for _, id := range sessions {
		if err := d.follow(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// follow lets a session follow in the name of whoever made its or its visit's last version.
func (d Desk) follow(ctx context.Context, tx *db.Tx, session int64) error {
	e, err := d.Ledger.Entry(ctx, tx, session)
	if err != nil {
		return err
	}
	s, err := SessionOf(e)
	if err != nil || s.Counted != ByVisits {
		return err
	}
	var actor string
	err = tx.QueryRowContext(ctx, `SELECT v.actor FROM entry_version v JOIN entry e ON e.id = v.entry
		WHERE (e.id = $1 OR e.carries = $1 AND e.kind = $2) AND v.version = e.version ORDER BY v.leaf DESC LIMIT 1`, session, VisitKind).Scan(&actor)
	if err != nil {
		return fmt.Errorf("who acted last on session %d: %w", session, err)
	}
	return d.Follow(ctx, tx, actor, session)
}

func numbers(ctx context.Context, q db.Querier, ask string, args ...any) ([]int64, error) {
	rows, err := q.QueryContext(ctx, ask, args...)
	if err != nil {
		return nil, fmt.Errorf("find sessions to count: %w", err)
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("find sessions to count: %w", err)
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

// hold takes an entry for the transaction and reads it as it then stands: whoever comes second sees what the first did.
func (d Desk) hold(ctx context.Context, tx *db.Tx, id int64) (*ledger.Entry, error) {
	if _, err := tx.ExecContext(ctx, `UPDATE entry SET version = version WHERE id = $1`, id); err != nil {
		return nil, fmt.Errorf("hold entry %d: %w", id, err)
	}
	e, err := d.Ledger.Entry(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if e.State == ledger.Void {
		return nil, fault.New(fault.Conflict, "Ghi nhận này đã hủy nên không ghi thêm được nữa. Hãy mở lại trang buổi tiếp.")
	}
	return e, nil
}

// count writes the session's numbers anew where they differ from its visits.
func (d Desk) count(ctx context.Context, tx *db.Tx, actor string, e *ledger.Entry) error {
	s, err := SessionOf(e)
	if err != nil || s.Counted != ByVisits {
		return err
	}
	list, err := Visits(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	if t := TotalsOf(list); !t.Equal(s.Totals) {
		_, err = d.Ledger.Amend(ctx, tx, actor, e.ID, e.Version, ledger.Amendment{Reason: "Số theo các lượt tiếp đã ghi", Set: t.Set()})
	}
	return err
}
