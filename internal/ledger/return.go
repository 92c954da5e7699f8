package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// Return is the verdict that a version is to be mended before it can be confirmed. It is no version itself: the entry
// says the same and counts among all, not among the confirmed. It stands until the entry is amended, voided, or the
// return is taken back.
type Return struct {
	ID      int64
	Entry   int64
	Version int
	Remark  string
	Actor   string
	At      time.Time
	Leaf    int64
	TakenBy string // empty while nobody took it back
	TakenAt time.Time
}

// maxRemark bounds a remark in characters.
const maxRemark = 500

// CheckRemark says what is wrong with the remark of a return.
func CheckRemark(remark string) error {
	switch n := len([]rune(strings.TrimSpace(remark))); {
	case n == 0:
		return fault.New(fault.Invalid, "Chưa ghi nhận xét. Hãy ghi rõ cần sửa, bổ sung gì để người ghi biết.")
	case n > maxRemark:
		return fault.Newf(fault.Invalid, "Nhận xét dài quá %d chữ. Hãy viết gọn lại.", maxRemark)
	}
	return nil
}

// Return gives a version back to its recorder. expect is the version that the person saw.
func (l *Ledger) Return(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, remark string) (Return, error) {
	if err := CheckRemark(remark); err != nil {
		return Return{}, err
	}
	if err := l.holdRecorded(ctx, tx, id, expect); err != nil {
		return Return{}, err
	}
	if r, err := standingReturn(ctx, tx, id, expect); err != nil {
		return Return{}, err
	} else if r != nil {
		return Return{}, fault.Newf(fault.Conflict, "Ghi nhận số %d đã được %s trả lại trước đó.", id, r.Actor)
	}
	rid, err := tx.ID(ctx, "entry_return")
	if err != nil {
		return Return{}, fmt.Errorf("number return: %w", err)
	}
	r := Return{ID: rid, Entry: id, Version: expect, Remark: strings.TrimSpace(remark), Actor: actor, At: l.now().UTC()}
	if r.Leaf, err = r.seal(ctx, tx, "return", actor, r.At); err != nil {
		return Return{}, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO entry_return (id, entry, version, remark, actor, at_ms, leaf, taken_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, '')`, r.ID, r.Entry, r.Version, r.Remark, r.Actor, r.At.UnixMilli(), r.Leaf)
	if err != nil {
		return Return{}, fmt.Errorf("save return of entry %d: %w", id, err)
	}
	return r, nil
}

// TakeBack takes the return of a version back: it waits again as if it had not been returned. It is refused when
// something has happened since.
func (l *Ledger) TakeBack(ctx context.Context, tx *db.Tx, actor string, id int64, expect int) error {
	if err := l.holdRecorded(ctx, tx, id, expect); err != nil {
		return err
	}
	r, err := standingReturn(ctx, tx, id, expect)
	if err != nil {
		return err
	}
	if r == nil {
		return fault.Newf(fault.Conflict, "Bản %d của ghi nhận số %d không còn ở trạng thái bị trả lại. Hãy mở lại ghi nhận.", expect, id)
	}
	at := l.now().UTC()
	r.TakenBy = actor
	leaf, err := r.seal(ctx, tx, "take_back", actor, at)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE entry_return SET taken_by = $2, taken_ms = $3, taken_leaf = $4 WHERE id = $1`,
		r.ID, actor, at.UnixMilli(), leaf)
	if err != nil {
		return fmt.Errorf("take back return %d: %w", r.ID, err)
	}
	return nil
}

