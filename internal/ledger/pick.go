package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// Cond is what one field of an entry must hold. Code is that of a field, or "group.field": then one row of the group
// must fit. What is empty does not ask.
type Cond struct {
	Code     string
	Any      []string // choice, choices, bool: one of these codes ("true", "false")
	Text     string   // text, person, link: all words occur, as in Filter.Text; unit: the reference
	From, To string   // number or day, both included
}

// Picked are the entries of one kind that a filter and conditions leave, in order.
type Picked struct {
	kind *catalog.Kind
	rows []*shelfRow
}

// Pick filters the entries of one kind, f.Kinds[0] as the edition's kind k declares it, by any of its fields. name
// gives a unit's name on a day, for sorting; it may be nil.
func (l *Ledger) Pick(ctx context.Context, q db.Querier, engine db.Engine, k *catalog.Kind, f Filter, conds []Cond, by Order, name func(org.UnitID, civil.Date) string) (*Picked, error) {
	l.roll.want()
	all, err := l.shelf.get(ctx, q, engine, k.Code)
	if err != nil {
		return nil, err
	}
	var tests []test
	for _, c := range conds {
		if t := c.test(k); t != nil {
			tests = append(tests, t)
		}
	}
	rows := all.chosen(&f, newTextFilter(k, f.Text), tests)
	if f.Actor != "" {
		by, err := l.actedOn(ctx, q, f.Actor, rows)
		if err != nil {
			return nil, err
		}
		rows = by
	}
	sortRows(rows, by, name)
	return &Picked{k, rows}, nil
}

// actedOn keeps the rows with a version that the actor made.
func (l *Ledger) actedOn(ctx context.Context, q db.Querier, actor string, rows []*shelfRow) ([]*shelfRow, error) {
	did := map[int64]bool{}
	err := each(ctx, q, func(r scanner) error {
		var id int64
		err := r.Scan(&id)
		did[id] = true
		return err
	}, `SELECT entry FROM entry_version WHERE actor = $1 AND version > 1`, actor)
	return slices.DeleteFunc(rows, func(r *shelfRow) bool { return r.actor != actor && !did[r.ID] }), err
}

func sortRows(rows []*shelfRow, by Order, name func(org.UnitID, civil.Date) string) {
	switch by {
	case OldestFirst:
		slices.Reverse(rows)
	case ByRecorded:
		slices.SortStableFunc(rows, func(a, b *shelfRow) int { return b.At.Compare(a.At) })
	case ByUnit:
		names := map[org.UnitID]string{}
		for _, r := range rows {
			if _, ok := names[r.Unit]; !ok && name != nil {
				names[r.Unit] = civil.Fold(name(r.Unit, r.Day))
			}
		}
		slices.SortStableFunc(rows, func(a, b *shelfRow) int {
			return cmp.Or(cmp.Compare(names[a.Unit], names[b.Unit]), cmp.Compare(a.Unit, b.Unit))
		})
	}
}

// Total is how many there are.
func (p *Picked) Total() int { return len(p.rows) }

// Line is an entry of a list with its stored fields.
type Line struct {
	Head
	Fields string // canonical JSON
}

// Lines are those of a page; a limit below 0 gives all from the offset on.
func (p *Picked) Lines(offset, limit int) []Line {
	from := min(max(offset, 0), len(p.rows))
	to := len(p.rows)
	if limit >= 0 {
		to = min(from+limit, to)
	}
	out := make([]Line, 0, to-from)
	for _, r := range p.rows[from:to] {
		out = append(out, Line{r.Head, r.fields})
	}
	return out
}

// Sum adds up a number of all entries and says how many have it.
func (p *Picked) Sum(code string) (sum *big.Rat, n int) {
	sum = new(big.Rat)
	for _, r := range p.rows {
		raw := member(r.fields, code)
		if raw == "" {
			continue
		}
		if x, ok := new(big.Rat).SetString(raw); ok {
			sum.Add(sum, x)
			n++
		}
	}
	return sum, n
}

// test judges the stored fields of an entry.
type test func(fields string) bool

// test is the condition as a function, nil where it asks nothing or its field is none of the kind's.
func (c Cond) test(k *catalog.Kind) test {
	group, code, inside := strings.Cut(c.Code, ".")
	f := k.Field(group)
	if f == nil {
		return nil
	}
	if !inside {
		one := c.value(f)
		if one == nil {
			return nil
		}
		return func(fields string) bool {
			raw := member(fields, f.Code)
			return raw != "" && one(raw)
		}
	}
	sub := f.Field(code)
	if sub == nil {
		return nil
	}
	one := c.value(sub)
	if one == nil {
		return nil
	}
	return func(fields string) bool {
		for row := range elements(member(fields, f.Code)) {
			if raw := member(row, sub.Code); raw != "" && one(raw) {
				return true
			}
		}
		return false
	}
}

