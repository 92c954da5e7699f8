package org

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"danvan/internal/audit"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// Acts of decisions.
const (
	CarriedOut = "carry_out"
	TakenBack  = "undo"
)

// Decision says who carried acts out or took them back, when and why. Its leaf in the log seals all of it.
type Decision struct {
	ID      int64   `json:"id"`
	Act     string  `json:"act"`
	Draft   int64   `json:"draft,omitempty"` // 0: none
	Changes []int64 `json:"changes"`
	Reason  string  `json:"reason"`
	Actor   string  `json:"-"`
	AtMS    int64   `json:"-"`
	Leaf    int64   `json:"-"`
}

// ErrStale is wrapped by CarryOut when the units have changed since the preview.
var ErrStale = errors.New("units have changed since the preview")

// CarryOut enters the acts of a draft as one set, in the caller's transaction. seen is the version of the tree that
// the preview was made on: where the units have changed since, it refuses, and the draft is to be previewed anew.
func (k *Keeper) CarryOut(ctx context.Context, tx *db.Tx, d *Draft, seen int64, reason, actor string) (*Applied, error) {
	s, err := begin(ctx, tx)
	if err != nil {
		return nil, err
	}
	if s.version-1 != seen {
		return nil, fault.Wrap(ErrStale, fault.Conflict, "Cây đơn vị đã thay đổi kể từ lúc xem trước. Hãy xem trước lại rồi thực hiện.")
	}
	done, err := k.applyTo(ctx, tx, s, d.Plan.Acts, actor)
	if err != nil {
		return nil, err
	}
	if len(done.Changes) == 0 {
		return nil, fault.New(fault.Conflict, "Mọi việc trong bản nháp đã có trong hệ thống từ trước; không có gì để thực hiện.")
	}
	if err := d.move(ctx, tx, DraftOpen, DraftDone, actor); err != nil {
		return nil, err
	}
	return done, decide(ctx, tx, Decision{Act: CarriedOut, Draft: d.ID, Changes: done.Changes, Reason: reason, Actor: actor})
}

// TakeBack undoes acts in the caller's transaction, with a reason. d is the draft that entered them, nil for none.
func (k *Keeper) TakeBack(ctx context.Context, tx *db.Tx, d *Draft, ids []int64, reason, actor string) error {
	if err := k.undoIn(ctx, tx, actor, ids); err != nil {
		return err
	}
	out := Decision{Act: TakenBack, Changes: ids, Reason: reason, Actor: actor}
	if d != nil {
		if err := d.move(ctx, tx, DraftDone, DraftUndone, actor); err != nil {
			return err
		}
		out.Draft = d.ID
	}
	return decide(ctx, tx, out)
}

func (d *Draft) move(ctx context.Context, tx *db.Tx, from, to, actor string) error {
	d.Actor, d.AtMS = actor, time.Now().UnixMilli()
	content, err := json.Marshal(d.Plan)
	if err != nil {
		return err
	}
	return d.turn(ctx, tx, from, to, string(content))
}

// decide writes a decision with its leaf.
func decide(ctx context.Context, tx *db.Tx, x Decision) error {
	var err error
	if x.ID, err = tx.ID(ctx, "unit_decision"); err != nil {
		return err
	}
	at := time.Now()
	leaf, err := audit.Append(ctx, tx, audit.Leaf{Act: x.Act, Subject: "unit_decision", SubjectID: x.ID, Content: x.canonical(), Actor: x.Actor, At: at})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO unit_decision (id, act, draft, reason, actor, at_ms, leaf) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		x.ID, x.Act, sql.NullInt64{Int64: x.Draft, Valid: x.Draft != 0}, x.Reason, x.Actor, at.UnixMilli(), leaf)
	if err != nil {
		return fmt.Errorf("save decision on units: %w", err)
	}
	rows := make([][]any, len(x.Changes))
	for i, id := range x.Changes {
		rows[i] = []any{id, x.ID}
	}
	return tx.Insert(ctx, "unit_decision_change", []string{"change", "decision"}, rows)
}

