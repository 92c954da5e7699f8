// Package audit keeps the log of acts: a Merkle log (RFC 6962, hashed as in
// golang.org/x/mod/sumdb/tlog) in which nothing can be altered, removed or put
// in between without the root changing.
//
// An act appends its leaf in its own transaction ([Append]); so an act without
// a leaf, or a leaf without an act, cannot exist. The leaf has no place in the
// log yet: one [Sequencer] gives places and grows the tree within a second, so
// that writers never wait for each other.
//
// A leaf's moment (at_ms) is when the act became known to the system. It is
// the moment that --as-of asks about: what was known at M is what has a leaf
// with at_ms <= M. It is the server's clock at the act, a little before the
// COMMIT; and it is part of what is hashed, so it cannot be moved afterwards.
//
// A log proves nothing against whoever owns the server unless signed
// statements of its size and root ([Sequencer.Checkpoint]) leave the machine:
// with another body, an auditor, on a printed report. [Verify] recomputes
// everything from the leaves and compares it with such a statement.
package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"danvan/internal/db"
)

// Leaf is one act to be logged.
type Leaf struct {
	Act       string    // what was done: "record", "amend", "void"
	Subject   string    // to what: "entry", "change"
	SubjectID int64     // to which
	Content   []byte    // what the act said, in canonical form; only its hash is kept
	Actor     string    // who did it, as an account or an office
	At        time.Time // when; now, if zero
}

// Row is a leaf as the log keeps it.
type Row struct {
	ID        int64
	Index     int64 // place in the log, -1 while it waits for one
	AtMS      int64 // UTC milliseconds
	Act       string
	Subject   string
	SubjectID int64
	Actor     string
	Hash      []byte // of the content
}

// Append logs one act in its transaction and gives the leaf's id.
func Append(ctx context.Context, tx *db.Tx, leaf Leaf) (int64, error) {
	ids, err := AppendMany(ctx, tx, []Leaf{leaf})
	if err != nil {
		return 0, err
	}
	return ids[0], nil
}

var leafColumns = []string{"id", "at_ms", "act", "subject", "subject_id", "actor", "hash"}

// AppendMany logs many acts in their transaction and gives the leaves' ids, in
// the order of the leaves.
func AppendMany(ctx context.Context, tx *db.Tx, leaves []Leaf) ([]int64, error) {
	ids, err := tx.IDs(ctx, "leaf", len(leaves))
	if err != nil {
		return nil, fmt.Errorf("append audit leaves: %w", err)
	}
	now := time.Now()
	rows := make([][]any, len(leaves))
	for i, l := range leaves {
		at := l.At
		if at.IsZero() {
			at = now
		}
		rows[i] = []any{ids[i], at.UnixMilli(), l.Act, l.Subject, l.SubjectID, l.Actor, ContentHash(l.Content)}
	}
	if err := tx.Insert(ctx, "audit_leaf", leafColumns, rows); err != nil {
		return nil, fmt.Errorf("append audit leaves: %w", err)
	}
	return ids, nil
}

// ContentHash is the hash of an act's content that its leaf keeps. Whoever
// holds the content can show with it that this is what was logged.
func ContentHash(content []byte) []byte {
	sum := sha256.Sum256(content)
	return sum[:]
}

// Read gives one leaf.
func Read(ctx context.Context, q db.Querier, id int64) (Row, error) {
	row, err := scanRow(q.QueryRowContext(ctx, selectRow+` WHERE id = $1`, id))
	if err != nil {
		return Row{}, fmt.Errorf("read audit leaf %d: %w", id, err)
	}
	return row, nil
}

const selectRow = `SELECT id, coalesce(idx, -1), at_ms, act, subject, subject_id, actor, hash FROM audit_leaf`

func scanRow(s interface{ Scan(...any) error }) (r Row, err error) {
	err = s.Scan(&r.ID, &r.Index, &r.AtMS, &r.Act, &r.Subject, &r.SubjectID, &r.Actor, &r.Hash)
	return r, err
}

// record is what the tree hashes for a leaf: every column, one a line. Texts
// are quoted, so that no two different leaves give the same record.
func (r *Row) record() []byte {
	var b strings.Builder
	b.Grow(192)
	b.WriteString("danvan/leaf/1\n")
	for _, n := range [...]int64{r.ID, r.AtMS, r.SubjectID} {
		b.WriteString(strconv.FormatInt(n, 10))
		b.WriteByte('\n')
	}
	for _, s := range [...]string{r.Act, r.Subject, r.Actor} {
		b.WriteString(strconv.Quote(s))
		b.WriteByte('\n')
	}
	b.WriteString(hex.EncodeToString(r.Hash))
	b.WriteByte('\n')
	return []byte(b.String())
}
