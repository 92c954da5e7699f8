package report

import (
	"sort"
	"strings"

	"danvan/internal/catalog"
)

// Check holds the template against an edition of the catalogue: every indicator,
// label, row and class that it names must exist there.
func (t *Template) Check(e *catalog.Edition) error {
	c := &checker{edition: e, vars: map[string]string{}}
	for _, i := range e.Indicators {
		c.indicators = append(c.indicators, i.Code)
	}
	at := pos{t.Path, 1}
	for _, class := range t.Head.For {
		c.class(class, at)
	}
	for _, code := range t.Head.Key {
		if e.Indicator(code) == nil {
			c.issues.add(at, "key: không có chỉ tiêu %q%s", code, meant(code, c.indicators))
		}
	}
	for code := range t.Head.Checks.Of {
		if e.Indicator(code) == nil {
			c.issues.add(at, "checks: không có chỉ tiêu %q%s", code, meant(code, c.indicators))
		}
	}
	c.nodes(t.subject)
	for _, i := range t.issuers {
		for _, class := range i.For {
			c.class(class, at)
		}
		for _, list := range append(append([][]node{i.superior, i.name, i.symbol, i.place}, i.authority...), i.recipients...) {
			c.nodes(list)
		}
	}
	c.nodes(t.body)
	c.places(t)
	return c.issues.fault()
}

// Asks are the indicators that the template asks of the report's own unit
// and period, whether it then prints them or not.
func (t *Template) Asks(e *catalog.Edition) []string {
	c := &checker{edition: e, vars: map[string]string{}}
	c.nodes(t.body)
	return c.whole
}

// mostKey is how many figures stand for a report where its head names none.
const mostKey = 6

// Key are the indicators that stand for the report where many are set side by
// side: those that its head names, else the first of its own that have a ref.
func (t *Template) Key(e *catalog.Edition) []string {
	if len(t.Head.Key) > 0 {
		return t.Head.Key
	}
	var out []string
	for _, code := range t.Asks(e) {
		if i := e.Indicator(code); len(i.Ref) > 0 && len(out) < mostKey {
			out = append(out, code)
		}
	}
	return out
}

type checker struct {
	edition    *catalog.Edition
	indicators []string
	whole      []string          // those asked of the report's own unit and period, once each
	vars       map[string]string // name -> rows, units, years
	issues     Problems
}

func (c *checker) nodes(list []node) {
	for _, n := range list {
		switch n := n.(type) {
		case slotNode:
			c.slot(n.slot)
		case ifNode:
			for _, a := range n.arms {
				c.cond(a.when)
				c.nodes(a.body)
			}
			c.nodes(n.els)
		case forNode:
			c.repeat(n)
		case partNode:
			c.nodes(n.body)
		case tableNode:
			c.table(n.table)
		case chartNode:
			c.chart(n.chart)
		}
	}
}

func (c *checker) repeat(n forNode) {
	c.slot(n.over.slot)
	outer, shadowed := c.vars[n.name]
	c.vars[n.name] = n.over.kind
	c.nodes(n.body)
	c.nodes(n.sep)
	delete(c.vars, n.name)
	if shadowed {
		c.vars[n.name] = outer
	}
}

func (c *checker) slot(s slot) {
	switch s.kind {
	case slotProperty:
		c.property(s)
	case slotVariable:
		c.variable(s)
	case slotUnits, slotNames:
		c.class(s.class, s.at)
	default:
		if s.ask.indicator != "" {
			c.ask(s)
		}
	}
}

func (c *checker) property(s slot) {
	name := s.object + "." + s.field
	if !contains(propertyNames(), name) {
		c.issues.add(s.at, "{{%s}}: không có mục này%s", s.src, meant(name, propertyNames()))
	}
}

// fields that a variable has, by what its loop runs over.
func (c *checker) variable(s slot) {
	kind, ok := c.vars[s.object]
	if !ok {
		c.issues.add(s.at, "{{%s}}: không có biến %q; biến chỉ có trong [[for %s in ...]] ... [[end]]", s.src, s.object, s.object)
		return
	}
	fields := map[string][]string{"rows": {"name", "value", "share"}, "units": {"name"}, "years": {""}}[kind]
	if !contains(fields, s.field) {
		c.issues.add(s.at, "{{%s}}: biến này chỉ có %s", s.src, strings.Join(fields, ", "))
	}
}

func (c *checker) class(class string, at pos) {
	typ := catalog.ParseClass(class).Type
	if typ == "" || c.edition.UnitType(typ) != nil {
		return
	}
	var names []string
	for _, t := range c.edition.UnitTypes {
		names = append(names, t.Code)
	}
	c.issues.add(at, "không có loại đơn vị %q%s", class, meant(typ, names))
}

