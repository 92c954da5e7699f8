package matter

import (
	"slices"
	"testing"
)

func TestSameContent(t *testing.T) {
	links := []joined{{2, 1, SameLetter}, {3, 2, SameMatter}, {4, 1, FollowUp}, {5, 4, SameLetter}, {1, 0, First}}
	for letter, want := range map[int64][]int64{1: {2, 3}, 3: {1, 2}, 4: {5}, 5: {4}, 9: nil} {
		got := saying(letter, links)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%d says the same as %v, want %v", letter, got, want)
		}
	}
}
