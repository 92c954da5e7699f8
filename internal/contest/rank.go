package contest

import (
	"cmp"
	"slices"
)

// Points are hundredths of a point.
type Points int64

// Sheet is what one juror gave one piece: points by criterion; nil where he has not scored it.
type Sheet struct {
	Piece int64 // entry of the piece
	Login string
	Given []Points
}

// Sum is what the juror gave the piece in all.
func (s Sheet) Sum() (sum Points) {
	for _, p := range s.Given {
		sum += p
	}
	return sum
}

// Ranked is a piece's place in a round.
type Ranked struct {
	Piece  int64
	Points Points // mean of the jurors, rounded to hundredths
	Judges int
	Place  int
	Tied   bool // another piece has the same place
	Passes bool
}

// Rank reckons a round by its stated rule: a piece has the mean of what its jurors gave, rounded half up to hundredths;
// pieces with equal points share a place, and the next place counts all before it (1, 1, 3). The first so many places pass;
// whoever is level with the last of them passes too. Pieces without a sheet are left out.
func Rank(sheets []Sheet, places int) []Ranked {
	sums := map[int64]Points{}
	judges := map[int64]int{}
	for _, s := range sheets {
		if s.Given == nil {
			continue
		}
		sums[s.Piece] += s.Sum()
		judges[s.Piece]++
	}
	out := make([]Ranked, 0, len(sums))
	for piece, sum := range sums {
		n := Points(judges[piece])
		out = append(out, Ranked{Piece: piece, Points: (2*sum + n) / (2 * n), Judges: judges[piece]})
	}
	slices.SortFunc(out, func(a, b Ranked) int { return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(a.Piece, b.Piece)) })
	for i := range out {
		out[i].Place = i + 1
		if i > 0 && out[i].Points == out[i-1].Points {
			out[i].Place, out[i].Tied, out[i-1].Tied = out[i-1].Place, true, true
		}
		out[i].Passes = out[i].Place <= places
	}
	return out
}
