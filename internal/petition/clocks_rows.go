package petition

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"danvan/internal/civil"
	"danvan/internal/clock"
	"danvan/internal/db"
	"danvan/internal/org"
)

// Told is one clock of a case as it was told.
type Told struct {
	ID       int64
	Entry    int64
	Deadline clock.Deadline
	Edition  string // hash of the catalogue by which it was reckoned
	Set      time.Time
	Replaced time.Time // zero while it stands
	Why      string    // why it was replaced
}

// Told are all rows of a case's clocks: those that stand first, each with those that it took the place of after it.
func (k *Clocks) Told(ctx context.Context, q db.Querier, entry int64) ([]Told, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, calculation, edition, set_ms, ended_on, replaced_ms, replaced_why
		FROM petition_clock WHERE entry = $1 ORDER BY CASE WHEN replaced_ms IS NULL THEN 0 ELSE 1 END, id DESC`, entry)
	if err != nil {
		return nil, fmt.Errorf("clocks of %d: %w", entry, err)
	}
	defer rows.Close()
	var out []Told
	for rows.Next() {
		t := Told{Entry: entry}
		var text string
		var set int64
		var ended sql.Null[int32]
		var replaced sql.Null[int64]
		if err := rows.Scan(&t.ID, &text, &t.Edition, &set, &ended, &replaced, &t.Why); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &t.Deadline); err != nil {
			return nil, fmt.Errorf("calculation of clock %d: %w", t.ID, err)
		}
		t.Set = time.UnixMilli(set)
		if replaced.Valid {
			t.Replaced = time.UnixMilli(replaced.V)
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

// tell stores a clock as it is told now.
func (k *Clocks) tell(ctx context.Context, tx *db.Tx, entry int64, d *clock.Deadline) error {
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("clock %s of %d: %w", d.Clock, entry, err)
	}
	id, err := tx.ID(ctx, "petition_clock")
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO petition_clock (id, entry, clock, owed, start_on, due_on, calculation, edition, calendar,
		set_ms, ended_on, replaced_ms, replaced_why) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, NULL, '')`,
		id, entry, d.Clock, d.ByOffice(), int32(d.Start), dayOrNull(d.Due), string(text), k.Law().Edition.Hash, d.Calendar,
		k.now().UnixMilli(), dayOrNull(d.Ended))
	if err != nil {
		return fmt.Errorf("tell clock %s of %d: %w", d.Clock, entry, err)
	}
	return nil
}

// replace takes a clock out of force; the row stays with the reason.
func (k *Clocks) replace(ctx context.Context, tx *db.Tx, id int64, why string) error {
	_, err := tx.ExecContext(ctx, `UPDATE petition_clock SET replaced_ms = $2, replaced_why = $3 WHERE id = $1`, id, k.now().UnixMilli(), why)
	if err != nil {
		return fmt.Errorf("replace clock %d: %w", id, err)
	}
	return nil
}

// end writes down the event that ended a clock, or that none does any more.
func (k *Clocks) end(ctx context.Context, tx *db.Tx, id int64, d *clock.Deadline) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE petition_clock SET ended_on = $2, calculation = $3 WHERE id = $1`, id, dayOrNull(d.Ended), string(text))
	if err != nil {
		return fmt.Errorf("end clock %d: %w", id, err)
	}
	return nil
}

func dayOrNull(d civil.Date) any {
	if d == 0 {
		return nil
	}
	return int32(d)
}

// mark says that the case's clocks are those of its version under the law of today.
func (k *Clocks) mark(ctx context.Context, tx *db.Tx, c *Case) error {
	err := tx.Upsert(ctx, "petition_clocked", clockedCols, [][]any{{c.Entry, c.Version, k.Law().Hash, c.Kind, c.Class, c.Code}}, clockedAgain)
	if err != nil {
		return fmt.Errorf("mark clocks of %d: %w", c.Entry, err)
	}
	return nil
}

var clockedCols = []string{"entry", "version", "law", "kind", "class", "code"}

const clockedAgain = " ON CONFLICT (entry) DO UPDATE SET version = excluded.version, law = excluded.law, class = excluded.class, code = excluded.code WHERE petition_clocked.version <= excluded.version"

// Running is one clock that the office still has to keep, for lists. It says nothing of what the case is about.
type Running struct {
	Entry    int64
	Kind     string
	Unit     org.UnitID
	Day      civil.Date
	Class    string
	Code     string
	Officer  int64 // accounts that it was given to, 0 for none
	Verifier int64
	Deadline clock.Deadline
}

// Open are the clocks that bind offices and have not ended, with those that stand still, in the order of their days. Without
// units it is those of all.
func (k *Clocks) Open(ctx context.Context, q db.Querier, of func(org.UnitID) bool) ([]Running, error) {
	rows, err := q.QueryContext(ctx, `SELECT p.entry, c.kind, e.unit, e.day, c.class, c.code, p.calculation,
		COALESCE(o.account, 0), COALESCE(v.account, 0) FROM petition_clock p
		JOIN entry e ON e.id = p.entry JOIN petition_clocked c ON c.entry = p.entry
		LEFT JOIN letter_hand o ON o.entry = p.entry AND o.role = 'officer' LEFT JOIN letter_hand v ON v.entry = p.entry AND v.role = 'verifier'
		WHERE p.replaced_ms IS NULL AND p.ended_on IS NULL AND p.owed AND e.state <> 'void'
		ORDER BY CASE WHEN p.due_on IS NULL THEN 1 ELSE 0 END, p.due_on, p.entry, p.clock`)
	if err != nil {
		return nil, fmt.Errorf("running clocks: %w", err)
	}
	defer rows.Close()
	var out []Running
	for rows.Next() {
		var r Running
		var unit int64
		var day int32
		var text string
		if err := rows.Scan(&r.Entry, &r.Kind, &unit, &day, &r.Class, &r.Code, &text, &r.Officer, &r.Verifier); err != nil {
			return nil, err
		}
		r.Unit, r.Day = org.UnitID(unit), civil.Date(day)
		if of != nil && !of(r.Unit) {
			continue
		}
		if err := json.Unmarshal([]byte(text), &r.Deadline); err != nil {
			return nil, fmt.Errorf("calculation of %d: %w", r.Entry, err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}
