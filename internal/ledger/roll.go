package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// roll keeps every entry in brief, with the text that lists look into, so that words are found without reading a
// hundred thousand heads. Follow reads it in the background; until then, and whenever it cannot be brought to the
// very state that a transaction sees, lists look into the database itself. It is derived like the shelf.
//
// It is right for a transaction when it has the same entries in the same versions. On SQLite ids of leaves grow in
// the order of their commits: the same last leaf is the same state. On PostgreSQL the count of entries and the sum of
// their versions tell, as every act adds a version and nothing is deleted; what one transaction sees is a part of
// what the next one sees, so no two states have the same numbers.
type roll struct {
	mu     sync.Mutex
	engine db.Engine
	now    *rolled       // nil: not read
	wanted chan struct{} // asks Follow to read it; nil where nobody follows
}

// rolled is one state of the roll, newest day first. It is not changed once it is shared, but for texts that are
// added behind those it knows.
type rolled struct {
	rows     []rollRow
	texts    []wording
	known    map[string]int32 // texts by what they say
	kinds    []string
	kindAt   map[string]uint16
	leaf     int64
	snapshot string // PostgreSQL only: the last one in which it was right
	versions int64
}

type rollRow struct {
	id, at, batch int64
	unit, place   org.UnitID
	day           civil.Date
	text          int32
	version       int32
	kind          uint16
	state         uint8 // place in states
}

var states = []State{Recorded, Confirmed, Void}

// wording is what entries say: without marks, and with them in lower case. Many entries share one.
type wording struct{ fold, marked string }

const selectRoll = `SELECT e.id, e.kind, e.unit, e.place, e.day, e.state, e.version, e.edition, e.fold, coalesce(e.batch, 0),
	e.at_ms, v.fields FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version`

// Follow reads the roll when the first list is asked for, so that a program that nobody asks holds nothing, and anew
// whenever too much has changed to catch up within a request, until ctx ends.
func (l *Ledger) Follow(ctx context.Context, d *db.DB) {
	wanted := make(chan struct{}, 1)
	l.roll.mu.Lock()
	l.roll.engine, l.roll.wanted = d.Engine(), wanted
	l.roll.mu.Unlock()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wanted:
		}
		if l.roll.held() {
			continue // asked for while it was being read
		}
		if err := l.Warm(ctx, d); err != nil && ctx.Err() == nil {
			slog.Error("read entries for lists", "err", err)
		}
		select { // acts in a row are read once
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

func (r *roll) held() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now != nil
}

// want has the roll read, unless it is there.
func (r *roll) want() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == nil {
		r.signal()
	}
}

func (r *roll) signal() {
	select {
	case r.wanted <- struct{}{}:
	default: // nobody reads it, or it is asked for already
	}
}

// Warm reads what lists of words need, and the kinds of so many entries that reading them would hold up whoever asks
// first.
func (l *Ledger) Warm(ctx context.Context, d *db.DB) error {
	if err := l.ReadRoll(ctx, d); err != nil {
		return err
	}
	defer debug.FreeOSMemory() // what the reading left behind is several times what is kept
	return d.View(ctx, func(q db.Querier) error {
		for _, kind := range l.large() {
			if _, err := l.shelf.get(ctx, q, d.Engine(), kind); err != nil {
				return err
			}
		}
		return db.Shrink(ctx, q, d.Engine())
	})
}

// manyEntries of a kind take a tenth of a second to read.
const manyEntries = 10_000

// large are the kinds with so many entries.
func (l *Ledger) large() []string {
	l.roll.mu.Lock()
	defer l.roll.mu.Unlock()
	if l.roll.now == nil {
		return nil
	}
	n := make([]int, len(l.roll.now.kinds))
	for i := range l.roll.now.rows {
		n[l.roll.now.rows[i].kind]++
	}
	var out []string
	for i, kind := range l.roll.now.kinds {
		if n[i] > manyEntries {
			out = append(out, kind)
		}
	}
	return out
}

