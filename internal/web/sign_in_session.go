package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"

	"danvan/internal/access"
	"danvan/internal/db"
	"danvan/internal/identity"
)

// The cookie of a session. The prefix binds it to this host and to https. A browser at the demo on this machine
// speaks plain http; some keep a Secure cookie there and some (Safari) do not, so there, and only there, the token
// travels under a second name too.
const (
	sessionCookie = "__Host-danvan"
	plainCookie   = "danvan-may-nay"
)

// asking is who asks and by which session; both may be missing, and a session may owe a step before there is a viewer.
type asking struct {
	viewer  *access.Viewer
	session *identity.Session
	step    identity.Step
}

// whoAsks finds who is asking: by the session in the cookie, or as a test says.
func (s *server) whoAsks(w http.ResponseWriter, r *http.Request) (asking, error) {
	if s.Who != nil {
		v, err := s.Who(r)
		return asking{viewer: v}, err
	}
	token := s.token(r)
	if token == "" || s.Accounts == nil {
		return asking{}, nil
	}
	in, err := s.Accounts.Session(r.Context(), token)
	if errors.Is(err, identity.ErrNoSession) {
		return asking{}, nil
	}
	if err != nil {
		return asking{}, err
	}
	return s.asks(w, r.Context(), in)
}

// asks joins a session with what the person may do now. Where that has changed the session gets a new token.
func (s *server) asks(w http.ResponseWriter, ctx context.Context, in identity.Session) (asking, error) {
	v, err := s.viewerFor(ctx, in.Account)
	if err != nil {
		return asking{}, err
	}
	a := asking{viewer: v, session: &in, step: in.Step(needsTOTP(v))}
	if a.step != identity.Done {
		a.viewer = nil
	}
	if now := rightsOf(v); now != in.Rights {
		if in, err = s.Accounts.Renew(ctx, in, now); err != nil {
			return asking{}, err
		}
		a.session = &in
		s.setToken(w, in.Token)
	}
	return a, nil
}

// viewerFor is an account with the grants that hold today.
func (s *server) viewerFor(ctx context.Context, a identity.Account) (*access.Viewer, error) {
	tree, err := s.Tree(ctx)
	if err != nil {
		return nil, err
	}
	grants, err := access.Grants(ctx, s.DB.Read(), a.ID)
	if err != nil {
		return nil, err
	}
	v := s.scopes.Viewer(tree, s.Today(), a.ID, a.Login, a.Name, grants)
	v.Theme = a.Theme
	return v, nil
}

func needsTOTP(v *access.Viewer) bool {
	return slices.ContainsFunc(v.Grants, func(g access.Grant) bool { return g.Role.NeedsTOTP() })
}

// rightsOf is a digest of what somebody may do: another one means other rights.
func rightsOf(v *access.Viewer) string {
	var all []string
	for _, g := range v.Grants {
		all = append(all, fmt.Sprint(g.Role, g.Unit, g.For))
	}
	slices.Sort(all)
	sum := sha256.Sum256([]byte(strings.Join(all, "\n")))
	return hex.EncodeToString(sum[:8])
}

// token is what the browser sent.
func (s *server) token(r *http.Request) string {
	for _, name := range []string{sessionCookie, plainCookie} {
		if name == plainCookie && !s.Plain {
			break
		}
		if c, err := r.Cookie(name); err == nil && len(c.Value) == 43 {
			return c.Value
		}
	}
	return ""
}

// setToken gives the browser a token; empty takes nothing away.
func (s *server) setToken(w http.ResponseWriter, token string) {
	if token == "" {
		return
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: token, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	if s.Plain {
		http.SetCookie(w, &http.Cookie{Name: plainCookie, Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
}

func (s *server) dropToken(w http.ResponseWriter) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
	if s.Plain {
		http.SetCookie(w, &http.Cookie{Name: plainCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: -1})
	}
}

// begin opens a session for whoever was found to be who he says, and gives the browser its token.
func (s *server) begin(w http.ResponseWriter, r *http.Request, a identity.Account) (asking, error) {
	v, err := s.viewerFor(r.Context(), a)
	if err != nil {
		return asking{}, err
	}
	from := identity.Browser{Old: s.token(r), Address: address(r), Device: device(r.UserAgent())}
	var in identity.Session
	err = s.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		in, err = s.Accounts.Open(r.Context(), tx, a, from, rightsOf(v))
		return err
	})
	if err != nil {
		return asking{}, err
	}
	s.setToken(w, in.Token)
	return s.asks(w, r.Context(), in)
}

type askingKey struct{}

// session is by which session somebody asks, and what it owes; nil for none.
func session(ctx context.Context) (*identity.Session, identity.Step) {
	a, _ := ctx.Value(askingKey{}).(asking)
	return a.session, a.step
}

// with puts who asks into the context of a request.
func (a asking) with(ctx context.Context) context.Context {
	return seeing(context.WithValue(context.WithValue(ctx, viewerKey{}, a.viewer), askingKey{}, a), a.viewer)
}

// address is the network address that a request came from.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// What a browser calls itself, the more special first: most of them also claim to be others.
var (
	browserNames = [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"coc_coc", "Cốc Cốc"}, {"SamsungBrowser", "Samsung Internet"}, {"Firefox/", "Firefox"}, {"FxiOS", "Firefox"}, {"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	machineNames = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}}
)

// device says in words what a browser calls itself.
func device(agent string) string {
	pick := func(names [][2]string, other string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return other
	}
	return pick(browserNames, "Trình duyệt khác") + " trên " + pick(machineNames, "thiết bị khác")
}
