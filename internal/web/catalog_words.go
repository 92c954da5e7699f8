package web

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"sync"

	catalogdata "danvan/catalog"
	"danvan/internal/catalog"
)

// checkWords says what a check asks of the figure.
func checkWords(ed *catalog.Edition, c *catalog.Check) string {
	name := func(code string) string {
		if i := ed.Indicator(code); i != nil {
			return "“" + i.Name + "”"
		}
		return code
	}
	var out []string
	if len(c.Sum) > 0 {
		var parts []string
		for _, code := range c.Sum {
			parts = append(parts, name(code))
		}
		total := "chính chỉ tiêu này"
		if c.Equals != "" {
			total = name(c.Equals)
		}
		out = append(out, strings.Join(parts, " + ")+" phải bằng "+total)
	}
	if c.AtMost != "" {
		out = append(out, "không lớn hơn "+name(c.AtMost))
	}
	if c.AtLeast != "" {
		out = append(out, "không nhỏ hơn "+name(c.AtLeast))
	}
	if c.Min != nil {
		out = append(out, "không nhỏ hơn "+viNumber(string(*c.Min)))
	}
	if c.Max != nil {
		out = append(out, "không lớn hơn "+viNumber(string(*c.Max)))
	}
	return upperFirst(strings.Join(out, "; "))
}

// places are where each code is declared in the folders of the catalogue, read once.
var places = sync.OnceValue(func() map[string]map[string]string {
	out := map[string]map[string]string{} // folder, code → file and line
	_ = fs.WalkDir(catalogdata.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		body, err := fs.ReadFile(catalogdata.FS, name)
		if err != nil {
			return err
		}
		folder := path.Dir(name)
		if out[folder] == nil {
			out[folder] = map[string]string{}
		}
		lines := bufio.NewScanner(bytes.NewReader(body))
		for n := 1; lines.Scan(); n++ {
			code, ok := strings.CutPrefix(lines.Text(), "  - code: ")
			if ok {
				out[folder][strings.TrimSpace(code)] = "catalog/" + name + ", dòng " + strconv.Itoa(n)
			}
		}
		return lines.Err()
	})
	return out
})

// placeOf is where an item is written: in the edition's own folder, an overlay, or an earlier edition's.
func placeOf(ed *catalog.Edition, code string) string {
	for _, o := range ed.Overlays {
		if at := places()["overlay/"+o][code]; at != "" {
			return at
		}
	}
	for _, folder := range []string{"2026", "2025", "2021", "base"} {
		if folder > ed.Code && folder != "base" {
			continue
		}
		if at := places()[folder][code]; at != "" {
			return at
		}
	}
	return ""
}

// sameDefinition reports whether two items say the same, as they are written.
func sameDefinition(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
