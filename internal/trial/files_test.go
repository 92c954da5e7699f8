package trial_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
)

// wrongIn says what a file would carry out where it is opened.
func wrongIn(kind, base string) []string {
	data, err := base64.StdEncoding.DecodeString(base)
	if err != nil {
		return []string{err.Error()}
	}
	switch {
	case strings.Contains(kind, "spreadsheetml"):
		return wrongParts(data, "<f>", "<f ", "ddeLink", "externalReference")
	case strings.Contains(kind, "wordprocessingml"):
		return wrongParts(data, "instrText", "fldSimple", "altChunk", `TargetMode="External" Target="javascript`)
	case strings.Contains(kind, "csv"):
		return wrongCells(data)
	case strings.Contains(kind, "calendar"):
		return wrongLines(string(data))
	case strings.Contains(kind, "xml"), strings.Contains(kind, "rss"), strings.Contains(kind, "svg"):
		return wrongXML(data, "data-tiem")
	}
	return nil
}

// wrongParts looks at the parts of an office file.
func wrongParts(data []byte, never ...string) (out []string) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return []string{err.Error()}
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			return append(out, err.Error())
		}
		part, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return append(out, err.Error())
		}
		for _, x := range never {
			if bytes.Contains(part, []byte(x)) {
				out = append(out, f.Name+" holds "+x)
			}
		}
		if strings.HasSuffix(f.Name, ".xml") || strings.HasSuffix(f.Name, ".rels") {
			for _, x := range wrongXML(part, "") {
				out = append(out, f.Name+": "+x)
			}
		}
	}
	return out
}

// wrongXML reads a file through; no text may have become an attribute.
func wrongXML(data []byte, attr string) []string {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		switch tok, err := d.Token(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return []string{err.Error()}
		default:
			if e, ok := tok.(xml.StartElement); ok {
				for _, a := range e.Attr {
					if a.Name.Local == attr || strings.HasPrefix(a.Name.Local, "on") {
						return []string{"a text became " + e.Name.Local + " " + a.Name.Local}
					}
				}
			}
		}
	}
}

var aNumber = regexp.MustCompile(`^[-+]?[0-9][0-9.,]*%?$`)

// wrongCells looks for cells that a spreadsheet takes for formulas.
func wrongCells(data []byte) (out []string) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	if head, _, _ := strings.Cut(string(data), "\n"); strings.Count(head, ";") > strings.Count(head, ",") {
		r.Comma = ';'
	}
	rows, err := r.ReadAll()
	if err != nil {
		return []string{err.Error()}
	}
	for i, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && !aNumber.MatchString(cell) && cell != "-" {
				out = append(out, fmt.Sprintf("row %d has the cell %.60q", i+1, cell))
			}
		}
	}
	return out
}

var aLine = regexp.MustCompile(`^[A-Z][A-Z0-9-]*[;:]`)

// wrongLines looks for lines of a calendar that a text has made.
func wrongLines(text string) (out []string) {
	open := 0
	for _, line := range strings.Split(strings.ReplaceAll(strings.TrimSuffix(text, "\r\n"), "\r\n ", ""), "\r\n") {
		switch {
		case strings.ContainsAny(line, "\r\n\x00"), !aLine.MatchString(line), strings.HasPrefix(line, "X-TIEM"), strings.HasPrefix(line, "ATTENDEE"):
			out = append(out, fmt.Sprintf("the line %.60q", line))
		case line == "BEGIN:VEVENT":
			open++
		case line == "END:VEVENT":
			open--
		}
		if open < 0 || open > 1 {
			out = append(out, "an event within an event")
		}
	}
	return out
}

// TestWrongFilesAreSeen: the eyes above see what they are for.
func TestWrongFilesAreSeen(t *testing.T) {
	for kind, data := range map[string]string{
		"text/csv": "a,b\r\n1,=1+1\r\n", "text/calendar": "BEGIN:VCALENDAR\r\nSUMMARY:a\r\nX-TIEM:1\r\nEND:VCALENDAR\r\n",
		"application/rss+xml": `<rss><item onload="x"/></rss>`, "application/xml": `<a>`,
	} {
		if len(wrongIn(kind, base64.StdEncoding.EncodeToString([]byte(data)))) == 0 {
			t.Errorf("%s: %q is taken for good", kind, data)
		}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("xl/worksheets/sheet1.xml")
	if err == nil {
		_, err = f.Write([]byte("<c><f>1+1</f></c>"))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil || len(wrongParts(b.Bytes(), "<f>")) == 0 {
		t.Errorf("a formula is taken for good: %v", err)
	}
}
