package report

import (
	"strconv"
	"strings"

	"danvan/internal/civil"
)

// slotKind is what a slot prints.
type slotKind int

const (
	slotFigure   slotKind = iota // petition.received
	slotCompare                  // compare petition.received
	slotList                     // list issue.raised by label:topic top 3
	slotNames                    // names district on end
	slotUnits                    // units commune on end
	slotBreaks                   // breaks indicator.poverty_rate
	slotCoverage                 // coverage petition.received
	slotProperty                 // unit.name, period.name
	slotVariable                 // u.name, r.value, y
)

// part is which number of a figure is printed.
type part string

const (
	partValue       part = ""
	partExact       part = "exact"
	partNumerator   part = "numerator"
	partDenominator part = "denominator"
	partEntries     part = "entries"
	partPercent     part = "percent" // numerator in percent of the denominator
)

// slot is one {{...}}, or an operand of a condition.
type slot struct {
	kind slotKind
	src  string
	at   pos
	ask  ask
	part part
	top  int
	// slotUnits and slotNames: the class counted and the day.
	class string
	day   dayRef
	// slotProperty, slotVariable: object and field.
	object, field string
}

// ask is a question as the template writes it, before unit and period are
// known.
type ask struct {
	indicator string
	period    string // "@2010"
	years     string // variable of a loop over years or periods
	from, to  civil.Date
	cut       civil.Date
	of        string // variable of a loop over units
	by        string // breakdown
	row       string // one row of the breakdown
	before    bool   // the same period of the year before
}

// dayRef is a day named by the period or written out.
type dayRef struct {
	name string // start, end or ""
	day  civil.Date
}

// words cuts s at blanks, keeping what stands in double quotes together.
func words(s string) []string {
	var out []string
	var b strings.Builder
	quoted, any := false, false
	flush := func() {
		if any {
			out = append(out, b.String())
		}
		b.Reset()
		any = false
	}
	for _, r := range s {
		switch {
		case r == '"':
			quoted, any = !quoted, true
		case !quoted && (r == ' ' || r == '\t' || r == '\n'):
			flush()
		default:
			b.WriteRune(r)
			any = true
		}
	}
	flush()
	return out
}

// slotParser reads the words of one slot.
type slotParser struct {
	words  []string
	at     pos
	issues *Problems
}

func (p *slotParser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0]
}

func (p *slotParser) next() string {
	w := p.peek()
	if len(p.words) > 0 {
		p.words = p.words[1:]
	}
	return w
}

// parseSlot reads the inside of {{ }}.
func parseSlot(src string, at pos, issues *Problems) slot {
	p := &slotParser{words: words(src), at: at, issues: issues}
	s := p.slot()
	s.src, s.at = src, at
	if rest := p.peek(); rest != "" {
		issues.add(at, "{{%s}}: thừa từ %q%s", src, rest, meant(rest, optionWords))
	}
	return s
}

// slotVerbs are the words with which a slot that is no plain figure begins.
var slotVerbs = []string{"compare", "list", "names", "units", "breaks", "coverage"}

// optionWords may follow an indicator.
var optionWords = []string{"from", "to", "cut", "of", "in", "by", "row", "before", "exact", "numerator", "denominator", "entries", "percent", "top", "on"}

// slot reads one slot and leaves the words after it.
func (p *slotParser) slot() slot {
	first := p.next()
	if first == "" {
		p.issues.add(p.at, "chỗ điền số liệu trống; hãy ghi mã chỉ tiêu, ví dụ {{petition.received}}")
		return slot{}
	}
	switch first {
	case "compare":
		return p.figure(slotCompare, p.next())
	case "list":
		return p.list()
	case "breaks":
		return p.figure(slotBreaks, p.next())
	case "coverage":
		return p.figure(slotCoverage, p.next())
	case "units":
		return p.units(slotUnits)
	case "names":
		return p.units(slotNames)
	}
	object, field, dotted := strings.Cut(first, ".")
	if object == "unit" || object == "period" {
		return slot{kind: slotProperty, object: object, field: field}
	}
	if isVariable(object) && contains(variableFields, field) {
		return slot{kind: slotVariable, object: object, field: field}
	}
	if !dotted {
		p.issues.add(p.at, "không hiểu %q: mã chỉ tiêu có dạng hệ_thống.tên%s", first, meant(first, slotVerbs))
	}
	return p.figure(slotFigure, first)
}

