package search

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// Question is what is asked, and by whom.
type Question struct {
	Text string
	Sort Sort // one sort alone; empty: all of them

	Read    map[org.UnitID]bool // units whose entries may be read
	Letters map[org.UnitID]bool // units whose letters may be read
	Reports bool                // whether reports may be read

	Under    map[org.UnitID]bool // entries of these units only; nil: of all
	From, To civil.Date          // and of these days; 0: of any

	Offset, Limit int // of each sort
}

// Hit is one thing that was found: an entry by its number, or a thing.
type Hit struct {
	Entry int64
	Thing Thing
}

// Group is what was found of one sort.
type Group struct {
	Sort  Sort
	Total int
	Hits  []Hit
}

// Answer is what was found.
type Answer struct {
	Jumps  []Hit // what the text names outright, by number or code
	Groups []Group
	Meant  string // the query as it was understood, where that is not what was typed
	Sure   bool   // nothing has the words as typed: only what was meant is shown
	Cut    bool   // the query was too long and its end was left out
	Words  Words  // what to mark in the texts found
}

// Total is how many there are of all sorts.
func (a Answer) Total() int {
	n := 0
	for _, g := range a.Groups {
		n += g.Total
	}
	return n
}

// triesAtMost bounds how many near queries are tried where the words as they are find nothing together.
const triesAtMost = 8

// Find answers a question.
func (x *Index) Find(ctx context.Context, ask Question) (Answer, error) {
	if err := x.Fresh(ctx); err != nil {
		return Answer{}, err
	}
	defer x.widening.Do(func() { go x.widen() })
	x.mu.RLock()
	defer x.mu.RUnlock()
	a := Answer{Jumps: x.jumps(ask)}
	q, cut := parse(ask.Text)
	a.Cut = cut
	if len(q) == 0 || x.book == nil {
		a.Groups = x.nothing(ask)
		return a, nil
	}
	st := stores{x.book.texts, x.docs.texts, x.near.all}
	r := x.reader(ask)
	better, changed := st.corrected(q, r.knows)
	if changed {
		q, a.Meant, a.Sure = better, st.sentence(better), true
	}
	a.Groups, a.Words = r.find(q), Words(q)
	if a.Total() > 0 {
		return a, nil
	}
	for _, other := range st.others(q, triesAtMost) {
		if g := r.find(other); total(g) > 0 {
			a.Groups, a.Words, a.Meant, a.Sure = g, Words(other), st.sentence(other), true
			break
		}
	}
	return a, nil
}

func total(groups []Group) int { return Answer{Groups: groups}.Total() }

func (x *Index) nothing(ask Question) []Group {
	var out []Group
	for _, s := range sortsOf(ask) {
		out = append(out, Group{Sort: s})
	}
	return out
}

func sortsOf(ask Question) []Sort {
	if ask.Sort != "" {
		return []Sort{ask.Sort}
	}
	return Sorts()
}

// reader is one who asks, with what he may read of the book.
type reader struct {
	*Index
	ask     Question
	read    []bool // by unit of the book
	letters []bool
	nearAt  []uint32 // by unit of the book: its words
}

const noWords = ^uint32(0)

func (x *Index) reader(ask Question) *reader {
	n := len(x.book.units)
	r := &reader{Index: x, ask: ask, read: make([]bool, n), letters: make([]bool, n), nearAt: make([]uint32, n)}
	for i, id := range x.book.units {
		r.read[i] = ask.Read[id] && (ask.Under == nil || ask.Under[id])
		r.letters[i] = ask.Letters[id]
		r.nearAt[i] = noWords
		if at, ok := x.near.at[id]; ok {
			r.nearAt[i] = at
		}
	}
	return r
}

// knows reports whether a letter that he may read has the word. Words of other letters are unknown to him.
func (r *reader) knows(w term) bool {
	if !r.book.letters.has(w) {
		return false
	}
	m := r.book.letters.match([]term{w})
	return slices.ContainsFunc(r.book.rows, func(e row) bool {
		return e.letter && r.read[e.unit] && r.letters[e.unit] && m.has[e.whole] == m.full
	})
}

func (r *reader) find(q []term) []Group {
	var out []Group
	var things match
	if r.ask.Sort != Entries {
		things = r.docs.texts.match(q)
	}
	for _, s := range sortsOf(r.ask) {
		switch {
		case s == Entries:
			out = append(out, r.entries(q))
		case s == Reports && !r.ask.Reports:
			out = append(out, Group{Sort: s})
		default:
			out = append(out, r.things(s, things))
		}
	}
	return out
}

// ranked keeps, of each rank, as many as the page can come to. What is handed in comes in the order of the page.
type ranked[T any] struct {
	lists [allRanks][]T
	total int
	keep  int
}

func (k *ranked[T]) add(rank uint8, v T) {
	k.total++
	if len(k.lists[rank]) < k.keep {
		k.lists[rank] = append(k.lists[rank], v)
	}
}

func (k *ranked[T]) page(offset int) []T {
	all := slices.Concat(k.lists[:]...)
	return all[min(offset, len(all)):min(k.keep, len(all))]
}

