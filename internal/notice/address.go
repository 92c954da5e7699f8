package notice

import (
	"slices"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// Offices knows who works for which unit today.
type Offices struct {
	tree   *org.Tree
	day    civil.Date
	byUnit map[org.UnitID][]Post
	logins map[string]int64
}

// NewOffices joins the posts with the units.
func NewOffices(tree *org.Tree, day civil.Date, posts []Post) *Offices {
	o := &Offices{tree: tree, day: day, byUnit: map[org.UnitID][]Post{}, logins: map[string]int64{}}
	for _, p := range posts {
		o.logins[p.Login] = p.Account
		for _, u := range p.Units {
			o.byUnit[u] = append(o.byUnit[u], p)
		}
	}
	return o
}

// To are the accounts that a reminder is for. It goes to the unit itself, or to the territory that hosts a body
// without anybody; no higher, or the province would be reminded of every commune's work. A reminder that goes up
// takes one step for each level, and there too stays at the first unit with somebody in it.
func (o *Offices) To(n Notice) []int64 {
	if n.Login != "" {
		if id, ok := o.logins[n.Login]; ok {
			return []int64{id}
		}
		return nil
	}
	unit := n.Unit
	for range n.Up {
		if unit = o.superior(unit); unit == 0 {
			return nil
		}
	}
	if to := o.holders(unit, n); len(to) > 0 || n.Up > 0 && !n.Climb {
		return to
	}
	if n.Climb {
		return o.climb(unit, n)
	}
	if u := o.tree.Unit(unit); u != nil && u.Form == org.Body {
		return o.holders(o.host(unit), n)
	}
	return nil
}

// climb finds the first unit above with somebody who holds the right.
func (o *Offices) climb(unit org.UnitID, n Notice) []int64 {
	for range mostLevels {
		if unit = o.host(unit); unit == 0 {
			return nil
		}
		if to := o.holders(unit, n); len(to) > 0 {
			return to
		}
	}
	return nil
}

// mostLevels bounds the way up.
const mostLevels = 8

// holders are the accounts with the right by a grant on the unit itself.
func (o *Offices) holders(unit org.UnitID, n Notice) []int64 {
	var out []int64
	for _, p := range o.byUnit[unit] {
		if p.Role.Has(n.Right) && (n.Also == "" || p.Role.Has(n.Also)) && !slices.Contains(out, p.Account) {
			out = append(out, p.Account)
		}
	}
	return out
}

// host is the territory in which a body sits; of a territory, what it lies in.
func (o *Offices) host(unit org.UnitID) org.UnitID {
	u := o.tree.Unit(unit)
	if u == nil {
		return 0
	}
	return u.SpanOn(o.day).Parent
}

// superior is the territory above the one in which a unit sits.
func (o *Offices) superior(unit org.UnitID) org.UnitID {
	if u := o.tree.Unit(unit); u != nil && u.Form == org.Body {
		unit = o.host(unit)
	}
	return o.host(unit)
}
