package docx

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrEmpty is returned for a document without any text.
var ErrEmpty = errors.New("docx: văn bản không có tiêu đề và nội dung")

const (
	pageWidth  = 11906 // A4 in twips
	pageHeight = 16838
	bulletNum  = 1
)

// Write writes the document as a .docx file.
func Write(w io.Writer, d *Document) error {
	if !d.hasBody() && len(d.Appendices) == 0 {
		return ErrEmpty
	}
	pk := newPack(d)
	if err := pk.document(); err != nil {
		return err
	}
	return pk.writeZip(w)
}

// hasBody is false for a document that is nothing but its appendices: a table
// that goes with a letter written elsewhere. It has no letterhead.
func (d *Document) hasBody() bool {
	return d.Title != "" || d.Subject != "" || len(d.Blocks) > 0
}

// pack collects the parts of the file.
type pack struct {
	d         *Document
	form      form
	margins   Margins
	files     []file
	rels      []rel
	types     []string // overrides of [Content_Types].xml
	lists     int      // ordered lists so far
	notes     []string
	drawings  int
	charts    int
	pictures  int
	landHead  string // relationship of the header of landscape pages
	pageHead  string
	firstHead string
}

type file struct {
	name string
	data []byte
}

type rel struct{ id, kind, target string }

func newPack(d *Document) *pack {
	pk := &pack{d: d, form: formOf(d.Style)}
	pk.margins = pk.form.margins
	if d.Margins != nil {
		pk.margins = *d.Margins
	}
	return pk
}

const relBase = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

// relate adds a relationship of the main document and returns its id.
func (pk *pack) relate(kind, target string) string {
	id := fmt.Sprintf("rId%d", len(pk.rels)+1)
	pk.rels = append(pk.rels, rel{id, relBase + kind, target})
	return id
}

func (pk *pack) add(name, contentType string, data []byte) {
	pk.files = append(pk.files, file{name, data})
	if contentType != "" {
		pk.types = append(pk.types, fmt.Sprintf(`<Override PartName="/%s" ContentType="%s"/>`, name, contentType))
	}
}

const wordType = "application/vnd.openxmlformats-officedocument.wordprocessingml."

// document writes the main part and those it calls for.
func (pk *pack) document() error {
	pk.relate("styles", "styles.xml")
	pk.relate("settings", "settings.xml")
	pk.relate("numbering", "numbering.xml")
	pk.relate("fontTable", "fontTable.xml")
	pk.headers()
	p := &part{pk: pk, form: pk.form, width: pk.textWidth(false)}
	p.raw(xmlHead + `<w:document ` + wordNames + `><w:body>`)
	if pk.d.hasBody() {
		p.letterhead(pk.d.Letterhead)
		p.title(pk.d.Title, pk.d.Subject)
		if err := p.blocks(holdLast(pk.d.Blocks)); err != nil {
			return err
		}
		p.closing(pk.d.Recipients, pk.d.Signature)
	}
	if err := p.appendices(); err != nil {
		return err
	}
	p.raw("</w:body></w:document>")
	pk.add("word/document.xml", wordType+"document.main+xml", p.b.Bytes())
	pk.fixedParts()
	return nil
}

// holdLast keeps the last paragraph with the signature, which must not stand
// alone on a page.
func holdLast(blocks []Block) []Block {
	if len(blocks) == 0 {
		return blocks
	}
	last, ok := blocks[len(blocks)-1].(Paragraph)
	if !ok {
		return blocks
	}
	last.KeepNext = true
	out := append([]Block(nil), blocks...)
	out[len(out)-1] = last
	return out
}

func (p *part) blocks(blocks []Block) error {
	for i, b := range blocks {
		if b == nil {
			continue
		}
		if err := b.write(p); err != nil {
			return fmt.Errorf("docx: block %d: %w", i+1, err)
		}
	}
	return nil
}

// appendices ends the section of the body and writes one section each for
// those that follow. The properties of a section stand at its end.
func (p *part) appendices() error {
	apps := p.pk.d.Appendices
	if len(apps) == 0 {
		p.paragraph(para{lineExact: 2, size: 1})
		p.raw(p.pk.section(false, true))
		return nil
	}
	if p.pk.d.hasBody() {
		p.paragraph(para{lineExact: 2, size: 1, sect: p.pk.section(false, true)})
	}
	for i, a := range apps {
		p.width = p.pk.textWidth(a.Landscape)
		p.appendixHead(a)
		if err := p.blocks(a.Blocks); err != nil {
			return fmt.Errorf("docx: appendix %d: %w", i+1, err)
		}
		sect := p.pk.section(a.Landscape, false)
		if i == len(apps)-1 {
			p.raw(sect)
			return nil
		}
		p.paragraph(para{lineExact: 2, size: 1, sect: sect})
	}
	return nil
}

func (p *part) appendixHead(a Appendix) {
	c := para{style: "Heading1", align: AlignCenter, keepNext: true, size: p.form.body}
	if a.Title != "" {
		p.paragraph(c, Run{Text: line(a.Title), Bold: true})
	}
	c.style = ""
	if a.Subject != "" {
		p.paragraph(c, Run{Text: line(a.Subject), Bold: true})
	}
	if a.Reference != "" {
		p.paragraph(c, Run{Text: "(" + line(a.Reference) + ")", Italic: true})
	}
	p.paragraph(para{lineExact: 8, size: 4, keepNext: true})
}

// textWidth is the width between the margins in twips.
func (pk *pack) textWidth(landscape bool) int {
	m := pk.margins
	if landscape {
		return pageHeight - 2*twips(m.Top)
	}
	return pageWidth - twips(m.Left) - twips(m.Right)
}

// section writes the page setup. On a turned page the binding edge, which is
// the left one upright, comes to the top.
func (pk *pack) section(landscape, first bool) string {
	m, size, head := pk.margins, fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d"/>`, pageWidth, pageHeight), pk.pageHead
	if landscape {
		m = Margins{Top: m.Left, Bottom: m.Right, Left: m.Top, Right: m.Top}
		size, head = fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d" w:orient="landscape"/>`, pageHeight, pageWidth), pk.landHead
	}
	s := "<w:sectPr>" + fmt.Sprintf(`<w:headerReference w:type="default" r:id="%s"/>`, head)
	if first {
		s += fmt.Sprintf(`<w:headerReference w:type="first" r:id="%s"/>`, pk.firstHead)
	}
	s += `<w:type w:val="nextPage"/>` + size
	s += fmt.Sprintf(`<w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="%d" w:footer="%d" w:gutter="0"/>`,
		twips(m.Top), twips(m.Right), twips(m.Bottom), twips(m.Left), twips(10), twips(10))
	if first {
		s += "<w:titlePg/>"
	}
	return s + "</w:sectPr>"
}

// writeZip writes the parts in a fixed order with one fixed time.
func (pk *pack) writeZip(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, f := range pk.files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		fw, err := z.CreateHeader(h)
		if err != nil {
			return fmt.Errorf("docx: write %s: %w", f.name, err)
		}
		if _, err := fw.Write(f.data); err != nil {
			return fmt.Errorf("docx: write %s: %w", f.name, err)
		}
	}
	return z.Close()
}
