package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// piece is what filling a template yields: text, a printed figure or a ready
// block.
type piece struct {
	text  string
	run   *Run
	block *Block
	at    pos
}

// line is a line of the filled text.
type line struct{ pieces []piece }

func (l line) blank() bool {
	for _, p := range l.pieces {
		if p.run != nil || strings.TrimSpace(p.text) != "" {
			return false
		}
	}
	return true
}

// mark is the sign that opens the line: "#", "##", "###", "-", ">" or "".
func (l line) mark() string {
	if len(l.pieces) == 0 {
		return ""
	}
	first := strings.TrimLeft(l.pieces[0].text, " \t")
	for _, m := range []string{"### ", "## ", "# ", "- ", "> "} {
		if strings.HasPrefix(first, m) {
			return strings.TrimSpace(m)
		}
	}
	return ""
}

// assembler turns pieces into sections.
type assembler struct {
	sections []Section
	open     BlockKind // kind of the block being written, "" for none
	buffer   []piece
	items    [][]Run
}

// assemble reads the block structure of the filled text. Headings under which
// nothing was left are dropped, so that a report never shows an empty section.
func assemble(pieces []piece) []Section { return number(prune(blocks(pieces))) }

// blocks are the sections with all their blocks, before anything is dropped.
func blocks(pieces []piece) []Section {
	a := &assembler{sections: []Section{{ID: "dau"}}}
	for _, l := range lines(pieces) {
		a.line(l)
	}
	a.close()
	return a.sections
}

// lines cuts pieces at line ends; a block is a line of its own.
func lines(pieces []piece) []line {
	out := []line{{}}
	last := func() *line { return &out[len(out)-1] }
	for _, p := range pieces {
		if p.block != nil {
			out = append(out, line{[]piece{p}}, line{})
			continue
		}
		if p.run != nil {
			last().pieces = append(last().pieces, p)
			continue
		}
		for i, s := range strings.Split(p.text, "\n") {
			if i > 0 {
				out = append(out, line{})
			}
			if s != "" {
				last().pieces = append(last().pieces, piece{text: s, at: p.at})
			}
		}
	}
	return out
}

func (a *assembler) line(l line) {
	if len(l.pieces) == 1 && l.pieces[0].block != nil {
		a.close()
		a.add(*l.pieces[0].block)
		return
	}
	if l.blank() {
		a.close()
		return
	}
	mark := l.mark()
	if mark != "" {
		l = l.without(mark)
	}
	switch mark {
	case "#", "##", "###":
		a.close()
		a.heading(len(mark), l)
	case "-":
		a.item(l)
	case ">":
		a.close()
		a.open, a.buffer = BlockNote, l.pieces
	default:
		a.more(l)
	}
}

// without drops the mark at the start of the line.
func (l line) without(mark string) line {
	first := l.pieces[0]
	first.text = strings.TrimPrefix(strings.TrimLeft(first.text, " \t"), mark+" ")
	return line{append([]piece{first}, l.pieces[1:]...)}
}

func (a *assembler) item(l line) {
	if a.open != BlockList {
		a.close()
		a.open = BlockList
	} else {
		a.endItem()
	}
	a.buffer = l.pieces
}

func (a *assembler) endItem() {
	if runs := inline(a.buffer); len(runs) > 0 {
		a.items = append(a.items, runs)
	}
	a.buffer = nil
}

// more adds a line to the block being written.
func (a *assembler) more(l line) {
	if a.open == "" {
		a.open = BlockParagraph
	}
	if len(a.buffer) > 0 {
		a.buffer = append(a.buffer, piece{text: " "})
	}
	a.buffer = append(a.buffer, l.pieces...)
}

func (a *assembler) close() {
	kind := a.open
	a.open = ""
	if kind == BlockList {
		a.endItem()
		if len(a.items) > 0 {
			a.add(Block{Kind: BlockList, Items: a.items})
		}
		a.items = nil
		return
	}
	if runs := inline(a.buffer); len(runs) > 0 {
		a.add(Block{Kind: kind, Runs: runs})
	}
	a.buffer = nil
}

func (a *assembler) add(b Block) {
	s := &a.sections[len(a.sections)-1]
	s.Blocks = append(s.Blocks, b)
}

func (a *assembler) heading(level int, l line) {
	a.sections = append(a.sections, Section{Level: level, Title: plain(inline(l.pieces))})
}

// prune drops sections that hold neither blocks nor sections with blocks.
func prune(in []Section) []Section {
	var out []Section
	for i, s := range in {
		if len(s.Blocks) > 0 || s.Level > 0 && filledBelow(in[i+1:], s.Level) {
			out = append(out, s)
		}
	}
	return out
}

