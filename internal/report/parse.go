package report

import "strings"

// node is a piece of a template's body.
type node interface{ isNode() }

type (
	textNode struct {
		text string
		at   pos
	}
	slotNode struct{ slot slot }
	ifNode   struct {
		arms []arm
		els  []node
	}
	// forNode repeats its body over the rows of a breakdown, over units or
	// over years; sep is written between two rounds.
	forNode struct {
		name string
		over loop
		body []node
		sep  []node
		at   pos
	}
	tableNode struct{ table tableSpec }
	chartNode struct{ chart chartSpec }
	partNode  struct {
		name string
		body []node
	}
	writeNode struct {
		place Place
		at    pos
	}
)

type arm struct {
	when cond
	body []node
}

// loop is what a [[for]] runs over: a breakdown (ask.by set), units of a
// class, or the years of the period.
type loop struct {
	kind string // rows, units, years
	slot slot
}

func (textNode) isNode()  {}
func (slotNode) isNode()  {}
func (ifNode) isNode()    {}
func (forNode) isNode()   {}
func (tableNode) isNode() {}
func (chartNode) isNode() {}
func (partNode) isNode()  {}
func (writeNode) isNode() {}

// directives are the words that may begin a [[...]].
var directives = []string{"if", "elif", "else", "end", "for", "sep", "table", "chart", "include", "write"}

// parser turns tokens into nodes.
type parser struct {
	tokens []token
	i      int
	issues *Problems
	parts  Parts
	within []string // includes being read, to refuse a circle
}

// parseBody reads a whole body.
func parseBody(text string, at pos, issues *Problems, parts Parts, within []string) []node {
	p := &parser{tokens: lex(text, at, issues), issues: issues, parts: parts, within: within}
	var out []node
	for p.i < len(p.tokens) {
		body, stop := p.until()
		out = append(out, body...)
		if stop != nil {
			p.issues.add(stop.at, "[[%s]] không có [[if]] hay [[for]] mở trước nó", stop.src)
		}
	}
	return out
}

// until reads nodes up to else, elif, sep or end, which it returns; nil at the
// end of the text.
func (p *parser) until() ([]node, *token) {
	var out []node
	for p.i < len(p.tokens) {
		t := &p.tokens[p.i]
		p.i++
		switch t.kind {
		case tokenText:
			checkDigits(t.src, t.at, p.issues)
			out = append(out, textNode{t.src, t.at})
		case tokenSlot:
			out = append(out, slotNode{parseSlot(t.src, t.at, p.issues)})
		case tokenDirective:
			word, rest, _ := strings.Cut(t.src, " ")
			switch word {
			case "else", "elif", "sep", "end":
				return out, t
			}
			if n := p.directive(t, word, strings.TrimSpace(rest)); n != nil {
				out = append(out, n)
			}
		}
	}
	return out, nil
}

func (p *parser) directive(t *token, word, rest string) node {
	switch word {
	case "if":
		return p.condition(t, rest)
	case "for":
		return p.repeat(t, rest)
	case "table":
		return tableNode{parseTable(rest, t, p.issues)}
	case "chart":
		return chartNode{parseChart(rest, t, p.issues)}
	case "include":
		return p.include(t, rest)
	case "write":
		return parsePlace(rest, t.at, p.issues)
	}
	p.issues.add(t.at, "không có chỉ dẫn [[%s]]%s", word, meant(word, directives))
	return nil
}

func (p *parser) condition(t *token, rest string) node {
	n := ifNode{}
	when := parseCond(rest, t.at, p.issues)
	for {
		body, stop := p.until()
		n.arms = append(n.arms, arm{when, body})
		if stop == nil {
			p.issues.add(t.at, "[[if %s]] thiếu [[end]]", rest)
			return n
		}
		word, more, _ := strings.Cut(stop.src, " ")
		switch word {
		case "elif":
			when = parseCond(more, stop.at, p.issues)
			continue
		case "else":
			n.els = p.closing(t, "if")
		case "sep":
			p.issues.add(stop.at, "[[sep]] chỉ dùng trong [[for]]")
		}
		return n
	}
}

// closing reads the body up to the [[end]] of t.
func (p *parser) closing(t *token, what string) []node {
	body, stop := p.until()
	switch {
	case stop == nil:
		p.issues.add(t.at, "[[%s]] thiếu [[end]]", what)
	case stop.src != "end":
		p.issues.add(stop.at, "[[%s]] đứng sai chỗ; cần [[end]]", stop.src)
	}
	return body
}

// repeat reads "for r in petition.received by unit top 3", "for u in units
// district on end", "for y in years".
func (p *parser) repeat(t *token, rest string) node {
	n := forNode{at: t.at}
	w := words(rest)
	if len(w) < 3 || w[1] != "in" || !isVariable(w[0]) {
		p.issues.add(t.at, "[[for %s]] không đúng; viết như [[for r in petition.received by unit top 3]], biến dài một hoặc hai chữ cái", rest)
	} else {
		n.name = w[0]
		n.over = parseLoop(w[2:], t.at, p.issues)
	}
	body, stop := p.until()
	n.body = body
	if stop != nil && stop.src == "sep" {
		n.sep = p.closing(t, "for")
		return n
	}
	if stop == nil || stop.src != "end" {
		p.issues.add(t.at, "[[for %s]] thiếu [[end]]", rest)
	}
	return n
}

func parseLoop(w []string, at pos, issues *Problems) loop {
	sp := &slotParser{words: w, at: at, issues: issues}
	if w[0] == "years" {
		sp.next()
		s := slot{}
		for sp.option(&s) {
		}
		return loop{kind: "years", slot: s}
	}
	s := sp.slot()
	s.src, s.at = strings.Join(w, " "), at
	if rest := sp.peek(); rest != "" {
		issues.add(at, "[[for]]: thừa từ %q%s", rest, meant(rest, optionWords))
	}
	if s.kind == slotUnits {
		return loop{kind: "units", slot: s}
	}
	if s.ask.by == "" {
		issues.add(at, "[[for]] chạy trên years, units LOẠI, hoặc CHỈ_TIÊU by unit|year|month|label:TÊN")
	}
	return loop{kind: "rows", slot: s}
}

// include reads another file in place.
func (p *parser) include(t *token, name string) node {
	for _, w := range p.within {
		if w == name {
			p.issues.add(t.at, "[[include %s]] gọi vòng về chính nó", name)
			return nil
		}
	}
	src, ok := p.parts[name]
	if !ok {
		p.issues.add(t.at, "không có phần %q để chèn%s", name, meant(name, p.parts.names()))
		return nil
	}
	body := parseBody(src.Text, pos{src.Path, 1}, p.issues, p.parts, append(p.within, name))
	return partNode{name, body}
}