// holdRecorded takes an entry that waits in the expected version: of two acts at once the second waits and then sees
// what the first has done.
func (l *Ledger) holdRecorded(ctx context.Context, tx *db.Tx, id int64, expect int) error {
	res, err := tx.ExecContext(ctx, `UPDATE entry SET version = version WHERE id = $1 AND version = $2 AND state = 'recorded'`, id, expect)
	if err != nil {
		return fmt.Errorf("hold entry %d: %w", id, err)
	}
	n, err := res.RowsAffected()
	if err != nil || n > 0 {
		return err
	}
	h, err := headByID(ctx, tx, id)
	switch {
	case err != nil:
		return noSuch(err, id)
	case h.version != expect:
		return fault.Newf(fault.Conflict, "Ghi nhận số %d đã có bản mới (bản %d; bạn đang xem bản %d). Hãy mở lại ghi nhận, xem bản mới rồi làm lại.", id, h.version, expect)
	case h.state == Confirmed:
		return fault.Newf(fault.Conflict, "Ghi nhận số %d đã được xác nhận nên không trả lại được. Nếu còn sai, hãy sửa hoặc hủy có lý do.", id)
	}
	return voided(id)
}

// subjectReturn is what the leaves call a return.
const subjectReturn = "entry_return"

// seal leaves the act's leaf in the log.
func (r *Return) seal(ctx context.Context, tx *db.Tx, act, actor string, at time.Time) (int64, error) {
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: act, Subject: subjectReturn, SubjectID: r.ID, Actor: actor, At: at, Content: r.content()})
	if err != nil {
		return 0, fmt.Errorf("seal return of entry %d: %w", r.Entry, err)
	}
	return leaf, nil
}

// content is what a leaf says of a return; it follows from the row.
func (r *Return) content() []byte {
	out, err := json.Marshal(struct {
		ID      int64  `json:"id"`
		Entry   int64  `json:"entry"`
		Version int    `json:"version"`
		Remark  string `json:"remark"`
		Actor   string `json:"actor"`
		TakenBy string `json:"taken_by,omitempty"`
	}{r.ID, r.Entry, r.Version, r.Remark, r.Actor, r.TakenBy})
	if err != nil { // a struct of strings and numbers always marshals
		panic(err)
	}
	return out
}

const selectReturn = `SELECT id, entry, version, remark, actor, at_ms, leaf, taken_by, coalesce(taken_ms, 0) FROM entry_return`

func scanReturn(s scanner) (Return, error) {
	var r Return
	var at, taken int64
	err := s.Scan(&r.ID, &r.Entry, &r.Version, &r.Remark, &r.Actor, &at, &r.Leaf, &r.TakenBy, &taken)
	r.At = time.UnixMilli(at).UTC()
	if taken != 0 {
		r.TakenAt = time.UnixMilli(taken).UTC()
	}
	return r, err
}

// standingReturn is the return of a version that nobody took back, nil for none.
func standingReturn(ctx context.Context, q db.Querier, id int64, version int) (*Return, error) {
	r, err := scanReturn(q.QueryRowContext(ctx, selectReturn+` WHERE entry = $1 AND version = $2 AND taken_ms IS NULL`, id, version))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read return of entry %d: %w", id, err)
	}
	return &r, nil
}

// Returns are all returns of an entry, oldest first, those that were taken back among them.
func (l *Ledger) Returns(ctx context.Context, q db.Querier, id int64) ([]Return, error) {
	return returns(ctx, q, ` WHERE entry = $1 ORDER BY id`, id)
}

func returns(ctx context.Context, q db.Querier, where string, args ...any) ([]Return, error) {
	var out []Return
	err := each(ctx, q, func(s scanner) error {
		r, err := scanReturn(s)
		out = append(out, r)
		return err
	}, selectReturn+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read returns: %w", err)
	}
	return out, nil
}

// Waiting is an entry that is recorded and not confirmed yet.
type Waiting struct {
	ID       int64
	Kind     string
	Edition  string // hash
	Unit     org.UnitID
	Day      civil.Date
	Version  int
	Title    string
	Recorder string    // who made the first version
	By       string    // who made the version that stands
	At       time.Time // of the version that stands
	Returned *Return   // nil while it waits for whoever confirms it
}

