package cli

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"danvan/internal/fault"
)

// door is how browsers reach the pages: over https, through a proxy of the office that speaks https, or, on this
// machine alone, over plain http.
type door struct {
	Listen  string
	Hosts   []string       // names by which the office calls the program
	Portal  string         // the public portal's own name, empty where it stands at /cong of the others
	Cert    string         // files of the certificate and its key
	Key     string         //
	Behind  bool           // a proxy stands before it and speaks https
	Proxies []netip.Prefix // besides this machine
}

// check refuses a door through which passwords would travel readable.
func (d door) check() error {
	host, _, err := net.SplitHostPort(d.Listen)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, "Địa chỉ “"+d.Listen+"” không đúng. Viết như 127.0.0.1:8080.")
	}
	switch {
	case (d.Cert == "") != (d.Key == ""):
		return fault.New(fault.Invalid, "Cần cả chứng thư (--tls-cert) và khóa của nó (--tls-key).")
	case d.Cert != "" && d.Behind:
		return fault.New(fault.Invalid, "Chọn một: tự phục vụ https (--tls-cert, --tls-key) hoặc đứng sau máy chủ trung gian (--behind-proxy).")
	case len(d.Proxies) > 0 && !d.Behind:
		return fault.New(fault.Invalid, "--proxy chỉ đi cùng --behind-proxy.")
	case d.plain() && !isLoopback(host):
		return fault.New(fault.Invalid, "Máy khác vào được địa chỉ “"+d.Listen+"”, nên phải dùng https: đưa --tls-cert và --tls-key, hoặc đặt sau máy chủ trung gian bằng --behind-proxy. Không mã hóa thì chỉ phục vụ trên chính máy này: 127.0.0.1, [::1] hoặc localhost.")
	case !d.plain() && len(d.Hosts) == 0:
		return fault.New(fault.Invalid, "Cần tên mà trình duyệt gọi chương trình, như --host danvan.tinh.gov.vn. Yêu cầu gọi tên khác bị từ chối.")
	}
	return nil
}

// plain reports whether the door speaks http without a proxy before it.
func (d door) plain() bool { return d.Cert == "" && !d.Behind }

// root is the address by which browsers call the program.
func (d door) root() string {
	switch {
	case d.plain() && len(d.Hosts) > 0:
		return "http://" + d.Hosts[0]
	case d.plain():
		return "http://" + d.Listen
	}
	return "https://" + d.Hosts[0]
}

// portalRoot is the address by which browsers call the public portal.
func (d door) portalRoot() string {
	switch {
	case d.Portal == "":
		return d.root()
	case d.plain():
		return "http://" + d.Portal
	}
	return "https://" + d.Portal
}

// shown is the address to open, printed at the start; addr is where the program listens. Other than root it names the
// port of a door with a certificate of its own.
func (d door) shown(addr string) string {
	_, port, err := net.SplitHostPort(addr)
	switch {
	case d.plain():
		return "http://" + addr
	case d.Behind || err != nil || port == "443" || strings.Contains(d.Hosts[0], ":"):
		return d.root()
	}
	return d.root() + ":" + port
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

// guard lets in only what came through the door as it should.
func (d door) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.knows(r.Host) {
			http.Error(w, "Không phục vụ dưới tên này. Hãy dùng đúng địa chỉ mà cơ quan đã báo.", http.StatusMisdirectedRequest)
			return
		}
		if d.Behind && !d.through(w, r) {
			return
		}
		if !d.plain() {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// knows reports whether a request calls the program by one of its names: a page elsewhere cannot make a browser here
// read ours by pointing its own name at this machine. On plain http the names of this machine are known too.
func (d door) knows(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.ToLower(name)
	if d.Portal != "" && strings.EqualFold(d.Portal, name) {
		return true
	}
	return d.plain() && isLoopback(name) || slices.ContainsFunc(d.Hosts, func(own string) bool {
		return strings.EqualFold(own, host) || strings.EqualFold(own, name)
	})
}

// through takes from the proxy who is asking, and makes sure that it was asked over https.
func (d door) through(w http.ResponseWriter, r *http.Request) bool {
	host, port, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !d.trusted(host) {
		http.Error(w, "Chỉ nhận yêu cầu qua máy chủ trung gian của cơ quan.", http.StatusForbidden)
		return false
	}
	switch proto := r.Header.Get("X-Forwarded-Proto"); {
	case proto == "http" && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusPermanentRedirect)
		return false
	case proto != "https":
		http.Error(w, "Máy chủ trung gian chưa báo X-Forwarded-Proto: https.", http.StatusBadRequest)
		return false
	}
	r.RemoteAddr = net.JoinHostPort(d.client(r, host), port)
	return true
}

// client is the last address in X-Forwarded-For that is not one of our own proxies: what stands before it may be
// invented by whoever asks.
func (d door) client(r *http.Request, peer string) string {
	all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(all) {
		ip, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		peer = ip.Unmap().String()
		if !d.trusted(peer) {
			break
		}
	}
	return peer
}

func (d door) trusted(host string) bool {
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	ip = ip.Unmap()
	return ip.IsLoopback() || slices.ContainsFunc(d.Proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// listener opens the door.
func (d door) listener() (net.Listener, error) {
	if d.Cert == "" {
		return listen(d.Listen)
	}
	c := &certificate{cert: d.Cert, key: d.Key}
	if _, err := c.now(nil); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "Không dùng được chứng thư "+d.Cert+" với khóa "+d.Key+". Hãy kiểm tra hai tệp PEM và quyền đọc.")
	}
	l, err := listen(d.Listen)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{GetCertificate: c.now, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}), nil
}

// certificate is read again when its file has changed, for certificates are renewed while the program runs.
type certificate struct {
	cert, key string

	mu    sync.Mutex
	read  time.Time
	found *tls.Certificate
}

func (c *certificate) now(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	info, err := os.Stat(c.cert)
	if err == nil && (c.found == nil || info.ModTime().After(c.read)) {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(c.cert, c.key); err == nil {
			c.found, c.read = &pair, info.ModTime()
		}
	}
	if c.found != nil { // an unfinished renewal: the old one still serves
		return c.found, nil
	}
	return nil, fmt.Errorf("read certificate: %w", err)
}
