package web

import (
	"bytes"
	"context"
	"net/http"

	"github.com/a-h/templ"

	"danvan/internal/fault"
)

// handler answers one request with a page, or returns why it cannot.
type handler func(w http.ResponseWriter, r *http.Request) error

// page is what the shell around every page needs to know.
type page struct {
	Title   string
	Section string   // which line of the navigation is current: a Key of navigation in frame.go
	Scope   *scope   // unit, period and basis, where the page obeys them
	Scripts []string // script files besides app.js that improve this page
	Again   bool     // without scripts the page loads itself anew every two seconds
}

// answer turns a handler into an http.Handler: an error becomes a page with its Vietnamese sentence.
func (s *server) answer(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h(w, r)
		if err == nil {
			return
		}
		if !asksJSON(r) && s.keptTyped(w, r, err) {
			return
		}
		status := httpStatus(err)
		if status >= 500 {
			s.Log.Error("page failed", "path", r.URL.Path, "err", err)
		}
		if asksJSON(r) {
			_ = writeJSON(w, status, scriptReply{Say: fault.Say(err)}) // the reader went away: nobody to tell
			return
		}
		p := page{Title: "Lỗi: " + lowerFirst(errorTitle(status))}
		if err := s.render(w, r, status, p, errorView(errorTitle(status), fault.Say(err))); err != nil {
			s.Log.Error("error page failed", "path", r.URL.Path, "err", err)
		}
	})
}

func httpStatus(err error) int {
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

func errorTitle(status int) string {
	switch status {
	case http.StatusNotFound:
		return "Không có trang này"
	case http.StatusBadRequest:
		return "Địa chỉ hoặc điều kiện không đúng"
	case http.StatusForbidden:
		return "Không được phép"
	case http.StatusConflict:
		return "Đã có thay đổi"
	}
	return "Chương trình chưa trả lời được"
}

// render writes the page whole or not at all, so that a failure in the middle is an error page, not half a page.
func (s *server) render(w http.ResponseWriter, r *http.Request, status int, p page, body templ.Component) error {
	var b bytes.Buffer
	ctx := context.WithoutCancel(r.Context())
	if err := body.Render(ctx, &b); err != nil {
		return err
	}
	if key, ok := ctx.Value(keptKey{}).(keptAt); ok && status == http.StatusOK {
		s.pages.put(key, keptPage{p, b.Bytes()})
	}
	return s.wrap(w, r, status, p, b.Bytes())
}

// piece writes a piece of a page, for a script of ours to put into one.
func (s *server) piece(w http.ResponseWriter, r *http.Request, body templ.Component) error {
	var b bytes.Buffer
	if err := body.Render(context.WithoutCancel(r.Context()), &b); err != nil {
		return err
	}
	return writePage(w, r, http.StatusOK, gzipped(b.Bytes()))
}

// wrap puts the shell of the one who asks around a finished body.
func (s *server) wrap(w http.ResponseWriter, r *http.Request, status int, p page, body []byte) error {
	var b bytes.Buffer
	if err := s.shell(s.frame(r, p), templ.Raw(string(body))).Render(context.WithoutCancel(r.Context()), &b); err != nil {
		return err
	}
	return writePage(w, r, status, gzipped(b.Bytes()))
}

func (s *server) missing(http.ResponseWriter, *http.Request) error {
	return fault.New(fault.NotFound, "Không có trang ở địa chỉ này. Hãy kiểm tra lại địa chỉ, hoặc bắt đầu từ trang báo cáo.")
}

// secured sets the headers of every answer. Scripts come from this program only, never from within a page.
func secured(next http.Handler) http.Handler {
	const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
