package matter

import (
	"context"
	"fmt"

	"danvan/internal/db"
)

// joined is a decision that two letters are of one matter.
type joined struct {
	letter, toward int64
	relation       Relation
}

func scanJoined(scan func(...any) error) (j joined, err error) {
	err = scan(&j.letter, &j.toward, &j.relation)
	return j, err
}

// Same are the other letters that say the same as a letter: those that decisions of the same letter or the same matter
// lead to, one after the other. A letter that follows up on another says something new, and so does whatever only it
// leads to.
func (s *Store) Same(ctx context.Context, q db.Querier, letter int64) ([]int64, error) {
	root, err := rootOf(ctx, q, letter)
	if err != nil || root == 0 {
		return nil, err
	}
	links, err := list(ctx, q, scanJoined, `SELECT letter, toward, relation FROM matter_letter
		WHERE undone_leaf IS NULL AND matter IN (SELECT id FROM matter WHERE root = $1)
		UNION ALL SELECT letter, toward, relation FROM matter_merge
		WHERE undone_leaf IS NULL AND matter IN (SELECT id FROM matter WHERE root = $1)`, root)
	if err != nil {
		return nil, err
	}
	return saying(letter, links), nil
}

// saying are the letters that same content leads to from one.
func saying(letter int64, links []joined) []int64 {
	seen, out := map[int64]bool{letter: true}, []int64{letter}
	for i := 0; i < len(out); i++ {
		for _, l := range links {
			if l.relation != SameLetter && l.relation != SameMatter || l.letter != out[i] && l.toward != out[i] {
				continue
			}
			if other := l.letter + l.toward - out[i]; !seen[other] {
				seen[other], out = true, append(out, other)
			}
		}
	}
	return out[1:]
}

// Hold makes others wait who decide on the letter's matter, or ask what says the same in order to act on it.
func (s *Store) Hold(ctx context.Context, tx *db.Tx, letter int64) error {
	root, err := rootOf(ctx, tx, letter)
	if err != nil || root == 0 {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE matter SET turn = turn WHERE id = $1`, root); err != nil {
		return fmt.Errorf("hold matter %d: %w", root, err)
	}
	return nil
}
