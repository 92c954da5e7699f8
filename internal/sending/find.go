package sending

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// errFind is the one answer to a number that does not exist and to a code that is not its own.
var errFind = fault.New(fault.NotFound, "Không tìm thấy với số và mã này. Hãy xem lại từng chữ trên giấy biên nhận; chữ O đọc là số 0, chữ I và L đọc là số 1.")

// Find is what was sent under a number, for who has its code. Unknown number and wrong code are one answer, in about
// the same time. Whoever calls limits the attempts.
func (o *Office) Find(ctx context.Context, q db.Querier, number, code string) (*Sending, error) {
	number = ReadNumber(number)
	s, hash, err := o.byNumber(ctx, q, number)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("find sending: %w", err)
	}
	if !CodeIs(code, hash) || s == nil {
		return nil, errFind
	}
	return s, nil
}

func (o *Office) byNumber(ctx context.Context, q db.Querier, number string) (*Sending, []byte, error) {
	var hash []byte
	if len(number) > 2 && number[:2] == "TC" {
		s, err := scanSealed(q.QueryRowContext(ctx, `SELECT code, `+sealedColumns+` FROM sending_sealed WHERE number = $1`, number), &hash)
		return &s.Sending, hash, err
	}
	s, err := scan(q.QueryRowContext(ctx, `SELECT code, `+columns+` FROM sending WHERE number = $1`, number), &hash)
	if err != nil {
		return nil, nil, err
	}
	return &s, hash, nil
}

// ByEntry is what was sent and became a letter; nil for a letter that came another way. Of denunciations it says
// nothing: their number is the sender's own.
func ByEntry(ctx context.Context, q db.Querier, entry int64) (*Sending, error) {
	s, err := scan(q.QueryRowContext(ctx, `SELECT `+columns+` FROM sending WHERE entry = $1`, entry))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find sending of letter %d: %w", entry, err)
	}
	return &s, nil
}

// CodeHashOf is the hash of the code with which a letter was sent; nil for a letter that came another way.
func CodeHashOf(ctx context.Context, q db.Querier, entry int64) (hash []byte, err error) {
	err = q.QueryRowContext(ctx, `SELECT code FROM sending WHERE entry = $1 UNION ALL SELECT code FROM sending_sealed WHERE entry = $1`, entry).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("code of letter %d: %w", entry, err)
	}
	return hash, nil
}

// Act is what an office did with a sending.
type Act struct {
	Act    string // forward, refuse, undo, take
	Ground string // of a refusal
	Unit   int64  // forwarded to
	Actor  string
	At     time.Time
	Note   string // empty once the sending's content was shredded
}

// ActsOf are the acts on a sending, oldest first. The notes are opened only when asked for: they are the office's own.
func (o *Office) ActsOf(ctx context.Context, q db.Querier, id int64, notes bool) ([]Act, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, act, ground, unit, actor, at_ms, note FROM sending_act WHERE sending = $1 ORDER BY id`, id)
	if err != nil {
		return nil, fmt.Errorf("list acts of sending %d: %w", id, err)
	}
	defer rows.Close()
	var out []Act
	var ids []int64
	var sealed [][]byte
	for rows.Next() {
		var a Act
		var n, at int64
		var note []byte
		if err := rows.Scan(&n, &a.Act, &a.Ground, &a.Unit, &a.Actor, &at, &note); err != nil {
			return nil, fmt.Errorf("read act: %w", err)
		}
		a.At = time.UnixMilli(at)
		out, ids, sealed = append(out, a), append(ids, n), append(sealed, note)
	}
	if err := rows.Err(); err != nil || !notes || len(out) == 0 {
		return out, err
	}
	c, err := o.Dossiers.Vault.Find(ctx, q, -id)
	if shredded(err) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	for i := range out {
		plain, err := c.Open(noteUse(ids[i]), sealed[i])
		if err != nil {
			return nil, err
		}
		out[i].Note = string(plain)
	}
	return out, nil
}
