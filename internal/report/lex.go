package report

import "strings"

type tokenKind int

const (
	tokenText tokenKind = iota
	tokenSlot
	tokenDirective
)

// token is a stretch of text, the inside of {{ }} or the inside of [[ ]]. Raw
// is the body of a table or chart, taken as it stands.
type token struct {
	kind tokenKind
	src  string
	raw  string
	at   pos
	// rawLine is the first line of raw.
	rawLine int
}

// lexer cuts the body of a template into tokens.
type lexer struct {
	text   string
	i      int
	at     pos
	out    []token
	issues *Problems
}

// lex cuts text, whose first line is at.line, into tokens. A directive alone
// on its line takes the line with it, so that conditions leave no empty lines.
func lex(text string, at pos, issues *Problems) []token {
	l := &lexer{text: text, at: at, issues: issues}
	for l.i < len(l.text) {
		l.next()
	}
	return l.out
}

func (l *lexer) next() {
	rest := l.text[l.i:]
	open := strings.IndexAny(rest, "{[")
	for open >= 0 && !strings.HasPrefix(rest[open:], "{{") && !strings.HasPrefix(rest[open:], "[[") {
		step := strings.IndexAny(rest[open+1:], "{[")
		if step < 0 {
			open = -1
			break
		}
		open += 1 + step
	}
	if open < 0 {
		l.take(tokenText, rest)
		l.i = len(l.text)
		return
	}
	if open > 0 {
		l.take(tokenText, rest[:open])
		l.advance(open)
		return
	}
	l.bracket(rest)
}

// bracket reads a slot or directive at the start of rest.
func (l *lexer) bracket(rest string) {
	kind, end := tokenSlot, "}}"
	if rest[0] == '[' {
		kind, end = tokenDirective, "]]"
	}
	stop := strings.Index(rest, end)
	if stop < 0 {
		l.issues.add(l.at, "thiếu dấu đóng %s", end)
		l.i = len(l.text)
		return
	}
	src := strings.TrimSpace(rest[2:stop])
	if kind == tokenDirective && strings.HasPrefix(src, "#") {
		l.skipComment(stop + 2)
		return
	}
	l.out = append(l.out, token{kind: kind, src: src, at: l.at})
	alone := kind == tokenDirective && l.aloneOnLine(stop+2)
	l.advance(stop + 2)
	if alone {
		l.dropLine()
	}
	if kind == tokenDirective && isRaw(src) {
		l.rawBody()
	}
}

func (l *lexer) skipComment(n int) {
	alone := l.aloneOnLine(n)
	l.advance(n)
	if alone {
		l.dropLine()
	}
}

// aloneOnLine says whether only blanks and other directives stand on the line
// of the directive of n bytes at l.i.
func (l *lexer) aloneOnLine(n int) bool {
	start := strings.LastIndexByte(l.text[:l.i], '\n') + 1
	stop := strings.IndexByte(l.text[l.i+n:], '\n')
	if stop < 0 {
		stop = len(l.text)
	} else {
		stop += l.i + n
	}
	return onlyDirectives(l.text[start:stop])
}

func onlyDirectives(line string) bool {
	line = strings.TrimSpace(line)
	for line != "" {
		stop := strings.Index(line, "]]")
		if !strings.HasPrefix(line, "[[") || stop < 0 {
			return false
		}
		line = strings.TrimSpace(line[stop+2:])
	}
	return true
}

// dropLine skips blanks and, where nothing else follows, the end of line.
func (l *lexer) dropLine() {
	rest := l.text[l.i:]
	trimmed := strings.TrimLeft(rest, " \t")
	if trimmed != "" && trimmed[0] == '\n' {
		l.advance(len(rest) - len(trimmed) + 1)
		return
	}
	l.advance(len(rest) - len(trimmed))
}

func isRaw(src string) bool {
	word, _, _ := strings.Cut(src, " ")
	return word == "table" || word == "chart"
}

// rawBody takes the lines up to [[end]] as the body of the last token.
func (l *lexer) rawBody() {
	t := &l.out[len(l.out)-1]
	rest := l.text[l.i:]
	stop := strings.Index(rest, "[[end]]")
	if stop < 0 {
		l.issues.add(t.at, "[[%s]] thiếu [[end]]", t.src)
		l.i = len(l.text)
		return
	}
	t.raw, t.rawLine = rest[:stop], l.at.line
	l.advance(stop + len("[[end]]"))
	l.dropLine()
}

func (l *lexer) take(kind tokenKind, src string) {
	l.out = append(l.out, token{kind: kind, src: src, at: l.at})
}

// advance moves n bytes and counts lines.
func (l *lexer) advance(n int) {
	l.at.line += strings.Count(l.text[l.i:l.i+n], "\n")
	l.i += n
}
