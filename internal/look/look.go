// Package look is what staff pages and public pages share of how danvan looks: colours, letters, signs, and the way in which
// style sheets, scripts and fonts are served.
package look

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
)

//go:embed assets
var shared embed.FS

// plainRoot is where style sheets name their fonts before they are served.
const plainRoot = "/tinh/"

// Assets are style sheets, scripts and fonts, loaded once: each with a name that carries its hash, so that a browser keeps it
// for ever and never keeps an old one.
type Assets struct {
	root  string
	files map[string]asset // by served name, "look.1a2b3c4d.css"
	names map[string]string
}

type asset struct {
	body, zipped []byte
	mime         string
}

// Load takes the shared assets and those under the folder "assets" of own. They are served under root ("/tinh/"). What sheet
// returns stands in place of a style sheet; nil leaves them as they are.
func Load(root string, own fs.FS, sheet func(name string, body []byte) []byte) (*Assets, error) {
	a := &Assets{root: root, files: map[string]asset{}, names: map[string]string{}}
	sheets := map[string][]byte{}
	for _, files := range []fs.FS{shared, own} {
		err := fs.WalkDir(files, "assets", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			body, err := fs.ReadFile(files, name)
			if err != nil {
				return err
			}
			short := strings.TrimPrefix(name, "assets/")
			if path.Ext(short) == ".css" {
				if sheet != nil {
					body = sheet(short, body)
				}
				sheets[short] = body
				return nil
			}
			a.add(short, body)
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read embedded assets: %w", err)
		}
	}
	for short, body := range sheets { // after the fonts, whose hashed names they carry
		for plain, hashed := range a.names {
			body = bytes.ReplaceAll(body, []byte(plainRoot+plain), []byte(root+hashed))
		}
		a.add(short, bare(body))
	}
	return a, nil
}

var (
	remarks = regexp.MustCompile(`(?s)/\*.*?\*/`)
	room    = regexp.MustCompile(`\s*([{};])\s*`)
)

// bare leaves out of a style sheet what only its authors read: a first view over a slow line is some hundred bytes lighter.
func bare(sheet []byte) []byte {
	return bytes.TrimSpace(bytes.ReplaceAll(room.ReplaceAll(remarks.ReplaceAll(sheet, nil), []byte("$1")), []byte(";}"), []byte("}")))
}

func (a *Assets) add(short string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(short)
	hashed := strings.TrimSuffix(short, ext) + "." + hex.EncodeToString(sum[:4]) + ext
	f := asset{body: body, mime: mime.TypeByExtension(ext)}
	if ext == ".woff2" {
		f.mime = "font/woff2"
	} else {
		f.zipped = Gzipped(body)
	}
	a.files[hashed] = f
	a.names[short] = hashed
}

// URL is the address of an asset by its plain name.
func (a *Assets) URL(short string) string { return a.root + a.names[short] }

// Body is an asset by its plain name, nil where there is none.
func (a *Assets) Body(short string) []byte { return a.files[a.names[short]].body }

// Names are the plain names of all assets.
func (a *Assets) Names() []string {
	var out []string
	for short := range a.names {
		out = append(out, short)
	}
	return out
}

func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[strings.TrimPrefix(r.URL.Path, a.root)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", f.mime)
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	if f.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Vary", "Accept-Encoding")
		_, _ = w.Write(f.zipped) // the reader went away: nobody to tell
		return
	}
	_, _ = w.Write(f.body)
}

// Gzipped is the body as it goes over the line.
func Gzipped(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(body)
	if cerr := z.Close(); err == nil {
		err = cerr
	}
	if err != nil { // a bytes.Buffer does not fail
		return body
	}
	return b.Bytes()
}
