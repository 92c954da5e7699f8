package opendata

// Hide says which counts of a table are not printed, and whether their sum may be, so that no small count can be read from
// it or had by subtraction, not even by a reader who knows this rule and sees which counts are hidden. A count is small from
// 1 to least-1; nil (nothing reported) and zero point at nobody and hide nothing.
//
// Hidden is every count below twice the least, small or not, so that being hidden tells nobody that a count is small. Then
// the sum of the hidden ones must leave each of them the whole band from 1 to there; where it does not, more counts are
// hidden, in the order of the table, which follows from no count. Where that does not help either, the sum is not printed.
// (The smallest others first, as was done before, tells: what is printed is then at least what is hidden.)
func Hide(counts []*int64, least int64) (hidden []bool, sum bool) {
	hidden = make([]bool, len(counts))
	if least <= 1 {
		return hidden, true
	}
	band := 2*least - 1
	var n, under int64
	hide := func(i int) { hidden[i], n, under = true, n+1, under+*counts[i] }
	for i, c := range counts {
		if c != nil && *c > 0 && *c <= band {
			hide(i)
		}
	}
	if n == 0 {
		return hidden, true
	}
	for i, c := range counts {
		if blurred(n, under, least) {
			return hidden, true
		}
		if c != nil && *c > band {
			hide(i)
		}
	}
	return hidden, blurred(n, under, least)
}

// blurred reports whether n hidden counts, of which the reader knows the sum, may each still be small or not, and any of at
// least `least` numbers.
func blurred(n, sum, least int64) bool {
	band := 2*least - 1
	if n < 2 || sum-(n-1) < band {
		return false
	}
	from := sum - band*(n-1) // what one must be where all others are as large as the band allows
	switch {
	case from <= 1, sum > n*band: // one is above the band, for whatever reason it is hidden
		return true
	}
	return from < least && band-from+1 >= least
}
