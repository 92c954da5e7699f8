package search

import (
	"slices"
	"sort"
	"strings"

	"danvan/internal/civil"
)

// texts are texts by their words: for each word the texts that have it. Texts are numbered from 0 and only added.
// Many entries share a text ("Phản ánh – Đất đai"), which is then here once.
type texts struct {
	ids    map[string]uint32 // of folded words
	words  []string          // by id
	posts  [][]uint32        // by id: texts with the word, each once, in order
	sorted []uint32          // ids by word, for prefixes; made when first asked for

	marks map[string][]spelling // folded word → how it is written with marks, and where

	titles []uint32 // ids of the words of all titles in a row
	starts []uint32 // where the title of a text begins in titles
}

// spelling is one way to write a folded word, with the texts that write it so.
type spelling struct {
	natural       string
	letters, tone string
	posts         []uint32
}

func newTexts() *texts {
	return &texts{ids: map[string]uint32{}, marks: map[string][]spelling{}, starts: []uint32{0}}
}

func (t *texts) len() int { return len(t.starts) - 1 }

// add takes a text in: its title, which ranks, and whatever else is in it. Parts may be folded already.
func (t *texts) add(title string, rest ...string) uint32 {
	id := uint32(t.len())
	for _, w := range wordsOf(title) {
		t.titles = append(t.titles, t.word(w, id))
	}
	t.starts = append(t.starts, uint32(len(t.titles)))
	for _, part := range rest {
		for _, w := range wordsOf(part) {
			t.word(w, id)
		}
	}
	return id
}

func (t *texts) word(w string, text uint32) uint32 {
	f := civil.Fold(w)
	id, ok := t.ids[f]
	if !ok {
		id = uint32(len(t.words))
		f = strings.Clone(f)
		t.ids[f], t.words, t.posts = id, append(t.words, f), append(t.posts, nil)
		t.sorted = nil
	}
	t.posts[id] = post(t.posts[id], text)
	if f != w {
		t.spelled(f, w, text)
	}
	return id
}

func (t *texts) spelled(f, w string, text uint32) {
	list := t.marks[f]
	i := slices.IndexFunc(list, func(s spelling) bool { return s.natural == w })
	if i < 0 {
		letters, tone := marked(w)
		i, list = len(list), append(list, spelling{natural: strings.Clone(w), letters: letters, tone: tone})
	}
	list[i].posts = post(list[i].posts, text)
	t.marks[f] = list
}

func post(list []uint32, text uint32) []uint32 {
	if n := len(list); n > 0 && list[n-1] == text {
		return list
	}
	return append(list, text)
}

// title are the ids of a text's title.
func (t *texts) title(text uint32) []uint32 { return t.titles[t.starts[text]:t.starts[text+1]] }

// order makes the list for prefixes; texts are then ready to be asked by many at once.
func (t *texts) order() {
	if t.sorted != nil {
		return
	}
	t.sorted = make([]uint32, len(t.words))
	for i := range t.sorted {
		t.sorted[i] = uint32(i)
	}
	slices.SortFunc(t.sorted, func(a, b uint32) int { return strings.Compare(t.words[a], t.words[b]) })
}

// beginning are the ids of the words that begin so.
func (t *texts) beginning(prefix string) []uint32 {
	from := sort.Search(len(t.sorted), func(i int) bool { return t.words[t.sorted[i]] >= prefix })
	to := from
	for to < len(t.sorted) && strings.HasPrefix(t.words[t.sorted[to]], prefix) {
		to++
	}
	return t.sorted[from:to]
}

// has reports whether any text has the word, or one that begins so.
func (t *texts) has(w term) bool {
	if _, ok := t.ids[w.fold]; ok {
		return true
	}
	return w.prefix && len(t.beginning(w.fold)) > 0
}

// match is how the texts answer a query: which of its words each has, and how well.
type match struct {
	full uint16   // all words of the query
	has  []uint16 // by text: its words, a bit each
	rank []uint8  // by text that has all: how well, the lower the better
}

// Ranks of a text: how it has the words, and then whether with the marks that were typed.
const (
	rankHere    = iota // the place is named in the query, and the title has the rest in one piece
	rankPlace          // the place is named in the query, and the text has the rest
	rankExact          // the title is what was asked for
	rankBegins         // the title begins with it
	rankPhrase         // the title has it in one piece
	rankWords          // it has all words
	rankAround         // all words with those of its unit and year
	ranks              // how many
	offMarks    = ranks
	allRanks    = 2 * ranks
	rankMissing = 255
)

// match looks for all words at once.
func (t *texts) match(q []term) match {
	m := match{full: 1<<len(q) - 1, has: make([]uint16, t.len()), rank: make([]uint8, t.len())}
	marks := make([]uint16, t.len())
	typed := uint16(0)
	for i, w := range q {
		bit := uint16(1) << i
		for _, id := range t.candidates(w) {
			for _, text := range t.posts[id] {
				m.has[text] |= bit
			}
		}
		if w.letters == "" {
			continue
		}
		typed |= bit
		t.eachSpelling(w, func(text uint32) { marks[text] |= bit })
	}
	for text := range m.has {
		m.rank[text] = rankAround
		if m.has[text] == m.full {
			m.rank[text] = t.rank(uint32(text), q)
		}
		if marks[text]&typed != typed&m.has[text] {
			m.rank[text] += offMarks
		}
	}
	return m
}

// candidates are the words that answer one of the query.
func (t *texts) candidates(w term) []uint32 {
	if w.prefix {
		return t.beginning(w.fold)
	}
	if id, ok := t.ids[w.fold]; ok {
		return []uint32{id}
	}
	return nil
}

// eachSpelling visits the texts that write the word with the marks that were typed.
func (t *texts) eachSpelling(w term, visit func(uint32)) {
	for _, id := range t.candidates(w) {
		for _, s := range t.marks[t.words[id]] {
			same := s.letters == w.letters && s.tone == w.tone
			begins := w.prefix && strings.HasPrefix(s.letters, w.letters) && (w.tone == "" || s.tone == w.tone)
			if !same && !begins {
				continue
			}
			for _, text := range s.posts {
				visit(text)
			}
		}
	}
}

func (t *texts) rank(text uint32, q []term) uint8 {
	title := t.title(text)
	for at := 0; at+len(q) <= len(title); at++ {
		whole, ok := t.agrees(title[at:at+len(q)], q)
		switch {
		case !ok:
			continue
		case at == 0 && whole && len(title) == len(q):
			return rankExact
		case at == 0:
			return rankBegins
		}
		return rankPhrase
	}
	return rankWords
}

// agrees reports whether words of a title are those of the query in their order, and whether the last is whole.
func (t *texts) agrees(title []uint32, q []term) (whole, ok bool) {
	whole = true
	for i, w := range q {
		switch have := t.words[title[i]]; {
		case have == w.fold:
		case w.prefix && strings.HasPrefix(have, w.fold):
			whole = false
		default:
			return false, false
		}
	}
	return whole, true
}
