package matter

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"danvan/internal/alike"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/dossier"
	"danvan/internal/fault"
	"danvan/internal/ledger"
	"danvan/internal/org"
	"danvan/internal/petition"
)

// Letter is what lists and suggestions say of a letter: nothing about its sender.
type Letter struct {
	ID        int64
	Unit      org.UnitID
	Day       civil.Date
	Received  civil.Date
	Code      string
	Class     string
	Field     string
	Stage     string     // its state in words
	Open      bool       // still to be settled
	Due       civil.Date // of the settlement, 0 where none runs
	Denounces bool       // a denunciation, or a letter with one in it
	Void      bool
}

// Suggestion is a letter that may be about the matter of another, with the reasons in words.
type Suggestion struct {
	Letter
	alike.Found
	Matter int64    // the matter that it is in, 0 for none
	Beside Relation // Related where a person has said so
}

// Finder holds the index of all letters in memory: one for letters, one for denunciations, which know no sender. It
// follows the records and can be thrown away at any time. Set the fields, then use it.
type Finder struct {
	DB       *db.DB
	Store    *Store
	Dossiers *dossier.Book
	Tree     func(context.Context) (*org.Tree, error)
	Today    func() civil.Date

	mu      sync.Mutex // one reads at a time
	state   sync.RWMutex
	open    *alike.Index
	sealed  *alike.Index
	letters map[int64]Letter
	places  *places
	leaf    int64
	seen    map[int64]bool
	running bool
}

// How often Run looks for new acts; how many leaves are read again where they may come out of order (PostgreSQL gives an
// act its number before it is saved); above how many changed letters a request does not wait.
const (
	every    = 2 * time.Second
	lookBack = 4096
	mostNow  = 500
)

