package civil

import (
	"math/big"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold writes s without marks and in lower case, for searching: "Đồng Phúc" becomes "dong phuc". SQL's own
// lower() and collations are wrong for Vietnamese, so folded text is stored in its own column.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	letters := latin()
	for _, r := range s {
		switch {
		case 'A' <= r && r <= 'Z':
			b.WriteByte(byte(r) + 'a' - 'A')
		case r < 0x80:
			b.WriteByte(byte(r))
		case int(r) < len(letters) && letters[r] != 0:
			b.WriteRune(letters[r])
		case unicode.Is(unicode.Mn, r):
		default:
			b.WriteString(fold(r))
		}
	}
	return b.String()
}

// latin are the folded forms of the precomposed letters up to Latin Extended Additional, where all Vietnamese
// ones are; 0 where a letter has none or folds to several.
var latin = sync.OnceValue(func() []rune {
	table := make([]rune, 0x1F00)
	for r := rune(0x80); int(r) < len(table); r++ {
		if f := []rune(fold(r)); len(f) == 1 {
			table[r] = f[0]
		}
	}
	return table
})

// fold takes one letter apart and drops its marks.
func fold(r rune) string {
	if r == 'đ' || r == 'Đ' {
		return "d"
	}
	var b strings.Builder
	for _, part := range norm.NFD.String(string(r)) {
		if !unicode.Is(unicode.Mn, part) {
			b.WriteRune(unicode.ToLower(part))
		}
	}
	return b.String()
}

// FormatInt writes 11244 as 11.244.
func FormatInt(n int64) string { return FormatRat(new(big.Rat).SetInt64(n), 0) }

// FormatRat writes r with the given number of decimals, halves away from zero, in the Vietnamese form
// 1.234,56.
func FormatRat(r *big.Rat, decimals int) string {
	s := r.FloatString(decimals)
	neg := strings.HasPrefix(s, "-")
	whole, frac, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	var b strings.Builder
	if neg && strings.Trim(s, "-0.") != "" {
		b.WriteByte('-')
	}
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(c)
	}
	if frac != "" {
		b.WriteByte(',')
		b.WriteString(frac)
	}
	return b.String()
}

// FormatTrim is FormatRat with at most the given decimals and no trailing zeros: 302.523,5 and 73.
func FormatTrim(r *big.Rat, decimals int) string {
	s := FormatRat(r, decimals)
	if strings.Contains(s, ",") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ",")
	}
	return s
}

// DecimalString writes r for machines: a point, no grouping, at most the given places, no trailing zeros.
func DecimalString(r *big.Rat, places int) string {
	s := r.FloatString(places)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}
