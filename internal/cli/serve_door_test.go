package cli

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestDoorRefusesPlainHTTP(t *testing.T) {
	for _, x := range []struct {
		door door
		fine bool
	}{
		{door{Listen: "127.0.0.1:8080"}, true},
		{door{Listen: "[::1]:8080"}, true},
		{door{Listen: "localhost:8080"}, true},
		{door{Listen: "0.0.0.0:8080"}, false},
		{door{Listen: ":8080"}, false},
		{door{Listen: "10.0.0.5:80", Hosts: []string{"vd.vn"}}, false},
		{door{Listen: "8080"}, false},
		{door{Listen: ":443", Cert: "c", Key: "k", Hosts: []string{"vd.vn"}}, true},
		{door{Listen: ":443", Cert: "c", Key: "k"}, false},
		{door{Listen: ":443", Cert: "c", Hosts: []string{"vd.vn"}}, false},
		{door{Listen: "10.0.0.5:8080", Behind: true, Hosts: []string{"vd.vn"}}, true},
		{door{Listen: "127.0.0.1:8080", Behind: true}, false},
	} {
		if err := x.door.check(); (err == nil) != x.fine {
			t.Errorf("%+v: %v", x.door, err)
		}
	}
}

func TestDoorGuards(t *testing.T) {
	proxied := door{Listen: ":80", Behind: true, Hosts: []string{"vd.vn"}, Proxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
	here := door{Listen: "127.0.0.1:8080"}
	for _, x := range []struct {
		name, host, from, proto, hops string
		door                          door
		status                        int
		client                        string
	}{
		{"this machine", "127.0.0.1:8080", "127.0.0.1:5", "", "", here, 200, "127.0.0.1:5"},
		{"another name", "evil.example", "127.0.0.1:5", "", "", here, 421, ""},
		{"who asks is believed on plain http", "localhost", "127.0.0.1:5", "https", "9.9.9.9", here, 200, "127.0.0.1:5"},
		{"through the proxy", "vd.vn", "10.1.2.3:5", "https", "203.0.113.9, 10.1.9.9", proxied, 200, "203.0.113.9:5"},
		{"invented hops", "VD.vn", "127.0.0.1:5", "https", "1.1.1.1, 203.0.113.9", proxied, 200, "203.0.113.9:5"},
		{"around the proxy", "vd.vn", "203.0.113.9:5", "https", "", proxied, 403, ""},
		{"http before the proxy", "vd.vn", "10.1.2.3:5", "http", "", proxied, 308, ""},
		{"a proxy that says nothing", "vd.vn", "10.1.2.3:5", "", "", proxied, 400, ""},
		{"loopback name behind a proxy", "localhost", "10.1.2.3:5", "https", "", proxied, 421, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host, r.RemoteAddr = x.host, x.from
		if x.proto != "" {
			r.Header.Set("X-Forwarded-Proto", x.proto)
			r.Header.Set("X-Forwarded-For", x.hops)
		}
		client := ""
		w := httptest.NewRecorder()
		x.door.guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { client = r.RemoteAddr })).ServeHTTP(w, r)
		if w.Code != x.status || client != x.client {
			t.Errorf("%s: %d from %q, want %d from %q", x.name, w.Code, client, x.status, x.client)
		}
	}
}

func TestDoorShowsItsPort(t *testing.T) {
	for _, x := range []struct {
		d    door
		addr string
		want string
	}{
		{door{Listen: "0.0.0.0:8443", Cert: "c.pem", Hosts: []string{"danvan.tinh.gov.vn"}}, "[::]:8443", "https://danvan.tinh.gov.vn:8443"},
		{door{Listen: "0.0.0.0:443", Cert: "c.pem", Hosts: []string{"danvan.tinh.gov.vn"}}, "[::]:443", "https://danvan.tinh.gov.vn"},
		{door{Listen: "10.0.0.5:8080", Behind: true, Hosts: []string{"danvan.tinh.gov.vn"}}, "10.0.0.5:8080", "https://danvan.tinh.gov.vn"},
		{door{Listen: "127.0.0.1:0"}, "127.0.0.1:4321", "http://127.0.0.1:4321"},
	} {
		if got := x.d.shown(x.addr); got != x.want {
			t.Errorf("%+v at %s: %q, want %q", x.d, x.addr, got, x.want)
		}
	}
}
