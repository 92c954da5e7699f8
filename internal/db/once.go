package db

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"danvan/internal/fault"
)

// Once runs fn at most once for a key. The first time, fn's answer is kept in
// the act's own transaction; asking again with the same request gives that
// answer and runs nothing, also after an error that left the result unknown.
// The same key with another request is a fault of kind Conflict. Two requests
// at the same moment wait for one another, and one of them runs.
//
// The request is everything that says what was asked, in a form that is the
// same each time it is asked; only its SHA-256 is kept. A key must come from
// one client alone: put the account before what the client made up.
func Once(ctx context.Context, tx *Tx, key string, request []byte, fn func() (answer []byte, err error)) ([]byte, error) {
	digest := sha256.Sum256(request)
	res, err := tx.ExecContext(ctx, `INSERT INTO idempotency (key, digest, answer, at_ms) VALUES ($1, $2, $3, $4)
		ON CONFLICT (key) DO NOTHING`, key, digest[:], []byte{}, time.Now().UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("take key: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return answered(ctx, tx, key, digest[:], err)
	}
	answer, err := fn()
	if err != nil {
		return nil, err
	}
	if answer == nil {
		answer = []byte{}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE idempotency SET answer = $2 WHERE key = $1`, key, answer); err != nil {
		return nil, fmt.Errorf("keep answer: %w", err)
	}
	return answer, nil
}

func answered(ctx context.Context, q Querier, key string, digest []byte, err error) ([]byte, error) {
	var was, answer []byte
	if err == nil {
		err = q.QueryRowContext(ctx, `SELECT digest, answer FROM idempotency WHERE key = $1`, key).Scan(&was, &answer)
	}
	if err != nil {
		return nil, fmt.Errorf("read answer: %w", err)
	}
	if !bytes.Equal(was, digest) {
		return nil, fault.New(fault.Conflict,
			"Mã lần gửi này đã dùng cho một nội dung khác. Hãy mở lại biểu mẫu mới rồi nhập.")
	}
	return answer, nil
}

// Forget removes the answers kept before a moment. A client that asks again
// after that is a new one.
func Forget(ctx context.Context, tx *Tx, before time.Time) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM idempotency WHERE at_ms < $1`, before.UnixMilli()); err != nil {
		return fmt.Errorf("forget answers: %w", err)
	}
	return nil
}
