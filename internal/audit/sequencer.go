package audit

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"danvan/internal/db"

	"golang.org/x/mod/sumdb/tlog"
)

// Sequencer gives leaves their place in the log. Several may run, in one
// process or many; they take turns.
type Sequencer struct {
	DB  *db.DB
	Key *Key // signs checkpoints; without it there are none
	// Every is how often Run makes a checkpoint of a log that has grown; ten
	// minutes, if zero.
	Every time.Duration

	mu   sync.Mutex
	tree *tree // as this process left it; another may have gone on
}

// batch is how many leaves one transaction takes in: on SQLite other writers
// wait for it, some tens of milliseconds.
const batch = 5000

// Run gives places to new leaves within a second and makes checkpoints, until
// ctx ends. What it cannot do now it tries again.
func (s *Sequencer) Run(ctx context.Context) error {
	every := s.Every
	if every == 0 {
		every = 10 * time.Minute
	}
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	last := time.Now()
	for {
		if err := s.Flush(ctx); err != nil && ctx.Err() == nil {
			slog.Error("audit: sequence leaves", "err", err)
		}
		if s.Key != nil && time.Since(last) >= every {
			last = time.Now()
			if _, err := s.Checkpoint(ctx); err != nil && ctx.Err() == nil {
				slog.Error("audit: checkpoint", "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Flush gives a place to every leaf that has none.
func (s *Sequencer) Flush(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		waiting, err := anyWaiting(ctx, s.DB.Read())
		if err != nil || !waiting {
			return err
		}
		if err := s.sequence(ctx); err != nil {
			s.tree = nil
			return fmt.Errorf("sequence audit leaves: %w", err)
		}
	}
}

func anyWaiting(ctx context.Context, q db.Querier) (bool, error) {
	var any bool
	err := q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM audit_leaf WHERE idx IS NULL)`).Scan(&any)
	if err != nil {
		return false, fmt.Errorf("look for new audit leaves: %w", err)
	}
	return any, nil
}

// sequence takes in one batch.
func (s *Sequencer) sequence(ctx context.Context) error {
	var grown *tree
	err := s.DB.WriteAlone(ctx, func(tx *db.Tx) (err error) {
		grown, err = s.grow(ctx, tx)
		return err
	})
	if err == nil {
		s.tree = grown
	}
	return err
}

func (s *Sequencer) grow(ctx context.Context, tx *db.Tx) (*tree, error) {
	// The row of meta is the turn: whoever writes it goes on alone.
	if err := db.SetMeta(ctx, tx, "audit_turn", ""); err != nil {
		return nil, err
	}
	size, err := logSize(ctx, tx)
	if err != nil {
		return nil, err
	}
	t, err := s.treeOf(ctx, tx, size)
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE audit_leaf SET idx = place.idx
		FROM (SELECT id, $1 - 1 + row_number() OVER (ORDER BY id) AS idx
			FROM (SELECT id FROM audit_leaf WHERE idx IS NULL ORDER BY id LIMIT $2) AS waiting) AS place
		WHERE place.id = audit_leaf.id`, size, batch)
	if err != nil {
		return nil, fmt.Errorf("give places: %w", err)
	}
	hashes, err := t.take(ctx, tx)
	if err != nil {
		return nil, err
	}
	return t, appendHashes(ctx, tx, tlog.StoredHashCount(size), hashes)
}

func (s *Sequencer) treeOf(ctx context.Context, q db.Querier, size int64) (*tree, error) {
	if s.tree != nil && s.tree.size == size {
		t := *s.tree // a copy: the transaction may yet fail
		return &t, nil
	}
	return loadTree(ctx, q, size)
}

// take adds the leaves that have just been given places and returns the new
// stored hashes.
func (t *tree) take(ctx context.Context, q db.Querier) ([]tlog.Hash, error) {
	rows, err := q.QueryContext(ctx, selectRow+` WHERE idx >= $1 ORDER BY idx`, t.size)
	if err != nil {
		return nil, fmt.Errorf("read new leaves: %w", err)
	}
	defer rows.Close()
	var hashes []tlog.Hash
	for rows.Next() {
		row, err := scanRow(rows)
		if err != nil {
			return nil, fmt.Errorf("read new leaves: %w", err)
		}
		if row.Index != t.size {
			return nil, fmt.Errorf("leaf %d has place %d, want %d", row.ID, row.Index, t.size)
		}
		hashes = t.add(tlog.RecordHash(row.record()), hashes)
	}
	return hashes, rows.Err()
}

// Size is how many leaves have a place in the log, and how many wait for one. Places are given without gaps, so neither
// counts the whole log.
func Size(ctx context.Context, q db.Querier) (placed, waiting int64, err error) {
	if placed, err = logSize(ctx, q); err != nil {
		return 0, 0, err
	}
	err = q.QueryRowContext(ctx, `SELECT count(*) FROM audit_leaf WHERE idx IS NULL`).Scan(&waiting)
	if err != nil {
		return 0, 0, fmt.Errorf("count leaves that wait: %w", err)
	}
	return placed, waiting, nil
}

// logSize is how many leaves have a place.
func logSize(ctx context.Context, q db.Querier) (int64, error) {
	var size int64
	err := q.QueryRowContext(ctx, `SELECT coalesce(max(idx) + 1, 0) FROM audit_leaf WHERE idx IS NOT NULL`).Scan(&size)
	if err != nil {
		return 0, fmt.Errorf("read size of log: %w", err)
	}
	return size, nil
}
