package double

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Store finds doubles and keeps what people said about them. Its fields are set once, before use.
type Store struct {
	Ledger  *ledger.Ledger
	Catalog *catalog.Catalog
}

// Found is an entry that may be the same event as another.
type Found struct {
	Event
	Suspicion
}

// Pair is two entries that may be one event, the older number first.
type Pair struct {
	One, Other Event
	Suspicion
}

// row is an entry as it is read for comparing.
type row struct {
	Event
	kind    string
	edition string
	fields  string
	partner string
}

const selectRow = `SELECT e.id, e.kind, e.unit, e.place, e.day, e.title, e.edition, v.fields, v.partners FROM entry e
	JOIN entry_version v ON v.entry = e.id AND v.version = e.version`

func (s *Store) rows(ctx context.Context, q db.Querier, where string, args ...any) ([]*Event, error) {
	rows, err := q.QueryContext(ctx, selectRow+where, args...)
	if err != nil {
		return nil, fmt.Errorf("read entries to compare: %w", err)
	}
	defer rows.Close()
	var out []*Event
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.ID, &r.kind, &r.Unit, &r.Place, &r.Day, &r.Title, &r.edition, &r.fields, &r.partner); err != nil {
			return nil, fmt.Errorf("read entries to compare: %w", err)
		}
		if err := s.complete(&r); err != nil {
			return nil, err
		}
		out = append(out, &r.Event)
	}
	return out, rows.Err()
}

func (s *Store) complete(r *row) error {
	ed := s.Catalog.Edition(r.edition)
	if ed == nil {
		ed = s.Catalog.EditionOn(r.Day)
	}
	if r.Kind = ed.Kind(r.kind); r.Kind == nil {
		return nil // of an edition that is no more: it is like nothing
	}
	var err error
	if r.Values, err = r.Kind.Decode([]byte(r.fields)); err != nil {
		return fmt.Errorf("entry %d: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.partner), &r.Partners); err != nil {
		return fmt.Errorf("partners of entry %d: %w", r.ID, err)
	}
	return nil
}

// Event reads an entry as it is compared.
func (s *Store) Event(ctx context.Context, q db.Querier, id int64) (*Event, error) {
	list, err := s.rows(ctx, q, ` WHERE e.id = $1`, id)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// Near are the entries that may be the same event as one, the likeliest first, without those of which a person said
// that they are another.
func (s *Store) Near(ctx context.Context, q db.Querier, tree *org.Tree, e *Event) ([]Found, error) {
	if e.Kind == nil || e.Kind.Letters() {
		return nil, nil
	}
	list, err := s.rows(ctx, q, ` WHERE e.kind = $1 AND e.day >= $2 AND e.day <= $3 AND e.state <> 'void' AND e.id <> $4`,
		e.Kind.Code, int32(e.Day.AddDays(-1)), int32(e.Day.AddDays(1)), e.ID)
	if err != nil {
		return nil, err
	}
	refused, err := s.refusedOf(ctx, q, e.ID)
	if err != nil {
		return nil, err
	}
	var out []Found
	for _, other := range list {
		if refused[other.ID] {
			continue
		}
		if why, ok := Compare(tree, e, other); ok {
			out = append(out, Found{*other, why})
		}
	}
	slices.SortStableFunc(out, func(a, b Found) int { return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.ID, b.ID)) })
	return out, nil
}

// Ask says whose suspicions are looked for.
type Ask struct {
	Root     org.UnitID // one of the two bodies is this unit or stands below it
	From, To civil.Date
	Limit    int
}

// light is an entry before its fields are read.
type light struct {
	id          int64
	kind        string
	unit, place org.UnitID
	day         civil.Date
	inside      bool
}

