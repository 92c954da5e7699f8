package model

import (
	"context"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// Posted is told of each version of an entry in its own transaction (ledger.After): evidence belongs to a model or a
// group, and a model is a replica exactly where it names the model that it replicates, so that places are counted once
// however an entry came in. Entry 0 stands for many at once.
func (s *Shelf) Posted(ctx context.Context, tx *db.Tx, kind string, entry int64) error {
	if kind != EvidenceKind && kind != ModelKind {
		return nil
	}
	if entry == 0 {
		return s.checkAll(ctx, tx)
	}
	l, err := s.Ledger.LineOf(ctx, tx, entry)
	if err != nil || l.State == ledger.Void {
		return err
	}
	of := ""
	if l.Carries != 0 {
		h, err := s.Ledger.Referred(ctx, tx, Ref(l.Carries))
		if err != nil {
			return err
		}
		if h != nil {
			of = h.Kind
		}
	}
	if kind == EvidenceKind {
		if of != ModelKind && of != GroupKind {
			return noModel
		}
		return nil
	}
	m, err := modelOf(l)
	if err != nil {
		return err
	}
	if (m.Origin == Yes) != (of == ModelKind) {
		return halfReplica
	}
	return nil
}

var (
	noModel     = fault.New(fault.Invalid, "Minh chứng phải thuộc một mô hình, điển hình hoặc tổ tự quản. Hãy mở mô hình rồi ghi từ trang của mô hình, hoặc điền số mô hình ở mục “Thực hiện”.")
	halfReplica = fault.New(fault.Invalid, "Mô hình nhân rộng phải chọn “Có” ở mục “Nhân rộng từ mô hình khác” và điền số của mô hình ấy ở mục “Thực hiện”; mô hình không nhân rộng thì bỏ cả hai.")
)

// checkAll looks at every evidence and every replica.
func (s *Shelf) checkAll(ctx context.Context, tx *db.Tx) error {
	var stray, half int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM entry e LEFT JOIN entry m ON m.id = e.carries AND m.kind IN ($1, $2)
		WHERE e.kind = $3 AND e.state <> 'void' AND m.id IS NULL`, ModelKind, GroupKind, EvidenceKind).Scan(&stray)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "Không kiểm tra được các minh chứng. Hãy thử lại.")
	}
	if stray > 0 {
		return noModel
	}
	err = tx.QueryRowContext(ctx, `SELECT count(*) FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version LEFT JOIN entry m ON m.id = e.carries AND m.kind = $1
		WHERE e.kind = $1 AND e.state <> 'void' AND (v.fields LIKE '%"origin":"yes"%') <> (m.id IS NOT NULL)`, ModelKind).Scan(&half)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "Không kiểm tra được các mô hình nhân rộng. Hãy thử lại.")
	}
	if half > 0 {
		return halfReplica
	}
	return nil
}
