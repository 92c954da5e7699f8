package geo

import (
	"fmt"
	"hash/fnv"
	"math"
	"net/url"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// Value is the figure of an area. The zero Value means that nothing was
// reported.
type Value struct {
	N     float64
	Known bool
	// Label is said instead of the number ("trên 70", "8/8").
	Label string
	// Estimate marks a value restated by shares.
	Estimate bool
}

// Num is a known value.
func Num(n float64) Value { return Value{N: n, Known: true} }

// Map is a map of areas coloured by a figure.
type Map struct {
	Layer Layer
	// ID must be unique in the page; empty is made from the title.
	ID string
	// Title names the map; Desc tells what it shows and is made of the legend
	// when empty.
	Title, Desc string
	// Unit follows a value ("lượt", "%"); Decimals are those of values and
	// limits.
	Unit     string
	Decimals int
	// Values by the code of the area. An area without one is hatched.
	Values map[string]Value
	Scheme Scheme
	// Classes wanted, at most and by default 6; Limits are the lower bounds of
	// the classes from the second on, for Given.
	Classes int
	Limits  []float64
	// ZeroApart puts a stated zero into a class of its own, q0.
	ZeroApart bool
	// Href returns the address of an area; nil or "" makes no link.
	Href func(code string) string
	// Names writes the names of so many of the larger areas; GroupNames writes
	// one for each group instead. Outlines draws the borders of the groups.
	Names      int
	GroupNames map[string]string
	Outlines   bool

	whole bool // all values are whole numbers
}

// Drawing is a map and its legend.
type Drawing struct {
	SVG           string
	Width, Height int
	Legend        Legend
}

// Legend says what the colours mean, for a list or table beside the map.
type Legend struct {
	Unit    string
	Classes []Class
	// NoData counts the areas without a value, Estimated those with an
	// estimated one.
	NoData, Estimated int
	// Unknown are codes in Values that the layer does not have: the figure is of
	// another set of boundaries than the map. The page should say so.
	Unknown []string
}

// CSS are the rules that a map needs, once for a page.
const CSS = `.dv-map{display:block;width:100%;height:auto}
.dv-map path{stroke:var(--surface,#fff);stroke-width:.8;stroke-linejoin:round}
.dv-map .q0{fill:var(--q0,#eceae2)}.dv-map .q1{fill:var(--q1,#d5e0ee)}.dv-map .q2{fill:var(--q2,#aac3df)}.dv-map .q3{fill:var(--q3,#7ba2cd)}
.dv-map .q4{fill:var(--q4,#4c7db5)}.dv-map .q5{fill:var(--q5,#2b5a98)}.dv-map .q6{fill:var(--q6,#17386d)}
.dv-map .bg{fill:var(--surface-2,#faf9f5);stroke:none}.dv-map .st{fill:none;stroke:var(--line-2,#c8c2b2);stroke-width:2}
.dv-map .pt{stroke:none}.dv-map .et{fill:none;stroke:var(--tim-tint,#f0e9f8);stroke-width:2.5}
.dv-map .nd{stroke:var(--ink-3,#5f6879)}
.dv-map .d{fill:none;stroke:var(--ink,#172033);stroke-width:1.3;opacity:.62;pointer-events:none}
.dv-map .u path:hover,.dv-map a:focus path{stroke:var(--focus,#c2570c);stroke-width:3}
.dv-map text{font:700 13px var(--font,"Be Vietnam Pro",system-ui,sans-serif);fill:var(--ink,#172033);text-anchor:middle;paint-order:stroke;stroke:var(--surface,#fff);stroke-width:3.5px;stroke-linejoin:round;pointer-events:none}
`

// Standalone puts the rules inside a map, for a file that stands alone.
func Standalone(svg string) string {
	i := strings.IndexByte(svg, '>')
	if i < 0 {
		return svg
	}
	return svg[:i+1] + "<style>" + CSS + "</style>" + svg[i+1:]
}

// Draw draws the map.
func (m Map) Draw() Drawing {
	shapes, height := projected.on(m.Layer)
	values := m.known()
	m.whole = !slices.ContainsFunc(values, func(v float64) bool { return v != math.Trunc(v) })
	classes := m.classes(m.limits(values))
	if len(values) == 0 {
		classes = nil
	}
	p := &painter{m: m, id: m.id(), classes: classes, legend: Legend{Unit: m.Unit}, patterns: map[string]bool{}}
	for _, s := range shapes {
		p.area(s)
	}
	p.groups(shapes, height)
	p.finishLegend()
	return Drawing{SVG: p.svg(height), Width: Width, Height: height, Legend: p.legend}
}

// known are the values of the areas of the layer, sorted; zeros are left out
// where they have a class of their own.
func (m Map) known() []float64 {
	out := []float64{}
	for _, a := range m.Layer.Areas {
		if v := m.Values[a.Code]; v.ok() && !(m.ZeroApart && v.N == 0) {
			out = append(out, v.N)
		}
	}
	sort.Float64s(out)
	return out
}

func (v Value) ok() bool { return v.Known && !math.IsNaN(v.N) && !math.IsInf(v.N, 0) }

func (m Map) id() string {
	id := strings.Map(func(r rune) rune {
		if r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_') {
			return r
		}
		return -1
	}, m.ID)
	if id != "" {
		return id
	}
	h := fnv.New32a()
	h.Write([]byte(m.Title + m.Desc))
	return fmt.Sprintf("m%08x", h.Sum32())
}

