// Package unsaved keeps forms that somebody has typed and not saved yet: what people call a bản nháp. It stores what
// was typed, exactly as typed, for the one account that typed it, and throws it away after a while. It is no record
// of work: nothing of it is counted, searched, exported or shown to anybody else, and it leaves no leaf in the log.
package unsaved

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// Form is a form that is not saved yet.
type Form struct {
	ID      int64
	Account int64
	Key     string // idempotency key of the form: the entry carries it too
	Kind    string
	Entry   int64 // the entry that it amends, 0 for a new one
	Values  url.Values
	Version int    // counts each keeping, from 1
	Window  string // which browser window kept it last: a page has one until it is loaded anew
	Saved   int64  // the entry that it became, 0 while it is none; then Values is empty
	At      time.Time
	Ends    time.Time // when it is thrown away
}

// Life is how long a form is kept after it was last touched; letters of citizens are kept for LetterLife only.
const (
	Life       = 30 * 24 * time.Hour
	LetterLife = 3 * 24 * time.Hour
)

// Most is how many forms an account may have lying about, MostBytes how long one may be.
const (
	Most      = 200
	MostBytes = 512 << 10
)

// NotFound is what somebody reads who asks for a form that is gone or another's.
const notFound = "Không có bản nháp này, hoặc nó đã được xóa khi hết hạn. Hãy mở trang Bản nháp để xem các bản còn lại."

// Keep keeps a form. f.ID and f.Version are what the writer saw last, both 0 for a form that was never kept; a window
// that goes back to an older page of its own is still the same window. Where another window has kept something else
// meanwhile nothing is overwritten: this one is kept beside it under a number
// of its own, and apart is true. A form that became an entry comes back with Saved, and is not kept again. Keeping
// the same again changes nothing, so that it may be sent twice.
func Keep(ctx context.Context, tx *db.Tx, f Form, life time.Duration) (kept Form, apart bool, err error) {
	text := f.Values.Encode()
	if len(text) > MostBytes {
		return f, false, fault.New(fault.Invalid, "Nội dung quá dài để lưu nháp. Hãy rút gọn, hoặc lưu thành ghi nhận.")
	}
	now := time.Now()
	if err := hold(ctx, tx, f.Account, now); err != nil {
		return f, false, err
	}
	f.At, f.Ends = now, now.Add(life)
	was, found, err := last(ctx, tx, f)
	switch {
	case err != nil:
		return f, false, err
	case found && (was.Saved != 0 || was.Values.Encode() == text):
		return was, false, nil
	case found && (was.ID == f.ID && was.Version == f.Version || was.Window == f.Window && f.Window != ""):
		f.ID, f.Version = was.ID, was.Version+1
		_, err := tx.ExecContext(ctx, `UPDATE draft SET key = $2, form = $3, version = $4, win = $5, at_ms = $6, ends_ms = $7 WHERE id = $1`,
			f.ID, f.Key, text, f.Version, f.Window, f.At.UnixMilli(), f.Ends.UnixMilli())
		if err != nil {
			return f, false, fmt.Errorf("keep draft %d: %w", f.ID, err)
		}
		return f, false, nil
	}
	f, err = add(ctx, tx, f, text)
	return f, found, err
}

// last is what is kept of a form: under its number, or under its key where the writer knows of no number yet because
// the answer that told it was lost.
func last(ctx context.Context, tx *db.Tx, f Form) (Form, bool, error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+columns+` FROM draft WHERE account = $1 AND (id = $2 OR $2 = 0 AND key = $3) ORDER BY id DESC LIMIT 1`,
		f.Account, f.ID, f.Key)
	if err != nil {
		return f, false, fmt.Errorf("look for draft: %w", err)
	}
	list, err := scanAll(rows)
	if err != nil || len(list) == 0 {
		return f, false, err
	}
	return list[0], true, nil
}

