package org

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"danvan/internal/db"
	"danvan/internal/fault"
)

// standing is the truth of one version of the units with what follows from it. It is read by many at once and never
// changed.
type standing struct {
	*stored
	history *history
	tree    *Tree

	mu    sync.Mutex
	taken map[string]takenOut // by the acts taken out
}

// takenOut is the truth without some acts, and the units that would be no more.
type takenOut struct {
	truth Truth
	gone  []Change
	lost  map[UnitID]*Unit
	err   error // why there is no history without them
}

// mostTaken bounds the memory of answers about acts taken out.
const mostTaken = 200

// standing is the one of q's version of the units; it is read again only after a change.
func (k *Keeper) standing(ctx context.Context, q db.Querier) (*standing, error) {
	v, err := version(ctx, q)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	at := k.at
	k.mu.Unlock()
	if at != nil && at.tree.Version == v {
		return at, nil
	}
	if at, err = loadStanding(ctx, q); err != nil {
		return nil, err
	}
	k.mu.Lock()
	k.at = at
	k.mu.Unlock()
	return at, nil
}

// Hinders says what stands against undoing acts, in the words of Undo's refusal; nil where nothing does. What hangs on
// the units is asked each time.
func (k *Keeper) Hinders(ctx context.Context, ids ...int64) ([]Reason, error) {
	var r *Refusal
	err := k.DB.View(ctx, func(q db.Querier) error {
		at, err := k.standing(ctx, q)
		if err != nil {
			return err
		}
		out := at.takeOut(ids)
		if out.err != nil {
			return out.err
		}
		return k.nothingHangs(ctx, q, out.lost, at.truth.Changes, at.history.uses, ids)
	})
	if errors.As(err, &r) {
		return r.Reasons, nil
	}
	return nil, err
}

// takeOut is takeOut over what stands, kept for the next question.
func (at *standing) takeOut(ids []int64) takenOut {
	key := fmt.Sprint(ids)
	at.mu.Lock()
	out, ok := at.taken[key]
	at.mu.Unlock()
	if ok {
		return out
	}
	out = takeOut(at.stored, at.history, ids)
	out.truth = Truth{} // long, and not asked for
	at.mu.Lock()
	defer at.mu.Unlock()
	if at.taken == nil || len(at.taken) >= mostTaken {
		at.taken = map[string]takenOut{}
	}
	at.taken[key] = out
	return out
}

// takeOut derives the history without some acts.
func takeOut(s *stored, before *history, ids []int64) (out takenOut) {
	out.truth = s.truth
	out.truth.Changes = slices.DeleteFunc(slices.Clone(s.truth.Changes), func(c Change) bool {
		if slices.Contains(ids, c.ID) {
			out.gone = append(out.gone, c)
			return true
		}
		return false
	})
	for _, id := range ids {
		if !slices.ContainsFunc(out.gone, func(c Change) bool { return c.ID == id }) {
			out.err = fault.Newf(fault.NotFound, "Không có việc sắp xếp số %d, hoặc việc này đã được hoàn tác. Xem số của các việc bằng lệnh: danvan units history MÃ.", id)
			return out
		}
	}
	now := derive(&out.truth, s.ids)
	if len(now.problems) > 0 {
		out.err = refuse(&out.truth, now.problems, len(out.truth.Changes))
		return out
	}
	out.lost = lostUnits(before, now)
	return out
}
