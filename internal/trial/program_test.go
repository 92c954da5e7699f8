package trial_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"danvan/internal/web/browser"
)

// program is danvan as it runs.
type program struct {
	root string // "http://127.0.0.1:8080"
	data string
}

var (
	theProgram = sync.OnceValues(startProgram)
	closing    []func()
)

func TestMain(m *testing.M) {
	code := m.Run()
	for i := len(closing) - 1; i >= 0; i-- {
		closing[i]()
	}
	os.Exit(code)
}

func running(t testing.TB) *program {
	t.Helper()
	p, err := theProgram()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// startProgram builds the program and a province without entries, and serves it.
func startProgram() (*program, error) {
	if root := os.Getenv("DANVAN_TRIAL_ROOT"); root != "" {
		return &program{root, os.Getenv("DANVAN_TRIAL_DATA")}, nil
	}
	dir, err := os.MkdirTemp("", "danvan-trial")
	if err != nil {
		return nil, err
	}
	closing = append(closing, func() { _ = os.RemoveAll(dir) })
	bin := os.Getenv("DANVAN_TRIAL_BIN")
	if bin == "" {
		bin = filepath.Join(dir, "danvan")
		if out, err := exec.Command("go", "build", "-o", bin, "danvan/cmd/danvan").CombinedOutput(); err != nil {
			return nil, fmt.Errorf("build: %w\n%s", err, out)
		}
	}
	p := &program{data: filepath.Join(dir, "data")}
	if out, err := exec.Command(bin, "demo", "--no-serve", "--blank", "--data", p.data).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("demo: %w\n%s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	l.Close()
	var said bytes.Buffer
	cmd := exec.Command(bin, "serve", "--data", p.data, "--listen", address)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	closing = append(closing, func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	p.root = "http://" + address
	for range 600 {
		if resp, err := http.Get(p.root + "/cong/"); err == nil {
			resp.Body.Close()
			return p, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return nil, fmt.Errorf("the program does not answer: %s", said.String())
}

// stranger is somebody with a browser.
type stranger struct {
	*browser.Browser
	t testing.TB
	p *program
}

func (p *program) stranger(t *testing.T, o browser.Options) *stranger {
	return &stranger{browser.Start(t, o), t, p}
}

// open goes to a page of the program.
func (s *stranger) open(path string) {
	s.t.Helper()
	s.Go(s.p.root + path)
}

// at is the path of the page, with what is asked of it.
func (s *stranger) at() (path string) {
	s.t.Helper()
	s.Eval(`return location.pathname + location.search`, &path)
	return path
}

// signIn signs an account of the demo in; whoever was signed in leaves.
func (s *stranger) signIn(login string) {
	s.t.Helper()
	s.Leave()
	s.open("/dang-nhap")
	s.Fill("ten", login)
	s.Fill("mat-khau", "bac kan nui rung xanh")
	s.Push("Đăng nhập")
	if at := s.AwaitPath(func(p string) bool { return p != "/dang-nhap" }); strings.HasPrefix(at, "/dang-nhap") {
		s.t.Fatalf("%s is not signed in: %s", login, at)
	}
}

// tooWide names what sticks out of the screen.
const tooWide = `return (() => { const w = document.documentElement.clientWidth; if (document.documentElement.scrollWidth <= w) return "";
	for (const e of document.querySelectorAll("body *")) { const r = e.getBoundingClientRect(); if (r.right > w + 1 && r.width > 0 && !e.closest(".scroll")) return e.tagName + "." + e.className + " sticks out to " + r.right } return "" })()`

// fits looks whether something sticks out of the screen.
func (s *stranger) fits(name string) {
	s.t.Helper()
	var out string
	if s.Eval(tooWide, &out); out != "" {
		s.t.Errorf("%s (%s): %s", name, s.at(), out)
	}
	s.Shot("trial-" + name)
}