// Run keeps the index fresh until ctx ends, so that no page has to wait for it.
func (f *Finder) Run(ctx context.Context) {
	f.state.Lock()
	f.running = true
	f.state.Unlock()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := f.fresh(ctx, false); err != nil && ctx.Err() == nil {
			slog.Error("read letters to compare", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Fresh reads what has happened since the last time. Where Run is at work and much is to be read, it does not wait:
// ready is false then.
func (f *Finder) Fresh(ctx context.Context) (ready bool, err error) {
	f.state.RLock()
	wait := !f.running
	built := f.open != nil
	f.state.RUnlock()
	if !built && !wait {
		return false, nil
	}
	if wait || f.mu.TryLock() {
		if !wait {
			f.mu.Unlock()
		}
		return true, f.fresh(ctx, !wait)
	}
	return true, nil // somebody is reading what is new
}

// fresh reads on; hurried leaves much for Run.
func (f *Finder) fresh(ctx context.Context, hurried bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	tree, err := f.Tree(ctx)
	if err != nil {
		return err
	}
	if f.open == nil || f.places == nil || f.places.tree != tree {
		if hurried && f.open != nil {
			return nil
		}
		return f.readAll(ctx, tree)
	}
	changed, leaf, err := f.changes(ctx)
	if err != nil || hurried && len(changed) > mostNow {
		return err
	}
	for _, id := range changed {
		if err := f.read(ctx, id); err != nil {
			return err
		}
	}
	f.leaf = leaf
	return nil
}

// changes are the letters that were acted on since.
func (f *Finder) changes(ctx context.Context) (changed []int64, leaf int64, err error) {
	from := f.leaf
	leaf = f.leaf
	if f.DB.Engine() == db.Postgres {
		from -= lookBack
	}
	rows, err := f.DB.Read().QueryContext(ctx, `SELECT id, subject_id FROM audit_leaf WHERE id > $1 AND subject IN ('entry', 'dossier') ORDER BY id`, from)
	if err != nil {
		return nil, 0, fmt.Errorf("read acts on letters: %w", err)
	}
	defer rows.Close()
	new := map[int64]bool{}
	for rows.Next() {
		var id, entry int64
		if err := rows.Scan(&id, &entry); err != nil {
			return nil, 0, fmt.Errorf("read acts on letters: %w", err)
		}
		leaf = max(leaf, id)
		if f.seen[id] || new[id] {
			continue
		}
		new[id] = true
		changed = append(changed, entry)
	}
	if err := rows.Err(); err != nil {
		return nil, 0, err
	}
	if len(changed) <= mostNow || !f.running {
		for id := range new {
			f.seen[id] = true
		}
		for id := range f.seen {
			if id < leaf-2*lookBack {
				delete(f.seen, id)
			}
		}
	}
	return changed, leaf, nil
}

const selectLetter = `SELECT e.id, e.kind, e.unit, e.place, e.day, e.state, v.fields FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version`

// row is a letter as the ledger has it.
type row struct {
	Letter
	place org.UnitID
}

func scanLetter(scan func(...any) error) (r row, err error) {
	var kind, fields string
	var entry ledger.State
	if err := scan(&r.ID, &kind, &r.Unit, &r.place, &r.Day, &entry, &fields); err != nil {
		return r, err
	}
	c, err := petition.Of(kind, fields)
	if err != nil {
		return r, err
	}
	r.Received, r.Class, r.Field, r.Code, r.Void = c.Received, c.Class, c.Field, c.Code, entry == ledger.Void
	r.Denounces = petition.Denounces(c.Class)
	state := c.State()
	r.Stage, r.Open, r.Due = state.Name(), state.Open(), c.Due
	return r, nil
}

// readAll reads all letters anew.
func (f *Finder) readAll(ctx context.Context, tree *org.Tree) error {
	places := newPlaces(tree, f.Today())
	open, sealed, letters := alike.New(false), alike.New(true), map[int64]Letter{}
	seen := map[int64]bool{}
	var leaf int64
	err := f.DB.View(ctx, func(q db.Querier) error {
		if err := q.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM audit_leaf`).Scan(&leaf); err != nil {
			return fmt.Errorf("read last leaf: %w", err)
		}
		ids, err := list(ctx, q, scanNumber, `SELECT id FROM audit_leaf WHERE id > $1 AND subject IN ('entry', 'dossier')`, leaf-lookBack)
		if err != nil {
			return err
		}
		for _, id := range ids {
			seen[id] = true
		}
		rows, err := list(ctx, q, scanLetter, selectLetter+` WHERE e.kind IN ('petition_letter', 'petition_part')`)
		if err != nil {
			return err
		}
		byID := make(map[int64]*row, len(rows))
		for i := range rows {
			byID[rows[i].ID] = &rows[i]
			letters[rows[i].ID] = rows[i].Letter
		}
		return f.Dossiers.Each(ctx, q, func(entry int64, c dossier.Content, mark []byte) error {
			r := byID[entry]
			if r == nil {
				return nil
			}
			r.Denounces = r.Denounces || denouncing(c)
			letters[entry] = r.Letter
			if !r.Void {
				put(open, sealed, r, c, mark, places)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	f.state.Lock()
	f.open, f.sealed, f.letters, f.places, f.leaf, f.seen = open, sealed, letters, places, leaf, seen
	f.state.Unlock()
	if f.running {
		debug.FreeOSMemory() // the texts of all letters were opened: several times what is kept of them
	}
	return nil
}

func scanNumber(scan func(...any) error) (n int64, err error) {
	err = scan(&n)
	return n, err
}

// put hands a letter to the index that it belongs to. Anybody may write a letter: one that cannot be compared is left out,
// and the program goes on.
func put(open, sealed *alike.Index, r *row, c dossier.Content, mark []byte, p *places) {
	l := alike.Letter{ID: r.ID, Text: strings.Join([]string{c.Summary, c.Text, c.Request}, "\n"), Respondent: c.Respondent,
		Place: p.of(r.place, r.Day, c.Place), Parcels: c.Parcels, Decisions: c.Decisions, Mark: string(mark)}
	defer func() {
		if p := recover(); p != nil {
			slog.Error("letter cannot be compared", "entry", r.ID, "panic", p, "stack", string(debug.Stack()))
		}
	}()
	into, other := open, sealed
	if r.Denounces {
		into, other = sealed, open
	}
	other.Remove(l.ID)
	into.Put(l)
}

// read takes one letter in as it stands now.
func (f *Finder) read(ctx context.Context, id int64) error {
	rows, err := list(ctx, f.DB.Read(), scanLetter, selectLetter+` WHERE e.id = $1 AND e.kind IN ('petition_letter', 'petition_part')`, id)
	if err != nil || len(rows) == 0 {
		return err
	}
	r := &rows[0]
	c, mark, ok, err := f.Dossiers.One(ctx, f.DB.Read(), id)
	if err != nil {
		return err
	}
	r.Denounces = r.Denounces || ok && denouncing(c)
	f.state.Lock()
	defer f.state.Unlock()
	f.letters[id] = r.Letter
	if r.Void || !ok {
		f.open.Remove(id)
		f.sealed.Remove(id)
		return nil
	}
	put(f.open, f.sealed, r, c, mark, f.places)
	return nil
}

// Of is what is known of a letter; ok is false where there is no such letter.
func (f *Finder) Of(id int64) (Letter, bool) {
	f.state.RLock()
	defer f.state.RUnlock()
	l, ok := f.letters[id]
	return l, ok
}

// Size is how many letters can be compared, denunciations apart.
func (f *Finder) Size() (letters, denunciations int) {
	f.state.RLock()
	defer f.state.RUnlock()
	if f.open == nil {
		return 0, 0
	}
	return f.open.Len(), f.sealed.Len()
}

func (f *Finder) index(l Letter) *alike.Index {
	f.state.RLock()
	defer f.state.RUnlock()
	if l.Denounces {
		return f.sealed
	}
	return f.open
}

// widest is how many letters are looked at before those that may not be shown are left out.
const widest = 40

// Near are the letters that may be about the matter of one, the likeliest first: only those that may be read, none that
// is in the same matter already, none of which a person said that it is another matter. ready is false while the index
// is being built.
func (f *Finder) Near(ctx context.Context, q db.Querier, id int64, may func(Letter) bool, most int) (out []Suggestion, ready bool, err error) {
	if ready, err = f.Fresh(ctx); err != nil || !ready {
		return nil, ready, err
	}
	l, ok := f.Of(id)
	if !ok || l.Void || !may(l) {
		return nil, true, nil
	}
	refused, matters, err := f.Store.apart(ctx, q, id)
	if err != nil {
		return nil, true, err
	}
	own, err := rootOf(ctx, q, id)
	if err != nil {
		return nil, true, err
	}
	for _, found := range f.index(l).Near(id, widest) {
		other, ok := f.Of(found.ID)
		if !ok || other.Void || refused[found.ID] || !may(other) || len(out) == most {
			continue
		}
		root, err := rootOf(ctx, q, found.ID)
		if err != nil {
			return nil, true, err
		}
		if root != 0 && (root == own || matters[root]) {
			continue
		}
		out = append(out, Suggestion{Letter: other, Found: found, Matter: root})
	}
	return out, true, f.beside(ctx, q, id, out)
}

// beside marks what a person has said to be related.
func (f *Finder) beside(ctx context.Context, q db.Querier, id int64, out []Suggestion) error {
	if len(out) == 0 {
		return nil
	}
	pairs, err := list(ctx, q, scanPair, `SELECT `+pairColumns+` FROM matter_pair WHERE (one = $1 OR other = $1) AND said = 'related' AND undone_leaf IS NULL`, id)
	if err != nil {
		return err
	}
	for _, p := range pairs {
		for i := range out {
			if out[i].Letter.ID == p.With(id) {
				out[i].Beside = Related
			}
		}
	}
	return nil
}

// Compare says what speaks for two letters being of one matter, whether or not it is enough to be suggested.
func (f *Finder) Compare(one, other int64) (alike.Found, bool) {
	a, ok := f.Of(one)
	b, has := f.Of(other)
	if !ok || !has || a.Denounces != b.Denounces {
		return alike.Found{}, false
	}
	return f.index(a).Compare(one, other)
}

// Letter reads what is known of a letter as it stands now, without waiting for the index.
func (f *Finder) Letter(ctx context.Context, q db.Querier, id int64) (Letter, error) {
	rows, err := list(ctx, q, scanLetter, selectLetter+` WHERE e.id = $1 AND e.kind IN ('petition_letter', 'petition_part')`, id)
	if err != nil {
		return Letter{}, err
	}
	if len(rows) == 0 {
		return Letter{}, fault.Newf(fault.NotFound, "Số %d không phải là một đơn. Hãy mở từ sổ đơn thư.", id)
	}
	l := rows[0].Letter
	l.Denounces, err = f.Store.denounces(ctx, q, id, l.Class)
	return l, err
}

// ByCode finds a letter by its public code, without regard to capitals.
func (f *Finder) ByCode(code string) (int64, bool) {
	f.state.RLock()
	defer f.state.RUnlock()
	for id, l := range f.letters {
		if l.Code != "" && strings.EqualFold(l.Code, code) {
			return id, true
		}
	}
	return 0, false
}
