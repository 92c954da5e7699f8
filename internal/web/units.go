package web

import (
	"cmp"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// unitRoutes are the pages of units in time.
func (s *server) unitRoutes() []route {
	return append(s.draftRoutes(), []route{
		{"GET /don-vi", access.SignedIn, nil, s.unitTreeFor},
		{"GET /don-vi.csv", access.SignedIn, nil, s.unitTreeCSV},
		{"GET /don-vi.xlsx", access.SignedIn, nil, s.unitTreeXLSX},
		{"GET /don-vi/{ref}", access.SignedIn, nil, s.kept(s.unitPage)},
		{"GET /don-vi/thay-doi/{id}", access.SignedIn, nil, s.changePage},
		{"GET /don-vi/thay-doi/{id}/hoan-tac", access.ChangeUnits, onChange, s.changeUndoPage},
		{"POST /don-vi/thay-doi/{id}/hoan-tac", access.ChangeUnits, onChange, s.changeUndo},
	}...)
}

// changeDay is a day on which units changed.
type changeDay struct {
	Day  civil.Date
	Acts int
}

func changeDays(tree *org.Tree) []changeDay {
	acts := map[civil.Date]int{}
	for _, c := range tree.Changes() {
		acts[c.Day]++
	}
	var out []changeDay
	for d, n := range acts {
		out = append(out, changeDay{d, n})
	}
	slices.SortFunc(out, func(a, b changeDay) int { return cmp.Compare(b.Day, a.Day) })
	return out
}

func levelName(level string) string {
	switch level {
	case org.Province:
		return "tỉnh"
	case org.District:
		return "huyện, thành phố"
	case org.Commune:
		return "xã, phường, thị trấn"
	}
	return level
}

// joinLevels writes how many units of each level there are.
func joinLevels(counts map[string]int) string {
	var parts []string
	for _, l := range []string{org.Province, org.District, org.Commune} {
		if n := counts[l]; n > 0 {
			parts = append(parts, count(n, levelName(l)))
		}
	}
	return strings.Join(parts, " · ")
}

// unitAt is how a unit is named in an address as it stood on a day.
func unitAt(code string, day civil.Date) string { return code + "@" + day.String() }
