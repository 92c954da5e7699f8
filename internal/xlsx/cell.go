package xlsx

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// textFormat is the built-in format "@": the cell stays text when edited.
const textFormat = "@"

// value is what is stored in the cell and how it looks. A number that is none
// (NaN, infinite) is written as an empty cell: it must not pass for a zero.
func (c Cell) value() (any, look) {
	switch c.Kind {
	case KindInt:
		if c.Int > maxExact || c.Int < -maxExact {
			return strconv.FormatInt(c.Int, 10), look{format: textFormat, align: "right"}
		}
		return c.Int, look{format: "#,##0"}
	case KindDecimal, KindPercent:
		if math.IsNaN(c.Number) || math.IsInf(c.Number, 0) {
			return nil, look{}
		}
		return c.Number, look{format: decimals(c)}
	case KindDate:
		if c.Date.IsZero() {
			return nil, look{}
		}
		return serial(c.Date), look{format: "dd/mm/yyyy", align: "center"}
	case KindText:
		return cut(clean(c.Text), 32_000), look{format: formatFor(c.Text), wrap: true}
	}
	return nil, look{}
}

// formatFor puts a text that a spreadsheet could take for a formula, and one
// that it could take for a number, into the text format.
func formatFor(s string) string {
	s = strings.TrimLeft(s, " \t\r\n")
	if s == "" {
		return ""
	}
	if strings.ContainsRune("=+-@", rune(s[0])) || s[0] >= '0' && s[0] <= '9' {
		return textFormat
	}
	return ""
}

func decimals(c Cell) string {
	format := "#,##0"
	if c.Kind == KindPercent {
		format = "0"
	}
	if n := min(max(c.Decimals, 0), 10); n > 0 {
		format += "." + strings.Repeat("0", n)
	}
	if c.Kind == KindPercent {
		format += "%"
	}
	return format
}

// serial is the day number of Excel: days since 1899-12-30, which is right from
// March 1900 on.
func serial(t time.Time) int64 {
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return int64(day.Sub(epoch1900).Hours() / 24)
}

func timeOf(day string) (time.Time, error) { return time.Parse(time.DateOnly, day) }

func (c Cell) length() int {
	switch c.Kind {
	case KindText:
		n := 0
		for _, l := range strings.Split(c.Text, "\n") {
			n = max(n, utf8.RuneCountInString(l))
		}
		return n
	case KindInt:
		return len(strconv.FormatInt(c.Int, 10)) * 4 / 3
	case KindDecimal, KindPercent:
		return len(strconv.FormatFloat(c.Number, 'f', max(0, c.Decimals), 64))*4/3 + 1
	case KindDate:
		return 10
	}
	return 0
}

// clean drops what XML forbids; excelize would keep it and Excel call the file
// damaged.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff, r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// sheetNames makes names fit for Excel and different from each other.
func sheetNames(sheets []Sheet) []string {
	used := map[string]bool{}
	out := make([]string, len(sheets))
	for i, s := range sheets {
		base := strings.Trim(strings.Map(func(r rune) rune {
			if strings.ContainsRune(`[]:*?/\`, r) {
				return ' '
			}
			return r
		}, clean(s.Name)), " '")
		if base == "" {
			base = fmt.Sprintf("Biểu %d", i+1)
		}
		name := short(base, 31)
		for k := 2; used[strings.ToLower(name)]; k++ {
			tail := fmt.Sprintf(" (%d)", k)
			name = short(base, 31-len(tail)) + tail
		}
		used[strings.ToLower(name)] = true
		out[i] = name
	}
	return out
}

func short(s string, n int) string {
	r := []rune(s)
	if len(r) > n {
		r = r[:n]
	}
	return strings.Trim(string(r), " '\n\t")
}

// look is how a cell looks; equal looks share one style of the file.
type look struct {
	format, font, align string
	border, wrap        bool
}

type styles struct {
	f    *excelize.File
	made map[string]int
}

func (s *styles) id(l look) (int, error) {
	key := fmt.Sprint(l)
	if id, ok := s.made[key]; ok {
		return id, nil
	}
	id, err := s.f.NewStyle(l.style())
	if err != nil {
		return 0, fmt.Errorf("style: %w", err)
	}
	s.made[key] = id
	return id, nil
}

func (l look) style() *excelize.Style {
	font := &excelize.Font{Family: "Times New Roman", Size: 12}
	switch l.font {
	case "title":
		font.Bold, font.Size = true, 14
	case "head", "bold":
		font.Bold = true
	case "note":
		font.Italic, font.Size = true, 11
	case "mark":
		font.Italic, font.Color = true, "7D5200"
	}
	st := &excelize.Style{Font: font, Alignment: &excelize.Alignment{Vertical: "center", WrapText: l.wrap, Horizontal: l.align}}
	if l.format != "" {
		st.CustomNumFmt = &l.format
	}
	if l.font == "need" {
		font.Bold = true
		st.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"D5E3F5"}}
	}
	if l.font == "head" {
		st.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EDEFF3"}}
	}
	if l.border {
		for _, side := range []string{"left", "top", "right", "bottom"} {
			st.Border = append(st.Border, excelize.Border{Type: side, Color: "808080", Style: 1})
		}
	}
	return st
}
