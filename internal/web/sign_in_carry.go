package web

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// carried is a form that met the sign-in page because the session had ended: what was typed travels along in the
// sign-in forms and is shown in its form again, so that nothing is typed twice. Nothing of it is kept on the server.
type carried struct {
	To     string     // own address that it was sent to
	From   string     // own address of the page where it stood
	Values url.Values // without passwords
	Files  []string   // names of files: they must be chosen again
	Lost   bool       // it was too large to be carried whole
	Say    string     // why it was refused, where the page said more than that the right is missing
}

// mostCarried bounds what is carried; mostRead what is read past to find it, for files lie between.
const (
	mostCarried = 256 << 10
	mostRead    = 64 << 20
)

func (c *carried) any() bool { return c != nil && (len(c.Values) > 0 || len(c.Files) > 0 || c.Lost) }

// Hidden controls that carry a form through signing in.
const (
	carryTo    = "gui-toi"
	carryFrom  = "gui-tu"
	carryFile  = "gui-tep"
	carryLost  = "gui-thieu"
	carryValue = "g." // before the name of each value
)

// typed reads what was sent with a POST that is not going to be answered.
func typed(w http.ResponseWriter, r *http.Request) *carried {
	c := &carried{To: r.URL.RequestURI(), From: refererPath(r), Values: url.Values{}}
	switch kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); {
	case r.MultipartForm != nil:
		c.keep(r.MultipartForm.Value)
		for _, files := range r.MultipartForm.File {
			for _, f := range files {
				c.Files = append(c.Files, f.Filename)
			}
		}
	case r.PostForm != nil:
		c.keep(r.PostForm)
	case kind == "multipart/form-data":
		r.Body = http.MaxBytesReader(w, r.Body, mostRead)
		c.readParts(r)
	case kind == "application/x-www-form-urlencoded":
		r.Body = http.MaxBytesReader(w, r.Body, 4*mostCarried)
		err := r.ParseForm()
		c.keep(r.PostForm)
		c.Lost = c.Lost || err != nil
	}
	return c
}

// refererPath is the own page that a request comes from, or the address itself.
func refererPath(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return r.URL.RequestURI()
	}
	return ownAddress(from.RequestURI())
}

func (c *carried) keep(values url.Values) {
	for _, name := range slices.Sorted(keysOf(values)) {
		for _, v := range values[name] {
			c.add(name, v)
		}
	}
}

func keysOf(values url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range values {
			if !yield(k) {
				return
			}
		}
	}
}

// add keeps a value, unless it is secret or there is too much.
func (c *carried) add(name, value string) {
	if secretField(name) {
		return
	}
	size := len(name) + len(value)
	for n, vs := range c.Values {
		for _, v := range vs {
			size += len(n) + len(v)
		}
	}
	if size > mostCarried {
		c.Lost = true
		return
	}
	c.Values[name] = append(c.Values[name], value)
}

// secretField tells the fields that never stand in a page again.
func secretField(name string) bool {
	return strings.HasPrefix(name, "mat-khau") || name == "ma-xac-thuc" || name == "bi-mat"
}

// readParts goes through a form with files and keeps what was typed.
func (c *carried) readParts(r *http.Request) {
	parts, err := r.MultipartReader()
	for err == nil {
		part, perr := parts.NextPart()
		if errors.Is(perr, io.EOF) {
			return
		}
		if err = perr; err != nil {
			break
		}
		if part.FileName() != "" {
			c.Files = append(c.Files, part.FileName())
			_, err = io.Copy(io.Discard, part)
			continue
		}
		var text bytes.Buffer
		_, err = io.Copy(&text, io.LimitReader(part, mostCarried+1))
		c.add(part.FormName(), text.String())
	}
	c.Lost = true
}

// carriedBack reads what a sign-in form brought along.
func carriedBack(values url.Values) *carried {
	c := &carried{To: ownAddress(values.Get(carryTo)), From: ownAddress(values.Get(carryFrom)), Values: url.Values{}, Files: values[carryFile], Lost: values.Get(carryLost) != ""}
	for name, vs := range values {
		if own, ok := strings.CutPrefix(name, carryValue); ok {
			for _, v := range vs {
				c.add(own, v)
			}
		}
	}
	return c
}

// hidden are the controls that carry the form.
func (c *carried) hidden() [][2]string {
	if !c.any() {
		return nil
	}
	out := [][2]string{{carryTo, c.To}, {carryFrom, c.From}}
	for _, name := range slices.Sorted(keysOf(c.Values)) {
		for _, v := range c.Values[name] {
			out = append(out, [2]string{carryValue + name, v})
		}
	}
	for _, f := range c.Files {
		out = append(out, [2]string{carryFile, f})
	}
	if c.Lost {
		out = append(out, [2]string{carryLost, "1"})
	}
	return out
}

// ownAddress is an address of this program, "/" for anything else.
func ownAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return "/"
	}
	out := u.EscapedPath()
	if u.RawQuery != "" {
		out += "?" + u.RawQuery
	}
	return out
}
