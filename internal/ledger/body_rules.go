package ledger

import (
	"danvan/internal/catalog"
	"danvan/internal/org"
)

// BodyRules turns the catalogue's unit types into the rules by which the bodies of each host exist. It stands here
// because this is the lowest floor that knows both the regulation and the units.
func BodyRules(ed *catalog.Edition) []org.BodyRule {
	var out []org.BodyRule
	for _, t := range ed.UnitTypes {
		if t.Form != org.Body || t.Listed {
			continue
		}
		for _, l := range t.Levels {
			rule := org.BodyRule{Type: t.Code, Abbr: t.Abbr, Levels: []string{l.Level}, Names: map[string]string{l.Level: l.Name}, From: l.From, Follows: l.Follows}
			if l.Until != 0 {
				rule.To = l.Until.AddDays(-1)
			}
			out = append(out, rule)
		}
	}
	return out
}
