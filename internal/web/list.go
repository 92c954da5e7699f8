package web

import (
	"net/http"
	"slices"
)

// holds reports whether one of a field's values is the one.
func (f form) holds(name, value string) bool { return slices.Contains(f.Values[name], value) }

func (s *server) shortcuts(w http.ResponseWriter, r *http.Request) error {
	f := s.frame(r, page{})
	return s.render(w, r, http.StatusOK, page{Title: "Phím tắt"}, shortcutsPage(f.Groups, f.Finds))
}
