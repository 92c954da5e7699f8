package opendata

import "slices"

// Hide says which counts of a table are not printed, so that no small count can be read from it, nor had by subtraction from
// their sum, which is printed. A count is small from 1 to least-1; nil (nothing reported) and zero point at nobody and hide
// nothing. Hidden counts are never told apart: whoever knows the sum of the hidden ones, and that each is at least one, is
// left with at least `least` possibilities for each. Larger counts are hidden too, the smallest first, until that holds.
//
// It holds for one table whose sum is printed. Who prints the same counts twice, divided otherwise, must hide for both.
func Hide(counts []*int64, least int64) []bool {
	hidden := make([]bool, len(counts))
	if least <= 1 {
		return hidden
	}
	var sum, n int64
	hide := func(i int) { hidden[i] = true; sum += *counts[i]; n++ }
	var rest []int
	for i, c := range counts {
		switch {
		case c == nil || *c <= 0:
		case *c < least:
			hide(i)
		default:
			rest = append(rest, i)
		}
	}
	if n == 0 {
		return hidden
	}
	slices.SortStableFunc(rest, func(a, b int) int { return int(*counts[a] - *counts[b]) })
	for len(rest) > 0 && (n < 2 || sum-(n-1) < least) {
		hide(rest[0])
		rest = rest[1:]
	}
	return hidden
}

// Sum reports whether the sum of a table may be printed: not where it is small itself, nor where the hidden counts could be
// read from it although all are hidden.
func Sum(counts []*int64, hidden []bool, least int64) bool {
	var all, under, n int64
	for i, c := range counts {
		if c == nil {
			continue
		}
		all += *c
		if hidden[i] {
			under += *c
			n++
		}
	}
	if least <= 1 {
		return true
	}
	if all > 0 && all < least {
		return false
	}
	return n == 0 || n >= 2 && under-(n-1) >= least
}