func add(ctx context.Context, tx *db.Tx, f Form, text string) (Form, error) {
	var n int
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM draft WHERE account = $1 AND saved = 0`, f.Account).Scan(&n); err != nil {
		return f, fmt.Errorf("count drafts: %w", err)
	}
	if n >= Most {
		return f, fault.Newf(fault.Conflict, "Bạn đã có %d bản nháp. Hãy xóa bớt ở trang Bản nháp rồi lưu lại.", n)
	}
	id, err := tx.ID(ctx, "draft")
	if err != nil {
		return f, err
	}
	f.ID, f.Version, f.Saved = id, 1, 0
	_, err = tx.ExecContext(ctx, `INSERT INTO draft (id, account, key, kind, entry, form, version, win, saved, at_ms, ends_ms)
		VALUES ($1, $2, $3, $4, $5, $6, 1, $7, 0, $8, $9)`, f.ID, f.Account, f.Key, f.Kind, f.Entry, text, f.Window, f.At.UnixMilli(), f.Ends.UnixMilli())
	if err != nil {
		return f, fmt.Errorf("add draft: %w", err)
	}
	return f, plan(ctx, tx, f.At)
}

// hold makes other changes of the account's forms wait until this one is over, and throws away what has ended.
func hold(ctx context.Context, tx *db.Tx, account int64, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO draft_hold (account, version) VALUES ($1, 1)
		ON CONFLICT (account) DO UPDATE SET version = draft_hold.version + 1`, account)
	if err == nil {
		_, err = tx.ExecContext(ctx, `DELETE FROM draft WHERE account = $1 AND ends_ms < $2`, account, now.UnixMilli())
	}
	if err != nil {
		return fmt.Errorf("hold drafts of account %d: %w", account, err)
	}
	return nil
}

// savedLife is how long an emptied form leads to the entry that it became: as long as somebody may press Back.
const savedLife = 2 * 24 * time.Hour

// Became empties a form that was saved as an entry, in the transaction that saves the entry. id 0 means the form
// that was kept under the key, where the writer did not know that it was kept. Another window's form of the same key
// stays: what was typed there is shown to its writer.
func Became(ctx context.Context, tx *db.Tx, account, id int64, key string, entry int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE draft SET form = '', saved = $4, ends_ms = $5
		WHERE account = $1 AND saved = 0 AND (id = $2 OR $2 = 0 AND key = $3)`, account, id, key, entry, time.Now().Add(savedLife).UnixMilli())
	if err != nil {
		return fmt.Errorf("empty draft %d: %w", id, err)
	}
	return nil
}

// Drop throws a form away at once. One that is gone, or another's, is left as it is.
func Drop(ctx context.Context, tx *db.Tx, account, id int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM draft WHERE id = $1 AND account = $2`, id, account); err != nil {
		return fmt.Errorf("drop draft %d: %w", id, err)
	}
	return nil
}

// Sweep throws away all forms that have ended, of all accounts.
func Sweep(ctx context.Context, tx *db.Tx, now time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM draft WHERE ends_ms < $1`, now.UnixMilli()); err != nil {
		return fmt.Errorf("sweep drafts: %w", err)
	}
	return nil
}

const columns = `id, account, key, kind, entry, form, version, win, saved, at_ms, ends_ms`

// One is a form of the account.
func One(ctx context.Context, q db.Querier, account, id int64) (Form, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM draft WHERE id = $1 AND account = $2 AND ends_ms >= $3`, id, account, time.Now().UnixMilli())
	if err != nil {
		return Form{}, fmt.Errorf("read draft %d: %w", id, err)
	}
	list, err := scanAll(rows)
	if err != nil {
		return Form{}, err
	}
	if len(list) == 0 {
		return Form{}, fault.New(fault.NotFound, notFound)
	}
	return list[0], nil
}

// Of are the forms of an account that are not saved yet, last touched first.
func Of(ctx context.Context, q db.Querier, account int64) ([]Form, error) {
	rows, err := q.QueryContext(ctx, `SELECT `+columns+` FROM draft WHERE account = $1 AND saved = 0 AND ends_ms >= $2 ORDER BY at_ms DESC, id DESC`,
		account, time.Now().UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("list drafts: %w", err)
	}
	return scanAll(rows)
}

func scanAll(rows *sql.Rows) ([]Form, error) {
	defer rows.Close()
	var out []Form
	for rows.Next() {
		var f Form
		var text string
		var at, ends int64
		err := rows.Scan(&f.ID, &f.Account, &f.Key, &f.Kind, &f.Entry, &text, &f.Version, &f.Window, &f.Saved, &at, &ends)
		if err != nil {
			return nil, fmt.Errorf("read draft: %w", err)
		}
		if f.Values, err = url.ParseQuery(text); err != nil {
			return nil, errors.Join(fmt.Errorf("read draft %d", f.ID), err)
		}
		f.At, f.Ends = time.UnixMilli(at), time.UnixMilli(ends)
		out = append(out, f)
	}
	return out, rows.Err()
}
