package trial_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
)

// set gives controls of the page their values by name, in pairs, whatever they are.
func (s *stranger) set(pairs ...string) {
	s.t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		args, err := json.Marshal(pairs[i : i+2])
		if err != nil {
			s.t.Fatal(err)
		}
		var ok bool
		s.Eval(`const [name, value] = `+string(args)+`; const all = [...document.querySelectorAll('main [name="' + name + '"]')];
			const box = all.find(e => (e.type === "radio" || e.type === "checkbox") && (e.value === value || value === "yes"));
			if (box) { if (!box.checked) box.click(); return box.checked; }
			const e = all.find(e => e.type !== "hidden") ?? all[0]; if (!e) return false;
			for (let fold = e.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
			e.value = value; e.dispatchEvent(new Event("input", {bubbles: true})); e.dispatchEvent(new Event("change", {bubbles: true})); return e.value === value`, &ok)
		if !ok {
			s.t.Fatalf("%s does not take %s\n%s", pairs[i], pairs[i+1], s.Tell())
		}
	}
}

// choose takes the choice of a list whose words hold a text.
func (s *stranger) choose(name, text string) {
	s.t.Helper()
	args, err := json.Marshal([]string{name, text})
	if err != nil {
		s.t.Fatal(err)
	}
	var value string
	s.Eval(`const [name, text] = `+string(args)+`; return [...document.querySelectorAll('main select[name="' + name + '"] option')].find(o => o.textContent.includes(text))?.value ?? ""`, &value)
	if value == "" {
		s.t.Fatalf("%s offers no %s\n%s", name, text, s.Tell())
	}
	s.set(name, value)
}

// says waits for texts on the page.
func (s *stranger) says(texts ...string) {
	s.t.Helper()
	for _, x := range texts {
		s.Await(x)
	}
}

// saysNot looks that texts do not stand on the page.
func (s *stranger) saysNot(texts ...string) {
	s.t.Helper()
	page := s.Text()
	for _, x := range texts {
		if strings.Contains(page, x) {
			s.t.Errorf("%s says %q", s.at(), x)
		}
	}
}

// word is the text of the first element that a selector finds, empty where there is none.
func (s *stranger) word(selector string) string {
	s.t.Helper()
	var text string
	s.Eval(`return document.querySelector(`+quoted(selector)+`)?.textContent.trim() ?? ""`, &text)
	return text
}

func quoted(text string) string {
	b, _ := json.Marshal(text) // a string always is JSON
	return string(b)
}

// photo writes a picture as a telephone makes it, so wide, into a file of that name.
func (s *stranger) photo(name string, width int) string {
	s.t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, width, width*3/4))
	for y := range m.Rect.Dy() { // grain, so that it is as heavy as a real one
		for x := range m.Rect.Dx() {
			n := uint8((x*7919 + y*104729 + x*y) >> 3)
			m.SetRGBA(x, y, color.RGBA{n, n / 2, 255 - n, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 90}); err != nil {
		s.t.Fatal(err)
	}
	return s.file(name, b.Bytes())
}

func (s *stranger) file(name string, data []byte) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}
