package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"

	"danvan/internal/db"
	"danvan/internal/org"
)

// shelf keeps the entries of kinds in memory, so that lists can be filtered, sorted and summed by any field: fields
// are opaque to SQL. A kind is read when it is first asked for and kept while there is room. It is derived and may be
// dropped at any time.
//
// What is held is right for one version of the database. Each act leaves a leaf in its own transaction, so newer
// leaves name the entries that have changed; on SQLite ids of leaves grow in the order of their commits, and only
// those entries are read again. On PostgreSQL a smaller id may commit later, so after any commit the count of a kind's
// entries and the sum of their versions say whether it has changed: each act adds a version, and nothing is deleted.
type shelf struct {
	mu       sync.Mutex
	leaf     int64
	snapshot string // PostgreSQL only
	kinds    map[string]*shelved
	bytes    int64
	tick     int64
}

// shelfBytes bounds what is held.
const shelfBytes = 96 << 20

// mostReread is how many changed entries are read one by one before the kinds are read anew.
const mostReread = 2000

// shelved are the entries of one kind, newest day first. It is not changed once it is shared.
type shelved struct {
	rows  []shelfRow
	bytes int64
	used  int64

	snapshot string // PostgreSQL only: the last one in which it was right
	versions int64  // sum over the rows
}

// shelfRow is an entry with what lists choose it by.
type shelfRow struct {
	Head
	fold   string
	fields string
	actor  string // of the first version
}

const selectShelf = `SELECT e.id, e.key, e.kind, e.unit, e.place, e.day, e.state, e.version, e.edition, e.title, e.fold,
	coalesce(e.carries, 0), coalesce(e.batch, 0), e.at_ms, v.fields, f.actor FROM entry e
	JOIN entry_version v ON v.entry = e.id AND v.version = e.version
	JOIN entry_version f ON f.entry = e.id AND f.version = 1`

func scanShelf(s scanner, names map[string]string) (shelfRow, error) {
	var h headRow
	var r shelfRow
	var fields, actor string
	err := s.Scan(&h.id, &h.key, &h.kind, &h.unit, &h.place, &h.day, &h.state, &h.version, &h.edition, &h.title,
		&h.fold, &h.carries, &h.batch, &h.at, &fields, &actor)
	h.kind, h.edition, h.state, actor = same(names, h.kind), same(names, h.edition), State(same(names, string(h.state))), same(names, actor)
	r.Head, r.fold, r.fields, r.actor = h.public(), h.fold, fields, actor
	return r, err
}

// same is one string for equal ones, so that a hundred thousand rows hold a word once.
func same(names map[string]string, s string) string {
	if kept, ok := names[s]; ok {
		return kept
	}
	names[s] = s
	return s
}

func (r *shelfRow) size() int64 {
	return int64(240 + len(r.Key) + len(r.Title) + len(r.fold) + len(r.fields))
}

// get gives the entries of a kind as the snapshot q has them.
func (s *shelf) get(ctx context.Context, q db.Querier, engine db.Engine, kind string) (*shelved, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.refresh(ctx, q, engine); err != nil {
		return nil, err
	}
	s.tick++
	k := s.kinds[kind]
	if k != nil && k.snapshot != s.snapshot {
		still, err := k.holds(ctx, q, kind)
		if err != nil {
			return nil, err
		}
		if k.snapshot = s.snapshot; !still {
			s.bytes -= k.bytes
			k = nil
		}
	}
	if k == nil {
		k = &shelved{snapshot: s.snapshot}
		if err := k.load(ctx, q, kind); err != nil {
			return nil, err
		}
		s.keep(kind, k)
	}
	k.used = s.tick
	return k, nil
}

func (k *shelved) load(ctx context.Context, q db.Querier, kind string) error {
	names := map[string]string{}
	err := each(ctx, q, func(r scanner) error {
		row, err := scanShelf(r, names)
		k.rows = append(k.rows, row)
		k.bytes += row.size()
		k.versions += int64(row.Version)
		return err
	}, selectShelf+` WHERE e.kind = $1 ORDER BY e.day DESC, e.id DESC`, kind)
	if err != nil {
		return fmt.Errorf("read the entries of %s: %w", kind, err)
	}
	return nil
}

// holds says whether the kind is as it was read.
func (k *shelved) holds(ctx context.Context, q db.Querier, kind string) (bool, error) {
	var n, versions int64
	err := q.QueryRowContext(ctx, `SELECT count(*), CAST(coalesce(sum(version), 0) AS BIGINT) FROM entry WHERE kind = $1`, kind).Scan(&n, &versions)
	if err != nil {
		return false, fmt.Errorf("count the entries of %s: %w", kind, err)
	}
	return n == int64(len(k.rows)) && versions == k.versions, nil
}

