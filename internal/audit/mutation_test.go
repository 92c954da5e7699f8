package audit_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/db/dbtest"
)

var errUndo = errors.New("undo")

// One random change after the other, each undone before the next: all are
// found against the checkpoint outside, and the untouched log never is.
func TestRandomChangesAreFound(t *testing.T) {
	const leaves, changes = 300, 400
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := sequencer(t, d)
		ids := write(t, d, leaves)
		o := audit.Options{Checkpoints: []string{checkpoint(t, s)}, Verifier: s.Key.Verifier()}
		random := rand.New(rand.NewPCG(20190331, 1))
		for range changes {
			query, args := change(t, d, random, ids)
			err := d.Write(ctx, func(tx *db.Tx) error {
				if _, err := tx.ExecContext(ctx, query, args...); err != nil {
					return err
				}
				r, err := audit.Verify(ctx, tx, o)
				if err != nil {
					return err
				}
				if r.OK() {
					t.Errorf("not found: %s %v", query, args)
				}
				return errUndo
			})
			if !errors.Is(err, errUndo) {
				t.Fatalf("%s %v: %v", query, args, err)
			}
		}
		if r := verify(t, d, o); !r.OK() || r.Size != leaves {
			t.Errorf("false alarm: %+v", r)
		}
	})
}

// change makes up one statement that alters the log.
func change(t *testing.T, d *db.DB, random *rand.Rand, ids []int64) (query string, args []any) {
	id := ids[random.IntN(len(ids))]
	switch random.IntN(8) {
	case 0:
		return `DELETE FROM audit_leaf WHERE id = $1`, []any{id}
	case 1: // a leaf forged at the end
		return `INSERT INTO audit_leaf (id, idx, at_ms, act, subject, subject_id, actor, hash) VALUES (-1, $1, 1, 'a', 's', 1, 'x', $2)`,
			[]any{len(ids), make([]byte, 32)}
	case 2:
		return `UPDATE audit_leaf SET idx = NULL WHERE id = $1`, []any{id}
	case 3:
		return flipped(t, d, random, "hash", "audit_leaf", "id", id)
	case 4:
		return flipped(t, d, random, "hashes", "audit_hash", "tile", int64(random.IntN(3)))
	case 5:
		column := [...]string{"at_ms", "subject_id", "id"}[random.IntN(3)]
		return fmt.Sprintf(`UPDATE audit_leaf SET %s = %s + $1 WHERE id = $2`, column, column), []any{1_000_000 << random.IntN(20), id}
	case 6:
		column := [...]string{"act", "subject", "actor"}[random.IntN(3)]
		return fmt.Sprintf(`UPDATE audit_leaf SET %s = %s || $1 WHERE id = $2`, column, column), []any{string(rune('a' + random.IntN(26))), id}
	}
	return `UPDATE checkpoint SET note = replace(note, substr(note, $1, 1), '~')`, []any{1 + random.IntN(150)}
}

// flipped is a statement that flips one bit of a stored hash.
func flipped(t *testing.T, d *db.DB, random *rand.Rand, column, table, key string, value int64) (string, []any) {
	t.Helper()
	var b []byte
	if err := d.Read().QueryRow(fmt.Sprintf(`SELECT %s FROM %s WHERE %s = $1`, column, table, key), value).Scan(&b); err != nil {
		t.Fatal(err)
	}
	b[random.IntN(len(b))] ^= 1 << random.IntN(8)
	return fmt.Sprintf(`UPDATE %s SET %s = $1 WHERE %s = $2`, table, column, key), []any{b, value}
}
