package dossier

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"danvan/internal/db"
)

// Copy gives a case what another one says and who sent it, sealed anew under its own key: a letter that one body
// transfers is the same letter at the other. Nobody sees the sender by it, so it is no look.
func (b *Book) Copy(ctx context.Context, tx *db.Tx, login string, from, to int64) error {
	content, version, err := b.ContentOf(ctx, tx, from)
	if err != nil {
		return err
	}
	sender, marked, err := b.senderOf(ctx, tx, from)
	if err != nil || version.N == 0 && sender == nil {
		return err
	}
	return b.Put(ctx, tx, login, Item{Entry: to, Content: content, Sender: sender, Marked: marked})
}

// senderOf is who sent a letter, for no eyes; nil where nobody is kept.
func (b *Book) senderOf(ctx context.Context, tx *db.Tx, entry int64) (*Sender, bool, error) {
	var version int
	var sealed, mark []byte
	err := tx.QueryRowContext(ctx, `SELECT version, sealed, mark FROM dossier_sender WHERE entry = $1 AND newest`, entry).Scan(&version, &sealed, &mark)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read sender of case %d: %w", entry, err)
	}
	c, err := b.Vault.Find(ctx, tx, entry)
	if err != nil {
		return nil, false, err
	}
	plain, err := c.Open(senderUse(version), sealed)
	if err != nil {
		return nil, false, err
	}
	s := &Sender{}
	return s, len(mark) > 0, json.Unmarshal(plain, s)
}
