package sealed

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// State is how far a key has come.
type State string

// The states. Only an active key is sealed to; a rotated one still opens what it closed.
const (
	New     State = "new"     // registered; its holder has not shown yet that the backup opens
	Proved  State = "proved"  // waits for somebody of the other half to compare its fingerprint
	Active  State = "active"  // serves
	Rotated State = "rotated" // its holder has a newer one
	Lost    State = "lost"    // nobody has it any more
	Left    State = "left"    // its holder has left the post
)

// Key is a public key and who holds the private half.
type Key struct {
	ID        int64
	Unit      org.UnitID // the office
	Half      Half
	Account   int64
	Recipient string // age1...
	State     State
	Challenge []byte // an age file for the key, with random bytes that its holder reads out
	Made      time.Time
	Proved    time.Time // when its backup was last shown to open
	From      time.Time // when it began to serve
	Confirmed int64     // the account that compared its fingerprint
	Ended     time.Time
	Why       string // it ended

	answer                      []byte
	madeLeaf, fromLeaf, endLeaf int64
}

// Fingerprint is what people compare.
func (k Key) Fingerprint() string { return Fingerprint(k.Recipient) }

// Opens reports whether its holder should still be able to open what it closed.
func (k Key) Opens() bool { return k.State == Active || k.State == Rotated }

