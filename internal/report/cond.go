package report

import (
	"math/big"
	"strings"

	"danvan/internal/civil"
)

// cond is a condition of [[if ...]].
type cond interface{ isCond() }

type (
	condNot struct{ of cond }
	condAnd struct{ all []cond }
	condOr  struct{ any []cond }
	// condIs asks for level, type, form or issuer of the report's unit.
	condIs struct {
		at     pos
		what   string
		values []string
	}
	// condData is true where a figure was reported and is not zero; with
	// reported, where it was reported at all.
	condData struct {
		slot     slot
		reported bool
	}
	// condMove compares with the same period of the year before.
	condMove struct {
		slot slot
		way  string // up, down, same, comparable
	}
	// condCompare compares a figure with a number or another figure.
	condCompare struct {
		left, right slot
		op          string
		number      *big.Rat
	}
	// condSince is true where the period ends on the day or later.
	condSince struct{ day civil.Date }
	// condLong is true where the period is at least so many years or
	// months long.
	condLong struct{ years, months int }
)

func (condNot) isCond()     {}
func (condAnd) isCond()     {}
func (condOr) isCond()      {}
func (condIs) isCond()      {}
func (condData) isCond()    {}
func (condMove) isCond()    {}
func (condCompare) isCond() {}
func (condSince) isCond()   {}
func (condLong) isCond()    {}

// parseCond reads what follows "if".
func parseCond(src string, at pos, issues *Problems) cond {
	spaced := strings.NewReplacer("(", " ( ", ")", " ) ").Replace(src)
	p := &slotParser{words: words(spaced), at: at, issues: issues}
	if len(p.words) == 0 {
		issues.add(at, "[[if]] thiếu điều kiện")
		return condAnd{}
	}
	c := p.or()
	if rest := p.peek(); rest != "" {
		issues.add(at, "[[if %s]]: thừa từ %q%s", src, rest, meant(rest, append([]string{"and", "or"}, optionWords...)))
	}
	return c
}

func (p *slotParser) or() cond {
	all := []cond{p.and()}
	for p.peek() == "or" {
		p.next()
		all = append(all, p.and())
	}
	if len(all) == 1 {
		return all[0]
	}
	return condOr{all}
}

func (p *slotParser) and() cond {
	all := []cond{p.unary()}
	for p.peek() == "and" {
		p.next()
		all = append(all, p.unary())
	}
	if len(all) == 1 {
		return all[0]
	}
	return condAnd{all}
}

func (p *slotParser) unary() cond {
	switch p.peek() {
	case "not":
		p.next()
		return condNot{p.unary()}
	case "(":
		p.next()
		c := p.or()
		if p.next() != ")" {
			p.issues.add(p.at, "thiếu dấu ngoặc đóng trong điều kiện")
		}
		return c
	case "level", "type", "form", "issuer":
		return p.is()
	case "up", "down", "same", "comparable":
		way := p.next()
		return condMove{slot: p.operand(), way: way}
	case "reported":
		p.next()
		return condData{slot: p.operand(), reported: true}
	case "since":
		return condSince{p.dayAfter()}
	case "years":
		return condLong{years: p.numberAfter()}
	case "months":
		return condLong{months: p.numberAfter()}
	}
	return p.compare()
}

// compare reads "FIGURE", "FIGURE >= 90" or "FIGURE > FIGURE".
func (p *slotParser) compare() cond {
	left := p.operand()
	switch p.peek() {
	case ">", "<", ">=", "<=", "=":
	default:
		return condData{slot: left}
	}
	c := condCompare{left: left, op: p.next()}
	if n, ok := new(big.Rat).SetString(p.peek()); ok {
		p.next()
		c.number = n
		return c
	}
	c.right = p.operand()
	return c
}

func (p *slotParser) operand() slot {
	src := p.peek()
	s := p.slot()
	s.src, s.at = src, p.at
	return s
}

// is reads "level commune district": all words up to the next operator.
func (p *slotParser) is() cond {
	c := condIs{what: p.next(), at: p.at}
	for w := p.peek(); w != "" && w != "and" && w != "or" && w != ")"; w = p.peek() {
		c.values = append(c.values, p.next())
	}
	if len(c.values) == 0 {
		p.issues.add(p.at, "thiếu giá trị sau %q", c.what)
	}
	return c
}
