package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Pos is where something was written. It is zero for what came from a stored bundle.
type Pos struct {
	File string
	Line int
	Col  int
	keys map[string]Pos // of the values of a mapping, and of list items as key/0
}

// Key is where the value of a key was written; where the key is absent, the mapping itself.
func (p Pos) Key(key string) Pos {
	if at, ok := p.keys[key]; ok {
		return at
	}
	return p
}

// shift moves right in the same line: to a place inside a formula.
func (p Pos) shift(n int) Pos { return Pos{File: p.File, Line: p.Line, Col: p.Col + n} }

// Problem is one mistake in a catalogue file.
type Problem struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
	What string `json:"what"` // what is wrong
	Todo string `json:"todo"` // what to do
}

func (p Problem) String() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
	}
	if p.Todo == "" {
		return where + ": " + p.What
	}
	return where + ": " + p.What + ". " + p.Todo
}

// Errors are all problems of a catalogue, in the order of its files.
type Errors []Problem

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// problems collects; the same mistake seen from two editions counts once.
type problems struct {
	found Errors
	seen  map[Problem]bool
}

func (ps *problems) add(at Pos, what, todo string) {
	p := Problem{File: at.File, Line: at.Line, Col: at.Col, What: what, Todo: todo}
	if ps.seen[p] {
		return
	}
	if ps.seen == nil {
		ps.seen = map[Problem]bool{}
	}
	ps.seen[p] = true
	ps.found = append(ps.found, p)
}

func (ps *problems) merge(other *problems) {
	for _, p := range other.found {
		ps.add(Pos{File: p.File, Line: p.Line, Col: p.Col}, p.What, p.Todo)
	}
}

// err is nil where nothing was found.
func (ps *problems) err() error {
	if len(ps.found) == 0 {
		return nil
	}
	slices.SortStableFunc(ps.found, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return ps.found
}
