package ledger

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// Filter chooses entries for a list; what is zero does not restrict.
type Filter struct {
	Kinds  []string
	Units  []org.UnitID // the body is one of these
	Places []org.UnitID
	From   civil.Date
	To     civil.Date
	States []State // empty: all but void
	Text   string  // every word of it occurs; one typed with marks occurs with these marks (Pick), others without
	Batch  int64
	Actor  string         // did one of the versions
	Only   map[int64]bool // these entries alone; nil does not restrict
	Hidden *Hidden
}

// Hidden are entries that a list passes over: those of the kinds, but for those of the units.
type Hidden struct {
	Kinds []string
	But   map[org.UnitID]bool
}

// Order is how a list is sorted. Equal ones stand in the order of their days and numbers, newest first.
type Order string

// The orders of lists.
const (
	NewestFirst Order = ""
	OldestFirst Order = "cu"
	ByUnit      Order = "don-vi"
	ByKind      Order = "loai"
	ByRecorded  Order = "ghi"
)

// CountBound is how far a list is counted; a longer one is "more than" so many.
const CountBound = 10_000

// walk is how one order is gone through: the columns of its index, and which conditions are to be looked at only, so
// that no other index tempts the engine.
type walk struct{ order, unit, day string }

var walks = map[Order]walk{
	NewestFirst: {`day DESC, id DESC`, "+unit", "day"},
	OldestFirst: {`day, id`, "+unit", "day"},
	ByUnit:      {`unit DESC, day DESC, id DESC`, "unit", "day"},
	ByKind:      {`kind DESC, day DESC, id DESC`, "+unit", "+day"},
	ByRecorded:  {`at_ms DESC, id DESC`, "+unit", "+day"},
}

// Known reports whether there is such an order.
func (o Order) Known() bool { _, ok := walks[o]; return ok }

// few is how many units, or entries, it takes no walk through all days to list.
const few = 3000 // below what an IN list may hold

// List reads a page of entries, newest day first, and how many there are in all.
func (l *Ledger) List(ctx context.Context, q db.Querier, f Filter, offset, limit int) (page []Head, total int, err error) {
	where, args := f.where("unit", "day")
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM entry`+where, args...).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count entries: %w", err)
	}
	page, err = pageOf(ctx, q, where, args, NewestFirst, offset, limit)
	return page, total, err
}

// Page is List for pages of any size and order that must be quick whatever the units: it counts up to one more than
// CountBound. Few entries are found by their units and sorted; many are met soon on a walk in the order asked for,
// with the units only looked at, which a "+" before the column has both engines do. Words are looked for in the roll.
func (l *Ledger) Page(ctx context.Context, q db.Querier, f Filter, by Order, offset, limit int) (page []Head, total int, err error) {
	l.roll.want()
	if rows, ok, err := l.withWords(ctx, q, f, by); ok || err != nil {
		from := min(offset, len(rows))
		page, wrong := headsOf(ctx, q, rows[from:min(from+limit, len(rows))])
		return page, min(len(rows), CountBound+1), errors.Join(err, wrong)
	}
	if len(newWords(f.Text).marked) > 0 {
		return l.pageAsTyped(ctx, q, f, offset, limit)
	}
	where, args := f.where("unit", "day")
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM entry`+where+fmt.Sprintf(` LIMIT %d) counted`, CountBound+1), args...).
		Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count entries: %w", err)
	}
	if total > few {
		where, args = f.where(walks[by].unit, walks[by].day)
	}
	page, err = pageOf(ctx, q, where, args, by, offset, limit)
	return page, total, err
}

// pageOf finds the numbers first, which the indexes hold, and reads only the heads of the page.
func pageOf(ctx context.Context, q db.Querier, where string, args []any, by Order, offset, limit int) ([]Head, error) {
	n := len(args)
	args = append(args, limit, offset)
	order := walks[by].order
	return heads(ctx, q, selectHead+` WHERE id IN (SELECT id FROM (SELECT id FROM entry`+where+
		fmt.Sprintf(` ORDER BY %s LIMIT $%d OFFSET $%d) paged) ORDER BY %s`, order, n+1, n+2, order), args...)
}

// Count is how many entries a filter leaves, without bound.
func (l *Ledger) Count(ctx context.Context, q db.Querier, f Filter) (n int, err error) {
	if rows, ok, err := l.withWords(ctx, q, f, NewestFirst); ok || err != nil {
		return len(rows), err
	}
	if len(newWords(f.Text).marked) > 0 {
		for page, err := range l.Walk(ctx, q, f, few) {
			if err != nil {
				return 0, err
			}
			n += len(page)
		}
		return n, nil
	}
	where, args := f.where("unit", "day")
	if err := q.QueryRowContext(ctx, `SELECT count(*) FROM entry`+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count entries: %w", err)
	}
	return n, nil
}

// Walk gives all entries of a filter, newest day first, size after size; each page begins where the last one ended.
func (l *Ledger) Walk(ctx context.Context, q db.Querier, f Filter, size int) iter.Seq2[[]Head, error] {
	return func(yield func([]Head, error) bool) {
		if rows, ok, err := l.withWords(ctx, q, f, NewestFirst); ok || err != nil {
			walkRows(ctx, q, rows, size, err, yield)
			return
		}
		where, args := f.where("+unit", "day")
		n := len(args)
		marks := newWords(f.Text).marked
		last := Head{ID: math.MaxInt64, Day: civil.Forever}
		for {
			page, err := heads(ctx, q, selectHead+where+fmt.Sprintf(` AND day <= $%d AND (day < $%d OR id < $%d)
				ORDER BY day DESC, id DESC LIMIT %d`, n+1, n+1, n+2, size), append(slices.Clone(args), int32(last.Day), last.ID)...)
			if len(page) == 0 && err == nil {
				return
			}
			if err == nil {
				last = page[len(page)-1]
				page, err = l.asTyped(ctx, q, page, marks)
			}
			if !yield(page, err) || err != nil {
				return
			}
		}
	}
}

