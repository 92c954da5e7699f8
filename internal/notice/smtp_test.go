package notice

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// box is a real SMTP server that keeps what it is given, or refuses it.
type box struct {
	mu      sync.Mutex
	got     []string
	refuse  error
	address string
	trust   *tls.Config
	server  *smtp.Server
}

const mailPassword = "mat khau thu"

func (b *box) letters() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string{}, b.got...)
}

func (b *box) say(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse = err
}

func (b *box) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, secure := c.TLSConnectionState()
	return &talk{box: b, secure: secure}, nil
}

// talk is one connection: nothing is taken from who did not sign in over TLS.
type talk struct {
	box        *box
	secure, in bool
}

func (s *talk) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *talk) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "danvan" || password != mailPassword {
			return errors.New("no")
		}
		s.in = s.secure
		return nil
	}), nil
}

func (s *talk) Mail(string, *smtp.MailOptions) error {
	if !s.in {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *talk) Rcpt(string, *smtp.RcptOptions) error {
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	return s.box.refuse
}

func (s *talk) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	s.box.got = append(s.box.got, string(text))
	return err
}

func (s *talk) Reset()        {}
func (s *talk) Logout() error { return nil }

// postbox starts a mail server with STARTTLS and a password.
func postbox(t *testing.T) *box {
	t.Helper()
	cert, roots := selfSigned(t)
	b := &box{trust: &tls.Config{RootCAs: roots, ServerName: "localhost"}}
	b.server = smtp.NewServer(b)
	b.server.Domain = "localhost"
	b.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.address = l.Addr().String()
	go func() { _ = b.server.Serve(l) }()
	t.Cleanup(func() { _ = b.server.Close() })
	return b
}

func (b *box) settings(t *testing.T, password string) *Server {
	t.Helper()
	s, err := NewServer(b.address, "danvan@tinh.vd.vn", "danvan", password, "starttls", "https://danvan.tinh.vd.vn/")
	if err != nil {
		t.Fatal(err)
	}
	s.Trust = b.trust
	return s
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, made, made, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

func TestServerSettings(t *testing.T) {
	for name, c := range map[string][]string{
		"no port":                     {"thu.vd.vn", "a@vd.vn", "starttls"},
		"sender with a name":          {"thu.vd.vn:587", "A <a@vd.vn>", "starttls"},
		"no sender":                   {"thu.vd.vn:587", "", "starttls"},
		"in the clear over a network": {"thu.vd.vn:25", "a@vd.vn", "none"},
		"unknown way":                 {"thu.vd.vn:25", "a@vd.vn", "ssl"},
	} {
		if _, err := NewServer(c[0], c[1], "", "", c[2], ""); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := NewServer("127.0.0.1:25", "a@vd.vn", "", "", "none", ""); err != nil {
		t.Error(err)
	}
}
