package search

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/db"
	"danvan/internal/org"
)

// row is an entry as it is searched.
type row struct {
	id          int64
	unit, place uint32 // places in units of the book
	text        uint32 // what everybody may read who may read the unit's work
	whole       uint32 // of a letter: all it says, in the texts of letters
	day         civil.Date
	version     uint16
	letter      bool
	void        bool
}

// book is all entries, newest day first.
type book struct {
	catalog *catalog.Catalog
	rules   Rules

	rows     []row
	versions int64
	texts    *texts
	letters  *texts            // what letters say: a word of theirs is nowhere else, not even among those offered for a slip
	byText   map[uint64]uint32 // texts by a hash of what they say
	byLetter map[uint64]uint32
	seed     maphash.Seed
	units    []org.UnitID
	unitAt   map[org.UnitID]uint32
	kinds    map[string]*bookKind
}

// bookKind is what the book needs to know of a kind.
type bookKind struct {
	kind   *catalog.Kind
	name   string
	letter bool
}

func newBook(cat *catalog.Catalog, rules Rules) *book {
	return &book{catalog: cat, rules: rules, texts: newTexts(), letters: newTexts(),
		byText: map[uint64]uint32{}, byLetter: map[uint64]uint32{}, seed: maphash.MakeSeed(), unitAt: map[org.UnitID]uint32{}, kinds: map[string]*bookKind{}}
}

func (b *book) count() (entries, versions int64) { return int64(len(b.rows)), b.versions }

// read adds the entries that where picks.
func (b *book) read(ctx context.Context, q db.Querier, where string, args ...any) error {
	rows, err := q.QueryContext(ctx, `SELECT id, kind, unit, place, day, state = 'void', version, title, fold FROM entry`+where, args...)
	if err != nil {
		return fmt.Errorf("read entries to search: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var (
			r                 row
			kind, title, fold string
			unit, place       org.UnitID
		)
		if err := rows.Scan(&r.id, &kind, &unit, &place, &r.day, &r.void, &r.version, &title, &fold); err != nil {
			return fmt.Errorf("read entries to search: %w", err)
		}
		r.unit, r.place = b.unit(unit), b.unit(place)
		k := b.kind(kind, r.day)
		r.letter = k.letter
		if k.letter {
			r.whole = b.text(b.letters, b.byLetter, title, k.name, fold)
			title, fold = b.rules.Shown(k.kind, title), ""
		}
		r.text = b.text(b.texts, b.byText, title, k.name, fold)
		b.versions += int64(r.version)
		b.rows = append(b.rows, r)
	}
	return rows.Err()
}

// settle puts the entries in order and makes the words ready to be asked.
func (b *book) settle() {
	slices.SortFunc(b.rows, func(a, c row) int {
		if a.day != c.day {
			return cmp.Compare(c.day, a.day)
		}
		return cmp.Compare(c.id, a.id)
	})
	b.texts.order()
	b.letters.order()
}

// readChanged takes new and changed entries in.
func (b *book) readChanged(ctx context.Context, q db.Querier, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	changed := make(map[int64]bool, len(ids))
	for _, id := range ids {
		changed[id] = true
	}
	b.rows = slices.DeleteFunc(b.rows, func(r row) bool {
		if changed[r.id] {
			b.versions -= int64(r.version)
		}
		return changed[r.id]
	})
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for part := range slices.Chunk(ids, 500) {
		var list []string
		for _, id := range part {
			list = append(list, strconv.FormatInt(id, 10))
		}
		if err := b.read(ctx, q, ` WHERE id IN (`+strings.Join(list, ",")+`)`); err != nil {
			return err
		}
	}
	b.settle()
	return nil
}

func (b *book) unit(id org.UnitID) uint32 {
	at, ok := b.unitAt[id]
	if !ok {
		at = uint32(len(b.units))
		b.units, b.unitAt[id] = append(b.units, id), at
	}
	return at
}

func (b *book) kind(code string, day civil.Date) *bookKind {
	if k := b.kinds[code]; k != nil {
		return k
	}
	k := b.catalog.Latest().Kind(code)
	if k == nil {
		k = b.catalog.EditionOn(day).Kind(code)
	}
	// A kind that this program does not know may be anything: it is guarded like a letter.
	out := &bookKind{kind: k, name: code, letter: true}
	if k != nil {
		out.name, out.letter = k.Name, b.rules.Guarded(k)
	}
	b.kinds[strings.Clone(code)] = out
	return out
}

