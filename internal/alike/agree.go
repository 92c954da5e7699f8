package alike

import (
	"strings"
	"unicode"

	"danvan/internal/civil"
)

// Piece is a part of a text; Both says that the other text has it too.
type Piece struct {
	Text string
	Both bool
}

// run is how many syllables in a row must be the same to be marked; a number of three digits is marked alone.
const run = 3

// Agree takes two texts apart into what both say, without regard to marks, capitals and line breaks, and what one says
// alone.
func Agree(a, b string) (one, other []Piece) {
	x, y := tokens(a), tokens(b)
	return marked(a, x, runs(y), numbers(y)), marked(b, y, runs(x), numbers(x))
}

// token is a syllable with its place in the text.
type token struct {
	from, to int
	fold     string
}

func tokens(s string) []token {
	var out []token
	start := -1
	for i, r := range s + " " {
		in := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
		switch {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			out = append(out, token{start, i, civil.Fold(s[start:i])})
			start = -1
		}
	}
	return out
}

func runs(list []token) map[string]bool {
	out := map[string]bool{}
	for i := 0; i+run <= len(list); i++ {
		out[key(list[i:i+run])] = true
	}
	return out
}

func key(list []token) string {
	var b strings.Builder
	for _, t := range list {
		b.WriteString(t.fold)
		b.WriteByte(' ')
	}
	return b.String()
}

func numbers(list []token) map[string]bool {
	out := map[string]bool{}
	for _, t := range list {
		if len(t.fold) >= 3 && strings.Trim(t.fold, "0123456789") == "" {
			out[t.fold] = true
		}
	}
	return out
}

func marked(s string, list []token, runs, numbers map[string]bool) []Piece {
	both := make([]bool, len(list))
	for i := range list {
		both[i] = both[i] || numbers[list[i].fold]
		if i+run <= len(list) && runs[key(list[i:i+run])] {
			for k := range run {
				both[i+k] = true
			}
		}
	}
	var out []Piece
	at := 0
	add := func(to int, hit bool) {
		if to <= at {
			return
		}
		if n := len(out); n > 0 && out[n-1].Both == hit {
			out[n-1].Text += s[at:to]
		} else {
			out = append(out, Piece{s[at:to], hit})
		}
		at = to
	}
	for i := 0; i < len(list); i++ {
		if !both[i] {
			continue
		}
		j := i
		for j+1 < len(list) && both[j+1] {
			j++
		}
		add(list[i].from, false)
		add(list[j].to, true)
		i = j
	}
	add(len(s), false)
	return out
}