// value judges the JSON of one value.
func (c Cond) value(f *catalog.Field) func(raw string) bool {
	switch f.Type {
	case catalog.Choice, catalog.Choices, catalog.Bool:
		if len(c.Any) == 0 {
			return nil
		}
		return func(raw string) bool {
			return slices.ContainsFunc(texts(raw), func(s string) bool { return slices.Contains(c.Any, s) })
		}
	case catalog.Int, catalog.DecimalT, catalog.Money:
		return c.number()
	case catalog.DateT:
		if c.From == "" && c.To == "" {
			return nil
		}
		return func(raw string) bool {
			day := unquoted(raw)
			return (c.From == "" || day >= c.From) && (c.To == "" || day <= c.To)
		}
	case catalog.UnitRef, catalog.UnitRefs:
		if c.Text == "" {
			return nil
		}
		return func(raw string) bool { return slices.Contains(texts(raw), c.Text) }
	}
	if strings.TrimSpace(c.Text) == "" {
		return nil
	}
	words := newWords(c.Text)
	return func(raw string) bool { return words.fit(strings.Join(texts(raw), "\n")) }
}

func (c Cond) number() func(raw string) bool {
	from, okFrom := new(big.Rat).SetString(c.From)
	to, okTo := new(big.Rat).SetString(c.To)
	if !okFrom && !okTo {
		return nil
	}
	low, _ := new(big.Rat).SetString("0")
	return func(raw string) bool {
		if _, ok := low.SetString(raw); !ok {
			return false
		}
		return (!okFrom || low.Cmp(from) >= 0) && (!okTo || low.Cmp(to) <= 0)
	}
}

// words are what somebody looks for: each without marks, and those typed with marks as they were typed.
type words struct{ plain, marked []string }

func newWords(text string) words {
	var w words
	for _, word := range strings.Fields(strings.ToLower(norm.NFC.String(text))) {
		plain := civil.Fold(word)
		w.plain = append(w.plain, plain)
		if plain != word {
			w.marked = append(w.marked, word)
		}
	}
	return w
}

func (w words) fit(text string) bool {
	if len(w.marked) > 0 {
		lower := strings.ToLower(text)
		for _, word := range w.marked {
			if !strings.Contains(lower, word) {
				return false
			}
		}
	}
	fold := civil.Fold(text)
	return !slices.ContainsFunc(w.plain, func(word string) bool { return !strings.Contains(fold, word) })
}

// textFilter looks for words in what an entry says, its kind's name included.
type textFilter struct {
	words
	name  string
	texts []string // codes of the fields that are searched
}

func newTextFilter(k *catalog.Kind, text string) *textFilter {
	t := &textFilter{words: newWords(text), name: strings.ToLower(k.Name)}
	for _, f := range k.Fields {
		if isText(f.Type) && f.About != "person" {
			t.texts = append(t.texts, f.Code)
		}
	}
	return t
}

func (t *textFilter) fits(r *shelfRow) bool {
	for _, word := range t.plain {
		if !strings.Contains(r.fold, word) {
			return false
		}
	}
	return t.said(r.fields)
}

// newTextFilterOf asks for words with their marks alone.
func newTextFilterOf(k *catalog.Kind, marked []string) *textFilter {
	t := newTextFilter(k, "")
	t.marked = marked
	return t
}

// said reports whether every word that was typed with marks occurs with them.
func (t *textFilter) said(fields string) bool {
	if len(t.marked) == 0 {
		return true
	}
	said := t.marks(fields)
	return !slices.ContainsFunc(t.marked, func(word string) bool { return !strings.Contains(said, word) })
}

// marks is what an entry says, in lower case, with its marks.
func (t *textFilter) marks(fields string) string {
	said := t.name
	for _, code := range t.texts {
		if raw := member(fields, code); raw != "" {
			said += "\n" + strings.ToLower(unquoted(raw))
		}
	}
	return said
}

// texts are the words of a value: of a text, of a list, of people.
func texts(raw string) []string {
	switch raw[0] {
	case '"':
		return []string{unquoted(raw)}
	case '[':
		var out []string
		for e := range elements(raw) {
			out = append(out, texts(e)...)
		}
		return out
	case '{':
		return []string{unquoted(member(raw, "name")), unquoted(member(raw, "office"))}
	}
	return []string{raw}
}

func unquoted(raw string) string {
	if len(raw) < 2 || raw[0] != '"' {
		return raw
	}
	if !strings.Contains(raw, `\`) {
		return raw[1 : len(raw)-1]
	}
	var s string
	if json.Unmarshal([]byte(raw), &s) != nil {
		s, _ = strconv.Unquote(raw)
	}
	return s
}
