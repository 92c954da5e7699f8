package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"danvan/internal/access"
	"danvan/internal/fault"
)

// offlineRoutes make the pages an app that opens without a line: what is installed, the service worker, the page that
// stands in for all others, and forms without anybody's content.
func (s *server) offlineRoutes() []route {
	return []route{
		{"GET /manifest.webmanifest", access.Public, nil, s.manifest},
		{"GET /sw.js", access.Public, nil, s.worker},
		{"GET " + offlinePath, access.Public, nil, s.offlinePage},
		{"GET /ngoai-tuyen/mau/{kind}", access.RecordAny, nil, s.offlineForm},
	}
}

const offlinePath = "/ngoai-tuyen"

// offlineKeeps are the assets that pages without a line need.
var offlineKeeps = []string{"tokens.css", "look.css", "work.css", "shell.css", "entries.css", "admin.css", "app.js", "combo.js",
	"queue.js", "outbox.js", "record.js", "attach.js", "field.js", "mark.svg"}

// offlineScripts are the scripts of a page that has no shell of somebody signed in.
var offlineScripts = []string{"queue.js", "outbox.js"}

// offlineBuild names what the service worker keeps: it changes when any of it does.
func (s *server) offlineBuild() (build string, keeps []string, err error) {
	sum := sha256.New()
	for _, short := range s.assets.Names() {
		if slices.Contains(offlineKeeps, short) || bytes.HasPrefix([]byte(short), []byte("fonts/")) && short != "fonts/OFL.txt" {
			keeps = append(keeps, s.assets.URL(short))
		}
	}
	slices.Sort(keeps)
	fmt.Fprintln(sum, keeps, s.assets.URL("sw.js"), s.assets.URL("queue.js"))
	if err := s.shell(frame{page: offlineHead}, offlineView()).Render(context.Background(), sum); err != nil {
		return "", nil, fmt.Errorf("render the page without a line: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:6]), keeps, nil
}

// worker is the service worker, with the names of what it keeps and the queue in front.
func (s *server) worker(w http.ResponseWriter, r *http.Request) error {
	list, err := json.Marshal(s.keeps)
	if err != nil {
		return fmt.Errorf("list of kept assets: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	fmt.Fprintf(w, "const build = %q, keeps = %s;\n", s.offline, list)
	for _, name := range []string{"queue.js", "sw.js"} {
		_, _ = w.Write(s.assets.Body(name)) // the reader went away: nobody to tell
	}
	return nil
}

type manifestIcon struct {
	Src     string `json:"src"`
	Sizes   string `json:"sizes"`
	Type    string `json:"type"`
	Purpose string `json:"purpose,omitempty"`
}

func (s *server) manifest(w http.ResponseWriter, r *http.Request) error {
	icon := func(name, sizes, purpose string) manifestIcon {
		return manifestIcon{s.assets.URL("icons/" + name), sizes, "image/png", purpose}
	}
	w.Header().Set("Content-Type", "application/manifest+json")
	w.Header().Set("Cache-Control", "no-cache")
	return json.NewEncoder(w).Encode(map[string]any{
		"name": "danvan – Sổ việc của tỉnh", "short_name": "danvan", "lang": "vi", "dir": "ltr",
		"description": "Ghi công tác dân vận một lần, tại nơi làm việc, cả khi không có mạng.",
		"id":          "/", "start_url": "/", "scope": "/", "display": "standalone", "orientation": "any",
		"background_color": "#f4f6fa", "theme_color": "#14213d",
		"icons": []manifestIcon{icon("192.png", "192x192", ""), icon("512.png", "512x512", ""), icon("maskable.png", "512x512", "maskable")},
		"shortcuts": []map[string]any{
			{"name": "Ghi việc mới", "url": "/ghi-nhan/moi"}, {"name": "Bản nháp, hàng chờ gửi", "url": "/ban-nhap"},
		},
	})
}

var offlineHead = page{Title: "Không có mạng", Scripts: offlineScripts}

// offlinePage is the page that stands in for every other without a line. It is the same for everybody.
func (s *server) offlinePage(w http.ResponseWriter, r *http.Request) error {
	return s.bare(w, r, offlineHead, offlineView())
}

// bare writes a page without anything of whoever asks, for a device to keep.
func (s *server) bare(w http.ResponseWriter, r *http.Request, p page, body templ.Component) error {
	var b bytes.Buffer
	if err := s.shell(frame{page: p}, body).Render(context.WithoutCancel(r.Context()), &b); err != nil {
		return err
	}
	return writePage(w, r, http.StatusOK, gzipped(b.Bytes()))
}

// offlineForm is the form of a kind without content: the bodies to choose from, nothing that was ever written. Letters
// are not recorded without a line, for a device must not keep them.
func (s *server) offlineForm(w http.ResponseWriter, r *http.Request) error {
	f, err := s.formOf(r.Context(), url.Values{dayField: {s.Today().Vi()}}, r.PathValue("kind"))
	if err != nil {
		return err
	}
	if guarded(f.Kind) || !viewer(r.Context()).May(f.right, 0) {
		return fault.New(fault.Denied, "Đơn thư chỉ ghi khi có mạng, vì không được giữ trên máy.")
	}
	if err := s.ready(r.Context(), f); err != nil {
		return err
	}
	f.Wrong, f.Hints, f.Repeat, f.Offline = nil, nil, false, true
	f.Preview = &figurePreview{Fresh: true}
	p := page{Title: f.title(), Scripts: slices.Concat(offlineScripts, recordScripts)}
	return s.bare(w, r, p, recordFormPage(f))
}
