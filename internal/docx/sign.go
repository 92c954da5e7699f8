package docx

import "strings"

// closing writes recipients at the left and the signature at the right, in one
// row that is never split.
func (p *part) closing(recipients []string, s Signature) {
	if len(recipients) == 0 && s.Name == "" && s.Position == "" && len(s.Authority) == 0 {
		return
	}
	p.paragraph(para{lineExact: 12, keepNext: true, size: 8})
	left := int(float64(p.width) * 0.48)
	p.raw(plainTable([]int{left, p.width - left}))
	p.raw("<w:tr><w:trPr><w:cantSplit/></w:trPr>")
	p.cellOpen(left)
	p.recipients(recipients)
	p.raw("</w:tc>")
	p.cellOpen(p.width - left)
	p.signature(s)
	p.raw("</w:tc></w:tr></w:tbl>")
}

func (p *part) recipients(lines []string) {
	f := p.form
	if len(lines) == 0 {
		p.paragraph(para{size: f.recipientsSize})
		return
	}
	head := Run{Text: "Nơi nhận:", Bold: f.recipientsBold, Italic: f.recipItal, Underline: f.recipientsUnder}
	p.paragraph(para{size: f.recipientsHead, keepNext: true, align: AlignLeft}, head)
	for i, l := range lines {
		end := ";"
		if i == len(lines)-1 {
			end = "."
		}
		l = strings.TrimRight(line(l), ".;,")
		p.paragraph(para{size: f.recipientsSize, align: AlignLeft, left: 142, hanging: 142, keepNext: true},
			Run{Text: "- " + l + end})
	}
}

func (p *part) signature(s Signature) {
	f := p.form
	c := para{align: AlignCenter, keepNext: true, size: f.positionSz}
	for _, a := range s.Authority {
		p.paragraph(c, Run{Text: line(a), Bold: true})
	}
	if s.Position != "" {
		p.paragraph(c, Run{Text: line(s.Position), Bold: f.positionBold})
	}
	// Room for the hand and the seal.
	p.paragraph(para{align: AlignCenter, before: 64, size: f.nameSize}, Run{Text: line(s.Name), Bold: true})
}
