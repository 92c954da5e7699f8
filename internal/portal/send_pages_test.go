package portal_test

var _ = shows(map[string]example{
	"GET /gui":     {Path: "/gui?xa=02143"},
	"POST /gui":    {Path: "/gui", Form: "buoc=noi&toi=tiep&khoa=AAAAAAAAAAAAAAAAAAAAAAAAAA"},
	"GET /to-cao":  {Path: "/to-cao"},
	"POST /to-cao": {Path: "/to-cao", Form: "buoc=ke&toi=tiep&xa=02143"},
})
