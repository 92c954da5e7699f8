package web

import "danvan/internal/access"

// deskRoutes are the pages of what a person meets first and has put on the desk, and of the shell around all pages.
func (s *server) deskRoutes() []route {
	return []route{
		{"GET /{$}", access.SignedIn, nil, s.home},
		{"GET " + boardPath, access.ReadWork, onScope, s.board},
		{"POST " + boardPath, access.ReadWork, nil, s.boardAdd},
		{"POST " + boardPath + "/{card}/bo", access.ReadWork, nil, s.boardRemove},
		{"POST " + boardPath + "/{card}/cho", access.ReadWork, nil, s.boardPlace},
		{"GET /don-vi/goi-y", access.SignedIn, nil, s.unitSuggestions},
		{"GET /don-vi/chon", access.SignedIn, nil, s.unitChooser},
		{"GET /phim-tat", access.SignedIn, nil, s.shortcuts},
	}
}
