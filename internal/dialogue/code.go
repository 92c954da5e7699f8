package dialogue

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// letters are those of codes: none is taken for another when it is read from paper or told by telephone.
const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

// codeLetters gives 80 bits: nobody guesses a code, so a wrong one closes no door that a stranger could close on a village.
const codeLetters = 16

// NewCode is a code as it is printed: ABCD-EFGH-JKLM-NPQR.
func NewCode() string {
	raw := make([]byte, codeLetters)
	_, _ = rand.Read(raw) // never fails
	var b strings.Builder
	for i, x := range raw {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(letters[int(x)%len(letters)])
	}
	return b.String()
}

// hashOf is what is kept of a code. Blanks, dashes and small letters make no difference.
func hashOf(code string) string {
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			r += 'A' - 'a'
		}
		if strings.ContainsRune(letters, r) {
			return r
		}
		if r == ' ' || r == '-' || r == '.' || r == '\t' || r == '\n' || r == '\r' || r == 0xa0 || r == '–' {
			return -1
		}
		return '?'
	}, code)
	sum := sha256.Sum256([]byte("danvan promise " + plain))
	return hex.EncodeToString(sum[:])
}

// Code is a code by which somebody without an account answers; the code itself is not kept.
type Code struct {
	Entry  int64  // the session whose promises it answers, or the promise
	Holder string // ByVillage, ByCitizen
	Place  string // whose it is: the village; empty for a citizen
	Actor  string
	At     time.Time
}

const codeSubject = "promise_code"

// MakeCode makes a code for a session or a promise and ends those that the same holder had for it. It is told once.
func MakeCode(ctx context.Context, tx *db.Tx, c Code) (string, error) {
	if c.Holder != ByVillage && c.Holder != ByCitizen {
		return "", fault.New(fault.Invalid, "Chưa chọn mã trao cho ai. Hãy chọn thôn hoặc người nêu vấn đề.")
	}
	code := NewCode()
	hash := hashOf(code)
	content, err := codeContent(c, hash)
	if err != nil {
		return "", err
	}
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "make", Subject: codeSubject, SubjectID: c.Entry, Content: content, Actor: c.Actor, At: c.At})
	if err != nil {
		return "", err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE promise_code SET ended_ms = $4 WHERE entry = $1 AND holder = $2 AND place = $3 AND ended_ms = 0`,
		c.Entry, c.Holder, c.Place, c.At.UnixMilli()); err != nil {
		return "", fmt.Errorf("end codes of entry %d: %w", c.Entry, err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO promise_code (hash, entry, holder, place, actor, at_ms, ended_ms, leaf) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)`,
		hash, c.Entry, c.Holder, c.Place, c.Actor, c.At.UnixMilli(), leaf); err != nil {
		return "", fmt.Errorf("keep code of entry %d: %w", c.Entry, err)
	}
	return code, nil
}

// Codes are the codes in force for an entry.
func Codes(ctx context.Context, q db.Querier, entry int64) ([]Code, error) {
	rows, err := codesOf(ctx, q, []int64{entry})
	if err != nil {
		return nil, err
	}
	var out []Code
	for _, r := range rows {
		out = append(out, r.Code)
	}
	return out, nil
}

type codeRow struct {
	Code
	hash string
}

func codesOf(ctx context.Context, q db.Querier, entries []int64) ([]codeRow, error) {
	var out []codeRow
	for _, id := range entries {
		rows, err := q.QueryContext(ctx, `SELECT hash, entry, holder, place, actor, at_ms FROM promise_code WHERE entry = $1 AND ended_ms = 0 ORDER BY at_ms, hash`, id)
		if err != nil {
			return nil, fmt.Errorf("read codes of entry %d: %w", id, err)
		}
		for rows.Next() {
			var r codeRow
			var at int64
			if err := rows.Scan(&r.hash, &r.Entry, &r.Holder, &r.Place, &r.Actor, &at); err != nil {
				rows.Close()
				return nil, fmt.Errorf("read codes of entry %d: %w", id, err)
			}
			r.At = time.UnixMilli(at)
			out = append(out, r)
		}
		if err := rows.Close(); err != nil {
			return nil, fmt.Errorf("read codes of entry %d: %w", id, err)
		}
	}
	return out, nil
}

// WhoAnswers is the holder of a code that answers for a promise: the promise's own code, or that of the issue or session
// that it came out of. One sentence for a wrong code and for one that has ended.
func (s *Shelf) WhoAnswers(ctx context.Context, q db.Querier, p *Promise, code string) (Code, error) {
	from, err := s.Origin(ctx, q, p)
	if err != nil {
		return Code{}, err
	}
	at := []int64{p.ID}
	if from.Issue != nil {
		at = append(at, from.Issue.ID)
	}
	if from.Session != nil {
		at = append(at, from.Session.ID)
	}
	rows, err := codesOf(ctx, q, at)
	if err != nil {
		return Code{}, err
	}
	want, found := []byte(hashOf(code)), -1
	for i, r := range rows {
		if subtle.ConstantTimeCompare(want, []byte(r.hash)) == 1 {
			found = i
		}
	}
	if found < 0 {
		return Code{}, Wrong{"code", fault.New(fault.Denied, "Mã này không dùng được cho lời hứa này. Hãy xem lại từng chữ trên tờ mã; mất mã thì hỏi bộ phận tiếp công dân của xã.")}
	}
	return rows[found].Code, nil
}
