package model

import (
	"context"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// Posted is told of each version of an entry in its own transaction (ledger.After): evidence belongs to a model or a
// group, and a model is a replica exactly where it names the model that it replicates, so that places are counted once
// however an entry came in. The days of the newest evidence and of the first replica follow in the model that they belong
// to. Entry 0 stands for many at once.
func (s *Shelf) Posted(ctx context.Context, tx *db.Tx, kind string, entry int64) error {
	if kind != EvidenceKind && kind != ModelKind {
		return nil
	}
	if entry == 0 {
		return s.checkAll(ctx, tx)
	}
	l, err := s.Ledger.LineOf(ctx, tx, entry)
	if err != nil {
		return err
	}
	of, err := s.belongsTo(ctx, tx, l)
	if err != nil || of == nil || of.State == ledger.Void {
		return err
	}
	return s.follow(ctx, tx, of.ID, l)
}

// belongsTo is the model or group that evidence or a replica names; nil for a model that replicates none. What names the
// wrong thing, or half, is refused.
func (s *Shelf) belongsTo(ctx context.Context, tx *db.Tx, l ledger.Line) (of *ledger.Head, err error) {
	if l.Carries != 0 {
		if of, err = s.Ledger.Referred(ctx, tx, Ref(l.Carries)); err != nil {
			return nil, err
		}
	}
	if of != nil && of.Kind != ModelKind && (of.Kind != GroupKind || l.Kind == ModelKind) {
		of = nil
	}
	if l.State == ledger.Void {
		return of, nil
	}
	if l.Kind == EvidenceKind {
		if of == nil {
			return nil, noModel
		}
		return of, nil
	}
	m, err := modelOf(l)
	if err != nil {
		return nil, err
	}
	if (m.Origin == Yes) != (of != nil) {
		return nil, halfReplica
	}
	return of, nil
}

var (
	noModel     = fault.New(fault.Invalid, "Minh chứng phải thuộc một mô hình, điển hình hoặc tổ tự quản. Hãy mở mô hình rồi ghi từ trang của mô hình, hoặc điền số mô hình ở mục “Thực hiện”.")
	halfReplica = fault.New(fault.Invalid, "Mô hình nhân rộng phải chọn “Có” ở mục “Nhân rộng từ mô hình khác” và điền số của mô hình ấy ở mục “Thực hiện”; mô hình không nhân rộng thì bỏ cả hai.")
)

// follow sets in a model the day of its newest evidence or of its first replica, after a version of one of them. A day
// that was typed for what is not recorded stays, unless it is that of what was struck.
func (s *Shelf) follow(ctx context.Context, tx *db.Tx, id int64, l ledger.Line) error {
	if _, err := tx.ExecContext(ctx, `UPDATE entry SET version = version WHERE id = $1`, id); err != nil { // whoever comes second waits, and sees what the first did
		return fmt.Errorf("hold model %d: %w", id, err)
	}
	m, err := s.Model(ctx, tx, id)
	if err != nil {
		return err
	}
	code, was, now, why := "last_evidence_on", m.LastEvidenceOn, m.newestEvidence(l), "Theo minh chứng gần nhất"
	if l.Kind == ModelKind {
		code, was, now, why = "replicated_on", m.ReplicatedOn, m.firstReplica(l), "Theo nơi nhân rộng đầu tiên"
	}
	if was == now {
		return nil
	}
	set := map[string]any{code: nil}
	if now != 0 {
		set[code] = now.String()
	}
	var actor string
	if err := tx.QueryRowContext(ctx, `SELECT actor FROM entry_version WHERE entry = $1 AND version = $2`, l.ID, l.Version).Scan(&actor); err != nil {
		return fmt.Errorf("who acted on entry %d: %w", l.ID, err)
	}
	_, err = s.Ledger.Amend(ctx, tx, actor, id, m.Version, ledger.Amendment{Reason: why, Set: set})
	return err
}

func (m *Model) newestEvidence(l ledger.Line) civil.Date {
	day := m.LastEvidenceOn
	if l.State == ledger.Void && l.Day == day {
		day = 0
	}
	for _, e := range m.Evidence {
		day = max(day, e.Day)
	}
	return day
}

func (m *Model) firstReplica(l ledger.Line) civil.Date {
	day := m.ReplicatedOn
	if l.State == ledger.Void && l.Day == day && m.OtherReplicas == 0 {
		day = 0
	}
	for _, r := range m.Replicas {
		if day == 0 || r.Day < day {
			day = r.Day
		}
	}
	return day
}

// checkAll looks at every evidence and every replica.
func (s *Shelf) checkAll(ctx context.Context, tx *db.Tx) error {
	var stray, half int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM entry e LEFT JOIN entry m ON m.id = e.carries AND m.kind IN ($1, $2)
		WHERE e.kind = $3 AND e.state <> 'void' AND m.id IS NULL`, ModelKind, GroupKind, EvidenceKind).Scan(&stray)
	if err != nil {
		return fmt.Errorf("look for stray evidence: %w", err)
	}
	if stray > 0 {
		return noModel
	}
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version LEFT JOIN entry m ON m.id = e.carries AND m.kind = $1
		WHERE e.kind = $1 AND e.state <> 'void' AND (v.fields LIKE '%"origin":"yes"%') <> (m.id IS NOT NULL)`, ModelKind).Scan(&half)
	if err != nil {
		return fmt.Errorf("look for half replicas: %w", err)
	}
	if half > 0 {
		return halfReplica
	}
	return nil
}
