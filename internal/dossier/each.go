package dossier

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"danvan/internal/db"
	"danvan/internal/vault"
)

// eachCase joins what is opened together. What people sent and no office took in yet (cases below zero) is no letter.
const eachCase = `SELECT t.entry, t.version, t.sealed, k.wrapped, k.sealer, coalesce(s.version, 0), s.mark
	FROM dossier_text t JOIN case_key k ON k.entry = t.entry LEFT JOIN dossier_sender s ON s.entry = t.entry AND s.newest
	WHERE t.newest AND k.shredded_ms = 0 AND t.entry > 0`

// Each gives the newest content of every case that was not shredded, by rising entry, with the sender's mark, nil
// where there is none. It opens 100,000 cases in a second or two; nothing of it may be kept but in memory.
func (b *Book) Each(ctx context.Context, q db.Querier, fn func(entry int64, c Content, mark []byte) error) error {
	rows, err := q.QueryContext(ctx, eachCase+` ORDER BY t.entry`)
	if err != nil {
		return fmt.Errorf("read all cases: %w", err)
	}
	return b.each(rows, nil, fn)
}

// EachOf is Each for the cases that want names; others are not opened.
func (b *Book) EachOf(ctx context.Context, q db.Querier, want func(entry int64) bool, fn func(entry int64, c Content, mark []byte) error) error {
	rows, err := q.QueryContext(ctx, eachCase+` ORDER BY t.entry`)
	if err != nil {
		return fmt.Errorf("read some cases: %w", err)
	}
	return b.each(rows, want, fn)
}

// One is what Each gives of one case; ok is false where it has no content, or was shredded.
func (b *Book) One(ctx context.Context, q db.Querier, entry int64) (c Content, mark []byte, ok bool, err error) {
	rows, err := q.QueryContext(ctx, eachCase+` AND t.entry = $1`, entry)
	if err != nil {
		return c, nil, false, fmt.Errorf("read case %d: %w", entry, err)
	}
	err = b.each(rows, nil, func(_ int64, found Content, m []byte) error {
		c, mark, ok = found, m, true
		return nil
	})
	return c, mark, ok, err
}

func (b *Book) each(rows *sql.Rows, want func(int64) bool, fn func(int64, Content, []byte) error) error {
	defer rows.Close()
	for rows.Next() {
		var entry int64
		var version, sender int
		var sealed, wrapped, mark []byte
		var sealer string
		if err := rows.Scan(&entry, &version, &sealed, &wrapped, &sealer, &sender, &mark); err != nil {
			return fmt.Errorf("read case: %w", err)
		}
		if want != nil && !want(entry) {
			continue
		}
		k, err := b.Vault.Unwrap(entry, wrapped, sealer)
		if err != nil {
			return err
		}
		c, opened, err := open(k, version, sealed, sender, mark)
		if err != nil {
			return err
		}
		if err := fn(entry, c, opened); err != nil {
			return err
		}
	}
	return rows.Err()
}

func open(k vault.Case, version int, sealed []byte, sender int, mark []byte) (c Content, opened []byte, err error) {
	plain, err := k.Open(textUse(version), sealed)
	if err != nil {
		return c, nil, err
	}
	if err := json.Unmarshal(plain, &c); err != nil {
		return c, nil, fmt.Errorf("content of case %d: %w", k.ID, err)
	}
	if len(mark) > 0 {
		opened, err = k.Open(markUse(sender), mark)
	}
	return c, opened, err
}
