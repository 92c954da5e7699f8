package org

import (
	"bytes"
	"context"
	"fmt"

	"danvan/internal/audit"
	"danvan/internal/db"
)

// Tampered is an act that no longer stands as the log holds it.
type Tampered struct {
	Change int64  `json:"change"`
	Text   string `json:"message"` // in Vietnamese
}

// VerifyChanges compares every act in force with its audit leaf, from the raw rows: the history of the units is
// derived from nothing else but these and the first load.
func VerifyChanges(ctx context.Context, q db.Querier) ([]Tampered, error) {
	s := &stored{ids: map[Key]UnitID{}, live: map[UnitID]bool{}, floor: map[Key]bool{}}
	if err := s.readChanges(ctx, q); err != nil {
		return nil, fmt.Errorf("read acts: %w", err)
	}
	if err := s.readSources(ctx, q); err != nil {
		return nil, fmt.Errorf("read sources of acts: %w", err)
	}
	leaves := map[int64][]byte{}
	rows, err := q.QueryContext(ctx, `SELECT c.id, l.hash FROM org_change c JOIN audit_leaf l ON l.id = c.leaf AND l.subject = 'change' AND l.subject_id = c.id`)
	err = each(rows, err, func() error {
		var id int64
		var hash []byte
		if err := rows.Scan(&id, &hash); err != nil {
			return err
		}
		leaves[id] = hash
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read leaves of acts: %w", err)
	}
	var out []Tampered
	for i := range s.truth.Changes {
		c := &s.truth.Changes[i]
		hash, ok := leaves[c.ID]
		switch {
		case !ok:
			out = append(out, Tampered{c.ID, fmt.Sprintf("Việc sắp xếp số %d (%s, %s) không có trong sổ niêm phong.", c.ID, c.Code, c.Day.Vi())})
		case !bytes.Equal(hash, audit.ContentHash(canonical(c))):
			out = append(out, Tampered{c.ID, fmt.Sprintf("Việc sắp xếp số %d (%s, %s) khác với nội dung đã niêm phong.", c.ID, c.Code, c.Day.Vi())})
		}
	}
	return out, nil
}
