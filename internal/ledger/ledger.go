package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// Ledger records entries. Its fields are set once, before use; it is safe for concurrent use.
type Ledger struct {
	Catalog *catalog.Catalog
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// AnyBody lets any body record any kind. Otherwise the kind's list of classes decides.
	AnyBody bool
	// InOrder says that acts get their numbers in the order of their commits, as on SQLite, where one writes at a time:
	// then what hangs on units is held in memory and followed act by act.
	InOrder bool
	// Law says what may not stand in an entry whatever way it came in (record, amendment, import, restore); nil: nothing.
	Law Law
	// Settle sets, in checked fields of an entry of a kind, what follows from the others by the law of its subject; nil:
	// nothing does. What is stored is what it set, so that Verify needs it not.
	Settle Settle
	// After is told in each act's transaction that an entry of a kind has a new version; entry 0 stands for many at once.
	// nil: nobody follows.
	After func(ctx context.Context, tx *db.Tx, kind string, entry int64) error
	// Closed knows which periods are closed by a report; nil: none is.
	Closed Closings

	facts    unitFacts
	tree     treeCache
	series   seriesCache
	editions editionCache
	shelf    shelf
	roll     roll
}

// Law checks the fields of an entry of a kind, as the catalogue let them through, against the law of its subject. It is a
// plain function: the same fields on the same day get the same answer.
type Law func(kind string, today civil.Date, v catalog.Values) Problems

// Settle is a plain function of the kind, the entry's day and its fields.
type Settle func(kind string, day civil.Date, v catalog.Values)

// New returns a ledger over the catalogue.
func New(c *catalog.Catalog) *Ledger { return &Ledger{Catalog: c} }

func (l *Ledger) now() time.Time {
	if l.Now != nil {
		return l.Now()
	}
	return time.Now()
}

// treeCache keeps the tree of the last version of the units that was asked for.
type treeCache struct {
	mu   sync.Mutex
	tree *org.Tree
}

// treeOf is the tree as q's transaction sees the units.
func (l *Ledger) treeOf(ctx context.Context, q db.Querier) (*org.Tree, error) {
	version, err := db.Meta(ctx, q, orgVersion)
	if err != nil {
		return nil, err
	}
	return l.treeAt(ctx, q, version)
}

func (l *Ledger) treeAt(ctx context.Context, q db.Querier, version string) (*org.Tree, error) {
	l.tree.mu.Lock()
	t := l.tree.tree
	l.tree.mu.Unlock()
	if t != nil && fmt.Sprint(t.Version) == version {
		return t, nil
	}
	t, err := org.LoadTree(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("load units: %w", err)
	}
	l.tree.mu.Lock()
	l.tree.tree = t
	l.tree.mu.Unlock()
	return t, nil
}

// orgVersion is the setting that org bumps with each change of units.
const orgVersion = "org_version"

// holdUnits keeps the units as they are until the transaction ends, so that no change of units derives its totals
// between our reading the tree and our adding to them, and gives their version. SQLite has one writer anyway.
func holdUnits(ctx context.Context, tx *db.Tx, how string) (version string, err error) {
	if tx.Engine() != db.Postgres {
		return db.Meta(ctx, tx, orgVersion)
	}
	err = tx.Scan(ctx, []any{&version}, `SELECT value FROM meta WHERE key = $1 FOR `+how, orgVersion)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("hold units: %w", err)
	}
	return version, nil
}

// editionCache knows which editions are stored in the database, and those that were read back from it.
type editionCache struct {
	mu     sync.Mutex
	saved  map[string]bool
	stored map[string]*catalog.Edition
}

// keep stores an edition that an entry is about to refer to, unless this process knows that it is there.
func (l *Ledger) keep(ctx context.Context, tx *db.Tx, ed *catalog.Edition) error {
	l.editions.mu.Lock()
	known := l.editions.saved[ed.Hash]
	l.editions.mu.Unlock()
	if known {
		return nil
	}
	if err := catalog.Save(ctx, tx, ed); err != nil {
		return fmt.Errorf("save edition %s: %w", ed.Code, err)
	}
	tx.AfterCommit(func() {
		l.editions.mu.Lock()
		defer l.editions.mu.Unlock()
		if l.editions.saved == nil {
			l.editions.saved = map[string]bool{}
		}
		l.editions.saved[ed.Hash] = true
	})
	return nil
}

// edition is the edition with a hash: one of the catalogue in use, or as it was stored with older entries.
func (l *Ledger) edition(ctx context.Context, q db.Querier, hash string) (*catalog.Edition, error) {
	if ed := l.Catalog.Edition(hash); ed != nil {
		return ed, nil
	}
	l.editions.mu.Lock()
	ed := l.editions.stored[hash]
	l.editions.mu.Unlock()
	if ed != nil {
		return ed, nil
	}
	ed, err := catalog.Stored(ctx, q, hash)
	if err != nil {
		return nil, fmt.Errorf("edition %s: %w", hash, err)
	}
	l.editions.mu.Lock()
	defer l.editions.mu.Unlock()
	if l.editions.stored == nil {
		l.editions.stored = map[string]*catalog.Edition{}
	}
	l.editions.stored[hash] = ed
	return ed, nil
}
