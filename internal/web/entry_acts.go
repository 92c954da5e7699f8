package web

import (
	"net/http"
	"strings"
)

// entryActs are the pages of one entry, /ghi-nhan/{id}/sua and its like, by method and last word. The multiplexer
// takes them as one pattern: word by word they would meet /ghi-nhan/moi/{kind} in /ghi-nhan/moi/sua.
type entryActs map[string]map[string]http.Handler

func (a entryActs) take(pattern string, h http.Handler) bool {
	method, path, _ := strings.Cut(pattern, " ")
	word, ok := strings.CutPrefix(path, "/ghi-nhan/{id}/")
	if !ok || strings.Contains(word, "/") {
		return false
	}
	if a[method] == nil {
		a[method] = map[string]http.Handler{}
	}
	a[method][word] = h
	return true
}

func (a entryActs) on(mux *http.ServeMux, missing http.Handler) {
	for method, words := range a {
		mux.HandleFunc(method+" /ghi-nhan/{id}/{act}", func(w http.ResponseWriter, r *http.Request) {
			if h, ok := words[r.PathValue("act")]; ok {
				h.ServeHTTP(w, r)
				return
			}
			missing.ServeHTTP(w, r)
		})
	}
}
