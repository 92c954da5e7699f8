package browser

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// Shape is what axe judges of a page: its elements, how they stand in each other, which hold text and have a name. Words,
// addresses and numbers are left out, and of like rows of one table or list all but the first. What axe sees of ids, that
// one is given twice or leads nowhere, is a part of it.
func Shape(page string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return page
	}
	return newShaper(root).of(root)
}

// Parts are the shapes of the first element of each class that the page has, by class.
func Parts(page string, classes ...string) map[string]string {
	out := map[string]string{}
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return out
	}
	s := newShaper(root)
	for n := range root.Descendants() {
		for _, class := range strings.Fields(attribute(n, "class")) {
			if slices.Contains(classes, class) && out[class] == "" {
				out[class] = s.of(n)
			}
		}
	}
	return out
}

// shaper knows the ids of a page, and which names of landmarks it has met.
type shaper struct {
	ids   map[string]int
	names map[string]bool
}

func newShaper(root *html.Node) *shaper {
	s := &shaper{map[string]int{}, map[string]bool{}}
	for n := range root.Descendants() {
		if id := attribute(n, "id"); id != "" {
			s.ids[id]++
		}
	}
	return s
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && n.Type == html.ElementNode {
			return a.Val
		}
	}
	return ""
}

// rows are the elements that come in numbers: one shape of them under one parent is enough.
var rows = []string{"tr", "li", "option", "td", "th"}

func (s *shaper) of(n *html.Node) string {
	switch n.Type {
	case html.TextNode:
		if strings.TrimSpace(n.Data) == "" {
			return ""
		}
		return "x"
	case html.CommentNode:
		return ""
	}
	var b strings.Builder
	b.WriteString("<" + n.Data)
	for _, a := range n.Attr {
		fmt.Fprintf(&b, " %s=%q", a.Key, s.value(n.Data, a))
	}
	b.WriteString(">")
	seen, last := map[string]bool{}, ""
	for c := range n.ChildNodes() {
		shape := s.of(c)
		if shape == last || seen[shape] && slices.Contains(rows, c.Data) {
			continue
		}
		seen[shape], last = true, shape
		b.WriteString(shape)
	}
	b.WriteString("</>")
	return b.String()
}

// value is what counts of an attribute.
func (s *shaper) value(element string, a html.Attribute) string {
	switch a.Key {
	case "class", "role", "type", "tabindex", "rel", "target", "method", "enctype", "scope", "autocomplete", "http-equiv", "inputmode":
		return a.Val
	case "id":
		if s.ids[a.Val] > 1 {
			return "twice"
		}
		return "id"
	case "for", "headers", "list", "form", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns":
		return s.reference(a.Val)
	case "aria-label", "title":
		if landmark := slices.Contains([]string{"nav", "section", "aside", "form", "div", "main"}, element); landmark && a.Val != "" {
			return s.name(a.Val)
		}
	case "lang":
		if element != "html" {
			return a.Val
		}
	}
	if strings.HasPrefix(a.Key, "aria-") {
		return strings.Map(noDigit, a.Val)
	}
	if a.Val == "" {
		return ""
	}
	return "x"
}

func (s *shaper) reference(ids string) string {
	for id := range strings.FieldsSeq(ids) {
		if s.ids[id] == 0 {
			return "nowhere"
		}
	}
	return "there"
}

// name is that of a landmark: two of one name are one too many, whatever the name.
func (s *shaper) name(text string) string {
	if s.names[text] {
		return "name again"
	}
	s.names[text] = true
	return "name"
}

func noDigit(r rune) rune {
	if unicode.IsDigit(r) {
		return '#'
	}
	return r
}
