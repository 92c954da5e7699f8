package docx

import (
	"fmt"
	"math"
	"strings"
)

// xml is the chart part. Numbers are written by the labels themselves, as
// text, and on the axis by a format that holds its own full stops: Word would
// otherwise take the separators of the machine that opens the file.
func (c Chart) xml() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" ` +
		`xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<c:date1904 val="0"/><c:lang val="vi-VN"/><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>`)
	pieces := c.pieces()
	b.WriteString(c.open())
	for i, s := range pieces {
		b.WriteString(c.series(i, s))
	}
	b.WriteString(c.close())
	b.WriteString(c.axes())
	b.WriteString(`<c:spPr><a:noFill/></c:spPr></c:plotArea>`)
	if len(pieces) > 1 {
		b.WriteString(`<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>`)
	}
	b.WriteString(`<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>` +
		`<c:spPr><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill><a:ln><a:noFill/></a:ln></c:spPr>` +
		`<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1000"><a:latin typeface="Times New Roman"/><a:cs typeface="Times New Roman"/></a:defRPr></a:pPr><a:endParaRPr lang="vi-VN"/></a:p></c:txPr>` +
		`<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>`)
	return b.String()
}

func (c Chart) open() string {
	switch c.Kind {
	case Lines:
		return `<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>`
	case StackedBars:
		return `<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>`
	case HorizontalBars:
		return `<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>`
	}
	return `<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>`
}

func (c Chart) close() string {
	ids := `<c:axId val="1001"/><c:axId val="1002"/>`
	switch c.Kind {
	case Lines:
		return `<c:marker val="1"/>` + ids + `</c:lineChart>`
	case StackedBars:
		return `<c:gapWidth val="60"/><c:overlap val="100"/>` + ids + `</c:barChart>`
	}
	return `<c:gapWidth val="40"/><c:overlap val="0"/>` + ids + `</c:barChart>`
}

func (c Chart) series(i int, s piece) string {
	var b strings.Builder
	col := columnName(i + 1)
	last := len(c.Categories) + 1
	fmt.Fprintf(&b, `<c:ser><c:idx val="%d"/><c:order val="%[1]d"/><c:tx><c:strRef><c:f>Sheet1!$%s$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>%s</c:v></c:pt></c:strCache></c:strRef></c:tx>`,
		i, col, esc(line(s.Name)))
	b.WriteString(c.look(s))
	b.WriteString(c.labels(s))
	fmt.Fprintf(&b, `<c:cat><c:strRef><c:f>Sheet1!$A$2:$A$%d</c:f><c:strCache><c:ptCount val="%d"/>`, last, len(c.Categories))
	for k, cat := range c.Categories {
		fmt.Fprintf(&b, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, k, esc(line(cat)))
	}
	fmt.Fprintf(&b, `</c:strCache></c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!$%s$2:$%[1]s$%d</c:f><c:numCache><c:formatCode>%s</c:formatCode><c:ptCount val="%d"/>`,
		col, last, esc(c.axisFormat()), len(c.Categories))
	for k, v := range s.Values {
		if !math.IsNaN(v) {
			fmt.Fprintf(&b, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, k, plainNumber(v))
		}
	}
	b.WriteString(`</c:numCache></c:numRef></c:val>`)
	if c.Kind == Lines {
		b.WriteString(`<c:smooth val="0"/>`)
	}
	b.WriteString(`</c:ser>`)
	return b.String()
}

func (c Chart) look(s piece) string {
	fill := fmt.Sprintf(`<a:solidFill><a:srgbClr val="%s"/></a:solidFill>`, s.color)
	if c.Kind != Lines {
		return `<c:spPr>` + fill + `<a:ln w="6350"><a:solidFill><a:srgbClr val="1F3F7A"/></a:solidFill></a:ln></c:spPr><c:invertIfNegative val="0"/>`
	}
	dash := s.dash
	if dash == "" {
		dash = "solid"
	}
	return fmt.Sprintf(`<c:spPr><a:ln w="25400" cap="rnd">%s<a:prstDash val="%s"/><a:round/></a:ln></c:spPr>`+
		`<c:marker><c:symbol val="circle"/><c:size val="5"/><c:spPr>%[1]s<a:ln w="6350">%[1]s</a:ln></c:spPr></c:marker>`, fill, dash)
}

