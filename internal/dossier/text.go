package dossier

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/vault"
)

// Version is one wording of a case's content.
type Version struct {
	N     int // from 1
	Actor string
	AtMS  int64 // UTC milliseconds
	Leaf  int64
}

// Item is one case to be put.
type Item struct {
	Entry   int64
	Content Content
	Sender  *Sender // nil: nobody is written down, or what stands there stays
	Marked  bool    // keep the sender's mark for suggestions: of anything but a denunciation
	Expect  int     // the version of the content that the writer saw, 0 for a case without one
}

// Put keeps the content and the sender of a case in the transaction of the act that brought them: the first version,
// or a further one when the case has one and nobody wrote another meanwhile. A nil sender leaves what is there.
func (b *Book) Put(ctx context.Context, tx *db.Tx, login string, it Item) error {
	c, err := b.Vault.Case(ctx, tx, it.Entry)
	if err != nil {
		return err
	}
	if err := b.putText(ctx, tx, c, login, it); err != nil || it.Sender.Empty() {
		return err
	}
	return b.putSender(ctx, tx, c, login, it)
}

// PutSender writes another sender down: the first one was written wrong. The older version stays.
func (b *Book) PutSender(ctx context.Context, tx *db.Tx, login string, it Item) error {
	if it.Sender.Empty() {
		return fault.New(fault.Invalid, "Hãy ghi họ tên hoặc địa chỉ của người gửi.")
	}
	c, err := b.Vault.Case(ctx, tx, it.Entry)
	if err != nil {
		return err
	}
	return b.putSender(ctx, tx, c, login, it)
}

func textUse(version int) string   { return "text/" + itoa(version) }
func senderUse(version int) string { return "sender/" + itoa(version) }
func markUse(version int) string   { return "mark/" + itoa(version) }

