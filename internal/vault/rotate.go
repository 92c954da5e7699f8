package vault

import (
	"context"
	"fmt"
	"slices"

	"danvan/internal/db"
)

// Rotated is what a rotation did.
type Rotated struct {
	Key     string // fingerprint of the new key
	Cases   int    // case keys sealed anew
	Dropped int    // earlier keys taken out of the file: nothing was sealed by them any more
	Kept    int    // earlier keys that stay until the next rotation
}

// rewrapAtOnce is how many case keys are sealed anew in one transaction.
const rewrapAtOnce = 2000

// Rotate makes a new key and seals every case key with it. It may be stopped anywhere and run again, and beside a
// running server: the earlier key stays in the file until the next rotation, for a case that the server began at the
// same moment is still sealed by it. Keys that seal nothing any more are dropped first.
func (v *Vault) Rotate(ctx context.Context, d *db.DB) (Rotated, error) {
	var done Rotated
	if err := v.ring.load(); err != nil {
		return done, err
	}
	used, _, err := sealedBy(ctx, d.Read())
	if err != nil {
		return done, err
	}
	next, err := newMaster(random())
	if err != nil {
		return done, err
	}
	keys := []master{next}
	for i, k := range v.ring.keys {
		if i == 0 || slices.Contains(used, k.name) {
			keys = append(keys, k)
		} else {
			done.Dropped++
		}
	}
	if err := v.ring.write(keys, true); err != nil {
		return done, fmt.Errorf("write %s: %w", KeyFile, err)
	}
	if err := v.ring.load(); err != nil {
		return done, err
	}
	done.Key, done.Kept = next.name, len(keys)-1
	for {
		n, err := v.rewrap(ctx, d, next)
		done.Cases += n
		if err != nil || n == 0 {
			return done, err
		}
	}
}

// rewrap seals some of the case keys anew that another key has sealed.
func (v *Vault) rewrap(ctx context.Context, d *db.DB, next master) (n int, err error) {
	err = d.Write(ctx, func(tx *db.Tx) error {
		n = 0
		found, err := wrapped(ctx, tx, next.name)
		if err != nil {
			return err
		}
		for _, w := range found {
			c, err := v.Unwrap(w.entry, w.sealed, w.by)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `UPDATE case_key SET wrapped = $2, sealer = $3 WHERE entry = $1 AND sealer = $4`, w.entry, next.wrap(w.entry, c.raw), next.name, w.by)
			if err != nil {
				return fmt.Errorf("seal key of case %d anew: %w", w.entry, err)
			}
		}
		n = len(found)
		return nil
	})
	return n, err
}

type wrappedKey struct {
	entry  int64
	sealed []byte
	by     string
}

func wrapped(ctx context.Context, tx *db.Tx, except string) ([]wrappedKey, error) {
	rows, err := tx.QueryContext(ctx, `SELECT entry, wrapped, sealer FROM case_key WHERE sealer <> '' AND sealer <> $1 LIMIT $2`, except, rewrapAtOnce)
	if err != nil {
		return nil, fmt.Errorf("read case keys: %w", err)
	}
	defer rows.Close()
	var out []wrappedKey
	for rows.Next() {
		var w wrappedKey
		if err := rows.Scan(&w.entry, &w.sealed, &w.by); err != nil {
			return nil, fmt.Errorf("read case key: %w", err)
		}
		out = append(out, w)
	}
	return out, rows.Err()
}
