package report

import (
	"errors"
	"fmt"
	"sort"
	"strings"

	"danvan/internal/fault"
)

// Problem is one thing wrong in a template: where, what, and what to write
// instead.
type Problem struct {
	File string
	Line int
	Text string
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text) }

// Problems are the faults of a template in the order of its lines.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

func (ps *Problems) add(at pos, format string, args ...any) {
	*ps = append(*ps, Problem{File: at.file, Line: at.line, Text: fmt.Sprintf(format, args...)})
}

// fault is nil without problems, else one fault that lists them all.
func (ps Problems) fault() error {
	if len(ps) == 0 {
		return nil
	}
	sort.SliceStable(ps, func(i, j int) bool {
		return ps[i].File < ps[j].File || ps[i].File == ps[j].File && ps[i].Line < ps[j].Line
	})
	vi := "Mẫu báo cáo có lỗi:\n" + ps.Error()
	return fault.Wrap(ps, fault.Invalid, vi)
}

// pos is a line of a template.
type pos struct {
	file string
	line int
}

// nearest is the name in names closest to s, "" where none is near enough to
// be meant.
func nearest(s string, names []string) string {
	best, limit, begins := "", len([]rune(s))/3+2, 0
	for _, n := range names {
		d := distance(s, n)
		if same := samePrefix(s, n); d < limit || best != "" && d == limit && same > begins {
			best, limit, begins = n, d, same
		}
	}
	return best
}

// samePrefix is with how many bytes a and b both begin.
func samePrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// meant is the hint ", có phải ý bạn là X?" or nothing.
func meant(s string, names []string) string {
	if n := nearest(s, names); n != "" {
		return fmt.Sprintf("; có phải ý bạn là %q?", n)
	}
	return ""
}

// distance is the number of letters to change, add or drop between a and b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}

// problemsIn are the problems that an error lists.
func problemsIn(err error) Problems {
	var ps Problems
	if errors.As(err, &ps) {
		return ps
	}
	return Problems{{Text: err.Error()}}
}
