package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"danvan/internal/fault"
)

// showAgain answers with the page where the form stood, its controls filled with what was typed. What finds no
// control there (rows that a script had added, a page that may no longer be opened) is shown above for copying.
func (s *server) showAgain(w http.ResponseWriter, r *http.Request, a asking, c *carried) error {
	body, ok := s.pageOf(r, a, c.From)
	if !ok {
		return s.showTyped(w, r.WithContext(a.with(r.Context())), c, http.StatusOK, true)
	}
	out, err := filledIn(body, c, r)
	if err != nil {
		return s.showTyped(w, r.WithContext(a.with(r.Context())), c, http.StatusOK, true)
	}
	return writePage(w, r, http.StatusOK, gzipped(out))
}

// pageOf asks this program for one of its own pages.
func (s *server) pageOf(r *http.Request, a asking, address string) ([]byte, bool) {
	req, err := http.NewRequestWithContext(a.with(r.Context()), http.MethodGet, address, nil)
	if err != nil {
		return nil, false
	}
	req.Host, req.RemoteAddr, req.RequestURI = r.Host, r.RemoteAddr, address
	rec := &memory{header: http.Header{}, status: http.StatusOK}
	s.inner.ServeHTTP(rec, req)
	return rec.body.Bytes(), rec.status == http.StatusOK && strings.HasPrefix(rec.header.Get("Content-Type"), "text/html")
}

// memory is a ResponseWriter that keeps the answer.
type memory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (m *memory) Header() http.Header         { return m.header }
func (m *memory) WriteHeader(status int)      { m.status = status }
func (m *memory) Write(b []byte) (int, error) { return m.body.Write(b) }

// filledIn puts the typed values into the form that goes to the carried address.
func filledIn(page []byte, c *carried, r *http.Request) ([]byte, error) {
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return nil, err
	}
	from, err := url.Parse(c.From)
	if err != nil {
		return nil, err
	}
	settle(doc, from)
	form := formTo(doc, c.To)
	if form == nil {
		return nil, fmt.Errorf("no form to %s", c.To)
	}
	left := url.Values{}
	for name, vs := range c.Values {
		left[name] = slices.Clone(vs)
	}
	fillControls(form, left)
	var note bytes.Buffer
	if err := carriedNote(c, leftOver(left)).Render(r.Context(), &note); err != nil {
		return nil, err
	}
	nodes, err := html.ParseFragment(&note, &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return nil, err
	}
	for _, n := range slices.Backward(nodes) {
		form.InsertBefore(n, form.FirstChild)
	}
	var out bytes.Buffer
	err = html.Render(&out, doc)
	return out.Bytes(), err
}

// settle makes addresses that are relative to the page absolute: it is shown under another one.
func settle(doc *html.Node, page *url.URL) {
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.DataAtom == atom.Form && attr(n, "action") == "" {
			setAttr(n, "action", page.RequestURI())
		}
		for i, a := range n.Attr {
			relative := a.Key == "href" || a.Key == "action" || a.Key == "formaction" || a.Key == "src"
			if ref, err := url.Parse(a.Val); relative && err == nil && !strings.HasPrefix(a.Val, "#") && !ref.IsAbs() {
				n.Attr[i].Val = page.ResolveReference(ref).String()
			}
		}
	}
}

// formTo is the form that goes to an address: to just this one, else to its path.
func formTo(doc *html.Node, to string) *html.Node {
	path, _, _ := strings.Cut(to, "?")
	var byPath *html.Node
	for n := range doc.Descendants() {
		if n.DataAtom != atom.Form || !strings.EqualFold(attr(n, "method"), "post") {
			continue
		}
		action := attr(n, "action")
		if action == to {
			return n
		}
		if own, _, _ := strings.Cut(action, "?"); own == path && byPath == nil {
			byPath = n
		}
	}
	return byPath
}

// fillControls gives each control its value, in the order of the page, and takes it from what is left.
func fillControls(form *html.Node, left url.Values) {
	for n := range form.Descendants() {
		name := attr(n, "name")
		if n.Type != html.ElementNode || name == "" || secretField(name) {
			continue
		}
		switch n.DataAtom {
		case atom.Input:
			fillInput(n, name, left)
		case atom.Textarea:
			if v, ok := take(left, name); ok {
				for n.FirstChild != nil {
					n.RemoveChild(n.FirstChild)
				}
				n.AppendChild(&html.Node{Type: html.TextNode, Data: v})
			}
		case atom.Select:
			fillSelect(n, name, left)
		}
	}
}

func fillInput(n *html.Node, name string, left url.Values) {
	switch strings.ToLower(attr(n, "type")) {
	case "password", "file", "submit", "button", "image", "reset":
	case "checkbox", "radio":
		value := attr(n, "value")
		if value == "" {
			value = "on"
		}
		removeAttr(n, "checked")
		if i := slices.Index(left[name], value); i >= 0 {
			left[name] = slices.Delete(left[name], i, i+1)
			setAttr(n, "checked", "")
		}
	default:
		if v, ok := take(left, name); ok {
			setAttr(n, "value", v)
		}
	}
}

func fillSelect(n *html.Node, name string, left url.Values) {
	_, many := find(n, "multiple")
	chosen := false
	for o := range n.Descendants() {
		if o.DataAtom != atom.Option {
			continue
		}
		value, ok := find(o, "value")
		if !ok && o.FirstChild != nil {
			value = strings.TrimSpace(o.FirstChild.Data)
		}
		if i := slices.Index(left[name], value); i >= 0 && (many || !chosen) {
			left[name] = slices.Delete(left[name], i, i+1)
			setAttr(o, "selected", "")
			chosen = true
		} else if len(left[name]) > 0 || chosen {
			removeAttr(o, "selected")
		}
	}
}

// take is the first of the values that are left under a name.
func take(left url.Values, name string) (string, bool) {
	if len(left[name]) == 0 {
		return "", false
	}
	v := left[name][0]
	left[name] = left[name][1:]
	return v, true
}

// leftOver are the typed values that found no control, without empty ones, the form's own marks and the button pressed.
func leftOver(left url.Values) [][2]string {
	var out [][2]string
	for _, name := range slices.Sorted(keysOf(left)) {
		for _, v := range left[name] {
			if strings.TrimSpace(v) != "" && !slices.Contains([]string{keyField, "buoc", "them"}, name) {
				out = append(out, [2]string{name, v})
			}
		}
	}
	return out
}

func find(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func attr(n *html.Node, key string) string {
	v, _ := find(n, key)
	return v
}

func setAttr(n *html.Node, key, value string) {
	removeAttr(n, key)
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: value})
}

func removeAttr(n *html.Node, key string) {
	n.Attr = slices.DeleteFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// keptTyped answers a form that its page refused because the right is gone: what was typed is shown for copying.
func (s *server) keptTyped(w http.ResponseWriter, r *http.Request, err error) bool {
	if fault.KindOf(err) != fault.Denied || r.Method != http.MethodPost || viewer(r.Context()) == nil {
		return false
	}
	c := typed(w, r)
	c.Say = fault.Say(err)
	return c.any() && s.showTyped(w, r, c, http.StatusForbidden, false) == nil
}

// showTyped shows what was typed, for copying: where there is no form to put it into.
func (s *server) showTyped(w http.ResponseWriter, r *http.Request, c *carried, status int, again bool) error {
	title := "Những gì bạn đã gõ"
	if !again {
		title = "Lỗi: không được phép"
	}
	return s.render(w, r, status, page{Title: title}, typedView(c, leftOver(c.Values), again))
}
