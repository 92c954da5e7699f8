package identity

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"

	"danvan/internal/civil"
)

// The list is of words, not of whole passwords: people put a year or a sign behind a word, or two words together,
// and a list of whole passwords would have to hold them all.
//
//go:embed common.txt
var commonText string

var commonWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for line := range strings.Lines(commonText) {
		if !strings.HasPrefix(line, "#") {
			for _, w := range strings.Fields(line) {
				words[w] = true
			}
		}
	}
	return words
})

// runs are keys in a row, along and across the keyboard, and the alphabet.
var runs = []string{
	"qwertyuiop", "asdfghjkl", "zxcvbnm", "qazwsxedcrfvtgbyhnujmikolp", "qwertzuiop", "azertyuiop",
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "a1b2c3d4e5f6g7h8i9",
	"abcdefghijklmnopqrstuvwxyz", "qweasdzxc", "1a2b3c4d5e6f7g8h9i",
}

// Signs and digits that stand for letters.
var (
	signs  = strings.NewReplacer("@", "a", "$", "s", "!", "i")
	digits = strings.NewReplacer("4", "a", "0", "o", "1", "i", "3", "e", "5", "s", "7", "t", "8", "b", "9", "g")
)

// common reports whether a password is one that guessing programs try: few different letters, runs of the keyboard,
// one or two common words, with any digits and signs around and between.
func common(plain string) bool {
	s := civil.Fold(normal(plain))
	if few(s) {
		return true
	}
	return made(kept(s)) || made(kept(signs.Replace(s))) || made(kept(reversed(s)))
}

// few reports whether a text has at most four different letters.
func few(s string) bool {
	letters := []rune(s)
	slices.Sort(letters)
	return len(slices.Compact(letters)) <= 4
}

// kept leaves letters and digits.
func kept(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

func reversed(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}

// made reports whether s is nothing but digits, runs, and at most two words of the list (one word any number of
// times counts once: it is looked for after the repetition has been taken out).
func made(s string) bool {
	s = once(s)
	const none = 1 << 20
	least := make([]int, len(s)+1) // words needed up to here
	for end := 1; end <= len(s); end++ {
		least[end] = none
		if c := s[end-1]; '0' <= c && c <= '9' {
			least[end] = least[end-1]
		}
		for start := max(0, end-34); start <= end-2; start++ {
			switch part := s[start:end]; {
			case len(part) >= 3 && isRun(part):
				least[end] = min(least[end], least[start])
			case commonWords()[part] || commonWords()[digits.Replace(part)]:
				least[end] = min(least[end], least[start]+1)
			}
		}
	}
	return least[len(s)] <= 2
}

// once is the part whose repetition makes the whole text.
func once(s string) string {
	for n := 1; n <= len(s)/2; n++ {
		if len(s)%n == 0 && strings.Repeat(s[:n], len(s)/n) == s {
			return s[:n]
		}
	}
	return s
}

func isRun(part string) bool {
	back := reversed(part)
	return slices.ContainsFunc(runs, func(row string) bool {
		return strings.Contains(row, part) || strings.Contains(row, back)
	})
}

// containsLogin reports whether the login stands in the password, in whatever form of letters.
func containsLogin(login, plain string) bool {
	login, s := kept(civil.Fold(login)), kept(civil.Fold(normal(plain)))
	return len(login) >= 3 && (strings.Contains(s, login) || strings.Contains(digits.Replace(s), login) || strings.Contains(reversed(s), login))
}
