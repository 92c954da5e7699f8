package figure

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// session answers questions from one snapshot of the database.
type session struct {
	ctx    context.Context
	engine *Engine
	q      db.Querier
	tree   *org.Tree
	eras   *treeMap
	keys   map[string][]seriesKey

	held  *held  // what the cache holds of the snapshot, nil where it does not serve it
	cache *Cache // the engine's, or one for this session alone

	got   map[cellKey][]cell
	names map[civil.Period]string
	over  overlay // of After: what an act would add
	stood map[stood]map[int64][]int64
}

// gapKey is what the notes about former parts depend on.
type gapKey struct {
	unit     org.UnitID
	basis    org.Basis
	from, to civil.Date
}

// seriesKey is a row of series_key: a series with one set of labels, as done in the lead.
type seriesKey struct {
	id     int64
	labels string
	lead   bool
}

type cellKey struct {
	series int64
	w      window
	late   civil.Date
	status Status
	asOf   int64
	reach  string
	flat   bool
}

// memo is what stays from question to question: derived from the tree or the catalogue, or append-only.
type memo struct {
	mu     sync.Mutex
	tree   *org.Tree
	eras   *treeMap
	reach  map[string]*reach
	gaps   map[gapKey][]Check
	keys   map[string][]seriesKey
	keysAt [2]int64
}

// treeMap is what the engine asks of a tree over and over.
type treeMap struct {
	eras   int
	unitOf map[int64]org.UnitID
	era    map[int64]org.Era
}

// reach is the eras that count, ascending.
type reach struct {
	key    string
	shares []share
	eras   []int64
	whole  bool // every era counts in full
	all    bool // and it is every era that there is
}

// view runs fn on one snapshot.
func (e *Engine) view(ctx context.Context, fn func(s *session) error) error {
	return e.DB.View(ctx, func(q db.Querier) error {
		s, err := e.session(ctx, q)
		if err != nil {
			return err
		}
		return fn(s)
	})
}

func (e *Engine) session(ctx context.Context, q db.Querier) (*session, error) {
	s := &session{ctx: ctx, engine: e, q: q, cache: e.Cache, got: map[cellKey][]cell{}, names: map[civil.Period]string{}}
	at, err := e.stand(ctx, q)
	if err != nil {
		return nil, err
	}
	if err := s.loadTree(at.tree); err != nil {
		return nil, err
	}
	if err := s.loadKeys(at.keys); err != nil {
		return nil, err
	}
	if e.Cache != nil {
		s.held, err = e.Cache.open(s, at.version)
	}
	return s, err
}

// standing is how far a snapshot is.
type standing struct {
	version
	keys [2]int64
}

// stand reads with one statement what tells whether anything kept from earlier questions still holds. Series keys
// are only ever added; on SQLite, where one writes at a time, the newest number tells.
func (e *Engine) stand(ctx context.Context, q db.Querier) (standing, error) {
	var at standing
	extra := `0, ''`
	if e.DB.Engine() == db.Postgres {
		extra = `(SELECT count(*) FROM series_key), CAST(pg_current_snapshot() AS TEXT)`
	}
	err := q.QueryRowContext(ctx, `SELECT (SELECT coalesce(max(id), 0) FROM audit_leaf), coalesce((SELECT value FROM meta WHERE key = 'org_version'), ''),
		(SELECT coalesce(max(id), 0) FROM series_key), `+extra).Scan(&at.leaf, &at.tree, &at.keys[0], &at.keys[1], &at.snapshot)
	if err != nil {
		return at, fmt.Errorf("read the state of the snapshot: %w", err)
	}
	return at, nil
}