// text is the number of a text, which many entries may share. They are told apart by 64 bits of hash: two different
// ones meet once in a hundred thousand million books.
func (b *book) text(in *texts, known map[uint64]uint32, title, kind, fold string) uint32 {
	var h maphash.Hash
	h.SetSeed(b.seed)
	for _, s := range [...]string{title, kind, fold} {
		_, _ = h.WriteString(s) // never fails
		_ = h.WriteByte(0)
	}
	key := h.Sum64()
	id, ok := known[key]
	if !ok {
		id = in.add(title, kind, fold)
		known[key] = id
	}
	return id
}

// units are the words by which an entry is found through its unit: its names and those of the units above it.
type units struct {
	all *texts // every word
	own *texts // the proper names alone: without xã, ủy ban, nhân dân, and without the province

	names []([]string) // each proper name of several words once, folded
	of    [][]uint32   // by number of a unit: its names among them
	at    map[org.UnitID]uint32
}

func readUnits(tree *org.Tree) *units {
	u := &units{all: newTexts(), own: newTexts(), at: make(map[org.UnitID]uint32, len(tree.Units()))}
	type said struct{ all, own []string }
	known := map[org.UnitID]*said{}
	var say func(*org.Unit) *said
	say = func(unit *org.Unit) *said {
		if s := known[unit.ID]; s != nil {
			return s
		}
		s := &said{}
		known[unit.ID] = s
		for _, sp := range unit.Spans {
			s.all = append(s.all, sp.Name)
			if unit.Form == org.Territory && sp.Parent != 0 {
				s.own = append(s.own, proper(sp))
			}
			if parent := tree.Unit(sp.Parent); parent != nil {
				above := say(parent)
				s.all, s.own = append(s.all, above.all...), append(s.own, above.own...)
			}
		}
		slices.Sort(s.all)
		slices.Sort(s.own)
		s.all, s.own = slices.Compact(s.all), slices.Compact(s.own)
		return s
	}
	for _, unit := range tree.Units() {
		s := say(unit)
		_, abbr, _ := strings.Cut(unit.Code, ".")
		u.at[unit.ID] = u.all.add("", strings.Join(s.all, " "), unit.Code)
		u.own.add("", strings.Join(s.own, " "), abbr)
		u.of = append(u.of, u.named(s.own))
	}
	u.all.order()
	u.own.order()
	return u
}

// proper is a territory's name without its type: Thượng Giáo of Xã Thượng Giáo.
func proper(sp org.Span) string {
	if len(sp.Name) > len(sp.Type) && strings.EqualFold(sp.Name[:len(sp.Type)], sp.Type) {
		return strings.TrimSpace(sp.Name[len(sp.Type):])
	}
	return sp.Name
}

// named takes proper names in and gives their numbers. A name of one word says too little to be taken for a place.
func (u *units) named(names []string) []uint32 {
	var out []uint32
	for _, name := range names {
		words := strings.Fields(civil.Fold(strings.Join(wordsOf(name), " ")))
		if len(words) < 2 {
			continue
		}
		i := slices.IndexFunc(u.names, func(have []string) bool { return slices.Equal(have, words) })
		if i < 0 {
			i, u.names = len(u.names), append(u.names, words)
		}
		out = append(out, uint32(i))
	}
	return out
}

// asked are the words of a query that name a place, by the number of a unit; nil where the query names none.
func (u *units) asked(q []term) []uint16 {
	bits, any := make([]uint16, len(u.names)), false
	for i, name := range u.names {
		for at := 0; at+len(name) <= len(q); at++ {
			if !slices.EqualFunc(name, q[at:at+len(name)], func(w string, t term) bool { return w == t.fold }) {
				continue
			}
			bits[i], any = (1<<len(name)-1)<<at, true
		}
	}
	if !any {
		return nil
	}
	out := make([]uint16, len(u.of))
	for unit, names := range u.of {
		for _, i := range names {
			out[unit] |= bits[i]
		}
	}
	return out
}
