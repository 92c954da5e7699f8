package docx

import (
	"fmt"
	"strings"
	"time"
)

// letterhead writes the borderless table at the top of page one.
func (p *part) letterhead(h Letterhead) {
	left := int(float64(p.width) * p.form.leftShare)
	right := p.width - left
	p.raw(plainTable([]int{left, right}))
	p.raw("<w:tr><w:trPr><w:cantSplit/></w:trPr>")
	p.cellOpen(left)
	p.issuer(h, left)
	p.raw("</w:tc>")
	p.cellOpen(right)
	p.nation(right)
	p.raw("</w:tc></w:tr><w:tr><w:trPr><w:cantSplit/></w:trPr>")
	p.cellOpen(left)
	p.paragraph(para{align: AlignCenter, before: 6, size: p.form.left}, Run{Text: p.number(h)})
	p.raw("</w:tc>")
	p.cellOpen(right)
	p.paragraph(para{align: AlignCenter, before: 6, size: p.form.body}, Run{Text: placeAndDate(h), Italic: true})
	p.raw("</w:tc></w:tr></w:tbl>")
}

func (p *part) issuer(h Letterhead, width int) {
	size := p.form.left
	if h.Superior != "" {
		p.paragraph(para{align: AlignCenter, size: size}, Run{Text: line(h.Superior)})
	}
	name := balance(h.Issuer, size, pointsOfTwips(width)-4)
	p.paragraph(para{align: AlignCenter, size: size}, Run{Text: strings.Join(name, "\n"), Bold: true})
	if p.form.star {
		p.paragraph(para{align: AlignCenter, size: size}, Run{Text: "*"})
		return
	}
	// Annex I of NĐ 30/2020: a rule of a third to a half of the line's length.
	p.rule(width, boldWidth(name[len(name)-1], size)*0.42)
}

func (p *part) nation(width int) {
	f := p.form
	size := f.nationSize
	// On wide margins the national title drops to the smaller size allowed.
	if boldWidth(f.nation, size) > pointsOfTwips(width) {
		size--
	}
	p.paragraph(para{align: AlignCenter, size: size}, Run{Text: f.nation, Bold: true})
	length := boldWidth(f.nation, size)
	if f.motto != "" {
		p.paragraph(para{align: AlignCenter, size: f.mottoSize}, Run{Text: f.motto, Bold: true})
		length = boldWidth(f.motto, f.mottoSize)
	}
	p.rule(width, length)
}

// rule draws a line of the given length in points, centred in width twips.
func (p *part) rule(width int, length float64) {
	side := max(0, (width-twipsOfPoints(length))/2)
	p.paragraph(para{ruleTop: true, before: 3, lineExact: 4, left: side, right: side, size: 2})
}

func (p *part) number(h Letterhead) string {
	n := line(h.Number)
	if n == "" {
		n = "\u2026\u2026" // written in by the registry
	}
	s := p.form.number + n
	if sym := line(h.Symbol); sym != "" {
		s += p.form.dash + sym
	}
	return s
}

func placeAndDate(h Letterhead) string {
	d := h.DateText
	if d == "" {
		d = DateWords(h.Date)
	}
	if h.Place == "" {
		return d
	}
	return line(h.Place) + ", " + d
}

// DateWords writes a day as in a letterhead: "ngày 05 tháng 01 năm 2020". Days
// below 10 and the months 1 and 2 take a 0, so that no digit can be put before
// them; a zero day leaves dots.
func DateWords(t time.Time) string {
	if t.IsZero() {
		return "ngày …… tháng …… năm ……"
	}
	month := fmt.Sprint(int(t.Month()))
	if t.Month() < 3 {
		month = "0" + month
	}
	return fmt.Sprintf("ngày %02d tháng %s năm %d", t.Day(), month, t.Year())
}

// title writes the type of document and its subject.
func (p *part) title(title, subject string) {
	if title != "" {
		p.paragraph(para{style: "Title", align: AlignCenter, before: 18, keepNext: true, size: p.form.titleSize},
			Run{Text: title, Bold: true})
	}
	if subject == "" {
		return
	}
	side := twips(12)
	lines := balance(subject, p.form.body, pointsOfTwips(p.width-2*side))
	p.paragraph(para{align: AlignCenter, left: side, right: side, keepNext: true, size: p.form.body},
		Run{Text: strings.Join(lines, "\n"), Bold: true})
	if p.form.subjectDashes {
		p.paragraph(para{align: AlignCenter, after: 10, size: p.form.body}, Run{Text: "-----"})
		return
	}
	p.rule(p.width, min(160, max(60, boldWidth(lines[len(lines)-1], p.form.body)*0.42)))
	p.paragraph(para{after: 4, lineExact: 8, size: 2})
}

// plainTable opens a table without borders.
func plainTable(widths []int) string {
	s := `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/>` +
		`<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`
	sum, grid := 0, ""
	for _, w := range widths {
		sum += w
		grid += fmt.Sprintf(`<w:gridCol w:w="%d"/>`, w)
	}
	return fmt.Sprintf(s, sum) + grid + "</w:tblGrid>"
}

func (p *part) cellOpen(width int) {
	p.rawf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, width)
}
