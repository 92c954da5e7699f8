package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// Record saves an entry with its facts, totals and leaf in tx. With a key that was used before it saves nothing:
// the same content gives the entry that is there (Existed), other content a fault of kind Conflict.
func (l *Ledger) Record(ctx context.Context, tx *db.Tx, actor string, d Draft) (Posted, error) {
	tx.Reserve("entry", "leaf")
	taken := false
	if err := lookUp(tx, d.Key, &taken); err != nil {
		return Posted{}, fmt.Errorf("look for key: %w", err)
	}
	w, err := l.begin(ctx, tx, actor)
	if err != nil {
		return Posted{}, err
	}
	said, problems := prepare(w.rules, d)
	if err := problems.err(); err != nil {
		return Posted{}, err
	}
	carries, err := l.named(ctx, tx, said.carries, 0)
	if err != nil {
		return Posted{}, err
	}
	if wrong, err := l.refersTo(ctx, tx, said, 0, nil); err != nil || len(wrong) > 0 {
		return Posted{}, errors.Join(err, wrong.err())
	}
	if err := l.filesKept(ctx, tx, said.files); err != nil {
		return Posted{}, err
	}
	if err := l.keep(ctx, tx, said.edition); err != nil {
		return Posted{}, err
	}
	id, err := tx.ID(ctx, "entry")
	if err != nil {
		return Posted{}, fmt.Errorf("number entry: %w", err)
	}
	e := said.recorded(d, id, carries, 0, actor, w.at)
	if !taken {
		taken, err = insertHead(ctx, tx, &e.head)
	}
	switch {
	case err != nil:
		return Posted{}, err
	case taken:
		return existing(ctx, tx, e)
	}
	if err := w.markLate(ctx, e, nil); err != nil {
		return Posted{}, err
	}
	return w.post(ctx, e)
}

// act is what every act on entries begins with.
type act struct {
	l     *Ledger
	tx    *db.Tx
	rules rules
	at    int64
}

func (l *Ledger) begin(ctx context.Context, tx *db.Tx, actor string) (*act, error) {
	if strings.TrimSpace(actor) == "" {
		return nil, fault.New(fault.Invalid, "Chưa rõ ai ghi. Hãy cho biết người hoặc đơn vị thực hiện (--actor).")
	}
	if err := lineOf(actor, "Tên người ghi"); err != nil {
		return nil, err
	}
	version, err := holdUnits(ctx, tx, "SHARE")
	if err != nil {
		return nil, err
	}
	tree, err := l.treeAt(ctx, tx, version)
	if err != nil {
		return nil, err
	}
	now := l.now()
	r := rules{tree: tree, catalog: l.Catalog, anyBody: l.AnyBody, law: l.Law, settle: l.Settle, today: today(now)}
	return &act{l: l, tx: tx, rules: r, at: now.UnixMilli()}, nil
}

// post writes what an act added to one entry.
func (w *act) post(ctx context.Context, e *life) (Posted, error) {
	p := w.l.poster(w.tx, w.rules.tree)
	if err := p.write(ctx, []*life{e}); err != nil {
		return Posted{}, err
	}
	if err := p.totals.save(ctx, w.tx); err != nil {
		return Posted{}, err
	}
	last := e.steps[len(e.steps)-1].row
	if err := w.l.afterwards(ctx, w.tx, &e.head, &last); err != nil {
		return Posted{}, err
	}
	if w.l.After != nil {
		if err := w.l.After(ctx, w.tx, e.head.kind, e.head.id); err != nil {
			return Posted{}, fmt.Errorf("follow entry %d: %w", e.head.id, err)
		}
	}
	return Posted{ID: e.head.id, Key: e.head.key, Version: last.number, Leaf: last.leaf}, nil
}

// recorded is the life of an entry with its first version.
func (s *said) recorded(d Draft, id, carries, batch int64, actor string, at int64) *life {
	state := anew(s.kind)
	if d.Confirmed {
		state = Confirmed
	}
	key := d.Key
	if key == "" {
		key = "e:" + strconv.FormatInt(id, 10)
	}
	e := &life{head: headRow{id: id, key: key, kind: s.kind.Code, batch: batch, at: at}}
	e.step(s, ActRecord, state, carries, posting(ActRecord, nil, s.sums, state), "", actor, at)
	return e
}

// step adds a version that says s and moves the head to it.
func (e *life) step(s *said, a Act, state State, carries int64, facts []sum, reason, actor string, at int64) {
	h := &e.head
	h.version++
	h.unit, h.place, h.day, h.state, h.edition, h.carries = s.unit, s.place, s.day, state, s.edition.Hash, carries
	h.title, h.fold = s.title, s.fold
	e.steps = append(e.steps, step{facts: facts, row: versionRow{
		entry: h.id, number: h.version, act: a, state: state, edition: s.edition.Hash, unit: s.unit, place: s.place,
		day: s.day, fields: s.fields, partners: jsonList(s.partners), files: jsonList(s.files), carries: carries,
		reason: reason, actor: actor, at: at,
	}})
}

