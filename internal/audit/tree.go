package audit

import (
	"context"
	"errors"
	"fmt"
	"math/bits"

	"danvan/internal/db"

	"golang.org/x/mod/sumdb/tlog"
)

// tree is the right edge of the Merkle tree: for each bit set in size, the
// hash of the complete subtree of that height. It is all that growing needs.
type tree struct {
	size int64
	edge [63]tlog.Hash
}

// add appends one leaf and gives the hashes that are complete now, in the
// order in which tlog stores them.
func (t *tree) add(h tlog.Hash, stored []tlog.Hash) []tlog.Hash {
	stored = append(stored, h)
	level := 0
	for ; t.size>>level&1 == 1; level++ {
		h = tlog.NodeHash(t.edge[level], h)
		stored = append(stored, h)
	}
	t.edge[level] = h
	t.size++
	return stored
}

// root is the hash of the whole tree.
func (t *tree) root() tlog.Hash {
	if t.size == 0 {
		empty, _ := tlog.TreeHash(0, nil)
		return empty
	}
	level := bits.TrailingZeros64(uint64(t.size))
	h := t.edge[level]
	for level++; t.size>>level != 0; level++ {
		if t.size>>level&1 == 1 {
			h = tlog.NodeHash(t.edge[level], h)
		}
	}
	return h
}

// loadTree reads the right edge of a tree of that size.
func loadTree(ctx context.Context, q db.Querier, size int64) (*tree, error) {
	t := &tree{size: size}
	r := &hashReader{ctx: ctx, q: q}
	for level := 0; size>>level != 0; level++ {
		if size>>level&1 == 0 {
			continue
		}
		h, err := r.ReadHashes([]int64{tlog.StoredHashIndex(level, size>>level-1)})
		if err != nil {
			return nil, err
		}
		t.edge[level] = h[0]
	}
	return t, nil
}

// rowHashes is how many stored hashes one row of audit_hash carries.
const rowHashes = 256

// hashReader reads stored hashes; it is a tlog.HashReader.
type hashReader struct {
	ctx  context.Context
	q    db.Querier
	last int64  // the row read last
	row  []byte // its hashes
}

var errNoHash = errors.New("stored hash is missing")

// ReadHashes gives the stored hashes at the indexes.
func (r *hashReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		tile := index / rowHashes
		if r.row == nil || r.last != tile {
			err := r.q.QueryRowContext(r.ctx, `SELECT hashes FROM audit_hash WHERE tile = $1`, tile).Scan(&r.row)
			if err != nil {
				return nil, fmt.Errorf("%w: row %d: %w", errNoHash, tile, err)
			}
			r.last = tile
		}
		at := int(index%rowHashes) * tlog.HashSize
		if at+tlog.HashSize > len(r.row) {
			return nil, fmt.Errorf("%w: row %d is too short", errNoHash, tile)
		}
		copy(out[i][:], r.row[at:])
	}
	return out, nil
}

// appendHashes stores the hashes that follow the first `from` ones.
func appendHashes(ctx context.Context, tx *db.Tx, from int64, hashes []tlog.Hash) error {
	for len(hashes) > 0 {
		tile, used := from/rowHashes, int(from%rowHashes)
		n := min(rowHashes-used, len(hashes))
		row := make([]byte, 0, rowHashes*tlog.HashSize)
		if used > 0 {
			err := tx.QueryRowContext(ctx, `SELECT hashes FROM audit_hash WHERE tile = $1`, tile).Scan(&row)
			if err != nil || len(row) < used*tlog.HashSize {
				return fmt.Errorf("%w: row %d has %d bytes for %d hashes: %v", errNoHash, tile, len(row), used, err)
			}
			row = row[:used*tlog.HashSize]
		}
		for _, h := range hashes[:n] {
			row = append(row, h[:]...)
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO audit_hash (tile, hashes) VALUES ($1, $2)
			ON CONFLICT (tile) DO UPDATE SET hashes = excluded.hashes`, tile, row)
		if err != nil {
			return fmt.Errorf("store hashes: %w", err)
		}
		hashes, from = hashes[n:], from+int64(n)
	}
	return nil
}
