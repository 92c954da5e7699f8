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

// formulaWords writes a formula in Vietnamese; empty for none.
func formulaWords(ed *catalog.Edition, x catalog.Expr) string {
	switch x := x.(type) {
	case *catalog.Num:
		return strings.ReplaceAll(x.Text, ".", ",")
	case *catalog.Neg:
		return "trừ " + formulaWords(ed, x.X)
	case *catalog.Binary:
		word := map[byte]string{'+': " cộng ", '-': " trừ ", '*': " nhân ", '/': " chia cho "}[x.Op]
		return inBrackets(ed, x, x.X) + word + inBrackets(ed, x, x.Y)
	case *catalog.Call:
		return callWords(ed, x)
	}
	return ""
}

// inBrackets sets a sum apart inside a product.
func inBrackets(ed *catalog.Edition, outer *catalog.Binary, x catalog.Expr) string {
	text := formulaWords(ed, x)
	if b, ok := x.(*catalog.Binary); ok && (outer.Op == '*' || outer.Op == '/') && (b.Op == '+' || b.Op == '-') {
		return "(" + text + ")"
	}
	return text
}

var callNames = map[string]string{
	"sum": "tổng", "stock": "số còn hoạt động cuối kỳ của", "last": "số gần nhất của", "reading": "số đọc của",
	"entries": "số ghi nhận của", "having": "số đơn vị có", "in_state": "số đơn vị đang ở trạng thái",
}

func callWords(ed *catalog.Edition, c *catalog.Call) string {
	if c.Selector == nil {
		return "số đơn vị loại “" + className(ed, c.Class.String()) + "” có đến cuối kỳ"
	}
	series := ed.SeriesByCode(c.Selector.Series)
	if series == nil {
		return c.String()
	}
	text := or(callNames[c.Func], c.Func) + " “" + series.Name + "”"
	for _, m := range c.Selector.Matchers {
		var values []string
		for _, v := range m.Values {
			values = append(values, lowerFirst(labelValue(ed, series, m.Label, v)))
		}
		word := " là "
		if m.Not {
			word = " không phải "
		}
		text += ", " + lowerFirst(labelName(ed, series, m.Label)) + word + strings.Join(values, " hoặc ")
	}
	return text
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
