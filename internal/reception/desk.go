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
	return posted, d.count(ctx, tx, actor, e)
}

// Change amends a visit, made of the entry as it stands in the transaction, and lets its session follow.
func (d Desk) Change(ctx context.Context, tx *db.Tx, actor string, visit int64, change func(*Visit, *ledger.Entry) (ledger.Amendment, error)) error {
	e, err := d.Ledger.Entry(ctx, tx, visit)
	if err != nil {
		return err
	}
	session, err := d.hold(ctx, tx, e.Head.Carries)
	if err != nil {
		return err
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
	return d.count(ctx, tx, actor, session)
}

// Strike voids a visit and lets its session follow.
func (d Desk) Strike(ctx context.Context, tx *db.Tx, actor string, visit int64, reason string) error {
	e, err := d.Ledger.Entry(ctx, tx, visit)
	if err != nil {
		return err
	}
	session, err := d.hold(ctx, tx, e.Head.Carries)
	if err != nil {
		return err
	}
	if e, err = d.hold(ctx, tx, visit); err != nil {
		return err
	}
	if _, err := d.Ledger.Void(ctx, tx, actor, visit, e.Version, reason); err != nil {
		return err
	}
	return d.count(ctx, tx, actor, session)
}

// Follow lets a session's numbers follow its visits, after a visit was changed elsewhere.
func (d Desk) Follow(ctx context.Context, tx *db.Tx, actor string, session int64) error {
	e, err := d.hold(ctx, tx, session)
	if err != nil {
		return err
	}
	return d.count(ctx, tx, actor, e)
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
