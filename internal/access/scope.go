package access

import (
	"sync"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// Scopes keeps what granted units reach, for all who ask: a set follows from the tree, the unit and the day alone,
// and thousands of requests ask for the same. The zero value is ready, and safe for many goroutines.
type Scopes struct {
	mu   sync.Mutex
	tree *org.Tree
	day  civil.Date
	size int
	sets map[org.UnitID]reach
}

// keptUnits bounds the memory of the sets: so many units in all of them (about 20 MB).
const keptUnits = 400_000

// reach is what a granted unit reaches.
type reach struct {
	whole map[org.UnitID]bool // units that it answers for wholly
	part  map[org.UnitID]bool // these, and units of which it took over a part
}

// over is the set that a right is asked over: figures are read wherever they come from, even in part; all else takes
// the whole of a unit.
func (r reach) over(right Right) map[org.UnitID]bool {
	if right == ReadWork {
		return r.part
	}
	return r.whole
}

// Viewer joins a person with the grants that hold on the day.
func (c *Scopes) Viewer(tree *org.Tree, day civil.Date, account int64, login, name string, grants []Grant) *Viewer {
	v := &Viewer{Account: account, Login: login, Name: name, tree: tree, day: day, scopes: c}
	for _, g := range grants {
		if g.On(day) {
			v.Grants = append(v.Grants, g)
		}
	}
	return v
}

func (c *Scopes) reach(tree *org.Tree, granted org.UnitID, day civil.Date) reach {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tree != tree || c.day != day || c.size > keptUnits {
		c.tree, c.day, c.size, c.sets = tree, day, 0, map[org.UnitID]reach{}
	}
	if r, ok := c.sets[granted]; ok {
		return r
	}
	r := reached(tree, granted, day)
	c.size += len(r.part) + len(r.whole)
	c.sets[granted] = r
	return r
}

// reached is what a granted unit reaches on a day: the units of which a part of the life counts for one that stands
// in its place, on the boundaries of the day. Only the days of a unit's own life count: what is dated before its
// opening or after its end is another's by law, and must not carry a right from one to the other.
func reached(tree *org.Tree, granted org.UnitID, day civil.Date) reach {
	parts := map[org.UnitID]bool{}
	short := map[org.UnitID]bool{} // units of which not all went to the heirs
	for _, heir := range Heirs(tree, granted, day) {
		for _, sh := range tree.Reach(org.OnDay(day), heir, org.ByAny, org.Filter{}) {
			era, ok := tree.Era(sh.Era)
			if !ok {
				continue
			}
			u := tree.Unit(era.Unit)
			if era.From >= u.Closed || era.To <= u.Opened {
				continue
			}
			parts[era.Unit] = true
			if sh.Millionths < org.Whole {
				short[era.Unit] = true
			}
		}
	}
	if len(short) == 0 {
		return reach{parts, parts}
	}
	whole := make(map[org.UnitID]bool, len(parts))
	for id := range parts {
		if !short[id] {
			whole[id] = true
		}
	}
	return reach{whole, parts}
}
