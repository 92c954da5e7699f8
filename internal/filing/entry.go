package filing

import (
	"context"
	"fmt"
	"strings"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
)

// kindFiled is the kind of the catalogue that says that a report was filed; its fields are named below as there.
const kindFiled = "report_filed"

// entryFiled records that the report was filed, or amends what was recorded when it was filed before.
func (s *Store) entryFiled(ctx context.Context, tx *db.Tx, actor string, f *Filing, pages int) error {
	if f.Entry != 0 {
		return s.amend(ctx, tx, actor, f, "Nộp lại báo cáo", withPages(map[string]any{"title": f.title()}, pages))
	}
	tree := s.Tree()
	body := tree.Unit(f.Body)
	if body == nil {
		return fmt.Errorf("filing %d: no unit %d", f.ID, f.Body)
	}
	fields := withPages(map[string]any{
		"title": f.title(), "type": f.Type, "field": f.Field,
		"period_from": f.Period.From.String(), "period_to": f.Period.To.String(),
	}, pages)
	if f.Due != 0 {
		fields["due_on"] = f.Due.String()
	}
	p, err := s.Ledger.Record(ctx, tx, actor, ledger.Draft{Key: fmt.Sprintf("filing:%d:%d", f.ID, f.Version), Kind: kindFiled,
		Unit: body.Code + "@" + body.Opened.String(), Day: f.FiledOn, Fields: fields})
	if err != nil {
		return fmt.Errorf("record that filing %d was filed: %w", f.ID, err)
	}
	f.Entry = p.ID
	return nil
}

func withPages(fields map[string]any, pages int) map[string]any {
	if pages > 0 {
		fields["pages"] = pages
	}
	return fields
}

// title is how the entry names the report.
func (f *Filing) title() string {
	t := f.Name + ", " + f.Period.Name
	if f.State == Nil {
		t += " (không phát sinh)"
	}
	return t
}

// entryReturned counts one more return in the entry.
func (s *Store) entryReturned(ctx context.Context, tx *db.Tx, actor string, f *Filing, remark string) error {
	if f.Entry == 0 {
		return nil
	}
	n := 0
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM filing_version WHERE filing = $1 AND act = 'return'`, f.ID).Scan(&n)
	if err != nil {
		return fmt.Errorf("count returns of filing %d: %w", f.ID, err)
	}
	return s.amend(ctx, tx, actor, f, "Trả lại báo cáo: "+oneLine(remark), map[string]any{"returns": n + 1})
}

// entryIssued writes number and signer into the entry. One that was confirmed stays so: the act is the office's own.
func (s *Store) entryIssued(ctx context.Context, tx *db.Tx, actor string, f *Filing, i Issue) error {
	if f.Entry == 0 {
		return nil
	}
	if err := s.amend(ctx, tx, actor, f, "Ban hành báo cáo", map[string]any{"number": i.Number, "signed_by": i.Signer}); err != nil {
		return err
	}
	if !f.Accepted {
		return nil
	}
	return s.entryConfirm(ctx, tx, actor, f)
}

// entryConfirm confirms the entry, as the superior has accepted the report.
func (s *Store) entryConfirm(ctx context.Context, tx *db.Tx, actor string, f *Filing) error {
	h, err := s.head(ctx, tx, f)
	if err != nil || h == nil || h.State != ledger.Recorded {
		return err
	}
	if _, err := s.Ledger.Confirm(ctx, tx, actor, h.ID, h.Version); err != nil {
		return fmt.Errorf("confirm entry of filing %d: %w", f.ID, err)
	}
	return nil
}

// entryVoid takes the entry out: the report counts as not filed.
func (s *Store) entryVoid(ctx context.Context, tx *db.Tx, actor string, f *Filing, reason string) error {
	h, err := s.head(ctx, tx, f)
	if err != nil || h == nil || h.State == ledger.Void {
		f.Entry = 0
		return err
	}
	if _, err := s.Ledger.Void(ctx, tx, actor, h.ID, h.Version, oneLine(reason)); err != nil {
		return fmt.Errorf("void entry of filing %d: %w", f.ID, err)
	}
	f.Entry = 0
	return nil
}

// amend changes fields of the entry, whoever has touched it since; one that was voided by hand stays void.
func (s *Store) amend(ctx context.Context, tx *db.Tx, actor string, f *Filing, reason string, set map[string]any) error {
	h, err := s.head(ctx, tx, f)
	if err != nil || h == nil || h.State == ledger.Void {
		return err
	}
	if _, err := s.Ledger.Amend(ctx, tx, actor, h.ID, h.Version, ledger.Amendment{Set: set, Reason: reason}); err != nil {
		return fmt.Errorf("amend entry of filing %d: %w", f.ID, err)
	}
	return nil
}

// head is the entry as it stands, nil where there is none.
func (s *Store) head(ctx context.Context, q db.Querier, f *Filing) (*ledger.Head, error) {
	if f.Entry == 0 {
		return nil, nil
	}
	e, err := s.Ledger.Entry(ctx, q, f.Entry)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &e.Head, nil
}

// oneLine puts a remark of several lines on one, as the ledger keeps reasons, and not longer than it takes.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 300 {
		s = string(r[:299]) + "…"
	}
	return s
}