// Register takes the public half of a key that was made on its holder's device.
func Register(ctx context.Context, tx *db.Tx, by By, unit org.UnitID, half Half, recipient string) (Key, error) {
	recipient = strings.TrimSpace(recipient)
	if _, err := age.ParseX25519Recipient(recipient); err != nil {
		return Key{}, badRecipient(err)
	}
	mine, err := KeysOf(ctx, tx, by.Account)
	if err != nil {
		return Key{}, err
	}
	for _, k := range mine {
		switch {
		case k.Half != half && k.State != Left:
			return Key{}, fault.New(fault.Denied, "Tài khoản này đã giữ khóa của nửa kia. Không ai được giữ cả hai nửa.")
		case k.Unit == unit && (k.State == New || k.State == Proved):
			return Key{}, fault.New(fault.Conflict, "Bạn đang có một khóa chưa đưa vào dùng. Hãy làm xong hoặc bỏ khóa ấy trước.")
		}
	}
	k := Key{Unit: unit, Half: half, Account: by.Account, Recipient: recipient, State: New, Made: by.At}
	if k.ID, err = tx.ID(ctx, "sealed_key"); err != nil {
		return k, err
	}
	if err := k.challenge(); err != nil {
		return k, err
	}
	if k.madeLeaf, err = leaf(ctx, tx, by, "identity_key_made", subjectKey, k.ID, k.saysMade()); err != nil {
		return k, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO sealed_key (id, unit, half, account, recipient, state, challenge, answer, made_ms, proved_ms, active_ms, confirmed, ended_ms, end_reason, made_leaf, from_leaf, end_leaf)
		VALUES ($1, $2, $3, $4, $5, 'new', $6, $7, $8, 0, 0, 0, 0, '', $9, 0, 0)`, k.ID, unit, half, by.Account, recipient, k.Challenge, k.answer, by.ms(), k.madeLeaf)
	if db.Duplicate(err) {
		return k, fault.New(fault.Conflict, "Khóa công khai này đã được đăng ký. Hãy tạo khóa mới.")
	}
	if err != nil {
		return k, fmt.Errorf("register key: %w", err)
	}
	return k, nil
}

// What the leaves of a key say.
func (k Key) saysMade() []any  { return []any{k.Unit, k.Half, k.Account, k.Recipient} }
func (k Key) saysFrom() []any  { return []any{k.Recipient, k.Account, k.Confirmed} }
func (k Key) saysEnded() []any { return []any{k.Recipient, k.State, k.Why} }

// challenge seals fresh random bytes to the key.
func (k *Key) challenge() error {
	r, err := age.ParseX25519Recipient(k.Recipient)
	if err != nil {
		return badRecipient(err)
	}
	secret := base64.RawURLEncoding.EncodeToString([]byte(rand.Text()))
	var b bytes.Buffer
	w, err := age.Encrypt(&b, r)
	if err != nil {
		return fmt.Errorf("challenge key: %w", err)
	}
	if _, err := w.Write([]byte(secret)); err != nil {
		return fmt.Errorf("challenge key: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("challenge key: %w", err)
	}
	sum := sha256.Sum256([]byte(secret))
	k.Challenge, k.answer = b.Bytes(), sum[:]
	return nil
}

// Answer reads a challenge with the private key.
func Answer(challenge []byte, key age.Identity) (string, error) {
	plain, err := decrypt(challenge, key)
	return string(plain), err
}

// Prove takes the answer to a key's challenge: whoever gives it can open with the key. A new key then waits for its
// comparison; of a serving one it is noted that its backup was tried. Each answer serves once.
func Prove(ctx context.Context, tx *db.Tx, by By, id int64, answer string) error {
	k, err := KeyByID(ctx, tx, id)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(strings.TrimSpace(answer)))
	switch {
	case k.Account != by.Account:
		return fault.New(fault.Denied, "Khóa này do người khác giữ.")
	case k.State == Lost || k.State == Left:
		return fault.New(fault.Conflict, "Khóa này đã thôi dùng. Hãy tải lại trang.")
	case subtle.ConstantTimeCompare(sum[:], k.answer) != 1:
		return fault.New(fault.Invalid, "Câu trả lời không đúng. Hãy chọn đúng tệp khóa của khóa này rồi thử lại.")
	}
	was := k.State
	if err := k.challenge(); err != nil {
		return err
	}
	if was == New {
		k.State = Proved
	}
	if err := changed(tx.ExecContext(ctx, `UPDATE sealed_key SET state = $1, proved_ms = $2, challenge = $3, answer = $4 WHERE id = $5 AND state = $6`,
		k.State, by.ms(), k.Challenge, k.answer, id, was)); err != nil {
		return err
	}
	_, err = leaf(ctx, tx, by, "identity_key_proved", subjectProof, id, []any{k.Recipient})
	return err
}

// Confirm puts a key to use: somebody of the other half has compared its fingerprint with its holder, by voice or on
// paper. Where the other half has a serving key, its holder must hold one. Older keys of the same holder are rotated.
func Confirm(ctx context.Context, tx *db.Tx, by By, id int64, fingerprint string) error {
	k, err := KeyByID(ctx, tx, id)
	if err != nil {
		return err
	}
	switch {
	case k.State != Proved:
		return fault.New(fault.Conflict, "Khóa này không chờ đối chiếu. Hãy tải lại trang.")
	case compact(fingerprint) != compact(k.Fingerprint()):
		return fault.New(fault.Invalid, "Dấu vân tay gõ vào không khớp khóa này. Hãy hỏi lại người giữ khóa, đừng chép từ màn hình.")
	}
	all, err := Keys(ctx, tx, k.Unit)
	if err != nil {
		return err
	}
	if !mayConfirm(all, by.Account, k) {
		return fault.New(fault.Denied, "Chỉ người đang giữ khóa của nửa kia ở cùng cơ quan mới đối chiếu được.")
	}
	k.Confirmed = by.Account
	fromLeaf, err := leaf(ctx, tx, by, "identity_key_confirmed", subjectKey, id, k.saysFrom())
	if err != nil {
		return err
	}
	if err := changed(tx.ExecContext(ctx, `UPDATE sealed_key SET state = 'active', active_ms = $1, confirmed = $2, from_leaf = $3 WHERE id = $4 AND state = 'proved'`, by.ms(), by.Account, fromLeaf, id)); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE sealed_key SET state = 'rotated', ended_ms = $1, end_reason = 'đổi khóa' WHERE unit = $2 AND account = $3 AND half = $4 AND state = 'active' AND id <> $5`,
		by.ms(), k.Unit, k.Account, k.Half, id)
	if err != nil {
		return fmt.Errorf("rotate older keys: %w", err)
	}
	return nil
}

