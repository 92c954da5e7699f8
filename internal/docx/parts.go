package docx

import (
	"fmt"
	"strings"
	"time"
)

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	wordNames = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
		`xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" ` +
		`xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" ` +
		`xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" ` +
		`xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`
	pageField = `<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r>` +
		`<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>` +
		`<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:fldChar w:fldCharType="separate"/></w:r>` +
		`<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:t>2</w:t></w:r>` +
		`<w:r><w:rPr><w:sz w:val="28"/></w:rPr><w:fldChar w:fldCharType="end"/></w:r>`
)

// headers writes the three heads: of page one, which has no number, of the
// other upright pages and of landscape pages.
func (pk *pack) headers() {
	pk.firstHead = pk.header("header1.xml", pk.textWidth(false), false)
	pk.pageHead = pk.header("header2.xml", pk.textWidth(false), true)
	pk.landHead = pk.header("header3.xml", pk.textWidth(true), true)
}

func (pk *pack) header(name string, width int, number bool) string {
	p := &part{pk: pk, form: pk.form, width: width}
	p.raw(xmlHead + `<w:hdr ` + wordNames + `><w:p>`)
	tabs := fmt.Sprintf(`<w:tabs><w:tab w:val="center" w:pos="%d"/><w:tab w:val="right" w:pos="%d"/></w:tabs>`, width/2, width)
	p.raw(para{style: "Header", tabs: tabs, align: AlignLeft}.xml())
	if number {
		p.raw("<w:r><w:tab/></w:r>" + pageField)
	}
	if mark := line(pk.d.Mark); mark != "" {
		if number {
			p.raw("<w:r><w:tab/></w:r>")
		} else {
			p.raw("<w:r><w:tab/><w:tab/></w:r>")
		}
		p.rawf(`<w:r><w:rPr><w:i/><w:color w:val="7D5200"/><w:sz w:val="18"/></w:rPr><w:t>%s</w:t></w:r>`, esc(mark))
	}
	p.raw("</w:p></w:hdr>")
	pk.add("word/"+name, wordType+"header+xml", p.b.Bytes())
	return pk.relate("header", name)
}

// footnote keeps the text of a footnote and returns its number.
func (pk *pack) footnote(text string) int {
	pk.notes = append(pk.notes, text)
	return len(pk.notes)
}

// orderedList opens a numbering that begins at 1.
func (pk *pack) orderedList() int {
	pk.lists++
	return bulletNum + pk.lists
}

// fixedParts writes the parts that Word expects beside the document.
func (pk *pack) fixedParts() {
	if len(pk.notes) > 0 {
		pk.relate("footnotes", "footnotes.xml")
		pk.add("word/footnotes.xml", wordType+"footnotes+xml", []byte(pk.footnotes()))
	}
	pk.add("word/styles.xml", wordType+"styles+xml", []byte(pk.styles()))
	pk.add("word/settings.xml", wordType+"settings+xml", []byte(pk.settings()))
	pk.add("word/numbering.xml", wordType+"numbering+xml", []byte(pk.numbering()))
	pk.add("word/fontTable.xml", wordType+"fontTable+xml", []byte(fontTable))
	pk.add("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml", []byte(pk.core()))
	pk.add("docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml", []byte(appProps))
	pk.add("word/_rels/document.xml.rels", "", []byte(relsXML(pk.rels)))
	types := file{"[Content_Types].xml", []byte(pk.contentTypes())}
	root := file{"_rels/.rels", []byte(relsXML([]rel{
		{"rId1", relBase + "officeDocument", "word/document.xml"},
		{"rId2", "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties", "docProps/core.xml"},
		{"rId3", relBase + "extended-properties", "docProps/app.xml"},
	}))}
	pk.files = append([]file{types, root}, pk.files...)
}

