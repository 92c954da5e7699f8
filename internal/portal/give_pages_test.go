package portal_test

var _ = shows(map[string]example{
	// plantWork puts in which work
	"GET /dong-gop":                  {Path: "/dong-gop"},
	"GET /dong-gop/{id}":             {},
	"GET /dong-gop/{id}/thu-chi.csv": {File: true},
	"GET /dong-gop/{id}/anh":         {File: true},
}, "/dong-gop?xa=02143", "/dong-gop?xa=khong-co", "/dong-gop/1")
