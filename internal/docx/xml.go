package docx

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// part is the XML of one section of the document in the making.
type part struct {
	b    bytes.Buffer
	pk   *pack
	form form
	// width is that of the text, in twips.
	width int
}

func (p *part) raw(s string)                 { p.b.WriteString(s) }
func (p *part) rawf(format string, a ...any) { fmt.Fprintf(&p.b, format, a...) }
func twips(mm float64) int                   { return int(math.Round(mm * 1440 / 25.4)) }
func emu(mm float64) int                     { return int(math.Round(mm * 36000)) }
func halfPoints(pt float64) int              { return int(math.Round(pt * 2)) }
func twipsOfPoints(pt float64) int           { return int(math.Round(pt * 20)) }
func pointsOfTwips(tw int) float64           { return float64(tw) / 20 }

// esc escapes text for XML and drops what XML 1.0 forbids: control
// characters, surrogates, broken UTF-8.
func esc(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if r == utf8.RuneError && n == 1 {
			continue
		}
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteRune(r)
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// line is text on one line, for attributes and captions.
func line(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

// para says how a paragraph stands. Sizes are in points, indents in twips.
type para struct {
	style              string
	align              Align
	before, after      float64
	lineExact, lineMul float64
	first, left, right int
	hanging            int
	keepNext           bool
	num                int
	ruleTop            bool
	tabs               string
	size               float64
	sect               string // a sectPr that ends here
}

func (q para) xml() string {
	var b strings.Builder
	b.WriteString("<w:pPr>")
	if q.style != "" {
		fmt.Fprintf(&b, `<w:pStyle w:val="%s"/>`, q.style)
	}
	if q.keepNext {
		b.WriteString("<w:keepNext/>")
	}
	if q.num > 0 {
		fmt.Fprintf(&b, `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="%d"/></w:numPr>`, q.num)
	}
	if q.ruleTop {
		b.WriteString(`<w:pBdr><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>`)
	}
	b.WriteString(q.tabs)
	b.WriteString(q.spacing())
	b.WriteString(q.indent())
	if jc := q.align.jc(); jc != "" {
		fmt.Fprintf(&b, `<w:jc w:val="%s"/>`, jc)
	}
	b.WriteString(q.sect)
	b.WriteString("</w:pPr>")
	return b.String()
}

func (q para) spacing() string {
	s := fmt.Sprintf(`<w:spacing w:before="%d" w:after="%d"`, twipsOfPoints(q.before), twipsOfPoints(q.after))
	switch {
	case q.lineExact > 0:
		s += fmt.Sprintf(` w:line="%d" w:lineRule="exact"`, twipsOfPoints(q.lineExact))
	case q.lineMul > 0:
		s += fmt.Sprintf(` w:line="%d" w:lineRule="auto"`, int(math.Round(q.lineMul*240)))
	default:
		s += ` w:line="240" w:lineRule="auto"`
	}
	return s + "/>"
}

func (q para) indent() string {
	s := fmt.Sprintf(`<w:ind w:left="%d" w:right="%d"`, q.left, q.right)
	if q.hanging > 0 {
		return s + fmt.Sprintf(` w:hanging="%d"/>`, q.hanging)
	}
	return s + fmt.Sprintf(` w:firstLine="%d"/>`, q.first)
}

func (a Align) jc() string {
	switch a {
	case AlignLeft:
		return "left"
	case AlignCenter:
		return "center"
	case AlignRight:
		return "right"
	}
	return ""
}

// paragraph writes runs in one paragraph. Runs take q.size where it is set.
func (p *part) paragraph(q para, runs ...Run) {
	p.raw("<w:p>")
	p.raw(q.xml())
	for _, r := range runs {
		p.run(r, q.size)
	}
	p.raw("</w:p>")
}

func (p *part) run(r Run, size float64) {
	if size == 0 {
		size = p.form.body
	}
	if r.Small {
		size -= 2
	}
	if r.Text != "" {
		p.raw("<w:r>")
		p.raw(runProps(r, size))
		p.runText(r.Text)
		p.raw("</w:r>")
	}
	if r.Note != "" {
		id := p.pk.footnote(r.Note)
		p.rawf(`<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="%d"/></w:r>`, id)
	}
}

func runProps(r Run, size float64) string {
	var b strings.Builder
	b.WriteString("<w:rPr>")
	if r.Bold {
		b.WriteString("<w:b/><w:bCs/>")
	}
	if r.Italic {
		b.WriteString("<w:i/><w:iCs/>")
	}
	fmt.Fprintf(&b, `<w:sz w:val="%d"/><w:szCs w:val="%d"/>`, halfPoints(size), halfPoints(size))
	if r.Underline {
		b.WriteString(`<w:u w:val="single"/>`)
	}
	b.WriteString("</w:rPr>")
	return b.String()
}

func (p *part) runText(s string) {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	for i, l := range strings.Split(s, "\n") {
		if i > 0 {
			p.raw("<w:br/>")
		}
		for j, t := range strings.Split(l, "\t") {
			if j > 0 {
				p.raw("<w:tab/>")
			}
			if t != "" {
				p.rawf(`<w:t xml:space="preserve">%s</w:t>`, esc(t))
			}
		}
	}
}
