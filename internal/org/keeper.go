package org

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"danvan/internal/audit"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// Keeper loads units, applies and undoes acts, and hands out the current tree. Every act is one transaction:
// the truth, what follows from it, the totals of what it moved (through Hooks) and the audit leaf.
type Keeper struct {
	DB    *db.DB
	Hooks Hooks // nil where nothing hangs on units yet

	mu sync.Mutex
	at *standing
}

// Applied says what was done.
type Applied struct {
	Changes []int64 `json:"changes"` // ids of the new acts
	Known   int     `json:"known"`   // acts that were entered already, and were left alone
	Opened  int     `json:"opened"`  // units opened, bodies among them
	Eras    int     `json:"eras"`    // eras that are new
}

// Tree is the snapshot that stands now; it is read again only after a change.
func (k *Keeper) Tree(ctx context.Context) (*Tree, error) {
	var t *Tree
	err := k.DB.View(ctx, func(q db.Querier) error {
		at, err := k.standing(ctx, q)
		if err == nil {
			t = at.tree
		}
		return err
	})
	return t, err
}

// Apply enters acts, all or none. Acts known already are left alone, so that entering a file twice does nothing.
// It refuses what has no consistent history, with reasons; acts may come late and in any order.
func (k *Keeper) Apply(ctx context.Context, acts []Change, actor string) (*Applied, error) {
	var done *Applied
	err := k.DB.WriteAlone(ctx, func(tx *db.Tx) (err error) {
		done, err = k.ApplyIn(ctx, tx, acts, actor)
		return err
	})
	return done, err
}

// ApplyIn is Apply inside a transaction of the caller's.
func (k *Keeper) ApplyIn(ctx context.Context, tx *db.Tx, acts []Change, actor string) (*Applied, error) {
	s, err := begin(ctx, tx)
	if err != nil {
		return nil, err
	}
	return k.applyTo(ctx, tx, s, acts, actor)
}

func (k *Keeper) applyTo(ctx context.Context, tx *db.Tx, s *stored, acts []Change, actor string) (*Applied, error) {
	fresh, known, err := s.unknown(acts)
	if err != nil {
		return nil, err
	}
	done := &Applied{Known: known, Changes: []int64{}}
	if len(fresh) == 0 {
		return done, db.SetMeta(ctx, tx, versionKey, strconv.FormatInt(s.version-1, 10))
	}
	if err := enter(ctx, tx, fresh, actor); err != nil {
		return nil, err
	}
	for _, c := range fresh {
		done.Changes = append(done.Changes, c.ID)
	}
	first := len(s.truth.Changes)
	s.truth.Changes = append(s.truth.Changes, fresh...)
	return done, k.settle(ctx, tx, s, first, done)
}

// begin takes the units for writing: bumping the version makes other writers of units wait.
func begin(ctx context.Context, tx *db.Tx) (*stored, error) {
	if err := bump(ctx, tx); err != nil {
		return nil, err
	}
	s, err := load(ctx, tx)
	if err != nil {
		return nil, fmt.Errorf("load units: %w", err)
	}
	return s, nil
}

