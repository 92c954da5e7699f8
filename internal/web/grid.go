package web

import "net/http"

func (s *server) gridPage(w http.ResponseWriter, r *http.Request) error { return s.missing(w, r) }
func (s *server) gridSave(w http.ResponseWriter, r *http.Request) error { return s.missing(w, r) }
