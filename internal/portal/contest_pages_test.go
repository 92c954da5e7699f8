package portal_test

var _ = shows(map[string]example{
	"GET /hoi-thi":                          {Path: "/hoi-thi"},
	"GET /hoi-thi/{id}":                     {Path: "/hoi-thi/{contest}"},
	"GET /hoi-thi/{id}/bai/{so}":            {Path: "/hoi-thi/{contest}/bai/1"},
	"GET /hoi-thi/{id}/bai/{so}/anh":        {Path: "/hoi-thi/{contest}/bai/1/anh", File: true},
	"GET /hoi-thi/{id}/bai/{so}/binh-chon":  {Path: "/hoi-thi/{contest}/bai/1/binh-chon"},
	"POST /hoi-thi/{id}/bai/{so}/binh-chon": {Path: "/hoi-thi/{contest}/bai/1/binh-chon", Form: "khoa=0123456789abcdef&trang-web=may"},
}, "/hoi-thi/{contest}/bai/1/binh-chon?xong=binh-chon", "/hoi-thi/1", "/hoi-thi/{contest}/bai/9")
