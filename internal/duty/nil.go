package duty

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"danvan/internal/audit"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// NilReturn is a body's statement that in a turn there was nothing to do.
type NilReturn struct {
	ID       int64
	Unit     org.UnitID
	Duty     string
	From, To civil.Date
	Event    int64
	Reason   string
	Actor    string
	AtMS     int64
	Leaf     int64
	Back     *Back // nil while it stands
	Filing   int64 // the filing that states it, where a report is owed
}

// Back says who took a nil return back, and why.
type Back struct {
	Reason string
	Actor  string
	AtMS   int64
}

// Key is the obligation that the return is about.
func (n *NilReturn) Key() Key { return Key{n.Duty, n.Unit, n.From, n.To, n.Event} }

// subjectNil is what the leaves call a nil return.
const subjectNil = "duty_nil"

// content is what the leaf of the log is about.
func (n *NilReturn) content(reason string) []byte {
	return fmt.Appendf(nil, "%d\n%d\n%s\n%s\n%s\n%d\n%s", n.ID, n.Unit, n.Duty, n.From, n.To, n.Event, reason)
}

// longestReason is enough for a sentence or two.
const longestReason = 500

func checkReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return "", fault.New(fault.Invalid, "Hãy ghi lý do, căn cứ: một câu để cấp trên đọc hiểu.")
	case len([]rune(reason)) > longestReason:
		return "", fault.Newf(fault.Invalid, "Lý do dài quá %d ký tự. Hãy rút gọn.", longestReason)
	}
	return reason, nil
}

// StateNil records that there was nothing to do for an obligation. It looks once more whether the obligation is still
// open, so that an entry or a filing of the same moment is not passed over.
func (b *Book) StateNil(ctx context.Context, tx *db.Tx, actor string, key Key, today civil.Date, reason string) (*NilReturn, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return nil, err
	}
	o, err := b.Find(ctx, tx, key, today)
	if err != nil {
		return nil, err
	}
	if err := o.Refuse(today); err != nil {
		return nil, err
	}
	n := &NilReturn{Unit: key.Unit, Duty: key.Duty, From: key.From, To: key.To, Event: key.Event, Reason: reason, Actor: actor, AtMS: time.Now().UnixMilli()}
	if n.ID, err = tx.ID(ctx, "duty_nil"); err != nil {
		return nil, err
	}
	if n.Leaf, err = audit.Append(ctx, tx, audit.Leaf{Act: "nil", Subject: subjectNil, SubjectID: n.ID, Content: n.content(reason), Actor: actor, At: time.UnixMilli(n.AtMS)}); err != nil {
		return nil, err
	}
	res, err := tx.ExecContext(ctx, `INSERT INTO duty_nil (id, unit, duty, period_from, period_to, event, reason, actor, at_ms, leaf, back_reason, back_actor)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', '') ON CONFLICT DO NOTHING`,
		n.ID, n.Unit, n.Duty, int32(n.From), int32(n.To), n.Event, n.Reason, n.Actor, n.AtMS, n.Leaf)
	if err != nil {
		return nil, fmt.Errorf("save nil return of unit %d for %s: %w", n.Unit, n.Duty, err)
	}
	if saved, err := res.RowsAffected(); err != nil || saved == 0 {
		return nil, errors.Join(err, alreadyNil())
	}
	return n, nil
}

func alreadyNil() error {
	return fault.New(fault.Conflict, "Kỳ này vừa được khai không phát sinh. Hãy tải lại trang.")
}

// Refuse says why it cannot be stated that there was nothing to do; nil where it can.
func (o *Obligation) Refuse(today civil.Date) error {
	switch {
	case len(o.Met) > 0:
		return fault.New(fault.Conflict, "Kỳ này đã có ghi nhận nên không khai không phát sinh được. Hãy mở ghi nhận để xem; nếu ghi nhầm thì hủy ghi nhận trước.")
	case o.Nil != nil:
		return alreadyNil()
	case o.Duty.NoNil:
		return fault.New(fault.Invalid, "Quy định buộc phải làm việc này, không khai không phát sinh được. Hãy ghi việc khi đã làm.")
	case o.Duty.Report != "" && o.Event == nil:
		return fault.New(fault.Invalid, "Kỳ báo cáo được khai không phát sinh ngay tại trang Kỳ báo cáo.")
	case o.Answers == 0:
		return fault.New(fault.Invalid, "Cơ quan này đã kết thúc và không có nơi kế tục, nên không còn ai phải khai.")
	case o.Event == nil && o.Turn.Period.To > today:
		return fault.Newf(fault.Invalid, "Kỳ này chưa hết (ngày cuối %s). Hãy khai khi kỳ đã kết thúc.", o.Turn.Period.To.Vi())
	}
	return nil
}

// TakeBack ends a nil return. The obligation is then what it was.
func TakeBack(ctx context.Context, tx *db.Tx, actor string, id int64, reason string) error {
	reason, err := checkReason(reason)
	if err != nil {
		return err
	}
	n, err := ReadNil(ctx, tx, id)
	if err != nil {
		return err
	}
	gone := fault.New(fault.Conflict, "Lần khai không phát sinh này đã được rút. Hãy tải lại trang.")
	if n.Back != nil {
		return gone
	}
	now := time.Now()
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "nil_back", Subject: subjectNil, SubjectID: id, Content: n.content(reason), Actor: actor, At: now})
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `UPDATE duty_nil SET back_reason = $2, back_actor = $3, back_ms = $4, back_leaf = $5 WHERE id = $1 AND back_leaf IS NULL`,
		id, reason, actor, now.UnixMilli(), leaf)
	if err != nil {
		return fmt.Errorf("take back nil return %d: %w", id, err)
	}
	if done, err := res.RowsAffected(); err != nil || done == 0 {
		return errors.Join(err, gone)
	}
	return nil
}

