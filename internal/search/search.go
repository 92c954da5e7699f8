// Package search finds entries, units, the catalogue and reports by words, with or without diacritics, in any order,
// with slips of the hand forgiven.
//
// The index is held in memory and follows from the records: nothing is written, so that recording and importing pay
// nothing for it and it cannot be wrong for longer than until it is read anew. An entry is 32 bytes; its text is kept
// as numbers of words, once for all entries that say the same. A query is one pass over the entries, so that
// whatever is asked, a letter or a page, costs about the same few milliseconds.
//
// Who asks sees what he may read: entries of the units over which he may read work; of citizens' letters, where he
// may not read letters, nothing is found by words that he is not shown (Rules).
package search

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// Rules are the caller's rules of what may be shown of an entry.
type Rules struct {
	// Guarded reports whether entries of a kind are letters.
	Guarded func(*catalog.Kind) bool
	// Shown is the title of an entry as everybody may read it who may read its unit's work.
	Shown func(k *catalog.Kind, title string) string
}

// Index answers queries. It reads the records when it is first asked, or when Run is started.
type Index struct {
	DB      *db.DB
	Catalog *catalog.Catalog
	Tree    func(context.Context) (*org.Tree, error)
	Rules   Rules

	mu   sync.RWMutex
	tree *org.Tree
	docs *docs  // units, catalogue, reports
	book *book  // entries
	near *units // words of the units that entries are of
	leaf int64  // the last leaf that was read
	seen map[int64]bool

	widening sync.Once
	wide     bool // whether docs have what only older editions of the catalogue declare
}

// widen adds what only older editions declare. They take more memory than all the rest, which a program that nobody
// asks should not hold: they are read after the first query.
func (x *Index) widen() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.wide = true
	docs, err := x.readDocs(x.tree)
	if err != nil {
		slog.Error("read older editions to search", "err", err)
		return
	}
	x.docs = docs
}

// lookBack is how many leaves are read again each time where leaves may come out of order: PostgreSQL gives an act
// its number before it is saved.
const lookBack = 4096

// every is how often Run looks for new acts, and checkEvery how often it counts whether anything was missed.
const (
	every      = 2 * time.Second
	checkEvery = 10 * time.Minute
)

// Run keeps the index fresh until ctx ends, so that no query has to wait for it.
func (x *Index) Run(ctx context.Context) {
	look, check := time.NewTicker(every), time.NewTicker(checkEvery)
	defer look.Stop()
	defer check.Stop()
	for {
		if err := x.Fresh(ctx); err != nil && ctx.Err() == nil {
			slog.Error("read what is searched", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-check.C:
			if err := x.Check(ctx); err != nil && ctx.Err() == nil {
				slog.Error("check what is searched", "err", err)
			}
		case <-look.C:
		}
	}
}

// Fresh reads what has happened since the last time.
func (x *Index) Fresh(ctx context.Context) error {
	tree, err := x.Tree(ctx)
	if err != nil {
		return err
	}
	leaf, err := lastLeaf(ctx, x.DB.Read())
	if err != nil {
		return err
	}
	x.mu.RLock()
	fresh := x.book != nil && x.leaf == leaf && x.tree == tree
	x.mu.RUnlock()
	if fresh {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.tree != tree {
		if x.docs, err = x.readDocs(tree); err != nil {
			return err
		}
		x.near, x.tree = readUnits(tree), tree
	}
	if x.book == nil {
		return x.readAll(ctx)
	}
	return x.readOn(ctx)
}

// readAll reads all entries.
func (x *Index) readAll(ctx context.Context) error {
	b := newBook(x.Catalog, x.Rules)
	var leaf int64
	seen := map[int64]bool{}
	err := x.DB.View(ctx, func(q db.Querier) (err error) {
		if leaf, err = lastLeaf(ctx, q); err != nil {
			return err
		}
		if err = leavesFrom(ctx, q, leaf-lookBack, func(id int64, _ int64) { seen[id] = true }); err != nil {
			return err
		}
		if err := b.read(ctx, q, ``); err != nil {
			return err
		}
		return db.Shrink(ctx, q, x.DB.Engine())
	})
	if err != nil {
		return err
	}
	b.settle()
	x.book, x.leaf, x.seen = b, leaf, seen
	debug.FreeOSMemory()
	return nil
}

// mostAtOnce is how many changed entries are read by their numbers; above it everything is read anew.
const mostAtOnce = 20_000

// readOn reads the entries that were acted on since.
func (x *Index) readOn(ctx context.Context) error {
	var changed []int64
	from, leaf := x.leaf, x.leaf
	if x.DB.Engine() == db.Postgres {
		from -= lookBack
	}
	err := x.DB.View(ctx, func(q db.Querier) error {
		err := leavesFrom(ctx, q, from, func(id, entry int64) {
			if !x.seen[id] {
				x.seen[id] = true
				changed = append(changed, entry)
			}
			leaf = max(leaf, id)
		})
		if err != nil || len(changed) > mostAtOnce {
			return err
		}
		return x.book.readChanged(ctx, q, changed)
	})
	if err != nil {
		x.book = nil // half read: from the beginning next time
		return err
	}
	if len(changed) > mostAtOnce {
		return x.readAll(ctx)
	}
	x.leaf = leaf
	for id := range x.seen {
		if id < leaf-2*lookBack {
			delete(x.seen, id)
		}
	}
	return nil
}

// Check compares the number of entries and of their versions with the database and reads all anew where they differ.
func (x *Index) Check(ctx context.Context) error {
	if err := x.Fresh(ctx); err != nil {
		return err
	}
	var leaf, n, versions int64
	err := x.DB.View(ctx, func(q db.Querier) (err error) {
		if leaf, err = lastLeaf(ctx, q); err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT count(*), coalesce(CAST(sum(version) AS BIGINT), 0) FROM entry`).Scan(&n, &versions)
	})
	if err != nil {
		return fmt.Errorf("count entries: %w", err)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.book == nil || x.leaf != leaf {
		return nil // acts in between: next time
	}
	if have, v := x.book.count(); have == n && v == versions {
		return nil
	}
	slog.Warn("search had missed entries and reads all anew", "entries", n)
	return x.readAll(ctx)
}

func lastLeaf(ctx context.Context, q db.Querier) (int64, error) {
	var id int64
	if err := q.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM audit_leaf`).Scan(&id); err != nil {
		return 0, fmt.Errorf("read last leaf: %w", err)
	}
	return id, nil
}

func leavesFrom(ctx context.Context, q db.Querier, after int64, visit func(id, entry int64)) error {
	rows, err := q.QueryContext(ctx, `SELECT id, subject_id FROM audit_leaf WHERE id > $1 AND subject = 'entry' ORDER BY id`, after)
	if err != nil {
		return fmt.Errorf("read leaves: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, entry int64
		if err := rows.Scan(&id, &entry); err != nil {
			return err
		}
		visit(id, entry)
	}
	return rows.Err()
}

func year(day civil.Date) int { return int(day) / 10000 }
