// Package access says who may do what, over which part of the tree of units, and when. It is the one place where a
// permission is decided: every face asks Viewer.May before it answers.
//
// A role is a list of rights (role.go). A grant gives a role to an account over a unit's subtree, from a day to a
// day. At a merger the successor inherits: a grant over a unit that has been merged holds over what it became, and
// over everything that the successor answers for, the past of all that went into it included (org.Tree.Reach on
// today's boundaries). A grant over a unit that was split or ended without successor gives nothing more until the
// administrator grants anew. Of a unit that was divided among several, each successor reads the past work, for its
// figures stand on it in part; recording, confirming and letters take the whole, so they rest with the level above.
//
// Grants live in store.go, the rules by which they are made and ended in rules.go.
package access

import (
	"maps"
	"slices"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// Grant gives an account a role over a unit's subtree.
type Grant struct {
	ID      int64
	Account int64
	Role    Role
	Unit    org.UnitID
	From    civil.Date // first day
	To      civil.Date // day after the last, civil.Forever for none
	For     int64      // the account that this one stands in for while it is away, 0 for a grant of one's own
}

// On reports whether the grant holds on a day.
func (g Grant) On(d civil.Date) bool { return g.From <= d && d < g.To }

// Viewer is a person who is asking, with the grants that hold today. It is made for one request and not changed.
type Viewer struct {
	Account int64
	Login   string // never changes and is never used again: the actor of acts
	Name    string
	Grants  []Grant
	Theme   string // "light", "dark", or empty: the device decides

	tree   *org.Tree
	day    civil.Date
	scopes *Scopes
}

// NewViewer joins a person with the grants that hold on the day. A server that answers many asks Scopes.Viewer.
func NewViewer(tree *org.Tree, day civil.Date, account int64, login, name string, grants []Grant) *Viewer {
	return new(Scopes).Viewer(tree, day, account, login, name, grants)
}

// May reports whether the viewer has the right over the unit. Unit 0 asks whether there is any unit over which he
// has it. Nobody signed in (nil) may do only what is Public.
func (v *Viewer) May(right Right, unit org.UnitID) bool {
	switch {
	case right == Public:
		return true
	case v == nil:
		return false
	case right == SignedIn:
		return true
	}
	for _, g := range v.Grants {
		if !g.Role.Has(right) {
			continue
		}
		set := v.reach(g.Unit).over(right)
		if unit == 0 && len(set) > 0 || set[unit] {
			return true
		}
	}
	return false
}

// MayOver is May for the unit that a reference, CODE or CODE@DATE, names on a day; false where it names none.
func (v *Viewer) MayOver(right Right, ref string, day civil.Date) bool {
	if v == nil || v.tree == nil {
		return false
	}
	u, err := v.tree.Resolve(ref, org.OnDay(day), day)
	return err == nil && v.May(right, u.ID)
}

// Units are the units over which the viewer has the right. The map may be shared: it is not to be changed.
func (v *Viewer) Units(right Right) map[org.UnitID]bool {
	if v == nil {
		return map[org.UnitID]bool{}
	}
	var sets []map[org.UnitID]bool
	var units []org.UnitID
	for _, g := range v.Grants {
		if g.Role.Has(right) && !slices.Contains(units, g.Unit) {
			units = append(units, g.Unit)
			sets = append(sets, v.reach(g.Unit).over(right))
		}
	}
	if len(sets) == 1 {
		return sets[0]
	}
	out := map[org.UnitID]bool{}
	for _, set := range sets {
		maps.Copy(out, set)
	}
	return out
}

// Homes are the units that the viewer's grants stand on today, without those that ended, each once, in the order of
// the grants.
func (v *Viewer) Homes() []org.UnitID {
	if v == nil {
		return nil
	}
	var out []org.UnitID
	for _, g := range v.Grants {
		for _, id := range Heirs(v.tree, g.Unit, v.day) {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

func (v *Viewer) reach(granted org.UnitID) reach { return v.scopes.reach(v.tree, granted, v.day) }

// Heirs are the units that stand in the place of a unit on a day: itself while it is open, else what it was merged
// into. A split leaves no heir: who answers for which part is for the administrator to say. Nor has a unit that ended
// without successor one, or one that is yet to open.
func Heirs(tree *org.Tree, id org.UnitID, day civil.Date) []org.UnitID {
	u := tree.Unit(id)
	switch {
	case u == nil || u.Opened > day:
		return nil
	case u.Open(day):
		return []org.UnitID{id}
	}
	var out []org.UnitID
	for _, f := range tree.Successors(id) {
		if f.Kind != org.Merge {
			return nil
		}
		for _, heir := range Heirs(tree, f.To, day) {
			if !slices.Contains(out, heir) {
				out = append(out, heir)
			}
		}
	}
	return out
}
