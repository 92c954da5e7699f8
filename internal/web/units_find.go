package web

import (
	"slices"
	"strings"
	"sync"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// unitNames are all names that units ever bore, folded, kept for one version of the tree.
type unitNames struct {
	mu   sync.Mutex
	of   *org.Tree
	rows []nameRow
}

type nameRow struct {
	unit  *org.Unit
	names string // of all its spans and its code, folded
}

// rowsOf is the index of a tree, made when it is first asked for.
func (n *unitNames) rowsOf(tree *org.Tree) []nameRow {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.of == tree {
		return n.rows
	}
	n.of, n.rows = tree, make([]nameRow, 0, len(tree.Units()))
	for _, u := range tree.Units() {
		var b strings.Builder
		last := ""
		for _, sp := range u.Spans {
			if sp.Name != last {
				b.WriteString(civil.Fold(sp.Name) + " | ")
				last = sp.Name
			}
		}
		b.WriteString(strings.ToLower(u.Code))
		n.rows = append(n.rows, nameRow{u, b.String()})
	}
	return n.rows
}

// unitList is what a search or a filter found.
type unitList struct {
	Rows  []foundUnit
	Total int
	Next  int // first row of the next page, 0 where there is none
	Prev  int // -1 where there is none
}

// foundUnit is a unit of a list: as it stands on the day, or as it was.
type foundUnit struct {
	unitLink
	Code, Type, Parent string
	Life               string
	Open               bool
	Once               []string // other names that it bore
}

// listRows is how many units a page of a list holds.
const listRows = 100

// listUnits searches the names ever borne (where a search is asked) and narrows to a sort of unit. Units that stand
// on the day come first; territories before bodies.
func (s *server) listUnits(tree *org.Tree, a treeAsk) *unitList {
	words := strings.Fields(civil.Fold(a.Search))
	var found []*org.Unit
	for _, row := range s.names.rowsOf(tree) {
		u := row.unit
		switch {
		case !hasAll(row.names, words):
		case a.Class != "" && u.SpanOn(a.Day).Class() != a.Class:
		case a.Search == "" && !u.Open(a.Day):
		case a.Root != nil && !below(tree, u, a.Root.ID, a.Day):
		default:
			found = append(found, u)
		}
	}
	slices.SortStableFunc(found, func(x, y *org.Unit) int {
		return foundRank(x, a, words) - foundRank(y, a, words)
	})
	out := &unitList{Total: len(found), Prev: -1}
	if a.From > 0 {
		out.Prev = max(0, a.From-listRows)
	}
	end := min(a.From+listRows, len(found))
	if end < len(found) {
		out.Next = end
	}
	for _, u := range found[min(a.From, end):end] {
		out.Rows = append(out.Rows, s.foundUnit(tree, u, a.Day))
	}
	return out
}

// foundRank puts open units before ended ones, names that begin with the words before others, territories before
// bodies.
func foundRank(u *org.Unit, a treeAsk, words []string) int {
	rank := 0
	if !u.Open(a.Day) {
		rank += 8
	}
	if u.Form == org.Body {
		rank += 4
	}
	if len(words) > 0 && !strings.Contains(civil.Fold(u.SpanOn(a.Day).Name), strings.Join(words, " ")) {
		rank += 2
	}
	return rank
}

// below reports whether the unit stands at or under root on the day, or on the nearest day of its life.
func below(tree *org.Tree, u *org.Unit, root org.UnitID, day civil.Date) bool {
	if !u.Open(day) {
		day = min(max(day, u.Opened), u.Closed.AddDays(-1))
	}
	return slices.Contains(tree.Chain(u.ID, day), root)
}

func (s *server) foundUnit(tree *org.Tree, u *org.Unit, day civil.Date) foundUnit {
	at := day
	if !u.Open(day) {
		at = min(max(day, u.Opened), u.Closed.AddDays(-1))
	}
	span := u.SpanOn(at)
	f := foundUnit{unitLink: unitLink{Ref: unitAt(u.Code, at), Name: span.Name}, Code: u.Code, Type: s.typeName(u, span), Open: u.Open(day), Life: spanDays(u.Opened, u.Closed)}
	if span.Parent != 0 {
		f.Parent = tree.NameOn(span.Parent, at)
	}
	for _, sp := range u.Spans {
		if sp.Name != span.Name && !slices.Contains(f.Once, sp.Name) {
			f.Once = append(f.Once, sp.Name)
		}
	}
	return f
}