// painter writes the SVG and counts for the legend.
type painter struct {
	m        Map
	id       string
	classes  []Class
	zero     Class
	legend   Legend
	patterns map[string]bool
	areas    strings.Builder
	over     strings.Builder
}

// class finds the class of a value and counts it in.
func (p *painter) class(v Value) *Class {
	c := &p.zero
	if !(p.m.ZeroApart && v.N == 0) {
		c = &p.classes[find(p.classes, v.N)]
	}
	c.Count++
	if v.Estimate {
		c.Estimated++
		p.legend.Estimated++
	}
	return c
}

func (p *painter) area(s shape) {
	v := p.m.Values[s.Code]
	paint := ""
	switch {
	case !v.ok():
		p.legend.NoData++
		p.patterns["nd"] = true
		paint = fmt.Sprintf(`class="nd" fill="url(#%s-nd)"`, p.id)
	default:
		css := "q0"
		if c := p.class(v); c.CSS != "" {
			css = c.CSS
		}
		paint = `class="` + css + `"`
		if v.Estimate {
			p.patterns[css] = true
			paint = fmt.Sprintf(`fill="url(#%s-%s)"`, p.id, css)
		}
	}
	title := "<title>" + esc(s.Name+": "+p.m.reading(v)) + "</title>"
	if href := p.m.href(s.Code); href != "" {
		// The title of the link is its name for readers.
		fmt.Fprintf(&p.areas, `<a href="%s">%s<path %s d="%s"/></a>`, esc(href), title, paint, s.path())
		return
	}
	fmt.Fprintf(&p.areas, `<path %s d="%s">%s</path>`, paint, s.path(), title)
}

// reading is how a value is said.
func (m Map) reading(v Value) string {
	if !v.ok() {
		return "không có số liệu"
	}
	s := v.Label
	if s == "" {
		s = number(v.N, m.Decimals)
	}
	if v.Estimate && !strings.HasPrefix(s, "≈") {
		s = "≈ " + s
	}
	switch m.Unit {
	case "":
		return s
	case "%":
		return strings.TrimSuffix(s, "%") + "%"
	}
	return s + " " + m.Unit
}

