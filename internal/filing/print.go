package filing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"danvan/internal/db"
)

// Print is a document that was made from a printed version once and is kept, so that whoever downloads it again gets
// the same bytes, by whatever version of the program.
type Print struct {
	Form string // docx, xlsx, html, json, pdf
	File string // SHA-256 of its bytes, under which package files keeps them; empty while it is being made
	AtMS int64
}

// PrintOf is the document of one form; ok is false where it was not made yet.
func PrintOf(ctx context.Context, q db.Querier, id int64, version int, form string) (p Print, ok bool, err error) {
	p.Form = form
	err = q.QueryRowContext(ctx, `SELECT file, at_ms FROM filing_print WHERE filing = $1 AND version = $2 AND form = $3`, id, version, form).Scan(&p.File, &p.AtMS)
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("look for %s of filing %d version %d: %w", form, id, version, err)
	}
	return p, true, nil
}

// KeepPrint notes a document. Where another was first, that one stands and is given back.
func KeepPrint(ctx context.Context, tx *db.Tx, id int64, version int, p Print, atMS int64) (Print, error) {
	_, err := tx.ExecContext(ctx, `INSERT INTO filing_print (filing, version, form, file, at_ms) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (filing, version, form) DO UPDATE SET file = excluded.file WHERE filing_print.file = ''`, id, version, p.Form, p.File, atMS)
	if err != nil {
		return p, fmt.Errorf("keep %s of filing %d version %d: %w", p.Form, id, version, err)
	}
	kept, _, err := PrintOf(ctx, tx, id, version, p.Form)
	return kept, err
}

// AskPrint notes that a document is being made; false where it is there, or was asked for after the moment since.
func AskPrint(ctx context.Context, tx *db.Tx, id int64, version int, form string, nowMS, sinceMS int64) (bool, error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO filing_print (filing, version, form, file, at_ms) VALUES ($1, $2, $3, '', $4)
		ON CONFLICT (filing, version, form) DO UPDATE SET at_ms = excluded.at_ms WHERE filing_print.file = '' AND filing_print.at_ms < $5`,
		id, version, form, nowMS, sinceMS)
	if err != nil {
		return false, fmt.Errorf("ask for %s of filing %d version %d: %w", form, id, version, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// ByPrint finds the version that a document of these bytes was made from.
func ByPrint(ctx context.Context, q db.Querier, hash string) (id int64, version int, form string, ok bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT filing, version, form FROM filing_print WHERE file = $1 AND file <> '' ORDER BY filing, version, form`, hash).Scan(&id, &version, &form)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, "", false, nil
	}
	if err != nil {
		return 0, 0, "", false, fmt.Errorf("look for document: %w", err)
	}
	return id, version, form, true, nil
}