// canonical is the decision as its leaf seals it.
func (x Decision) canonical() []byte {
	x.Changes = slices.Clone(x.Changes)
	slices.Sort(x.Changes)
	out, err := json.Marshal(x)
	if err != nil { // numbers and strings always marshal
		panic(err)
	}
	return out
}

const selectDecision = `SELECT d.id, d.act, coalesce(d.draft, 0), d.reason, d.actor, d.at_ms, d.leaf FROM unit_decision d`

// DecisionsOf lists what was decided on one act, oldest first.
func DecisionsOf(ctx context.Context, q db.Querier, change int64) ([]Decision, error) {
	return readDecisions(ctx, q, selectDecision+` JOIN unit_decision_change x ON x.decision = d.id WHERE x.change = $1 ORDER BY d.id`, change)
}

// DecisionsOfDraft lists what was decided on one draft, oldest first.
func DecisionsOfDraft(ctx context.Context, q db.Querier, draft int64) ([]Decision, error) {
	return readDecisions(ctx, q, selectDecision+` WHERE d.draft = $1 ORDER BY d.id`, draft)
}

func readDecisions(ctx context.Context, q db.Querier, query string, args ...any) ([]Decision, error) {
	var out []Decision
	rows, err := q.QueryContext(ctx, query, args...)
	err = each(rows, err, func() error {
		var x Decision
		err := rows.Scan(&x.ID, &x.Act, &x.Draft, &x.Reason, &x.Actor, &x.AtMS, &x.Leaf)
		out = append(out, x)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read decisions on units: %w", err)
	}
	for i := range out {
		rows, err := q.QueryContext(ctx, `SELECT change FROM unit_decision_change WHERE decision = $1 ORDER BY change`, out[i].ID)
		err = each(rows, err, func() error {
			var id int64
			err := rows.Scan(&id)
			out[i].Changes = append(out[i].Changes, id)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read acts of decision: %w", err)
		}
	}
	return out, nil
}

// Entered is an act as it stands in the database: with who entered it, when, and whether it was taken back.
type Entered struct {
	Change
	AtMS     int64
	Leaf     audit.Row
	UndoneMS int64      // 0: in force
	UndoLeaf *audit.Row // nil: in force
}

// ReadEntered gives one act, in force or taken back.
func ReadEntered(ctx context.Context, q db.Querier, id int64) (Entered, error) {
	var e Entered
	var leaf int64
	var undone, undoLeaf sql.NullInt64
	c := &e.Change
	err := q.QueryRowContext(ctx, `SELECT id, day, kind, number, decided, code, name, type, level, parent, bodies, states, status, source, note,
		at_ms, leaf, undone_ms, undo_leaf FROM org_change WHERE id = $1`, id).Scan(&c.ID, &c.Day, &c.Kind, &c.Number, &c.Decided, &c.Code, &c.Name,
		&c.Type, &c.Level, &c.Parent, &c.Bodies, &c.States, &c.Status, &c.Source, &c.Note, &e.AtMS, &leaf, &undone, &undoLeaf)
	if errors.Is(err, sql.ErrNoRows) {
		return e, fault.Newf(fault.NotFound, "Không có việc sắp xếp số %d. Xem các việc ở trang của từng đơn vị.", id)
	}
	if err != nil {
		return e, fmt.Errorf("read act %d: %w", id, err)
	}
	rows, err := q.QueryContext(ctx, `SELECT code, population, area, households FROM org_change_source WHERE change = $1 ORDER BY code`, id)
	err = each(rows, err, func() error {
		var src Source
		var p, a, h sql.NullInt64
		err := rows.Scan(&src.Code, &p, &a, &h)
		src.Parts = Parts{orUnknown(p), orUnknown(a), orUnknown(h)}
		c.Sources = append(c.Sources, src)
		return err
	})
	if err != nil {
		return e, fmt.Errorf("read sources of act %d: %w", id, err)
	}
	if e.Leaf, err = audit.Read(ctx, q, leaf); err != nil {
		return e, err
	}
	e.UndoneMS = undone.Int64
	if undoLeaf.Valid {
		row, err := audit.Read(ctx, q, undoLeaf.Int64)
		if err != nil {
			return e, err
		}
		e.UndoLeaf = &row
	}
	return e, nil
}
