package sealed

import (
	"context"
	"fmt"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Redaction says of the working copy of a case's papers who made it and who checked it.
type Redaction struct {
	Entry     int64
	Digest    string // of the text and papers that it speaks of
	By        int64
	At        time.Time
	CheckedBy int64
	Checked   time.Time

	madeLeaf, checkLeaf int64
}

// Covers reports whether just this content was checked: a copy that changed since must be checked anew.
func (r *Redaction) Covers(digest string) bool {
	return r != nil && r.Digest == digest && !r.Checked.IsZero()
}

// Redacted notes that a person has made or changed the working copy. It is unchecked from then on.
func Redacted(ctx context.Context, tx *db.Tx, by By, entry int64, unit org.UnitID, digest string) error {
	made, err := leaf(ctx, tx, by, "redaction_made", subjectRedaction, entry, Redaction{Digest: digest, By: by.Account}.saysMade())
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO sealed_redaction (entry, unit, digest, by_account, at_ms, checked_by, checked_ms, made_leaf, check_leaf) VALUES ($1, $2, $3, $4, $5, 0, 0, $6, 0)
		ON CONFLICT (entry) DO UPDATE SET unit = excluded.unit, digest = excluded.digest, by_account = excluded.by_account, at_ms = excluded.at_ms, checked_by = 0, checked_ms = 0,
			made_leaf = excluded.made_leaf, check_leaf = 0`,
		entry, unit, digest, by.Account, by.ms(), made)
	if err != nil {
		return fmt.Errorf("note redaction of entry %d: %w", entry, err)
	}
	return nil
}

// CheckRedaction is the act of a second person who has looked through the copy and found nothing that tells who
// denounced. digest is of the copy that he saw.
func CheckRedaction(ctx context.Context, tx *db.Tx, by By, entry int64, digest string) error {
	r, err := RedactionOf(ctx, tx, entry)
	switch {
	case err != nil:
		return err
	case r == nil || r.Digest != digest:
		return fault.New(fault.Conflict, "Bản làm việc vừa thay đổi sau khi bạn mở trang. Hãy tải lại, xem lại rồi xác nhận.")
	case r.By == by.Account:
		return fault.New(fault.Denied, "Người lược bỏ không tự kiểm tra bản của mình. Hãy nhờ một người khác có quyền xem đơn tố cáo.")
	case !r.Checked.IsZero():
		return fault.New(fault.Conflict, "Bản này đã được kiểm tra. Hãy tải lại trang.")
	}
	r.CheckedBy = by.Account
	checked, err := leaf(ctx, tx, by, "redaction_check", subjectRedaction, entry, r.saysChecked())
	if err != nil {
		return err
	}
	return changed(tx.ExecContext(ctx, `UPDATE sealed_redaction SET checked_by = $1, checked_ms = $2, check_leaf = $3 WHERE entry = $4 AND digest = $5 AND checked_ms = 0`, by.Account, by.ms(), checked, entry, digest))
}

// What the leaves of a redaction say.
func (r Redaction) saysMade() []any    { return []any{r.Digest, r.By} }
func (r Redaction) saysChecked() []any { return []any{r.Digest, r.CheckedBy} }

// RedactionOf is what is known of a case's working copy, nil where nobody has made one.
func RedactionOf(ctx context.Context, q db.Querier, entry int64) (*Redaction, error) {
	list, err := redactions(ctx, q, `WHERE entry = $1`, entry)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

// Redactions are those of all cases, by their entry.
func Redactions(ctx context.Context, q db.Querier) (map[int64]*Redaction, error) {
	list, err := redactions(ctx, q, ``)
	out := make(map[int64]*Redaction, len(list))
	for i := range list {
		out[list[i].Entry] = &list[i]
	}
	return out, err
}

func redactions(ctx context.Context, q db.Querier, where string, args ...any) ([]Redaction, error) {
	rows, err := q.QueryContext(ctx, `SELECT entry, digest, by_account, at_ms, checked_by, checked_ms, made_leaf, check_leaf FROM sealed_redaction `+where+` ORDER BY entry`, args...)
	if err != nil {
		return nil, fmt.Errorf("read redactions: %w", err)
	}
	defer rows.Close()
	var out []Redaction
	for rows.Next() {
		var r Redaction
		var at, checked int64
		if err := rows.Scan(&r.Entry, &r.Digest, &r.By, &at, &r.CheckedBy, &checked, &r.madeLeaf, &r.checkLeaf); err != nil {
			return nil, fmt.Errorf("read redactions: %w", err)
		}
		r.At, r.Checked = moment(at), moment(checked)
		out = append(out, r)
	}
	return out, rows.Err()
}