// Waiting are all entries that are not confirmed yet, the oldest version first, those returned among them.
func (l *Ledger) Waiting(ctx context.Context, q db.Querier) ([]Waiting, error) {
	back := map[int64]*Return{}
	list, err := returns(ctx, q, ` WHERE taken_ms IS NULL`)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if r := &list[i]; back[r.Entry] == nil || back[r.Entry].Version < r.Version {
			back[r.Entry] = r
		}
	}
	var out []Waiting
	names := map[string]string{}
	err = each(ctx, q, func(s scanner) error {
		var w Waiting
		var at int64
		err := s.Scan(&w.ID, &w.Kind, &w.Edition, &w.Unit, &w.Day, &w.Version, &w.Title, &w.By, &at, &w.Recorder)
		w.At = time.UnixMilli(at).UTC()
		w.Kind, w.Edition, w.By, w.Recorder = same(names, w.Kind), same(names, w.Edition), same(names, w.By), same(names, w.Recorder)
		if r := back[w.ID]; r != nil && r.Version == w.Version {
			w.Returned = r
		}
		out = append(out, w)
		return err
	}, `SELECT e.id, e.kind, e.edition, e.unit, e.day, e.version, e.title, v.actor, v.at_ms, f.actor FROM entry e
		JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		JOIN entry_version f ON f.entry = e.id AND f.version = 1
		WHERE e.state = 'recorded' ORDER BY v.at_ms, e.id`)
	if err != nil {
		return nil, fmt.Errorf("read what waits to be confirmed: %w", err)
	}
	return out, nil
}

// Fields are the stored fields of the standing versions of entries, canonical JSON by the entry's number.
func (l *Ledger) Fields(ctx context.Context, q db.Querier, ids []int64) (map[int64]string, error) {
	out := map[int64]string{}
	if len(ids) == 0 {
		return out, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	err := each(ctx, q, func(s scanner) error {
		var id int64
		var text string
		err := s.Scan(&id, &text)
		out[id] = text
		return err
	}, `SELECT e.id, v.fields FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.id IN (`+list(1, len(ids))+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("read fields: %w", err)
	}
	return out, nil
}

// VerifyReturns compares every return, and every one taken back, with its leaves, and says in Vietnamese what differs.
func VerifyReturns(ctx context.Context, q db.Querier) ([]string, error) {
	rows, err := q.QueryContext(ctx, selectReturn+` ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("read returns to verify: %w", err)
	}
	var all []Return
	for rows.Next() {
		r, err := scanReturn(rows)
		if err != nil {
			rows.Close()
			return nil, fmt.Errorf("read returns to verify: %w", err)
		}
		all = append(all, r)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("read returns to verify: %w", err)
	}
	var out []string
	leaves := 0
	for _, r := range all {
		ok, err := r.said(ctx, q)
		if err != nil {
			return nil, err
		}
		if leaves++; r.TakenBy != "" {
			leaves++
		}
		if !ok {
			out = append(out, fmt.Sprintf("Lần trả lại số %d (ghi nhận %d, bản %d) không khớp với sổ niêm phong.", r.ID, r.Entry, r.Version))
		}
	}
	sealed, err := audit.LeavesOn(ctx, q, subjectReturn)
	if err == nil && sealed != leaves {
		out = append(out, fmt.Sprintf("Sổ niêm phong có %d bút tích về trả lại ghi nhận, bảng chỉ nói %d: có dòng đã bị xóa hoặc sửa ngoài chương trình.", sealed, leaves))
	}
	return out, err
}

func (r *Return) said(ctx context.Context, q db.Querier) (bool, error) {
	made := *r
	made.TakenBy = ""
	ok, err := audit.Said(ctx, q, r.Leaf, subjectReturn, r.ID, made.content())
	if err != nil || !ok || r.TakenBy == "" {
		return ok, err
	}
	var leaf int64
	if err := q.QueryRowContext(ctx, `SELECT coalesce(taken_leaf, 0) FROM entry_return WHERE id = $1`, r.ID).Scan(&leaf); err != nil {
		return false, fmt.Errorf("read leaf of return %d: %w", r.ID, err)
	}
	return audit.Said(ctx, q, leaf, subjectReturn, r.ID, r.content())
}