func walkRows(ctx context.Context, q db.Querier, rows []*rollRow, size int, err error, yield func([]Head, error) bool) {
	if err != nil {
		yield(nil, err)
		return
	}
	for some := range slices.Chunk(rows, size) {
		page, err := headsOf(ctx, q, some)
		if !yield(page, err) || err != nil {
			return
		}
	}
}

// pageAsTyped is Page, where there is no roll, for words typed with marks, which SQL cannot tell: newest first, whatever the order asked for.
func (l *Ledger) pageAsTyped(ctx context.Context, q db.Querier, f Filter, offset, limit int) (page []Head, total int, err error) {
	for some, err := range l.Walk(ctx, q, f, few) {
		if err != nil {
			return nil, 0, err
		}
		for _, h := range some {
			if total >= offset && len(page) < limit {
				page = append(page, h)
			}
			if total++; total > CountBound {
				return page, total, nil
			}
		}
	}
	return page, total, nil
}

// asTyped keeps the entries that hold the words with the marks they were typed with.
func (l *Ledger) asTyped(ctx context.Context, q db.Querier, page []Head, marks []string) ([]Head, error) {
	if len(marks) == 0 {
		return page, nil
	}
	var ids []any
	for _, h := range page {
		ids = append(ids, h.ID)
	}
	fields := map[int64]string{}
	err := each(ctx, q, func(r scanner) error {
		var id int64
		var text string
		err := r.Scan(&id, &text)
		fields[id] = text
		return err
	}, `SELECT e.id, v.fields FROM entry e JOIN entry_version v ON v.entry = e.id AND v.version = e.version
		WHERE e.id IN (`+list(1, len(ids))+`)`, ids...)
	if err != nil {
		return nil, fmt.Errorf("read fields: %w", err)
	}
	return slices.DeleteFunc(page, func(h Head) bool {
		ed := l.Catalog.Edition(h.Edition)
		if ed == nil {
			ed = l.Catalog.EditionOn(h.Day)
		}
		k := ed.Kind(h.Kind)
		return k == nil || !newTextFilterOf(k, marks).said(fields[h.ID])
	}), nil
}

// condition gathers the parts of a WHERE with their numbered parameters.
type condition struct {
	parts []string
	args  []any
}

// add takes a condition in which "?" stands for the next parameter.
func (c *condition) add(text string, arg any) {
	c.args = append(c.args, arg)
	c.parts = append(c.parts, strings.ReplaceAll(text, "?", fmt.Sprintf("$%d", len(c.args))))
}

func in[T any](c *condition, column string, values []T, arg func(T) any) {
	if len(values) == 0 {
		return
	}
	c.parts = append(c.parts, column+` IN (`+list(len(c.args)+1, len(values))+`)`)
	for _, v := range values {
		c.args = append(c.args, arg(v))
	}
}

func (f Filter) where(unit, day string) (string, []any) {
	var c condition
	in(&c, "kind", f.Kinds, func(s string) any { return s })
	ofUnits(&c, unit, f.Units)
	ofUnits(&c, "place", f.Places)
	in(&c, "state", f.States, func(s State) any { return string(s) })
	if len(f.States) == 0 {
		c.parts = append(c.parts, "state <> 'void'")
	}
	if f.From != 0 {
		c.add(day+" >= ?", int32(f.From))
	}
	if f.To != 0 {
		c.add(day+" <= ?", int32(f.To))
	}
	if f.Batch != 0 {
		c.add("batch = ?", f.Batch)
	}
	if f.Actor != "" {
		c.add("id IN (SELECT entry FROM entry_version WHERE actor = ?)", f.Actor)
	}
	f.Hidden.where(&c)
	if f.Only != nil {
		ofIDs(&c, f.Only)
	}
	for _, word := range strings.Fields(civil.Fold(f.Text)) {
		c.add(`fold LIKE ? ESCAPE '\'`, "%"+likeSafe(word)+"%")
	}
	return " WHERE " + strings.Join(c.parts, " AND "), c.args
}

func (h *Hidden) where(c *condition) {
	if h == nil || len(h.Kinds) == 0 {
		return
	}
	hidden := condition{args: c.args}
	in(&hidden, "kind", h.Kinds, func(s string) any { return s })
	ofUnits(&hidden, "+unit", slices.Collect(maps.Keys(h.But)))
	c.args = hidden.args
	c.parts = append(c.parts, "NOT ("+strings.Join(hidden.parts, " AND NOT ")+")")
}

// ofUnits writes the numbers of units into the text: there may be thousands, and SQLite looks for the place of each
// parameter from the front.
func ofUnits(c *condition, column string, ids []org.UnitID) {
	if len(ids) == 0 {
		return
	}
	var b strings.Builder
	b.WriteString(column + " IN (")
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(int64(id), 10))
	}
	c.parts = append(c.parts, b.String()+")")
}

// ofIDs writes numbers of entries into the text; 0 is none's.
func ofIDs(c *condition, ids map[int64]bool) {
	text := []string{"0"}
	for id := range ids {
		text = append(text, strconv.FormatInt(id, 10))
	}
	c.parts = append(c.parts, "id IN ("+strings.Join(text, ",")+")")
}

func (h *Hidden) has(kind string, unit org.UnitID) bool {
	if h == nil || h.But[unit] {
		return false
	}
	for _, k := range h.Kinds {
		if k == kind {
			return true
		}
	}
	return false
}

func likeSafe(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
