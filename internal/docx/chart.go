package docx

import (
	"fmt"
	"math"
	"strings"
)

// maxLabels is the number of marks beyond which labels would cover each other;
// the values stay in the chart's own workbook.
const maxLabels = 48

// palette begins with the blues of the screens; each tone is told from its
// neighbours on a grey printer too.
var palette = []string{"1F3F7A", "AAC3DF", "B0552F", "3D9468", "E2A727", "63389B"}

func (c Chart) write(p *part) error {
	if err := c.check(); err != nil {
		return err
	}
	p.pk.charts++
	n := p.pk.charts
	book, err := c.workbook()
	if err != nil {
		return err
	}
	p.pk.add(fmt.Sprintf("word/embeddings/chart%d.xlsx", n), "", book)
	p.pk.add(fmt.Sprintf("word/charts/chart%d.xml", n),
		"application/vnd.openxmlformats-officedocument.drawingml.chart+xml", []byte(c.xml()))
	p.pk.add(fmt.Sprintf("word/charts/_rels/chart%d.xml.rels", n), "", []byte(relsXML([]rel{
		{"rId1", relBase + "package", fmt.Sprintf("../embeddings/chart%d.xlsx", n)}})))
	id := p.pk.relate("chart", fmt.Sprintf("charts/chart%d.xml", n))
	p.caption(c.Caption, c.Unit)
	height := c.HeightMM
	if height <= 0 {
		height = c.defaultHeight()
	}
	p.drawing(float64(p.width)*25.4/1440, height, c.alt(), fmt.Sprintf(
		`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="%s"/></a:graphicData></a:graphic>`, id))
	p.under(c.Source, c.remarks())
	return nil
}

func (c Chart) check() error {
	if len(c.Categories) == 0 || len(c.Series) == 0 {
		return fmt.Errorf("chart %q: no values", c.Caption)
	}
	for _, s := range c.Series {
		if len(s.Values) != len(c.Categories) {
			return fmt.Errorf("chart %q: series %q has %d values for %d categories", c.Caption, s.Name, len(s.Values), len(c.Categories))
		}
		if len(s.Labels) != 0 && len(s.Labels) != len(s.Values) {
			return fmt.Errorf("chart %q: series %q has %d labels for %d values", c.Caption, s.Name, len(s.Labels), len(s.Values))
		}
		for _, v := range s.Values {
			if math.IsInf(v, 0) {
				return fmt.Errorf("chart %q: series %q is infinite", c.Caption, s.Name)
			}
		}
	}
	return nil
}

func (c Chart) defaultHeight() float64 {
	if c.Kind == HorizontalBars {
		return min(220, 18+float64(len(c.Categories))*math.Max(7, 4*float64(len(c.Series))))
	}
	return 75
}

// remarks are the note and the reasons of the breaks.
func (c Chart) remarks() string {
	parts := []string{}
	for _, b := range c.Breaks {
		if b.At > 0 && b.At < len(c.Categories) {
			parts = append(parts, fmt.Sprintf("chuỗi số liệu đứt đoạn từ %s: %s", line(c.Categories[b.At]), line(b.Reason)))
		}
	}
	if c.Note != "" {
		parts = append(parts, c.Note)
	}
	return strings.Join(parts, "; ")
}

// alt tells the values in words when the caller has no better text.
func (c Chart) alt() string {
	if c.Alt != "" {
		return c.Alt
	}
	var b strings.Builder
	b.WriteString(line(c.Caption) + ". ")
	for _, s := range c.Series {
		b.WriteString(s.Name + ": ")
		for i, v := range s.Values {
			if i > 0 {
				b.WriteString("; ")
			}
			text := "không có số liệu"
			if !math.IsNaN(v) {
				text = c.label(s, i)
			}
			b.WriteString(c.Categories[i] + " " + text)
		}
		b.WriteString(". ")
	}
	return b.String()
}

func (c Chart) label(s Series, i int) string {
	if len(s.Labels) > 0 && s.Labels[i] != "" {
		return s.Labels[i]
	}
	return vnNumber(s.Values[i], c.Decimals)
}

// vnNumber writes 1234.5 as 1.234,5, halves away from zero.
func vnNumber(v float64, decimals int) string {
	decimals = max(0, decimals)
	scale := math.Pow10(decimals)
	s := fmt.Sprintf("%.*f", decimals, math.Abs(math.Round(v*scale)/scale))
	whole, frac, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	if frac != "" {
		whole += "," + frac
	}
	if v < 0 && strings.Trim(whole, "0.,") != "" {
		whole = "-" + whole
	}
	return whole
}

// stackPalette is light enough for black labels on every slice: LibreOffice
// takes no other colour for them.
var stackPalette = []string{"AAC3DF", "F0CF86", "D5E0EE", "A9D3BC", "E6C0AE", "CDBDE3"}

// piece is a stretch of a series between two breaks.
type piece struct {
	Series
	color, dash string
}

// pieces cuts the series at the breaks. Bars need no cut: they are not joined.
func (c Chart) pieces() []piece {
	out := []piece{}
	for i, s := range c.Series {
		color := palette[i%len(palette)]
		if c.Kind == StackedBars {
			color = stackPalette[i%len(stackPalette)]
		}
		if c.Kind != Lines || len(c.cuts()) == 0 {
			out = append(out, piece{Series: s, color: color})
			continue
		}
		from := 0
		for k, to := range append(c.cuts(), len(c.Categories)) {
			q := s
			q.Values = make([]float64, len(s.Values))
			for j := range q.Values {
				q.Values[j] = math.NaN()
				if j >= from && j < to {
					q.Values[j] = s.Values[j]
				}
			}
			q.Name = fmt.Sprintf("%s (%s)", s.Name, span(c.Categories[from], c.Categories[to-1]))
			if !empty(q.Values) {
				dash := []string{"solid", "sysDash", "dash", "lgDash"}[k%4]
				out = append(out, piece{Series: q, color: palette[(i*2+k*2)%len(palette)], dash: dash})
			}
			from = to
		}
	}
	return out
}

func span(a, b string) string {
	if a == b {
		return a
	}
	return a + "–" + b
}

func (c Chart) cuts() []int {
	out := []int{}
	for _, b := range c.Breaks {
		last := 0
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		if b.At > last && b.At < len(c.Categories) {
			out = append(out, b.At)
		}
	}
	return out
}

func empty(vs []float64) bool {
	for _, v := range vs {
		if !math.IsNaN(v) {
			return false
		}
	}
	return true
}