// lookUp asks PostgreSQL with the act's first statement whether a key is taken, so that the head can then be inserted
// without waiting for an answer. Should another act take the key in between, this one is run again and finds it.
func lookUp(tx *db.Tx, key string, taken *bool) error {
	var ps Problems
	if checkKey(key, false, &ps); key == "" || len(ps) > 0 || tx.Engine() != db.Postgres {
		return nil // prepare says what is wrong with a key
	}
	tx.RetryOn("entry_key_key")
	return tx.Ask([]any{taken}, `SELECT TRUE FROM entry WHERE key = $1`, key)
}

// insertHead saves a new entry's head, unless its key is taken. On PostgreSQL it was looked up before.
func insertHead(ctx context.Context, tx *db.Tx, h *headRow) (taken bool, err error) {
	if tx.Engine() == db.Postgres {
		return false, tx.Insert(ctx, "entry", headCols, [][]any{h.values()})
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO entry (id, key, kind, unit, place, day, state, version, edition, title,
		fold, carries, batch, at_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (key) DO NOTHING`, h.values()...)
	if err != nil {
		return false, fmt.Errorf("insert entry: %w", err)
	}
	n, err := res.RowsAffected()
	return n == 0, err
}

// existing answers a key that was posted before.
func existing(ctx context.Context, q db.Querier, e *life) (Posted, error) {
	was, err := headByKey(ctx, q, e.head.key)
	if err != nil {
		return Posted{}, err
	}
	first, err := versionOf(ctx, q, was.id, 1)
	if err != nil {
		return Posted{}, err
	}
	if was.kind != e.head.kind || !first.sameContent(&e.steps[0].row) {
		return Posted{}, differs(was)
	}
	last, err := versionOf(ctx, q, was.id, was.version)
	if err != nil {
		return Posted{}, err
	}
	return Posted{ID: was.id, Key: was.key, Version: was.version, Leaf: last.leaf, Existed: true}, nil
}

func differs(was *headRow) error {
	return fault.Newf(fault.Conflict, "Khóa %q đã dùng cho ghi nhận số %d với nội dung khác. Muốn sửa ghi nhận đó, hãy đính chính; nếu là việc khác, hãy dùng khóa khác.",
		was.key, was.id)
}

// sameContent says that two first versions were handed in with the same content, whoever did and when.
func (v *versionRow) sameContent(o *versionRow) bool {
	return v.unit == o.unit && v.place == o.place && v.day == o.day && v.state == o.state && v.fields == o.fields &&
		v.partners == o.partners && v.files == o.files && v.carries == o.carries
}

// named resolves a reference to another entry: its key, or #number. self is the entry that refers, 0 for a new one.
func (l *Ledger) named(ctx context.Context, q db.Querier, ref string, self int64) (int64, error) {
	if ref == "" {
		return 0, nil
	}
	h, err := headByRef(ctx, q, ref)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, Problems{{"carries", noSuchCarries(ref)}}.err()
	}
	if err != nil {
		return 0, err
	}
	if h.id == self {
		return 0, fault.New(fault.Invalid, "Một ghi nhận không thể thực hiện chính nó. Hãy ghi khóa của văn bản, kế hoạch khác.")
	}
	return h.id, nil
}

func noSuchCarries(ref string) string {
	return fmt.Sprintf("Không có ghi nhận “%s” mà việc này thực hiện. Hãy nhập văn bản, kế hoạch đó trước, hoặc bỏ trống.", ref)
}

func headByRef(ctx context.Context, q db.Querier, ref string) (*headRow, error) {
	if n, ok := strings.CutPrefix(ref, "#"); ok {
		if id, err := strconv.ParseInt(n, 10, 64); err == nil {
			return headByID(ctx, q, id)
		}
	}
	return headByKey(ctx, q, ref)
}

// filesKept checks that the attachments are in the file store.
func (l *Ledger) filesKept(ctx context.Context, q db.Querier, files []File) error {
	for _, f := range files {
		var size int64
		err := q.QueryRowContext(ctx, `SELECT size FROM file WHERE hash = $1`, f.Hash).Scan(&size)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.Newf(fault.Invalid, "Tệp đính kèm “%s” chưa được tải lên. Hãy tải tệp lên trước rồi ghi lại.", f.Name)
		}
		if err != nil {
			return fmt.Errorf("look for file: %w", err)
		}
	}
	return nil
}

func orDay(d, otherwise civil.Date) civil.Date {
	if d == 0 {
		return otherwise
	}
	return d
}
