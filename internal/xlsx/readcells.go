package xlsx

import (
	"encoding/xml"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// epoch is the day 0 of a workbook's dates; the zero epoch is that of 1900.
type epoch int

const epoch1904 epoch = 1

var epoch1900 = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

func (e epoch) start() time.Time {
	if e == epoch1904 {
		return time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return epoch1900
}

// rows reads a sheet row by row.
func (b *book) rows(part string, yield func(ReadRow) bool) error {
	last := 0
	err := b.scan(part, func(dec *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "row" {
			return nil
		}
		n := last + 1
		if s := attr(e, "r"); s != "" {
			v, err := strconv.Atoi(s)
			if err != nil || v <= last {
				return fmt.Errorf("row %q after row %d", s, last)
			}
			n = v
		}
		if n > b.lim.Rows {
			return fmt.Errorf("%w (quá %d dòng)", ErrTooBig, b.lim.Rows)
		}
		last = n
		row := ReadRow{Number: n}
		if err := b.cells(dec, &row); err != nil {
			return err
		}
		if len(row.Cells) > 0 && !yield(row) {
			return errStop
		}
		return nil
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// cells reads the cells of the row just opened.
func (b *book) cells(dec *xml.Decoder, row *ReadRow) error {
	next := 0
	for {
		tok, err := dec.Token()
		if err != nil {
			return err
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if t.Name.Local != "c" {
				if err := dec.Skip(); err != nil {
					return err
				}
				continue
			}
			col := next
			if ref := attr(t, "r"); ref != "" {
				if col, err = column(ref); err != nil {
					return err
				}
			}
			if col >= b.lim.Cols {
				return fmt.Errorf("%w (quá %d cột)", ErrTooBig, b.lim.Cols)
			}
			next = col + 1
			text, err := b.cell(dec, t, row.Number, col)
			if err != nil {
				return err
			}
			if text == "" {
				continue
			}
			for len(row.Cells) <= col {
				row.Cells = append(row.Cells, "")
			}
			row.Cells[col] = text
		}
	}
}

// column is the number, from 0, of the column of a reference such as "AB12".
func column(ref string) (int, error) {
	n, i := 0, 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		n = n*26 + int(ref[i]-'A') + 1
		if n > maxCols {
			break
		}
	}
	if i == 0 || n > maxCols {
		return 0, fmt.Errorf("cell %.20q", ref)
	}
	return n - 1, nil
}

// cell reads one cell: the value in <v>, or the text in <is>.
func (b *book) cell(dec *xml.Decoder, e xml.StartElement, row, col int) (string, error) {
	raw, inline := "", ""
	for {
		tok, err := dec.Token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return b.meaning(e, raw, inline, row, col)
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				raw, err = b.plain(dec)
			case "is":
				inline, err = b.richText(dec)
			default:
				err = dec.Skip()
			}
			if err != nil {
				return "", err
			}
		}
	}
}

func (b *book) plain(dec *xml.Decoder) (string, error) {
	var s strings.Builder
	for {
		tok, err := dec.Token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.EndElement:
			return s.String(), nil
		case xml.StartElement:
			if err := dec.Skip(); err != nil {
				return "", err
			}
		case xml.CharData:
			if s.Len()+len(t) > b.lim.Text {
				return "", ErrTooBig
			}
			s.Write(t)
		}
	}
}

// meaning turns the stored value into text by the type of the cell.
func (b *book) meaning(e xml.StartElement, raw, inline string, row, col int) (string, error) {
	raw = strings.TrimSpace(raw)
	switch attr(e, "t") {
	case "inlineStr":
		return inline, nil
	case "s":
		i, err := strconv.Atoi(raw)
		if err != nil || i < 0 || i >= len(b.shared) {
			return "", fmt.Errorf("text %.20q", raw)
		}
		return b.shared[i], nil
	case "str":
		return unescape(raw), nil
	case "b":
		return map[string]string{"1": "TRUE", "0": "FALSE"}[raw], nil
	case "d":
		return raw, nil
	case "e":
		return "", fmt.Errorf("ô %s (%.20s): %w", cellName(row, col), clean(raw), ErrErrorValue)
	}
	if raw == "" {
		return "", nil
	}
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return "", fmt.Errorf("number %.20q", raw)
	}
	if i, err := strconv.Atoi(attr(e, "s")); err == nil && i >= 0 && i < len(b.dates) && b.dates[i] {
		return b.epoch.iso(v)
	}
	return number(raw, v), nil
}

// number writes a value in its shortest decimal form. Excel keeps 15 digits;
// what stands behind them is noise of the binary form (0.1+0.2).
func number(raw string, v float64) string {
	if i, err := strconv.ParseInt(raw, 10, 64); err == nil {
		return strconv.FormatInt(i, 10)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		short = v
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// iso writes the serial number of a moment: a day, or a day and a time, or a
// time alone where there is no day.
func (e epoch) iso(v float64) (string, error) {
	if v < 0 || v >= 2_958_466 { // the day after 9999-12-31
		return "", fmt.Errorf("date %v", v)
	}
	days := math.Floor(v)
	seconds := int(math.Round((v - days) * 86400))
	at := e.start().AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second)
	switch {
	case days == 0 && e == 0:
		return at.Format("15:04:05"), nil
	case seconds == 0:
		return at.Format(time.DateOnly), nil
	}
	return at.Format("2006-01-02T15:04:05"), nil
}

func cellName(row, col int) string {
	name := ""
	for i := col + 1; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name + strconv.Itoa(row)
}
