package follow

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/petition"
	"danvan/internal/sending"
)

// ErrNone is said of a number that does not exist and of a code that is not its own, in the same words.
var ErrNone = fault.New(fault.NotFound, "Không có đơn nào khớp với số và mã riêng này. Hãy xem lại từng chữ trên phiếu nhận; nếu mất mã, mang phiếu và giấy tờ đến nơi tiếp công dân để được cấp mã mới.")

// Issued is a code that was just made; it is shown once.
type Issued struct {
	Number string
	Code   string // grouped
	N      int    // which code of the letter this is, from 1
}

// againMS is how long the same form shows the same code again: a page that was sent twice or loaded anew.
const againMS = 10 * 60 * 1000

// Issue makes a code for a letter that was taken in at a desk. key is the form's key: the same form gives the same code
// for ten minutes and issues nothing more. A second code takes a reason, and the first opens nothing any more.
func (d *Desk) Issue(ctx context.Context, tx *db.Tx, actor string, entry int64, key, reason string) (Issued, error) {
	number, err := d.numberOf(ctx, tx, entry)
	if err != nil {
		return Issued{}, err
	}
	var n int
	var hash []byte
	var at int64
	err = tx.QueryRowContext(ctx, `SELECT n, code_hash, at_ms FROM letter_code WHERE entry = $1 AND newest`, entry).Scan(&n, &hash, &at)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Issued{}, fmt.Errorf("code of letter %d: %w", entry, err)
	}
	code := d.derive(entry, key)
	switch {
	case n > 0 && subtle.ConstantTimeCompare(hash, sending.CodeHash(code)) == 1:
		if d.now().UnixMilli()-at > againMS {
			return Issued{}, fault.New(fault.Conflict, "Mã này đã hiện một lần và không hiện lại. Nếu chưa in được, hãy cấp mã mới, ghi lý do.")
		}
		return Issued{number, sending.Grouped(code), n}, nil
	case n > 0 && strings.TrimSpace(reason) == "":
		return Issued{}, fault.New(fault.Invalid, "Hãy ghi lý do cấp mã mới: mã cũ sẽ không dùng được nữa.")
	}
	return Issued{number, sending.Grouped(code), n + 1}, d.keepCode(ctx, tx, actor, entry, n, number, sending.CodeHash(code), reason)
}

// derive makes a form's code: only this installation can, and only from the form that asked for it.
func (d *Desk) derive(entry int64, key string) string {
	return sending.CodeOf(d.Dossiers.Vault.Mark("follow/code", strconv.FormatInt(entry, 10)+"\n"+key))
}

// Give has a letter followed by a code that was made elsewhere.
func (d *Desk) Give(ctx context.Context, tx *db.Tx, actor string, entry int64, code string) error {
	number, err := d.numberOf(ctx, tx, entry)
	if err != nil {
		return err
	}
	return d.keepCode(ctx, tx, actor, entry, 0, number, sending.CodeHash(code), "")
}

// keepCode puts the code's hash in place of the one before, with a leaf.
func (d *Desk) keepCode(ctx context.Context, tx *db.Tx, actor string, entry int64, n int, number string, hash []byte, reason string) error {
	sealed, err := d.Dossiers.Vault.Seal(ctx, tx, entry, "code/"+strconv.Itoa(n+1), []byte(reason))
	if err != nil {
		return err
	}
	at := d.now()
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "issue_code", Subject: "follow", SubjectID: entry, Actor: actor, At: at,
		Content: codeContent(n+1, number, hash, sealed)})
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE letter_code SET newest = $2 WHERE entry = $1 AND newest`, entry, false); err != nil {
		return fmt.Errorf("former code of letter %d: %w", entry, err)
	}
	tx.RetryOn("letter_code_pkey")
	_, err = tx.ExecContext(ctx, `INSERT INTO letter_code (entry, n, number, code_hash, newest, actor, at_ms, leaf, reason) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		entry, n+1, number, hash, true, actor, at.UnixMilli(), leaf, sealed)
	if err != nil {
		return fmt.Errorf("keep code of letter %d: %w", entry, err)
	}
	return nil
}

// numberOf is the number by which a letter is followed: that of its line in the register.
func (d *Desk) numberOf(ctx context.Context, q db.Querier, entry int64) (string, error) {
	line, ok, err := petition.LineOf(ctx, q, entry)
	if err != nil || ok {
		return line.Code, err
	}
	return "", fault.New(fault.Invalid, "Đơn này chưa có mã hồ sơ trong sổ nên chưa cấp được mã theo dõi.")
}

// CodeOf tells whether a letter has a code, when it was issued and how many were.
func (d *Desk) CodeOf(ctx context.Context, q db.Querier, entry int64) (number string, n int, atMS int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT number, n, at_ms FROM letter_code WHERE entry = $1 AND newest`, entry).Scan(&number, &n, &atMS)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err != nil {
		err = fmt.Errorf("code of letter %d: %w", entry, err)
	}
	return number, n, atMS, err
}

// Found is what a number and a code lead to: a letter, or a sending that no office has taken in yet.
type Found struct {
	Entry   int64
	Number  string // by which it was found; of a denunciation from the portal the letter's own is another
	Sending *sending.Sending
}

// Find leads from a number and its code to the letter. Whatever is wrong, the error is ErrNone, unless there were too many
// wrong tries from an address.
func (d *Desk) Find(ctx context.Context, q db.Querier, address, number, code string) (Found, error) {
	number = sending.ReadNumber(number)
	one, both := d.mark(address), d.mark(address+"\n"+number)
	if wait := d.Tries.wait(one, both, d.now()); wait > 0 {
		return Found{}, tooMany(wait)
	}
	f, err := d.find(ctx, q, number, code)
	if errors.Is(err, ErrNone) && !sending.Mistyped(code) { // a slip of the pen is no try
		d.Tries.wrong(one, both, d.now())
	}
	return f, err
}

// mark keeps addresses and numbers out of memory.
func (d *Desk) mark(text string) string { return string(d.Dossiers.Vault.Mark("follow/try", text)) }

// find asks both books at any rate, so that a number that has no code takes as long as a wrong code.
func (d *Desk) find(ctx context.Context, q db.Querier, number, code string) (Found, error) {
	var entry int64
	var hash []byte
	err := q.QueryRowContext(ctx, `SELECT entry, code_hash FROM letter_code WHERE number = $1 AND newest`, number).Scan(&entry, &hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return Found{}, fmt.Errorf("find letter by its number: %w", err)
	}
	s, sent := d.Sendings.Find(ctx, q, number, code)
	switch {
	case sent != nil && fault.KindOf(sent) != fault.NotFound:
		return Found{}, sent
	case sending.CodeIs(code, hash) && entry != 0:
		return Found{Entry: entry, Number: number}, nil
	case sent != nil || entry != 0: // where the desk issued a code, the one from the portal opens nothing any more
		return Found{}, ErrNone
	}
	return Found{Entry: s.Entry, Number: number, Sending: s}, nil
}