// mayConfirm: an active key of the other half, or a proved one while that half has none active.
func mayConfirm(all []Key, account int64, k Key) bool {
	var other []Key
	for _, x := range all {
		if x.Half == k.Half.Other() {
			other = append(other, x)
		}
	}
	need := Active
	if !slices.ContainsFunc(other, func(x Key) bool { return x.State == Active }) {
		need = Proved
	}
	return account != k.Account && slices.ContainsFunc(other, func(x Key) bool { return x.Account == account && x.State == need })
}

// compact is a fingerprint without blanks and dashes, in capitals.
func compact(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(s))
}

// End takes a key out of use: lost, left, or given up before it served. The caller has asked who may.
func End(ctx context.Context, tx *db.Tx, by By, id int64, state State, why string) error {
	if state != Lost && state != Left || strings.TrimSpace(why) == "" {
		return fault.New(fault.Invalid, "Hãy chọn khóa mất hay người giữ thôi nhiệm vụ, và ghi lý do.")
	}
	k, err := KeyByID(ctx, tx, id)
	if err != nil {
		return err
	}
	if k.State == Lost || k.State == Left {
		return fault.New(fault.Conflict, "Khóa này đã thôi dùng từ trước. Hãy tải lại trang.")
	}
	was := k.State
	k.State, k.Why = state, why
	endLeaf, err := leaf(ctx, tx, by, "identity_key_ended", subjectKey, id, k.saysEnded())
	if err != nil {
		return err
	}
	return changed(tx.ExecContext(ctx, `UPDATE sealed_key SET state = $1, ended_ms = $2, end_reason = $3, end_leaf = $4 WHERE id = $5 AND state = $6`, state, by.ms(), why, endLeaf, id, was))
}

// Keys are the keys of an office, oldest first, ended ones too.
func Keys(ctx context.Context, q db.Querier, unit org.UnitID) ([]Key, error) {
	return keys(ctx, q, `WHERE unit = $1`, unit)
}

// AllKeys are the keys of every office.
func AllKeys(ctx context.Context, q db.Querier) ([]Key, error) { return keys(ctx, q, ``) }

// KeysOf are the keys of an account.
func KeysOf(ctx context.Context, q db.Querier, account int64) ([]Key, error) {
	return keys(ctx, q, `WHERE account = $1`, account)
}

// KeyByID is one key.
func KeyByID(ctx context.Context, q db.Querier, id int64) (Key, error) {
	list, err := keys(ctx, q, `WHERE id = $1`, id)
	if err != nil {
		return Key{}, err
	}
	if len(list) == 0 {
		return Key{}, fault.New(fault.NotFound, "Không có khóa này. Hãy mở lại trang khóa.")
	}
	return list[0], nil
}

func keys(ctx context.Context, q db.Querier, where string, args ...any) ([]Key, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, unit, half, account, recipient, state, challenge, answer, made_ms, proved_ms, active_ms, confirmed, ended_ms, end_reason, made_leaf, from_leaf, end_leaf
		FROM sealed_key `+where+` ORDER BY id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	defer rows.Close()
	var out []Key
	for rows.Next() {
		var k Key
		var made, proved, from, ended int64
		if err := rows.Scan(&k.ID, &k.Unit, &k.Half, &k.Account, &k.Recipient, &k.State, &k.Challenge, &k.answer, &made, &proved, &from, &k.Confirmed, &ended, &k.Why, &k.madeLeaf, &k.fromLeaf, &k.endLeaf); err != nil {
			return nil, fmt.Errorf("read keys: %w", err)
		}
		k.Made, k.Proved, k.From, k.Ended = moment(made), moment(proved), moment(from), moment(ended)
		out = append(out, k)
	}
	return out, rows.Err()
}
