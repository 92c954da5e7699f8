package docx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"math"
	"strings"
	"time"
)

// workbook is the small workbook behind a chart: categories in column A, one
// series, or piece of one between breaks, in each column after it. A gap is an
// empty cell.
func (c Chart) workbook() ([]byte, error) {
	var s strings.Builder
	s.WriteString(xmlHead + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">`)
	pieces := c.pieces()
	for i, ser := range pieces {
		s.WriteString(textCell(i+1, 1, ser.Name))
	}
	s.WriteString("</row>")
	for r, cat := range c.Categories {
		fmt.Fprintf(&s, `<row r="%d">`, r+2)
		s.WriteString(textCell(0, r+2, cat))
		for i, ser := range pieces {
			if v := ser.Values[r]; !math.IsNaN(v) {
				fmt.Fprintf(&s, `<c r="%s%d"><v>%s</v></c>`, columnName(i+1), r+2, plainNumber(v))
			}
		}
		s.WriteString("</row>")
	}
	s.WriteString("</sheetData></worksheet>")
	return zipBook(s.String())
}

func textCell(col, row int, text string) string {
	return fmt.Sprintf(`<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>`, columnName(col), row, esc(line(text)))
}

// columnName is the letter of column i, counted from 0.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

func zipBook(sheet string) ([]byte, error) {
	const types = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`
	const book = xmlHead + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, f := range []file{
		{"[Content_Types].xml", []byte(types)},
		{"_rels/.rels", []byte(relsXML([]rel{{"rId1", relBase + "officeDocument", "xl/workbook.xml"}}))},
		{"xl/workbook.xml", []byte(book)},
		{"xl/_rels/workbook.xml.rels", []byte(relsXML([]rel{{"rId1", relBase + "worksheet", "worksheets/sheet1.xml"}}))},
		{"xl/worksheets/sheet1.xml", []byte(sheet)},
	} {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		w, err := z.CreateHeader(h)
		if err != nil {
			return nil, fmt.Errorf("chart workbook: %w", err)
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, fmt.Errorf("chart workbook: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("chart workbook: %w", err)
	}
	return buf.Bytes(), nil
}
