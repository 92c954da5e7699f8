package portal

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"danvan/internal/fault"
	"danvan/internal/look"
)

// page is what the shell around a public page needs to know.
type page struct {
	Title   string
	Section string   // which line of the navigation is current: gui, theo-doi, cam-ket, ...
	About   string   // a sentence for search engines and links, empty for the portal's own
	Quick   bool     // the page carries the button that leaves quickly, and nothing of it stays on the device
	Wide    bool     // the page sets its own width
	Scripts []string // script files that improve this page
	Back    bool     // whoever goes back in the browser sees it as it was, without sending the form again
	Styles  []string // style sheets besides the portal's own
	Feed    string   // the address of a feed of this page's news, without the language

	path string // of the page without its language
}

// answer turns a handler into an http.Handler: an error becomes a page with its sentence.
func (p *portal) answer(l Language, h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), languageKey{}, l))
		err := h(w, r)
		if err == nil {
			return
		}
		status := httpStatus(err)
		if status >= 500 {
			p.Log.Error("public page failed", "path", r.URL.Path, "err", err)
		}
		title := errorTitle(r.Context(), status)
		v := page{Title: say(r.Context(), "Lỗi: ", "Error: ") + title}
		if err := p.render(w, r, status, v, errorView(title, fault.Say(err))); err != nil {
			p.Log.Error("public error page failed", "path", r.URL.Path, "err", err)
		}
	})
}

func httpStatus(err error) int {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return http.StatusRequestEntityTooLarge
	}
	switch fault.KindOf(err) {
	case fault.Invalid:
		return http.StatusBadRequest
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Denied:
		return http.StatusForbidden
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func errorTitle(ctx context.Context, status int) string {
	switch status {
	case http.StatusNotFound:
		return say(ctx, "Không có trang này", "There is no such page")
	case http.StatusBadRequest:
		return say(ctx, "Địa chỉ hoặc điều kiện không đúng", "The address is not right")
	case http.StatusForbidden:
		return say(ctx, "Không được phép", "Not allowed")
	case http.StatusConflict:
		return say(ctx, "Đã có thay đổi", "Something has changed")
	case http.StatusRequestEntityTooLarge:
		return say(ctx, "Nội dung gửi quá lớn", "What was sent is too large")
	case http.StatusServiceUnavailable:
		return say(ctx, "Xin thử lại sau ít phút", "Please try again in a few minutes")
	}
	return say(ctx, "Cổng chưa trả lời được", "The portal cannot answer now")
}

// render writes a page whole or not at all.
func (p *portal) render(w http.ResponseWriter, r *http.Request, status int, v page, body templ.Component) error {
	ctx := context.WithoutCancel(r.Context())
	v.path = strings.TrimPrefix(r.URL.Path, languageOf(ctx).root())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		v.path = "/"
	}
	name, err := p.name(ctx)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := p.shell(v, name, body).Render(ctx, &b); err != nil {
		return err
	}
	zipped := look.Gzipped(look.UsedIcons(b.Bytes()))
	key, keep := ctx.Value(keptKey{}).(keptAt)
	if keep && status == http.StatusOK {
		p.kept.put(key, zipped)
	}
	if keep {
		key.made()
	}
	if v.Back && !v.Quick {
		w.Header().Set("Cache-Control", "private, no-cache")
	}
	return writePage(w, r, status, keep && !v.Quick, zipped)
}

// renderBare writes a page without the portal's frame, for other sites to show within theirs.
func (p *portal) renderBare(w http.ResponseWriter, r *http.Request, v page, body templ.Component) error {
	var b bytes.Buffer
	ctx := context.WithoutCancel(r.Context())
	if err := p.bare(v, body).Render(ctx, &b); err != nil {
		return err
	}
	zipped := look.Gzipped(b.Bytes())
	return writePage(w, r, http.StatusOK, true, zipped)
}

// writePage writes a finished page. What anybody may read may be asked for again within a minute without asking.
func writePage(w http.ResponseWriter, r *http.Request, status int, public bool, zipped []byte) error {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept-Encoding")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	if public && status == http.StatusOK {
		h.Set("Cache-Control", "public, max-age=60")
	}
	out := zipped
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
	} else {
		z, err := gzip.NewReader(bytes.NewReader(zipped))
		if err != nil {
			return fmt.Errorf("open page: %w", err)
		}
		if out, err = io.ReadAll(z); err != nil {
			return fmt.Errorf("open page: %w", err)
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(out) // the reader went away: nobody to tell
	return nil
}
