package docx

import "fmt"

// firstIndent is the indent of a paragraph's first line; both forms have 1 cm
// to 1.27 cm.
var firstIndent = twips(12.7)

func (h Heading) write(p *part) error {
	level := min(max(h.Level, 1), 4)
	text := line(h.Text)
	if n := line(h.Number); n != "" {
		text = n + " " + text
	}
	q := para{style: fmt.Sprintf("Heading%d", level), before: 6, after: 3, lineMul: 1.1, first: firstIndent, keepNext: true, size: p.form.body}
	if level == 1 {
		q.before = 12
	}
	p.paragraph(q, Run{Text: text, Bold: level <= 3, Italic: level >= 3})
	return nil
}

func (b Paragraph) write(p *part) error {
	q := para{style: "BodyText", align: b.Align, before: 3, after: 3, lineMul: 1.15, keepNext: b.KeepNext}
	if b.Align == AlignDefault && !b.NoIndent {
		q.first = firstIndent
	}
	p.paragraph(q, b.Runs...)
	return nil
}

func (l List) write(p *part) error {
	num := bulletNum
	if l.Ordered {
		num = p.pk.orderedList()
	}
	for _, it := range l.Items {
		p.paragraph(para{style: "BodyText", before: 2, after: 2, lineMul: 1.15, num: num, left: 0, first: firstIndent}, it...)
	}
	return nil
}

func (PageBreak) write(p *part) error {
	p.raw(`<w:p><w:r><w:br w:type="page"/></w:r></w:p>`)
	return nil
}

// caption is printed over a table, chart or picture and stays with it.
func (p *part) caption(text, unit string) {
	if text != "" {
		p.paragraph(para{style: "Caption", align: AlignCenter, before: 9, after: 3, keepNext: true, size: 13},
			Run{Text: line(text), Bold: true})
	}
	if unit != "" {
		p.paragraph(para{align: AlignRight, after: 2, keepNext: true, size: p.form.small},
			Run{Text: line(unit), Italic: true})
	}
}

// under prints source and note in small type and leaves room below.
func (p *part) under(source, note string) {
	if source != "" {
		p.paragraph(para{align: AlignLeft, before: 3, keepNext: note != "", size: p.form.small}, Run{Text: "Nguồn: " + line(source), Italic: true})
	}
	if note != "" {
		p.paragraph(para{align: AlignLeft, before: 2, size: p.form.small}, Run{Text: "Ghi chú: " + line(note), Italic: true})
	}
	p.paragraph(para{lineExact: 8, size: 4})
}
