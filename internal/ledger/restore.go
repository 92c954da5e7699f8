package ledger

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// Restore has an entry say again what one of its versions said, as a new version: an entry that was merged into
// another stands again, what was confirmed is confirmed. It is for acts that take an act back as a whole and have
// made sure that nothing else happened since.
func (l *Ledger) Restore(ctx context.Context, tx *db.Tx, actor string, id int64, expect, version int, reason string) (Posted, error) {
	if err := reasonOf(reason); err != nil {
		return Posted{}, err
	}
	w, was, err := l.take(ctx, tx, actor, id, expect)
	if err != nil {
		return Posted{}, err
	}
	then, err := versionOf(ctx, tx, id, version)
	if err != nil {
		return Posted{}, fmt.Errorf("restore entry %d: %w", id, err)
	}
	if then.state == Void {
		return Posted{}, fmt.Errorf("restore entry %d: version %d is void", id, version)
	}
	s, err := l.readBack(ctx, tx, was.head.kind, then)
	if err != nil {
		return Posted{}, err
	}
	if s.sums, err = sumsOf(s.edition, s.kind, s.day, s.values, s.unit, s.place, s.partners); err != nil {
		return Posted{}, fmt.Errorf("restore entry %d: %w", id, err)
	}
	s.title, s.fold = describe(s.kind, s.values)
	return w.next(ctx, was, s, ActAmend, then.state, then.carries, reason, actor)
}

// Relink has an entry carry out another one, 0 for none, and changes nothing else: what was confirmed stays confirmed.
func (l *Ledger) Relink(ctx context.Context, tx *db.Tx, actor string, id int64, expect int, carries int64, reason string) (Posted, error) {
	if err := reasonOf(reason); err != nil {
		return Posted{}, err
	}
	w, was, err := l.open(ctx, tx, actor, id, expect)
	if err != nil {
		return Posted{}, err
	}
	if carries == id {
		return Posted{}, errors.New("an entry cannot carry out itself")
	}
	return w.next(ctx, was, was.said, ActAmend, was.head.state, carries, reason, actor)
}

func reasonOf(reason string) error {
	if strings.TrimSpace(reason) == "" {
		return fault.New(fault.Invalid, "Chưa ghi lý do. Hãy ghi rõ vì sao.")
	}
	return lineOf(reason, "Lý do")
}

// saidBefore reports whether one of earlier versions said the same in the same state, whatever it carried out: only
// then may an amendment lead to a confirmed version, or away from a void one.
func (v *versionRow) saidBefore(earlier []*sealed) bool {
	for _, e := range earlier {
		was := e.versionRow
		was.carries = v.carries
		if was.state == v.state && was.sameContent(v) {
			return true
		}
	}
	return false
}
