package trial_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"danvan/internal/web/browser"
)

// walkedPages are one of each shape of public page that has something to reach; entries stand where other tests made some.
var walkedPages = []string{
	"/cong/", "/en/", "/cong/gui", "/cong/to-cao", "/cong/theo-doi", "/cong/xa", "/cong/xa/02143", "/cong/doi-thoai", "/cong/cam-ket", "/cong/cong-khai", "/cong/ban-bac",
	"/cong/dong-gop", "/cong/mo-hinh", "/cong/bao-cao", "/cong/so-lieu", "/cong/so-lieu/petition.received", "/cong/khong-co",
}

// eyes follows the focus: what is not seen, has no line around it, lies under another part, or comes out of order.
const eyes = `window.__seen = []; window.__wrong = []; window.__max = 0;
document.addEventListener("focusin", event => requestAnimationFrame(() => {
	const e = event.target; if (document.activeElement !== e) return;
	const r = e.getBoundingClientRect(), s = getComputedStyle(e), name = e.outerHTML.slice(0, 90);
	const near = e.closest("label, .opt, summary") ?? e, n = near === e ? s : getComputedStyle(near);
	const line = x => x.outlineStyle !== "none" && parseFloat(x.outlineWidth) > 0 || x.boxShadow !== "none";
	if (!line(s) && !line(n)) __wrong.push("no line around " + name);
	if (r.width < 1 || r.height < 1) __wrong.push("not seen: " + name);
	if (r.bottom <= 0 || r.top >= innerHeight) __wrong.push("off the screen: " + name);
	const y = Math.min(Math.max((Math.max(r.top, 0) + Math.min(r.bottom, innerHeight)) / 2, 1), innerHeight - 1), x = Math.min(Math.max((r.left + r.right) / 2, 1), innerWidth - 1);
	const over = document.elementFromPoint(x, y);
	if (over && !e.contains(over) && !over.contains(e) && !near.contains(over) && getComputedStyle(over).position !== "static") __wrong.push(name + " lies under " + over.outerHTML.slice(0, 60));
	const last = __seen.at(-1);
	if (last && last.isConnected && !e.matches(".skip") && !(last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING) && last !== e) __wrong.push(name + " comes after what stands behind it");
	__seen.push(e);
}))`

// TestByKeyboard walks through the public pages with the keyboard alone on the smallest screen (400 % of 1280 by 1024):
// first the link to the contents, then everything in its order, seen, with a line around it and under nothing.
func TestByKeyboard(t *testing.T) {
	p := running(t)
	s := p.stranger(t, browser.Options{Width: 320, Height: 256})
	for _, path := range walkedPages {
		s.open(path)
		s.Size(320, 256, false)
		s.fits("keyboard" + strings.ReplaceAll(path, "/", "-"))
		s.Press("Tab")
		if f := s.focused(); !strings.Contains(f, ".skip") {
			t.Errorf("%s: the first thing is %s, not the link to the contents", path, f)
		}
		s.Press("Enter")
		s.Press("Tab")
		var inside bool
		if s.Eval(`const e = document.activeElement; return document.querySelector("main").contains(e) || !document.querySelector("main").querySelector("a[href], button, input:not([type=hidden]):not([tabindex='-1']), select, textarea, summary, [tabindex='0']")`, &inside); !inside {
			t.Errorf("%s: the link to the contents leads to %s", path, s.focused())
		}
		s.open(path)
		s.Eval(eyes, nil)
		s.Tabs(45)
		var got struct {
			Seen  int
			Wrong []string
		}
		s.Eval(`return {seen: new Set(__seen).size, wrong: [...new Set(__wrong)]}`, &got)
		for _, x := range got.Wrong {
			t.Errorf("%s: %s", path, x)
		}
		if got.Seen < 4 {
			t.Errorf("%s: only %d things are reached", path, got.Seen)
		}
	}
	s.forced()
	s.sendsByKeyboard()
}

// tabTo goes on until the focus is at what a selector finds.
func (s *stranger) tabTo(selector string) {
	s.t.Helper()
	for range 40 {
		s.Press("Tab")
		var there bool
		if s.Eval(`return document.activeElement.matches(`+quoted(selector)+`)`, &there); there {
			return
		}
	}
	s.t.Fatalf("the key does not reach %s\n%s", selector, s.Tell())
}

// sendsByKeyboard sends a letter without a mouse.
func (s *stranger) sendsByKeyboard() {
	s.t.Helper()
	const onward = "main button.primary"
	s.open("/cong/gui")
	s.tabTo("input[name=viec]")
	s.Press("Space")
	s.Press("Enter")
	s.says("Việc đó xảy ra ở đâu")
	s.tabTo("#xa")
	s.Press("Down")
	s.tabTo(onward)
	s.Press("Enter")
	s.says("Chuyện gì đã xảy ra")
	s.tabTo("#ke")
	s.Type("Duong hong, xin sua.")
	s.tabTo(onward)
	s.Press("Enter")
	s.says("Chụp hoặc chọn tệp")
	s.tabTo(onward)
	s.Press("Enter")
	s.says("cách liên hệ")
	s.tabTo("input[name=co-ten]")
	s.Press("Down")
	s.tabTo(onward)
	s.Press("Enter")
	s.says("Xem lại trước khi gửi", "Duong hong, xin sua.", "Không ghi tên")
	s.tabTo(onward)
	s.Press("Enter")
	s.says("Mã bí mật")
	number, code := s.word("#so"), s.word("#ma")
	s.open("/cong/theo-doi")
	s.tabTo("#so")
	s.Type(number)
	s.Press("Tab")
	s.Type(code)
	s.Press("Enter")
	s.says("Việc số " + number)
}

