package sending

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/vault"
)

// draftMost bounds, in bytes, what a form may hold that is not sent yet.
const draftMost = 256 << 10

// KeepDraft keeps what was typed so far on the pages of a form, as ciphertext that only the form's key opens, until it
// is sent or ParkedLife has passed; so no page has to carry it over a slow line again, and going back loses nothing.
func (o *Office) KeepDraft(ctx context.Context, key string, values map[string][]string, files []Parked) error {
	if len(key) < shortestKey {
		return fault.New(fault.Invalid, "Biểu mẫu này thiếu mã lần gửi. Hãy mở lại trang gửi từ đầu.")
	}
	plain, err := json.Marshal(values)
	if err != nil {
		return err
	}
	if len(plain) > draftMost {
		return fault.New(fault.Invalid, "Nội dung dài quá. Hãy rút gọn rồi gửi lại.")
	}
	c, err := vault.Apart(key)
	if err != nil {
		return err
	}
	now := o.now()
	ends, body := now.Add(ParkedLife).UnixMilli(), c.Seal("draft", plain)
	err = o.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO sending_file (id, owner, sending, ends_ms, size, body) VALUES ($1, 'parked', 0, $2, $3, $4)
			ON CONFLICT (id) DO UPDATE SET ends_ms = excluded.ends_ms, size = excluded.size, body = excluded.body`, draftID(key), ends, len(body), body)
		if err != nil {
			return err
		}
		for _, p := range files {
			if _, err := tx.ExecContext(ctx, `UPDATE sending_file SET ends_ms = $2 WHERE id = $1 AND ends_ms > 0`, fileID(p.Token), ends); err != nil {
				return err
			}
		}
		return planSweep(ctx, tx, now)
	})
	if err != nil {
		return fmt.Errorf("keep a form: %w", err)
	}
	return nil
}

func draftID(key string) string { return fileID("draft/" + key) }

// DraftOf is what was typed on a form so far; ok is false for one that nothing is kept of.
func (o *Office) DraftOf(ctx context.Context, key string) (values map[string][]string, ok bool, err error) {
	var body []byte
	err = o.DB.Read().QueryRowContext(ctx, `SELECT body FROM sending_file WHERE id = $1 AND ends_ms > $2`, draftID(key), o.now().UnixMilli()).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read a form: %w", err)
	}
	c, err := vault.Apart(key)
	if err != nil {
		return nil, false, err
	}
	plain, err := c.Open("draft", body)
	if err != nil {
		return nil, false, err
	}
	return values, true, json.Unmarshal(plain, &values)
}

// Sent is the receipt of a form that was sent; ok is false for one that was not.
func (o *Office) Sent(ctx context.Context, key string) (Receipt, bool, error) {
	r, ok, err := o.before(ctx, o.DB.Read(), key, nil)
	r.Other = false
	return r, ok, err
}

// SentSealed is Sent of a denunciation.
func (o *Office) SentSealed(ctx context.Context, key string) (Receipt, bool, error) {
	return o.denounced(ctx, o.DB.Read(), key)
}

// dropDraft throws away what was typed, once it was sent.
func dropDraft(ctx context.Context, tx *db.Tx, key string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM sending_file WHERE id = $1`, draftID(key)); err != nil {
		return fmt.Errorf("drop a form: %w", err)
	}
	return nil
}
