package org

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"danvan/internal/civil"
	"danvan/internal/db"
)

// versionKey is the meta key that every change of units bumps.
const versionKey = "org_version"

// stored is the truth with the numbers that are given to what follows from it.
type stored struct {
	truth   Truth
	ids     map[Key]UnitID
	live    map[UnitID]bool
	floor   map[Key]bool
	eras    []EraRow
	version int64
}

// LoadTree reads the truth and derives the snapshot that stands in the database.
func LoadTree(ctx context.Context, q db.Querier) (*Tree, error) {
	at, err := loadStanding(ctx, q)
	if err != nil {
		return nil, err
	}
	return at.tree, nil
}

// loadStanding reads the truth and derives what follows from it.
func loadStanding(ctx context.Context, q db.Querier) (*standing, error) {
	s, err := load(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("load units: %w", err)
	}
	h := derive(&s.truth, s.ids)
	if len(h.problems) > 0 {
		return nil, fmt.Errorf("stored units have no consistent history: %s", h.problems[0].Vi)
	}
	known := make(map[eraKey]EraID, len(s.eras))
	for _, e := range s.eras {
		known[eraKey{e.Unit, e.From, e.To}] = e.ID
	}
	lost := 0
	t := newTree(h, s.truth.Changes, func(u UnitID, from, to civil.Date) EraID {
		id, ok := known[eraKey{u, from, to}]
		if !ok {
			lost--
			return EraID(lost)
		}
		return id
	})
	if lost < 0 {
		return nil, fmt.Errorf("stored units: %d eras are missing in table era", -lost)
	}
	t.Version = s.version
	return &standing{stored: s, history: h, tree: t}, nil
}

// eraKey is what makes an era the same era.
type eraKey struct {
	unit     UnitID
	from, to civil.Date
}

func load(ctx context.Context, q db.Querier) (*stored, error) {
	s := &stored{ids: map[Key]UnitID{}, live: map[UnitID]bool{}, floor: map[Key]bool{}}
	for _, step := range []func(context.Context, db.Querier) error{s.readVersion, s.readUnits, s.readChanges, s.readSources, s.readRules, s.readEras} {
		if err := step(ctx, q); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *stored) readVersion(ctx context.Context, q db.Querier) error {
	text, err := db.Meta(ctx, q, versionKey)
	if err != nil || text == "" {
		return err
	}
	s.version, err = strconv.ParseInt(text, 10, 64)
	return err
}

func (s *stored) readUnits(ctx context.Context, q db.Querier) error {
	rows, err := q.QueryContext(ctx, `SELECT id, code, opened, live, floor, name, type, level, parent, inferred, no_data, status, source, note
		FROM org_unit ORDER BY opened, code`)
	return each(rows, err, func() error {
		var id UnitID
		var u FloorUnit
		var live, floor bool
		if err := rows.Scan(&id, &u.Code, &u.Opened, &live, &floor, &u.Name, &u.Type, &u.Level, &u.Parent,
			&u.Inferred, &u.NoData, &u.Status, &u.Source, &u.Note); err != nil {
			return err
		}
		k := Key{u.Code, u.Opened}
		s.ids[k] = id
		s.live[id] = live
		if floor {
			s.floor[k] = true
			s.truth.Floor = append(s.truth.Floor, u)
		}
		return nil
	})
}

func (s *stored) readChanges(ctx context.Context, q db.Querier) error {
	rows, err := q.QueryContext(ctx, `SELECT id, day, kind, number, decided, code, name, type, level, parent, bodies, states, status, source, note
		FROM org_change WHERE undone_ms IS NULL ORDER BY day, id`)
	return each(rows, err, func() error {
		var c Change
		if err := rows.Scan(&c.ID, &c.Day, &c.Kind, &c.Number, &c.Decided, &c.Code, &c.Name, &c.Type, &c.Level, &c.Parent,
			&c.Bodies, &c.States, &c.Status, &c.Source, &c.Note); err != nil {
			return err
		}
		s.truth.Changes = append(s.truth.Changes, c)
		return nil
	})
}

func (s *stored) readSources(ctx context.Context, q db.Querier) error {
	at := make(map[int64]int, len(s.truth.Changes))
	for i := range s.truth.Changes {
		at[s.truth.Changes[i].ID] = i
	}
	rows, err := q.QueryContext(ctx, `SELECT s.change, s.code, s.population, s.area, s.households
		FROM org_change_source s JOIN org_change c ON c.id = s.change WHERE c.undone_ms IS NULL ORDER BY s.change, s.code`)
	return each(rows, err, func() error {
		var change int64
		var code string
		var p, a, h sql.NullInt64
		if err := rows.Scan(&change, &code, &p, &a, &h); err != nil {
			return err
		}
		c := &s.truth.Changes[at[change]]
		c.Sources = append(c.Sources, Source{code, Parts{orUnknown(p), orUnknown(a), orUnknown(h)}})
		return nil
	})
}

func orUnknown(n sql.NullInt64) int64 {
	if !n.Valid {
		return Unknown
	}
	return n.Int64
}

func orNull(n int64) any {
	if n == Unknown {
		return nil
	}
	return n
}

func (s *stored) readRules(ctx context.Context, q db.Querier) error {
	rows, err := q.QueryContext(ctx, `SELECT content FROM body_rule ORDER BY id`)
	return each(rows, err, func() error {
		var text string
		if err := rows.Scan(&text); err != nil {
			return err
		}
		var r BodyRule
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return fmt.Errorf("body rule: %w", err)
		}
		s.truth.Rules = append(s.truth.Rules, r)
		return nil
	})
}