func (b *Book) putText(ctx context.Context, tx *db.Tx, c vault.Case, login string, it Item) error {
	last := 0
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM dossier_text WHERE entry = $1`, c.ID).Scan(&last); err != nil {
		return fmt.Errorf("last wording of case %d: %w", c.ID, err)
	}
	if last != it.Expect {
		return fault.Newf(fault.Conflict, "Người khác vừa lưu nội dung của hồ sơ này (bản %d). Hãy mở lại trang, xem bản mới rồi sửa tiếp.", last)
	}
	if last > 0 {
		if _, err := tx.ExecContext(ctx, `UPDATE dossier_text SET newest = $2 WHERE entry = $1 AND newest`, c.ID, false); err != nil {
			return fmt.Errorf("older wordings of case %d: %w", c.ID, err)
		}
	}
	row, leaf, err := textRow(c, login, last+1, it.Content)
	if err != nil {
		return err
	}
	if row[6], err = audit.Append(ctx, tx, leaf); err != nil {
		return err
	}
	tx.RetryOn("dossier_text_pkey")
	_, err = tx.ExecContext(ctx, `INSERT INTO dossier_text (entry, version, newest, sealed, actor, at_ms, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7)`, row...)
	if err != nil {
		return fmt.Errorf("keep content of case %d: %w", c.ID, err)
	}
	return nil
}

var textColumns = []string{"entry", "version", "newest", "sealed", "actor", "at_ms", "leaf"}

// textRow seals a wording. The leaf covers the ciphertext: a commitment that nobody can try words against, and that
// says nothing once the case's key is gone.
func textRow(c vault.Case, login string, version int, content Content) ([]any, audit.Leaf, error) {
	plain, err := json.Marshal(content)
	if err != nil {
		return nil, audit.Leaf{}, fmt.Errorf("write content of case %d: %w", c.ID, err)
	}
	sealed, now := c.Seal(textUse(version), plain), time.Now()
	leaf := audit.Leaf{Act: "dossier_text", Subject: "dossier", SubjectID: c.ID, Content: sealed, Actor: login, At: now}
	return []any{c.ID, version, true, sealed, login, now.UnixMilli(), nil}, leaf, nil
}

func (b *Book) putSender(ctx context.Context, tx *db.Tx, c vault.Case, login string, it Item) error {
	last := 0
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM dossier_sender WHERE entry = $1`, c.ID).Scan(&last); err != nil {
		return fmt.Errorf("last sender of case %d: %w", c.ID, err)
	}
	if last > 0 {
		if _, err := tx.ExecContext(ctx, `UPDATE dossier_sender SET newest = $2 WHERE entry = $1 AND newest`, c.ID, false); err != nil {
			return fmt.Errorf("older senders of case %d: %w", c.ID, err)
		}
	}
	row, leaf, err := b.senderRow(c, login, last+1, it)
	if err != nil {
		return err
	}
	if row[7], err = audit.Append(ctx, tx, leaf); err != nil {
		return err
	}
	tx.RetryOn("dossier_sender_pkey")
	_, err = tx.ExecContext(ctx, `INSERT INTO dossier_sender (entry, version, newest, sealed, mark, actor, at_ms, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, row...)
	if err != nil {
		return fmt.Errorf("keep sender of case %d: %w", c.ID, err)
	}
	return nil
}

var senderColumns = []string{"entry", "version", "newest", "sealed", "mark", "actor", "at_ms", "leaf"}

func (b *Book) senderRow(c vault.Case, login string, version int, it Item) ([]any, audit.Leaf, error) {
	plain, err := json.Marshal(it.Sender)
	if err != nil {
		return nil, audit.Leaf{}, fmt.Errorf("write sender of case %d: %w", c.ID, err)
	}
	mark := []byte{}
	if it.Marked && it.Sender.Name != "" {
		mark = c.Seal(markUse(version), b.Mark(it.Sender))
	}
	sealed, now := c.Seal(senderUse(version), plain), time.Now()
	leaf := audit.Leaf{Act: "dossier_sender", Subject: "dossier", SubjectID: c.ID, Content: sealed, Actor: login, At: now}
	return []any{c.ID, version, true, sealed, mark, login, now.UnixMilli(), nil}, leaf, nil
}

// PutMany keeps many new cases at once; none of them may have a dossier yet.
func (b *Book) PutMany(ctx context.Context, tx *db.Tx, login string, items []Item) error {
	ids := make([]int64, len(items))
	for i, it := range items {
		ids[i] = it.Entry
	}
	cases, err := b.Vault.Cases(ctx, tx, ids)
	if err != nil {
		return err
	}
	var texts, senders [][]any
	var leaves []audit.Leaf
	for i, it := range items {
		row, leaf, err := textRow(cases[i], login, 1, it.Content)
		if err != nil {
			return err
		}
		texts, leaves = append(texts, row), append(leaves, leaf)
	}
	for i, it := range items {
		if it.Sender.Empty() {
			continue
		}
		row, leaf, err := b.senderRow(cases[i], login, 1, it)
		if err != nil {
			return err
		}
		senders, leaves = append(senders, row), append(leaves, leaf)
	}
	at, err := audit.AppendMany(ctx, tx, leaves)
	if err != nil {
		return err
	}
	for i := range texts {
		texts[i][6] = at[i]
	}
	for i := range senders {
		senders[i][7] = at[len(texts)+i]
	}
	if err := tx.Insert(ctx, "dossier_text", textColumns, texts); err != nil {
		return fmt.Errorf("keep %d contents: %w", len(texts), err)
	}
	if err := tx.Insert(ctx, "dossier_sender", senderColumns, senders); err != nil {
		return fmt.Errorf("keep %d senders: %w", len(senders), err)
	}
	return nil
}

// ContentOf is the newest content of a case with its version; version 0 where the case has none.
func (b *Book) ContentOf(ctx context.Context, q db.Querier, entry int64) (Content, Version, error) {
	v, sealed := Version{}, []byte{}
	err := q.QueryRowContext(ctx, `SELECT version, actor, at_ms, leaf, sealed FROM dossier_text WHERE entry = $1 AND newest`, entry).
		Scan(&v.N, &v.Actor, &v.AtMS, &v.Leaf, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return Content{}, Version{}, nil
	}
	if err != nil {
		return Content{}, v, fmt.Errorf("read content of case %d: %w", entry, err)
	}
	c, err := b.openText(ctx, q, entry, v.N, sealed)
	return c, v, err
}

// ContentAt is the content of a case as a version said it.
func (b *Book) ContentAt(ctx context.Context, q db.Querier, entry int64, version int) (Content, error) {
	var sealed []byte
	err := q.QueryRowContext(ctx, `SELECT sealed FROM dossier_text WHERE entry = $1 AND version = $2`, entry, version).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return Content{}, fault.New(fault.NotFound, "Hồ sơ này không có bản nội dung đó. Hãy mở lại từ trang của đơn.")
	}
	if err != nil {
		return Content{}, fmt.Errorf("read content %d of case %d: %w", version, entry, err)
	}
	return b.openText(ctx, q, entry, version, sealed)
}

func (b *Book) openText(ctx context.Context, q db.Querier, entry int64, version int, sealed []byte) (c Content, err error) {
	plain, err := b.Vault.Open(ctx, q, entry, textUse(version), sealed)
	if err != nil {
		return c, err
	}
	return c, json.Unmarshal(plain, &c)
}

// Versions are the wordings of a case, the newest first.
func (b *Book) Versions(ctx context.Context, q db.Querier, entry int64) ([]Version, error) {
	rows, err := q.QueryContext(ctx, `SELECT version, actor, at_ms, leaf FROM dossier_text WHERE entry = $1 ORDER BY version DESC`, entry)
	if err != nil {
		return nil, fmt.Errorf("list wordings of case %d: %w", entry, err)
	}
	defer rows.Close()
	var out []Version
	for rows.Next() {
		var v Version
		if err := rows.Scan(&v.N, &v.Actor, &v.AtMS, &v.Leaf); err != nil {
			return nil, fmt.Errorf("read wording: %w", err)
		}
		out = append(out, v)
	}
	return out, rows.Err()
}