// bump adds one to the version in the row itself: two writers of PostgreSQL that arrive together wait here for one
// another, and the second must not give its tree the number of the first one's.
func bump(ctx context.Context, tx *db.Tx) error {
	res, err := tx.ExecContext(ctx, `UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = $1`, versionKey)
	if err != nil {
		return fmt.Errorf("take the units for writing: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return db.SetMeta(ctx, tx, versionKey, "1")
}

// unknown checks acts one by one and leaves out those that stand already or come twice.
func (s *stored) unknown(acts []Change) (fresh []Change, known int, err error) {
	have := make(map[string]bool, len(s.truth.Changes))
	for i := range s.truth.Changes {
		have[contentKey(&s.truth.Changes[i])] = true
	}
	var r Refusal
	for i := range acts {
		c := acts[i]
		if why := c.tidy(); why != "" {
			r.Reasons = append(r.Reasons, Reason{Where: c.where(), Say: why})
			continue
		}
		key := contentKey(&c)
		if have[key] {
			known++
			continue
		}
		have[key] = true
		fresh = append(fresh, c)
	}
	return fresh, known, r.err()
}

// enter writes acts and their audit leaves.
func enter(ctx context.Context, tx *db.Tx, fresh []Change, actor string) error {
	ids, err := tx.IDs(ctx, "change", len(fresh))
	if err != nil {
		return err
	}
	now := time.Now()
	leaves := make([]audit.Leaf, len(fresh))
	for i := range fresh {
		fresh[i].ID = ids[i]
		leaves[i] = audit.Leaf{Act: "apply", Subject: "change", SubjectID: ids[i], Content: canonical(&fresh[i]), Actor: actor, At: now}
	}
	leafIDs, err := audit.AppendMany(ctx, tx, leaves)
	if err != nil {
		return err
	}
	return insertChanges(ctx, tx, fresh, leafIDs, now.UnixMilli())
}

// settle derives what follows from the truth and saves the difference. Acts from first on are the new ones.
func (k *Keeper) settle(ctx context.Context, tx *db.Tx, s *stored, first int, done *Applied) error {
	h := derive(&s.truth, s.ids)
	if len(h.problems) > 0 {
		return refuse(&s.truth, h.problems, first)
	}
	if err := k.nothingVanishes(ctx, tx, s, h); err != nil {
		return err
	}
	var fresh []Key
	for _, u := range h.units {
		if u.ID < 0 {
			fresh = append(fresh, Key{u.Code, u.Opened})
		}
	}
	ids, err := tx.IDs(ctx, "unit", len(fresh))
	if err != nil {
		return err
	}
	if len(fresh) > 0 {
		for i, key := range fresh {
			s.ids[key] = UnitID(ids[i])
		}
		h = derive(&s.truth, s.ids)
	}
	for _, u := range h.units {
		if !s.live[u.ID] {
			done.Opened++
		}
	}
	if err := s.saveUnits(ctx, tx, h); err != nil {
		return err
	}
	return k.saveDerived(ctx, tx, s, h, done)
}

// nothingVanishes refuses when an act entered late takes away a unit on which something is recorded: a body, say,
// that a rule opened at a host which, as is now said, had ended before.
func (k *Keeper) nothingVanishes(ctx context.Context, q db.Querier, s *stored, h *history) error {
	lost := map[UnitID]*Unit{}
	for key, id := range s.ids {
		if s.live[id] {
			lost[id] = &Unit{ID: id, Code: key.Code, Opened: key.Opened}
		}
	}
	for _, u := range h.units {
		delete(lost, u.ID)
	}
	return k.nothingHangs(ctx, q, lost, nil, nil, nil)
}

func (k *Keeper) saveDerived(ctx context.Context, tx *db.Tx, s *stored, h *history, done *Applied) error {
	known := make(map[eraKey]EraID, len(s.eras))
	for _, e := range s.eras {
		known[eraKey{e.Unit, e.From, e.To}] = e.ID
	}
	missing := 0
	t := newTree(h, s.truth.Changes, func(u UnitID, from, to civil.Date) EraID {
		if id, ok := known[eraKey{u, from, to}]; ok {
			return id
		}
		missing++
		return EraID(-missing)
	})
	ids, err := tx.IDs(ctx, "era", missing)
	if err != nil {
		return err
	}
	for i := range t.eras {
		if id := t.eras[i].ID; id < 0 {
			t.eras[i].ID = EraID(ids[-id-1])
		}
	}
	removed, added, err := s.saveEras(ctx, tx, t, known)
	if err != nil {
		return err
	}
	done.Eras = len(added)
	if k.Hooks == nil || len(removed)+len(added) == 0 {
		return nil
	}
	if err := k.Hooks.Rederive(ctx, tx, removed, added); err != nil {
		return fmt.Errorf("rederive totals: %w", err)
	}
	return nil
}

// Undo takes acts back. It refuses while anything hangs on a unit that they opened, or a later act needs it.
func (k *Keeper) Undo(ctx context.Context, actor string, ids ...int64) error {
	return k.DB.WriteAlone(ctx, func(tx *db.Tx) error { return k.undoIn(ctx, tx, actor, ids) })
}

func (k *Keeper) undoIn(ctx context.Context, tx *db.Tx, actor string, ids []int64) error {
	s, err := begin(ctx, tx)
	if err != nil {
		return err
	}
	gone, err := k.without(ctx, tx, s, ids)
	if err != nil {
		return err
	}
	if err := markUndone(ctx, tx, gone, actor); err != nil {
		return err
	}
	return k.settle(ctx, tx, s, len(s.truth.Changes), &Applied{})
}

// without takes acts out of the truth, and refuses where something stands on what they made.
func (k *Keeper) without(ctx context.Context, q db.Querier, s *stored, ids []int64) (gone []Change, err error) {
	old := s.truth
	before := derive(&old, s.ids)
	out := takeOut(s, before, ids)
	if out.err != nil {
		return nil, out.err
	}
	s.truth = out.truth
	return out.gone, k.nothingHangs(ctx, q, out.lost, old.Changes, before.uses, ids)
}

// lostUnits are those that the first history has and the second has not.
func lostUnits(before, now *history) map[UnitID]*Unit {
	lost := before.byID()
	for _, u := range now.units {
		delete(lost, u.ID)
	}
	return lost
}

// nothingHangs refuses when acts entered later, or anything else, stand on units that would be no more. An act
// entered before the undone ones meant the units that come back.
func (k *Keeper) nothingHangs(ctx context.Context, q db.Querier, lost map[UnitID]*Unit, acts []Change, uses []use, undone []int64) error {
	var r Refusal
	said := map[int]bool{}
	for _, x := range uses {
		c := &acts[x.change]
		if u := lost[x.unit]; u != nil && !said[x.change] && c.ID > slices.Max(undone) {
			said[x.change] = true
			r.Reasons = append(r.Reasons, Reason{Change: c.ID, Where: u.Code + " " + u.now().Name,
				Say: fmt.Sprintf("việc số %d đã nhập trước (%s) dựa vào đơn vị này; hãy hoàn tác việc đó trước.", c.ID, c.title())})
		}
	}
	if k.Hooks == nil || len(lost) == 0 {
		return r.err()
	}
	hanging, err := k.Hooks.Hanging(ctx, q, slices.Sorted(maps.Keys(lost)), civil.Floor)
	if err != nil {
		return fmt.Errorf("what hangs on the units to be undone: %w", err)
	}
	for _, x := range hanging {
		u := lost[x.Unit]
		r.Reasons = append(r.Reasons, Reason{Where: strings.TrimSpace(u.Code + " " + u.now().Name), Say: fmt.Sprintf("đơn vị này sẽ không còn trong lịch sử mà còn %d %s (từ %s đến %s); hãy chuyển sang đơn vị khác trước.",
			x.Count, x.What, x.First.Vi(), x.Last.Vi())})
	}
	return r.err()
}

func markUndone(ctx context.Context, tx *db.Tx, gone []Change, actor string) error {
	now := time.Now()
	for i := range gone {
		leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: "undo", Subject: "change", SubjectID: gone[i].ID,
			Content: canonical(&gone[i]), Actor: actor, At: now})
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE org_change SET undone_ms = $1, undo_leaf = $2 WHERE id = $3`, now.UnixMilli(), leaf, gone[i].ID)
		if err != nil {
			return err
		}
	}
	return nil
}

// Reason is one thing that stands against an act.
type Reason struct {
	Where  string `json:"where,omitempty"`  // row of the file, or the unit
	Change int64  `json:"change,omitempty"` // an act entered before that would become invalid
	Say    string `json:"say"`
}

// Refusal lists all that stands against what was asked.
type Refusal struct {
	Reasons []Reason `json:"reasons"`
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("refused for %d reasons", len(r.Reasons))
}

// err is nil where there is no reason against.
func (r *Refusal) err() error {
	if len(r.Reasons) == 0 {
		return nil
	}
	var text strings.Builder
	text.WriteString("Không thực hiện được, chưa có gì thay đổi:")
	for i, x := range r.Reasons {
		if i == 12 && len(r.Reasons) > 14 {
			fmt.Fprintf(&text, "\n- … và %d lý do khác.", len(r.Reasons)-i)
			break
		}
		text.WriteString("\n- ")
		if x.Where != "" {
			text.WriteString(x.Where + ": ")
		}
		text.WriteString(x.Say)
	}
	return fault.Wrap(r, fault.Conflict, text.String())
}

// refuse turns problems into a refusal; acts before first were entered earlier.
func refuse(t *Truth, problems []Problem, first int) error {
	return (&Refusal{Reasons: reasons(t, problems, first)}).err()
}

func reasons(t *Truth, problems []Problem, first int) []Reason {
	var out []Reason
	for _, p := range problems {
		x := Reason{Say: p.Vi}
		switch {
		case p.Change >= first:
			x.Where = t.Changes[p.Change].where()
		case p.Change >= 0:
			c := &t.Changes[p.Change]
			x.Change = c.ID
			x.Where = fmt.Sprintf("việc số %d đã nhập trước (%s) sẽ không còn đúng", c.ID, c.title())
		}
		out = append(out, x)
	}
	return out
}
