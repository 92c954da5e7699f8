package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"danvan/internal/audit"
	"danvan/internal/catalog"
	"danvan/internal/db"
	"danvan/internal/org"
)

// life is an entry's head with the versions that an act, or a whole history in Bulk, adds to it.
type life struct {
	head  headRow
	steps []step
}

// step is one new version with the facts that it posts.
type step struct {
	row   versionRow
	facts []sum
}

// poster writes lives: their versions, facts, leaves, and gathers the totals. One entry and two hundred thousand
// pass through the same lines.
type poster struct {
	l      *Ledger
	tx     *db.Tx
	tree   *org.Tree
	series map[seriesName]int64
	totals totals
	kept   map[*catalog.Edition]bool // editions known to be stored
}

func (l *Ledger) poster(tx *db.Tx, tree *org.Tree) *poster {
	return &poster{l: l, tx: tx, tree: tree, series: map[seriesName]int64{}, totals: newTotals(),
		kept: map[*catalog.Edition]bool{}}
}

// write posts the versions of lives whose heads have their ids, in order, and returns nothing that the lives do
// not hold afterwards.
func (p *poster) write(ctx context.Context, lives []*life) error {
	if err := p.number(ctx, lives); err != nil {
		return err
	}
	if err := p.seal(ctx, lives); err != nil {
		return err
	}
	if err := p.tx.Insert(ctx, "entry_version", versionCols, versionRows(lives)); err != nil {
		return fmt.Errorf("insert versions: %w", err)
	}
	rows, err := p.factRows(lives)
	if err != nil {
		return err
	}
	if err := p.tx.Insert(ctx, "fact", factCols, rows); err != nil {
		return fmt.Errorf("insert facts: %w", err)
	}
	return nil
}

// number gives the series of the facts their numbers.
func (p *poster) number(ctx context.Context, lives []*life) error {
	var wanted []seriesName
	for _, s := range steps(lives) {
		for i := range s.facts {
			if _, ok := p.series[s.facts[i].series]; !ok {
				wanted = append(wanted, s.facts[i].series)
			}
		}
	}
	return p.l.number(ctx, p.tx, p.series, wanted)
}

// seal appends one leaf a version.
func (p *poster) seal(ctx context.Context, lives []*life) error {
	var leaves []audit.Leaf
	for _, l := range lives {
		for i := range l.steps {
			v := &l.steps[i].row
			leaves = append(leaves, audit.Leaf{
				Act: string(v.act), Subject: subject, SubjectID: v.entry, Actor: v.actor, At: time.UnixMilli(v.at),
				Content: v.content(l.head.key, l.head.kind, l.head.batch),
			})
		}
	}
	ids, err := audit.AppendMany(ctx, p.tx, leaves)
	if err != nil {
		return fmt.Errorf("append leaves: %w", err)
	}
	for i, s := range steps(lives) {
		s.row.leaf = ids[i]
	}
	return nil
}

// subject is what the ledger's leaves call an entry.
const subject = "entry"

// steps are all steps of lives in order.
func steps(lives []*life) []*step {
	all := make([]*step, 0, len(lives))
	for _, l := range lives {
		for i := range l.steps {
			all = append(all, &l.steps[i])
		}
	}
	return all
}

var (
	headCols = []string{"id", "key", "kind", "unit", "place", "day", "state", "version", "edition", "title", "fold",
		"carries", "batch", "at_ms"}
	versionCols = []string{"entry", "version", "act", "state", "edition", "unit", "place", "day", "fields", "partners",
		"files", "carries", "reason", "actor", "at_ms", "leaf"}
	factCols = []string{"id", "entry", "version", "series", "unit", "day", "by_day", "value", "n", "c_value", "c_n", "leaf"}
)

func (h *headRow) values() []any {
	return []any{h.id, h.key, h.kind, int64(h.unit), int64(h.place), int32(h.day), string(h.state), h.version,
		h.edition, h.title, h.fold, orNull(h.carries), orNull(h.batch), h.at}
}

func versionRows(lives []*life) [][]any {
	var rows [][]any
	for _, s := range steps(lives) {
		v := &s.row
		rows = append(rows, []any{v.entry, v.number, string(v.act), string(v.state), v.edition, int64(v.unit),
			int64(v.place), int32(v.day), v.fields, v.partners, v.files, orNull(v.carries), v.reason, v.actor, v.at, v.leaf})
	}
	return rows
}

// factRows are the rows of table fact in the order of its key, and counts them into the totals.
func (p *poster) factRows(lives []*life) ([][]any, error) {
	type row struct {
		id, series int64
		*sum
		*versionRow
	}
	var all []row
	for _, s := range steps(lives) {
		for i := range s.facts {
			f := &s.facts[i]
			series := p.series[f.series]
			era, ok := p.tree.EraOn(f.unit, f.day)
			if !ok {
				return nil, fmt.Errorf("unit %d has no era on %s", f.unit, f.day)
			}
			p.totals.add(series, era.ID, f.day, f.amount)
			all = append(all, row{factID(s.row.leaf, i), series, f, &s.row})
		}
	}
	slices.SortFunc(all, func(a, b row) int {
		return cmp.Or(cmp.Compare(a.series, b.series), cmp.Compare(a.sum.unit, b.sum.unit),
			cmp.Compare(a.sum.day, b.sum.day), cmp.Compare(a.id, b.id))
	})
	rows := make([][]any, len(all))
	for i, r := range all {
		a := r.amount
		rows[i] = []any{r.id, r.entry, r.number, r.series, int64(r.sum.unit), int32(r.sum.day), orNull(int64(r.by)),
			a.Value, a.N, a.CValue, a.CN, r.leaf}
	}
	return rows, nil
}

// factBits is how many bits of a fact's id number it within its version.
const factBits = 14

// factID is the number of the i-th fact of the version with a leaf. It follows from the leaf, so that no fact can
// be renumbered or passed from one version to another unseen.
func factID(leaf int64, i int) int64 { return leaf<<factBits | int64(i) }

// orNull is n, or NULL for 0.
func orNull(n int64) any {
	if n == 0 {
		return nil
	}
	return n
}
