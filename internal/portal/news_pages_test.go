package portal_test

var _ = shows(map[string]example{
	// plantNews puts in which article
	"GET /tin":             {Path: "/tin"},
	"GET /tin/doc-nhieu":   {Path: "/tin/doc-nhieu"},
	"GET /tin/rss.xml":     {Path: "/tin/rss.xml", File: true},
	"GET /tin/{id}":        {File: true},
	"GET /tin/{id}/{ten}":  {},
	"GET /tin/{id}/gop-y":  {},
	"POST /tin/{id}/gop-y": {},
	"GET /tin-anh/{file}":  {File: true},
	"GET /sitemap.xml":     {Path: "/sitemap.xml", File: true},
}, "/tin?xa=02143&chu-de=democracy&tim=khong+co+gi", "/tin?trang=99", "/tin/999999/khong-co", "/tin/doc-nhieu?ky=30")
