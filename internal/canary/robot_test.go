package canary_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// robot is a person at a browser without scripts: it reads the forms of a page, types into them, presses a button.
type robot struct {
	testing.TB
	root   string
	client *http.Client
}

func newRobot(t testing.TB, root string) *robot {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &robot{TB: t, root: root, client: &http.Client{Jar: jar}}
}

// page is an answer with its forms.
type page struct {
	status int
	at     string // path and query where it came from, after redirects
	body   []byte
	forms  []*filled
}

// filled is a form with what stands in it.
type filled struct {
	action, method string
	multipart      bool
	values         url.Values
	buttons        [][2]string
	texts          []string // names of empty places for free text
	choices        map[string][]string
}

func (r *robot) do(req *http.Request) *page {
	r.Helper()
	res, err := r.client.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		r.Fatal(err)
	}
	p := &page{status: res.StatusCode, at: res.Request.URL.RequestURI(), body: body}
	if doc, err := html.Parse(bytes.NewReader(body)); err == nil {
		p.forms = formsOf(doc, nil)
	}
	return p
}

func (r *robot) get(path string) *page {
	r.Helper()
	req, err := http.NewRequest(http.MethodGet, r.root+path, nil)
	if err != nil {
		r.Fatal(err)
	}
	return r.do(req)
}

// upload is a file of a form.
type upload struct {
	field, name string
	data        []byte
}

// send posts a form with a button, its values laid over by more.
func (r *robot) send(f *filled, button string, more url.Values, files ...upload) *page {
	r.Helper()
	values := url.Values{}
	for k, v := range f.values {
		values[k] = v
	}
	for k, v := range more {
		values[k] = v
	}
	for _, b := range f.buttons {
		if b[1] == button && b[0] != "" {
			values.Set(b[0], b[1])
		}
	}
	var body io.Reader = strings.NewReader(values.Encode())
	kind := "application/x-www-form-urlencoded"
	if f.multipart {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for k, list := range values {
			for _, v := range list {
				_ = w.WriteField(k, v)
			}
		}
		for _, u := range files {
			part, err := w.CreateFormFile(u.field, u.name)
			if err != nil {
				r.Fatal(err)
			}
			_, _ = part.Write(u.data)
		}
		if err := w.Close(); err != nil {
			r.Fatal(err)
		}
		body, kind = &b, w.FormDataContentType()
	}
	req, err := http.NewRequest(http.MethodPost, r.root+f.action, body)
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	req.Header.Set("Origin", r.root)
	return r.do(req)
}

// form is the page's form with an action that begins so, nil where there is none.
func (p *page) form(action string) *filled {
	for _, f := range p.forms {
		if f.method == "post" && strings.HasPrefix(f.action, action) {
			return f
		}
	}
	return nil
}

// choose takes the first real choice of each list that was left open.
func (f *filled) choose(but ...string) {
	for name, list := range f.choices {
		if f.values.Get(name) == "" && !slices.Contains(but, name) && len(list) > 0 {
			f.values.Set(name, list[0])
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

func formsOf(n *html.Node, in *filled) (out []*filled) {
	if n.Type == html.ElementNode {
		switch n.Data {
		case "form":
			in = &filled{action: attr(n, "action"), method: strings.ToLower(attr(n, "method")), multipart: attr(n, "enctype") == "multipart/form-data", values: url.Values{}, choices: map[string][]string{}}
			out = append(out, in)
		case "input", "button", "select", "textarea":
			if in != nil {
				in.control(n)
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out = append(out, formsOf(c, in)...)
	}
	return out
}

func (f *filled) control(n *html.Node) {
	name, value := attr(n, "name"), attr(n, "value")
	if hasAttr(n, "disabled") {
		return
	}
	switch kind := attr(n, "type"); {
	case n.Data == "button" || kind == "submit":
		f.buttons = append(f.buttons, [2]string{name, value})
	case n.Data == "select":
		f.options(n, name)
	case n.Data == "textarea":
		f.values.Set(name, textOf(n))
		f.texts = append(f.texts, name)
	case kind == "radio":
		f.choices[name] = append(f.choices[name], value)
		if hasAttr(n, "checked") {
			f.values.Set(name, value)
		}
	case kind == "checkbox":
		if hasAttr(n, "checked") {
			f.values.Add(name, value)
		}
	case kind == "file":
	case name != "":
		f.values.Add(name, value)
		if kind == "" || kind == "text" {
			f.texts = append(f.texts, name)
		}
	}
}

func (f *filled) options(n *html.Node, name string) {
	var walk func(*html.Node)
	walk = func(c *html.Node) {
		if c.Data == "option" {
			v := attr(c, "value")
			if v != "" {
				f.choices[name] = append(f.choices[name], v)
			}
			if hasAttr(c, "selected") {
				f.values.Set(name, v)
			}
		}
		for d := c.FirstChild; d != nil; d = d.NextSibling {
			walk(d)
		}
	}
	walk(n)
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// signIn signs an account of the demo province in.
func (r *robot) signIn(login string) {
	r.Helper()
	p := r.get("/dang-nhap")
	f := p.form("/dang-nhap")
	if f == nil {
		r.Fatalf("no form to sign in: %d", p.status)
		return
	}
	for _, name := range f.texts {
		f.values.Set(name, login)
	}
	for name := range f.values {
		if strings.Contains(name, "mat-khau") || strings.Contains(name, "khau") {
			f.values.Set(name, "bac kan nui rung xanh")
		}
	}
	if p = r.send(f, "", nil); p.status != http.StatusOK || strings.HasPrefix(p.at, "/dang-nhap") {
		r.Fatalf("%s is not signed in: %d %s", login, p.status, p.at)
	}
}

// wrong are the sentences by which a page refuses a form.
func (p *page) wrong() string {
	i := bytes.Index(p.body, []byte(`role="alert"`))
	if i < 0 {
		return fmt.Sprintf("status %d at %s", p.status, p.at)
	}
	return string(p.body[i:min(len(p.body), i+900)])
}