// keep holds a kind and drops the ones that were used longest ago where there is no room.
func (s *shelf) keep(kind string, k *shelved) {
	if s.kinds == nil {
		s.kinds = map[string]*shelved{}
	}
	s.kinds[kind] = k
	for s.bytes += k.bytes; s.bytes > shelfBytes && len(s.kinds) > 1; {
		oldest := ""
		for name, other := range s.kinds {
			if other != k && (oldest == "" || other.used < s.kinds[oldest].used) {
				oldest = name
			}
		}
		s.bytes -= s.kinds[oldest].bytes
		delete(s.kinds, oldest)
	}
}

func (s *shelf) drop() { s.kinds, s.bytes = nil, 0 }

// refresh brings what is held to the snapshot of q.
func (s *shelf) refresh(ctx context.Context, q db.Querier, engine db.Engine) error {
	snapshot, err := engine.Snapshot(ctx, q)
	if err != nil {
		return err
	}
	var last sql.NullInt64
	if err := q.QueryRowContext(ctx, `SELECT max(id) FROM audit_leaf`).Scan(&last); err != nil {
		return fmt.Errorf("read last leaf: %w", err)
	}
	leaf := last.Int64
	if leaf == s.leaf && snapshot == s.snapshot {
		return nil
	}
	was := s.leaf
	s.leaf, s.snapshot = leaf, snapshot
	switch {
	case engine == db.Postgres:
		return nil // each kind is looked at when it is asked for
	case leaf < was || len(s.kinds) == 0:
		s.drop()
		return nil
	}
	return s.reread(ctx, q, was)
}

// reread reads the entries again that leaves after was name.
func (s *shelf) reread(ctx context.Context, q db.Querier, was int64) error {
	changed := map[int64]bool{}
	err := each(ctx, q, func(r scanner) error {
		var id int64
		err := r.Scan(&id)
		changed[id] = true
		return err
	}, `SELECT subject_id FROM audit_leaf WHERE id > $1 AND subject = $2 LIMIT $3`, was, subject, mostReread+1)
	if err != nil {
		return fmt.Errorf("read newer leaves: %w", err)
	}
	if len(changed) > mostReread {
		s.drop()
		return nil
	}
	return s.replace(ctx, q, changed)
}

func (s *shelf) replace(ctx context.Context, q db.Querier, changed map[int64]bool) error {
	if len(changed) == 0 {
		return nil
	}
	fresh := map[string][]shelfRow{}
	names := map[string]string{}
	for id := range changed {
		row, err := scanShelf(q.QueryRowContext(ctx, selectShelf+` WHERE e.id = $1`, id), names)
		if err != nil {
			return fmt.Errorf("read entry %d: %w", id, err)
		}
		fresh[row.Kind] = append(fresh[row.Kind], row)
	}
	for kind, rows := range fresh {
		if old := s.kinds[kind]; old != nil {
			next := old.with(changed, rows)
			s.bytes += next.bytes - old.bytes
			s.kinds[kind] = next
		}
	}
	return nil
}

func (k *shelved) with(changed map[int64]bool, rows []shelfRow) *shelved {
	next := &shelved{used: k.used, snapshot: k.snapshot, rows: make([]shelfRow, 0, len(k.rows)+len(rows))}
	for i := range k.rows {
		if !changed[k.rows[i].ID] {
			next.rows = append(next.rows, k.rows[i])
		}
	}
	next.rows = append(next.rows, rows...)
	slices.SortFunc(next.rows, func(a, b shelfRow) int { return newest(&a.Head, &b.Head) })
	for i := range next.rows {
		next.bytes += next.rows[i].size()
		next.versions += int64(next.rows[i].Version)
	}
	return next
}

// newest sorts the newest day first.
func newest(a, b *Head) int {
	if a.Day != b.Day {
		return int(b.Day - a.Day)
	}
	if a.ID < b.ID {
		return 1
	}
	if a.ID > b.ID {
		return -1
	}
	return 0
}

// chosen are the rows of a kind that a filter's own conditions leave.
func (k *shelved) chosen(f *Filter, text *textFilter, tests []test) []*shelfRow {
	units, places := set(f.Units), set(f.Places)
	var out []*shelfRow
	for i := range k.rows {
		r := &k.rows[i]
		switch {
		case f.To != 0 && r.Day > f.To, !stateIn(f.States, r.State), units != nil && !units[r.Unit],
			places != nil && !places[r.Place], f.Batch != 0 && r.Batch != f.Batch, f.Hidden.has(r.Kind, r.Unit),
			f.Only != nil && !f.Only[r.ID]:
			continue
		case f.From != 0 && r.Day < f.From:
			return out // they stand by day
		case !text.fits(r) || slices.ContainsFunc(tests, func(t test) bool { return !t(r.fields) }):
			continue
		}
		out = append(out, r)
	}
	return out
}

func set(ids []org.UnitID) map[org.UnitID]bool {
	if len(ids) == 0 {
		return nil
	}
	out := make(map[org.UnitID]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out
}

func stateIn(states []State, s State) bool {
	if len(states) == 0 {
		return s != Void
	}
	return slices.Contains(states, s)
}
