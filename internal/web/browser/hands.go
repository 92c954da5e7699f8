package browser

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"time"
)

// Hands: what a person does on a page. All of it works with scripts on and off.

// wait is how long a page may take on a loaded machine.
const wait = 15 * time.Second

// Fill puts text into a control by its id, as typing would.
func (b *Browser) Fill(id, text string) {
	b.t.Helper()
	b.set(id, `e.value = text`, text)
}

// Choose takes the first choice of a control by its name, whether it is a list or buttons to choose from.
func (b *Browser) Choose(name string) {
	b.t.Helper()
	var ok bool
	b.Eval(fmt.Sprintf(`const list = document.querySelector('select[name=%[1]q]'), button = document.querySelector('input[type=radio][name=%[1]q]');
		if (list) { list.value = [...list.options].map(o => o.value).find(v => v); list.dispatchEvent(new Event("change", {bubbles: true})); }
		else if (button) button.click();
		return !!(list || button)`, name), &ok)
	if !ok {
		b.t.Fatalf("no choices called %s on the page\n%s", name, b.Tell())
	}
}

func (b *Browser) set(id, how, text string) {
	b.t.Helper()
	args, err := json.Marshal([]string{id, text})
	if err != nil {
		b.t.Fatal(err)
	}
	var ok bool
	b.Eval(`const [id, text] = `+string(args)+`; const e = document.getElementById(id); if (!e) return false; `+how+`;
		e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); return true`, &ok)
	if !ok {
		b.t.Fatalf("no control %s on the page\n%s", id, b.Tell())
	}
}

// Upload chooses a file in a control by its id.
func (b *Browser) Upload(id, path string) {
	b.t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		b.t.Fatal(err)
	}
	b.element("css selector", "#"+id, func(at string) error {
		return b.send("POST", at+"/value", map[string]any{"text": full}, nil)
	})
}

// Push clicks the button or link that is called so; the first that can be seen.
func (b *Browser) Push(name string) {
	b.t.Helper()
	quoted := `"` + strings.ReplaceAll(name, `"`, "") + `"`
	path := fmt.Sprintf(`//main//button[contains(normalize-space(.), %[1]s) and not(contains(@class, "vh"))] | //main//a[contains(normalize-space(.), %[1]s)]`, quoted)
	b.element("xpath", path, func(at string) error {
		// A phone has a bar at its foot: what lies under it can be seen by the driver and not be pressed.
		id := map[string]string{"element-6066-11e4-a52e-4f735466cecf": at[strings.LastIndex(at, "/")+1:]}
		center := map[string]any{"script": `arguments[0].scrollIntoView({block: "center"})`, "args": []any{id}}
		if err := b.send("POST", b.session+"/execute/sync", center, nil); err != nil {
			return err
		}
		if err := b.still(at); err != nil {
			return err
		}
		return b.send("POST", at+"/click", map[string]any{}, nil)
	})
}

// still waits until an element has stopped moving: what arrives above it would let a click land beside it.
func (b *Browser) still(at string) error {
	var before, now map[string]float64
	for range 40 {
		if err := b.send("GET", at+"/rect", nil, &now); err != nil {
			return err
		}
		if maps.Equal(before, now) {
			return nil
		}
		before, now = now, nil
		time.Sleep(40 * time.Millisecond)
	}
	return nil
}

// element waits for an element and does something with it, until that works.
func (b *Browser) element(using, what string, do func(at string) error) {
	b.t.Helper()
	var last error
	for end := time.Now().Add(wait); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		var found map[string]string
		if last = b.send("POST", b.session+"/element", map[string]any{"using": using, "value": what}, &found); last != nil {
			continue
		}
		for _, id := range found {
			if last = do(b.session + "/element/" + id); last == nil {
				return
			}
		}
	}
	b.t.Fatalf("%s: %v\n%s", what, last, b.Tell())
}

// Await waits until the page has a text in it, and says what it has instead where it never comes.
func (b *Browser) Await(text string) {
	b.t.Helper()
	if !b.soon(func() bool { return strings.Contains(b.Text(), text) }) {
		b.t.Fatalf("the page has no %q\n%s", text, b.Tell())
	}
}

