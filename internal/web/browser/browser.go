// Package browser drives a real Chromium in tests, over the W3C WebDriver protocol that Debian's chromedriver
// speaks. It knows the few calls that the tests of pages need.
package browser

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// Options of one browser.
type Options struct {
	Width, Height int
	Dark          bool
	NoScript      bool
}

// Browser is a session in a Chromium of its own.
type Browser struct {
	t       *testing.T
	session string // address of the session
	profile string // directory of what Chromium writes
}

// Start opens a browser for the test. Where Chromium is missing the test is skipped, or fails when
// DANVAN_REQUIRE_BROWSER is set.
func Start(t *testing.T, o Options) *Browser {
	t.Helper()
	driver, err := exec.LookPath("chromedriver")
	if err != nil {
		if os.Getenv("DANVAN_REQUIRE_BROWSER") != "" {
			t.Fatal("chromedriver is missing: apt-get install chromium chromium-driver")
		}
		t.Skip("chromedriver is missing: apt-get install chromium chromium-driver")
	}
	port := freePort(t)
	cmd := exec.Command(driver, fmt.Sprintf("--port=%d", port))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "danvan-browser-")
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{t: t, profile: profile}
	base := fmt.Sprintf("http://127.0.0.1:%d", port)
	t.Cleanup(func() {
		if b.session != "" {
			if t.Failed() {
				t.Log("the browser's last page: " + b.Tell())
			}
			_ = b.send("DELETE", b.session, nil, nil) // the process is killed anyway
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		// Chromium may be writing still while it goes: what is left over is no failure of the test.
		_ = os.RemoveAll(b.profile)
	})
	waitFor(t, base+"/status")
	b.open(base, o)
	return b
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func waitFor(t *testing.T, url string) {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if resp, err := http.Get(url); err == nil {
			resp.Body.Close()
			return
		}
	}
	t.Fatal("chromedriver did not start in 20 s")
}

func (b *Browser) open(base string, o Options) {
	args := []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
		"--disable-component-update", "--disable-sync", "--hide-scrollbars", "--user-data-dir=" + b.profile,
		fmt.Sprintf("--window-size=%d,%d", max(o.Width, 500), o.Height),
	}
	prefs := map[string]any{}
	if o.NoScript {
		prefs["profile.managed_default_content_settings.javascript"] = 2
	}
	caps := map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"goog:chromeOptions": map[string]any{"args": args, "prefs": prefs},
		"goog:loggingPrefs":  map[string]any{"browser": "ALL"},
	}}}
	var got struct {
		SessionID string `json:"sessionId"`
	}
	if err := b.send("POST", base+"/session", caps, &got); err != nil {
		b.t.Fatal(err)
	}
	b.session = base + "/session/" + got.SessionID
	b.Size(o.Width, o.Height, o.Dark)
}

func (b *Browser) devtools(cmd string, params map[string]any) {
	b.t.Helper()
	b.Devtools(cmd, params, nil)
}

// Devtools asks Chromium's own protocol and decodes what it answers: what WebDriver has no word for.
func (b *Browser) Devtools(cmd string, params map[string]any, into any) {
	b.t.Helper()
	if params == nil {
		params = map[string]any{}
	}
	if err := b.send("POST", b.session+"/goog/cdp/execute", map[string]any{"cmd": cmd, "params": params}, into); err != nil {
		b.t.Fatal(err)
	}
}

// Go opens an address and waits until it is loaded.
func (b *Browser) Go(address string) {
	b.t.Helper()
	if err := b.send("POST", b.session+"/url", map[string]any{"url": address}, nil); err != nil {
		b.t.Fatal(err)
	}
}

// Eval runs a script body ("return ...") and decodes what it returns.
func (b *Browser) Eval(script string, into any) {
	b.t.Helper()
	if err := b.send("POST", b.session+"/execute/sync", map[string]any{"script": script, "args": []any{}}, into); err != nil {
		b.t.Fatal(err)
	}
}

// Until evaluates a script that returns text until the text is as wanted, for as long as a page may take: a browser
// follows a click in its own time. It returns the last text.
func (b *Browser) Until(script string, wanted func(string) bool) string {
	b.t.Helper()
	var text string
	for end := time.Now().Add(wait); ; time.Sleep(30 * time.Millisecond) {
		b.Eval(script, &text)
		if wanted(text) || time.Now().After(end) {
			return text
		}
	}
}

