package double

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Seen is an entry in the version that a person looked at.
type Seen struct {
	ID      int64
	Version int
}

// Merge is two entries made one.
type Merge struct {
	ID                  int64
	Lead, Merged        int64
	LeadWas, LeadIs     int // versions before and after; the same where nothing changed
	MergedWas, MergedIs int
	Moved               []Moved // what carried out the merged entry
	Reason, Actor       string
	At                  time.Time
	Parted              time.Time // zero while it holds
	PartedBy            string
}

// Moved is an entry that carried out the merged one and carries out the lead now.
type Moved struct {
	Entry int64 `json:"entry"`
	Was   int   `json:"was"`
	Is    int   `json:"is"`
}

// Merge makes two entries one: lead stands, with the bodies of the other as partners, its attachments and what it
// carried out; the other is void with a reason that names lead; what carried it out carries out lead. All of it is one
// transaction of the caller, who has asked for the right over both bodies.
func (s *Store) Merge(ctx context.Context, tx *db.Tx, tree *org.Tree, actor string, lead, merged Seen, reason string) (int64, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return 0, fault.New(fault.Invalid, "Chưa ghi lý do gộp. Hãy ghi rõ vì sao hai ghi nhận là một việc.")
	}
	a, err := s.seen(ctx, tx, lead)
	if err != nil {
		return 0, err
	}
	b, err := s.seen(ctx, tx, merged)
	if err != nil {
		return 0, err
	}
	if a.ID == b.ID || a.Head.Kind != b.Head.Kind {
		return 0, fault.New(fault.Invalid, "Chỉ gộp được hai ghi nhận khác nhau của cùng một loại việc.")
	}
	m := &Merge{Lead: a.ID, Merged: b.ID, LeadWas: a.Version, LeadIs: a.Version, MergedWas: b.Version, Reason: reason, Actor: actor, At: time.Now()}
	if change := joined(tree, a, b); change != nil {
		change.Reason = fmt.Sprintf("Gộp ghi nhận số %d vào đây: %s", b.ID, reason)
		p, err := s.Ledger.Amend(ctx, tx, actor, a.ID, a.Version, *change)
		if err != nil {
			return 0, err
		}
		m.LeadIs = p.Version
	}
	p, err := s.Ledger.Void(ctx, tx, actor, b.ID, b.Version, fmt.Sprintf("Đã gộp vào ghi nhận số %d: %s", a.ID, reason))
	if err != nil {
		return 0, err
	}
	m.MergedIs = p.Version
	if m.Moved, err = s.move(ctx, tx, actor, b.ID, a.ID, fmt.Sprintf("Ghi nhận số %d đã gộp vào ghi nhận số %d", b.ID, a.ID)); err != nil {
		return 0, err
	}
	return m.ID, s.insert(ctx, tx, m)
}

// seen reads an entry that must still be in the version that was looked at.
func (s *Store) seen(ctx context.Context, tx *db.Tx, at Seen) (*ledger.Entry, error) {
	e, err := s.Ledger.Entry(ctx, tx, at.ID)
	switch {
	case err != nil:
		return nil, err
	case e.State == ledger.Void:
		return nil, fault.Newf(fault.Conflict, "Ghi nhận số %d đã hủy nên không gộp được. Hãy tải lại trang.", at.ID)
	case e.Version != at.Version:
		return nil, fault.Newf(fault.Conflict, "Ghi nhận số %d đã có bản mới (bản %d; bạn đang xem bản %d). Hãy tải lại trang, xem rồi làm lại.", at.ID, e.Version, at.Version)
	}
	return e, nil
}

// joined is what lead takes over from the other, nil for nothing.
func joined(tree *org.Tree, lead, other *ledger.Entry) *ledger.Amendment {
	var a ledger.Amendment
	changed := false
	partners := slices.Clone(lead.Partners)
	for _, id := range append([]org.UnitID{other.Unit}, other.Partners...) {
		if id != lead.Unit && !slices.Contains(partners, id) {
			partners = append(partners, id)
		}
	}
	if len(partners) > len(lead.Partners) {
		refs := make([]string, len(partners))
		for i, id := range partners {
			refs[i] = ledger.Ref(tree.Unit(id))
		}
		a.Partners, changed = &refs, true
	}
	files := slices.Clone(lead.Files)
	for _, f := range other.Files {
		if !slices.ContainsFunc(files, func(have ledger.File) bool { return have.Hash == f.Hash }) {
			files = append(files, f)
		}
	}
	if len(files) > len(lead.Files) {
		a.Files, changed = &files, true
	}
	if own := lead.Carries; own == nil || own.ID == other.ID {
		to := ""
		if other.Carries != nil && other.Carries.ID != lead.ID {
			to = fmt.Sprintf("#%d", other.Carries.ID)
		}
		if own != nil || to != "" {
			a.Carries, changed = &to, true
		}
	}
	if !changed {
		return nil
	}
	return &a
}

