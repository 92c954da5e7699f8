package web

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"danvan/internal/fault"
	"danvan/internal/identity"
)

// factorView is a second factor that is being set up: its picture and its text.
type factorView struct {
	Size   int    // of the picture, in modules with their quiet zone
	Path   string // of the dark modules, as an SVG path
	Secret string // as it is sent back
	Typed  string // in groups of four, for typing
	Link   string // otpauth address: on a telephone a link opens the program
}

// quiet is the white margin that readers of QR codes need.
const quiet = 4

func factorPicture(f identity.Factor) (factorView, error) {
	size, path, err := qrPicture(f.URL)
	if err != nil {
		return factorView{}, err
	}
	return factorView{Size: size, Path: path, Secret: f.Secret, Typed: inGroups(f.Secret), Link: f.URL}, nil
}

// qrPicture is a text as a QR code: its size in modules with the quiet zone, and its dark modules as an SVG path.
func qrPicture(text string) (size int, path string, err error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return 0, "", fmt.Errorf("draw QR code: %w", err)
	}
	var b strings.Builder
	side := code.Bounds().Dx()
	for y := range side {
		for x := 0; x < side; x++ {
			from := x
			for x < side && isDark(code, x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return side + 2*quiet, b.String(), nil
}

func inGroups(s string) string {
	var out []string
	for len(s) > 4 {
		out, s = append(out, s[:4]), s[4:]
	}
	return strings.Join(append(out, s), " ")
}

// office is how an authenticator program names this installation.
func (s *server) office(r *http.Request) string {
	if s.Demo != "" {
		return "danvan (minh họa)"
	}
	return "danvan " + r.Host
}

// drawFactor gives a form its second factor: the one that it already showed, or a new one.
func (s *server) drawFactor(r *http.Request, a identity.Account, secret string) (factorView, error) {
	f, err := s.Accounts.FactorOf(s.office(r), a, secret)
	if err != nil {
		if f, err = s.Accounts.NewFactor(s.office(r), a); err != nil {
			return factorView{}, err
		}
	}
	return factorPicture(f)
}

func (s *server) firstFactorPage(w http.ResponseWriter, r *http.Request) error {
	_, st, ok, err := s.owes(w, r, identity.OweSetting)
	if err != nil || !ok {
		return err
	}
	return s.showFirstFactor(w, r, http.StatusOK, st)
}

func (s *server) showFirstFactor(w http.ResponseWriter, r *http.Request, status int, st step) error {
	in, _ := session(r.Context())
	var err error
	if st.Factor, err = s.drawFactor(r, in.Account, st.get(secretText)); err != nil {
		return err
	}
	return s.render(w, r, status, page{Title: titled("Thiết lập lớp thứ hai", st.Wrong)}, firstFactorView(st))
}

func (s *server) sendFirstFactor(w http.ResponseWriter, r *http.Request) error {
	in, st, ok, err := s.owes(w, r, identity.OweSetting)
	if err != nil || !ok {
		return err
	}
	in, codes, err := s.Accounts.SetUp(r.Context(), in, st.get(secretText), st.get(codeField))
	if err != nil {
		if errors.Is(err, identity.ErrNoSession) || fault.KindOf(err) == fault.Internal || fault.KindOf(err) == fault.Unavailable {
			return err
		}
		st.say(codeField, fault.Say(err))
		return s.showFirstFactor(w, r, http.StatusBadRequest, st)
	}
	s.setToken(w, in.Token)
	return s.render(w, r, http.StatusOK, page{Title: "Mã khôi phục"}, codesView(codes, st))
}

func isDark(code barcode.Barcode, x, y int) bool {
	red, _, _, _ := code.At(x, y).RGBA()
	return red == 0
}