// href lets through addresses of the site and of the web only.
func (m Map) href(code string) string {
	if m.Href == nil {
		return ""
	}
	u, err := url.Parse(m.Href(code))
	if err != nil || u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// groups draws the borders of groups and the names.
func (p *painter) groups(shapes []shape, height int) {
	groups, outlines := map[string][]shape{}, map[string][][]spot{}
	order := []string{}
	for _, s := range shapes {
		if s.Group == "" {
			continue
		}
		if groups[s.Group] == nil {
			order = append(order, s.Group)
		}
		groups[s.Group] = append(groups[s.Group], s)
	}
	if p.m.Outlines || len(p.m.GroupNames) > 0 {
		for g := range groups {
			outlines[g] = outline(groups[g])
		}
	}
	if p.m.Outlines && len(groups) > 0 {
		var d strings.Builder
		for _, g := range order {
			for _, loop := range outlines[g] {
				writeRing(&d, straighten(loop), true)
			}
		}
		p.over.WriteString(`<path class="d" d="` + d.String() + `"/>`)
	}
	labels := []label{}
	if len(p.m.GroupNames) > 0 {
		labels = groupLabels(groups, p.m.GroupNames, outlines, height)
	} else if p.m.Names > 0 {
		labels = nameLabels(shapes, height, p.m.Names)
	}
	for _, l := range labels {
		fmt.Fprintf(&p.over, `<text x="%d" y="%d" aria-hidden="true">%s</text>`, int(math.Round(l.x)), int(math.Round(l.y)), esc(l.text))
	}
}

func (p *painter) finishLegend() {
	if p.m.ZeroApart && p.zero.Count > 0 {
		p.zero.CSS, p.zero.Label = "q0", "0"
		p.legend.Classes = append(p.legend.Classes, p.zero)
	}
	p.legend.Classes = append(p.legend.Classes, p.classes...)
	has := map[string]bool{}
	for _, a := range p.m.Layer.Areas {
		has[a.Code] = true
	}
	for code := range p.m.Values {
		if !has[code] {
			p.legend.Unknown = append(p.legend.Unknown, code)
		}
	}
	sort.Strings(p.legend.Unknown)
}

// Words tells the legend in a sentence.
func (l Legend) Words() string {
	parts := []string{}
	for _, c := range l.Classes {
		parts = append(parts, fmt.Sprintf("%s: %d nơi", strings.TrimSpace(c.Label+" "+l.Unit), c.Count))
	}
	if l.NoData > 0 {
		parts = append(parts, fmt.Sprintf("không có số liệu: %d nơi", l.NoData))
	}
	if l.Estimated > 0 {
		parts = append(parts, fmt.Sprintf("trong đó là số ước: %d nơi", l.Estimated))
	}
	return strings.Join(parts, "; ") + "."
}

func (p *painter) svg(height int) string {
	desc := p.m.Desc
	if desc == "" {
		desc = p.legend.Words()
	}
	// What is inside an image is not read out; links must be.
	role := "img"
	if p.m.Href != nil {
		role = "group"
	}
	return fmt.Sprintf(`<svg class="dv-map" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="%[9]s" aria-labelledby="%[3]s-t %[3]s-d"><title id="%[3]s-t">%[4]s</title><desc id="%[3]s-d">%[5]s</desc>%[6]s<g class="u">%[7]s</g>%[8]s</svg>`,
		Width, height, p.id, esc(p.m.Title), esc(desc), p.defs(), p.areas.String(), p.over.String(), role)
}

// defs are the patterns in use: the hatch of no data and, for each class with
// estimates, its tone under stripes.
func (p *painter) defs() string {
	if len(p.patterns) == 0 {
		return ""
	}
	names := make([]string, 0, len(p.patterns))
	for n := range p.patterns {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString("<defs>")
	for _, n := range names {
		ground, stripe := n+" pt", "et"
		if n == "nd" {
			ground, stripe = "bg", "st"
		}
		fmt.Fprintf(&b, `<pattern id="%s-%s" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="%s" d="M0 0h7v7H0z"/><path class="%s" d="M1 0V7"/></pattern>`, p.id, n, ground, stripe)
	}
	b.WriteString("</defs>")
	return b.String()
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
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
