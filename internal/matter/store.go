package matter

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/vault"
)

// read* give rows with their reasons opened. A reason of a letter whose key was erased is gone with it.

const memberColumns = `id, matter, letter, relation, toward, basis, reason, actor, at_ms, leaf, undone_actor, undone_why, undone_ms, coalesce(undone_leaf, 0)`

func scanMember(scan func(...any) error) (m Member, err error) {
	var at, back int64
	err = scan(&m.ID, &m.Matter, &m.Letter, &m.Relation, &m.Toward, &m.Basis, &m.sealed, &m.Done.Actor, &at, &m.Done.Leaf, &m.Undone.Actor, &m.why, &back, &m.Undone.Leaf)
	m.Done.At, m.Undone.At = moment(at), moment(back)
	return m, err
}

const mergeColumns = `id, matter, gone, letter, toward, relation, basis, reason, actor, at_ms, leaf, undone_actor, undone_why, undone_ms, coalesce(undone_leaf, 0)`

func scanMerge(scan func(...any) error) (m Merge, err error) {
	var at, back int64
	err = scan(&m.ID, &m.Matter, &m.Gone, &m.Letter, &m.Toward, &m.Relation, &m.Basis, &m.sealed, &m.Done.Actor, &at, &m.Done.Leaf, &m.Undone.Actor, &m.why, &back, &m.Undone.Leaf)
	m.Done.At, m.Undone.At = moment(at), moment(back)
	return m, err
}

const pairColumns = `id, one, other, said, reason, actor, at_ms, leaf, undone_actor, undone_why, undone_ms, coalesce(undone_leaf, 0)`

func scanPair(scan func(...any) error) (p Pair, err error) {
	var at, back int64
	err = scan(&p.ID, &p.One, &p.Other, &p.Said, &p.sealed, &p.Done.Actor, &at, &p.Done.Leaf, &p.Undone.Actor, &p.why, &back, &p.Undone.Leaf)
	p.Done.At, p.Undone.At = moment(at), moment(back)
	return p, err
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}

