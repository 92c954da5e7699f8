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

// VerifyDecisions compares every decision on acts (who carried them out or took them back, when and why) with its leaf,
// and says in Vietnamese what differs.
func VerifyDecisions(ctx context.Context, q db.Querier) ([]string, error) {
	all, err := readDecisions(ctx, q, selectDecision+` ORDER BY d.id`)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, x := range all {
		ok, err := audit.Said(ctx, q, x.Leaf, "unit_decision", x.ID, x.canonical())
		if err != nil {
			return nil, err
		}
		if ok { // who decided stands in the leaf itself
			leaf, err := audit.Read(ctx, q, x.Leaf)
			if err != nil {
				return nil, err
			}
			ok = leaf.Actor == x.Actor && leaf.AtMS == x.AtMS
		}
		if !ok {
			out = append(out, fmt.Sprintf("Quyết định số %d về sắp xếp đơn vị không khớp với sổ niêm phong.", x.ID))
		}
	}
	sealed, err := audit.LeavesOn(ctx, q, "unit_decision")
	if err == nil && sealed != len(all) {
		out = append(out, fmt.Sprintf("Sổ niêm phong có %d quyết định về sắp xếp đơn vị, cơ sở dữ liệu có %d.", sealed, len(all)))
	}
	return out, err
}
