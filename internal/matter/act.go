package matter

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"danvan/internal/alike"
	"danvan/internal/audit"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// Store keeps what people decided. Who may decide is for the caller: the right to record letters over both bodies.
type Store struct {
	Dossiers *dossier.Book
	Catalog  *catalog.Catalog
	Tree     func(context.Context) (*org.Tree, error)
	Now      func() time.Time // nil: the present
}

func (s *Store) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

const subject = "matter"

// changed is said to whoever decides on what is no more as he saw it.
func changed() error {
	return fault.New(fault.Conflict, "Người khác vừa xếp một trong hai đơn. Hãy tải lại trang, xem rồi quyết định.")
}

// Decide carries out what a person decided of two letters and gives the number of their matter, 0 where they are in
// none together.
func (s *Store) Decide(ctx context.Context, tx *db.Tx, actor string, d Decision) (int64, error) {
	if err := d.check(); err != nil {
		return 0, err
	}
	a, err := s.side(ctx, tx, d.Letter)
	if err != nil {
		return 0, err
	}
	b, err := s.side(ctx, tx, d.Toward)
	if err != nil {
		return 0, err
	}
	if a.denounces != b.denounces {
		return 0, wrong(AtRelation, "Đơn tố cáo chỉ đặt cạnh đơn tố cáo: người tố cáo không được lộ qua đơn khác.")
	}
	if err := s.lock(ctx, tx, &a, &b); err != nil {
		return 0, err
	}
	if d.Seen != [2]int64{a.root, b.root} {
		return 0, changed()
	}
	if !d.Relation.Joins() {
		if a.root != 0 && a.root == b.root {
			return 0, wrong(AtRelation, "Hai đơn đang ở cùng một vụ việc. Hãy tách một đơn ra trước.")
		}
		return 0, s.pair(ctx, tx, actor, d)
	}
	if err := s.unpair(ctx, tx, actor, d); err != nil {
		return 0, err
	}
	return s.join(ctx, tx, actor, d, a, b)
}

// join puts two letters into one matter.
func (s *Store) join(ctx context.Context, tx *db.Tx, actor string, d Decision, a, b side) (int64, error) {
	switch {
	case a.root == 0 && b.root == 0:
		older, younger := b, a
		if a.received < b.received || a.received == b.received && a.letter < b.letter {
			older, younger = a, b
		}
		id, err := s.open(ctx, tx, actor, older)
		if err != nil {
			return 0, err
		}
		if err := s.add(ctx, tx, actor, Member{Matter: id, Letter: older.letter, Relation: First}); err != nil {
			return 0, err
		}
		return id, s.add(ctx, tx, actor, Member{Matter: id, Letter: younger.letter, Relation: d.Relation, Toward: older.letter, Basis: d.Basis, Reason: d.Reason})
	case a.root == 0:
		return b.root, s.add(ctx, tx, actor, Member{Matter: b.root, Letter: a.letter, Relation: d.Relation, Toward: b.letter, Basis: d.Basis, Reason: d.Reason})
	case b.root == 0:
		return a.root, s.add(ctx, tx, actor, Member{Matter: a.root, Letter: b.letter, Relation: d.Relation, Toward: a.letter, Basis: d.Basis, Reason: d.Reason})
	case a.root == b.root:
		return a.root, s.again(ctx, tx, actor, d, a, b)
	}
	keep, gone := min(a.root, b.root), max(a.root, b.root)
	return keep, s.merge(ctx, tx, actor, d, keep, gone)
}

// again decides anew how a letter belongs to a matter in which both are.
func (s *Store) again(ctx context.Context, tx *db.Tx, actor string, d Decision, a, b side) error {
	m, toward := a, b
	if m.member.Relation == First { // the first stays the first
		m, toward = b, a
	}
	if m.member.Relation == d.Relation && m.member.Toward == toward.letter && m.member.Basis == d.Basis {
		return nil
	}
	if m.member.Relation == First {
		return wrong(AtRelation, "Hai đơn đã ở cùng vụ việc. Hãy tải lại trang để xem.")
	}
	if err := s.undo(ctx, tx, actor, "matter_letter", m.member.ID, m.letter, d.Reason); err != nil {
		return err
	}
	return s.add(ctx, tx, actor, Member{Matter: m.member.Matter, Letter: m.letter, Relation: d.Relation, Toward: toward.letter, Basis: d.Basis, Reason: d.Reason})
}

