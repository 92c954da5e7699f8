package audit

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"danvan/internal/db"
	"danvan/internal/fault"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is a statement that the log had this size and this root.
type Checkpoint struct {
	Size int64
	Root tlog.Hash
	AtMS int64 // when it was signed, UTC milliseconds
}

// text is a checkpoint as it is signed: the form that transparency logs have
// agreed on (C2SP tlog-checkpoint) with the moment as an extension line.
func (c Checkpoint) text(origin string) string {
	return fmt.Sprintf("%s\n%d\n%s\n%d\n", origin, c.Size, c.Root, c.AtMS)
}

// ErrNoCheckpoint means that the log has none yet.
var ErrNoCheckpoint = errors.New("no checkpoint yet")

// Checkpoint sequences what waits, signs the size and the root of the log and
// keeps the signed note. A log that has not grown gives the same note again.
func (s *Sequencer) Checkpoint(ctx context.Context) (signed string, err error) {
	if s.Key == nil {
		return "", fault.Wrap(errors.New("checkpoint without a key"), fault.Denied,
			"Chưa mở khóa ký nhật ký nên không ký được điểm kiểm tra. Hãy chạy lệnh với đúng thư mục dữ liệu (--data).")
	}
	if err := s.Flush(ctx); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		signed, err = s.Key.sign(ctx, tx)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make checkpoint: %w", err)
	}
	return signed, nil
}

func (k *Key) sign(ctx context.Context, tx *db.Tx) (string, error) {
	if err := db.SetMeta(ctx, tx, "audit_turn", ""); err != nil {
		return "", err
	}
	size, err := logSize(ctx, tx)
	if err != nil {
		return "", err
	}
	var signed string
	err = tx.QueryRowContext(ctx, `SELECT note FROM checkpoint WHERE size = $1`, size).Scan(&signed)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return signed, err
	}
	t, err := loadTree(ctx, tx, size)
	if err != nil {
		return "", err
	}
	c := Checkpoint{Size: size, Root: t.root(), AtMS: time.Now().UnixMilli()}
	text, err := note.Sign(&note.Note{Text: c.text(k.signer.Name())}, k.signer)
	if err != nil {
		return "", err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO checkpoint (size, root, at_ms, note) VALUES ($1, $2, $3, $4)`,
		c.Size, c.Root.String(), c.AtMS, string(text))
	return string(text), err
}

// LastCheckpoint is the signed note of the newest checkpoint.
func LastCheckpoint(ctx context.Context, q db.Querier) (string, error) {
	var signed string
	err := q.QueryRowContext(ctx, `SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1`).Scan(&signed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrNoCheckpoint
	}
	if err != nil {
		return "", fmt.Errorf("read checkpoint: %w", err)
	}
	return signed, nil
}

// Verifier is the public key that the database itself names; "" before there
// is one. Whoever checks in earnest brings a key from outside.
func Verifier(ctx context.Context, q db.Querier) (string, error) {
	return db.Meta(ctx, q, metaVerifier)
}

// OpenCheckpoint checks a signed note against a public key and reads it.
func OpenCheckpoint(signed, verifier string) (Checkpoint, error) {
	v, err := note.NewVerifier(strings.TrimSpace(verifier))
	if err != nil {
		return Checkpoint{}, fault.Wrap(fmt.Errorf("read public key: %w", err), fault.Invalid,
			"Khóa công khai của nhật ký không đúng định dạng. Hãy chép lại đủ cả dòng.")
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fault.Wrap(fmt.Errorf("open checkpoint: %w", err), fault.Invalid,
			"Chữ ký của điểm kiểm tra không khớp với khóa công khai: điểm kiểm tra đã bị sửa hoặc không phải của hệ thống này.")
	}
	return parseCheckpoint(n.Text)
}

func parseCheckpoint(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 {
		return c, errors.New("checkpoint: want four lines")
	}
	c.Size, err = strconv.ParseInt(lines[1], 10, 64)
	root, err2 := base64.StdEncoding.DecodeString(lines[2])
	c.AtMS, err = parseMS(lines[3], errors.Join(err, err2))
	if err != nil || len(root) != tlog.HashSize || c.Size < 0 {
		return c, fmt.Errorf("checkpoint: size, root or moment unreadable: %v", err)
	}
	copy(c.Root[:], root)
	return c, nil
}

func parseMS(s string, before error) (int64, error) {
	ms, err := strconv.ParseInt(s, 10, 64)
	return ms, errors.Join(before, err)
}
