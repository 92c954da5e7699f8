package notice

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"danvan/internal/fault"
)

// Server is the mail server of the office, by which reminders leave.
type Server struct {
	Host     string
	Port     int
	From     string // the sender's address
	User     string // empty: the server asks nobody who he is
	Password string // never shown, never logged
	Security Security
	Site     string      // the program's address in the mail, without a slash at its end
	Trust    *tls.Config // nil: what the machine trusts; set by tests
}

// Security is how the line to the server is guarded.
type Security string

// The ways: STARTTLS is required, TLS from the first byte, none (a server on the same machine only).
const (
	StartTLS Security = "starttls"
	TLS      Security = "tls"
	Plain    Security = "none"
)

// NewServer checks the settings. address is host:port; a password goes over a guarded line only.
func NewServer(address, from, user, password, security, site string) (*Server, error) {
	host, portText, err := net.SplitHostPort(address)
	port, err2 := strconv.Atoi(portText)
	if err != nil || err2 != nil || host == "" || port < 1 || port > 65535 {
		return nil, fault.Newf(fault.Invalid, "Địa chỉ máy chủ thư “%s” không đúng. Viết như thu.tinh.gov.vn:587.", address)
	}
	if a, err := netmail.ParseAddress(from); err != nil || a.Address != from {
		return nil, fault.Newf(fault.Invalid, "Địa chỉ người gửi “%s” không đúng. Viết như danvan@tinh.gov.vn (--mail-from).", from)
	}
	s := &Server{Host: host, Port: port, From: from, User: user, Password: password, Security: Security(security), Site: strings.TrimSuffix(site, "/")}
	switch s.Security {
	case StartTLS, TLS:
	case Plain:
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, fault.New(fault.Invalid, "Không mã hóa đường thư chỉ dùng được với máy chủ thư trên chính máy này. Dùng --mail-security starttls hoặc tls.")
		}
	default:
		return nil, fault.Newf(fault.Invalid, "Cách bảo vệ đường thư “%s” không có; dùng starttls, tls hoặc none.", security)
	}
	return s, nil
}

// Refused is a mail that the server will never take.
type Refused struct{ err error }

func (r *Refused) Error() string { return r.err.Error() }

// sendTime bounds one try.
const sendTime = 30 * time.Second

// send hands one mail to the server.
func (s *Server) send(ctx context.Context, m Mail) error {
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.FromFormat("danvan", s.From); err != nil {
		return err
	}
	if err := msg.To(m.Address); err != nil {
		return &Refused{fmt.Errorf("address: %w", err)}
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDateWithValue(m.At)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(mail.TypeTextPlain, m.Body)
	client, err := mail.NewClient(s.Host, s.options()...)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, msg)
	var sent *mail.SendError
	if errors.As(err, &sent) && !sent.IsTemp() && sent.ErrorCode() >= 500 {
		return &Refused{err}
	}
	return err
}

func (s *Server) options() []mail.Option {
	opts := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(sendTime)}
	switch s.Security {
	case TLS:
		opts = append(opts, mail.WithSSL())
	case StartTLS:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	}
	if s.Trust != nil {
		opts = append(opts, mail.WithTLSConfig(s.Trust))
	}
	if s.User != "" {
		opts = append(opts, mail.WithUsername(s.User), mail.WithPassword(s.Password), mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover))
	}
	return opts
}

// newMessageID is a name for a mail that stays the same through all tries.
func newMessageID(from string) string {
	_, domain, _ := strings.Cut(from, "@")
	return strings.ToLower(rand.Text()) + "@" + domain
}
