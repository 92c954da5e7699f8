package org

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/fault"
)

// States of a draft.
const (
	DraftOpen    = "open"    // being written
	DraftDone    = "done"    // carried out
	DraftUndone  = "undone"  // carried out, then taken back
	DraftDropped = "dropped" // thrown away
)

// Plan is what a draft says: acts with the words of the decision that they share.
type Plan struct {
	Title   string     `json:"title"`
	Day     civil.Date `json:"day,omitempty"` // first day on which the acts hold; 0: each act has its own (a file of many days)
	Number  string     `json:"number,omitempty"`
	Decided civil.Date `json:"decided,omitempty"`
	Source  string     `json:"source,omitempty"`
	File    string     `json:"file,omitempty"` // the file that the acts were read from
	Acts    []Change   `json:"acts"`
}

// Draft is a set of acts in the making. Nothing of it counts until it is carried out.
type Draft struct {
	ID       int64
	State    string
	Revision int64 // grows with every saving
	Plan     Plan
	Actor    string // who saved it last
	AtMS     int64
}

const selectDraft = `SELECT id, state, revision, content, actor, at_ms FROM unit_draft`

// Drafts lists all drafts that were not thrown away, the last saved first.
func Drafts(ctx context.Context, q db.Querier) ([]Draft, error) {
	var out []Draft
	rows, err := q.QueryContext(ctx, selectDraft+` WHERE state <> 'dropped' ORDER BY at_ms DESC, id DESC`)
	err = each(rows, err, func() error {
		d, err := scanDraft(rows)
		out = append(out, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list drafts of units: %w", err)
	}
	return out, nil
}

// ReadDraft gives one draft.
func ReadDraft(ctx context.Context, q db.Querier, id int64) (Draft, error) {
	d, err := scanDraft(q.QueryRowContext(ctx, selectDraft+` WHERE id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) || err == nil && d.State == DraftDropped {
		return d, fault.Newf(fault.NotFound, "Không có bản nháp sắp xếp số %d, hoặc bản nháp đã được bỏ. Xem các bản nháp ở trang Sắp xếp đơn vị.", id)
	}
	if err != nil {
		return d, fmt.Errorf("read draft %d: %w", id, err)
	}
	return d, nil
}

func scanDraft(row interface{ Scan(...any) error }) (d Draft, err error) {
	var content string
	if err := row.Scan(&d.ID, &d.State, &d.Revision, &content, &d.Actor, &d.AtMS); err != nil {
		return d, err
	}
	if err := json.Unmarshal([]byte(content), &d.Plan); err != nil {
		return d, fmt.Errorf("draft %d: %w", d.ID, err)
	}
	return d, nil
}

// SaveDraft writes a new draft (ID 0), or the next revision of an open one. It refuses when somebody else has saved
// or carried out the draft since it was read.
func SaveDraft(ctx context.Context, tx *db.Tx, d *Draft, actor string) error {
	if d.Plan.Acts == nil {
		d.Plan.Acts = []Change{}
	}
	content, err := json.Marshal(d.Plan)
	if err != nil {
		return err
	}
	d.Actor, d.AtMS = actor, time.Now().UnixMilli()
	if d.ID == 0 {
		if d.ID, err = tx.ID(ctx, "unit_draft"); err != nil {
			return err
		}
		d.State, d.Revision = DraftOpen, 1
		_, err = tx.ExecContext(ctx, `INSERT INTO unit_draft (id, state, revision, content, actor, at_ms) VALUES ($1, $2, $3, $4, $5, $6)`,
			d.ID, d.State, d.Revision, string(content), d.Actor, d.AtMS)
		return err
	}
	return d.turn(ctx, tx, DraftOpen, DraftOpen, string(content))
}

// DropDraft throws an open draft away.
func DropDraft(ctx context.Context, tx *db.Tx, d *Draft, actor string) error {
	d.Actor, d.AtMS = actor, time.Now().UnixMilli()
	content, err := json.Marshal(d.Plan)
	if err != nil {
		return err
	}
	return d.turn(ctx, tx, DraftOpen, DraftDropped, string(content))
}

// turn saves the draft's next revision, if it still stands as it was read.
func (d *Draft) turn(ctx context.Context, tx *db.Tx, from, to, content string) error {
	res, err := tx.ExecContext(ctx, `UPDATE unit_draft SET state = $1, revision = revision + 1, content = $2, actor = $3, at_ms = $4
		WHERE id = $5 AND revision = $6 AND state = $7`, to, content, d.Actor, d.AtMS, d.ID, d.Revision, from)
	if err != nil {
		return fmt.Errorf("save draft %d: %w", d.ID, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.Newf(fault.Conflict, "Bản nháp số %d vừa được người khác sửa hoặc thực hiện. Hãy mở lại bản nháp rồi làm tiếp.", d.ID)
	}
	d.State, d.Revision = to, d.Revision+1
	return nil
}

// Touches lists the units that acts are about, as they stand before the acts: sources, the bearers of their codes,
// parents. whole reports that an act opens a unit below none of them: it is about the country as a whole.
func Touches(t *Tree, acts []Change) (units []UnitID, whole bool) {
	made := map[string]bool{}
	for _, c := range acts {
		made[c.Code] = true
	}
	add := func(code string, day civil.Date) bool {
		u := t.On(code, day)
		if u != nil && !slices.Contains(units, u.ID) {
			units = append(units, u.ID)
		}
		return u != nil || made[code]
	}
	for _, c := range acts {
		eve := c.Day.AddDays(-1)
		for _, s := range c.Sources {
			whole = !add(s.Code, eve) || whole
		}
		add(c.Code, eve)
		if c.Parent != "" {
			whole = !(add(c.Parent, eve) || add(c.Parent, c.Day)) || whole
		} else if host, abbr := hostOf(c.Code); c.Kind == Open && (abbr == "" || !add(host, c.Day)) {
			whole = true
		}
	}
	return units, whole
}

// Subject is the unit over which somebody must have the right to change units, to carry acts out: the lowest that
// stands above all that they touch. It is 0 where there is none below the country itself.
func Subject(t *Tree, acts []Change, today civil.Date) UnitID {
	units, whole := Touches(t, acts)
	var common []UnitID
	for i, id := range units {
		u := t.Unit(id)
		chain := t.Chain(id, max(min(acts[0].Day.AddDays(-1), u.Closed.AddDays(-1)), u.Opened))
		if i == 0 {
			common = chain
		}
		common = slices.DeleteFunc(slices.Clone(common), func(x UnitID) bool { return !slices.Contains(chain, x) })
	}
	if !whole && len(common) > 0 {
		return common[0]
	}
	if roots := t.Roots(today); len(roots) == 1 {
		return roots[0]
	}
	return 0
}