// Click clicks the first element that a CSS selector finds.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	var found map[string]string
	err := b.send("POST", b.session+"/element", map[string]any{"using": "css selector", "value": selector}, &found)
	if err != nil {
		b.t.Fatalf("no element %s: %v", selector, err)
	}
	for _, id := range found {
		if err := b.send("POST", b.session+"/element/"+id+"/click", map[string]any{}, nil); err != nil {
			b.t.Fatalf("click %s: %v", selector, err)
		}
	}
}

// Press sends keys to the element that has the focus. Named keys are "Enter", "Tab", "Back" (Shift and Tab), "Space",
// "Down" and "Escape".
func (b *Browser) Press(key string) {
	b.t.Helper()
	if key == "Back" {
		const shift, tab = "\ue008", "\ue004"
		b.keys("keyDown", shift, "keyDown", tab, "keyUp", tab, "keyUp", shift)
		return
	}
	code, ok := map[string]string{"Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c", "Space": " ", "Down": "\ue015"}[key]
	if !ok {
		b.t.Fatalf("no key %q", key)
	}
	b.keys("keyDown", code, "keyUp", code)
}

// keys moves keys, in pairs of movement and key.
func (b *Browser) keys(moves ...string) {
	b.t.Helper()
	var list []any
	for i := 0; i < len(moves); i += 2 {
		list = append(list, map[string]any{"type": moves[i], "value": moves[i+1]})
	}
	actions := map[string]any{"actions": []any{map[string]any{"type": "key", "id": "keys", "actions": list}}}
	if err := b.send("POST", b.session+"/actions", actions, nil); err != nil {
		b.t.Fatal(err)
	}
}

// Post sends a form as a page of the site would, and waits for the answer to be loaded.
func (b *Browser) Post(site, path string, form url.Values) {
	b.t.Helper()
	b.Go(site + "/phim-tat")
	var fields [][2]string
	for name, values := range form {
		for _, v := range values {
			fields = append(fields, [2]string{name, v})
		}
	}
	text, err := json.Marshal(map[string]any{"path": path, "fields": fields})
	if err != nil {
		b.t.Fatal(err)
	}
	b.Eval(`const {path, fields} = `+string(text)+`;
		const f = document.createElement("form"); f.method = "post"; f.action = path;
		for (const [n, v] of fields || []) { const i = document.createElement("input"); i.type = "hidden"; i.name = n; i.value = v; f.append(i); }
		document.body.append(f); HTMLFormElement.prototype.submit.call(f);`, nil)
	b.Until(`return location.pathname === "/phim-tat" ? "" : document.readyState`, func(s string) bool { return s == "complete" })
}

// Back goes back in the history.
func (b *Browser) Back() {
	b.t.Helper()
	if err := b.send("POST", b.session+"/back", map[string]any{}, nil); err != nil {
		b.t.Fatal(err)
	}
}

// Size sets the size of the screen, a phone's where it is narrow, and the colours that the reader prefers. Nothing
// moves, so that what a test reads is settled.
func (b *Browser) Size(width, height int, dark bool) {
	b.t.Helper()
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	b.devtools("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]any{{"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}}})
	b.devtools("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})
}

// Messages are what the page wrote to the console since the last call: refused resources, broken policies.
func (b *Browser) Messages() []string {
	b.t.Helper()
	var lines []struct{ Level, Message string }
	if err := b.send("POST", b.session+"/se/log", map[string]any{"type": "browser"}, &lines); err != nil {
		b.t.Fatal(err)
	}
	var out []string
	for _, l := range lines {
		out = append(out, l.Level+" "+l.Message)
	}
	return out
}

// AnyMessage waits, for as long as a page may take, until the page has written something to the console.
func (b *Browser) AnyMessage() bool {
	b.t.Helper()
	for end := time.Now().Add(wait); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if len(b.Messages()) > 0 {
			return true
		}
	}
	return false
}

// Shot keeps a picture of the page when DANVAN_SHOTS names a directory.
func (b *Browser) Shot(name string) {
	b.t.Helper()
	dir := os.Getenv("DANVAN_SHOTS")
	if dir == "" {
		return
	}
	var data struct{ Data string }
	err := b.send("POST", b.session+"/goog/cdp/execute", map[string]any{"cmd": "Page.captureScreenshot", "params": map[string]any{"captureBeyondViewport": false}}, &data)
	if err != nil {
		b.t.Fatal(err)
	}
	png, err := base64.StdEncoding.DecodeString(data.Data)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *Browser) send(method, url string, body, into any) error {
	var r io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, url, r)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, url, text)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, &struct{ Value any }{into})
}