// AwaitPath waits until the path of the page is as wanted and gives it.
func (b *Browser) AwaitPath(wanted func(string) bool) string {
	b.t.Helper()
	var path string
	if !b.soon(func() bool { b.Eval(`return location.pathname`, &path); return wanted(path) }) {
		b.t.Fatalf("the page stays at %s\n%s", path, b.Tell())
	}
	return path
}

func (b *Browser) soon(is func() bool) bool {
	for end := time.Now().Add(wait); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
		if is() {
			return true
		}
	}
	return false
}

// Text is what can be read on the page, its title first.
func (b *Browser) Text() string {
	b.t.Helper()
	var s string
	b.Eval(`return document.title + "\n" + (document.body ? document.body.textContent.replace(/\s+/g, " ") : "")`, &s)
	return s
}

// Leave forgets who was signed in.
func (b *Browser) Leave() {
	b.t.Helper()
	if err := b.send("DELETE", b.session+"/cookie", nil, nil); err != nil {
		b.t.Fatal(err)
	}
}

// Cookies are what the site has given, to come back as the same person in another browser with Return.
func (b *Browser) Cookies() []map[string]any {
	b.t.Helper()
	var all []map[string]any
	if err := b.send("GET", b.session+"/cookie", nil, &all); err != nil {
		b.t.Fatal(err)
	}
	return all
}

// Return puts cookies back; the browser must be at the site.
func (b *Browser) Return(cookies []map[string]any) {
	b.t.Helper()
	for _, c := range cookies {
		if err := b.send("POST", b.session+"/cookie", map[string]any{"cookie": c}, nil); err != nil {
			b.t.Fatal(err)
		}
	}
}

// Tell says where the browser is and what it shows, for a test that failed.
func (b *Browser) Tell() string {
	var s string
	err := b.send("POST", b.session+"/execute/sync", map[string]any{"args": []any{}, "script": `return location.href + "\n" + document.title + "\n" +
		[...document.querySelectorAll("h1, .err-sum, .err, .empty")].map(e => e.textContent.replace(/\s+/g, " ").trim()).join("\n")`}, &s)
	if err != nil {
		return err.Error()
	}
	var lines []struct{ Level, Message string }
	_ = b.send("POST", b.session+"/se/log", map[string]any{"type": "browser"}, &lines) // what there is, for reading only
	return fmt.Sprintf("%s\nconsole: %v", s, lines)
}

// Window opens one more window of the same browser and goes there; the function returned leads back to the older one.
func (b *Browser) Window() (back func()) {
	b.t.Helper()
	var old string
	if err := b.send("GET", b.session+"/window", nil, &old); err != nil {
		b.t.Fatal(err)
	}
	var made struct{ Handle string }
	if err := b.send("POST", b.session+"/window/new", map[string]any{"type": "tab"}, &made); err != nil {
		b.t.Fatal(err)
	}
	to := func(handle string) {
		if err := b.send("POST", b.session+"/window", map[string]any{"handle": handle}, nil); err != nil {
			b.t.Fatal(err)
		}
	}
	to(made.Handle)
	return func() { to(old) }
}

// Type types a text where the focus is, key by key.
func (b *Browser) Type(text string) {
	b.t.Helper()
	var moves []string
	for _, r := range text {
		moves = append(moves, "keyDown", string(r), "keyUp", string(r))
	}
	b.keys(moves...)
}

// Tabs presses the tab key so many times, as fast as a hand does.
func (b *Browser) Tabs(n int) {
	b.t.Helper()
	const tab = "\ue004"
	var list []any
	for range n {
		list = append(list, map[string]any{"type": "keyDown", "value": tab}, map[string]any{"type": "keyUp", "value": tab}, map[string]any{"type": "pause", "duration": 40})
	}
	actions := map[string]any{"actions": []any{map[string]any{"type": "key", "id": "keys", "actions": list}}}
	if err := b.send("POST", b.session+"/actions", actions, nil); err != nil {
		b.t.Fatal(err)
	}
}
