package web

import "danvan/internal/access"

// deskRoutes are the pages of what a person meets first and has put on the desk.
func (s *server) deskRoutes() []route {
	return []route{
		{"GET /{$}", access.ReadWork, onScope, s.kept(s.home)},
	}
}
