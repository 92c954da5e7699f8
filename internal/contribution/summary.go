package contribution

import (
	"cmp"
	"slices"
	"strings"

	"danvan/internal/civil"
	"danvan/internal/org"
)

// By is how works are put together.
type By string

// Ways to put works together.
const (
	ByVillage  By = "thon"
	ByCommune  By = "xa"
	ByCampaign By = "chuong-trinh"
)

// Group is several works with the sum of their accounts.
type Group struct {
	Place    org.UnitID // of ByVillage and ByCommune
	Village  string
	Campaign string // code; "" for works of none
	Works    []*Work
	Account  Account
}

// Together sums works by village, commune or programme. Each work is in one group, so that groups add up to the whole.
func Together(list []*Work, by By) []*Group {
	type key struct {
		place org.UnitID
		word  string
	}
	groups := map[key]*Group{}
	var out []*Group
	for _, w := range list {
		var k key
		switch by {
		case ByVillage:
			k = key{w.Place, civil.Fold(oneLine(w.Village))}
		case ByCommune:
			k = key{place: w.Place}
		default:
			k = key{word: w.Campaign}
		}
		g := groups[k]
		if g == nil {
			g = &Group{Account: NewAccount()}
			switch by {
			case ByVillage:
				g.Place, g.Village = w.Place, oneLine(w.Village)
			case ByCommune:
				g.Place = w.Place
			default:
				g.Campaign = w.Campaign
			}
			groups[k] = g
			out = append(out, g)
		}
		g.Works = append(g.Works, w)
		g.Account.Plus(w.Account)
	}
	slices.SortStableFunc(out, func(a, b *Group) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), strings.Compare(civil.Fold(a.Village), civil.Fold(b.Village)), strings.Compare(a.Campaign, b.Campaign))
	})
	return out
}

// Within is the work with the lines of a period alone: what came and went in it. What was there before is not in the
// account, so that periods add up.
func (w *Work) Within(p civil.Period) *Work {
	c := *w
	c.Lines = nil
	for _, l := range w.Lines {
		if p.Has(l.Day) {
			c.Lines = append(c.Lines, l)
		}
	}
	c.Account = Reckon(c.Lines)
	return &c
}