func (c *checker) ask(s slot) {
	i := c.edition.Indicator(s.ask.indicator)
	if i == nil {
		c.issues.add(s.at, "không có chỉ tiêu %q%s", s.ask.indicator, meant(s.ask.indicator, c.indicators))
		return
	}
	if own := (ask{indicator: i.Code}); s.ask == own && !contains(c.whole, i.Code) {
		c.whole = append(c.whole, i.Code)
	}
	for _, v := range []string{s.ask.of, s.ask.years} {
		if _, ok := c.vars[v]; v != "" && !ok {
			c.issues.add(s.at, "{{%s}}: không có biến %q", s.src, v)
		}
	}
	label, ok := strings.CutPrefix(s.ask.by, "label:")
	if !ok {
		return
	}
	labels, values := labelsOf(c.edition, i, label)
	if !contains(labels, label) {
		c.issues.add(s.at, "chỉ tiêu %s không có nhãn %q%s (có: %s)", i.Code, label, meant(label, labels), orNone(labels))
		return
	}
	if s.ask.row != "" && len(values) > 0 && !contains(values, s.ask.row) {
		c.issues.add(s.at, "nhãn %s của %s không có giá trị %q%s", label, i.Code, s.ask.row, meant(s.ask.row, values))
	}
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "không có nhãn nào"
	}
	return strings.Join(list, ", ")
}

// labelsOf are the labels of the series in an indicator's numerator, and the
// values that one of them can take.
func labelsOf(e *catalog.Edition, i *catalog.Indicator, label string) (labels, values []string) {
	seen := map[string]bool{}
	for _, code := range seriesIn(i.Formula(), nil) {
		s := e.SeriesByCode(code)
		if s == nil {
			continue
		}
		for _, l := range s.LabelNames() {
			if !seen[l] {
				seen[l] = true
				labels = append(labels, l)
			}
		}
		if v, ok := s.LabelValues(label); ok {
			values = append(values, v...)
		}
	}
	sort.Strings(labels)
	return labels, values
}

func seriesIn(x catalog.Expr, out []string) []string {
	switch x := x.(type) {
	case *catalog.Neg:
		return seriesIn(x.X, out)
	case *catalog.Binary:
		return seriesIn(x.Y, seriesIn(x.X, out))
	case *catalog.Call:
		if x.Selector != nil {
			return append(out, x.Selector.Series)
		}
	}
	return out
}

func (c *checker) cond(x cond) {
	switch x := x.(type) {
	case condNot:
		c.cond(x.of)
	case condAnd:
		for _, one := range x.all {
			c.cond(one)
		}
	case condOr:
		for _, one := range x.any {
			c.cond(one)
		}
	case condIs:
		c.is(x)
	case condData:
		c.slot(x.slot)
	case condMove:
		c.slot(x.slot)
	case condCompare:
		c.slot(x.left)
		if x.number == nil {
			c.slot(x.right)
		}
	}
}

// is checks the words after level, form and type.
func (c *checker) is(x condIs) {
	var names []string
	switch x.what {
	case "level":
		names = []string{"province", "district", "commune"}
	case "form":
		names = []string{"territory", "body"}
	case "type":
		names = []string{"province", "district", "commune"} // of a territory, its level
		for _, t := range c.edition.UnitTypes {
			names = append(names, t.Code)
		}
	}
	for _, v := range x.values {
		if len(names) > 0 && !contains(names, v) {
			c.issues.add(x.at, "%s %q không có%s (có: %s)", x.what, v, meant(v, names), strings.Join(names, ", "))
		}
	}
}

func (c *checker) table(s tableSpec) {
	c.nodes(s.caption)
	for i, col := range s.columns {
		if col.slot == nil {
			if s.by != "" && i > 0 {
				c.issues.add(col.at, "cột %q cần mã chỉ tiêu", col.head)
			}
			continue
		}
		one := *col.slot
		one.ask.by = s.by
		c.slot(one)
	}
	for _, r := range s.rows {
		if r.when != nil {
			c.cond(r.when)
		}
		for _, cell := range r.cells {
			c.nodes(cell)
		}
	}
	for _, n := range s.notes {
		c.nodes(n)
	}
}

func (c *checker) chart(s chartSpec) {
	c.nodes(s.caption)
	for _, one := range s.series {
		if one.slot == nil {
			c.issues.add(one.at, "dòng series cần mã chỉ tiêu")
			continue
		}
		slot := *one.slot
		slot.ask.by = s.by
		c.slot(slot)
	}
	if s.per != nil {
		c.slot(*s.per)
	}
	for _, n := range s.notes {
		c.nodes(n)
	}
}