// side reads one of the two letters.
func (s *Store) side(ctx context.Context, tx *db.Tx, letter int64) (side, error) {
	a := side{letter: letter}
	var kind, state, fields string
	var place org.UnitID
	var day civil.Date
	err := tx.QueryRowContext(ctx, `SELECT e.kind, e.state, e.unit, e.place, e.day, v.fields FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.id = $1`, letter).Scan(&kind, &state, &a.unit, &place, &day, &fields)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !petition.IsCase(kind) {
		return a, wrong(AtRelation, fmt.Sprintf("Số %d không phải là một đơn. Hãy chọn đơn trong danh sách.", letter))
	}
	if err != nil {
		return a, fmt.Errorf("read letter %d: %w", letter, err)
	}
	if state == "void" {
		return a, fault.Newf(fault.Conflict, "Đơn số %d đã hủy nên không xếp vào vụ việc được.", letter)
	}
	c, err := petition.Of(kind, fields)
	if err != nil {
		return a, err
	}
	a.received = c.Received
	if a.denounces, err = s.denounces(ctx, tx, letter, c.Class); err != nil {
		return a, err
	}
	a.subject = s.subjectOf(ctx, c, place, day)
	return a, s.readMembership(ctx, tx, &a)
}

func (s *Store) readMembership(ctx context.Context, tx *db.Tx, a *side) error {
	a.member, a.root = nil, 0
	members, err := list(ctx, tx, scanMember, `SELECT `+memberColumns+` FROM matter_letter WHERE letter = $1 AND undone_leaf IS NULL`, a.letter)
	if err != nil || len(members) == 0 {
		return err
	}
	a.member = &members[0]
	a.root, err = rootOf(ctx, tx, a.letter)
	return err
}

// denounces reports whether a letter is to be kept apart: a denunciation, or one with a denunciation in it.
func (s *Store) denounces(ctx context.Context, q db.Querier, letter int64, class string) (bool, error) {
	if class == "denunciation" {
		return true, nil
	}
	c, _, ok, err := s.Dossiers.One(ctx, q, letter)
	return ok && denouncing(c), err
}

// subjectOf names what a letter is about without saying who: its field and where.
func (s *Store) subjectOf(ctx context.Context, c *petition.Case, place org.UnitID, day civil.Date) string {
	name := c.Field
	if l := s.Catalog.EditionOn(day).List("petition_fields"); l != nil {
		for _, o := range l.Options {
			if o.Code == c.Field {
				name = o.Name
			}
		}
	}
	if c.Class == "denunciation" {
		return "Tố cáo: " + name
	}
	tree, err := s.Tree(ctx)
	if err != nil || tree.Unit(place) == nil {
		return name
	}
	return name + ", " + tree.NameOn(place, day)
}

// lock makes two acts on one matter wait for each other, then reads the letters' matters again.
func (s *Store) lock(ctx context.Context, tx *db.Tx, sides ...*side) error {
	var roots []int64
	for _, a := range sides {
		if a.root != 0 && !slices.Contains(roots, a.root) {
			roots = append(roots, a.root)
		}
	}
	slices.Sort(roots)
	for _, id := range roots {
		if _, err := tx.ExecContext(ctx, `UPDATE matter SET turn = turn + 1 WHERE id = $1`, id); err != nil {
			return fmt.Errorf("lock matter %d: %w", id, err)
		}
	}
	for _, a := range sides {
		was := a.root
		if err := s.readMembership(ctx, tx, a); err != nil {
			return err
		}
		if a.root != was {
			return changed()
		}
	}
	return nil
}

