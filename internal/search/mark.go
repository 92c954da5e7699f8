package search

import (
	"strings"
	"unicode"

	"danvan/internal/civil"
)

// Words are the words of a query, to be marked in what was found.
type Words []term

// Piece is a part of a text; Hit says that the query has it.
type Piece struct {
	Text string
	Hit  bool
}

// Mark takes a text apart into what the query has and what not.
func (ws Words) Mark(text string) []Piece {
	var out []Piece
	add := func(s string, hit bool) {
		switch n := len(out); {
		case s == "":
		case n > 0 && out[n-1].Hit == hit:
			out[n-1].Text += s
		default:
			out = append(out, Piece{s, hit})
		}
	}
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) }
	for text != "" {
		end := strings.IndexFunc(text, func(r rune) bool { return !word(r) })
		switch {
		case end < 0:
			end = len(text)
		case end == 0:
			end = strings.IndexFunc(text, word)
			if end < 0 {
				end = len(text)
			}
			add(text[:end], false)
			text = text[end:]
			continue
		}
		add(text[:end], ws.have(civil.Fold(text[:end])))
		text = text[end:]
	}
	return out
}

func (ws Words) have(fold string) bool {
	for _, w := range ws {
		if fold == w.fold || w.prefix && strings.HasPrefix(fold, w.fold) {
			return true
		}
	}
	return false
}
