package figure

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"danvan/internal/catalog"
	"danvan/internal/civil"
	"danvan/internal/org"
)

// checkedAgainst are the other indicators that the checks need.
func (t *question) checkedAgainst() []*catalog.Indicator {
	var out []*catalog.Indicator
	for _, c := range t.ind.Checks {
		for _, code := range slices.Concat(c.Sum, []string{c.Equals, c.AtMost, c.AtLeast}) {
			if ind := t.ed.Indicator(code); code != "" && ind != nil && ind != t.ind {
				out = append(out, ind)
			}
		}
	}
	return out
}

// checks are the catalogue's controls of an indicator.
func (t *question) checks(a *answer) ([]Check, error) {
	var out []Check
	for _, c := range t.ind.Checks {
		found, err := t.check(c, a)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func (t *question) check(c *catalog.Check, a *answer) ([]Check, error) {
	var out []Check
	if len(c.Sum) > 0 {
		found, err := t.checkSum(c, a)
		if err != nil {
			return nil, err
		}
		out = append(out, found)
	}
	for _, b := range []struct {
		code, words string
		ok          func(cmp int) bool
	}{
		{c.AtMost, "không được lớn hơn", func(k int) bool { return k <= 0 }},
		{c.AtLeast, "không được nhỏ hơn", func(k int) bool { return k >= 0 }},
	} {
		if b.code == "" {
			continue
		}
		other, err := t.valueOf(b.code, a)
		if err != nil {
			return nil, err
		}
		ok := a.val == nil || other == nil || b.ok(a.val.Cmp(other))
		out = append(out, t.say(c, ok, fmt.Sprintf("%s (%s) %s %s (%s)", t.ind.Name, shown(a.val), b.words, t.nameOf(b.code), shown(other))))
	}
	return append(out, t.checkBounds(c, a)...), nil
}

// checkSum tests that parts add up.
func (t *question) checkSum(c *catalog.Check, a *answer) (Check, error) {
	var sum *big.Rat
	words := make([]string, len(c.Sum))
	for i, code := range c.Sum {
		v, err := t.valueOf(code, a)
		if err != nil {
			return Check{}, err
		}
		words[i] = shown(v)
		if v == nil {
			continue
		}
		if sum == nil {
			sum = new(big.Rat)
		}
		sum.Add(sum, v)
	}
	whole, err := t.valueOf(c.Equals, a)
	if err != nil {
		return Check{}, err
	}
	ok := sum == nil && whole == nil || sum != nil && whole != nil && sum.Cmp(whole) == 0
	return t.say(c, ok, fmt.Sprintf("%s = %s, %s: %s", strings.Join(words, " + "), shown(sum), t.nameOf(c.Equals), shown(whole))), nil
}

func (t *question) checkBounds(c *catalog.Check, a *answer) []Check {
	var out []Check
	if low := bound(c.Min); low != nil {
		out = append(out, t.say(c, a.val == nil || a.val.Cmp(low) >= 0, fmt.Sprintf("%s, ít nhất %s", shown(a.val), shown(low))))
	}
	if high := bound(c.Max); high != nil {
		out = append(out, t.say(c, a.val == nil || a.val.Cmp(high) <= 0, fmt.Sprintf("%s, nhiều nhất %s", shown(a.val), shown(high))))
	}
	return out
}

// bound is a bound as a number, nil where there is none.
func bound(b *catalog.Bound) *big.Rat {
	if b == nil {
		return nil
	}
	r, ok := new(big.Rat).SetString(string(*b))
	if !ok {
		return nil
	}
	return r
}

// say words a check: the catalogue's own message, with the numbers after it.
func (t *question) say(c *catalog.Check, ok bool, numbers string) Check {
	message := strings.TrimRight(c.Message, ".")
	switch {
	case message == "" && ok:
		message = "Khớp"
	case message == "":
		message = "Không khớp"
	case !ok:
		message = "Không khớp: " + message
	}
	return Check{c.Code, ok, message + " (" + numbers + ")."}
}

// valueOf is another indicator's value for the same question.
func (t *question) valueOf(code string, a *answer) (*big.Rat, error) {
	if code == "" || code == t.ind.Code {
		return a.val, nil
	}
	ind, err := indicator(t.ed, code)
	if err != nil {
		return nil, err
	}
	other, _, err := t.about(ind).answer()
	if err != nil {
		return nil, err
	}
	return other.val, nil
}

func (t *question) nameOf(code string) string {
	if ind := t.ed.Indicator(code); ind != nil && code != "" {
		return ind.Name
	}
	return t.ind.Name
}

func shown(r *big.Rat) string {
	if r == nil {
		return nothing
	}
	return civil.FormatTrim(r, 2)
}

// gapNotes says which former parts have no data here.
func (t *question) gapNotes() []Check {
	if t.empty {
		return nil
	}
	key := gapKey{t.unit.ID, t.basis, t.from, t.to}
	if known, ok := t.knownGaps(key); ok {
		return known
	}
	var out []Check
	for _, g := range t.tree.Gaps(t.unit.ID, t.basis, t.from, t.to) {
		last := g.To
		if last != civil.Forever {
			last = last.AddDays(-1)
		}
		out = append(out, Check{"gap", true, fmt.Sprintf("Chưa có số liệu của %s từ ngày %s đến ngày %s; số liệu này không gồm phần đó.",
			g.Name, max(g.From, t.from).Vi(), min(last, t.to).Vi())})
	}
	m := &t.engine.memo
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tree == t.tree && len(m.gaps) < 4096 {
		m.gaps[key] = out
	}
	return out
}

func (s *session) knownGaps(key gapKey) ([]Check, bool) {
	m := &s.engine.memo
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tree != s.tree {
		return nil, false
	}
	out, ok := m.gaps[key]
	return out, ok
}

// yearNotes says which years of a yearly series have nothing.
func (t *question) yearNotes(series []Row) []Check {
	var missing []string
	for _, r := range series {
		if r.Val == nil {
			missing = append(missing, r.Key)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return []Check{{"years", true, "Chưa có số liệu của các năm: " + strings.Join(missing, ", ") + "."}}
}

// coverage says how many of the bodies that must record have reported: those of the scope, else of the classes
// that may record the kind, that exist on the period's last day. A unit formed in the period has reported where
// one that it came from has.
func (t *question) coverage(a *answer) *Coverage {
	classes, axis, ok := t.mustRecord()
	if !ok || t.empty {
		return nil
	}
	r := t.reachOf(t.basis, t.unit.ID, t.shareBasis(), org.Filter{Classes: classesOn(classes, axis)})
	reported := map[org.UnitID]bool{}
	for _, x := range a.terms {
		if x.den {
			continue
		}
		for _, u := range x.reported {
			reported[u] = true
		}
	}
	c := &Coverage{Missing: []string{}}
	for _, id := range t.existing(r, classes) {
		c.Expected++
		if t.hasReported(id, reported) {
			c.Reported++
		} else {
			c.Missing = append(c.Missing, t.tree.Unit(id).Code)
		}
	}
	slices.Sort(c.Missing)
	if c.Expected == 0 {
		return nil
	}
	return c
}

func (t *question) hasReported(id org.UnitID, reported map[org.UnitID]bool) bool {
	if reported[id] {
		return true
	}
	if t.tree.Unit(id).Opened <= t.from {
		return false
	}
	for _, f := range t.tree.Predecessors(id) {
		if t.hasReported(f.From, reported) {
			return true
		}
	}
	return false
}

// mustRecord are the classes that record the first series of the numerator. Where anybody may, nobody must.
func (t *question) mustRecord() (classes []catalog.Class, axis string, ok bool) {
	for _, c := range catalog.Calls(t.ind.Formula()) {
		if c.Selector == nil {
			continue
		}
		sr := t.ed.SeriesByCode(c.Selector.Series)
		if sr == nil {
			return nil, "", false
		}
		classes = t.ind.Classes()
		if len(classes) == 0 {
			classes = t.recorders(sr)
		}
		if sr.Axis == "place" {
			classes = territoriesOf(classes)
		}
		for _, c := range classes {
			if c.Level == "" && c.Type == "" {
				return nil, "", false
			}
		}
		return classes, sr.Axis, len(classes) > 0
	}
	return nil, "", false
}

func (t *question) recorders(sr *catalog.Series) []catalog.Class {
	var out []catalog.Class
	for _, code := range sr.KindCodes() {
		if k := t.ed.Kind(code); k != nil {
			for _, by := range k.By {
				out = append(out, catalog.ParseClass(by))
			}
		}
	}
	return out
}

// territoriesOf are the territories in which bodies of some classes sit.
func territoriesOf(classes []catalog.Class) []catalog.Class {
	var out []catalog.Class
	for _, c := range classes {
		out = append(out, catalog.Class{Level: c.Level, Type: c.Level})
	}
	return out
}
