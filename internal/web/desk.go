package web

import "danvan/internal/access"

// deskRoutes are the pages of what a person meets first and has put on the desk, and of the shell around all pages.
func (s *server) deskRoutes() []route {
	return []route{
		{"GET /{$}", access.ReadWork, onScope, s.home},
		{"GET /don-vi/goi-y", access.SignedIn, nil, s.unitSuggestions},
		{"GET /don-vi/chon", access.SignedIn, nil, s.unitChooser},
		{"GET /phim-tat", access.SignedIn, nil, s.shortcuts},
	}
}