func (s *stored) readEras(ctx context.Context, q db.Querier) error {
	rows, err := q.QueryContext(ctx, `SELECT id, unit, day_from, day_to FROM era`)
	return each(rows, err, func() error {
		var e EraRow
		if err := rows.Scan(&e.ID, &e.Unit, &e.From, &e.To); err != nil {
			return err
		}
		s.eras = append(s.eras, e)
		return nil
	})
}

// each reads all rows and closes them.
func each(rows *sql.Rows, err error, row func() error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// version reads only the number that every change bumps.
func version(ctx context.Context, q db.Querier) (int64, error) {
	var s stored
	err := s.readVersion(ctx, q)
	return s.version, err
}

// insertChanges writes acts with their leaves.
func insertChanges(ctx context.Context, tx *db.Tx, acts []Change, leaves []int64, atMS int64) error {
	rows := make([][]any, len(acts))
	var sources [][]any
	for i := range acts {
		c := &acts[i]
		rows[i] = []any{c.ID, contentKey(c), int64(c.Day), c.Kind, c.Number, int64(c.Decided), c.Code, c.Name, c.Type, c.Level, c.Parent,
			c.Bodies, c.States, c.Status, c.Source, c.Note, atMS, leaves[i]}
		for _, s := range c.Sources {
			sources = append(sources, []any{c.ID, s.Code, orNull(s.Parts.Population), orNull(s.Parts.Area), orNull(s.Parts.Households)})
		}
	}
	err := tx.Insert(ctx, "org_change", []string{"id", "content_key", "day", "kind", "number", "decided", "code", "name", "type", "level",
		"parent", "bodies", "states", "status", "source", "note", "at_ms", "leaf"}, rows)
	if err != nil {
		return err
	}
	return tx.Insert(ctx, "org_change_source", []string{"change", "code", "population", "area", "households"}, sources)
}

var unitColumns = []string{"id", "code", "opened", "live", "floor", "name", "type", "level", "parent", "inferred", "no_data", "status", "source", "note"}

func unitRow(id UnitID, u *FloorUnit, floor bool) []any {
	return []any{int64(id), u.Code, int64(u.Opened), true, floor, u.Name, u.Type, u.Level, u.Parent, u.Inferred, int64(u.NoData), u.Status, u.Source, u.Note}
}

// saveUnits gives numbers to units that are new in the history, and marks which numbered ones it holds.
func (s *stored) saveUnits(ctx context.Context, tx *db.Tx, h *history) error {
	var fresh [][]any
	var wake, sleep []any
	held := make(map[UnitID]bool, len(h.units))
	floor := make(map[Key]*FloorUnit, len(s.truth.Floor))
	for i := range s.truth.Floor {
		floor[Key{s.truth.Floor[i].Code, s.truth.Floor[i].Opened}] = &s.truth.Floor[i]
	}
	for _, u := range h.units {
		held[u.ID] = true
		k := Key{u.Code, u.Opened}
		live, known := s.live[u.ID]
		f := floor[k]
		switch {
		case !known && f != nil:
			fresh = append(fresh, unitRow(u.ID, f, true))
		case !known:
			fresh = append(fresh, unitRow(u.ID, &FloorUnit{Code: u.Code, Opened: u.Opened}, false))
		case !live:
			wake = append(wake, int64(u.ID))
		}
	}
	for id, live := range s.live {
		if live && !held[id] {
			sleep = append(sleep, int64(id))
		}
	}
	if err := tx.Insert(ctx, "org_unit", unitColumns, fresh); err != nil {
		return err
	}
	if err := inBatches(ctx, tx, `UPDATE org_unit SET live = TRUE WHERE id IN (`, wake); err != nil {
		return err
	}
	return inBatches(ctx, tx, `UPDATE org_unit SET live = FALSE WHERE id IN (`, sleep)
}

// saveEras writes the difference between the stored eras and those of the tree, and returns it.
func (s *stored) saveEras(ctx context.Context, tx *db.Tx, t *Tree, known map[eraKey]EraID) (removed []EraID, added []Era, err error) {
	var rows [][]any
	for _, e := range t.eras {
		k := eraKey{e.Unit, e.From, e.To}
		if _, ok := known[k]; ok {
			delete(known, k)
			continue
		}
		added = append(added, e)
		rows = append(rows, []any{int64(e.ID), int64(e.Unit), int64(e.From), int64(e.To)})
	}
	var gone []any
	for _, id := range known {
		removed = append(removed, id)
	}
	slices.Sort(removed)
	for _, id := range removed {
		gone = append(gone, int64(id))
	}
	if err := inBatches(ctx, tx, `DELETE FROM era WHERE id IN (`, gone); err != nil {
		return nil, nil, err
	}
	return removed, added, tx.Insert(ctx, "era", []string{"id", "unit", "day_from", "day_to"}, rows)
}

// inBatches runs a statement that ends in "IN (" over many numbers.
func inBatches(ctx context.Context, tx *db.Tx, statement string, args []any) error {
	for batch := range slices.Chunk(args, 250) {
		list := make([]byte, 0, 8*len(batch))
		for i := range batch {
			if i > 0 {
				list = append(list, ',')
			}
			list = append(list, '$')
			list = strconv.AppendInt(list, int64(i+1), 10)
		}
		if _, err := tx.ExecContext(ctx, statement+string(list)+`)`, batch...); err != nil {
			return err
		}
	}
	return nil
}
