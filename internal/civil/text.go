package civil

import (
	"math/big"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold writes s without marks and in lower case, for searching: "Đồng Phúc" becomes "dong phuc". SQL's own
// lower() and collations are wrong for Vietnamese, so folded text is stored in its own column.
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ' || r == 'Đ':
			b.WriteByte('d')
		default:
			b.WriteRune(unicode.ToLower(r))
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
