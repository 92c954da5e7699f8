package notice

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/jobs"
)

// MailState is where a mail stands.
type MailState string

// States of a mail. One that waits is tried again until it is sent or refused for good.
const (
	MailWaiting MailState = "waiting"
	MailSent    MailState = "sent"
	MailRefused MailState = "refused"
)

// Mail is one mail as it is kept.
type Mail struct {
	ID        int64
	Account   int64
	Address   string
	Subject   string
	Body      string
	MessageID string
	State     MailState
	Tries     int
	Error     string
	At, Due   time.Time
	Sent      time.Time // zero while it waits
}

const mailColumns = `id, account, address, subject, body, message_id, state, tries, error, at_ms, due_ms, sent_ms`

func scanMail(scan func(...any) error) (Mail, error) {
	var m Mail
	var at, due, sent int64
	err := scan(&m.ID, &m.Account, &m.Address, &m.Subject, &m.Body, &m.MessageID, &m.State, &m.Tries, &m.Error, &at, &due, &sent)
	m.At, m.Due = time.UnixMilli(at), time.UnixMilli(due)
	if sent != 0 {
		m.Sent = time.UnixMilli(sent)
	}
	return m, err
}

func mailByID(ctx context.Context, q db.Querier, id int64) (Mail, error) {
	m, err := scanMail(q.QueryRowContext(ctx, `SELECT `+mailColumns+` FROM mail WHERE id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return m, fault.Newf(fault.NotFound, "Không có thư số %d. Hãy tải lại danh sách.", id)
	}
	if err != nil {
		return m, fmt.Errorf("read mail %d: %w", id, err)
	}
	return m, nil
}

// Mails are the mails kept, newest first. before 0 begins at the newest.
func Mails(ctx context.Context, q db.Querier, before int64, limit int) ([]Mail, error) {
	if before == 0 {
		before = 1 << 62
	}
	rows, err := q.QueryContext(ctx, `SELECT `+mailColumns+` FROM mail WHERE id < $1 ORDER BY id DESC LIMIT $2`, before, limit)
	if err != nil {
		return nil, fmt.Errorf("read mail: %w", err)
	}
	defer rows.Close()
	var out []Mail
	for rows.Next() {
		m, err := scanMail(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("read mail: %w", err)
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

func mailExists(ctx context.Context, q db.Querier, key string) (bool, error) {
	var id int64
	err := q.QueryRowContext(ctx, `SELECT id FROM mail WHERE key = $1`, key).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func (m Mail) note(ctx context.Context, tx *db.Tx, state MailState, text string, at time.Time) error {
	sent := int64(0)
	if state == MailSent {
		sent = at.UnixMilli()
	}
	_, err := tx.ExecContext(ctx, `UPDATE mail SET state = $2, tries = tries + 1, error = $3, sent_ms = $4 WHERE id = $1`, m.ID, string(state), text, sent)
	if err != nil {
		return fmt.Errorf("note mail %d: %w", m.ID, err)
	}
	return nil
}

// Again has a mail that was refused tried once more.
func Again(ctx context.Context, tx *db.Tx, id int64) error {
	res, err := tx.ExecContext(ctx, `UPDATE mail SET state = 'waiting' WHERE id = $1 AND state = 'refused'`, id)
	if err != nil {
		return fmt.Errorf("send mail %d again: %w", id, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return fault.New(fault.Conflict, "Chỉ gửi lại được thư đã bị máy chủ từ chối. Hãy tải lại danh sách.")
	}
	_, err = jobs.Enqueue(ctx, tx, JobMail, mailJob{id}, time.Time{})
	return err
}

// Sweep removes mail that was sent or refused before a moment, and what was told long ago.
func Sweep(ctx context.Context, tx *db.Tx, before time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM mail WHERE state <> 'waiting' AND at_ms < $1`, before.UnixMilli()); err != nil {
		return fmt.Errorf("sweep mail: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM notice_told WHERE at_ms < $1`, before.AddDate(-1, 0, 0).UnixMilli()); err != nil {
		return fmt.Errorf("sweep what was told: %w", err)
	}
	return nil
}
