package news

import (
	"bytes"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	htmlout "github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Render writes the body of an article as HTML. Of Markdown it knows headings, emphasis, lists, quotations, lines, links and
// pictures; HTML is text like any other. Headings begin at h2 and leave no level out. A link leads to http, https, mailto or
// an address of this site, or is plain text. A picture stands alone in its paragraph and is one of the article's own,
// ![Chú thích](anh:1); any other is its caption alone. at gives the address of a file.
func Render(body string, pictures []Picture, at func(hash string) string) (string, error) {
	md := goldmark.New(
		goldmark.WithParser(parser.NewParser(
			parser.WithBlockParsers(util.Prioritized(parser.NewSetextHeadingParser(), 100), util.Prioritized(parser.NewThematicBreakParser(), 200),
				util.Prioritized(parser.NewListParser(), 300), util.Prioritized(parser.NewListItemParser(), 400), util.Prioritized(parser.NewATXHeadingParser(), 600),
				util.Prioritized(parser.NewBlockquoteParser(), 800), util.Prioritized(parser.NewParagraphParser(), 1000)),
			parser.WithInlineParsers(util.Prioritized(parser.NewLinkParser(), 200), util.Prioritized(parser.NewAutoLinkParser(), 300), util.Prioritized(parser.NewEmphasisParser(), 500)),
			parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
			parser.WithASTTransformers(util.Prioritized(shape{pictures}, 100)))),
		goldmark.WithRenderer(renderer.NewRenderer(renderer.WithNodeRenderers(util.Prioritized(htmlout.NewRenderer(), 1000), util.Prioritized(figures{at}, 100)))),
		goldmark.WithExtensions(extension.Linkify))
	var out bytes.Buffer
	if err := md.Convert([]byte(body), &out); err != nil {
		return "", fmt.Errorf("render article: %w", err)
	}
	return out.String(), nil
}

// pictureScheme begins the address of an article's own picture: anh:1.
const pictureScheme = "anh:"

// figure is a picture with its caption, in the place of a paragraph.
type figure struct {
	ast.BaseBlock
	picture Picture
	caption string
}

var figureKind = ast.NewNodeKind("Figure")

func (f *figure) Kind() ast.NodeKind         { return figureKind }
func (f *figure) Dump(source []byte, on int) { ast.DumpHelper(f, source, on, nil, nil) }

// shape makes of what was written what may stand on a page.
type shape struct{ pictures []Picture }

func (s shape) Transform(doc *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	var all []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			all = append(all, n)
		}
		return ast.WalkContinue, nil
	})
	level := 1
	for _, n := range all {
		switch n := n.(type) {
		case *ast.Heading:
			n.Level = min(n.Level+1, level+1, 6)
			level = n.Level
		case *ast.Paragraph:
			s.picture(n, source)
		case *ast.Link:
			if !mayLead(string(n.Destination)) {
				unwrap(n)
			}
		case *ast.AutoLink:
			if !mayLead(string(n.URL(source))) && n.AutoLinkType != ast.AutoLinkEmail {
				n.Parent().ReplaceChild(n.Parent(), n, ast.NewString(n.Label(source)))
			}
		case *ast.Image:
			if n.Parent() != nil && n.Parent().Kind() != figureKind {
				unwrap(n)
			}
		}
	}
}

// picture puts a figure in the place of a paragraph that is one picture of the article.
func (s shape) picture(p *ast.Paragraph, source []byte) {
	img, ok := p.FirstChild().(*ast.Image)
	if !ok || p.ChildCount() != 1 || p.Parent() == nil {
		return
	}
	number, err := strconv.Atoi(strings.TrimPrefix(string(img.Destination), pictureScheme))
	if err != nil || !strings.HasPrefix(string(img.Destination), pictureScheme) {
		return
	}
	for _, pic := range s.pictures {
		if pic.Number == number {
			p.Parent().ReplaceChild(p.Parent(), p, &figure{picture: pic, caption: words(img, source)})
			return
		}
	}
}

// words are the plain words below a node.
func words(n ast.Node, source []byte) string {
	var out strings.Builder
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := c.(*ast.Text); ok && entering {
			out.Write(t.Segment.Value(source))
		}
		if s, ok := c.(*ast.String); ok && entering {
			out.Write(s.Value)
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(out.String())
}

// unwrap leaves of a link or picture its words.
func unwrap(n ast.Node) {
	parent := n.Parent()
	if parent == nil {
		return
	}
	for c := n.FirstChild(); c != nil; {
		next := c.NextSibling()
		parent.InsertBefore(parent, n, c)
		c = next
	}
	parent.RemoveChild(parent, n)
}

func mayLead(to string) bool {
	u, err := url.Parse(strings.TrimSpace(to))
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "mailto":
		return true
	}
	return u.Scheme == "" && u.Host == "" && strings.HasPrefix(to, "/")
}

// figures writes the pictures.
type figures struct{ at func(hash string) string }

func (f figures) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(figureKind, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		x, ok := n.(*figure)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		_, err := w.WriteString(`<figure class="pic">` + x.picture.Img(f.at, true))
		if err == nil && x.caption != "" {
			_, err = w.WriteString("<figcaption>" + html.EscapeString(x.caption) + "</figcaption>")
		}
		if err == nil {
			_, err = w.WriteString("</figure>\n")
		}
		return ast.WalkContinue, err
	})
}

// Img is the picture as an img element, with its widths for the browser to choose from.
func (p Picture) Img(at func(hash string) string, lazy bool) string {
	if len(p.Sizes) == 0 {
		return ""
	}
	var set []string
	for _, s := range p.Sizes {
		set = append(set, fmt.Sprintf("%s %dw", at(s.Hash), s.Width))
	}
	load := ""
	if lazy {
		load = ` loading="lazy"`
	}
	first, last := p.Sizes[0], p.Sizes[len(p.Sizes)-1]
	return fmt.Sprintf(`<img src="%s" srcset="%s" sizes="(min-width: 48rem) 44rem, 94vw" width="%d" height="%d" alt="%s" decoding="async"%s>`,
		html.EscapeString(at(first.Hash)), html.EscapeString(strings.Join(set, ", ")), last.Width, last.Height, html.EscapeString(p.Alt), load)
}