// open makes a matter, named by its first letter.
func (s *Store) open(ctx context.Context, tx *db.Tx, actor string, first side) (int64, error) {
	id, err := tx.ID(ctx, subject)
	if err != nil {
		return 0, fmt.Errorf("number matter: %w", err)
	}
	at := s.now().UnixMilli()
	leaf, err := s.log(ctx, tx, "open_matter", id, actor, at, openContent(id, first.denounces))
	if err != nil {
		return 0, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO matter (id, root, denounces, turn, actor, at_ms, leaf) VALUES ($1, $1, $2, 1, $3, $4, $5)`, id, first.denounces, actor, at, leaf)
	if err != nil {
		return 0, fmt.Errorf("open matter: %w", err)
	}
	return id, s.name(ctx, tx, actor, id, first.subject)
}

func (s *Store) name(ctx context.Context, tx *db.Tx, actor string, matter int64, name string) error {
	id, err := tx.ID(ctx, subject)
	if err != nil {
		return fmt.Errorf("number name: %w", err)
	}
	at := s.now().UnixMilli()
	leaf, err := s.log(ctx, tx, "name_matter", id, actor, at, nameContent(matter, name))
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO matter_name (id, matter, name, actor, at_ms, leaf) VALUES ($1, $2, $3, $4, $5, $6)`, id, matter, name, actor, at, leaf); err != nil {
		return fmt.Errorf("name matter %d: %w", matter, err)
	}
	return nil
}

// add puts a letter into a matter. That it is in none is held by the table.
func (s *Store) add(ctx context.Context, tx *db.Tx, actor string, m Member) (err error) {
	if m.ID, err = tx.ID(ctx, subject); err != nil {
		return fmt.Errorf("number membership: %w", err)
	}
	if m.sealed, err = s.seal(ctx, tx, m.Letter, useOf(m.ID), m.Reason); err != nil {
		return err
	}
	at := s.now().UnixMilli()
	leaf, err := s.log(ctx, tx, "join_matter", m.ID, actor, at, m.content())
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO matter_letter (id, matter, letter, relation, toward, basis, reason, actor, at_ms, leaf, undone_actor, undone_why, undone_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, 0) ON CONFLICT (letter) WHERE undone_leaf IS NULL DO NOTHING`,
		m.ID, m.Matter, m.Letter, string(m.Relation), m.Toward, m.Basis, m.sealed, actor, at, leaf, []byte{})
	return oneRow(res, err, "join letter")
}

func (s *Store) merge(ctx context.Context, tx *db.Tx, actor string, d Decision, keep, gone int64) error {
	id, err := tx.ID(ctx, subject)
	if err != nil {
		return fmt.Errorf("number merge: %w", err)
	}
	m := Merge{ID: id, Matter: keep, Gone: gone, Letter: d.Letter, Toward: d.Toward, Relation: d.Relation, Basis: d.Basis}
	if m.sealed, err = s.seal(ctx, tx, d.Letter, useOf(id), d.Reason); err != nil {
		return err
	}
	at := s.now().UnixMilli()
	leaf, err := s.log(ctx, tx, "merge_matters", id, actor, at, m.content())
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO matter_merge (id, matter, gone, letter, toward, relation, basis, reason, actor, at_ms, leaf, undone_actor, undone_why, undone_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', $12, 0) ON CONFLICT (gone) WHERE undone_leaf IS NULL DO NOTHING`,
		id, keep, gone, d.Letter, d.Toward, string(d.Relation), d.Basis, m.sealed, actor, at, leaf, []byte{})
	if err := oneRow(res, err, "merge matters"); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE matter SET root = $1 WHERE root = $2`, keep, gone); err != nil {
		return fmt.Errorf("merge matters: %w", err)
	}
	return nil
}

// pair remembers that two letters are beside each other, or two matters. What was said of them before is taken back.
func (s *Store) pair(ctx context.Context, tx *db.Tx, actor string, d Decision) error {
	one, other := pairOf(d.Letter, d.Toward)
	standing, err := list(ctx, tx, scanPair, `SELECT `+pairColumns+` FROM matter_pair WHERE one = $1 AND other = $2 AND undone_leaf IS NULL`, one, other)
	if err != nil {
		return err
	}
	if len(standing) > 0 && standing[0].Said == d.Relation {
		return nil
	}
	if err := s.unpair(ctx, tx, actor, d); err != nil {
		return err
	}
	p := Pair{One: one, Other: other, Said: d.Relation}
	if p.ID, err = tx.ID(ctx, subject); err != nil {
		return fmt.Errorf("number pair: %w", err)
	}
	if p.sealed, err = s.seal(ctx, tx, one, useOf(p.ID), d.Reason); err != nil {
		return err
	}
	at := s.now().UnixMilli()
	leaf, err := s.log(ctx, tx, "pair_letters", p.ID, actor, at, p.content())
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO matter_pair (id, one, other, said, reason, actor, at_ms, leaf, undone_actor, undone_why, undone_ms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, 0) ON CONFLICT (one, other) WHERE undone_leaf IS NULL DO NOTHING`,
		p.ID, one, other, string(d.Relation), p.sealed, actor, at, leaf, []byte{})
	return oneRow(res, err, "pair letters")
}

