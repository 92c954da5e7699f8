package org

import (
	"fmt"
	"slices"

	"danvan/internal/civil"
)

// ProvinceOf cuts one province of a day out of a truth of the whole country: the units of the first load that it
// answers for on that day, and the acts that touch them. A unit that came from under another province hangs from the
// start under this one.
func ProvinceOf(t *Truth, code string, day civil.Date) (*Truth, error) {
	bare := &Truth{Floor: t.Floor, Changes: t.Changes}
	tree, problems := Derive(bare)
	if tree == nil {
		return nil, fmt.Errorf("units of the country have no history: %v", problems[0].Vi)
	}
	province := tree.On(code, day)
	if province == nil {
		return nil, fmt.Errorf("no province %s on %s", code, day)
	}
	kept := map[Key]bool{}
	codes := map[string]bool{}
	for _, sh := range tree.Reach(OnDay(day), province.ID, ByAny, Filter{}) {
		era, _ := tree.Era(sh.Era)
		u := tree.Unit(era.Unit)
		kept[Key{u.Code, u.Opened}], codes[u.Code] = true, true
	}
	out := &Truth{Rules: t.Rules}
	for _, u := range t.Floor {
		if !kept[Key{u.Code, u.Opened}] {
			continue
		}
		if u.Parent != "" && !codes[u.Parent] {
			u.Parent = code
		}
		out.Floor = append(out.Floor, u)
	}
	for _, c := range t.Changes {
		if codes[c.Code] || slices.ContainsFunc(c.Sources, func(s Source) bool { return codes[s.Code] }) {
			out.Changes = append(out.Changes, c)
		}
	}
	if cut, problems := Derive(&Truth{Floor: out.Floor, Changes: out.Changes}); cut == nil {
		return nil, fmt.Errorf("province %s cannot be cut out: %v", code, problems[0].Vi)
	}
	return out, nil
}