// loadTree takes the tree of the snapshot: the one used last where it is as new, else the process's own, else it is
// read here.
func (s *session) loadTree(version string) error {
	m := &s.engine.memo
	fits := func(t *org.Tree) bool { return t != nil && fmt.Sprint(t.Version) == version }
	m.mu.Lock()
	t := m.tree
	m.mu.Unlock()
	if !fits(t) && s.engine.Tree != nil {
		t = s.engine.Tree()
	}
	if !fits(t) {
		var err error
		if t, err = org.LoadTree(s.ctx, s.q); err != nil {
			return fmt.Errorf("load units: %w", err)
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tree != t || m.eras == nil {
		m.tree, m.eras, m.reach, m.gaps = t, mapTree(t), map[string]*reach{}, map[gapKey][]Check{}
	}
	s.tree, s.eras = t, m.eras
	return nil
}

func mapTree(t *org.Tree) *treeMap {
	m := &treeMap{unitOf: map[int64]org.UnitID{}, era: map[int64]org.Era{}}
	for _, u := range t.Units() {
		for _, e := range t.Eras(u.ID) {
			m.unitOf[int64(e.ID)] = u.ID
			m.era[int64(e.ID)] = e
			m.eras++
		}
	}
	return m
}

// loadKeys reads the series keys, which are only ever added to.
func (s *session) loadKeys(at [2]int64) error {
	m := &s.engine.memo
	m.mu.Lock()
	if m.keys != nil && m.keysAt == at {
		s.keys = m.keys
	}
	m.mu.Unlock()
	if s.keys != nil {
		return nil
	}
	rows, err := s.q.QueryContext(s.ctx, `SELECT id, code, labels, role FROM series_key ORDER BY code, labels, role`)
	if err != nil {
		return fmt.Errorf("read series keys: %w", err)
	}
	defer rows.Close()
	keys := map[string][]seriesKey{}
	for rows.Next() {
		var k seriesKey
		var code, role string
		if err := rows.Scan(&k.id, &code, &k.labels, &role); err != nil {
			return fmt.Errorf("read series keys: %w", err)
		}
		k.lead = role == "lead"
		keys[code] = append(keys[code], k)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read series keys: %w", err)
	}
	m.mu.Lock()
	m.keys, m.keysAt = keys, at
	m.mu.Unlock()
	s.keys = keys
	return nil
}

// seriesIDs are the keys that a selector picks, in the lead role or as partner.
func (s *session) seriesIDs(sel *catalog.Selector, extra []catalog.Matcher, lead bool) []int64 {
	var ids []int64
next:
	for _, k := range s.keys[sel.Series] {
		if k.lead != lead || !sel.Match(k.labels) {
			continue
		}
		for _, m := range extra {
			if !m.Match(catalog.Label(k.labels, m.Label)) {
				continue next
			}
		}
		ids = append(ids, k.id)
	}
	return sortedSet(ids)
}

// reachOf is the eras that count for a unit on a basis.
func (s *session) reachOf(b org.Basis, unit org.UnitID, by org.ShareBasis, f org.Filter) *reach {
	key := fmt.Sprint(b, unit, by, strings.Join(f.Classes, " "), strings.Join(f.Forms, " "))
	m := &s.engine.memo
	m.mu.Lock()
	var r *reach
	if m.tree == s.tree {
		r = m.reach[key]
	}
	m.mu.Unlock()
	if r != nil {
		return r
	}
	r = newReach(key, s.tree.Reach(b, unit, by, f))
	r.all = r.whole && len(r.eras) == s.eras.eras
	m.mu.Lock()
	if m.tree == s.tree && len(m.reach) < 4096 {
		m.reach[key] = r
	}
	m.mu.Unlock()
	return r
}

func newReach(key string, shares []org.Share) *reach {
	r := &reach{key: key, shares: make([]share, len(shares)), eras: make([]int64, len(shares))}
	for i, sh := range shares {
		r.shares[i] = share{int64(sh.Era), sh.Millionths, sh.Estimated}
	}
	slices.SortFunc(r.shares, func(a, b share) int { return int(a.era - b.era) })
	r.whole = true
	for i, sh := range r.shares {
		r.eras[i] = sh.era
		r.whole = r.whole && sh.part == million
	}
	return r
}

// need is cells that a question will ask for.
type need struct {
	series []int64
	w      window
	late   civil.Date // leave out what took its second step later; 0 is nothing
	status Status
	asOf   int64
	reach  *reach
	flat   bool // the sum over the reach is enough, as one cell of no era
}

func (s *session) key(n need, series int64) cellKey {
	k := cellKey{series: series, w: n.w, late: n.late, status: n.status, asOf: n.asOf, flat: n.flat}
	if n.reach != nil && n.asOf == 0 {
		k.reach = n.reach.key // only then are the cells those of the reach alone
	}
	return k
}

// cells are the cells of each series; several series of one call come as several lists.
func (s *session) cells(n need) ([][]cell, error) {
	var missing []int64
	for _, id := range n.series {
		if _, ok := s.got[s.key(n, id)]; !ok && id > 0 {
			missing = append(missing, id)
		}
	}
	if err := s.fetch(n, missing); err != nil {
		return nil, err
	}
	out := make([][]cell, 0, len(n.series))
	for _, id := range n.series {
		out = append(out, s.over.cells(s, n, id, s.got[s.key(n, id)]))
	}
	return out, nil
}

func (s *session) fetch(n need, series []int64) error {
	if len(series) == 0 {
		return nil
	}
	set, err := s.source(n).cells(s.ctx, series, n.w)
	if err != nil {
		return err
	}
	if n.late != 0 {
		late, err := s.factCells(series, factFilter{window: n.w, status: n.status, asOf: n.asOf, after: n.late})
		if err != nil {
			return err
		}
		set.merge(n.fold(late), -1)
	}
	for _, id := range series {
		s.got[s.key(n, id)] = set[id]
	}
	return nil
}

func (s *session) source(n need) totals {
	if n.asOf != 0 {
		return facts{s, n.status, n.asOf}
	}
	t := tables{session: s, need: n}
	if s.held != nil {
		return columns{t, s.cache, s.held}
	}
	return t
}

// erasIn names the eras that meet the years of a window, where they are few enough to be named. Whole years,
// because a piece taken away must meet the very eras that the year was counted with.
func (s *session) erasIn(r *reach, w window) (eras []int64, wide bool) {
	w = window{civil.NewDate(w.from.Year(), 1, 1), civil.NewDate(w.to.Year(), 12, 31)}
	eras = []int64{}
	for _, id := range r.eras {
		if e := s.eras.era[id]; e.From <= w.to && w.from < e.To {
			eras = append(eras, id)
		}
	}
	if len(eras) > maxErasInSQL {
		return nil, true
	}
	return eras, len(eras)*10 > s.eras.eras*3
}

// fold turns cells by era into what a flat need asks for.
func (n need) fold(set cellSet) cellSet {
	if !n.flat {
		return set
	}
	for series, cells := range set {
		a := within(cells, n.reach.shares)
		set[series] = []cell{{0, a.whole, a.n}}
	}
	return set
}

// canBeFlat says whether the sum over a reach can be left to the database or to columns summed before.
func canBeFlat(r *reach) bool { return r.whole && (r.all || len(r.eras) <= maxErasInSQL) }

// prefetch reads what a batch needs with as few statements as there are windows and reaches.
func (s *session) prefetch(needs []need) error {
	type group struct {
		need
		ids []int64
	}
	var groups []*group
	index := map[cellKey]*group{}
	for _, n := range needs {
		k := s.key(n, 0)
		g := index[k]
		if g == nil {
			g = &group{need: n}
			index[k] = g
			groups = append(groups, g)
		}
		g.ids = append(g.ids, n.series...)
	}
	for _, g := range groups {
		g.series = sortedSet(g.ids)
		if _, err := s.cells(g.need); err != nil {
			return err
		}
	}
	return nil
}

// hold reads columns for this session alone, for a breakdown that asks for many windows of few series. They hold
// the eras of the unit asked for, whatever their class.
func (t *question) hold() {
	if t.held != nil {
		return
	}
	t.cache = NewCache(1 << 40)
	t.cache.eager = true
	if r := t.reachOf(t.basis, t.unit.ID, t.shareBasis(), org.Filter{}); len(r.eras) <= maxErasInSQL && !t.standing() {
		t.cache.eras = r.eras
	}
	t.held = t.cache.now
}
