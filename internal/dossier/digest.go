package dossier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"danvan/internal/db"
)

// Digest names just this wording of a case with just these papers of the citizen: who has checked the one has not
// checked another. It says nothing of what stands in them to who has not the case's key.
func (b *Book) Digest(ctx context.Context, q db.Querier, entry int64) (string, error) {
	_, v, err := b.ContentOf(ctx, q, entry)
	if err != nil {
		return "", err
	}
	papers, err := b.Papers(ctx, q, entry)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%d %d %d\n", entry, v.N, v.AtMS)
	for _, p := range papers {
		if !p.Gone && p.Sort != Working {
			fmt.Fprintf(sum, "%d %s\n", p.N, p.ID)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
