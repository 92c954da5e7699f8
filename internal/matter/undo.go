package matter

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// Part takes a letter out of its matter. A matter of one letter is none: the last one goes out with it. That the letter
// is another matter than the one it was joined to is remembered.
func (s *Store) Part(ctx context.Context, tx *db.Tx, actor string, letter, seen int64, why string) error {
	if why = strings.TrimSpace(why); why == "" {
		return wrong(AtReason, "Chưa ghi lý do tách. Hãy viết một câu: vì sao đơn này không thuộc vụ việc.")
	}
	a := side{letter: letter}
	if err := s.readMembership(ctx, tx, &a); err != nil {
		return err
	}
	if a.root == 0 {
		return fault.New(fault.Conflict, "Đơn này không còn ở vụ việc nào. Hãy tải lại trang.")
	}
	if err := s.lock(ctx, tx, &a); err != nil {
		return err
	}
	if a.root != seen {
		return changed()
	}
	if err := s.undo(ctx, tx, actor, "matter_letter", a.member.ID, letter, why); err != nil {
		return err
	}
	m, err := s.Get(ctx, tx, a.root)
	if err != nil {
		return err
	}
	if left := m.Standing(); len(left) == 1 {
		if err := s.undo(ctx, tx, actor, "matter_letter", left[0].ID, left[0].Letter, "Vụ việc chỉ còn một đơn"); err != nil {
			return err
		}
	}
	if a.member.Toward == 0 {
		return nil
	}
	return s.pair(ctx, tx, actor, Decision{Letter: letter, Toward: a.member.Toward, Relation: Refused, Reason: why})
}

// Unmerge takes a matter out of the one that contains it, with the letters that it had.
func (s *Store) Unmerge(ctx context.Context, tx *db.Tx, actor string, merge, seen int64, why string) error {
	if why = strings.TrimSpace(why); why == "" {
		return wrong(AtReason, "Chưa ghi lý do tách. Hãy viết một câu: vì sao đây là hai vụ việc.")
	}
	found, err := list(ctx, tx, scanMerge, `SELECT `+mergeColumns+` FROM matter_merge WHERE id = $1`, merge)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fault.New(fault.NotFound, "Không có lần nhập vụ việc này. Hãy tải lại trang.")
	}
	m := found[0]
	if _, err := tx.ExecContext(ctx, `UPDATE matter SET turn = turn + 1 WHERE id = $1`, seen); err != nil {
		return fmt.Errorf("lock matter %d: %w", seen, err)
	}
	var root int64
	if err := tx.QueryRowContext(ctx, `SELECT root FROM matter WHERE id = $1`, m.Gone).Scan(&root); err != nil {
		return fmt.Errorf("read matter %d: %w", m.Gone, err)
	}
	if root != seen {
		return changed()
	}
	if err := s.undo(ctx, tx, actor, "matter_merge", m.ID, m.Letter, why); err != nil {
		return err
	}
	below, err := contained(ctx, tx, m.Gone)
	if err != nil {
		return err
	}
	for _, id := range below {
		if _, err := tx.ExecContext(ctx, `UPDATE matter SET root = $1, turn = turn + 1 WHERE id = $2`, m.Gone, id); err != nil {
			return fmt.Errorf("part matters: %w", err)
		}
	}
	return s.pair(ctx, tx, actor, Decision{Letter: m.Letter, Toward: m.Toward, Relation: Refused, Reason: why})
}

// Unsay takes back what was said of two letters beside each other.
func (s *Store) Unsay(ctx context.Context, tx *db.Tx, actor string, pair int64, why string) error {
	found, err := list(ctx, tx, scanPair, `SELECT `+pairColumns+` FROM matter_pair WHERE id = $1`, pair)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return fault.New(fault.NotFound, "Không có quyết định này. Hãy tải lại trang.")
	}
	return s.undo(ctx, tx, actor, "matter_pair", pair, found[0].One, strings.TrimSpace(why))
}

// undo marks a row as taken back. Rows that were taken back already are a conflict.
func (s *Store) undo(ctx context.Context, tx *db.Tx, actor, table string, id, letter int64, why string) error {
	if table != "matter_letter" && table != "matter_merge" && table != "matter_pair" {
		return errors.New("no such table of matters")
	}
	sealed, err := s.seal(ctx, tx, letter, undoUseOf(id), why)
	if err != nil {
		return err
	}
	at := s.now().UnixMilli()
	leaf, err := s.log(ctx, tx, "undo_matter", id, actor, at, undoContent(id, sealed))
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `UPDATE `+table+` SET undone_actor = $2, undone_why = $3, undone_ms = $4, undone_leaf = $5 WHERE id = $1 AND undone_leaf IS NULL`,
		id, actor, sealed, at, leaf)
	if err != nil {
		return fmt.Errorf("undo: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fault.New(fault.Conflict, "Quyết định này đã được bỏ. Hãy tải lại trang.")
	}
	return nil
}
