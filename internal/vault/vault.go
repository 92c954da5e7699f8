// Package vault keeps what must be readable today and gone for good one day. Each case (a letter, a part of one, a
// visit) has a random key of its own, and everything that is kept of the case is sealed with it (AES-256-GCM). The
// case's key stands in the database, sealed in its turn by the installation's key; that one is the file vault.key in
// the data directory and never in the database. So
//
//   - a copy of the database alone opens nothing;
//   - without vault.key everything sealed is lost: it is backed up apart from the database;
//   - to erase a case is to erase its key (Shred), also in the copies of the sealed text that lie elsewhere.
//
// A backup of the database made before a case was shredded still holds the case's sealed key; who has that backup and
// vault.key can still open it. docs/operations.md says how long backups may be kept.
package vault

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// Vault opens and seals with the keys of one installation.
type Vault struct {
	ring *ring
	own  Case // the installation's own case, for marks
}

// Case is the open key of one case. It is never kept longer than one act.
type Case struct {
	ID   int64
	aead cipher.AEAD
	raw  []byte
}

// ownCase is the number of the installation's own case.
const ownCase = 0

// Open reads vault.key from the data directory. At first use, when nothing is sealed yet, it makes one, readable by
// its owner alone. A database that holds sealed rows is refused without the key that opens them.
func Open(ctx context.Context, d *db.DB, dir string) (*Vault, error) {
	by, sealed, err := sealedBy(ctx, d.Read())
	if err != nil {
		return nil, err
	}
	r, err := openRing(dir, sealed)
	if err != nil {
		return nil, err
	}
	for _, name := range by {
		if !r.has(name) {
			return nil, fault.Wrap(fmt.Errorf("case keys are sealed by %s, which %s does not hold", name, KeyFile), fault.Denied,
				"Tệp khóa vault.key không phải khóa đã niêm phong nội dung đơn thư của cơ sở dữ liệu này. Hãy khôi phục đúng tệp vault.key từ bản sao lưu khóa; không khởi động với khóa mới, vì nội dung cũ sẽ không mở được.")
		}
	}
	v := &Vault{ring: r}
	if !sealed {
		err = d.Write(ctx, func(tx *db.Tx) error {
			_, err := v.Case(ctx, tx, ownCase)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if v.own, err = v.Find(ctx, d.Read(), ownCase); err != nil {
		return nil, err
	}
	return v, nil
}

// sealedBy are the fingerprints of the keys that the database's rows need.
func sealedBy(ctx context.Context, q db.Querier) (by []string, sealed bool, err error) {
	rows, err := q.QueryContext(ctx, `SELECT DISTINCT sealer FROM case_key WHERE sealer <> ''`)
	if err != nil {
		return nil, false, fmt.Errorf("read fingerprints of keys: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, false, fmt.Errorf("read fingerprint: %w", err)
		}
		by = append(by, name)
	}
	return by, len(by) > 0, rows.Err()
}

// Case is the key of a case, made when the case has none yet. A case that was shredded gets no second key.
func (v *Vault) Case(ctx context.Context, tx *db.Tx, id int64) (Case, error) {
	c, err := v.Find(ctx, tx, id)
	if !errors.Is(err, errNone) {
		return c, err
	}
	if err := v.add(ctx, tx, []int64{id}); err != nil {
		return Case{}, err
	}
	return v.Find(ctx, tx, id)
}

// Cases are the keys of many new cases at once.
func (v *Vault) Cases(ctx context.Context, tx *db.Tx, ids []int64) ([]Case, error) {
	by := v.ring.current()
	now := time.Now().UnixMilli()
	rows, out := make([][]any, len(ids)), make([]Case, len(ids))
	for i, id := range ids {
		raw := random()
		c, err := newCase(id, raw)
		if err != nil {
			return nil, err
		}
		out[i], rows[i] = c, []any{id, by.wrap(id, raw), by.name, now, 0}
	}
	if err := tx.Insert(ctx, "case_key", []string{"entry", "wrapped", "sealer", "at_ms", "shredded_ms"}, rows); err != nil {
		return nil, fmt.Errorf("make %d case keys: %w", len(ids), err)
	}
	return out, nil
}

func (v *Vault) add(ctx context.Context, tx *db.Tx, ids []int64) error {
	by := v.ring.current()
	for _, id := range ids {
		_, err := tx.ExecContext(ctx, `INSERT INTO case_key (entry, wrapped, sealer, at_ms, shredded_ms) VALUES ($1, $2, $3, $4, 0)
			ON CONFLICT (entry) DO NOTHING`, id, by.wrap(id, random()), by.name, time.Now().UnixMilli())
		if err != nil {
			return fmt.Errorf("make key of case %d: %w", id, err)
		}
	}
	return nil
}

var errNone = errors.New("case has no key")

// ErrShredded is in the chain of what is said of a case whose key was erased.
var ErrShredded = errors.New("case was shredded")

// Find is the key of a case that has one.
func (v *Vault) Find(ctx context.Context, q db.Querier, id int64) (Case, error) {
	var wrapped []byte
	var by string
	var shredded int64
	err := q.QueryRowContext(ctx, `SELECT wrapped, sealer, shredded_ms FROM case_key WHERE entry = $1`, id).Scan(&wrapped, &by, &shredded)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Case{}, fault.Wrap(fmt.Errorf("case %d: %w", id, errNone), fault.NotFound, "Hồ sơ này chưa có nội dung được niêm phong.")
	case err != nil:
		return Case{}, fmt.Errorf("read key of case %d: %w", id, err)
	case shredded != 0:
		return Case{}, fault.Wrap(fmt.Errorf("case %d: %w", id, ErrShredded), fault.NotFound, "Nội dung của hồ sơ này đã được hủy khi hết thời hạn lưu; phần thống kê vẫn còn.")
	}
	return v.Unwrap(id, wrapped, by)
}

// Unwrap opens a case's key as the table case_key holds it, for readers that join it to their own rows.
func (v *Vault) Unwrap(id int64, wrapped []byte, by string) (Case, error) {
	k, err := v.ring.find(by)
	if err != nil {
		return Case{}, err
	}
	raw, err := k.aead.Open(nil, nil, wrapped, caseName(id))
	if err != nil {
		return Case{}, fault.Wrap(fmt.Errorf("key of case %d does not open with %s", id, by), fault.Internal,
			"Khóa của hồ sơ này bị sửa hoặc hỏng nên không mở được nội dung. Hãy báo người quản trị đối chiếu với bản sao lưu.")
	}
	return newCase(id, raw)
}

func newCase(id int64, raw []byte) (Case, error) {
	a, err := aead(raw)
	return Case{ID: id, aead: a, raw: raw}, err
}

// Seal encrypts for one use ("text/3", "sender/1"): what is sealed for one use or case opens for no other. The result
// holds 28 bytes more than the plain text, and another 28 bytes each time.
func (c Case) Seal(use string, plain []byte) []byte {
	return c.aead.Seal(nil, nil, plain, useName(c.ID, use))
}

// Open gives back what Seal took for the same case and use.
func (c Case) Open(use string, sealed []byte) ([]byte, error) {
	plain, err := c.aead.Open(nil, nil, sealed, useName(c.ID, use))
	if err != nil {
		return nil, fault.Wrap(fmt.Errorf("%s of case %d does not open", use, c.ID), fault.Internal,
			"Nội dung niêm phong của hồ sơ này bị sửa hoặc hỏng nên không mở được. Hãy báo người quản trị đối chiếu với bản sao lưu.")
	}
	return plain, nil
}

// Seal seals for a case in a transaction, making its key where it has none.
func (v *Vault) Seal(ctx context.Context, tx *db.Tx, id int64, use string, plain []byte) ([]byte, error) {
	c, err := v.Case(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	return c.Seal(use, plain), nil
}

// Open opens for a case.
func (v *Vault) Open(ctx context.Context, q db.Querier, id int64, use string, sealed []byte) ([]byte, error) {
	c, err := v.Find(ctx, q, id)
	if err != nil {
		return nil, err
	}
	return c.Open(use, sealed)
}

// Mark is a keyed hash of a text for one use: the same text gives the same mark in this installation, and nobody
// without its key can try texts. It stays when vault.key is rotated.
func (v *Vault) Mark(use, text string) []byte {
	h := hmac.New(sha256.New, v.own.raw)
	h.Write([]byte(use))
	h.Write([]byte{0})
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Shred erases the key of a case: what is sealed with it can never be read again. The leaf says that it was done, by
// whom; the reason is part of what the leaf's hash covers.
func (v *Vault) Shred(ctx context.Context, tx *db.Tx, id int64, actor, reason string) error {
	if id == ownCase {
		return errors.New("shred: not a case")
	}
	now := time.Now()
	res, err := tx.ExecContext(ctx, `UPDATE case_key SET wrapped = $2, sealer = '', shredded_ms = $3 WHERE entry = $1 AND shredded_ms = 0`, id, []byte{}, now.UnixMilli())
	if err != nil {
		return fmt.Errorf("shred case %d: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, fault.New(fault.Conflict, "Hồ sơ này không có nội dung niêm phong, hoặc nội dung đã được hủy trước đó."))
	}
	_, err = audit.Append(ctx, tx, audit.Leaf{Act: "shred", Subject: "dossier", SubjectID: id, Actor: actor, At: now,
		Content: []byte("danvan/shred/1\n" + strconv.FormatInt(id, 10) + "\n" + strconv.Quote(reason) + "\n")})
	return err
}

func caseName(id int64) []byte { return []byte("danvan/vault/case/" + strconv.FormatInt(id, 10)) }

func useName(id int64, use string) []byte {
	return []byte("danvan/vault/" + strconv.FormatInt(id, 10) + "/" + use)
}

func random() []byte {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return b
}

// aead is AES-256-GCM with a random nonce before each text.
func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("key of %d bytes: %w", len(key), err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}
