package audit

import (
	"context"
	"errors"
	"fmt"

	"danvan/internal/db"
	"danvan/internal/fault"

	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows that one leaf stands in the log at its place: whoever holds the
// root of a log of that size can check it alone.
type Proof struct {
	Leaf   Row              `json:"-"`
	Record string           `json:"record"` // what the tree hashes for the leaf
	Index  int64            `json:"index"`
	Size   int64            `json:"size"`
	Root   tlog.Hash        `json:"root"`
	Path   tlog.RecordProof `json:"path"`
	// Note is the signed checkpoint of that size and root; "" while the leaf is
	// younger than the newest checkpoint.
	Note string `json:"checkpoint,omitempty"`
}

// Check recomputes the root from the leaf and the path.
func (p *Proof) Check() error {
	return tlog.CheckRecord(p.Path, p.Size, p.Root, p.Index, tlog.RecordHash([]byte(p.Record)))
}

// Prove gives the proof for one leaf, against the oldest checkpoint that
// covers it, or against the log as it is when none does.
func Prove(ctx context.Context, q db.Querier, leafID int64) (*Proof, error) {
	row, err := Read(ctx, q, leafID)
	if err != nil {
		return nil, err
	}
	if row.Index < 0 {
		return nil, fault.Wrap(fmt.Errorf("prove leaf %d: not sequenced", leafID), fault.Unavailable,
			"Bút tích vừa được ghi, chưa xếp vào nhật ký. Hãy mở lại sau vài giây.")
	}
	p := &Proof{Leaf: row, Record: string(row.record()), Index: row.Index}
	if err := p.against(ctx, q); err != nil {
		return nil, err
	}
	p.Path, err = tlog.ProveRecord(p.Size, p.Index, &hashReader{ctx: ctx, q: q})
	if err != nil {
		return nil, fmt.Errorf("prove leaf %d: %w", leafID, err)
	}
	return p, nil
}

// against chooses the size and root to prove against.
func (p *Proof) against(ctx context.Context, q db.Querier) error {
	rows, err := q.QueryContext(ctx, `SELECT size, note FROM checkpoint WHERE size > $1 ORDER BY size LIMIT 1`, p.Index)
	if err != nil {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	defer rows.Close()
	if rows.Next() {
		err = rows.Scan(&p.Size, &p.Note)
	}
	if err = errors.Join(err, rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("read checkpoint: %w", err)
	}
	if p.Size == 0 {
		if p.Size, err = logSize(ctx, q); err != nil {
			return err
		}
	}
	t, err := loadTree(ctx, q, p.Size)
	if err != nil {
		return err
	}
	p.Root = t.root()
	return nil
}

// Consistency proves that the log of the older size is the beginning of the
// log of the newer size: nothing was taken out or put in between. Check it with
// tlog.CheckTree and the two roots.
func Consistency(ctx context.Context, q db.Querier, older, newer int64) (tlog.TreeProof, error) {
	proof, err := tlog.ProveTree(newer, older, &hashReader{ctx: ctx, q: q})
	if err != nil {
		return nil, fmt.Errorf("prove log of %d from %d: %w", newer, older, err)
	}
	return proof, nil
}
