package sealed

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Approval is the legal document under which an office keeps identities in the program.
type Approval struct {
	ID       int64
	Unit     org.UnitID
	Document string     // number and sign
	On       civil.Date // of the document
	Issuer   string
	Scope    string // what it allows, for whom, until when
	Below    bool   // takes denunciations over the portal for places of its territory that have no nearer office
	Signer   string
	TurnedOn time.Time
	OnBy     string    // login
	Off      time.Time // zero while it holds
	OffBy    string
	Why      string // it was turned off

	onLeaf, offLeaf int64
}

// Holds reports whether it was not turned off.
func (a Approval) Holds() bool { return a.Off.IsZero() }

// TurnOn records the approval; from then on the office keeps identities here.
func TurnOn(ctx context.Context, tx *db.Tx, by By, a Approval) error {
	for _, text := range []string{a.Document, a.Issuer, a.Scope, a.Signer} {
		if strings.TrimSpace(text) == "" {
			return fault.New(fault.Invalid, "Phải ghi đủ số văn bản, ngày, cơ quan ban hành, phạm vi và người ký của văn bản phê duyệt.")
		}
	}
	if a.On == 0 || a.On > civil.FromTime(by.At) {
		return fault.New(fault.Invalid, "Ngày của văn bản phê duyệt phải có và không sau hôm nay.")
	}
	if held, err := approvalOf(ctx, tx, a.Unit); err != nil {
		return err
	} else if held != nil {
		return fault.New(fault.Conflict, "Đơn vị này đã bật lưu danh tính theo văn bản "+held.Document+". Hãy tải lại trang.")
	}
	id, err := tx.ID(ctx, "sealed_office")
	if err != nil {
		return err
	}
	onLeaf, err := leaf(ctx, tx, by, "identity_on", subjectOffice, id, a.saysOn())
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO sealed_office (id, unit, document, document_on, issuer, scope, signer, on_ms, on_by, off_ms, off_by, off_reason, on_leaf, off_leaf, below)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, '', '', $10, 0, $11)`,
		id, a.Unit, a.Document, a.On, a.Issuer, a.Scope, a.Signer, by.ms(), by.Login, onLeaf, a.Below)
	if err != nil {
		return fmt.Errorf("turn on identities of unit %d: %w", a.Unit, err)
	}
	return nil
}

// TurnOff ends it. Records that are there stay, and can be opened; nothing new is taken in.
func TurnOff(ctx context.Context, tx *db.Tx, by By, unit org.UnitID, why string) error {
	if strings.TrimSpace(why) == "" {
		return fault.New(fault.Invalid, "Hãy ghi lý do hoặc văn bản chấm dứt.")
	}
	held, err := approvalOf(ctx, tx, unit)
	if err != nil {
		return err
	}
	if held == nil {
		return fault.New(fault.Conflict, "Đơn vị này đang không lưu danh tính trong chương trình. Hãy tải lại trang.")
	}
	held.Why = why
	offLeaf, err := leaf(ctx, tx, by, "identity_off", subjectOffice, held.ID, held.saysOff())
	if err != nil {
		return err
	}
	return changed(tx.ExecContext(ctx, `UPDATE sealed_office SET off_ms = $1, off_by = $2, off_reason = $3, off_leaf = $4 WHERE id = $5 AND off_ms = 0`, by.ms(), by.Login, why, offLeaf, held.ID))
}

// What the leaves of an approval say.
func (a Approval) saysOn() []any {
	says := []any{a.Unit, a.Document, a.On, a.Issuer, a.Scope, a.Signer}
	if a.Below {
		says = append(says, "below")
	}
	return says
}
func (a Approval) saysOff() []any { return []any{a.Unit, a.Why} }

func approvalOf(ctx context.Context, q db.Querier, unit org.UnitID) (*Approval, error) {
	list, err := approvals(ctx, q, `WHERE unit = $1 AND off_ms = 0`, unit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Holding are the approvals that hold now, newest first.
func Holding(ctx context.Context, q db.Querier) ([]Approval, error) {
	return approvals(ctx, q, `WHERE off_ms = 0`)
}

// Approvals are all approvals ever recorded, newest first.
func Approvals(ctx context.Context, q db.Querier) ([]Approval, error) {
	return approvals(ctx, q, ``)
}

// Office is the office that keeps the identities of a body's cases: the first in its chain (itself, then what is above
// it) whose approval holds; nil where identities stay on paper.
func Office(ctx context.Context, q db.Querier, chain []org.UnitID) (*Approval, error) {
	list, err := Holding(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, unit := range chain {
		if i := slices.IndexFunc(list, func(a Approval) bool { return a.Unit == unit }); i >= 0 {
			return &list[i], nil
		}
	}
	return nil, nil
}

func approvals(ctx context.Context, q db.Querier, where string, args ...any) ([]Approval, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, unit, document, document_on, issuer, scope, signer, on_ms, on_by, off_ms, off_by, off_reason, on_leaf, off_leaf, below
		FROM sealed_office `+where+` ORDER BY id DESC`, args...)
	if err != nil {
		return nil, fmt.Errorf("read approvals: %w", err)
	}
	defer rows.Close()
	var out []Approval
	for rows.Next() {
		var a Approval
		var on, off int64
		if err := rows.Scan(&a.ID, &a.Unit, &a.Document, &a.On, &a.Issuer, &a.Scope, &a.Signer, &on, &a.OnBy, &off, &a.OffBy, &a.Why, &a.onLeaf, &a.offLeaf, &a.Below); err != nil {
			return nil, fmt.Errorf("read approvals: %w", err)
		}
		a.TurnedOn, a.Off = moment(on), moment(off)
		out = append(out, a)
	}
	return out, rows.Err()
}

// moment is the time of milliseconds as they are kept, zero for 0.
func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
