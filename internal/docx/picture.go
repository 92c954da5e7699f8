package docx

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // the two formats that every Word shows
	_ "image/png"
)

func (c Picture) write(p *part) error {
	cfg, kind, err := image.DecodeConfig(bytes.NewReader(c.Data))
	if err != nil {
		return fmt.Errorf("picture %q: %w", c.Alt, err)
	}
	if cfg.Width == 0 || cfg.Height == 0 {
		return fmt.Errorf("picture %q: no size", c.Alt)
	}
	room := float64(p.width) * 25.4 / 1440
	width := c.WidthMM
	if width <= 0 || width > room {
		width = room
	}
	height := width * float64(cfg.Height) / float64(cfg.Width)
	p.pk.pictures++
	name := fmt.Sprintf("media/image%d.%s", p.pk.pictures, kind)
	p.pk.add("word/"+name, "", c.Data)
	id := p.pk.relate("image", name)
	p.caption(c.Caption, "")
	p.drawing(width, height, c.Alt, fmt.Sprintf(`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">`+
		`<pic:pic><pic:nvPicPr><pic:cNvPr id="0" name="%s"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="%s"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>`+
		`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>`+
		`</pic:pic></a:graphicData></a:graphic>`, name, id, emu(width), emu(height)))
	p.under(c.Source, c.Note)
	return nil
}

// drawing writes a paragraph that holds one drawing, with the text that is
// read to those who cannot see it.
func (p *part) drawing(widthMM, heightMM float64, alt, graphic string) {
	p.pk.drawings++
	p.raw("<w:p>" + para{align: AlignCenter, keepNext: true}.xml() + "<w:r><w:drawing>")
	p.rawf(`<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="Hình %[3]d" descr="%s"/><wp:cNvGraphicFramePr/>`,
		emu(widthMM), emu(heightMM), p.pk.drawings, esc(line(alt)))
	p.raw(graphic)
	p.raw("</wp:inline></w:drawing></w:r></w:p>")
}
