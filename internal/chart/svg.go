package chart

import (
	"fmt"
	"hash/fnv"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// canvas collects the elements of one chart.
type canvas struct {
	b      strings.Builder
	about  About
	id     string
	hatch  bool
	width  float64
	height float64
}

func (c *canvas) f(format string, a ...any) { fmt.Fprintf(&c.b, format, a...) }

func newCanvas(a About, salt string) *canvas {
	return &canvas{about: a, id: idOf(a, salt), width: 620}
}

// idOf makes an id of the title where none is given. Only letters, digits, - and
// _ pass from a given one.
func idOf(a About, salt string) string {
	id := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return -1
	}, a.ID)
	if id != "" {
		return id
	}
	h := fnv.New32a()
	h.Write([]byte(salt + a.Title + a.Desc))
	return fmt.Sprintf("c%08x", h.Sum32())
}

// finish wraps the elements in the <svg> with its title and description.
func (c *canvas) finish(desc string) string {
	if c.about.Desc != "" {
		desc = c.about.Desc
	}
	hatch := ""
	if c.hatch {
		hatch = fmt.Sprintf(`<defs><pattern id="%s-h" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="h" d="M0 0V6"/></pattern></defs>`, c.id)
	}
	return fmt.Sprintf(`<svg class="dv-chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s %s" role="img" aria-labelledby="%[3]s-t %[3]s-d"><title id="%[3]s-t">%[4]s</title><desc id="%[3]s-d">%[5]s</desc>%[6]s%[7]s</svg>`,
		num(c.width), num(c.height), c.id, esc(c.about.Title), esc(desc), hatch, c.b.String())
}

func (c *canvas) text(x, y float64, class, anchor, s string) {
	if s == "" {
		return
	}
	if class != "" {
		class = ` class="` + class + `"`
	}
	if anchor != "" {
		anchor = ` text-anchor="` + anchor + `"`
	}
	c.f(`<text%s x="%s" y="%s"%s>%s</text>`, class, num(x), num(y), anchor, esc(s))
}

// bar draws a rectangle with its reading as title; an estimate is hatched.
func (c *canvas) bar(class string, x, y, w, h float64, est bool, title string) {
	if h < 0 {
		y, h = y+h, -h
	}
	if w < 0 {
		x, w = x+w, -w
	}
	if h == 0 && w == 0 {
		return
	}
	mark := ""
	if est {
		mark = " est"
		c.hatch = true
	}
	c.f(`<rect class="%s%s" x="%s" y="%s" width="%s" height="%s"><title>%s</title></rect>`, class, mark, num(x), num(y), num(w), num(h), esc(title))
	if est {
		c.f(`<rect fill="url(#%s-h)" x="%s" y="%s" width="%s" height="%s" pointer-events="none"/>`, c.id, num(x), num(y), num(w), num(h))
	}
}

// noData is a short dotted stroke where nothing was reported.
func (c *canvas) noData(x, y, w float64, title string) {
	c.f(`<path class="gap" d="M%s %sh%s"><title>%s</title></path>`, num(x), num(y-3), num(w), esc(title))
}

// num writes a coordinate to a tenth.
func num(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "0"
	}
	s := strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
	if s == "-0" {
		return "0"
	}
	return s
}

func esc(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		switch {
		case r == utf8.RuneError && n == 1, r < 0x20 && r != '\n' && r != '\t', r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff:
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&#34;")
		case r == '\'':
			b.WriteString("&#39;")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Format writes a number as in Vietnam: 1.234,5. With decimals below 0 it shows
// as many as the number needs, up to six.
func Format(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	s := ""
	if decimals < 0 {
		s = strconv.FormatFloat(math.Round(math.Abs(v)*1e6)/1e6, 'f', -1, 64)
	} else {
		scale := math.Pow10(decimals)
		s = strconv.FormatFloat(math.Round(math.Abs(v)*scale)/scale, 'f', decimals, 64)
	}
	whole, frac, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	if frac != "" {
		whole += "," + frac
	}
	if v < 0 && strings.Trim(whole, "0,.") != "" {
		return "-" + whole
	}
	return whole
}

// label is how a value is printed on the chart.
func (a About) label(v Value) string {
	if !v.ok() {
		return ""
	}
	s := v.Label
	if s == "" {
		s = Format(v.N, a.Decimals)
	}
	if v.Estimate && !strings.HasPrefix(s, "≈") {
		s = "≈ " + s
	}
	return s
}

// reading is how a value is said, with its unit.
func (a About) reading(v Value) string {
	if !v.ok() {
		return "không có số liệu"
	}
	s := a.label(v)
	switch {
	case a.Unit == "":
		return s
	case a.Unit == "%":
		return strings.TrimSuffix(s, "%") + "%"
	}
	return s + " " + a.Unit
}

// ok: a number that is none is nothing reported.
func (v Value) ok() bool { return v.Known && !math.IsNaN(v.N) && !math.IsInf(v.N, 0) }

// at is the i-th value, or a gap beyond the end.
func (s Series) at(i int) Value {
	if i < 0 || i >= len(s.Values) {
		return Value{}
	}
	return s.Values[i]
}

// describe reads all values out.
func describe(a About, categories []string, series []Series) string {
	var b strings.Builder
	for _, s := range series {
		if s.Name != "" {
			b.WriteString(s.Name + ": ")
		}
		for i, cat := range categories {
			if i > 0 {
				b.WriteString("; ")
			}
			b.WriteString(cat + " " + a.reading(s.at(i)))
		}
		b.WriteString(". ")
	}
	return strings.TrimSpace(b.String())
}

// textWidth guesses the width of text in pixels from the widths of the font's
// kinds of letters; a little too wide rather than too narrow.
func textWidth(s string, px float64) float64 {
	em := 0.0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			em += 0.62
		case strings.ContainsRune(" .,:;'|ijlI()-–", r):
			em += 0.3
		case unicode.IsUpper(r) || r == 'm' || r == 'w' || r == '%':
			em += 0.74
		default:
			em += 0.58
		}
	}
	return em * px
}

// wrap breaks text into at most lines lines of width px; what is left over ends
// in an ellipsis.
func wrap(s string, px, width float64, lines int) []string {
	out, cur := []string{}, ""
	words := strings.Fields(s)
	for i, w := range words {
		next := strings.TrimSpace(cur + " " + w)
		if cur == "" || textWidth(next, px) <= width {
			cur = next
			continue
		}
		if len(out) == lines-1 {
			cur = strings.Join(append([]string{cur}, words[i:]...), " ")
			break
		}
		out = append(out, cur)
		cur = w
	}
	if cur != "" {
		out = append(out, cur)
	}
	for i := range out {
		out[i] = ellipsis(out[i], px, width)
	}
	return out
}

func ellipsis(s string, px, width float64) string {
	if textWidth(s, px) <= width {
		return s
	}
	r := []rune(s)
	n := max(1, int(width/(px*0.57))-1)
	if n >= len(r) {
		return s
	}
	return strings.TrimSpace(string(r[:n])) + "…"
}
