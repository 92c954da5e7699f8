package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// Save keeps an edition, so that entries recorded under it can be recomputed by any later program. Saving it
// again does nothing.
func Save(ctx context.Context, tx *db.Tx, e *Edition) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO edition (hash, code, day_from, bundle) VALUES ($1, $2, $3, $4)
		ON CONFLICT (hash) DO NOTHING`, e.Hash, e.Code, int32(e.From), e.bundle)
	if err != nil {
		return fmt.Errorf("save edition %s: %w", e.Code, err)
	}
	return nil
}

// SaveAll keeps every edition of a catalogue that is not kept yet.
func SaveAll(ctx context.Context, tx *db.Tx, c *Catalog) error {
	kept, err := AllStored(ctx, tx)
	if err != nil {
		return err
	}
	for _, s := range c.slots {
		if slices.ContainsFunc(kept, func(k StoredEdition) bool { return k.Hash == s.hash }) {
			continue
		}
		if err := Save(ctx, tx, s.edition()); err != nil {
			return err
		}
	}
	return nil
}

// Stored brings back the edition of that hash. Its hash is made anew from what was read and must agree.
func Stored(ctx context.Context, q db.Querier, hash string) (*Edition, error) {
	var text []byte
	err := q.QueryRowContext(ctx, `SELECT bundle FROM edition WHERE hash = $1`, hash).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.Wrap(err, fault.NotFound, "Không có ấn bản danh mục "+hash+" trong cơ sở dữ liệu. Hãy kiểm tra lại bản sao lưu.")
	}
	if err != nil {
		return nil, fmt.Errorf("read edition %s: %w", hash, err)
	}
	e, err := FromBundle(text)
	if err != nil {
		return nil, err
	}
	if e.Hash != hash {
		return nil, fault.New(fault.Internal, "Ấn bản danh mục trong cơ sở dữ liệu không khớp mã băm của nó: dữ liệu đã bị sửa. Hãy chạy danvan verify và phục hồi từ bản sao lưu.")
	}
	return e, nil
}

// StoredEdition is one row of what is kept.
type StoredEdition struct {
	Hash, Code string
	From       civil.Date
}

// AllStored lists the editions kept, oldest first.
func AllStored(ctx context.Context, q db.Querier) ([]StoredEdition, error) {
	rows, err := q.QueryContext(ctx, `SELECT hash, code, day_from FROM edition ORDER BY day_from, code, hash`)
	if err != nil {
		return nil, fmt.Errorf("list editions: %w", err)
	}
	defer rows.Close()
	var list []StoredEdition
	for rows.Next() {
		var s StoredEdition
		var from int32
		if err := rows.Scan(&s.Hash, &s.Code, &from); err != nil {
			return nil, fmt.Errorf("list editions: %w", err)
		}
		s.From = civil.Date(from)
		list = append(list, s)
	}
	return list, rows.Err()
}
