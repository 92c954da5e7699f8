package xlsx

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// scan calls start for each element of a part. A document type is refused: an
// honest workbook has none.
func (b *book) scan(name string, start func(*xml.Decoder, xml.StartElement) error) error {
	rc, err := b.part(name)
	if err != nil {
		return err
	}
	defer rc.Close()
	dec := xml.NewDecoder(rc)
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return broken(name, err)
		}
		switch t := tok.(type) {
		case xml.Directive:
			return broken(name, errors.New("document type"))
		case xml.StartElement:
			if err := start(dec, t); err != nil {
				return broken(name, err)
			}
		}
	}
}

// broken turns an error of the XML into one for people; our own pass.
func broken(name string, err error) error {
	for _, ours := range []error{ErrTooBig, ErrNotXLSX, ErrErrorValue, errStop} {
		if errors.Is(err, ours) {
			return err
		}
	}
	return fmt.Errorf("%w (%s: %v)", ErrNotXLSX, path.Base(name), err)
}

// errStop ends a scan early.
var errStop = errors.New("stop")

func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// workbook reads the names of the sheets and the parts they are in.
func (b *book) workbook() error {
	main, err := b.mainPart()
	if err != nil {
		return err
	}
	targets, kinds, err := b.rels(main)
	if err != nil {
		return err
	}
	err = b.scan(main, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			if v := attr(e, "date1904"); v == "1" || v == "true" {
				b.epoch = epoch1904
			}
		case "sheet":
			id := relID(e)
			// A chart or dialogue sheet has no cells.
			if part := targets[id]; part != "" && strings.HasSuffix(kinds[id], "/worksheet") {
				b.sheets = append(b.sheets, sheetRef{attr(e, "name"), part})
			}
		}
		return nil
	})
	if err == nil && len(b.sheets) == 0 {
		return ErrNotXLSX
	}
	return err
}

// relID is the r:id of a sheet; sheetId is something else.
func relID(e xml.StartElement) string {
	for _, a := range e.Attr {
		if a.Name.Local == "id" && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

// mainPart finds the workbook through the relationships of the package.
func (b *book) mainPart() (string, error) {
	targets, kinds, err := b.rels("")
	if err != nil {
		return "", err
	}
	for id, kind := range kinds {
		if strings.HasSuffix(kind, "/officeDocument") {
			return targets[id], nil
		}
	}
	return "", ErrNotXLSX
}

// rels reads the relationships of a part: their targets inside the file and
// their kinds, by id. Links that lead outside are left out.
func (b *book) rels(part string) (targets, kinds map[string]string, err error) {
	dir := path.Dir(part)
	name := path.Join(dir, "_rels", path.Base(part)+".rels")
	if part == "" {
		dir, name = "", "_rels/.rels"
	}
	targets, kinds = map[string]string{}, map[string]string{}
	err = b.scan(name, func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "Relationship" || attr(e, "TargetMode") == "External" {
			return nil
		}
		target := attr(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(dir, target)
		}
		id := attr(e, "Id")
		targets[id], kinds[id] = partName(target), attr(e, "Type")
		return nil
	})
	return targets, kinds, err
}

// styles learns which cell styles show a date.
func (b *book) styles() error {
	name := "xl/styles.xml"
	if b.files[name] == nil {
		return nil
	}
	custom := map[string]bool{}
	inXfs := false
	return b.scan(name, func(_ *xml.Decoder, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			custom[attr(e, "numFmtId")] = dateFormat(attr(e, "formatCode"))
		case "cellXfs":
			inXfs = true
		case "cellStyles", "dxfs":
			inXfs = false
		case "xf":
			if !inXfs {
				return nil
			}
			if len(b.dates) > 1<<16 {
				return ErrTooBig
			}
			id := attr(e, "numFmtId")
			is, ok := custom[id]
			if !ok {
				is = builtinDate(id)
			}
			b.dates = append(b.dates, is)
		}
		return nil
	})
}

// builtinDate: the formats 14-22 and 45-47 are dates and times everywhere,
// 27-36 and 50-58 in the East Asian editions.
func builtinDate(id string) bool {
	n, err := strconv.Atoi(id)
	if err != nil {
		return false
	}
	return n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58
}

// dateFormat says whether a format code shows a date or a time: it has one of
// the letters d m y h s outside of quotes, brackets and escapes.
func dateFormat(code string) bool {
	code, _, _ = strings.Cut(code, ";")
	skip := rune(0)
	escaped := false
	for _, r := range strings.ToLower(code) {
		switch {
		case escaped:
			escaped = false
		case skip != 0:
			if r == skip {
				skip = 0
			}
		case r == '\\' || r == '_' || r == '*':
			escaped = true
		case r == '"':
			skip = '"'
		case r == '[':
			skip = ']'
		case strings.ContainsRune("dmyhs", r):
			return true
		}
	}
	return false
}

// sharedStrings reads the table of texts.
func (b *book) sharedStrings() error {
	name := "xl/sharedstrings.xml"
	if b.files[name] == nil {
		return nil
	}
	return b.scan(name, func(dec *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := b.richText(dec)
		if err != nil {
			return err
		}
		if len(b.shared) >= 5_000_000 {
			return ErrTooBig
		}
		b.shared = append(b.shared, s)
		return nil
	})
}

// richText joins the texts inside the element just opened and leaves out the
// reading aids (rPh) of East Asian writers.
func (b *book) richText(dec *xml.Decoder) (string, error) {
	var s strings.Builder
	in := false
	for depth := 1; depth > 0; {
		tok, err := dec.Token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if t.Name.Local == "rPh" {
				if err := dec.Skip(); err != nil {
					return "", err
				}
				continue
			}
			depth++
			in = t.Name.Local == "t"
		case xml.EndElement:
			depth--
			in = false
		case xml.CharData:
			if in {
				if s.Len()+len(t) > b.lim.Text {
					return "", ErrTooBig
				}
				s.Write(t)
			}
		}
	}
	return unescape(s.String()), nil
}

// unescape turns _x000D_ and its like, by which Excel writes characters that
// XML does not hold, into what they stand for; control characters are dropped.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return clean(s)
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if len(s)-i >= 7 && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return clean(b.String())
}
