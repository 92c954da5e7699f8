package web

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
	"slices"
	"strings"

	"danvan/internal/chart"
	"danvan/internal/geo"
)

//go:embed assets
var embedded embed.FS

// assets are the style sheets and fonts, loaded once: each with a name that carries its hash, so that a browser
// keeps it for ever and never keeps an old one.
type assets struct {
	files map[string]asset // by served name, "look.1a2b3c4d.css"
	names map[string]string
}

type asset struct {
	body, zipped []byte
	mime         string
}

// assetRoot is where the assets are served; style sheets name their fonts under it.
const assetRoot = "/tinh/"

func loadAssets() (*assets, error) {
	a := &assets{files: map[string]asset{}, names: map[string]string{}}
	sheets := map[string][]byte{}
	err := fs.WalkDir(embedded, "assets", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		short := strings.TrimPrefix(name, "assets/")
		if path.Ext(short) == ".css" {
			if short == "look.css" {
				body = slices.Concat(body, []byte(chart.CSS), []byte(geo.CSS), opened())
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
	for short, body := range sheets { // after the fonts, whose hashed names they carry
		for plain, hashed := range a.names {
			body = bytes.ReplaceAll(body, []byte(assetRoot+plain), []byte(assetRoot+hashed))
		}
		a.add(short, body)
	}
	return a, nil
}

// mostDrawers is how many figures of a report can be marked in its text; the longest report has about half.
const mostDrawers = 400

// opened marks a figure in the text while its drawer is open. Without script it takes one rule a figure: which
// link leads to the target is something that a style sheet can only be told by name.
func opened() []byte {
	var b bytes.Buffer
	for i := range mostDrawers {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, ".report:has(#%[1]s:target) a[href=\"#%[1]s\"]", drawerID(i))
	}
	b.WriteString("{background:var(--mark);text-decoration-style:solid;box-shadow:0 0 0 3px var(--mark)}\n")
	return b.Bytes()
}

func (a *assets) add(short string, body []byte) {
	sum := sha256.Sum256(body)
	ext := path.Ext(short)
	hashed := strings.TrimSuffix(short, ext) + "." + hex.EncodeToString(sum[:4]) + ext
	f := asset{body: body, mime: mime.TypeByExtension(ext)}
	if ext == ".woff2" {
		f.mime = "font/woff2"
	} else {
		f.zipped = gzipped(body)
	}
	a.files[hashed] = f
	a.names[short] = hashed
}

// url is the address of an asset by its plain name.
func (a *assets) url(short string) string { return assetRoot + a.names[short] }

func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[strings.TrimPrefix(r.URL.Path, assetRoot)]
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

func gzipped(body []byte) []byte {
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