// Open are the suspicions of a unit and those below it that nobody has answered, the likeliest first; more is set where
// there are more than the limit.
func (s *Store) Open(ctx context.Context, q db.Querier, tree *org.Tree, ask Ask) (pairs []Pair, more bool, err error) {
	heads, err := s.heads(ctx, q, tree, ask)
	if err != nil {
		return nil, false, err
	}
	near := neighbours(tree, heads)
	events, err := s.events(ctx, q, near)
	if err != nil {
		return nil, false, err
	}
	refused, err := s.refused(ctx, q)
	if err != nil {
		return nil, false, err
	}
	for _, p := range near {
		a, b := events[p[0]], events[p[1]]
		if a == nil || b == nil || refused[pairOf(a.ID, b.ID)] {
			continue
		}
		if why, ok := Compare(tree, a, b); ok {
			pairs = append(pairs, Pair{*a, *b, why})
		}
	}
	slices.SortStableFunc(pairs, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(b.One.Day, a.One.Day), cmp.Compare(b.Other.ID, a.Other.ID))
	})
	if ask.Limit > 0 && len(pairs) > ask.Limit {
		return pairs[:ask.Limit], true, nil
	}
	return pairs, false, nil
}

func (s *Store) heads(ctx context.Context, q db.Querier, tree *org.Tree, ask Ask) ([]light, error) {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, unit, place, day FROM entry WHERE day >= $1 AND day <= $2 AND state <> 'void' ORDER BY kind, day, id`,
		int32(ask.From.AddDays(-1)), int32(ask.To.AddDays(1)))
	if err != nil {
		return nil, fmt.Errorf("read heads to compare: %w", err)
	}
	defer rows.Close()
	letters := map[string]bool{}
	for _, k := range s.Catalog.Latest().Kinds {
		letters[k.Code] = k.Letters()
	}
	inside := map[org.UnitID]bool{}
	var out []light
	for rows.Next() {
		var l light
		if err := rows.Scan(&l.id, &l.kind, &l.unit, &l.place, &l.day); err != nil {
			return nil, fmt.Errorf("read heads to compare: %w", err)
		}
		if letters[l.kind] {
			continue
		}
		is, known := inside[l.unit]
		if !known {
			is = slices.Contains(tree.Chain(l.unit, l.day), ask.Root)
			inside[l.unit] = is
		}
		l.inside = is && l.day >= ask.From && l.day <= ask.To
		out = append(out, l)
	}
	return out, rows.Err()
}

// neighbours are the pairs of one kind, a day apart at most, whose places lie at or within one another, one of them
// inside. Heads come by kind and day.
func neighbours(tree *org.Tree, heads []light) [][2]int64 {
	type at struct {
		place org.UnitID
		day   civil.Date
	}
	chains := map[at][]org.UnitID{}
	chain := func(l *light) []org.UnitID {
		k := at{l.place, l.day}
		c, ok := chains[k]
		if !ok {
			c = tree.Chain(l.place, l.day)
			chains[k] = c
		}
		return c
	}
	var out [][2]int64
	for i := range heads {
		a := &heads[i]
		limit := a.day.AddDays(1)
		for j := i + 1; j < len(heads) && heads[j].kind == a.kind && heads[j].day <= limit; j++ {
			b := &heads[j]
			if !a.inside && !b.inside {
				continue
			}
			if a.place == b.place || slices.Contains(chain(a), b.place) || slices.Contains(chain(b), a.place) {
				out = append(out, [2]int64{min(a.id, b.id), max(a.id, b.id)})
			}
		}
	}
	return out
}

// eventsAtOnce is how many entries are read at a time.
const eventsAtOnce = 500

func (s *Store) events(ctx context.Context, q db.Querier, pairs [][2]int64) (map[int64]*Event, error) {
	var ids []int64
	for _, p := range pairs {
		ids = append(ids, p[0], p[1])
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	out := make(map[int64]*Event, len(ids))
	for part := range slices.Chunk(ids, eventsAtOnce) {
		marks, args := make([]string, len(part)), make([]any, len(part))
		for i, id := range part {
			marks[i], args[i] = "$"+strconv.Itoa(i+1), id
		}
		list, err := s.rows(ctx, q, ` WHERE e.id IN (`+strings.Join(marks, ", ")+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			out[e.ID] = e
		}
	}
	return out, nil
}
