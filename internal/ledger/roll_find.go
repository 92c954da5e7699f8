package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
)

// textsOf is what lists look for in entries of a kind, as the edition of the entry has it.
func (l *Ledger) textsOf(edition, kind string, day civil.Date) *textFilter {
	ed := l.Catalog.Edition(edition)
	if ed == nil {
		ed = l.Catalog.EditionOn(day)
	}
	k := ed.Kind(kind)
	if k == nil {
		k = &catalog.Kind{}
	}
	return newTextFilter(k, "")
}

// withWords are the entries of a filter that asks for words, in order; false where the roll cannot tell.
func (l *Ledger) withWords(ctx context.Context, q db.Querier, f Filter, by Order) ([]*rollRow, bool, error) {
	if strings.TrimSpace(f.Text) == "" {
		return nil, false, nil
	}
	x, ok, err := l.rolledFor(ctx, q)
	if err != nil || !ok {
		return nil, false, err
	}
	rows := x.chosen(&f)
	if f.Actor != "" {
		if rows, err = actedOnRows(ctx, q, f.Actor, rows); err != nil {
			return nil, false, err
		}
	}
	x.sort(rows, by)
	return rows, true, nil
}

// chosen are the entries that a filter leaves, but for who acted on them.
func (x *rolled) chosen(f *Filter) []*rollRow {
	units, places := set(f.Units), set(f.Places)
	kinds := make([]bool, len(x.kinds))
	for i, k := range x.kinds {
		kinds[i] = len(f.Kinds) == 0 || slices.Contains(f.Kinds, k)
	}
	fits := x.fitting(newWords(f.Text))
	var out []*rollRow
	for i := range x.rows {
		r := &x.rows[i]
		switch {
		case f.To != 0 && r.day > f.To, !kinds[r.kind], !stateIn(f.States, states[r.state]), f.Batch != 0 && r.batch != f.Batch,
			units != nil && !units[r.unit], places != nil && !places[r.place], f.Hidden.has(x.kinds[r.kind], r.unit),
			f.Only != nil && !f.Only[r.id]:
			continue
		case f.From != 0 && r.day < f.From:
			return out // they stand by day
		case fits(r.text):
			out = append(out, r)
		}
	}
	return out
}

// fitting says of a text whether it has the words, looking into each text once.
func (x *rolled) fitting(w words) func(text int32) bool {
	const no, yes = 1, 2
	known := make([]uint8, len(x.texts))
	return func(text int32) bool {
		if known[text] == 0 {
			known[text] = no
			if x.texts[text].has(w) {
				known[text] = yes
			}
		}
		return known[text] == yes
	}
}

func (s wording) has(w words) bool {
	return !slices.ContainsFunc(w.plain, func(word string) bool { return !strings.Contains(s.fold, word) }) &&
		!slices.ContainsFunc(w.marked, func(word string) bool { return !strings.Contains(s.marked, word) })
}

func (x *rolled) sort(rows []*rollRow, by Order) {
	switch by {
	case OldestFirst:
		slices.Reverse(rows)
	case ByUnit:
		slices.SortStableFunc(rows, func(a, b *rollRow) int { return cmp.Compare(b.unit, a.unit) })
	case ByKind:
		slices.SortStableFunc(rows, func(a, b *rollRow) int { return strings.Compare(x.kinds[b.kind], x.kinds[a.kind]) })
	case ByRecorded:
		slices.SortFunc(rows, func(a, b *rollRow) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.id, a.id)) })
	}
}

// actedOnRows keeps the entries with a version that the actor made.
func actedOnRows(ctx context.Context, q db.Querier, actor string, rows []*rollRow) ([]*rollRow, error) {
	did := map[int64]bool{}
	for some := range slices.Chunk(rows, few) {
		err := each(ctx, q, func(r scanner) error {
			var id int64
			err := r.Scan(&id)
			did[id] = true
			return err
		}, `SELECT entry FROM entry_version WHERE actor = $1 AND entry IN (`+numbers(some)+`)`, actor)
		if err != nil {
			return nil, fmt.Errorf("find what %s did: %w", actor, err)
		}
	}
	return slices.DeleteFunc(rows, func(r *rollRow) bool { return !did[r.id] }), nil
}

// numbers are the ids of rows, written into a list: SQLite looks for the place of each parameter from the front.
func numbers(rows []*rollRow) string {
	var b strings.Builder
	for i, r := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(r.id, 10))
	}
	return b.String()
}

// headsOf reads the heads of rows, in their order.
func headsOf(ctx context.Context, q db.Querier, rows []*rollRow) ([]Head, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	found, err := heads(ctx, q, selectHead+` WHERE id IN (`+numbers(rows)+`)`)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]Head, len(found))
	for _, h := range found {
		byID[h.ID] = h
	}
	out := make([]Head, 0, len(rows))
	for _, r := range rows {
		if h, ok := byID[r.id]; ok {
			out = append(out, h)
		}
	}
	return out, nil
}
