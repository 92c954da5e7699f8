package search

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"danvan/internal/civil"
)

// wordsOf takes a text apart into runs of letters and digits, in lower case, composed. "12-KH/MH" is 12, kh, mh.
func wordsOf(text string) []string {
	text = strings.ToLower(norm.NFC.String(text))
	return strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r)
	})
}

// tones are the five marks of tone. Where in a syllable one stands is a matter of school (hòa, hoà), so they are
// compared apart from the letters.
const tones = "\u0300\u0301\u0303\u0309\u0323"

// marked is a word with its tones at its end, empty for one without any mark.
func marked(word string) (letters, tone string) {
	if civil.Fold(word) == word {
		return "", ""
	}
	var body, tail []rune
	for _, r := range norm.NFD.String(word) {
		if strings.ContainsRune(tones, r) {
			tail = append(tail, r)
		} else {
			body = append(body, r)
		}
	}
	return norm.NFC.String(string(body)), string(tail)
}

// bare is what a hand that types Telex or VNI meant when the keyboard was set to something else: "vaanj" and
// "va6n5" are "van", and a letter that was hit twice counts once.
func bare(word string) string {
	if word == "" || '0' <= word[0] && word[0] <= '9' {
		return word
	}
	var out []rune
	vowel := false
	for _, r := range word {
		switch {
		case unicode.IsDigit(r) && len(out) > 0:
			continue // VNI
		case vowel && strings.ContainsRune("sfrxj", r):
			continue // no syllable has these after its vowel: a tone of Telex
		case r == 'w' && len(out) > 0 && strings.ContainsRune("aou", out[len(out)-1]):
			continue
		case r == 'w':
			r = 'u'
		}
		if len(out) > 0 && out[len(out)-1] == r {
			continue
		}
		vowel = vowel || strings.ContainsRune("aeiouy", r)
		out = append(out, r)
	}
	return string(out)
}

// allowed is how many edits a word of n letters may be away from the one that was meant.
func allowed(n int) int {
	switch {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// swapped reports whether b is a with two neighbours exchanged.
func swapped(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// apart counts the edits between two folded words: a letter more, less or other, or two neighbours exchanged. It
// stops counting above most.
func apart(a, b string, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	var rows [3][40]int
	if len(a) >= 39 || len(b) >= 39 {
		return most + 1
	}
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		now, last, before := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		now[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			now[j] = d
			best = min(best, d)
		}
		if best > most {
			return most + 1
		}
	}
	return rows[len(a)%3][len(b)]
}

// lettersOnly reports whether a folded word has no digit in it: a number is never corrected.
func lettersOnly(word string) bool {
	return !slices.ContainsFunc([]byte(word), func(c byte) bool { return '0' <= c && c <= '9' })
}
