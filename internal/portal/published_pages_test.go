package portal_test

var _ = shows(map[string]example{
	"GET /cong-khai": {Path: "/cong-khai?xa=02143"},
	"GET /ban-bac":   {Path: "/ban-bac?xa=02143"},
	"GET /giam-sat":  {Path: "/giam-sat?xa=02143"},
	"GET /hoi-nghi":  {Path: "/hoi-nghi"},
}, "/cong-khai", "/cong-khai?xa=khong-co", "/hoi-nghi?nam=abc")