// move has all that carries out one entry carry out another.
func (s *Store) move(ctx context.Context, tx *db.Tx, actor string, from, to int64, reason string) ([]Moved, error) {
	rows, err := tx.QueryContext(ctx, `SELECT id, version FROM entry WHERE carries = $1 AND state <> 'void' AND id <> $2 ORDER BY id`, from, to)
	if err != nil {
		return nil, fmt.Errorf("read what carries out entry %d: %w", from, err)
	}
	defer rows.Close()
	moved := []Moved{}
	for rows.Next() {
		var m Moved
		if err := rows.Scan(&m.Entry, &m.Was); err != nil {
			return nil, fmt.Errorf("read what carries out entry %d: %w", from, err)
		}
		moved = append(moved, m)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("read what carries out entry %d: %w", from, err)
	}
	for i := range moved {
		p, err := s.Ledger.Relink(ctx, tx, actor, moved[i].Entry, moved[i].Was, to, reason)
		if err != nil {
			return nil, err
		}
		moved[i].Is = p.Version
	}
	return moved, nil
}

func (s *Store) insert(ctx context.Context, tx *db.Tx, m *Merge) (err error) {
	if m.ID, err = tx.ID(ctx, "entry_merge"); err != nil {
		return fmt.Errorf("number merge: %w", err)
	}
	moved, err := json.Marshal(m.Moved)
	if err != nil {
		return fmt.Errorf("insert merge: %w", err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO entry_merge (id, lead, merged, lead_was, lead_is, merged_was, merged_is, moved, reason, actor, at_ms, parted_ms, parted_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '')`, m.ID, m.Lead, m.Merged, m.LeadWas, m.LeadIs, m.MergedWas, m.MergedIs,
		string(moved), m.Reason, m.Actor, m.At.UnixMilli())
	if err != nil {
		return fmt.Errorf("insert merge: %w", err)
	}
	return nil
}

const selectMerge = `SELECT id, lead, merged, lead_was, lead_is, merged_was, merged_is, moved, reason, actor, at_ms, parted_ms, parted_by FROM entry_merge`

func scanMerge(scan func(...any) error) (Merge, error) {
	var m Merge
	var moved string
	var at, parted int64
	if err := scan(&m.ID, &m.Lead, &m.Merged, &m.LeadWas, &m.LeadIs, &m.MergedWas, &m.MergedIs, &moved, &m.Reason, &m.Actor, &at, &parted, &m.PartedBy); err != nil {
		return m, err
	}
	m.At = time.UnixMilli(at)
	if parted != 0 {
		m.Parted = time.UnixMilli(parted)
	}
	return m, json.Unmarshal([]byte(moved), &m.Moved)
}

// Of are the merges that hold in which an entry is one of the two, oldest first.
func (s *Store) Of(ctx context.Context, q db.Querier, entry int64) ([]Merge, error) {
	rows, err := q.QueryContext(ctx, selectMerge+` WHERE (lead = $1 OR merged = $1) AND parted_ms = 0 ORDER BY id`, entry)
	if err != nil {
		return nil, fmt.Errorf("read merges of entry %d: %w", entry, err)
	}
	defer rows.Close()
	var out []Merge
	for rows.Next() {
		m, err := scanMerge(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("read merges of entry %d: %w", entry, err)
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// Get reads a merge.
func (s *Store) Get(ctx context.Context, q db.Querier, id int64) (Merge, error) {
	m, err := scanMerge(q.QueryRowContext(ctx, selectMerge+` WHERE id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return m, fault.New(fault.NotFound, "Không có lần gộp này. Hãy mở lại từ trang ghi nhận.")
	}
	if err != nil {
		return m, fmt.Errorf("read merge %d: %w", id, err)
	}
	return m, nil
}

// Hinders says in a sentence what happened since a merge, so that it cannot be taken back as a whole; "" for nothing.
func (s *Store) Hinders(ctx context.Context, q db.Querier, m *Merge) (string, error) {
	if !m.Parted.IsZero() {
		return "Hai ghi nhận này đã được tách lại.", nil
	}
	for _, at := range []Seen{{m.Lead, m.LeadIs}, {m.Merged, m.MergedIs}} {
		e, err := s.Ledger.Entry(ctx, q, at.ID)
		if err != nil {
			return "", err
		}
		if e.Version != at.Version {
			v := e.Versions[at.Version]
			words := map[ledger.Act]string{ledger.ActAmend: "được sửa", ledger.ActConfirm: "được xác nhận", ledger.ActVoid: "bị hủy"}
			return fmt.Sprintf("Không tách lại được nữa: ghi nhận số %d đã %s sau khi gộp (bản %d). Hãy sửa ghi nhận ấy bỏ đơn vị phối hợp, rồi ghi việc kia thành ghi nhận mới.",
				at.ID, words[v.Act], v.Number), nil
		}
	}
	return "", nil
}

// Part takes a merge back: both entries stand again as they were, by new versions. That they are two events is
// remembered.
func (s *Store) Part(ctx context.Context, tx *db.Tx, actor string, id int64, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return fault.New(fault.Invalid, "Chưa ghi lý do tách lại. Hãy ghi rõ vì sao.")
	}
	res, err := tx.ExecContext(ctx, `UPDATE entry_merge SET parted_ms = $2, parted_by = $3 WHERE id = $1 AND parted_ms = 0`, id, time.Now().UnixMilli(), actor)
	if err != nil {
		return fmt.Errorf("part merge %d: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fault.Wrap(fmt.Errorf("merge %d is parted: %v", id, err), fault.Conflict, "Hai ghi nhận này đã được tách lại. Hãy tải lại trang.")
	}
	m, err := s.Get(ctx, tx, id)
	if err != nil {
		return err
	}
	m.Parted = time.Time{}
	if say, err := s.Hinders(ctx, tx, &m); err != nil || say != "" {
		return errors.Join(err, orConflict(say))
	}
	if m.LeadIs != m.LeadWas {
		if _, err := s.Ledger.Restore(ctx, tx, actor, m.Lead, m.LeadIs, m.LeadWas, fmt.Sprintf("Tách lại ghi nhận số %d: %s", m.Merged, reason)); err != nil {
			return err
		}
	}
	if _, err := s.Ledger.Restore(ctx, tx, actor, m.Merged, m.MergedIs, m.MergedWas, fmt.Sprintf("Tách lại khỏi ghi nhận số %d: %s", m.Lead, reason)); err != nil {
		return err
	}
	for _, c := range m.Moved {
		var version int
		var carries int64
		err := tx.QueryRowContext(ctx, `SELECT version, coalesce(carries, 0) FROM entry WHERE id = $1 AND state <> 'void'`, c.Entry).Scan(&version, &carries)
		if errors.Is(err, sql.ErrNoRows) || err == nil && carries != m.Lead {
			continue // void since, or carries out something else by now
		}
		if err != nil {
			return fmt.Errorf("read entry %d: %w", c.Entry, err)
		}
		if _, err := s.Ledger.Relink(ctx, tx, actor, c.Entry, version, m.Merged, fmt.Sprintf("Ghi nhận số %d đã tách lại khỏi ghi nhận số %d", m.Merged, m.Lead)); err != nil {
			return err
		}
	}
	return s.Refuse(ctx, tx, actor, m.Lead, m.Merged, reason)
}

func orConflict(say string) error {
	if say == "" {
		return nil
	}
	return fault.New(fault.Conflict, say)
}

func pairOf(a, b int64) [2]int64 { return [2]int64{min(a, b), max(a, b)} }

// Refuse remembers that two entries are two events, so that they are not shown as a double again.
func (s *Store) Refuse(ctx context.Context, tx *db.Tx, actor string, a, b int64, reason string) error {
	p := pairOf(a, b)
	_, err := tx.ExecContext(ctx, `INSERT INTO double_refused (one, other, reason, actor, at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (one, other) DO NOTHING`,
		p[0], p[1], strings.TrimSpace(reason), actor, time.Now().UnixMilli())
	if err != nil {
		return fmt.Errorf("remember that %d and %d are two: %w", a, b, err)
	}
	return nil
}

// refusedOf are the entries that are said to be another event than one.
func (s *Store) refusedOf(ctx context.Context, q db.Querier, id int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	if id == 0 {
		return out, nil
	}
	rows, err := q.QueryContext(ctx, `SELECT one, other FROM double_refused WHERE one = $1 OR other = $1`, id)
	if err != nil {
		return nil, fmt.Errorf("read refused doubles of %d: %w", id, err)
	}
	defer rows.Close()
	for rows.Next() {
		var a, b int64
		if err := rows.Scan(&a, &b); err != nil {
			return nil, fmt.Errorf("read refused doubles of %d: %w", id, err)
		}
		out[a+b-id] = true
	}
	return out, rows.Err()
}

func (s *Store) refused(ctx context.Context, q db.Querier) (map[[2]int64]bool, error) {
	rows, err := q.QueryContext(ctx, `SELECT one, other FROM double_refused`)
	if err != nil {
		return nil, fmt.Errorf("read refused doubles: %w", err)
	}
	defer rows.Close()
	out := map[[2]int64]bool{}
	for rows.Next() {
		var p [2]int64
		if err := rows.Scan(&p[0], &p[1]); err != nil {
			return nil, fmt.Errorf("read refused doubles: %w", err)
		}
		out[p] = true
	}
	return out, rows.Err()
}