// things finds units, the catalogue, reports.
func (r *reader) things(s Sort, m match) Group {
	var found []doc
	for _, d := range r.docs.list {
		if d.sort == s && m.has[d.text] == m.full {
			found = append(found, d)
		}
	}
	slices.SortStableFunc(found, func(a, b doc) int {
		if c := cmp.Compare(m.rank[a.text], m.rank[b.text]); c != 0 {
			return c
		}
		return cmp.Compare(a.below, b.below)
	})
	g := Group{Sort: s}
	had := map[org.UnitID]bool{}
	for _, d := range found {
		if u := d.thing.Unit; u != 0 {
			if had[u] {
				continue
			}
			had[u] = true
		}
		if g.Total >= r.ask.Offset && g.Total < r.ask.Offset+r.ask.Limit {
			g.Hits = append(g.Hits, Hit{Thing: d.thing})
		}
		g.Total++
	}
	return g
}

// entries is one pass over the book.
func (r *reader) entries(q []term) Group {
	shown, whole := r.book.texts.match(q), r.book.letters.match(q)
	all, own := r.near.all.match(q), r.near.own.match(q)
	years, here := yearsOf(q), r.placed(q)
	k := ranked[int64]{keep: r.ask.Offset + r.ask.Limit}
	for i := range r.book.rows {
		e := &r.book.rows[i]
		if e.void || !r.read[e.unit] || r.ask.From != 0 && e.day < r.ask.From || r.ask.To != 0 && e.day > r.ask.To {
			continue
		}
		has, rank, hidden := shown.has[e.text], shown.rank[e.text], false
		if e.letter {
			if hidden = !r.letters[e.unit]; !hidden {
				has, rank = whole.has[e.whole], whole.rank[e.whole]
			}
		}
		if rank, ok := here.rank(e, hidden, has|years.of(e.day)); ok {
			k.add(rank, e.id)
			continue
		}
		if has == shown.full {
			k.add(rank, e.id)
			continue
		}
		around, names := r.around(e.unit, all, own)
		if !hidden && e.place != e.unit {
			a, n := r.around(e.place, all, own)
			around, names = around|a, names|n
		}
		// Words that only the unit's name has count when one of them is its proper name: “dân” alone is not to find
		// everything that people's committees did.
		missing := shown.full &^ has &^ years.of(e.day)
		if missing&^around != 0 || missing != 0 && names&missing == 0 || has|names == 0 {
			continue
		}
		if rank < offMarks {
			rank = rankAround
		} else {
			rank = rankAround + offMarks
		}
		k.add(rank, e.id)
	}
	g := Group{Sort: Entries, Total: k.total}
	for _, id := range k.page(r.ask.Offset) {
		g.Hits = append(g.Hits, Hit{Entry: id})
	}
	return g
}

// placed is a query that names a place: entries of that place come before those that have the words elsewhere.
type placed struct {
	*reader
	q     []term
	full  uint16
	asked []uint16          // by unit: its words in the query; nil where no place is named
	rest  map[uint16]restOf // by the words that name the place
}

// restOf is how the texts have what remains of a query.
type restOf struct{ shown, whole match }

func (r *reader) placed(q []term) *placed {
	return &placed{reader: r, q: q, full: 1<<len(q) - 1, asked: r.near.asked(q), rest: map[uint16]restOf{}}
}

// rank is the rank of an entry of a place that the query names and whose text has the rest.
func (p *placed) rank(e *row, hidden bool, has uint16) (uint8, bool) {
	if p.asked == nil {
		return 0, false
	}
	var named uint16
	if at := p.nearAt[e.unit]; at != noWords {
		named = p.asked[at]
	}
	if at := p.nearAt[e.place]; at != noWords && !hidden {
		named |= p.asked[at]
	}
	left := p.full &^ named
	if named == 0 || left == 0 || left&^has != 0 {
		return 0, false
	}
	rest, ok := p.rest[named]
	if !ok {
		var q []term
		for i, w := range p.q {
			if left&(1<<i) != 0 {
				q = append(q, w)
			}
		}
		rest = restOf{p.book.texts.match(q), p.book.letters.match(q)}
		p.rest[named] = rest
	}
	rank := rest.shown.rank[e.text]
	if e.letter && !hidden {
		rank = rest.whole.rank[e.whole]
	}
	if rank <= rankPhrase {
		return rankHere, true
	}
	return rankPlace, true // other marks too: texts besides the title are kept without any
}

// around are the words of a unit's names, all of them and the proper ones.
func (r *reader) around(unit uint32, all, own match) (words, names uint16) {
	if at := r.nearAt[unit]; at != noWords {
		return all.has[at], own.has[at]
	}
	return 0, 0
}

// yearWords are the words of a query that may be the year of an entry.
type yearWords []struct {
	year int
	bit  uint16
}

func yearsOf(q []term) yearWords {
	var out yearWords
	for i, w := range q {
		if n, err := strconv.Atoi(w.fold); err == nil && n >= 1990 && n < 2100 {
			out = append(out, struct {
				year int
				bit  uint16
			}{n, 1 << i})
		}
	}
	return out
}

func (y yearWords) of(day civil.Date) uint16 {
	var bits uint16
	for _, w := range y {
		if w.year == year(day) {
			bits |= w.bit
		}
	}
	return bits
}