func relsXML(rels []rel) string {
	var b strings.Builder
	b.WriteString(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, r := range rels {
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s" Target="%s"/>`, r.id, r.kind, r.target)
	}
	b.WriteString("</Relationships>")
	return b.String()
}

func (pk *pack) contentTypes() string {
	return xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/>` +
		`<Default Extension="xlsx" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"/>` +
		strings.Join(pk.types, "") + "</Types>"
}

func (pk *pack) core() string {
	title := line(strings.TrimSpace(pk.d.Title + " " + pk.d.Subject))
	s := xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" ` +
		`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + esc(title) + `</dc:title><dc:creator>` + esc(line(pk.d.Letterhead.Issuer)) + `</dc:creator>` +
		`<cp:keywords>` + esc(line(pk.d.Mark)) + `</cp:keywords><dc:language>vi-VN</dc:language>`
	if !pk.d.Created.IsZero() {
		at := pk.d.Created.UTC().Format(time.RFC3339)
		s += `<dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created>`
	}
	return s + `</cp:coreProperties>`
}

const appProps = xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>danvan</Application></Properties>`

const fontTable = xmlHead + `<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` +
	`<w:font w:name="Times New Roman"><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font></w:fonts>`

func (pk *pack) settings() string {
	notes := ""
	if len(pk.notes) > 0 {
		notes = `<w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr>`
	}
	return xmlHead + `<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">` +
		`<w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>` + notes +
		`<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>` +
		`<w:themeFontLang w:val="vi-VN"/><w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>`
}

func (pk *pack) footnotes() string {
	p := &part{pk: pk, form: pk.form}
	p.raw(xmlHead + `<w:footnotes ` + wordNames + `>` +
		`<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>` +
		`<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>`)
	for i, n := range pk.notes {
		p.rawf(`<w:footnote w:id="%d"><w:p><w:pPr><w:pStyle w:val="FootnoteText"/></w:pPr>`+
			`<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>`, i+1)
		p.run(Run{Text: " " + line(n)}, 10)
		p.raw(`</w:p></w:footnote>`)
	}
	p.raw("</w:footnotes>")
	return p.b.String()
}

func (pk *pack) numbering() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">`)
	level := `<w:abstractNum w:abstractNumId="%d"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>` +
		`<w:numFmt w:val="%s"/><w:suff w:val="space"/><w:lvlText w:val="%s"/><w:lvlJc w:val="left"/>` +
		`<w:pPr><w:ind w:left="0" w:firstLine="%d"/></w:pPr></w:lvl></w:abstractNum>`
	fmt.Fprintf(&b, level, 0, "bullet", "-", firstIndent)
	fmt.Fprintf(&b, level, 1, "decimal", "%1.", firstIndent)
	fmt.Fprintf(&b, `<w:num w:numId="%d"><w:abstractNumId w:val="0"/></w:num>`, bulletNum)
	for i := range pk.lists {
		fmt.Fprintf(&b, `<w:num w:numId="%d"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>`, bulletNum+1+i)
	}
	b.WriteString("</w:numbering>")
	return b.String()
}

func (pk *pack) styles() string {
	var b strings.Builder
	b.WriteString(xmlHead + `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr>` +
		`<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="Times New Roman" w:cs="Times New Roman"/>`)
	fmt.Fprintf(&b, `<w:sz w:val="%d"/><w:szCs w:val="%[1]d"/><w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/>`, halfPoints(pk.form.body))
	b.WriteString(`</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>` +
		`<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/></w:style>` +
		`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/>` +
		`<w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`)
	style := `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/>%s<w:qFormat/>%s</w:style>`
	fmt.Fprintf(&b, style, "BodyText", "Body Text", "", `<w:pPr><w:jc w:val="both"/></w:pPr>`)
	for l := 1; l <= 4; l++ {
		props := fmt.Sprintf(`<w:pPr><w:keepNext/><w:jc w:val="both"/><w:outlineLvl w:val="%d"/></w:pPr>`, l-1)
		fmt.Fprintf(&b, style, fmt.Sprintf("Heading%d", l), fmt.Sprintf("heading %d", l), `<w:next w:val="BodyText"/>`, props)
	}
	fmt.Fprintf(&b, style, "Title", "Title", "", `<w:pPr><w:jc w:val="center"/></w:pPr><w:rPr><w:b/></w:rPr>`)
	fmt.Fprintf(&b, style, "Caption", "caption", "", `<w:pPr><w:keepNext/></w:pPr><w:rPr><w:b/></w:rPr>`)
	fmt.Fprintf(&b, style, "Header", "header", "", "")
	fmt.Fprintf(&b, style, "FootnoteText", "footnote text", "", `<w:pPr><w:jc w:val="both"/></w:pPr><w:rPr><w:sz w:val="20"/></w:rPr>`)
	b.WriteString("</w:styles>")
	return b.String()
}
