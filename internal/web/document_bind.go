package web

import (
	"danvan/internal/access"
	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/ledger"
	"danvan/internal/org"
)

// Documents bind those below: whoever works in a commune reads what its province issued to it, although the rest of the
// province's work is not his to read.

// binders are the territories strictly above the units at which a viewer may read work, as they are today.
func binders(tree *org.Tree, v *access.Viewer, today civil.Date) map[org.UnitID]bool {
	out := map[org.UnitID]bool{}
	for _, home := range v.Homes() {
		if !v.May(access.ReadWork, home) {
			continue
		}
		own := hostToday(tree, home, today)
		for _, up := range tree.Chain(own, today) {
			if up != own {
				out[up] = true
			}
		}
	}
	return out
}

// hostToday is the territory of a unit, itself for a territory, as it was on a day within the unit's life.
func hostToday(tree *org.Tree, id org.UnitID, today civil.Date) org.UnitID {
	u := tree.Unit(id)
	if u == nil {
		return 0
	}
	day := max(u.Opened, min(today, u.Closed.AddDays(-1)))
	for _, up := range tree.Chain(id, day) {
		if tree.Unit(up).Form == org.Territory {
			return up
		}
	}
	return id
}

// issuedAbove reports whether a unit sits, or what took its territory over sits, in one of the territories.
func issuedAbove(tree *org.Tree, above map[org.UnitID]bool, unit org.UnitID, today civil.Date) bool {
	if len(above) == 0 {
		return false
	}
	for _, heir := range access.Heirs(tree, hostToday(tree, unit, today), today) {
		if above[heir] {
			return true
		}
	}
	return false
}

// mayReadHead reports whether a viewer may read an entry: his units' work, and the documents that bind him from above.
func (s *server) mayReadHead(v *access.Viewer, tree *org.Tree, h ledger.Head) bool {
	if v.May(access.ReadWork, h.Unit) {
		return true
	}
	k := s.Catalog.EditionOn(h.Day).Kind(h.Kind)
	return k != nil && (k.Register == catalog.Documents || k.Register == catalog.Programmes) &&
		issuedAbove(tree, binders(tree, v, s.Today()), h.Unit, s.Today())
}
