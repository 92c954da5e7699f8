package portal_test

var _ = shows(map[string]example{
	"GET /doi-thoai":               {Path: "/doi-thoai"},
	"GET /doi-thoai/lich.ics":      {Path: "/doi-thoai/lich.ics", File: true},
	"GET /doi-thoai/{id}":          {Path: "/doi-thoai/{session}"},
	"GET /doi-thoai/{id}/lich.ics": {Path: "/doi-thoai/{plan}/lich.ics", File: true},
	"GET /tiep-xuc":                {Path: "/tiep-xuc"},
	"GET /cam-ket":                 {Path: "/cam-ket"},
	"GET /cam-ket/{id}":            {Path: "/cam-ket/{promise}"},
	"GET /cam-ket/{id}/anh/{so}":   {Path: "/cam-ket/{promise}/anh/1", File: true},
	"GET /cam-ket/{id}/tra-loi":    {Path: "/cam-ket/{promise}/tra-loi"},
	"POST /cam-ket/{id}/tra-loi":   {Path: "/cam-ket/{promise}/tra-loi", Form: "tra-loi=chua-dong-y&ma=ABCD"},
}, "/doi-thoai/{plan}", "/cam-ket?tinh-trang=qua-han&xa=02143", "/cam-ket?xa=khong", "/doi-thoai?xa=02143", "/doi-thoai?trang=3", "/ban-bac?trang=2", "/cam-ket?trang=99")