func filledBelow(rest []Section, level int) bool {
	for _, s := range rest {
		if s.Level <= level {
			return false
		}
		if len(s.Blocks) > 0 {
			return true
		}
	}
	return false
}

// number gives sections their number and anchor, tables and charts theirs.
func number(in []Section) []Section {
	var count [4]int
	seen := map[string]bool{}
	tables, charts := 0, 0
	for i := range in {
		s := &in[i]
		if s.Level > 0 {
			count[s.Level]++
			for deeper := s.Level + 1; deeper < len(count); deeper++ {
				count[deeper] = 0
			}
			s.Number = sectionNumber(s.Level, count[s.Level])
		}
		s.ID = anchor(s.Title, seen)
		for j := range s.Blocks {
			switch b := &s.Blocks[j]; b.Kind {
			case BlockTable:
				tables++
				b.Table.Number = tables
			case BlockChart:
				charts++
				b.Chart.Number = charts
			}
		}
	}
	return in
}

func sectionNumber(level, n int) string {
	switch level {
	case 1:
		return roman(n) + "."
	case 2:
		return fmt.Sprintf("%d.", n)
	}
	const letters = "abcdđeghiklmnopqrstuvxy"
	r := []rune(letters)
	return string(r[(n-1)%len(r)]) + ")"
}

func roman(n int) string {
	var b strings.Builder
	for _, r := range []struct {
		value int
		text  string
	}{{10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= r.value {
			b.WriteString(r.text)
			n -= r.value
		}
	}
	return b.String()
}

// anchor is a title as an id, unique in the report.
func anchor(title string, seen map[string]bool) string {
	id := anchorOf(title)
	base := id
	for n := 2; seen[id]; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	seen[id] = true
	return id
}

// inliner writes runs: emphasis, single blanks, no blank before a comma, a
// capital at the start of a sentence.
type inliner struct {
	runs         []Run
	bold, italic bool
	blank        bool // a blank is due before the next letter
	starts       bool // the next letter begins a sentence
}

// inline turns the pieces of one paragraph into runs.
func inline(pieces []piece) []Run {
	w := &inliner{starts: true}
	for _, p := range pieces {
		if p.run != nil {
			w.figure(*p.run)
			continue
		}
		w.text(p.text)
	}
	return w.runs
}

func (w *inliner) text(s string) {
	for s != "" {
		switch {
		case s[0] == '\\' && len(s) > 1:
			r, n := utf8.DecodeRuneInString(s[1:])
			w.letter(r)
			s = s[1+n:]
		case strings.HasPrefix(s, "**"):
			w.bold = !w.bold
			s = s[2:]
		case s[0] == '*':
			w.italic = !w.italic
			s = s[1:]
		default:
			r, n := utf8.DecodeRuneInString(s)
			w.letter(r)
			s = s[n:]
		}
	}
}

func (w *inliner) letter(r rune) {
	if r == ' ' || r == '\t' {
		w.blank = len(w.runs) > 0
		return
	}
	if w.blank && !strings.ContainsRune(",.;:)", r) {
		w.write(" ")
	}
	sentence := w.starts || w.blank && w.ended()
	w.blank = false
	if sentence && unicode.IsLower(r) {
		r = unicode.ToUpper(r)
	}
	w.starts = false
	w.write(string(r))
}

// ended says whether the text so far ends a sentence.
func (w *inliner) ended() bool {
	if len(w.runs) == 0 {
		return true
	}
	t := strings.TrimRight(w.runs[len(w.runs)-1].Text, " ")
	return strings.HasSuffix(t, ".") || strings.HasSuffix(t, "!") || strings.HasSuffix(t, "?")
}

// write adds text to the last run of the same look.
func (w *inliner) write(s string) {
	if n := len(w.runs); n > 0 {
		last := &w.runs[n-1]
		if last.Evidence == NoEvidence && last.Bold == w.bold && last.Italic == w.italic {
			last.Text += s
			return
		}
	}
	w.runs = append(w.runs, Run{Text: s, Bold: w.bold, Italic: w.italic, Evidence: NoEvidence})
}

func (w *inliner) figure(r Run) {
	sentence := w.starts || w.blank && w.ended()
	if w.blank {
		w.write(" ")
	}
	w.blank, w.starts = false, false
	if sentence {
		r.Text = capital(r.Text)
	}
	r.Bold, r.Italic = r.Bold || w.bold, r.Italic || w.italic
	w.runs = append(w.runs, r)
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// plain is the text of runs without their look.
func plain(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}