// list reads rows with one scan.
func list[T any](ctx context.Context, q db.Querier, scan func(func(...any) error) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read matters: %w", err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		x, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("read matters: %w", err)
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// Get reads a matter with its history. One that is contained in another has its Root say so, and no letters of its own.
func (s *Store) Get(ctx context.Context, q db.Querier, id int64) (*Matter, error) {
	m := &Matter{ID: id}
	var at int64
	err := q.QueryRowContext(ctx, `SELECT root, denounces, turn, actor, at_ms, leaf FROM matter WHERE id = $1`, id).
		Scan(&m.Root, &m.Denounces, &m.Turn, &m.Opened.Actor, &at, &m.Opened.Leaf)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "Không có vụ việc này. Hãy mở từ danh sách vụ việc.")
	}
	if err != nil {
		return nil, fmt.Errorf("read matter %d: %w", id, err)
	}
	m.Opened.At = moment(at)
	if m.Names, err = list(ctx, q, scanNaming, `SELECT id, name, actor, at_ms, leaf FROM matter_name WHERE matter = $1 ORDER BY id`, id); err != nil {
		return nil, err
	}
	if m.Members, err = list(ctx, q, scanMember, `SELECT `+memberColumns+` FROM matter_letter WHERE matter IN (SELECT id FROM matter WHERE root = $1) ORDER BY id`, id); err != nil {
		return nil, err
	}
	if m.Merges, err = list(ctx, q, scanMerge, `SELECT `+mergeColumns+` FROM matter_merge WHERE matter IN (SELECT id FROM matter WHERE root = $1) OR gone = $1 ORDER BY id`, id); err != nil {
		return nil, err
	}
	for i := range m.Members {
		x := &m.Members[i]
		if err := s.openBoth(ctx, q, x.Letter, x.ID, x.sealed, x.why, &x.Reason, &x.Why); err != nil {
			return nil, err
		}
	}
	for i := range m.Merges {
		x := &m.Merges[i]
		if err := s.openBoth(ctx, q, x.Letter, x.ID, x.sealed, x.why, &x.Reason, &x.Why); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func scanNaming(scan func(...any) error) (n Naming, err error) {
	var at int64
	err = scan(&n.ID, &n.Name, &n.Done.Actor, &at, &n.Done.Leaf)
	n.Done.At = moment(at)
	return n, err
}

// Of is the matter that a letter is in, nil for none.
func (s *Store) Of(ctx context.Context, q db.Querier, letter int64) (*Matter, error) {
	root, err := rootOf(ctx, q, letter)
	if err != nil || root == 0 {
		return nil, err
	}
	return s.Get(ctx, q, root)
}

// rootOf is the number of the matter that a letter is in, 0 for none.
func rootOf(ctx context.Context, q db.Querier, letter int64) (root int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT m.root FROM matter_letter l JOIN matter m ON m.id = l.matter WHERE l.letter = $1 AND l.undone_leaf IS NULL`, letter).Scan(&root)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read matter of letter %d: %w", letter, err)
	}
	return root, nil
}

// Pairs are what was said of a letter beside others, standing and undone, oldest first.
func (s *Store) Pairs(ctx context.Context, q db.Querier, letter int64) ([]Pair, error) {
	out, err := list(ctx, q, scanPair, `SELECT `+pairColumns+` FROM matter_pair WHERE one = $1 OR other = $1 ORDER BY id`, letter)
	if err != nil {
		return nil, err
	}
	for i := range out {
		x := &out[i]
		if err := s.openBoth(ctx, q, x.One, x.ID, x.sealed, x.why, &x.Reason, &x.Why); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Head is a matter as lists show it: its letters by number.
type Head struct {
	ID        int64
	Name      string
	Denounces bool
	Letters   []int64 // by rising number
}

// heads are matters by their numbers, written out, the newest first.
func (s *Store) heads(ctx context.Context, q db.Querier, roots string) ([]Head, error) {
	rows, err := q.QueryContext(ctx, `SELECT r.id, r.denounces, l.letter,
		(SELECT n.name FROM matter_name n WHERE n.matter = r.id ORDER BY n.id DESC LIMIT 1)
		FROM matter_letter l JOIN matter m ON m.id = l.matter JOIN matter r ON r.id = m.root
		WHERE l.undone_leaf IS NULL AND r.id IN (`+roots+`) ORDER BY r.id DESC, l.letter`)
	if err != nil {
		return nil, fmt.Errorf("list matters: %w", err)
	}
	defer rows.Close()
	var out []Head
	for rows.Next() {
		var h Head
		var letter int64
		var name sql.NullString
		if err := rows.Scan(&h.ID, &h.Denounces, &letter, &name); err != nil {
			return nil, fmt.Errorf("list matters: %w", err)
		}
		if n := len(out); n == 0 || out[n-1].ID != h.ID {
			h.Name = name.String
			out = append(out, h)
		}
		last := &out[len(out)-1]
		last.Letters = append(last.Letters, letter)
	}
	return out, rows.Err()
}

// apart are the letters of which a person said that they are another matter than one, and the matters that those are in.
func (s *Store) apart(ctx context.Context, q db.Querier, letter int64) (refused map[int64]bool, matters map[int64]bool, err error) {
	pairs, err := list(ctx, q, scanPair, `SELECT `+pairColumns+` FROM matter_pair WHERE (one = $1 OR other = $1) AND said = 'refused' AND undone_leaf IS NULL`, letter)
	if err != nil {
		return nil, nil, err
	}
	refused, matters = map[int64]bool{}, map[int64]bool{}
	for _, p := range pairs {
		other := p.With(letter)
		refused[other] = true
		root, err := rootOf(ctx, q, other)
		if err != nil {
			return nil, nil, err
		}
		if root != 0 {
			matters[root] = true
		}
	}
	return refused, matters, nil
}

func (s *Store) openBoth(ctx context.Context, q db.Querier, letter, id int64, reason, why []byte, outReason, outWhy *string) error {
	for _, x := range []struct {
		sealed []byte
		use    string
		out    *string
	}{{reason, useOf(id), outReason}, {why, undoUseOf(id), outWhy}} {
		if len(x.sealed) == 0 {
			continue
		}
		plain, err := s.Dossiers.Vault.Open(ctx, q, letter, x.use, x.sealed)
		switch {
		case errors.Is(err, vault.ErrShredded):
			*x.out = "(đã xóa cùng hồ sơ đơn)"
		case err != nil:
			return err
		default:
			*x.out = string(plain)
		}
	}
	return nil
}

func useOf(id int64) string     { return fmt.Sprintf("matter/%d", id) }
func undoUseOf(id int64) string { return fmt.Sprintf("matter/%d/undone", id) }

func pairOf(a, b int64) (one, other int64) { return min(a, b), max(a, b) }

// contained are the matters that a matter contains by merges that stand, itself first.
func contained(ctx context.Context, q db.Querier, id int64) ([]int64, error) {
	out := []int64{id}
	for i := 0; i < len(out); i++ {
		below, err := list(ctx, q, func(scan func(...any) error) (n int64, err error) {
			err = scan(&n)
			return n, err
		},
			`SELECT gone FROM matter_merge WHERE matter = $1 AND undone_leaf IS NULL ORDER BY id`, out[i])
		if err != nil {
			return nil, err
		}
		for _, n := range below {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out, nil
}

// oneLine keeps a text to one line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