const selectNil = `SELECT id, unit, duty, period_from, period_to, event, reason, actor, at_ms, leaf, back_reason, back_actor, coalesce(back_ms, 0) FROM duty_nil`

func scanNil(s interface{ Scan(...any) error }) (*NilReturn, error) {
	n, back := &NilReturn{}, Back{}
	err := s.Scan(&n.ID, &n.Unit, &n.Duty, &n.From, &n.To, &n.Event, &n.Reason, &n.Actor, &n.AtMS, &n.Leaf, &back.Reason, &back.Actor, &back.AtMS)
	if back.AtMS != 0 {
		n.Back = &back
	}
	return n, err
}

// ReadNil is the nil return of that number, standing or taken back.
func ReadNil(ctx context.Context, q db.Querier, id int64) (*NilReturn, error) {
	n, err := scanNil(q.QueryRowContext(ctx, selectNil+` WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Newf(fault.NotFound, "Không có lần khai không phát sinh số %d. Hãy mở từ trang Việc định kỳ.", id)
	}
	if err != nil {
		return nil, fmt.Errorf("read nil return %d: %w", id, err)
	}
	return n, nil
}

// standingNils are the returns that stand, of periods that end within days.
func standingNils(ctx context.Context, q db.Querier, from, to civil.Date) (map[Key]*NilReturn, error) {
	rows, err := q.QueryContext(ctx, selectNil+` WHERE period_to BETWEEN $1 AND $2 AND back_leaf IS NULL`, int32(from), int32(to))
	if err != nil {
		return nil, fmt.Errorf("read nil returns: %w", err)
	}
	defer rows.Close()
	out := map[Key]*NilReturn{}
	for rows.Next() {
		n, err := scanNil(rows)
		if err != nil {
			return nil, fmt.Errorf("read nil returns: %w", err)
		}
		out[n.Key()] = n
	}
	return out, rows.Err()
}

// Nils are all returns about an obligation, those taken back too, the newest first.
func Nils(ctx context.Context, q db.Querier, key Key) ([]*NilReturn, error) {
	rows, err := q.QueryContext(ctx, selectNil+` WHERE unit = $1 AND duty = $2 AND period_from = $3 AND period_to = $4 AND event = $5 ORDER BY id DESC`,
		key.Unit, key.Duty, int32(key.From), int32(key.To), key.Event)
	if err != nil {
		return nil, fmt.Errorf("read nil returns of unit %d for %s: %w", key.Unit, key.Duty, err)
	}
	defer rows.Close()
	var out []*NilReturn
	for rows.Next() {
		n, err := scanNil(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

// Find is one obligation, as it stands.
func (b *Book) Find(ctx context.Context, q db.Querier, key Key, today civil.Date) (*Obligation, error) {
	none := fault.New(fault.NotFound, "Cơ quan này không có việc định kỳ như vậy trong kỳ đã chọn. Hãy mở lại từ trang Việc định kỳ.")
	if key.From == 0 || key.To < key.From {
		return nil, none
	}
	tree, err := b.Tree(ctx)
	if err != nil {
		return nil, err
	}
	if tree.Unit(key.Unit) == nil {
		return nil, none
	}
	// the due day lies at the period's end or soon after it; with an event, or from a period's beginning, before
	list, err := b.Owed(ctx, q, Ask{Units: []org.UnitID{key.Unit}, From: key.From, To: key.To.AddYears(1), Today: today,
		Keep: func(d *catalog.Duty) bool { return d.Code == key.Duty }})
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Key() == key {
			return &list[i], nil
		}
	}
	return nil, none
}

// VerifyNils compares every nil return, and every one taken back, with its leaves, and says in Vietnamese what differs.
func VerifyNils(ctx context.Context, q db.Querier) ([]string, error) {
	rows, err := q.QueryContext(ctx, selectNil+` ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("read nil returns to verify: %w", err)
	}
	var all []*NilReturn
	for rows.Next() {
		n, err := scanNil(rows)
		if err != nil {
			rows.Close()
			return nil, fmt.Errorf("read nil returns to verify: %w", err)
		}
		all = append(all, n)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("read nil returns to verify: %w", err)
	}
	var out []string
	leaves := 0
	for _, n := range all {
		ok, err := n.said(ctx, q)
		if err != nil {
			return nil, err
		}
		if leaves++; n.Back != nil {
			leaves++
		}
		if !ok {
			out = append(out, fmt.Sprintf("Lần khai không phát sinh số %d (%s) không khớp với sổ niêm phong.", n.ID, n.Duty))
		}
	}
	sealed, err := audit.LeavesOn(ctx, q, subjectNil)
	if err == nil && sealed != leaves {
		out = append(out, fmt.Sprintf("Sổ niêm phong có %d bút tích về khai không phát sinh, bảng chỉ nói %d: có dòng đã bị xóa hoặc sửa ngoài chương trình.", sealed, leaves))
	}
	return out, err
}

func (n *NilReturn) said(ctx context.Context, q db.Querier) (bool, error) {
	ok, err := audit.Said(ctx, q, n.Leaf, subjectNil, n.ID, n.content(n.Reason))
	if err != nil || !ok || n.Back == nil {
		return ok, err
	}
	var leaf int64
	if err := q.QueryRowContext(ctx, `SELECT coalesce(back_leaf, 0) FROM duty_nil WHERE id = $1`, n.ID).Scan(&leaf); err != nil {
		return false, fmt.Errorf("read leaf of nil return %d: %w", n.ID, err)
	}
	return audit.Said(ctx, q, leaf, subjectNil, n.ID, n.content(n.Back.Reason))
}
