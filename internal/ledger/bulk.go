package ledger

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"danvan/internal/db"
	"danvan/internal/fault"
	"danvan/internal/org"
)

// BulkOptions say how Bulk posts.
type BulkOptions struct {
	Actor string
	// Name of the batch; empty makes none.
	Name string
	// Partial keeps the good rows of an import with bad ones. Otherwise one bad row refuses all.
	Partial bool
	// ContentKeys gives a draft without key one made from its content, so that importing it twice adds nothing.
	ContentKeys bool
	// May reports whether the actor may record the kind for the unit; nil asks nothing.
	May func(kind string, unit org.UnitID) bool
	// Total is the number of drafts, where known, for Progress.
	Total    int
	Progress func(done, total int)
}

// BulkResult says what Bulk did.
type BulkResult struct {
	Batch    int64 // 0 when nothing new was saved, or no name given
	Saved    int
	Existed  int // were there already with the same content
	Versions int
	Facts    int
	Refused  []RowError // with Partial; otherwise they are the error
}

// RowError is what is wrong with one row, counted from 1.
type RowError struct {
	Row      int
	Problems Problems
}

// RowErrors is the error of a Bulk that was refused: every bad row, up to a bound.
type RowErrors []RowError

func (e RowErrors) Error() string {
	return fmt.Sprintf("%d bad rows, first: row %d: %s", len(e), e[0].Row, e[0].Problems)
}

// maxRowErrors is how many bad rows are gathered before Bulk gives up.
const maxRowErrors = 10_000

// Bulk records many drafts in one transaction (DB.WriteAlone), with what happened to each afterwards (Then). It
// writes the very rows that Record, Amend, Confirm and Void would have written one after the other. Drafts are
// prepared on all processors while earlier ones are being written; totals are folded first. Unless opts.Partial,
// bad rows refuse everything: the error is RowErrors inside a fault of kind Invalid.
func (l *Ledger) Bulk(ctx context.Context, tx *db.Tx, drafts iter.Seq[Draft], opts BulkOptions) (BulkResult, error) {
	w, err := l.begin(ctx, tx, opts.Actor)
	if err != nil {
		return BulkResult{}, err
	}
	b := &bulk{act: w, opts: opts, poster: l.poster(tx, w.rules.tree), keys: map[string]taken{}, kinds: map[string]bool{}}
	b.rules.ownKeys = opts.ContentKeys
	if b.empty, err = isEmpty(ctx, tx); err != nil {
		return BulkResult{}, err
	}
	if err := b.takeAll(ctx, drafts); err != nil {
		return BulkResult{}, err
	}
	return b.finish(ctx)
}

// takeAll writes chunk after chunk. It returns only when nobody reads drafts any more.
func (b *bulk) takeAll(ctx context.Context, drafts iter.Seq[Draft]) error {
	ctx, stop := context.WithCancel(ctx)
	chunks := prepareAll(ctx, b.rules, drafts)
	defer func() {
		stop()
		for range chunks {
		}
	}()
	for chunk := range chunks {
		if err := b.take(ctx, <-chunk); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// bulk is a Bulk under way.
type bulk struct {
	*act
	opts   BulkOptions
	poster *poster
	empty  bool             // no entry was there before, so no key needs to be looked for
	keys   map[string]taken // of this batch
	batch  int64
	seen   int
	result BulkResult
	errors RowErrors

	allOpen bool // no period is closed at all
	closed  map[closedAt]*Closing

	kinds map[string]bool // that came
}

// take writes one chunk.
func (b *bulk) take(ctx context.Context, chunk []prepared) error {
	defer b.progress(len(chunk))
	good := chunk[:0]
	for _, p := range chunk {
		if len(p.problems) > 0 {
			if err := b.refuse(p.row, p.problems); err != nil {
				return err
			}
			continue
		}
		if p.draft.Key == "" && b.opts.ContentKeys {
			p.draft.Key, p.byContent = p.contentKey(), true
		}
		good = append(good, p)
	}
	if len(b.errors) > 0 && !b.opts.Partial {
		return nil // only the other errors are still of interest
	}
	found, err := b.alreadyThere(ctx, good)
	if err != nil {
		return err
	}
	lives, err := b.lives(ctx, good, found)
	if err != nil {
		return err
	}
	return b.write(ctx, lives)
}

func (b *bulk) progress(n int) {
	b.seen += n
	if b.opts.Progress != nil {
		b.opts.Progress(b.seen, max(b.opts.Total, b.seen))
	}
}

func (b *bulk) refuse(row int, ps Problems) error {
	b.errors = append(b.errors, RowError{row, ps})
	if len(b.errors) >= maxRowErrors {
		return b.refused()
	}
	return nil
}

func (b *bulk) refused() error {
	slices.SortFunc(b.errors, func(x, y RowError) int { return x.Row - y.Row })
	return fault.Wrap(b.errors, fault.Invalid, fmt.Sprintf("Có %d dòng sai nên chưa nhập gì. Dòng %d: %s",
		len(b.errors), b.errors[0].Row, fault.Say(b.errors[0].Problems.err())))
}

// write posts lives: heads, then all that follows.
func (b *bulk) write(ctx context.Context, lives []*life) error {
	heads := make([][]any, len(lives))
	for i, e := range lives {
		heads[i] = e.head.values()
		b.result.Versions += len(e.steps)
		for _, s := range e.steps {
			b.result.Facts += len(s.facts)
		}
	}
	if err := b.tx.Insert(ctx, "entry", headCols, heads); err != nil {
		return fmt.Errorf("insert entries: %w", err)
	}
	b.result.Saved += len(lives)
	if err := b.markLives(ctx, lives); err != nil {
		return err
	}
	if err := b.poster.write(ctx, lives); err != nil {
		return err
	}
	for _, e := range lives {
		b.kinds[e.head.kind] = true
		for i := range e.steps {
			if err := b.l.afterwards(ctx, b.tx, &e.head, &e.steps[i].row); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow tells of each kind that many entries of it have come, once all of them stand.
func (b *bulk) follow(ctx context.Context) error {
	if b.l.After == nil {
		return nil
	}
	for _, kind := range slices.Sorted(maps.Keys(b.kinds)) {
		if err := b.l.After(ctx, b.tx, kind, 0); err != nil {
			return err
		}
	}
	return nil
}

// inBatch numbers the batch at the first entry of it.
func (b *bulk) inBatch(ctx context.Context) (err error) {
	if b.batch == 0 && b.opts.Name != "" {
		b.batch, err = b.tx.ID(ctx, "batch")
	}
	return err
}

// finish saves the totals and the batch, or refuses all.
func (b *bulk) finish(ctx context.Context) (BulkResult, error) {
	if len(b.errors) > 0 && !b.opts.Partial {
		return BulkResult{}, b.refused()
	}
	b.result.Refused = b.errors
	save := b.poster.totals.save
	if b.empty {
		save = b.poster.totals.insert
	}
	if err := save(ctx, b.tx); err != nil {
		return BulkResult{}, err
	}
	if err := b.follow(ctx); err != nil {
		return BulkResult{}, err
	}
	if b.batch == 0 || b.result.Saved == 0 {
		return b.result, nil
	}
	b.result.Batch = b.batch
	_, err := b.tx.ExecContext(ctx, `INSERT INTO batch (id, name, actor, at_ms, entries, undone)
		VALUES ($1, $2, $3, $4, $5, $6)`, b.batch, b.opts.Name, b.opts.Actor, b.at, b.result.Saved, false)
	if err != nil {
		return BulkResult{}, fmt.Errorf("insert batch: %w", err)
	}
	return b.result, nil
}