// variableFields are what {{r.FIELD}} may ask of a loop variable; "" is {{y}}.
var variableFields = []string{"", "name", "value", "share"}

// isVariable says whether a name may be a loop variable: one or two letters.
func isVariable(s string) bool { return s != "" && len(s) <= 2 }

func (p *slotParser) figure(kind slotKind, indicator string) slot {
	s := slot{kind: kind, ask: ask{indicator: indicator}}
	for p.option(&s) {
	}
	return s
}

func (p *slotParser) list() slot {
	s := p.figure(slotList, p.next())
	if s.ask.by == "" {
		p.issues.add(p.at, "list cần \"by unit\", \"by year\" hoặc \"by label:TÊN\"")
	}
	return s
}

// option reads one option; false where the next word is none.
func (p *slotParser) option(s *slot) bool {
	w := p.peek()
	if strings.HasPrefix(w, "@") {
		p.next()
		s.ask.period = w[1:]
		if _, err := civil.ParsePeriod(s.ask.period); err != nil && !ownYear(s.ask.period) {
			p.issues.add(p.at, "kỳ %q không đúng; viết như @2010, @2019-H1, @2015..2019, @first, @last", w)
		}
		return true
	}
	switch w {
	case "exact", "numerator", "denominator", "entries", "percent":
		s.part = part(p.next())
	case "before":
		p.next()
		s.ask.before = true
	case "from":
		s.ask.from = p.dayAfter()
	case "to":
		s.ask.to = p.dayAfter()
	case "cut":
		s.ask.cut = p.dayAfter()
	case "of":
		s.ask.of = p.wordAfter()
	case "in":
		s.ask.years = p.wordAfter()
	case "by":
		s.ask.by = p.byAfter()
	case "row":
		s.ask.row = p.wordAfter()
	case "top":
		s.top = p.numberAfter()
	default:
		return false
	}
	return true
}

// ownYear says whether a period is the first or last year of the report's own.
func ownYear(s string) bool { return s == "first" || s == "last" }

func (p *slotParser) wordAfter() string {
	option := p.next()
	if p.peek() == "" {
		p.issues.add(p.at, "thiếu từ sau %q", option)
	}
	return p.next()
}

func (p *slotParser) dayAfter() civil.Date {
	w := p.wordAfter()
	d, err := civil.ParseDate(w)
	if err != nil {
		p.issues.add(p.at, "ngày %q không đúng; viết như 2015-01-01", w)
	}
	return d
}

func (p *slotParser) numberAfter() int {
	w := p.wordAfter()
	n, err := strconv.Atoi(w)
	if err != nil || n < 1 {
		p.issues.add(p.at, "%q không phải số nguyên dương", w)
	}
	return n
}

func (p *slotParser) byAfter() string {
	w := p.wordAfter()
	if w == "unit" || w == "year" || w == "month" || strings.HasPrefix(w, "label:") && len(w) > len("label:") {
		return w
	}
	p.issues.add(p.at, "không chia được theo %q; dùng unit, year, month hoặc label:TÊN%s", w, meant(w, []string{"unit", "year", "month", "label:"}))
	return ""
}

// units reads "commune on end", "province/department on 2019-12-31".
func (p *slotParser) units(kind slotKind) slot {
	s := slot{kind: kind, class: p.next(), day: dayRef{name: "end"}}
	if s.class == "" {
		p.issues.add(p.at, "thiếu loại đơn vị sau units, ví dụ {{units commune on end}}")
	}
	if p.peek() != "on" {
		return s
	}
	w := p.wordAfter()
	if w == "start" || w == "end" {
		s.day = dayRef{name: w}
		return s
	}
	d, err := civil.ParseDate(w)
	if err != nil {
		p.issues.add(p.at, "sau \"on\" là start, end hoặc một ngày như 2019-12-31, không phải %q", w)
	}
	s.day = dayRef{day: d}
	return s
}
