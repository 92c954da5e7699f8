// Package access says who may do what, over which part of the tree of units, and when. It is the one place where a
// permission is decided: every face asks Viewer.May before it answers.
//
// A role is a list of rights (role.go). A grant gives a role to an account over a unit's subtree, from a day to a
// day. At a merger the successor inherits: a grant over a unit that has been merged holds over what it became, and
// over everything that the successor answers for, the past of all that went into it included (org.Tree.Reach on
// today's boundaries). A grant over a unit that was split or ended without successor gives nothing more until the
// administrator grants anew.
package access

import (
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

	tree *org.Tree
	day  civil.Date
	sets map[org.UnitID]map[org.UnitID]bool // by granted unit: what it reaches
}

// NewViewer joins a person with the grants that hold on the day.
func NewViewer(tree *org.Tree, day civil.Date, account int64, login, name string, grants []Grant) *Viewer {
	v := &Viewer{Account: account, Login: login, Name: name, tree: tree, day: day, sets: map[org.UnitID]map[org.UnitID]bool{}}
	for _, g := range grants {
		if g.On(day) {
			v.Grants = append(v.Grants, g)
		}
	}
	return v
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
	return slices.ContainsFunc(v.Grants, func(g Grant) bool {
		return g.Role.Has(right) && (unit == 0 || v.reaches(g.Unit, unit))
	})
}

// Units are the units over which the viewer has the right.
func (v *Viewer) Units(right Right) map[org.UnitID]bool {
	out := map[org.UnitID]bool{}
	if v == nil {
		return out
	}
	for _, g := range v.Grants {
		if g.Role.Has(right) {
			for u := range v.reach(g.Unit) {
				out[u] = true
			}
		}
	}
	return out
}

// Homes are the units that the viewer's grants stand on today, without those that ended, each once, in the order of
// the grants.
func (v *Viewer) Homes() []org.UnitID {
	var out []org.UnitID
	for _, g := range v.Grants {
		for _, id := range heirs(v.tree, g.Unit, v.day) {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

func (v *Viewer) reaches(granted, unit org.UnitID) bool { return v.reach(granted)[unit] }

func (v *Viewer) reach(granted org.UnitID) map[org.UnitID]bool {
	if set, ok := v.sets[granted]; ok {
		return set
	}
	set := map[org.UnitID]bool{granted: true}
	for _, heir := range heirs(v.tree, granted, v.day) {
		set[heir] = true
		for _, sh := range v.tree.Reach(org.OnDay(v.day), heir, org.ByAny, org.Filter{}) {
			if era, ok := v.tree.Era(sh.Era); ok {
				set[era.Unit] = true
			}
		}
	}
	v.sets[granted] = set
	return set
}

// heirs are the units that stand in the place of a unit on a day: itself while it is open, else what it was merged
// into. A split leaves no heir: who answers for which part is for the administrator to say.
func heirs(tree *org.Tree, id org.UnitID, day civil.Date) []org.UnitID {
	u := tree.Unit(id)
	if u == nil {
		return nil
	}
	if u.Open(day) || u.Opened > day {
		return []org.UnitID{id}
	}
	var out []org.UnitID
	for _, f := range tree.Successors(id) {
		if f.Kind == org.Merge {
			out = append(out, heirs(tree, f.To, day)...)
		}
	}
	return out
}