// ReadRoll reads all entries in brief.
func (l *Ledger) ReadRoll(ctx context.Context, d *db.DB) error {
	fresh := &rolled{known: map[string]int32{}, kindAt: map[string]uint16{}}
	err := d.View(ctx, func(q db.Querier) (err error) {
		if fresh.leaf, fresh.snapshot, err = stateOf(ctx, q, d.Engine()); err != nil {
			return err
		}
		if fresh.rows, err = l.readRoll(ctx, q, fresh, ``); err != nil {
			return err
		}
		return db.Shrink(ctx, q, d.Engine())
	})
	if err != nil {
		return err
	}
	fresh.rows = append(make([]rollRow, 0, len(fresh.rows)), fresh.rows...)
	fresh.settle()
	l.roll.mu.Lock()
	defer l.roll.mu.Unlock()
	l.roll.engine, l.roll.now = d.Engine(), fresh
	return nil
}

// stateOf names the state that a transaction sees.
func stateOf(ctx context.Context, q db.Querier, e db.Engine) (leaf int64, snapshot string, err error) {
	if snapshot, err = e.Snapshot(ctx, q); err != nil {
		return 0, "", err
	}
	var last sql.NullInt64
	if err := q.QueryRowContext(ctx, `SELECT max(id) FROM audit_leaf`).Scan(&last); err != nil {
		return 0, "", fmt.Errorf("read last leaf: %w", err)
	}
	return last.Int64, snapshot, nil
}

// readRoll reads entries, newest day first.
func (l *Ledger) readRoll(ctx context.Context, q db.Querier, into *rolled, where string) ([]rollRow, error) {
	var out []rollRow
	filters := map[string]*textFilter{}
	err := each(ctx, q, func(r scanner) error {
		var row rollRow
		var kind, state, edition, fold, fields string
		err := r.Scan(&row.id, &kind, &row.unit, &row.place, &row.day, &state, &row.version, &edition, &fold, &row.batch, &row.at, &fields)
		if err != nil {
			return err
		}
		at := edition + " " + kind
		f, ok := filters[at]
		if !ok {
			f = l.textsOf(edition, kind, row.day)
			if l.Catalog.Edition(edition) != nil {
				filters[at] = f
			}
		}
		row.kind, row.text = into.kind(kind), into.text(fold, f.marks(fields))
		row.state = uint8(max(0, slices.Index(states, State(state))))
		out = append(out, row)
		return nil
	}, selectRoll+where)
	if err != nil {
		return nil, fmt.Errorf("read entries for lists: %w", err)
	}
	slices.SortFunc(out, newestRow)
	return out, nil
}

func newestRow(a, b rollRow) int { return cmp.Or(cmp.Compare(b.day, a.day), cmp.Compare(b.id, a.id)) }

func (x *rolled) kind(code string) uint16 {
	at, ok := x.kindAt[code]
	if !ok {
		at = uint16(len(x.kinds))
		x.kinds, x.kindAt[code] = append(x.kinds, code), at
	}
	return at
}

func (x *rolled) text(fold, marked string) int32 {
	key := fold + "\x00" + marked
	at, ok := x.known[key]
	if !ok {
		at = int32(len(x.texts))
		x.known[key] = at
		x.texts = append(x.texts, wording{key[:len(fold)], key[len(fold)+1:]})
	}
	return at
}

func (x *rolled) settle() {
	x.versions = 0
	for i := range x.rows {
		x.versions += int64(x.rows[i].version)
	}
}

// rolledFor is the roll as a transaction sees the entries; false where the database itself is to be asked.
func (l *Ledger) rolledFor(ctx context.Context, q db.Querier) (*rolled, bool, error) {
	l.roll.mu.Lock()
	defer l.roll.mu.Unlock()
	x := l.roll.now
	if x == nil {
		return nil, false, nil
	}
	leaf, snapshot, err := stateOf(ctx, q, l.roll.engine)
	if err != nil {
		return nil, false, err
	}
	if leaf == x.leaf && snapshot == x.snapshot {
		return x, true, nil
	}
	next, ok, err := l.caughtUp(ctx, q, x, leaf, snapshot)
	if ok {
		l.roll.now = next
	}
	return next, ok, err
}

