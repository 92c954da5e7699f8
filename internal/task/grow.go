package task

import (
	"slices"

	"danvan/internal/ledger"
)

// Node is an entry with the entries that carry it out.
type Node struct {
	ledger.Line
	Children []*Node
}

// Grow makes the tree below a root of entries that carry one another out, oldest first. Entries that lead round in a
// circle, or to no root, stand nowhere.
func Grow(root ledger.Line, below []ledger.Line) *Node {
	top := &Node{Line: root}
	under := map[int64][]ledger.Line{}
	for _, l := range below {
		under[l.Carries] = append(under[l.Carries], l)
	}
	seen := map[int64]bool{root.ID: true}
	for level := []*Node{top}; len(level) > 0; {
		var next []*Node
		for _, n := range level {
			for _, l := range under[n.ID] {
				if !seen[l.ID] {
					seen[l.ID] = true
					child := &Node{Line: l}
					n.Children = append(n.Children, child)
					next = append(next, child)
				}
			}
		}
		level = next
	}
	return top
}

// Walk goes through a node and everything below, the node first, until do says stop for what is below one.
func (n *Node) Walk(do func(n *Node, depth int) bool) { n.walk(0, do) }

func (n *Node) walk(depth int, do func(*Node, int) bool) {
	if !do(n, depth) {
		return
	}
	for _, c := range n.Children {
		c.walk(depth+1, do)
	}
}

// Size is how many entries stand below a node.
func (n *Node) Size() int {
	size := -1
	n.Walk(func(*Node, int) bool { size++; return true })
	return size
}

// Prune drops the nodes that keep says no to, with all below them.
func (n *Node) Prune(keep func(ledger.Line) bool) {
	n.Children = slices.DeleteFunc(n.Children, func(c *Node) bool { return !keep(c.Line) })
	for _, c := range n.Children {
		c.Prune(keep)
	}
}
