package web

import (
	"fmt"
	"html"
	"strings"

	"danvan/internal/org"
)

// flowNode is a unit on one side of a drawing of who goes into whom.
type flowNode struct{ Name, Code, Href string }

// flowEdge leads from a node on the left to one on the right, by their place. Note is the share of a split.
type flowEdge struct {
	From, To int
	Note     string
}

// mostFlowNodes is how many units a side of the drawing holds; where there are more, the table says it alone.
const mostFlowNodes = 26

// flowsOfActs puts the units of acts on two sides.
func flowsOfActs(before, after []sideUnit, acts []org.Change) (left, right []flowNode, edges []flowEdge) {
	at := func(list []sideUnit, code string) int {
		for i, u := range list {
			if u.Code == code {
				return i
			}
		}
		return -1
	}
	for _, u := range before {
		left = append(left, flowNode{u.Name, u.Code, u.Ref})
	}
	for _, u := range after {
		right = append(right, flowNode{u.Name, u.Code, u.Ref})
	}
	for _, c := range acts {
		for _, src := range c.Sources {
			e := flowEdge{From: at(before, src.Code), To: at(after, c.Code)}
			if c.Kind == org.Split {
				e.Note = shareText(src.Parts)
			}
			if e.From >= 0 && e.To >= 0 {
				edges = append(edges, e)
			}
		}
	}
	return left, right, edges
}

const (
	flowWidth = 760
	flowBox   = 250
	flowStep  = 50
)

// flowPicture draws who goes into whom: before on the left, after on the right. Empty where there is too much or
// nothing to draw.
func flowPicture(left, right []flowNode, edges []flowEdge) string {
	rows := max(len(left), len(right))
	if len(left) == 0 && len(right) == 0 || rows > mostFlowNodes {
		return ""
	}
	height := rows*flowStep + 8
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="flows" viewBox="0 0 %d %d" role="group" aria-label="Trước: %d đơn vị; sau: %d đơn vị. Bảng bên dưới ghi đủ.">`, flowWidth, height, len(left), len(right))
	y := func(i, n int) int { return 4 + i*flowStep + (rows-n)*flowStep/2 }
	for _, e := range edges {
		y0, y1 := y(e.From, len(left))+20, y(e.To, len(right))+20
		class := "fl"
		if e.Note != "" {
			class = "fl dash"
		}
		fmt.Fprintf(&b, `<path class="%s" d="M%d %dC%d %d %d %d %d %d"/>`, class, flowBox, y0, flowWidth/2, y0, flowWidth/2, y1, flowWidth-flowBox-7, y1)
		fmt.Fprintf(&b, `<path class="tip" d="M%d %dl-9 -5v10z"/>`, flowWidth-flowBox, y1)
	}
	for i, n := range left {
		drawNode(&b, n, 0, y(i, len(left)), "b")
	}
	for i, n := range right {
		drawNode(&b, n, flowWidth-flowBox, y(i, len(right)), "b me")
	}
	b.WriteString(`</svg>`)
	return b.String()
}

func drawNode(b *strings.Builder, n flowNode, x, y int, class string) {
	if n.Href != "" {
		fmt.Fprintf(b, `<a href="/don-vi/%s">`, html.EscapeString(n.Href))
	}
	fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="%d" height="40" rx="6"/><text x="%d" y="%d">%s</text><text class="cd" x="%d" y="%d">%s</text>`,
		class, x, y, flowBox, x+12, y+18, html.EscapeString(shortName(n.Name)), x+12, y+33, html.EscapeString(n.Code))
	if n.Href != "" {
		b.WriteString(`</a>`)
	}
}

// shortName cuts a name that is wider than its box.
func shortName(name string) string {
	r := []rune(name)
	if len(r) <= 30 {
		return name
	}
	return string(r[:29]) + "…"
}