// unpair takes back what was said of two letters.
func (s *Store) unpair(ctx context.Context, tx *db.Tx, actor string, d Decision) error {
	one, other := pairOf(d.Letter, d.Toward)
	standing, err := list(ctx, tx, scanPair, `SELECT `+pairColumns+` FROM matter_pair WHERE one = $1 AND other = $2 AND undone_leaf IS NULL`, one, other)
	if err != nil {
		return err
	}
	for _, p := range standing {
		if err := s.undo(ctx, tx, actor, "matter_pair", p.ID, p.One, d.Reason); err != nil {
			return err
		}
	}
	return nil
}

// seal keeps a text with the key of a letter; nothing where there is none.
func (s *Store) seal(ctx context.Context, tx *db.Tx, letter int64, use, text string) ([]byte, error) {
	if text == "" {
		return []byte{}, nil
	}
	return s.Dossiers.Vault.Seal(ctx, tx, letter, use, []byte(text))
}

func (s *Store) log(ctx context.Context, tx *db.Tx, act string, id int64, actor string, at int64, said []byte) (int64, error) {
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: act, Subject: subject, SubjectID: id, Actor: actor, At: time.UnixMilli(at), Content: said})
	if err != nil {
		return 0, fmt.Errorf("log %s: %w", act, err)
	}
	return leaf, nil
}

// oneRow turns an insert that met a standing row into a conflict.
func oneRow(res sql.Result, err error, what string) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return changed()
	}
	return nil
}

// Rename gives a matter another name, about the work. Matters of denunciations keep the name they were given: a name
// could say too much.
func (s *Store) Rename(ctx context.Context, tx *db.Tx, actor string, id, seen int64, name string) error {
	name = oneLine(name)
	if err := checkName(name, alike.NamesPeople); err != nil {
		return err
	}
	m, err := s.standing(ctx, tx, id)
	if err != nil {
		return err
	}
	switch {
	case m.Denounces:
		return wrong(AtName, "Vụ việc tố cáo không đổi tên: tên có thể làm lộ người tố cáo.")
	case m.Name() == name:
		return nil
	case m.Turn != seen:
		return changed()
	}
	if _, err := tx.ExecContext(ctx, `UPDATE matter SET turn = turn + 1 WHERE id = $1`, id); err != nil {
		return fmt.Errorf("rename matter %d: %w", id, err)
	}
	return s.name(ctx, tx, actor, id, name)
}

// standing reads a matter that is contained in no other.
func (s *Store) standing(ctx context.Context, q db.Querier, id int64) (*Matter, error) {
	m, err := s.Get(ctx, q, id)
	if err != nil {
		return nil, err
	}
	if m.Root != m.ID {
		return nil, fault.Newf(fault.Conflict, "Vụ việc này đã nhập vào vụ việc số %d. Hãy mở vụ việc ấy.", m.Root)
	}
	return m, nil
}