// forced looks at pages in the colours of a reader who forces his own: places and buttons keep a border, the focus a line.
func (s *stranger) forced() {
	s.t.Helper()
	s.Devtools("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]any{{"name": "forced-colors", "value": "active"}}}, nil)
	for _, path := range []string{"/cong/gui", "/cong/theo-doi", "/cong/"} {
		s.open(path)
		var wrong []string
		s.Eval(`return [...document.querySelectorAll("main .in, main .btn, main .opt, main .card, main .door")].filter(e => e.offsetWidth && parseFloat(getComputedStyle(e).borderTopWidth) === 0).map(e => e.outerHTML.slice(0, 90))`, &wrong)
		for _, x := range wrong {
			s.t.Errorf("%s in forced colours has no border: %s", path, x)
		}
		s.Shot("trial-forced" + strings.ReplaceAll(path, "/", "-"))
	}
	s.Size(320, 256, false)
}

// heard is a thing as a screen reader hears it.
type heard struct {
	NodeID   string
	ChildIDs []string
	Ignored  bool
	Role     struct{ Value string }
	Name     struct{ Value any }
	Property []struct {
		Name  string
		Value struct{ Value any }
	} `json:"properties"`
}

func (h heard) name() string { return strings.TrimSpace(fmt.Sprint(h.Name.Value)) }

func (h heard) level() (n int) {
	for _, p := range h.Property {
		if p.Name == "level" {
			_, _ = fmt.Sscan(fmt.Sprint(p.Value.Value), &n) // 0 where it is none
		}
	}
	return n
}

// listens gives what a screen reader hears of the page, in its order.
func (s *stranger) listens() []heard {
	s.t.Helper()
	var tree struct{ Nodes []heard }
	s.Devtools("Accessibility.getFullAXTree", nil, &tree)
	by := map[string]heard{}
	for _, n := range tree.Nodes {
		by[n.NodeID] = n
	}
	var out []heard
	var down func(id string)
	down = func(id string) {
		n := by[id]
		if !n.Ignored && n.Role.Value != "" {
			out = append(out, n)
		}
		for _, child := range n.ChildIDs {
			down(child)
		}
	}
	down(tree.Nodes[0].NodeID)
	return out
}

// named are the roles that say nothing without a name.
const named = " link button textbox combobox radio checkbox searchbox navigation region img image progressbar dialog table listbox option spinbutton group "

// TestAsHeard listens to the public pages: one main part and one first heading, no level left out, everything named, parts of
// one sort told apart, errors said at once.
func TestAsHeard(t *testing.T) {
	p := running(t)
	s := p.stranger(t, browser.Options{Width: 1280, Height: 900})
	for _, path := range walkedPages {
		s.open(path)
		s.hears(path)
	}
	s.open("/cong/to-cao")
	s.Push("Tiếp tục")
	s.says("Lỗi: ")
	s.hears("/cong/to-cao with an error")
	alert := false
	for _, h := range s.listens() {
		alert = alert || h.Role.Value == "alert" && h.name() != ""
		if h.Role.Value == "combobox" {
			said := false
			for _, x := range h.Property {
				said = said || x.Name == "invalid" && fmt.Sprint(x.Value.Value) == "true"
			}
			if !said {
				t.Errorf("the wrong place %q is not said to be wrong", h.name())
			}
		}
	}
	if !alert {
		t.Error("an error is not said at once")
	}
}

func (s *stranger) hears(path string) {
	s.t.Helper()
	count, level, names := map[string]int{}, 0, map[string]string{}
	for _, h := range s.listens() {
		role, name := h.Role.Value, h.name()
		if os.Getenv("DANVAN_TRIAL_SAY") != "" && role != "option" && strings.Contains(named+"heading main banner contentinfo alert status ", " "+role+" ") {
			s.t.Logf("%s: %s %q", path, role, name)
		}
		count[role]++
		if strings.Contains(named, " "+role+" ") && (h.Name.Value == nil || name == "") && role != "group" {
			s.t.Errorf("%s: a %s without a name", path, role)
		}
		switch role {
		case "heading":
			n := h.level()
			if name == "" {
				s.t.Errorf("%s: a heading without words", path)
			}
			if n > level+1 && level > 0 { // what is wrong stands before the first heading
				s.t.Errorf("%s: the heading %q jumps from %d to %d", path, name, level, n)
			}
			if level = n; n == 1 {
				count["h1"]++
			}
		case "navigation", "region":
			if names[role+name] != "" {
				s.t.Errorf("%s: two parts are called %q", path, name)
			}
			names[role+name] = role
		}
	}
	for role, want := range map[string]int{"main": 1, "h1": 1, "banner": 1, "contentinfo": 1} {
		if count[role] != want {
			s.t.Errorf("%s: %d %s, not %d", path, count[role], role, want)
		}
	}
	var lang string
	if s.Eval(`return document.documentElement.lang`, &lang); lang != map[bool]string{true: "en", false: "vi"}[strings.HasPrefix(path, "/en")] {
		s.t.Errorf("%s: the language is %q", path, lang)
	}
}
