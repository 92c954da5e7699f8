package matter

import (
	"strings"

	"danvan/internal/civil"
	"danvan/internal/dossier"
	"danvan/internal/org"
)

// places says where a letter's matter lies, in the units of today: of merged communes the successor.
type places struct {
	tree  *org.Tree
	today civil.Date
	said  map[string]org.UnitID // what words of a place were found to be
	names map[string]org.UnitID // folded names of communes, old and new, that only one unit of today goes back to; 0 for more
}

func isCommune(u *org.Unit) bool {
	return len(u.Spans) > 0 && u.Spans[len(u.Spans)-1].Level == "commune"
}

func newPlaces(tree *org.Tree, today civil.Date) *places {
	p := &places{tree: tree, today: today, said: map[string]org.UnitID{}, names: map[string]org.UnitID{}}
	for _, u := range tree.Units() {
		if u.NoData || u.Form != org.Territory || !isCommune(u) {
			continue
		}
		now := p.successor(u.ID)
		if now == 0 {
			continue
		}
		for _, span := range u.Spans {
			name := fold(span.Name)
			if have, ok := p.names[name]; ok && have != now {
				now = 0
			}
			p.names[name] = now
		}
	}
	return p
}

func fold(s string) string { return strings.Join(strings.Fields(civil.Fold(s)), " ") }

// of is the unit of today for a letter: the commune of the entry's place; else the commune that the words of the place
// name; 0 where neither is one.
func (p *places) of(place org.UnitID, day civil.Date, words string) int64 {
	if id := p.named(words); id != 0 {
		return int64(id)
	}
	if u := p.tree.Unit(place); u != nil && isCommune(u) {
		return int64(p.successor(place))
	}
	return 0
}

// named finds the commune in the words of a place, the longest name first.
func (p *places) named(words string) org.UnitID {
	if strings.TrimSpace(words) == "" {
		return 0
	}
	if id, ok := p.said[words]; ok {
		return id
	}
	text := " " + fold(strings.NewReplacer(",", " ", ".", " ", ";", " ", "-", " ").Replace(words)) + " "
	var best org.UnitID
	longest := 0
	for name, id := range p.names {
		if id != 0 && len(name) > longest && strings.Contains(text, " "+name+" ") {
			best, longest = id, len(name)
		}
	}
	p.said[words] = best
	return best
}

// successor is the unit that a unit has become, through all merges; of a split the largest part is not guessed: 0.
func (p *places) successor(id org.UnitID) org.UnitID {
	for range 20 {
		u := p.tree.Unit(id)
		if u == nil {
			return 0
		}
		if u.Closed > p.today {
			return id
		}
		flows := p.tree.Successors(id)
		to := org.UnitID(0)
		for _, f := range flows {
			if to != 0 && to != f.To {
				return 0
			}
			to = f.To
		}
		if to == 0 {
			return 0
		}
		id = to
	}
	return 0
}

// denouncing reports whether a letter has a denunciation in it, whatever its class.
func denouncing(c dossier.Content) bool { return c.Denounces }
