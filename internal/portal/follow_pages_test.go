package portal_test

var _ = shows(map[string]example{
	"GET /theo-doi":           {Path: "/theo-doi?so=DT-2026-000123"},
	"POST /theo-doi":          {Path: "/theo-doi", Form: "so=DT-2026-000123&ma=AAAA-BBBB-CCCC-DDDD"},
	"POST /theo-doi/viet":     {Path: "/theo-doi/viet", Form: "ve=x&loi=a"},
	"POST /theo-doi/danh-gia": {Path: "/theo-doi/danh-gia", Form: "ve=x"},
	"POST /theo-doi/mo-lai":   {Path: "/theo-doi/mo-lai", Form: "ve=x"},
	"POST /theo-doi/van-ban":  {Path: "/theo-doi/van-ban", Form: "ve=x"},
})
