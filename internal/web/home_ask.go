package web

import (
	"context"
	"fmt"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// inMemory reports whether heads can be held: their leaves come in the order of the commits.
func (s *server) inMemory() bool { return s.DB.Engine() == db.SQLite }

// countEntries counts the entries of a period by body, kind and state.
func (s *server) countEntries(ctx context.Context, p civil.Period) (out []counted, err error) {
	if s.inMemory() {
		err = s.heads.see(ctx, s.DB, func(h *heads) { out = h.count(p) })
		return out, err
	}
	rows, err := s.DB.Read().QueryContext(ctx, `SELECT unit, kind, state, count(*) FROM entry
		WHERE day BETWEEN $1 AND $2 AND state <> 'void' GROUP BY unit, kind, state`, int32(p.From), int32(p.To))
	if err != nil {
		return nil, fmt.Errorf("count entries of %s: %w", p, err)
	}
	defer rows.Close()
	for rows.Next() {
		var c counted
		if err := rows.Scan(&c.Unit, &c.Kind, &c.State, &c.N); err != nil {
			return nil, fmt.Errorf("read counts: %w", err)
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// waitingIDs are the newest entries of a period that wait for being confirmed, of some units.
func (s *server) waitingIDs(ctx context.Context, p civil.Period, under map[org.UnitID]bool) (ids []int64, err error) {
	if s.inMemory() {
		err = s.heads.see(ctx, s.DB, func(h *heads) {
			ids = h.newest(listedRows, func(x *head) bool {
				return x.state == headRecorded && x.day >= p.From && x.day <= p.To && under[x.unit]
			}, byDay)
		})
		return ids, err
	}
	err = s.scanHeads(ctx, func(id int64, unit org.UnitID, state string) bool {
		if state == "recorded" && under[unit] {
			ids = append(ids, id)
		}
		return len(ids) < listedRows
	}, `SELECT id, unit, state FROM entry WHERE day BETWEEN $1 AND $2 ORDER BY day DESC, id DESC LIMIT $3`,
		int32(p.From), int32(p.To), readAhead)
	return ids, err
}

// lastActedOn are the entries of some units that were acted on last.
func (s *server) lastActedOn(ctx context.Context, under map[org.UnitID]bool) (ids []int64, err error) {
	if s.inMemory() {
		err = s.heads.see(ctx, s.DB, func(h *heads) {
			ids = h.newest(listedRows, func(x *head) bool { return under[x.unit] }, byAct)
		})
		return ids, err
	}
	err = s.scanHeads(ctx, func(id int64, unit org.UnitID, _ string) bool {
		if under[unit] {
			ids = append(ids, id)
		}
		return len(ids) < listedRows
	}, `SELECT id, unit, state FROM entry ORDER BY at_ms DESC, id DESC LIMIT $1`, readAhead)
	return ids, err
}

// readAhead is how many of the newest entries are looked through for those of one unit.
const readAhead = 3000

// scanHeads reads heads until take has enough.
func (s *server) scanHeads(ctx context.Context, take func(id int64, unit org.UnitID, state string) bool, query string, args ...any) error {
	rows, err := s.DB.Read().QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("look through entries: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var unit org.UnitID
		var state string
		if err := rows.Scan(&id, &unit, &state); err != nil {
			return fmt.Errorf("look through entries: %w", err)
		}
		if !take(id, unit, state) {
			break
		}
	}
	return rows.Err()
}
