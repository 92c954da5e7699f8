package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"danvan/internal/civil"
)

// term is one word of a query.
type term struct {
	typed         string // in lower case, as it was typed
	fold          string
	letters, tone string // with marks, where marks were typed
	prefix        bool   // the last word: it may not be finished yet
}

// Limits of a query: what is longer is cut, so that a pasted page costs no more than a sentence.
const (
	MaxWords = 12
	maxRunes = 400
)

// parse reads a query. Word order is free; a word that comes twice counts once. cut tells that words were left out.
func parse(text string) (q []term, cut bool) {
	if utf8.RuneCountInString(text) > maxRunes {
		text, cut = string([]rune(text)[:maxRunes]), true
	}
	words := wordsOf(text)
	for i, w := range words {
		t := term{typed: w, fold: civil.Fold(w)}
		if t.fold == "" {
			continue
		}
		t.letters, t.tone = marked(w)
		t.prefix = i == len(words)-1 && !strings.HasSuffix(text, " ")
		if at := slices.IndexFunc(q, func(o term) bool { return o.fold == t.fold }); at >= 0 {
			q[at].prefix = q[at].prefix && t.prefix
			continue
		}
		if len(q) == MaxWords {
			return q, true
		}
		q = append(q, t)
	}
	return q, cut
}

// stores are the texts that a query is put to.
type stores []*texts

func (s stores) has(w term) bool {
	return slices.ContainsFunc(s, func(t *texts) bool { return t.has(w) })
}

// often is how many texts have a word.
func (s stores) often(word string) int {
	n := 0
	for _, t := range s {
		if id, ok := t.ids[word]; ok {
			n += len(t.posts[id])
		}
	}
	return n
}

// spell writes a folded word with the marks that it mostly has.
func (s stores) spell(word string) string {
	best, most := word, 0
	for _, t := range s {
		for _, sp := range t.marks[word] {
			if len(sp.posts) > most {
				best, most = sp.natural, len(sp.posts)
			}
		}
	}
	return best
}

// candidate is a word that may have been meant.
type candidate struct {
	words []string // one, or two that were written together
	edits int
	often int
}

// meant are the words that may have been meant by one, the likeliest first.
func (s stores) meant(w string, most int) []candidate {
	if !lettersOnly(w) && bare(w) == w {
		return nil
	}
	var out []candidate
	add := func(edits int, words ...string) {
		often := 1 << 30
		for _, x := range words {
			often = min(often, s.often(x))
		}
		c := candidate{words, edits, often}
		if often > 0 && !slices.ContainsFunc(out, func(o candidate) bool { return slices.Equal(o.words, words) }) {
			out = append(out, c)
		}
	}
	if b := bare(w); b != w {
		add(0, b)
	}
	if lettersOnly(w) {
		s.near(w, add)
		for i := 2; i+2 <= len(w); i++ {
			if s.often(w[:i]) > 0 && s.often(w[i:]) > 0 {
				add(1, w[:i], w[i:])
			}
		}
	}
	slices.SortFunc(out, func(a, b candidate) int {
		if c := cmp.Compare(a.edits, b.edits); c != 0 {
			return c
		}
		if a, b := a.words[0][0] == w[0], b.words[0][0] == w[0]; a != b { // the first letter is seldom wrong
			if a {
				return -1
			}
			return 1
		}
		if c := cmp.Compare(b.often, a.often); c != 0 {
			return c
		}
		return slices.Compare(a.words, b.words)
	})
	return out[:min(len(out), most)]
}

// near visits the words that are a few edits away.
func (s stores) near(w string, add func(int, ...string)) {
	most := allowed(len(w))
	for _, t := range s {
		for _, have := range t.words {
			d := len(have) - len(w)
			if d > max(most, 0) || -d > max(most, 0) || have == w {
				continue
			}
			if swapped(w, have) {
				add(1, have)
				continue
			}
			if most == 0 || !lettersOnly(have) || len(have) < 2 {
				continue
			}
			if n := apart(w, have, most); n <= most {
				add(n, have)
			}
		}
	}
}

// corrected replaces the words that no text has, nor what else is known.
func (s stores) corrected(q []term, known func(term) bool) (out []term, changed bool) {
	for _, w := range q {
		if s.has(w) || known(w) {
			out = append(out, w)
			continue
		}
		list := s.meant(w.fold, 1)
		if len(list) == 0 {
			out = append(out, w)
			continue
		}
		out, changed = append(out, terms(list[0].words)...), true
	}
	return out[:min(len(out), MaxWords)], changed
}

func terms(words []string) []term {
	var out []term
	for _, w := range words {
		out = append(out, term{typed: w, fold: w})
	}
	return out
}

// others are the query with one word, which texts do have, replaced by a near one: for a slip that gave another word.
func (s stores) others(q []term, most int) [][]term {
	type change struct {
		at int
		c  candidate
	}
	var all []change
	for i, w := range q {
		for _, c := range s.meant(w.fold, 3) {
			all = append(all, change{i, c})
		}
	}
	slices.SortStableFunc(all, func(a, b change) int { return cmp.Compare(a.c.edits, b.c.edits) })
	var out [][]term
	for _, ch := range all[:min(len(all), most)] {
		next := slices.Concat(q[:ch.at], terms(ch.c.words), q[ch.at+1:])
		if len(next) <= MaxWords {
			out = append(out, next)
		}
	}
	return out
}

// sentence writes a corrected query as a person would have.
func (s stores) sentence(q []term) string {
	var out []string
	for _, w := range q {
		if w.letters != "" {
			out = append(out, w.typed)
		} else {
			out = append(out, s.spell(w.fold))
		}
	}
	return strings.Join(out, " ")
}