// caughtUp brings the roll to the state of a transaction.
func (l *Ledger) caughtUp(ctx context.Context, q db.Querier, x *rolled, leaf int64, snapshot string) (*rolled, bool, error) {
	if l.roll.engine != db.Postgres && leaf < x.leaf {
		return nil, false, nil // a transaction that began earlier
	}
	from := x.leaf
	if l.roll.engine == db.Postgres {
		n, versions, err := countVersions(ctx, q)
		switch {
		case err != nil, versions < x.versions || n < int64(len(x.rows)):
			return nil, false, err
		case versions == x.versions && n == int64(len(x.rows)):
			same := *x
			same.leaf, same.snapshot = max(leaf, x.leaf), snapshot
			return &same, true, nil
		}
		from -= lateLeaves
	}
	changed, err := x.changedSince(ctx, q, from)
	if err != nil {
		return nil, false, err
	}
	if len(changed) > mostReread {
		l.roll.readAnew()
		return nil, false, nil
	}
	next, err := l.replaced(ctx, q, x, changed)
	if err != nil {
		l.roll.readAnew()
		return nil, false, err
	}
	next.leaf, next.snapshot = max(leaf, x.leaf), snapshot
	if l.roll.engine == db.Postgres {
		if n, versions, err := countVersions(ctx, q); err != nil || versions != next.versions || n != int64(len(next.rows)) {
			l.roll.readAnew()
			return nil, false, err
		}
	}
	return next, true, nil
}

// lateLeaves is how many leaves are looked at again on PostgreSQL, where a smaller number may be committed later.
const lateLeaves = 4096

// readAnew gives up what is held: it is half changed, or too far behind.
func (r *roll) readAnew() {
	r.now = nil
	r.signal()
}

func countVersions(ctx context.Context, q db.Querier) (n, versions int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(*), CAST(coalesce(sum(version), 0) AS BIGINT) FROM entry`).Scan(&n, &versions)
	if err != nil {
		return 0, 0, fmt.Errorf("count entries: %w", err)
	}
	return n, versions, nil
}

// changedSince are the entries that leaves after one name, without those that are here in their last version.
func (x *rolled) changedSince(ctx context.Context, q db.Querier, leaf int64) (map[int64]bool, error) {
	changed := map[int64]bool{}
	last := map[int64]int32{}
	err := each(ctx, q, func(r scanner) error {
		var id int64
		var version int32
		err := r.Scan(&id, &version)
		changed[id], last[id] = true, version
		return err
	}, `SELECT DISTINCT e.id, e.version FROM audit_leaf l JOIN entry e ON e.id = l.subject_id
		WHERE l.id > $1 AND l.subject = $2 LIMIT $3`, leaf, subject, lateLeaves+mostReread+1)
	if err != nil {
		return nil, fmt.Errorf("read newer leaves: %w", err)
	}
	for i := range x.rows {
		if r := &x.rows[i]; changed[r.id] && last[r.id] == r.version {
			delete(changed, r.id)
		}
	}
	return changed, nil
}

// replaced is the roll with changed entries as they are now.
func (l *Ledger) replaced(ctx context.Context, q db.Querier, x *rolled, changed map[int64]bool) (*rolled, error) {
	next := *x
	if len(changed) == 0 {
		return &next, nil
	}
	var ids []string
	for id := range changed {
		ids = append(ids, strconv.FormatInt(id, 10))
	}
	fresh, err := l.readRoll(ctx, q, &next, ` WHERE e.id IN (`+strings.Join(ids, ",")+`)`)
	if err != nil {
		return nil, err
	}
	next.rows = make([]rollRow, 0, len(x.rows)+len(fresh))
	for i := range x.rows {
		r := x.rows[i]
		if changed[r.id] {
			continue
		}
		for len(fresh) > 0 && newestRow(fresh[0], r) < 0 {
			next.rows, fresh = append(next.rows, fresh[0]), fresh[1:]
		}
		next.rows = append(next.rows, r)
	}
	next.rows = append(next.rows, fresh...)
	next.settle()
	return &next, nil
}