// labels writes each value as text beside its mark.
func (c Chart) labels(s piece) string {
	if c.HideLabels || len(c.Categories)*len(c.Series) > maxLabels {
		return ""
	}
	pos := map[ChartKind]string{Bars: "outEnd", HorizontalBars: "outEnd", StackedBars: "ctr", Lines: "t"}[c.Kind]
	show := `<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>`
	size := 900
	if len(c.Categories)*len(c.Series) > 12 {
		size = 800
	}
	props := fmt.Sprintf(`<a:rPr lang="vi-VN" sz="%d" b="0"/>`, size)
	// LibreOffice takes the look of a label from here, Word from the run.
	text := fmt.Sprintf(`<c:spPr><a:noFill/></c:spPr><c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="%d"/></a:pPr><a:endParaRPr lang="vi-VN"/></a:p></c:txPr>`, size)
	var b strings.Builder
	b.WriteString("<c:dLbls>")
	for i, v := range s.Values {
		if math.IsNaN(v) {
			continue
		}
		fmt.Fprintf(&b, `<c:dLbl><c:idx val="%d"/><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:r>%s<a:t>%s</a:t></a:r></a:p></c:rich></c:tx>%s<c:dLblPos val="%s"/>%s</c:dLbl>`,
			i, props, esc(line(c.label(s.Series, i))), text, pos, show)
	}
	fmt.Fprintf(&b, `%s<c:dLblPos val="%s"/>%s</c:dLbls>`, text, pos, show)
	return b.String()
}

func (c Chart) axes() string {
	catPos, valPos, order := "b", "l", "minMax"
	crosses := "autoZero"
	if c.Kind == HorizontalBars {
		catPos, valPos, order, crosses = "l", "b", "maxMin", "max"
	}
	ink := `<c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="5F6879"/></a:solidFill></a:ln></c:spPr>`
	grid := `<c:majorGridlines><c:spPr><a:ln w="3175"><a:solidFill><a:srgbClr val="D9D9D9"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>`
	low := ""
	if top, bottom := c.extent(); bottom >= 0 && top > 0 {
		low = `<c:min val="0"/>`
	}
	return fmt.Sprintf(`<c:catAx><c:axId val="1001"/><c:scaling><c:orientation val="%s"/></c:scaling><c:delete val="0"/><c:axPos val="%s"/>`+
		`<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>%s`+
		`<c:crossAx val="1002"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>`+
		`<c:valAx><c:axId val="1002"/><c:scaling><c:orientation val="minMax"/>%s</c:scaling><c:delete val="0"/><c:axPos val="%s"/>%s`+
		`<c:numFmt formatCode="%s" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>%s`+
		`<c:crossAx val="1001"/><c:crosses val="%s"/><c:crossBetween val="between"/></c:valAx>`,
		order, catPos, ink, low, valPos, grid, esc(c.axisFormat()), `<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>`, crosses)
}

// extent is the highest and the lowest value, both 0 when there is none.
func (c Chart) extent() (top, bottom float64) {
	for _, s := range c.Series {
		for _, v := range s.Values {
			if math.IsNaN(v) {
				continue
			}
			top, bottom = math.Max(top, v), math.Min(bottom, v)
		}
	}
	return top, bottom
}

// axisFormat groups thousands by a literal full stop. Small values with
// decimals keep the format of the machine: a literal comma would not scale.
func (c Chart) axisFormat() string {
	top, bottom := c.extent()
	switch m := math.Max(top, -bottom); {
	case bottom < 0 || m < 1000:
		if m < 5 {
			return "0.0"
		}
		return "0"
	case m < 1e6:
		return `[>=1000]0\.000;0`
	}
	return `[>=1000000]0\.000\.000;[>=1000]0\.000;0`
}

func plainNumber(v float64) string {
	s := fmt.Sprintf("%.6f", v)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
