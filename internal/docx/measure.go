package docx

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// boldWidths are the advance widths of Times Bold in thousandths of an em
// (Adobe font metrics). A letter with Vietnamese marks is as wide as the bare
// one.
var boldWidths = map[rune]int{
	'A': 722, 'B': 667, 'C': 722, 'D': 722, 'E': 667, 'F': 611, 'G': 778, 'H': 778, 'I': 389,
	'J': 500, 'K': 778, 'L': 667, 'M': 944, 'N': 722, 'O': 778, 'P': 611, 'Q': 778, 'R': 722,
	'S': 556, 'T': 667, 'U': 722, 'V': 722, 'W': 1000, 'X': 722, 'Y': 722, 'Z': 667, 'Đ': 722,
	'a': 500, 'b': 556, 'c': 444, 'd': 556, 'e': 444, 'f': 333, 'g': 500, 'h': 556, 'i': 278,
	'j': 333, 'k': 556, 'l': 278, 'm': 833, 'n': 556, 'o': 500, 'p': 556, 'q': 556, 'r': 444,
	's': 389, 't': 333, 'u': 556, 'v': 500, 'w': 722, 'x': 500, 'y': 500, 'z': 444, 'đ': 556,
	' ': 250, '-': 333, ',': 250, '.': 250,
}

// boldWidth is the width of bold text in points. The rule under a name must be
// as long as the name, or a part of it, and Word has no such thing.
func boldWidth(s string, size float64) float64 {
	sum := 0
	for _, r := range norm.NFD.String(s) {
		if r >= 0x300 && r <= 0x36f {
			continue // a mark has no width of its own
		}
		w, ok := boldWidths[r]
		if !ok {
			w = 500
		}
		sum += w
	}
	return float64(sum) * size / 1000
}

// balance breaks bold text that is wider than width points into the fewest
// lines that hold it, as even as they come: "ỦY BAN NHÂN DÂN / TỈNH BẮC KẠN",
// not "ỦY BAN NHÂN DÂN TỈNH / BẮC KẠN". Breaks in the text are kept.
func balance(s string, size, width float64) []string {
	if strings.Contains(s, "\n") {
		out := []string{}
		for _, l := range strings.Split(s, "\n") {
			out = append(out, balance(l, size, width)...)
		}
		return out
	}
	best := fill(s, size, width)
	for w := width; w > width/4; w -= 4 {
		narrower := fill(s, size, w)
		if len(narrower) > len(best) || widest(narrower, size) > width {
			break
		}
		best = narrower
	}
	return best
}

// fill breaks text greedily.
func fill(s string, size, width float64) []string {
	out, cur := []string{}, ""
	for _, w := range strings.Fields(s) {
		next := strings.TrimSpace(cur + " " + w)
		if cur != "" && boldWidth(next, size) > width {
			out = append(out, cur)
			next = w
		}
		cur = next
	}
	return append(out, cur)
}

func widest(lines []string, size float64) float64 {
	m := 0.0
	for _, l := range lines {
		m = max(m, boldWidth(l, size))
	}
	return m
}
