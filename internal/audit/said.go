package audit

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"danvan/internal/db"
)

// Said reports whether the leaf stands in the log and says the content of the subject: a row that was changed beside
// the program says something else.
func Said(ctx context.Context, q db.Querier, leaf int64, subject string, id int64, content []byte) (bool, error) {
	row, err := Read(ctx, q, leaf)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return row.Subject == subject && row.SubjectID == id && bytes.Equal(row.Hash, ContentHash(content)), nil
}

// LeavesOn counts the leaves on a subject. Where every row left its leaves, a row that was deleted beside the program
// shows as a leaf too many.
func LeavesOn(ctx context.Context, q db.Querier, subject string) (n int, err error) {
	if err = q.QueryRowContext(ctx, `SELECT count(*) FROM audit_leaf WHERE subject = $1`, subject).Scan(&n); err != nil {
		return 0, fmt.Errorf("count leaves on %s: %w", subject, err)
	}
	return n, nil
}
